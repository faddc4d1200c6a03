//! What preparation promises, step by step and over the whole list of steps.

use super::*;
use crate::features::Features;
use crate::param::Value;
use crate::split::{Rows, Split, SplitSettings, make};
use crate::table::time::TimeFormat;
use crate::table::{Column, Exceptions, MISSING_TIME, Values};
use crate::task::{Target, TaskKind};

const DAY: i64 = 86_400_000;

fn times(name: &str, millis: Vec<i64>) -> Column {
    let format = TimeFormat { pattern: "%Y-%m-%d %H:%M".into() };
    Column::new(name, Kind::Timestamp, Values::Times { millis, format }, Exceptions::default())
}

fn labels(name: &str, cells: &[&str]) -> Column {
    let cells: Vec<Option<&str>> = cells.iter().map(|c| (!c.is_empty()).then_some(*c)).collect();
    Column::labels(name, Kind::Categorical, &cells)
}

fn task(columns: &[Column], kind: TaskKind) -> Task {
    Task {
        target: "y".into(),
        kind,
        classes: if kind == TaskKind::Regression { vec![] } else { vec!["no".into(), "yes".into()] },
        time: None,
        entity: None,
        weight: None,
        horizon: 0,
        features: columns.iter().map(|c| c.name().to_owned()).filter(|n| n != "y").collect(),
        ignored: vec![],
    }
}

/// All rows are development rows.
fn whole(n_rows: usize, table: &Table, task: &Task) -> Split {
    let target = Target { values: (0..n_rows).map(|i| i as f64).collect(), classes: vec![] };
    let settings = SplitSettings { strategy: crate::split::Strategy::Random, folds: 2, holdout: 0.0, gap: 0, ..SplitSettings::default() };
    make(table, task, &target, &settings, None, 1).unwrap()
}

/// A step; levels are kept however rare, unless `params` say otherwise: the tables of these tests are small.
fn step(id: &str, params: &[(&str, Value)]) -> StepChoice {
    let mut params: Given = params.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
    if id == "encode" {
        params.entry("min_rows".into()).or_insert(Value::Whole(1));
    }
    StepChoice { id: id.into(), params, columns: vec![] }
}

fn word(word: &str) -> Value {
    Value::Word(word.into())
}

fn fit_all(columns: Vec<Column>, steps: Vec<StepChoice>) -> Result<(FittedRecipe, Features)> {
    let task = task(&columns, TaskKind::Regression);
    let table = Table::new(columns).unwrap();
    let split = whole(table.n_rows(), &table, &task);
    let fitted = Recipe { steps }.fit(&table, &split.development, &task)?;
    let features = fitted.apply(&table, &Rows::all(table.n_rows()))?;
    Ok((fitted, features))
}

fn column(features: &Features, name: &str) -> Vec<f64> {
    let j = features.about.iter().position(|f| f.name == name).unwrap_or_else(|| panic!("no feature {name}"));
    features.slice(j).to_vec()
}

fn names(features: &Features) -> Vec<&str> {
    features.about.iter().map(|f| f.name.as_str()).collect()
}

const NAN: f64 = f64::NAN;

#[test]
fn missing_numbers_become_the_chosen_value_and_an_indicator_says_where() {
    let age = || Column::numeric("age", vec![1.0, 1.0, NAN, 4.0, 10.0], 0);
    for (method, fill) in [("median", 2.5), ("mean", 4.0), ("most_frequent", 1.0), ("constant", -7.0)] {
        let steps = vec![step("impute", &[("numbers", word(method)), ("constant", Value::Whole(-7))])];
        let (fitted, features) = fit_all(vec![age()], steps).unwrap();
        assert_eq!(column(&features, "age"), [1.0, 1.0, fill, 4.0, 10.0]);
        assert_eq!(column(&features, "age is missing"), [0.0, 0.0, 1.0, 0.0, 0.0]);
        assert_eq!(features.about[0].whole, fill.fract() == 0.0);
        assert_eq!(fitted.describe()[0].learned[0].number, Some(fill));
    }
    let (_, features) = fit_all(vec![age()], vec![step("impute", &[("indicator", Value::Switch(false))])]).unwrap();
    assert_eq!(names(&features), ["age"]);
}

#[test]
fn a_column_without_values_is_taken_away_and_named() {
    let columns =
        vec![Column::numeric("empty", vec![NAN; 4], 0), Column::numeric("x", vec![1.0, 2.0, 3.0, 4.0], 0), labels("none", &["", "", "", ""])];
    let recipe = vec![step("impute", &[]), step("encode", &[]), step("drop_constant", &[])];
    let (fitted, features) = fit_all(columns, recipe).unwrap();
    assert_eq!(names(&features), ["x"]);
    let left_out: Vec<_> = fitted.left_out().iter().map(|l| (l.column.as_str(), l.reason)).collect();
    assert_eq!(left_out, [("empty", Reason::Dropped), ("none", Reason::Dropped)]);
    assert_eq!(fitted.describe()[0].dropped, ["empty"]);
}

