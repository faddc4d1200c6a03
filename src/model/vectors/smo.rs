//! The dual problem of support vector machines by sequential minimal optimisation.
//!
//! Minimises `a'Qa/2 + p'a` subject to `y'a = 0` and `0 <= a_t <= C_t`, with `Q_st = y_s y_t K(row of s, row of t)` and y = +1 or -1. Two unknowns move at a time
//! (Platt 1998): the one that breaks the optimality conditions most, and the partner that promises the largest decrease (second-order selection, Fan, Chen and Lin
//! 2005, JMLR 6, 1889, algorithm 2). Stops when the conditions hold to a tolerance. Checked against libsvm (scikit-learn's `SVC` and `SVR`): the objective to 1e-6.

use super::Kernel;
use crate::error::{Error, Result};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// Largest violation of the optimality conditions, in units of the decision value, at the end.
pub(super) const TOLERANCE: f64 = 1e-5;
/// The same where machines are fitted for the probability curve only: libsvm's.
pub(super) const TOLERANCE_OF_FOLDS: f64 = 1e-3;
/// Violation that is still an answer when the steps run out.
const TOLERANCE_ENOUGH: f64 = 1e-2;
/// Most steps; one to ten for each unknown are usual, many more where a polynomial kernel meets little penalty.
const STEPS: usize = 5_000_000;
/// Most steps times unknowns: a minute or so.
const WORK: u64 = 20_000_000_000;
/// Curvature used where the kernel gives none.
const LEAST_CURVATURE: f64 = 1e-12;
/// Cells of kernel rows kept: 128 MB, all of 4,000 rows.
const CELLS_KEPT: usize = 16_000_000;

/// Rows of the kernel matrix of a whole table, made when asked for and kept while there is room; the oldest goes first.
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

    /// The kernel of row `i` with every row of the table.
    pub(super) fn row(&mut self, i: usize) -> Rc<Vec<f64>> {
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

/// The dual problem; unknown t belongs to row `members[t % members.len()]` of the table.
pub(super) struct Dual<'a> {
    /// The rows of the table that take part.
    pub members: &'a [usize],
    /// y, each +1 or -1.
    pub signs: Vec<f64>,
    /// p.
    pub linear: Vec<f64>,
    /// C > 0.
    pub bounds: Vec<f64>,
    /// Largest violation of the optimality conditions at the end.
    pub tolerance: f64,
}

/// Its least point.
pub(super) struct Solution {
    /// a, shape `(n_unknowns,)`.
    pub alphas: Vec<f64>,
    /// What is added to the weighted sum of kernels to give the decision value.
    pub intercept: f64,
    /// Value of the dual objective.
    #[cfg(test)]
    pub objective: f64,
}

/// Where the descent stands.
struct Point {
    alphas: Vec<f64>,
    /// `-y` times the gradient: how steeply the objective falls when an unknown moves up along y.
    pulls: Vec<f64>,
    /// Whether an unknown can move up along y, and down.
    up: Vec<bool>,
    down: Vec<bool>,
}

