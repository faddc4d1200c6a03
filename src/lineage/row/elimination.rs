//! Sums and products of any number of columns, by elimination in file order.
//!
//! Columns are made orthogonal one after the other, in file order, so that raw columns explain derived ones. A column of which
//! only rounding is left follows from those before it: its weights are solved, those that rounding could have made are dropped, the
//! others are fitted again, snapped to short decimals and confirmed. Once on the values (sums), once on the logarithms of
//! positive columns (products, weights are powers). A column that follows takes no part in the elimination after that.

use super::single::shorts;
use super::{RowFormula, screened};
use crate::lineage::confirm::Derivation;
use crate::lineage::formula::Formula;
use crate::lineage::frame::Frame;
use crate::lineage::proof::REACH;
use crate::lineage::screen::{Subject, spread_rows};
use crate::lineage::solve::{Fit, dot, fit, standardise};
use crate::math::elementary::{exp, ln};
use crate::math::sort;

/// Most columns eliminated at once: more would take seconds.
const MOST_COLUMNS: usize = 320;
/// Rows a column, and fewest and most rows, that are eliminated on.
const ROWS_A_COLUMN: usize = 3;
const FEWEST_ROWS: usize = 400;
const MOST_ROWS: usize = 900;
/// Most columns in one formula.
const MOST_TERMS: usize = 40;
/// Share of a column's size that may be left when its formula is tried.
const WORTH_TRYING: f64 = 0.02;
/// Half units of rounding that may be left of a column that follows (root mean square; uniform rounding leaves 0.58).
const ROUNDING: f64 = 0.75;
/// Share of a column's size below which what is left of it, or what a term adds to it, is rounding of doubles.
const DOUBLES: f64 = 1e-9;
/// Standard errors a weight may be away from the number it is taken for.
const SNAP: f64 = 4.0;

/// Whether columns are added up or multiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// Sums.
    Plain,
    /// Products.
    Logarithms,
}

/// Columns that are a sum or a product of others.
pub(super) fn search(frame: &Frame<'_>, subjects: &[Subject<'_>], sources: &[usize]) -> Vec<Derivation> {
    let mut found = Vec::new();
    for scale in [Scale::Plain, Scale::Logarithms] {
        let usable: Vec<usize> = sources.iter().copied().filter(|&c| is_usable(frame, c, scale)).collect();
        let (columns, rows) = complete(frame, &usable);
        if columns.len() < 3 {
            continue;
        }
        let values: Vec<Vec<f64>> = columns.iter().map(|&c| scaled(frame, c, &rows, scale)).collect();
        let mut basis = Basis::new(rows.len());
        for (i, &column) in columns.iter().enumerate() {
            let rest = basis.rest(&values[i]);
            let noise = noise(frame, column, &rows, scale);
            let is_rounding = rest.left <= (ROUNDING * noise).min(0.05 * rest.size).max(DOUBLES * rest.size);
            let mut follows = is_rounding;
            if basis.members.len() >= 2
                && rest.left <= WORTH_TRYING * rest.size
                && let Some(subject) = subjects.iter().find(|s| s.column == column)
            {
                let chosen = basis.weights(&rest);
                let terms: Vec<usize> = chosen.iter().filter_map(|&m| columns.get(m).copied()).collect();
                if let Some(derivation) = identity(frame, subject, &terms, &rows, scale) {
                    found.push(derivation);
                    follows = true;
                }
            }
            if !follows {
                basis.add(i, rest);
            }
        }
    }
    found
}

fn is_usable(frame: &Frame<'_>, column: usize, scale: Scale) -> bool {
    let Some(series) = frame.series.get(column).and_then(Option::as_ref) else { return false };
    series.n_distinct > 1 && (scale == Scale::Plain || (series.n_distinct > 2 && series.values.iter().all(|&v| v.is_nan() || v > 0.0)))
}

/// Columns that leave enough complete rows, those with the fewest missing cells taken first, in file order, and some of the rows.
fn complete(frame: &Frame<'_>, usable: &[usize]) -> (Vec<usize>, Vec<usize>) {
    let n = frame.n_rows();
    let missing = |c: usize| n - frame.series.get(c).and_then(Option::as_ref).map_or(0, |s| s.n_present);
    let mut ranked: Vec<usize> = usable.to_vec();
    sort::by_key(&mut ranked, |&c| (missing(c), c));
    ranked.truncate(MOST_COLUMNS);
    let wanted = (ROWS_A_COLUMN * ranked.len()).clamp(FEWEST_ROWS, MOST_ROWS.max(2 * ranked.len()));
    let mut rows: Vec<usize> = spread_rows(n, 4 * wanted).collect();
    let all = rows.len();
    let mut columns = Vec::new();
    for c in ranked {
        let Some(values) = frame.values(c) else { continue };
        let kept: Vec<usize> = rows.iter().copied().filter(|&r| !values[r].is_nan()).collect();
        #[expect(clippy::cast_precision_loss, reason = "rows are few")]
        let reach = kept.len() as f64 / all.max(1) as f64;
        if reach < REACH || kept.len() < 2 * (columns.len() + 1) + 8 {
            break;
        }
        rows = kept;
        columns.push(c);
    }
    columns.sort_unstable();
    let kept = rows.len().min(wanted);
    (columns, (0..kept).map(|i| rows[i * rows.len() / kept]).collect())
}

