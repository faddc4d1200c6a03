//! Intervals hold what they promise: coverage, pairing, blocks, entities and degenerate input.

use super::*;
use crate::task::TaskKind;

fn judge<'a>(truth: &'a [f64], dependence: Dependence<'a>) -> Judge<'a> {
    Judge { kind: TaskKind::Regression, n_classes: 0, truth, dependence, seed: 9 }
}

/// Folds of equal size with these predictions.
fn folds(judge: &Judge<'_>, predictions: &[f64], n_folds: usize) -> Vec<FoldResult> {
    let size = predictions.len().div_ceil(n_folds);
    let fold = |(i, values): (usize, &[f64])| {
        let rows = (0..values.len()).map(|r| (i * size + r) as u32).collect();
        judge.score(0, i, rows, Predictions { n_classes: 0, values: values.to_vec(), cuts: Vec::new() }).unwrap()
    };
    predictions.chunks(size).enumerate().map(fold).collect()
}

fn mae(judge: &Judge<'_>, predictions: &[f64], n_folds: usize) -> Resampled {
    let folds = folds(judge, predictions, n_folds);
    judge.resample(&folds.iter().collect::<Vec<_>>(), &[metric("mae").unwrap()]).unwrap().remove(0)
}

#[test]
fn a_bootstrap_interval_is_as_wide_as_theory_says() {
    let mut stream = Stream::new(1, "test/interval", 0);
    let truth: Vec<f64> = (0..900).map(|_| stream.normal()).collect();
    let estimate = mae(&judge(&truth, Dependence::Independent), &[0.0; 900], 5).estimate();
    // |normal| has standard deviation sqrt(1 - 2/pi) = 0.603.
    let width = estimate.high.unwrap() - estimate.low.unwrap();
    assert!((width / (2.0 * 1.96 * 0.603 / 30.0) - 1.0).abs() < 0.12, "{estimate:?}");
    assert_eq!((estimate.n_rows, estimate.method), (900, Method::Corrected { unit: Unit::Rows, resamples: 1_000 }));
}

#[test]
fn sections_of_a_large_table_give_the_same_width() {
    let mut stream = Stream::new(2, "test/interval", 0);
    let truth: Vec<f64> = (0..40_000).map(|_| stream.normal()).collect();
    let estimate = mae(&judge(&truth, Dependence::Independent), &[0.0; 40_000], 5).estimate();
    let width = estimate.high.unwrap() - estimate.low.unwrap();
    assert!((width / (2.0 * 2.09 * 0.603 / 200.0) - 1.0).abs() < 0.4, "{estimate:?}");
    assert_eq!(estimate.method, Method::Sections { unit: Unit::Rows, sections: 20 });
}

#[test]
fn the_interval_covers_the_true_error_about_nineteen_times_in_twenty() {
    let expected = (2.0 / std::f64::consts::PI).sqrt();
    let covers = |experiment: u64| {
        let mut stream = Stream::new(3, "test/coverage", experiment);
        let truth: Vec<f64> = (0..120).map(|_| stream.normal()).collect();
        let judge = Judge { seed: experiment, ..judge(&truth, Dependence::Independent) };
        let estimate = mae(&judge, &[0.0; 120], 4).estimate();
        estimate.low.unwrap() <= expected && expected <= estimate.high.unwrap()
    };
    let covered = (0..200).filter(|&e| covers(e)).count();
    assert!((178..=199).contains(&covered), "{covered} of 200");
}

#[test]
fn rows_that_hang_together_widen_the_interval() {
    // Each entity's ten rows have the same error, so there are 40 facts, not 400.
    let mut stream = Stream::new(4, "test/interval", 0);
    let errors: Vec<f64> = (0..40).map(|_| stream.normal()).collect();
    let truth: Vec<f64> = (0..400).map(|i| errors[i / 10]).collect();
    let codes: Vec<u32> = (0..400).map(|i| i / 10).collect();
    let width = |dependence| {
        let e = mae(&judge(&truth, dependence), &[0.0; 400], 4).estimate();
        e.high.unwrap() - e.low.unwrap()
    };
    let (single, clustered, blocks) = (width(Dependence::Independent), width(Dependence::Clustered(&codes)), width(Dependence::TimeOrdered));
    assert!(clustered > 2.0 * single && blocks > 1.3 * single, "{single} {clustered} {blocks}");
}

#[test]
fn a_constant_difference_is_certain_although_both_values_are_not() {
    let mut stream = Stream::new(5, "test/interval", 0);
    let truth: Vec<f64> = (0..100).map(|_| 50.0 + stream.normal()).collect();
    let judge = judge(&truth, Dependence::Independent);
    let (better, worse) = (mae(&judge, &[0.0; 100], 5), mae(&judge, &[-1.0; 100], 5));
    let gain = better.gain_over(&worse);
    assert!((gain.low.unwrap() - 1.0).abs() < 1e-9 && (gain.high.unwrap() - 1.0).abs() < 1e-9, "less error is a gain: {gain:?}");
    assert!(better.estimate().high.unwrap() - better.estimate().low.unwrap() > 0.1);
}

#[test]
fn nine_rows_have_a_value_and_no_interval() {
    let truth = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
    let estimate = mae(&judge(&truth, Dependence::Independent), &[5.0; 9], 3).estimate();
    assert!(estimate.value.is_some());
    assert_eq!(estimate.interval(), None);
}

