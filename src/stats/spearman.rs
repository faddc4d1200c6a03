//! Spearman's rank correlation with its p-value: does one rise with the other, in whatever way?
//!
//! `t = r sqrt((n - 2) / (1 - r2))` with n - 2 degrees of freedom, two-sided. Checked against `scipy.stats.spearmanr`.

use crate::math::distribution::t_sf;
use crate::math::rank::spearman;

/// A rank correlation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correlation {
    /// From -1 to 1.
    pub rho: f64,
    /// Two-sided p-value of no correlation.
    pub p: f64,
}

/// The rank correlation of two lists of shape `(n_rows,)` without missing values; `None` for fewer than four rows or where either does not vary.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
pub fn correlation(x: &[f64], y: &[f64]) -> Option<Correlation> {
    let n = x.len();
    if n < 4 || y.len() != n || x.iter().chain(y).any(|v| !v.is_finite()) {
        return None;
    }
    let rho = spearman(x, y)?.clamp(-1.0, 1.0);
    let left = 1.0 - rho * rho;
    let p = if left <= 0.0 { 0.0 } else { 2.0 * t_sf(rho.abs() * ((n as f64 - 2.0) / left).sqrt(), n as f64 - 2.0) };
    Some(Correlation { rho, p: p.min(1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::golden::{close, validation};

    #[test]
    fn correlation_and_p_are_those_of_scipy() {
        for case in validation("spearman") {
            let found = correlation(&case.numbers("x"), &case.numbers("y")).unwrap();
            close(found.rho, case.expected("rho"), 1e-12);
            close(found.p, case.expected("p"), 1e-9);
        }
    }

    #[test]
    fn what_does_not_vary_has_none() {
        assert_eq!(correlation(&[1.0; 6], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), None);
        assert_eq!(correlation(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0]), None);
    }
}
