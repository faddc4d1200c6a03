//! What an explanation promises. Tree contributions against Shapley's formula over all subsets, and against the `shap` package: `tests/reference/shap.json`, made by `make_shap.py` beside it.

use super::tree_shap::TreeShap;
use super::*;
use crate::evaluate::Dependence as Rank;
use crate::features::TrainingSet;
use crate::features::tests_support::with_levels;
use crate::math::rng::Stream;
use crate::model::tree::{Combination, TreeModel};
use crate::model::{LEARNERS, Model};
use crate::param::{Given, Params, Value};
use crate::prepare::{Recipe, Variant};
use crate::split::{SplitSettings, Strategy, make};
use crate::table::{Column, Kind};
use crate::task::Task;
use crate::task::TaskKind;
use serde::Deserialize;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[derive(Deserialize)]
struct Reference {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    model: TreeModel,
    rows: Vec<Vec<Option<f64>>>,
    base: Vec<f64>,
    contributions: Vec<Vec<Vec<f64>>>,
    sums: Vec<Vec<f64>>,
}

fn near(ours: f64, theirs: f64, tolerance: f64, what: &str) {
    assert!((ours - theirs).abs() <= tolerance * theirs.abs().max(1.0), "{what}: {ours} and {theirs}");
}

#[test]
fn contributions_are_those_of_the_shap_package() {
    let reference: Reference = serde_json::from_str(include_str!("../../tests/reference/shap.json")).unwrap();
    assert_eq!(reference.cases.len(), 5);
    for case in &reference.cases {
        case.model.validate(5, case.model.n_classes).unwrap();
        let shap = TreeShap::new(&case.model).unwrap();
        shap.base().iter().zip(&case.base).for_each(|(ours, theirs)| near(*ours, *theirs, 1e-12, &case.name));
        for ((row, expected), sums) in case.rows.iter().zip(&case.contributions).zip(&case.sums) {
            let row: Vec<f64> = row.iter().map(|v| v.unwrap_or(f64::NAN)).collect();
            let values = shap.values(&row).unwrap();
            for (k, expected) in expected.iter().enumerate() {
                let own = &values[k * 5..(k + 1) * 5];
                own.iter().zip(expected).for_each(|(ours, theirs)| near(*ours, *theirs, 1e-11, &case.name));
                near(shap.base()[k] + own.iter().sum::<f64>(), sums[k], 1e-11, &case.name);
            }
        }
    }
}

/// Four features that matter (two of them the same, one with gaps below 0) and one that never varies.
fn train(kind: TaskKind, seed: u64) -> TrainingSet {
    let n = 300;
    let mut stream = Stream::new(seed, "test/tree_shap", 0);
    let mut columns: Vec<Vec<f64>> = (0..3).map(|_| (0..n).map(|_| f64::from(stream.below(9)) - 2.0).collect()).collect();
    columns.push(columns[0].clone());
    columns.push(vec![1.0; n]);
    let score = |i: usize| columns[0][i] * columns[1][i].max(0.0) + columns[2][i];
    let n_classes = [0, 2, 3][[TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass].iter().position(|k| *k == kind).unwrap()];
    let target: Vec<f64> = (0..n)
        .map(|i| match n_classes {
            0 => score(i) + stream.normal(),
            2 => f64::from(u8::from(score(i) + stream.normal() > 3.0)),
            _ => f64::from(u8::from(score(i) > 1.0)) + f64::from(u8::from(score(i) + stream.normal() > 5.0)),
        })
        .collect();
    let weights = (0..n).map(|i| 1.0 + (i % 3) as f64).collect();
    // Every other set has the second as levels, some of them missing.
    let levels: &[usize] = if seed % 2 == 1 { &[1] } else { &[] };
    for &j in levels {
        columns[j].iter_mut().for_each(|v| *v = if *v > 5.0 { f64::NAN } else { *v + 2.0 });
    }
    TrainingSet::new(with_levels(&columns, levels), target, weights, kind, n_classes, n).unwrap()
}

fn fitted(id: &str, given: &[(&str, Value)], train: &TrainingSet) -> TreeModel {
    let learner = LEARNERS.iter().find(|l| l.id == id).unwrap();
    let given: Given = given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    match learner.fit(&Params::check(learner.params, &given).unwrap(), train, 3).unwrap() {
        Model::Trees(model) => model,
        _ => panic!("{id} is no tree"),
    }
}

