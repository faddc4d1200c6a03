//! Cells that mean "missing" and were not read so: "?", "n/a", 999.
//!
//! Read as a label or a number they become a level or an extreme value like any other, and means, fences and trees bend
//! around them. Labels are compared with a list; numbers are suspected when a row of nines (or -1) stands far outside of
//! all other values and repeats. Numbers are always asked, never assumed.

use super::super::{Dimension, QualityInput, Rule};
use super::code_counts;
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity, Share, Spelling};
use crate::math::sort;
use crate::table::Column;

/// The rule.
pub const NULL_SPELLINGS: Rule = Rule {
    id: "null_spellings",
    title: "Spellings of missing",
    doc: "Finds cells that mean \"missing\" but were read as a value: \"?\", \"n/a\", \"unknown\", or a repeated 999 or -999 far outside of all other \
          numbers. Read them as missing.",
    dimension: Dimension::Completeness,
    check,
};

/// Spellings that mean missing wherever they stand, compared without case and surrounding space.
const SURE: [&str; 17] = [
    "?",
    "??",
    "na",
    "n/a",
    "n.a.",
    "#n/a",
    "#na",
    "nan",
    "null",
    "nil",
    "missing",
    "not available",
    "undefined",
    "(null)",
    "<na>",
    "#value!",
    "-nan",
];
/// Spellings that often mean missing and sometimes are an answer.
const ASKED: [&str; 10] = ["-", "--", "---", ".", "none", "unknown", "not known", "not specified", "unspecified", "tbd"];
/// Numbers used as a stand-in for missing.
const SENTINELS: [f64; 12] = [-1.0, -9.0, -99.0, -999.0, -9999.0, -99_999.0, 99.0, 999.0, 9999.0, 99_999.0, 999_999.0, -2_147_483_648.0];
/// Fewest cells with a sentinel: a single one is an outlier.
const REPEATS: u64 = 3;
/// How far from the nearest other value a sentinel must stand, as a share of the range of the others.
const APART: f64 = 0.5;
/// Sentinels nearer to 0 than this (-1, -9) stand close to counts: suspected where nothing else is negative and the others reach
/// at least as far up, so that a scale from -1 to 5 is left alone.
const SMALL: f64 = 10.0;

fn check(input: &QualityInput<'_>) -> Checked {
    if input.table.n_rows() == 0 {
        return Checked::skipped(NULL_SPELLINGS.id, "the table has no rows");
    }
    let findings = input.columns().filter_map(|c| if c.numbers().is_some() { numbers(c) } else { labels(c) });
    Checked::ran(NULL_SPELLINGS.id, input.table.n_rows(), findings.collect())
}

fn labels(column: &Column) -> Option<Finding> {
    let (_, levels) = column.codes()?;
    let counts = code_counts(column);
    let present: u64 = counts.iter().sum();
    let is = |list: &[&str], text: &str| list.contains(&text.trim().to_lowercase().as_str());
    let mut spellings: Vec<Spelling> = levels
        .iter()
        .zip(&counts)
        .filter(|(l, n)| **n > 0 && (is(&SURE, l) || is(&ASKED, l)))
        .map(|(l, n)| Spelling { text: l.clone(), count: *n })
        .collect();
    let sure = spellings.iter().any(|s| is(&SURE, &s.text));
    sort::by(&mut spellings, |a, b| b.count.cmp(&a.count).then(a.text.cmp(&b.text)));
    finding(column, spellings, present, if sure { Certainty::Strong } else { Certainty::Ask })
}

fn numbers(column: &Column) -> Option<Finding> {
    let values = column.numbers()?;
    let present = values.iter().filter(|v| !v.is_nan()).count() as u64;
    let mut counts = [0_u64; SENTINELS.len()];
    for &v in values.iter().filter(|v| v.trunc().total_cmp(v).is_eq()) {
        if let Some(i) = SENTINELS.iter().position(|s| s.total_cmp(&v).is_eq()) {
            counts[i] += 1;
        }
    }
    let repeated = SENTINELS.iter().zip(counts).filter(|(_, n)| *n >= REPEATS);
    let candidates: Vec<Spelling> = repeated.filter_map(|(&s, count)| sentinel(column, values, s, count)).collect();
    finding(column, candidates, present, Certainty::Ask)
}

fn sentinel(column: &Column, values: &[f64], sentinel: f64, count: u64) -> Option<Spelling> {
    let (mut first, mut low, mut high) = (None, f64::INFINITY, f64::NEG_INFINITY);
    for (row, &v) in values.iter().enumerate().filter(|(_, v)| !v.is_nan()) {
        if v.total_cmp(&sentinel).is_eq() {
            first = first.or(Some(row));
        } else {
            low = low.min(v);
            high = high.max(v);
        }
    }
    let (row, gap) = (first?, if sentinel > high { sentinel - high } else { low - sentinel });
    let apart = if sentinel.abs() < SMALL { low >= 0.0 && high >= SMALL } else { gap > APART * (high - low) };
    (high > low && gap > 0.0 && apart).then(|| Spelling { text: column.text(row).into_owned(), count })
}

fn finding(column: &Column, spellings: Vec<Spelling>, present: u64, certainty: Certainty) -> Option<Finding> {
    if spellings.is_empty() {
        return None;
    }
    let share = Share { count: spellings.iter().map(|s| s.count).sum(), of: present };
    let remedy = Remedy::AddNullSpellings { spellings: spellings.iter().map(|s| s.text.clone()).collect() };
    let severity = if certainty == Certainty::Ask { Severity::Note } else { Severity::Warning };
    Some(Finding::new(NULL_SPELLINGS.id, severity, certainty, &[column.name()], Evidence::Spellings { spellings, share }).remedies(vec![remedy]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::rules::fixtures::{run, table};
    use crate::table::Kind;

    #[test]
    fn a_question_mark_means_missing() {
        let column = Column::labels("job", Kind::Categorical, &[Some("clerk"), Some("?"), Some("cook"), Some("?")]);
        let found = run(&NULL_SPELLINGS, &table(vec![column])).findings;
        assert_eq!((found[0].certainty, found[0].severity), (Certainty::Strong, Severity::Warning));
        assert_eq!(found[0].remedies, [Remedy::AddNullSpellings { spellings: vec!["?".into()] }]);
    }

    #[test]
    fn repeated_nines_far_outside_are_asked_about_and_ordinary_nines_are_not() {
        let far: Vec<f64> = (0..50).map(|i| if i % 10 == 0 { 999.0 } else { f64::from(i) }).collect();
        assert_eq!(run(&NULL_SPELLINGS, &table(vec![Column::numeric("x", far, 0)])).findings[0].certainty, Certainty::Ask);
        let near: Vec<f64> = (0..200).map(|i| f64::from(i % 100)).collect();
        assert!(run(&NULL_SPELLINGS, &table(vec![Column::numeric("x", near, 0)])).findings.is_empty());
        let balanced: Vec<f64> = (0..60).map(|i| f64::from(i % 3) - 1.0).collect();
        assert!(run(&NULL_SPELLINGS, &table(vec![Column::numeric("x", balanced, 0)])).findings.is_empty());
    }
}
