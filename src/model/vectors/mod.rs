//! Support vector machines: a number or a class decided by weighted kernels of the training rows near the border (Cortes and Vapnik 1995; Drucker et al. 1997).
//!
//! Decision value: `f(x) = b + sum_i v_i K(x_i, x)`. Kernels: linear `x.z`, polynomial `(g x.z + 1)^d`, radial `exp(-g |x - z|^2)`. The weights solve the dual problem in [`smo`];
//! decision values become probabilities by [`platt`]'s curve, fitted to rows that the machine of their fold has not seen. Several classes: one machine for each class
//! against the others; their probabilities are divided by their sum. A linear machine keeps its coefficients, any other the training rows of its vectors.

mod platt;
mod smo;

use crate::error::{Error, Result};
use crate::math::elementary::{exp, logistic, powi};
use crate::math::linear::dot;
use crate::math::sum::{sum, sum_of};
use crate::model::linear::path::folds;
use crate::model::{Features, Predictions, TrainingSet};
use serde::{Deserialize, Serialize};
use smo::{Dual, KernelRows, Solution, TOLERANCE, TOLERANCE_OF_FOLDS};

/// Most training rows: time grows faster than their square, and the model carries many of them.
const MAX_ROWS: usize = 5_000;
/// Least number of real rows for folds.
const LEAST_ROWS: usize = 12;
/// Largest absolute feature value, weight or kernel: sums of their products stay finite.
const MAX_VALUE: f64 = 1e100;
/// Largest degree of a polynomial kernel.
const MAX_DEGREE: u32 = 9;
/// Least probability before probabilities are divided by their sum.
const LEAST: f64 = 1e-300;

/// How alike two rows are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kernel {
    /// 0 radial, 1 linear, otherwise the degree of the polynomial.
    pub degree: u32,
    /// Factor of the squared distance or of the polynomial's product, above 0.
    pub gamma: f64,
}

impl Kernel {
    /// The kernel of two rows, each of shape `(n_features,)`.
    fn of(self, a: &[f64], b: &[f64]) -> f64 {
        let value = match self.degree {
            0 => exp(-self.gamma * a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f64>()),
            1 => dot(a, b),
            degree => powi(self.gamma * dot(a, b) + 1.0, i32::try_from(degree).unwrap_or(1)),
        };
        value.clamp(-MAX_VALUE, MAX_VALUE)
    }
}

/// What a machine is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    /// How alike two rows are.
    pub kernel: Kernel,
    /// C > 0: what a row outside its margin costs, times its weight.
    pub c: f64,
    /// Half the width of the tube that costs nothing, in deviations of the target (regression).
    pub epsilon: f64,
}

/// Fitted machines: one for regression and two classes, one for each class seen where there are more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SupportVectors {
    /// Number of classes; 0 for regression.
    pub n_classes: usize,
    /// The class each machine is for, ascending. Regression: none. Two classes: the second only.
    pub classes: Vec<usize>,
    /// How alike two rows are.
    pub kernel: Kernel,
    /// Support vectors of all machines, each of shape `(n_features,)`; of linear machines their coefficients instead.
    pub vectors: Vec<Vec<f64>>,
    /// Weights of the vectors in every machine, shape `(n_machines, n_vectors)`.
    pub weights: Vec<Vec<f64>>,
    /// Intercepts, shape `(n_machines,)`.
    pub intercepts: Vec<f64>,
    /// Slope and offset of the logistic curve that makes probabilities of decision values, for every machine; (1, 0) for regression.
    pub curves: Vec<(f64, f64)>,
}

