//! The usual step of a time column, within each entity: an hour, a day, a working day, a month, a quarter, a year, or any other length that
//! most steps have.
//!
//! Lengths of months differ, so 28 to 31 days are one step, as are 89 to 92 days and 365 or 366. A column of days without Saturdays and
//! Sundays steps over the weekend. There is a usual step only if at least [`REGULAR`] of the steps between different stamps have it: stamps of
//! events, which come when they come, have none.

use super::super::QualityInput;
use crate::table::MISSING_TIME;
use crate::table::time::DAY;
use std::collections::BTreeMap;

/// Least share of steps that are the usual one.
const REGULAR: f64 = 0.8;
/// Fewest steps: of fewer nothing is usual.
const ENOUGH: usize = 10;
/// A day of Monday's in days since 1970-01-01, which was a Thursday.
const MONDAY: i64 = 4;

/// Stamps of a regular column.
pub(super) struct Rhythm {
    /// Name of the time column.
    pub column: String,
    /// Stamps missing between those that stand.
    pub missing: u64,
    /// Different stamps that stand.
    pub present: u64,
    /// Steps that are no whole number of usual ones.
    pub odd: u64,
    /// Rows after a step that is not the usual one.
    pub broken: Vec<u32>,
    /// Rows whose entity has an earlier row of the same stamp.
    pub repeated: Vec<u32>,
}

/// Why there is none.
pub(in crate::quality) type Why = &'static str;

/// The rhythm of the task's time column.
pub(super) fn rhythm(input: &QualityInput<'_>) -> Result<Rhythm, Why> {
    let task = input.task.ok_or("there is no time column")?;
    let column = task.time.as_deref().and_then(|t| input.table.column(t).ok()).ok_or("there is no time column")?;
    let millis = column.millis().ok_or("the time column is not one of dates")?;
    let entity = match &task.entity {
        None => vec![0; millis.len()],
        Some(name) => input.table.column(name).map(words).unwrap_or_default(),
    };
    let mut stamps: Vec<(u64, i64, u32)> =
        entity.into_iter().zip(millis).zip(0_u32..).filter(|((_, m), _)| **m != MISSING_TIME).map(|((e, &m), row)| (e, m, row)).collect();
    stamps.sort_unstable();
    let weekdays = stamps.iter().all(|s| is_weekday(s.1));
    let steps = || stamps.windows(2).filter(|w| w[0].0 == w[1].0 && w[0].1 != w[1].1).map(|w| step(w[0].1, w[1].1, weekdays));
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    steps().for_each(|s| *counts.entry(s).or_default() += 1);
    let n: usize = counts.values().sum();
    if n < ENOUGH {
        return Err("fewer than ten steps in time");
    }
    let (&usual, &most) = counts.iter().max_by_key(|(s, c)| (**c, -**s)).ok_or("fewer than ten steps in time")?;
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    if (most as f64) < REGULAR * n as f64 {
        return Err("the stamps have no usual step: they are moments of events");
    }
    let mut found = Rhythm { column: column.name().to_owned(), missing: 0, present: 0, odd: 0, broken: Vec::new(), repeated: Vec::new() };
    found.present = (!stamps.is_empty()).into();
    for pair in stamps.windows(2) {
        if pair[0].0 == pair[1].0 && pair[0].1 == pair[1].1 {
            found.repeated.push(pair[1].2);
            continue;
        }
        found.present += 1;
        if pair[0].0 == pair[1].0 && step(pair[0].1, pair[1].1, weekdays) != usual {
            found.take(pair[1].2, step(pair[0].1, pair[1].1, weekdays), usual);
        }
    }
    found.broken.sort_unstable();
    found.repeated.sort_unstable();
    Ok(found)
}

impl Rhythm {
    /// A step other than the usual one: stamps left out, or one out of rhythm.
    fn take(&mut self, row: u32, length: i64, usual: i64) {
        self.broken.push(row);
        // Months, quarters and years stand for lengths of some days more or less.
        let times = (length + usual / 2) / usual;
        let slack = if usual >= 28 * DAY { times * usual / 20 } else { usual / 50 };
        if times >= 2 && (length - times * usual).abs() <= slack {
            self.missing += (times - 1).cast_unsigned();
        } else {
            self.odd += 1;
        }
    }
}

/// Days since 1970 of a moment, from 0 for Monday.
fn weekday(millis: i64) -> i64 {
    (millis.div_euclid(DAY) - MONDAY).rem_euclid(7)
}

pub(in crate::quality) fn is_weekday(millis: i64) -> bool {
    weekday(millis) < 5
}

/// Length of a step, those of a month, a quarter and a year made equal, weekends left out of days that have none.
pub(in crate::quality) fn step(from: i64, to: i64, weekdays: bool) -> i64 {
    let apart = to - from;
    if weekdays && apart % DAY == 0 {
        let weekends = (to.div_euclid(DAY) - MONDAY).div_euclid(7) - (from.div_euclid(DAY) - MONDAY).div_euclid(7);
        let working = apart - 2 * DAY * weekends;
        if working < 20 * DAY {
            return working;
        }
    }
    match apart / DAY {
        28..=31 => 30 * DAY,
        89..=92 => 91 * DAY,
        365..=366 => 365 * DAY,
        _ => apart,
    }
}

/// A word for the value of each cell.
fn words(column: &crate::table::Column) -> Vec<u64> {
    use crate::table::Values;
    match column.values() {
        Values::Numbers { values, .. } => values.iter().map(|v| (v + 0.0).to_bits()).collect(),
        Values::Codes { codes, .. } => codes.iter().map(|&c| u64::from(c)).collect(),
        Values::Times { millis, .. } => millis.iter().map(|m| m.cast_unsigned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::rules::fixtures::{days, table, task};
    use crate::table::Column;

    fn of(stamps: &[i64]) -> Result<Rhythm, Why> {
        let table = table(vec![days("day", stamps), Column::numeric("y", stamps.iter().map(|&s| s as f64).collect(), 0)]);
        let task = crate::task::Task { time: Some("day".into()), ..task(&table, "y") };
        rhythm(&QualityInput { table: &table, profiles: &[], task: Some(&task), own: &[] })
    }

    #[test]
    fn weekends_are_no_gaps_and_events_have_no_rhythm() {
        let working: Vec<i64> = (4..200).filter(|d| (d - 4) % 7 < 5).collect();
        let found = of(&working).ok().unwrap();
        assert_eq!((found.missing, found.odd, found.repeated.len()), (0, 0, 0));
        let events: Vec<i64> = (0..100).map(|i: i64| i * i / 3).collect();
        assert!(of(&events).is_err());
    }

    #[test]
    fn months_of_any_length_are_one_step() {
        let months: Vec<i64> = (0..36).map(|m| crate::table::time::midnight(2020 + m / 12, (m % 12 + 1) as u32, 1).unwrap() / DAY).collect();
        let found = of(&months).ok().unwrap();
        assert_eq!((found.missing, found.odd), (0, 0));
        let gap: Vec<i64> = months.iter().enumerate().filter(|(i, _)| *i != 7 && *i != 8).map(|(_, d)| *d).collect();
        let found = of(&gap).ok().unwrap();
        assert_eq!((found.missing, found.odd, found.broken.clone()), (2, 0, vec![7]));
    }
}
