//! What every learner must keep, run over the whole list: a new entry is held to it without another line.

use super::LEARNERS;
use crate::features::tests_support::features;
use crate::math::rng::Stream;
use crate::model::{Features, Learner, Model, Predictions, TrainingSet};
use crate::param::Params;
use crate::task::TaskKind;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
use wasm_bindgen_test::wasm_bindgen_test as test;

const KINDS: [TaskKind; 3] = [TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass];

/// Name, columns, target and weights of an awkward table.
type Awkward = (&'static str, Vec<Vec<f64>>, Vec<f64>, Vec<f64>);

pub(super) fn n_classes(kind: TaskKind) -> usize {
    match kind {
        TaskKind::Regression => 0,
        TaskKind::Binary => 2,
        TaskKind::Multiclass => 3,
    }
}

pub(super) fn set(columns: &[Vec<f64>], target: Vec<f64>, weights: Vec<f64>, kind: TaskKind) -> TrainingSet {
    let n = target.len();
    let features = if columns.is_empty() { Features::from_columns(vec![], vec![], n).unwrap() } else { features(columns) };
    TrainingSet::new(features, target, weights, kind, n_classes(kind), n).unwrap()
}

/// Four features, the first two of which decide the target but for a little noise; the third is few-valued, the fourth is noise.
fn easy(kind: TaskKind, n: usize, seed: u64) -> (Vec<Vec<f64>>, Vec<f64>) {
    let mut stream = Stream::new(seed, "easy", 0);
    let mut columns = vec![Vec::new(); 4];
    let mut target = Vec::new();
    for _ in 0..n {
        let row = [stream.normal(), stream.normal(), f64::from(stream.below(4)), stream.normal()];
        let signal = 2.0 * row[0] - 1.5 * row[1] + 0.3 * row[2] + 0.3 * stream.normal();
        target.push(match kind {
            TaskKind::Regression => signal,
            TaskKind::Binary => f64::from(u8::from(signal > 0.5)),
            TaskKind::Multiclass => f64::from(u8::from(signal > -1.0)) + f64::from(u8::from(signal > 1.5)),
        });
        columns.iter_mut().zip(row).for_each(|(c, v)| c.push(v));
    }
    (columns, target)
}

/// The easy problem of a learner: amounts above 0 for one that knows no others.
pub(super) fn easy_for(learner: &Learner, kind: TaskKind, n: usize, seed: u64) -> (Vec<Vec<f64>>, Vec<f64>) {
    let (columns, mut target) = easy(kind, n, seed);
    if learner.id == "glm" {
        target.iter_mut().for_each(|y| *y = crate::math::elementary::exp(0.4 * *y));
    }
    (columns, target)
}

pub(super) fn easy_set(learner: &Learner, kind: TaskKind, n: usize) -> TrainingSet {
    let (columns, target) = easy_for(learner, kind, n, 1);
    set(&columns, target, vec![1.0; n], kind)
}

pub(super) fn each(mut body: impl FnMut(&'static Learner, TaskKind)) {
    for learner in LEARNERS {
        for &kind in learner.tasks {
            body(learner, kind);
        }
    }
}

pub(super) fn fit(learner: &Learner, train: &TrainingSet) -> Model {
    learner.fit(&Params::defaults(learner.params), train, 7).unwrap_or_else(|e| panic!("{}: {e}", learner.id))
}

pub(super) fn bits(predictions: &Predictions) -> Vec<u64> {
    predictions.values.iter().map(|v| v.to_bits()).collect()
}

pub(super) fn loss(predictions: &Predictions, target: &[f64]) -> f64 {
    let width = predictions.n_classes.max(1);
    let each = target.iter().enumerate().map(|(i, &y)| {
        let row = &predictions.values[i * width..(i + 1) * width];
        if predictions.n_classes == 0 { (row[0] - y) * (row[0] - y) } else { (1.0 - row[y as usize]) * (1.0 - row[y as usize]) }
    });
    each.sum::<f64>() / target.len() as f64
}

#[test]
fn the_list_has_unique_names_a_baseline_first_and_every_kind_of_task() {
    assert!(LEARNERS[0].baseline && LEARNERS[1..].iter().all(|l| !l.baseline));
    for (i, learner) in LEARNERS.iter().enumerate() {
        assert!(LEARNERS[..i].iter().all(|l| l.id != learner.id));
        assert!(!learner.tasks.is_empty() && learner.doc.ends_with('.'));
        assert_eq!(super::find(learner.id).unwrap().title, learner.title);
    }
    assert!(KINDS.iter().all(|kind| LEARNERS.iter().filter(|l| l.tasks.contains(kind)).count() > 3));
    assert!(super::find("nonsense").is_none());
}

#[test]
fn fitting_again_gives_the_same_bits() {
    each(|learner, kind| {
        let train = easy_set(learner, kind, 300);
        let (first, second) = (fit(learner, &train), fit(learner, &train.clone()));
        assert_eq!(first, second, "{}", learner.id);
        assert_eq!(bits(&first.predict(train.features()).unwrap()), bits(&second.predict(train.features()).unwrap()), "{}", learner.id);
    });
}

#[test]
fn a_row_of_weight_zero_is_absent() {
    each(|learner, kind| {
        let (columns, target) = easy_for(learner, kind, 300, 1);
        let weights: Vec<f64> = (0..300).map(|i| f64::from(u8::from(i % 5 != 0))).collect();
        let kept: Vec<usize> = (0..300).filter(|i| i % 5 != 0).collect();
        let take = |v: &Vec<f64>| kept.iter().map(|&i| v[i]).collect::<Vec<_>>();
        let without = set(&columns.iter().map(take).collect::<Vec<_>>(), take(&target), vec![1.0; kept.len()], kind);
        assert_eq!(fit(learner, &set(&columns, target, weights, kind)), fit(learner, &without), "{}", learner.id);
    });
}

#[test]
fn a_weight_of_two_is_a_row_said_twice_where_weights_are_used() {
    for id in ["baseline", "ridge", "lasso", "elastic_net", "glm", "quantile_regression", "logistic", "gradient_boosting"] {
        let learner = super::find(id).unwrap();
        for &kind in learner.tasks {
            let (columns, target) = easy_for(learner, kind, 200, 3);
            let twice = |v: &Vec<f64>| v.iter().flat_map(|&x| [x, x]).collect::<Vec<_>>();
            let params = if id == "gradient_boosting" { boosting_without_least_leaf() } else { Params::defaults(learner.params) };
            let weighted = learner.fit(&params, &set(&columns, target.clone(), vec![2.0; 200], kind), 1).unwrap();
            let doubled = set(&columns.iter().map(twice).collect::<Vec<_>>(), twice(&target), vec![1.0; 400], kind);
            let doubled = learner.fit(&params, &doubled, 1).unwrap();
            let grid = features(&columns);
            let pairs = weighted.predict(&grid).unwrap().values.into_iter().zip(doubled.predict(&grid).unwrap().values);
            pairs.for_each(|(a, b)| assert!((a - b).abs() < 1e-6, "{id} {kind:?}: {a} {b}"));
        }
    }
}

fn boosting_without_least_leaf() -> Params {
    let given = [("min_leaf".to_owned(), crate::param::Value::Whole(1)), ("trees".to_owned(), crate::param::Value::Whole(5))];
    Params::check(super::gradient_boosting::GRADIENT_BOOSTING.params, &given.into()).unwrap()
}

#[test]
fn degenerate_input_gives_a_model_or_an_error_and_never_a_panic() {
    each(|learner, kind| {
        let params = Params::defaults(learner.params);
        let alternating = |n: usize| (0..n).map(|i| (i % if kind.is_classification() { n_classes(kind) } else { 7 }) as f64).collect::<Vec<_>>();
        let huge: Vec<f64> = (0..30).map(|i| f64::from(i % 2) * 1e200).collect();
        let cases: Vec<Awkward> = vec![
            ("no rows", vec![vec![], vec![]], vec![], vec![]),
            ("one row", vec![vec![1.0], vec![2.0]], vec![1.0], vec![1.0]),
            ("two rows", vec![vec![1.0, 2.0]], vec![0.0, 1.0], vec![1.0; 2]),
            ("no features", vec![], alternating(30), vec![1.0; 30]),
            ("constant features", vec![vec![0.1; 30], vec![3e9; 30]], alternating(30), vec![1.0; 30]),
            ("constant target", vec![alternating(30), (0..30).map(f64::from).collect()], vec![1.0; 30], vec![1.0; 30]),
            ("missing values", vec![(0..30).map(|i| if i % 3 == 0 { f64::NAN } else { 1.0 }).collect()], alternating(30), vec![1.0; 30]),
            ("all missing", vec![vec![f64::NAN; 30]], alternating(30), vec![1.0; 30]),
            ("infinities", vec![vec![f64::INFINITY; 30], alternating(30)], alternating(30), vec![1.0; 30]),
            ("huge", vec![huge], alternating(30), vec![1.0; 30]),
            ("no weight", vec![alternating(30)], alternating(30), vec![0.0; 30]),
            ("tiny weights", vec![alternating(60)], alternating(60), vec![1e-12; 60]),
            ("repeated features", vec![alternating(40), alternating(40)], alternating(40), vec![1.0; 40]),
        ];
        for (name, columns, target, weights) in cases {
            let train = set(&columns, target, weights, kind);
            if let Ok(model) = learner.fit(&params, &train, 3) {
                model.validate(columns.len(), n_classes(kind)).unwrap_or_else(|e| panic!("{} on {name}: {e}", learner.id));
                if let Ok(p) = model.predict(train.features()) {
                    assert!(
                        p.values.iter().all(|v| v.is_finite()) || name == "missing values" || name == "infinities",
                        "{} on {name}: {:?}",
                        learner.id,
                        p.values
                    );
                }
            }
        }
    });
}

#[test]
fn a_constant_target_is_predicted_where_it_can_be_learned() {
    for learner in LEARNERS.iter().filter(|l| l.tasks.contains(&TaskKind::Regression)) {
        let x: Vec<f64> = (0..50).map(f64::from).collect();
        let model = fit(learner, &set(std::slice::from_ref(&x), vec![0.1; 50], vec![1.0; 50], TaskKind::Regression));
        assert!(model.predict(&features(&[x])).unwrap().values.iter().all(|v| (v - 0.1).abs() < 1e-12), "{}", learner.id);
        if let Model::Trees(trees) = model {
            assert!(trees.left.iter().all(|l| *l == 0), "{} cuts rounding", learner.id);
        }
    }
}

#[test]
fn a_model_saved_and_loaded_predicts_the_same_bits() {
    each(|learner, kind| {
        let train = easy_set(learner, kind, 250);
        let model = fit(learner, &train);
        let json = serde_json::to_string(&model).unwrap();
        let loaded: Model = serde_json::from_str(&json).unwrap();
        loaded.validate(4, n_classes(kind)).unwrap();
        assert_eq!(bits(&model.predict(train.features()).unwrap()), bits(&loaded.predict(train.features()).unwrap()), "{}", learner.id);
        let packed: Model = postcard::from_bytes(&postcard::to_allocvec(&model).unwrap()).unwrap();
        assert_eq!(model, packed, "{}", learner.id);
    });
}

#[test]
fn parts_joined_in_order_are_the_fit_whoever_made_them() {
    each(|learner, kind| {
        let train = easy_set(learner, kind, 200);
        let params = Params::defaults(learner.params);
        let parts = (learner.parts)(&params, &train);
        let mut models: Vec<(usize, Model)> = (0..parts)
            .rev()
            .map(|part| (part, (learner.fit_part)(&crate::model::FitPart { params: &params, train: &train, part, seed: 7, pulse: &|| {} }).unwrap()))
            .collect();
        models.sort_by_key(|m| m.0);
        assert_eq!((learner.join)(models.into_iter().map(|m| m.1).collect()).unwrap(), fit(learner, &train), "{}", learner.id);
    });
}

#[test]
fn every_learner_beats_the_baseline_on_an_easy_problem() {
    each(|learner, kind| {
        let (columns, target) = easy_for(learner, kind, 500, 2);
        let train = easy_set(learner, kind, 1500);
        let new = features(&columns);
        let baseline = loss(&fit(&LEARNERS[0], &train).predict(&new).unwrap(), &target);
        let own = loss(&fit(learner, &train).predict(&new).unwrap(), &target);
        assert!(learner.baseline || own < 0.5 * baseline, "{} {kind:?}: {own} against {baseline}", learner.id);
    });
}

#[test]
fn class_probabilities_are_between_0_and_1_and_sum_to_1() {
    each(|learner, kind| {
        if kind.is_classification() {
            let train = easy_set(learner, kind, 300);
            let p = fit(learner, &train).predict(train.features()).unwrap();
            assert_eq!((p.n_classes, p.n_rows()), (n_classes(kind), 300), "{}", learner.id);
            for row in p.values.chunks(p.n_classes) {
                assert!(row.iter().all(|v| (0.0..=1.0).contains(v)) && (row.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{} {row:?}", learner.id);
            }
        }
    });
}

#[test]
fn a_class_without_rows_is_given_almost_no_probability() {
    for learner in LEARNERS.iter().filter(|l| l.tasks.contains(&TaskKind::Multiclass)) {
        let (columns, target) = easy(TaskKind::Binary, 200, 4);
        let model = fit(learner, &set(&columns, target.iter().map(|y| 2.0 * y).collect(), vec![1.0; 200], TaskKind::Multiclass));
        model.validate(4, 3).unwrap();
        assert!(model.predict(&features(&columns)).unwrap().class(1).iter().all(|p| *p < 1e-6), "{}", learner.id);
    }
}

#[test]
fn trees_ignore_monotone_transforms_of_a_feature() {
    for id in ["decision_tree", "random_forest", "extra_trees", "gradient_boosting"] {
        let learner = super::find(id).unwrap();
        for kind in KINDS {
            let (mut columns, target) = easy(kind, 400, 5);
            let plain = set(&columns, target.clone(), vec![1.0; 400], kind);
            columns[0].iter_mut().for_each(|x| *x = bent(*x));
            let bent = set(&columns, target, vec![1.0; 400], kind);
            let (a, b) = (fit(learner, &plain).predict(plain.features()).unwrap(), fit(learner, &bent).predict(bent.features()).unwrap());
            assert_eq!(bits(&a), bits(&b), "{id} {kind:?}");
        }
    }
}

/// Strictly increasing.
fn bent(x: f64) -> f64 {
    x * x * x + x
}

#[test]
fn a_mutated_model_fails_to_validate_or_predicts_without_a_panic() {
    each(|learner, kind| {
        let train = easy_set(learner, kind, 120);
        let json = serde_json::to_value(fit(learner, &train)).unwrap();
        let mut stream = Stream::new(11, "mutate", 0);
        for _ in 0..150 {
            let mut changed = json.clone();
            mutate(&mut changed, &mut stream);
            let Ok(model) = serde_json::from_value::<Model>(changed) else { continue };
            if model.validate(4, n_classes(kind)).is_ok() {
                let p = model.predict(train.features()).unwrap();
                assert_eq!(p.n_rows(), train.n_rows());
                assert!(p.values.iter().all(|v| v.is_finite()), "{}", learner.id);
            }
        }
    });
}

/// Walks down to one random value and changes it, drops it or repeats it.
fn mutate(value: &mut serde_json::Value, stream: &mut Stream) {
    use serde_json::Value;
    match value {
        Value::Object(map) if !map.is_empty() => {
            let at = stream.below(map.len() as u32) as usize;
            if let Some(inner) = map.values_mut().nth(at) {
                mutate(inner, stream);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            let at = stream.below(list.len() as u32) as usize;
            match stream.below(6) {
                0 => drop(list.remove(at)),
                1 => list.insert(at, list[at].clone()),
                _ => mutate(&mut list[at], stream),
            }
        }
        other => {
            let choices = [
                serde_json::json!(0),
                serde_json::json!(1),
                serde_json::json!(7),
                serde_json::json!(-3.5),
                serde_json::json!(4_000_000_000_u32),
                serde_json::json!(1e30),
            ];
            *other = choices[stream.below(choices.len() as u32) as usize].clone();
        }
    }
}

#[test]
fn a_cycle_a_missing_feature_and_an_infinity_in_a_tree_are_refused() {
    let train = easy_set(&LEARNERS[0], TaskKind::Regression, 200);
    let Model::Trees(good) = fit(super::find("gradient_boosting").unwrap(), &train) else { panic!("boosting gives trees") };
    assert!(good.validate(4, 0).is_ok());
    let with = |change: &dyn Fn(&mut crate::model::tree::TreeModel)| {
        let mut bad = good.clone();
        change(&mut bad);
        bad.validate(4, 0).is_err()
    };
    let parent = good.left.iter().rposition(|l| *l > 0).unwrap();
    assert!(with(&|m| m.left[parent] = parent as u32));
    assert!(with(&|m| m.left[parent] = m.left.len() as u32));
    assert!(with(&|m| m.feature[parent] = 4));
    assert!(with(&|m| m.threshold[parent] = f32::INFINITY));
    assert!(with(&|m| m.values[0] = f64::NAN));
    assert!(with(&|m| m.roots[1] = 0));
    assert!(with(&|m| m.start.clear()));
    assert!(good.validate(3, 0).is_err() && good.validate(4, 2).is_err());
}

#[test]
fn importance_is_highest_for_what_decides() {
    let train = easy_set(&LEARNERS[0], TaskKind::Regression, 1000);
    let Model::Trees(model) = fit(super::find("random_forest").unwrap(), &train) else { panic!("a forest is trees") };
    let importance = model.importance();
    assert!(importance[0] > importance[1] && importance[1] > importance[3]);
    assert!((importance.iter().sum::<f64>() - 1.0).abs() < 1e-12);
}
