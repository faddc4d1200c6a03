//! The segments in which a model errs most: a small tree on the size of its errors, found on one half of the rows and measured on the other.
//!
//! Each leaf holds at least a fiftieth of the rows, and 20 (as [`super::surrogate`]). A segment found and measured on the same rows would always look weak; so the half that
//! measures took no part in finding: the later half in time order, other entities where rows are grouped, else by chance. Source: error analysis by decision
//! trees on errors (Chung et al. 2020, "Slice Finder"; `sklearn`-style trees as in Microsoft's Error Analysis).

use super::readable::Readable;
use super::surrogate::grow;
use crate::error::Result;
use crate::evaluate::{Dependence, Judge};
use crate::math::rng::Stream;
use crate::math::sort;
use crate::prepare::FittedRecipe;
use crate::split::Rows;
use crate::table::Table;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most rows looked at.
const MOST_ROWS: usize = 20_000;
/// Fewest rows: fewer have no two segments of 20 on each half.
const LEAST_ROWS: usize = 200;
/// Fewest measuring rows of a segment.
const LEAST_MEASURED: usize = 20;
/// Most segments told.
const MOST_TOLD: usize = 3;

/// A segment in which errors are larger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WeakSegment {
    /// Readable features with the values they must be above and at most.
    pub conditions: Vec<(String, Option<f64>, Option<f64>)>,
    /// Measuring rows in it.
    pub n_rows: u64,
    /// Mean loss of these rows: distance of a number, or one minus the probability of the true class.
    pub loss: f64,
    /// That over the mean loss of all measuring rows: 1 is as elsewhere.
    pub ratio: f64,
    /// Its interval, which takes the mean of all as known; `None` for too few entities.
    pub ratio_interval: Option<(f64, f64)>,
}

/// The weakest segments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weakest {
    /// Weakest first, by what was measured; only those weaker than the whole.
    pub segments: Vec<WeakSegment>,
    /// Mean loss of all measuring rows.
    pub loss: f64,
    /// Rows that found, and rows that measured.
    pub n_rows: (u64, u64),
}

/// Looks for weak segments among judged rows, in the order of the split, with their losses; both of shape `(n_rows,)`. `None` for too few rows or no loss.
///
/// # Errors
/// The recipe does not fit the table.
pub fn weakest(recipe: &FittedRecipe, table: &Table, judge: &Judge<'_>, rows: &[u32], losses: &[f64]) -> Result<Option<Weakest>> {
    let step = rows.len().div_ceil(MOST_ROWS).max(1);
    let all: Vec<(u32, f64)> = rows.iter().copied().zip(losses.iter().copied()).step_by(step).collect();
    if all.len() < LEAST_ROWS {
        return Ok(None);
    }
    let finds = sides(judge, &all.iter().map(|r| r.0).collect::<Vec<_>>());
    let part = |wanted: bool| -> (Vec<u32>, Vec<f64>) { all.iter().zip(&finds).filter(|(_, f)| **f == wanted).map(|(r, _)| *r).unzip() };
    let ((found_on, told), (measured_on, measured)) = (part(true), part(false));
    let whole = judge.mean_of(&measured_on, &measured).filter(|w| w.value > 0.0 && told.len() >= LEAST_ROWS / 4);
    let Some(whole) = whole else { return Ok(None) };
    let features = recipe.apply(table, &Rows::new(found_on))?;
    let readable = Readable::new(recipe, &features);
    let (n_found, n_measured) = (told.len() as u64, measured.len() as u64);
    let (tree, rules) = grow(recipe, readable.apply(&features)?, told)?;
    let unseen = readable.apply(&recipe.apply(table, &Rows::new(measured_on.clone()))?)?;
    let mut leaves: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (i, value) in tree.predict(&unseen)?.values.iter().enumerate() {
        leaves.entry(value.to_bits()).or_default().push(i);
    }
    let mut segments = Vec::new();
    for rule in rules.into_iter().filter(|rule| !rule.conditions.is_empty()) {
        let Some(own) = leaves.get(&rule.value.to_bits()).filter(|own| own.len() >= LEAST_MEASURED) else { continue };
        let rows: Vec<u32> = own.iter().map(|&i| measured_on[i]).collect();
        let losses: Vec<f64> = own.iter().map(|&i| measured[i]).collect();
        let Some(mean) = judge.mean_of(&rows, &losses).filter(|m| m.value > whole.value) else { continue };
        let ends = mean.low.zip(mean.high).map(|(low, high)| (low / whole.value, high / whole.value));
        segments.push(WeakSegment {
            conditions: rule.conditions,
            n_rows: mean.n,
            loss: mean.value,
            ratio: mean.value / whole.value,
            ratio_interval: ends,
        });
    }
    sort::by(&mut segments, |a, b| b.ratio.total_cmp(&a.ratio));
    segments.truncate(MOST_TOLD);
    Ok(Some(Weakest { segments, loss: whole.value, n_rows: (n_found, n_measured) }))
}

