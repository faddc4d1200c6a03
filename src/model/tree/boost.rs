//! Gradient boosting: trees added one after the other, each fitted to the gradient of the loss at the sum so far (Friedman 2001), with second derivatives
//! (Chen and Guestrin 2016) and leaf-wise growth (Ke et al. 2017).
//!
//! The losses are those of [`super::loss`]. Their gradients over equal rows follow from sums over these rows, so equal rows are one row. A leaf adds
//! `learning_rate * sum gradient / (sum curvature + l2)`.

use super::cut::{Bounds, Limits};
use super::grow::{Grower, Node, Rules, leaf_of};
use super::histogram::Shape;
use super::levels::LevelLimits;
use super::loss::{Loss, Objective, softmax_columns};
use super::parts::{drawn_columns, drawn_rows, held_out};
use super::sums::{Sums, Table};
use super::{TreeModel, class_balanced};
use crate::error::{Error, Result};
use crate::math::sum::mean;
use crate::model::TrainingSet;
use crate::task::TaskKind;
use std::borrow::Cow;

/// How the trees grow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoostSize<'a> {
    /// What is lowered, for numbers; classes have the logistic loss.
    pub loss: Loss,
    /// Rounds: trees, or trees for each class.
    pub rounds: usize,
    /// Most leaves of a tree.
    pub leaves: usize,
    /// Most cuts between root and leaf; 0 for no limit.
    pub depth: usize,
    /// Share of each tree that is added.
    pub learning_rate: f64,
    /// Least rows in a leaf.
    pub min_leaf: usize,
    /// Least summed curvature on either side of a cut, as a share of the mean row weight.
    pub min_weight: f64,
    /// Least gain of a cut, in the units of the loss.
    pub min_gain: f64,
    /// Penalty on absolute leaf values.
    pub l1: f64,
    /// Penalty on squared leaf values.
    pub l2: f64,
    /// What cuts by levels keep and cost.
    pub levels: LevelLimits,
    /// Share of the rows each sample has.
    pub rows: f64,
    /// Rounds that share a sample.
    pub rows_every: usize,
    /// Share of the features each tree may use.
    pub features: f64,
    /// Rounds without a better judgement after which no more are made; 0: all are made.
    pub patience: usize,
    /// Share of the rows held out to judge.
    pub held_out: f64,
    /// Whether every class has the same weight in sum.
    pub balanced: bool,
    /// For each feature whether predictions must rise (1) or fall (-1) with it; empty when none asks for an order.
    pub monotone: &'a [i8],
}

impl BoostSize<'_> {
    /// LightGBM's defaults, with a penalty of 1 on squared leaf values (XGBoost's).
    pub const USUAL: Self = Self {
        loss: Loss::Squared,
        rounds: 100,
        leaves: 31,
        depth: 0,
        learning_rate: 0.1,
        min_leaf: 20,
        min_weight: 1e-3,
        min_gain: 0.0,
        l1: 0.0,
        l2: 1.0,
        levels: LevelLimits::USUAL,
        rows: 1.0,
        rows_every: 1,
        features: 1.0,
        patience: 0,
        held_out: 0.1,
        balanced: false,
        monotone: &[],
    };
}

/// Fits boosted trees to `train` (all rows of weight above 0); `pulse` is called before each round.
///
/// # Errors
/// Targets the loss is not made for, or an order asked of a loss or task that cannot keep it.
pub fn boosting(train: &TrainingSet, size: BoostSize<'_>, seed: u64, pulse: &dyn Fn()) -> Result<TreeModel> {
    let weights = if size.balanced { Cow::Owned(class_balanced(train)) } else { Cow::Borrowed(train.weights()) };
    let binned = train.bins();
    let table = Table { train, weights: &weights, binned: &binned };
    size.loss.check(table)?;
    check_order(table, size)?;
    let held = held_out(train, &size, seed);
    let apart = size.loss.apart(train.kind());
    let mut judge =
        held.as_ref().map(|held| Judge { sums: Sums::new(table, Some(held), apart), best: f64::INFINITY, kept: 0, gain: Vec::new(), worse: 0 });
    let learned: Option<Vec<bool>> = held.map(|held| held.iter().map(|held| !held).collect());
    let mut fit = Fit::new(table, size, seed, learned);
    for round in 0..size.rounds {
        pulse();
        fit.round(round);
        if judge.as_mut().is_some_and(|judge| judge.has_seen_enough(&fit)) {
            break;
        }
    }
    if let Some(judge) = judge {
        fit.model.keep(judge.kept, judge.gain);
    }
    Ok(fit.model)
}

/// A quantile in every leaf and turns of classes do not keep an order.
fn check_order(table: Table<'_>, size: BoostSize<'_>) -> Result<()> {
    let kind = table.train.kind();
    let quantiles = kind == TaskKind::Regression && matches!(size.loss, Loss::Absolute | Loss::Quantile { .. });
    if size.monotone.is_empty() || !(quantiles || kind == TaskKind::Multiclass) {
        return Ok(());
    }
    let why = if quantiles { "leaves of the absolute and quantile losses keep no order" } else { "probabilities of several classes keep no order" };
    Err(Error::not_computable("Boosting that rises or falls with a feature", why, "Choose another loss or take the order away."))
}

