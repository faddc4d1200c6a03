//! Least squares on a handful of columns, eliminated in the order given: a column that follows from those before it gets
//! weight 0, so that raw columns explain derived ones and not the other way round.

/// A pivot below this share of its column's own size is taken for 0: the column follows from those before it.
const DEPENDENT: f64 = 1e-10;

/// A fit `y = constant + sum(weights x columns)`.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    pub constant: f64,
    pub weights: Vec<f64>,
    /// Standard error of each weight under independent residuals; 0 for a weight of 0.
    pub errors: Vec<f64>,
    /// Root mean square residual.
    pub rms: f64,
    /// Share of the variance of y explained, 0..=1.
    pub explained: f64,
}

/// Fits on the given rows of the sample. `x`: one slice a column, shape `(n_sample,)` each, no missing values. `None` when y
/// is constant or there are not more rows than columns.
pub(super) fn fit(y: &[f64], x: &[&[f64]], rows: &[usize]) -> Option<Fit> {
    let k = x.len();
    if rows.len() <= k + 1 {
        return None;
    }
    let centred: Vec<(Vec<f64>, f64, f64)> = x.iter().map(|c| standardise(c, rows)).collect();
    let (target, mean, scale) = standardise(y, rows);
    if scale == 0.0 {
        return None;
    }
    let gram: Vec<Vec<f64>> = (0..k).map(|i| (0..=i).map(|j| dot(&centred[i].0, &centred[j].0)).collect()).collect();
    let right: Vec<f64> = centred.iter().map(|c| dot(&c.0, &target)).collect();
    let (lower, used) = cholesky(&gram);
    let solution = solve(&lower, &used, &right);
    let residuals: Vec<f64> = (0..rows.len()).map(|i| target[i] - solution.iter().zip(&centred).map(|(w, c)| w * c.0[i]).sum::<f64>()).collect();
    let left = dot(&residuals, &residuals);
    #[expect(clippy::cast_precision_loss, reason = "samples are small")]
    let (n, free) = (rows.len() as f64, (rows.len() - k - 1).max(1) as f64);
    let spread = (left / free).sqrt() * scale;
    let weights: Vec<f64> = solution.iter().zip(&centred).map(|(w, c)| if c.2 == 0.0 { 0.0 } else { w * scale / c.2 }).collect();
    let errors: Vec<f64> =
        inverse_diagonal(&lower, &used).iter().zip(&centred).map(|(d, c)| if c.2 == 0.0 { 0.0 } else { d.sqrt() * spread / c.2 }).collect();
    let constant = mean - weights.iter().zip(&centred).map(|(w, c)| w * c.1).sum::<f64>();
    Some(Fit { constant, weights, errors, rms: (left / n).sqrt() * scale, explained: (1.0 - left).clamp(0.0, 1.0) })
}

/// Values of the rows less their mean, scaled to unit length; mean and length beside.
pub(super) fn standardise(values: &[f64], rows: &[usize]) -> (Vec<f64>, f64, f64) {
    #[expect(clippy::cast_precision_loss, reason = "samples are small")]
    let mean = crate::math::sum::sum_of(rows.iter().map(|&r| values[r])) / rows.len().max(1) as f64;
    let mut out: Vec<f64> = rows.iter().map(|&r| values[r] - mean).collect();
    let largest = out.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    // A constant column leaves only the rounding of its mean.
    if largest <= 1e-12 * mean.abs() || largest == 0.0 {
        return (vec![0.0; rows.len()], mean, 0.0);
    }
    let length = largest * out.iter().map(|v| (v / largest) * (v / largest)).sum::<f64>().sqrt();
    out.iter_mut().for_each(|v| *v /= length);
    (out, mean, length)
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Lower factor of a Gram matrix given by its lower rows; dependent columns are left out.
fn cholesky(gram: &[Vec<f64>]) -> (Vec<Vec<f64>>, Vec<bool>) {
    let k = gram.len();
    let mut lower = vec![Vec::new(); k];
    let mut used = vec![false; k];
    for i in 0..k {
        let mut row = vec![0.0; i + 1];
        for j in 0..i {
            if used[j] {
                let before: f64 = (0..j).map(|m| row[m] * lower_at(&lower, j, m)).sum();
                row[j] = (gram[i][j] - before) / lower_at(&lower, j, j);
            }
        }
        let pivot = gram[i][i] - (0..i).map(|m| row[m] * row[m]).sum::<f64>();
        used[i] = pivot > DEPENDENT;
        row[i] = if used[i] { pivot.sqrt() } else { 0.0 };
        lower[i] = row;
    }
    (lower, used)
}

fn lower_at(lower: &[Vec<f64>], i: usize, j: usize) -> f64 {
    lower.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0.0)
}

fn solve(lower: &[Vec<f64>], used: &[bool], right: &[f64]) -> Vec<f64> {
    let k = right.len();
    let mut forward = vec![0.0; k];
    for i in (0..k).filter(|&i| used[i]) {
        let before: f64 = (0..i).map(|m| lower[i][m] * forward[m]).sum();
        forward[i] = (right[i] - before) / lower[i][i];
    }
    let mut out = vec![0.0; k];
    for i in (0..k).rev().filter(|&i| used[i]) {
        let after: f64 = (i + 1..k).filter(|&m| used[m]).map(|m| lower[m][i] * out[m]).sum();
        out[i] = (forward[i] - after) / lower[i][i];
    }
    out
}

/// Diagonal of the inverse Gram matrix over the columns used; 0 for the others.
fn inverse_diagonal(lower: &[Vec<f64>], used: &[bool]) -> Vec<f64> {
    let k = used.len();
    let mut diagonal = vec![0.0; k];
    for c in (0..k).filter(|&c| used[c]) {
        let mut column = vec![0.0; k];
        column[c] = 1.0 / lower[c][c];
        for i in (c + 1..k).filter(|&i| used[i]) {
            let before: f64 = (c..i).map(|m| lower[i][m] * column[m]).sum();
            column[i] = -before / lower[i][i];
        }
        diagonal[c] = dot(&column, &column);
    }
    diagonal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_come_back_and_a_dependent_column_gets_none() {
        let a: Vec<f64> = (0..40).map(|i| f64::from(i * i % 17)).collect();
        let b: Vec<f64> = (0..40).map(|i| f64::from(i * 7 % 11)).collect();
        let both: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a + b).collect();
        let y: Vec<f64> = a.iter().zip(&b).map(|(a, b)| 3.0 + 2.0 * a - 0.5 * b).collect();
        let rows: Vec<usize> = (0..40).collect();
        let fit = fit(&y, &[&a, &b, &both], &rows).unwrap();
        assert!((fit.weights[0] - 2.0).abs() < 1e-9 && (fit.weights[1] + 0.5).abs() < 1e-9 && fit.weights[2] == 0.0);
        assert!((fit.constant - 3.0).abs() < 1e-9 && fit.explained > 1.0 - 1e-12);
    }

    #[test]
    fn a_constant_target_or_too_few_rows_have_no_fit() {
        assert!(fit(&[1.0; 9], &[&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]], &[0, 1, 2, 3, 4, 5, 6, 7, 8]).is_none());
        assert!(fit(&[1.0, 2.0], &[&[1.0, 2.0]], &[0, 1]).is_none());
    }
}