/// Fits the machine (regression, two classes) or machines (several classes) to rows of weight above 0; `seed` draws the folds of the probability curve.
///
/// # Errors
/// More than 5,000 rows, a feature that is not finite, fewer than two classes, or a dual problem that does not settle.
pub fn support_vectors(train: &TrainingSet, machine: Machine, seed: u64, pulse: &dyn Fn()) -> Result<SupportVectors> {
    let refuse = |why: &str, hint: &str| Err(Error::not_computable("A support vector machine", why, hint));
    if train.n_rows() > MAX_ROWS {
        return refuse("there are more than 5,000 rows", "Choose gradient boosting, or a linear learner, for a table of this size.");
    }
    let rows = row_vectors(train.features())?;
    let seen: Vec<usize> = (0..train.n_classes()).filter(|&k| train.target().iter().any(|&t| t as usize == k)).collect();
    let classes = if train.n_classes() == 2 { vec![1] } else { seen.clone() };
    let mut fitted = Vec::new();
    let mut kernels = KernelRows::new(&rows, machine.kernel);
    if train.n_classes() == 0 {
        fitted.push((regression(train, &mut kernels, machine, pulse)?, (1.0, 0.0)));
    } else if seen.len() < 2 {
        return refuse("all rows belong to one class", "Choose another split or learner.");
    }
    for &class in &classes {
        let positive: Vec<bool> = train.target().iter().map(|&t| t as usize == class).collect();
        let everyone: Vec<usize> = (0..rows.len()).collect();
        let asked = Asked { positive: &positive, weights: train.weights(), c: machine.c, pulse };
        let decision = asked.classification(&everyone, &mut kernels, TOLERANCE)?;
        let curve = asked.curve(train, &mut kernels, seed.wrapping_add(class as u64))?;
        fitted.push((decision, curve));
    }
    Ok(joined(train.n_classes(), classes, machine.kernel, &rows, fitted))
}

/// Weights of all training rows and the intercept of one machine.
type Decision = (Vec<f64>, f64);

/// The machine on the standardised target, back in its units.
fn regression(train: &TrainingSet, kernels: &mut KernelRows<'_>, machine: Machine, pulse: &dyn Fn()) -> Result<Decision> {
    let (y, weights) = (train.target(), train.weights());
    if y.windows(2).all(|w| w[0] == w[1]) {
        return Ok((vec![0.0; y.len()], y.first().copied().unwrap_or(0.0)));
    }
    let total = sum(weights);
    let mean = sum_of(y.iter().zip(weights).map(|(y, w)| y * w)) / total;
    let deviation = (sum_of(y.iter().zip(weights).map(|(y, w)| w * (y - mean) * (y - mean))) / total).sqrt();
    let scaled: Vec<f64> = y.iter().map(|y| (y - mean) / deviation).collect();
    let solution = tube(kernels, &scaled, weights, machine, pulse)?;
    let (up, down) = solution.alphas.split_at(y.len());
    Ok((up.iter().zip(down).map(|(a, b)| deviation * (a - b)).collect(), mean + deviation * solution.intercept))
}

/// The dual of regression with a tube: unknowns that pull up, then those that pull down.
fn tube(kernels: &mut KernelRows<'_>, y: &[f64], weights: &[f64], machine: Machine, pulse: &dyn Fn()) -> Result<Solution> {
    let n = y.len();
    let members: Vec<usize> = (0..n).collect();
    let dual = Dual {
        members: &members,
        signs: (0..2 * n).map(|t| if t < n { 1.0 } else { -1.0 }).collect(),
        linear: y.iter().map(|y| machine.epsilon - y).chain(y.iter().map(|y| machine.epsilon + y)).collect(),
        bounds: weights.iter().chain(weights).map(|w| machine.c * w).collect(),
        tolerance: TOLERANCE,
    };
    dual.solve(kernels, pulse)
}

/// One class against the others.
struct Asked<'a> {
    positive: &'a [bool],
    weights: &'a [f64],
    c: f64,
    pulse: &'a dyn Fn(),
}

