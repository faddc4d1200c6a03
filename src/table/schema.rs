//! A table's type without its rows.

use super::Kind;
use super::time::TimeFormat;
use serde::{Deserialize, Serialize};

/// One column's type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnSchema {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: Kind,
    /// Labels of boolean and categorical columns, in order of first appearance.
    pub levels: Option<Vec<String>>,
    /// Format of timestamp columns.
    pub format: Option<TimeFormat>,
}

/// The columns' types in file order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// One a column.
    pub columns: Vec<ColumnSchema>,
}

impl Schema {
    /// The same without the levels of label columns: they are cells of the table, and a bundle that is shared holds none.
    #[must_use]
    pub fn without_levels(mut self) -> Self {
        self.columns.iter_mut().for_each(|c| c.levels = None);
        self
    }

    /// A column's type by name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&ColumnSchema> {
        self.columns.iter().find(|c| c.name == name)
    }
}
