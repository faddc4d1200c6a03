//! Columns that are functions of the time stamp, or count rows: labelled first, and left out of the search over rows.
//!
//! A month number, a sine of the weekday or a row counter follows from the calendar alone. Left in the search, a cosine is a lagged sine and a
//! counter the running total of every constant. Bits against chance count values only, not steps: the calendar is no column one may
//! have hit on by trying.

use super::super::confirm::{Derivation, confirm_label};
use super::super::formula::{Formula, Latest, Part as Cell, Point, Read};
use super::super::frame::{Frame, Series};
use super::super::proof::{Explained, bits_needed};
use super::TimeFormula;
use super::axis::real;
use super::screen::entropy;
use crate::math::elementary::{cos, log2, sin};
use crate::math::sort;
use crate::table::{Kind, MISSING_TIME, time::civil, time::days_in};
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// Rows a label is tried on before all rows are looked at.
const TRIED: usize = 400;
/// Share of rows on which a label must hold.
const HOLDS: f64 = 0.99;
/// Fewest changes of a part with two values: a label of one step says little.
const CHANGES: usize = 4;
/// Milliseconds of a day.
const DAY: f64 = 86_400_000.0;
/// Double rounding relative to the value.
const RELATIVE: f64 = 1e-9;

/// A unit of elapsed time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Days.
    Days,
    /// Hours.
    Hours,
    /// Minutes.
    Minutes,
    /// Seconds.
    Seconds,
}

impl Unit {
    fn millis(self) -> f64 {
        match self {
            Self::Days => DAY,
            Self::Hours => 3_600_000.0,
            Self::Minutes => 60_000.0,
            Self::Seconds => 1_000.0,
        }
    }
}

/// A number read off the time stamp or the row's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Place in the file, from 0.
    RowInFile,
    /// Place in order of time, from 0.
    RowInOrder,
    /// Place in order of time within the entity, from 0.
    RowInEntity,
    /// Year.
    Year,
    /// Quarter, 1 to 4.
    Quarter,
    /// Month, 1 to 12.
    Month,
    /// ISO week, 1 to 53.
    Week,
    /// Day of the year, 1 to 366.
    DayOfYear,
    /// Day of the month, 1 to 31.
    DayOfMonth,
    /// Day of the week, 0 Monday to 6 Sunday.
    Weekday,
    /// Day of the week, 0 Sunday to 6 Saturday.
    WeekdayFromSunday,
    /// Hour, 0 to 23.
    Hour,
    /// Minute, 0 to 59.
    Minute,
    /// Saturday or Sunday.
    IsWeekend,
    /// First day of the month.
    IsMonthStart,
    /// Last day of the month.
    IsMonthEnd,
    /// Time since 1970 in days.
    Days,
    /// Time since the entity's row before.
    SincePrevious(Unit),
    /// Time to the entity's next row.
    UntilNext(Unit),
}

impl Part {
    const ROWS: [Self; 3] = [Self::RowInFile, Self::RowInOrder, Self::RowInEntity];
    const STAMP: [Self; 14] = [
        Self::Year,
        Self::Quarter,
        Self::Month,
        Self::Week,
        Self::DayOfYear,
        Self::DayOfMonth,
        Self::Weekday,
        Self::WeekdayFromSunday,
        Self::Hour,
        Self::Minute,
        Self::IsWeekend,
        Self::IsMonthStart,
        Self::IsMonthEnd,
        Self::Days,
    ];

    /// What columns may be functions of: places, parts of a stamp, and the gaps between stamps of the frame's time column.
    fn all(time: Option<usize>, frame: &Frame<'_>) -> Vec<Self> {
        let Some(time) = time else { return Self::ROWS.to_vec() };
        let mut parts = Self::STAMP.to_vec();
        if frame.time == Some(time) {
            for unit in [Unit::Days, Unit::Hours, Unit::Minutes, Unit::Seconds] {
                parts.extend([Self::SincePrevious(unit), Self::UntilNext(unit)]);
            }
        }
        parts
    }

