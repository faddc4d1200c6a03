//! How a recipe reads its raw columns: kinds as they were in training, rows in the order asked for.

use super::slots::{Cells, Slot, Slots};
use crate::error::{Error, Result};
use crate::features::Feature;
use crate::split::Rows;
use crate::table::{Column, Kind, MISSING_CODE, MISSING_TIME, Table, Values};
use crate::task::Task;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Name of "no step yet" in [`Feature::step`].
const RAW: &str = "column";

/// A raw column as the recipe knew it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Input {
    pub name: String,
    pub kind: Kind,
    /// Whether all numbers of the training rows are whole.
    whole: bool,
}

impl Input {
    pub fn new(name: &str, kind: Kind, column: &Column, rows: &Rows) -> Self {
        let whole = |values: &[f64]| rows.as_slice().iter().filter_map(|&r| values.get(r as usize)).all(|v| v.is_nan() || v.fract() == 0.0);
        Self { name: name.to_owned(), kind, whole: column.numbers().is_some_and(whole) }
    }

    pub fn about(&self) -> Feature {
        Feature { name: self.name.clone(), sources: vec![self.name.clone()], step: RAW.to_owned(), whole: self.whole, levels: false }
    }

    pub fn empty(&self) -> Cells {
        match self.kind {
            Kind::Numeric => Cells::Numbers(Vec::new()),
            Kind::Timestamp => Cells::Times(Vec::new()),
            Kind::Text => Cells::Texts { codes: Vec::new(), texts: Arc::default() },
            _ => Cells::Labels { codes: Vec::new(), levels: Arc::default() },
        }
    }

    /// Cells of `rows`; a column read as another kind is taken where nothing is lost.
    fn cells(&self, column: &Column, rows: &Rows) -> Result<Cells> {
        let rows = rows.as_slice();
        if rows.iter().any(|&r| r as usize >= column.len()) {
            return Err(Error::internal("a row beyond the end of a table"));
        }
        let nothing = rows.iter().all(|&r| column.is_missing(r as usize));
        Ok(match (self.kind, column.values()) {
            (Kind::Numeric, Values::Numbers { values, .. }) => Cells::Numbers(rows.iter().map(|&r| values[r as usize]).collect()),
            (Kind::Numeric, _) if nothing => Cells::Numbers(vec![f64::NAN; rows.len()]),
            (Kind::Timestamp, Values::Times { millis, .. }) => Cells::Times(rows.iter().map(|&r| millis[r as usize]).collect()),
            (Kind::Timestamp, _) if nothing => Cells::Times(vec![MISSING_TIME; rows.len()]),
            (Kind::Numeric | Kind::Timestamp, _) => return Err(Error::wrong_kind(&self.name, column.kind().id(), self.kind.id())),
            (Kind::Text, _) => match labels_of_text(column, rows) {
                Cells::Labels { codes, levels } => Cells::Texts { codes, texts: levels },
                other => other,
            },
            (_, Values::Codes { codes, levels }) => {
                Cells::Labels { codes: rows.iter().map(|&r| codes[r as usize]).collect(), levels: Arc::clone(levels) }
            }
            (_, _) => labels_of_text(column, rows),
        })
    }
}

fn labels_of_text(column: &Column, rows: &[u32]) -> Cells {
    let mut index: BTreeMap<String, u32> = BTreeMap::new();
    let mut levels = Vec::new();
    let code = |&row: &u32| {
        if column.is_missing(row as usize) {
            return MISSING_CODE;
        }
        let text = column.text(row as usize).into_owned();
        *index.entry(text).or_insert_with_key(|text| {
            levels.push(text.clone());
            u32::try_from(levels.len() - 1).unwrap_or(MISSING_CODE)
        })
    };
    let codes = rows.iter().map(code).collect();
    Cells::Labels { codes, levels: Arc::new(levels) }
}

/// The raw columns of some rows.
pub(super) fn read(inputs: &[Input], table: &Table, rows: &Rows) -> Result<Slots> {
    let mut slots = Slots::default();
    for input in inputs {
        slots.push(Slot { about: input.about(), cells: input.cells(table.column(&input.name)?, rows)? });
    }
    Ok(slots)
}

/// Entity of each row as a number; each missing one is an entity of its own.
pub(super) fn groups_of(column: &Column, rows: &Rows) -> Result<Vec<u32>> {
    let mut known = BTreeMap::new();
    let mut next = 0_u32;
    let mut fresh = || {
        next += 1;
        next
    };
    let one = |&row: &u32| match column.is_missing(row as usize) {
        true => fresh(),
        false => *known.entry(column.text(row as usize).into_owned()).or_insert_with(&mut fresh),
    };
    Ok(rows.as_slice().iter().map(one).collect())
}

/// Moments of rows of which none stands before one of an earlier time, numbered from 0; none without a time column or with a row of unknown time.
pub(super) fn moments(table: &Table, rows: &Rows, task: &Task) -> Option<Vec<u32>> {
    let column = task.time.as_ref().and_then(|name| table.column(name).ok())?;
    let known = rows.as_slice().iter().all(|&r| !column.is_missing(r as usize));
    let order = |a: u32, b: u32| match column.values() {
        Values::Times { millis, .. } => Some(millis[a as usize].cmp(&millis[b as usize])),
        Values::Numbers { values, .. } => values[a as usize].partial_cmp(&values[b as usize]),
        Values::Codes { .. } => None,
    };
    let mut moments = Vec::with_capacity(rows.len());
    moments.extend(rows.as_slice().first().filter(|_| known).map(|_| 0));
    for pair in rows.as_slice().windows(2).filter(|_| known) {
        let later = order(pair[0], pair[1]).filter(|order| order.is_le())?;
        moments.push(moments.last().copied().unwrap_or(0) + u32::from(later.is_lt()));
    }
    known.then_some(moments)
}
