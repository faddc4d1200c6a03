//! Small tables for the tests of checks: a clean one with honest features, and the short way to run a check on any.

use super::{AuditInput, Check};
use crate::finding::Checked;
use crate::math::rng::Stream;
use crate::split::SplitSettings;
use crate::table::time::TimeFormat;
use crate::table::{Column, Exceptions, Kind, Table, Values};
use crate::task::{Task, guess_kind};
use std::collections::BTreeMap;

/// A table with its task; the target is the column "y".
pub struct Case {
    pub table: Table,
    pub task: Task,
    pub split: SplitSettings,
    pub test_from: Option<usize>,
    pub known: BTreeMap<String, i32>,
}

impl Case {
    pub fn new(columns: Vec<Column>) -> Self {
        let table = Table::new(columns).unwrap();
        let (kind, classes) = guess_kind(table.column("y").unwrap()).unwrap();
        let features = table.names().iter().filter(|n| **n != "y").map(|n| (*n).to_owned()).collect();
        let task = Task { target: "y".into(), kind, classes, time: None, entity: None, weight: None, horizon: 0, features, ignored: Vec::new() };
        Self { table, task, split: SplitSettings::default(), test_from: None, known: BTreeMap::new() }
    }

    pub fn regression(columns: Vec<Column>) -> Self {
        Self::new(columns)
    }

    pub fn classes(columns: Vec<Column>) -> Self {
        Self::new(columns)
    }

    pub fn into_columns(self) -> Vec<Column> {
        self.table.columns().to_vec()
    }

    pub fn encoded(&self) -> Vec<f64> {
        self.task.encode(&self.table).unwrap().values
    }

    pub fn with<T>(&self, use_it: impl Fn(&AuditInput<'_>) -> T) -> T {
        let target = self.task.encode(&self.table).unwrap();
        use_it(&AuditInput {
            table: &self.table,
            profiles: &[],
            task: &self.task,
            target: &target,
            split: &self.split,
            test_from: self.test_from,
            known: &self.known,
            seed: 42,
        })
    }

    pub fn run(&self, check: &Check) -> Checked {
        self.with(check.run)
    }
}

/// Normal values of spread 20, printed with so many decimals.
pub fn noise(index: u64, n: usize, decimals: u8) -> Vec<f64> {
    let mut draw = Stream::new(7, "noise", index);
    let unit = crate::math::elementary::powi(10.0, i32::from(decimals));
    (0..n).map(|_| (draw.normal() * 20.0 * unit).round() / unit).collect()
}

/// Three honest numbers, an honest label and a target that depends on them, with noise. `n_classes` 0 makes a number.
pub fn clean(seed: u64, n: usize, n_classes: usize) -> Case {
    let mut draw = Stream::new(seed, "clean", 0);
    let (mut a, mut b, mut c, mut place, mut score) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..n {
        let (x, z) = (draw.normal(), draw.normal());
        let level = draw.below(4);
        a.push((40.0 + 10.0 * x).round());
        b.push((z * 100.0).round() / 100.0);
        c.push((draw.uniform() * 1000.0).round() / 10.0);
        place.push(Some(["north", "south", "east", "west"][level as usize]));
        score.push(0.5 * x + 0.4 * z + 0.3 * f64::from(level == 2) + draw.normal());
    }
    let y = match n_classes {
        0 => Column::numeric("y", score.iter().map(|s| (s * 1000.0).round() / 10.0).collect(), 1),
        2 => Column::labels("y", Kind::Boolean, &score.iter().map(|s| Some(if *s > 0.8 { "yes" } else { "no" })).collect::<Vec<_>>()),
        _ => {
            let name = |s: f64| {
                if s < -0.4 {
                    "low"
                } else if s < 0.6 {
                    "middle"
                } else {
                    "top"
                }
            };
            Column::labels("y", Kind::Categorical, &score.iter().map(|s| Some(name(*s))).collect::<Vec<_>>())
        }
    };
    Case::new(vec![
        Column::numeric("age", a, 0),
        Column::numeric("index", b, 2),
        Column::numeric("amount", c, 1),
        Column::labels("place", Kind::Categorical, &place),
        y,
    ])
}

/// A column of whole days since 1970.
pub fn days(name: &str, days: &[i64]) -> Column {
    let millis = days.iter().map(|d| d * 86_400_000).collect();
    Column::new(name, Kind::Timestamp, Values::Times { millis, format: TimeFormat::new("%Y-%m-%d") }, Exceptions::default())
}
