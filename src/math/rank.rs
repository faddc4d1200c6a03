//! Order, ranks, quantiles and the correlations made of them.
//!
//! Sorting is total (`f64::total_cmp`, then position), so equal input gives equal order everywhere. Missing values (NaN) must be
//! removed first, except where a function says that it does so. Checked against SciPy 1.17.1 (`tests/reference/golden.json`).

use super::sum::{mean, sum_of};

/// Positions 0..n in ascending order of their value; equal values keep their order. Shape `(n,)`.
#[must_use]
pub fn order(values: &[f64]) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..values.len()).collect();
    positions.sort_by(|&a, &b| compare(values[a], values[b]));
    positions
}

/// The values in ascending order.
#[must_use]
pub fn sorted(values: &[f64]) -> Vec<f64> {
    let mut copy = values.to_vec();
    copy.sort_by(|a, b| compare(*a, *b));
    copy
}

/// Ranks from 1; equal values share the mean of their ranks. Shape `(n,)`. NaN ranks last, each for itself.
#[must_use]
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let order = order(values);
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    while first < order.len() {
        let mut last = first;
        while last + 1 < order.len() && values[order[last + 1]] == values[order[first]] {
            last += 1;
        }
        #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
        let shared = (first + last) as f64 / 2.0 + 1.0;
        for &position in &order[first..=last] {
            ranks[position] = shared;
        }
        first = last + 1;
    }
    ranks
}

/// Sizes of the groups of equal values, in ascending order of the value; groups of one included.
#[must_use]
pub fn tie_sizes(values: &[f64]) -> Vec<usize> {
    let sorted = sorted(values);
    let mut sizes: Vec<usize> = Vec::new();
    for (i, value) in sorted.iter().enumerate() {
        match sizes.last_mut() {
            Some(size) if sorted[i - 1] == *value => *size += 1,
            _ => sizes.push(1),
        }
    }
    sizes
}

/// Quantile `q` in 0..=1 of ascending values, by linear interpolation between order statistics at position `q (n - 1)` (type 7 of
/// Hyndman and Fan 1996; what `NumPy` and R use by default). NaN for no values.
#[must_use]
pub fn quantile(ascending: &[f64], q: f64) -> f64 {
    let Some(last) = ascending.len().checked_sub(1) else { return f64::NAN };
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let at = q.clamp(0.0, 1.0) * last as f64;
    let below = at.floor();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= at <= last")]
    let i = (below as usize).min(last);
    let (low, high) = (ascending[i], ascending[(i + 1).min(last)]);
    low + (at - below) * (high - low)
}

/// The median of values in any order; NaN for none.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    quantile(&sorted(values), 0.5)
}

/// Pearson's correlation over rows where both values are present; `None` for fewer than two such rows or a constant side. Range -1..=1.
#[must_use]
pub fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let (x, y) = both_present(x, y);
    correlation(&x, &y)
}

/// Spearman's rank correlation (Pearson's of the average ranks) over rows where both values are present; `None` as in [`pearson`].
#[must_use]
pub fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    let (x, y) = both_present(x, y);
    correlation(&ranks(&x), &ranks(&y))
}

/// Ascending, with -0 equal to 0.
fn compare(a: f64, b: f64) -> std::cmp::Ordering {
    (a + 0.0).total_cmp(&(b + 0.0))
}

fn both_present(x: &[f64], y: &[f64]) -> (Vec<f64>, Vec<f64>) {
    x.iter().zip(y).filter(|(a, b)| !a.is_nan() && !b.is_nan()).map(|(a, b)| (*a, *b)).unzip()
}

fn correlation(x: &[f64], y: &[f64]) -> Option<f64> {
    let (cx, cy) = (mean(x), mean(y));
    let product = |a: &[f64], ca: f64, b: &[f64], cb: f64| sum_of(a.iter().zip(b).map(|(p, q)| (p - ca) * (q - cb)));
    let (sx, sy) = (product(x, cx, x, cx), product(y, cy, y, cy));
    (sx > 0.0 && sy > 0.0).then(|| (product(x, cx, y, cy) / (sx.sqrt() * sy.sqrt())).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::golden;

    #[test]
    fn equal_values_share_the_mean_rank() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0, -0.0, 0.0]), [5.5, 3.0, 5.5, 4.0, 1.5, 1.5]);
        assert_eq!(tie_sizes(&[3.0, 1.0, 3.0]), [1, 2]);
        assert!(ranks(&[]).is_empty());
    }

    #[test]
    fn order_is_stable_and_total() {
        assert_eq!(order(&[2.0, 1.0, 2.0, f64::NAN, -1.0]), [4, 1, 0, 2, 3]);
    }

    #[test]
    fn quantiles_agree_with_the_reference() {
        for case in golden::cases("quantile_type7") {
            let ascending = sorted(&case.numbers("x"));
            for (q, expected) in case.numbers("q").into_iter().zip(case.expected_numbers()) {
                golden::close(quantile(&ascending, q), expected, 1e-12);
            }
        }
        assert!(quantile(&[], 0.5).is_nan());
        assert_eq!(median(&[5.0, 1.0]), 3.0);
    }

    #[test]
    fn rank_correlation_agrees_with_the_reference() {
        for case in golden::cases("spearmanr") {
            golden::close(spearman(&case.numbers("x"), &case.numbers("y")).unwrap(), case.expected("r"), 1e-12);
        }
    }

    #[test]
    fn a_constant_side_has_no_correlation() {
        assert_eq!(pearson(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
        assert_eq!(pearson(&[1.0], &[1.0]), None);
        golden::close(spearman(&[1.0, 2.0, f64::NAN, 4.0], &[1.0, 4.0, 9.0, 16.0]).unwrap(), 1.0, 1e-15);
    }
}
