//! A fitted recipe: learned steps that turn any table with the same columns into the same features.

use super::row_weights;
use super::slots::{Cells, Slot, Slots};
use super::steps::{date_parts, drop_constant, encode, impute, pca, scale, target_encode};
use crate::error::{Error, Result};
use crate::features::{Feature, Features, TrainingSet};
use crate::split::{Rows, Train};
use crate::table::{Column, Kind, MISSING_CODE, MISSING_TIME, Table, Values};
use crate::task::{Target, Task};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Name of "no step yet" in [`Feature::step`].
const RAW: &str = "column";

/// A step with what it learned. A closed list: every form knows how to apply and describe itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FittedStep {
    /// Parts of moments.
    DateParts(date_parts::FittedParts),
    /// Fills for missing cells.
    Impute(impute::FittedImpute),
    /// Means of the target by level.
    TargetEncode(target_encode::FittedMeans),
    /// Levels as numbers.
    Encode(encode::FittedEncode),
    /// Centres and spreads.
    Scale(scale::FittedScale),
    /// Columns with one value.
    DropConstant(drop_constant::FittedDrop),
    /// Weighted sums of columns that move together.
    Components(pca::FittedComponents),
}

impl FittedStep {
    /// Applies what was learned; never looks at other rows than the one it changes.
    #[must_use]
    pub fn apply(&self, slots: Slots) -> Slots {
        match self {
            Self::DateParts(s) => s.apply(slots),
            Self::Impute(s) => s.apply(slots),
            Self::TargetEncode(s) => s.apply(slots),
            Self::Encode(s) => s.apply(slots),
            Self::Scale(s) => s.apply(slots),
            Self::DropConstant(s) => s.apply(slots),
            Self::Components(s) => s.apply(slots),
        }
    }

    /// The id of the entry it was fitted by.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::DateParts(_) => date_parts::ENTRY.id,
            Self::Impute(_) => impute::ENTRY.id,
            Self::TargetEncode(_) => target_encode::ENTRY.id,
            Self::Encode(_) => encode::ENTRY.id,
            Self::Scale(_) => scale::ENTRY.id,
            Self::DropConstant(_) => drop_constant::ENTRY.id,
            Self::Components(_) => pca::ENTRY.id,
        }
    }

    /// What it learned, column by column.
    #[must_use]
    pub fn learned(&self) -> Vec<Learned> {
        match self {
            Self::DateParts(s) => s.learned(),
            Self::Impute(s) => s.learned(),
            Self::TargetEncode(s) => s.learned(),
            Self::Encode(s) => s.learned(),
            Self::Scale(s) => s.learned(),
            Self::DropConstant(s) => s.learned(),
            Self::Components(s) => s.learned(),
        }
    }
}

/// One learned thing of one column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    /// The column.
    pub column: String,
    /// What it is ("median", "mean", "spread", "levels" ...).
    pub name: String,
    /// Its number, if it is one.
    pub number: Option<f64>,
    /// Its levels, if it is some.
    pub levels: Vec<String>,
}

/// What one step does, for the Prepare screen and the model card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepEffect {
    /// Id of the step.
    pub step: String,
    /// Columns it works on.
    pub columns: Vec<String>,
    /// Features it made or changed.
    pub made: Vec<String>,
    /// Columns it took away without making anything of them.
    pub dropped: Vec<String>,
    /// What it learned.
    pub learned: Vec<Learned>,
}

/// Why a column of the task gives no feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Free text.
    Text,
    /// A key: learned by heart, never seen again.
    Identifier,
    /// Labels that no step turned into numbers.
    NotEncoded,
    /// Moments that no step turned into numbers.
    NotCut,
    /// Taken away by a step: constant, or without any value in the training rows.
    Dropped,
}

/// A column of the task that gives no feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The column.
    pub column: String,
    /// Why.
    pub reason: Reason,
}

/// A raw column as the recipe knew it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Input {
    name: String,
    kind: Kind,
    /// Whether all numbers of the training rows are whole.
    whole: bool,
}

