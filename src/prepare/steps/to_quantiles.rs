//! Replaces a number by its place among the training rows: uniform in 0..1, or as the normal distribution has it.
//!
//! The quantiles of the training rows at evenly spaced shares are kept; between them places are interpolated, from both sides where values repeat. Numbers
//! beyond the training rows have place 0 or 1 (normal: -5.2 or 5.2, as in scikit-learn). Checked against scikit-learn's `QuantileTransformer` to 1e-9.

use crate::error::Result;
use crate::math::distribution::normal_quantile;
use crate::math::rank::{quantile, sorted};
use crate::math::sum::present;
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::plain::{Part, Plain, Rule, numbers_among};
use crate::prepare::slots::Slots;
use crate::prepare::{FittedStep, StepEntry};

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "to_quantiles",
    title: "Places among the training rows",
    doc: "A number becomes its place among the training rows, 0 to 1, or the normal value of that place: any shape becomes one shape, and extremes lose their size. Columns of 0 and 1 stay as they are.",
    params: &[
        ParamSpec {
            id: "shape",
            title: "Shape",
            help: "Uniform between 0 and 1, or normal.",
            domain: Domain::Choice { options: &["normal", "uniform"], default: "normal" },
        },
        ParamSpec {
            id: "quantiles",
            title: "Quantiles",
            help: "How many quantiles are kept; never more than training rows.",
            domain: Domain::Whole { low: 2, high: 1000, default: 100 },
        },
    ],
    fit,
};

/// How it goes on; the first number of a column says whether the shape is normal, the others are its quantiles.
pub const RULE: Rule =
    Rule { id: ENTRY.id, apply, told: &[], fits: |p| p.columns.iter().all(|c| c.numbers.len() > 1 && is_ascending(&c.numbers[1..])) };

/// Places within this of 0 and 1 become the normal value there: 0 and 1 have none.
const EDGE: f64 = 1e-7;

fn is_ascending(values: &[f64]) -> bool {
    values.windows(2).all(|w| w[0] <= w[1])
}

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let normal = f64::from(u8::from(params.word("shape") == "normal"));
    let mut parts = Vec::new();
    for (slot, values) in numbers_among(slots, columns) {
        let there = sorted(&present(values));
        if there.is_empty() || there.iter().all(|v| *v == 0.0 || *v == 1.0) {
            continue;
        }
        let n = params.count("quantiles").min(values.len()).max(2);
        let kept = (0..n).map(|i| quantile(&there, i as f64 / (n - 1) as f64));
        parts.push(Part::of(slot.name(), std::iter::once(normal).chain(kept).collect()));
    }
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, Vec::new(), parts)))
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    learned.change_numbers(slots, &|part, v| part.numbers.get(1..).map_or(0.0, |quantiles| place(quantiles, v, part.switch(0))))
}

fn place(quantiles: &[f64], v: f64, normal: bool) -> f64 {
    let (Some(first), Some(last)) = (quantiles.first(), quantiles.last()) else { return 0.0 };
    let edge = if normal { EDGE } else { 0.0 };
    let share = if v - edge < *first && (normal || v <= *first) || v == *first && !normal {
        0.0
    } else if v + edge > *last || v == *last {
        1.0
    } else {
        0.5 * (interpolated(quantiles, v, false) + interpolated(quantiles, v, true))
    };
    if !normal {
        return share;
    }
    let bound = EDGE - f64::EPSILON;
    normal_quantile(share.clamp(0.0, 1.0)).clamp(normal_quantile(bound), normal_quantile(1.0 - bound))
}

/// The share at which `v` stands: of equal quantiles the last one counts, or the first.
fn interpolated(quantiles: &[f64], v: f64, first: bool) -> f64 {
    let steps = (quantiles.len() - 1) as f64;
    let above = quantiles.partition_point(|q| if first { *q < v } else { *q <= v });
    let (low, high) = (above.saturating_sub(1), above.min(quantiles.len() - 1));
    if first && quantiles[high] == v {
        return high as f64 / steps;
    }
    let width = quantiles[high] - quantiles[low];
    let part = if width > 0.0 { (v - quantiles[low]) / width } else { 0.0 };
    (low as f64 + part) / steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::Value;
    use crate::prepare::reference::{agree, case, column, fit, numbers, slots};

    #[test]
    fn places_are_those_of_scikit_learn_for_old_and_new_rows() {
        for name in ["skewed_uniform", "skewed_normal", "left_uniform", "left_normal"] {
            let case = case(&format!("quantiles_{name}"));
            let table = slots(&[numbers(&case["input"])]);
            let shape = name.split('_').nth(1).unwrap();
            let step = fit(&ENTRY, &table, &[("quantiles", Value::Whole(20)), ("shape", Value::Word(shape.into()))]);
            agree(&column(&step.apply(table), "a"), &numbers(&case["output"]), 1e-9, name);
            agree(&column(&step.apply(slots(&[numbers(&case["new"])])), "a"), &numbers(&case["new_output"]), 1e-9, name);
        }
    }
}