#[test]
fn missing_labels_are_a_level_of_their_own_or_the_most_frequent() {
    let cells = ["b", "", "a", "b", "c", "a", "b"];
    let (_, own) = fit_all(vec![labels("k", &cells)], vec![step("impute", &[]), step("encode", &[])]).unwrap();
    assert_eq!(names(&own), ["k=a", "k=b", "k=c", "k=missing"]);
    assert_eq!(column(&own, "k=missing")[1], 1.0);
    let steps = vec![step("impute", &[("labels", word("most_frequent"))]), step("encode", &[])];
    let (_, filled) = fit_all(vec![labels("k", &cells)], steps).unwrap();
    assert_eq!(column(&filled, "k=b"), [1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
}

#[test]
fn levels_become_features_in_order_and_two_levels_give_one() {
    let (_, features) =
        fit_all(vec![labels("k", &["10", "9", "10", "2"]), labels("b", &["no", "yes", "no", "no"])], vec![step("encode", &[])]).unwrap();
    assert_eq!(names(&features), ["k=2", "k=9", "k=10", "b=yes"]);
    assert_eq!(column(&features, "k=10"), [1.0, 0.0, 1.0, 0.0]);
    assert!(features.about.iter().all(|f| f.whole && f.step == "encode"));
    let (_, ordinal) = fit_all(vec![labels("k", &["10", "9", "10", "2"])], vec![step("encode", &[("method", word("ordinal"))])]).unwrap();
    assert_eq!(column(&ordinal, "k"), [2.0, 1.0, 2.0, 0.0]);
}

#[test]
fn rare_levels_are_joined_and_unseen_ones_are_other_or_nothing() {
    let mut cells = vec!["a"; 40];
    cells.extend(vec!["b"; 39]);
    cells.extend(["r1", "r2", "r3"]);
    let fit = |params: &[(&str, Value)]| {
        let columns = vec![labels("k", &cells)];
        let task = task(&columns, TaskKind::Regression);
        let table = Table::new(columns).unwrap();
        let split = whole(table.n_rows(), &table, &task);
        Recipe { steps: vec![step("encode", params)] }.fit(&table, &split.development, &task).unwrap()
    };
    let new = Table::new(vec![labels("k", &["zebra", "a", "", "b"])]).unwrap();
    let apply = |recipe: &FittedRecipe| recipe.apply(&new, &Rows::all(4)).unwrap();
    let joined = apply(&fit(&[("min_share", Value::Real(0.05))]));
    assert_eq!(names(&joined), ["k=a", "k=b", "k=other"]);
    assert_eq!(column(&joined, "k=other"), [1.0, 0.0, 1.0, 0.0]);
    let few = apply(&fit(&[("min_share", Value::Real(0.0)), ("max_levels", Value::Whole(2))]));
    assert_eq!(names(&few), ["k=a", "k=b", "k=other"]);
    let all = apply(&fit(&[("min_share", Value::Real(0.0))]));
    assert_eq!(names(&all), ["k=a", "k=b", "k=r1", "k=r2", "k=r3"]);
    assert!((0..5).all(|j| all.slice(j)[0] == 0.0), "an unseen level is nothing where no level was joined");
    let of_five = apply(&fit(&[("min_share", Value::Real(0.0)), ("min_rows", Value::Whole(5))]));
    assert_eq!(names(&of_five), ["k=a", "k=b", "k=other"], "no level of fewer than five rows");
    let ordinal = apply(&fit(&[("method", word("ordinal")), ("min_share", Value::Real(0.05))]));
    assert_eq!(column(&ordinal, "k"), [2.0, 0.0, 2.0, 1.0]);
}

#[test]
fn scaled_features_have_mean_zero_and_deviation_one_and_scaling_inverts() {
    let x: Vec<f64> = (0..50).map(|i| f64::from(i * i % 17) * 3.5 - 4.0).collect();
    let columns = || vec![Column::numeric("x", x.clone(), 1), Column::numeric("flag", (0..50).map(|i| f64::from(i % 2)).collect(), 0)];
    for method in ["standard", "robust"] {
        let (fitted, features) = fit_all(columns(), vec![step("scale", &[("method", word(method))])]).unwrap();
        let scaled = column(&features, "x");
        let Some(FittedStep::Scale(scale)) = fitted.steps().first() else { panic!("no scale") };
        let back: Vec<f64> = scaled.iter().map(|v| scale.scale("x").unwrap().back(*v)).collect();
        assert!(back.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-12));
        assert_eq!(column(&features, "flag")[..2], [0.0, 1.0]);
        assert!(scale.scale("flag").is_none() && !features.about[0].whole);
        if method == "standard" {
            assert!(crate::math::sum::mean(&scaled).abs() < 1e-12 && (crate::math::sum::variance(&scaled, 0) - 1.0).abs() < 1e-12);
        } else {
            assert!(crate::math::rank::median(&scaled).abs() < 1e-12);
        }
    }
}

#[test]
fn constant_columns_scale_to_zero_and_are_taken_away() {
    let columns = || vec![Column::numeric("c", vec![5.5; 6], 1), Column::numeric("x", vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0)];
    let (_, features) = fit_all(columns(), vec![step("scale", &[])]).unwrap();
    assert_eq!(column(&features, "c"), [0.0; 6]);
    let (fitted, features) = fit_all(columns(), vec![step("drop_constant", &[])]).unwrap();
    assert_eq!((names(&features), fitted.describe()[0].dropped.clone()), (vec!["x"], vec!["c".to_owned()]));
}

#[test]
fn principal_components_are_those_of_scikit_learn_and_name_their_sources() {
    // scikit-learn 1.9.1: PCA() of StandardScaler() of these columns; the largest loading of a component is above 0.
    const FIRST: [f64; 8] = [
        -2.0373102108828944,
        -0.10515072887643083,
        -1.464701685848605,
        1.8876554255636888,
        -0.29256216619174613,
        1.1860399690592431,
        -1.1043941310779144,
        1.930423528254659,
    ];
    const SECOND: [f64; 8] = [
        -0.183371488925775,
        -1.579169009371103,
        -0.5135653312379647,
        -0.7377663399425692,
        1.500219384118093,
        -0.43025550948596236,
        0.8905198597627965,
        1.0533884350824847,
    ];
    let table = || {
        vec![
            Column::numeric("a", vec![1.0, 4.0, 2.0, 8.0, 5.0, 7.0, 3.0, 9.0], 0),
            Column::numeric("b", vec![100.0, 420.0, 190.0, 830.0, 480.0, 690.0, 330.0, 880.0], 0),
            Column::numeric("c", vec![5.0, 1.0, 4.0, 2.0, 8.0, 3.0, 7.0, 6.0], 0),
            Column::numeric("d", vec![7.0; 8], 0),
            Column::numeric("y", (0..8).map(f64::from).collect(), 0),
        ]
    };
    let (fitted, features) = fit_all(table(), vec![step("pca", &[])]).unwrap();
    assert_eq!(names(&features), ["d", "component 1", "component 2"]);
    assert_eq!(features.about[1].sources, ["a", "b", "c"]);
    for (name, wanted) in [("component 1", FIRST), ("component 2", SECOND)] {
        column(&features, name).iter().zip(wanted).for_each(|(a, b)| assert!((a - b).abs() < 1e-9, "{name}: {a} {b}"));
    }
    let learned = fitted.steps()[0].learned();
    let number = |column: &str, name: &str| learned.iter().find(|l| l.column == column && l.name == name).unwrap().number.unwrap();
    assert!((number("b", "component 1") - 0.6949631057979768).abs() < 1e-9 && (number("component 2", "share") - 0.31974496685978954).abs() < 1e-9);
    assert!(fitted.describe()[0].dropped.is_empty() && fitted.validate().is_ok());
    let (_, all) = fit_all(table(), vec![step("pca", &[("components", Value::Whole(3))])]).unwrap();
    assert_eq!(names(&all), ["d", "component 1", "component 2", "component 3"]);
}

#[test]
fn moments_are_cut_into_their_parts() {
    // 2024-02-29 13:30 (a Thursday), 2024-03-01 00:00, missing.
    let millis = vec![19_782 * DAY + 13 * 3_600_000 + 1_800_000, 19_783 * DAY, MISSING_TIME];
    let (_, features) = fit_all(vec![times("t", millis.clone())], vec![step("date_parts", &[]), step("impute", &[])]).unwrap();
    let first: Vec<(&str, f64)> = features.about.iter().enumerate().map(|(j, f)| (f.name.as_str(), features.slice(j)[0])).collect();
    let expected = [
        ("t: year", 2024.0),
        ("t is missing", 0.0),
        ("t: month", 2.0),
        ("t: day", 29.0),
        ("t: weekday", 3.0),
        ("t: hour", 13.0),
        ("t: elapsed", 0.0),
    ];
    assert_eq!(first, expected);
    assert_eq!(column(&features, "t: elapsed")[1], 10.5 / 24.0);
    assert_eq!(column(&features, "t is missing"), [0.0, 0.0, 1.0]);
    let steps = vec![step("date_parts", &[("cyclic", Value::Switch(true)), ("hour", Value::Switch(false))]), step("impute", &[])];
    let (_, cyclic) = fit_all(vec![times("t", millis)], steps).unwrap();
    let (sine, cosine) = (column(&cyclic, "t: month (sine)")[0], column(&cyclic, "t: month (cosine)")[0]);
    assert!((sine - 0.5).abs() < 1e-12 && (sine * sine + cosine * cosine - 1.0).abs() < 1e-12);
}

/// Three kinds of column with gaps, and two versions of it that differ only in rows 30 and up.
fn two_versions() -> (Table, Table, Task) {
    let build = |tail: usize| {
        let at = |i: usize| if i < 30 { i } else { i * tail };
        let x = (0..40).map(|i| if i % 6 == 1 { NAN } else { at(i) as f64 * 0.25 }).collect();
        let k: Vec<String> = (0..40).map(|i| if i < 30 { format!("l{}", i % 4) } else { format!("late{}", at(i) % 5) }).collect();
        let t = (0..40).map(|i| 20_000 * DAY + at(i) as i64 * DAY / 2).collect();
        vec![Column::numeric("x", x, 2), labels("k", &k.iter().map(String::as_str).collect::<Vec<_>>()), times("t", t)]
    };
    let task = task(&build(1), TaskKind::Regression);
    (Table::new(build(1)).unwrap(), Table::new(build(1000)).unwrap(), task)
}

/// All forms of the usual recipe.
fn variants() -> Vec<Variant> {
    (0..8).map(|bits| Variant { scaled: bits & 1 > 0, gaps: bits & 2 > 0, codes: bits & 4 > 0 }).collect()
}

#[test]
fn codes_keep_every_level_and_say_which_are_missing_and_which_were_never_seen() {
    let cells: Vec<Option<String>> = (0..120).map(|i| if i % 12 == 11 { None } else { Some(format!("l{}", i % 12)) }).collect();
    let label = |cells: &[Option<String>]| Column::labels("k", Kind::Categorical, &cells.iter().map(Option::as_deref).collect::<Vec<_>>());
    let number = Column::numeric("x", (0..120).map(|i| if i % 3 == 0 { NAN } else { f64::from(i) }).collect(), 0);
    let columns = vec![label(&cells), number];
    let task = task(&columns, TaskKind::Regression);
    let table = Table::new(columns).unwrap();
    let split = whole(120, &table, &task);
    let variant = Variant { scaled: false, gaps: true, codes: true };
    let recipe = Recipe::usual_for(&table.schema(), &task, variant);
    let fitted = recipe.fit_for(&table, &split.development, &task, variant).unwrap();
    assert!(!recipe.steps.iter().any(|s| s.id == "impute"));
    assert!(fitted.features()[0].levels && !fitted.features()[1].levels);
    let new = [cells[..12].to_vec(), vec![Some("never".to_owned())]].concat();
    let other = Table::new(vec![label(&new), Column::numeric("x", vec![NAN; 13], 0)]).unwrap();
    let codes = fitted.apply(&other, &Rows::all(13)).unwrap();
    let mut seen = codes.slice(0)[..11].to_vec();
    seen.sort_unstable_by(f64::total_cmp);
    assert_eq!(seen, (0..11).map(f64::from).collect::<Vec<_>>());
    assert!(codes.slice(0)[11].is_nan() && codes.slice(0)[12] == 11.0 && codes.slice(1)[0].is_nan());
    // A learner that takes no gaps is told so; one that is given filled cells gets no gaps.
    assert!(recipe.fit(&table, &split.development, &task).is_err());
    let filled = Recipe::usual_for(&table.schema(), &task, Variant { gaps: false, ..variant }).fit(&table, &split.development, &task).unwrap();
    assert!(filled.apply(&other, &Rows::all(13)).unwrap().matrix().iter().all(|v| v.is_finite()));
    // One-hot has no place for a missing label: it is filled, and nothing else is.
    let hot =
        Recipe::usual_for(&table.schema(), &task, Variant { codes: false, ..variant }).fit_for(&table, &split.development, &task, variant).unwrap();
    assert!(
        hot.features().iter().any(|f| f.name == "k=missing")
            && hot.apply(&other, &Rows::all(13)).unwrap().slice(hot.features().len() - 1)[0].is_nan()
    );
    let again: FittedRecipe = serde_json::from_str(&serde_json::to_string(&fitted).unwrap()).unwrap();
    assert!(again == fitted && again.validate().is_ok());
}

#[test]
fn nothing_outside_of_the_training_rows_influences_what_is_learned() {
    let (one, other, task) = two_versions();
    let target = Target { values: vec![1.0; 40], classes: vec![] };
    for variant in variants() {
        let fit = |table: &Table| {
            let settings = SplitSettings { strategy: crate::split::Strategy::Random, folds: 3, holdout: 0.0, gap: 0, ..SplitSettings::default() };
            // Rows from 30 on are a test file: sealed.
            let split = make(table, &task, &target, &settings, Some(30), 1).unwrap();
            Recipe::usual_for(&table.schema(), &task, variant).fit_for(table, &split.development, &task, variant).unwrap()
        };
        let fitted = fit(&one);
        assert_eq!(fitted, fit(&other));
        // The columns of the other version still go through it, late levels and all.
        let features = fitted.apply(&other, &Rows::all(40)).unwrap();
        assert!(features.matrix().iter().all(|v| v.is_finite() || (variant.gaps && v.is_nan())) && features.n_rows() == 40);
    }
}

#[test]
fn a_row_is_prepared_alike_alone_and_among_others() {
    let (table, _, task) = two_versions();
    let split = whole(40, &table, &task);
    let fitted = Recipe::usual(&table.schema(), &task, true).fit(&table, &split.development, &task).unwrap();
    let all = fitted.apply(&table, &Rows::all(40)).unwrap();
    for row in [0_u32, 7, 39] {
        let alone = fitted.apply(&table, &Rows::new(vec![row])).unwrap();
        assert!((0..all.n_features()).all(|j| alone.slice(j)[0] == all.slice(j)[row as usize]));
    }
}

#[test]
fn saved_and_loaded_recipes_are_equal_and_valid_and_damaged_ones_are_refused() {
    let (table, _, task) = two_versions();
    let split = whole(40, &table, &task);
    let fitted = Recipe::usual(&table.schema(), &task, true).fit(&table, &split.development, &task).unwrap();
    fitted.validate().unwrap();
    let text = serde_json::to_string(&fitted).unwrap();
    let loaded: FittedRecipe = serde_json::from_str(&text).unwrap();
    assert_eq!(loaded, fitted);
    for (from, to) in [("\"spread\":", "\"spread\":-"), ("x is missing", "x was missing"), ("l2", "l9"), ("weekday", "month")] {
        let damaged = text.replacen(from, to, 1);
        assert_ne!(damaged, text, "{from}");
        assert!(serde_json::from_str::<FittedRecipe>(&damaged).map_or(true, |r| r.validate().is_err()), "{from}");
    }
}

#[test]
fn text_and_keys_are_never_features_and_say_so() {
    let text = Column::labels("note", Kind::Text, &[Some("long story"), Some("b"), None]);
    let key = Column::labels("id", Kind::Identifier, &[Some("1"), Some("2"), Some("3")]);
    let (fitted, features) = fit_all(vec![text, key, labels("k", &["a", "b", "c"]), times("t", vec![0, DAY, DAY])], vec![]).unwrap();
    assert_eq!(features.n_features(), 0);
    let reasons: Vec<Reason> = fitted.left_out().iter().map(|l| l.reason).collect();
    assert_eq!(reasons, [Reason::Text, Reason::Identifier, Reason::NotEncoded, Reason::NotCut]);
}

#[test]
fn cells_that_stay_missing_are_refused_with_a_hint() {
    let error = fit_all(vec![Column::numeric("x", vec![1.0, NAN, 2.0], 0)], vec![]).unwrap_err();
    assert!(error.hint.contains("impute"));
    let error = fit_all(vec![Column::numeric("x", vec![1.0, 3.0], 0)], vec![step("inpute", &[])]).unwrap_err();
    assert!(error.hint.contains("impute"));
    let wrong = StepChoice { id: "scale".into(), columns: vec!["z".into()], ..StepChoice::default() };
    assert!(fit_all(vec![Column::numeric("x", vec![1.0, 3.0], 0)], vec![wrong]).is_err());
}

#[test]
fn a_step_can_be_for_some_columns_only() {
    let columns = vec![Column::numeric("a", vec![1.0, NAN, 3.0], 0), Column::numeric("b", vec![4.0, NAN, 8.0], 0)];
    let mean_of_b = StepChoice { columns: vec!["b".into()], ..step("impute", &[("numbers", word("constant")), ("indicator", Value::Switch(false))]) };
    let (fitted, features) = fit_all(columns, vec![mean_of_b, step("impute", &[])]).unwrap();
    assert_eq!((column(&features, "a")[1], column(&features, "b")[1]), (2.0, 0.0));
    assert_eq!(fitted.describe()[0].columns, ["b"]);
}

#[test]
fn names_stay_unique_when_columns_and_made_features_meet() {
    let columns = vec![Column::numeric("k=a", vec![5.0, 6.0, 7.0], 0), labels("k", &["a", "b", "c"])];
    let (_, features) = fit_all(columns, vec![step("encode", &[])]).unwrap();
    assert_eq!(names(&features), ["k=a", "k=a (2)", "k=b", "k=c"]);
}

#[test]
fn weights_come_from_their_column_and_missing_ones_do_not_count() {
    let columns = vec![Column::numeric("x", vec![1.0, 2.0, 3.0], 0), Column::numeric("w", vec![0.5, NAN, 2.0], 1)];
    let mut task = task(&columns[..1], TaskKind::Regression);
    task.weight = Some("w".into());
    let table = Table::new(columns).unwrap();
    let split = whole(3, &table, &task);
    let fitted = Recipe::usual(&table.schema(), &task, false).fit(&table, &split.development, &task).unwrap();
    let target = Target { values: vec![7.0, 8.0, 9.0], classes: vec![] };
    let set = fitted.training_set(&table, &split.development, &task, &target).unwrap();
    assert_eq!((set.weights(), set.target(), set.n_real()), (&[0.5, 0.0, 2.0][..], &[7.0, 8.0, 9.0][..], 3));
}

/// Columns of every kind in one state.
fn every_kind(n: usize, cell: impl Fn(usize) -> Option<usize>) -> Vec<Column> {
    let text: Vec<Option<String>> = (0..n).map(|i| cell(i).map(|v| format!("v{v}"))).collect();
    let cells: Vec<Option<&str>> = text.iter().map(Option::as_deref).collect();
    vec![
        Column::numeric("number", (0..n).map(|i| cell(i).map_or(NAN, |v| v as f64 * 1.5)).collect(), 1),
        Column::labels("label", Kind::Categorical, &cells),
        Column::labels("flag", Kind::Boolean, &cells),
        times("time", (0..n).map(|i| cell(i).map_or(MISSING_TIME, |v| v as i64 * DAY)).collect()),
    ]
}

#[test]
fn no_step_panics_on_degenerate_columns() {
    type State = (usize, fn(usize) -> Option<usize>);
    let states: [State; 5] = [(0, |_| None), (1, Some), (9, |_| None), (9, |_| Some(3)), (9, |i| (i % 3 != 1).then_some(i))];
    for entry in STEPS {
        assert!(!entry.title.is_empty() && entry.doc.len() > 40, "{}", entry.id);
        for (n, cell) in states {
            let columns = every_kind(n, cell);
            let table = Table::new(columns).unwrap();
            let input = |c: &Column| Input::new(c.name(), c.kind(), c, &Rows::all(n));
            let inputs: Vec<Input> = table.columns().iter().map(input).collect();
            let mut slots = input::read(&inputs, &table, &Rows::all(n)).unwrap();
            let step = (entry.fit)(&slots, &Params::defaults(entry.params), &[]).unwrap();
            assert_eq!(step.id(), entry.id);
            let before = slots.clone();
            slots = step.apply(slots);
            assert_eq!(format!("{slots:?}"), format!("{:?}", step.apply(before)), "{} gives the same twice", entry.id);
            assert!(slots.list().iter().all(|s| s.cells.numbers().is_none_or(|v| v.len() == n)));
        }
    }
}

#[test]
fn the_usual_recipe_prepares_degenerate_tables() {
    for (n, cell) in [(3, (|_| None) as fn(usize) -> Option<usize>), (3, |_| Some(3)), (3, Some)] {
        let columns = every_kind(n, cell);
        let task = task(&columns, TaskKind::Regression);
        let table = Table::new(columns).unwrap();
        let split = whole(n, &table, &task);
        for variant in variants() {
            let recipe = Recipe::usual_for(&table.schema(), &task, variant);
            let fitted = recipe.fit_for(&table, &split.development, &task, variant).unwrap();
            fitted.validate().unwrap();
            assert_eq!(fitted.apply(&table, &Rows::all(n)).unwrap().n_features(), fitted.features().len());
            assert_eq!(fitted.apply(&table, &Rows::default()).unwrap().n_rows(), 0);
        }
    }
}

/// A panel: three entities over 60 days, one of them with gaps, rows in no order of time.
fn panel(later: f64) -> (Table, Task) {
    let n = 150_usize;
    let place = |i: usize| (i * 37 % n) as i64;
    let changed = |i: usize, v: f64| if place(i) / 3 >= 30 { v * later } else { v };
    let days = (0..n).map(|i| place(i) / 3 * if place(i) % 3 == 2 { 2 } else { 1 });
    let days: Vec<i64> = days.map(|d| (18_000 + d) * DAY).collect();
    let names: Vec<String> = (0..n).map(|i| format!("e{}", place(i) % 3)).collect();
    let x = (0..n).map(|i| if i % 11 == 5 { NAN } else { changed(i, crate::math::elementary::sin(i as f64 * 1.7) * 4.0) }).collect();
    let flag = (0..n).map(|i| f64::from(u8::from(changed(i, (i % 5) as f64) == 2.0))).collect();
    let y = (0..n).map(|i| changed(i, crate::math::elementary::cos(i as f64 * 0.9) * 9.0 + 20.0)).collect();
    let columns = vec![
        labels("who", &names.iter().map(String::as_str).collect::<Vec<_>>()),
        times("t", days),
        Column::numeric("x", x, 3),
        Column::numeric("flag", flag, 0),
        Column::numeric("y", y, 3),
    ];
    let task = Task { time: Some("t".into()), entity: Some("who".into()), ..task(&columns, TaskKind::Regression) };
    (Table::new(columns).unwrap(), task)
}

/// Every step that uses the past, with all that it can make.
fn steps_of_the_past() -> Vec<StepChoice> {
    let on = |id: &'static str| (id, Value::Switch(true));
    vec![
        step("fill_forward", &[]),
        step("lags", &[("lags", word("1, 2, 5")), ("scope", word("both")), on("changes"), on("ratios")]),
        step(
            "windows",
            &[
                ("windows", word("3, 10")),
                ("functions", word("mean sd min max median slope trend change count")),
                ("half_lives", word("2.5")),
                ("scope", word("both")),
                on("expanding"),
            ],
        ),
        step("since", &[]),
        step("calendar", &[]),
        step("fourier", &[]),
        step("date_parts", &[("elapsed", Value::Switch(false))]),
        step("impute", &[]),
        step("encode", &[]),
    ]
}

#[test]
fn a_feature_of_the_past_never_sees_a_later_row_nor_the_horizon() {
    for (horizon, known) in [(0, true), (1, false), (4, false)] {
        let mut steps = steps_of_the_past();
        for step in &mut steps[1..4] {
            step.params.insert("known".into(), Value::Switch(known));
        }
        let all = |later: f64| {
            let (table, mut task) = panel(later);
            task.horizon = horizon;
            let split = whole(table.n_rows(), &table, &task);
            // Learned from one version, so that only what rows see can differ.
            let (one, _) = panel(1.0);
            let fitted = Recipe { steps: steps.clone() }.fit(&one, &split.development, &task).unwrap();
            (fitted.apply(&table, &Rows::all(table.n_rows())).unwrap(), table)
        };
        let ((one, table), (other, _)) = (all(1.0), all(50.0));
        assert!(one.n_features() > 100, "{} features", one.n_features());
        let day = |row: usize| table.column("t").unwrap().millis().unwrap()[row] / DAY - 18_000;
        let of_entity = |row: usize| table.column("who").unwrap().text(row).into_owned();
        // Values differ from the 31st moment of an entity on; those of its target are known `gap` moments later, those of columns too unless they are known.
        let gap = i64::from(horizon.max(1));
        let mut differ = 0;
        for (j, about) in one.about.iter().enumerate() {
            let own = if about.sources == ["y"] || !known { gap } else { 0 };
            for row in 0..table.n_rows() {
                let moment = if of_entity(row) == "e2" { day(row) / 2 } else { day(row) };
                let global = about.name.contains("(all)");
                let own_value = ["x", "x is missing", "flag"].contains(&about.name.as_str()) || about.name.starts_with("who");
                // The earliest changed row of all entities is that of day 30.
                let sees = if own_value {
                    moment >= 30
                } else if global {
                    day(row) - own.max(1) >= 30
                } else {
                    moment - own >= 30
                };
                let same = one.slice(j)[row] == other.slice(j)[row];
                assert!(same || sees, "{} sees too much in row {row}, horizon {horizon}", about.name);
                differ += usize::from(!same);
            }
        }
        assert!(differ > 1000, "the later rows were changed: {differ}");
    }
}

#[test]
fn lags_are_values_of_the_entity_and_the_targets_past_is_at_least_the_horizon_away() {
    let (table, mut task) = panel(1.0);
    for horizon in [0_u32, 3] {
        task.horizon = horizon;
        let split = whole(table.n_rows(), &table, &task);
        let steps = vec![
            step("lags", &[("lags", word("1 4"))]),
            step("impute", &[("numbers", word("constant")), ("constant", Value::Whole(-999))]),
            step("date_parts", &[]),
            step("encode", &[]),
        ];
        let fitted = Recipe { steps }.fit(&table, &split.development, &task).unwrap();
        let features = fitted.apply(&table, &Rows::all(table.n_rows())).unwrap();
        assert_eq!(names(&features).contains(&"y: 1 before"), horizon == 0);
        let lag = column(&features, "y: 4 before");
        let find = |who: &str, day: i64| {
            (0..table.n_rows())
                .find(|&r| table.column("who").unwrap().text(r) == who && table.column("t").unwrap().millis().unwrap()[r] == (18_000 + day) * DAY)
        };
        let (row, before) = (find("e0", 20).unwrap(), find("e0", 16).unwrap());
        assert_eq!(lag[row], table.column("y").unwrap().numbers().unwrap()[before]);
        assert_eq!(
            lag[find("e2", 40).unwrap()],
            table.column("y").unwrap().numbers().unwrap()[find("e2", 32).unwrap()],
            "moments of its own, two days each"
        );
        assert_eq!(lag[find("e1", 2).unwrap()], -999.0);
        let about = features.about.iter().find(|f| f.name == "y: 4 before").unwrap();
        assert_eq!(about.sources, ["y"]);
        assert_eq!(fitted.order_columns().collect::<Vec<_>>(), ["t", "who", "y"]);
    }
}

#[test]
fn rows_without_their_history_are_refused_and_say_what_is_wanted() {
    let (table, task) = panel(1.0);
    let split = whole(table.n_rows(), &table, &task);
    let fitted = Recipe { steps: steps_of_the_past() }.fit(&table, &split.development, &task).unwrap();
    fitted.validate().unwrap();
    let loaded: FittedRecipe = serde_json::from_str(&serde_json::to_string(&fitted).unwrap()).unwrap();
    assert_eq!(loaded, fitted);
    assert!(fitted.uses_past() && !fitted.contains_training_rows());
    let alone = table.take(&[4]);
    assert!(fitted.apply(&alone, &Rows::all(1)).unwrap_err().message.contains("earlier"));
    // With what came before, the row is as it was among all rows.
    let all = fitted.apply(&table, &Rows::all(table.n_rows())).unwrap();
    let again = fitted.apply(&table, &Rows::new(vec![4])).unwrap();
    assert!((0..all.n_features()).all(|j| all.slice(j)[4] == again.slice(j)[0]));
}

#[test]
fn missing_numbers_are_filled_forward_within_their_entity_only() {
    let columns = vec![
        labels("who", &["a", "a", "a", "b", "b", "a"]),
        times("t", [3, 1, 2, 1, 2, 4].map(|d| d * DAY).to_vec()),
        Column::numeric("x", vec![NAN, 5.0, NAN, NAN, 8.0, NAN], 0),
    ];
    let mut task = task(&columns, TaskKind::Regression);
    (task.time, task.entity) = (Some("t".into()), Some("who".into()));
    let table = Table::new(columns).unwrap();
    let split = whole(6, &table, &task);
    let fill = |reach: i64| {
        let steps = vec![
            step("fill_forward", &[("reach", Value::Whole(reach))]),
            step("impute", &[("numbers", word("constant")), ("constant", Value::Whole(-1)), ("indicator", Value::Switch(false))]),
        ];
        column(&Recipe { steps }.fit(&table, &split.development, &task).unwrap().apply(&table, &Rows::all(6)).unwrap(), "x")
    };
    assert_eq!(fill(0), [5.0, 5.0, 5.0, -1.0, 8.0, 5.0]);
    assert_eq!(fill(1), [-1.0, 5.0, 5.0, -1.0, 8.0, -1.0]);
    assert_eq!(fill(2), [5.0, 5.0, 5.0, -1.0, 8.0, -1.0]);
}

#[test]
fn time_since_the_last_event_counts_days_of_the_past() {
    let columns = vec![
        times("t", [1, 2, 4, 9].map(|d| d * DAY).to_vec()),
        Column::numeric("sold", vec![0.0, 1.0, 0.0, 0.0], 0),
        Column::numeric("y", vec![1.0; 4], 0),
    ];
    let mut task = task(&columns, TaskKind::Regression);
    task.time = Some("t".into());
    let table = Table::new(columns).unwrap();
    let split = whole(4, &table, &task);
    let steps = vec![
        step("since", &[]),
        step("impute", &[("numbers", word("constant")), ("constant", Value::Whole(-1)), ("indicator", Value::Switch(false))]),
    ];
    let features = Recipe { steps }.fit(&table, &split.development, &task).unwrap().apply(&table, &Rows::all(4)).unwrap();
    assert_eq!(column(&features, "sold: time since the last"), [-1.0, 0.0, 2.0, 7.0]);
    assert_eq!(column(&features, "sold: how many so far"), [0.0, 1.0, 1.0, 1.0]);
    assert_eq!(column(&features, "t: since the one before"), [-1.0, 1.0, 2.0, 5.0]);
    assert_eq!(column(&features, "t: how many before"), [0.0, 1.0, 2.0, 3.0]);
}

#[test]
fn text_becomes_numbers_where_its_step_is_taken() {
    let note = |i: usize| ["late DELIVERY again", "paid in full", "delivery at 12"][i % 3];
    let cells: Vec<Option<&str>> = (0..30).map(|i| (i != 4).then(|| note(i))).collect();
    let columns = vec![Column::labels("note", Kind::Text, &cells), Column::numeric("y", (0..30).map(f64::from).collect(), 0)];
    let (fitted, features) = fit_all(columns, vec![step("text_features", &[("words", Value::Whole(2))])]).unwrap();
    assert!(fitted.left_out().is_empty() && fitted.validate().is_ok());
    assert_eq!(column(&features, "note: words")[0..5], [3.0, 3.0, 3.0, 3.0, 0.0]);
    assert_eq!(column(&features, "note: characters")[0], 19.0);
    assert_eq!(column(&features, "note: word delivery")[0..3], [1.0, 0.0, 1.0]);
    assert_eq!(names(&features).len(), 6);
}

#[test]
fn frequencies_and_hashes_give_every_level_a_number_and_name_no_rare_one() {
    let cells: Vec<String> = (0..40).map(|i| if i < 20 { "often".to_owned() } else { format!("rare{}", i % 10) }).collect();
    let columns = || vec![labels("k", &cells.iter().map(String::as_str).collect::<Vec<_>>())];
    let (fitted, features) = fit_all(columns(), vec![step("frequency", &[])]).unwrap();
    assert_eq!((column(&features, "k: share of rows")[0], column(&features, "k: share of rows")[30]), (0.5, 0.0));
    assert!(!serde_json::to_string(&fitted).unwrap().contains("rare"));
    let (fitted, hashed) = fit_all(columns(), vec![step("hashing", &[("features", Value::Whole(8))])]).unwrap();
    assert_eq!(hashed.n_features(), 8);
    let row = |r: usize| (0..8).map(|j| hashed.slice(j)[r]).collect::<Vec<_>>();
    assert!((0..40).all(|r| row(r).iter().map(|v| v.abs()).sum::<f64>() == 1.0) && row(0) == row(7));
    assert!((20..30).any(|r| row(r) != row(0)) && !serde_json::to_string(&fitted).unwrap().contains("often"));
}

#[test]
fn rows_far_out_leave_the_training_set_and_no_other() {
    let mut x: Vec<f64> = (0..60).map(|i| f64::from(i % 10)).collect();
    x[17] = 5000.0;
    let columns = vec![Column::numeric("x", x, 0), Column::numeric("y", (0..60).map(f64::from).collect(), 0)];
    let task = task(&columns, TaskKind::Regression);
    let table = Table::new(columns).unwrap();
    let split = whole(60, &table, &task);
    let steps = vec![step("isolation_forest", &[("what", word("remove")), ("share", Value::Real(0.01))]), step("scale", &[])];
    let fitted = Recipe { steps }.fit(&table, &split.development, &task).unwrap();
    let set = fitted.training_set(&table, &split.development, &task, &task.encode(&table).unwrap()).unwrap();
    assert_eq!((set.n_rows(), set.n_real(), set.weights().len()), (59, 59, 59));
    assert!(!set.target().contains(&17.0));
    // The scale after it was learned without the row.
    assert!(set.features().slice(0).iter().all(|v| v.abs() < 2.0));
    assert_eq!(fitted.apply(&table, &Rows::all(60)).unwrap().n_rows(), 60);
}

#[test]
fn every_step_learns_and_applies_inside_a_recipe_and_travels_with_the_model() {
    for entry in STEPS {
        for (n, cell) in [(2, (|_| None) as fn(usize) -> Option<usize>), (3, |_| Some(3)), (3, Some), (40, |i| (i % 7 != 1).then_some(i % 9))] {
            let mut columns = every_kind(n, cell);
            columns.push(Column::numeric("y", (0..n).map(|i| i as f64).collect(), 0));
            columns.push(Column::labels("note", Kind::Text, &vec![Some("some words here"); n]));
            let mut task = task(&columns, TaskKind::Regression);
            (task.time, task.entity) = (Some("time".into()), Some("flag".into()));
            let table = Table::new(columns).unwrap();
            let target = Target { values: (0..n).map(|i| i as f64).collect(), classes: vec![] };
            let split = whole(n, &table, &task);
            let mut ids = vec!["date_parts", "impute", "encode"];
            ids.retain(|id| *id != entry.id);
            ids.push(entry.id);
            ids.sort_by_key(|id| place_of(id));
            let steps = ids.iter().map(|id| step(id, &[])).collect();
            let fitted = Recipe { steps }.fit(&table, &split.development, &task).unwrap_or_else(|e| panic!("{} {n}: {e}", entry.id));
            fitted.validate().unwrap_or_else(|e| panic!("{} {n}: {e}", entry.id));
            let loaded: FittedRecipe = serde_json::from_str(&serde_json::to_string(&fitted).unwrap()).unwrap();
            let packed: FittedRecipe = postcard::from_bytes(&postcard::to_allocvec(&fitted).unwrap()).unwrap();
            assert!(loaded == fitted && packed == fitted, "{}", entry.id);
            if let Ok(features) = fitted.apply(&table, &Rows::all(n)) {
                assert_eq!(features.n_rows(), n, "{}", entry.id);
            } else {
                assert!(fitted.uses_past(), "{} {n}", entry.id);
            }
            let set = fitted.training_set(&table, &split.development, &task, &target).unwrap();
            assert_eq!(set.features().about, fitted.features(), "{}", entry.id);
        }
    }
}

#[test]
fn a_damaged_recipe_is_refused_or_applied_and_never_panics() {
    let (table, task) = panel(1.0);
    let split = whole(table.n_rows(), &table, &task);
    let mut steps = steps_of_the_past();
    for id in ["impute_neighbours", "impute_iterative"] {
        steps.insert(7, StepChoice { columns: vec!["x".into()], ..step(id, &[]) });
    }
    steps.extend(["isolation_forest", "ratios", "yeo_johnson", "to_quantiles", "polynomial", "select"].map(|id| step(id, &[])));
    steps[1].params.insert("lags".into(), word("1"));
    steps[2].params.insert("functions".into(), word("mean"));
    let fitted = Recipe { steps }.fit(&table, &split.development, &task).unwrap();
    let text = serde_json::to_string(&fitted).unwrap();
    let numbers: Vec<usize> = text.match_indices("\"numbers\":[").map(|(at, what)| at + what.len()).collect();
    for (k, at) in numbers.iter().enumerate() {
        let end = text[*at..].find([',', ']']).unwrap() + at;
        for wrong in ["-3.0", "1e300", "99999.0"] {
            if k % 7 != 0 || end == *at {
                continue;
            }
            let damaged = format!("{}{wrong}{}", &text[..*at], &text[end..]);
            let Ok(loaded) = serde_json::from_str::<FittedRecipe>(&damaged) else { continue };
            if loaded.validate().is_ok() {
                let _ = loaded.apply(&table, &Rows::all(table.n_rows()));
            }
        }
    }
    assert!(numbers.len() > 50);
}

/// Learned inside folds, steps that look at the target find nothing in noise; learned from all rows, the choice itself is worth a score.
#[test]
fn choosing_features_inside_folds_finds_nothing_in_noise() {
    let mut draw = crate::math::rng::Stream::new(11, "noise", 0);
    let n = 120;
    let mut columns: Vec<Column> = (0..60).map(|j| Column::numeric(&format!("x{j}"), (0..n).map(|_| draw.normal()).collect(), 3)).collect();
    let y: Vec<f64> = (0..n).map(|_| draw.normal()).collect();
    columns.push(Column::numeric("y", y.clone(), 3));
    let task = task(&columns, TaskKind::Regression);
    let table = Table::new(columns).unwrap();
    let target = task.encode(&table).unwrap();
    let settings = SplitSettings { strategy: crate::split::Strategy::Random, folds: 4, holdout: 0.0, gap: 0, ..SplitSettings::default() };
    let split = make(&table, &task, &target, &settings, None, 1).unwrap();
    let ridge = crate::model::learners::find("ridge").unwrap();
    // Gain over the mean in predicting the rows of each fold, with features chosen from `train`.
    let gain = |inside: bool| {
        let (mut missed, mut usual) = (0.0, 0.0);
        for fold in &split.folds {
            let select = step("select", &[("method", word("correlation")), ("keep", Value::Whole(5))]);
            let chosen = Recipe { steps: vec![select] }.fit(&table, if inside { &fold.train } else { &split.development }, &task).unwrap();
            let set = chosen.training_set(&table, &fold.train, &task, &target).unwrap();
            let model = ridge.fit(&Params::defaults(ridge.params), &set, 1).unwrap();
            let predicted = model.predict(&chosen.apply(&table, &fold.validation).unwrap()).unwrap();
            let mean = crate::math::sum::mean(set.target());
            for (row, p) in fold.validation.as_slice().iter().zip(&predicted.values) {
                let truth = y[*row as usize];
                missed += (truth - p) * (truth - p);
                usual += (truth - mean) * (truth - mean);
            }
        }
        1.0 - missed / usual
    };
    let (inside, outside) = (gain(true), gain(false));
    assert!(inside < 0.05 && outside > inside + 0.1, "R2 {inside} inside folds, {outside} chosen from all rows");
}

#[test]
fn a_hundred_features_of_the_past_are_made_quickly() {
    let n = 10_000_i64;
    let columns = vec![
        labels("who", &(0..n).map(|i| ["a", "b", "c", "d"][(i % 4) as usize]).collect::<Vec<_>>()),
        times("t", (0..n).map(|i| (10_000 + i / 4) * DAY).collect()),
        Column::numeric("x", (0..n).map(|i| (i * 7919 % 1000) as f64).collect(), 0),
        Column::numeric("y", (0..n).map(|i| (i * 104_729 % 997) as f64).collect(), 0),
    ];
    let task = Task { time: Some("t".into()), entity: Some("who".into()), ..task(&columns, TaskKind::Regression) };
    let table = Table::new(columns).unwrap();
    let split = whole(table.n_rows(), &table, &task);
    let fitted = Recipe { steps: steps_of_the_past() }.fit(&table, &split.development, &task).unwrap();
    let features = fitted.apply(&table, &Rows::all(10_000)).unwrap();
    assert!(features.n_features() > 100 && features.n_rows() == 10_000);
}
