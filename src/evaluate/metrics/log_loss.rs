//! Log-loss: how surprised the predicted probabilities are by what happened.
//!
//! `-mean ln p(true class)`, probabilities kept at least [`CLIP`] away from 0 and 1 as scikit-learn does for 64-bit numbers.
//! Checked against `sklearn.metrics.log_loss`.

use super::{CLASSES, Direction, Metric, Pooling, Recount, Scored, Unit};
use crate::math::elementary::ln;

/// The entry of the list.
pub const METRIC: Metric = Metric {
    id: "log_loss",
    title: "Log-loss",
    doc: "Mean of −ln of the probability given to the true class, in nats. 0 is perfect; a confident mistake costs much. Probabilities are clipped at 2.2e−16.",
    direction: Direction::Lower,
    tasks: CLASSES,
    range: (f64::INFINITY, 0.0),
    unit: Unit::Nats,
    pooling: Pooling::Rows,
    modest: None,
    value: |scored| recount(scored)?.value(),
    recount,
};

/// Least distance of a probability from 0 and 1.
const CLIP: f64 = f64::EPSILON;

fn recount(scored: &Scored<'_>) -> Option<Recount> {
    if !scored.is_sound() {
        return None;
    }
    let rows = scored.classes().zip(scored.predictions.values.chunks(scored.n_classes));
    let loss = |(class, p): (usize, &[f64])| [-ln(p.get(class).copied().unwrap_or(0.0).clamp(CLIP, 1.0 - CLIP)), 0.0, 0.0];
    Some(Recount::Sums { terms: rows.map(loss).collect(), join: |n, [losses, ..]| (n > 0.0).then(|| losses / n) })
}
