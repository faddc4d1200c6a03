//! Rows that are mostly empty.
//!
//! What a model says of such a row is what it says of the average. Formula: rows with more than half of their cells missing / rows.

use super::super::{Dimension, QualityInput, Rule};
use crate::finding::{Certainty, Checked, Evidence, Finding, Severity, Share};
use crate::table::Column;

/// The rule.
pub const EMPTY_ROWS: Rule = Rule {
    id: "empty_rows",
    title: "Mostly empty rows",
    doc: "Counts rows with more than half of their cells missing. A prediction for such a row is one for the average. Look at where they come \
          from; they are often another source or a broken line.",
    dimension: Dimension::Completeness,
    check,
};

/// Fewest columns: half of fewer is one cell or two.
const ENOUGH: usize = 4;
/// Share of such rows from which it is a warning.
const WARNING: f64 = 0.05;

fn check(input: &QualityInput<'_>) -> Checked {
    let columns: Vec<&Column> = input.columns().collect();
    let n_rows = input.table.n_rows();
    if columns.len() < ENOUGH || n_rows == 0 {
        return Checked::skipped(EMPTY_ROWS.id, "there are fewer than four columns or no rows");
    }
    let mut missing = vec![0_u32; n_rows];
    for column in columns.iter().filter(|c| c.n_missing() > 0) {
        missing.iter_mut().enumerate().for_each(|(row, n)| *n += u32::from(column.is_missing(row)));
    }
    let rows: Vec<u32> = (0_u32..).zip(&missing).filter(|(_, n)| 2 * **n as usize > columns.len()).map(|(row, _)| row).collect();
    if rows.is_empty() {
        return Checked::ran(EMPTY_ROWS.id, n_rows, Vec::new());
    }
    let share = Share { count: rows.len() as u64, of: n_rows as u64 };
    let severity = if share.ratio() >= WARNING { Severity::Warning } else { Severity::Note };
    Checked::ran(EMPTY_ROWS.id, n_rows, vec![Finding::new(EMPTY_ROWS.id, severity, Certainty::Proven, &[], Evidence::Share { share }).rows(rows)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::rules::fixtures::{run, table};

    #[test]
    fn a_row_with_three_of_four_cells_missing_is_found_and_one_with_two_is_not() {
        let hole = f64::NAN;
        let of = |values: [f64; 3], name| Column::numeric(name, values.to_vec(), 0);
        let found =
            run(&EMPTY_ROWS, &table(vec![of([1.0; 3], "a"), of([1.0, hole, hole], "b"), of([1.0, hole, hole], "c"), of([1.0, 1.0, hole], "d")]))
                .findings;
        assert_eq!(found[0].rows, [2]);
    }
}
