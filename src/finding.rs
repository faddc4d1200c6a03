//! What we say about data: as numbers, not sentences. The sentences are made in [`crate::report`].

use crate::derived::{DerivedColumn, Known};
use crate::param::Given;
use serde::{Deserialize, Serialize};

/// How much a finding matters. Ordered: the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The score is not real, or the data cannot be used as it is.
    Blocker,
    /// Real, and it costs something.
    Warning,
    /// Worth knowing.
    Note,
    /// A certificate: proved to be sound.
    Safe,
}

/// How sure we are of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// An algebraic match at printed precision, or a count.
    Proven,
    /// Effect and significance both past their bars.
    Strong,
    /// Only the user can know.
    Ask,
}

/// One row worked out by hand: the parts of a formula, what they give, and what the file says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkedRow {
    /// Row number, from 0, in the file's order.
    pub row: u32,
    /// Values of the columns in the formula, in its order.
    pub parts: Vec<f64>,
    /// What the formula gives.
    pub expected: f64,
    /// What the file holds.
    pub found: f64,
}

/// A share of rows or cells: how many of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// How many have it.
    pub count: u64,
    /// Out of how many.
    pub of: u64,
}

impl Share {
    /// The share as a number in 0..=1; 0 of 0 is 0.
    #[must_use]
    pub fn ratio(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
        if self.of == 0 { 0.0 } else { self.count as f64 / self.of as f64 }
    }
}

/// A value or spelling with how often it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spelling {
    /// The text as in the file.
    pub text: String,
    /// Cells that hold it.
    pub count: u64,
}

/// A cell that a formula uses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UsedCell {
    /// Column.
    pub column: String,
    /// Row number, from 0, in the file's order.
    pub row: u32,
    /// Its value.
    pub value: f64,
}

/// One row of a derivation worked out by hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DerivedRow {
    /// Row number, from 0, in the file's order.
    pub row: u32,
    /// Cells the formula uses, in its order; the first few of many.
    pub cells: Vec<UsedCell>,
    /// What the formula gives.
    pub expected: f64,
    /// What the file holds.
    pub found: f64,
}

/// What a column has seen of another one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeenRows {
    /// The column that was read.
    pub column: String,
    /// First row read, relative to the row of the value; none: from the first row.
    pub first: Option<i32>,
    /// Last row read; none: all rows of the file.
    pub latest: Option<i32>,
}

/// A column proved to be made of others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Derived {
    /// The column.
    pub column: String,
    /// Its formula in notation: "mean(revenue[t-2..t])", t being the row of the value.
    pub formula: String,
    /// What the formula reads itself.
    pub reads: Vec<SeenRows>,
    /// What it has seen through all columns it is made of, and whether that column holds the target.
    pub roots: Vec<(SeenRows, bool)>,
    /// "exact", "rounded" (only if the sources were rounded before) or "partial" (on part of the rows).
    pub hold: String,
    /// What it means: "contains_answer", "after_prediction", "whole_file_of_target", "future_of_other", "whole_file_of_other", "availability",
    /// "safe", "ambiguous", "unproven"; "gives_target" where the column is the target itself.
    pub judgement: String,
    /// Rows it reads itself and, where none of those columns holds the target, the rows of the target behind them: all relative to the row the
    /// target stands in.
    pub window: Vec<SeenRows>,
    /// Latest row it has seen: of the target relative to the target's row, of another column relative to its own; none: all rows.
    pub latest: Option<i32>,
    /// Latest row known when predicting, relative to the target's row.
    pub known: i32,
    /// What a row is in time: "month", "day" ...; "row" when rows are not evenly dated.
    pub unit: String,
    /// Rows that match within the tolerance, of rows where everything is present.
    pub matched: Share,
    /// Rows where column and sources are present but the formula is not defined.
    pub undefined: u64,
    /// Largest absolute residual of a matching row.
    pub largest_residual: f64,
    /// What a residual may be: half a unit of the last printed decimal, plus rounding.
    pub tolerance: f64,
    /// Bits against chance.
    pub bits: f64,
    /// The bar.
    pub bits_needed: f64,
    /// Formulas that hold on this file as well.
    pub also: Vec<String>,
    /// Rows worked out.
    pub examples: Vec<DerivedRow>,
}

