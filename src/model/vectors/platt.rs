//! Probabilities from decision values: a logistic curve fitted to them (Platt 2000, with the method of Lin, Lin and Weng 2007, Machine Learning 68, 267).
//!
//! `P(positive | f) = logistic(slope f + offset)` minimises the weighted cross-entropy with targets `(N+ + 1) / (N+ + 2)` for positive rows and `1 / (N- + 2)` for
//! the others, N the weight of each class, so that separable values stay finite. Checked against scikit-learn's sigmoid calibration to 1e-4, where its search stops.

use crate::math::elementary::{exp, ln, ln_1p};
use crate::math::sum::{Accumulator, sum_of};

/// Most Newton steps.
const STEPS: usize = 100;
/// Most halvings of one step.
const HALVINGS: usize = 40;
/// Added to both curvatures, so that equal decision values do not divide by 0.
const RIDGE: f64 = 1e-12;
/// Gradient, as a share of the summed weight, at which the curve is found.
const STILL: f64 = 1e-12;

/// Slope and offset for decision `values` of rows that are `positive` or not, with `weights` > 0; shapes `(n,)`.
pub(super) fn sigmoid(values: &[f64], positive: &[bool], weights: &[f64]) -> (f64, f64) {
    let of = |which: bool| sum_of(positive.iter().zip(weights).filter(|(p, _)| **p == which).map(|(_, w)| *w));
    let (yes, no) = (of(true), of(false));
    let (high, low) = ((yes + 1.0) / (yes + 2.0), 1.0 / (no + 2.0));
    let targets: Vec<f64> = positive.iter().map(|p| if *p { high } else { low }).collect();
    let loss = |slope: f64, offset: f64| {
        let each = |((f, t), w): ((&f64, &f64), &f64)| {
            let z = slope * f + offset;
            w * (z.max(0.0) - t * z + ln_1p(exp(-z.abs())))
        };
        sum_of(values.iter().zip(&targets).zip(weights).map(each))
    };
    let (mut slope, mut offset) = (0.0, ln((yes + 1.0) / (no + 1.0)));
    let mut now = loss(slope, offset);
    for _ in 0..STEPS {
        let mut sums = [Accumulator::default(); 5];
        for ((f, t), w) in values.iter().zip(&targets).zip(weights) {
            let z = slope * f + offset;
            let p = crate::math::elementary::logistic(z);
            let (residual, curved) = (w * (t - p), w * p * (1.0 - p));
            let terms = [residual * f, residual, curved * f * f, curved * f, curved];
            sums.iter_mut().zip(terms).for_each(|(sum, term)| sum.add(term));
        }
        let [g_slope, g_offset, ss, so, oo] = sums.map(|s| s.value());
        if g_slope.abs().max(g_offset.abs()) <= STILL * (yes + no) {
            break;
        }
        let (ss, oo) = (ss + RIDGE, oo + RIDGE);
        let determinant = ss * oo - so * so;
        let (d_slope, d_offset) = ((oo * g_slope - so * g_offset) / determinant, (ss * g_offset - so * g_slope) / determinant);
        let halves = std::iter::successors(Some(1.0), |s| Some(s * 0.5)).take(HALVINGS);
        let better = halves.map(|s| (slope + s * d_slope, offset + s * d_offset)).map(|(a, b)| (a, b, loss(a, b))).find(|c| c.2 < now);
        let Some((a, b, next)) = better else { break };
        (slope, offset, now) = (a, b, next);
    }
    (slope, offset)
}
