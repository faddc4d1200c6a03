//! The specification of the verdict.

use super::super::usual_gates;
use super::super::{Comparison, Measured, Measurements, PRESETS};
use super::*;
use crate::evaluate::Estimate;
use crate::evaluate::interval::{Method, Unit};
use crate::task::TaskKind;

fn estimate(metric: &str, value: f64, low: f64, high: f64) -> Estimate {
    let method = Method::Bootstrap { unit: Unit::Rows, resamples: 1_000 };
    Estimate { metric: metric.into(), value: Some(value), low: Some(low), high: Some(high), n_rows: 500, method }
}

/// A model that deserves to go live.
fn good() -> DecisionInput {
    DecisionInput {
        metric: "roc_auc".into(),
        cross_validated: vec![estimate("roc_auc", 0.90, 0.88, 0.92)],
        holdout: vec![estimate("roc_auc", 0.89, 0.86, 0.92)],
        gain: Some(estimate("roc_auc", 0.40, 0.38, 0.42)),
        open_blockers: Vec::new(),
        quality_score: Some(94.0),
        checks_ran: 6,
        checks_applicable: 6,
        ..DecisionInput::default()
    }
}

fn verdict(input: &DecisionInput) -> Decision {
    decide(input, &usual_gates(TaskKind::Binary, "roc_auc"))
}

fn state(decision: &Decision, id: &str) -> (GateState, Option<Doubt>) {
    decision.gates.iter().find(|g| g.gate.id == id).map(|g| (g.state, g.doubt)).unwrap()
}

#[test]
fn go_when_every_gate_passes() {
    let decision = verdict(&good());
    assert_eq!((decision.verdict, decision.reasons.as_slice()), (Verdict::Go, [Reason::AllPass].as_slice()));
    assert_eq!(decision.count(GateState::Pass), decision.gates.len());
}

#[test]
fn caution_when_an_interval_crosses_its_limit() {
    let decision = verdict(&DecisionInput { holdout: vec![estimate("roc_auc", 0.86, 0.55, 1.0)], ..good() });
    assert_eq!(decision.verdict, Verdict::Caution);
    assert_eq!(state(&decision, "holdout"), (GateState::Undecided, Some(Doubt::Crosses)));
    assert_eq!(decision.reasons, [Reason::Undecided { gates: vec!["holdout".into(), "gap".into()] }]);
}

#[test]
fn no_go_when_the_whole_interval_is_on_the_wrong_side() {
    let decision = verdict(&DecisionInput { cross_validated: vec![estimate("roc_auc", 0.55, 0.52, 0.58)], ..good() });
    assert_eq!(decision.verdict, Verdict::NoGo);
    assert_eq!(state(&decision, "metric"), (GateState::Fail, None));
}

#[test]
fn no_go_when_a_blocker_is_open_however_good_the_score() {
    let decision = verdict(&DecisionInput { open_blockers: vec!["target_sum:casual+registered".into()], ..good() });
    assert_eq!(decision.verdict, Verdict::NoGo);
    assert_eq!(decision.reasons[0], Reason::OpenBlockers { findings: vec!["target_sum:casual+registered".into()] });
}

#[test]
fn no_go_when_a_blocker_is_open_and_no_gate_asks_for_it() {
    let gates: Vec<Gate> = usual_gates(TaskKind::Binary, "roc_auc").into_iter().filter(|g| g.id != "blockers").collect();
    let input = DecisionInput { open_blockers: vec!["target_copy:y2".into()], ..good() };
    assert_eq!(decide(&input, &gates).verdict, Verdict::NoGo);
}

#[test]
fn no_go_when_nothing_was_tested() {
    assert_eq!(decide(&good(), &[]).verdict, Verdict::NoGo, "no gates");
    assert_eq!(verdict(&DecisionInput::default()).verdict, Verdict::NoGo, "nothing measured");
    assert_eq!(verdict(&DecisionInput { checks_ran: 0, checks_applicable: 0, ..good() }).verdict, Verdict::NoGo, "no check ran");
    let unseen = verdict(&DecisionInput { cross_validated: Vec::new(), ..good() });
    assert_eq!((unseen.verdict, unseen.reasons[0].clone()), (Verdict::NoGo, Reason::NothingTested), "no row was judged");
}

