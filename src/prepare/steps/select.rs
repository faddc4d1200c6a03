//! Keeps the features that say most of the target, by one of seven ways; how many is a number that can be searched.
//!
//! Every way gives each feature a score from training rows only; the best are kept, of equals the first. Because the step is learned inside each fold, what the
//! validation rows say never chooses a feature. `variance`: of the number brought to 0..1. `correlation`: with the target (classes: the strongest of
//! them), passing over a feature that repeats a better one (|r| > 0.95). `mutual_information`: see [`crate::prepare::scores`]. `l1`: how early it enters a
//! lasso ([`crate::prepare::lasso`]). `permutation`: how much the loss of a small boosting model grows on held-out training rows when it is
//! shuffled (Breiman 2001). `recursive`: how long it survives when the weakest fifth of a ridge regression is taken away again and again
//! (Guyon et al. 2002). `stability`: in what share of 30 halves of the rows it enters the lasso in time (Meinshausen and Buehlmann 2010).

use crate::error::{Error, Result};
use crate::features::{Features, TrainingSet};
use crate::math::elementary::ln;
use crate::math::linear::Cholesky;
use crate::math::rank::pearson;
use crate::math::rng::Stream;
use crate::math::sort;
use crate::math::sum::{mean, present, sum_of, variance};
use crate::model::learners;
use crate::param::{Domain, ParamSpec, Params, Value};
use crate::prepare::lasso::{correlations, entries, standardised};
use crate::prepare::plain::{Part, Plain, Rule, numbers_among};
use crate::prepare::scores::{aims, correlation, mutual_information};
use crate::prepare::slots::{Slot, Slots};
use crate::prepare::{FittedStep, StepEntry};
use crate::task::TaskKind;
use std::collections::BTreeSet;

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "select",
    title: "Keep the most useful features",
    doc: "Keeps the features that say most of the target, judged on training rows inside each fold: by variance, correlation, mutual information, lasso, permutation, recursive elimination or stability selection.",
    params: &[
        ParamSpec {
            id: "method",
            title: "Judged by",
            help: "How features are scored.",
            domain: Domain::Choice { options: &METHODS, default: "mutual_information" },
        },
        ParamSpec {
            id: "keep",
            title: "Features kept",
            help: "How many; all if there are not more.",
            domain: Domain::Whole { low: 1, high: 1000, default: 20 },
        },
    ],
    fit,
};

const METHODS: [&str; 7] = ["variance", "correlation", "mutual_information", "l1", "permutation", "recursive", "stability"];

/// How it goes on. Columns are the features kept, with their score; the step's words are those taken away.
pub const RULE: Rule = Rule { id: ENTRY.id, apply, told: &["score"], fits: |_| true };

/// Most features: correlations of all pairs are kept at once.
const MOST_FEATURES: usize = 1000;
/// Absolute correlation from which a feature repeats another.
const REPEATS: f64 = 0.95;
/// Halves of the rows for stability selection, and most rows of a half.
const HALVES: (u64, usize) = (30, 2000);
/// Share of the weakest features that recursive elimination takes away at a time.
const WEAKEST: f64 = 0.2;
/// Penalty of its ridge regression, as a share of a feature's own variance.
const RIDGE: f64 = 1e-3;
/// Trees of the model whose features are shuffled, most rows it learns from, and the share of rows it is asked about.
const ASKED: (i64, usize, f64) = (60, 5000, 0.3);
/// Seed of all draws: one for all, so that a recipe learned again is the same.
const SEED: u64 = 0;

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let numbers = numbers_among(slots, columns);
    if numbers.len() > MOST_FEATURES {
        return Err(Error::not_computable("A choice of features", "there are more than 1000", "Name fewer columns for the step select."));
    }
    let keep = params.count("keep");
    let (names, values): (Vec<&Slot>, Vec<&[f64]>) = numbers.into_iter().unzip();
    let aims = aims(slots);
    let n = aims.first().map_or(0, Vec::len);
    let without_target = n == 0 || values.first().is_some_and(|v| v.len() != n);
    let scores = match params.word("method") {
        "variance" => values.iter().map(|v| spread_of(v)).collect(),
        _ if without_target => vec![1.0; values.len()],
        "correlation" => values.iter().map(|v| correlation(v, &aims)).collect(),
        "l1" => by_lasso(&values, &aims, keep),
        "permutation" => by_permutation(&names, &values, slots)?,
        "recursive" => by_elimination(&values, &aims, keep)?,
        "stability" => by_stability(&values, &aims, keep),
        _ => values.iter().map(|v| aims.iter().map(|a| mutual_information(v, a, true)).fold(0.0, f64::max)).collect(),
    };
    let mut order: Vec<usize> = (0..values.len()).collect();
    sort::by(&mut order, |&a, &b| scores[b].total_cmp(&scores[a]));
    let mut kept: Vec<usize> = Vec::new();
    for j in order {
        let repeats = || kept.iter().any(|&k| pearson(values[j], values[k]).is_some_and(|r| r.abs() > REPEATS));
        if kept.len() < keep && (params.word("method") != "correlation" || !repeats()) {
            kept.push(j);
        }
    }
    kept.sort_unstable();
    let part = |&j: &usize| Part::of(names[j].name(), vec![if scores[j].is_finite() { scores[j] } else { 0.0 }]);
    let mut learned = Plain::new(ENTRY.id, Vec::new(), kept.iter().map(part).collect());
    learned.own.words = (0..names.len()).filter(|j| !kept.contains(j)).map(|j| names[j].name().to_owned()).collect();
    Ok(FittedStep::Plain(learned))
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    let gone: BTreeSet<&str> = learned.own.words.iter().map(String::as_str).collect();
    slots.replace(|slot, next| {
        if !gone.contains(slot.name()) {
            next.push(slot);
        }
    })
}

