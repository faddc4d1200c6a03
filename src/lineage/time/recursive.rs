//! Running means and totals, solved for and not enumerated.
//!
//! An exponentially weighted mean moves by a fixed share of its distance to the next value, `dy = alpha (x - y_before)`; a running
//! total moves by the next value, `dy = x`. A few dozen rows tell the share; it is taken for a span, a half-life or a short decimal near it, and
//! the whole recursion is run and compared. Bias-corrected means (weights scaled to sum to 1) move faster at first: their share is
//! corrected for the age of the row.

use super::TimeFormula;
use super::axis::{Axis, real};
use super::cumulative::Cumulative;
use super::ewm::{Decay, Ewm};
use super::screen::{Sample, Screen};
use super::source::Source;
use crate::math::elementary::{ln, powi};
use crate::math::rank::median;
use crate::math::sort;

/// Rows that tell the share.
const ROWS: usize = 48;
/// Fewest of them.
const FEWEST: usize = 8;
/// Rows that may contradict before a pair is given up.
const MOST_BAD: usize = 6;
/// Share of rows that must agree.
const AGREE: f64 = 0.55;
/// Offsets tried.
const OFFSETS: std::ops::RangeInclusive<i32> = -2..=12;
/// Relative distance within which a share is taken for a listed one.
const NEAR: f64 = 0.04;
/// Most entities whose starts are fitted.
const MOST_STARTS: usize = 32;
/// Rows that tell a start.
const START_ROWS: usize = 400;

/// Steps of the smooth columns at the rows looked at.
pub(super) struct Steps {
    places: Vec<usize>,
    /// Index of the column; value and value before, by row looked at.
    columns: Vec<(u32, Vec<(f64, f64)>)>,
}

impl Steps {
    pub(super) fn new(axis: &Axis<'_>, screens: &[Screen<'_>], sample: &Sample) -> Self {
        let late = |&p: &usize| (p - axis.begin(p)) * 3 >= axis.end(p) - axis.begin(p) && p > axis.begin(p);
        let places: Vec<usize> = sample.shuffled.iter().map(|&r| r as usize).filter(late).take(ROWS).collect();
        let steps = |s: &Screen<'_>| places.iter().map(|&p| (s.values[p], s.values[p - 1])).collect();
        let columns = (0..).zip(screens).filter(|(_, s)| s.is_smooth).map(|(y, s)| (y, steps(s))).collect();
        Self { places, columns }
    }
}

/// One row of a pair: the step of y, the distance to the next value, the next value, and its age in rows.
#[derive(Clone, Copy)]
struct Row {
    step: f64,
    distance: f64,
    value: f64,
    size: f64,
    age: usize,
}

