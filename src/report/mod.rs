//! What people read: a report is sections of blocks, and screens and exports render the same blocks.
//!
//! Words and number formats live here (and in [`crate::error`]) and nowhere else. `words/` turns findings into sentences,
//! `sections/` turns results into blocks, `html`, `markdown` and `json` write them down.

pub mod block;
#[cfg(test)]
pub mod example;
pub mod html;
pub mod json;
pub mod markdown;
pub mod model_card;
pub mod sections;
pub mod signs;
pub mod suppress;
pub mod terms;
pub mod words;

pub use crate::{escape, format};
pub use block::{Block, Cell, Report, Section, Span};
