//! The few widgets, native elements first: one file each. [`blocks`] renders what the engine sends.

pub(super) mod banner;
pub(super) mod blocks;
pub(super) mod chosen;
pub(super) mod facts;
pub(super) mod fields;
pub(super) mod figure;
pub(super) mod finding;
pub(super) mod findings;
pub(super) mod gates;
mod graph;
pub(super) mod interval;
pub(super) mod mark;
pub(super) mod menu;
pub(super) mod params;
pub(super) mod progress;
pub(super) mod scores;
pub(super) mod spans;
pub(super) mod sprite;
pub(super) mod table;
pub(super) mod tally;
pub(super) mod tried;
pub(super) mod verdict;
pub(super) mod words;
