//! One column measured alone, in the best of its readings.

use super::super::super::AuditInput;
use super::super::super::measure::{Measured, Place, Sample, ascending};
use super::tree::out_of_fold;
use super::trend::CHANGES;
use crate::math::rank::ranks;
use crate::math::rng::Stream;
use crate::table::{Column, Kind, MISSING_CODE, MISSING_TIME, Values};

/// Folds of the readings that are fitted.
const FOLDS: u32 = 5;
/// Fewest present cells.
const ENOUGH: usize = 20;
/// Most distinct labels, as a share of the cells present: above, the column names rows.
const MOSTLY_NEW: f64 = 0.5;
/// Most bins a numeric column is cut into for the tree.
const BINS: usize = 64;
/// Permutations of the target that make the null of a fitted reading.
const PERMUTATIONS: u64 = 60;
/// Most rows of a permutation.
const PERMUTED_ROWS: usize = 4_000;
/// Rows of other levels a level's mean is drawn towards.
const PRIOR: f64 = 1.0;

/// A column with its best score.
#[derive(Clone, Debug)]
pub(super) struct Alone {
    pub name: String,
    pub found: Measured,
    pub method: &'static str,
}

enum Reading {
    Ordered(Vec<f64>),
    Levels(Vec<u32>, usize),
}

/// What all columns are measured on: the rows, their folds, and what is averaged.
pub(super) struct Ground<'a> {
    sample: &'a Sample,
    folds: Vec<u32>,
    outputs: Vec<Vec<f64>>,
    least_leaf: f64,
}

impl<'a> Ground<'a> {
    /// Deals the rows of the sample.
    pub(super) fn new(sample: &'a Sample, seed: u64) -> Self {
        Self { sample, folds: folds(sample.rows.len(), seed), outputs: outputs(sample), least_leaf: least_leaf(sample) }
    }
}

/// The best score of a column; `None` when it has too few present cells or names rows.
pub(super) fn measure(column: &Column, ground: &Ground<'_>) -> Option<Alone> {
    let sample = ground.sample;
    let reading = read(column, sample)?;
    let named = |found, method| Alone { name: column.name().to_owned(), found, method };
    match &reading {
        Reading::Levels(codes, n) => sample.predicted(&level_means(codes, *n, ground)).map(|m| named(m, "target_mean")),
        Reading::Ordered(values) => {
            let ascending = ascending(values);
            let rank = sample.either_way_along(values, &ascending).map(|m| named(m, "rank"));
            let tree = sample.predicted(&tree(values, &ascending, ground)).map(|m| named(m, "tree"));
            match (rank, tree) {
                // A fitted reading must be clearly better, or the simple one is told.
                (Some(r), Some(t)) => Some(if t.found.value > r.found.value + 0.01 { t } else { r }),
                (r, t) => r.or(t),
            }
        }
    }
}

/// Distance of a score from its null. Order needs no fit: its `z` stands. Fitted readings are compared with
/// the same reading of shuffled targets; `None` when they do not pass.
pub(super) fn past_permutations(alone: &Alone, input: &AuditInput<'_>, sample: &Sample, needed: f64) -> Option<f64> {
    if alone.method == "rank" || alone.method == CHANGES {
        return Some(alone.found.z);
    }
    let column = input.table.column(&alone.name).ok()?;
    let step = sample.rows.len().div_ceil(PERMUTED_ROWS).max(1);
    let mut small = Sample {
        rows: sample.rows.iter().copied().step_by(step).collect(),
        y: sample.y.iter().copied().step_by(step).collect(),
        n_classes: sample.n_classes,
    };
    let reading = read(column, &small)?;
    let score = |sample: &Sample| {
        let ground = Ground::new(sample, input.seed);
        let predictions = match &reading {
            Reading::Levels(codes, n) => level_means(codes, *n, &ground),
            Reading::Ordered(values) => tree(values, &ascending(values), &ground),
        };
        sample.predicted(&predictions).map(|m| m.value)
    };
    let observed = score(&small)?;
    let mut null = Vec::new();
    for draw in 0..PERMUTATIONS {
        Stream::new(input.seed, "audit/single_column", draw).shuffle(&mut small.y);
        null.extend(score(&small));
    }
    let spread = crate::math::sum::variance(&null, 1).sqrt();
    let z = (observed - crate::math::sum::mean(&null)) / spread;
    // A null without any spread is a null that never left chance.
    let z = if spread > 0.0 { z } else { alone.found.z };
    (z >= needed).then_some(z)
}

