//! Classes of very unequal size.
//!
//! With 1 % positives, "never" is right in 99 % of the cases: accuracy says nothing, and folds may hold too few positives to
//! judge on. Formula: rows of the rarest class / rows with a target.

use super::super::{Dimension, QualityInput, Rule};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity, Spelling};
use crate::math::sort;

/// The rule.
pub const CLASS_IMBALANCE: Rule = Rule {
    id: "class_imbalance",
    title: "Class imbalance",
    doc: "Compares the sizes of the classes. When the rarest holds under 10 % of the rows, accuracy misleads; under 1 %, or under 20 rows, hardly \
          anything can be learned or judged. Deal classes evenly to the folds and judge by a metric that sees the rare class.",
    dimension: Dimension::Validity,
    check,
};

/// Share of the rarest class below which it is a note: accuracy misleads.
const RARE: f64 = 0.10;
/// Share of the rarest class below which it is a warning.
const VERY_RARE: f64 = 0.01;
/// Rows of the rarest class below which it is a warning: with five folds, four rows to judge on.
const FEW_ROWS: u64 = 20;

fn check(input: &QualityInput<'_>) -> Checked {
    let Some(task) = input.task else { return Checked::skipped(CLASS_IMBALANCE.id, "no target is chosen") };
    if !task.kind.is_classification() {
        return Checked::skipped(CLASS_IMBALANCE.id, "the target is a number, not a class");
    }
    let Ok(target) = task.encode(input.table) else {
        return Checked::skipped(CLASS_IMBALANCE.id, "the target cannot be read as classes");
    };
    let mut counts: Vec<Spelling> = task
        .classes
        .iter()
        .enumerate()
        .map(|(i, class)| {
            #[expect(clippy::cast_precision_loss, reason = "classes are few")]
            let count = target.values.iter().filter(|v| v.total_cmp(&(i as f64)).is_eq()).count() as u64;
            Spelling { text: class.clone(), count }
        })
        .collect();
    let of: u64 = counts.iter().map(|c| c.count).sum();
    sort::by(&mut counts, |a, b| a.count.cmp(&b.count).then(a.text.cmp(&b.text)));
    let Some(rarest) = counts.first().map(|c| c.count).filter(|_| of > 0) else {
        return Checked::skipped(CLASS_IMBALANCE.id, "no row has a target");
    };
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let (share, even) = (rarest as f64 / of as f64, 1.0 / counts.len() as f64);
    let severity = match () {
        () if share < VERY_RARE || rarest < FEW_ROWS => Some(Severity::Warning),
        // With twenty classes an even share is already below 10 %.
        () if share < RARE && share < even / 2.0 => Some(Severity::Note),
        () => None,
    };
    let findings = severity.map(|severity| {
        Finding::new(CLASS_IMBALANCE.id, severity, Certainty::Proven, &[&task.target], Evidence::Classes { counts }).remedies(vec![Remedy::Stratify])
    });
    Checked::ran(CLASS_IMBALANCE.id, usize::try_from(of).unwrap_or(usize::MAX), findings.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::rules::fixtures::{run_with_target, table};
    use crate::table::{Column, Kind};

    fn severity(n: usize, rare: usize) -> Option<Severity> {
        let cells: Vec<Option<&str>> = (0..n).map(|i| Some(if i < rare { "yes" } else { "no" })).collect();
        let table = table(vec![Column::labels("y", Kind::Boolean, &cells)]);
        run_with_target(&CLASS_IMBALANCE, &table, "y").findings.first().map(|f| f.severity)
    }

    #[test]
    fn the_rarer_the_graver() {
        assert_eq!(severity(1000, 300), None);
        assert_eq!(severity(1000, 60), Some(Severity::Note));
        assert_eq!(severity(1000, 5), Some(Severity::Warning));
        assert_eq!(severity(40, 15), Some(Severity::Warning));
    }
}
