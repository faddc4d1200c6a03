//! Brings features to one scale, so that penalties and distances treat them alike.
//!
//! Standard: `(x - mean) / standard deviation` (divisor n). Robust: `(x - median) / (third - first quartile)`, which outliers do not
//! move; where the quartiles are equal, the standard deviation. Learned from training rows only: scaled with all rows, a feature
//! would carry the future. Features that are 0 or 1 in every training row stay as they are, and a constant feature is only centred.

use crate::error::{Error, Result};
use crate::math::rank::{quantile, sorted};
use crate::math::sum::{mean, present, variance};
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::slots::{Cells, Slots};
use crate::prepare::{FittedStep, Learned, StepEntry};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "scale",
    title: "Bring to one scale",
    doc: "Standard: minus the mean, divided by the standard deviation. Robust: minus the median, divided by the distance of the quartiles. Learned from training rows only; features of 0 and 1 stay as they are.",
    params: &[ParamSpec {
        id: "method",
        title: "Method",
        help: "Standard, or robust against outliers.",
        domain: Domain::Choice { options: &["standard", "robust"], default: "standard" },
    }],
    fit,
};

/// Largest size of a scaled value: keeps a new row's extreme finite.
const LARGEST: f64 = 1e150;

/// What was learned, by column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedScale {
    columns: BTreeMap<String, Scale>,
}

/// Centre and spread of one column.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// Taken off first; in units of the column.
    pub centre: f64,
    /// Divided by then; above 0, in units of the column.
    pub spread: f64,
}

impl Scale {
    /// A value on the new scale.
    #[must_use]
    pub fn forward(self, value: f64) -> f64 {
        ((value - self.centre) / self.spread).clamp(-LARGEST, LARGEST)
    }

    /// A scaled value back in units of the column.
    #[must_use]
    pub fn back(self, scaled: f64) -> f64 {
        scaled * self.spread + self.centre
    }
}

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let mut fitted = FittedScale { columns: BTreeMap::new() };
    for slot in slots.list().iter().filter(|s| s.is_among(columns) && !s.about.levels) {
        let Cells::Numbers(values) = &slot.cells else { continue };
        let there = present(values);
        if there.is_empty() || there.iter().all(|v| *v == 0.0 || *v == 1.0) {
            continue;
        }
        let scale = if params.word("method") == "robust" { robust(&there) } else { standard(&there) };
        if !(scale.centre.is_finite() && scale.spread.is_finite()) {
            return Err(Error::too_large(slot.name()));
        }
        fitted.columns.insert(slot.name().to_owned(), scale);
    }
    Ok(FittedStep::Scale(fitted))
}

fn standard(values: &[f64]) -> Scale {
    let constant = values.iter().all(|v| *v == values[0]);
    let spread = if constant { 1.0 } else { usable(variance(values, 0).sqrt()) };
    Scale { centre: if constant { values[0] } else { mean(values) }, spread }
}

fn robust(values: &[f64]) -> Scale {
    let ascending = sorted(values);
    let width = quantile(&ascending, 0.75) - quantile(&ascending, 0.25);
    Scale { centre: quantile(&ascending, 0.5), spread: if width > 0.0 { width } else { standard(values).spread } }
}

/// A spread that can be divided by.
fn usable(spread: f64) -> f64 {
    if spread > 0.0 { spread } else { 1.0 }
}

impl FittedScale {
    /// Scales.
    #[must_use]
    pub fn apply(&self, slots: Slots) -> Slots {
        slots.replace(|mut slot, next| {
            if let (Some(scale), Cells::Numbers(values)) = (self.columns.get(&slot.about.name), &mut slot.cells) {
                values.iter_mut().for_each(|v| *v = scale.forward(*v));
                slot.about.whole = false;
                ENTRY.id.clone_into(&mut slot.about.step);
            }
            next.push(slot);
        })
    }

    /// The scale of a column, if it was scaled.
    #[must_use]
    pub fn scale(&self, column: &str) -> Option<Scale> {
        self.columns.get(column).copied()
    }

    /// Centres and spreads by column.
    #[must_use]
    pub fn learned(&self) -> Vec<Learned> {
        let number =
            |column: &String, name: &str, value| Learned { column: column.clone(), name: name.to_owned(), number: Some(value), levels: Vec::new() };
        self.columns.iter().flat_map(|(c, s)| [number(c, "centre", s.centre), number(c, "spread", s.spread)]).collect()
    }

    /// Whether all centres and spreads are finite and all spreads above 0.
    #[must_use]
    pub(in crate::prepare) fn is_valid(&self) -> bool {
        self.columns.values().all(|s| s.centre.is_finite() && s.spread.is_finite() && s.spread > 0.0)
    }
}
