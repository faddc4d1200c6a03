//! Values far outside of the others in their column.
//!
//! Formula: below Q1 - 3 (Q3 - Q1) or above Q3 + 3 (Q3 - Q1), Tukey's outer fences (Exploratory Data Analysis, 1977).
//! Where more than one cell in twenty is outside, the column has long tails rather than errors, which is a note. A
//! handful of cells very far out are more likely typing errors or another unit.

use super::super::{Dimension, QualityInput, Rule};
use super::quartiles;
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity, Share};
use crate::param::{Given, Value};
use crate::table::Column;

/// The rule.
pub const OUTLIERS: Rule = Rule {
    id: "outliers",
    title: "Outliers",
    doc: "Counts values more than three interquartile ranges outside of the quartiles. A few very far out are probably errors: look at them in the \
          source. Many mean long tails, which trees bear and linear models do not.",
    dimension: Dimension::Validity,
    check,
};

/// Interquartile ranges from the quartiles to the fences.
const FENCE: f64 = 3.0;
/// Interquartile ranges beyond which a value is very far out.
const VERY_FAR: f64 = 20.0;
/// Share of very far values up to which they are suspected of being errors.
const HANDFUL: f64 = 0.001;
/// Share outside of the fences from which the long tails of a column are worth a note: a few in a hundred are usual for amounts and
/// durations, and saying so of every one would bury what matters.
const NOTED: f64 = 0.05;
/// Fewest present values: quartiles of fewer mean little.
const ENOUGH: usize = 20;
/// Fewest distinct values: a code is no quantity.
const DISTINCT: usize = 25;

fn check(input: &QualityInput<'_>) -> Checked {
    let numeric: Vec<&Column> = input.columns().filter(|c| c.numbers().is_some()).collect();
    if numeric.is_empty() {
        return Checked::skipped(OUTLIERS.id, "there are no numeric columns");
    }
    if input.table.n_rows() < ENOUGH {
        return Checked::underpowered(OUTLIERS.id, input.table.n_rows(), "fewer than 20 rows: their quartiles mean little");
    }
    Checked::ran(OUTLIERS.id, input.table.n_rows(), numeric.into_iter().filter_map(|c| of_column(c, input)).collect())
}

/// First and third quartile of a column of numbers, and how many values there are.
fn inner(column: &Column, input: &QualityInput<'_>) -> Option<(f64, f64, usize)> {
    let values = column.numbers()?;
    // The profile has sorted the column already.
    let known = input.profiles.iter().find(|p| p.name == column.name()).and_then(|p| Some((p.quantiles?, p.missing)));
    match known {
        Some(([_, _, _, first, _, third, ..], missing)) => {
            Some((first, third, values.len() - usize::try_from(missing).unwrap_or(0).min(values.len())))
        }
        None => quartiles(values).map(|(first, _, third, present)| (first, third, present)),
    }
}

/// Whether a column of numbers has quartiles that differ and enough values to be a quantity.
pub(super) fn has_spread(column: &Column, input: &QualityInput<'_>) -> bool {
    inner(column, input).is_some_and(|(first, third, _)| third > first) && column.numbers().is_some_and(|v| !has_few_distinct(v))
}

/// What is outside of the fences of a column, if it is worth telling.
pub(super) fn of_column(column: &Column, input: &QualityInput<'_>) -> Option<Finding> {
    let values = column.numbers()?;
    let (first, third, present) = inner(column, input)?;
    let spread = third - first;
    // No spread means that half of the cells are equal (mostly zeros): the fences say nothing then.
    if present < ENOUGH || spread <= 0.0 || has_few_distinct(values) {
        return None;
    }
    let beyond = |k: f64| move |v: f64| v < first - k * spread || v > third + k * spread;
    let outside = values.iter().filter(|v| beyond(FENCE)(**v)).count();
    let very_far: Vec<u32> = (0_u32..).zip(values).filter(|(_, v)| beyond(VERY_FAR)(**v)).map(|(r, _)| r).collect();
    let share = Share { count: outside as u64, of: present as u64 };
    let far = Share { count: very_far.len() as u64, of: present as u64 };
    let suspected = !very_far.is_empty() && far.ratio() <= HANDFUL && share.ratio() <= NOTED;
    if !suspected && share.ratio() < NOTED {
        return None;
    }
    let (severity, certainty) = if suspected { (Severity::Warning, Certainty::Ask) } else { (Severity::Note, Certainty::Proven) };
    let evidence = Evidence::Range { low: Some(first - FENCE * spread), high: Some(third + FENCE * spread), share };
    let rows: Vec<u32> = if suspected { very_far } else { (0_u32..).zip(values).filter(|(_, v)| beyond(FENCE)(**v)).map(|(r, _)| r).collect() };
    let step = |step: &str, columns: &[&str], params: Given| Remedy::Prepare {
        step: step.to_owned(),
        columns: columns.iter().map(|c| (*c).to_owned()).collect(),
        params,
    };
    let word = |id: &str, word: &str| std::iter::once((id.to_owned(), Value::Word(word.to_owned()))).collect();
    let remedies = match (input.is_target(column.name()), suspected) {
        (true, _) => Vec::new(),
        (_, true) => vec![step("cap_outliers", &[column.name()], std::iter::once(("factor".to_owned(), Value::Real(FENCE))).collect())],
        _ => vec![step("yeo_johnson", &[column.name()], Given::default()), step("cap_outliers", &[column.name()], word("method", "quantiles"))],
    };
    Some(Finding::new(OUTLIERS.id, severity, certainty, &[column.name()], evidence).rows(rows).remedies(remedies))
}

fn has_few_distinct(values: &[f64]) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    !values.iter().filter(|v| !v.is_nan()).any(|v| {
        seen.insert((v + 0.0).to_bits());
        seen.len() > DISTINCT
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;
    use crate::quality::rules::fixtures::{run, table};

    #[test]
    fn one_value_in_another_unit_is_found_with_its_row() {
        let mut draw = Stream::new(1, "outliers", 0);
        let mut values: Vec<f64> = (0..2000).map(|_| 70.0 + 10.0 * draw.normal()).collect();
        values[40] = 70_000.0;
        let found = run(&OUTLIERS, &table(vec![Column::numeric("kg", values, 1)])).findings;
        assert_eq!((found[0].severity, found[0].rows.clone()), (Severity::Warning, vec![40]));
    }

    #[test]
    fn normal_values_are_silent_and_skewed_ones_a_note() {
        let mut draw = Stream::new(2, "outliers", 0);
        let normal: Vec<f64> = (0..3000).map(|_| draw.normal()).collect();
        assert!(run(&OUTLIERS, &table(vec![Column::numeric("x", normal.clone(), 3)])).findings.is_empty());
        let skewed = normal.iter().map(|v| crate::math::elementary::exp(1.5 * v)).collect();
        assert_eq!(run(&OUTLIERS, &table(vec![Column::numeric("x", skewed, 3)])).findings[0].severity, Severity::Note);
    }
}
