//! Fills a missing number with the mean of its nearest training rows (Troyanskaya et al. 2001, Bioinformatics 17, 520-525).
//!
//! The distance of two rows is `sqrt(p / q * sum (x_j - y_j)^2)` over the q of p columns that both have; without a common column there is none. Of the training rows
//! that have the number, the k nearest are taken (equal distances: the first in file order); they count alike, or by 1 / distance. Without any distance the
//! mean of the training rows is filled in. Columns are divided by their standard deviation first, unless switched off. Columns without any value in the training rows stay
//! missing. Keeps training rows, which the model's file says. Checked against scikit-learn's `KNNImputer` to 1e-10.

use crate::error::Result;
use crate::math::sort;
use crate::math::sum::{mean, present, variance};
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::plain::{NOTHING, Part, Plain, Rule, filled, numbers_among};
use crate::prepare::slots::{Cells, Slots};
use crate::prepare::{FittedStep, StepEntry};
use std::collections::BTreeMap;

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "impute_neighbours",
    title: "Fill missing numbers from the nearest rows",
    doc: "A missing number becomes the mean of the nearest training rows that have it. Follows the relations between columns; costs time, and the model's file then holds training rows. Troyanskaya 2001.",
    params: &[
        ParamSpec { id: "neighbours", title: "Neighbours", help: "How many nearest rows.", domain: Domain::Whole { low: 1, high: 100, default: 5 } },
        ParamSpec {
            id: "weights",
            title: "Neighbours count",
            help: "Alike, or by 1 / distance.",
            domain: Domain::Choice { options: &["uniform", "distance"], default: "uniform" },
        },
        ParamSpec {
            id: "scale",
            title: "Scale first",
            help: "Divides columns by their standard deviation before distances are taken.",
            domain: Domain::Switch { default: true },
        },
        ParamSpec {
            id: "rows",
            title: "Most rows kept",
            help: "Evenly spaced training rows among which neighbours are looked for.",
            domain: Domain::Whole { low: 10, high: 20_000, default: 1000 },
        },
        INDICATOR,
    ],
    fit,
};

/// Says where cells were missing.
pub(super) const INDICATOR: ParamSpec = ParamSpec {
    id: "indicator",
    title: "Say where cells were missing",
    help: "Adds a feature that is 1 where a number was missing.",
    domain: Domain::Switch { default: true },
};

/// How it goes on. The step's numbers: neighbours, whether they count by distance. A column's: mean, indicator, divisor, then its kept rows.
pub const RULE: Rule = Rule { id: ENTRY.id, apply, told: &["mean"], fits };

fn fits(learned: &Plain) -> bool {
    let n = learned.columns.first().map_or(0, |c| c.numbers.len());
    learned.own.count(0) > 0 && learned.columns.iter().all(|c| c.numbers.len() == n && n >= HEAD && c.number(2) > 0.0)
}

/// Numbers of a column before its rows.
const HEAD: usize = 3;

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let mut parts = Vec::new();
    for (slot, values) in numbers_among(slots, columns) {
        let there = present(values);
        let centre = mean(&there);
        if there.is_empty() || !centre.is_finite() {
            continue;
        }
        let spread = variance(&there, 0).sqrt();
        let divisor = if params.switch("scale") && spread > 0.0 && spread.is_finite() { spread } else { 1.0 };
        let indicator = f64::from(u8::from(params.switch("indicator") && there.len() < values.len()));
        let kept = spaced(values.len(), params.count("rows")).map(|r| if values[r].is_nan() { NOTHING } else { values[r] });
        parts.push(Part::of(slot.name(), [centre, indicator, divisor].into_iter().chain(kept).collect()));
    }
    let by_distance = f64::from(u8::from(params.word("weights") == "distance"));
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, vec![params.real("neighbours"), by_distance], parts)))
}

/// At most `most` evenly spaced places of `0..n`.
fn spaced(n: usize, most: usize) -> impl Iterator<Item = usize> {
    let kept = n.min(most.max(1));
    (0..kept).map(move |i| i * n / kept.max(1))
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    let found: BTreeMap<&str, Vec<f64>> = slots.list().iter().filter_map(|s| Some((s.name(), s.cells.numbers()?.to_vec()))).collect();
    let table: Vec<&[f64]> = learned.columns.iter().filter_map(|p| found.get(p.name.as_str()).map(Vec::as_slice)).collect();
    if table.len() != learned.columns.len() {
        return slots;
    }
    let mut after: Vec<Vec<f64>> = table.iter().map(|c| c.to_vec()).collect();
    for row in 0..table.first().map_or(0, |c| c.len()) {
        if table.iter().any(|c| c[row].is_nan()) {
            let own: Vec<f64> = table.iter().map(|c| c[row]).collect();
            let distances = distances(learned, &own);
            for (j, column) in after.iter_mut().enumerate().filter(|(_, c)| c[row].is_nan()) {
                column[row] = filling(learned, &learned.columns[j], &distances);
            }
        }
    }
    drop(table);
    let places: BTreeMap<String, usize> = learned.columns.iter().enumerate().map(|(j, p)| (p.name.clone(), j)).collect();
    slots.replace(|slot, next| match (places.get(slot.name()), &slot.cells) {
        (Some(&j), Cells::Numbers(values)) => {
            let (before, indicator) = (values.clone(), learned.columns[j].switch(1));
            filled(ENTRY.id, slot, &before, std::mem::take(&mut after[j]), (indicator, false)).into_iter().for_each(|s| next.push(s));
        }
        _ => next.push(slot),
    })
}

