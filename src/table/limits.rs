//! What one file may ask of the machine. A file beyond a limit is refused with a sentence, never with a crash.

use serde::{Deserialize, Serialize};

/// Most columns of a table: beyond it a file is hardly a table and every screen would drown.
pub const MAX_COLUMNS: usize = 20_000;
/// Most bytes of one cell; a quote that is never closed is noticed here.
pub const MAX_CELL: usize = 1 << 20;
/// Most bytes of the header record.
pub const MAX_HEADER: usize = 1 << 20;
/// Most rows: row numbers are 32 bit and one value is kept free.
pub const MAX_ROWS: u32 = u32::MAX - 2;
/// Most decoded bytes of one file: half of what a browser tab can address.
pub const MAX_BYTES: u64 = 2 << 30;
/// A compressed file may unfold to this many times its size ...
pub const MAX_RATIO: u64 = 20;
/// ... or to this many bytes, whichever is more: tiny files of tidy tables compress better than that.
pub const RATIO_FLOOR: u64 = 32 << 20;

/// The limits of one reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Decoded bytes.
    pub bytes: u64,
    /// Columns.
    pub columns: usize,
    /// Bytes of a cell.
    pub cell: usize,
    /// Bytes of the header record.
    pub header: usize,
    /// Rows.
    pub rows: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: MAX_BYTES, columns: MAX_COLUMNS, cell: MAX_CELL, header: MAX_HEADER, rows: MAX_ROWS }
    }
}

impl Limits {
    /// Bytes a compressed file may unfold to, after `compressed` bytes of it were read.
    #[must_use]
    pub fn unfolded(&self, compressed: u64) -> u64 {
        self.bytes.min(MAX_BYTES).min(compressed.saturating_mul(MAX_RATIO).max(RATIO_FLOOR))
    }
}
