//! Welch's t test: do two means differ, whatever their variances?
//!
//! `t = (mean x - mean y) / sqrt(s_x^2/m + s_y^2/n)`, degrees of freedom by Welch and Satterthwaite (Welch 1947). Checked against
//! `scipy.stats.ttest_ind(equal_var=False)` 1.17.1.

use crate::error::{Error, Result};
use crate::math::distribution::{t_quantile, t_sf};
use crate::math::sum::{mean, present, variance};

/// What the test gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Welch {
    /// Mean of x minus mean of y.
    pub difference: f64,
    /// Lower end of the interval of the difference.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The statistic.
    pub t: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Two-sided p-value.
    pub p: f64,
}

/// Compares the means of `x`, shape `(m,)`, and `y`, shape `(n,)`; missing values (NaN) are left out. `level`: coverage of the interval, 0..1.
///
/// # Errors
/// Fewer than two values in a sample, or no spread in both.
pub fn two_sided(x: &[f64], y: &[f64], level: f64) -> Result<Welch> {
    let (x, y) = (present(x), present(y));
    let refusal = |why| Error::not_computable("Welch's test", why, "Give both samples at least two values that differ.");
    if x.len() < 2 || y.len() < 2 {
        return Err(refusal("a sample has fewer than two values"));
    }
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let (m, n) = (x.len() as f64, y.len() as f64);
    let (vx, vy) = (variance(&x, 1) / m, variance(&y, 1) / n);
    if vx + vy <= 0.0 {
        return Err(refusal("neither sample has any spread"));
    }
    let difference = mean(&x) - mean(&y);
    let error = (vx + vy).sqrt();
    let df = (vx + vy) * (vx + vy) / (vx * vx / (m - 1.0) + vy * vy / (n - 1.0));
    let t = difference / error;
    let reach = t_quantile(0.5 + level / 2.0, df) * error;
    Ok(Welch { difference, low: difference - reach, high: difference + reach, t, df, p: (2.0 * t_sf(t.abs(), df)).min(1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::golden;

    #[test]
    fn test_and_interval_agree_with_the_reference() {
        for case in golden::cases("welch") {
            let found = two_sided(&case.numbers("x"), &case.numbers("y"), 0.95).unwrap();
            for (value, name) in [(found.t, "t"), (found.df, "df"), (found.p, "p"), (found.low, "low"), (found.high, "high")] {
                golden::close(value, case.expected(name), 1e-9);
            }
        }
    }

    #[test]
    fn without_spread_there_is_no_test() {
        assert!(two_sided(&[1.0, 1.0], &[2.0, 2.0], 0.95).is_err());
        assert!(two_sided(&[1.0], &[2.0, 3.0], 0.95).is_err());
    }
}
