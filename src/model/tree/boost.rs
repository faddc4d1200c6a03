//! Gradient boosting: trees added one after the other, each fitted to the gradient of the loss at the sum so far (Friedman 2001), with second derivatives
//! (Chen and Guestrin 2016) and leaf-wise growth (Ke et al. 2017).
//!
//! Losses, for a row of weight w and sum f: squared `w (y - f)^2 / 2`, logistic `w (log(1 + e^f) - y f)`, softmax `-w log p_y`. Their gradients over equal rows need only the sum of weights W and
//! of weighted targets S: `S - W f` and `S - W p`, so equal rows are one row. A leaf adds `learning_rate * sum gradient / (sum curvature + l2)`.

use super::grow::{Grower, Node, Rules};
use super::histogram::{Limits, Shape};
use super::{Combination, TreeModel};
use crate::features::Binned;
use crate::math::elementary::{ln, logistic, logit};
use crate::math::sum::{mean, sum_of};
use crate::model::TrainingSet;
use crate::model::learners::baseline::class_shares;
use crate::model::linear::to_probabilities;
use crate::task::TaskKind;

/// Least summed curvature on either side of a cut, as a share of the mean row weight (LightGBM's `min_sum_hessian_in_leaf`).
const LEAST_CURVATURE: f64 = 1e-3;
/// Shares of classes are kept this far from 0 and 1 before their log-odds are taken.
const LEAST_SHARE: f64 = 1e-9;
/// Gain that is rounding, as a share of the weighted sum of squared targets.
const ROUNDING: f64 = 1e-24;

/// How the trees grow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoostSize {
    /// Rounds: trees, or trees for each class.
    pub rounds: usize,
    /// Most leaves of a tree.
    pub leaves: usize,
    /// Share of each tree that is added.
    pub learning_rate: f64,
    /// Least rows in a leaf.
    pub min_leaf: usize,
    /// Penalty on squared leaf values.
    pub l2: f64,
}

/// Fits boosted trees to `train` (all rows of weight above 0); `pulse` is called before each round.
#[must_use]
pub fn boosting(train: &TrainingSet, size: BoostSize, pulse: &dyn Fn()) -> TreeModel {
    let binned = train.bins();
    let sums = Sums::new(train, &binned);
    let (combination, start) = match train.kind() {
        TaskKind::Regression => (Combination::Sum, vec![sums.mean()]),
        TaskKind::Binary => (Combination::LogisticSum, vec![logit(sums.mean().clamp(LEAST_SHARE, 1.0 - LEAST_SHARE))]),
        TaskKind::Multiclass => {
            let shares = class_shares(train.target(), train.weights(), train.n_classes());
            (Combination::SoftmaxSum, shares.iter().map(|s| ln(s.max(LEAST_SHARE))).collect())
        }
    };
    let n_sums = start.len();
    let width = if train.kind() == TaskKind::Regression && sums.unit { 2 } else { 3 };
    let mut model = TreeModel::empty(train.n_classes(), combination, start, train.features().n_features());
    let mut grower = Grower::new(&binned, Shape { outputs: 1, width });
    let mut scores: Vec<Vec<f64>> = model.start.iter().map(|s| vec![*s; binned.n_rows()]).collect();
    let mut stats = vec![0.0; binned.n_rows() * width];
    let limits = Limits { min_rows: size.min_leaf as f64, min_weight: LEAST_CURVATURE * mean(train.weights()), l2: size.l2 };
    let mut rules = Rules { limits, max_leaves: size.leaves, max_depth: usize::MAX, some_features: None, least_gain: sums.least_gain };
    for _ in 0..size.rounds {
        pulse();
        let shares = if n_sums > 1 { softmax_columns(&scores) } else { Vec::new() };
        for k in 0..n_sums {
            match combination {
                Combination::Sum => sums.squared(&scores[0], width, &mut stats),
                Combination::LogisticSum => sums.logistic(&scores[0], &mut stats),
                _ => sums.softmax(&shares[k], k, &mut stats),
            }
            let nodes = grower.grow(&stats, &mut rules);
            let step = |node: &Node| size.learning_rate * node.sums[0] / (node.sums[1] + size.l2).max(f64::MIN_POSITIVE);
            for node in nodes.iter().filter(|n| n.cut.is_none()) {
                let value = step(node);
                grower.order[node.rows.clone()].iter().for_each(|&row| scores[k][row as usize] += value);
            }
            model.push(&binned, &nodes, |node, values| values.push(step(node)));
        }
    }
    model
}

