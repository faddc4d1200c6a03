//! Linear learners against scikit-learn's optima, and naive Bayes against its own: `tests/reference/learners.json`, made by `make_learners.py` beside it.

use super::find;
use crate::features::tests_support::features;
use crate::model::linear::path::{chosen_penalty, path, penalties};
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
    tables: BTreeMap<String, Vec<Vec<f64>>>,
    targets: BTreeMap<String, Vec<f64>>,
    weights: BTreeMap<String, Vec<f64>>,
    cases: Vec<Case>,
    quantiles: Vec<QuantileCase>,
    paths: Vec<PathCase>,
}

#[derive(Deserialize)]
struct PathCase {
    l1_ratio: f64,
    alphas: Vec<f64>,
    coefficients: Vec<Vec<f64>>,
    chosen: Option<f64>,
}

#[derive(Deserialize)]
struct Case {
    learner: String,
    params: Given,
    table: String,
    target: String,
    weights: String,
    coefficients: Vec<Vec<f64>>,
    intercepts: Vec<f64>,
    predictions: Vec<f64>,
}

#[derive(Deserialize)]
struct QuantileCase {
    quantile: f64,
    alpha: f64,
    weights: String,
    objective: f64,
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
            "number" | "counts" | "amounts" => (TaskKind::Regression, 0),
            "multi" => (TaskKind::Multiclass, 3),
            _ => (TaskKind::Binary, 2),
        };
        let (target, weights) = (reference.targets[&case.target].clone(), reference.weights[&case.weights].clone());
        let train = TrainingSet::new(features(&reference.tables[&case.table]), target, weights, kind, n_classes, 90).unwrap();
        let learner = find(&case.learner).unwrap();
        let model = learner.fit(&Params::check(learner.params, &case.params).unwrap(), &train, 0).unwrap();
        let name = format!("{} {:?} {} {}", case.learner, case.params, case.target, case.weights);
        let predictions = model.predict(train.features()).unwrap().values;
        assert!(close(&predictions, &case.predictions), "{name}: predictions");
        *seen.entry(case.learner.clone()).or_default() += 1;
        if matches!(model, Model::NaiveBayes(_)) {
            continue;
        }
        let (Model::Linear(linear) | Model::LogLinear(linear)) = model else { panic!("{name} is not linear") };
        for (ours, theirs) in linear.coefficients.iter().zip(&case.coefficients) {
            assert!(close(ours, theirs), "{name}: {ours:?} {theirs:?}");
        }
        assert_eq!(linear.coefficients.len(), case.coefficients.len(), "{name}");
        assert!(close(&linear.intercepts, &case.intercepts), "{name}: {:?} {:?}", linear.intercepts, case.intercepts);
    }
    assert_eq!(seen.keys().map(String::as_str).collect::<Vec<_>>(), ["elastic_net", "glm", "lasso", "logistic", "naive_bayes", "ridge"]);
}

#[test]
fn paths_and_the_penalty_chosen_on_later_rows_are_those_of_scikit_learn() {
    let reference = reference();
    let train =
        TrainingSet::new(features(&reference.tables["scaled"]), reference.targets["number"].clone(), vec![1.0; 90], TaskKind::Regression, 0, 90);
    let train = train.unwrap().ordered(true);
    for case in &reference.paths {
        let grid = penalties(&train, case.l1_ratio).unwrap();
        let models = path(&train, &grid, case.l1_ratio).unwrap();
        for (at, (alpha, coefficients)) in case.alphas.iter().zip(&case.coefficients).enumerate() {
            assert!((grid[9 * at] / alpha - 1.0).abs() < TOLERANCE, "{} {alpha}", grid[9 * at]);
            assert!(close(&models[9 * at].coefficients[0], coefficients), "{alpha}: {:?} {coefficients:?}", models[9 * at]);
        }
        if let Some(chosen) = case.chosen {
            assert!((chosen_penalty(&train, case.l1_ratio, 1).unwrap() / chosen - 1.0).abs() < TOLERANCE);
        }
    }
}