/// A column in the order of time: its mean at every moment, taken apart. Made by `quality::time`, which says how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OverTime {
    /// The column.
    pub column: String,
    /// What a moment is: "hour", "day", "working day", "week", "month", "quarter", "year", "step" or "moment" (rows without a rhythm).
    pub unit: String,
    /// Moments from the first to the last, and how many of them no row stands in.
    pub moments: (u64, u64),
    /// Change a moment (Theil and Sen), and its 95 % interval.
    pub slope: Option<(f64, f64, f64)>,
    /// Standard deviation over the moments.
    pub spread: f64,
    /// Moments after which it repeats itself; 0: it does not.
    pub period: u32,
    /// Strength of trend and season, 0 to 1.
    pub strength: (f64, f64),
    /// Autocorrelation at the lags 1, 2 ..., and over how many moments.
    pub correlation: (Vec<f64>, u64),
    /// First moment of each new level (from 0), its stamp as in the column, mean before and mean after.
    pub changes: Vec<(u32, String, f64, f64)>,
    /// What a change had to gain, in squared units of the column.
    pub penalty: f64,
    /// KPSS about a level and about a line: statistic and p-value.
    pub kpss: Vec<(f64, f64)>,
    /// Lines for pictures by name ("observed", "trend", "level", "season", "remainder"): moment, from 1, and value; "grouped" is "observed" in means of five rows
    /// or more.
    pub lines: Vec<(String, Vec<(f64, f64)>)>,
}

impl OverTime {
    /// Whether the interval of the slope leaves out 0.
    #[must_use]
    pub fn has_trend(&self) -> bool {
        self.slope.is_some_and(|(_, low, high)| low > 0.0 || high < 0.0)
    }

    /// Whether the test speaks against a level (`about` 0) or a line (1), at 5 %.
    #[must_use]
    pub fn leaves(&self, about: usize) -> bool {
        self.kpss.get(about).is_some_and(|(_, p)| *p < 0.05)
    }

    /// The line of that name; empty if there is none.
    #[must_use]
    pub fn line(&self, name: &str) -> &[(f64, f64)] {
        self.lines.iter().find(|l| l.0 == name).map_or(&[], |l| l.1.as_slice())
    }
}

