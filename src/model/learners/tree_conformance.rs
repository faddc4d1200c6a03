//! What tree learners must keep beyond what every learner does.

use super::find;
use crate::features::tests_support::features;
use crate::math::rng::Stream;
use crate::model::tree::TreeModel;
use crate::model::tree::bag::{TreeSize, forest, out_of_bag};
use crate::model::tree::boost::{BoostSize, boosting};
use crate::model::tree::loss::Loss;
use crate::model::{Features, Model, TrainingSet};
use crate::param::{Given, Params, Value};
use crate::task::TaskKind;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
use wasm_bindgen_test::wasm_bindgen_test as test;

const TREES: [&str; 4] = ["decision_tree", "random_forest", "extra_trees", "gradient_boosting"];
const LOSSES: [&str; 6] = ["squared", "absolute", "huber", "quantile", "poisson", "tweedie"];

fn word(value: &str) -> Value {
    Value::Word(value.to_owned())
}

fn fit(id: &str, given: &[(&str, Value)], train: &TrainingSet) -> TreeModel {
    let learner = find(id).unwrap();
    let given: Given = given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    match learner.fit(&Params::check(learner.params, &given).unwrap(), train, 7).unwrap_or_else(|e| panic!("{id} {given:?}: {e}")) {
        Model::Trees(trees) => trees,
        _ => panic!("{id} is no tree"),
    }
}

fn numbers(columns: &[Vec<f64>], target: Vec<f64>, weights: Vec<f64>) -> TrainingSet {
    let n = target.len();
    TrainingSet::new(features(columns), target, weights, TaskKind::Regression, 0, n).unwrap()
}

/// Few-valued features, so that equal rows are joined, and amounts of at least 0 with many zeros.
fn amounts(n: usize, seed: u64) -> (Vec<Vec<f64>>, Vec<f64>) {
    let mut stream = Stream::new(seed, "amounts", 0);
    let mut columns = vec![Vec::new(); 3];
    let mut target = Vec::new();
    for _ in 0..n {
        let row = [stream.below(4), stream.below(3), stream.below(5)].map(f64::from);
        let bought = stream.chance(0.15 * (1.0 + row[0]));
        target.push(if bought { (1.0 + row[0] * row[1] + stream.uniform() * 2.0).floor() } else { 0.0 });
        columns.iter_mut().zip(row).for_each(|(c, v)| c.push(v));
    }
    (columns, target)
}

fn predictions(model: &TreeModel, of: &Features) -> Vec<f64> {
    model.predict(of).unwrap().values
}

fn close(a: &[f64], b: &[f64], within: f64) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= within * b.abs().max(1.0))
}

#[test]
fn equal_rows_joined_give_the_model_of_rows_apart_under_every_loss() {
    let (mut columns, target) = amounts(600, 1);
    let joined = numbers(&columns, target.clone(), vec![1.0; 600]);
    assert!(joined.bins().n_rows() <= 60);
    // A feature of its own value in every row keeps rows apart; it has no cuts because no tree may use so small a side.
    columns.push((0..600).map(|i| 1.0 + f64::from(i) * 1e-12).collect());
    let apart = numbers(&columns, target, vec![1.0; 600]);
    for loss in LOSSES {
        // Sums over joined rows are added up row by row, those of rows apart node by node: they differ by rounding.
        let given = [("loss", word(loss)), ("trees", Value::Whole(20))];
        let (a, b) = (fit("gradient_boosting", &given, &joined), fit("gradient_boosting", &given, &apart));
        let (a, b) = (predictions(&a, joined.features()), predictions(&b, apart.features()));
        assert!(close(&a, &b, 1e-9), "{loss}");
    }
}

#[test]
fn whole_weights_are_repeats_under_every_loss() {
    let (columns, target) = amounts(400, 2);
    let times: Vec<usize> = (0..400).map(|i| 1 + i % 3).collect();
    let repeat = |v: &Vec<f64>| v.iter().zip(&times).flat_map(|(&x, &n)| vec![x; n]).collect::<Vec<_>>();
    let weighted = numbers(&columns, target.clone(), times.iter().map(|&n| n as f64).collect());
    let repeated = numbers(&columns.iter().map(repeat).collect::<Vec<_>>(), repeat(&target), vec![1.0; times.iter().sum()]);
    for loss in LOSSES {
        let given = [("loss", word(loss)), ("trees", Value::Whole(15)), ("min_leaf", Value::Whole(1)), ("min_weight", Value::Real(0.0))];
        let (a, b) = (fit("gradient_boosting", &given, &weighted), fit("gradient_boosting", &given, &repeated));
        assert!(close(&predictions(&a, weighted.features()), &predictions(&b, weighted.features()), 1e-9), "{loss}");
    }
}

