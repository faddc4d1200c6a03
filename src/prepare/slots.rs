//! What steps pass on: columns of numbers, labels or moments with their origin, in order.

use crate::features::Feature;
use crate::table::MISSING_CODE;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Values of one column on its way to becoming features.
#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    /// Numbers; NaN is missing.
    Numbers(Vec<f64>),
    /// Labels.
    Labels {
        /// Index into `levels`, or [`MISSING_CODE`].
        codes: Vec<u32>,
        /// Each label once; a label need not stand in any row.
        levels: Arc<Vec<String>>,
    },
    /// Milliseconds since 1970, or [`crate::table::MISSING_TIME`].
    Times(Vec<i64>),
}

impl Cells {
    /// Numbers, if that is what they are.
    #[must_use]
    pub fn numbers(&self) -> Option<&[f64]> {
        if let Self::Numbers(values) = self { Some(values) } else { None }
    }
}

/// One column with its origin.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Name, raw columns, last step, wholeness.
    pub about: Feature,
    /// Values, one a row.
    pub cells: Cells,
}

impl Slot {
    /// A column of numbers made from this one by a step.
    #[must_use]
    pub fn made(&self, step: &str, name: String, values: Vec<f64>, whole: bool) -> Self {
        let about = Feature { name, sources: self.about.sources.clone(), step: step.to_owned(), whole, levels: false };
        Self { about, cells: Cells::Numbers(values) }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.about.name
    }

    /// Whether it is one of the columns chosen, or made of one; all are when none is named.
    #[must_use]
    pub fn is_among(&self, columns: &[String]) -> bool {
        columns.is_empty() || columns.contains(&self.about.name) || self.about.sources.iter().any(|s| columns.contains(s))
    }
}

/// Columns in order, with unique names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slots {
    list: Vec<Slot>,
    names: BTreeSet<String>,
    /// Target of the training rows, while steps are learned from them, and its number of classes.
    target: Option<Arc<(Vec<f64>, usize)>>,
}

impl Slots {
    /// Adds a column at the end; a name that is taken gets a number.
    pub fn push(&mut self, mut slot: Slot) {
        if self.names.contains(&slot.about.name) {
            let free = (2..).map(|i| format!("{} ({i})", slot.about.name)).find(|name| !self.names.contains(name));
            slot.about.name = free.unwrap_or_default();
        }
        self.names.insert(slot.about.name.clone());
        self.list.push(slot);
    }

    /// Notes the target of the training rows (NaN: missing), for steps that learn from it, and its number of classes.
    pub(super) fn know_target(&mut self, values: Vec<f64>, n_classes: usize) {
        self.target = Some(Arc::new((values, n_classes)));
    }

    /// Target of the training rows and its number of classes, where it was noted.
    #[must_use]
    pub(super) fn target(&self) -> Option<Arc<(Vec<f64>, usize)>> {
        self.target.clone()
    }

    /// The columns in order.
    #[must_use]
    pub fn list(&self) -> &[Slot] {
        &self.list
    }

    /// The columns in order, given away.
    #[must_use]
    pub fn into_list(self) -> Vec<Slot> {
        self.list
    }

    /// Replaces every column by none, one or several, keeping their order.
    #[must_use]
    pub fn replace(self, mut by: impl FnMut(Slot, &mut Self)) -> Self {
        let mut next = Self { target: self.target, ..Self::default() };
        for slot in self.list {
            by(slot, &mut next);
        }
        next
    }
}

/// Whether a code is missing.
#[must_use]
pub(super) fn is_missing(code: u32) -> bool {
    code == MISSING_CODE
}
