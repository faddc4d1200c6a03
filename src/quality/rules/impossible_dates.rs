//! Dates that cannot be: the 30th of February, the year 0021, a century away from all others.
//!
//! They come from typing, from two-digit years and from stand-ins for "no date"; a time-ordered split puts such a row first or
//! last. Found: years before 1900 or after 2100; cells refused by the column's format although they look like dates; and
//! moments further than 3 x the interquartile range, and more than a year, outside of the quartiles.

use super::super::{Dimension, QualityInput, Rule};
use super::{looks_like_date, quartiles};
use crate::finding::{Certainty, Checked, Evidence, Finding, LISTED_ROWS, Remedy, Severity, Share, Spelling};
use crate::math::sort;
use crate::table::{Column, Kind, MISSING_TIME};
use std::collections::BTreeMap;

/// The rule.
pub const IMPOSSIBLE_DATES: Rule = Rule {
    id: "impossible_dates",
    title: "Impossible dates",
    doc: "Finds dates before 1900 or after 2100, days that no calendar has, and dates far from all others in their column. They come from typing \
          errors and stand-ins for \"no date\", and they spoil any split in time order. Correct them in the source, or read them as missing.",
    dimension: Dimension::Timeliness,
    check,
};

/// 1900-01-01 in milliseconds since 1970.
const FIRST: i64 = -2_208_988_800_000;
/// 2101-01-01 in milliseconds since 1970.
const LAST: i64 = 4_133_980_800_000;
/// A year in milliseconds: nothing nearer than this to the quartiles is called far.
const YEAR: f64 = 365.25 * 86_400_000.0;
/// Interquartile ranges outside of the quartiles from which a moment is far.
const FENCE: f64 = 3.0;
/// Most of the cells may not be far: then they are a part of the column.
const FEW: f64 = 0.01;
/// Most spellings listed.
const LISTED: usize = 10;

fn check(input: &QualityInput<'_>) -> Checked {
    let n_rows = input.table.n_rows();
    let dated: Vec<&Column> = input.columns().filter(|c| c.millis().is_some() || mostly_dates(c)).collect();
    if dated.is_empty() {
        return Checked::skipped(IMPOSSIBLE_DATES.id, "there are no dates");
    }
    let findings = dated.into_iter().flat_map(|c| [refused(c), out_of_range(c)].into_iter().flatten());
    Checked::ran(IMPOSSIBLE_DATES.id, n_rows, findings.collect())
}

fn mostly_dates(column: &Column) -> bool {
    let Some((_, levels)) = column.codes().filter(|_| column.kind() != Kind::Boolean) else { return false };
    !levels.is_empty() && 2 * levels.iter().filter(|l| looks_like_date(l)).count() > levels.len()
}

/// Cells that look like dates and are none.
fn refused(column: &Column) -> Option<Finding> {
    let mut counts: BTreeMap<String, (u64, Vec<u32>)> = BTreeMap::new();
    let mut count = |text: &str, row: u32| {
        let entry = counts.entry(text.to_owned()).or_default();
        entry.0 += 1;
        if entry.1.len() < LISTED_ROWS {
            entry.1.push(row);
        }
    };
    if let Some((codes, levels)) = column.codes() {
        let impossible: Vec<bool> = levels.iter().map(|l| looks_like_date(l) && !is_on_the_calendar(l)).collect();
        for (row, &code) in (0_u32..).zip(codes) {
            if impossible.get(code as usize).copied().unwrap_or(false) {
                count(&levels[code as usize], row);
            }
        }
    } else {
        for (row, text) in column.exceptions().iter().filter(|(row, text)| column.is_missing(*row as usize) && looks_like_date(text)) {
            count(text, row);
        }
    }
    let mut rows: Vec<u32> = counts.values().flat_map(|c| c.1.iter().copied()).collect();
    rows.sort_unstable();
    let mut spellings: Vec<Spelling> = counts.into_iter().map(|(text, c)| Spelling { text, count: c.0 }).collect();
    if spellings.is_empty() {
        return None;
    }
    sort::by(&mut spellings, |a, b| b.count.cmp(&a.count).then(a.text.cmp(&b.text)));
    let share = Share { count: spellings.iter().map(|s| s.count).sum(), of: column.len() as u64 };
    spellings.truncate(LISTED);
    let remedy = Remedy::AddNullSpellings { spellings: spellings.iter().map(|s| s.text.clone()).collect() };
    let remedies = if column.codes().is_some() { vec![remedy] } else { Vec::new() };
    let mut finding =
        Finding::new(IMPOSSIBLE_DATES.id, Severity::Warning, Certainty::Proven, &[column.name()], Evidence::Spellings { spellings, share });
    finding.id.push_str(":refused");
    Some(finding.rows(rows).remedies(remedies))
}

