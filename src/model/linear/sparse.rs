//! Logistic regression with an absolute penalty, of two classes and more, by proximal Newton steps.
//!
//! Minimises `-sum_i w_i log p_i,y_i + (l |b|_1 + (1 - l) |b|^2 / 2) / C` with p the logistic function or softmax of the weighted sums, intercepts
//! unpenalised: scikit-learn's objective divided by C. Each step minimises the second-order expansion of the loss plus the penalty exactly
//! ([`super::quadratic`]) and is halved until the objective falls enough (Lee, Sun and Saunders 2014, SIAM J. Optim. 24, 1420). The softmax does not
//! feel a shift of all intercepts: they sum to 0. Checked against scikit-learn's `LogisticRegression(solver="saga")` to 1e-6 and by its optimality conditions to 1e-8.

use super::LinearModel;
use super::quadratic::{Quadratic, STILL};
use crate::error::{Error, Result};
use crate::math::elementary::{exp, ln};
use crate::math::linear::{cross_products, dot, times};
use crate::math::sum::{Accumulator, CHUNK, sum, sum_of};
use crate::model::TrainingSet;
use ndarray::Array2;

/// Most Newton steps; ten are usual.
const STEPS: usize = 100;
/// Most halvings of one step.
const HALVINGS: usize = 40;
/// Share of the promised decrease a step must reach.
const ARMIJO: f64 = 1e-4;
/// Promised decrease, as a share of the summed weight, at which the optimum is found to working accuracy.
const DECREASE: f64 = 1e-18;
/// Promised decrease below which a step that does not lower the objective is kept from it by rounding only.
const LAST_DECREASE: f64 = 1e-12;
/// Most unknowns (features and intercept, times classes): the matrix of second derivatives holds their square, 128 MB.
const MOST_UNKNOWNS: usize = 4_000;

/// Fits the model with inverse penalty `c` > 0 and share `l1_ratio` in 0..=1 of the absolute penalty to the classes that have rows.
///
/// # Errors
/// Fewer than two classes have rows, a feature is not finite, or there are more than 4,000 unknowns.
pub fn sparse_logistic(train: &TrainingSet, c: f64, l1_ratio: f64) -> Result<LinearModel> {
    let classes: Vec<usize> = (0..train.n_classes()).filter(|&k| train.target().iter().any(|&t| t as usize == k)).collect();
    if classes.len() < 2 {
        return Err(Error::not_computable("Logistic regression", "all rows belong to one class", "Choose another split or learner."));
    }
    let problem = Problem::new(train, &classes, c, l1_ratio)?;
    let unknowns = problem.minimise()?;
    let mut coefficients = Vec::with_capacity(problem.n_sums);
    let mut intercepts = Vec::with_capacity(problem.n_sums);
    for own in unknowns.chunks_exact(problem.width()) {
        let (slopes, intercept) = own.split_at(problem.width() - 1);
        intercepts.push(intercept[0] - dot(slopes, &problem.centres));
        coefficients.push(slopes.to_vec());
    }
    if problem.n_sums == 1 {
        return Ok(LinearModel { n_classes: 2, classes: vec![1], coefficients, intercepts, penalty: None });
    }
    let mean = intercepts.iter().sum::<f64>() / intercepts.len() as f64;
    intercepts.iter_mut().for_each(|a| *a -= mean);
    Ok(LinearModel { n_classes: train.n_classes(), classes, coefficients, intercepts, penalty: None })
}

/// The unknowns are, sum by sum, the slopes and the intercept (of centred features). Two classes have one sum, that of the second.
struct Problem<'a> {
    columns: Vec<&'a [f64]>,
    centres: Vec<f64>,
    weights: &'a [f64],
    /// For every row, which sum is its own; none: the first of two classes.
    own: Vec<Option<usize>>,
    n_sums: usize,
    total: f64,
    absolute: f64,
    squared: f64,
}

/// Where the descent stands: unknowns, the objective there, and probabilities of every sum's class, shape `(n_sums, n_rows)`.
struct Point {
    unknowns: Vec<f64>,
    objective: f64,
    shares: Vec<Vec<f64>>,
}

