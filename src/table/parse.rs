//! Reading a file: bytes are pushed as they come, a table and the facts about the file come out.
//!
//! Unfold (gzip), decode (encoding), detect (dialect), cut (records), collect (cells), judge (kinds). Every step is pushed and looks
//! at fixed windows, so the table does not depend on how the bytes were cut into chunks. Records of a wrong width are left
//! out, listed and counted; a file is refused only when a limit is reached or nothing in it can be read.

use super::Kind;
use super::Table;
use super::collect::{Rows, finish_columns, note_schema, unique_names};
use super::convert::Wanted;
use super::decode::{Budget, Decode, Unfold};
use super::dialect::{self, Dialect, SAMPLE};
use super::facts::{DialectFacts, FileFacts, Note};
use super::limits::Limits;
use super::records::{LineEnds, Records};
use super::schema::Schema;
use super::time::TimeFormat;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Bytes taken through all steps at once: they stay near the processor, and a browser, which compiles a function better only between two calls of it, gets to do so.
const PIECE: usize = 64 << 10;

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
        for piece in bytes.chunks(PIECE) {
            self.hash.update(piece);
            self.n_bytes += piece.len() as u64;
            let text = &mut self.text;
            if let Err(error) = self.unfold.push(piece, &mut self.budget, &mut |b| text.push(b)) {
                self.failed = Some(error.clone());
                return Err(error);
            }
        }
        Ok(())
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

fn line_ends(seen: LineEnds) -> &'static str {
    match (seen.lf > 0, seen.crlf > 0, seen.cr > 0) {
        (_, false, false) => "LF",
        (false, true, false) => "CRLF",
        (false, false, true) => "CR",
        _ => "mixed",
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
