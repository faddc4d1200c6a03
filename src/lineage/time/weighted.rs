//! Weighted windows: a fixed weight for each row of a window.

use super::super::formula::{Latest, Part, Point, Read};
use super::axis::Axis;
use super::source::Source;
use serde::{Deserialize, Serialize};

/// A weighted sum of the values in a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weighted {
    /// Source column.
    pub source: usize,
    /// Rows back to the first weight's row; the next weight belongs to the row before it.
    pub by: i32,
    /// Weights, newest row first.
    pub weights: Vec<f64>,
}

impl Weighted {
    pub(super) fn reads(&self) -> Vec<Read> {
        #[expect(clippy::cast_possible_wrap, clippy::cast_possible_truncation, reason = "windows are short")]
        let width = self.weights.len() as i32;
        vec![Read { column: self.source, first: Some(1 - self.by - width), latest: Latest::Row(-self.by) }]
    }

    pub(super) fn cost(&self) -> f64 {
        4.8 + 0.01 * super::axis::real(self.weights.len())
    }

    /// Every weight is fitted.
    pub(super) fn n_constants(&self) -> usize {
        self.weights.iter().filter(|w| **w != 0.0).count()
    }

    /// Its value at a place.
    pub(super) fn at(&self, axis: &Axis<'_>, source: &Source<'_>, place: usize) -> Option<Point> {
        let (mut value, mut magnitude, mut squares) = (0.0, 0.0, 0.0);
        for (by, &weight) in (self.by..).zip(&self.weights) {
            if weight != 0.0 {
                let part = weight * source.get(axis.back(place, by)?)?;
                value += part;
                magnitude = f64::max(magnitude, part.abs());
                squares += weight * weight;
            }
        }
        Some(Point { value, magnitude, blur: source.blur * squares.sqrt() })
    }

    /// The places it reads.
    pub(super) fn parts(&self, cell: &dyn Fn(i32) -> Option<Part>) -> Vec<Part> {
        (self.by..).zip(&self.weights).filter(|(_, w)| **w != 0.0).filter_map(|(by, _)| cell(by)).collect()
    }
}