impl<'a> Problem<'a> {
    fn new(train: &'a TrainingSet, classes: &[usize], c: f64, l1_ratio: f64) -> Result<Self> {
        let features = train.features();
        let n_sums = if train.n_classes() == 2 { 1 } else { classes.len() };
        if n_sums * (features.n_features() + 1) > MOST_UNKNOWNS {
            let hint = "Set the absolute share to 0, or choose fewer features.";
            return Err(Error::not_computable("The absolute penalty", "features times classes are more than 4,000", hint));
        }
        let total = sum(train.weights());
        let columns: Vec<&[f64]> = (0..features.n_features()).map(|j| features.slice(j)).collect();
        let centres = columns.iter().map(|c| sum_of(c.iter().zip(train.weights()).map(|(x, w)| x * w)) / total).collect();
        let position = |t: f64| classes.iter().position(|&k| k == t as usize);
        let own = train.target().iter().map(|&t| if n_sums == 1 { (t > 0.5).then_some(0) } else { position(t) }).collect();
        Ok(Self { columns, centres, weights: train.weights(), own, n_sums, total, absolute: l1_ratio / c, squared: (1.0 - l1_ratio) / c })
    }

    /// Unknowns of one sum.
    fn width(&self) -> usize {
        self.columns.len() + 1
    }

    fn minimise(&self) -> Result<Vec<f64>> {
        let mut point = self.look(self.start());
        for _ in 0..STEPS {
            if !point.objective.is_finite() {
                let hint = "Impute and scale the features first.";
                return Err(Error::not_computable("Logistic regression", "a feature is missing somewhere or too large", hint));
            }
            let (step, promised) = self.step(&point);
            if promised.is_nan() || promised <= DECREASE * self.total {
                break;
            }
            let Some(next) = self.halve(&point, &step, promised) else {
                let last = self.look(moved(&point.unknowns, &step, 1.0));
                if promised <= LAST_DECREASE * self.total && last.objective.is_finite() {
                    point = last;
                }
                break;
            };
            point = next;
        }
        Ok(point.unknowns)
    }

    /// Slopes of 0 and the intercepts that give every class its share.
    fn start(&self) -> Vec<f64> {
        let mut weights = vec![Accumulator::default(); self.n_sums];
        for (own, &w) in self.own.iter().zip(self.weights) {
            if let Some(k) = own {
                weights[*k].add(w);
            }
        }
        let mut logs: Vec<f64> = weights.iter().map(|w| ln(w.value())).collect();
        let mean = if self.n_sums == 1 { ln(self.total - weights[0].value()) } else { logs.iter().sum::<f64>() / self.n_sums as f64 };
        logs.iter_mut().for_each(|v| *v -= mean);
        let mut unknowns = vec![0.0; self.n_sums * self.width()];
        unknowns.chunks_exact_mut(self.width()).zip(logs).for_each(|(own, log)| own[self.columns.len()] = log);
        unknowns
    }

    /// Objective and probabilities at these unknowns.
    fn look(&self, unknowns: Vec<f64>) -> Point {
        let mut shares: Vec<Vec<f64>> = unknowns.chunks_exact(self.width()).map(|own| self.sums(own)).collect();
        let mut loss = Accumulator::default();
        let mut row = vec![0.0; self.n_sums];
        for (i, (own, &w)) in self.own.iter().zip(self.weights).enumerate() {
            row.iter_mut().zip(&shares).for_each(|(cell, of_sum)| *cell = of_sum[i]);
            // With one sum, the other class has the sum 0.
            let other = if self.n_sums == 1 { 0.0 } else { f64::NEG_INFINITY };
            let top = row.iter().copied().fold(other, f64::max);
            let all = row.iter().map(|z| exp(z - top)).sum::<f64>() + exp(other - top);
            loss.add(w * (ln(all) + top - own.map_or(0.0, |k| row[k])));
            row.iter().zip(&mut shares).for_each(|(z, of_sum)| of_sum[i] = exp(z - top) / all);
        }
        let objective = loss.value() + self.penalty(&unknowns);
        Point { unknowns, objective, shares }
    }

