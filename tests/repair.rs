//! Answers to findings, through the session as page and command line drive it: remedies that work, undo, acceptance, what is known in time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod desk;

use desk::{ALONE, Desk, csv, noise};
use watertight::bundle::Bundle;
use watertight::derived::{DerivedColumn, Known};
use watertight::finding::Severity;
use watertight::protocol::{Block, Command, Export, FindingBlock, Remedy, Step, TableBlock};
use watertight::session::predictions_file;
use watertight::settings::Settings;
use watertight::table::export::Safety;

/// Findings of the audit, folded ones too.
fn findings(desk: &Desk) -> Vec<FindingBlock> {
    fn of(all: &[Block]) -> Vec<FindingBlock> {
        let one = |b: &Block| match b {
            Block::Findings { findings } => findings.clone(),
            Block::Details { blocks, .. } => of(blocks),
            _ => Vec::new(),
        };
        all.iter().flat_map(one).collect()
    }
    of(&desk.sections[&Step::Audit].blocks)
}

fn finding(desk: &Desk, id: &str) -> FindingBlock {
    findings(desk).into_iter().find(|f| f.id == id).unwrap_or_else(|| panic!("no {id}"))
}

fn is_found(desk: &Desk, id: &str) -> bool {
    findings(desk).iter().any(|f| f.id == id && f.severity <= Severity::Warning)
}

fn before_and_after(desk: &Desk) -> Option<TableBlock> {
    desk.sections[&Step::Audit].blocks.iter().find_map(|b| match b {
        Block::Table { table } if table.caption.starts_with("Before and after") => Some(table.clone()),
        _ => None,
    })
}

fn text(table: &TableBlock, row: usize, column: usize) -> String {
    match &table.rows[row][column] {
        watertight::protocol::Cell::Text { text } | watertight::protocol::Cell::Mark { text, .. } => text.clone(),
        other => panic!("{other:?}"),
    }
}

/// A desk with settings given, audited.
fn with_settings(text: &str, change: impl Fn(&mut Settings)) -> Desk {
    let mut desk = Desk::with_csv(text);
    let mut settings = desk.state.settings.clone();
    change(&mut settings);
    desk.command(Command::SetSettings { settings: Box::new(settings) });
    desk.run(Step::Audit);
    desk
}

fn studio() -> Desk {
    Desk::with_sample(ALONE, "studio", 0, Step::Audit)
}

/// Applies the first remedy of a finding and audits again.
fn answer(desk: &mut Desk, id: &str) -> Remedy {
    let remedy = finding(desk, id).remedies[0].remedy.clone();
    desk.command(Command::ApplyRemedy { finding: id.into(), remedy: remedy.clone() });
    desk.run(Step::Audit);
    assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
    remedy
}

#[test]
fn a_window_that_contains_the_answer_is_recomputed_and_the_second_audit_certifies_it() {
    let mut desk = studio();
    assert_eq!(finding(&desk, "lineage:revenue_5c").severity, Severity::Blocker);
    let remedies: Vec<Remedy> = finding(&desk, "lineage:revenue_5c").remedies.into_iter().map(|r| r.remedy).collect();
    let Remedy::Replace { derived } = &remedies[0] else { panic!("{remedies:?}") };
    assert_eq!((derived.function.as_str(), derived.source.as_str(), derived.first, derived.last), ("mean", "total_revenue", Some(-7), -3));
    assert_eq!(remedies[1], Remedy::Replace { derived: DerivedColumn::shifted("revenue_5c", 5) });
    assert!(matches!(remedies[2], Remedy::DropColumns { .. }));
    answer(&mut desk, "lineage:revenue_5c");
    let now = finding(&desk, "lineage:revenue_5c");
    assert_eq!(now.severity, Severity::Safe);
    assert!(watertight::report::block::plain(&now.formula.unwrap()).contains("total_revenue[t-7..t-3]"));
    let table = before_and_after(&desk).expect("a block of before and after");
    assert_eq!(text(&table, 0, 0), "revenue_5c has seen 2 months after the one you predict");
    assert!(text(&table, 0, 1).contains("mean(total_revenue[t-7..t-3])"));
    assert_eq!(text(&table, 0, 2), "proved to use only the past");
}

