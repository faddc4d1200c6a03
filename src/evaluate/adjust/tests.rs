use super::*;
use crate::evaluate::{Dependence, metric};
use crate::math::rng::Stream;
use crate::param::{Given, Value};

fn params(given: &[(&str, Value)]) -> Params {
    Params::check(PARAMS, &given.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect::<Given>()).unwrap()
}

fn word(text: &str) -> Value {
    Value::Word(text.into())
}

fn cube(p: f64) -> f64 {
    p * p * p
}

/// Folds of rows that happen with chance p, of which the model says p cubed: it ranks well and is far too low.
fn too_low(n: usize, dependence: Dependence<'_>, given: &[(&str, Value)]) -> (Vec<FoldResult>, Adjusted) {
    let mut stream = Stream::new(5, "test/adjust", 0);
    let chance: Vec<f64> = (0..n).map(|_| 0.05 + 0.9 * stream.uniform()).collect();
    let truth: Vec<f64> = chance.iter().map(|&p| f64::from(u8::from(stream.chance(p)))).collect();
    let judge = Judge { kind: TaskKind::Binary, n_classes: 2, truth: &truth, dependence, seed: 1 };
    let fold = |k: usize| {
        let rows: Vec<u32> = (0..n as u32).filter(|r| *r as usize * 5 / n == k).collect();
        let values = rows.iter().flat_map(|&r| [1.0 - cube(chance[r as usize]), cube(chance[r as usize])]).collect();
        judge.score(0, k, rows, Predictions { n_classes: 2, values, cuts: Vec::new() }).unwrap()
    };
    let folds: Vec<FoldResult> = (0..5).map(fold).collect();
    let adjusted = adjust(&judge, &folds.iter().collect::<Vec<_>>(), &params(given)).unwrap();
    (folds, adjusted)
}

fn mean(folds: &[FoldResult], metric: &str) -> f64 {
    folds.iter().map(|f| f.scores[metric].unwrap()).sum::<f64>() / folds.len() as f64
}

#[test]
fn both_curves_mend_probabilities_that_are_too_low_and_keep_the_ranking() {
    for method in ["platt", "isotonic"] {
        let (before, after) = too_low(4000, Dependence::Independent, &[("calibration", word(method))]);
        assert!(mean(&after.folds, "log_loss") < mean(&before, "log_loss") - 0.05, "{method}");
        assert!((mean(&after.folds, "roc_auc") - mean(&before, "roc_auc")).abs() < 0.005, "{method}");
        assert!(after.last.is_valid(2) && after.last.cut.is_none());
    }
}

#[test]
fn a_threshold_chosen_for_f1_beats_one_half_where_probabilities_are_too_low() {
    let (before, after) = too_low(4000, Dependence::Independent, &[("threshold", word("f1"))]);
    assert!(mean(&after.folds, "f1") > mean(&before, "f1") + 0.05);
    assert_eq!(mean(&after.folds, "log_loss"), mean(&before, "log_loss"), "probabilities stay as they are");
    let cuts: Vec<f64> = after.folds.iter().map(|f| f.predictions.cuts[0].1).collect();
    assert!(cuts.iter().chain(&after.last.cut).all(|c| (0.01..0.3).contains(c)), "{cuts:?}");
}

#[test]
fn no_row_has_a_say_in_its_own_threshold() {
    let (folds, adjusted) = too_low(1000, Dependence::Independent, &[("threshold", word("f1"))]);
    let truth_without_first = |flip: bool| {
        let mut truth = vec![0.0; 1000];
        for fold in &folds {
            for (row, &label) in fold.rows.iter().zip(&fold.predictions.labels()) {
                truth[*row as usize] = label as f64;
            }
        }
        if flip {
            folds[0].rows.iter().for_each(|&r| truth[r as usize] = 1.0 - truth[r as usize]);
        }
        truth
    };
    let cut_of_first = |truth: &[f64]| {
        let judge = Judge { kind: TaskKind::Binary, n_classes: 2, truth, dependence: Dependence::Independent, seed: 1 };
        adjust(&judge, &folds.iter().collect::<Vec<_>>(), &params(&[("threshold", word("f1"))])).unwrap().folds[0].predictions.cuts.clone()
    };
    assert_eq!(cut_of_first(&truth_without_first(false)), cut_of_first(&truth_without_first(true)));
    assert_eq!(adjusted.folds.len(), 5);
}