fn scaled(frame: &Frame<'_>, column: usize, rows: &[usize], scale: Scale) -> Vec<f64> {
    let values = frame.values(column).unwrap_or(&[]);
    let value = |&r: &usize| if scale == Scale::Plain { values[r] } else { ln(values[r]) };
    let full: Vec<f64> = rows.iter().map(value).collect();
    let middle = crate::math::sum::mean(&full);
    full.into_iter().map(|v| v - middle).collect()
}

/// Length that rounding alone would give a column over the rows, with uniform rounding taken at its worst.
#[expect(clippy::cast_precision_loss, reason = "rows are few")]
fn noise(frame: &Frame<'_>, column: usize, rows: &[usize], scale: Scale) -> f64 {
    let Some(series) = frame.series.get(column).and_then(Option::as_ref) else { return 0.0 };
    match scale {
        Scale::Plain => series.half_unit * (rows.len() as f64).sqrt(),
        Scale::Logarithms => rows.iter().map(|&r| series.half_unit / series.values[r]).map(|v| v * v).sum::<f64>().sqrt(),
    }
}

/// Orthonormal directions of the columns taken so far, and how to get back to the columns.
struct Basis {
    n_rows: usize,
    directions: Vec<Vec<f64>>,
    /// Place of every member in the list of columns.
    members: Vec<usize>,
    /// Upper triangle of the inverse, one list a member: weights of the members up to it that make its direction.
    inverse: Vec<Vec<f64>>,
    /// Sum of squares of every member's row of the inverse: its weight's variance per variance of what is left.
    spread: Vec<f64>,
}

/// A column taken apart: its parts along the directions, and what is left.
struct Rest {
    along: Vec<f64>,
    rest: Vec<f64>,
    left: f64,
    size: f64,
}

impl Basis {
    fn new(n_rows: usize) -> Self {
        Self { n_rows, directions: Vec::new(), members: Vec::new(), inverse: Vec::new(), spread: Vec::new() }
    }

    fn rest(&self, values: &[f64]) -> Rest {
        let mut rest = values.to_vec();
        let mut along = vec![0.0; self.directions.len()];
        // Twice is enough: the second pass takes away what rounding left of the first.
        for _ in 0..2 {
            for (direction, along) in self.directions.iter().zip(&mut along) {
                let part = dot(direction, &rest);
                *along += part;
                rest.iter_mut().zip(direction).for_each(|(r, d)| *r -= part * d);
            }
        }
        let (left, size) = (dot(&rest, &rest).sqrt(), dot(values, values).sqrt());
        Rest { along, rest, left, size }
    }

    fn add(&mut self, member: usize, rest: Rest) {
        if rest.left <= 0.0 {
            return;
        }
        let mut weights = vec![0.0; self.members.len() + 1];
        for (column, part) in self.inverse.iter().zip(&rest.along) {
            for (weight, w) in weights.iter_mut().zip(column) {
                *weight -= part * w;
            }
        }
        weights.iter_mut().for_each(|w| *w /= rest.left);
        if let Some(last) = weights.last_mut() {
            *last = 1.0 / rest.left;
        }
        self.spread.push(0.0);
        self.spread.iter_mut().zip(&weights).for_each(|(s, w)| *s += w * w);
        self.directions.push(rest.rest.into_iter().map(|v| v / rest.left).collect());
        self.members.push(member);
        self.inverse.push(weights);
    }

