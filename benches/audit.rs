//! Seconds of every audit check on public files beside the project, a long sample and a wide table: `cargo bench --bench audit`.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, missing_docs, reason = "a benchmark reads files and the clock")]

use std::path::Path;
use std::time::Instant;
use watertight::audit::{AuditInput, CHECKS, NOTHING_SAID};
use watertight::math::rng::Stream;
use watertight::sample::Sample;
use watertight::split::SplitSettings;
use watertight::table::parse::{CsvOptions, read};
use watertight::table::profile::profile;
use watertight::table::{Column, Table};
use watertight::task::{Task, guess_kind};

/// Runs every check on `table` and prints what it took and found.
fn time(name: &str, table: &Table, target: &str) {
    let (kind, classes) = guess_kind(table.column(target).unwrap()).unwrap();
    let features = table.names().iter().filter(|n| **n != target).map(|n| (*n).to_owned()).collect();
    let task = Task { target: target.into(), kind, classes, time: None, entity: None, weight: None, horizon: 0, features, ignored: vec![] };
    let encoded = task.encode(table).unwrap();
    let profiles = profile(table);
    let split = SplitSettings::default();
    let input =
        AuditInput { table, profiles: &profiles, task: &task, target: &encoded, split: &split, test_from: None, known: &NOTHING_SAID, seed: 42 };
    let mut total = 0.0;
    println!("{name}: {} rows, {} columns", table.n_rows(), table.columns().len());
    for check in CHECKS {
        let begin = Instant::now();
        let checked = (check.run)(&input);
        let seconds = begin.elapsed().as_secs_f64();
        total += seconds;
        let found: Vec<String> = checked.findings.iter().map(|f| format!("{} ({:?} {:?})", f.id, f.severity, f.certainty)).collect();
        println!("  {seconds:7.3} s  {:24} {:?} {} rows  {}", check.id, checked.status, checked.n_rows, found.join(", "));
    }
    println!("  {total:7.3} s  in all");
}

/// 50,000 rows of 230 numbers and a class that some of them explain.
fn wide() -> Table {
    let mut columns: Vec<Column> = (0..230_u64)
        .map(|j| {
            let mut draw = Stream::new(9, "bench/wide", j);
            Column::numeric(&format!("x{j}"), (0..50_000).map(|_| (draw.normal() * 1000.0).round() / 1000.0).collect(), 3)
        })
        .collect();
    let mut draw = Stream::new(9, "bench/wide/y", 0);
    let of = |j: usize, r: usize| columns[j].numbers().unwrap()[r];
    let y: Vec<Option<&str>> = (0..50_000).map(|r| Some(if of(0, r) + of(1, r) + 2.0 * draw.normal() > 1.0 { "yes" } else { "no" })).collect();
    columns.push(Column::labels("y", watertight::table::Kind::Boolean, &y));
    Table::new(columns).unwrap()
}

fn main() {
    for (file, target) in [("adult.csv", "income"), ("online_shoppers_intention.csv", "Revenue"), ("bike_sharing_hour.csv", "cnt")] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(file);
        if let Ok(bytes) = std::fs::read(path) {
            time(file, &read(&bytes, &CsvOptions::default()).unwrap().table, target);
        }
    }
    let sessions = Sample::find("sessions").unwrap().bytes(472_871);
    time("sessions", &read(&sessions, &CsvOptions::default()).unwrap().table, "is_ordered");
    time("wide", &wide(), "y");
}
