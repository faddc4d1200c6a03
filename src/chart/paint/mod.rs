//! The one drawing function of every figure, for any `plotters` backend: SVG in reports, canvas on screen.
//!
//! Pixels are counted as on paper and multiplied by [`Theme::scale`]: the SVG backend knows whole coordinates only, so it is
//! drawn four times as large and shown through its `viewBox`; a canvas is drawn `devicePixelRatio` times as large. Axis ticks
//! are ours ([`scale`]) because those of `plotters` use `std` logarithms, which differ between native and wasm.

mod categories;
mod lines;
mod matrix;
pub mod scale;
mod sheet;
mod svg;
mod theme;

pub use sheet::{Measured, fitted, width_of};
pub(super) use svg::attribute;
pub use svg::{NARROW, WIDE, svg};
pub use theme::{Ink, STYLE, Theme};

use super::{Figure, Shape};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::prelude::DrawingBackend;
use sheet::Sheet;

/// What drawing gives: nothing, or the backend's refusal.
pub type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// A drawing area on a backend whose text is measured without fonts or a DOM.
pub fn area<DB: DrawingBackend>(backend: DB) -> DrawingArea<Measured<DB>, Shift> {
    Measured(backend).into_drawing_area()
}

/// Height that suits a figure of `width` pixels, in pixels.
#[must_use]
pub fn height(figure: &Figure, width: u32) -> u32 {
    let narrow = width < NARROW_BELOW;
    match &figure.shape {
        Shape::Histogram { .. } => 200,
        Shape::Lines { series, .. } => lines::height(series, narrow),
        Shape::Scatter { .. } => 260,
        Shape::Bars { bars, .. } => categories::height(bars.len(), narrow),
        Shape::Intervals { rows, .. } => categories::height(rows.len(), narrow),
        Shape::Matrix { labels, .. } => matrix::height(labels.len(), width),
    }
}

/// Below this width labels move above what they name, in pixels.
pub(crate) const NARROW_BELOW: u32 = 480;

/// Draws a figure onto the whole of `area`, whose size is [`Theme::scale`] times the size on paper.
///
/// # Errors
/// The backend's own.
pub fn draw<DB: DrawingBackend>(figure: &Figure, area: &DrawingArea<DB, Shift>, theme: &Theme) -> Drawn<DB> {
    let sheet = Sheet::new(area, theme);
    match &figure.shape {
        Shape::Histogram { x, edges, counts } => lines::histogram(&sheet, x, edges, counts),
        Shape::Lines { x, y, series } => lines::lines(&sheet, x, y, series),
        Shape::Scatter { x, y, points, level } => lines::scatter(&sheet, x, y, points, *level),
        Shape::Bars { x, bars } => categories::bars(&sheet, x, bars),
        Shape::Intervals { x, rows, baseline, quiet } => categories::intervals(&sheet, x, rows, *baseline, *quiet),
        Shape::Matrix { labels, counts } => matrix::matrix(&sheet, labels, counts),
    }?;
    area.present()
}
