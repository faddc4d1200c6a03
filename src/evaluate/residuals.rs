//! Residuals: what the predictions miss, and whether they miss it in one direction.
//!
//! A residual is truth minus prediction, in the unit of the target. Summaries are of groups of rows with similar predictions, equal predictions
//! together; no single row is kept, so that a report holds aggregates only.

use super::Scored;
use super::interval::quantile;
use crate::math::sort;
use crate::math::sum;
use serde::{Deserialize, Serialize};

/// Most groups.
const GROUPS: usize = 20;
/// Fewest rows in a group, so that neither its median nor its range is one row's value.
const LEAST_ROWS: usize = 5;

/// Residuals of rows with similar predictions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResidualGroup {
    /// Mean prediction.
    pub predicted: f64,
    /// Rows.
    pub n: u64,
    /// Mean residual.
    pub mean: f64,
    /// Median residual.
    pub median: f64,
    /// 10 % quantile of the residuals.
    pub low: f64,
    /// 90 % quantile.
    pub high: f64,
}

/// What the predictions miss.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Residuals {
    /// Rows.
    pub n_rows: u64,
    /// Mean residual: positive when predictions are too low.
    pub mean: f64,
    /// Standard deviation; `None` for one row.
    pub sd: Option<f64>,
    /// 5, 25, 50, 75 and 95 % quantiles of the residuals.
    pub quantiles: [f64; 5],
    /// By size of the prediction, ascending; empty below 5 rows.
    pub groups: Vec<ResidualGroup>,
}

/// Residuals of a regression; `None` for classes, no rows or numbers that are not sound.
#[must_use]
pub fn residuals(scored: &Scored<'_>) -> Option<Residuals> {
    if scored.kind.is_classification() || !scored.is_sound() {
        return None;
    }
    let mut rows: Vec<(f64, f64)> = scored.predictions.values.iter().zip(scored.truth).map(|(&p, &t)| (p, t - p)).collect();
    sort::pairs(&mut rows);
    let misses: Vec<f64> = rows.iter().map(|r| r.1).collect();
    let mut sorted = misses.clone();
    sorted.sort_by(f64::total_cmp);
    let quantiles = [0.05, 0.25, 0.5, 0.75, 0.95].map(|p| quantile(&sorted, p));
    Some(Residuals { n_rows: rows.len() as u64, mean: sum::mean(&misses), sd: spread(&misses), quantiles, groups: groups(&rows) })
}

fn spread(values: &[f64]) -> Option<f64> {
    (values.len() > 1).then(|| sum::variance(values, 1).sqrt())
}

/// Cuts rows (prediction, residual), sorted by prediction, into groups of about equal size.
fn groups(rows: &[(f64, f64)]) -> Vec<ResidualGroup> {
    let wanted = (rows.len() / LEAST_ROWS).min(GROUPS);
    let mut all = Vec::with_capacity(wanted);
    let mut from = 0;
    for k in 1..=wanted {
        let mut to = rows.len() * k / wanted;
        while to > 0 && to < rows.len() && rows[to].0 == rows[to - 1].0 {
            to += 1;
        }
        if to > from {
            all.push(group(&rows[from..to]));
            from = to;
        }
    }
    all
}

fn group(rows: &[(f64, f64)]) -> ResidualGroup {
    let mut own: Vec<f64> = rows.iter().map(|r| r.1).collect();
    let predicted: Vec<f64> = rows.iter().map(|r| r.0).collect();
    own.sort_by(f64::total_cmp);
    let [low, median, high] = [0.1, 0.5, 0.9].map(|p| quantile(&own, p));
    ResidualGroup { predicted: sum::mean(&predicted), n: own.len() as u64, mean: sum::mean(&own), median, low, high }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Predictions;
    use crate::task::TaskKind;

    #[test]
    fn predictions_that_are_two_too_low_have_residuals_of_two_everywhere() {
        let truth: Vec<f64> = (0..2_000).map(f64::from).collect();
        let predictions = Predictions { n_classes: 0, values: truth.iter().map(|t| t - 2.0).collect(), cuts: Vec::new() };
        let found = residuals(&Scored { truth: &truth, predictions: &predictions, kind: TaskKind::Regression, n_classes: 0 }).unwrap();
        assert_eq!((found.mean, found.sd, found.quantiles), (2.0, Some(0.0), [2.0; 5]));
        assert_eq!(found.groups.len(), 20);
        assert!(found.groups.iter().all(|g| g.n == 100 && g.mean == 2.0 && g.median == 2.0));
    }

    #[test]
    fn one_row_has_no_spread_and_no_group() {
        let predictions = Predictions { n_classes: 0, values: vec![1.0], cuts: Vec::new() };
        let found = residuals(&Scored { truth: &[1.5], predictions: &predictions, kind: TaskKind::Regression, n_classes: 0 }).unwrap();
        assert_eq!((found.sd, found.groups.len(), found.mean), (None, 0, 0.5));
    }
}
