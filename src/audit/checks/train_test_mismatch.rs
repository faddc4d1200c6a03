//! Do the rows judged on come from where the rows learned from come?
//!
//! A model is asked to tell test rows from training rows, after row numbers, keys, dates and everything that runs with time
//! or position have been taken away. If it can (out of fold, area under the ROC curve; the lower end of the 95 % interval counts),
//! the two differ, and the score speaks of other rows than the model learned from. Without a test file, and with dates, the
//! later half is told from the earlier one: drift, which is a note.

use super::super::coded::Coded;
use super::super::judged::Judged;
use super::super::probe::{Probe, most_rows};
use super::super::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Evidence, Finding, Severity};
use crate::math::rank::spearman;
use crate::math::rng::Stream;
use crate::split::Strategy;
use crate::table::{Column, Kind, MISSING_TIME};

/// The check.
pub const TRAIN_TEST_MISMATCH: Check = Check {
    id: "train_test_mismatch",
    title: "Training and test rows differ",
    doc: "Asks a model to tell test rows from training rows without keys and dates. If it can, the two come from different worlds, and the score on one \
          says little about the other. Without a test file, the later half of dated rows is told from the earlier half.",
    run,
};

/// Lower end of the interval that is worth a note.
const NOTED: f64 = 0.55;
/// Lower end that is a warning.
const WARNING: f64 = 0.65;
/// Fewest rows on each side.
const ENOUGH: usize = 100;
/// Rank correlation with the time or position of a row from which a column is a clock.
const CLOCK: f64 = 0.8;
/// Share of different values from which a column names rows.
const UNIQUE: f64 = 0.98;
/// Folds.
const FOLDS: u32 = 5;
/// Columns named.
const NAMED: usize = 3;

fn run(input: &AuditInput<'_>) -> Checked {
    let n = input.table.n_rows();
    let from = input.test_from.filter(|&f| f < n);
    let Some(mut sides) = (match from {
        Some(from) => Some([(0..from as u32).collect(), (from as u32..n as u32).collect()]),
        None => halves(input),
    }) else {
        return Checked::skipped(TRAIN_TEST_MISMATCH.id, "there is no test file, and no time column to cut the rows in two");
    };
    let most = most_rows(input) / 2;
    for (side, index) in sides.iter_mut().zip(0_u64..) {
        thin(side, most, input.seed, index);
    }
    let n_rows = sides[0].len() + sides[1].len();
    if sides.iter().any(|s: &Vec<u32>| s.len() < ENOUGH) {
        return Checked::underpowered(
            TRAIN_TEST_MISMATCH.id,
            n_rows,
            "with fewer than 100 rows on a side an area below 0.65 could not have been seen",
        );
    }
    match tell_apart(input, &sides, from.is_some()) {
        None => Checked::skipped(TRAIN_TEST_MISMATCH.id, "without keys and dates no feature is left"),
        Some(found) => Checked::ran(TRAIN_TEST_MISMATCH.id, n_rows, found.into_iter().collect()),
    }
}

/// `None` when no feature is left; inside, the finding if there is one.
fn tell_apart(input: &AuditInput<'_>, sides: &[Vec<u32>; 2], has_file: bool) -> Option<Option<Finding>> {
    let mut rows: Vec<(u32, f64)> = sides.iter().zip([0.0, 1.0]).flat_map(|(s, side)| s.iter().map(move |&r| (r, side))).collect();
    rows.sort_unstable_by_key(|r| r.0);
    let numbers: Vec<u32> = rows.iter().map(|r| r.0).collect();
    let clocks: Vec<&str> = input.features().filter(|c| is_clock(c, input, &numbers, !has_file)).map(Column::name).collect();
    let probe = Probe::new(input, &numbers, |name| clocks.contains(&name)).asked(rows.iter().map(|r| r.1).collect());
    let told = probe.out_of_fold(Strategy::Stratified, FOLDS, 0, false, input.seed)?;
    let judged = Judged::new(&probe.sample(&told.rows), &told.predictions)?;
    let (low, high) = judged.interval();
    let severity = match low {
        l if l > WARNING && has_file => Severity::Warning,
        l if l > NOTED && has_file || l > WARNING => Severity::Note,
        _ => return Some(None),
    };
    let top: Vec<(String, f64)> = told.top.into_iter().take(NAMED).filter(|t| t.1 > 0.0).collect();
    let names: Vec<String> = top.iter().map(|t| t.0.clone()).collect();
    let evidence =
        Evidence::CrossValidated { metric: "roc_auc".into(), value: judged.value, low, high: high.min(1.0), n_rows: rows.len() as u64, top };
    let mut finding = Finding::new(TRAIN_TEST_MISMATCH.id, severity, Certainty::Strong, &[], evidence);
    if !has_file {
        finding.id.push_str(":halves");
    }
    finding.columns = names;
    Some(Some(finding))
}

