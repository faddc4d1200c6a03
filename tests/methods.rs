//! The three ways of working the product is built for, from the raw file to the defended decision: a small table whose quality is the problem, a certification on
//! growing batches, and a large imbalanced table.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod desk;

use desk::{ALONE, Desk};
use serde_json::Value as Json;
use watertight::protocol::{Ask, Chosen, ColumnChoice, Command, Document, Export, Note, Role, Saved, Settings, Step, Value};
use watertight::report::block::plain;
use watertight::settings::SearchChoice;

fn change(desk: &mut Desk, act: impl FnOnce(&mut Settings)) {
    let mut settings = desk.session.settings().clone();
    act(&mut settings);
    desk.command(Command::SetSettings { settings: Box::new(settings) });
}

fn entry(id: &str, params: &[(&str, Value)]) -> Chosen {
    Chosen { id: id.into(), params: params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(), columns: Vec::new() }
}

fn decided(desk: &mut Desk) -> Json {
    desk.run(Step::Decide);
    assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
    let report: Json = serde_json::from_str(&desk.export(Export::ReportJson)).unwrap();
    report["results"].clone()
}

fn keep(desk: &mut Desk, name: &str) {
    let note = Note { name: name.into(), tags: Vec::new(), notes: String::new(), kept: 1_760_000_000_000 };
    desk.command(Command::Registry { ask: Ask::Keep { note } });
    assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
}

fn versions(desk: &Desk) -> Vec<String> {
    desk.state.series.iter().flat_map(|s| s.versions.clone()).collect()
}

/// The best value of a metric among the learners that are no baseline.
fn best(results: &Json, metric: &str) -> f64 {
    let standings = results["leaderboard"]["standings"].as_array().unwrap().iter().filter(|s| s["baseline"] != true);
    let values = standings.flat_map(|s| s["estimates"].as_array().unwrap()).filter(|e| e["metric"] == metric).filter_map(|e| e["value"].as_f64());
    values.fold(f64::NEG_INFINITY, f64::max)
}

fn saved(desk: &mut Desk, what: Saved) -> String {
    desk.exported = None;
    desk.command(Command::Registry { ask: Ask::Save { id: String::new(), what } });
    String::from_utf8(desk.exported.take().unwrap_or_else(|| panic!("no file: {:?}", desk.refusals)).1).unwrap()
}

#[test]
fn studio_leaks_are_found_repaired_and_the_honest_model_is_versioned_compared_and_documented() {
    let mut desk = Desk::with_sample(ALONE, "studio", 0, Step::Audit);
    let before = decided(&mut desk);
    assert!(best(&before, "r2") > 0.95, "with its leaks it looks nearly perfect: {}", best(&before, "r2"));
    assert_eq!(before["decision"]["verdict"], "no_go");
    keep(&mut desk, "studio");

    desk.command(Command::Repair);
    let honest = decided(&mut desk);
    assert!(best(&honest, "r2") < best(&before, "r2") - 0.02, "without them it is honest: {} after {}", best(&honest, "r2"), best(&before, "r2"));
    assert!(!honest["decision"]["reasons"].as_array().unwrap().is_empty());
    keep(&mut desk, "studio");

    change(&mut desk, |s| {
        s.augment = Some(entry("noise", &[]));
        s.learners = Some(["baseline", "ridge", "gradient_boosting"].map(|id| entry(id, &[])).to_vec());
        s.search = Some(SearchChoice { method: entry("tpe", &[("trials", Value::Whole(6))]), ..SearchChoice::default() });
    });
    let tuned = decided(&mut desk);
    let judged = |e: &Json| e["value"].is_f64() && e["low"].is_f64() && e["high"].is_f64();
    assert!(judged(&tuned["augmentation"]["gain"]), "what augmentation is worth has an interval: {}", tuned["augmentation"]);
    assert!(tuned["search"].as_array().unwrap().iter().all(|s| judged(&s["gain"])), "so has what tuning is worth: {}", tuned["search"]);
    keep(&mut desk, "studio");
    assert_eq!(
        versions(&desk),
        ["studio 2.1.0", "studio 2.0.0", "studio 1.0.0"],
        "other columns are a new major version, another recipe a minor one"
    );

    let ids = vec!["studio 2.0.0".to_owned(), "studio 2.1.0".to_owned()];
    desk.command(Command::Registry { ask: Ask::Compare { ids, margin: 0.02 } });
    assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
    let told = saved(&mut desk, Saved::ComparisonMarkdown);
    assert!(told.contains("studio 2.1.0") && told.contains("studio 2.0.0"), "{told}");
    for which in Document::ALL {
        assert!(desk.export(Export::Document(which)).contains("studio"), "{which:?}");
    }
}

