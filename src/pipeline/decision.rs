//! From results to the decision: what was measured, handed to the gates.

use super::outcome::Outcome;
use crate::decide::{DecisionInput, Measurements, calibration_error, decide, error_pattern};
use crate::evaluate::Leaderboard;
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
        Measurements {
            baseline: baseline.map_or_else(Vec::new, |s| s.estimates.clone()),
            by_fold: standing.map_or_else(Vec::new, |s| s.by_fold.clone()),
            folds_won: standing.and_then(|s| s.folds_won),
            calibration_error: self.closer.as_ref().map(calibration_error).unwrap_or_default(),
            error_pattern: self.closer.as_ref().map(error_pattern).unwrap_or_default(),
            missing_share: self.inputs.missing_share,
            largest_correlation: self.inputs.largest_correlation,
            ..Measurements::default()
        }
    }
}
