//! What every learner that takes codes of levels, or missing values, must keep; run over the whole list.

use super::conformance::{bits, each, n_classes};
use super::{LEARNERS, find};
use crate::features::tests_support::with_levels;
use crate::math::rng::Stream;
use crate::model::tree::TreeModel;
use crate::model::tree::bag::{TreeSize, one_tree};
use crate::model::{Features, Learner, Model, TrainingSet};
use crate::param::{Given, Params, Value};
use crate::task::TaskKind;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Levels of the first feature.
const LEVELS: usize = 12;

/// A label of many levels that decides with a number, and a label of three levels; some of the first are missing. The target has noise.
fn shops(kind: TaskKind, n: usize, seed: u64) -> (Vec<Vec<f64>>, Vec<f64>) {
    let mut stream = Stream::new(seed, "shops", 0);
    let mut columns = vec![Vec::new(); 3];
    let mut target = Vec::new();
    for _ in 0..n {
        let (level, other, x) = (stream.below(LEVELS as u32) as usize, stream.below(3), stream.normal());
        let signal = [2.0, -1.0, 0.5][level % 3] + if level % 2 == 0 { x } else { 0.0 } + 0.3 * f64::from(other) + 0.3 * stream.normal();
        let missing = stream.chance(0.1);
        columns[0].push(if missing { f64::NAN } else { level as f64 });
        columns[1].push(f64::from(other));
        columns[2].push(x);
        target.push(match kind {
            TaskKind::Regression => signal,
            TaskKind::Binary => f64::from(u8::from(signal > 0.8)),
            TaskKind::Multiclass => f64::from(u8::from(signal > 0.0)) + f64::from(u8::from(signal > 1.5)),
        });
    }
    (columns, target)
}

fn set(columns: &[Vec<f64>], target: &[f64], kind: TaskKind) -> TrainingSet {
    TrainingSet::new(with_levels(columns, &[0, 1]), target.to_vec(), vec![1.0; target.len()], kind, n_classes(kind), target.len()).unwrap()
}