    /// Rows of its cycle, for parts that go round.
    fn cycle(self) -> &'static [f64] {
        match self {
            Self::Quarter => &[4.0],
            Self::Month => &[12.0],
            Self::Week => &[52.0, 53.0],
            Self::DayOfYear => &[365.25, 365.0, 366.0],
            Self::DayOfMonth => &[31.0, 30.0],
            Self::Weekday => &[7.0],
            Self::Hour => &[24.0],
            Self::Minute => &[60.0],
            _ => &[],
        }
    }

    /// Its value at a position; `millis` by position.
    fn at(self, frame: &Frame<'_>, millis: &[i64], position: usize) -> Option<f64> {
        match self {
            Self::RowInFile => return frame.order.get(position).map(|&r| f64::from(r)),
            Self::RowInOrder => return Some(real(position)),
            Self::RowInEntity => return Some(real(position - frame.start_of(position))),
            _ => {}
        }
        let stamp = |p: usize| millis.get(p).copied().filter(|&m| m != MISSING_TIME);
        let now = stamp(position)?;
        if let Self::SincePrevious(unit) | Self::UntilNext(unit) = self {
            let other = stamp(frame.back(position, if matches!(self, Self::SincePrevious(_)) { 1 } else { -1 })?)?;
            return Some(exact(now.abs_diff(other)) / unit.millis());
        }
        let c = civil(now);
        let flag = |b: bool| f64::from(u8::from(b));
        Some(match self {
            Self::Year => exact(c.year.unsigned_abs()),
            Self::Quarter => f64::from(c.month.div_ceil(3)),
            Self::Month => f64::from(c.month),
            Self::Week => iso_week(c.year, day_of_year(c.year, c.month, c.day), c.weekday),
            Self::DayOfYear => f64::from(day_of_year(c.year, c.month, c.day)),
            Self::DayOfMonth => f64::from(c.day),
            Self::Weekday => f64::from(c.weekday),
            Self::WeekdayFromSunday => f64::from((c.weekday + 1) % 7),
            Self::Hour => f64::from(c.hour),
            Self::Minute => f64::from(c.minute),
            Self::IsWeekend => flag(c.weekday >= 5),
            Self::IsMonthStart => flag(c.day == 1),
            Self::IsMonthEnd => flag(c.day == days_in(c.year, c.month)),
            _ => exact(now.unsigned_abs()).copysign(if now < 0 { -1.0 } else { 1.0 }) / DAY,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of four-digit years stay below 2^53")]
fn exact(whole: u64) -> f64 {
    whole as f64
}

fn day_of_year(year: i64, month: u32, day: u32) -> u32 {
    (1..month).map(|m| days_in(year, m)).sum::<u32>() + day
}

/// ISO 8601 week of a day, `weekday` 0 for Monday.
fn iso_week(year: i64, day: u32, weekday: u32) -> f64 {
    let week = (i64::from(day) - i64::from(weekday) + 9) / 7;
    let long = |y: i64| {
        let dec31 = |y: i64| (y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400)).rem_euclid(7);
        if dec31(y) == 4 || dec31(y - 1) == 3 { 53 } else { 52 }
    };
    let week = if week < 1 {
        long(year - 1)
    } else if week > long(year) {
        1
    } else {
        week
    };
    exact(week.unsigned_abs())
}

/// A turn of a part into a wave.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wave {
    /// A sine; else a cosine.
    pub is_sine: bool,
    /// Length of the cycle in units of the part.
    pub period: f64,
    /// Waves a cycle.
    pub harmonic: u8,
}

/// A function of the time stamp or of the row's place: `offset + scale x part`, or of the part's sine or cosine.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calendar {
    /// The column of stamps; `None` for the row's place.
    pub time: Option<usize>,
    /// What is read off it.
    pub part: Part,
    /// The wave made of it.
    pub wave: Option<Wave>,
    /// Factor.
    pub scale: f64,
    /// Constant.
    pub offset: f64,
}

impl Calendar {
    pub(super) fn reads(&self) -> Vec<Read> {
        let Some(time) = self.time else { return Vec::new() };
        vec![match self.part {
            Part::SincePrevious(_) => Read { column: time, first: Some(-1), latest: Latest::Row(0) },
            Part::UntilNext(_) => Read { column: time, first: Some(0), latest: Latest::Row(1) },
            _ => Read::same_row(time),
        }]
    }

