//! The dual problem of support vector machines by sequential minimal optimisation.
//!
//! Minimises `a'Qa/2 + p'a` subject to `y'a = 0` and `0 <= a_t <= C_t`, with `Q_st = y_s y_t K(row of s, row of t)` and y = +1 or -1. Two unknowns move at a time
//! (Platt 1998): the one that breaks the optimality conditions most, and the partner that promises the largest decrease (second-order selection, Fan, Chen and Lin
//! 2005, JMLR 6, 1889, algorithm 2). Stops when the conditions hold to [`TOLERANCE`]. Checked against libsvm (scikit-learn's `SVC` and `SVR`): the objective to 1e-6.

use super::Kernel;
use crate::error::{Error, Result};
use crate::math::sum::sum_of;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// Largest violation of the optimality conditions, in units of the decision value, at the end.
const TOLERANCE: f64 = 1e-6;
/// Violation that is still an answer when the steps run out.
const TOLERANCE_ENOUGH: f64 = 1e-2;
/// Steps for each unknown, at most; one to ten are usual.
const STEPS_EACH: usize = 2_000;
/// Curvature used where the kernel gives none.
const LEAST_CURVATURE: f64 = 1e-12;
/// Cells of kernel rows kept: 64 MB.
const CELLS_KEPT: usize = 8_000_000;

/// Rows of the kernel matrix, made when asked for and kept while there is room; the oldest goes first.
pub(super) struct KernelRows<'a> {
    rows: &'a [Vec<f64>],
    kernel: Kernel,
    kept: BTreeMap<usize, Rc<Vec<f64>>>,
    order: VecDeque<usize>,
    /// Kernel of every row with itself.
    own: Vec<f64>,
}

impl<'a> KernelRows<'a> {
    pub(super) fn new(rows: &'a [Vec<f64>], kernel: Kernel) -> Self {
        let own = rows.iter().map(|r| kernel.of(r, r)).collect();
        Self { rows, kernel, kept: BTreeMap::new(), order: VecDeque::new(), own }
    }

    fn row(&mut self, i: usize) -> Rc<Vec<f64>> {
        if let Some(row) = self.kept.get(&i) {
            return Rc::clone(row);
        }
        let row: Rc<Vec<f64>> = Rc::new(self.rows.iter().map(|r| self.kernel.of(&self.rows[i], r)).collect());
        while (self.order.len() + 1) * self.rows.len() > CELLS_KEPT {
            let Some(oldest) = self.order.pop_front() else { break };
            self.kept.remove(&oldest);
        }
        self.order.push_back(i);
        self.kept.insert(i, Rc::clone(&row));
        row
    }
}

/// The dual problem; unknown t belongs to row `t % n_rows`.
pub(super) struct Dual {
    /// y, each +1 or -1.
    pub signs: Vec<f64>,
    /// p.
    pub linear: Vec<f64>,
    /// C > 0.
    pub bounds: Vec<f64>,
}

/// Its least point.
pub(super) struct Solution {
    /// a, shape `(n_unknowns,)`.
    pub alphas: Vec<f64>,
    /// What is added to the weighted sum of kernels to give the decision value.
    pub intercept: f64,
    /// Value of the dual objective.
    pub objective: f64,
}

impl Dual {
    /// Finds the least point; `pulse` is called now and then.
    pub(super) fn solve(&self, kernel: &mut KernelRows<'_>, pulse: &dyn Fn()) -> Result<Solution> {
        let n = self.signs.len();
        let mut alphas = vec![0.0; n];
        let mut gradient = self.linear.clone();
        let mut violation = f64::INFINITY;
        for step in 0..STEPS_EACH * n.max(1) {
            if step % 256 == 0 {
                pulse();
            }
            let Some((i, top)) = self.first(&alphas, &gradient) else { return Ok(self.solution(alphas, &gradient)) };
            let row = kernel.row(i % kernel.rows.len());
            let (partner, low) = self.partner(&alphas, &gradient, kernel, &row, (i, top));
            violation = top - low;
            let Some((j, length)) = partner.filter(|_| violation > TOLERANCE) else { return Ok(self.solution(alphas, &gradient)) };
            let other = kernel.row(j % kernel.rows.len());
            self.move_pair(&mut alphas, &mut gradient, (i, j), length, (&row, &other));
        }
        if violation <= TOLERANCE_ENOUGH {
            return Ok(self.solution(alphas, &gradient));
        }
        let hint = "Lower the freedom (c), or scale the features.";
        Err(Error::not_computable("The support vectors", "the search for them does not settle", hint))
    }