/// What a node says of a row of which the features of `known` are known, and how many training rows it covers.
fn expected(model: &TreeModel, node: usize, row: &[f64], known: u32, output: usize) -> (f64, f64) {
    let left = model.left[node] as usize;
    let feature = model.feature[node] as usize;
    if left == 0 {
        return (model.values[feature * model.leaf_width + output], f64::from(model.cover[feature]));
    }
    let (a, b) = (expected(model, left, row, known, output), expected(model, left + 1, row, known, output));
    let mean = (a.0 * a.1 + b.0 * b.1) / (a.1 + b.1);
    let goes = if model.goes_right(node, row[feature], &model.sets()) { b.0 } else { a.0 };
    (if known >> feature & 1 == 1 { goes } else { mean }, a.1 + b.1)
}

/// Shapley values by their definition: the mean over all orders of what a feature adds to those before it.
fn by_subsets(model: &TreeModel, row: &[f64], sum: usize) -> Vec<f64> {
    let n = row.len();
    let n_sums = model.start.len().max(model.leaf_width);
    let worth = |known: u32| -> f64 {
        let own = |tree: &usize| model.leaf_width > 1 || tree % n_sums == sum;
        let output = if model.leaf_width > 1 { sum } else { 0 };
        (0..model.n_trees()).filter(own).map(|tree| expected(model, model.roots[tree] as usize, row, known, output).0).sum()
    };
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    let worths: Vec<f64> = (0..1_u32 << n).map(worth).collect();
    let parts = if model.combination == Combination::Average { model.n_trees() as f64 } else { 1.0 };
    let one = |i: usize| {
        let without = (0..1_usize << n).filter(|s| s >> i & 1 == 0);
        let gain = |s: usize| {
            let size = s.count_ones() as usize;
            factorial(size) * factorial(n - size - 1) / factorial(n) * (worths[s | 1 << i] - worths[s])
        };
        without.map(gain).sum::<f64>() / parts
    };
    (0..n).map(one).collect()
}

/// A learner, its kind of task and hyperparameters.
type Fitted<'a> = (&'a str, TaskKind, &'a [(&'a str, Value)]);

#[test]
fn contributions_are_shapley_values_over_all_subsets_and_add_up_to_the_sums() {
    let cases: [Fitted<'_>; 6] = [
        ("gradient_boosting", TaskKind::Regression, &[("trees", Value::Whole(5))]),
        ("gradient_boosting", TaskKind::Binary, &[("trees", Value::Whole(5))]),
        ("gradient_boosting", TaskKind::Multiclass, &[("trees", Value::Whole(3))]),
        ("random_forest", TaskKind::Regression, &[("trees", Value::Whole(4))]),
        ("extra_trees", TaskKind::Multiclass, &[("trees", Value::Whole(3))]),
        ("decision_tree", TaskKind::Binary, &[]),
    ];
    for (seed, (id, kind, given)) in cases.into_iter().enumerate() {
        let train = train(kind, seed as u64);
        let model = fitted(id, given, &train);
        assert_eq!(model.level_cuts.is_empty(), seed % 2 == 0, "{id}");
        let shap = TreeShap::new(&model).unwrap();
        for i in (0..train.n_rows()).step_by(60) {
            let row = train.features().matrix().row(i).to_vec();
            let values = shap.values(&row).unwrap();
            for sum in 0..shap.base().len() {
                let own = &values[sum * 5..(sum + 1) * 5];
                by_subsets(&model, &row, sum).iter().zip(own).for_each(|(theirs, ours)| near(*ours, *theirs, 1e-10, id));
                assert!(own[4] == 0.0, "{id}: a feature that never varies adds nothing");
            }
        }
    }
}

#[test]
fn contributions_and_base_add_up_to_the_prediction() {
    for (id, kind) in [("gradient_boosting", TaskKind::Regression), ("random_forest", TaskKind::Regression), ("random_forest", TaskKind::Binary)] {
        let train = train(kind, 9);
        let model = fitted(id, &[], &train);
        let shap = TreeShap::new(&model).unwrap();
        let predicted = model.predict(train.features()).unwrap();
        for i in 0..train.n_rows() {
            let total = shap.base()[0] + shap.values(&train.features().matrix().row(i).to_vec()).unwrap().iter().sum::<f64>();
            let prediction = if kind == TaskKind::Binary { predicted.class(1)[i] } else { predicted.values[i] };
            near(total, prediction, 1e-9, id);
        }
    }
}