    /// One weighted sum for every row.
    fn sums(&self, own: &[f64]) -> Vec<f64> {
        let (slopes, intercept) = own.split_at(self.columns.len());
        let mut sums = vec![intercept[0] - dot(slopes, &self.centres); self.weights.len()];
        for (column, b) in self.columns.iter().zip(slopes).filter(|(_, b)| **b != 0.0) {
            sums.iter_mut().zip(*column).for_each(|(sum, x)| *sum += b * x);
        }
        sums
    }

    fn penalty(&self, unknowns: &[f64]) -> f64 {
        let slopes = unknowns.chunks_exact(self.width()).flat_map(|own| &own[..self.columns.len()]);
        sum_of(slopes.map(|b| self.absolute * b.abs() + 0.5 * self.squared * b * b))
    }

    /// The step to the least point of the expansion, and the decrease of the objective it promises.
    fn step(&self, point: &Point) -> (Vec<f64>, f64) {
        let gradient = self.gradient(point);
        let mut gram = self.second_derivatives(point);
        if self.n_sums > 1 {
            // A shift of all intercepts changes nothing: what holds their sum changes no other.
            let each = gram.diag().iter().copied().fold(0.0, f64::max);
            let intercept = |k: usize| k * self.width() + self.columns.len();
            (0..self.n_sums).for_each(|k| (0..self.n_sums).for_each(|l| gram[[intercept(k), intercept(l)]] += each / self.n_sums as f64));
        }
        let of_slopes = |value: f64| (0..gradient.len()).map(|i| if i % self.width() < self.columns.len() { value } else { 0.0 }).collect();
        let right = times(&gram, &point.unknowns).iter().zip(&gradient).map(|(h, g)| h - g).collect();
        let expansion = Quadratic { gram, right, absolute: of_slopes(self.absolute), squared: of_slopes(self.squared), still: STILL };
        let least = expansion.minimise(&point.unknowns);
        let step: Vec<f64> = least.iter().zip(&point.unknowns).map(|(a, b)| a - b).collect();
        let promised = self.penalty(&point.unknowns) - self.penalty(&least) - dot(&gradient, &step);
        (step, promised)
    }

    /// First derivatives of the loss.
    fn gradient(&self, point: &Point) -> Vec<f64> {
        let mut gradient = Vec::with_capacity(point.unknowns.len());
        for (k, shares) in point.shares.iter().enumerate() {
            let off = |((p, own), w): ((&f64, &Option<usize>), &f64)| w * (p - f64::from(u8::from(*own == Some(k))));
            let residuals: Vec<f64> = shares.iter().zip(&self.own).zip(self.weights).map(off).collect();
            let all = sum(&residuals);
            let blocks = |column: &[f64]| sum_of(column.chunks(CHUNK).zip(residuals.chunks(CHUNK)).map(|(a, b)| dot(a, b)));
            gradient.extend(self.columns.iter().zip(&self.centres).map(|(column, centre)| blocks(column) - centre * all));
            gradient.push(all);
        }
        gradient
    }

    /// Second derivatives of the loss: of sums k and l, cross products with weights `w p_k ([k = l] - p_l)`.
    fn second_derivatives(&self, point: &Point) -> Array2<f64> {
        let ones = vec![1.0; self.weights.len()];
        let columns: Vec<&[f64]> = self.columns.iter().copied().chain([ones.as_slice()]).collect();
        let centres: Vec<f64> = self.centres.iter().copied().chain([0.0]).collect();
        let width = self.width();
        let mut all = Array2::zeros((self.n_sums * width, self.n_sums * width));
        for k in 0..self.n_sums {
            for l in k..self.n_sums {
                let (of_k, of_l) = (&point.shares[k], &point.shares[l]);
                let curved = |((p, q), w): ((&f64, &f64), &f64)| if k == l { w * p * (1.0 - p) } else { -w * p * q };
                let curvatures: Vec<f64> = of_k.iter().zip(of_l).zip(self.weights).map(curved).collect();
                for ((i, j), value) in cross_products(&columns, &centres, &curvatures).indexed_iter() {
                    all[[k * width + i, l * width + j]] = *value;
                    all[[l * width + j, k * width + i]] = *value;
                }
            }
        }
        for j in (0..self.columns.len()).filter(|&j| self.columns[j].windows(2).all(|w| w[0] == w[1])) {
            // What is left of a constant feature around its mean is rounding.
            for k in 0..self.n_sums {
                all.row_mut(k * width + j).fill(0.0);
                all.column_mut(k * width + j).fill(0.0);
            }
        }
        all
    }

