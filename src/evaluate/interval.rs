//! Estimates with 95 % intervals, and paired differences on the same resamples.
//!
//! Up to [`MOST_BOOTSTRAPPED`] judged rows: bootstrap over validation rows (Efron 1979), within each fold, bias-corrected and accelerated (BCa, Efron
//! 1987) where the jackknife has spread, else by percentiles. Rows that hang together
//! are drawn together: circular blocks where rows are ordered in time (Politis and Romano 1992, length `n^(1/3)`), whole entities where they
//! are grouped (Field and Welsh 2007), and a row with all its predictions where it is judged several times (repeated cross-validation), then over
//! all folds. More rows: the rows are dealt to [`SECTIONS`] sections, and the spread of the sections' values gives
//! Student's t interval (batching, Schmeiser 1982); it needs one pass a section and is as good where each section is large.
//!
//! What is drawn depends on seed and rows, never on the learner: so two learners' values of one draw are a pair, and the difference of the
//! pairs has its own interval. The interval says how the rows at hand could have differed; it takes the fitted models as they are.

mod jackknife;
mod parts;

use crate::math::sort;
use crate::stats::bootstrap::bca;
use jackknife::jackknife;
use parts::{Groups, Part, Ready, block_length, by_entity};

use super::metrics::{Direction, Metric, Pooling, Scored};
use super::{FoldResult, Judge, metric};
use crate::error::Result;
use crate::math::rng::Stream;
use crate::model::Predictions;
use serde::{Deserialize, Serialize};

/// Most judged rows that are bootstrapped.
pub const MOST_BOOTSTRAPPED: usize = 20_000;
/// Resamples for up to [`ROW_DRAWS`] / 1,000 rows.
const MOST_RESAMPLES: usize = 1_000;
/// Row draws in all that a bootstrap may take: keeps one learner's intervals under about half a second.
const ROW_DRAWS: usize = 10_000_000;
/// Sections of a large table.
const SECTIONS: usize = 20;
/// 97.5 % quantile of Student's t with 19 degrees of freedom.
const T_19: f64 = 2.093_024_054_408_263;
/// Share of intervals that hold the true value.
const LEVEL: f64 = 0.95;
/// Fewest independent rows an interval can be drawn from: fewer show next to nothing of the spread.
const LEAST_ROWS: usize = 10;
/// Fewest independent blocks or entities.
const LEAST_GROUPS: usize = 5;
/// Least share of draws in which the metric must be computable.
const LEAST_COMPUTABLE: f64 = 0.5;
/// If an event was never seen in n tries, its rate is below 3/n with 95 % confidence (Hanley and Lippman-Hand 1983).
const RULE_OF_THREE: f64 = 3.0;

/// How rows hang together.
#[derive(Clone, Copy, Debug)]
pub enum Dependence<'a> {
    /// They do not.
    Independent,
    /// Neighbours in time are alike; folds give their rows in time order.
    TimeOrdered,
    /// Rows of one entity are alike: entity code of every row of the table, shape `(n_rows,)`.
    Clustered(&'a [u32]),
}

/// What was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Single rows.
    Rows,
    /// Blocks of rows that follow each other.
    Blocks,
    /// All rows of an entity.
    Entities,
}

/// How an interval was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Percentiles of so many resamples.
    Bootstrap {
        /// What was drawn.
        unit: Unit,
        /// How often.
        resamples: u32,
    },
    /// Bias-corrected and accelerated percentiles of so many resamples.
    Corrected {
        /// What was drawn.
        unit: Unit,
        /// How often.
        resamples: u32,
    },
    /// Student's t over so many sections.
    Sections {
        /// What was dealt.
        unit: Unit,
        /// To how many.
        sections: u32,
    },
    /// Student's t over repetitions of a random procedure.
    Repeats {
        /// How many.
        repeats: u32,
    },
}

/// A value with its 95 % interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Metric id.
    pub metric: String,
    /// The value; `None` when not computable.
    pub value: Option<f64>,
    /// Lower end; `None` when there are too few rows for an interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Rows it rests on.
    pub n_rows: u64,
    /// How the interval was made.
    pub method: Method,
}

impl Estimate {
    /// The interval, if there is one.
    #[must_use]
    pub fn interval(&self) -> Option<(f64, f64)> {
        Some((self.low?, self.high?))
    }
}

