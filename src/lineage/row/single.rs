//! One column from one other: copies, affine forms with short constants before fitted ones, and functions.
//!
//! Copies and functions are tried on the telling rows of every column. An affine form is given by two anchors where source and
//! column are far apart, and must hold at the others before it is fitted and its constants are snapped to short decimals.

use super::{Function, RowFormula, is_short, tried};
use crate::lineage::confirm::{Derivation, Hold};
use crate::lineage::frame::Frame;
use crate::lineage::screen::{Subject, spread_rows};
use crate::math::elementary::powi;
use crate::math::sort;

/// Rows an affine form is fitted on.
const FITTED_ON: usize = 400;
/// Units of rounding by which anchors may stand off the line through the two that are furthest apart.
const OFF_LINE: f64 = 3.0;
/// Fewest other anchors that must stand on the line.
const ON_LINE: usize = 2;
/// Most decimals of a short constant.
const SHORT: i32 = 4;
const RELATIVE: f64 = 1e-9;

/// Columns that repeat another one.
pub(super) fn copies(frame: &Frame<'_>, subjects: &[Subject<'_>]) -> Vec<Derivation> {
    let mut found = Vec::new();
    for subject in subjects {
        for source in (0..frame.n_columns()).filter(|&x| x != subject.column) {
            if let Some(values) = frame.values(source) {
                let point = |p: usize| values.get(p).copied().filter(|v| !v.is_nan()).map(crate::lineage::formula::Point::of);
                if subject.survives(&point) {
                    found.extend(tried(frame, subject, RowFormula::copy(source)));
                }
            }
        }
    }
    found
}

/// Columns that are an affine form or a function of one other.
pub(super) fn functions(frame: &Frame<'_>, subjects: &[Subject<'_>], sources: &[usize], anchors: &[usize]) -> Vec<Derivation> {
    let mut found = Vec::new();
    for subject in subjects {
        for &source in sources.iter().filter(|&&x| x != subject.column) {
            let Some(x) = frame.values(source) else { continue };
            let blur = frame.blur(source);
            let is_flag = frame.series.get(source).and_then(Option::as_ref).is_some_and(|s| s.n_distinct <= 2);
            for function in Function::ALL.into_iter().filter(|_| !is_flag) {
                let point = |p: usize| {
                    let (value, slope) = function.at(*x.get(p).filter(|v| !v.is_nan())?)?;
                    Some(crate::lineage::formula::Point { value, magnitude: value.abs(), blur: (slope * blur).abs() })
                };
                if subject.survives(&point) && !(function == Function::Abs && is_never_negative(x)) {
                    found.extend(tried(frame, subject, RowFormula::Unary { source, function }));
                }
            }
            // At anchors a flag is always 1.
            if on_a_line(subject, x, blur, if is_flag { subject.tests() } else { anchors }) {
                found.extend(affine(frame, subject, source));
            }
        }
    }
    found
}

/// A copy in other words: the absolute value of what is never negative.
fn is_never_negative(x: &[f64]) -> bool {
    !x.iter().any(|&v| v < 0.0)
}

/// Whether the anchors stand on one line that is neither flat nor the copy.
fn on_a_line(subject: &Subject<'_>, x: &[f64], blur: f64, anchors: &[usize]) -> bool {
    let mut spots: Vec<(f64, f64)> =
        anchors.iter().filter_map(|&p| Some((*x.get(p)?, *subject.values.get(p)?))).filter(|s| !(s.0 + s.1).is_nan()).collect();
    sort::pairs(&mut spots);
    let (Some(&low), Some(&high)) = (spots.first(), spots.last()) else { return false };
    let (run, rise) = (high.0 - low.0, high.1 - low.1);
    if run <= 0.0 || rise == 0.0 || spots.len() < ON_LINE + 2 {
        return false;
    }
    let slope = rise / run;
    let off = |s: &&(f64, f64)| {
        let slack = OFF_LINE * (subject.half_unit + (slope * blur).abs()) + RELATIVE * (s.1.abs() + low.1.abs() + (slope * s.0).abs());
        (low.1 + slope * (s.0 - low.0) - s.1).abs() > slack
    };
    // One anchor of eight may be a corrected row.
    spots.iter().filter(off).count() <= spots.len() / 8
}

