//! Two and more versions on the same rows: paired differences with intervals, by segment and period, and what differs between them.
//!
//! The first version is the reference. A draw of rows is the same for all versions, so the difference of a pair has its own interval ([`crate::evaluate::interval`]).
//! Non-inferiority (Piaggio et al. 2012, JAMA 308, 2594): a version is not worse when the whole interval of its gain lies above minus the margin, better when it
//! lies above 0, worse when it lies below 0. Otherwise the rows do not settle it.
//!
//! Rows that a version learned from say nothing of it. Of a version's own training file only the rows that were sealed are judged, found again by dealing the
//! file anew and compared with the fingerprint in the bundle; where they cannot be found, the comparison says that it is not to be believed.

mod parts;
mod rows;

use super::{differences, flat};
use crate::bundle::Bundle;
use crate::error::{Error, Result};
use crate::evaluate::{Estimate, FoldResult, Judge, Resampled, Residuals, Scored, metric, metrics_for, residuals, usual_metric};
use crate::table::Table;
use crate::table::parse::CsvOptions;
use crate::task::TaskKind;
use parts::parts;
use rows::judged;
use serde::{Deserialize, Serialize};

/// Margin of non-inferiority when none is given: this share of the reference's value.
pub const MARGIN: f64 = 0.02;
/// Most versions compared at once.
pub const MOST: usize = 8;
/// Most differing settings told.
const MOST_DIFFERENCES: usize = 100;

/// A version to compare.
pub struct Asked<'a> {
    /// What it is called in the comparison.
    pub name: String,
    /// The model.
    pub bundle: &'a Bundle,
}

/// The rows to compare on.
pub struct OnRows<'a> {
    /// Name of the file.
    pub file: &'a str,
    /// SHA-256 of its bytes.
    pub sha256: &'a str,
    /// As read.
    pub table: &'a Table,
    /// How it was read.
    pub csv: &'a CsvOptions,
}

/// Which rows were judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unseen {
    /// All: no version learned from this file.
    OtherFile,
    /// Those that were sealed from every version that learned from this file.
    Sealed,
    /// All, although these versions learned from this file: not to be believed.
    Learned(Vec<String>),
}

/// What a pair came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Versus {
    /// The whole interval of the gain is above 0.
    Better,
    /// It is above minus the margin.
    NotWorse,
    /// It is below 0.
    Worse,
    /// The rows do not settle it, or they were learned from.
    Unsettled,
}

/// A version against the reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// Which version.
    pub version: usize,
    /// Paired gain in every metric, the main one first; positive is better.
    pub gains: Vec<Estimate>,
    /// Margin of non-inferiority, in the unit of the main metric; `None` when the reference has no value.
    pub margin: Option<f64>,
    /// What it came to.
    pub versus: Versus,
}

/// Some of the rows: a level of a column, or a period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The column.
    pub column: String,
    /// The level, or first and last moment.
    pub what: String,
    /// Rows.
    pub n_rows: u64,
    /// Main metric of every version.
    pub estimates: Vec<Estimate>,
    /// Paired gain of every version but the first.
    pub gains: Vec<Estimate>,
}

/// Versions compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// What the versions are called, the reference first.
    pub names: Vec<String>,
    /// Name of the file.
    pub file: String,
    /// Column predicted.
    pub target: String,
    /// Kind of task.
    pub kind: TaskKind,
    /// Main metric.
    pub metric: String,
    /// Rows judged.
    pub n_rows: u64,
    /// Which.
    pub unseen: Unseen,
    /// Metrics of every version, the main one first.
    pub estimates: Vec<Vec<Estimate>>,
    /// Every version but the first against it.
    pub pairs: Vec<Pair>,
    /// By segment and period.
    pub parts: Vec<Part>,
    /// What the versions predict too low or too high; empty for classes.
    pub residuals: Vec<Residuals>,
    /// Settings that differ: path, and value of every version (empty: not set).
    pub differing: Vec<(String, Vec<String>)>,
    /// Settings that are the same.
    pub n_same: u64,
}

