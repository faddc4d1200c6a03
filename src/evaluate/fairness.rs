//! How a model does by the levels of a column: scores with intervals, and how far they are from the best level's.
//!
//! Beside the main metric stand, for two classes, the share of rows flagged, the share of positive rows found and the share of negative rows flagged in vain;
//! for numbers and two classes the mean miss. Shares have Wilson's intervals. A ratio is a level's score over the best level's (1: as good); its interval takes the
//! resamples of both, which are of different rows, as independent. Numbers are cut into quarters. It tells differences; whether they are just, it does not.

use super::interval::{Estimate, Resampled, quantile};
use super::metrics::Metric;
use super::shares::{Mean, Share, of_rows};
use super::{FoldResult, Judge};
use crate::error::Result;
use crate::math::rank::sorted;
use crate::math::sort;
use crate::model::Predictions;
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Fewest rows of a level that is judged.
pub const LEAST_ROWS: usize = 20;
/// Most levels, the most frequent ones.
const MOST_LEVELS: usize = 12;
/// Half of what an interval leaves out.
const TAIL: f64 = 0.025;

/// A level of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// As the table writes it; a quarter of a column of numbers by its ends.
    pub name: LevelName,
    /// Rows.
    pub n_rows: u64,
    /// Main metric.
    pub score: Estimate,
    /// Score over the best level's, with its interval.
    pub ratio: Option<(f64, Option<(f64, f64)>)>,
    /// Two classes: share of rows flagged.
    pub flagged: Option<Share>,
    /// Two classes: of the positive rows, the share flagged.
    pub found: Option<Share>,
    /// Two classes: of the negative rows, the share flagged.
    pub in_vain: Option<Share>,
    /// Numbers and two classes: mean of truth minus prediction.
    pub miss: Option<Mean>,
}

/// What a level is called.
#[derive(Clone, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LevelName {
    /// A label.
    Label(String),
    /// Numbers above the first (unless it is the lowest quarter) up to the second.
    Between(Option<f64>, Option<f64>),
}

/// A column's levels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fairness {
    /// The column.
    pub column: String,
    /// Levels of [`LEAST_ROWS`] rows or more, most frequent first (quarters in order).
    pub levels: Vec<Level>,
    /// Rows of rarer levels or without a value.
    pub left_out: u64,
    /// Least ratio of shares flagged between two levels (two classes; the "four fifths" rule asks for 0.8).
    pub flagged_ratio: Option<f64>,
}

