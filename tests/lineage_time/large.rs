//! Recall by family, and times: to be read.

use super::series::{FEATURES, Feature, NAN, SERIES, round};
use super::tables::{PLAN, Plan, recall, task};
use watertight::lineage::confirm::Hold;
use watertight::lineage::frame::Frame;
use watertight::lineage::time::search;
use watertight::math::rng::Stream;
use watertight::table::{Column, Table};

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
        let start = cpu();
        for (series_name, series) in SERIES {
            let (hit, missed) = recall(&plan, *series, FEATURES);
            hits += hit.len();
            all += hit.len() + missed.len();
            lines.push(format!("    {series_name:8} {}/{}: {}", hit.len(), hit.len() + missed.len(), missed.join(", ")));
        }
        println!("{name:24} {hits}/{all}  {:.2} s", cpu() - start);
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
        let start = cpu();
        let found = search(&frame, &open);
        let explained: std::collections::BTreeSet<usize> = found.iter().filter(|d| d.hold != Hold::Partial).map(|d| d.y).collect();
        println!("{columns} x {rows}: {:.2} s, {} derivations of {} columns", cpu() - start, found.len(), explained.len());
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
#[ignore = "times are for reading"]
fn time_of_sessions() {
    let n = 472_871;
    let mut s = Stream::new(1, "sessions", 0);
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); 14];
    for _ in 0..n {
        let depth = f64::from(s.below(7) + 1);
        for (i, column) in columns.iter_mut().enumerate() {
            column.push(match i {
                0 => depth,
                1 => f64::from(s.below(24)),
                13 => {
                    if s.chance(0.07) {
                        40.0 + f64::from(s.below(4000)) / 100.0
                    } else {
                        0.0
                    }
                }
                _ => f64::from(u8::from(s.chance(0.1 + 0.05 * i as f64))),
            });
        }
    }
    let made = columns.into_iter().enumerate().map(|(i, v)| Column::numeric(&format!("c{i}"), v, if i == 13 { 2 } else { 0 })).collect();
    let table = Table::new(made).unwrap();
    let frame = Frame::new(&table, None);
    let open: Vec<usize> = (0..14).collect();
    let start = cpu();
    let found = search(&frame, &open);
    println!("sessions: {:.2} s, {} derivations", cpu() - start, found.len());
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
        let start = cpu();
        let found = search(&frame, &open);
        println!("{name} {time:?}: {:.2} s", cpu() - start);
        for d in &found {
            println!("  {} <- {:?} {:?} {}/{} bits {:.0}", frame.name(d.y), d.formula, d.hold, d.matched.count, d.matched.of, d.bits);
        }
    }
}

/// Seconds of processor time so far, where the system tells; 0 elsewhere.
fn cpu() -> f64 {
    let ticks = || std::fs::read_to_string("/proc/self/stat").ok()?.split(' ').nth(13)?.parse::<f64>().ok();
    ticks().unwrap_or(0.0) / 100.0
}
