//! Exponentially weighted means, by the recursion of pandas (`ewm(...).mean()`, `ignore_na=False`), which most exports come from.

use super::super::formula::{Latest, Point, Read};
use super::axis::Axis;
use super::source::Source;
use crate::math::elementary::exp;
use serde::{Deserialize, Serialize};
use std::f64::consts::LN_2;

/// How fast weights fall, in the words its maker used.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decay {
    /// `alpha = 2 / (span + 1)`.
    Span(f64),
    /// Weights halve in so many rows.
    HalfLife(f64),
    /// The weight of the newest value itself.
    Alpha(f64),
}

impl Decay {
    /// The weight of the newest value.
    #[must_use]
    pub fn alpha(self) -> f64 {
        match self {
            Self::Span(span) => 2.0 / (span + 1.0),
            Self::HalfLife(rows) => 1.0 - exp(-LN_2 / rows),
            Self::Alpha(alpha) => alpha,
        }
    }

    /// Whether it is a short number, one of a list, and not fitted.
    #[must_use]
    pub fn is_listed(self) -> bool {
        let (value, parts) = match self {
            Self::Span(v) | Self::HalfLife(v) => (v, 2.0),
            Self::Alpha(v) => (v, 1_000.0),
        };
        (value * parts - (value * parts).round()).abs() < 1e-9
    }
}

/// An exponentially weighted mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ewm {
    /// Source column.
    pub source: usize,
    /// How fast weights fall.
    pub decay: Decay,
    /// Weights of the first rows are scaled to sum to 1 (pandas' default).
    pub adjusted: bool,
    /// Rows back to the newest value.
    pub by: i32,
    /// Values it needs at least.
    pub at_least: u32,
    /// Where the history before the file's first row is cut off: the mean each entity starts with. Empty: starts with the first value.
    pub starts: Vec<f64>,
}

struct State {
    mean: f64,
    /// Weight of the mean against the next value.
    weight: f64,
    /// Sum of squared weights.
    spread: f64,
    n: u32,
}

impl Ewm {
    pub(super) fn reads(&self) -> Vec<Read> {
        vec![Read { column: self.source, first: None, latest: Latest::Row(-self.by) }]
    }

    pub(super) fn cost(&self) -> f64 {
        let how = match self.decay {
            Decay::Span(_) => 0.0,
            Decay::HalfLife(_) => 0.02,
            Decay::Alpha(_) if self.decay.is_listed() => 0.01,
            Decay::Alpha(_) => 0.5,
        };
        4.0 + how + if self.adjusted { 0.0 } else { 0.005 } + f64::from(self.by.abs()) / 100.0 + if self.starts.is_empty() { 0.0 } else { 0.4 }
    }

    pub(super) fn n_constants(&self) -> usize {
        self.starts.len() + usize::from(!self.decay.is_listed())
    }

    /// Its value at every place.
    pub(super) fn all(&self, axis: &Axis<'_>, source: &Source<'_>) -> Vec<Option<Point>> {
        let mut means = Vec::with_capacity(axis.len());
        for (entity, range) in axis.entities().into_iter().enumerate() {
            let start = self.starts.get(entity).copied();
            let mut state = State { mean: f64::NAN, weight: 1.0, spread: 1.0, n: 0 };
            if let Some(start) = start.filter(|_| self.by > 0) {
                state = State { mean: start, weight: 1.0, spread: 0.0, n: self.at_least };
            }
            for place in range.clone() {
                let fresh = start.filter(|_| self.by == 0 && place == range.start);
                means.push(self.step(&mut state, fresh.unwrap_or(source.values[place]), source.blur));
            }
        }
        (0..axis.len()).map(|place| means.get(axis.back(place, self.by)?).copied().flatten()).collect()
    }

    fn step(&self, state: &mut State, value: f64, blur: f64) -> Option<Point> {
        let alpha = self.decay.alpha();
        if state.mean.is_nan() {
            if !value.is_nan() {
                *state = State { mean: value, weight: 1.0, spread: 1.0, n: 1 };
            }
        } else {
            state.weight *= 1.0 - alpha;
            if !value.is_nan() {
                let new = if self.adjusted { 1.0 } else { alpha };
                let total = state.weight + new;
                state.mean = (state.weight * state.mean + new * value) / total;
                let share = new / total;
                state.spread = (1.0 - share) * (1.0 - share) * state.spread + share * share;
                state.weight = if self.adjusted { total } else { 1.0 };
                state.n += 1;
            }
        }
        let size = state.mean.abs().max(if value.is_nan() { 0.0 } else { value.abs() });
        (!state.mean.is_nan() && state.n >= self.at_least).then(|| Point { value: state.mean, magnitude: size, blur: blur * state.spread.sqrt() })
    }
}
