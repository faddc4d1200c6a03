//! How long the learners take.
//!
//! `cargo bench --bench learn` measures with criterion (ten samples a task, at 10,000, 100,000 and 472,871 rows of sessions).
//! `cargo bench --bench learn -- --once TABLE ROWS FILE.csv` writes the table to a file (its last column marks the rows held out), fits every task once on four fifths of it and prints one line of JSON a
//! task: seconds of computing and score on the rest (AUC for classes, R2 for numbers). `benches/peers.py` runs that beside LightGBM and scikit-learn and prints ratios.

#![expect(clippy::expect_used, reason = "a benchmark stops where it cannot measure")]

mod tables;

use criterion::{BenchmarkId, Criterion};
use std::hint::black_box;
use std::time::Instant;
use tables::{Columns, sessions, wide};
use watertight::model::{Features, TrainingSet, learners};
use watertight::param::{Given, Params, Value};
use watertight::task::TaskKind;

/// Rows of the sessions table that are measured; the last is a real shop's count.
const ROWS: [usize; 3] = [10_000, 100_000, 472_871];
/// Features of the wide table.
const WIDE: usize = 100;

/// A learner with its hyperparameters and what it predicts.
struct Contest {
    name: &'static str,
    learner: &'static str,
    given: Given,
    target: &'static str,
    kind: TaskKind,
}

fn contest(name: &'static str, learner: &'static str, given: &[(&str, Value)], target: &'static str, kind: TaskKind) -> Contest {
    Contest { name, learner, given: given.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect(), target, kind }
}

fn contests(table: &str) -> Vec<Contest> {
    let forest = [("trees", Value::Whole(200)), ("depth", Value::Whole(15))];
    let lowering = |loss: &str| [("loss", Value::Word(loss.to_owned()))];
    if table == "wide" {
        return vec![
            contest("ridge", "ridge", &[], "y", TaskKind::Regression),
            contest("boosting regression", "gradient_boosting", &[], "y", TaskKind::Regression),
            contest("forest regression", "random_forest", &forest, "y", TaskKind::Regression),
        ];
    }
    vec![
        contest("ridge", "ridge", &[], "revenue", TaskKind::Regression),
        contest("lasso", "lasso", &[], "revenue", TaskKind::Regression),
        contest("elastic net", "elastic_net", &[], "revenue", TaskKind::Regression),
        contest("logistic", "logistic", &[], "is_ordered", TaskKind::Binary),
        contest("boosting binary", "gradient_boosting", &[], "is_ordered", TaskKind::Binary),
        contest("boosting regression", "gradient_boosting", &[], "revenue", TaskKind::Regression),
        contest("boosting absolute", "gradient_boosting", &lowering("absolute"), "revenue", TaskKind::Regression),
        contest("boosting tweedie", "gradient_boosting", &lowering("tweedie"), "revenue", TaskKind::Regression),
        contest("forest binary", "random_forest", &forest, "is_ordered", TaskKind::Binary),
        contest("forest regression", "random_forest", &forest, "revenue", TaskKind::Regression),
        contest("extra trees binary", "extra_trees", &forest, "is_ordered", TaskKind::Binary),
    ]
}

impl Contest {
    fn fit(&self, train: &TrainingSet) -> watertight::model::Model {
        let learner = learners::find(self.learner).expect("the learner is in the list");
        let params = Params::check(learner.params, &self.given).expect("the hyperparameters are in range");
        learner.fit(&params, train, 1).expect("the benchmark's table can be learned")
    }

    fn score(&self, model: &watertight::model::Model, judged: &Features, target: &[f64]) -> f64 {
        let predictions = model.predict(judged).expect("the features are those of the training set");
        if self.kind == TaskKind::Regression { r2(&predictions.values, target) } else { auc(&predictions.class(1), target) }
    }
}

fn r2(predicted: &[f64], target: &[f64]) -> f64 {
    let mean = target.iter().sum::<f64>() / target.len() as f64;
    let squares = |centre: &dyn Fn(usize) -> f64| (0..target.len()).map(|i| (target[i] - centre(i)) * (target[i] - centre(i))).sum::<f64>();
    1.0 - squares(&|i| predicted[i]) / squares(&|_| mean)
}

fn auc(scores: &[f64], target: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let (mut below, mut pairs) = (0.0, 0.0);
    for tied in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let positive = tied.iter().filter(|&&i| target[i] > 0.0).count() as f64;
        let negative = tied.len() as f64 - positive;
        pairs += positive * (below + 0.5 * negative);
        below += negative;
    }
    pairs / (below * (target.len() as f64 - below))
}

fn table_of(name: &str, rows: usize) -> Columns {
    if name == "wide" { wide(rows, WIDE) } else { sessions(rows) }
}

/// Seconds this thread has computed, where the system says (Linux); else seconds on the clock. On a busy machine only the former compare.
fn seconds(origin: Instant) -> f64 {
    let computed = std::fs::read_to_string("/proc/thread-self/schedstat").ok().and_then(|s| s.split(' ').next()?.parse::<f64>().ok());
    computed.map_or_else(|| origin.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}

#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a benchmark measures, prints and hands its table to its peers")]
fn once(table: &str, rows: usize, path: &str) {
    let columns = table_of(table, rows);
    std::fs::write(path, columns.csv()).expect("the file can be written");
    let origin = Instant::now();
    for contest in contests(table) {
        let (train, judged, target) = columns.for_target(contest.target, contest.kind);
        let start = seconds(origin);
        let model = contest.fit(&train);
        let fitted = seconds(origin) - start;
        let start = seconds(origin);
        let score = contest.score(&model, &judged, &target);
        let scored = seconds(origin) - start;
        println!("{{\"task\":\"{}\",\"seconds\":{fitted:.4},\"predict_seconds\":{scored:.4},\"score\":{score:.5}}}", contest.name);
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
    let mut criterion = Criterion::default().configure_from_args();
    measure(&mut criterion);
    criterion.final_summary();
}
