//! How much too good the score of the best of many trials looks.
//!
//! The best of many trials is best partly by luck on the very folds that chose it. Two answers:
//!
//! - **Nested** cross-validation (Varma and Simon 2006; Cawley and Talbot 2010): the whole search is repeated inside the training rows of every fold,
//!   and its winner is judged on the rows of the fold. Optimism is the mean difference between the winner of the search and the nested
//!   winners on the same folds; its interval is Student's t over folds, which takes folds as independent although their training rows
//!   overlap, hence is rather too narrow.
//! - **Corrected** (Tibshirani and Tibshirani 2009, *A bias correction for the minimum error rate in cross-validation*): for each fold, how much better than the
//!   winner the fold's own best trial is there; the mean over folds estimates the optimism without a single further fit.

use super::{Search, State, Trial};
use crate::math::distribution::t_quantile;
use crate::math::sum;

/// Upper end of a 95 % interval.
const UPPER: f64 = 0.975;

/// Optimism that was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimism {
    /// Mean score of the winner of the search over the folds compared.
    pub found: f64,
    /// Mean score of the nested winners over the same folds.
    pub nested: f64,
    /// How much better the first looks; positive whatever the metric's direction.
    pub value: f64,
    /// 95 % interval; `None` with fewer than two folds.
    pub interval: Option<(f64, f64)>,
    /// Folds compared.
    pub folds: usize,
}

/// Optimism from the scores of nested winners by fold (`None`: not computable there). `None` without a winner or a fold to compare.
#[must_use]
pub fn optimism(search: &Search, nested: &[Option<f64>]) -> Option<Optimism> {
    let best = search.trials().get(search.best()?)?;
    let pairs: Vec<(f64, f64)> = best.scores.iter().zip(nested).filter_map(|(a, b)| Some(((*a)?, (*b)?))).collect();
    let (found, inner): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let differences: Vec<f64> = pairs.iter().map(|(a, b)| if search.rules().higher { a - b } else { b - a }).collect();
    let n = differences.len();
    let value = sum::mean(&differences);
    let half = || t_quantile(UPPER, count(n - 1)) * (sum::variance(&differences, 1) / count(n)).sqrt();
    (n > 0).then(|| Optimism {
        found: sum::mean(&found),
        nested: sum::mean(&inner),
        value,
        interval: (n > 1).then(|| (value - half(), value + half())),
        folds: n,
    })
}

/// Optimism estimated from the trials alone, never below 0; `None` with fewer than two complete trials.
#[must_use]
pub fn corrected(search: &Search) -> Option<f64> {
    let complete: Vec<&Trial> = search.trials().iter().filter(|t| t.state == State::Done).collect();
    let best = search.trials().get(search.best()?)?;
    let gap = |(fold, own): (usize, &Option<f64>)| {
        let better =
            |t: &&Trial| t.scores.get(fold).copied().flatten().zip(*own).map(|(s, own)| if search.rules().higher { s - own } else { own - s });
        complete.iter().filter_map(better).max_by(f64::total_cmp)
    };
    let gaps: Vec<f64> = best.scores.iter().enumerate().filter_map(gap).collect();
    (complete.len() > 1 && !gaps.is_empty()).then(|| sum::mean(&gaps))
}

#[expect(clippy::cast_precision_loss, reason = "folds are few")]
fn count(n: usize) -> f64 {
    n as f64
}
