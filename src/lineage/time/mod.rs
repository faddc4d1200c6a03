//! Formulas over rows in time order within an entity: shifts, differences, windows, running totals.

use super::confirm::{Derivation, confirm};
use super::formula::{Formula, Latest, Part, Point, Read};
use super::frame::Frame;
use super::proof::Explained;
use serde::{Deserialize, Serialize};

/// A formula over rows in time order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case")]
pub enum TimeFormula {
    /// The value `by` rows before (negative: after).
    Shift {
        /// Source column.
        source: usize,
        /// Rows back.
        by: i32,
    },
}

impl TimeFormula {
    pub(super) fn reads(&self) -> Vec<Read> {
        match self {
            Self::Shift { source, by } => vec![Read { column: *source, first: Some(-by), latest: Latest::Row(-by) }],
        }
    }

    pub(super) fn all(&self, frame: &Frame<'_>) -> Vec<Option<Point>> {
        (0..frame.n_rows()).map(|position| self.at(frame, position)).collect()
    }

    /// What it gives at a position.
    #[must_use]
    pub fn at(&self, frame: &Frame<'_>, position: usize) -> Option<Point> {
        match self {
            Self::Shift { source, by } => {
                let value = *frame.values(*source)?.get(frame.back(position, *by)?)?;
                (!value.is_nan()).then_some(Point { value, magnitude: value.abs(), blur: frame.blur(*source) })
            }
        }
    }

    pub(super) fn parts(&self, frame: &Frame<'_>, position: usize) -> Vec<Part> {
        let cell = |column: usize, at: usize| Some(Part { column, row: *frame.order.get(at)?, value: *frame.values(column)?.get(at)? });
        match self {
            Self::Shift { source, by } => frame.back(position, *by).and_then(|at| cell(*source, at)).into_iter().collect(),
        }
    }

    pub(super) fn n_constants(&self) -> usize {
        match self {
            Self::Shift { .. } => 0,
        }
    }

    pub(super) fn cost(&self) -> f64 {
        match self {
            Self::Shift { by, .. } => 1.0 + f64::from(by.abs()) / 100.0,
        }
    }
}

/// Formulas over rows in time order that give the columns of `open`, several a column if several hold.
#[must_use]
pub fn search(frame: &Frame<'_>, open: &[usize]) -> Vec<Derivation> {
    let mut found = Vec::new();
    for &y in open {
        let Some(series) = frame.series.get(y).and_then(Option::as_ref) else { continue };
        let target = Explained::series(series);
        for source in (0..frame.n_columns()).filter(|&x| x != y && frame.values(x).is_some()) {
            for by in (-60..=60).filter(|&by| by != 0) {
                found.extend(confirm(frame, y, &target, &Formula::Time(TimeFormula::Shift { source, by })));
            }
        }
    }
    found
}
