//! The search for hyperparameters as a stage: its waves, what they add up to, and the plan with the winners.
//!
//! A trial on a fold is one job. It is prepared and judged exactly as the learners of the leaderboard are, on the same folds, so time-ordered
//! folds stay in time order. A nested job is a whole search inside the training rows of one fold, on inner folds dealt by the same
//! strategy, whose winner is judged once on the rows of the fold.

use super::context::{Context, ContextPart};
use super::job::{Job, JobOutput};
use super::outcome::Outcome;
use super::run::Wave;
use super::stage::Stage;
use crate::error::{Error, Result};
use crate::evaluate::{Direction, Estimate, FoldResult, Judge, adjust, metric};
use crate::features::{Features, TrainingSet};
use crate::math::sort;
use crate::model::{Learner, learners};
use crate::param::{Given, Params, Value};
use crate::prepare::Variant;
use crate::settings::{Chosen, Plan};
use crate::split::{Fold, SplitSettings, make};
use crate::tune::{Ask, Choices, Ranges, Rules, SAMPLERS, Search, Space, State, Trial, find};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Folds of a nested search: it is repeated for every fold, so that more would cost more than they tell.
const INNER_FOLDS: u32 = 3;

/// The search of one learner of the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Searched {
    /// Position of the learner in the plan as it was before any winner was added.
    pub learner: usize,
    /// What was tried.
    pub search: Search,
    /// Scores of nested winners by fold, if they were asked for and are known; `None` where not computable.
    pub nested: Option<Vec<Option<f64>>>,
    /// Paired gain of the winner over the learner as chosen, once both are compared.
    pub gain: Option<Estimate>,
}

/// A job of the wave: whose trial, and where its hyperparameters stand in the list that goes with the wave.
struct Asked {
    search: usize,
    ask: Ask,
    trial: u32,
}

/// What a search of this learner goes by; `None` when it has nothing to search.
fn rules(plan: &Plan, learner: usize, key: String) -> Option<(Rules, usize)> {
    let (choice, chosen) = (plan.search.as_ref()?, plan.learners.get(learner)?);
    let entry = learners::find(&chosen.id).filter(|l| !l.baseline)?;
    let asked_for = choice.learners.is_empty() || choice.learners.contains(&chosen.id);
    let sampler = find(&choice.method.id).or_else(|| SAMPLERS.first())?;
    let params = Params::check(sampler.params, &choice.method.params).ok()?;
    // Length and nesting do not change what is tried: two searches that differ in them share their trials.
    let mut given = choice.method.params.clone();
    given.retain(|name, _| name != "trials" && name != "nested");
    let prefix = format!("{}.", chosen.id);
    let ranges: Ranges = choice.ranges.iter().filter_map(|(name, range)| Some((name.strip_prefix(&prefix)?.to_owned(), *range))).collect();
    let choices: Choices = choice.choices.iter().filter_map(|(name, words)| Some((name.strip_prefix(&prefix)?.to_owned(), words.clone()))).collect();
    let space = Space::of_words(entry.params, &chosen.params, &ranges, &choices);
    let rules = Rules {
        method: sampler.id.to_owned(),
        params: Params::check(sampler.params, &given).ok()?,
        folds: plan.split.folds as usize,
        metric: plan.metric.clone(),
        higher: metric(&plan.metric).ok()?.direction == Direction::Higher,
        seed: plan.seed,
        key,
        space,
        adjust: adjusted_by(plan),
    };
    (asked_for && !rules.space.dimensions.is_empty()).then(|| (rules, params.count("trials")))
}

/// Calibration and threshold that trials are judged with: where learners are compared with them, and they change the metric.
pub(super) fn adjusted_by(plan: &Plan) -> Option<Params> {
    let changes = plan.search.is_some() && plan.task.kind.is_classification() && metric(&plan.metric).is_ok_and(|m| adjust::changes(&plan.adjust, m));
    changes.then(|| plan.adjust.clone())
}

