//! The search for hyperparameters through the whole job: the same result from any staff, longer searches that begin with shorter ones, and no luck
//! sold as skill.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod desk;

use desk::{ALONE, Desk, Staff, csv, noise};
use serde_json::Value as Json;
use std::collections::VecDeque;
use watertight::model::LEARNERS;
use watertight::pipeline::{Context, Job, Stage};
use watertight::protocol::{Chosen, Command, Event, Export, SearchChoice, Settings, Step, TaskKind, Value, Wish};
use watertight::session::Session;

fn method(id: &str, trials: i64, more: &[(&str, Value)]) -> SearchChoice {
    let mut method = Chosen { id: id.into(), ..Chosen::default() };
    method.params.insert("trials".into(), Value::Whole(trials));
    method.params.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    SearchChoice { method, ..SearchChoice::default() }
}

fn learners(ids: &[&str]) -> Option<Vec<Chosen>> {
    Some(ids.iter().map(|id| Chosen { id: (*id).to_owned(), ..Chosen::default() }).collect())
}

/// A curve that a stump cannot follow, over 240 rows.
fn curve() -> String {
    let (a, b, e) = (noise(1, 0, 240), noise(1, 1, 240), noise(1, 2, 240));
    let y: Vec<f64> = (0..240).map(|i| ((a[i] * a[i] + 2.0 * b[i] + 0.3 * e[i]) * 1000.0).round() / 1000.0).collect();
    csv(&[("a", &a), ("b", &b), ("y", &y)])
}

fn change(desk: &mut Desk, act: impl FnOnce(&mut Settings)) {
    let mut settings = desk.session.settings().clone();
    act(&mut settings);
    desk.command(Command::SetSettings { settings: Box::new(settings) });
}

fn tuned(staff: Staff, text: &str, search: SearchChoice, ids: &[&str]) -> Desk {
    let mut desk = Desk::new(staff);
    desk.open(&[("table.csv", text.as_bytes())]);
    change(&mut desk, |s| {
        s.learners = learners(ids);
        s.split.folds = 3;
        s.search = Some(search);
    });
    desk.run(Step::Decide);
    assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
    desk
}

fn results(desk: &mut Desk) -> Json {
    let report: Json = serde_json::from_str(&desk.export(Export::ReportJson)).unwrap();
    report["results"].clone()
}

#[test]
fn any_staff_finds_the_same_and_default_and_tuned_stand_side_by_side() {
    let search = || method("tpe", 14, &[]);
    let staffs = [(1, false), (2, true), (5, false)].map(|(workers, backwards)| Staff { workers, backwards });
    let reports: Vec<String> = staffs.iter().map(|s| tuned(*s, &curve(), search(), &["ridge", "decision_tree"]).export(Export::ReportJson)).collect();
    assert!(reports.iter().all(|r| *r == reports[0]));
    let found: Json = serde_json::from_str(&reports[0]).unwrap();
    let titles: Vec<&str> = found["results"]["leaderboard"]["standings"].as_array().unwrap().iter().filter_map(|s| s["title"].as_str()).collect();
    assert!(titles.contains(&"Decision tree") && titles.contains(&"Decision tree, tuned"), "{titles:?}");
    let searches = found["results"]["search"].as_array().unwrap();
    assert_eq!(searches.iter().map(|s| s["trials"].as_array().unwrap().len()).collect::<Vec<_>>(), [14, 14]);
    let best = searches[1]["best"].as_u64().unwrap() as usize;
    assert!(searches[1]["gain"]["value"].is_f64() && searches[1]["trials"][best]["state"] == "done");
}

#[test]
fn a_search_made_longer_keeps_its_trials_and_gives_what_a_long_one_gives() {
    let ids = ["decision_tree"];
    let mut long = tuned(ALONE, &curve(), method("tpe", 15, &[]), &ids);
    let mut short = tuned(ALONE, &curve(), method("tpe", 6, &[]), &ids);
    let before = results(&mut short)["search"][0]["trials"].clone();
    change(&mut short, |s| s.search = Some(method("tpe", 15, &[])));
    short.run(Step::Decide);
    let (found, wanted) = (results(&mut short), results(&mut long));
    assert_eq!((&found["search"], &found["leaderboard"]), (&wanted["search"], &wanted["leaderboard"]));
    let after = &found["search"][0]["trials"];
    assert_eq!(before.as_array().unwrap()[..], after.as_array().unwrap()[..6]);
}

/// One worker that keeps count of trials.
#[derive(Default)]
struct Counting {
    session: Session,
    context: Context,
    trials: usize,
    report: Option<Vec<u8>>,
}

