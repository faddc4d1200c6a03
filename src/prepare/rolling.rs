//! Functions of windows over one series, each "ending here": the last value they see is that of the moment itself.
//!
//! A window of `w` is the moment and the `w - 1` before it, as far as there are any; missing values are passed over. Sums are kept moving and computed
//! anew every `w` moments, so that rounding does not pile up: O(n). Extremes come from a queue of candidates: O(n). Medians from a sorted
//! window: O(n log w) comparisons. Checked against pandas (`rolling(w, min_periods)`, `expanding`, `ewm`) to 1e-9.

use crate::math::elementary::pow;
use std::collections::VecDeque;

/// Functions of a window, as in settings.
pub const FUNCTIONS: [&str; 9] = ["mean", "sd", "min", "max", "median", "slope", "trend", "change", "count"];

/// A function of windows of `width` moments; `None` for one that does not exist.
///
/// `slope`: of the least-squares line, a moment. `trend`: the share of variance that line explains, 0 to 1. `change`: mean of the newer half minus mean of the
/// older half, in standard deviations of the window. `count`: values that are there. `sd`: divisor n - 1.
#[must_use]
pub fn function(name: &str, values: &[f64], width: usize) -> Option<Vec<f64>> {
    let width = width.max(1);
    Some(match name {
        "min" => extremes(values, width, false),
        "max" => extremes(values, width, true),
        "median" => medians(values, width),
        "change" => changes(values, width),
        _ => {
            let of: fn(&Sums) -> f64 = match name {
                "mean" => |s| if s.n > 0.0 { s.centre + s.x / s.n } else { f64::NAN },
                "sd" => |s| if s.n > 1.0 { (s.xx_centred() / (s.n - 1.0)).sqrt() } else { f64::NAN },
                "slope" => |s| if s.n > 1.0 { s.xt_centred() / s.tt_centred() } else { f64::NAN },
                "trend" => Sums::trend,
                "count" => |s| s.n,
                _ => return None,
            };
            moving(values, width, of)
        }
    })
}

/// Sums over the values of a window, `t` counted from the newest moment of the last fresh start.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    centre: f64,
    n: f64,
    x: f64,
    xx: f64,
    t: f64,
    tt: f64,
    xt: f64,
    /// The greatest `xx` since the last fresh start: rounding is in proportion to it.
    peak: f64,
}

/// Share of [`Sums::peak`] below which a sum of squares is rounding.
const ROUNDING: f64 = 1e-13;

impl Sums {
    fn add(&mut self, value: f64, t: f64, sign: f64) {
        if !value.is_nan() {
            let x = value - self.centre;
            self.n += sign;
            self.x += sign * x;
            self.xx += sign * x * x;
            self.peak = self.peak.max(self.xx);
            self.t += sign * t;
            self.tt += sign * t * t;
            self.xt += sign * x * t;
        }
    }

    fn xx_centred(&self) -> f64 {
        let squares = self.xx - self.x * self.x / self.n;
        if squares > ROUNDING * self.peak { squares } else { 0.0 }
    }

    fn tt_centred(&self) -> f64 {
        self.tt - self.t * self.t / self.n
    }

    fn xt_centred(&self) -> f64 {
        self.xt - self.x * self.t / self.n
    }

    fn trend(&self) -> f64 {
        let (xx, tt, xt) = (self.xx_centred(), self.tt_centred(), self.xt_centred());
        if self.n > 2.0 && xx > 0.0 { (xt * xt / (xx * tt)).min(1.0) } else { f64::NAN }
    }
}

fn moving(values: &[f64], width: usize, of: fn(&Sums) -> f64) -> Vec<f64> {
    let mut sums = Sums::default();
    let mut fresh = 0;
    let mut all = Vec::with_capacity(values.len());
    for (at, value) in values.iter().enumerate() {
        if at % width == 0 {
            // A fresh start, about the window's own mean.
            let from = (at + 1).saturating_sub(width);
            let window = &values[from..=at];
            let (mut n, mut total) = (0.0, 0.0);
            window.iter().filter(|v| !v.is_nan()).for_each(|v| (n, total) = (n + 1.0, total + v));
            sums = Sums { centre: if n > 0.0 { total / n } else { 0.0 }, ..Sums::default() };
            fresh = at;
            for (i, v) in window.iter().enumerate() {
                sums.add(*v, (from + i) as f64 - at as f64, 1.0);
            }
        } else {
            let t = |i: usize| i as f64 - fresh as f64;
            sums.add(*value, t(at), 1.0);
            if let Some(left) = at.checked_sub(width) {
                sums.add(values[left], t(left), -1.0);
            }
        }
        all.push(of(&sums));
    }
    all
}