fn out_of_range(column: &Column) -> Option<Finding> {
    let millis = column.millis()?;
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of the years 1 to 9999 are below 2^53")]
    let values: Vec<f64> = millis.iter().map(|&m| if m == MISSING_TIME { f64::NAN } else { m as f64 }).collect();
    let (first, _, third, present) = quartiles(&values)?;
    let reach = (FENCE * (third - first)).max(YEAR);
    let (low, high) = (first - reach, third + reach);
    #[expect(clippy::cast_precision_loss, reason = "as above")]
    let impossible = |v: f64| v < FIRST as f64 || v >= LAST as f64;
    let n_impossible = values.iter().filter(|v| impossible(**v)).count();
    let far: Vec<u32> = (0_u32..).zip(&values).filter(|(_, v)| **v < low || **v > high || impossible(**v)).map(|(row, _)| row).collect();
    let share = Share { count: far.len() as u64, of: present as u64 };
    if far.is_empty() || (n_impossible == 0 && share.ratio() > FEW) {
        return None;
    }
    let mut spellings: Vec<String> = far.iter().take(LISTED).map(|&r| column.text(r as usize).into_owned()).collect();
    sort::by(&mut spellings, Ord::cmp);
    spellings.dedup();
    let (severity, certainty) = if n_impossible > 0 { (Severity::Warning, Certainty::Strong) } else { (Severity::Note, Certainty::Ask) };
    let evidence = Evidence::Range { low: Some(low), high: Some(high), share };
    let remedies = if far.len() <= LISTED { vec![Remedy::AddNullSpellings { spellings }] } else { Vec::new() };
    Some(Finding::new(IMPOSSIBLE_DATES.id, severity, certainty, &[column.name()], evidence).rows(far).remedies(remedies))
}

/// Whether year, month and day of a text like 2021-02-30 or 30.02.2021 exist in some order of month and day.
fn is_on_the_calendar(text: &str) -> bool {
    let parts: Vec<i16> = text.split(|c: char| !c.is_ascii_digit()).take(3).filter_map(|p| p.parse().ok()).collect();
    let [a, b, c] = parts[..] else { return true };
    let exists = |year: i16, month: i16, day: i16| matches!((i8::try_from(month), i8::try_from(day)), (Ok(m), Ok(d)) if jiff::civil::Date::new(year, m, d).is_ok());
    if a > 31 { exists(a, b, c) } else { exists(c, b, a) || exists(c, a, b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::rules::fixtures::{days, run, table};

    #[test]
    fn a_year_of_two_digits_is_far_outside() {
        let mut stamps: Vec<i64> = (18_000..18_300).collect();
        stamps[5] = -712_000; // the year 20
        let found = run(&IMPOSSIBLE_DATES, &table(vec![days("on", &stamps)])).findings;
        assert_eq!(found[0].rows, [5]);
        assert_eq!(found[0].severity, Severity::Warning);
    }

    #[test]
    fn days_no_calendar_has_are_listed() {
        let column = Column::labels("on", Kind::Categorical, &[Some("2021-02-27"), Some("2021-02-28"), Some("2021-02-30"), Some("2021-13-01")]);
        let found = run(&IMPOSSIBLE_DATES, &table(vec![column])).findings;
        assert_eq!(found[0].rows, [2, 3]);
    }

    #[test]
    fn an_ordinary_span_is_silent() {
        assert!(run(&IMPOSSIBLE_DATES, &table(vec![days("on", &(10_000..20_000).collect::<Vec<_>>())])).findings.is_empty());
    }
}
