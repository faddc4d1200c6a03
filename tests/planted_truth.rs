//! Leaks planted into clean tables, by family and strength: are they found, and does the audit keep quiet otherwise? Every leak has an
//! innocent twin that looks like it and is none.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test says what it sees and fails where it stands")]

use watertight::audit::{self, AuditInput};
use watertight::finding::{Certainty, Evidence, Finding, Severity};
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
        let input = AuditInput {
            table: &table,
            profiles: &[],
            task: &task,
            target: &target,
            split: &split,
            test_from: None,
            known: &audit::NOTHING_SAID,
            seed: 1,
        };
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

#[test]
fn a_code_written_after_the_outcome_is_found_in_a_part_of_the_rows() {
    // The floor: a value needs 20 rows, 5 % of the table, and 20 bits beyond one a value tried.
    let plant = |leaks: bool, share: f64| {
        move |seed: u64, c: Clean| {
            let mut draw = Stream::new(seed, "planted/code", 0);
            let cells = c.target.iter().map(|t| {
                let usual = f64::from(draw.below(8));
                if draw.chance(share) && (!leaks || *t > 0.5) { 99.0 } else { usual }
            });
            let leak = cells.collect();
            c.audit(vec![Column::numeric("leak", leak, 0)])
        }
    };
    let found = |f: &Finding| names("leak")(f) && grave(f);
    assert!(recall(true, plant(true, 0.8), found) >= 0.95);
    assert!(recall(true, plant(true, 0.5), found) >= 0.95);
    assert_eq!(recall(true, plant(false, 0.3), grave), 0.0);
}

#[test]
fn a_copy_of_a_part_of_a_number_is_found() {
    let plant = |share: f64, off: f64| {
        move |seed: u64, c: Clean| {
            let mut draw = Stream::new(seed, "planted/part", 0);
            let other = noise(seed, 21);
            let cells = c
                .target
                .iter()
                .zip(other)
                .map(|(t, e)| if draw.chance(share) { t + (off * e * 10.0).round() / 10.0 } else { (e * 450.0).round() / 10.0 });
            let leak = cells.collect();
            c.audit(vec![Column::numeric("leak", leak, 1)])
        }
    };
    assert!(recall(false, plant(0.5, 0.0), |f| names("leak")(f) && grave(f)) >= 0.95);
    assert!(recall(false, plant(0.2, 0.0), |f| names("leak")(f) && grave(f)) >= 0.95);
    // The twin: as near, and never exact but by chance.
    assert_eq!(recall(false, plant(0.5, 8.0), grave), 0.0);
}

#[test]
fn parts_that_nearly_give_the_target_are_found_by_their_rest() {
    let plant = |rest: f64| {
        move |seed: u64, c: Clean| {
            let part = noise(seed, 31).into_iter().map(|v| v * 60.0).collect::<Vec<f64>>();
            let other = rounded(c.target.iter().zip(&part).zip(noise(seed, 32)).map(|((t, p), e)| t - p + rest * 50.0 * e), 100.0);
            c.audit(vec![Column::numeric("part", rounded(part, 100.0), 2), Column::numeric("leak", other, 2)])
        }
    };
    let together = |f: &Finding| f.check == "columns_together" && names("leak")(f) && names("part")(f);
    assert!(recall(false, plant(0.05), together) >= 0.95);
    assert!(recall(false, plant(0.12), together) >= 0.95);
    assert_eq!(recall(false, plant(0.6), together), 0.0);
}

/// 160 machines with eight rows each; two measurements are of the machine, one is of the row.
fn machines(seed: u64, of_machine: f64) -> Vec<Finding> {
    let mut draw = Stream::new(seed, "planted/machines", 0);
    let (mut id, mut weight, mut age, mut load, mut fails) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for machine in 0..160 {
        let (w, a, bad) = (draw.uniform(), draw.uniform(), draw.chance(0.4));
        for _ in 0..8 {
            id.push(format!("m{machine:03}"));
            weight.push((w * 1e4).round());
            age.push((a * 4e3).round());
            load.push((draw.normal() * 100.0).round());
            let by_machine = draw.chance(of_machine);
            let own = draw.chance(0.4);
            let fail = if by_machine { bad } else { own };
            fails.push(Some(if fail { "yes" } else { "no" }));
        }
    }
    let columns = vec![
        Column::labels("machine", Kind::Identifier, &id.iter().map(|i| Some(i.as_str())).collect::<Vec<_>>()),
        Column::numeric("weight", weight, 0),
        Column::numeric("age", age, 0),
        Column::numeric("load", load, 0),
        Column::labels("y", Kind::Boolean, &fails),
    ];
    audited(columns, None, None)
}

