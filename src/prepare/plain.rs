//! What most steps learn, in one form: numbers and words of the step itself, and of each column it is for.
//!
//! A step that needs no form of its own learns a [`Plain`] and states a [`Rule`]: how it is applied, which of its numbers are told, and what must hold
//! for one that came from outside. One form for many steps keeps the page small and every file readable. A value that is missing stands as
//! [`NOTHING`], since files hold finite numbers only.

use super::Learned;
use super::slots::{Cells, Slot, Slots};
use crate::features::Feature;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Stands for a missing value among learned numbers.
pub const NOTHING: f64 = f64::MAX;
/// Largest size of a computed feature: keeps a new row's extreme finite.
pub const LARGEST: f64 = 1e150;

/// Numbers and words under a name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The column, or what else it is of.
    pub name: String,
    /// Numbers, all finite; what they are says the step.
    pub numbers: Vec<f64>,
    /// Words.
    pub words: Vec<String>,
}

impl Part {
    /// Numbers of a column.
    #[must_use]
    pub fn of(name: &str, numbers: Vec<f64>) -> Self {
        Self { name: name.to_owned(), numbers, words: Vec::new() }
    }

    /// The number at a place; 0 if there is none.
    #[must_use]
    pub fn number(&self, at: usize) -> f64 {
        self.numbers.get(at).copied().unwrap_or(0.0)
    }

    /// The word at a place; empty if there is none.
    #[must_use]
    pub fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", String::as_str)
    }

    /// Whether the switch at a place is on.
    #[must_use]
    pub fn switch(&self, at: usize) -> bool {
        self.number(at) > 0.5
    }

    /// The number at a place as a count.
    #[must_use]
    pub fn count(&self, at: usize) -> usize {
        let number = self.number(at);
        if number >= 1.0 { number as usize } else { 0 }
    }
}

/// What a step learned.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plain {
    /// Id of the step.
    pub step: String,
    /// Of the step itself.
    pub own: Part,
    /// Of each column, in file order.
    pub columns: Vec<Part>,
}

/// How a step that learned a [`Plain`] goes on.
pub struct Rule {
    /// Id of the step.
    pub id: &'static str,
    /// Applies what was learned.
    pub apply: fn(&Plain, Slots) -> Slots,
    /// What the first numbers of every column are called; others are not told.
    pub told: &'static [&'static str],
    /// Whether one that came from outside holds what `apply` relies on; finite numbers are checked for all.
    pub fits: fn(&Plain) -> bool,
}

/// What becomes of a column: what was learned of it, the column, its numbers.
pub type Becomes<'a> = &'a dyn Fn(&Part, Slot, &[f64]) -> Vec<Slot>;

impl Plain {
    /// What a step learned from its columns; numbers of the step itself as given.
    #[must_use]
    pub fn new(step: &str, numbers: Vec<f64>, columns: Vec<Part>) -> Self {
        Self { step: step.to_owned(), own: Part { numbers, ..Part::default() }, columns }
    }

