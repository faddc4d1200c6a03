//! Jobs: independent, serialisable pieces of work.

use crate::error::Result;
use crate::table::Table;
use serde::{Deserialize, Serialize};

/// A part of what a worker must hold before it can run jobs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ContextPart {
    /// The table.
    Table(Table),
}

/// What a worker holds.
#[derive(Debug, Default)]
pub struct Context {
    table: Option<Table>,
}

/// One piece of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Job {
    /// Nothing yet.
    Nothing,
}

/// What a job gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum JobOutput {
    /// Nothing yet.
    Nothing,
}

impl Context {
    /// Takes a part, in the place of the former one of the same variant.
    pub fn set(&mut self, part: ContextPart) {
        match part {
            ContextPart::Table(table) => self.table = Some(table),
        }
    }

    /// Runs a job. The result depends on job and context only. `pulse` is called now and then with units done and all units of this job.
    ///
    /// # Errors
    /// The job needs a part that was never set, or its method cannot give a result.
    pub fn run(&mut self, job: &Job, pulse: &mut dyn FnMut(u64, u64)) -> Result<JobOutput> {
        pulse(1, 1);
        match job {
            Job::Nothing => Ok(JobOutput::Nothing),
        }
    }
}
