//! Fills a missing number with the last one known before it, in rows of the same entity.
//!
//! Only earlier moments are looked at, never later ones, and at most as many as allowed. At the beginning of an entity gaps stay: another step fills them. Rows that are
//! predicted look back into all rows of their table.

use super::impute_neighbours::INDICATOR;
use crate::error::Result;
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::plain::{Part, Plain, Rule, filled, numbers_among};
use crate::prepare::slots::Slots;
use crate::prepare::{FittedStep, StepEntry};

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "fill_forward",
    title: "Fill missing numbers forward in time",
    doc: "A missing number becomes the last one before it in rows of the same entity; later rows are never looked at. For measurements that stay as they are until the next one.",
    params: &[
        ParamSpec {
            id: "reach",
            title: "How far back",
            help: "How many earlier moments are looked at; 0: all.",
            domain: Domain::Whole { low: 0, high: 10_000, default: 0 },
        },
        INDICATOR,
    ],
    fit,
};

/// How it goes on. The step's number: how far back. A column's: whether an indicator is added.
pub const RULE: Rule = Rule { id: ENTRY.id, apply, told: &[], fits: |_| true };

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let has_gaps = |v: &[f64]| v.iter().any(|x| x.is_nan());
    let part = |(name, gaps): (&str, bool)| Part::of(name, vec![f64::from(u8::from(gaps && params.switch("indicator")))]);
    let parts = numbers_among(slots, columns).into_iter().map(|(s, v)| part((s.name(), has_gaps(v)))).collect();
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, vec![params.real("reach")], parts)))
}

/// The last value there was, at most `reach` places back.
fn carried(values: &[f64], reach: usize) -> Vec<f64> {
    let mut last: Option<(usize, f64)> = None;
    let one = |(at, v): (usize, &f64)| {
        if !v.is_nan() {
            last = Some((at, *v));
        }
        last.filter(|(from, _)| reach == 0 || at - from <= reach).map_or(f64::NAN, |(_, v)| v)
    };
    values.iter().enumerate().map(one).collect()
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    let Some(past) = slots.past() else { return slots };
    let series = past.series(true);
    let reach = learned.own.count(0);
    learned.replace_numbers(slots, &|part, slot, values| {
        let at_moments = series.at_moments(values);
        let before = series.known(&series.each(&at_moments, &|v| carried(v, reach.saturating_sub(1))), 1);
        // With a reach of 1 only the moment before is looked at.
        let before = if reach == 1 { series.known(&at_moments, 1) } else { before };
        let after = values.iter().zip(&before).map(|(v, b)| if v.is_nan() { *b } else { *v }).collect();
        filled(ENTRY.id, slot, values, after, (part.switch(0), true))
    })
}
