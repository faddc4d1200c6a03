//! Seconds of every audit check on public files beside the project, a long sample and a wide table: `cargo bench --bench audit`.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, missing_docs, reason = "a benchmark reads files and the clock")]

use std::path::Path;
use std::time::Instant;
use watertight::audit::honesty::{Dealing, PARTS, SplitPart};
use watertight::audit::{AuditInput, CHECKS, NOTHING_SAID};
use watertight::math::rng::Stream;
use watertight::quality::{QualityInput, RULES};
use watertight::sample::Sample;
use watertight::split::SplitSettings;
use watertight::table::parse::{CsvOptions, read};
use watertight::table::profile::profile;
use watertight::task::{Task, guess_kind};

/// Prints what a stage took.
fn told(what: &str, begin: Instant) -> f64 {
    let seconds = begin.elapsed().as_secs_f64();
    println!("  {seconds:7.3} s  {what}");
    seconds
}

/// Reads a file, runs every rule and check on it and every way of dealing its rows, one after the other, and prints what each took and found.
fn time(name: &str, bytes: &[u8], target: &str) {
    println!("{name}");
    let begin = Instant::now();
    let table = read(bytes, &CsvOptions::default()).unwrap().table;
    let mut total = told(&format!("read: {} rows, {} columns", table.n_rows(), table.columns().len()), begin);
    let begin = Instant::now();
    let profiles = profile(&table);
    total += told("profile", begin);
    let (kind, classes) = guess_kind(table.column(target).unwrap()).unwrap();
    let features = table.names().iter().filter(|n| **n != target).map(|n| (*n).to_owned()).collect();
    let task = Task { target: target.into(), kind, classes, time: None, entity: None, weight: None, horizon: 0, features, ignored: vec![] };
    let encoded = task.encode(&table).unwrap();
    let split = SplitSettings::default();
    let looked_at = QualityInput { table: &table, profiles: &profiles, task: Some(&task), own: &[] };
    for rule in RULES {
        let begin = Instant::now();
        let checked = (rule.check)(&looked_at);
        total += told(&format!("{:24} {:?} {} found", rule.id, checked.status, checked.findings.len()), begin);
    }
    let input = AuditInput {
        table: &table,
        profiles: &profiles,
        task: &task,
        target: &encoded,
        split: &split,
        test_from: None,
        known: &NOTHING_SAID,
        seed: 42,
    };
    for check in CHECKS {
        let begin = Instant::now();
        let checked = (check.run)(&input);
        let found: Vec<String> = checked.findings.iter().map(|f| format!("{} ({:?} {:?})", f.id, f.severity, f.certainty)).collect();
        total += told(&format!("{:24} {:?} {} rows  {}", check.id, checked.status, checked.n_rows, found.join(", ")), begin);
    }
    let begin = Instant::now();
    let dealing = Dealing::new(&input, &task.features);
    let parts: Vec<SplitPart> = (0..PARTS).map(|part| dealing.part(part)).collect();
    total += told(&format!("ways of dealing rows      {}", parts.len()), begin);
    println!("  {total:7.3} s  in all");
}

/// 50,000 rows of 200 fractions, 20 counts, 10 labels and a class that some of them explain, as a file.
fn wide() -> Vec<u8> {
    let mut draw = Stream::new(9, "bench/wide", 0);
    let names = |prefix: &'static str, n: usize| (0..n).map(move |i| format!("{prefix}{i}"));
    let mut text = names("x", 200).chain(names("k", 20)).chain(names("c", 10)).collect::<Vec<_>>().join(",") + ",target\n";
    for _ in 0..50_000 {
        let fractions: Vec<f64> = (0..200).map(|_| 10.0 * draw.normal()).collect();
        fractions.iter().for_each(|x| text.push_str(&format!("{x:.3},")));
        (0..20).for_each(|j| text.push_str(&format!("{},", draw.below(3 * (j + 1)))));
        (0..10).for_each(|_| text.extend([char::from(b'a' + u8::try_from(draw.below(8)).unwrap()), ',']));
        text.push_str(if fractions[0] + fractions[1] + 20.0 * draw.normal() > 10.0 { "yes\n" } else { "no\n" });
    }
    text.into_bytes()
}

fn main() {
    // One file of one's own: `cargo bench --bench audit -- FILE TARGET`.
    let own: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    if let [file, target] = own.as_slice() {
        return time(file, &std::fs::read(file).unwrap(), target);
    }
    for (file, target) in [("adult.csv", "income"), ("online_shoppers_intention.csv", "Revenue"), ("bike_sharing_hour.csv", "cnt")] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(file);
        if let Ok(bytes) = std::fs::read(path) {
            time(file, &bytes, target);
        }
    }
    time("sessions", &Sample::find("sessions").unwrap().bytes(472_871), "is_ordered");
    time("wide", &wide(), "target");
}
