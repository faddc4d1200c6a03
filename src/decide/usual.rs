//! The gates a task has unless the user sets others: modest, and the same for everyone, so that they are no excuse.

use super::{Comparison, Gate, Quantity};
use crate::evaluate::metric;
use crate::task::TaskKind;

/// Largest distance between cross-validation and holdout, as a share of the cross-validated value: more says that choosing has overfitted.
const GAP: f64 = 0.1;
/// Lowest quality score that still lets a score be believed.
const QUALITY: f64 = 60.0;
/// Least share of the applicable audit checks that must have run.
const CHECKS_RAN: f64 = 0.9;

/// The usual gates for a task ranked by `main`.
///
/// A limit on the metric itself is set only where a modest one holds for any target (AUC 0.6, R2 0.1); an error in the target's own unit
/// has no limit until the user gives one, and is judged by its gain over the baseline.
#[must_use]
pub fn usual_gates(kind: TaskKind, main: &str) -> Vec<Gate> {
    let gate = |id: &str, quantity, comparison, limit| Gate { id: id.to_owned(), quantity, comparison, limit, caution: None };
    let mut gates = vec![
        gate("blockers", Quantity::OpenBlockers, Comparison::AtMost, 0.0),
        gate("checks_ran", Quantity::ChecksRan, Comparison::AtLeast, CHECKS_RAN),
        gate("quality", Quantity::QualityScore, Comparison::AtLeast, QUALITY),
    ];
    let modest = metric(main).ok().filter(|m| m.is_for(kind)).and_then(|m| m.modest);
    if let Some(limit) = modest {
        gates.push(gate("metric", Quantity::Metric { metric: main.to_owned() }, Comparison::AtLeast, limit));
    }
    gates.push(gate("gain", Quantity::GainOverBaseline, Comparison::AtLeast, 0.0));
    if let Some(limit) = modest {
        gates.push(gate("holdout", Quantity::Holdout { metric: main.to_owned() }, Comparison::AtLeast, limit));
    }
    gates.push(gate("gap", Quantity::FoldToHoldoutGap, Comparison::AtMost, GAP));
    gates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_gate_for_blockers_for_gain_and_for_the_gap() {
        for (kind, main) in [(TaskKind::Regression, "mae"), (TaskKind::Regression, "r2"), (TaskKind::Binary, "roc_auc")] {
            let gates = usual_gates(kind, main);
            for quantity in [Quantity::OpenBlockers, Quantity::GainOverBaseline, Quantity::FoldToHoldoutGap] {
                assert!(gates.iter().any(|g| g.quantity == quantity));
            }
            let limited = gates.iter().any(|g| matches!(g.quantity, Quantity::Metric { .. }));
            assert_eq!(limited, main != "mae", "an error in the target's unit has no limit that fits every target");
        }
    }
}
