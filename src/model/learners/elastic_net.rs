//! Elastic net: least squares with a mixture of the absolute and the squared penalty (Zou and Hastie 2005).
//!
//! The objective and the solver are those of [`crate::model::linear::descent`]. Checked against scikit-learn's `ElasticNet` to 1e-6.

use crate::error::Result;
use crate::model::linear::descent::elastic_net;
use crate::model::linear::path::chosen_elastic_net;
use crate::model::{FitPart, Learner, Model, one_part, only};
use crate::param::{Domain, ParamSpec};
use crate::task::TaskKind;

/// The entry in the list of learners.
pub const ELASTIC_NET: Learner = Learner {
    id: "elastic_net",
    title: "Elastic net",
    doc: "Between ridge and lasso: weak features get weight 0, and features that repeat each other share theirs. Zou and Hastie 2005.",
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
            help: "How strongly coefficients are held down, in target units.",
            domain: Domain::Real { low: 0.0, high: 1e6, default: 0.1, log: true },
        },
        ParamSpec {
            id: "l1_ratio",
            title: "Absolute share",
            help: "Share of the penalty that is on absolute coefficients: 1 is the lasso, 0 a ridge.",
            domain: Domain::Real { low: 0.0, high: 1.0, default: 0.5, log: false },
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
    let l1_ratio = part.params.real("l1_ratio");
    if part.params.switch("choose_alpha") {
        return chosen_elastic_net(&train, l1_ratio, part.seed).map(Model::Linear);
    }
    elastic_net(&train, part.params.real("alpha"), l1_ratio).map(Model::Linear)
}
