//! The losses boosting can lower, with their gradients over joined rows.
//!
//! For a row of target y, weight w and sum f, with F what is predicted:
//! - squared `w (y - f)^2 / 2`, F = f; logistic `w (log(1 + e^f) - y f)`; softmax `-w log p_y`;
//! - absolute `w |y - f|` and quantile `w max(a (y - f), (a - 1)(y - f))`: the gradient picks the cuts, then a leaf takes the quantile of what is left over its rows, as in LightGBM;
//! - Huber: squared up to a distance d, linear beyond. d is fixed as in LightGBM, but found from the data so that no unit matters: the distance from the median within which a
//!   given share of the weight lies (the mean distance where that is 0, as with many equal targets);
//! - Poisson `w (e^f - y f)` and Tweedie `w (e^{(2-p) f} / (2-p) - y e^{(1-p) f} / (1-p))`, F = e^f, for targets of at least 0 (Yang, Qian and Zou 2018).
//!
//! Curvature is 1 for the absolute, quantile and Huber losses and that of the loss otherwise, times [`SAFER`] for Poisson, as in LightGBM.

use super::Combination;
use super::sums::{Sums, Table};
use crate::error::{Error, Result};
use crate::math::elementary::{exp, ln, ln_1p, logistic, logit};
use crate::math::sum::sum_of;
use crate::model::learners::baseline::class_shares;
use crate::model::linear::to_probabilities;
use crate::task::TaskKind;

/// Shares of classes are kept this far from 0 and 1 before their log-odds are taken, and means this far from 0 before their logarithm is.
const LEAST_SHARE: f64 = 1e-9;
/// Poisson curvature is this many times that of the loss: e^0.7, LightGBM's `poisson_max_delta_step`.
const SAFER: f64 = 2.013_752_707_470_476_6;
/// Sums behind an exponential are used up to this size.
const MOST_SUM: f64 = 300.0;
/// Most a tree's leaf may multiply by before the learning rate: e to this.
const MOST_STEP: f64 = 5.0;
/// Gain that is rounding, as a share of what the loss is measured in.
const ROUNDING: f64 = 1e-24;

/// What boosting a number lowers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Loss {
    /// Squares: the mean.
    Squared,
    /// Distances: the median.
    Absolute,
    /// Squares near, distances far.
    Huber {
        /// Share of the weight that is near at the start.
        share: f64,
    },
    /// Distances, those above weighed differently from those below: a quantile.
    Quantile {
        /// Share of targets that should lie below.
        level: f64,
    },
    /// Counts: the mean, with a variance that grows with it.
    Poisson,
    /// Amounts with many zeros: the mean, with a variance that is its `power`.
    Tweedie {
        /// Between 1 (counts) and 2 (amounts without zeros).
        power: f64,
    },
}

/// A loss with all that follows from the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Objective {
    Squared,
    Logistic,
    Softmax,
    Poisson,
    Tweedie { power: f64 },
    Huber { near: f64 },
    Pinball { up: f64, down: f64 },
}

impl Loss {
    /// Whether the targets must be kept apart.
    pub(super) fn apart(self, kind: TaskKind) -> bool {
        kind == TaskKind::Regression && matches!(self, Self::Absolute | Self::Huber { .. } | Self::Quantile { .. })
    }

    /// Refuses targets this loss is not made for.
    pub(super) fn check(self, table: Table<'_>) -> Result<()> {
        let positive = matches!(self, Self::Poisson | Self::Tweedie { .. });
        if positive && table.train.kind() == TaskKind::Regression && table.train.target().iter().any(|y| *y < 0.0) {
            return Err(Error::not_computable(
                "Boosting with this loss",
                "the target has negative numbers",
                "Choose the squared loss, or a target of counts or amounts.",
            ));
        }
        Ok(())
    }
}

