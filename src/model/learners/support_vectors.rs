//! Support vector machines for a number, two classes and more.
//!
//! The model is [`crate::model::vectors`]'s. Checked against scikit-learn's `SVC` and `SVR` (libsvm): decision values to 1e-3, the dual objective to 1e-6.

use crate::error::Result;
use crate::model::vectors::{Kernel, Machine, support_vectors};
use crate::model::{FitPart, Learner, Model, one_part, only};
use crate::param::{Domain, ParamSpec};
use crate::task::TaskKind;

/// The entry in the list of learners.
pub const SUPPORT_VECTORS: Learner = Learner {
    id: "support_vectors",
    title: "Support vector machine",
    doc: "Draws a border with the widest margin, bent by a kernel; for at most 5,000 rows. Unless linear, the model contains training rows. Cortes and Vapnik 1995.",
    tasks: &[TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass],
    baseline: false,
    wants_scaling: true,
    takes_missing: false,
    takes_categories: false,
    uses_weights: true,
    params: &[
        ParamSpec {
            id: "kernel",
            title: "Kernel",
            help: "How alike two rows are: radial bends the border anywhere, polynomial by products of features, linear not at all.",
            domain: Domain::Choice { options: &["radial", "linear", "polynomial"], default: "radial" },
        },
        ParamSpec {
            id: "c",
            title: "Freedom",
            help: "What a row on the wrong side of its margin costs: smaller gives a smoother border.",
            domain: Domain::Real { low: 1e-4, high: 1e4, default: 1.0, log: true },
        },
        ParamSpec {
            id: "gamma",
            title: "Reach",
            help: "Of the radial and polynomial kernel: larger lets a row reach less far; times the number of features, 1 suits scaled features.",
            domain: Domain::Real { low: 1e-4, high: 1e3, default: 1.0, log: true },
        },
        ParamSpec {
            id: "degree",
            title: "Degree",
            help: "Of the polynomial kernel: how many features are multiplied at most.",
            domain: Domain::Whole { low: 2, high: 9, default: 3 },
        },
        ParamSpec {
            id: "epsilon",
            title: "Tube",
            help: "For a number: errors below this many standard deviations of the target cost nothing.",
            domain: Domain::Real { low: 0.0, high: 2.0, default: 0.1, log: false },
        },
    ],
    parts: one_part,
    fit_part: fit,
    join: only,
};

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let train = part.train.weighted_rows()?;
    let degree = match part.params.word("kernel") {
        "linear" => 1,
        "polynomial" => u32::try_from(part.params.count("degree")).unwrap_or(2),
        _ => 0,
    };
    let gamma = part.params.real("gamma") / train.features().n_features().max(1) as f64;
    let machine = Machine { kernel: Kernel { degree, gamma }, c: part.params.real("c"), epsilon: part.params.real("epsilon") };
    support_vectors(&train, machine, part.seed, part.pulse).map(Model::SupportVectors)
}
