//! Independent series have nothing in common.

use super::series::{SERIES, round};
use watertight::lineage::formula::Formula;
use watertight::lineage::frame::Frame;
use watertight::lineage::time::search;
use watertight::table::{Column, Table};

fn independent(tables: std::ops::Range<u64>) -> Vec<(usize, Formula, f64)> {
    let mut derivations = Vec::new();
    for table in tables {
        let columns: Vec<Column> = (0..20)
            .map(|i| {
                let (name, series) = SERIES[i % 3];
                let decimals = (table % 5) as i32;
                Column::numeric(&format!("{name}{i}"), round(&series(60 + 40 * table as usize, table * 100 + i as u64), decimals), decimals as u8)
            })
            .collect();
        let table = Table::new(columns).unwrap();
        let frame = Frame::new(&table, None);
        let open: Vec<usize> = (0..20).collect();
        derivations.extend(search(&frame, &open).into_iter().map(|d| (d.y, d.formula, d.bits)));
    }
    derivations
}

#[test]
fn independent_series_have_no_derivation() {
    assert_eq!(independent(0..4), []);
}

#[test]
#[ignore = "half a minute without optimisation"]
fn five_hundred_independent_series_have_no_derivation() {
    assert_eq!(independent(0..25), []);
}
