//! Where versions differ: by the levels of a column, and by period.

use super::Part;
use super::rows::Judged;
use crate::error::Result;
use crate::evaluate::{Estimate, FoldResult, Judge, Resampled, metric};
use crate::table::{Column, Kind};
use crate::task::Task;
use std::collections::BTreeMap;

/// Columns of levels that are looked at, in file order.
const COLUMNS: usize = 4;
/// Levels that a column may have.
const LEVELS: std::ops::RangeInclusive<usize> = 2..=12;
/// Fewest rows of a part: fewer give no interval, and would tell of single rows.
const LEAST_ROWS: usize = 30;
/// Periods.
const PERIODS: usize = 4;

/// The main metric by level and period.
pub(super) fn parts(judged: &Judged, judge: &Judge<'_>, folds: &[FoldResult], task: &Task, main: &str) -> Result<Vec<Part>> {
    let rows: &[u32] = folds.first().map_or(&[], |f| &f.rows);
    let mut found = Vec::new();
    let columns = task.features.iter().filter_map(|name| judged.table.column(name).ok());
    let mut looked_at = 0;
    for column in columns.filter(|c| matches!(c.kind(), Kind::Categorical | Kind::Boolean)) {
        let levels = levels(column, rows);
        if looked_at < COLUMNS && LEVELS.contains(&levels.len()) {
            looked_at += 1;
            for (level, own) in levels.iter().filter(|(_, own)| own.len() >= LEAST_ROWS) {
                found.push(part(judged, judge, (column.name(), level), own, main)?);
            }
        }
    }
    let time = task.time.as_ref().and_then(|name| judged.table.column(name).ok());
    if let Some(time) = time.filter(|_| rows.len() >= PERIODS * LEAST_ROWS) {
        for own in rows.chunks(rows.len().div_ceil(PERIODS)) {
            let text = |row: Option<&u32>| row.map_or_else(String::new, |&r| time.text(r as usize).into_owned());
            let what = format!("{} to {}", text(own.first()), text(own.last()));
            found.push(part(judged, judge, (time.name(), &what), own, main)?);
        }
    }
    Ok(found)
}

fn levels(column: &Column, rows: &[u32]) -> BTreeMap<String, Vec<u32>> {
    let mut all: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for &row in rows.iter().filter(|&&r| !column.is_missing(r as usize)) {
        all.entry(column.text(row as usize).into_owned()).or_default().push(row);
        if all.len() > *LEVELS.end() {
            break;
        }
    }
    all
}

fn part(judged: &Judged, judge: &Judge<'_>, (column, what): (&str, &str), rows: &[u32], main: &str) -> Result<Part> {
    let folds = judged.folds_of(judge, rows)?;
    let m = metric(main)?;
    let all: Vec<Resampled> = folds.iter().map(|f| judge.resample(&[f], &[m])).collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
    let gains: Vec<Estimate> = all.iter().skip(1).zip(all.iter().take(1).cycle()).map(|(own, first)| own.gain_over(first)).collect();
    Ok(Part {
        column: column.to_owned(),
        what: what.to_owned(),
        n_rows: rows.len() as u64,
        estimates: all.iter().map(Resampled::estimate).collect(),
        gains,
    })
}