/// Which rows find (the others measure), shape `(n_rows,)`.
fn sides(judge: &Judge<'_>, rows: &[u32]) -> Vec<bool> {
    let half = rows.len() / 2;
    if matches!(judge.dependence, Dependence::TimeOrdered) {
        return (0..rows.len()).map(|i| i < half).collect();
    }
    let unit = |row: u32| match judge.dependence {
        Dependence::Clustered(codes) => codes.get(row as usize).copied().unwrap_or(u32::MAX),
        _ => row,
    };
    let mut units: Vec<u32> = rows.iter().map(|&row| unit(row)).collect();
    units.sort_unstable();
    units.dedup();
    Stream::new(judge.seed, "explain/weakest", 0).shuffle(&mut units);
    units.truncate(units.len() / 2);
    units.sort_unstable();
    rows.iter().map(|&row| units.binary_search(&unit(row)).is_ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::{Recipe, Variant};
    use crate::split::{SplitSettings, Strategy, make};
    use crate::table::{Column, Kind};
    use crate::task::{Target, Task, TaskKind};

    /// A table of a number and a label, with a recipe learned from it.
    fn example(n: usize) -> (Table, FittedRecipe, Vec<f64>) {
        let mut stream = Stream::new(1, "test/weakest", 0);
        let size: Vec<f64> = (0..n).map(|_| stream.uniform()).collect();
        let labels: Vec<String> = (0..n).map(|i| ["red", "blue", "green"][i % 3].to_owned()).collect();
        let colour = Column::labels("colour", Kind::Categorical, &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>());
        let target = Target { values: size.clone(), classes: Vec::new() };
        let table = Table::new(vec![Column::numeric("size", size, 3), colour]).unwrap();
        let task = Task {
            target: "y".into(),
            kind: TaskKind::Regression,
            classes: Vec::new(),
            time: None,
            entity: None,
            weight: None,
            horizon: 0,
            features: vec!["size".into(), "colour".into()],
            ignored: Vec::new(),
        };
        let settings = SplitSettings { strategy: Strategy::Random, folds: 2, holdout: 0.0, ..SplitSettings::default() };
        let table = table_with_target(table, &target.values);
        let split = make(&table, &task, &target, &settings, None, 1).unwrap();
        let recipe =
            Recipe::usual_for(&table.schema(), &task, Variant::default()).fit_for(&table, &split.development, &task, Variant::default()).unwrap();
        (table, recipe, target.values)
    }

    fn table_with_target(table: Table, values: &[f64]) -> Table {
        let mut columns = table.columns().to_vec();
        columns.push(Column::numeric("y", values.to_vec(), 3));
        Table::new(columns).unwrap()
    }

    #[test]
    fn a_planted_weak_segment_is_found_and_its_ratio_is_measured_on_other_rows() {
        let (table, recipe, truth) = example(900);
        let rows: Vec<u32> = (0..900).collect();
        let judge = Judge { kind: TaskKind::Regression, n_classes: 0, truth: &truth, dependence: Dependence::Independent, seed: 1 };
        let losses: Vec<f64> = (0..900).map(|i| if truth[i] > 0.8 { 5.0 } else { 1.0 }).collect();
        let found = weakest(&recipe, &table, &judge, &rows, &losses).unwrap().unwrap();
        let first = &found.segments[0];
        assert!(first.conditions.iter().any(|(name, low, _)| name == "size" && low.is_some_and(|low| (low - 0.8).abs() < 0.02)), "{first:?}");
        assert!((first.loss - 5.0).abs() < 0.2 && first.ratio > 2.0, "{first:?}");
        assert_eq!(found.n_rows.0 + found.n_rows.1, 900);
    }

    #[test]
    fn even_errors_have_no_segment_and_few_rows_are_not_looked_at() {
        let (table, recipe, truth) = example(300);
        let judge = Judge { kind: TaskKind::Regression, n_classes: 0, truth: &truth, dependence: Dependence::Independent, seed: 1 };
        let rows: Vec<u32> = (0..300).collect();
        assert_eq!(weakest(&recipe, &table, &judge, &rows, &[1.0; 300]).unwrap().map(|w| w.segments.len()), Some(0));
        assert_eq!(weakest(&recipe, &table, &judge, &rows[..100], &[1.0; 100]).unwrap(), None);
    }
}
