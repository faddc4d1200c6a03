//! Rows worked out by hand: "(101.2 + 98.4 + 99.9) / 3 = 99.83: row 41 contains its own value".

use super::finding::trimmed;
use crate::finding::{Derived, DerivedRow, WorkedRow};
use crate::report::block::{Cell, Head, TableBlock};
use crate::report::format::{count, counted, exact, number};

/// Cells of a row that are written out; more are counted.
const CELLS: usize = 8;

/// Rows of a derivation; `None` without examples. `target`: the column predicted.
pub(super) fn derivation(derived: &Derived, target: &str) -> Option<TableBlock> {
    let leaks = derived.judgement == "contains_answer";
    let row = |example: &DerivedRow| {
        let own = example.cells.iter().any(|c| c.row == example.row && c.column == target);
        let later = match (leaks, own, derived.latest) {
            (true, true, _) => format!(": row {} contains its own value", line(example.row)),
            (true, _, Some(1..)) => ": it reads a row after the one predicted".to_owned(),
            _ => String::new(),
        };
        let given = trimmed(example.expected);
        let sum = arithmetic(derived, example).unwrap_or_else(|| format!("{} of {}", derived.formula, cells(example)));
        (example.row, format!("{sum} = {}{later}", short(given)), given, example.found)
    };
    table(derived.examples.iter().map(row).collect())
}

/// Rows of a sum; `None` without examples. `terms`: column and weight.
pub(super) fn sum(terms: &[(String, f64)], constant: f64, examples: &[WorkedRow]) -> Option<TableBlock> {
    let row = |example: &WorkedRow| {
        let mut words = if constant == 0.0 { String::new() } else { exact(constant) };
        for ((_, weight), part) in terms.iter().zip(&example.parts) {
            let sign = match (words.is_empty(), *weight < 0.0) {
                (true, false) => "",
                (true, true) => "\u{2212}",
                (false, false) => " + ",
                (false, true) => " \u{2212} ",
            };
            let times = if (weight.abs() - 1.0).abs() < 1e-12 { String::new() } else { format!("{} × ", number(weight.abs())) };
            words += &format!("{sign}{times}{}", bracketed(*part, !words.is_empty()));
        }
        let given = trimmed(example.expected);
        (example.row, format!("{words} = {}", short(given)), given, example.found)
    };
    table(examples.iter().map(row).collect())
}

fn table(rows: Vec<(u32, String, f64, f64)>) -> Option<TableBlock> {
    if rows.is_empty() {
        return None;
    }
    let heads = [("row", false), ("worked out", false), ("in the file", true), ("difference", true)];
    let cell = |text: String, value: f64| Cell::Number { text, value: Some(value), fine: None };
    let caption =
        format!("{} worked out from the file: the proof, and the only cells of it that a report shows.", counted(rows.len() as u64, "row", "rows"));
    let row = |(row, words, given, found): (u32, String, f64, f64)| {
        vec![
            Cell::Text { text: format!("row {}", line(row)) },
            Cell::Text { text: words },
            cell(exact(found), found),
            cell(number(found - given), found - given),
        ]
    };
    Some(TableBlock {
        caption,
        head: heads.into_iter().map(|(text, numeric)| Head { text: text.to_owned(), numeric }).collect(),
        rows: rows.into_iter().map(row).collect(),
        rule_after: 0,
    })
}

/// What a formula gives, to nine digits; large numbers in full.
fn short(x: f64) -> String {
    exact(if x.abs() < 1e7 { format!("{x:.8e}").parse().unwrap_or(x) } else { x })
}

fn line(row: u32) -> String {
    count(u64::from(row) + 1)
}

/// A number as a part of a sum: a negative one after a sign stands in brackets.
fn bracketed(x: f64, after: bool) -> String {
    if x < 0.0 && after { format!("({})", exact(x)) } else { exact(x) }
}

fn cells(example: &DerivedRow) -> String {
    let mut cells: Vec<String> = example.cells.iter().take(CELLS).map(|c| format!("{} (row {})", exact(c.value), line(c.row))).collect();
    if example.cells.len() > CELLS {
        cells.push("…".to_owned());
    }
    cells.join(", ")
}