/// The numbers behind a finding. Which variant a check or rule uses is part of its documentation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// A share of rows or cells.
    Share {
        /// How many of how many.
        share: Share,
    },
    /// `target = constant + sum(weight x column)` at printed precision.
    LinearIdentity {
        /// Column and its weight, in file order.
        terms: Vec<(String, f64)>,
        /// Constant term.
        constant: f64,
        /// Rows that match within the tolerance, of rows where every part is present.
        matched: Share,
        /// Largest absolute residual over the tested rows, in units of the target.
        largest_residual: f64,
        /// Half a unit of the last printed decimal, plus rounding: what a residual may be.
        tolerance: f64,
        /// Bits against chance, and the bar they passed.
        bits: f64,
        /// The bar.
        bits_needed: f64,
        /// Three rows worked out.
        examples: Vec<WorkedRow>,
    },
    /// A score of one column against the target, and its distance from the null.
    Score {
        /// Metric id ("roc_auc", "spearman" ...).
        metric: String,
        /// The value, 0..=1.
        value: f64,
        /// Standard errors away from the null.
        z: f64,
        /// What `z` had to pass.
        z_needed: f64,
        /// Rows used.
        n_rows: u64,
        /// How it was measured ("rank", "changes", "target_mean", "tree").
        method: String,
        /// The next best column's score, if any other was measured.
        runner_up: Option<f64>,
    },
    /// Observed against expected count under the null.
    Overlap {
        /// Observed.
        observed: u64,
        /// Expected if nothing were wrong.
        expected: f64,
        /// Out of how many.
        of: u64,
        /// Rows with equal features but different targets.
        conflicting: u64,
    },
    /// Spellings that do not belong together, or that mean "missing".
    Spellings {
        /// Each with its count, most frequent first.
        spellings: Vec<Spelling>,
        /// Cells concerned, of all.
        share: Share,
    },
    /// Values outside of what is usual or possible.
    Range {
        /// Lower fence, if any.
        low: Option<f64>,
        /// Upper fence, if any.
        high: Option<f64>,
        /// Cells outside, of those present.
        share: Share,
    },
    /// A count of distinct values.
    Distinct {
        /// Distinct values.
        distinct: u64,
        /// Cells present.
        present: u64,
    },
    /// Class shares, smallest class first in the name of the field.
    Classes {
        /// Class label and rows.
        counts: Vec<Spelling>,
    },
    /// A monotone or consecutive run, with its association to the target.
    Order {
        /// Share of steps that go the same way.
        monotone: f64,
        /// Association with the target, 0..=1.
        association: f64,
        /// p-value of the circular-shift null, if it was drawn.
        p_value: Option<f64>,
    },
    /// Levels of a column that stand for the target's classes, one to one.
    Mapping {
        /// Level and the class it stands for.
        pairs: Vec<(String, String)>,
        /// Rows where the mapping gives the class, of rows where both are present.
        matched: Share,
        /// Bits against chance.
        bits: f64,
        /// The bar.
        bits_needed: f64,
    },
    /// Scores of the same model under two splits, on the same rows.
    SplitGap {
        /// Metric id.
        metric: String,
        /// Mean score under the random split.
        random: f64,
        /// Mean score under the honest split.
        honest: f64,
        /// Mean score in time order with a gap between the rows learned from and those judged, if it was measured.
        #[serde(default)]
        gapped: Option<f64>,
        /// Interval of the difference (95 %).
        gap_low: f64,
        /// Interval of the difference (95 %).
        gap_high: f64,
    },
    /// Values whose rows are all of one class (targets that are classes), or cells that hold the target itself (numbers).
    Pure {
        /// The most frequent of these values; empty for cells that hold the target.
        value: String,
        /// How many such values the column has.
        n_values: u64,
        /// The class; empty for numbers.
        class: String,
        /// Rows concerned, of all.
        covered: Share,
        /// Rows that chance, or the neighbours of these values, would give.
        expected: f64,
        /// Bits against chance.
        bits: f64,
        /// The bar.
        bits_needed: f64,
    },
    /// Columns that explain the target together and not alone.
    Together {
        /// "sum" (levels), "product" (logarithms) or "changes" (steps in time).
        form: String,
        /// Metric id ("r2" adjusted, or "roc_auc").
        metric: String,
        /// What they reach together.
        value: f64,
        /// What the best of them reaches alone.
        alone: f64,
        /// Rows used.
        n_rows: u64,
    },
    /// How near rows are to one another: Gower distance, 0 to 1.
    Nearness {
        /// Rows nearer than honest rows are, of those looked at.
        near: Share,
        /// How many were to be expected.
        expected: f64,
        /// Probability that a test row is nearer to the training rows than a training row is, when there is a test file.
        superiority: Option<f64>,
        /// Its one-sided p-value.
        p_value: Option<f64>,
    },
    /// Columns that carry a statistic of all rows.
    Prepared {
        /// "standardised", "min_max", "mean" or "median".
        how: String,
        /// Which rows the statistic is of: "all" or "train".
        of: String,
        /// Largest distance from what the statistic demands, over the columns.
        largest_residual: f64,
        /// What rounding allows.
        tolerance: f64,
        /// Cells that were filled, or numeric columns concerned of all.
        share: Share,
        /// Least bits against chance, over the columns.
        bits: f64,
        /// The bar.
        bits_needed: f64,
    },
    /// Rows that were made of other rows.
    Synthetic {
        /// "interpolated", "fractions" or "equal_classes".
        how: String,
        /// The class they are of, if they are of one.
        class: Option<String>,
        /// Rows made, of those looked at.
        share: Share,
        /// Bits against chance.
        bits: f64,
        /// The bar.
        bits_needed: f64,
        /// Up to three: a row and the two it lies between, from 0.
        between: Vec<[u32; 3]>,
    },
    /// A score on rows not learned from, with its interval and the columns that make it.
    CrossValidated {
        /// Metric id.
        metric: String,
        /// The score.
        value: f64,
        /// 95 % interval.
        low: f64,
        /// 95 % interval.
        high: f64,
        /// Rows judged.
        n_rows: u64,
        /// Columns that matter most, with their share of the gain, most first.
        top: Vec<(String, f64)>,
    },
    /// A column proved to be made of others, and what that means for the prediction.
    Derivation(Box<Derived>),
    /// How strong an effect is, column by column.
    Effects {
        /// What was measured: "drift" (distance of two distributions), "missing" (area or Cramer's V of the missing cells), "skewness".
        what: String,
        /// Column and its value, strongest first, at most ten.
        values: Vec<(String, f64)>,
        /// Least value that is told.
        floor: f64,
        /// Rows used.
        n_rows: u64,
    },
    /// Cells that break a rule of the user's own.
    Own {
        /// Id of the rule ("at_least").
        rule: String,
        /// What it compares with, as the user wrote it.
        value: String,
        /// Cells that break it, of those it is about.
        share: Share,
    },
    /// What columns do over time, the target first where it is a number or one of two classes.
    OverTime {
        /// One a column.
        series: Vec<OverTime>,
    },
    /// Nothing to measure: the setting itself is the finding.
    Setting {
        /// Name of the setting.
        name: String,
        /// Its value.
        value: String,
    },
}

