//! Which rows are learned from and which are judged on. Fitting anything on judged rows does not compile:
//! `fit` takes a [`Train`], and only this module can make one.

mod dealt;
mod grouped;
mod strategy;
#[cfg(test)]
mod tests;
mod time_ordered;

pub use strategy::{FOLDS, LARGEST_HOLDOUT, REPEATS, SplitSettings, Strategy, make, resolve};

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Row numbers of a table, from 0, in the table's order unless said otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows(Arc<Vec<u32>>);

impl Rows {
    /// Row numbers as given.
    #[must_use]
    pub fn new(rows: Vec<u32>) -> Self {
        Self(Arc::new(rows))
    }

    /// All rows of a table of `n_rows`.
    #[must_use]
    pub fn all(n_rows: usize) -> Self {
        Self::new((0..u32::try_from(n_rows).unwrap_or(u32::MAX)).collect())
    }

    /// The row numbers.
    #[must_use]
    pub fn as_slice(&self) -> &[u32] {
        &self.0
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Rows that may be learned from. Only a [`Split`] makes one, so nothing can be encoded, selected or enlarged before the rows are dealt:
///
/// ```compile_fail,E0308
/// # use watertight::{prepare::Recipe, split::Rows, table::Table, task::Task};
/// fn before_the_split(recipe: &Recipe, table: &Table, all: &Rows, task: &Task) {
///     let _ = recipe.fit(table, all, task);
/// }
/// ```
/// ```compile_fail,E0423
/// # use watertight::split::{Rows, Train};
/// fn pretended(all: Rows) -> Train {
///     Train(all)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Train(Rows);

impl Train {
    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &Rows {
        &self.0
    }

    /// Those of the rows that are kept, in their order: a part of what may be learned from may be learned from.
    #[must_use]
    pub fn part(&self, keep: impl Fn(u32) -> bool) -> Self {
        Self(Rows::new(self.0.as_slice().iter().copied().filter(|&row| keep(row)).collect()))
    }
}

/// Sealed rows for the final evaluation: not `Clone`, and moved when they are opened.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Holdout(Rows);

impl Holdout {
    /// How many rows are sealed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Breaks the seal: gives the rows and ends the holdout. The caller counts the opening.
    #[must_use]
    pub fn open(self) -> Rows {
        self.0
    }
}

/// One round of cross-validation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fold {
    /// Rows learned from.
    pub train: Train,
    /// Rows judged on.
    pub validation: Rows,
}

/// A partition: folds over the development rows, and sealed rows besides.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Split {
    /// The rounds, in order; those of the second dealing after all of the first.
    pub folds: Vec<Fold>,
    /// All development rows.
    pub development: Train,
    /// What the final model learns from: the development rows; of a sliding window, the latest of them.
    pub last: Train,
    /// Sealed rows, unless none were wanted.
    pub holdout: Option<Holdout>,
    /// Rows in no part: their target is missing, or a gap keeps them out.
    pub left_out: Rows,
}
