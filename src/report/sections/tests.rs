//! Every section renders real results, and says what is true of them.

use super::*;
use crate::decide::{DecisionInput, decide as judge_gates, usual_gates};
use crate::evaluate::adjust::PARAMS;
use crate::evaluate::compare::Entrant;
use crate::evaluate::{
    Dependence, Estimate, FoldResult, HoldoutResult, Importance, Judge, Leaderboard, Method, Metric, Unit, closer_look, holdout, leaderboard,
    metrics_for, usual_metric,
};
use crate::explain::{Apart, Dependence as Follows, Example as ExampleRow, Explained, How, Rule, Scale, Surrogate, Weight, Which};
use crate::finding::{Certainty, Checked, Evidence, Finding, Severity, Share};
use crate::math::rng::Stream;
use crate::model::Predictions;
use crate::param::Params;
use crate::quality::{Dimension, Score, Weights};
use crate::report::block::{Block, Cell, Section, TableBlock, plain, text};
use crate::split::Strategy;
use crate::table::{Column, Table};
use crate::task::{Task, TaskKind};

const N: usize = 200;

/// Four folds dealt evenly over the target.
fn dealt_evenly() -> SplitFacts {
    SplitFacts {
        strategy: Strategy::Stratified,
        folds: 4,
        repeats: 1,
        window: 0,
        embargo: 0,
        n_development: 160,
        n_validated: 160,
        n_holdout: 40,
        n_left_out: 0,
    }
}

/// Results of a baseline and two learners, the second better by `skill`.
struct Example {
    task: Task,
    board: Leaderboard,
    split: SplitFacts,
    holdout: HoldoutResult,
    closer: crate::evaluate::CloserLook,
    importance: Vec<Importance>,
}

fn labels(kind: TaskKind) -> Vec<String> {
    let names: &[&str] = match kind {
        TaskKind::Regression => &[],
        TaskKind::Binary => &["no", "yes"],
        TaskKind::Multiclass => &["red", "green", "blue"],
    };
    names.iter().map(|&n| n.to_owned()).collect()
}

fn predictions(kind: TaskKind, truth: &[f64], skill: f64, stream: &mut Stream) -> Predictions {
    let n_classes = labels(kind).len();
    let mut values = Vec::new();
    for &t in truth {
        if n_classes == 0 {
            values.push(skill * t + (1.0 - skill) * 10.0 + 0.1 * stream.normal());
            continue;
        }
        let raw: Vec<f64> = (0..n_classes).map(|k| 0.3 + stream.uniform() + 2.0 * skill * f64::from(u8::from(k as f64 == t))).collect();
        let all: f64 = raw.iter().sum();
        values.extend(raw.iter().map(|p| p / all));
    }
    Predictions { n_classes, values, cuts: Vec::new() }
}