#[test]
fn shifting_is_certified_as_well() {
    let mut desk = studio();
    let shift = finding(&desk, "lineage:revenue_3m").remedies[1].remedy.clone();
    assert_eq!(shift, Remedy::Replace { derived: DerivedColumn::shifted("revenue_3m", 3) });
    desk.command(Command::ApplyRemedy { finding: "lineage:revenue_3m".into(), remedy: shift });
    desk.run(Step::Audit);
    assert_eq!(finding(&desk, "lineage:revenue_3m").severity, Severity::Safe);
}

#[test]
fn a_repaired_studio_trains_and_its_bundle_predicts_a_new_file_that_brings_its_history() {
    let mut desk = studio();
    desk.command(Command::Repair);
    desk.run(Step::Decide);
    assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
    assert!(!findings(&desk).iter().any(|f| f.severity <= Severity::Warning));
    let bundle = Bundle::from_json(&desk.export(Export::Bundle)).unwrap();

    let sample = String::from_utf8((watertight::sample::SAMPLES.iter().find(|s| s.id == "studio").unwrap().make)(80)).unwrap();
    let lines: Vec<&str> = sample.lines().collect();
    let head: Vec<&str> = lines[0].split(',').collect();
    let gone = ["revenue_3m", "revenue_5c", "membership_revenue", "class_revenue", "shop_revenue"];
    // The last rows: of the newest three only what is known, the target not among it.
    let file = |rows: usize, with_target: bool| {
        let keep: Vec<usize> = (0..head.len()).filter(|&i| !gone.contains(&head[i]) && (with_target || head[i] != "total_revenue")).collect();
        let cut = |line: &str, blank: bool| {
            let cells: Vec<&str> = line.split(',').collect();
            keep.iter().map(|&i| if blank && head[i] == "total_revenue" { "" } else { cells[i] }).collect::<Vec<_>>().join(",")
        };
        let from = lines.len() - rows;
        let body: Vec<String> = (from..lines.len()).map(|i| cut(lines[i], i + 3 >= lines.len())).collect();
        cut(lines[0], false) + "\n" + &body.join("\n") + "\n"
    };
    let predicted = predictions_file(&bundle, file(20, true).as_bytes(), &Settings::default(), Safety::Raw).unwrap();
    let predicted = String::from_utf8(predicted).unwrap();
    assert_eq!(predicted.lines().count(), 21);
    assert!(predicted.lines().skip(1).all(|l| l.rsplit(',').next().unwrap().parse::<f64>().is_ok_and(|v| v > 1000.0)), "{predicted}");
    let refused = predictions_file(&bundle, file(3, true).as_bytes(), &Settings::default(), Safety::Raw).unwrap_err().to_string();
    assert!(refused.contains("revenue_3m") && refused.contains("5 rows earlier"), "{refused}");
    let refused = predictions_file(&bundle, file(20, false).as_bytes(), &Settings::default(), Safety::Raw).unwrap_err().to_string();
    assert!(refused.contains("no column \"total_revenue\""), "{refused}");
}

#[test]
fn new_rows_that_follow_the_training_rows_find_their_history_there() {
    let days = |from: usize, n: usize| (from..from + n).map(|d| format!("2024-{:02}-{:02}", d / 28 + 1, d % 28 + 1));
    let (x, y) = (noise(5, 0, 120), noise(5, 1, 120));
    let mut train = "day,x,y\n".to_owned();
    days(0, 120).zip(x.iter().zip(&y)).for_each(|(d, (x, y))| train += &format!("{d},{x},{y}\n"));
    let mut new = "day,x\n".to_owned();
    days(120, 3).zip([7.0, 8.0, 9.0]).for_each(|(d, x)| new += &format!("{d},{x}\n"));
    let mut desk = Desk::new(ALONE);
    desk.open(&[("train.csv", train.as_bytes()), ("new.csv", new.as_bytes())]);
    let mut settings = desk.state.settings.clone();
    settings.derived.push(DerivedColumn::shifted("x", 2));
    settings.learners = Some(vec![watertight::protocol::Chosen { id: "ridge".into(), ..Default::default() }]);
    desk.command(Command::SetSettings { settings: Box::new(settings) });
    desk.run(Step::Decide);
    assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
    let bundle = Bundle::from_json(&desk.export(Export::Bundle)).unwrap();
    let session = desk.export(Export::Predictions);
    // The same rows with their history in the file itself.
    let mut whole = "day,x\n".to_owned();
    days(118, 2).zip(&x[118..]).for_each(|(d, x)| whole += &format!("{d},{x}\n"));
    whole += new.split_once('\n').unwrap().1;
    let alone = String::from_utf8(predictions_file(&bundle, whole.as_bytes(), &Settings::default(), Safety::Raw).unwrap()).unwrap();
    let last = |text: &str| text.lines().rev().take(3).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(last(&session), last(&alone));
    assert!(session.contains("2024-05-11,9,"), "the file's own values are written back: {session}");
}

