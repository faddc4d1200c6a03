//! Cuts of a feature whose values are levels without an order, from its histogram.
//!
//! Sorted by `sum gradient / (sum weight + smooth)`, the best of all partitions of levels in two is a prefix: exactly so for one gradient, no smoothing and no penalty (Fisher
//! 1958, "On grouping for maximum homogeneity"; Breiman et al. 1984, theorem 4.5), nearly so otherwise (Ke et al. 2017). Several gradients (classes) are sorted by each in
//! turn. Where levels are few, each is tried against the rest instead. Gains of prefixes pay an extra L2 penalty, because many partitions were tried.
//!
//! Missing values are a level of their own. Levels with few rows in the node are one group with one another (and with missing values, when those are few too). Levels without
//! rows in the node, and those never seen, go where missing values go: to their side, else to that of the levels with few rows, else to the side with more rows.
//! Nothing depends on how levels are numbered: levels with the same sums stay together.

use super::cut::{Cut, Limits, Question};
use crate::math::rng::Stream;
use std::cmp::Ordering;

/// Words of a set of levels.
pub(super) const WORDS: usize = 8;
/// A set of levels: bit `l % 32` of word `l / 32` is level `l`.
pub(super) type Levels = [u32; WORDS];

/// What cuts by levels must keep, and what they cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LevelLimits {
    /// Penalty on squared leaf values that gains of prefixes pay beyond the usual one.
    pub l2: f64,
    /// Weight of no gradient that each level has beside its own when levels are sorted.
    pub smooth: f64,
    /// Levels with fewer rows in a node are not told apart.
    pub min_rows: f64,
    /// Up to so many levels in a node, each is tried against the rest.
    pub few: usize,
}

impl LevelLimits {
    /// Every prefix, free of charge: Fisher's.
    pub const PLAIN: Self = Self { l2: 0.0, smooth: 0.0, min_rows: 1.0, few: 0 };
    /// LightGBM's defaults, but for the rows of a level (10 there, and 100 on either side of a cut): 20 rows were better than 10 on adult and online shoppers.
    pub const USUAL: Self = Self { l2: 10.0, smooth: 10.0, min_rows: 20.0, few: 4 };
}

/// The level that a value is; none when it is missing or no level.
pub(super) fn level_of(x: f64) -> Option<usize> {
    (x >= 0.0 && x < (32 * WORDS - 1) as f64 && x.fract() == 0.0).then_some(x as usize)
}

/// Whether a level is in a set of levels, shape `(WORDS,)`.
pub(super) fn has(set: &[u32], level: usize) -> bool {
    set.get(level / 32).is_some_and(|word| word >> (level % 32) & 1 == 1)
}

/// Stands for the group of levels with few rows.
const POOL: usize = 32 * WORDS;

/// Levels that are told apart in a node, each a group: a bin, or [`POOL`].
struct Groups<'a> {
    /// A gradient per weight, and the group it is of.
    order: [(f64, usize); POOL + 1],
    n: usize,
    cells: &'a [f64],
    pool: Vec<f64>,
    /// The group that missing values are in, or else that of levels with few rows.
    lost: Option<usize>,
    width: usize,
}

impl Groups<'_> {
    fn push(&mut self, group: usize) {
        self.order[self.n] = (0.0, group);
        self.n += 1;
    }

    fn all(&self) -> &[(f64, usize)] {
        &self.order[..self.n]
    }

    fn cell(&self, group: usize) -> &[f64] {
        if group == POOL { &self.pool } else { &self.cells[group * self.width..(group + 1) * self.width] }
    }

    /// Sorts by a gradient per weight; groups of the same sums stand side by side.
    fn sort(&mut self, output: usize, outputs: usize, smooth: f64) {
        let mut order = self.order;
        for (ratio, group) in &mut order[..self.n] {
            let cell = self.cell(*group);
            let weight = cell[outputs] + smooth;
            *ratio = if weight > 0.0 { cell[output] / weight } else { 0.0 };
        }
        order[..self.n].sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then_with(|| compare(self.cell(a.1), self.cell(b.1))));
        self.order = order;
    }
}