impl Counting {
    /// Does what the session wishes; stops it after so many trials.
    fn obey(&mut self, command: Command, text: &str, mut most: usize) {
        let mut queue: VecDeque<Wish> = self.session.command(command).into();
        while let Some(wish) = queue.pop_front() {
            match wish {
                Wish::Context(part) => self.context.set(*part),
                Wish::Read { slot } => {
                    self.session.chunk(slot, text.as_bytes());
                    queue.extend(self.session.end_of_file(slot));
                }
                Wish::Start(jobs) => {
                    for (id, job) in jobs {
                        let is_trial = matches!(job, Job::Trial { .. });
                        if is_trial && most == 0 {
                            drop(self.session.command(Command::Cancel));
                            return;
                        }
                        most -= usize::from(is_trial);
                        self.trials += usize::from(is_trial);
                        let result = self.context.run(job, &mut |_, _| {});
                        queue.extend(self.session.job_done(id, result));
                    }
                }
                Wish::Tell(Event::File { bytes, .. }) => self.report = Some(bytes),
                Wish::Tell(_) | Wish::Stop | Wish::Registry { .. } => {}
            }
        }
    }
}

#[test]
fn a_search_that_was_stopped_goes_on_and_judges_nothing_twice() {
    let text = curve();
    let settings = Settings {
        learners: learners(&["ridge", "decision_tree"]),
        search: Some(method("tpe", 9, &[])),
        split: watertight::protocol::SplitSettings { folds: 3, ..Default::default() },
        ..Settings::default()
    };
    let run = |stops: &[usize]| {
        let mut desk = Counting::default();
        desk.session.start_with(settings.clone(), Step::Audit);
        desk.obey(Command::OpenFiles { files: vec![("t.csv".into(), text.len() as u64)] }, &text, 0);
        for most in stops {
            desk.obey(Command::Run { to: Step::Decide }, &text, *most);
        }
        desk.obey(Command::Export { what: Export::ReportJson }, &text, 0);
        (desk.trials, desk.report.expect("a report"))
    };
    let whole = run(&[usize::MAX]);
    assert!(whole.0 > 30, "{}", whole.0);
    assert_eq!(run(&[1, 7, 5, usize::MAX]), whole);
}

#[test]
fn learners_left_out_and_taken_back_do_not_change_the_others_search() {
    let search = || method("random", 5, &[]);
    let mut both = tuned(ALONE, &curve(), search(), &["ridge", "decision_tree"]);
    let whole = results(&mut both)["search"].clone();
    change(&mut both, |s| s.learners = learners(&["decision_tree"]));
    both.run(Step::Decide);
    let one = results(&mut both)["search"].clone();
    assert_eq!((one.as_array().unwrap().len(), &one[0]["trials"]), (1, &whole[1]["trials"]));
    change(&mut both, |s| s.search = None);
    both.run(Step::Decide);
    let off = results(&mut both);
    assert!(off["search"].is_null() && !off["leaderboard"].to_string().contains("tuned"));
}

#[test]
fn settings_without_a_search_are_written_as_they_were_before_there_was_one() {
    let text = Settings::default().to_json();
    assert!(!text.contains("search") && text.ends_with("]\n}\n"), "{text}");
    assert_eq!(Settings::from_json(&text).unwrap(), Settings::default());
    let with = Settings { search: Some(method("grid", 9, &[])), ..Settings::default() };
    assert_eq!(Settings::from_json(&with.to_json()).unwrap(), with);
}

#[test]
fn a_search_that_cannot_be_is_refused_by_name() {
    let refused = |act: fn(&mut SearchChoice)| {
        let mut search = method("tpe", 5, &[]);
        act(&mut search);
        Settings { search: Some(search), ..Settings::default() }.check_ranges().unwrap_err().to_string()
    };
    assert!(refused(|s| s.method.id = "luck".into()).contains("luck"));
    assert!(refused(|s| s.learners = vec!["oracle".into()]).contains("oracle"));
    assert!(
        refused(|s| {
            s.ranges.insert("ridge.alpha".into(), (-1.0, 5.0));
        })
        .contains("ridge.alpha")
    );
    assert!(
        refused(|s| {
            s.ranges.insert("ridge.beta".into(), (0.0, 5.0));
        })
        .contains("ridge.beta")
    );
    for (name, words) in [("decision_tree.depth", vec!["3"]), ("gradient_boosting.loss", vec!["squared", "luck"]), ("gradient_boosting.loss", vec![])]
    {
        let mut search = method("tpe", 5, &[]);
        search.choices.insert(name.into(), words.into_iter().map(str::to_owned).collect());
        let refusal = Settings { search: Some(search), ..Settings::default() }.check_ranges().unwrap_err().to_string();
        assert!(refusal.contains(name), "{refusal}");
    }
    assert!(refused(|s| drop(s.method.params.insert("trials".into(), Value::Whole(0)))).contains("trials"));
}

