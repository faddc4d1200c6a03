//! Lists of gates to begin with, and every gate that can be added. Limits are beginnings, for the user to edit: what is good enough depends on what a
//! mistake costs.
//!
//! Metrics that have no limit good for any target (errors in the target's unit) are judged as a share of the best baseline's.

use super::{Comparison, Gate, Quantity, usual_gates};
use crate::evaluate::metrics_for;
use crate::task::TaskKind;

/// A list of gates by name.
pub struct Preset {
    /// Name in settings and flags.
    pub id: &'static str,
    /// Name on screen.
    pub title: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// Kinds of task it is for; none: any.
    pub tasks: &'static [TaskKind],
    /// The gates, for a kind of task and a main metric.
    pub gates: fn(TaskKind, &str) -> Vec<Gate>,
}

const REGRESSION: &[TaskKind] = &[TaskKind::Regression];
const CLASSES: &[TaskKind] = &[TaskKind::Binary, TaskKind::Multiclass];

/// All presets, in the order of the picker.
pub const PRESETS: &[Preset] = &[
    Preset {
        id: "usual",
        title: "Usual gates",
        doc: "Blockers, checks, quality, a modest score, gain over the baseline, and the sealed rows.",
        tasks: &[],
        gates: usual_gates,
    },
    Preset {
        id: "bands",
        title: "Go, caution and no-go bands",
        doc: "For numbers: R2, RMSE against the baseline and the gap to the sealed rows, each with a limit for go and one for caution; sound data, independent columns, consistent folds, no pattern in the errors.",
        tasks: REGRESSION,
        gates: bands,
    },
    Preset {
        id: "certification",
        title: "Certification",
        doc: "Mean and spread over the folds, worse end of the interval, permutation test, score on the sealed rows, and three green runs in a row.",
        tasks: &[],
        gates: certification,
    },
    Preset {
        id: "classification",
        title: "F1, AUC, recall, precision",
        doc: "For classes: four scores with bands, calibration, and the worst segment.",
        tasks: CLASSES,
        gates: classification,
    },
    Preset {
        id: "errors",
        title: "RMSE, MAE, R2, MAPE",
        doc: "For numbers: four measures of the error with bands, coverage of intervals, and the worst segment.",
        tasks: REGRESSION,
        gates: errors,
    },
];

/// The preset of that name, if it is for such a task.
#[must_use]
pub fn preset(id: &str, kind: TaskKind) -> Option<&'static Preset> {
    PRESETS.iter().find(|p| p.id == id && (p.tasks.is_empty() || p.tasks.contains(&kind)))
}

fn at_least(id: &str, quantity: Quantity, limit: f64, caution: Option<f64>) -> Gate {
    Gate { id: id.to_owned(), quantity, comparison: Comparison::AtLeast, limit, caution }
}

fn at_most(id: &str, quantity: Quantity, limit: f64, caution: Option<f64>) -> Gate {
    Gate { id: id.to_owned(), quantity, comparison: Comparison::AtMost, limit, caution }
}

fn metric(id: &str) -> Quantity {
    Quantity::Metric { metric: id.to_owned() }
}

/// Blockers and checks, which no list goes without.
fn sound() -> Vec<Gate> {
    vec![at_most("blockers", Quantity::OpenBlockers, 0.0, None), at_least("checks_ran", Quantity::ChecksRan, 0.9, None)]
}

fn bands(_: TaskKind, _: &str) -> Vec<Gate> {
    let mut gates = sound();
    gates.extend([
        at_least("quality", Quantity::QualityScore, 90.0, Some(60.0)),
        at_most("missing", Quantity::MissingShare, 0.05, Some(0.2)),
        at_most("correlation", Quantity::LargestCorrelation, 0.9, Some(0.98)),
        at_least("r2", metric("r2"), 0.6, Some(0.3)),
        at_most("rmse", Quantity::ShareOfBaseline { metric: "rmse".to_owned() }, 0.8, Some(1.0)),
        at_least("gain", Quantity::GainOverBaseline, 0.0, None),
        at_least("consistency", Quantity::WalkForward, 0.8, Some(0.6)),
        at_most("pattern", Quantity::ErrorPattern, 0.5, Some(1.0)),
        at_most("gap", Quantity::FoldToHoldoutGap, 0.1, Some(0.25)),
    ]);
    gates
}

fn certification(kind: TaskKind, main: &str) -> Vec<Gate> {
    // A score whose limit holds for any target, and the one that the sealed rows are asked for.
    let (usual, sealed, least) = if kind.is_classification() { ("roc_auc", "accuracy", 0.75) } else { ("r2", "r2", 0.1) };
    let modest = |id: &str| crate::evaluate::metric(id).ok().filter(|m| m.is_for(kind)).and_then(|m| m.modest);
    let (score, modest) = modest(main).map_or((usual, 0.5), |limit| (main, limit));
    let mut gates = sound();
    gates.extend([
        at_least("mean", metric(score), modest, None),
        at_most("spread", Quantity::FoldSpread, 0.1, Some(0.2)),
        at_least("lower_bound", Quantity::LowerBound { metric: score.to_owned() }, modest, None),
        at_most("permutation", Quantity::PermutationP, 0.05, None),
        at_least("holdout", Quantity::Holdout { metric: sealed.to_owned() }, least, None),
        at_least("green_runs", Quantity::GreenRuns { before: 0 }, 3.0, Some(0.0)),
    ]);
    gates
}

