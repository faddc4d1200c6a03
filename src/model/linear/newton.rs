//! Two-class logistic regression and regression of amounts on a log scale, by Newton's method on the cross products.
//!
//! Logistic: minimises `sum_i w_i log(1 + exp(-s_i z_i)) + |b|^2 / (2 C)` with `z_i = b0 + x_i b`, s = +1 for the positive class and -1 otherwise, intercept
//! unpenalised: scikit-learn's objective divided by C. Each step solves `(X' D X + I/C) d = -gradient` with `D = w p (1 - p)` (iteratively reweighted least squares;
//! McCullagh and Nelder 1989, 2.5) and is halved until the objective falls. The penalty keeps separable classes finite.
//! Checked against scikit-learn's `LogisticRegression(solver="newton-cholesky", tol=1e-12)` to 1e-6.
//!
//! Amounts of at least 0: minimises `1/W sum_i w_i d(y_i, e^z_i) / 2 + alpha/2 |b|^2` with W the sum of weights and d the deviance of the Tweedie family of power
//! 1 <= p <= 2 (1 Poisson, 2 gamma; Jorgensen 1987, J. R. Statist. Soc. B 49): `d/2 = e^((2-p) z) / (2-p) - y e^((1-p) z) / (1-p)` and what does not depend
//! on z. It is convex in z, with slope `e^((2-p) z) - y e^((1-p) z)` and curvature `(2-p) e^((2-p) z) + (p-1) y e^((1-p) z)`.
//! Checked against scikit-learn's `PoissonRegressor`, `GammaRegressor` and `TweedieRegressor(link="log")` to 1e-6.

use super::{LinearModel, weighted_sum};
use crate::error::{Error, Result};
use crate::math::elementary::{exp, ln, ln_1p, logit, pow};
use crate::math::linear::{Cholesky, cross_products, dot};
use crate::math::sum::{Accumulator, sum, sum_of};
use crate::model::{Features, TrainingSet};

/// Most Newton steps; ten are usual.
const STEPS: usize = 100;
/// Most halvings of one step.
const HALVINGS: usize = 40;
/// Half the squared Newton decrement, as a share of the summed weight (times the curvature at the mean, for amounts), at which the optimum is found to
/// working accuracy.
const DECREMENT: f64 = 1e-18;
/// Decrement below which a step that does not lower the objective is kept from it by rounding only.
const LAST_DECREMENT: f64 = 1e-12;

/// Fits the two-class model with inverse penalty `c` > 0.
///
/// # Errors
/// A class has no rows, a feature is not finite, or no step lowers the objective.
pub fn logistic_regression(train: &TrainingSet, c: f64) -> Result<LinearModel> {
    let problem = Problem::new(train, RowLoss::Logistic, 1.0 / c);
    let share = sum_of(train.target().iter().zip(train.weights()).map(|(y, w)| y * w)) / sum(train.weights());
    if !(share > 0.0 && share < 1.0) {
        return Err(Error::not_computable("Logistic regression", "all rows belong to one class", "Choose another split or learner."));
    }
    let (slopes, intercept) = problem.minimise(logit(share))?;
    Ok(LinearModel { n_classes: 2, classes: vec![1], coefficients: vec![slopes], intercepts: vec![intercept], penalty: None })
}

/// Fits the logarithm of the mean of amounts of at least 0 under the Tweedie family of `power` in 1..=2 with the squared penalty `alpha` >= 0.
///
/// # Errors
/// An amount is below 0 (or 0 where the power is 2), all are 0, a feature is not finite, or no step lowers the objective.
pub fn log_linear_regression(train: &TrainingSet, power: f64, alpha: f64) -> Result<LinearModel> {
    let refuse = |why: &str, hint: &str| Err(Error::not_computable("A regression of amounts", why, hint));
    if train.target().iter().any(|y| *y < 0.0) {
        return refuse("some are below 0", "Choose a learner for numbers of either sign, such as ridge.");
    }
    if power >= GAMMA && train.target().contains(&0.0) {
        return refuse("some are 0, which the gamma family does not know", "Choose the loss poisson or tweedie.");
    }
    let mut problem = Problem::new(train, RowLoss::Amount { power }, alpha * sum(train.weights()));
    let mean = sum_of(train.target().iter().zip(train.weights()).map(|(y, w)| y * w)) / problem.total;
    if mean <= 0.0 {
        return refuse("all are 0", "Check the target column.");
    }
    problem.scale *= pow(mean, 2.0 - power);
    let (slopes, intercept) = problem.minimise(ln(mean))?;
    Ok(LinearModel::regression(slopes, intercept))
}

