//! Histograms, lines with bands, and points: everything with two axes of numbers.

use super::scale::Scale;
use super::sheet::{At, LABEL, SMALL, Sheet, fitted, width_of};
use super::theme::{Ink, series_ink};
use super::{Drawn, NARROW_BELOW};
use crate::chart::{Axis, Series};
use crate::format::number;
use crate::math::sort;
use plotters::prelude::DrawingBackend;

/// Room above the plot for the name of the vertical axis, below for numbers and the name of the horizontal one, in pixels.
const TOP: f64 = 26.0;
const BOTTOM: f64 = 40.0;
/// Room on the right, so that the last tick label is not cut.
const RIGHT: f64 = 26.0;
/// Room for labels at the end of lines, at most.
const END_LABELS: f64 = 185.0;
/// Height of one line of the key of a narrow figure.
const KEY: f64 = 18.0;

/// Height of a figure of lines.
pub fn height(series: &[Series], narrow: bool) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few lines")]
    let key = series.len().min(8) as u32 * KEY as u32;
    if narrow { 260 + key } else { 320 }
}

/// The plot inside its axes.
struct Plot {
    x: Scale,
    y: Scale,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

/// Draws grid, axes, numbers and names, leaving `above` and `beside` pixels free.
fn axes<DB: DrawingBackend>(
    sheet: &Sheet<'_, DB>,
    x: &Axis,
    y: &Axis,
    above: f64,
    beside: f64,
) -> Result<Plot, super::DrawingAreaErrorKind<DB::ErrorType>> {
    let (width, height) = sheet.size();
    let (top, bottom) = (TOP + above, height - BOTTOM);
    let vertical = Scale::new(y, bottom, top);
    let labels: Vec<(f64, String)> = vertical.ticks(5).into_iter().map(|t| (t, number(t))).collect();
    let left = labels.iter().map(|(_, l)| width_of(l, SMALL)).fold(20.0, f64::max) + 10.0;
    let right = width - beside;
    let horizontal = Scale::new(x, left, right);
    for (tick, label) in &labels {
        let at = vertical.at(*tick);
        sheet.line((left, at), (right, at), Ink::Hair, 1.0)?;
        sheet.text(label, (left - 7.0, at), At::End, SMALL, Ink::Soft)?;
    }
    let most = if width < f64::from(NARROW_BELOW) { 4 } else { 6 };
    for tick in horizontal.ticks(most) {
        let at = horizontal.at(tick);
        sheet.line((at, bottom), (at, bottom + 4.0), Ink::Axis, 1.0)?;
        sheet.text(&number(tick), (at, bottom + 13.0), At::Middle, SMALL, Ink::Soft)?;
    }
    sheet.line((left, bottom), (right, bottom), Ink::Axis, 1.0)?;
    sheet.text(&fitted(&x.title, SMALL, right - 4.0), (right, bottom + 30.0), At::End, SMALL, Ink::Soft)?;
    sheet.text(&fitted(&y.title, SMALL, width - 8.0), (0.0, above + 8.0), At::Start, SMALL, Ink::Soft)?;
    Ok(Plot { x: horizontal, y: vertical, left, right, top, bottom })
}

/// Bars that touch, from 0.
pub fn histogram<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, x: &Axis, edges: &[f64], counts: &[f64]) -> Drawn<DB> {
    let most = counts.iter().copied().fold(0.0, f64::max);
    let y = Axis { title: "rows".to_owned(), from: 0.0, to: if most > 0.0 { most * 1.05 } else { 1.0 } };
    let plot = axes(sheet, x, &y, 0.0, RIGHT)?;
    for (pair, &count) in edges.windows(2).zip(counts) {
        let &[from, to] = pair else { continue };
        if count > 0.0 {
            let (start, end) = (plot.x.at(from) + 0.5, plot.x.at(to) - 0.5);
            sheet.rect((start, plot.y.at(count)), (end.max(start + 1.0), plot.bottom), Ink::Quiet, 0.75)?;
        }
    }
    sheet.line((plot.left, plot.bottom), (plot.right, plot.bottom), Ink::Axis, 1.0)
}

