//! Versions of models: how they are numbered, kept, checked, compared and told of.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod desk;

use desk::{ALONE, Desk, noise};
use watertight::param::Value;
use watertight::protocol::{Ask, Chosen, ColumnChoice, Command, Document, Export, Note, Role, Saved, Settings, Step};
use watertight::registry::Registry;
use watertight::report::block::plain;

/// Rows of a target that two columns explain and a third does not, in two shops.
fn table(seed: u64, n: usize) -> String {
    let (a, b, c, e) = (noise(seed, 0, n), noise(seed, 1, n), noise(seed, 2, n), noise(seed, 3, n));
    let mut text = "a,b,c,shop,y\n".to_owned();
    for i in 0..n {
        let y = 3.0 * a[i] - 2.0 * b[i] + 0.5 * e[i];
        text += &format!("{},{},{},{},{y:.2}\n", a[i], b[i], c[i], ["north", "south"][i % 2]);
    }
    text
}

fn ridge(alpha: f64) -> Chosen {
    Chosen { id: "ridge".into(), params: [("alpha".to_owned(), Value::Real(alpha))].into(), columns: Vec::new() }
}

/// Opens a table and runs it to the verdict with one learner.
fn run(desk: &mut Desk, text: &str, edit: impl FnOnce(&mut Settings)) {
    desk.open(&[("shops.csv", text.as_bytes())]);
    let mut settings = desk.state.settings.clone();
    settings.task.target = Some("y".into());
    settings.split.folds = 3;
    settings.learners = Some(vec![ridge(1.0)]);
    edit(&mut settings);
    desk.command(Command::SetSettings { settings: Box::new(settings) });
    desk.run(Step::Decide);
    assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
}

fn ask(desk: &mut Desk, ask: Ask) {
    desk.command(Command::Registry { ask });
}

fn keep(desk: &mut Desk, tags: &[&str]) {
    let note = Note { name: "shops".into(), tags: tags.iter().map(|&t| t.to_owned()).collect(), notes: String::new(), kept: 1_700_000_000_000 };
    ask(desk, Ask::Keep { note });
}

fn ids(desk: &Desk) -> Vec<String> {
    desk.state.series.iter().flat_map(|s| s.versions.clone()).collect()
}

fn saved(desk: &mut Desk, id: &str, what: Saved) -> Vec<u8> {
    desk.exported = None;
    ask(desk, Ask::Save { id: id.into(), what });
    desk.exported.take().unwrap_or_else(|| panic!("no file: {:?}", desk.refusals)).1
}

#[test]
fn a_version_is_numbered_by_what_changed_against_the_one_before() {
    let mut desk = Desk::new(ALONE);
    run(&mut desk, &table(1, 240), |_| {});
    keep(&mut desk, &["first"]);
    assert_eq!(ids(&desk), ["shops 1.0.0"]);
    keep(&mut desk, &[]);
    assert!(desk.refusals.pop().is_some_and(|e| e.message.contains("shops 1.0.0")), "the same model is kept once");
    run(&mut desk, &table(2, 240), |_| {});
    keep(&mut desk, &[]);
    assert_eq!(ids(&desk)[0], "shops 1.0.1", "fitted again to other rows");
    run(&mut desk, &table(2, 240), |s| s.learners = Some(vec![ridge(7.0)]));
    keep(&mut desk, &[]);
    assert_eq!(ids(&desk)[0], "shops 1.1.0", "another learner");
    run(&mut desk, &table(2, 240), |s| {
        s.columns.insert("c".into(), ColumnChoice { role: Some(Role::Ignored), ..ColumnChoice::default() });
    });
    keep(&mut desk, &[]);
    assert_eq!(ids(&desk)[0], "shops 2.0.0", "other columns are asked for");
    assert_eq!(desk.kept.len(), 4, "each is a record of the shell");
    let parent = desk.session.registry().version("shops 2.0.0").unwrap().parent.unwrap();
    assert_eq!(parent.to_string(), "1.1.0");
    assert_eq!(plain(&desk.sections[&Step::Registry].statement), "1 model, none certified yet.", "another schema is another model");
}

