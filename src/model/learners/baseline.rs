//! Constant
use crate::error::{Error, Result};
use crate::model::{Features, Predictions};
use serde::{Deserialize, Serialize};
/// Constant
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Constant {}
impl Constant {
    /// Predicts.
    pub fn predict(&self, _features: &Features) -> Result<Predictions> {
        Err(Error::internal("not written"))
    }
    /// Checks.
    pub fn validate(&self, _n_classes: usize) -> Result<()> {
        Ok(())
    }
}