/// Compares versions on the same rows; `margin` is a share of the reference's value in the main metric.
///
/// # Errors
/// Fewer than two or more than [`MOST`] versions, other targets or classes, a missing column, no row with a target, or a margin below 0.
pub fn compare(asked: &[Asked<'_>], rows: &OnRows<'_>, margin: f64) -> Result<Comparison> {
    let Some((first, rest)) = asked.split_first().filter(|(_, rest)| !rest.is_empty() && rest.len() < MOST) else {
        return Err(Error::not_comparable("two to eight are needed"));
    };
    if !(margin.is_finite() && margin >= 0.0) {
        return Err(Error::out_of_range("margin", &margin.to_string(), "a share that is not below 0"));
    }
    let task = &first.bundle.task;
    let same = |a: &Asked<'_>| a.bundle.task.target == task.target && a.bundle.task.kind == task.kind && a.bundle.task.classes == task.classes;
    if !rest.iter().all(same) {
        return Err(Error::not_comparable("they do not predict the same target"));
    }
    let judged = judged(asked, rows)?;
    let judge = judged.judge(task.kind, task.n_classes(), first.bundle.origin.settings.seed);
    let folds = judged.folds(&judge)?;
    let main = first.bundle.origin.settings.metric.clone().unwrap_or_else(|| usual_metric(task.kind).to_owned());
    let all = resampled(&judge, &folds, &main)?;
    let pairs = (1..asked.len()).filter_map(|at| pair(&all, at, margin, &judged.unseen)).collect();
    let (differing, n_same) = differing(asked);
    Ok(Comparison {
        names: asked.iter().map(|a| a.name.clone()).collect(),
        file: rows.file.to_owned(),
        target: task.target.clone(),
        kind: task.kind,
        metric: main.clone(),
        n_rows: folds.first().map_or(0, |f| f.rows.len() as u64),
        unseen: judged.unseen.clone(),
        estimates: all.iter().map(|of| of.iter().map(Resampled::estimate).collect()).collect(),
        pairs,
        parts: parts(&judged, &judge, &folds, task, &main)?,
        residuals: misses(&judge, &folds)?,
        differing,
        n_same,
    })
}

/// Every metric of every version over the same draws, the main one first.
fn resampled(judge: &Judge<'_>, folds: &[FoldResult], main: &str) -> Result<Vec<Vec<Resampled>>> {
    let first = metric(main)?;
    let metrics: Vec<_> = [first].into_iter().chain(metrics_for(judge.kind).filter(|m| m.id != main)).collect();
    folds.iter().map(|fold| judge.resample(&[fold], &metrics)).collect()
}

fn pair(all: &[Vec<Resampled>], at: usize, margin: f64, unseen: &Unseen) -> Option<Pair> {
    let (reference, own) = (all.first()?, all.get(at)?);
    let gains: Vec<Estimate> = own.iter().zip(reference).map(|(a, b)| a.gain_over(b)).collect();
    let margin = reference.first()?.value.map(|v| v.abs() * margin);
    let versus = match (gains.first().and_then(Estimate::interval), margin, unseen) {
        (_, _, Unseen::Learned(_)) | (None, _, _) => Versus::Unsettled,
        (Some((low, _)), _, _) if low > 0.0 => Versus::Better,
        (Some((_, high)), _, _) if high < 0.0 => Versus::Worse,
        (Some((low, _)), Some(margin), _) if low > -margin => Versus::NotWorse,
        _ => Versus::Unsettled,
    };
    Some(Pair { version: at, gains, margin, versus })
}

fn misses(judge: &Judge<'_>, folds: &[FoldResult]) -> Result<Vec<Residuals>> {
    let one = |fold: &FoldResult| {
        let truth = judge.truth_of(&fold.rows)?;
        Ok(residuals(&Scored { truth: &truth, predictions: &fold.predictions, kind: judge.kind, n_classes: judge.n_classes }))
    };
    let all: Result<Vec<Option<Residuals>>> = folds.iter().map(one).collect();
    Ok(all?.into_iter().flatten().collect())
}

/// Learner, settings and file of every version: those that differ, and how many do not.
fn differing(asked: &[Asked<'_>]) -> (Vec<(String, Vec<String>)>, u64) {
    let facts = |a: &Asked<'_>| {
        let origin = &a.bundle.origin;
        let mut all = flat(&serde_json::json!({ "learner": a.bundle.learner, "settings": origin.settings }));
        all.insert("file".to_owned(), origin.file.clone());
        all.insert("file.sha256".to_owned(), crate::format::short_hash(&origin.sha256));
        all.insert("file.rows".to_owned(), origin.n_rows.to_string());
        all
    };
    let all: Vec<_> = asked.iter().map(facts).collect();
    let mut paths: Vec<String> = Vec::new();
    let mut n_paths = std::collections::BTreeSet::new();
    for of in &all {
        n_paths.extend(of.keys());
        let own = all.first().map(|first| differences(first, of)).unwrap_or_default();
        paths.extend(own.into_iter().map(|(path, _, _)| path));
    }
    paths.sort_unstable();
    paths.dedup();
    let n_same = (n_paths.len() - paths.len()) as u64;
    let value = |path: &String| all.iter().map(|of| of.get(path).cloned().unwrap_or_default()).collect();
    (paths.iter().take(MOST_DIFFERENCES).map(|path| (path.clone(), value(path))).collect(), n_same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{Method, interval::Unit};

    fn drawn(draws: &[f64]) -> Vec<Resampled> {
        let value = Some(draws.iter().sum::<f64>() / draws.len() as f64);
        let method = Method::Bootstrap { unit: Unit::Rows, resamples: draws.len() as u32 };
        vec![Resampled {
            metric: "rmse".into(),
            value,
            draws: draws.iter().copied().map(Some).collect(),
            jackknife: Vec::new(),
            method,
            n_rows: 100,
            n_rarest: 100,
            enough: true,
        }]
    }

    fn versus(own: &[f64], margin: f64, unseen: &Unseen) -> Versus {
        pair(&[drawn(&[10.0, 11.0, 12.0]), drawn(own)], 1, margin, unseen).unwrap().versus
    }

    #[test]
    fn a_pair_is_judged_by_the_interval_of_its_gain_and_the_margin() {
        let new = Unseen::OtherFile;
        assert_eq!(versus(&[9.0, 10.0, 11.0], 0.02, &new), Versus::Better, "every pair gains 1");
        assert_eq!(versus(&[11.0, 12.0, 13.0], 0.02, &new), Versus::Worse);
        assert_eq!(versus(&[10.1, 10.9, 12.1], 0.02, &new), Versus::NotWorse, "0.1 worse at most, and the margin is 0.22");
        assert_eq!(versus(&[10.1, 10.9, 12.1], 0.0, &new), Versus::Unsettled);
        assert_eq!(versus(&[9.0, 11.5, 13.0], 0.02, &new), Versus::Unsettled);
        assert_eq!(
            versus(&[9.0, 10.0, 11.0], 0.02, &Unseen::Learned(vec!["a".into()])),
            Versus::Unsettled,
            "rows that were learned from show nothing"
        );
    }
}
