//! The leakage audit: checks that prove or measure whether the score would be real.
//!
//! Adding a check: one file in `checks/` and its line in [`CHECKS`].

mod by_value;
pub mod canary;
pub mod checks;
#[cfg(test)]
pub(crate) mod fixtures;
mod coded;
mod gower;
pub mod honesty;
mod judged;
mod measure;
pub mod power;
mod probe;
mod remedies;

pub use checks::{CHECKS, LAST};

use crate::finding::{Certainty, Checked, Evidence, Finding, Severity, Status};
use crate::math::sort;
use crate::split::SplitSettings;
use crate::table::profile::ColumnProfile;
use crate::table::{Column, Table};
use crate::task::{Target, Task};
use std::collections::BTreeMap;

/// Nobody said when columns are known.
pub static NOTHING_SAID: BTreeMap<String, i32> = BTreeMap::new();

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
    /// Latest known row of columns of which the user said when they are known (relative to the target's row; of the target: its delay).
    pub known: &'a BTreeMap<String, i32>,
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

impl<'a> AuditInput<'a> {
    /// The feature columns, in the order of the task.
    pub fn features(&self) -> impl Iterator<Item = &'a Column> + use<'a> {
        let table = self.table;
        self.task.features.iter().filter_map(move |name| table.column(name).ok())
    }

    /// Positions of the feature columns in the table, ascending.
    #[must_use]
    pub fn feature_positions(&self) -> Vec<usize> {
        let mut positions: Vec<usize> = self.task.features.iter().filter_map(|name| self.table.position(name)).collect();
        positions.sort_unstable();
        positions
    }

    /// Rows whose target is present.
    #[must_use]
    pub fn n_with_target(&self) -> usize {
        self.target.values.iter().filter(|v| !v.is_nan()).count()
    }
}

/// Runs check number `idx` of [`CHECKS`]; `None` when there is none. Checks are independent of one another and may run anywhere.
#[must_use]
pub fn run_check(idx: usize, input: &AuditInput<'_>) -> Option<Checked> {
    CHECKS.get(idx).map(|check| ran(check, input))
}

/// Why a check that was planned gave nothing yet.
pub const NOT_YET: &str = "not run yet";
/// Why a check that was planned gave nothing and will give nothing.
pub const CANCELLED: &str = "cancelled";

/// Whether the check was planned and has not run.
#[must_use]
pub fn is_outstanding(checked: &Checked) -> bool {
    matches!(&checked.status, Status::Skipped(why) if why == NOT_YET || why == CANCELLED)
}

/// Positions of all checks in the order they are begun: what is cheap first. Results are told in the order of [`CHECKS`] all the same.
#[must_use]
pub fn cheap_first() -> Vec<usize> {
    let rank = |&at: &usize| LAST.iter().position(|id| CHECKS.get(at).is_some_and(|c| c.id == *id)).map_or(0, |p| p + 1);
    let mut order: Vec<usize> = (0..CHECKS.len()).collect();
    sort::by_key(&mut order, rank);
    order
}

fn ran(check: &Check, input: &AuditInput<'_>) -> Checked {
    let mut checked = (check.run)(input);
    by_value::attach(&mut checked, input);
    checked
}

/// Makes one audit of the outcomes of all checks, given in the order of [`CHECKS`]: a column that a proof names is not told again
/// by the checks that only measure or ask, and findings stand in a fixed order (severity, certainty, columns).
#[must_use]
pub fn settle(mut checked: Vec<Checked>) -> Vec<Checked> {
    let proofs = ["target_copy", "target_sum"];
    let proven: Vec<String> =
        checked.iter().filter(|c| proofs.contains(&c.id.as_str())).flat_map(|c| &c.findings).flat_map(|f| f.columns.clone()).collect();
    for check in checked.iter_mut().filter(|c| !proofs.contains(&c.id.as_str())) {
        let told = |f: &Finding| !f.columns.is_empty() && f.columns.iter().all(|c| proven.contains(c));
        let own_proof = |f: &Finding| f.certainty == Certainty::Proven && !matches!(f.evidence, Evidence::LinearIdentity { .. });
        check.findings.retain(|f| own_proof(f) || !told(f));
    }
    quieten(&mut checked);
    for check in &mut checked {
        sort::by(&mut check.findings, |a, b| (a.severity, a.certainty, &a.columns, &a.id).cmp(&(b.severity, b.certainty, &b.columns, &b.id)));
    }
    checked
}

/// Takes away what a graver finding has said already: milder suspicions about columns that give the whole answer, and the question why a
/// score is so good when a blocker answers it.
fn quieten(checked: &mut [Checked]) {
    let blockers =
        |c: &Checked| c.findings.iter().filter(|f| f.severity == Severity::Blocker).flat_map(|f| f.columns.clone()).collect::<Vec<String>>();
    let grave: Vec<String> = checked.iter().flat_map(blockers).collect();
    let milder = ["part_of_rows", "columns_together", "missingness", "single_column"];
    for check in checked.iter_mut().filter(|c| milder.contains(&c.id.as_str())) {
        check.findings.retain(|f| f.severity == Severity::Blocker || !f.columns.iter().any(|c| grave.contains(c)));
    }
    // What a formula proves to hold the answer needs no score besides.
    let is_proof = |f: &&Finding| f.severity == Severity::Blocker && f.certainty == Certainty::Proven;
    let by_formula = checked.iter().filter(|c| c.id == "lineage").flat_map(|c| &c.findings).filter(is_proof);
    let proven: Vec<String> = by_formula.flat_map(|f| f.columns.clone()).collect();
    for check in checked.iter_mut().filter(|c| c.id == "single_column") {
        check.findings.retain(|f| f.columns.is_empty() || !f.columns.iter().all(|c| proven.contains(c)));
    }
    let explained = checked.iter().flat_map(|c| &c.findings).any(|f| f.severity == Severity::Blocker);
    for check in checked.iter_mut().filter(|c| c.id == "too_good" && explained) {
        check.findings.clear();
    }
}

/// Runs the whole audit on one worker.
#[must_use]
pub fn run(input: &AuditInput<'_>) -> Vec<Checked> {
    settle(CHECKS.iter().map(|check| ran(check, input)).collect())
}
