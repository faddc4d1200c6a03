//! Trees fitted to the target itself: one tree on all rows, or many, averaged (Breiman et al. 1984; Breiman 2001; Geurts, Ernst and Wehenkel 2006).
//!
//! The impurity of a node is the weighted variance of the target, or of the indicators of the classes: Gini's impurity. A bootstrap sample draws as many rows as there
//! are, with replacement (multinomial); only their counts reach the tree. Rows a tree has not drawn can judge it: [`out_of_bag`].

use super::cut::Limits;
use super::grow::{Grower, Node, Rules};
use super::histogram::Shape;
use super::levels::LevelLimits;
use super::{Combination, TreeModel, class_balanced};
use crate::error::{Error, Result};
use crate::features::{Binned, Predictions};
use crate::math::rng::Stream;
use crate::math::sum::{mean, sum};
use crate::model::TrainingSet;
use std::borrow::Cow;
use std::ops::Range;

/// Least weight on either side of a cut, as a share of the mean row weight: keeps divisions away from 0.
const LEAST_WEIGHT: f64 = 1e-6;
/// Gain that is rounding, as a share of the weighted sum of squared targets.
const ROUNDING: f64 = 1e-24;
/// Draws of a bootstrap sample for each different row in it: `1 / (1 - 1/e)`. A leaf's rows are different rows; its draws are what is counted.
const DRAWS_A_ROW: f64 = 1.581_976_706_869_326_4;

/// Different additions to the joined rows up to which they are listed once: their numbers then fit into two bytes a row, and the drawing of many trees stays near the processor.
const MOST_ADDITIONS: usize = 1 << 16;
/// Odd multiplier that mixes the bits of an addition: 2^64 over the golden ratio (Knuth, The Art of Computer Programming 3, section 6.4).
const MIXER: u64 = 0x9E37_79B9_7F4A_7C15;

/// Rows drawn at once: they stay near the processor.
const AT_ONCE: usize = 1 << 10;

/// How each tree grows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TreeSize {
    /// Most cuts between root and leaf.
    pub depth: usize,
    /// Least different rows in a leaf (in expectation, for bootstrap samples).
    pub min_leaf: usize,
    /// Features looked at for each cut; none: all.
    pub features: Option<usize>,
    /// Whether each tree of many is grown on a bootstrap sample, or on all rows.
    pub bootstrap: bool,
    /// Whether cuts are drawn at random, one for each feature looked at, and only the best of these is taken.
    pub random_cuts: bool,
    /// Whether every class has the same weight in sum.
    pub balanced: bool,
}

/// What a leaf answers: the number of its tree, its joined rows, its node, and where its values go.
pub(super) type Leaf<'l> = dyn FnMut(usize, &[u32], &Node, &mut Vec<f64>) + 'l;

/// One tree on all rows of `train` (all of weight above 0).
#[must_use]
pub fn one_tree(train: &TrainingSet, size: TreeSize) -> TreeModel {
    let bag = Bag::new(train, size);
    let mut model = bag.average();
    let mut grower = Grower::new(&bag.binned, bag.shape);
    bag.tree(&mut model, &mut grower, &bag.all_rows(), None, 0, &mut |_, _, node, values| bag.leaf(node, values));
    model
}

/// Trees number `trees` of a forest on `train` (all of weight above 0); each tree has its own random streams, and `pulse` is called before it.
#[must_use]
pub fn forest(train: &TrainingSet, size: TreeSize, trees: Range<usize>, seed: u64, pulse: &dyn Fn()) -> TreeModel {
    let bag = Bag::new(train, size);
    let mut model = bag.average();
    bag.grow(&mut model, seed, trees, pulse, &mut |_, _, node, values| bag.leaf(node, values));
    model
}

/// The rows tree number `t` is grown on, some at a time.
pub(crate) fn draws(n_rows: usize, seed: u64, t: usize, take: &mut dyn FnMut(&[u32])) {
    let mut stream = Stream::new(seed, "forest/rows", t as u64);
    let mut drawn = [0; AT_ONCE];
    for start in (0..n_rows).step_by(AT_ONCE) {
        let drawn = &mut drawn[..AT_ONCE.min(n_rows - start)];
        stream.fill_below(n_rows as u32, drawn);
        take(drawn);
    }
}

/// What the trees of a bootstrap forest say of rows they have not seen (Breiman 2001, section 3.1).
#[derive(Clone, Debug, PartialEq)]
pub struct OutOfBag {
    /// Rows of the training set that at least one tree has not drawn, ascending.
    pub rows: Vec<u32>,
    /// The mean over these trees for each of them.
    pub predictions: Predictions,
}

