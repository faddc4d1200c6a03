//! Deterministic tables for benchmarks: the same rows and seed give the same table everywhere.
//!
//! *sessions*: an e-commerce session a row, 12 few-valued features, about 7 % orders, revenue 0 or about 60. *wide*: float columns, of which five matter
//! (Friedman 1991), and products of a few pairs.

use std::fmt::Write as _;
use watertight::math::elementary::{logistic, sin};
use watertight::math::rng::Stream;
use watertight::model::{Features, TrainingSet};
use watertight::prepare::Recipe;
use watertight::split::{Split, SplitSettings, Strategy, make};
use watertight::table::{Column, Kind, Table};
use watertight::task::{Task, TaskKind};

/// Share of rows judged on in the once-over.
const HOLDOUT: f64 = 0.2;
const SESSION_FEATURES: [&str; 12] = [
    "is_repeat_session",
    "hour_of_day",
    "is_weekend",
    "engagement_depth",
    "utm_source_bsearch",
    "utm_source_gsearch",
    "utm_source_socialbook",
    "utm_source_direct",
    "device_type_mobile",
    "landing_page_home",
    "landing_page_lander1",
    "landing_page_lander2",
];
const DEPTH_LOG_ODDS: [f64; 7] = [-9.0, -7.0, -5.0, -3.2, -1.6, 0.1, 1.3];

/// Columns, all numeric.
pub struct Columns {
    names: Vec<String>,
    values: Vec<Vec<f64>>,
    n_features: usize,
}

/// The sessions table: features, then `is_ordered` and `revenue`.
pub fn sessions(n_rows: usize) -> Columns {
    let mut stream = Stream::new(20_240_501, "sessions", 0);
    let mut values: Vec<Vec<f64>> = (0..14).map(|_| Vec::with_capacity(n_rows)).collect();
    for _ in 0..n_rows {
        let row = session(&mut stream);
        values.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
    }
    let names = SESSION_FEATURES.iter().chain(&["is_ordered", "revenue"]).map(|n| (*n).to_owned()).collect();
    Columns { names, values, n_features: 12 }
}

fn session(stream: &mut Stream) -> [f64; 14] {
    let flag = |b: bool| f64::from(u8::from(b));
    let repeat = stream.chance(0.165);
    let hour = loop {
        let h = stream.below(24);
        let busy = (1.2 + sin((f64::from(h) - 9.0) / 24.0 * std::f64::consts::TAU)) * if h < 6 { 0.4 } else { 1.0 };
        if stream.chance(busy / 2.2) {
            break f64::from(h);
        }
    };
    let (weekend, mobile) = (stream.chance(0.21), stream.chance(0.307));
    let source = choose(stream, if repeat { &[0.14, 0.36, 0.02, 0.48] } else { &[0.13, 0.73, 0.03, 0.11] });
    let landing = choose(stream, &[0.30, 0.38, 0.32]);
    let go = 0.53 + 0.05 * flag(repeat) - 0.09 * flag(mobile) + 0.03 * flag(landing == 2) - 0.10 * flag(source == 2);
    let mut depth = 1_usize;
    while depth < 7 && stream.chance(go + 0.045 * (depth as f64 - 1.0)) {
        depth += 1;
    }
    let z = DEPTH_LOG_ODDS[depth - 1] + 0.35 * flag(repeat) - 0.45 * flag(mobile) + 0.15 * flag(source == 0) - 0.5 * flag(source == 2)
        + 0.2 * flag(landing == 2)
        + 0.25 * sin((hour - 8.0) / 24.0 * std::f64::consts::TAU)
        - 0.08 * flag(weekend)
        + 0.3 * flag(repeat && !mobile && depth >= 5);
    let ordered = stream.chance(logistic(z - 0.25));
    let basket = 43.0 + 6.5 * flag(repeat) + 1.4 * depth as f64 - 4.0 * flag(mobile) + 3.0 * flag(landing == 2) + 2.0 * flag(hour >= 18.0);
    let second = stream.chance(0.18 + 0.1 * flag(repeat));
    let revenue = (flag(ordered) * (basket + 26.0 * flag(second) + 5.0 * stream.normal()).max(9.99) * 100.0).round() / 100.0;
    let is = |k: usize, of: usize| flag(k == of);
    [
        flag(repeat),
        hour,
        flag(weekend),
        depth as f64,
        is(0, source),
        is(1, source),
        is(2, source),
        is(3, source),
        flag(mobile),
        is(0, landing),
        is(1, landing),
        is(2, landing),
        flag(ordered),
        revenue,
    ]
}

