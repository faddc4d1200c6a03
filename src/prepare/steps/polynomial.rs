//! Powers of numbers, so that a linear model can bend: x squared, x cubed ...
//!
//! Powers are taken of the standardised number `(x - m) / s` (mean and deviation of the training rows), since powers of raw numbers all but repeat one another.
//! Columns of 0 and 1, and constant ones, have no powers of their own.

use crate::error::Result;
use crate::math::elementary::powi;
use crate::math::sum::{mean, present, variance};
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::plain::{LARGEST, Part, Plain, Rule, numbers_among};
use crate::prepare::slots::{Cells, Slots};
use crate::prepare::{FittedStep, StepEntry};

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "polynomial",
    title: "Powers",
    doc: "Adds powers of standardised numbers, so that linear models can follow bends. Trees do not need them.",
    params: &[ParamSpec {
        id: "degree",
        title: "Highest power",
        help: "2 adds squares, 3 also cubes.",
        domain: Domain::Whole { low: 2, high: 5, default: 2 },
    }],
    fit,
};

/// How it goes on.
pub const RULE: Rule =
    Rule { id: ENTRY.id, apply, told: &["mean", "spread"], fits: |p| p.own.number(0) <= 5.0 && p.columns.iter().all(|c| c.number(1) > 0.0) };

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let mut parts = Vec::new();
    for (slot, values) in numbers_among(slots, columns) {
        let there = present(values);
        let (centre, spread) = (mean(&there), variance(&there, 0).sqrt());
        if there.iter().any(|v| *v != 0.0 && *v != 1.0) && centre.is_finite() && spread.is_finite() && spread > 0.0 {
            parts.push(Part::of(slot.name(), vec![centre, spread]));
        }
    }
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, vec![params.real("degree")], parts)))
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    learned.replace_numbers(slots, &|part, mut slot, values| {
        let z: Vec<f64> = values.iter().map(|v| (v - part.number(0)) / part.number(1)).collect();
        slot.cells = Cells::Numbers(values.to_vec());
        let highest = learned.own.count(0).min(5);
        let made = |degree: usize| {
            let raised = z.iter().map(|v| if v.is_nan() { *v } else { powi(*v, degree as i32).clamp(-LARGEST, LARGEST) }).collect();
            slot.made(ENTRY.id, format!("{} to the power of {degree}", slot.name()), raised, false)
        };
        let powers: Vec<_> = (2..=highest).map(made).collect();
        std::iter::once(slot).chain(powers).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::Value;
    use crate::prepare::reference::{agree, column, fit, slots};

    #[test]
    fn powers_of_the_standardised_number_stand_beside_it() {
        let table = slots(&[vec![1.0, 3.0, 5.0], vec![0.0, 1.0, 1.0]]);
        let after = fit(&ENTRY, &table, &[("degree", Value::Whole(3))]).apply(table);
        let z = (8.0_f64 / 3.0).sqrt();
        agree(&column(&after, "a to the power of 2"), &[4.0 / (z * z), 0.0, 4.0 / (z * z)], 1e-12, "squares");
        agree(&column(&after, "a to the power of 3"), &[-8.0 / (z * z * z), 0.0, 8.0 / (z * z * z)], 1e-12, "cubes");
        assert_eq!(after.list().len(), 4);
    }
}
