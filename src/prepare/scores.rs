//! What a feature says of the target, by one number: correlation and mutual information.

use super::slots::Slots;
use crate::math::elementary::ln;
use crate::math::rank::{pearson, quantile, sorted};
use crate::math::sum::present;

/// Bins of a number whose mutual information is counted.
const BINS: usize = 10;

/// The target of the training rows as columns of numbers: itself, or for classes one column of 0 and 1 each (of two classes: the second).
#[must_use]
pub fn aims(slots: &Slots) -> Vec<Vec<f64>> {
    let target = slots.target().unwrap_or_default();
    let is = |class: usize| target.0.iter().map(|v| if v.is_nan() { *v } else { f64::from(u8::from(*v == class as f64)) }).collect();
    match target.1 {
        0 => vec![target.0.clone()],
        2 => vec![is(1)],
        n => (0..n).map(is).collect(),
    }
}

/// Greatest absolute correlation with the target's columns; 0 where there is none.
#[must_use]
pub fn correlation(values: &[f64], aims: &[Vec<f64>]) -> f64 {
    aims.iter().filter_map(|aim| pearson(values, aim)).fold(0.0, |best, r| best.max(r.abs()))
}

/// Mutual information of two columns in nats: numbers of more than [`BINS`] values are cut into bins of equal rows. Less the bias of counting,
/// `(k_x - 1)(k_y - 1) / 2n` (Miller 1955), where `corrected`; never below 0.
///
/// `sum_xy p(x, y) ln(p(x, y) / (p(x) p(y)))`. Checked against scikit-learn's `mutual_info_score` to 1e-12.
#[must_use]
pub fn mutual_information(x: &[f64], y: &[f64], corrected: bool) -> f64 {
    let (x, x_size) = codes(x);
    let (y, y_size) = codes(y);
    let mut counts = vec![0.0; x_size * y_size];
    let (mut of_x, mut of_y, mut n) = (vec![0.0; x_size], vec![0.0; y_size], 0.0);
    for (a, b) in x.iter().zip(&y) {
        if let (Some(a), Some(b)) = (a, b) {
            counts[a * y_size + b] += 1.0;
            (of_x[*a], of_y[*b], n) = (of_x[*a] + 1.0, of_y[*b] + 1.0, n + 1.0);
        }
    }
    let mut nats = 0.0;
    for (at, count) in counts.iter().enumerate().filter(|(_, c)| **c > 0.0) {
        nats += count / n * ln(count * n / (of_x[at / y_size] * of_y[at % y_size]));
    }
    let used = |sizes: &[f64]| sizes.iter().filter(|c| **c > 0.0).count() as f64 - 1.0;
    let bias = if corrected && n > 0.0 { used(&of_x) * used(&of_y) / (2.0 * n) } else { 0.0 };
    (nats - bias).max(0.0)
}

/// Codes of values and how many there are.
fn codes(values: &[f64]) -> (Vec<Option<usize>>, usize) {
    let ascending = sorted(&present(values));
    let mut edges = ascending.clone();
    edges.dedup();
    if edges.len() > BINS {
        edges = (0..BINS).map(|i| quantile(&ascending, i as f64 / BINS as f64)).collect();
        edges.dedup();
    }
    let code = |v: &f64| (!v.is_nan()).then(|| edges.partition_point(|e| e <= v).saturating_sub(1));
    (values.iter().map(code).collect(), edges.len().max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::reference::{case, numbers};

    #[test]
    fn mutual_information_is_that_of_scikit_learn() {
        let case = case("mutual_information");
        let found = mutual_information(&numbers(&case["a"]), &numbers(&case["b"]), false);
        assert!((found - case["nats"].as_f64().unwrap()).abs() < 1e-12);
        assert!(mutual_information(&[f64::NAN; 3], &[1.0, 2.0, 3.0], true) == 0.0);
    }
}
