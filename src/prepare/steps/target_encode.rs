//! Mean of the target by level, learned from training rows only: what a level is worth, in one number.
//!
//! For a level with `n` training rows whose targets sum to `s`: `(s + w m) / (n + w)`, `m` being the mean of all training rows and `w` the
//! smoothing. Classes are encoded by the share of each class (two classes: of the positive one). A training row is given the value that the
//! rows of the other inner folds give ([`INNER_FOLDS`], drawn once for each row), so that it never sees its own target; other rows are
//! given the value of all training rows. Levels that are rare, or were never seen in training, are given `m`. The column itself stays.
//!
//! Source: D. Micci-Barreca, A preprocessing scheme for high-cardinality categorical attributes, SIGKDD Explorations 3 (2001), 27-32;
//! cross-fitting as in scikit-learn's `TargetEncoder`.

use super::encode::LEAST_ROWS;
use crate::error::Result;
use crate::math::rng::Stream;
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::slots::{Cells, Slot, Slots};
use crate::prepare::{FittedStep, Learned, StepEntry};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "target_encode",
    title: "Mean of the target by level",
    doc: "Adds what the target is on average in each level, drawn towards the mean of all rows where rows are few. Learned from training rows only; a training row never \
          sees its own target. Helps where a column has many levels.",
    params: PARAMS,
    fit,
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        id: "smoothing",
        title: "Smoothing",
        help: "Rows that the mean of all rows weighs as much as.",
        domain: Domain::Real { low: 0.0, high: 10_000.0, default: 10.0, log: false },
    },
    ParamSpec {
        id: "min_rows",
        title: "Fewest rows of a level",
        help: "Levels in fewer training rows are given the mean of all rows: a model that is shared names no rarer one.",
        domain: Domain::Whole { low: 1, high: 1000, default: LEAST_ROWS as i64 },
    },
];

/// Folds by which training rows are encoded.
pub const INNER_FOLDS: u32 = 5;
/// Seed of the draw of inner folds: one for all, so that a recipe learned again is the same.
const SEED: u64 = 0;

/// What was learned, by column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedMeans {
    columns: BTreeMap<String, Means>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Means {
    smoothing: f64,
    /// One a feature: the class it is the share of; empty for the mean of a number.
    classes: Vec<u32>,
    /// One a feature: the mean of all training rows.
    prior: Vec<f64>,
    /// By level: one value a feature.
    levels: BTreeMap<String, Vec<f64>>,
}

/// Rows, and the sum of the target for each feature.
#[derive(Clone, Debug, PartialEq)]
struct Tally {
    n: f64,
    sums: Vec<f64>,
}

impl Tally {
    fn new(n_features: usize) -> Self {
        Self { n: 0.0, sums: vec![0.0; n_features] }
    }

    fn add(&mut self, parts: &[f64]) {
        self.n += 1.0;
        self.sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
    }

    fn without(&self, other: &Self) -> Self {
        Self { n: self.n - other.n, sums: self.sums.iter().zip(&other.sums).map(|(a, b)| a - b).collect() }
    }

    fn mean(&self) -> Vec<f64> {
        self.sums.iter().map(|s| if self.n > 0.0 { s / self.n } else { 0.0 }).collect()
    }

    fn smoothed(&self, weight: f64, prior: &[f64]) -> Vec<f64> {
        let whole = self.n + weight;
        self.sums.iter().zip(prior).map(|(s, p)| if whole > 0.0 { (s + weight * p) / whole } else { *p }).collect()
    }
}

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    // Without a target there is no mean of it.
    let target = slots.target().unwrap_or_default();
    let (y, n_classes) = (&target.0, target.1);
    let classes: Vec<u32> = match n_classes {
        0 => Vec::new(),
        2 => vec![1],
        n => (0..u32::try_from(n).unwrap_or(0)).collect(),
    };
    let mut fitted = FittedMeans { columns: BTreeMap::new() };
    for slot in slots.list().iter().filter(|s| s.is_among(columns)) {
        let Some(keys) = keys(&slot.cells, !columns.is_empty()) else { continue };
        let mut all = Tally::new(classes.len().max(1));
        let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
        for (key, parts) in keys.iter().zip(y.iter().map(|&v| parts(v, &classes))) {
            let Some(parts) = parts else { continue };
            all.add(&parts);
            if let Some(key) = key {
                tallies.entry(key).or_insert_with(|| Tally::new(parts.len())).add(&parts);
            }
        }
        let (smoothing, prior) = (params.real("smoothing"), all.mean());
        #[expect(clippy::cast_precision_loss, reason = "the parameter is small")]
        let frequent = tallies.iter().filter(|(_, t)| t.n >= params.count("min_rows") as f64);
        let levels = frequent.map(|(key, tally)| ((*key).to_owned(), tally.smoothed(smoothing, &prior))).collect();
        fitted.columns.insert(slot.name().to_owned(), Means { smoothing, classes: classes.clone(), prior, levels });
    }
    Ok(FittedStep::TargetEncode(fitted))
}