    pub(super) fn cost(&self) -> f64 {
        let free = f64::from(u8::from(self.scale != 1.0)) + f64::from(u8::from(self.offset != 0.0));
        1.2 + 0.1 * free + if self.wave.is_some() { 0.2 } else { 0.0 }
    }

    /// Scale and offset are no constants while the part is counted as such; a trend's are fitted.
    pub(super) fn n_constants(&self) -> usize {
        usize::from(self.scale != 1.0) + usize::from(self.offset != 0.0)
    }

    pub(super) fn all(&self, frame: &Frame<'_>) -> Vec<Option<Point>> {
        let millis = stamps(frame, self.time);
        (0..frame.n_rows()).map(|p| self.part.at(frame, &millis, p).map(|v| self.of(v))).collect()
    }

    fn of(&self, part: f64) -> Point {
        let value = self.wave.map_or(part, |w| {
            let angle = TAU * f64::from(w.harmonic) * part / w.period;
            if w.is_sine { sin(angle) } else { cos(angle) }
        });
        let scaled = self.scale * value;
        Point { value: self.offset + scaled, magnitude: self.offset.abs().max(scaled.abs()), blur: 0.0 }
    }

    pub(super) fn parts(&self, frame: &Frame<'_>, position: usize) -> Vec<Cell> {
        let millis = stamps(frame, self.time);
        let value = millis.get(position).filter(|m| **m != MISSING_TIME).map(|m| exact(m.unsigned_abs()));
        let cell = self.time.zip(frame.order.get(position)).zip(value);
        cell.map(|((column, &row), value)| Cell { column, row, value }).into_iter().collect()
    }
}

fn stamps(frame: &Frame<'_>, time: Option<usize>) -> Vec<i64> {
    let millis = time.and_then(|t| frame.table.columns().get(t)?.millis());
    millis.map_or_else(Vec::new, |m| frame.order.iter().map(|&r| m[r as usize]).collect())
}

/// The columns that are functions of the calendar or of the row's place, one formula each.
#[must_use]
pub fn labels(frame: &Frame<'_>) -> Vec<Derivation> {
    let times = frame.table.columns().iter().enumerate().filter(|(_, c)| c.millis().is_some()).map(|(i, _)| Some(i));
    let tried: Vec<usize> = (0..TRIED.min(frame.n_rows())).map(|i| i * frame.n_rows() / TRIED.min(frame.n_rows())).collect();
    let mut candidates = Vec::new();
    for time in times.take(4).chain([None]) {
        let millis = stamps(frame, time);
        for part in Part::all(time, frame) {
            let read: Vec<Option<f64>> = tried.iter().map(|&p| part.at(frame, &millis, p)).collect();
            let waves = part
                .cycle()
                .iter()
                .flat_map(|&period| (1..=3).flat_map(move |harmonic| [true, false].map(|is_sine| Some(Wave { is_sine, period, harmonic }))));
            for wave in std::iter::once(None).chain(waves) {
                let plain = Calendar { time, part, wave, scale: 1.0, offset: 0.0 };
                let values: Vec<f64> = read.iter().map(|v| v.map_or(f64::NAN, |v| plain.of(v).value)).collect();
                candidates.push((plain, values));
            }
        }
    }
    let open = (0..frame.n_columns()).filter(|&y| Some(y) != frame.time && Some(y) != frame.entity);
    open.filter_map(|y| {
        let counted = counted(frame, y);
        label(frame, y, counted.as_ref().or(frame.series.get(y)?.as_ref())?, &tried, &candidates)
    })
    .collect()
}

/// The numbers of an identifier column: a row number is often one.
fn counted(frame: &Frame<'_>, y: usize) -> Option<Series> {
    let column = frame.table.columns().get(y).filter(|c| c.kind() == Kind::Identifier)?;
    let (codes, levels) = column.codes()?;
    let numbers: Vec<f64> = levels.iter().map(|l| l.parse::<u32>().ok().map(f64::from)).collect::<Option<_>>()?;
    let values: Vec<f64> = frame.order.iter().map(|&r| numbers.get(codes[r as usize] as usize).copied().unwrap_or(f64::NAN)).collect();
    let n_present = values.iter().filter(|v| !v.is_nan()).count();
    Some(Series { values, decimals: 0, half_unit: 0.0, is_whole: true, n_distinct: numbers.len(), n_present })
}