/// Lines with bands; names at the ends of the lines, or above the plot where it is narrow.
pub fn lines<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, x: &Axis, y: &Axis, series: &[Series]) -> Drawn<DB> {
    let narrow = sheet.size().0 < f64::from(NARROW_BELOW);
    let inks = inks(series);
    #[expect(clippy::cast_precision_loss, reason = "a few lines")]
    let above = if narrow { series.len().min(8) as f64 * KEY } else { 0.0 };
    let longest = series.iter().map(|s| width_of(&s.name, LABEL)).fold(0.0, f64::max).min(END_LABELS);
    let plot = axes(sheet, x, y, above, if narrow { RIGHT } else { (longest + 14.0).max(RIGHT) })?;
    for (one, &ink) in series.iter().zip(&inks) {
        band(sheet, &plot, one, ink)?;
    }
    for (one, &ink) in series.iter().zip(&inks) {
        let points: Vec<(f64, f64)> = one.points.iter().map(|&(px, py)| (plot.x.at(px), plot.y.at(py))).collect();
        sheet.path(&points, if one.quiet { Ink::Dash } else { ink }, 1.0, if one.quiet { 1.5 } else { 2.2 })?;
        if points.len() <= 24 && !one.quiet {
            for &point in &points {
                sheet.dot(point, 3.2, ink, 1.0)?;
            }
        }
    }
    if narrow { key(sheet, series, &inks) } else { end_labels(sheet, &plot, series, &inks) }
}

fn inks(series: &[Series]) -> Vec<Ink> {
    let mut loud = 0;
    series
        .iter()
        .map(|s| {
            if s.quiet {
                return Ink::Soft;
            }
            loud += 1;
            series_ink(loud - 1)
        })
        .collect()
}

fn band<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, plot: &Plot, series: &Series, ink: Ink) -> Drawn<DB> {
    if series.band.len() != series.points.len() || series.points.len() < 2 {
        return Ok(());
    }
    let upper = series.points.iter().zip(&series.band).map(|(p, b)| (plot.x.at(p.0), plot.y.at(b.1)));
    let lower = series.points.iter().zip(&series.band).rev().map(|(p, b)| (plot.x.at(p.0), plot.y.at(b.0)));
    let corners: Vec<(f64, f64)> = upper.chain(lower).collect();
    sheet.fill(&corners, ink, 0.18)
}

/// Names above the plot, each with a piece of its line.
fn key<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, series: &[Series], inks: &[Ink]) -> Drawn<DB> {
    let width = sheet.size().0;
    let mut at = 8.0;
    for (one, &ink) in series.iter().zip(inks).take(8) {
        sheet.line((0.0, at), (18.0, at), if one.quiet { Ink::Dash } else { ink }, 2.2)?;
        sheet.text(&fitted(&one.name, LABEL, width - 28.0), (25.0, at), At::Start, LABEL, Ink::Ink)?;
        at += KEY;
    }
    Ok(())
}

/// Names beside the ends of the lines, pushed apart until none covers another.
fn end_labels<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, plot: &Plot, series: &[Series], inks: &[Ink]) -> Drawn<DB> {
    const APART: f64 = 15.0;
    let mut labels: Vec<(f64, &str, Ink)> =
        series.iter().zip(inks).filter_map(|(s, &ink)| s.points.last().map(|p| (plot.y.at(p.1), s.name.as_str(), ink))).collect();
    sort::by(&mut labels, |a, b| a.0.total_cmp(&b.0));
    let mut lowest = plot.top - APART;
    for label in &mut labels {
        label.0 = label.0.max(lowest + APART);
        lowest = label.0;
    }
    let mut highest = plot.bottom + APART;
    for label in labels.iter_mut().rev() {
        label.0 = label.0.min(highest - APART);
        highest = label.0;
    }
    for (at, name, ink) in labels {
        sheet.text(&fitted(name, LABEL, END_LABELS), (plot.right + 9.0, at), At::Start, LABEL, ink)?;
    }
    Ok(())
}

/// Points with a horizontal reference line.
pub fn scatter<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, x: &Axis, y: &Axis, points: &[(f64, f64)], level: Option<f64>) -> Drawn<DB> {
    let plot = axes(sheet, x, y, 0.0, RIGHT)?;
    for &(px, py) in points {
        sheet.dot((plot.x.at(px), plot.y.at(py)), 2.6, Ink::One, 0.6)?;
    }
    match level {
        Some(level) => sheet.line((plot.left, plot.y.at(level)), (plot.right, plot.y.at(level)), Ink::Dash, 1.5),
        None => Ok(()),
    }
}
