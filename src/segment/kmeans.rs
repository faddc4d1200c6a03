//! k-means: k centres such that the sum of squared distances of rows to the nearest is small (Lloyd 1982), started by k-means++ (Arthur and Vassilvitskii 2007).
//!
//! The best of [`STARTS`] starts goes on; they run on at most [`MOST_START_ROWS`] rows, and its centres then on all. A centre that loses its last row takes the row that is
//! furthest from its own. Our own: smartcore's `KMeans` starts from a generator whose numbers differ between 32 and 64 bit machines, and takes no
//! start from outside, so that the page and the command line would disagree. Sums are taken row by row. Checked against scikit-learn's `KMeans` on separated groups.

use super::drawn;
use crate::error::{Error, Result};
use crate::math::rng::Stream;
use crate::math::sum::sum;

/// Starts of which the best goes on.
pub const STARTS: u64 = 10;
/// Rows that starts are tried on.
pub const MOST_START_ROWS: usize = 10_000;
/// Rounds after which it ends though rows still change.
pub const MOST_ROUNDS: usize = 100;
/// Rows worked on at a time: their distances to all centres stay in the cache.
const BLOCK: usize = 256;

/// Rows in clusters.
#[derive(Clone, Debug, PartialEq)]
pub struct Clusters {
    /// Cluster of every row, shape `(n_rows,)`, below k.
    pub labels: Vec<u32>,
    /// Means, shape `(k, n_features)`.
    pub centres: Vec<Vec<f64>>,
    /// Sum of squared distances of rows to their centre.
    pub inertia: f64,
    /// Whether no row changed its cluster in the last round.
    pub settled: bool,
}

/// Clusters of `n` rows; `columns` of shape `(n_features, n)`, finite. `pulse` is called every round.
///
/// # Errors
/// Fewer distinct rows than clusters.
pub fn kmeans(columns: &[&[f64]], n: usize, k: usize, seed: u64, pulse: &dyn Fn()) -> Result<Clusters> {
    let few = || Error::not_computable("A segmentation", &format!("there are fewer distinct rows than {k} segments"), "Ask for fewer segments.");
    let rows = drawn(n, MOST_START_ROWS, seed, "segment/start rows");
    let part: Vec<Vec<f64>> = columns.iter().map(|c| rows.iter().map(|&i| c[i]).collect()).collect();
    let part: Vec<&[f64]> = part.iter().map(Vec::as_slice).collect();
    let mut best: Option<Clusters> = None;
    for start in 0..STARTS {
        let mut stream = Stream::new(seed, "segment/start", start);
        let Some(centres) = plus_plus(&part, rows.len(), k, &mut stream) else { continue };
        let found = lloyd(&part, rows.len(), centres, pulse);
        if best.as_ref().is_none_or(|b| found.inertia < b.inertia) {
            best = Some(found);
        }
    }
    let best = best.ok_or_else(few)?;
    Ok(if rows.len() == n { best } else { lloyd(columns, n, best.centres, pulse) })
}

/// Rows far from those drawn before: each with a chance in proportion to its squared distance to the nearest of them; `None` when all lie on them.
fn plus_plus(columns: &[&[f64]], n: usize, k: usize, stream: &mut Stream) -> Option<Vec<Vec<f64>>> {
    let row = |i: usize| columns.iter().map(|c| c[i]).collect::<Vec<f64>>();
    let first = stream.below(u32::try_from(n).ok()?) as usize;
    let mut centres = vec![row(first.min(n.checked_sub(1)?))];
    let mut nearest = vec![f64::INFINITY; n];
    while centres.len() < k {
        let newest = centres.last()?;
        let mut distances = vec![0.0; n];
        for (column, centre) in columns.iter().zip(newest) {
            distances.iter_mut().zip(*column).for_each(|(d, x)| *d += (x - centre) * (x - centre));
        }
        nearest.iter_mut().zip(&distances).for_each(|(near, d)| *near = near.min(*d));
        let total = sum(&nearest);
        if total.is_nan() || total <= 0.0 {
            return None;
        }
        let mut left = stream.uniform() * total;
        let mut last = None;
        for (i, near) in nearest.iter().enumerate().filter(|(_, near)| **near > 0.0) {
            last = Some(i);
            left -= near;
            if left < 0.0 {
                break;
            }
        }
        centres.push(row(last?));
    }
    Some(centres)
}

/// Rows to their nearest centres, centres to the means of their rows, until nothing changes.
fn lloyd(columns: &[&[f64]], n: usize, mut centres: Vec<Vec<f64>>, pulse: &dyn Fn()) -> Clusters {
    let mut labels = vec![u32::MAX; n];
    let mut distances = vec![0.0; n];
    let mut settled = false;
    for _ in 0..MOST_ROUNDS {
        pulse();
        let changed = assign(columns, &centres, &mut labels, &mut distances);
        fill_empty(&mut labels, &mut distances, centres.len());
        if !changed {
            settled = true;
            break;
        }
        centres = means(columns, &labels, &centres);
    }
    // The distances are those to the means of the rows as they are labelled.
    let within: Vec<f64> = (0..n).map(|i| columns.iter().zip(&centres[labels[i] as usize]).map(|(c, m)| (c[i] - m) * (c[i] - m)).sum()).collect();
    Clusters { labels, centres, inertia: sum(&within), settled }
}

