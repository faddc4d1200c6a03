//! The screens: the frame around them, and one file a step.

pub(super) mod shell;

mod audit;
mod augment;
mod bar;
mod decide;
mod dialect;
mod drop_zone;
mod file;
mod grid;
mod keys;
mod known;
mod notices;
mod open;
mod page;
mod paste;
mod prepare;
mod quality;
mod rail;
mod registry;
mod report;
mod route;
mod samples;
mod task;
mod theme;
mod train;
mod validate;
