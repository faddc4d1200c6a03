//! One decision tree: rows are cut in two by one feature at a time (Breiman, Friedman, Olshen and Stone 1984).

use super::gradient_boosting::{CLASS_WEIGHTS, balanced};
use crate::error::Result;
use crate::model::tree::bag::{TreeSize, one_tree};
use crate::model::{FitPart, Learner, Model, one_part, only};
use crate::param::{Domain, ParamSpec};
use crate::task::TaskKind;

/// The entry in the list of learners.
pub const DECISION_TREE: Learner = Learner {
    id: "decision_tree",
    title: "Decision tree",
    doc: "Questions about one feature at a time, each cutting the rows where their targets differ most. Breiman, Friedman, Olshen and Stone 1984.",
    tasks: &[TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass],
    baseline: false,
    wants_scaling: false,
    takes_missing: true,
    takes_categories: true,
    uses_weights: true,
    params: &[
        ParamSpec {
            id: "depth",
            title: "Depth",
            help: "Most questions between the root and a leaf.",
            domain: Domain::Whole { low: 1, high: 30, default: 6 },
        },
        ParamSpec {
            id: "min_leaf",
            title: "Rows in a leaf",
            help: "Least rows in a leaf.",
            domain: Domain::Whole { low: 1, high: 100_000, default: 20 },
        },
        CLASS_WEIGHTS,
    ],
    parts: one_part,
    fit_part: fit,
    join: only,
};

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let train = part.train.weighted_rows()?;
    let params = part.params;
    let (depth, min_leaf) = (params.count("depth"), params.count("min_leaf"));
    let size = TreeSize { depth, min_leaf, features: None, bootstrap: false, random_cuts: false, balanced: balanced(params) };
    Ok(Model::Trees(one_tree(&train, size)))
}
