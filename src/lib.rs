//! Watertight: drop a CSV, get a verdict you can defend.
//!
//! A report is a pure function of bytes, settings and a seed: the same file, settings and seed give the same
//! report, byte for byte, in the browser, on the command line, with one worker or eight.
//!
//! The list below is the layering: a module may name only what stands above it (`tests/architecture.rs`
//! reads this list and keeps it). `src/README.md` is the map.

// -- ground
pub mod error;
pub mod math;
pub mod stats;
pub mod param;
pub mod derived;
pub mod finding;
pub mod step;
pub mod escape;
pub mod format;
// -- data
pub mod table;
pub mod task;
pub mod split;
pub mod features;
pub mod lineage;
pub mod sample;
// -- stages
pub mod quality;
pub mod model;
pub mod prepare;
pub mod augment;
pub mod evaluate;
pub mod explain;
pub mod segment;
pub mod tune;
pub mod audit;
pub mod decide;
// -- memory
pub mod settings;
pub mod bundle;
pub mod registry;
// -- presentation (still pure)
pub mod chart;
pub mod report;
// -- composition
pub mod pipeline;
pub mod protocol;
pub mod session;
// -- shells
#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub mod ui;
