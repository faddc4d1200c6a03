//! A run: which wave of jobs comes next, and what its results add up to.
//!
//! Stages depend on the parts of the plan named in [`Run::replan`]; when the plan changes, the results of the first stage that no
//! longer holds and of all after it are dropped, and nothing else is.

use super::context::{ContextPart, Fitted};
use super::job::{Job, JobOutput};
use super::outcome::Outcome;
use super::price::feature_sets;
use super::search;
use super::stage::Stage;
use crate::audit::{NOT_YET, cheap_first};
use crate::error::{Error, Result};
use crate::evaluate::adjust;
use crate::finding::Checked;
use crate::model::{Model, learners};
use crate::quality::{RULES, Weights};
use crate::segment;
use crate::settings::{Accepted, Plan};
use crate::step::Step;
use crate::table::Table;
use std::sync::Arc;

/// A wave of jobs.
#[derive(Clone, Debug, PartialEq)]
pub struct Wave {
    /// Which stage.
    pub stage: Stage,
    /// What is being done.
    pub title: &'static str,
    /// Independent jobs, in order.
    pub jobs: Vec<Job>,
    /// A part of the context that they need and that no wave before has given.
    pub needs: Option<ContextPart>,
}

/// The state of a run.
#[derive(Default)]
pub struct Run {
    /// The plan as it was resolved.
    base: Option<Arc<Plan>>,
    /// The plan with the winners of its searches.
    plan: Option<Arc<Plan>>,
    /// Findings that were accepted.
    said: Vec<Accepted>,
    /// What dimensions and rules of quality count for, where that is not the usual.
    weights: Weights,
    /// What is known so far.
    pub outcome: Outcome,
}

impl Run {
    /// The plan, if a target is known.
    #[must_use]
    pub fn plan(&self) -> Option<&Plan> {
        self.plan.as_deref()
    }

    /// The same, for workers.
    #[must_use]
    pub fn shared_plan(&self) -> Option<Arc<Plan>> {
        self.plan.clone()
    }

    /// Takes what dimensions and rules of quality count for, and scores anew.
    pub fn weigh(&mut self, weights: &Weights) {
        if self.weights != *weights {
            self.weights.clone_from(weights);
            self.outcome.score(weights);
        }
    }

    /// Takes a new plan and drops the results it does not share with the old one.
    pub fn replan(&mut self, plan: Option<Arc<Plan>>, table: &Table, table_changed: bool, accepted: &[Accepted]) {
        let first_broken = match (&self.base, &plan) {
            (Some(old), Some(new)) if !table_changed => first_difference(old, new),
            (None, None) if !table_changed => None,
            _ => Some(Stage::Quality),
        };
        if let Some(stage) = first_broken {
            self.outcome.drop_from(stage);
        }
        if let (Some(old), Some(new)) = (&self.base, &plan) {
            self.outcome.drop_changed(&old.validation, &new.validation);
        }
        let before = std::mem::take(&mut self.outcome.searched);
        self.outcome.searched = match &plan {
            Some(plan) if first_broken.is_some() => search::searches(plan, before),
            Some(_) => before,
            None => Vec::new(),
        };
        self.plan = plan.as_ref().map(|plan| search::with_winners(plan, &self.outcome.searched));
        self.base = plan;
        self.take_accepted(accepted, table);
        self.decide();
    }

    /// Takes what was accepted, and weighs it against what was found.
    pub fn take_accepted(&mut self, accepted: &[Accepted], table: &Table) {
        self.said = accepted.to_vec();
        self.outcome.weigh_accepted(&self.said, Some(table));
    }

    /// The next wave on the way to a step; `None` when all that step needs is known.
    #[must_use]
    pub fn next(&self, to: Step) -> Option<Wave> {
        let stage = Stage::ALL.into_iter().filter(|s| s.step() <= to).find(|&s| !self.has(s))?;
        if let (Stage::Search, Some(plan)) = (stage, &self.base) {
            return Some(search::wave(plan, &self.outcome.searched));
        }
        let jobs = self.jobs(stage)?;
        // The folds as learned, or as adjusted: each replaces the other with the workers.
        let folds = match stage {
            Stage::Adjust => self.outcome.folds.as_ref(),
            Stage::Compare => self.outcome.judged_folds(),
            _ => None,
        };
        Some(Wave { stage, title: stage.title(), jobs, needs: folds.cloned().map(ContextPart::Folds) })
    }

