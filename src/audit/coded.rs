//! Any column as whole numbers: equal cells have equal codes.

use crate::table::{Column, MISSING_CODE, MISSING_TIME, Values};

/// Cells of some rows as codes; numbers and moments ascend with their codes.
pub(super) struct Coded {
    /// Code of each row, [`MISSING_CODE`] where the cell is missing. Shape `(n_rows,)`.
    pub codes: Vec<u32>,
    /// Rows of each code; levels of a column that these rows do not use have none.
    pub counts: Vec<u32>,
    /// Whether codes have an order that means something.
    pub ordered: bool,
}

impl Coded {
    /// The column's cells of these rows.
    pub fn new(column: &Column, rows: &[usize]) -> Self {
        let (codes, n) = match column.values() {
            Values::Codes { codes, levels } => (rows.iter().map(|&r| codes[r]).collect(), levels.len()),
            Values::Numbers { values, .. } => ordered(rows.iter().map(|&r| (!values[r].is_nan()).then(|| key(values[r]))).collect()),
            Values::Times { millis, .. } => ordered(rows.iter().map(|&r| (millis[r] != MISSING_TIME).then_some(millis[r])).collect()),
        };
        let mut counts = vec![0; n];
        codes.iter().filter(|&&c| c != MISSING_CODE).for_each(|&c| counts[c as usize] += 1);
        Self { codes, counts, ordered: column.codes().is_none() }
    }

    /// Number of different values.
    pub fn distinct(&self) -> usize {
        self.counts.iter().filter(|c| **c > 0).count()
    }

    /// Rows whose cell is present.
    pub fn present(&self) -> usize {
        self.counts.iter().map(|c| *c as usize).sum()
    }
}

/// A whole number that sorts as the value does; both zeros are one.
pub(super) fn key(value: f64) -> i64 {
    let bits = (value + 0.0).to_bits().cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

/// Codes in the order of the keys, and how many there are.
fn ordered(keys: Vec<Option<i64>>) -> (Vec<u32>, usize) {
    let mut codes = vec![MISSING_CODE; keys.len()];
    let mut present: Vec<(i64, u32)> = keys.into_iter().zip(0_u32..).filter_map(|(k, row)| Some((k?, row))).collect();
    present.sort_unstable_by_key(|p| p.0);
    let mut n_levels = 0;
    for run in present.chunk_by(|a, b| a.0 == b.0) {
        run.iter().for_each(|p| codes[p.1 as usize] = n_levels as u32);
        n_levels += 1;
    }
    (codes, n_levels)
}
