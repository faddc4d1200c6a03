//! What the gradients of a loss are made of: the rows of the table that are one row to the trees, summed.
//!
//! For squared, logistic, softmax, Poisson and Tweedie losses the sums of weights and of weighted targets are all there is to know of equal rows, so training on joined rows
//! is training on all rows. For the others the targets are kept apart ([`Spread`]).

use super::spread::Spread;
use crate::features::Binned;
use crate::math::sum::sum_of;
use crate::model::TrainingSet;
use crate::task::TaskKind;

/// A training set with the weights that count.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    pub train: &'a TrainingSet,
    /// Row weights, shape `(n_rows,)`.
    pub weights: &'a [f64],
    pub binned: &'a Binned,
}

/// Sums over some rows of a table.
pub(super) struct Sums {
    /// Rows, shape `(n_rows,)` with the number of joined rows.
    pub rows: Vec<f64>,
    /// Weights, shape `(n_rows,)`.
    pub weights: Vec<f64>,
    /// Weighted targets: numbers, or indicators of the second class; for more classes one column for each class. Shape `(n_columns, n_rows)`.
    pub targets: Vec<Vec<f64>>,
    /// The targets themselves, for losses that ask for them.
    pub spread: Option<Spread>,
}

impl Sums {
    /// Sums over the `kept` rows (none: all).
    pub fn new(table: Table<'_>, kept: Option<&[bool]>, apart: bool) -> Self {
        let Table { train, weights, binned } = table;
        let columns = if train.kind() == TaskKind::Multiclass { train.n_classes() } else { 1 };
        let mut sums = Self {
            rows: vec![0.0; binned.n_rows()],
            weights: vec![0.0; binned.n_rows()],
            targets: vec![vec![0.0; binned.n_rows()]; columns],
            spread: None,
        };
        for (i, (&y, &w)) in train.target().iter().zip(weights).enumerate() {
            if kept.is_some_and(|kept| !kept[i]) {
                continue;
            }
            let row = binned.row(i);
            sums.rows[row] += 1.0;
            sums.weights[row] += w;
            if columns == 1 {
                sums.targets[0][row] += w * y;
            } else {
                sums.targets[y as usize][row] += w;
            }
        }
        if apart {
            let one = |i: usize| (binned.row(i) as u32, train.target()[i], weights[i]);
            let rows = (0..train.n_rows()).filter(|&i| kept.is_none_or(|kept| kept[i])).map(one).collect();
            sums.spread = Some(Spread::new(binned.n_rows(), rows));
        }
        sums
    }

    /// Weighted mean of the target.
    pub fn mean(&self) -> f64 {
        sum_of(self.targets[0].iter().copied()) / sum_of(self.weights.iter().copied())
    }

    /// Joined rows without any of the rows summed.
    pub fn absent(&self) -> Vec<u32> {
        (0..self.rows.len() as u32).filter(|&row| self.rows[row as usize] <= 0.0).collect()
    }
}