#[test]
fn what_is_kept_comes_back_as_it_was_and_what_was_changed_is_refused() {
    let mut desk = Desk::new(ALONE);
    run(&mut desk, &table(1, 240), |_| {});
    keep(&mut desk, &["champion"]);
    run(&mut desk, &table(2, 240), |_| {});
    keep(&mut desk, &[]);
    let all = String::from_utf8(saved(&mut desk, "", Saved::All)).unwrap();
    assert_eq!(all.lines().count(), 2);
    let mut other = Registry::default();
    assert_eq!(other.import(&all).unwrap(), ["shops 1.0.0", "shops 1.0.1"]);
    assert_eq!(&other, desk.session.registry());
    assert!(other.import(&all).unwrap().is_empty(), "what is there is passed over");
    // One digit of the model, in the bundle that the line carries.
    let line = all.lines().next().unwrap();
    for (from, to) in [("\"seed\":42", "\"seed\":43"), ("champion", "champiom"), ("\"watertight_version\":1", "\"watertight_version\":9")] {
        let mut fresh = Registry::default();
        let error = fresh.import(&line.replacen(from, to, 1)).unwrap_err();
        assert!(error.message.starts_with("This version cannot be taken"), "{error}");
        assert_eq!(fresh, Registry::default());
    }
    let damaged: Vec<String> = vec![line.replacen("champion", "champiom", 1), all.lines().last().unwrap().to_owned()];
    let mut restored = Desk::new(ALONE);
    restored.session.restore_registry(&damaged);
    assert_eq!(restored.session.registry().versions().count(), 1, "one that is damaged does not hide the other");
    // A version that nothing holds is cleaned up; a tagged one and the latest stay.
    ask(&mut desk, Ask::Annotate { id: "shops 1.0.0".into(), tags: Vec::new(), notes: "old".into() });
    let green = desk.session.registry().version("shops 1.0.0").unwrap().green;
    ask(&mut desk, Ask::CleanUp);
    assert_eq!(ids(&desk).len(), if green { 2 } else { 1 });
    ask(&mut desk, Ask::Remove { id: "shops 1.0.1".into() });
    assert!(!desk.kept.contains_key("shops 1.0.1"));
}

#[test]
fn versions_are_compared_on_rows_that_neither_learned_from() {
    let mut desk = Desk::new(ALONE);
    let text = table(1, 300);
    run(&mut desk, &text, |_| {});
    keep(&mut desk, &[]);
    // A penalty that lets hardly anything through.
    run(&mut desk, &text, |s| s.learners = Some(vec![ridge(100_000.0)]));
    keep(&mut desk, &[]);
    let pair = || vec!["shops 1.0.0".to_owned(), "shops 1.1.0".to_owned()];
    ask(&mut desk, Ask::Compare { ids: pair(), margin: 0.02 });
    assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
    let told = String::from_utf8(saved(&mut desk, "", Saved::ComparisonMarkdown)).unwrap();
    assert!(told.contains("shops 1.1.0 is worse than shops 1.0.0 in "), "{told}");
    assert!(told.contains("that were sealed from every version that learned from it"), "{told}");
    assert!(told.contains("learner.params.alpha"), "{told}");
    // A file that none of them has seen: all rows, by shop.
    desk.open(&[("new.csv", table(9, 200).as_bytes())]);
    ask(&mut desk, Ask::Compare { ids: pair(), margin: 0.02 });
    let told = String::from_utf8(saved(&mut desk, "", Saved::ComparisonMarkdown)).unwrap();
    assert!(told.contains("200 rows of new.csv, a file that none of them learned from") && told.contains("south"), "{told}");
    // A version against itself: no gain, so not worse.
    run(&mut desk, &table(1, 300), |s| s.seed = 43);
    desk.open(&[("other.csv", b"a,b\n1,2\n3,4\n")]);
    desk.refusals.clear();
    ask(&mut desk, Ask::Compare { ids: pair(), margin: 0.02 });
    assert!(desk.refusals.iter().any(|e| e.message.contains("cannot be compared")), "{:?}", desk.refusals);
}

