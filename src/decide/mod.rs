//! Go, caution or no-go: gates with values, intervals and reasons.
//!
//! A gate passes when its whole interval is on the right side of the limit, fails when its whole interval is on the wrong
//! side, and is undecided when the interval crosses. A gate may have two limits: between the one for go and the one for caution it is undecided. A count or score is judged as it is; an
//! estimate without an interval is undecided. Go: every gate passes. Caution: none fails. No-go: a gate fails, a blocker
//! of the audit is open, or nothing was tested.

mod inputs;
mod measure;
mod pattern;
mod presets;
mod usual;
mod verdict;

pub use inputs::{InputFacts, input_facts};
pub use measure::{DecisionInput, Measured, Measurements};
pub use pattern::{calibration_error, error_pattern};
pub use presets::{PRESETS, Preset, offered, preset};
pub use usual::usual_gates;
pub use verdict::{Decision, Doubt, GateResult, GateState, Reason, Verdict, decide};

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
    /// Worse end of the 95 % interval of a cross-validated metric: the lower one where higher is better.
    LowerBound {
        /// Metric id.
        metric: String,
    },
    /// A cross-validated metric as a share of the best baseline's: for errors in the target's own unit, which have no limit of their own.
    ShareOfBaseline {
        /// Metric id.
        metric: String,
    },
    /// Standard deviation of the main metric over the folds.
    FoldSpread,
    /// Share of the folds (of the periods, where folds follow each other in time) in which the model beats the best baseline.
    WalkForward,
    /// Expected calibration error of the validation rows, the largest of the classes, 0 to 1.
    CalibrationError,
    /// Largest systematic miss: of the groups of rows with like predictions, the mean residual in standard deviations of the residuals, or for
    /// classes the distance of what happened from what was predicted.
    ErrorPattern,
    /// Share of rows that prediction intervals hold, less what they promise.
    IntervalCoverage,
    /// Share of permuted targets that a model does at least as well on.
    PermutationP,
    /// How much larger the mean error is in the worst segment than over all rows, as a share of the latter.
    WorstSegment,
    /// Share of missing cells in the columns learned from.
    MissingShare,
    /// Largest absolute correlation between two numeric columns learned from.
    LargestCorrelation,
    /// Green runs in a row, this one included.
    GreenRuns {
        /// Green runs in a row that the registry holds of the model's name.
        before: u32,
    },
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
    /// Limit up to which the gate is undecided and does not fail; `None`: the same.
    #[serde(default)]
    pub caution: Option<f64>,
}

impl Gate {
    /// Whether a value is on the good side of `limit`. A gain must be above its limit; everything else may stand on it.
    fn holds(&self, value: f64, limit: f64) -> bool {
        match (self.comparison, self.quantity == Quantity::GainOverBaseline) {
            (Comparison::AtLeast, false) => value >= limit,
            (Comparison::AtLeast, true) => value > limit,
            (Comparison::AtMost, false) => value <= limit,
            (Comparison::AtMost, true) => value < limit,
        }
    }

    /// The limit beyond which it fails.
    #[must_use]
    pub fn last_limit(&self) -> f64 {
        self.caution.unwrap_or(self.limit)
    }

    /// Whether its limits are finite, and the one of caution is not the stricter one.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let in_order = match self.comparison {
            Comparison::AtLeast => self.last_limit() <= self.limit,
            Comparison::AtMost => self.last_limit() >= self.limit,
        };
        self.limit.is_finite() && self.last_limit().is_finite() && in_order
    }
}