/// Judges a bootstrap forest by its own training set, `train` (all of weight above 0), with the `seed` it was grown with.
///
/// # Errors
/// The model is no average of trees on these features.
pub fn out_of_bag(train: &TrainingSet, model: &TreeModel, seed: u64) -> Result<OutOfBag> {
    if model.combination != Combination::Average || model.gain.len() != train.features().n_features() {
        return Err(Error::internal("an out-of-bag judgement of another model"));
    }
    let (n, width, binned) = (train.n_rows(), model.leaf_width, train.bins());
    let mut shown: Vec<Option<u32>> = vec![None; binned.n_rows()];
    (0..n).for_each(|i| shown[binned.row(i)] = Some(i as u32));
    let rows: Vec<Vec<f64>> = shown.iter().map(|i| i.map_or_else(Vec::new, |i| train.features().matrix().row(i as usize).to_vec())).collect();
    let sets = model.sets();
    let (mut sums, mut judges) = (vec![0.0; n * width], vec![0_u32; n]);
    for (t, &root) in model.roots.iter().enumerate() {
        let mut seen = vec![false; n];
        draws(n, seed, t, &mut |drawn| drawn.iter().for_each(|&i| seen[i as usize] = true));
        let leaves: Vec<usize> = rows.iter().map(|row| if row.is_empty() { 0 } else { model.leaf_values(root as usize, row, &sets) }).collect();
        for i in (0..n).filter(|&i| !seen[i]) {
            let leaf = leaves[binned.row(i)];
            sums[i * width..(i + 1) * width].iter_mut().zip(&model.values[leaf..]).for_each(|(sum, value)| *sum += value);
            judges[i] += 1;
        }
    }
    let rows: Vec<u32> = (0..n as u32).filter(|&i| judges[i as usize] > 0).collect();
    let classes = model.n_classes.max(1);
    let mut values = vec![0.0; rows.len() * classes];
    for (&i, answer) in rows.iter().zip(values.chunks_exact_mut(classes)) {
        let i = i as usize;
        model.link(&sums[i * width..(i + 1) * width], judges[i] as usize, answer);
    }
    Ok(OutOfBag { rows, predictions: Predictions { n_classes: model.n_classes, values, cuts: Vec::new() } })
}

/// What all trees of a fit share.
pub(super) struct Bag<'a> {
    train: &'a TrainingSet,
    weights: Cow<'a, [f64]>,
    binned: std::sync::Arc<Binned>,
    shape: Shape,
    /// Mean target, or nothing for several classes: numbers near 0 lose least.
    centre: f64,
    size: TreeSize,
    least_gain: f64,
    least_weight: f64,
    /// What drawing a row adds, where rows differ in few ways.
    additions: Option<Additions>,
}

/// What one draw of a row adds to its joined row.
#[derive(Clone, Copy)]
struct Addition {
    /// Place of the joined row's numbers.
    at: usize,
    /// Which of them gets `value`.
    slot: usize,
    value: f64,
    weight: f64,
}

/// The different additions, and the number of each row's.
struct Additions {
    of_row: Vec<u16>,
    different: Vec<Addition>,
}

impl<'a> Bag<'a> {
    pub fn new(train: &'a TrainingSet, size: TreeSize) -> Self {
        let weights = if size.balanced { Cow::Owned(class_balanced(train)) } else { Cow::Borrowed(train.weights()) };
        let outputs = if train.n_classes() > 2 { train.n_classes() } else { 1 };
        let unit = weights.iter().all(|w| w.to_bits() == 1.0_f64.to_bits());
        let power = sum(&train.target().iter().zip(weights.iter()).map(|(y, w)| w * y * y).collect::<Vec<_>>());
        let mut bag = Self {
            train,
            binned: train.bins(),
            shape: Shape { outputs, width: outputs + if unit { 1 } else { 2 } },
            centre: if outputs == 1 { mean(train.target()) } else { 0.0 },
            size,
            least_gain: ROUNDING * power,
            least_weight: LEAST_WEIGHT * mean(&weights),
            weights,
            additions: None,
        };
        bag.additions = if size.bootstrap { bag.different_additions() } else { None };
        bag
    }

    /// What drawing row `i` once adds.
    fn addition(&self, i: usize) -> Addition {
        let Shape { outputs, width } = self.shape;
        let (weight, target) = (self.weights[i], self.train.target()[i]);
        let (slot, value) = if outputs == 1 { (0, weight * (target - self.centre)) } else { (target as usize, weight) };
        Addition { at: self.binned.row(i) * width, slot, value, weight }
    }

    /// The different additions, if they are few: equal rows with equal targets and weights add the same. Numbered in the order of their first rows.
    fn different_additions(&self) -> Option<Additions> {
        let alike = |a: &Addition| (a.at, a.slot, a.value.to_bits(), a.weight.to_bits());
        // Places by hash, open addressing: the number after which to look, plus one; 0 is free.
        let mut places = vec![0_u32; 2 * MOST_ADDITIONS];
        let mut different: Vec<Addition> = Vec::new();
        let mut of_row = Vec::with_capacity(self.train.n_rows());
        for i in 0..self.train.n_rows() {
            let one = self.addition(i);
            let mixed = ((one.at + one.slot) as u64 ^ one.value.to_bits().rotate_left(17) ^ one.weight.to_bits()).wrapping_mul(MIXER);
            let mut place = (mixed >> 32) as usize % places.len();
            while places[place] > 0 && alike(&different[places[place] as usize - 1]) != alike(&one) {
                place = (place + 1) % places.len();
            }
            if places[place] == 0 {
                different.push(one);
                places[place] = different.len() as u32;
            }
            of_row.push(u16::try_from(places[place] - 1).ok()?);
        }
        Some(Additions { of_row, different })
    }

