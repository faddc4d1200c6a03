//! How columns derive from one another, and which rows are copies of one another.
//!
//! Other tools suspect; this module proves. A formula counts as proven only when two questions are answered: is the
//! residual nothing but rounding, and could the match be chance ([`proof`])? Searched are exact copies, scaled copies and
//! sums of columns that give the target ([`linear`]), and columns that rename the target's classes ([`recode`]). [`rows`]
//! finds equal rows. Windows, shifts and aggregates over rows are not searched.

pub mod cells;
pub mod confirm;
pub mod formula;
pub mod frame;
pub mod group;
pub mod linear;
pub mod proof;
pub mod recode;
pub mod row;
pub mod rows;
mod screen;
mod solve;
pub mod time;
