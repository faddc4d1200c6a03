//! Sentences about columns made of others: what the formula is, what it has seen, and what to do.

use super::finding::{Told, about, of};
use crate::finding::{Derived, Evidence, Finding};
use crate::report::block::{Spans, column, text};
use crate::report::format::{count, counted, number};

/// The sentences of a derivation; `None` when the finding is another.
pub(super) fn tell(finding: &Finding, target: &str) -> Option<Told> {
    if finding.check != "lineage" {
        return None;
    }
    let derived = match &finding.evidence {
        Evidence::Derivation(derived) => derived,
        Evidence::Setting { name, value } if name == "depends_on" => return Some(encoding(finding, value)),
        // A sum that gives the target is told as the check for sums tells it.
        Evidence::LinearIdentity { .. } => return super::audit::tell(&Finding { check: "target_sum".to_owned(), ..finding.clone() }, target),
        Evidence::Setting { name, .. } if name == "known" => return Some(never_known(finding)),
        Evidence::Setting { value, .. } => return Some(availability(finding, value)),
        _ => return Some(Told::new(about(&finding.columns, " is made of other columns"), "The formula is in the evidence.")),
    };
    let told = |words: String, meaning: String| Told::new(about(&finding.columns, words), format!("{} {meaning}", holds(derived)));
    let unit = derived.unit.as_str();
    let ends = ends(derived, target);
    Some(match (derived.judgement.as_str(), derived.latest) {
        ("contains_answer", Some(0)) => told(
            format!(" contains the {unit} you predict"),
            format!("It reads {target} of the very {unit} to be predicted. When you predict, that value does not exist yet.{ends}"),
        ),
        ("contains_answer", Some(row)) => told(
            format!(" has seen {} after the one you predict", ago(row, unit)),
            format!("It reads {target} beyond the {unit} to be predicted. When you predict, none of it exists yet.{ends}"),
        ),
        ("after_prediction", Some(row)) => told(
            " is newer than your prediction".to_owned(),
            format!(
                "The newest {target} in it is of {} before the one you predict, but you predict {} ahead: it is not known yet.{ends}",
                ago(row, unit),
                ago(derived.known, unit)
            ),
        ),
        ("whole_file_of_target", _) => told(
            format!(" is computed from {target} of all rows"),
            "The rows you judge on are among them, so each fold has seen its own answers. Drop it, or compute it inside each fold from training rows only.".to_owned(),
        ),
        ("gives_target", _) => gives(finding, derived, target),
        ("future_of_other", Some(row)) => told(
            format!(" reads {} ahead", ago(row, unit)),
            format!("It holds what other columns will be later. When you predict, that is not known. Drop it, or compute it from {}s before.", unit),
        ),
        ("not_known", Some(row)) => told(
            " is made of what you do not know yet".to_owned(),
            format!("Its newest value is of row {}, and you said that it is not known that early. Drop it, or use it as it stood before.", crate::lineage::notation::at(row)),
        ),
        ("whole_file_of_other", _) => told(
            " is computed from all rows of the file".to_owned(),
            "The rows you judge on are among them. That often changes little, but the score is not what a model without them would reach. Compute it inside each fold.".to_owned(),
        ),
        ("safe", Some(row)) => told(" uses only the past".to_owned(), past(row, derived)),
        ("ambiguous", _) => told(
            " has two explanations, and one of them leaks".to_owned(),
            format!("On this file these formulas give the same values: {}. They differ in the newest {unit} they read. How was the column made?", derived.also.join("; ")),
        ),
        ("unproven", _) => told(
            " is made of other columns in most rows".to_owned(),
            "The formula itself is sound, but it does not explain every row, so this is no certificate.".to_owned(),
        ),
        _ => told(format!(" follows from {}", sources(derived)), "It is known when they are known, and adds nothing that they do not say.".to_owned()),
    })
}

fn gives(finding: &Finding, derived: &Derived, target: &str) -> Told {
    let (verb, them) = if finding.columns.len() == 1 { (" gives the answer", "it") } else { (" together give the answer", "them") };
    let meaning = format!(
        "{} {target} is computed from {them}. Whoever has seen that needs no model, and when you predict it is hardly known.",
        holds(derived)
    );
    Told::new(about(&finding.columns, verb), meaning)
}

