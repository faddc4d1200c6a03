//! Caps extreme numbers: what is beyond a fence becomes the fence.
//!
//! Quantiles: fences at two quantiles of the training rows (linear interpolation). IQR: `q1 - k (q3 - q1)` and `q3 + k (q3 - q1)` with k = 1.5 as usual
//! (Tukey 1977, 2C). A row is never lost, and its order among others hardly changes. Columns of 0 and 1 stay as they are.

use crate::error::Result;
use crate::math::rank::{quantile, sorted};
use crate::math::sum::present;
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::plain::{Part, Plain, Rule, numbers_among};
use crate::prepare::slots::Slots;
use crate::prepare::{FittedStep, StepEntry};

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "cap_outliers",
    title: "Cap extreme numbers",
    doc: "Numbers beyond a fence become the fence: quantiles of the training rows, or quartiles minus and plus a multiple of their distance. Linear models and distances are then not ruled by a few rows.",
    params: &[
        ParamSpec {
            id: "method",
            title: "Fences",
            help: "At quantiles, or by the distance of the quartiles.",
            domain: Domain::Choice { options: &["iqr", "quantiles"], default: "iqr" },
        },
        ParamSpec {
            id: "share",
            title: "Share cut at each end",
            help: "For quantiles: 0.01 puts the fences at the 1st and 99th percentile.",
            domain: Domain::Real { low: 0.0, high: 0.4, default: 0.01, log: false },
        },
        ParamSpec {
            id: "factor",
            title: "Distances of the quartiles",
            help: "For quartiles: how many of their distances the fences stand away from them.",
            domain: Domain::Real { low: 0.1, high: 100.0, default: 1.5, log: true },
        },
    ],
    fit,
};

/// How it goes on.
pub const RULE: Rule =
    Rule { id: ENTRY.id, apply, told: &["lower fence", "upper fence"], fits: |p| p.columns.iter().all(|c| c.number(0) <= c.number(1)) };

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let mut parts = Vec::new();
    for (slot, values) in numbers_among(slots, columns) {
        let there = sorted(&present(values));
        if there.is_empty() || there.iter().all(|v| *v == 0.0 || *v == 1.0) {
            continue;
        }
        let fences = if params.word("method") == "quantiles" {
            [quantile(&there, params.real("share")), quantile(&there, 1.0 - params.real("share"))]
        } else {
            let (q1, q3) = (quantile(&there, 0.25), quantile(&there, 0.75));
            // Without a distance of the quartiles everything but one value would be cut.
            let reach = params.real("factor") * (q3 - q1);
            if reach > 0.0 { [q1 - reach, q3 + reach] } else { [there[0], there[there.len() - 1]] }
        };
        if fences.iter().all(|f| f.is_finite()) {
            parts.push(Part::of(slot.name(), fences.to_vec()));
        }
    }
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, Vec::new(), parts)))
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    learned.replace_numbers(slots, &|fences, slot, values| {
        let (low, high) = (fences.number(0), fences.number(1));
        let whole = slot.about.whole && low.fract() == 0.0 && high.fract() == 0.0;
        vec![slot.changed(ENTRY.id, values.iter().map(|v| if v.is_nan() { *v } else { v.max(low).min(high) }).collect(), whole)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::Value;
    use crate::prepare::reference::{agree, column, fit, slots};

    #[test]
    fn numbers_beyond_the_fences_become_the_fences_and_gaps_stay() {
        let values = vec![1.0, 2.0, 3.0, 4.0, 5.0, 100.0, f64::NAN];
        let table = slots(&[values, vec![0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]]);
        let after = fit(&ENTRY, &table, &[]).apply(table.clone());
        // Quartiles 2.25 and 4.75: fences at -1.5 and 8.5.
        agree(&column(&after, "a"), &[1.0, 2.0, 3.0, 4.0, 5.0, 8.5, f64::NAN], 1e-12, "iqr");
        assert_eq!(column(&after, "b"), column(&table, "b"));
        let given = [("method", Value::Word("quantiles".into())), ("share", Value::Real(0.2))];
        agree(&column(&fit(&ENTRY, &table, &given).apply(table), "a"), &[2.0, 2.0, 3.0, 4.0, 5.0, 5.0, f64::NAN], 1e-12, "quantiles");
    }
}
