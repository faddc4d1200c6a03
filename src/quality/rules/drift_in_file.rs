//! Columns whose values are distributed otherwise at the end of the file than at its beginning.
//!
//! A model learned from the first period then meets another world, and a random split hides it. Compared are the first and the last third of
//! the rows in the order of the time column: numbers by the Kolmogorov-Smirnov distance, labels by Cramer's V. Told are columns at [`FLOOR`] or
//! more with a p-value below [`LEVEL`] after Benjamini and Hochberg over all columns. Columns that only ever rise or fall, as clocks and counters do, are
//! left aside. At most [`ROWS`] rows, spread over the file, are used. Neighbouring rows resemble each other, so that p-values are too small; the floor
//! keeps what does not matter out.

use super::super::{Dimension, QualityInput, Rule};
use super::sampled::sampled_rows;
use crate::finding::{Certainty, Checked, Evidence, Finding, Severity};
use crate::math::sort;
use crate::stats::chi_square::independence;
use crate::stats::fdr::benjamini_hochberg;
use crate::stats::ks::{Method, two_sample};
use crate::table::{Column, MISSING_CODE, MISSING_TIME, Values};

/// The rule.
pub const DRIFT_IN_FILE: Rule = Rule {
    id: "drift_in_file",
    title: "Drift inside the file",
    doc: "Compares the first third of the rows in time with the last. Columns that are distributed otherwise make a model of the past meet another \
          world, and a random split hides it. Validate in time order, and watch these columns once the model is live.",
    dimension: Dimension::Timeliness,
    check,
};

/// Least distance told: a tenth of the rows would have to move.
const FLOOR: f64 = 0.1;
/// Largest adjusted p-value.
const LEVEL: f64 = 0.01;
/// Most rows used.
const ROWS: usize = 15_000;
/// Fewest rows in all.
const ENOUGH: usize = 60;
/// Most levels of a column of labels.
const LEVELS: usize = 50;
/// Most columns listed with their value.
const LISTED: usize = 10;

fn check(input: &QualityInput<'_>) -> Checked {
    let time = input.task.and_then(|t| t.time.as_deref()).and_then(|name| input.table.column(name).ok());
    let Some((name, millis)) = time.and_then(|c| Some((c.name(), c.millis()?))) else {
        return Checked::skipped(DRIFT_IN_FILE.id, "there is no time column");
    };
    let mut rows: Vec<(i64, u32)> = sampled_rows(millis.len(), ROWS).into_iter().filter_map(|r| Some((*millis.get(r as usize)?, r))).collect();
    rows.retain(|r| r.0 != MISSING_TIME);
    rows.sort_unstable();
    if rows.len() < ENOUGH {
        return Checked::underpowered(DRIFT_IN_FILE.id, rows.len(), "fewer than 60 dated rows: thirds of them differ by chance");
    }
    let rows: Vec<u32> = rows.into_iter().map(|r| r.1).collect();
    let measured: Vec<(&Column, f64, f64)> =
        input.columns().filter(|c| c.name() != name).filter_map(|c| between(c, &rows).map(|(d, p)| (c, d, p))).collect();
    let adjusted = benjamini_hochberg(&measured.iter().map(|m| m.2).collect::<Vec<_>>());
    let mut found: Vec<(&Column, f64)> = measured.iter().zip(adjusted).filter(|(m, p)| m.1 >= FLOOR && *p < LEVEL).map(|(m, _)| (m.0, m.1)).collect();
    if found.is_empty() {
        return Checked::ran(DRIFT_IN_FILE.id, rows.len(), Vec::new());
    }
    let names: Vec<&str> = found.iter().map(|f| f.0.name()).collect();
    sort::by(&mut found, |a, b| b.1.total_cmp(&a.1));
    let values = found.iter().take(LISTED).map(|(c, d)| (c.name().to_owned(), *d)).collect();
    let evidence = Evidence::Effects { what: "drift".to_owned(), values, floor: FLOOR, n_rows: rows.len() as u64 };
    let mut finding = Finding::new(DRIFT_IN_FILE.id, Severity::Note, Certainty::Strong, &names, evidence);
    DRIFT_IN_FILE.id.clone_into(&mut finding.id);
    Checked::ran(DRIFT_IN_FILE.id, rows.len(), vec![finding])
}

/// Distance of the first from the last third of the rows, and its p-value; `None` for a column that has none.
fn between(column: &Column, rows: &[u32]) -> Option<(f64, f64)> {
    let third = rows.len() / 3;
    let (first, last) = (rows.get(..third)?, rows.get(rows.len() - third..)?);
    match column.values() {
        Values::Numbers { values, .. } => {
            let of = |rows: &[u32]| rows.iter().filter_map(|&r| values.get(r as usize).copied()).filter(|v| !v.is_nan()).collect::<Vec<f64>>();
            if only_rises_or_falls(&of(rows)) {
                return None;
            }
            let (first, last) = (of(first), of(last));
            if first.len().min(last.len()) < ENOUGH / 4 {
                return None;
            }
            let distance = two_sample(&first, &last, Method::Asymptotic).ok()?;
            Some((distance.d, distance.p))
        }
        Values::Codes { codes, levels } if levels.len() <= LEVELS => {
            let count = |rows: &[u32]| {
                let mut counts = vec![0.0; levels.len()];
                for code in rows.iter().filter_map(|&r| codes.get(r as usize)).filter(|c| **c != MISSING_CODE) {
                    if let Some(n) = counts.get_mut(*code as usize) {
                        *n += 1.0;
                    }
                }
                counts
            };
            let test = independence(&[count(first), count(last)], false).ok()?;
            Some((test.cramers_v, test.p))
        }
        _ => None,
    }
}

/// Whether nearly all steps that change go one way.
fn only_rises_or_falls(values: &[f64]) -> bool {
    let (mut up, mut down) = (0_usize, 0_usize);
    for pair in values.windows(2) {
        up += usize::from(pair[1] > pair[0]);
        down += usize::from(pair[1] < pair[0]);
    }
    up.min(down) * 50 <= up.max(down)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;
    use crate::quality::rules::fixtures::{days, table, task};

    fn found(shift: f64) -> Checked {
        let mut draw = Stream::new(9, "drift", 0);
        let stamps: Vec<i64> = (0..600).collect();
        let steady = (0..600).map(|_| draw.normal()).collect();
        let moved = (0..600).map(|i| draw.normal() + if i > 300 { shift } else { 0.0 }).collect();
        let table = table(vec![
            days("day", &stamps),
            Column::numeric("steady", steady, 3),
            Column::numeric("moved", moved, 3),
            Column::numeric("counter", (0..600).map(f64::from).collect(), 0),
        ]);
        let task = crate::task::Task { time: Some("day".into()), ..task(&table, "steady") };
        check(&QualityInput { table: &table, profiles: &[], task: Some(&task), own: &[] })
    }

    #[test]
    fn a_column_that_moves_half_way_is_named_and_a_counter_is_not() {
        assert_eq!(found(1.0).findings[0].columns, ["moved"]);
    }

    #[test]
    fn steady_columns_are_silent() {
        assert!(found(0.0).findings.is_empty());
    }
}
