//! The main job through the session, as page and command line drive it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod desk;

use desk::{ALONE, Desk, Staff, csv, noise};
use watertight::protocol::{Block, Command, Export, Outcome, Remedy, Step, StepState};

fn verdict(desk: &Desk) -> Outcome {
    let blocks = &desk.sections[&Step::Decide].blocks;
    blocks.iter().find_map(|b| if let Block::Verdict { outcome, .. } = b { Some(*outcome) } else { None }).expect("a verdict")
}

/// Ids of all findings a section shows, folded ones too.
fn findings(all: &[Block]) -> Vec<String> {
    let one = |b: &Block| match b {
        Block::Findings { findings } => findings.iter().map(|f| f.id.clone()).collect(),
        Block::Details { blocks, .. } => findings(blocks),
        _ => Vec::new(),
    };
    all.iter().flat_map(one).collect()
}

#[test]
fn the_clean_sample_goes_from_csv_to_verdict() {
    let mut desk = Desk::with_sample(ALONE, "clean", 400, Step::Decide);
    assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
    assert_ne!(verdict(&desk), Outcome::NoGo);
    for what in
        [Export::ReportHtml, Export::ReportMarkdown, Export::ReportJson, Export::ModelCard, Export::Bundle, Export::Predictions, Export::Settings]
    {
        assert!(desk.export(what).len() > 100, "{what:?}");
    }
}

#[test]
fn workers_and_their_order_never_change_a_byte() {
    let mut reports = [ALONE, Staff { workers: 3, backwards: false }, Staff { workers: 2, backwards: true }].map(|staff| {
        let mut desk = Desk::with_sample(staff, "claims", 0, Step::Decide);
        (desk.export(Export::ReportJson), desk.export(Export::Bundle))
    });
    let first = std::mem::take(&mut reports[0]);
    assert!(!first.0.is_empty());
    assert!(reports[1..].iter().all(|r| *r == first));
}

#[test]
fn a_sum_that_is_the_target_is_a_proven_blocker_and_always_no_go() {
    let (a, b) = (noise(1, 0, 300), noise(1, 1, 300));
    let y: Vec<f64> = a.iter().zip(&b).map(|(a, b)| ((a + b) * 1000.0).round() / 1000.0).collect();
    let c = noise(1, 2, 300);
    let mut desk = Desk::with_csv(&csv(&[("a", &a), ("b", &b), ("c", &c), ("y", &y)]));
    let found = findings(&desk.sections[&Step::Audit].blocks);
    let sum = found.iter().find(|id| id.starts_with("target_sum")).expect("the sum is found").clone();
    desk.command(Command::Accept { finding: sum.clone(), reason: "we know".into() });
    desk.run(Step::Decide);
    assert_eq!(verdict(&desk), Outcome::NoGo, "an accepted proof stays a proof");
    desk.command(Command::ApplyRemedy { finding: sum, remedy: Remedy::DropColumns { columns: vec!["a".into(), "b".into()] } });
    desk.run(Step::Audit);
    assert!(!findings(&desk.sections[&Step::Audit].blocks).iter().any(|id| id.starts_with("target_sum")));
}

#[test]
fn a_random_target_scores_chance_through_the_whole_pipeline() {
    for seed in 0..3 {
        let n = 240;
        let columns: Vec<Vec<f64>> = (0..6).map(|i| noise(seed, i, n)).collect();
        let y: Vec<f64> = noise(seed, 99, n).iter().map(|v| f64::from(u8::from(*v > 0.0))).collect();
        let mut named: Vec<(String, &[f64])> = columns.iter().enumerate().map(|(i, c)| (format!("x{i}"), c.as_slice())).collect();
        named.push(("y".into(), &y));
        let text = csv(&named.iter().map(|(n, c)| (n.as_str(), *c)).collect::<Vec<_>>());
        let mut desk = Desk::with_csv(&text);
        let mut settings = desk.state.settings.clone();
        settings.augment = Some(watertight::protocol::Chosen { id: "noise".into(), ..Default::default() });
        desk.command(Command::SetSettings { settings: Box::new(settings) });
        desk.run(Step::Decide);
        let report: serde_json::Value = serde_json::from_str(&desk.export(Export::ReportJson)).unwrap();
        assert_ne!(verdict(&desk), Outcome::Go, "seed {seed}");
        let auc = &report["results"]["chosen"]["estimates"][0];
        assert_eq!(auc["metric"], "roc_auc");
        assert!(auc["low"].as_f64().unwrap() < 0.5 + 0.03, "seed {seed}: {auc}");
    }
}

