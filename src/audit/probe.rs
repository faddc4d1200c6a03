//! The fast model of the checks that need one: gradient boosting with small settings, on a few thousand rows.
//!
//! It is fitted like any other model: `split::make` deals the rows, a recipe is learned from the training rows of each fold,
//! and every score is of rows not learned from. Compared are only scores of this one model on the same rows, so that it is small does
//! not matter: what it gains by seeing a neighbour, an entity or a leak, a larger model gains too.

use super::AuditInput;
use super::measure::Sample;
use crate::error::Result;
use crate::features::Predictions;
use crate::math::sort;
use crate::model::Model;
use crate::model::tree::boost::{BoostSize, boosting};
use crate::prepare::Recipe;
use crate::split::{Fold, SplitSettings, Strategy, make};
use crate::table::Table;
use crate::task::{Target, Task, TaskKind};
use std::collections::BTreeMap;

/// Most rows a probe looks at: an area is known to about 0.01 then.
const ROWS: usize = 4_000;
/// Fewest rows of a wide table.
const WIDE_ROWS: usize = 1_500;
/// Most cells of a probe: a wide table gets fewer rows.
const CELLS: usize = 400_000;
/// Small trees that may still single out five rows, so that memory shows.
const SIZE: BoostSize<'static> = BoostSize { rounds: 40, leaves: 16, learning_rate: 0.2, min_leaf: 5, ..BoostSize::USUAL };
/// Features from which a tree's cost is that of its histograms, and fewer leaves are grown.
const WIDE: usize = 100;
/// The same for a wide table.
const WIDE_SIZE: BoostSize<'static> = BoostSize { rounds: 24, leaves: 8, learning_rate: 0.25, min_leaf: 5, ..BoostSize::USUAL };

/// Rows with a task of their own.
pub(super) struct Probe {
    table: Table,
    task: Task,
    target: Target,
}

/// Predictions of rows not learned from.
pub(super) struct OutOfFold {
    /// Positions among the probe's rows that were judged, ascending.
    pub rows: Vec<usize>,
    /// Predictions of those, shaped as [`Sample::predicted`] wants them.
    pub predictions: Vec<Vec<f64>>,
    /// Share of the gain of each raw column, most first.
    pub top: Vec<(String, f64)>,
}

/// How many rows a probe of this task should look at.
pub(super) fn most_rows(input: &AuditInput<'_>) -> usize {
    (CELLS / input.task.features.len().max(1)).clamp(WIDE_ROWS, ROWS)
}

impl Probe {
    /// These rows of the table, without some of the features.
    pub fn new(input: &AuditInput<'_>, rows: &[u32], without: impl Fn(&str) -> bool) -> Self {
        let mut task = Task { weight: None, ..input.task.clone() };
        task.features.retain(|f| !without(f));
        let values = rows.iter().map(|&r| input.target.values.get(r as usize).copied().unwrap_or(f64::NAN)).collect();
        Self { table: input.table.take(rows), task, target: Target { values, classes: input.target.classes.clone() } }
    }

    /// The same rows and another question: yes (1) or no (0) for each.
    pub fn asked(mut self, answers: Vec<f64>) -> Self {
        self.task.kind = TaskKind::Binary;
        self.task.classes = vec!["no".to_owned(), "yes".to_owned()];
        self.target = Target { values: answers, classes: self.task.classes.clone() };
        self
    }

    /// The same probe whose rows are of the entities, or in the order, of other columns.
    pub fn by(mut self, entity: Option<&str>, time: Option<&str>) -> Self {
        self.task.entity = entity.map(str::to_owned);
        self.task.time = time.map(str::to_owned);
        self.task.horizon = 0;
        self
    }

    /// Truth of the rows judged.
    pub fn sample(&self, rows: &[usize]) -> Sample {
        Sample { rows: rows.to_vec(), y: rows.iter().map(|&r| self.target.values[r]).collect(), n_classes: self.target.classes.len() }
    }