#[test]
fn in_time_order_only_earlier_folds_teach() {
    let (before, after) = too_low(2000, Dependence::TimeOrdered, &[("threshold", word("f1")), ("calibration", word("platt"))]);
    assert_eq!(after.folds[0].predictions, before[0].predictions, "nothing lies before the first");
    assert!(after.folds[1..].iter().all(|f| f.predictions.cuts.len() == 1));
}

#[test]
fn isotonic_is_what_scikit_learn_gives() {
    // IsotonicRegression(out_of_bounds="clip").fit([.1,.2,.3,.4,.5,.6,.7,.8], [0,1,0,0,1,1,0,1]).predict([.05,.2,.35,.45,.5,.65,.75,.9])
    let at = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
    let happened = [false, true, false, false, true, true, false, true];
    let curve = Calibrator::learn("isotonic", &at, &happened).unwrap();
    let expected = [0.0, 1.0 / 3.0, 1.0 / 3.0, 0.5, 2.0 / 3.0, 2.0 / 3.0, 5.0 / 6.0, 1.0];
    for (p, want) in [0.05, 0.2, 0.35, 0.45, 0.5, 0.65, 0.75, 0.9].into_iter().zip(expected) {
        assert!((curve.apply(p) - want).abs() < 1e-12, "{p}: {} {want}", curve.apply(p));
    }
}

#[test]
fn each_rule_finds_the_threshold_that_a_look_at_all_of_them_finds() {
    let mut stream = Stream::new(9, "test/threshold", 0);
    let scores: Vec<f64> = (0..300).map(|_| (stream.uniform() * 40.0).round() / 40.0).collect();
    let positive: Vec<bool> = scores.iter().map(|&s| stream.chance(s * s)).collect();
    let counts = |cut: f64| {
        let of = |flagged: bool, wanted: bool| scores.iter().zip(&positive).filter(|(s, p)| (**s >= cut) == flagged && **p == wanted).count() as f64;
        (of(true, true), of(true, false), of(false, true))
    };
    type Worth = fn((f64, f64, f64)) -> f64;
    let rules: [(&[(&str, Value)], Worth); 4] = [
        (&[("threshold", word("f1"))], |(tp, fp, fn_)| 2.0 * tp / (2.0 * tp + fp + fn_)),
        (&[("threshold", word("f_beta"))], |(tp, fp, fn_)| 5.0 * tp / (5.0 * tp + fp + 4.0 * fn_)),
        (&[("threshold", word("cost"))], |(_, fp, fn_)| -(5.0 * fn_ + fp)),
        (&[("threshold", word("recall_at_precision"))], |(tp, fp, fn_)| if tp / (tp + fp) >= 0.5 { tp / (tp + fn_) } else { -1.0 }),
    ];
    for (given, worth) in rules {
        let cut = threshold::choose(&scores, &positive, &params(given)).unwrap();
        let best = (0..=40).map(|k| worth(counts(f64::from(k) / 40.0))).filter(|v| v.is_finite()).fold(f64::NEG_INFINITY, f64::max);
        assert!((worth(counts(cut)) - best).abs() < 1e-12, "{given:?}: {cut}");
    }
    assert_eq!(threshold::choose(&scores, &positive, &params(&[])), None);
}

#[test]
fn where_missing_costs_next_to_nothing_no_row_is_flagged() {
    let cut =
        threshold::choose(&[0.9, 0.5, 0.1], &[false, true, false], &params(&[("threshold", word("cost")), ("missed_cost", Value::Real(0.001))]));
    assert_eq!(cut, Some(threshold::NEVER));
}

