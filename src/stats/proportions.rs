//! Intervals of a share and of the difference of two shares.
//!
//! Wilson's score interval (Wilson 1927) and Newcombe's hybrid of two of them (Newcombe 1998, method 10): both keep their coverage for
//! small counts and shares near 0 or 1, where the usual `p +- z s` fails. Checked against statsmodels 0.15.0.

use crate::math::distribution::normal_quantile;

/// Wilson's interval of the share `count / of`; `level`: coverage, 0..1. `None` for 0 of 0 or a count above `of`.
#[must_use]
pub fn wilson(count: u64, of: u64, level: f64) -> Option<(f64, f64)> {
    if of == 0 || count > of || !(level > 0.0 && level < 1.0) {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let (k, n) = (count as f64, of as f64);
    let z = normal_quantile(0.5 + level / 2.0);
    let (share, z2) = (k / n, z * z);
    let centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let reach = z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt() / (1.0 + z2 / n);
    Some((if count == 0 { 0.0 } else { (centre - reach).max(0.0) }, if count == of { 1.0 } else { (centre + reach).min(1.0) }))
}

/// Newcombe's interval of `first - second`, each a share (count, of); `None` as in [`wilson`].
#[must_use]
pub fn newcombe(first: (u64, u64), second: (u64, u64), level: f64) -> Option<(f64, f64)> {
    let (low1, high1) = wilson(first.0, first.1, level)?;
    let (low2, high2) = wilson(second.0, second.1, level)?;
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let share = |(k, n): (u64, u64)| k as f64 / n as f64;
    let (p1, p2) = (share(first), share(second));
    let reach = |a: f64, b: f64| (a * a + b * b).sqrt();
    Some((p1 - p2 - reach(p1 - low1, high2 - p2), p1 - p2 + reach(high1 - p1, p2 - low2)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::golden;

    #[test]
    fn intervals_agree_with_the_reference() {
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        for case in golden::cases("wilson") {
            let (low, high) = wilson(case.number("k") as u64, case.number("n") as u64, 0.95).unwrap();
            let expected = case.expected_numbers();
            near(low, expected[0]);
            near(high, expected[1]);
        }
        for case in golden::cases("newcombe") {
            let count = |name: &str| case.number(name) as u64;
            let (low, high) = newcombe((count("k1"), count("n1")), (count("k2"), count("n2")), 0.95).unwrap();
            near(low, case.expected_numbers()[0]);
            near(high, case.expected_numbers()[1]);
        }
    }

    #[test]
    fn nothing_of_nothing_has_no_share() {
        assert_eq!((wilson(0, 0, 0.95), wilson(3, 2, 0.95), newcombe((0, 0), (1, 2), 0.95)), (None, None, None));
    }
}
