//! Quantile forests (Meinshausen 2006, "Quantile regression forests", Journal of Machine Learning Research 7): what share of the targets of rows like this one lies below.
//!
//! A forest gives each training row a weight in a prediction: its share of the leaf the row falls into, on average over trees. Meinshausen's quantile is that of the targets with
//! these weights. Keeping all rows of all leaves costs the training set once a tree; here, as in ranger (Wright and Ziegler 2017), each leaf keeps the target of one of its
//! rows, drawn in proportion to weight and number of draws, and the quantile is that of the drawn targets over trees: the same in expectation, and as exact as trees are many.
//! Draws are keyed by seed and tree, so models of different levels differ in nothing else and their quantiles never cross.

use super::bag::{Bag, TreeSize, draws};
use super::{Combination, TreeModel};
use crate::math::rng::Stream;
use crate::model::TrainingSet;
use std::ops::Range;

/// Trees number `trees` of a quantile forest on `train` (all of weight above 0; numbers), for the quantile `level`, above 0 and below 1; `pulse` is called before each tree.
#[must_use]
pub fn quantile_forest(train: &TrainingSet, size: TreeSize, level: f64, trees: Range<usize>, seed: u64, pulse: &dyn Fn()) -> TreeModel {
    let bag = Bag::new(train, size);
    let binned = train.bins();
    let n_features = train.features().n_features();
    let mut model = TreeModel::empty(train.n_classes(), Combination::Quantile, vec![level], n_features);
    let members = members(train, |i| binned.row(i), binned.n_rows());
    let mut counts: Vec<f64> = Vec::new();
    let mut drawn = Stream::new(seed, "forest/leaves", 0);
    let mut of_tree = None;
    bag.grow(&mut model, seed, trees, pulse, &mut |tree, rows, _, values| {
        if of_tree != Some(tree) {
            of_tree = Some(tree);
            counts.clear();
            counts.resize(train.n_rows(), 0.0);
            draws(train.n_rows(), seed, tree, &mut |drawn| drawn.iter().for_each(|&i| counts[i as usize] += 1.0));
            drawn = Stream::new(seed, "forest/leaves", tree as u64);
        }
        let own = || rows.iter().flat_map(|&row| members.of(row)).map(|&i| (i as usize, train.weights()[i as usize] * counts[i as usize]));
        let mut left = drawn.uniform() * own().map(|(_, weight)| weight).sum::<f64>();
        let mut chosen = None;
        for (i, weight) in own().filter(|(_, weight)| *weight > 0.0) {
            chosen = Some(i);
            left -= weight;
            if left < 0.0 {
                break;
            }
        }
        values.push(chosen.map_or(0.0, |i| train.target()[i]));
    });
    model
}

/// The rows of the table that each joined row is.
struct Members {
    rows: Vec<u32>,
    starts: Vec<usize>,
}

impl Members {
    fn of(&self, row: u32) -> &[u32] {
        &self.rows[self.starts[row as usize]..self.starts[row as usize + 1]]
    }
}

fn members(train: &TrainingSet, joined: impl Fn(usize) -> usize, n_joined: usize) -> Members {
    let mut starts = vec![0; n_joined + 1];
    (0..train.n_rows()).for_each(|i| starts[joined(i) + 1] += 1);
    (0..n_joined).for_each(|row| starts[row + 1] += starts[row]);
    let mut next = starts.clone();
    let mut rows = vec![0; train.n_rows()];
    for i in 0..train.n_rows() {
        let at = &mut next[joined(i)];
        rows[*at] = i as u32;
        *at += 1;
    }
    Members { rows, starts }
}
