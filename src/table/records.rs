//! Records from text, pushed piece by piece: `csv-core` finds the cells, this keeps count of lines and bytes.

use super::limits::Limits;
use crate::error::{Error, Result};
use csv_core::{ReadRecordResult, ReaderBuilder};

/// A record may have this many times the bytes a cell may have.
const RECORD_CELLS: usize = 32;

/// One record: its cells and where it began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'a> {
    cells: &'a [u8],
    ends: &'a [usize],
    /// Line of the file, from 1.
    pub(crate) line: u64,
    /// Byte of the decoded text, from 0.
    pub(crate) byte: u64,
}

impl<'a> Record<'a> {
    /// Number of cells.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The cells in order.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &'a [u8]> {
        let cells = self.cells;
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let cell = cells.get(start..end).unwrap_or_default();
            start = end;
            cell
        })
    }
}

/// How often each line end was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LineEnds {
    pub(crate) lf: u64,
    pub(crate) crlf: u64,
    pub(crate) cr: u64,
}

/// Cuts text into records.
pub(crate) struct Records {
    core: csv_core::Reader,
    quote: Option<u8>,
    limits: Limits,
    cells: Vec<u8>,
    ends: Vec<usize>,
    n_cell_bytes: usize,
    n_ends: usize,
    /// Quote signs in the pieces of a record that is not finished.
    n_quotes: usize,
    inside: bool,
    /// Records handed on.
    pub(crate) n_records: u64,
    after_cr: bool,
    line: u64,
    byte: u64,
    record_line: u64,
    record_byte: u64,
    pub(crate) line_ends: LineEnds,
}

impl Records {
    /// A cutter for a delimiter and quote (`None`: quotes are literal). `line` and `byte` say where the text starts.
    pub(crate) fn new(delimiter: u8, quote: Option<u8>, limits: Limits) -> Self {
        let mut builder = ReaderBuilder::new();
        builder.delimiter(delimiter).quote(quote.unwrap_or(b'"')).quoting(quote.is_some());
        Self {
            core: builder.build(),
            quote,
            limits,
            cells: vec![0; 16 << 10],
            ends: vec![0; 256],
            n_cell_bytes: 0,
            n_ends: 0,
            n_quotes: 0,
            inside: false,
            n_records: 0,
            after_cr: false,
            line: 1,
            byte: 0,
            record_line: 1,
            record_byte: 0,
            line_ends: LineEnds::default(),
        }
    }

    /// Takes text; hands on every record that is complete.
    pub(crate) fn push(&mut self, text: &[u8], sink: &mut dyn FnMut(Record) -> Result<()>) -> Result<()> {
        let mut rest = text;
        while !rest.is_empty() {
            if !self.inside {
                let blank = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
                if blank > 0 {
                    rest = self.advance(rest, blank);
                }
                if rest.is_empty() {
                    break;
                }
                (self.inside, self.record_line, self.record_byte) = (true, self.line, self.byte);
            }
            let begun = self.n_cell_bytes + self.n_ends > 0;
            let (result, n_in, n_out, n_ends) = self.core.read_record(
                rest,
                self.cells.get_mut(self.n_cell_bytes..).unwrap_or_default(),
                self.ends.get_mut(self.n_ends..).unwrap_or_default(),
            );
            self.n_cell_bytes += n_out;
            self.n_ends += n_ends;
            if !matches!(result, ReadRecordResult::Record) {
                self.n_quotes += rest.iter().take(n_in).filter(|&&b| Some(b) == self.quote).count();
            }
            // A whole record without quotes is its cells, a delimiter after each but the last, and one line end.
            if !begun
                && matches!(result, ReadRecordResult::Record)
                && n_in == n_out + n_ends
                && rest.get(..n_in).is_some_and(|read| read.ends_with(b"\n"))
            {
                (self.line, self.byte, self.after_cr) = (self.line + 1, self.byte + n_in as u64, false);
                self.line_ends.lf += 1;
                rest = rest.get(n_in..).unwrap_or_default();
            } else {
                rest = self.advance(rest, n_in);
            }
            self.settle(result, sink)?;
        }
        Ok(())
    }

    /// The text has ended: hands on the last record, if it is not empty.
    pub(crate) fn finish(&mut self, sink: &mut dyn FnMut(Record) -> Result<()>) -> Result<()> {
        if self.inside && self.n_quotes % 2 == 1 && self.line > self.record_line {
            return Err(Error::unclosed_quote().at(self.record_line, self.record_byte));
        }
        while self.inside {
            let (result, _, n_out, n_ends) = self.core.read_record(
                &[],
                self.cells.get_mut(self.n_cell_bytes..).unwrap_or_default(),
                self.ends.get_mut(self.n_ends..).unwrap_or_default(),
            );
            self.n_cell_bytes += n_out;
            self.n_ends += n_ends;
            if matches!(result, ReadRecordResult::End | ReadRecordResult::InputEmpty) {
                break;
            }
            self.settle(result, sink)?;
        }
        Ok(())
    }

