//! Data quality: named rules, each with its findings, and scores from 0 to 100 by dimension.
//!
//! Adding a rule: one file in `rules/` and its line in [`RULES`].

pub mod rules;
mod score;

pub use rules::RULES;
pub use score::{Score, scores};

use crate::finding::Checked;
use crate::table::Table;
use crate::table::profile::ColumnProfile;
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

/// What a rule looks at.
pub struct QualityInput<'a> {
    /// The table.
    pub table: &'a Table,
    /// One profile a column, in file order.
    pub profiles: &'a [ColumnProfile],
    /// The task, when a target is known.
    pub task: Option<&'a Task>,
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
