//! Windows: a function of the values from one row to another, of a stretch of time, or from the entity's first row on.
//!
//! Sums, means and spreads come from running sums and cost the same for every width; extremes slide with a queue of candidates,
//! medians with a sorted list.

use super::super::formula::{Latest, Point, Read};
use super::axis::{Axis, real};
use super::function::{Contents, Function, distinct, median};
use super::source::Source;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// A root mean square of values is at most so many times the largest of them: their rounding is below a millionth.
const ROOM: f64 = 1.000_001;

/// Which end of a stretch of time belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// The row's own moment belongs to it, the moment a span before does not.
    Right,
    /// The moment a span before belongs to it, the row's own does not.
    Left,
}

/// Which rows a window holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// `width` rows, the last of them `by` rows before (negative: after) the row.
    Rows {
        /// Number of rows.
        width: u32,
        /// Rows back to the last.
        by: i32,
    },
    /// A stretch of time up to the row.
    Span {
        /// Its length in milliseconds.
        millis: i64,
        /// Which end belongs to it.
        closed: Closed,
    },
    /// From the entity's first row to the one `by` rows before (negative: after) the row.
    FromStart {
        /// Rows back to the last.
        by: i32,
    },
}

impl Extent {
    /// The places of the window at a place, clipped to the entity.
    pub(super) fn range(self, axis: &Axis<'_>, place: usize) -> Option<(usize, usize)> {
        let (begin, end) = (axis.begin(place), axis.end(place));
        let clip = |p: i64| usize::try_from(p).unwrap_or(0).clamp(begin, end);
        let at = i64::try_from(place).ok()?;
        match self {
            Self::Rows { width, by } => {
                let to = at + 1 - i64::from(by);
                Some((clip(to - i64::from(width)), clip(to)))
            }
            Self::FromStart { by } => Some((begin, clip(at + 1 - i64::from(by)))),
            Self::Span { millis, closed } => {
                let moments = axis.millis()?.get(begin..end)?;
                let edge = moments.get(place - begin)?.checked_sub(millis)?;
                match closed {
                    Closed::Right => Some((begin + moments.partition_point(|&m| m <= edge), place + 1)),
                    Closed::Left => Some((begin + moments.partition_point(|&m| m < edge), place)),
                }
            }
        }
    }
}

/// A function of the values in a window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// Source column.
    pub source: usize,
    /// What is made of the values.
    pub function: Function,
    /// Which rows.
    pub extent: Extent,
    /// Present values it needs at least.
    pub at_least: u32,
    /// Rows back to the value that is set against the window, for functions that do so.
    pub from: i32,
}

impl Window {
    pub(super) fn reads(&self) -> Vec<Read> {
        let (first, latest) = match self.extent {
            #[expect(clippy::cast_possible_wrap, reason = "widths are below 1,000")]
            Extent::Rows { width, by } => (Some(1 - by - width as i32), -by),
            Extent::Span { closed, .. } => (None, if closed == Closed::Right { 0 } else { -1 }),
            Extent::FromStart { by } => (None, -by),
        };
        let own = if self.function.is_relative() { -self.from } else { latest };
        vec![Read { column: self.source, first: first.map(|f| f.min(own)), latest: Latest::Row(latest.max(own)) }]
    }

    pub(super) fn cost(&self) -> f64 {
        let base = match self.extent {
            Extent::Rows { width, by } => 3.5 + f64::from(by.abs()) / 500.0 + f64::from(width) / 2_000.0,
            Extent::Span { closed, .. } => 3.6 + if closed == Closed::Left { 0.02 } else { 0.0 },
            Extent::FromStart { by } => 3.9 + f64::from(by.abs()) / 100.0,
        };
        base + self.function.step() + if self.from == 0 { 0.0 } else { 0.01 }
    }

    /// Its value at a place.
    pub(super) fn at(&self, axis: &Axis<'_>, source: &Source<'_>, place: usize) -> Option<Point> {
        let range = self.extent.range(axis, place)?;
        let mut contents = self.sums(source, range)?;
        if self.function.needs_extremes() {
            (contents.least, contents.most) = match self.extent {
                Extent::FromStart { .. } => *source.extremes(axis).get(range.1.checked_sub(1)?)?,
                _ => extremes(source.values.get(range.0..range.1)?),
            };
        } else if self.function.needs_order() {
            let mut values: Vec<f64> = source.values.get(range.0..range.1)?.iter().copied().filter(|v| !v.is_nan()).collect();
            if self.function == Function::Distinct {
                values.sort_unstable_by(f64::total_cmp);
                contents.distinct = distinct(&values);
            } else {
                contents.median = middle(&mut values);
            }
        }
        self.point(axis, source, place, &contents)
    }

    /// Its value at a place, with at least its magnitude and blur: what a first look needs, from the sum alone where that is enough.
    pub(super) fn roughly(&self, axis: &Axis<'_>, source: &Source<'_>, place: usize) -> Option<Point> {
        if !matches!(self.function, Function::LessMean | Function::OverMean) {
            return self.at(axis, source, place);
        }
        let now = source.get(axis.back(place, self.from)?)?;
        let (from, to) = self.extent.range(axis, place)?;
        let (n, sum) = source.prefix().sum(from, to.max(from)).filter(|s| s.0 >= self.at_least as usize)?;
        let (mean, largest) = (sum / real(n), source.largest * ROOM);
        let (value, magnitude) = match self.function {
            Function::LessMean => (now - mean, largest),
            _ => (now / mean, (now / mean).abs() * (largest / mean.abs()).max(1.0)),
        };
        value.is_finite().then_some(Point { value, magnitude, blur: f64::INFINITY })
    }