    /// What follows from one step of the machine: more room, a refusal, or a record.
    fn settle(&mut self, result: ReadRecordResult, sink: &mut dyn FnMut(Record) -> Result<()>) -> Result<()> {
        match result {
            ReadRecordResult::OutputFull => {
                self.check()?;
                self.cells.resize(self.cells.len() * 2, 0);
            }
            ReadRecordResult::OutputEndsFull => {
                if self.n_ends > self.limits.columns {
                    return Err(Error::file_too_large("columns", self.limits.columns as u64).at(self.record_line, self.record_byte));
                }
                self.ends.resize(self.ends.len() * 2, 0);
            }
            ReadRecordResult::InputEmpty => self.check()?,
            ReadRecordResult::End => {}
            ReadRecordResult::Record => {
                self.check()?;
                let record = Record {
                    cells: self.cells.get(..self.n_cell_bytes).unwrap_or_default(),
                    ends: self.ends.get(..self.n_ends).unwrap_or_default(),
                    line: self.record_line,
                    byte: self.record_byte,
                };
                (self.n_cell_bytes, self.n_ends, self.n_quotes, self.inside) = (0, 0, 0, false);
                self.n_records += 1;
                sink(record)?;
            }
        }
        Ok(())
    }

    /// Refuses cells, headers and records that are too long.
    fn check(&self) -> Result<()> {
        let header = self.n_records == 0 && self.n_cell_bytes > self.limits.header;
        if self.n_cell_bytes <= self.limits.cell && !header {
            return Ok(());
        }
        let ends = self.ends.get(..self.n_ends).unwrap_or_default();
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let longest = starts.zip(ends.iter().copied().chain([self.n_cell_bytes])).map(|(a, b)| b.saturating_sub(a)).max().unwrap_or(0);
        if header || longest > self.limits.cell || self.n_cell_bytes > RECORD_CELLS * self.limits.cell {
            let limit = if header { self.limits.header } else { self.limits.cell };
            let in_quotes = self.n_quotes % 2 == 1;
            return Err(Error::cell_too_long(limit, in_quotes).at(self.record_line, self.record_byte));
        }
        Ok(())
    }

    /// Counts `n` bytes as read; gives the rest.
    fn advance<'a>(&mut self, text: &'a [u8], n: usize) -> &'a [u8] {
        let (read, rest) = text.split_at(n.min(text.len()));
        self.byte += read.len() as u64;
        let n_lf = count(read, b'\n');
        if count(read, b'\r') == 0 {
            let joined = u64::from(self.after_cr && read.first() == Some(&b'\n'));
            self.line += n_lf - joined;
            self.line_ends.lf += n_lf - joined;
            self.line_ends.crlf += joined;
            self.line_ends.cr -= joined;
            self.after_cr &= read.is_empty();
            return rest;
        }
        for &b in read {
            match b {
                b'\n' if self.after_cr => {
                    self.line_ends.cr -= 1;
                    self.line_ends.crlf += 1;
                }
                b'\n' | b'\r' => {
                    self.line += 1;
                    *(if b == b'\n' { &mut self.line_ends.lf } else { &mut self.line_ends.cr }) += 1;
                }
                _ => {}
            }
            self.after_cr = b == b'\r';
        }
        rest
    }
}

#[expect(clippy::naive_bytecount, reason = "the slices are short and the loop is vectorised")]
fn count(text: &[u8], sign: u8) -> u64 {
    text.iter().filter(|&&b| b == sign).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &[u8], step: usize) -> (Vec<(u64, u64, Vec<String>)>, LineEnds) {
        let mut records = Records::new(b',', Some(b'"'), Limits::default());
        let mut out = Vec::new();
        let mut sink = |r: Record| {
            out.push((r.line, r.byte, r.cells().map(|c| String::from_utf8(c.to_vec()).unwrap()).collect()));
            Ok(())
        };
        for piece in text.chunks(step) {
            records.push(piece, &mut sink).unwrap();
        }
        records.finish(&mut sink).unwrap();
        (out, records.line_ends)
    }

    #[test]
    fn lines_and_bytes_are_counted_through_quotes_and_mixed_line_ends() {
        for step in [1, 2, 3, 100] {
            let (records, ends) = cut(b"a,b\r\n1,\"x\ny\"\r\r\n2,3\n\n4,", step);
            let places: Vec<(u64, u64)> = records.iter().map(|r| (r.0, r.1)).collect();
            assert_eq!(places, [(1, 0), (2, 5), (5, 15), (7, 20)], "step {step}");
            assert_eq!(records[3].2, ["4", ""]);
            assert_eq!(ends, LineEnds { lf: 3, crlf: 2, cr: 1 });
        }
    }

    #[test]
    fn a_quote_never_closed_is_refused_with_its_line() {
        let text = [b"a,b\n1,\"".to_vec(), vec![b'x'; 2 << 20]].concat();
        let mut records = Records::new(b',', Some(b'"'), Limits::default());
        let error = text.chunks(1000).find_map(|c| records.push(c, &mut |_| Ok(())).err()).unwrap();
        assert!(error.message.contains("not closed"), "{error}");
        assert_eq!(error.place.unwrap().line, Some(2));
        let mut records = Records::new(b',', Some(b'"'), Limits::default());
        records.push(b"a,b\n1,\"x\n2,3\n", &mut |_| Ok(())).unwrap();
        assert!(records.finish(&mut |_| Ok(())).is_err());
    }
}
