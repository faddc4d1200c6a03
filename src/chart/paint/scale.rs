//! Where the numbers of an axis stand: ticks at 1, 2 or 5 times a power of ten.

use crate::chart::Axis;
use crate::math::elementary::{log10, powi};

/// A linear map from values to pixels.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    from: f64,
    to: f64,
    start: f64,
    end: f64,
}

impl Scale {
    /// Maps the values of `axis` onto `start..end` pixels (`end` may be smaller: upwards).
    #[must_use]
    pub fn new(axis: &Axis, start: f64, end: f64) -> Self {
        let (from, to) = if axis.from.is_finite() && axis.to.is_finite() && axis.to > axis.from { (axis.from, axis.to) } else { (0.0, 1.0) };
        Self { from, to, start, end }
    }

    /// Pixel of a value; values outside are held at the ends, what is not finite at the start.
    #[must_use]
    pub fn at(&self, value: f64) -> f64 {
        let share = ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0);
        if share.is_finite() { self.start + share * (self.end - self.start) } else { self.start }
    }

    /// Up to about `most` round values inside the axis, ascending.
    #[must_use]
    pub fn ticks(&self, most: usize) -> Vec<f64> {
        ticks(self.from, self.to, most)
    }
}

/// Round values between `from` and `to`: multiples of 1, 2 or 5 times a power of ten, at most about `most`.
#[must_use]
pub fn ticks(from: f64, to: f64, most: usize) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a handful of ticks")]
    let rough = (to - from) / most.max(1) as f64;
    if !rough.is_finite() || rough <= 0.0 {
        return Vec::new();
    }
    #[expect(clippy::cast_possible_truncation, reason = "exponents of finite numbers are small")]
    let exponent = log10(rough).floor() as i32;
    let power = |e: i32| if e < 0 { 1.0 / powi(10.0, -e) } else { powi(10.0, e) };
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power(exponent)).find(|s| *s >= rough * 0.999).unwrap_or(rough);
    let first = (from / step - 1e-9).ceil();
    let last = (to / step + 1e-9).floor();
    let mut result = Vec::new();
    let mut k = first;
    while k <= last && result.len() <= 2 * most + 2 {
        result.push(if exponent < 0 { decimal(k * step) } else { k * step });
        k += 1.0;
    }
    result
}

/// The nearest number with few decimals: 3 x 0.1 is written 0.3, not 0.30000000000000004.
fn decimal(x: f64) -> f64 {
    format!("{x:.12e}").parse().unwrap_or(x)
}

/// An axis that holds all `values` with a twentieth of room at both ends; a single value gets one unit around it.
#[must_use]
pub fn axis_around(title: &str, values: impl IntoIterator<Item = f64>) -> Axis {
    let (mut from, mut to) = (f64::INFINITY, f64::NEG_INFINITY);
    for v in values.into_iter().filter(|v| v.is_finite()) {
        from = from.min(v);
        to = to.max(v);
    }
    if from > to {
        (from, to) = (0.0, 1.0);
    }
    let room = if to > from { (to - from) * 0.05 } else { 0.5 };
    Axis { title: title.to_owned(), from: from - room, to: to + room }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks(0.0, 1.0, 5), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        assert_eq!(ticks(-0.33, 0.62, 5), [-0.2, 0.0, 0.2, 0.4, 0.6]);
        assert_eq!(ticks(0.0, 17_379.0, 4), [0.0, 5000.0, 10_000.0, 15_000.0]);
        assert!(ticks(1.0, 1.0, 5).is_empty());
        assert!(ticks(f64::NAN, 1.0, 5).is_empty());
    }

    #[test]
    fn values_outside_are_held_at_the_ends() {
        let scale = Scale::new(&Axis { title: String::new(), from: 0.0, to: 2.0 }, 100.0, 300.0);
        assert_eq!([scale.at(-1.0), scale.at(1.0), scale.at(9.0), scale.at(f64::NAN)], [100.0, 200.0, 300.0, 100.0]);
    }
}
