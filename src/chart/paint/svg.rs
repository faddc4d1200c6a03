//! Figures as inline SVG whose colours are classes, so that the page's tokens colour them in every theme.

use super::theme::{ROLES, Theme};
use super::{area, draw, height};
use crate::chart::Figure;
use crate::escape::visible;
use plotters::prelude::SVGBackend;

/// Width of a figure where there is room, in pixels.
pub const WIDE: u32 = 680;
/// Width of a figure on a narrow screen, in pixels.
pub const NARROW: u32 = 340;

/// Drawn pixels a pixel on paper: the backend knows whole coordinates only.
const FINE: u32 = 4;

/// The figure as one `<svg>` of `width` pixels on paper, with its title and description as accessible name.
///
/// It holds no identifier, style attribute, script or address, and colours by the classes of [`super::STYLE`].
/// An empty string means that nothing could be drawn.
#[must_use]
pub fn svg(figure: &Figure, width: u32) -> String {
    let height = height(figure, width);
    let mut drawn = String::new();
    {
        let backend = SVGBackend::with_string(&mut drawn, (width * FINE, height * FINE));
        if draw(figure, &area(backend), &Theme::roles(f64::from(FINE))).is_err() {
            return String::new();
        }
    }
    let inside = drawn.split_once('>').map_or("", |(_, rest)| rest).trim_end().trim_end_matches("</svg>");
    let name = attribute(&format!("{}. {}", figure.title.trim_end_matches('.'), figure.description));
    visible(&format!(
        "<svg class=\"chart\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{name}\">{}</svg>",
        width * FINE,
        height * FINE,
        coloured(inside)
    ))
}

/// Colours that stand for roles become classes; what is said by default is left out. Text cannot be hit: its quotes are escaped.
fn coloured(inside: &str) -> String {
    let mut result = inside.replace(">\n", ">").replace("\n<", "<").replace(" opacity=\"1\"", "").replace(" font-family=\"sans-serif\"", "");
    for (at, (_, class)) in ROLES.iter().enumerate() {
        let mark = Theme::mark(at);
        result = result.replace(&format!(" fill=\"{mark}\""), &format!(" class=\"f-{class}\""));
        result = result.replace(&format!(" stroke=\"{mark}\""), &format!(" class=\"s-{class}\""));
    }
    result
}

/// Text for content or a double-quoted attribute.
pub(in crate::chart) fn attribute(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut result, c| {
        match c {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '"' => result.push_str("&quot;"),
            c => result.push(c),
        }
        result
    })
}
