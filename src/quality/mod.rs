//! Data quality: named rules, each with its findings, and scores from 0 to 100 by dimension.
//!
//! Every rule is a metric: its score is what it leaves untouched, of the table and of each column. Adding a rule: one file in `rules/` and its line in [`RULES`].

mod metrics;
pub mod own;
pub mod rules;
mod score;
pub mod time;
pub mod weights;

pub use metrics::{Metric, column_scores, metrics, table_score};
pub use own::{OWN_RULES, OwnRule};
pub use rules::RULES;
pub use score::{Score, WEIGHTS, scores};
pub use weights::{DIMENSION_WEIGHTS, HEAVIEST, Weights, weight_of};

use crate::finding::Checked;
use crate::table::profile::ColumnProfile;
use crate::table::{Column, Table};
use crate::task::Task;
use serde::{Deserialize, Serialize};

/// What a rule is about; scores are given by dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Are cells there?
    Completeness,
    /// Do cells of a column agree in form?
    Consistency,
    /// Are values possible and usable?
    Validity,
    /// Does each row stand once?
    Uniqueness,
    /// Are times whole and in order?
    Timeliness,
}

impl Dimension {
    /// The word used in settings and JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Completeness => "completeness",
            Self::Consistency => "consistency",
            Self::Validity => "validity",
            Self::Uniqueness => "uniqueness",
            Self::Timeliness => "timeliness",
        }
    }
}

/// What a rule looks at.
pub struct QualityInput<'a> {
    /// The table.
    pub table: &'a Table,
    /// One profile a column, in file order.
    pub profiles: &'a [ColumnProfile],
    /// The task, when a target is known.
    pub task: Option<&'a Task>,
    /// Rules of the user's own.
    pub own: &'a [OwnRule],
}

/// A named rule.
pub struct Rule {
    /// Name in settings and JSON, after the pattern found ("constant_column").
    pub id: &'static str,
    /// Name on screen.
    pub title: &'static str,
    /// What it finds, why it matters, what to do.
    pub doc: &'static str,
    /// What it is about.
    pub dimension: Dimension,
    /// Looks.
    pub check: fn(&QualityInput<'_>) -> Checked,
}

impl<'a> QualityInput<'a> {
    /// The columns that are looked at, in file order: all but those the task leaves out.
    pub fn columns(&self) -> impl Iterator<Item = &'a Column> + use<'a> {
        let task = self.task;
        self.table.columns().iter().filter(move |c| task.is_none_or(|t| !t.ignored.iter().any(|i| i == c.name())))
    }

    /// Whether a column is the target.
    #[must_use]
    pub fn is_target(&self, name: &str) -> bool {
        self.task.is_some_and(|t| t.target == name)
    }
}

/// Runs every rule, in the order of [`RULES`].
#[must_use]
pub fn run(input: &QualityInput<'_>) -> Vec<Checked> {
    RULES.iter().map(|rule| (rule.check)(input)).collect()
}
