//! Calibration: of the rows given 30 %, do 30 % happen?
//!
//! Bins of equal mass, equal probabilities kept together; expected calibration error `sum n_b / n |observed_b - predicted_b|` (Naeini et al.
//! 2015; bins checked against `sklearn.calibration.calibration_curve(strategy="quantile")`); slope and intercept of the logistic recalibration `logit P(y) = a + b logit p` (Cox 1958): 1 and 0 are perfect, a slope below 1 says
//! the probabilities are too extreme. Intervals of the bins are Wilson's (1927).

use super::Scored;
use crate::math::elementary::{logistic, logit};
use crate::math::sort;
use crate::math::sum;
use serde::{Deserialize, Serialize};

/// Bins asked for.
const BINS: usize = 10;
/// Fewest rows a bin should hold; fewer bins are made of small tables.
const LEAST_ROWS: usize = 20;
/// Probabilities are kept this far from 0 and 1 before the logit.
pub(super) const CLIP: f64 = 1e-6;
/// Newton steps of the recalibration; it converges in about 6 or not at all.
const STEPS: usize = 50;
/// 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// One bin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// Rows.
    pub n: u64,
    /// Mean predicted probability.
    pub predicted: f64,
    /// Share that happened.
    pub observed: f64,
    /// Wilson interval of the share, lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// How well probabilities fit what happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Class it is about (binary: the positive one).
    pub class: usize,
    /// Bins in ascending order of probability.
    pub bins: Vec<CalibrationBin>,
    /// Expected calibration error over these bins, 0 to 1.
    pub ece: f64,
    /// Slope of the recalibration; `None` when it does not converge (one class, separated classes, one probability).
    pub slope: Option<f64>,
    /// Intercept of the recalibration.
    pub intercept: Option<f64>,
    /// Rows.
    pub n_rows: u64,
}

/// Calibration of one class of a classification; `None` for regression, no rows or numbers that are not sound.
#[must_use]
pub fn calibration(scored: &Scored<'_>, class: usize) -> Option<Calibration> {
    if class >= scored.n_classes || !scored.is_sound() {
        return None;
    }
    let outcome = scored.classes().map(|c| f64::from(u8::from(c == class)));
    let mut rows: Vec<(f64, f64)> = scored.predictions.class(class).into_iter().zip(outcome).collect();
    sort::pairs(&mut rows);
    let bins = bins(&rows, (rows.len() / LEAST_ROWS).clamp(1, BINS));
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let ece = bins.iter().map(|b| b.n as f64 * (b.observed - b.predicted).abs()).sum::<f64>() / rows.len() as f64;
    let line = recalibration(&rows);
    Some(Calibration { class, bins, ece, slope: line.map(|l| l.1), intercept: line.map(|l| l.0), n_rows: rows.len() as u64 })
}

/// Cuts sorted rows (probability, outcome) into bins of about equal mass; equal probabilities are never parted.
fn bins(rows: &[(f64, f64)], wanted: usize) -> Vec<CalibrationBin> {
    let mut all = Vec::with_capacity(wanted);
    let mut from = 0;
    for k in 1..=wanted {
        let mut to = rows.len() * k / wanted;
        while to > 0 && to < rows.len() && rows[to].0 == rows[to - 1].0 {
            to += 1;
        }
        if to > from {
            all.push(bin(&rows[from..to]));
            from = to;
        }
    }
    all
}

