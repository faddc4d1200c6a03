//! From cells to a column of a given kind, and from one kind to another. The text of every cell survives.

use super::Table;
use super::cells::{Cells, Irregular, Nulls, Numbers, Texts, lossless};
use super::column::{Column, IRREGULAR, Kind, MISSING_CODE, MISSING_TIME, SHORTEST, Values};
use super::infer::BOOLEAN_PAIRS;
use super::intern::Dictionary;
use super::number::{self, Reading};
use super::parse::CsvOptions;
use super::patterns::best_pattern;
use super::time::{Clockwork, TimeFormat};
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A column's type as wanted: kind, date pattern, and labels that keep their place in front.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) kind: Option<Kind>,
    pub(crate) pattern: Option<String>,
    pub(crate) levels: Vec<String>,
}

/// How cells are read: decimal sign and spellings of missing.
#[derive(Clone, Debug)]
pub(crate) struct Spelling {
    pub(crate) point: u8,
    pub(crate) nulls: Nulls,
}

impl Spelling {
    pub(crate) fn new(nulls: &[String], point: u8) -> Self {
        Self { point, nulls: Nulls::new(nulls, point) }
    }
}

/// The column of these cells under a kind, and how many present cells became missing.
///
/// # Errors
/// A timestamp column whose pattern cannot be read, or for which no format fits any cell.
pub(crate) fn column(name: &str, kind: Kind, wanted: &Wanted, cells: Cells, spelling: &Spelling) -> Result<(Column, usize)> {
    let comma = spelling.point == b',';
    let (values, exceptions, lost) = match (kind, cells) {
        (Kind::Numeric, Cells::Numbers(numbers)) => finish_numbers(numbers),
        (Kind::Numeric, Cells::Texts(texts)) => finish_numbers(numbers_of(&texts, spelling)),
        (Kind::Timestamp, cells) => {
            let texts = cells.into_texts(spelling.point);
            let pattern = match &wanted.pattern {
                Some(pattern) => pattern.clone(),
                None => best_pattern(name, &texts, &texts.counts(), &spelling.nulls, true)
                    .map(|r| r.pattern)
                    .ok_or_else(|| Error::no_date_format(name))?,
            };
            let clockwork = Clockwork::compile(&pattern).ok_or_else(|| Error::bad_date_pattern(&pattern))?;
            times_of(&texts, &clockwork, pattern, &spelling.nulls)
        }
        (Kind::Boolean, cells) => {
            let texts = cells.into_texts(spelling.point);
            let keep = booleans(&texts, &spelling.nulls);
            labels_of(&texts, &wanted.levels, |label| keep.is_none_or(|pair| pair.contains(&label.to_ascii_lowercase().as_str())), &spelling.nulls)
        }
        (_, cells) => labels_of(&cells.into_texts(spelling.point), &wanted.levels, |_| true, &spelling.nulls),
    };
    Ok((Column::new(name, kind, values, exceptions.finish()).with_decimal_comma(comma && kind == Kind::Numeric), lost))
}

fn finish_numbers(numbers: Numbers) -> (Values, Irregular, usize) {
    (Values::Numbers { values: numbers.values, decimals: numbers.decimals }, numbers.irregular, numbers.n_strange)
}

/// Every text read as a number where it is one.
pub(crate) fn numbers_of(texts: &Texts, spelling: &Spelling) -> Numbers {
    enum Cell {
        Missing,
        Null,
        Strange,
        Number(f64, u8),
    }
    let read: Vec<Cell> = texts
        .dictionary
        .iter()
        .map(|text| {
            if text.is_empty() {
                return Cell::Missing;
            } else if spelling.nulls.has(text) {
                return Cell::Null;
            }
            match number::read(text, spelling.point) {
                Reading::Plain(value, decimals) => Cell::Number(value, decimals),
                Reading::Odd(value) if number::is_shortest(text, value, spelling.point) => Cell::Number(value, SHORTEST),
                Reading::Odd(value) | Reading::Code(value) => Cell::Number(value, IRREGULAR),
                Reading::No => Cell::Strange,
            }
        })
        .collect();
    let mut numbers = Numbers::default();
    for &code in &texts.codes {
        let text = texts.dictionary.get(code as usize);
        numbers.n_numbers += usize::from(matches!(read.get(code as usize), Some(Cell::Number(..))));
        match read.get(code as usize) {
            Some(Cell::Number(value, IRREGULAR)) => numbers.set_text(*value, IRREGULAR, text),
            Some(Cell::Number(value, decimals)) => {
                numbers.values.push(*value);
                numbers.decimals.push(*decimals);
            }
            Some(Cell::Missing) | None => {
                numbers.values.push(f64::NAN);
                numbers.decimals.push(0);
            }
            Some(Cell::Null) => numbers.set_text(f64::NAN, 0, text),
            Some(Cell::Strange) => {
                numbers.set_text(f64::NAN, 0, text);
                numbers.n_strange += 1;
            }
        }
    }
    numbers
}

