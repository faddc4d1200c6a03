//! Lasso and elastic net by coordinate descent on the matrix of cross products.
//!
//! Minimises `1/(2W) sum_i w_i (y_i - b0 - x_i b)^2 + alpha l |b|_1 + alpha (1 - l)/2 |b|^2` with W the sum of weights and the intercept b0
//! unpenalised (Friedman, Hastie and Tibshirani 2010, "Regularization Paths for Generalized Linear Models via Coordinate Descent", J. Stat. Softw. 33).
//! With G and c the centred cross products over W, each step is `b_j <- S(c_j - sum_{k != j} G_jk b_k, alpha l) / (G_jj + alpha (1 - l))` with the
//! soft threshold S; rows are touched once, to make G. With more than 1,000 columns G holds the columns in use only ([`super::path`]). Stops by the duality gap. Checked against scikit-learn's `Lasso` and `ElasticNet` to 1e-6.

use super::LinearModel;
use super::path::{ALL_AT_ONCE, wide_elastic_net};
use super::quadratic::soft_threshold;
use crate::error::{Error, Result};
use crate::math::linear::{dot, moments};
use crate::model::TrainingSet;
use ndarray::Array2;

/// Duality gap, as a share of the variance of the target, at which the optimum is found to working accuracy.
const GAP: f64 = 1e-14;
/// Gap that is still an answer when the sweeps run out: what scikit-learn stops at.
const GAP_ENOUGH: f64 = 1e-4;
/// Largest change of a coefficient in a sweep, as a share of the target's deviation, below which nothing moves any more.
const STILL: f64 = 1e-15;
/// Most sweeps over the features.
const SWEEPS: usize = 20_000;
/// Sweeps between two looks at the gap.
const LOOK_EVERY: usize = 10;

/// Fits the elastic net with penalty `alpha` >= 0 and share `l1_ratio` in 0..=1 of the absolute penalty.
///
/// # Errors
/// A feature is not finite, there is no weight, or the descent is still far from the optimum after its last sweep.
pub fn elastic_net(train: &TrainingSet, alpha: f64, l1_ratio: f64) -> Result<LinearModel> {
    let features = train.features();
    let p = features.n_features();
    if p > ALL_AT_ONCE && alpha * l1_ratio > 0.0 {
        return wide_elastic_net(train, alpha * l1_ratio, alpha * (1.0 - l1_ratio));
    }
    let columns: Vec<&[f64]> = (0..p).map(|j| features.slice(j)).chain([train.target()]).collect();
    let about = moments(&columns, train.weights())?;
    let all = about.products.mapv(|v| v / about.total);
    let problem = Problem {
        gram: Array2::from_shape_fn((p, p), |(i, j)| all[[i, j]]),
        right: (0..p).map(|j| all[[j, p]]).collect(),
        variance: all[[p, p]],
        absolute: alpha * l1_ratio,
        squared: alpha * (1.0 - l1_ratio),
    };
    let coefficients = problem.descend()?;
    let intercept = about.means[p] - dot(&coefficients, &about.means[..p]);
    Ok(LinearModel::regression(coefficients, intercept))
}

/// The centred problem: `b'Gb/2 - c'b + variance/2 + absolute |b|_1 + squared/2 |b|^2`.
struct Problem {
    gram: Array2<f64>,
    right: Vec<f64>,
    variance: f64,
    absolute: f64,
    squared: f64,
}

impl Problem {
    fn descend(&self) -> Result<Vec<f64>> {
        let p = self.right.len();
        let mut b = vec![0.0; p];
        let mut product = vec![0.0; p]; // G b, kept up to date
        let still = STILL * self.variance.sqrt();
        for sweep in 1..=SWEEPS {
            let mut moved = 0.0_f64;
            for j in 0..p {
                let own = self.gram[[j, j]];
                if own <= 0.0 {
                    continue;
                }
                let next = soft_threshold(self.right[j] - product[j] + own * b[j], self.absolute) / (own + self.squared);
                let change = next - b[j];
                if change != 0.0 {
                    for (cell, g) in product.iter_mut().zip(self.gram.row(j)) {
                        *cell += change * g;
                    }
                    b[j] = next;
                    moved = moved.max(change.abs() * own.sqrt());
                }
            }
            if moved <= still || (sweep % LOOK_EVERY == 0 && self.gap(&b) <= GAP * self.variance) {
                return Ok(b);
            }
        }
        if self.gap(&b) <= GAP_ENOUGH * self.variance {
            return Ok(b);
        }
        Err(Error::not_computable(
            "The penalised regression",
            "its features repeat each other too closely for the descent to settle",
            "Raise alpha, or leave out repeated features.",
        ))
    }

    /// Primal minus dual value at `b`, an upper bound of how far the objective is from its least value. Both penalties are handled by the residual of
    /// the problem with `sqrt(squared)` times the unit matrix stacked under X, which is a lasso (Zou and Hastie 2005, lemma 1).
    fn gap(&self, b: &[f64]) -> f64 {
        let product = crate::math::linear::times(&self.gram, b);
        let quadratic = dot(b, &product) + self.squared * dot(b, b);
        let residual = self.variance - 2.0 * dot(&self.right, b) + quadratic;
        let norm = b.iter().map(|v| v.abs()).sum::<f64>();
        let correlation = (0..b.len()).map(|j| (self.right[j] - product[j] - self.squared * b[j]).abs()).fold(0.0, f64::max);
        let shrink = if correlation > self.absolute { self.absolute / correlation } else { 1.0 };
        let residual_target = self.variance - dot(&self.right, b);
        let primal = 0.5 * residual + self.absolute * norm;
        let dual = shrink * residual_target - 0.5 * shrink * shrink * residual;
        (primal - dual).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gap_closes_at_the_optimum_and_only_there() {
        let problem = Problem {
            gram: Array2::from_shape_vec((2, 2), vec![1.0, 0.3, 0.3, 2.0]).unwrap(),
            right: vec![0.9, 0.5],
            variance: 2.0,
            absolute: 0.2,
            squared: 0.1,
        };
        let b = problem.descend().unwrap();
        assert!(problem.gap(&b) < 1e-12);
        assert!(problem.gap(&[b[0] + 0.05, b[1]]) > 1e-4);
    }
}