fn bin(rows: &[(f64, f64)]) -> CalibrationBin {
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let n = rows.len() as f64;
    let predicted = sum::sum_of(rows.iter().map(|r| r.0)) / n;
    let observed = sum::sum_of(rows.iter().map(|r| r.1)) / n;
    let centre = (observed + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (observed * (1.0 - observed) / n + Z * Z / (4.0 * n * n)).sqrt();
    CalibrationBin { n: rows.len() as u64, predicted, observed, low: (centre - half).max(0.0), high: (centre + half).min(1.0) }
}

/// Intercept and slope by Newton's method on the log-likelihood of two parameters; rows are (probability, outcome or share of it).
pub(super) fn recalibration(rows: &[(f64, f64)]) -> Option<(f64, f64)> {
    let x: Vec<f64> = rows.iter().map(|r| logit(r.0.clamp(CLIP, 1.0 - CLIP))).collect();
    let share = sum::mean(&rows.iter().map(|r| r.1).collect::<Vec<f64>>());
    // From where nothing is to be done; where that is too far off, from where the probabilities say nothing.
    newton(&x, rows, (0.0, 1.0)).or_else(|| newton(&x, rows, (logit(share.clamp(CLIP, 1.0 - CLIP)), 0.0)))
}

/// Newton's steps from a start; `None` when they do not converge.
fn newton(x: &[f64], rows: &[(f64, f64)], (mut a, mut b): (f64, f64)) -> Option<(f64, f64)> {
    for _ in 0..STEPS {
        let mut sums = [sum::Accumulator::default(); 5];
        for (&x, row) in x.iter().zip(rows) {
            let p = logistic(a + b * x);
            let w = p * (1.0 - p);
            for (s, term) in sums.iter_mut().zip([row.1 - p, (row.1 - p) * x, w, w * x, w * x * x]) {
                s.add(term);
            }
        }
        let [g0, g1, h00, h01, h11] = sums.map(|s| s.value());
        let determinant = h00 * h11 - h01 * h01;
        if determinant <= 1e-12 * h00 * h11 {
            return None;
        }
        let (da, db) = ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant);
        a += da;
        b += db;
        if !a.is_finite() || !b.is_finite() || b.abs() > 1e3 {
            return None;
        }
        if da.abs() < 1e-10 && db.abs() < 1e-10 {
            return Some((a, b));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;
    use crate::model::Predictions;
    use crate::task::TaskKind;

    /// Outcomes drawn with probability p; `bend` is what the model says of p.
    fn drawn(n: usize, bend: impl Fn(f64) -> f64) -> Calibration {
        let mut stream = Stream::new(11, "test/calibration", 0);
        let chance: Vec<f64> = (0..n).map(|_| 0.02 + 0.96 * stream.uniform()).collect();
        let truth: Vec<f64> = chance.iter().map(|&p| f64::from(u8::from(stream.chance(p)))).collect();
        let values = chance.iter().flat_map(|&p| [1.0 - bend(p), bend(p)]).collect();
        let predictions = Predictions { n_classes: 2, values, cuts: Vec::new() };
        calibration(&Scored { truth: &truth, predictions: &predictions, kind: TaskKind::Binary, n_classes: 2 }, 1).unwrap()
    }

    #[test]
    fn bins_of_equal_mass_are_those_of_scikit_learn() {
        let all: serde_json::Value = serde_json::from_str(include_str!("../../tests/reference/metrics.json")).unwrap();
        let case = all["cases"].as_array().unwrap().iter().find(|c| c["fn"] == "calibration_curve_quantile5").unwrap();
        let list = |v: &serde_json::Value| v.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect::<Vec<f64>>();
        let mut rows: Vec<(f64, f64)> = list(&case["input"]["score"]).into_iter().zip(list(&case["input"]["y"])).collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        let found = bins(&rows, 5);
        assert_eq!(found.len(), 5);
        for (bin, (observed, predicted)) in found.iter().zip(list(&case["expect"]["frac"]).into_iter().zip(list(&case["expect"]["mean"]))) {
            assert!((bin.observed - observed).abs() < 1e-12 && (bin.predicted - predicted).abs() < 1e-12, "{bin:?}");
        }
    }

    #[test]
    fn honest_probabilities_have_slope_one_and_little_error() {
        let found = drawn(20_000, |p| p);
        assert!((found.slope.unwrap() - 1.0).abs() < 0.06 && found.intercept.unwrap().abs() < 0.06 && found.ece < 0.02);
        assert_eq!(found.bins.len(), 10);
        assert!(found.bins.iter().all(|b| b.n == 2_000));
    }

    #[test]
    fn probabilities_that_are_too_extreme_have_the_slope_that_undoes_it() {
        let found = drawn(20_000, |p| logistic(2.0 * logit(p)));
        assert!((found.slope.unwrap() - 0.5).abs() < 0.03, "{:?}", found.slope);
        assert!(found.ece > 0.05);
    }

    #[test]
    fn equal_probabilities_stay_in_one_bin_and_have_no_slope() {
        let predictions = Predictions { n_classes: 2, values: [0.7, 0.3].repeat(200), cuts: Vec::new() };
        let truth: Vec<f64> = (0..200).map(|i| f64::from(i % 2)).collect();
        let found = calibration(&Scored { truth: &truth, predictions: &predictions, kind: TaskKind::Binary, n_classes: 2 }, 1).unwrap();
        assert_eq!((found.bins.len(), found.slope), (1, None));
        assert!((found.ece - 0.2).abs() < 1e-12);
    }
}
