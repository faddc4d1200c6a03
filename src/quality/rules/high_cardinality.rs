//! Columns of labels with very many levels.
//!
//! A level seen once or twice teaches nothing that holds for other rows, and one-hot encoding makes a feature of each.
//! Formula: distinct labels, and distinct labels / cells present.

use super::super::{Dimension, QualityInput, Rule};
use super::code_counts;
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity};
use crate::param::Given;
use crate::table::{Column, Kind};

/// The rule.
pub const HIGH_CARDINALITY: Rule = Rule {
    id: "high_cardinality",
    title: "Many levels",
    doc: "Finds columns of labels with more than 50 levels, or with a new label in more than half of the rows. Rare levels are memorised, not \
          learned. Join rare levels, or leave the column out.",
    dimension: Dimension::Validity,
    check,
};

/// More levels than this are many.
const MANY: u64 = 50;
/// Share of distinct labels from which a column names rows rather than groups them.
const MOSTLY_NEW: f64 = 0.5;
/// Fewest present cells: among ten rows, six labels are nothing special.
const ENOUGH: u64 = 40;
/// Preparation step that encodes labels and joins rare levels.
const JOIN: &str = "encode";

fn check(input: &QualityInput<'_>) -> Checked {
    let labels: Vec<&Column> = input.columns().filter(|c| matches!(c.kind(), Kind::Categorical | Kind::Text) && !input.is_target(c.name())).collect();
    if labels.is_empty() {
        return Checked::skipped(HIGH_CARDINALITY.id, "there are no columns of labels besides the target");
    }
    let findings = labels.into_iter().filter_map(|column| {
        let counts = code_counts(column);
        let (distinct, present) = (counts.iter().filter(|&&n| n > 0).count() as u64, counts.iter().sum::<u64>());
        #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
        let mostly_new = distinct as f64 > MOSTLY_NEW * present as f64;
        if present < ENOUGH || (distinct <= MANY && !mostly_new) {
            return None;
        }
        let drop = Remedy::DropColumns { columns: vec![column.name().to_owned()] };
        let with = |step: &str| Remedy::Prepare { step: step.to_owned(), columns: vec![column.name().to_owned()], params: Given::default() };
        let join = Remedy::AddStep { step: JOIN.to_owned() };
        let (severity, remedies) =
            if mostly_new { (Severity::Warning, vec![drop]) } else { (Severity::Note, vec![join, with("target_encode"), with("hashing"), drop]) };
        Some(
            Finding::new(HIGH_CARDINALITY.id, severity, Certainty::Proven, &[column.name()], Evidence::Distinct { distinct, present })
                .remedies(remedies),
        )
    });
    Checked::ran(HIGH_CARDINALITY.id, input.table.n_rows(), findings.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::rules::fixtures::{run, table};

    fn column(n: usize, levels: usize) -> Column {
        let texts: Vec<String> = (0..n).map(|i| format!("level {}", i % levels)).collect();
        Column::labels("c", Kind::Categorical, &texts.iter().map(|t| Some(t.as_str())).collect::<Vec<_>>())
    }

    #[test]
    fn sixty_levels_are_a_note_and_a_new_label_a_row_a_warning() {
        assert_eq!(run(&HIGH_CARDINALITY, &table(vec![column(600, 60)])).findings[0].severity, Severity::Note);
        assert_eq!(run(&HIGH_CARDINALITY, &table(vec![column(60, 60)])).findings[0].severity, Severity::Warning);
        assert!(run(&HIGH_CARDINALITY, &table(vec![column(600, 12)])).findings.is_empty());
    }
}
