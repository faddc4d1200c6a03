//! Whether a series stays about a level or a line: the test of Kwiatkowski, Phillips, Schmidt and Shin (1992, *Journal of Econometrics* 54, 159-178).
//!
//! `sum of squared partial sums of the residuals / (n^2 s^2)`, residuals about the mean ("level") or the least-squares line ("trend"), `s^2` their long-run variance
//! with Bartlett weights over the number of lags that Hobijn, Franses and Ooms (2004) choose from the residuals. A small p-value speaks against the level or line.
//! The p-value is read off the authors' table between 0.01 and 0.10, and held at its ends.
//!
//! Checked against statsmodels 0.15.0 `kpss(regression="c" | "ct", nlags="auto")` to 1e-9 (`tests/reference/time.json`).

use crate::math::elementary::pow;
use crate::math::sum::mean;

/// Critical values about a level and about a line.
const CRITICAL: [[f64; 4]; 2] = [[0.347, 0.463, 0.574, 0.739], [0.119, 0.146, 0.176, 0.216]];
/// Their p-values.
const P: [f64; 4] = [0.10, 0.05, 0.025, 0.01];

/// Statistic and p-value (0.01 to 0.10, ends meaning "or beyond"); `about_line`: residuals about the least-squares line. `None` for fewer than ten values or where
/// nothing is left. `values`: shape `(n,)`, finite, in order.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "series are short")]
pub fn kpss(values: &[f64], about_line: bool) -> Option<(f64, f64)> {
    let n = values.len() as f64;
    let residuals = residuals(values, about_line);
    let squares: f64 = residuals.iter().map(|r| r * r).sum();
    let size: f64 = values.iter().map(|v| v * v).sum();
    if values.len() < 10 || squares.is_nan() || squares <= 1e-20 * size {
        return None;
    }
    let lags = lags(&residuals, squares);
    let weighted = |lag: usize| 2.0 * product(&residuals, lag) * (1.0 - lag as f64 / (lags as f64 + 1.0));
    let long_run = (squares + (1..=lags).map(weighted).sum::<f64>()) / n;
    let mut total = 0.0;
    let partial: f64 = residuals
        .iter()
        .map(|r| {
            total += r;
            total * total
        })
        .sum();
    let statistic = partial / (n * n) / long_run;
    (statistic.is_finite() && long_run > 0.0).then(|| (statistic, p_value(statistic, &CRITICAL[usize::from(about_line)])))
}

/// What is left about the mean, or about the least-squares line.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "series are short")]
pub fn residuals(values: &[f64], about_line: bool) -> Vec<f64> {
    let centre = mean(values);
    let middle = (values.len() as f64 - 1.0) / 2.0;
    let t = |i: usize| i as f64 - middle;
    let across: f64 = (0..values.len()).map(|i| t(i) * t(i)).sum();
    let along: f64 = values.iter().enumerate().map(|(i, v)| t(i) * (v - centre)).sum();
    let slope = if about_line && across > 0.0 { along / across } else { 0.0 };
    values.iter().enumerate().map(|(i, v)| v - centre - slope * t(i)).collect()
}

fn product(values: &[f64], lag: usize) -> f64 {
    values.iter().skip(lag).zip(values).map(|(a, b)| a * b).sum()
}

/// How many lags the long-run variance takes in.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "series are short")]
fn lags(residuals: &[f64], squares: f64) -> usize {
    let n = residuals.len() as f64;
    let (mut level, mut sloped) = (squares / n, 0.0);
    for lag in 1..=pow(n, 2.0 / 9.0) as usize {
        let both = product(residuals, lag) / (n / 2.0);
        level += both;
        sloped += lag as f64 * both;
    }
    let ratio = sloped / level;
    let found = 1.1447 * pow(ratio * ratio, 1.0 / 3.0) * pow(n, 1.0 / 3.0);
    if found.is_finite() { (found as usize).min(residuals.len() - 1) } else { 0 }
}

/// Read off the table between its ends.
fn p_value(statistic: f64, critical: &[f64; 4]) -> f64 {
    let inside = critical.windows(2).zip(P.windows(2)).find(|(c, _)| statistic >= c[0] && statistic < c[1]);
    match inside {
        Some((c, p)) => p[0] + (p[1] - p[0]) * (statistic - c[0]) / (c[1] - c[0]),
        None if statistic < critical[0] => P[0],
        None => P[3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::time_reference::{agree, cases};

    #[test]
    fn statistics_and_p_values_are_those_of_statsmodels() {
        for case in cases("kpss") {
            let found = kpss(&case.numbers("y"), case.is("about_line")).unwrap();
            agree(&[found.0, found.1], &[case.number("statistic"), case.number("p")], 1e-9, "kpss");
        }
    }

    #[test]
    fn a_constant_or_short_series_has_no_statistic() {
        assert_eq!(kpss(&[5.0; 40], false), None);
        assert_eq!(kpss(&(0..40).map(f64::from).collect::<Vec<_>>(), true), None);
        assert_eq!(kpss(&[1.0, 2.0], false), None);
    }
}