#[test]
fn a_sum_is_repaired_by_dropping_its_parts_and_training_works() {
    let (casual, registered, temp) = (noise(1, 0, 300), noise(1, 1, 300), noise(1, 2, 300));
    let cnt: Vec<f64> = casual.iter().zip(&registered).zip(&temp).map(|((a, b), _)| ((a + b) * 1000.0).round() / 1000.0).collect();
    let mut desk = Desk::with_csv(&csv(&[("temp", &temp), ("casual", &casual), ("registered", &registered), ("cnt", &cnt)]));
    assert!(is_found(&desk, "target_sum:casual+registered"));
    desk.command(Command::Repair);
    desk.run(Step::Decide);
    assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
    assert!(!is_found(&desk, "target_sum:casual+registered"));
    let bundle = Bundle::from_json(&desk.export(Export::Bundle)).unwrap();
    assert_eq!(bundle.task.ignored, ["casual", "registered"]);
    assert_eq!(bundle.task.features, ["temp"]);
}

#[test]
fn undo_brings_back_the_bytes_of_the_old_report() {
    // Without sealed rows: those once seen stay counted.
    let mut desk = studio();
    let mut settings = desk.state.settings.clone();
    settings.split.holdout = 0.0;
    desk.command(Command::SetSettings { settings: Box::new(settings) });
    desk.run(Step::Decide);
    let before = (desk.export(Export::ReportJson), desk.export(Export::Settings));
    desk.command(Command::Repair);
    desk.run(Step::Decide);
    assert!(desk.export(Export::ReportJson) != before.0);
    desk.command(Command::Undo);
    desk.run(Step::Decide);
    assert!((desk.export(Export::ReportJson), desk.export(Export::Settings)) == before, "the report is not what it was");
}

#[test]
fn settings_of_a_repair_alone_give_the_same_report() {
    let mut desk = Desk::with_sample(ALONE, "studio", 0, Step::Audit);
    desk.command(Command::Repair);
    desk.run(Step::Decide);
    let (report, settings) = (desk.export(Export::ReportMarkdown), desk.export(Export::Settings));
    let mut other = Desk::with_sample(ALONE, "studio", 0, Step::Audit);
    other.command(Command::SetSettings { settings: Box::new(Settings::from_json(&settings).unwrap()) });
    other.run(Step::Decide);
    assert_eq!(other.export(Export::ReportMarkdown), report);
}

#[test]
fn repairing_each_sample_leaves_no_blocker() {
    for sample in watertight::sample::SAMPLES {
        let mut desk = Desk::with_sample(ALONE, sample.id, 0, Step::Audit);
        for _ in 0..4 {
            desk.command(Command::Repair);
            desk.run(Step::Audit);
        }
        let open: Vec<String> = findings(&desk).into_iter().filter(|f| f.severity == Severity::Blocker).map(|f| f.id).collect();
        assert!(open.is_empty() && desk.refusals.is_empty(), "{}: {open:?} {:?}", sample.id, desk.refusals);
    }
}

