//! Logistic regression with a squared penalty, for two classes (Newton) and more (softmax).
//!
//! Objectives and solvers are those of [`crate::model::linear::newton`] and [`crate::model::linear::softmax`]. Checked against scikit-learn's
//! `LogisticRegression` to 1e-6.

use crate::error::Result;
use crate::model::linear::newton::logistic_regression;
use crate::model::linear::softmax::softmax_regression;
use crate::model::{FitPart, Learner, Model, one_part, only};
use crate::param::{Domain, ParamSpec};
use crate::task::TaskKind;

/// The entry in the list of learners.
pub const LOGISTIC: Learner = Learner {
    id: "logistic",
    title: "Logistic regression",
    doc: "The log-odds of a class as a weighted sum of the features, squared weights penalised. Cox 1958; McCullagh and Nelder 1989.",
    tasks: &[TaskKind::Binary, TaskKind::Multiclass],
    baseline: false,
    wants_scaling: true,
    uses_weights: true,
    params: &[ParamSpec {
        id: "c",
        title: "Freedom",
        help: "Inverse of the penalty: smaller holds the coefficients down more strongly.",
        domain: Domain::Real { low: 1e-6, high: 1e6, default: 1.0, log: true },
    }],
    parts: one_part,
    fit_part: fit,
    join: only,
};

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let train = part.train.weighted_rows()?;
    let c = part.params.real("c");
    let model = if train.kind() == TaskKind::Binary { logistic_regression(&train, c) } else { softmax_regression(&train, c) };
    model.map(Model::Linear)
}