#[test]
fn every_loss_beats_its_own_constant() {
    let (columns, target) = amounts(1500, 3);
    let train = numbers(&columns, target.clone(), vec![1.0; 1500]);
    let loss_of = |loss: &str, p: &[f64]| -> f64 {
        let one = |(y, p): (&f64, &f64)| match loss {
            "quantile" => (if y > p { 0.9 } else { -0.1 }) * (y - p),
            "absolute" => (y - p).abs(),
            "huber" => {
                if (y - p).abs() < 3.0 {
                    (y - p) * (y - p)
                } else {
                    6.0 * (y - p).abs() - 9.0
                }
            }
            _ => (y - p) * (y - p),
        };
        target.iter().zip(p).map(one).sum()
    };
    for loss in LOSSES {
        let model = fit("gradient_boosting", &[("loss", word(loss))], &train);
        let start =
            if model.combination == crate::model::tree::Combination::ExpSum { crate::math::elementary::exp(model.start[0]) } else { model.start[0] };
        let p = predictions(&model, train.features());
        assert!(loss_of(loss, &p) < 0.97 * loss_of(loss, &vec![start; 1500]), "{loss}");
        assert!(!matches!(loss, "poisson" | "tweedie") || p.iter().all(|p| *p > 0.0));
    }
    let upper = predictions(&fit("gradient_boosting", &[("loss", word("quantile")), ("quantile", Value::Real(0.8))], &train), train.features());
    let below = target.iter().zip(&upper).filter(|(y, p)| *y <= *p).count() as f64 / 1500.0;
    assert!((0.77..0.95).contains(&below), "{below}");
}

#[test]
fn constant_tiny_and_awkward_targets_are_no_trouble_for_any_loss() {
    let x: Vec<f64> = (0..60).map(f64::from).collect();
    for loss in LOSSES {
        for (name, y) in [
            ("constant", vec![2.5; 60]),
            ("zero", vec![0.0; 60]),
            ("one row", vec![3.0]),
            ("two rows", vec![0.0, 9.0]),
            ("one large", [vec![0.0; 59], vec![1e9]].concat()),
        ] {
            let train = numbers(&[x[..y.len()].to_vec()], y.clone(), vec![1.0; y.len()]);
            for min_leaf in [1, 20] {
                let model = fit("gradient_boosting", &[("loss", word(loss)), ("min_leaf", Value::Whole(min_leaf))], &train);
                model.validate(1, 0).unwrap();
                let p = predictions(&model, train.features());
                assert!(p.iter().all(|p| p.is_finite()), "{loss} {name}");
                if name == "constant" {
                    assert!(model.left.iter().all(|l| *l == 0) && p.iter().all(|p| (p - 2.5).abs() < 1e-9), "{loss} cuts rounding");
                }
            }
        }
    }
}

#[test]
fn losses_for_counts_and_amounts_refuse_negative_targets_with_a_sentence() {
    let learner = find("gradient_boosting").unwrap();
    let train = numbers(&[vec![1.0, 2.0, 3.0]], vec![1.0, -0.5, 2.0], vec![1.0; 3]);
    for loss in ["poisson", "tweedie"] {
        let params = Params::check(learner.params, &[("loss".to_owned(), word(loss))].into()).unwrap();
        let error = learner.fit(&params, &train, 1).unwrap_err();
        assert!(error.to_string().contains("negative numbers"), "{error}");
    }
}

/// A feature that decides, missing where the target is high (or low), and one of noise.
fn holed(high: bool) -> (Vec<Vec<f64>>, Vec<f64>) {
    let mut stream = Stream::new(5, "holed", 0);
    let x: Vec<f64> = (0..500).map(|_| stream.uniform()).collect();
    let y: Vec<f64> = x.iter().map(|x| if *x > 0.5 { 10.0 } else { 0.0 }).collect();
    let seen = x.iter().map(|&x| if (x > 0.5) == high && stream.chance(0.4) { f64::NAN } else { x }).collect();
    (vec![seen, (0..500).map(|_| stream.normal()).collect()], y)
}

