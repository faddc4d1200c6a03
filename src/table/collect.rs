//! Names and cells while records come in, and how they become columns once the file has ended.

use super::cells::{Cells, lossless};
use super::convert::{self, Spelling, Wanted};
use super::dialect::Dialect;
use super::facts::{FileFacts, LISTED_REJECTS, Note, Reject};
use super::infer::{Inferred, infer};
use super::limits::Limits;
use super::parse::CsvOptions;
use super::patterns::{day_order, is_day_first};
use super::records::Record;
use super::schema::Schema;
use super::{Column, Kind};
use crate::error::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};

/// Names and cells.
pub(crate) struct Rows {
    pub(crate) limits: Limits,
    pub(crate) spelling: Spelling,
    pub(crate) header: bool,
    pub(crate) names: Option<Vec<String>>,
    pub(crate) columns: Vec<Cells>,
    pub(crate) n_rows: u32,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) n_rejected: u64,
    pub(crate) n_trailing: u64,
}

impl Rows {
    pub(crate) fn new(dialect: Dialect, options: &CsvOptions, limits: Limits) -> Self {
        Self {
            limits,
            spelling: Spelling::new(&options.nulls, dialect.point),
            header: dialect.header,
            names: None,
            columns: Vec::new(),
            n_rows: 0,
            rejects: Vec::new(),
            n_rejected: 0,
            n_trailing: 0,
        }
    }

    /// Takes one record: the header, a row, or a reject.
    pub(crate) fn take(&mut self, record: Record) -> Result<()> {
        let n_columns = self.columns.len();
        if self.names.is_none() {
            if record.len() > self.limits.columns {
                return Err(Error::file_too_large("columns", self.limits.columns as u64).at(record.line, record.byte));
            }
            self.columns = vec![Cells::default(); record.len()];
            if self.header {
                self.names = Some(record.cells().map(lossless).collect());
                return Ok(());
            }
            self.names = Some(vec![String::new(); record.len()]);
            return self.take(record);
        }
        let trailing = record.len() > n_columns && record.cells().skip(n_columns).all(<[u8]>::is_empty);
        if record.len() != n_columns && !trailing {
            self.n_rejected += 1;
            if self.rejects.len() < LISTED_REJECTS {
                self.rejects.push(Reject { line: record.line, byte: record.byte, found: record.len() as u64, expected: n_columns as u64 });
            }
            return Ok(());
        }
        self.n_trailing += u64::from(trailing);
        if self.n_rows >= self.limits.rows {
            return Err(Error::file_too_large("rows", u64::from(self.limits.rows)).at(record.line, record.byte));
        }
        self.n_rows += 1;
        for (column, cell) in self.columns.iter_mut().zip(record.cells()) {
            column.push(cell, self.spelling.point, &self.spelling.nulls);
        }
        Ok(())
    }
}

/// Names without surrounding spaces and marks, each once and none empty; what was changed is noted.
pub(crate) fn unique_names(names: Vec<String>, header: bool) -> (Vec<String>, Vec<Note>) {
    let mut notes = if header { Vec::new() } else { vec![Note::NoHeader] };
    let clean: Vec<String> = names.iter().map(|n| n.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_owned()).collect();
    // names that stand as they are keep their column; changed ones give way
    let mut taken: BTreeSet<String> = clean.iter().filter(|n| !n.is_empty()).cloned().collect();
    let mut used = BTreeSet::new();
    let mut unique = Vec::with_capacity(clean.len());
    for (i, name) in clean.into_iter().enumerate() {
        let position = i + 1;
        if !name.is_empty() && used.insert(name.clone()) {
            unique.push(name);
            continue;
        }
        let stem = if name.is_empty() { format!("column_{position}") } else { name.clone() };
        let mut fresh = if name.is_empty() { stem.clone() } else { format!("{stem}_2") };
        let mut number = 2_u64;
        while !taken.insert(fresh.clone()) {
            number += 1;
            fresh = format!("{stem}_{number}");
        }
        if header {
            notes.push(Note::Renamed { position: position as u64, from: name, to: fresh.clone() });
        }
        used.insert(fresh.clone());
        unique.push(fresh);
    }
    (unique, notes)
}

/// Judges every column, settles ambiguous dates by the file's other dates, and builds the columns.
pub(crate) fn finish_columns(
    names: Vec<String>,
    cells: Vec<Cells>,
    wanted: &BTreeMap<String, Wanted>,
    spelling: &Spelling,
    facts: &mut FileFacts,
) -> Result<Vec<Column>> {
    let mut judged: Vec<(String, Cells, Inferred)> = Vec::with_capacity(names.len());
    for (name, cells) in names.into_iter().zip(cells) {
        let (cells, inferred) = infer(&name, cells, spelling);
        judged.push((name, cells, inferred));
    }
    let orders: BTreeSet<bool> =
        judged.iter().filter(|(_, _, i)| i.ambiguous.is_none()).filter_map(|(_, _, i)| day_order(i.pattern.as_deref()?)).collect();
    let month_first = orders.contains(&false) && !orders.contains(&true);
    let mut columns = Vec::with_capacity(judged.len());
    for (name, cells, inferred) in judged {
        let mut want = wanted.get(&name).cloned().unwrap_or_default();
        let kind = want.kind.unwrap_or(inferred.kind);
        facts.lost_as.insert(name.clone(), inferred.lost_as.map(|n| n as u64));
        if let Some([day_first, month_first_pattern]) = inferred.ambiguous.clone().filter(|_| kind == Kind::Timestamp) {
            let (used, other) = if want.pattern.as_deref().map_or(month_first, |p| !is_day_first(p)) {
                (month_first_pattern, day_first)
            } else {
                (day_first, month_first_pattern)
            };
            facts.ambiguous.insert(name.clone(), if is_day_first(&used) { [used.clone(), other.clone()] } else { [other.clone(), used.clone()] });
            if want.pattern.is_none() {
                facts.notes.push(Note::AmbiguousDates { column: name.clone(), used: used.clone(), other });
                want.pattern = Some(used);
            }
        }
        if want.kind.is_none() {
            want.pattern = want.pattern.or(inferred.pattern);
        }
        let (column, lost) = convert::column(&name, kind, &want, cells, spelling)?;
        if lost > 0 {
            facts.notes.push(Note::NotOfKind { column: name, kind, count: lost as u64 });
        }
        columns.push(column);
    }
    Ok(columns)
}

/// Notes columns that are expected and absent, and labels and columns that are new.
pub(crate) fn note_schema(columns: &[Column], wanted: &BTreeMap<String, Wanted>, schema: Option<&Schema>, notes: &mut Vec<Note>) {
    let here: BTreeSet<&str> = columns.iter().map(Column::name).collect();
    notes.extend(wanted.keys().filter(|n| !here.contains(n.as_str())).map(|n| Note::NoSuchColumn { column: n.clone() }));
    let Some(schema) = schema else { return };
    let known: BTreeMap<&str, Option<&Vec<String>>> = schema.columns.iter().map(|c| (c.name.as_str(), c.levels.as_ref())).collect();
    for column in columns {
        match (known.get(column.name()), column.codes()) {
            (None, _) => notes.push(Note::NewColumn { column: column.name().to_owned() }),
            (Some(Some(levels)), Some((_, all))) if all.len() > levels.len() => {
                notes.push(Note::NewLevels { column: column.name().to_owned(), count: (all.len() - levels.len()) as u64 });
            }
            _ => {}
        }
    }
}
