//! Formulas over rows in time order: every family planted in made-up series and found again.

use std::collections::BTreeMap;
use watertight::lineage::confirm::{Derivation, Hold};
use watertight::lineage::formula::{Formula, Latest};
use watertight::lineage::frame::Frame;
use watertight::lineage::time::{TimeFormula, search};
use watertight::math::elementary::{exp, ln, powi, sin};
use watertight::math::rng::Stream;
use watertight::table::time::TimeFormat;
use watertight::table::{Column, Kind, Table, Values};
use watertight::task::{Task, TaskKind};

const DAY: i64 = 86_400_000;
const NAN: f64 = f64::NAN;

// -- series

fn walk(n: usize, seed: u64) -> Vec<f64> {
    let mut s = Stream::new(seed, "walk", 0);
    let mut level = 100.0;
    (0..n)
        .map(|_| {
            level += s.normal();
            level
        })
        .collect()
}

fn ar(n: usize, seed: u64) -> Vec<f64> {
    let mut s = Stream::new(seed, "ar", 0);
    let mut x = 0.0;
    (0..n)
        .map(|_| {
            x = 0.7 * x + s.normal();
            50.0 + 10.0 * x
        })
        .collect()
}

fn seasonal(n: usize, seed: u64) -> Vec<f64> {
    let mut s = Stream::new(seed, "seasonal", 0);
    (0..n).map(|t| 200.0 + 50.0 * sin(t as f64 * std::f64::consts::TAU / 12.0) + 0.3 * t as f64 + 8.0 * s.normal()).collect()
}

fn counts(n: usize, seed: u64) -> Vec<f64> {
    let mut s = Stream::new(seed, "counts", 0);
    (0..n).map(|t| (20.0 + 8.0 * sin(t as f64 / 9.0) + 5.0 * s.normal()).round().max(0.0)).collect()
}

fn zero_inflated(n: usize, seed: u64) -> Vec<f64> {
    let mut s = Stream::new(seed, "zeros", 0);
    (0..n).map(|_| if s.chance(0.3) { (exp(3.0 + s.normal()) * 100.0).round() / 100.0 } else { 0.0 }).collect()
}

fn iid(n: usize, seed: u64) -> Vec<f64> {
    let mut s = Stream::new(seed, "iid", 0);
    (0..n).map(|_| 10.0 + 3.0 * s.normal()).collect()
}

fn round(values: &[f64], decimals: i32) -> Vec<f64> {
    if decimals > 12 {
        return values.to_vec();
    }
    let unit = powi(10.0, decimals);
    values.iter().map(|v| (v * unit).round() / unit).collect()
}

// -- features, the slow and plain way

fn shift(x: &[f64], by: i32) -> Vec<f64> {
    (0..x.len()).map(|t| usize::try_from(t as i64 - i64::from(by)).ok().and_then(|i| x.get(i).copied()).unwrap_or(NAN)).collect()
}

fn rolling(x: &[f64], width: usize, at_least: usize, f: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    (0..x.len())
        .map(|t| {
            let window: Vec<f64> = x[(t + 1).saturating_sub(width)..=t].iter().copied().filter(|v| !v.is_nan()).collect();
            if window.len() >= at_least { f(&window) } else { NAN }
        })
        .collect()
}

fn mean(w: &[f64]) -> f64 {
    w.iter().sum::<f64>() / w.len() as f64
}

fn variance(w: &[f64], ddof: usize) -> f64 {
    let m = mean(w);
    if w.len() <= ddof { NAN } else { w.iter().map(|v| (v - m) * (v - m)).sum::<f64>() / (w.len() - ddof) as f64 }
}

fn median(w: &[f64]) -> f64 {
    let mut s = w.to_vec();
    s.sort_by(f64::total_cmp);
    if s.len() % 2 == 1 { s[s.len() / 2] } else { (s[s.len() / 2 - 1] + s[s.len() / 2]) / 2.0 }
}

