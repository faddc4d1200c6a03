//! Fills missing numbers by regression on the other columns, in turns (van Buuren and Groothuis-Oudshoorn 2011, J. Stat. Software 45(3)).
//!
//! First every gap is filled with the column's mean. Then in rounds, from the column with the fewest gaps to that with the most, each column is regressed on all
//! others by Bayesian ridge regression (MacKay 1992: both precisions from the rows themselves, with flat priors of 1e-6) where it is there, and predicted where it
//! is not; until no row changes by more than 0.001 of the largest number, or after the rounds allowed. New rows go through the same regressions in the same
//! order. Columns without any value in the training rows stay missing. Checked against scikit-learn's `IterativeImputer` (default `BayesianRidge`) to 1e-4.

use super::impute_neighbours::INDICATOR;
use crate::error::{Error, Result};
use crate::math::eigen::symmetric;
use crate::math::linear::{cross_products, dot};
use crate::math::sort;
use crate::math::sum::{mean, present, sum_of, variance};
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::plain::{LARGEST, Part, Plain, Rule, filled, numbers_among};
use crate::prepare::slots::{Cells, Slots};
use crate::prepare::{FittedStep, StepEntry};
use std::collections::BTreeMap;

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "impute_iterative",
    title: "Fill missing numbers by regression",
    doc: "A missing number becomes what Bayesian ridge regression on the other columns predicts, in rounds until nothing changes. Follows straight relations between columns; learned from training rows only.",
    params: &[
        ParamSpec { id: "rounds", title: "Most rounds", help: "Rounds over all columns.", domain: Domain::Whole { low: 1, high: 50, default: 10 } },
        INDICATOR,
    ],
    fit,
};

/// How it goes on. A column's numbers: mean, indicator. The step's: one regression after the other: the column's place, intercept, a weight for every column.
pub const RULE: Rule = Rule { id: ENTRY.id, apply, told: &["mean"], fits };

fn fits(learned: &Plain) -> bool {
    let p = learned.columns.len();
    learned.own.numbers.chunks(p + 2).all(|r| r.len() == p + 2 && r[0] >= 0.0 && r[0] < p as f64)
}

/// Most columns: time grows as their number to the power of 4.
const MOST_COLUMNS: usize = 100;
/// Share of the largest number below which a change of a row is none.
const TOLERANCE: f64 = 1e-3;
/// Shape and rate of the gamma priors of both precisions.
const PRIOR: f64 = 1e-6;
/// Most updates of the precisions, and the change of weights at which they end.
const UPDATES: (usize, f64) = (300, 1e-3);

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let mut parts = Vec::new();
    let mut known: Vec<&[f64]> = Vec::new();
    for (slot, values) in numbers_among(slots, columns) {
        let there = present(values);
        if !there.is_empty() && mean(&there).is_finite() {
            let indicator = f64::from(u8::from(params.switch("indicator") && there.len() < values.len()));
            parts.push(Part::of(slot.name(), vec![mean(&there), indicator]));
            known.push(values);
        }
    }
    if known.len() > MOST_COLUMNS {
        return Err(Error::not_computable(
            "Filling by regression",
            "there are more than 100 columns",
            "Name fewer columns for the step impute_iterative.",
        ));
    }
    let sequence = if known.len() > 1 { regressions(&known, &parts, params.count("rounds")) } else { Vec::new() };
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, sequence, parts)))
}

/// All regressions in the order in which they are applied.
fn regressions(known: &[&[f64]], parts: &[Part], rounds: usize) -> Vec<f64> {
    let n_missing: Vec<usize> = known.iter().map(|c| c.iter().filter(|v| v.is_nan()).count()).collect();
    if n_missing.iter().all(|n| *n == 0) {
        return Vec::new();
    }
    let mut order: Vec<usize> = (0..known.len()).collect();
    sort::by_key(&mut order, |&j| n_missing[j]);
    let mut table = started(known, parts);
    let largest = known.iter().flat_map(|c| c.iter()).filter(|v| !v.is_nan()).fold(0.0_f64, |l, v| l.max(v.abs()));
    let mut sequence = Vec::new();
    for _ in 0..rounds {
        let before = table.clone();
        for &j in &order {
            let regression = ridge(&table, known[j], j);
            predict(&mut table, known[j], j, &regression);
            sequence.push(j as f64);
            sequence.extend(regression);
        }
        let change = |row: usize| sum_of(table.iter().zip(&before).map(|(a, b)| (a[row] - b[row]).abs()));
        let most = (0..known[0].len()).map(change).fold(0.0, f64::max);
        if most < TOLERANCE * largest {
            break;
        }
    }
    sequence
}

/// The columns with their means in the gaps.
fn started(known: &[&[f64]], parts: &[Part]) -> Vec<Vec<f64>> {
    let fill = |(c, p): (&&[f64], &Part)| c.iter().map(|v| if v.is_nan() { p.number(0) } else { *v }).collect();
    known.iter().zip(parts).map(fill).collect()
}

/// Puts predictions where a column is missing.
fn predict(table: &mut [Vec<f64>], known: &[f64], j: usize, regression: &[f64]) {
    for row in (0..known.len()).filter(|&r| known[r].is_nan()) {
        let weighted = table.iter().zip(regression.iter().skip(1)).map(|(c, w)| c[row] * w);
        let predicted = regression.first().copied().unwrap_or(0.0) + sum_of(weighted);
        table[j][row] = if predicted.is_finite() { predicted.clamp(-LARGEST, LARGEST) } else { 0.0 };
    }
}