impl Dual<'_> {
    /// Finds the least point; `pulse` is called now and then.
    pub(super) fn solve(&self, kernel: &mut KernelRows<'_>, pulse: &dyn Fn()) -> Result<Solution> {
        let n = self.signs.len();
        let pulls = self.signs.iter().zip(&self.linear).map(|(y, p)| -y * p).collect();
        let up: Vec<bool> = self.signs.iter().map(|y| *y > 0.0).collect();
        let down = up.iter().map(|u| !u).collect();
        let mut at = Point { alphas: vec![0.0; n], pulls, up, down };
        let own: Vec<f64> = self.members.iter().map(|&i| kernel.own[i]).collect();
        let mut violation = f64::INFINITY;
        for step in 0..STEPS.min(usize::try_from(WORK / n.max(1) as u64).unwrap_or(STEPS)) {
            if step % 256 == 0 {
                pulse();
            }
            let Some((i, top)) = at.first() else { return Ok(self.solution(at)) };
            let row = self.row(kernel, i);
            let (partner, low) = at.partner(&own, &row, (i, top));
            violation = top - low;
            let Some(j) = partner.filter(|_| violation > self.tolerance) else { return Ok(self.solution(at)) };
            let other = self.row(kernel, j);
            let curvature = own[i % own.len()] + own[j % own.len()] - 2.0 * row[j % own.len()];
            let length = (top - at.pulls[j]) / curvature.max(LEAST_CURVATURE);
            self.move_pair(&mut at, (i, j), length, (&row, &other));
        }
        if violation <= TOLERANCE_ENOUGH {
            return Ok(self.solution(at));
        }
        let hint = "Lower the freedom (c), or scale the features.";
        Err(Error::not_computable("The support vectors", "the search for them does not settle", hint))
    }

    /// The kernel of the row of unknown `t` with the rows that take part.
    fn row(&self, kernel: &mut KernelRows<'_>, t: usize) -> Vec<f64> {
        let whole = kernel.row(self.members[t % self.members.len()]);
        self.members.iter().map(|&i| whole[i]).collect()
    }

    /// Moves `i` up and `j` down along y by `length`, or until one of them is at its border.
    fn move_pair(&self, at: &mut Point, (i, j): (usize, usize), length: f64, (row, other): (&[f64], &[f64])) {
        let room_up = if self.signs[i] > 0.0 { self.bounds[i] - at.alphas[i] } else { at.alphas[i] };
        let room_down = if self.signs[j] > 0.0 { at.alphas[j] } else { self.bounds[j] - at.alphas[j] };
        let length = length.min(room_up).min(room_down);
        at.alphas[i] += self.signs[i] * length;
        at.alphas[j] -= self.signs[j] * length;
        if length >= room_up {
            at.alphas[i] = if self.signs[i] > 0.0 { self.bounds[i] } else { 0.0 };
        }
        if length >= room_down {
            at.alphas[j] = if self.signs[j] > 0.0 { 0.0 } else { self.bounds[j] };
        }
        for t in [i, j] {
            let (not_full, not_empty) = (at.alphas[t] < self.bounds[t], at.alphas[t] > 0.0);
            (at.up[t], at.down[t]) = if self.signs[t] > 0.0 { (not_full, not_empty) } else { (not_empty, not_full) };
        }
        for pulls in at.pulls.chunks_mut(row.len()) {
            for ((cell, a), b) in pulls.iter_mut().zip(row).zip(other) {
                *cell -= length * (a - b);
            }
        }
    }

    /// The intercept is the mean over the unknowns between their borders, or the middle of what the others allow.
    fn solution(&self, at: Point) -> Solution {
        let (mut free, mut n_free) = (0.0, 0.0);
        let (mut high, mut low) = (f64::INFINITY, f64::NEG_INFINITY);
        for ((&value, up), down) in at.pulls.iter().zip(&at.up).zip(&at.down) {
            match (up, down) {
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
        #[cfg(test)]
        let objective = {
            let each = |t: usize| at.alphas[t] * (self.linear[t] - self.signs[t] * at.pulls[t]);
            0.5 * crate::math::sum::sum_of((0..at.alphas.len()).map(each))
        };
        Solution {
            alphas: at.alphas,
            intercept,
            #[cfg(test)]
            objective,
        }
    }
}

impl Point {
    /// Of the unknowns that can move up along y, the one with the steepest descent, and how steep.
    fn first(&self) -> Option<(usize, f64)> {
        let (mut best, mut top) = (None, f64::NEG_INFINITY);
        for (t, (&pull, up)) in self.pulls.iter().zip(&self.up).enumerate() {
            if *up && pull > top {
                (best, top) = (Some(t), pull);
            }
        }
        best.map(|t| (t, top))
    }

    /// Of the unknowns that can move down, the one whose move with `i` promises most; and the least steepness of any. `own` and `row` are the kernels of the rows
    /// with themselves and with the row of `i`.
    fn partner(&self, own: &[f64], row: &[f64], (i, top): (usize, f64)) -> (Option<usize>, f64) {
        let of_i = own[i % own.len()];
        let (mut best, mut low) = (None, f64::INFINITY);
        let (mut best_square, mut best_curvature) = (0.0, 1.0);
        for (part, (pulls, down)) in self.pulls.chunks(own.len()).zip(self.down.chunks(own.len())).enumerate() {
            for (t, (((&pull, down), k_own), k)) in pulls.iter().zip(down).zip(own).zip(row).enumerate() {
                if *down {
                    low = pull.min(low);
                    let gap = top - pull;
                    let curvature = (of_i + k_own - 2.0 * k).max(LEAST_CURVATURE);
                    // The larger of gap^2 / curvature, without dividing.
                    if gap > 0.0 && gap * gap * best_curvature > best_square * curvature {
                        (best, best_square, best_curvature) = (Some(part * own.len() + t), gap * gap, curvature);
                    }
                }
            }
        }
        (best, low)
    }
}
