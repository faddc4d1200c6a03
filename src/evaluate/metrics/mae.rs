//! Mean absolute error: how far off a prediction is on average.
//!
//! `mean |y - p|`. Checked against `sklearn.metrics.mean_absolute_error`.

use super::{Direction, Metric, Pooling, REGRESSION, Recount, Scored, Unit};

/// The entry of the list.
pub const METRIC: Metric = Metric {
    id: "mae",
    title: "MAE",
    doc: "Mean absolute error: mean |y − p|, in the unit of the target. 0 is perfect.",
    direction: Direction::Lower,
    tasks: REGRESSION,
    range: (f64::INFINITY, 0.0),
    unit: Unit::TargetUnit,
    pooling: Pooling::Rows,
    modest: None,
    value: |scored| recount(scored)?.value(),
    recount,
};

fn recount(scored: &Scored<'_>) -> Option<Recount> {
    Recount::of_differences(scored, |t, p| [(t - p).abs(), 0.0, 0.0], |n, [errors, ..]| (n > 0.0).then(|| errors / n))
}