/// Formulas of one source, with the index of the column they give and the share of rows they hold on.
pub(super) fn solve(axis: &Axis<'_>, source: &Source<'_>, screens: &[Screen<'_>], steps: &Steps) -> Vec<(u32, TimeFormula, f64)> {
    let mut found = Vec::new();
    for by in OFFSETS {
        let values: Vec<f64> = steps.places.iter().map(|&p| axis.back(p, by).map_or(f64::NAN, |q| source.values[q])).collect();
        for (y, column) in &steps.columns {
            let screen = &screens[*y as usize];
            if screen.column == source.column {
                continue;
            }
            let (total, mean) = plausible(&values, column, screen.half_unit, source.blur);
            if !total && !mean {
                continue;
            }
            let rows = rows(axis, steps, &values, column, by);
            let mut formulas = Vec::new();
            if total {
                formulas.extend(totals(axis, source, screen, by));
            }
            if mean {
                formulas.extend(means(axis, source, screen, by, &rows));
            }
            found.extend(formulas.into_iter().map(|(formula, share)| (*y, formula, share)));
        }
    }
    found
}

/// Whether a running total and a running mean are possible. Gives up early: nearly all pairs are neither.
fn plausible(values: &[f64], column: &[(f64, f64)], half_unit: f64, blur: f64) -> (bool, bool) {
    let (mut rows, mut not_total, mut not_mean) = (0_usize, 0_usize, 0_usize);
    for (&x, &(y, before)) in values.iter().zip(column) {
        let (step, distance) = (y - before, x - before);
        if (step + distance).is_nan() {
            continue;
        }
        let slack = 2.0 * half_unit + 1e-9 * (y.abs() + x.abs()) + 2.5 * blur;
        rows += 1;
        not_total += usize::from((step - x).abs() > slack);
        let inside = step.abs() <= distance.abs() + slack && (step * distance >= 0.0 || step.abs() <= slack);
        not_mean += usize::from(!inside);
        if not_total > MOST_BAD && not_mean > MOST_BAD {
            return (false, false);
        }
    }
    let agrees = |bad: usize| rows >= FEWEST && real(rows - bad) >= AGREE * real(rows);
    (agrees(not_total), agrees(not_mean))
}

fn rows(axis: &Axis<'_>, steps: &Steps, values: &[f64], column: &[(f64, f64)], by: i32) -> Vec<Row> {
    let row = |((&place, &x), &(y, before)): ((&usize, &f64), &(f64, f64))| {
        let age = axis.back(place, by)? - axis.begin(place) + 1;
        let row = Row { step: y - before, distance: x - before, value: x, size: x.abs().max(y.abs()), age };
        (!(row.step + row.distance).is_nan()).then_some(row)
    };
    steps.places.iter().zip(values).zip(column).filter_map(row).collect()
}

fn means(axis: &Axis<'_>, source: &Source<'_>, screen: &Screen<'_>, by: i32, rows: &[Row]) -> Vec<(TimeFormula, f64)> {
    let mut found = Vec::new();
    for adjusted in [true, false] {
        let Some(alpha) = share(rows, adjusted, screen.half_unit, source.blur) else { continue };
        let make = |decay: Decay, starts: &[f64]| Ewm { source: source.column, decay, adjusted, by, at_least: 1, starts: starts.to_vec() };
        let test = |ewm: Ewm| {
            let points = ewm.all(axis, source);
            screen.passes(&|place| points[place]).map(|share| (TimeFormula::Ewm(ewm), share))
        };
        let near = listed(alpha);
        if let Some(hit) = near.iter().find_map(|&d| test(make(d, &[])).filter(|h| h.1 >= 0.97)) {
            found.push(hit);
            continue;
        }
        // the history before the file is cut off: the first mean is a start
        let starts = if by >= 0 && !adjusted { first_values(axis, screen, by) } else { None };
        let cut = starts.and_then(|starts| near.iter().chain(&[Decay::Alpha(alpha)]).find_map(|&d| test(make(d, &starts))));
        found.extend(cut.or_else(|| test(make(Decay::Alpha(alpha), &[]))));
    }
    found
}

/// The share of the distance that y moves, if one share fits most rows.
fn share(rows: &[Row], adjusted: bool, half_unit: f64, blur: f64) -> Option<f64> {
    let told = |r: &Row| {
        let share = r.step / r.distance;
        if adjusted { uncorrected(share, r.age) } else { Some(share) }.filter(|a| (1e-4..=1.0).contains(a))
    };
    let sizes: Vec<f64> = rows.iter().map(|r| r.distance.abs()).collect();
    let clear = median(&sizes);
    let shares: Vec<f64> = rows.iter().filter(|r| r.distance.abs() >= clear).filter_map(told).collect();
    if shares.len() < FEWEST / 2 {
        return None;
    }
    let mut alpha = median(&shares);
    let weight = |alpha: f64, age: usize| if adjusted { alpha / (1.0 - powi(1.0 - alpha, i32::try_from(age).unwrap_or(i32::MAX))) } else { alpha };
    let noise = 3.0 * half_unit + 2.5 * blur;
    for loose in [0.05, 0.01] {
        let (mut product, mut square) = (0.0, 0.0);
        for r in rows {
            let factor = weight(alpha, r.age) / alpha;
            let distance = factor * r.distance;
            if (r.step - alpha * distance).abs() <= noise + loose * alpha * r.distance.abs() {
                product += r.step * distance;
                square += distance * distance;
            }
        }
        if square > 0.0 {
            alpha = (product / square).clamp(1e-4, 1.0);
        }
    }
    let fits = |r: &&Row| (r.step - weight(alpha, r.age) * r.distance).abs() <= noise + 1e-6 * r.size + 2e-3 * alpha * r.distance.abs();
    let agree = rows.iter().filter(fits).count();
    (rows.len() >= FEWEST && real(agree) >= AGREE * real(rows.len()) && alpha < 1.0 && rows.iter().any(|r| r.value != 0.0)).then_some(alpha)
}

/// The alpha whose bias-corrected weight at this age is `share`: `share = alpha / (1 - (1 - alpha)^age)`, by bisection.
fn uncorrected(share: f64, age: usize) -> Option<f64> {
    let age = i32::try_from(age).ok()?;
    if share * f64::from(age) <= 1.0 {
        return None;
    }
    let (mut low, mut high) = (1e-6, share.min(1.0));
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if middle / (1.0 - powi(1.0 - middle, age)) < share { low = middle } else { high = middle }
    }
    Some((low + high) / 2.0)
}