#[test]
fn a_gain_that_touches_zero_is_undecided_and_no_gain_at_all_fails() {
    let with = |low, high| verdict(&DecisionInput { gain: Some(estimate("roc_auc", 0.01, low, high)), ..good() });
    assert_eq!(state(&with(0.0, 0.02), "gain"), (GateState::Undecided, Some(Doubt::Crosses)));
    assert_eq!(state(&with(-0.02, -0.01), "gain").0, GateState::Fail);
    assert_eq!(state(&with(0.0, 0.0), "gain").0, GateState::Fail, "exactly as good as the baseline is not better");
}

#[test]
fn what_was_not_measured_is_undecided_and_says_so() {
    let decision = verdict(&DecisionInput { holdout: Vec::new(), ..good() });
    assert_eq!(decision.verdict, Verdict::Caution);
    assert_eq!(state(&decision, "holdout"), (GateState::Undecided, Some(Doubt::NotComputable)));
    assert_eq!(state(&decision, "gap"), (GateState::Undecided, Some(Doubt::NotComputable)));
}

#[test]
fn an_estimate_without_an_interval_is_undecided_and_a_count_needs_none() {
    let mut few = estimate("roc_auc", 1.0, 1.0, 1.0);
    (few.low, few.high) = (None, None);
    let decision = verdict(&DecisionInput { holdout: vec![few], ..good() });
    assert_eq!(state(&decision, "holdout"), (GateState::Undecided, Some(Doubt::NoInterval)));
    assert_eq!(state(&decision, "quality"), (GateState::Pass, None));
    let poor = verdict(&DecisionInput { quality_score: Some(59.9), ..good() });
    assert_eq!((state(&poor, "quality").0, poor.verdict), (GateState::Fail, Verdict::NoGo));
}

#[test]
fn a_holdout_far_below_the_folds_fails_the_gap_and_one_above_passes() {
    let with = |value| verdict(&DecisionInput { holdout: vec![estimate("roc_auc", value, value - 0.01, value + 0.01)], ..good() });
    assert_eq!(state(&with(0.70), "gap").0, GateState::Fail);
    assert_eq!(state(&with(0.95), "gap").0, GateState::Pass);
}

#[test]
fn the_gap_of_an_error_is_worse_when_the_error_is_larger() {
    let input = DecisionInput {
        metric: "mae".into(),
        cross_validated: vec![estimate("mae", 100.0, 98.0, 102.0)],
        holdout: vec![estimate("mae", 150.0, 147.0, 153.0)],
        ..good()
    };
    let decision = decide(&input, &usual_gates(TaskKind::Regression, "mae"));
    let gap = decision.gates.iter().find(|g| g.gate.id == "gap").unwrap();
    assert!((gap.value.unwrap() - 0.5).abs() < 1e-12);
    let (low, high) = gap.interval.unwrap();
    // sqrt(2^2 + 3^2) = 3.606 on each side.
    assert!((low - 0.463_944_487_245_36).abs() < 1e-9 && (high - 0.536_055_512_754_64).abs() < 1e-9);
    assert_eq!(gap.state, GateState::Fail);
}

#[test]
fn the_verdict_if_a_gate_passed_is_the_one_that_follows() {
    let crossing = vec![estimate("roc_auc", 0.86, 0.55, 1.0)];
    let input = DecisionInput { open_blockers: vec!["target_copy:y2".into()], holdout: crossing, ..good() };
    let decision = verdict(&input);
    assert_eq!(decision.verdict_if(&["holdout", "gap"]), Verdict::NoGo, "the blocker stays");
    assert_eq!(decision.verdict_if(&["blockers"]), Verdict::Caution);
    assert_eq!(decision.verdict_if(&["blockers", "holdout", "gap"]), Verdict::Go);
}

