//! Accuracy: the share of rows whose class is called right.
//!
//! Binary: called positive at a probability of 0.5; several classes: the most probable one. Checked against `sklearn.metrics.accuracy_score`.

use super::{CLASSES, Cells, Direction, Metric, Pooling, Recount, Scored, Unit};

/// The entry of the list.
pub const METRIC: Metric = Metric {
    id: "accuracy",
    title: "Accuracy",
    doc: "Share of rows whose class is called right. 1 is perfect; the share of the largest class is what always naming it would give.",
    direction: Direction::Higher,
    tasks: CLASSES,
    range: (0.0, 1.0),
    unit: Unit::Percent,
    pooling: Pooling::Rows,
    modest: None,
    value: |scored| recount(scored)?.value(),
    recount,
};

fn recount(scored: &Scored<'_>) -> Option<Recount> {
    Recount::of_cells(scored, right)
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn right(cells: &Cells) -> Option<f64> {
    let all: u64 = cells.counts.iter().sum();
    let right: u64 = (0..cells.n_classes).map(|k| cells.at(k, k)).sum();
    (all > 0).then(|| right as f64 / all as f64)
}
