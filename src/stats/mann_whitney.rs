//! Mann-Whitney U test: does one sample tend to larger values?
//!
//! `U` counts the pairs in which the first sample's value is larger (ties half). Two-sided p: exact distribution of U without ties for
//! small samples, else the normal limit with tie correction and continuity correction (Mann and Whitney 1947). Checked against
//! `scipy.stats.mannwhitneyu` 1.17.1.

use crate::error::{Error, Result};
use crate::math::distribution::normal_sf;
use crate::math::rank::{ranks, tie_sizes};
use crate::math::sum::{present, sum};

/// Products of sample sizes up to which the exact distribution is used: beyond, the limit agrees to three digits.
pub const EXACT_UP_TO: usize = 1_600;

/// What the test gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MannWhitney {
    /// Pairs in which x is larger than y, ties half.
    pub u: f64,
    /// The same as a share of all pairs: the probability that x is larger; 0.5 when neither is.
    pub superiority: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Whether the p-value is exact.
    pub exact: bool,
}

/// Compares `x`, shape `(m,)`, with `y`, shape `(n,)`; missing values (NaN) are left out.
///
/// # Errors
/// A sample without values.
pub fn two_sided(x: &[f64], y: &[f64]) -> Result<MannWhitney> {
    let (x, y) = (present(x), present(y));
    if x.is_empty() || y.is_empty() {
        return Err(Error::not_computable("The Mann-Whitney test", "a sample has no values", "Give both samples at least one value."));
    }
    let pooled = [x.as_slice(), y.as_slice()].concat();
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let (m, n) = (x.len() as f64, y.len() as f64);
    let u = sum(&ranks(&pooled)[..x.len()]) - m * (m + 1.0) / 2.0;
    let ties = tie_sizes(&pooled);
    let exact = ties.iter().all(|&t| t == 1) && x.len() * y.len() <= EXACT_UP_TO;
    let larger = u.max(m * n - u);
    let one_sided = if exact { exact_tail(x.len(), y.len(), larger) } else { limit_tail(m, n, larger, &ties) };
    Ok(MannWhitney { u, superiority: u / (m * n), p: (2.0 * one_sided).min(1.0), exact })
}

fn limit_tail(m: f64, n: f64, u: f64, ties: &[usize]) -> f64 {
    let all = m + n;
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let tied: Vec<f64> = ties.iter().map(|&t| t as f64).map(|t| t * t * t - t).collect();
    let variance = m * n / 12.0 * (all + 1.0 - sum(&tied) / (all * (all - 1.0)));
    // All values equal: every order is as likely as any other.
    if variance > 0.0 { normal_sf((u - m * n / 2.0 - 0.5) / variance.sqrt()) } else { 1.0 }
}

/// P(U >= u) when all orders are equally likely: U is a sum over the y of how many x stand above.
fn exact_tail(m: usize, n: usize, u: f64) -> f64 {
    // shares[i][v]: probability that U = v for the first i values of x among all of y so far.
    let mut shares: Vec<Vec<f64>> = (0..=m).map(|_| vec![1.0]).collect();
    for j in 1..=n {
        for i in 1..=m {
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let last_is_x = i as f64 / (i + j) as f64;
            // Largest value is an x: it stands above all j of y. Else a y, above which nothing stands.
            let mut next = vec![0.0; i * j + 1];
            for (v, share) in shares[i - 1].iter().enumerate() {
                next[v + j] += last_is_x * share;
            }
            for (v, share) in shares[i].iter().enumerate() {
                next[v] += (1.0 - last_is_x) * share;
            }
            shares[i] = next;
        }
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= u <= m n")]
    let from = u.ceil() as usize;
    sum(&shares[m][from..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::golden;

    #[test]
    fn exact_and_limit_agree_with_the_reference() {
        for case in golden::cases("mannwhitneyu") {
            let found = two_sided(&case.numbers("x"), &case.numbers("y")).unwrap();
            golden::close(found.u, case.expected("U"), 1e-12);
            golden::close(found.p, case.expected(if found.exact { "exact" } else { "asymptotic" }), 1e-9);
        }
    }

    #[test]
    fn samples_of_one_value_do_not_differ() {
        assert_eq!(two_sided(&[2.0; 4], &[2.0; 3]).unwrap(), MannWhitney { u: 6.0, superiority: 0.5, p: 1.0, exact: false });
        assert!(two_sided(&[], &[1.0]).is_err());
    }
}
