//! Would more rows help? Scores on ever more training rows, and the curve through them.
//!
//! The score on n rows is taken to follow `a + b n^-c` (Viering and Loog 2023 find power laws the best of the usual forms): for each c of a grid, refined by
//! golden sections, a and b are least squares, with a no better than the best value of the metric. The curve tells what twice the rows would bring. Its interval comes from the resamples of the scores, which are of
//! the same validation rows at every size, each with a curve of its own; it knows nothing of whether the law holds beyond the rows there are.

use super::interval::{Estimate, Resampled, quantile};
use super::metrics::{Direction, metric};
use crate::math::elementary::{exp, ln, pow};
use crate::math::rank::sorted;
use crate::math::sum::{mean, sum_of};
use serde::{Deserialize, Serialize};

/// Least and greatest exponent: flatter is a line in the logarithm of n, steeper a step.
const EXPONENTS: (f64, f64) = (0.05, 3.0);
/// Exponents tried, evenly on a logarithmic scale.
const GRID: usize = 40;
/// Golden sections between neighbours of the best: 40 make it exact to 1e-8.
const SECTIONS: usize = 40;
/// Fewest sizes for a curve of three parameters.
const LEAST_POINTS: usize = 4;
/// Half of what an interval leaves out.
const TAIL: f64 = 0.025;

/// Score at a number of training rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Training rows, mean over folds.
    pub n: f64,
    /// The score.
    pub score: Estimate,
}

/// A fitted curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PowerLaw {
    /// What the score tends to.
    pub a: f64,
    /// What is missing at one row, with its sign.
    pub b: f64,
    /// How fast it goes away.
    pub c: f64,
}

/// Scores and curve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LearningCurve {
    /// Metric id.
    pub metric: String,
    /// By number of training rows, ascending.
    pub points: Vec<Point>,
    /// The curve; `None` for fewer than four sizes.
    pub law: Option<PowerLaw>,
    /// Gain (positive is better) of twice the rows of the last point, by the curve.
    pub doubled: Option<f64>,
    /// Its interval.
    pub doubled_interval: Option<(f64, f64)>,
}

impl PowerLaw {
    /// The score at n rows.
    #[must_use]
    pub fn at(&self, n: f64) -> f64 {
        self.a + self.b * pow(n, -self.c)
    }

    /// The curve through scores at rows, both of shape `(n_points,)`; `best`: which way is better, and the best value there is, which it does not go beyond.
    /// `None` for fewer than four points or numbers that are not finite.
    #[must_use]
    pub fn fit(n: &[f64], scores: &[f64], best: Option<(Direction, f64)>) -> Option<Self> {
        if n.len() < LEAST_POINTS
            || scores.len() != n.len()
            || n.iter().any(|n| !(n.is_finite() && *n > 0.0))
            || scores.iter().any(|s| !s.is_finite())
        {
            return None;
        }
        let (least, most) = (ln(EXPONENTS.0), ln(EXPONENTS.1));
        #[expect(clippy::cast_precision_loss, reason = "a short grid")]
        let on_grid = |k: usize| least + (most - least) * k as f64 / (GRID as f64 - 1.0);
        let miss = |log_c: f64| line(n, scores, exp(log_c), best).1;
        let nearest = (0..GRID).min_by(|&i, &j| miss(on_grid(i)).total_cmp(&miss(on_grid(j))))?;
        let (mut low, mut high) = (on_grid(nearest.saturating_sub(1)), on_grid((nearest + 1).min(GRID - 1)));
        let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
        for _ in 0..SECTIONS {
            let (left, right) = (high - golden * (high - low), low + golden * (high - low));
            if miss(left) <= miss(right) { high = right } else { low = left }
        }
        let c = exp(f64::midpoint(low, high));
        let ((a, b), _) = line(n, scores, c, best);
        Some(Self { a, b, c })
    }
}

/// Least squares of scores on `n^-c`: intercept (no better than `best`) and slope, and the sum of squares left.
fn line(n: &[f64], scores: &[f64], c: f64, best: Option<(Direction, f64)>) -> ((f64, f64), f64) {
    let x: Vec<f64> = n.iter().map(|n| pow(*n, -c)).collect();
    let (centre_x, centre_y) = (mean(&x), mean(scores));
    let squares = sum_of(x.iter().map(|x| (x - centre_x) * (x - centre_x)));
    let products = sum_of(x.iter().zip(scores).map(|(x, y)| (x - centre_x) * (y - centre_y)));
    let mut b = if squares > 0.0 { products / squares } else { 0.0 };
    let mut a = centre_y - b * centre_x;
    if let Some((_, bound)) = best.filter(|(direction, bound)| direction.gain(a, *bound) > 0.0) {
        a = bound;
        b = sum_of(x.iter().zip(scores).map(|(x, y)| x * (y - bound))) / sum_of(x.iter().map(|x| x * x));
    }
    ((a, b), sum_of(x.iter().zip(scores).map(|(x, y)| (y - a - b * x) * (y - a - b * x))))
}

