//! One unit for a column that holds two: numbers on one side of an edge are multiplied.
//!
//! Formula: `x * by` where `|x|` is greater than the edge (or, the other way round, not greater), else `x`. Nothing is learned; the edge and the factor are settings, as the rule that finds
//! mixed units proposes them. For the columns named; for none without a name.

use crate::error::Result;
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::plain::{Part, Plain, Rule, numbers_among};
use crate::prepare::slots::Slots;
use crate::prepare::{FittedStep, StepEntry};

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "one_unit",
    title: "Bring to one unit",
    doc: "Numbers beyond an edge (or within it) are multiplied by a factor: grams among kilograms by 0.001. For the columns named.",
    params: &[
        ParamSpec {
            id: "edge",
            title: "Edge",
            help: "Size that parts the two units, without sign.",
            domain: Domain::Real { low: 0.0, high: 1e15, default: 0.0, log: false },
        },
        ParamSpec {
            id: "by",
            title: "Factor",
            help: "What numbers are multiplied by; 1 changes nothing.",
            domain: Domain::Real { low: 1e-9, high: 1e9, default: 1.0, log: false },
        },
        ParamSpec {
            id: "above",
            title: "Beyond the edge",
            help: "On: the larger numbers are multiplied. Off: the smaller ones.",
            domain: Domain::Switch { default: true },
        },
    ],
    fit,
};

/// How it goes on. A column's numbers: edge, factor, whether above.
pub const RULE: Rule = Rule { id: ENTRY.id, apply, told: &["edge", "factor"], fits: |_| true };

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let numbers = vec![params.real("edge"), params.real("by"), f64::from(u8::from(params.switch("above")))];
    let named = numbers_among(slots, columns).into_iter().filter(|_| !columns.is_empty());
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, Vec::new(), named.map(|(s, _)| Part::of(s.name(), numbers.clone())).collect())))
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    learned.change_numbers(slots, &|part, v| if v != 0.0 && (v.abs() > part.number(0)) == part.switch(2) { v * part.number(1) } else { v })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::Value;
    use crate::prepare::reference::{column, slots};

    fn of(above: bool, by: f64) -> Vec<f64> {
        let table = slots(&[vec![70.0, 82.0, 64_000.0, 0.0, f64::NAN]]);
        let given = [("edge", Value::Real(1_000.0)), ("by", Value::Real(by)), ("above", Value::Switch(above))];
        let params = Params::check(ENTRY.params, &given.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()).unwrap();
        column(&fit(&table, &params, &["a".into()]).unwrap().apply(table), "a")
    }

    #[test]
    fn the_numbers_of_one_side_are_multiplied_and_the_others_stay() {
        crate::prepare::reference::agree(&of(true, 0.001), &[70.0, 82.0, 64.0, 0.0, f64::NAN], 1e-12, "grams");
        crate::prepare::reference::agree(&of(false, 1_000.0), &[70_000.0, 82_000.0, 64_000.0, 0.0, f64::NAN], 1e-12, "kilograms");
    }

    #[test]
    fn without_a_name_nothing_changes() {
        let table = slots(&[vec![1.0, 2.0]]);
        let params = Params::check(ENTRY.params, &std::iter::once(("by".to_owned(), Value::Real(9.0))).collect()).unwrap();
        assert_eq!(fit(&table, &params, &[]).unwrap().apply(table.clone()), table);
    }
}
