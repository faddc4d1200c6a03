//! Bars and intervals, one a label: the label stands left of its row, or above it where the figure is narrow.

use super::scale::Scale;
use super::sheet::{At, LABEL, SMALL, Sheet, fitted, width_of};
use super::theme::Ink;
use super::{Drawn, NARROW_BELOW};
use crate::chart::{Axis, Bar};
use crate::format::{interval, number};
use plotters::prelude::DrawingBackend;

/// Height of a row with its label beside or above it, and of the axis below all, in pixels.
const ROW: u32 = 26;
const TALL_ROW: u32 = 42;
const AXIS: u32 = 40;
/// Largest share of the width that labels may take.
const LABELS: f64 = 0.34;

/// Height of a figure of `n` rows.
pub fn height(n: usize, narrow: bool) -> u32 {
    let n = u32::try_from(n).unwrap_or(u32::MAX / 1000);
    8 + n.saturating_mul(if narrow { TALL_ROW } else { ROW }) + AXIS
}

/// Where rows and values stand.
struct Rows {
    x: Scale,
    right: f64,
    bottom: f64,
    narrow: bool,
}

impl Rows {
    /// Middle of row `at`.
    fn y(&self, at: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a few rows")]
        let at = at as f64;
        if self.narrow { 8.0 + at * f64::from(TALL_ROW) + 28.0 } else { 8.0 + (at + 0.5) * f64::from(ROW) }
    }
}

/// Draws labels, grid and axis; the value of a row is written beside its mark, in `value_width` pixels at most.
fn rows<DB: DrawingBackend>(
    sheet: &Sheet<'_, DB>,
    x: &Axis,
    labels: &[&str],
    value_width: f64,
) -> Result<Rows, super::DrawingAreaErrorKind<DB::ErrorType>> {
    let (width, height) = sheet.size();
    let narrow = width < f64::from(NARROW_BELOW);
    let longest = labels.iter().map(|l| width_of(l, LABEL)).fold(0.0, f64::max).min(width * LABELS);
    let left = if narrow { 8.0 } else { longest + 16.0 };
    let (right, bottom) = (width - value_width.max(26.0), height - f64::from(AXIS));
    let result = Rows { x: Scale::new(x, left, right), right, bottom, narrow };
    for tick in result.x.ticks(if narrow { 4 } else { 6 }) {
        let at = result.x.at(tick);
        sheet.line((at, 4.0), (at, bottom), if tick == 0.0 { Ink::Axis } else { Ink::Hair }, 1.0)?;
        sheet.text(&number(tick), (at, bottom + 12.0), At::Middle, SMALL, Ink::Soft)?;
    }
    for (at, label) in labels.iter().enumerate() {
        let (place, room) = if narrow { ((0.0, result.y(at) - 17.0), width) } else { ((0.0, result.y(at)), longest + 4.0) };
        sheet.text(&fitted(label, LABEL, room), place, At::Start, LABEL, Ink::Ink)?;
    }
    sheet.text(&fitted(&x.title, SMALL, right), (right, bottom + 29.0), At::End, SMALL, Ink::Soft)?;
    Ok(result)
}

/// Horizontal bars from 0, with whiskers where an interval is known.
pub fn bars<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, x: &Axis, bars: &[Bar]) -> Drawn<DB> {
    let labels: Vec<&str> = bars.iter().map(|b| b.0.as_str()).collect();
    let texts: Vec<String> = bars.iter().map(|b| number(b.1)).collect();
    let room = texts.iter().map(|t| width_of(t, LABEL)).fold(0.0, f64::max) + 12.0;
    let rows = rows(sheet, x, &labels, room)?;
    for (at, (bar, text)) in bars.iter().zip(&texts).enumerate() {
        let y = rows.y(at);
        let (zero, end) = (rows.x.at(0.0), rows.x.at(bar.1));
        sheet.rect((zero.min(end), y - 6.0), (zero.max(end).max(zero.min(end) + 1.0), y + 6.0), Ink::One, 0.75)?;
        if let Some((low, high)) = bar.2 {
            whisker(sheet, rows.x.at(low), rows.x.at(high), y, Ink::Ink, 1.0)?;
        }
        let beside = bar.2.map_or(end, |(_, high)| rows.x.at(high)).max(end).max(zero);
        sheet.text(text, (beside + 7.0, y), At::Start, LABEL, Ink::Ink)?;
    }
    Ok(())
}

/// Estimates with intervals and a dashed baseline; the first `quiet` rows are baselines themselves.
pub fn intervals<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, x: &Axis, bars: &[Bar], baseline: Option<f64>, quiet: usize) -> Drawn<DB> {
    let labels: Vec<&str> = bars.iter().map(|b| b.0.as_str()).collect();
    let texts: Vec<String> = bars
        .iter()
        .map(|b| match b.2 {
            Some((low, high)) => format!("{} ({})", number(b.1), interval(low, high)),
            None => number(b.1),
        })
        .collect();
    let narrow = sheet.size().0 < f64::from(NARROW_BELOW);
    let room = if narrow { 0.0 } else { texts.iter().map(|t| width_of(t, LABEL)).fold(0.0, f64::max) + 8.0 };
    let rows = rows(sheet, x, &labels, room)?;
    if let Some(baseline) = baseline {
        let at = rows.x.at(baseline);
        sheet.line((at, 2.0), (at, rows.bottom), Ink::Dash, 1.5)?;
    }
    for (at, (bar, text)) in bars.iter().zip(&texts).enumerate() {
        let y = rows.y(at);
        let ink = if at < quiet { Ink::Quiet } else { Ink::One };
        if let Some((low, high)) = bar.2 {
            let (low, high) = (rows.x.at(low), rows.x.at(high));
            sheet.path(&[(low, y), (high, y)], ink, 0.34, 5.0)?;
            caps(sheet, low, high, y, ink)?;
        }
        if bar.1.is_finite() {
            sheet.dot((rows.x.at(bar.1), y), 4.5, ink, 1.0)?;
        }
        let (place, anchor) = if narrow { ((sheet.size().0, y - 17.0), At::End) } else { ((rows.right + 8.0, y), At::Start) };
        sheet.text(text, place, anchor, LABEL, Ink::Ink)?;
    }
    Ok(())
}

fn whisker<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, low: f64, high: f64, y: f64, ink: Ink, width: f64) -> Drawn<DB> {
    sheet.line((low, y), (high, y), ink, width)?;
    caps(sheet, low, high, y, ink)
}

fn caps<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, low: f64, high: f64, y: f64, ink: Ink) -> Drawn<DB> {
    sheet.line((low, y - 4.0), (low, y + 4.0), ink, 1.5)?;
    sheet.line((high, y - 4.0), (high, y + 4.0), ink, 1.5)
}
