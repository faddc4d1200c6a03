//! Mean absolute percentage error: the error as a share of what was to be predicted.
//!
//! `mean |y - p| / |y|`; not computable where a target is 0 (scikit-learn divides by 2e-16 there and gives an absurd number).
//! Checked against `sklearn.metrics.mean_absolute_percentage_error` where no target is 0.

use super::{Direction, Metric, Pooling, REGRESSION, Recount, Scored, Unit};

/// The entry of the list.
pub const METRIC: Metric = Metric {
    id: "mape",
    title: "MAPE",
    doc: "Mean absolute percentage error: mean |y − p| ÷ |y|. 0 is perfect. Not computable when any target is 0.",
    direction: Direction::Lower,
    tasks: REGRESSION,
    range: (f64::INFINITY, 0.0),
    unit: Unit::Percent,
    pooling: Pooling::Rows,
    modest: None,
    value: |scored| recount(scored)?.value(),
    recount,
};

fn recount(scored: &Scored<'_>) -> Option<Recount> {
    if scored.truth.contains(&0.0) {
        return None;
    }
    Recount::of_differences(scored, |t, p| [((t - p) / t).abs(), 0.0, 0.0], |n, [errors, ..]| (n > 0.0).then(|| errors / n))
}
