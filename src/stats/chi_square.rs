//! Pearson's chi-square test of independence of a table of counts, and Cramer's V as its effect size.
//!
//! `chi2 = sum (observed - expected)^2 / expected`; `V = sqrt(chi2 / (n (min(rows, columns) - 1)))`, from the uncorrected chi2. The
//! limit distribution is doubtful where an expected count is below [`SMALL_EXPECTED`] (Cochran 1954): the least one is given. Checked
//! against `scipy.stats.chi2_contingency` and `contingency.association` 1.17.1.

use crate::error::{Error, Result};
use crate::math::distribution::chi_square_sf;
use crate::math::sum::{sum, sum_of};

/// Expected counts below this make the p-value doubtful (Cochran's rule).
pub const SMALL_EXPECTED: f64 = 5.0;

/// What the test gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChiSquare {
    /// The statistic.
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// p-value.
    pub p: f64,
    /// Cramer's V, 0 (independent) to 1.
    pub cramers_v: f64,
    /// Least expected count.
    pub least_expected: f64,
}

/// Tests `counts`, one list a row, each of equal length and >= 0. Empty rows and columns are left out. `yates`: continuity correction of
/// 2 x 2 tables (of statistic and p-value, not of V).
///
/// # Errors
/// Rows of unequal length, or fewer than two rows or columns that are not empty.
pub fn independence(counts: &[Vec<f64>], yates: bool) -> Result<ChiSquare> {
    let width = counts.first().map_or(0, Vec::len);
    if counts.iter().any(|row| row.len() != width || row.iter().any(|c| !(c.is_finite() && *c >= 0.0))) {
        return Err(Error::internal("a table of counts of unequal rows"));
    }
    let row_sums: Vec<f64> = counts.iter().map(|row| sum(row)).filter(|s| *s > 0.0).collect();
    let rows: Vec<&Vec<f64>> = counts.iter().filter(|row| sum(row) > 0.0).collect();
    let kept: Vec<usize> = (0..width).filter(|&j| rows.iter().any(|row| row[j] > 0.0)).collect();
    let column_sums: Vec<f64> = kept.iter().map(|&j| sum_of(rows.iter().map(|row| row[j]))).collect();
    if rows.len() < 2 || kept.len() < 2 {
        let why = "the table has fewer than two rows or columns that are not empty";
        return Err(Error::not_computable("The chi-square test", why, "Give two columns with at least two values each."));
    }
    let n = sum(&row_sums);
    let cells = || (0..rows.len()).flat_map(|i| (0..kept.len()).map(move |j| (i, j)));
    let expected = |(i, j): (usize, usize)| row_sums[i] * column_sums[j] / n;
    let chi2 = |correction: f64| {
        let term = |(i, j): (usize, usize)| {
            let apart = ((rows[i][kept[j]] - expected((i, j))).abs() - correction).max(0.0);
            apart * apart / expected((i, j))
        };
        sum_of(cells().map(term))
    };
    #[expect(clippy::cast_precision_loss, reason = "levels are few")]
    let (df, least_side) = (((rows.len() - 1) * (kept.len() - 1)) as f64, (rows.len().min(kept.len()) - 1) as f64);
    let statistic = chi2(if yates && df == 1.0 { 0.5 } else { 0.0 });
    Ok(ChiSquare {
        statistic,
        df,
        p: chi_square_sf(statistic, df),
        cramers_v: (chi2(0.0) / (n * least_side)).sqrt().min(1.0),
        least_expected: cells().map(expected).fold(f64::INFINITY, f64::min),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::golden;

    #[test]
    fn test_and_effect_agree_with_the_reference() {
        for case in golden::cases("chi2_contingency") {
            let plain = independence(&case.rows("table"), false).unwrap();
            let corrected = independence(&case.rows("table"), true).unwrap();
            let pairs = [
                (plain.statistic, "chi2"),
                (plain.p, "p"),
                (plain.df, "df"),
                (plain.cramers_v, "v"),
                (plain.least_expected, "least"),
                (corrected.statistic, "yates_chi2"),
                (corrected.p, "yates_p"),
            ];
            for (found, name) in pairs {
                golden::close(found, case.expected(name), 1e-10);
            }
        }
    }

    #[test]
    fn empty_rows_do_not_count_and_one_row_is_not_enough() {
        let with = independence(&[vec![3.0, 0.0, 4.0], vec![0.0; 3], vec![5.0, 0.0, 1.0]], false).unwrap();
        assert_eq!(with, independence(&[vec![3.0, 4.0], vec![5.0, 1.0]], false).unwrap());
        assert!(independence(&[vec![3.0, 4.0]], false).is_err());
        assert!(independence(&[], true).is_err());
    }
}
