//! Adjusted p-values that bound the share of false discoveries among many tests.
//!
//! Benjamini and Hochberg (1995): `min over larger p of m p / rank`, for independent or positively dependent tests; Benjamini and
//! Yekutieli (2001): the same times `1 + 1/2 + ... + 1/m`, for any dependence. Report the family size m beside them. Checked against
//! statsmodels 0.15.0.

use crate::math::rank::order;

/// Adjusted p-values in the order given, shape `(m,)`, each 0..=1 (Benjamini-Hochberg).
#[must_use]
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    step_up(p, 1.0)
}

/// Adjusted p-values in the order given, shape `(m,)`, each 0..=1 (Benjamini-Yekutieli).
#[must_use]
pub fn benjamini_yekutieli(p: &[f64]) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "tests are few")]
    let harmonic = (1..=p.len()).map(|i| 1.0 / i as f64).sum();
    step_up(p, harmonic)
}

fn step_up(p: &[f64], factor: f64) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "tests are few")]
    let m = p.len() as f64;
    let mut adjusted = vec![1.0; p.len()];
    let mut least: f64 = 1.0;
    for (rank, position) in order(p).into_iter().enumerate().rev() {
        #[expect(clippy::cast_precision_loss, reason = "tests are few")]
        let rank = (rank + 1) as f64;
        least = least.min(factor * m * p[position] / rank);
        adjusted[position] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::golden;

    #[test]
    fn both_procedures_agree_with_the_reference() {
        type Adjust = fn(&[f64]) -> Vec<f64>;
        for (name, adjust) in [("fdr_bh", benjamini_hochberg as Adjust), ("fdr_by", benjamini_yekutieli)] {
            for case in golden::cases(name) {
                for (found, expected) in adjust(&case.numbers("p")).into_iter().zip(case.expected_numbers()) {
                    golden::close(found, expected, 1e-12);
                }
            }
        }
    }

    #[test]
    fn no_tests_give_no_values() {
        assert!(benjamini_hochberg(&[]).is_empty());
        assert_eq!(benjamini_yekutieli(&[0.3]), [0.3]);
    }
}
