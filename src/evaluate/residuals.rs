//! Residuals: what the predictions miss, and whether they miss it in one direction.
//!
//! A residual is truth minus prediction, in the unit of the target. Summaries are by tenths of the prediction, equal predictions together.

use super::Scored;
use super::interval::quantile;
use crate::math::rng::Stream;
use crate::math::sum;
use serde::{Deserialize, Serialize};

/// Bins of the summary.
const BINS: usize = 10;
/// Fewest rows in a bin.
const LEAST_ROWS: usize = 5;
/// Most points kept for the figure.
pub const MOST_POINTS: usize = 500;

/// Residuals of rows with similar predictions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResidualBin {
    /// Mean prediction.
    pub predicted: f64,
    /// Rows.
    pub n: u64,
    /// Mean residual.
    pub mean: f64,
    /// Standard deviation of residuals; `None` for one row.
    pub sd: Option<f64>,
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
    /// By tenths of the prediction.
    pub bins: Vec<ResidualBin>,
    /// Up to [`MOST_POINTS`] rows by chance, (prediction, residual), in ascending order of prediction.
    pub points: Vec<(f64, f64)>,
}

/// Residuals of a regression; `None` for classes, no rows or numbers that are not sound.
#[must_use]
pub fn residuals(scored: &Scored<'_>, seed: u64) -> Option<Residuals> {
    if scored.kind.is_classification() || !scored.is_sound() {
        return None;
    }
    let mut rows: Vec<(f64, f64)> = scored.predictions.values.iter().zip(scored.truth).map(|(&p, &t)| (p, t - p)).collect();
    let points = sampled(&rows, seed);
    rows.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let misses: Vec<f64> = rows.iter().map(|r| r.1).collect();
    let mut sorted = misses.clone();
    sorted.sort_by(f64::total_cmp);
    let quantiles = [0.05, 0.25, 0.5, 0.75, 0.95].map(|p| quantile(&sorted, p));
    Some(Residuals { n_rows: rows.len() as u64, mean: sum::mean(&misses), sd: spread(&misses), quantiles, bins: bins(&rows), points })
}

fn spread(values: &[f64]) -> Option<f64> {
    (values.len() > 1).then(|| sum::variance(values, 1).sqrt())
}

fn bins(rows: &[(f64, f64)]) -> Vec<ResidualBin> {
    let wanted = (rows.len() / LEAST_ROWS).clamp(1, BINS);
    let mut all = Vec::with_capacity(wanted);
    let mut from = 0;
    for k in 1..=wanted {
        let mut to = rows.len() * k / wanted;
        while to > 0 && to < rows.len() && rows[to].0 == rows[to - 1].0 {
            to += 1;
        }
        if to > from {
            let own: Vec<f64> = rows[from..to].iter().map(|r| r.1).collect();
            let predicted: Vec<f64> = rows[from..to].iter().map(|r| r.0).collect();
            all.push(ResidualBin { predicted: sum::mean(&predicted), n: own.len() as u64, mean: sum::mean(&own), sd: spread(&own) });
            from = to;
        }
    }
    all
}

fn sampled(rows: &[(f64, f64)], seed: u64) -> Vec<(f64, f64)> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    if rows.len() > MOST_POINTS {
        Stream::new(seed, "residuals/points", 0).shuffle(&mut order);
        order.truncate(MOST_POINTS);
    }
    let mut points: Vec<(f64, f64)> = order.into_iter().map(|i| rows[i]).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Predictions;
    use crate::task::TaskKind;

    #[test]
    fn predictions_that_are_two_too_low_have_residuals_of_two_everywhere() {
        let truth: Vec<f64> = (0..2_000).map(f64::from).collect();
        let predictions = Predictions { n_classes: 0, values: truth.iter().map(|t| t - 2.0).collect() };
        let found = residuals(&Scored { truth: &truth, predictions: &predictions, kind: TaskKind::Regression, n_classes: 0 }, 1).unwrap();
        assert_eq!((found.mean, found.sd, found.quantiles), (2.0, Some(0.0), [2.0; 5]));
        assert_eq!((found.bins.len(), found.points.len()), (10, MOST_POINTS));
        assert!(found.bins.iter().all(|b| b.n == 200 && b.mean == 2.0));
    }

    #[test]
    fn one_row_has_no_spread() {
        let predictions = Predictions { n_classes: 0, values: vec![1.0] };
        let found = residuals(&Scored { truth: &[1.5], predictions: &predictions, kind: TaskKind::Regression, n_classes: 0 }, 1).unwrap();
        assert_eq!((found.sd, found.bins.len(), found.mean), (None, 1, 0.5));
    }
}
