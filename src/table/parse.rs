//! Reading a file: bytes are pushed as they come, a table and the facts about the file come out.
//!
//! Unfold (gzip), decode (encoding), detect (dialect), cut (records), collect (cells), judge (kinds). Every step is pushed and looks
//! at fixed windows, so the table does not depend on how the bytes were cut into chunks. Records of a wrong width are left
//! out, listed and counted; a file is refused only when a limit is reached or nothing in it can be read.

use super::Table;
use super::cells::{Cells, lossless};
use super::convert::{self, Spelling, Wanted};
use super::decode::{Budget, Decode, Unfold};
use super::dialect::{self, Dialect, SAMPLE};
use super::facts::{DialectFacts, FileFacts, LISTED_REJECTS, Note, Reject};
use super::infer::{Inferred, infer};
use super::limits::Limits;
use super::patterns::{day_order, is_day_first};
use super::records::{LineEnds, Record, Records};
use super::schema::Schema;
use super::time::TimeFormat;
use super::{Column, Kind};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// How a file is read; `None` is detected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CsvOptions {
    /// Field delimiter.
    pub delimiter: Option<char>,
    /// Quote character; `Some('\0')`: read quotes literally.
    pub quote: Option<char>,
    /// Encoding label ("utf-8", "windows-1252").
    pub encoding: Option<String>,
    /// Whether the first record names the columns.
    pub header: Option<bool>,
    /// Decimal sign.
    pub decimal: Option<char>,
    /// Spellings of a missing cell besides the empty one, compared without surrounding spaces, with case.
    pub nulls: Vec<String>,
}

impl Default for CsvOptions {
    fn default() -> Self {
        let nulls = ["NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "none", "?", "-", "#N/A"];
        Self { delimiter: None, quote: None, encoding: None, header: None, decimal: None, nulls: nulls.map(str::to_owned).to_vec() }
    }
}

/// What a person chose for one column; `None` is judged from the cells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KindChoice {
    /// Read it as this kind.
    pub kind: Option<Kind>,
    /// Pattern of its dates ("%d/%m/%Y"); implies [`Kind::Timestamp`] when no kind is chosen.
    pub date_format: Option<String>,
}

/// A table and what was learned about its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The table.
    pub table: Table,
    /// The facts.
    pub facts: FileFacts,
}

/// Reads a whole file at once.
///
/// # Errors
/// Those of [`Loader::push`] and [`Loader::finish`].
pub fn read(bytes: &[u8], options: &CsvOptions) -> Result<Loaded> {
    let mut loader = Loader::new(options.clone(), Limits::default(), &BTreeMap::new());
    loader.push(bytes)?;
    loader.finish()
}

/// Reads a file pushed to it in pieces of any size.
pub struct Loader {
    options: CsvOptions,
    limits: Limits,
    wanted: BTreeMap<String, Wanted>,
    schema: Option<Schema>,
    hash: Sha256,
    n_bytes: u64,
    unfold: Unfold,
    budget: Budget,
    text: Text,
    failed: Option<Error>,
}

/// Everything behind the unfolding of gzip.
struct Text {
    options: CsvOptions,
    limits: Limits,
    decode: Option<Decode>,
    /// Text not yet cut: the sample, then what one piece decodes to.
    pending: Vec<u8>,
    body: Option<Body>,
}

/// Everything behind the dialect.
struct Body {
    dialect: Dialect,
    records: Records,
    rows: Rows,
}

/// Names and cells.
struct Rows {
    limits: Limits,
    spelling: Spelling,
    header: bool,
    names: Option<Vec<String>>,
    columns: Vec<Cells>,
    n_rows: u32,
    rejects: Vec<Reject>,
    n_rejected: u64,
    n_trailing: u64,
}

impl Loader {
    /// A reader with what the person chose: options, limits, and kinds of columns by name.
    #[must_use]
    pub fn new(options: CsvOptions, limits: Limits, choices: &BTreeMap<String, KindChoice>) -> Self {
        let wanted = choices.iter().map(|(name, choice)| {
            let kind = choice.kind.or(choice.date_format.as_ref().map(|_| Kind::Timestamp));
            (name.clone(), Wanted { kind, pattern: choice.date_format.clone(), levels: Vec::new() })
        });
        Self {
            wanted: wanted.collect(),
            schema: None,
            hash: Sha256::new(),
            n_bytes: 0,
            unfold: Unfold::new(),
            budget: Budget::new(limits.clone()),
            text: Text { options: options.clone(), limits: limits.clone(), decode: None, pending: Vec::new(), body: None },
            options,
            limits,
            failed: None,
        }
    }

    /// The same reader for a further file of the same columns: kinds, date formats and the order of labels are those of `schema`; new labels are appended.
    #[must_use]
    pub fn with_schema(mut self, schema: &Schema) -> Self {
        for column in &schema.columns {
            let pattern = column.format.as_ref().map(|f| f.pattern.clone());
            self.wanted.insert(column.name.clone(), Wanted { kind: Some(column.kind), pattern, levels: column.levels.clone().unwrap_or_default() });
        }
        self.schema = Some(schema.clone());
        self
    }

