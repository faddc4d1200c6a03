//! Does augmentation help? The proposed learner once more on the same folds without it, and the paired difference.

use super::context::Context;
use super::job::JobOutput;
use crate::augment::augment_measured;
use crate::error::{Error, Result};
use crate::evaluate::{Estimate, FoldResult, adjust, metric};
use crate::model::learners;
use crate::param::Params;
use crate::prepare::Variant;
use serde::{Deserialize, Serialize};

/// What augmentation is worth to the proposed learner, in the plan's metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Worth {
    /// Score with augmentation.
    pub with: Estimate,
    /// Score without it, on the same rows of the same folds.
    pub without: Estimate,
    /// Paired difference with minus without, positive when augmentation makes the learner better.
    pub gain: Estimate,
}

impl Context {
    /// How faithful augmentation of the development rows is.
    pub(super) fn fidelity(&mut self) -> Result<JobOutput> {
        let seed = self.plan()?.seed;
        let choice = self.augmentation()?.ok_or_else(|| Error::internal("fidelity of an augmentation that is off"))?;
        let train = self.development()?;
        let plain = self.prepare_plain(&train, None, Variant::default())?;
        let (_, fidelity) = augment_measured(&plain.train, &choice, seed)?;
        Ok(JobOutput::Fidelity(Box::new(fidelity)))
    }

    /// A learner on every fold without augmentation, beside its folds with it.
    pub(super) fn unaugmented(&mut self, learner: u32, pulse: &dyn Fn()) -> Result<JobOutput> {
        let plan = self.plan()?.clone();
        let chosen = plan.learners.get(learner as usize).ok_or_else(|| Error::internal("a learner that is not planned"))?;
        let entry = learners::find(&chosen.id).ok_or_else(|| Error::internal("a learner that is not listed"))?;
        let params = Params::check(entry.params, &chosen.params)?;
        let mut plain: Vec<FoldResult> = Vec::new();
        for fold in 0..plan.split.rounds() {
            let (train, validation) = self.fold_rows(fold)?;
            let prepared = self.prepare_plain(&train, Some(&validation), Variant::of(entry))?;
            let (rows, features) = prepared.validation.ok_or_else(|| Error::internal("a fold without validation rows"))?;
            pulse();
            let predictions = entry.fit_with_pulse(&params, &prepared.train, plan.seed, pulse)?.predict_with_pulse(&features, pulse)?;
            plain.push(self.judge()?.score(learner as usize, fold as usize, rows, predictions)?);
        }
        let (judge, main) = (self.made_judge()?, [metric(&plan.metric)?]);
        if adjust::is_wanted(&plan.adjust) {
            plain = adjust(&judge, &plain.iter().collect::<Vec<_>>(), &plan.adjust)?.folds;
        }
        let resampled = |folds: &[&FoldResult]| judge.resample(folds, &main)?.pop().ok_or_else(|| Error::internal("a metric without a value"));
        let (with, without) = (resampled(&self.own_folds(learner)?)?, resampled(&plain.iter().collect::<Vec<_>>())?);
        Ok(JobOutput::Worth(Box::new(Worth { with: with.estimate(), without: without.estimate(), gain: with.gain_over(&without) })))
    }
}