fn compare(a: &[f64], b: &[f64]) -> Ordering {
    a.iter().zip(b).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

impl Question<'_> {
    /// The best cut by levels; none when no cut keeps the limits.
    pub(super) fn best_levels(&self) -> Option<Cut> {
        let rules = self.limits.levels;
        let mut groups = self.groups();
        let one_by_one = groups.n <= rules.few;
        let (smooth, l2) = if one_by_one { (0.0, 0.0) } else { (rules.smooth, rules.l2) };
        let limits = Limits { l2: self.limits.l2 + l2, ..*self.limits };
        let (mut left, mut right) = (vec![0.0; self.shape.width], vec![0.0; self.shape.width]);
        let mut best: Option<(f64, usize, usize)> = None;
        // Each level against the rest is tried once, whatever the number of gradients.
        let outputs = if one_by_one { 1 } else { self.shape.outputs };
        for output in 0..outputs {
            groups.sort(output, self.shape.outputs, smooth);
            left.fill(0.0);
            for (at, &(ratio, group)) in groups.all().iter().enumerate() {
                if one_by_one {
                    left.fill(0.0);
                }
                left.iter_mut().zip(groups.cell(group)).for_each(|(sum, value)| *sum += value);
                let alike = groups.all().get(at + 1).is_none_or(|next| next.0.total_cmp(&ratio).is_eq());
                if alike && !one_by_one {
                    continue;
                }
                self.rest(&left, &mut right);
                if let Some(score) = self.score(&limits, [&left, &right])
                    && best.is_none_or(|b| score > b.0)
                {
                    best = Some((score, output, at));
                }
            }
        }
        let (score, output, at) = best?;
        if outputs > 1 {
            groups.sort(output, self.shape.outputs, smooth);
        }
        let from = if one_by_one { at } else { 0 };
        let left: Vec<usize> = groups.all()[from..=at].iter().map(|o| o.1).collect();
        Some(self.by_levels(&groups, &left, score))
    }

    /// A partition of levels drawn at random, of which neither side is empty.
    pub(super) fn random_levels(&self, stream: &mut Stream) -> Option<Cut> {
        let mut groups = self.groups();
        groups.sort(0, self.shape.outputs, 0.0);
        // Groups of the same sums share a draw.
        let alike: Vec<&[(f64, usize)]> = groups.all().chunk_by(|a, b| compare(groups.cell(a.1), groups.cell(b.1)).is_eq()).collect();
        if alike.len() < 2 {
            return None;
        }
        let first = stream.below(alike.len() as u32) as usize;
        let second = (first + 1 + stream.below(alike.len() as u32 - 1) as usize) % alike.len();
        let mut left = Vec::new();
        for (at, same) in alike.iter().enumerate() {
            let drawn = stream.below(2) == 0;
            if at == first || (at != second && drawn) {
                left.extend(same.iter().map(|o| o.1));
            }
        }
        let (mut sums, mut right) = (vec![0.0; self.shape.width], vec![0.0; self.shape.width]);
        for &group in &left {
            sums.iter_mut().zip(groups.cell(group)).for_each(|(sum, value)| *sum += value);
        }
        self.rest(&sums, &mut right);
        let score = self.score(self.limits, [&sums, &right])?;
        Some(self.by_levels(&groups, &left, score))
    }

    fn groups(&self) -> Groups<'_> {
        let (width, least) = (self.shape.width, self.limits.levels.min_rows);
        let mut groups = Groups { order: [(0.0, 0); POOL + 1], n: 0, cells: self.cells, pool: vec![0.0; width], lost: None, width };
        for (bin, cell) in self.cells.chunks_exact(width).enumerate() {
            let rows = self.shape.rows(cell);
            if rows >= least {
                groups.lost = (bin == self.bins()).then_some(bin);
                groups.push(bin);
            } else if rows > 0.0 {
                groups.pool.iter_mut().zip(cell).for_each(|(sum, value)| *sum += value);
            }
        }
        if self.shape.rows(&groups.pool) > 0.0 {
            groups.lost = groups.lost.or(Some(POOL));
            groups.push(POOL);
        }
        groups
    }

    /// The cut that sends some groups left.
    fn by_levels(&self, groups: &Groups<'_>, left: &[usize], score: f64) -> Cut {
        let rows_left: f64 = left.iter().map(|&group| self.shape.rows(groups.cell(group))).sum();
        let missing_right = groups.lost.map_or(2.0 * rows_left < self.shape.rows(self.node), |lost| !left.contains(&lost));
        let mut right: Levels = [if missing_right { u32::MAX } else { 0 }; WORDS];
        for (level, cell) in self.cells.chunks_exact(self.shape.width).take(self.bins()).enumerate() {
            let rows = self.shape.rows(cell);
            let group = if rows >= self.limits.levels.min_rows { level } else { POOL };
            if rows > 0.0 && left.contains(&group) == missing_right {
                right[level / 32] ^= 1 << (level % 32);
            }
        }
        Cut { bin: 0, missing_right, levels: Some(right), score }
    }
}

