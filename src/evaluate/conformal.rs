//! Prediction intervals and sets that hold the truth as often as asked, learned from predictions of rows the models had not seen.
//!
//! Numbers: from the signed residuals (truth minus prediction) of the validation rows come a low and a high end, each at the rank `ceil((n + 1)(1 - a / 2))`
//! from its side, with `a` one minus the coverage wanted, so that each side is missed by at most `a / 2` (Vovk, Gammerman and Shafer 2005; two-sided as in
//! Romano, Patterson and Candes 2019, which for a learner of quantiles is their correction of it). With [`LEAST_GROUPED`] rows or more the ends are learned
//! for each fifth of the rows by prediction, so that intervals are wider where errors are (Mondrian, Bostrom and Johansson 2020). Classes: a class
//! belongs to the set of a row when its probability is at least the one at that rank (with `a`) among the probabilities given to true rows of the class
//! (class-conditional, Vovk 2012).
//!
//! Residuals come from the models of the folds, predictions from the final model ("CV" of Barber et al. 2021; their CV+ needs all fold models when
//! predicting, and guarantees `1 - 2a`). So coverage is not only claimed but measured: what is applied to a fold was learned from the other folds (from earlier
//! ones in time order), and sealed rows are judged by what all folds taught. In time order rows are not exchangeable and no coverage is guaranteed.
//! Too few rows for a rank give an end at infinity, told as `None`. Ranks checked against exact fractions, coverage by simulation.

use super::interval::quantile as interpolated;
use super::{Dependence, FoldResult, Judge, shares::Share};
use crate::error::Result;
use crate::math::rank::sorted;
use crate::math::sum::mean;
use crate::model::Predictions;
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};

/// Rows from which intervals are learned for each fifth of the predictions: at least 100 residuals each.
const LEAST_GROUPED: usize = 500;
/// Groups of rows by prediction.
const GROUPS: usize = 5;
/// Fewest rows of a part whose coverage is told.
const LEAST_TOLD: usize = 20;

/// What intervals and sets are made from; goes with the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bands {
    /// For numbers.
    Numbers {
        /// Predictions above which the next group begins, ascending: one fewer than groups.
        cuts: Vec<f64>,
        /// What is added to a prediction for the low end, by group; `None`: minus infinity.
        low: Vec<Option<f64>>,
        /// What is added for the high end; `None`: infinity.
        high: Vec<Option<f64>>,
    },
    /// For classes: the probability from which a class belongs to the set; `None`: it always does.
    Classes {
        /// By class.
        least: Vec<Option<f64>>,
    },
}

/// Bands with the coverage that was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conformal {
    /// Coverage wanted, above 0 and below 1.
    pub wanted: f64,
    /// What the final model's predictions are given.
    pub bands: Bands,
    /// Residuals or probabilities learned from.
    pub n_scores: u64,
    /// Share of validation rows inside, each judged by what other folds taught; `None` when no fold has others to learn from.
    pub coverage: Option<Share>,
    /// The same by fifth of the prediction (numbers) or true class (classes), in order; parts of few rows are left out.
    pub parts: Vec<Part>,
    /// The same by fold, in time order only.
    pub periods: Vec<Part>,
    /// Share of the sealed rows inside.
    pub holdout: Option<Share>,
    /// Median width of the finite intervals of the rows judged, or mean number of classes in their sets.
    pub size: Option<f64>,
    /// Whether rows may be taken as exchangeable: not in time order.
    pub exchangeable: bool,
}

/// Coverage of a part.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Which fifth, class or fold, from 0.
    pub at: u32,
    /// Coverage in it.
    pub share: Share,
}

/// Rank of the value at or below which a new one lies with probability `1 - a` at least: `ceil((n + 1)(1 - a))`; above `n` it is infinite.
#[must_use]
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "row counts stay below 2^53")]
pub fn rank(n: usize, a: f64) -> usize {
    // The slack undoes the rounding of 1 - a: 0.9 times 100 is 90 and no more.
    ((n as f64 + 1.0) * (1.0 - a) - 1e-9).ceil().max(1.0) as usize
}

/// The value at that rank among ascending ones; `None`: infinite.
fn at_rank(ascending: &[f64], a: f64) -> Option<f64> {
    ascending.get(rank(ascending.len(), a) - 1).copied()
}

