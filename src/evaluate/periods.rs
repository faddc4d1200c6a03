//! Does a model hold from one period to the next, and does it beat the baseline in each?
//!
//! In time order the periods are the validation blocks of the folds. Otherwise, where rows have a moment, they are [`PERIODS`] runs of about equal size; without
//! moments the folds stand for them, and say nothing of time. The consistency is the share of periods in which the model is better than the best baseline on the
//! same rows, with Wilson's interval (it takes periods as independent).

use super::interval::Estimate;
use super::metrics::Metric;
use super::shares::{Share, of_rows};
use super::{Dependence, FoldResult, Judge};
use crate::error::Result;
use crate::math::rank::sorted;
use crate::math::sum::{mean, variance};
use crate::stats::spearman::correlation;
use serde::{Deserialize, Serialize};

/// Runs that rows are cut into by their moments.
const PERIODS: usize = 6;
/// Fewest rows of a period.
const LEAST_ROWS: usize = 20;

/// One period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Period {
    /// First and last moment (milliseconds since 1970, or a number); `None` without moments.
    pub span: Option<(f64, f64)>,
    /// Rows.
    pub n_rows: u64,
    /// The model's score.
    pub score: Estimate,
    /// The best baseline's.
    pub baseline: Option<f64>,
    /// Paired gain over it, positive when the model is better.
    pub gain: Option<Estimate>,
}

/// All periods.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Periods {
    /// Whether they follow each other in time; else they are folds.
    pub in_time: bool,
    /// In order.
    pub all: Vec<Period>,
    /// Share of periods in which the model beats the best baseline, of those where both have a score.
    pub consistency: Option<Share>,
    /// Standard deviation of the scores over periods; `None` for one.
    pub sd: Option<f64>,
    /// Periods whose interval leaves out the mean score of all.
    pub apart: u64,
    /// Rank correlation of score and period with its p-value, where periods follow each other in time; `None` for fewer than four.
    pub trend: Option<(f64, f64)>,
}

/// Scores of one learner, and of the best baseline on the same folds, by period; each row judged once. `times`: moment of every row of the table, NaN where
/// missing; empty: none is known.
///
/// # Errors
/// A row that does not exist.
pub fn periods(judge: &Judge<'_>, folds: &[&FoldResult], baseline: &[&FoldResult], times: &[f64], main: &'static Metric) -> Result<Periods> {
    let moment = |row: u32| times.get(row as usize).copied().filter(|t| t.is_finite());
    let by_fold = matches!(judge.dependence, Dependence::TimeOrdered);
    let cuts = if by_fold { Vec::new() } else { cuts(folds, &moment) };
    let in_time = by_fold || !cuts.is_empty();
    let mut all = Vec::new();
    if cuts.is_empty() {
        for fold in folds {
            let same: Vec<FoldResult> = baseline.iter().filter(|b| b.fold == fold.fold).map(|b| (*b).clone()).collect();
            all.extend(period(judge, &[(*fold).clone()], &same, &moment, main)?);
        }
    } else {
        for at in 0..=cuts.len() {
            let inside = |row: u32| moment(row).is_some_and(|t| cuts.partition_point(|cut| *cut <= t) == at);
            let of = |folds: &[&FoldResult]| -> Vec<FoldResult> { folds.iter().map(|f| f.only(&inside)).filter(|f| !f.rows.is_empty()).collect() };
            all.extend(period(judge, &of(folds), &of(baseline), &moment, main)?);
        }
    }
    Ok(summary(all, in_time))
}

/// Moments at which a period begins, but for the first; none where moments are unknown or too few.
fn cuts(folds: &[&FoldResult], moment: &dyn Fn(u32) -> Option<f64>) -> Vec<f64> {
    let known: Vec<f64> = folds.iter().flat_map(|f| f.rows.iter()).filter_map(|row| moment(*row)).collect();
    let ascending = sorted(&known);
    let n = (ascending.len() / LEAST_ROWS).min(PERIODS);
    let mut cuts: Vec<f64> = (1..n).filter_map(|k| ascending.get(k * ascending.len() / n).copied()).collect();
    cuts.dedup();
    cuts.retain(|cut| ascending.first().is_some_and(|first| first < cut));
    cuts
}