#[test]
fn an_acceptance_says_what_was_accepted_and_opens_again_when_that_changes() {
    let table = |scale: f64| {
        let (a, b, e) = (noise(2, 0, 300), noise(2, 1, 300), noise(2, 2, 300));
        let y: Vec<f64> = a.iter().zip(&e).map(|(a, e)| ((a + 0.38 * e) * 1000.0).round() / 1000.0).collect();
        let a: Vec<f64> = a.iter().map(|a| a * scale).collect();
        let more: Vec<Vec<f64>> = (3..7).map(|i| noise(2, i, 300)).collect();
        csv(&[("a", &a), ("b", &b), ("c", &more[0]), ("d", &more[1]), ("f", &more[2]), ("g", &more[3]), ("y", &y)])
    };
    let mut desk = Desk::with_csv(&table(1.0));
    let id = "single_column:a".to_owned();
    assert_eq!(finding(&desk, &id).accepted, None);
    desk.command(Command::Accept { finding: id.clone(), reason: "it is known a day before".into() });
    desk.run(Step::Audit);
    assert_eq!(finding(&desk, &id).accepted.as_deref(), Some("it is known a day before"));
    let accepted = desk.state.settings.accepted.clone();
    assert!(accepted[0].fingerprint.iter().any(|(term, _)| term == "high of a"), "{accepted:?}");

    let other = with_settings(&table(50.0), |s| s.accepted = accepted.clone());
    let again = finding(&other, &id);
    assert_eq!(again.accepted, None);
    let says = watertight::report::block::plain(&again.meaning);
    assert!(says.contains("open again") && says.contains("high of a"), "{says}");

    // A name and a reason alone are completed with what is found.
    let named = with_settings(&table(1.0), |s| {
        s.accepted = vec![watertight::settings::Accepted { finding: id.clone(), reason: "known a day before".into(), fingerprint: vec![] }];
    });
    assert_eq!(named.state.settings.accepted[0].fingerprint, accepted[0].fingerprint);
}

#[test]
fn what_is_known_late_is_used_shifted_and_what_is_never_known_is_a_blocker() {
    let mut desk = studio();
    let asked: Vec<String> = desk.state.known.iter().filter(|k| k.asked).map(|k| k.column.clone()).collect();
    assert!(asked.contains(&"visits".to_owned()), "{:?}", desk.state.known);
    let safe = desk.state.known.iter().find(|k| k.column == "revenue_lag_3").unwrap();
    assert_eq!((safe.guess, safe.asked), (Some(Known::Yes), false));

    let mut settings = desk.state.settings.clone();
    for name in &asked {
        settings.columns.entry(name.clone()).or_default().known = Some(Known::Yes);
    }
    settings.columns.entry("visits".into()).or_default().known = Some(Known::Late(1));
    settings.columns.entry("price".into()).or_default().known = Some(Known::No);
    desk.command(Command::SetSettings { settings: Box::new(settings.clone()) });
    desk.run(Step::Audit);
    assert!(!is_found(&desk, "lineage:availability"), "everything is answered");
    assert_eq!(finding(&desk, "lineage:known:price").severity, Severity::Blocker);
    assert!(!is_found(&desk, "lineage:known:visits"));
    assert_eq!(desk.state.known.iter().find(|k| k.column == "visits").unwrap().why, "used as visits[t-4]");
    // Members known a month late makes the lag of three too new, and a shift is offered.
    settings.columns.entry("members".into()).or_default().known = Some(Known::No);
    desk.command(Command::SetSettings { settings: Box::new(settings) });
    desk.run(Step::Audit);
    assert_eq!(finding(&desk, "lineage:members_lag_3").severity, Severity::Blocker);
}

#[test]
fn a_sum_is_still_told_when_another_column_is_known_late() {
    let mut desk = studio();
    let mut settings = desk.state.settings.clone();
    settings.columns.entry("visits".into()).or_default().known = Some(Known::Late(1));
    desk.command(Command::SetSettings { settings: Box::new(settings) });
    desk.run(Step::Audit);
    let parts = ["membership_revenue", "class_revenue", "shop_revenue"].join("+");
    let told = findings(&desk).into_iter().filter(|f| f.id.ends_with(&parts) && f.severity == Severity::Blocker).count();
    assert_eq!(told, 1, "once, by whichever check proves it");
}

