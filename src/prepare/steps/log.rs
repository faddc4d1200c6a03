//! Logarithm of numbers whose sizes differ by factors: `ln(1 + x)`, and `-ln(1 - x)` below 0.
//!
//! For numbers of at least 0 it is log1p; the sign makes it one to one for all numbers. Nothing is learned but the columns: unless columns are named, those
//! whose training rows are skewed by more than [`SKEWED`] and of which the logarithm is less so.

use crate::error::Result;
use crate::math::elementary::ln_1p;
use crate::math::sum::{mean, present, variance};
use crate::param::Params;
use crate::prepare::plain::{Part, Plain, Rule, numbers_among};
use crate::prepare::slots::Slots;
use crate::prepare::{FittedStep, StepEntry};

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "log",
    title: "Logarithm",
    doc: "ln(1 + x), and -ln(1 - x) below 0, so that factors become distances. For the columns named; if none is named, for those that are skewed and become less so.",
    params: &[],
    fit,
};

/// How it goes on.
pub const RULE: Rule = Rule { id: ENTRY.id, apply, told: &["skew before", "skew after"], fits: |_| true };

/// Skew (third standardised moment) from which a column is worth a logarithm: an exponential distribution has 2, a normal 0.
const SKEWED: f64 = 1.0;

fn fit(slots: &Slots, _: &Params, columns: &[String]) -> Result<FittedStep> {
    let mut parts = Vec::new();
    for (slot, values) in numbers_among(slots, columns) {
        let there = present(values);
        let (before, after) = (skew(&there), skew(&there.iter().map(|v| logarithm(*v)).collect::<Vec<_>>()));
        if !columns.is_empty() || (before.abs() > SKEWED && after.abs() < before.abs()) {
            parts.push(Part::of(slot.name(), vec![before, after]));
        }
    }
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, Vec::new(), parts)))
}

/// The logarithm of size, with the sign.
#[must_use]
pub fn logarithm(x: f64) -> f64 {
    if x < 0.0 { -ln_1p(-x) } else { ln_1p(x) }
}

/// Third standardised moment; 0 for constant values.
fn skew(values: &[f64]) -> f64 {
    let (centre, spread) = (mean(values), variance(values, 0).sqrt());
    let cubes: Vec<f64> = values.iter().map(|v| (v - centre) / spread).map(|z| z * z * z).collect();
    let skew = mean(&cubes);
    if skew.is_finite() { skew } else { 0.0 }
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    learned.change_numbers(slots, &|_, v| logarithm(v))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::reference::{agree, column, fit, slots};

    #[test]
    fn skewed_columns_become_logarithms_and_others_stay() {
        let (skewed, even): (Vec<f64>, Vec<f64>) = (0..40).map(|i| (crate::math::elementary::exp(f64::from(i) / 5.0), f64::from(i))).unzip();
        let table = slots(&[skewed.clone(), even.clone()]);
        let after = fit(&ENTRY, &table, &[]).apply(table);
        agree(&column(&after, "a"), &skewed.iter().map(|v| ln_1p(*v)).collect::<Vec<_>>(), 1e-15, "log1p");
        assert_eq!(column(&after, "b"), even);
        assert_eq!((logarithm(-3.0), logarithm(0.0)), (-logarithm(3.0), 0.0));
    }
}