#[test]
fn every_change_of_settings_can_be_undone_and_redone() {
    let mut desk = Desk::with_sample(ALONE, "claims", 0, Step::Audit);
    let before = desk.state.settings.clone();
    for folds in [3, 4] {
        let mut next = desk.state.settings.clone();
        next.split.folds = folds;
        desk.command(Command::SetSettings { settings: Box::new(next) });
    }
    let after = desk.state.settings.clone();
    desk.command(Command::Undo);
    desk.command(Command::Undo);
    assert_eq!(desk.state.settings, before);
    assert!(!desk.state.can_undo && desk.state.can_redo);
    desk.command(Command::Redo);
    desk.command(Command::Redo);
    assert_eq!(desk.state.settings, after);
}

#[test]
fn a_bad_setting_is_refused_and_changes_nothing() {
    let mut desk = Desk::with_sample(ALONE, "claims", 0, Step::Audit);
    let before = desk.state.settings.clone();
    let mut next = before.clone();
    next.split.folds = 1;
    desk.command(Command::SetSettings { settings: Box::new(next) });
    assert!(desk.refusals.iter().any(|e| e.message.contains("folds is 1")), "{:?}", desk.refusals);
    assert_eq!(desk.state.settings, before);
}

#[test]
fn settings_downstream_do_not_undo_what_is_upstream() {
    let mut desk = Desk::with_sample(ALONE, "claims", 0, Step::Decide);
    let mut next = desk.state.settings.clone();
    next.learners = Some(vec![watertight::protocol::Chosen { id: "decision_tree".into(), ..Default::default() }]);
    desk.command(Command::SetSettings { settings: Box::new(next) });
    let state = |step: Step| desk.state.steps.iter().find(|s| s.step == step).map(|s| s.state).unwrap();
    assert!(matches!(state(Step::Audit), StepState::Done | StepState::Attention | StepState::Undecided));
    assert!(matches!(state(Step::Train), StepState::Stale | StepState::NotStarted));
}

#[test]
fn a_saved_project_opens_with_the_same_report() {
    let mut desk = Desk::with_sample(ALONE, "claims", 0, Step::Decide);
    let report = desk.export(Export::ReportJson);
    desk.command(Command::Export { what: Export::Project });
    let (_, bytes) = desk.exported.take().unwrap();
    let mut again = Desk::new(ALONE);
    again.command(Command::OpenProject { bytes });
    again.run(Step::Decide);
    assert_eq!(again.export(Export::ReportJson), report);
}

#[test]
fn a_project_opened_over_another_file_first_tells_what_it_would_change() {
    let mut desk = Desk::with_sample(ALONE, "claims", 0, Step::Quality);
    let bytes = desk.export_bytes(Export::Project);
    let mut other = Desk::with_sample(ALONE, "studio", 0, Step::Quality);
    other.command(Command::OpenProject { bytes: bytes.clone() });
    let told: Vec<&str> = other.proposed.iter().map(|c| c.what.as_str()).collect();
    assert!(told.contains(&"file") && told.contains(&"task.target") && told.contains(&"task.horizon"), "{told:?}");
    assert_eq!(other.state.settings.task.target.as_deref(), Some("total_revenue"), "nothing changes before the answer");
    other.command(Command::AnswerProposal { open: false });
    other.command(Command::AnswerProposal { open: true });
    assert_eq!(other.state.settings.task.target.as_deref(), Some("total_revenue"), "what was declined is forgotten");
    other.command(Command::OpenProject { bytes });
    other.command(Command::AnswerProposal { open: true });
    assert_eq!(other.state.settings, desk.state.settings);
}

#[test]
fn a_separate_test_file_becomes_the_sealed_rows_and_new_rows_are_predicted() {
    let table = |seed: u64, n: usize| {
        let x = noise(seed, 0, n);
        let y: Vec<f64> = x.iter().zip(noise(seed, 1, n)).map(|(x, e)| ((2.0 * x + 0.3 * e) * 1000.0).round() / 1000.0).collect();
        csv(&[("x", &x), ("y", &y)])
    };
    let new = "x\n0.5\n-1\n";
    let mut desk = Desk::new(ALONE);
    desk.open(&[("train.csv", table(1, 200).as_bytes()), ("test.csv", table(2, 60).as_bytes()), ("new.csv", new.as_bytes())]);
    desk.run(Step::Decide);
    assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
    let report: serde_json::Value = serde_json::from_str(&desk.export(Export::ReportJson)).unwrap();
    assert_eq!(report["results"]["holdout"]["n_rows"], 60);
    let predictions = desk.export(Export::Predictions);
    assert_eq!(predictions.lines().count(), 3);
    assert!(predictions.starts_with("x,"));
}

#[test]
fn a_file_that_cannot_be_learned_from_still_gets_its_quality_report() {
    let desk = Desk::with_csv("a,b\n1,x\n1,x\n1,x\n");
    assert!(desk.sections.contains_key(&Step::Quality));
    assert!(desk.refusals.iter().any(|e| e.message.contains("can be predicted")), "{:?}", desk.refusals);
}

