//! What preparation promises, step by step and over the whole list of steps; here what its tests are made of.

mod columns;
mod past;
mod recipe;

use super::*;
use crate::features::Features;
use crate::param::Value;
use crate::split::{Rows, Split, SplitSettings, make};
use crate::table::time::TimeFormat;
use crate::table::{Column, Exceptions, MISSING_TIME, Values};
use crate::task::{Target, TaskKind};

const DAY: i64 = 86_400_000;
const NAN: f64 = f64::NAN;

fn times(name: &str, millis: Vec<i64>) -> Column {
    let format = TimeFormat { pattern: "%Y-%m-%d %H:%M".into() };
    Column::new(name, Kind::Timestamp, Values::Times { millis, format }, Exceptions::default())
}

fn labels(name: &str, cells: &[&str]) -> Column {
    let cells: Vec<Option<&str>> = cells.iter().map(|c| (!c.is_empty()).then_some(*c)).collect();
    Column::labels(name, Kind::Categorical, &cells)
}

fn task(columns: &[Column], kind: TaskKind) -> Task {
    Task {
        target: "y".into(),
        kind,
        classes: if kind == TaskKind::Regression { vec![] } else { vec!["no".into(), "yes".into()] },
        time: None,
        entity: None,
        weight: None,
        horizon: 0,
        features: columns.iter().map(|c| c.name().to_owned()).filter(|n| n != "y").collect(),
        ignored: vec![],
    }
}

/// All rows are development rows.
fn whole(n_rows: usize, table: &Table, task: &Task) -> Split {
    let target = Target { values: (0..n_rows).map(|i| i as f64).collect(), classes: vec![] };
    let settings = SplitSettings { strategy: crate::split::Strategy::Random, folds: 2, holdout: 0.0, gap: 0, ..SplitSettings::default() };
    make(table, task, &target, &settings, None, 1).unwrap()
}

/// A step; levels are kept however rare, unless `params` say otherwise: the tables of these tests are small.
fn step(id: &str, params: &[(&str, Value)]) -> StepChoice {
    let mut params: Given = params.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
    if id == "encode" {
        params.entry("min_rows".into()).or_insert(Value::Whole(1));
    }
    StepChoice { id: id.into(), params, columns: vec![] }
}

fn word(word: &str) -> Value {
    Value::Word(word.into())
}

fn fit_all(columns: Vec<Column>, steps: Vec<StepChoice>) -> Result<(FittedRecipe, Features)> {
    let task = task(&columns, TaskKind::Regression);
    let table = Table::new(columns).unwrap();
    let split = whole(table.n_rows(), &table, &task);
    let fitted = Recipe { steps }.fit(&table, &split.development, &task)?;
    let features = fitted.apply(&table, &Rows::all(table.n_rows()))?;
    Ok((fitted, features))
}

fn column(features: &Features, name: &str) -> Vec<f64> {
    let j = features.about.iter().position(|f| f.name == name).unwrap_or_else(|| panic!("no feature {name}"));
    features.slice(j).to_vec()
}

fn names(features: &Features) -> Vec<&str> {
    features.about.iter().map(|f| f.name.as_str()).collect()
}

/// Three kinds of column with gaps, and two versions of it that differ only in rows 30 and up.
fn two_versions() -> (Table, Table, Task) {
    let build = |tail: usize| {
        let at = |i: usize| if i < 30 { i } else { i * tail };
        let x = (0..40).map(|i| if i % 6 == 1 { NAN } else { at(i) as f64 * 0.25 }).collect();
        let k: Vec<String> = (0..40).map(|i| if i < 30 { format!("l{}", i % 4) } else { format!("late{}", at(i) % 5) }).collect();
        let t = (0..40).map(|i| 20_000 * DAY + at(i) as i64 * DAY / 2).collect();
        vec![Column::numeric("x", x, 2), labels("k", &k.iter().map(String::as_str).collect::<Vec<_>>()), times("t", t)]
    };
    let task = task(&build(1), TaskKind::Regression);
    (Table::new(build(1)).unwrap(), Table::new(build(1000)).unwrap(), task)
}

/// All forms of the usual recipe.
fn variants() -> Vec<Variant> {
    (0..8).map(|bits| Variant { scaled: bits & 1 > 0, gaps: bits & 2 > 0, codes: bits & 4 > 0 }).collect()
}

/// Columns of every kind in one state.
fn every_kind(n: usize, cell: impl Fn(usize) -> Option<usize>) -> Vec<Column> {
    let text: Vec<Option<String>> = (0..n).map(|i| cell(i).map(|v| format!("v{v}"))).collect();
    let cells: Vec<Option<&str>> = text.iter().map(Option::as_deref).collect();
    vec![
        Column::numeric("number", (0..n).map(|i| cell(i).map_or(NAN, |v| v as f64 * 1.5)).collect(), 1),
        Column::labels("label", Kind::Categorical, &cells),
        Column::labels("flag", Kind::Boolean, &cells),
        times("time", (0..n).map(|i| cell(i).map_or(MISSING_TIME, |v| v as i64 * DAY)).collect()),
    ]
}

/// A panel: three entities over 60 days, one of them with gaps, rows in no order of time.
fn panel(later: f64) -> (Table, Task) {
    let n = 150_usize;
    let place = |i: usize| (i * 37 % n) as i64;
    let changed = |i: usize, v: f64| if place(i) / 3 >= 30 { v * later } else { v };
    let days = (0..n).map(|i| place(i) / 3 * if place(i) % 3 == 2 { 2 } else { 1 });
    let days: Vec<i64> = days.map(|d| (18_000 + d) * DAY).collect();
    let names: Vec<String> = (0..n).map(|i| format!("e{}", place(i) % 3)).collect();
    let x = (0..n).map(|i| if i % 11 == 5 { NAN } else { changed(i, crate::math::elementary::sin(i as f64 * 1.7) * 4.0) }).collect();
    let flag = (0..n).map(|i| f64::from(u8::from(changed(i, (i % 5) as f64) == 2.0))).collect();
    let y = (0..n).map(|i| changed(i, crate::math::elementary::cos(i as f64 * 0.9) * 9.0 + 20.0)).collect();
    let columns = vec![
        labels("who", &names.iter().map(String::as_str).collect::<Vec<_>>()),
        times("t", days),
        Column::numeric("x", x, 3),
        Column::numeric("flag", flag, 0),
        Column::numeric("y", y, 3),
    ];
    let task = Task { time: Some("t".into()), entity: Some("who".into()), ..task(&columns, TaskKind::Regression) };
    (Table::new(columns).unwrap(), task)
}

/// Every step that uses the past, with all that it can make.
fn steps_of_the_past() -> Vec<StepChoice> {
    let on = |id: &'static str| (id, Value::Switch(true));
    vec![
        step("fill_forward", &[]),
        step("lags", &[("lags", word("1, 2, 5")), ("scope", word("both")), on("changes"), on("ratios")]),
        step(
            "windows",
            &[
                ("windows", word("3, 10")),
                ("functions", word("mean sd min max median slope trend change count")),
                ("half_lives", word("2.5")),
                ("scope", word("both")),
                on("expanding"),
            ],
        ),
        step("since", &[]),
        step("calendar", &[]),
        step("fourier", &[]),
        step("date_parts", &[("elapsed", Value::Switch(false))]),
        step("impute", &[]),
        step("encode", &[]),
    ]
}