/// Spans, half-lives and short decimals near a share, nearest first.
fn listed(alpha: f64) -> Vec<Decay> {
    let (span, half_life) = (2.0 / alpha - 1.0, -std::f64::consts::LN_2 / ln(1.0 - alpha));
    let around = |value: f64, step: f64| [-1.0, 0.0, 1.0].map(|k| ((value / step).round() + k) * step);
    let mut near: Vec<Decay> = around(span, 1.0).map(Decay::Span).into_iter().chain(around(half_life, 1.0).map(Decay::HalfLife)).collect();
    near.extend(around(half_life, 0.5).map(Decay::HalfLife));
    near.extend(around(100.0 * alpha, 1.0).map(|a| Decay::Alpha(a / 100.0)));
    if alpha < 0.1 {
        near.extend(around(1_000.0 * alpha, 1.0).map(|a| Decay::Alpha(a / 1_000.0)));
    }
    let valid = |d: &Decay| {
        matches!(d, Decay::Span(v) if *v > 1.0) || matches!(d, Decay::HalfLife(v) if *v > 0.0) || matches!(d, Decay::Alpha(v) if *v > 0.0 && *v < 1.0)
    };
    near.retain(|d| valid(d) && (d.alpha() / alpha - 1.0).abs() <= NEAR);
    sort::by(&mut near, |a, b| (a.alpha() - alpha).abs().total_cmp(&(b.alpha() - alpha).abs()));
    near.dedup();
    near
}

/// The column's value just before each entity's first step.
fn first_values(axis: &Axis<'_>, screen: &Screen<'_>, by: i32) -> Option<Vec<f64>> {
    let entities = axis.entities();
    if entities.len() > MOST_STARTS || by > 1 {
        return None;
    }
    entities.into_iter().map(|range| screen.values.get(range.start).copied().filter(|v| !v.is_nan())).collect()
}

fn totals(axis: &Axis<'_>, source: &Source<'_>, screen: &Screen<'_>, by: i32) -> Option<(TimeFormula, f64)> {
    let entities = axis.entities();
    if entities.len() > MOST_STARTS {
        return None;
    }
    let mut total = Cumulative { source: source.column, by, starts: vec![0.0; entities.len()] };
    let points = total.all(axis, source);
    for (start, range) in total.starts.iter_mut().zip(entities) {
        let residuals = range.filter_map(|p| Some(screen.values[p] - points[p]?.value)).filter(|r| !r.is_nan());
        *start = median(&residuals.take(START_ROWS).collect::<Vec<_>>());
    }
    let points = total.all(axis, source);
    let share = screen.passes(&|place| points[place])?;
    Some((TimeFormula::Cumulative(total), share))
}
