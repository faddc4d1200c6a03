//! Input from which little or nothing can be computed, through the whole session: no panic, a sentence that says why, and never a
//! NaN or infinity where a number should stand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod desk;

use desk::{Desk, noise};
use watertight::error::ErrorKind;
use watertight::protocol::{Command, Export, Settings, Step};

/// Whether a text has a word for a number that is none.
fn no_number(text: &str) -> Option<String> {
    let odd = ["nan", "inf", "infinity"];
    let at = text.split(|c: char| !c.is_alphanumeric()).position(|w| odd.contains(&w.to_lowercase().as_str()))?;
    Some(text.split(|c: char| !c.is_alphanumeric()).skip(at.saturating_sub(8)).take(12).collect::<Vec<_>>().join(" "))
}

/// Opens a file and asks for everything. Gives whether there was a verdict.
fn whole_journey(name: &str, csv: &str, edit: impl FnOnce(&mut Settings)) -> bool {
    let mut desk = Desk::with_csv(csv);
    let mut settings = desk.state.settings.clone();
    edit(&mut settings);
    desk.command(Command::SetSettings { settings: Box::new(settings) });
    desk.run(Step::Decide);
    for error in &desk.refusals {
        assert!(error.kind != ErrorKind::Internal, "{name}: {error}");
        assert!(no_number(&error.to_string()).is_none(), "{name}: {error}");
    }
    let sections = format!("{:?}", desk.sections).replace("NaN values", "");
    assert!(no_number(&sections).is_none(), "{name}: a section says {:?}", no_number(&sections));
    let exports =
        [Export::ReportHtml, Export::ReportMarkdown, Export::ReportJson, Export::AuditJson, Export::ModelCard, Export::Bundle, Export::Predictions];
    let mut reported = false;
    for what in exports {
        let Some(text) = desk.try_export(what) else { continue };
        reported |= what == Export::ReportJson;
        match what {
            Export::Bundle => drop(watertight::bundle::Bundle::from_json(&text).unwrap_or_else(|e| panic!("{name}: {e}"))),
            _ => assert!(no_number(&text).is_none(), "{name}: {what:?} says {:?}", no_number(&text)),
        }
        if what == Export::ReportJson {
            let document: serde_json::Value = serde_json::from_str(&text).unwrap();
            let estimates = document["results"]["chosen"]["estimates"].as_array().cloned().unwrap_or_default();
            if estimates.iter().any(|e| e["value"].is_null()) {
                assert!(text.contains("not computable"), "{name}: a missing value is said to be missing");
            }
        }
    }
    assert!(reported || !desk.refusals.is_empty(), "{name}: neither a verdict nor a sentence");
    reported
}

fn rows(n: usize, row: impl Fn(usize) -> String) -> String {
    (0..n).map(|i| row(i) + "\n").collect()
}

fn as_it_is(_: &mut Settings) {}

#[test]
fn tables_of_hardly_any_rows_get_a_sentence() {
    whole_journey("header only", "a,b,y\n", as_it_is);
    whole_journey("one row", "a,b,y\n1,2,3\n", as_it_is);
    whole_journey("two rows", "a,b,y\n1,2,0\n2,3,1\n", as_it_is);
    for n in 3..12 {
        whole_journey("few rows", &format!("a,b,y\n{}", rows(n, |i| format!("{},{},{}", i * 7 % 5, i, i % 2))), as_it_is);
        whole_journey("few rows", &format!("a,b,y\n{}", rows(n, |i| format!("{},{},{}.5", i * 7 % 5, i, i * i))), as_it_is);
    }
    whole_journey("one column", &format!("y\n{}", rows(40, |i| (i % 3).to_string())), as_it_is);
}

#[test]
fn a_target_without_values_or_with_one_gets_a_sentence() {
    let named = |s: &mut Settings| s.task.target = Some("y".into());
    let missing = format!("a,y\n{}", rows(60, |i| format!("{i},")));
    assert!(!whole_journey("missing target", &missing, named));
    let constant = format!("a,y\n{}", rows(60, |i| format!("{i},7")));
    assert!(!whole_journey("constant target", &constant, named));
    let almost = format!("a,y\n{}", rows(60, |i| format!("{},{}", i * 31 % 17, if i == 7 { "yes" } else { "no" })));
    whole_journey("one row of a class", &almost, named);
    let gaps = format!("a,y\n{}", rows(60, |i| format!("{},{}", i * 31 % 17, if i % 20 == 0 { (i / 20).to_string() } else { String::new() })));
    whole_journey("three rows with a target", &gaps, named);
}

