//! What errors have in common: calibration error and the largest systematic miss, from the closer look at the validation rows.

use super::Measured;
use crate::evaluate::CloserLook;

/// 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Expected calibration error, the largest of the classes; a score, judged as it is (small tables make it too large, never too small).
#[must_use]
pub fn calibration_error(closer: &CloserLook) -> Measured {
    let largest = closer.calibration.iter().map(|c| c.ece).max_by(f64::total_cmp);
    Measured { n_rows: largest.map(|_| closer.n_rows), ..Measured::point(largest) }
}

/// The largest systematic miss over groups of rows with like predictions.
///
/// Regression: `|mean residual| / sd` of a group, with the interval `± 1.96 / sqrt(n)`. Classes: `|observed − predicted|` of a bin, with the
/// distances of the ends of its Wilson interval. The group whose interval begins highest is told: not the largest miss, which is often that of
/// the smallest group, but the surest one.
#[must_use]
pub fn error_pattern(closer: &CloserLook) -> Measured {
    let misses: Vec<(f64, f64, f64)> = match (&closer.residuals, closer.residuals.as_ref().and_then(|r| r.sd)) {
        (Some(residuals), Some(sd)) if sd > 0.0 => {
            #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
            let one = |mean: f64, n: u64| (mean.abs() / sd, Z / (n.max(1) as f64).sqrt());
            residuals.groups.iter().map(|g| one(g.mean, g.n)).map(|(miss, half)| (miss, (miss - half).max(0.0), miss + half)).collect()
        }
        _ => closer
            .calibration
            .iter()
            .flat_map(|c| &c.bins)
            .map(|b| {
                let inside = b.low <= b.predicted && b.predicted <= b.high;
                let (a, z) = ((b.low - b.predicted).abs(), (b.high - b.predicted).abs());
                ((b.observed - b.predicted).abs(), if inside { 0.0 } else { a.min(z) }, a.max(z))
            })
            .collect(),
    };
    let surest = misses.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(a.0.total_cmp(&b.0)));
    surest.map_or_else(Measured::default, |(miss, low, high)| Measured::sampled(Some(miss), Some((low, high)), closer.n_rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{Calibration, CalibrationBin, ResidualGroup, Residuals};

    fn group(n: u64, mean: f64) -> ResidualGroup {
        ResidualGroup { predicted: 0.0, n, mean, median: mean, low: mean - 1.0, high: mean + 1.0 }
    }

    #[test]
    fn the_surest_miss_is_told_not_the_one_of_the_smallest_group() {
        let residuals = Residuals { n_rows: 410, mean: 0.0, sd: Some(2.0), quantiles: [0.0; 5], groups: vec![group(10, 1.4), group(400, 1.0)] };
        let closer = CloserLook { n_rows: 410, residuals: Some(residuals), ..CloserLook::default() };
        let found = error_pattern(&closer);
        assert_eq!(found.value, Some(0.5));
        let (low, high) = found.interval.unwrap();
        assert!((low - (0.5 - Z / 20.0)).abs() < 1e-12 && (high - (0.5 + Z / 20.0)).abs() < 1e-12);
    }

    #[test]
    fn a_bin_that_holds_what_was_predicted_begins_at_0() {
        let bin = |predicted, observed, low, high| CalibrationBin { n: 50, predicted, observed, low, high };
        let bins = vec![bin(0.2, 0.25, 0.15, 0.35), bin(0.6, 0.8, 0.7, 0.9)];
        let calibration = vec![Calibration { class: 1, bins, ece: 0.12, slope: None, intercept: None, n_rows: 100 }];
        let closer = CloserLook { n_rows: 100, calibration, ..CloserLook::default() };
        assert_eq!(calibration_error(&closer).value, Some(0.12));
        let (low, high) = error_pattern(&closer).interval.unwrap();
        assert!((low - 0.1).abs() < 1e-12 && (high - 0.3).abs() < 1e-12);
        assert_eq!(error_pattern(&CloserLook::default()), Measured::default());
    }
}
