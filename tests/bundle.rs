//! Files from outside: bundles, projects and settings. Whatever is in them, they are refused with a sentence or work; nothing panics.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod desk;

use desk::{ALONE, Desk};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::Write;
use watertight::bundle::{BUNDLE_FORMAT, Bundle, hex};
use watertight::decide::{Comparison, Gate, Quantity};
use watertight::error::ErrorKind;
use watertight::features::Predictions;
use watertight::protocol::{Chosen, Command, Export, Settings, Step};
use watertight::session::Session;
use watertight::table::{CsvOptions, Table, read};

/// Rows of labels, numbers, moments and gaps, with a target of the kind asked for.
fn csv(classes: usize) -> String {
    let mut text = "when,size,colour,gap,y\n".to_owned();
    for i in 0..120_usize {
        let colour = ["red", "green", "blue"][i * 7 % 3];
        let gap = if i % 9 == 0 { String::new() } else { (i * 13 % 17).to_string() };
        let y = if classes == 0 { format!("{}.25", i * 37 % 101) } else { format!("class {}", (i * 31 + i / 7) % classes) };
        text += &format!("2021-{:02}-{:02},{}.5,{colour},{gap},{y}\n", i % 12 + 1, i % 28 + 1, i * 29 % 83);
    }
    text
}

/// A bundle of one learner, as a file, and the table it came from.
fn saved(learner: &str, classes: usize) -> (String, Table) {
    let text = csv(classes);
    let mut desk = Desk::with_csv(&text);
    let mut settings = desk.state.settings.clone();
    settings.task.target = Some("y".into());
    settings.split.folds = 2;
    let number = |name: &str, v: i64| (name.to_owned(), watertight::param::Value::Whole(v));
    let params = match learner {
        "random_forest" | "gradient_boosting" => [number("trees", 4)].into(),
        _ => Default::default(),
    };
    settings.learners = Some(vec![Chosen { id: learner.into(), params, columns: Vec::new() }]);
    desk.command(Command::SetSettings { settings: Box::new(settings) });
    desk.run(Step::Decide);
    assert!(desk.refusals.is_empty(), "{learner}: {:?}", desk.refusals);
    (desk.export(Export::Bundle), read(text.as_bytes(), &CsvOptions::default()).unwrap().table)
}

/// Opens a bundle and asks it everything: an answer, or a refusal that is no fault of ours.
fn ask(text: &str, table: &Table) -> Option<Predictions> {
    let bundle = match Bundle::from_json(text) {
        Ok(bundle) => bundle,
        Err(error) => {
            assert!(error.kind != ErrorKind::Internal && error.message.len() > 20, "{error}");
            return None;
        }
    };
    let _ = watertight::session::predictions_file(&bundle, csv(0).as_bytes(), &bundle.origin.settings, Default::default());
    let predicted = bundle.predict(table).ok()?;
    assert!(predicted.values.iter().all(|v| v.is_finite()), "finite predictions or none");
    Some(predicted)
}

/// The file around changed content, with a hash that fits.
fn wrapped(content: &str) -> String {
    let hash = hex(&Sha256::digest(content.as_bytes()));
    format!("{{\"watertight_bundle\":{BUNDLE_FORMAT},\"sha256\":\"{hash}\",\"content\":{content}}}")
}

/// The paths of values in a document: of long lists the first two and the last.
fn paths(value: &Value, here: &str, all: &mut Vec<String>) {
    all.push(here.to_owned());
    match value {
        Value::Object(fields) => fields.iter().for_each(|(k, v)| paths(v, &format!("{here}/{}", k.replace('~', "~0").replace('/', "~1")), all)),
        Value::Array(list) => {
            let last = list.len().saturating_sub(1);
            list.iter().enumerate().filter(|(i, _)| *i < 2 || *i == last).for_each(|(i, v)| paths(v, &format!("{here}/{i}"), all));
        }
        _ => {}
    }
}

/// What a value is replaced by: nothing, other types, absurd numbers, spellings of no number, nests, indices out of range.
fn replacements(was: &Value) -> Vec<Value> {
    let nest = (0..100).fold(json!(0), |inner, _| json!([inner]));
    let mut all =
        vec![json!(null), json!(true), json!("NaN"), json!("-inf"), json!([]), json!({}), json!(-1), json!(0), json!(1e308), json!(u64::MAX), nest];
    match was {
        Value::Number(n) => {
            let n = n.as_f64().unwrap();
            all.extend([json!(n + 1.0), json!(-n), json!(n * 1e200), json!(n as i64 + 1), json!(4_294_967_295_u64), json!(0.5)]);
        }
        Value::Array(list) => {
            let turned: Vec<Value> = list.iter().rev().cloned().collect();
            let doubled: Vec<Value> = list.iter().chain(list).cloned().collect();
            let mut shorter = list.clone();
            shorter.pop();
            all.extend([json!(turned), json!(doubled), json!(shorter)]);
        }
        Value::String(_) => all.extend([json!(""), json!("\u{202e}<script>"), json!("x".repeat(10_000))]),
        _ => {}
    }
    all
}

