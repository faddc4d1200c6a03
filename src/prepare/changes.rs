//! What every step of a fitted recipe made of the columns it touched: missing cells, mean and spread in the training rows, before and after.

use super::plain::{NOTHING, Part};
use super::slots::Slots;
use crate::features::Feature;
use crate::math::sum::{mean, present, variance};
use std::collections::BTreeMap;

/// Most columns a step that are told of.
pub const MOST_COLUMNS: usize = 30;
/// Fewest values of which mean and spread are told: those of fewer could be read back.
const FEWEST: usize = 5;
/// Share of the spread below which a mean is 0.
const ROUNDING: f64 = 1e-12;

/// Numbers of one column at a time: missing cells, mean, standard deviation (divisor n - 1).
pub const MEASURES: usize = 3;

fn measured(values: &[f64]) -> [f64; MEASURES] {
    let there = present(values);
    let told = |x: f64| if there.len() >= FEWEST && x.is_finite() { x } else { NOTHING };
    let spread = variance(&there, 1).sqrt();
    // The mean of what was centred is rounding.
    let centre = Some(mean(&there)).filter(|m| m.abs() > ROUNDING * spread || spread.is_nan()).unwrap_or(0.0);
    [(values.len() - there.len()) as f64, told(centre), told(spread)]
}

/// Columns of numbers that a step changed or made: numbers are [`MEASURES`] before ([`NOTHING`] where there was no such column of numbers), then as many after.
#[must_use]
pub fn between(before: &Slots, after: &Slots) -> Vec<Part> {
    let known: BTreeMap<&str, (&Feature, Option<&[f64]>)> = before.list().iter().map(|s| (s.name(), (&s.about, s.cells.numbers()))).collect();
    let mut told = Vec::new();
    for slot in after.list() {
        let Some(values) = slot.cells.numbers() else { continue };
        let earlier = known.get(slot.name());
        if told.len() == MOST_COLUMNS || earlier.is_some_and(|(about, _)| **about == slot.about) {
            continue;
        }
        let first = earlier.and_then(|(_, numbers)| *numbers).map_or([NOTHING; MEASURES], measured);
        told.push(Part::of(slot.name(), first.into_iter().chain(measured(values)).collect()));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::reference::{fit, slots};
    use crate::prepare::steps::impute;

    #[test]
    fn a_filled_column_is_told_with_its_gaps_before_and_after() {
        let before = slots(&[vec![1.0, 2.0, 3.0, 4.0, 5.0, f64::NAN], vec![1.0; 6]]);
        let after = fit(&impute::ENTRY, &before, &[]).apply(before.clone());
        let told = between(&before, &after);
        assert_eq!(told.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["a", "a is missing"]);
        assert_eq!((told[0].numbers[0], told[0].numbers[1], told[0].numbers[3], told[0].numbers[4]), (1.0, 3.0, 0.0, 3.0));
        assert_eq!(told[1].numbers[..3], [NOTHING; 3]);
    }
}