fn example(kind: TaskKind, skill: f64) -> Example {
    let mut stream = Stream::new(8, "test/sections", 0);
    let classes = labels(kind);
    let draw = |s: &mut Stream| if classes.is_empty() { 10.0 + s.normal() } else { f64::from(s.below(classes.len() as u32)) };
    let truth: Vec<f64> = (0..N).map(|_| draw(&mut stream)).collect();
    let judge = Judge { kind, n_classes: classes.len(), truth: &truth, dependence: Dependence::Independent, seed: 1 };
    let metrics: Vec<&Metric> = metrics_for(kind).collect();
    let mut fold = |learner: usize, fold: usize, skill: f64| -> FoldResult {
        let rows: Vec<u32> = (fold as u32 * 40..(fold as u32 + 1) * 40).collect();
        let own: Vec<f64> = rows.iter().map(|&r| truth[r as usize]).collect();
        judge.score(learner, fold, rows, predictions(kind, &own, skill, &mut stream)).unwrap()
    };
    let main = usual_metric(kind);
    let names =
        [("baseline", "Most frequent or mean", true, 0.0), ("ridge", "Ridge", false, skill * 0.8), ("boosting", "Gradient boosting", false, skill)];
    let mut entrants = Vec::new();
    let mut judged = Vec::new();
    for (i, (id, title, baseline, skill)) in names.into_iter().enumerate() {
        let folds: Vec<FoldResult> = (0..4).map(|f| fold(i, f, skill)).collect();
        entrants.push(Entrant {
            learner: id.into(),
            title: title.into(),
            params: if baseline { Vec::new() } else { vec![("penalty".into(), "1".into())] },
            baseline,
            resampled: judge.resample(&folds.iter().collect::<Vec<_>>(), &metrics).unwrap(),
            by_fold: folds.iter().map(|f| f.scores[main]).collect(),
            failed: None,
            apart: false,
        });
        judged.push(folds);
    }
    let (sealed, sealed_baseline) = (fold(2, 4, skill), fold(0, 4, 0.0));
    let loss =
        Estimate { metric: main.into(), value: Some(0.2), low: Some(0.1), high: Some(0.3), n_rows: 40, method: Method::Repeats { repeats: 5 } };
    Example {
        task: Task {
            target: "outcome".into(),
            kind,
            classes: classes.clone(),
            time: None,
            entity: None,
            weight: None,
            horizon: 0,
            features: vec!["a".into(), "b".into()],
            ignored: vec!["id".into()],
        },
        board: leaderboard(&entrants, main).unwrap(),
        split: dealt_evenly(),
        holdout: holdout(&judge, &sealed, Some(&sealed_baseline), main, 1).unwrap(),
        closer: closer_look(&judge, &judged[2].iter().collect::<Vec<_>>(), &classes).unwrap(),
        importance: vec![Importance { column: "a".into(), loss }],
    }
}

fn decision_input(example: &Example) -> DecisionInput {
    let chosen = example.board.chosen().unwrap();
    DecisionInput {
        metric: example.board.metric.clone(),
        cross_validated: chosen.estimates.clone(),
        holdout: example.holdout.estimates.clone(),
        gain: chosen.gain.clone(),
        open_blockers: Vec::new(),
        quality_score: Some(97.0),
        checks_ran: 6,
        checks_applicable: 6,
        ..DecisionInput::default()
    }
}

fn sections(example: &Example) -> Vec<Section> {
    let decision = judge_gates(&decision_input(example), &usual_gates(example.task.kind, &example.board.metric));
    let target = if example.task.classes.is_empty() {
        TargetSummary::Numbers(Some((10.0, [8.4, 10.0, 11.6])))
    } else {
        TargetSummary::Classes(vec![100; example.task.classes.len()])
    };
    vec![
        task(&TaskReport { task: &example.task, n_rows: 200, n_missing: 0, target: &target, split: Some(&example.split), guessed: &["target"] }),
        train(&TrainReport { task: &example.task, board: &example.board, split: &example.split }),
        validate(&ValidateReport {
            task: &example.task,
            board: &example.board,
            split: &example.split,
            holdout: Some(&example.holdout),
            closer: &example.closer,
            importance: &example.importance,
            calls: Calls { params: &Params::defaults(PARAMS), guessed: true, last: None, in_folds: Vec::new() },
        }),
        decide(&DecideReport {
            task: &example.task,
            decision: &decision,
            metric: &example.board.metric,
            found: &[],
            learner: example.board.chosen().map(|c| c.title.as_str()),
        }),
    ]
}

/// Checks a section's form; gives all of its words.
fn examine(section: &Section) -> String {
    assert!(!section.statement.is_empty() && !section.lead.is_empty() && !section.eyebrow.is_empty(), "{}", section.id);
    tables(&section.blocks).iter().for_each(|t| {
        assert!(!t.caption.is_empty());
        t.rows.iter().for_each(|row| assert_eq!(row.len(), t.head.len(), "{}", t.caption));
    });
    let all = serde_json::to_string(section).unwrap();
    for wrong in ["NaN", "inf ", "Infinity"] {
        assert!(!all.contains(wrong), "{} says {wrong}", section.id);
    }
    all
}

fn tables(blocks: &[Block]) -> Vec<&TableBlock> {
    blocks
        .iter()
        .flat_map(|b| match b {
            Block::Table { table } => vec![table],
            Block::Details { blocks, .. } => tables(blocks),
            _ => Vec::new(),
        })
        .collect()
}