/// The document without the value at a path.
fn without(document: &Value, path: &str) -> Value {
    let mut copy = document.clone();
    let (parent, name) = path.rsplit_once('/').unwrap();
    match copy.pointer_mut(parent).unwrap() {
        Value::Object(fields) => drop(fields.remove(&name.replace("~1", "/").replace("~0", "~"))),
        Value::Array(list) => drop(list.remove(name.parse().unwrap())),
        _ => unreachable!("a path leads through lists and objects"),
    }
    copy
}

/// Every mutation of every field of a learner's bundle.
fn survives(learner: &str, classes: usize) {
    let (text, table) = saved(learner, classes);
    let whole = ask(&text, &table).expect("the bundle as saved");
    assert_eq!(whole.n_classes, if classes == 0 { 0 } else { classes });
    let file: Value = serde_json::from_str(&text).unwrap();
    let content = &file["content"];
    let again = Bundle::from_json(&Bundle::from_json(&text).unwrap().to_json().unwrap()).unwrap();
    assert_eq!(again.predict(&table).unwrap(), whole, "saved, loaded, saved: the same predictions");
    let mut all = Vec::new();
    paths(content, "", &mut all);
    assert!(all.len() > 100, "{learner}: {} fields", all.len());
    let mut refused = 0;
    for path in &all {
        for other in replacements(content.pointer(path).unwrap()) {
            let mut copy = content.clone();
            *copy.pointer_mut(path).unwrap() = other;
            refused += usize::from(ask(&wrapped(&copy.to_string()), &table).is_none());
        }
        if !path.is_empty() {
            ask(&wrapped(&without(content, path).to_string()), &table);
        }
    }
    assert!(refused > all.len(), "{learner}: {refused} refusals of {} fields", all.len());
}

#[test]
fn a_bundle_of_trees_is_refused_or_predicts_whatever_is_changed() {
    survives("random_forest", 3);
    survives("gradient_boosting", 0);
}

#[test]
fn a_linear_bundle_is_refused_or_predicts_whatever_is_changed() {
    survives("ridge", 0);
    survives("logistic", 2);
}

#[test]
fn a_bundle_of_neighbours_or_a_baseline_is_refused_or_predicts_whatever_is_changed() {
    survives("neighbours", 2);
    survives("baseline", 3);
}

#[test]
fn damage_newer_formats_and_endless_nests_are_refused() {
    let (text, table) = saved("ridge", 0);
    let format = format!("\"watertight_bundle\":{BUNDLE_FORMAT}");
    let newer = text.replacen(&format, "\"watertight_bundle\":99", 1);
    assert!(Bundle::from_json(&newer).unwrap_err().message.contains("newer version"));
    let changed = text.replacen("\"target\":\"y\"", "\"target\":\"z\"", 1);
    assert_ne!(changed, text);
    assert!(Bundle::from_json(&changed).unwrap_err().message.contains("fingerprint"));
    for at in (0..text.trim_end().len()).step_by(97) {
        assert!(Bundle::from_json(text.get(..at).unwrap_or("")).is_err());
    }
    let deep = format!("{}0{}", "[".repeat(100_000), "]".repeat(100_000));
    for content in [deep.as_str(), &format!("{{\"schema\":{deep}}}")] {
        assert!(ask(&wrapped(content), &table).is_none());
    }
    assert!(Bundle::from_json(&deep).is_err());
}

#[test]
fn a_bundle_of_format_1_loads_and_predicts_for_ever() {
    // written by version 0.1.0 and never again: a change that breaks it breaks every bundle people have kept
    let bundle = Bundle::from_json(include_str!("golden/bundle_1/bundle.json")).unwrap();
    let rows = include_bytes!("golden/bundle_1/new.csv");
    let predicted = watertight::session::predictions_file(&bundle, rows, &bundle.origin.settings, Default::default()).unwrap();
    assert_eq!(String::from_utf8(predicted).unwrap(), include_str!("golden/bundle_1/predictions.csv"));
}

// ---- projects

fn open(bytes: Vec<u8>) -> Desk {
    let mut desk = Desk::new(ALONE);
    desk.command(Command::OpenProject { bytes });
    desk
}

