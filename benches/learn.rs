//! How long the learners take, and how good they are.
//!
//! `cargo bench --bench learn` measures with criterion (ten samples a task, at 10,000, 100,000 and 472,871 rows of sessions).
//! `cargo bench --bench learn -- --once TABLE ROWS FILE.csv` writes the table to a file (its last column marks the rows judged on), fits every task on the others and prints one line of JSON a
//! task: seconds of computing (the mean over fits of at least half a second together, one fit if it takes five) and score on the rows judged on (AUC for classes, R2 for numbers). `benches/peers.py` runs that beside its peers.
//! `cargo bench --bench learn -- --folds FILE.csv` prints scores by fold of a file whose last two columns are the target and the fold; `benches/quality.py` runs that beside the same peers.

#![expect(clippy::expect_used, reason = "a benchmark stops where it cannot measure")]

mod contests;
mod tables;

use contests::{contests, of_kind};
use criterion::{BenchmarkId, Criterion};
use std::hint::black_box;
use std::time::Instant;
use tables::{Columns, sessions, wide};
use watertight::task::TaskKind;

/// Rows of the sessions table that are measured; the last is a real shop's count.
const ROWS: [usize; 3] = [10_000, 100_000, 472_871];
/// Features of the wide table.
const WIDE: usize = 100;
/// Fits are repeated until they have taken this many seconds together, ...
const LEAST: f64 = 0.5;
/// ... at least and at most so often, ...
const FITS: std::ops::RangeInclusive<u32> = 3..=100;
/// ... but not after so many seconds.
const LONG: f64 = 5.0;

fn table_of(name: &str, rows: usize) -> Columns {
    if name == "wide" { wide(rows, WIDE) } else { sessions(rows) }
}

/// Seconds this thread has computed, where the system says (Linux); else seconds on the clock. On a busy machine only the former compare.
fn seconds(origin: Instant) -> f64 {
    let computed = std::fs::read_to_string("/proc/thread-self/schedstat").ok().and_then(|s| s.split(' ').next()?.parse::<f64>().ok());
    computed.map_or_else(|| origin.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark hands its table to its peers")]
fn write(columns: &Columns, path: &str) {
    std::fs::write(path, columns.csv()).expect("the file can be written");
}

#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a benchmark measures and prints")]
fn once(table: &str, rows: usize, path: &str) {
    let columns = table_of(table, rows);
    write(&columns, path);
    let origin = Instant::now();
    for contest in contests(table) {
        let (train, judged, target) = columns.for_target(contest.target, contest.kind);
        let (mut fits, mut taken, mut model) = (0_u32, 0.0, None);
        while fits < *FITS.end() && taken < LONG && (fits < *FITS.start() || taken < LEAST) {
            // Without kept bins: cutting features is part of the work.
            let fresh = train.clone();
            let start = seconds(origin);
            model = Some(contest.fit(&fresh));
            taken += seconds(origin) - start;
            fits += 1;
        }
        let (fitted, score) = (taken / f64::from(fits), contest.score(&model.expect("fitted once"), &judged, &target));
        println!("{{\"task\":\"{}\",\"seconds\":{fitted:.5},\"score\":{score:.5}}}", contest.name);
    }
}

#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a benchmark reads a file and prints")]
fn folds(path: &str) {
    let (mut columns, folds) = Columns::from_csv(&std::fs::read(path).expect("the file can be read"));
    let kind = if path.contains("binary") { TaskKind::Binary } else { TaskKind::Regression };
    let n_folds = folds.iter().fold(0.0_f64, |most, fold| most.max(*fold)) as usize + 1;
    for fold in 0..n_folds {
        columns.judge(folds.iter().map(|f| *f as usize == fold).collect());
        for contest in of_kind("target", kind) {
            let (train, judged, target) = columns.for_target("target", kind);
            let score = contest.score(&contest.fit(&train), &judged, &target);
            println!("{{\"task\":\"{}\",\"fold\":{fold},\"score\":{score:.6}}}", contest.name);
        }
    }
}

fn measure(criterion: &mut Criterion) {
    for rows in ROWS {
        let columns = sessions(rows);
        let mut group = criterion.benchmark_group("learn");
        group.sample_size(10);
        for contest in contests("sessions") {
            let (train, _, _) = columns.for_target(contest.target, contest.kind);
            // A fresh copy without kept bins for every fit: cutting features is part of the work.
            group.bench_function(BenchmarkId::new(contest.name, rows), |b| {
                b.iter_batched(|| train.clone(), |fresh| black_box(contest.fit(&fresh)), criterion::BatchSize::LargeInput);
            });
        }
        group.finish();
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().filter(|a| a != "--bench").collect();
    if let [_, flag, table, rows, path] = arguments.as_slice()
        && flag == "--once"
    {
        once(table, rows.parse().expect("a number of rows"), path);
        return;
    }
    if let [_, flag, table, rows, path] = arguments.as_slice()
        && flag == "--table"
    {
        write(&table_of(table, rows.parse().expect("a number of rows")), path);
        return;
    }
    if let [_, flag, path] = arguments.as_slice()
        && flag == "--folds"
    {
        folds(path);
        return;
    }
    let mut criterion = Criterion::default().configure_from_args();
    measure(&mut criterion);
    criterion.final_summary();
}