#[test]
fn a_mean_of_the_target_moves_inside_the_folds() {
    let a = noise(4, 0, 400);
    let levels: Vec<f64> = (0..400).map(|i| f64::from((i * 7 + i / 13) % 20)).collect();
    let y: Vec<f64> = a.iter().zip(&levels).map(|(a, l)| ((a + l * 0.3) * 100.0).round() / 100.0).collect();
    let mean = |level: f64| {
        let of: Vec<f64> = y.iter().zip(&levels).filter(|(_, l)| l.total_cmp(&level).is_eq()).map(|(y, _)| *y).collect();
        of.iter().sum::<f64>() / of.len() as f64
    };
    let mut text = "city,a,city_mean,y\n".to_owned();
    for i in 0..400 {
        text += &format!("c{},{},{:.6},{}\n", levels[i], a[i], mean(levels[i]), y[i]);
    }
    let mut desk = Desk::with_csv(&text);
    let remedy = answer(&mut desk, "lineage:city_mean");
    assert_eq!(remedy, Remedy::MoveInsideFolds { columns: vec!["city_mean".into()], step: "target_encode".into(), by: vec!["city".into()] });
    desk.run(Step::Decide);
    assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
    let bundle = Bundle::from_json(&desk.export(Export::Bundle)).unwrap();
    assert!(bundle.recipe.features().iter().any(|f| f.name == "city: target mean"));
    assert!(bundle.recipe.features().iter().any(|f| f.name == "city=c3"), "the column itself stays");
}

#[test]
fn the_verdict_names_its_blockers_in_words() {
    let desk = Desk::with_sample(ALONE, "studio", 0, Step::Decide);
    let says = watertight::report::block::plain(&desk.sections[&Step::Decide].statement);
    assert!(says.contains("membership_revenue, class_revenue and shop_revenue add up to total_revenue"), "{says}");
    assert!(!says.contains("target_sum:"), "{says}");
}

/// A moment so many hours after the first of 2024, as text.
fn moment(hours: usize) -> String {
    let (mut day, mut month, mut year) = (hours / 24, 0, 2024);
    loop {
        let february = if year % 4 == 0 { 29 } else { 28 };
        let length = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month];
        if day < length {
            return format!("{year}-{:02}-{:02} {:02}:00:00", month + 1, day + 1, hours % 24);
        }
        (day, month) = (day - length, month + 1);
        if month == 12 {
            (year, month) = (year + 1, 0);
        }
    }
}

/// A level that wanders, to two decimals.
fn walk(seed: u64, n: usize) -> Vec<f64> {
    let mut level = 100.0;
    noise(seed, 0, n)
        .iter()
        .map(|step| {
            level += step;
            (level * 100.0).round() / 100.0
        })
        .collect()
}

/// The first remedy computes the column anew with this function, and the second audit certifies it.
fn recomputed(text: &str, column: &str, function: &str) -> (DerivedColumn, Severity) {
    let mut desk = with_settings(text, |s| (s.task.time, s.task.target) = (Some("day".into()), Some("y".into())));
    let id = format!("lineage:{column}");
    assert!(finding(&desk, &id).severity <= Severity::Warning, "{:?}", finding(&desk, &id));
    let Remedy::Replace { derived } = answer(&mut desk, &id) else { panic!("{:?}", finding(&desk, &id).remedies) };
    assert_eq!(derived.function, function);
    (derived, finding(&desk, &id).severity)
}

#[test]
fn a_window_of_days_that_contains_its_own_moment_is_recomputed_from_the_days_before() {
    let y = walk(21, 400);
    let at: Vec<usize> = noise(21, 1, 400)
        .iter()
        .scan(0, |hour, gap| {
            *hour += 5 + (gap.abs() * 17.0) as usize % 40;
            Some(*hour)
        })
        .collect();
    let mut text = "day,week,y\n".to_owned();
    for i in 0..400 {
        let inside: Vec<f64> = (0..=i).filter(|&j| at[j] + 7 * 24 > at[i]).map(|j| y[j]).collect();
        text += &format!("{},{:.3},{}\n", moment(at[i]), inside.iter().sum::<f64>() / inside.len() as f64, y[i]);
    }
    let (derived, severity) = recomputed(&text, "week", "mean over 7 d");
    assert_eq!((derived.first, derived.last, severity), (None, -1, Severity::Safe));
}

