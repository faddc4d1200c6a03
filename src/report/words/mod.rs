//! Results turned into sentences: what was found, what it means, what to do.

mod audit;
pub mod card;
mod finding;
pub mod gates;
pub mod glossary;
mod measured;
mod lineage;
mod picture;
mod quality;
pub mod reading;
mod worked;

pub use audit::awaited;
pub use finding::{finding_block, remedy, status};
pub(crate) use picture::rows as rows_in_words;