/// The cells of a column.
pub enum Cells<'a> {
    /// Label of a row of the table.
    Labels(&'a dyn Fn(u32) -> Option<String>),
    /// Number of every row of the table, NaN where missing.
    Numbers(&'a [f64]),
}

/// Judges one learner by the levels of a column; each row judged once.
///
/// # Errors
/// A row that does not exist.
pub fn fairness(judge: &Judge<'_>, folds: &[&FoldResult], column: &str, cells: &Cells<'_>, main: &'static Metric) -> Result<Fairness> {
    let rows: Vec<u32> = folds.iter().flat_map(|f| f.rows.iter().copied()).collect();
    let mut groups = match cells {
        Cells::Labels(of) => by_label(&rows, of),
        Cells::Numbers(all) => by_quarter(&rows, all),
    };
    groups.retain(|(_, own)| own.len() >= LEAST_ROWS);
    let mut judged: Vec<(Level, Resampled)> = Vec::with_capacity(groups.len());
    for (name, own) in groups {
        judged.extend(level(judge, folds, name, &own, main)?);
    }
    let values = judged.iter().enumerate().filter_map(|(at, (l, _))| Some((at, l.score.value?)));
    let best = values.reduce(|best, next| if main.direction.gain(next.1, best.1) > 0.0 { next } else { best }).map(|(at, _)| at);
    let ratios: Vec<_> = judged.iter().map(|(_, own)| ratio(own, &judged.get(best?)?.1)).collect();
    let mut levels: Vec<Level> = judged.into_iter().map(|(level, _)| level).collect();
    levels.iter_mut().zip(ratios).for_each(|(level, ratio)| level.ratio = ratio);
    let shares = || levels.iter().filter_map(|l| l.flagged.map(|f| f.value));
    let (least, most) = (shares().fold(f64::INFINITY, f64::min), shares().fold(0.0, f64::max));
    let kept: u64 = levels.iter().map(|l| l.n_rows).sum();
    Ok(Fairness {
        column: column.to_owned(),
        flagged_ratio: (levels.len() > 1 && most > 0.0 && least.is_finite()).then(|| least / most),
        levels,
        left_out: (rows.len() as u64).saturating_sub(kept),
    })
}

type Groups = Vec<(LevelName, Vec<u32>)>;

fn by_label(rows: &[u32], of: &dyn Fn(u32) -> Option<String>) -> Groups {
    let mut groups: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for &row in rows {
        if let Some(label) = of(row) {
            groups.entry(label).or_default().push(row);
        }
    }
    let mut all: Groups = groups.into_iter().map(|(label, rows)| (LevelName::Label(label), rows)).collect();
    sort::by_key(&mut all, |(_, rows)| std::cmp::Reverse(rows.len()));
    all.truncate(MOST_LEVELS);
    all
}

fn by_quarter(rows: &[u32], all: &[f64]) -> Groups {
    let value = |row: u32| all.get(row as usize).copied().filter(|v| v.is_finite());
    let ascending = sorted(&rows.iter().filter_map(|&row| value(row)).collect::<Vec<_>>());
    if ascending.is_empty() {
        return Vec::new();
    }
    let mut cuts: Vec<f64> = [0.25, 0.5, 0.75].into_iter().map(|q| quantile(&ascending, q)).collect();
    cuts.dedup();
    cuts.retain(|cut| ascending.last().is_some_and(|last| cut < last));
    let inside = |at: usize| rows.iter().copied().filter(|&row| value(row).is_some_and(|v| cuts.partition_point(|cut| *cut < v) == at)).collect();
    let end = |at: Option<usize>| at.and_then(|at| cuts.get(at).copied());
    (0..=cuts.len()).map(|at| (LevelName::Between(end(at.checked_sub(1)), end(Some(at))), inside(at))).collect()
}

fn level(judge: &Judge<'_>, folds: &[&FoldResult], name: LevelName, own: &[u32], main: &'static Metric) -> Result<Option<(Level, Resampled)>> {
    let inside: std::collections::BTreeSet<u32> = own.iter().copied().collect();
    let parts: Vec<FoldResult> = folds.iter().map(|f| f.only(&|row| inside.contains(&row))).filter(|f| !f.rows.is_empty()).collect();
    let parts: Vec<&FoldResult> = parts.iter().collect();
    let Some(resampled) = judge.resample(&parts, &[main])?.pop() else { return Ok(None) };
    let (truth, predictions) = judge.pooled(&parts)?;
    let rows: Vec<u32> = parts.iter().flat_map(|f| f.rows.iter().copied()).collect();
    let [flagged, found, in_vain] = rates(judge, &truth, &predictions);
    let predicted = match judge.kind {
        TaskKind::Regression => Some(predictions.values.clone()),
        TaskKind::Binary => Some(predictions.class(1)),
        TaskKind::Multiclass => None,
    };
    let miss = predicted.and_then(|predicted| judge.miss_of(&rows, &truth, &predicted));
    let level = Level { name, n_rows: rows.len() as u64, score: resampled.estimate(), ratio: None, flagged, found, in_vain, miss };
    Ok(Some((level, resampled)))
}

/// Shares of all, of the positive and of the negative rows that are flagged; for two classes only.
fn rates(judge: &Judge<'_>, truth: &[f64], predictions: &Predictions) -> [Option<Share>; 3] {
    if judge.kind != TaskKind::Binary {
        return [None; 3];
    }
    let calls = predictions.labels();
    let of = |wanted: Option<f64>| {
        let own = || truth.iter().zip(&calls).filter(|(t, _)| wanted.is_none_or(|w| **t == w));
        of_rows(own().filter(|(_, call)| **call == 1).count() as u64, own().count() as u64)
    };
    [of(None), of(Some(1.0)), of(Some(0.0))]
}

/// A level's score over the best level's; `None` where that is not above 0.
fn ratio(own: &Resampled, best: &Resampled) -> Option<(f64, Option<(f64, f64)>)> {
    let value = own.value? / best.value.filter(|b| *b > 0.0)?;
    if std::ptr::eq(own, best) {
        return Some((1.0, None));
    }
    let pairs = own.draws.iter().zip(&best.draws).filter_map(|(a, b)| Some((*a)? / (*b).filter(|b| *b > 0.0)?));
    let ascending = sorted(&pairs.collect::<Vec<_>>());
    let enough = own.enough && best.enough && ascending.len() * 2 > own.draws.len() && matches!(own.method, super::Method::Bootstrap { .. });
    Some((value, enough.then(|| (quantile(&ascending, TAIL).min(value), quantile(&ascending, 1.0 - TAIL).max(value)))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{Dependence, metric};
    use crate::math::rng::Stream;

    #[test]
    fn a_level_that_the_model_serves_worse_has_a_ratio_clearly_below_one() {
        let mut stream = Stream::new(1, "test/fairness", 0);
        let truth: Vec<f64> = (0..1_200).map(|_| f64::from(u8::from(stream.chance(0.4)))).collect();
        let judge = Judge { kind: TaskKind::Binary, n_classes: 2, truth: &truth, dependence: Dependence::Independent, seed: 1 };
        let values = truth
            .iter()
            .enumerate()
            .flat_map(|(i, t)| {
                let known = if i % 4 == 0 { 0.2 } else { 3.0 };
                let p = crate::math::elementary::logistic(known * (t - 0.5) + stream.normal());
                [1.0 - p, p]
            })
            .collect();
        let fold = judge.score(0, 0, (0..1_200).collect(), Predictions { n_classes: 2, values, cuts: Vec::new() }).unwrap();
        let label = |row: u32| (row != 7).then(|| if row % 4 == 0 { "b" } else { "a" }.to_owned());
        let found = fairness(&judge, &[&fold], "who", &Cells::Labels(&label), metric("roc_auc").unwrap()).unwrap();
        let [a, b] = found.levels.as_slice() else { panic!("{found:?}") };
        assert_eq!((a.name.clone(), a.n_rows, b.n_rows, found.left_out), (LevelName::Label("a".into()), 899, 300, 1));
        let (ratio, ends) = b.ratio.unwrap();
        assert!(a.ratio == Some((1.0, None)) && ratio < 0.75 && ends.unwrap().1 < 0.9, "{ratio} {ends:?}");
        assert!(b.found.unwrap().n + b.in_vain.unwrap().n == 300 && found.flagged_ratio.unwrap() <= 1.0);
    }

    #[test]
    fn numbers_are_cut_into_quarters_and_rare_levels_are_not_judged() {
        let truth: Vec<f64> = (0..200).map(f64::from).collect();
        let judge = Judge { kind: TaskKind::Regression, n_classes: 0, truth: &truth, dependence: Dependence::Independent, seed: 1 };
        let values = truth.iter().map(|t| t + 1.0).collect();
        let fold = judge.score(0, 0, (0..200).collect(), Predictions { n_classes: 0, values, cuts: Vec::new() }).unwrap();
        let found = fairness(&judge, &[&fold], "age", &Cells::Numbers(&truth), metric("mae").unwrap()).unwrap();
        assert_eq!(found.levels.iter().map(|l| l.n_rows).collect::<Vec<_>>(), [50; 4]);
        assert!(found.levels.iter().all(|l| (l.score.value.unwrap() - 1.0).abs() < 1e-9 && l.flagged.is_none()));
        let rare = |row: u32| Some(format!("{}", row / 10));
        let none = fairness(&judge, &[&fold], "id", &Cells::Labels(&rare), metric("mae").unwrap()).unwrap();
        assert_eq!((none.levels.len(), none.left_out), (0, 200));
    }
}
