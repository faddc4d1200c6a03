//! Leaks of the workflow itself: what is done to all rows before they are dealt (encode, enlarge, select) is found in the file, and cannot be done inside the product.
//! With every step and every search switched on, noise stays noise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod desk;

use desk::{Desk, csv, noise};
use serde_json::Value as Json;
use watertight::model::learners::LEARNERS;
use watertight::prepare::steps::STEPS;
use watertight::protocol::{Chosen, Command, Export, Settings, Step};
use watertight::task::TaskKind;

fn change(desk: &mut Desk, act: impl FnOnce(&mut Settings)) {
    let mut settings = desk.session.settings().clone();
    act(&mut settings);
    desk.command(Command::SetSettings { settings: Box::new(settings) });
}

fn results(desk: &mut Desk) -> Json {
    let report: Json = serde_json::from_str(&desk.export(Export::ReportJson)).unwrap();
    report["results"].clone()
}

fn entry(id: &str) -> Chosen {
    Chosen { id: id.into(), ..Chosen::default() }
}

/// Value and interval of the first metric of the last learner.
fn judged(desk: &mut Desk) -> [f64; 3] {
    let found = results(desk);
    let last = found["leaderboard"]["standings"].as_array().unwrap().iter().rfind(|s| s["baseline"] != true).unwrap().clone();
    ["value", "low", "high"].map(|key| last["estimates"][0][key].as_f64().unwrap())
}

/// 260 rows whose target nothing tells: numbers, a label, a text, a date, and gaps.
fn nothing_to_learn() -> String {
    let n = 260;
    let columns: Vec<Vec<f64>> = (0..4).map(|i| noise(77, i, n)).collect();
    let mut text = "a,b,c,gaps,label,words,day,y\n".to_owned();
    for (i, target) in noise(77, 9, n).into_iter().enumerate() {
        let gap = if i % 9 == 4 { String::new() } else { columns[3][i].to_string() };
        let label = ["north", "east", "south"][(columns[0][i].abs() * 7919.0) as usize % 3];
        let words = ["red box", "old red car", "a box of old tools"][(columns[1][i].abs() * 104_729.0) as usize % 3];
        text.push_str(&format!(
            "{},{},{},{gap},{label},{words},2024-{:02}-{:02},{}\n",
            columns[0][i],
            columns[1][i],
            columns[2][i],
            1 + i / 28 % 12,
            1 + i % 28,
            u8::from(target > 0.0)
        ));
    }
    text
}

fn on_noise(text: &str, act: impl FnOnce(&mut Settings)) -> Desk {
    let mut desk = Desk::with_csv(text);
    change(&mut desk, |s| {
        s.task.target = Some("y".into());
        s.learners = Some(["baseline", "logistic"].map(entry).to_vec());
        act(s);
    });
    desk.run(Step::Decide);
    desk
}

#[test]
fn noise_stays_noise_with_every_step() {
    let text = nothing_to_learn();
    let mut learned = 0;
    for step in STEPS {
        let mut desk = on_noise(&text, |s| {
            let mut ids = vec!["date_parts", "impute", "encode", "scale", "drop_constant"];
            ids.retain(|id| *id != step.id);
            ids.insert(if step.id == "select" || step.id == "pca" { 3 } else { 0 }, step.id);
            s.recipe = Some(ids.into_iter().map(entry).collect());
        });
        let found = results(&mut desk);
        assert_ne!(found["decision"]["verdict"], "go", "{}", step.id);
        // A step that has no column to work on here is refused in a sentence, and nothing is learned.
        if found["leaderboard"].is_null() {
            assert!(!desk.refusals.is_empty(), "{}", step.id);
            continue;
        }
        learned += 1;
        let [value, low, high] = judged(&mut desk);
        assert!(low < 0.5 + 0.05 && high > 0.5 - 0.05, "{}: {value} ({low} to {high}) is not chance", step.id);
    }
    assert!(learned + 6 >= STEPS.len(), "only {learned} of {} steps were judged", STEPS.len());
}

#[test]
fn noise_stays_noise_with_every_search() {
    let text = nothing_to_learn();
    for sampler in ["grid", "random", "tpe"] {
        let mut desk = on_noise(&text, |s| {
            s.learners = Some(["baseline", "decision_tree", "gradient_boosting"].map(entry).to_vec());
            s.split.folds = 3;
            let mut method = entry(sampler);
            method.params.insert("trials".into(), watertight::protocol::Value::Whole(6));
            s.search = Some(watertight::settings::SearchChoice { method, ..Default::default() });
        });
        assert!(desk.refusals.is_empty(), "{sampler}: {:?}", desk.refusals);
        assert_ne!(results(&mut desk)["decision"]["verdict"], "go", "{sampler}");
    }
}

#[test]
fn noise_stays_noise_with_every_learner() {
    let text = nothing_to_learn();
    let mut desk =
        on_noise(&text, |s| s.learners = Some(LEARNERS.iter().filter(|l| l.tasks.contains(&TaskKind::Binary)).map(|l| entry(l.id)).collect()));
    assert_ne!(results(&mut desk)["decision"]["verdict"], "go", "the best of many on noise");
}

/// Words for findings of a check that are open in the audit.
fn findings_of(desk: &mut Desk, check: &str) -> Vec<Json> {
    let audit: Json = serde_json::from_str(&desk.export(Export::AuditJson)).unwrap();
    let mut found = Vec::new();
    collect(&audit, check, &mut found);
    found
}

