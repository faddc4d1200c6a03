//! What validation says of the proposed learner beside its scores: intervals and sets, the pattern of its errors, periods, and levels of chosen columns.

use super::context::{Context, entity_codes, judge_of};
use super::job::JobOutput;
use super::outcome::Outcome;
use crate::error::{Error, Result};
use crate::evaluate::conformal::{Conformal, conformal};
use crate::evaluate::errors::{Errors, Known, LevelOf, errors, losses};
use crate::evaluate::fairness::{Cells, Fairness, fairness};
use crate::evaluate::periods::{Periods, periods};
use crate::evaluate::ranked::{Ranked, ranked};
use crate::evaluate::shares::Share;
use crate::evaluate::{FoldResult, metric};
use crate::explain::{Weakest, weakest};
use crate::settings::Plan;
use crate::split::Strategy;
use crate::table::time::civil;
use crate::table::{Column, Kind, MISSING_TIME, Table};
use serde::{Deserialize, Serialize};

/// Most levels of a column by which bias is told.
const MOST_LEVELS: usize = 50;
/// Share of the way from 0 to a perfect score from which a score is too good to be believed, for metrics whose best value is 1.
const TOO_GOOD: f64 = 0.99;

/// Everything beside the scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// The pattern of its errors.
    pub errors: Errors,
    /// Scores by period.
    pub periods: Periods,
    /// Prediction intervals or sets with their coverage; `None` without rows.
    pub conformal: Option<Conformal>,
    /// Areas under the ROC curve by `DeLong`, two classes of single rows only.
    pub ranked: Option<Ranked>,
    /// By level of the columns that were named.
    pub fairness: Vec<Fairness>,
    /// Segments in which it errs most; `None` for too few rows.
    pub weakest: Option<Weakest>,
}

/// Plain numbers of validation, for gates: each `None` where it was not measured or cannot be computed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// p-value of the permutation test of the main metric.
    pub permutation_p: Option<f64>,
    /// Coverage of prediction intervals or sets, of validation rows judged across folds.
    pub coverage: Option<Share>,
    /// The same of the sealed rows.
    pub coverage_sealed: Option<Share>,
    /// Coverage that was wanted.
    pub coverage_wanted: Option<f64>,
    /// Expected calibration error, 0 to 1; the largest over classes.
    pub calibration_error: Option<f64>,
    /// Share of periods in which the model beats the best baseline; only where periods follow each other in time.
    pub consistency: Option<Share>,
    /// Rank correlation of the size of the miss and the prediction with its p-value (numbers).
    pub spread: Option<(f64, f64)>,
    /// p-value of the test of Breusch and Pagan (numbers).
    pub spread_p: Option<f64>,
    /// Mean miss over the mean size of the misses with its interval, -1 to 1: 0 is no bias (numbers and two classes).
    pub bias: Option<(f64, Option<(f64, f64)>)>,
    /// Mean loss of the weakest segment over that of all rows with its interval, 1 or more; 1 when no segment is weaker.
    pub worst_segment: Option<(f64, Option<(f64, f64)>)>,
    /// The ratio farthest from 1 of a level's score to the best level's, over all columns named.
    pub worst_level: Option<f64>,
    /// Gain that twice the rows would bring, by the learning curve.
    pub doubled_gain: Option<f64>,
}

impl Context {
    /// Analyses a learner by its folds, beside the best baseline and a rival.
    pub(super) fn analyse(&mut self, learner: u32, baseline: Option<u32>, rival: Option<u32>) -> Result<JobOutput> {
        self.judge()?;
        let (plan, judge, table) = (self.plan()?, self.made_judge()?, self.table()?);
        let of = |learner: Option<u32>| -> Result<Vec<&FoldResult>> {
            let own = self.folds()?.iter().filter(|f| Some(f.learner) == learner.map(|l| l as usize));
            Ok(own.filter(|f| is_first(plan, f)).collect())
        };
        let (own, rule, rival) = (of(Some(learner))?, of(baseline)?, of(rival)?);
        let main = metric(&plan.metric)?;
        let times = times(table, plan)?;
        let rows: Vec<u32> = own.iter().flat_map(|f| f.rows.iter().copied()).collect();
        let month = |row: u32| {
            let time = table.column(plan.task.time.as_deref()?).ok()?.millis()?.get(row as usize).copied().filter(|m| *m != MISSING_TIME)?;
            Some((civil(time).year, civil(time).month))
        };
        let dated = plan.task.time.as_deref().and_then(|name| table.column(name).ok()).is_some_and(|c| c.millis().is_some());
        let known = Known {
            times: &times,
            months: dated.then_some(&month as &dyn Fn(u32) -> Option<(i64, u32)>),
            levels: table
                .columns()
                .iter()
                .filter(|c| plan.task.features.iter().any(|f| f == c.name()) && is_levelled(c))
                .map(|c| (c.name(), level_of(c)))
                .collect(),
        };
        let one = |name: &String| {
            let column = table.column(name)?;
            let level = level_of(column);
            let cells = column.numbers().map_or(Cells::Labels(&level), Cells::Numbers);
            fairness(&judge, &own, name, &cells, main)
        };
        let recipe = &self.fitted()?.recipe;
        Ok(JobOutput::Analysed(Ok(Box::new(Analysis {
            errors: errors(&judge, &own, &known)?,
            periods: periods(&judge, &own, &rule, &times, main)?,
            conformal: conformal(&judge, &own, plan.validation.coverage)?,
            ranked: ranked(&judge, &own, &rival)?,
            fairness: plan.validation.fairness.iter().map(one).collect::<Result<_>>()?,
            weakest: weakest(recipe, table, &judge, &rows, &losses(&judge, &own)?)?,
        }))))
    }
}

