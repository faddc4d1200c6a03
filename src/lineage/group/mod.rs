//! Formulas over groups of rows: aggregates by a key, values relative to their group or to the whole file, target encodings.
//!
//! A column that is the same in all rows of a key's level can only be an aggregate or an encoding by that key ([`constant`]); one
//! that is on a line with a source within every level is relative to it, or leaves its own row out ([`relative`]); one that takes a
//! few values a level may be an encoding made in folds ([`folds`]); the rest may have seen the earlier rows of their level
//! ([`earlier`]). So a few rows of a few levels say which keys and sources are worth summing, and full columns are built
//! only for formulas that agree there. A column that depends on a key alone and matches nothing is a question, not a formula
//! ([`unexplained_encodings`]): rows deleted after it was made break every aggregate.

mod constant;
mod earlier;
mod evaluate;
mod folds;
mod levels;
mod relative;

use super::cells::{Cells, Evidence};
use super::confirm::Derivation;
use super::formula::{Formula, Latest, Part, Point, Read};
use super::frame::Frame;
use super::screen::Subject;
use crate::math::sort;
pub(super) use constant::unexplained;
pub use constant::{UnexplainedEncoding, unexplained_encodings};
pub use levels::Aggregate;
use levels::{Ground, Levels};
use serde::{Deserialize, Serialize};

/// A formula over the rows that share a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupFormula {
    /// An aggregate of the source over all rows of the key's level.
    Aggregate {
        /// Which aggregate.
        aggregate: Aggregate,
        /// Source column; for counts of rows the key itself.
        source: usize,
        /// Key column.
        key: usize,
    },
    /// The row's value set against its level, or against the whole file.
    Relative {
        /// How.
        relative: Relative,
        /// Source column.
        source: usize,
        /// Key column; none: the whole file.
        key: Option<usize>,
    },
    /// Mean of the source over the other rows of the key's level.
    LeaveOneOut {
        /// Source column.
        source: usize,
        /// Key column.
        key: usize,
    },
    /// Mean of the source over the rows of the level outside the row's fold. Rows of a level that share a value of `gives` are a fold's.
    Folds {
        /// Source column.
        source: usize,
        /// Key column.
        key: usize,
        /// The encoded column, whose equal values show the folds.
        gives: usize,
    },
    /// An aggregate of the source over the rows of the key's level that come earlier in time.
    Earlier {
        /// Which aggregate.
        aggregate: Aggregate,
        /// Source column; for counts of rows the key itself.
        source: usize,
        /// Key column.
        key: usize,
        /// Whether the row itself is counted in.
        own: bool,
    },
    /// `(sum of earlier rows + weight x prior) / (number of earlier rows + weight)` within the key's level.
    EarlierSmoothed {
        /// Source column.
        source: usize,
        /// Key column.
        key: usize,
        /// Rows that the prior weighs as much as.
        weight: f64,
        /// The prior.
        prior: f64,
    },
    /// Mean of the key's level drawn towards the mean of the file: `(sum + weight x mean) / (n + weight)`.
    Smoothed {
        /// Source column.
        source: usize,
        /// Key column.
        key: usize,
        /// Rows that the file's mean weighs as much as.
        weight: f64,
    },
    /// Mean of the key's level drawn towards the mean of the file by a rule without free constants.
    Shrunk {
        /// Source column.
        source: usize,
        /// Key column.
        key: usize,
        /// The rule.
        rule: Shrinkage,
    },
}

/// How a value is set against its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relative {
    /// Value less the mean.
    LessMean,
    /// Value over the mean.
    OverMean,
    /// Value over the sum.
    Share,
    /// Value less the mean, over the standard deviation with n - 1.
    ZScore,
    /// Value less the mean, over the standard deviation with n.
    ZScorePopulation,
    /// Value less the smallest, over the range.
    MinMax,
}

impl Relative {
    /// All, the simplest first.
    pub const ALL: [Self; 6] = [Self::LessMean, Self::OverMean, Self::Share, Self::ZScore, Self::ZScorePopulation, Self::MinMax];
}

/// How far the mean of a level is drawn to the mean of the file. The share of the level's own mean is `a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shrinkage {
    /// `a = V n / (V n + v)`: V variance of the file, v variance of the level (scikit-learn, `smooth="auto"`).
    Automatic,
    /// `a = 1 / (1 + exp(-(n - 20) / 10))` (category_encoders from version 2.6).
    Logistic,
    /// `a = 1 / (1 + exp(-(n - 1)))` (category_encoders before), and the file's mean for a level of one row.
    LogisticEarly,
}

impl Shrinkage {
    const ALL: [Self; 3] = [Self::Automatic, Self::Logistic, Self::LogisticEarly];
}

