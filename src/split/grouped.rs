//! Grouped dealing: all rows of an entity on one side, folds as equal in rows as whole entities allow.

use super::strategy::{Deal, Dealt};
use crate::error::{Error, Result};
use crate::math::rng::Stream;
use crate::math::sort;
use crate::table::{Column, Values};
use std::collections::BTreeMap;

/// Seals entities in random order while that brings the holdout nearer to its share, then deals the rest: the largest entity first
/// (equal ones in random order), each to the fold with the fewest rows so far, the first of equals. Dealt once more, entities come in random order whatever
/// their size: in the order of size they would often fall as before.
pub(super) fn deal(deal: &Deal<'_>) -> Result<Dealt> {
    let Some(entity) = &deal.task.entity else {
        return Err(Error::strategy_needs("grouped", "entity"));
    };
    let mut groups = groups_of(deal.table.column(entity)?, &deal.rows);
    Stream::new(deal.seed, "split/groups", 0).shuffle(&mut groups);
    let (sealed, mut kept) = seal(groups, deal.wanted(deal.rows.len()));
    if kept.len() < deal.n_folds {
        return Err(Error::too_few_for_folds("entities", deal.n_folds, kept.len()).named(entity));
    }
    sort::by_key(&mut kept, |g| std::cmp::Reverse(g.len()));
    let mut folds = in_bins(&kept, deal.n_folds);
    for repeat in 1..deal.repeats {
        let mut anew = kept.clone();
        Stream::new(deal.seed, "split/repeat", repeat as u64).shuffle(&mut anew);
        folds.extend(in_bins(&anew, deal.n_folds));
    }
    Ok(Dealt { folds, development: sorted(kept.concat()), holdout: sorted(sealed), window: None })
}

fn sorted(mut rows: Vec<u32>) -> Vec<u32> {
    rows.sort_unstable();
    rows
}

/// Each entity to the fold with the fewest rows so far; training and validation rows of each fold.
fn in_bins(groups: &[Vec<u32>], n_folds: usize) -> Vec<(Vec<u32>, Vec<u32>)> {
    let mut bins: Vec<Vec<u32>> = vec![Vec::new(); n_folds];
    for group in groups {
        if let Some(smallest) = bins.iter_mut().min_by_key(|b| b.len()) {
            smallest.extend(group);
        }
    }
    let others = |fold: usize| bins.iter().enumerate().filter(|(k, _)| *k != fold).flat_map(|(_, b)| b.iter().copied()).collect();
    (0..n_folds).map(|fold| (sorted(others(fold)), sorted(bins[fold].clone()))).collect()
}

/// Sealed rows, and the entities kept. At least one entity is sealed when any row is wanted.
fn seal(groups: Vec<Vec<u32>>, wanted: usize) -> (Vec<u32>, Vec<Vec<u32>>) {
    let mut sealed = Vec::new();
    let mut kept = Vec::new();
    for group in groups {
        let after = sealed.len() + group.len();
        if after.abs_diff(wanted) < sealed.len().abs_diff(wanted) { sealed.extend(group) } else { kept.push(group) }
    }
    if wanted > 0
        && sealed.is_empty()
        && let Some(smallest) = (0..kept.len()).min_by_key(|&g| kept[g].len())
    {
        sealed = kept.swap_remove(smallest);
    }
    (sealed, kept)
}

/// The rows of each entity, entities in order of first appearance; missing ones are one entity.
fn groups_of(column: &Column, rows: &[u32]) -> Vec<Vec<u32>> {
    let mut index = BTreeMap::new();
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for &row in rows {
        let group = *index.entry(key(column, row as usize)).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(row);
    }
    groups
}

/// A value that is equal for equal cells of one column; `None` for a missing one.
fn key(column: &Column, row: usize) -> Option<u64> {
    if column.is_missing(row) {
        return None;
    }
    match column.values() {
        Values::Numbers { values, .. } => values.get(row).map(|v| (v + 0.0).to_bits()),
        Values::Codes { codes, .. } => codes.get(row).map(|&c| u64::from(c)),
        Values::Times { millis, .. } => millis.get(row).map(|m| m.cast_unsigned()),
    }
}
