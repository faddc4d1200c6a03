//! Quantile regression with an absolute and a squared penalty, by an interior-point method.
//!
//! Minimises `1/W sum_i w_i rho(y_i - b0 - x_i b) + alpha l |b|_1 + alpha (1 - l) |b|^2 / 2` with W the sum of weights, the pinball loss
//! `rho(r) = r (q - [r < 0])` of the quantile q, and the intercept unpenalised (Koenker and Bassett 1978; scikit-learn's `QuantileRegressor` is l = 1).
//!
//! With the residual cut into `u - v`, u, v >= 0, and a multiplier e_i in (q - 1, q) a row, the optimum has `u (q - e) = v (1 - q + e) = 0`,
//! `sum_i w_i e_i = 0` and `sum_i w_i e_i x_i` = the slope of the penalty. Newton's method follows the path on which the products are equal and fall to 0, with
//! Mehrotra's corrector (the Frisch-Newton method of Portnoy and Koenker 1997, Statist. Sci. 12, 279). The path belongs to the problem with its weights: a weight
//! of two is a row said twice. An absolute penalty is a row more for each slope, with residual -b and q = 1/2. Where many optima are equally good, the one in
//! their midst is found. Checked against scikit-learn's `QuantileRegressor(solver="highs")`: the objective to 1e-6, and by the gap between the problem and its dual.

use super::{LinearModel, weighted_sum};
use crate::error::{Error, Result};
use crate::math::linear::{Cholesky, cross_products, dot};
use crate::math::sum::{CHUNK, sum, sum_of};
use crate::model::TrainingSet;

/// Most Newton steps; twenty to forty are usual.
const STEPS: usize = 150;
/// Mean product of the pairs that should be 0, as a share of the mean absolute residual at the start, at which the optimum is found to working accuracy.
const GAP: f64 = 1e-13;
/// Gap that is still an answer when the steps run out.
const GAP_ENOUGH: f64 = 1e-7;
/// How much of the way to the border a step goes.
const TO_BORDER: f64 = 0.9995;

/// Fits the quantile `level` in 0 < q < 1 with penalty `alpha` >= 0, of which the share `l1_ratio` in 0..=1 is on absolute slopes.
///
/// # Errors
/// A feature is not finite, or the method stays far from the optimum.
pub fn quantile_regression(train: &TrainingSet, level: f64, alpha: f64, l1_ratio: f64) -> Result<LinearModel> {
    let y = train.target();
    let n_features = train.features().n_features();
    if let Some(first) = y.first().filter(|first| y.iter().all(|v| v == *first)) {
        return Ok(LinearModel::regression(vec![0.0; n_features], *first));
    }
    let problem = Problem::new(train, level, alpha, l1_ratio)?;
    let unknowns = problem.follow()?;
    let (slopes, intercept) = unknowns.split_at(n_features);
    let intercept = problem.mean + intercept[0] - dot(slopes, &problem.centres);
    Ok(LinearModel::regression(slopes.to_vec(), intercept))
}

/// Rows are those of the table and then one for each slope with an absolute penalty.
struct Problem<'a> {
    train: &'a TrainingSet,
    /// Features and a column of ones, rows of the table only.
    columns: Vec<&'a [f64]>,
    ones: Vec<f64>,
    centres: Vec<f64>,
    /// Weighted mean of the target, and what is left of each row.
    mean: f64,
    y: Vec<f64>,
    weights: Vec<f64>,
    levels: Vec<f64>,
    squared: f64,
}

/// Where the method stands.
struct Point {
    /// Slopes and the intercept of centred features.
    unknowns: Vec<f64>,
    above: Vec<f64>,
    below: Vec<f64>,
    multipliers: Vec<f64>,
}

/// A step of every part of a point.
type Step = Point;