impl Objective {
    /// The objective, how sums become predictions, and what the sums start from.
    pub fn new(table: Table<'_>, loss: Loss, kept: Option<&[bool]>, sums: &Sums) -> (Self, Combination, Vec<f64>) {
        let level = |level: f64| sums.spread.as_ref().map_or(0.0, |s| s.quantile(0..sums.rows.len() as u32, |_| 0.0, level));
        let log_mean = || vec![ln(sums.mean().max(LEAST_SHARE))];
        match (table.train.kind(), loss) {
            (TaskKind::Binary, _) => (Self::Logistic, Combination::LogisticSum, vec![logit(sums.mean().clamp(LEAST_SHARE, 1.0 - LEAST_SHARE))]),
            (TaskKind::Multiclass, _) => (Self::Softmax, Combination::SoftmaxSum, log_shares(table, kept)),
            (_, Loss::Squared) => (Self::Squared, Combination::Sum, vec![sums.mean()]),
            (_, Loss::Absolute) => (Self::Pinball { up: 1.0, down: 1.0 }, Combination::Sum, vec![level(0.5)]),
            (_, Loss::Quantile { level: a }) => (Self::Pinball { up: a, down: 1.0 - a }, Combination::Sum, vec![level(a)]),
            (_, Loss::Huber { share }) => (Self::Huber { near: near(sums, level(0.5), share) }, Combination::Sum, vec![level(0.5)]),
            (_, Loss::Poisson) => (Self::Poisson, Combination::ExpSum, log_mean()),
            (_, Loss::Tweedie { power }) => (Self::Tweedie { power }, Combination::ExpSum, log_mean()),
        }
    }

    /// Whether the curvature of a row is its weight.
    pub fn is_even(self) -> bool {
        matches!(self, Self::Squared | Self::Huber { .. } | Self::Pinball { .. })
    }

    /// The largest leaf value either way, before the learning rate.
    pub fn most_step(self) -> f64 {
        if matches!(self, Self::Poisson | Self::Tweedie { .. }) { MOST_STEP } else { f64::INFINITY }
    }

    /// For losses whose leaves take a quantile of what is left: which.
    pub fn leaf_quantile(self) -> Option<f64> {
        if let Self::Pinball { up, down } = self { Some(up / (up + down)) } else { None }
    }

    /// Gain that is rounding, in the units of this loss.
    pub fn least_gain(self, table: Table<'_>, sums: &Sums, start: f64) -> f64 {
        match self {
            Self::Squared | Self::Huber { .. } => ROUNDING * sum_of(table.train.target().iter().zip(table.weights).map(|(y, w)| w * y * y)),
            Self::Poisson | Self::Tweedie { .. } => {
                let mut cell = [0.0; 3];
                ROUNDING
                    * sum_of((0..sums.rows.len()).map(|i| {
                        self.cell(sums, 0, i, start, &mut cell);
                        cell[1]
                    }))
            }
            _ => 0.0,
        }
    }

    /// Gradient, curvature and rows of every joined row, shape `(n_rows, width)`, at these sums (softmax: shares of class `k`).
    pub fn gradients(self, sums: &Sums, k: usize, scores: &[f64], width: usize, stats: &mut [f64]) {
        if self == Self::Squared {
            for (i, (cell, f)) in stats.chunks_exact_mut(width).zip(scores).enumerate() {
                cell[0] = sums.targets[0][i] - sums.weights[i] * f;
                cell[1] = sums.weights[i];
                cell[width - 1] = sums.rows[i];
            }
            return;
        }
        for (i, (cell, f)) in stats.chunks_exact_mut(width).zip(scores).enumerate() {
            self.cell(sums, k, i, *f, cell);
            cell[width - 1] = sums.rows[i];
        }
    }

    /// Gradient and curvature of one joined row.
    fn cell(self, sums: &Sums, k: usize, i: usize, f: f64, cell: &mut [f64]) {
        let (weight, target) = (sums.weights[i], sums.targets[k][i]);
        let spread = |of: &dyn Fn(&super::spread::Spread) -> f64| sums.spread.as_ref().map_or(0.0, of);
        (cell[0], cell[1]) = match self {
            Self::Squared => (target - weight * f, weight),
            Self::Logistic => {
                let p = logistic(f);
                (target - weight * p, weight * p * (1.0 - p))
            }
            Self::Softmax => (target - weight * f, weight * f * (1.0 - f)),
            Self::Poisson => {
                let mean = exp(f.clamp(-MOST_SUM, MOST_SUM));
                (target - weight * mean, weight * mean * SAFER)
            }
            Self::Tweedie { power } => {
                let (up, down) = tweedie(f, power);
                (target * up - weight * down, (power - 1.0) * target * up + (2.0 - power) * weight * down)
            }
            Self::Huber { near } => (spread(&|s| s.clipped(i, f, near)), weight),
            Self::Pinball { up, down } => (spread(&|s| s.pull(i, f, up, down)), weight),
        };
    }

