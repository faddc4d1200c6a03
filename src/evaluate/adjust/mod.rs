//! From probabilities to decisions: calibration and decision threshold, learned from out-of-fold predictions of training rows.
//!
//! Cross-fitted: what is applied to the rows of a fold was learned from the predictions of the other folds (of the earlier ones, where rows are
//! ordered in time; of those that judge none of its rows, where rows are judged several times), so that no row has a say in its own threshold, and the scores of all folds stay honest. It costs no further fit. The final model
//! gets what all folds teach, as `CalibratedClassifierCV(ensemble=False)` and `TunedThresholdClassifierCV` of scikit-learn do.

mod calibrator;
mod threshold;

pub use calibrator::Calibrator;

use super::interval::is_repeated;
use super::metrics::{Metric, Pooling};
use super::{Dependence, FoldResult, Judge};
use crate::error::Result;
use crate::math::rng::Stream;
use crate::model::Predictions;
use crate::param::{Domain, ParamSpec, Params};
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};

/// What can be chosen of it.
pub const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        id: "calibration",
        title: "Calibrate probabilities",
        help: "Makes 30 % mean 30 %: Platt's logistic curve for few rows, isotonic (any rising curve) for some thousand.",
        domain: Domain::Choice { options: &["none", "platt", "isotonic"], default: "none" },
    },
    ParamSpec {
        id: "threshold",
        title: "Decision threshold",
        help: "From which probability on a row is flagged: 0.5 (half), or where F1, F-beta or cost is best, or recall at a wanted precision. Usual: F1 where fewer than a fifth of the rows are positive, else half.",
        domain: Domain::Choice { options: &["usual", "half", "f1", "f_beta", "cost", "recall_at_precision"], default: "usual" },
    },
    ParamSpec {
        id: "beta",
        title: "Beta of F-beta",
        help: "How many times as much recall counts as precision.",
        domain: Domain::Real { low: 0.1, high: 10.0, default: 2.0, log: true },
    },
    ParamSpec {
        id: "missed_cost",
        title: "Cost of a missed row",
        help: "In false alarms: what missing a positive row costs beside flagging a negative one.",
        domain: Domain::Real { low: 0.001, high: 1000.0, default: 5.0, log: true },
    },
    ParamSpec {
        id: "precision",
        title: "Least precision",
        help: "Of the flagged rows, the share that must be positive where recall at a precision is wanted.",
        domain: Domain::Real { low: 0.01, high: 0.999, default: 0.5, log: false },
    },
];

/// Fewest rows of each class it is learned from: fewer say next to nothing of a curve or a threshold.
const LEAST_OF_CLASS: usize = 10;

/// Parts of the rows of one fold where they teach each other.
const PARTS: usize = 5;
/// Metrics of what rows are called, which a threshold changes.
const OF_CALLS: [&str; 4] = ["f1", "precision", "recall", "accuracy"];

/// What was learned: how probabilities are changed, and from which on a row is flagged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Adjustment {
    /// One for the positive class, or one a class of several; none: probabilities stay as they are.
    pub calibrators: Vec<Calibrator>,
    /// Decision threshold of a binary classification; none: 0.5.
    pub cut: Option<f64>,
}

/// The folds of a learner after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adjusted {
    /// Each with what the other folds taught.
    pub folds: Vec<FoldResult>,
    /// What all of them teach.
    pub last: Adjustment,
}

/// Whether anything is to be done. "usual" is nothing here: a plan says what it stands for.
#[must_use]
pub fn is_wanted(params: &Params) -> bool {
    params.word("calibration") != "none" || !["usual", "half"].contains(&params.word("threshold"))
}

/// Whether it changes the value of a metric. Metrics of rank are left out: they are taken fold by fold, and a rising curve changes no rank.
#[must_use]
pub fn changes(params: &Params, metric: &Metric) -> bool {
    let calibrates = params.word("calibration") != "none";
    is_wanted(params) && metric.pooling == Pooling::Rows && (calibrates || OF_CALLS.contains(&metric.id))
}

/// As [`adjust`], for one fold alone, as a trial of a search is judged before there are others: its rows are cut into five parts, and what is applied to
/// a part was learned from the others (from the earlier ones, where rows are ordered in time). An entity is in one part only. The rows come
/// back part by part.
///
/// # Errors
/// A row that does not exist.
pub fn adjust_within(judge: &Judge<'_>, fold: &FoldResult, params: &Params) -> Result<FoldResult> {
    let n = fold.rows.len();
    let mut order: Vec<usize> = (0..n).collect();
    if !matches!(judge.dependence, Dependence::TimeOrdered) {
        Stream::new(judge.seed, "adjust/within", fold.fold as u64).shuffle(&mut order);
    }
    let part_of = |(place, &at): (usize, &usize)| match judge.dependence {
        Dependence::Clustered(codes) => fold.rows.get(at).and_then(|&row| codes.get(row as usize)).map_or(0, |code| *code as usize % PARTS),
        _ => place * PARTS / n.max(1),
    };
    let mut parts: Vec<Vec<usize>> = vec![Vec::new(); PARTS];
    order.iter().enumerate().for_each(|(place, at)| parts[part_of((place, at))].push(*at));
    let width = fold.predictions.n_classes.max(1);
    let one = |rows: &Vec<usize>| FoldResult {
        rows: rows.iter().filter_map(|&at| fold.rows.get(at).copied()).collect(),
        predictions: Predictions {
            values: rows.iter().filter_map(|&at| fold.predictions.values.get(at * width..(at + 1) * width)).flatten().copied().collect(),
            cuts: Vec::new(),
            ..fold.predictions.clone()
        },
        ..fold.clone()
    };
    let parts: Vec<FoldResult> = parts.iter().map(one).collect();
    let adjusted = adjust(judge, &parts.iter().collect::<Vec<_>>(), params)?.folds;
    let (_, predictions) = judge.pooled(&adjusted.iter().collect::<Vec<_>>())?;
    judge.score(fold.learner, fold.fold, adjusted.iter().flat_map(|f| f.rows.iter().copied()).collect(), predictions)
}

