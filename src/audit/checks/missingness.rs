//! Whether a cell is there gives the answer.
//!
//! `closed_at` is filled only for contracts that ended; a score is missing only for those who never paid. Measured is the
//! order of "is missing" against the target, with the bars of a column that gives the answer, and besides: a column whose
//! missing (or present) rows are all of one class, more often than chance allows after counting the columns. Dates and texts that are
//! filled in one class only are found from a hundredth of the rows.

use super::super::measure::{MEASURED_ROWS, Measured, Sample, z_needed};
use super::super::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity};
use crate::math::elementary::log2;
use crate::table::{Column, Kind};

/// The check.
pub const MISSINGNESS: Check = Check {
    id: "missingness",
    title: "Missing cells give the answer",
    doc: "Measures whether a cell being missing tells the target. Columns filled only after the outcome, such as a closing date, give it away even \
          when their values do not.",
    run,
};

/// Score that is the answer.
const ANSWER: f64 = 0.98;
/// Score that is suspected.
const SUSPECTED: f64 = 0.90;
/// Score that is asked about.
const ASKED: f64 = 0.75;
/// Fewest missing and fewest present cells.
const ENOUGH: usize = 20;
/// Least share of the rows a group of one class must cover to matter.
const COVERAGE: f64 = 0.05;
/// The same for a date or text that is filled in one class only: those are written when something has happened.
const COVERAGE_OF_EVENTS: f64 = 0.01;
/// Bits against chance a group of one class needs, beyond one a column: odds of one in a million.
const PURE_BITS: f64 = 20.0;

fn run(input: &AuditInput<'_>) -> Checked {
    let sample = Sample::new(input, MEASURED_ROWS);
    let candidates: Vec<(&Column, Vec<f64>)> = input
        .features()
        .map(|c| (c, sample.rows.iter().map(|&r| f64::from(u8::from(c.is_missing(r)))).collect::<Vec<f64>>()))
        .filter(|(_, missing)| {
            let n = missing.iter().filter(|m| **m > 0.0).count();
            n >= ENOUGH && missing.len() - n >= ENOUGH
        })
        .collect();
    if candidates.is_empty() {
        return Checked::skipped(MISSINGNESS.id, "no feature has at least 20 missing and 20 present cells");
    }
    let needed = z_needed(candidates.len());
    if sample.smallest_visible(needed) > ANSWER {
        return Checked::underpowered(MISSINGNESS.id, sample.rows.len(), "with so few rows even a score of 0.98 could be chance");
    }
    let findings = candidates.iter().filter_map(|(column, missing)| judge(column, missing, &sample, needed, candidates.len()));
    Checked::ran(MISSINGNESS.id, sample.rows.len(), findings.collect())
}

fn judge(column: &Column, missing: &[f64], sample: &Sample, needed: f64, n_columns: usize) -> Option<Finding> {
    let found = group_score(missing, sample)?;
    let event = matches!(column.kind(), Kind::Timestamp | Kind::Text | Kind::Identifier);
    let filled_after = event && is_pure(missing, sample, n_columns, &[0.0], COVERAGE_OF_EVENTS);
    let pure = is_pure(missing, sample, n_columns, &[0.0, 1.0], COVERAGE);
    let (severity, certainty, method) = match found.value {
        v if v >= ANSWER && found.z >= needed => (Severity::Blocker, Certainty::Strong, "is_missing"),
        v if v >= SUSPECTED && found.z >= needed => (Severity::Warning, Certainty::Strong, "is_missing"),
        _ if filled_after => (Severity::Warning, Certainty::Strong, "filled_after"),
        _ if pure => (Severity::Warning, Certainty::Strong, "one_class"),
        v if v >= ASKED && found.z >= needed => (Severity::Note, Certainty::Ask, "is_missing"),
        _ => return None,
    };
    let evidence = Evidence::Score {
        metric: if sample.n_classes == 0 { "roc_auc" } else { sample.metric() }.to_owned(),
        value: found.value,
        z: found.z,
        z_needed: needed,
        n_rows: found.n as u64,
        method: method.to_owned(),
        runner_up: None,
    };
    let drop = Remedy::DropColumns { columns: vec![column.name().to_owned()] };
    Some(Finding::new(MISSINGNESS.id, severity, certainty, &[column.name()], evidence).remedies(vec![drop]))
}

