//! Augmentation: more training rows made from those there are. Only ever inside of the training side.
//!
//! [`augment`] maps a training set to a larger one: real rows first, as they were, synthetic ones after them with weight 1. Since a
//! training set is made of training rows only, and validation rows are never one, synthetic rows cannot reach validation. Every method
//! keeps these promises, whatever it does: values stay within the range observed in training, whole features stay whole, and features
//! that are 0 or 1 (or encoded labels) are copied from one parent, so that exactly one level of a label holds. How far the synthetic rows
//! differ from the real ones is measured ([`Fidelity`]), feature by feature.
//!
//! Adding a method: one file in `methods/` and its line in [`METHODS`].

mod fidelity;
pub mod methods;
#[cfg(test)]
mod tests;

pub use fidelity::{FEWEST_ROWS, FeatureFidelity, Fidelity, MEAN_BAR, SD_BAR, STANDARD_ERRORS, Verdict, measure};
pub use methods::METHODS;

use crate::error::{Error, Result};
use crate::features::{Features, TrainingSet};
use crate::math::rng::Stream;
use crate::math::sum::variance;
use crate::param::{Domain, Given, ParamSpec, Params};
use serde::{Deserialize, Serialize};

/// How many synthetic rows: part of every method's hyperparameters.
pub const AMOUNT: ParamSpec = ParamSpec {
    id: "amount",
    title: "Amount",
    help: "Synthetic rows as a share of the training rows (0.5: half as many again).",
    domain: Domain::Real { low: 0.01, high: 3.0, default: 0.5, log: false },
};

/// Step whose features are levels of one label: never blended.
const ENCODED: &str = "encode";

/// An augmentation method, described as data.
pub struct MethodEntry {
    /// Name in settings ("noise").
    pub id: &'static str,
    /// Name on screen.
    pub title: &'static str,
    /// What it does, when it helps, source.
    pub doc: &'static str,
    /// Its hyperparameters; [`AMOUNT`] is one of them.
    pub params: &'static [ParamSpec],
    /// Makes one row for each parent.
    pub make: fn(&Source<'_>, &Params, &[u32], u64) -> Made,
}

/// The method chosen and its hyperparameters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AugmentChoice {
    /// Method id.
    pub id: String,
    /// Hyperparameters that differ from the defaults.
    pub params: Given,
}

/// What methods make rows from: real training rows of weight above 0.
pub struct Source<'a> {
    /// The training set.
    pub set: &'a TrainingSet,
    /// Rows that may be parents, ascending.
    pub rows: Vec<u32>,
    /// Whether a feature is copied from one parent; shape `(n_features,)`.
    pub copied: Vec<bool>,
    /// Standard deviation (divisor n) of each feature over `rows`; shape `(n_features,)`.
    pub deviations: Vec<f64>,
    /// Least and greatest value of each feature over `rows`; shape `(n_features,)`.
    pub ranges: Vec<(f64, f64)>,
}

/// Rows made by a method, before clipping and rounding.
pub struct Made {
    /// One list a feature, each of as many values as there are parents.
    pub columns: Vec<Vec<f64>>,
    /// Target of each row: number or class index.
    pub target: Vec<f64>,
}

/// Adds synthetic rows and measures how faithful they are.
///
/// The number of rows is `amount` times the real rows of weight above 0, rounded, at least 1. Each of these is a parent equally often (to
/// within one); which ones is drawn by the stream (seed, "augment/parents").
///
/// # Errors
/// A method or hyperparameter that does not exist, or no real row of weight above 0.
pub fn augment(training_set: TrainingSet, choice: &AugmentChoice, seed: u64) -> Result<(TrainingSet, Fidelity)> {
    let known = || METHODS.iter().map(|m| m.id).collect::<Vec<_>>();
    let method = METHODS.iter().find(|m| m.id == choice.id).ok_or_else(|| Error::unknown("augmentation method", &choice.id, &known()))?;
    let params = Params::check(method.params, &choice.params)?;
    let source = Source::new(&training_set);
    if source.rows.is_empty() {
        return Err(Error::not_computable("Augmentation", "there are no training rows to start from", "Check the target and weight columns."));
    }
    let parents = source.parents(params.real(AMOUNT.id), seed);
    let mut made = (method.make)(&source, &params, &parents, seed);
    source.keep_in_bounds(&mut made);
    let about = training_set.features().about.clone();
    let synthetic = Features::from_columns(about, made.columns, parents.len())?;
    let fidelity = measure(method.id, &source, &synthetic, &made.target);
    Ok((join(&training_set, &synthetic, &made.target)?, fidelity))
}

/// Real rows as they were, then synthetic ones of weight 1.
fn join(set: &TrainingSet, synthetic: &Features, target: &[f64]) -> Result<TrainingSet> {
    let features = set.features().stack(synthetic)?;
    let target = [set.target(), target].concat();
    let weights = [set.weights(), &vec![1.0; synthetic.n_rows()]].concat();
    Ok(TrainingSet::new(features, target, weights, set.kind(), set.n_classes(), set.n_real())?
        .ordered(set.in_time_order())
        .grouped(set.groups().to_vec())
        .at_moments(set.moments().to_vec()))
}

impl<'a> Source<'a> {
    fn new(set: &'a TrainingSet) -> Self {
        let n_real = u32::try_from(set.n_real()).unwrap_or(u32::MAX);
        let rows: Vec<u32> = (0..n_real).filter(|&r| set.weights()[r as usize] > 0.0).collect();
        let features = set.features();
        let mut source = Self { set, rows, copied: Vec::new(), deviations: Vec::new(), ranges: Vec::new() };
        for j in 0..features.n_features() {
            let values = source.real(j);
            let is_switch = values.iter().all(|v| *v == 0.0 || *v == 1.0);
            source.copied.push(is_switch || features.about[j].levels || features.about[j].step == ENCODED);
            source.deviations.push(if values.is_empty() { 0.0 } else { variance(&values, 0).sqrt() });
            source.ranges.push(values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v))));
        }
        source
    }

    /// One feature over the real rows.
    #[must_use]
    pub fn real(&self, feature: usize) -> Vec<f64> {
        let column = self.set.features().slice(feature);
        self.rows.iter().map(|&r| column[r as usize]).collect()
    }

    /// Number of features.
    #[must_use]
    pub fn n_features(&self) -> usize {
        self.set.features().n_features()
    }

    fn parents(&self, amount: f64, seed: u64) -> Vec<u32> {
        let mut order = self.rows.clone();
        Stream::new(seed, "augment/parents", 0).shuffle(&mut order);
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a row count")]
        let n = ((amount * order.len() as f64).round() as usize).max(1);
        order.iter().copied().cycle().take(n).collect()
    }

    /// Clips to the observed ranges; whole features (and a whole target) are rounded.
    fn keep_in_bounds(&self, made: &mut Made) {
        let about = &self.set.features().about;
        for (j, column) in made.columns.iter_mut().enumerate().filter(|(j, _)| !self.copied[*j]) {
            let (low, high) = self.ranges[j];
            for value in column {
                let rounded = if about[j].whole { value.round() } else { *value };
                *value = rounded.clamp(low, high);
            }
        }
        if self.rows.iter().all(|&r| self.set.target()[r as usize].fract() == 0.0) {
            made.target.iter_mut().for_each(|t| *t = t.round());
        }
    }
}