impl<'a> Problem<'a> {
    fn new(train: &'a TrainingSet, level: f64, alpha: f64, l1_ratio: f64) -> Result<Self> {
        let features = train.features();
        let total = sum(train.weights());
        let all: Vec<&[f64]> = (0..features.n_features()).map(|j| features.slice(j)).collect();
        let centre = |c: &[f64]| sum_of(c.iter().zip(train.weights()).map(|(x, w)| x * w)) / total;
        let centres: Vec<f64> = all.iter().map(|c| if is_constant(c) { c[0] } else { centre(c) }).collect();
        if centres.iter().any(|c| !c.is_finite()) {
            let hint = "Impute and scale the features first.";
            return Err(Error::not_computable("Quantile regression", "a feature is missing somewhere or too large", hint));
        }
        let mean = centre(train.target());
        let mut problem = Self {
            train,
            mean,
            columns: all,
            ones: vec![1.0; train.n_rows()],
            y: train.target().iter().map(|y| y - mean).collect(),
            weights: train.weights().to_vec(),
            levels: vec![level; train.n_rows()],
            squared: alpha * (1.0 - l1_ratio) * total,
            centres,
        };
        let absolute = alpha * l1_ratio * total;
        if absolute > 0.0 {
            let p = problem.columns.len();
            problem.y.extend(vec![0.0; p]);
            problem.weights.extend(vec![2.0 * absolute; p]);
            problem.levels.extend(vec![0.5; p]);
        }
        Ok(problem)
    }

    fn n_rows(&self) -> usize {
        self.ones.len()
    }

    /// What the unknowns give for every row.
    fn fitted(&self, unknowns: &[f64]) -> Vec<f64> {
        let (slopes, intercept) = unknowns.split_at(self.columns.len());
        let mut fitted = weighted_sum(self.train.features(), slopes, intercept[0] - dot(slopes, &self.centres));
        if self.y.len() > self.n_rows() {
            fitted.extend(slopes);
        }
        fitted
    }

    /// Sums of what stands at the rows times what stands in the columns there: the transposed matrix times a vector.
    fn gathered(&self, at_rows: &[f64]) -> Vec<f64> {
        let (rows, slopes) = at_rows.split_at(self.n_rows());
        let all = sum(rows);
        let blocks = |column: &[f64]| sum_of(column.chunks(CHUNK).zip(rows.chunks(CHUNK)).map(|(a, b)| dot(a, b)));
        let of = |(j, column): (usize, &&[f64])| if is_constant(column) { 0.0 } else { blocks(column) - self.centres[j] * all };
        let mut gathered: Vec<f64> = self.columns.iter().enumerate().map(of).collect();
        gathered.iter_mut().zip(slopes).for_each(|(cell, own)| *cell += own);
        gathered.push(all);
        gathered
    }

    /// The matrix of a step, with `weights` at the rows.
    fn factor(&self, weights: &[f64]) -> Result<Cholesky> {
        let (rows, slopes) = weights.split_at(self.n_rows());
        let columns: Vec<&[f64]> = self.columns.iter().copied().chain([self.ones.as_slice()]).collect();
        let centres: Vec<f64> = self.centres.iter().copied().chain([0.0]).collect();
        let mut matrix = cross_products(&columns, &centres, rows);
        for j in 0..self.columns.len() {
            matrix[[j, j]] += self.squared + slopes.get(j).copied().unwrap_or(0.0);
        }
        Cholesky::new(&matrix)
    }

    /// All unknowns and multipliers 0; every residual on its side, both sides away from the border by the mean absolute residual, which is given too.
    fn start(&self) -> (Point, f64) {
        let rows = self.n_rows();
        let size = sum_of(self.y[..rows].iter().zip(&self.weights).map(|(r, w)| r.abs() * w)) / sum(&self.weights[..rows]);
        let unknowns = vec![0.0; self.columns.len() + 1];
        let above = self.y.iter().map(|r| r.max(0.0) + size).collect();
        let below = self.y.iter().map(|r| (-r).max(0.0) + size).collect();
        (Point { unknowns, above, below, multipliers: vec![0.0; self.y.len()] }, size)
    }

    fn follow(&self) -> Result<Vec<f64>> {
        let failed = |why: &str| Error::not_computable("Quantile regression", why, "Raise the penalty, or leave out features that repeat others.");
        let (mut point, size) = self.start();
        let total = sum(&self.weights);
        let mut gap = self.gap(&point) / total;
        for _ in 0..STEPS {
            if !gap.is_finite() {
                return Err(failed("its numbers leave the range of numbers"));
            }
            if gap <= GAP * size {
                break;
            }
            let Ok(next) = self.step(&point, gap) else { break };
            let next_gap = self.gap(&next) / total;
            if next_gap.is_nan() || next.unknowns.iter().any(|v| !v.is_finite()) {
                break;
            }
            (point, gap) = (next, next_gap);
        }
        if gap <= GAP_ENOUGH * size { Ok(point.unknowns) } else { Err(failed("it stays too far from its optimum")) }
    }

