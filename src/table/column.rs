//! One column: a kind, values in memory, and the text every cell came from.

use super::schema::ColumnSchema;
use super::time::TimeFormat;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Numbers.
    Numeric,
    /// Two values such as yes / no.
    Boolean,
    /// A few repeated labels.
    Categorical,
    /// Dates or times in one format.
    Timestamp,
    /// Free text.
    Text,
    /// A key: one value a row or an entity's name. Never a feature.
    Identifier,
}

impl Kind {
    /// All kinds in the order of the picker.
    pub const ALL: [Self; 6] = [Self::Numeric, Self::Boolean, Self::Categorical, Self::Timestamp, Self::Text, Self::Identifier];

    /// The word used in settings, flags and JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Numeric => "numeric",
            Self::Boolean => "boolean",
            Self::Categorical => "categorical",
            Self::Timestamp => "timestamp",
            Self::Text => "text",
            Self::Identifier => "identifier",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.id() == id)
    }
}

/// Code of a missing cell in [`Values::Codes`].
pub const MISSING_CODE: u32 = u32::MAX;
/// Time of a missing cell in [`Values::Times`].
pub const MISSING_TIME: i64 = i64::MIN;
/// In `decimals`: the cell's text is not `{:.d$}` of its value and stands among the exceptions.
pub(crate) const IRREGULAR: u8 = u8::MAX;
/// In `decimals`: the cell's text is the shortest decimal that reads back as the value ("0.30000000000000004").
pub(crate) const SHORTEST: u8 = u8::MAX - 1;
/// Decimals said of a column whose printed digits all count.
pub(crate) const ALL_DIGITS: u8 = 17;

/// The values of a column. Two are equal when they are bit for bit: a missing number equals a missing number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Values {
    /// Numbers; NaN means missing and nothing else (no infinities).
    Numbers {
        /// One a row.
        values: Vec<f64>,
        /// Printed decimals of each cell, so that "1.50" comes back as it was; `u8::MAX` where the text is an exception,
        /// 254 where it is the shortest decimal that reads back as the value.
        decimals: Vec<u8>,
    },
    /// Labels by code, for boolean, categorical, text and identifier columns.
    Codes {
        /// Index into `levels`, or [`MISSING_CODE`].
        codes: Vec<u32>,
        /// Each label once, in order of first appearance.
        levels: Arc<Vec<String>>,
    },
    /// Moments.
    Times {
        /// Milliseconds since 1970-01-01T00:00Z, or [`MISSING_TIME`]. Zoneless stamps are read as UTC.
        millis: Vec<i64>,
        /// The column's one format.
        format: TimeFormat,
    },
}

impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Numbers { values: a, decimals: c }, Self::Numbers { values: b, decimals: d }) => {
                a.len() == b.len() && c == d && a.iter().zip(b).all(|(x, y)| x.to_bits() == y.to_bits() || x.is_nan() && y.is_nan())
            }
            (Self::Codes { codes: a, levels: c }, Self::Codes { codes: b, levels: d }) => a == b && c == d,
            (Self::Times { millis: a, format: c }, Self::Times { millis: b, format: d }) => a == b && c == d,
            _ => false,
        }
    }
}

/// Cells whose text cannot be made from the value: spellings of missing ("NA", "?"), odd numbers ("+1e3").
/// Empty text is the default spelling of a missing cell and is not listed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Exceptions {
    /// Rows in ascending order.
    rows: Vec<u32>,
    /// Index into `spellings`, one a row.
    which: Vec<u32>,
    /// Each text once.
    spellings: Vec<String>,
}

