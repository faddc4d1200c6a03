//! The preparation steps, in the order they are usually taken.

pub mod bins;
pub mod calendar;
pub mod cap_outliers;
pub mod date_parts;
pub mod drop_constant;
pub mod encode;
pub mod fill_forward;
pub mod fill_rule;
pub mod fourier;
pub mod frequency;
pub mod hashing;
pub mod impute;
pub mod impute_iterative;
pub mod impute_neighbours;
pub mod interactions;
pub mod isolation_forest;
pub mod lags;
pub mod log;
pub mod one_spelling;
pub mod one_unit;
pub mod pca;
pub mod polynomial;
pub mod ratios;
pub mod scale;
pub mod select;
pub mod since;
pub mod target_encode;
pub mod text_features;
pub mod to_quantiles;
pub mod windows;
pub mod yeo_johnson;

use super::StepEntry;
use super::plain::Rule;

/// All steps.
pub const STEPS: &[StepEntry] = &[
    one_unit::ENTRY,
    one_spelling::ENTRY,
    fill_rule::ENTRY,
    fill_forward::ENTRY,
    lags::ENTRY,
    windows::ENTRY,
    since::ENTRY,
    calendar::ENTRY,
    fourier::ENTRY,
    date_parts::ENTRY,
    cap_outliers::ENTRY,
    impute_neighbours::ENTRY,
    impute_iterative::ENTRY,
    impute::ENTRY,
    frequency::ENTRY,
    target_encode::ENTRY,
    text_features::ENTRY,
    hashing::ENTRY,
    encode::ENTRY,
    isolation_forest::ENTRY,
    ratios::ENTRY,
    log::ENTRY,
    yeo_johnson::ENTRY,
    to_quantiles::ENTRY,
    bins::ENTRY,
    interactions::ENTRY,
    polynomial::ENTRY,
    scale::ENTRY,
    pca::ENTRY,
    select::ENTRY,
    drop_constant::ENTRY,
];

/// How those go on that learn numbers and words only.
pub const RULES: &[Rule] = &[
    one_unit::RULE,
    one_spelling::RULE,
    fill_rule::RULE,
    fill_forward::RULE,
    lags::RULE,
    windows::RULE,
    since::RULE,
    calendar::RULE,
    fourier::RULE,
    cap_outliers::RULE,
    impute_neighbours::RULE,
    impute_iterative::RULE,
    frequency::RULE,
    text_features::RULE,
    hashing::RULE,
    isolation_forest::RULE,
    ratios::RULE,
    log::RULE,
    yeo_johnson::RULE,
    to_quantiles::RULE,
    bins::RULE,
    interactions::RULE,
    polynomial::RULE,
    select::RULE,
];

/// Steps that look at the target of the training rows.
pub const LEARN_FROM_TARGET: [&str; 4] = [target_encode::ENTRY.id, interactions::ENTRY.id, ratios::ENTRY.id, select::ENTRY.id];

/// Steps that look at the rows before a row.
pub const USE_PAST: [&str; 4] = [fill_forward::ENTRY.id, lags::ENTRY.id, windows::ENTRY.id, since::ENTRY.id];
