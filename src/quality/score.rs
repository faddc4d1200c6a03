//! scores
use super::Dimension;
use crate::finding::Checked;
use serde::{Deserialize, Serialize};
/// Score of one dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Dimension.
    pub dimension: Dimension,
    /// 0 to 100; `None` when no rule of it ran.
    pub score: Option<f64>,
}
/// Scores by dimension.
#[must_use]
pub fn scores(checked: &[Checked], n_cells: u64) -> Vec<Score> {
    let _ = (checked, n_cells);
    Vec::new()
}
