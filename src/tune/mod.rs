//! Search for hyperparameters: what may be tried, what is tried next, when a trial is given up, and what was learned from all of them.
//!
//! A [`Search`] is one learner's. Trial 0 is the learner as it was chosen; the others come from a [`Sampler`], [`BATCH`] at a time. What is proposed
//! for a batch, and whether one of its trials is given up, depends on the trials of earlier batches only: so the result does not depend on
//! the number of workers, and the first n trials of a longer search are those of a shorter one. A search that was stopped goes on, one that is
//! made longer keeps what it has.
//!
//! Nothing here fits a model: [`Search::asks`] says which trial wants which fold, [`Search::take`] is told the score.

mod halving;
mod importance;
mod optimism;
mod parzen;
mod pruning;
pub mod samplers;
mod space;
#[cfg(test)]
mod tests;

pub use importance::importance;
pub use optimism::{Optimism, corrected, optimism};
pub use pruning::{Pruning, WARM_UP};
pub use samplers::{SAMPLERS, Sampler, find};
pub use space::{Choices, Ranges, Space, usual_range};

use crate::error::Error;
use crate::math::sort;
use crate::math::sum;
use crate::param::{Given, Params};
use samplers::{Asked, Seen};

/// Trials proposed from the same history: enough for the workers of a usual machine; a constant, so that the result never depends on them.
pub const BATCH: usize = 4;

/// How far a trial is.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Some folds are outstanding.
    Open,
    /// Judged on all folds.
    Done,
    /// Given up: it was not promising.
    Pruned,
    /// The learner gave no result with it.
    Failed(Error),
}

/// One setting of a learner's hyperparameters, tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Hyperparameters that were set or tried; the others are at their defaults.
    pub params: Given,
    /// Where it is in the space, shape `(n_dimensions,)`.
    pub at: Vec<f64>,
    /// Score by fold in the metric's own direction; `None` where it was not judged.
    pub scores: Vec<Option<f64>>,
    /// How far it is.
    pub state: State,
}

impl Trial {
    fn new(params: Given, at: Vec<f64>, folds: usize) -> Self {
        Self { params, at, scores: vec![None; folds], state: State::Open }
    }

    /// Mean score over the folds it was judged on; `None` before the first, or when it failed.
    #[must_use]
    pub fn score(&self) -> Option<f64> {
        let scores: Vec<f64> = self.scores.iter().flatten().copied().collect();
        (!scores.is_empty() && !matches!(self.state, State::Failed(_))).then(|| sum::mean(&scores))
    }
}

/// What a search goes by. Two searches by the same rules are one, as long as the longer.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// Name of the method.
    pub method: String,
    /// Its settings.
    pub params: Params,
    /// What is searched.
    pub space: Space,
    /// Number of folds every trial is judged on.
    pub folds: usize,
    /// The metric that scores are of.
    pub metric: String,
    /// Whether a higher score is better.
    pub higher: bool,
    /// Seed of the run.
    pub seed: u64,
    /// Whose search it is.
    pub key: String,
    /// Calibration and threshold that trials are judged with, where these change the metric.
    pub adjust: Option<Params>,
}

/// A trial that wants to be judged on a fold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Which trial.
    pub trial: usize,
    /// Which fold.
    pub fold: usize,
}

/// The search of one learner.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    rules: Rules,
    wanted: usize,
    trials: Vec<Trial>,
    /// Whether the method has nothing left to try.
    spent: bool,
}

impl Search {
    /// A search of `wanted` trials, the first of which is the learner as it was chosen.
    #[must_use]
    pub fn new(rules: Rules, wanted: usize) -> Self {
        let (params, at) = rules.space.start();
        let first = Trial::new(params, at, rules.folds);
        let mut search = Self { rules, wanted, trials: vec![first], spent: false };
        search.settle();
        search
    }

    /// What it goes by.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Makes it longer or shorter; trials beyond the end are kept for when it is made longer again.
    pub fn resize(&mut self, wanted: usize) {
        self.wanted = wanted;
        self.settle();
    }

    /// How many trials there will be.
    #[must_use]
    pub fn wanted(&self) -> usize {
        if self.spent { self.wanted.min(self.trials.len()) } else { self.wanted }
    }

    /// The trials so far, in order.
    #[must_use]
    pub fn trials(&self) -> &[Trial] {
        self.trials.get(..self.wanted).unwrap_or(&self.trials)
    }

    /// Number of trials that are not open any more.
    #[must_use]
    pub fn n_settled(&self) -> usize {
        self.trials().iter().filter(|t| t.state != State::Open).count()
    }

