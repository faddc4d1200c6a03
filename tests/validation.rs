//! Validation from file to report: permutation test, learning curve, intervals that go with the model, periods, levels, repeated folds and windows.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod desk;

use desk::{ALONE, Desk, Staff, noise};
use serde_json::Value as Json;
use watertight::bundle::Bundle;
use watertight::protocol::{Chosen, Command, Export, Settings, Step};
use watertight::session::predictions_file;

/// Rows of two numbers, a label and a day; `told`: how much of the target the first number tells, less for every fourth row.
fn table(n: usize, told: f64) -> String {
    let (a, b, e) = (noise(3, 0, n), noise(3, 1, n), noise(3, 2, n));
    let mut text = "day,a,b,who,y\n".to_owned();
    for i in 0..n {
        let day = 1 + i % 28;
        let month = 1 + (i / 28) % 12;
        let year = 2021 + i / 336;
        let (who, less) = if i % 4 == 0 { ("small", 0.2) } else { ("large", 1.0) };
        text += &format!("{year}-{month:02}-{day:02},{:.4},{:.4},{who},{:.4}\n", a[i], b[i], told * less * a[i] + e[i]);
    }
    text
}

fn judged(staff: Staff, text: &str, edit: impl FnOnce(&mut Settings)) -> Desk {
    let mut desk = Desk::new(staff);
    desk.open(&[("table.csv", text.as_bytes())]);
    let mut settings = desk.state.settings.clone();
    settings.task.target = Some("y".into());
    settings.learners = Some(vec![Chosen { id: "ridge".into(), ..Chosen::default() }, Chosen { id: "decision_tree".into(), ..Chosen::default() }]);
    settings.split.folds = 4;
    edit(&mut settings);
    desk.command(Command::SetSettings { settings: Box::new(settings) });
    desk.run(Step::Decide);
    desk
}

/// Rows dealt by chance: the day is no time column.
fn by_chance(settings: &mut Settings) {
    settings.columns.entry("day".into()).or_default().role = Some(watertight::protocol::Role::Ignored);
}

fn results(desk: &mut Desk) -> Json {
    let report: Json = serde_json::from_str(&desk.export(Export::ReportJson)).unwrap();
    report["results"].clone()
}

#[test]
fn a_score_that_means_something_is_no_chance_and_one_of_noise_may_be() {
    let with = |told: f64| {
        let mut desk = judged(ALONE, &table(160, told), |s| {
            by_chance(s);
            s.validation.permutations = 19;
        });
        results(&mut desk)["permutation_test"].clone()
    };
    let (real, chance) = (with(3.0), with(0.0));
    assert_eq!((real["p"].as_f64(), real["null"].as_array().map(Vec::len), real["exchangeable"].as_bool()), (Some(0.05), Some(19), Some(true)));
    assert!(chance["p"].as_f64().unwrap() > 0.05, "{chance}");
}

#[test]
fn what_is_asked_for_later_opens_no_seal_again_and_keeps_the_folds() {
    let mut desk = judged(ALONE, &table(200, 3.0), by_chance);
    let before = results(&mut desk);
    assert!(before["permutation_test"].is_null() && before["learning_curve"].is_null());
    let mut settings = desk.state.settings.clone();
    settings.validation.permutations = 9;
    settings.validation.learning_curve = true;
    settings.validation.fairness = vec!["who".into()];
    settings.validation.coverage = 0.8;
    desk.command(Command::SetSettings { settings: Box::new(settings) });
    desk.run(Step::Decide);
    let after = results(&mut desk);
    assert_eq!(after["leaderboard"], before["leaderboard"]);
    assert_eq!((after["holdout"]["opened"].as_u64(), after["permutation_test"]["p"].as_f64()), (Some(1), Some(0.1)));
    assert_eq!(after["learning_curve"]["points"].as_array().unwrap().len(), 5);
    assert_eq!(after["validation"]["conformal"]["wanted"], 0.8);
    let levels = after["validation"]["fairness"][0]["levels"].as_array().unwrap();
    let ratio = |name: &str| levels.iter().find(|l| l["name"]["label"] == name).unwrap()["ratio"][0].as_f64().unwrap();
    assert!(ratio("large") > ratio("small"), "what tells less of them serves them worse: {levels:?}");
    let told = serde_json::to_string(&desk.sections[&Step::Validate]).unwrap();
    for heading in ["Could it be chance?", "Would more rows help?", "Prediction intervals", "Where it errs", "By level"] {
        assert!(told.contains(heading), "{heading}");
    }
}

