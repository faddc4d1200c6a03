//! The leakage audit: checks that prove or measure whether the score would be real.
//!
//! Adding a check: one file in `checks/` and its line in [`CHECKS`].

pub mod checks;

pub use checks::CHECKS;

use crate::finding::Checked;
use crate::split::SplitSettings;
use crate::table::Table;
use crate::table::profile::ColumnProfile;
use crate::task::{Target, Task};

/// What a check looks at.
pub struct AuditInput<'a> {
    /// The table (training file; rows of a test file stand from `test_from`).
    pub table: &'a Table,
    /// One profile a column, in file order.
    pub profiles: &'a [ColumnProfile],
    /// The task.
    pub task: &'a Task,
    /// Its target, encoded.
    pub target: &'a Target,
    /// How the split will be made.
    pub split: &'a SplitSettings,
    /// First row of the separate test file, if one was given.
    pub test_from: Option<usize>,
    /// Seed of the run.
    pub seed: u64,
}

/// A named check.
pub struct Check {
    /// Name in settings and JSON, after the pattern found ("target_sum").
    pub id: &'static str,
    /// Name on screen.
    pub title: &'static str,
    /// What it finds, how, and why it matters.
    pub doc: &'static str,
    /// Looks.
    pub run: fn(&AuditInput<'_>) -> Checked,
}
