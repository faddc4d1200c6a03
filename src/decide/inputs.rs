//! What the columns learned from look like together: missing cells and correlation.

use crate::math::rank::pearson;
use crate::table::Table;
use crate::task::Task;

/// Multiplications that the correlations may take: well under a second in a page.
const MOST_STEPS: usize = 40_000_000;
/// Least and most rows that correlations are computed from, spread evenly over the table; at 500 rows a correlation of 0.9 is known to ± 0.02.
const ROWS: (usize, usize) = (500, 20_000);
/// Most numeric columns that are compared, in file order.
const MOST_COLUMNS: usize = 300;

/// Facts of the columns learned from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct InputFacts {
    /// Share of missing cells, 0 to 1; `None` without rows or columns.
    pub missing_share: Option<f64>,
    /// Largest absolute Pearson correlation between two numeric columns, 0 to 1; `None` with fewer than two that vary.
    pub largest_correlation: Option<f64>,
}

/// Facts of a task's features.
#[must_use]
pub fn input_facts(table: &Table, task: &Task) -> InputFacts {
    let columns: Vec<_> = task.features.iter().filter_map(|name| table.column(name).ok()).collect();
    let cells = columns.len() * table.n_rows();
    let missing: usize = columns.iter().map(|c| c.n_missing()).sum();
    #[expect(clippy::cast_precision_loss, reason = "counts of cells stay below 2^53")]
    let missing_share = (cells > 0).then(|| missing as f64 / cells as f64);
    let numbers: Vec<&[f64]> = columns.iter().filter_map(|c| c.numbers()).take(MOST_COLUMNS).collect();
    let pairs = (numbers.len() * numbers.len().saturating_sub(1) / 2).max(1);
    let wanted = (MOST_STEPS / pairs).clamp(ROWS.0, ROWS.1);
    let step = table.n_rows().div_ceil(wanted).max(1);
    let taken: Vec<Vec<f64>> = numbers.iter().map(|values| values.iter().step_by(step).copied().collect()).collect();
    let each = taken.iter().enumerate().flat_map(|(at, a)| taken.iter().skip(at + 1).filter_map(|b| pearson(a, b)));
    InputFacts { missing_share, largest_correlation: each.map(f64::abs).max_by(f64::total_cmp) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Column;
    use crate::task::TaskKind;

    fn task(features: &[&str]) -> Task {
        Task {
            target: "y".into(),
            kind: TaskKind::Regression,
            classes: Vec::new(),
            time: None,
            entity: None,
            weight: None,
            horizon: 0,
            features: features.iter().map(|&f| f.to_owned()).collect(),
            ignored: Vec::new(),
        }
    }

    #[test]
    fn missing_cells_and_the_strongest_pair_are_of_the_features_alone() {
        let a: Vec<f64> = (0..40).map(f64::from).collect();
        let b: Vec<f64> = a.iter().map(|v| if *v < 4.0 { f64::NAN } else { -2.0 * v }).collect();
        let c: Vec<f64> = a.iter().map(|v| v * v % 7.0).collect();
        let columns = [("a", a.clone()), ("b", b), ("c", c), ("y", a)].map(|(name, values)| Column::numeric(name, values, 0));
        let table = Table::new(columns.to_vec()).unwrap();
        let facts = input_facts(&table, &task(&["a", "b", "c"]));
        assert_eq!(facts.missing_share, Some(4.0 / 120.0));
        assert!((facts.largest_correlation.unwrap() - 1.0).abs() < 1e-12);
        assert!(input_facts(&table, &task(&["a", "c"])).largest_correlation.unwrap() < 0.5, "the target is no feature");
        assert_eq!(input_facts(&table, &task(&[])), InputFacts::default());
    }
}
