//! The target is a sum of features: `cnt = casual + registered`.
//!
//! Each part is a part of the answer, so they are named together, in one blocker. Searched and proven by
//! [`crate::lineage::linear`]: two columns or more, weights of 1, -1 or short decimals, at printed precision.

use super::super::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity};
use crate::lineage::linear::{LinearIdentity, Search, examples, sums};

/// The check.
pub const TARGET_SUM: Check = Check {
    id: "target_sum",
    title: "Sums that give the target",
    doc: "Proves that the target is a weighted sum of two or more features at printed precision. Each of them is a part of the answer and is \
          counted when the answer is: a model that sees them all only adds up.",
    run,
};

fn run(input: &AuditInput<'_>) -> Checked {
    let Some(target) = input.table.position(&input.task.target) else {
        return Checked::skipped(TARGET_SUM.id, "the target column is not in the table");
    };
    match sums(input.table, target, &input.feature_positions()) {
        Search::NotNumeric => Checked::skipped(TARGET_SUM.id, "the target is not a number"),
        Search::Underpowered { bits, needed } => Checked::underpowered(TARGET_SUM.id, input.table.n_rows(), &why_underpowered(bits, needed)),
        Search::Searched(found) => {
            let findings = found.iter().map(|identity| blocker(TARGET_SUM.id, input, target, identity)).collect();
            Checked::ran(TARGET_SUM.id, input.n_with_target(), findings)
        }
    }
}

/// The finding of a proven identity of the target.
pub(super) fn blocker(check: &str, input: &AuditInput<'_>, target: usize, identity: &LinearIdentity) -> Finding {
    let name = |position: usize| input.table.columns().get(position).map_or("", |c| c.name());
    let columns: Vec<&str> = identity.terms.iter().map(|t| name(t.0)).collect();
    let evidence = Evidence::LinearIdentity {
        terms: identity.terms.iter().map(|t| (name(t.0).to_owned(), t.1)).collect(),
        constant: identity.constant,
        matched: identity.found.matched,
        largest_residual: identity.found.largest_residual,
        tolerance: identity.found.tolerance,
        bits: identity.found.bits,
        bits_needed: identity.bits_needed,
        examples: examples(input.table, target, identity),
    };
    Finding::new(check, Severity::Blocker, Certainty::Proven, &columns, evidence)
        .remedies(vec![Remedy::DropColumns { columns: columns.iter().map(|&c| c.to_owned()).collect() }])
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