    /// Takes the next bytes of the file.
    ///
    /// # Errors
    /// A limit is reached, the gzip stream is damaged, or an option cannot be used. The reader then stays refused.
    pub fn push(&mut self, bytes: &[u8]) -> Result<()> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        if bytes.is_empty() {
            return Ok(());
        }
        self.hash.update(bytes);
        self.n_bytes += bytes.len() as u64;
        let text = &mut self.text;
        let pushed = self.unfold.push(bytes, &mut self.budget, &mut |b| text.push(b));
        if let Err(error) = &pushed {
            self.failed = Some(error.clone());
        }
        pushed
    }

    /// The file has ended: its table and facts.
    ///
    /// # Errors
    /// Those of [`Loader::push`]; a file without records; a quote never closed; a chosen date pattern that cannot be used.
    pub fn finish(mut self) -> Result<Loaded> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let text = &mut self.text;
        self.unfold.finish(&mut self.budget, &mut |b| text.push(b))?;
        let (decode, body) = self.text.finish()?;
        let Body { dialect, records, rows } = body;
        let names = rows.names.ok_or_else(Error::empty_file)?;
        let (names, mut notes) = unique_names(names, dialect.header);
        let mut sha256 = String::with_capacity(64);
        for byte in self.hash.finalize() {
            let _ = write!(sha256, "{byte:02x}");
        }
        if decode.guessed {
            notes.push(Note::GuessedEncoding { encoding: decode.encoding.to_owned() });
        }
        if decode.n_replaced > 0 {
            notes.push(Note::Replaced { count: decode.n_replaced });
        }
        if rows.n_trailing > 0 {
            notes.push(Note::TrailingCells { count: rows.n_trailing });
        }
        let mut facts = FileFacts {
            bytes: self.n_bytes,
            sha256,
            dialect: DialectFacts {
                delimiter: char::from(dialect.delimiter),
                quote: dialect.quote.map(char::from),
                encoding: decode.encoding.to_owned(),
                line_ends: line_ends(records.line_ends).to_owned(),
                decimal: char::from(dialect.point),
                header: dialect.header,
                gzip: self.unfold.is_gzip(),
            },
            rejects: rows.rejects,
            n_rejected: rows.n_rejected,
            notes,
            ambiguous: BTreeMap::new(),
            lost_as: BTreeMap::new(),
        };
        let columns = finish_columns(names, rows.columns, &self.wanted, &rows.spelling, &mut facts)?;
        note_schema(&columns, &self.wanted, self.schema.as_ref(), &mut facts.notes);
        Ok(Loaded { table: Table::new(columns)?, facts })
    }

    /// What the person chose.
    #[must_use]
    pub fn options(&self) -> &CsvOptions {
        &self.options
    }

    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

impl Text {
    fn push(&mut self, bytes: &[u8]) -> Result<()> {
        self.decoder()?;
        if let Some(decode) = &mut self.decode {
            decode.push(bytes, &mut self.pending);
        }
        self.cut(false)
    }

    fn decoder(&mut self) -> Result<()> {
        if self.decode.is_none() {
            self.decode = Some(Decode::new(self.options.encoding.as_deref())?);
        }
        Ok(())
    }

    /// Cuts what is pending, once there is enough of it to know the dialect.
    fn cut(&mut self, last: bool) -> Result<()> {
        if self.body.is_none() {
            if self.pending.len() < SAMPLE && !last {
                return Ok(());
            }
            let whole = self.pending.len() <= SAMPLE && last;
            let sample = self.pending.get(..SAMPLE).unwrap_or(&self.pending);
            let dialect = dialect::detect(sample, whole, &self.options)?;
            self.body = Some(Body {
                dialect,
                records: Records::new(dialect.delimiter, dialect.quote, self.limits.clone()),
                rows: Rows::new(dialect, &self.options, self.limits.clone()),
            });
        }
        if let Some(body) = &mut self.body {
            let rows = &mut body.rows;
            body.records.push(&self.pending, &mut |record| rows.take(record))?;
            if last {
                body.records.finish(&mut |record| rows.take(record))?;
            }
        }
        self.pending.clear();
        Ok(())
    }

    fn finish(&mut self) -> Result<(Decode, Body)> {
        self.decoder()?;
        if let Some(decode) = &mut self.decode {
            decode.finish(&mut self.pending);
        }
        self.cut(true)?;
        self.decode.take().zip(self.body.take()).ok_or_else(Error::empty_file)
    }
}

impl Rows {
    fn new(dialect: Dialect, options: &CsvOptions, limits: Limits) -> Self {
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
    fn take(&mut self, record: Record) -> Result<()> {
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

fn line_ends(seen: LineEnds) -> &'static str {
    match (seen.lf > 0, seen.crlf > 0, seen.cr > 0) {
        (_, false, false) => "LF",
        (false, true, false) => "CRLF",
        (false, false, true) => "CR",
        _ => "mixed",
    }
}

/// Names without surrounding spaces and marks, each once and none empty; what was changed is noted.
fn unique_names(names: Vec<String>, header: bool) -> (Vec<String>, Vec<Note>) {
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
fn finish_columns(
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
fn note_schema(columns: &[Column], wanted: &BTreeMap<String, Wanted>, schema: Option<&Schema>, notes: &mut Vec<Note>) {
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

/// A format by its pattern.
///
/// # Errors
/// The pattern cannot be read.
pub fn time_format(pattern: &str) -> Result<TimeFormat> {
    let format = TimeFormat::new(pattern);
    if format.is_valid() { Ok(format) } else { Err(Error::bad_date_pattern(pattern)) }
}