/// The level of every row; `None` for columns that have none. Numbers count as levels only where the column was chosen.
fn keys(cells: &Cells, chosen: bool) -> Option<Vec<Option<String>>> {
    match cells {
        Cells::Labels { codes, levels } => Some(codes.iter().map(|&c| levels.get(c as usize).cloned()).collect()),
        Cells::Numbers(values) if chosen => Some(values.iter().map(|v| v.is_finite().then(|| v.to_string())).collect()),
        Cells::Numbers(_) | Cells::Times(_) | Cells::Texts { .. } => None,
    }
}

/// What a target adds to each feature's sum; `None` when it is missing.
fn parts(y: f64, classes: &[u32]) -> Option<Vec<f64>> {
    if y.is_nan() {
        return None;
    }
    Some(if classes.is_empty() { vec![y] } else { classes.iter().map(|&c| f64::from(u8::from(y.total_cmp(&f64::from(c)).is_eq()))).collect() })
}

impl FittedMeans {
    /// Adds the means of all training rows.
    #[must_use]
    pub fn apply(&self, slots: Slots) -> Slots {
        slots.replace(|slot, next| {
            let made = self.columns.get(slot.name()).map(|means| means.features(&slot, |_, key| means.of(key)));
            next.push(slot);
            made.into_iter().flatten().for_each(|s| next.push(s));
        })
    }

    /// Adds, to training rows, the means of the rows in the other inner folds.
    #[must_use]
    pub(in crate::prepare) fn apply_inner(&self, slots: Slots) -> Slots {
        let Some(target) = slots.target() else { return self.apply(slots) };
        let mut draw = Stream::new(SEED, "prepare/target_encode", 0);
        let folds: Vec<u32> = target.0.iter().map(|_| draw.below(INNER_FOLDS)).collect();
        slots.replace(|slot, next| {
            let made = self.columns.get(slot.name()).map(|means| means.inner(&slot, &target.0, &folds));
            next.push(slot);
            made.into_iter().flatten().for_each(|s| next.push(s));
        })
    }

    /// Levels by column.
    #[must_use]
    pub fn learned(&self) -> Vec<Learned> {
        let of = |(column, means): (&String, &Means)| Learned {
            column: column.clone(),
            name: "levels".to_owned(),
            number: None,
            levels: means.levels.keys().cloned().collect(),
        };
        self.columns.iter().map(of).collect()
    }

    /// Whether all numbers are finite and every level has one a feature.
    #[must_use]
    pub(in crate::prepare) fn is_valid(&self) -> bool {
        let fits = |m: &Means| {
            let n = m.classes.len().max(1);
            let whole = |v: &Vec<f64>| v.len() == n && v.iter().all(|x| x.is_finite());
            m.smoothing >= 0.0 && m.smoothing.is_finite() && whole(&m.prior) && m.levels.values().all(whole)
        };
        self.columns.values().all(fits)
    }
}

impl Means {
    fn of(&self, key: Option<&str>) -> Vec<f64> {
        key.and_then(|k| self.levels.get(k)).unwrap_or(&self.prior).clone()
    }

    /// One feature a class, or one: `value` gives a row's values by its number and level.
    fn features(&self, slot: &Slot, value: impl Fn(usize, Option<&str>) -> Vec<f64>) -> Vec<Slot> {
        let keys = keys(&slot.cells, true).unwrap_or_default();
        let rows: Vec<Vec<f64>> = keys.iter().enumerate().map(|(row, key)| value(row, key.as_deref())).collect();
        let name = |at: usize| match self.classes.len() {
            0 | 1 => format!("{}: target mean", slot.name()),
            _ => format!("{}: target mean {}", slot.name(), at + 1),
        };
        let feature = |at: usize| slot.made(ENTRY.id, name(at), rows.iter().map(|r| r.get(at).copied().unwrap_or(0.0)).collect(), false);
        (0..self.prior.len()).map(feature).collect()
    }

