//! Kolmogorov-Smirnov test of two samples: the greatest distance of their distribution functions.
//!
//! `D = max |F_x(t) - F_y(t)|`, two-sided. Exact p: the share of lattice paths that reach a distance of D, all orders of the pooled
//! sample being equally likely (Hodges 1958); with ties it is conservative. Asymptotic p: Kolmogorov's distribution for
//! `round(m n / (m + n))` observations. Checked against `scipy.stats.ks_2samp` 1.17.1, both methods.

use super::kolmogorov;
use crate::error::{Error, Result};
use crate::math::rank::sorted;
use crate::math::sum::present;

/// Products of sample sizes up to which [`Method::Auto`] is exact: a few milliseconds.
pub const EXACT_UP_TO: u64 = 1_000_000;

/// How the p-value is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Exact up to [`EXACT_UP_TO`], else asymptotic.
    Auto,
    /// Counts paths, m times n steps.
    Exact,
    /// By Kolmogorov's distribution.
    Asymptotic,
}

/// What the test gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distance {
    /// Greatest distance of the distribution functions, 0..=1.
    pub d: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Whether the p-value is exact.
    pub exact: bool,
}

/// Compares `x`, shape `(m,)`, with `y`, shape `(n,)`; missing values (NaN) are left out.
///
/// # Errors
/// A sample without values.
pub fn two_sample(x: &[f64], y: &[f64], method: Method) -> Result<Distance> {
    let (x, y) = (sorted(&present(x)), sorted(&present(y)));
    let (m, n) = (x.len() as u64, y.len() as u64);
    if m == 0 || n == 0 {
        return Err(Error::not_computable("The Kolmogorov-Smirnov test", "a sample has no values", "Give both samples at least one value."));
    }
    let shared = greatest_common_divisor(m, n);
    let steps = greatest_distance(&x, &y, n / shared, m / shared);
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let (d, effective) = (steps as f64 / (m / shared * n) as f64, m as f64 * n as f64 / (m + n) as f64);
    let exact = method == Method::Exact || (method == Method::Auto && m * n <= EXACT_UP_TO);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most the smaller row count")]
    let p = if exact { outside(m, n, n / shared, m / shared, steps) } else { kolmogorov::survival((effective.round_ties_even() as u32).max(1), d) };
    Ok(Distance { d, p: p.clamp(0.0, 1.0), exact })
}

/// Greatest `|i * up - j * down|` over the values of both ascending samples, i and j counting what is at or below the value.
fn greatest_distance(x: &[f64], y: &[f64], up: u64, down: u64) -> u64 {
    let (mut i, mut j, mut most) = (0, 0, 0);
    while i < x.len() && j < y.len() {
        let value = if x[i] <= y[j] { x[i] } else { y[j] };
        i += x[i..].iter().take_while(|v| **v == value).count();
        j += y[j..].iter().take_while(|v| **v == value).count();
        most = most.max((i as u64 * up).abs_diff(j as u64 * down));
    }
    most
}

/// Share of orders of the pooled sample whose path reaches a distance of `steps`. Only sums of positive terms: no digits are lost.
fn outside(m: u64, n: u64, up: u64, down: u64, steps: u64) -> f64 {
    if steps == 0 {
        return 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let share = |part: u64, whole: u64| part as f64 / whole as f64;
    let mut row: Vec<f64> = Vec::new();
    for i in 0..=m {
        let mut before = 0.0;
        for j in 0..=n {
            let above = if i == 0 { 0.0 } else { row[j as usize] };
            let here = if (i * up).abs_diff(j * down) >= steps {
                1.0
            } else if i + j == 0 {
                0.0
            } else {
                above * share(i, i + j) + before * share(j, i + j)
            };
            if i == 0 {
                row.push(here);
            } else {
                row[j as usize] = here;
            }
            before = here;
        }
    }
    row.last().copied().unwrap_or(f64::NAN)
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::golden;

    #[test]
    fn both_methods_agree_with_the_reference() {
        for case in golden::cases("ks_2samp") {
            let (x, y) = (case.numbers("x"), case.numbers("y"));
            let limit = two_sample(&x, &y, Method::Asymptotic).unwrap();
            golden::close(limit.d, case.expected("D"), 1e-12);
            golden::close(limit.p, case.expected("asymptotic"), 1e-7);
            if !case.expected("exact").is_nan() {
                let exact = two_sample(&x, &y, Method::Auto).unwrap();
                assert!(exact.exact);
                golden::close(exact.p, case.expected("exact"), 1e-9);
            }
        }
    }

    #[test]
    fn a_sample_does_not_differ_from_itself() {
        let x = [3.0, 1.0, 2.0, 2.0, f64::NAN];
        assert_eq!(two_sample(&x, &x, Method::Auto).unwrap(), Distance { d: 0.0, p: 1.0, exact: true });
    }

    #[test]
    fn an_empty_sample_is_refused() {
        assert!(two_sample(&[f64::NAN], &[1.0], Method::Auto).is_err());
    }
}