    /// Members whose weight rounding could not have made, ascending; the largest few if there are many.
    #[expect(clippy::cast_precision_loss, reason = "rows are few")]
    fn weights(&self, rest: &Rest) -> Vec<usize> {
        let mut weights = vec![0.0; self.members.len()];
        for (column, part) in self.inverse.iter().zip(&rest.along) {
            weights.iter_mut().zip(column).for_each(|(weight, w)| *weight += part * w);
        }
        let free = self.n_rows.saturating_sub(self.members.len() + 1).max(1) as f64;
        let error = rest.left.max(1e-13 * rest.size) / free.sqrt();
        let mut strong: Vec<(f64, usize)> = weights
            .iter()
            .zip(&self.spread)
            .zip(&self.members)
            .map(|((w, s), &m)| (w.abs() / (error * s.sqrt()).max(1e-300), m))
            .filter(|(z, _)| *z > SNAP)
            .collect();
        sort::by(&mut strong, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        strong.truncate(MOST_TERMS);
        let mut members: Vec<usize> = strong.into_iter().map(|s| s.1).collect();
        members.sort_unstable();
        members
    }
}

/// The formula of a subject in these columns, if there is one: short weights first, then weights as fitted.
pub(super) fn identity(frame: &Frame<'_>, subject: &Subject<'_>, columns: &[usize], rows: &[usize], scale: Scale) -> Option<Derivation> {
    if columns.len() < 2 {
        return None;
    }
    let plain = |c: usize| frame.values(c).unwrap_or(&[]);
    let taken: Vec<f64> = rows.iter().map(|&r| changed(subject.values[r], scale)).collect();
    let terms: Vec<Vec<f64>> = columns.iter().map(|&c| rows.iter().map(|&r| changed(plain(c)[r], scale)).collect()).collect();
    let (kept, fitted) = refitted(&taken, columns, &terms)?;
    let snapped: Option<Vec<(usize, f64)>> =
        kept.iter().zip(fitted.weights.iter().zip(&fitted.errors)).map(|(&i, (&w, &e))| shorts(w, SNAP * e).next().map(|w| (i, w))).collect();
    let fixed: Vec<(usize, f64)> = kept.iter().copied().zip(fitted.weights.iter().copied()).collect();
    let mut tries: Vec<RowFormula> = Vec::new();
    for weights in snapped.into_iter().chain((scale == Scale::Plain).then_some(fixed)) {
        let weights: Vec<(usize, f64)> = weights.into_iter().filter(|w| w.1 != 0.0).collect();
        if weights.len() >= 2 {
            let middle = middle(&taken, &terms, &weights);
            let terms: Vec<(usize, f64)> = weights.iter().filter_map(|&(i, w)| Some((*columns.get(i)?, w))).collect();
            tries.extend(constants(middle, fitted.rms, scale).map(|c| formula(terms.clone(), c, scale)));
        }
    }
    let works = tries.into_iter().find(|f| screened(frame, subject, f))?;
    subject.confirm(frame, &Formula::Row(works))
}

fn changed(value: f64, scale: Scale) -> f64 {
    if scale == Scale::Plain { value } else { ln(value) }
}

fn formula(terms: Vec<(usize, f64)>, constant: f64, scale: Scale) -> RowFormula {
    match scale {
        Scale::Plain => RowFormula::Linear { terms, constant },
        Scale::Logarithms => RowFormula::Product { terms, factor: constant },
    }
}

/// Fits, drops terms that rounding could have made, and fits again. Gives places in `terms`.
fn refitted(y: &[f64], columns: &[usize], terms: &[Vec<f64>]) -> Option<(Vec<usize>, Fit)> {
    let all: Vec<usize> = (0..y.len()).collect();
    let mut kept: Vec<usize> = (0..columns.len()).collect();
    let size = |values: &[f64]| standardise(values, &all).2;
    let (of_y, of_terms) = (size(y), terms.iter().map(|t| size(t)).collect::<Vec<f64>>());
    loop {
        let x: Vec<&[f64]> = kept.iter().map(|&i| terms[i].as_slice()).collect();
        let fitted = fit(y, &x, &all)?;
        let adds = |j: usize| fitted.weights[j].abs() * of_terms[kept[j]];
        let strong = |j: &usize| fitted.weights[*j].abs() > SNAP * fitted.errors[*j] && adds(*j) > DOUBLES * of_y;
        let next: Vec<usize> = (0..kept.len()).filter(strong).map(|j| kept[j]).collect();
        if next.len() == kept.len() {
            return Some((kept, fitted));
        }
        if next.len() < 2 {
            return None;
        }
        kept = next;
    }
}

/// Half way between the 5 % and 95 % points of what the terms leave of y.
fn middle(y: &[f64], terms: &[Vec<f64>], weights: &[(usize, f64)]) -> f64 {
    let mut rest: Vec<f64> = (0..y.len()).map(|r| y[r] - weights.iter().map(|&(i, w)| w * terms[i][r]).sum::<f64>()).collect();
    rest.sort_by(f64::total_cmp);
    let at = |i: usize| rest.get(i).copied().unwrap_or(0.0);
    let (low, high) = (at(rest.len() / 20), at(rest.len().saturating_sub(1 + rest.len() / 20)));
    low + (high - low) / 2.0
}

/// The constant as a short decimal first, then as found.
fn constants(middle: f64, rms: f64, scale: Scale) -> impl Iterator<Item = f64> {
    let (value, error) = match scale {
        Scale::Plain => (middle, SNAP * rms + 1e-9 * middle.abs()),
        Scale::Logarithms => (exp(middle), exp(middle) * (SNAP * rms + 1e-9)),
    };
    shorts(value, error).filter(move |&c| scale == Scale::Plain || c != 0.0).chain(std::iter::once(value))
}
