//! Delimiter, quote, header and decimal sign, judged from the first 64 KiB of the text.
//!
//! Each delimiter cuts the sample; its score is the share of records of the usual width times the share of clean cells (numbers,
//! dates, words without another delimiter inside) times a weight for how usual it is. The idea of pattern times type score is van den Burg, Nazábal
//! and Sutton, "Wrangling messy CSV files by detecting row and type patterns", 2019.

use super::limits::Limits;
use super::number::{self, Reading};
use super::parse::CsvOptions;
use super::records::Records;
use crate::error::{Error, Result};

/// Bytes of text the dialect is judged from.
pub(crate) const SAMPLE: usize = 64 << 10;
/// Delimiters that are tried, with how usual they are.
const DELIMITERS: [(u8, f64); 6] = [(b',', 1.0), (b';', 1.0), (b'\t', 1.0), (b'|', 1.0), (b':', 0.55), (b' ', 0.5)];
/// Share of records of the usual width below which a delimiter is chance.
const CONSISTENT: f64 = 0.6;
/// The same for the delimiters that also stand within words and times.
const CONSISTENT_RARE: f64 = 0.95;
/// Weight below which a delimiter is a rare one.
const USUAL: f64 = 0.9;

/// How a file is cut into cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    /// `None`: quotes are literal.
    pub(crate) quote: Option<u8>,
    pub(crate) header: bool,
    /// Decimal sign.
    pub(crate) point: u8,
}

/// The dialect of a text that begins with `sample`; `whole`: the sample is all of it. What the options name is taken as it is.
pub(crate) fn detect(sample: &[u8], whole: bool, options: &CsvOptions) -> Result<Dialect> {
    let given_quote = match options.quote {
        None => None,
        Some('\0') => Some(None),
        Some(sign) => Some(Some(single("quote", sign)?)),
    };
    let quote = given_quote.unwrap_or(Some(b'"'));
    let delimiter = match options.delimiter {
        Some(sign) => single("delimiter", sign)?,
        None => best_delimiter(sample, whole, quote),
    };
    if Some(delimiter) == quote || matches!(delimiter, b'\r' | b'\n') {
        return Err(Error::bad_sign("delimiter", char::from(delimiter)));
    }
    let quote = if given_quote.is_none() && uses_apostrophes(sample, whole, delimiter) { Some(b'\'') } else { quote };
    let records = cut(sample, whole, delimiter, quote);
    let point = match options.decimal {
        Some(sign @ ('.' | ',')) => sign as u8,
        Some(sign) => return Err(Error::bad_sign("decimal sign", sign)),
        None if delimiter == b',' => b'.',
        None => decimal_sign(&records),
    };
    let header = options.header.unwrap_or_else(|| has_header(&records, point));
    Ok(Dialect { delimiter, quote, header, point })
}

fn single(what: &str, sign: char) -> Result<u8> {
    u8::try_from(sign).ok().filter(|b| b.is_ascii() && !matches!(b, b'\r' | b'\n' | 0)).ok_or_else(|| Error::bad_sign(what, sign))
}

/// The records of the sample; the last is left out unless the sample is the whole text.
fn cut(sample: &[u8], whole: bool, delimiter: u8, quote: Option<u8>) -> Vec<Vec<Vec<u8>>> {
    let mut records: Vec<Vec<Vec<u8>>> = Vec::new();
    let mut reader = Records::new(delimiter, quote, Limits { cell: usize::MAX / 64, header: usize::MAX, columns: usize::MAX, ..Limits::default() });
    let mut sink = |record: super::records::Record| {
        records.push(record.cells().map(<[u8]>::to_vec).collect());
        Ok(())
    };
    let cut = reader.push(sample, &mut sink);
    if cut.is_ok() && (whole || reader.n_records == 0) {
        let _ = reader.finish(&mut sink);
    }
    records
}

fn best_delimiter(sample: &[u8], whole: bool, quote: Option<u8>) -> u8 {
    let mut best = (b',', 0.0);
    for (delimiter, weight) in DELIMITERS.into_iter().filter(|(d, _)| Some(*d) != quote) {
        let score = score(&cut(sample, whole, delimiter, quote), weight) * weight;
        if score > best.1 {
            best = (delimiter, score);
        }
    }
    best.0
}

/// Share of records of the usual width times share of clean cells; 0 when the usual width is 1.
#[expect(clippy::cast_precision_loss, reason = "the sample is small")]
fn score(records: &[Vec<Vec<u8>>], weight: f64) -> f64 {
    let mut widths = std::collections::BTreeMap::<usize, usize>::new();
    records.iter().for_each(|r| *widths.entry(r.len()).or_default() += 1);
    let Some((&width, &n)) = widths.iter().max_by_key(|(_, n)| **n) else { return 0.0 };
    let share = n as f64 / records.len() as f64;
    if width < 2 || share < if weight < USUAL { CONSISTENT_RARE } else { CONSISTENT } {
        return 0.0;
    }
    let cells = || records.iter().filter(|r| r.len() == width).flatten();
    let clean = cells().filter(|c| is_clean(c)).count() as f64 / cells().count().max(1) as f64;
    share * share * clean
}