/// Power of the Tweedie family at which it is the gamma family, which has no zeros.
const GAMMA: f64 = 2.0;

/// What a row loses at its weighted sum of features.
#[derive(Clone, Copy)]
enum RowLoss {
    Logistic,
    Amount { power: f64 },
}

impl RowLoss {
    /// Loss, minus its slope and its curvature at the sum `z`, all times the weight `w`.
    fn look(self, z: f64, y: f64, w: f64) -> [f64; 3] {
        match self {
            Self::Logistic => {
                let e = exp(-z.abs());
                let p = if z >= 0.0 { 1.0 } else { e } / (1.0 + e);
                [w * (z.max(0.0) - y * z + ln_1p(e)), w * (y - p), w * e / ((1.0 + e) * (1.0 + e))]
            }
            Self::Amount { power } => {
                let (up, down) = (2.0 - power, power - 1.0);
                let rise = exp(up * z);
                let fall = if y > 0.0 { y * exp(-down * z) } else { 0.0 };
                // The limits of the two terms, less a constant, where their divisor is 0.
                let risen = if up > 0.0 { rise / up } else { z };
                let fallen = if down > 0.0 { fall / down } else { -y * z };
                [w * (risen + fallen), w * (fall - rise), w * (up * rise + down * fall)]
            }
        }
    }
}

struct Problem<'a> {
    features: &'a Features,
    target: &'a [f64],
    weights: &'a [f64],
    n_features: usize,
    /// Weighted means: the solver works on centred features, so that the intercept hardly depends on the slopes.
    centres: Vec<f64>,
    /// Features with one value: what is left of them around their mean is rounding. Their slope is 0.
    constant: Vec<bool>,
    total: f64,
    /// What one unit of the linear sum weighs in the loss of all rows.
    scale: f64,
    loss: RowLoss,
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
    fn new(train: &'a TrainingSet, loss: RowLoss, penalty: f64) -> Self {
        let features = train.features();
        let total = sum(train.weights());
        let n_features = features.n_features();
        let centres = (0..n_features).map(|j| sum_of(features.slice(j).iter().zip(train.weights()).map(|(x, w)| x * w)) / total).collect();
        let constant = (0..n_features).map(|j| features.slice(j).windows(2).all(|w| w[0] == w[1])).collect();
        Self { features, target: train.target(), weights: train.weights(), n_features, centres, constant, total, scale: total, loss, penalty }
    }

    /// Slopes and the intercept of features as they are, from slopes of 0 and an intercept of centred features.
    fn minimise(&self, intercept: f64) -> Result<(Vec<f64>, f64)> {
        let mut point = self.look(vec![0.0; self.n_features], intercept);
        for _ in 0..STEPS {
            if !point.objective.is_finite() {
                let hint = "Impute and scale the features first.";
                return Err(Error::not_computable("The regression", "a feature is missing somewhere or too large", hint));
            }
            let (step, decrement) = self.newton_step(&point)?;
            if decrement <= DECREMENT * self.scale {
                break;
            }
            let Some(next) = self.halve(&point, &step) else {
                // Rounding hides the decrease: the step is as good as the optimum when it is this short.
                let last = self.look(moved(&point.slopes, &step, 1.0), point.intercept + step[self.n_features]);
                if decrement <= LAST_DECREMENT * self.scale && last.objective.is_finite() {
                    point = last;
                }
                break;
            };
            point = next;
        }
        let intercept = point.intercept - dot(&point.slopes, &self.centres);
        Ok((point.slopes, intercept))
    }

    /// Objective, residuals (minus the slope of the loss) and curvatures at a point.
    fn look(&self, slopes: Vec<f64>, intercept: f64) -> Point {
        let mut residuals = weighted_sum(self.features, &slopes, intercept - dot(&slopes, &self.centres));
        let mut curvatures = vec![0.0; residuals.len()];
        let mut loss = Accumulator::default();
        for (((cell, curvature), &y), &w) in residuals.iter_mut().zip(&mut curvatures).zip(self.target).zip(self.weights) {
            let [lost, residual, curved] = self.loss.look(*cell, y, w);
            loss.add(lost);
            *cell = residual;
            *curvature = curved;
        }
        let objective = loss.value() + 0.5 * self.penalty * dot(&slopes, &slopes);
        Point { slopes, intercept, objective, residuals, curvatures }
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
            if self.constant[j] {
                hessian.row_mut(j).fill(0.0);
                hessian.column_mut(j).fill(0.0);
                downhill[j] = 0.0;
            } else {
                hessian[[j, j]] += self.penalty;
            }
        }
        let step = Cholesky::new(&hessian)?.solve(&downhill);
        let decrement = 0.5 * dot(&step, &downhill);
        Ok((step, decrement))
    }

    /// The first of the step, its half, its quarter ... that lowers the objective; none when rounding is all that is left.
    fn halve(&self, from: &Point, step: &[f64]) -> Option<Point> {
        let mut share = 1.0;
        for _ in 0..HALVINGS {
            let next = self.look(moved(&from.slopes, step, share), from.intercept + share * step[self.n_features]);
            if next.objective < from.objective {
                return Some(next);
            }
            share *= 0.5;
        }
        None
    }
}