#[test]
fn a_weighted_mean_that_contains_its_own_row_is_recomputed_a_row_earlier() {
    let y = walk(22, 300);
    let (mut mean, mut weight, mut text) = (y[0], 1.0, "day,smooth,y\n".to_owned());
    for (i, value) in y.iter().enumerate() {
        if i > 0 {
            mean = (weight * 2.0 / 3.0 * mean + value) / (weight * 2.0 / 3.0 + 1.0);
            weight = weight * 2.0 / 3.0 + 1.0;
        }
        text += &format!("{},{mean:.4},{value}\n", moment(24 * i));
    }
    let (derived, severity) = recomputed(&text, "smooth", "ewm span 5");
    assert_eq!((derived.last, severity), (-1, Severity::Safe));
}

#[test]
fn a_window_of_months_with_months_missing_is_recomputed_in_months() {
    let (y, left_out) = (walk(23, 260), noise(23, 1, 260));
    let is_there = |i: usize| left_out[i] < 1.3;
    let mut text = "day,quarter,y\n".to_owned();
    for i in (0..260).filter(|&i| is_there(i)) {
        let inside: Vec<f64> = (i.saturating_sub(3)..=i).filter(|&j| is_there(j)).map(|j| y[j]).collect();
        let mean = if inside.len() < 3 { String::new() } else { format!("{:.3}", inside.iter().sum::<f64>() / inside.len() as f64) };
        text += &format!("{}-{:02}-01,{mean},{}\n", 2000 + i / 12, i % 12 + 1, y[i]);
    }
    let (derived, severity) = recomputed(&text, "quarter", "mean in steps");
    assert_eq!((derived.first, derived.last, derived.at_least, severity), (Some(-4), -1, 3, Severity::Safe));
}

#[test]
fn a_mean_of_all_rows_is_recomputed_from_earlier_rows() {
    let (x, y) = (noise(24, 0, 400), walk(24, 400));
    let mean = |city: usize| {
        let of: Vec<f64> = (0..400).filter(|i| (i * 7 + i / 13) % 11 == city).map(|i| x[i]).collect();
        of.iter().sum::<f64>() / of.len() as f64
    };
    let mut text = "day,city,x,city_x,y\n".to_owned();
    for i in 0..400 {
        let city = (i * 7 + i / 13) % 11;
        text += &format!("{},c{city},{},{:.4},{}\n", moment(24 * i), x[i], mean(city), y[i]);
    }
    let (derived, severity) = recomputed(&text, "city_x", "mean by city");
    assert_eq!((derived.source.as_str(), derived.last), ("x", -1));
    assert!(severity > Severity::Warning, "{severity:?}");
}

#[test]
fn a_season_asks_for_lags_which_are_made_and_looked_at() {
    let week = [3.0, 1.0, 0.0, -1.0, 0.0, 4.0, -7.0];
    let e = noise(6, 0, 210);
    let day = |i: usize| watertight::table::time::TimeFormat::new("%Y-%m-%d").print((18_628 + i as i64) * watertight::table::time::DAY);
    let csv: String = (0..210).map(|i| format!("{},{:.3},{:.3}\n", day(i), e[(i * 7) % 210], 20.0 + week[i % 7] + 0.3 * e[i])).collect();
    let mut desk = Desk::with_csv(&format!("day,x,y\n{csv}"));
    let found = desk.sections[&Step::Quality].blocks.iter().find_map(|b| match b {
        Block::Findings { findings } => findings.iter().find(|f| f.check == "over_time").cloned(),
        _ => None,
    });
    let finding = found.expect("a season is told");
    let button = finding.remedies.first().expect("with a button").clone();
    assert!(button.title.starts_with("Add lags of ") && button.title.ends_with("7 and 14"), "{}", button.title);
    desk.command(Command::ApplyRemedy { finding: finding.id, remedy: button.remedy });
    let steps = desk.state.settings.recipe.clone().expect("a recipe");
    let lags = steps.iter().find(|s| s.id == "lags").expect("its step");
    assert_eq!(lags.columns, ["y"]);
    desk.run(Step::Prepare);
    assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
    let prepared = format!("{:?}", desk.sections[&Step::Prepare]);
    for words in ["y: 7 before", "No generated feature sees what is not known yet", "Before and after each step"] {
        assert!(prepared.contains(words), "{words}");
    }
}
