//! Formulas over rows in time order within an entity: shifts, changes, windows, running means and totals, and the calendar.
//!
//! The search goes from values to formulas: at a few rows ([`anchors`]) the value of every candidate is looked up among the
//! columns' values there, so its cost is columns x candidates and not columns x columns x candidates. A hit must hold on a few random
//! rows, stay ahead of chance in bits ([`screen`]), and is confirmed on all rows ([`mod@super::confirm`]).

mod anchors;
mod axis;
mod calendar;
mod change;
mod cumulative;
mod ewm;
mod fit;
mod function;
mod grid;
mod grow;
mod notation;
mod prefix;
mod recursive;
mod screen;
mod search;
mod source;
mod weighted;
mod window;

pub use calendar::{Calendar, Part as CalendarPart, Unit, Wave, labels};
pub use change::{Change, Comparison};
pub use cumulative::Cumulative;
pub use ewm::{Decay, Ewm};
pub use function::Function;
pub use grid::is_even;
pub use search::search;
pub use weighted::Weighted;
pub use window::{Closed, Extent, Window};

use super::formula::{Latest, MOST_PARTS, Part, Point, Read};
use super::frame::Frame;
use axis::Axis;
use serde::{Deserialize, Serialize};
use source::Source;

/// A formula over rows in time order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeFormula {
    /// The value `by` rows before (negative: after).
    Shift {
        /// Source column.
        source: usize,
        /// Rows back.
        by: i32,
    },
    /// A value set against an earlier one: difference, ratio, growth.
    Change(Change),
    /// A function of the values in a window of rows, a stretch of time, or all rows so far.
    Window(Window),
    /// An exponentially weighted mean.
    Ewm(Ewm),
    /// A running total with a free start.
    Cumulative(Cumulative),
    /// A weighted sum of the values in a window.
    Weighted(Weighted),
    /// A function of the time stamp, or a row number.
    Calendar(Calendar),
    /// The same, counted in steps of the regular grid of time stamps: steps without a row are missing values.
    OnGrid {
        /// The formula over steps.
        formula: Box<TimeFormula>,
    },
}

impl TimeFormula {
    /// What it reads, offsets in rows (on a grid: in steps).
    pub(super) fn reads(&self) -> Vec<Read> {
        match self {
            Self::Shift { source, by } => vec![Read { column: *source, first: Some(-by), latest: Latest::Row(-by) }],
            Self::Change(f) => f.reads(),
            Self::Window(f) => f.reads(),
            Self::Ewm(f) => f.reads(),
            Self::Cumulative(f) => f.reads(),
            Self::Weighted(f) => f.reads(),
            Self::Calendar(f) => f.reads(),
            Self::OnGrid { formula } => formula.reads(),
        }
    }

    /// Source and rows back, if it is a plain shift, in rows or in steps.
    #[must_use]
    pub fn as_shift(&self) -> Option<(usize, i32)> {
        match self {
            Self::Shift { source, by } => Some((*source, *by)),
            Self::OnGrid { formula } => formula.as_shift(),
            _ => None,
        }
    }

    /// The source column; `None` for the calendar.
    #[must_use]
    pub fn source(&self) -> Option<usize> {
        match self {
            Self::Shift { source, .. } => Some(*source),
            Self::Change(f) => Some(f.source),
            Self::Window(f) => Some(f.source),
            Self::Ewm(f) => Some(f.source),
            Self::Cumulative(f) => Some(f.source),
            Self::Weighted(f) => Some(f.source),
            Self::Calendar(_) => None,
            Self::OnGrid { formula } => formula.source(),
        }
    }

    pub(super) fn all(&self, frame: &Frame<'_>) -> Vec<Option<Point>> {
        if let Self::Calendar(f) = self {
            return f.all(frame);
        }
        let (axis, formula) = match self {
            Self::OnGrid { formula } => (Axis::steps(frame), formula.as_ref()),
            _ => (Some(Axis::rows(frame)), self),
        };
        let points = axis.and_then(|axis| {
            let source = Source::new(&axis, formula.source()?)?;
            Some(axis.project(formula.along(&axis, &source)))
        });
        points.unwrap_or_else(|| vec![None; frame.n_rows()])
    }

