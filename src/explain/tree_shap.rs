//! Exact Shapley values of tree models, path-dependent (Lundberg, Erion and Lee 2018; Lundberg et al. 2020, Nature Machine Intelligence 2, 56).
//!
//! The game: a tree that knows the features in S walks a row down where its cut is on a feature of S, and both ways otherwise, weighted by the training rows
//! that went each way. So for a leaf with value v, `v(S) = v prod_{j in S} o_j prod_{j not in S} z_j` over the features on its path, where `o_j` is 1 if the row
//! passes all cuts on j (0 otherwise), and `z_j` the product of the shares of training rows that passed them.
//!
//! Lundberg's algorithm 2 sums this over subset sizes, path by path. Here the same sum is an integral (Owen 1972, the multilinear extension):
//! `phi_i = sum_leaves v (o_i - z_i) int_0^1 prod_{j != i} (o_j t + z_j (1 - t)) dt`, a polynomial in t of degree d - 1 for d features on the path, which
//! Gauss-Legendre quadrature with `ceil(d / 2)` points gives exactly. All factors are above 0 inside of (0, 1), so products are kept from parent to child and sums from
//! child to parent, and every node is visited once: `O(nodes d)` a tree and row instead of `O(leaves d^2)` (the same order as Yu et al. 2022, "Linear TreeSHAP").
//!
//! Values are in the units of the sums ([`Combination`]): log-odds for logistic boosting, probabilities for forests. Checked against all subsets (Shapley's formula)
//! and against the `shap` package on trees of LightGBM and scikit-learn.

use crate::error::{Error, Result};
use crate::math::elementary::cos;
use crate::model::tree::{Combination, TreeModel};
use std::f64::consts::PI;

/// Most different features on one path; 64 points then. No learner of ours grows deeper than 30 unless its leaves say so.
const MOST_ON_A_PATH: usize = 128;
/// Steps of Newton's method for a quadrature point: it doubles its digits at each, from three at least.
const NEWTON_STEPS: usize = 8;
/// Stands for "no node".
const NONE: u32 = u32::MAX;

/// The way into a node.
#[derive(Clone, Copy)]
struct Edge {
    /// Node it comes from; [`NONE`] for a root.
    parent: u32,
    /// The node above on the path whose way in was cut on the same feature; [`NONE`] when this is the first.
    before: u32,
    /// Feature of the cut.
    feature: u32,
    /// Share of training rows that pass this and all earlier cuts on the feature, of those that reach them.
    share: f64,
}

/// A tree model made ready to be explained.
pub struct TreeShap<'a> {
    model: &'a TreeModel,
    edges: Vec<Edge>,
    points: Vec<(f64, f64)>,
    n_sums: usize,
    base: Vec<f64>,
    /// Which cuts are by levels: [`TreeModel::sets`].
    sets: Vec<u32>,
}

/// Buffers of one tree, shape `(n_nodes,)` or `(n_nodes, n_points)`.
#[derive(Default)]
struct Walk {
    passes: Vec<bool>,
    factor: Vec<f64>,
    product: Vec<f64>,
    sum: Vec<f64>,
}

impl<'a> TreeShap<'a> {
    /// Prepares a model that keeps its rule (`TreeModel::validate`).
    ///
    /// # Errors
    /// The model was written before it kept how many rows its leaves were grown on, has paths of more than 128 different features, or is no tree.
    pub fn new(model: &'a TreeModel) -> Result<Self> {
        if model.cover.len() * model.leaf_width != model.values.len() {
            let why = "the model does not keep how many rows its leaves were grown on";
            return Err(Error::not_computable("Exact contributions", why, "Train the model again."));
        }
        if model.combination == Combination::Quantile {
            return Err(Error::not_computable("Exact contributions", "a quantile over trees is no sum", "Ask for sampled ones."));
        }
        let n_sums = model.start.len().max(model.leaf_width);
        let mut shap =
            Self { model, edges: Vec::with_capacity(model.left.len()), points: Vec::new(), n_sums, base: vec![0.0; n_sums], sets: model.sets() };
        shap.base.iter_mut().zip(&model.start).for_each(|(base, start)| *base = *start);
        let mut longest = 1;
        for tree in 0..model.n_trees() {
            longest = longest.max(shap.add_tree(tree)?);
        }
        if longest > MOST_ON_A_PATH {
            return Err(Error::not_computable("Exact contributions", "the trees are too deep", "Limit the depth of the trees."));
        }
        shap.points = quadrature(longest.div_ceil(2));
        Ok(shap)
    }

