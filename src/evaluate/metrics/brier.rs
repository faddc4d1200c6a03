//! Brier score: the mean squared distance of the probabilities from what happened.
//!
//! Binary: `mean (p - y)^2` of the positive class, 0 to 1. Several classes: `mean sum_k (p_k - y_k)^2`, 0 to 2 (Brier 1950).
//! Checked against `sklearn.metrics.brier_score_loss`.

use super::{CLASSES, Direction, Metric, Pooling, Recount, Scored, Unit};

/// The entry of the list.
pub const METRIC: Metric = Metric {
    id: "brier",
    title: "Brier score",
    doc: "Mean squared distance between probability and outcome: mean (p − y)². 0 is perfect, 1 is worst (2 with several classes, where the classes are summed).",
    direction: Direction::Lower,
    tasks: CLASSES,
    range: (2.0, 0.0),
    unit: Unit::Ratio,
    pooling: Pooling::Rows,
    modest: None,
    value: |scored| recount(scored)?.value(),
    recount,
};

fn recount(scored: &Scored<'_>) -> Option<Recount> {
    if !scored.is_sound() {
        return None;
    }
    let from = usize::from(scored.n_classes == 2);
    let squared = |(class, p): (usize, &[f64])| {
        let distance = |(k, &p): (usize, &f64)| (p - f64::from(u8::from(k == class))) * (p - f64::from(u8::from(k == class)));
        [p.iter().enumerate().skip(from).map(distance).sum(), 0.0, 0.0]
    };
    let rows = scored.classes().zip(scored.predictions.values.chunks(scored.n_classes));
    Some(Recount::Sums { terms: rows.map(squared).collect(), join: |n, [squares, ..]| (n > 0.0).then(|| squares / n) })
}