/// Variance of the number brought to 0..1; 0 for one that does not vary.
fn spread_of(values: &[f64]) -> f64 {
    let there = present(values);
    let (low, high) = there.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    let width = high - low;
    let spread = variance(&there.iter().map(|v| (v - low) / width).collect::<Vec<_>>(), 0);
    if spread.is_finite() { spread } else { 0.0 }
}

/// Standardised columns and targets of these rows.
fn at_rows(values: &[&[f64]], aims: &[Vec<f64>], rows: &[usize]) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let of = |v: &[f64]| standardised(&rows.iter().map(|&r| v[r]).collect::<Vec<_>>());
    (values.iter().map(|v| of(v)).collect(), aims.iter().map(|a| of(a)).collect())
}

fn by_lasso(values: &[&[f64]], aims: &[Vec<f64>], keep: usize) -> Vec<f64> {
    let all: Vec<usize> = (0..aims[0].len()).collect();
    lasso_of(values, aims, &all, keep)
}

/// The greatest share of the penalty at which each feature enters, over all targets.
fn lasso_of(values: &[&[f64]], aims: &[Vec<f64>], rows: &[usize], keep: usize) -> Vec<f64> {
    let (columns, aims) = at_rows(values, aims, rows);
    let (own, towards) = correlations(&columns, &aims);
    let mut best = vec![0.0_f64; values.len()];
    for towards in &towards {
        best.iter_mut().zip(entries(&own, towards, keep)).for_each(|(b, e)| *b = b.max(e));
    }
    best
}

fn by_stability(values: &[&[f64]], aims: &[Vec<f64>], keep: usize) -> Vec<f64> {
    let n = aims[0].len();
    let mut share = vec![0.0; values.len()];
    for half in 0..HALVES.0 {
        let mut rows: Vec<usize> = (0..n).collect();
        Stream::new(SEED, "prepare/select/half", half).shuffle(&mut rows);
        rows.truncate((n / 2).clamp(2, HALVES.1).min(n));
        let entered = lasso_of(values, aims, &rows, keep);
        let mut order: Vec<usize> = (0..values.len()).filter(|&j| entered[j] > 0.0).collect();
        sort::by(&mut order, |&a, &b| entered[b].total_cmp(&entered[a]));
        order.into_iter().take(keep).for_each(|j| share[j] += 1.0 / HALVES.0 as f64);
    }
    share
}

/// The round in which a feature was taken away, by the size of its weights; what is left counts by size above all rounds.
fn by_elimination(values: &[&[f64]], aims: &[Vec<f64>], keep: usize) -> Result<Vec<f64>> {
    let all: Vec<usize> = (0..aims[0].len()).collect();
    let (columns, aims) = at_rows(values, aims, &all);
    let (own, towards) = correlations(&columns, &aims);
    let mut left: Vec<usize> = (0..values.len()).filter(|&j| own[[j, j]] > 0.0).collect();
    let mut scores = vec![0.0; values.len()];
    let mut round = 1.0;
    while !left.is_empty() {
        let part = ndarray::Array2::from_shape_fn((left.len(), left.len()), |(i, j)| own[[left[i], left[j]]] + if i == j { RIDGE } else { 0.0 });
        let factor = Cholesky::new(&part)?;
        let mut size = vec![0.0; left.len()];
        for towards in &towards {
            let weights = factor.solve(&left.iter().map(|&j| towards[j]).collect::<Vec<_>>());
            size.iter_mut().zip(weights).for_each(|(s, w)| *s += w * w);
        }
        for (&j, s) in left.iter().zip(&size) {
            scores[j] = round + s / (1.0 + s);
        }
        if left.len() <= keep {
            break;
        }
        let gone = ((left.len() as f64 * WEAKEST) as usize).clamp(1, left.len() - keep);
        let mut order: Vec<usize> = (0..left.len()).collect();
        sort::by(&mut order, |&a, &b| size[a].total_cmp(&size[b]).then(b.cmp(&a)));
        let weakest: BTreeSet<usize> = order.into_iter().take(gone).collect();
        left = left.iter().enumerate().filter(|(i, _)| !weakest.contains(i)).map(|(_, j)| *j).collect();
        round += 1.0;
    }
    Ok(scores)
}