fn collect(value: &Json, check: &str, found: &mut Vec<Json>) {
    match value {
        Json::Object(fields) => {
            if fields.get("check").is_some_and(|c| c == check) && fields.contains_key("severity") {
                found.push(value.clone());
            }
            fields.values().for_each(|v| collect(v, check, found));
        }
        Json::Array(items) => items.iter().for_each(|v| collect(v, check, found)),
        _ => {}
    }
}

#[test]
fn a_column_encoded_by_the_target_before_the_split_is_proved() {
    let n = 400;
    let (a, e) = (noise(5, 0, n), noise(5, 1, n));
    let level: Vec<usize> = noise(5, 2, n).iter().map(|x| (x.abs() * 7919.0) as usize % 60).collect();
    let y: Vec<f64> = (0..n).map(|i| f64::from(u8::from(a[i] + e[i] > 0.4))).collect();
    let mean = |l: usize| {
        let of: Vec<f64> = (0..n).filter(|&i| level[i] == l).map(|i| y[i]).collect();
        of.iter().sum::<f64>() / of.len() as f64
    };
    let encoded: Vec<f64> = level.iter().map(|&l| (mean(l) * 1e6).round() / 1e6).collect();
    let levels: Vec<f64> = level.iter().map(|&l| l as f64).collect();
    let mut desk = Desk::with_csv(&csv(&[("a", &a), ("shop", &levels), ("shop_encoded", &encoded), ("churn", &y)]));
    desk.run(Step::Audit);
    let proof = findings_of(&mut desk, "lineage");
    let blocked = proof.iter().any(|f| f["severity"] == "blocker" && f.to_string().contains("shop_encoded"));
    assert!(blocked, "{proof:?}");
}

#[test]
fn rows_made_of_others_before_the_split_are_found() {
    let n = 300;
    let columns: Vec<Vec<f64>> = (0..4).map(|i| noise(8, i, n)).collect();
    let y: Vec<usize> = noise(8, 9, n).iter().map(|v| usize::from(*v > 0.7)).collect();
    let rare: Vec<usize> = (0..n).filter(|&i| y[i] == 1).collect();
    let mut rows: Vec<[f64; 5]> = (0..n).map(|i| [columns[0][i], columns[1][i], columns[2][i], columns[3][i], y[i] as f64]).collect();
    // SMOTE: each rare row with its nearest rare row, at a share of the way.
    let share = noise(8, 20, 160);
    for k in 0..160 {
        let from = rare[k % rare.len()];
        let apart = |j: usize| columns.iter().map(|c| (c[from] - c[j]) * (c[from] - c[j])).sum::<f64>();
        let to = *rare.iter().filter(|&&j| j != from).min_by(|a, b| apart(**a).total_cmp(&apart(**b))).unwrap();
        let t = share[k].abs().fract();
        let between = |c: usize| ((columns[c][from] + t * (columns[c][to] - columns[c][from])) * 1e6).round() / 1e6;
        rows.push([between(0), between(1), between(2), between(3), 1.0]);
    }
    let column = |c: usize| rows.iter().map(|r| r[c]).collect::<Vec<f64>>();
    let columns: Vec<Vec<f64>> = (0..5).map(column).collect();
    let named: Vec<(&str, &[f64])> = ["p", "q", "r", "s", "churn"].into_iter().zip(columns.iter().map(Vec::as_slice)).collect();
    let mut desk = Desk::with_csv(&csv(&named));
    desk.run(Step::Audit);
    let found = findings_of(&mut desk, "augmented_before_split");
    assert!(found.iter().any(|f| f["severity"] == "blocker" || f["severity"] == "warning"), "{found:?}");
}

#[test]
fn features_selected_inside_the_folds_do_not_flatter_what_selected_before_them_would() {
    let (n, width) = (70, 150);
    let columns: Vec<Vec<f64>> = (0..width).map(|i| noise(13, i as u64, n)).collect();
    let y: Vec<f64> = noise(13, 999, n).iter().map(|v| (v * 1000.0).round() / 1000.0).collect();
    let names: Vec<String> = (0..width).map(|i| format!("x{i}")).collect();
    let along = |c: &[f64]| c.iter().zip(&y).map(|(x, y)| x * y).sum::<f64>().abs();
    let mut order: Vec<usize> = (0..width).collect();
    order.sort_by(|a, b| along(&columns[*b]).total_cmp(&along(&columns[*a])));
    let r2 = |kept: &[usize], inside: bool| {
        let mut named: Vec<(&str, &[f64])> = kept.iter().map(|&j| (names[j].as_str(), columns[j].as_slice())).collect();
        named.push(("y", &y));
        let mut desk = Desk::with_csv(&csv(&named));
        change(&mut desk, |s| {
            s.task.target = Some("y".into());
            s.learners = Some(["baseline", "ridge"].map(entry).to_vec());
            let mut select = entry("select");
            select.params.insert("method".into(), watertight::protocol::Value::Word("correlation".into()));
            select.params.insert("keep".into(), watertight::protocol::Value::Whole(8));
            let steps = if inside { vec![entry("impute"), select, entry("scale")] } else { vec![entry("impute"), entry("scale")] };
            s.recipe = Some(steps);
            s.metric = Some("r2".into());
        });
        desk.run(Step::Decide);
        assert!(desk.refusals.is_empty(), "{:?}", desk.refusals);
        judged(&mut desk)
    };
    let [flattered, ..] = r2(&order[..8], false);
    let [honest, low, _] = r2(&order, true);
    assert!(flattered > 0.25, "chosen on all rows, noise looks like knowledge: {flattered}");
    assert!(honest < 0.05 && low < 0.0, "chosen inside the folds it does not: {honest} (from {low})");
}
