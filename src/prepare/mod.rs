//! Preparation: from raw columns to finite features, learned from training rows only.
//!
//! A [`Recipe`] is a list of chosen steps, unfitted. [`Recipe::fit`] takes a [`Train`], which only a split can make, and gives a
//! [`FittedRecipe`]: plain numbers and levels that apply to any table with the same columns and travel with the model. Steps pass on
//! columns (numbers, labels, moments) in file order; at the end every column of numbers is a feature, and what is left of labels, moments,
//! text and keys is left out with a reason.
//!
//! Adding a step: one file in `steps/`, its line in [`STEPS`], and its [`plain::Rule`] in [`steps::RULES`] (or, where it learns a form of its own, a variant in
//! [`FittedStep`]). A step that looks at the target or at earlier rows is named in [`steps::LEARN_FROM_TARGET`] or [`steps::USE_PAST`].

pub mod changes;
mod fitted;
mod input;
pub mod lasso;
mod pairs;
pub mod past;
pub mod plain;
pub mod preview;
pub mod proof;
pub mod rolling;
#[cfg(test)]
mod reference;
mod scores;
mod slots;
pub mod steps;
#[cfg(test)]
mod tests;

pub use fitted::{FittedRecipe, FittedStep, Learned, LeftOut, Reason, StepEffect};
pub use slots::{Cells, Slot, Slots};
pub use steps::STEPS;

/// Steps of the usual recipe, in their order.
pub const USUAL_STEPS: [&str; 5] = ["date_parts", "impute", "encode", "scale", "drop_constant"];

/// Where a step stands in the order in which steps are usually taken; unknown ones come last.
#[must_use]
pub fn place_of(id: &str) -> usize {
    STEPS.iter().position(|s| s.id == id).unwrap_or(STEPS.len())
}

use crate::error::{Error, Result};
use crate::model::Learner;
use crate::param::{Given, ParamSpec, Params, Value};
use crate::split::Train;
use crate::table::{Kind, Schema, Table};
use crate::task::Task;
use input::Input;
use past::Order;
use serde::{Deserialize, Serialize};

/// An unfitted preparation step, described as data.
pub struct StepEntry {
    /// Name in settings ("impute").
    pub id: &'static str,
    /// Name on screen.
    pub title: &'static str,
    /// What it does and when it helps.
    pub doc: &'static str,
    /// Its hyperparameters.
    pub params: &'static [ParamSpec],
    /// Learns from the columns of training rows; the list names the columns it is for (empty: all it fits).
    pub fit: fn(&Slots, &Params, &[String]) -> Result<FittedStep>,
}

/// One entry of an open list (step, learner, method) with its hyperparameters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepChoice {
    /// Entry id.
    pub id: String,
    /// Hyperparameters that differ from the defaults.
    pub params: Given,
    /// Columns it is for; empty: all it fits.
    pub columns: Vec<String>,
}

/// What features a learner can use: which form of the usual recipe it is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Variant {
    /// Numbers are standardised.
    pub scaled: bool,
    /// Missing cells stay missing.
    pub gaps: bool,
    /// Labels become codes instead of a feature a level.
    pub codes: bool,
}

impl Variant {
    /// What a learner wants.
    #[must_use]
    pub fn of(learner: &Learner) -> Self {
        Self { scaled: learner.wants_scaling, gaps: learner.takes_missing, codes: learner.takes_categories }
    }

    /// The same for rows that others are made of, between two of them: numbers without gaps.
    #[must_use]
    pub fn to_augment(self) -> Self {
        Self { gaps: false, codes: false, ..self }
    }
}

/// Steps in order, unfitted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// The steps.
    pub steps: Vec<StepChoice>,
}

impl Recipe {
    /// The usual steps for the columns of a task, all with their defaults: date parts, impute, encode, scale (for learners that want
    /// it), drop constant; those without a column to work on are not listed.
    #[must_use]
    pub fn usual(schema: &Schema, task: &Task, wants_scaling: bool) -> Self {
        Self::usual_for(schema, task, Variant { scaled: wants_scaling, ..Variant::default() })
    }

    /// The usual steps in the form a learner wants: with gaps nothing is filled but labels without codes, which one-hot would lose; with codes, labels of up to
    /// [`steps::encode::MOST_CODES`] levels keep them all.
    #[must_use]
    pub fn usual_for(schema: &Schema, task: &Task, variant: Variant) -> Self {
        let of = |kinds: &[Kind]| -> Vec<String> {
            task.features.iter().filter(|name| schema.get(name).is_some_and(|c| kinds.contains(&c.kind))).cloned().collect()
        };
        let has = |kinds: &[Kind]| !of(kinds).is_empty();
        let labels = [Kind::Boolean, Kind::Categorical];
        let numbers = has(&[Kind::Numeric, Kind::Timestamp]);
        let filled = (numbers && !variant.gaps) || (has(&labels) && !(variant.gaps && variant.codes));
        let wanted = [
            ("date_parts", has(&[Kind::Timestamp])),
            ("impute", filled),
            ("encode", has(&labels)),
            ("scale", variant.scaled && numbers),
            ("drop_constant", true),
        ];
        let choice = |(id, _): (&str, bool)| StepChoice {
            id: id.to_owned(),
            params: if id == "encode" && variant.codes { coded() } else { Given::default() },
            columns: if id == "impute" && variant.gaps { of(&labels) } else { Vec::new() },
        };
        Self { steps: wanted.into_iter().filter(|(_, wanted)| *wanted).map(choice).collect() }
    }