    /// The loss over all rows summed, up to what no sum changes. `scores`: shape `(n_sums, n_rows)`.
    pub fn loss(self, sums: &Sums, scores: &[Vec<f64>]) -> f64 {
        sum_of((0..sums.rows.len()).filter(|&i| sums.rows[i] > 0.0).map(|i| self.loss_of(sums, i, scores)))
    }

    fn loss_of(self, sums: &Sums, i: usize, scores: &[Vec<f64>]) -> f64 {
        let (weight, target, f) = (sums.weights[i], sums.targets[0][i], scores[0][i]);
        let spread = |loss: &dyn Fn(f64) -> f64| sums.spread.as_ref().map_or(0.0, |s| s.loss(i, f, loss));
        match self {
            Self::Squared => f * (0.5 * weight * f - target),
            Self::Logistic => weight * (f.max(0.0) + ln_1p(exp(-f.abs()))) - target * f,
            Self::Softmax => {
                let most = scores.iter().map(|s| s[i]).fold(f64::NEG_INFINITY, f64::max);
                let all: f64 = scores.iter().map(|s| exp(s[i] - most)).sum();
                weight * (most + ln(all)) - scores.iter().zip(&sums.targets).map(|(s, t)| t[i] * s[i]).sum::<f64>()
            }
            Self::Poisson => weight * exp(f.min(MOST_SUM)) - target * f,
            Self::Tweedie { power } => {
                let (up, down) = tweedie(f, power);
                weight * down / (2.0 - power) + target * up / (power - 1.0)
            }
            Self::Huber { near } => spread(&|r| if r.abs() <= near { 0.5 * r * r } else { near * (r.abs() - 0.5 * near) }),
            Self::Pinball { up, down } => spread(&|r| if r > 0.0 { up * r } else { -down * r }),
        }
    }
}

/// `e^{(1-p) f}` and `e^{(2-p) f}`.
fn tweedie(f: f64, power: f64) -> (f64, f64) {
    let f = f.clamp(-MOST_SUM, MOST_SUM);
    (exp((1.0 - power) * f), exp((2.0 - power) * f))
}

fn near(sums: &Sums, median: f64, share: f64) -> f64 {
    let Some(spread) = &sums.spread else { return 1.0 };
    let within = spread.distance(median, share);
    if within > 0.0 {
        return within;
    }
    let weight = sum_of(sums.weights.iter().copied());
    let mean = sum_of((0..sums.rows.len()).map(|i| spread.loss(i, median, f64::abs))) / weight;
    if mean > 0.0 { mean } else { 1.0 }
}

fn log_shares(table: Table<'_>, kept: Option<&[bool]>) -> Vec<f64> {
    let take = |values: &[f64]| (0..values.len()).filter(|&i| kept.is_none_or(|k| k[i])).map(|i| values[i]).collect::<Vec<_>>();
    let shares = class_shares(&take(table.train.target()), &take(table.weights), table.train.n_classes());
    shares.iter().map(|s| ln(s.max(LEAST_SHARE))).collect()
}

/// Softmax over columns, row by row: shape `(n_classes, n_rows)` in and out.
pub(super) fn softmax_columns(scores: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut shares = scores.to_vec();
    let mut row = vec![0.0; scores.len()];
    for i in 0..scores.first().map_or(0, Vec::len) {
        row.iter_mut().zip(scores).for_each(|(cell, column)| *cell = column[i]);
        to_probabilities(&mut row);
        shares.iter_mut().zip(&row).for_each(|(column, p)| column[i] = *p);
    }
    shares
}
