//! A sheet to draw on: pixels on paper in, scaled whole pixels out; and text measured without fonts.

use super::Drawn;
use super::theme::{Ink, Theme};
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontFamily, IntoTextStyle, ShapeStyle, TextStyle};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};

/// Mean width of a character as a share of the font size, for the system's sans-serif faces.
const CHARACTER: f64 = 0.56;

/// Size of axis numbers, in pixels.
pub const SMALL: f64 = 11.0;
/// Size of labels, in pixels.
pub const LABEL: f64 = 12.0;

/// Length of a dash and of the space after it, in pixels; the figure's style sheet says the same for SVG, at four times the scale.
const DASH: f64 = 3.5;
const SPACE: f64 = 2.5;
/// A piece of line longer than this is off every sheet and is not cut into dashes, in pixels.
const LONGEST: f64 = 100_000.0;

/// Estimated width of `text` at `size` pixels.
#[must_use]
pub fn width_of(text: &str, size: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "labels are short")]
    let n = text.chars().count() as f64;
    n * size * CHARACTER
}

/// `text` cut to about `width` pixels, with an ellipsis.
#[must_use]
pub fn fitted(text: &str, size: f64, width: f64) -> String {
    if width_of(text, size) <= width {
        return text.to_owned();
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive count of characters")]
    let keep = (width / (size * CHARACTER) - 1.0).max(1.0) as usize;
    text.chars().take(keep).chain(['…']).collect()
}

/// The dashes of a line through `points`: each runs along one piece of the line, so the pattern goes on around corners.
fn dashes(points: &[(f64, f64)]) -> Vec<[(f64, f64); 2]> {
    let mut dashes = Vec::new();
    let mut walked = 0.0;
    for pair in points.windows(2) {
        let &[from, to] = pair else { continue };
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = (dx * dx + dy * dy).sqrt();
        if !length.is_finite() || length <= 0.0 || length > LONGEST {
            continue;
        }
        let at = |along: f64| (from.0 + dx * along / length, from.1 + dy * along / length);
        // Where the dash that covers, or comes before, the start of this piece began.
        let mut start = -(walked % (DASH + SPACE));
        while start < length {
            let (begin, end) = (start.max(0.0), (start + DASH).min(length));
            if end > begin {
                dashes.push([at(begin), at(end)]);
            }
            start += DASH + SPACE;
        }
        walked += length;
    }
    dashes
}

/// Where the anchor of a text stands.
#[derive(Clone, Copy, Debug)]
pub enum At {
    /// The text begins here.
    Start,
    /// Its middle.
    Middle,
    /// It ends here.
    End,
}

/// A drawing area with a theme.
pub struct Sheet<'a, DB: DrawingBackend> {
    area: &'a DrawingArea<DB, Shift>,
    theme: &'a Theme,
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a figure fit")]
impl<'a, DB: DrawingBackend> Sheet<'a, DB> {
    pub fn new(area: &'a DrawingArea<DB, Shift>, theme: &'a Theme) -> Self {
        Self { area, theme }
    }

    /// Width and height in pixels on paper.
    pub fn size(&self) -> (f64, f64) {
        let (w, h) = self.area.dim_in_pixel();
        (f64::from(w) / self.theme.scale, f64::from(h) / self.theme.scale)
    }

    fn px(&self, (x, y): (f64, f64)) -> (i32, i32) {
        ((x * self.theme.scale).round() as i32, (y * self.theme.scale).round() as i32)
    }

    fn stroke(&self, ink: Ink, opacity: f64, width: f64) -> ShapeStyle {
        let width = (width * self.theme.scale).round().max(1.0) as u32;
        Color::stroke_width(&self.theme.colour(ink, opacity), width)
    }

    pub fn path(&self, points: &[(f64, f64)], ink: Ink, opacity: f64, width: f64) -> Drawn<DB> {
        if self.theme.cuts(ink) {
            return dashes(points).into_iter().try_for_each(|dash| self.whole(&dash, ink, opacity, width));
        }
        self.whole(points, ink, opacity, width)
    }

    fn whole(&self, points: &[(f64, f64)], ink: Ink, opacity: f64, width: f64) -> Drawn<DB> {
        let points: Vec<(i32, i32)> = points.iter().map(|&p| self.px(p)).collect();
        self.area.draw(&PathElement::new(points, self.stroke(ink, opacity, width)))
    }

    pub fn line(&self, from: (f64, f64), to: (f64, f64), ink: Ink, width: f64) -> Drawn<DB> {
        self.path(&[from, to], ink, 1.0, width)
    }

    pub fn fill(&self, corners: &[(f64, f64)], ink: Ink, opacity: f64) -> Drawn<DB> {
        let corners: Vec<(i32, i32)> = corners.iter().map(|&p| self.px(p)).collect();
        self.area.draw(&Polygon::new(corners, self.theme.colour(ink, opacity).filled()))
    }

    pub fn rect(&self, from: (f64, f64), to: (f64, f64), ink: Ink, opacity: f64) -> Drawn<DB> {
        self.area.draw(&Rectangle::new([self.px(from), self.px(to)], self.theme.colour(ink, opacity).filled()))
    }

    pub fn dot(&self, at: (f64, f64), radius: f64, ink: Ink, opacity: f64) -> Drawn<DB> {
        let radius = (radius * self.theme.scale).round().max(1.0) as i32;
        self.area.draw(&Circle::new(self.px(at), radius, self.theme.colour(ink, opacity).filled()))
    }

    pub fn text(&self, words: &str, at: (f64, f64), anchor: At, size: f64, ink: Ink) -> Drawn<DB> {
        if words.is_empty() {
            return Ok(());
        }
        let h_pos = match anchor {
            At::Start => HPos::Left,
            At::Middle => HPos::Center,
            At::End => HPos::Right,
        };
        let pixels = size * self.theme.scale * self.theme.font_divisor;
        let style: TextStyle = (FontFamily::SansSerif, pixels).into_text_style(self.area);
        let colour = self.theme.colour(ink, 1.0);
        let style = style.color(&colour).pos(Pos::new(h_pos, VPos::Center));
        self.area.draw(&Text::new(words.to_owned(), self.px(at), style))
    }
}

/// A backend that measures text by counting characters. `plotters` would ask the DOM on wasm, which a worker does not have
/// and a strict content policy forbids.
pub struct Measured<DB: DrawingBackend>(pub DB);

impl<DB: DrawingBackend> DrawingBackend for Measured<DB> {
    type ErrorType = DB::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.0.get_size()
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.0.ensure_prepared()
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.0.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.0.draw_pixel(point, color)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.0.draw_line(from, to, style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.0.draw_rect(upper_left, bottom_right, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.0.draw_path(path, style)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.0.draw_circle(center, radius, style, fill)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.0.fill_polygon(vert, style)
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, pos: BackendCoord) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.0.draw_text(text, style, pos)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a label fit")]
    fn estimate_text_size<S: BackendTextStyle>(&self, text: &str, style: &S) -> Result<(u32, u32), DrawingErrorKind<Self::ErrorType>> {
        Ok((width_of(text, style.size()).round() as u32, style.size().round() as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::{DASH, SPACE, dashes};

    #[test]
    fn a_straight_line_becomes_dashes_with_spaces_between() {
        let cut = dashes(&[(0.0, 5.0), (12.0, 5.0)]);
        assert_eq!(cut, vec![[(0.0, 5.0), (DASH, 5.0)], [(DASH + SPACE, 5.0), (2.0 * DASH + SPACE, 5.0)]]);
    }

    #[test]
    fn the_pattern_goes_on_around_a_corner() {
        let cut = dashes(&[(0.0, 0.0), (2.0, 0.0), (2.0, 10.0)]);
        assert_eq!(cut.first(), Some(&[(0.0, 0.0), (2.0, 0.0)]));
        assert_eq!(cut.get(1), Some(&[(2.0, 0.0), (2.0, DASH - 2.0)]), "the rest of the first dash");
    }

    #[test]
    fn points_in_one_place_or_nowhere_give_no_dash() {
        assert!(dashes(&[(1.0, 1.0), (1.0, 1.0), (f64::NAN, 0.0)]).is_empty());
        assert!(dashes(&[]).is_empty());
    }
}