fn project() -> Vec<u8> {
    let mut desk = Desk::with_csv("a,y\n1,2\n2,3\n3,5\n4,1\n5,9\n6,2\n7,7\n8,1\n");
    desk.export_bytes(Export::Project)
}

#[test]
fn a_project_with_flipped_bits_or_cut_off_is_refused_or_opens() {
    let whole = project();
    assert!(open(whole.clone()).refusals.is_empty());
    let start = whole.iter().position(|b| *b == b'\n').unwrap() + 1;
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        let refusals = open(flipped).refusals;
        assert!(at >= start || refusals.len() == 1, "a project whose first line differs is none");
        assert!(!open(whole[..at].to_vec()).refusals.is_empty(), "cut off at {at}");
    }
}

#[test]
fn a_project_that_unpacks_without_end_is_refused() {
    let mut packer = GzEncoder::new(b"watertight project 2\n".to_vec(), Compression::best());
    let zeros = vec![0; 1 << 20];
    (0..64).for_each(|_| packer.write_all(&zeros).unwrap());
    let refusals = open(packer.finish().unwrap()).refusals;
    assert!(refusals[0].message.contains("unpacks to more"), "{refusals:?}");
}

#[test]
fn a_project_of_another_version_is_refused_and_nothing_is_open() {
    let newer = [b"watertight project 3\n".as_slice(), &project()[21..]].concat();
    let desk = open(newer);
    assert!(desk.refusals[0].message.contains("another version"), "{:?}", desk.refusals);
    assert!(desk.state.files.is_empty());
}

// ---- settings

/// Sends settings to a desk with a small table and goes on to the verdict.
fn try_settings(edit: impl FnOnce(&mut Settings)) -> Desk {
    let mut desk = Desk::with_csv(&csv(2));
    let mut settings = desk.state.settings.clone();
    settings.split.folds = 2;
    settings.learners = Some(vec![Chosen { id: "decision_tree".into(), ..Chosen::default() }]);
    edit(&mut settings);
    desk.command(Command::SetSettings { settings: Box::new(settings) });
    desk.run(Step::Decide);
    assert!(desk.refusals.iter().all(|e| e.kind != ErrorKind::Internal && !e.message.is_empty()), "{:?}", desk.refusals);
    desk
}

fn chosen(id: &str, params: Value) -> Chosen {
    Chosen { id: id.into(), params: serde_json::from_value(params).unwrap(), columns: Vec::new() }
}

fn gate(id: &str, limit: f64) -> Gate {
    Gate { id: id.into(), quantity: Quantity::Metric { metric: "roc_auc".into() }, comparison: Comparison::AtLeast, limit, caution: None }
}

#[test]
fn absurd_settings_are_refused_with_a_sentence() {
    type Edit = Box<dyn FnOnce(&mut Settings)>;
    let strange = |name: &str| Some(name.to_owned());
    let edits: Vec<(&str, Edit)> = vec![
        ("folds", Box::new(|s| s.split.folds = 0)),
        ("folds", Box::new(|s| s.split.folds = 1_000_000_000)),
        ("holdout", Box::new(|s| s.split.holdout = f64::NAN)),
        ("holdout", Box::new(|s| s.split.holdout = -1.0)),
        ("holdout", Box::new(|s| s.split.holdout = 2.0)),
        ("no column", Box::new(move |s| s.task.target = strange("nowhere"))),
        ("no column", Box::new(move |s| s.task.time = strange("nowhere"))),
        ("no column", Box::new(move |s| s.task.entity = strange(""))),
        ("no column", Box::new(move |s| s.task.weight = strange("\u{202e}"))),
        ("class", Box::new(move |s| s.task.positive = strange("nobody"))),
        ("metric", Box::new(move |s| s.metric = strange("best"))),
        ("does not measure", Box::new(move |s| s.metric = strange("rmse"))),
        ("learner", Box::new(|s| s.learners = Some(vec![chosen("oracle", json!({}))]))),
        ("learners", Box::new(|s| s.learners = Some(vec![chosen("decision_tree", json!({})); 101]))),
        ("hyperparameter", Box::new(|s| s.learners = Some(vec![chosen("decision_tree", json!({"luck": 1}))]))),
        ("depth", Box::new(|s| s.learners = Some(vec![chosen("decision_tree", json!({"depth": -5}))]))),
        ("depth", Box::new(|s| s.learners = Some(vec![chosen("decision_tree", json!({"depth": i64::MAX}))]))),
        ("depth", Box::new(|s| s.learners = Some(vec![chosen("decision_tree", json!({"depth": "deep"}))]))),
        ("augmentation method", Box::new(|s| s.augment = Some(chosen("magic", json!({}))))),
        ("amount", Box::new(|s| s.augment = Some(chosen("noise", json!({"amount": 1e300}))))),
        ("preparation step", Box::new(|s| s.recipe = Some(vec![chosen("polish", json!({}))]))),
        ("recipe", Box::new(|s| s.recipe = Some(vec![chosen("impute", json!({})); 101]))),
        ("no column", Box::new(|s| s.recipe = Some(vec![Chosen { columns: vec!["nowhere".into()], ..chosen("impute", json!({})) }]))),
        ("missing cells", Box::new(|s| s.recipe = Some(Vec::new()))),
        ("must be", Box::new(|s| s.gates = Some(vec![gate("a", f64::NAN)]))),
        ("must be", Box::new(|s| s.gates = Some(vec![gate("a", f64::INFINITY)]))),
        ("must be", Box::new(|s| s.gates = Some(vec![gate("a", 0.5), gate("a", 0.6)]))),
        ("gates", Box::new(|s| s.gates = Some((0..10_000).map(|i| gate(&format!("g{i}"), 0.5)).collect()))),
        ("delimiter", Box::new(|s| s.csv.delimiter = Some('\u{1f600}'))),
        ("encoding", Box::new(|s| s.csv.encoding = Some("klingon".into()))),
        ("csv.nulls", Box::new(|s| s.csv.nulls = vec!["x".into(); 20_000])),
        (
            "date pattern",
            Box::new(|s| {
                let choice = s.columns.entry("size".into()).or_default();
                (choice.kind, choice.date_format) = (Some(watertight::table::Kind::Timestamp), Some("%Q%Q".into()));
            }),
        ),
    ];
    for (word, edit) in edits {
        let desk = try_settings(edit);
        assert!(desk.refusals.iter().any(|e| e.message.contains(word)), "{word}: {:?}", desk.refusals);
    }
}