    /// Weighted sum of the products that are 0 at the optimum.
    fn gap(&self, p: &Point) -> f64 {
        let each = |i: usize| p.above[i] * (self.levels[i] - p.multipliers[i]) + p.below[i] * (1.0 - self.levels[i] + p.multipliers[i]);
        sum_of((0..self.y.len()).map(|i| self.weights[i] * each(i)))
    }

    /// The next point: Mehrotra's predictor straight to products of 0, and his corrector to those the predictor shows to be within reach.
    fn step(&self, p: &Point, gap: f64) -> Result<Point> {
        let slack = |i: usize| (self.levels[i] - p.multipliers[i], 1.0 - self.levels[i] + p.multipliers[i]);
        let n = self.y.len();
        let theta: Vec<f64> = (0..n).map(|i| 1.0 / (p.above[i] / slack(i).0 + p.below[i] / slack(i).1)).collect();
        let factor = self.factor(&theta.iter().zip(&self.weights).map(|(t, w)| t * w).collect::<Vec<_>>())?;
        let nothing = vec![0.0; n];
        let predictor = self.direction(p, &factor, &theta, &nothing, &nothing);
        let shares = self.shares(p, &predictor, 1.0);
        let reached = self.gap(&moved(p, &predictor, shares)) / sum(&self.weights);
        let ease = reached / gap;
        let aim = 0.5 * gap * ease * ease * ease;
        let wanted = |i: usize, side: &[f64], way: f64| aim + way * side[i] * predictor.multipliers[i];
        let above: Vec<f64> = (0..n).map(|i| wanted(i, &predictor.above, 1.0)).collect();
        let below: Vec<f64> = (0..n).map(|i| wanted(i, &predictor.below, -1.0)).collect();
        let corrector = self.direction(p, &factor, &theta, &above, &below);
        let shares = self.shares(p, &corrector, TO_BORDER);
        Ok(moved(p, &corrector, shares))
    }

    /// Newton's step towards the products `aim_above` and `aim_below`.
    fn direction(&self, p: &Point, factor: &Cholesky, theta: &[f64], aim_above: &[f64], aim_below: &[f64]) -> Step {
        let n = self.y.len();
        let fitted = self.fitted(&p.unknowns);
        let slack = |i: usize| (self.levels[i] - p.multipliers[i], 1.0 - self.levels[i] + p.multipliers[i]);
        let left = |i: usize| {
            let (s, t) = slack(i);
            (self.y[i] - fitted[i] - p.above[i] + p.below[i]) - (aim_above[i] / s - p.above[i]) + (aim_below[i] / t - p.below[i])
        };
        let left: Vec<f64> = (0..n).map(left).collect();
        let at_rows: Vec<f64> = (0..n).map(|i| self.weights[i] * (theta[i] * left[i] + p.multipliers[i])).collect();
        let mut right = self.gathered(&at_rows);
        for (cell, b) in right.iter_mut().zip(&p.unknowns[..self.columns.len()]) {
            *cell -= self.squared * b;
        }
        let unknowns = factor.solve(&right);
        let fitted = self.fitted(&unknowns);
        let multipliers: Vec<f64> = (0..n).map(|i| theta[i] * (left[i] - fitted[i])).collect();
        let above = (0..n).map(|i| (aim_above[i] + p.above[i] * multipliers[i]) / slack(i).0 - p.above[i]).collect();
        let below = (0..n).map(|i| (aim_below[i] - p.below[i] * multipliers[i]) / slack(i).1 - p.below[i]).collect();
        Step { unknowns, above, below, multipliers }
    }

    /// How far the step can be gone: residuals and unknowns, and multipliers. With a squared penalty both go as far as the shorter.
    fn shares(&self, p: &Point, d: &Step, of_way: f64) -> (f64, f64) {
        let (mut residuals, mut multipliers) = (f64::INFINITY, f64::INFINITY);
        let room = |value: f64, change: f64| if change < 0.0 { -value / change } else { f64::INFINITY };
        for i in 0..self.y.len() {
            residuals = residuals.min(room(p.above[i], d.above[i])).min(room(p.below[i], d.below[i]));
            let (s, t) = (self.levels[i] - p.multipliers[i], 1.0 - self.levels[i] + p.multipliers[i]);
            multipliers = multipliers.min(room(s, -d.multipliers[i])).min(room(t, d.multipliers[i]));
        }
        if self.squared > 0.0 {
            residuals = residuals.min(multipliers);
            multipliers = residuals;
        }
        ((of_way * residuals).min(1.0), (of_way * multipliers).min(1.0))
    }
}

