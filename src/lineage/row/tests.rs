use super::*;
use crate::lineage::notation::notation;
use crate::math::elementary::{ln, powi};
use crate::math::rng::Stream;
use crate::table::{Column, Kind, Table};

fn printed(values: impl Iterator<Item = f64>, decimals: u8) -> Vec<f64> {
    let unit = powi(10.0, i32::from(decimals));
    values.map(|v| (v * unit).round() / unit).collect()
}

fn noise(index: u64, n: usize, decimals: u8) -> Vec<f64> {
    let mut draw = Stream::new(11, "row tests", index);
    printed((0..n).map(|_| 40.0 + 10.0 * draw.normal()), decimals)
}

/// Notations of the exact formulas of the last of these columns.
fn told(columns: &[(&str, Vec<f64>, u8)]) -> Vec<String> {
    let table = Table::new(columns.iter().map(|(name, values, decimals)| Column::numeric(name, values.clone(), *decimals)).collect()).unwrap();
    let frame = Frame::new(&table, None);
    let y = columns.len() - 1;
    let mut found = search(&frame, &(0..=y).collect::<Vec<_>>());
    found.retain(|d| d.y == y && d.hold != Hold::Partial);
    found.sort_by(|a, b| a.formula.cost().total_cmp(&b.formula.cost()));
    found.iter().map(|d| notation(&d.formula, &frame)).collect()
}

fn first_of(a: &[f64], b: &[f64], y: Vec<f64>, decimals: u8) -> Option<String> {
    let free = noise(9, a.len(), 1);
    told(&[("a", a.to_vec(), 2), ("free", free, 1), ("b", b.to_vec(), 1), ("y", y, decimals)]).into_iter().next()
}

#[test]
fn two_columns_are_added_subtracted_multiplied_and_divided() {
    let (a, b) = (noise(1, 300, 2), noise(2, 300, 1));
    for decimals in [2, 4, 10] {
        let with = |f: &dyn Fn(f64, f64) -> f64| first_of(&a, &b, printed(a.iter().zip(&b).map(|(a, b)| f(*a, *b)), decimals), decimals);
        assert_eq!(with(&|a, b| a + b).unwrap(), "a + b");
        assert_eq!(with(&|a, b| a - b).unwrap(), "a \u{2212} b");
        assert_eq!(with(&|a, b| b - a).unwrap(), "\u{2212}a + b");
        assert_eq!(with(&|a, b| a * b).unwrap(), "a × b");
        assert_eq!(with(&|a, b| a / b).unwrap(), "a / b");
        assert_eq!(with(&|a, b| b / a).unwrap(), "b / a");
    }
}

#[test]
fn affine_forms_have_short_constants_where_they_fit() {
    let (a, b) = (noise(1, 400, 2), noise(2, 400, 1));
    let with = |f: &dyn Fn(f64) -> f64, decimals: u8| first_of(&a, &b, printed(a.iter().map(|a| f(*a)), decimals), decimals).unwrap();
    assert_eq!(with(&|a| a, 2), "a");
    assert_eq!(with(&|a| 32.0 + 1.8 * a, 3), "32 + 1.80 × a");
    assert_eq!(with(&|a| 32.0 + 1.8 * a, 0), "32 + 1.80 × a");
    assert_eq!(with(&|a| 0.4536 * a, 4), "0.454 × a");
    assert_eq!(with(&|a| 100.0 - a, 2), "100 \u{2212} a");
}

#[test]
fn functions_of_one_column_are_told() {
    let (a, b) = (noise(1, 400, 2), noise(2, 400, 1));
    let with = |f: &dyn Fn(f64) -> f64| first_of(&a, &b, printed(a.iter().map(|a| f(*a)), 6), 6).unwrap();
    assert_eq!(with(&|a| ln(a)), "log(a)");
    assert_eq!(with(&|a| ln(1.0 + a)), "log(1 + a)");
    assert_eq!(with(&|a| a.sqrt()), "√a");
    assert_eq!(with(&|a| a * a), "a²");
    assert_eq!(with(&|a| 1.0 / a), "1 / a");
}