/// Every text read as a moment where it is one.
fn times_of(texts: &Texts, clockwork: &Clockwork, pattern: String, nulls: &Nulls) -> (Values, Irregular, usize) {
    let read: Vec<(i64, bool, bool)> = texts
        .dictionary
        .iter()
        .map(|text| {
            let is_null = nulls.has(text);
            let moment = if is_null { None } else { clockwork.parse(text.trim_ascii()) };
            let regular = moment.map_or(text.is_empty(), |m| clockwork.print(m).as_bytes() == text);
            (moment.unwrap_or(MISSING_TIME), regular, is_null)
        })
        .collect();
    let mut irregular = Irregular::default();
    let mut lost = 0;
    let mut millis = Vec::with_capacity(texts.codes.len());
    for (row, &code) in (0_u32..).zip(&texts.codes) {
        let (moment, regular, is_null) = read[code as usize];
        millis.push(moment);
        lost += usize::from(moment == MISSING_TIME && !is_null);
        if !regular {
            irregular.push(row, texts.dictionary.get(code as usize));
        }
    }
    (Values::Times { millis, format: TimeFormat { pattern } }, irregular, lost)
}

/// The pair of words a column of more than two labels is read by, if it must be; `None` keeps every label.
fn booleans(texts: &Texts, nulls: &Nulls) -> Option<[&'static str; 2]> {
    let counts = texts.counts();
    let mut labels: BTreeMap<String, usize> = BTreeMap::new();
    for (text, count) in texts.dictionary.iter().zip(counts).filter(|(t, _)| !nulls.has(t)) {
        *labels.entry(lossless(text.trim_ascii())).or_default() += count;
    }
    if labels.len() <= 2 {
        return None;
    }
    let covered =
        |pair: &[&str; 2]| -> usize { labels.iter().filter(|(l, _)| pair.contains(&l.to_ascii_lowercase().as_str())).map(|(_, n)| n).sum() };
    // the first of the pairs that cover most cells
    BOOLEAN_PAIRS.iter().rev().max_by_key(|pair| covered(pair)).copied()
}

/// Every text as a label, compared without surrounding spaces; labels not kept are missing.
fn labels_of(texts: &Texts, first: &[String], keep: impl Fn(&str) -> bool, nulls: &Nulls) -> (Values, Irregular, usize) {
    let mut levels = Dictionary::default();
    for level in first {
        levels.intern(level.as_bytes());
    }
    // (code, whether the text is that of the level, whether the cell counts as lost)
    let read: Vec<(u32, bool, bool)> = texts
        .dictionary
        .iter()
        .map(|text| {
            if nulls.has(text) {
                return (MISSING_CODE, text.is_empty(), false);
            }
            let label = text.trim_ascii();
            if keep(&String::from_utf8_lossy(label)) { (levels.intern(label), label.len() == text.len(), false) } else { (MISSING_CODE, false, true) }
        })
        .collect();
    let mut irregular = Irregular::default();
    let mut lost = 0;
    let mut codes = Vec::with_capacity(texts.codes.len());
    for (row, &at) in (0_u32..).zip(&texts.codes) {
        let (code, regular, is_lost) = read[at as usize];
        codes.push(code);
        lost += usize::from(is_lost);
        if !regular {
            irregular.push(row, texts.dictionary.get(at as usize));
        }
    }
    (Values::Codes { codes, levels: Arc::new(levels.iter().map(lossless).collect()) }, irregular, lost)
}

/// The cells a column came from.
pub(crate) fn cells_of(column: &Column, spelling: &Spelling) -> Cells {
    let mut texts = Texts::default();
    let known: Option<Vec<u32>> = column.codes().map(|(_, levels)| levels.iter().map(|l| texts.dictionary.intern(l.as_bytes())).collect());
    let (rows, _, _) = column.exceptions().parts();
    let mut exceptional = rows.iter().peekable();
    let mut cells = Cells::default();
    for row in 0..column.len() {
        let is_exception = exceptional.next_if(|&&r| r as usize == row).is_some();
        match (&known, column.codes()) {
            (Some(known), Some((codes, _))) if !is_exception => match known.get(codes[row] as usize) {
                Some(&code) => texts.codes.push(code),
                None => texts.push(b""),
            },
            (Some(_), _) => texts.push(column.text(row).as_bytes()),
            _ => cells.push(column.text(row).as_bytes(), spelling.point, &spelling.nulls),
        }
    }
    if known.is_some() { Cells::Texts(texts) } else { cells }
}

/// The same table with one column read as another kind from the text of its cells, and how many present cells of it are now missing.
///
/// `pattern` is the date pattern of a timestamp column; `None` finds the one that reads most cells. Spellings of missing are those of `options`.
///
/// # Errors
/// No such column, a pattern that cannot be read, or no date format that fits.
pub fn change_kind(table: &Table, name: &str, kind: Kind, pattern: Option<&str>, options: &CsvOptions) -> Result<(Table, usize)> {
    let column = table.column(name)?;
    let is_label = |kind| matches!(kind, Kind::Categorical | Kind::Text | Kind::Identifier);
    if is_label(column.kind()) && is_label(kind) {
        return Ok((table.clone().with_column(column.clone().relabelled(kind))?, 0));
    }
    let (changed, lost) = reread(column, kind, pattern, &[], options)?;
    Ok((table.clone().with_column(changed)?, lost))
}

/// A column read as another kind from the text of its cells.
pub(crate) fn reread(old: &Column, kind: Kind, pattern: Option<&str>, levels: &[String], options: &CsvOptions) -> Result<(Column, usize)> {
    let comma = old.has_decimal_comma() || options.decimal == Some(',');
    let spelling = Spelling::new(&options.nulls, if comma { b',' } else { b'.' });
    let wanted = Wanted { kind: Some(kind), pattern: pattern.map(str::to_owned), levels: levels.to_vec() };
    column(old.name(), kind, &wanted, cells_of(old, &spelling), &spelling)
}