#[test]
fn missing_values_go_where_they_belong() {
    for high in [false, true] {
        let (columns, target) = holed(high);
        let train = numbers(&columns, target.clone(), vec![1.0; 500]);
        for id in TREES {
            let model = fit(id, &[], &train);
            let p = predictions(&model, &features(&[vec![f64::NAN, 0.1, 0.9], vec![0.0; 3]]));
            let expected = if high { [10.0, 0.0, 10.0] } else { [0.0, 0.0, 10.0] };
            assert!(p.iter().zip(expected).all(|(a, b)| (a - b).abs() < 2.0), "{id} {high}: {p:?}");
            let many = features(&[columns[0].repeat(200), columns[1].repeat(200)]);
            let walked = predictions(&model, train.features());
            assert!(predictions(&model, &many).chunks(500).all(|part| part == walked), "{id}");
        }
    }
}

#[test]
fn a_model_that_sends_missing_values_nowhere_is_refused() {
    let (columns, target) = holed(true);
    let mut model = fit("gradient_boosting", &[], &numbers(&columns, target, vec![1.0; 500]));
    assert!(model.missing_right.len() > 1 && model.validate(2, 0).is_ok());
    let good = model.missing_right.clone();
    model.missing_right.reverse();
    assert!(model.validate(2, 0).is_err());
    model.missing_right = good;
    model.missing_right.push(model.left.len() as u32);
    assert!(model.validate(2, 0).is_err());
}

#[test]
fn predictions_keep_the_order_asked_for() {
    let mut stream = Stream::new(9, "order", 0);
    let n = 1000;
    let columns: Vec<Vec<f64>> = (0..3).map(|_| (0..n).map(|_| stream.uniform()).collect()).collect();
    let signal: Vec<f64> =
        (0..n).map(|i| 2.0 * columns[0][i] - columns[1][i] + (9.0 * columns[0][i]).sqrt() * columns[2][i] + 0.5 * stream.normal()).collect();
    for (kind, target) in [(TaskKind::Regression, signal.clone()), (TaskKind::Binary, signal.iter().map(|s| f64::from(u8::from(*s > 1.5))).collect())]
    {
        let train = TrainingSet::new(features(&columns), target, vec![1.0; n], kind, if kind == TaskKind::Binary { 2 } else { 0 }, n).unwrap();
        let order = |monotone: &[i8]| {
            let model = boosting(&train, BoostSize { min_leaf: 5, monotone, ..BoostSize::USUAL }, 1, &|| {}).unwrap();
            let mut falls = [0, 0];
            for at in 0..20 {
                let other = f64::from(at) / 20.0;
                for (j, falls) in falls.iter_mut().enumerate() {
                    let ramp: Vec<f64> = (0..101).map(|i| f64::from(i) / 100.0).collect();
                    let columns: Vec<Vec<f64>> = (0..3).map(|k| if k == j { ramp.clone() } else { vec![other; 101] }).collect();
                    let p = model.predict(&features(&columns)).unwrap();
                    let p = if kind == TaskKind::Binary { p.class(1) } else { p.values };
                    *falls += p.windows(2).filter(|w| if j == 0 { w[1] < w[0] } else { w[1] > w[0] }).count();
                }
            }
            falls
        };
        assert_eq!(order(&[1, -1, 0]), [0, 0]);
        assert!(order(&[]).iter().all(|f| *f > 0));
    }
}

#[test]
fn an_order_is_refused_where_it_cannot_be_kept() {
    let (columns, target) = amounts(100, 4);
    let train = numbers(&columns, target, vec![1.0; 100]);
    assert_ne!(fit("gradient_boosting", &[("monotone", word("-x0"))], &train), fit("gradient_boosting", &[], &train));
    let size = BoostSize { monotone: &[1, 0, 0], ..BoostSize::USUAL };
    assert!(boosting(&train, BoostSize { loss: Loss::Absolute, ..size }, 1, &|| {}).is_err());
    assert!(boosting(&train, BoostSize { loss: Loss::Poisson, ..size }, 1, &|| {}).is_ok());
}

