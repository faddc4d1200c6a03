//! Levels that follow from where a number stands: thresholds, age groups, deciles.
//!
//! Sorted by the source, every level must fill one interval, and no two equal values of the source may lie on both sides of a cut.
//! Levels that are numbers must rise or fall with the source. Every cut costs the bits it takes to say where it lies.

use super::evaluate::Prepared;
use super::mapping::targets;
use super::{RowFormula, tried};
use crate::lineage::confirm::{Derivation, Hold};
use crate::lineage::formula::Point;
use crate::lineage::frame::Frame;
use crate::lineage::screen::Subject;
use crate::math::elementary::powi;
use crate::math::sort;
use std::cell::OnceCell;

/// Most levels that are read as intervals.
const MOST_LEVELS: usize = 50;
/// Most decimals of a cut that is told short.
const SHORT: i32 = 6;

/// Columns of few values that follow from the interval in which a numeric column stands.
pub(super) fn search(frame: &Frame<'_>, subjects: &[Subject<'_>], sources: &[usize]) -> Vec<Derivation> {
    let few = |s: &&Subject<'_>| frame.series.get(s.column).and_then(Option::as_ref).is_some_and(|s| s.n_distinct <= MOST_LEVELS);
    let subjects: Vec<&Subject<'_>> = subjects.iter().filter(few).collect();
    let mut found = Vec::new();
    for &source in sources {
        let Some(series) = frame.series.get(source).and_then(Option::as_ref) else { continue };
        let sorted = OnceCell::new();
        for subject in &subjects {
            let finer = frame.series.get(subject.column).and_then(Option::as_ref).is_some_and(|y| series.n_distinct > y.n_distinct);
            if source == subject.column || !finer || !is_stepped(subject.tests().to_vec(), &series.values, subject.values) {
                continue;
            }
            let sorted: &Vec<usize> = sorted.get_or_init(|| sorted_by(&series.values));
            if let Some(cuts) = cuts(sorted, &series.values, subject.values) {
                let formula = RowFormula::Bins { source, gives: subject.column, cuts };
                found.extend(tried(frame, subject, formula).filter(|d| d.hold == Hold::Exact));
            }
        }
    }
    found
}

fn sorted_by(x: &[f64]) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..x.len()).filter(|&p| !x[p].is_nan()).collect();
    sort::along(&mut rows, &|i| x[i]);
    rows
}

/// Whether y rises or falls in steps along x at these rows.
fn is_stepped(mut rows: Vec<usize>, x: &[f64], y: &[f64]) -> bool {
    rows.retain(|&p| x.get(p).is_some_and(|v| !v.is_nan()) && !y[p].is_nan());
    sort::along(&mut rows, &|i| x[i]);
    cuts(&rows, x, y).is_some()
}

/// Where y steps along rows sorted by x; `None` if it turns back, steps inside a tie, or does not step.
fn cuts(sorted: &[usize], x: &[f64], y: &[f64]) -> Option<Vec<f64>> {
    let mut cuts = Vec::new();
    let mut rising: Option<bool> = None;
    let mut present = sorted.iter().copied().filter(|&p| !y[p].is_nan());
    let mut last = present.next()?;
    for p in present {
        if y[p] != y[last] {
            let up = y[p] > y[last];
            if x[p] <= x[last] || rising.is_some_and(|r| r != up) || cuts.len() >= MOST_LEVELS {
                return None;
            }
            rising = Some(up);
            cuts.push(between(x[last], x[p]));
        }
        last = p;
    }
    (!cuts.is_empty()).then_some(cuts)
}

/// The shortest decimal above `low`, not above `high`.
fn between(low: f64, high: f64) -> f64 {
    let floor = |d: i32| (high * powi(10.0, d)).floor() / powi(10.0, d);
    (-2..=SHORT).map(floor).find(|&c| c > low && c <= high).unwrap_or(high)
}

pub(super) fn prepare<'a>(frame: &'a Frame<'_>, source: usize, gives: usize, cuts: &'a [f64]) -> Prepared<'a> {
    let (Some(x), Some(targets)) = (frame.values(source), targets(frame, gives)) else { return Box::new(|_| None) };
    let mut values: Vec<Option<f64>> = vec![None; cuts.len() + 1];
    for (&x, &y) in x.iter().zip(&targets).filter(|(x, y)| !(x.is_nan() || y.is_nan())) {
        if let Some(value @ None) = values.get_mut(cuts.partition_point(|&c| c <= x)) {
            *value = Some(y);
        }
    }
    Box::new(move |p| {
        let x = *x.get(p).filter(|v| !v.is_nan())?;
        values.get(cuts.partition_point(|&c| c <= x)).copied().flatten().map(Point::of)
    })
}
