use super::*;
use crate::lineage::confirm::Hold;
use crate::lineage::notation::notation;
use crate::lineage::row;
use crate::math::elementary::powi;
use crate::math::rng::Stream;
use crate::table::{Column, CsvOptions, Table, read};

/// Columns by name, values unrounded.
struct Maker {
    draw: Stream,
    n: usize,
    columns: Vec<Column>,
}

impl Maker {
    fn new(seed: u64, n: usize) -> Self {
        Self { draw: Stream::new(seed, "group tests", 0), n, columns: Vec::new() }
    }

    fn key(&mut self, name: &str, levels: u32) -> Vec<usize> {
        let codes: Vec<usize> = (0..self.n).map(|_| self.draw.below(levels) as usize).collect();
        self.add(name, &codes.iter().map(|&c| f64::from(u32::try_from(c).unwrap())).collect::<Vec<_>>(), 0);
        codes
    }

    fn normal(&mut self, name: &str, decimals: u8) -> Vec<f64> {
        let values: Vec<f64> = (0..self.n).map(|_| 50.0 + 20.0 * self.draw.normal()).collect();
        self.add(name, &values, decimals)
    }

    fn flag(&mut self, name: &str, share: f64) -> Vec<f64> {
        let values: Vec<f64> = (0..self.n).map(|_| f64::from(u8::from(self.draw.chance(share)))).collect();
        self.add(name, &values, 0)
    }

    /// Adds a column printed with so many decimals; gives what was printed.
    fn add(&mut self, name: &str, values: &[f64], decimals: u8) -> Vec<f64> {
        let unit = powi(10.0, i32::from(decimals));
        let printed: Vec<f64> = values.iter().map(|v| if decimals > 12 { *v } else { (v * unit).round() / unit }).collect();
        self.columns.push(Column::numeric(name, printed.clone(), decimals));
        printed
    }

    fn table(&self) -> Table {
        Table::new(self.columns.clone()).unwrap()
    }
}

/// Values of x by level.
fn by_level(codes: &[usize], x: &[f64]) -> Vec<Vec<f64>> {
    let mut levels = vec![Vec::new(); codes.iter().max().unwrap() + 1];
    codes.iter().zip(x).for_each(|(&c, &x)| levels[c].push(x));
    levels
}

