//! Root mean squared error: the usual distance, with large errors counting more.
//!
//! `sqrt(mean (y - p)^2)`. Checked against `sklearn.metrics.root_mean_squared_error`.

use super::{Direction, Metric, Pooling, REGRESSION, Recount, Scored, Unit};

/// The entry of the list.
pub const METRIC: Metric = Metric {
    id: "rmse",
    title: "RMSE",
    doc: "Root mean squared error: √(mean (y − p)²), in the unit of the target. 0 is perfect; large errors count more.",
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
    Recount::of_differences(scored, |t, p| [(t - p) * (t - p), 0.0, 0.0], |n, [squares, ..]| (n > 0.0).then(|| (squares / n).sqrt()))
}
