//! Greedy ensemble selection (Caruana et al. 2004): the member that makes the mean best on out-of-fold predictions is added, again and again, with
//! replacement; how often it was added is its weight. The best mean on the way is kept.

use crate::error::Result;
use crate::model::ensemble::{Ensemble, INNER_FOLDS, Join, MEMBERS, OutOfFold, fit_members, members, out_of_fold};
use crate::model::{FitPart, Learner, Model, one_part, only};
use crate::param::{Domain, ParamSpec};
use crate::task::TaskKind;

/// The entry in the list of learners.
pub const GREEDY_ENSEMBLE: Learner = Learner {
    id: "greedy_ensemble",
    title: "Greedy ensemble",
    doc: "A weighted mean of several models: the one that helps most is added again and again, judged on rows they had not seen. Caruana et al. 2004.",
    tasks: &[TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass],
    baseline: false,
    wants_scaling: true,
    takes_missing: false,
    takes_categories: false,
    uses_weights: true,
    params: &[
        MEMBERS,
        INNER_FOLDS,
        ParamSpec { id: "rounds", title: "Rounds", help: "How often a member is added.", domain: Domain::Whole { low: 1, high: 200, default: 25 } },
    ],
    parts: one_part,
    fit_part: fit,
    join: only,
};

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let (train, members) = (part.train.weighted_rows()?, members(part)?);
    let folds = train.inner_folds(part.params.count("inner_folds"), part.seed)?;
    let (unseen, _) = out_of_fold(part, &members, &train, &folds)?;
    let weights = select(&unseen, part.params.count("rounds"));
    Ok(Model::Ensemble(Ensemble { members: fit_members(part, &members, &train)?, join: Join::Mean(weights) }))
}

/// Weights of the best mean on the way; of equal members the first.
fn select(unseen: &OutOfFold, rounds: usize) -> Vec<f64> {
    let n = unseen.predictions.len();
    let mut added = vec![0_u32; n];
    let mut sums = vec![0.0; unseen.predictions.first().map_or(0, |p| p.values.len())];
    let mut best: Option<(f64, Vec<f64>)> = None;
    for round in 1..=rounds.max(1) {
        #[expect(clippy::cast_precision_loss, reason = "rounds are few")]
        let share = 1.0 / round as f64;
        let with = |member: usize| sums.iter().zip(&unseen.predictions[member].values).map(|(s, v)| (s + v) * share).collect::<Vec<f64>>();
        let tried = (0..n).map(|member| (unseen.loss(&with(member)), member));
        let Some((loss, member)) = tried.reduce(|best, next| if next.0 < best.0 { next } else { best }) else { break };
        added[member] += 1;
        sums.iter_mut().zip(&unseen.predictions[member].values).for_each(|(s, v)| *s += v);
        if best.as_ref().is_none_or(|(known, _)| loss < *known) {
            best = Some((loss, added.iter().map(|&times| f64::from(times) * share).collect()));
        }
    }
    best.map_or_else(|| vec![share_of(n); n], |(_, weights)| weights)
}

fn share_of(n: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "members are few")]
    let share = 1.0 / n.max(1) as f64;
    share
}
