//! Recipes as a whole: training rows only, saved and loaded, degenerate tables, every step of the list.

use super::*;

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