    /// Whether a stage's results are known, or it has none.
    fn has(&self, stage: Stage) -> bool {
        let o = &self.outcome;
        match stage {
            Stage::Quality => o.quality.is_some(),
            Stage::Audit => o.is_audited(),
            Stage::Price => o.priced,
            Stage::Splits => o.splits.is_some(),
            Stage::Power => o.power.is_some() || !o.power_wanted,
            Stage::Prepare => o.recipe.is_some(),
            Stage::Segment => o.segments.is_some() || !self.plan.as_ref().is_some_and(|p| p.segments),
            Stage::Augment => o.fidelity.is_some() || self.plan.as_ref().is_some_and(|p| p.augment.is_none()),
            Stage::Search => o.is_searched(),
            Stage::Nested => !self.plan.as_deref().is_some_and(search::wants_nested) || o.searched.iter().all(|s| s.nested.is_some()),
            Stage::Folds => o.folds.is_some(),
            Stage::Adjust => o.adjusted.is_some() || !self.plan.as_ref().is_some_and(|p| adjust::is_wanted(&p.adjust)),
            Stage::Compare => o.board.is_some(),
            Stage::Worth => o.worth.is_some() || self.plan.as_ref().is_some_and(|p| p.augment.is_none()),
            Stage::Begin => o.begun.is_some(),
            Stage::Fit => o.fitted.is_some(),
            Stage::Judge => o.judged,
            Stage::Permute => o.permuted.is_some() || self.plan.as_ref().is_some_and(|p| p.validation.permutations == 0),
            Stage::Curve => o.curve.is_some() || self.plan.as_ref().is_some_and(|p| !p.validation.learning_curve),
            Stage::Analyse => o.analysis.is_some(),
            Stage::Explain => o.explained.is_some(),
        }
    }

    fn jobs(&self, stage: Stage) -> Option<Vec<Job>> {
        let numbers = |n: usize| 0..u32::try_from(n).unwrap_or(u32::MAX);
        if stage == Stage::Quality {
            return Some(numbers(RULES.len()).map(Job::Rule).collect());
        }
        let plan = self.plan.as_ref()?;
        let chosen = self.outcome.chosen();
        Some(match stage {
            Stage::Quality | Stage::Search => return None,
            Stage::Nested => search::nested_jobs(plan, &self.outcome.searched),
            Stage::Audit => {
                let open = cheap_first().into_iter().filter(|at| !self.outcome.raw_audit.contains_key(at));
                open.filter_map(|at| u32::try_from(at).ok()).map(Job::Check).collect()
            }
            Stage::Price => super::price::jobs(self.outcome.feature_sets.len(), plan.split.folds),
            Stage::Splits => super::honesty::jobs(),
            Stage::Power => super::power::jobs(),
            Stage::Prepare => vec![Job::Recipe(None)],
            Stage::Segment => segment::NUMBERS.map(Job::Segment).collect(),
            Stage::Augment => vec![Job::Fidelity],
            Stage::Folds => {
                let learners = numbers(plan.learners.len());
                (0..plan.split.rounds()).flat_map(|fold| learners.clone().map(move |learner| Job::Fold { learner, fold })).collect()
            }
            Stage::Adjust => numbers(plan.learners.len()).map(Job::Adjust).collect(),
            Stage::Compare => numbers(plan.learners.len()).map(Job::Compare).collect(),
            Stage::Worth => vec![Job::Unaugmented(chosen?)],
            Stage::Begin => vec![Job::Recipe(Some(chosen?))],
            Stage::Fit => (0..self.outcome.begun.as_ref()?.1).map(|part| Job::FitPart { learner: chosen.unwrap_or(0), part }).collect(),
            Stage::Judge => {
                let mut jobs = vec![Job::Importance { learner: chosen?, fold: plan.split.folds.saturating_sub(1) }];
                if has_sealed(plan) {
                    jobs.push(Job::Holdout { baseline: self.outcome.best_baseline() });
                }
                jobs
            }
            Stage::Permute => super::permuted::jobs(plan, chosen?),
            Stage::Curve => super::curve::jobs(plan, chosen?),
            Stage::Analyse => vec![Job::Analyse { learner: chosen?, baseline: self.outcome.best_baseline(), rival: self.outcome.rival() }],
            Stage::Explain => vec![Job::Explain { learner: chosen?, fold: (!has_sealed(plan)).then(|| plan.split.folds.saturating_sub(1)) }],
        })
    }

