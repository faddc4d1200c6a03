//! Columns with one value, or almost.
//!
//! A column that says the same of every row tells rows apart in no way. One that differs in a handful of rows can only
//! memorise them. Formula: cells of the most frequent value / cells present.

use super::super::{Dimension, QualityInput, Rule};
use super::majority;
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity, Share};

/// The rule.
pub const CONSTANT_COLUMN: Rule = Rule {
    id: "constant_column",
    title: "Constant columns",
    doc: "Finds columns in which every present cell, or all but a handful, holds the same value. They tell rows apart in no way, or memorise a \
          handful of rows. Leave them out.",
    dimension: Dimension::Validity,
    check,
};

/// Share of the most frequent value from which a column is nearly constant.
const NEARLY: f64 = 0.995;
/// Fewest rows on which a nearly constant column is reported: below, one odd row is an ordinary rare value.
const ENOUGH_ROWS: u64 = 400;

fn check(input: &QualityInput<'_>) -> Checked {
    let n_rows = input.table.n_rows();
    if n_rows < 2 {
        return Checked::skipped(CONSTANT_COLUMN.id, "with fewer than two rows every column is constant");
    }
    let findings = input.columns().filter_map(|column| {
        let (count, present) = majority(column);
        let share = Share { count, of: present };
        if present == 0 {
            return None; // said by missing_values
        }
        let constant = share.count == share.of;
        if !constant && (share.ratio() < NEARLY || present < ENOUGH_ROWS) {
            return None;
        }
        let severity = if constant { Severity::Warning } else { Severity::Note };
        let remedies =
            if input.is_target(column.name()) { Vec::new() } else { vec![Remedy::DropColumns { columns: vec![column.name().to_owned()] }] };
        Some(Finding::new(CONSTANT_COLUMN.id, severity, Certainty::Proven, &[column.name()], Evidence::Share { share }).remedies(remedies))
    });
    Checked::ran(CONSTANT_COLUMN.id, n_rows, findings.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::rules::fixtures::{run, table};
    use crate::table::{Column, Kind};

    #[test]
    fn a_constant_column_is_found_and_named() {
        let table =
            table(vec![Column::numeric("x", vec![4.0, f64::NAN, 4.0], 0), Column::labels("c", Kind::Categorical, &[Some("a"), Some("b"), None])]);
        let found = run(&CONSTANT_COLUMN, &table).findings;
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].columns[0].as_str(), found[0].severity), ("x", Severity::Warning));
    }

    #[test]
    fn one_odd_row_of_a_thousand_is_a_note() {
        let mut values = vec![0.0; 1000];
        values[7] = 1.0;
        assert_eq!(run(&CONSTANT_COLUMN, &table(vec![Column::numeric("x", values, 0)])).findings[0].severity, Severity::Note);
    }
}
