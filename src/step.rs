//! The steps of the journey, in order: each is a screen, and a chapter of the report.

use serde::{Deserialize, Serialize};

/// A step of the journey: a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Drop a file.
    Open,
    /// What is predicted.
    Task,
    /// Data quality.
    Quality,
    /// Leakage audit.
    Audit,
    /// Preparation.
    Prepare,
    /// Augmentation.
    Augment,
    /// Training.
    Train,
    /// Validation.
    Validate,
    /// Decision.
    Decide,
    /// Versions of models.
    Registry,
    /// Report.
    Report,
}

impl Step {
    /// All steps in order.
    pub const ALL: [Self; 11] = [
        Self::Open,
        Self::Task,
        Self::Quality,
        Self::Audit,
        Self::Prepare,
        Self::Augment,
        Self::Train,
        Self::Validate,
        Self::Decide,
        Self::Registry,
        Self::Report,
    ];

    /// Name in the URL hash and in JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Task => "task",
            Self::Quality => "quality",
            Self::Audit => "audit",
            Self::Prepare => "prepare",
            Self::Augment => "augment",
            Self::Train => "train",
            Self::Validate => "validate",
            Self::Decide => "decide",
            Self::Registry => "registry",
            Self::Report => "report",
        }
    }

    /// Name on screen.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Task => "Task",
            Self::Quality => "Quality",
            Self::Audit => "Audit",
            Self::Prepare => "Prepare",
            Self::Augment => "Augment",
            Self::Train => "Train and tune",
            Self::Validate => "Validate",
            Self::Decide => "Decide",
            Self::Registry => "Registry",
            Self::Report => "Report",
        }
    }

    /// The step of that id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.id() == id)
    }
}