fn max(w: &[f64]) -> f64 {
    w.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn min(w: &[f64]) -> f64 {
    w.iter().copied().fold(f64::INFINITY, f64::min)
}

fn ewm(x: &[f64], alpha: f64, adjusted: bool) -> Vec<f64> {
    let (mut top, mut bottom, mut plain) = (0.0, 0.0, NAN);
    x.iter()
        .map(|&v| {
            top = top * (1.0 - alpha) + v;
            bottom = bottom * (1.0 - alpha) + 1.0;
            plain = if plain.is_nan() { v } else { (1.0 - alpha) * plain + alpha * v };
            if adjusted { top / bottom } else { plain }
        })
        .collect()
}

fn zip(a: &[f64], b: &[f64], f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    a.iter().zip(b).map(|(x, y)| f(*x, *y)).collect()
}

/// Name, family, and the feature of a series.
type Feature = (&'static str, &'static str, fn(&[f64]) -> Vec<f64>);

const FEATURES: &[Feature] = &[
    ("lag 1", "shift", |x| shift(x, 1)),
    ("lag 7", "shift", |x| shift(x, 7)),
    ("lead 2", "shift", |x| shift(x, -2)),
    ("lag 12", "shift", |x| shift(x, 12)),
    ("diff 1", "change", |x| zip(x, &shift(x, 1), |a, b| a - b)),
    ("diff 7", "change", |x| zip(x, &shift(x, 7), |a, b| a - b)),
    ("lagged diff", "change", |x| shift(&zip(x, &shift(x, 1), |a, b| a - b), 1)),
    ("pct 1", "change", |x| zip(x, &shift(x, 1), |a, b| a / b - 1.0)),
    ("pct 12", "change", |x| zip(x, &shift(x, 12), |a, b| 100.0 * (a / b - 1.0))),
    ("ratio 2", "change", |x| zip(x, &shift(x, 2), |a, b| a / b)),
    ("log ratio", "change", |x| zip(x, &shift(x, 1), |a, b| if a > 0.0 && b > 0.0 { ln(a / b) } else { NAN })),
    ("mean 3", "window", |x| rolling(x, 3, 3, mean)),
    ("mean 7 mp1", "window", |x| rolling(x, 7, 1, mean)),
    ("mean 3 before", "window", |x| shift(&rolling(x, 3, 3, mean), 1)),
    ("mean 5 centred", "window", |x| shift(&rolling(x, 5, 5, mean), -2)),
    ("mean 12", "window", |x| rolling(x, 12, 12, mean)),
    ("mean 3 ahead", "window", |x| shift(&rolling(x, 3, 3, mean), -3)),
    ("sum 4", "window", |x| rolling(x, 4, 4, |w| w.iter().sum())),
    ("min 5", "window", |x| rolling(x, 5, 5, min)),
    ("max 6 before", "window", |x| shift(&rolling(x, 6, 6, max), 1)),
    ("median 5", "window", |x| rolling(x, 5, 5, median)),
    ("range 7", "window", |x| rolling(x, 7, 7, |w| max(w) - min(w))),
    ("std 6", "window", |x| rolling(x, 6, 6, |w| variance(w, 1).sqrt())),
    ("std0 8", "window", |x| rolling(x, 8, 8, |w| variance(w, 0).sqrt())),
    ("var 5", "window", |x| rolling(x, 5, 5, |w| variance(w, 1))),
    ("less mean 6", "relative", |x| zip(x, &rolling(x, 6, 6, mean), |a, b| a - b)),
    ("over mean 4", "relative", |x| zip(x, &rolling(x, 4, 4, mean), |a, b| a / b)),
    ("z 10", "relative", |x| zip(&zip(x, &rolling(x, 10, 10, mean), |a, b| a - b), &rolling(x, 10, 10, |w| variance(w, 1).sqrt()), |a, b| a / b)),
    ("z before 8", "relative", |x| {
        let (m, s) = (shift(&rolling(x, 8, 8, mean), 1), shift(&rolling(x, 8, 8, |w| variance(w, 1).sqrt()), 1));
        zip(&zip(x, &m, |a, b| a - b), &s, |a, b| a / b)
    }),
    ("ewm span 5", "ewm", |x| ewm(x, 2.0 / 6.0, true)),
    ("ewm span 12 plain", "ewm", |x| ewm(x, 2.0 / 13.0, false)),
    ("ewm half-life 3", "ewm", |x| ewm(x, 1.0 - exp(-std::f64::consts::LN_2 / 3.0), true)),
    ("ewm 0.3 before", "ewm", |x| shift(&ewm(x, 0.3, true), 1)),
    ("expanding mean", "expanding", |x| rolling(x, x.len(), 1, mean)),
    ("expanding max before", "expanding", |x| shift(&rolling(x, x.len(), 1, max), 1)),
    ("expanding std", "expanding", |x| rolling(x, x.len(), 2, |w| variance(w, 1).sqrt())),
    ("cumulative sum", "cumulative", |x| rolling(x, x.len(), 1, |w| w.iter().sum())),
    ("free cumulative", "cumulative", |x| rolling(x, x.len(), 1, |w| 1234.5 + w.iter().sum::<f64>())),
    ("weighted 4", "weighted", |x| rolling(x, 4, 4, |w| 0.1 * w[0] + 0.2 * w[1] + 0.3 * w[2] + 0.4 * w[3])),
    ("difference of means", "weighted", |x| zip(&rolling(x, 3, 3, mean), &rolling(x, 6, 6, mean), |a, b| a - b)),
];

const SERIES: &[(&str, fn(usize, u64) -> Vec<f64>)] =
    &[("walk", walk), ("ar", ar), ("seasonal", seasonal), ("counts", counts), ("zeros", zero_inflated), ("iid", iid)];

// -- tables

/// What is done to a table before it is searched.
#[derive(Clone)]
struct Plan {
    rows: usize,
    entities: usize,
    decimals: i32,
    /// Decimals the source is rounded to after features were made; 20: not.
    source_decimals: i32,
    deleted: f64,
    shuffled: bool,
    dated: bool,
    seed: u64,
}

const PLAN: Plan = Plan { rows: 300, entities: 1, decimals: 4, source_decimals: 20, deleted: 0.0, shuffled: false, dated: true, seed: 1 };

struct Planted {
    table: Table,
    /// Column and family of what was planted.
    planted: BTreeMap<usize, (&'static str, &'static str)>,
}

fn table_of(plan: &Plan, series: fn(usize, u64) -> Vec<f64>, features: &[Feature]) -> Planted {
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

fn task(plan: &Plan) -> Task {
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

fn found(plan: &Plan, planted: &Planted) -> Vec<Derivation> {
    let task = task(plan);
    let frame = Frame::new(&planted.table, Some(&task));
    let open: Vec<usize> = (0..frame.n_columns()).collect();
    search(&frame, &open)
}

/// One feature beside its source: whether it is explained on all rows, by a formula that reads no other column.
fn recall(plan: &Plan, series: fn(usize, u64) -> Vec<f64>, features: &[Feature]) -> (Vec<&'static str>, Vec<&'static str>) {
    let planted = table_of(plan, series, features);
    let all = found(plan, &planted);
    let (mut hit, mut missed) = (Vec::new(), Vec::new());
    for (&column, &(name, _)) in &planted.planted {
        if all.iter().any(|d| d.y == column && d.hold != Hold::Partial) { hit.push(name) } else { missed.push(name) }
    }
    (hit, missed)
}

#[test]
#[ignore = "a table to read, not a check"]
fn recall_by_family() {
    let plans: Vec<(&str, Plan)> = vec![
        ("40 rows", Plan { rows: 40, ..PLAN }),
        ("80 rows", Plan { rows: 80, ..PLAN }),
        ("300 rows", PLAN),
        ("2000 rows", Plan { rows: 2000, ..PLAN }),
        ("0 decimals", Plan { decimals: 0, ..PLAN }),
        ("1 decimal", Plan { decimals: 1, ..PLAN }),
        ("2 decimals", Plan { decimals: 2, ..PLAN }),
        ("16 decimals", Plan { decimals: 16, ..PLAN }),
        ("source 1 decimal", Plan { source_decimals: 1, ..PLAN }),
        ("source 2 decimals", Plan { source_decimals: 2, ..PLAN }),
        ("shuffled", Plan { shuffled: true, ..PLAN }),
        ("20 entities", Plan { entities: 20, rows: 1000, ..PLAN }),
        ("1 % deleted", Plan { deleted: 0.01, ..PLAN }),
        ("5 % deleted", Plan { deleted: 0.05, ..PLAN }),
        ("1 % deleted, undated", Plan { deleted: 0.01, dated: false, ..PLAN }),
    ];
    for (name, plan) in plans {
        let (mut hits, mut all) = (0, 0);
        let mut lines = Vec::new();
        let start = std::time::Instant::now();
        for (series_name, series) in SERIES {
            let (hit, missed) = recall(&plan, *series, FEATURES);
            hits += hit.len();
            all += hit.len() + missed.len();
            lines.push(format!("    {series_name:8} {}/{}: {}", hit.len(), hit.len() + missed.len(), missed.join(", ")));
        }
        println!("{name:24} {hits}/{all}  {:.2} s", start.elapsed().as_secs_f64());
        lines.iter().for_each(|l| println!("{l}"));
    }
}

#[test]
#[ignore = "times are for reading"]
fn times() {
    for (columns, rows) in [(10, 50_000), (60, 5_000), (200, 5_000), (200, 50_000)] {
        let table = wide(columns, rows);
        let frame = Frame::new(&table, None);
        let open: Vec<usize> = (0..frame.n_columns()).collect();
        let start = std::time::Instant::now();
        let found = search(&frame, &open);
        let explained: std::collections::BTreeSet<usize> = found.iter().filter(|d| d.hold != Hold::Partial).map(|d| d.y).collect();
        println!("{columns} x {rows}: {:.2} s, {} derivations of {} columns", start.elapsed().as_secs_f64(), found.len(), explained.len());
    }
}

/// Half series, half features.
fn wide(columns: usize, rows: usize) -> Table {
    let half = columns / 2;
    let base: Vec<Vec<f64>> = (0..half).map(|i| round(&SERIES[i % SERIES.len()].1(rows, i as u64), 3)).collect();
    let mut made: Vec<Column> = base.iter().enumerate().map(|(i, v)| Column::numeric(&format!("x{i}"), v.clone(), 3)).collect();
    let quick: Vec<&Feature> = FEATURES.iter().filter(|f| f.1 != "expanding" && f.1 != "cumulative").collect();
    for i in 0..columns - half {
        let f = quick[i % quick.len()];
        let values: Vec<f64> = f.2(&base[i % half]).iter().map(|v| if v.is_finite() { *v } else { NAN }).collect();
        made.push(Column::numeric(&format!("{} of {}", f.0, i % half), round(&values, 4), 4));
    }
    Table::new(made).unwrap()
}

#[test]
#[ignore = "reads files beside the project, where they are"]
fn real_tables() {
    for (name, time) in
        [("bike_sharing_hour.csv", None), ("bike_sharing_hour.csv", Some("dteday")), ("adult.csv", None), ("online_shoppers_intention.csv", None)]
    {
        let Ok(bytes) = std::fs::read(format!("../shared/data/{name}")) else { continue };
        let table = watertight::table::read(&bytes, &watertight::table::CsvOptions::default()).unwrap().table;
        let mut task = task(&PLAN);
        task.target = String::new();
        task.time = time.map(str::to_owned);
        let frame = Frame::new(&table, Some(&task));
        let open: Vec<usize> = (0..frame.n_columns()).collect();
        let start = std::time::Instant::now();
        let found = search(&frame, &open);
        println!("{name} {time:?}: {:.2} s", start.elapsed().as_secs_f64());
        for d in &found {
            println!("  {} <- {:?} {:?} {}/{} bits {:.0}", frame.name(d.y), d.formula, d.hold, d.matched.count, d.matched.of, d.bits);
        }
    }
}

#[test]
#[ignore = "slow in a debug build"]
fn independent_series_have_no_derivation() {
    let mut derivations = Vec::new();
    for table in 0..25_u64 {
        let columns: Vec<Column> = (0..20)
            .map(|i| {
                let (name, series) = SERIES[i % 3];
                let decimals = (table % 5) as i32;
                Column::numeric(&format!("{name}{i}"), round(&series(60 + 40 * table as usize, table * 100 + i as u64), decimals), decimals as u8)
            })
            .collect();
        let table = Table::new(columns).unwrap();
        let frame = Frame::new(&table, None);
        let open: Vec<usize> = (0..20).collect();
        derivations.extend(search(&frame, &open).into_iter().map(|d| (d.y, d.formula, d.bits)));
    }
    assert!(derivations.is_empty(), "{derivations:?}");
}

fn formulas(all: &[Derivation], y: usize) -> Vec<&TimeFormula> {
    all.iter()
        .filter(|d| d.y == y && d.hold != Hold::Partial)
        .filter_map(|d| if let Formula::Time(f) = &d.formula { Some(f) } else { None })
        .collect()
}

#[test]
fn the_mean_of_three_months_ends_at_its_own_row() {
    let revenue = round(&seasonal(80, 4), 2);
    let feature = round(&rolling(&revenue, 3, 3, mean), 2);
    let table = Table::new(vec![Column::numeric("revenue", revenue, 2), Column::numeric("revenue_3m", feature, 2)]).unwrap();
    let frame = Frame::new(&table, None);
    let all = search(&frame, &[0, 1]);
    let best = all.iter().filter(|d| d.y == 1).min_by(|a, b| a.formula.cost().total_cmp(&b.formula.cost())).unwrap();
    let reads = best.formula.reads();
    assert_eq!((reads[0].column, reads[0].first, reads[0].latest), (0, Some(-2), Latest::Row(0)));
    assert_eq!(best.hold, Hold::Exact);
    assert_eq!(best.orphans, 0);
    assert!(!formulas(&all, 1).is_empty());
}