/// A fit under way.
struct Fit<'a> {
    table: Table<'a>,
    size: BoostSize<'a>,
    seed: u64,
    objective: Objective,
    /// Rows that may be learned from; none: all.
    learned: Option<Vec<bool>>,
    /// Sums over the rows learned from now.
    sums: Sums,
    /// Joined rows that are not learned from now.
    absent: Vec<u32>,
    grower: Grower<'a>,
    rules: Rules,
    /// Sums over trees, shape `(n_sums, n_rows)`.
    scores: Vec<Vec<f64>>,
    stats: Vec<f64>,
    width: usize,
    model: TreeModel,
}

impl<'a> Fit<'a> {
    fn new(table: Table<'a>, size: BoostSize<'a>, seed: u64, learned: Option<Vec<bool>>) -> Self {
        let sums = Sums::new(table, learned.as_deref(), size.loss.apart(table.train.kind()));
        let (objective, combination, start) = Objective::new(table, size.loss, learned.as_deref(), &sums);
        let unit = table.weights.iter().all(|w| w.to_bits() == 1.0_f64.to_bits());
        let width = if objective.is_even() && unit { 2 } else { 3 };
        let n_rows = table.binned.n_rows();
        let least_gain = objective.least_gain(table, &sums, start.first().copied().unwrap_or(0.0));
        let limits = Limits {
            min_rows: size.min_leaf as f64,
            min_weight: size.min_weight * mean(table.weights),
            l1: size.l1,
            l2: size.l2,
            levels: size.levels,
        };
        let rules = Rules {
            limits,
            max_leaves: size.leaves,
            max_depth: if size.depth == 0 { usize::MAX } else { size.depth },
            some_features: None,
            random_cuts: false,
            columns: None,
            monotone: size.monotone.to_vec(),
            least_gain: least_gain.max(size.min_gain),
        };
        Self {
            objective,
            absent: sums.absent(),
            sums,
            grower: Grower::new(table.binned, Shape { outputs: 1, width }),
            rules,
            scores: start.iter().map(|s| vec![*s; n_rows]).collect(),
            stats: vec![0.0; n_rows * width],
            width,
            model: TreeModel::empty(table.train.n_classes(), combination, start, table.train.features().n_features()),
            table,
            size,
            seed,
            learned,
        }
    }

    /// Adds one tree for each sum.
    fn round(&mut self, round: usize) {
        let every = self.size.rows_every.max(1);
        if self.size.rows < 1.0 && round.is_multiple_of(every) {
            let drawn = drawn_rows(self.table.train.n_rows(), self.learned.as_deref(), self.size.rows, self.seed, (round / every) as u64);
            self.sums = Sums::new(self.table, Some(&drawn), self.sums.spread.is_some());
            self.absent = self.sums.absent();
        }
        let shares = if self.objective == Objective::Softmax { softmax_columns(&self.scores) } else { Vec::new() };
        for k in 0..self.scores.len() {
            let at = shares.get(k).unwrap_or(&self.scores[k]);
            self.objective.gradients(&self.sums, k, at, self.width, &mut self.stats);
            self.rules.columns = drawn_columns(self.table.binned, self.size.features, self.seed, self.model.n_trees() as u64);
            let nodes = self.grower.grow(&self.stats, &mut self.rules);
            self.add(k, &nodes);
        }
    }

    /// Adds a grown tree to a sum and to the model.
    fn add(&mut self, k: usize, nodes: &[Node]) {
        let values: Vec<f64> = nodes.iter().map(|node| if node.cut.is_none() { self.leaf(k, node) } else { 0.0 }).collect();
        let scores = &mut self.scores[k];
        for (node, value) in nodes.iter().zip(&values).filter(|(node, _)| node.cut.is_none()) {
            self.grower.order[node.rows.clone()].iter().for_each(|&row| scores[row as usize] += value);
        }
        for &row in &self.absent {
            scores[row as usize] += values[leaf_of(self.table.binned, nodes, row as usize)];
        }
        let mut leaves = nodes.iter().zip(&values).filter(|(node, _)| node.cut.is_none()).map(|(_, value)| *value);
        self.model.push(self.table.binned, nodes, self.width - 1, |_, values| values.extend(leaves.next()));
    }

    /// What a leaf adds.
    fn leaf(&self, k: usize, node: &Node) -> f64 {
        let rate = self.size.learning_rate;
        if let (Some(level), Some(spread)) = (self.objective.leaf_quantile(), &self.sums.spread) {
            let rows = self.grower.order[node.rows.clone()].iter().copied();
            return rate * spread.quantile(rows, |row| self.scores[k][row], level);
        }
        let most = self.objective.most_step();
        let bounds = Bounds { low: rate * node.bounds.low.max(-most), high: rate * node.bounds.high.min(most) };
        bounds.hold(self.rules.limits.value(&node.sums, rate))
    }
}

/// The rows held out, and what they said so far.
struct Judge {
    sums: Sums,
    /// Least loss so far, after how many trees, and the gain those made on each feature.
    best: f64,
    kept: usize,
    gain: Vec<f64>,
    /// Rounds since.
    worse: usize,
}

impl Judge {
    fn has_seen_enough(&mut self, fit: &Fit<'_>) -> bool {
        let loss = fit.objective.loss(&self.sums, &fit.scores);
        if loss < self.best || self.kept == 0 {
            (self.best, self.kept, self.worse) = (loss, fit.model.n_trees(), 0);
            self.gain.clone_from(&fit.model.gain);
        } else {
            self.worse += 1;
        }
        self.worse >= fit.size.patience
    }
}
