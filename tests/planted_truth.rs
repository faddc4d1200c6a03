//! Leaks planted into clean tables, by family and strength: are they found, and does the audit keep quiet otherwise? Every leak has an
//! innocent twin that looks like it and is none.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test says what it sees and fails where it stands")]

use watertight::audit::{self, AuditInput};
use watertight::finding::{Certainty, Finding, Severity};
use watertight::math::rng::Stream;
use watertight::split::SplitSettings;
use watertight::table::{Column, Kind, Table};
use watertight::task::{Task, guess_kind};

/// Rows of a planted table.
const ROWS: usize = 300;
/// Tables a family and strength.
const TABLES: u64 = 15;

/// A clean table and the target before it was printed.
struct Clean {
    columns: Vec<Column>,
    target: Vec<f64>,
    is_class: bool,
}

/// Six honest features of different kinds, and a target of which they explain about half.
fn clean(seed: u64, is_class: bool) -> Clean {
    let mut draw = Stream::new(seed, "planted/clean", u64::from(is_class));
    let normal = |draw: &mut Stream| -> Vec<f64> { (0..ROWS).map(|_| draw.normal()).collect() };
    let (a, b, c, e) = (normal(&mut draw), normal(&mut draw), normal(&mut draw), normal(&mut draw));
    let level: Vec<usize> = (0..ROWS).map(|_| draw.below(5) as usize).collect();
    let flag: Vec<bool> = (0..ROWS).map(|_| draw.chance(0.3)).collect();
    let target: Vec<f64> = (0..ROWS)
        .map(|r| 0.5 * a[r] + 0.4 * b[r] + 0.3 * f64::from(u8::from(level[r] == 2)) + 0.3 * f64::from(u8::from(flag[r])) + 0.8 * e[r])
        .collect();
    let print = |v: &[f64], scale: f64, decimals: u8| -> Vec<f64> {
        let unit = [1.0, 10.0, 100.0][usize::from(decimals)];
        v.iter().map(|x| (x * scale * unit).round() / unit).collect()
    };
    let names = ["north", "south", "east", "west", "centre"];
    let columns = vec![
        Column::numeric("age", print(&a.iter().map(|v| v + 4.0).collect::<Vec<_>>(), 10.0, 0), 0),
        Column::numeric("score", print(&b, 1.0, 2), 2),
        Column::numeric("amount", print(&c.iter().map(|v| v * v * v).collect::<Vec<_>>(), 25.0, 1), 1),
        Column::numeric("visits", c.iter().map(|v| (v.abs() * 3.0).floor()).collect(), 0),
        Column::labels("place", Kind::Categorical, &level.iter().map(|&l| Some(names[l])).collect::<Vec<_>>()),
        Column::labels("member", Kind::Boolean, &flag.iter().map(|&f| Some(if f { "yes" } else { "no" })).collect::<Vec<_>>()),
    ];
    let target = if is_class { target.iter().map(|t| f64::from(u8::from(*t > 0.7))).collect() } else { print(&target, 50.0, 1) };
    Clean { columns, target, is_class }
}

impl Clean {
    /// Adds the target and columns, in this order of features, and audits.
    fn audit(self, extra: Vec<Column>) -> Vec<Finding> {
        let rows: Vec<u32> = (0..ROWS as u32).collect();
        self.audit_rows(extra, &rows)
    }

    fn audit_rows(self, extra: Vec<Column>, rows: &[u32]) -> Vec<Finding> {
        let y = if self.is_class {
            Column::labels("y", Kind::Boolean, &self.target.iter().map(|t| Some(if *t > 0.5 { "yes" } else { "no" })).collect::<Vec<_>>())
        } else {
            Column::numeric("y", self.target, 1)
        };
        let columns = self.columns.into_iter().chain(extra).chain([y]).collect();
        let table = Table::new(columns).unwrap().take(rows);
        let (kind, classes) = guess_kind(table.column("y").unwrap()).unwrap();
        let features = table.names().iter().filter(|n| **n != "y").map(|n| (*n).to_owned()).collect();
        let task = Task { target: "y".into(), kind, classes, time: None, entity: None, weight: None, horizon: 0, features, ignored: vec![] };
        let target = task.encode(&table).unwrap();
        let split = SplitSettings::default();
        let input = AuditInput { table: &table, profiles: &[], task: &task, target: &target, split: &split, test_from: None, seed: 1 };
        audit::run(&input).into_iter().flat_map(|c| c.findings).collect()
    }
}

