//! What came before: rows as series of moments, and functions of the past that cannot see what is not known yet.
//!
//! A *series* is all rows of one entity (or all rows), cut into *moments*: rows of equal time. The value of a column at a moment is the mean of its
//! rows. A feature of a row may use its series up to `gap` moments before its own, never later: the target's own past has a gap of at least 1 and
//! of the task's horizon, a column has that of the horizon, and 0 where the user says it is known. Functions are computed once for every moment as "ending here" and then read `gap`
//! moments earlier, so no function can reach what it should not.
//!
//! Training rows see training rows only; rows that are predicted see all rows of their table, since what is earlier is known by then. A model that uses
//! the past therefore wants earlier rows in every file it is asked about; its file keeps none, and can be shared.
//!
//! Without a time column rows stand in the order of the file. A row without a time has no past and is nobody's past.

use super::StepChoice;
use super::slots::picked;
use crate::error::{Error, Result};
use crate::param::Value;
use crate::table::time::DAY;
use crate::table::{MISSING_TIME, Table, Values};
use crate::task::Task;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which columns say what came before; part of a fitted recipe with a step that uses the past.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Orders the rows; none: the file's order.
    pub time: Option<String>,
    /// Rows of one entity are one series; none: all rows are one.
    pub entity: Option<String>,
    /// The target, where a step uses its past.
    pub target: Option<String>,
    /// Its classes; empty for numbers.
    pub classes: Vec<String>,
    /// Moments between what is known and what is predicted.
    pub horizon: u32,
}

impl Order {
    /// The order of a task's rows.
    #[must_use]
    pub fn of(task: &Task, uses_target: bool) -> Self {
        let target = uses_target.then(|| task.target.clone());
        Self { time: task.time.clone(), entity: task.entity.clone(), target, classes: task.classes.clone(), horizon: task.horizon }
    }

    /// Names of the columns it reads.
    pub fn columns(&self) -> impl Iterator<Item = &String> {
        [&self.time, &self.entity, &self.target].into_iter().flatten()
    }

    /// The past of no rows.
    pub(super) fn blank(&self) -> Past {
        let target_name = self.target.clone().unwrap_or_default();
        Past { time: Vec::new(), entity: Vec::new(), target: Vec::new(), horizon: self.horizon as usize, time_name: self.time.clone(), target_name }
    }

    /// Time, entity and target of some rows of a table.
    ///
    /// # Errors
    /// A column is not in the table, or the time column has no order.
    pub(super) fn read(&self, table: &Table, rows: &[u32]) -> Result<Past> {
        let time: Vec<f64> = match &self.time {
            None => rows.iter().map(|&r| f64::from(r)).collect(),
            Some(name) => times(table, name, rows)?,
        };
        let mut known: BTreeMap<String, u32> = BTreeMap::new();
        let mut entity = Vec::with_capacity(rows.len());
        for &row in rows {
            let text = match &self.entity {
                Some(name) => table.column(name)?.text(row as usize).into_owned(),
                None => String::new(),
            };
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            entity.push(*known.entry(text).or_insert(next));
        }
        let target = match &self.target {
            Some(name) => targets(table, name, &self.classes, rows)?,
            None => Vec::new(),
        };
        let missing_entity = |row: &u32| self.entity.as_ref().and_then(|e| table.column(e).ok()).is_some_and(|c| c.is_missing(*row as usize));
        let time = rows.iter().zip(time).map(|(r, t)| if missing_entity(r) { f64::NAN } else { t }).collect();
        Ok(Past { time, entity, target, ..self.blank() })
    }
}

/// Whether a chosen step uses the target's own past: those that can do, unless it is switched off.
#[must_use]
pub(super) fn wants_target(choice: &StepChoice) -> bool {
    let can = super::STEPS.iter().any(|s| s.id == choice.id && s.params.iter().any(|p| p.id == TARGET));
    can && !matches!(choice.params.get(TARGET), Some(Value::Switch(false)))
}

