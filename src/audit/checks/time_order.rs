//! Moments that do not fit the prediction: a test file from the same days as the training file, and dates later than their row.
//!
//! A test file is a look ahead only if its rows are later than those learned from. A date after its row's own moment was either
//! planned (a due date, known in time) or written later (a closing date); only the user can know, so it is asked.

use super::super::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity, Share};
use crate::table::{Column, Kind, MISSING_TIME};

/// The check.
pub const TIME_ORDER: Check = Check {
    id: "time_order",
    title: "Moments that do not fit",
    doc: "Finds test rows that are not later than the training rows, and dates that lie after the moment of their own row or after the newest moment of \
          the file: such a date was either planned, or written after the outcome.",
    run,
};

/// Share of the test rows inside of the training rows' time from which the test is no look ahead.
const INSIDE: f64 = 0.05;
/// Share of the cells that must lie later than their row.
const LATER: f64 = 0.02;
/// Fewest such cells.
const ENOUGH: u64 = 10;

fn run(input: &AuditInput<'_>) -> Checked {
    let n_rows = input.table.n_rows();
    let Some((time, moments)) = time_line(input) else {
        return Checked::skipped(TIME_ORDER.id, "no column of dates is set as time");
    };
    let mut findings: Vec<Finding> = test_file(input, time, moments).into_iter().collect();
    findings.extend(input.features().filter(|c| c.name() != time).filter_map(|c| later(c, moments)));
    Checked::ran(TIME_ORDER.id, n_rows, findings)
}

/// The column of dates that is set as time; without one, the only column of dates.
fn time_line<'a>(input: &AuditInput<'a>) -> Option<(&'a str, &'a [i64])> {
    let mut dated = input.table.columns().iter().filter(|c| c.kind() == Kind::Timestamp);
    let column = match input.task.time.as_deref() {
        Some(name) => input.table.column(name).ok()?,
        None => dated.next().filter(|_| dated.next().is_none())?,
    };
    Some((column.name(), column.millis()?))
}

fn test_file(input: &AuditInput<'_>, time: &str, moments: &[i64]) -> Option<Finding> {
    let from = input.test_from.filter(|&f| f > 0 && f < moments.len())?;
    let newest = moments[..from].iter().copied().filter(|&m| m != MISSING_TIME).max()?;
    let dated: Vec<(usize, i64)> = moments.iter().copied().enumerate().skip(from).filter(|(_, m)| *m != MISSING_TIME).collect();
    let inside: Vec<u32> = dated.iter().filter(|(_, m)| *m < newest).map(|(r, _)| *r as u32).collect();
    let share = Share { count: inside.len() as u64, of: dated.len() as u64 };
    let set = input.task.time.is_some();
    let (severity, certainty) = if set { (Severity::Warning, Certainty::Strong) } else { (Severity::Note, Certainty::Ask) };
    (share.ratio() >= INSIDE).then(|| {
        let mut finding = Finding::new(TIME_ORDER.id, severity, certainty, &[time], Evidence::Share { share }).rows(inside);
        finding.id.push_str(":test_file");
        finding
    })
}

fn later(column: &Column, moments: &[i64]) -> Option<Finding> {
    let cells = column.millis()?;
    let both: Vec<(usize, i64, i64)> = cells
        .iter()
        .zip(moments)
        .enumerate()
        .filter(|(_, (c, m))| **c != MISSING_TIME && **m != MISSING_TIME)
        .map(|(r, (c, m))| (r, *c, *m))
        .collect();
    let after: Vec<u32> = both.iter().filter(|(_, c, m)| c > m).map(|(r, _, _)| *r as u32).collect();
    let share = Share { count: after.len() as u64, of: both.len() as u64 };
    let newest = moments.iter().copied().filter(|&m| m != MISSING_TIME).max()?;
    let beyond = both.iter().filter(|(_, c, _)| *c > newest).count() as u64;
    (share.ratio() >= LATER && share.count >= ENOUGH).then(|| {
        let evidence = Evidence::Overlap { observed: share.count, expected: 0.0, of: share.of, conflicting: beyond };
        Finding::new(TIME_ORDER.id, Severity::Note, Certainty::Ask, &[column.name()], evidence)
            .rows(after)
            .remedies(vec![Remedy::DropColumns { columns: vec![column.name().to_owned()] }])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean, days};
    use crate::finding::Status;

    fn dated(test_from: Option<usize>, day: impl Fn(i64) -> i64, other: impl Fn(i64) -> i64) -> Checked {
        let mut columns = clean(7, 300, 0).into_columns();
        columns.insert(0, days("closed", &(0..300).map(other).collect::<Vec<_>>()));
        columns.insert(0, days("day", &(0..300).map(&day).collect::<Vec<_>>()));
        let mut case = Case::new(columns);
        case.task.time = Some("day".into());
        case.test_from = test_from;
        case.run(&TIME_ORDER)
    }

    #[test]
    fn dates_after_their_row_are_asked_about_and_earlier_ones_are_not() {
        let found = dated(None, |i| i, |i| i + 5).findings;
        assert_eq!((found.len(), found[0].certainty, found[0].columns[0].as_str()), (1, Certainty::Ask, "closed"));
        assert!(matches!(found[0].evidence, Evidence::Overlap { observed: 300, conflicting: 5, .. }));
        let checked = dated(None, |i| i, |i| i - 5);
        assert_eq!((checked.status, checked.findings), (Status::Ran, Vec::new()));
    }

    #[test]
    fn a_test_file_of_the_same_days_is_a_warning_and_one_of_later_days_is_not() {
        let found = dated(Some(240), |i| i * 7_919 % 300, |_| 0).findings;
        assert_eq!((found[0].id.as_str(), found[0].severity), ("time_order:day:test_file", Severity::Warning));
        assert!(dated(Some(240), |i| i, |_| 0).findings.is_empty());
    }

    #[test]
    fn without_dates_it_is_skipped() {
        assert!(matches!(clean(7, 50, 0).run(&TIME_ORDER).status, Status::Skipped(_)));
    }
}