/// Whether a fold is of the first dealing, in which each row is judged once.
pub(super) fn is_first(plan: &Plan, fold: &FoldResult) -> bool {
    plan.split.strategy == Strategy::TimeOrdered || fold.fold < plan.split.folds as usize
}

/// Moment of every row, NaN where missing; empty without a time column.
fn times(table: &Table, plan: &Plan) -> Result<Vec<f64>> {
    let Some(name) = &plan.task.time else { return Ok(Vec::new()) };
    let column = table.column(name)?;
    Ok(match (column.millis(), column.numbers()) {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of any date stay below 2^53")]
        (Some(millis), _) => millis.iter().map(|&m| if m == MISSING_TIME { f64::NAN } else { m as f64 }).collect(),
        (None, Some(numbers)) => numbers.to_vec(),
        _ => Vec::new(),
    })
}

/// Whether a column has few labels.
fn is_levelled(column: &Column) -> bool {
    matches!(column.kind(), Kind::Categorical | Kind::Boolean) && column.codes().is_none_or(|(_, levels)| levels.len() <= MOST_LEVELS)
}

/// The label of a row; `None` where it is missing.
fn level_of(column: &Column) -> LevelOf<'_> {
    Box::new(|row| (!column.is_missing(row as usize)).then(|| column.text(row as usize).into_owned()))
}

impl Outcome {
    /// The learner that the proposed one is compared with: the leader; if that is itself, the best of the others.
    pub(super) fn rival(&self) -> Option<u32> {
        let (board, chosen) = (self.board.as_ref()?, self.chosen()? as usize);
        let others = board.standings.iter().filter(|s| !s.baseline && s.failed.is_none() && s.entrant != chosen);
        let rival = board.leader.filter(|leader| *leader != chosen).or_else(|| others.map(|s| s.entrant).next())?;
        u32::try_from(rival).ok()
    }

    /// Takes the analysis, and how often the sealed rows lie inside their intervals or sets; no score rests on it, so a failure is told as such.
    pub(super) fn take_analysis(&mut self, plan: &Plan, table: &Table, results: Vec<Result<JobOutput>>) -> Result<()> {
        for result in results {
            self.analysis = Some(match result {
                Ok(JobOutput::Analysed(analysed)) => analysed,
                Ok(_) => return Err(Error::internal("an analysis that is none")),
                Err(error) => Err(error),
            });
        }
        let target = plan.task.encode(table)?;
        let entities = plan.task.entity.as_deref().map_or_else(|| Ok(Vec::new()), |e| entity_codes(table, e))?;
        let judge = judge_of(plan, &target, &entities);
        if let (Some(Ok(analysis)), Some(sealed)) = (&mut self.analysis, &self.holdout_rows)
            && let Some(found) = &mut analysis.conformal
        {
            let (inside, _) = found.bands.judge(&judge.truth_of(&sealed.rows)?, &sealed.predictions);
            found.holdout = judge.share(&sealed.rows, &inside);
        }
        Ok(())
    }

    /// Folds of the chosen learner in which each row is judged once: those of the first dealing.
    #[must_use]
    pub fn first_folds(&self, plan: &Plan) -> Vec<&FoldResult> {
        self.chosen_folds().into_iter().filter(|f| is_first(plan, f)).collect()
    }

    /// The analysis, if there is one.
    #[must_use]
    pub fn analysed(&self) -> Option<&Analysis> {
        self.analysis.as_ref()?.as_ref().ok().map(Box::as_ref)
    }

    /// Whether the proposed learner's score is too good to be believed: a metric whose best value is 1 at 0.99 or more.
    #[must_use]
    pub fn is_too_good(&self) -> bool {
        let estimate = self.board.as_ref().and_then(|b| b.chosen()?.estimates.first());
        let Some((estimate, main)) = estimate.and_then(|e| Some((e, metric(&e.metric).ok()?))) else { return false };
        let (worst, best) = main.range;
        best == 1.0 && worst < best && estimate.value.is_some_and(|v| v >= TOO_GOOD)
    }

    /// Everything validation has measured, as plain numbers.
    #[must_use]
    pub fn measured(&self) -> Measured {
        let calibration = self.closer.iter().flat_map(|c| &c.calibration).map(|c| c.ece).max_by(f64::total_cmp);
        let mut measured = Measured {
            permutation_p: self.permuted.as_ref().and_then(|p| p.as_ref().ok()).map(|p| p.p),
            calibration_error: calibration,
            doubled_gain: self.curve.as_ref().and_then(|c| c.as_ref().ok()).and_then(|c| c.doubled),
            ..Measured::default()
        };
        let Some(analysis) = self.analysed() else { return measured };
        if let Some(found) = &analysis.conformal {
            (measured.coverage, measured.coverage_sealed, measured.coverage_wanted) = (found.coverage, found.holdout, Some(found.wanted));
        }
        measured.consistency = analysis.periods.consistency.filter(|_| analysis.periods.in_time);
        measured.spread = analysis.errors.spread.map(|s| (s.rho, s.rho_p));
        measured.spread_p = analysis.errors.spread.map(|s| s.lm_p);
        let size = analysis.errors.mean_size.filter(|size| *size > 0.0);
        measured.bias = analysis.errors.bias.zip(size).map(|(b, size)| (b.value / size, b.low.zip(b.high).map(|(l, h)| (l / size, h / size))));
        measured.worst_segment = analysis.weakest.as_ref().map(|w| w.segments.first().map_or((1.0, None), |s| (s.ratio, s.ratio_interval)));
        let ratios = analysis.fairness.iter().flat_map(|f| &f.levels).filter_map(|l| Some(l.ratio?.0));
        measured.worst_level = ratios.max_by(|a, b| (a - 1.0).abs().total_cmp(&(b - 1.0).abs()));
        measured
    }
}
