//! Voting: the mean of several models' answers (soft voting: of their probabilities).

use crate::error::Result;
use crate::model::ensemble::{Ensemble, Join, MEMBERS, fit_members, members};
use crate::model::{FitPart, Learner, Model, one_part, only};
use crate::task::TaskKind;

/// The entry in the list of learners.
pub const VOTING: Learner = Learner {
    id: "voting",
    title: "Voting",
    doc: "The plain mean of several models: their errors cancel out as far as they differ. Nothing is learned about whom to trust.",
    tasks: &[TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass],
    baseline: false,
    wants_scaling: true,
    takes_missing: false,
    takes_categories: false,
    uses_weights: true,
    params: &[MEMBERS],
    parts: one_part,
    fit_part: fit,
    join: only,
};

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let (train, members) = (part.train.weighted_rows()?, members(part)?);
    let members = fit_members(part, &members, &train)?;
    #[expect(clippy::cast_precision_loss, reason = "members are few")]
    let share = 1.0 / members.len() as f64;
    Ok(Model::Ensemble(Ensemble { join: Join::Mean(vec![share; members.len()]), members }))
}
