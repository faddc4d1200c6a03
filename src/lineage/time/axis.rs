//! The line of time a formula counts along: the rows of an entity in order, or the steps of a regular grid.
//!
//! Formulas over "the three before" are evaluated on an axis and never ask where it came from. On the axis of rows a place is a
//! position of the frame; on a grid it is a step, and steps without a row are missing.

use super::super::frame::Frame;
use super::grid::{Grid, grid};
use std::borrow::Cow;

/// Places in order, with the first and last place of every entity.
pub(super) struct Axis<'f> {
    pub(super) frame: &'f Frame<'f>,
    begin: Vec<u32>,
    end: Vec<u32>,
    grid: Option<Grid>,
}

impl<'f> Axis<'f> {
    /// The rows in the frame's order.
    pub(super) fn rows(frame: &'f Frame<'f>) -> Self {
        let (begin, end) = bounds(&frame.starts, frame.n_rows());
        Self { frame, begin, end, grid: None }
    }

    /// The steps of the regular grid that the time stamps stand on; `None` when they stand on none, or no step is empty.
    pub(super) fn steps(frame: &'f Frame<'f>) -> Option<Self> {
        let grid = grid(frame)?;
        let (begin, end) = bounds(&grid.starts, grid.n_slots);
        Some(Self { frame, begin, end, grid: Some(grid) })
    }

    pub(super) fn len(&self) -> usize {
        self.begin.len()
    }

    /// Whether places without a row are possible.
    pub(super) fn is_grid(&self) -> bool {
        self.grid.is_some()
    }

    /// First place of the entity at `place`.
    pub(super) fn begin(&self, place: usize) -> usize {
        self.begin[place] as usize
    }

    /// First place after the entity at `place`.
    pub(super) fn end(&self, place: usize) -> usize {
        self.end[place] as usize
    }

    /// The place `by` before (negative: after), in the same entity.
    pub(super) fn back(&self, place: usize, by: i32) -> Option<usize> {
        let to = place.checked_add_signed(-(by as isize))?;
        (to >= self.begin(place) && to < self.end(place)).then_some(to)
    }

    /// Values of a column by place, NaN where missing.
    pub(super) fn values(&self, column: usize) -> Option<Cow<'f, [f64]>> {
        let values = self.frame.values(column)?;
        let Some(grid) = &self.grid else { return Some(Cow::Borrowed(values)) };
        let mut spread = vec![f64::NAN; grid.n_slots];
        values.iter().zip(&grid.slots).for_each(|(&v, &slot)| spread[slot as usize] = v);
        Some(Cow::Owned(spread))
    }

    /// Milliseconds by place, on the axis of rows.
    pub(super) fn millis(&self) -> Option<&'f [i64]> {
        if self.is_grid() { None } else { self.frame.millis.as_deref() }
    }

    /// From places to positions of the frame.
    pub(super) fn project<T: Copy>(&self, by_place: Vec<Option<T>>) -> Vec<Option<T>> {
        match &self.grid {
            None => by_place,
            Some(grid) => grid.slots.iter().map(|&s| by_place.get(s as usize).copied().flatten()).collect(),
        }
    }

    /// The place of a position of the frame.
    pub(super) fn place(&self, position: usize) -> Option<usize> {
        match &self.grid {
            None => (position < self.len()).then_some(position),
            Some(grid) => grid.slots.get(position).map(|&s| s as usize),
        }
    }

    /// The position of the frame that stands at a place.
    pub(super) fn position(&self, place: usize) -> Option<usize> {
        match &self.grid {
            None => Some(place),
            Some(grid) => grid.slots.binary_search(&u32::try_from(place).ok()?).ok(),
        }
    }

    /// The entities, as ranges of places.
    pub(super) fn entities(&self) -> Vec<std::ops::Range<usize>> {
        let mut ranges = Vec::new();
        let mut place = 0;
        while place < self.len() {
            ranges.push(place..self.end(place));
            place = self.end(place);
        }
        ranges
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a table has fewer than 2^32 rows")]
fn bounds(starts: &[usize], n: usize) -> (Vec<u32>, Vec<u32>) {
    let (mut begin, mut end) = (Vec::with_capacity(n), Vec::with_capacity(n));
    for (&from, &to) in starts.iter().zip(starts.iter().skip(1)) {
        begin.resize(to, from as u32);
        end.resize(to, to as u32);
    }
    (begin, end)
}

/// A count as a number.
#[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
pub(super) fn real(count: usize) -> f64 {
    count as f64
}