/// How much the loss on held-out training rows grows when a feature is shuffled.
fn by_permutation(slots: &[&Slot], values: &[&[f64]], all: &Slots) -> Result<Vec<f64>> {
    let target = all.target().unwrap_or_default();
    let (y, n_classes) = (&target.0, target.1);
    let mut rows: Vec<usize> = (0..y.len()).filter(|&r| y[r].is_finite()).collect();
    Stream::new(SEED, "prepare/select/ask", 0).shuffle(&mut rows);
    rows.truncate(ASKED.1);
    let n_asked = ((rows.len() as f64 * ASKED.2) as usize).min(rows.len());
    let (asked, learned) = rows.split_at(n_asked);
    let features = |rows: &[usize]| {
        let filled = |v: &&[f64]| {
            let centre = mean(&present(v));
            rows.iter().map(|&r| if v[r].is_nan() { if centre.is_nan() { 0.0 } else { centre } } else { v[r] }).collect()
        };
        Features::from_columns(slots.iter().map(|s| s.about.clone()).collect(), values.iter().map(filled).collect(), rows.len())
    };
    let kind = match n_classes {
        0 => TaskKind::Regression,
        2 => TaskKind::Binary,
        _ => TaskKind::Multiclass,
    };
    let of = |rows: &[usize]| rows.iter().map(|&r| y[r]).collect::<Vec<f64>>();
    let set = TrainingSet::new(features(learned)?, of(learned), vec![1.0; learned.len()], kind, n_classes, learned.len())?;
    let learner = learners::find("gradient_boosting").ok_or_else(|| Error::internal("a learner that is not listed"))?;
    let params = Params::check(learner.params, &std::iter::once(("trees".to_owned(), Value::Whole(ASKED.0))).collect())?;
    if asked.is_empty() || learned.len() < 2 || values.is_empty() {
        return Ok(vec![1.0; values.len()]);
    }
    let model = learner.fit(&params, &set, SEED)?;
    let (asked_features, truth) = (features(asked)?, of(asked));
    let loss = |features: &Features| -> Result<f64> {
        let predicted = model.predict(features)?;
        let one = |(i, t): (usize, &f64)| match n_classes {
            0 => predicted.values.get(i).map_or(0.0, |p| (p - t) * (p - t)),
            n => -ln(predicted.values.get(i * n + *t as usize).copied().unwrap_or(0.0).max(1e-15)),
        };
        Ok(sum_of(truth.iter().enumerate().map(one)) / truth.len() as f64)
    };
    let usual = loss(&asked_features)?;
    let worse = |j: usize| {
        let mut shuffled = asked_features.slice(j).to_vec();
        Stream::new(SEED, "prepare/select/shuffle", j as u64).shuffle(&mut shuffled);
        Ok(loss(&asked_features.with_column(j, &shuffled))? - usual)
    };
    (0..values.len()).map(worse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::reference::{column, fit, slots};

    /// 400 rows of eight columns of noise; the target is made of the third and the sixth.
    fn table(n_classes: usize) -> Slots {
        let mut draw = Stream::new(2, "select", 0);
        let columns: Vec<Vec<f64>> = (0..8).map(|_| (0..400).map(|_| draw.normal()).collect()).collect();
        let y: Vec<f64> = (0..400).map(|i| 2.0 * columns[2][i] + columns[5][i] + 0.3 * draw.normal()).collect();
        let mut table = slots(&columns);
        table.know_target(if n_classes == 0 { y } else { y.iter().map(|v| f64::from(u8::from(*v > 0.0))).collect() }, n_classes);
        table
    }

    fn kept(table: &Slots, method: &str, keep: i64) -> Vec<String> {
        let step = fit(&ENTRY, table, &[("method", Value::Word(method.into())), ("keep", Value::Whole(keep))]);
        step.apply(table.clone()).list().iter().map(|s| s.name().to_owned()).collect()
    }

    #[test]
    fn every_method_that_knows_the_target_finds_the_two_that_matter() {
        for method in &METHODS[1..] {
            for n_classes in [0, 2] {
                assert_eq!(kept(&table(n_classes), method, 2), ["c", "f"], "{method} {n_classes}");
            }
        }
    }

    #[test]
    fn variance_passes_over_what_hardly_varies_and_all_are_kept_where_there_are_no_more() {
        let mut flat = vec![0.0; 50];
        flat[3] = 1.0;
        let table = slots(&[flat, (0..50).map(f64::from).collect()]);
        assert_eq!(kept(&table, "variance", 1), ["b"]);
        assert_eq!(kept(&table, "variance", 9), ["a", "b"]);
    }

    #[test]
    fn correlation_passes_over_what_repeats_a_better_feature() {
        let mut with_copy = table(0);
        let copy = column(&with_copy, "c").iter().map(|v| v * 3.0 + 1e-3).collect();
        let about = crate::features::Feature { name: "copy".into(), sources: vec!["c".into()], step: "column".into(), whole: false, levels: false };
        with_copy.push(Slot { about, cells: crate::prepare::Cells::Numbers(copy) });
        assert_eq!(kept(&with_copy, "correlation", 2), ["c", "f"]);
    }
}