#[test]
fn no_rows_have_neither() {
    let estimate = judge(&[], Dependence::Independent).resample(&[], &[metric("r2").unwrap()]).unwrap()[0].estimate();
    assert_eq!((estimate.value, estimate.interval(), estimate.n_rows), (None, None, 0));
}

#[test]
fn a_perfect_score_on_few_positives_is_not_certain() {
    let truth: Vec<f64> = (0..60).map(|i| f64::from(u8::from(i % 10 == 0))).collect();
    let judge = Judge { kind: TaskKind::Binary, n_classes: 2, truth: &truth, dependence: Dependence::Independent, seed: 1 };
    let values = truth.iter().flat_map(|&t| [1.0 - t, t]).collect();
    let fold = judge.score(0, 0, (0..60).collect(), Predictions { n_classes: 2, values, cuts: Vec::new() }).unwrap();
    let estimate = judge.resample(&[&fold], &[metric("roc_auc").unwrap()]).unwrap()[0].estimate();
    assert_eq!((estimate.value, estimate.low, estimate.high), (Some(1.0), Some(0.5), Some(1.0)));
}

#[test]
fn a_constant_model_has_an_auc_of_one_half_over_folds_of_any_shares() {
    // Each fold's model predicts its own training share: pooled ranks would put it below chance.
    let truth: Vec<f64> = (0..90).map(|i| f64::from(u8::from(i % 3 == 0 || i < 20))).collect();
    let judge = Judge { kind: TaskKind::Binary, n_classes: 2, truth: &truth, dependence: Dependence::Independent, seed: 1 };
    let fold = |i: usize| {
        let rows: Vec<u32> = (i as u32 * 30..(i as u32 + 1) * 30).collect();
        let p = 0.3 + 0.1 * i as f64;
        judge.score(0, i, rows, Predictions { n_classes: 2, values: [1.0 - p, p].repeat(30), cuts: Vec::new() }).unwrap()
    };
    let all = [fold(0), fold(1), fold(2)];
    let estimate = judge.resample(&all.iter().collect::<Vec<_>>(), &[metric("roc_auc").unwrap()]).unwrap()[0].estimate();
    assert_eq!((estimate.value, estimate.low, estimate.high), (Some(0.5), Some(0.5), Some(0.5)));
}

#[test]
fn a_class_too_rare_for_sections_is_bootstrapped() {
    let n = 24_000;
    let truth: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i % 2_000 == 0))).collect();
    let judge = Judge { kind: TaskKind::Binary, n_classes: 2, truth: &truth, dependence: Dependence::Independent, seed: 1 };
    let values = (0..n)
        .flat_map(|i| {
            let p = (i % 97) as f64 / 97.0;
            [1.0 - p, p]
        })
        .collect();
    let fold = judge.score(0, 0, (0..n as u32).collect(), Predictions { n_classes: 2, values, cuts: Vec::new() }).unwrap();
    let estimate = judge.resample(&[&fold], &[metric("roc_auc").unwrap()]).unwrap()[0].estimate();
    assert!(matches!(estimate.method, Method::Bootstrap { .. } | Method::Corrected { .. }) && estimate.interval().is_some());
}

#[test]
fn corrected_intervals_of_skewed_errors_are_those_of_scipy() {
    for case in crate::math::golden::validation("bca_rmse") {
        let (truth, predicted) = (case.numbers("truth"), case.numbers("predicted"));
        let judge = judge(&truth, Dependence::Independent);
        let all = folds(&judge, &predicted, 1);
        let found = judge.resample(&[&all[0]], &[metric("rmse").unwrap()]).unwrap().remove(0);
        let estimate = found.estimate();
        let (expected, plain) = (case.expected_list("BCa"), case.expected_list("percentile"));
        let width = expected[1] - expected[0];
        // A 2.5 % quantile of 1,000 draws has a standard error of about 3 % of the width, the upper one of a skewed spread twice that.
        assert!((estimate.low.unwrap() - expected[0]).abs() < 0.12 * width, "{estimate:?} {expected:?}");
        assert!((estimate.high.unwrap() - expected[1]).abs() < 0.24 * width, "{estimate:?} {expected:?}");
        assert!(estimate.low.unwrap() > plain[0], "bias and skew move it up: {estimate:?} {plain:?}");
    }
}

#[test]
fn a_row_that_is_judged_three_times_is_one_row() {
    let mut stream = Stream::new(6, "test/interval", 0);
    let truth: Vec<f64> = (0..150).map(|_| stream.normal()).collect();
    let judge = judge(&truth, Dependence::Independent);
    let once = folds(&judge, &[0.0; 150], 5);
    let width = |folds: &[FoldResult]| {
        let e = judge.resample(&folds.iter().collect::<Vec<_>>(), &[metric("mae").unwrap()]).unwrap()[0].estimate();
        e.high.unwrap() - e.low.unwrap()
    };
    let thrice = [once.clone(), once.clone(), once.clone()].concat();
    let ratio = width(&thrice) / width(&once);
    assert!((ratio - 1.0).abs() < 0.15, "thrice the rows would give 0.58: {ratio}");
}
