//! Every sentence a user can be refused with: what happened, where, and what to do about it.
//!
//! Errors exist only where no result can. Messy data yields findings instead (see [`crate::finding`]).
//! A new refusal is a new constructor here, so that all of them can be read, and reworded, in one place.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Shorthand for results of the library.
pub type Result<T> = std::result::Result<T, Error>;

/// What kind of refusal this is; shells choose exit codes and banners by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The bytes of a file cannot be read as a table, bundle or project.
    Input,
    /// A setting, flag or hyperparameter does not fit the table or its range.
    Settings,
    /// A limit that protects the machine was reached.
    Limit,
    /// A method cannot give a result for this input (too few rows, one class, not finite ...).
    NotComputable,
    /// Our own mistake: a promise of the code was broken.
    Internal,
}

/// Where in the input something happened. All numbers count from 1 as a person would.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Line of the file, counting the header as line 1.
    pub line: Option<u64>,
    /// Byte offset from the start of the decoded file, from 0.
    pub byte: Option<u64>,
    /// Name of the column or setting.
    pub name: Option<String>,
}

/// A refusal: kind, sentence, place and hint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Error {
    /// What kind of refusal this is.
    pub kind: ErrorKind,
    /// One sentence: what happened.
    pub message: String,
    /// Where it happened, if that is known.
    pub place: Option<Place>,
    /// One sentence: what to do.
    pub hint: String,
}

