//! A number that is often exactly 0 (revenue of visits, cost of claims): how each learner does on all rows, on those that are not 0, on the zeros, and on totals.
//!
//! One error over all rows hides what such models are used for. So beside it stand the error where the number is not 0; the total predicted over the true
//! one (a budget is a total); the mean prediction on rows that are 0; and the largest distance between predicted and true mean in fifths of the rows by
//! prediction, each of the last two in units of the overall mean.

use super::{FoldResult, Judge};
use crate::error::Result;
use crate::math::sort;
use crate::math::sum::sum_of;
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};

/// Share of zeros in a target that is never negative from which it counts as often 0: more than the spread of a continuous amount explains.
pub const ZEROS: f64 = 0.25;
/// How far a total may be off and still count as right.
pub const TOTAL_OFF: f64 = 0.05;
/// Groups of rows by prediction.
const GROUPS: usize = 5;

/// How one learner does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OnZeros {
    /// Which learner of the run.
    pub learner: usize,
    /// Whether it says the amount only, as if no row were 0: not to be compared on all rows.
    pub amount_only: bool,
    /// Root mean squared error over all rows, in the target's unit.
    pub rmse: f64,
    /// The same over the rows that are not 0.
    pub rmse_amount: f64,
    /// Mean absolute error over the rows that are not 0.
    pub mae_amount: f64,
    /// Predicted total over true total.
    pub total: f64,
    /// Mean prediction on the rows that are 0, over the overall mean.
    pub on_zeros: f64,
    /// Largest distance of predicted and true mean in fifths of the rows by prediction, over the overall mean.
    pub gap: f64,
}

/// All learners, and which is recommended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Zeros {
    /// Share of judged rows that are 0.
    pub share: f64,
    /// In the order of the run.
    pub learners: Vec<OnZeros>,
    /// The learner (of the run) with the least error over all rows among those whose total is right; where no total is, the one whose total is nearest.
    pub recommended: Option<usize>,
}

/// Whether numbers (NaN: missing) are never negative and often 0.
#[must_use]
pub fn is_often_zero(numbers: &[f64]) -> bool {
    let present = || numbers.iter().filter(|y| !y.is_nan());
    let (n, zeros) = (present().count(), present().filter(|y| **y == 0.0).count());
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let often = zeros as f64 >= ZEROS * n as f64;
    often && zeros > 0 && zeros < n && present().all(|y| *y >= 0.0)
}

/// Every learner on its validation rows, for a target that is often 0; `None` for any other. `folds`: of all learners; `amount_only`: those that say the amount
/// only. Baselines are left to the caller.
///
/// # Errors
/// A row that does not exist.
pub fn zeros(judge: &Judge<'_>, folds: &[FoldResult], learners: &[usize], amount_only: &[usize]) -> Result<Option<Zeros>> {
    if judge.kind != TaskKind::Regression || !is_often_zero(judge.truth) {
        return Ok(None);
    }
    let mut all = Vec::new();
    let mut share = 0.0;
    for &learner in learners {
        let own: Vec<&FoldResult> = folds.iter().filter(|f| f.learner == learner).collect();
        let (truth, predictions) = judge.pooled(&own)?;
        let total = sum_of(truth.iter().copied());
        if total > 0.0 {
            all.push(on_zeros(learner, amount_only.contains(&learner), &truth, &predictions.values, total));
            share = ratio(truth.iter().filter(|y| **y == 0.0).count(), truth.len());
        }
    }
    let candidates = || all.iter().filter(|l| !l.amount_only);
    let off = |l: &&OnZeros| (l.total - 1.0).abs();
    let right = candidates().filter(|l| off(l) <= TOTAL_OFF).min_by(|a, b| a.rmse.total_cmp(&b.rmse));
    let recommended = right.or_else(|| candidates().min_by(|a, b| off(a).total_cmp(&off(b)))).map(|l| l.learner);
    Ok((!all.is_empty()).then_some(Zeros { share, learners: all, recommended }))
}

