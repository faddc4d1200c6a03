//! Running totals that began before the file's first row: each entity has a value it starts with.

use super::super::formula::{Latest, Point, Read};
use super::axis::{Axis, real};
use super::source::Source;
use crate::math::sum::Accumulator;
use serde::{Deserialize, Serialize};

/// A running total with a free start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cumulative {
    /// Source column.
    pub source: usize,
    /// Rows back to the newest value.
    pub by: i32,
    /// The total each entity starts with, before its first row in the file.
    pub starts: Vec<f64>,
}

impl Cumulative {
    pub(super) fn reads(&self) -> Vec<Read> {
        vec![Read { column: self.source, first: None, latest: Latest::Row(-self.by) }]
    }

    pub(super) fn cost(&self) -> f64 {
        4.2 + f64::from(self.by.abs()) / 100.0
    }

    pub(super) fn n_constants(&self) -> usize {
        self.starts.len()
    }

    /// Its value at every place. Missing values add nothing.
    pub(super) fn all(&self, axis: &Axis<'_>, source: &Source<'_>) -> Vec<Option<Point>> {
        let mut points = vec![None; axis.len()];
        for (entity, range) in axis.entities().into_iter().enumerate() {
            let Some(&start) = self.starts.get(entity).filter(|s| !s.is_nan()) else { continue };
            let (mut total, mut largest, mut n) = (Accumulator::default(), start.abs(), 0);
            total.add(start);
            for place in range {
                let Some(value) = axis.back(place, self.by).and_then(|p| source.get(p)) else { continue };
                total.add(value);
                n += 1;
                largest = f64::max(largest, total.value().abs());
                points[place] = Some(Point { value: total.value(), magnitude: largest, blur: source.blur * real(n).sqrt() });
            }
        }
        points
    }
}