impl Exceptions {
    /// Exceptions from (row, text) pairs in ascending order of rows.
    pub fn new<'a>(cells: impl IntoIterator<Item = (u32, &'a str)>) -> Self {
        let mut out = Self::default();
        let mut index = std::collections::BTreeMap::new();
        for (row, text) in cells {
            let next = u32::try_from(out.spellings.len()).unwrap_or(u32::MAX);
            let which = *index.entry(text.to_owned()).or_insert_with(|| {
                out.spellings.push(text.to_owned());
                next
            });
            out.rows.push(row);
            out.which.push(which);
        }
        out
    }

    /// Exceptions from their parts: rows ascending, `which` below the number of spellings, spellings distinct.
    pub(crate) fn from_parts(rows: Vec<u32>, which: Vec<u32>, spellings: Vec<String>) -> Self {
        Self { rows, which, spellings }
    }

    /// Rows, index of each row's spelling, spellings.
    pub(crate) fn parts(&self) -> (&[u32], &[u32], &[String]) {
        (&self.rows, &self.which, &self.spellings)
    }

    /// The text of a row, if it is an exception.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        let at = self.rows.binary_search(&u32::try_from(row).ok()?).ok()?;
        self.spellings.get(*self.which.get(at)? as usize).map(String::as_str)
    }

    /// (row, text) in ascending order of rows.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        self.rows.iter().zip(&self.which).filter_map(|(&r, &w)| Some((r, self.spellings.get(w as usize)?.as_str())))
    }

    fn take(&self, rows: &[u32]) -> Self {
        if self.rows.is_empty() {
            return Self::default();
        }
        #[expect(clippy::cast_possible_truncation, reason = "tables have fewer than 2^32 rows")]
        Self::new(rows.iter().enumerate().filter_map(|(i, &r)| Some((i as u32, self.get(r as usize)?))))
    }
}

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    name: String,
    kind: Kind,
    values: Values,
    exceptions: Exceptions,
    /// Numbers are written with a decimal comma.
    #[serde(default)]
    comma: bool,
}

