//! Histograms of the rows of a node, and the best cut of one feature.
//!
//! A cell holds sums over the rows of a bin: `[gradient_0 .. gradient_K-1, weight, rows]`, f64 each. `weight` is the sum of second derivatives (boosting) or of row
//! weights (forest); when it equals the number of rows both share a number and the cell is one shorter. With S(node) = sum_k gradient_k^2 / (weight + l2) the gain of a
//! cut is S(left) + S(right) - S(node) (Friedman 2001; Chen and Guestrin 2016, eq. 7): variance for numbers, Gini's impurity for class indicators.

use std::ops::Range;

/// What the numbers of a cell are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Gradients in a cell.
    pub outputs: usize,
    /// Numbers in a cell: `outputs` + 1 when the weight is the number of rows, + 2 otherwise.
    pub width: usize,
}

impl Shape {
    /// The weight among the numbers of a cell.
    pub fn weight(self, cell: &[f64]) -> f64 {
        cell[self.outputs]
    }

    /// The number of rows among the numbers of a cell.
    pub fn rows(self, cell: &[f64]) -> f64 {
        cell[self.width - 1]
    }

    /// S of the sums of a node.
    pub fn score(self, cell: &[f64], l2: f64) -> f64 {
        let squares: f64 = cell[..self.outputs].iter().map(|g| g * g).sum();
        let weight = cell[self.outputs] + l2;
        if weight > 0.0 { squares / weight } else { 0.0 }
    }
}

/// What both sides of a cut must keep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Limits {
    /// Least rows on either side.
    pub min_rows: f64,
    /// Least weight on either side.
    pub min_weight: f64,
    /// Penalty on squared leaf values.
    pub l2: f64,
}

/// Adds rows to the cells of one feature: `codes` of all rows, the `rows` wanted, and their numbers in the same order, shape `(rows, width)`.
pub(super) fn accumulate(cells: &mut [f64], codes: &[u8], rows: &[u32], numbers: &[f64], width: usize) {
    match width {
        2 => accumulate_fixed::<2>(cells, codes, rows, numbers),
        3 => accumulate_fixed::<3>(cells, codes, rows, numbers),
        _ => {
            for (&row, add) in rows.iter().zip(numbers.chunks_exact(width)) {
                let start = codes[row as usize] as usize * width;
                for (cell, value) in cells[start..start + width].iter_mut().zip(add) {
                    *cell += value;
                }
            }
        }
    }
}

fn accumulate_fixed<const WIDTH: usize>(cells: &mut [f64], codes: &[u8], rows: &[u32], numbers: &[f64]) {
    let (cells, _) = cells.as_chunks_mut::<WIDTH>();
    let (numbers, _) = numbers.as_chunks::<WIDTH>();
    if rows.len() == codes.len() {
        for (&code, add) in codes.iter().zip(numbers) {
            let cell = &mut cells[code as usize];
            for k in 0..WIDTH {
                cell[k] += add[k];
            }
        }
        return;
    }
    for (&row, add) in rows.iter().zip(numbers) {
        let cell = &mut cells[codes[row as usize] as usize];
        for k in 0..WIDTH {
            cell[k] += add[k];
        }
    }
}

/// The best cut of one feature: the last bin that goes left, and S(left) + S(right). The first of equals; none when no cut keeps the limits.
pub(super) fn best_cut(cells: &[f64], node: &[f64], shape: Shape, limits: &Limits) -> Option<(usize, f64)> {
    if shape.outputs == 1 {
        return best_cut_single(cells, node, shape, limits);
    }
    let mut left = vec![0.0; shape.width];
    let mut right = node.to_vec();
    let mut best: Option<(usize, f64)> = None;
    let bins = cells.len() / shape.width;
    for (bin, cell) in cells.chunks_exact(shape.width).take(bins.saturating_sub(1)).enumerate() {
        if shape.rows(cell) <= 0.0 {
            continue;
        }
        for ((l, r), (c, n)) in left.iter_mut().zip(&mut right).zip(cell.iter().zip(node)) {
            *l += c;
            *r = n - *l;
        }
        if shape.rows(&right) < limits.min_rows {
            break;
        }
        if shape.rows(&left) >= limits.min_rows && shape.weight(&left) >= limits.min_weight && shape.weight(&right) >= limits.min_weight {
            let score = shape.score(&left, limits.l2) + shape.score(&right, limits.l2);
            if best.is_none_or(|b| score > b.1) {
                best = Some((bin, score));
            }
        }
    }
    best
}

fn best_cut_single(cells: &[f64], node: &[f64], shape: Shape, limits: &Limits) -> Option<(usize, f64)> {
    let (gradient, weight, rows) = (node[0], node[1], node[shape.width - 1]);
    let (mut g, mut w, mut n) = (0.0, 0.0, 0.0);
    let mut best: Option<(usize, f64)> = None;
    let bins = cells.len() / shape.width;
    for (bin, cell) in cells.chunks_exact(shape.width).take(bins.saturating_sub(1)).enumerate() {
        let here = cell[shape.width - 1];
        if here <= 0.0 {
            continue;
        }
        g += cell[0];
        w += cell[1];
        n += here;
        let (g_right, w_right) = (gradient - g, weight - w);
        if rows - n < limits.min_rows {
            break;
        }
        if n >= limits.min_rows && w >= limits.min_weight && w_right >= limits.min_weight {
            let score = g * g / (w + limits.l2) + g_right * g_right / (w_right + limits.l2);
            if best.is_none_or(|b| score > b.1) {
                best = Some((bin, score));
            }
        }
    }
    best
}

/// Where the cells of every feature lie in a histogram of all features.
pub(super) fn places(n_bins: impl Iterator<Item = usize>, width: usize) -> Vec<Range<usize>> {
    let mut start = 0;
    n_bins
        .map(|bins| {
            let place = start..start + bins * width;
            start = place.end;
            place
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape { outputs: 1, width: 2 };
    const LIMITS: Limits = Limits { min_rows: 1.0, min_weight: 1e-3, l2: 0.0 };

    #[test]
    fn the_best_cut_separates_what_differs() {
        let cells = [-3.0, 3.0, 0.0, 0.0, 3.0, 3.0];
        assert_eq!(best_cut(&cells, &[0.0, 6.0], SHAPE, &LIMITS), Some((0, 6.0)));
        assert_eq!(best_cut(&cells, &[0.0, 6.0], SHAPE, &Limits { min_rows: 4.0, ..LIMITS }), None);
    }

    #[test]
    fn one_output_and_several_agree() {
        let single = [1.0, 2.0, 2.0, -4.0, 3.0, 3.0, 2.5, 1.0, 1.0];
        let double = [1.0, 0.0, 2.0, 2.0, -4.0, 0.0, 3.0, 3.0, 2.5, 0.0, 1.0, 1.0];
        let limits = Limits { l2: 1.0, ..LIMITS };
        let one = best_cut(&single, &[-0.5, 6.0, 6.0], Shape { outputs: 1, width: 3 }, &limits);
        assert_eq!(one, best_cut(&double, &[-0.5, 0.0, 6.0, 6.0], Shape { outputs: 2, width: 4 }, &limits));
        assert!(one.is_some());
    }
}
