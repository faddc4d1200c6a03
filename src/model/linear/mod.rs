//! Linear models and their solvers: one weighted sum of the features for a number, its logistic function for two classes, a softmax of several for more.
//!
//! [`descent`] solves lasso and elastic net, [`path`] for a row of penalties, [`newton`] two-class logistic regression and that of amounts on a log scale, [`softmax`] that of more classes, [`sparse`] both with an absolute penalty, [`quantile`] the regression of quantiles; ridge is one linear system.

pub mod descent;
pub mod newton;
pub mod path;
mod quadratic;
pub mod quantile;
pub mod softmax;
pub mod sparse;

use crate::error::{Error, Result};
use crate::math::elementary::{exp, logistic};
use crate::model::{Features, Predictions};
use serde::{Deserialize, Serialize};

/// Largest logarithm, either way, whose power of e is a finite number above 0.
const LARGEST_LOGARITHM: f64 = 700.0;

/// A fitted linear model.
///
/// Regression: `y = intercept + sum_j coefficient_j x_j`. Two classes: the logistic function of that sum is the probability of the second class.
/// More classes: the softmax of one sum for each class that was seen; a class that was never seen has probability 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinearModel {
    /// Number of classes; 0 for regression.
    pub n_classes: usize,
    /// The class each row of coefficients is for, ascending. Regression: none. Two classes: the second only.
    pub classes: Vec<usize>,
    /// Coefficients, shape `(n_sums, n_features)`: target units (or log-odds) per unit of the feature.
    pub coefficients: Vec<Vec<f64>>,
    /// Intercepts, shape `(n_sums,)`.
    pub intercepts: Vec<f64>,
    /// The penalty that was chosen in training by cross-validation (`alpha` of lasso and elastic net), if it was.
    #[serde(default)]
    pub penalty: Option<f64>,
}

impl LinearModel {
    /// A model of one sum for regression.
    #[must_use]
    pub fn regression(coefficients: Vec<f64>, intercept: f64) -> Self {
        Self { n_classes: 0, classes: Vec::new(), coefficients: vec![coefficients], intercepts: vec![intercept], penalty: None }
    }

    /// Predicts every row.
    ///
    /// # Errors
    /// The number of features is not that of the training set.
    pub fn predict(&self, features: &Features) -> Result<Predictions> {
        if self.coefficients.iter().any(|c| c.len() != features.n_features()) {
            return Err(Error::internal("a linear model given another number of features"));
        }
        let sums: Vec<Vec<f64>> = self.coefficients.iter().zip(&self.intercepts).map(|(c, i)| weighted_sum(features, c, *i)).collect();
        let values = match (self.n_classes, sums.as_slice()) {
            (0, [sum]) => sum.clone(),
            (2, [sum]) => sum.iter().flat_map(|&z| two_classes(logistic(z))).collect(),
            _ => self.softmax_rows(&sums, features.n_rows()),
        };
        Ok(Predictions { n_classes: self.n_classes, values, cuts: Vec::new() })
    }

    /// Predicts every row where the sum is the logarithm of the prediction; beyond e to the power of 700 either way there is no other prediction.
    ///
    /// # Errors
    /// The number of features is not that of the training set.
    pub fn predict_logarithm(&self, features: &Features) -> Result<Predictions> {
        let mut predictions = self.predict(features)?;
        predictions.values.iter_mut().for_each(|z| *z = exp(z.clamp(-LARGEST_LOGARITHM, LARGEST_LOGARITHM)));
        Ok(predictions)
    }

    fn softmax_rows(&self, sums: &[Vec<f64>], n_rows: usize) -> Vec<f64> {
        let mut values = vec![0.0; n_rows * self.n_classes];
        let mut row = vec![0.0; sums.len()];
        for (i, target) in values.chunks_exact_mut(self.n_classes.max(1)).enumerate() {
            for (cell, sum) in row.iter_mut().zip(sums) {
                *cell = sum[i];
            }
            to_probabilities(&mut row);
            for (&class, p) in self.classes.iter().zip(&row) {
                target[class] = *p;
            }
        }
        values
    }

    /// Checks a model from outside.
    ///
    /// # Errors
    /// The first promise that is broken: shapes, classes in ascending order, finite numbers.
    pub fn validate(&self, n_features: usize, n_classes: usize) -> Result<()> {
        let sums = self.coefficients.len();
        let classes_fit = match n_classes {
            0 => self.classes.is_empty() && sums == 1,
            2 => self.classes == [1] && sums == 1,
            _ => {
                self.classes.len() == sums && sums >= 2 && self.classes.windows(2).all(|w| w[0] < w[1]) && self.classes.iter().all(|&c| c < n_classes)
            }
        };
        let shapes_fit = self.n_classes == n_classes && self.intercepts.len() == sums && self.coefficients.iter().all(|c| c.len() == n_features);
        let finite = self.coefficients.iter().flatten().chain(&self.intercepts).chain(&self.penalty).all(|v| v.is_finite());
        if classes_fit && shapes_fit && finite { Ok(()) } else { Err(Error::internal("a linear model whose parts do not fit")) }
    }
}

/// `intercept + sum_j coefficient_j x_j` for every row, shape `(n_rows,)`; features are added in order.
pub(crate) fn weighted_sum(features: &Features, coefficients: &[f64], intercept: f64) -> Vec<f64> {
    let mut sums = vec![intercept; features.n_rows()];
    for (j, &c) in coefficients.iter().enumerate().filter(|(_, c)| **c != 0.0) {
        for (sum, x) in sums.iter_mut().zip(features.slice(j)) {
            *sum += c * x;
        }
    }
    sums
}

/// Probabilities of both classes from that of the second.
pub(crate) fn two_classes(positive: f64) -> [f64; 2] {
    [1.0 - positive, positive]
}

/// Softmax in place: `exp(z_k - max z) / sum`, so that nothing overflows.
pub(crate) fn to_probabilities(scores: &mut [f64]) {
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut total = 0.0;
    for z in scores.iter_mut() {
        *z = exp(*z - top);
        total += *z;
    }
    for z in scores.iter_mut() {
        *z /= total;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_neither_overflow_nor_lose_the_sum() {
        let mut scores = [900.0, 899.0, -900.0];
        to_probabilities(&mut scores);
        assert!((scores.iter().sum::<f64>() - 1.0).abs() < 1e-15 && scores[0] > scores[1]);
    }

    #[test]
    fn a_model_from_outside_with_another_shape_or_an_infinity_is_refused() {
        let good = LinearModel::regression(vec![1.0, 2.0], 0.5);
        assert!(good.validate(2, 0).is_ok());
        assert!(good.validate(3, 0).is_err() && good.validate(2, 2).is_err());
        assert!(LinearModel::regression(vec![1.0, f64::INFINITY], 0.5).validate(2, 0).is_err());
        let classes = LinearModel { n_classes: 3, classes: vec![0, 3], coefficients: vec![vec![1.0]; 2], intercepts: vec![0.0; 2], penalty: None };
        assert!(classes.validate(1, 3).is_err());
    }
}