fn figures(section: &Section) -> Vec<&str> {
    section.blocks.iter().filter_map(|b| if let Block::Figure { figure } = b { Some(figure.id.as_str()) } else { None }).collect()
}

#[test]
fn every_section_renders_every_kind_of_task() {
    for kind in [TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass] {
        for skill in [0.0, 0.9] {
            sections(&example(kind, skill)).iter().for_each(|s| {
                examine(s);
            });
        }
    }
}

#[test]
fn each_kind_of_task_has_its_figures() {
    let of = |kind| {
        let all = sections(&example(kind, 0.9));
        figures(&all[2]).iter().map(|&id| id.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of(TaskKind::Regression), ["residuals", "importance"]);
    assert_eq!(of(TaskKind::Binary), ["roc", "precision_recall", "calibration", "confusion", "importance"]);
    assert_eq!(of(TaskKind::Multiclass), ["roc", "precision_recall", "confusion", "importance"]);
}

#[test]
fn training_says_who_leads_and_that_it_beats_the_baseline() {
    let found = sections(&example(TaskKind::Regression, 0.9));
    let says = plain(&found[1].statement);
    assert_eq!(says, "Gradient boosting leads. It clearly beats the baseline “Most frequent or mean”.");
    let Block::Table { table } = &found[1].blocks[0] else { panic!("a table first") };
    assert_eq!((table.rule_after, table.rows.len()), (1, 3), "the baseline stands first");
}

#[test]
fn training_without_skill_says_that_nothing_was_shown() {
    let found = sections(&example(TaskKind::Binary, 0.0));
    assert!(plain(&found[1].statement).contains("has not shown that it is better than the baseline"), "{}", plain(&found[1].statement));
}

#[test]
fn a_decision_lists_its_gates_by_group_and_what_would_change_it() {
    let found = sections(&example(TaskKind::Binary, 0.0));
    let groups = found[3].blocks.iter().find_map(|b| if let Block::Gates { groups } = b { Some(groups) } else { None }).unwrap();
    assert_eq!(groups.iter().map(|g| (g.0.as_str(), g.1.len())).collect::<Vec<_>>(), [("Data", 3), ("Skill", 2), ("Unseen rows", 2)]);
    let changes = tables(&found[3].blocks);
    assert_eq!(changes[0].caption, "What would change the verdict");
    let Cell::Mark { text, .. } = &changes[0].rows.last().unwrap()[2] else { panic!("a verdict") };
    assert_eq!(text, "Go", "if every gate passed");
}

#[test]
fn an_open_blocker_is_named_in_the_verdict() {
    let example = example(TaskKind::Regression, 0.9);
    let input = DecisionInput { open_blockers: vec!["target_sum:casual+registered".into()], ..decision_input(&example) };
    let decision = judge_gates(&input, &usual_gates(TaskKind::Regression, "r2"));
    let section = decide(&DecideReport { task: &example.task, decision: &decision, metric: "r2", found: &[], learner: Some("Ridge") });
    assert!(plain(&section.statement).contains("1 blocker is open, and the score would not be real in use: target_sum:casual+registered."));
    examine(&section);
}

#[test]
fn nothing_trained_and_nothing_tested_still_renders() {
    let example = example(TaskKind::Binary, 0.5);
    let board = leaderboard(&[], "roc_auc").unwrap();
    let none = train(&TrainReport { task: &example.task, board: &board, split: &example.split });
    assert_eq!(plain(&none.statement), "No learner has a score for outcome.");
    examine(&none);
    let closer = crate::evaluate::CloserLook::default();
    examine(&validate(&ValidateReport {
        task: &example.task,
        board: &board,
        split: &example.split,
        holdout: None,
        closer: &closer,
        importance: &[],
        calls: Calls { params: &Params::defaults(PARAMS), guessed: true, last: None, in_folds: Vec::new() },
    }));
    let decision = judge_gates(&DecisionInput::default(), &usual_gates(TaskKind::Binary, "roc_auc"));
    let section = decide(&DecideReport { task: &example.task, decision: &decision, metric: "roc_auc", found: &[], learner: None });
    assert!(plain(&section.statement).starts_with("Nothing was tested"));
    examine(&section);
}

fn explained() -> Explained {
    let weight = |column: &str, mean: f64, direction| Weight { column: column.into(), mean, half: Some(0.05), direction };
    let apart = |row| Apart { row, values: vec![0.5, -0.25], total: 0.35, prediction: 0.586, truth: 1.0 };
    let line = |from: f64| (0..4).map(|i| from + 0.1 * f64::from(i)).collect::<Vec<_>>();
    let by = |column: &str, numbers: Vec<f64>, labels: Vec<String>| Follows {
        column: column.into(),
        numbers,
        labels,
        mean: line(0.3),
        band: line(0.3).iter().map(|m| (m - 0.1, m + 0.1)).collect(),
        parts: vec![line(0.1), line(0.5)],
        apart: Some(0.2),
        n_rows: 300,
    };
    let rule = |low, high| Rule { conditions: vec![("b=x".into(), low, high), ("a".into(), Some(2.0), Some(3.5))], value: 0.7, share: 0.5 };
    let which = [Which::Highest, Which::Middle, Which::Lowest, Which::Missed];
    Explained {
        how: How::Trees,
        scale: Scale::LogOdds,
        class: 1,
        sealed: true,
        n_rows: (40, 40),
        base: 0.1,
        error: None,
        columns: vec![weight("a", 0.4, Some(0.9)), weight("b", 0.2, None)],
        dependence: vec![by("a", line(0.0), Vec::new()), by("b", Vec::new(), ["w", "x", "y", "z"].map(str::to_owned).to_vec())],
        surrogate: Surrogate { rules: vec![rule(Some(0.5), None), rule(None, Some(0.5))], fidelity: Some(0.93), n_rows: (160, 40) },
        examples: which.map(|which| ExampleRow { which, one: Some(apart(Some(6))), few: Some(apart(None)) }).to_vec(),
        worst: vec![crate::explain::WorstRow { row: 12, prediction: 0.9, truth: 0.0, reasons: vec![("a".into(), 1.5, 3.25)] }],
    }
}

#[test]
fn an_explanation_takes_rows_apart_on_screen_and_means_of_rows_in_what_is_shared() {
    let example = example(TaskKind::Binary, 0.5);
    let columns = ["a", "b"].map(|name| Column::numeric(name, (0..40).map(|i| 700.0 + f64::from(i)).collect(), 0));
    let table = Table::new(columns.to_vec()).unwrap();
    let section = |explained: &Explained, table: Option<&Table>| Section {
        id: "validate".into(),
        title: "Validate".into(),
        eyebrow: "e".into(),
        statement: vec![text("s")],
        lead: vec![text("l")],
        blocks: explain(&ExplainReport { task: &example.task, learner: "Gradient boosting", explained: Ok(explained), table }),
    };
    let own = section(&explained(), Some(&table));
    examine(&own);
    let shared = crate::report::suppress::explained(&explained()).unwrap();
    let sent = section(&shared, None);
    examine(&sent);
    let (own, sent) = (serde_json::to_string(&own).unwrap(), serde_json::to_string(&sent).unwrap());
    for said in [
        "Gradient boosting",
        "They rise with",
        "If b=x and 2 < a ≤ 3.50",
        "If not b=x and",
        "it nearly is the model",
        "depends somewhat",
        "in log-odds of",
    ] {
        assert!(own.contains(said) && sent.contains(said), "{said}: {sent}");
    }
    assert!(own.contains("706") && own.contains("row of the table") && !sent.contains("706") && !sent.contains("row of the table"));
    assert!(sent.contains("the mean of 5 unseen rows"));
    assert!(own.contains("Missed most") && own.contains("a = 712 adds +1.50, +3.25 standard deviations") && !sent.contains("Missed most"), "{own}");
    let few = Explained { n_rows: (4, 4), ..explained() };
    assert!(crate::report::suppress::explained(&few).is_none());
}

fn finding(check: &str, severity: Severity, certainty: Certainty, column: &str) -> Finding {
    Finding::new(check, severity, certainty, &[column], Evidence::Share { share: Share { count: 5, of: 10 } })
}

#[test]
fn an_audit_shows_blockers_first_and_folds_certificates() {
    let example = example(TaskKind::Binary, 0.5);
    let found = vec![
        finding("one_column", Severity::Note, Certainty::Strong, "c"),
        finding("one_column", Severity::Blocker, Certainty::Proven, "b"),
        finding("one_column", Severity::Safe, Certainty::Proven, "s"),
        finding("one_column", Severity::Warning, Certainty::Ask, "q"),
    ];
    let checked = vec![
        Checked::ran("one_column", 200, found),
        Checked::skipped("time_order", "no time column"),
        Checked::underpowered("missingness", 200, "too few"),
    ];
    let accepted = vec![crate::settings::Accepted { finding: "one_column:q".into(), reason: "known in time".into(), fingerprint: Vec::new() }];
    let section = audit(&AuditReport { task: &example.task, checked: &checked, accepted: &accepted });
    examine(&section);
    assert_eq!(plain(&section.statement), "1 blocker: the score would not be real in use.");
    assert!(plain(&section.lead).starts_with("b ") && plain(&section.lead).ends_with(". 1 question only you can answer."));
    let Block::Findings { findings } = &section.blocks[3] else { panic!("findings after their heading") };
    assert_eq!(findings.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["one_column:b", "one_column:q", "one_column:c"]);
    assert_eq!(findings[1].accepted.as_deref(), Some("known in time"));
    let Block::Details { summary, .. } = &section.blocks[4] else { panic!("certificates next") };
    assert_eq!(summary, "1 certificate: proved to be sound");
    let Block::Tally { items } = &section.blocks[0] else { panic!("tally first") };
    assert_eq!(items.iter().map(|i| i.2.as_str()).collect::<Vec<_>>(), ["1", "0", "1", "1", "1", "1 of 3"]);
}

#[test]
fn a_clean_audit_says_how_many_checks_looked_and_no_check_is_never_green() {
    let example = example(TaskKind::Binary, 0.5);
    let says = |checked: &[Checked]| plain(&audit(&AuditReport { task: &example.task, checked, accepted: &[] }).statement);
    assert_eq!(says(&[Checked::ran("one_column", 200, Vec::new())]), "Nothing leaks that 1 check could find.");
    assert_eq!(says(&[Checked::skipped("one_column", "no rows")]), "No check could run, so nothing is shown to be sound.");
}

#[test]
fn quality_names_the_lowest_score_and_what_took_points_off() {
    let rule = &crate::quality::RULES[0];
    let checked = vec![Checked::ran(rule.id, 200, vec![finding(rule.id, Severity::Warning, Certainty::Proven, "age")])];
    let score = |dimension, score| Score { dimension, score, weight: 0.2 };
    let scores = vec![score(rule.dimension, Some(61.7)), score(Dimension::Timeliness, None)];
    let section = quality(&QualityReport {
        checked: &checked,
        scores: &scores,
        n_rows: 200,
        n_columns: 4,
        names: &["age"],
        target: None,
        accepted: &[],
        weights: &Weights::new(),
    });
    examine(&section);
    assert!(plain(&section.statement).starts_with("The lowest score is 62 of 100, for "));
    assert_eq!(plain(&section.lead), "1 finding, the gravest about age.");
    let Block::Scores { scores } = &section.blocks[0] else { panic!("scores first") };
    assert_eq!((scores[0].note.as_str(), scores[1].score), (rule.title.to_lowercase().as_str(), None));
    let nothing = quality(&QualityReport {
        checked: &[],
        scores: &[],
        n_rows: 0,
        n_columns: 0,
        names: &[],
        target: None,
        accepted: &[],
        weights: &Weights::new(),
    });
    assert_eq!(plain(&nothing.statement), "No rule could look at this table.");
}

#[test]
fn preparation_says_what_each_step_made_and_learned() {
    use crate::prepare::Recipe;
    use crate::split::{SplitSettings, make};
    use crate::table::{Column, Kind, Table};
    let n = 60;
    let cells: Vec<Option<&str>> = (0..n).map(|i| [Some("red"), Some("blue"), None][i % 3]).collect();
    let notes: Vec<String> = (0..n).map(|i| format!("note {i}")).collect();
    let table = Table::new(vec![
        Column::numeric("a", (0..n).map(|i| if i % 7 == 0 { f64::NAN } else { i as f64 }).collect(), 0),
        Column::labels("colour", Kind::Categorical, &cells),
        Column::labels("notes", Kind::Text, &notes.iter().map(|s| Some(s.as_str())).collect::<Vec<_>>()),
        Column::numeric("y", (0..n).map(|i| (i % 11) as f64).collect(), 0),
    ])
    .unwrap();
    let task = Task {
        target: "y".into(),
        kind: TaskKind::Regression,
        classes: Vec::new(),
        time: None,
        entity: None,
        weight: None,
        horizon: 0,
        features: vec!["a".into(), "colour".into(), "notes".into()],
        ignored: Vec::new(),
    };
    let target = task.encode(&table).unwrap();
    let split = make(&table, &task, &target, &SplitSettings::default(), None, 1).unwrap();
    let recipe = Recipe::usual(&table.schema(), &task, true).fit(&table, &split.development, &task).unwrap();
    let section = prepare(&PrepareReport {
        recipe: &recipe,
        n_rows: split.development.rows().len() as u64,
        as_they_are: Default::default(),
        table: Some(&table),
    });
    let all = examine(&section);
    assert!(plain(&section.statement).starts_with("2 columns become "), "{}", plain(&section.statement));
    assert_eq!(plain(&section.lead), "1 column gives no feature: notes.");
    assert!(all.contains("free text") && all.contains("learned"));
}

#[test]
fn augmentation_says_which_features_differ_and_that_off_is_off() {
    use crate::augment::{FeatureFidelity, Fidelity, Together, Verdict};
    let feature = |name: &str, off| FeatureFidelity {
        name: name.into(),
        real_mean: 10.0,
        synthetic_mean: 10.4,
        real_sd: 2.0,
        synthetic_sd: 2.1,
        mean_difference: Some(0.2),
        mean_allowed: 0.05,
        sd_difference: Some(0.05),
        sd_allowed: 0.1,
        ks_d: 0.08,
        ks_p: 0.2,
        off,
        far: off,
    };
    let fidelity = Fidelity {
        method: "noise".into(),
        n_real: 200,
        n_synthetic: 100,
        n_left_out: 0,
        together: Together { domain_auc: Some(0.9), ..Together::default() },
        features: vec![feature("a", false), feature("b", true)],
        n_off: 1,
        widened: false,
        enough_rows: true,
        verdict: Verdict::Doubtful,
    };
    let section = augment(&AugmentReport { fidelity: Some(&fidelity), worth: None });
    examine(&section);
    assert_eq!(plain(&section.statement), "The made-up rows differ from the real ones in 1 feature of 2.");
    let first = &tables(&section.blocks)[0].rows[0];
    assert!(matches!(&first[0], Cell::Text { text } if text == "b"), "what differs comes first");
    assert!(tables(&section.blocks)[1].rows[0].iter().any(|c| matches!(c, Cell::Text { text } if text == "it does; 0.5 could not")));
    let left_out = Fidelity { n_left_out: 40, n_synthetic: 0, ..fidelity };
    assert!(plain(&augment(&AugmentReport { fidelity: Some(&left_out), worth: None }).statement).starts_with("40 rows are not learned from"));
    assert_eq!(plain(&augment(&AugmentReport { fidelity: None, worth: None }).statement), "No rows were made up.");
}

/// A section of blocks, examined and as text.
fn told(blocks: Vec<Block>) -> String {
    let section =
        Section { id: "validate".into(), title: "Validate".into(), eyebrow: "e".into(), statement: vec![text("s")], lead: vec![text("l")], blocks };
    examine(&section);
    serde_json::to_string(&section).unwrap()
}

#[test]
fn intervals_say_whether_they_hold_as_often_as_asked_and_where_they_do_not() {
    use crate::evaluate::conformal::{Bands, Conformal, Part};
    use crate::evaluate::ranked::{Apart, Ranked};
    use crate::evaluate::shares::of_rows;
    let example = example(TaskKind::Regression, 0.5);
    let found = Conformal {
        wanted: 0.9,
        bands: Bands::Numbers { cuts: vec![1.0], low: vec![Some(-2.0), None], high: vec![Some(2.0), Some(3.0)] },
        n_scores: 200,
        coverage: of_rows(180, 200),
        parts: vec![Part { at: 0, share: of_rows(98, 100).unwrap() }, Part { at: 4, share: of_rows(60, 100).unwrap() }],
        periods: vec![Part { at: 1, share: of_rows(36, 40).unwrap() }],
        holdout: of_rows(44, 50),
        size: Some(4.5),
        exchangeable: false,
    };
    let text = told(intervals(&found, &example.task));
    for said in [
        "90 % (85",
        "the interval holds what was asked",
        "too rarely",
        "more than asked",
        "fold 2",
        "an interval has no end",
        "no coverage is guaranteed",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let too_few = told(intervals(&Conformal { coverage: None, ..found }, &example.task));
    assert!(too_few.contains("too few folds"));
    let apart = Apart { value: 0.04, interval: Some((-0.01, 0.09)), p: Some(0.12) };
    let ranked = Ranked { area: 0.8, interval: Some((0.75, 0.85)), rival: Some((2, apart)) };
    let text = told(vec![delong(&ranked, Some("Ridge"))]);
    assert!(text.contains("0.80 (0.75 to 0.85)") && text.contains("against Ridge") && text.contains("p 0.12"), "{text}");
}

#[test]
fn errors_are_told_by_direction_spread_level_and_segment() {
    use crate::evaluate::errors::{Bias, Errors, Group, Outliers, Spread};
    use crate::evaluate::shares::Mean;
    use crate::explain::{WeakSegment, Weakest};
    let example = example(TaskKind::Regression, 0.5);
    let mean = |value: f64, half: f64| Mean { n: 40, value, low: Some(value - half), high: Some(value + half), p: Some(0.01) };
    let tenth = |at: u32| Bias { group: Group::Tenth(at), miss: mean(f64::from(at) - 4.0, 1.5) };
    let found = Errors {
        n_rows: 400,
        bias: Some(mean(1.0, 0.5)),
        mean_size: Some(2.0),
        tenths: (0..10).map(tenth).collect(),
        months: vec![Bias { group: Group::Month(2024, 3), miss: mean(0.0, 1.0) }, Bias { group: Group::Month(2024, 4), miss: mean(0.5, 1.0) }],
        levels: vec![Bias { group: Group::Level("region".into(), "north".into()), miss: mean(3.0, 1.0) }],
        n_levels: 12,
        spread: Some(Spread { rho: 0.3, rho_p: 0.0001, lm: 20.0, lm_p: 0.0002 }),
        over_time: Some((-0.4, 0.001)),
        normal: (0..19).map(|k| (f64::from(k) / 9.0 - 1.0, f64::from(k) / 6.0 - 1.5)).collect(),
        outliers: Some(Outliers { count: 3, of_squares: 0.4, worst_hundredth: 0.5 }),
    };
    let segment = WeakSegment {
        conditions: vec![("size".into(), Some(3.0), None), ("colour=red".into(), None, Some(0.5))],
        n_rows: 30,
        loss: 4.0,
        ratio: 2.0,
        ratio_interval: Some((1.5, 2.5)),
    };
    let weakest = Weakest { segments: vec![segment], loss: 2.0, n_rows: (200, 200) };
    let text = told(errors(&found, Some(&weakest), &example.task));
    for said in [
        "predictions are too low on average",
        "Errors grow with the prediction",
        "predictions become too high",
        "3 rows lie",
        "7 of 10 tenths",
        "No bias is seen in any of 2 months",
        "2024-03",
        "Errors are not spread as a normal distribution",
        "of 12 tested",
        "2 times the error of all rows (1.50 to 2.50)",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let none = errors(&Errors::default(), None, &example.task);
    assert!(none.is_empty(), "{none:?}");
    let even = told(errors(&found, Some(&Weakest { segments: Vec::new(), ..weakest }), &example.task));
    assert!(even.contains("No segment is weaker than the whole"));
}

#[test]
fn periods_levels_chance_and_curves_are_told_with_their_doubts() {
    use crate::evaluate::fairness::{Fairness, Level, LevelName};
    use crate::evaluate::learning_curve::{LearningCurve, Point, PowerLaw};
    use crate::evaluate::periods::{Period, Periods};
    use crate::evaluate::permuted::Permuted;
    use crate::evaluate::shares::of_rows;
    let example = example(TaskKind::Binary, 0.5);
    let estimate = |value: f64| Estimate {
        metric: "roc_auc".into(),
        value: Some(value),
        low: Some(value - 0.05),
        high: Some(value + 0.05),
        n_rows: 60,
        method: Method::Corrected { unit: Unit::Rows, resamples: 1_000 },
    };
    let period = |day: f64, gain: f64| Period {
        span: Some((day * 86_400_000.0, (day + 30.0) * 86_400_000.0)),
        n_rows: 60,
        score: estimate(0.5 + gain),
        baseline: Some(0.5),
        gain: Some(Estimate { value: Some(gain), ..estimate(gain) }),
    };
    let all: Vec<Period> = [0.2, 0.1, -0.1, 0.25].iter().zip([0.0, 31.0, 62.0, 93.0]).map(|(gain, day)| period(day, *gain)).collect();
    let found = Periods { in_time: true, all, consistency: of_rows(3, 4), sd: Some(0.15), apart: 1, trend: Some((0.2, 0.8)) };
    let text = told(periods(&found, true, "roc_auc"));
    for said in ["in 3 of 4 periods", "1970-01-01 to 1970-01-31", "1 interval leaves out", "No trend is seen", "not better"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let level = |name: &str, value: f64, ratio: f64| Level {
        name: LevelName::Label(name.into()),
        n_rows: 50,
        score: estimate(value),
        ratio: Some((ratio, (ratio < 1.0).then_some((ratio - 0.05, ratio + 0.05)))),
        flagged: of_rows(10, 50),
        found: of_rows(8, 10),
        in_vain: of_rows(2, 40),
        miss: None,
    };
    let levels = vec![level("a", 0.9, 1.0), level("b", 0.7, 0.78)];
    let fair = Fairness { column: "who".into(), levels, left_out: 7, flagged_ratio: Some(0.6) };
    let text = told(fairness(&[fair], &example.task, "roc_auc"));
    assert!(
        text.contains("clearly worse than for the best level in b") && text.contains("below the four fifths") && text.contains("7 rows are"),
        "{text}"
    );
    assert!(fairness(&[], &example.task, "roc_auc").is_empty());
    let permuted = Permuted::new("roc_auc", 0.8, (0..99).map(|i| 0.45 + f64::from(i) / 1000.0).collect(), 500, Some(50), false).unwrap();
    let text = told(permutation(Ok(&permuted)));
    assert!(
        text.contains("Chance alone hardly ever does as well (p 0.010)") && text.contains("50 trees") && text.contains("not exchangeable"),
        "{text}"
    );
    assert!(told(permutation(Err(&crate::error::Error::internal("it broke")))).contains("it broke"));
    let law = PowerLaw { a: 0.9, b: -1.0, c: 0.5 };
    let points = [50.0, 100.0, 200.0, 400.0].map(|n| Point { n, score: estimate(law.at(n)) }).to_vec();
    let curve = LearningCurve { metric: "roc_auc".into(), points, law: Some(law), doubled: Some(0.015), doubled_interval: Some((0.004, 0.03)) };
    let text = told(learning(Ok(&curve), "Ridge"));
    assert!(text.contains("more rows like these would help") && text.contains("More rows would help"), "{text}");
    let text = told(vec![too_good(&estimate(0.999))]);
    assert!(text.contains("Suspiciously perfect") && text.contains("0.999"), "{text}");
}
