//! Poisson, gamma and Tweedie regression: counts and amounts of at least 0, whose logarithm of the mean is a weighted sum of the features.
//!
//! The objective and the solver are those of [`crate::model::linear::newton::log_linear_regression`] (Nelder and Wedderburn 1972; Jorgensen 1987). Checked against
//! scikit-learn's `PoissonRegressor`, `GammaRegressor` and `TweedieRegressor` to 1e-6.

use crate::error::Result;
use crate::model::linear::newton::log_linear_regression;
use crate::model::{FitPart, Learner, Model, one_part, only};
use crate::param::{Domain, ParamSpec};
use crate::task::TaskKind;

/// The entry in the list of learners.
pub const AMOUNTS: Learner = Learner {
    id: "glm",
    title: "Poisson or Tweedie",
    doc: "For counts and amounts that are never negative: features multiply the mean instead of adding to it. Nelder and Wedderburn 1972; Jorgensen 1987.",
    tasks: &[TaskKind::Regression],
    baseline: false,
    wants_scaling: true,
    takes_missing: false,
    takes_categories: false,
    uses_weights: true,
    params: &[
        ParamSpec {
            id: "loss",
            title: "Family",
            help: "How the variance grows with the mean: poisson (counts) as the mean, gamma (amounts above 0) as its square, tweedie (amounts with zeros) between.",
            domain: Domain::Choice { options: &["poisson", "tweedie", "gamma"], default: "poisson" },
        },
        ParamSpec {
            id: "power",
            title: "Variance power",
            help: "Of the tweedie family: the variance is the mean to this power; near 1 for counts, near 2 for amounts without zeros.",
            domain: Domain::Real { low: 1.0, high: 1.99, default: 1.5, log: false },
        },
        ParamSpec {
            id: "alpha",
            title: "Penalty",
            help: "How strongly squared coefficients are held down, against the mean deviance of a row; 0 is plain maximum likelihood.",
            domain: Domain::Real { low: 0.0, high: 1e6, default: 1e-4, log: true },
        },
    ],
    parts: one_part,
    fit_part: fit,
    join: only,
};

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let train = part.train.weighted_rows()?;
    let power = match part.params.word("loss") {
        "gamma" => 2.0,
        "tweedie" => part.params.real("power"),
        _ => 1.0,
    };
    log_linear_regression(&train, power, part.params.real("alpha")).map(Model::LogLinear)
}