/// The searches of a plan; those of `before` that go by the same rules keep their trials.
pub(super) fn searches(plan: &Plan, before: Vec<Searched>) -> Vec<Searched> {
    let one = |(learner, chosen): (usize, &Chosen)| {
        let nth = plan.learners.iter().take(learner + 1).filter(|c| c.id == chosen.id).count();
        let key = if nth == 1 { chosen.id.clone() } else { format!("{}#{nth}", chosen.id) };
        let (rules, wanted) = rules(plan, learner, key)?;
        let known = before.iter().find(|s| *s.search.rules() == rules).map(|s| s.search.clone());
        let mut search = known.unwrap_or_else(|| Search::new(rules, wanted));
        search.resize(wanted);
        Some(Searched { learner, search, nested: None, gain: None })
    };
    plan.learners.iter().enumerate().filter_map(one).collect()
}

/// The plan with the winner of each search after the learner it was searched for, once all searches are done. A winner that is the learner as
/// chosen adds nothing.
pub(super) fn with_winners(plan: &Arc<Plan>, searched: &[Searched]) -> Arc<Plan> {
    if searched.is_empty() || searched.iter().any(|s| !s.search.is_done()) {
        return Arc::clone(plan);
    }
    let mut all: Vec<Chosen> = Vec::new();
    let mut tuned = Vec::new();
    for (at, chosen) in plan.learners.iter().enumerate() {
        all.push(chosen.clone());
        let own = searched.iter().find(|s| s.learner == at);
        if let Some(winner) = own.and_then(|s| s.search.trials().get(s.search.best().filter(|b| *b > 0)?)) {
            tuned.extend(u32::try_from(all.len()));
            all.push(Chosen { params: winner.params.clone(), ..chosen.clone() });
        }
    }
    Arc::new(Plan { learners: all, tuned, ..Plan::clone(plan) })
}

/// Where the learner at `learner` before winners were added stands now.
fn place(plan: &Plan, learner: usize) -> Option<u32> {
    (0..u32::try_from(plan.learners.len()).unwrap_or(u32::MAX)).filter(|at| !plan.tuned.contains(at)).nth(learner)
}

/// Fold by fold, and within a fold those that share a preparation together.
fn asked(plan: &Plan, searched: &[Searched]) -> (Vec<Asked>, Vec<Chosen>) {
    let mut trials: Vec<Chosen> = Vec::new();
    let mut all = Vec::new();
    for (search, one) in searched.iter().enumerate() {
        let mut places: BTreeMap<usize, u32> = BTreeMap::new();
        let chosen = plan.learners.get(one.learner).cloned().unwrap_or_default();
        let variant = learners::find(&chosen.id).map(Variant::of);
        for ask in one.search.asks() {
            let trial = *places.entry(ask.trial).or_insert_with(|| {
                let params = one.search.trials().get(ask.trial).map(|t| t.params.clone()).unwrap_or_default();
                trials.push(Chosen { params, ..chosen.clone() });
                u32::try_from(trials.len() - 1).unwrap_or(u32::MAX)
            });
            all.push((variant, Asked { search, ask, trial }));
        }
    }
    sort::by_key(&mut all, |(variant, a)| (a.ask.fold, *variant, a.trial));
    (all.into_iter().map(|(_, a)| a).collect(), trials)
}

/// The next wave of trials.
pub(super) fn wave(plan: &Plan, searched: &[Searched]) -> Wave {
    let (asked, trials) = asked(plan, searched);
    let job = |a: Asked| Job::Trial { trial: a.trial, fold: u32::try_from(a.ask.fold).unwrap_or(u32::MAX) };
    let jobs = asked.into_iter().map(job).collect();
    Wave { stage: Stage::Search, title: Stage::Search.title(), jobs, needs: Some(ContextPart::Trials(Arc::new(trials))) }
}

/// Nested searches: every searched learner in every fold.
pub(super) fn nested_jobs(plan: &Plan, searched: &[Searched]) -> Vec<Job> {
    let places: Vec<u32> = searched.iter().filter_map(|s| place(plan, s.learner)).collect();
    (0..plan.split.folds).flat_map(|fold| places.clone().into_iter().map(move |learner| Job::Nested { learner, fold })).collect()
}

/// Whether nested searches are asked for.
pub(super) fn wants_nested(plan: &Plan) -> bool {
    plan.search.as_ref().is_some_and(|c| c.method.params.get("nested") == Some(&Value::Switch(true)))
}

