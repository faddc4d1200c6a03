//! Linear learners against scikit-learn's optima, and naive Bayes against its own: `tests/reference/learners.json`, made by `make_learners.py` beside it.

use super::find;
use crate::features::tests_support::features;
use crate::model::{Model, TrainingSet};
use crate::param::{Given, Params};
use crate::task::TaskKind;
use serde::Deserialize;
use std::collections::BTreeMap;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Largest distance from scikit-learn's coefficients and predictions, absolute for values up to 1 and relative above.
const TOLERANCE: f64 = 1e-6;

#[derive(Deserialize)]
struct Reference {
    columns: Vec<Vec<f64>>,
    targets: BTreeMap<String, Vec<f64>>,
    weights: BTreeMap<String, Vec<f64>>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    learner: String,
    params: Given,
    target: String,
    weights: String,
    coefficients: Vec<Vec<f64>>,
    intercepts: Vec<f64>,
    predictions: Vec<f64>,
}

fn reference() -> Reference {
    serde_json::from_str(include_str!("../../../tests/reference/learners.json")).unwrap()
}

fn close(ours: &[f64], theirs: &[f64]) -> bool {
    ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| (a - b).abs() <= TOLERANCE * b.abs().max(1.0))
}

#[test]
fn linear_learners_find_the_optima_scikit_learn_finds() {
    let reference = reference();
    let mut seen = BTreeMap::<String, usize>::new();
    for case in &reference.cases {
        let (kind, n_classes) = match case.target.as_str() {
            "number" => (TaskKind::Regression, 0),
            "multi" => (TaskKind::Multiclass, 3),
            _ => (TaskKind::Binary, 2),
        };
        let (target, weights) = (reference.targets[&case.target].clone(), reference.weights[&case.weights].clone());
        let train = TrainingSet::new(features(&reference.columns), target, weights, kind, n_classes, reference.columns[0].len()).unwrap();
        let learner = find(&case.learner).unwrap();
        let model = learner.fit(&Params::check(learner.params, &case.params).unwrap(), &train, 0).unwrap();
        let name = format!("{} {:?} {} {}", case.learner, case.params, case.target, case.weights);
        let predictions = model.predict(train.features()).unwrap().values;
        assert!(close(&predictions, &case.predictions), "{name}: predictions");
        *seen.entry(case.learner.clone()).or_default() += 1;
        if matches!(model, Model::NaiveBayes(_)) {
            continue;
        }
        let Model::Linear(linear) = model else { panic!("{name} is not linear") };
        for (ours, theirs) in linear.coefficients.iter().zip(&case.coefficients) {
            assert!(close(ours, theirs), "{name}: {ours:?} {theirs:?}");
        }
        assert_eq!(linear.coefficients.len(), case.coefficients.len(), "{name}");
        assert!(close(&linear.intercepts, &case.intercepts), "{name}: {:?} {:?}", linear.intercepts, case.intercepts);
    }
    assert_eq!(seen.keys().map(String::as_str).collect::<Vec<_>>(), ["elastic_net", "lasso", "logistic", "naive_bayes", "ridge"]);
}
