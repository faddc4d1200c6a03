//! Rows that are equal but for case, spaces or rounding: one thing entered or exported twice.
//!
//! Formula: two rows are near when labels and texts agree without case and without surrounding or doubled spaces, whole numbers and moments
//! agree, and other numbers are equal or one is the other rounded to fewer printed decimals. Columns of names of rows are left aside.
//! Rows are brought together by a 64-bit word of what must agree, other numbers on a grid of [`GRID`] steps of their range, and looked at pair by
//! pair inside of it, each with its next [`NEIGHBOURS`]: a pair on two sides of a line of the grid is missed. It says something only where rows are
//! hardly ever equal; and pairs that differ by rounding alone count only if they are more than the pairs on one point of the grid that do not.

use super::super::{Dimension, QualityInput, Rule};
use crate::finding::{Certainty, Checked, Evidence, Finding, Severity, Share};
use crate::math::elementary::powi;
use crate::table::{Column, Kind, MISSING_CODE, Values};

/// The rule.
pub const NEAR_COPIES: Rule = Rule {
    id: "near_copies",
    title: "Near copies",
    doc: "Finds rows that equal another but for case, spaces or rounded numbers. One thing entered or exported twice counts double, and one copy on \
          each side of the split is remembered, not learned. Keep one of each in the source.",
    dimension: Dimension::Uniqueness,
    check,
};

/// Steps of the range of a number within which rows are brought together.
const GRID: f64 = 64.0;
/// Rows of one point of the grid that each row is compared with.
const NEIGHBOURS: usize = 16;
/// Share of rows equal to another in what must agree from which equal rows are how the table is.
const USUAL: f64 = 0.1;
/// Share of near rows from which it is a warning.
const WARNING: f64 = 0.01;
/// Word of a missing cell.
const MISSING_WORD: u64 = 0xdead_beef_0bad_cafe;

fn check(input: &QualityInput<'_>) -> Checked {
    let columns: Vec<&Column> = input.columns().filter(|c| c.kind() != Kind::Identifier).collect();
    let n_rows = input.table.n_rows();
    if n_rows < 2 || columns.len() < 2 {
        return Checked::skipped(NEAR_COPIES.id, "there are fewer than two rows or columns");
    }
    let mut keys = vec![0x243f_6a88_85a3_08d3_u64; n_rows];
    columns.iter().for_each(|c| fold(&mut keys, c));
    let mut order: Vec<(u64, u32)> = keys.into_iter().zip(0_u32..).collect();
    order.sort_unstable();
    let groups = || order.chunk_by(|a, b| a.0 == b.0).filter(|g| g.len() > 1);
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let together = groups().map(|g| g.len() - 1).sum::<usize>() as f64 / n_rows as f64;
    if together > USUAL {
        return Checked::skipped(NEAR_COPIES.id, "many rows are alike by nature: near ones say nothing");
    }
    let (mut spelled, mut rounded, mut others) = (Vec::new(), Vec::new(), 0_usize);
    for group in groups() {
        for (at, (_, first)) in group.iter().enumerate() {
            for (_, second) in group.iter().skip(at + 1).take(NEIGHBOURS) {
                match compare(&columns, *first as usize, *second as usize) {
                    Pair::Equal => {}
                    Pair::Spelled => spelled.push(*second),
                    Pair::Rounded => rounded.push(*second),
                    Pair::Other => others += 1,
                }
            }
        }
    }
    if rounded.len() > others {
        spelled.append(&mut rounded);
    }
    Checked::ran(NEAR_COPIES.id, n_rows, finding(spelled, n_rows).into_iter().collect())
}

fn finding(mut rows: Vec<u32>, n_rows: usize) -> Option<Finding> {
    rows.sort_unstable();
    rows.dedup();
    let share = Share { count: rows.len() as u64, of: n_rows as u64 };
    let severity = if share.ratio() >= WARNING { Severity::Warning } else { Severity::Note };
    (!rows.is_empty()).then(|| Finding::new(NEAR_COPIES.id, severity, Certainty::Strong, &[], Evidence::Share { share }).rows(rows))
}

/// What two rows of one word are.
enum Pair {
    Equal,
    Spelled,
    Rounded,
    Other,
}