impl Outcome {
    /// Whether all searches are done.
    pub(super) fn is_searched(&self) -> bool {
        self.searched.iter().all(|s| s.search.is_done())
    }

    /// Trials settled, and trials in all.
    #[must_use]
    pub fn trials_done(&self) -> (u64, u64) {
        self.searched.iter().fold((0, 0), |(done, all), s| (done + s.search.n_settled() as u64, all + s.search.wanted() as u64))
    }

    /// Fits that are done or need not be, and fits in all.
    #[must_use]
    pub fn fits_done(&self) -> (u64, u64) {
        let of = |t: &Trial| if t.state == State::Open { t.scores.iter().flatten().count() } else { t.scores.len() } as u64;
        let one = |s: &Searched| (s.search.trials().iter().map(of).sum::<u64>(), (s.search.wanted() * s.search.rules().folds) as u64);
        self.searched.iter().map(one).fold((0, 0), |(done, all), (d, a)| (done + d, all + a))
    }

    /// Takes the scores of a wave, or of the part of it that is known.
    pub(super) fn take_trials<'a>(&mut self, plan: &Plan, results: impl Iterator<Item = Option<&'a Result<JobOutput>>>) -> Result<()> {
        let (asked, _) = asked(plan, &self.searched);
        for (asked, result) in asked.iter().zip(results) {
            let Some(one) = self.searched.get_mut(asked.search) else { continue };
            match result {
                Some(Ok(JobOutput::Trial(score))) => one.search.take(asked.ask, score.clone()),
                Some(Ok(_)) => return Err(Error::internal("a trial that is none")),
                Some(Err(error)) => return Err(error.clone()),
                None => {}
            }
        }
        self.searched.iter_mut().for_each(|s| s.search.settle());
        Ok(())
    }

    /// Takes the scores of nested winners. A fold in which a search found nothing has none.
    pub(super) fn take_nested(&mut self, plan: &Plan, jobs: &[Job], results: Vec<Result<JobOutput>>) -> Result<()> {
        let folds = plan.split.folds as usize;
        self.searched.iter_mut().for_each(|s| s.nested = Some(vec![None; folds]));
        for (job, result) in jobs.iter().zip(results) {
            let (Job::Nested { learner, fold }, JobOutput::Trial(score)) = (job, result?) else {
                return Err(Error::internal("a nested search that is none"));
            };
            let own = self.searched.iter_mut().find(|s| place(plan, s.learner) == Some(*learner));
            if let Some(slot) = own.and_then(|s| s.nested.as_mut()?.get_mut(*fold as usize)) {
                *slot = score.ok();
            }
        }
        Ok(())
    }

    /// Takes the paired gains of winners over their learners; `gain` is asked for two positions in the plan.
    pub(super) fn take_gains(&mut self, plan: &Plan, gain: &dyn Fn(usize, usize) -> Option<Estimate>) {
        for one in &mut self.searched {
            let at = place(plan, one.learner);
            one.gain = at.filter(|at| plan.tuned.contains(&(at + 1))).and_then(|at| gain(at as usize + 1, at as usize));
        }
    }
}

impl Context {
    /// A trial on a fold: its score in the plan's metric.
    pub(super) fn trial(&mut self, trial: u32, fold: u32, pulse: &dyn Fn()) -> Result<JobOutput> {
        let chosen = self.trials()?.get(trial as usize).ok_or_else(|| Error::internal("a trial that is not listed"))?;
        let (entry, params) = checked(chosen)?;
        self.scored(entry, &params, fold, pulse).map(JobOutput::Trial)
    }

