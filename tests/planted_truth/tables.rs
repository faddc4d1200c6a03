//! Tables to plant in: random ones of every kind of task and order, the samples, and public files where they are.

use super::series::{SERIES, ar, round, seasonal, walk};
use std::path::Path;
use watertight::audit::canary::Ground;
use watertight::audit::{self, AuditInput};
use watertight::finding::Finding;
use watertight::math::rng::Stream;
use watertight::sample::SAMPLES;
use watertight::settings::{Settings, TaskChoice};
use watertight::split::SplitSettings;
use watertight::table::time::TimeFormat;
use watertight::table::{Column, CsvOptions, Kind, Table, Values, read};
use watertight::task::{Task, guess_kind};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// A task on a table whose target is "y".
pub fn task(table: &Table, target: &str, time: Option<&str>, entity: Option<&str>) -> Task {
    let (kind, classes) = guess_kind(table.column(target).unwrap()).unwrap();
    let kept = |n: &&&str| **n != target && Some(**n) != entity;
    let features = table.names().iter().filter(kept).map(|n| (*n).to_owned()).collect();
    let (time, entity) = (time.map(str::to_owned), entity.map(str::to_owned));
    Task { target: target.into(), kind, classes, time, entity, weight: None, horizon: 0, features, ignored: vec![] }
}

/// Audits columns whose target is "y"; `time` orders them, `test_from` begins a test file.
pub fn audited(columns: Vec<Column>, time: Option<&str>, test_from: Option<usize>) -> Vec<Finding> {
    let table = Table::new(columns).unwrap();
    let task = task(&table, "y", time, None);
    let target = task.encode(&table).unwrap();
    let split = SplitSettings::default();
    audit::run(&AuditInput {
        table: &table,
        profiles: &[],
        task: &task,
        target: &target,
        split: &split,
        test_from,
        known: &audit::NOTHING_SAID,
        seed: 1,
    })
    .into_iter()
    .flat_map(|c| c.findings)
    .collect()
}

/// A column of moments.
fn stamps(name: &str, millis: Vec<i64>) -> Column {
    Column::new(name, Kind::Timestamp, Values::Times { millis, format: TimeFormat::new("%Y-%m-%d") }, Default::default())
}

/// Eight honest features of different kinds; the sum of what they know, to be made a target.
pub fn honest(seed: u64, n: usize) -> (Vec<Column>, Vec<f64>) {
    let mut draw = Stream::new(seed, "planted/clean", 0);
    let normal = |draw: &mut Stream| -> Vec<f64> { (0..n).map(|_| draw.normal()).collect() };
    let (a, b, c) = (normal(&mut draw), normal(&mut draw), normal(&mut draw));
    let level: Vec<usize> = (0..n).map(|_| draw.below(5) as usize).collect();
    let flag: Vec<bool> = (0..n).map(|_| draw.chance(0.3)).collect();
    let depots: Vec<String> = (0..n).map(|_| format!("depot {:02}", draw.below(12))).collect();
    let known = (0..n).map(|r| 0.5 * a[r] + 0.4 * b[r] + 0.3 * f64::from(u8::from(level[r] == 2)) + 0.3 * f64::from(u8::from(flag[r]))).collect();
    let places = ["north", "south", "east", "west", "centre"];
    let columns = vec![
        Column::numeric("age", round(&a.iter().map(|v| 10.0 * (v + 4.0)).collect::<Vec<_>>(), 0), 0),
        Column::numeric("score", round(&b, 2), 2),
        Column::numeric("amount", round(&c.iter().map(|v| 25.0 * v * v * v).collect::<Vec<_>>(), 1), 1),
        Column::numeric("height", round(&noise(seed, 2, n).iter().map(|v| 170.0 + 9.0 * v).collect::<Vec<_>>(), 1), 1),
        Column::numeric("visits", c.iter().map(|v| (v.abs() * 3.0).floor()).collect(), 0),
        Column::labels("place", Kind::Categorical, &level.iter().map(|&l| Some(places[l])).collect::<Vec<_>>()),
        Column::labels("depot", Kind::Categorical, &depots.iter().map(|d| Some(d.as_str())).collect::<Vec<_>>()),
        Column::labels("member", Kind::Boolean, &flag.iter().map(|&f| Some(if f { "yes" } else { "no" })).collect::<Vec<_>>()),
    ];
    (columns, known)
}

