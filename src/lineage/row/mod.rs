//! Formulas within one row: copies, affine forms, functions of one column, products, sums, mappings, bins.
//!
//! Searched, cheapest first: one column ([`single`]), two columns looked up at anchor rows ([`pairs`]), any number of columns by
//! elimination in file order, as they are and as logarithms ([`elimination`]), levels that follow from levels ([`mapping`]), and levels
//! that follow from where a number stands ([`bins`]); more is tried for sums of the target ([`identities`]). Only columns that could earn the bits of a
//! proof are explained; full copies of an earlier column are explained by it and leave the search.

mod bins;
mod elimination;
mod evaluate;
mod mapping;
mod pairs;
mod single;
mod target;

use super::cells::Evidence;
use super::confirm::{Derivation, Hold};
use super::formula::{Formula, Part, Point, Read};
use super::frame::Frame;
use super::screen::{Subject, anchors};
use crate::math::sort;
pub use evaluate::Function;
use serde::{Deserialize, Serialize};
pub use target::{identities, power};

/// A formula over columns of one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowFormula {
    /// `constant + sum(weight x column)`: copies, affine forms, sums and differences.
    Linear {
        /// Column and weight, in file order.
        terms: Vec<(usize, f64)>,
        /// Constant term.
        constant: f64,
    },
    /// A function of one column.
    Unary {
        /// Source column.
        source: usize,
        /// The function.
        function: Function,
    },
    /// `factor x product(column ^ power)`: products and quotients.
    Product {
        /// Column and power, in file order.
        terms: Vec<(usize, f64)>,
        /// Constant factor.
        factor: f64,
    },
    /// Every level of the source stands for one value of `gives`: the value it goes with most often.
    Mapping {
        /// Column of levels.
        source: usize,
        /// Column whose values the levels stand for (text: its levels are numbered).
        gives: usize,
    },
    /// Intervals of the source stand for one value each of `gives`: the value in the interval's first row.
    Bins {
        /// Numeric column.
        source: usize,
        /// Column whose values the intervals stand for (text: its levels are numbered).
        gives: usize,
        /// Where one interval ends and the next begins, ascending; a value equal to a cut belongs to the upper interval.
        cuts: Vec<f64>,
    },
}

/// Weights, powers and constants with at most this many decimals are short: not measured, but meant.
const SHORT_DECIMALS: i32 = 4;

impl RowFormula {
    /// `y = x`.
    #[must_use]
    pub fn copy(source: usize) -> Self {
        Self::Linear { terms: vec![(source, 1.0)], constant: 0.0 }
    }

    /// Columns of the formula, in its order.
    #[must_use]
    pub fn sources(&self) -> Vec<usize> {
        match self {
            Self::Linear { terms, .. } | Self::Product { terms, .. } => terms.iter().map(|t| t.0).collect(),
            Self::Unary { source, .. } | Self::Mapping { source, .. } | Self::Bins { source, .. } => vec![*source],
        }
    }

    pub(super) fn reads(&self) -> Vec<Read> {
        self.sources().into_iter().map(Read::same_row).collect()
    }

    pub(super) fn all(&self, frame: &Frame<'_>) -> Vec<Option<Point>> {
        let point = evaluate::prepare(self, frame);
        (0..frame.n_rows()).map(point).collect()
    }

    /// What it gives at a position.
    #[must_use]
    pub fn at(&self, frame: &Frame<'_>, position: usize) -> Option<Point> {
        evaluate::prepare(self, frame)(position)
    }

    pub(super) fn parts(&self, frame: &Frame<'_>, position: usize) -> Vec<Part> {
        let number = |column: usize| {
            let level = || frame.keys.get(column)?.as_ref()?.codes.get(position).map(|&c| f64::from(c));
            frame.values(column).and_then(|v| v.get(position).copied()).or_else(level)
        };
        let cell = |column: usize| Some(Part { column, row: *frame.order.get(position)?, value: number(column)? });
        self.sources().into_iter().filter_map(cell).collect()
    }

    pub(super) fn n_constants(&self) -> usize {
        match self {
            Self::Linear { terms, constant } => match terms.as_slice() {
                [(_, weight)] => 2 * usize::from(*constant != 0.0 || *weight != 1.0),
                _ => usize::from(*constant != 0.0) + terms.iter().filter(|t| t.1.abs() != 1.0).count(),
            },
            Self::Product { terms, factor } => {
                let fixed = |p: f64| p.abs() == 1.0;
                usize::from(*factor != 1.0) + terms.iter().filter(|t| !fixed(t.1)).count()
            }
            Self::Unary { .. } | Self::Mapping { .. } => 0,
            Self::Bins { cuts, .. } => cuts.len(),
        }
    }

