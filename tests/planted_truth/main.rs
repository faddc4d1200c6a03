//! The planted-truth benchmark: leaks planted by family and strength into tables whose truth is known, and clean tables that must raise no alarm.
//!
//! `cargo test --test planted_truth -- --nocapture` prints recall by family and every miss by name. The larger version, with all strengths, more
//! random tables and the files of `../shared/data` where they are: `cargo test --release --test planted_truth -- --ignored --nocapture`.
//!
//! With WATERTIGHT_PLANTED=FOLDER the planted tables are written there as CSV, for `benches/leaks.py`, which asks other tools the same.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test says what it sees and fails where it stands")]

mod exported;
mod innocence;
mod recall;
#[path = "../series/mod.rs"]
mod series;
mod structure;
mod tables;