fn per_level(codes: &[usize], x: &[f64], f: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let each: Vec<f64> = by_level(codes, x).iter().map(|level| if level.is_empty() { 0.0 } else { f(level) }).collect();
    codes.iter().map(|&c| each[c]).collect()
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

fn squares(x: &[f64]) -> f64 {
    x.iter().map(|v| (v - mean(x)) * (v - mean(x))).sum()
}

fn smooth(codes: &[usize], x: &[f64], m: f64) -> Vec<f64> {
    let all = mean(x);
    per_level(codes, x, |l| (l.iter().sum::<f64>() + m * all) / (l.len() as f64 + m))
}

/// The formula told for the last column, in notation.
fn told(table: &Table) -> Option<String> {
    let frame = Frame::new(table, None);
    let y = frame.n_columns() - 1;
    let open: Vec<usize> = (0..=y).collect();
    let found = search(&frame, &open);
    let exact_first = |d: &&Derivation| (d.hold, (d.formula.cost() * 1e3) as u64);
    let best = found.iter().filter(|d| d.y == y && d.hold != Hold::Partial).min_by_key(exact_first)?;
    Some(notation(&best.formula, &frame))
}

/// Every family with the column it makes of a key, a source and a flag, and how it is told.
fn families(codes: &[usize], x: &[f64], flag: &[f64]) -> Vec<(Vec<f64>, &'static str)> {
    let pairs = |f: &dyn Fn(f64, &[f64]) -> f64| -> Vec<f64> {
        let levels = by_level(codes, x);
        codes.iter().zip(x).map(|(&c, &v)| f(v, &levels[c])).collect()
    };
    let median = |l: &[f64]| {
        let mut l = l.to_vec();
        l.sort_by(f64::total_cmp);
        (l[(l.len() - 1) / 2] + l[l.len() / 2]) / 2.0
    };
    let all = mean(x);
    let deviation = (squares(x) / x.len() as f64).sqrt();
    let low = x.iter().copied().fold(f64::INFINITY, f64::min);
    let high = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    vec![
        (per_level(codes, x, mean), "mean(x by k, all rows)"),
        (per_level(codes, x, |l| l.iter().sum()), "sum(x by k, all rows)"),
        (per_level(codes, x, |l| l.len() as f64), "count(rows by k, all rows)"),
        (per_level(codes, x, |l| l.iter().copied().fold(f64::INFINITY, f64::min)), "min(x by k, all rows)"),
        (per_level(codes, x, |l| l.iter().copied().fold(f64::NEG_INFINITY, f64::max)), "max(x by k, all rows)"),
        (per_level(codes, x, median), "median(x by k, all rows)"),
        (per_level(codes, x, |l| (squares(l) / (l.len() as f64 - 1.0)).sqrt()), "std(x by k, all rows)"),
        (pairs(&|v, l| v - mean(l)), "x \u{2212} mean(x by k)"),
        (pairs(&|v, l| 100.0 * v / mean(l) / 100.0), "x / mean(x by k)"),
        (pairs(&|v, l| (v - mean(l)) / (squares(l) / (l.len() as f64 - 1.0)).sqrt()), "(x \u{2212} mean) / std(x by k)"),
        (pairs(&|v, l| (l.iter().sum::<f64>() - v) / (l.len() as f64 - 1.0)), "mean(x by k, all other rows)"),
        (x.iter().map(|v| (v - all) / deviation).collect(), "(x \u{2212} mean) / std(x all rows)"),
        (x.iter().map(|v| (v - low) / (high - low)).collect(), "(x \u{2212} min) / range(x all rows)"),
        (smooth(codes, flag, 10.0), "smoothed mean(flag by k, all rows; weight 10)"),
    ]
}

#[test]
fn every_family_is_told_at_four_decimals_and_at_full_print() {
    for (seed, decimals) in [(1, 4), (2, 17)] {
        let mut missed = Vec::new();
        for index in 0..14 {
            let mut make = Maker::new(seed, 1_500);
            let codes = make.key("k", 25);
            make.key("other", 12);
            let x = make.normal("x", 2);
            make.normal("z", 1);
            let flag = make.flag("flag", 0.3);
            let (y, expected) = families(&codes, &x, &flag).swap_remove(index);
            make.add("y", &y, decimals);
            let told = told(&make.table());
            if told.as_deref() != Some(expected) {
                missed.push(format!("{expected}: {told:?}"));
            }
        }
        assert!(missed.is_empty(), "{decimals} decimals: {missed:#?}");
    }
}

#[test]
fn aggregates_are_told_when_printed_with_few_decimals_and_of_whole_numbers() {
    for decimals in 0..4 {
        for (index, whole) in [(0, false), (1, false), (3, false), (4, true), (1, true), (2, true)] {
            let mut make = Maker::new(30 + u64::from(decimals), 2_000);
            let codes = make.key("k", 40);
            let x = make.normal("x", if whole { 0 } else { 2 });
            make.normal("z", 1);
            let flag = make.flag("flag", 0.3);
            let (y, expected) = families(&codes, &x, &flag).swap_remove(index);
            make.add("y", &y, decimals);
            assert_eq!(told(&make.table()).as_deref(), Some(expected), "{decimals} decimals, whole: {whole}");
        }
    }
}

#[test]
fn the_weight_of_a_smoothed_encoding_is_recovered() {
    for m in [5.0, 10.0, 20.0, 300.0] {
        let mut make = Maker::new(4, 4_000);
        let codes = make.key("k", 60);
        let flag = make.flag("flag", 0.2);
        make.normal("z", 1);
        make.add("y", &smooth(&codes, &flag, m), 6);
        assert_eq!(told(&make.table()).unwrap(), format!("smoothed mean(flag by k, all rows; weight {m})"));
    }
}

#[test]
fn in_groups_of_5000_rows_a_smoothed_mean_is_not_told_as_the_plain_mean() {
    let mut make = Maker::new(5, 40_000);
    let codes = make.key("k", 8);
    let x = make.normal("x", 1);
    make.add("y", &smooth(&codes, &x, 20.0), 4);
    let told = told(&make.table()).unwrap();
    assert!(told.starts_with("smoothed mean(x by k"), "{told}");
}

#[test]
fn shrinkage_without_a_free_constant_is_told() {
    let mut make = Maker::new(6, 3_000);
    let codes = make.key("k", 80);
    let flag = make.flag("flag", 0.3);
    let all = mean(&flag);
    let variance = squares(&flag) / flag.len() as f64;
    let automatic = per_level(&codes, &flag, |l| {
        let n = l.len() as f64;
        let own = variance * n / (variance * n + squares(l) / n);
        own * mean(l) + (1.0 - own) * all
    });
    let logistic = per_level(&codes, &flag, |l| {
        let own = crate::math::elementary::logistic((l.len() as f64 - 20.0) / 10.0);
        own * mean(l) + (1.0 - own) * all
    });
    for (y, rule) in [(automatic, Shrinkage::Automatic), (logistic, Shrinkage::Logistic)] {
        let mut make = Maker { draw: Stream::new(0, "", 0), n: 3_000, columns: make.columns.clone() };
        make.add("y", &y, 17);
        let table = make.table();
        let frame = Frame::new(&table, None);
        let found = search(&frame, &[2]);
        let is_rule = |d: &Derivation| matches!(&d.formula, Formula::Group(GroupFormula::Shrunk { rule: r, .. }) if *r == rule);
        assert!(found.iter().any(|d| is_rule(d) && d.hold == Hold::Exact), "{rule:?}: {found:?}");
    }
}

#[test]
fn an_encoding_in_folds_is_told_without_the_folds() {
    for whole in [true, false] {
        let mut make = Maker::new(7, 4_000);
        let codes = make.key("k", 30);
        let x = if whole { make.flag("x", 0.4) } else { make.normal("x", 2) };
        make.normal("z", 1);
        let folds: Vec<usize> = (0..4_000).map(|_| make.draw.below(5) as usize).collect();
        let y: Vec<f64> = (0..4_000)
            .map(|r| {
                let others: Vec<f64> = (0..4_000).filter(|&o| codes[o] == codes[r] && folds[o] != folds[r]).map(|o| x[o]).collect();
                mean(&others)
            })
            .collect();
        make.add("y", &y, 6);
        assert_eq!(told(&make.table()).unwrap(), "mean(x by k, all rows of other folds)");
    }
}

#[test]
fn what_has_seen_earlier_rows_only_is_told_and_reads_no_later_row() {
    for (prior, expected) in [(None, "mean(x by k, rows before t)"), (Some((2.0, 0.25)), "mean(x by k, rows before t; 2 × 0.25)")] {
        let mut make = Maker::new(8, 3_000);
        let codes = make.key("k", 20);
        let x = make.flag("x", 0.3);
        make.normal("z", 1);
        let mut sums = vec![(0.0, 0.0); 20];
        let y: Vec<f64> = codes
            .iter()
            .zip(&x)
            .map(|(&c, x)| {
                let (weight, prior): (f64, f64) = prior.unwrap_or((0.0, 0.0));
                let value = (sums[c].0 + weight * prior) / (sums[c].1 + weight);
                sums[c] = (sums[c].0 + x, sums[c].1 + 1.0);
                value
            })
            .collect();
        make.add("y", &y, 8);
        let table = make.table();
        assert_eq!(told(&table).as_deref(), Some(expected));
        let frame = Frame::new(&table, None);
        let found = search(&frame, &[3]);
        assert!(found.iter().all(|d| d.formula.reads().iter().all(|r| r.latest <= Latest::Row(0))), "{found:?}");
        assert_eq!(found[0].formula.reads(), [Read::same_row(0), Read { column: 1, first: None, latest: Latest::Row(-1) }]);
    }
}

#[test]
fn rows_deleted_after_an_encoding_was_made_leave_a_question() {
    let mut make = Maker::new(9, 3_000);
    let codes = make.key("k", 15);
    let x = make.normal("x", 1);
    make.add("y", &smooth(&codes, &x, 10.0), 4);
    let kept: Vec<u32> = (0..3_000).filter(|r| r % 7 != 0).collect();
    let table = make.table().take(&kept);
    let frame = Frame::new(&table, None);
    assert!(search(&frame, &[2]).is_empty());
    assert_eq!(unexplained_encodings(&frame, &[0, 1, 2]), [UnexplainedEncoding { y: 2, key: 0, n_levels: 15 }]);
}

#[test]
fn full_group_formulas_read_the_whole_file_and_show_the_own_row_first() {
    let mut make = Maker::new(10, 600);
    let codes = make.key("k", 10);
    let x = make.normal("x", 1);
    make.add("y", &per_level(&codes, &x, mean), 6);
    let table = make.table();
    let frame = Frame::new(&table, None);
    let formula = Formula::Group(GroupFormula::Aggregate { aggregate: Aggregate::Mean, source: 1, key: 0 });
    assert_eq!(formula.reads(), [Read::same_row(0), Read { column: 1, first: None, latest: Latest::WholeFile }]);
    let parts = formula.parts(&frame, 77);
    assert_eq!((parts[0].row, parts[0].value), (77, x[77]));
    assert!(parts.iter().all(|p| codes[p.row as usize] == codes[77]));
    let json = serde_json::to_string(&formula).unwrap();
    assert_eq!(json, r#"{"group":{"aggregate":{"aggregate":"mean","source":1,"key":0}}}"#);
}

/// Columns made to provoke accidents: each is independent of the others.
fn accidents(seed: u64, n: usize) -> Table {
    let mut make = Maker::new(seed, n);
    for copy in 0..3 {
        make.flag(&format!("flag{copy}"), [0.5, 0.1, 0.02][copy]);
        make.key(&format!("small{copy}"), 4);
        make.key(&format!("key{copy}"), 12);
        let mut level = 0.0;
        let slow: Vec<f64> = (0..n)
            .map(|_| {
                level += f64::from(make.draw.below(3)) - 1.0;
                if make.draw.chance(0.9) { level } else { level + 1.0 }
            })
            .collect();
        make.add(&format!("slow{copy}"), &slow, 0);
        let blocks: Vec<f64> = (0..n.div_ceil(10)).map(|_| f64::from(make.draw.below(50))).collect();
        make.add(&format!("block{copy}"), &(0..n).map(|i| blocks[i / 10]).collect::<Vec<_>>(), 0);
        let mut total = 0.0;
        let counter: Vec<f64> = (0..n)
            .map(|_| {
                total += f64::from(make.draw.below(4));
                total
            })
            .collect();
        make.add(&format!("counter{copy}"), &counter, 0);
        make.normal(&format!("plain{copy}"), u8::try_from(copy * 2).unwrap());
        let zeros: Vec<f64> = (0..n).map(|_| if make.draw.chance(0.9) { 0.0 } else { 10.0 * make.draw.uniform() }).collect();
        make.add(&format!("zeros{copy}"), &zeros, 1);
    }
    make.table()
}

#[test]
fn independent_columns_give_no_derivation() {
    let mut wrong = Vec::new();
    for (seed, n) in [(1, 40), (2, 41), (3, 60), (4, 100), (5, 100), (6, 300), (7, 300), (8, 1_000), (9, 2_000), (10, 2_000)] {
        let table = accidents(seed, n);
        let frame = Frame::new(&table, None);
        let open: Vec<usize> = (0..frame.n_columns()).collect();
        let found = row::search(&frame, &open).into_iter().chain(search(&frame, &open));
        wrong.extend(found.map(|d| format!("{n} rows: {} = {} {:?}", frame.name(d.y), notation(&d.formula, &frame), d)));
        wrong.extend(unexplained_encodings(&frame, &open).into_iter().map(|u| format!("{n} rows: {u:?}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Notations found in a file that may lie beside the project; `None` where it does not.
fn of_file(name: &str) -> Option<Vec<String>> {
    #[allow(clippy::disallowed_methods, reason = "a test reads a file that may be there")]
    let bytes = std::fs::read(format!("{}/../shared/data/{name}", env!("CARGO_MANIFEST_DIR"))).ok()?;
    let table = read(&bytes, &CsvOptions::default()).ok()?.table;
    let frame = Frame::new(&table, None);
    let open: Vec<usize> = (0..frame.n_columns()).collect();
    let found = row::search(&frame, &open).into_iter().chain(search(&frame, &open));
    Some(found.map(|d| format!("{} = {}", frame.name(d.y), notation(&d.formula, &frame))).collect())
}

#[test]
fn real_tables_give_what_is_known_of_them_and_nothing_else() {
    if let Some(found) = of_file("bike_sharing_hour.csv") {
        assert!(found.contains(&"cnt = casual + registered".to_owned()), "{found:?}");
        let known = ["cnt = ", "casual = \u{2212}registered + cnt", "registered = \u{2212}casual + cnt"];
        assert!(found.iter().all(|f| known.iter().any(|k| f.starts_with(k))), "{found:?}");
    }
    if let Some(found) = of_file("adult.csv") {
        assert_eq!(found, ["education = mapping of education_num", "education_num = mapping of education"]);
    }
    if let Some(found) = of_file("online_shoppers_intention.csv") {
        assert!(found.is_empty(), "{found:?}");
    }
}
