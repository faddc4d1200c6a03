//! Augmentation: more training rows made from those there are, or fewer of those there are too many of. Only ever inside of the training side.
//!
//! [`augment`] maps a training set to another one: real rows first, as they were, synthetic ones after them with weight 1; a row that is left out keeps its place with
//! weight 0, which is absent for every learner. Since a training set is made of training rows only, and validation rows are never one, synthetic rows cannot reach validation. Every method
//! keeps these promises, whatever it does: values stay within the range observed in training, whole features stay whole, and features
//! that are 0 or 1 (or encoded labels) are copied from one parent, so that exactly one level of a label holds. How far the synthetic rows
//! differ from the real ones is measured ([`Fidelity`]), feature by feature and together.
//!
//! Adding a method: one file in `methods/` and its line in [`METHODS`].

mod fidelity;
pub mod methods;
mod near;
#[cfg(test)]
mod tests;

pub use fidelity::{
    DOMAIN_BAR, FEWEST_ROWS, FeatureFidelity, Fidelity, MEAN_BAR, MEAN_LIMIT, SD_BAR, SD_LIMIT, STANDARD_ERRORS, Together, Verdict, measure,
};
pub use methods::METHODS;

use crate::error::{Error, Result};
use crate::features::{Features, TrainingSet};
use crate::math::rng::Stream;
use crate::math::sort;
use crate::math::sum::variance;
use crate::param::{Domain, Given, ParamSpec, Params};
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};

/// How many synthetic rows: part of every method's hyperparameters.
pub const AMOUNT: ParamSpec = ParamSpec {
    id: "amount",
    title: "Amount",
    help: "Synthetic rows as a share of the training rows (0.5: half as many again).",
    domain: Domain::Real { low: 0.01, high: 3.0, default: 0.5, log: false },
};

/// How many rows rarer classes have afterwards: part of every method that balances classes.
pub const BALANCE: ParamSpec = ParamSpec {
    id: "balance",
    title: "Balance",
    help: "Rows of each rarer class as a share of the most frequent one's, afterwards (1: as many). Classes that have as many already stay as they are.",
    domain: Domain::Real { low: 0.01, high: 1.0, default: 1.0, log: false },
};

/// How many near rows are looked at: part of every method that goes by them.
pub const NEIGHBOURS: ParamSpec = ParamSpec {
    id: "neighbours",
    title: "Neighbours",
    help: "How many near rows are looked at.",
    domain: Domain::Whole { low: 1, high: 50, default: 5 },
};

/// All kinds of task.
pub const EVERY_TASK: &[TaskKind] = &[TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass];
/// Tasks of classes.
pub const CLASSES: &[TaskKind] = &[TaskKind::Binary, TaskKind::Multiclass];

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
    /// Kinds of task it is for.
    pub tasks: &'static [TaskKind],
    /// Its hyperparameters: [`AMOUNT`] or [`BALANCE`] first, where it has one.
    pub params: &'static [ParamSpec],
    /// What it does.
    pub act: Act,
}

impl MethodEntry {
    /// Whether it is for tasks of this kind.
    ///
    /// # Errors
    /// It balances classes, and there are none.
    pub fn check(&self, kind: TaskKind) -> Result<()> {
        if self.tasks.contains(&kind) {
            return Ok(());
        }
        Err(Error::not_computable(self.title, "it balances classes, and the target is a number", "Choose another method of augmentation."))
    }
}

