//! Semantic versions of models: `major.minor.patch`, and the rule that raises them.
//!
//! Major: the schema changed (target, classes, or a column that must be given), so whoever asks the model must change with it. Minor: the recipe or
//! the learner changed, so the same question gets answers made in another way. Patch: a refit, the same design on other rows. After semver 2.0.0.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A version: major, minor, patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Semantic(pub u32, pub u32, pub u32);

/// What changed against the parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bump {
    /// There is no parent.
    First,
    /// The schema changed.
    Major,
    /// The recipe or the learner changed.
    Minor,
    /// Fitted again.
    Patch,
}

impl Semantic {
    /// The first version of a name.
    pub const FIRST: Self = Self(1, 0, 0);

    /// The version that follows.
    #[must_use]
    pub fn raised(self, bump: Bump) -> Self {
        match bump {
            Bump::First => Self::FIRST,
            Bump::Major => Self(self.0.saturating_add(1), 0, 0),
            Bump::Minor => Self(self.0, self.1.saturating_add(1), 0),
            Bump::Patch => Self(self.0, self.1, self.2.saturating_add(1)),
        }
    }

    /// A version as written ("1.2.0").
    ///
    /// # Errors
    /// Not three whole numbers with dots between them.
    pub fn parse(text: &str) -> Result<Self> {
        let parts: Vec<Option<u32>> = text.split('.').map(|p| p.parse().ok()).collect();
        match parts.as_slice() {
            [Some(major), Some(minor), Some(patch)] => Ok(Self(*major, *minor, *patch)),
            _ => Err(Error::out_of_range("version", text, "three whole numbers, such as 1.2.0")),
        }
    }
}

impl fmt::Display for Semantic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_raises_its_own_number_and_clears_those_below() {
        let version = Semantic(1, 2, 3);
        assert_eq!(version.raised(Bump::Major), Semantic(2, 0, 0));
        assert_eq!(version.raised(Bump::Minor), Semantic(1, 3, 0));
        assert_eq!(version.raised(Bump::Patch), Semantic(1, 2, 4));
        assert_eq!(version.raised(Bump::First), Semantic::FIRST);
        assert!(Semantic(1, 10, 0) > Semantic(1, 9, 9), "numbers, not letters");
    }

    #[test]
    fn a_version_is_read_as_it_is_written() {
        assert_eq!(Semantic::parse("2.10.3").unwrap().to_string(), "2.10.3");
        for wrong in ["", "1", "1.2", "1.2.3.4", "1.2.x", "-1.0.0"] {
            assert!(Semantic::parse(wrong).is_err(), "{wrong}");
        }
    }
}
