//! Trees fitted to the target itself: one tree on all rows, or many on bootstrap samples, averaged (Breiman et al. 1984; Breiman 2001).
//!
//! The impurity of a node is the weighted variance of the target, or of the indicators of the classes: Gini's impurity. A bootstrap sample draws as many rows as there
//! are, with replacement (multinomial); only their counts reach the tree.

use super::grow::{Grower, Node, Rules};
use super::histogram::{Limits, Shape};
use super::{Combination, TreeModel};
use crate::features::Binned;
use crate::math::rng::Stream;
use crate::math::sum::{mean, sum};
use crate::model::TrainingSet;
use std::ops::Range;

/// Least weight on either side of a cut, as a share of the mean row weight: keeps divisions away from 0.
const LEAST_WEIGHT: f64 = 1e-6;
/// Gain that is rounding, as a share of the weighted sum of squared targets.
const ROUNDING: f64 = 1e-24;
/// Draws of a bootstrap sample for each different row in it: `1 / (1 - 1/e)`. A leaf's rows are different rows; its draws are what is counted.
const DRAWS_A_ROW: f64 = 1.581_976_706_869_326_4;

/// How each tree grows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TreeSize {
    /// Most cuts between root and leaf.
    pub depth: usize,
    /// Least different rows in a leaf (in expectation, for bootstrap samples).
    pub min_leaf: usize,
    /// Features looked at for each cut; none: all.
    pub features: Option<usize>,
}

/// One tree on all rows of `train` (all of weight above 0).
#[must_use]
pub fn one_tree(train: &TrainingSet, size: TreeSize) -> TreeModel {
    let bag = Bag::new(train, size);
    let rows = (0..train.n_rows()).map(|i| (i, 1.0));
    bag.model(train, size.min_leaf as f64, std::iter::once((bag.stats(train, rows), None)))
}

/// Trees number `trees` of a forest on bootstrap samples of `train` (all of weight above 0); each tree has its own random stream, and `pulse` is called before it.
#[must_use]
pub fn forest(train: &TrainingSet, size: TreeSize, trees: Range<usize>, seed: u64, pulse: &dyn Fn()) -> TreeModel {
    let bag = Bag::new(train, size);
    let n = train.n_rows() as u32;
    let samples = trees.map(|t| {
        pulse();
        let mut draws = Stream::new(seed, "forest/rows", t as u64);
        let rows = (0..n).map(|_| (draws.below(n) as usize, 1.0));
        (bag.stats(train, rows), Some(Stream::new(seed, "forest/features", t as u64)))
    });
    bag.model(train, 1.0 + DRAWS_A_ROW * (size.min_leaf as f64 - 1.0), samples)
}

/// What all trees of a fit share.
struct Bag {
    binned: std::sync::Arc<Binned>,
    shape: Shape,
    /// Mean target, or nothing for several classes: numbers near 0 lose least.
    centre: f64,
    size: TreeSize,
    least_gain: f64,
    least_weight: f64,
}

impl Bag {
    fn new(train: &TrainingSet, size: TreeSize) -> Self {
        let weights = train.weights();
        let outputs = if train.n_classes() > 2 { train.n_classes() } else { 1 };
        let unit = weights.iter().all(|w| w.to_bits() == 1.0_f64.to_bits());
        let power = sum(&train.target().iter().zip(weights).map(|(y, w)| w * y * y).collect::<Vec<_>>());
        Self {
            binned: train.bins(),
            shape: Shape { outputs, width: outputs + if unit { 1 } else { 2 } },
            centre: if outputs == 1 { mean(train.target()) } else { 0.0 },
            size,
            least_gain: ROUNDING * power,
            least_weight: LEAST_WEIGHT * mean(weights),
        }
    }

    /// The numbers of every joined row, shape `(n_rows, width)`, from rows of the table and how often each counts.
    fn stats(&self, train: &TrainingSet, rows: impl Iterator<Item = (usize, f64)>) -> Vec<f64> {
        let Shape { outputs, width } = self.shape;
        let mut stats = vec![0.0; self.binned.n_rows() * width];
        for (i, count) in rows {
            let at = self.binned.row(i) * width;
            let cell = &mut stats[at..at + width];
            let weight = count * train.weights()[i];
            if outputs == 1 {
                cell[0] += weight * (train.target()[i] - self.centre);
            } else {
                cell[train.target()[i] as usize] += weight;
            }
            cell[outputs] += weight;
            if width == outputs + 2 {
                cell[outputs + 1] += count;
            }
        }
        stats
    }

    fn model(&self, train: &TrainingSet, min_rows: f64, samples: impl Iterator<Item = (Vec<f64>, Option<Stream>)>) -> TreeModel {
        let n_features = train.features().n_features();
        let mut model = TreeModel::empty(train.n_classes(), Combination::Average, Vec::new(), n_features);
        let mut grower = Grower::new(&self.binned, self.shape);
        for (stats, stream) in samples {
            let limits = Limits { min_rows, min_weight: self.least_weight, l2: 0.0 };
            let some_features = self.size.features.filter(|&m| m < n_features).zip(stream);
            let mut rules = Rules { limits, max_leaves: usize::MAX, max_depth: self.size.depth, some_features, least_gain: self.least_gain };
            let nodes = grower.grow(&stats, &mut rules);
            model.push(&self.binned, &nodes, |node, values| self.leaf(train, node, values));
        }
        model
    }

    fn leaf(&self, train: &TrainingSet, node: &Node, values: &mut Vec<f64>) {
        let weight = self.shape.weight(&node.sums);
        let shares = node.sums[..self.shape.outputs].iter().map(|g| self.centre + g / weight);
        if train.kind().is_classification() {
            values.extend(shares.map(|p| p.clamp(0.0, 1.0)));
        } else {
            values.extend(shares);
        }
    }
}