/// A metric over all folds of one learner, and again over every draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resampled {
    /// Metric id.
    pub metric: String,
    /// The value over all rows.
    pub value: Option<f64>,
    /// The value of each draw (resample or section); `None` where not computable.
    pub draws: Vec<Option<f64>>,
    /// The value without each part of the rows in turn; none for sections.
    pub jackknife: Vec<Option<f64>>,
    /// What the draws are.
    pub method: Method,
    /// Rows judged.
    pub n_rows: u64,
    /// Rows of the smallest class; all rows for regression.
    pub n_rarest: u64,
    /// Whether there were enough independent rows, blocks or entities for an interval.
    pub enough: bool,
}

impl Judge<'_> {
    /// Metrics over all folds of one learner and over every draw. Folds in order; metrics of this task's kind.
    ///
    /// # Errors
    /// A row that does not exist.
    pub fn resample(&self, folds: &[&FoldResult], metrics: &[&Metric]) -> Result<Vec<Resampled>> {
        let (truth, predictions) = self.pooled(folds)?;
        let parts = self.parts(folds);
        let together = self.together(folds);
        let drawn = together.as_deref().unwrap_or(&parts);
        let ready: Vec<Ready> = metrics.iter().map(|m| self.ready(m, &truth, &predictions, &parts)).collect();
        let ones = vec![1_u16; truth.len()];
        let values: Vec<Option<f64>> = ready.iter().map(|r| r.value(&ones, &parts)).collect();
        let (mut method, mut draws) = self.draw(&truth, drawn, &parts, &ready);
        let sectioned = matches!(method, Method::Sections { .. });
        if sectioned && values.iter().zip(&draws).any(|(v, d)| v.is_some() && d.iter().any(Option::is_none)) {
            // Something is too rare for every section to hold it.
            (method, draws) = self.bootstrap(truth.len(), drawn, &parts, &ready);
        }
        let left_out = match method {
            Method::Bootstrap { .. } => jackknife(truth.len(), drawn, &parts, &ready),
            _ => vec![Vec::new(); ready.len()],
        };
        let enough = drawn.iter().map(Part::n_units).sum::<usize>() >= if self.unit() == Unit::Rows { LEAST_ROWS } else { LEAST_GROUPS };
        // A row that is judged several times is one row.
        let times = if together.is_some() { (truth.len() as u64).div_ceil(distinct(folds).max(1)) } else { 1 };
        let (n_rows, n_rarest) = (truth.len() as u64 / times, self.rarest(&truth) / times);
        let drawn = values.into_iter().zip(draws).zip(left_out);
        let join = |(m, ((value, draws), jackknife)): (&&Metric, _)| Resampled {
            metric: m.id.to_owned(),
            value,
            draws,
            jackknife,
            method,
            n_rows,
            n_rarest,
            enough,
        };
        Ok(metrics.iter().zip(drawn).map(join).collect())
    }

    /// The value of a metric over all folds of one learner, without an interval.
    ///
    /// # Errors
    /// A row that does not exist.
    pub fn value(&self, folds: &[&FoldResult], metric: &Metric) -> Result<Option<f64>> {
        let (truth, predictions) = self.pooled(folds)?;
        let parts = self.parts(folds);
        Ok(self.ready(metric, &truth, &predictions, &parts).value(&vec![1; truth.len()], &parts))
    }

    fn unit(&self) -> Unit {
        match self.dependence {
            Dependence::Independent => Unit::Rows,
            Dependence::TimeOrdered => Unit::Blocks,
            Dependence::Clustered(_) => Unit::Entities,
        }
    }

    fn rarest(&self, truth: &[f64]) -> u64 {
        let count = |k: usize| truth.iter().filter(|&&t| (t as usize) == k).count() as u64;
        (0..self.n_classes).map(count).filter(|&c| c > 0).min().unwrap_or(truth.len() as u64)
    }

    fn parts(&self, folds: &[&FoldResult]) -> Vec<Part> {
        let mut start = 0;
        let mut parts = Vec::with_capacity(folds.len());
        for fold in folds {
            let n = fold.rows.len();
            let groups = match self.dependence {
                Dependence::Independent => Groups::Rows,
                Dependence::TimeOrdered => Groups::Blocks { length: block_length(n) },
                Dependence::Clustered(codes) => Groups::Entities(by_entity(&fold.rows, &|row| codes.get(row as usize).copied().unwrap_or(u32::MAX))),
            };
            parts.push(Part { start, n, groups });
            start += n;
        }
        parts
    }

    /// What is drawn over all folds at once, where rows are judged several times: each row, or entity, with all its predictions.
    fn together(&self, folds: &[&FoldResult]) -> Option<Vec<Part>> {
        if !is_repeated(folds) {
            return None;
        }
        let rows: Vec<u32> = folds.iter().flat_map(|f| f.rows.iter().copied()).collect();
        let groups = match self.dependence {
            Dependence::Clustered(codes) => by_entity(&rows, &|row| codes.get(row as usize).copied().unwrap_or(u32::MAX)),
            _ => by_entity(&rows, &|row| row),
        };
        Some(vec![Part { start: 0, n: rows.len(), groups: Groups::Entities(groups) }])
    }

    fn ready(&self, metric: &Metric, truth: &[f64], predictions: &Predictions, parts: &[Part]) -> Ready {
        let (kind, n_classes) = (self.kind, self.n_classes);
        match metric.pooling {
            Pooling::Rows => Ready::Pooled((metric.recount)(&Scored { truth, predictions, kind, n_classes })),
            Pooling::Folds => {
                let width = self.n_classes.max(1);
                let fold = |part: &Part| {
                    let (from, to) = (part.start, part.start + part.n);
                    let own = Predictions { n_classes, values: predictions.values.get(from * width..to * width)?.to_vec(), cuts: Vec::new() };
                    (metric.recount)(&Scored { truth: truth.get(from..to)?, predictions: &own, kind, n_classes })
                };
                Ready::ByFold(parts.iter().map(fold).collect())
            }
        }
    }

    fn draw(&self, truth: &[f64], drawn: &[Part], parts: &[Part], ready: &[Ready]) -> (Method, Vec<Vec<Option<f64>>>) {
        if truth.len() <= MOST_BOOTSTRAPPED {
            return self.bootstrap(truth.len(), drawn, parts, ready);
        }
        let sections = self.sections(truth, drawn);
        let mut draws = vec![Vec::with_capacity(SECTIONS); ready.len()];
        let mut counts = vec![0_u16; truth.len()];
        for section in 0..SECTIONS {
            for (count, &of) in counts.iter_mut().zip(&sections) {
                *count = u16::from(usize::from(of) == section);
            }
            for (values, r) in draws.iter_mut().zip(ready) {
                values.push(r.value(&counts, parts));
            }
        }
        (Method::Sections { unit: self.unit(), sections: SECTIONS as u32 }, draws)
    }

    fn bootstrap(&self, n_rows: usize, drawn: &[Part], parts: &[Part], ready: &[Ready]) -> (Method, Vec<Vec<Option<f64>>>) {
        let resamples = (ROW_DRAWS / n_rows.max(1)).clamp(200, MOST_RESAMPLES);
        let mut draws = vec![Vec::with_capacity(resamples); ready.len()];
        let mut counts = vec![0_u16; n_rows];
        for resample in 0..resamples {
            let mut stream = Stream::new(self.seed, "interval/bootstrap", resample as u64);
            counts.fill(0);
            for part in drawn {
                if let Some(own) = counts.get_mut(part.start..part.start + part.n) {
                    part.draw(own, &mut stream);
                }
            }
            for (values, r) in draws.iter_mut().zip(ready) {
                values.push(r.value(&counts, parts));
            }
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 1,000")]
        (Method::Bootstrap { unit: self.unit(), resamples: resamples as u32 }, draws)
    }

    /// Section of every row, dealt evenly within folds and, where rows are single, within classes.
    fn sections(&self, truth: &[f64], parts: &[Part]) -> Vec<u8> {
        #[expect(clippy::cast_possible_truncation, reason = "fewer than 256 sections")]
        let nth = |i: usize| (i % SECTIONS) as u8;
        let mut sections = vec![0_u8; truth.len()];
        for (fold, part) in (0_u64..).zip(parts) {
            let mut stream = Stream::new(self.seed, "interval/sections", fold);
            let Some(own) = sections.get_mut(part.start..part.start + part.n) else { continue };
            match &part.groups {
                Groups::Rows => {
                    let mut order: Vec<usize> = (0..part.n).collect();
                    stream.shuffle(&mut order);
                    if self.kind.is_classification() {
                        sort::by(&mut order, |&a, &b| truth[part.start + a].total_cmp(&truth[part.start + b]));
                    }
                    order.iter().enumerate().for_each(|(i, &row)| own[row] = nth(i));
                }
                Groups::Blocks { .. } => own.iter_mut().enumerate().for_each(|(i, s)| *s = nth(i * SECTIONS / part.n)),
                Groups::Entities(entities) => {
                    let mut order: Vec<&Vec<u32>> = entities.iter().collect();
                    stream.shuffle(&mut order);
                    order.iter().enumerate().for_each(|(i, rows)| rows.iter().for_each(|&row| own[row as usize] = nth(i)));
                }
            }
        }
        sections
    }
}

