//! Quantile regression: the median, or another quantile, as a weighted sum of the features.
//!
//! The objective and the solver are those of [`crate::model::linear::quantile`]. Checked against scikit-learn's `QuantileRegressor`: the objective to 1e-6.

use crate::error::Result;
use crate::model::linear::quantile::quantile_regression;
use crate::model::{FitPart, Learner, Model, one_part, only};
use crate::param::{Domain, ParamSpec};
use crate::task::TaskKind;

/// The entry in the list of learners.
pub const QUANTILE_REGRESSION: Learner = Learner {
    id: "quantile_regression",
    title: "Quantile regression",
    doc: "The median or another quantile as a weighted sum of the features; single wild values do not move it. Koenker and Bassett 1978.",
    tasks: &[TaskKind::Regression],
    baseline: false,
    wants_scaling: true,
    takes_missing: false,
    takes_categories: false,
    uses_weights: true,
    params: &[
        ParamSpec {
            id: "quantile",
            title: "Quantile",
            help: "Which share of the rows should lie below the prediction: 0.5 is the median.",
            domain: Domain::Real { low: 0.001, high: 0.999, default: 0.5, log: false },
        },
        ParamSpec {
            id: "alpha",
            title: "Penalty",
            help: "How strongly coefficients are held down, against the mean loss of a row.",
            domain: Domain::Real { low: 0.0, high: 1e3, default: 1e-3, log: true },
        },
        ParamSpec {
            id: "l1_ratio",
            title: "Absolute share",
            help: "Share of the penalty that is on absolute coefficients, which sets weak ones to 0; the rest is on their squares.",
            domain: Domain::Real { low: 0.0, high: 1.0, default: 1.0, log: false },
        },
    ],
    parts: one_part,
    fit_part: fit,
    join: only,
};

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let train = part.train.weighted_rows()?;
    let real = |id: &str| part.params.real(id);
    quantile_regression(&train, real("quantile"), real("alpha"), real("l1_ratio")).map(Model::Linear)
}
