//! One column gives the answer.
//!
//! Each feature is measured alone, in the best of its readings: the order of its values, the out-of-fold mean of the target in
//! each of its levels, or a small tree on its values for what is not monotone ([`alone`]). Two keys: the score, and its distance
//! from the null (a permutation null for readings that were fitted). A score of 0.98 is no feature but the answer; 0.90 far
//! ahead of every other column is suspected; 0.75 far ahead is asked about. Where many columns score high, the task is easy.

mod alone;
mod tree;
mod trend;

use super::super::measure::{Sample, measured_rows, z_needed};
use super::super::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity};
use crate::math::sort;
use alone::{Alone, Ground, measure, past_permutations};
use trend::without_trend;

/// The check.
pub const SINGLE_COLUMN: Check = Check {
    id: "single_column",
    title: "One column gives the answer",
    doc: "Measures how well each feature alone orders the target. A single honest column hardly ever gives the answer; one that does was usually \
          recorded with it, or after it.",
    run,
};

/// Score that is the answer.
const ANSWER: f64 = 0.98;
/// Score that is suspected when it stands alone.
const SUSPECTED: f64 = 0.90;
/// Score that is asked about when it stands alone.
const ASKED: f64 = 0.75;
/// Most columns that still stand alone (a proxy and its copy).
const TOGETHER: usize = 2;
/// Distance to the next column that makes a column stand alone.
const GAP: f64 = 0.15;
/// Fewest measured columns among which one can stand alone.
const COMPANY: usize = 3;
/// Share of columns past [`SUSPECTED`] from which the task is called easy.
const EASY: f64 = 0.25;

fn run(input: &AuditInput<'_>) -> Checked {
    let sample = Sample::new(input, measured_rows(input));
    let n_columns = input.task.features.len();
    if n_columns == 0 {
        return Checked::skipped(SINGLE_COLUMN.id, "there are no features");
    }
    let needed = z_needed(n_columns);
    if sample.smallest_visible(needed) > ANSWER {
        let why = format!("with {} rows even a score of {ANSWER} could be chance", sample.rows.len());
        return Checked::underpowered(SINGLE_COLUMN.id, sample.rows.len(), &why);
    }
    // What orders the rows in time follows any number that grows.
    let orders = |name: &str| sample.n_classes == 0 && input.task.time.as_deref() == Some(name);
    let ground = Ground::new(&sample, input.seed);
    let mut measured: Vec<Alone> = input
        .features()
        .filter(|c| !orders(c.name()))
        .filter_map(|c| measure(c, &ground))
        .map(|a| without_trend(a, input, &sample))
        .filter(|a| a.found.z >= needed)
        .collect();
    sort::by(&mut measured, |a, b| b.found.value.total_cmp(&a.found.value).then_with(|| a.name.cmp(&b.name)));
    let findings = judge(measured, &sample, needed, n_columns, |a| past_permutations(a, input, &sample, needed));
    Checked::ran(SINGLE_COLUMN.id, sample.rows.len(), findings)
}

fn judge(measured: Vec<Alone>, sample: &Sample, needed: f64, n_columns: usize, confirm: impl Fn(&Alone) -> Option<f64>) -> Vec<Finding> {
    let next_after = |i: usize| measured.get(i).map(|m| m.found.value);
    let n_answers = measured.iter().filter(|a| a.found.value >= ANSWER).count();
    let found = |severity, certainty, a: &Alone, next: Option<f64>| {
        let z = confirm(a)?;
        let evidence = evidence(a, sample, z, needed, next);
        let remedies = vec![Remedy::DropColumns { columns: vec![a.name.clone()] }];
        Some(Finding::new(SINGLE_COLUMN.id, severity, certainty, &[&a.name], evidence).remedies(remedies))
    };
    let mut findings: Vec<Finding> =
        (0..n_answers).filter_map(|i| found(Severity::Blocker, Certainty::Strong, &measured[i], next_after(if i == 0 { 1 } else { 0 }))).collect();
    let rest = &measured[n_answers..];
    let n_high = rest.iter().filter(|a| a.found.value >= SUSPECTED).count();
    #[expect(clippy::cast_precision_loss, reason = "columns are few")]
    let easy = n_answers == 0 && n_high >= COMPANY && n_high as f64 >= EASY * n_columns as f64;
    if easy {
        let names: Vec<&str> = rest.iter().take(n_high).map(|a| a.name.as_str()).collect();
        let mut note = evidence(&rest[0], sample, rest[0].found.z, needed, next_after(1));
        if let Evidence::Score { method, .. } = &mut note {
            "easy_task".clone_into(method);
        }
        findings.push(Finding::new(SINGLE_COLUMN.id, Severity::Note, Certainty::Strong, &names, note));
        return findings;
    }
    if n_columns < COMPANY {
        return findings;
    }
    for (bar, severity, certainty) in [(SUSPECTED, Severity::Warning, Certainty::Strong), (ASKED, Severity::Note, Certainty::Ask)] {
        let together = rest.iter().take_while(|a| a.found.value >= bar).count();
        let next = rest.get(together).map(|a| a.found.value);
        let gap = |last: &Alone| last.found.value - next.unwrap_or(sample.chance()).max(sample.chance());
        if (1..=TOGETHER).contains(&together) && rest.get(together - 1).is_some_and(|last| gap(last) >= GAP) {
            findings.extend(rest.iter().take(together).filter_map(|a| found(severity, certainty, a, next)));
            break;
        }
    }
    findings
}

