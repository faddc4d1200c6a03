//! Takes away features that have the same value in every training row: nothing can be learned from them.

use crate::error::Result;
use crate::param::Params;
use crate::prepare::slots::Slots;
use crate::prepare::{FittedStep, Learned, StepEntry};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "drop_constant",
    title: "Take away constant features",
    doc: "A feature with the same value in every training row cannot help; it is taken away.",
    params: &[],
    fit,
};

/// What was learned: the constant features and their value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedDrop {
    constant: BTreeMap<String, f64>,
}

fn fit(slots: &Slots, _: &Params, columns: &[String]) -> Result<FittedStep> {
    let mut constant = BTreeMap::new();
    for slot in slots.list().iter().filter(|s| s.is_among(columns)) {
        if let Some([first, rest @ ..]) = slot.cells.numbers()
            && first.is_finite()
            && rest.iter().all(|v| v == first)
        {
            constant.insert(slot.name().to_owned(), *first);
        }
    }
    Ok(FittedStep::DropConstant(FittedDrop { constant }))
}

impl FittedDrop {
    /// Takes them away.
    #[must_use]
    pub fn apply(&self, slots: Slots) -> Slots {
        slots.replace(|slot, next| {
            if !self.constant.contains_key(slot.name()) {
                next.push(slot);
            }
        })
    }

    /// The value by column.
    #[must_use]
    pub fn learned(&self) -> Vec<Learned> {
        let of =
            |(column, value): (&String, &f64)| Learned { column: column.clone(), name: "value".to_owned(), number: Some(*value), levels: Vec::new() };
        self.constant.iter().map(of).collect()
    }
}
