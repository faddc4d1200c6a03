//! The area under the ROC curve with `DeLong`'s interval, and the paired difference from another learner, over the folds of a cross-validation.
//!
//! Folds have models of their own, so areas are taken fold by fold and weighted by rows, as the metric is; the validation rows of different folds are different, so
//! variances add up with the squares of the weights. Single rows and two classes only: `DeLong` takes rows as independent.

use super::{Dependence, FoldResult, Judge};
use crate::error::Result;
use crate::stats::delong::{Area, Difference, area, difference};
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};

/// Share of intervals that hold the true value.
const LEVEL: f64 = 0.95;

/// Areas by `DeLong`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// Area under the ROC curve, mean over folds.
    pub area: f64,
    /// Its interval; `None` where the classes are fully apart.
    pub interval: Option<(f64, f64)>,
    /// The rival's learner (of the run), and the difference from it.
    pub rival: Option<(usize, Apart)>,
}

/// A difference of two areas.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Apart {
    /// The learner's area minus the rival's.
    pub value: f64,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// Two-sided p-value of no difference.
    pub p: Option<f64>,
}

/// Areas of one learner, each row judged once, and the difference from a `rival` on the same folds; `None` where `DeLong` does not hold or a fold has too few
/// rows of a class.
///
/// # Errors
/// A row that does not exist.
#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
pub fn ranked(judge: &Judge<'_>, folds: &[&FoldResult], rival: &[&FoldResult]) -> Result<Option<Ranked>> {
    if judge.kind != TaskKind::Binary || !matches!(judge.dependence, Dependence::Independent) {
        return Ok(None);
    }
    let total: f64 = folds.iter().map(|f| f.rows.len() as f64).sum();
    let (mut own, mut apart) = (Area { value: 0.0, variance: 0.0 }, Some(Difference { value: 0.0, variance: 0.0 }));
    for fold in folds {
        let positive: Vec<bool> = judge.truth_of(&fold.rows)?.iter().map(|t| *t > 0.0).collect();
        let weight = fold.rows.len() as f64 / total;
        let Some(here) = area(&fold.predictions.class(1), &positive) else { return Ok(None) };
        own = Area { value: own.value + weight * here.value, variance: own.variance + weight * weight * here.variance };
        let other = rival.iter().find(|r| r.fold == fold.fold && r.rows == fold.rows);
        let here = other.and_then(|r| difference(&fold.predictions.class(1), &r.predictions.class(1), &positive));
        apart = apart
            .zip(here)
            .map(|(sum, here)| Difference { value: sum.value + weight * here.value, variance: sum.variance + weight * weight * here.variance });
    }
    let rival = rival.first().zip(apart).map(|(r, d)| (r.learner, Apart { value: d.value, interval: d.interval(LEVEL), p: d.p() }));
    Ok((!folds.is_empty()).then(|| Ranked { area: own.value, interval: own.interval(LEVEL), rival }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::metric;
    use crate::math::rng::Stream;
    use crate::model::Predictions;

    #[test]
    fn the_interval_is_nearly_that_of_the_bootstrap_and_the_difference_that_of_the_pairs() {
        let mut stream = Stream::new(1, "test/ranked", 0);
        let truth: Vec<f64> = (0..600).map(|_| f64::from(u8::from(stream.chance(0.4)))).collect();
        let judge = Judge { kind: TaskKind::Binary, n_classes: 2, truth: &truth, dependence: Dependence::Independent, seed: 1 };
        let mut fold = |learner: usize, k: usize, known: f64| {
            let rows: Vec<u32> = (k as u32 * 120..(k as u32 + 1) * 120).collect();
            let values = rows
                .iter()
                .flat_map(|&r| {
                    let p = crate::math::elementary::logistic(known * truth[r as usize] + stream.normal());
                    [1.0 - p, p]
                })
                .collect();
            judge.score(learner, k, rows, Predictions { n_classes: 2, values, cuts: Vec::new() }).unwrap()
        };
        let good: Vec<FoldResult> = (0..5).map(|k| fold(0, k, 2.0)).collect();
        let poor: Vec<FoldResult> = (0..5).map(|k| fold(1, k, 0.5)).collect();
        let (good, poor): (Vec<&FoldResult>, Vec<&FoldResult>) = (good.iter().collect(), poor.iter().collect());
        let found = ranked(&judge, &good, &poor).unwrap().unwrap();
        let drawn = |folds: &[&FoldResult]| judge.resample(folds, &[metric("roc_auc").unwrap()]).unwrap().remove(0);
        let (a, b) = (drawn(&good), drawn(&poor));
        let (low, high) = found.interval.unwrap();
        let (by_draws, gain) = (a.estimate().interval().unwrap(), a.gain_over(&b));
        assert!((found.area - a.value.unwrap()).abs() < 1e-12);
        assert!(((high - low) / (by_draws.1 - by_draws.0) - 1.0).abs() < 0.15, "{low} {high} {by_draws:?}");
        let (learner, apart) = found.rival.unwrap();
        assert!(learner == 1 && (apart.value - gain.value.unwrap()).abs() < 1e-12 && apart.p.unwrap() < 1e-6);
        let ends = apart.interval.unwrap();
        assert!(((ends.1 - ends.0) / (gain.high.unwrap() - gain.low.unwrap()) - 1.0).abs() < 0.15, "{ends:?} {gain:?}");
    }

    #[test]
    fn rows_that_hang_together_and_other_tasks_have_none() {
        let truth = [0.0, 1.0, 0.0, 1.0];
        let judge = Judge { kind: TaskKind::Binary, n_classes: 2, truth: &truth, dependence: Dependence::TimeOrdered, seed: 1 };
        assert_eq!(ranked(&judge, &[], &[]).unwrap(), None);
        assert_eq!(ranked(&Judge { kind: TaskKind::Regression, n_classes: 0, ..judge }, &[], &[]).unwrap(), None);
    }
}
