//! Stacking: a linear model learns from out-of-fold predictions whom to trust (Wolpert 1992; Breiman 1996). Members are fitted again on all training rows.

use crate::error::Result;
use crate::model::ensemble::{Ensemble, INNER_FOLDS, MEMBERS, fit_members, members, out_of_fold};
use crate::model::{FitPart, Learner, Model, one_part, only};
use crate::task::TaskKind;

/// The entry in the list of learners.
pub const STACKING: Learner = Learner {
    id: "stacking",
    title: "Stacking",
    doc: "Several models, joined by a linear model that learned whom to trust from predictions of rows they had not seen. Wolpert 1992.",
    tasks: &[TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass],
    baseline: false,
    wants_scaling: true,
    takes_missing: false,
    takes_categories: false,
    uses_weights: true,
    params: &[MEMBERS, INNER_FOLDS],
    parts: one_part,
    fit_part: fit,
    join: only,
};

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let (train, members) = (part.train.weighted_rows()?, members(part)?);
    let folds = train.inner_folds(part.params.count("inner_folds"), part.seed)?;
    let (unseen, _) = out_of_fold(part, &members, &train, &folds)?;
    Ok(Model::Ensemble(Ensemble { join: unseen.regress(part)?, members: fit_members(part, &members, &train)? }))
}