fn noise(seed: u64, purpose: u64) -> Vec<f64> {
    let mut draw = Stream::new(seed, "planted/noise", purpose);
    (0..ROWS).map(|_| draw.normal()).collect()
}

fn rounded(values: impl IntoIterator<Item = f64>, unit: f64) -> Vec<f64> {
    values.into_iter().map(|v| (v * unit).round() / unit).collect()
}

/// Share of tables in which `found` says so.
fn recall(is_class: bool, plant: impl Fn(u64, Clean) -> Vec<Finding>, found: impl Fn(&Finding) -> bool) -> f64 {
    let hits = (0..TABLES).filter(|&seed| plant(seed, clean(seed, is_class)).iter().any(&found)).count();
    hits as f64 / TABLES as f64
}

fn grave(finding: &Finding) -> bool {
    matches!(finding.severity, Severity::Blocker | Severity::Warning)
}

fn names(column: &'static str) -> impl Fn(&Finding) -> bool {
    move |f| f.columns.iter().any(|c| c == column)
}

#[test]
fn clean_tables_raise_no_alarm() {
    for seed in 100..160 {
        for is_class in [false, true] {
            let found = clean(seed, is_class).audit(Vec::new());
            assert!(found.is_empty(), "seed {seed}: {found:?}");
        }
    }
}

#[test]
fn a_copy_is_always_proven_and_a_copy_of_a_feature_is_not() {
    let proven = |f: &Finding| names("leak")(f) && f.certainty == Certainty::Proven && f.severity == Severity::Blocker;
    assert_eq!(
        recall(
            false,
            |_, c| {
                let leak = c.target.clone();
                c.audit(vec![Column::numeric("leak", leak, 1)])
            },
            proven
        ),
        1.0
    );
    assert_eq!(
        recall(
            true,
            |_, c| {
                let leak = c.target.clone();
                c.audit(vec![Column::numeric("leak", leak, 0)])
            },
            proven
        ),
        1.0
    );
    let twin = |_, c: Clean| {
        let same = c.columns[1].numbers().unwrap().to_vec();
        c.audit(vec![Column::numeric("leak", same, 2)])
    };
    assert_eq!(recall(false, twin, grave), 0.0);
    assert_eq!(recall(true, twin, grave), 0.0);
}

#[test]
fn a_scaled_copy_is_always_proven_also_with_gaps() {
    let proven = |f: &Finding| names("leak")(f) && f.certainty == Certainty::Proven;
    let plant = |gaps: bool| {
        move |seed: u64, c: Clean| {
            let mut draw = Stream::new(seed, "planted/gaps", 0);
            let leak = c.target.iter().map(|t| if gaps && draw.chance(0.4) { f64::NAN } else { 3.0 - 1.25 * t }).collect();
            c.audit(vec![Column::numeric("leak", leak, 3)])
        }
    };
    assert_eq!(recall(false, plant(false), proven), 1.0);
    assert_eq!(recall(false, plant(true), proven), 1.0);
    // The twin: a straight line through another feature.
    let twin = |_, c: Clean| {
        let line = c.columns[1].numbers().unwrap().iter().map(|t| 3.0 - 1.25 * t).collect();
        c.audit(vec![Column::numeric("leak", line, 4)])
    };
    assert_eq!(recall(false, twin, grave), 0.0);
}

#[test]
fn sums_of_two_and_three_columns_are_always_proven_naming_every_part() {
    for parts in [2, 3] {
        let plant = |seed: u64, c: Clean| {
            let mut rest = c.target.clone();
            let mut columns = Vec::new();
            for part in 1..parts {
                let values = rounded(noise(seed, part).into_iter().map(|v| v * 30.0), 10.0);
                rest = rounded(rest.iter().zip(&values).map(|(r, v)| r - v), 10.0);
                columns.push(Column::numeric(&format!("part{part}"), values, 1));
            }
            columns.push(Column::numeric("rest", rest, 1));
            c.audit(columns)
        };
        let proven = |f: &Finding| f.check == "target_sum" && f.columns.len() == parts as usize && f.certainty == Certainty::Proven;
        assert_eq!(recall(false, plant, proven), 1.0, "{parts} parts");
    }
    // The twin: a feature that is the sum of two others.
    let twin = |_, c: Clean| {
        let (a, b) = (c.columns[0].numbers().unwrap(), c.columns[1].numbers().unwrap());
        let sum = a.iter().zip(b).map(|(a, b)| a + b).collect();
        c.audit(vec![Column::numeric("total", sum, 2)])
    };
    assert_eq!(recall(false, twin, grave), 0.0);
}

