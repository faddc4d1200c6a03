//! The value without each part of the rows in turn: what the acceleration of a BCa interval is made of.
//!
//! Units (rows, blocks of neighbours, entities) are left out one by one; more than [`MOST_PARTS`] are dealt to as many parts by turns, and a part is
//! left out at once. Third and second moments of independent influences add up, so that the acceleration stays the same in expectation, at a cost of
//! one pass over the rows a part.

use super::parts::{Groups, Part, Ready};

/// Most parts that are left out in turn: a tenth of the passes that a thousand resamples take.
pub(super) const MOST_PARTS: usize = 100;

/// The value of each metric without each part, shape `(n_metrics, n_parts)`. `drawn`: what is drawn together; `parts`: the folds.
pub(super) fn jackknife(n_rows: usize, drawn: &[Part], parts: &[Part], ready: &[Ready]) -> Vec<Vec<Option<f64>>> {
    let (part_of, n_parts) = dealt(n_rows, drawn);
    let mut values = vec![Vec::with_capacity(n_parts); ready.len()];
    let mut counts = vec![1_u16; n_rows];
    for left_out in 0..n_parts {
        for (count, &part) in counts.iter_mut().zip(&part_of) {
            *count = u16::from(part as usize != left_out);
        }
        for (own, r) in values.iter_mut().zip(ready) {
            own.push(r.value(&counts, parts));
        }
    }
    values
}

/// Part of every row, and how many parts there are.
fn dealt(n_rows: usize, drawn: &[Part]) -> (Vec<u32>, usize) {
    let mut unit_of = vec![0_u32; n_rows];
    let mut next = 0_u32;
    for part in drawn {
        let Some(own) = unit_of.get_mut(part.start..part.start + part.n) else { continue };
        match &part.groups {
            Groups::Rows => own.iter_mut().for_each(|unit| {
                *unit = next;
                next += 1;
            }),
            Groups::Blocks { length } => own.chunks_mut((*length).max(1)).for_each(|block| {
                block.fill(next);
                next += 1;
            }),
            Groups::Entities(entities) => entities.iter().for_each(|rows| {
                rows.iter().filter_map(|&row| own.get_mut(row as usize).map(|unit| *unit = next)).count();
                next += 1;
            }),
        }
    }
    let n_parts = (next as usize).min(MOST_PARTS);
    #[expect(clippy::cast_possible_truncation, reason = "at most 100 parts")]
    unit_of.iter_mut().for_each(|unit| *unit %= (n_parts as u32).max(1));
    (unit_of, n_parts)
}