/// Makes one row for each parent: source, hyperparameters, parents, seed.
pub type Maker = fn(&Source<'_>, &Params, &[u32], u64) -> Made;
/// What each of these rows of one class is worth as a parent, 0 or more; shape `(n_rows,)`.
pub type Weigher = fn(&Source<'_>, &Params, &[u32], u64) -> Vec<f64>;
/// Which rows are left out, ascending.
pub type Thinner = fn(&Source<'_>, &Params, u64) -> Vec<u32>;

/// What a method does to training rows.
#[derive(Clone, Copy)]
pub enum Act {
    /// Adds [`AMOUNT`] times the rows; each row is a parent equally often, to within one.
    Grow(Maker),
    /// Adds rows to rarer classes up to [`BALANCE`]; parents are drawn by their worth.
    Balance(Weigher, Maker),
    /// Adds [`AMOUNT`] times the rows, whose parents the method draws itself: stretches of a series.
    Stretch(fn(&Source<'_>, &Params, usize, u64) -> Vec<u32>, Maker),
    /// Leaves rows out.
    Thin(Thinner),
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

/// What a method did.
enum Done {
    /// Rows made of these parents, and their target.
    Added(Vec<u32>, Features, Vec<f64>),
    /// Rows left out.
    Out(Vec<u32>),
}

/// Adds synthetic rows, or leaves rows out.
///
/// The number of rows made is `amount` times the real rows of weight above 0, rounded, at least 1. Each of these is a parent equally often (to
/// within one); which ones is drawn by the stream (seed, "augment/parents"). A method that balances classes makes what each class lacks.
///
/// # Errors
/// A method or hyperparameter that does not exist, a method for other kinds of task, or no real row of weight above 0.
pub fn augment(set: &TrainingSet, choice: &AugmentChoice, seed: u64) -> Result<TrainingSet> {
    let source = Source::new(set);
    match act(&source, choice, seed)? {
        Done::Added(_, synthetic, target) => join(set, &synthetic, &target),
        Done::Out(out) => thinned(set, &out),
    }
}

/// The same, and how faithful the outcome is: what was made against what it was made of, or what stays in the classes that lose rows against all of these.
///
/// # Errors
/// Those of [`augment`].
pub fn augment_measured(set: &TrainingSet, choice: &AugmentChoice, seed: u64) -> Result<(TrainingSet, Fidelity)> {
    let source = Source::new(set);
    match act(&source, choice, seed)? {
        Done::Added(parents, synthetic, target) => {
            let fidelity = measure(&choice.id, &source, &parents, &synthetic, &target, seed);
            Ok((join(set, &synthetic, &target)?, fidelity))
        }
        Done::Out(out) => {
            let thinner = thinned(set, &out)?;
            let mut loses = vec![false; set.n_classes().max(1)];
            out.iter().for_each(|&row| loses[source.class_of(row)] = true);
            let before: Vec<u32> = source.rows.iter().copied().filter(|&r| loses[source.class_of(r)]).collect();
            let stay: Vec<usize> = before.iter().map(|&r| r as usize).filter(|&r| thinner.weights()[r] > 0.0).collect();
            let kept = set.of_rows(&stay)?;
            let mut fidelity = measure(&choice.id, &source, &before, kept.features(), kept.target(), seed);
            (fidelity.n_left_out, fidelity.n_synthetic) = (out.len() as u64, 0);
            Ok((thinner, fidelity))
        }
    }
}

fn act(source: &Source<'_>, choice: &AugmentChoice, seed: u64) -> Result<Done> {
    let set = source.set;
    let known = || METHODS.iter().map(|m| m.id).collect::<Vec<_>>();
    let method = METHODS.iter().find(|m| m.id == choice.id).ok_or_else(|| Error::unknown("augmentation method", &choice.id, &known()))?;
    let params = Params::check(method.params, &choice.params)?;
    method.check(set.kind())?;
    if source.rows.is_empty() {
        return Err(Error::not_computable("Augmentation", "there are no training rows to start from", "Check the target and weight columns."));
    }
    let (parents, make) = match method.act {
        Act::Thin(thin) => return Ok(Done::Out(thin(source, &params, seed))),
        Act::Grow(make) => (source.parents(source.amount(&params), seed), make),
        Act::Stretch(draw, make) => (draw(source, &params, source.amount(&params), seed), make),
        Act::Balance(weigh, make) => (source.rarer(&params, weigh, seed), make),
    };
    let mut made = make(source, &params, &parents, seed);
    source.keep_in_bounds(&mut made);
    let synthetic = Features::from_columns(set.features().about.clone(), made.columns, parents.len())?;
    Ok(Done::Added(parents, synthetic, made.target))
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

/// The same rows, some of them with weight 0.
fn thinned(set: &TrainingSet, out: &[u32]) -> Result<TrainingSet> {
    let mut weights = set.weights().to_vec();
    out.iter().for_each(|&row| weights[row as usize] = 0.0);
    Ok(TrainingSet::new(set.features().clone(), set.target().to_vec(), weights, set.kind(), set.n_classes(), set.n_real())?
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

    /// The class of a row; 0 for a numeric target.
    #[must_use]
    pub fn class_of(&self, row: u32) -> usize {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a class index, checked by the training set")]
        let class = self.set.target()[row as usize] as usize;
        if self.set.kind().is_classification() { class } else { 0 }
    }

    /// Rows of each class, ascending; all rows in one list for a numeric target.
    #[must_use]
    pub fn classes(&self) -> Vec<Vec<u32>> {
        let mut classes = vec![Vec::new(); self.set.n_classes().max(1)];
        self.rows.iter().for_each(|&row| classes[self.class_of(row)].push(row));
        classes
    }

    /// How many rows [`AMOUNT`] asks for.
    fn amount(&self, params: &Params) -> usize {
        share_of(params.real(AMOUNT.id), self.rows.len()).max(1)
    }

    fn parents(&self, n: usize, seed: u64) -> Vec<u32> {
        let mut order = self.rows.clone();
        Stream::new(seed, "augment/parents", 0).shuffle(&mut order);
        order.iter().copied().cycle().take(n).collect()
    }

    /// Parents of what each class lacks, class by class, by what its rows are worth; of rows that are worth the same each equally often, to within one.
    fn rarer(&self, params: &Params, weigh: Weigher, seed: u64) -> Vec<u32> {
        let classes = self.classes();
        let wanted = share_of(params.real(BALANCE.id), classes.iter().map(Vec::len).max().unwrap_or(0));
        let mut parents = Vec::new();
        for (class, rows) in classes.iter().enumerate().filter(|(_, rows)| !rows.is_empty() && rows.len() < wanted) {
            let mut order = rows.clone();
            Stream::new(seed, "augment/parents", class as u64).shuffle(&mut order);
            parents.extend(dealt(&order, &weigh(self, params, &order, seed), wanted - rows.len()));
        }
        parents
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

/// A share of a number of rows, rounded.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a row count")]
fn share_of(share: f64, n: usize) -> usize {
    (share * n as f64).round() as usize
}

/// `n` of these rows, each as often as its worth says, rounded by the largest remainders, the first of equals; all alike when nothing is worth anything.
fn dealt(rows: &[u32], worth: &[f64], n: usize) -> Vec<u32> {
    let total: f64 = worth.iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "a row count")]
    let (count, alike) = (n as f64, 1.0 / rows.len().max(1) as f64);
    let due: Vec<f64> = worth.iter().map(|w| count * if total > 0.0 { w / total } else { alike }).collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a row count")]
    let mut times: Vec<usize> = due.iter().map(|d| d.floor() as usize).collect();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    sort::along(&mut order, &|i| due[i].floor() - due[i]);
    let missing = n.saturating_sub(times.iter().sum());
    order.iter().cycle().take(missing.min(n)).for_each(|&i| times[i] += 1);
    rows.iter().zip(times).flat_map(|(&row, times)| std::iter::repeat_n(row, times)).collect()
}
