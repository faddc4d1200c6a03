//! A column as formulas over rows read it: values by place with their running sums and extremes.

use super::axis::Axis;
use super::prefix::Prefix;
use std::borrow::Cow;
use std::cell::OnceCell;

/// Values above this cannot be squared without overflow.
const HUGE: f64 = 1e140;

/// A source column along an axis.
pub(super) struct Source<'f> {
    pub column: usize,
    /// By place; NaN where missing.
    pub values: Cow<'f, [f64]>,
    /// How far rounding may have moved a value.
    pub blur: f64,
    /// Its largest value, without sign.
    pub largest: f64,
    prefix: OnceCell<Prefix>,
    extremes: OnceCell<Vec<(f64, f64)>>,
}

impl<'f> Source<'f> {
    /// `None` for a column without numbers or with numbers beyond squaring.
    pub(super) fn new(axis: &Axis<'f>, column: usize) -> Option<Self> {
        let values = axis.values(column)?;
        let largest = values.iter().fold(0.0, |largest, v| f64::max(largest, v.abs()));
        if largest > HUGE {
            return None;
        }
        Some(Self { column, values, largest, blur: axis.frame.blur(column), prefix: OnceCell::new(), extremes: OnceCell::new() })
    }

    /// The value at a place, if there is one.
    pub(super) fn get(&self, place: usize) -> Option<f64> {
        self.values.get(place).copied().filter(|v| !v.is_nan())
    }

    /// Running sums.
    pub(super) fn prefix(&self) -> &Prefix {
        self.prefix.get_or_init(|| Prefix::new(&self.values))
    }

    /// Least and largest value from the entity's first place to each place; infinite before the first value.
    pub(super) fn extremes(&self, axis: &Axis<'_>) -> &[(f64, f64)] {
        self.extremes.get_or_init(|| {
            let mut all = Vec::with_capacity(self.values.len());
            let mut now = (f64::INFINITY, f64::NEG_INFINITY);
            for (place, &value) in self.values.iter().enumerate() {
                if axis.begin(place) == place {
                    now = (f64::INFINITY, f64::NEG_INFINITY);
                }
                now = (now.0.min(value), now.1.max(value));
                all.push(now);
            }
            all
        })
    }
}
