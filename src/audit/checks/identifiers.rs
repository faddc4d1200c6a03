//! Names of rows used as features: row numbers, keys, hashes.
//!
//! A model can only memorise them, and a number that counts the rows tells where in the file, and so when, a row stands. Found
//! are features that are unique in at least 98 % of their cells and are consecutive whole numbers, or labels without spaces; labels
//! that have the shape of a UUID or a hash, however often they repeat; and in files without dates, numbers that only rise or only fall
//! and order the target on the way. With each number stands its association with the target and the p-value of a circular-shift null (200 shifts, which keep the
//! order of the target but for where it begins). The order of the file itself is judged the same way when it has no dates.

use super::super::measure::Sample;
use super::super::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity};
use crate::math::rng::Stream;
use crate::table::{Column, Kind, MISSING_CODE};

/// The check.
pub const IDENTIFIERS: Check = Check {
    id: "identifiers",
    title: "Identifiers and row order",
    doc: "Finds features that name rows instead of describing them (row numbers, keys, hashes), and files whose order gives the target away. A \
          model memorises them, and learns nothing for rows it has not seen.",
    run,
};

/// Share of distinct values from which a column names rows.
const UNIQUE: f64 = 0.98;
/// Fewest present cells: thirty different whole numbers may well be a measurement.
const ENOUGH: usize = 50;
/// Share of the whole numbers between least and greatest that must occur for a count of rows.
const CONSECUTIVE: f64 = 0.98;
/// Share of labels without a space: keys have none, sentences do.
const KEYS: f64 = 0.95;
/// Share of labels of the shape of a UUID or hash.
const SHAPED: f64 = 0.95;
/// Fewest different labels of that shape.
const HASHES: usize = 20;
/// Fewest digits of a hash.
const HASH_DIGITS: usize = 16;
/// Share of steps in one direction from which a column runs with the file.
const RUNS: f64 = 0.99;
/// Circular shifts that make the null.
const SHIFTS: u64 = 200;
/// Rows of the order that are measured.
const ORDER_ROWS: usize = 2_000;
/// Association of the file's order with the target from which it is reported.
const ORDERED: f64 = 0.5;
/// p-value below which it is: the least 200 shifts can give is 0.005.
const P_VALUE: f64 = 0.01;

fn run(input: &AuditInput<'_>) -> Checked {
    let n_rows = input.table.n_rows();
    if n_rows < ENOUGH {
        return Checked::underpowered(IDENTIFIERS.id, n_rows, "with fewer than 50 rows, different values in every row may well be a measurement");
    }
    let sample = Sample::new(input, usize::MAX);
    let mut findings: Vec<Finding> = input.features().filter_map(|c| of_column(c, input, &sample)).collect();
    let dated = input.task.time.is_some() || input.table.columns().iter().any(|c| c.kind() == Kind::Timestamp);
    if !dated && findings.iter().all(|f| !matches!(f.evidence, Evidence::Order { .. })) {
        let running: Vec<Finding> = input.features().filter_map(|c| running(c, input, &sample)).collect();
        if running.is_empty() {
            findings.extend(row_order(input, &sample));
        }
        findings.extend(running);
    }
    Checked::ran(IDENTIFIERS.id, n_rows, findings)
}