/// The slopes a share of the step further.
fn moved(slopes: &[f64], step: &[f64], share: f64) -> Vec<f64> {
    slopes.iter().zip(step).map(|(b, d)| b + share * d).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests_support::features;
    use crate::math::rng::Stream;
    use crate::task::TaskKind;

    /// Amounts of which a third are 0, in a unit, with three features and uneven weights.
    fn amounts(unit: f64) -> TrainingSet {
        let mut stream = Stream::new(3, "amounts", 0);
        let columns: Vec<Vec<f64>> = (0..3).map(|_| (0..400).map(|_| stream.normal()).collect()).collect();
        let amount = |i: usize, draw: f64| if draw < 0.33 { 0.0 } else { unit * draw * exp(columns[0][i] - 0.5 * columns[1][i]) };
        let target = (0..400).map(|i| amount(i, stream.uniform())).collect();
        TrainingSet::new(features(&columns), target, (0..400).map(|i| f64::from(i % 4) + 0.5).collect(), TaskKind::Regression, 0, 400).unwrap()
    }

    #[test]
    fn at_the_optimum_of_amounts_the_gradient_is_gone_whatever_their_unit() {
        for (unit, power) in [(1.0, 1.0), (1e-7, 1.0), (1e7, 1.0), (1.0, 1.5), (1e-7, 1.3), (1e7, 1.8)] {
            let train = amounts(unit);
            let alpha = 0.01 * pow(unit, 2.0 - power);
            let model = log_linear_regression(&train, power, alpha).unwrap();
            let fitted = model.predict_logarithm(train.features()).unwrap().values;
            let pull = |x: &dyn Fn(usize) -> f64| {
                let terms = (0..400).map(|i| train.weights()[i] * x(i) * (fitted[i] - train.target()[i]) * pow(fitted[i], 1.0 - power));
                let size = (0..400).map(|i| (train.weights()[i] * x(i) * pow(fitted[i], 2.0 - power)).abs()).sum::<f64>();
                (sum_of(terms), size)
            };
            let total = sum(train.weights());
            for j in 0..3 {
                let (slope, size) = pull(&|i| train.features().slice(j)[i]);
                assert!((slope + alpha * total * model.coefficients[0][j]).abs() < 1e-8 * size, "{unit} {power} {j}: {slope} of {size}");
            }
            let (slope, size) = pull(&|_| 1.0);
            assert!(slope.abs() < 1e-8 * size, "{unit} {power}: {slope} of {size}");
        }
    }

    #[test]
    fn amounts_below_zero_zeros_of_a_gamma_and_nothing_but_zeros_are_refused() {
        let with = |target: Vec<f64>| TrainingSet::new(features(&[vec![1.0, 2.0, 3.0]]), target, vec![1.0; 3], TaskKind::Regression, 0, 3).unwrap();
        let message = |target: Vec<f64>, power| log_linear_regression(&with(target), power, 0.1).unwrap_err().to_string();
        assert!(message(vec![1.0, -1.0, 2.0], 1.0).contains("below 0"));
        assert!(message(vec![1.0, 0.0, 2.0], 2.0).contains("gamma"));
        assert!(message(vec![0.0; 3], 1.5).contains("all are 0"));
    }
}