impl Column {
    /// A column from its parts. `values` must fit `kind`: numbers for numeric, times for timestamp, codes for the rest.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: Kind, values: Values, exceptions: Exceptions) -> Self {
        Self { name: name.into(), kind, values, exceptions, comma: false }
    }

    /// The same column, its numbers written with a decimal comma or not.
    #[must_use]
    pub fn with_decimal_comma(mut self, comma: bool) -> Self {
        self.comma = comma;
        self
    }

    /// Whether its numbers are written with a decimal comma.
    #[must_use]
    pub fn has_decimal_comma(&self) -> bool {
        self.comma
    }

    /// A numeric column printed with a fixed number of decimals (a test's or generator's column).
    #[must_use]
    pub fn numeric(name: &str, values: Vec<f64>, decimals: u8) -> Self {
        let decimals = vec![decimals; values.len()];
        Self::new(name, Kind::Numeric, Values::Numbers { values, decimals }, Exceptions::default())
    }

    /// A column of labels; `None` is missing.
    #[must_use]
    pub fn labels(name: &str, kind: Kind, cells: &[Option<&str>]) -> Self {
        let mut levels: Vec<String> = Vec::new();
        let mut index = std::collections::BTreeMap::new();
        let codes = cells
            .iter()
            .map(|cell| {
                cell.map_or(MISSING_CODE, |text| {
                    *index.entry(text).or_insert_with(|| {
                        levels.push(text.to_owned());
                        u32::try_from(levels.len() - 1).unwrap_or(MISSING_CODE)
                    })
                })
            })
            .collect();
        Self::new(name, kind, Values::Codes { codes, levels: Arc::new(levels) }, Exceptions::default())
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it holds.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its values.
    #[must_use]
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// Cells whose text cannot be made from the value.
    #[must_use]
    pub fn exceptions(&self) -> &Exceptions {
        &self.exceptions
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.values {
            Values::Numbers { values, .. } => values.len(),
            Values::Codes { codes, .. } => codes.len(),
            Values::Times { millis, .. } => millis.len(),
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The numbers of a numeric column, NaN where missing.
    #[must_use]
    pub fn numbers(&self) -> Option<&[f64]> {
        if let Values::Numbers { values, .. } = &self.values { Some(values) } else { None }
    }

    /// Codes and levels of a column of labels.
    #[must_use]
    pub fn codes(&self) -> Option<(&[u32], &[String])> {
        if let Values::Codes { codes, levels } = &self.values { Some((codes, levels)) } else { None }
    }

    /// Milliseconds since 1970 of a timestamp column.
    #[must_use]
    pub fn millis(&self) -> Option<&[i64]> {
        if let Values::Times { millis, .. } = &self.values { Some(millis) } else { None }
    }

    /// Most decimals printed in a numeric column; `None` for other kinds. Irregular and shortest texts ("1e-3") count as 17.
    #[must_use]
    pub fn printed_decimals(&self) -> Option<u8> {
        let Values::Numbers { values, decimals } = &self.values else { return None };
        let shown = values.iter().zip(decimals).filter(|(v, _)| !v.is_nan());
        Some(shown.map(|(_, &d)| if d >= SHORTEST { ALL_DIGITS } else { d }).max().unwrap_or(0))
    }

    /// Whether a cell is missing.
    #[must_use]
    pub fn is_missing(&self, row: usize) -> bool {
        match &self.values {
            Values::Numbers { values, .. } => values.get(row).is_none_or(|v| v.is_nan()),
            Values::Codes { codes, .. } => codes.get(row).is_none_or(|&c| c == MISSING_CODE),
            Values::Times { millis, .. } => millis.get(row).is_none_or(|&m| m == MISSING_TIME),
        }
    }

    /// Number of missing cells.
    #[must_use]
    pub fn n_missing(&self) -> usize {
        match &self.values {
            Values::Numbers { values, .. } => values.iter().filter(|v| v.is_nan()).count(),
            Values::Codes { codes, .. } => codes.iter().filter(|&&c| c == MISSING_CODE).count(),
            Values::Times { millis, .. } => millis.iter().filter(|&&m| m == MISSING_TIME).count(),
        }
    }

    /// The text the cell came from; empty for a missing cell without a spelling.
    #[must_use]
    pub fn text(&self, row: usize) -> Cow<'_, str> {
        if let Some(text) = self.exceptions.get(row) {
            return Cow::Borrowed(text);
        }
        if self.is_missing(row) {
            return Cow::Borrowed("");
        }
        match &self.values {
            Values::Numbers { values, decimals } => Cow::Owned(super::number::print(values[row], decimals[row], self.comma)),
            Values::Codes { codes, levels } => Cow::Borrowed(&levels[codes[row] as usize]),
            Values::Times { millis, format } => Cow::Owned(format.print(millis[row])),
        }
    }

    /// The column's type without its rows.
    #[must_use]
    pub fn schema(&self) -> ColumnSchema {
        let (levels, format) = match &self.values {
            Values::Codes { levels, .. } if matches!(self.kind, Kind::Boolean | Kind::Categorical) => (Some(levels.to_vec()), None),
            Values::Times { format, .. } => (None, Some(format.clone())),
            _ => (None, None),
        };
        ColumnSchema { name: self.name.clone(), kind: self.kind, levels, format }
    }

    /// The same column under another kind, with the same values (boolean, categorical, text and identifier share theirs).
    #[must_use]
    pub(crate) fn relabelled(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// The same column with these rows, in this order.
    #[must_use]
    pub fn take(&self, rows: &[u32]) -> Self {
        let at = |i: &u32| *i as usize;
        let values = match &self.values {
            Values::Numbers { values, decimals } => {
                Values::Numbers { values: rows.iter().map(|r| values[at(r)]).collect(), decimals: rows.iter().map(|r| decimals[at(r)]).collect() }
            }
            Values::Codes { codes, levels } => Values::Codes { codes: rows.iter().map(|r| codes[at(r)]).collect(), levels: Arc::clone(levels) },
            Values::Times { millis, format } => Values::Times { millis: rows.iter().map(|r| millis[at(r)]).collect(), format: format.clone() },
        };
        Self { name: self.name.clone(), kind: self.kind, values, exceptions: self.exceptions.take(rows), comma: self.comma }
    }
}
