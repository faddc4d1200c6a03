//! The augmentation methods.

pub mod adasyn;
pub mod block_bootstrap;
pub mod borderline_smote;
pub mod edited_neighbours;
pub mod interpolation;
pub mod jitter;
pub mod mixup;
pub mod noise;
pub mod over_sampling;
pub mod smote;
pub mod smote_nc;
pub mod tomek_links;
pub mod under_sampling;

use super::MethodEntry;

/// All methods: those that add rows of every kind, the default first, then those that balance classes, then those for series.
pub const METHODS: &[MethodEntry] = &[
    interpolation::ENTRY,
    noise::ENTRY,
    mixup::ENTRY,
    smote::ENTRY,
    smote_nc::ENTRY,
    borderline_smote::ENTRY,
    adasyn::ENTRY,
    over_sampling::ENTRY,
    under_sampling::ENTRY,
    tomek_links::ENTRY,
    edited_neighbours::ENTRY,
    jitter::ENTRY,
    block_bootstrap::ENTRY,
];