fn period(
    judge: &Judge<'_>,
    folds: &[FoldResult],
    baseline: &[FoldResult],
    moment: &dyn Fn(u32) -> Option<f64>,
    main: &'static Metric,
) -> Result<Option<Period>> {
    let n_rows = folds.iter().map(|f| f.rows.len()).sum::<usize>();
    if n_rows == 0 {
        return Ok(None);
    }
    let one = |folds: &[FoldResult]| judge.resample(&folds.iter().collect::<Vec<_>>(), &[main]).map(|mut all| all.pop());
    let Some(model) = one(folds)? else { return Ok(None) };
    let rule = if baseline.is_empty() { None } else { one(baseline)? };
    let moments: Vec<f64> = sorted(&folds.iter().flat_map(|f| f.rows.iter()).filter_map(|row| moment(*row)).collect::<Vec<_>>());
    Ok(Some(Period {
        span: moments.first().copied().zip(moments.last().copied()),
        n_rows: n_rows as u64,
        score: model.estimate(),
        baseline: rule.as_ref().and_then(|r| r.value),
        gain: rule.map(|r| model.gain_over(&r)),
    }))
}

#[expect(clippy::cast_precision_loss, reason = "periods are few")]
fn summary(all: Vec<Period>, in_time: bool) -> Periods {
    let gains: Vec<f64> = all.iter().filter_map(|p| p.gain.as_ref()?.value).collect();
    let scores: Vec<f64> = all.iter().filter_map(|p| p.score.value).collect();
    let centre = if scores.is_empty() { f64::NAN } else { mean(&scores) };
    let is_apart = |p: &&Period| p.score.interval().is_some_and(|(low, high)| high < centre || low > centre);
    let places: Vec<f64> = (0..scores.len()).map(|at| at as f64).collect();
    Periods {
        in_time,
        consistency: of_rows(gains.iter().filter(|g| **g > 0.0).count() as u64, gains.len() as u64),
        sd: (scores.len() > 1).then(|| variance(&scores, 1).sqrt()),
        apart: all.iter().filter(is_apart).count() as u64,
        trend: correlation(&places, &scores).filter(|_| in_time).map(|c| (c.rho, c.p)),
        all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::metric;
    use crate::math::rng::Stream;
    use crate::model::Predictions;
    use crate::task::TaskKind;

    /// Rows 0..240 in four folds; the model misses by one until row 180 and by five after it; the baseline always by three.
    fn example(dependence: Dependence<'_>, times: &[f64]) -> Periods {
        let mut stream = Stream::new(1, "test/periods", 0);
        let truth: Vec<f64> = (0..240).map(|_| stream.normal()).collect();
        let judge = Judge { kind: TaskKind::Regression, n_classes: 0, truth: &truth, dependence, seed: 1 };
        let off = |i: usize| if i < 180 { 1.0 } else { 5.0 };
        let fold = |k: usize, miss: &dyn Fn(usize) -> f64| {
            let rows: Vec<u32> = (k as u32 * 60..(k as u32 + 1) * 60).collect();
            let values = rows.iter().map(|&r| truth[r as usize] + miss(r as usize)).collect();
            judge.score(0, k, rows, Predictions { n_classes: 0, values, cuts: Vec::new() }).unwrap()
        };
        let model: Vec<FoldResult> = (0..4).map(|k| fold(k, &off)).collect();
        let rule: Vec<FoldResult> = (0..4).map(|k| fold(k, &|_| 3.0)).collect();
        periods(&judge, &model.iter().collect::<Vec<_>>(), &rule.iter().collect::<Vec<_>>(), times, metric("mae").unwrap()).unwrap()
    }

    #[test]
    fn in_time_order_each_fold_is_a_period_with_its_dates() {
        let times: Vec<f64> = (0..240).map(f64::from).collect();
        let found = example(Dependence::TimeOrdered, &times);
        assert_eq!(found.all.iter().map(|p| p.span.unwrap()).collect::<Vec<_>>(), [(0.0, 59.0), (60.0, 119.0), (120.0, 179.0), (180.0, 239.0)]);
        let share = found.consistency.unwrap();
        assert_eq!((share.count, share.n, found.in_time), (3, 4, true));
        assert!((found.all[3].score.value.unwrap() - 5.0).abs() < 1e-9 && found.sd.unwrap() > 1.9);
    }

    #[test]
    fn rows_dealt_by_chance_are_cut_by_their_moments() {
        let times: Vec<f64> = (0..240).map(|i| f64::from((i * 7) % 240)).collect();
        let found = example(Dependence::Independent, &times);
        assert_eq!((found.all.len(), found.in_time, found.all.iter().map(|p| p.n_rows).sum::<u64>()), (6, true, 240));
        assert!(found.all.windows(2).all(|two| two[0].span.unwrap().1 < two[1].span.unwrap().0));
    }

    #[test]
    fn without_moments_folds_stand_for_periods_and_say_nothing_of_time() {
        let found = example(Dependence::Independent, &[]);
        assert_eq!((found.all.len(), found.in_time, found.trend), (4, false, None));
        assert!(found.all.iter().all(|p| p.span.is_none()));
    }
}
