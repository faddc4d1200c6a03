//! The augmentation methods.

pub mod interpolation;
pub mod noise;

use super::MethodEntry;

/// All methods, the default first.
pub const METHODS: &[MethodEntry] = &[interpolation::ENTRY, noise::ENTRY];