    /// Predictions of every row by models that have not seen it. `last`: only the last fold counts. `None` when the rows cannot be dealt so,
    /// or no feature is left.
    pub fn out_of_fold(&self, strategy: Strategy, folds: u32, gap: u32, last: bool, seed: u64) -> Option<OutOfFold> {
        self.dealt(&self.task, strategy, folds, gap, last, seed)
    }

    /// The same with rows of the entities, or in the order, of other columns; the horizon is left to the gap.
    pub fn out_of_fold_by(&self, entity: Option<&str>, time: Option<&str>, dealing: (Strategy, u32, u32, bool), seed: u64) -> Option<OutOfFold> {
        let task = Task { entity: entity.map(str::to_owned), time: time.map(str::to_owned), horizon: 0, ..self.task.clone() };
        let (strategy, folds, gap, last) = dealing;
        self.dealt(&task, strategy, folds, gap, last, seed)
    }

    fn dealt(&self, task: &Task, strategy: Strategy, folds: u32, gap: u32, last: bool, seed: u64) -> Option<OutOfFold> {
        let settings = SplitSettings { strategy, folds, holdout: 0.0, gap, ..SplitSettings::default() };
        let split = make(&self.table, task, &self.target, &settings, None, seed).ok()?;
        let chosen = if last { split.folds.len().saturating_sub(1) } else { 0 };
        let mut judged: Vec<(usize, Vec<f64>)> = Vec::new();
        let mut gain: BTreeMap<String, f64> = BTreeMap::new();
        for fold in split.folds.get(chosen..)? {
            let predictions = self.fit(fold, &mut gain).ok()??;
            let width = predictions.n_classes.max(1);
            judged.extend(fold.validation.as_slice().iter().zip(predictions.values.chunks(width)).map(|(&r, p)| (r as usize, p.to_vec())));
        }
        sort::by_key(&mut judged, |(row, _)| *row);
        let width = self.target.classes.len().max(1);
        let column = |k: usize| judged.iter().map(|(_, p)| p.get(k).copied().unwrap_or(f64::NAN)).collect::<Vec<f64>>();
        let predictions = if width == 2 { vec![Vec::new(), column(1)] } else { (0..width).map(column).collect() };
        let total: f64 = gain.values().sum();
        let mut top: Vec<(String, f64)> = gain.into_iter().map(|(name, g)| (name, if total > 0.0 { g / total } else { 0.0 })).collect();
        sort::by(&mut top, |a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Some(OutOfFold { rows: judged.iter().map(|(r, _)| *r).collect(), predictions, top })
    }

    fn fit(&self, fold: &Fold, gain: &mut BTreeMap<String, f64>) -> Result<Option<Predictions>> {
        let recipe = Recipe::usual(&self.table.schema(), &self.task, false).fit(&self.table, &fold.train, &self.task)?;
        if recipe.features().is_empty() {
            return Ok(None);
        }
        let train = recipe.training_set(&self.table, &fold.train, &self.task, &self.target)?;
        let model = boosting(&train, if recipe.columns().len() > WIDE { WIDE_SIZE } else { SIZE }, 0, &|| {})?;
        for (feature, g) in train.features().about.iter().zip(&model.gain) {
            for source in &feature.sources {
                *gain.entry(source.clone()).or_default() += g.max(0.0);
            }
        }
        Model::Trees(model).predict(&recipe.apply(&self.table, &fold.validation)?).map(Some)
    }
}

impl OutOfFold {
    /// The judgement of these positions only; `None` when one of them was not judged.
    pub fn of(&self, rows: &[usize]) -> Option<Vec<Vec<f64>>> {
        let at: Vec<usize> = rows.iter().map(|r| self.rows.binary_search(r).ok()).collect::<Option<_>>()?;
        Some(self.predictions.iter().map(|p| if p.is_empty() { Vec::new() } else { at.iter().map(|&i| p[i]).collect() }).collect())
    }
}