#[cfg(test)]
mod tests {
    use super::super::histogram::Shape;
    use super::*;

    const SHAPE: Shape = Shape { outputs: 1, width: 2 };
    const LIMITS: Limits = Limits { min_rows: 1.0, min_weight: 0.0, l1: 0.0, l2: 0.0, levels: LevelLimits::PLAIN };

    fn question<'a>(cells: &'a [f64], node: &'a [f64], missing: bool, limits: &'a Limits) -> Question<'a> {
        Question { cells, missing, levels: true, node, shape: SHAPE, limits, held: None }
    }

    fn node_of(cells: &[f64]) -> Vec<f64> {
        (0..2).map(|k| cells.iter().skip(k).step_by(2).sum()).collect()
    }

    /// The most any partition of the filled cells scores.
    fn best_of_all(cells: &[f64], limits: &Limits) -> f64 {
        let filled: Vec<&[f64]> = cells.chunks(2).filter(|c| c[1] > 0.0).collect();
        let node = node_of(cells);
        let score = |set: u32| {
            let left: Vec<f64> = (0..2).map(|k| filled.iter().enumerate().filter(|(i, _)| set >> i & 1 == 1).map(|(_, c)| c[k]).sum()).collect();
            let right: Vec<f64> = node.iter().zip(&left).map(|(a, l)| a - l).collect();
            limits.score(SHAPE, &left) + limits.score(SHAPE, &right)
        };
        (1..(1_u32 << filled.len()) - 1).map(score).fold(f64::NEG_INFINITY, f64::max)
    }

    #[test]
    fn no_partition_of_levels_is_better_than_the_best_prefix() {
        let mut stream = Stream::new(5, "levels", 0);
        for round in 0..200 {
            let mut cells = Vec::new();
            for _ in 0..10 {
                let rows = f64::from(stream.below(6));
                cells.extend([if rows > 0.0 { rows.sqrt() * stream.normal() } else { 0.0 }, rows]);
            }
            let node = node_of(&cells);
            let cut = question(&cells, &node, round % 2 == 0, &LIMITS).best_levels().unwrap();
            let best = best_of_all(&cells, &LIMITS);
            assert!((cut.score - best).abs() < 1e-9 * best.abs().max(1.0), "{} {best}", cut.score);
            // The set says what was scored.
            let right: Vec<f64> = (0..2)
                .map(|k| {
                    let goes = |bin: usize| if round % 2 == 0 && bin == 9 { cut.missing_right } else { has(&cut.levels.unwrap(), bin) };
                    (0..10).filter(|&bin| goes(bin)).map(|bin| cells[2 * bin + k]).sum()
                })
                .collect();
            let left: Vec<f64> = node.iter().zip(&right).map(|(a, r)| a - r).collect();
            assert!((LIMITS.score(SHAPE, &left) + LIMITS.score(SHAPE, &right) - cut.score).abs() < 1e-9);
        }
    }

    #[test]
    fn levels_without_rows_and_unseen_ones_go_where_missing_values_go() {
        // Levels: low, high, none, low; then missing ones, which are like the high.
        let cells = [-8.0, 4.0, 9.0, 4.0, 0.0, 0.0, -8.0, 4.0, 5.0, 3.0];
        let cut = question(&cells, &node_of(&cells), true, &LIMITS).best_levels().unwrap();
        let right = cut.levels.unwrap();
        assert_eq!([0, 1, 2, 3, 9, 250].map(|l| has(&right, l)), [false, true, true, false, true, true]);
        assert!(cut.missing_right);
        // Nothing missing: to the side with more rows.
        let cut = question(&cells[..8], &node_of(&cells[..8]), false, &LIMITS).best_levels().unwrap();
        let right = cut.levels.unwrap();
        assert_eq!(([0, 1, 2, 3, 250].map(|l| has(&right, l)), cut.missing_right), ([false, true, false, false, false], false));
    }

    #[test]
    fn levels_with_few_rows_are_not_told_apart() {
        let limits = Limits { levels: LevelLimits { min_rows: 3.0, ..LevelLimits::PLAIN }, ..LIMITS };
        let cells = [-8.0, 4.0, 9.0, 4.0, -2.0, 2.0, 2.5, 2.0, 1.0, 1.0];
        let cut = question(&cells, &node_of(&cells), true, &limits).best_levels().unwrap();
        let right = cut.levels.unwrap();
        assert_eq!((has(&right, 2), has(&right, 3), has(&right, 77)), (cut.missing_right, cut.missing_right, cut.missing_right));
    }

    #[test]
    fn few_levels_are_tried_one_by_one_without_an_extra_penalty_and_many_pay_it() {
        let levels = LevelLimits { l2: 10.0, few: 4, ..LevelLimits::PLAIN };
        let limits = Limits { levels, ..LIMITS };
        let four = [-4.0, 2.0, -4.0, 2.0, 4.0, 2.0, 4.0, 2.0];
        let cut = question(&four, &node_of(&four), false, &limits).best_levels().unwrap();
        let right = (0..4).filter(|&l| has(&cut.levels.unwrap(), l)).count();
        assert_eq!((cut.score, right), (8.0 + 16.0 / 6.0, 3));
        let cut = question(&four, &node_of(&four), false, &Limits { levels: LevelLimits { few: 3, ..levels }, ..LIMITS }).best_levels().unwrap();
        assert_eq!((cut.score, has(&cut.levels.unwrap(), 2), has(&cut.levels.unwrap(), 3)), (2.0 * 64.0 / 14.0, true, true));
    }

    #[test]
    fn a_random_partition_has_two_sides_and_is_another_each_time() {
        let cells = [-4.0, 2.0, -3.0, 2.0, 0.0, 0.0, 4.0, 2.0, 5.0, 2.0];
        let mut stream = Stream::new(2, "levels", 0);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..300 {
            let right = question(&cells, &node_of(&cells), false, &LIMITS).random_levels(&mut stream).unwrap().levels.unwrap();
            let some = [0, 1, 3, 4].map(|l| has(&right, l));
            assert!(some.contains(&true) && some.contains(&false));
            seen.insert(some);
        }
        assert_eq!(seen.len(), 14);
        assert!(question(&cells[..2], &node_of(&cells[..2]), false, &LIMITS).random_levels(&mut stream).is_none());
    }
}