fn encoding(finding: &Finding, key: &str) -> Told {
    let mut title = vec![text("Where does ")];
    title.extend(about(&finding.columns, " come from?"));
    Told::new(
        title,
        format!(
            "It depends on {key} alone, and it is not the mean, sum or count of anything in the rows of this file. If it describes {key}, it is sound. If it was computed \
             from the target before rows were left out, it leaks, and no file can show that any more."
        ),
    )
}

/// How far a certificate reaches.
fn past(row: i32, derived: &Derived) -> String {
    let unit = derived.unit.as_str();
    if row == i32::MIN {
        return "Nothing it is made of lies after the moment of prediction.".to_owned();
    }
    if row > derived.known {
        return format!(
            "Its newest value is of row {}, and known then: you said when the columns it is made of are known.",
            crate::lineage::notation::at(row)
        );
    }
    format!("The newest value in it is of {} before; what you know when you predict ends {} before.", ago(row, unit), ago(derived.known, unit))
}

fn never_known(finding: &Finding) -> Told {
    Told::new(
        about(&finding.columns, " is not known when you predict"),
        "So you said of its values. The file holds them because it was written later: in use the cell would be empty. Drop it.",
    )
}

fn availability(finding: &Finding, ahead: &str) -> Told {
    let mut title = vec![text("Do you know ")];
    title.extend(about(&finding.columns, format!(" {ahead} ahead?")));
    Told::new(
        title,
        format!(
            "You predict {ahead} ahead, and these columns hold values of the very row to be predicted. A price list or a calendar is known that early; a count \
             of what happened is not. Say which are known; the others are used as they stand when you predict, or dropped."
        ),
    )
}

/// What to make of a window that reads too far.
fn ends(derived: &Derived, target: &str) -> String {
    let last = derived.known;
    let at = if last == 0 { "t".to_owned() } else { format!("t\u{2212}{}", last.unsigned_abs()) };
    format!(" Drop it, or compute it from values of {target} up to {at}.")
}

/// "It is mean(revenue[t-2..t]) in 78 of 78 rows."
fn holds(derived: &Derived) -> String {
    let rows = if derived.matched.count == derived.matched.of {
        format!("in all {} rows", count(derived.matched.of))
    } else {
        format!("in {} rows", of(derived.matched))
    };
    let how = if derived.hold == "rounded" { ", allowing for sources that were rounded before" } else { "" };
    format!("The formula holds {rows}{how}.")
}

/// The columns a formula reads, in plain words.
fn sources(derived: &Derived) -> String {
    let names: Vec<String> = derived.reads.iter().map(|r| r.column.clone()).collect();
    crate::report::block::plain(&super::finding::names(&names))
}

/// "3 months", "1 row".
fn ago(rows: i32, unit: &str) -> String {
    let n = u64::from(rows.unsigned_abs());
    counted(n, unit, &format!("{unit}s"))
}

/// `revenue_3m = mean(revenue[t-2..t])`.
pub(super) fn formula(derived: &Derived) -> Spans {
    vec![column(&derived.column), text(format!(" = {}", derived.formula))]
}

/// Terms and values.
pub(super) fn evidence(derived: &Derived) -> Vec<(&'static str, String)> {
    let mut terms = vec![("rows that match", of(derived.matched))];
    if derived.undefined > 0 {
        terms.push(("rows where it is not defined", count(derived.undefined)));
    }
    terms.push(("largest residual", format!("{} \u{2264} {}", number(derived.largest_residual), number(derived.tolerance))));
    terms.push(("bits against chance", format!("{}, {} needed", number(derived.bits.round()), number(derived.bits_needed.round()))));
    let newest: Vec<String> = derived
        .roots
        .iter()
        .map(|(seen, _)| match seen.latest {
            None => format!("{} of all rows", seen.column),
            Some(row) => format!("{} of row {}", seen.column, crate::lineage::notation::at(row)),
        })
        .collect();
    if !newest.is_empty() {
        terms.push(("newest value read", newest.join(", ")));
    }
    if !derived.also.is_empty() {
        terms.push(("also equal to", derived.also.join("; ")));
    }
    terms
}
