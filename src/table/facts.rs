//! What was learned about a file while it was read: dialect, rejects, notes and questions. Numbers and names only; the sentences are made in `report`.

use super::Kind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rejected records that are listed; all are counted.
pub const LISTED_REJECTS: usize = 100;

/// Delimiter and company, as found or as chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialectFacts {
    /// Field delimiter.
    pub delimiter: char,
    /// Quote sign; `None`: quotes are literal.
    pub quote: Option<char>,
    /// Name of the encoding ("UTF-8").
    pub encoding: String,
    /// "LF", "CRLF", "CR" or "mixed".
    pub line_ends: String,
    /// Decimal sign.
    pub decimal: char,
    /// Whether the first record names the columns.
    pub header: bool,
    /// Whether the file was compressed with gzip.
    pub gzip: bool,
}

/// A record with a wrong number of cells; it is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// Line of the file where it begins, from 1.
    pub line: u64,
    /// Byte of the decoded text where it begins, from 0.
    pub byte: u64,
    /// Cells it has.
    pub found: u64,
    /// Cells the table has.
    pub expected: u64,
}

/// Something a person should know about the reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// An empty or repeated name was changed.
    Renamed {
        /// Position of the column, from 1.
        position: u64,
        /// Name in the file.
        from: String,
        /// Name in use.
        to: String,
    },
    /// The first record was read as data and columns are named by number.
    NoHeader,
    /// The encoding was guessed from the frequencies of letters.
    GuessedEncoding {
        /// Its name.
        encoding: String,
    },
    /// Bytes that make no character were replaced by U+FFFD.
    Replaced {
        /// How often.
        count: u64,
    },
    /// Records had empty cells beyond the last column; these were ignored.
    TrailingCells {
        /// In how many records.
        count: u64,
    },
    /// Cells that do not fit the column's kind count as missing; their text is kept.
    NotOfKind {
        /// Column.
        column: String,
        /// Kind of the column.
        kind: Kind,
        /// How many cells.
        count: u64,
    },
    /// Day and month could be exchanged: the person is asked.
    AmbiguousDates {
        /// Column.
        column: String,
        /// Pattern in use.
        used: String,
        /// The other pattern.
        other: String,
    },
    /// A column that was chosen for, or is expected by the first file, is not in this one.
    NoSuchColumn {
        /// Column.
        column: String,
    },
    /// A column the first file does not have.
    NewColumn {
        /// Column.
        column: String,
    },
    /// Labels the first file does not have.
    NewLevels {
        /// Column.
        column: String,
        /// How many.
        count: u64,
    },
}

/// What was learned about a file while it was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Size of the file in bytes, as it was given (compressed if it was).
    pub bytes: u64,
    /// SHA-256 of these bytes, hexadecimal.
    pub sha256: String,
    /// Dialect.
    pub dialect: DialectFacts,
    /// The first [`LISTED_REJECTS`] rejected records.
    pub rejects: Vec<Reject>,
    /// Rejected records in all.
    pub n_rejected: u64,
    /// Notes in the order of columns.
    pub notes: Vec<Note>,
    /// Timestamp columns whose day and month could be exchanged: day-first and month-first pattern.
    pub ambiguous: BTreeMap<String, [String; 2]>,
    /// Present cells that would become missing under each kind, in the order of [`Kind::ALL`], by column.
    pub lost_as: BTreeMap<String, [u64; 6]>,
}
