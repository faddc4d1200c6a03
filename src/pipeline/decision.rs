//! From results to the decision: what was measured, handed to the gates.

use super::outcome::Outcome;
use crate::decide::{DecisionInput, Measured, Measurements, calibration_error, decide, error_pattern};
use crate::evaluate::Leaderboard;
use crate::evaluate::shares::Share;
use crate::finding::{Severity, Status};
use crate::settings::Plan;

impl Outcome {
    /// Weighs the gates, once something was validated.
    pub(super) fn decide(&mut self, plan: Option<&Plan>) {
        self.decision = match (plan, &self.board) {
            (Some(plan), Some(board)) if self.judged => Some(decide(&self.decision_input(plan, board), &plan.gates)),
            _ => None,
        };
    }

    fn decision_input(&self, plan: &Plan, board: &Leaderboard) -> DecisionInput {
        let standing = board.chosen();
        let statuses = || self.audit.iter().flatten().map(|c| &c.status);
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let lowest = self.scores.iter().filter_map(|s| s.score).min_by(f64::total_cmp);
        DecisionInput {
            metric: plan.metric.clone(),
            cross_validated: standing.map_or_else(Vec::new, |s| s.estimates.clone()),
            holdout: self.holdout.as_ref().map_or_else(Vec::new, |h| h.estimates.clone()),
            gain: standing.and_then(|s| s.gain.clone()),
            open_blockers: [self.audit.as_ref(), self.quality.as_ref()]
                .into_iter()
                .flat_map(|of| self.open_findings(of, Severity::Blocker))
                .collect(),
            quality_score: lowest,
            checks_ran: count(statuses().filter(|s| **s == Status::Ran).count()),
            checks_applicable: count(statuses().filter(|s| !matches!(s, Status::Skipped(_))).count()),
            more: self.measurements(board),
        }
    }

    fn measurements(&self, board: &Leaderboard) -> Measurements {
        let standing = board.chosen();
        let baseline = board.best_baseline.and_then(|b| board.standing(b));
        let found = self.measured();
        Measurements {
            baseline: baseline.map_or_else(Vec::new, |s| s.estimates.clone()),
            by_fold: standing.map_or_else(Vec::new, |s| s.by_fold.clone()),
            periods_won: found.consistency.map(|s| s.value),
            folds_won: standing.and_then(|s| s.folds_won),
            calibration_error: self.closer.as_ref().map(calibration_error).unwrap_or_default(),
            error_pattern: self.closer.as_ref().map(error_pattern).unwrap_or_default(),
            missing_share: self.inputs.missing_share,
            largest_correlation: self.inputs.largest_correlation,
            permutation_p: Measured::point(found.permutation_p),
            coverage: found.coverage.zip(found.coverage_wanted).map(|(share, wanted)| beyond(&share, wanted)).unwrap_or_default(),
            worst_segment: found.worst_segment.map(|(ratio, interval)| self.lost(ratio, interval)).unwrap_or_default(),
        }
    }

    /// How much worse than all rows a segment is whose loss is `ratio` times theirs; where none is worse, a plain 0.
    fn lost(&self, ratio: f64, interval: Option<(f64, f64)>) -> Measured {
        let n_rows = self.analysed().and_then(|a| a.weakest.as_ref()).map_or(0, |w| w.n_rows.1);
        if ratio <= 1.0 && interval.is_none() {
            return Measured { n_rows: Some(n_rows), ..Measured::point(Some(0.0)) };
        }
        Measured::sampled(Some(ratio - 1.0), interval.map(|(low, high)| (low - 1.0, high - 1.0)), n_rows)
    }
}

/// A share less what was wanted.
fn beyond(share: &Share, wanted: f64) -> Measured {
    Measured::sampled(Some(share.value - wanted), share.low.zip(share.high).map(|(low, high)| (low - wanted, high - wanted)), share.n)
}