impl Input {
    pub fn new(name: &str, kind: Kind, column: &Column, rows: &Rows) -> Self {
        let whole = |values: &[f64]| rows.as_slice().iter().filter_map(|&r| values.get(r as usize)).all(|v| v.is_nan() || v.fract() == 0.0);
        Self { name: name.to_owned(), kind, whole: column.numbers().is_some_and(whole) }
    }

    fn about(&self) -> Feature {
        Feature { name: self.name.clone(), sources: vec![self.name.clone()], step: RAW.to_owned(), whole: self.whole, levels: false }
    }

    fn empty(&self) -> Cells {
        match self.kind {
            Kind::Numeric => Cells::Numbers(Vec::new()),
            Kind::Timestamp => Cells::Times(Vec::new()),
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

/// Learned steps. Made by [`super::Recipe::fit`]; travels with the model; checked by [`FittedRecipe::validate`] when it comes from outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedRecipe {
    inputs: Vec<Input>,
    steps: Vec<FittedStep>,
    features: Vec<Feature>,
    left_out: Vec<LeftOut>,
    /// Whether cells may stay missing (NaN).
    #[serde(default)]
    gaps: bool,
}

impl FittedRecipe {
    /// Joins what was learned; `slots` are the training rows after the last step.
    pub(super) fn finish(inputs: Vec<Input>, steps: Vec<FittedStep>, slots: &Slots, mut left_out: Vec<LeftOut>, gaps: bool) -> Result<Self> {
        let (features, _) = collect(slots.clone(), gaps)?;
        for input in &inputs {
            let is_source = |f: &Feature| f.sources.contains(&input.name);
            if features.iter().any(is_source) {
                continue;
            }
            let reason = match slots.list().iter().find(|s| is_source(&s.about)).map(|s| &s.cells) {
                Some(Cells::Labels { .. }) => Reason::NotEncoded,
                Some(Cells::Times(_)) => Reason::NotCut,
                _ => Reason::Dropped,
            };
            left_out.push(LeftOut { column: input.name.clone(), reason });
        }
        Ok(Self { inputs, steps, features, left_out, gaps })
    }

    /// What the features are, in order.
    #[must_use]
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// The learned steps, in order.
    #[must_use]
    pub fn steps(&self) -> &[FittedStep] {
        &self.steps
    }

    /// Columns of the task that give no feature, and why.
    #[must_use]
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// Names of the raw columns it reads, in file order.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        self.inputs.iter().map(|i| i.name.as_str()).collect()
    }

    /// Features of `rows` of any table that has the recipe's columns, in the order of `rows`; finite everywhere, or missing where the learner it was fitted for takes that.
    ///
    /// # Errors
    /// A column is gone or of a kind that does not fit, or a cell is missing in a column that no step fills.
    pub fn apply(&self, table: &Table, rows: &Rows) -> Result<Features> {
        self.features_of(self.steps.iter().fold(read(&self.inputs, table, rows)?, |slots, step| step.apply(slots)), rows)
    }

    fn features_of(&self, slots: Slots, rows: &Rows) -> Result<Features> {
        let (about, columns) = collect(slots, self.gaps)?;
        if about != self.features {
            return Err(Error::internal("a recipe that gives other features than it was fitted to"));
        }
        Features::from_columns(about, columns, rows.len())
    }

    /// Features, target and weights of the training rows.
    ///
    /// # Errors
    /// As [`FittedRecipe::apply`]; or a weight is negative or not a number.
    pub fn training_set(&self, table: &Table, train: &Train, task: &Task, target: &Target) -> Result<TrainingSet> {
        let of_rows = |values: &[f64]| -> Vec<f64> { train.rows().as_slice().iter().filter_map(|&r| values.get(r as usize).copied()).collect() };
        let mut slots = read(&self.inputs, table, train.rows())?;
        slots.know_target(of_rows(&target.values), task.n_classes());
        let slots = self.steps.iter().fold(slots, |slots, step| match step {
            // A training row must not see its own target.
            FittedStep::TargetEncode(means) => means.apply_inner(slots),
            step => step.apply(slots),
        });
        let features = self.features_of(slots, train.rows())?;
        let weights = row_weights(table, task)?;
        let (target, weights) = (of_rows(&target.values), of_rows(&weights));
        let n_real = target.len();
        let ordered = moments(table, train.rows(), task);
        let groups = task.entity.as_ref().map_or_else(|| Ok(Vec::new()), |entity| groups_of(table.column(entity)?, train.rows()))?;
        let set = TrainingSet::new(features, target, weights, task.kind, task.n_classes(), n_real)?.ordered(ordered.is_some()).grouped(groups);
        Ok(set.at_moments(ordered.unwrap_or_default()))
    }

    /// What each step does and learned, in order.
    #[must_use]
    pub fn describe(&self) -> Vec<StepEffect> {
        let mut slots = self.blank();
        let mut effects = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let after = step.apply(slots.clone());
            let learned = step.learned();
            let mut columns: Vec<String> = learned.iter().map(|l| l.column.clone()).collect();
            columns.dedup();
            let before: BTreeMap<&str, &Feature> = slots.list().iter().map(|s| (s.name(), &s.about)).collect();
            let is_new = |s: &&Slot| before.get(s.name()) != Some(&&s.about);
            let made: Vec<&Feature> = after.list().iter().filter(is_new).map(|s| &s.about).collect();
            let kept: BTreeSet<&str> = after.list().iter().map(Slot::name).collect();
            let is_gone = |f: &&Feature| !kept.contains(f.name.as_str()) && !made.iter().any(|m| f.sources.iter().all(|s| m.sources.contains(s)));
            let dropped = slots.list().iter().map(|s| &s.about).filter(is_gone).map(|f| f.name.clone()).collect();
            let made = made.iter().map(|f| f.name.clone()).collect();
            effects.push(StepEffect { step: step.id().to_owned(), columns, made, dropped, learned });
            slots = after;
        }
        effects
    }