#[test]
fn two_features_that_do_the_same_contribute_the_same() {
    // (a > 0) + (b > 0) by cuts in either order, half of the rows each way.
    let model = TreeModel {
        n_classes: 0,
        combination: Combination::Sum,
        start: vec![0.25],
        roots: vec![0],
        feature: vec![0, 1, 1, 0, 1, 2, 3],
        threshold: vec![0.0; 7],
        level_cuts: Vec::new(),
        levels_right: Vec::new(),
        missing_right: Vec::new(),
        left: vec![1, 3, 5, 0, 0, 0, 0],
        leaf_width: 1,
        values: vec![0.0, 1.0, 1.0, 5.0],
        gain: vec![1.0; 3],
        cover: vec![10.0; 4],
    };
    let shap = TreeShap::new(&model).unwrap();
    near(shap.base()[0], 2.0, 1e-15, "base");
    let values = shap.values(&[1.0, 1.0, 0.0]).unwrap();
    near(values[0], values[1], 1e-15, "symmetry");
    near(values[0], 1.625, 1e-12, "half of 5 - 1.75");
    assert!(values[2] == 0.0);
}

#[test]
fn a_model_that_does_not_know_its_cover_says_so_and_shapes_are_checked() {
    let train = train(TaskKind::Regression, 1);
    let mut model = fitted("decision_tree", &[], &train);
    assert!(TreeShap::new(&model).unwrap().values(&[0.0]).is_err());
    model.cover.clear();
    assert!(model.validate(5, 0).is_ok(), "an older model is still a model");
    assert!(TreeShap::new(&model).err().unwrap().message.contains("does not keep"));
}

/// A table of three columns: the target rises with `size`, differs by `shop` and turns with both; `noise` says nothing.
fn shops(kind: TaskKind) -> (Table, Task) {
    let n = 900;
    let mut stream = Stream::new(11, "test/explain", 0);
    let size: Vec<f64> = (0..n).map(|_| stream.normal()).collect();
    let noise: Vec<f64> = (0..n).map(|_| stream.normal()).collect();
    let shop: Vec<usize> = (0..n).map(|i| if i % 300 == 7 { 3 } else { stream.below(3) as usize }).collect();
    let score = |i: usize| size[i] * [1.0, 2.0, -0.5, 0.0][shop[i]] + [0.0, 4.0, 1.0, 0.0][shop[i]];
    let names: Vec<Option<&str>> = shop.iter().map(|s| Some(["north", "south", "west", "once"][*s])).collect();
    let y = if kind == TaskKind::Regression {
        Column::numeric("y", (0..n).map(|i| score(i) + 0.1 * noise[i]).collect(), 3)
    } else {
        Column::labels("y", Kind::Boolean, &(0..n).map(|i| Some(if score(i) > 1.0 { "yes" } else { "no" })).collect::<Vec<_>>())
    };
    let columns = vec![Column::numeric("size", size, 3), Column::numeric("noise", noise, 3), Column::labels("shop", Kind::Categorical, &names), y];
    let task = Task {
        target: "y".into(),
        kind,
        classes: if kind == TaskKind::Regression { Vec::new() } else { vec!["no".into(), "yes".into()] },
        time: None,
        entity: None,
        weight: None,
        horizon: 0,
        features: ["size", "noise", "shop"].map(str::to_owned).to_vec(),
        ignored: Vec::new(),
    };
    (Table::new(columns).unwrap(), task)
}

fn explained(kind: TaskKind, id: &str, unseen: usize) -> Result<Explained> {
    let (table, task) = shops(kind);
    let target = task.encode(&table).unwrap();
    let settings = SplitSettings { strategy: Strategy::Random, folds: 2, holdout: 0.3, gap: 0, ..SplitSettings::default() };
    let split = make(&table, &task, &target, &settings, None, 1).unwrap();
    let learner = LEARNERS.iter().find(|l| l.id == id).unwrap();
    let variant = Variant::of(learner);
    let recipe = Recipe::usual_for(&table.schema(), &task, variant).fit_for(&table, &split.development, &task, variant).unwrap();
    let train = recipe.training_set(&table, &split.development, &task, &target).unwrap();
    let model = learner.fit(&Params::defaults(learner.params), &train, 1).unwrap();
    let judge = Judge { kind, n_classes: task.n_classes(), truth: &target.values, dependence: Rank::Independent, seed: 5 };
    let sealed = split.holdout.unwrap().open();
    let train = split.development.rows().as_slice();
    let unseen = &sealed.as_slice()[..unseen.min(sealed.len())];
    explain(&Ask { model: &model, recipe: &recipe, table: &table, train, unseen, sealed: true, judge: &judge, pulse: &|| {} })
}

