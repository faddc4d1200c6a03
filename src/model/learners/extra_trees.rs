//! Extra trees: the average of trees whose cuts are drawn at random (Geurts, Ernst and Wehenkel 2006, "Extremely randomized trees", Machine Learning 63).
//!
//! Each cut draws one place for each feature it looks at and takes the best of these. Places are drawn evenly among the bins between the lowest and the highest value in the
//! node, so that a monotone transform of a feature changes nothing; the paper draws evenly among values. Every tree sees all rows.

use super::gradient_boosting::CLASS_WEIGHTS;
use super::random_forest::{DEPTH, TREES, fit_group, join, parts};
use crate::error::Result;
use crate::model::{FitPart, Learner, Model};
use crate::param::{Domain, ParamSpec};
use crate::task::TaskKind;

/// The entry in the list of learners.
pub const EXTRA_TREES: Learner = Learner {
    id: "extra_trees",
    title: "Extra trees",
    doc: "The average of many deep trees whose questions are drawn at random, the best of a few each time: smoother than a forest and quicker. Geurts, Ernst and Wehenkel 2006.",
    tasks: &[TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass],
    baseline: false,
    wants_scaling: false,
    takes_missing: true,
    takes_categories: true,
    uses_weights: true,
    params: &[
        TREES,
        DEPTH,
        ParamSpec {
            id: "min_leaf",
            title: "Rows in a leaf",
            help: "Least rows in a leaf; of different rows, as expected, when each tree draws its own.",
            domain: Domain::Whole { low: 1, high: 100_000, default: 5 },
        },
        ParamSpec {
            id: "features",
            title: "Features at a cut",
            help: "How many features each cut looks at: their square root, a third, all, or (auto) the root for classes and all for numbers.",
            domain: Domain::Choice { options: &["auto", "root", "third", "all"], default: "auto" },
        },
        ParamSpec {
            id: "bootstrap",
            title: "Draw rows",
            help: "Whether each tree is grown on a random sample of the rows, as in a random forest, instead of on all.",
            domain: Domain::Switch { default: false },
        },
        CLASS_WEIGHTS,
    ],
    parts,
    fit_part: fit,
    join,
};

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let p = part.train.features().n_features();
    let features = match (part.params.word("features"), part.train.kind().is_classification()) {
        ("root", _) | ("auto", true) => Some((p as f64).sqrt() as usize),
        ("third", _) => Some(p / 3),
        _ => None,
    };
    fit_group(part, features, part.params.switch("bootstrap"), true)
}