    /// Learns every step from the training rows of `table`, in order. Only the task's features are used; no other row is looked at.
    ///
    /// # Errors
    /// A step or hyperparameter that does not exist, a column that is not in the table, or cells that are still missing after the last
    /// step.
    pub fn fit(&self, table: &Table, train: &Train, task: &Task) -> Result<FittedRecipe> {
        self.fit_for(table, train, task, Variant::default())
    }

    /// The same for a learner of this variant: one that takes gaps is given the cells that no step fills as missing values (NaN).
    ///
    /// # Errors
    /// As [`Recipe::fit`], but for missing cells where there may be gaps.
    pub fn fit_for(&self, table: &Table, train: &Train, task: &Task, variant: Variant) -> Result<FittedRecipe> {
        let rows = train.rows();
        let has = |ids: &[&str]| self.steps.iter().any(|s| ids.contains(&s.id.as_str()));
        let mut inputs = Vec::new();
        let mut left_out = Vec::new();
        for name in &task.features {
            let column = table.column(name)?;
            match column.kind() {
                Kind::Text if !has(&[steps::text_features::ENTRY.id]) => left_out.push(LeftOut { column: name.clone(), reason: Reason::Text }),
                Kind::Identifier => left_out.push(LeftOut { column: name.clone(), reason: Reason::Identifier }),
                kind => inputs.push(Input::new(name, kind, column, rows)),
            }
        }
        let mut slots = input::read(&inputs, table, rows)?;
        if has(&steps::LEARN_FROM_TARGET) {
            let values = task.encode(table)?.values;
            let of_rows = rows.as_slice().iter().map(|&r| values.get(r as usize).copied().unwrap_or(f64::NAN)).collect();
            slots.know_target(of_rows, task.n_classes());
        }
        let order = has(&steps::USE_PAST).then(|| Order::of(task, self.steps.iter().any(past::wants_target)));
        if let Some(order) = &order {
            slots.know_past(order.read(table, rows.as_slice())?);
        }
        let mut steps = Vec::with_capacity(self.steps.len());
        for choice in &self.steps {
            let entry = entry_of(&choice.id)?;
            let params = Params::check(entry.params, &choice.params)?;
            for name in &choice.columns {
                table.column(name)?;
            }
            let step = (entry.fit)(&slots, &params, &choice.columns)?;
            slots = step.apply_to_training(slots);
            steps.push(step);
        }
        Ok(FittedRecipe::finish(inputs, steps, &slots, order, variant.gaps)?.without(left_out))
    }
}

/// Hyperparameters by which labels become codes: all levels that a shared file may name.
fn coded() -> Given {
    let most = i64::try_from(steps::encode::MOST_CODES).unwrap_or(i64::MAX);
    let given = [("method", Value::Word(steps::encode::CODES.to_owned())), ("min_share", Value::Real(0.0)), ("max_levels", Value::Whole(most))];
    given.into_iter().map(|(id, value)| (id.to_owned(), value)).collect()
}

/// The list's entry of that id.
fn entry_of(id: &str) -> Result<&'static StepEntry> {
    STEPS.iter().find(|s| s.id == id).ok_or_else(|| Error::unknown("preparation step", id, &STEPS.iter().map(|s| s.id).collect::<Vec<_>>()))
}

/// The weight of every row of `table`, shape `(n_rows,)`: the task's weight column, or 1. A missing weight is 0: the row does not count.
///
/// # Errors
/// The weight column is gone, not numeric, or has a negative weight.
pub fn row_weights(table: &Table, task: &Task) -> Result<Vec<f64>> {
    let Some(name) = &task.weight else { return Ok(vec![1.0; table.n_rows()]) };
    let column = table.column(name)?;
    let values = column.numbers().ok_or_else(|| Error::wrong_kind(name, column.kind().id(), Kind::Numeric.id()))?;
    if let Some(negative) = values.iter().find(|w| **w < 0.0) {
        return Err(Error::out_of_range(name, &negative.to_string(), "at least 0 in every row"));
    }
    Ok(values.iter().map(|w| if w.is_nan() { 0.0 } else { *w }).collect())
}
