//! F1: the harmonic mean of precision and recall.
//!
//! `2 TP / (2 TP + FP + FN)` at a probability of 0.5; several classes: the mean over the classes that occur in truth or predictions.
//! Checked against `sklearn.metrics.f1_score` (`average="macro"` for several classes).

use super::{CLASSES, Direction, Metric, Pooling, Recount, Scored, Unit};

/// The entry of the list.
pub const METRIC: Metric = Metric {
    id: "f1",
    title: "F1",
    doc: "Harmonic mean of precision and recall of the positive class, called at a probability of 0.5: 2·TP ÷ (2·TP + FP + FN). 1 is perfect. Several classes: the mean over classes.",
    direction: Direction::Higher,
    tasks: CLASSES,
    range: (0.0, 1.0),
    unit: Unit::Ratio,
    pooling: Pooling::Rows,
    modest: None,
    value: |scored| recount(scored)?.value(),
    recount,
};

fn recount(scored: &Scored<'_>) -> Option<Recount> {
    Recount::of_cells(scored, |cells| cells.share(|c, k| 2 * c.at(k, k), |c, k| c.truly(k) + c.predicted(k)))
}
