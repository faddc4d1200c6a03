//! Jobs: independent, serialisable pieces of work. What a job gives depends on the job and the [`Context`] only.

use super::analysis::Analysis;
use super::context::{Context, Part};
use super::unaugmented::Worth;
use crate::audit::honesty::SplitPart;
use crate::audit::power::PowerPart;
use crate::audit::run_check;
use crate::augment::Fidelity;
use crate::error::{Error, Result};
use crate::evaluate::{Adjusted, FoldResult, Importance, Judge, Resampled, adjust, column_groups, metric, metrics_for, permutation_importance};
use crate::explain::{Ask, Explained, explain};
use crate::features::{Features, TrainingSet};
use crate::finding::Checked;
use crate::model::learners::random_forest::judged_out_of_bag;
use crate::model::tree::bag::OutOfBag;
use crate::model::{FitPart, Learner, Model, learners};
use crate::param::Params;
use crate::prepare::{FittedRecipe, Variant};
use crate::quality::{QualityInput, RULES};
use crate::segment::{self, segment};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;

/// One piece of work. Numbers are positions in the lists of rules and checks, and in the plan's learners and folds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Job {
    /// One quality rule.
    Rule(u32),
    /// One audit check.
    Check(u32),
    /// A quick learner on one fold, seeing one of the feature sets that the audit's findings are priced by.
    Price {
        /// Which set; 0: without any flagged column.
        set: u32,
        /// Which fold.
        fold: u32,
    },
    /// One way of dealing rows, judged by a fast model.
    Split(u32),
    /// One part of the audit's power: a family of leaks at a strength, planted and looked for, or a permutation of the target.
    Power(u32),
    /// The recipe on the development rows, for a learner or (`None`) as the usual one with scaling.
    Recipe(Option<u32>),
    /// The development rows in so many segments.
    Segment(u32),
    /// How faithful augmentation of the development rows is.
    Fidelity,
    /// A learner on every fold without augmentation, beside its folds with it.
    Unaugmented(u32),
    /// One learner on one fold: learn, predict the validation rows, score.
    Fold {
        /// Which learner.
        learner: u32,
        /// Which fold.
        fold: u32,
    },
    /// One trial of a search on one fold.
    Trial {
        /// Which of the trials that were sent with the wave.
        trial: u32,
        /// Which fold.
        fold: u32,
    },
    /// A whole search for a learner inside the training rows of a fold, its winner judged on the rows of the fold.
    Nested {
        /// Which learner.
        learner: u32,
        /// Which fold.
        fold: u32,
    },
    /// Calibration and decision threshold of a learner, across its folds.
    Adjust(u32),
    /// A learner's metrics over all folds, with resamples for intervals.
    Compare(u32),
    /// One part of the final fit on the development rows.
    FitPart {
        /// Which learner.
        learner: u32,
        /// Which part.
        part: u32,
    },
    /// The sealed rows, predicted by the fitted model and by the best baseline. Opens the holdout.
    Holdout {
        /// The best baseline, if there is one.
        baseline: Option<u32>,
    },
    /// What is told of a learner beside its scores.
    Analyse {
        /// Which learner.
        learner: u32,
        /// The best baseline.
        baseline: Option<u32>,
        /// The learner it is compared with.
        rival: Option<u32>,
    },
    /// A learner's score on the true target (index 0) or a permuted one.
    Permuted {
        /// Which learner.
        learner: u32,
        /// Which permutation.
        index: u32,
    },
    /// A learner on a share of the training rows of a fold.
    Curve {
        /// Which learner.
        learner: u32,
        /// Which of the shares.
        share: u32,
        /// Which fold.
        fold: u32,
    },
    /// Permutation importance of a learner on one fold.
    Importance {
        /// Which learner.
        learner: u32,
        /// Which fold.
        fold: u32,
    },
    /// Why the model says what it says. Of sealed rows once they are opened: then it is the fitted model; else that of a learner on one fold.
    Explain {
        /// Which learner.
        learner: u32,
        /// Which fold, where no rows were sealed.
        fold: Option<u32>,
    },
}

/// Training rows up to which every fold's forest is judged out of bag; of longer tables the first fold's: each tree's draws are drawn again for it, half a second a fold at 400,000 rows.
const OUT_OF_BAG_ROWS: usize = 100_000;

