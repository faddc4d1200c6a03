//! The power of the audit as jobs: one for each family and strength, and one for each permutation of the target.

use super::context::Context;
use super::job::{Job, JobOutput};
use super::outcome::Outcome;
use crate::audit::canary::Ground;
use crate::audit::power::{Power, PowerPart, n_parts, power_part};
use crate::error::Result;
use crate::settings::Plan;
use crate::table::Table;

/// All jobs, in the order of the parts.
pub(super) fn jobs() -> Vec<Job> {
    (0..n_parts()).map(Job::Power).collect()
}

/// Rows before those of a test file.
fn n_train(plan: &Plan) -> usize {
    plan.test_from.map_or(usize::MAX, |r| r as usize)
}

impl Context {
    /// One part of the power.
    pub(super) fn power(&mut self, part: u32) -> Result<JobOutput> {
        if self.ground.is_none() {
            let plan = self.plan()?;
            self.ground = Some(Ground::new(self.table()?, &plan.task, &plan.split, n_train(plan), plan.seed)?);
        }
        Ok(JobOutput::Power(self.ground.as_ref().map_or_else(PowerPart::default, |ground| power_part(ground, part))))
    }
}

impl Outcome {
    /// Joins the parts. A part that failed counts as nothing planted.
    pub(super) fn take_power(&mut self, plan: &Plan, table: &Table, results: Vec<Result<JobOutput>>) -> Result<()> {
        let (n_rows, n_features) = Ground::size(table, &plan.task, n_train(plan), plan.seed);
        let part = |result| if let Ok(JobOutput::Power(part)) = result { part } else { PowerPart::default() };
        let parts: Vec<PowerPart> = results.into_iter().map(part).collect();
        self.power = Some(Power::of(n_rows as u64, n_features as u64, &parts));
        self.power_wanted = false;
        Ok(())
    }
}