#[test]
fn rows_that_were_learned_from_settle_nothing() {
    let mut desk = Desk::new(ALONE);
    let text = table(1, 240);
    run(&mut desk, &text, |s| s.split.holdout = 0.0);
    keep(&mut desk, &[]);
    run(&mut desk, &text, |s| {
        s.split.holdout = 0.0;
        s.learners = Some(vec![ridge(100_000.0)]);
    });
    keep(&mut desk, &[]);
    ask(&mut desk, Ask::Compare { ids: vec!["shops 1.0.0".into(), "shops 1.1.0".into()], margin: 0.02 });
    let told = String::from_utf8(saved(&mut desk, "", Saved::ComparisonMarkdown)).unwrap();
    assert!(told.contains("Not to be believed") && told.contains("cannot be told apart"), "{told}");
}

#[test]
fn a_run_folder_holds_what_mlflow_reads() {
    let mut desk = Desk::new(ALONE);
    run(&mut desk, &table(1, 240), |_| {});
    keep(&mut desk, &["champion"]);
    let archive = saved(&mut desk, "shops 1.0.0", Saved::Run);
    let text = String::from_utf8_lossy(&archive);
    for path in
        ["meta.yaml", "params/learner", "params/alpha", "metrics/cv_r2", "metrics/sealed_r2", "tags/mlflow.runName", "artifacts/model/MLmodel"]
    {
        assert!(text.contains(path), "{path}");
    }
    assert!(text.contains("run_name: 'shops 1.0.0'") && text.contains("1700000000000 0."));
    let runs = String::from_utf8(saved(&mut desk, "", Saved::Runs)).unwrap();
    let mut lines = runs.lines();
    assert!(lines.next().unwrap().starts_with("name,version,parent,kept,learner,") && lines.next().unwrap().starts_with("shops,1.0.0,,2023-11-14"));
}

#[test]
fn three_green_runs_in_a_row_certify_and_the_sheet_says_so() {
    let mut desk = Desk::new(ALONE);
    for batch in 0..3 {
        let before = desk.session.registry().green_runs("shops");
        assert_eq!(before, batch);
        run(&mut desk, &table(20 + u64::from(batch), 600), |s| {
            s.green_before = Some(before);
            // Without the gates that were not measured in this run.
            s.gates = Some(desk_gates());
        });
        keep(&mut desk, &[]);
        let sheet = desk.export(Export::Document(Document::CertificationSheet));
        assert_eq!(sheet.contains("Certified: 3 green runs in a row."), batch == 2, "{sheet}");
    }
    assert_eq!(plain(&desk.sections[&Step::Registry].statement), "Certified: shops.");
}

/// The certification gates but for the permutation test.
fn desk_gates() -> Vec<watertight::protocol::Gate> {
    use watertight::decide::{PRESETS, Quantity};
    use watertight::protocol::TaskKind;
    let preset = PRESETS.iter().find(|p| p.id == "certification").unwrap();
    (preset.gates)(TaskKind::Regression, "r2").into_iter().filter(|g| g.quantity != Quantity::PermutationP && g.id != "spread").collect()
}

#[test]
fn documents_are_made_of_the_runs_facts() {
    let mut desk = Desk::new(ALONE);
    run(&mut desk, &table(1, 300), |_| {});
    let guide = desk.export(Export::Document(Document::DeploymentGuide));
    for said in [
        "## Environment",
        "Columns that must be given",
        "`shop`",
        "2 labels",
        "Monitoring",
        "Rollback",
        "Checklist",
        "watertight predict bundle.json",
    ] {
        assert!(guide.contains(said), "{said} is missing in\n{guide}");
    }
    let summary = desk.export(Export::Document(Document::Summary));
    assert!(summary.contains("How good it is") && summary.len() < 6_000, "one page:\n{summary}");
    let card = desk.export(Export::ModelCard);
    assert!(card.contains("## Factors") && card.contains("## Monitoring") && card.contains("library_name: watertight"), "{card}");
    for which in Document::ALL {
        assert!(desk.export(Export::DocumentHtml(which)).starts_with("<!DOCTYPE html>"));
    }
    let mut preset = Desk::new(ALONE);
    run(&mut preset, &table(1, 300), |s| s.preset = Some("bands".into()));
    let gates: Vec<&str> = preset.state.resolved.gates.iter().map(|g| g.id.as_str()).collect();
    assert!(gates.contains(&"correlation") && gates.contains(&"consistency"), "{gates:?}");
}