/// What a job gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum JobOutput {
    /// From [`Job::Rule`] and [`Job::Check`].
    Checked(Checked),
    /// From [`Job::Split`].
    Split(SplitPart),
    /// From [`Job::Power`].
    Power(PowerPart),
    /// From [`Job::Recipe`]: the fitted recipe, and into how many parts the learner's fit is cut (1 without a learner).
    Recipe(Box<FittedRecipe>, u32),
    /// From [`Job::Segment`]; `Err` when they cannot be segmented so.
    Segmented(segment::Found),
    /// From [`Job::Fidelity`].
    Fidelity(Box<Fidelity>),
    /// From [`Job::Unaugmented`].
    Worth(Box<Worth>),
    /// From [`Job::Fold`] and [`Job::Price`]; `Err` when the learner could not learn from this fold.
    Fold(std::result::Result<Box<FoldResult>, Error>),
    /// From [`Job::Trial`] and [`Job::Nested`]: the score in the plan's metric; `Err` when there is none.
    Trial(std::result::Result<f64, Error>),
    /// From [`Job::Adjust`].
    Adjusted(Box<Adjusted>),
    /// From [`Job::FitPart`].
    Part(Box<Model>),
    /// From [`Job::Compare`]: one entry a metric of the task.
    Compared(Vec<Resampled>),
    /// From [`Job::Holdout`]: the model's result, and the baseline's.
    Holdout(Box<FoldResult>, Option<Box<FoldResult>>),
    /// From [`Job::Importance`]: one entry a raw column.
    Importance(Vec<Importance>),
    /// From [`Job::Analyse`].
    Analysed(std::result::Result<Box<Analysis>, Error>),
    /// From [`Job::Permuted`]: the score, and how many rows took part.
    Permuted(std::result::Result<f64, Error>, u64),
    /// From [`Job::Curve`]: the fold, rows learned from, and rows there are; `Err` when the learner could not learn from so few.
    Curve(std::result::Result<Box<FoldResult>, Error>, (u64, u64)),
    /// From [`Job::Explain`]; `Err` when there is nothing to explain.
    Explained(std::result::Result<Box<Explained>, Error>),
}

impl Context {
    /// Runs a job. `pulse` is told units done and all units of this job, now and then.
    ///
    /// # Errors
    /// The job needs a part of the context that was never set, or its method cannot give a result.
    pub fn run(&mut self, job: Job, pulse: &mut dyn FnMut(u64, u64)) -> Result<JobOutput> {
        pulse(0, 1);
        let told = RefCell::new(pulse);
        let go_on = || told.borrow_mut()(0, 1);
        let output = match job {
            Job::Rule(index) => self.rule(index).map(JobOutput::Checked),
            Job::Check(index) => self.check(index).map(JobOutput::Checked),
            Job::Price { set, fold } => self.price(set, fold),
            Job::Split(part) => self.split_part(part),
            Job::Power(part) => self.power(part),
            Job::Recipe(learner) => self.recipe(learner),
            Job::Segment(k) => self.segment(k, &go_on),
            Job::Fidelity => self.fidelity(),
            Job::Unaugmented(learner) => self.unaugmented(learner, &go_on),
            Job::Fold { learner, fold } => self.fold(learner, fold, &go_on),
            Job::Trial { trial, fold } => self.trial(trial, fold, &go_on),
            Job::Nested { learner, fold } => self.nested(learner, fold, &go_on),
            Job::FitPart { learner, part } => self.fit_part(learner, part, &go_on),
            Job::Adjust(learner) => self.adjust(learner),
            Job::Compare(learner) => self.compare(learner),
            Job::Holdout { baseline } => self.holdout(baseline, &go_on),
            Job::Analyse { learner, baseline, rival } => self.analyse(learner, baseline, rival),
            Job::Permuted { learner, index } => self.permuted(learner, index, &go_on),
            Job::Curve { learner, share, fold } => self.curve(learner, share, fold, &go_on),
            Job::Importance { learner, fold } => self.importance(learner, fold, &go_on),
            Job::Explain { learner, fold } => Ok(JobOutput::Explained(self.explain(learner, fold, &go_on).map(Box::new))),
        }?;
        told.borrow_mut()(1, 1);
        Ok(output)
    }

    fn rule(&self, index: u32) -> Result<Checked> {
        let rule = RULES.get(index as usize).ok_or_else(|| Error::internal("a rule that is not listed"))?;
        let plan = self.plan().ok();
        let input = QualityInput { table: self.table()?, profiles: self.profiles()?, task: plan.map(|p| &p.task), own: self.own_rules() };
        Ok((rule.check)(&input))
    }

    fn check(&mut self, index: u32) -> Result<Checked> {
        run_check(index as usize, &self.audit_input()?).ok_or_else(|| Error::internal("a check that is not listed"))
    }