#[test]
fn improving_any_measured_quantity_never_worsens_the_verdict() {
    let rank = |v: Verdict| match v {
        Verdict::NoGo => 0,
        Verdict::Caution => 1,
        Verdict::Go => 2,
    };
    let mut last = 0;
    for step in 0..60 {
        let value = 0.4 + 0.01 * f64::from(step);
        let e = || estimate("roc_auc", value, value - 0.03, (value + 0.03).min(1.0));
        let found = rank(verdict(&DecisionInput { cross_validated: vec![e()], holdout: vec![e()], ..good() }).verdict);
        assert!(found >= last, "at {value}");
        last = found;
    }
    assert_eq!(last, 2);
}

/// A gate on a cross-validated AUC with a limit for go and one for caution.
fn banded(value: f64, low: f64, high: f64) -> GateResult {
    let quantity = Quantity::Metric { metric: "roc_auc".into() };
    let gate = Gate { id: "auc".into(), quantity, comparison: Comparison::AtLeast, limit: 0.8, caution: Some(0.6) };
    decide(&DecisionInput { cross_validated: vec![estimate("roc_auc", value, low, high)], ..good() }, &[gate]).gates.remove(0)
}

#[test]
fn between_two_limits_a_gate_is_undecided_and_below_both_it_fails() {
    let judged = |value, low, high| (banded(value, low, high).state, banded(value, low, high).doubt);
    assert_eq!(judged(0.85, 0.81, 0.9), (GateState::Pass, None));
    assert_eq!(judged(0.85, 0.79, 0.9), (GateState::Undecided, Some(Doubt::Crosses)));
    assert_eq!(judged(0.7, 0.65, 0.75), (GateState::Undecided, Some(Doubt::Between)));
    assert_eq!(judged(0.6, 0.55, 0.65), (GateState::Undecided, Some(Doubt::Crosses)));
    assert_eq!(judged(0.5, 0.45, 0.55), (GateState::Fail, None));
}

#[test]
fn the_third_green_run_in_a_row_certifies() {
    let with = |before| {
        let mut gates = usual_gates(TaskKind::Binary, "roc_auc");
        let quantity = Quantity::GreenRuns { before };
        gates.push(Gate { id: "green_runs".into(), quantity, comparison: Comparison::AtLeast, limit: 3.0, caution: Some(0.0) });
        gates
    };
    let second = decide(&good(), &with(1));
    assert_eq!((second.verdict, second.is_green()), (Verdict::Caution, true), "green, but only the second");
    let third = decide(&good(), &with(2));
    assert_eq!((third.verdict, third.gates.last().unwrap().value), (Verdict::Go, Some(3.0)));
    let broken = decide(&DecisionInput { quality_score: Some(10.0), ..good() }, &with(2));
    assert_eq!((broken.gates.last().unwrap().value, broken.is_green()), (Some(0.0), false), "a run that is not green ends the row");
    let blocked = decide(&DecisionInput { open_blockers: vec!["target_copy:y2".into()], ..good() }, &with(2));
    assert_eq!((blocked.gates.last().unwrap().value, blocked.is_green()), (Some(0.0), false));
}

#[test]
fn a_preset_asks_for_what_was_measured_and_says_what_was_not() {
    let preset = PRESETS.iter().find(|p| p.id == "certification").unwrap();
    let gates = (preset.gates)(TaskKind::Binary, "roc_auc");
    let unmeasured = decide(&good(), &gates);
    assert_eq!(state(&unmeasured, "permutation"), (GateState::Undecided, Some(Doubt::NotComputable)));
    let more = Measurements { permutation_p: Measured::point(Some(0.01)), by_fold: vec![Some(0.9); 5], ..Measurements::default() };
    let accuracy = vec![estimate("roc_auc", 0.9, 0.88, 0.92), estimate("accuracy", 0.9, 0.88, 0.92)];
    let decision = decide(&DecisionInput { more, cross_validated: accuracy.clone(), holdout: accuracy, ..good() }, &gates);
    assert_eq!(decision.reasons, [Reason::Undecided { gates: vec!["green_runs".into()] }], "the first green run");
}
