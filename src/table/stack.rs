//! One table under another.

use super::convert::reread;
use super::parse::CsvOptions;
use super::{Column, Exceptions, Kind, MISSING_CODE, Table, Values};
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Table {
    /// This table with the rows of `below` under its own. Columns are matched by name and keep this table's kinds, formats and
    /// order; columns only `below` has are left out; its new labels are appended. A column of another kind there is read again from its text.
    ///
    /// # Errors
    /// A column that `below` lacks, or more rows than row numbers can count.
    pub fn stack(&self, below: &Self) -> Result<Self> {
        let offset = u32::try_from(self.n_rows()).ok().filter(|n| n.checked_add(u32::try_from(below.n_rows()).unwrap_or(u32::MAX)).is_some());
        let offset = offset.ok_or_else(|| Error::file_too_large("rows", u64::from(super::limits::MAX_ROWS)))?;
        Self::new(self.columns().iter().map(|above| stack_column(above, below.column(above.name())?, offset)).collect::<Result<_>>()?)
    }
}

fn stack_column(above: &Column, below: &Column, offset: u32) -> Result<Column> {
    let below = if fits(above, below) { below.clone() } else { as_kind_of(above, below)? };
    let values = match (above.values(), below.values()) {
        (Values::Numbers { values, decimals }, Values::Numbers { values: v, decimals: d }) => {
            Values::Numbers { values: [values.as_slice(), v].concat(), decimals: [decimals.as_slice(), d].concat() }
        }
        (Values::Codes { codes, levels }, Values::Codes { codes: c, levels: l }) => {
            let mut all = levels.to_vec();
            let mut index: BTreeMap<String, u32> = all.iter().cloned().zip(0..).collect();
            let map: Vec<u32> = l
                .iter()
                .map(|level| {
                    *index.entry(level.clone()).or_insert_with(|| {
                        all.push(level.clone());
                        u32::try_from(all.len() - 1).unwrap_or(MISSING_CODE)
                    })
                })
                .collect();
            let moved = c.iter().map(|&code| map.get(code as usize).copied().unwrap_or(MISSING_CODE));
            Values::Codes { codes: codes.iter().copied().chain(moved).collect(), levels: Arc::new(all) }
        }
        (Values::Times { millis, format }, Values::Times { millis: m, .. }) => {
            Values::Times { millis: [millis.as_slice(), m].concat(), format: format.clone() }
        }
        _ => return Err(Error::internal("columns of unequal kind").named(above.name())),
    };
    let exceptions = Exceptions::new(above.exceptions().iter().chain(below.exceptions().iter().map(|(row, text)| (row + offset, text))));
    Ok(Column::new(above.name(), above.kind(), values, exceptions).with_decimal_comma(above.has_decimal_comma()))
}

/// Whether the values can be joined as they are.
fn fits(above: &Column, below: &Column) -> bool {
    let same = match (above.values(), below.values()) {
        (Values::Times { format: a, .. }, Values::Times { format: b, .. }) => a == b,
        _ => true,
    };
    same && above.kind() == below.kind() && above.has_decimal_comma() == below.has_decimal_comma()
}

/// The lower column read as the upper one's kind. A cell's text is kept; spellings of missing there stay missing.
fn as_kind_of(above: &Column, below: &Column) -> Result<Column> {
    let nulls: Vec<String> = below.exceptions().iter().filter(|(row, _)| below.is_missing(*row as usize)).map(|(_, text)| text.to_owned()).collect();
    let decimal = Some(if below.has_decimal_comma() { ',' } else { '.' });
    let options = CsvOptions { nulls, decimal, ..CsvOptions::default() };
    let pattern = if let Values::Times { format, .. } = above.values() { Some(format.pattern.as_str()) } else { None };
    let levels = above.codes().filter(|_| matches!(above.kind(), Kind::Boolean | Kind::Categorical)).map_or(&[][..], |(_, l)| l);
    let (column, _) = reread(below, above.kind(), pattern, levels, &options)?;
    if above.has_decimal_comma() == column.has_decimal_comma() || column.kind() != Kind::Numeric {
        return Ok(column);
    }
    // another decimal sign: every text becomes an exception
    let texts: Vec<(u32, String)> =
        (0..).zip(0..column.len()).map(|(row, i)| (row, column.text(i).into_owned())).filter(|(_, t)| !t.is_empty()).collect();
    let exceptions = Exceptions::new(texts.iter().map(|(row, text)| (*row, text.as_str())));
    Ok(Column::new(column.name(), column.kind(), column.values().clone(), exceptions).with_decimal_comma(above.has_decimal_comma()))
}