fn of_column(column: &Column, input: &AuditInput<'_>, sample: &Sample) -> Option<Finding> {
    let evidence = match column.numbers() {
        Some(values) => counter(column, values, input, sample)?,
        None => key(column)?,
    };
    let certainty =
        if column.kind() == Kind::Identifier || matches!(evidence, Evidence::Order { .. }) { Certainty::Proven } else { Certainty::Strong };
    Some(
        Finding::new(IDENTIFIERS.id, Severity::Warning, certainty, &[column.name()], evidence)
            .remedies(vec![Remedy::DropColumns { columns: vec![column.name().to_owned()] }]),
    )
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn counter(column: &Column, values: &[f64], input: &AuditInput<'_>, sample: &Sample) -> Option<Evidence> {
    if column.printed_decimals() != Some(0) {
        return None;
    }
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let present = sorted.len();
    let (first, last) = (*sorted.first()?, *sorted.last()?);
    sorted.dedup();
    let distinct = sorted.len() as f64;
    if present < ENOUGH || distinct < UNIQUE * present as f64 || distinct < CONSECUTIVE * (last - first + 1.0) {
        return None;
    }
    let steps: Vec<f64> = values.windows(2).map(|w| w[1] - w[0]).filter(|s| !s.is_nan()).collect();
    let up = steps.iter().filter(|s| **s > 0.0).count() as f64 / steps.len().max(1) as f64;
    let thin: Vec<usize> = thinned(sample);
    let x: Vec<f64> = thin.iter().map(|&i| values[sample.rows[i]]).collect();
    let (association, p_value) = shifted(&x, &part(sample, &thin), input.seed)?;
    Some(Evidence::Order { monotone: up.max(1.0 - up), association, p_value: Some(p_value) })
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn key(column: &Column) -> Option<Evidence> {
    let (codes, levels) = column.codes()?;
    let mut seen = vec![false; levels.len()];
    let mut present = 0_usize;
    for &code in codes.iter().filter(|&&c| c != MISSING_CODE) {
        present += 1;
        if let Some(seen) = seen.get_mut(code as usize) {
            *seen = true;
        }
    }
    let used: Vec<&String> = levels.iter().zip(&seen).filter(|(_, s)| **s).map(|(l, _)| l).collect();
    let distinct = used.len();
    let shaped = used.iter().filter(|l| !l.trim().contains(' ')).count() as f64 >= KEYS * distinct as f64;
    let unique = present >= ENOUGH && distinct as f64 >= UNIQUE * present as f64 && shaped;
    let hashes = distinct >= HASHES && used.iter().filter(|l| is_hash(l.trim())).count() as f64 >= SHAPED * distinct as f64;
    (unique || hashes || (column.kind() == Kind::Identifier && present > 0))
        .then_some(Evidence::Distinct { distinct: distinct as u64, present: present as u64 })
}

/// Whether a label has the shape of a UUID, or of a hash: hexadecimal digits, letters and figures among them.
fn is_hash(label: &str) -> bool {
    let digits: Vec<char> = label.chars().filter(|c| *c != '-').collect();
    let figures = digits.iter().filter(|c| c.is_ascii_digit()).count();
    digits.len() >= HASH_DIGITS && digits.iter().all(char::is_ascii_hexdigit) && figures < digits.len() && figures > 0
}

/// A number that only rises or only falls from row to row, and orders the target on the way.
#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn running(column: &Column, input: &AuditInput<'_>, sample: &Sample) -> Option<Finding> {
    let values = column.numbers()?;
    let steps: Vec<f64> = values.windows(2).map(|w| w[1] - w[0]).filter(|s| *s != 0.0 && !s.is_nan()).collect();
    let up = steps.iter().filter(|s| **s > 0.0).count() as f64 / steps.len().max(1) as f64;
    let monotone = up.max(1.0 - up);
    if steps.len() < ENOUGH || monotone < RUNS {
        return None;
    }
    let thin = thinned(sample);
    let x: Vec<f64> = thin.iter().map(|&i| values[sample.rows[i]]).collect();
    let (association, p) = shifted(&x, &part(sample, &thin), input.seed)?;
    let evidence = Evidence::Order { monotone, association, p_value: Some(p) };
    (association >= ORDERED && p <= P_VALUE).then(|| {
        Finding::new(IDENTIFIERS.id, Severity::Note, Certainty::Strong, &[column.name()], evidence)
            .remedies(vec![Remedy::DropColumns { columns: vec![column.name().to_owned()] }])
    })
}

fn row_order(input: &AuditInput<'_>, sample: &Sample) -> Option<Finding> {
    let thin = thinned(sample);
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let x: Vec<f64> = thin.iter().map(|&i| sample.rows[i] as f64).collect();
    let part = part(sample, &thin);
    let (association, p) = shifted(&x, &part, input.seed)?;
    if association < ORDERED || p > P_VALUE {
        return None;
    }
    let kept = part.y.windows(2).filter(|w| w[1] >= w[0]).count();
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let up = kept as f64 / (part.y.len().max(2) - 1) as f64;
    let evidence = Evidence::Order { monotone: up.max(1.0 - up), association, p_value: Some(p) };
    let mut finding = Finding::new(IDENTIFIERS.id, Severity::Note, Certainty::Strong, &[], evidence);
    finding.id.push_str(":row_order");
    Some(finding)
}

/// Positions in the sample, at most [`ORDER_ROWS`], evenly spaced.
fn thinned(sample: &Sample) -> Vec<usize> {
    let n = sample.rows.len();
    if n <= ORDER_ROWS { (0..n).collect() } else { (0..ORDER_ROWS).map(|i| i * n / ORDER_ROWS).collect() }
}

fn part(sample: &Sample, positions: &[usize]) -> Sample {
    Sample {
        rows: positions.iter().map(|&i| sample.rows[i]).collect(),
        y: positions.iter().map(|&i| sample.y[i]).collect(),
        n_classes: sample.n_classes,
    }
}

/// Association 0..=1 of `x` with the target, and the share of circular shifts of `x` that reach it.
fn shifted(x: &[f64], sample: &Sample, seed: u64) -> Option<(f64, f64)> {
    let chance = sample.chance();
    let association = |x: &[f64]| sample.either_way(x).map(|m| (m.value - chance) / (1.0 - chance));
    let observed = association(x)?;
    let others = u32::try_from(x.len()).ok()?.checked_sub(1)?;
    let mut draw = Stream::new(seed, "audit/row_order", 0);
    let mut reached = 0_u32;
    for _ in 0..SHIFTS {
        let mut turned = x.to_vec();
        turned.rotate_left(1 + draw.below(others) as usize);
        reached += u32::from(association(&turned).is_some_and(|a| a >= observed));
    }
    #[expect(clippy::cast_precision_loss, reason = "a small constant")]
    Some((observed, f64::from(reached + 1) / (SHIFTS as f64 + 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean, noise};
    use crate::finding::Status;

    #[test]
    fn the_clean_table_has_none() {
        let checked = clean(1, 300, 2).run(&IDENTIFIERS);
        assert_eq!((checked.status, checked.findings.len()), (Status::Ran, 0));
    }

    #[test]
    fn a_row_number_among_the_features_is_proven() {
        let mut columns = clean(2, 300, 2).into_columns();
        columns.insert(0, Column::numeric("instant", (1..=300).map(f64::from).collect(), 0));
        let found = Case::new(columns).run(&IDENTIFIERS).findings;
        assert_eq!((found.len(), found[0].certainty, found[0].columns[0].as_str()), (1, Certainty::Proven, "instant"));
    }

    #[test]
    fn a_hash_a_row_is_found_and_a_sentence_a_row_is_not() {
        let with = |make: &dyn Fn(usize) -> String| {
            let cells: Vec<String> = (0..300).map(make).collect();
            let mut columns = clean(3, 300, 0).into_columns();
            columns.insert(0, Column::labels("k", Kind::Text, &cells.iter().map(|c| Some(c.as_str())).collect::<Vec<_>>()));
            Case::new(columns).run(&IDENTIFIERS).findings.len()
        };
        assert_eq!((with(&|i| format!("{:08x}", i * 2_654_435)), with(&|i| format!("we met {i} times"))), (1, 0));
    }

    #[test]
    fn hashes_that_come_back_are_keys_and_codes_that_do_are_not() {
        let with = |make: &dyn Fn(u64) -> String| {
            let cells: Vec<String> = (0..300).map(|i| make(i % 60)).collect();
            let mut columns = clean(3, 300, 0).into_columns();
            columns.insert(0, Column::labels("k", Kind::Categorical, &cells.iter().map(|c| Some(c.as_str())).collect::<Vec<_>>()));
            Case::new(columns).run(&IDENTIFIERS).findings.len()
        };
        assert_eq!((with(&|i| format!("{:016x}", (i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))), with(&|i| format!("B{i}"))), (1, 0));
    }

    #[test]
    fn a_number_that_rises_with_the_file_and_the_target_is_noted() {
        let rising = |sorted: bool| {
            let mut y = noise(4, 300, 1);
            if sorted {
                y.sort_by(f64::total_cmp);
            }
            let x = (0..300).map(|i| f64::from(i * 7 + i * i % 5)).collect();
            Case::regression(vec![Column::numeric("meter", x, 0), Column::numeric("y", y, 1)]).run(&IDENTIFIERS).findings
        };
        assert_eq!((rising(true)[0].columns[0].as_str(), rising(true).len(), rising(false).len()), ("meter", 1, 0));
    }

    #[test]
    fn a_file_sorted_by_the_target_is_noted_and_its_shuffled_twin_is_not() {
        let sorted = |sort: bool| {
            let mut y = noise(4, 300, 1);
            if sort {
                y.sort_by(f64::total_cmp);
            }
            Case::regression(vec![Column::numeric("x", noise(5, 300, 1), 1), Column::numeric("y", y, 1)]).run(&IDENTIFIERS).findings.len()
        };
        assert_eq!((sorted(true), sorted(false)), (1, 0));
    }
}
