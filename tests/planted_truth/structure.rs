//! Leaks of whole tables: entities that are recognised, levels that wander in time, test files that are too near or too far.

use super::tables::audited;
use watertight::finding::{Evidence, Finding};
use watertight::math::rng::Stream;
use watertight::table::{Column, Kind};

/// Tables a check and strength.
const TABLES: u64 = 8;

/// 160 machines with eight rows each; two measurements are of the machine, one is of the row.
fn machines(seed: u64, of_machine: f64) -> Vec<Finding> {
    let mut draw = Stream::new(seed, "planted/machines", 0);
    let (mut id, mut weight, mut age, mut load, mut fails) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for machine in 0..160 {
        let (w, a, bad) = (draw.uniform(), draw.uniform(), draw.chance(0.4));
        for _ in 0..8 {
            id.push(format!("m{machine:03}"));
            weight.push((w * 1e4).round());
            age.push((a * 4e3).round());
            load.push((draw.normal() * 100.0).round());
            let by_machine = draw.chance(of_machine);
            let own = draw.chance(0.4);
            let fail = if by_machine { bad } else { own };
            fails.push(Some(if fail { "yes" } else { "no" }));
        }
    }
    let columns = vec![
        Column::labels("machine", Kind::Identifier, &id.iter().map(|i| Some(i.as_str())).collect::<Vec<_>>()),
        Column::numeric("weight", weight, 0),
        Column::numeric("age", age, 0),
        Column::numeric("load", load, 0),
        Column::labels("y", Kind::Boolean, &fails),
    ];
    audited(columns, None, None)
}

/// Share of the seeds whose table has a finding of this check.
fn share(check: &str, tables: impl Fn(u64) -> Vec<Finding>) -> f64 {
    (0..TABLES).filter(|&seed| tables(seed).iter().any(|f| f.check == check)).count() as f64 / TABLES as f64
}

#[test]
fn recognised_entities_are_found_by_what_they_are_worth() {
    let found = |strength| share("entities_across_split", |seed| machines(seed, strength));
    println!("entities: {} {} {}", found(1.0), found(0.7), found(0.0));
    assert!(found(1.0) >= 0.95 && found(0.7) >= 0.95);
    assert_eq!(found(0.0), 0.0);
}

#[test]
fn a_level_that_wanders_in_time_gives_a_random_split_its_price() {
    let plant = |wanders: bool| {
        move |seed: u64| {
            let mut draw = Stream::new(seed, "planted/wander", 0);
            let mut level = 0.0;
            let (mut millis, mut x, mut y) = (Vec::new(), Vec::new(), Vec::new());
            for day in 0..600_i64 {
                let (a, e) = (draw.normal(), draw.normal());
                level = if wanders { level + 0.4 * draw.normal() } else { 0.0 };
                millis.push(day * 86_400_000);
                x.push((a * 100.0).round());
                y.push(((a + e + level) * 100.0).round());
            }
            let format = watertight::table::time::TimeFormat::new("%Y-%m-%d");
            let day =
                Column::new("day", Kind::Timestamp, watertight::table::Values::Times { millis, format }, watertight::table::Exceptions::default());
            let found = audited(vec![day, Column::numeric("x", x, 0), Column::numeric("y", y, 0)], None, None);
            let priced = |f: &Finding| matches!(f.evidence, Evidence::SplitGap { gap_low, .. } if gap_low > 0.0);
            found.into_iter().filter(|f| f.check == "random_split_on_dates" && priced(f)).collect::<Vec<_>>()
        }
    };
    let (found, twin) = (share("random_split_on_dates", plant(true)), share("random_split_on_dates", plant(false)));
    println!("priced in time: {found}, twin {twin}");
    assert!(found >= 0.8 && twin <= 0.1);
}

/// 700 rows of five measurements and a class of a quarter of the rows.
fn measured(seed: u64) -> (Vec<Vec<f64>>, Vec<bool>) {
    let mut draw = Stream::new(seed, "planted/measured", 0);
    let columns: Vec<Vec<f64>> = (0..5).map(|_| (0..700).map(|_| (draw.normal() * 1e5).round() / 1e3).collect()).collect();
    let y = (0..700).map(|r| columns[0][r] + columns[1][r] + 120.0 * draw.normal() > 110.0).collect();
    (columns, y)
}

fn table_of(columns: Vec<Vec<f64>>, y: &[bool]) -> Vec<Column> {
    let mut all: Vec<Column> = columns.into_iter().enumerate().map(|(j, c)| Column::numeric(&format!("x{j}"), c, 3)).collect();
    all.push(Column::labels("y", Kind::Boolean, &y.iter().map(|y| Some(if *y { "yes" } else { "no" })).collect::<Vec<_>>()));
    all
}

#[test]
fn shaken_copies_in_a_test_file_are_found_and_fresh_rows_are_not() {
    let plant = |copies: usize| {
        move |seed: u64| {
            let (mut columns, mut y) = measured(seed);
            let mut draw = Stream::new(seed, "planted/shaken", 0);
            for r in 0..copies {
                columns.iter_mut().for_each(|c| c[500 + r] = ((c[r] + draw.normal() * 0.2) * 1e3).round() / 1e3);
                y[500 + r] = y[r];
            }
            audited(table_of(columns, &y), None, Some(500))
        }
    };
    let found = |copies| share("near_duplicates", plant(copies));
    println!("near duplicates: {} {} {}", found(150), found(60), found(0));
    assert!(found(150) >= 0.95 && found(60) >= 0.95);
    assert_eq!(found(0), 0.0);
}

#[test]
fn test_rows_from_another_world_are_found_and_those_of_the_same_are_not() {
    let plant = |shift: f64| {
        move |seed: u64| {
            let (mut columns, y) = measured(seed);
            columns[3].iter_mut().skip(450).for_each(|v| *v += shift * 100.0);
            audited(table_of(columns, &y), None, Some(450))
        }
    };
    let found = |shift| share("train_test_mismatch", plant(shift));
    println!("mismatch: {} {} {}", found(2.0), found(1.0), found(0.0));
    assert!(found(2.0) >= 0.95 && found(1.0) >= 0.95);
    assert_eq!(found(0.0), 0.0);
}
