//! What every learner must keep when its input changes in a way that does not, or must not, change what there is to learn.

use super::conformance::{bits, each, easy_for, easy_set, fit, loss, n_classes, set};
use crate::features::tests_support::features;
use crate::math::rng::Stream;
use crate::model::{Features, Learner, TrainingSet};
use crate::param::Params;
use crate::task::TaskKind;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Rows of the easy problem.
const ROWS: usize = 240;

fn new_rows(learner: &Learner, kind: TaskKind) -> (Features, Vec<f64>) {
    let (columns, target) = easy_for(learner, kind, ROWS, 2);
    (features(&columns), target)
}

/// Loss on new rows when the training columns and target were changed, beside the loss when they were not. Columns of new rows are changed alike.
fn with_columns(learner: &'static Learner, kind: TaskKind, change: &dyn Fn(&mut Vec<Vec<f64>>)) -> (f64, f64) {
    let lost = |change: &dyn Fn(&mut Vec<Vec<f64>>)| {
        let (mut columns, target) = easy_for(learner, kind, ROWS, 1);
        let (mut new, truth) = easy_for(learner, kind, ROWS, 2);
        change(&mut columns);
        change(&mut new);
        let model = fit(learner, &set(&columns, target, vec![1.0; ROWS], kind));
        loss(&model.predict(&features(&new)).unwrap(), &truth)
    };
    (lost(change), lost(&|_| {}))
}

#[test]
fn each_row_is_predicted_for_itself() {
    each(|learner, kind| {
        let model = fit(learner, &easy_set(learner, kind, ROWS));
        let (columns, _) = easy_for(learner, kind, ROWS, 2);
        let part: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().rev().take(7).copied().collect()).collect();
        let whole = model.predict(&features(&columns)).unwrap();
        let width = whole.n_classes.max(1);
        let last: Vec<u64> = whole.values.chunks(width).rev().take(7).flatten().map(|v| v.to_bits()).collect();
        assert_eq!(bits(&model.predict(&features(&part)).unwrap()), last, "{}", learner.id);
    });
}

#[test]
fn no_rows_are_predicted_without_trouble() {
    each(|learner, kind| {
        let model = fit(learner, &easy_set(learner, kind, ROWS));
        let none = model.predict(&features(&vec![Vec::new(); 4])).unwrap();
        assert!(none.values.is_empty() && none.n_classes == n_classes(kind), "{}", learner.id);
    });
}

#[test]
fn features_of_another_number_are_refused() {
    each(|learner, kind| {
        let model = fit(learner, &easy_set(learner, kind, ROWS));
        assert!(learner.baseline || model.predict(&features(&vec![vec![0.5; 3]; 3])).is_err(), "{}", learner.id);
    });
}

#[test]
fn the_order_of_rows_changes_little() {
    each(|learner, kind| {
        let (mut columns, mut target) = easy_for(learner, kind, ROWS, 1);
        let (new, truth) = new_rows(learner, kind);
        let lost = |columns: &[Vec<f64>], target: &[f64]| {
            loss(&fit(learner, &set(columns, target.to_vec(), vec![1.0; ROWS], kind)).predict(&new).unwrap(), &truth)
        };
        let before = lost(&columns, &target);
        columns.iter_mut().for_each(|c| c.reverse());
        target.reverse();
        let after = lost(&columns, &target);
        assert!((after - before).abs() < 0.25 * before + 0.02, "{}: {before} {after}", learner.id);
    });
}

#[test]
fn a_feature_that_is_constant_or_repeated_changes_little() {
    each(|learner, kind| {
        for change in [(|c: &mut Vec<Vec<f64>>| c.push(vec![3.0; ROWS])) as fn(&mut Vec<Vec<f64>>), |c| c.push(c[3].clone())] {
            let (after, before) = with_columns(learner, kind, &change);
            assert!(after < 1.4 * before + 0.02, "{}: {before} {after}", learner.id);
        }
    });
}

#[test]
fn the_order_of_features_changes_little() {
    each(|learner, kind| {
        let (after, before) = with_columns(learner, kind, &|c| c.reverse());
        assert!((after - before).abs() < 0.25 * before + 0.02, "{}: {before} {after}", learner.id);
    });
}

#[test]
fn a_number_in_another_unit_is_learned_as_well() {
    each(|learner, kind| {
        // Amounts have their own zero; all others may be moved and stretched.
        if kind != TaskKind::Regression || ["glm", "two_part"].contains(&learner.id) {
            return;
        }
        let (columns, target) = easy_for(learner, kind, ROWS, 1);
        let (new, truth) = new_rows(learner, kind);
        let moved = |values: &[f64]| values.iter().map(|y| y + 1000.0).collect::<Vec<f64>>();
        let lost = |target: Vec<f64>, truth: &[f64]| loss(&fit(learner, &set(&columns, target, vec![1.0; ROWS], kind)).predict(&new).unwrap(), truth);
        let (before, after) = (lost(target.clone(), &truth), lost(moved(&target), &moved(&truth)));
        assert!((after - before).abs() < 0.05 * before + 1e-3, "{}: {before} {after}", learner.id);
    });
}

#[test]
fn rows_far_from_all_that_were_seen_get_a_finite_answer() {
    each(|learner, kind| {
        let model = fit(learner, &easy_set(learner, kind, ROWS));
        for far in [50.0, -50.0] {
            let predictions = model.predict(&features(&vec![vec![far; 5]; 4])).unwrap();
            assert!(predictions.values.iter().all(|v| v.is_finite()), "{}: {far}", learner.id);
        }
    });
}

#[test]
fn more_features_than_rows_give_a_model_or_a_sentence() {
    let mut stream = Stream::new(4, "test/wide", 0);
    let columns: Vec<Vec<f64>> = (0..40).map(|_| (0..18).map(|_| stream.normal()).collect()).collect();
    each(|learner, kind| {
        let target = (0..18).map(|i| f64::from(i % if n_classes(kind) == 0 { 5 } else { n_classes(kind) as u32 })).collect();
        let train = set(&columns, target, vec![1.0; 18], kind);
        match learner.fit(&Params::defaults(learner.params), &train, 1) {
            Ok(model) => assert!(model.predict(train.features()).unwrap().values.iter().all(|v| v.is_finite()), "{}", learner.id),
            Err(refusal) => assert!(refusal.to_string().len() > 20, "{}", learner.id),
        }
    });
}

#[test]
fn very_large_and_very_small_features_are_no_trouble() {
    each(|learner, kind| {
        for size in [1e-9, 1e9] {
            let (columns, target) = easy_for(learner, kind, ROWS, 1);
            let sized: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().map(|v| v * size).collect()).collect();
            let train: TrainingSet = set(&sized, target, vec![1.0; ROWS], kind);
            match learner.fit(&Params::defaults(learner.params), &train, 1) {
                Ok(model) => assert!(model.predict(train.features()).unwrap().values.iter().all(|v| v.is_finite()), "{} {size}", learner.id),
                Err(refusal) => assert!(refusal.to_string().len() > 20, "{}", learner.id),
            }
        }
    });
}