/// Audits columns whose target is "y"; `time` orders them, `test_from` begins a test file.
fn audited(columns: Vec<Column>, time: Option<&str>, test_from: Option<usize>) -> Vec<Finding> {
    let table = Table::new(columns).unwrap();
    let (kind, classes) = guess_kind(table.column("y").unwrap()).unwrap();
    let features = table.names().iter().filter(|n| **n != "y").map(|n| (*n).to_owned()).collect();
    let time = time.map(str::to_owned);
    let task = Task { target: "y".into(), kind, classes, time, entity: None, weight: None, horizon: 0, features, ignored: vec![] };
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

/// Share of the seeds for which a finding of this check that `found` accepts is among `tables`.
fn share(check: &str, tables: impl Fn(u64) -> Vec<Finding>) -> f64 {
    (0..TABLES).filter(|&seed| tables(seed).iter().any(|f| f.check == check)).count() as f64 / TABLES as f64
}

#[test]
fn recognised_entities_are_found_by_what_they_are_worth() {
    let found = |strength| share("entities_across_split", |seed| machines(seed, strength));
    println!("entities: {} {} {}", found(1.0), found(0.7), found(0.0));
    assert!(found(1.0) >= 0.95 && found(0.7) >= 0.95);
    assert_eq!(found(0.0), 0.0);
}

#[test]
fn a_level_that_wanders_in_time_gives_a_random_split_its_price() {
    let plant = |wanders: bool| {
        move |seed: u64| {
            let mut draw = Stream::new(seed, "planted/wander", 0);
            let mut level = 0.0;
            let (mut millis, mut x, mut y) = (Vec::new(), Vec::new(), Vec::new());
            for day in 0..600_i64 {
                let (a, e) = (draw.normal(), draw.normal());
                level = if wanders { level + 0.4 * draw.normal() } else { 0.0 };
                millis.push(day * 86_400_000);
                x.push((a * 100.0).round());
                y.push(((a + e + level) * 100.0).round());
            }
            let format = watertight::table::time::TimeFormat::new("%Y-%m-%d");
            let day =
                Column::new("day", Kind::Timestamp, watertight::table::Values::Times { millis, format }, watertight::table::Exceptions::default());
            let found = audited(vec![day, Column::numeric("x", x, 0), Column::numeric("y", y, 0)], None, None);
            let priced = |f: &Finding| matches!(f.evidence, Evidence::SplitGap { gap_low, .. } if gap_low > 0.0);
            found.into_iter().filter(|f| f.check == "random_split_on_dates" && priced(f)).collect::<Vec<_>>()
        }
    };
    let (found, twin) = (share("random_split_on_dates", plant(true)), share("random_split_on_dates", plant(false)));
    println!("priced in time: {found}, twin {twin}");
    assert!(found >= 0.8 && twin <= 0.1);
}

/// 700 rows of five measurements and a class of a quarter of the rows.
fn measured(seed: u64) -> (Vec<Vec<f64>>, Vec<bool>) {
    let mut draw = Stream::new(seed, "planted/measured", 0);
    let columns: Vec<Vec<f64>> = (0..5).map(|_| (0..700).map(|_| (draw.normal() * 1e5).round() / 1e3).collect()).collect();
    let y = (0..700).map(|r| columns[0][r] + columns[1][r] + 120.0 * draw.normal() > 110.0).collect();
    (columns, y)
}

fn table_of(columns: Vec<Vec<f64>>, y: &[bool]) -> Vec<Column> {
    let mut all: Vec<Column> = columns.into_iter().enumerate().map(|(j, c)| Column::numeric(&format!("x{j}"), c, 3)).collect();
    all.push(Column::labels("y", Kind::Boolean, &y.iter().map(|y| Some(if *y { "yes" } else { "no" })).collect::<Vec<_>>()));
    all
}

#[test]
fn rows_put_between_others_are_found_and_fresh_rows_are_not() {
    let plant = |made: usize| {
        move |seed: u64| {
            let (mut columns, mut y) = measured(seed);
            let rare: Vec<usize> = (0..700).filter(|&r| y[r]).collect();
            let mut draw = Stream::new(seed, "planted/smote", 0);
            for _ in 0..made {
                let a = rare[draw.below(rare.len() as u32) as usize];
                let mut near: Vec<(f64, usize)> =
                    rare.iter().filter(|b| **b != a).map(|&b| (columns.iter().map(|c| (c[a] - c[b]) * (c[a] - c[b])).sum(), b)).collect();
                near.sort_by(|p, q| p.0.total_cmp(&q.0));
                let (b, share) = (near[draw.below(5) as usize].1, draw.uniform());
                for column in &mut columns {
                    let made = ((column[a] + share * (column[b] - column[a])) * 1e3).round() / 1e3;
                    column.push(made);
                }
                y.push(true);
            }
            audited(table_of(columns, &y), None, None)
        }
    };
    let found = |made| share("augmented_before_split", plant(made));
    println!("interpolated: {} {} {}", found(300), found(100), found(0));
    assert!(found(300) >= 0.95 && found(100) >= 0.95);
    assert_eq!(found(0), 0.0);
}

#[test]
fn shaken_copies_in_a_test_file_are_found_and_fresh_rows_are_not() {
    let plant = |copies: usize| {
        move |seed: u64| {
            let (mut columns, mut y) = measured(seed);
            let mut draw = Stream::new(seed, "planted/shaken", 0);
            for r in 0..copies {
                columns.iter_mut().for_each(|c| c[500 + r] = ((c[r] + draw.normal() * 0.2) * 1e3).round() / 1e3);
                y[500 + r] = y[r];
            }
            audited(table_of(columns, &y), None, Some(500))
        }
    };
    let found = |copies| share("near_duplicates", plant(copies));
    println!("near duplicates: {} {} {}", found(150), found(60), found(0));
    assert!(found(150) >= 0.95 && found(60) >= 0.95);
    assert_eq!(found(0), 0.0);
}

#[test]
fn test_rows_from_another_world_are_found_and_those_of_the_same_are_not() {
    let plant = |shift: f64| {
        move |seed: u64| {
            let (mut columns, y) = measured(seed);
            columns[3].iter_mut().skip(450).for_each(|v| *v += shift * 100.0);
            audited(table_of(columns, &y), None, Some(450))
        }
    };
    let found = |shift| share("train_test_mismatch", plant(shift));
    println!("mismatch: {} {} {}", found(2.0), found(1.0), found(0.0));
    assert!(found(2.0) >= 0.95 && found(1.0) >= 0.95);
    assert_eq!(found(0.0), 0.0);
}

#[test]
fn scaling_and_filling_with_all_rows_are_proven_and_with_some_rows_are_not() {
    let plant = |fill: bool, rows: usize, off: f64| {
        move |seed: u64| {
            let (mut columns, y) = measured(seed);
            let known: Vec<f64> = columns[2].iter().take(rows).enumerate().filter(|(r, _)| !fill || r % 7 > 0).map(|(_, v)| *v).collect();
            let n = known.len() as f64;
            let mean = known.iter().sum::<f64>() / n;
            let spread = (known.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n).sqrt();
            columns[2].iter_mut().enumerate().for_each(|(r, v)| {
                *v = if !fill {
                    (*v - mean) / spread
                } else if r % 7 == 0 {
                    mean + off
                } else {
                    *v
                }
            });
            let mut all = table_of(columns, &y);
            all[2] = Column::numeric("x2", rounded(all[2].numbers().unwrap().iter().copied(), 1e9), 9);
            audited(all, None, None)
        }
    };
    let found = |fill, rows, off| share("prepared_before_split", plant(fill, rows, off));
    println!("prepared: {} {}, twins {} {}", found(false, 700, 0.0), found(true, 700, 0.0), found(false, 560, 0.0), found(true, 700, 40.0));
    assert!(found(false, 700, 0.0) >= 0.95 && found(true, 700, 0.0) >= 0.95);
    assert_eq!((found(false, 560, 0.0), found(true, 700, 40.0)), (0.0, 0.0));
}