#[test]
fn claims_grow_by_batches_until_three_green_runs_certify_them() {
    let mut desk = Desk::new(ALONE);
    let (mut green, mut runs) = (0, Vec::new());
    for rows in [250, 4000, 5000, 6000, 7000] {
        desk.command(Command::OpenSample { id: "claims".into(), rows });
        let so_far = desk.session.registry().green_runs("claims");
        assert_eq!(so_far, green);
        change(&mut desk, |s| {
            s.preset = Some("certification".into());
            s.green_before = Some(green);
            s.validation.permutations = 39;
            s.learners = Some(["baseline", "logistic"].map(|id| entry(id, &[])).to_vec());
        });
        let found = decided(&mut desk);
        keep(&mut desk, "claims");
        green = desk.session.registry().green_runs("claims");
        runs.push((rows, found["decision"]["verdict"].clone(), green));
        if green == 3 {
            break;
        }
    }
    assert_eq!(green, 3, "{runs:?}");
    assert!(runs[0].2 == 0, "a small batch is not enough: {runs:?}");
    assert_eq!(runs.last().unwrap().1, "go", "{runs:?}");
    assert!(desk.export(Export::Document(Document::CertificationSheet)).contains("Certified: 3 green runs in a row."));
    assert_eq!(plain(&desk.sections[&Step::Registry].statement), "Certified: claims.");
}

#[test]
fn sessions_convert_as_well_as_asked_for_with_ways_against_imbalance_side_by_side() {
    let mut desk = Desk::with_sample(ALONE, "sessions", 6000, Step::Open);
    // Known only after the order; what is left is as the visit showed it.
    let hindsight = ColumnChoice { role: Some(Role::Ignored), ..ColumnChoice::default() };
    change(&mut desk, |s| drop(s.columns.insert("revenue".into(), hindsight)));
    // Class weights, and rows made or left out, on the same folds.
    let balanced = || entry("gradient_boosting", &[("class_weights", Value::Word("balanced".into()))]);
    let mut told = Vec::new();
    for method in ["smote", "over_sampling", "under_sampling"] {
        change(&mut desk, |s| {
            s.learners = Some(vec![entry("baseline", &[]), entry("logistic", &[]), balanced()]);
            s.augment = Some(entry(method, &[]));
        });
        let found = decided(&mut desk);
        let gain = &found["augmentation"]["gain"];
        assert!(gain["value"].is_f64() && gain["low"].as_f64() <= gain["high"].as_f64(), "{method}: {gain}");
        // All four of the one model that is proposed.
        let of =
            |metric: &str| found["chosen"]["estimates"].as_array().unwrap().iter().find(|e| e["metric"] == metric).and_then(|e| e["value"].as_f64());
        told.push((method, ["f1", "roc_auc", "recall", "precision"].map(of)));
    }
    let asked = [0.40, 0.75, 0.50, 0.30];
    assert!(told.iter().all(|(_, scores)| scores.iter().zip(asked).all(|(score, least)| score.is_some_and(|s| s > least))), "{told:?}");
}