#[test]
fn quantile_regression_reaches_the_least_objective_scikit_learn_reaches() {
    let reference = reference();
    let (y, table) = (&reference.targets["number"], features(&reference.tables["scaled"]));
    for case in &reference.quantiles {
        let weights = reference.weights[&case.weights].clone();
        let total: f64 = weights.iter().sum();
        let train = TrainingSet::new(table.clone(), y.clone(), weights.clone(), TaskKind::Regression, 0, y.len()).unwrap();
        let model = crate::model::linear::quantile::quantile_regression(&train, case.quantile, case.alpha, 1.0).unwrap();
        let fitted = model.predict(&table).unwrap().values;
        let lost = |i: usize| (y[i] - fitted[i]) * (case.quantile - f64::from(u8::from(y[i] < fitted[i])));
        let loss = (0..y.len()).map(|i| weights[i] * lost(i)).sum::<f64>() / total;
        let objective = loss + case.alpha * model.coefficients[0].iter().map(|b| b.abs()).sum::<f64>();
        let name = format!("{} {} {}: {objective} {}", case.quantile, case.alpha, case.weights, case.objective);
        println!("{name} {:.1e}", objective - case.objective);
        assert!((objective - case.objective).abs() < TOLERANCE * case.objective, "{name}");
    }
    assert!(reference.quantiles.len() > 20);
}

/// How much more than its peer a tree learner may lose on rows it has not seen: bins, ties and random draws differ.
const MORE_LOST: f64 = 1.02;

#[derive(Deserialize)]
struct TreeReference {
    thousandths: BTreeMap<String, Vec<Vec<i32>>>,
    targets: BTreeMap<String, Vec<f64>>,
    cases: Vec<TreeCase>,
}

#[derive(Deserialize)]
struct TreeCase {
    learner: String,
    params: Given,
    table: String,
    target: String,
    judged_by: String,
    loss: f64,
}

fn judged(by: &str, y: f64, p: f64) -> f64 {
    let pinball = |level: f64| if y > p { level * (y - p) } else { (1.0 - level) * (p - y) };
    match by {
        "median" => pinball(0.5),
        "upper" => pinball(0.9),
        "poisson" => p - y + y * crate::math::elementary::ln(y.max(1.0) / p),
        "tweedie" => p.sqrt() / 0.5 + y / p.sqrt() / 0.5,
        _ => (y - p) * (y - p),
    }
}

#[test]
fn tree_learners_lose_no_more_than_lightgbm_and_scikit_learn() {
    let reference: TreeReference = serde_json::from_str(include_str!("../../../tests/reference/trees.json")).unwrap();
    let full = &reference.thousandths["full"];
    let half = full[0].len() / 2;
    let mut losses = Vec::new();
    for case in &reference.cases {
        let value = |v: &i32| if *v < 0 { f64::NAN } else { f64::from(*v) / 1000.0 };
        let column = |(j, own): (usize, &Vec<i32>)| if own.is_empty() { &full[j] } else { own }.iter().map(value).collect::<Vec<_>>();
        let columns: Vec<Vec<f64>> = reference.thousandths[&case.table].iter().enumerate().map(column).collect();
        let (learned, new): (Vec<Vec<f64>>, Vec<Vec<f64>>) = columns.iter().map(|c| (c[..half].to_vec(), c[half..].to_vec())).unzip();
        let target = &reference.targets[&case.target];
        let (kind, n_classes) = if case.target == "binary" { (TaskKind::Binary, 2) } else { (TaskKind::Regression, 0) };
        let train = TrainingSet::new(features(&learned), target[..half].to_vec(), vec![1.0; half], kind, n_classes, half).unwrap();
        let learner = find(&case.learner).unwrap();
        let model = learner.fit(&Params::check(learner.params, &case.params).unwrap(), &train, 0).unwrap();
        let predictions = model.predict(&features(&new)).unwrap();
        let predicted = if n_classes == 2 { predictions.class(1) } else { predictions.values };
        let loss = predicted.iter().zip(&target[half..]).map(|(p, y)| judged(&case.judged_by, *y, *p)).sum::<f64>() / half as f64;
        losses.push(format!("{} {:?} {} {}: {loss:.5} against {:.5}", case.learner, case.params, case.table, case.target, case.loss));
        assert!(loss <= MORE_LOST * case.loss, "{losses:#?}");
    }
    println!("{losses:#?}");
    assert!(losses.len() > 10);
}
