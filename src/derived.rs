//! What a person may say of a column in time: when its values are known, and which earlier rows it is to hold instead of its own.
//!
//! Plain data of the settings; the columns are computed by [`crate::lineage::derive`].

use serde::{Deserialize, Serialize};

/// Function of a column that takes one earlier value as it stands.
pub const VALUE: &str = "value";
/// Farthest row a derived column may read, in rows before its own: more than the longest window searched.
pub const FARTHEST: i32 = 20_000;

/// Whether the value that stands in the predicted row is known at the moment of prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// It is: a calendar, a price list.
    Yes,
    /// No value of it is ever known in time.
    No,
    /// Values are known up to so many steps before the moment of prediction; 0: as soon as they happen. The column is used shifted.
    Late(u32),
}

/// A column that holds, in the place of its own values, a function of earlier rows of a source: `source[t+first..t+last]`, per entity in time order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DerivedColumn {
    /// The column whose values are replaced.
    pub column: String,
    /// The column that is read, as it stands in the file.
    pub source: String,
    /// [`VALUE`], or a function of a window: "mean", "sum", "min", "max", "median", "range", "std", "std_population", "variance",
    /// "variance_population", "distinct". A function may be "over 7 d" or "over 36 h" (the stretch of time before the row's moment, `first` none and
    /// `last` -1), or "by COLUMN" (mean, sum, min, max or std of the earlier rows that share its value, `first` none and `last` -1). "ewm span 5",
    /// "ewm half-life 3" and "ewm alpha 0.2" are exponentially weighted means (`first` none), "unadjusted" if so. With "in steps" at the end rows are
    /// steps of the regular grid that the time stamps stand on, steps without a row missing.
    pub function: String,
    /// First row read, relative to the row of the value; none: from the entity's first row. For [`VALUE`] the same as `last`.
    pub first: Option<i32>,
    /// Last row read, 0 or less.
    pub last: i32,
    /// Present values a window needs at least.
    #[serde(default)]
    pub at_least: u32,
    /// Decimals its values are rounded to; none: not rounded.
    #[serde(default)]
    pub decimals: Option<u8>,
}

impl DerivedColumn {
    /// The column's own value `by` rows earlier.
    #[must_use]
    pub fn shifted(column: &str, by: i32) -> Self {
        Self {
            column: column.to_owned(),
            source: column.to_owned(),
            function: VALUE.to_owned(),
            first: Some(-by),
            last: -by,
            at_least: 0,
            decimals: None,
        }
    }

    /// Whether its rows make sense: none after its own, the first not after the last, none too far.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let near = -FARTHEST..=0;
        let in_order = match self.first {
            Some(first) if self.function == VALUE => first == self.last,
            Some(first) => near.contains(&first) && first <= self.last,
            None => self.function != VALUE,
        };
        near.contains(&self.last) && in_order
    }
}
