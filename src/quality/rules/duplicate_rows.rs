//! Rows that stand more than once.
//!
//! Equal rows count double in every average, and one copy on each side of a split lets a model remember instead of learn.
//! Formula: rows that repeat an earlier row / rows, over all columns (two rows of a million differ and share a fingerprint
//! with probability below 1e-26).

use super::super::{Dimension, QualityInput, Rule};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity, Share};
use crate::lineage::rows::{fingerprints, twins};

/// The rule.
pub const DUPLICATE_ROWS: Rule = Rule {
    id: "duplicate_rows",
    title: "Duplicate rows",
    doc: "Counts rows that repeat an earlier row in every column. Copies count double, and a copy on each side of the split is remembered, not \
          learned. Keep one of each, unless two equal events really happened.",
    dimension: Dimension::Uniqueness,
    check,
};

/// Share of repeated rows from which it is a warning.
const WARNING: f64 = 0.01;

fn check(input: &QualityInput<'_>) -> Checked {
    let n_rows = input.table.n_rows();
    if n_rows < 2 {
        return Checked::skipped(DUPLICATE_ROWS.id, "there are fewer than two rows");
    }
    let all: Vec<usize> = (0..input.table.columns().len()).collect();
    let groups = twins(&fingerprints(input.table, &all));
    let mut repeats: Vec<u32> = groups.iter().flat_map(|g| g.iter().skip(1).copied()).collect();
    repeats.sort_unstable();
    if repeats.is_empty() {
        return Checked::ran(DUPLICATE_ROWS.id, n_rows, Vec::new());
    }
    let share = Share { count: repeats.len() as u64, of: n_rows as u64 };
    let severity = if share.ratio() >= WARNING { Severity::Warning } else { Severity::Note };
    let finding = Finding::new(DUPLICATE_ROWS.id, severity, Certainty::Proven, &[], Evidence::Share { share })
        .rows(repeats)
        .remedies(vec![Remedy::DropDuplicates]);
    Checked::ran(DUPLICATE_ROWS.id, n_rows, vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::rules::fixtures::{run, table};
    use crate::table::Column;

    #[test]
    fn repeats_are_counted_without_the_first_of_each() {
        let found = run(&DUPLICATE_ROWS, &table(vec![Column::numeric("x", vec![1.0, 2.0, 1.0, 1.0, 3.0], 0)])).findings;
        assert!(matches!(found[0].evidence, Evidence::Share { share: Share { count: 2, of: 5 } }));
        assert_eq!(found[0].rows, [2, 3]);
    }
}