/// The formula with the row's own numbers in the place of its columns; `None` where that cannot be written so.
fn arithmetic(derived: &Derived, example: &DerivedRow) -> Option<String> {
    let values: Vec<f64> = example.cells.iter().map(|c| c.value).collect();
    if values.is_empty() || values.len() > CELLS {
        return None;
    }
    let near = |x: f64| (x - example.expected).abs() <= 1e-9 * example.expected.abs().max(1.0);
    let total: f64 = values.iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "a few cells")]
    let n = values.len() as f64;
    let added = || values.iter().enumerate().map(|(at, &x)| bracketed(x, at > 0)).collect::<Vec<_>>().join(" + ");
    let (word, _) = derived.formula.split_once('(').unwrap_or_default();
    match word {
        "mean" if near(total / n) => return Some(format!("({}) / {}", added(), count(values.len() as u64))),
        "sum" if near(total) => return Some(added()),
        "min" | "max" | "median" if derived.formula.matches('(').count() == 1 => {
            return Some(format!("{word}({})", values.iter().map(|&x| exact(x)).collect::<Vec<_>>().join(", ")));
        }
        _ => {}
    }
    if let ([only], true) = (example.cells.as_slice(), near(total)) {
        return Some(format!("{} of row {}", only.column, line(only.row)));
    }
    substituted(&derived.formula, example)
}

/// The formula's columns, with their rows in square brackets, replaced one after the other by the cells.
fn substituted(formula: &str, example: &DerivedRow) -> Option<String> {
    let mut cells = example.cells.iter().peekable();
    let (mut out, mut rest) = (String::new(), formula);
    while let Some(c) = rest.chars().next() {
        let begins = out.chars().last().is_none_or(|b| !b.is_alphanumeric() && b != '_');
        let named = cells.peek().filter(|cell| begins && !cell.column.is_empty()).and_then(|cell| rest.strip_prefix(cell.column.as_str()));
        let whole = named.filter(|after| after.chars().next().is_none_or(|a| !a.is_alphanumeric() && a != '_'));
        if let (Some(after), Some(cell)) = (whole, cells.peek()) {
            out += &bracketed(cell.value, !out.is_empty());
            rest = after.strip_prefix('[').and_then(|a| a.split_once(']')).filter(|(rows, _)| !rows.contains("..")).map_or(after, |(_, a)| a);
            cells.next();
        } else {
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or("");
        }
    }
    (cells.next().is_none() && !out.contains('[') && !formula.contains("rows")).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Share, UsedCell};

    fn derived(formula: &str, judgement: &str, cells: &[(&str, u32, f64)], expected: f64) -> Derived {
        let cell = |(column, row, value): &(&str, u32, f64)| UsedCell { column: (*column).to_owned(), row: *row, value: *value };
        Derived {
            column: "x".into(),
            formula: formula.into(),
            reads: vec![],
            roots: vec![],
            hold: "exact".into(),
            judgement: judgement.into(),
            window: vec![],
            latest: Some(0),
            known: -1,
            unit: "month".into(),
            matched: Share { count: 9, of: 9 },
            undefined: 0,
            largest_residual: 0.0,
            tolerance: 0.005,
            bits: 99.0,
            bits_needed: 40.0,
            also: vec![],
            examples: vec![DerivedRow { row: 40, cells: cells.iter().map(cell).collect(), expected, found: 99.83 }],
        }
    }

    fn told(derived: &Derived) -> String {
        let table = derivation(derived, "revenue").unwrap();
        let Cell::Text { text } = &table.rows[0][1] else { panic!("words") };
        text.clone()
    }

    #[test]
    fn a_window_over_its_own_row_is_worked_out_and_said_to_contain_it() {
        let cells = [("revenue", 38, 101.2), ("revenue", 39, 98.4), ("revenue", 40, 99.9)];
        let mean = derived("mean(revenue[t-2..t])", "contains_answer", &cells, 299.5 / 3.0);
        assert_eq!(told(&mean), "(101.2 + 98.4 + 99.9) / 3 = 99.8333333: row 41 contains its own value");
    }

    #[test]
    fn columns_are_replaced_by_their_cells() {
        let cells = [("a", 40, 5.0), ("a", 37, -2.0)];
        assert_eq!(told(&derived("a[t] \u{2212} a[t-3]", "safe", &cells, 7.0)), "5 \u{2212} (\u{2212}2) = 7");
        assert_eq!(told(&derived("2 × a", "safe", &[("a", 40, 5.0)], 10.0)), "2 × 5 = 10");
        assert_eq!(told(&derived("a[t-3]", "safe", &[("a", 37, 5.0)], 5.0)), "a of row 38 = 5");
    }

    #[test]
    fn what_cannot_be_written_so_names_its_cells() {
        let cells = [("a", 40, 5.0), ("a", 41, 6.0)];
        assert_eq!(told(&derived("ewm(a[..t], span 5)", "safe", &cells, 5.5)), "ewm(a[..t], span 5) of 5 (row 41), 6 (row 42) = 5.5");
    }
}