/// Scores and curve from the resampled scores at ascending numbers of training rows, all of the same metric and validation rows.
#[must_use]
pub fn learning_curve(main: &str, sizes: &[(f64, Resampled)]) -> LearningCurve {
    let points: Vec<Point> = sizes.iter().map(|(n, resampled)| Point { n: *n, score: resampled.estimate() }).collect();
    let known: Vec<&(f64, Resampled)> = sizes.iter().filter(|(_, r)| r.value.is_some()).collect();
    let n: Vec<f64> = known.iter().map(|(n, _)| *n).collect();
    let last = n.last().copied().unwrap_or(f64::NAN);
    let best = metric(main).ok().filter(|m| m.range.1.is_finite()).map(|m| (m.direction, m.range.1));
    let gain = |law: PowerLaw| metric(main).ok().map(|m| m.direction.gain(law.at(2.0 * last), law.at(last)));
    let law = known.iter().map(|(_, r)| r.value).collect::<Option<Vec<f64>>>().and_then(|scores| PowerLaw::fit(&n, &scores, best));
    let doubled = law.and_then(gain);
    let n_draws = known.iter().map(|(_, r)| r.draws.len()).min().unwrap_or(0);
    let one = |draw: usize| -> Option<f64> {
        let scores: Option<Vec<f64>> = known.iter().map(|(_, r)| r.draws.get(draw).copied().flatten()).collect();
        gain(PowerLaw::fit(&n, &scores?, best)?)
    };
    let gains = sorted(&(0..n_draws).filter_map(one).collect::<Vec<_>>());
    let enough = known.iter().all(|(_, r)| r.enough) && gains.len() * 2 > n_draws && gains.len() > 19;
    let ends = doubled.filter(|_| enough).map(|d| (quantile(&gains, TAIL).min(d), quantile(&gains, 1.0 - TAIL).max(d)));
    LearningCurve { metric: main.to_owned(), points, law, doubled, doubled_interval: ends }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::interval::{Method, Unit};
    use crate::math::golden::validation;

    #[test]
    fn curves_are_as_near_to_the_points_as_those_of_scipy() {
        for case in validation("power_law") {
            let (n, y) = (case.numbers("n"), case.numbers("y"));
            let law = PowerLaw::fit(&n, &y, None).unwrap();
            let left = sum_of(n.iter().zip(&y).map(|(n, y)| (law.at(*n) - y) * (law.at(*n) - y)));
            assert!(left <= case.expected("sse") * (1.0 + 1e-6) + 1e-12, "{law:?} {left}");
            assert!((law.at(1_000.0) - case.expected("at_1000")).abs() < 1e-4 * case.expected("at_1000").abs(), "{law:?}");
        }
    }

    #[test]
    fn no_curve_goes_beyond_the_best_there_is() {
        let n = [10.0, 20.0, 40.0, 70.0, 100.0];
        let scores = [0.5, 0.65, 0.8, 0.92, 0.98];
        let free = PowerLaw::fit(&n, &scores, None).unwrap();
        let bound = PowerLaw::fit(&n, &scores, Some((Direction::Higher, 1.0))).unwrap();
        assert!(free.at(1_000.0) > 1.0 && bound.a <= 1.0 && bound.at(1_000.0) <= 1.0, "{free:?} {bound:?}");
    }

    fn resampled(value: f64, noise: &[f64]) -> Resampled {
        Resampled {
            metric: "rmse".into(),
            value: Some(value),
            draws: noise.iter().map(|e| Some(value + e)).collect(),
            jackknife: Vec::new(),
            method: Method::Bootstrap { unit: Unit::Rows, resamples: noise.len() as u32 },
            n_rows: 100,
            n_rarest: 100,
            enough: true,
        }
    }

    #[test]
    fn twice_the_rows_bring_what_the_law_says_and_shared_luck_cancels() {
        let law = PowerLaw { a: 1.0, b: 20.0, c: 0.7 };
        let luck: Vec<f64> = (0..50).map(|i| (f64::from(i) - 24.5) / 100.0).collect();
        let sizes: Vec<(f64, Resampled)> = [40.0, 80.0, 160.0, 280.0, 400.0].iter().map(|&n| (n, resampled(law.at(n), &luck))).collect();
        let curve = learning_curve("rmse", &sizes);
        let wanted = law.at(400.0) - law.at(800.0);
        assert!((curve.doubled.unwrap() - wanted).abs() < 1e-6 && wanted > 0.0, "less error is a gain: {curve:?}");
        let (low, high) = curve.doubled_interval.unwrap();
        assert!(high - low < 1e-4, "a shift of all scores moves a, not the gain: {low} {high}");
    }

    #[test]
    fn three_sizes_have_scores_and_no_curve() {
        let sizes: Vec<(f64, Resampled)> = [10.0, 20.0, 40.0].iter().map(|&n| (n, resampled(1.0 / n, &[0.0; 30]))).collect();
        let curve = learning_curve("rmse", &sizes);
        assert_eq!((curve.points.len(), curve.law, curve.doubled), (3, None, None));
    }
}
