//! How rows are dealt to folds and holdout: the settings, and the one function that makes a split.
//!
//! Random streams are keyed by (seed, "split/...", stratum), so the same table, settings and seed give the same split.

use super::{Fold, Holdout, Rows, Split, Train, dealt, grouped, time_ordered};
use crate::error::{Error, Result};
use crate::table::Table;
use crate::task::{Target, Task};
use serde::{Deserialize, Serialize};

/// Fewest and most rounds of cross-validation.
pub const FOLDS: std::ops::RangeInclusive<u32> = 2..=20;
/// Fewest and most times the rows are dealt to folds: twenty fits of each fold steady a score as far as its rows allow.
pub const REPEATS: std::ops::RangeInclusive<u32> = 1..=20;
/// Largest share of rows that may be sealed: more would leave less to learn from than to judge on.
pub const LARGEST_HOLDOUT: f64 = 0.5;

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
    /// How often the rows are dealt to folds, each time anew, 1 to 20; in time order there is one way to deal them.
    pub repeats: u32,
    /// Time-ordered only: the latest distinct stamps each fold learns from (a window that slides); 0: all earlier ones (one that expands).
    pub window: u32,
    /// Time-ordered only: distinct stamps right after each validation block that later folds do not learn from.
    pub embargo: u32,
}

impl Default for SplitSettings {
    fn default() -> Self {
        Self { strategy: Strategy::Auto, folds: 5, holdout: 0.2, gap: 0, repeats: 1, window: 0, embargo: 0 }
    }
}

impl SplitSettings {
    /// Rounds of learning and judging in all: the folds, as often as rows are dealt. The strategy must be known (not [`Strategy::Auto`]).
    #[must_use]
    pub fn rounds(&self) -> u32 {
        if self.strategy == Strategy::TimeOrdered { self.folds } else { self.folds.saturating_mul(self.repeats.max(1)) }
    }

    /// Checks the ranges.
    ///
    /// # Errors
    /// Folds outside of [`FOLDS`], repeats outside of [`REPEATS`], or a holdout share outside of 0 to [`LARGEST_HOLDOUT`].
    pub fn validate(&self) -> Result<()> {
        if !FOLDS.contains(&self.folds) {
            return Err(Error::out_of_range("folds", &self.folds.to_string(), &format!("between {} and {}", FOLDS.start(), FOLDS.end())));
        }
        if !REPEATS.contains(&self.repeats) {
            return Err(Error::out_of_range(
                "repeats",
                &self.repeats.to_string(),
                &format!("a whole number between {} and {}", REPEATS.start(), REPEATS.end()),
            ));
        }
        if !(0.0..=LARGEST_HOLDOUT).contains(&self.holdout) {
            return Err(Error::out_of_range("holdout", &self.holdout.to_string(), &format!("between 0 and {LARGEST_HOLDOUT}")));
        }
        Ok(())
    }
}

/// The strategy that will be used: what was chosen, or what [`Strategy::Auto`] comes to for this task.
#[must_use]
pub fn resolve(settings: &SplitSettings, task: &Task) -> Strategy {
    match settings.strategy {
        Strategy::Auto if task.time.is_some() => Strategy::TimeOrdered,
        Strategy::Auto if task.entity.is_some() => Strategy::Grouped,
        Strategy::Auto if task.kind.is_classification() => Strategy::Stratified,
        Strategy::Auto => Strategy::Random,
        chosen => chosen,
    }
}

/// Which rows may be dealt, and how.
pub(super) struct Deal<'a> {
    pub table: &'a Table,
    pub task: &'a Task,
    /// Target of every row of the table.
    pub target: &'a [f64],
    /// Rows to deal: target present, in the table's order.
    pub rows: Vec<u32>,
    pub n_folds: usize,
    /// How often rows are dealt to folds, at least once.
    pub repeats: usize,
    /// Share of `rows` to seal; 0 when a test file is the holdout.
    pub holdout: f64,
    /// Distinct stamps left out between training and validation: gap and horizon.
    pub gap: usize,
    /// Distinct stamps a fold learns from at most; 0: no limit.
    pub window: usize,
    /// Distinct stamps after each validation block that later folds do not learn from.
    pub embargo: usize,
    pub seed: u64,
}

