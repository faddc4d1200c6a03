//! One number divided by another, where that says more of the target than both alone.
//!
//! Pairs are found among the training rows as in [`super::interactions`]. A divisor closer to 0 than any of the training rows' (or than 1e-9 of their mean size) is taken
//! at that distance, with its sign, so that no row's ratio is without bounds. Columns with missing cells, or with 0 among the training rows, are no divisors.

use super::interactions::{PAIRS, add_pairs, numbers};
use crate::error::Result;
use crate::math::sum::mean;
use crate::param::Params;
use crate::prepare::pairs::useful;
use crate::prepare::plain::{Part, Plain, Rule};
use crate::prepare::slots::Slots;
use crate::prepare::{FittedStep, StepEntry};

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "ratios",
    title: "Ratios of pairs",
    doc: "Adds one number divided by another where that says more of the target than both alone, found among the training rows; none where the gain may be chance. Divisors that can be 0 are not used.",
    params: &[PAIRS],
    fit,
};

/// How it goes on; a part is a pair: its words are the columns, its numbers the partial correlation and the least divisor.
pub const RULE: Rule =
    Rule { id: ENTRY.id, apply, told: &["partial correlation"], fits: |p| p.columns.iter().all(|c| c.words.len() == 2 && c.number(1) > 0.0) };

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let ratio = |a: &[f64], b: &[f64]| match least_divisor(b) {
        Some(least) => a.iter().zip(b).map(|(x, y)| divided(*x, *y, least)).collect(),
        None => vec![f64::NAN; a.len()],
    };
    let part = |(a, b, r): (String, String, f64)| {
        let least = numbers(slots, &b).and_then(|(_, v)| least_divisor(v)).unwrap_or(1.0);
        Part { name: format!("{a} / {b}"), numbers: vec![r, least], words: vec![a, b] }
    };
    let pairs = useful(slots, columns, true, params.count("pairs"), &ratio);
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, Vec::new(), pairs.into_iter().map(part).collect())))
}

/// The least size among divisors; `None` where one is 0 or missing.
fn least_divisor(values: &[f64]) -> Option<f64> {
    let sizes: Vec<f64> = values.iter().map(|v| v.abs()).collect();
    let least = sizes.iter().fold(f64::INFINITY, |l, v| l.min(*v));
    let floor = 1e-9 * mean(&sizes);
    (least > 0.0 && least.is_finite() && sizes.iter().all(|v| v.is_finite())).then(|| least.max(floor))
}

fn divided(x: f64, y: f64, least: f64) -> f64 {
    if y.is_nan() { y } else { x / y.abs().max(least).copysign(y) }
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    add_pairs(learned, slots, &|part, x, y| divided(x, y, part.number(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;
    use crate::prepare::reference::{column, fit, slots};

    #[test]
    fn a_ratio_that_matters_is_found_and_a_divisor_never_reaches_0() {
        let mut draw = Stream::new(5, "ratios", 0);
        let columns: Vec<Vec<f64>> = (0..3).map(|_| (0..400).map(|_| 1.0 + 9.0 * draw.uniform()).collect()).collect();
        let y = (0..400).map(|i| columns[2][i] / columns[0][i] + 0.1 * draw.normal()).collect();
        let mut table = slots(&columns);
        table.know_target(y, 0);
        let step = fit(&ENTRY, &table, &[("pairs", crate::param::Value::Whole(1))]);
        let after = step.apply(slots(&[vec![2.0, 0.0], vec![1.0, 1.0], vec![8.0, 8.0]]));
        let ratio = column(&after, "c / a");
        assert!(ratio[0] == 4.0 && ratio[1].is_finite() && ratio[1] > 1.0);
        let mut with_zero = slots(&[vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], vec![1.0, 5.0, 2.0, 4.0, 3.0, 8.0, 7.0, 6.0]]);
        with_zero.know_target(vec![1.0, 2.0, 4.0, 3.0, 6.0, 5.0, 8.0, 7.0], 0);
        assert!(fit(&ENTRY, &with_zero, &[]).learned().iter().all(|l| !l.column.ends_with("/ a")));
    }
}