/// Squared distance of a row to every kept row; NaN where there is none.
fn distances(learned: &Plain, own: &[f64]) -> Vec<f64> {
    let n = learned.columns.first().map_or(0, |c| c.numbers.len().saturating_sub(HEAD));
    let mut sums = vec![(0.0, 0.0); n];
    for (part, x) in learned.columns.iter().zip(own).filter(|(_, x)| !x.is_nan()) {
        for (sum, y) in sums.iter_mut().zip(part.numbers.iter().skip(HEAD)).filter(|(_, y)| **y < NOTHING) {
            let apart = (x - y) / part.number(2);
            *sum = (sum.0 + apart * apart, sum.1 + 1.0);
        }
    }
    let all = own.len() as f64;
    sums.into_iter().map(|(sum, q)| if q > 0.0 { sum * (all / q) } else { f64::NAN }).collect()
}

/// The mean of a column over the nearest rows that have it.
fn filling(learned: &Plain, part: &Part, distances: &[f64]) -> f64 {
    let donors = part.numbers.iter().skip(HEAD).zip(distances).filter(|(y, d)| **y < NOTHING && !d.is_nan());
    let mut donors: Vec<(f64, f64)> = donors.map(|(y, d)| (*d, *y)).collect();
    let k = learned.own.count(0).max(1);
    if donors.len() > k {
        // The k nearest, of equal ones the first: all that are nearer than the k-th, then those as near, in order.
        let mut sizes: Vec<f64> = donors.iter().map(|d| d.0).collect();
        let (_, limit, _) = sizes.select_nth_unstable_by(k - 1, f64::total_cmp);
        let limit = *limit;
        let mut room = k - donors.iter().filter(|d| d.0 < limit).count();
        donors.retain(|d| {
            let tie = d.0 == limit && room > 0;
            room -= usize::from(tie);
            d.0 < limit || tie
        });
    }
    sort::by(&mut donors, |a, b| a.0.total_cmp(&b.0));
    let touches = donors.iter().any(|d| d.0 == 0.0);
    let weight = |d: f64| match learned.own.switch(1) {
        true if touches => f64::from(u8::from(d == 0.0)),
        true => 1.0 / d.sqrt(),
        false => 1.0,
    };
    let (sum, total) = donors.iter().fold((0.0, 0.0), |(s, t), (d, y)| (s + weight(*d) * y, t + weight(*d)));
    if total > 0.0 && (sum / total).is_finite() { sum / total } else { part.number(0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::Value;
    use crate::prepare::reference::{agree, case, column, columns, fit, slots};

    #[test]
    fn fillings_are_those_of_scikit_learn_for_old_and_new_rows() {
        for size in ["small", "larger"] {
            for weights in ["uniform", "distance"] {
                let name = format!("neighbours_{size}_{weights}");
                let case = case(&name);
                let k = Value::Whole(case["k"].as_i64().unwrap());
                let given = [("neighbours", k), ("weights", Value::Word(weights.into())), ("scale", Value::Switch(false))];
                let table = slots(&columns(&case["rows"]));
                let step = fit(&ENTRY, &table, &given);
                for (rows, filled) in [("rows", "filled"), ("new", "new_filled")] {
                    let after = step.apply(slots(&columns(&case[rows])));
                    for (letter, wanted) in ["a", "b", "c", "d"].iter().zip(columns(&case[filled])) {
                        agree(&column(&after, letter), &wanted, 1e-10, &name);
                    }
                }
            }
        }
    }

    #[test]
    fn of_equal_distances_the_first_row_counts_and_a_row_without_values_gets_the_means() {
        let table = slots(&[vec![0.0, 2.0, 1.0], vec![5.0, 7.0, f64::NAN]]);
        let step = fit(&ENTRY, &table, &[("neighbours", Value::Whole(1)), ("scale", Value::Switch(false))]);
        assert_eq!(column(&step.apply(table), "b")[2], 5.0);
        let empty = step.apply(slots(&[vec![f64::NAN], vec![f64::NAN]]));
        assert_eq!((column(&empty, "a"), column(&empty, "b")), (vec![1.0], vec![6.0]));
    }
}
