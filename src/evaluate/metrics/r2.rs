//! Coefficient of determination: the share of the target's variance that the predictions explain.
//!
//! `1 - sum (y - p)^2 / sum (y - mean y)^2`. Checked against `sklearn.metrics.r2_score`.

use super::{Direction, Metric, Pooling, REGRESSION, Recount, Scored, Unit};
use crate::math::sum;

/// The entry of the list.
pub const METRIC: Metric = Metric {
    id: "r2",
    title: "R²",
    doc: "Share of the target's variance that is explained: 1 − Σ(y − p)² ÷ Σ(y − ȳ)². 1 is perfect, 0 is no better than the mean, below 0 is worse than it. Not computable when the target is constant.",
    direction: Direction::Higher,
    tasks: REGRESSION,
    range: (f64::NEG_INFINITY, 1.0),
    unit: Unit::Ratio,
    pooling: Pooling::Rows,
    modest: Some(0.1),
    value: |scored| recount(scored)?.value(),
    recount,
};

/// Variance below this share of the squared largest deviation is rounding, not spread.
const ROUNDING: f64 = 1e-24;

fn recount(scored: &Scored<'_>) -> Option<Recount> {
    // Centred first, so that the sum of squares does not cancel.
    let centre = sum::mean(scored.truth);
    let widest = scored.truth.iter().fold(0.0_f64, |w, t| w.max((t - centre).abs()));
    let constant = scored.truth.windows(2).all(|pair| pair[0] == pair[1]);
    if constant {
        return None;
    }
    let scale = widest;
    Recount::of_differences(
        scored,
        |t, p| [(t - centre) / scale, ((t - centre) / scale) * ((t - centre) / scale), ((t - p) / scale) * ((t - p) / scale)],
        join,
    )
}

fn join(n: f64, [deviations, squares, residuals]: [f64; 3]) -> Option<f64> {
    let total = squares - deviations * deviations / n;
    (n > 1.0 && total / n > ROUNDING).then(|| 1.0 - residuals / total)
}