/// What a strategy gives back.
pub(super) struct Dealt {
    /// Training and validation rows of each round.
    pub folds: Vec<(Vec<u32>, Vec<u32>)>,
    pub development: Vec<u32>,
    pub holdout: Vec<u32>,
    /// The latest of the development rows, where a window slides.
    pub window: Option<Vec<u32>>,
}

impl Deal<'_> {
    /// How many of `n` rows the holdout wants: the share, rounded, at least 1 unless the share is 0.
    pub fn wanted(&self, n: usize) -> usize {
        if self.holdout == 0.0 || n == 0 {
            return 0;
        }
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a row count")]
        let wanted = (self.holdout * n as f64).round() as usize;
        wanted.clamp(1, n)
    }
}

/// Deals the rows of `table` whose target is present.
///
/// `test_from`: rows from this one on are a separate test file; they become the holdout and no other is drawn. Rows in no part
/// (target or, where it is needed, time stamp missing; or inside of the gap before the holdout) are listed in `left_out`.
/// Rows stand in the table's order, except after [`Strategy::TimeOrdered`]: there by time, then row number.
///
/// - Random: shuffled, then dealt in turn. Stratified: the same within each class (or fifths of a numeric target), so shares agree to one row.
/// - Grouped: entities are dealt whole, the largest first, each to the fold with the fewest rows; rows without an entity count as one entity.
/// - Time-ordered: the last share is sealed; the rest is cut into `folds + 1` blocks, and fold k learns from blocks 0..=k and is judged
///   on block k + 1. `gap + horizon` distinct stamps are left out before each validation block and before the holdout (not before a test
///   file, which is taken as it is). Rows of one stamp are never parted. With a `window` only the latest stamps before the gap are learned
///   from; with an `embargo` the stamps right after each earlier validation block are not, because their rows still carry what that block held.
///
/// All but the time-ordered deal the development rows `repeats` times, each time anew: the folds of the first time, then those of the second, ...
///
/// # Errors
/// Settings out of range, a column the strategy needs is not set, or too few rows, groups, stamps or rows of a class for the folds asked.
pub fn make(table: &Table, task: &Task, target: &Target, settings: &SplitSettings, test_from: Option<usize>, seed: u64) -> Result<Split> {
    settings.validate()?;
    if target.values.len() != table.n_rows() {
        return Err(Error::internal("a target of another length than its table"));
    }
    let first_test = test_from.map_or(table.n_rows(), |from| from.min(table.n_rows()));
    let has_target = |row: &u32| target.values.get(*row as usize).is_some_and(|t| t.is_finite());
    let (pool, test): (Vec<u32>, Vec<u32>) =
        Rows::all(table.n_rows()).as_slice().iter().filter(|r| has_target(r)).partition(|r| (**r as usize) < first_test);
    let deal = Deal {
        table,
        task,
        target: &target.values,
        rows: pool,
        n_folds: settings.folds as usize,
        holdout: if test_from.is_some() { 0.0 } else { settings.holdout },
        repeats: settings.repeats as usize,
        gap: settings.gap.saturating_add(task.horizon) as usize,
        window: settings.window as usize,
        embargo: settings.embargo as usize,
        seed,
    };
    let mut dealt = match resolve(settings, task) {
        Strategy::Auto | Strategy::Random => dealt::random(&deal)?,
        Strategy::Stratified => dealt::stratified(&deal)?,
        Strategy::Grouped => grouped::deal(&deal)?,
        Strategy::TimeOrdered => time_ordered::deal(&deal)?,
    };
    if test_from.is_some() {
        dealt.holdout = test;
    }
    Ok(seal(dealt, table.n_rows()))
}

fn seal(dealt: Dealt, n_rows: usize) -> Split {
    let mut used = vec![false; n_rows];
    for &row in dealt.development.iter().chain(&dealt.holdout) {
        if let Some(mark) = used.get_mut(row as usize) {
            *mark = true;
        }
    }
    let left_out = Rows::all(n_rows).as_slice().iter().copied().filter(|&r| !used[r as usize]).collect();
    let fold = |(train, validation)| Fold { train: Train(Rows::new(train)), validation: Rows::new(validation) };
    let development = Train(Rows::new(dealt.development));
    Split {
        last: dealt.window.map_or_else(|| development.clone(), |rows| Train(Rows::new(rows))),
        folds: dealt.folds.into_iter().map(fold).collect(),
        development,
        holdout: (!dealt.holdout.is_empty()).then(|| Holdout(Rows::new(dealt.holdout))),
        left_out: Rows::new(left_out),
    }
}