/// Intercept and a weight for every column (0 for the own one) of the Bayesian ridge regression of column `j` on the others where it is known.
fn ridge(table: &[Vec<f64>], known: &[f64], j: usize) -> Vec<f64> {
    let rows: Vec<usize> = (0..known.len()).filter(|&r| !known[r].is_nan()).collect();
    let centred = |c: &Vec<f64>| {
        let own: Vec<f64> = rows.iter().map(|&r| c[r]).collect();
        let centre = mean(&own);
        (own.iter().map(|v| v - centre).collect::<Vec<f64>>(), centre)
    };
    let (y, y_mean) = centred(&table[j]);
    let others: Vec<usize> = (0..table.len()).filter(|&k| k != j).collect();
    let (x, means): (Vec<Vec<f64>>, Vec<f64>) = others.iter().map(|&k| centred(&table[k])).unzip();
    let views: Vec<&[f64]> = x.iter().map(Vec::as_slice).collect();
    let (eigenvalues, vectors) = symmetric(&cross_products(&views, &vec![0.0; x.len()], &vec![1.0; rows.len()]));
    let eigenvalues: Vec<f64> = eigenvalues.into_iter().map(|v| v.max(0.0)).collect();
    let towards: Vec<f64> = x.iter().map(|c| dot(c, &y)).collect();
    let along: Vec<f64> = vectors.iter().map(|v| dot(v, &towards)).collect();
    let weights = precisions(&x, &y, &eigenvalues, &vectors, &along);
    let mut all = vec![0.0; table.len() + 1];
    all[0] = y_mean - sum_of(weights.iter().zip(&means).map(|(w, m)| w * m));
    for (w, k) in weights.iter().zip(&others) {
        all[k + 1] = *w;
    }
    if all.iter().any(|v| !v.is_finite()) {
        all.fill(0.0);
        all[0] = y_mean;
    }
    all
}

/// Weights at the precisions (noise alpha, weights lambda) that the rows support most.
fn precisions(x: &[Vec<f64>], y: &[f64], eigenvalues: &[f64], vectors: &[Vec<f64>], along: &[f64]) -> Vec<f64> {
    let n = y.len() as f64;
    let weights_at = |alpha: f64, lambda: f64| -> Vec<f64> {
        let scaled: Vec<f64> = along.iter().zip(eigenvalues).map(|(a, e)| a / (e + lambda / alpha)).collect();
        (0..x.len()).map(|j| sum_of(scaled.iter().zip(vectors).map(|(s, v)| s * v[j]))).collect()
    };
    let mut alpha = 1.0 / (variance(y, 0) + f64::EPSILON);
    let mut lambda = 1.0;
    let mut before: Option<Vec<f64>> = None;
    for _ in 0..UPDATES.0 {
        let weights = weights_at(alpha, lambda);
        let left = |row: usize| y[row] - sum_of(x.iter().zip(&weights).map(|(c, w)| c[row] * w));
        let missed = sum_of((0..y.len()).map(|row| left(row) * left(row)));
        let gamma = sum_of(eigenvalues.iter().map(|e| alpha * e / (lambda + alpha * e)));
        lambda = (gamma + 2.0 * PRIOR) / (sum_of(weights.iter().map(|w| w * w)) + 2.0 * PRIOR);
        alpha = (n - gamma + 2.0 * PRIOR) / (missed + 2.0 * PRIOR);
        let settled = before.as_ref().is_some_and(|b| sum_of(b.iter().zip(&weights).map(|(a, w)| (a - w).abs())) < UPDATES.1);
        if settled {
            break;
        }
        before = Some(weights);
    }
    weights_at(alpha, lambda)
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    let found: BTreeMap<&str, Vec<f64>> = slots.list().iter().filter_map(|s| Some((s.name(), s.cells.numbers()?.to_vec()))).collect();
    let known: Vec<&[f64]> = learned.columns.iter().filter_map(|p| found.get(p.name.as_str()).map(Vec::as_slice)).collect();
    let p = learned.columns.len();
    if known.len() != p {
        return slots;
    }
    let mut table = started(&known, &learned.columns);
    for regression in learned.own.numbers.chunks_exact(p + 2) {
        let j = regression[0] as usize;
        if let Some(own) = known.get(j) {
            predict(&mut table, own, j, &regression[1..]);
        }
    }
    drop(known);
    let places: BTreeMap<&str, usize> = learned.columns.iter().enumerate().map(|(j, p)| (p.name.as_str(), j)).collect();
    slots.replace(|slot, next| match (places.get(slot.name()), &slot.cells) {
        (Some(&j), Cells::Numbers(values)) => {
            let (before, indicator) = (values.clone(), learned.columns[j].switch(1));
            filled(ENTRY.id, slot, &before, std::mem::take(&mut table[j]), (indicator, false)).into_iter().for_each(|s| next.push(s));
        }
        _ => next.push(slot),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::reference::{agree, case, column, columns, fit, slots};

    #[test]
    fn fillings_are_those_of_scikit_learn_for_old_and_new_rows() {
        let case = case("iterative");
        let table = slots(&columns(&case["rows"]));
        let step = fit(&ENTRY, &table, &[]);
        for (rows, filled) in [("rows", "filled"), ("new", "new_filled")] {
            let after = step.apply(slots(&columns(&case[rows])));
            for (letter, wanted) in ["a", "b", "c", "d"].iter().zip(columns(&case[filled])) {
                agree(&column(&after, letter), &wanted, 1e-4, letter);
            }
        }
    }
}