#[test]
fn every_learner_can_be_searched() {
    let n = 150;
    let (a, b) = (noise(3, 0, n), noise(3, 1, n));
    for kind in [TaskKind::Regression, TaskKind::Binary] {
        let y: Vec<f64> =
            (0..n).map(|i| if kind == TaskKind::Binary { f64::from(u8::from(a[i] + 0.5 * b[i] > 0.0)) } else { 20.0 + a[i] * 2.0 + b[i] }).collect();
        let ids: Vec<&str> = LEARNERS.iter().filter(|l| !l.baseline && l.tasks.contains(&kind)).map(|l| l.id).collect();
        let mut desk = tuned(ALONE, &csv(&[("a", &a), ("b", &b), ("y", &y)]), method("random", 3, &[]), &ids);
        let searches = results(&mut desk)["search"].clone();
        let names: Vec<&str> = searches.as_array().unwrap().iter().filter_map(|s| s["learner"].as_str()).collect();
        let with_params: Vec<&str> =
            LEARNERS.iter().filter(|l| ids.contains(&l.id) && l.params.iter().any(|p| !p.is_a_wish())).map(|l| l.id).collect();
        assert_eq!(names, with_params);
        for one in searches.as_array().unwrap() {
            assert!(one["trials"].as_array().unwrap().len() == 3 && one["best"].is_u64(), "{one}");
        }
    }
}

#[test]
fn tuning_on_pure_noise_is_no_go_and_its_winner_looks_better_than_it_is() {
    let n = 160;
    let columns: Vec<Vec<f64>> = (0..6).map(|i| noise(11, i, n)).collect();
    let names = ["a", "b", "c", "d", "e", "y"];
    let pairs: Vec<(&str, &[f64])> = names.into_iter().zip(columns.iter().map(Vec::as_slice)).collect();
    let search = method("tpe", 16, &[("nested", Value::Switch(true))]);
    let mut desk = tuned(ALONE, &csv(&pairs), search, &["ridge", "decision_tree"]);
    let found = results(&mut desk);
    assert_ne!(found["decision"]["verdict"], "go");
    for one in found["search"].as_array().unwrap() {
        assert_eq!(one["nested"].as_array().unwrap().len(), 3);
        assert!(one["optimism"]["value"].as_f64().is_some_and(f64::is_finite), "{}", one["optimism"]);
    }
    assert!(desk.export(Export::ReportMarkdown).contains("an optimism of"));
}

#[test]
fn a_search_on_dated_rows_stays_in_time_order_nested_or_not() {
    let mut desk = Desk::with_sample(ALONE, "claims", 400, Step::Audit);
    change(&mut desk, |s| {
        s.learners = learners(&["logistic"]);
        s.split.folds = 3;
        s.search = Some(method("random", 3, &[("nested", Value::Switch(true))]));
    });
    desk.run(Step::Train);
    assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
    assert!(
        Stage::Search.step() == Step::Train && desk.sections[&Step::Train].eyebrow.contains("time order"),
        "{}",
        desk.sections[&Step::Train].eyebrow
    );
}

/// A rare class that a model flags hardly ever at a probability of 0.5.
fn rare() -> String {
    let (a, b, e) = (noise(4, 0, 600), noise(4, 1, 600), noise(4, 2, 600));
    let y: Vec<f64> = (0..600).map(|i| f64::from(u8::from(a[i] + 0.3 * b[i] + e[i] > 1.6))).collect();
    csv(&[("a", &a), ("b", &b), ("y", &y)])
}

#[test]
fn trials_ranked_by_f1_are_judged_at_a_threshold_that_other_rows_teach_and_the_report_says_so() {
    let found = |metric: &str, threshold: &str| {
        let mut desk = Desk::new(ALONE);
        desk.open(&[("table.csv", rare().as_bytes())]);
        change(&mut desk, |s| {
            s.learners = learners(&["logistic"]);
            s.split.folds = 3;
            s.metric = Some(metric.into());
            s.adjust = Some(Chosen { params: [("threshold".to_owned(), Value::Word(threshold.into()))].into(), ..Chosen::default() });
            s.search = Some(method("random", 3, &[]));
        });
        desk.run(Step::Decide);
        assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
        let score = results(&mut desk)["search"][0]["trials"][0]["score"].as_f64().unwrap();
        (score, desk.export(Export::ReportMarkdown).contains("that the other fifths of its judged rows teach"))
    };
    let (half, told) = found("f1", "half");
    assert!(!told);
    let (learned, told) = found("f1", "f1");
    assert!(told && learned > half + 0.1, "{half} {learned}");
    assert_eq!(found("roc_auc", "half"), found("roc_auc", "f1"), "a threshold changes no rank");
}

#[test]
fn what_is_searched_stays_within_the_ranges_and_words_that_were_given() {
    let mut search = method("random", 9, &[]);
    search.learners = vec!["gradient_boosting".into()];
    search.ranges.insert("gradient_boosting.trees".into(), (5.0, 9.0));
    search.choices.insert("gradient_boosting.loss".into(), vec!["squared".into(), "absolute".into()]);
    let mut desk = tuned(ALONE, &curve(), search, &["ridge", "gradient_boosting"]);
    let found = results(&mut desk)["search"].clone();
    assert_eq!(found.as_array().unwrap().len(), 1, "ridge was left out");
    let tried: Vec<&Json> = found[0]["trials"].as_array().unwrap()[1..].iter().map(|t| &t["params"]).collect();
    assert!(tried.iter().all(|p| (5..=9).contains(&p["trees"].as_i64().unwrap()) && p["loss"] != "huber"), "{tried:?}");
    assert!(tried.iter().any(|p| p["loss"] == "absolute") && tried.iter().any(|p| p["loss"] == "squared"));
}
