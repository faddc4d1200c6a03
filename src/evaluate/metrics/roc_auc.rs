//! Area under the ROC curve: the chance that a random positive row is scored above a random negative one.
//!
//! `(pairs in order + tied pairs / 2) / pairs`, counted in whole numbers, so ties are exact. Multiclass: the mean over classes, each against
//! the rest, of those classes that are neither absent nor alone. Checked against `sklearn.metrics.roc_auc_score` (`multi_class="ovr"`).

use super::{CLASSES, Direction, Metric, Pooling, Ranking, Recount, Scored, Unit};

/// The entry of the list.
pub const METRIC: Metric = Metric {
    id: "roc_auc",
    title: "AUC",
    doc: "Area under the ROC curve: the chance that a positive row is scored above a negative one, ties half. 1 is perfect, 0.5 is chance. Several classes: the mean of each class against the rest. Not computable with one class.",
    direction: Direction::Higher,
    tasks: CLASSES,
    range: (0.0, 1.0),
    unit: Unit::Ratio,
    pooling: Pooling::Folds,
    modest: Some(0.6),
    value: |scored| recount(scored)?.value(),
    recount,
};

fn recount(scored: &Scored<'_>) -> Option<Recount> {
    Recount::of_ranks(scored, area)
}

/// Area under the ROC curve of one class against the rest.
pub(crate) fn area(ranking: &Ranking, counts: &[u16]) -> Option<f64> {
    let (mut twice, mut positive, mut negative) = (0_u64, 0_u64, 0_u64);
    ranking.walk(counts, |g| {
        twice += g.negative * (2 * g.above_positive + g.positive);
        positive += g.positive;
        negative += g.negative;
    });
    #[expect(clippy::cast_precision_loss, reason = "pairs of fewer than 2^26 rows")]
    (positive > 0 && negative > 0).then(|| twice as f64 / (2.0 * positive as f64 * negative as f64))
}