impl Resampled {
    /// The value with its 95 % interval.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        let (interval, method) = self.interval(self.value, &self.draws, &self.jackknife);
        self.with(self.value, self.widened(interval), method)
    }

    /// How much better this is than `other` in this metric, paired draw by draw; positive is better, whatever the metric's direction.
    /// Not computable when either is not, or when they were drawn differently.
    #[must_use]
    pub fn gain_over(&self, other: &Self) -> Estimate {
        let direction = metric(&self.metric).map_or(Direction::Higher, |m| m.direction);
        let alike = self.metric == other.metric && self.draws.len() == other.draws.len() && self.method == other.method;
        let value = if alike { self.value.zip(other.value).map(|(a, b)| direction.gain(a, b)) } else { None };
        let pairs =
            |a: &[Option<f64>], b: &[Option<f64>]| -> Vec<Option<f64>> { a.iter().zip(b).map(|(a, b)| Some(direction.gain((*a)?, (*b)?))).collect() };
        let (interval, method) = self.interval(value, &pairs(&self.draws, &other.draws), &pairs(&self.jackknife, &other.jackknife));
        self.with(value, interval, method)
    }

    fn with(&self, value: Option<f64>, interval: Option<(f64, f64)>, method: Method) -> Estimate {
        Estimate { metric: self.metric.clone(), value, low: interval.map(|i| i.0), high: interval.map(|i| i.1), n_rows: self.n_rows, method }
    }

    /// The interval and how it was made in the end.
    fn interval(&self, value: Option<f64>, draws: &[Option<f64>], jackknife: &[Option<f64>]) -> (Option<(f64, f64)>, Method) {
        let Some(value) = value else { return (None, self.method) };
        let mut present: Vec<f64> = draws.iter().flatten().copied().collect();
        #[expect(clippy::cast_precision_loss, reason = "at most 1,000 draws")]
        let share = present.len() as f64 / draws.len().max(1) as f64;
        if !self.enough || present.is_empty() || share < LEAST_COMPUTABLE {
            return (None, self.method);
        }
        let Method::Bootstrap { unit, resamples } = self.method else {
            let half = T_19 * (crate::math::sum::variance(&present, 1) / SECTIONS as f64).sqrt();
            return ((present.len() == SECTIONS).then_some((value - half, value + half)), self.method);
        };
        present.sort_by(f64::total_cmp);
        let without: Option<Vec<f64>> = jackknife.iter().copied().collect();
        let Some(found) = bca(&present, value, &without.unwrap_or_default(), LEVEL) else { return (None, self.method) };
        let method = if found.corrected { Method::Corrected { unit, resamples } } else { self.method };
        (Some((found.low.min(value), found.high.max(value))), method)
    }

    /// An interval of no width at the best value of a bounded metric is no certainty: the worse end is moved by the rule of three.
    fn widened(&self, interval: Option<(f64, f64)>) -> Option<(f64, f64)> {
        let ((low, high), m) = (interval?, metric(&self.metric).ok()?);
        let (worst, best) = m.range;
        if low < high || low != best || !worst.is_finite() {
            return Some((low.max(worst.min(best)), high.min(worst.max(best))));
        }
        #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
        let share = (RULE_OF_THREE / self.n_rarest.max(1) as f64).min(1.0);
        let worse = best + (worst - best) * share;
        Some((worse.min(best), worse.max(best)))
    }
}

/// Different rows that are judged.
fn distinct(folds: &[&FoldResult]) -> u64 {
    folds.iter().flat_map(|f| f.rows.iter().copied()).collect::<std::collections::BTreeSet<u32>>().len() as u64
}

/// Whether a row is judged more than once.
pub(super) fn is_repeated(folds: &[&FoldResult]) -> bool {
    let most = folds.iter().flat_map(|f| f.rows.iter().copied()).max().map_or(0, |row| row as usize + 1);
    let mut seen = vec![false; most];
    folds.iter().flat_map(|f| &f.rows).any(|&row| seen.get_mut(row as usize).is_some_and(|seen| std::mem::replace(seen, true)))
}

/// Quantile of sorted values by linear interpolation (type 7).
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positions within a short list")]
pub(crate) fn quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let position = p * last as f64;
    let below = (position as usize).min(last);
    let above = (below + 1).min(last);
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests;
