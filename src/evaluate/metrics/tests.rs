//! Conformance of every metric, and agreement with reference values.

use super::*;
use crate::math::rng::Stream;
use serde_json::Value;

const REFERENCE: &str = include_str!("../../../tests/reference/metrics.json");

fn case(name: &str) -> Value {
    let all: Value = serde_json::from_str(REFERENCE).unwrap();
    all["cases"].as_array().unwrap().iter().find(|c| c["fn"] == name).unwrap().clone()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn two_sided(scores: &[f64]) -> Predictions {
    Predictions { n_classes: 2, values: scores.iter().flat_map(|&p| [1.0 - p, p]).collect(), cuts: Vec::new() }
}

fn agrees(metric_id: &str, scored: &Scored<'_>, expect: &Value, tolerance: f64) {
    let found = (metric(metric_id).unwrap().value)(scored).unwrap();
    let expect = expect.as_f64().unwrap();
    assert!((found - expect).abs() <= tolerance * expect.abs().max(1e-3), "{metric_id}: {found} is not {expect}");
}

#[test]
fn binary_metrics_agree_with_scikit_learn() {
    let case = case("binary_metrics");
    let (truth, predictions) = (numbers(&case["input"]["y"]), two_sided(&numbers(&case["input"]["score"])));
    let scored = Scored { truth: &truth, predictions: &predictions, kind: TaskKind::Binary, n_classes: 2 };
    for id in ["roc_auc", "average_precision", "log_loss", "brier", "accuracy", "f1", "precision", "recall"] {
        agrees(id, &scored, &case["expect"][id], 1e-12);
    }
}

#[test]
fn multiclass_metrics_agree_with_scikit_learn() {
    let case = case("multiclass_metrics");
    let truth = numbers(&case["input"]["y"]);
    let values: Vec<f64> = case["input"]["proba"].as_array().unwrap().iter().flat_map(numbers).collect();
    let n_classes = values.len() / truth.len();
    let predictions = Predictions { n_classes, values, cuts: Vec::new() };
    let scored = Scored { truth: &truth, predictions: &predictions, kind: TaskKind::Multiclass, n_classes };
    agrees("log_loss", &scored, &case["expect"]["log_loss"], 1e-12);
    agrees("roc_auc", &scored, &case["expect"]["auc_ovr_macro"], 1e-12);
    agrees("f1", &scored, &case["expect"]["f1_macro"], 1e-12);
}

#[test]
fn regression_metrics_agree_with_scikit_learn() {
    let case = case("regression_metrics");
    let truth = numbers(&case["input"]["y"]);
    let predictions = Predictions { n_classes: 0, values: numbers(&case["input"]["pred"]), cuts: Vec::new() };
    let scored = Scored { truth: &truth, predictions: &predictions, kind: TaskKind::Regression, n_classes: 0 };
    for id in ["r2", "rmse", "mae", "mape"] {
        agrees(id, &scored, &case["expect"][id], 1e-12);
    }
}

/// A task of each kind with predictions between noise (`skill` 0) and truth (`skill` 1).
fn example(kind: TaskKind, n: usize, skill: f64) -> (Vec<f64>, Predictions, usize) {
    let mut stream = Stream::new(5, "test/metrics", 0);
    let n_classes = match kind {
        TaskKind::Regression => 0,
        TaskKind::Binary => 2,
        TaskKind::Multiclass => 3,
    };
    let truth: Vec<f64> = (0..n).map(|i| if n_classes == 0 { 10.0 + stream.normal() } else { (i % n_classes) as f64 }).collect();
    let values = truth
        .iter()
        .flat_map(|&t| {
            if n_classes == 0 {
                return vec![skill * t + (1.0 - skill) * (10.0 + stream.normal())];
            }
            let raw: Vec<f64> = (0..n_classes).map(|k| skill * f64::from(u8::from(k as f64 == t)) + (1.0 - skill) * stream.uniform()).collect();
            let all: f64 = raw.iter().sum();
            raw.iter().map(|p| p / all).collect()
        })
        .collect();
    (truth, Predictions { n_classes, values, cuts: Vec::new() }, n_classes)
}

fn each(check: impl Fn(&Metric, TaskKind)) {
    for metric in METRICS {
        metric.tasks.iter().for_each(|&kind| check(metric, kind));
    }
}

fn value_of(metric: &Metric, kind: TaskKind, skill: f64) -> f64 {
    let (truth, predictions, n_classes) = example(kind, 300, skill);
    (metric.value)(&Scored { truth: &truth, predictions: &predictions, kind, n_classes }).unwrap()
}

#[test]
fn every_metric_gives_its_best_value_to_the_truth() {
    each(|metric, kind| {
        let value = value_of(metric, kind, 1.0);
        assert!((value - metric.range.1).abs() < 1e-12, "{} of the truth is {value}", metric.id);
    });
}

#[test]
fn every_metric_prefers_skill_to_noise() {
    each(|metric, kind| {
        let (skilled, noise) = (value_of(metric, kind, 0.8), value_of(metric, kind, 0.0));
        assert!(metric.direction.gain(skilled, noise) > 0.0, "{}: {skilled} against {noise}", metric.id);
    });
}

#[test]
fn every_metric_refuses_what_it_cannot_judge() {
    each(|metric, kind| {
        let (truth, mut predictions, n_classes) = example(kind, 12, 0.5);
        let none = Predictions { n_classes, values: Vec::new(), cuts: Vec::new() };
        assert_eq!((metric.value)(&Scored { truth: &[], predictions: &none, kind, n_classes }), None, "{} of nothing", metric.id);
        assert_eq!((metric.value)(&Scored { truth: &truth, predictions: &none, kind, n_classes }), None, "{} of shapes", metric.id);
        predictions.values[3] = f64::NAN;
        assert_eq!((metric.value)(&Scored { truth: &truth, predictions: &predictions, kind, n_classes }), None, "{} of NaN", metric.id);
    });
}

#[test]
fn a_row_counted_twice_is_a_row_that_stands_twice() {
    each(|metric, kind| {
        let (truth, predictions, n_classes) = example(kind, 60, 0.4);
        let width = n_classes.max(1);
        let counts: Vec<u16> = (0..60).map(|i| [0, 1, 2, 1][i % 4]).collect();
        let repeated: Vec<usize> = (0..60).flat_map(|i| vec![i; usize::from(counts[i])]).collect();
        let truth_again: Vec<f64> = repeated.iter().map(|&i| truth[i]).collect();
        let values = repeated.iter().flat_map(|&i| predictions.values[i * width..(i + 1) * width].to_vec()).collect();
        let again = Predictions { n_classes, values, cuts: Vec::new() };
        let counted = (metric.recount)(&Scored { truth: &truth, predictions: &predictions, kind, n_classes }).unwrap().counted(&counts).unwrap();
        let expanded = (metric.value)(&Scored { truth: &truth_again, predictions: &again, kind, n_classes }).unwrap();
        assert!((counted - expanded).abs() < 1e-12, "{}: {counted} is not {expanded}", metric.id);
    });
}

#[test]
fn a_constant_truth_has_no_r2_and_one_class_no_auc() {
    let flat = Predictions { n_classes: 0, values: vec![1.0, 2.0, 3.0], cuts: Vec::new() };
    let scored = Scored { truth: &[0.1, 0.1, 0.1], predictions: &flat, kind: TaskKind::Regression, n_classes: 0 };
    assert_eq!((metric("r2").unwrap().value)(&scored), None);
    let chances = two_sided(&[0.2, 0.4]);
    let scored = Scored { truth: &[1.0, 1.0], predictions: &chances, kind: TaskKind::Binary, n_classes: 2 };
    assert_eq!((metric("roc_auc").unwrap().value)(&scored), None);
}

#[test]
fn a_zero_target_has_no_percentage_error() {
    let predictions = Predictions { n_classes: 0, values: vec![1.0, 2.0], cuts: Vec::new() };
    let scored = Scored { truth: &[0.0, 2.0], predictions: &predictions, kind: TaskKind::Regression, n_classes: 0 };
    assert_eq!((metric("mape").unwrap().value)(&scored), None);
}

#[test]
fn reversed_scores_reverse_the_auc_exactly() {
    let (truth, predictions, _) = example(TaskKind::Binary, 200, 0.3);
    let turned = two_sided(&predictions.class(0));
    let auc = |p: &Predictions| {
        (metric("roc_auc").unwrap().value)(&Scored { truth: &truth, predictions: p, kind: TaskKind::Binary, n_classes: 2 }).unwrap()
    };
    assert!((auc(&predictions) + auc(&turned) - 1.0).abs() < 1e-12);
}

#[test]
fn a_constant_answer_has_an_auc_of_one_half_and_calls_no_row_positive() {
    let predictions = two_sided(&[0.2; 10]);
    let truth: Vec<f64> = (0..10).map(|i| f64::from(u8::from(i == 0))).collect();
    let scored = Scored { truth: &truth, predictions: &predictions, kind: TaskKind::Binary, n_classes: 2 };
    assert_eq!((metric("roc_auc").unwrap().value)(&scored), Some(0.5));
    assert_eq!((metric("precision").unwrap().value)(&scored), None);
    assert_eq!((metric("recall").unwrap().value)(&scored), Some(0.0));
}

#[test]
fn ids_are_unique_and_the_usual_metric_is_one_of_them() {
    let mut ids: Vec<&str> = METRICS.iter().map(|m| m.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), METRICS.len());
    for kind in [TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass] {
        assert!(metric(usual_metric(kind)).unwrap().is_for(kind));
    }
    assert!(metric("luck").is_err());
}
