//! Tables: equal-length columns with a kind, from which the text of every cell can be recovered.
//!
//! `parse` turns bytes into a [`Table`] (by way of `decode`, `dialect`, `records`, `cells`, `infer` and `convert`); `profile`
//! describes each column; `export` writes tables back; `wire` carries them between workers. A [`Schema`] is a table's type without its rows and travels with the model.

mod cells;
mod collect;
mod column;
pub mod conform;
mod convert;
mod decode;
mod dialect;
pub mod export;
pub mod facts;
mod infer;
mod intern;
pub mod limits;
mod number;
pub mod parse;
mod patterns;
pub mod profile;
mod records;
mod schema;
mod stack;
pub mod time;
pub mod wire;

pub use convert::change_kind;
pub use facts::{FileFacts, Note, Reject};
pub use limits::Limits;
pub use parse::{CsvOptions, KindChoice, Loaded, Loader, read};

pub(crate) use column::{ALL_DIGITS, SHORTEST};
pub use column::{Column, Exceptions, Kind, MISSING_CODE, MISSING_TIME, Values};
pub use schema::{ColumnSchema, Schema};

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// Equal-length columns with unique names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    columns: Vec<Column>,
    n_rows: usize,
}

impl Table {
    /// Joins columns into a table.
    ///
    /// # Errors
    /// Columns of unequal length or two of one name (the reader makes names unique before this).
    pub fn new(columns: Vec<Column>) -> Result<Self> {
        let n_rows = columns.first().map_or(0, Column::len);
        let mut names = std::collections::BTreeSet::new();
        for column in &columns {
            if column.len() != n_rows {
                return Err(Error::internal("columns of unequal length").named(column.name()));
            }
            if !names.insert(column.name()) {
                return Err(Error::internal("two columns of one name").named(column.name()));
            }
        }
        Ok(Self { columns, n_rows })
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The columns in file order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The names in file order.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.columns.iter().map(Column::name).collect()
    }

    /// Position of a column by name.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name() == name)
    }

    /// A column by name.
    ///
    /// # Errors
    /// No column of that name; the hint lists those there are.
    pub fn column(&self, name: &str) -> Result<&Column> {
        self.columns.iter().find(|c| c.name() == name).ok_or_else(|| Error::no_such_column(name, &self.names()))
    }

    /// The table's type without its rows.
    #[must_use]
    pub fn schema(&self) -> Schema {
        Schema { columns: self.columns.iter().map(Column::schema).collect() }
    }

    /// The same table with these rows, in this order. Row numbers must be below `n_rows`.
    #[must_use]
    pub fn take(&self, rows: &[u32]) -> Self {
        Self { columns: self.columns.iter().map(|c| c.take(rows)).collect(), n_rows: rows.len() }
    }

    /// The same table with one column put in the place of that of the same name.
    ///
    /// # Errors
    /// No column of that name, or another length.
    pub fn with_column(mut self, column: Column) -> Result<Self> {
        let position = self.position(column.name()).ok_or_else(|| Error::no_such_column(column.name(), &self.names()))?;
        if column.len() != self.n_rows {
            return Err(Error::internal("columns of unequal length").named(column.name()));
        }
        self.columns[position] = column;
        Ok(self)
    }
}