fn evidence(alone: &Alone, sample: &Sample, z: f64, z_needed: f64, runner_up: Option<f64>) -> Evidence {
    Evidence::Score {
        metric: sample.metric().to_owned(),
        value: alone.found.value,
        z,
        z_needed,
        n_rows: alone.found.n as u64,
        method: alone.method.to_owned(),
        runner_up,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean};
    use crate::finding::Status;
    use crate::math::rng::Stream;
    use crate::table::{Column, Kind};

    fn with(n_classes: usize, n: usize, extra: impl Fn(&[f64]) -> Column) -> Vec<Finding> {
        let case = clean(7, n, n_classes);
        let column = extra(&case.encoded());
        let mut columns = case.into_columns();
        columns.insert(0, column);
        Case::new(columns).run(&SINGLE_COLUMN).findings
    }

    #[test]
    fn the_clean_table_is_silent() {
        for n_classes in [0, 2, 3] {
            let checked = clean(11, 600, n_classes).run(&SINGLE_COLUMN);
            assert_eq!((checked.status, checked.findings), (Status::Ran, Vec::new()), "{n_classes} classes");
        }
    }

    #[test]
    fn a_column_that_orders_the_target_is_a_blocker() {
        for n_classes in [0, 2] {
            let found = with(n_classes, 500, |y| Column::numeric("leak", y.iter().map(|v| -3.0 * v * v * v - v).collect(), 6));
            assert_eq!((found[0].severity, found[0].columns[0].as_str()), (Severity::Blocker, "leak"));
        }
    }

    #[test]
    fn a_column_that_is_not_monotone_is_read_by_the_tree() {
        let mut draw = Stream::new(9, "single", 0);
        let values: Vec<f64> = (0..500).map(|_| draw.uniform()).collect();
        let found = with(2, 500, |y| {
            Column::numeric(
                "leak",
                y.iter().zip(&values).map(|(c, u)| if *c > 0.0 { 10.0 + u } else { 5.0 + 12.0 * (u - 0.5).signum() + u }).collect(),
                4,
            )
        });
        assert_eq!(found[0].columns, ["leak"]);
        assert!(matches!(&found[0].evidence, Evidence::Score { method, value, .. } if method == "tree" && *value > ANSWER));
    }

    #[test]
    fn levels_that_decide_the_class_are_a_blocker() {
        let found = with(3, 600, |y| {
            let cells: Vec<String> = y.iter().enumerate().map(|(i, c)| format!("{}{}", i % 4, c)).collect();
            Column::labels("status", Kind::Categorical, &cells.iter().map(|c| Some(c.as_str())).collect::<Vec<_>>())
        });
        assert_eq!((found[0].severity, found[0].columns[0].as_str()), (Severity::Blocker, "status"));
    }

    #[test]
    fn a_new_label_in_every_row_tells_nothing() {
        let found = with(2, 300, |y| {
            let cells: Vec<String> = (0..y.len()).map(|i| format!("row {i}")).collect();
            Column::labels("key", Kind::Text, &cells.iter().map(|c| Some(c.as_str())).collect::<Vec<_>>())
        });
        assert!(found.is_empty());
    }
}
