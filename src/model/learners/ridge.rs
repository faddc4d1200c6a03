//! Ridge regression: least squares with a squared penalty on the coefficients.
//!
//! Minimises `sum_i w_i (y_i - b0 - x_i b)^2 + alpha |b|^2`, intercept unpenalised (Hoerl and Kennard 1970). The centred normal equations
//! `(X' W X + alpha I) b = X' W y` are solved by Cholesky. Checked against scikit-learn's `Ridge` to 1e-6.

use crate::error::Result;
use crate::math::linear::{Cholesky, dot, moments};
use crate::model::linear::LinearModel;
use crate::model::{FitPart, Learner, Model, one_part, only};
use crate::param::{Domain, ParamSpec};
use crate::task::TaskKind;
use ndarray::Array2;

/// The entry in the list of learners.
pub const RIDGE: Learner = Learner {
    id: "ridge",
    title: "Ridge",
    doc: "A weighted sum of the features; large weights are penalised by their square, so that features that repeat each other share their weight. Hoerl and Kennard 1970.",
    tasks: &[TaskKind::Regression],
    baseline: false,
    wants_scaling: true,
    takes_missing: false,
    takes_categories: false,
    uses_weights: true,
    params: &[ParamSpec {
        id: "alpha",
        title: "Penalty",
        help: "How strongly squared coefficients are held down; 0 is plain least squares.",
        domain: Domain::Real { low: 0.0, high: 1e6, default: 1.0, log: true },
    }],
    parts: one_part,
    fit_part: fit,
    join: only,
};

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let train = part.train.weighted_rows()?;
    let p = train.features().n_features();
    let columns: Vec<&[f64]> = (0..p).map(|j| train.features().slice(j)).chain([train.target()]).collect();
    let about = moments(&columns, train.weights())?;
    let alpha = part.params.real("alpha");
    let system = Array2::from_shape_fn((p, p), |(i, j)| about.products[[i, j]] + if i == j { alpha } else { 0.0 });
    let right: Vec<f64> = (0..p).map(|j| about.products[[j, p]]).collect();
    let coefficients = Cholesky::new(&system)?.solve(&right);
    let intercept = about.means[p] - dot(&coefficients, &about.means[..p]);
    Ok(Model::Linear(LinearModel::regression(coefficients, intercept)))
}
