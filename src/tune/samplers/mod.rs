//! How the next trial is chosen: one file a method. Screens, command line and report read [`SAMPLERS`].

mod grid;
mod random;
mod tpe;

use super::space::Space;
use crate::param::{Domain, ParamSpec, Params};

/// A method of search, described as data.
pub struct Sampler {
    /// Name in settings ("tpe").
    pub id: &'static str,
    /// Name on screen.
    pub title: &'static str,
    /// What it does and when it helps; source.
    pub doc: &'static str,
    /// Its settings; [`TRIALS`], [`PRUNING`] and [`NESTED`] among them.
    pub params: &'static [ParamSpec],
    /// The next point, shape `(n_dimensions,)`; `None` when there is nothing left to try. Depends on what is asked only.
    pub propose: fn(&Asked<'_>) -> Option<Vec<f64>>,
}

/// All methods, the usual one first.
pub const SAMPLERS: &[Sampler] = &[tpe::TPE, random::RANDOM, grid::GRID];

/// The method of this name in settings.
#[must_use]
pub fn find(id: &str) -> Option<&'static Sampler> {
    SAMPLERS.iter().find(|s| s.id == id)
}

/// A trial that was judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Where it is, shape `(n_dimensions,)`.
    pub at: Vec<f64>,
    /// Its mean loss over the folds it was judged on; lower is better.
    pub loss: f64,
    /// On how many folds it was judged: fewer than all when it was given up.
    pub folds: usize,
}

/// What a method is asked.
pub struct Asked<'a> {
    /// What may be tried.
    pub space: &'a Space,
    /// What was tried, in order.
    pub seen: &'a [Seen],
    /// Where trials are that were proposed but not judged.
    pub out: &'a [&'a [f64]],
    /// The method's own settings.
    pub params: &'a Params,
    /// Seed of the run.
    pub seed: u64,
    /// Whose search it is: another one draws from other streams.
    pub key: &'a str,
    /// Number of the trial, from 1; trial 0 is the default.
    pub index: u32,
}

/// How many trials.
pub const TRIALS: ParamSpec = ParamSpec {
    id: "trials",
    title: "Trials",
    help: "How many settings are tried for each learner, the default among them.",
    domain: Domain::Whole { low: 2, high: 1000, default: 20 },
};
/// Whether and how hopeless trials are given up.
pub const PRUNING: ParamSpec = ParamSpec {
    id: "pruning",
    title: "Giving up early",
    help: "Median: a trial worse than the middle one after as many folds. Halving: all but the better half after 1, 2, 4 … folds.",
    domain: Domain::Choice { options: &["median", "halving", "none"], default: "median" },
};
/// Whether the whole search is repeated inside each fold.
pub const NESTED: ParamSpec = ParamSpec {
    id: "nested",
    title: "Measure the optimism (nested cross-validation)",
    help: "Repeats the whole search inside the training rows of every fold and judges its winner on rows that no trial has seen; takes several times as long.",
    domain: Domain::Switch { default: false },
};