    /// What is predicted without knowing any feature: the mean over the training rows of the trees, shape `(n_sums,)`.
    #[must_use]
    pub fn base(&self) -> &[f64] {
        &self.base
    }

    /// Multiplications that one row costs, roughly: bound rows by it.
    #[must_use]
    pub fn cost_of_a_row(&self) -> usize {
        self.edges.len() * self.points.len()
    }

    /// Contributions of each feature to each sum for one row of features, shape `(n_sums, n_features)`; they and the base add up to the sums of the model.
    ///
    /// # Errors
    /// The number of features is not that of the training set.
    pub fn values(&self, row: &[f64]) -> Result<Vec<f64>> {
        let n_features = self.model.gain.len();
        if row.len() != n_features {
            return Err(Error::internal("trees given another number of features"));
        }
        let (mut values, mut walk) = (vec![0.0; self.n_sums * n_features], Walk::default());
        for tree in 0..self.model.n_trees() {
            let nodes = self.nodes(tree);
            self.walk_down(nodes.clone(), row, &mut walk);
            for sum in 0..self.n_sums {
                if self.model.leaf_width == 1 && sum != tree % self.n_sums {
                    continue;
                }
                self.walk_up(nodes.clone(), sum, &mut walk, &mut values[sum * n_features..(sum + 1) * n_features]);
            }
        }
        let parts = self.parts();
        values.iter_mut().for_each(|v| *v /= parts);
        Ok(values)
    }

    /// What the sum over trees is divided by.
    fn parts(&self) -> f64 {
        if self.model.combination == Combination::Average { self.model.n_trees().max(1) as f64 } else { 1.0 }
    }

    fn nodes(&self, tree: usize) -> std::ops::Range<usize> {
        let end = self.model.roots.get(tree + 1).map_or(self.model.left.len(), |&e| e as usize);
        self.model.roots[tree] as usize..end
    }

    /// Edges and base of a tree; gives the most different features on one path.
    fn add_tree(&mut self, tree: usize) -> Result<usize> {
        let (model, nodes) = (self.model, self.nodes(tree));
        let (root, n) = (nodes.start, nodes.len());
        let mut cover = vec![0.0; n];
        for node in nodes.clone().rev() {
            let left = model.left[node] as usize;
            cover[node - root] =
                if left == 0 { f64::from(model.cover[model.feature[node] as usize]) } else { cover[left - root] + cover[left + 1 - root] };
        }
        let mut parents = vec![NONE; n];
        for node in nodes.clone().filter(|&node| model.left[node] > 0) {
            for child in [model.left[node] as usize, model.left[node] as usize + 1] {
                if child == root || std::mem::replace(&mut parents[child - root], node as u32) != NONE {
                    return Err(Error::internal("a tree model with a node of two parents"));
                }
            }
        }
        let (mut known, mut longest) = (vec![0_usize; n], 0);
        for node in nodes {
            let parent = parents[node - root];
            if parent == NONE {
                if node != root {
                    return Err(Error::internal("a tree model with a node of no parent"));
                }
                self.edges.push(Edge { parent: NONE, before: NONE, feature: 0, share: 1.0 });
                continue;
            }
            let feature = model.feature[parent as usize];
            let before = self.before(parent, feature);
            let share = cover[node - root] / cover[parent as usize - root];
            let earlier = if before == NONE { 1.0 } else { self.edges[before as usize].share };
            known[node - root] = known[parent as usize - root] + usize::from(before == NONE);
            longest = longest.max(known[node - root]);
            self.edges.push(Edge { parent, before, feature, share: share * earlier });
        }
        self.add_base(root, &cover, tree);
        Ok(longest)
    }

    /// The nearest node on the path to `node` (itself included) whose way in was cut on `feature`.
    fn before(&self, mut node: u32, feature: u32) -> u32 {
        while node != NONE {
            let edge = self.edges[node as usize];
            if edge.parent != NONE && edge.feature == feature {
                return node;
            }
            node = edge.parent;
        }
        NONE
    }

    fn add_base(&mut self, root: usize, cover: &[f64], tree: usize) {
        let (model, width, parts) = (self.model, self.model.leaf_width, self.parts());
        for (at, covered) in cover.iter().enumerate().filter(|(at, _)| model.left[root + at] == 0) {
            let weight = covered / cover[0] / parts;
            let leaf = model.feature[root + at] as usize * width;
            if width == 1 {
                self.base[tree % self.n_sums] += weight * model.values[leaf];
            } else {
                self.base.iter_mut().zip(&model.values[leaf..leaf + width]).for_each(|(base, value)| *base += weight * value);
            }
        }
    }

