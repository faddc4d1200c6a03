//! A feature is the target: the same numbers, the same numbers in another unit, or the classes under other names.
//!
//! Numbers: `target = x` or `target = a + b x` at printed precision. Classes: a column whose levels stand for the classes one
//! to one. Both are proofs in bits (see [`crate::lineage::proof`]), so they need no bar on a score.

use super::super::{AuditInput, Check};
use super::target_sum::{identified, why_underpowered};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity};
use crate::lineage::proof::{Explained, bits_needed};
use crate::lineage::recode::recode;

/// The check.
pub const TARGET_COPY: Check = Check {
    id: "target_copy",
    title: "Copies of the target",
    doc: "Proves that a feature holds the target itself: the same values, the same values in another unit, or the classes under other names. A \
          model that sees it needs to learn nothing, and will have nothing when it is used.",
    run,
};

fn run(input: &AuditInput<'_>) -> Checked {
    if input.target.classes.is_empty() { identified(TARGET_COPY.id, input, |n_terms| n_terms == 1) } else { classes(input) }
}

fn classes(input: &AuditInput<'_>) -> Checked {
    let target = Explained::classes(&input.target.values);
    let n_columns = input.table.columns().len();
    let (bits, needed) = (target.power(), bits_needed(n_columns));
    if bits < needed {
        return Checked::underpowered(TARGET_COPY.id, input.table.n_rows(), &why_underpowered(bits, needed));
    }
    let findings = input.features().filter_map(|column| {
        let found = recode(column, &target, &input.target.classes, n_columns)?;
        let evidence = Evidence::Mapping { pairs: found.pairs, matched: found.matched, bits: found.bits, bits_needed: found.bits_needed };
        Some(
            Finding::new(TARGET_COPY.id, Severity::Blocker, Certainty::Proven, &[column.name()], evidence)
                .remedies(vec![Remedy::DropColumns { columns: vec![column.name().to_owned()] }]),
        )
    });
    Checked::ran(TARGET_COPY.id, input.n_with_target(), findings.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean, noise};
    use crate::finding::Status;
    use crate::table::{Column, Kind};

    #[test]
    fn the_clean_table_has_no_copies() {
        for case in [clean(1, 400, 0), clean(2, 400, 2), clean(3, 400, 3)] {
            let checked = case.run(&TARGET_COPY);
            assert_eq!((checked.status, checked.findings.len()), (Status::Ran, 0));
        }
    }

    #[test]
    fn the_target_in_another_unit_is_a_proven_blocker() {
        let y = noise(5, 200, 1);
        let cents = y.iter().map(|v| v * 100.0).collect();
        let case = Case::regression(vec![Column::numeric("x", noise(6, 200, 2), 2), Column::numeric("cents", cents, 0), Column::numeric("y", y, 1)]);
        let found = case.run(&TARGET_COPY).findings;
        assert_eq!((found.len(), found[0].severity, found[0].certainty), (1, Severity::Blocker, Certainty::Proven));
        assert_eq!(found[0].columns, ["cents"]);
    }

    #[test]
    fn the_classes_under_other_names_are_a_proven_blocker() {
        let mut columns = clean(4, 400, 2).into_columns();
        let y = columns.iter().find(|c| c.name() == "y").unwrap().clone();
        let renamed: Vec<Option<&str>> = (0..y.len()).map(|r| Some(if y.text(r) == "yes" { "1" } else { "0" })).collect();
        columns.push(Column::labels("settled", Kind::Boolean, &renamed));
        let found = Case::classes(columns).run(&TARGET_COPY).findings;
        assert_eq!(found[0].columns, ["settled"]);
    }

    #[test]
    fn eight_rows_are_too_few_to_prove_a_flag() {
        let flags: Vec<Option<&str>> = (0..8).map(|i| Some(if i % 2 == 0 { "no" } else { "yes" })).collect();
        let case = Case::classes(vec![Column::labels("x", Kind::Boolean, &flags), Column::labels("y", Kind::Boolean, &flags)]);
        assert!(matches!(case.run(&TARGET_COPY).status, Status::Underpowered(_)));
    }
}