/// Fits slope and constant, tries them as short decimals first, then as they are.
fn affine(frame: &Frame<'_>, subject: &Subject<'_>, source: usize) -> Option<Derivation> {
    let (slope, constant, error) = line(subject, frame.values(source)?)?;
    let form = |weight: f64, constant: f64| RowFormula::Linear { terms: vec![(source, weight)], constant };
    let middle = |weight: f64| middle_of_rest(subject, frame.values(source).unwrap_or(&[]), weight);
    let mut tries: Vec<RowFormula> = Vec::new();
    for weight in shorts(slope, error) {
        let rest = middle(weight);
        tries.extend(shorts(rest, subject.half_unit.max(RELATIVE * rest.abs())).map(|c| form(weight, c)));
        if !is_short(rest) {
            tries.push(form(weight, rest));
        }
    }
    tries.push(form(slope, constant));
    let is_copy = |f: &RowFormula| f.cost() == 0.0;
    // A short slope that is nearly right holds on a part of the rows; the one that holds on all of them is wanted.
    let mut best: Option<Derivation> = None;
    for formula in tries.into_iter().filter(|f| !is_copy(f)) {
        let found = tried(frame, subject, formula);
        best = match (best, found) {
            (Some(best), Some(found)) if found.hold < best.hold => Some(found),
            (best, found) => best.or(found),
        };
        if best.as_ref().is_some_and(|b| b.hold == Hold::Exact) {
            break;
        }
    }
    best
}

/// Slope, constant and the slope's error: the middle of slopes between far rows, so that corrected rows do not matter.
fn line(subject: &Subject<'_>, x: &[f64]) -> Option<(f64, f64, f64)> {
    let mut spots: Vec<(f64, f64)> =
        spread_rows(x.len(), FITTED_ON).filter_map(|p| Some((x[p], *subject.values.get(p)?))).filter(|s| !(s.0 + s.1).is_nan()).collect();
    sort::pairs(&mut spots);
    let half = spots.len() / 2;
    let mut slopes: Vec<(f64, f64)> = (0..half)
        .filter_map(|i| {
            let (low, high) = (spots.get(i)?, spots.get(i + spots.len() - half)?);
            (high.0 > low.0).then(|| ((high.1 - low.1) / (high.0 - low.0), high.0 - low.0))
        })
        .collect();
    // The widest tenth of the pairs is the most exact.
    sort::by(&mut slopes, |a, b| b.1.total_cmp(&a.1).then(a.0.total_cmp(&b.0)));
    slopes.truncate((slopes.len() / 4).max(5));
    let widest = slopes.first()?.1;
    sort::by(&mut slopes, |a, b| a.0.total_cmp(&b.0));
    let slope = slopes.get(slopes.len() / 2)?.0;
    let rest = middle_of_rest(subject, x, slope);
    Some((slope, rest, (2.0 * subject.half_unit / widest).max(RELATIVE * slope.abs())))
}

/// The middle of `y - weight x`: half way between its 5 % and 95 % points, which rounding leaves symmetric.
fn middle_of_rest(subject: &Subject<'_>, x: &[f64], weight: f64) -> f64 {
    let rest = |p: usize| subject.values.get(p).map_or(f64::NAN, |y| y - weight * x[p]);
    let mut rest: Vec<f64> = spread_rows(x.len(), FITTED_ON).map(rest).filter(|v| !v.is_nan()).collect();
    rest.sort_by(f64::total_cmp);
    let at = |i: usize| rest.get(i).copied().unwrap_or(0.0);
    let (low, high) = (at(rest.len() / 20), at(rest.len().saturating_sub(1 + rest.len() / 20)));
    low + (high - low) / 2.0
}

/// The shortest decimal within the error, if there is one.
pub(super) fn shorts(value: f64, error: f64) -> impl Iterator<Item = f64> {
    let round = move |d: i32| (value * powi(10.0, d)).round() / powi(10.0, d);
    (0..=SHORT).map(round).find(|short| (value - short).abs() <= error + RELATIVE * value.abs()).into_iter()
}