    /// The numbers of every joined row, shape `(n_rows, width)`, of the bootstrap sample of tree number `t`.
    fn drawn(&self, seed: u64, t: usize) -> Vec<f64> {
        let n = self.train.n_rows();
        let mut stats = vec![0.0; self.binned.n_rows() * self.shape.width];
        // Counts first: far less memory is touched at random than if every draw added its numbers.
        if let Some(Additions { of_row, different }) = &self.additions {
            let mut counts = vec![0_u32; different.len()];
            draws(n, seed, t, &mut |drawn| {
                for &i in drawn {
                    counts[usize::from(of_row[i as usize])] += 1;
                }
            });
            different.iter().zip(counts).for_each(|(one, count)| self.add(&mut stats, *one, f64::from(count)));
        } else {
            let mut counts = vec![0_u32; n];
            draws(n, seed, t, &mut |drawn| drawn.iter().for_each(|&i| counts[i as usize] += 1));
            (0..n).zip(counts).filter(|(_, count)| *count > 0).for_each(|(i, count)| self.add(&mut stats, self.addition(i), f64::from(count)));
        }
        stats
    }

    /// The numbers of every joined row, shape `(n_rows, width)`, of all rows.
    fn all_rows(&self) -> Vec<f64> {
        let mut stats = vec![0.0; self.binned.n_rows() * self.shape.width];
        (0..self.train.n_rows()).for_each(|i| self.add(&mut stats, self.addition(i), 1.0));
        stats
    }

    /// Adds one row so many times.
    fn add(&self, stats: &mut [f64], one: Addition, count: f64) {
        let Shape { outputs, width } = self.shape;
        let cell = &mut stats[one.at..one.at + width];
        cell[one.slot] += count * one.value;
        cell[outputs] += count * one.weight;
        if width == outputs + 2 {
            cell[outputs + 1] += count;
        }
    }

    /// An average without trees yet.
    fn average(&self) -> TreeModel {
        TreeModel::empty(self.train.n_classes(), Combination::Average, Vec::new(), self.train.features().n_features())
    }

    /// Adds trees number `trees`.
    pub fn grow(&self, model: &mut TreeModel, seed: u64, trees: Range<usize>, pulse: &dyn Fn(), leaf: &mut Leaf<'_>) {
        let all = if self.size.bootstrap { Vec::new() } else { self.all_rows() };
        let mut grower = Grower::new(&self.binned, self.shape);
        for t in trees {
            pulse();
            let drawn = self.size.bootstrap.then(|| self.drawn(seed, t));
            let stream = Stream::new(seed, "forest/features", t as u64);
            self.tree(model, &mut grower, drawn.as_ref().unwrap_or(&all), Some(stream), t, leaf);
        }
    }

    fn tree(&self, model: &mut TreeModel, grower: &mut Grower<'_>, stats: &[f64], stream: Option<Stream>, number: usize, leaf: &mut Leaf<'_>) {
        let n_features = self.train.features().n_features();
        let wanted = self.size.features.filter(|&m| m < n_features).or(self.size.random_cuts.then_some(n_features));
        let least = self.size.min_leaf as f64;
        let min_rows = if self.size.bootstrap { 1.0 + DRAWS_A_ROW * (least - 1.0) } else { least };
        let mut rules = Rules {
            limits: Limits { min_rows, min_weight: self.least_weight, l1: 0.0, l2: 0.0, levels: LevelLimits::PLAIN },
            max_leaves: usize::MAX,
            max_depth: self.size.depth,
            some_features: wanted.zip(stream),
            random_cuts: self.size.random_cuts,
            columns: None,
            monotone: Vec::new(),
            least_gain: self.least_gain,
        };
        let nodes = grower.grow(stats, &mut rules);
        let order = &grower.order;
        model.push(&self.binned, &nodes, self.shape.outputs, |node, values| leaf(number, &order[node.rows.clone()], node, values));
    }

    fn leaf(&self, node: &Node, values: &mut Vec<f64>) {
        let weight = self.shape.weight(&node.sums);
        let shares = node.sums[..self.shape.outputs].iter().map(|g| self.centre + g / weight);
        if self.train.kind().is_classification() {
            values.extend(shares.map(|p| p.clamp(0.0, 1.0)));
        } else {
            values.extend(shares);
        }
    }
}
