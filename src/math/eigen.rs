//! Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations.
//!
//! Every rotation takes one pair of cells off the diagonal to 0; sweeps over all pairs are repeated until nothing is left beside the diagonal
//! (Jacobi 1846; Golub and Van Loan 2013, 8.5). Slower than reduction to three diagonals, and as exact as the matrix allows even for small eigenvalues.
//! Checked against numpy's `linalg.eigh` to 1e-9.

use ndarray::Array2;

/// Most sweeps; fewer than ten are usual.
const SWEEPS: usize = 60;
/// Share of the diagonal below which a cell beside it is rounding.
const NOTHING: f64 = 1e-16;

/// Eigenvalues in descending order, and for each its eigenvector of length 1, shape `(n,)`, whose largest entry (the first of equals) is above 0.
/// `matrix`: symmetric and finite, shape `(n, n)`; time grows as n to the power of 3.
#[must_use]
pub fn symmetric(matrix: &Array2<f64>) -> (Vec<f64>, Vec<Vec<f64>>) {
    let n = matrix.nrows();
    let mut rows: Vec<Vec<f64>> = matrix.rows().into_iter().map(|r| r.to_vec()).collect();
    let mut vectors: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for _ in 0..SWEEPS {
        let mut rotated = false;
        for p in 0..n {
            for q in p + 1..n {
                if rows[p][q].abs() > NOTHING * (rows[p][p].abs() * rows[q][q].abs()).sqrt().max(f64::MIN_POSITIVE) {
                    let (c, s) = angle(&rows, p, q);
                    rotate(&mut rows, &mut vectors, (p, q), c, s);
                    rotated = true;
                }
            }
        }
        if !rotated {
            break;
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| rows[b][b].total_cmp(&rows[a][a]).then(a.cmp(&b)));
    let values = order.iter().map(|&k| rows[k][k]).collect();
    let vectors = order.iter().map(|&k| upright(std::mem::take(&mut vectors[k]))).collect();
    (values, vectors)
}

/// Cosine and sine of the rotation, by at most an eighth of a turn, that takes the cell (p, q) to 0.
fn angle(rows: &[Vec<f64>], p: usize, q: usize) -> (f64, f64) {
    let theta = (rows[q][q] - rows[p][p]) / (2.0 * rows[p][q]);
    let t = if theta.is_finite() { theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt()) } else { 0.0 };
    let c = 1.0 / (t * t + 1.0).sqrt();
    (c, t * c)
}

/// Turns the matrix and the vectors in the plane of `pair`.
fn rotate(rows: &mut [Vec<f64>], vectors: &mut [Vec<f64>], pair: (usize, usize), c: f64, s: f64) {
    let (p, q) = pair;
    let turn = |a: f64, b: f64| (c * a - s * b, s * a + c * b);
    for list in [&mut *rows, vectors] {
        let (before, from_q) = list.split_at_mut(q);
        for (a, b) in before[p].iter_mut().zip(from_q[0].iter_mut()) {
            (*a, *b) = turn(*a, *b);
        }
    }
    for row in rows.iter_mut() {
        (row[p], row[q]) = turn(row[p], row[q]);
    }
    (rows[p][q], rows[q][p]) = (0.0, 0.0);
}

/// The vector with its largest entry above 0.
fn upright(mut vector: Vec<f64>) -> Vec<f64> {
    let largest = vector.iter().fold(0.0_f64, |best, v| if v.abs() > best.abs() * (1.0 + 1e-9) { *v } else { best });
    if largest < 0.0 {
        vector.iter_mut().for_each(|v| *v = -*v);
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::linear::dot;
    use crate::math::rng::Stream;

    #[test]
    fn a_small_matrix_is_as_numpy_has_it() {
        const NUMPY_VALUES: [f64; 4] = [6.844621107234965, 2.2685314064312423, 1.0843644637732166, -2.1975169774394243];
        const NUMPY_VECTORS: [[f64; 4]; 4] = [
            [0.7180459594506796, 0.2211529881551807, -0.5573513771375096, 0.3533564748939929],
            [0.20171109662094233, 0.7894499124874397, 0.5796341693167879, 0.010280998686330534],
            [0.6422600067660328, -0.5441878481946866, 0.5202218509386148, -0.14398227457619123],
            [-0.17670517062447652, -0.17810046990630068, 0.2876680343197011, 0.9242849167461131],
        ];
        // numpy 2.4.6: linalg.eigh([[4, 1, -2, 2], [1, 2, 0, 1], [-2, 0, 3, -2], [2, 1, -2, -1]])
        let matrix =
            Array2::from_shape_vec((4, 4), vec![4.0, 1.0, -2.0, 2.0, 1.0, 2.0, 0.0, 1.0, -2.0, 0.0, 3.0, -2.0, 2.0, 1.0, -2.0, -1.0]).unwrap();
        let (values, vectors) = symmetric(&matrix);
        for (a, b) in values.iter().zip(NUMPY_VALUES) {
            assert!((a - b).abs() < 1e-12, "{a} {b}");
        }
        for (a, b) in vectors.iter().flatten().zip(NUMPY_VECTORS.iter().flatten()) {
            assert!((a - b).abs() < 1e-12, "{a} {b}");
        }
    }

    #[test]
    fn the_vectors_are_a_right_angled_frame_that_gives_the_matrix_back() {
        let mut stream = Stream::new(1, "eigen", 0);
        let n = 40;
        let mut matrix = Array2::zeros((n, n));
        for i in 0..n {
            for j in 0..=i {
                let value = stream.normal() * if i % 5 == 0 { 1e-4 } else { 1.0 };
                (matrix[[i, j]], matrix[[j, i]]) = (value, value);
            }
        }
        let (values, vectors) = symmetric(&matrix);
        assert!(values.windows(2).all(|w| w[0] >= w[1]));
        for i in 0..n {
            for j in 0..n {
                let unit = f64::from(u8::from(i == j));
                assert!((dot(&vectors[i], &vectors[j]) - unit).abs() < 1e-12);
                let back: f64 = (0..n).map(|k| values[k] * vectors[k][i] * vectors[k][j]).sum();
                assert!((back - matrix[[i, j]]).abs() < 1e-11);
            }
        }
    }

    #[test]
    fn nothing_and_a_diagonal_are_left_as_they_are() {
        assert!(symmetric(&Array2::zeros((0, 0))).0.is_empty());
        let (values, vectors) = symmetric(&Array2::from_shape_vec((2, 2), vec![1.0, 0.0, 0.0, 3.0]).unwrap());
        assert_eq!((values, vectors), (vec![3.0, 1.0], vec![vec![0.0, 1.0], vec![1.0, 0.0]]));
    }
}