    /// Folds the results of a wave, in job order. Gives a part of the context that later jobs need.
    ///
    /// # Errors
    /// A job without which there is no result failed.
    pub fn absorb(&mut self, stage: Stage, jobs: &[Job], results: Vec<Result<JobOutput>>, table: Option<&Arc<Table>>) -> Result<Option<ContextPart>> {
        match stage {
            Stage::Quality => {
                let table = table.ok_or_else(|| Error::internal("quality without a table"))?;
                self.outcome.take_quality(checked(RULES.iter().map(|r| r.id), results), table, &self.weights);
                self.outcome.weigh_accepted(&self.said, Some(table));
            }
            Stage::Audit => {
                let plan = self.plan.clone().ok_or_else(|| Error::internal("an audit without a plan"))?;
                self.outcome.take_checks(jobs.iter().zip(&results));
                self.outcome.settle_audit(NOT_YET);
                let sets = Arc::new(feature_sets(self.outcome.audit.as_deref().unwrap_or_default(), &plan.task));
                self.outcome.priced = sets.len() < 2;
                self.outcome.feature_sets = Arc::clone(&sets);
                self.outcome.weigh_accepted(&self.said, table.map(Arc::as_ref));
                return Ok(Some(ContextPart::FeatureSets(sets)));
            }
            Stage::Price | Stage::Splits | Stage::Power => self.take_measured(stage, results, table)?,
            Stage::Prepare => self.take_recipe(results, table)?,
            Stage::Segment => self.outcome.take_segments(results),
            Stage::Augment => {
                for result in results {
                    if let JobOutput::Fidelity(fidelity) = result? {
                        self.outcome.fidelity = Some(*fidelity);
                    }
                }
            }
            Stage::Search => return self.take_trials(&results),
            Stage::Nested => {
                let plan = self.plan.clone().ok_or_else(|| Error::internal("a search without a plan"))?;
                self.outcome.take_nested(&plan, jobs, results)?;
            }
            Stage::Folds => self.outcome.take_folds(jobs, results)?,
            Stage::Adjust => self.outcome.take_adjusted(results)?,
            Stage::Compare => {
                let plan = self.plan.clone().ok_or_else(|| Error::internal("a comparison without a plan"))?;
                self.outcome.compare(&plan, table, results)?;
            }
            Stage::Worth => self.take_worth(results)?,
            Stage::Begin => {
                for result in results {
                    if let JobOutput::Recipe(recipe, parts) = result? {
                        self.outcome.begun = Some((*recipe, parts));
                    }
                }
            }
            Stage::Fit => return self.join(results).map(Some),
            Stage::Judge => {
                let table = table.ok_or_else(|| Error::internal("validation without a table"))?;
                let plan = self.plan.clone().ok_or_else(|| Error::internal("validation without a plan"))?;
                self.outcome.judge(&plan, table, results)?;
            }
            Stage::Permute | Stage::Curve | Stage::Analyse => self.take_validated(stage, jobs, results, table)?,
            Stage::Explain => self.outcome.take_explained(results),
        }
        self.decide();
        Ok(None)
    }

    /// Takes what validation measured beside scores.
    fn take_validated(&mut self, stage: Stage, jobs: &[Job], results: Vec<Result<JobOutput>>, table: Option<&Arc<Table>>) -> Result<()> {
        let table = table.ok_or_else(|| Error::internal("validation without a table"))?;
        let plan = self.plan.clone().ok_or_else(|| Error::internal("validation without a plan"))?;
        match stage {
            Stage::Permute => self.outcome.take_permuted(&plan, results),
            Stage::Curve => self.outcome.take_curve(&plan, table, jobs, results),
            _ => self.outcome.take_analysis(&plan, table, results),
        }
    }

    /// Takes what augmentation was worth, or why that cannot be told.
    fn take_worth(&mut self, results: Vec<Result<JobOutput>>) -> Result<()> {
        for result in results {
            self.outcome.worth = Some(match result {
                Ok(JobOutput::Worth(worth)) => Ok(worth),
                Ok(_) => return Err(Error::internal("a worth that is none")),
                Err(error) => Err(error),
            });
        }
        Ok(())
    }

    /// Takes what the audit measured by fitting models.
    fn take_measured(&mut self, stage: Stage, results: Vec<Result<JobOutput>>, table: Option<&Arc<Table>>) -> Result<()> {
        let table = table.ok_or_else(|| Error::internal("prices without a table"))?;
        let plan = self.plan.clone().ok_or_else(|| Error::internal("prices without a plan"))?;
        let take = match stage {
            Stage::Price => Outcome::take_prices,
            Stage::Splits => Outcome::take_splits,
            _ => Outcome::take_power,
        };
        take(&mut self.outcome, &plan, table, results)
    }

    fn take_recipe(&mut self, results: Vec<Result<JobOutput>>, table: Option<&Arc<Table>>) -> Result<()> {
        let table = table.ok_or_else(|| Error::internal("preparation without a table"))?;
        let plan = self.plan.clone().ok_or_else(|| Error::internal("preparation without a plan"))?;
        self.outcome.deal(&plan, table)?;
        for result in results {
            if let JobOutput::Recipe(recipe, _) = result? {
                self.outcome.recipe = Some(*recipe);
            }
        }
        Ok(())
    }