/// The hyperparameter that says whether the target's own past is used.
pub const TARGET: &str = "target";

/// Time of rows: days since 1970, or the number itself; NaN where missing.
fn times(table: &Table, name: &str, rows: &[u32]) -> Result<Vec<f64>> {
    let column = table.column(name)?;
    let day = |m: &i64| if *m == MISSING_TIME { f64::NAN } else { *m as f64 / DAY as f64 };
    match column.values() {
        Values::Times { millis, .. } => Ok(rows.iter().map(|&r| millis.get(r as usize).map_or(f64::NAN, day)).collect()),
        Values::Numbers { values, .. } => Ok(rows.iter().map(|&r| values.get(r as usize).copied().unwrap_or(f64::NAN)).collect()),
        Values::Codes { .. } => Err(Error::cannot_order_by(column.kind().id())),
    }
}

/// The target as a number: of two classes 1 for the second.
fn targets(table: &Table, name: &str, classes: &[String], rows: &[u32]) -> Result<Vec<f64>> {
    let column = table.column(name)?;
    if classes.is_empty() {
        let none = || vec![f64::NAN; rows.len()];
        return Ok(column.numbers().map_or_else(none, |v| rows.iter().map(|&r| v.get(r as usize).copied().unwrap_or(f64::NAN)).collect()));
    }
    let class = |row: usize| classes.iter().position(|c| *c == column.text(row)).map_or(f64::NAN, |k| k as f64);
    Ok(rows.iter().map(|&r| if column.is_missing(r as usize) { f64::NAN } else { class(r as usize) }).collect())
}

/// Time, entity and target of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// Days since 1970 or a number, shape `(n_rows,)`; NaN: unknown.
    pub time: Vec<f64>,
    /// Entity, shape `(n_rows,)`.
    pub entity: Vec<u32>,
    /// Target, shape `(n_rows,)`; empty where no step asks for its past.
    pub target: Vec<f64>,
    /// Moments between what is known and what is predicted.
    pub horizon: usize,
    /// Name of the time column.
    pub time_name: Option<String>,
    /// Name of the target; empty where no step asks for its past.
    pub target_name: String,
}

impl Past {
    pub(super) fn take(&self, places: &[usize]) -> Self {
        let target = if self.target.is_empty() { Vec::new() } else { picked(&self.target, places) };
        Self { time: picked(&self.time, places), entity: picked(&self.entity, places), target, ..self.clone() }
    }

    /// The rows as series: one an entity, or one for all rows.
    #[must_use]
    pub fn series(&self, by_entity: bool) -> Series {
        let entity = |row: usize| if by_entity { self.entity.get(row).copied().unwrap_or(0) } else { 0 };
        let mut order: Vec<usize> = (0..self.time.len()).filter(|&r| !self.time[r].is_nan()).collect();
        crate::math::sort::along(&mut order, &|r| self.time[r]);
        crate::math::sort::along(&mut order, &|r| f64::from(entity(r)));
        let mut series = Series { moment: vec![usize::MAX; self.time.len()], start: Vec::new(), time: Vec::new(), rows: Vec::new() };
        let mut before: Option<(u32, f64)> = None;
        for row in order {
            let own = (entity(row), self.time[row]);
            if before != Some(own) {
                let at = series.time.len();
                series.start.push(if before.is_some_and(|b| b.0 == own.0) { series.start[at - 1] } else { at });
                series.time.push(own.1);
                before = Some(own);
            }
            series.moment[row] = series.time.len() - 1;
            series.rows.push(row);
        }
        series
    }
}

/// Rows as series of moments.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The moment of every row, shape `(n_rows,)`; `usize::MAX`: none.
    moment: Vec<usize>,
    /// For every moment the first moment of its series.
    start: Vec<usize>,
    /// Time of every moment.
    time: Vec<f64>,
    /// Rows in the order of moments.
    rows: Vec<usize>,
}

