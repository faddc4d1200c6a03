//! The slope of a series that outliers do not move: the median of the slopes between all pairs (Theil 1950; interval by Sen 1968, *JASA* 63, 1379-1389).
//!
//! The interval holds the middle slopes, as many as Kendall's score varies by chance: `sigma^2 = (n (n - 1)(2 n + 5) - sum over ties k (k - 1)(2 k + 5)) / 18`. Where
//! neighbours are alike the score varies more; `inflation` multiplies its variance (1: independent values).
//!
//! Checked against SciPy 1.17.1 `theilslopes` to 1e-12 (`tests/reference/time.json`).

use crate::math::distribution::normal_quantile;
use crate::math::rank::{quantile, sorted, tie_sizes};

/// Slope a place, and its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// Median of the slopes between all pairs.
    pub slope: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The slope of `values` (shape `(n,)`, finite) over their places 0, 1, 2 ..., with an interval of this `level`; `None` for fewer than three. Cost: pairs of values.
#[must_use]
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "series are short")]
pub fn theil_sen(values: &[f64], level: f64, inflation: f64) -> Option<Slope> {
    let n = values.len() as f64;
    if values.len() < 3 {
        return None;
    }
    let mut slopes = Vec::with_capacity(values.len() * (values.len() - 1) / 2);
    for (i, a) in values.iter().enumerate() {
        slopes.extend(values.iter().skip(i + 1).enumerate().map(|(d, b)| (b - a) / (d as f64 + 1.0)));
    }
    let slopes = sorted(&slopes);
    let score = |k: f64| k * (k - 1.0) * (2.0 * k + 5.0);
    let ties: f64 = tie_sizes(values).into_iter().map(|k| score(k as f64)).sum();
    let sigma = ((score(n) - ties) / 18.0 * inflation.max(1.0)).sqrt();
    let (all, last) = (slopes.len() as f64, slopes.len() - 1);
    let by = normal_quantile(f64::midpoint(1.0, level)) * sigma;
    let upper = (((all + by) / 2.0).round_ties_even() as usize).min(last);
    let lower = (((all - by) / 2.0).round_ties_even() - 1.0).max(0.0) as usize;
    let at = |i: usize| slopes.get(i).copied();
    Some(Slope { slope: quantile(&slopes, 0.5), low: at(lower)?, high: at(upper)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::time_reference::{agree, cases};

    #[test]
    fn slopes_and_intervals_are_those_of_scipy() {
        for case in cases("theil_sen") {
            let found = theil_sen(&case.numbers("y"), 0.95, 1.0).unwrap();
            agree(&[found.slope, found.low, found.high], &case.numbers("slope"), 1e-12, "slope");
        }
    }

    #[test]
    fn one_value_far_out_does_not_move_it_and_alike_neighbours_widen_it() {
        let mut line: Vec<f64> = (0..30).map(|i| f64::from(i) * 0.5 + f64::from(i % 3)).collect();
        line[29] = 1e9;
        let plain = theil_sen(&line, 0.95, 1.0).unwrap();
        let wide = theil_sen(&line, 0.95, 9.0).unwrap();
        assert!((plain.slope - 0.5).abs() < 0.05, "{plain:?}");
        assert!(wide.low <= plain.low && wide.high >= plain.high && wide.high - wide.low > plain.high - plain.low);
        assert_eq!(theil_sen(&[1.0, 2.0], 0.95, 1.0), None);
    }
}
