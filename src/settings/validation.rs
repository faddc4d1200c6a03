//! What validation measures beside scores, as chosen.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// What validation measures beside scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ValidationChoice {
    /// Permutations of the target by which the score is tested, 0 to 999; 0: it is not.
    pub permutations: u32,
    /// Whether the proposed learner is tried on ever more rows.
    pub learning_curve: bool,
    /// Share of true values that prediction intervals are to hold, 0.5 to 0.99.
    pub coverage: f64,
    /// Columns by whose levels the model is judged.
    pub fairness: Vec<String>,
}

impl Default for ValidationChoice {
    fn default() -> Self {
        Self { permutations: 0, learning_curve: false, coverage: 0.9, fairness: Vec::new() }
    }
}

/// Most permutations: the smallest p-value is then 0.001.
pub const MOST_PERMUTATIONS: u32 = 999;
/// Shares of true values that prediction intervals may be asked to hold.
pub const COVERAGES: std::ops::RangeInclusive<f64> = 0.5..=0.99;
/// Most columns by whose levels a model is judged.
pub const MOST_FAIRNESS: usize = 10;

impl ValidationChoice {
    /// Checks the ranges.
    ///
    /// # Errors
    /// More permutations than [`MOST_PERMUTATIONS`], a coverage outside of [`COVERAGES`], or more columns than [`MOST_FAIRNESS`].
    pub fn check(&self) -> Result<()> {
        if self.permutations > MOST_PERMUTATIONS {
            return Err(Error::out_of_range("permutations", &self.permutations.to_string(), &format!("at most {MOST_PERMUTATIONS}")));
        }
        if !COVERAGES.contains(&self.coverage) {
            return Err(Error::out_of_range("coverage", &self.coverage.to_string(), "a share between 0.5 and 0.99"));
        }
        if self.fairness.len() > MOST_FAIRNESS {
            let given = format!("a list of {} columns", self.fairness.len());
            return Err(Error::out_of_range("fairness", &given, &format!("a list of at most {MOST_FAIRNESS}")));
        }
        Ok(())
    }
}
