//! How rows are dealt to folds and holdout.

use super::Split;
use crate::error::{Error, Result};
use crate::table::Table;
use crate::task::{Target, Task};
use serde::{Deserialize, Serialize};

/// How rows are dealt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Time-ordered when a time column is set, grouped when an entity is set, stratified for classes, else random.
    #[default]
    Auto,
    /// Each row by chance.
    Random,
    /// By chance within each class (or fifths of a numeric target).
    Stratified,
    /// All rows of an entity on one side.
    Grouped,
    /// Learn from the past, judge on what follows.
    TimeOrdered,
}

/// How the split is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SplitSettings {
    /// How rows are dealt.
    pub strategy: Strategy,
    /// Rounds of cross-validation, 2 to 20.
    pub folds: u32,
    /// Share of rows sealed, 0 to 0.5.
    pub holdout: f64,
    /// Time-ordered only: rows left out between training and validation; the horizon is always added.
    pub gap: u32,
}

impl Default for SplitSettings {
    fn default() -> Self {
        Self { strategy: Strategy::Auto, folds: 5, holdout: 0.2, gap: 0 }
    }
}

/// Deals the rows of `table` whose target is present.
///
/// # Errors
/// Settings out of range, or too few rows (or groups, or rows of a class) for the folds asked.
pub fn make(table: &Table, task: &Task, target: &Target, settings: &SplitSettings, seed: u64) -> Result<Split> {
    let _ = (table, task, target, settings, seed);
    Err(Error::internal("not written"))
}