fn choose(stream: &mut Stream, shares: &[f64]) -> usize {
    let mut left = stream.uniform();
    shares
        .iter()
        .position(|s| {
            left -= s;
            left < 0.0
        })
        .unwrap_or(shares.len() - 1)
}

/// The wide table: `n_features` columns in [0, 1) to six decimals, then `y`.
pub fn wide(n_rows: usize, n_features: usize) -> Columns {
    let mut stream = Stream::new(20_240_501, "wide", 0);
    let mut values: Vec<Vec<f64>> = (0..=n_features).map(|_| Vec::with_capacity(n_rows)).collect();
    let mut row = vec![0.0; n_features];
    for _ in 0..n_rows {
        row.iter_mut().for_each(|x| *x = (stream.uniform() * 1e6).floor() / 1e6);
        let pairs: f64 = (5..n_features - 1).step_by(10).map(|j| 3.0 * row[j] * row[j + 1]).sum();
        let y = 10.0 * sin(std::f64::consts::PI * row[0] * row[1])
            + 20.0 * (row[2] - 0.5) * (row[2] - 0.5)
            + 10.0 * row[3]
            + 5.0 * row[4]
            + pairs
            + stream.normal();
        values.iter_mut().zip(row.iter().chain([&y])).for_each(|(column, value)| column.push(*value));
    }
    let names = (0..n_features).map(|j| format!("x{j}")).chain(["y".to_owned()]).collect();
    Columns { names, values, n_features }
}

impl Columns {
    /// What a learner learns from when asked for `target`, and the features and target it is judged on.
    pub fn for_target(&self, target: &str, kind: TaskKind) -> (TrainingSet, Features, Vec<f64>) {
        let (table, task) = self.task(target, kind);
        let encoded = task.encode(&table).expect("the target can be read");
        let split = self.split(target, kind);
        let recipe = Recipe::default().fit(&table, &split.development, &task).expect("numbers need no step");
        let train = recipe.training_set(&table, &split.development, &task, &encoded).expect("numbers are features");
        let rows = split.holdout.expect("a holdout was asked for").open();
        let judged = recipe.apply(&table, &rows).expect("numbers are features");
        (train, judged, rows.as_slice().iter().map(|&r| encoded.values[r as usize]).collect())
    }

    fn task(&self, target: &str, kind: TaskKind) -> (Table, Task) {
        let at = self.names.iter().position(|n| n == target).expect("the target is a column");
        let mut columns: Vec<Column> = (0..self.n_features).map(|j| Column::numeric(&self.names[j], self.values[j].clone(), 0)).collect();
        columns.push(match kind {
            TaskKind::Regression => Column::numeric(target, self.values[at].clone(), 2),
            _ => {
                Column::labels(target, Kind::Categorical, &self.values[at].iter().map(|v| Some(if *v > 0.0 { "1" } else { "0" })).collect::<Vec<_>>())
            }
        });
        let classes = if kind == TaskKind::Regression { Vec::new() } else { vec!["0".to_owned(), "1".to_owned()] };
        let features = self.names[..self.n_features].to_vec();
        let task =
            Task { target: target.to_owned(), kind, classes, time: None, entity: None, weight: None, horizon: 0, features, ignored: Vec::new() };
        (Table::new(columns).expect("columns fit"), task)
    }

    /// The same rows are held out whatever the target: the draw looks at row numbers only.
    fn split(&self, target: &str, kind: TaskKind) -> Split {
        let (table, task) = self.task(target, kind);
        let encoded = task.encode(&table).expect("the target can be read");
        let settings = SplitSettings { strategy: Strategy::Random, folds: 2, holdout: HOLDOUT, gap: 0 };
        make(&table, &task, &encoded, &settings, None, 1).expect("there are rows enough")
    }

    /// The table as CSV, with a last column `judged` that is 1 in the rows held out.
    pub fn csv(&self) -> String {
        let last = self.names.last().expect("there is a target");
        let held = self.split(last, TaskKind::Regression).holdout.expect("a holdout was asked for").open();
        let mut judged = vec![0; self.values[0].len()];
        held.as_slice().iter().for_each(|&row| judged[row as usize] = 1);
        let mut text = self.names.join(",") + ",judged\n";
        for (i, mark) in judged.iter().enumerate() {
            for column in &self.values {
                write!(text, "{},", column[i]).expect("writing to text");
            }
            writeln!(text, "{mark}").expect("writing to text");
        }
        text
    }
}
