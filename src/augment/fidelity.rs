//! How far synthetic rows differ from the real ones they were made of.
//!
//! For each feature (and a numeric target): difference of the means in standard deviations of the real rows, relative difference of the
//! standard deviations, and the Kolmogorov-Smirnov distance. A difference counts when it is past its bar and past [`STANDARD_ERRORS`]
//! standard errors of that many rows drawn at random: few rows differ by chance alone. Standard error of a mean: `1 / sqrt(n)`; of a
//! relative standard deviation: `sqrt((kurtosis - 1) / (4 n))` (Kendall and Stuart, *Advanced Theory of Statistics* 1, 10.9).

use super::Source;
use crate::features::Features;
use crate::math::sum::{mean, sum_of, variance};
use crate::stats::ks::{Method, two_sample};
use serde::{Deserialize, Serialize};

/// Largest difference of means that does not count, in standard deviations of the real rows.
pub const MEAN_BAR: f64 = 0.05;
/// Largest relative difference of standard deviations that does not count.
pub const SD_BAR: f64 = 0.10;
/// A difference within this many standard errors may be chance: one in 370.
pub const STANDARD_ERRORS: f64 = 3.0;
/// Synthetic rows below which nothing can be said: standard errors above half a standard deviation.
pub const FEWEST_ROWS: usize = 30;

/// Whether synthetic rows may stand in for real ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No feature is off.
    Faithful,
    /// Some feature is off, or there are too few rows to say.
    Doubtful,
}

/// One feature (or the target), real against synthetic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeatureFidelity {
    /// Its name; "target" for the target.
    pub name: String,
    /// Mean of the real rows.
    pub real_mean: f64,
    /// Mean of the synthetic rows.
    pub synthetic_mean: f64,
    /// Standard deviation (divisor n) of the real rows.
    pub real_sd: f64,
    /// Standard deviation (divisor n) of the synthetic rows.
    pub synthetic_sd: f64,
    /// Synthetic minus real mean, in real standard deviations; `None` for a constant feature.
    pub mean_difference: Option<f64>,
    /// What its size may be: [`MEAN_BAR`], or more where rows are few.
    pub mean_allowed: f64,
    /// Synthetic over real standard deviation, minus 1; `None` for a constant feature.
    pub sd_difference: Option<f64>,
    /// What its size may be: [`SD_BAR`], or more where rows are few.
    pub sd_allowed: f64,
    /// Kolmogorov-Smirnov distance, 0..=1.
    pub ks_d: f64,
    /// Its two-sided p-value. Synthetic rows depend on the real ones, so it is a description, not a test.
    pub ks_p: f64,
    /// Whether either difference is larger than allowed.
    pub off: bool,
}

/// How faithful the synthetic rows are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fidelity {
    /// Method id.
    pub method: String,
    /// Real rows they were made of.
    pub n_real: u64,
    /// Synthetic rows.
    pub n_synthetic: u64,
    /// One a feature, in order; a numeric target last.
    pub features: Vec<FeatureFidelity>,
    /// How many of these are off.
    pub n_off: u64,
    /// Whether bars were widened because rows are few.
    pub widened: bool,
    /// Whether there are at least [`FEWEST_ROWS`] synthetic rows.
    pub enough_rows: bool,
    /// What it comes to.
    pub verdict: Verdict,
}

/// Compares synthetic rows, shape `(n_synthetic, n_features)`, and their target with the source's real rows.
#[must_use]
pub fn measure(method: &str, source: &Source<'_>, synthetic: &Features, target: &[f64]) -> Fidelity {
    let mut features: Vec<FeatureFidelity> =
        (0..source.n_features()).map(|j| compare(&synthetic.about[j].name, &source.real(j), synthetic.slice(j))).collect();
    if !source.set.kind().is_classification() {
        let real: Vec<f64> = source.rows.iter().map(|&r| source.set.target()[r as usize]).collect();
        features.push(compare("target", &real, target));
    }
    let n_off = features.iter().filter(|f| f.off).count() as u64;
    let enough_rows = synthetic.n_rows() >= FEWEST_ROWS;
    Fidelity {
        method: method.to_owned(),
        n_real: source.rows.len() as u64,
        n_synthetic: synthetic.n_rows() as u64,
        n_off,
        widened: features.iter().any(|f| f.mean_allowed > MEAN_BAR || f.sd_allowed > SD_BAR),
        enough_rows,
        verdict: if n_off == 0 && enough_rows { Verdict::Faithful } else { Verdict::Doubtful },
        features,
    }
}

fn compare(name: &str, real: &[f64], synthetic: &[f64]) -> FeatureFidelity {
    let (real_mean, synthetic_mean) = (mean(real), mean(synthetic));
    let (real_sd, synthetic_sd) = (variance(real, 0).sqrt(), variance(synthetic, 0).sqrt());
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let n = synthetic.len() as f64;
    let varies = real_sd > 0.0;
    let mean_difference = varies.then(|| (synthetic_mean - real_mean) / real_sd);
    let sd_difference = varies.then(|| synthetic_sd / real_sd - 1.0);
    let mean_allowed = MEAN_BAR.max(STANDARD_ERRORS / n.sqrt());
    let spread = if varies { ((kurtosis(real, real_mean, real_sd) - 1.0).max(0.0) / (4.0 * n)).sqrt() } else { 0.0 };
    let sd_allowed = SD_BAR.max(STANDARD_ERRORS * spread);
    let past = |difference: Option<f64>, allowed: f64| difference.is_some_and(|d| d.abs() > allowed);
    let (ks_d, ks_p) = two_sample(real, synthetic, Method::Auto).map_or((0.0, 1.0), |t| (t.d, t.p));
    FeatureFidelity {
        name: name.to_owned(),
        off: past(mean_difference, mean_allowed) || past(sd_difference, sd_allowed) || (!varies && synthetic_mean != real_mean),
        real_mean,
        synthetic_mean,
        real_sd,
        synthetic_sd,
        mean_difference,
        mean_allowed,
        sd_difference,
        sd_allowed,
        ks_d,
        ks_p,
    }
}

/// Fourth standardised moment; 3 for a normal distribution.
fn kurtosis(values: &[f64], centre: f64, sd: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let n = values.len() as f64;
    let square = |v: &f64| (v - centre) / sd * ((v - centre) / sd);
    sum_of(values.iter().map(|v| square(v) * square(v))) / n
}