    /// A whole search inside the training rows of a fold, and its winner judged on the rows of the fold.
    pub(super) fn nested(&mut self, learner: u32, fold: u32, pulse: &dyn Fn()) -> Result<JobOutput> {
        let (plan, at) = (self.plan()?.clone(), learner as usize);
        let chosen = plan.learners.get(at).ok_or_else(|| Error::internal("a learner that is not planned"))?;
        let (entry, _) = checked(chosen)?;
        let lost = || Error::internal("a nested search of nothing");
        let (rules, wanted) = rules(&plan, at, format!("{}/{fold}", chosen.id)).ok_or_else(lost)?;
        let inner = match self.inner_folds(&plan, fold) {
            Ok(inner) => inner,
            Err(error) => return Ok(JobOutput::Trial(Err(error))),
        };
        let mut parts: Vec<(TrainingSet, Vec<u32>, Features)> = Vec::with_capacity(inner.len());
        for fold in &inner {
            let made = self.prepare_rows(&fold.train, Some(&fold.validation), Variant::of(entry), plan.seed)?;
            let (rows, features) = made.validation.ok_or_else(lost)?;
            parts.push((made.train, rows, features));
            pulse();
        }
        let mut search = Search::new(Rules { folds: parts.len(), ..rules }, wanted);
        self.judge()?;
        search.run(&mut |given: &Given, fold| {
            let (train, rows, features) = parts.get(fold).ok_or_else(lost)?;
            let params = Params::check(entry.params, given)?;
            let predictions = entry.fit_with_pulse(&params, train, plan.seed, pulse)?.predict_with_pulse(features, pulse)?;
            let judge = self.made_judge()?;
            let result = judge.score(0, fold, rows.clone(), predictions)?;
            as_compared(&plan, &judge, result)
        });
        let winner = search.best().and_then(|b| search.trials().get(b)).map(|t| t.params.clone());
        drop(parts);
        match winner {
            Some(params) => self.scored(entry, &Params::check(entry.params, &params)?, fold, pulse).map(JobOutput::Trial),
            None => Ok(JobOutput::Trial(Err(nothing_found(entry)))),
        }
    }

    /// A learner on a fold: its score in the plan's metric; `Err` inside when it has none.
    fn scored(&mut self, entry: &Learner, params: &Params, fold: u32, pulse: &dyn Fn()) -> Result<Result<f64>> {
        let learned = self.learn(entry, params, 0, fold, false, pulse)?;
        Ok(learned.and_then(|result| as_compared(self.plan()?, &self.made_judge()?, result)))
    }

    /// Folds inside the training rows of a fold, dealt by the same strategy: the others have no target for it.
    fn inner_folds(&mut self, plan: &Plan, fold: u32) -> Result<Vec<Fold>> {
        let (train, _) = self.fold_rows(fold)?;
        let mut target = self.target()?.clone();
        let mut inside = vec![false; target.values.len()];
        for &row in train.rows().as_slice() {
            if let Some(mark) = inside.get_mut(row as usize) {
                *mark = true;
            }
        }
        target.values.iter_mut().zip(&inside).filter(|(_, inside)| !**inside).for_each(|(value, _)| *value = f64::NAN);
        let settings = SplitSettings { holdout: 0.0, folds: plan.split.folds.min(INNER_FOLDS), repeats: 1, ..plan.split.clone() };
        Ok(make(self.table()?, &plan.task, &target, &settings, None, plan.seed)?.folds)
    }
}

fn checked(chosen: &Chosen) -> Result<(&'static Learner, Params)> {
    let entry = learners::find(&chosen.id).ok_or_else(|| Error::internal("a learner that is not listed"))?;
    Ok((entry, Params::check(entry.params, &chosen.params)?))
}

/// The score of a fold in the plan's metric, with calibration and threshold as learners are compared with.
fn as_compared(plan: &Plan, judge: &Judge<'_>, result: FoldResult) -> Result<f64> {
    match adjusted_by(plan) {
        Some(params) => score_of(plan, adjust::adjust_within(judge, &result, &params)?.scores),
        None => score_of(plan, result.scores),
    }
}

fn score_of(plan: &Plan, scores: BTreeMap<String, Option<f64>>) -> Result<f64> {
    let title = metric(&plan.metric)?.title;
    let score = scores.get(&plan.metric).copied().flatten().filter(|s| s.is_finite());
    score.ok_or_else(|| Error::not_computable(title, "its rows do not determine it", "Choose another metric or fewer folds."))
}

fn nothing_found(entry: &Learner) -> Error {
    Error::not_computable(entry.title, "no trial inside the fold gave a score", "Use more rows or fewer folds.")
}
