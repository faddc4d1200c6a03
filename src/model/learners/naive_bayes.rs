//! Gaussian naive Bayes: the class whose bell curves, one for each feature, make the row most likely (Maron 1961; Hastie, Tibshirani and Friedman 2009, 6.6.3).
//!
//! `log P(k | x) = log share_k - sum_j [log(2 pi v_kj) + (x_j - m_kj)^2 / v_kj] / 2 + constant`. Shares, means m and variances v of the classes are smartcore's; to every variance
//! 1e-9 of the largest variance of any feature is added, as scikit-learn does, so that a feature that never changes inside a class does not divide by 0.
//! Checked against scikit-learn's `GaussianNB` to 1e-6.

use crate::error::{Error, Result};
use crate::math::elementary::ln;
use crate::math::sum::{mean, sum_of};
use crate::model::linear::to_probabilities;
use crate::model::{Features, FitPart, Learner, Model, Predictions, one_part, only};
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};
use smartcore::linalg::basic::matrix::DenseMatrix;
use smartcore::naive_bayes::gaussian::{GaussianNB, GaussianNBParameters};

/// The entry in the list of learners.
pub const NAIVE_BAYES: Learner = Learner {
    id: "naive_bayes",
    title: "Naive Bayes",
    doc: "Each class has a bell curve for every feature, as if features were independent inside a class. Quick and rough; its probabilities are often too sure. Maron 1961.",
    tasks: &[TaskKind::Binary, TaskKind::Multiclass],
    baseline: false,
    wants_scaling: false,
    takes_missing: false,
    takes_categories: false,
    uses_weights: false,
    params: &[],
    parts: one_part,
    fit_part: fit,
    join: only,
};

/// Share of the largest variance that is added to every variance (scikit-learn's `var_smoothing`).
const SMOOTHING: f64 = 1e-9;
/// Largest absolute feature value: the square of a difference stays finite.
const MAX_VALUE: f64 = 1e150;
/// Lowest log-likelihood of one value: sums over 20,000 features stay finite.
const LEAST: f64 = -1e300;

/// Bell curves of every class that was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NaiveBayes {
    /// Number of classes of the task.
    pub n_classes: usize,
    /// Classes seen, ascending.
    pub classes: Vec<usize>,
    /// Share of each class seen, above 0, shape `(n_seen,)`.
    pub shares: Vec<f64>,
    /// Mean of every feature in each class seen, shape `(n_seen, n_features)`.
    pub means: Vec<Vec<f64>>,
    /// Its variance (divided by the number of rows) with smoothing, above 0, same shape.
    pub variances: Vec<Vec<f64>>,
}

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let train = part.train.weighted_rows()?;
    let features = train.features();
    let unusable = |why: &str, hint: &str| Error::not_computable("Naive Bayes", why, hint).named(NAIVE_BAYES.id);
    if features.n_features() == 0 {
        return Err(unusable("there are no features", "Choose features on the task step."));
    }
    if !features.matrix().iter().all(|v| v.abs() <= MAX_VALUE) {
        return Err(unusable("a feature is missing somewhere or too large", "Impute and scale the features first."));
    }
    let cells: Vec<f64> = (0..features.n_features()).flat_map(|j| features.slice(j)).copied().collect();
    let labels: Vec<u32> = train.target().iter().map(|&class| class as u32).collect();
    let table =
        DenseMatrix::new(features.n_rows(), features.n_features(), cells, true).map_err(|_| Error::internal("the shape of a feature matrix"))?;
    let fitted = GaussianNB::fit(&table, &labels, GaussianNBParameters::default())
        .map_err(|_| unusable("its sums cannot be made", "Choose another learner."))?;
    let spread = (0..features.n_features()).map(|j| variance(features.slice(j))).fold(0.0, f64::max);
    let least = if spread > 0.0 { SMOOTHING * spread } else { 1.0 };
    Ok(Model::NaiveBayes(NaiveBayes {
        n_classes: train.n_classes(),
        classes: fitted.classes().iter().map(|&class| class as usize).collect(),
        shares: fitted.class_priors().clone(),
        means: fitted.theta().clone(),
        variances: fitted.var().iter().map(|of_class| of_class.iter().map(|v| v + least).collect()).collect(),
    }))
}

fn variance(values: &[f64]) -> f64 {
    let centre = mean(values);
    sum_of(values.iter().map(|x| (x - centre) * (x - centre))) / values.len() as f64
}

