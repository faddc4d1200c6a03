//! Fills missing cells with one value a column, learned from the training rows, and remembers where they were.
//!
//! Numbers: mean, median, the most frequent value (the smallest of equals) or a constant. Labels: missing as a level of its own, or the
//! most frequent level (the first by name of equals). A column without any value in the training rows is taken away. That a cell was
//! missing often says more than its value would have: the indicator keeps it as a feature (Van Buuren, *Flexible Imputation of Missing
//! Data*, 2nd ed., 1.3).

use crate::error::{Error, Result};
use crate::math::rank::{median, sorted};
use crate::math::sum::{mean, present};
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::slots::{Cells, Slot, Slots, is_missing};
use crate::prepare::{FittedStep, Learned, StepEntry};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "impute",
    title: "Fill missing cells",
    doc: "Fills missing numbers with the median (or mean, most frequent value, or a constant) and missing labels with a level of their own, learned from training rows only. An indicator feature says where cells were missing.",
    params: PARAMS,
    fit,
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        id: "numbers",
        title: "Missing numbers become",
        help: "What missing numbers are filled with.",
        domain: Domain::Choice { options: &["median", "mean", "most_frequent", "constant"], default: "median" },
    },
    ParamSpec {
        id: "constant",
        title: "Constant",
        help: "The number used when missing numbers become a constant.",
        domain: Domain::Real { low: -1e12, high: 1e12, default: 0.0, log: false },
    },
    ParamSpec {
        id: "labels",
        title: "Missing labels become",
        help: "A level of their own, or the most frequent level.",
        domain: Domain::Choice { options: &["own_level", "most_frequent"], default: "own_level" },
    },
    ParamSpec {
        id: "indicator",
        title: "Say where cells were missing",
        help: "Adds a feature that is 1 where a number was missing.",
        domain: Domain::Switch { default: true },
    },
];

/// Level that missing labels become.
const MISSING_LEVEL: &str = "missing";

/// What was learned, by column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedImpute {
    fills: BTreeMap<String, Fill>,
    /// Columns without any value in the training rows.
    without_values: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fill {
    Number {
        value: f64,
        /// How it was learned.
        method: String,
        /// Whether training cells were missing.
        needed: bool,
        /// Whether an indicator is added.
        indicator: bool,
    },
    Level {
        level: String,
        needed: bool,
    },
}

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let mut fitted = FittedImpute { fills: BTreeMap::new(), without_values: BTreeSet::new() };
    let mut indicated: BTreeSet<&[String]> = BTreeSet::new();
    for slot in slots.list().iter().filter(|s| s.is_among(columns)) {
        let fill = match &slot.cells {
            Cells::Numbers(values) => number_fill(slot, values, params)?,
            Cells::Labels { codes, levels } => label_fill(codes, levels, params),
            Cells::Times(_) | Cells::Texts { .. } => continue,
        };
        match fill {
            Some(Fill::Number { value, method, needed, indicator }) => {
                // Features of one source are missing together: one indicator says it for all.
                let indicator = indicator && indicated.insert(&slot.about.sources);
                fitted.fills.insert(slot.name().to_owned(), Fill::Number { value, method, needed, indicator });
            }
            Some(level) => drop(fitted.fills.insert(slot.name().to_owned(), level)),
            None => drop(fitted.without_values.insert(slot.name().to_owned())),
        }
    }
    Ok(FittedStep::Impute(fitted))
}

fn number_fill(slot: &Slot, values: &[f64], params: &Params) -> Result<Option<Fill>> {
    let method = params.word("numbers");
    let there = present(values);
    if there.is_empty() && method != "constant" {
        return Ok(None);
    }
    let value = match method {
        "mean" => mean(&there),
        "most_frequent" => most_frequent(&there),
        "constant" => params.real("constant"),
        _ => median(&there),
    };
    if !value.is_finite() {
        return Err(Error::too_large(slot.name()));
    }
    let needed = there.len() < values.len();
    Ok(Some(Fill::Number { value, method: method.to_owned(), needed, indicator: needed && params.switch("indicator") }))
}

/// The value that stands most often; the smallest of equals.
fn most_frequent(values: &[f64]) -> f64 {
    let ascending = sorted(values);
    let (mut best, mut most, mut run) = (f64::NAN, 0, 0);
    for (i, value) in ascending.iter().enumerate() {
        run = if i > 0 && ascending[i - 1] == *value { run + 1 } else { 1 };
        if run > most {
            (best, most) = (*value, run);
        }
    }
    best
}

fn label_fill(codes: &[u32], levels: &[String], params: &Params) -> Option<Fill> {
    let needed = codes.iter().any(|&c| is_missing(c));
    if params.word("labels") == "own_level" {
        return Some(Fill::Level { level: MISSING_LEVEL.to_owned(), needed });
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for level in codes.iter().filter_map(|&c| levels.get(c as usize)) {
        *counts.entry(level).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    counts.iter().find(|(_, n)| **n == most).map(|(level, _)| Fill::Level { level: (*level).to_owned(), needed })
}

impl FittedImpute {
    /// Fills; indicators stand right after their column.
    #[must_use]
    pub fn apply(&self, slots: Slots) -> Slots {
        slots.replace(|slot, next| {
            if self.without_values.contains(slot.name()) {
                return;
            }
            match self.fills.get(slot.name()) {
                Some(Fill::Number { value, needed, indicator, .. }) => fill_numbers(slot, *value, *needed, *indicator, next),
                Some(Fill::Level { level, needed }) => next.push(fill_labels(slot, level, *needed)),
                None => next.push(slot),
            }
        })
    }

    /// Fills by column.
    #[must_use]
    pub fn learned(&self) -> Vec<Learned> {
        let of = |(column, fill): (&String, &Fill)| match fill {
            Fill::Number { value, method, .. } => Learned { column: column.clone(), name: method.clone(), number: Some(*value), levels: Vec::new() },
            Fill::Level { level, .. } => Learned { column: column.clone(), name: "level".to_owned(), number: None, levels: vec![level.clone()] },
        };
        self.fills.iter().map(of).collect()
    }
}

fn fill_numbers(mut slot: Slot, value: f64, needed: bool, indicator: bool, next: &mut Slots) {
    let Cells::Numbers(values) = &mut slot.cells else {
        return next.push(slot);
    };
    let gaps: Vec<f64> = if indicator { values.iter().map(|v| f64::from(u8::from(v.is_nan()))).collect() } else { Vec::new() };
    values.iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = value);
    if needed {
        slot.about.whole = slot.about.whole && value.fract() == 0.0;
        ENTRY.id.clone_into(&mut slot.about.step);
    }
    let mark = indicator.then(|| slot.made(ENTRY.id, format!("{} is missing", slot.about.sources.join(", ")), gaps, true));
    next.push(slot);
    mark.into_iter().for_each(|m| next.push(m));
}

fn fill_labels(mut slot: Slot, level: &str, needed: bool) -> Slot {
    if let Cells::Labels { codes, levels } = &mut slot.cells {
        let known = levels.iter().position(|l| l == level).unwrap_or(levels.len());
        if codes.iter().any(|&c| is_missing(c)) {
            if known == levels.len() {
                Arc::make_mut(levels).push(level.to_owned());
            }
            let code = u32::try_from(known).unwrap_or(u32::MAX);
            codes.iter_mut().filter(|c| is_missing(**c)).for_each(|c| *c = code);
        }
    }
    if needed {
        ENTRY.id.clone_into(&mut slot.about.step);
    }
    slot
}
