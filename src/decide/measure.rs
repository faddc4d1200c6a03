//! What a gate's quantity came to: value, interval and rows.

use super::Quantity;
use crate::evaluate::{Direction, Estimate, metric};
use crate::math::sum;
use serde::{Deserialize, Serialize};

/// Fewest folds whose spread says something.
const LEAST_FOLDS: usize = 3;

/// A measured quantity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The value; `None` when it was not measured or is not computable.
    pub value: Option<f64>,
    /// 95 % interval; `None` for counts and scores, and for estimates from too few rows.
    pub interval: Option<(f64, f64)>,
    /// Rows it rests on, where it is an estimate.
    pub n_rows: Option<u64>,
    /// Whether it is an estimate, so that it needs an interval to be judged.
    pub sampled: bool,
}

impl Measured {
    /// A count or score, judged as it is.
    #[must_use]
    pub fn point(value: Option<f64>) -> Self {
        Self { value: value.filter(|v| v.is_finite()), ..Self::default() }
    }

    /// An estimate with its interval.
    #[must_use]
    pub fn sampled(value: Option<f64>, interval: Option<(f64, f64)>, n_rows: u64) -> Self {
        Self { value: value.filter(|v| v.is_finite()), interval, n_rows: Some(n_rows), sampled: true }
    }
}

impl From<&Estimate> for Measured {
    fn from(estimate: &Estimate) -> Self {
        Self::sampled(estimate.value, estimate.interval(), estimate.n_rows)
    }
}

/// What was measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DecisionInput {
    /// Id of the main metric.
    pub metric: String,
    /// Cross-validated metrics of the chosen model; empty when nothing was validated.
    pub cross_validated: Vec<Estimate>,
    /// The same on the sealed rows; empty without a holdout.
    pub holdout: Vec<Estimate>,
    /// Paired gain over the best baseline in the main metric.
    pub gain: Option<Estimate>,
    /// Open blockers by finding id. A proven blocker stays open although it was accepted.
    pub open_blockers: Vec<String>,
    /// Lowest quality score, 0 to 100.
    pub quality_score: Option<f64>,
    /// Audit checks that ran.
    pub checks_ran: u32,
    /// Audit checks that apply: ran or underpowered.
    pub checks_applicable: u32,
    /// What else gates may ask for.
    pub more: Measurements,
}

/// What the usual gates do not ask for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measurements {
    /// Cross-validated metrics of the best baseline.
    pub baseline: Vec<Estimate>,
    /// Main metric of the chosen model by fold.
    pub by_fold: Vec<Option<f64>>,
    /// Share of periods in time in which it beat the best baseline; `None` where folds do not follow each other.
    pub periods_won: Option<f64>,
    /// Folds in which it beat the best baseline, of those where both are computable.
    pub folds_won: Option<(u32, u32)>,
    /// Expected calibration error.
    pub calibration_error: Measured,
    /// Largest systematic miss.
    pub error_pattern: Measured,
    /// Share of rows that prediction intervals hold, less what they promise.
    pub coverage: Measured,
    /// Share of permuted targets that a model does at least as well on.
    pub permutation_p: Measured,
    /// How much larger the mean error of the worst segment is than that of all rows, as a share of the latter.
    pub worst_segment: Measured,
    /// Share of missing cells in the columns learned from.
    pub missing_share: Option<f64>,
    /// Largest absolute correlation between two numeric columns learned from.
    pub largest_correlation: Option<f64>,
}

/// A quantity of what was measured; [`Quantity::GreenRuns`] is known only when all other gates are judged.
pub(super) fn measure(input: &DecisionInput, quantity: &Quantity) -> Measured {
    let named = |all: &[Estimate], id: &str| all.iter().find(|e| e.metric == id).map(Measured::from).unwrap_or_default();
    let more = &input.more;
    match quantity {
        Quantity::Metric { metric } => named(&input.cross_validated, metric),
        Quantity::Holdout { metric } => named(&input.holdout, metric),
        Quantity::GainOverBaseline => input.gain.as_ref().map(Measured::from).unwrap_or_default(),
        Quantity::FoldToHoldoutGap => gap(input).unwrap_or_default(),
        #[expect(clippy::cast_precision_loss, reason = "findings are few")]
        Quantity::OpenBlockers => Measured::point(Some(input.open_blockers.len() as f64)),
        Quantity::QualityScore => Measured::point(input.quality_score),
        Quantity::ChecksRan => share(input.checks_ran, input.checks_applicable),
        Quantity::LowerBound { metric } => worse_end(metric, &named(&input.cross_validated, metric)),
        Quantity::ShareOfBaseline { metric } => share_of_baseline(&named(&input.cross_validated, metric), &named(&more.baseline, metric)),
        Quantity::FoldSpread => spread(&more.by_fold),
        Quantity::WalkForward => match (more.periods_won, more.folds_won) {
            (None, Some((won, all))) => share(won, all),
            (periods, _) => Measured::point(periods),
        },
        Quantity::CalibrationError => more.calibration_error.clone(),
        Quantity::ErrorPattern => more.error_pattern.clone(),
        Quantity::IntervalCoverage => more.coverage.clone(),
        Quantity::PermutationP => more.permutation_p.clone(),
        Quantity::WorstSegment => more.worst_segment.clone(),
        Quantity::MissingShare => Measured::point(more.missing_share),
        Quantity::LargestCorrelation => Measured::point(more.largest_correlation),
        Quantity::GreenRuns { .. } => Measured::default(),
    }
}

