//! Scores from 0 to 100, one a dimension: how much of the table its rules leave untouched.
//!
//! Formula: `100 x max(0, 1 - sum over findings of weight x affected share)`. A finding about rows affects rows / rows of
//! the table; a finding about cells or a column affects its cells / cells of the table. Weights: blocker 2, warning 1,
//! note 0.5, certificate 0, each times what the rule counts for ([`super::Weights`], as usual 1). A dimension none of whose rules ran has no score.

use super::{Dimension, RULES, Weights, weight_of};
use crate::finding::{Checked, Evidence, Finding, Severity, Status};
use serde::{Deserialize, Serialize};

/// Score of one dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Dimension.
    pub dimension: Dimension,
    /// 0 to 100; `None` when no rule of it ran.
    pub score: Option<f64>,
    /// What it counts for in the score of the table.
    pub weight: f64,
}

/// All dimensions in the order they are shown.
const DIMENSIONS: [Dimension; 5] =
    [Dimension::Completeness, Dimension::Consistency, Dimension::Validity, Dimension::Uniqueness, Dimension::Timeliness];

/// How much a finding of each severity takes off, times the share it affects.
pub const WEIGHTS: [(Severity, f64); 4] = [(Severity::Blocker, 2.0), (Severity::Warning, 1.0), (Severity::Note, 0.5), (Severity::Safe, 0.0)];

/// Scores by dimension, one for each of the five. `n_cells` is rows x columns of the table.
#[must_use]
pub fn scores(checked: &[Checked], n_cells: u64, weights: &Weights) -> Vec<Score> {
    let of_dimension = |id: &str, dimension: Dimension| RULES.iter().any(|r| r.id == id && r.dimension == dimension);
    DIMENSIONS
        .into_iter()
        .map(|dimension| {
            let ran: Vec<&Checked> = checked.iter().filter(|c| c.status == Status::Ran && of_dimension(&c.id, dimension)).collect();
            let of = |c: &&Checked| weight_of(weights, &c.id) * c.findings.iter().map(|f| weight(f.severity) * affected(f, n_cells)).sum::<f64>();
            let lost: f64 = ran.iter().map(of).sum();
            Score {
                dimension,
                weight: weight_of(weights, dimension.id()),
                score: (!ran.is_empty() && n_cells > 0).then(|| 100.0 * (1.0 - lost).max(0.0)),
            }
        })
        .collect()
}

/// What a finding takes off, times the share it affects.
pub(super) fn weight(severity: Severity) -> f64 {
    WEIGHTS.iter().find(|w| w.0 == severity).map_or(0.0, |w| w.1)
}

/// Share of the table a finding is about, 0..=1.
pub(super) fn affected(finding: &Finding, n_cells: u64) -> f64 {
    let cells = match &finding.evidence {
        // A finding that names no column is about whole rows.
        Evidence::Share { share } if finding.columns.is_empty() => return share.ratio(),
        Evidence::Share { share } | Evidence::Spellings { share, .. } | Evidence::Range { share, .. } | Evidence::Own { share, .. } => share.count,
        Evidence::Distinct { present, .. } => *present,
        Evidence::Classes { counts } => counts.iter().map(|c| c.count).sum(),
        _ => 0,
    };
    #[expect(clippy::cast_precision_loss, reason = "cell counts stay below 2^53")]
    let share = cells as f64 / n_cells.max(1) as f64;
    share.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::rules::fixtures::{run, table};
    use crate::table::Column;

    fn of(columns: Vec<Column>) -> Vec<Score> {
        let table = table(columns);
        let checked: Vec<Checked> = RULES.iter().map(|r| run(r, &table)).collect();
        scores(&checked, (table.n_rows() * table.columns().len()) as u64, &Weights::new())
    }

    #[test]
    fn a_quarter_missing_costs_a_quarter() {
        let scores = of(vec![Column::numeric("x", vec![1.0, 2.0, 3.0, f64::NAN], 0)]);
        assert_eq!((scores[0].dimension, scores[0].score), (Dimension::Completeness, Some(75.0)));
    }

    #[test]
    fn what_no_rule_looked_at_has_no_score() {
        let scores = of(vec![Column::numeric("x", vec![1.0, 2.0, 3.0], 0)]);
        assert_eq!(scores.len(), 5);
        assert_eq!((scores[3].score, scores[4].score), (Some(100.0), None));
        assert!(of(Vec::new()).iter().all(|s| s.score.is_none()));
    }
}