fn compare(columns: &[&Column], a: usize, b: usize) -> Pair {
    let (mut spelled, mut rounded) = (false, false);
    for column in columns {
        match column.values() {
            Values::Numbers { values, decimals } => {
                let ((Some(&x), Some(&y)), (Some(&m), Some(&n))) = ((values.get(a), values.get(b)), (decimals.get(a), decimals.get(b))) else {
                    return Pair::Other;
                };
                if x.is_nan() != y.is_nan() || (x - y).abs() > 0.0 && (m == n || (x - y).abs() > 0.5 * (1.0 + 1e-9) * powi(0.1, i32::from(m.min(n))))
                {
                    return Pair::Other;
                }
                rounded |= (x - y).abs() > 0.0;
            }
            Values::Codes { codes, levels } => {
                let text = |row: usize| codes.get(row).and_then(|&c| levels.get(c as usize)).map_or("", String::as_str);
                if text(a) != text(b) {
                    if canonical(text(a)) != canonical(text(b)) {
                        return Pair::Other;
                    }
                    spelled = true;
                }
            }
            Values::Times { millis, .. } if millis.get(a) != millis.get(b) => return Pair::Other,
            Values::Times { .. } => {}
        }
    }
    match (spelled, rounded) {
        (_, true) => Pair::Rounded,
        (true, false) => Pair::Spelled,
        (false, false) => Pair::Equal,
    }
}

fn canonical(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes what must agree of a column into the rows' words.
fn fold(keys: &mut [u64], column: &Column) {
    let mut take = |words: &mut dyn Iterator<Item = u64>| keys.iter_mut().zip(words).for_each(|(key, word)| *key = mix(*key ^ word));
    match column.values() {
        Values::Numbers { values, decimals } => {
            let whole = values.iter().zip(decimals).all(|(v, d)| v.is_nan() || *d == 0);
            let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)));
            let width = (high - low) / GRID;
            let word = |v: &f64| match v {
                v if v.is_nan() => MISSING_WORD,
                v if whole || width <= 0.0 => (v + 0.0).to_bits(),
                v => ((v - low) / width).floor().to_bits(),
            };
            take(&mut values.iter().map(word));
        }
        Values::Codes { codes, levels } => {
            let words: Vec<u64> = levels.iter().map(|l| canonical(l).bytes().fold(1, |hash, byte| mix(hash ^ u64::from(byte)))).collect();
            take(&mut codes.iter().map(|&c| if c == MISSING_CODE { MISSING_WORD } else { words.get(c as usize).copied().unwrap_or(0) }));
        }
        Values::Times { millis, .. } => take(&mut millis.iter().map(|m| m.cast_unsigned())),
    }
}

/// A bijection of 64-bit words that spreads every bit (the finaliser of SplitMix64).
fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;
    use crate::quality::rules::fixtures::run;
    use crate::table::{CsvOptions, Table, read};

    fn of(lines: &[String]) -> Checked {
        let text = format!("name,city,weight,height\n{}\n", lines.join("\n"));
        let table: Table = read(text.as_bytes(), &CsvOptions::default()).unwrap().table;
        run(&NEAR_COPIES, &table)
    }

    fn lines(n: usize) -> Vec<String> {
        let mut draw = Stream::new(5, "near", 0);
        (0..n).map(|i| format!("n{},{},{:.3},{:.3}", i % 7, ["Rome", "Oslo", "Bern"][i % 3], 50.0 + 50.0 * draw.uniform(), draw.normal())).collect()
    }

    #[test]
    fn a_copy_in_other_case_and_one_with_rounded_numbers_are_found() {
        let mut all = lines(400);
        all.push(all[3].replace("Rome", "rome").replace("Oslo", " oslo"));
        all.push("n9,Bern,71.239,0.118".to_owned());
        all.push("n9,Bern,71.24,0.12".to_owned());
        assert_eq!(of(&all).findings[0].rows, [400, 402]);
    }

    #[test]
    fn rows_that_are_only_near_in_number_are_not() {
        let mut all = lines(400);
        all.push("n9,Bern,71.239,0.118".to_owned());
        all.push("n9,Bern,71.238,0.118".to_owned());
        assert!(of(&all).findings.is_empty());
    }
}