    fn inner(&self, slot: &Slot, y: &[f64], folds: &[u32]) -> Vec<Slot> {
        let n = self.prior.len();
        let keys = keys(&slot.cells, true).unwrap_or_default();
        let mut all = vec![Tally::new(n); INNER_FOLDS as usize + 1];
        let mut by_level: BTreeMap<&str, Vec<Tally>> = BTreeMap::new();
        let total = INNER_FOLDS as usize;
        for ((key, &y), &fold) in keys.iter().zip(y).zip(folds) {
            let Some(parts) = parts(y, &self.classes) else { continue };
            for at in [fold as usize, total] {
                all[at].add(&parts);
                if let Some(key) = key.as_deref().filter(|k| self.levels.contains_key(*k)) {
                    by_level.entry(key).or_insert_with(|| vec![Tally::new(n); total + 1])[at].add(&parts);
                }
            }
        }
        let others = |tallies: &[Tally], fold: usize| tallies[total].without(&tallies[fold]);
        self.features(slot, |row, key| {
            let fold = folds.get(row).map_or(0, |&f| f as usize);
            let prior = others(&all, fold).mean();
            match key.and_then(|k| by_level.get(k)) {
                Some(tallies) => others(tallies, fold).smoothed(self.smoothing, &prior),
                None => prior,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::Recipe;
    use crate::prepare::StepChoice;
    use crate::split::{SplitSettings, make};
    use crate::table::{Column, Kind, Table};
    use crate::task::{Task, TaskKind};

    /// 300 rows of 30 levels whose target is noise: nothing can be learned from them.
    fn noise() -> (Table, Task) {
        let mut draw = Stream::new(3, "target_encode", 0);
        let levels: Vec<String> = (0..300).map(|_| format!("l{}", draw.below(30))).collect();
        let cells: Vec<Option<&str>> = levels.iter().map(|l| Some(l.as_str())).collect();
        let y = (0..300).map(|_| draw.normal()).collect();
        let table = Table::new(vec![Column::labels("k", Kind::Categorical, &cells), Column::numeric("y", y, 3)]).unwrap();
        let task = Task {
            target: "y".into(),
            kind: TaskKind::Regression,
            classes: vec![],
            time: None,
            entity: None,
            weight: None,
            horizon: 0,
            features: vec!["k".into()],
            ignored: vec![],
        };
        (table, task)
    }

    fn correlation(a: &[f64], b: &[f64]) -> f64 {
        let (ma, mb) = (crate::math::sum::mean(a), crate::math::sum::mean(b));
        let product = |f: &dyn Fn(usize) -> f64| (0..a.len()).map(f).sum::<f64>();
        let (aa, bb) = (product(&|i| (a[i] - ma) * (a[i] - ma)), product(&|i| (b[i] - mb) * (b[i] - mb)));
        product(&|i| (a[i] - ma) * (b[i] - mb)) / (aa * bb).sqrt()
    }

    #[test]
    fn a_training_row_never_sees_its_own_target() {
        let (table, task) = noise();
        let target = task.encode(&table).unwrap();
        let split = make(&table, &task, &target, &SplitSettings { holdout: 0.0, ..SplitSettings::default() }, None, 1).unwrap();
        let step = StepChoice { id: ENTRY.id.into(), columns: vec!["k".into()], ..StepChoice::default() };
        let recipe = Recipe { steps: vec![step] }.fit(&table, &split.development, &task).unwrap();
        assert!(recipe.validate().is_ok());
        let set = recipe.training_set(&table, &split.development, &task, &target).unwrap();
        let applied = recipe.apply(&table, split.development.rows()).unwrap();
        let y: Vec<f64> = split.development.rows().as_slice().iter().map(|&r| target.values[r as usize]).collect();
        let (inner, outer) = (correlation(set.features().slice(0), &y), correlation(applied.slice(0), &y));
        assert!(inner < 0.1 && outer > 0.2, "{inner} with inner folds, {outer} without");
    }

    #[test]
    fn means_are_drawn_towards_the_mean_of_all_rows() {
        let tally = Tally { n: 4.0, sums: vec![8.0] };
        assert_eq!(tally.smoothed(4.0, &[1.0]), [1.5]);
        assert_eq!(tally.smoothed(0.0, &[1.0]), [2.0]);
        assert_eq!(Tally::new(1).smoothed(0.0, &[1.0]), [1.0]);
    }
}
