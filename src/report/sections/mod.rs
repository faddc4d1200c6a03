//! Sections made from results: one file a step, each a pure function from a result to a [`Section`](crate::report::Section) of blocks.
//!
//! Adding a section: one file here and its two lines below.

mod audit;

mod augment;
mod chance;
mod compare;
mod decide;
mod documents;
mod errors;
mod explain;
mod fairness;
mod generated;
mod honesty;
mod intervals;
mod label_errors;
mod lineage;
mod over_time;
mod periods;
mod power;
mod prepare;

mod quality;
mod registry;
mod repairs;
mod search;
mod segments;
pub(crate) mod shared;
mod task;
mod train;
mod validate;
mod worst;
mod zeros;

pub use audit::{AuditReport, audit};

pub use augment::{AugmentReport, augment};
pub use chance::{learning, permutation, too_good};
pub use compare::compare;
pub use decide::{DecideReport, decide};
pub use documents::{DocumentFacts, InputColumn, certification_sheet, deployment_guide, monitoring_needs, summary};
pub use errors::{errors, segment_in_words};
pub use explain::{ExplainReport, HEADING as EXPLAIN_HEADING, explain};

pub use fairness::fairness;
pub use honesty::honesty;
pub use intervals::{delong, intervals};
pub use label_errors::label_errors;
pub use over_time::over_time;
pub use periods::periods;
pub use power::power;
pub use prepare::{PrepareReport, prepare, recipe_markdown};
pub use quality::{QualityReport, name as dimension_name, quality};
pub use registry::{RegistryReport, registry, runs_csv};
pub use repairs::{before_and_after, derived_columns, tell_reopened};
pub use search::{SearchReport, search, search_json, search_so_far, searching, tuned_title};
pub use segments::{segments, segments_json};
pub use shared::SplitFacts;
pub use task::{TargetSummary, TaskReport, task};
pub use train::{TrainReport, train};
pub use validate::{Calls, ValidateReport, chosen_penalty, validate};
pub use zeros::zeros;

#[cfg(test)]
mod tests;