impl Bands {
    /// Learns from truth and prediction of rows the models had not seen; `wanted` coverage.
    #[must_use]
    pub fn learn(judge: &Judge<'_>, truth: &[f64], predictions: &Predictions, wanted: f64) -> Self {
        let a = 1.0 - wanted;
        if judge.kind == TaskKind::Regression {
            return Self::of_numbers(truth, &predictions.values, a);
        }
        let least = |class: usize| {
            let own: Vec<f64> = predictions.class(class).into_iter().zip(truth).filter(|(_, t)| **t as usize == class).map(|(p, _)| -p).collect();
            at_rank(&sorted(&own), a).map(|p| -p)
        };
        Self::Classes { least: (0..judge.n_classes).map(least).collect() }
    }

    fn of_numbers(truth: &[f64], predicted: &[f64], a: f64) -> Self {
        let n_groups = if truth.len() >= LEAST_GROUPED { GROUPS } else { 1 };
        let ascending = sorted(predicted);
        #[expect(clippy::cast_precision_loss, reason = "five groups")]
        let mut cuts: Vec<f64> = (1..n_groups).map(|k| interpolated(&ascending, k as f64 / n_groups as f64)).collect();
        cuts.dedup();
        let mut misses: Vec<Vec<f64>> = vec![Vec::new(); cuts.len() + 1];
        for (t, p) in truth.iter().zip(predicted) {
            misses[group(&cuts, *p)].push(t - p);
        }
        let side = |own: &Vec<f64>, sign: f64| at_rank(&sorted(&own.iter().map(|m| sign * m).collect::<Vec<_>>()), a / 2.0).map(|m| sign * m);
        let (low, high) = misses.iter().map(|own| (side(own, -1.0), side(own, 1.0))).unzip();
        Self::Numbers { cuts, low, high }
    }

    /// Low and high end for a predicted number; `None`: infinite, or not for numbers.
    #[must_use]
    pub fn ends(&self, prediction: f64) -> (Option<f64>, Option<f64>) {
        let Self::Numbers { cuts, low, high } = self else { return (None, None) };
        let at = group(cuts, prediction);
        let end = |side: &[Option<f64>]| side.get(at).copied().flatten().map(|add| prediction + add);
        (end(low), end(high))
    }

    /// Classes in the set of a row with these probabilities, ascending; empty for numbers. An empty set of classes says that the row is like none of them.
    #[must_use]
    pub fn set(&self, probabilities: &[f64]) -> Vec<usize> {
        let Self::Classes { least } = self else { return Vec::new() };
        (0..probabilities.len()).filter(|&k| least.get(k).copied().flatten().is_none_or(|least| probabilities[k] >= least)).collect()
    }

    /// Whether each row's truth lies inside, and how wide its interval or large its set is (infinite where it has no end). Shape `(n_rows,)` each.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "classes are few")]
    pub fn judge(&self, truth: &[f64], predictions: &Predictions) -> (Vec<bool>, Vec<f64>) {
        let width = predictions.n_classes.max(1);
        let one = |(t, p): (&f64, &[f64])| match self {
            Self::Numbers { .. } => {
                let (low, high) = self.ends(p[0]);
                let inside = low.is_none_or(|low| low <= *t) && high.is_none_or(|high| *t <= high);
                (inside, low.zip(high).map_or(f64::INFINITY, |(low, high)| high - low))
            }
            Self::Classes { .. } => {
                let set = self.set(p);
                (set.contains(&(*t as usize)), set.len() as f64)
            }
        };
        truth.iter().zip(predictions.values.chunks_exact(width)).map(one).unzip()
    }

    /// Whether it fits a task of so many classes (0: numbers) and holds finite numbers only: checked when a bundle is opened.
    #[must_use]
    pub fn is_valid(&self, n_classes: usize) -> bool {
        let finite = |side: &[Option<f64>]| side.iter().flatten().all(|v| v.is_finite());
        match self {
            Self::Numbers { cuts, low, high } => {
                let rising = cuts.windows(2).all(|pair| pair[0] < pair[1]) && cuts.iter().all(|c| c.is_finite());
                n_classes == 0 && rising && low.len() == cuts.len() + 1 && high.len() == low.len() && finite(low) && finite(high)
            }
            Self::Classes { least } => n_classes > 0 && least.len() == n_classes && finite(least),
        }
    }
}

/// The group of a prediction: how many cuts lie below it.
fn group(cuts: &[f64], prediction: f64) -> usize {
    cuts.partition_point(|cut| *cut < prediction)
}