/// Whether the column names rows, tells the time, or runs with time or position.
fn is_clock(column: &Column, input: &AuditInput<'_>, rows: &[u32], halves: bool) -> bool {
    if matches!(column.kind(), Kind::Timestamp | Kind::Identifier | Kind::Text) || Some(column.name()) == input.task.time.as_deref() {
        return true;
    }
    let at: Vec<usize> = rows.iter().map(|&r| r as usize).collect();
    let Some(values) = column.numbers() else {
        let coded = Coded::new(column, &at);
        return coded.distinct() as f64 >= UNIQUE * coded.present() as f64;
    };
    let x: Vec<f64> = at.iter().map(|&r| values[r]).collect();
    let position: Vec<f64> = at.iter().map(|&r| r as f64).collect();
    let runs = |with: &[f64], bar: f64| spearman(&x, with).is_some_and(|r| r.abs() >= bar);
    let unique = column.printed_decimals() == Some(0) && {
        let coded = Coded::new(column, &at);
        coded.distinct() as f64 >= UNIQUE * coded.present() as f64
    };
    let moments: Option<Vec<f64>> = input
        .task
        .time
        .as_deref()
        .and_then(|t| input.table.column(t).ok()?.millis())
        .map(|m| at.iter().map(|&r| if m[r] == MISSING_TIME { f64::NAN } else { m[r] as f64 }).collect());
    // Whole numbers that differ in nearly every row and rise with their position count the rows.
    (unique && runs(&position, CLOCK)) || (halves && moments.is_some_and(|m| runs(&m, CLOCK)))
}

/// Rows of the earlier and the later half in time.
fn halves(input: &AuditInput<'_>) -> Option<[Vec<u32>; 2]> {
    let moments = input.table.column(input.task.time.as_deref()?).ok()?.millis()?;
    let mut dated: Vec<(i64, u32)> = moments.iter().copied().zip(0_u32..).filter(|(m, _)| *m != MISSING_TIME).collect();
    dated.sort_unstable();
    let middle = dated.get(dated.len() / 2)?.0;
    let side = |late: bool| dated.iter().filter(|(m, _)| (*m >= middle) == late).map(|(_, r)| *r).collect();
    Some([side(false), side(true)])
}

fn thin(rows: &mut Vec<u32>, most: usize, seed: u64, index: u64) {
    if rows.len() > most {
        Stream::new(seed, "audit/mismatch", index).shuffle(rows);
        rows.truncate(most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean, days};
    use crate::finding::Status;

    fn shifted(seed: u64, by: f64) -> Checked {
        let case = clean(seed, 800, 2);
        let columns: Vec<Column> = case
            .into_columns()
            .into_iter()
            .map(|c| match c.numbers() {
                Some(v) if c.name() == "index" => {
                    Column::numeric("index", v.iter().enumerate().map(|(r, x)| if r >= 500 { x + by } else { *x }).collect(), 2)
                }
                _ => c,
            })
            .collect();
        let mut case = Case::new(columns);
        case.test_from = Some(500);
        case.run(&TRAIN_TEST_MISMATCH)
    }

    #[test]
    fn rows_of_one_world_cannot_be_told_apart() {
        for seed in 0..8 {
            let checked = shifted(seed, 0.0);
            assert_eq!((checked.status, checked.findings), (Status::Ran, Vec::new()), "seed {seed}");
        }
    }

    #[test]
    fn a_column_that_moved_is_named() {
        let found = shifted(1, 1.5).findings;
        assert_eq!((found[0].severity, found[0].columns[0].as_str()), (Severity::Warning, "index"));
        assert_eq!(shifted(1, 0.6).findings[0].severity, Severity::Note);
    }

    #[test]
    fn a_drift_in_time_is_a_note_and_a_clock_is_none() {
        let mut columns = clean(3, 600, 2).into_columns();
        columns.insert(0, Column::numeric("counter", (0..600).map(f64::from).collect(), 0));
        columns.insert(0, days("day", &(0..600).collect::<Vec<_>>()));
        let mut case = Case::new(columns);
        case.task.time = Some("day".into());
        assert!(case.run(&TRAIN_TEST_MISMATCH).findings.is_empty());
    }

    #[test]
    fn few_rows_and_one_file_without_dates_are_said() {
        let mut case = clean(1, 150, 2);
        assert!(matches!(case.run(&TRAIN_TEST_MISMATCH).status, Status::Skipped(_)));
        case.test_from = Some(100);
        assert!(matches!(case.run(&TRAIN_TEST_MISMATCH).status, Status::Underpowered(_)));
    }
}
