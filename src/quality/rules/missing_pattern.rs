//! Cells that are not missing by chance: whether a cell is missing depends on other columns.
//!
//! Filling such gaps with a mean or median then makes the groups alike that are not, and that a cell is missing is information of its own. For
//! each column with missing cells, and each other column but the target: numbers and moments by the area under the curve of "missing" (distance from
//! one half, doubled), labels by Cramer's V. Told are columns at [`FLOOR`] or more with a p-value below [`LEVEL`] after Benjamini and Hochberg
//! over all pairs. At most [`ROWS`] rows spread over the file, [`HOLED`] columns with missing cells and [`OTHERS`] others. That missing
//! cells tell the target is the concern of the audit.

use super::super::{Dimension, QualityInput, Rule};
use super::sampled::sampled_rows;
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity};
use crate::math::sort;
use crate::param::Given;
use crate::stats::chi_square::independence;
use crate::stats::fdr::benjamini_hochberg;
use crate::stats::mann_whitney::two_sided;
use crate::table::{Column, MISSING_CODE, MISSING_TIME, Values};

/// The rule.
pub const MISSING_PATTERN: Rule = Rule {
    id: "missing_pattern",
    title: "Missing for a reason",
    doc: "Looks whether a cell is missing depends on other columns. Filling such gaps with one value makes groups alike that are not. Ask why \
          they are missing, fill them by the columns named, and mark them.",
    dimension: Dimension::Completeness,
    check,
};

/// Least effect told: an area of 0.6 or a V of 0.2.
const FLOOR: f64 = 0.2;
/// Largest adjusted p-value.
const LEVEL: f64 = 0.01;
/// Preparation step that answers it: fills by the columns named, and marks where cells were missing.
const STEP: &str = "impute_iterative";
/// Most rows used.
const ROWS: usize = 4_000;
/// Most columns with missing cells looked at, in file order.
const HOLED: usize = 20;
/// Most columns each is compared with, in file order.
const OTHERS: usize = 40;
/// Fewest missing and fewest present cells.
const ENOUGH: usize = 20;
/// Most levels of a column of labels.
const LEVELS: usize = 50;
/// Most columns listed with their value.
const LISTED: usize = 5;

fn check(input: &QualityInput<'_>) -> Checked {
    let rows = sampled_rows(input.table.n_rows(), ROWS);
    let missing = |c: &Column| rows.iter().filter(|&&r| c.is_missing(r as usize)).count();
    let has_both = |c: &&Column| c.n_missing() > 0 && (ENOUGH..=rows.len().saturating_sub(ENOUGH)).contains(&missing(c));
    let holed: Vec<&Column> = input.columns().filter(|c| !input.is_target(c.name())).filter(has_both).take(HOLED).collect();
    if holed.is_empty() {
        return Checked::skipped(MISSING_PATTERN.id, "no column has at least 20 missing and 20 present cells");
    }
    let others: Vec<&Column> = input.columns().filter(|c| !input.is_target(c.name())).take(OTHERS).collect();
    let mut measured: Vec<(usize, &Column, f64, f64)> = Vec::new();
    for (at, column) in holed.iter().enumerate() {
        let is_missing: Vec<bool> = rows.iter().map(|&r| column.is_missing(r as usize)).collect();
        for other in others.iter().filter(|o| o.name() != column.name()) {
            measured.extend(association(&is_missing, other, &rows).map(|(effect, p)| (at, *other, effect, p)));
        }
    }
    let adjusted = benjamini_hochberg(&measured.iter().map(|m| m.3).collect::<Vec<_>>());
    let strong: Vec<(usize, &Column, f64)> =
        measured.iter().zip(adjusted).filter(|(m, p)| m.2 >= FLOOR && *p < LEVEL).map(|(m, _)| (m.0, m.1, m.2)).collect();
    let of = |at: usize| strong.iter().filter(move |s| s.0 == at).map(|s| (s.1, s.2)).collect::<Vec<_>>();
    let found = holed.iter().enumerate().filter_map(|(at, column)| finding(column, of(at), rows.len()));
    Checked::ran(MISSING_PATTERN.id, rows.len(), found.collect())
}

