//! Two-class logistic regression by Newton's method on the cross products.
//!
//! Minimises `sum_i w_i log(1 + exp(-s_i z_i)) + |b|^2 / (2 C)` with `z_i = b0 + x_i b`, s = +1 for the positive class and -1 otherwise, intercept
//! unpenalised: scikit-learn's objective divided by C. Each step solves `(X' D X + I/C) d = -gradient` with `D = w p (1 - p)` (iteratively reweighted least squares;
//! McCullagh and Nelder 1989, 2.5) and is halved until the objective falls. The penalty keeps separable classes finite.
//! Checked against scikit-learn's `LogisticRegression(solver="newton-cholesky", tol=1e-12)` to 1e-6.

use super::{LinearModel, weighted_sum};
use crate::error::{Error, Result};
use crate::math::elementary::{exp, ln_1p, logit};
use crate::math::linear::{Cholesky, cross_products, dot};
use crate::math::sum::{Accumulator, sum, sum_of};
use crate::model::{Features, TrainingSet};

/// Most Newton steps; ten are usual.
const STEPS: usize = 100;
/// Most halvings of one step.
const HALVINGS: usize = 40;
/// Half the squared Newton decrement, as a share of the summed weight, at which the optimum is found to working accuracy.
const DECREMENT: f64 = 1e-18;

/// Fits the two-class model with inverse penalty `c` > 0.
///
/// # Errors
/// A class has no rows, a feature is not finite, or no step lowers the objective.
pub fn logistic_regression(train: &TrainingSet, c: f64) -> Result<LinearModel> {
    let problem = Problem::new(train, c);
    let share = sum_of(train.target().iter().zip(train.weights()).map(|(y, w)| y * w)) / sum(train.weights());
    if !(share > 0.0 && share < 1.0) {
        return Err(Error::not_computable("Logistic regression", "all rows belong to one class", "Choose another split or learner."));
    }
    let mut point = problem.look(vec![0.0; problem.n_features], logit(share))?;
    for _ in 0..STEPS {
        let (step, decrement) = problem.newton_step(&point)?;
        if decrement <= DECREMENT * problem.total {
            break;
        }
        let Some(next) = problem.halve(&point, &step)? else { break };
        point = next;
    }
    let intercept = point.intercept - dot(&point.slopes, &problem.centres);
    Ok(LinearModel { n_classes: 2, classes: vec![1], coefficients: vec![point.slopes], intercepts: vec![intercept] })
}

struct Problem<'a> {
    features: &'a Features,
    target: &'a [f64],
    weights: &'a [f64],
    n_features: usize,
    /// Weighted means: the solver works on centred features, so that the intercept hardly depends on the slopes.
    centres: Vec<f64>,
    total: f64,
    penalty: f64,
}

/// Where the descent stands, with what it sees there.
struct Point {
    slopes: Vec<f64>,
    intercept: f64,
    objective: f64,
    residuals: Vec<f64>,
    curvatures: Vec<f64>,
}

impl<'a> Problem<'a> {
    fn new(train: &'a TrainingSet, c: f64) -> Self {
        let features = train.features();
        let total = sum(train.weights());
        let n_features = features.n_features();
        let centres = (0..n_features).map(|j| sum_of(features.slice(j).iter().zip(train.weights()).map(|(x, w)| x * w)) / total).collect();
        Self { features, target: train.target(), weights: train.weights(), n_features, centres, total, penalty: 1.0 / c }
    }

    /// Objective, residuals `w (y - p)` and curvatures `w p (1 - p)` at a point.
    fn look(&self, slopes: Vec<f64>, intercept: f64) -> Result<Point> {
        let mut residuals = weighted_sum(self.features, &slopes, intercept - dot(&slopes, &self.centres));
        let mut curvatures = vec![0.0; residuals.len()];
        let mut loss = Accumulator::default();
        for (((cell, curvature), &y), &w) in residuals.iter_mut().zip(&mut curvatures).zip(self.target).zip(self.weights) {
            let z = *cell;
            let e = exp(-z.abs());
            let p = if z >= 0.0 { 1.0 } else { e } / (1.0 + e);
            loss.add(w * (z.max(0.0) - y * z + ln_1p(e)));
            *cell = w * (y - p);
            *curvature = w * e / ((1.0 + e) * (1.0 + e));
        }
        let objective = loss.value() + 0.5 * self.penalty * dot(&slopes, &slopes);
        if objective.is_finite() {
            return Ok(Point { slopes, intercept, objective, residuals, curvatures });
        }
        Err(Error::not_computable("Logistic regression", "a feature is missing somewhere or too large", "Impute and scale the features first."))
    }

    /// The Newton step (slopes, then intercept) and half its squared decrement.
    fn newton_step(&self, point: &Point) -> Result<(Vec<f64>, f64)> {
        let ones = vec![1.0; self.target.len()];
        let p = self.n_features;
        let columns: Vec<&[f64]> = (0..p).map(|j| self.features.slice(j)).chain([ones.as_slice()]).collect();
        let centres: Vec<f64> = self.centres.iter().copied().chain([0.0]).collect();
        let mut hessian = cross_products(&columns, &centres, &point.curvatures);
        let mut downhill: Vec<f64> = (0..p)
            .map(|j| sum_of(columns[j].iter().zip(&point.residuals).map(|(x, r)| (x - centres[j]) * r)) - self.penalty * point.slopes[j])
            .collect();
        downhill.push(sum(&point.residuals));
        for j in 0..p {
            hessian[[j, j]] += self.penalty;
        }
        let step = Cholesky::new(&hessian)?.solve(&downhill);
        let decrement = 0.5 * dot(&step, &downhill);
        Ok((step, decrement))
    }

    /// The first of the step, its half, its quarter ... that lowers the objective; none when rounding is all that is left.
    fn halve(&self, from: &Point, step: &[f64]) -> Result<Option<Point>> {
        let mut share = 1.0;
        for _ in 0..HALVINGS {
            let slopes = from.slopes.iter().zip(step).map(|(b, d)| b + share * d).collect();
            let next = self.look(slopes, from.intercept + share * step[self.n_features])?;
            if next.objective < from.objective {
                return Ok(Some(next));
            }
            share *= 0.5;
        }
        Ok(None)
    }
}
