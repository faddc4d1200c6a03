//! A table as lineage sees it: rows in the order of entity and time, numbers as series, labels as keys.
//!
//! A window over "the three rows before" means rows of the same entity, in time order; the file may hold them in any order. Rows
//! are ordered by entity, then time, then their place in the file (ties keep the file's order). *Position* is a place in this order,
//! *row* a place in the file.

use super::proof::half_unit;
use crate::table::{Column, Kind, MISSING_CODE, MISSING_TIME, Table};
use crate::task::{Task, TaskKind};
use std::collections::BTreeMap;

/// Distinct values are counted up to here.
pub const DISTINCT_CAP: usize = 1_000;
/// Fewest levels of a key.
const FEWEST_LEVELS: usize = 2;

/// A numeric column (or a yes/no column as 0 and 1) in the frame's order.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Shape `(n_rows,)` by position; NaN where missing.
    pub values: Vec<f64>,
    /// Most decimals printed (17: as many as a double has).
    pub decimals: u8,
    /// Half a unit of the last printed decimal; 0 for a yes/no column.
    pub half_unit: f64,
    /// All present values are whole.
    pub is_whole: bool,
    /// Distinct present values, counted up to [`DISTINCT_CAP`].
    pub n_distinct: usize,
    /// Present values.
    pub n_present: usize,
}

/// A column read as levels, in the frame's order.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// Level of every position, 0..n_levels; [`MISSING_CODE`] where missing.
    pub codes: Vec<u32>,
    /// Number of levels that stand in the table.
    pub n_levels: usize,
}

/// A table in the order in which formulas over rows are meant.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    /// The table.
    pub table: &'a Table,
    /// File row of every position, shape `(n_rows,)`.
    pub order: Vec<u32>,
    /// First position of every entity, and `n_rows` at the end.
    pub starts: Vec<usize>,
    /// Milliseconds since 1970 by position, if there is a time column.
    pub millis: Option<Vec<i64>>,
    /// Position of the time column in the table.
    pub time: Option<usize>,
    /// Position of the entity column in the table.
    pub entity: Option<usize>,
    /// Position of the target in the table, if one is known.
    pub target: Option<usize>,
    /// One entry a column: its numbers, if it has any. The target of a two-class task stands as 0 and 1.
    pub series: Vec<Option<Series>>,
    /// One entry a column: its levels, if it can be a key (2 to n/2 levels; text, labels, whole numbers).
    pub keys: Vec<Option<Key>>,
}

impl<'a> Frame<'a> {
    /// The frame of a table. Without a task the file's order is used and there is one entity.
    #[must_use]
    pub fn new(table: &'a Table, task: Option<&Task>) -> Self {
        let position = |name: Option<&String>| name.and_then(|n| table.position(n));
        let time = position(task.and_then(|t| t.time.as_ref()));
        let entity = position(task.and_then(|t| t.entity.as_ref()));
        let target = position(task.map(|t| &t.target));
        let (order, starts) = ordered(table, entity, time);
        let classes = task.filter(|t| t.kind == TaskKind::Binary).map_or(&[][..], |t| &t.classes);
        let series = table.columns().iter().enumerate().map(|(c, column)| series(column, &order, if Some(c) == target { classes } else { &[] }));
        let series: Vec<Option<Series>> = series.collect();
        let keys = table.columns().iter().map(|column| key(column, &order)).collect();
        let millis = time.and_then(|t| moments(table.columns().get(t)?, &order));
        Self { table, order, starts, millis, time, entity, target, series, keys }
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.order.len()
    }

    /// Number of columns.
    #[must_use]
    pub fn n_columns(&self) -> usize {
        self.series.len()
    }

    /// Values of a column by position, if it has numbers.
    #[must_use]
    pub fn values(&self, column: usize) -> Option<&[f64]> {
        self.series.get(column)?.as_ref().map(|s| s.values.as_slice())
    }

    /// How far rounding may have moved a source's values: half a unit of its last decimal; 0 for whole numbers with few values, which are exact.
    #[must_use]
    pub fn blur(&self, column: usize) -> f64 {
        let rounded = |s: &Series| !s.is_whole || s.n_distinct >= DISTINCT_CAP;
        self.series.get(column).and_then(Option::as_ref).filter(|s| rounded(s)).map_or(0.0, |s| s.half_unit)
    }

    /// Name of a column.
    #[must_use]
    pub fn name(&self, column: usize) -> &str {
        self.table.columns().get(column).map_or("", Column::name)
    }

    /// First position of the entity that stands at `position`.
    #[must_use]
    pub fn start_of(&self, position: usize) -> usize {
        let after = self.starts.partition_point(|&s| s <= position);
        after.checked_sub(1).and_then(|i| self.starts.get(i)).copied().unwrap_or(0)
    }

    /// First position after the entity that stands at `position`.
    #[must_use]
    pub fn end_of(&self, position: usize) -> usize {
        let after = self.starts.partition_point(|&s| s <= position);
        self.starts.get(after).copied().unwrap_or(self.order.len())
    }

    /// The position `by` rows before (negative: after) `position` in the same entity.
    #[must_use]
    pub fn back(&self, position: usize, by: i32) -> Option<usize> {
        let to = isize::try_from(position).ok()?.checked_sub(isize::try_from(by).ok()?)?;
        let to = usize::try_from(to).ok()?;
        (to >= self.start_of(position) && to < self.end_of(position)).then_some(to)
    }
}