fn finding(column: &Column, mut on: Vec<(&Column, f64)>, n_rows: usize) -> Option<Finding> {
    sort::by(&mut on, |a, b| b.1.total_cmp(&a.1));
    on.truncate(LISTED);
    let values: Vec<(String, f64)> = on.iter().map(|(c, v)| (c.name().to_owned(), *v)).collect();
    let evidence = Evidence::Effects { what: "missing".to_owned(), values: values.clone(), floor: FLOOR, n_rows: n_rows as u64 };
    let numeric: Vec<String> =
        std::iter::once(column).chain(on.iter().map(|o| o.0)).filter(|c| c.numbers().is_some()).map(|c| c.name().to_owned()).collect();
    let fill = Remedy::Prepare { step: STEP.to_owned(), columns: numeric.clone(), params: Given::default() };
    let remedies = if column.numbers().is_some() && numeric.len() > 1 { vec![fill] } else { vec![Remedy::AddStep { step: "impute".to_owned() }] };
    (!values.is_empty()).then(|| Finding::new(MISSING_PATTERN.id, Severity::Note, Certainty::Strong, &[column.name()], evidence).remedies(remedies))
}

/// How far the missing rows differ from the others in a column, 0 to 1, and the p-value.
fn association(is_missing: &[bool], other: &Column, rows: &[u32]) -> Option<(f64, f64)> {
    let numbers = |value: &dyn Fn(usize) -> f64| {
        let of = |wanted: bool| -> Vec<f64> {
            is_missing.iter().zip(rows).filter(|(m, _)| **m == wanted).map(|(_, &r)| value(r as usize)).filter(|v| !v.is_nan()).collect()
        };
        let (gone, there) = (of(true), of(false));
        if gone.len().min(there.len()) < ENOUGH {
            return None;
        }
        let test = two_sided(&gone, &there).ok()?;
        Some((2.0 * (test.superiority - 0.5).abs(), test.p))
    };
    match other.values() {
        Values::Numbers { values, .. } => numbers(&|r| values.get(r).copied().unwrap_or(f64::NAN)),
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of calendar years fit into 53 bits")]
        Values::Times { millis, .. } => numbers(&|r| millis.get(r).filter(|m| **m != MISSING_TIME).map_or(f64::NAN, |&m| m as f64)),
        Values::Codes { codes, levels } if levels.len() <= LEVELS => {
            let mut counts = vec![vec![0.0; levels.len()]; 2];
            for (gone, &row) in is_missing.iter().zip(rows) {
                let code = codes.get(row as usize).copied().filter(|c| *c != MISSING_CODE);
                if let Some(n) = code.and_then(|c| counts.get_mut(usize::from(*gone))?.get_mut(c as usize)) {
                    *n += 1.0;
                }
            }
            let test = independence(&counts, false).ok()?;
            Some((test.cramers_v, test.p))
        }
        Values::Codes { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;
    use crate::quality::rules::fixtures::{run, table};

    fn found(by_age: bool) -> Vec<Finding> {
        let mut draw = Stream::new(11, "pattern", 0);
        let age: Vec<f64> = (0..1000).map(|_| 20.0 + 60.0 * draw.uniform()).collect();
        let noise = (0..1000).map(|_| draw.normal()).collect();
        let income = age.iter().map(|a| if draw.uniform() < if by_age && *a > 50.0 { 0.4 } else { 0.05 } { f64::NAN } else { a * 3.0 }).collect();
        let columns = vec![Column::numeric("age", age.clone(), 1), Column::numeric("noise", noise, 3), Column::numeric("income", income, 1)];
        run(&MISSING_PATTERN, &table(columns)).findings
    }

    #[test]
    fn income_missing_of_the_old_is_told_with_the_column_it_depends_on() {
        let found = found(true);
        assert_eq!(found[0].columns, ["income"]);
        let Evidence::Effects { values, .. } = &found[0].evidence else { panic!("evidence") };
        assert_eq!(values.iter().map(|v| v.0.as_str()).collect::<Vec<_>>(), ["age"]);
    }

    #[test]
    fn cells_missing_by_chance_are_silent() {
        assert!(found(false).is_empty());
    }
}