#[test]
fn few_rows_of_a_class_and_regression_stay_as_they_are() {
    let truth = [0.0, 1.0, 0.0, 1.0];
    let judge = Judge { kind: TaskKind::Binary, n_classes: 2, truth: &truth, dependence: Dependence::Independent, seed: 1 };
    let values = vec![0.6, 0.4, 0.4, 0.6, 0.7, 0.3, 0.2, 0.8];
    let fold = judge.score(0, 0, vec![0, 1, 2, 3], Predictions { n_classes: 2, values, cuts: Vec::new() }).unwrap();
    let all = params(&[("threshold", word("f1")), ("calibration", word("isotonic"))]);
    assert_eq!(adjust(&judge, &[&fold], &all).unwrap(), Adjusted { folds: vec![fold], last: Adjustment::default() });
    assert!(metric("f1").is_ok() && is_wanted(&all) && !is_wanted(&params(&[])));
}

#[test]
fn several_classes_still_add_up_to_one_and_a_broken_curve_is_refused() {
    let flat = Calibrator::Isotonic { at: vec![0.2, 0.8], to: vec![0.0, 1.0] };
    let all = Adjustment { calibrators: vec![flat.clone(), flat.clone(), flat], cut: None };
    let after = all.apply(Predictions { n_classes: 3, values: vec![0.5, 0.3, 0.2, 0.1, 0.1, 0.8], cuts: Vec::new() });
    assert!(after.values.chunks(3).all(|p| (p.iter().sum::<f64>() - 1.0).abs() < 1e-12) && all.is_valid(3) && !all.is_valid(2));
    let broken = Calibrator::Isotonic { at: vec![0.8, 0.2], to: vec![0.0, 1.0] };
    assert!(!Adjustment { calibrators: vec![broken], cut: None }.is_valid(2) && !Adjustment { calibrators: Vec::new(), cut: Some(-0.1) }.is_valid(2));
}

#[test]
fn one_fold_alone_is_judged_with_what_its_other_parts_teach() {
    let n = 1000;
    let mut stream = Stream::new(6, "test/within", 0);
    let chance: Vec<f64> = (0..n).map(|_| 0.05 + 0.9 * stream.uniform()).collect();
    let truth: Vec<f64> = chance.iter().map(|&p| f64::from(u8::from(stream.chance(p)))).collect();
    let entities: Vec<u32> = (0..n).map(|i| i / 7).collect();
    let values: Vec<f64> = chance.iter().flat_map(|&p| [1.0 - cube(p), cube(p)]).collect();
    for dependence in [Dependence::Independent, Dependence::TimeOrdered, Dependence::Clustered(&entities)] {
        let judge = Judge { kind: TaskKind::Binary, n_classes: 2, truth: &truth, dependence, seed: 1 };
        let fold = judge.score(0, 3, (0..n).collect(), Predictions { n_classes: 2, values: values.clone(), cuts: Vec::new() }).unwrap();
        let after = adjust_within(&judge, &fold, &params(&[("threshold", word("f1"))])).unwrap();
        let mut rows = after.rows.clone();
        rows.sort_unstable();
        assert_eq!(rows, fold.rows, "every row is judged once");
        assert!(after.scores["f1"] > fold.scores["f1"] && after.predictions.cuts.len() == PARTS);
        if let Dependence::Clustered(codes) = dependence {
            let part = |at: usize| {
                after
                    .predictions
                    .cuts
                    .iter()
                    .scan(0, |end, c| {
                        *end += c.0 as usize;
                        Some(*end)
                    })
                    .filter(|end| *end <= at)
                    .count()
            };
            let places: std::collections::BTreeSet<(u32, usize)> =
                after.rows.iter().enumerate().map(|(at, r)| (codes[*r as usize], part(at))).collect();
            assert_eq!(places.len(), 143, "an entity is in one part only");
        }
    }
}

#[test]
fn a_threshold_changes_what_rows_are_called_and_a_calibration_every_metric_but_those_of_rank() {
    let of = |given: &[(&str, Value)]| {
        let params = params(given);
        crate::evaluate::metrics_for(TaskKind::Binary).filter(|m| changes(&params, m)).map(|m| m.id).collect::<Vec<_>>()
    };
    assert_eq!(of(&[("threshold", word("f1"))]), ["f1", "precision", "recall", "accuracy"]);
    assert_eq!(of(&[("calibration", word("platt"))]), ["log_loss", "brier", "f1", "precision", "recall", "accuracy"]);
    assert!(of(&[]).is_empty() && of(&[("threshold", word("half"))]).is_empty());
}