impl Asked<'_> {
    /// Weights of the members, in their order, and the intercept.
    fn classification(&self, members: &[usize], kernels: &mut KernelRows<'_>, tolerance: f64) -> Result<Decision> {
        let solution = self.margin(members, kernels, tolerance)?;
        let sign = |i: usize| if self.positive[i] { 1.0 } else { -1.0 };
        Ok((solution.alphas.iter().zip(members).map(|(a, &i)| a * sign(i)).collect(), solution.intercept))
    }

    /// The dual of two classes with a soft margin.
    fn margin(&self, members: &[usize], kernels: &mut KernelRows<'_>, tolerance: f64) -> Result<Solution> {
        let dual = Dual {
            members,
            signs: members.iter().map(|&i| if self.positive[i] { 1.0 } else { -1.0 }).collect(),
            linear: vec![-1.0; members.len()],
            bounds: members.iter().map(|&i| self.c * self.weights[i]).collect(),
            tolerance,
        };
        dual.solve(kernels, self.pulse)
    }

    /// Platt's curve on decision values of machines that have not seen the row: of five folds of the real rows, later ones judged by earlier ones in the order
    /// of time. Tables of fewer than 12 real rows, and folds of one class, are judged by the machine of all rows.
    fn curve(&self, train: &TrainingSet, kernels: &mut KernelRows<'_>, seed: u64) -> Result<(f64, f64)> {
        // Too few entities to hold some out: judged by the machine of all rows, as below.
        let mut parts = folds(train, seed).unwrap_or_default();
        let one_sided = |learned: &[usize]| learned.iter().all(|&i| self.positive[i]) || learned.iter().all(|&i| !self.positive[i]);
        if train.n_real() < LEAST_ROWS || parts.is_empty() || parts.iter().any(|(learned, _)| one_sided(learned)) {
            parts = vec![((0..train.n_rows()).collect(), (0..train.n_real()).collect())];
        }
        let (mut values, mut signs, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for (learned, judged) in parts {
            let (pulls, intercept) = self.classification(&learned, kernels, TOLERANCE_OF_FOLDS)?;
            let mut decisions = vec![intercept; judged.len()];
            for (&i, pull) in learned.iter().zip(&pulls).filter(|(_, v)| **v != 0.0) {
                let row = kernels.row(i);
                decisions.iter_mut().zip(&judged).for_each(|(decision, &j)| *decision += pull * row[j]);
            }
            values.extend(decisions);
            signs.extend(judged.iter().map(|&i| self.positive[i]));
            weights.extend(judged.iter().map(|&i| self.weights[i]));
        }
        Ok(platt::sigmoid(&values, &signs, &weights))
    }
}

/// The model of all machines: rows without a weight in any are left out, and linear machines become their coefficients.
fn joined(n_classes: usize, classes: Vec<usize>, kernel: Kernel, rows: &[Vec<f64>], fitted: Vec<(Decision, (f64, f64))>) -> SupportVectors {
    let kept: Vec<usize> = (0..rows.len()).filter(|&i| fitted.iter().any(|(d, _)| d.0[i] != 0.0)).collect();
    let mut vectors: Vec<Vec<f64>> = kept.iter().map(|&i| rows[i].clone()).collect();
    let mut weights: Vec<Vec<f64>> = fitted.iter().map(|(d, _)| kept.iter().map(|&i| d.0[i]).collect()).collect();
    if kernel.degree == 1 {
        let width = rows.first().map_or(0, Vec::len);
        let coefficient = |own: &Vec<f64>, j: usize| sum_of(vectors.iter().zip(own).map(|(x, v)| v * x[j]));
        let coefficients: Vec<Vec<f64>> = weights.iter().map(|own| (0..width).map(|j| coefficient(own, j)).collect()).collect();
        weights = (0..coefficients.len()).map(|k| (0..coefficients.len()).map(|l| f64::from(u8::from(k == l))).collect()).collect();
        vectors = coefficients;
    }
    let intercepts = fitted.iter().map(|(d, _)| d.1).collect();
    SupportVectors { n_classes, classes, kernel, vectors, weights, intercepts, curves: fitted.iter().map(|f| f.1).collect() }
}

