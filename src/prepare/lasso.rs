//! The order in which features enter a lasso as its penalty falls: a quick way to ask which of them matter together.
//!
//! Features and target are standardised; coordinate descent on their correlations (Friedman, Hastie and Tibshirani 2010, J. Stat. Software 33(1)) over 60 penalties from
//! the one at which all weights are 0 down to a thousandth of it.

use crate::math::elementary::pow;
use crate::math::linear::cross_products;
use crate::math::sum::{mean, variance};
use ndarray::Array2;

/// Penalties.
const PENALTIES: usize = 60;
/// The least penalty as a share of the greatest.
const LEAST: f64 = 1e-3;
/// Most sweeps at one penalty, and the change of a weight at which they end.
const SWEEPS: (usize, f64) = (200, 1e-7);

/// A column with mean 0 and deviation 1; all 0 if it does not vary. Missing values count as the mean.
#[must_use]
pub fn standardised(values: &[f64]) -> Vec<f64> {
    let there = crate::math::sum::present(values);
    let (centre, spread) = (mean(&there), variance(&there, 0).sqrt());
    let usable = spread > 1e-12 * centre.abs() && spread.is_finite();
    values.iter().map(|v| if usable && !v.is_nan() { (v - centre) / spread } else { 0.0 }).collect()
}

/// Correlations of standardised columns of equal length: with each other, and with standardised targets.
#[must_use]
pub fn correlations(columns: &[Vec<f64>], aims: &[Vec<f64>]) -> (Array2<f64>, Vec<Vec<f64>>) {
    let n = columns.first().map_or(0, Vec::len);
    let views: Vec<&[f64]> = columns.iter().chain(aims).map(Vec::as_slice).collect();
    let all = cross_products(&views, &vec![0.0; views.len()], &vec![1.0 / n.max(1) as f64; n]);
    let p = columns.len();
    let own = Array2::from_shape_fn((p, p), |(i, j)| all[[i, j]]);
    (own, (0..aims.len()).map(|a| (0..p).map(|j| all[[p + a, j]]).collect()).collect())
}

/// For every column the share of the greatest penalty at which its weight was first not 0; 0 if never. Ends when `most` columns have entered.
#[must_use]
pub fn entries(own: &Array2<f64>, towards: &[f64], most: usize) -> Vec<f64> {
    let p = towards.len();
    let greatest = towards.iter().fold(0.0_f64, |g, t| g.max(t.abs()));
    let mut entered = vec![0.0; p];
    if greatest.is_nan() || greatest <= 0.0 {
        return entered;
    }
    let (mut weights, mut left) = (vec![0.0; p], towards.to_vec());
    for step in 0..PENALTIES {
        let share = pow(LEAST, step as f64 / (PENALTIES - 1) as f64);
        // The first column enters just below the penalty at which all weights are 0.
        settle(own, &mut weights, &mut left, greatest * share.min(1.0 - 1e-9));
        for (first, w) in entered.iter_mut().zip(&weights) {
            if *first == 0.0 && *w != 0.0 {
                *first = share;
            }
        }
        if entered.iter().filter(|e| **e > 0.0).count() >= most {
            break;
        }
    }
    entered
}

/// Coordinate descent at one penalty; `left` is the correlation of every column with what is not yet explained.
fn settle(own: &Array2<f64>, weights: &mut [f64], left: &mut [f64], penalty: f64) {
    for _ in 0..SWEEPS.0 {
        let mut most: f64 = 0.0;
        for j in 0..weights.len() {
            let size = own[[j, j]];
            if size <= 0.0 {
                continue;
            }
            let pull = left[j] + size * weights[j];
            let next = (pull.abs() - penalty).max(0.0).copysign(pull) / size;
            let change = next - weights[j];
            if change != 0.0 {
                for (l, c) in left.iter_mut().zip(own.row(j)) {
                    *l -= change * c;
                }
                weights[j] = next;
                most = most.max(change.abs());
            }
        }
        if most < SWEEPS.1 {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;

    #[test]
    fn features_enter_in_the_order_of_what_they_say() {
        let mut draw = Stream::new(4, "lasso", 0);
        let columns: Vec<Vec<f64>> = (0..6).map(|_| (0..500).map(|_| draw.normal()).collect()).collect();
        let y: Vec<f64> = (0..500).map(|i| 3.0 * columns[4][i] - columns[1][i] + 0.3 * draw.normal()).collect();
        let columns: Vec<Vec<f64>> = columns.iter().map(|c| standardised(c)).collect();
        let (own, towards) = correlations(&columns, &[standardised(&y)]);
        let entered = entries(&own, &towards[0], 2);
        assert!(entered[4] > entered[1] && entered[1] > 0.0 && entered[0] < entered[1]);
        assert_eq!(standardised(&[5.0, 5.0, f64::NAN]), [0.0; 3]);
    }
}
