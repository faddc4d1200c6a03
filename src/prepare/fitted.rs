//! A fitted recipe: learned steps that turn any table with the same columns into the same features.

use super::changes::between;
use super::input::{Input, groups_of, moments, read};
use super::past::Order;
use super::plain::{Part, Plain};
use super::row_weights;
use super::slots::{Cells, Slot, Slots, picked};
use super::steps::{date_parts, drop_constant, encode, impute, impute_neighbours, isolation_forest, pca, scale, target_encode};
use crate::error::{Error, Result};
use crate::features::{Feature, Features, TrainingSet};
use crate::split::{Rows, Train};
use crate::table::{Kind, Table};
use crate::task::{Target, Task};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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
    /// Every other step: numbers and words.
    Plain(Plain),
}

impl FittedStep {
    /// Applies what was learned; looks at no other rows than the one it changes and, for a step that uses the past, those before it.
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
            Self::Plain(s) => s.apply(slots),
        }
    }

    /// Applies it to the rows it was learned from: a training row never sees its own target, and rows may be taken away.
    #[must_use]
    pub(super) fn apply_to_training(&self, slots: Slots) -> Slots {
        match self {
            Self::TargetEncode(means) => means.apply_inner(slots),
            Self::Plain(s) if s.step == isolation_forest::ENTRY.id => isolation_forest::apply_to_training(s, slots),
            step => step.apply(slots),
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
            Self::Plain(s) => s.id(),
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
            Self::Plain(s) => s.learned(),
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

/// Learned steps. Made by [`super::Recipe::fit`]; travels with the model; checked by [`FittedRecipe::validate`] when it comes from outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedRecipe {
    inputs: Vec<Input>,
    steps: Vec<FittedStep>,
    features: Vec<Feature>,
    left_out: Vec<LeftOut>,
    /// What orders the rows, where a step uses the past.
    #[serde(default)]
    order: Option<Order>,
    /// What each step changed in the training rows, where that was asked for.
    #[serde(default)]
    changes: Vec<Vec<Part>>,
    /// Whether cells may stay missing (NaN).
    #[serde(default)]
    gaps: bool,
    /// What a look at the features of the past found, where that was asked for ([`super::proof`]).
    #[serde(default)]
    proof: Option<Part>,
}

impl FittedRecipe {
    /// Joins what was learned; `slots` are the training rows after the last step.
    pub(super) fn finish(inputs: Vec<Input>, steps: Vec<FittedStep>, slots: &Slots, order: Option<Order>, gaps: bool) -> Result<Self> {
        let mut left_out = Vec::new();
        let (features, _) = collect(slots.clone(), gaps)?;
        for input in &inputs {
            let is_source = |f: &Feature| f.sources.contains(&input.name);
            if features.iter().any(is_source) {
                continue;
            }
            let reason = match slots.list().iter().find(|s| is_source(&s.about)).map(|s| &s.cells) {
                Some(Cells::Labels { .. }) => Reason::NotEncoded,
                Some(Cells::Times(_)) => Reason::NotCut,
                Some(Cells::Texts { .. }) => Reason::Text,
                _ => Reason::Dropped,
            };
            left_out.push(LeftOut { column: input.name.clone(), reason });
        }
        Ok(Self { inputs, steps, features, left_out, order, changes: Vec::new(), gaps, proof: None })
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

    /// The same with columns of the task that were never read.
    pub(super) fn without(mut self, left_out: Vec<LeftOut>) -> Self {
        self.left_out.splice(0..0, left_out);
        self
    }

    /// The same with what each step changed in its training rows, for [`FittedRecipe::changes`].
    ///
    /// # Errors
    /// As [`FittedRecipe::apply`].
    pub fn with_changes(mut self, table: &Table, train: &Train) -> Result<Self> {
        let mut slots = read(&self.inputs, table, train.rows())?;
        if let Some(order) = &self.order {
            slots.know_past(order.read(table, train.rows().as_slice())?);
        }
        let mut changes = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let after = step.apply_to_training(slots.clone());
            changes.push(between(&slots, &after));
            slots = after;
        }
        self.changes = changes;
        self.proof = match &self.order {
            Some(order) => super::proof::look(&self, order, table, train)?,
            None => None,
        };
        Ok(self)
    }

    /// What a look at the features of the past found, as [`super::proof`] tells it; none unless made by [`FittedRecipe::with_changes`].
    #[must_use]
    pub fn proof(&self) -> Option<&Part> {
        self.proof.as_ref()
    }

    /// The raw columns it reads.
    pub(super) fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// What orders the rows, where a step uses the past.
    pub(super) fn order(&self) -> Option<&Order> {
        self.order.as_ref()
    }

    /// For every step the columns it changed, as [`super::changes::between`] tells them; empty unless made by [`FittedRecipe::with_changes`].
    #[must_use]
    pub fn changes(&self) -> &[Vec<Part>] {
        &self.changes
    }

    /// Columns it reads besides its features' to know what came before a row: time, entity, target; none unless a step uses the past.
    pub fn order_columns(&self) -> impl Iterator<Item = &String> {
        self.order.iter().flat_map(Order::columns)
    }

    /// Whether a row's features depend on the rows before it in the table, so that tables must come with their history.
    #[must_use]
    pub fn uses_past(&self) -> bool {
        self.order.is_some()
    }

    /// Whether rows of the training set can be read out of it.
    #[must_use]
    pub fn contains_training_rows(&self) -> bool {
        self.steps.iter().any(|s| s.id() == impute_neighbours::ENTRY.id)
    }

    /// Features of `rows` of any table that has the recipe's columns, in the order of `rows`; finite everywhere, or missing where the learner it was fitted for takes that.
    ///
    /// # Errors
    /// A column is gone or of a kind that does not fit, or a cell is missing in a column that no step fills.
    pub fn apply(&self, table: &Table, rows: &Rows) -> Result<Features> {
        let slots = match &self.order {
            None => self.steps.iter().fold(read(&self.inputs, table, rows)?, |slots, step| step.apply(slots)),
            Some(order) => self.with_history(order, table)?.take(&rows.as_slice().iter().map(|&r| r as usize).collect::<Vec<_>>()),
        };
        self.features_of(slots, rows.len())
    }

    /// All rows of a table after the last step: what is earlier is known by the time of what is later.
    fn with_history(&self, order: &Order, table: &Table) -> Result<Slots> {
        let all = Rows::all(table.n_rows());
        let mut slots = read(&self.inputs, table, &all)?;
        let past = order.read(table, all.as_slice())?;
        let is_untold = order.target.is_some() && past.target.iter().all(|v| v.is_nan());
        if table.n_rows() > 0 && (is_untold || !past.series(true).has_history()) {
            let source = order.target.as_ref().or(order.time.as_ref()).map_or("earlier rows", String::as_str);
            let made = self.features.iter().find(|f| f.sources.iter().any(|s| s == source)).map_or(source, |f| f.name.as_str());
            return Err(Error::no_history(made, source, order.horizon.max(1)));
        }
        slots.know_past(past);
        Ok(self.steps.iter().fold(slots, |slots, step| step.apply(slots)))
    }

    fn features_of(&self, slots: Slots, n_rows: usize) -> Result<Features> {
        let (about, columns) = collect(slots, self.gaps)?;
        if about != self.features {
            return Err(Error::internal("a recipe that gives other features than it was fitted to"));
        }
        Features::from_columns(about, columns, n_rows)
    }

    /// Features, target and weights of the training rows.
    ///
    /// # Errors
    /// As [`FittedRecipe::apply`]; or a weight is negative or not a number.
    pub fn training_set(&self, table: &Table, train: &Train, task: &Task, target: &Target) -> Result<TrainingSet> {
        let rows = train.rows();
        let mut slots = read(&self.inputs, table, rows)?;
        slots.know_target(at(&target.values, rows), task.n_classes());
        if let Some(order) = &self.order {
            slots.know_past(order.read(table, rows.as_slice())?);
        }
        let slots = self.steps.iter().fold(slots, |slots, step| step.apply_to_training(slots));
        // A step may have taken rows away.
        let rows = slots.kept().map_or_else(|| rows.clone(), |kept| Rows::new(picked(rows.as_slice(), kept)));
        let features = self.features_of(slots, rows.len())?;
        let (target, weights) = (at(&target.values, &rows), at(&row_weights(table, task)?, &rows));
        let n_real = target.len();
        let ordered = moments(table, &rows, task);
        let groups = task.entity.as_ref().map_or_else(|| Ok(Vec::new()), |entity| groups_of(table.column(entity)?, &rows))?;
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
            FittedStep::Plain(plain) => plain.is_valid(),
            _ => true,
        });
        let kinds_fit = self.inputs.iter().all(|i| i.kind != Kind::Identifier);
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
        if let Some(order) = &self.order {
            slots.know_past(order.blank());
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

/// The values of these rows.
fn at(values: &[f64], rows: &Rows) -> Vec<f64> {
    rows.as_slice().iter().filter_map(|&r| values.get(r as usize).copied()).collect()
}
