//! profile
use serde::{Deserialize, Serialize};
/// What is known of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Name.
    pub name: String,
    /// Missing cells.
    pub missing: u64,
    /// Distinct values among present cells (exact).
    pub distinct: u64,
    /// Ten most frequent values, most frequent first, ties by first appearance.
    pub top: Vec<(String, u64)>,
    /// Minimum, 1 %, 5 %, 25 %, 50 %, 75 %, 95 %, 99 % quantile, maximum of numeric and timestamp columns (millis).
    pub quantiles: Option<[f64; 9]>,
    /// Mean and sample standard deviation of numeric columns.
    pub moments: Option<(f64, f64)>,
    /// Histogram: edges (one more than counts) and counts; numeric and timestamp columns.
    pub histogram: Option<(Vec<f64>, Vec<u64>)>,
}
