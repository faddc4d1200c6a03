//! Trees on one histogram engine: a decision tree, an average of many (forest), a sum of many (boosting).
//!
//! Features come cut into bins, equal rows joined ([`Binned`]); `grow` grows one tree on `histogram`s by the best `cut`s, [`bag`] averages trees and [`boost`] adds them up. [`TreeModel`] is what is left: flat arrays.

pub mod bag;
pub mod boost;
mod cut;
mod grow;
mod histogram;
pub mod levels;
pub mod loss;
mod parts;
mod predict;
pub mod quantiles;
mod spread;
mod sums;

use crate::error::{Error, Result};
use crate::features::Binned;
use crate::model::TrainingSet;
use crate::model::learners::baseline::class_shares;
use grow::Node;
use levels::WORDS;
use serde::{Deserialize, Serialize};

/// How the leaf values of the trees become a prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combination {
    /// The mean over trees is the prediction: a number, the probability of the second class, or a probability for each class.
    Average,
    /// A quantile over trees is a number; its level stands in the start.
    Quantile,
    /// The sum over trees and the start is a number.
    Sum,
    /// The exponential of the sum is a number above 0.
    ExpSum,
    /// The logistic function of the sum is the probability of the second class.
    LogisticSum,
    /// Trees take turns, one for each class; the softmax of the sums are the probabilities.
    SoftmaxSum,
}

/// Fitted trees as flat arrays, tree after tree.
///
/// Node `i` with `left[i] > 0` is a cut: rows with `x[feature[i]] > threshold[i]` go to node `left[i] + 1`, all others to `left[i]`, missing ones too unless `i` is in `missing_right`.
/// A cut in `level_cuts` is by levels instead: those in its set go right, other levels to the left, missing values and values that are no level as above.
/// With `left[i] == 0` it is a leaf, and `feature[i]` numbers its values: `values[feature[i] * leaf_width ..][.. leaf_width]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TreeModel {
    /// Number of classes; 0 for regression.
    pub n_classes: usize,
    /// How leaf values become a prediction.
    pub combination: Combination,
    /// What the sums start from, shape `(n_sums,)`; empty for an average, the level for a quantile.
    pub start: Vec<f64>,
    /// First node of every tree, ascending from 0, shape `(n_trees,)`.
    pub roots: Vec<u32>,
    /// Feature of a cut, or number of a leaf, shape `(n_nodes,)`.
    pub feature: Vec<u32>,
    /// Cuts, strictly between two training values (the greatest f32 number where all values go left); 0 in a leaf. Shape `(n_nodes,)`.
    pub threshold: Vec<f32>,
    /// Cuts that send missing values right, ascending; learned where training rows had some.
    #[serde(default)]
    pub missing_right: Vec<u32>,
    /// Cuts by levels, ascending.
    #[serde(default)]
    pub level_cuts: Vec<u32>,
    /// For each cut by levels those that go right, shape `(n_level_cuts, 8)`: bit `l % 32` of word `l / 32` is level `l`.
    #[serde(default)]
    pub levels_right: Vec<u32>,
    /// Left child of a cut, later than the cut itself and in the same tree; 0 in a leaf. Shape `(n_nodes,)`.
    pub left: Vec<u32>,
    /// Values of a leaf: one, or one for each class in an average over three classes or more.
    pub leaf_width: usize,
    /// Leaf values in the units of the sums, shape `(n_leaves, leaf_width)`.
    pub values: Vec<f64>,
    /// Gain of all cuts on each feature, shape `(n_features,)`, in the units of the loss; not used to predict.
    pub gain: Vec<f64>,
    /// What each leaf was grown on, shape `(n_leaves,)`: its training rows, in an average their weight; above 0. Not used to predict.
    /// Empty in a model that was written before this was kept.
    #[serde(default)]
    pub cover: Vec<f32>,
}

/// How far the values of a leaf of class shares may be from a sum of 1: rounding over many rows.
const SHARE_SLACK: f64 = 1e-6;

impl TreeModel {
    /// A model without trees yet.
    fn empty(n_classes: usize, combination: Combination, start: Vec<f64>, n_features: usize) -> Self {
        let leaf_width = if combination == Combination::Average && n_classes > 2 { n_classes } else { 1 };
        Self {
            n_classes,
            combination,
            start,
            roots: Vec::new(),
            feature: Vec::new(),
            threshold: Vec::new(),
            missing_right: Vec::new(),
            level_cuts: Vec::new(),
            levels_right: Vec::new(),
            left: Vec::new(),
            leaf_width,
            values: Vec::new(),
            gain: vec![0.0; n_features],
            cover: Vec::new(),
        }
    }