    /// Takes the trials of a wave, and once there are no more, the plan with the winners.
    fn take_trials(&mut self, results: &[Result<JobOutput>]) -> Result<Option<ContextPart>> {
        let base = self.base.clone().ok_or_else(|| Error::internal("a search without a plan"))?;
        self.outcome.take_trials(&base, results.iter().map(Some))?;
        let plan = search::with_winners(&base, &self.outcome.searched);
        let changed = plan != base;
        self.plan = Some(Arc::clone(&plan));
        Ok(changed.then_some(ContextPart::Plan(Some(plan))))
    }

    /// Takes the results of an audit or search that is not complete, so that they can be shown, or kept when it is stopped; `why` is said of the checks
    /// that have not run. Other stages keep nothing of a part.
    pub fn take_part(&mut self, stage: Stage, jobs: &[Job], results: &[Option<Result<JobOutput>>], table: Option<&Arc<Table>>, why: &str) {
        if let (Stage::Search, Some(base)) = (stage, self.base.clone()) {
            // A trial that could not be judged at all is judged again when the search goes on.
            let known = results.iter().map(|r| r.as_ref().filter(|r| r.is_ok()));
            let _ = self.outcome.take_trials(&base, known);
            self.plan = Some(search::with_winners(&base, &self.outcome.searched));
        }
        if stage == Stage::Audit && self.plan.is_some() {
            self.outcome.take_checks(jobs.iter().zip(results).filter_map(|(job, result)| Some((job, result.as_ref()?))));
            self.outcome.settle_audit(why);
            self.outcome.weigh_accepted(&self.said, table.map(Arc::as_ref));
        }
    }

    fn join(&mut self, results: Vec<Result<JobOutput>>) -> Result<ContextPart> {
        let lost = || Error::internal("a final fit without its beginning");
        let plan = self.plan.as_ref().ok_or_else(lost)?;
        let chosen = self.outcome.chosen().and_then(|c| plan.learners.get(c as usize)).ok_or_else(lost)?;
        let entry = learners::find(&chosen.id).ok_or_else(lost)?;
        let mut parts: Vec<Model> = Vec::with_capacity(results.len());
        for result in results {
            if let JobOutput::Part(model) = result? {
                parts.push(*model);
            }
        }
        let recipe = self.outcome.begun.as_ref().map(|(recipe, _)| recipe.clone()).ok_or_else(lost)?;
        let adjustment = self.outcome.adjustment().cloned().unwrap_or_default();
        let fitted = Arc::new(Fitted { learner: chosen.clone(), recipe, model: (entry.join)(parts)?, adjustment });
        self.outcome.fitted = Some(Arc::clone(&fitted));
        Ok(ContextPart::Fitted(fitted))
    }

    fn decide(&mut self) {
        let plan = self.plan.clone();
        self.outcome.decide(plan.as_deref());
    }
}

/// Whether rows are sealed.
fn has_sealed(plan: &Plan) -> bool {
    plan.split.holdout > 0.0 || plan.test_from.is_some()
}

/// The first stage whose results two plans do not share.
fn first_difference(old: &Plan, new: &Plan) -> Option<Stage> {
    if old.task != new.task || old.rules != new.rules {
        Some(Stage::Quality)
    } else if old.split != new.split || old.test_from != new.test_from || old.known != new.known || old.seed != new.seed {
        Some(Stage::Audit)
    } else if old.recipe != new.recipe {
        Some(Stage::Prepare)
    } else if old.augment != new.augment {
        Some(Stage::Augment)
    } else if old.learners != new.learners
        || old.metric != new.metric
        || old.search != new.search
        || search::adjusted_by(old) != search::adjusted_by(new)
    {
        Some(Stage::Search)
    } else if old.adjust != new.adjust {
        Some(Stage::Adjust)
    } else {
        None
    }
}

/// Outcomes of rules or checks in the order of their list; a failure of one is its own entry and no more.
fn checked(ids: impl Iterator<Item = &'static str>, results: Vec<Result<JobOutput>>) -> Vec<Checked> {
    let one = |(id, result): (&str, Result<JobOutput>)| match result {
        Ok(JobOutput::Checked(checked)) => checked,
        Ok(_) => Checked::skipped(id, &Error::internal("a check gave something else").message),
        Err(error) => Checked::skipped(id, &error.message),
    };
    ids.zip(results).map(one).collect()
}