    /// Checks a recipe that came from outside: names are unique, learned numbers are finite, spreads are above 0, and the steps give the
    /// features they claim.
    ///
    /// # Errors
    /// The first promise that is broken.
    pub fn validate(&self) -> Result<()> {
        let broken = || Error::broken_bundle("the preparation steps do not fit together");
        let mut names: Vec<&str> = self.columns();
        names.sort_unstable();
        let numbers_fit = self.steps.iter().flat_map(FittedStep::learned).filter_map(|l| l.number).all(f64::is_finite);
        let scales_fit = self.steps.iter().all(|s| match s {
            FittedStep::Scale(scale) => scale.is_valid(),
            FittedStep::TargetEncode(means) => means.is_valid(),
            FittedStep::Components(components) => components.is_valid(),
            _ => true,
        });
        let kinds_fit = self.inputs.iter().all(|i| !matches!(i.kind, Kind::Text | Kind::Identifier));
        let after = self.steps.iter().fold(self.blank(), |slots, step| step.apply(slots));
        let (features, _) = collect(after, self.gaps).map_err(|_| broken())?;
        if names.windows(2).any(|w| w[0] == w[1]) || !numbers_fit || !scales_fit || !kinds_fit || features != self.features {
            return Err(broken());
        }
        Ok(())
    }

    /// The raw columns without rows.
    fn blank(&self) -> Slots {
        let mut slots = Slots::default();
        for input in &self.inputs {
            slots.push(Slot { about: input.about(), cells: input.empty() });
        }
        slots
    }
}

/// The columns of numbers, all finite but for missing ones where there may be gaps; others are left out.
fn collect(slots: Slots, gaps: bool) -> Result<(Vec<Feature>, Vec<Vec<f64>>)> {
    let mut about = Vec::new();
    let mut columns = Vec::new();
    for slot in slots.into_list() {
        if let Cells::Numbers(values) = slot.cells {
            if values.iter().any(|v| !(v.is_finite() || (gaps && v.is_nan()))) {
                return Err(Error::still_missing(&slot.about.name));
            }
            about.push(slot.about);
            columns.push(values);
        }
    }
    Ok((about, columns))
}

/// Entity of each row as a number; each missing one is an entity of its own.
fn groups_of(column: &Column, rows: &Rows) -> Result<Vec<u32>> {
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
fn moments(table: &Table, rows: &Rows, task: &Task) -> Option<Vec<u32>> {
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