#[expect(clippy::cast_precision_loss, reason = "samples are small, and milliseconds of the years 1 to 9999 are below 2^53")]
fn read(column: &Column, sample: &Sample) -> Option<Reading> {
    match column.values() {
        Values::Numbers { values, .. } => ordered(sample.rows.iter().map(|&r| values[r]).collect()),
        Values::Times { millis, .. } => {
            ordered(sample.rows.iter().map(|&r| if millis[r] == MISSING_TIME { f64::NAN } else { millis[r] as f64 }).collect())
        }
        Values::Codes { codes, levels } => {
            let codes: Vec<u32> = sample.rows.iter().map(|&r| codes[r]).collect();
            let mut seen = vec![false; levels.len()];
            codes.iter().filter(|&&c| c != MISSING_CODE).for_each(|&c| seen[c as usize] = true);
            let present = codes.iter().filter(|&&c| c != MISSING_CODE).count();
            let distinct = seen.iter().filter(|s| **s).count();
            let names_rows = column.kind() == Kind::Identifier || distinct as f64 > MOSTLY_NEW * present as f64;
            (present >= ENOUGH && distinct >= 2 && !names_rows).then(|| Reading::Levels(codes, levels.len()))
        }
    }
}

fn ordered(values: Vec<f64>) -> Option<Reading> {
    (values.iter().filter(|v| !v.is_nan()).count() >= ENOUGH).then_some(Reading::Ordered(values))
}

fn folds(n: usize, seed: u64) -> Vec<u32> {
    let mut draw = Stream::new(seed, "audit/folds", 0);
    (0..n).map(|_| draw.below(FOLDS)).collect()
}

/// What is averaged: one column a class (only the second of two), or the target's rank.
pub(super) fn outputs(sample: &Sample) -> Vec<Vec<f64>> {
    #[expect(clippy::cast_precision_loss, reason = "classes are few")]
    let is = |class: usize| sample.y.iter().map(|y| f64::from(u8::from(y.total_cmp(&(class as f64)).is_eq()))).collect();
    match sample.n_classes {
        0 => vec![ranks(&sample.y)],
        2 => vec![Vec::new(), is(1)],
        n => (0..n).map(is).collect(),
    }
}

/// Out-of-fold mean of the target in each row's level, drawn towards the mean of all; NaN where the level is missing.
fn level_means(codes: &[u32], n_levels: usize, ground: &Ground<'_>) -> Vec<Vec<f64>> {
    let folds = &ground.folds;
    let means = |output: &Vec<f64>| {
        if output.is_empty() {
            return Vec::new();
        }
        let per = FOLDS as usize;
        let mut cells = vec![(0.0, 0.0); n_levels * per];
        let mut all = vec![(0.0, 0.0); per];
        for ((&code, &fold), &y) in codes.iter().zip(folds).zip(output).filter(|((c, _), _)| **c != MISSING_CODE) {
            for cell in [&mut cells[code as usize * per + fold as usize], &mut all[fold as usize]] {
                cell.0 += 1.0;
                cell.1 += y;
            }
        }
        let without = |part: &[(f64, f64)], fold: usize| {
            part.iter().enumerate().filter(|(f, _)| *f != fold).fold((0.0, 0.0), |(n, s), (_, c)| (n + c.0, s + c.1))
        };
        let base: Vec<f64> = (0..per).map(|f| without(&all, f)).map(|(n, s)| if n > 0.0 { s / n } else { 0.0 }).collect();
        let table: Vec<f64> = (0..n_levels * per)
            .map(|i| {
                let (level, fold) = (i / per, i % per);
                let (n, s) = without(&cells[level * per..(level + 1) * per], fold);
                (s + PRIOR * base[fold]) / (n + PRIOR)
            })
            .collect();
        codes.iter().zip(folds).map(|(&c, &f)| if c == MISSING_CODE { f64::NAN } else { table[c as usize * per + f as usize] }).collect()
    };
    ground.outputs.iter().map(means).collect()
}

/// Out-of-fold predictions of a small tree on the column's binned values; NaN where it is missing.
fn tree(values: &[f64], ascending: &[Place], ground: &Ground<'_>) -> Vec<Vec<f64>> {
    let mut cuts: Vec<i64> = (1..BINS).filter_map(|b| ascending.get(b * ascending.len() / BINS)).map(|p| p.0).collect();
    cuts.dedup();
    let mut bins: Vec<Option<u8>> = vec![None; values.len()];
    let mut bin = 0;
    for (key, place) in ascending {
        while cuts.get(bin).is_some_and(|cut| cut <= key) {
            bin += 1;
        }
        if let Some(slot) = bins.get_mut(*place as usize) {
            *slot = u8::try_from(bin).ok();
        }
    }
    out_of_fold(&bins, cuts.len() + 1, &ground.outputs, &ground.folds, FOLDS, ground.least_leaf)
}

/// Fewest rows of a leaf: a five-hundredth of the rows, or half of the rarest class.
#[expect(clippy::cast_precision_loss, reason = "samples are small")]
fn least_leaf(sample: &Sample) -> f64 {
    let share = sample.rows.len() as f64 / 500.0;
    let rarest = (0..sample.n_classes)
        .map(|c| sample.y.iter().filter(|y| y.total_cmp(&(c as f64)).is_eq()).count())
        .filter(|&n| n > 0)
        .min()
        .map_or(f64::INFINITY, |n| n as f64 / 2.0);
    share.min(rarest).max(2.0)
}