    /// Adds a grown tree; `value` gives the values of a leaf from its sums, and `covered` is the place of its cover among them.
    fn push(&mut self, binned: &Binned, nodes: &[Node], covered: usize, mut value: impl FnMut(&Node, &mut Vec<f64>)) {
        let root = self.left.len() as u32;
        self.roots.push(root);
        for node in nodes {
            if let Some(cut) = node.cut {
                if cut.missing_right {
                    self.missing_right.push(self.left.len() as u32);
                }
                self.feature.push(cut.feature as u32);
                if let Some(right) = cut.levels {
                    self.level_cuts.push(self.left.len() as u32);
                    self.levels_right.extend(right);
                    self.threshold.push(0.0);
                } else {
                    self.threshold.push(binned.cuts[cut.feature].get(cut.bin).copied().unwrap_or(f32::MAX));
                }
                self.left.push(root + cut.left as u32);
                self.gain[cut.feature] += cut.gain;
            } else {
                self.feature.push((self.values.len() / self.leaf_width) as u32);
                self.threshold.push(0.0);
                self.left.push(0);
                self.cover.push((node.sums.get(covered).copied().unwrap_or(0.0) as f32).clamp(f32::MIN_POSITIVE, f32::MAX));
                value(node, &mut self.values);
            }
        }
    }

    /// Appends the trees of another part of the same fit.
    pub(crate) fn append(&mut self, part: Self) -> Result<()> {
        if (part.n_classes, part.combination, &part.start, part.gain.len()) != (self.n_classes, self.combination, &self.start, self.gain.len()) {
            return Err(Error::internal("parts of different forests"));
        }
        let (nodes, leaves) = (self.left.len() as u32, (self.values.len() / self.leaf_width) as u32);
        self.missing_right.extend(part.missing_right.iter().map(|n| n + nodes));
        self.level_cuts.extend(part.level_cuts.iter().map(|n| n + nodes));
        self.levels_right.extend(part.levels_right);
        self.roots.extend(part.roots.iter().map(|r| r + nodes));
        self.feature.extend(part.feature.iter().zip(&part.left).map(|(&f, &l)| if l == 0 { f + leaves } else { f }));
        self.left.extend(part.left.iter().map(|&l| if l == 0 { 0 } else { l + nodes }));
        self.threshold.extend(part.threshold);
        self.values.extend(part.values);
        self.cover.extend(part.cover);
        self.gain.iter_mut().zip(part.gain).for_each(|(all, more)| *all += more);
        Ok(())
    }

    /// Keeps the first `trees` trees, which made this much gain on each feature.
    fn keep(&mut self, trees: usize, gain: Vec<f64>) {
        let Some(&end) = self.roots.get(trees) else { return };
        let leaves = self.left[..end as usize].iter().filter(|l| **l == 0).count();
        self.roots.truncate(trees);
        self.feature.truncate(end as usize);
        self.threshold.truncate(end as usize);
        self.left.truncate(end as usize);
        self.missing_right.retain(|node| *node < end);
        self.level_cuts.retain(|node| *node < end);
        self.levels_right.truncate(self.level_cuts.len() * WORDS);
        self.values.truncate(leaves * self.leaf_width);
        self.cover.truncate(leaves);
        self.gain = gain;
    }

    /// Number of trees.
    #[must_use]
    pub fn n_trees(&self) -> usize {
        self.roots.len()
    }

    /// Share of all gain that each feature made, shape `(n_features,)`, summing to 1; all 0 when no tree has a cut.
    #[must_use]
    pub fn importance(&self) -> Vec<f64> {
        let total = crate::math::sum::sum(&self.gain);
        self.gain.iter().map(|g| if total > 0.0 { g / total } else { 0.0 }).collect()
    }