/// Learns calibration and threshold across the folds of one learner, in the order of the split. Regression, and folds with fewer than ten rows of
/// a class to learn from, stay as they are.
///
/// # Errors
/// A row that does not exist.
pub fn adjust(judge: &Judge<'_>, folds: &[&FoldResult], params: &Params) -> Result<Adjusted> {
    let in_time = matches!(judge.dependence, Dependence::TimeOrdered);
    let repeated = is_repeated(folds);
    let one = |(at, fold): (usize, &&FoldResult)| {
        let is_other = |(k, other): &(usize, &&FoldResult)| if in_time { *k < at } else { *k != at && !(repeated && share_rows(fold, other)) };
        let others: Vec<&FoldResult> = folds.iter().enumerate().filter(is_other).map(|(_, f)| *f).collect();
        let learned = learn(judge, &others, params)?;
        judge.score(fold.learner, fold.fold, fold.rows.clone(), learned.apply(fold.predictions.clone()))
    };
    let adjusted = folds.iter().enumerate().map(one).collect::<Result<_>>()?;
    Ok(Adjusted { folds: adjusted, last: learn(judge, folds, params)? })
}

/// Whether a row is judged in both.
fn share_rows(a: &FoldResult, b: &FoldResult) -> bool {
    let rows: std::collections::BTreeSet<u32> = a.rows.iter().copied().collect();
    b.rows.iter().any(|row| rows.contains(row))
}

/// What these folds teach.
fn learn(judge: &Judge<'_>, folds: &[&FoldResult], params: &Params) -> Result<Adjustment> {
    let (truth, predictions) = judge.pooled(folds)?;
    let rows = |class: usize| truth.iter().filter(|&&t| t as usize == class).count();
    if judge.kind == TaskKind::Regression || (0..judge.n_classes).any(|class| rows(class) < LEAST_OF_CLASS) {
        return Ok(Adjustment::default());
    }
    let classes = if judge.kind == TaskKind::Binary { 1..2 } else { 0..judge.n_classes };
    let calibrator = |class: usize| {
        let happened = truth.iter().map(|&t| t as usize == class);
        Calibrator::learn(params.word("calibration"), &predictions.class(class), &happened.collect::<Vec<_>>())
    };
    // All of them or none: classes that were changed in part would not add up to what they were.
    let calibrators: Option<Vec<Calibrator>> = classes.map(calibrator).collect();
    let mut learned = Adjustment { calibrators: calibrators.unwrap_or_default(), cut: None };
    if judge.kind == TaskKind::Binary {
        let positive: Vec<bool> = truth.iter().map(|&t| t > 0.0).collect();
        learned.cut = threshold::choose(&learned.apply(predictions).class(1), &positive, params);
    }
    Ok(learned)
}

impl Adjustment {
    /// The predictions after it. Regression stays as it is.
    #[must_use]
    pub fn apply(&self, mut predictions: Predictions) -> Predictions {
        match self.calibrators.as_slice() {
            [] => {}
            [only] => predictions.values.chunks_exact_mut(2).for_each(|p| {
                p[1] = only.apply(p[1]);
                p[0] = 1.0 - p[1];
            }),
            all => predictions.values.chunks_exact_mut(all.len()).for_each(|p| {
                p.iter_mut().zip(all).for_each(|(p, calibrator)| *p = calibrator.apply(*p));
                let whole: f64 = p.iter().sum();
                #[expect(clippy::cast_precision_loss, reason = "classes are few")]
                let alike = 1.0 / all.len() as f64;
                p.iter_mut().for_each(|p| *p = if whole > 0.0 { *p / whole } else { alike });
            }),
        }
        if let Some(cut) = self.cut {
            predictions.cuts = vec![(predictions.n_rows() as u64, cut)];
        }
        predictions
    }

    /// Whether it fits a task of so many classes: checked when a bundle is opened.
    #[must_use]
    pub fn is_valid(&self, n_classes: usize) -> bool {
        let count = match self.calibrators.len() {
            0 => true,
            1 => n_classes == 2,
            n => n == n_classes,
        };
        count
            && self.cut.is_none_or(|cut| n_classes == 2 && (0.0..=threshold::NEVER).contains(&cut))
            && self.calibrators.iter().all(Calibrator::is_valid)
    }
}

#[cfg(test)]
mod tests;
