//! Scores from 0 to 100 of every metric, column and table. Each rule is a metric: what it leaves untouched.
//!
//! Formulas. Metric: `100 x max(0, 1 - sum over its findings of weight x affected share)`, weight and share as in the scores by dimension,
//! so that what the metrics of a dimension lose adds up to what the dimension loses. Column: the same over all findings that name it,
//! each sharing its cells evenly among the columns it names, of the rows of the table. Table: mean of the dimensions that were looked at, by
//! what each counts for ([`super::Weights`]).

use super::score::{affected, weight};
use super::{Dimension, RULES, Score, Weights, weight_of};
use crate::finding::{Checked, Status};

/// A metric and its score.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// Id of the rule.
    pub id: &'static str,
    /// Name on screen.
    pub title: &'static str,
    /// Dimension it belongs to.
    pub dimension: Dimension,
    /// 0 to 100; `None` when the rule did not run.
    pub score: Option<f64>,
    /// Findings that took something off.
    pub findings: u64,
}

/// Every metric in the order of the rules. `n_cells` is rows x columns of the table.
#[must_use]
pub fn metrics(checked: &[Checked], n_cells: u64, weights: &Weights) -> Vec<Metric> {
    RULES
        .iter()
        .map(|rule| {
            let ran = checked.iter().find(|c| c.id == rule.id && c.status == Status::Ran);
            let costs = |c: &Checked| {
                c.findings.iter().map(|f| weight_of(weights, rule.id) * weight(f.severity) * affected(f, n_cells)).collect::<Vec<f64>>()
            };
            let costs = ran.map(costs).filter(|_| n_cells > 0);
            let findings = costs.as_ref().map_or(0, |c| c.iter().filter(|lost| **lost > 0.0).count() as u64);
            Metric { id: rule.id, title: rule.title, dimension: rule.dimension, score: costs.map(|c| left(c.iter().sum())), findings }
        })
        .collect()
}

/// The score of each of these columns, in their order; empty for a table without rows.
#[must_use]
pub fn column_scores<'a>(checked: &[Checked], names: &[&'a str], n_rows: u64, weights: &Weights) -> Vec<(&'a str, f64)> {
    let of = |name: &str| -> f64 {
        let about = checked.iter().flat_map(|c| &c.findings).filter(|f| f.columns.iter().any(|c| c == name));
        about.map(|f| weight_of(weights, &f.check) * weight(f.severity) * affected(f, n_rows.saturating_mul(f.columns.len() as u64))).sum()
    };
    if n_rows == 0 { Vec::new() } else { names.iter().map(|&name| (name, left(of(name)))).collect() }
}

/// The score of the table; `None` when no dimension was looked at.
#[must_use]
pub fn table_score(scores: &[Score]) -> Option<f64> {
    let weighted = |s: &Score| Some((s.weight, s.score?));
    let (whole, total) = scores.iter().filter_map(weighted).fold((0.0, 0.0), |(whole, total), (w, s)| (whole + w, total + w * s));
    (whole > 0.0).then(|| total / whole)
}

fn left(lost: f64) -> f64 {
    100.0 * (1.0 - lost).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::rules::fixtures::{run, table};
    use crate::quality::{DIMENSION_WEIGHTS, scores};
    use crate::table::Column;

    fn holes() -> (Vec<Checked>, u64) {
        let table = table(vec![Column::numeric("x", vec![1.0, 2.0, 3.0, f64::NAN], 0), Column::numeric("y", vec![1.0, 2.0, 3.0, 4.0], 0)]);
        (RULES.iter().map(|r| run(r, &table)).collect(), 8)
    }

    #[test]
    fn there_are_fifteen_metrics_and_more_in_five_dimensions() {
        assert!(RULES.len() >= 15);
        assert!(DIMENSION_WEIGHTS.iter().all(|(d, _)| RULES.iter().any(|r| r.dimension == *d)));
        assert!((DIMENSION_WEIGHTS.iter().map(|w| w.1).sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_the_metrics_lose_the_dimension_loses() {
        let (checked, n_cells) = holes();
        let lost: f64 = metrics(&checked, n_cells, &Weights::new())
            .iter()
            .filter(|m| m.dimension == Dimension::Completeness)
            .filter_map(|m| m.score)
            .map(|s| 100.0 - s)
            .sum();
        assert!((100.0 - lost - scores(&checked, n_cells, &Weights::new())[0].score.unwrap()).abs() < 1e-9);
    }

    #[test]
    fn a_column_pays_for_its_own_cells_and_the_table_for_all() {
        let (checked, n_cells) = holes();
        assert_eq!(column_scores(&checked, &["x", "y"], 4, &Weights::new()), [("x", 75.0), ("y", 100.0)]);
        let all = table_score(&scores(&checked, n_cells, &Weights::new())).unwrap();
        assert!(all > 90.0 && all < 100.0);
        assert_eq!(table_score(&[]), None);
    }

    #[test]
    fn weights_of_the_user_change_what_a_rule_takes_and_a_dimension_counts() {
        let (checked, n_cells) = holes();
        let weights = |id: &str, w: f64| Weights::from([(id.to_owned(), w)]);
        let completeness = |w: &Weights| scores(&checked, n_cells, w)[0].score.unwrap();
        assert_eq!(
            (completeness(&Weights::new()), completeness(&weights("missing_values", 2.0)), completeness(&weights("missing_values", 0.0))),
            (87.5, 75.0, 100.0)
        );
        let whole = |w: f64| table_score(&scores(&checked, n_cells, &weights("completeness", w))).unwrap();
        assert!(whole(0.0) > 99.9 && whole(10.0) < 88.0);
    }
}
