//! The stages of a run in their order: each is one wave of jobs, shown on the screen of a step.

use crate::step::Step;

/// A stage of a run: one wave of jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Quality rules.
    Quality,
    /// Audit checks.
    Audit,
    /// What the audit's findings are worth.
    Price,
    /// What the split alone is worth.
    Splits,
    /// What the audit would find of planted leaks, if that was asked for.
    Power,
    /// What the recipe does to the development rows.
    Prepare,
    /// What segments they fall into, if that was asked for.
    Segment,
    /// What augmentation does to them, if it is on.
    Augment,
    /// Trials of hyperparameters, if they are searched.
    Search,
    /// The same search inside every fold, if that was asked for.
    Nested,
    /// Every learner on every fold.
    Folds,
    /// Calibration and decision threshold across the folds, if they are wanted.
    Adjust,
    /// Intervals and ranks.
    Compare,
    /// The proposed learner without augmentation, if it is on.
    Worth,
    /// Preparation for the final fit.
    Begin,
    /// The final fit, part by part.
    Fit,
    /// Importance by fold, and the sealed rows.
    Judge,
    /// Permuted targets, if they were asked for.
    Permute,
    /// Shares of the training rows, if they were asked for.
    Curve,
    /// Intervals, errors, periods and levels.
    Analyse,
    /// Why the model says what it says.
    Explain,
}

impl Stage {
    /// All stages in order.
    pub(super) const ALL: [Self; 21] = [
        Self::Quality,
        Self::Audit,
        Self::Price,
        Self::Splits,
        Self::Power,
        Self::Prepare,
        Self::Segment,
        Self::Augment,
        Self::Search,
        Self::Nested,
        Self::Folds,
        Self::Adjust,
        Self::Compare,
        Self::Worth,
        Self::Begin,
        Self::Fit,
        Self::Judge,
        Self::Permute,
        Self::Curve,
        Self::Analyse,
        Self::Explain,
    ];

    /// The step whose screen shows the stage's results.
    #[must_use]
    pub fn step(self) -> Step {
        match self {
            Self::Quality => Step::Quality,
            Self::Audit | Self::Price | Self::Splits | Self::Power => Step::Audit,
            Self::Prepare | Self::Segment => Step::Prepare,
            Self::Augment => Step::Augment,
            Self::Search | Self::Nested | Self::Folds | Self::Adjust | Self::Compare | Self::Worth => Step::Train,
            Self::Begin | Self::Fit | Self::Judge | Self::Permute | Self::Curve | Self::Analyse | Self::Explain => Step::Validate,
        }
    }

    /// What is being done, for progress.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Quality => "Data quality",
            Self::Audit => "Leakage audit",
            Self::Price => "Pricing findings",
            Self::Splits => "Split honesty",
            Self::Power => "Audit power",
            Self::Prepare => "Preparation",
            Self::Segment => "Segments",
            Self::Augment => "Augmentation",
            Self::Search => "Search",
            Self::Nested => "Nested search",
            Self::Folds => "Cross-validation",
            Self::Adjust => "Calibration and threshold",
            Self::Compare => "Comparing learners",
            Self::Worth => "What augmentation is worth",
            Self::Begin => "Preparing the final fit",
            Self::Fit => "Final fit",
            Self::Judge => "Validation",
            Self::Permute => "Permutation test",
            Self::Curve => "Learning curve",
            Self::Analyse => "Error analysis",
            Self::Explain => "Explanation",
        }
    }
}
