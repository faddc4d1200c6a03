//! What is shared holds aggregates: no text that stands in few rows, no key, no extreme value of the file is in a report, card or bundle.
//! The rule stands in `report::suppress`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod desk;

use desk::{Desk, noise};
use watertight::protocol::{Chosen, Command, Export, Settings, Step};

const SHARED: [Export; 6] = [Export::ReportHtml, Export::ReportMarkdown, Export::ReportJson, Export::AuditJson, Export::ModelCard, Export::Bundle];

/// A table with keys, free text, names that stand once, rare levels, spellings of few rows, dates on no calendar and one extreme; and
/// the texts that must stay in it.
fn people() -> (String, Vec<String>) {
    let (x, e) = (noise(3, 0, 300), noise(3, 1, 300));
    let mut text = "patient_id,name,note,city,code,visit,amount,y\n".to_owned();
    let mut secrets = Vec::new();
    for i in 0..300_usize {
        let id = format!("PX{:05}Q", i * 7919 % 100_000);
        let name = format!("Zara{i:03} Quill");
        let note = format!("called about case {i} on line {}", i * 13);
        let city = match i {
            11 | 57 | 130 => "Rarestead".to_owned(),
            200 => "bern ".to_owned(),
            41 => "Onceville".to_owned(),
            _ => ["Bern", "Oslo", "Rome"][i % 3].to_owned(),
        };
        let code = if i % 99 == 5 { format!("odd{i}") } else { (i * 17 % 90).to_string() };
        let visit = if i == 77 { "2021-02-30".to_owned() } else { format!("2021-{:02}-{:02}", i % 12 + 1, i % 28 + 1) };
        let amount = if i == 150 {
            "98765.4321".to_owned()
        } else if i == 151 {
            "-43219.8765".to_owned()
        } else {
            format!("{:.4}", 100.0 + 10.0 * x[i])
        };
        let y = if x[i] + e[i] > 0.0 { "yes" } else { "no" };
        text += &format!("{id},{name},{note},{city},{code},{visit},{amount},{y}\n");
        secrets.extend([id, name, note]);
    }
    secrets.extend(
        ["Rarestead", "Onceville", "bern ", "odd5", "odd104", "odd203", "2021-02-30", "98765.4", "98,765", "43219.8", "43,219"].map(str::to_owned),
    );
    (text, secrets)
}

fn desk_of(csv: &str, learner: &str, edit: impl FnOnce(&mut Settings)) -> Desk {
    let mut desk = Desk::with_csv(csv);
    let mut settings = desk.state.settings.clone();
    settings.task.target = Some("y".into());
    settings.split.folds = 2;
    settings.learners = Some(vec![Chosen { id: learner.into(), ..Chosen::default() }]);
    edit(&mut settings);
    desk.command(Command::SetSettings { settings: Box::new(settings) });
    desk.run(Step::Decide);
    assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
    desk
}

/// The secrets in a text, with what stands around them.
fn leaks(text: &str, secrets: &[String]) -> Vec<String> {
    let around = |at: usize| text.chars().skip(text[..at].chars().count().saturating_sub(60)).take(120).collect::<String>();
    secrets.iter().filter_map(|s| text.find(s.as_str()).map(|at| format!("{s:?} in …{}…", around(at)))).take(5).collect()
}

#[test]
fn no_shared_file_names_a_key_a_text_a_rare_level_or_an_extreme() {
    let (csv, secrets) = people();
    for (learner, kept) in [("logistic", "Oslo"), ("random_forest", "Rome")] {
        let mut desk = desk_of(&csv, learner, |_| ());
        for what in SHARED {
            let text = desk.export(what);
            assert!(leaks(&text, &secrets).is_empty(), "{learner} {what:?}: {:#?}", leaks(&text, &secrets));
        }
        assert!(desk.export(Export::Bundle).contains(kept), "a frequent level is kept");
    }
}

#[test]
fn the_ends_of_a_predicted_number_are_in_no_shared_file() {
    let (csv, secrets) = people();
    for learner in ["ridge", "decision_tree", "gradient_boosting"] {
        let mut desk = desk_of(&csv, learner, |s| {
            s.task.target = Some("amount".into());
            s.augment = Some(Chosen { id: "noise".into(), ..Chosen::default() });
        });
        for what in SHARED {
            let text = desk.export(what);
            assert!(leaks(&text, &secrets).is_empty(), "{learner} {what:?}: {:#?}", leaks(&text, &secrets));
        }
    }
}

