//! What day it is: more than twenty parts of a date beyond year, month, day, weekday and hour, the business calendar with holidays among them.
//!
//! The column of moments stays, for the step that cuts it into its plain parts. All parts are those of the row's own stamp, as written (UTC), so that nothing of the
//! future is in them; holidays are a list the user gives, known in advance. Weeks are those of ISO 8601. Parts that never vary in the training rows are left out.

use crate::error::{Error, Result};
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::plain::{Part, Plain, Rule};
use crate::prepare::slots::{Cells, Slots};
use crate::prepare::{FittedStep, StepEntry};
use crate::table::MISSING_TIME;
use crate::table::time::{Civil, DAY, civil, days_in, midnight};

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "calendar",
    title: "Calendar and business days",
    doc: "Adds quarter, ISO week, day of the year, beginnings and ends of weeks, months, quarters and years, business days and holidays (paste a list), and how near they are. Only the row's own date is used.",
    params: &[
        ParamSpec { id: "parts", title: "Parts", help: "Names of parts, separated by commas; all when empty.", domain: Domain::Text },
        ParamSpec { id: "holidays", title: "Holidays", help: "Dates as 2026-12-25, separated by commas, blanks or lines.", domain: Domain::Text },
    ],
    fit,
};

/// How it goes on. The step's numbers: holidays, in days since 1970. A column's words: its parts.
pub const RULE: Rule = Rule { id: ENTRY.id, apply, told: &[], fits: |_| true };

/// A day with all that is asked of it.
struct Day<'a> {
    civil: Civil,
    /// Days since 1970.
    number: i64,
    holidays: &'a [i64],
}

type Value = fn(&Day<'_>) -> f64;

fn flag(is: bool) -> f64 {
    f64::from(u8::from(is))
}

/// Every part: its name and value.
const PARTS: [(&str, Value); 24] = [
    ("quarter", |d| f64::from((d.civil.month - 1) / 3 + 1)),
    ("week", |d| d.week()),
    ("day of year", |d| d.of_year() as f64 + 1.0),
    ("week of month", |d| f64::from((d.civil.day - 1) / 7 + 1)),
    ("days in month", |d| f64::from(days_in(d.civil.year, d.civil.month))),
    ("days to month end", |d| f64::from(days_in(d.civil.year, d.civil.month) - d.civil.day)),
    ("days to year end", |d| d.year_length() as f64 - d.of_year() as f64 - 1.0),
    ("minute", |d| f64::from(d.civil.minute)),
    ("part of day", |d| f64::from(d.civil.hour / 6)),
    ("weekend", |d| flag(d.civil.weekday > 4)),
    ("month start", |d| flag(d.civil.day == 1)),
    ("month end", |d| flag(d.civil.day == days_in(d.civil.year, d.civil.month))),
    ("quarter start", |d| flag(d.civil.day == 1 && d.civil.month % 3 == 1)),
    ("quarter end", |d| flag(d.civil.month.is_multiple_of(3) && d.civil.day == days_in(d.civil.year, d.civil.month))),
    ("year start", |d| flag(d.civil.day == 1 && d.civil.month == 1)),
    ("year end", |d| flag(d.civil.day == 31 && d.civil.month == 12)),
    ("leap year", |d| flag(d.year_length() == 366)),
    ("business day", |d| flag(d.is_open(d.number))),
    ("business day of month", |d| d.open_days(d.number - i64::from(d.civil.day) + 1, d.number)),
    ("business days left in month", |d| d.open_days(d.number + 1, d.number + i64::from(days_in(d.civil.year, d.civil.month) - d.civil.day))),
    ("holiday", |d| flag(d.holidays.binary_search(&d.number).is_ok())),
    ("day before holiday", |d| flag(d.holidays.binary_search(&(d.number + 1)).is_ok())),
    ("days since holiday", |d| d.away(d.holidays.partition_point(|h| *h <= d.number).checked_sub(1))),
    ("days to holiday", |d| d.away(Some(d.holidays.partition_point(|h| *h < d.number)))),
];

/// Days from a holiday beyond which it does not matter how many.
const FAR: f64 = 60.0;

impl Day<'_> {
    /// Days of the year before it.
    fn of_year(&self) -> i64 {
        midnight(self.civil.year, 1, 1).map_or(0, |first| self.number - first.div_euclid(DAY))
    }

    fn year_length(&self) -> i64 {
        if days_in(self.civil.year, 2) == 29 { 366 } else { 365 }
    }

    /// The week of ISO 8601: the one its Thursday stands in.
    fn week(&self) -> f64 {
        let thursday = self.number - i64::from(self.civil.weekday) + 3;
        let of = civil(thursday * DAY);
        let first = midnight(of.year, 1, 1).map_or(thursday, |m| m.div_euclid(DAY));
        ((thursday - first) / 7 + 1) as f64
    }

    /// Whether a day is neither weekend nor holiday.
    fn is_open(&self, day: i64) -> bool {
        (day + 3).rem_euclid(7) < 5 && self.holidays.binary_search(&day).is_err()
    }

    fn open_days(&self, from: i64, to: i64) -> f64 {
        (from..=to).filter(|d| self.is_open(*d)).count() as f64
    }

    /// Days to the holiday at a place of the list, at most [`FAR`].
    fn away(&self, place: Option<usize>) -> f64 {
        place.and_then(|p| self.holidays.get(p)).map_or(FAR, |h| ((h - self.number).abs() as f64).min(FAR))
    }
}

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let known = || PARTS.iter().map(|p| p.0).collect::<Vec<_>>().join(", ");
    let asked: Vec<&str> = params.word("parts").split([',', ';', '\n']).map(str::trim).filter(|p| !p.is_empty()).collect();
    if let Some(wrong) = asked.iter().find(|a| !PARTS.iter().any(|p| p.0 == **a)) {
        return Err(Error::out_of_range("parts", wrong, &format!("of {}", known())));
    }
    let holidays = holidays(params.word("holidays"))?;
    let mut learned = Plain::new(ENTRY.id, holidays.iter().map(|h| *h as f64).collect(), Vec::new());
    for slot in slots.list().iter().filter(|s| s.is_among(columns)) {
        if let Cells::Times(millis) = &slot.cells {
            let varies = |value: &Value| {
                let mut values = millis.iter().filter(|m| **m != MISSING_TIME).map(|m| part(*m, &holidays, *value));
                let first = values.next();
                values.any(|v| Some(v) != first)
            };
            let kept = PARTS.iter().filter(|(name, value)| (asked.is_empty() || asked.contains(name)) && varies(value));
            learned.columns.push(Part { name: slot.name().to_owned(), numbers: Vec::new(), words: kept.map(|p| p.0.to_owned()).collect() });
        }
    }
    Ok(FittedStep::Plain(learned))
}

