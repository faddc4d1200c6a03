//! Recall: of the positive rows, how many are called so.
//!
//! `TP / (TP + FN)` at a probability of 0.5; several classes: the mean over the classes that occur.
//! Checked against `sklearn.metrics.recall_score` (`average="macro"` for several classes).

use super::{CLASSES, Direction, Metric, Pooling, Recount, Scored, Unit};

/// The entry of the list.
pub const METRIC: Metric = Metric {
    id: "recall",
    title: "Recall",
    doc: "Of the positive rows, the share that is called so at a probability of 0.5: TP ÷ (TP + FN). 1 is perfect. Not computable without positive rows. Several classes: the mean over classes.",
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
    Recount::of_cells(scored, |cells| cells.share(|c, k| c.at(k, k), |c, k| c.truly(k)))
}
