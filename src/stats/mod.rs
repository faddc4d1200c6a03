//! Tests and intervals, one file each. Every one says its definition, its source and what it was checked against; what cannot be
//! computed (too few values, no spread) is `None` or an error, never 0 or NaN.

pub mod autocorrelation;
pub mod bootstrap;
pub mod breusch_pagan;
pub mod change_points;
pub mod chi_square;
pub mod delong;
pub mod fdr;
pub mod isolation;
pub mod kolmogorov;
pub mod ks;
pub mod mann_whitney;
pub mod permutation;
pub mod proportions;
pub mod psi;
pub mod spearman;
pub mod stationarity;
pub mod stl;
pub mod theil_sen;
#[cfg(test)]
pub mod time_reference;
pub mod welch;
