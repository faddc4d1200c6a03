//! Predictions of tree models.
//!
//! Rows that fall on the same side of every threshold of the model get the same answer, so tables of few-valued features are walked once for each distinct row.

use super::levels::{WORDS, has, level_of};
use super::{Combination, TreeModel};
use crate::error::{Error, Result};
use crate::features::{MAX_BINS, distinct_rows, encode};
use crate::math::elementary::{exp, logistic};
use crate::math::rank::quantile;
use crate::model::linear::{to_probabilities, two_classes};
use crate::model::{Features, Predictions};

/// Distinct rows are looked for when there are at least this many rows and trees to walk; below it the search costs more than it saves.
const WALKS_WORTH_JOINING: usize = 1 << 16;
/// Sums above this one have the same exponential, so that it stays finite.
const GREATEST_EXPONENT: f64 = 700.0;

impl TreeModel {
    /// Predicts every row.
    ///
    /// # Errors
    /// The number of features is not that of the training set.
    pub fn predict(&self, features: &Features) -> Result<Predictions> {
        if self.gain.len() != features.n_features() {
            return Err(Error::internal("trees given another number of features"));
        }
        let width = self.n_classes.max(1);
        let Some((of_row, first)) = self.same_answers(features) else {
            let mut values = vec![0.0; features.n_rows() * width];
            self.walk_rows(features, 0..features.n_rows() as u32, &mut values);
            return Ok(Predictions { n_classes: self.n_classes, values, cuts: Vec::new() });
        };
        let mut answers = vec![0.0; first.len() * width];
        self.walk_rows(features, first.into_iter(), &mut answers);
        let values = of_row.iter().flat_map(|&d| &answers[d as usize * width..(d as usize + 1) * width]).copied().collect();
        Ok(Predictions { n_classes: self.n_classes, values, cuts: Vec::new() })
    }

    /// Rows with the same answer, if joining them pays: which group each row is in, and the first row of each group.
    fn same_answers(&self, features: &Features) -> Option<(Vec<u32>, Vec<u32>)> {
        let n = features.n_rows();
        if n * self.roots.len() < WALKS_WORTH_JOINING {
            return None;
        }
        let cuts = self.cuts();
        if cuts.iter().any(|c| c.len() >= MAX_BINS) {
            return None;
        }
        let missing = !self.missing_right.is_empty();
        let mut codes: Vec<u8> = Vec::with_capacity(n * cuts.len());
        let mut widths: Vec<usize> = cuts.iter().map(|c| c.len() + 1 + usize::from(missing)).collect();
        let by_levels = self.by_levels();
        for (j, cuts) in cuts.iter().enumerate() {
            if by_levels[j] {
                let levels = features.slice(j).iter().map(|&x| level_of(x));
                let none = levels.clone().flatten().max().map_or(0, |most| most + 1);
                widths[j] = none + 1;
                codes.extend(levels.map(|level| level.unwrap_or(none) as u8));
            } else {
                codes.extend(encode(features.slice(j), cuts, missing));
            }
        }
        distinct_rows(&codes, &widths, n, n / 2).map(|d| (d.of_row, d.first))
    }

    /// Which features are cut by levels, shape `(n_features,)`.
    fn by_levels(&self) -> Vec<bool> {
        let mut by_levels = vec![false; self.gain.len()];
        self.level_cuts.iter().for_each(|&node| by_levels[self.feature[node as usize] as usize] = true);
        by_levels
    }

    /// For each node the number of its set of levels, from 1; 0 for a leaf and a cut by a threshold. Empty when no cut is by levels.
    pub(crate) fn sets(&self) -> Vec<u32> {
        if self.level_cuts.is_empty() {
            return Vec::new();
        }
        let mut sets = vec![0; self.left.len()];
        self.level_cuts.iter().zip(1..).for_each(|(&node, number)| sets[node as usize] = number);
        sets
    }

    /// Whether a value goes right at a cut; `sets` as of [`TreeModel::sets`].
    pub(crate) fn goes_right(&self, node: usize, x: f64, sets: &[u32]) -> bool {
        if let Some(&set) = sets.get(node).filter(|set| **set > 0)
            && let Some(level) = level_of(x)
        {
            return has(&self.levels_right[(set as usize - 1) * WORDS..][..WORDS], level);
        }
        let by_threshold = sets.get(node).is_none_or(|set| *set == 0) && !x.is_nan();
        if by_threshold { x > f64::from(self.threshold[node]) } else { self.missing_right.binary_search(&(node as u32)).is_ok() }
    }