    fn rule(&self) -> Option<&'static Rule> {
        super::steps::RULES.iter().find(|r| r.id == self.step)
    }

    /// The id of the step; empty if there is no such step.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.rule().map_or("", |r| r.id)
    }

    /// Applies what was learned.
    #[must_use]
    pub fn apply(&self, slots: Slots) -> Slots {
        match self.rule() {
            Some(rule) => (rule.apply)(self, slots),
            None => slots,
        }
    }

    /// The told numbers of every column; where none is told, its words.
    #[must_use]
    pub fn learned(&self) -> Vec<Learned> {
        let told = self.rule().map_or(&[][..], |r| r.told);
        let mut all = Vec::new();
        for part in &self.columns {
            for (name, value) in told.iter().zip(&part.numbers).filter(|(_, v)| **v < NOTHING) {
                all.push(Learned { column: part.name.clone(), name: (*name).to_owned(), number: Some(*value), levels: Vec::new() });
            }
            if told.is_empty() {
                all.push(Learned { column: part.name.clone(), name: "parts".to_owned(), number: None, levels: part.words.clone() });
            }
        }
        all
    }

    /// Whether there is such a step, all numbers are finite and its own promises hold.
    #[must_use]
    pub(super) fn is_valid(&self) -> bool {
        let finite = |p: &Part| p.numbers.iter().all(|v| v.is_finite());
        self.rule().is_some_and(|r| finite(&self.own) && self.columns.iter().all(finite) && (r.fits)(self))
    }

    /// What was learned of a column.
    #[must_use]
    pub fn of(&self, column: &str) -> Option<&Part> {
        self.columns.iter().find(|p| p.name == column)
    }

    /// Replaces every column of numbers that something was learned of by what `by` makes of it.
    #[must_use]
    pub fn replace_numbers(&self, slots: Slots, by: Becomes<'_>) -> Slots {
        let places: BTreeMap<&str, &Part> = self.columns.iter().map(|p| (p.name.as_str(), p)).collect();
        slots.replace(|mut slot, next| match (places.get(slot.name()), &mut slot.cells) {
            (Some(part), Cells::Numbers(values)) => {
                let values = std::mem::take(values);
                by(part, slot, &values).into_iter().for_each(|s| next.push(s));
            }
            _ => next.push(slot),
        })
    }

    /// Changes every number of the columns that something was learned of; missing ones stay.
    #[must_use]
    pub fn change_numbers(&self, slots: Slots, to: &dyn Fn(&Part, f64) -> f64) -> Slots {
        self.replace_numbers(slots, &|part, slot, values| {
            let values: Vec<f64> = values.iter().map(|&v| if v.is_nan() { v } else { to(part, v).clamp(-LARGEST, LARGEST) }).collect();
            vec![slot.changed(&self.step, values, false)]
        })
    }
}

/// Columns of numbers chosen for a step.
#[must_use]
pub fn numbers_among<'s>(slots: &'s Slots, columns: &[String]) -> Vec<(&'s Slot, &'s [f64])> {
    let chosen = slots.list().iter().filter(|s| s.is_among(columns));
    chosen.filter_map(|s| s.cells.numbers().map(|v| (s, v))).collect()
}

/// A feature made of several columns: sources joined, each once.
#[must_use]
pub fn made_of(step: &str, name: String, of: &[&Feature], values: Vec<f64>, whole: bool) -> Slot {
    let mut sources: Vec<String> = Vec::new();
    for source in of.iter().flat_map(|f| &f.sources) {
        if !sources.contains(source) {
            sources.push(source.clone());
        }
    }
    Slot { about: Feature { name, sources, step: step.to_owned(), whole, levels: false }, cells: Cells::Numbers(values) }
}

/// Numbers written in a text, separated by commas, semicolons or blanks; `usual` when there are none; those outside of `low..=high` are left out.
#[must_use]
pub fn numbers_of(text: &str, usual: &[f64], low: f64, high: f64) -> Vec<f64> {
    let mut found: Vec<f64> = Vec::new();
    let separators = |c: char| c == ',' || c == ';' || c.is_whitespace();
    for number in text.split(separators).filter_map(|w| w.parse::<f64>().ok()).filter(|n| (low..=high).contains(n)) {
        if !found.contains(&number) {
            found.push(number);
        }
    }
    if text.trim().is_empty() { usual.to_vec() } else { found }
}

/// 1 where a value is missing, else 0.
#[must_use]
pub fn gaps(values: &[f64]) -> Vec<f64> {
    values.iter().map(|v| f64::from(u8::from(v.is_nan()))).collect()
}

/// A column with its gaps filled, and where wanted what says where they were. `whole`: whether what it is filled with is whole where the column is.
#[must_use]
pub fn filled(step: &str, slot: Slot, before: &[f64], after: Vec<f64>, (indicator, whole): (bool, bool)) -> Vec<Slot> {
    let mark = indicator.then(|| slot.made(step, format!("{} is missing", slot.about.sources.join(", ")), gaps(before), true));
    let whole = slot.about.whole && whole;
    std::iter::once(slot.changed(step, after, whole)).chain(mark).collect()
}
