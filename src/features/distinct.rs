//! Which rows of a table of codes are equal.
//!
//! Rows are numbered by their first feature, then every number is split by the next feature, and so on: a number and a code together address a small table
//! of new numbers, so nothing is hashed or sorted. Gives up as soon as too many rows are distinct to be worth it.
use crate::math::sort;

/// Most entries of the table of new numbers (4 bytes each).
const MAX_ADDRESSES: usize = 1 << 23;
const NONE: u32 = u32::MAX;

/// Distinct rows.
pub(crate) struct Distinct {
    /// The distinct row each row is, shape `(n_rows,)`.
    pub of_row: Vec<u32>,
    /// The first row that is each distinct row, ascending, shape `(n_distinct,)`.
    pub first: Vec<u32>,
}

/// Distinct rows of `codes` (column by column, shape `(n_features, n_rows)`; codes of feature j below `widths[j]`), if there are at most `most`.
pub(crate) fn distinct_rows(codes: &[u8], widths: &[usize], n_rows: usize, most: usize) -> Option<Distinct> {
    let mut of_row = vec![0_u32; n_rows];
    let mut first: Vec<u32> = if n_rows == 0 { Vec::new() } else { vec![0] };
    let mut narrow_first: Vec<usize> = (0..widths.len()).collect();
    sort::by_key(&mut narrow_first, |&j| widths[j]);
    for j in narrow_first.into_iter().filter(|&j| widths[j] > 1) {
        if first.len() > most || first.len() * widths[j] > MAX_ADDRESSES {
            return None;
        }
        let mut renumbered = vec![NONE; first.len() * widths[j]];
        first.clear();
        for (i, (number, &code)) in of_row.iter_mut().zip(&codes[j * n_rows..(j + 1) * n_rows]).enumerate() {
            let entry = &mut renumbered[*number as usize * widths[j] + code as usize];
            if *entry == NONE {
                *entry = first.len() as u32;
                first.push(i as u32);
            }
            *number = *entry;
        }
    }
    (first.len() <= most).then_some(Distinct { of_row, first })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_equal_exactly_when_all_codes_are() {
        let codes = [0, 1, 0, 1, 0, /* second */ 2, 2, 2, 0, 2];
        let found = distinct_rows(&codes, &[2, 3], 5, 5).unwrap();
        assert_eq!((found.of_row, found.first), (vec![0, 1, 0, 2, 0], vec![0, 1, 3]));
        assert!(distinct_rows(&codes, &[2, 3], 5, 2).is_none());
    }

    #[test]
    fn no_rows_and_no_features_are_fine() {
        assert_eq!(distinct_rows(&[], &[2], 0, 0).unwrap().first.len(), 0);
        assert_eq!(distinct_rows(&[], &[], 3, 1).unwrap().of_row, [0, 0, 0]);
    }
}
