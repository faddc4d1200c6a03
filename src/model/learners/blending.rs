//! Blending: stacking with one held-out part of the training rows (the last in time where rows are ordered) in the place of folds. Each member is fitted
//! once, on the rest.

use crate::error::Result;
use crate::model::ensemble::{Ensemble, MEMBERS, members, out_of_fold};
use crate::model::{FitPart, Learner, Model, one_part, only};
use crate::param::{Domain, ParamSpec};
use crate::task::TaskKind;

/// The entry in the list of learners.
pub const BLENDING: Learner = Learner {
    id: "blending",
    title: "Blending",
    doc: "As stacking, with one held-out part of the training rows in the place of folds: quicker, and members see fewer rows. Töscher et al. 2009.",
    tasks: &[TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass],
    baseline: false,
    wants_scaling: true,
    takes_missing: false,
    takes_categories: false,
    uses_weights: true,
    params: &[
        MEMBERS,
        ParamSpec {
            id: "one_in",
            title: "Held out: one row in",
            help: "One row in so many is held out of the members' training rows to learn joining.",
            domain: Domain::Whole { low: 2, high: 20, default: 5 },
        },
    ],
    parts: one_part,
    fit_part: fit,
    join: only,
};

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let (train, members) = (part.train.weighted_rows()?, members(part)?);
    let one_in = part.params.count("one_in");
    // The last of the folds in time has learned from all before it.
    let folds = train.inner_folds(if train.in_time_order() { one_in - 1 } else { one_in }, part.seed)?;
    let last = folds.split_at(folds.len().saturating_sub(1)).1;
    let (unseen, fitted) = out_of_fold(part, &members, &train, last)?;
    Ok(Model::Ensemble(Ensemble { join: unseen.regress(part)?, members: fitted }))
}
