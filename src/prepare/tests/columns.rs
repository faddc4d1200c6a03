//! Steps that change one column at a time: filling, encoding, scaling, cutting into parts.

use super::*;

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
