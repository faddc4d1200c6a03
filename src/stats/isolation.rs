//! Trees that cut at random until a row stands alone: the fewer cuts that takes, the farther the row is from all others (Liu, Ting and Zhou 2008, ICDM, 413-422).
//!
//! A tree cuts at most [`ROWS`] rows: a random column, a random place between its least and greatest number, until every row is alone or [`CUTS`] cuts are made. The score
//! of a row is `2^(-h / c(rows))`, `h` its mean depth (a leaf of m rows counts `c(m)` more), `c(m) = 2 H(m-1) - 2 (m-1)/m` the mean depth of a search that finds
//! nothing: near 1 is far out, below 0.5 is ordinary. The sign is Liu's; scikit-learn's `score_samples` is its negative. `c(256)` is that of the paper.

use crate::math::elementary::{ln, pow};
use crate::math::rng::Stream;

/// Most rows that a tree cuts.
pub const ROWS: usize = 256;
/// Most cuts of a tree: the logarithm of its rows to the base of 2.
pub const CUTS: usize = 8;

/// Mean depth at which a search in a random tree of `n` rows finds that something is not there.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a few hundred rows")]
pub fn mean_depth(n: usize) -> f64 {
    if n < 2 {
        return 0.0;
    }
    let harmonic: f64 = ln(n as f64 - 1.0) + 0.577_215_664_901_532_9;
    if n == 2 { 1.0 } else { 2.0 * harmonic - 2.0 * (n as f64 - 1.0) / n as f64 }
}

/// One tree over `n` rows of columns (each of shape `(n,)`, finite), as nodes of three numbers: column (-1: a leaf), place of the cut (a leaf: what it adds to the
/// depth), node of the greater rows, counted in numbers from the tree's first.
#[must_use]
pub fn tree(table: &[Vec<f64>], n: usize, mut draw: Stream) -> Vec<f64> {
    let mut rows: Vec<usize> = (0..n).collect();
    // The first of a shuffle that stops when there are enough.
    let size = n.min(ROWS);
    for i in 0..size {
        let j = i + draw.below(u32::try_from(n - i).unwrap_or(u32::MAX)) as usize;
        rows.swap(i, j);
    }
    rows.truncate(size);
    let mut nodes = Vec::new();
    grow(table, &rows, 0, &mut draw, &mut nodes);
    nodes
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand numbers")]
fn grow(table: &[Vec<f64>], rows: &[usize], depth: usize, draw: &mut Stream, nodes: &mut Vec<f64>) {
    let ends = |c: &Vec<f64>| rows.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &r| (l.min(c[r]), h.max(c[r])));
    let varied: Vec<(usize, (f64, f64))> = table.iter().map(ends).enumerate().filter(|(_, (low, high))| low < high).collect();
    if depth >= CUTS || rows.len() < 2 || varied.is_empty() {
        nodes.extend([-1.0, mean_depth(rows.len()), 0.0]);
        return;
    }
    let (j, (low, high)) = varied[draw.below(u32::try_from(varied.len()).unwrap_or(1)) as usize];
    let cut = low + draw.uniform() * (high - low);
    let (below, above): (Vec<usize>, Vec<usize>) = rows.iter().partition(|&&r| table[j][r] <= cut);
    let own = nodes.len();
    nodes.extend([j as f64, cut, 0.0]);
    grow(table, &below, depth + 1, draw, nodes);
    nodes[own + 2] = nodes.len() as f64;
    grow(table, &above, depth + 1, draw, nodes);
}

/// How deep a row falls in a tree; nodes that lead nowhere end it at [`CUTS`].
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places in a list of a few thousand numbers"
)]
pub fn depth(nodes: &[f64], table: &[Vec<f64>], row: usize) -> f64 {
    let mut node = 0;
    for depth in 0..=CUTS {
        let (Some(&j), Some(&value), Some(&next)) = (nodes.get(node), nodes.get(node + 1), nodes.get(node + 2)) else { break };
        if j < 0.0 {
            return depth as f64 + value;
        }
        let x = table.get(j as usize).and_then(|c| c.get(row)).copied().unwrap_or(0.0);
        node = if x <= value { node + 3 } else { next as usize };
    }
    CUTS as f64
}

/// The score of a mean depth in trees of `rows` rows, 0 to 1.
#[must_use]
pub fn score(depth: f64, rows: usize) -> f64 {
    pow(2.0, -depth / mean_depth(rows.clamp(2, ROWS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_depth_of_256_rows_is_that_of_the_paper() {
        assert!((mean_depth(256) - 10.244_770_920_119_917).abs() < 1e-12);
        assert_eq!((mean_depth(1), mean_depth(2)), (0.0, 1.0));
    }

    #[test]
    fn a_row_apart_is_alone_after_fewer_cuts() {
        let mut values: Vec<f64> = (0..200).map(f64::from).collect();
        values.push(5_000.0);
        let table = vec![values];
        let trees: Vec<Vec<f64>> = (0..50).map(|t| tree(&table, 201, Stream::new(1, "apart", t))).collect();
        let mean = |row: usize| trees.iter().map(|t| depth(t, &table, row)).sum::<f64>() / 50.0;
        assert!(mean(200) < 2.0 && mean(100) > 6.0);
        assert!(score(mean(200), 201) > 0.8 && score(mean(100), 201) < 0.6);
    }
}