    pub(super) fn evidence(&self, frame: &Frame<'_>) -> Evidence {
        match self {
            Self::Mapping { source, .. } => {
                frame.keys.get(*source).and_then(Option::as_ref).map_or(Evidence::Rows, |k| Evidence::Returns(mapping::returns(k)))
            }
            _ => Evidence::Rows,
        }
    }

    pub(super) fn cost(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "terms are few")]
        match self {
            Self::Linear { terms, constant } if terms.len() == 1 => match terms.first() {
                Some((_, weight)) if *weight == 1.0 && *constant == 0.0 => 0.0,
                Some((_, weight)) if is_short(*weight) && is_short(*constant) => 1.5,
                _ => 1.7,
            },
            Self::Unary { .. } => 1.4,
            Self::Linear { terms, .. } if terms.len() == 2 && self.n_constants() == 0 => 2.0,
            Self::Product { terms, factor } if terms.len() == 2 && self.n_constants() == 0 && *factor == 1.0 => {
                if terms.iter().all(|t| t.1 > 0.0) {
                    2.1
                } else {
                    2.2
                }
            }
            Self::Linear { terms, .. } => 2.5 + 0.3 * terms.len() as f64,
            Self::Product { terms, .. } => 2.6 + 0.3 * terms.len() as f64,
            Self::Mapping { .. } => MAPPING_COST,
            Self::Bins { .. } => 2.45,
        }
    }
}

/// A mapping fits whatever depends on the level alone, so it stands behind every aggregate by that level, whose bits are counted
/// once a level; it is told when nothing says where the values come from.
const MAPPING_COST: f64 = 4.7;

/// Whether a number is written with few decimals.
fn is_short(value: f64) -> bool {
    let unit = crate::math::elementary::powi(10.0, SHORT_DECIMALS);
    ((value * unit).round() / unit - value).abs() <= 1e-12 * value.abs()
}

/// Formulas within one row that give the columns of `open`, several a column if several hold.
#[must_use]
pub fn search(frame: &Frame<'_>, open: &[usize]) -> Vec<Derivation> {
    explain(frame, open.iter().filter_map(|&y| Subject::new(frame, y, true)).collect(), open)
}

/// The same, given the columns of `open` that could earn a proof.
pub(super) fn explain(frame: &Frame<'_>, subjects: Vec<Subject<'_>>, open: &[usize]) -> Vec<Derivation> {
    let mut found = single::copies(frame, &subjects);
    let full = |d: &&Derivation| d.hold == Hold::Exact && d.misses.is_empty() && d.matched.ratio() >= 1.0;
    let twins: Vec<usize> = found.iter().filter(full).filter(|d| d.formula.reads().iter().all(|r| r.column < d.y)).map(|d| d.y).collect();
    let subjects: Vec<Subject<'_>> = subjects.into_iter().filter(|s| !twins.contains(&s.column)).collect();
    let sources: Vec<usize> = (0..frame.n_columns()).filter(|c| !twins.contains(c) && frame.values(*c).is_some()).collect();
    let anchors = anchors(frame.n_rows(), &subjects);
    found.extend(single::functions(frame, &subjects, &sources, &anchors));
    found.extend(pairs::search(frame, &subjects, &sources, &anchors));
    found.extend(elimination::search(frame, &subjects, &sources));
    found.extend(mapping::search(frame, open));
    found.extend(bins::search(frame, &subjects, &sources));
    sort::by_key(&mut found, |d| d.y);
    // The sum of two columns is found at anchors and by elimination.
    let mut once: Vec<Derivation> = Vec::new();
    for derivation in found {
        if !once.iter().rev().take_while(|d| d.y == derivation.y).any(|d| d.formula == derivation.formula) {
            once.push(derivation);
        }
    }
    once
}

/// A derivation of `subject` by a row formula, if it survives the screening and the confirmation.
fn tried(frame: &Frame<'_>, subject: &Subject<'_>, formula: RowFormula) -> Option<Derivation> {
    if !screened(frame, subject, &formula) {
        return None;
    }
    subject.confirm(frame, &Formula::Row(formula))
}

/// Whether a row formula survives the tests of `subject` and earns bits on the screening rows.
fn screened(frame: &Frame<'_>, subject: &Subject<'_>, formula: &RowFormula) -> bool {
    let point = evaluate::prepare(formula, frame);
    subject.survives(&*point) && subject.earns(&*point)
}

#[cfg(test)]
mod tests;