#[test]
fn predictions_carry_intervals_in_the_run_and_by_the_bundle() {
    let text = table(260, 3.0);
    let mut desk = judged(ALONE, &text, by_chance);
    let predicted = desk.export(Export::Predictions);
    let head: Vec<&str> = predicted.lines().next().unwrap().split(',').collect();
    assert_eq!(&head[head.len() - 3..], ["prediction", "prediction_low", "prediction_high"]);
    let mut inside = 0;
    for line in predicted.lines().skip(1) {
        let cells: Vec<f64> = line.split(',').rev().take(4).map(|c| c.parse().unwrap()).collect();
        let [high, low, prediction, y] = cells[..] else { panic!("{line}") };
        assert!(low < prediction && prediction < high);
        inside += usize::from((low..=high).contains(&y));
    }
    let n = predicted.lines().count() - 1;
    // 52 sealed rows at 90 %: fewer than 40 inside happen once in ten thousand times.
    assert!(n == 52 && inside >= 40, "{inside} of {n}");
    let bundle = Bundle::from_json(&desk.export(Export::Bundle)).unwrap();
    let again = predictions_file(&bundle, text.as_bytes(), &bundle.origin.settings, Default::default()).unwrap();
    assert!(String::from_utf8(again).unwrap().lines().next().unwrap().ends_with("prediction_low,prediction_high"));
}

#[test]
fn sets_of_classes_stand_beside_probabilities() {
    let n = 240;
    let (a, e) = (noise(4, 0, n), noise(4, 1, n));
    let mut text = "a,y\n".to_owned();
    for i in 0..n {
        text += &format!("{:.3},{}\n", a[i], if a[i] + 0.3 * e[i] > 0.5 { "yes" } else { "no" });
    }
    let mut desk = judged(ALONE, &text, |s| s.learners = Some(vec![Chosen { id: "logistic".into(), ..Chosen::default() }]));
    let predicted = desk.export(Export::Predictions);
    assert!(
        predicted.lines().next().unwrap().ends_with("proba_no,proba_yes,prediction_set")
            || predicted.lines().next().unwrap().ends_with("prediction_set")
    );
    assert!(predicted.lines().skip(1).all(|line| ["yes", "no", "no | yes", ""].contains(&line.rsplit(',').next().unwrap())));
    let found = results(&mut desk);
    assert!(found["validation"]["conformal"]["coverage"]["value"].as_f64().unwrap() > 0.8);
    assert!(found["validation"]["ranked"]["interval"].is_array(), "single rows of two classes have DeLong's interval");
}

#[test]
fn in_time_order_periods_have_dates_and_the_window_slides() {
    let mut desk = judged(ALONE, &table(300, 3.0), |s| {
        s.split.window = 60;
        s.split.embargo = 2;
        s.split.gap = 1;
    });
    let found = results(&mut desk);
    assert_eq!((found["split"]["n_development"].as_u64(), found["split"]["window"].as_u64()), (Some(60), Some(60)));
    let periods = &found["validation"]["periods"];
    assert_eq!((periods["in_time"].as_bool(), periods["all"].as_array().map(Vec::len)), (Some(true), Some(4)));
    assert_eq!(periods["consistency"]["n"], 4);
    let told = serde_json::to_string(&desk.sections[&Step::Validate]).unwrap();
    assert!(told.contains("Over time") && told.contains("2021-"), "{told}");
    assert!(desk.sections[&Step::Train].eyebrow.contains("last 60 stamps"), "{}", desk.sections[&Step::Train].eyebrow);
}

#[test]
fn repeated_folds_judge_each_row_several_times_and_count_it_once() {
    let run = |repeats: u32| {
        let mut desk = judged(ALONE, &table(150, 3.0), |s| {
            by_chance(s);
            s.split.repeats = repeats;
        });
        results(&mut desk)
    };
    let (once, thrice) = (run(1), run(3));
    assert_eq!(thrice["chosen"]["by_fold"].as_array().unwrap().len(), 12);
    assert_eq!(thrice["chosen"]["estimates"][0]["n_rows"], once["chosen"]["estimates"][0]["n_rows"]);
    assert_eq!((thrice["split"]["n_validated"].as_u64(), thrice["split"]["repeats"].as_u64()), (Some(120), Some(3)));
    let width = |found: &Json| {
        let e = &found["chosen"]["estimates"][0];
        e["high"].as_f64().unwrap() - e["low"].as_f64().unwrap()
    };
    assert!(width(&thrice) > 0.7 * width(&once), "thrice the folds are not thrice the rows");
}

#[test]
fn any_staff_comes_to_the_same() {
    let run = |staff: Staff| {
        let mut desk = judged(staff, &table(140, 2.0), |s| {
            by_chance(s);
            s.split.repeats = 2;
            s.validation.permutations = 4;
            s.validation.learning_curve = true;
            s.validation.fairness = vec!["who".into(), "b".into()];
        });
        desk.export(Export::ReportJson)
    };
    assert_eq!(run(ALONE), run(Staff { workers: 3, backwards: true }));
}

#[test]
fn a_column_that_is_not_there_is_refused_by_name() {
    let desk = judged(ALONE, &table(100, 1.0), |s| s.validation.fairness = vec!["nobody".into()]);
    assert!(desk.refusals.iter().any(|e| e.to_string().contains("nobody")), "{:?}", desk.refusals);
}
