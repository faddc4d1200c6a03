//! Cuts numbers into bins: the position of the bin in the place of the number, or beside it.
//!
//! Edges are quantiles of the training rows (equal ones are one edge) or evenly spaced between their least and greatest number. A number on an edge
//! belongs to the bin above it; numbers beyond the training rows to the outermost bins.

use crate::error::Result;
use crate::math::rank::{quantile, sorted};
use crate::math::sum::present;
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::plain::{Part, Plain, Rule, numbers_among};
use crate::prepare::slots::{Cells, Slots};
use crate::prepare::{FittedStep, StepEntry};

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "bins",
    title: "Cut into bins",
    doc: "Numbers become the position of their bin: bins of equal rows, or of equal width, learned from training rows. Columns with fewer distinct numbers than bins stay as they are.",
    params: &[
        ParamSpec { id: "bins", title: "Bins", help: "How many.", domain: Domain::Whole { low: 2, high: 100, default: 5 } },
        ParamSpec {
            id: "method",
            title: "Bins of",
            help: "Equal numbers of rows, or equal width.",
            domain: Domain::Choice { options: &["equal_rows", "equal_width"], default: "equal_rows" },
        },
        ParamSpec { id: "keep", title: "Keep the number", help: "The bin stands beside the number.", domain: Domain::Switch { default: false } },
    ],
    fit,
};

/// How it goes on; the numbers of a column are its edges.
pub const RULE: Rule = Rule { id: ENTRY.id, apply, told: &["edge 1", "edge 2", "edge 3", "edge 4"], fits: |_| true };

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let n = params.count("bins").max(2);
    let mut parts = Vec::new();
    for (slot, values) in numbers_among(slots, columns) {
        let there = sorted(&present(values));
        let mut distinct = there.clone();
        distinct.dedup();
        let (Some(first), Some(last)) = (there.first(), there.last()) else { continue };
        if distinct.len() <= n {
            continue;
        }
        let share = |i: usize| i as f64 / n as f64;
        let edge = |i: usize| if params.word("method") == "equal_width" { first + share(i) * (last - first) } else { quantile(&there, share(i)) };
        let mut edges: Vec<f64> = (1..n).map(edge).filter(|e| e.is_finite() && e > first).collect();
        edges.dedup();
        parts.push(Part::of(slot.name(), edges));
    }
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, vec![f64::from(u8::from(params.switch("keep")))], parts)))
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    learned.replace_numbers(slots, &|edges, mut slot, values| {
        let bin = |v: &f64| if v.is_nan() { *v } else { edges.numbers.iter().filter(|e| *e <= v).count() as f64 };
        let bins = values.iter().map(bin).collect();
        if !learned.own.switch(0) {
            return vec![slot.changed(ENTRY.id, bins, true)];
        }
        slot.cells = Cells::Numbers(values.to_vec());
        let made = slot.made(ENTRY.id, format!("{}: bin", slot.name()), bins, true);
        vec![slot, made]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::Value;
    use crate::prepare::reference::{agree, column, fit, slots};

    #[test]
    fn numbers_become_the_position_of_their_bin() {
        let table = slots(&[(0..10).map(f64::from).collect()]);
        let step = fit(&ENTRY, &table, &[("bins", Value::Whole(2)), ("keep", Value::Switch(true))]);
        let after = step.apply(slots(&[vec![-9.0, 4.4, 4.5, 99.0, f64::NAN]]));
        agree(&column(&after, "a: bin"), &[0.0, 0.0, 1.0, 1.0, f64::NAN], 0.0, "bins");
        assert_eq!(column(&after, "a")[2], 4.5);
        let wide = fit(&ENTRY, &slots(&[vec![0.0, 1.0, 2.0, 100.0]]), &[("bins", Value::Whole(2)), ("method", Value::Word("equal_width".into()))]);
        assert_eq!(column(&wide.apply(slots(&[vec![49.0, 50.0]])), "a"), [0.0, 1.0]);
    }
}