fn ordered(table: &Table, entity: Option<usize>, time: Option<usize>) -> (Vec<u32>, Vec<usize>) {
    let n = u32::try_from(table.n_rows()).unwrap_or(u32::MAX);
    let groups = entity.and_then(|c| table.columns().get(c)).map(group_codes);
    let moments = time.and_then(|c| table.columns().get(c)).map(sort_keys);
    let mut order: Vec<u32> = (0..n).collect();
    let of = |list: &Option<Vec<i64>>, row: u32| list.as_ref().and_then(|l| l.get(row as usize)).copied().unwrap_or(0);
    order.sort_by_key(|&row| (of(&groups, row), of(&moments, row)));
    let mut starts = vec![0];
    starts.extend((1..order.len()).filter(|&i| of(&groups, order[i]) != of(&groups, order[i - 1])));
    if !order.is_empty() {
        starts.push(order.len());
    }
    (order, starts)
}

/// A number for every row, equal where the texts are equal; entities come in the order in which they first stand in the file.
fn group_codes(column: &Column) -> Vec<i64> {
    if let Some((codes, _)) = column.codes() {
        return codes.iter().map(|&c| i64::from(c)).collect();
    }
    let mut index: BTreeMap<u64, i64> = BTreeMap::new();
    let word = |row: usize| column.numbers().map_or_else(|| column.millis().map_or(0, |m| m[row].cast_unsigned()), |v| (v[row] + 0.0).to_bits());
    (0..column.len())
        .map(|row| {
            let next = i64::try_from(index.len()).unwrap_or(i64::MAX);
            *index.entry(word(row)).or_insert(next)
        })
        .collect()
}

/// Whole numbers in the order of time: milliseconds, or for a numeric column the bits of a double made sortable. Missing comes last.
fn sort_keys(column: &Column) -> Vec<i64> {
    if let Some(millis) = column.millis() {
        return millis.iter().map(|&m| if m == MISSING_TIME { i64::MAX } else { m }).collect();
    }
    let sortable = |v: f64| {
        let bits = (v + 0.0).to_bits().cast_signed();
        if v.is_nan() { i64::MAX } else { bits ^ (((bits >> 63).cast_unsigned()) >> 1).cast_signed() }
    };
    column.numbers().map_or_else(|| vec![0; column.len()], |v| v.iter().copied().map(sortable).collect())
}

fn moments(column: &Column, order: &[u32]) -> Option<Vec<i64>> {
    let millis = column.millis()?;
    Some(order.iter().map(|&r| millis[r as usize]).collect())
}

fn series(column: &Column, order: &[u32], classes: &[String]) -> Option<Series> {
    let (values, decimals, half) = if let Some(numbers) = column.numbers() {
        let decimals = column.printed_decimals().unwrap_or(0);
        (order.iter().map(|&r| numbers[r as usize]).collect::<Vec<f64>>(), decimals, half_unit(decimals))
    } else {
        let (codes, levels) = column.codes()?;
        let positive = positive_level(column.kind(), levels, classes)?;
        let value = |code: u32| if code == MISSING_CODE { f64::NAN } else { f64::from(u8::from(code as usize == positive)) };
        (order.iter().map(|&r| value(codes[r as usize])).collect(), 0, 0.0)
    };
    let present = values.iter().filter(|v| !v.is_nan());
    let is_whole = present.clone().all(|v| v.fract() == 0.0);
    let mut seen = std::collections::BTreeSet::new();
    for v in present.clone() {
        seen.insert((v + 0.0).to_bits());
        if seen.len() >= DISTINCT_CAP {
            break;
        }
    }
    let n_present = present.count();
    Some(Series { n_distinct: seen.len(), n_present, values, decimals, half_unit: half, is_whole })
}

/// Which level of a yes/no column is the 1: the task's positive class, or the later of the two in order of their text.
fn positive_level(kind: Kind, levels: &[String], classes: &[String]) -> Option<usize> {
    if let [_, positive] = classes {
        return levels.iter().position(|l| l == positive);
    }
    if kind != Kind::Boolean {
        return None;
    }
    (0..levels.len()).max_by(|&a, &b| levels[a].cmp(&levels[b]))
}

fn key(column: &Column, order: &[u32]) -> Option<Key> {
    let words: Vec<Option<u64>> = match (column.codes(), column.numbers()) {
        (Some((codes, _)), _) => codes.iter().map(|&c| (c != MISSING_CODE).then_some(u64::from(c))).collect(),
        (None, Some(numbers)) if numbers.iter().all(|v| v.is_nan() || v.fract() == 0.0) => {
            numbers.iter().map(|v| (!v.is_nan()).then_some((v + 0.0).to_bits())).collect()
        }
        _ => return None,
    };
    let mut index: BTreeMap<u64, u32> = BTreeMap::new();
    let mut codes = Vec::with_capacity(order.len());
    for &row in order {
        let next = u32::try_from(index.len()).unwrap_or(MISSING_CODE);
        codes.push(words[row as usize].map_or(MISSING_CODE, |w| *index.entry(w).or_insert(next)));
        if index.len() > order.len() / 2 {
            return None;
        }
    }
    (index.len() >= FEWEST_LEVELS).then_some(Key { codes, n_levels: index.len() })
}
