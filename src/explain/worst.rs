//! The rows that are missed most, and what is unusual about them: the columns whose contribution to the prediction lies far from what they usually add.
//!
//! Unusual is a contribution at least [`UNUSUAL`] standard deviations from the column's mean contribution over the rows explained. A row without any is missed
//! although the model saw nothing special: what makes it so is not in the columns. Rows are named on the user's own screen only.

use super::Weight;
use super::additive::Contributions;
use crate::math::sort;
use crate::math::sum::{mean, variance};
use serde::{Deserialize, Serialize};

/// Most rows told.
const MOST_ROWS: usize = 5;
/// Most columns told of a row.
const MOST_REASONS: usize = 3;
/// Standard deviations from which a contribution is unusual: one in twenty is as far off.
const UNUSUAL: f64 = 2.0;

/// A row that is missed by far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorstRow {
    /// The row of the table.
    pub row: u32,
    /// What is predicted: a number, or the probability of the class.
    pub prediction: f64,
    /// What was true: a number, or 1 for the class and 0 for others.
    pub truth: f64,
    /// Columns with an unusual contribution, the contribution, and how many standard deviations it is off, farthest first.
    pub reasons: Vec<(String, f64, f64)>,
}

/// The rows that are missed most, worst first. `order`: where each of `columns` stands among the contributions; `rows`, `predictions`, `truth`: shape `(n_rows,)`.
pub(super) fn worst(
    contributions: &Contributions,
    (columns, order): (&[Weight], &[usize]),
    (rows, predictions, truth): (&[u32], &[f64], &[f64]),
) -> Vec<WorstRow> {
    let missed = |i: usize| (predictions[i] - truth[i]).abs();
    let mut all: Vec<usize> = (0..rows.len()).collect();
    sort::by(&mut all, |&a, &b| missed(b).total_cmp(&missed(a)).then(a.cmp(&b)));
    let n_columns = order.len();
    let usual: Vec<(f64, f64)> = order
        .iter()
        .map(|&g| {
            let own: Vec<f64> = (0..rows.len()).map(|i| contributions.row(i, n_columns)[g]).collect();
            (mean(&own), if own.len() > 1 { variance(&own, 1).sqrt() } else { 0.0 })
        })
        .collect();
    let one = |&i: &usize| {
        let own = contributions.row(i, n_columns);
        let off = |(at, &g): (usize, &usize)| {
            let (centre, sd) = usual[at];
            let z = (own[g] - centre) / sd;
            (sd > 0.0 && z.abs() >= UNUSUAL).then(|| (columns[at].column.clone(), own[g], z))
        };
        let mut reasons: Vec<(String, f64, f64)> = order.iter().enumerate().filter_map(off).collect();
        sort::by(&mut reasons, |a, b| b.2.abs().total_cmp(&a.2.abs()));
        reasons.truncate(MOST_REASONS);
        WorstRow { row: rows[i], prediction: predictions[i], truth: truth[i], reasons }
    };
    all.iter().filter(|&&i| missed(i) > 0.0).take(MOST_ROWS).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{How, Scale};

    #[test]
    fn the_row_that_is_missed_most_comes_first_with_the_column_that_is_unusual_in_it() {
        let n = 40;
        // Column b adds nothing but in row 7; column a adds as usual everywhere.
        let values: Vec<f64> = (0..n).flat_map(|i| [if i % 2 == 0 { 1.0 } else { -1.0 }, if i == 7 { 9.0 } else { 0.01 * f64::from(i) }]).collect();
        let contributions = Contributions { how: How::Linear, scale: Scale::Target, base: 0.0, values, error: None };
        let weight = |column: &str| Weight { column: column.to_owned(), mean: 1.0, half: None, direction: None };
        let (columns, order) = ([weight("b"), weight("a")], [1, 0]);
        let rows: Vec<u32> = (100..100 + n as u32).collect();
        let truth = vec![0.0; n as usize];
        let predictions: Vec<f64> = (0..n)
            .map(|i| {
                if i == 7 {
                    9.0
                } else if i == 3 {
                    2.0
                } else {
                    0.0
                }
            })
            .collect();
        let found = worst(&contributions, (&columns, &order), (&rows, &predictions, &truth));
        assert_eq!(found.iter().map(|w| w.row).collect::<Vec<_>>(), [107, 103], "rows that are met exactly are not told");
        let [(column, added, z)] = found[0].reasons.as_slice() else { panic!("{found:?}") };
        assert!(column == "b" && *added == 9.0 && *z > 5.0);
        assert!(found[1].reasons.is_empty());
    }
}
