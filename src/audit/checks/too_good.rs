//! A score that is too good to be true.
//!
//! The fast model, on the folds that are set, reaches a score that real outcomes hardly ever allow, and no other check has
//! named a cause. That is a question, with the columns that matter most: such a task is either very easy, or something in
//! these columns is written with the outcome. Told only when nothing graver is ([`crate::audit::settle`]).

use super::super::judged::Judged;
use super::super::measure::Sample;
use super::super::probe::{Probe, most_rows};
use super::super::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Evidence, Finding, Severity};
use crate::split::{Strategy, resolve};

/// The check.
pub const TOO_GOOD: Check = Check {
    id: "too_good",
    title: "Too good to be true",
    doc: "Fits a fast model and asks about scores that real outcomes hardly ever allow. When no cause is proven, it names the three columns that matter \
          most: find out when they are recorded.",
    run,
};

/// Lower end of the interval of an area under the ROC curve, or a rank correlation, that is asked about.
const NEARLY_PERFECT: f64 = 0.99;
/// Fewest rows.
const ENOUGH: usize = 100;
/// Fewest rows of a class.
const OF_CLASS: usize = 10;
/// Folds.
const FOLDS: u32 = 3;
/// Columns named.
const NAMED: usize = 3;

fn run(input: &AuditInput<'_>) -> Checked {
    let sample = Sample::new(input, most_rows(input));
    let n = sample.rows.len();
    let rarest = (0..sample.n_classes).map(|c| sample.y.iter().filter(|y| **y == c as f64).count()).min();
    if n < ENOUGH || rarest.is_some_and(|r| r < OF_CLASS) {
        return Checked::underpowered(TOO_GOOD.id, n, "with fewer than 100 rows, or 10 of a class, a perfect score may be luck");
    }
    let rows: Vec<u32> = sample.rows.iter().map(|&r| r as u32).collect();
    let probe = Probe::new(input, &rows, |_| false).by(input.task.entity.as_deref(), input.task.time.as_deref());
    let usual = if sample.n_classes > 0 { Strategy::Stratified } else { Strategy::Random };
    let told = probe.out_of_fold(resolve(input.split, input.task), FOLDS, 0, false, input.seed);
    let Some(told) = told.or_else(|| probe.out_of_fold(usual, FOLDS, 0, false, input.seed)) else {
        return Checked::skipped(TOO_GOOD.id, "no fast model can be fitted to these columns");
    };
    let part = probe.sample(&told.rows);
    let Some(judged) = Judged::new(&part, &told.predictions) else {
        return Checked::skipped(TOO_GOOD.id, "the rows judged are all alike, so there is no score");
    };
    let (low, high) = judged.interval();
    let finding = (low >= NEARLY_PERFECT).then(|| {
        let top: Vec<(String, f64)> = told.top.into_iter().take(NAMED).filter(|t| t.1 > 0.0).collect();
        let names: Vec<String> = top.iter().map(|t| t.0.clone()).collect();
        let evidence = Evidence::CrossValidated {
            metric: part.metric().into(),
            value: judged.value,
            low,
            high: high.min(1.0),
            n_rows: part.y.len() as u64,
            top,
        };
        let mut finding = Finding::new(TOO_GOOD.id, Severity::Note, Certainty::Ask, &[], evidence);
        finding.columns = names;
        finding
    });
    Checked::ran(TOO_GOOD.id, n, finding.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean, noise};
    use crate::finding::Status;
    use crate::table::{Column, Kind};

    #[test]
    fn honest_tables_are_silent() {
        for n_classes in [0, 2, 3] {
            let checked = clean(9, 500, n_classes).run(&TOO_GOOD);
            assert_eq!((checked.status, checked.findings), (Status::Ran, Vec::new()), "{n_classes} classes");
        }
    }

    #[test]
    fn a_rule_of_three_columns_is_asked_about_naming_them() {
        let (a, b, c) = (noise(51, 1500, 1), noise(52, 1500, 1), noise(53, 1500, 1));
        let y: Vec<Option<&str>> = (0..1500).map(|i| Some(if (a[i] > 5.0) != (b[i] > -5.0) { "yes" } else { "no" })).collect();
        let columns =
            vec![Column::numeric("a", a, 1), Column::numeric("b", b, 1), Column::numeric("c", c, 1), Column::labels("y", Kind::Boolean, &y)];
        let found = Case::new(columns).run(&TOO_GOOD).findings;
        let mut named: Vec<&str> = found[0].columns.iter().take(2).map(String::as_str).collect();
        named.sort_unstable();
        assert_eq!((found[0].certainty, named), (Certainty::Ask, vec!["a", "b"]));
    }

    #[test]
    fn few_rows_may_be_luck() {
        assert!(matches!(clean(9, 60, 2).run(&TOO_GOOD).status, Status::Underpowered(_)));
    }
}
