//! Free text in numbers: how long it is, what it is written with, and which frequent words it holds.
//!
//! Words are runs of letters and digits, in lower case. Those that stand in enough training rows (at least five, so that a model that is shared names nobody)
//! are ranked by the number of rows, the first by name of equals, and the first ones become features of 1 and 0. Missing text has no length and no word.

use super::frequency::MIN_ROWS;
use crate::error::Result;
use crate::math::sort;
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::plain::{Part, Plain, Rule};
use crate::prepare::slots::{Cells, Slots};
use crate::prepare::{FittedStep, StepEntry};
use std::collections::{BTreeMap, BTreeSet};

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "text_features",
    title: "Length and words of text",
    doc: "Free text becomes its length in characters and words, the share of digits and of capitals, and which of the most frequent words of the training rows it holds. Labels too, where they are named.",
    params: &[
        ParamSpec {
            id: "words",
            title: "Words",
            help: "How many frequent words become features.",
            domain: Domain::Whole { low: 0, high: 200, default: 20 },
        },
        MIN_ROWS,
    ],
    fit,
};

/// How it goes on; words of a column are those that become features.
pub const RULE: Rule = Rule { id: ENTRY.id, apply, told: &[], fits: |_| true };

/// Shortest word, in characters: shorter ones say little.
const SHORTEST: usize = 3;

fn words(text: &str) -> BTreeSet<String> {
    let runs = text.split(|c: char| !c.is_alphanumeric()).filter(|w| w.chars().count() >= SHORTEST);
    runs.map(str::to_lowercase).collect()
}

/// Codes and texts of a column that is read; labels only where they are named.
fn texts(cells: &Cells, named: bool) -> Option<(&[u32], &[String])> {
    match cells {
        Cells::Texts { codes, texts } => Some((codes, texts)),
        Cells::Labels { codes, levels } if named => Some((codes, levels)),
        _ => None,
    }
}

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let mut parts = Vec::new();
    for slot in slots.list().iter().filter(|s| s.is_among(columns)) {
        let Some((codes, texts)) = texts(&slot.cells, !columns.is_empty()) else { continue };
        let of_text: Vec<BTreeSet<String>> = texts.iter().map(|t| words(t)).collect();
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for word in codes.iter().filter_map(|&c| of_text.get(c as usize)).flatten() {
            *counts.entry(word).or_default() += 1;
        }
        let least = params.count("min_rows") as u64;
        let mut frequent: Vec<(&str, u64)> = counts.into_iter().filter(|(_, n)| *n >= least && (*n as usize) < codes.len()).collect();
        sort::by(&mut frequent, |a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        frequent.truncate(params.count("words"));
        parts.push(Part { name: slot.name().to_owned(), numbers: Vec::new(), words: frequent.into_iter().map(|(w, _)| w.to_owned()).collect() });
    }
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, Vec::new(), parts)))
}

/// Characters, words, share of digits, share of capitals.
fn measures(text: &str) -> [f64; 4] {
    let all = text.chars().count() as f64;
    let share = |is: fn(char) -> bool| if all > 0.0 { text.chars().filter(|c| is(*c)).count() as f64 / all } else { 0.0 };
    [all, text.split_whitespace().count() as f64, share(char::is_numeric), share(char::is_uppercase)]
}

/// Names of the measures.
const MEASURES: [&str; 4] = ["characters", "words", "share of digits", "share of capitals"];

fn apply(learned: &Plain, slots: Slots) -> Slots {
    slots.replace(|slot, next| match learned.of(slot.name()).zip(texts(&slot.cells, true)) {
        Some((part, (codes, texts))) => {
            let measured: Vec<[f64; 4]> = texts.iter().map(|t| measures(t)).collect();
            for (at, name) in MEASURES.iter().enumerate() {
                let values = codes.iter().map(|&c| measured.get(c as usize).map_or(0.0, |m| m[at])).collect();
                next.push(slot.made(ENTRY.id, format!("{}: {name}", slot.name()), values, at < 2));
            }
            let held: Vec<BTreeSet<String>> = texts.iter().map(|t| words(t)).collect();
            for word in &part.words {
                let values = codes.iter().map(|&c| f64::from(u8::from(held.get(c as usize).is_some_and(|h| h.contains(word))))).collect();
                next.push(slot.made(ENTRY.id, format!("{}: word {word}", slot.name()), values, true));
            }
        }
        None => next.push(slot),
    })
}