    /// Checks a model from outside.
    ///
    /// # Errors
    /// The first promise that is broken: array lengths, children later than their parents and within their tree, features and leaves that exist,
    /// finite numbers, class shares between 0 and 1.
    pub fn validate(&self, n_features: usize, n_classes: usize) -> Result<()> {
        let broken = |what: &str| Err(Error::internal(&format!("a tree model with {what}")));
        let n_nodes = self.left.len();
        let sums = match (self.combination, n_classes) {
            (Combination::Average, _) => Some(0),
            (Combination::Quantile, 0) => Some(1),
            (Combination::Sum | Combination::ExpSum, 0) | (Combination::LogisticSum, 2) => Some(1),
            (Combination::SoftmaxSum, 3..) => Some(n_classes),
            _ => None,
        };
        if self.n_classes != n_classes || sums != Some(self.start.len()) {
            return broken("a combination that does not fit the task");
        }
        let width = if self.combination == Combination::Average && n_classes > 2 { n_classes } else { 1 };
        if self.leaf_width != width
            || !self.values.len().is_multiple_of(width)
            || self.feature.len() != n_nodes
            || self.threshold.len() != n_nodes
            || self.gain.len() != n_features
            || ![&self.missing_right, &self.level_cuts].into_iter().all(|nodes| are_nodes(nodes, n_nodes))
            || self.levels_right.len() != self.level_cuts.len() * WORDS
        {
            return broken("arrays that do not fit");
        }
        let covered = self.cover.is_empty() || self.cover.len() * width == self.values.len();
        if !(covered && self.cover.iter().all(|c| c.is_finite() && *c > 0.0)) {
            return broken("leaves that were grown on nothing");
        }
        let turns_fit = self.combination != Combination::SoftmaxSum || self.roots.len().is_multiple_of(n_classes);
        let averages = matches!(self.combination, Combination::Average | Combination::Quantile);
        let some_needed = !averages || !self.roots.is_empty();
        if !(turns_fit && some_needed) || u32::try_from(n_nodes).is_err() {
            return broken("another number of trees");
        }
        if !self.values.iter().chain(&self.start).chain(&self.gain).all(|v| v.is_finite()) || !self.threshold.iter().all(|t| t.is_finite()) {
            return broken("numbers that are not finite");
        }
        if self.combination == Combination::Quantile && !self.start.iter().all(|level| *level > 0.0 && *level < 1.0) {
            return broken("a quantile outside of 0 to 1");
        }
        if self.combination == Combination::Average && n_classes > 0 && !self.values.chunks(width).all(are_shares) {
            return broken("class shares outside of 0 to 1");
        }
        self.validate_nodes(n_features)
    }

    fn validate_nodes(&self, n_features: usize) -> Result<()> {
        let broken = |what: &str| Err(Error::internal(&format!("a tree model with {what}")));
        let n_leaves = self.values.len() / self.leaf_width;
        if self.roots.first().copied().unwrap_or(0) != 0
            || !self.roots.windows(2).all(|w| w[0] < w[1])
            || (self.roots.is_empty() && !self.left.is_empty())
        {
            return broken("roots out of order");
        }
        for (t, &root) in self.roots.iter().enumerate() {
            let end = self.roots.get(t + 1).map_or(self.left.len(), |&e| e as usize);
            if root as usize >= end || end > self.left.len() {
                return broken("a tree without nodes");
            }
            for node in root as usize..end {
                let (left, feature) = (self.left[node] as usize, self.feature[node] as usize);
                let fits = if left == 0 { feature < n_leaves } else { left > node && left + 1 < end && feature < n_features };
                if !fits {
                    return broken("a child, feature or leaf that does not exist");
                }
            }
        }
        let sets = self.sets();
        let mut by_levels = vec![None; n_features];
        for node in (0..self.left.len()).filter(|&node| self.left[node] > 0) {
            let own = sets.get(node).is_some_and(|set| *set > 0);
            if *by_levels[self.feature[node] as usize].get_or_insert(own) != own {
                return broken("a feature that is cut by levels and by a number");
            }
        }
        Ok(())
    }
}

fn are_nodes(nodes: &[u32], n_nodes: usize) -> bool {
    nodes.windows(2).all(|w| w[0] < w[1]) && nodes.last().is_none_or(|&last| (last as usize) < n_nodes)
}

fn are_shares(leaf: &[f64]) -> bool {
    let inside = leaf.iter().all(|v| (0.0..=1.0).contains(v));
    inside && (leaf.len() == 1 || (leaf.iter().sum::<f64>() - 1.0).abs() <= SHARE_SLACK)
}

/// Row weights in proportion to those of `train` with which every class that has rows has the same weight in sum; those of `train` for numbers. Shape `(n_rows,)`.
fn class_balanced(train: &TrainingSet) -> Vec<f64> {
    if !train.kind().is_classification() {
        return train.weights().to_vec();
    }
    let shares = class_shares(train.target(), train.weights(), train.n_classes());
    let present = shares.iter().filter(|s| **s > 0.0).count() as f64;
    train.target().iter().zip(train.weights()).map(|(&y, w)| w / (present * shares[y as usize])).collect()
}
