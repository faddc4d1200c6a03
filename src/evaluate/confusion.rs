//! Confusion matrix: true class by row, predicted class by column.

use super::Scored;
use serde::{Deserialize, Serialize};

/// Rows by true and predicted class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// Class labels, in the task's order.
    pub labels: Vec<String>,
    /// Rows, shape `(n_classes, n_classes)`: true class by row, predicted by column.
    pub counts: Vec<Vec<u64>>,
}

/// Counts rows. `labels` has one entry a class; `None` for regression or numbers that are not sound.
#[must_use]
pub fn confusion(scored: &Scored<'_>, labels: &[String]) -> Option<Confusion> {
    if scored.n_classes == 0 || labels.len() != scored.n_classes || !scored.is_sound() {
        return None;
    }
    let mut counts = vec![vec![0; scored.n_classes]; scored.n_classes];
    for (truth, predicted) in scored.classes().zip(scored.predictions.labels()) {
        counts[truth][predicted] += 1;
    }
    Some(Confusion { labels: labels.to_vec(), counts })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Predictions;
    use crate::task::TaskKind;

    #[test]
    fn rows_are_counted_by_true_class_down_and_predicted_class_across() {
        let predictions = Predictions { n_classes: 2, values: vec![0.9, 0.1, 0.2, 0.8, 0.4, 0.6], cuts: Vec::new() };
        let scored = Scored { truth: &[0.0, 0.0, 1.0], predictions: &predictions, kind: TaskKind::Binary, n_classes: 2 };
        let labels = ["no".to_owned(), "yes".to_owned()];
        assert_eq!(confusion(&scored, &labels).unwrap().counts, [[1, 1], [0, 1]]);
        assert_eq!(confusion(&scored, &labels[..1]), None);
    }
}
