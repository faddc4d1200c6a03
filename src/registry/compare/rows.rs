//! Which rows are judged, and what each version predicts for them.

use super::{Asked, OnRows, Unseen};
use crate::bundle::{Bundle, rows_sha256};
use crate::error::{Error, Result};
use crate::evaluate::{Dependence, FoldResult, Judge};
use crate::features::Predictions;
use crate::math::sort;
use crate::split::make;
use crate::table::conform::conform;
use crate::table::{Column, Table};
use crate::task::TaskKind;
use std::collections::BTreeMap;

/// Fewest sealed rows that are worth comparing on: as many as an interval needs.
const LEAST_SEALED: usize = 10;

/// Rows with their truth, and every version's predictions of the whole file.
pub(super) struct Judged {
    /// The reference's table: as its schema says.
    pub table: Table,
    /// Rows judged, in the order of time where there is one.
    pub rows: Vec<u32>,
    pub unseen: Unseen,
    truth: Vec<f64>,
    predicted: Vec<Predictions>,
    /// Entity of every row, where rows are grouped.
    entities: Vec<u32>,
    in_time: bool,
}

/// Reads the file as each version wants it, predicts it, and finds the rows that may be judged.
pub(super) fn judged(asked: &[Asked<'_>], on: &OnRows<'_>) -> Result<Judged> {
    let mut predicted = Vec::with_capacity(asked.len());
    let mut tables = Vec::with_capacity(asked.len());
    for version in asked {
        let mut needed = version.bundle.needed();
        needed.push(version.bundle.task.target.clone());
        let table = conform(on.table, &version.bundle.schema, &needed, on.csv)?;
        predicted.push(version.bundle.predict(&version.bundle.derive(&table)?)?);
        tables.push(table);
    }
    let (Some(first), Some(table)) = (asked.first(), tables.first()) else { return Err(Error::not_comparable("there is none")) };
    let task = &first.bundle.task;
    let truth = task.encode(table)?.values;
    let (unseen, allowed) = unseen(asked, &tables, on.sha256);
    let mut rows: Vec<u32> = allowed.into_iter().filter(|&r| truth.get(r as usize).is_some_and(|t| !t.is_nan())).collect();
    if rows.is_empty() {
        return Err(Error::not_comparable("no row that may be judged has a target"));
    }
    let named = |name: &Option<String>| name.as_ref().and_then(|n| table.column(n).ok());
    let entities = named(&task.entity).map_or_else(Vec::new, codes);
    let time = named(&task.time).map(moments);
    if let Some(time) = &time {
        let at = |r: u32| time.get(r as usize).copied().unwrap_or(f64::NAN);
        sort::by(&mut rows, |a, b| at(*a).total_cmp(&at(*b)).then(a.cmp(b)));
    }
    Ok(Judged { table: table.clone(), rows, unseen, truth, predicted, in_time: time.is_some() && entities.is_empty(), entities })
}

impl Judged {
    /// Who knows the truth.
    pub fn judge(&self, kind: TaskKind, n_classes: usize, seed: u64) -> Judge<'_> {
        let dependence = match (self.entities.is_empty(), self.in_time) {
            (false, _) => Dependence::Clustered(&self.entities),
            (true, true) => Dependence::TimeOrdered,
            (true, false) => Dependence::Independent,
        };
        Judge { kind, n_classes, truth: &self.truth, dependence, seed }
    }

    /// Every version's predictions of the judged rows.
    pub fn folds(&self, judge: &Judge<'_>) -> Result<Vec<FoldResult>> {
        self.folds_of(judge, &self.rows)
    }

    /// The same of some rows.
    pub fn folds_of(&self, judge: &Judge<'_>, rows: &[u32]) -> Result<Vec<FoldResult>> {
        let one = |(at, all): (usize, &Predictions)| judge.score(at, 0, rows.to_vec(), taken(all, rows));
        self.predicted.iter().enumerate().map(one).collect()
    }
}

/// The predictions of some rows, with their thresholds.
fn taken(all: &Predictions, rows: &[u32]) -> Predictions {
    let width = all.n_classes.max(1);
    let values = rows.iter().flat_map(|&r| all.values.iter().skip(r as usize * width).take(width)).copied().collect();
    let cuts = all.cuts.first().map_or_else(Vec::new, |run| vec![(rows.len() as u64, run.1)]);
    Predictions { n_classes: all.n_classes, values, cuts }
}

/// Rows that no version learned from.
fn unseen(asked: &[Asked<'_>], tables: &[Table], sha256: &str) -> (Unseen, Vec<u32>) {
    let n_rows = tables.first().map_or(0, Table::n_rows);
    let all: Vec<u32> = (0..u32::try_from(n_rows).unwrap_or(u32::MAX)).collect();
    let own: Vec<(&Asked<'_>, &Table)> = asked.iter().zip(tables).filter(|(a, _)| a.bundle.origin.sha256 == sha256).collect();
    if own.is_empty() {
        return (Unseen::OtherFile, all);
    }
    let mut left = all.clone();
    for (version, table) in &own {
        let sealed = sealed(version.bundle, table).unwrap_or_default();
        left.retain(|row| sealed.binary_search(row).is_ok());
    }
    if left.len() >= LEAST_SEALED { (Unseen::Sealed, left) } else { (Unseen::Learned(own.iter().map(|(a, _)| a.name.clone()).collect()), all) }
}

/// Rows of its own training file that were sealed from a model, ascending: dealt anew, and believed only if their fingerprint is the one in the bundle.
fn sealed(bundle: &Bundle, table: &Table) -> Option<Vec<u32>> {
    let known = bundle.origin.sealed_sha256.as_ref()?;
    let plan = bundle.origin.settings.resolve(table, None).ok()?;
    let target = plan.task.encode(table).ok()?;
    let split = make(table, &plan.task, &target, &plan.split, None, plan.seed).ok()?;
    let mut rows = split.holdout?.open().as_slice().to_vec();
    rows.sort_unstable();
    (rows_sha256(&rows) == *known).then_some(rows)
}

/// A number for each text of a column; missing cells stand alone.
fn codes(column: &Column) -> Vec<u32> {
    let mut known = BTreeMap::new();
    let mut next = 0;
    let mut fresh = || {
        next += 1;
        next - 1
    };
    let code = |row: usize| if column.is_missing(row) { fresh() } else { *known.entry(column.text(row).into_owned()).or_insert_with(&mut fresh) };
    (0..column.len()).map(code).collect()
}

/// Where rows stand in time; NaN where that is missing.
fn moments(column: &Column) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of dates stay below 2^53")]
    let of_millis = |row: usize, millis: &[i64]| if column.is_missing(row) { f64::NAN } else { millis.get(row).map_or(f64::NAN, |m| *m as f64) };
    match (column.millis(), column.numbers()) {
        (Some(millis), _) => (0..column.len()).map(|row| of_millis(row, millis)).collect(),
        (None, Some(numbers)) => numbers.to_vec(),
        // Labels that order rows do so by their text.
        (None, None) => codes(column).into_iter().map(f64::from).collect(),
    }
}