    fn can_rise(&self, t: usize, alphas: &[f64]) -> bool {
        if self.signs[t] > 0.0 { alphas[t] < self.bounds[t] } else { alphas[t] > 0.0 }
    }

    fn can_fall(&self, t: usize, alphas: &[f64]) -> bool {
        if self.signs[t] > 0.0 { alphas[t] > 0.0 } else { alphas[t] < self.bounds[t] }
    }

    /// Of the unknowns that can move up along y, the one with the steepest descent, and how steep.
    fn first(&self, alphas: &[f64], gradient: &[f64]) -> Option<(usize, f64)> {
        let steep = (0..alphas.len()).filter(|&t| self.can_rise(t, alphas)).map(|t| (t, -self.signs[t] * gradient[t]));
        steep.fold(None, |best: Option<(usize, f64)>, one| if best.is_none_or(|b| one.1 > b.1) { Some(one) } else { best })
    }

    /// Of the unknowns that can move down, the one whose move with `i` promises most, with the length of the move; and the least steepness of any.
    fn partner(&self, alphas: &[f64], gradient: &[f64], kernel: &KernelRows<'_>, row: &[f64], (i, top): (usize, f64)) -> (Option<(usize, f64)>, f64) {
        let n_rows = row.len();
        let (mut best, mut gain, mut low) = (None, 0.0, f64::INFINITY);
        for t in (0..alphas.len()).filter(|&t| self.can_fall(t, alphas)) {
            let own = -self.signs[t] * gradient[t];
            low = own.min(low);
            let gap = top - own;
            if gap > 0.0 {
                let curvature = (kernel.own[i % n_rows] + kernel.own[t % n_rows] - 2.0 * row[t % n_rows]).max(LEAST_CURVATURE);
                if gap * gap / curvature > gain {
                    gain = gap * gap / curvature;
                    best = Some((t, gap / curvature));
                }
            }
        }
        (best, low)
    }

    /// Moves `i` up and `j` down along y by `length`, or until one of them is at its border.
    fn move_pair(&self, alphas: &mut [f64], gradient: &mut [f64], (i, j): (usize, usize), length: f64, (row, other): (&[f64], &[f64])) {
        let room_up = if self.signs[i] > 0.0 { self.bounds[i] - alphas[i] } else { alphas[i] };
        let room_down = if self.signs[j] > 0.0 { alphas[j] } else { self.bounds[j] - alphas[j] };
        let length = length.min(room_up).min(room_down);
        alphas[i] += self.signs[i] * length;
        alphas[j] -= self.signs[j] * length;
        if length >= room_up {
            alphas[i] = if self.signs[i] > 0.0 { self.bounds[i] } else { 0.0 };
        }
        if length >= room_down {
            alphas[j] = if self.signs[j] > 0.0 { 0.0 } else { self.bounds[j] };
        }
        for (gradients, signs) in gradient.chunks_mut(row.len()).zip(self.signs.chunks(row.len())) {
            for (((cell, sign), a), b) in gradients.iter_mut().zip(signs).zip(row).zip(other) {
                *cell += sign * length * (a - b);
            }
        }
    }

    /// The intercept is the mean over the unknowns between their borders, or the middle of what the others allow.
    fn solution(&self, alphas: Vec<f64>, gradient: &[f64]) -> Solution {
        let (mut free, mut n_free) = (0.0, 0.0);
        let (mut high, mut low) = (f64::INFINITY, f64::NEG_INFINITY);
        for (t, (sign, slope)) in self.signs.iter().zip(gradient).enumerate() {
            let value = -sign * slope;
            match (self.can_rise(t, &alphas), self.can_fall(t, &alphas)) {
                (true, true) => {
                    free += value;
                    n_free += 1.0;
                }
                (true, false) => low = low.max(value),
                (false, true) => high = high.min(value),
                (false, false) => {}
            }
        }
        let intercept = match (n_free > 0.0, high.is_finite(), low.is_finite()) {
            (true, ..) => free / n_free,
            (_, true, true) => 0.5 * (high + low),
            (_, true, false) => high,
            (_, false, true) => low,
            _ => 0.0,
        };
        let objective = 0.5 * sum_of((0..alphas.len()).map(|t| alphas[t] * (gradient[t] + self.linear[t])));
        Solution { alphas, intercept, objective }
    }
}
