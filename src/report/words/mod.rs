//! Results turned into sentences: what was found, what it means, what to do.

mod audit;
pub mod availability;
pub mod card;
mod finding;
pub mod gates;
pub mod glossary;
mod measured;
mod lineage;
mod quality;
pub mod reading;
pub mod remedy;
pub mod reopened;

pub use finding::{finding_block, metric_name, status};
pub use remedy::remedy;
