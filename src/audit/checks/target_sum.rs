//! The target is a sum of features: `cnt = casual + registered`.
//!
//! Each part is a part of the answer, so they are named together, in one blocker a sum. Searched and proven by
//! [`crate::lineage::row::identities`]: two columns or more, at printed precision, weights of 1, -1 or short decimals before fitted ones. A part that
//! is made of earlier rows alone (`target = change + target a row before`) is in the formula and is not accused.

use super::super::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity, WorkedRow};
use crate::lineage::confirm::{Derivation, Hold};
use crate::lineage::formula::Formula;
use crate::lineage::frame::Frame;
use crate::lineage::row::{RowFormula, identities, power};
use crate::lineage::time;

/// The check.
pub const TARGET_SUM: Check = Check {
    id: "target_sum",
    title: "Sums that give the target",
    doc: "Proves that the target is a weighted sum of two or more features at printed precision. Each of them is a part of the answer and is \
          counted when the answer is: a model that sees them all only adds up.",
    run,
};

/// Most sums told: the first say what is wrong.
const MOST_TOLD: usize = 6;

fn run(input: &AuditInput<'_>) -> Checked {
    identified(TARGET_SUM.id, input, |n_terms| n_terms > 1)
}

/// Blockers for the linear identities of the target whose number of terms is wanted.
pub(super) fn identified(check: &str, input: &AuditInput<'_>, wanted: impl Fn(usize) -> bool) -> Checked {
    let Some(target) = input.table.position(&input.task.target) else { return Checked::skipped(check, "the target column is not in the table") };
    if input.table.columns().get(target).and_then(|c| c.numbers()).is_none() {
        return Checked::skipped(check, "the target is not a number");
    }
    let frame = Frame::new(input.table, Some(input.task));
    let Some(found) = identities(&frame, target, &input.feature_positions()) else {
        let (bits, needed) = power(&frame, target);
        return Checked::underpowered(check, input.table.n_rows(), &why_underpowered(bits, needed));
    };
    let terms = |d: &Derivation| d.formula.reads().len();
    let told: Vec<&Derivation> = found.iter().filter(|d| wanted(terms(d))).take(MOST_TOLD).collect();
    let mut parts: Vec<usize> = told.iter().filter(|d| terms(d) > 1).flat_map(|d| d.formula.reads()).map(|r| r.column).collect();
    parts.sort_unstable();
    parts.dedup();
    let of_rows = if parts.is_empty() { Vec::new() } else { time::search(&frame, &parts) };
    let earlier: Vec<usize> = of_rows.iter().filter(|d| d.is_earlier()).map(|d| d.y).collect();
    Checked::ran(check, input.n_with_target(), told.into_iter().filter_map(|d| blocker(check, &frame, d, &earlier)).collect())
}

/// The finding of a proven identity of the target; `None` when all its parts are made of `earlier` rows: then the target is a good forecast's.
fn blocker(check: &str, frame: &Frame<'_>, d: &Derivation, earlier: &[usize]) -> Option<Finding> {
    let Formula::Row(RowFormula::Linear { terms, constant }) = &d.formula else { return None };
    let accused: Vec<&str> = terms.iter().filter(|t| !earlier.contains(&t.0)).map(|t| frame.name(t.0)).collect();
    let evidence = Evidence::LinearIdentity {
        terms: terms.iter().map(|t| (frame.name(t.0).to_owned(), t.1)).collect(),
        constant: *constant,
        matched: d.matched,
        largest_residual: d.largest_residual,
        tolerance: d.tolerance,
        bits: d.bits,
        bits_needed: d.bits_needed,
        examples: examples(frame, d),
    };
    let certainty = if d.hold == Hold::Exact { Certainty::Proven } else { Certainty::Strong };
    let drop = Remedy::DropColumns { columns: accused.iter().map(|&c| c.to_owned()).collect() };
    let found = Finding::new(check, Severity::Blocker, certainty, &accused, evidence).rows(d.misses.iter().copied());
    (!accused.is_empty()).then(|| found.remedies(vec![drop]))
}

/// Rows of an identity worked out by hand.
fn examples(frame: &Frame<'_>, d: &Derivation) -> Vec<WorkedRow> {
    let points = d.formula.all(frame);
    let example = |&position: &u32| {
        let at = position as usize;
        Some(WorkedRow {
            row: *frame.order.get(at)?,
            parts: d.formula.parts(frame, at).iter().map(|p| p.value).collect(),
            expected: points.get(at)?.as_ref()?.value,
            found: *frame.values(d.y)?.get(at)?,
        })
    };
    d.examples.iter().filter_map(example).collect()
}

/// Why a proof is out of reach.
pub(super) fn why_underpowered(bits: f64, needed: f64) -> String {
    format!(
        "even an exact copy would earn {:.0} of the {needed:.0} bits a proof needs: the target varies too little, or in too regular a way",
        bits.max(0.0)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean, noise};
    use crate::finding::Status;
    use crate::table::Column;

    #[test]
    fn the_clean_table_has_no_sums() {
        let checked = clean(1, 500, 0).run(&TARGET_SUM);
        assert_eq!((checked.status, checked.findings.len()), (Status::Ran, 0));
    }

    #[test]
    fn two_parts_of_the_target_are_one_blocker_with_worked_rows() {
        let (a, b) = (noise(1, 300, 0), noise(2, 300, 0));
        let y = a.iter().zip(&b).map(|(a, b)| a + b).collect();
        let case = Case::regression(vec![Column::numeric("casual", a, 0), Column::numeric("registered", b, 0), Column::numeric("y", y, 0)]);
        let found = case.run(&TARGET_SUM).findings;
        assert_eq!(found[0].id, "target_sum:casual+registered");
        let Evidence::LinearIdentity { matched, examples, .. } = &found[0].evidence else { panic!("evidence") };
        assert_eq!((matched.count, matched.of, examples.len()), (300, 300, 3));
    }

    #[test]
    fn the_innocent_twin_with_noise_is_silent() {
        let (a, b, e) = (noise(1, 300, 0), noise(2, 300, 0), noise(3, 300, 0));
        let y = a.iter().zip(&b).zip(&e).map(|((a, b), e)| a + b + (e / 8.0).round()).collect();
        let case = Case::regression(vec![Column::numeric("casual", a, 0), Column::numeric("registered", b, 0), Column::numeric("y", y, 0)]);
        assert!(case.run(&TARGET_SUM).findings.is_empty());
    }
}
