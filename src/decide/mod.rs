//! Go, caution or no-go: gates with values, intervals and reasons.
//!
//! A gate passes when its whole interval is on the right side of the limit, fails when its whole interval is on the wrong
//! side, and is undecided when the interval crosses. A count or score is judged as it is; an estimate without an interval is undecided. Go: every gate passes. Caution: none fails. No-go: a gate fails, a blocker
//! of the audit is open, or nothing was tested.

mod usual;
mod verdict;

pub use usual::usual_gates;
pub use verdict::{Decision, DecisionInput, Doubt, GateResult, GateState, Reason, Verdict, decide};

use serde::{Deserialize, Serialize};

/// Which side of the limit is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The value must be at least the limit.
    AtLeast,
    /// The value must be at most the limit.
    AtMost,
}

/// What a gate measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Cross-validated metric of the chosen model, by metric id.
    Metric {
        /// Metric id ("roc_auc").
        metric: String,
    },
    /// The same metric on the sealed rows.
    Holdout {
        /// Metric id.
        metric: String,
    },
    /// Gain of the chosen model over the best baseline, in the main metric, paired by fold.
    GainOverBaseline,
    /// Distance between cross-validation and holdout in the main metric, as a share of the cross-validated value.
    FoldToHoldoutGap,
    /// Open blockers of the audit.
    OpenBlockers,
    /// Lowest quality score.
    QualityScore,
    /// Share of audit checks that ran, of those that apply.
    ChecksRan,
}

/// One gate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Unique name.
    pub id: String,
    /// What is measured.
    pub quantity: Quantity,
    /// Which side is good.
    pub comparison: Comparison,
    /// The limit, in the unit of the quantity.
    pub limit: f64,
}
