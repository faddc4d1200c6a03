//! Tables of made-up series with features of them, and what is found there.

use super::series::{Feature, NAN, round, walk};
use std::collections::BTreeMap;
use watertight::lineage::confirm::{Derivation, Hold};
use watertight::lineage::frame::Frame;
use watertight::lineage::time::search;
use watertight::math::elementary::powi;
use watertight::math::rng::Stream;
use watertight::table::time::TimeFormat;
use watertight::table::{Column, Kind, Table, Values};
use watertight::task::{Task, TaskKind};

pub const DAY: i64 = 86_400_000;

/// What is done to a table before it is searched.
#[derive(Clone)]
pub struct Plan {
    pub rows: usize,
    pub entities: usize,
    pub decimals: i32,
    /// Decimals the source is rounded to after features were made; 20: not.
    pub source_decimals: i32,
    pub deleted: f64,
    pub shuffled: bool,
    pub dated: bool,
    pub seed: u64,
}

pub const PLAN: Plan = Plan { rows: 300, entities: 1, decimals: 4, source_decimals: 20, deleted: 0.0, shuffled: false, dated: true, seed: 1 };

pub struct Planted {
    pub table: Table,
    /// Column and family of what was planted.
    pub planted: BTreeMap<usize, (&'static str, &'static str)>,
}

pub fn table_of(plan: &Plan, series: fn(usize, u64) -> Vec<f64>, features: &[Feature]) -> Planted {
    let n = plan.rows / plan.entities;
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); features.len() + 2];
    let (mut dates, mut names) = (Vec::new(), Vec::new());
    for e in 0..plan.entities {
        let decimals = if plan.source_decimals > 12 { plan.decimals.min(3) } else { 6 };
        let x = round(&series(n, plan.seed * 1000 + e as u64), decimals);
        columns[0].extend(round(&x, plan.source_decimals));
        columns[1].extend(round(&walk(n, plan.seed * 1000 + 500 + e as u64), 2));
        for (i, f) in features.iter().enumerate() {
            columns[i + 2].extend(round(&f.2(&x).iter().map(|v| if v.is_finite() { *v } else { NAN }).collect::<Vec<_>>(), plan.decimals));
        }
        dates.extend((0..n as i64).map(|t| 1_600_000_000_000 / DAY * DAY + t * DAY));
        names.extend((0..n).map(|_| format!("e{e}")));
    }
    let mut stream = Stream::new(plan.seed, "rows", 0);
    let mut rows: Vec<usize> = (0..dates.len()).filter(|_| !stream.chance(plan.deleted)).collect();
    if plan.shuffled {
        stream.shuffle(&mut rows);
    }
    let mut made = vec![Column::new(
        "date",
        Kind::Timestamp,
        Values::Times { millis: rows.iter().map(|&r| dates[r]).collect(), format: TimeFormat::new("%Y-%m-%d") },
        Default::default(),
    )];
    let cells: Vec<Option<&str>> = rows.iter().map(|&r| Some(names[r].as_str())).collect();
    made.push(Column::labels("entity", Kind::Categorical, &cells));
    let mut planted = BTreeMap::new();
    for (i, values) in columns.iter().enumerate() {
        let name = match i {
            0 => "x".to_owned(),
            1 => "other".to_owned(),
            _ => features[i - 2].0.to_owned(),
        };
        if i > 1 {
            planted.insert(made.len(), (features[i - 2].0, features[i - 2].1));
        }
        let values: Vec<f64> = rows.iter().map(|&r| values[r]).collect();
        let printed = (0..=8)
            .find(|&d| values.iter().all(|v| v.is_nan() || (v * powi(10.0, d)).fract() == 0.0 || round(&[*v], d)[0] == *v))
            .map_or(17, |d| d as u8);
        made.push(Column::numeric(&name, values, printed));
    }
    Planted { table: Table::new(made).unwrap(), planted }
}

pub fn task(plan: &Plan) -> Task {
    Task {
        target: "x".into(),
        kind: TaskKind::Regression,
        classes: Vec::new(),
        time: plan.dated.then(|| "date".into()),
        entity: (plan.entities > 1).then(|| "entity".into()),
        weight: None,
        horizon: 0,
        features: Vec::new(),
        ignored: Vec::new(),
    }
}

pub fn found(plan: &Plan, planted: &Planted) -> Vec<Derivation> {
    let task = task(plan);
    let frame = Frame::new(&planted.table, Some(&task));
    let open: Vec<usize> = (0..frame.n_columns()).collect();
    search(&frame, &open)
}

/// One feature beside its source: whether it is explained on all rows, by a formula that reads no other column.
pub fn recall(plan: &Plan, series: fn(usize, u64) -> Vec<f64>, features: &[Feature]) -> (Vec<&'static str>, Vec<&'static str>) {
    let planted = table_of(plan, series, features);
    let all = found(plan, &planted);
    let (mut hit, mut missed) = (Vec::new(), Vec::new());
    for (&column, &(name, _)) in &planted.planted {
        if all.iter().any(|d| d.y == column && d.hold != Hold::Partial) { hit.push(name) } else { missed.push(name) }
    }
    (hit, missed)
}
