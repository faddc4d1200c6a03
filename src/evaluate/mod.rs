//! How good a model is on rows it has not seen, and how sure that is.
//!
//! A [`Judge`] knows the task and the truth. It scores folds, and resamples their rows to give every metric an interval and every learner a paired
//! gain over the best baseline ([`interval`], [`compare`]). The rest looks closer at the chosen model: calibration, residuals, curves,
//! confusion, permutation importance, and the holdout that is opened once.
//!
//! Nothing here fits a model or loops over learners; `pipeline` does.

pub mod adjust;
pub mod calibration;
pub mod closer;
pub mod compare;
pub mod conformal;
pub mod confusion;
pub mod curves;
pub mod errors;
pub mod fairness;
pub mod holdout;
pub mod importance;
pub mod interval;
pub mod learning_curve;
pub mod label_errors;
pub mod metrics;
pub mod periods;
pub mod permuted;
pub mod ranked;
pub mod residuals;
pub mod shares;
pub mod zeros;

pub use adjust::{Adjusted, Adjustment, adjust};
pub use calibration::{Calibration, CalibrationBin, calibration};
pub use closer::{CloserLook, closer_look};
pub use compare::{Entrant, Leaderboard, Standing, leaderboard};
pub use confusion::{Confusion, confusion};
pub use curves::{Curve, precision_recall, roc};
pub use holdout::{HoldoutResult, holdout};
pub use importance::{Importance, column_groups, permutation_importance};
pub use interval::{Dependence, Estimate, Method, Resampled, Unit};
pub use metrics::{Direction, METRICS, Metric, Scored, metric, metrics_for, usual_metric};
pub use residuals::{ResidualGroup, Residuals, residuals};

use crate::error::{Error, Result};
use crate::features::HALF;
use crate::model::Predictions;
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One learner's predictions of one fold's validation rows, with its scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoldResult {
    /// Which learner of the run.
    pub learner: usize,
    /// Which fold.
    pub fold: usize,
    /// Rows of the table that were predicted, in the order of the split (time order when the split is time-ordered).
    pub rows: Vec<u32>,
    /// Their predictions.
    pub predictions: Predictions,
    /// Value of every metric of the task by id; `None` when not computable.
    pub scores: BTreeMap<String, Option<f64>>,
    /// Main metric of training rows, each predicted by the trees that had not drawn it; for forests that draw rows.
    pub out_of_bag: Option<f64>,
}

impl FoldResult {
    /// Only the rows that are kept, with their predictions and the first threshold; not scored.
    #[must_use]
    pub fn only(&self, keep: &dyn Fn(u32) -> bool) -> Self {
        let width = self.predictions.n_classes.max(1);
        let kept = || self.rows.iter().copied().zip(self.predictions.values.chunks_exact(width)).filter(|(row, _)| keep(*row));
        let rows: Vec<u32> = kept().map(|(row, _)| row).collect();
        let cuts = self.predictions.cuts.first().map(|run| (rows.len() as u64, run.1)).into_iter().collect();
        let values = kept().flat_map(|(_, values)| values.iter().copied()).collect();
        let predictions = Predictions { n_classes: self.predictions.n_classes, values, cuts };
        Self { learner: self.learner, fold: self.fold, rows, predictions, scores: BTreeMap::new(), out_of_bag: None }
    }
}

/// Who knows the truth.
#[derive(Clone, Copy, Debug)]
pub struct Judge<'a> {
    /// Kind of task.
    pub kind: TaskKind,
    /// Number of classes; 0 for regression.
    pub n_classes: usize,
    /// Target of every row of the table, shape `(n_rows,)`: number or class index; NaN where missing (such rows are not judged).
    pub truth: &'a [f64],
    /// How rows hang together.
    pub dependence: Dependence<'a>,
    /// Seed of the run.
    pub seed: u64,
}

impl Judge<'_> {
    /// True values of these rows.
    ///
    /// # Errors
    /// A row that does not exist.
    pub fn truth_of(&self, rows: &[u32]) -> Result<Vec<f64>> {
        rows.iter().map(|&row| self.truth.get(row as usize).copied().ok_or_else(|| Error::internal("a judged row that does not exist"))).collect()
    }

    /// Scores one learner on one fold. `predictions` has as many rows as `rows`.
    ///
    /// # Errors
    /// Shapes do not fit.
    pub fn score(&self, learner: usize, fold: usize, rows: Vec<u32>, predictions: Predictions) -> Result<FoldResult> {
        if predictions.n_rows() != rows.len() || predictions.n_classes != self.n_classes {
            return Err(Error::internal("predictions of another shape than the rows judged"));
        }
        let truth = self.truth_of(&rows)?;
        let scored = Scored { truth: &truth, predictions: &predictions, kind: self.kind, n_classes: self.n_classes };
        let scores = metrics_for(self.kind).map(|m| (m.id.to_owned(), (m.value)(&scored))).collect();
        Ok(FoldResult { learner, fold, rows, predictions, scores, out_of_bag: None })
    }

    /// All validation rows of a learner's folds as one: truth and predictions in fold order.
    ///
    /// # Errors
    /// A row that does not exist.
    pub fn pooled(&self, folds: &[&FoldResult]) -> Result<(Vec<f64>, Predictions)> {
        let mut truth = Vec::new();
        let (mut values, mut cuts) = (Vec::new(), Vec::new());
        for fold in folds {
            truth.extend(self.truth_of(&fold.rows)?);
            values.extend_from_slice(&fold.predictions.values);
            cuts.push((fold.rows.len() as u64, fold.predictions.cuts.first().map_or(HALF, |run| run.1)));
        }
        Ok((truth, Predictions { n_classes: self.n_classes, values, cuts }))
    }
}
