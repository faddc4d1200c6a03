//! Results turned into sentences: what was found, what it means, what to do.

mod audit;
pub mod availability;
pub mod card;
mod finding;
pub mod gates;
pub mod glossary;
mod measured;
mod lineage;
pub(in crate::report) mod over_time;
mod patterns;
mod picture;
mod quality;
pub mod reading;
pub mod remedy;
pub mod reopened;
mod worked;

pub use audit::awaited;
pub use finding::{finding_block, metric_name, status};
pub(crate) use picture::rows as rows_in_words;
pub use remedy::remedy;