fn is_constant(column: &[f64]) -> bool {
    column.windows(2).all(|w| w[0] == w[1])
}

fn moved(p: &Point, d: &Step, shares: (f64, f64)) -> Point {
    let add = |a: &[f64], b: &[f64], share: f64| a.iter().zip(b).map(|(a, b)| a + share * b).collect::<Vec<f64>>();
    Point {
        unknowns: add(&p.unknowns, &d.unknowns, shares.0),
        above: add(&p.above, &d.above, shares.0),
        below: add(&p.below, &d.below, shares.0),
        multipliers: add(&p.multipliers, &d.multipliers, shares.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests_support::features;
    use crate::math::rng::Stream;
    use crate::task::TaskKind;

    fn train(n: usize) -> TrainingSet {
        let mut stream = Stream::new(6, "quantile", 0);
        let columns: Vec<Vec<f64>> = (0..3).map(|_| (0..n).map(|_| stream.normal()).collect()).collect();
        let target = (0..n).map(|i| 1e4 + 2.0 * columns[0][i] - columns[1][i] + stream.normal() * (1.5 + columns[0][i].abs())).collect();
        TrainingSet::new(features(&columns), target, (0..n).map(|i| (i % 3) as f64 + 0.5).collect(), TaskKind::Regression, 0, n).unwrap()
    }

    #[test]
    fn the_wanted_share_of_the_weight_lies_below() {
        let train = train(2000);
        for level in [0.02, 0.3, 0.5, 0.9] {
            let model = quantile_regression(&train, level, 0.0, 1.0).unwrap();
            let fitted = model.predict(train.features()).unwrap().values;
            let below = sum_of((0..2000).filter(|&i| train.target()[i] < fitted[i]).map(|i| train.weights()[i])) / sum(train.weights());
            assert!((below - level).abs() < 4.0 * 2.5 / 2000.0, "{level} {below}");
        }
    }

    #[test]
    fn with_a_squared_penalty_a_small_move_of_any_unknown_is_no_better() {
        let train = train(300);
        let (level, alpha) = (0.7, 0.2);
        let objective = |model: &LinearModel| {
            let fitted = model.predict(train.features()).unwrap().values;
            let lost = |i: usize| train.weights()[i] * (train.target()[i] - fitted[i]) * (level - f64::from(u8::from(train.target()[i] < fitted[i])));
            let slopes = &model.coefficients[0];
            let penalty: f64 = slopes.iter().map(|b| 0.5 * alpha * (b.abs() + 0.5 * b * b)).sum();
            sum_of((0..300).map(lost)) / sum(train.weights()) + penalty
        };
        let best = quantile_regression(&train, level, alpha, 0.5).unwrap();
        for by in [1e-3, -1e-3, 1e-5, -1e-5] {
            for j in 0..4 {
                let mut other = best.clone();
                if j < 3 {
                    other.coefficients[0][j] += by
                } else {
                    other.intercepts[0] += by
                }
                assert!(objective(&other) > objective(&best) - 1e-11, "{j} {by}");
            }
        }
    }

    #[test]
    fn a_wild_value_does_not_move_the_median() {
        let plain = train(301);
        let mut wild = plain.target().to_vec();
        let top = (0..301).max_by(|&a, &b| wild[a].total_cmp(&wild[b])).unwrap();
        wild[top] = 1e9;
        let wild = TrainingSet::new(plain.features().clone(), wild, plain.weights().to_vec(), TaskKind::Regression, 0, 301).unwrap();
        let (a, b) = (quantile_regression(&plain, 0.5, 0.0, 1.0).unwrap(), quantile_regression(&wild, 0.5, 0.0, 1.0).unwrap());
        for (a, b) in a.coefficients[0].iter().zip(&b.coefficients[0]) {
            assert!((a - b).abs() < 1e-3, "{a} {b}");
        }
    }
}