    /// Whether all trials are settled.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.n_settled() >= self.wanted()
    }

    /// The complete trial with the best mean score; the earliest of equals.
    #[must_use]
    pub fn best(&self) -> Option<usize> {
        let complete = self.trials().iter().enumerate().filter(|(_, t)| t.state == State::Done).filter_map(|(i, t)| Some((i, self.loss(t.score()?))));
        complete.reduce(|best, next| if next.1 < best.1 { next } else { best }).map(|(i, _)| i)
    }

    fn loss(&self, score: f64) -> f64 {
        if self.rules.higher { -score } else { score }
    }

    /// What can be judged now, fold by fold: every open trial on its next fold, or on all folds up to where it is weighed.
    #[must_use]
    pub fn asks(&self) -> Vec<Ask> {
        let open = |(trial, t): (usize, &Trial)| {
            let until = if t.state == State::Open { self.judged_at(trial, t.prefix().len() + 1) } else { 0 };
            (0..until).filter(|&fold| t.scores.get(fold).is_some_and(Option::is_none)).map(|fold| Ask { trial, fold }).collect::<Vec<_>>()
        };
        let mut asks: Vec<Ask> = self.trials().iter().enumerate().flat_map(open).collect();
        sort::by_key(&mut asks, |a| (a.fold, a.trial));
        asks
    }

    /// The number of folds, from `least`, after which a trial is weighed next.
    fn judged_at(&self, trial: usize, least: usize) -> usize {
        let (all, pruning) = (self.rules.folds, self.pruning());
        let warm = pruning != Pruning::Median || self.before(trial).len() >= WARM_UP;
        (least..all).find(|&k| warm && pruning.judges_after(k, all)).unwrap_or(all)
    }

    fn pruning(&self) -> Pruning {
        Pruning::from_id(self.rules.params.word("pruning"))
    }

    /// The trials of the batches before that of a trial.
    fn before(&self, trial: usize) -> &[Trial] {
        self.trials.get(..trial / BATCH * BATCH).unwrap_or_default()
    }

    /// Takes the score of a trial on a fold; `Err`, or a score that is not computable, ends the trial.
    pub fn take(&mut self, ask: Ask, score: Result<f64, Error>) {
        let Some(trial) = self.trials.get_mut(ask.trial) else { return };
        match (score, trial.scores.get_mut(ask.fold)) {
            (Ok(score), Some(slot)) => *slot = Some(score),
            (Err(error), _) if trial.state == State::Open => trial.state = State::Failed(error),
            _ => {}
        }
    }

    /// Weighs the open trials, and proposes the next batch when all are settled. To be called after scores were taken.
    pub fn settle(&mut self) {
        for at in 0..self.trials.len() {
            if let Some(state) = self.verdict(at) {
                self.trials[at].state = state;
            }
        }
        while !self.spent && self.trials.len() < self.wanted && self.n_open() == 0 {
            let from = self.trials.len();
            let to = ((from / BATCH + 1) * BATCH).min(self.wanted);
            (from..to).for_each(|index| self.propose(index));
        }
    }

    fn n_open(&self) -> usize {
        self.trials.iter().filter(|t| t.state == State::Open).count()
    }

    /// The state of an open trial, if it is not open any more.
    fn verdict(&self, at: usize) -> Option<State> {
        let trial = self.trials.get(at).filter(|t| t.state == State::Open)?;
        let all = self.rules.folds;
        let own = self.losses(trial);
        if own.len() >= all {
            return Some(State::Done);
        }
        let judged = || self.before(at).iter().filter(|t| !matches!(t.state, State::Failed(_)));
        let peers: Vec<Vec<f64>> = judged().map(|t| self.losses(t)).collect();
        let peers: Vec<&[f64]> = peers.iter().map(Vec::as_slice).collect();
        let pruning = self.pruning();
        let ends = |k: usize| pruning.judges_after(k, all) && own.get(..k).is_some_and(|own| pruning.gives_up(own, &peers, all));
        (1..=own.len()).any(ends).then_some(State::Pruned)
    }

    /// Losses of the first folds that a trial was judged on without a gap.
    fn losses(&self, trial: &Trial) -> Vec<f64> {
        trial.prefix().into_iter().map(|s| self.loss(s)).collect()
    }

    fn propose(&mut self, index: usize) {
        let Some(sampler) = find(&self.rules.method) else {
            self.spent = true;
            return;
        };
        let seen = |t: &Trial| {
            let folds = self.losses(t).len();
            t.score().map(|score| Seen { at: t.at.clone(), loss: self.loss(score), folds })
        };
        let seen: Vec<Seen> = self.before(index).iter().filter_map(seen).collect();
        let Rules { space, params, seed, key, .. } = &self.rules;
        // Trials of the same batch count as out, even if they were judged before the search was made longer.
        let out: Vec<&[f64]> = self.trials.get(index / BATCH * BATCH..).unwrap_or_default().iter().map(|t| t.at.as_slice()).collect();
        let at =
            (sampler.propose)(&Asked { space, seen: &seen, out: &out, params, seed: *seed, key, index: u32::try_from(index).unwrap_or(u32::MAX) });
        match at.map(|at| space.settled(&at)) {
            Some(at) => self.trials.push(Trial::new(space.given(&at), at, self.rules.folds)),
            None => self.spent = true,
        }
    }

    /// Share of the variance of the complete trials that each dimension explains, with its name on screen.
    #[must_use]
    pub fn importance(&self) -> Vec<(&'static str, Option<f64>)> {
        let complete: Vec<(&[f64], f64)> =
            self.trials().iter().filter(|t| t.state == State::Done).filter_map(|t| Some((t.at.as_slice(), self.loss(t.score()?)))).collect();
        let (points, losses): (Vec<&[f64]>, Vec<f64>) = complete.into_iter().unzip();
        let shares = importance(&self.rules.space, &points, &losses);
        self.rules.space.dimensions.iter().map(|d| d.title).zip(shares).collect()
    }

    /// Runs the whole search here: `judge` scores hyperparameters on a fold.
    pub fn run(&mut self, judge: &mut dyn FnMut(&Given, usize) -> Result<f64, Error>) {
        loop {
            let asks = self.asks();
            if asks.is_empty() {
                return;
            }
            for ask in asks {
                let Some(trial) = self.trials.get(ask.trial).filter(|t| t.state == State::Open) else { continue };
                let score = judge(&trial.params.clone(), ask.fold);
                self.take(ask, score);
            }
            self.settle();
        }
    }
}

impl Trial {
    /// Scores of the first folds without a gap.
    fn prefix(&self) -> Vec<f64> {
        self.scores.iter().map_while(|s| *s).collect()
    }
}