#[test]
fn stopping_early_never_makes_more_rounds_and_gives_the_first_trees_of_the_fit() {
    let mut stream = Stream::new(2, "noise", 0);
    let columns: Vec<Vec<f64>> = (0..3).map(|_| (0..400).map(|_| stream.normal()).collect()).collect();
    let target: Vec<f64> = columns[0].iter().map(|x| x + 2.0 * stream.normal()).collect();
    let shift = target.iter().copied().fold(0.0, f64::min);
    let train = numbers(&columns, target.iter().map(|y| y - shift).collect(), vec![1.0; 400]);
    for loss in LOSSES {
        let size = |rounds| [("loss", word(loss)), ("patience", Value::Whole(5)), ("trees", Value::Whole(rounds)), ("held_out", Value::Real(0.25))];
        let stopped = fit("gradient_boosting", &size(300), &train);
        assert!((1..300).contains(&stopped.n_trees()), "{loss}: {}", stopped.n_trees());
        assert_eq!(fit("gradient_boosting", &size(stopped.n_trees() as i64), &train), stopped, "{loss}");
        assert!(fit("gradient_boosting", &size(2), &train).n_trees() <= 2);
        stopped.validate(3, 0).unwrap();
    }
}

#[test]
fn the_last_rows_judge_where_rows_are_in_the_order_of_time() {
    let n = 400;
    let x: Vec<f64> = (0..n).map(|i| f64::from(i % 10)).collect();
    // What is learned of the first three quarters is wrong in the last.
    let y: Vec<f64> = (0..n).map(|i| f64::from(i % 10) * if i < 300 { 1.0 } else { -1.0 }).collect();
    let given = [("patience", Value::Whole(3)), ("held_out", Value::Real(0.25))];
    let train = numbers(&[x], y, vec![1.0; n as usize]);
    assert!(fit("gradient_boosting", &given, &train).n_trees() > 1);
    assert_eq!(fit("gradient_boosting", &given, &train.ordered(true)).n_trees(), 1);
}

#[test]
fn samples_of_rows_and_features_are_drawn_again_the_same() {
    let (columns, target) = amounts(800, 6);
    let train = numbers(&columns, target, vec![1.0; 800]);
    let all = fit("gradient_boosting", &[], &train);
    for (given, varies) in [
        ([("rows", Value::Real(0.5)), ("rows_every", Value::Whole(3))], true),
        ([("features", Value::Real(0.4)), ("rows_every", Value::Whole(1))], true),
        ([("rows", Value::Real(1.0)), ("features", Value::Real(1.0))], false),
    ] {
        let model = fit("gradient_boosting", &given, &train);
        assert_eq!(model, fit("gradient_boosting", &given, &train.clone()));
        assert_eq!(model != all, varies);
    }
    let one = fit("gradient_boosting", &[("features", Value::Real(0.1)), ("trees", Value::Whole(30))], &train);
    for (t, &root) in one.roots.iter().enumerate() {
        let end = one.roots.get(t + 1).map_or(one.left.len(), |e| *e as usize);
        let mut used: Vec<u32> = (root as usize..end).filter(|&i| one.left[i] > 0).map(|i| one.feature[i]).collect();
        used.dedup();
        assert!(used.len() <= 1, "tree {t} uses {used:?}");
    }
}

#[test]
fn penalties_depth_and_limits_make_smaller_trees() {
    let (columns, target) = amounts(800, 8);
    let train = numbers(&columns, target, vec![1.0; 800]);
    let leaves = |given: &[(&str, Value)]| fit("gradient_boosting", given, &train).values.len();
    let usual = leaves(&[]);
    for given in [
        ("l1", Value::Real(50.0)),
        ("min_weight", Value::Real(150.0)),
        ("min_gain", Value::Real(30.0)),
        ("most_depth", Value::Whole(2)),
        ("min_leaf", Value::Whole(200)),
    ] {
        assert!(leaves(std::slice::from_ref(&given)) < usual, "{given:?}");
    }
    assert!(leaves(&[("most_depth", Value::Whole(1))]) <= 200);
    let spread = |l2: f64| {
        let p = predictions(&fit("gradient_boosting", &[("l2", Value::Real(l2)), ("trees", Value::Whole(5))], &train), train.features());
        p.iter().copied().fold(f64::NEG_INFINITY, f64::max) - p.iter().copied().fold(f64::INFINITY, f64::min)
    };
    assert!(spread(1e4) < 0.5 * spread(0.0));
}