fn label(frame: &Frame<'_>, y: usize, series: &Series, tried: &[usize], candidates: &[(Calendar, Vec<f64>)]) -> Option<Derivation> {
    if series.n_distinct < 2 {
        return None;
    }
    let values: Vec<f64> = tried.iter().map(|&p| series.values[p]).collect();
    // whole numbers are counted, not measured: half a unit would let any flag pass for any other
    let half_unit = if series.is_whole { 0.0 } else { series.half_unit };
    let mut hits: Vec<Calendar> = candidates.iter().filter_map(|(plain, part)| fitted(plain, part, &values, half_unit)).collect();
    if hits.is_empty() {
        return None;
    }
    sort::by(&mut hits, |a, b| a.cost().total_cmp(&b.cost()));
    let target = Explained::series(series);
    hits.into_iter().find_map(|calendar| {
        let formula = Formula::Time(TimeFormula::Calendar(calendar));
        let points = formula.all(frame);
        let (bits, changes) = weight(series, &points, half_unit)?;
        let steady = series.n_distinct == 2 && changes < CHANGES && calendar.part != Part::Year;
        let needed = bits_needed(frame.n_columns());
        (!steady && bits >= needed).then(|| confirm_label(frame, y, &target, &formula, half_unit, bits)).flatten()
    })
}

/// The calendar with the scale and offset that fit, if one fits the rows tried.
fn fitted(plain: &Calendar, part: &[f64], values: &[f64], half_unit: f64) -> Option<Calendar> {
    let pairs: Vec<(f64, f64)> = part.iter().copied().zip(values.iter().copied()).filter(|(p, v)| !p.is_nan() && !v.is_nan()).collect();
    let n = real(pairs.len());
    let (mp, mv) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
    let square: f64 = pairs.iter().map(|p| (p.0 - mp) * (p.0 - mp)).sum();
    let product: f64 = pairs.iter().map(|p| (p.0 - mp) * (p.1 - mv)).sum();
    let slope = product / square;
    if !slope.is_finite() || slope == 0.0 || pairs.len() < 8 {
        return None;
    }
    let holds = |c: &Calendar| {
        let near = |p: &&(f64, f64)| (c.offset + c.scale * p.0 - p.1).abs() <= half_unit + RELATIVE * p.1.abs().max(c.offset.abs());
        real(pairs.iter().filter(near).count()) >= HOLDS * n
    };
    let short = |v: f64| (v * 1e4).round() / 1e4;
    let inverse = 1.0 / (1.0 / slope).round();
    let scales = [1.0, slope.round(), inverse, short(slope), slope];
    scales.into_iter().filter(|s| s.is_finite() && *s != 0.0 && (s / slope - 1.0).abs() < 0.01).find_map(|scale| {
        let free = mv - scale * mp;
        [0.0, free.round(), short(free), free].into_iter().map(|offset| Calendar { scale, offset, ..*plain }).find(|c| holds(c))
    })
}

/// Bits of the values alone, and how often the prediction changes from row to row.
fn weight(series: &Series, points: &[Option<Point>], half_unit: f64) -> Option<(f64, usize)> {
    let mut sorted: Vec<f64> = series.values.iter().copied().filter(|v| !v.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let (mut bits, mut tested, mut missed, mut changes, mut last) = (0.0, 0, 0, 0, f64::NAN);
    for (point, &y) in points.iter().zip(&series.values) {
        let Some(point) = point.as_ref().filter(|_| !y.is_nan()) else { continue };
        tested += 1;
        changes += usize::from((point.value - last).abs() > half_unit + RELATIVE * y.abs());
        last = point.value;
        let slack = half_unit + RELATIVE * point.magnitude;
        if (y - point.value).abs() > slack {
            missed += 1;
            continue;
        }
        let from = sorted.partition_point(|&v| v < point.value - slack);
        let to = sorted.partition_point(|&v| v <= point.value + slack);
        bits += (-log2(real((to - from).max(1)) / real(sorted.len()))).min(20.0);
    }
    (real(tested - missed) >= HOLDS * real(tested)).then(|| (bits - real(tested) * entropy(missed, tested), changes))
}
