//! Formulas over groups of rows: aggregates by a key or of the whole file.

use super::confirm::{Derivation, confirm};
use super::formula::{Formula, Latest, Part, Point, Read};
use super::frame::Frame;
use super::proof::Explained;
use crate::table::MISSING_CODE;
use serde::{Deserialize, Serialize};

/// A formula over the rows that share a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case")]
pub enum GroupFormula {
    /// Mean of the source over the rows of the key's level.
    Mean {
        /// Source column.
        source: usize,
        /// Key column.
        key: usize,
    },
}

impl GroupFormula {
    pub(super) fn reads(&self) -> Vec<Read> {
        match self {
            Self::Mean { source, key } => {
                vec![Read { column: *source, first: None, latest: Latest::WholeFile }, Read::same_row(*key)]
            }
        }
    }

    pub(super) fn all(&self, frame: &Frame<'_>) -> Vec<Option<Point>> {
        match self {
            Self::Mean { source, key } => means(frame, *source, *key).unwrap_or_else(|| vec![None; frame.n_rows()]),
        }
    }

    pub(super) fn parts(&self, _frame: &Frame<'_>, _position: usize) -> Vec<Part> {
        Vec::new()
    }

    pub(super) fn n_constants(&self) -> usize {
        match self {
            Self::Mean { .. } => 0,
        }
    }

    pub(super) fn cost(&self) -> f64 {
        match self {
            Self::Mean { .. } => 3.2,
        }
    }
}

fn means(frame: &Frame<'_>, source: usize, key: usize) -> Option<Vec<Option<Point>>> {
    let (values, key) = (frame.values(source)?, frame.keys.get(key)?.as_ref()?);
    let mut sums = vec![(0.0, 0.0); key.n_levels];
    for (&code, &value) in key.codes.iter().zip(values).filter(|(_, v)| !v.is_nan()) {
        if let Some(cell) = sums.get_mut(code as usize) {
            *cell = (cell.0 + value, cell.1 + 1.0);
        }
    }
    let blur = frame.blur(source);
    let point = |&code: &u32| {
        let (sum, n) = *sums.get(code as usize).filter(|s| code != MISSING_CODE && s.1 > 0.0)?;
        Some(Point { value: sum / n, magnitude: (sum / n).abs(), blur: blur / f64::sqrt(n) })
    };
    Some(key.codes.iter().map(point).collect())
}

/// Formulas over groups of rows that give the columns of `open`, several a column if several hold.
#[must_use]
pub fn search(frame: &Frame<'_>, open: &[usize]) -> Vec<Derivation> {
    let mut found = Vec::new();
    for &y in open {
        let Some(series) = frame.series.get(y).and_then(Option::as_ref) else { continue };
        let target = Explained::series(series);
        for key in (0..frame.n_columns()).filter(|&k| k != y && frame.keys[k].is_some()) {
            for source in (0..frame.n_columns()).filter(|&x| x != y && x != key && frame.values(x).is_some()) {
                found.extend(confirm(frame, y, &target, &Formula::Group(GroupFormula::Mean { source, key })));
            }
        }
    }
    found
}
