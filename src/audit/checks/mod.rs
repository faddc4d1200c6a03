//! The checks, one file each, in the order they are shown: proofs first, then measurements, then what can only be asked.

mod augmented_before_split;
mod columns_together;
pub(super) mod entities_across_split;
mod identifiers;
mod lineage;
mod missingness;
mod near_duplicates;
mod part_of_rows;
mod prepared_before_split;
pub(super) mod random_split_on_dates;
mod single_column;
mod split_duplicates;
mod suspicious_name;
mod target_copy;
mod target_sum;
mod time_order;
mod too_good;
mod train_test_mismatch;
mod train_test_overlap;

use super::Check;

/// All checks.
pub const CHECKS: &[Check] = &[
    target_copy::TARGET_COPY,
    target_sum::TARGET_SUM,
    lineage::LINEAGE,
    single_column::SINGLE_COLUMN,
    missingness::MISSINGNESS,
    part_of_rows::PART_OF_ROWS,
    columns_together::COLUMNS_TOGETHER,
    split_duplicates::SPLIT_DUPLICATES,
    train_test_overlap::TRAIN_TEST_OVERLAP,
    near_duplicates::NEAR_DUPLICATES,
    entities_across_split::ENTITIES_ACROSS_SPLIT,
    random_split_on_dates::RANDOM_SPLIT_ON_DATES,
    time_order::TIME_ORDER,
    train_test_mismatch::TRAIN_TEST_MISMATCH,
    prepared_before_split::PREPARED_BEFORE_SPLIT,
    augmented_before_split::AUGMENTED_BEFORE_SPLIT,
    identifiers::IDENTIFIERS,
    suspicious_name::SUSPICIOUS_NAME,
    too_good::TOO_GOOD,
];

/// Checks that search or fit models, the quickest first: they are begun after all others, so that what is cheap is known at once.
pub const LAST: [&str; 9] = [
    single_column::SINGLE_COLUMN.id,
    columns_together::COLUMNS_TOGETHER.id,
    near_duplicates::NEAR_DUPLICATES.id,
    augmented_before_split::AUGMENTED_BEFORE_SPLIT.id,
    entities_across_split::ENTITIES_ACROSS_SPLIT.id,
    random_split_on_dates::RANDOM_SPLIT_ON_DATES.id,
    train_test_mismatch::TRAIN_TEST_MISMATCH.id,
    too_good::TOO_GOOD.id,
    lineage::LINEAGE.id,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean, days};
    use crate::audit::{AuditInput, NOTHING_SAID, run};
    use crate::finding::Status;
    use crate::split::SplitSettings;
    use crate::table::{Column, Kind, Table};
    use crate::task::{Target, Task, TaskKind};

    /// Runs every check on a table that `guess_kind` would refuse, for every kind of task.
    fn force(columns: &[Column]) {
        let table = Table::new(columns.to_vec()).unwrap();
        for (kind, classes) in [(TaskKind::Regression, vec![]), (TaskKind::Binary, vec!["a", "b"]), (TaskKind::Multiclass, vec!["a", "b", "c"])] {
            let classes: Vec<String> = classes.into_iter().map(str::to_owned).collect();
            let features = table.names().iter().filter(|n| **n != "y").map(|n| (*n).to_owned()).collect();
            let task = Task {
                target: "y".into(),
                kind,
                classes: classes.clone(),
                time: None,
                entity: None,
                weight: None,
                horizon: 0,
                features,
                ignored: vec![],
            };
            let target = task.encode(&table).unwrap_or(Target { values: vec![f64::NAN; table.n_rows()], classes });
            for test_from in [None, Some(0), Some(1), Some(99)] {
                let input = AuditInput {
                    table: &table,
                    profiles: &[],
                    task: &task,
                    target: &target,
                    split: &SplitSettings::default(),
                    test_from,
                    known: &NOTHING_SAID,
                    seed: 1,
                };
                for check in CHECKS {
                    let checked = (check.run)(&input);
                    assert_eq!(checked.id, check.id);
                    assert!(checked.findings.iter().all(|f| f.check == check.id));
                    assert!(checked.status == Status::Ran || checked.findings.is_empty());
                }
            }
        }
    }

    #[test]
    fn every_check_survives_degenerate_tables_and_names_itself() {
        let y = |values: &[f64]| Column::numeric("y", values.to_vec(), 0);
        force(&[]);
        force(&[y(&[])]);
        force(&[y(&[1.0; 60])]);
        force(&[Column::numeric("x", vec![1.0], 0), Column::labels("c", Kind::Text, &[Some("a")]), days("d", &[3]), y(&[1.0])]);
        force(&[
            Column::numeric("x", vec![2.0; 60], 0),
            Column::labels("c", Kind::Categorical, &[Some("a"); 60]),
            days("d", &[3; 60]),
            y(&[1.0; 60]),
        ]);
        force(&[Column::numeric("x", vec![f64::NAN; 60], 0), Column::labels("c", Kind::Identifier, &[None; 60]), y(&[f64::NAN; 60])]);
        let labels: Vec<Option<&str>> = (0..60).map(|i| Some(["a", "b", "c"][i % 3])).collect();
        force(&[Column::numeric("x", vec![f64::NAN; 60], 0), Column::labels("y", Kind::Categorical, &labels)]);
    }

    #[test]
    fn the_whole_audit_is_silent_on_the_clean_table() {
        for seed in 0..12 {
            for n_classes in [0, 2, 3] {
                let findings: Vec<_> = clean(seed, 400, n_classes).with(run).into_iter().flat_map(|c| c.findings).collect();
                assert!(findings.is_empty(), "seed {seed}, {n_classes} classes: {findings:?}");
            }
        }
    }

    #[test]
    fn a_proven_column_is_told_once() {
        let mut columns = clean(1, 400, 0).into_columns();
        let y = columns.iter().find(|c| c.name() == "y").unwrap().numbers().unwrap().to_vec();
        columns.insert(0, Column::numeric("same", y, 1));
        let findings: Vec<_> = Case::new(columns).with(run).into_iter().flat_map(|c| c.findings).collect();
        assert_eq!(findings.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["target_copy:same"]);
    }

    #[test]
    fn ids_are_unique_and_documented() {
        for (i, check) in CHECKS.iter().enumerate() {
            assert!(!check.title.is_empty() && check.doc.len() > 40);
            assert!(CHECKS.iter().skip(i + 1).all(|other| other.id != check.id));
        }
    }
}