/// An edit of the settings that would answer a finding. A remedy never edits the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Leave these columns out.
    DropColumns {
        /// Their names.
        columns: Vec<String>,
    },
    /// Read these spellings as missing.
    AddNullSpellings {
        /// The spellings.
        spellings: Vec<String>,
    },
    /// Read a column as another kind.
    ChangeKind {
        /// Column.
        column: String,
        /// New kind, as in settings ("categorical" ...).
        kind: String,
    },
    /// Split in time order by this column.
    OrderSplit {
        /// The time column.
        time: String,
    },
    /// Keep each group of this column on one side of the split.
    GroupSplit {
        /// The entity column.
        entity: String,
    },
    /// Keep one row of each group of duplicates.
    DropDuplicates,
    /// Add a preparation step with its default parameters.
    AddStep {
        /// Step id.
        step: String,
    },
    /// Add a preparation step with settings of its own.
    Prepare {
        /// Step id.
        step: String,
        /// Columns it is for; none: all it fits.
        columns: Vec<String>,
        /// Hyperparameters that differ from the defaults.
        params: Given,
    },
    /// Draw the split so that every class has its share on each side.
    Stratify,
    /// Put an honest column in the place of one that has seen too much: its value some rows earlier, or its window moved back.
    Replace {
        /// What it holds instead.
        derived: DerivedColumn,
    },
    /// Leave columns out that were computed from all rows, and compute the like inside each fold, from training rows only.
    MoveInsideFolds {
        /// Columns to leave out.
        columns: Vec<String>,
        /// Preparation step that takes their place.
        step: String,
        /// Columns the step is for.
        by: Vec<String>,
    },
    /// Say when values of these columns are known.
    MarkKnown {
        /// Their names.
        columns: Vec<String>,
        /// When.
        known: Known,
    },
}

impl Remedy {
    /// The columns it changes.
    #[must_use]
    pub fn columns(&self) -> Vec<&String> {
        match self {
            Self::DropColumns { columns } | Self::MoveInsideFolds { columns, .. } | Self::MarkKnown { columns, .. } => columns.iter().collect(),
            Self::Prepare { columns, .. } => columns.iter().collect(),
            Self::ChangeKind { column, .. } => vec![column],
            Self::Replace { derived } => vec![&derived.column],
            _ => Vec::new(),
        }
    }
}

/// What the score is worth with and without the flagged columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// Metric id.
    pub metric: String,
    /// Score with the columns.
    pub with: f64,
    /// Score without.
    pub without: f64,
    /// 95 % interval of the paired difference.
    pub low: f64,
    /// 95 % interval of the paired difference.
    pub high: f64,
}

