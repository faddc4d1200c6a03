//! augment
use serde::{Deserialize, Serialize};
/// Fidelity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fidelity {}
