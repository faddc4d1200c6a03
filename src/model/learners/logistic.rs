//! Logistic regression with a squared penalty, for two classes (Newton) and more (softmax), or one that is partly or all on absolute coefficients.
//!
//! Objectives and solvers are those of [`crate::model::linear::newton`], [`crate::model::linear::softmax`] and [`crate::model::linear::sparse`].
//! Checked against scikit-learn's `LogisticRegression` to 1e-6.

use crate::error::Result;
use crate::model::linear::newton::logistic_regression;
use crate::model::linear::softmax::softmax_regression;
use crate::model::linear::sparse::sparse_logistic;
use crate::model::{FitPart, Learner, Model, one_part, only};
use crate::param::{Domain, ParamSpec};
use crate::task::TaskKind;

/// The entry in the list of learners.
pub const LOGISTIC: Learner = Learner {
    id: "logistic",
    title: "Logistic regression",
    doc: "The log-odds of a class as a weighted sum of the features, large weights penalised. Cox 1958; McCullagh and Nelder 1989.",
    tasks: &[TaskKind::Binary, TaskKind::Multiclass],
    baseline: false,
    wants_scaling: true,
    takes_missing: false,
    takes_categories: false,
    uses_weights: true,
    params: &[
        ParamSpec {
            id: "c",
            title: "Freedom",
            help: "Inverse of the penalty: smaller holds the coefficients down more strongly.",
            domain: Domain::Real { low: 1e-6, high: 1e6, default: 1.0, log: true },
        },
        ParamSpec {
            id: "l1_ratio",
            title: "Absolute share",
            help: "Share of the penalty that is on absolute coefficients, which sets weak ones to 0: 0 is none of it, 1 is the lasso.",
            domain: Domain::Real { low: 0.0, high: 1.0, default: 0.0, log: false },
        },
    ],
    parts: one_part,
    fit_part: fit,
    join: only,
};

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let train = part.train.weighted_rows()?;
    let c = part.params.real("c");
    let l1_ratio = part.params.real("l1_ratio");
    if l1_ratio > 0.0 {
        return sparse_logistic(&train, c, l1_ratio).map(Model::Linear);
    }
    let model = if train.kind() == TaskKind::Binary { logistic_regression(&train, c) } else { softmax_regression(&train, c) };
    model.map(Model::Linear)
}