    /// Factors and products of every node for one row.
    fn walk_down(&self, nodes: std::ops::Range<usize>, row: &[f64], walk: &mut Walk) {
        let (model, root, n_points) = (self.model, nodes.start, self.points.len());
        walk.passes.resize(nodes.len().max(walk.passes.len()), false);
        let cells = (nodes.len() * n_points).max(walk.factor.len());
        [&mut walk.factor, &mut walk.product, &mut walk.sum].into_iter().for_each(|buffer| buffer.resize(cells, 0.0));
        walk.product[..n_points].fill(1.0);
        for node in nodes.skip(1) {
            let Edge { parent, before, feature, share } = self.edges[node];
            let goes_right = model.goes_right(parent as usize, row[feature as usize], &self.sets);
            let is_right = node > model.left[parent as usize] as usize;
            let passes = goes_right == is_right && (before == NONE || walk.passes[before as usize - root]);
            walk.passes[node - root] = passes;
            let (own, above) = ((node - root) * n_points, (parent as usize - root) * n_points);
            for (q, &(t, _)) in self.points.iter().enumerate() {
                let factor = if passes { t + share * (1.0 - t) } else { share * (1.0 - t) };
                let earlier = if before == NONE { 1.0 } else { walk.factor[(before as usize - root) * n_points + q] };
                walk.factor[own + q] = factor;
                walk.product[own + q] = walk.product[above + q] * factor / earlier;
            }
        }
    }

    /// Adds up leaves from the last node to the root, and what each way in contributes to one sum.
    fn walk_up(&self, nodes: std::ops::Range<usize>, sum: usize, walk: &mut Walk, values: &mut [f64]) {
        let (model, root, n_points) = (self.model, nodes.start, self.points.len());
        walk.sum[..nodes.len() * n_points].fill(0.0);
        for node in nodes.skip(1).rev() {
            let Edge { parent, before, feature, share } = self.edges[node];
            let (own, above) = ((node - root) * n_points, (parent as usize - root) * n_points);
            if model.left[node] == 0 {
                let at = model.feature[node] as usize * model.leaf_width + if model.leaf_width == 1 { 0 } else { sum };
                for (q, &(_, weight)) in self.points.iter().enumerate() {
                    walk.sum[own + q] = weight * model.values[at] * walk.product[own + q];
                }
            }
            let gap = |passes: bool, share: f64| f64::from(u8::from(passes)) - share;
            let known = gap(walk.passes[node - root], share);
            let mut total = 0.0;
            for q in 0..n_points {
                let mut rate = known / walk.factor[own + q];
                if before != NONE {
                    let first = before as usize - root;
                    rate -= gap(walk.passes[first], self.edges[before as usize].share) / walk.factor[first * n_points + q];
                }
                total += walk.sum[own + q] * rate;
                walk.sum[above + q] += walk.sum[own + q];
            }
            values[feature as usize] += total;
        }
    }
}

/// Points and weights of Gauss-Legendre quadrature on (0, 1): exact for polynomials of degree `2 n - 1`. Shape `(n,)`, weights sum to 1.
fn quadrature(n: usize) -> Vec<(f64, f64)> {
    let one = |i: usize| {
        // Roots of the Legendre polynomial by Newton's method from Tricomi's first approximation; P_k by Bonnet's recursion.
        let mut x = cos(PI * (i as f64 + 0.75) / (n as f64 + 0.5));
        let mut slope = 1.0;
        for _ in 0..NEWTON_STEPS {
            let (mut before, mut value) = (1.0, x);
            for k in 2..=n {
                let k = k as f64;
                (before, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k);
            }
            slope = n as f64 * (x * value - before) / (x * x - 1.0);
            x -= value / slope;
        }
        (0.5 * (1.0 + x), 1.0 / ((1.0 - x * x) * slope * slope))
    };
    (0..n).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quadrature_is_exact_for_polynomials() {
        for n in [1_usize, 2, 5, 15, 64] {
            let points = quadrature(n);
            for degree in [0, 1, 2 * n - 2, 2 * n - 1] {
                let integral: f64 = points.iter().map(|(t, w)| w * crate::math::elementary::powi(*t, degree as i32)).sum();
                assert!((integral * (degree + 1) as f64 - 1.0).abs() < 1e-12, "{n} points, power {degree}: {integral}");
            }
        }
    }
}
