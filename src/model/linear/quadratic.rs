//! The least point of a quadratic with absolute penalties: `x'Gx/2 - c'x + sum_j a_j |x_j| + sum_j s_j x_j^2 / 2`.
//!
//! Sweeps of coordinate descent find which unknowns are 0; the linear system of the others is then solved at once (Cholesky). Where a sign would change
//! on the way to that solution, the step ends there, with that unknown at 0: every step lowers the value, and the optimality conditions say when
//! to stop. G is symmetric and positive semidefinite, shape `(n, n)`; an unknown with a diagonal of 0 keeps its value.

use crate::math::linear::{Cholesky, times};
use ndarray::Array2;

/// Sweeps between two looks at the signs; when they stay, the system of the unknowns that are not 0 is solved.
const SWEEPS: usize = 3;
/// Most looks at the signs before it is solved anyway: where unknowns nearly repeat each other, sweeps alone hardly move.
const BLOCKS: usize = 20;
/// Most rounds of sweeps and a solution; a few are usual.
const ROUNDS: usize = 400;
/// Largest violation of an optimality condition, in units of the largest right-hand side, at which the point is the optimum to working accuracy.
pub(super) const STILL: f64 = 1e-13;

/// The quadratic and its penalties.
pub(super) struct Quadratic {
    /// G.
    pub gram: Array2<f64>,
    /// c, shape `(n,)`.
    pub right: Vec<f64>,
    /// a >= 0, shape `(n,)`.
    pub absolute: Vec<f64>,
    /// s >= 0, shape `(n,)`.
    pub squared: Vec<f64>,
    /// Largest violation of an optimality condition that is let pass, in units of the largest right-hand side: [`STILL`], or more.
    pub still: f64,
}

impl Quadratic {
    /// The least point, found from `start`; after the last round the best point so far.
    pub(super) fn minimise(&self, start: &[f64]) -> Vec<f64> {
        let mut x = start.to_vec();
        let size = |j: usize| if self.own(j) > 0.0 { (self.right[j].abs() + self.absolute[j]) / self.own(j).sqrt() } else { 0.0 };
        let still = self.still * (0..x.len()).map(size).fold(0.0, f64::max);
        for _ in 0..ROUNDS {
            let mut product = times(&self.gram, &x);
            for _ in 0..BLOCKS {
                let before: Vec<f64> = x.iter().map(|v| sign(*v)).collect();
                (0..SWEEPS).for_each(|_| self.sweep(&mut x, &mut product));
                if x.iter().zip(&before).all(|(v, before)| sign(*v) == *before) {
                    break;
                }
            }
            if self.violation(&x) <= still {
                break;
            }
            self.solve_the_rest(&mut x);
            if self.violation(&x) <= still {
                break;
            }
        }
        x
    }

    fn own(&self, j: usize) -> f64 {
        self.gram[[j, j]]
    }

    /// Every unknown once to where it is best while the others stay; `product` is G x.
    fn sweep(&self, x: &mut [f64], product: &mut [f64]) {
        for j in 0..x.len() {
            let own = self.own(j);
            if own <= 0.0 {
                continue;
            }
            let next = soft_threshold(self.right[j] - product[j] + own * x[j], self.absolute[j]) / (own + self.squared[j]);
            let change = next - x[j];
            if change != 0.0 {
                for (cell, g) in product.iter_mut().zip(self.gram.row(j)) {
                    *cell += change * g;
                }
                x[j] = next;
            }
        }
    }

    /// Moves the unknowns that are not 0 to the least point of their signs, or as far as the first of them reaches 0.
    fn solve_the_rest(&self, x: &mut [f64]) {
        let free: Vec<usize> = (0..x.len()).filter(|&j| self.own(j) > 0.0 && (x[j] != 0.0 || self.absolute[j] == 0.0)).collect();
        let system = Array2::from_shape_fn((free.len(), free.len()), |(a, b)| {
            self.gram[[free[a], free[b]]] + if a == b { self.squared[free[a]] } else { 0.0 }
        });
        let Ok(factor) = Cholesky::new(&system) else { return };
        // The system is solved for the step, so that what the factor lost to rounding is lost from a small number.
        let product = times(&self.gram, x);
        let downhill: Vec<f64> = free.iter().map(|&j| self.right[j] - product[j] - self.squared[j] * x[j] - self.absolute[j] * sign(x[j])).collect();
        let step = factor.solve(&downhill);
        let crosses = |(&j, d): (&usize, &f64)| self.absolute[j] > 0.0 && x[j] * (x[j] + d) <= 0.0;
        let first = free.iter().zip(&step).filter(|&(j, d)| crosses((j, d))).map(|(&j, d)| (-x[j] / d, j)).min_by(|a, b| a.0.total_cmp(&b.0));
        let share = first.map_or(1.0, |f| f.0);
        for (&j, d) in free.iter().zip(&step) {
            x[j] += share * d;
        }
        if let Some((_, j)) = first {
            x[j] = 0.0;
        }
    }

    /// How far the optimality conditions are from holding, each in units of its unknown's deviation.
    fn violation(&self, x: &[f64]) -> f64 {
        let product = times(&self.gram, x);
        let each = |j: usize| {
            let pull = self.right[j] - product[j] - self.squared[j] * x[j];
            let off = if x[j] == 0.0 { (pull.abs() - self.absolute[j]).max(0.0) } else { (pull - self.absolute[j] * sign(x[j])).abs() };
            off / self.own(j).sqrt()
        };
        (0..x.len()).filter(|&j| self.own(j) > 0.0).map(each).fold(0.0, f64::max)
    }
}

fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

/// `value` nearer to 0 by `by`, and 0 where it is nearer already.
pub(super) fn soft_threshold(value: f64, by: f64) -> f64 {
    if value > by {
        value - by
    } else if value < -by {
        value + by
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;

    #[test]
    fn the_optimality_conditions_hold_even_where_unknowns_nearly_repeat_each_other() {
        let mut stream = Stream::new(2, "quadratic", 0);
        let base: Vec<Vec<f64>> = (0..6).map(|_| (0..50).map(|_| stream.normal()).collect()).collect();
        let mut columns = base.clone();
        columns.extend(base.iter().map(|c| c.iter().map(|v| v + 1e-4 * stream.normal()).collect()));
        let y: Vec<f64> = (0..50).map(|i| base[0][i] - 0.5 * base[1][i] + 0.1 * stream.normal()).collect();
        let inner = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        for absolute in [0.0, 0.5, 5.0, 1e3] {
            let problem = Quadratic {
                gram: Array2::from_shape_fn((12, 12), |(i, j)| inner(&columns[i], &columns[j])),
                right: columns.iter().map(|c| inner(c, &y)).collect(),
                absolute: vec![absolute; 12],
                squared: vec![1e-3; 12],
                still: STILL,
            };
            let x = problem.minimise(&[0.0; 12]);
            assert!(problem.violation(&x) < 1e-9, "{absolute}: {}", problem.violation(&x));
            assert_eq!(x.iter().all(|v| *v == 0.0), absolute == 1e3);
        }
    }

    #[test]
    fn the_threshold_is_soft() {
        assert_eq!([3.0, -3.0, 0.5].map(|v| soft_threshold(v, 1.0)), [2.0, -2.0, 0.0]);
    }
}