#[test]
fn balanced_classes_are_weights_in_inverse_proportion() {
    let (columns, amount) = amounts(900, 10);
    let target: Vec<f64> = amount.iter().map(|a| f64::from(u8::from(*a > 4.0))).collect();
    let rare = target.iter().sum::<f64>();
    let weights: Vec<f64> = target.iter().map(|y| 450.0 / if *y > 0.5 { rare } else { 900.0 - rare }).collect();
    let set = |weights| TrainingSet::new(features(&columns), target.clone(), weights, TaskKind::Binary, 2, 900).unwrap();
    for id in TREES {
        let balanced = fit(id, &[("class_weights", word("balanced"))], &set(vec![1.0; 900]));
        let weighted = fit(id, &[], &set(weights.clone()));
        let of = set(vec![1.0; 900]);
        assert!(close(&predictions(&balanced, of.features()), &predictions(&weighted, of.features()), 1e-9), "{id}");
        let plain: f64 = fit(id, &[], &of).predict(of.features()).unwrap().class(1).iter().sum();
        assert!(balanced.predict(of.features()).unwrap().class(1).iter().sum::<f64>() > 1.5 * plain, "{id}");
    }
}

#[test]
fn rows_out_of_the_bag_say_what_new_rows_say() {
    let (columns, target) = amounts(2000, 11);
    let (new, truth) = amounts(2000, 12);
    let train = numbers(&columns, target.clone(), vec![1.0; 2000]);
    let size = TreeSize { depth: 15, min_leaf: 1, features: Some(2), bootstrap: true, random_cuts: false, balanced: false };
    let model = forest(&train, size, 0..50, 3, &|| {});
    let out = out_of_bag(&train, &model, 3).unwrap();
    let squared = |p: &[f64], y: &[f64]| p.iter().zip(y).map(|(p, y)| (p - y) * (p - y)).sum::<f64>() / p.len() as f64;
    let own: Vec<f64> = out.rows.iter().map(|&i| target[i as usize]).collect();
    let (out_loss, new_loss) = (squared(&out.predictions.values, &own), squared(&predictions(&model, &features(&new)), &truth));
    assert_eq!(out.rows.len(), 2000);
    assert!((out_loss / new_loss - 1.0).abs() < 0.1, "{out_loss} {new_loss}");
    assert!(squared(&predictions(&model, train.features()), &target) < out_loss);
    let one = forest(&train, size, 0..1, 3, &|| {});
    let share = out_of_bag(&train, &one, 3).unwrap().rows.len() as f64 / 2000.0;
    assert!((share - 0.368).abs() < 0.03, "{share}");
    let classes =
        TrainingSet::new(features(&columns), target.iter().map(|y| y.min(2.0)).collect(), vec![1.0; 2000], TaskKind::Multiclass, 3, 2000).unwrap();
    let out = out_of_bag(&classes, &forest(&classes, size, 0..20, 3, &|| {}), 3).unwrap();
    assert!(out.predictions.values.chunks(3).all(|p| (p.iter().sum::<f64>() - 1.0).abs() < 1e-12));
}

#[test]
fn no_row_votes_for_itself_out_of_the_bag() {
    let (columns, target) = amounts(300, 13);
    for random_cuts in [false, true] {
        let size = TreeSize { depth: 15, min_leaf: 1, features: Some(2), bootstrap: true, random_cuts, balanced: false };
        let told = |target: &[f64], row: u32| {
            let train = numbers(&columns, target.to_vec(), vec![1.0; 300]);
            let out = out_of_bag(&train, &forest(&train, size, 0..20, 3, &|| {}), 3).unwrap();
            let at = out.rows.iter().position(|r| *r == row).unwrap();
            (out.predictions.values[at], out.predictions.values.iter().sum::<f64>())
        };
        let before = told(&target, 7);
        for row in [7, 150] {
            // A wild target of a row moves what others are told, and not what it is told itself.
            let mut wild = target.clone();
            wild[row as usize] += 1e3;
            let (own, others) = told(&wild, row);
            assert!((own - told(&target, row).0).abs() < 1e-6 && (others - before.1).abs() > 10.0, "{row}: {own} {others} {before:?}");
        }
    }
}