fn share(part: u32, all: u32) -> Measured {
    Measured::point((all > 0).then(|| f64::from(part) / f64::from(all)))
}

/// The worse end of an interval, judged as it is: the doubt is in it already.
fn worse_end(id: &str, measured: &Measured) -> Measured {
    let end = |(low, high): (f64, f64)| if metric(id).is_ok_and(|m| m.direction == Direction::Lower) { high } else { low };
    Measured { n_rows: measured.n_rows, ..Measured::point(measured.interval.map(end)) }
}

/// An estimate divided by the baseline's value, which is taken as it is. Not computable when that is 0.
fn share_of_baseline(own: &Measured, baseline: &Measured) -> Measured {
    let Some(scale) = baseline.value.map(f64::abs).filter(|v| *v > 0.0) else { return Measured::default() };
    let interval = own.interval.map(|(low, high)| (low / scale, high / scale));
    Measured { value: own.value.map(|v| v / scale), interval, ..own.clone() }
}

/// Sample standard deviation over folds.
fn spread(by_fold: &[Option<f64>]) -> Measured {
    let values: Vec<f64> = by_fold.iter().flatten().copied().collect();
    Measured::point((values.len() >= LEAST_FOLDS).then(|| sum::variance(&values, 1).sqrt()))
}

/// How much worse the holdout is than cross-validation, as a share of the cross-validated value; negative when it is better.
///
/// The two rest on different rows, so the interval of the difference joins theirs as independent (method of variance estimates recovery,
/// Zou and Donner 2008). Not computable when the cross-validated value is 0.
fn gap(input: &DecisionInput) -> Option<Measured> {
    let find = |all: &'_ [Estimate]| all.iter().find(|e| e.metric == input.metric).cloned();
    let (folds, sealed) = (find(&input.cross_validated)?, find(&input.holdout)?);
    let direction = metric(&input.metric).ok()?.direction;
    let (value, unseen) = (folds.value?, sealed.value?);
    let scale = value.abs();
    if scale == 0.0 || !scale.is_finite() {
        return None;
    }
    let worse = direction.gain(value, unseen);
    let interval = folds.interval().zip(sealed.interval()).map(|((fl, fh), (sl, sh))| {
        let root = |a: f64, b: f64| (a * a + b * b).sqrt();
        // Distances towards a smaller and a larger gap.
        let (down, up) = match direction {
            Direction::Higher => (root(value - fl, sh - unseen), root(fh - value, unseen - sl)),
            Direction::Lower => (root(fh - value, unseen - sl), root(value - fl, sh - unseen)),
        };
        ((worse - down) / scale, (worse + up) / scale)
    });
    Some(Measured::sampled(Some(worse / scale), interval, sealed.n_rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{Method, Unit};

    fn estimate(metric: &str, value: f64, low: f64, high: f64) -> Estimate {
        let method = Method::Bootstrap { unit: Unit::Rows, resamples: 1000 };
        Estimate { metric: metric.into(), value: Some(value), low: Some(low), high: Some(high), n_rows: 100, method }
    }

    fn input() -> DecisionInput {
        DecisionInput {
            metric: "rmse".into(),
            cross_validated: vec![estimate("rmse", 8.0, 7.0, 9.0), estimate("r2", 0.5, 0.4, 0.6)],
            more: Measurements {
                baseline: vec![estimate("rmse", 10.0, 9.0, 11.0)],
                by_fold: vec![Some(7.0), Some(8.0), Some(9.0), None],
                folds_won: Some((4, 5)),
                ..Measurements::default()
            },
            ..DecisionInput::default()
        }
    }

    #[test]
    fn the_worse_end_is_the_lower_one_of_a_score_and_the_upper_one_of_an_error() {
        let of = |id: &str| measure(&input(), &Quantity::LowerBound { metric: id.into() });
        assert_eq!((of("r2").value, of("rmse").value, of("mae").value), (Some(0.4), Some(9.0), None));
        assert!(!of("r2").sampled && of("r2").interval.is_none());
    }

    #[test]
    fn an_error_is_told_as_a_share_of_the_baselines() {
        let share = measure(&input(), &Quantity::ShareOfBaseline { metric: "rmse".into() });
        assert_eq!((share.value, share.interval, share.sampled), (Some(0.8), Some((0.7, 0.9)), true));
        assert_eq!(measure(&input(), &Quantity::ShareOfBaseline { metric: "r2".into() }).value, None, "the baseline has no r2 here");
    }

    #[test]
    fn spread_and_consistency_are_over_folds() {
        assert_eq!(measure(&input(), &Quantity::FoldSpread).value, Some(1.0));
        assert_eq!(measure(&input(), &Quantity::WalkForward).value, Some(0.8));
        let few = DecisionInput { more: Measurements { by_fold: vec![Some(1.0), Some(2.0)], ..Measurements::default() }, ..input() };
        assert_eq!(measure(&few, &Quantity::FoldSpread).value, None, "two folds say nothing of the spread");
    }
}