/// Learns bands from all folds of one learner (each row judged once) and measures their coverage across folds; `None` without rows.
///
/// # Errors
/// A row that does not exist.
pub fn conformal(judge: &Judge<'_>, folds: &[&FoldResult], wanted: f64) -> Result<Option<Conformal>> {
    let in_time = matches!(judge.dependence, Dependence::TimeOrdered);
    let (truth, predictions) = judge.pooled(folds)?;
    if truth.is_empty() {
        return Ok(None);
    }
    let mut told = Told::default();
    for (at, fold) in folds.iter().enumerate() {
        let others: Vec<&FoldResult> = folds.iter().enumerate().filter(|(k, _)| if in_time { *k < at } else { *k != at }).map(|(_, f)| *f).collect();
        let (known, given) = judge.pooled(&others)?;
        if known.is_empty() {
            continue;
        }
        let own = judge.truth_of(&fold.rows)?;
        let (inside, sizes) = Bands::learn(judge, &known, &given, wanted).judge(&own, &fold.predictions);
        if in_time && inside.len() >= LEAST_TOLD {
            let at = u32::try_from(fold.fold).unwrap_or(u32::MAX);
            told.periods.extend(judge.share(&fold.rows, &inside).map(|share| Part { at, share }));
        }
        let part_by: Vec<f64> = if judge.n_classes > 0 { own } else { fold.predictions.values.clone() };
        told.rows.extend_from_slice(&fold.rows);
        told.part_by.extend(part_by);
        told.inside.extend(inside);
        told.sizes.extend(sizes);
    }
    let finite: Vec<f64> = told.sizes.iter().copied().filter(|s| s.is_finite()).collect();
    let size = if judge.n_classes > 0 { mean(&finite) } else { interpolated(&sorted(&finite), 0.5) };
    Ok(Some(Conformal {
        wanted,
        bands: Bands::learn(judge, &truth, &predictions, wanted),
        n_scores: truth.len() as u64,
        coverage: judge.share(&told.rows, &told.inside),
        parts: told.parts(judge),
        periods: told.periods,
        holdout: None,
        size: (!finite.is_empty()).then_some(size),
        exchangeable: !in_time,
    }))
}

/// Rows that were judged across folds.
#[derive(Default)]
struct Told {
    rows: Vec<u32>,
    inside: Vec<bool>,
    sizes: Vec<f64>,
    /// Prediction, or true class.
    part_by: Vec<f64>,
    periods: Vec<Part>,
}

impl Told {
    /// Coverage by fifth of the prediction or by true class.
    fn parts(&self, judge: &Judge<'_>) -> Vec<Part> {
        let n_parts = if judge.n_classes > 0 { judge.n_classes } else { GROUPS };
        let ascending = sorted(&self.part_by);
        #[expect(clippy::cast_precision_loss, reason = "five groups")]
        let cuts: Vec<f64> = (1..n_parts).map(|k| interpolated(&ascending, k as f64 / n_parts as f64)).collect();
        let part_of = |value: f64| if judge.n_classes > 0 { value as usize } else { group(&cuts, value) };
        let one = |at: usize| {
            let own: Vec<usize> = (0..self.rows.len()).filter(|&i| part_of(self.part_by[i]) == at).collect();
            let rows: Vec<u32> = own.iter().map(|&i| self.rows[i]).collect();
            let inside: Vec<bool> = own.iter().map(|&i| self.inside[i]).collect();
            let share = judge.share(&rows, &inside).filter(|_| own.len() >= LEAST_TOLD)?;
            Some(Part { at: u32::try_from(at).ok()?, share })
        };
        (0..n_parts).filter_map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::golden::validation;
    use crate::math::rng::Stream;

    fn numbers(truth: &[f64]) -> Judge<'_> {
        Judge { kind: TaskKind::Regression, n_classes: 0, truth, dependence: Dependence::Independent, seed: 1 }
    }

    fn folds(judge: &Judge<'_>, values: &[f64], n_folds: usize, n_classes: usize) -> Vec<FoldResult> {
        let width = n_classes.max(1);
        let size = (values.len() / width).div_ceil(n_folds);
        let fold = |(i, values): (usize, &[f64])| {
            let rows = (0..values.len() / width).map(|r| (i * size + r) as u32).collect();
            judge.score(0, i, rows, Predictions { n_classes, values: values.to_vec(), cuts: Vec::new() }).unwrap()
        };
        values.chunks(size * width).enumerate().map(fold).collect()
    }