impl NaiveBayes {
    /// Predicts every row: a probability for each class; 0 for a class that was never seen.
    ///
    /// # Errors
    /// The number of features is not that of the training set, or one is missing or beyond 1e150.
    pub fn predict(&self, features: &Features) -> Result<Predictions> {
        if self.means.iter().any(|m| m.len() != features.n_features()) {
            return Err(Error::internal("naive Bayes given another number of features"));
        }
        if !features.matrix().iter().all(|v| v.abs() <= MAX_VALUE) {
            return Err(Error::not_computable("Naive Bayes", "a feature is missing somewhere or too large", "Impute and scale the features first."));
        }
        let scores: Vec<Vec<f64>> = (0..self.classes.len()).map(|seen| self.scores(seen, features)).collect();
        let mut values = vec![0.0; features.n_rows() * self.n_classes];
        let mut row = vec![0.0; self.classes.len()];
        for (i, target) in values.chunks_exact_mut(self.n_classes.max(1)).enumerate() {
            row.iter_mut().zip(&scores).for_each(|(cell, column)| *cell = column[i]);
            to_probabilities(&mut row);
            self.classes.iter().zip(&row).for_each(|(&class, p)| target[class] = *p);
        }
        Ok(Predictions { n_classes: self.n_classes, values, cuts: Vec::new() })
    }

    /// Log-likelihood with the class's share, for every row; features are added in order.
    fn scores(&self, seen: usize, features: &Features) -> Vec<f64> {
        let mut scores = vec![ln(self.shares[seen]); features.n_rows()];
        for (j, (m, v)) in self.means[seen].iter().zip(&self.variances[seen]).enumerate() {
            let width = ln(std::f64::consts::TAU * v);
            for (score, x) in scores.iter_mut().zip(features.slice(j)) {
                *score -= (0.5 * (width + (x - m) * (x - m) / v)).min(-LEAST);
            }
        }
        scores
    }

    /// Checks a model from outside.
    ///
    /// # Errors
    /// Shapes do not fit, a class does not exist or is named twice, a share or variance is not above 0, a number is not finite.
    pub fn validate(&self, n_features: usize, n_classes: usize) -> Result<()> {
        let seen = self.classes.len();
        let classes =
            self.n_classes == n_classes && seen > 0 && self.classes.windows(2).all(|w| w[0] < w[1]) && self.classes.iter().all(|&c| c < n_classes);
        let shapes =
            self.shares.len() == seen && [&self.means, &self.variances].iter().all(|t| t.len() == seen && t.iter().all(|r| r.len() == n_features));
        let positive = self.shares.iter().chain(self.variances.iter().flatten()).all(|v| v.is_finite() && *v > 0.0);
        let finite = self.means.iter().flatten().all(|m| m.abs() <= MAX_VALUE);
        if classes && shapes && positive && finite { Ok(()) } else { Err(Error::internal("a naive Bayes model whose parts do not fit")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests_support::features;

    fn two_curves() -> NaiveBayes {
        NaiveBayes {
            n_classes: 2,
            classes: vec![0, 1],
            shares: vec![0.75, 0.25],
            means: vec![vec![0.0], vec![2.0]],
            variances: vec![vec![1.0], vec![1.0]],
        }
    }

    #[test]
    fn half_way_between_two_equal_curves_the_shares_decide() {
        let p = two_curves().predict(&features(&[vec![1.0]])).unwrap();
        assert!((p.values[1] - 0.25).abs() < 1e-12, "{:?}", p.values);
    }

    #[test]
    fn a_value_no_curve_reaches_gives_probabilities_all_the_same() {
        let p = two_curves().predict(&features(&[vec![1e150]])).unwrap();
        assert!(p.values.iter().all(|v| v.is_finite()) && (p.values.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_model_from_outside_with_a_share_or_variance_of_zero_is_refused() {
        assert!(two_curves().validate(1, 2).is_ok());
        assert!(two_curves().validate(2, 2).is_err() && two_curves().validate(1, 3).is_err());
        assert!(NaiveBayes { shares: vec![1.0, 0.0], ..two_curves() }.validate(1, 2).is_err());
        assert!(NaiveBayes { variances: vec![vec![0.0], vec![1.0]], ..two_curves() }.validate(1, 2).is_err());
    }
}
