//! Moments and their one format a column.

use serde::{Deserialize, Serialize};

/// The one format in which a column's stamps are written, as a `strftime` pattern ("%Y-%m-%d").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeFormat {
    /// The pattern.
    pub pattern: String,
}

impl TimeFormat {
    /// A moment in milliseconds since 1970, UTC, as text in this format.
    #[must_use]
    pub fn print(&self, millis: i64) -> String {
        jiff::Timestamp::from_millisecond(millis)
            .map_or_else(|_| String::new(), |t| t.to_zoned(jiff::tz::TimeZone::UTC).strftime(&self.pattern).to_string())
    }
}