fn row_vectors(features: &Features) -> Result<Vec<Vec<f64>>> {
    if !features.matrix().iter().all(|v| v.abs() <= MAX_VALUE) {
        let hint = "Impute and scale the features first.";
        return Err(Error::not_computable("A support vector machine", "a feature is missing somewhere or too large", hint));
    }
    Ok(features.matrix().rows().into_iter().map(|row| row.to_vec()).collect())
}

impl SupportVectors {
    /// Whether rows of the training set can be read out of it: not of a linear machine.
    #[must_use]
    pub fn contains_training_rows(&self) -> bool {
        self.kernel.degree != 1
    }

    /// Predicts every row; `pulse` is called before each, since a row costs a kernel for each vector.
    ///
    /// # Errors
    /// The number of features is not that of the training set, or one is missing or beyond 1e100.
    pub fn predict_with_pulse(&self, features: &Features, pulse: &dyn Fn()) -> Result<Predictions> {
        if self.vectors.iter().any(|v| v.len() != features.n_features()) {
            return Err(Error::internal("support vectors given another number of features"));
        }
        let mut values = Vec::with_capacity(features.n_rows() * self.n_classes.max(1));
        for row in row_vectors(features)? {
            pulse();
            let kernels: Vec<f64> = self.vectors.iter().map(|v| self.kernel.of(v, &row)).collect();
            let decisions: Vec<f64> = self.weights.iter().zip(&self.intercepts).map(|(w, b)| b + dot(w, &kernels)).collect();
            self.push_row(&decisions, &mut values);
        }
        Ok(Predictions { n_classes: self.n_classes, values, cuts: Vec::new() })
    }

    fn push_row(&self, decisions: &[f64], values: &mut Vec<f64>) {
        if self.n_classes == 0 {
            values.extend(decisions);
            return;
        }
        let shares: Vec<f64> = decisions.iter().zip(&self.curves).map(|(f, (slope, offset))| logistic(slope * f + offset).max(LEAST)).collect();
        if let (2, [positive]) = (self.n_classes, shares.as_slice()) {
            values.extend([1.0 - positive, *positive]);
            return;
        }
        let total: f64 = shares.iter().sum();
        let start = values.len();
        values.resize(start + self.n_classes, 0.0);
        for (&class, share) in self.classes.iter().zip(&shares) {
            values[start + class] = share / total;
        }
    }

