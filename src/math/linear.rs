//! Small dense linear algebra in a fixed order: weighted cross products of columns and positive definite systems.
//!
//! Cross products of the columns X (centred, weighted): `C = sum_i w_i (x_i - m)(x_i - m)'`. Rows are added in blocks of
//! [`BLOCK`] and the blocks joined with compensation, so no number of workers changes a bit.
//! Systems are solved by Cholesky's factorisation of the matrix scaled to a unit diagonal (Golub and Van Loan, *Matrix
//! Computations*, 4th ed., 4.2); when it is not positive definite to working accuracy the least jitter that helps is
//! added to the diagonal and reported.

use super::sum::{Accumulator, sum, sum_of};
use crate::error::{Error, Result};
use ndarray::Array2;

/// Rows added in one run before partial sums are joined; a block of 100 columns stays in the second-level cache.
const BLOCK: usize = 256;
/// Shares of the (unit) diagonal tried in turn when a matrix is not positive definite.
const JITTERS: [f64; 4] = [0.0, 1e-10, 1e-8, 1e-6];
/// Least pivot of the scaled matrix: below it the column is a combination of earlier ones to working accuracy.
const LEAST_PIVOT: f64 = 1e-12;
/// A column is constant when its variance is below this share of its squared mean: rounding, not signal.
const CONSTANT_SHARE: f64 = 1e-26;

/// Weighted means and centred cross products of columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// Sum of the weights.
    pub total: f64,
    /// Weighted means, shape `(n_columns,)`.
    pub means: Vec<f64>,
    /// `sum_i w_i (x_ij - mean_j)(x_ik - mean_k)`, shape `(n_columns, n_columns)`, symmetric; rows of constant columns are exactly 0.
    pub products: Array2<f64>,
}

/// Weighted means and centred cross products of `columns` (each of shape `(n_rows,)`, finite) with `weights` (shape `(n_rows,)`, >= 0, sum > 0).
///
/// # Errors
/// The weights sum to 0, or the sums leave the range of numbers.
pub fn moments(columns: &[&[f64]], weights: &[f64]) -> Result<Moments> {
    let total = sum(weights);
    if total.is_nan() || total <= 0.0 {
        return Err(Error::not_computable("The cross products", "there are no rows with a weight above 0", "Check the weight column."));
    }
    let means: Vec<f64> = columns.iter().map(|c| sum_of(c.iter().zip(weights).map(|(x, w)| x * w)) / total).collect();
    let mut products = cross_products(columns, &means, weights);
    if means.iter().chain(&products).any(|v| !v.is_finite()) {
        return Err(Error::not_computable(
            "The cross products",
            "a feature is missing somewhere or too large",
            "Impute and scale the features first.",
        ));
    }
    for (j, mean) in means.iter().enumerate() {
        if products[[j, j]] <= CONSTANT_SHARE * total * mean * mean {
            products.row_mut(j).fill(0.0);
            products.column_mut(j).fill(0.0);
        }
    }
    Ok(Moments { total, means, products })
}

/// `sum_i w_i (x_ij - c_j)(x_ik - c_k)`, shape `(n_columns, n_columns)`, symmetric, for `columns` each of shape `(n_rows,)`,
/// `centres` c of shape `(n_columns,)` and `weights` of shape `(n_rows,)`.
#[must_use]
pub fn cross_products(columns: &[&[f64]], centres: &[f64], weights: &[f64]) -> Array2<f64> {
    let p = columns.len();
    let mut sums = vec![Accumulator::default(); p * p];
    let mut block = vec![0.0; p * BLOCK];
    let mut weighted = [0.0; BLOCK];
    for start in (0..weights.len()).step_by(BLOCK) {
        let end = (start + BLOCK).min(weights.len());
        let size = end - start;
        for ((column, centre), target) in columns.iter().zip(centres).zip(block.chunks_exact_mut(BLOCK)) {
            for (cell, x) in target.iter_mut().zip(&column[start..end]) {
                *cell = x - centre;
            }
        }
        for j in 0..p {
            let right = &block[j * BLOCK..j * BLOCK + size];
            for ((cell, x), w) in weighted.iter_mut().zip(right).zip(&weights[start..end]) {
                *cell = x * w;
            }
            for i in 0..=j {
                sums[i * p + j].add(dot(&block[i * BLOCK..i * BLOCK + size], &weighted[..size]));
            }
        }
    }
    Array2::from_shape_fn((p, p), |(i, j)| sums[i.min(j) * p + i.max(j)].value())
}

/// Sum of products of two slices of equal length, in eight interleaved runs joined in a fixed order.
#[must_use]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut runs = [0.0; 8];
    let (head_a, tail_a) = a.as_chunks::<8>();
    let (head_b, tail_b) = b.as_chunks::<8>();
    for (x, y) in head_a.iter().zip(head_b) {
        for k in 0..8 {
            runs[k] += x[k] * y[k];
        }
    }
    let tail: f64 = tail_a.iter().zip(tail_b).map(|(x, y)| x * y).sum();
    ((runs[0] + runs[4]) + (runs[1] + runs[5])) + ((runs[2] + runs[6]) + (runs[3] + runs[7])) + tail
}

/// Product of a symmetric matrix, shape `(n, n)`, and a vector, shape `(n,)`.
#[must_use]
pub fn times(matrix: &Array2<f64>, vector: &[f64]) -> Vec<f64> {
    matrix.rows().into_iter().map(|row| row.to_slice().map_or_else(|| row.iter().zip(vector).map(|(a, b)| a * b).sum(), |r| dot(r, vector))).collect()
}

