//! Clean columns and independent series raise no alarm.

use super::series::{SERIES, round};
use super::tables::{audited, honest, noise, target};
use watertight::finding::{Finding, Severity};
use watertight::math::elementary::exp;
use watertight::math::rng::Stream;
use watertight::table::{Column, Kind};

fn grave(findings: &[Finding]) -> Vec<&Finding> {
    findings.iter().filter(|f| f.severity <= Severity::Warning).collect()
}

/// Forty columns of many kinds that know nothing.
fn idle(seed: u64, n: usize) -> Vec<Column> {
    let words = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let mut draw = Stream::new(seed, "planted/idle", 0);
    let mut column = |i: usize| {
        let name = format!("idle {i}");
        let z: Vec<f64> = noise(seed, 100 + i as u64, n);
        match i % 5 {
            0 => Column::numeric(&name, round(&z, 3), 3),
            1 => Column::numeric(&name, z.iter().map(|v| (v.abs() * 4.0).floor()).collect(), 0),
            2 => Column::numeric(&name, round(&z.iter().map(|v| exp(v + 3.0)).collect::<Vec<_>>(), 2), 2),
            3 => Column::labels(&name, Kind::Categorical, &z.iter().map(|_| Some(words[draw.below(2 + i as u32 % 7) as usize])).collect::<Vec<_>>()),
            _ => Column::numeric(&name, z.iter().map(|v| if draw.chance(0.2) { f64::NAN } else { (v * 100.0).round() }).collect(), 0),
        }
    };
    (0..40).map(&mut column).collect()
}

#[test]
fn a_thousand_clean_columns_raise_no_alarm() {
    let mut n_columns = 0;
    for seed in 0..24 {
        let (mut columns, known) = honest(seed, 240);
        columns.extend(idle(seed, 240));
        columns.push(target(&known, &noise(seed, 1, 240), [0, 2, 3][(seed % 3) as usize]));
        n_columns += columns.len() - 1;
        let found = audited(columns, None, None);
        assert!(grave(&found).is_empty(), "seed {seed}: {found:?}");
    }
    println!("{n_columns} clean columns");
    assert!(n_columns >= 1_000);
}

#[test]
fn five_hundred_independent_series_raise_no_blocker() {
    let (mut n_series, mut warned) = (0, Vec::new());
    for seed in 0..21_u64 {
        let n = 100 + 10 * seed as usize;
        let decimals = (seed % 5) as i32;
        let make = |i: usize| round(&SERIES[i % 3].1(n, 1_000 * (seed + 1) + i as u64), decimals);
        let mut columns: Vec<Column> = (0..24).map(|i| Column::numeric(&format!("{} {i}", SERIES[i % 3].0), make(i), decimals as u8)).collect();
        columns.push(Column::numeric("y", make(24 + seed as usize % 3), decimals as u8));
        n_series += columns.len();
        let found = audited(columns, None, None);
        assert!(found.iter().all(|f| f.severity > Severity::Blocker), "seed {seed}: {found:?}");
        warned.extend(grave(&found).into_iter().map(|f| format!("{}: {:?}", f.id, f.evidence)));
    }
    println!("{n_series} independent series, {} warnings", warned.len());
    warned.iter().for_each(|w| println!("{w}"));
    assert!(n_series >= 500);
}
