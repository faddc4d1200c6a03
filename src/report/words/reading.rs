//! What is said about reading a file: dialect, rejected records, notes and questions, and the range of a column.

use crate::report::format;
use crate::table::facts::{FileFacts, Note, Reject};
use crate::table::profile::ColumnProfile;
use crate::table::{Column, Kind, Values};

/// Labels named in a column's range.
const NAMED_LABELS: usize = 2;

/// Delimiter, quote, encoding, line ends and decimal sign: term and value.
#[must_use]
pub fn dialect(facts: &FileFacts) -> Vec<(String, String)> {
    let d = &facts.dialect;
    let quote = d.quote.map_or_else(|| "read literally".to_owned(), |q| q.to_string());
    let mut terms = vec![
        ("delimiter", sign(d.delimiter)),
        ("quotes", quote),
        ("encoding", d.encoding.clone()),
        ("line ends", d.line_ends.clone()),
        ("decimal sign", d.decimal.to_string()),
        ("first line", if d.header { "names the columns" } else { "holds values" }.to_owned()),
    ];
    if d.gzip {
        terms.push(("compressed", "gzip".to_owned()));
    }
    terms.into_iter().map(|(term, value)| (term.to_owned(), value)).collect()
}

fn sign(delimiter: char) -> String {
    match delimiter {
        ',' => "comma".to_owned(),
        ';' => "semicolon".to_owned(),
        '\t' => "tab".to_owned(),
        '|' => "vertical bar".to_owned(),
        ' ' => "space".to_owned(),
        other => other.to_string(),
    }
}

/// Why a record was rejected.
#[must_use]
pub fn reject(reject: &Reject) -> String {
    let cells = format::counted(reject.found, "cell", "cells");
    format!("{cells} where the table has {}", format::count(reject.expected))
}

/// A note in one sentence.
#[must_use]
pub fn note(note: &Note) -> String {
    match note {
        Note::Renamed { position, from, to } if from.is_empty() => format!("Column {position} has no name; it is called \"{to}\" here."),
        Note::Renamed { position, from, to } => format!("Column {position} repeats the name \"{from}\"; it is called \"{to}\" here."),
        Note::NoHeader => "The first line holds values, so columns are named by number.".to_owned(),
        Note::GuessedEncoding { encoding } => {
            format!("The encoding was guessed from the letters: {encoding}. Choose another one if names look wrong.")
        }
        Note::Replaced { count } => {
            format!("{} that make no character in this encoding were replaced.", format::counted(*count, "group of bytes", "groups of bytes"))
        }
        Note::TrailingCells { count } => {
            format!("{} had empty cells beyond the last column; these were ignored.", format::counted(*count, "record", "records"))
        }
        Note::NotOfKind { column, kind, count } => {
            format!(
                "{} of \"{column}\" do not fit the kind {}; they count as missing, and their text is kept.",
                format::counted(*count, "cell", "cells"),
                kind.id()
            )
        }
        Note::AmbiguousDates { column, used, other } => {
            format!(
                "Day and month of \"{column}\" could be exchanged: it is read as {}, but could be {}. Which is right?",
                pattern(used),
                pattern(other)
            )
        }
        Note::NoSuchColumn { column } => format!("The column \"{column}\" is not in this file."),
        Note::NewColumn { column } => format!("The column \"{column}\" is not in the training file and is not used."),
        Note::NewLevels { column, count } => {
            format!("\"{column}\" has {} that the training file does not have.", format::counted(*count, "label", "labels"))
        }
    }
}

/// A date pattern as people write it: "day/month/year".
#[must_use]
pub fn pattern(pattern: &str) -> String {
    let words = [("%Y", "year"), ("%m", "month"), ("%d", "day"), ("%y", "year"), ("%b", "month"), ("%H", "hour"), ("%M", "minute"), ("%S", "second")];
    words.iter().fold(pattern.to_owned(), |text, (code, word)| text.replace(code, word))
}

/// Range of numbers and dates, or the most frequent labels.
#[must_use]
pub fn range(column: &Column, profile: &ColumnProfile) -> String {
    match (column.kind(), &profile.quantiles, column.values()) {
        (Kind::Numeric, Some(q), _) => format!("{} to {}", format::number(q[0]), format::number(q[8])),
        #[expect(clippy::cast_possible_truncation, reason = "moments are whole milliseconds")]
        (Kind::Timestamp, Some(q), Values::Times { format, .. }) => format!("{} to {}", format.print(q[0] as i64), format.print(q[8] as i64)),
        (Kind::Boolean | Kind::Categorical, ..) => {
            profile.top.iter().take(NAMED_LABELS).map(|(label, _)| label.as_str()).collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ambiguous_date_is_asked_in_words() {
        let asked = note(&Note::AmbiguousDates { column: "sold".into(), used: "%d/%m/%Y".into(), other: "%m/%d/%Y".into() });
        assert_eq!(asked, "Day and month of \"sold\" could be exchanged: it is read as day/month/year, but could be month/day/year. Which is right?");
    }
}