fn classification(_: TaskKind, _: &str) -> Vec<Gate> {
    let mut gates = sound();
    gates.extend([
        at_least("f1", metric("f1"), 0.5, Some(0.3)),
        at_least("roc_auc", metric("roc_auc"), 0.75, Some(0.6)),
        at_least("recall", metric("recall"), 0.5, Some(0.3)),
        at_least("precision", metric("precision"), 0.5, Some(0.3)),
        at_most("calibration", Quantity::CalibrationError, 0.05, Some(0.1)),
        at_most("worst_segment", Quantity::WorstSegment, 0.25, Some(0.5)),
        at_most("gap", Quantity::FoldToHoldoutGap, 0.1, Some(0.25)),
    ]);
    gates
}

fn errors(_: TaskKind, _: &str) -> Vec<Gate> {
    let share = |id: &str| Quantity::ShareOfBaseline { metric: id.to_owned() };
    let mut gates = sound();
    gates.extend([
        at_most("rmse", share("rmse"), 0.8, Some(1.0)),
        at_most("mae", share("mae"), 0.8, Some(1.0)),
        at_least("r2", metric("r2"), 0.5, Some(0.1)),
        at_most("mape", metric("mape"), 0.2, Some(0.4)),
        at_least("coverage", Quantity::IntervalCoverage, -0.05, Some(-0.1)),
        at_most("worst_segment", Quantity::WorstSegment, 0.25, Some(0.5)),
        at_most("gap", Quantity::FoldToHoldoutGap, 0.1, Some(0.25)),
    ]);
    gates
}

/// Every gate that can be added for a kind of task, with limits to begin with; each with a name of its own.
#[must_use]
pub fn offered(kind: TaskKind) -> Vec<Gate> {
    let mut gates = sound();
    gates.extend([
        at_least("quality", Quantity::QualityScore, 90.0, Some(60.0)),
        at_most("missing", Quantity::MissingShare, 0.05, Some(0.2)),
        at_most("correlation", Quantity::LargestCorrelation, 0.9, Some(0.98)),
        at_least("gain", Quantity::GainOverBaseline, 0.0, None),
        at_most("spread", Quantity::FoldSpread, 0.05, None),
        at_least("consistency", Quantity::WalkForward, 0.8, Some(0.6)),
        at_most("permutation", Quantity::PermutationP, 0.05, None),
        at_most("pattern", Quantity::ErrorPattern, 0.5, Some(1.0)),
        at_most("worst_segment", Quantity::WorstSegment, 0.25, Some(0.5)),
        at_most("gap", Quantity::FoldToHoldoutGap, 0.1, Some(0.25)),
        at_least("green_runs", Quantity::GreenRuns { before: 0 }, 3.0, Some(0.0)),
    ]);
    gates.push(if kind.is_classification() {
        at_most("calibration", Quantity::CalibrationError, 0.05, Some(0.1))
    } else {
        at_least("coverage", Quantity::IntervalCoverage, -0.05, Some(-0.1))
    });
    for m in metrics_for(kind) {
        let higher = m.direction == crate::evaluate::Direction::Higher;
        let limit = m.modest.unwrap_or(if m.id == "mape" { 0.2 } else { 0.5 });
        let quantities = [
            ("metric", metric(m.id), limit),
            ("holdout", Quantity::Holdout { metric: m.id.to_owned() }, limit),
            ("bound", Quantity::LowerBound { metric: m.id.to_owned() }, limit),
            ("share", Quantity::ShareOfBaseline { metric: m.id.to_owned() }, 1.0),
        ];
        for (word, quantity, limit) in quantities {
            let make = if higher { at_least } else { at_most };
            gates.push(make(&format!("{word}_{}", m.id), quantity, limit, None));
        }
    }
    gates
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const KINDS: [TaskKind; 3] = [TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass];

    fn metric_of(quantity: &Quantity) -> Option<&str> {
        match quantity {
            Quantity::Metric { metric } | Quantity::Holdout { metric } | Quantity::LowerBound { metric } | Quantity::ShareOfBaseline { metric } => {
                Some(metric)
            }
            _ => None,
        }
    }

    #[test]
    fn every_preset_asks_for_blockers_and_for_metrics_of_its_tasks_only() {
        for kind in KINDS {
            let main = crate::evaluate::usual_metric(kind);
            for p in PRESETS.iter().filter(|p| preset(p.id, kind).is_some()) {
                let gates = (p.gates)(kind, main);
                assert!(gates.iter().any(|g| g.quantity == Quantity::OpenBlockers), "{}", p.id);
                assert!(gates.iter().all(Gate::is_sound), "{}", p.id);
                let ids: BTreeSet<&str> = gates.iter().map(|g| g.id.as_str()).collect();
                assert_eq!(ids.len(), gates.len(), "{} names a gate twice", p.id);
                for id in gates.iter().filter_map(|g| metric_of(&g.quantity)) {
                    assert!(crate::evaluate::metric(id).unwrap().is_for(kind), "{} asks for {id} of {}", p.id, kind.id());
                }
            }
        }
        assert!(preset("bands", TaskKind::Binary).is_none() && preset("bands", TaskKind::Regression).is_some());
    }

    #[test]
    fn every_gate_on_offer_is_sound_and_has_a_name_of_its_own() {
        for kind in KINDS {
            let gates = offered(kind);
            let ids: BTreeSet<&str> = gates.iter().map(|g| g.id.as_str()).collect();
            assert_eq!(ids.len(), gates.len());
            assert!(gates.iter().all(Gate::is_sound));
        }
    }
}
