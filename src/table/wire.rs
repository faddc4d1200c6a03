//! A table as bytes for another worker: little-endian arrays behind their lengths, and a fingerprint of its content.
//!
//! Reading checks everything: lengths against what is left, codes against labels, rows against the table, text against UTF-8. Bytes from
//! anywhere give a sound table or a refusal.

use super::column::{Exceptions, IRREGULAR, SHORTEST};
use super::intern::Dictionary;
use super::time::TimeFormat;
use super::{Column, Kind, MISSING_CODE, Table, Values};
use crate::error::{Error, Result};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::sync::Arc;

/// First bytes: "Watertight table", version 1.
const MAGIC: [u8; 4] = *b"WTT1";
/// Most decimals a cell is printed with.
const MOST_DECIMALS: u8 = 22;

/// A table as bytes.
#[must_use]
pub fn to_bytes(table: &Table) -> Vec<u8> {
    let mut out = Vec::new();
    encode(table, &mut |part| out.extend_from_slice(part));
    out
}

/// SHA-256 of a table's content (names, kinds, values and texts), hexadecimal. Equal tables have equal fingerprints on every machine.
#[must_use]
pub fn content_hash(table: &Table) -> String {
    let mut hash = Sha256::new();
    encode(table, &mut |part| hash.update(part));
    let mut hex = String::with_capacity(64);
    for byte in hash.finalize() {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

fn encode(table: &Table, sink: &mut dyn FnMut(&[u8])) {
    let mut head = MAGIC.to_vec();
    put_length(&mut head, table.columns().len());
    put_length(&mut head, table.n_rows());
    sink(&head);
    for column in table.columns() {
        let mut out = Vec::with_capacity(16 + 9 * table.n_rows());
        put_text(&mut out, column.name());
        let kind = Kind::ALL.iter().position(|k| *k == column.kind()).unwrap_or(0);
        out.push(u8::try_from(kind).unwrap_or(0));
        out.push(u8::from(column.has_decimal_comma()));
        match column.values() {
            Values::Numbers { values, decimals } => {
                out.push(0);
                for value in values {
                    out.extend_from_slice(&(if value.is_nan() { f64::NAN } else { *value }).to_le_bytes());
                }
                out.extend_from_slice(decimals);
            }
            Values::Codes { codes, levels } => {
                out.push(1);
                codes.iter().for_each(|c| out.extend_from_slice(&c.to_le_bytes()));
                put_length(&mut out, levels.len());
                levels.iter().for_each(|level| put_text(&mut out, level));
            }
            Values::Times { millis, format } => {
                out.push(2);
                millis.iter().for_each(|m| out.extend_from_slice(&m.to_le_bytes()));
                put_text(&mut out, &format.pattern);
            }
        }
        let (rows, which, spellings) = column.exceptions().parts();
        put_length(&mut out, rows.len());
        rows.iter().chain(which).for_each(|n| out.extend_from_slice(&n.to_le_bytes()));
        put_length(&mut out, spellings.len());
        spellings.iter().for_each(|text| put_text(&mut out, text));
        sink(&out);
    }
}

fn put_length(out: &mut Vec<u8>, length: usize) {
    out.extend_from_slice(&(length as u64).to_le_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_length(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

/// A table from bytes.
///
/// # Errors
/// Bytes that are not a sound table of this version.
pub fn from_bytes(bytes: &[u8]) -> Result<Table> {
    let mut cursor = Cursor { rest: bytes };
    if cursor.take(4)? != MAGIC {
        return Err(Error::damaged_table("it is of another kind or version"));
    }
    let n_columns = cursor.length(1)?;
    let n_rows = cursor.number()?;
    let n_rows = u32::try_from(n_rows).map_err(|_| Error::damaged_table("it has too many rows"))? as usize;
    let mut columns = Vec::new();
    for _ in 0..n_columns {
        columns.push(cursor.column(n_rows)?);
    }
    if !cursor.rest.is_empty() {
        return Err(Error::damaged_table("it is too long"));
    }
    if n_columns == 0 && n_rows > 0 {
        return Err(Error::damaged_table("it has rows and no columns"));
    }
    Table::new(columns).map_err(|_| Error::damaged_table("its columns do not fit together"))
}

struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        let (now, later) = self.rest.split_at_checked(n).ok_or_else(|| Error::damaged_table("it is cut off"))?;
        self.rest = later;
        Ok(now)
    }

    fn byte(&mut self) -> Result<u8> {
        self.take(1)?.first().copied().ok_or_else(|| Error::damaged_table("it is cut off"))
    }

    fn number(&mut self) -> Result<u64> {
        let bytes = self.take(8)?.try_into().map_err(|_| Error::damaged_table("it is cut off"))?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// A number of things of at least `size` bytes each: never more than the bytes left could hold.
    fn length(&mut self, size: usize) -> Result<usize> {
        let n = usize::try_from(self.number()?).ok().filter(|n| n.checked_mul(size).is_some_and(|b| b <= self.rest.len()));
        n.ok_or_else(|| Error::damaged_table("it is cut off"))
    }

    fn text(&mut self) -> Result<String> {
        let n = self.length(1)?;
        String::from_utf8(self.take(n)?.to_vec()).map_err(|_| Error::damaged_table("its text is not UTF-8"))
    }

    fn array<T, const N: usize>(&mut self, n: usize, from: fn([u8; N]) -> T) -> Result<Vec<T>> {
        let bytes = self.take(n.checked_mul(N).ok_or_else(|| Error::damaged_table("it is cut off"))?)?;
        let (parts, _) = bytes.as_chunks::<N>();
        Ok(parts.iter().map(|part| from(*part)).collect())
    }

    /// Distinct texts behind their number.
    fn texts(&mut self) -> Result<Vec<String>> {
        let n = self.length(8)?;
        let texts: Vec<String> = (0..n).map(|_| self.text()).collect::<Result<_>>()?;
        let mut distinct = Dictionary::default();
        texts.iter().for_each(|t| {
            distinct.intern(t.as_bytes());
        });
        if distinct.len() == n { Ok(texts) } else { Err(Error::damaged_table("a label is there twice")) }
    }

    fn column(&mut self, n_rows: usize) -> Result<Column> {
        let name = self.text()?;
        let kind = Kind::ALL.get(usize::from(self.byte()?)).copied().ok_or_else(|| Error::damaged_table("a column has no kind"))?;
        let comma = self.byte()? != 0;
        let values = self.values(kind, n_rows)?;
        let n = self.length(8)?;
        let rows = self.array(n, u32::from_le_bytes)?;
        let which = self.array(n, u32::from_le_bytes)?;
        let spellings = self.texts()?;
        let ascending = rows.windows(2).all(|w| matches!(w, [a, b] if a < b)) && rows.last().is_none_or(|&r| (r as usize) < n_rows);
        if !ascending || which.iter().any(|&w| w as usize >= spellings.len()) {
            return Err(Error::damaged_table("its texts do not fit its rows"));
        }
        Ok(Column::new(name, kind, values, Exceptions::from_parts(rows, which, spellings)).with_decimal_comma(comma))
    }

    fn values(&mut self, kind: Kind, n_rows: usize) -> Result<Values> {
        match (self.byte()?, kind) {
            (0, Kind::Numeric) => {
                let values = self.array(n_rows, f64::from_le_bytes)?;
                let decimals = self.take(n_rows)?.to_vec();
                let fits = |d: u8| d <= MOST_DECIMALS || d == SHORTEST || d == IRREGULAR;
                if values.iter().any(|v| v.is_infinite()) || !decimals.iter().all(|&d| fits(d)) {
                    return Err(Error::damaged_table("a number is not one"));
                }
                Ok(Values::Numbers { values, decimals })
            }
            (1, Kind::Boolean | Kind::Categorical | Kind::Text | Kind::Identifier) => {
                let codes = self.array(n_rows, u32::from_le_bytes)?;
                let levels = self.texts()?;
                if codes.iter().any(|&c| c != MISSING_CODE && c as usize >= levels.len()) {
                    return Err(Error::damaged_table("a code has no label"));
                }
                Ok(Values::Codes { codes, levels: Arc::new(levels) })
            }
            (2, Kind::Timestamp) => {
                let millis = self.array(n_rows, i64::from_le_bytes)?;
                let format = TimeFormat { pattern: self.text()? };
                Ok(Values::Times { millis, format })
            }
            _ => Err(Error::damaged_table("values do not fit their kind")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{CsvOptions, read};
    use proptest::prelude::*;

    fn table() -> Table {
        read(b"n,c,d,t\n1.50,a,2020-01-01,yes\nNA,,2020-01-02,no\n1e3, b,,yes\n", &CsvOptions::default()).unwrap().table
    }

    #[test]
    fn a_table_survives_the_way() {
        let table = table();
        let bytes = to_bytes(&table);
        let back = from_bytes(&bytes).unwrap();
        assert_eq!(back, table);
        assert_eq!(content_hash(&back), content_hash(&table));
        assert_ne!(content_hash(&table.take(&[0, 1])), content_hash(&table));
    }

    #[test]
    fn every_cut_is_refused() {
        let bytes = to_bytes(&table());
        for n in 0..bytes.len() {
            assert!(from_bytes(&bytes[..n]).is_err(), "{n}");
        }
    }

    proptest! {
        #[test]
        fn damaged_bytes_are_refused_or_give_a_sound_table(at in 0_usize..400, to in any::<u8>()) {
            let mut bytes = to_bytes(&table());
            let at = at % bytes.len();
            bytes[at] = to;
            if let Ok(table) = from_bytes(&bytes) {
                for column in table.columns() {
                    assert!((0..table.n_rows()).all(|row| column.text(row).len() < 1000));
                }
                prop_assert_eq!(from_bytes(&to_bytes(&table)).unwrap(), table);
            }
        }
    }
}