    #[test]
    fn ranks_are_those_of_exact_fractions() {
        for case in validation("conformal_rank") {
            let (n, per_cent) = (case.numbers("n")[0] as usize, case.numbers("per_cent")[0]);
            assert_eq!(rank(n, per_cent / 100.0), case.expected_number() as usize, "n = {n}, a = {per_cent} %");
        }
    }

    #[test]
    fn too_few_rows_for_a_rank_have_ends_at_infinity() {
        assert_eq!((rank(9, 0.1), rank(8, 0.1)), (9, 9));
        let truth: Vec<f64> = (0..18).map(f64::from).collect();
        let bands = Bands::learn(&numbers(&truth), &truth, &Predictions { n_classes: 0, values: vec![0.0; 18], cuts: Vec::new() }, 0.9);
        assert_eq!(bands.ends(1.0), (None, None), "each side needs nineteen");
        assert!(bands.is_valid(0));
    }

    #[test]
    fn intervals_hold_new_rows_as_often_as_asked_and_follow_the_spread() {
        let mut stream = Stream::new(2, "test/conformal", 0);
        let mut draw = |n: usize| -> (Vec<f64>, Vec<f64>) {
            let p: Vec<f64> = (0..n).map(|_| 1.0 + 4.0 * stream.uniform()).collect();
            (p.iter().map(|p| p + p * stream.normal()).collect(), p)
        };
        let (truth, predicted) = draw(2_000);
        let judge = numbers(&truth);
        let all = folds(&judge, &predicted, 5, 0);
        let found = conformal(&judge, &all.iter().collect::<Vec<_>>(), 0.9).unwrap().unwrap();
        let share = found.coverage.unwrap();
        // Four standard errors of a share of 0.9 in 2,000.
        assert!((share.value - 0.9).abs() < 4.0 * (0.09_f64 / 2_000.0).sqrt(), "{share:?}");
        assert!(found.parts.len() == 5 && found.parts.iter().all(|p| (p.share.value - 0.9).abs() < 0.06), "{:?}", found.parts);
        let (new, given) = draw(4_000);
        let (inside, _) = found.bands.judge(&new, &Predictions { n_classes: 0, values: given, cuts: Vec::new() });
        let held = inside.iter().filter(|i| **i).count() as f64 / 4_000.0;
        assert!((held - 0.9).abs() < 0.035, "{held}");
        let width = |p: f64| found.bands.ends(p).1.unwrap() - found.bands.ends(p).0.unwrap();
        assert!(width(4.8) > 2.0 * width(1.2), "{} {}", width(4.8), width(1.2));
    }

    #[test]
    fn every_class_is_in_its_set_as_often_as_asked_even_the_rare_one() {
        let mut stream = Stream::new(3, "test/conformal", 0);
        let truth: Vec<f64> = (0..3_000).map(|_| f64::from(u8::from(stream.chance(0.1)))).collect();
        let values: Vec<f64> = truth
            .iter()
            .flat_map(|t| {
                let p = crate::math::elementary::logistic(2.0 * t - 2.0 + stream.normal());
                [1.0 - p, p]
            })
            .collect();
        let judge = Judge { kind: TaskKind::Binary, n_classes: 2, ..numbers(&truth) };
        let all = folds(&judge, &values, 5, 2);
        let found = conformal(&judge, &all.iter().collect::<Vec<_>>(), 0.9).unwrap().unwrap();
        assert_eq!(found.parts.len(), 2);
        assert!(found.parts.iter().all(|p| (p.share.value - 0.9).abs() < 0.075), "{:?}", found.parts);
        assert!(found.size.unwrap() > 0.9 && found.bands.is_valid(2) && !found.bands.is_valid(3));
    }

    #[test]
    fn in_time_order_a_fold_is_judged_by_earlier_ones_only() {
        let truth: Vec<f64> = (0..300).map(|i| if i < 200 { f64::from(i % 7) } else { 100.0 }).collect();
        let judge = Judge { dependence: Dependence::TimeOrdered, ..numbers(&truth) };
        let all = folds(&judge, &vec![3.0; 300], 3, 0);
        let found = conformal(&judge, &all.iter().collect::<Vec<_>>(), 0.9).unwrap().unwrap();
        assert!(!found.exchangeable);
        assert_eq!(
            found.periods.iter().map(|p| (p.at, p.share.value)).collect::<Vec<_>>(),
            [(1, 1.0), (2, 0.0)],
            "the last block is like none before it"
        );
    }

    #[test]
    fn no_rows_have_no_bands() {
        assert!(conformal(&numbers(&[]), &[], 0.9).unwrap().is_none());
    }
}
