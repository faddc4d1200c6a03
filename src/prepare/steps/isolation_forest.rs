//! Finds rows that are easily told from all others, and says so, or leaves them out of the training rows (Liu, Ting and Zhou 2008, ICDM, 413-422).
//!
//! Each of 100 trees cuts 256 training rows at random: a random column, a random place between its least and greatest number, until every row is alone or 8 cuts
//! are made. The score of a row is `2^(-h / c(256))`, `h` being its mean depth (a leaf of m rows counts `c(m)` more) and `c(m) = 2 H(m-1) - 2 (m-1)/m` the mean depth of a search
//! that finds nothing: near 1 is far out, below 0.5 is ordinary. The sign is Liu's; scikit-learn's `score_samples` is its negative. Missing numbers count as the median.
//! Left out are rows of the training side only: a row that is predicted is never refused. Checked: c(256) = 10.244770920119917.

use crate::error::Result;
use crate::features::Feature;
use crate::math::elementary::pow;
use crate::math::rank::{median, quantile, sorted};
use crate::math::rng::Stream;
use crate::math::sum::present;
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::plain::{Part, Plain, Rule, made_of, numbers_among};
use crate::prepare::slots::Slots;
use crate::prepare::{FittedStep, StepEntry};

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "isolation_forest",
    title: "Rows far from all others",
    doc: "An isolation forest scores how easily a row is told from all others: as a feature, as a flag, or to leave the most isolated rows out of the training side. Rows that are predicted are never left out. Liu 2008.",
    params: &[
        ParamSpec {
            id: "what",
            title: "What is made of it",
            help: "A flag, the score, or the rows are removed from the training side.",
            domain: Domain::Choice { options: &["flag", "score", "remove"], default: "flag" },
        },
        ParamSpec {
            id: "share",
            title: "Share of rows far out",
            help: "This share of the training rows, those with the highest scores, are flagged or removed.",
            domain: Domain::Real { low: 0.001, high: 0.2, default: 0.02, log: true },
        },
    ],
    fit,
};

/// How it goes on. A column's number: its median. The step's: the score from which on a row is far out, what is made of it, the number of trees, rows that a
/// tree cut, where each begins, then nodes of three numbers: column (-1: a leaf), place of the cut (a leaf: what it adds to the depth), node of the greater rows.
pub const RULE: Rule = Rule { id: ENTRY.id, apply, told: &["median"], fits: |p| p.own.count(2) <= TREES && p.own.numbers.len() >= HEAD };

const TREES: usize = 100;
/// Rows that a tree cuts.
const ROWS: usize = 256;
/// Most cuts of a tree: the logarithm of its rows to the base of 2.
const CUTS: usize = 8;
/// Numbers before the places of the trees.
const HEAD: usize = 4;
/// Seed of the forest: one for all, so that a recipe learned again is the same.
const SEED: u64 = 0;

/// Mean depth at which a search in a random tree of `n` rows finds that something is not there.
#[must_use]
pub fn mean_depth(n: usize) -> f64 {
    if n < 2 {
        return 0.0;
    }
    let harmonic: f64 = crate::math::elementary::ln(n as f64 - 1.0) + 0.577_215_664_901_532_9;
    if n == 2 { 1.0 } else { 2.0 * harmonic - 2.0 * (n as f64 - 1.0) / n as f64 }
}

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let mut parts = Vec::new();
    let mut table: Vec<Vec<f64>> = Vec::new();
    for (slot, values) in numbers_among(slots, columns) {
        let middle = median(&present(values));
        if middle.is_finite() {
            parts.push(Part::of(slot.name(), vec![middle]));
            table.push(values.iter().map(|v| if v.is_nan() { middle } else { *v }).collect());
        }
    }
    let n = table.first().map_or(0, Vec::len);
    let what = ["flag", "score", "remove"].iter().position(|w| *w == params.word("what")).unwrap_or(0);
    let mut learned = Plain::new(ENTRY.id, vec![f64::MAX, what as f64, 0.0, n.min(ROWS) as f64], parts);
    if n > 1 {
        let trees: Vec<Vec<f64>> = (0..TREES).map(|t| tree(&table, n, t as u64)).collect();
        learned.own.numbers[2] = TREES as f64;
        let mut at = HEAD + TREES;
        for tree in &trees {
            learned.own.numbers.push(at as f64);
            at += tree.len();
        }
        trees.iter().for_each(|t| learned.own.numbers.extend(t));
        let scores = sorted(&scores(&learned, &table, n));
        learned.own.numbers[0] = quantile(&scores, 1.0 - params.real("share"));
    }
    Ok(FittedStep::Plain(learned))
}

/// One tree as nodes of three numbers.
fn tree(table: &[Vec<f64>], n: usize, index: u64) -> Vec<f64> {
    let mut draw = Stream::new(SEED, "prepare/isolation_forest", index);
    let mut rows: Vec<usize> = (0..n).collect();
    // The first of a shuffle that stops when there are enough.
    let size = n.min(ROWS);
    for i in 0..size {
        let j = i + draw.below(u32::try_from(n - i).unwrap_or(u32::MAX)) as usize;
        rows.swap(i, j);
    }
    rows.truncate(size);
    let mut nodes = Vec::new();
    grow(table, &rows, 0, &mut draw, &mut nodes);
    nodes
}

