//! Random forest: the average of trees grown on bootstrap samples, each cut looking at a few features drawn at random (Breiman 2001, "Random Forests", Machine Learning 45).
//!
//! The fit is cut into a fixed number of groups of trees; tree number t draws from streams keyed by t, so groups may be grown anywhere in any order.

use super::extra_trees::EXTRA_TREES;
use super::gradient_boosting::{CLASS_WEIGHTS, balanced};
use crate::error::{Error, Result};
use crate::model::tree::bag::{OutOfBag, TreeSize, forest, out_of_bag};
use crate::model::{FitPart, Learner, Model, TrainingSet};
use crate::param::{Domain, ParamSpec, Params};
use crate::task::TaskKind;

/// The entry in the list of learners.
pub const RANDOM_FOREST: Learner = Learner {
    id: "random_forest",
    title: "Random forest",
    doc: "The average of many deep trees, each grown on a random sample of the rows and looking at a few random features at a time. Breiman 2001.",
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
            help: "Least different rows in a leaf, as expected of a bootstrap sample.",
            domain: Domain::Whole { low: 1, high: 100_000, default: 5 },
        },
        ParamSpec {
            id: "features",
            title: "Features at a cut",
            help: "How many features each cut looks at: their square root, a third, all, or (auto) the root for classes and a third for numbers.",
            domain: Domain::Choice { options: &["auto", "root", "third", "all"], default: "auto" },
        },
        CLASS_WEIGHTS,
    ],
    parts,
    fit_part: fit,
    join,
};

/// How many trees are averaged.
pub(super) const TREES: ParamSpec =
    ParamSpec { id: "trees", title: "Trees", help: "How many trees are averaged.", domain: Domain::Whole { low: 1, high: 1000, default: 100 } };
/// How deep each is.
pub(super) const DEPTH: ParamSpec = ParamSpec {
    id: "depth",
    title: "Depth",
    help: "Most questions between the root and a leaf.",
    domain: Domain::Whole { low: 1, high: 30, default: 15 },
};

/// Groups of trees a fit is cut into, at most: enough for the cores of a desk computer.
const GROUPS: usize = 8;

/// Groups of trees, for any average of trees.
pub(super) fn parts(params: &Params, _: &TrainingSet) -> usize {
    params.count("trees").clamp(1, GROUPS)
}

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let p = part.train.features().n_features();
    let features = match (part.params.word("features"), part.train.kind().is_classification()) {
        ("all", _) => None,
        ("root", _) | ("auto", true) => Some((p as f64).sqrt() as usize),
        _ => Some(p / 3),
    };
    fit_group(part, features, true, false)
}

/// Fits one group of the trees of an average.
pub(super) fn fit_group(part: &FitPart<'_>, features: Option<usize>, bootstrap: bool, random_cuts: bool) -> Result<Model> {
    let train = part.train.weighted_rows()?;
    let (params, trees, groups) = (part.params, part.params.count("trees"), parts(part.params, part.train));
    let (depth, min_leaf) = (params.count("depth"), params.count("min_leaf"));
    let size = TreeSize { depth, min_leaf, features: features.map(|m| m.max(1)), bootstrap, random_cuts, balanced: balanced(params) };
    let range = part.part * trees / groups..(part.part + 1) * trees / groups;
    Ok(Model::Trees(forest(&train, size, range, part.seed, part.pulse)))
}

/// What the trees of a fitted forest say of training rows they have not drawn, with the seed of the fit; rows are those of `train` that have a weight above 0, by position. None
/// for learners whose trees see all rows.
#[must_use]
pub fn judged_out_of_bag(learner: &str, params: &Params, train: &TrainingSet, model: &Model, seed: u64) -> Option<Result<OutOfBag>> {
    let drawn = learner == RANDOM_FOREST.id || (learner == EXTRA_TREES.id && params.switch("bootstrap"));
    let Model::Trees(model) = model else { return None };
    let judge = || {
        let mut out = out_of_bag(train.weighted_rows()?.as_ref(), model, seed)?;
        let kept: Vec<u32> = (0..train.n_rows() as u32).filter(|&i| train.weights()[i as usize] > 0.0).collect();
        out.rows.iter_mut().for_each(|row| *row = kept[*row as usize]);
        Ok(out)
    };
    drawn.then(judge)
}

/// Joins the groups of trees of an average.
pub(super) fn join(parts: Vec<Model>) -> Result<Model> {
    let mut whole = None;
    for part in parts {
        let Model::Trees(part) = part else { return Err(Error::internal("a part of a forest that is not trees")) };
        match &mut whole {
            None => whole = Some(part),
            Some(whole) => whole.append(part)?,
        }
    }
    whole.map(Model::Trees).ok_or_else(|| Error::internal("a forest without parts"))
}
