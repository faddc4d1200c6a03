//! The only place that knows the order of stages: a run is waves of jobs, folded in job order.
//!
//! [`Run::next`] gives the jobs of the next wave; a driver runs them in any order on any number of workers; [`Run::absorb`] folds
//! the results in job order. A job is a plain value: what it needs besides is the [`Context`], which every worker holds.

mod job;

pub use job::{Context, ContextPart, Job, JobOutput};