    /// Checks a model from outside.
    ///
    /// # Errors
    /// Shapes do not fit, a number is not finite or too large, or a class does not exist.
    pub fn validate(&self, n_features: usize, n_classes: usize) -> Result<()> {
        let machines = self.weights.len();
        let classes_fit = match n_classes {
            0 => self.classes.is_empty() && machines == 1,
            2 => self.classes == [1] && machines == 1,
            _ => {
                self.classes.len() == machines
                    && machines >= 2
                    && self.classes.windows(2).all(|w| w[0] < w[1])
                    && self.classes.iter().all(|&c| c < n_classes)
            }
        };
        let shapes = self.n_classes == n_classes
            && self.vectors.len() <= MAX_ROWS
            && self.vectors.iter().all(|v| v.len() == n_features)
            && self.weights.iter().all(|w| w.len() == self.vectors.len())
            && self.intercepts.len() == machines
            && self.curves.len() == machines;
        let usable = |v: &f64| v.abs() <= MAX_VALUE;
        let numbers = self.vectors.iter().chain(&self.weights).flatten().chain(&self.intercepts).all(usable)
            && self.curves.iter().all(|(a, b)| usable(a) && usable(b))
            && self.kernel.gamma > 0.0
            && usable(&self.kernel.gamma)
            && self.kernel.degree <= MAX_DEGREE;
        if classes_fit && shapes && numbers { Ok(()) } else { Err(Error::internal("support vectors whose parts do not fit")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests_support::features;
    use crate::math::rng::Stream;
    use crate::task::TaskKind;
    use serde_json::Value;

    fn reference() -> Value {
        serde_json::from_str(include_str!("../../../tests/reference/learners.json")).unwrap()
    }

    fn numbers(value: &Value) -> Vec<f64> {
        value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
    }

    fn rows(reference: &Value) -> Vec<Vec<f64>> {
        let columns: Vec<Vec<f64>> = reference["tables"]["scaled"].as_array().unwrap().iter().map(numbers).collect();
        (0..90).map(|i| columns.iter().map(|c| c[i]).collect()).collect()
    }

    #[test]
    fn decision_values_and_dual_objectives_are_those_of_libsvm() {
        let reference = reference();
        let rows = rows(&reference);
        let mut seen = 0;
        for case in reference["machines"].as_array().unwrap() {
            let real = |name: &str| case[name].as_f64().unwrap();
            let kernel = Kernel { degree: real("degree") as u32, gamma: real("gamma") };
            let machine = Machine { kernel, c: real("c"), epsilon: 0.1 };
            let weights = numbers(&reference["weights"][case["weights"].as_str().unwrap()]);
            let target = numbers(&reference["targets"][case["target"].as_str().unwrap()]);
            let mut kernels = KernelRows::new(&rows, kernel);
            let (pulls, solution) = if case["target"] == "number" {
                let mean = sum_of(target.iter().zip(&weights).map(|(y, w)| y * w)) / sum(&weights);
                let deviation = (sum_of(target.iter().zip(&weights).map(|(y, w)| w * (y - mean) * (y - mean))) / sum(&weights)).sqrt();
                let scaled: Vec<f64> = target.iter().map(|y| (y - mean) / deviation).collect();
                let solution = tube(&mut kernels, &scaled, &weights, machine, &|| {}).unwrap();
                ((0..90).map(|i| solution.alphas[i] - solution.alphas[90 + i]).collect::<Vec<f64>>(), solution)
            } else {
                let positive: Vec<bool> = target.iter().map(|t| *t == 1.0).collect();
                let asked = Asked { positive: &positive, weights: &weights, c: machine.c, pulse: &|| {} };
                let solution = asked.margin(&(0..90).collect::<Vec<_>>(), &mut kernels, TOLERANCE).unwrap();
                ((0..90).map(|i| solution.alphas[i] * if positive[i] { 1.0 } else { -1.0 }).collect(), solution)
            };
            let name = format!("{} {} {} {} {}", case["degree"], case["gamma"], case["c"], case["target"], case["weights"]);
            assert!((solution.objective / real("objective") - 1.0).abs() < 1e-6, "{name}: {} {}", solution.objective, real("objective"));
            for (row, wanted) in rows.iter().zip(numbers(&case["decisions"])) {
                let value = solution.intercept + rows.iter().zip(&pulls).map(|(r, v)| v * kernel.of(r, row)).sum::<f64>();
                assert!((value - wanted).abs() < 1e-3, "{name}: {value} {wanted}");
            }
            seen += 1;
        }
        assert_eq!(seen, 40);
    }

    #[test]
    fn the_probability_curve_is_that_of_scikit_learn_and_its_gradient_is_gone() {
        let reference = reference();
        let values = numbers(&reference["machines"][0]["decisions"]);
        let positive: Vec<bool> = numbers(&reference["targets"]["binary"]).iter().map(|t| *t == 1.0).collect();
        let weights = numbers(&reference["weights"]["uneven"]);
        let (slope, offset) = platt::sigmoid(&values, &positive, &weights);
        let wanted = |name: &str| reference["curve"][name].as_f64().unwrap();
        assert!((slope - wanted("slope")).abs() < 1e-4 * slope.abs() && (offset - wanted("offset")).abs() < 1e-4, "{slope} {offset}");
        let of = |which: bool| sum_of((0..90).filter(|&i| positive[i] == which).map(|i| weights[i]));
        let targets = [1.0 / (of(false) + 2.0), (of(true) + 1.0) / (of(true) + 2.0)];
        let residual = |i: usize| weights[i] * (targets[usize::from(positive[i])] - logistic(slope * values[i] + offset));
        assert!(sum_of((0..90).map(residual)).abs() < 1e-8 && sum_of((0..90).map(|i| residual(i) * values[i])).abs() < 1e-8);
    }

    fn ring(n: usize, kind: TaskKind, weight: impl Fn(usize) -> f64) -> TrainingSet {
        let mut stream = Stream::new(9, "ring", 0);
        let columns: Vec<Vec<f64>> = (0..2).map(|_| (0..n).map(|_| stream.normal()).collect()).collect();
        let radius = |i: usize| columns[0][i] * columns[0][i] + columns[1][i] * columns[1][i];
        let (target, classes) = match kind {
            TaskKind::Regression => ((0..n).map(radius).collect(), 0),
            TaskKind::Binary => ((0..n).map(|i| f64::from(u8::from(radius(i) > 1.4))).collect(), 2),
            TaskKind::Multiclass => ((0..n).map(|i| f64::from(u8::from(radius(i) > 0.9)) + f64::from(u8::from(radius(i) > 2.2))).collect(), 3),
        };
        TrainingSet::new(features(&columns), target, (0..n).map(weight).collect(), kind, classes, n).unwrap()
    }

    fn radial(c: f64) -> Machine {
        Machine { kernel: Kernel { degree: 0, gamma: 0.5 }, c, epsilon: 0.05 }
    }

    #[test]
    fn a_ring_is_learned_by_a_radial_kernel_and_not_by_a_linear_one() {
        for kind in [TaskKind::Binary, TaskKind::Multiclass] {
            let train = ring(400, kind, |_| 1.0);
            let right = |machine: Machine| {
                let model = support_vectors(&train, machine, 1, &|| {}).unwrap();
                let labels = model.predict_with_pulse(train.features(), &|| {}).unwrap().labels();
                (labels.iter().zip(train.target()).filter(|(l, t)| **l as f64 == **t).count(), model)
            };
            let (by_radial, model) = right(radial(10.0));
            let (by_linear, plain) = right(Machine { kernel: Kernel { degree: 1, gamma: 1.0 }, ..radial(1.0) });
            assert!(by_radial > 380 && by_linear < 300, "{kind:?} {by_radial} {by_linear}");
            assert!(model.contains_training_rows() && !plain.contains_training_rows());
            assert_eq!(plain.vectors.len(), if kind == TaskKind::Binary { 1 } else { 3 });
        }
    }

    #[test]
    fn a_weight_of_two_is_a_row_said_twice() {
        let once = ring(150, TaskKind::Regression, |_| 2.0);
        let twice = |v: &[f64]| v.iter().flat_map(|&x| [x, x]).collect::<Vec<f64>>();
        let columns: Vec<Vec<f64>> = (0..2).map(|j| twice(once.features().slice(j))).collect();
        let repeated = TrainingSet::new(features(&columns), twice(once.target()), vec![1.0; 300], TaskKind::Regression, 0, 300).unwrap();
        let fit = |train: &TrainingSet| support_vectors(train, radial(1.0), 1, &|| {}).unwrap();
        let predict = |model: &SupportVectors| model.predict_with_pulse(once.features(), &|| {}).unwrap().values;
        let (a, b) = (predict(&fit(&once)), predict(&fit(&repeated)));
        a.iter().zip(&b).for_each(|(a, b)| assert!((a - b).abs() < 1e-3, "{a} {b}"));
    }

    #[test]
    fn a_table_too_large_is_refused_with_what_to_choose_instead() {
        let n = MAX_ROWS + 1;
        let train = TrainingSet::new(features(&[vec![0.0; n]]), vec![0.0; n], vec![1.0; n], TaskKind::Regression, 0, n).unwrap();
        let refusal = support_vectors(&train, radial(1.0), 1, &|| {}).unwrap_err();
        assert!(refusal.to_string().contains("5,000") && refusal.hint.contains("gradient boosting"));
    }
}
