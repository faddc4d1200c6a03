//! Formulas over rows in time order: every family planted in made-up series and found again.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a test may read files, print and fail")]

mod formulas;
mod independence;
mod large;
#[path = "../series/mod.rs"]
mod series;
mod tables;
