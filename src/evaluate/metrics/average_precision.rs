//! Average precision: precision averaged over the positives in order of score; says more than AUC when positives are rare.
//!
//! `sum over thresholds (recall_k - recall_(k-1)) precision_k`, equal scores as one threshold. Not the trapezoid area, which is too kind.
//! Multiclass: the mean over the classes that occur. Checked against `sklearn.metrics.average_precision_score`.

use super::{CLASSES, Direction, Metric, Pooling, Ranking, Recount, Scored, Unit};

/// The entry of the list.
pub const METRIC: Metric = Metric {
    id: "average_precision",
    title: "Average precision",
    doc: "Precision averaged over the positive rows in order of score: Σ (recallₖ − recallₖ₋₁) · precisionₖ. 1 is perfect; the share of positives is chance. Several classes: the mean of each class against the rest.",
    direction: Direction::Higher,
    tasks: CLASSES,
    range: (0.0, 1.0),
    unit: Unit::Ratio,
    pooling: Pooling::Folds,
    modest: None,
    value: |scored| recount(scored)?.value(),
    recount,
};

fn recount(scored: &Scored<'_>) -> Option<Recount> {
    Recount::of_ranks(scored, average)
}

/// Average precision of one class against the rest.
#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
pub(crate) fn average(ranking: &Ranking, counts: &[u16]) -> Option<f64> {
    let (mut total, mut positive) = (0.0, 0_u64);
    ranking.walk(counts, |g| {
        let found = g.above_positive + g.positive;
        total += g.positive as f64 * (found as f64 / (found + g.above_negative + g.negative) as f64);
        positive += g.positive;
    });
    (positive > 0).then(|| total / positive as f64)
}