fn grow(table: &[Vec<f64>], rows: &[usize], depth: usize, draw: &mut Stream, nodes: &mut Vec<f64>) {
    let ends = |c: &Vec<f64>| rows.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &r| (l.min(c[r]), h.max(c[r])));
    let varied: Vec<(usize, (f64, f64))> = table.iter().map(ends).enumerate().filter(|(_, (low, high))| low < high).collect();
    if depth >= CUTS || rows.len() < 2 || varied.is_empty() {
        nodes.extend([-1.0, mean_depth(rows.len()), 0.0]);
        return;
    }
    let (j, (low, high)) = varied[draw.below(u32::try_from(varied.len()).unwrap_or(1)) as usize];
    let cut = low + draw.uniform() * (high - low);
    let (below, above): (Vec<usize>, Vec<usize>) = rows.iter().partition(|&&r| table[j][r] <= cut);
    let own = nodes.len();
    nodes.extend([j as f64, cut, 0.0]);
    grow(table, &below, depth + 1, draw, nodes);
    nodes[own + 2] = nodes.len() as f64;
    grow(table, &above, depth + 1, draw, nodes);
}

/// The score of every row, shape `(n,)`.
fn scores(learned: &Plain, table: &[Vec<f64>], n: usize) -> Vec<f64> {
    let numbers = &learned.own.numbers;
    let trees = learned.own.count(2).min(TREES);
    let usual = mean_depth(learned.own.count(3).clamp(2, ROWS));
    let starts: Vec<usize> = numbers.iter().skip(HEAD).take(trees).map(|s| *s as usize).collect();
    let depth = |row: usize, start: usize| {
        let mut node = start;
        for depth in 0..=CUTS {
            let (Some(&j), Some(&value), Some(&next)) = (numbers.get(node), numbers.get(node + 1), numbers.get(node + 2)) else { break };
            if j < 0.0 {
                return depth as f64 + value;
            }
            let x = table.get(j as usize).and_then(|c| c.get(row)).copied().unwrap_or(0.0);
            node = if x <= value { node + 3 } else { start + next as usize };
        }
        CUTS as f64
    };
    let one = |row: usize| {
        let mean = starts.iter().map(|&s| depth(row, s)).sum::<f64>() / starts.len().max(1) as f64;
        pow(2.0, -mean / usual)
    };
    (0..n).map(one).collect()
}

/// Scores of the rows that are read; `None` where a column is gone.
fn scores_of(learned: &Plain, slots: &Slots) -> Option<Vec<f64>> {
    let column = |part: &Part| {
        let values = slots.list().iter().find(|s| s.name() == part.name)?.cells.numbers()?;
        Some(values.iter().map(|v| if v.is_nan() { part.number(0) } else { *v }).collect())
    };
    let table: Vec<Vec<f64>> = learned.columns.iter().map(column).collect::<Option<_>>()?;
    let n = table.first()?.len();
    Some(scores(learned, &table, n))
}

fn apply(learned: &Plain, mut slots: Slots) -> Slots {
    let what = learned.own.count(1);
    let Some(scores) = scores_of(learned, &slots).filter(|_| what < 2) else { return slots };
    let about: Vec<Feature> = slots.list().iter().filter(|s| learned.of(s.name()).is_some()).map(|s| s.about.clone()).collect();
    let (name, values) = match what {
        0 => ("far from all others", scores.iter().map(|s| f64::from(u8::from(*s > learned.own.number(0)))).collect()),
        _ => ("isolation", scores),
    };
    slots.push(made_of(ENTRY.id, name.to_owned(), &about.iter().collect::<Vec<_>>(), values, what == 0));
    slots
}

/// Applies it to training rows: where rows are removed, those far out are.
#[must_use]
pub fn apply_to_training(learned: &Plain, slots: Slots) -> Slots {
    match scores_of(learned, &slots) {
        Some(scores) if learned.own.count(1) == 2 => {
            let kept: Vec<usize> = (0..scores.len()).filter(|&r| scores[r] <= learned.own.number(0)).collect();
            slots.take(&kept)
        }
        _ => apply(learned, slots),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::Value;
    use crate::prepare::reference::{column, fit, slots};

    fn cloud() -> Slots {
        let mut draw = Stream::new(9, "cloud", 0);
        let mut columns: Vec<Vec<f64>> = (0..2).map(|_| (0..300).map(|_| draw.normal()).collect()).collect();
        (columns[0][7], columns[1][7]) = (9.0, -9.0);
        slots(&columns)
    }

    #[test]
    fn the_mean_depth_of_256_rows_is_that_of_the_paper() {
        assert!((mean_depth(256) - 10.244_770_920_119_917).abs() < 1e-12);
        assert_eq!((mean_depth(1), mean_depth(2)), (0.0, 1.0));
    }

    #[test]
    fn the_row_apart_has_the_highest_score_and_is_flagged() {
        let scores = column(&fit(&ENTRY, &cloud(), &[("what", Value::Word("score".into()))]).apply(cloud()), "isolation");
        assert!(scores[7] > 0.7 && scores.iter().enumerate().all(|(i, s)| i == 7 || (*s < scores[7] && *s > 0.3)));
        let flags = column(&fit(&ENTRY, &cloud(), &[]).apply(cloud()), "far from all others");
        assert!(flags[7] == 1.0 && flags.iter().sum::<f64>() <= 6.0);
    }

    #[test]
    fn rows_are_removed_from_the_training_side_only() {
        let FittedStep::Plain(step) = fit(&ENTRY, &cloud(), &[("what", Value::Word("remove".into()))]) else { panic!("another form") };
        assert_eq!(step.apply(cloud()), cloud());
        let training = apply_to_training(&step, cloud());
        assert!(column(&training, "a").len() >= 294 && column(&training, "a").iter().all(|v| *v < 9.0));
        assert!(training.kept().is_some_and(|k| !k.contains(&7)));
    }
}
