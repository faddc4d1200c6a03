//! The area under a ROC curve with its standard error, and the difference of two on the same rows, without resampling.
//!
//! The placement of a positive row is the share of negative rows scored below it (ties half), that of a negative row the share of positive rows
//! scored above it. The area is the mean placement; its variance is `S10 / m + S01 / n`, with S the sample variances of the placements of m positive
//! and n negative rows (`DeLong`, `DeLong` and Clarke-Pearson 1988); covariances of two scores in the same way. Placements come from mid-ranks, in
//! O(n log n) (Sun and Xu 2014). Rows are taken as independent. Checked against the definition in `NumPy` (`tests/reference/make_validation.py`).

use crate::math::distribution::{normal_quantile, normal_sf};
use crate::math::rank::ranks;
use crate::math::sum::{mean, sum_of};

/// An area with its variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Area under the curve, 0 to 1.
    pub value: f64,
    /// Variance of the estimate.
    pub variance: f64,
}

/// The difference of two areas on the same rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// First minus second.
    pub value: f64,
    /// Variance of the difference.
    pub variance: f64,
}

/// Placements of the positive and of the negative rows.
struct Placements {
    positive: Vec<f64>,
    negative: Vec<f64>,
}

impl Placements {
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    fn new(scores: &[f64], positive: &[bool]) -> Option<Self> {
        let of = |wanted: bool| -> Vec<f64> { scores.iter().zip(positive).filter(|(_, p)| **p == wanted).map(|(s, _)| *s).collect() };
        let (above, below) = (of(true), of(false));
        if above.len() < 2 || below.len() < 2 || scores.len() != positive.len() || scores.iter().any(|s| !s.is_finite()) {
            return None;
        }
        let (m, n) = (above.len() as f64, below.len() as f64);
        let all = ranks(&[above.as_slice(), below.as_slice()].concat());
        let (own_above, own_below) = (ranks(&above), ranks(&below));
        let (first, second) = all.split_at(above.len());
        Some(Self {
            positive: first.iter().zip(&own_above).map(|(all, own)| (all - own) / n).collect(),
            negative: second.iter().zip(&own_below).map(|(all, own)| 1.0 - (all - own) / m).collect(),
        })
    }

    fn area(&self) -> f64 {
        mean(&self.positive)
    }
}

/// Sample covariance over n - 1.
#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let (centre_a, centre_b) = (mean(a), mean(b));
    sum_of(a.iter().zip(b).map(|(x, y)| (x - centre_a) * (y - centre_b))) / (a.len() as f64 - 1.0)
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn joint(a: &Placements, b: &Placements) -> f64 {
    covariance(&a.positive, &b.positive) / a.positive.len() as f64 + covariance(&a.negative, &b.negative) / a.negative.len() as f64
}

/// The area under the ROC curve of `scores`, shape `(n_rows,)`, finite; `None` with fewer than two rows of either class.
#[must_use]
pub fn area(scores: &[f64], positive: &[bool]) -> Option<Area> {
    let own = Placements::new(scores, positive)?;
    Some(Area { value: own.area(), variance: joint(&own, &own).max(0.0) })
}

/// The area of `first` minus that of `second`, on the same rows; `None` as in [`area`].
#[must_use]
pub fn difference(first: &[f64], second: &[f64], positive: &[bool]) -> Option<Difference> {
    let (a, b) = (Placements::new(first, positive)?, Placements::new(second, positive)?);
    let variance = joint(&a, &a) + joint(&b, &b) - 2.0 * joint(&a, &b);
    Some(Difference { value: a.area() - b.area(), variance: variance.max(0.0) })
}

impl Area {
    /// The middle `level` of the normal distribution around it, within 0 to 1; `None` where the variance is 0 (classes that are fully apart).
    #[must_use]
    pub fn interval(&self, level: f64) -> Option<(f64, f64)> {
        let half = normal_quantile(0.5 + level / 2.0) * self.variance.sqrt();
        (half > 0.0).then(|| ((self.value - half).max(0.0), (self.value + half).min(1.0)))
    }
}

impl Difference {
    /// The middle `level` of the normal distribution around it; `None` where the variance is 0.
    #[must_use]
    pub fn interval(&self, level: f64) -> Option<(f64, f64)> {
        let half = normal_quantile(0.5 + level / 2.0) * self.variance.sqrt();
        (half > 0.0).then_some((self.value - half, self.value + half))
    }

    /// Two-sided p-value of no difference; `None` where the variance is 0.
    #[must_use]
    pub fn p(&self) -> Option<f64> {
        (self.variance > 0.0).then(|| (2.0 * normal_sf(self.value.abs() / self.variance.sqrt())).min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::golden::{close, validation};

    #[test]
    fn areas_and_differences_are_those_of_the_definition() {
        for case in validation("delong") {
            let positive: Vec<bool> = case.numbers("y").iter().map(|y| *y == 1.0).collect();
            let (a, b) = (case.numbers("a"), case.numbers("b"));
            let (first, second) = (area(&a, &positive).unwrap(), area(&b, &positive).unwrap());
            close(first.value, case.expected("auc_a"), 1e-12);
            close(first.variance, case.expected("var_a"), 1e-11);
            close(second.value, case.expected("auc_b"), 1e-12);
            close(second.variance, case.expected("var_b"), 1e-11);
            let apart = difference(&a, &b, &positive).unwrap();
            close(apart.variance, case.expected("var_difference"), 1e-10);
            close(apart.p().unwrap(), case.expected("p"), 1e-9);
        }
    }

    #[test]
    fn one_row_of_a_class_or_a_score_that_is_no_number_has_no_area() {
        assert_eq!(area(&[0.1, 0.2, 0.3], &[true, false, false]), None);
        assert_eq!(area(&[0.1, f64::NAN, 0.3, 0.4], &[true, true, false, false]), None);
        assert_eq!(area(&[], &[]), None);
    }

    #[test]
    fn classes_that_are_fully_apart_have_no_interval() {
        let apart = area(&[0.9, 0.8, 0.2, 0.1], &[true, true, false, false]).unwrap();
        assert_eq!((apart.value, apart.interval(0.95)), (1.0, None));
        let same = difference(&[0.9, 0.8, 0.2, 0.85], &[0.9, 0.8, 0.2, 0.85], &[true, true, false, false]).unwrap();
        assert_eq!((same.value, same.p()), (0.0, None));
    }
}
