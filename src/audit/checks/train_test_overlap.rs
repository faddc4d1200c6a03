//! Rows of the test file that stand in the training file.
//!
//! Counted are test rows equal to a training row in all features and the target, and what dealing the same rows to the two
//! files by chance would give: a group of g equal rows puts a test row beside a training row with probability
//! `1 - t^(g-1)`, t being the share of test rows. Where chance expects as many, the table is coarse; beyond, rows were copied.

use super::super::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity, Share};
use crate::lineage::rows::{fingerprints, twins};
use crate::math::elementary::pow;

/// The check.
pub const TRAIN_TEST_OVERLAP: Check = Check {
    id: "train_test_overlap",
    title: "Test rows in the training file",
    doc: "Counts rows of the test file that also stand in the training file, and compares with what chance would put there. Rows on both sides are \
          remembered, and the test says nothing about new rows.",
    run,
};

/// Share of test rows that is a warning.
const WARNING: f64 = 0.01;
/// Share at which the test is not one.
const BLOCKER: f64 = 0.10;
/// Overlap beyond chance: as many times the expected number.
const BEYOND: f64 = 1.5;

fn run(input: &AuditInput<'_>) -> Checked {
    let n_rows = input.table.n_rows();
    let Some(from) = input.test_from.filter(|&f| f < n_rows) else {
        return Checked::skipped(TRAIN_TEST_OVERLAP.id, "only one file");
    };
    let columns: Vec<usize> = input.feature_positions().into_iter().chain(input.table.position(&input.task.target)).collect();
    if columns.len() < 2 || from == 0 {
        return Checked::skipped(TRAIN_TEST_OVERLAP.id, "there is nothing to compare");
    }
    let groups = twins(&fingerprints(input.table, &columns));
    let (mut rows, mut expected) = (Vec::new(), 0.0);
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let test_share = (n_rows - from) as f64 / n_rows as f64;
    for group in &groups {
        let (train, test): (Vec<u32>, Vec<u32>) = group.iter().partition(|r| (**r as usize) < from);
        #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
        let size = group.len() as f64;
        expected += size * test_share * (1.0 - pow(test_share, size - 1.0));
        if !train.is_empty() {
            rows.extend(test);
        }
    }
    rows.sort_unstable();
    let share = Share { count: rows.len() as u64, of: (n_rows - from) as u64 };
    let severity = match share.ratio() {
        _ if rows.is_empty() => None,
        #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
        s if s >= BLOCKER && rows.len() as f64 > BEYOND * expected => Some(Severity::Blocker),
        s if s >= WARNING => Some(Severity::Warning),
        _ => Some(Severity::Note),
    };
    let finding = severity.map(|severity| {
        let evidence = Evidence::Overlap { observed: share.count, expected, of: share.of, conflicting: 0 };
        Finding::new(TRAIN_TEST_OVERLAP.id, severity, Certainty::Proven, &[], evidence).rows(rows).remedies(vec![Remedy::DropDuplicates])
    });
    Checked::ran(TRAIN_TEST_OVERLAP.id, n_rows - from, finding.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean};
    use crate::finding::Status;

    fn copied(copies: u32) -> Checked {
        let table = clean(6, 500, 2).table;
        let rows: Vec<u32> = (0..400).chain(0..copies).chain(400 + copies..500).collect();
        let mut case = Case::new(table.take(&rows).columns().to_vec());
        case.test_from = Some(400);
        case.run(&TRAIN_TEST_OVERLAP)
    }

    #[test]
    fn copied_rows_are_counted_and_graded() {
        let severity = |copies| copied(copies).findings.first().map(|f| f.severity);
        assert_eq!((severity(0), severity(3), severity(60)), (None, Some(Severity::Warning), Some(Severity::Blocker)));
    }

    #[test]
    fn one_file_is_skipped() {
        assert!(matches!(clean(6, 100, 2).run(&TRAIN_TEST_OVERLAP).status, Status::Skipped(_)));
    }
}