    /// Its value at every place.
    pub(super) fn all(&self, axis: &Axis<'_>, source: &Source<'_>) -> Vec<Option<Point>> {
        let slides = !matches!(self.extent, Extent::FromStart { .. }) || self.function.needs_order();
        if !slides || !self.function.needs_extremes() && !self.function.needs_order() {
            return (0..axis.len()).map(|place| self.at(axis, source, place)).collect();
        }
        let mut slide = Slide { order: self.function.needs_order(), ..Slide::default() };
        (0..axis.len())
            .map(|place| {
                if axis.begin(place) == place {
                    slide.restart(place);
                }
                let range = self.extent.range(axis, place)?;
                slide.to(&source.values, range);
                let mut contents = self.sums(source, range)?;
                slide.fill(&mut contents);
                self.point(axis, source, place, &contents)
            })
            .collect()
    }

    fn sums(&self, source: &Source<'_>, (from, to): (usize, usize)) -> Option<Contents> {
        let moments = source.prefix().range(from, to.max(from))?;
        (moments.n >= self.at_least as usize).then(|| Contents::of(moments))
    }

    fn point(&self, axis: &Axis<'_>, source: &Source<'_>, place: usize, contents: &Contents) -> Option<Point> {
        let now = if self.function.is_relative() { source.get(axis.back(place, self.from)?)? } else { f64::NAN };
        self.function.point(contents, now, source.blur)
    }

    /// The least number of present values at which the column `y` (by place) has the window's value: what the maker asked for.
    pub(super) fn read_at_least(&self, axis: &Axis<'_>, source: &Source<'_>, y: &[f64], slack: &dyn Fn(&Point) -> f64) -> u32 {
        const MOST: usize = 400;
        let open = Self { at_least: 1, ..*self };
        let mut tallies = vec![(0_usize, 0_usize); MOST + 1];
        for (place, point) in open.all(axis, source).into_iter().enumerate() {
            let Some((point, range)) = point.zip(self.extent.range(axis, place)) else { continue };
            let tally = &mut tallies[source.prefix().count(range.0, range.1).min(MOST)];
            tally.1 += 1;
            tally.0 += usize::from((y[place] - point.value).abs() <= slack(&point));
        }
        // from the fullest windows down, as long as they hold
        let holds = |t: &(usize, usize)| t.0 > 0 && real(t.0) >= 0.5 * real(t.1);
        let told = (1..=MOST).rev().filter(|&n| tallies[n].1 > 0).take_while(|&n| holds(&tallies[n]));
        told.last().and_then(|n| u32::try_from(n).ok()).unwrap_or(1)
    }
}

/// The median of values in any order.
fn middle(values: &mut [f64]) -> f64 {
    let half = values.len() / 2;
    if half >= values.len() {
        return f64::NAN;
    }
    let (below, middle, _) = values.select_nth_unstable_by(half, f64::total_cmp);
    let middle = *middle;
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if values.len() % 2 == 1 { middle } else { (lower + middle) / 2.0 }
}

/// Least and largest of values, NaN passed over.
pub(super) fn extremes(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)))
}

/// Extremes or order of a window whose ends only move forward.
#[derive(Default)]
struct Slide {
    order: bool,
    from: usize,
    to: usize,
    rising: VecDeque<(usize, f64)>,
    falling: VecDeque<(usize, f64)>,
    sorted: Vec<f64>,
}

impl Slide {
    fn restart(&mut self, place: usize) {
        (self.from, self.to) = (place, place);
        self.rising.clear();
        self.falling.clear();
        self.sorted.clear();
    }

    fn to(&mut self, values: &[f64], (from, to): (usize, usize)) {
        while self.to < to {
            let (place, value) = (self.to, values[self.to]);
            self.to += 1;
            if value.is_nan() {
                continue;
            }
            if self.order {
                self.sorted.insert(self.sorted.partition_point(|&s| s < value), value);
                continue;
            }
            while self.rising.back().is_some_and(|b| b.1 >= value) {
                self.rising.pop_back();
            }
            self.rising.push_back((place, value));
            while self.falling.back().is_some_and(|b| b.1 <= value) {
                self.falling.pop_back();
            }
            self.falling.push_back((place, value));
        }
        while self.from < from.min(self.to) {
            let gone = values[self.from];
            self.from += 1;
            if self.order && !gone.is_nan() {
                self.sorted.remove(self.sorted.partition_point(|&s| s < gone));
            }
        }
        while self.rising.front().is_some_and(|f| f.0 < from) {
            self.rising.pop_front();
        }
        while self.falling.front().is_some_and(|f| f.0 < from) {
            self.falling.pop_front();
        }
    }

    fn fill(&self, contents: &mut Contents) {
        if self.order {
            (contents.median, contents.distinct) = (median(&self.sorted), distinct(&self.sorted));
        } else {
            contents.least = self.rising.front().map_or(f64::NAN, |f| f.1);
            contents.most = self.falling.front().map_or(f64::NAN, |f| f.1);
        }
    }
}
