//! What time analysis promises: it finds what was put in, and nothing where there is nothing.

use super::*;
use crate::math::elementary::sin;
use crate::math::rng::Stream;
use crate::quality::rules::fixtures::{days, table, task};
use crate::table::Column;
use crate::task::Task;

const TAU: f64 = std::f64::consts::TAU;

/// What a daily series does.
fn daily(values: &[f64]) -> OverTime {
    let stamps: Vec<i64> = (0..values.len() as i64).collect();
    let table = table(vec![days("day", &stamps), Column::numeric("y", values.to_vec(), 6)]);
    let task = Task { time: Some("day".into()), ..task(&table, "y") };
    over_time(&QualityInput { table: &table, profiles: &[], task: Some(&task), own: &[] }).unwrap_or_else(|why| panic!("{why}")).remove(0)
}

fn noise(n: usize, seed: u64) -> Vec<f64> {
    let mut draw = Stream::new(seed, "over time", 0);
    (0..n).map(|_| draw.normal()).collect()
}

fn with(n: usize, seed: u64, of: impl Fn(f64) -> f64) -> Vec<f64> {
    noise(n, seed).into_iter().enumerate().map(|(i, e)| e + of(i as f64)).collect()
}

#[test]
fn a_week_in_a_rising_series_is_found_with_its_slope() {
    let found = daily(&with(300, 1, |t| 0.03 * t + 3.0 * sin(TAU * t / 7.0)));
    assert_eq!((found.period, found.unit.as_str()), (7, "day"));
    let (slope, low, high) = found.slope.unwrap();
    assert!(low < 0.03 && 0.03 < high && (slope - 0.03).abs() < 0.003, "{:?}", found.slope);
    assert!(found.has_trend() && found.changes.is_empty() && found.strength.1 > 0.6, "{found:?}");
    assert!(found.leaves(0) && !found.leaves(1), "it stays about a line, not about a level: {:?}", found.kpss);
    for line in ["observed", "trend", "season", "remainder", "grouped"] {
        assert!(!found.line(line).is_empty(), "{line}");
    }
}

#[test]
fn a_period_that_is_on_no_calendar_is_found_by_the_series_itself() {
    assert_eq!(daily(&with(400, 2, |t| 2.0 * sin(TAU * t / 11.0))).period, 11);
}

#[test]
fn two_changes_of_level_are_found_where_they_are() {
    let found = daily(&with(240, 3, |t| {
        if t < 80.0 {
            0.0
        } else if t < 160.0 {
            4.0
        } else {
            1.0
        }
    }));
    let places: Vec<u32> = found.changes.iter().map(|c| c.0).collect();
    assert!(places.len() == 2 && places[0].abs_diff(80) <= 2 && places[1].abs_diff(160) <= 2, "{:?}", found.changes);
    assert_eq!(found.changes[0].1, crate::table::time::TimeFormat::new("%Y-%m-%d").print(i64::from(places[0]) * crate::table::time::DAY));
    assert!((found.changes[0].3 - 4.0).abs() < 0.5);
}

#[test]
fn a_line_has_no_changes_of_level_and_noise_has_nothing() {
    assert!(daily(&with(300, 4, |t| 0.1 * t)).changes.is_empty());
    let told = (0..60).filter(|seed| {
        let found = daily(&noise(200, 100 + seed));
        found.period > 0 || !found.changes.is_empty()
    });
    assert!(told.count() <= 2);
}

#[test]
fn neighbours_that_are_alike_are_no_season_and_their_trend_is_rarely_believed() {
    let walkers = |seed: u64, keep: f64| {
        let mut level = 0.0;
        noise(250, seed)
            .into_iter()
            .map(|e| {
                level = keep * level + e;
                level
            })
            .collect::<Vec<f64>>()
    };
    let all: Vec<OverTime> = (0..60).map(|s| daily(&walkers(300 + s, 0.8))).collect();
    let count = |of: &dyn Fn(&OverTime) -> bool| all.iter().filter(|f| of(f)).count();
    assert!(count(&|f| f.period > 0) <= 3, "seasons {}", count(&|f| f.period > 0));
    assert!(count(&|f| f.has_trend()) <= 8, "trends {}", count(&|f| f.has_trend()));
    assert!(count(&|f| !f.changes.is_empty()) <= 6, "changes {}", count(&|f| !f.changes.is_empty()));
    let wandering = (0..20).filter(|s| daily(&walkers(500 + s, 1.0)).leaves(0)).count();
    assert!(wandering >= 12, "{wandering}");
}

#[test]
fn long_series_are_looked_at_in_blocks_and_their_lines_stay_short() {
    let found = daily(&with(9_000, 5, |t| 0.001 * t + 2.0 * sin(TAU * t / 7.0) + if t > 4_500.0 { 12.0 } else { 0.0 }));
    assert_eq!(found.period, 7);
    assert!(found.changes.iter().any(|c| c.0.abs_diff(4_500) < 40), "{:?}", found.changes);
    assert!(found.lines.iter().all(|l| l.1.len() <= POINTS));
}

#[test]
fn constant_columns_and_columns_of_few_moments_say_nothing() {
    let stamps: Vec<i64> = (0..40).collect();
    let mut holes = vec![f64::NAN; 40];
    holes[..10].copy_from_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]);
    let table = table(vec![
        days("day", &stamps),
        Column::numeric("same", vec![7.0; 40], 0),
        Column::numeric("holes", holes, 0),
        Column::numeric("y", noise(40, 1), 3),
    ]);
    let task = Task { time: Some("day".into()), ..task(&table, "y") };
    let found = over_time(&QualityInput { table: &table, profiles: &[], task: Some(&task), own: &[] }).ok().unwrap();
    assert_eq!(found.iter().map(|f| f.column.as_str()).collect::<Vec<_>>(), ["y"]);
}