fn extremes(values: &[f64], width: usize, greatest: bool) -> Vec<f64> {
    let mut queue: VecDeque<usize> = VecDeque::new();
    let one = |(at, value): (usize, &f64)| {
        if queue.front().is_some_and(|&first| first + width <= at) {
            queue.pop_front();
        }
        if !value.is_nan() {
            while queue.back().is_some_and(|&b| if greatest { values[b] <= *value } else { values[b] >= *value }) {
                queue.pop_back();
            }
            queue.push_back(at);
        }
        queue.front().map_or(f64::NAN, |&first| values[first])
    };
    values.iter().enumerate().map(one).collect()
}

fn medians(values: &[f64], width: usize) -> Vec<f64> {
    let mut window: Vec<f64> = Vec::with_capacity(width);
    let mut all = Vec::with_capacity(values.len());
    for (at, value) in values.iter().enumerate() {
        if let Some(gone) = at.checked_sub(width).map(|left| values[left]).filter(|v| !v.is_nan()) {
            window.remove(window.partition_point(|v| v.total_cmp(&gone).is_lt()).min(window.len() - 1));
        }
        if !value.is_nan() {
            window.insert(window.partition_point(|v| v.total_cmp(value).is_lt()), *value);
        }
        all.push(crate::math::rank::quantile(&window, 0.5));
    }
    all
}

fn changes(values: &[f64], width: usize) -> Vec<f64> {
    let half = (width / 2).max(1);
    let means = function("mean", values, half).unwrap_or_default();
    let spreads = function("sd", values, 2 * half).unwrap_or_default();
    let one = |at: usize| {
        let older = at.checked_sub(half).and_then(|o| means.get(o))?;
        let spread = spreads.get(at).filter(|s| **s > 0.0)?;
        Some((means.get(at)? - older) / spread)
    };
    (0..values.len()).map(|at| one(at).unwrap_or(f64::NAN)).collect()
}

/// Mean and standard deviation (divisor n - 1) of all values so far.
#[must_use]
pub fn expanding(values: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let (mut n, mut mean, mut squares) = (0.0, 0.0, 0.0);
    let one = |value: &f64| {
        if !value.is_nan() {
            n += 1.0;
            let apart = value - mean;
            mean += apart / n;
            squares += apart * (value - mean);
        }
        let spread: f64 = squares / (n - 1.0);
        (if n > 0.0 { mean } else { f64::NAN }, if n > 1.0 { spread.max(0.0).sqrt() } else { f64::NAN })
    };
    values.iter().map(one).unzip()
}

/// Mean of all values so far, a value `half_life` moments old weighing half as much as the newest; missing values keep their place in time.
#[must_use]
pub fn weighted(values: &[f64], half_life: f64) -> Vec<f64> {
    let keep = pow(0.5, 1.0 / half_life.max(1e-9));
    let (mut sum, mut weight) = (0.0, 0.0);
    let one = |value: &f64| {
        (sum, weight) = (sum * keep, weight * keep);
        if !value.is_nan() {
            (sum, weight) = (sum + value, weight + 1.0);
        }
        if weight > 0.0 { sum / weight } else { f64::NAN }
    };
    values.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::reference;

    fn agree(found: &[f64], wanted: &[f64], what: &str) {
        reference::agree(found, wanted, 1e-9, what);
    }

    #[test]
    fn windows_are_those_of_pandas() {
        let reference = reference::case("rolling");
        let values = reference::numbers(&reference["input"]);
        for (name, width) in [("mean", 5), ("sd", 5), ("min", 5), ("max", 5), ("median", 5), ("slope", 5), ("mean", 7), ("sd", 7), ("median", 7)] {
            agree(&function(name, &values, width).unwrap(), &reference::numbers(&reference[&format!("{name}{width}")]), name);
        }
        let (mean, sd) = expanding(&values);
        agree(&mean, &reference::numbers(&reference["expanding_mean"]), "expanding mean");
        agree(&sd, &reference::numbers(&reference["expanding_sd"]), "expanding sd");
        agree(&weighted(&values, 3.0), &reference::numbers(&reference["ewm3"]), "weighted");
    }

    #[test]
    fn a_line_has_its_slope_and_a_trend_of_one_and_a_step_is_a_change() {
        let line: Vec<f64> = (0..40).map(|i| 1e6 + 0.25 * f64::from(i)).collect();
        assert!(function("slope", &line, 10).unwrap()[1..].iter().all(|s| (s - 0.25).abs() < 1e-9));
        assert!(function("trend", &line, 10).unwrap()[2..].iter().all(|s| (s - 1.0).abs() < 1e-9));
        let jump: Vec<f64> = (0..20).map(|i| if i < 10 { 0.0 } else { 1.0 }).collect();
        let change = function("change", &jump, 10).unwrap();
        assert!(change[14] > 1.8 && change[8].is_nan() && change[19].is_nan());
        assert!(function("mode", &jump, 3).is_none());
    }
}
