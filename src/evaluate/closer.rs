//! A closer look at one learner's validation rows: everything the validation screen draws.

use super::{Calibration, Confusion, Curve, FoldResult, Judge, Residuals, Scored, calibration, confusion, precision_recall, residuals, roc};
use crate::error::Result;
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};

/// What a closer look found; what does not apply to the task is empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CloserLook {
    /// Rows judged, over all folds.
    pub n_rows: u64,
    /// Calibration: of the positive class, or of every class of several.
    pub calibration: Vec<Calibration>,
    /// ROC curves, of the same classes.
    pub roc: Vec<Curve>,
    /// Precision-recall curves, of the same classes.
    pub precision_recall: Vec<Curve>,
    /// Confusion matrix.
    pub confusion: Option<Confusion>,
    /// Residuals of a regression.
    pub residuals: Option<Residuals>,
}

/// Looks at the pooled validation rows of one learner. `labels`: class labels in the task's order, empty for regression.
///
/// # Errors
/// A row that does not exist.
pub fn closer_look(judge: &Judge<'_>, folds: &[&FoldResult], labels: &[String]) -> Result<CloserLook> {
    let (truth, predictions) = judge.pooled(folds)?;
    let scored = Scored { truth: &truth, predictions: &predictions, kind: judge.kind, n_classes: judge.n_classes };
    let classes = match judge.kind {
        TaskKind::Regression => 0..0,
        TaskKind::Binary => 1..2,
        TaskKind::Multiclass => 0..judge.n_classes,
    };
    Ok(CloserLook {
        n_rows: truth.len() as u64,
        calibration: classes.filter_map(|class| calibration(&scored, class)).collect(),
        roc: roc(&scored),
        precision_recall: precision_recall(&scored),
        confusion: confusion(&scored, labels),
        residuals: residuals(&scored),
    })
}
