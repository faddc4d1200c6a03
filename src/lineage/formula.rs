//! A formula: how one column would be made from others, what it reads, what it gives, and what it costs to believe.

use super::cells::Evidence;
use super::frame::Frame;
use super::group::GroupFormula;
use super::proof::BITS_A_CONSTANT;
use super::row::RowFormula;
use super::time::TimeFormula;
use crate::math::elementary::log2;
use crate::math::sort;
use serde::{Deserialize, Serialize};

/// How one column follows from others. Columns are positions in the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Formula {
    /// From values of the same row.
    Row(RowFormula),
    /// From values of rows before, at or after, in time order within the entity.
    Time(TimeFormula),
    /// From the rows that share a key, or from all rows.
    Group(GroupFormula),
}

/// The latest row a formula reads of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Latest {
    /// So many rows after (negative: before) the row that the value stands in.
    Row(i32),
    /// All rows of the file, or all of the row's group: the future included.
    WholeFile,
}

/// What a formula reads of one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// Position of the column.
    pub column: usize,
    /// First row read, relative to the row of the value; `None`: from the entity's first row.
    pub first: Option<i32>,
    /// Last row read.
    pub latest: Latest,
}

impl Read {
    /// Reads the same row only.
    #[must_use]
    pub fn same_row(column: usize) -> Self {
        Self { column, first: Some(0), latest: Latest::Row(0) }
    }
}

/// What a formula gives at one position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The value.
    pub value: f64,
    /// Largest magnitude of what was added up to get it: its double rounding is relative to this.
    pub magnitude: f64,
    /// Root sum of squares of weight x half unit over the sources: what their own rounding may add.
    pub blur: f64,
}

impl Point {
    /// A value taken as it stands.
    #[must_use]
    pub fn of(value: f64) -> Self {
        Self { value, magnitude: value.abs(), blur: 0.0 }
    }
}

/// A cell that a formula uses at one row.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Position of the column.
    pub column: usize,
    /// Row in the file.
    pub row: u32,
    /// Its value.
    pub value: f64,
}

/// Most cells listed of one row's formula.
pub const MOST_PARTS: usize = 12;

impl Formula {
    /// What it reads, one entry a column, in file order.
    #[must_use]
    pub fn reads(&self) -> Vec<Read> {
        let mut reads = match self {
            Self::Row(f) => f.reads(),
            Self::Time(f) => f.reads(),
            Self::Group(f) => f.reads(),
        };
        sort::by_key(&mut reads, |r| r.column);
        reads
    }

    /// What it gives at every position, shape `(n_rows,)`; `None` where it is undefined.
    #[must_use]
    pub fn all(&self, frame: &Frame<'_>) -> Vec<Option<Point>> {
        match self {
            Self::Row(f) => f.all(frame),
            Self::Time(f) => f.all(frame),
            Self::Group(f) => f.all(frame),
        }
    }

    /// The values it is made of at a position, in the order of the formula, at most [`MOST_PARTS`].
    #[must_use]
    pub fn parts(&self, frame: &Frame<'_>, position: usize) -> Vec<Part> {
        let mut parts = match self {
            Self::Row(f) => f.parts(frame, position),
            Self::Time(f) => f.parts(frame, position),
            Self::Group(f) => f.parts(frame, position),
        };
        parts.truncate(MOST_PARTS);
        parts
    }

    /// Constants that were fitted from the rows: each costs bits.
    #[must_use]
    pub fn n_constants(&self) -> usize {
        match self {
            Self::Row(f) => f.n_constants(),
            Self::Time(f) => f.n_constants(),
            Self::Group(f) => f.n_constants(),
        }
    }

    /// Bits that its constants cost: [`BITS_A_CONSTANT`] each. A cut between intervals lies in one of the gaps between `n` values, and costs no more
    /// than it takes to say in which.
    #[must_use]
    pub fn price(&self, n: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "rows stay below 2^53")]
        let (constants, gaps) = (self.n_constants() as f64, n.max(1) as f64);
        let each = if matches!(self, Self::Row(RowFormula::Bins { .. })) { BITS_A_CONSTANT.min(log2(gaps)) } else { BITS_A_CONSTANT };
        each * constants
    }

    /// What counts as one piece of evidence against chance.
    #[must_use]
    pub fn evidence(&self, frame: &Frame<'_>) -> Evidence {
        match self {
            Self::Row(f) => f.evidence(frame),
            Self::Time(_) => Evidence::Rows,
            Self::Group(f) => f.evidence(frame),
        }
    }

    /// Cost of believing it, when several formulas give the same column: the simplest is told (copy 0, shift 1, ... encoding 4.6).
    #[must_use]
    pub fn cost(&self) -> f64 {
        match self {
            Self::Row(f) => f.cost(),
            Self::Time(f) => f.cost(),
            Self::Group(f) => f.cost(),
        }
    }
}
