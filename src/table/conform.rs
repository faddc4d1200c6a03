//! Reading a second table as the first one was read: test files, new rows, rows for a bundle.

use super::{Column, Exceptions, Kind, MISSING_CODE, MISSING_TIME, Schema, Table, Values, change_kind};
use crate::error::{Error, Result};
use crate::table::parse::CsvOptions;
use std::sync::Arc;

/// The columns of `schema`, in its order and of its kinds, taken from `table`. Other columns are left out; a column that the table
/// lacks is all missing, unless it is `needed`.
///
/// # Errors
/// A needed column is not in the table; the hint lists those that are.
pub fn conform(table: &Table, schema: &Schema, needed: &[String], options: &CsvOptions) -> Result<Table> {
    let mut columns = Vec::with_capacity(schema.columns.len());
    for wanted in &schema.columns {
        let Ok(column) = table.column(&wanted.name) else {
            if needed.contains(&wanted.name) {
                return Err(Error::no_such_column(&wanted.name, &table.names()));
            }
            columns.push(absent(wanted, table.n_rows()));
            continue;
        };
        let pattern = wanted.format.as_ref().map(|f| f.pattern.as_str());
        let same_format = pattern.is_none_or(|p| column.schema().format.is_some_and(|f| f.pattern == p));
        if column.kind() == wanted.kind && same_format {
            columns.push(column.clone());
        } else {
            let single = Table::new(vec![column.clone()])?;
            let (read, _) = change_kind(&single, &wanted.name, wanted.kind, pattern, options)?;
            columns.extend(read.columns().first().cloned());
        }
    }
    Table::new(columns)
}

/// A column of missing cells.
fn absent(wanted: &super::ColumnSchema, n_rows: usize) -> Column {
    let values = match (wanted.kind, &wanted.format) {
        (Kind::Numeric, _) => Values::Numbers { values: vec![f64::NAN; n_rows], decimals: vec![0; n_rows] },
        (Kind::Timestamp, Some(format)) => Values::Times { millis: vec![MISSING_TIME; n_rows], format: format.clone() },
        _ => Values::Codes { codes: vec![MISSING_CODE; n_rows], levels: Arc::new(wanted.levels.clone().unwrap_or_default()) },
    };
    Column::new(wanted.name.clone(), wanted.kind, values, Exceptions::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_come_in_the_first_tables_order_and_kinds() {
        let first = Table::new(vec![Column::numeric("x", vec![1.0], 0), Column::labels("c", Kind::Categorical, &[Some("a")])]).unwrap();
        let second = Table::new(vec![Column::numeric("c", vec![7.0], 0), Column::numeric("more", vec![0.0], 0)]).unwrap();
        let read = conform(&second, &first.schema(), &[], &CsvOptions::default()).unwrap();
        assert_eq!(read.names(), ["x", "c"]);
        assert_eq!((read.columns()[1].kind(), read.columns()[1].text(0).as_ref()), (Kind::Categorical, "7"));
        assert!(read.columns()[0].is_missing(0));
    }

    #[test]
    fn a_needed_column_that_is_not_there_is_named() {
        let first = Table::new(vec![Column::numeric("x", vec![1.0], 0)]).unwrap();
        let second = Table::new(vec![Column::numeric("y", vec![1.0], 0)]).unwrap();
        let error = conform(&second, &first.schema(), &["x".to_owned()], &CsvOptions::default()).unwrap_err();
        assert!(error.to_string().contains("no column \"x\""));
    }
}
