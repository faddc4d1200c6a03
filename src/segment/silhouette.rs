//! Silhouette: how much nearer a row is to its own cluster than to the next one (Rousseeuw 1987).
//!
//! `s = (b - a) / max(a, b)` with a the mean distance to the other rows of its cluster and b the least mean distance to the rows of another; 0 for a row alone in its cluster.
//! Between -1 and 1. Checked against scikit-learn's `silhouette_samples` to 1e-10.

use crate::math::sum::sum_of;

/// Silhouettes of some rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Silhouette {
    /// Mean over the rows.
    pub mean: f64,
    /// Mean over the rows of each cluster, shape `(k,)`; `None` where none was judged.
    pub by_cluster: Vec<Option<f64>>,
    /// Of each row, in the order given.
    pub each: Vec<f64>,
}

/// Silhouettes of `rows` among themselves. `columns`: shape `(n_features, n)`; `labels`: shape `(n,)`, below `k`. `None` when the rows lie in one cluster, or each
/// alone in its own.
#[must_use]
pub fn silhouette(columns: &[&[f64]], labels: &[u32], rows: &[usize], k: usize) -> Option<Silhouette> {
    let labels: Vec<usize> = rows.iter().map(|&i| labels[i] as usize).collect();
    let mut sizes = vec![0_usize; k];
    labels.iter().for_each(|&l| sizes[l] += 1);
    let used = sizes.iter().filter(|n| **n > 0).count();
    if used < 2 || used >= rows.len() {
        return None;
    }
    let matrix: Vec<Vec<f64>> = rows.iter().map(|&i| columns.iter().map(|c| c[i]).collect()).collect();
    let mut sums = vec![vec![0.0; k]; rows.len()];
    for i in 0..rows.len() {
        for j in 0..i {
            let squared: f64 = matrix[i].iter().zip(&matrix[j]).map(|(a, b)| (a - b) * (a - b)).sum();
            let distance = squared.sqrt();
            sums[i][labels[j]] += distance;
            sums[j][labels[i]] += distance;
        }
    }
    let each: Vec<f64> = sums.iter().zip(&labels).map(|(sums, &own)| of_row(sums, own, &sizes)).collect();
    let mean = |wanted: &dyn Fn(usize) -> bool, n: usize| sum_of(each.iter().zip(&labels).filter(|(_, l)| wanted(**l)).map(|(s, _)| *s)) / ratio(n);
    let by_cluster = (0..k).map(|c| (sizes[c] > 0).then(|| mean(&|l| l == c, sizes[c]))).collect();
    Some(Silhouette { mean: mean(&|_| true, rows.len()), by_cluster, each })
}

/// From the sums of a row's distances to the rows of each cluster.
fn of_row(sums: &[f64], own: usize, sizes: &[usize]) -> f64 {
    if sizes[own] < 2 {
        return 0.0;
    }
    let within = sums[own] / ratio(sizes[own] - 1);
    let others = sums.iter().zip(sizes).enumerate().filter(|(c, (_, n))| *c != own && **n > 0);
    let next = others.map(|(_, (sum, n))| sum / ratio(*n)).fold(f64::INFINITY, f64::min);
    let larger = within.max(next);
    if larger > 0.0 { (next - within) / larger } else { 0.0 }
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn ratio(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_alone_has_none_and_two_pairs_far_apart_are_clear() {
        let found = silhouette(&[&[0.0, 1.0, 10.0, 11.0, 30.0]], &[0, 0, 1, 1, 2], &[0, 1, 2, 3, 4], 3).unwrap();
        assert_eq!(found.each, [1.0 - 1.0 / 10.5, 1.0 - 1.0 / 9.5, 1.0 - 1.0 / 9.5, 1.0 - 1.0 / 10.5, 0.0]);
        assert_eq!(found.by_cluster[2], Some(0.0));
    }

    #[test]
    fn rows_of_one_cluster_or_each_in_its_own_have_no_silhouette() {
        let columns: [&[f64]; 1] = [&[0.0, 1.0, 2.0]];
        assert_eq!(silhouette(&columns, &[1, 1, 1], &[0, 1, 2], 2), None);
        assert_eq!(silhouette(&columns, &[0, 1, 2], &[0, 1, 2], 3), None);
    }
}
