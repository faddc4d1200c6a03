//! Lasso: least squares with a penalty on the absolute coefficients, which sets weak ones to exactly 0 (Tibshirani 1996).
//!
//! The objective and the solver are those of [`crate::model::linear::descent`] with the whole penalty absolute. Checked against scikit-learn's `Lasso` to 1e-6.

use crate::error::Result;
use crate::model::linear::descent::elastic_net;
use crate::model::linear::path::chosen_elastic_net;
use crate::model::{FitPart, Learner, Model, one_part, only};
use crate::param::{Domain, ParamSpec};
use crate::task::TaskKind;

/// The entry in the list of learners.
pub const LASSO: Learner = Learner {
    id: "lasso",
    title: "Lasso",
    doc: "A weighted sum of few features: the penalty on absolute weights sets weak ones to exactly 0. Tibshirani 1996.",
    tasks: &[TaskKind::Regression],
    baseline: false,
    wants_scaling: true,
    takes_missing: false,
    takes_categories: false,
    uses_weights: true,
    params: &[
        ParamSpec {
            id: "alpha",
            title: "Penalty",
            help: "How strongly absolute coefficients are held down, in target units; larger keeps fewer features.",
            domain: Domain::Real { low: 0.0, high: 1e6, default: 0.1, log: true },
        },
        ParamSpec {
            id: "choose_alpha",
            title: "Penalty chosen in training",
            help: "Takes, instead of the penalty given, the one of 100 with the least squared error in five folds of the training rows; rows in the order of time are judged by earlier ones, and an entity is never on both sides.",
            domain: Domain::Switch { default: false },
        },
    ],
    parts: one_part,
    fit_part: fit,
    join: only,
};

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let train = part.train.weighted_rows()?;
    if part.params.switch("choose_alpha") {
        return chosen_elastic_net(&train, 1.0, part.seed).map(Model::Linear);
    }
    elastic_net(&train, part.params.real("alpha"), 1.0).map(Model::Linear)
}
