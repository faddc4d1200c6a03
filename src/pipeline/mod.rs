//! The only place that knows the order of stages: a run is waves of jobs, folded in job order.
//!
//! [`Run::next`] gives the jobs of the next wave; a driver runs them in any order on any number of workers; [`Run::absorb`] folds
//! the results in job order. A job is a plain value: what it needs besides is the [`Context`], which every worker holds.

mod acceptance;
mod analysis;
mod card;
mod checkpoint;
mod context;
mod curve;
mod decision;
mod document;
mod documents;
#[cfg(not(target_arch = "wasm32"))]
mod drive;
mod honesty;
mod job;
mod order;
mod outcome;
mod permuted;
mod power;
mod price;
mod run;
mod search;
mod stage;
mod unaugmented;

pub use acceptance::fingerprint;
pub use analysis::{Analysis, Measured};
pub use card::model_card;
pub use checkpoint::{Checkpoint, KEY_BYTES};
pub use context::{Context, ContextPart, Fitted};
pub use document::{Input, audit_document, report, report_document};
pub use documents::{Document, document};
#[cfg(not(target_arch = "wasm32"))]
pub use drive::drive;
pub use job::{Job, JobOutput};
pub use order::hand_out;
pub use outcome::Outcome;
pub use price::{FeatureSet, feature_sets};
pub use run::{Run, Wave};
pub use search::Searched;
pub use stage::Stage;
pub use unaugmented::Worth;