#[test]
fn noisy_proxies_are_found_by_their_strength() {
    let plant = |noise_share: f64| {
        move |seed: u64, c: Clean| {
            let spread = if c.is_class { 1.0 } else { 45.0 };
            let leak = rounded(c.target.iter().zip(noise(seed, 9)).map(|(t, e)| 7.0 + 2.0 * (t + noise_share * spread * e)), 1e4);
            c.audit(vec![Column::numeric("leak", leak, 4)])
        }
    };
    // Noise in standard deviations of the target; for classes in steps between them.
    for (is_class, strong, medium, asked, honest) in [(false, 0.1, 0.3, 0.65, 1.6), (true, 0.2, 0.45, 0.85, 1.6)] {
        assert!(recall(is_class, plant(strong), |f| names("leak")(f) && f.severity == Severity::Blocker) >= 0.95);
        assert!(recall(is_class, plant(medium), |f| names("leak")(f) && grave(f)) >= 0.85);
        assert!(recall(is_class, plant(asked), names("leak")) >= 0.60);
        // The twin: an honest feature that knows a little.
        assert_eq!(recall(is_class, plant(honest), |f| names("leak")(f) && grave(f)), 0.0);
    }
}

#[test]
fn gaps_that_follow_the_target_are_found_and_gaps_by_chance_are_not() {
    let plant = |leaks: bool, share: f64| {
        move |seed: u64, c: Clean| {
            let mut draw = Stream::new(seed, "planted/missing", 0);
            let cells = noise(seed, 3).into_iter().zip(&c.target).map(|(v, t)| {
                let gap = draw.chance(share) && (!leaks || *t > 0.5);
                if gap { f64::NAN } else { v }
            });
            let leak = cells.collect();
            c.audit(vec![Column::numeric("leak", leak, 4)])
        }
    };
    assert!(recall(true, plant(true, 1.0), |f| names("leak")(f) && f.severity == Severity::Blocker) >= 0.95);
    assert!(recall(true, plant(true, 0.6), |f| names("leak")(f) && grave(f)) >= 0.85);
    assert!(recall(false, plant(true, 1.0), |f| names("leak")(f) && grave(f)) >= 0.85);
    for is_class in [false, true] {
        assert_eq!(recall(is_class, plant(false, 0.4), grave), 0.0);
    }
}

#[test]
fn a_row_number_in_a_sorted_file_is_found_and_a_measurement_is_not() {
    let sorted = |_, c: Clean| {
        let mut rows: Vec<u32> = (0..ROWS as u32).collect();
        rows.sort_by(|a, b| c.target[*a as usize].total_cmp(&c.target[*b as usize]).then(a.cmp(b)));
        let mut number = vec![0.0; ROWS];
        rows.iter().enumerate().for_each(|(i, &r)| number[r as usize] = i as f64 + 1.0);
        c.audit_rows(vec![Column::numeric("leak", number, 0)], &rows)
    };
    for is_class in [false, true] {
        assert_eq!(recall(is_class, sorted, |f| names("leak")(f) && grave(f)), 1.0);
    }
    // The twin: whole numbers that differ in every row and count nothing.
    let twin = |seed, c: Clean| c.audit(vec![Column::numeric("leak", rounded(noise(seed, 4).into_iter().map(|v| v * 1e6), 1.0), 0)]);
    assert_eq!(recall(false, twin, grave), 0.0);
}

#[test]
fn duplicates_are_found_by_their_number_and_coarse_tables_are_not() {
    let plant = |copies: u32| {
        move |_: u64, c: Clean| {
            let rows: Vec<u32> = (0..ROWS as u32 - copies).chain(0..copies).collect();
            c.audit_rows(Vec::new(), &rows)
        }
    };
    let twins = |f: &Finding| f.check == "split_duplicates";
    assert_eq!(recall(true, plant(60), |f| twins(f) && f.severity == Severity::Blocker), 1.0);
    assert_eq!(recall(true, plant(6), |f| twins(f) && grave(f)), 1.0);
    // The twin: labels only, so that rows agree by coincidence.
    let coarse = |_, mut c: Clean| {
        c.columns.drain(..4);
        c.audit(Vec::new())
    };
    assert_eq!(recall(true, coarse, grave), 0.0);
}
