//! Waves of a moment: sine and cosine of given periods, so that a season of any length can be followed by few numbers.
//!
//! For a period of P days and orders k = 1..K: `sin(2 pi k t / P)` and `cos(2 pi k t / P)`, t in days since 1970. Periods longer than the training rows reach
//! are left out: within them a wave is but a trend. Only the row's own stamp is used; the column of moments stays.

use crate::error::Result;
use crate::math::elementary::{cos, sin};
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::plain::{Part, Plain, Rule, numbers_of};
use crate::prepare::slots::{Cells, Slots};
use crate::prepare::{FittedStep, StepEntry};
use crate::table::MISSING_TIME;
use crate::table::time::DAY;

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "fourier",
    title: "Waves of seasons",
    doc: "Adds sines and cosines of a date with given periods in days: smooth seasons for linear models. Periods longer than the training rows reach are left out.",
    params: &[
        ParamSpec { id: "periods", title: "Periods", help: "In days; 1, 7, 30.4375, 365.25 when empty.", domain: Domain::Text },
        ParamSpec {
            id: "order",
            title: "Waves a period",
            help: "1 is one sine and cosine; more follow sharper seasons.",
            domain: Domain::Whole { low: 1, high: 20, default: 2 },
        },
    ],
    fit,
};

/// How it goes on. The step's number: waves a period. A column's: its periods.
pub const RULE: Rule = Rule {
    id: ENTRY.id,
    apply,
    told: &["period 1", "period 2", "period 3", "period 4"],
    fits: |p| p.own.count(0) <= 20 && p.columns.iter().all(|c| c.numbers.iter().all(|n| *n > 0.0)),
};

/// Periods when none are given: day, week, month, year.
const USUAL: [f64; 4] = [1.0, 7.0, 30.4375, 365.25];
/// Most periods.
const MOST: usize = 20;

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let mut periods = numbers_of(params.word("periods"), &USUAL, 1e-3, 1e5);
    periods.truncate(MOST);
    let mut parts = Vec::new();
    for slot in slots.list().iter().filter(|s| s.is_among(columns)) {
        if let Cells::Times(millis) = &slot.cells {
            let there = || millis.iter().copied().filter(|m| *m != MISSING_TIME);
            let reach = (there().max().unwrap_or(0) - there().min().unwrap_or(0)) as f64 / DAY as f64;
            // A wave of a day or less says nothing of stamps at midnight.
            let has_hours = there().any(|m| m.rem_euclid(DAY) != 0);
            parts.push(Part::of(slot.name(), periods.iter().copied().filter(|p| *p <= reach && (*p > 1.0 || has_hours)).collect()));
        }
    }
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, vec![params.real("order")], parts)))
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    slots.replace(|slot, next| {
        let mut made = Vec::new();
        if let (Some(of), Cells::Times(millis)) = (learned.of(slot.name()), &slot.cells) {
            for period in of.numbers.iter().take(MOST) {
                for k in 1..=learned.own.count(0).min(20) {
                    let angle = |m: &i64| (*m as f64 / DAY as f64 / period * k as f64).fract() * std::f64::consts::TAU;
                    for (name, wave) in [("sine", sin as fn(f64) -> f64), ("cosine", cos)] {
                        let values = millis.iter().map(|m| if *m == MISSING_TIME { f64::NAN } else { wave(angle(m)) }).collect();
                        made.push(slot.made(ENTRY.id, format!("{}: {name} {k} of {period} d", slot.name()), values, false));
                    }
                }
            }
        }
        next.push(slot);
        made.into_iter().for_each(|m| next.push(m));
    })
}
