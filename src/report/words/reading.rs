//! What was noticed while a file was read, as sentences.

use crate::report::format;
use crate::table::{Note, Reject};

/// One sentence or two for a note: what was noticed and what to do if it is wrong.
#[must_use]
pub fn note(note: &Note) -> String {
    match note {
        Note::Renamed { position, from, to } if from.is_empty() => format!("Column {position} has no name; it is called {to} here."),
        Note::Renamed { position, from, to } => format!("The name {from} is there more than once; column {position} is called {to} here."),
        Note::NoHeader => "The first line looks like values, not names, so columns are named by number. Say so if it is a header.".to_owned(),
        Note::GuessedEncoding { encoding } => format!("The file does not say its encoding; it was read as {encoding}. Check words with accents."),
        Note::Replaced { count } => {
            format!(
                "{} make no character and were replaced by \u{fffd}. Choose another encoding if there are many.",
                format::counted(*count, "place", "places")
            )
        }
        Note::TrailingCells { count } => {
            format!("{} with empty cells beyond the last column; those cells were ignored.", format::counted(*count, "record", "records"))
        }
        Note::NotOfKind { column, kind, count } => {
            format!(
                "{} of {column} cannot be read as {} and count as missing; their text is kept.",
                format::counted(*count, "cell", "cells"),
                kind.id()
            )
        }
        Note::AmbiguousDates { column, used, other } => {
            format!(
                "Day and month of {column} could be exchanged: its dates were read as {}, but {} fits as well. Which is it?",
                letters(used),
                letters(other)
            )
        }
        Note::NoSuchColumn { column } => format!("This file has no column {column}."),
        Note::NewColumn { column } => format!("Column {column} is not in the first file."),
        Note::NewLevels { column, count } => format!("{column} has {} the first file does not have.", format::counted(*count, "label", "labels")),
    }
}

/// Why a record was left out.
#[must_use]
pub fn reject(reject: &Reject) -> String {
    format!("{} instead of {}", format::counted(reject.found, "cell", "cells"), format::count(reject.expected))
}

/// A date pattern as people write it: "%d/%m/%Y" is "DD/MM/YYYY".
#[must_use]
pub fn letters(pattern: &str) -> String {
    let pairs = [
        ("%Y", "YYYY"),
        ("%y", "YY"),
        ("%m", "MM"),
        ("%-m", "M"),
        ("%d", "DD"),
        ("%-d", "D"),
        ("%H", "hh"),
        ("%-H", "h"),
        ("%I", "hh"),
        ("%-I", "h"),
        ("%M", "mm"),
        ("%S", "ss"),
        ("%p", "AM/PM"),
        ("%b", "Mon"),
        ("%B", "Month"),
        ("%q", "q"),
        ("%:z", "+hh:mm"),
        ("%.3f", ".sss"),
        ("%.6f", ".ssssss"),
        ("%.9f", ".sssssssss"),
    ];
    pairs.iter().fold(pattern.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_sentences() {
        let ambiguous = Note::AmbiguousDates { column: "when".into(), used: "%d/%m/%Y".into(), other: "%m/%d/%Y".into() };
        assert_eq!(
            note(&ambiguous),
            "Day and month of when could be exchanged: its dates were read as DD/MM/YYYY, but MM/DD/YYYY fits as well. Which is it?"
        );
        assert_eq!(reject(&Reject { line: 3, byte: 8, found: 1, expected: 2 }), "1 cell instead of 2");
    }
}
