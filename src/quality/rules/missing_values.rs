//! Missing cells, column by column.
//!
//! A learner either cannot use a missing cell or must guess it; a column that is mostly missing carries little, and a row
//! without a target can be neither learned from nor judged. Formula: missing cells / rows.

use super::super::{Dimension, QualityInput, Rule};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity, Share};

/// The rule.
pub const MISSING_VALUES: Rule = Rule {
    id: "missing_values",
    title: "Missing values",
    doc: "Counts the missing cells of each column. Learners must guess them, and a column that is mostly missing carries little. Fill them in \
          inside the folds, or leave the column out.",
    dimension: Dimension::Completeness,
    check,
};

/// Share of missing cells from which it is a warning: a fifth of a column is guessed.
const WARNING: f64 = 0.20;
/// Share of missing cells from which leaving the column out is the first remedy.
const MOSTLY: f64 = 0.50;
/// Preparation step that fills missing cells.
const IMPUTE: &str = "impute";

fn check(input: &QualityInput<'_>) -> Checked {
    let n_rows = input.table.n_rows();
    if n_rows == 0 {
        return Checked::skipped(MISSING_VALUES.id, "the table has no rows");
    }
    let findings = input.columns().filter_map(|c| {
        let share = Share { count: c.n_missing() as u64, of: n_rows as u64 };
        (share.count > 0).then(|| {
            let is_target = input.is_target(c.name());
            let severity = if share.ratio() >= WARNING || is_target { Severity::Warning } else { Severity::Note };
            let drop = Remedy::DropColumns { columns: vec![c.name().to_owned()] };
            let fill = Remedy::AddStep { step: IMPUTE.to_owned() };
            let remedies = match (is_target, share.count == share.of, share.ratio() >= MOSTLY) {
                (true, _, _) => Vec::new(),
                (_, true, _) => vec![drop],
                (_, _, true) => vec![drop, fill],
                _ => vec![fill],
            };
            Finding::new(MISSING_VALUES.id, severity, Certainty::Proven, &[c.name()], Evidence::Share { share })
                .rows((0..n_rows).filter(|&r| c.is_missing(r)).filter_map(|r| u32::try_from(r).ok()))
                .remedies(remedies)
        })
    });
    Checked::ran(MISSING_VALUES.id, n_rows, findings.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::rules::fixtures::{run, table};
    use crate::table::Column;

    #[test]
    fn missing_cells_are_counted_with_their_rows() {
        let found = run(&MISSING_VALUES, &table(vec![Column::numeric("x", vec![1.0, f64::NAN, 3.0, f64::NAN], 0)])).findings;
        assert_eq!(found[0].rows, [1, 3]);
        assert_eq!(found[0].severity, Severity::Warning);
        assert!(matches!(found[0].evidence, Evidence::Share { share: Share { count: 2, of: 4 } }));
    }

    #[test]
    fn an_empty_column_is_best_left_out() {
        let found = run(&MISSING_VALUES, &table(vec![Column::numeric("x", vec![f64::NAN; 9], 0)])).findings;
        assert_eq!(found[0].remedies, [Remedy::DropColumns { columns: vec!["x".into()] }]);
    }
}
