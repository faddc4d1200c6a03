//! Precision: of the rows called positive, how many are.
//!
//! `TP / (TP + FP)` at a probability of 0.5; several classes: the mean over the classes that occur, a class never called counting 0.
//! Checked against `sklearn.metrics.precision_score` (`average="macro"` for several classes).

use super::{CLASSES, Direction, Metric, Pooling, Recount, Scored, Unit};

/// The entry of the list.
pub const METRIC: Metric = Metric {
    id: "precision",
    title: "Precision",
    doc: "Of the rows called positive at a probability of 0.5, the share that is: TP ÷ (TP + FP). 1 is perfect. Not computable when no row is called positive. Several classes: the mean over classes.",
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
    Recount::of_cells(scored, |cells| cells.share(|c, k| c.at(k, k), |c, k| c.predicted(k)))
}
