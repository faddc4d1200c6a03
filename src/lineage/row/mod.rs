//! Formulas within one row: copies, sums, products, recodes of columns of the same row.

use super::confirm::{Derivation, confirm};
use super::formula::{Formula, Part, Point, Read};
use super::frame::Frame;
use super::proof::Explained;
use serde::{Deserialize, Serialize};

/// A formula over columns of one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case")]
pub enum RowFormula {
    /// `constant + sum(weight x column)`: copies, affine forms, sums and differences.
    Linear {
        /// Column and weight, in file order.
        terms: Vec<(usize, f64)>,
        /// Constant term.
        constant: f64,
    },
}

impl RowFormula {
    pub(super) fn reads(&self) -> Vec<Read> {
        match self {
            Self::Linear { terms, .. } => terms.iter().map(|t| Read::same_row(t.0)).collect(),
        }
    }

    pub(super) fn all(&self, frame: &Frame<'_>) -> Vec<Option<Point>> {
        (0..frame.n_rows()).map(|position| self.at(frame, position)).collect()
    }

    /// What it gives at a position.
    #[must_use]
    pub fn at(&self, frame: &Frame<'_>, position: usize) -> Option<Point> {
        match self {
            Self::Linear { terms, constant } => {
                let (mut value, mut magnitude, mut blur) = (*constant, constant.abs(), 0.0);
                for &(column, weight) in terms {
                    let part = weight * frame.values(column)?.get(position).copied().filter(|v| !v.is_nan())?;
                    value += part;
                    magnitude = f64::max(magnitude, part.abs());
                    blur += (weight * frame.blur(column)) * (weight * frame.blur(column));
                }
                Some(Point { value, magnitude, blur: blur.sqrt() })
            }
        }
    }

    pub(super) fn parts(&self, frame: &Frame<'_>, position: usize) -> Vec<Part> {
        let cell = |column: usize| Some(Part { column, row: *frame.order.get(position)?, value: *frame.values(column)?.get(position)? });
        match self {
            Self::Linear { terms, .. } => terms.iter().filter_map(|t| cell(t.0)).collect(),
        }
    }

    pub(super) fn n_constants(&self) -> usize {
        match self {
            Self::Linear { terms, constant } => match terms.as_slice() {
                [(_, weight)] => 2 * usize::from(*constant != 0.0 || *weight != 1.0),
                _ => usize::from(*constant != 0.0) + terms.iter().filter(|t| t.1.abs() != 1.0).count(),
            },
        }
    }

    pub(super) fn cost(&self) -> f64 {
        match self {
            Self::Linear { terms, .. } if terms.len() == 1 => 1.5 * f64::from(u8::from(self.n_constants() > 0)),
            Self::Linear { terms, .. } if terms.len() == 2 => 2.0,
            #[expect(clippy::cast_precision_loss, reason = "terms are few")]
            Self::Linear { terms, .. } => 2.5 + 0.3 * terms.len() as f64,
        }
    }
}

/// Formulas within one row that give the columns of `open`, several a column if several hold.
#[must_use]
pub fn search(frame: &Frame<'_>, open: &[usize]) -> Vec<Derivation> {
    let mut found = Vec::new();
    for &y in open {
        let Some(series) = frame.series.get(y).and_then(Option::as_ref) else { continue };
        let target = Explained::series(series);
        for x in (0..frame.n_columns()).filter(|&x| x != y && frame.values(x).is_some()) {
            let copy = Formula::Row(RowFormula::Linear { terms: vec![(x, 1.0)], constant: 0.0 });
            found.extend(confirm(frame, y, &target, &copy));
        }
    }
    found
}
