//! Histograms of the rows of a node.
//!
//! A cell holds sums over the rows of a bin: `[gradient_0 .. gradient_K-1, weight, rows]`, f64 each. `weight` is the sum of second derivatives (boosting) or of row
//! weights (forest); when it equals the number of rows both share a number and the cell is one shorter.

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
