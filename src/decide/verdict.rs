//! verdict
use serde::{Deserialize, Serialize};
/// State.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateState {
    /// Passes.
    Pass,
    /// Crosses.
    Undecided,
    /// Fails.
    Fail,
}
/// One gate's result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GateResult {
    /// The gate.
    pub gate: super::Gate,
    /// State.
    pub state: GateState,
    /// Value, `None` when not computable.
    pub value: Option<f64>,
    /// 95 % interval.
    pub interval: Option<(f64, f64)>,
}
/// Outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Results.
    pub gates: Vec<GateResult>,
}
/// Input.
pub struct DecisionInput {}
/// Decides.
#[must_use]
pub fn decide(input: &DecisionInput, gates: &[super::Gate]) -> Decision {
    let _ = (input, gates);
    Decision { gates: Vec::new() }
}