    /// The first of the step, its half, its quarter ... that lowers the objective enough; none when rounding is all that is left.
    fn halve(&self, from: &Point, step: &[f64], promised: f64) -> Option<Point> {
        let mut share = 1.0;
        for _ in 0..HALVINGS {
            let next = self.look(moved(&from.unknowns, step, share));
            if next.objective < from.objective && next.objective <= from.objective - ARMIJO * share * promised {
                return Some(next);
            }
            share *= 0.5;
        }
        None
    }
}

/// The unknowns a share of the step further.
fn moved(unknowns: &[f64], step: &[f64], share: f64) -> Vec<f64> {
    unknowns.iter().zip(step).map(|(b, d)| b + share * d).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests_support::features;
    use crate::math::rng::Stream;
    use crate::task::TaskKind;

    fn train(kind: TaskKind) -> TrainingSet {
        let mut stream = Stream::new(4, "sparse", 0);
        let columns: Vec<Vec<f64>> = (0..6).map(|_| (0..500).map(|_| stream.normal()).collect()).collect();
        let signal: Vec<f64> = (0..500).map(|i| columns[0][i] - 0.7 * columns[1][i] + stream.normal()).collect();
        let (cuts, classes): (&[f64], usize) = if kind == TaskKind::Binary { (&[0.2], 2) } else { (&[-0.6, 0.8], 3) };
        let target = signal.iter().map(|s| cuts.iter().filter(|c| s > c).count() as f64).collect();
        TrainingSet::new(features(&columns), target, (0..500).map(|i| f64::from(i % 3) + 0.5).collect(), kind, classes, 500).unwrap()
    }

    #[test]
    fn the_optimality_conditions_hold_to_eight_digits() {
        for kind in [TaskKind::Binary, TaskKind::Multiclass] {
            let train = train(kind);
            let mut zeros = 0;
            for (c, l1_ratio) in [(0.02, 1.0), (0.02, 0.5), (1.0, 1.0), (100.0, 0.3)] {
                let model = sparse_logistic(&train, c, l1_ratio).unwrap();
                let predicted = model.predict(train.features()).unwrap();
                let classes = model.classes.clone();
                for (k, (slopes, class)) in model.coefficients.iter().zip(classes).enumerate() {
                    let shares = predicted.class(class);
                    let residual = |i: usize| train.weights()[i] * (shares[i] - f64::from(u8::from(train.target()[i] as usize == class)));
                    let total = sum(train.weights());
                    assert!(sum_of((0..500).map(residual)).abs() < 1e-8 * total, "{kind:?} {c} {l1_ratio}: intercept {k}");
                    for (j, b) in slopes.iter().enumerate() {
                        let pull = -sum_of((0..500).map(|i| residual(i) * train.features().slice(j)[i])) - (1.0 - l1_ratio) / c * b;
                        let bound = l1_ratio / c;
                        let off = if *b == 0.0 { pull.abs() - bound } else { (pull - bound * b.signum()).abs() };
                        zeros += usize::from(*b == 0.0);
                        assert!(off < 1e-8 * total, "{kind:?} {c} {l1_ratio}: {k} {j} {off}");
                    }
                }
            }
            assert!(zeros > 5, "{zeros}");
        }
    }

    #[test]
    fn without_an_absolute_part_it_is_the_squared_penalty() {
        let binary = train(TaskKind::Binary);
        let (ours, newton) = (sparse_logistic(&binary, 0.5, 0.0).unwrap(), super::super::newton::logistic_regression(&binary, 0.5).unwrap());
        let multi = train(TaskKind::Multiclass);
        let (several, softmax) = (sparse_logistic(&multi, 0.5, 0.0).unwrap(), super::super::softmax::softmax_regression(&multi, 0.5).unwrap());
        for (a, b) in [(ours, newton), (several, softmax)] {
            let pairs = a.coefficients.iter().flatten().chain(&a.intercepts).zip(b.coefficients.iter().flatten().chain(&b.intercepts));
            pairs.for_each(|(a, b)| assert!((a - b).abs() < 1e-7, "{a} {b}"));
        }
    }
}
