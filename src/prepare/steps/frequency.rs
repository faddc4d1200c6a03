//! How frequent a level is: the share of training rows that have it.
//!
//! Rare levels behave alike more often than not, and a share is one number for any number of levels. Levels in fewer training rows than allowed are not
//! named; they, levels never seen and missing labels have the share 0. The label itself stays, for a later step.

use super::encode::LEAST_ROWS;
use crate::error::Result;
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::plain::{Part, Plain, Rule};
use crate::prepare::slots::{Cells, Slots};
use crate::prepare::{FittedStep, StepEntry};
use std::collections::BTreeMap;

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "frequency",
    title: "Share of rows by level",
    doc: "Adds how large a share of the training rows has the row's level. Helps where a column has many levels and rare ones behave alike.",
    params: &[MIN_ROWS],
    fit,
};

/// Fewest rows of a level that is named.
pub(super) const MIN_ROWS: ParamSpec = ParamSpec {
    id: "min_rows",
    title: "Fewest rows of a level",
    help: "Rarer levels are not told apart: a model that is shared names none of them.",
    domain: Domain::Whole { low: 1, high: 1000, default: LEAST_ROWS as i64 },
};

/// How it goes on; words are levels, numbers their shares.
pub const RULE: Rule = Rule { id: ENTRY.id, apply, told: &[], fits: |p| p.columns.iter().all(|c| c.words.len() == c.numbers.len()) };

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let mut parts = Vec::new();
    for slot in slots.list().iter().filter(|s| s.is_among(columns)) {
        if let Cells::Labels { codes, levels } = &slot.cells {
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for level in codes.iter().filter_map(|&c| levels.get(c as usize)) {
                *counts.entry(level).or_default() += 1;
            }
            let kept: Vec<_> = counts.into_iter().filter(|(_, n)| *n >= params.count("min_rows")).collect();
            let numbers = kept.iter().map(|(_, n)| *n as f64 / codes.len().max(1) as f64).collect();
            let words = kept.iter().map(|(l, _)| (*l).to_owned()).collect();
            parts.push(Part { name: slot.name().to_owned(), numbers, words });
        }
    }
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, Vec::new(), parts)))
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    slots.replace(|slot, next| {
        let made = match (learned.of(slot.name()), &slot.cells) {
            (Some(part), Cells::Labels { codes, levels }) => {
                let shares: BTreeMap<&str, f64> = part.words.iter().map(String::as_str).zip(part.numbers.iter().copied()).collect();
                let of_level: Vec<f64> = levels.iter().map(|l| shares.get(l.as_str()).copied().unwrap_or(0.0)).collect();
                let values = codes.iter().map(|&c| of_level.get(c as usize).copied().unwrap_or(0.0)).collect();
                Some(slot.made(ENTRY.id, format!("{}: share of rows", slot.name()), values, false))
            }
            _ => None,
        };
        next.push(slot);
        made.into_iter().for_each(|m| next.push(m));
    })
}
