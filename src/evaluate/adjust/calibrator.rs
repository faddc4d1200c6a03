//! Calibration curves of one class: Platt's and isotonic.
//!
//! *Platt* (1999): `p' = logistic(a + b logit p)`, fitted by maximum likelihood with his targets `(N+ + 1) / (N+ + 2)` and `1 / (N- + 2)`, which keep a
//! class that is told apart perfectly from being given 0 and 1. A curve that falls (`b <= 0`) would turn the ranking around: then there is none.
//! *Isotonic* (Zadrozny and Elkan 2002): the rising step function with the least squared error, by pooling adjacent violators (Ayer et al. 1955), with
//! straight lines between the ends of its steps. Checked against `sklearn.isotonic.IsotonicRegression`.

use super::super::calibration::{CLIP, recalibration};
use crate::math::elementary::{logistic, logit};
use serde::{Deserialize, Serialize};

/// A curve from probability to probability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calibrator {
    /// `logistic(intercept + slope logit p)`.
    Platt {
        /// Intercept.
        intercept: f64,
        /// Slope, above 0.
        slope: f64,
    },
    /// Straight lines between knots; level beyond the first and last.
    Isotonic {
        /// Probabilities, rising.
        at: Vec<f64>,
        /// Calibrated probability there, never falling.
        to: Vec<f64>,
    },
}

impl Calibrator {
    /// The curve of that name; `None` for "none", or where it cannot be fitted.
    pub(super) fn learn(method: &str, predicted: &[f64], happened: &[bool]) -> Option<Self> {
        match method {
            "platt" => platt(predicted, happened),
            "isotonic" => isotonic(predicted, happened),
            _ => None,
        }
    }

    /// The calibrated probability.
    #[must_use]
    pub fn apply(&self, p: f64) -> f64 {
        match self {
            Self::Platt { intercept, slope } => logistic(intercept + slope * logit(p.clamp(CLIP, 1.0 - CLIP))),
            Self::Isotonic { at, to } => {
                let above = at.partition_point(|&x| x < p);
                match (above.checked_sub(1), at.get(above)) {
                    (None, _) => to.first().copied().unwrap_or(p),
                    (Some(last), None) => to.get(last).copied().unwrap_or(p),
                    (Some(below), Some(&x)) => {
                        let share = (p - at[below]) / (x - at[below]);
                        to[below] + share * (to[above] - to[below])
                    }
                }
            }
        }
    }

    /// Whether a curve from outside is one.
    pub(super) fn is_valid(&self) -> bool {
        match self {
            Self::Platt { intercept, slope } => intercept.is_finite() && slope.is_finite() && *slope > 0.0,
            Self::Isotonic { at, to } => {
                let within = at.iter().chain(to).all(|v| (0.0..=1.0).contains(v));
                let rising = at.windows(2).all(|w| w[0] < w[1]) && to.windows(2).all(|w| w[0] <= w[1]);
                !at.is_empty() && at.len() == to.len() && within && rising
            }
        }
    }
}

fn platt(predicted: &[f64], happened: &[bool]) -> Option<Calibrator> {
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let positives = happened.iter().filter(|h| **h).count() as f64;
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let negatives = happened.len() as f64 - positives;
    let (high, low) = ((positives + 1.0) / (positives + 2.0), 1.0 / (negatives + 2.0));
    let rows: Vec<(f64, f64)> = predicted.iter().zip(happened).map(|(&p, &h)| (p, if h { high } else { low })).collect();
    recalibration(&rows).filter(|line| line.1 > 0.0).map(|(intercept, slope)| Calibrator::Platt { intercept, slope })
}

/// A step: first and last probability, rows, and how many of them happened.
type Step = (f64, f64, f64, f64);

fn isotonic(predicted: &[f64], happened: &[bool]) -> Option<Calibrator> {
    let mut rows: Vec<(f64, bool)> = predicted.iter().copied().zip(happened.iter().copied()).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut steps: Vec<Step> = Vec::new();
    for (p, h) in rows {
        let one = f64::from(u8::from(h));
        match steps.last_mut() {
            Some(last) if last.0 == p && last.1 == p => (last.2, last.3) = (last.2 + 1.0, last.3 + one),
            _ => {
                pool(&mut steps);
                steps.push((p, p, 1.0, one));
            }
        }
    }
    pool(&mut steps);
    let (mut at, mut to) = (Vec::new(), Vec::new());
    for (first, last, n, sum) in steps {
        at.push(first);
        to.push(sum / n);
        if last > first {
            at.push(last);
            to.push(sum / n);
        }
    }
    (!at.is_empty()).then_some(Calibrator::Isotonic { at, to })
}

/// Joins the last step with those before it while it is not higher than they are.
fn pool(steps: &mut Vec<Step>) {
    while let [.., before, last] = steps.as_slice()
        && before.3 * last.2 >= last.3 * before.2
    {
        let joined = (before.0, last.1, before.2 + last.2, before.3 + last.3);
        steps.truncate(steps.len() - 2);
        steps.push(joined);
    }
}