impl GroupFormula {
    /// Source column and key column, if it has one.
    #[must_use]
    pub fn columns(&self) -> (usize, Option<usize>) {
        match *self {
            Self::Relative { source, key, .. } => (source, key),
            Self::Aggregate { source, key, .. }
            | Self::LeaveOneOut { source, key }
            | Self::Folds { source, key, .. }
            | Self::Earlier { source, key, .. }
            | Self::EarlierSmoothed { source, key, .. }
            | Self::Smoothed { source, key, .. }
            | Self::Shrunk { source, key, .. } => (source, Some(key)),
        }
    }

    pub(super) fn reads(&self) -> Vec<Read> {
        let (source, key) = self.columns();
        let latest = match self {
            Self::Earlier { own: true, .. } => Latest::Row(0),
            Self::Earlier { .. } | Self::EarlierSmoothed { .. } => Latest::Row(-1),
            _ => Latest::WholeFile,
        };
        let of_source = Read { column: source, first: None, latest };
        let of_key = key.filter(|&k| k != source).map(Read::same_row);
        std::iter::once(of_source).chain(of_key).collect()
    }

    pub(super) fn all(&self, frame: &Frame<'_>) -> Vec<Option<Point>> {
        evaluate::all(self, frame).unwrap_or_else(|| vec![None; frame.n_rows()])
    }

    pub(super) fn parts(&self, frame: &Frame<'_>, position: usize) -> Vec<Part> {
        evaluate::parts(self, frame, position).unwrap_or_default()
    }

    pub(super) fn n_constants(&self) -> usize {
        match self {
            Self::Smoothed { .. } => 1,
            Self::EarlierSmoothed { .. } => 2,
            _ => 0,
        }
    }

    pub(super) fn evidence(&self, frame: &Frame<'_>) -> Evidence {
        match self {
            Self::Aggregate { key, .. } | Self::Smoothed { key, .. } | Self::Shrunk { key, .. } => match frame.keys.get(*key) {
                Some(Some(key)) => Evidence::Cells(Cells::levels(&key.codes, key.n_levels)),
                _ => Evidence::Rows,
            },
            Self::Folds { key, gives, .. } => folds::cells(frame, *key, *gives).map_or(Evidence::Rows, Evidence::Cells),
            _ => Evidence::Rows,
        }
    }

    pub(super) fn cost(&self) -> f64 {
        match self {
            Self::Relative { key: None, .. } => 1.6,
            Self::Aggregate { aggregate, .. } => 3.2 + aggregate.step(),
            Self::Relative { .. } => 3.3,
            Self::LeaveOneOut { .. } => 4.0,
            Self::Earlier { aggregate, .. } => 3.9 + aggregate.step(),
            Self::Smoothed { .. } => 4.2,
            Self::Shrunk { .. } => 4.3,
            Self::EarlierSmoothed { .. } => 4.4,
            Self::Folds { .. } => 4.6,
        }
    }
}

/// Formulas over groups of rows that give the columns of `open`, several a column if several hold.
#[must_use]
pub fn search(frame: &Frame<'_>, open: &[usize]) -> Vec<Derivation> {
    explain(frame, &open.iter().filter_map(|&y| Subject::any(frame, y)).collect::<Vec<_>>())
}

/// The same, given the columns as [`Subject::any`] reads them.
pub(super) fn explain(frame: &Frame<'_>, subjects: &[Subject<'_>]) -> Vec<Derivation> {
    let ground = Ground::new(frame);
    let keys = (0..frame.n_columns()).filter(|&k| frame.keys.get(k).is_some_and(Option::is_some));
    let mut found = Vec::new();
    for key in std::iter::once(None).chain(keys.map(Some)) {
        let Some(levels) = Levels::new(frame, &ground.clock, key) else { continue };
        found.extend(relative::search(frame, subjects, &ground, &levels, key));
        let Some(key) = key else { continue };
        found.extend(constant::search(frame, subjects, &ground, &levels, key));
        found.extend(folds::search(frame, subjects, &levels, key));
        if Some(key) != frame.entity {
            found.extend(earlier::search(frame, subjects, &levels, key));
        }
    }
    sort::by_key(&mut found, |d| d.y);
    found
}

/// The same for a formula that is weighed row by row, if it first does well at the tests of the column.
fn checked(frame: &Frame<'_>, subject: &Subject<'_>, formula: GroupFormula) -> Option<Derivation> {
    let formula = Formula::Group(formula);
    let points = formula.all(frame);
    let point = |p: usize| points.get(p).copied().flatten();
    (subject.survives(&point) && subject.earns(&point)).then(|| subject.confirm_points(frame, &formula, &points))?
}

/// A derivation by a group formula, if it holds on all rows.
fn tried(frame: &Frame<'_>, subject: &Subject<'_>, formula: GroupFormula) -> Option<Derivation> {
    subject.confirm(frame, &Formula::Group(formula))
}

#[cfg(test)]
mod tests;
