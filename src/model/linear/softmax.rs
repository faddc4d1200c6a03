//! Logistic regression of three or more classes: the softmax model with a squared penalty.
//!
//! Minimises `-sum_i w_i log p_i,y_i + sum_k |b_k|^2 / (2 C)` with `p = softmax(b0_k + x b_k)`, one row of coefficients for each class, intercepts unpenalised:
//! scikit-learn's objective divided by C. Limited-memory BFGS (Nocedal and Wright 2006, algorithm 7.4) started from the
//! inverse of the bound `X' W X / 2 + I/C` of the Hessian (Boehning 1992), which takes out units and correlations of the features; steps are halved until the
//! objective falls by Armijo's rule. Intercepts sum to 0, as from scikit-learn. Checked against its `LogisticRegression` to 1e-6.

use super::LinearModel;
use crate::error::{Error, Result};
use crate::math::elementary::{exp, ln};
use crate::math::linear::{Cholesky, dot, moments};
use crate::math::sum::{Accumulator, CHUNK, sum, sum_of};
use crate::model::TrainingSet;
use std::collections::VecDeque;

/// Most steps.
const STEPS: usize = 1000;
/// Pairs of differences remembered.
const MEMORY: usize = 20;
/// Most halvings of one step.
const HALVINGS: usize = 40;
/// Share of the promised decrease a step must reach (Armijo).
const ARMIJO: f64 = 1e-4;
/// Squared gradient in the metric of the bound, as a share of the summed weight, at which the optimum is found to working accuracy.
const DECREMENT: f64 = 1e-18;

/// Fits the softmax model with inverse penalty `c` > 0 to the classes that have rows.
///
/// # Errors
/// Fewer than two classes have rows, or a feature is not finite.
pub fn softmax_regression(train: &TrainingSet, c: f64) -> Result<LinearModel> {
    let classes: Vec<usize> = (0..train.n_classes()).filter(|&k| train.target().iter().any(|&t| t as usize == k)).collect();
    if classes.len() < 2 {
        return Err(Error::not_computable("Logistic regression", "all rows belong to one class", "Choose another split or learner."));
    }
    let problem = Problem::new(train, &classes, c)?;
    let flat = problem.minimise()?;
    let (slopes, intercepts) = flat.split_at(classes.len() * problem.columns.len());
    let coefficients: Vec<Vec<f64>> = (0..classes.len()).map(|k| problem.of_class(slopes, k).to_vec()).collect();
    let mut intercepts: Vec<f64> = intercepts.iter().zip(&coefficients).map(|(a, b)| a - dot(b, &problem.centres)).collect();
    let mean = intercepts.iter().sum::<f64>() / intercepts.len() as f64;
    intercepts.iter_mut().for_each(|a| *a -= mean);
    Ok(LinearModel { n_classes: train.n_classes(), classes, coefficients, intercepts, penalty: None })
}

/// The unknowns are the slopes, class by class, and then the intercepts (of centred features).
struct Problem<'a> {
    columns: Vec<&'a [f64]>,
    centres: Vec<f64>,
    weights: &'a [f64],
    /// For every row of the table, the position of its class among those that have rows.
    ranks: Vec<usize>,
    n_ranks: usize,
    total: f64,
    penalty: f64,
    bound: Cholesky,
}

/// Where the descent stands: unknowns, objective and its gradient.
struct Point {
    unknowns: Vec<f64>,
    objective: f64,
    gradient: Vec<f64>,
}

impl<'a> Problem<'a> {
    fn new(train: &'a TrainingSet, classes: &[usize], c: f64) -> Result<Self> {
        let features = train.features();
        let columns: Vec<&[f64]> = (0..features.n_features()).map(|j| features.slice(j)).collect();
        let about = moments(&columns, train.weights())?;
        let mut bound = about.products.mapv(|v| 0.5 * v);
        bound.diag_mut().iter_mut().for_each(|v| *v += 1.0 / c);
        let position = |t: f64| classes.iter().position(|&k| k == t as usize).unwrap_or(0);
        Ok(Self {
            columns,
            centres: about.means,
            weights: train.weights(),
            ranks: train.target().iter().map(|&t| position(t)).collect(),
            n_ranks: classes.len(),
            total: about.total,
            penalty: 1.0 / c,
            bound: Cholesky::new(&bound)?,
        })
    }