#[test]
fn who_asks_for_quality_alone_needs_no_target() {
    let mut desk = Desk::new(ALONE);
    desk.session.start_with(watertight::settings::Settings::default(), Step::Quality);
    desk.open(&[("text.csv", b"a,b\n1,x\n1,x\n1,x\n")]);
    assert!(desk.sections.contains_key(&Step::Quality) && !desk.sections.contains_key(&Step::Audit));
    assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
}

#[test]
fn a_step_whose_inputs_changed_is_out_of_date_until_it_is_computed_again() {
    let mut desk = Desk::with_sample(ALONE, "clean", 300, Step::Validate);
    let state =
        |desk: &Desk, step: Step| desk.state.steps.iter().find(|v| v.step == step).map(|v| (v.state, v.words.clone())).expect("every step is shown");
    assert_eq!(state(&desk, Step::Train).0, StepState::Done);
    let mut settings = desk.state.settings.clone();
    settings.split.folds = 3;
    desk.command(Command::Cancel);
    desk.command(Command::SetSettings { settings: Box::new(settings) });
    assert_eq!(state(&desk, Step::Train), (StepState::Stale, "out of date".to_owned()));
    assert_eq!(state(&desk, Step::Quality).0, StepState::Done, "quality does not depend on the split");
    desk.run(Step::Validate);
    assert_eq!(state(&desk, Step::Train).0, StepState::Done);
}

#[test]
fn the_power_of_the_audit_is_measured_when_asked_for_and_is_the_same_for_any_workers() {
    let measured = [ALONE, Staff { workers: 3, backwards: true }].map(|staff| {
        let mut desk = Desk::with_sample(staff, "studio", 60, Step::Audit);
        assert!(!desk.export(Export::AuditJson).contains("\"power\""));
        desk.command(Command::MeasurePower);
        let heading = |b: &Block| matches!(b, Block::Heading { text } if text == "What the audit would find here");
        assert!(desk.sections[&Step::Audit].blocks.iter().any(heading));
        desk.export(Export::AuditJson)
    });
    assert!(measured[0] == measured[1]);
    let document: serde_json::Value = serde_json::from_str(&measured[0]).unwrap();
    assert_eq!(document["power"]["families"][0]["id"], "copy");
    assert!(document["power"]["families"][0]["found"][0]["of"].as_u64().unwrap() > 0);
}

#[test]
fn segments_are_told_when_asked_for_the_same_from_any_staff_and_change_nothing_else() {
    let asked = |staff: Staff| {
        let mut desk = Desk::with_sample(staff, "claims", 600, Step::Decide);
        let without: serde_json::Value = serde_json::from_str(&desk.export(Export::ReportJson)).unwrap();
        let mut settings = desk.session.settings().clone();
        settings.segments = true;
        desk.command(Command::SetSettings { settings: Box::new(settings) });
        desk.run(Step::Decide);
        assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
        let with: serde_json::Value = serde_json::from_str(&desk.export(Export::ReportJson)).unwrap();
        assert_eq!(with["results"]["leaderboard"], without["results"]["leaderboard"]);
        assert!(without["results"]["segments"].is_null());
        (with["results"]["segments"].clone(), desk.export(Export::ReportMarkdown))
    };
    let (found, told) = asked(ALONE);
    assert_eq!(asked(Staff { workers: 3, backwards: true }), (found.clone(), told.clone()));
    let tried = found["tried"].as_array().unwrap();
    assert_eq!(tried.iter().map(|s| s["k"].as_u64().unwrap()).collect::<Vec<_>>(), (2..=10).collect::<Vec<_>>());
    assert!(tried.windows(2).all(|w| w[0]["inertia"].as_f64() > w[1]["inertia"].as_f64()), "more segments, less within");
    assert!(told.contains("divide the rows best") && told.contains("what sets it apart"));
}

#[test]
fn where_the_target_is_often_0_the_amount_alone_is_told_of_and_not_ranked() {
    let n = 500;
    let (a, b, e) = (noise(8, 0, n), noise(8, 1, n), noise(8, 2, n));
    let y: Vec<f64> = (0..n).map(|i| if a[i] + e[i] > 0.6 { ((5.0 + b[i] + 0.2 * e[i]) * 100.0).round() / 100.0 } else { 0.0 }).collect();
    let mut desk = Desk::with_csv(&csv(&[("a", &a), ("b", &b), ("y", &y)]));
    desk.run(Step::Decide);
    assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
    let report: serde_json::Value = serde_json::from_str(&desk.export(Export::ReportJson)).unwrap();
    let amount = |of: &serde_json::Value| of.as_array().unwrap().iter().filter(|s| s["params"].to_string().contains("amount_only")).count();
    let board = &report["results"]["leaderboard"];
    assert_eq!((amount(&board["standings"]), amount(&board["apart"])), (0, 1));
    let zeros = report["results"]["zeros"]["learners"].as_array().unwrap();
    assert_eq!(zeros.iter().filter(|l| l["amount_only"] == true).count(), 1);
    assert!(desk.export(Export::ReportMarkdown).contains("Two-part model (amount only)"));
}