impl Series {
    /// Time of every moment.
    #[must_use]
    pub fn times(&self) -> &[f64] {
        &self.time
    }

    /// The mean of a column at every moment over rows where it is there; NaN where it is nowhere.
    #[must_use]
    pub fn at_moments(&self, values: &[f64]) -> Vec<f64> {
        let mut sums = vec![(0.0, 0.0); self.time.len()];
        for &row in &self.rows {
            if let (Some(v), Some(sum)) = (values.get(row).filter(|v| !v.is_nan()), self.moment.get(row).and_then(|&m| sums.get_mut(m))) {
                *sum = (sum.0 + v, sum.1 + 1.0);
            }
        }
        sums.into_iter().map(|(sum, n)| if n > 0.0 { sum / n } else { f64::NAN }).collect()
    }

    /// First moment of each series, and the one after its last.
    #[must_use]
    pub fn spans(&self) -> Vec<(usize, usize)> {
        let mut spans: Vec<(usize, usize)> = Vec::new();
        for (at, start) in self.start.iter().enumerate() {
            match spans.last_mut() {
                Some(span) if span.0 == *start => span.1 = at + 1,
                _ => spans.push((at, at + 1)),
            }
        }
        spans
    }

    /// Applies a function to each series: it is given a series' values in order and gives as many, each "ending here".
    #[must_use]
    pub fn each(&self, values: &[f64], of: &dyn Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
        let mut all = Vec::with_capacity(values.len());
        for (from, to) in self.spans() {
            all.extend(of(&values[from..to]));
            all.resize(to, f64::NAN);
        }
        all
    }

    /// What each row may know: the value `gap` moments before its own, in its series; NaN where there is none.
    #[must_use]
    pub fn known(&self, at_moments: &[f64], gap: usize) -> Vec<f64> {
        let one = |&m: &usize| {
            let start = self.start.get(m)?;
            let at = m.checked_sub(gap).filter(|at| at >= start)?;
            at_moments.get(at).copied()
        };
        self.moment.iter().map(|m| one(m).unwrap_or(f64::NAN)).collect()
    }

    /// Whether some row has another moment before its own.
    #[must_use]
    pub fn has_history(&self) -> bool {
        self.start.iter().enumerate().any(|(m, start)| m > *start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(time: &[f64], entity: &[u32]) -> Past {
        Past { time: time.to_vec(), entity: entity.to_vec(), target: vec![], horizon: 0, time_name: None, target_name: String::new() }
    }

    #[test]
    fn rows_of_one_moment_share_its_mean_and_see_earlier_moments_of_their_entity_only() {
        let series = past(&[2.0, 1.0, 2.0, 3.0, 1.0, f64::NAN], &[0, 0, 0, 0, 1, 0]).series(true);
        let moments = series.at_moments(&[4.0, 1.0, 6.0, 9.0, 50.0, 7.0]);
        assert_eq!(moments, [1.0, 5.0, 9.0, 50.0]);
        let known = series.known(&moments, 1);
        crate::prepare::reference::agree(&known, &[1.0, f64::NAN, 1.0, 5.0, f64::NAN, f64::NAN], 0.0, "one moment before");
        assert!(series.has_history());
    }

    #[test]
    fn a_function_is_given_each_series_alone() {
        let series = past(&[1.0, 2.0, 1.0, 2.0], &[0, 0, 1, 1]).series(true);
        let sums = series.each(&[1.0, 2.0, 10.0, 20.0], &|v| {
            v.iter()
                .scan(0.0, |s, x| {
                    *s += x;
                    Some(*s)
                })
                .collect()
        });
        assert_eq!(sums, [1.0, 3.0, 10.0, 30.0]);
        assert_eq!(past(&[1.0, 2.0, 1.0, 2.0], &[0, 0, 1, 1]).series(false).times(), [1.0, 2.0]);
    }
}