#[test]
fn sums_and_products_of_many_columns_are_told_in_file_order() {
    let columns: Vec<Vec<f64>> = (0..8).map(|i| noise(20 + i, 600, 2)).collect();
    let mut all: Vec<(&str, Vec<f64>, u8)> =
        ["a", "b", "c", "d", "e", "f", "g", "h"].into_iter().zip(&columns).map(|(n, c)| (n, c.clone(), 2)).collect();
    let sum = (0..600).map(|r| columns[0][r] + columns[2][r] - columns[3][r] + 0.5 * columns[6][r]);
    all.push(("y", printed(sum, 2), 2));
    assert_eq!(told(&all)[0], "a + c \u{2212} d + 0.50 × g");
    let product = (0..600).map(|r| 100.0 * columns[0][r] * columns[5][r] / columns[7][r]);
    all[8] = ("y", printed(product, 4), 4);
    assert_eq!(told(&all)[0], "100 × a × f / h");
}

#[test]
fn a_flag_that_switches_a_column_on_or_shifts_it_is_told() {
    let b = noise(2, 400, 1);
    let flag: Vec<f64> = (0..400).map(|i| f64::from(u8::from(i * 7 % 11 < 5))).collect();
    let with = |f: &dyn Fn(f64, f64) -> f64| first_of(&flag, &b, printed(flag.iter().zip(&b).map(|(a, b)| f(*a, *b)), 2), 2).unwrap();
    assert_eq!(with(&|a, b| a * b), "a × b");
    assert_eq!(with(&|a, _| 3.25 + 1.5 * a), "3.25 + 1.50 × a");
}

#[test]
fn corrected_rows_do_not_hide_a_sum() {
    let (a, b) = (noise(1, 2_000, 2), noise(2, 2_000, 1));
    let mut y = printed(a.iter().zip(&b).map(|(a, b)| a + b), 2);
    (0..2_000).step_by(250).for_each(|r| y[r] += 7.0);
    assert_eq!(first_of(&a, &b, y, 2).unwrap(), "a + b");
}

#[test]
fn a_level_that_follows_from_a_level_is_a_mapping() {
    let mut draw = Stream::new(12, "row tests", 0);
    let names = ["north", "south", "east", "west", "centre", "coast"];
    let levels: Vec<usize> = (0..500).map(|_| draw.below(6) as usize).collect();
    let text = Column::labels("region", Kind::Categorical, &levels.iter().map(|&l| Some(names[l])).collect::<Vec<_>>());
    let zone = Column::numeric("zone", levels.iter().map(|&l| [3.0, 1.0, 2.0, 1.0, 7.0, 5.0][l]).collect(), 0);
    let free = Column::numeric("free", (0..500).map(|_| f64::from(draw.below(6))).collect(), 0);
    let table = Table::new(vec![text, zone, free]).unwrap();
    let frame = Frame::new(&table, None);
    let found: Vec<(usize, Formula)> = search(&frame, &[0, 1, 2]).into_iter().map(|d| (d.y, d.formula)).collect();
    assert_eq!(found, [(1, Formula::Row(RowFormula::Mapping { source: 0, gives: 1 }))]);
}

#[test]
fn an_attribute_of_stores_in_a_file_sorted_by_store_is_no_proof() {
    let store: Vec<f64> = (0..600).map(|i| f64::from(i / 20)).collect();
    let mut draw = Stream::new(13, "row tests", 0);
    let rivals: Vec<f64> = (0..30).map(|_| f64::from(draw.below(5))).collect();
    let attribute: Vec<f64> = (0..600).map(|i| rivals[i / 20]).collect();
    let told = told(&[("store", store, 0), ("rivals", attribute, 0)]);
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn a_threshold_and_bins_are_told_with_their_cuts() {
    let a = noise(1, 500, 2);
    let flag: Vec<f64> = a.iter().map(|&a| f64::from(u8::from(a >= 45.0))).collect();
    let bins: Vec<f64> = a.iter().map(|&a| f64::from(u8::from(a >= 30.0) + u8::from(a >= 40.0) + u8::from(a >= 50.0))).collect();
    let free = noise(2, 500, 1);
    assert_eq!(told(&[("a", a.clone(), 2), ("free", free.clone(), 1), ("y", flag, 0)]), ["a cut at 45"]);
    assert_eq!(told(&[("a", a, 2), ("free", free, 1), ("y", bins, 0)]), ["a cut at 30, 40, 50"]);
}

#[test]
fn degenerate_tables_give_nothing() {
    for n in [0, 1, 2, 7] {
        assert!(told(&[("a", vec![1.0; n], 0), ("b", vec![f64::NAN; n], 0), ("y", vec![2.0; n], 1)]).is_empty());
    }
}

#[test]
fn formulas_are_written_readably() {
    let formula = Formula::Row(RowFormula::Unary { source: 3, function: Function::LogOneMore });
    assert_eq!(serde_json::to_string(&formula).unwrap(), r#"{"row":{"unary":{"source":3,"function":"log1p"}}}"#);
}
