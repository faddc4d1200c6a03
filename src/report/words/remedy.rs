//! Remedies in words: what stands on the button, and what it does.

use super::finding::{listed, quoted};
use super::over_time::lags;
use crate::derived::{DerivedColumn, Known, VALUE};
use crate::finding::Remedy;
use crate::lineage::derive::STEPS;
use crate::param::Given;
use crate::report::format::counted;

/// A remedy: words for its button, and what it does.
#[must_use]
pub fn remedy(remedy: &Remedy) -> (String, String) {
    let (title, does) = match remedy {
        Remedy::DropColumns { columns } => (
            format!("Drop {}", listed(columns)),
            if columns.len() == 1 { "leaves the column out of the features" } else { "leaves the columns out of the features" },
        ),
        Remedy::AddNullSpellings { spellings } => (format!("Read {} as missing", quoted(spellings)), "in every column of the file"),
        Remedy::ChangeKind { column, kind } => (format!("Read {column} as {kind}"), "cells that do not fit become missing"),
        Remedy::OrderSplit { time } => (format!("Split in the order of {time}"), "learns from earlier rows, judges on later ones"),
        Remedy::GroupSplit { entity } => (format!("Keep each {entity} on one side"), "no entity is both learned from and judged on"),
        Remedy::DropDuplicates => ("Keep one of each".to_owned(), "leaves repeated rows out before anything is learned"),
        Remedy::AddStep { step } => match step.as_str() {
            "impute" => ("Fill missing cells".to_owned(), "inside each fold, from training rows only"),
            "encode" => ("Join rare levels".to_owned(), "encodes the frequent levels, the others as one"),
            _ => (format!("Add the step {step}"), "with its usual settings"),
        },
        Remedy::Prepare { step, columns, params } => return prepare(step, columns, params),
        Remedy::Replace { derived } => return replace(derived),
        Remedy::MoveInsideFolds { columns, step, by } => return move_inside(columns, step, by),
        Remedy::MarkKnown { columns, known } => match known {
            Known::Yes => (format!("Known: {}", listed(columns)), "you know the values of the predicted row when you predict"),
            Known::No => (format!("Never known: {}", listed(columns)), "no value is known in time: it may not be used"),
            Known::Late(late) => {
                let past = if *late == 0 { "as they stand when you predict".to_owned() } else { format!("as they stood {} before", steps(*late)) };
                (format!("Use {} {past}", listed(columns)), "the newest values that are known then, in place of those of the predicted row")
            }
        },
        Remedy::Stratify => ("Deal the classes evenly".to_owned(), "every fold holds its share of each class"),
    };
    (title, does.to_owned())
}

/// A step with settings of its own, for some columns.
fn prepare(step: &str, columns: &[String], params: &Given) -> (String, String) {
    let entry = crate::prepare::STEPS.iter().find(|s| s.id == step).map_or(step, |s| s.title);
    match step {
        "lags" => lags(params),
        _ => (format!("{entry}: {}", listed(columns)), "adds the step to the recipe, learned inside each fold".to_owned()),
    }
}

fn replace(derived: &DerivedColumn) -> (String, String) {
    let name = &derived.column;
    if derived.function == VALUE && derived.source == *name {
        let by = steps(derived.last.unsigned_abs());
        return (format!("Shift {name} by {by}"), format!("each row holds what {name} was {by} earlier"));
    }
    (format!("Recompute {name}"), format!("as {}", formula(derived)))
}

/// "mean(revenue[t-5..t-3])".
#[must_use]
pub fn formula(derived: &DerivedColumn) -> String {
    let at = crate::lineage::notation::at;
    let rows = match derived.first {
        Some(first) if first != derived.last => format!("{}..{}", at(first), at(derived.last)),
        Some(_) => at(derived.last),
        None => format!("..{}", at(derived.last)),
    };
    let (function, steps) = derived.function.strip_suffix(STEPS).map_or((derived.function.as_str(), ""), |f| (f, ", t in steps of time"));
    let x = &derived.source;
    let formula = if function == VALUE {
        format!("{x}[{rows}]")
    } else if let Some(decay) = function.strip_prefix("ewm ") {
        format!("ewm({x}[{rows}], {decay})")
    } else if let Some((function, length)) = function.split_once(" over ") {
        format!("{}({x}, {length} before)", function.replace('_', " "))
    } else if let Some((function, key)) = function.split_once(" by ") {
        format!("{function}({x} by {key}, rows before t)")
    } else {
        format!("{}({x}[{rows}])", function.replace('_', " "))
    };
    format!("{formula}{steps}")
}

fn move_inside(columns: &[String], step: &str, by: &[String]) -> (String, String) {
    let like = match step {
        "target_encode" => format!("the mean of the target by {}, from training rows only", listed(by)),
        "scale" => format!("{} scaled by training rows only, for models that want it", listed(by)),
        "impute" => "missing cells filled from training rows only".to_owned(),
        _ => format!("the step {step} instead, from training rows only"),
    };
    (format!("Move {} inside the folds", listed(columns)), format!("leaves it out and computes {like}"))
}

fn steps(n: u32) -> String {
    counted(u64::from(n), "row", "rows")
}
