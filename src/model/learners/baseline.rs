//! The baseline: the weighted mean of the target, or the share of each class. What every learner must beat.

use crate::error::{Error, Result};
use crate::math::sum::{Accumulator, sum, sum_of};
use crate::model::{Features, FitPart, Learner, Model, Predictions, one_part, only};
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};

/// The entry in the list of learners.
pub const BASELINE: Learner = Learner {
    id: "baseline",
    title: "No learning",
    doc: "Predicts the same for every row: the mean of the target, or the share of each class. A learner that does not beat it has learned nothing.",
    tasks: &[TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass],
    baseline: true,
    wants_scaling: false,
    takes_missing: true,
    takes_categories: true,
    uses_weights: true,
    params: &[],
    parts: one_part,
    fit_part: fit,
    join: only,
};

/// How far the sum of stored class shares may be from 1: rounding of a hundred classes.
const SHARE_SLACK: f64 = 1e-9;

/// The same answer for every row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Constant {
    /// Regression: the weighted mean alone. Classification: the weighted share of each class, shape `(n_classes,)`, summing to 1.
    pub values: Vec<f64>,
}

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let train = part.train.weighted_rows()?;
    let total = sum(train.weights());
    if !train.kind().is_classification() {
        let mean = sum_of(train.target().iter().zip(train.weights()).map(|(y, w)| y * (w / total)));
        return Ok(Model::Constant(Constant { values: vec![mean] }));
    }
    Ok(Model::Constant(Constant { values: class_shares(train.target(), train.weights(), train.n_classes()) }))
}

/// Weighted share of each class, shape `(n_classes,)`; they sum to 1.
pub(crate) fn class_shares(target: &[f64], weights: &[f64], n_classes: usize) -> Vec<f64> {
    let mut sums = vec![Accumulator::default(); n_classes];
    for (&class, &weight) in target.iter().zip(weights) {
        sums[class as usize].add(weight);
    }
    let total = sum_of(sums.iter().map(Accumulator::value));
    sums.iter().map(|s| s.value() / total).collect()
}

impl Constant {
    /// Predicts every row.
    ///
    /// # Errors
    /// None: any number of features is accepted, for none is used.
    pub fn predict(&self, features: &Features) -> Result<Predictions> {
        let n_classes = if self.values.len() == 1 { 0 } else { self.values.len() };
        Ok(Predictions { n_classes, values: self.values.repeat(features.n_rows()), cuts: Vec::new() })
    }

    /// Checks a model from outside.
    ///
    /// # Errors
    /// Another number of values than the task has classes, a value that is not finite, shares that are negative or do not sum to 1.
    pub fn validate(&self, n_classes: usize) -> Result<()> {
        let finite = self.values.iter().all(|v| v.is_finite());
        let shares = n_classes == 0 || (self.values.iter().all(|v| *v >= 0.0) && (sum(&self.values) - 1.0).abs() <= SHARE_SLACK);
        if self.values.len() == n_classes.max(1) && finite && shares {
            Ok(())
        } else {
            Err(Error::internal("a constant model whose parts do not fit"))
        }
    }
}