fn on_zeros(learner: usize, amount_only: bool, truth: &[f64], predicted: &[f64], total: f64) -> OnZeros {
    let rows = || truth.iter().copied().zip(predicted.iter().copied());
    let amounts = || rows().filter(|(y, _)| *y != 0.0);
    let n_amounts = amounts().count();
    let mean = total / ratio(truth.len(), 1);
    OnZeros {
        learner,
        amount_only,
        rmse: (sum_of(rows().map(|(y, p)| (p - y) * (p - y))) / ratio(truth.len(), 1)).sqrt(),
        rmse_amount: (sum_of(amounts().map(|(y, p)| (p - y) * (p - y))) / ratio(n_amounts, 1)).sqrt(),
        mae_amount: sum_of(amounts().map(|(y, p)| (p - y).abs())) / ratio(n_amounts, 1),
        total: sum_of(predicted.iter().copied()) / total,
        on_zeros: sum_of(rows().filter(|(y, _)| *y == 0.0).map(|(_, p)| p)) / ratio(truth.len() - n_amounts, 1) / mean,
        gap: gap(rows().map(|(y, p)| (p, y)).collect()) / mean,
    }
}

/// Largest distance of the means of prediction and truth in groups of equal size by prediction; rows are (prediction, truth).
fn gap(mut rows: Vec<(f64, f64)>) -> f64 {
    sort::pairs(&mut rows);
    let n = rows.len();
    let one = |k: usize| {
        let group = &rows[n * k / GROUPS..n * (k + 1) / GROUPS];
        sum_of(group.iter().map(|(p, y)| p - y)).abs() / ratio(group.len().max(1), 1)
    };
    (0..GROUPS).map(one).fold(0.0, f64::max)
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn ratio(a: usize, b: usize) -> f64 {
    a as f64 / b as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Dependence;
    use crate::model::Predictions;

    /// Ten rows, eight of them 0: learner 0 says the mean, 1 everything right, 2 twice as much, 3 the amount everywhere.
    fn four() -> Zeros {
        let truth = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 40.0, 60.0];
        let judge = Judge { kind: TaskKind::Regression, n_classes: 0, truth: &truth, dependence: Dependence::Independent, seed: 1 };
        let answers: [Vec<f64>; 4] = [vec![10.0; 10], truth.to_vec(), truth.iter().map(|y| 2.0 * y).collect(), vec![50.0; 10]];
        let fold = |(learner, values): (usize, Vec<f64>)| {
            judge.score(learner, 0, (0..10).collect(), Predictions { n_classes: 0, values, cuts: Vec::new() }).unwrap()
        };
        let folds: Vec<FoldResult> = answers.into_iter().enumerate().map(fold).collect();
        zeros(&judge, &folds, &[0, 1, 2, 3], &[3]).unwrap().unwrap()
    }

    #[test]
    fn errors_totals_and_zeros_are_told_apart() {
        let all = four();
        let [mean, right, twice, amount] = all.learners.as_slice() else { panic!("{all:?}") };
        assert_eq!((all.share, mean.total, mean.on_zeros, mean.mae_amount), (0.8, 1.0, 1.0, 40.0));
        assert_eq!((right.rmse, right.gap, right.on_zeros, twice.total), (0.0, 0.0, 0.0, 2.0));
        assert_eq!((twice.gap, amount.mae_amount, amount.amount_only), (5.0, 10.0, true));
        assert_eq!(amount.rmse_amount, 10.0);
    }

    #[test]
    fn the_least_error_among_right_totals_is_recommended_and_never_the_amount_alone() {
        assert_eq!(four().recommended, Some(1));
        let mut all = four();
        all.learners.retain(|l| l.learner != 1);
        assert!(all.learners.iter().any(|l| l.amount_only && l.rmse_amount < 30.0));
    }

    #[test]
    fn a_number_that_is_never_0_negative_or_all_0_is_none_of_it() {
        assert!(
            is_often_zero(&[0.0, 0.0, 1.0, f64::NAN]) && !is_often_zero(&[0.0; 4]) && !is_often_zero(&[0.0, -1.0]) && !is_often_zero(&[1.0, 2.0])
        );
    }
}