/// The target of a clean table: a number, or one of so many classes.
pub fn target(known: &[f64], noise: &[f64], n_classes: usize) -> Column {
    let value: Vec<f64> = known.iter().zip(noise).map(|(k, e)| k + 0.8 * e).collect();
    let name = |v: &f64| match n_classes {
        2 => Some(if *v > 0.7 { "yes" } else { "no" }),
        _ => Some(if *v < -0.4 {
            "low"
        } else if *v < 0.6 {
            "middle"
        } else {
            "top"
        }),
    };
    match n_classes {
        0 => Column::numeric("y", round(&value.iter().map(|v| 50.0 * v).collect::<Vec<_>>(), 1), 1),
        2 => Column::labels("y", Kind::Boolean, &value.iter().map(name).collect::<Vec<_>>()),
        _ => Column::labels("y", Kind::Categorical, &value.iter().map(name).collect::<Vec<_>>()),
    }
}

/// Independent normal values.
pub fn noise(seed: u64, purpose: u64, n: usize) -> Vec<f64> {
    let mut draw = Stream::new(seed, "planted/noise", purpose);
    (0..n).map(|_| draw.normal()).collect()
}

/// A named ground.
pub type Named = (String, Ground);

fn ground(name: &str, table: &Table, task: &Task, seed: u64) -> Named {
    (name.to_owned(), Ground::new(table, task, &SplitSettings::default(), table.n_rows(), seed).unwrap())
}

/// Rows of a table without an order: a number, two classes, three classes.
pub fn unordered(seed: u64, n: usize, n_classes: usize) -> Named {
    let (mut columns, known) = honest(seed, n);
    columns.push(target(&known, &noise(seed, 1, n), n_classes));
    let table = Table::new(columns).unwrap();
    ground(&format!("{n_classes} classes, seed {seed}"), &table, &task(&table, "y", None, None), seed)
}

/// A series to be forecast from honest features, dated: each day, each month, or on uneven days.
pub fn dated(seed: u64, n: usize) -> Named {
    type Kind = (&'static str, fn(usize, u64) -> Vec<f64>);
    let kinds: [Kind; 3] = [("walk", walk), ("ar", ar), ("seasonal", seasonal)];
    let (name, series) = kinds[(seed % 3) as usize];
    let mut draw = Stream::new(seed, "planted/days", 0);
    let (mut day, stamp) = (18_000, seed % 2);
    let millis = (0..n).map(|_| {
        day += if stamp == 0 { 1 } else { 1 + i64::from(draw.below(4)) };
        day * DAY
    });
    let date = stamps("date", millis.collect());
    let (mut columns, _) = honest(seed, n);
    columns.insert(0, date);
    columns.push(Column::numeric("y", round(&series(n, seed), 2), 2));
    let table = Table::new(columns).unwrap();
    let stamp = if stamp == 0 { "daily" } else { "uneven days" };
    ground(&format!("{name}, {stamp}, seed {seed}"), &table, &task(&table, "y", Some("date"), None), seed)
}

/// Several series in one table, told apart by an entity.
pub fn panel(seed: u64, n: usize) -> Named {
    let each = n / 5;
    let (columns, _) = honest(seed, each * 5);
    let shops: Vec<String> = (0..each * 5).map(|r| format!("shop {}", r / each)).collect();
    let y: Vec<f64> = (0..5).flat_map(|e| SERIES[e % 3].1(each, seed * 10 + e as u64)).collect();
    let shop = Column::labels("shop", Kind::Categorical, &shops.iter().map(|s| Some(s.as_str())).collect::<Vec<_>>());
    let date = stamps("date", (0..each * 5).map(|r| (18_000 + (r % each) as i64) * DAY).collect());
    let all = [date, shop].into_iter().chain(columns).chain([Column::numeric("y", round(&y, 2), 2)]).collect();
    let table = Table::new(all).unwrap();
    ground(&format!("panel, seed {seed}"), &table, &task(&table, "y", Some("date"), Some("shop")), seed)
}

/// A built-in sample with its own task.
pub fn sample(id: &str, rows: u32) -> Named {
    let sample = SAMPLES.iter().find(|s| s.id == id).unwrap();
    let table = read(&sample.bytes(rows), &CsvOptions::default()).unwrap().table;
    let (target, time, entity) = (Some(sample.target.to_owned()), sample.time.map(str::to_owned), sample.entity.map(str::to_owned));
    let settings = Settings { task: TaskChoice { target, time, entity, horizon: sample.horizon, ..TaskChoice::default() }, ..Settings::default() };
    let plan = settings.resolve(&table, None).unwrap();
    (id.to_owned(), Ground::new(&table, &plan.task, &plan.split, table.n_rows(), 1).unwrap())
}

/// A public file with its target, where it is beside the project.
pub fn public(name: &str, target: &str, time: Option<&str>) -> Option<Named> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    #[expect(clippy::disallowed_methods, reason = "a test reads a file")]
    let bytes = std::fs::read(path).ok()?;
    let table = read(&bytes, &CsvOptions::default()).unwrap().table;
    Some(ground(name, &table, &task(&table, target, time, None), 1))
}
