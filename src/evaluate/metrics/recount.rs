//! A metric ready to be computed again over the same rows, each counted any number of times.
//!
//! Three forms suffice: sums of a few terms a row, cells of a confusion matrix, and rankings by score.

use super::Ranking;
use super::Scored;
use crate::math::sum::Accumulator;

/// Most terms a row may have in a metric of sums.
pub(crate) const MOST_TERMS: usize = 3;

/// A metric whose dear part is done.
#[derive(Clone, Debug)]
pub enum Recount {
    /// Sums over rows.
    Sums {
        /// Terms of every row, shape `(n_rows, 3)`.
        terms: Vec<[f64; MOST_TERMS]>,
        /// The value from the number of rows and the sums of the terms.
        join: fn(f64, [f64; MOST_TERMS]) -> Option<f64>,
    },
    /// A confusion matrix.
    Cells {
        /// `true class x n_classes + predicted class` of every row, shape `(n_rows,)`.
        cells: Vec<u32>,
        /// Number of classes.
        n_classes: usize,
        /// The value from the counted matrix.
        join: fn(&Cells) -> Option<f64>,
    },
    /// Rankings by score: one for a binary task, one a class otherwise; the value is the mean of those computable.
    Ranked {
        /// The rankings.
        rankings: Vec<Ranking>,
        /// Number of rows.
        n_rows: usize,
        /// The value of one ranking; counts have shape `(n_rows,)`.
        one: fn(&Ranking, &[u16]) -> Option<f64>,
    },
}

/// A counted confusion matrix.
#[derive(Clone, Debug)]
pub struct Cells {
    /// Number of classes.
    pub n_classes: usize,
    /// Rows by true class and predicted class, shape `(n_classes, n_classes)`, row by row.
    pub counts: Vec<u64>,
}

impl Cells {
    /// Rows of this class that were given this class.
    #[must_use]
    pub fn at(&self, truth: usize, predicted: usize) -> u64 {
        self.counts.get(truth * self.n_classes + predicted).copied().unwrap_or(0)
    }

    /// Rows of this class.
    #[must_use]
    pub fn truly(&self, class: usize) -> u64 {
        (0..self.n_classes).map(|k| self.at(class, k)).sum()
    }

    /// Rows that were given this class.
    #[must_use]
    pub fn predicted(&self, class: usize) -> u64 {
        (0..self.n_classes).map(|k| self.at(k, class)).sum()
    }

    /// The mean of `part / whole` over the classes that occur in truth or predictions; 0 of 0 counts as 0. Binary: of the positive
    /// class alone, and 0 of 0 is not computable.
    pub(crate) fn share(&self, part: fn(&Self, usize) -> u64, whole: fn(&Self, usize) -> u64) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
        let ratio = |class: usize| (whole(self, class) > 0).then(|| part(self, class) as f64 / whole(self, class) as f64);
        if self.n_classes == 2 {
            return ratio(1);
        }
        let present: Vec<usize> = (0..self.n_classes).filter(|&k| self.truly(k) + self.predicted(k) > 0).collect();
        #[expect(clippy::cast_precision_loss, reason = "classes are few")]
        (!present.is_empty()).then(|| present.iter().map(|&k| ratio(k).unwrap_or(0.0)).sum::<f64>() / present.len() as f64)
    }
}

impl Recount {
    /// A metric of sums; `term` gives a row's terms from truth and prediction (regression only).
    pub(crate) fn of_differences(
        scored: &Scored<'_>,
        term: impl Fn(f64, f64) -> [f64; MOST_TERMS],
        join: fn(f64, [f64; MOST_TERMS]) -> Option<f64>,
    ) -> Option<Self> {
        let terms = || scored.truth.iter().zip(&scored.predictions.values).map(|(&t, &p)| term(t, p)).collect();
        scored.is_sound().then(|| Self::Sums { terms: terms(), join })
    }

    /// A metric of a confusion matrix.
    pub(crate) fn of_cells(scored: &Scored<'_>, join: fn(&Cells) -> Option<f64>) -> Option<Self> {
        let cell = |(truth, predicted): (usize, usize)| u32::try_from(truth * scored.n_classes + predicted).unwrap_or(u32::MAX);
        let cells = || scored.classes().zip(scored.predictions.labels()).map(cell).collect();
        scored.is_sound().then(|| Self::Cells { cells: cells(), n_classes: scored.n_classes, join })
    }

    /// A metric of rank.
    pub(crate) fn of_ranks(scored: &Scored<'_>, one: fn(&Ranking, &[u16]) -> Option<f64>) -> Option<Self> {
        if !scored.is_sound() {
            return None;
        }
        let classes = if scored.n_classes == 2 { 1..2 } else { 0..scored.n_classes };
        let ranking = |class: usize| {
            let positive: Vec<bool> = scored.classes().map(|c| c == class).collect();
            Ranking::new(&scored.predictions.class(class), &positive)
        };
        Some(Self::Ranked { rankings: classes.map(ranking).collect(), n_rows: scored.truth.len(), one })
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        match self {
            Self::Sums { terms, .. } => terms.len(),
            Self::Cells { cells, .. } => cells.len(),
            Self::Ranked { n_rows, .. } => *n_rows,
        }
    }

    /// The value when every row counts once. Sums are compensated.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        let Self::Sums { terms, join } = self else { return self.counted(&vec![1; self.n_rows()]) };
        let mut sums = [Accumulator::default(); MOST_TERMS];
        for row in terms {
            for (sum, &term) in sums.iter_mut().zip(row) {
                sum.add(term);
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
        finite(join(terms.len() as f64, sums.map(|s| s.value())))
    }

    /// The value when row `i` counts `counts[i]` times; `counts` has shape `(n_rows,)`.
    #[must_use]
    pub fn counted(&self, counts: &[u16]) -> Option<f64> {
        match self {
            Self::Sums { terms, join } => {
                let (mut n, mut sums) = (0.0, [0.0; MOST_TERMS]);
                for (row, &count) in terms.iter().zip(counts) {
                    let count = f64::from(count);
                    n += count;
                    for (sum, &term) in sums.iter_mut().zip(row) {
                        *sum += count * term;
                    }
                }
                finite(join(n, sums))
            }
            Self::Cells { cells, n_classes, join } => {
                let mut matrix = vec![0_u64; n_classes * n_classes];
                for (&cell, &count) in cells.iter().zip(counts) {
                    if let Some(slot) = matrix.get_mut(cell as usize) {
                        *slot += u64::from(count);
                    }
                }
                finite(join(&Cells { n_classes: *n_classes, counts: matrix }))
            }
            Self::Ranked { rankings, one, .. } => {
                let values: Vec<f64> = rankings.iter().filter_map(|r| one(r, counts)).collect();
                #[expect(clippy::cast_precision_loss, reason = "classes are few")]
                finite((!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64))
            }
        }
    }
}

fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|v| v.is_finite())
}