    fn of_class<'b>(&self, slopes: &'b [f64], k: usize) -> &'b [f64] {
        &slopes[k * self.columns.len()..(k + 1) * self.columns.len()]
    }

    fn minimise(&self) -> Result<Vec<f64>> {
        let mut point = self.look(vec![0.0; self.n_ranks * (self.columns.len() + 1)])?;
        let mut memory: VecDeque<(Vec<f64>, Vec<f64>, f64)> = VecDeque::new();
        for _ in 0..STEPS {
            let direction = self.direction(&point.gradient, &memory);
            let slope = dot(&direction, &point.gradient);
            if -slope <= DECREMENT * self.total {
                break;
            }
            let Some(next) = self.halve(&point, &direction, slope)? else {
                if memory.is_empty() {
                    break;
                }
                memory.clear(); // rounding spoilt the memory: once more from the bound alone
                continue;
            };
            let moved = minus(&next.unknowns, &point.unknowns);
            let turned = minus(&next.gradient, &point.gradient);
            let curvature = dot(&moved, &turned);
            if curvature > 0.0 {
                memory.push_back((moved, turned, curvature));
                if memory.len() > MEMORY {
                    memory.pop_front();
                }
            }
            point = next;
        }
        Ok(point.unknowns)
    }

    /// Objective and gradient at these unknowns.
    fn look(&self, unknowns: Vec<f64>) -> Result<Point> {
        let (slopes, intercepts) = unknowns.split_at(self.n_ranks * self.columns.len());
        let mut residuals: Vec<Vec<f64>> = (0..self.n_ranks).map(|k| self.scores(self.of_class(slopes, k), intercepts[k])).collect();
        let loss = self.to_residuals(&mut residuals);
        let objective = loss + 0.5 * self.penalty * dot(slopes, slopes);
        if !objective.is_finite() {
            return Err(Error::not_computable(
                "Logistic regression",
                "a feature is missing somewhere or too large",
                "Impute and scale the features first.",
            ));
        }
        let mut gradient: Vec<f64> = slopes.iter().map(|b| self.penalty * b).collect();
        let sums: Vec<f64> = residuals.iter().map(|r| sum(r)).collect();
        for (k, (residual, total)) in residuals.iter().zip(&sums).enumerate() {
            for (j, (column, centre)) in self.columns.iter().zip(&self.centres).enumerate() {
                gradient[k * self.columns.len() + j] += chunked_dot(column, residual) - centre * total;
            }
        }
        gradient.extend(sums);
        Ok(Point { unknowns, objective, gradient })
    }

    fn scores(&self, slopes: &[f64], intercept: f64) -> Vec<f64> {
        let mut scores = vec![intercept - dot(slopes, &self.centres); self.weights.len()];
        for (column, b) in self.columns.iter().zip(slopes) {
            for (score, x) in scores.iter_mut().zip(*column) {
                *score += b * x;
            }
        }
        scores
    }

    /// Turns scores into residuals `w (p - [class])` in place and gives the loss.
    fn to_residuals(&self, scores: &mut [Vec<f64>]) -> f64 {
        let mut row = vec![0.0; self.n_ranks];
        let mut loss = Accumulator::default();
        for (i, (&rank, &w)) in self.ranks.iter().zip(self.weights).enumerate() {
            for (cell, column) in row.iter_mut().zip(scores.iter()) {
                *cell = column[i];
            }
            let own = row[rank];
            let top = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let total: f64 = row.iter().map(|z| exp(z - top)).sum();
            loss.add(w * (ln(total) + top - own));
            for (k, (cell, column)) in row.iter().zip(scores.iter_mut()).enumerate() {
                column[i] = w * (exp(cell - top) / total - f64::from(u8::from(k == rank)));
            }
        }
        loss.value()
    }

    /// Minus the gradient in the metric of the remembered differences (the two-loop recursion), the bound underneath.
    fn direction(&self, gradient: &[f64], memory: &VecDeque<(Vec<f64>, Vec<f64>, f64)>) -> Vec<f64> {
        let mut q = gradient.to_vec();
        let mut shares = Vec::with_capacity(memory.len());
        for (moved, turned, curvature) in memory.iter().rev() {
            let share = dot(moved, &q) / curvature;
            add(&mut q, turned, -share);
            shares.push(share);
        }
        let mut d = self.solve_bound(&q);
        for ((moved, turned, curvature), share) in memory.iter().zip(shares.iter().rev()) {
            let back = dot(turned, &d) / curvature;
            add(&mut d, moved, share - back);
        }
        d.iter_mut().for_each(|v| *v = -*v);
        d
    }

    fn solve_bound(&self, right: &[f64]) -> Vec<f64> {
        let (slopes, intercepts) = right.split_at(self.n_ranks * self.columns.len());
        let mut solved: Vec<f64> = (0..self.n_ranks).flat_map(|k| self.bound.solve(self.of_class(slopes, k))).collect();
        solved.extend(intercepts.iter().map(|v| v / (0.5 * self.total)));
        solved
    }

    /// The first of the direction, its half, its quarter ... that keeps Armijo's promise; none when rounding is all that is left.
    fn halve(&self, from: &Point, direction: &[f64], slope: f64) -> Result<Option<Point>> {
        let mut share = 1.0;
        for _ in 0..HALVINGS {
            let mut unknowns = from.unknowns.clone();
            add(&mut unknowns, direction, share);
            let next = self.look(unknowns)?;
            if next.objective < from.objective && next.objective <= from.objective + ARMIJO * share * slope {
                return Ok(Some(next));
            }
            share *= 0.5;
        }
        Ok(None)
    }
}

/// Sum of products, block by block with compensation.
fn chunked_dot(a: &[f64], b: &[f64]) -> f64 {
    sum_of(a.chunks(CHUNK).zip(b.chunks(CHUNK)).map(|(a, b)| dot(a, b)))
}

fn minus(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

fn add(to: &mut [f64], other: &[f64], times: f64) {
    for (cell, value) in to.iter_mut().zip(other) {
        *cell += times * value;
    }
}
