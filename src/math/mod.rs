//! Deterministic numbers: the same bits natively and in wasm, with any number of workers.
//!
//! Elementary functions come from `libm` because those of `std` differ between targets; random streams are
//! keyed by what they are for, never by who draws; sums have a fixed order.

pub mod distribution;
pub mod eigen;
pub mod elementary;
#[cfg(test)]
pub(crate) mod golden;
pub mod linear;
pub mod rank;
pub mod rng;
pub mod sort;
pub mod sum;
