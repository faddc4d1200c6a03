//! Metrics: how close predictions are to the truth, each with its direction, range and unit.
//!
//! A metric is computed in two steps. [`Metric::recount`] does the dear part once (differences, sorting); the [`Recount`] it gives then
//! yields the value of the rows counted any number of times each, in one pass. So a thousand bootstrap resamples cost a thousand passes,
//! never a thousand sorts, and a resample is exactly the metric of the rows it drew.
//!
//! Adding a metric: one file here and its line in [`METRICS`]. All were checked against scikit-learn 1.9.1 to 1e-12 (`tests/reference/metrics.json`).

mod accuracy;
mod average_precision;
mod brier;
mod f1;
mod log_loss;
mod mae;
mod mape;
mod precision;
mod r2;
mod ranking;
mod recall;
mod recount;
mod rmse;
mod roc_auc;

pub(crate) use average_precision::average as average_of;
pub use ranking::Ranking;
pub use recount::{Cells, Recount};
pub(crate) use roc_auc::area as area_under;

use crate::error::{Error, Result};
use crate::model::Predictions;
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};

/// All metrics, in the order in which they are shown.
pub const METRICS: &[Metric] = &[
    r2::METRIC,
    rmse::METRIC,
    mae::METRIC,
    mape::METRIC,
    roc_auc::METRIC,
    average_precision::METRIC,
    log_loss::METRIC,
    brier::METRIC,
    f1::METRIC,
    precision::METRIC,
    recall::METRIC,
    accuracy::METRIC,
];

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Higher is better.
    Higher,
    /// Lower is better.
    Lower,
}

impl Direction {
    /// `a - b` turned so that positive means that `a` is better.
    #[must_use]
    pub fn gain(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Higher => a - b,
            Self::Lower => b - a,
        }
    }
}

/// What a value is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A pure number.
    Ratio,
    /// A share, shown in per cent.
    Percent,
    /// The unit of the target.
    TargetUnit,
    /// Natural units of information.
    Nats,
}

/// How the folds of a cross-validation are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pooling {
    /// One value over the rows of all folds.
    Rows,
    /// The mean of the folds' values, weighted by rows: for metrics of rank, because the scores of different models cannot be ranked
    /// together (pooled, a constant model falls below chance; Airola et al. 2011, Comput. Stat. Data Anal. 55, 1828).
    Folds,
}

/// A named metric.
pub struct Metric {
    /// Name in settings and JSON ("roc_auc").
    pub id: &'static str,
    /// Name on screen.
    pub title: &'static str,
    /// What it says, its formula and range.
    pub doc: &'static str,
    /// Which way is better.
    pub direction: Direction,
    /// Kinds of task it is for.
    pub tasks: &'static [TaskKind],
    /// Worst and best value; infinite where there is no bound.
    pub range: (f64, f64),
    /// What it is measured in.
    pub unit: Unit,
    /// How folds are joined.
    pub pooling: Pooling,
    /// A modest limit that holds for any target, if there is one: what a model should reach to be worth a look.
    pub modest: Option<f64>,
    /// Its value over all rows; `None` when not computable (no rows, one class, constant truth ...).
    pub value: fn(&Scored<'_>) -> Option<f64>,
    /// The metric made ready for recounting; `None` when the shapes do not fit or a number is not finite.
    pub recount: fn(&Scored<'_>) -> Option<Recount>,
}

impl Metric {
    /// Whether it is for this kind of task.
    #[must_use]
    pub fn is_for(&self, kind: TaskKind) -> bool {
        self.tasks.contains(&kind)
    }
}

/// Truth beside predictions.
#[derive(Clone, Copy, Debug)]
pub struct Scored<'a> {
    /// Shape `(n_rows,)`: number or class index; finite.
    pub truth: &'a [f64],
    /// As many rows.
    pub predictions: &'a Predictions,
    /// Kind of task.
    pub kind: TaskKind,
    /// Number of classes; 0 for regression.
    pub n_classes: usize,
}

impl Scored<'_> {
    /// Whether shapes fit, every number is finite and every class exists. Metrics of anything else are not computable.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let shapes = self.predictions.n_classes == self.n_classes && self.predictions.values.len() == self.truth.len() * self.n_classes.max(1);
        let classes = !self.kind.is_classification() || (self.n_classes >= 2 && self.truth.iter().all(|&t| (t as usize) < self.n_classes));
        shapes && classes && !self.truth.is_empty() && self.truth.iter().chain(&self.predictions.values).all(|v| v.is_finite())
    }

    /// True class of every row, shape `(n_rows,)`.
    pub(crate) fn classes(&self) -> impl Iterator<Item = usize> + '_ {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "class indices, checked by is_sound")]
        self.truth.iter().map(|&t| t as usize)
    }
}

/// The metric of that id.
///
/// # Errors
/// There is none.
pub fn metric(id: &str) -> Result<&'static Metric> {
    let known: Vec<&str> = METRICS.iter().map(|m| m.id).collect();
    METRICS.iter().find(|m| m.id == id).ok_or_else(|| Error::unknown("metric", id, &known))
}

/// The metrics for a kind of task, in the order of the list.
pub fn metrics_for(kind: TaskKind) -> impl Iterator<Item = &'static Metric> {
    METRICS.iter().filter(move |m| m.is_for(kind))
}

/// The metric that ranks learners unless another is chosen.
///
/// Regression: R2, which has no unit and is 0 for the mean. Binary and multiclass: area under the ROC curve (macro, one class against
/// the rest), which is 0.5 for any constant answer whatever the class shares; accuracy would reward naming the largest class.
#[must_use]
pub fn usual_metric(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Regression => r2::METRIC.id,
        TaskKind::Binary | TaskKind::Multiclass => roc_auc::METRIC.id,
    }
}

pub(crate) const REGRESSION: &[TaskKind] = &[TaskKind::Regression];
pub(crate) const CLASSES: &[TaskKind] = &[TaskKind::Binary, TaskKind::Multiclass];

#[cfg(test)]
mod tests;