#[test]
fn levels_named_by_a_mapping_or_a_step_stand_in_five_rows() {
    let mut csv = "status,size,y\n".to_owned();
    for i in 0..200_usize {
        let (status, y) = match i % 3 {
            _ if i == 40 => ("settled-by-Ms-Quill", "paid"),
            0 => ("closed", "paid"),
            _ => ("waiting", "open"),
        };
        csv += &format!("{status},{},{y}\n", i * 37 % 41);
    }
    let mut desk = desk_of(&csv, "logistic", |_| ());
    let audit = desk.export(Export::AuditJson);
    assert!(audit.contains("\"mapping\": {") && audit.contains("closed"), "the copy is found: {audit}");
    for what in SHARED {
        assert!(!desk.export(what).contains("Ms-Quill"), "{what:?}");
    }
}

#[test]
fn the_users_own_screen_shows_findings_in_full() {
    let (csv, _) = people();
    let desk = desk_of(&csv, "logistic", |_| ());
    let quality = serde_json::to_string(&desk.sections[&Step::Quality]).unwrap();
    assert!(quality.contains("2021-02-30"), "{quality}");
}

#[test]
fn classes_of_few_rows_are_not_counted_out() {
    let x = noise(4, 0, 200);
    let mut csv = "x,y\n".to_owned();
    for (i, x) in x.iter().enumerate() {
        let y = if i % 67 == 3 {
            "rare"
        } else if *x > 0.0 {
            "high"
        } else {
            "low"
        };
        csv += &format!("{x},{y}\n");
    }
    let mut desk = desk_of(&csv, "decision_tree", |_| ());
    let report = desk.export(Export::ReportMarkdown);
    assert!(report.contains("| rare | &lt; 5 |"), "{report}");
    let document: serde_json::Value = serde_json::from_str(&desk.export(Export::ReportJson)).unwrap();
    let text = document.to_string();
    assert!(!text.contains("\"count\":3,\"text\":\"rare\"") && !text.contains("\"text\":\"rare\",\"count\":3"));
    let figure = document["sections"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|s| s["blocks"].as_array().unwrap())
        .map(|b| &b["figure"]["figure"])
        .find(|f| f["id"] == "confusion")
        .unwrap();
    let counts = figure["shape"]["matrix"]["counts"].as_array().unwrap();
    let small = |n: &serde_json::Value| n.as_f64().is_some_and(|n| n > 0.0 && n < 5.0);
    assert!(counts.iter().flat_map(|row| row.as_array().unwrap()).all(|n| !small(n)), "{counts:?}");
}

#[test]
fn a_model_that_holds_its_rows_says_so_and_others_do_not_hold_them() {
    let (csv, _) = people();
    let mut desk = desk_of(&csv, "neighbours", |s| s.learners = Some(vec![Chosen { id: "neighbours".into(), ..Chosen::default() }]));
    assert!(desk.export(Export::Bundle).contains("\"model\":{\"neighbours\":"), "the model is one of neighbours");
    assert!(desk.export(Export::ModelCard).contains("holds rows it learned from"));
    assert!(desk.export(Export::Bundle).contains("\"holds_training_rows\":true"));
    let mut desk = desk_of(&csv, "ridge", |s| {
        s.task.target = Some("amount".into());
    });
    assert!(!desk.export(Export::ModelCard).contains("holds rows it learned from"));
    assert!(desk.export(Export::Bundle).contains("\"holds_training_rows\":false"));
}

#[test]
fn the_worked_rows_of_a_proof_are_three_and_are_called_the_proof() {
    let (a, b) = (noise(1, 0, 120), noise(1, 1, 120));
    let mut csv = "a,b,y\n".to_owned();
    for (a, b) in a.iter().zip(&b) {
        csv += &format!("{a},{b},{:.3}\n", a + b);
    }
    let mut desk = desk_of(&csv, "ridge", |_| ());
    let report = desk.export(Export::ReportMarkdown);
    assert!(report.contains("3 rows worked out from the file: the proof, and the only cells of it that a report shows."), "{report}");
}
