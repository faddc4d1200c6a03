//! Do errors spread more where something is large? The test of Breusch and Pagan in Koenker's form, which needs no normal errors.
//!
//! `LM = n R2` of the regression of the squared residual on the predictor, with one degree of freedom of chi-square (Breusch and Pagan 1979; Koenker
//! 1981). R2 of one predictor is the square of its correlation. Checked against `statsmodels.stats.diagnostic.het_breuschpagan` as defined (`NumPy`).

use crate::math::distribution::chi_square_sf;
use crate::math::rank::pearson;

/// What the test says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// `n R2`.
    pub statistic: f64,
    /// Its p-value.
    pub p: f64,
}

/// Tests `residuals` against `predictor`, both of shape `(n_rows,)`; `None` for fewer than five rows or where either does not vary.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
pub fn breusch_pagan(residuals: &[f64], predictor: &[f64]) -> Option<Spread> {
    let n = residuals.len();
    if n < 5 || predictor.len() != n {
        return None;
    }
    let squares: Vec<f64> = residuals.iter().map(|e| e * e).collect();
    let r = pearson(&squares, predictor)?;
    let statistic = n as f64 * r * r;
    Some(Spread { statistic, p: chi_square_sf(statistic, 1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::golden::{close, validation};

    #[test]
    fn the_statistic_is_that_of_the_regression() {
        for case in validation("breusch_pagan") {
            let found = breusch_pagan(&case.numbers("residuals"), &case.numbers("predictor")).unwrap();
            close(found.statistic, case.expected("lm"), 1e-10);
            close(found.p, case.expected("p"), 1e-9);
        }
    }

    #[test]
    fn without_variation_there_is_no_test() {
        assert_eq!(breusch_pagan(&[1.0; 9], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]), None);
        assert_eq!(breusch_pagan(&[1.0, 2.0], &[1.0, 2.0]), None);
    }
}
