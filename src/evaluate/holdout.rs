//! The sealed rows, opened once: the only score that took no part in choosing.

use super::{Estimate, FoldResult, Judge, Metric, Resampled, metrics_for};
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// What the sealed rows said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HoldoutResult {
    /// Rows that were sealed and have a target.
    pub n_rows: u64,
    /// How often the seal was broken for this file and settings, this time included. Only the first counts as unseen.
    pub opened: u32,
    /// Every metric of the task, with intervals.
    pub estimates: Vec<Estimate>,
    /// Gain over the best baseline on these rows in the main metric, paired.
    pub gain: Option<Estimate>,
}

impl HoldoutResult {
    /// The estimate of that metric.
    #[must_use]
    pub fn estimate(&self, metric: &str) -> Option<&Estimate> {
        self.estimates.iter().find(|e| e.metric == metric)
    }
}

/// Judges the chosen model, and the best baseline beside it, on the sealed rows. `opened` counts this opening.
///
/// # Errors
/// A row that does not exist.
pub fn holdout(judge: &Judge<'_>, model: &FoldResult, baseline: Option<&FoldResult>, main: &str, opened: u32) -> Result<HoldoutResult> {
    let metrics: Vec<&Metric> = metrics_for(judge.kind).collect();
    let resampled = judge.resample(&[model], &metrics)?;
    let of = |all: &[Resampled]| all.iter().find(|r| r.metric == main).cloned();
    let main_metric: Vec<&Metric> = metrics.iter().copied().filter(|m| m.id == main).collect();
    let against = baseline.map(|b| judge.resample(&[b], &main_metric)).transpose()?;
    let gain = of(&resampled).zip(against.as_deref().and_then(of)).map(|(a, b)| a.gain_over(&b));
    Ok(HoldoutResult { n_rows: model.rows.len() as u64, opened, estimates: resampled.iter().map(Resampled::estimate).collect(), gain })
}
