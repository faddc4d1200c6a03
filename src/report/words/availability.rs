//! When a column is known, and what shows it.

use super::remedy::formula;
use crate::derived::DerivedColumn;

/// What the audit shows of a column in time.
pub enum Shown<'a> {
    /// It orders the rows.
    Time,
    /// It is made of values of the past only.
    Past {
        /// Of which.
        formula: &'a str,
    },
    /// It is made of others, and known when they are.
    Made {
        /// Of which.
        formula: &'a str,
    },
    /// It is made of values that come too late.
    TooLate {
        /// Of which.
        formula: &'a str,
    },
    /// It gives the target away.
    GivesAway,
    /// Only the person can know.
    Asked {
        /// How far ahead is predicted.
        ahead: &'a str,
    },
    /// It stands in the predicted row, and nothing speaks against it.
    SameRow {
        /// Steps ahead.
        horizon: u32,
    },
}

/// The evidence in one line. `replaced`: what the column holds in the place of the file's values, if it does.
#[must_use]
pub fn why(shown: &Shown<'_>, replaced: Option<&DerivedColumn>) -> String {
    if let Some(derived) = replaced {
        return format!("used as {}", formula(derived));
    }
    match shown {
        Shown::Time => "a date is known ahead".to_owned(),
        Shown::Past { formula } => format!("only the past: {formula}"),
        Shown::Made { formula } => format!("follows from {formula}"),
        Shown::TooLate { formula } => format!("comes too late: {formula}"),
        Shown::GivesAway => "gives the target away: was it written after the outcome?".to_owned(),
        Shown::Asked { ahead } => format!("stands in the predicted row, {ahead} ahead: only you can know"),
        Shown::SameRow { horizon: 0 } => "stands in the row you predict; no horizon is set".to_owned(),
        Shown::SameRow { .. } => "stands in the row you predict".to_owned(),
    }
}
