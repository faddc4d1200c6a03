//! Which rows are copies of one another: 128-bit fingerprints of canonical cells.
//!
//! Canonical means by content, not by print: "1.50" and "1.5" are equal, a label is its text, a moment its milliseconds,
//! and all missing cells are equal. With 128 bits, two different rows of a million share a fingerprint with probability below 1e-26.

use crate::table::{MISSING_CODE, Table, Values};

/// Fingerprint of every row over these columns (positions out of range are skipped). Shape `(n_rows,)`.
#[must_use]
pub fn fingerprints(table: &Table, columns: &[usize]) -> Vec<u128> {
    let mut lanes = vec![(0x243f_6a88_85a3_08d3_u64, 0x1319_8a2e_0370_7344_u64); table.n_rows()];
    for column in columns.iter().filter_map(|&c| table.columns().get(c)) {
        match column.values() {
            Values::Numbers { values, .. } => {
                // Adding 0 turns -0 into 0; every NaN becomes one word.
                fold(&mut lanes, values.iter().map(|v| if v.is_nan() { MISSING_WORD } else { (v + 0.0).to_bits() }));
            }
            Values::Codes { codes, levels } => {
                let words: Vec<u64> = levels.iter().map(|l| text_word(l)).collect();
                fold(&mut lanes, codes.iter().map(|&c| if c == MISSING_CODE { MISSING_WORD } else { words[c as usize] }));
            }
            Values::Times { millis, .. } => fold(&mut lanes, millis.iter().map(|m| m.cast_unsigned())),
        }
    }
    lanes.into_iter().map(|(a, b)| u128::from(a) << 64 | u128::from(b)).collect()
}

/// Groups of rows of equal fingerprint with two rows or more: rows ascending, groups by their first row.
#[must_use]
pub fn twins(fingerprints: &[u128]) -> Vec<Vec<u32>> {
    let mut order: Vec<(u128, u32)> = fingerprints.iter().zip(0_u32..).map(|(&f, r)| (f, r)).collect();
    order.sort_unstable();
    let mut groups: Vec<Vec<u32>> = order.chunk_by(|a, b| a.0 == b.0).filter(|g| g.len() > 1).map(|g| g.iter().map(|r| r.1).collect()).collect();
    groups.sort_unstable_by_key(|g| g.first().copied());
    groups
}

/// Stands for a missing cell.
const MISSING_WORD: u64 = 0xdead_beef_0bad_cafe;

fn fold(lanes: &mut [(u64, u64)], words: impl Iterator<Item = u64>) {
    for (lane, word) in lanes.iter_mut().zip(words) {
        lane.0 = mix(lane.0 ^ word, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb);
        lane.1 = mix(lane.1.rotate_left(23) ^ word.wrapping_mul(0x9e37_79b9_7f4a_7c15), 0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53);
    }
}

/// A bijection of 64-bit words that spreads every bit (the finaliser of SplitMix64 and MurmurHash3, by its constants).
fn mix(word: u64, first: u64, second: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(first);
    let word = (word ^ (word >> 27)).wrapping_mul(second);
    word ^ (word >> 31)
}

fn text_word(text: &str) -> u64 {
    let start = 0x51_7cc1_b727_220a_u64 ^ text.len() as u64;
    text.as_bytes().chunks(8).fold(start, |hash, chunk| {
        let word = chunk.iter().fold(0_u64, |w, &b| w << 8 | u64::from(b));
        mix(hash ^ word, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Column, Kind};

    #[test]
    fn equal_rows_are_grouped_and_print_does_not_matter() {
        let table = Table::new(vec![
            Column::numeric("x", vec![1.5, 2.0, 1.5, f64::NAN, -0.0, 0.0, f64::NAN], 1),
            Column::labels("c", Kind::Categorical, &[Some("a"), Some("a"), Some("a"), None, Some("b"), Some("b"), None]),
        ])
        .unwrap();
        assert_eq!(twins(&fingerprints(&table, &[0, 1])), [vec![0, 2], vec![3, 6], vec![4, 5]]);
        assert_eq!(twins(&fingerprints(&table, &[1]))[0], [0, 1, 2]);
    }

    #[test]
    fn rows_that_differ_in_one_cell_are_not_twins() {
        let n = 20_000_u32;
        let table = Table::new(vec![
            Column::numeric("x", (0..n).map(f64::from).collect(), 0),
            Column::numeric("y", (0..n).rev().map(f64::from).collect(), 0),
        ]);
        assert!(twins(&fingerprints(&table.unwrap(), &[0, 1])).is_empty());
    }
}