/// Days since 1970 of the dates in a text, ascending.
fn holidays(text: &str) -> Result<Vec<i64>> {
    let mut days = Vec::new();
    for word in text.split([',', ';', ' ', '\n', '\t', '\r']).filter(|w| !w.is_empty()) {
        let mut numbers = word.split('-').map(|n| n.parse::<u32>().ok());
        let date = (numbers.next().flatten(), numbers.next().flatten(), numbers.next().flatten(), numbers.next());
        let day = match date {
            (Some(year), Some(month), Some(day), None) => midnight(i64::from(year), month, day),
            _ => None,
        };
        days.push(day.ok_or_else(|| Error::out_of_range("holidays", word, "a date such as 2026-12-25"))?.div_euclid(DAY));
    }
    crate::math::sort::by(&mut days, Ord::cmp);
    days.dedup();
    Ok(days)
}

fn part(millis: i64, holidays: &[i64], value: Value) -> f64 {
    if millis == MISSING_TIME {
        return f64::NAN;
    }
    value(&Day { civil: civil(millis), number: millis.div_euclid(DAY), holidays })
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    let holidays: Vec<i64> = learned.own.numbers.iter().map(|h| *h as i64).collect();
    slots.replace(|slot, next| {
        let mut made = Vec::new();
        if let (Some(of), Cells::Times(millis)) = (learned.of(slot.name()), &slot.cells) {
            for (name, value) in PARTS.iter().filter(|(name, _)| of.words.iter().any(|w| w == name)) {
                let values = millis.iter().map(|m| part(*m, &holidays, *value)).collect();
                made.push(slot.made(ENTRY.id, format!("{}: {name}", slot.name()), values, true));
            }
        }
        next.push(slot);
        made.into_iter().for_each(|m| next.push(m));
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, year: i64, month: u32, day: u32) -> f64 {
        let holidays = holidays("2026-12-25, 2026-12-26\n2026-05-01").unwrap();
        let value = PARTS.iter().find(|p| p.0 == name).unwrap().1;
        part(midnight(year, month, day).unwrap(), &holidays, value)
    }

    #[test]
    fn parts_are_those_of_the_calendar() {
        // Weeks of ISO 8601 at turns of the year, checked against Python's datetime.isocalendar.
        assert_eq!([of("week", 2026, 1, 1), of("week", 2021, 1, 3), of("week", 2024, 12, 30)], [1.0, 53.0, 1.0]);
        assert_eq!([of("quarter", 2026, 3, 31), of("quarter end", 2026, 3, 31), of("month end", 2024, 2, 28)], [1.0, 1.0, 0.0]);
        assert_eq!([of("day of year", 2024, 12, 31), of("days to year end", 2024, 12, 30), of("leap year", 2100, 1, 1)], [366.0, 1.0, 0.0]);
    }

    #[test]
    fn business_days_leave_out_weekends_and_the_holidays_given() {
        assert_eq!([of("business day", 2026, 12, 24), of("business day", 2026, 12, 25), of("weekend", 2026, 12, 27)], [1.0, 0.0, 1.0]);
        assert_eq!(
            [of("day before holiday", 2026, 12, 24), of("days to holiday", 2026, 12, 20), of("days since holiday", 2026, 12, 30)],
            [1.0, 5.0, 4.0]
        );
        // December 2026: 23 weekdays, one of them a holiday.
        assert_eq!([of("business day of month", 2026, 12, 31), of("business days left in month", 2026, 12, 23)], [22.0, 5.0]);
    }

    #[test]
    fn a_date_or_part_that_is_none_is_refused() {
        assert!(holidays("2026-13-01").is_err() && holidays("Christmas").is_err() && holidays("").unwrap().is_empty());
    }
}