/// The factor of a symmetric positive definite matrix.
#[derive(Clone, Debug)]
pub struct Cholesky {
    lower: Vec<Vec<f64>>,
    scale: Vec<f64>,
    /// Share of the diagonal that had to be added to make the matrix positive definite; 0 when none.
    pub jitter: f64,
}

impl Cholesky {
    /// Factors a symmetric matrix, shape `(n, n)`, finite. A row whose diagonal is 0 is left out: its unknown is 0.
    ///
    /// # Errors
    /// The matrix is not positive definite even with a jitter of 1e-6 of its diagonal, or not finite.
    pub fn new(matrix: &Array2<f64>) -> Result<Self> {
        let n = matrix.nrows();
        let scale: Vec<f64> = (0..n).map(|i| matrix[[i, i]]).map(|d| if d > 0.0 { 1.0 / d.sqrt() } else { 0.0 }).collect();
        JITTERS.iter().find_map(|&jitter| factor(matrix, &scale, jitter).map(|lower| Self { lower, scale: scale.clone(), jitter })).ok_or_else(|| {
            Error::not_computable(
                "A linear system",
                "its matrix is not positive definite",
                "Leave out features that repeat others, or raise the penalty.",
            )
        })
    }

    /// Solves for one right-hand side, shape `(n,)`.
    #[must_use]
    pub fn solve(&self, right: &[f64]) -> Vec<f64> {
        let n = self.scale.len();
        let mut x: Vec<f64> = right.iter().zip(&self.scale).map(|(b, s)| b * s).collect();
        for i in 0..n {
            x[i] = (x[i] - dot(&self.lower[i][..i], &x[..i])) / self.lower[i][i];
        }
        for i in (0..n).rev() {
            x[i] /= self.lower[i][i];
            let solved = x[i];
            for (cell, l) in x[..i].iter_mut().zip(&self.lower[i]) {
                *cell -= l * solved;
            }
        }
        x.iter().zip(&self.scale).map(|(x, s)| x * s).collect()
    }
}

fn factor(matrix: &Array2<f64>, scale: &[f64], jitter: f64) -> Option<Vec<Vec<f64>>> {
    let mut lower: Vec<Vec<f64>> = Vec::with_capacity(scale.len());
    for i in 0..scale.len() {
        let mut row = vec![0.0; i + 1];
        for j in 0..i {
            row[j] = (matrix[[i, j]] * scale[i] * scale[j] - dot(&row[..j], &lower[j][..j])) / lower[j][j];
        }
        let pivot = 1.0 + jitter - dot(&row[..i], &row[..i]);
        if !(pivot.is_finite() && pivot > LEAST_PIVOT) {
            return None;
        }
        row[i] = pivot.sqrt();
        lower.push(row);
    }
    Some(lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_solved_whatever_the_units_of_its_columns() {
        let matrix = Array2::from_shape_vec((3, 3), vec![4e12, 2e3, 0.0, 2e3, 3.0, 1e-4, 0.0, 1e-4, 2e-6]).unwrap();
        let wanted = [1e-6, -2.0, 1500.0];
        let solved = Cholesky::new(&matrix).unwrap();
        assert_eq!(solved.jitter.to_bits(), 0);
        for (x, w) in solved.solve(&times(&matrix, &wanted)).iter().zip(wanted) {
            assert!((x / w - 1.0).abs() < 1e-9, "{x} {w}");
        }
    }

    #[test]
    fn a_repeated_column_needs_jitter_and_says_so() {
        let matrix = Array2::from_shape_vec((2, 2), vec![1.0, 1.0, 1.0, 1.0]).unwrap();
        let solved = Cholesky::new(&matrix).unwrap();
        assert!(solved.jitter > 0.0);
        let x = solved.solve(&[2.0, 2.0]);
        assert!((x[0] + x[1] - 2.0).abs() < 1e-6 && (x[0] - x[1]).abs() < 1e-4);
    }

    #[test]
    fn a_matrix_that_is_not_finite_or_not_positive_is_refused() {
        assert!(Cholesky::new(&Array2::from_shape_vec((2, 2), vec![1.0, f64::NAN, f64::NAN, 1.0]).unwrap()).is_err());
        assert!(Cholesky::new(&Array2::from_shape_vec((2, 2), vec![1.0, 2.0, 2.0, 1.0]).unwrap()).is_err());
    }

    #[test]
    fn a_column_without_variance_has_an_unknown_of_zero() {
        let matrix = Array2::from_shape_vec((2, 2), vec![0.0, 0.0, 0.0, 2.0]).unwrap();
        assert_eq!(Cholesky::new(&matrix).unwrap().solve(&[0.0, 4.0])[0].to_bits(), 0);
    }

    #[test]
    fn cross_products_are_those_of_the_definition() {
        let a: Vec<f64> = (0..1000).map(|i| f64::from(i % 17) + 1e6).collect();
        let b: Vec<f64> = (0..1000).map(|i| f64::from(i * i % 23)).collect();
        let w: Vec<f64> = (0..1000).map(|i| f64::from(i % 3)).collect();
        let m = moments(&[&a, &b, &vec![0.1; 1000]], &w).unwrap();
        let direct = sum_of((0..1000).map(|i| w[i] * (a[i] - m.means[0]) * (b[i] - m.means[1])));
        assert!((m.products[[0, 1]] - direct).abs() < 1e-6 * direct.abs().max(1.0));
        assert_eq!(m.products[[1, 0]], m.products[[0, 1]]);
        assert!(m.products.row(2).iter().all(|v| *v == 0.0));
        assert!(moments(&[&a], &vec![0.0; 1000]).is_err());
    }
}
