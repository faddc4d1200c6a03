//! The best cut of one feature, from its histogram.
//!
//! With S(node) = sum_k gradient_k^2 / (weight + l2) the gain of a cut is S(left) + S(right) - S(node) (Friedman 2001; Chen and Guestrin 2016, eq. 7): variance for
//! numbers, Gini's impurity for class indicators. An L1 penalty draws every gradient towards 0 by as much first. Missing values, where there are any, are tried on both
//! sides (Chen and Guestrin 2016, algorithm 3). Leaves that must keep an order (monotone features) have their values held between bounds, and S is what those values are
//! worth: `2 gradient v - (weight + l2) v^2 - 2 l1 |v|`; a cut whose sides would stand in the wrong order is none (LightGBM's "basic" method).

use super::histogram::Shape;
use super::levels::{LevelLimits, Levels};
use crate::math::rng::Stream;

/// What both sides of a cut must keep, and what their values cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Limits {
    /// Least rows on either side.
    pub min_rows: f64,
    /// Least weight on either side.
    pub min_weight: f64,
    /// Penalty on absolute leaf values.
    pub l1: f64,
    /// Penalty on squared leaf values.
    pub l2: f64,
    /// Of cuts by levels.
    pub levels: LevelLimits,
}

impl Limits {
    /// S of the sums of a node.
    pub fn score(&self, shape: Shape, cell: &[f64]) -> f64 {
        let squares: f64 = cell[..shape.outputs].iter().map(|g| self.drawn(*g) * self.drawn(*g)).sum();
        let weight = cell[shape.outputs] + self.l2;
        if weight > 0.0 { squares / weight } else { 0.0 }
    }

    /// This share of the value of a leaf of these sums, for one gradient.
    pub fn value(&self, cell: &[f64], share: f64) -> f64 {
        share * self.drawn(cell[0]) / (cell[1] + self.l2).max(f64::MIN_POSITIVE)
    }

    /// A gradient after the L1 penalty.
    fn drawn(&self, gradient: f64) -> f64 {
        if self.l1 > 0.0 { (gradient.abs() - self.l1).max(0.0).copysign(gradient) } else { gradient }
    }

    fn allow(&self, shape: Shape, cell: &[f64]) -> bool {
        shape.rows(cell) >= self.min_rows && shape.weight(cell) >= self.min_weight
    }
}

/// Between what the values of a node's leaves must lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounds {
    /// Least value.
    pub low: f64,
    /// Greatest value.
    pub high: f64,
}

impl Bounds {
    /// Any value will do.
    pub const NONE: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY };

    /// The nearest value that will do.
    pub fn hold(self, value: f64) -> f64 {
        value.max(self.low).min(self.high)
    }

    /// S of the sums of a node with one gradient whose value is held.
    fn score(self, limits: &Limits, cell: &[f64]) -> f64 {
        let value = self.hold(limits.value(cell, 1.0));
        2.0 * cell[0] * value - (cell[1] + limits.l2) * value * value - 2.0 * limits.l1 * value.abs()
    }
}

/// A cut of one feature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cut {
    /// The last bin of values that goes left.
    pub bin: usize,
    /// Whether missing values go right.
    pub missing_right: bool,
    /// Of a cut by levels those that go right; then the bin means nothing.
    pub levels: Option<Levels>,
    /// S(left) + S(right).
    pub score: f64,
}

/// One feature in one node.
pub(super) struct Question<'a> {
    /// Its histogram.
    pub cells: &'a [f64],
    /// Whether its last bin is that of missing values.
    pub missing: bool,
    /// Whether its values are levels without an order.
    pub levels: bool,
    /// The sums of the node.
    pub node: &'a [f64],
    pub shape: Shape,
    pub limits: &'a Limits,
    /// What the node's values are held to and whether they must rise (1) or fall (-1) with the feature; none when no feature asks for an order.
    pub held: Option<(Bounds, i8)>,
}

