//! Finds rows that are easily told from all others, and says so, or leaves them out of the training rows (Liu, Ting and Zhou 2008, ICDM, 413-422).
//!
//! 100 trees of [`crate::stats::isolation`], which says how they cut and what the score means. Missing numbers count as the median. Left out are rows of the training side
//! only: a row that is predicted is never refused.

use crate::error::Result;
use crate::features::Feature;
use crate::math::rank::{median, quantile, sorted};
use crate::math::rng::Stream;
use crate::math::sum::present;
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::plain::{Part, Plain, Rule, made_of, numbers_among};
use crate::prepare::slots::Slots;
use crate::prepare::{FittedStep, StepEntry};
use crate::stats::isolation::{ROWS, depth, score, tree};

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
/// Numbers before the places of the trees.
const HEAD: usize = 4;
/// Seed of the forest: one for all, so that a recipe learned again is the same.
const SEED: u64 = 0;

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
        let trees: Vec<Vec<f64>> = (0..TREES).map(|t| tree(&table, n, Stream::new(SEED, "prepare/isolation_forest", t as u64))).collect();
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

/// The score of every row, shape `(n,)`.
fn scores(learned: &Plain, table: &[Vec<f64>], n: usize) -> Vec<f64> {
    let numbers = &learned.own.numbers;
    let trees = learned.own.count(2).min(TREES);
    let starts = numbers.iter().skip(HEAD).take(trees).map(|s| *s as usize);
    let trees: Vec<&[f64]> = starts.map(|at| numbers.get(at..).unwrap_or(&[])).collect();
    let one = |row: usize| score(trees.iter().map(|t| depth(t, table, row)).sum::<f64>() / trees.len().max(1) as f64, learned.own.count(3));
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
