//! What steps pass on: columns of numbers, labels or moments with their origin, in order.

use super::past::Past;
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
    /// Free text, which only the step for text reads.
    Texts {
        /// Index into `texts`, or [`MISSING_CODE`].
        codes: Vec<u32>,
        /// Each text once.
        texts: Arc<Vec<String>>,
    },
}

impl Cells {
    /// Numbers, if that is what they are.
    #[must_use]
    pub fn numbers(&self) -> Option<&[f64]> {
        if let Self::Numbers(values) = self { Some(values) } else { None }
    }

    /// The cells at these places, in their order.
    #[must_use]
    fn take(&self, places: &[usize]) -> Self {
        match self {
            Self::Numbers(values) => Self::Numbers(picked(values, places)),
            Self::Times(millis) => Self::Times(picked(millis, places)),
            Self::Labels { codes, levels } => Self::Labels { codes: picked(codes, places), levels: Arc::clone(levels) },
            Self::Texts { codes, texts } => Self::Texts { codes: picked(codes, places), texts: Arc::clone(texts) },
        }
    }
}

/// The values at these places.
pub(super) fn picked<T: Copy>(values: &[T], places: &[usize]) -> Vec<T> {
    places.iter().filter_map(|&p| values.get(p).copied()).collect()
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

    /// The same column with other numbers, changed by a step.
    #[must_use]
    pub fn changed(mut self, step: &str, values: Vec<f64>, whole: bool) -> Self {
        step.clone_into(&mut self.about.step);
        self.about.whole = whole;
        Self { about: self.about, cells: Cells::Numbers(values) }
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
    /// Time, entity and target's past of every row, where a step asks for the past.
    past: Option<Arc<Past>>,
    /// Which of the rows there were at first are left; all if nothing is said.
    kept: Option<Vec<usize>>,
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

    /// Notes time, entity and target's past of the rows.
    pub(super) fn know_past(&mut self, past: Past) {
        self.past = Some(Arc::new(past));
    }

    /// Time, entity and target's past of the rows, where they were noted.
    #[must_use]
    pub(super) fn past(&self) -> Option<Arc<Past>> {
        self.past.clone()
    }

    /// Only these rows, by their places, in this order.
    #[must_use]
    pub(super) fn take(mut self, places: &[usize]) -> Self {
        self.list.iter_mut().for_each(|s| s.cells = s.cells.take(places));
        self.target = self.target.map(|t| Arc::new((picked(&t.0, places), t.1)));
        self.past = self.past.map(|p| Arc::new(p.take(places)));
        self.kept = Some(self.kept.map_or_else(|| places.to_vec(), |kept| picked(&kept, places)));
        self
    }

    /// Which of the rows there were at first are left; `None`: all.
    #[must_use]
    pub(super) fn kept(&self) -> Option<&[usize]> {
        self.kept.as_deref()
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
    pub fn replace(mut self, mut by: impl FnMut(Slot, &mut Self)) -> Self {
        let list = std::mem::take(&mut self.list);
        self.names.clear();
        let mut next = self;
        for slot in list {
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