    fn recipe(&mut self, learner: Option<u32>) -> Result<JobOutput> {
        let Some(index) = learner else {
            return Ok(JobOutput::Recipe(Box::new(self.told_recipe(Part::Development, Variant { scaled: true, ..Variant::default() })?), 1));
        };
        let (entry, params) = self.learner(index)?;
        let seed = self.plan()?.seed;
        let prepared = self.prepared(Part::Development, Variant::of(entry), seed)?;
        let parts = (entry.parts)(&params, &prepared.train).max(1);
        let parts = u32::try_from(parts).map_err(|_| Error::internal("too many parts"))?;
        Ok(JobOutput::Recipe(Box::new(prepared.recipe.clone()), parts))
    }

    fn segment(&mut self, k: u32, pulse: &dyn Fn()) -> Result<JobOutput> {
        let seed = self.plan()?.seed;
        // Unscaled, so that segments are told in the units of the columns; they are scaled in there.
        let train = &self.prepared(Part::Development, Variant::default(), seed)?.train;
        Ok(JobOutput::Segmented(segment(train, k, seed, pulse).map(Box::new)))
    }

    fn fold(&mut self, learner: u32, fold: u32, pulse: &dyn Fn()) -> Result<JobOutput> {
        let (entry, params) = self.learner(learner)?;
        Ok(JobOutput::Fold(self.learn(entry, &params, learner, fold, true, pulse)?.map(Box::new)))
    }

    /// Learns from a fold's training rows and judges its validation rows, and with `out_of_bag` a forest's own; `Err` inside when the learner could not learn from this fold.
    pub(super) fn learn(
        &mut self,
        entry: &Learner,
        params: &Params,
        learner: u32,
        fold: u32,
        out_of_bag: bool,
        pulse: &dyn Fn(),
    ) -> Result<Result<FoldResult>> {
        let seed = self.plan()?.seed;
        self.judge()?;
        self.prepared(Part::Fold(fold), Variant::of(entry), seed)?;
        let prepared = self.made_part()?;
        let (rows, features) = prepared.validation.as_ref().ok_or_else(|| Error::internal("a fold without validation rows"))?;
        let model = match entry.fit_with_pulse(params, &prepared.train, seed, pulse) {
            Ok(model) => model,
            Err(error) => return Ok(Err(error)),
        };
        let predictions = match model.predict_with_pulse(features, pulse) {
            Ok(predictions) => predictions,
            Err(error) => return Ok(Err(error)),
        };
        pulse();
        let mut result = self.made_judge()?.score(learner as usize, fold as usize, rows.clone(), predictions)?;
        let looked_at = out_of_bag && (fold == 0 || prepared.train.n_rows() <= OUT_OF_BAG_ROWS);
        if looked_at && let Some(judged) = judged_out_of_bag(entry.id, params, &prepared.train, &model, seed) {
            result.out_of_bag = self.score_out_of_bag(&prepared.train, judged?)?;
        }
        Ok(Ok(result))
    }

    /// The plan's metric of real training rows by trees that had not drawn them.
    fn score_out_of_bag(&self, train: &TrainingSet, judged: OutOfBag) -> Result<Option<f64>> {
        let judge = Judge { truth: train.target(), ..self.made_judge()? };
        let width = judged.predictions.n_classes.max(1);
        // Synthetic rows stand after the real ones.
        let rows: Vec<u32> = judged.rows.iter().copied().filter(|&i| (i as usize) < train.n_real()).collect();
        let mut predictions = judged.predictions;
        predictions.values.truncate(rows.len() * width);
        let scores = judge.score(0, 0, rows, predictions)?.scores;
        Ok(scores.get(&self.plan()?.metric).copied().flatten())
    }

    pub(super) fn own_folds(&self, learner: u32) -> Result<Vec<&FoldResult>> {
        Ok(self.folds()?.iter().filter(|f| f.learner == learner as usize).collect())
    }

    fn adjust(&mut self, learner: u32) -> Result<JobOutput> {
        self.judge()?;
        let adjusted = adjust(&self.made_judge()?, &self.own_folds(learner)?, &self.plan()?.adjust)?;
        Ok(JobOutput::Adjusted(Box::new(adjusted)))
    }

    fn compare(&mut self, learner: u32) -> Result<JobOutput> {
        self.judge()?;
        let judge = self.made_judge()?;
        let own = self.own_folds(learner)?;
        let metrics: Vec<_> = metrics_for(judge.kind).collect();
        judge.resample(&own, &metrics).map(JobOutput::Compared)
    }