/// The nearest centre of every row, the first of equals; whether any row changed.
fn assign(columns: &[&[f64]], centres: &[Vec<f64>], labels: &mut [u32], distances: &mut [f64]) -> bool {
    let mut changed = false;
    let mut to = vec![0.0; BLOCK];
    for (block, (labels, distances)) in labels.chunks_mut(BLOCK).zip(distances.chunks_mut(BLOCK)).enumerate() {
        let from = block * BLOCK;
        let until = from + labels.len();
        let mut best = vec![0_u32; labels.len()];
        distances.fill(f64::INFINITY);
        for (label, centre) in (0_u32..).zip(centres) {
            let to = &mut to[..labels.len()];
            to.fill(0.0);
            for (column, c) in columns.iter().zip(centre) {
                to.iter_mut().zip(&column[from..until]).for_each(|(d, x)| *d += (x - c) * (x - c));
            }
            for ((near, own), d) in distances.iter_mut().zip(&mut best).zip(to.iter()) {
                if *d < *near {
                    (*near, *own) = (*d, label);
                }
            }
        }
        for (label, own) in labels.iter_mut().zip(best) {
            changed |= *label != own;
            *label = own;
        }
    }
    changed
}

/// A cluster without rows takes the row furthest from its centre, of those that are not alone.
fn fill_empty(labels: &mut [u32], distances: &mut [f64], k: usize) {
    let mut sizes = vec![0_usize; k];
    labels.iter().for_each(|l| sizes[*l as usize] += 1);
    for empty in 0..k {
        if sizes[empty] > 0 {
            continue;
        }
        let candidates = (0..labels.len()).filter(|&i| sizes[labels[i] as usize] > 1);
        let furthest = candidates.reduce(|best, next| if distances[next] > distances[best] { next } else { best });
        if let Some(row) = furthest {
            sizes[labels[row] as usize] -= 1;
            sizes[empty] = 1;
            (labels[row], distances[row]) = (u32::try_from(empty).unwrap_or(u32::MAX), 0.0);
        }
    }
}

/// Means of the rows of each cluster; the former one of a cluster without rows.
fn means(columns: &[&[f64]], labels: &[u32], before: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut sizes = vec![0.0; before.len()];
    labels.iter().for_each(|l| sizes[*l as usize] += 1.0);
    let mut centres = before.to_vec();
    for (j, column) in columns.iter().enumerate() {
        let mut sums = vec![0.0; before.len()];
        column.iter().zip(labels).for_each(|(x, l)| sums[*l as usize] += x);
        for ((centre, sum), size) in centres.iter_mut().zip(sums).zip(&sizes).filter(|(_, size)| **size > 0.0) {
            centre[j] = sum / size;
        }
    }
    centres
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_its_rows_is_the_centre_and_no_row_is_nearer_to_another() {
        let mut stream = Stream::new(1, "test/kmeans", 0);
        let columns: Vec<Vec<f64>> = (0..3).map(|_| (0..700).map(|_| stream.normal()).collect()).collect();
        let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let found = kmeans(&columns, 700, 5, 9, &|| {}).unwrap();
        assert!(found.settled);
        let mut labels = found.labels.clone();
        assert!(!assign(&columns, &found.centres, &mut labels, &mut vec![0.0; 700]));
        for (a, b) in means(&columns, &found.labels, &found.centres).iter().flatten().zip(found.centres.iter().flatten()) {
            assert!((a - b).abs() < 1e-12);
        }
        assert_eq!(found, kmeans(&columns, 700, 5, 9, &|| {}).unwrap(), "the same seed");
    }

    #[test]
    fn with_more_rows_than_starts_are_tried_on_all_rows_are_labelled() {
        let n = MOST_START_ROWS + 77;
        let column: Vec<f64> = (0..n).map(|i| (i % 2) as f64 * 100.0 + (i % 5) as f64).collect();
        let found = kmeans(&[&column], n, 2, 1, &|| {}).unwrap();
        assert!(found.settled && (0..n).all(|i| (found.labels[i] == found.labels[1]) == (i % 2 == 1)));
    }

    #[test]
    fn as_many_clusters_as_distinct_rows_leave_nothing_over_and_one_more_is_refused() {
        let column = vec![1.0, 1.0, 2.0, 5.0, 5.0, 5.0];
        assert_eq!(kmeans(&[&column], 6, 3, 1, &|| {}).unwrap().inertia, 0.0);
        assert!(kmeans(&[&column], 6, 4, 1, &|| {}).is_err());
        assert!(kmeans(&[&[]], 0, 2, 1, &|| {}).is_err());
    }

    #[test]
    fn a_centre_that_loses_its_rows_takes_the_furthest() {
        let (mut labels, mut distances) = (vec![0, 0, 0, 2], vec![1.0, 9.0, 4.0, 50.0]);
        fill_empty(&mut labels, &mut distances, 3);
        assert_eq!((labels, distances[1]), (vec![0, 1, 0, 2], 0.0));
    }
}
