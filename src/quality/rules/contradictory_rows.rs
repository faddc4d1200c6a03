//! Rows that are equal in every feature and differ in their class.
//!
//! No model can be right of both. Formula: rows whose class is not the most frequent one of the rows equal to them, of all. Told only where rows
//! are hardly ever equal: where many are alike by nature, their classes differ by chance and the features simply do not say more.

use super::super::{Dimension, QualityInput, Rule};
use crate::finding::{Certainty, Checked, Evidence, Finding, Severity, Share};
use crate::lineage::rows::{fingerprints, twins};
use crate::table::{Kind, MISSING_CODE};
use crate::task::TaskKind;
use std::collections::BTreeMap;

/// The rule.
pub const CONTRADICTORY_ROWS: Rule = Rule {
    id: "contradictory_rows",
    title: "Contradictory labels",
    doc: "Counts rows that equal others in every feature and have another class. No model can be right of both; one of the labels is wrong, or a \
          column that would tell them apart is missing. Look at these rows in the source.",
    dimension: Dimension::Consistency,
    check,
};

/// Share of rows that equal an earlier one from which equal rows are how the table is.
const USUAL: f64 = 0.1;
/// Share of contradicting rows from which it is a warning.
const WARNING: f64 = 0.01;

fn check(input: &QualityInput<'_>) -> Checked {
    let classes = input.task.filter(|t| t.kind != TaskKind::Regression);
    let Some((task, target)) = classes.and_then(|t| Some((t, input.table.column(&t.target).ok()?))) else {
        return Checked::skipped(CONTRADICTORY_ROWS.id, "the target is not a class");
    };
    let of = |name: &String| input.table.position(name).filter(|&at| input.table.columns().get(at).is_some_and(|c| c.kind() != Kind::Identifier));
    let features: Vec<usize> = task.features.iter().filter_map(of).collect();
    let n_rows = input.table.n_rows();
    if features.is_empty() || n_rows < 2 {
        return Checked::skipped(CONTRADICTORY_ROWS.id, "there are no features or fewer than two rows");
    }
    let groups = twins(&fingerprints(input.table, &features));
    let alike = Share { count: groups.iter().map(|g| g.len() as u64 - 1).sum(), of: n_rows as u64 };
    if alike.ratio() > USUAL {
        return Checked::skipped(CONTRADICTORY_ROWS.id, "many rows are alike by nature: that their classes differ says nothing");
    }
    let class = |row: u32| match (target.codes(), target.numbers()) {
        (Some((codes, _)), _) => codes.get(row as usize).copied().filter(|c| *c != MISSING_CODE).map(u64::from),
        (_, Some(values)) => values.get(row as usize).filter(|v| !v.is_nan()).map(|v| (v + 0.0).to_bits()),
        _ => None,
    };
    let mut rows: Vec<u32> = groups.iter().flat_map(|group| minority(group, &class)).collect();
    rows.sort_unstable();
    if rows.is_empty() {
        return Checked::ran(CONTRADICTORY_ROWS.id, n_rows, Vec::new());
    }
    let share = Share { count: rows.len() as u64, of: n_rows as u64 };
    let severity = if share.ratio() >= WARNING { Severity::Warning } else { Severity::Note };
    let finding = Finding::new(CONTRADICTORY_ROWS.id, severity, Certainty::Proven, &[], Evidence::Share { share }).rows(rows);
    Checked::ran(CONTRADICTORY_ROWS.id, n_rows, vec![finding])
}

/// Rows of a group whose class is not its most frequent one (ties: the class met first stays).
fn minority(group: &[u32], class: &dyn Fn(u32) -> Option<u64>) -> Vec<u32> {
    let mut counts: BTreeMap<u64, (usize, usize)> = BTreeMap::new();
    for (at, found) in group.iter().enumerate().filter_map(|(at, &row)| Some((at, class(row)?))) {
        counts.entry(found).or_insert((0, usize::MAX - at)).0 += 1;
    }
    let leader = counts.iter().max_by_key(|(_, standing)| **standing).map(|(class, _)| *class);
    group.iter().copied().filter(|&row| class(row).is_some_and(|c| Some(c) != leader)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::rules::fixtures::{run_with_target, table};
    use crate::table::Column;

    fn found(values: impl Iterator<Item = f64>) -> Checked {
        let values: Vec<f64> = values.collect();
        let classes: Vec<Option<&str>> = (0..values.len()).map(|i| Some(["yes", "no"][i % 2])).collect();
        run_with_target(&CONTRADICTORY_ROWS, &table(vec![Column::numeric("x", values, 0), Column::labels("y", Kind::Categorical, &classes)]), "y")
    }

    #[test]
    fn equal_features_of_two_classes_are_found_in_the_later_row() {
        assert_eq!(found((0..40).map(|i| if i == 7 { 4.0 } else { f64::from(i) })).findings[0].rows, [7]);
    }

    #[test]
    fn where_many_rows_are_alike_nothing_is_said() {
        assert!(found((0..40).map(|i| f64::from(i / 4))).findings.is_empty());
    }
}
