//! The split-honesty matrix as jobs: one for each way of dealing rows.

use super::context::Context;
use super::job::{Job, JobOutput};
use super::outcome::Outcome;
use crate::audit::honesty::{Dealing, PARTS, SplitMatrix, SplitPart, Way};
use crate::error::Result;
use crate::settings::Plan;
use crate::table::Table;

/// All jobs, in the order of the parts.
pub(super) fn jobs() -> Vec<Job> {
    (0..PARTS).map(Job::Split).collect()
}

impl Context {
    /// One way of dealing rows.
    pub(super) fn split_part(&mut self, part: u32) -> Result<JobOutput> {
        if self.dealing.is_none() {
            let clean = self.feature_sets()?.first().map(|set| set.columns.clone()).unwrap_or_default();
            self.dealing = Some(Dealing::new(&self.audit_input()?, &clean));
        }
        Ok(JobOutput::Split(self.dealing.as_ref().map_or_else(SplitPart::default, |dealing| dealing.part(part))))
    }
}

impl Outcome {
    /// Joins the parts. A part that failed could not be tried.
    pub(super) fn take_splits(&mut self, plan: &Plan, table: &Table, results: Vec<Result<JobOutput>>) -> Result<()> {
        let part = |result: Result<JobOutput>| match result {
            Ok(JobOutput::Split(part)) => part,
            Ok(_) => SplitPart::default(),
            Err(error) => SplitPart { why: Some(error.message), ..SplitPart::default() },
        };
        let parts: Vec<SplitPart> = results.into_iter().map(part).collect();
        // A date that a finding names stays a feature of the matrix where it orders the rows.
        let orders = |f: &String| parts.iter().any(|p| matches!(&p.way, Some(Way::Ordered { time, .. }) if time.as_ref() == Some(f)));
        let is_clean = |f: &String| self.feature_sets.first().is_some_and(|set| set.columns.contains(f));
        let n_flagged = plan.task.features.iter().filter(|f| !is_clean(f) && !orders(f)).count() as u64;
        self.splits = Some(SplitMatrix::of(&parts, table, &plan.task, &plan.task.encode(table)?, &plan.split, n_flagged));
        Ok(())
    }
}