/// How well "is missing" orders the classes; for numbers, how well the target orders missing and present rows (the same area, seen from the other side).
fn group_score(missing: &[f64], sample: &Sample) -> Option<Measured> {
    if sample.n_classes > 0 {
        return sample.either_way(missing);
    }
    Sample { rows: sample.rows.clone(), y: missing.to_vec(), n_classes: 2 }.either_way(&sample.y)
}

/// Whether all rows of one of these sides (0: present, 1: missing) are of one class although chance forbids it.
fn is_pure(missing: &[f64], sample: &Sample, n_columns: usize, sides: &[f64], coverage: f64) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "samples are small")]
    let n = sample.y.len() as f64;
    (0..sample.n_classes).any(|class| {
        #[expect(clippy::cast_precision_loss, reason = "classes are few")]
        let is_class = |y: f64| y.total_cmp(&(class as f64)).is_eq();
        sides.iter().any(|side| {
            let (mut rows, mut of_class, mut all) = (0.0, 0.0, 0.0);
            for (&m, &y) in missing.iter().zip(&sample.y) {
                let here = f64::from(u8::from(m.total_cmp(side).is_eq()));
                let fits = f64::from(u8::from(is_class(y)));
                rows += here;
                of_class += here * fits;
                all += fits;
            }
            #[expect(clippy::cast_precision_loss, reason = "columns are few")]
            let tried = log2((2 * sample.n_classes * n_columns) as f64);
            rows >= coverage * n && rows > 0.0 && of_class >= rows && all < n && -rows * log2(all / n) >= PURE_BITS + tried
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean, noise};
    use crate::finding::Status;

    fn with_gaps(n_classes: usize, gap: impl Fn(f64, usize) -> bool) -> Checked {
        let case = clean(3, 600, n_classes);
        let y = case.encoded();
        let values = noise(8, 600, 1).iter().enumerate().map(|(r, v)| if gap(y[r], r) { f64::NAN } else { *v }).collect();
        let mut columns = case.into_columns();
        columns.insert(0, Column::numeric("closed", values, 1));
        Case::new(columns).run(&MISSINGNESS)
    }

    #[test]
    fn cells_filled_after_the_outcome_are_a_blocker() {
        let found = with_gaps(2, |y, _| y < 0.5).findings;
        assert_eq!((found[0].severity, found[0].columns[0].as_str()), (Severity::Blocker, "closed"));
        assert_eq!(with_gaps(0, |y, _| y < 0.0).findings[0].severity, Severity::Blocker);
    }

    #[test]
    fn a_part_filled_for_one_class_only_is_a_warning() {
        assert_eq!(with_gaps(2, |y, r| y < 0.5 && r % 4 == 0).findings[0].severity, Severity::Warning);
    }

    #[test]
    fn a_date_filled_for_a_few_of_one_class_only_is_found_and_for_both_is_not() {
        let closed = |leaks: bool| {
            let case = clean(3, 3000, 2);
            let y = case.encoded();
            let days: Vec<i64> = (0..3000)
                .map(|r| if r % 25 == 0 && (y[r] > 0.5 || !leaks) || (leaks && y[r] > 0.5 && r % 13 == 0) { r as i64 } else { i64::MIN })
                .collect();
            let millis = days.iter().map(|d| if *d == i64::MIN { crate::table::MISSING_TIME } else { d * 86_400_000 }).collect();
            let values = crate::table::Values::Times { millis, format: crate::table::time::TimeFormat::new("%Y-%m-%d") };
            let mut columns = case.into_columns();
            columns.insert(0, Column::new("closed_at", Kind::Timestamp, values, crate::table::Exceptions::default()));
            Case::new(columns).run(&MISSINGNESS).findings
        };
        assert!(matches!(&closed(true)[0].evidence, Evidence::Score { method, .. } if method == "filled_after"));
        assert!(closed(false).is_empty());
    }

    #[test]
    fn gaps_by_chance_are_the_innocent_twin() {
        let checked = with_gaps(2, |_, r| r % 3 == 0);
        assert_eq!((checked.status, checked.findings.len()), (Status::Ran, 0));
    }

    #[test]
    fn without_gaps_there_is_nothing_to_measure() {
        assert!(matches!(with_gaps(2, |_, _| false).status, Status::Skipped(_)));
    }
}
