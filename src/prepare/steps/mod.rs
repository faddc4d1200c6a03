//! The preparation steps, in the order they are usually taken.

pub mod date_parts;
pub mod drop_constant;
pub mod encode;
pub mod impute;
pub mod pca;
pub mod scale;
pub mod target_encode;

use super::StepEntry;

/// All steps.
pub const STEPS: &[StepEntry] =
    &[date_parts::ENTRY, impute::ENTRY, target_encode::ENTRY, encode::ENTRY, scale::ENTRY, pca::ENTRY, drop_constant::ENTRY];