fn each_of_levels(mut body: impl FnMut(&'static Learner, TaskKind)) {
    let mut seen = 0;
    each(|learner, kind| {
        if learner.takes_categories {
            seen += 1;
            body(learner, kind);
        }
    });
    assert!(seen > 10);
}

fn fit(learner: &Learner, train: &TrainingSet) -> Model {
    learner.fit(&Params::defaults(learner.params), train, 7).unwrap_or_else(|e| panic!("{}: {e}", learner.id))
}

fn trees(id: &str, given: &[(&str, Value)], train: &TrainingSet) -> TreeModel {
    let learner = find(id).unwrap();
    let given: Given = given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    match learner.fit(&Params::check(learner.params, &given).unwrap(), train, 7).unwrap() {
        Model::Trees(trees) => trees,
        _ => panic!("{id} is no tree"),
    }
}

fn renumbered(columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut columns = columns.to_vec();
    columns[0].iter_mut().for_each(|l| *l = (*l * 5.0 + 7.0) % LEVELS as f64);
    columns[1].iter_mut().for_each(|l| *l = 2.0 - *l);
    columns
}

#[test]
fn how_levels_are_numbered_changes_no_bit_of_any_prediction() {
    each_of_levels(|learner, kind| {
        let (columns, target) = shops(kind, 700, 1);
        let (new, _) = shops(kind, 300, 2);
        let plain = fit(learner, &set(&columns, &target, kind)).predict(&with_levels(&new, &[0, 1])).unwrap();
        let other = fit(learner, &set(&renumbered(&columns), &target, kind)).predict(&with_levels(&renumbered(&new), &[0, 1])).unwrap();
        assert_eq!(bits(&plain), bits(&other), "{} {kind:?}", learner.id);
    });
}

#[test]
fn levels_that_were_never_seen_are_predicted_as_missing_ones_are() {
    each_of_levels(|learner, kind| {
        let (columns, target) = shops(kind, 700, 1);
        for hole in [true, false] {
            // Without missing values in training there is a side for them all the same.
            let rows: Vec<usize> = (0..700).filter(|&i| hole || !columns[0][i].is_nan()).collect();
            let take = |v: &Vec<f64>| rows.iter().map(|&i| v[i]).collect::<Vec<_>>();
            let model = fit(learner, &set(&columns.iter().map(take).collect::<Vec<_>>(), &take(&target), kind));
            let x: Vec<f64> = (0..40).map(|i| f64::from(i) / 10.0 - 2.0).collect();
            let at = |level: f64| model.predict(&with_levels(&[vec![level; 40], vec![1.0; 40], x.clone()], &[0, 1])).unwrap();
            let missing = bits(&at(f64::NAN));
            for unseen in [LEVELS as f64, 100.0, 254.0, 255.0, 1e9, -1.0, 0.5] {
                assert_eq!(bits(&at(unseen)), missing, "{} {unseen}", learner.id);
            }
            assert!(learner.baseline || bits(&at(1.0)) != missing, "{}", learner.id);
        }
    });
}

#[test]
fn few_rows_and_many_are_predicted_alike_and_a_saved_model_says_the_same() {
    each_of_levels(|learner, kind| {
        let (columns, target) = shops(kind, 500, 3);
        let train = set(&columns, &target, kind);
        let model = fit(learner, &train);
        model.validate(3, n_classes(kind)).unwrap();
        let one = model.predict(train.features()).unwrap();
        let again: Vec<Vec<f64>> = columns.iter().map(|c| c.repeat(200)).collect();
        let many = model.predict(&with_levels(&again, &[0, 1])).unwrap();
        assert!(many.values.chunks(one.values.len()).all(|part| part == one.values), "{}", learner.id);
        let loaded: Model = serde_json::from_str(&serde_json::to_string(&model).unwrap()).unwrap();
        assert_eq!((bits(&loaded.predict(train.features()).unwrap()), &loaded), (bits(&one), &model), "{}", learner.id);
    });
}

#[test]
fn learners_that_take_missing_values_predict_rows_of_nothing_else() {
    for learner in LEARNERS.iter().filter(|l| l.takes_missing) {
        for &kind in learner.tasks {
            let (mut columns, target) = shops(kind, 300, 4);
            columns[2].iter_mut().step_by(3).for_each(|x| *x = f64::NAN);
            let train = set(&columns, &target, kind);
            let model = fit(learner, &train);
            let empty = with_levels(&vec![vec![f64::NAN; 3]; 3], &[0, 1]);
            for features in [train.features(), &empty] {
                assert!(model.predict(features).unwrap().values.iter().all(|v| v.is_finite()), "{}", learner.id);
            }
        }
    }
}

/// Two groups of 40 levels, hidden among them, decide.
fn two_groups() -> (Vec<f64>, Vec<f64>) {
    let level: Vec<f64> = (0..4000).map(|i| f64::from(i * 7 % 40)).collect();
    let target = level.iter().map(|l| if (l * 11.0) % 40.0 < 17.0 { 3.0 } else { 1.0 }).collect();
    (level, target)
}

#[test]
fn two_groups_of_many_levels_are_found_by_one_cut_where_one_hot_needs_many() {
    let (level, target) = two_groups();
    let one_hot: Vec<Vec<f64>> = (0..40).map(|k| level.iter().map(|l| f64::from(u8::from(*l == f64::from(k)))).collect()).collect();
    let numbers = |features: Features| TrainingSet::new(features, target.clone(), vec![1.0; 4000], TaskKind::Regression, 0, 4000).unwrap();
    let (coded, apart) = (numbers(with_levels(&[level], &[0])), numbers(with_levels(&one_hot, &[])));
    for id in ["decision_tree", "random_forest", "gradient_boosting"] {
        let model = trees(id, &[], &coded);
        let end = model.roots.get(1).map_or(model.left.len(), |e| *e as usize);
        assert_eq!(end, 3, "{id}: one cut and two leaves");
    }
    let size = |depth| TreeSize { depth, min_leaf: 1, features: None, bootstrap: false, random_cuts: false, balanced: false };
    let missed = |depth, train: &TrainingSet| -> f64 {
        let p = one_tree(train, size(depth)).predict(train.features()).unwrap().values;
        p.iter().zip(&target).map(|(p, y)| (p - y).abs()).sum()
    };
    assert!(missed(1, &coded) < 1e-9);
    assert!(missed(8, &apart) > 100.0 && missed(17, &apart) < 1e-9);
}

#[test]
fn the_best_tree_by_levels_of_one_cut_is_the_best_partition_of_all() {
    let mut stream = Stream::new(8, "partition", 0);
    let level: Vec<f64> = (0..90).map(|_| f64::from(stream.below(8))).collect();
    let worth: Vec<f64> = (0..8).map(|_| stream.normal()).collect();
    let target: Vec<f64> = level.iter().map(|l| worth[*l as usize] + stream.normal()).collect();
    let train = set(&[level.clone(), vec![0.0; 90]], &target, TaskKind::Regression);
    let size = TreeSize { depth: 1, min_leaf: 1, features: None, bootstrap: false, random_cuts: false, balanced: false };
    let p = one_tree(&train, size).predict(train.features()).unwrap().values;
    let loss = |p: &[f64]| p.iter().zip(&target).map(|(p, y)| (p - y) * (p - y)).sum::<f64>();
    let of_set = |set: u32| {
        let inside: Vec<bool> = level.iter().map(|l| set >> *l as u32 & 1 == 1).collect();
        let mean = |side: bool| {
            let own: Vec<f64> = target.iter().zip(&inside).filter(|(_, i)| **i == side).map(|(y, _)| *y).collect();
            own.iter().sum::<f64>() / own.len().max(1) as f64
        };
        let (yes, no) = (mean(true), mean(false));
        loss(&inside.iter().map(|i| if *i { yes } else { no }).collect::<Vec<_>>())
    };
    let best = (1..255).map(of_set).fold(f64::INFINITY, f64::min);
    assert!((loss(&p) - best).abs() < 1e-9 * best, "{} {best}", loss(&p));
}

#[test]
fn joined_rows_give_the_trees_of_rows_apart_bit_for_bit() {
    // Whole targets whose mean is whole: sums have no rounding, whatever their order.
    let n = 600;
    let mut stream = Stream::new(9, "joined", 0);
    let level: Vec<f64> = (0..n).map(|_| f64::from(stream.below(9))).collect();
    let other: Vec<f64> = (0..n).map(|_| if stream.chance(0.2) { f64::NAN } else { f64::from(stream.below(3)) }).collect();
    let mut target: Vec<f64> = level.iter().map(|l| f64::from((*l as u32 * 5) % 9 % 4) + f64::from(stream.below(3))).collect();
    target[0] += 600.0 - target.iter().sum::<f64>() % 600.0;
    let columns = vec![level, other];
    let joined = set(&columns, &target, TaskKind::Regression);
    assert!(joined.bins().n_rows() <= 36);
    // A number of its own in every row, too close for a cut, keeps rows apart without being one.
    let about = with_levels(&[vec![0.0; n], vec![0.0; n], vec![0.0; n]], &[0, 1]).about;
    let own: Vec<f64> = (0..n).map(|i| 1e300 * (1.0 + i as f64 / 1e3)).collect();
    let apart = Features::from_columns(about, [columns, vec![own]].concat(), n).unwrap();
    let apart = TrainingSet::new(apart, target, vec![1.0; n], TaskKind::Regression, 0, n).unwrap();
    for id in ["decision_tree", "random_forest"] {
        let given: &[(&str, Value)] =
            if id == "random_forest" { &[("features", Value::Word("all".into())), ("trees", Value::Whole(7))] } else { &[] };
        let (a, b) = (trees(id, given, &joined), trees(id, given, &apart));
        assert!(a.level_cuts.len() > 1, "{id}");
        assert_eq!((a.level_cuts, a.levels_right, a.missing_right, a.left), (b.level_cuts, b.levels_right, b.missing_right, b.left), "{id}");
        assert!(a.values.iter().zip(&b.values).all(|(a, b)| a.to_bits() == b.to_bits()), "{id}");
    }
}

#[test]
fn a_model_whose_sets_of_levels_do_not_fit_is_refused() {
    let (columns, target) = shops(TaskKind::Regression, 500, 5);
    let good = trees("gradient_boosting", &[], &set(&columns, &target, TaskKind::Regression));
    assert!(good.level_cuts.len() > 2 && good.validate(3, 0).is_ok());
    let with = |change: &dyn Fn(&mut TreeModel)| {
        let mut bad = good.clone();
        change(&mut bad);
        bad.validate(3, 0).is_err()
    };
    assert!(with(&|m| m.level_cuts.reverse()));
    assert!(with(&|m| m.levels_right.truncate(8)));
    assert!(with(&|m| m.level_cuts.truncate(1)));
    assert!(with(&|m| m.level_cuts.push(m.left.len() as u32)));
    let leaf = (0..good.left.len()).find(|&i| good.left[i] == 0).unwrap() as u32;
    assert!(with(&|m| {
        m.level_cuts[0] = leaf;
        m.level_cuts.sort_unstable();
    }));
    // Both by levels and by a number.
    assert!(with(&|m| m.feature[m.level_cuts[0] as usize] = 2));
    // One that was written before there were sets.
    let (plain, target) = shops(TaskKind::Regression, 200, 6);
    let numbers = TrainingSet::new(with_levels(&plain[2..], &[]), target, vec![1.0; 200], TaskKind::Regression, 0, 200).unwrap();
    let old = trees("decision_tree", &[], &numbers);
    let mut json = serde_json::to_value(&old).unwrap();
    json.as_object_mut().unwrap().retain(|key, _| !["level_cuts", "levels_right"].contains(&key.as_str()));
    assert_eq!(serde_json::from_value::<TreeModel>(json).unwrap(), old);
}

#[test]
fn levels_have_no_order_to_rise_with() {
    let (columns, target) = shops(TaskKind::Regression, 200, 7);
    let learner = find("gradient_boosting").unwrap();
    let params = Params::check(learner.params, &[("monotone".to_owned(), Value::Word("+x0".into()))].into()).unwrap();
    assert!(learner.fit(&params, &set(&columns, &target, TaskKind::Regression), 1).unwrap_err().to_string().contains("levels"));
}