/// A number, or text without a delimiter inside (a comma or semicolon before a space is prose).
fn is_clean(cell: &[u8]) -> bool {
    let is_number = |point| number::read(cell, point) != Reading::No;
    if is_number(b'.') || is_number(b',') {
        return true;
    }
    let inside = |i: usize, b: u8| matches!(b, b',' | b';' | b'\t' | b'|') && !matches!(cell.get(i + 1), Some(b' ') | None);
    !cell.iter().enumerate().any(|(i, &b)| inside(i, b)) || cell.contains(&b'"') || cell.contains(&b'\n')
}

/// Whether cells are wrapped in apostrophes: some begin with one, as many end with one, none begins with a double quote.
fn uses_apostrophes(sample: &[u8], whole: bool, delimiter: u8) -> bool {
    let records = cut(sample, whole, delimiter, None);
    let cells = || records.iter().flatten().map(|c| c.trim_ascii());
    let opened = cells().filter(|c| c.len() > 1 && c.starts_with(b"'")).count();
    let closed = cells().filter(|c| c.len() > 1 && c.ends_with(b"'")).count();
    opened >= 2 && opened == closed && !cells().any(|c| c.starts_with(b"\""))
}

/// The comma if more cells are numbers with it than with a point.
fn decimal_sign(records: &[Vec<Vec<u8>>]) -> u8 {
    let count = |point: u8| records.iter().skip(1).flatten().filter(|c| c.contains(&point) && number::read(c, point) != Reading::No).count();
    if count(b',') > count(b'.') { b',' } else { b'.' }
}

/// The first record names the columns unless one of its cells is a number.
fn has_header(records: &[Vec<Vec<u8>>], point: u8) -> bool {
    let Some(first) = records.first() else { return true };
    !first.iter().any(|c| number::read(c, point) != Reading::No || is_date(c)) && first.iter().any(|c| !c.trim_ascii().is_empty())
}

/// A date or time of day in digits: digits with at least two of the signs between them.
fn is_date(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    let signs = cell.iter().filter(|b| matches!(b, b'-' | b'/' | b':' | b'.')).count();
    signs >= 2 && cell.len() >= 6 && cell.iter().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'/' | b':' | b'.' | b' ' | b'T' | b'Z'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Dialect {
        detect(text.as_bytes(), true, &CsvOptions::default()).unwrap()
    }

    #[test]
    fn each_usual_delimiter_is_found() {
        for delimiter in [',', ';', '\t', '|', ':', ' '] {
            let text = "id,name,amount\n1,Ann,2.5\n2,Bob,3.5\n3,Cyd,4.5\n".replace(',', &delimiter.to_string());
            assert_eq!(char::from(of(&text).delimiter), delimiter);
        }
    }

    #[test]
    fn decimal_commas_do_not_pass_for_delimiters() {
        let dialect = of("a;b\n1,5;2,25\n2,5;3,75\n");
        assert_eq!((dialect.delimiter, dialect.point), (b';', b','));
    }

    #[test]
    fn commas_in_prose_and_quotes_do_not_mislead() {
        assert_eq!(of("name;note\nAnn;good, but late\nBob;bad, and early\nCyd;fine, so far\n").delimiter, b';');
        assert_eq!(of("a,b\n\"x;y\",1\n\"u;v\",2\n").delimiter, b',');
        assert_eq!(of("sentence\nhello dear world\nfare well\none two three four\n").delimiter, b',');
    }

    #[test]
    fn apostrophes_quote_when_they_wrap() {
        assert_eq!(of("a,b\n'x,1',2\n'y,2',3\n").quote, Some(b'\''));
        assert_eq!(of("a,b\n'tis,2\ndon't,3\n").quote, Some(b'"'));
    }

    #[test]
    fn a_first_record_with_a_number_is_no_header() {
        assert!(of("a,b\n1,2\n").header);
        assert!(!of("1,2\n3,4\n").header);
        assert!(!of("2020-01-01,x\n2020-01-02,y\n").header);
    }

    #[test]
    fn signs_that_cannot_be_are_refused() {
        for (delimiter, quote, decimal) in [(Some('é'), None, None), (Some('"'), None, None), (None, Some('\n'), None), (None, None, Some('x'))] {
            let options = CsvOptions { delimiter, quote, decimal, ..CsvOptions::default() };
            assert!(detect(b"a,b\n", true, &options).is_err());
        }
    }
}