#[test]
fn columns_that_say_nothing_or_the_same_give_findings() {
    let x = noise(5, 0, 80);
    let y = |i: usize| format!("{:.3}", x[i] * 2.0 + 0.5);
    whole_journey("constant features", &format!("a,b,y\n{}", rows(80, |i| format!("1,x,{}", y(i)))), as_it_is);
    whole_journey("empty features", &format!("a,b,y\n{}", rows(80, |i| format!(",,{}", y(i)))), as_it_is);
    whole_journey("two equal columns", &format!("a,b,y\n{}", rows(80, |i| format!("{0},{0},{1}", x[i], i * 37 % 11))), as_it_is);
    whole_journey("everything equal", &format!("a,b,y\n{}", rows(80, |i| format!("{0},{0},{0}", i * 37 % 11))), as_it_is);
    whole_journey("huge numbers", &format!("a,b,y\n{}", rows(80, |i| format!("{}e300,-{}e305,{}", i + 1, i + 1, y(i)))), as_it_is);
    whole_journey("huge target", &format!("a,b,y\n{}", rows(80, |i| format!("{},{i},{}e306", x[i], i + 1))), as_it_is);
    whole_journey("tiny numbers", &format!("a,b,y\n{}", rows(80, |i| format!("{}e-310,{i},{}", i + 1, y(i)))), as_it_is);
    let text = format!("a,b,c\n{}", rows(80, |i| format!("word {i} of row {},no two {} alike,a note on {i} and {}", i * 3, i * 7, i * 11)));
    whole_journey("text only", &text, as_it_is);
}

#[test]
fn more_columns_than_rows_or_a_hundred_classes_are_worked_off() {
    let columns: Vec<Vec<f64>> = (0..500).map(|c| noise(9, c, 30)).collect();
    let head: Vec<String> = (0..500).map(|c| format!("c{c}")).collect();
    let wide = format!(
        "{},y\n{}",
        head.join(","),
        rows(30, |i| format!("{},{}", columns.iter().map(|c| c[i].to_string()).collect::<Vec<_>>().join(","), i % 2))
    );
    let one = |s: &mut Settings| s.learners = Some(vec![watertight::protocol::Chosen { id: "logistic".into(), ..Default::default() }]);
    whole_journey("500 columns of 30 rows", &wide, one);
    let classes = format!("a,b,y\n{}", rows(300, |i| format!("{},{},class {:03}", i * 7 % 13, i * 11 % 29, i % 100)));
    let two = |s: &mut Settings| {
        s.split.folds = 2;
        s.learners = Some(vec![watertight::protocol::Chosen { id: "decision_tree".into(), ..Default::default() }]);
    };
    whole_journey("100 classes", &classes, two);
    whole_journey("101 classes", &format!("a,y\n{}", rows(303, |i| format!("{},class {:03}", i, i % 101))), |s| s.task.target = Some("y".into()));
}

#[test]
fn folds_without_rows_or_with_one_class_get_a_sentence() {
    let few = format!("a,e,y\n{}", rows(12, |i| format!("{},{},{}", i * 5 % 7, i % 2, i * 3 % 4)));
    whole_journey("more folds than rows", &few, |s| s.split.folds = 20);
    whole_journey("more folds than entities", &few, |s| {
        s.task.entity = Some("e".into());
        s.split.strategy = watertight::protocol::Strategy::Grouped;
        s.split.folds = 5;
    });
    let sorted =
        format!("t,a,y\n{}", rows(90, |i| format!("2021-01-01 {:02}:{:02},{},{}", i / 60, i % 60, i * 31 % 17, if i < 45 { "no" } else { "yes" })));
    whole_journey("folds of one class", &sorted, |s| {
        s.task.time = Some("t".into());
        s.split.strategy = watertight::protocol::Strategy::TimeOrdered;
    });
    whole_journey("no weight", &few, |s| s.task.weight = Some("e".into()));
}

#[test]
fn rules_of_ones_own_are_looked_at_without_a_target() {
    // Neither dates nor one value can be predicted.
    let mut desk = Desk::with_csv(&format!("x,same\n{}", rows(28, |i| format!("2021-02-{:02},1", i + 1))));
    assert!(desk.state.resolved.target.is_none());
    let rule = |rule: &str, value: &str| watertight::protocol::OwnRule { column: "x".into(), rule: rule.into(), value: value.into() };
    let quality = |desk: &Desk| format!("{:?}", desk.sections[&Step::Quality]);
    assert!(!quality(&desk).contains("breaks a rule"));
    for (value, broken) in [("2021-02-05", true), ("2020-12-31", false)] {
        let mut settings = desk.state.settings.clone();
        settings.rules = vec![rule("at_least", value)];
        desk.command(Command::SetSettings { settings: Box::new(settings) });
        desk.run(Step::Quality);
        assert_eq!(quality(&desk).contains("breaks a rule"), broken, "at least {value}");
    }
}

#[test]
fn weights_change_scores_and_nothing_else() {
    let mut desk =
        Desk::with_csv(&format!("x,y\n{}", rows(60, |i| format!("{},{}", if i % 3 == 0 { String::new() } else { i.to_string() }, i * 7 % 11))));
    let lowest = |desk: &Desk| desk.state.steps.iter().find(|s| s.step == Step::Quality).unwrap().badge.clone();
    let before = lowest(&desk);
    let mut settings = desk.state.settings.clone();
    settings.weights.insert("missing_values".into(), 0.0);
    desk.command(Command::SetSettings { settings: Box::new(settings.clone()) });
    assert!(before != lowest(&desk), "{before}");
    settings.weights.insert("no_such_rule".into(), 1.0);
    desk.command(Command::SetSettings { settings: Box::new(settings) });
    assert!(desk.refusals.iter().any(|r| r.to_string().contains("no_such_rule")), "{:?}", desk.refusals);
}
