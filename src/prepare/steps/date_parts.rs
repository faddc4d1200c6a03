//! Cuts moments into parts a learner can use: year, month, day, weekday, hour, and days since the first training row.
//!
//! Parts are those of UTC; a stamp without a zone was read as UTC, so they are the parts as written. Months, days, weekdays and hours
//! come round again: with the cyclic option each of them becomes a sine and a cosine, so that December is next to January. Only the
//! row's own stamp is used. A missing stamp gives missing parts.

use crate::error::Result;
use crate::math::elementary::{cos, sin};
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::slots::{Cells, Slot, Slots};
use crate::prepare::{FittedStep, Learned, StepEntry};
use crate::table::MISSING_TIME;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "date_parts",
    title: "Cut dates into parts",
    doc: "Year, month, day, weekday (Monday is 0), hour where stamps have one, and days since the first training row. Cyclic: months, days, weekdays and hours as sine and cosine, so that December is next to January.",
    params: PARAMS,
    fit,
};

const fn switch(id: &'static str, title: &'static str, help: &'static str, default: bool) -> ParamSpec {
    ParamSpec { id, title, help, domain: Domain::Switch { default } }
}

const PARAMS: &[ParamSpec] = &[
    switch("year", "Year", "The calendar year.", true),
    switch("month", "Month", "The month, 1 to 12.", true),
    switch("day", "Day", "The day of the month, 1 to 31.", true),
    switch("weekday", "Weekday", "The day of the week, 0 (Monday) to 6.", true),
    switch("hour", "Hour", "The hour, 0 to 23, where training rows have hours.", true),
    switch("elapsed", "Days elapsed", "Days since the first training row.", true),
    switch("cyclic", "Cyclic", "Months, days, weekdays and hours as sine and cosine.", false),
];

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// One part of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    Year,
    Month,
    Day,
    Weekday,
    Hour,
    Elapsed,
}

impl Part {
    const ALL: [Self; 6] = [Self::Year, Self::Month, Self::Day, Self::Weekday, Self::Hour, Self::Elapsed];

    fn id(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Weekday => "weekday",
            Self::Hour => "hour",
            Self::Elapsed => "elapsed",
        }
    }

    /// How many steps until it comes round, and its least value; `None` if it never does.
    fn cycle(self) -> Option<(f64, f64)> {
        match self {
            Self::Year | Self::Elapsed => None,
            Self::Month => Some((12.0, 1.0)),
            Self::Day => Some((31.0, 1.0)),
            Self::Weekday => Some((7.0, 0.0)),
            Self::Hour => Some((24.0, 0.0)),
        }
    }
}

/// What was learned, by column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedParts {
    columns: BTreeMap<String, Parts>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Parts {
    /// First moment of the training rows, in milliseconds since 1970.
    first: i64,
    parts: Vec<Part>,
    cyclic: bool,
}

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let mut fitted = FittedParts { columns: BTreeMap::new() };
    for slot in slots.list().iter().filter(|s| s.is_among(columns)) {
        if let Cells::Times(millis) = &slot.cells {
            let there = || millis.iter().copied().filter(|&m| m != MISSING_TIME);
            let has_hours = there().any(|m| m.rem_euclid(DAY) != 0);
            let wanted = |p: &Part| params.switch(p.id()) && (*p != Part::Hour || has_hours);
            let parts = Part::ALL.into_iter().filter(wanted).collect();
            let first = there().min().unwrap_or(0);
            fitted.columns.insert(slot.name().to_owned(), Parts { first, parts, cyclic: params.switch("cyclic") });
        }
    }
    Ok(FittedStep::DateParts(fitted))
}

impl FittedParts {
    /// Replaces each column of moments by its parts.
    #[must_use]
    pub fn apply(&self, slots: Slots) -> Slots {
        slots.replace(|slot, next| match (self.columns.get(slot.name()), &slot.cells) {
            (Some(parts), Cells::Times(millis)) => parts.cut(&slot, millis).into_iter().for_each(|s| next.push(s)),
            _ => next.push(slot),
        })
    }

    /// First moment (days since 1970) by column.
    #[must_use]
    pub fn learned(&self) -> Vec<Learned> {
        let of = |(column, parts): (&String, &Parts)| Learned {
            column: column.clone(),
            name: "first_day".to_owned(),
            number: Some(days(parts.first)),
            levels: Vec::new(),
        };
        self.columns.iter().map(of).collect()
    }
}

impl Parts {
    fn cut(&self, slot: &Slot, millis: &[i64]) -> Vec<Slot> {
        let civil: Vec<Option<jiff::civil::DateTime>> = millis.iter().map(|&m| civil(m)).collect();
        let mut made = Vec::new();
        for &part in &self.parts {
            let values: Vec<f64> = civil.iter().zip(millis).map(|(c, &m)| c.map_or(f64::NAN, |c| self.value(part, c, m))).collect();
            let name = format!("{}: {}", slot.name(), part.id());
            match part.cycle().filter(|_| self.cyclic) {
                Some((steps, least)) => {
                    let angle = |v: &f64| (v - least) / steps * std::f64::consts::TAU;
                    made.push(slot.made(ENTRY.id, format!("{name} (sine)"), values.iter().map(|v| sin(angle(v))).collect(), false));
                    made.push(slot.made(ENTRY.id, format!("{name} (cosine)"), values.iter().map(|v| cos(angle(v))).collect(), false));
                }
                None => made.push(slot.made(ENTRY.id, name, values, part != Part::Elapsed)),
            }
        }
        made
    }

    fn value(&self, part: Part, civil: jiff::civil::DateTime, millis: i64) -> f64 {
        match part {
            Part::Year => f64::from(civil.year()),
            Part::Month => f64::from(civil.month()),
            Part::Day => f64::from(civil.day()),
            Part::Weekday => f64::from(civil.weekday().to_monday_zero_offset()),
            Part::Hour => f64::from(civil.hour()),
            Part::Elapsed => days(millis.saturating_sub(self.first)),
        }
    }
}

fn civil(millis: i64) -> Option<jiff::civil::DateTime> {
    if millis == MISSING_TIME {
        return None;
    }
    jiff::Timestamp::from_millisecond(millis).ok().map(|t| jiff::tz::Offset::UTC.to_datetime(t))
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of representable dates stay below 2^53")]
fn days(millis: i64) -> f64 {
    millis as f64 / DAY as f64
}