/// Sums over the table's rows that are one row to the trees.
struct Sums {
    /// Rows, shape `(n_rows,)`.
    rows: Vec<f64>,
    /// Weights, shape `(n_rows,)`.
    weights: Vec<f64>,
    /// Weighted targets: numbers, or indicators of the second class; for more classes one column for each class. Shape `(n_columns, n_rows)`.
    targets: Vec<Vec<f64>>,
    /// Whether every row of the table has weight 1.
    unit: bool,
    least_gain: f64,
}

impl Sums {
    fn new(train: &TrainingSet, binned: &Binned) -> Self {
        let columns = if train.kind() == TaskKind::Multiclass { train.n_classes() } else { 1 };
        let mut sums = Self {
            rows: vec![0.0; binned.n_rows()],
            weights: vec![0.0; binned.n_rows()],
            targets: vec![vec![0.0; binned.n_rows()]; columns],
            unit: train.weights().iter().all(|w| w.to_bits() == 1.0_f64.to_bits()),
            least_gain: 0.0,
        };
        for (i, (&y, &w)) in train.target().iter().zip(train.weights()).enumerate() {
            let row = binned.row(i);
            sums.rows[row] += 1.0;
            sums.weights[row] += w;
            if columns == 1 {
                sums.targets[0][row] += w * y;
            } else {
                sums.targets[y as usize][row] += w;
            }
        }
        if train.kind() == TaskKind::Regression {
            sums.least_gain = ROUNDING * sum_of(train.target().iter().zip(train.weights()).map(|(y, w)| w * y * y));
        }
        sums
    }

    fn mean(&self) -> f64 {
        sum_of(self.targets[0].iter().copied()) / sum_of(self.weights.iter().copied())
    }

    fn squared(&self, scores: &[f64], width: usize, stats: &mut [f64]) {
        for (i, (cell, f)) in stats.chunks_exact_mut(width).zip(scores).enumerate() {
            cell[0] = self.targets[0][i] - self.weights[i] * f;
            cell[1] = self.weights[i];
            cell[width - 1] = self.rows[i];
        }
    }

    fn logistic(&self, scores: &[f64], stats: &mut [f64]) {
        for (i, (cell, f)) in stats.chunks_exact_mut(3).zip(scores).enumerate() {
            self.classes(0, i, logistic(*f), cell);
        }
    }

    fn softmax(&self, shares: &[f64], k: usize, stats: &mut [f64]) {
        for (i, (cell, p)) in stats.chunks_exact_mut(3).zip(shares).enumerate() {
            self.classes(k, i, *p, cell);
        }
    }

    fn classes(&self, k: usize, i: usize, p: f64, cell: &mut [f64]) {
        cell[0] = self.targets[k][i] - self.weights[i] * p;
        cell[1] = self.weights[i] * p * (1.0 - p);
        cell[2] = self.rows[i];
    }
}

/// Softmax over columns, row by row: shape `(n_classes, n_rows)` in and out.
fn softmax_columns(scores: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut shares = scores.to_vec();
    let mut row = vec![0.0; scores.len()];
    for i in 0..scores.first().map_or(0, Vec::len) {
        row.iter_mut().zip(scores).for_each(|(cell, column)| *cell = column[i]);
        to_probabilities(&mut row);
        shares.iter_mut().zip(&row).for_each(|(column, p)| column[i] = *p);
    }
    shares
}