/// Rows whose values of a column lie together, with their target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueGroup {
    /// The level, of a column of levels.
    pub level: Option<String>,
    /// Least value of the group, unless it is the first; of numbers. A group without level and bounds is that of the empty cells.
    pub from: Option<f64>,
    /// Least value of the next group, unless it is the last.
    pub to: Option<f64>,
    /// Rows with a target, at least five.
    pub rows: u64,
    /// Mean of their target, or the share that is of the class.
    pub target: f64,
}

/// The target by the values of a column: aggregates only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ByValue {
    /// The column.
    pub column: String,
    /// The class whose share is told; empty when the target is a number.
    pub class: String,
    /// Groups in ascending order of the values, or the most frequent levels; empty cells last.
    pub groups: Vec<ValueGroup>,
}

/// One thing found by one check or rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Unique and stable for the same data: check id and columns, "target_sum:casual+registered".
    pub id: String,
    /// Id of the check or rule.
    pub check: String,
    /// How much it matters.
    pub severity: Severity,
    /// How sure we are.
    pub certainty: Certainty,
    /// Columns concerned, in file order.
    pub columns: Vec<String>,
    /// Up to 100 rows concerned, from 0.
    pub rows: Vec<u32>,
    /// The numbers.
    pub evidence: Evidence,
    /// What would answer it, best first.
    pub remedies: Vec<Remedy>,
    /// What it is worth, if it was measured.
    pub price: Option<Price>,
    /// The target by the values of the column it is about, where that shows what was measured.
    #[serde(default)]
    pub by_value: Option<Box<ByValue>>,
}

/// Most row numbers a finding lists. They say where to look in the file and carry no value of a cell, so reports may hold them.
pub const LISTED_ROWS: usize = 100;

impl Finding {
    /// A finding without rows, remedies or price; its id is made from check and columns.
    #[must_use]
    pub fn new(check: &str, severity: Severity, certainty: Certainty, columns: &[&str], evidence: Evidence) -> Self {
        Self {
            id: if columns.is_empty() { check.to_owned() } else { format!("{check}:{}", columns.join("+")) },
            check: check.to_owned(),
            severity,
            certainty,
            columns: columns.iter().map(|&c| c.to_owned()).collect(),
            rows: Vec::new(),
            evidence,
            remedies: Vec::new(),
            price: None,
            by_value: None,
        }
    }

    /// The same finding with remedies, best first.
    #[must_use]
    pub fn remedies(mut self, remedies: Vec<Remedy>) -> Self {
        self.remedies = remedies;
        self
    }

    /// The same finding with the first [`LISTED_ROWS`] of `rows`.
    #[must_use]
    pub fn rows(mut self, rows: impl IntoIterator<Item = u32>) -> Self {
        self.rows = rows.into_iter().take(LISTED_ROWS).collect();
        self
    }
}

/// What a check or rule did. There is no fourth state, and no green without [`Status::Ran`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It looked.
    Ran,
    /// It did not apply, and why.
    Skipped(String),
    /// It looked, but could not have seen an effect of the size that matters, and why.
    Underpowered(String),
}

/// The outcome of one check or rule: what it did, on how many rows, and what it found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checked {
    /// Id of the check or rule.
    pub id: String,
    /// What it did.
    pub status: Status,
    /// Rows used.
    pub n_rows: u64,
    /// What it found.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// The check looked at `n_rows` rows and found these.
    #[must_use]
    pub fn ran(id: &str, n_rows: usize, findings: Vec<Finding>) -> Self {
        Self { id: id.to_owned(), status: Status::Ran, n_rows: n_rows as u64, findings }
    }

    /// The check does not apply; `why` is one sentence.
    #[must_use]
    pub fn skipped(id: &str, why: &str) -> Self {
        Self { id: id.to_owned(), status: Status::Skipped(why.to_owned()), n_rows: 0, findings: Vec::new() }
    }

    /// There were too few rows to see anything; `why` names the smallest effect it could have seen.
    #[must_use]
    pub fn underpowered(id: &str, n_rows: usize, why: &str) -> Self {
        Self { id: id.to_owned(), status: Status::Underpowered(why.to_owned()), n_rows: n_rows as u64, findings: Vec::new() }
    }
}