impl Error {
    /// A refusal with a message and a hint and no place. Prefer a named constructor below.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind, message: message.into(), place: None, hint: hint.into() }
    }

    /// The same refusal, naming the column or setting it is about.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.place.get_or_insert_with(Place::default).name = Some(name.into());
        self
    }

    /// The same refusal, naming line (from 1) and byte (from 0).
    #[must_use]
    pub fn at(mut self, line: u64, byte: u64) -> Self {
        let place = self.place.get_or_insert_with(Place::default);
        place.line = Some(line);
        place.byte = Some(byte);
        self
    }

    /// A promise of the code was broken; `what` says which.
    #[must_use]
    pub fn internal(what: &str) -> Self {
        Self::new(ErrorKind::Internal, format!("Internal error: {what}."), "Please report this with the settings file.")
    }

    // ---- the machine around us

    /// A worker ended or fell silent each of `times` times it ran the same piece of work.
    #[must_use]
    pub fn worker_lost(times: u32) -> Self {
        Self::new(
            ErrorKind::Limit,
            format!("A piece of work was started {times} times and its worker ended each time, most likely because the browser ran out of memory."),
            "Close other tabs, use fewer workers or fewer rows, and run it again; the command line has no such limit.",
        )
    }

    /// No worker can be started in this browser.
    #[must_use]
    pub fn no_workers() -> Self {
        Self::new(
            ErrorKind::Limit,
            "The browser ends every worker that is started, so nothing can be computed.",
            "Reload the page; if that does not help, close other tabs or use another browser.",
        )
    }

    /// The worker that holds the session ended.
    #[must_use]
    pub fn session_lost() -> Self {
        Self::new(
            ErrorKind::Internal,
            "The part of the page that held your file ended unexpectedly, most likely because the browser ran out of memory.",
            "Open the file or the kept project again; close other tabs first if memory is short.",
        )
    }

    /// A chosen file can no longer be read (changed or removed on disk, or access withdrawn).
    #[must_use]
    pub fn unreadable_file(name: &str, why: &str) -> Self {
        Self::new(ErrorKind::Input, format!("The browser cannot read \"{name}\": {why}."), "Choose the file again.").named(name)
    }

    /// The project cannot be kept in the browser between visits.
    #[must_use]
    pub fn not_kept(why: &str) -> Self {
        Self::new(
            ErrorKind::Limit,
            format!("This browser could not keep your project: {why}."),
            "Nothing is lost while this page stays open. Save the project to a file to have it later.",
        )
    }

    // ---- settings and parameters

    /// A named setting has a value outside of what is allowed.
    #[must_use]
    pub fn out_of_range(name: &str, value: &str, allowed: &str) -> Self {
        Self::new(ErrorKind::Settings, format!("{name} is {value}, but must be {allowed}."), format!("Give {name} a value that is {allowed}."))
            .named(name)
    }

    /// A setting names something that does not exist; `known` lists what does.
    #[must_use]
    pub fn unknown(what: &str, name: &str, known: &[&str]) -> Self {
        Self::new(ErrorKind::Settings, format!("There is no {what} called \"{name}\"."), format!("Choose one of: {}.", known.join(", "))).named(name)
    }

    /// A column named by the task does not exist in the table.
    #[must_use]
    pub fn no_such_column(name: &str, known: &[&str]) -> Self {
        let near = nearest(name, known);
        let mut shown: Vec<&str> = if near.is_empty() { known.iter().take(20).copied().collect() } else { near };
        let asks = shown.len() < 20 && shown.len() < known.len();
        if !asks && known.len() > shown.len() {
            shown.push("...");
        }
        let hint = if asks { format!("Did you mean {}?", shown.join(" or ")) } else { format!("Its columns are: {}.", shown.join(", ")) };
        Self::new(ErrorKind::Settings, format!("There is no column \"{name}\" in this table."), hint).named(name)
    }

    /// A settings file cannot be read.
    #[must_use]
    pub fn bad_settings(why: &str, line: u64) -> Self {
        Self::new(ErrorKind::Settings, format!("The settings cannot be read: {why}."), "Start from a settings.json that a run has written.")
            .at(line, 0)
    }

    // ---- reading files

    /// A file without a single record.
    #[must_use]
    pub fn empty_file() -> Self {
        Self::new(ErrorKind::Input, "The file holds no rows and no header.", "Choose a file with a header line and at least one row.")
    }

    /// A gzip file that is damaged or cut off.
    #[must_use]
    pub fn damaged_gzip() -> Self {
        Self::new(ErrorKind::Input, "The compressed file is damaged or cut off.", "Copy or download the file again, or give it uncompressed.")
    }

    /// A file that unfolds to more than is allowed.
    #[must_use]
    pub fn unfolds_too_far(limit: u64) -> Self {
        Self::new(
            ErrorKind::Limit,
            format!("The compressed file unfolds to more than {limit} bytes, far beyond its own size."),
            "If you trust it, unpack it yourself and open the unpacked file.",
        )
    }

    /// A file of more bytes, columns or rows than is allowed; `what` names the unit.
    #[must_use]
    pub fn file_too_large(what: &str, limit: u64) -> Self {
        Self::new(ErrorKind::Limit, format!("The file has more than {limit} {what}."), format!("Open a part of it with at most {limit} {what}."))
    }

    /// A cell longer than is allowed; perhaps a quote was never closed.
    #[must_use]
    pub fn cell_too_long(limit: usize, in_quotes: bool) -> Self {
        let message =
            if in_quotes { "A quote is opened here and not closed within" } else { "A record that begins here has a cell or header of more than" };
        Self::new(
            ErrorKind::Limit,
            format!("{message} {limit} bytes."),
            "Read quotes literally (quote: none), choose another delimiter, or repair the line.",
        )
    }

    /// A quote that is still open when the file ends.
    #[must_use]
    pub fn unclosed_quote() -> Self {
        Self::new(ErrorKind::Input, "A quote is opened in this record and never closed.", "Read quotes literally (quote: none), or repair the line.")
    }

    /// A delimiter, quote or decimal sign that cannot be one; `what` names it.
    #[must_use]
    pub fn bad_sign(what: &str, sign: char) -> Self {
        Self::new(
            ErrorKind::Settings,
            format!("{sign:?} cannot be the {what}."),
            format!("Choose a single ASCII sign as the {what}, and a different one for each purpose."),
        )
        .named(what)
    }

    /// An encoding label nobody knows.
    #[must_use]
    pub fn unknown_encoding(label: &str) -> Self {
        Self::new(
            ErrorKind::Settings,
            format!("There is no encoding called \"{label}\"."),
            "Use a name such as utf-8, utf-16le, windows-1252 or shift_jis.",
        )
        .named(label)
    }

    /// A date pattern that cannot be read.
    #[must_use]
    pub fn bad_date_pattern(pattern: &str) -> Self {
        Self::new(ErrorKind::Settings, format!("\"{pattern}\" is not a date pattern."), "Write one such as %Y-%m-%d, %d/%m/%Y or %Y-%m-%d %H:%M:%S.")
            .named(pattern)
    }

    /// No known date format reads any cell of a column.
    #[must_use]
    pub fn no_date_format(column: &str) -> Self {
        Self::new(
            ErrorKind::Settings,
            format!("No known date format reads the cells of \"{column}\"."),
            "Give its pattern, such as %d.%m.%Y, or read it as another kind.",
        )
        .named(column)
    }

    /// Bytes that are not a table of ours.
    #[must_use]
    pub fn damaged_table(why: &str) -> Self {
        Self::new(ErrorKind::Input, format!("The stored table cannot be read: {why}."), "Open the original file again.")
    }

    /// No column of the table can be a target.
    #[must_use]
    pub fn no_target() -> Self {
        let message = "No column of this table can be predicted: each is constant, a date, text or a key.";
        Self::new(ErrorKind::Settings, message, "Name a target column, or read one as another kind.")
    }

    /// The target does not fit the kind of task asked for.
    #[must_use]
    pub fn wrong_task(target: &str, wanted: &str, possible: &str) -> Self {
        Self::new(
            ErrorKind::Settings,
            format!("\"{target}\" cannot be a {wanted} target; it looks like {possible}."),
            format!("Choose {possible}, or read the column as another kind."),
        )
        .named(target)
    }

    /// A learner cannot do this kind of task.
    #[must_use]
    pub fn wrong_learner(learner: &str, kind: &str) -> Self {
        Self::new(ErrorKind::Settings, format!("{learner} cannot do {kind}."), "Leave it out, or choose another task.")
    }

    /// A metric does not measure this kind of task.
    #[must_use]
    pub fn wrong_metric(metric: &str, kind: &str) -> Self {
        Self::new(ErrorKind::Settings, format!("{metric} does not measure {kind}."), "Choose another metric, or another task.").named("metric")
    }

    // ---- files from outside

    /// Files were announced, but there are none.
    #[must_use]
    pub fn no_files() -> Self {
        Self::new(ErrorKind::Input, "No file was given.", "Drop a CSV file, or choose one.")
    }

    /// A session needs exactly one file to learn from.
    #[must_use]
    pub fn one_training_file() -> Self {
        Self::new(ErrorKind::Settings, "Exactly one file can be learned from.", "Choose one file as train, and the others as test or new.")
    }

    /// The files are too large to be held for a project.
    #[must_use]
    pub fn too_large_to_keep(limit: &str) -> Self {
        Self::new(
            ErrorKind::Limit,
            format!("Files above {limit} are not kept in a project."),
            "Save the settings instead, and open them with the file.",
        )
    }

    /// A file cannot be read; `why` is the system's reason.
    #[must_use]
    pub fn unreadable(path: &str, why: &str) -> Self {
        Self::new(ErrorKind::Input, format!("{path} cannot be read: {why}."), "Check the path and that you may read the file.")
    }

    /// A file or folder cannot be written; `why` is the system's reason.
    #[must_use]
    pub fn unwritable(path: &str, why: &str) -> Self {
        Self::new(ErrorKind::Input, format!("{path} cannot be written: {why}."), "Choose a folder you may write to.")
    }

    /// A bundle cannot be used; `why` completes "cannot be used: ...".
    #[must_use]
    pub fn bad_bundle(why: &str) -> Self {
        Self::new(ErrorKind::Input, format!("This bundle cannot be used: {why}."), "Take the file again from where it was written.")
    }

    /// A version of a registry cannot be taken; `why` completes "cannot be taken: ...".
    #[must_use]
    pub fn bad_version(why: &str) -> Self {
        Self::new(ErrorKind::Input, format!("This version cannot be taken: {why}."), "Take the file again from where it was written.")
    }

    /// Versions cannot be compared; `why` completes "cannot be compared: ...".
    #[must_use]
    pub fn not_comparable(why: &str) -> Self {
        Self::new(
            ErrorKind::Settings,
            format!("These versions cannot be compared: {why}."),
            "Choose versions that predict the same target, and rows that hold it.",
        )
    }

    /// A project cannot be opened; `why` completes "cannot be opened: ...".
    #[must_use]
    pub fn bad_project(why: &str) -> Self {
        Self::new(ErrorKind::Input, format!("This project cannot be opened: {why}."), "Open the CSV file itself instead.")
    }

    /// Something was asked for that has not been computed yet.
    #[must_use]
    pub fn not_yet(what: &str, first: &str) -> Self {
        Self::new(ErrorKind::Settings, format!("There is no {what} yet."), format!("{first} first."))
    }

    /// There are not enough `things` ("entities") for the folds asked; `most` is the largest possible number of folds.
    #[must_use]
    pub fn too_few_for_folds(things: &str, asked: usize, most: usize) -> Self {
        let hint = if most >= 2 {
            format!("Use at most {most} folds, or a smaller holdout.")
        } else {
            "Choose another split strategy, a smaller holdout, or a file with more rows.".to_owned()
        };
        let message = format!("There are too few {things} for {asked} folds: they are enough for {most}.");
        Self::new(ErrorKind::NotComputable, message, hint).named("folds")
    }

    /// A split strategy needs a column with a role that no column has.
    #[must_use]
    pub fn strategy_needs(strategy: &str, role: &str) -> Self {
        let message = format!("The split strategy {strategy} needs a column of role {role}, and none is set.");
        Self::new(ErrorKind::Settings, message, format!("Name the {role} column, or choose another split strategy.")).named("strategy")
    }

    // ---- preparation

    /// A column was read as another kind than the one it is needed as.
    #[must_use]
    pub fn wrong_kind(column: &str, found: &str, wanted: &str) -> Self {
        let message = format!("The column \"{column}\" was read as {found}, but is needed as {wanted}.");
        Self::new(ErrorKind::Settings, message, format!("Read \"{column}\" as {wanted}.")).named(column)
    }

    /// A column that orders the rows was to be replaced by earlier rows.
    #[must_use]
    pub fn orders_rows(column: &str) -> Self {
        Self::new(
            ErrorKind::Settings,
            format!("The column \"{column}\" orders the rows: it cannot hold the values of earlier ones."),
            "Take it out of the derived columns, or choose another time and entity.",
        )
        .named(column)
    }

    /// New rows came without the earlier rows that a column is computed from.
    #[must_use]
    pub fn no_history(column: &str, source: &str, rows: u32) -> Self {
        let steps = if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
        Self::new(
            ErrorKind::Input,
            format!("The column \"{column}\" is computed from \"{source}\" up to {steps} earlier, and no row of this file has so many before it."),
            format!("Put the {steps} before those to be predicted into the file, in each entity, with their \"{source}\"."),
        )
        .named(column)
    }

    /// A feature still has missing cells after the last preparation step.
    #[must_use]
    pub fn still_missing(feature: &str) -> Self {
        let message = format!("The feature \"{feature}\" has missing cells that no preparation step fills.");
        Self::new(ErrorKind::Settings, message, "Add the step impute for it, or leave the column out.").named(feature)
    }

    /// The numbers of a column are too large for sums of them to be finite.
    #[must_use]
    pub fn too_large(column: &str) -> Self {
        let message = format!("The numbers in \"{column}\" are too large to compute with.");
        Self::new(ErrorKind::NotComputable, message, "Leave the column out, or write it in a larger unit.").named(column)
    }

    /// A saved model breaks a promise; `why` completes "cannot be used: ...".
    #[must_use]
    pub fn broken_bundle(why: &str) -> Self {
        Self::new(ErrorKind::Input, format!("The saved model cannot be used: {why}."), "Export the bundle again from the run that made it.")
    }

    /// The time column is of a kind that has no order in time.
    #[must_use]
    pub fn cannot_order_by(kind: &str) -> Self {
        let message = format!("Rows cannot be ordered in time by a column of kind {kind}.");
        Self::new(ErrorKind::Settings, message, "Read the time column as timestamp or numeric, or choose another time column.")
    }

    // ---- methods

    /// A method cannot give a result for this input; `why` completes "cannot be computed: ...".
    #[must_use]
    pub fn not_computable(what: &str, why: &str, hint: &str) -> Self {
        Self::new(ErrorKind::NotComputable, format!("{what} cannot be computed: {why}."), hint)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(place) = &self.place
            && let Some(line) = place.line
        {
            write!(f, " (line {line}")?;
            if let Some(byte) = place.byte {
                write!(f, ", byte {byte}")?;
            }
            f.write_str(")")?;
        }
        if self.hint.is_empty() { Ok(()) } else { write!(f, " {}", self.hint) }
    }
}