impl Question<'_> {
    /// The best cut: the first of equals, missing values left before right; none when no cut keeps the limits.
    pub fn best(&self) -> Option<Cut> {
        if self.levels {
            return self.best_levels();
        }
        if self.shape.outputs == 1 && self.limits.l1 <= 0.0 && self.held.is_none() && !self.missing {
            return self.best_plain();
        }
        let lost = self.lost();
        let mut best = None;
        if let Some(lost) = lost {
            self.scan(lost.to_vec(), false, &mut best);
        }
        let none_lost = lost.is_none();
        self.scan(vec![0.0; self.shape.width], true, &mut best);
        best.map(|cut| if none_lost { self.with_larger_side(cut) } else { cut })
    }

    /// A cut drawn at random between the lowest and the highest bin that have rows, missing values on the better side.
    pub fn random(&self, stream: &mut Stream) -> Option<Cut> {
        if self.levels {
            return self.random_levels(stream);
        }
        let (bins, width) = (self.bins(), self.shape.width);
        let filled = |bin: &usize| self.shape.rows(&self.cells[bin * width..(bin + 1) * width]) > 0.0;
        let (low, high) = ((0..bins).find(filled)?, (0..bins).rev().find(filled)?);
        let lost = self.lost();
        if low == high && lost.is_none() {
            return None;
        }
        let bin = if low == high { high } else { low + stream.below((high - low) as u32) as usize };
        let mut left = vec![0.0; width];
        for cell in self.cells.chunks_exact(width).take(bin + 1) {
            left.iter_mut().zip(cell).for_each(|(sum, value)| *sum += value);
        }
        let mut best = None;
        let mut right = vec![0.0; width];
        if let Some(lost) = lost
            && low < high
        {
            let with_lost: Vec<f64> = left.iter().zip(lost).map(|(a, b)| a + b).collect();
            self.rest(&with_lost, &mut right);
            self.consider([&with_lost, &right], bin, false, &mut best);
        }
        self.rest(&left, &mut right);
        self.consider([&left, &right], bin, true, &mut best);
        best.map(|cut| if lost.is_none() { self.with_larger_side(cut) } else { cut })
    }

    /// S of the node itself.
    pub fn score_of_node(&self) -> f64 {
        self.held.map_or_else(|| self.limits.score(self.shape, self.node), |(bounds, _)| bounds.score(self.limits, self.node))
    }

    /// Bins of values.
    pub(super) fn bins(&self) -> usize {
        self.cells.len() / self.shape.width - usize::from(self.missing)
    }

    /// The sums of missing values, if the node has any.
    fn lost(&self) -> Option<&[f64]> {
        let cell = &self.cells[self.bins() * self.shape.width..];
        (self.missing && self.shape.rows(cell) > 0.0).then_some(cell)
    }

    /// Where the node has no missing values, those to come go to the side with more rows.
    fn with_larger_side(&self, cut: Cut) -> Cut {
        if !self.missing {
            return Cut { missing_right: false, ..cut };
        }
        let width = self.shape.width;
        let left: f64 = self.cells.chunks_exact(width).take(cut.bin + 1).map(|c| self.shape.rows(c)).sum();
        Cut { missing_right: 2.0 * left < self.shape.rows(self.node), ..cut }
    }

    /// One gradient, nothing missing, no L1 penalty and no order to keep: the loop most time is spent in.
    fn best_plain(&self) -> Option<Cut> {
        let (shape, limits) = (self.shape, *self.limits);
        let (gradient, weight, rows) = (self.node[0], self.node[1], self.node[shape.width - 1]);
        let (mut g, mut w, mut n) = (0.0, 0.0, 0.0);
        let mut best: Option<(usize, f64)> = None;
        let bins = self.cells.len() / shape.width;
        for (bin, cell) in self.cells.chunks_exact(shape.width).take(bins.saturating_sub(1)).enumerate() {
            let here = cell[shape.width - 1];
            if here <= 0.0 {
                continue;
            }
            g += cell[0];
            w += cell[1];
            n += here;
            let (g_right, w_right) = (gradient - g, weight - w);
            if rows - n < limits.min_rows {
                break;
            }
            if n >= limits.min_rows && w >= limits.min_weight && w_right >= limits.min_weight {
                let score = g * g / (w + limits.l2) + g_right * g_right / (w_right + limits.l2);
                if best.is_none_or(|b| score > b.1) {
                    best = Some((bin, score));
                }
            }
        }
        best.map(|(bin, score)| Cut { bin, missing_right: false, levels: None, score })
    }

    /// All cuts with `left` (nothing, or the missing values) on the left before the first bin.
    fn scan(&self, mut left: Vec<f64>, missing_right: bool, best: &mut Option<Cut>) {
        let width = self.shape.width;
        let all_values_left = missing_right && self.lost().is_some();
        let last = if all_values_left { self.bins() } else { self.bins().saturating_sub(1) };
        let mut right = vec![0.0; width];
        for (bin, cell) in self.cells.chunks_exact(width).take(last).enumerate() {
            if self.shape.rows(cell) <= 0.0 {
                continue;
            }
            left.iter_mut().zip(cell).for_each(|(sum, value)| *sum += value);
            self.rest(&left, &mut right);
            if self.shape.rows(&right) < self.limits.min_rows {
                break;
            }
            self.consider([&left, &right], bin, missing_right, best);
        }
    }

    /// What is not on the left.
    pub(super) fn rest(&self, left: &[f64], right: &mut [f64]) {
        right.iter_mut().zip(self.node.iter().zip(left)).for_each(|(right, (all, left))| *right = all - left);
    }

    /// Takes a cut into these sums if it keeps the limits and is better than the best.
    fn consider(&self, sides: [&[f64]; 2], bin: usize, missing_right: bool, best: &mut Option<Cut>) {
        if let Some(score) = self.score(self.limits, sides)
            && best.is_none_or(|b| score > b.score)
        {
            *best = Some(Cut { bin, missing_right, levels: None, score });
        }
    }

    /// S of both sides; none when a limit or the order is not kept.
    pub(super) fn score(&self, limits: &Limits, sides: [&[f64]; 2]) -> Option<f64> {
        let [left, right] = sides;
        if !limits.allow(self.shape, left) || !limits.allow(self.shape, right) {
            return None;
        }
        let Some((bounds, direction)) = self.held else {
            return Some(limits.score(self.shape, left) + limits.score(self.shape, right));
        };
        let [below, above] = sides.map(|side| bounds.hold(limits.value(side, 1.0)));
        let in_order = f64::from(direction) * (above - below) >= 0.0;
        in_order.then(|| bounds.score(limits, left) + bounds.score(limits, right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape { outputs: 1, width: 2 };
    const LIMITS: Limits = Limits { min_rows: 1.0, min_weight: 1e-3, l1: 0.0, l2: 0.0, levels: LevelLimits::PLAIN };

    fn question<'a>(cells: &'a [f64], node: &'a [f64], shape: Shape, limits: &'a Limits) -> Question<'a> {
        Question { cells, missing: false, levels: false, node, shape, limits, held: None }
    }

    fn found(cut: Option<Cut>) -> Option<(usize, bool, f64)> {
        cut.map(|c| (c.bin, c.missing_right, c.score))
    }

    #[test]
    fn the_best_cut_separates_what_differs() {
        let cells = [-3.0, 3.0, 0.0, 0.0, 3.0, 3.0];
        assert_eq!(found(question(&cells, &[0.0, 6.0], SHAPE, &LIMITS).best()), Some((0, false, 6.0)));
        assert_eq!(question(&cells, &[0.0, 6.0], SHAPE, &Limits { min_rows: 4.0, ..LIMITS }).best(), None);
    }

    #[test]
    fn one_output_and_several_agree() {
        let single = [1.0, 2.0, 2.0, -4.0, 3.0, 3.0, 2.5, 1.0, 1.0];
        let double = [1.0, 0.0, 2.0, 2.0, -4.0, 0.0, 3.0, 3.0, 2.5, 0.0, 1.0, 1.0];
        let limits = Limits { l2: 1.0, ..LIMITS };
        let one = question(&single, &[-0.5, 6.0, 6.0], Shape { outputs: 1, width: 3 }, &limits).best();
        assert_eq!(one, question(&double, &[-0.5, 0.0, 6.0, 6.0], Shape { outputs: 2, width: 4 }, &limits).best());
        assert!(one.is_some());
    }

    #[test]
    fn missing_values_go_to_the_side_they_are_like() {
        // Bins low, high, missing.
        for (lost, right) in [([-3.0, 3.0], false), ([3.0, 3.0], true)] {
            let cells = [&[-3.0, 3.0, 3.0, 3.0], &lost[..]].concat();
            let node = [lost[0], 9.0];
            let cut = Question { missing: true, ..question(&cells, &node, SHAPE, &LIMITS) }.best().unwrap();
            assert_eq!((cut.bin, cut.missing_right), (0, right));
        }
    }

    #[test]
    fn being_missing_can_be_all_that_matters() {
        let cells = [-1.0, 3.0, -1.0, 3.0, 4.0, 2.0];
        let cut = Question { missing: true, ..question(&cells, &[2.0, 8.0], SHAPE, &LIMITS) }.best().unwrap();
        assert_eq!((cut.bin, cut.missing_right), (1, true));
    }

    #[test]
    fn without_missing_values_in_the_node_those_to_come_go_where_more_rows_are() {
        for (rows, right) in [([2.0, 5.0], true), ([5.0, 2.0], false)] {
            let cells = [-1.0, rows[0], 2.0, rows[1], 0.0, 0.0];
            let cut = Question { missing: true, ..question(&cells, &[1.0, 7.0], SHAPE, &LIMITS) }.best().unwrap();
            assert_eq!((cut.bin, cut.missing_right), (0, right));
        }
    }

    #[test]
    fn the_l1_penalty_draws_gradients_to_zero() {
        let limits = Limits { l1: 1.0, l2: 1.0, ..LIMITS };
        assert_eq!([3.0, -3.0, 0.5].map(|g| limits.value(&[g, 1.0], 1.0)), [1.0, -1.0, 0.0]);
        let cells = [-3.0, 1.0, 3.0, 1.0];
        assert_eq!(found(question(&cells, &[0.0, 2.0], SHAPE, &limits).best()), Some((0, false, 4.0)));
    }

    #[test]
    fn a_cut_in_the_wrong_order_is_none() {
        let cells = [-3.0, 3.0, 3.0, 3.0];
        let in_order = |direction| Question { held: Some((Bounds::NONE, direction)), ..question(&cells, &[0.0, 6.0], SHAPE, &LIMITS) }.best();
        assert_eq!(found(in_order(1)), Some((0, false, 6.0)));
        assert_eq!(found(in_order(0)), Some((0, false, 6.0)));
        assert_eq!(in_order(-1), None);
        let bounds = Bounds { low: -0.5, high: 2.0 };
        let held = Question { held: Some((bounds, 1)), ..question(&cells, &[0.0, 6.0], SHAPE, &LIMITS) }.best().unwrap();
        assert!((held.score - (2.25 + 3.0)).abs() < 1e-12, "{}", held.score);
    }

    #[test]
    fn a_random_cut_lies_between_the_lowest_and_the_highest_filled_bin() {
        let cells = [0.0, 0.0, -1.0, 2.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0];
        let mut stream = Stream::new(1, "cut", 0);
        let mut seen = [0; 5];
        for _ in 0..200 {
            seen[question(&cells, &[0.0, 3.0], SHAPE, &LIMITS).random(&mut stream).unwrap().bin] += 1;
        }
        assert!(seen[0] == 0 && seen[1] > 50 && seen[2] > 50 && seen[3] == 0 && seen[4] == 0, "{seen:?}");
        assert_eq!(question(&cells[..4], &[0.0, 2.0], SHAPE, &LIMITS).random(&mut stream), None);
    }
}