#[test]
fn what_carries_the_target_stands_first_and_noise_last_for_every_kind_of_learner() {
    for (id, kind) in [
        ("gradient_boosting", TaskKind::Regression),
        ("gradient_boosting", TaskKind::Binary),
        ("random_forest", TaskKind::Binary),
        ("ridge", TaskKind::Regression),
        ("neighbours", TaskKind::Regression),
        ("two_part", TaskKind::Regression),
    ] {
        let found = explained(kind, id, usize::MAX).unwrap();
        assert_eq!(found.columns.iter().map(|w| w.column.as_str()).next_back(), Some("noise"), "{id}");
        let (noise, first) = (found.columns[2].mean, found.columns[0].mean);
        assert!(first > 3.0 * noise && found.n_rows.0 >= 8 && found.n_rows.1 == 270, "{id}: {:?}", found.columns);
        let size = found.columns.iter().find(|w| w.column == "size").unwrap();
        assert!(
            (kind == TaskKind::Binary || size.direction.unwrap() > 0.1) && found.columns.iter().any(|w| w.column == "shop" && w.direction.is_none()),
            "{id}: {:?}",
            found.columns
        );
        for example in &found.examples {
            let one = example.one.as_ref().unwrap();
            assert!((found.base + one.values.iter().sum::<f64>() - one.total).abs() < 1e-9 && one.row.is_some());
            let few = example.few.as_ref().unwrap();
            assert!(few.row.is_none() && (found.base + few.values.iter().sum::<f64>() - few.total).abs() < 1e-9);
        }
        let prediction = |which: Which| found.examples.iter().find(|e| e.which == which).unwrap().one.as_ref().unwrap().prediction;
        assert!(prediction(Which::Highest) >= prediction(Which::Middle) && prediction(Which::Middle) >= prediction(Which::Lowest));
    }
}

#[test]
fn dependence_shows_the_slope_the_levels_and_that_columns_work_together() {
    let found = explained(TaskKind::Regression, "gradient_boosting", usize::MAX).unwrap();
    let of = |name: &str| found.dependence.iter().find(|d| d.column == name).unwrap();
    let (size, shop) = (of("size"), of("shop"));
    assert!(size.mean.last().unwrap() > &(size.mean[0] + 0.5) && size.numbers.windows(2).all(|w| w[0] < w[1]));
    assert!(size.apart.unwrap() > 0.3, "the slope turns with the shop: {:?}", size.apart);
    assert!(size.parts[0].last().unwrap() < &size.parts[0][0], "in the west it falls");
    let level = |name: &str| shop.mean[shop.labels.iter().position(|l| l == name).unwrap()];
    assert!((level("south") - level("north") - 4.0).abs() < 0.7 && !shop.labels.contains(&"once".to_owned()), "{shop:?}");
    let linear = explained(TaskKind::Regression, "ridge", usize::MAX).unwrap();
    assert!(linear.dependence.iter().all(|d| d.apart.unwrap() < 1e-9), "a sum has parallel lines");
}

#[test]
fn the_small_tree_covers_every_row_once_and_speaks_in_raw_units() {
    let found = explained(TaskKind::Regression, "ridge", usize::MAX).unwrap().surrogate;
    assert!((found.rules.iter().map(|r| r.share).sum::<f64>() - 1.0).abs() < 1e-6 && found.rules.len() <= 16);
    assert!(found.fidelity.unwrap() > 0.8, "{:?}", found.fidelity);
    assert!(found.rules.windows(2).all(|w| w[0].value >= w[1].value));
    let forest = explained(TaskKind::Binary, "random_forest", usize::MAX).unwrap().surrogate;
    assert!(forest.fidelity.unwrap() > 0.6 && forest.rules.iter().all(|r| (0.0..=1.0).contains(&r.value)));
}

#[test]
fn few_unseen_rows_give_less_and_none_a_reason() {
    let one = explained(TaskKind::Regression, "gradient_boosting", 1).unwrap();
    assert!(one.examples.iter().all(|e| e.few.is_none()) && one.dependence.is_empty() && one.columns.iter().all(|w| w.half.is_none()));
    assert!(explained(TaskKind::Regression, "gradient_boosting", 0).unwrap_err().message.contains("no unseen rows"));
    assert!(explained(TaskKind::Regression, "baseline", 9).unwrap_err().message.contains("same answer"));
}

#[test]
fn the_same_is_explained_every_time_and_lines_join_five_rows_or_more() {
    let found = explained(TaskKind::Binary, "gradient_boosting", usize::MAX).unwrap();
    assert_eq!(found, explained(TaskKind::Binary, "gradient_boosting", usize::MAX).unwrap(), "the same every time");
    assert!(found.dependence.iter().all(|d| d.parts.len() == 5 && d.n_rows >= 25));
}