impl std::error::Error for Error {}

/// Names that a word may have been meant for, nearest first, at most three: those that differ from it in at most a third of its letters (Levenshtein
/// 1966, without regard to case), or contain it.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Vec<&'a str> {
    let word: Vec<char> = name.to_lowercase().chars().take(100).collect();
    let distance = |other: &str| {
        let mut row: Vec<usize> = (0..=word.len()).collect();
        for (i, letter) in other.to_lowercase().chars().take(100).enumerate() {
            let mut corner = i;
            row[0] = i + 1;
            for (j, own) in word.iter().enumerate() {
                let kept = corner + usize::from(*own != letter);
                corner = row[j + 1];
                row[j + 1] = kept.min(corner + 1).min(row[j] + 1);
            }
        }
        row.last().copied().unwrap_or(usize::MAX)
    };
    let contains = |other: &str| name.len() >= 3 && other.to_lowercase().contains(&name.to_lowercase());
    let mut near: Vec<(usize, &str)> = known.iter().map(|k| (distance(k), *k)).filter(|(d, k)| d * 3 <= word.len() || contains(k)).collect();
    near.sort_by_key(|n| n.0);
    near.into_iter().take(3).map(|n| n.1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_where_and_what_to_do() {
        let error = Error::out_of_range("folds", "1", "between 2 and 20").at(3, 40);
        assert_eq!(error.to_string(), "folds is 1, but must be between 2 and 20. (line 3, byte 40) Give folds a value that is between 2 and 20.");
    }
}
