//! Parts of a date: year, month, weekday, hour.
//!
//! Proleptic Gregorian calendar of the file's own clock (milliseconds since 1970 as written). Days to dates after Howard Hinnant,
//! "chrono-compatible low-level date algorithms"; checked against dates of known weekday.

use super::{RowFormula, tried};
use crate::lineage::confirm::Derivation;
use crate::lineage::formula::{Formula, Point};
use crate::lineage::frame::Frame;
use crate::lineage::screen::Subject;
use crate::table::MISSING_TIME;
use serde::{Deserialize, Serialize};

/// A part of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarPart {
    /// Year.
    Year,
    /// Quarter, 1 to 4.
    Quarter,
    /// Month, 1 to 12.
    Month,
    /// Day of the month, from 1.
    Day,
    /// Day of the year, from 1.
    DayOfYear,
    /// Weekday, Monday 0 to Sunday 6.
    Weekday,
    /// Weekday, Sunday 0 to Saturday 6.
    WeekdayFromSunday,
    /// Saturday or Sunday: 1.
    Weekend,
    /// Hour, 0 to 23.
    Hour,
    /// Minute, 0 to 59.
    Minute,
}

const ALL: [CalendarPart; 10] = [
    CalendarPart::Year,
    CalendarPart::Quarter,
    CalendarPart::Month,
    CalendarPart::Day,
    CalendarPart::DayOfYear,
    CalendarPart::Weekday,
    CalendarPart::WeekdayFromSunday,
    CalendarPart::Weekend,
    CalendarPart::Hour,
    CalendarPart::Minute,
];
const DAY: i64 = 86_400_000;

/// The part of the date in a column at a position.
pub(super) fn value(frame: &Frame<'_>, source: usize, part: CalendarPart, position: usize) -> Option<f64> {
    let row = *frame.order.get(position)? as usize;
    let millis = frame.table.columns().get(source)?.millis()?.get(row).copied().filter(|&m| m != MISSING_TIME)?;
    i32::try_from(part_of(millis, part)).ok().map(f64::from)
}

fn part_of(millis: i64, part: CalendarPart) -> i64 {
    let days = millis.div_euclid(DAY);
    let (year, month, day) = civil(days);
    match part {
        CalendarPart::Year => year,
        CalendarPart::Quarter => (month + 2) / 3,
        CalendarPart::Month => month,
        CalendarPart::Day => day,
        CalendarPart::DayOfYear => days - days_of(year) + 1,
        CalendarPart::Weekday => (days + 3).rem_euclid(7),
        CalendarPart::WeekdayFromSunday => (days + 4).rem_euclid(7),
        CalendarPart::Weekend => i64::from((days + 3).rem_euclid(7) >= 5),
        CalendarPart::Hour => millis.rem_euclid(DAY) / 3_600_000,
        CalendarPart::Minute => millis.rem_euclid(3_600_000) / 60_000,
    }
}

/// Year, month and day of a day since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let (era, day_of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

/// Days since 1970 of the first of January.
fn days_of(year: i64) -> i64 {
    let before = year - 1;
    365 * year + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400) + 1 - 719_528
}

/// Columns that are a part of a date, less a constant.
pub(super) fn search(frame: &Frame<'_>, subjects: &[Subject<'_>]) -> Vec<Derivation> {
    let dates: Vec<usize> = (0..frame.n_columns()).filter(|&c| frame.table.columns().get(c).is_some_and(|c| c.millis().is_some())).collect();
    let mut found = Vec::new();
    for subject in subjects.iter().filter(|s| frame.series.get(s.column).and_then(Option::as_ref).is_some_and(|y| y.is_whole)) {
        for &source in &dates {
            for part in ALL {
                let first = subject.tests().iter().find_map(|&p| Some(subject.values.get(p)? - value(frame, source, part, p)?));
                let Some(constant) = first.filter(|c| c.is_finite()) else { continue };
                let point = |p: usize| Some(Point::of(value(frame, source, part, p)? + constant));
                if subject.survives(&point) {
                    found.extend(tried(frame, subject, RowFormula::Calendar { source, part, constant }));
                }
            }
        }
    }
    // A part that a simpler part already gives (the quarter of a file within one month) is told once.
    found.sort_by_key(|d| (d.y, matches!(&d.formula, Formula::Row(f) if f.n_constants() > 0)));
    found.dedup_by_key(|d| d.y);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_known_dates() {
        // 2012-02-29, a Wednesday, 13:45.
        let moment = 1_330_523_100_000;
        let parts = ALL.map(|p| part_of(moment, p));
        assert_eq!(parts, [2012, 1, 2, 29, 60, 2, 3, 0, 13, 45]);
        // 1969-12-31, a Wednesday, the last day of its year.
        assert_eq!(ALL.map(|p| part_of(-1, p)), [1969, 4, 12, 31, 365, 2, 3, 0, 23, 59]);
    }
}
