//! Changes: how a value stands to the one some rows before it.

use super::super::formula::{Latest, Point, Read};
use super::axis::Axis;
use super::source::Source;
use crate::math::elementary::ln;
use serde::{Deserialize, Serialize};

/// No logarithm of a double is larger, without sign.
const LARGEST_LOGARITHM: f64 = 746.0;

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Later less earlier.
    Difference,
    /// Later over earlier.
    Ratio,
    /// Later over earlier, less 1.
    Growth,
    /// Growth in percent.
    Percent,
    /// Logarithm of the ratio.
    LogRatio,
}

impl Comparison {
    /// All, simplest first.
    pub const ALL: [Self; 5] = [Self::Difference, Self::Ratio, Self::Growth, Self::Percent, Self::LogRatio];

    /// Of two values; `blur` is half a unit of either.
    pub(super) fn point(self, now: f64, before: f64, blur: f64) -> Option<Point> {
        let ratio = now / before;
        let spread = || blur / before.abs() * (1.0 + ratio * ratio).sqrt();
        let (value, magnitude, blur) = match self {
            Self::Difference => (now - before, now.abs().max(before.abs()), blur * std::f64::consts::SQRT_2),
            Self::Ratio => (ratio, ratio.abs(), spread()),
            Self::Growth => (ratio - 1.0, ratio.abs().max(1.0), spread()),
            Self::Percent => (100.0 * (ratio - 1.0), 100.0 * ratio.abs().max(1.0), 100.0 * spread()),
            Self::LogRatio if ratio > 0.0 => {
                let size = ln(now.abs()).abs().max(ln(before.abs()).abs()).max(1.0);
                (ln(ratio), size, spread() / ratio)
            }
            Self::LogRatio => return None,
        };
        value.is_finite().then_some(Point { value, magnitude, blur })
    }
}

/// A value set against the one `lag` rows before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Source column.
    pub source: usize,
    /// How the two are compared.
    pub comparison: Comparison,
    /// Rows between the two; negative: set against a later one.
    pub lag: i32,
    /// Rows back to the first.
    pub by: i32,
}

impl Change {
    pub(super) fn reads(&self) -> Vec<Read> {
        let ends = (-self.by, -self.by - self.lag);
        vec![Read { column: self.source, first: Some(ends.0.min(ends.1)), latest: Latest::Row(ends.0.max(ends.1)) }]
    }

    pub(super) fn cost(&self) -> f64 {
        let how = Comparison::ALL.iter().position(|&c| c == self.comparison).map_or(0.0, super::axis::real);
        let back = if self.lag < 0 { 0.3 } else { 0.0 };
        3.0 + 0.01 * how + back + f64::from(self.lag.abs()) / 2_000.0 + f64::from(self.by.abs()) / 200.0
    }

    /// Its value at a place, with at least its magnitude and blur: what a first look needs.
    pub(super) fn roughly(&self, axis: &Axis<'_>, source: &Source<'_>, place: usize) -> Option<Point> {
        let now = source.get(axis.back(place, self.by)?)?;
        let before = source.get(axis.back(place, self.by + self.lag)?)?;
        let ratio = now / before;
        let (value, magnitude) = match self.comparison {
            Comparison::Difference => (now - before, source.largest),
            Comparison::Ratio => (ratio, ratio.abs()),
            Comparison::Growth => (ratio - 1.0, ratio.abs().max(1.0)),
            Comparison::Percent => (100.0 * (ratio - 1.0), 100.0 * ratio.abs().max(1.0)),
            Comparison::LogRatio if ratio > 0.0 => (ln(ratio), LARGEST_LOGARITHM),
            Comparison::LogRatio => return None,
        };
        value.is_finite().then_some(Point { value, magnitude, blur: f64::INFINITY })
    }

    /// Its value at a place.
    pub(super) fn at(&self, axis: &Axis<'_>, source: &Source<'_>, place: usize) -> Option<Point> {
        let now = source.get(axis.back(place, self.by)?)?;
        let before = source.get(axis.back(place, self.by + self.lag)?)?;
        self.comparison.point(now, before, source.blur)
    }
}
