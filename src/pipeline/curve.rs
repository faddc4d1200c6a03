//! The proposed learner on ever smaller shares of the training rows of the same folds: what more rows have brought, and what more would bring.
//!
//! A share of the rows by chance (each smaller one within the larger), of entities whole ones, in time order the latest; the whole share is known from the comparison.

use super::context::{Context, entity_codes, judge_of};
use super::job::{Job, JobOutput};
use super::outcome::Outcome;
use crate::error::{Error, Result};
use crate::evaluate::learning_curve::learning_curve;
use crate::evaluate::{FoldResult, adjust, metric};
use crate::math::rng::Stream;
use crate::math::sum::mean;
use crate::model::learners;
use crate::param::Params;
use crate::prepare::Variant;
use crate::settings::Plan;
use crate::split::{Strategy, Train};
use crate::table::Table;
use std::collections::BTreeSet;

/// Shares of the training rows that are learned from, ascending; the whole is known.
pub const SHARES: [f64; 4] = [0.1, 0.2, 0.4, 0.7];

/// One job a share and fold.
pub(super) fn jobs(plan: &Plan, learner: u32) -> Vec<Job> {
    let shares = 0..u32::try_from(SHARES.len()).unwrap_or(0);
    shares.flat_map(|share| (0..plan.split.folds).map(move |fold| Job::Curve { learner, share, fold })).collect()
}

impl Context {
    /// A learner on a share of the training rows of a fold; rows learned from, and rows there are.
    pub(super) fn curve(&mut self, learner: u32, share: u32, fold: u32, pulse: &dyn Fn()) -> Result<JobOutput> {
        let share = SHARES.get(share as usize).copied().ok_or_else(|| Error::internal("a share that is not listed"))?;
        let plan = self.plan()?.clone();
        let chosen = plan.learners.get(learner as usize).ok_or_else(|| Error::internal("a learner that is not planned"))?;
        let entry = learners::find(&chosen.id).ok_or_else(|| Error::internal("a learner that is not listed"))?;
        let params = Params::check(entry.params, &chosen.params)?;
        self.judge()?;
        let (train, validation) = self.fold_rows(fold)?;
        let part = part_of(&plan, &train, self.entity_codes(), share);
        let sizes = (part.rows().len() as u64, train.rows().len() as u64);
        let learned = self.prepare_rows(&part, Some(&validation), Variant::of(entry), plan.seed).and_then(|prepared| {
            let (rows, features) = prepared.validation.ok_or_else(|| Error::internal("a fold without validation rows"))?;
            let predictions = entry.fit_with_pulse(&params, &prepared.train, plan.seed, pulse)?.predict_with_pulse(&features, pulse)?;
            self.made_judge()?.score(learner as usize, fold as usize, rows, predictions)
        });
        Ok(JobOutput::Curve(learned.map(Box::new), sizes))
    }
}

/// A share of what may be learned from.
fn part_of(plan: &Plan, train: &Train, entities: &[u32], share: f64) -> Train {
    let rows = train.rows().as_slice();
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a row count")]
    let wanted = |n: usize| ((n as f64 * share).ceil() as usize).clamp(1, n.max(1));
    if plan.split.strategy == Strategy::TimeOrdered {
        let kept: BTreeSet<u32> = rows.iter().rev().take(wanted(rows.len())).copied().collect();
        return train.part(|row| kept.contains(&row));
    }
    let unit = |row: u32| entities.get(row as usize).copied().unwrap_or(row);
    let mut units: Vec<u32> = rows.iter().map(|&row| unit(row)).collect::<BTreeSet<u32>>().into_iter().collect();
    Stream::new(plan.seed, "curve/rows", 0).shuffle(&mut units);
    units.truncate(wanted(units.len()));
    let kept: BTreeSet<u32> = units.into_iter().collect();
    train.part(|row| kept.contains(&unit(row)))
}

impl Outcome {
    /// Takes the scores by share and fits the curve. A share from which a fold could not be learned is left out.
    pub(super) fn take_curve(&mut self, plan: &Plan, table: &Table, jobs: &[Job], results: Vec<Result<JobOutput>>) -> Result<()> {
        let target = plan.task.encode(table)?;
        let entities = plan.task.entity.as_deref().map_or_else(|| Ok(Vec::new()), |e| entity_codes(table, e))?;
        let (judge, main) = (judge_of(plan, &target, &entities), metric(&plan.metric)?);
        let mut by_share: Vec<(Vec<FoldResult>, Vec<f64>, bool)> = vec![(Vec::new(), Vec::new(), false); SHARES.len()];
        let mut whole = Vec::new();
        for (job, result) in jobs.iter().zip(results) {
            let (Job::Curve { share, .. }, JobOutput::Curve(learned, (n, all))) = (job, result?) else {
                return Err(Error::internal("a curve that is none"));
            };
            let Some(own) = by_share.get_mut(*share as usize) else { continue };
            #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
            own.1.push(n as f64);
            #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
            whole.push(all as f64);
            match learned {
                Ok(fold) => own.0.push(*fold),
                Err(_) => own.2 = true,
            }
        }
        let mut sizes = Vec::new();
        for (mut folds, n, failed) in by_share {
            if failed || folds.is_empty() {
                continue;
            }
            if adjust::is_wanted(&plan.adjust) {
                folds = adjust(&judge, &folds.iter().collect::<Vec<_>>(), &plan.adjust)?.folds;
            }
            sizes.extend(judge.resample(&folds.iter().collect::<Vec<_>>(), &[main])?.pop().map(|r| (mean(&n), r)));
        }
        let known = self.first_folds(plan);
        sizes.extend(judge.resample(&known, &[main])?.pop().map(|r| (mean(&whole), r)));
        self.curve = Some(Ok(learning_curve(main.id, &sizes)));
        Ok(())
    }
}