    fn fit_part(&mut self, learner: u32, part: u32, pulse: &dyn Fn()) -> Result<JobOutput> {
        let (entry, params) = self.learner(learner)?;
        let seed = self.plan()?.seed;
        let prepared = self.prepared(Part::Development, Variant::of(entry), seed)?;
        let model = (entry.fit_part)(&FitPart { params: &params, train: &prepared.train, part: part as usize, seed, pulse })?;
        Ok(JobOutput::Part(Box::new(model)))
    }

    fn holdout(&mut self, baseline: Option<u32>, pulse: &dyn Fn()) -> Result<JobOutput> {
        let rows = self.open_holdout()?;
        let fitted = self.fitted()?;
        let predictions = fitted.model.predict_with_pulse(&fitted.recipe.apply(self.table()?, &rows)?, pulse)?;
        let list = rows.as_slice().to_vec();
        let predictions = self.fitted()?.adjustment.apply(predictions);
        let model = self.judge()?.score(0, 0, list.clone(), predictions)?;
        let Some(index) = baseline else { return Ok(JobOutput::Holdout(Box::new(model), None)) };
        let (entry, params) = self.learner(index)?;
        let seed = self.plan()?.seed;
        let prepared = self.prepared(Part::Development, Variant::of(entry), seed)?;
        let (rule, recipe) = (entry.fit(&params, &prepared.train, seed)?, prepared.recipe.clone());
        let predictions = rule.predict(&recipe.apply(self.table()?, &rows)?)?;
        let rule = self.judge()?.score(index as usize, 0, list, predictions)?;
        Ok(JobOutput::Holdout(Box::new(model), Some(Box::new(rule))))
    }

    fn importance(&mut self, learner: u32, fold: u32, pulse: &dyn Fn()) -> Result<JobOutput> {
        let (entry, params) = self.learner(learner)?;
        let (seed, main) = (self.plan()?.seed, metric(&self.plan()?.metric)?);
        self.judge()?;
        self.prepared(Part::Fold(fold), Variant::of(entry), seed)?;
        let (judge, prepared) = (self.made_judge()?, self.made_part()?);
        let (rows, features) = prepared.validation.as_ref().ok_or_else(|| Error::internal("a fold without validation rows"))?;
        let model = entry.fit_with_pulse(&params, &prepared.train, seed, pulse)?;
        let adjustment = &self.fitted()?.adjustment;
        let predict = |features: &Features| model.predict_with_pulse(features, pulse).map(|predictions| adjustment.apply(predictions));
        let groups = column_groups(features);
        let one = |(i, (column, members)): (usize, &(String, Vec<usize>))| {
            pulse();
            permutation_importance(&judge, &predict, features, rows, main, (i, column, members))
        };
        groups.iter().enumerate().map(one).collect::<Result<_>>().map(JobOutput::Importance)
    }

    fn explain(&mut self, learner: u32, fold: Option<u32>, pulse: &dyn Fn()) -> Result<Explained> {
        self.judge()?;
        let Some(fold) = fold else {
            let unseen = self.open_holdout()?;
            let train = self.development_rows()?;
            let (fitted, judge) = (self.fitted()?, self.made_judge()?);
            let (train, unseen) = (train.as_slice(), unseen.as_slice());
            let (model, recipe) = (&fitted.model, &fitted.recipe);
            return explain(&Ask { model, recipe, table: self.table()?, train, unseen, sealed: true, judge: &judge, pulse });
        };
        let (entry, params) = self.learner(learner)?;
        let seed = self.plan()?.seed;
        let (train, unseen) = self.fold_rows(fold)?;
        self.prepared(Part::Fold(fold), Variant::of(entry), seed)?;
        let (judge, prepared) = (self.made_judge()?, self.made_part()?);
        let model = &entry.fit_with_pulse(&params, &prepared.train, seed, pulse)?;
        let (train, unseen) = (train.rows().as_slice(), unseen.as_slice());
        explain(&Ask { model, recipe: &prepared.recipe, table: self.table()?, train, unseen, sealed: false, judge: &judge, pulse })
    }

    fn learner(&self, index: u32) -> Result<(&'static Learner, Params)> {
        let chosen = self.plan()?.learners.get(index as usize).ok_or_else(|| Error::internal("a learner that is not planned"))?;
        let entry = learners::find(&chosen.id).ok_or_else(|| Error::internal("a learner that is not listed"))?;
        Ok((entry, Params::check(entry.params, &chosen.params)?))
    }
}