    /// All thresholds of each feature, ascending.
    fn cuts(&self) -> Vec<Vec<f32>> {
        let mut cuts = vec![Vec::new(); self.gain.len()];
        for ((&feature, &threshold), _) in self.feature.iter().zip(&self.threshold).zip(&self.left).filter(|(_, left)| **left > 0) {
            let seen: &mut Vec<f32> = &mut cuts[feature as usize];
            if let Err(at) = seen.binary_search_by(|c| c.total_cmp(&threshold)) {
                seen.insert(at, threshold);
            }
        }
        cuts
    }

    fn walk_rows(&self, features: &Features, rows: impl Iterator<Item = u32>, values: &mut [f64]) {
        let sets = self.sets();
        let mut row = vec![0.0; features.n_features()];
        let mut sums = vec![0.0; self.start.len().max(self.leaf_width)];
        for (i, answer) in rows.zip(values.chunks_exact_mut(self.n_classes.max(1))) {
            for (cell, x) in row.iter_mut().zip(features.matrix().row(i as usize)) {
                *cell = *x;
            }
            self.sum_trees(&row, &sets, &mut sums);
            self.link(&sums, self.roots.len(), answer);
        }
    }

    fn sum_trees(&self, row: &[f64], sets: &[u32], sums: &mut [f64]) {
        if self.combination == Combination::Quantile {
            let mut told: Vec<f64> = self.roots.iter().map(|&root| self.values[self.leaf_values(root as usize, row, sets)]).collect();
            told.sort_unstable_by(f64::total_cmp);
            sums[0] = quantile(&told, self.start[0]);
            return;
        }
        sums.fill(0.0);
        sums.iter_mut().zip(&self.start).for_each(|(sum, start)| *sum = *start);
        for (tree, &root) in self.roots.iter().enumerate() {
            let leaf = self.leaf_values(root as usize, row, sets);
            if self.leaf_width == 1 {
                let turn = if sums.len() == 1 { 0 } else { tree % sums.len() };
                sums[turn] += self.values[leaf];
            } else {
                sums.iter_mut().zip(&self.values[leaf..]).for_each(|(sum, value)| *sum += value);
            }
        }
    }

    /// Where the values of the leaf begin that a row falls into; `sets` as of [`TreeModel::sets`].
    #[inline]
    pub(super) fn leaf_values(&self, root: usize, row: &[f64], sets: &[u32]) -> usize {
        let mut node = root;
        if self.missing_right.is_empty() && sets.is_empty() {
            while self.left[node] > 0 {
                let right = row[self.feature[node] as usize] > f64::from(self.threshold[node]);
                node = self.left[node] as usize + usize::from(right);
            }
        } else {
            while self.left[node] > 0 {
                let right = self.goes_right(node, row[self.feature[node] as usize], sets);
                node = self.left[node] as usize + usize::from(right);
            }
        }
        self.feature[node] as usize * self.leaf_width
    }

    /// The prediction that sums over so many trees are.
    pub(super) fn link(&self, sums: &[f64], n_trees: usize, answer: &mut [f64]) {
        let n_trees = n_trees.max(1) as f64;
        match (self.combination, self.n_classes) {
            (Combination::Average, 0) => answer[0] = sums[0] / n_trees,
            (Combination::Average, 2) => answer.copy_from_slice(&two_classes(sums[0] / n_trees)),
            (Combination::Average, _) => {
                let total: f64 = sums.iter().sum();
                answer.iter_mut().zip(sums).for_each(|(p, sum)| *p = sum / total);
            }
            (Combination::Sum | Combination::Quantile, _) => answer[0] = sums[0],
            (Combination::ExpSum, _) => answer[0] = exp(sums[0].min(GREATEST_EXPONENT)),
            (Combination::LogisticSum, _) => answer.copy_from_slice(&two_classes(logistic(sums[0]))),
            (Combination::SoftmaxSum, _) => {
                answer.copy_from_slice(sums);
                to_probabilities(answer);
            }
        }
    }
}