#[test]
fn unusual_settings_are_handled() {
    type Edit = Box<dyn FnOnce(&mut Settings)>;
    let edits: Vec<Edit> = vec![
        Box::new(|s| s.seed = u64::MAX),
        Box::new(|s| s.gates = Some(Vec::new())),
        Box::new(|s| s.gates = Some((0..100).map(|i| gate(&format!("g{i}"), -1e308)).collect())),
        Box::new(|s| s.learners = Some(Vec::new())),
        Box::new(|s| s.columns.entry("no such column".into()).or_default().kind = Some(watertight::table::Kind::Numeric)),
        Box::new(|s| s.columns.entry("colour".into()).or_default().kind = Some(watertight::table::Kind::Timestamp)),
        Box::new(|s| s.columns.entry("y".into()).or_default().role = Some(watertight::protocol::Role::Ignored)),
        Box::new(|s| s.split.gap = u32::MAX),
        Box::new(|s| s.task.horizon = u32::MAX),
        Box::new(|s| {
            s.task.time = Some("when".into());
            s.split.gap = u32::MAX;
            s.task.horizon = u32::MAX;
        }),
        Box::new(|s| s.task.entity = Some("y".into())),
        Box::new(|s| s.task.weight = Some("colour".into())),
        Box::new(|s| s.task.weight = Some("gap".into())),
        Box::new(|s| s.task.target = Some("when".into())),
        Box::new(|s| s.accepted = vec![watertight::settings::Accepted { finding: "nothing".into(), reason: String::new(), fingerprint: vec![] }]),
        Box::new(|s| s.csv.nulls = ["red", "class 0", "class 1"].map(str::to_owned).to_vec()),
        Box::new(|s| s.csv.header = Some(false)),
        Box::new(|s| s.csv.delimiter = Some('\t')),
        Box::new(|s| s.recipe = Some(vec![chosen("encode", json!({"min_rows": 1000})), chosen("impute", json!({}))])),
    ];
    for (at, edit) in edits.into_iter().enumerate() {
        let mut desk = try_settings(edit);
        let report = desk.try_export(Export::ReportJson);
        assert!(report.is_some() || !desk.refusals.is_empty(), "edit {at} gives neither a report nor a sentence");
    }
}

#[test]
fn settings_files_of_any_content_are_refused_or_read() {
    let whole: Value = serde_json::from_str(&Settings::default().to_json()).unwrap();
    let mut all = Vec::new();
    paths(&whole, "", &mut all);
    for path in &all {
        for other in replacements(whole.pointer(path).unwrap()) {
            let mut copy = whole.clone();
            *copy.pointer_mut(path).unwrap() = other;
            if let Ok(settings) = Settings::from_json(&copy.to_string()) {
                Session::new().command(Command::SetSettings { settings: Box::new(settings) });
            }
        }
    }
    assert!(Settings::from_json("{\"format\": 99}").is_err());
    assert!(Settings::from_json(&"[".repeat(100_000)).is_err());
}
