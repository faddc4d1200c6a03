//! TreeModel
use crate::error::{Error, Result};
use crate::model::{Features, Predictions};
use serde::{Deserialize, Serialize};
/// TreeModel
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TreeModel {}
impl TreeModel {
    /// Predicts.
    pub fn predict(&self, _features: &Features) -> Result<Predictions> {
        Err(Error::internal("not written"))
    }
    /// Checks.
    pub fn validate(&self, _n_features: usize, _n_classes: usize) -> Result<()> {
        Ok(())
    }
}