    /// Its value at every place of an axis.
    fn along(&self, axis: &Axis<'_>, source: &Source<'_>) -> Vec<Option<Point>> {
        match self {
            Self::Window(f) => f.all(axis, source),
            Self::Ewm(f) => f.all(axis, source),
            Self::Cumulative(f) => f.all(axis, source),
            _ => (0..axis.len()).map(|place| self.at(axis, source, place)).collect(),
        }
    }

    /// Its value at a place; `None` for running means and totals, which need all places.
    fn at(&self, axis: &Axis<'_>, source: &Source<'_>, place: usize) -> Option<Point> {
        match self {
            Self::Shift { by, .. } => {
                let value = source.get(axis.back(place, *by)?)?;
                Some(Point { value, magnitude: value.abs(), blur: source.blur })
            }
            Self::Change(f) => f.at(axis, source, place),
            Self::Window(f) => f.at(axis, source, place),
            Self::Weighted(f) => f.at(axis, source, place),
            Self::Ewm(_) | Self::Cumulative(_) | Self::Calendar(_) | Self::OnGrid { .. } => None,
        }
    }

    /// The cells it uses at a position, oldest first (a change: later first), at most [`MOST_PARTS`].
    pub(super) fn parts(&self, frame: &Frame<'_>, position: usize) -> Vec<Part> {
        if let Self::Calendar(f) = self {
            return f.parts(frame, position);
        }
        let (axis, formula) = match self {
            Self::OnGrid { formula } => (Axis::steps(frame), formula.as_ref()),
            _ => (Some(Axis::rows(frame)), self),
        };
        let found = axis.and_then(|axis| Some(formula.cells(&axis, axis.place(position)?, formula.source()?)));
        found.unwrap_or_default()
    }

    fn cells(&self, axis: &Axis<'_>, place: usize, column: usize) -> Vec<Part> {
        let frame = axis.frame;
        let cell = |at: usize| {
            let position = axis.position(at)?;
            let value = frame.values(column)?.get(position).copied().filter(|v| !v.is_nan())?;
            Some(Part { column, row: *frame.order.get(position)?, value })
        };
        let back = |by: i32| axis.back(place, by).and_then(cell);
        // the newest cells, told oldest first
        let newest = |from: usize, to: usize| {
            let mut cells: Vec<Part> = (from..to).rev().filter_map(cell).take(MOST_PARTS).collect();
            cells.reverse();
            cells
        };
        match self {
            Self::Shift { by, .. } => back(*by).into_iter().collect(),
            Self::Change(f) => [back(f.by), back(f.by + f.lag)].into_iter().flatten().collect(),
            Self::Window(f) => {
                let mut cells: Vec<Part> = if f.function.is_relative() { back(f.from).into_iter().collect() } else { Vec::new() };
                cells.extend(f.extent.range(axis, place).map(|r| newest(r.0, r.1)).unwrap_or_default());
                cells
            }
            Self::Ewm(Ewm { by, .. }) | Self::Cumulative(Cumulative { by, .. }) => {
                axis.back(place, *by).map(|to| newest(axis.begin(place), to + 1)).unwrap_or_default()
            }
            Self::Weighted(f) => f.parts(&back),
            Self::Calendar(_) | Self::OnGrid { .. } => Vec::new(),
        }
    }

    pub(super) fn n_constants(&self) -> usize {
        match self {
            Self::Shift { .. } | Self::Change(_) | Self::Window(_) => 0,
            Self::Ewm(f) => f.n_constants(),
            Self::Cumulative(f) => f.n_constants(),
            Self::Weighted(f) => f.n_constants(),
            Self::Calendar(f) => f.n_constants(),
            Self::OnGrid { formula } => formula.n_constants(),
        }
    }

    pub(super) fn cost(&self) -> f64 {
        match self {
            Self::Shift { by, .. } => 1.0 + f64::from(by.abs()) / 100.0,
            Self::Change(f) => f.cost(),
            Self::Window(f) => f.cost(),
            Self::Ewm(f) => f.cost(),
            Self::Cumulative(f) => f.cost(),
            Self::Weighted(f) => f.cost(),
            Self::Calendar(f) => f.cost(),
            Self::OnGrid { formula } => 0.1 + formula.cost(),
        }
    }
}
