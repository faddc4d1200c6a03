//! Deterministic tables for benchmarks: the same rows and seed give the same table everywhere.
//!
//! *sessions*: an e-commerce session a row, 12 few-valued features, about 7 % orders, revenue 0 or about 60. *wide*: float columns, of which five matter
//! (Friedman 1991), and products of a few pairs. Any other table is read from a file of numbers.

use std::fmt::Write as _;
use watertight::math::elementary::{logistic, sin};
use watertight::math::rng::Stream;
use watertight::model::{Features, TrainingSet};
use watertight::prepare::Recipe;
use watertight::split::{SplitSettings, make};
use watertight::table::{Column, Kind, Table};
use watertight::task::{Task, TaskKind};

/// Share of rows judged on.
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
    /// Rows that are judged on.
    judged: Vec<bool>,
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
    Columns { names, values, n_features: 12, judged: drawn(n_rows) }
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
    Columns { names, values, n_features, judged: drawn(n_rows) }
}

/// Rows that are judged on, by chance.
fn drawn(n_rows: usize) -> Vec<bool> {
    let mut stream = Stream::new(20_240_501, "judged", 0);
    (0..n_rows).map(|_| stream.chance(HOLDOUT)).collect()
}

impl Columns {
    /// A file of numbers: features, the target, and the number of the fold that each row is judged in. Gives the folds' numbers too.
    #[allow(dead_code, reason = "not every benchmark reads files")]
    pub fn from_csv(bytes: &[u8]) -> (Self, Vec<f64>) {
        let mut file = csv::Reader::from_reader(bytes);
        let mut names: Vec<String> = file.headers().expect("the file has names").iter().map(str::to_owned).collect();
        let mut values: Vec<Vec<f64>> = vec![Vec::new(); names.len()];
        for row in file.records() {
            let row = row.expect("the file is a table");
            values.iter_mut().zip(&row).for_each(|(column, cell)| column.push(cell.parse().expect("a number")));
        }
        let folds = values.pop().expect("the last column tells the fold");
        names.pop();
        let (n_features, n_rows) = (names.len() - 1, folds.len());
        (Self { names, values, n_features, judged: vec![false; n_rows] }, folds)
    }

    /// Judges these rows from now on.
    #[allow(dead_code, reason = "not every benchmark goes by folds")]
    pub fn judge(&mut self, judged: Vec<bool>) {
        self.judged = judged;
    }

    /// What a learner learns from when asked for `target`, and the features and target it is judged on.
    #[allow(dead_code, reason = "not every benchmark learns")]
    pub fn for_target(&self, target: &str, kind: TaskKind) -> (TrainingSet, Features, Vec<f64>) {
        let (table, task, n_train) = self.task(target, kind);
        let encoded = task.encode(&table).expect("the target can be read");
        let split = make(&table, &task, &encoded, &SplitSettings::default(), Some(n_train), 1).expect("there are rows enough");
        let recipe = Recipe::default().fit(&table, &split.development, &task).expect("numbers need no step");
        let train = recipe.training_set(&table, &split.development, &task, &encoded).expect("numbers are features");
        let rows = split.holdout.expect("some rows are judged").open();
        let judged = recipe.apply(&table, &rows).expect("numbers are features");
        (train, judged, rows.as_slice().iter().map(|&r| encoded.values[r as usize]).collect())
    }

    /// The table with the rows that are judged last, as a test file would be, and how many stand before them.
    fn task(&self, target: &str, kind: TaskKind) -> (Table, Task, usize) {
        let (judged, train): (Vec<usize>, Vec<usize>) = (0..self.judged.len()).partition(|&i| self.judged[i]);
        let order: Vec<usize> = train.iter().chain(&judged).copied().collect();
        let of = |values: &[f64]| order.iter().map(|&i| values[i]).collect::<Vec<f64>>();
        let at = self.names.iter().position(|n| n == target).expect("the target is a column");
        let mut columns: Vec<Column> = (0..self.n_features).map(|j| Column::numeric(&self.names[j], of(&self.values[j]), 0)).collect();
        columns.push(match kind {
            TaskKind::Regression => Column::numeric(target, of(&self.values[at]), 2),
            _ => {
                let words: Vec<Option<&str>> = of(&self.values[at]).iter().map(|v| Some(if *v > 0.0 { "1" } else { "0" })).collect();
                Column::labels(target, Kind::Categorical, &words)
            }
        });
        let classes = if kind == TaskKind::Regression { Vec::new() } else { vec!["0".to_owned(), "1".to_owned()] };
        let features = self.names[..self.n_features].to_vec();
        let task =
            Task { target: target.to_owned(), kind, classes, time: None, entity: None, weight: None, horizon: 0, features, ignored: Vec::new() };
        (Table::new(columns).expect("columns fit"), task, train.len())
    }

    /// The table as CSV, with a last column `judged` that is 1 in the rows judged on.
    #[allow(dead_code, reason = "not every benchmark has peers")]
    pub fn csv(&self) -> String {
        let mut text = self.names.join(",") + ",judged\n";
        for (i, judged) in self.judged.iter().enumerate() {
            for column in &self.values {
                write!(text, "{},", column[i]).expect("writing to text");
            }
            writeln!(text, "{}", u8::from(*judged)).expect("writing to text");
        }
        text
    }
}
