//! Colours of figures by role, so that one drawing fits light, dark, forced colours and print.

use plotters::style::RGBAColor;

/// Style sheet of drawn figures: gives every class of the SVG its colour token.
pub const STYLE: &str = include_str!("../chart.css");

/// A role a colour plays. The order is that of the tables below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Labels people read first.
    Ink,
    /// Axis numbers, axis names.
    Soft,
    /// Grid.
    Hair,
    /// Axis.
    Axis,
    /// First series: the model's own estimate.
    One,
    /// Second series.
    Two,
    /// Third series.
    Three,
    /// Fourth series.
    Four,
    /// Quiet series: baseline, context.
    Quiet,
    /// A limit or reference, dashed.
    Dash,
    /// Background, to knock text out of a fill.
    Paper,
}

/// Every role with the class that carries it in SVG.
pub(super) const ROLES: [(Ink, &str); 11] = [
    (Ink::Ink, "ink"),
    (Ink::Soft, "soft"),
    (Ink::Hair, "hair"),
    (Ink::Axis, "axis"),
    (Ink::One, "c1"),
    (Ink::Two, "c2"),
    (Ink::Three, "c3"),
    (Ink::Four, "c4"),
    (Ink::Quiet, "c5"),
    (Ink::Dash, "dash"),
    (Ink::Paper, "paper"),
];

/// The tokens of the light theme, in the order of [`ROLES`].
const LIGHT: [u32; 11] = [0x11181b, 0x586469, 0xd7dddf, 0x78858b, 0x0a5878, 0xb0541a, 0x5b7a1f, 0x7a4a9a, 0x6a757a, 0x586469, 0xfbfcfc];
/// The tokens of the dark theme.
const DARK: [u32; 11] = [0xe8edee, 0x95a2a8, 0x2b363a, 0x708087, 0x6fc1e2, 0xeb9a62, 0xa9c66b, 0xc79be0, 0x9aa6ab, 0x95a2a8, 0x0f1517];
/// Colours that stand for a role until the SVG's classes replace them.
const MARKS: [u32; 11] = [0x010100, 0x010101, 0x010102, 0x010103, 0x010104, 0x010105, 0x010106, 0x010107, 0x010108, 0x010109, 0x01010a];

/// Colours and scale of one drawing.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Drawn pixels a pixel on paper: 4 for SVG, `devicePixelRatio` for a canvas.
    pub scale: f64,
    /// What the backend divides a font size by (the SVG backend: 1.24; a canvas: 1).
    pub font_divisor: f64,
    /// Dashes are drawn piece by piece: a canvas has no style sheet that could cut a line.
    pieces: bool,
    colours: [u32; 11],
}

impl Theme {
    /// The light theme for a canvas of `scale` device pixels a pixel.
    #[must_use]
    pub fn light(scale: f64) -> Self {
        Self { scale, font_divisor: 1.0, pieces: true, colours: LIGHT }
    }

    /// The dark theme for a canvas of `scale` device pixels a pixel.
    #[must_use]
    pub fn dark(scale: f64) -> Self {
        Self { scale, font_divisor: 1.0, pieces: true, colours: DARK }
    }

    /// Colours that name roles: replaced by classes when the SVG is written.
    pub(super) fn roles(scale: f64) -> Self {
        Self { scale, font_divisor: 1.24, pieces: false, colours: MARKS }
    }

    /// Whether a line of this role must be drawn as dashes; in an SVG the style sheet does it.
    pub(super) fn cuts(&self, ink: Ink) -> bool {
        self.pieces && ink == Ink::Dash
    }

    /// The colour of a role with an opacity in 0..=1.
    #[must_use]
    pub fn colour(&self, ink: Ink, opacity: f64) -> RGBAColor {
        let at = ROLES.iter().position(|(i, _)| *i == ink).unwrap_or(0);
        let [_, r, g, b] = self.colours.get(at).copied().unwrap_or(0).to_be_bytes();
        RGBAColor(r, g, b, opacity)
    }

    /// How the colour of the role at `at` is written by the SVG backend.
    pub(super) fn mark(at: usize) -> String {
        format!("#{:06X}", MARKS.get(at).copied().unwrap_or(0))
    }
}

/// The role of the `at`-th series that is not quiet.
#[must_use]
pub(super) fn series_ink(at: usize) -> Ink {
    [Ink::One, Ink::Two, Ink::Three, Ink::Four].get(at % 4).copied().unwrap_or(Ink::One)
}
