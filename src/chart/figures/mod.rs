//! Figures: each takes plain numbers and gives a [`Figure`] with title, caption, description and table twin.
//!
//! A new figure is a new file with a constructor and an `example`, and two lines here: `mod`, and its entry in [`ALL`].
//! Figures hold aggregates only: no figure shows a single row of the file.

mod bar;
mod calibration;
mod confusion;
mod histogram;
mod leaderboard;
mod line_interval;
mod precision_recall;
mod residuals;
mod roc;

pub use bar::bar;
pub use calibration::{CalibrationBin, calibration};
pub use confusion::confusion;
pub use histogram::histogram;
pub use leaderboard::{Standing, leaderboard};
pub use line_interval::line_interval;
pub use precision_recall::precision_recall;
pub use residuals::{ResidualGroup, residual_groups, residuals};
pub use roc::{Curve, roc};

use super::{Axis, Figure};

/// A figure of the list: its name and an example with plausible numbers.
pub struct FigureEntry {
    /// Name in tests and documentation.
    pub id: &'static str,
    /// An example.
    pub example: fn() -> Figure,
}

/// Every figure.
pub const ALL: &[FigureEntry] = &[
    FigureEntry { id: "histogram", example: histogram::example },
    FigureEntry { id: "bar", example: bar::example },
    FigureEntry { id: "line_interval", example: line_interval::example },
    FigureEntry { id: "roc", example: roc::example },
    FigureEntry { id: "precision_recall", example: precision_recall::example },
    FigureEntry { id: "calibration", example: calibration::example },
    FigureEntry { id: "residuals", example: residuals::example },
    FigureEntry { id: "confusion", example: confusion::example },
    FigureEntry { id: "leaderboard", example: leaderboard::example },
];

/// The axis of a share: 0 to 1.
fn share_axis(title: &str) -> Axis {
    Axis { title: title.to_owned(), from: 0.0, to: 1.0 }
}

/// At most `most` of `points`, evenly spaced by position, first and last kept.
fn thinned(points: &[(f64, f64)], most: usize) -> Vec<(f64, f64)> {
    let n = points.len();
    if n <= most || most < 2 {
        return points.to_vec();
    }
    (0..most).filter_map(|i| points.get(i * (n - 1) / (most - 1)).copied()).collect()
}

/// The heads of a table twin.
fn heads(words: &[&str]) -> Vec<String> {
    words.iter().map(|&w| w.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::paint;

    #[test]
    fn every_figure_draws_its_example_in_both_widths() {
        for entry in ALL {
            let figure = (entry.example)();
            for width in [paint::WIDE, paint::NARROW] {
                let svg = paint::svg(&figure, width);
                assert!(svg.starts_with("<svg class=\"chart\"") && svg.ends_with("</svg>"), "{}: {svg}", entry.id);
                assert!(svg.matches("class=\"").count() > 5, "{} is empty", entry.id);
                for never in ["http", "style=", "<script", "#0101", "NaN", "inf "] {
                    assert!(!svg.contains(never), "{} contains {never}", entry.id);
                }
                assert!(svg.len() < 12_000, "{} takes {} bytes", entry.id, svg.len());
            }
        }
    }

    #[test]
    fn every_figure_is_described_by_its_numbers_and_has_a_table_twin() {
        for entry in ALL {
            let figure = (entry.example)();
            assert!(figure.description.bytes().any(|b| b.is_ascii_digit()), "{}: {}", entry.id, figure.description);
            assert!(!figure.title.is_empty() && !figure.caption.is_empty(), "{}", entry.id);
            let (head, rows) = &figure.table;
            assert!(!rows.is_empty(), "{} has no table twin", entry.id);
            assert!(rows.iter().all(|row| row.len() == head.len()), "{}: ragged table twin", entry.id);
        }
    }

    #[test]
    fn drawing_the_same_figure_twice_gives_the_same_bytes() {
        for entry in ALL {
            assert_eq!(paint::svg(&(entry.example)(), paint::WIDE), paint::svg(&(entry.example)(), paint::WIDE));
        }
    }

    #[test]
    fn hostile_labels_stay_text() {
        let hostile = "<script>alert(1)</script>\"><img onerror=x>&amp;";
        let figure = bar("x", hostile, hostile, hostile, &[(hostile.to_owned(), 1.0, None)]);
        let svg = paint::svg(&figure, paint::NARROW);
        assert!(!svg.contains("<script") && !svg.contains("<img"), "{svg}");
        assert!(svg.contains("&lt;script&gt;"));
    }

    #[test]
    fn empty_and_degenerate_figures_are_drawn_without_panic() {
        let figures = [
            histogram("h", "x", &[], &[]),
            histogram("h", "x", &[0.0, 0.0], &[0]),
            bar("b", "t", "c", "x", &[]),
            line_interval("l", "t", "c", ("x", "y"), Vec::new()),
            roc(&[], 0),
            precision_recall(&[], f64::NAN, 0),
            calibration("m", &[], 0),
            residuals("m", "EUR", &[], &[]),
            residuals("m", "EUR", &[1.0], &[f64::NAN]),
            confusion(&[], &[], |counts| vec![false; counts.len()]),
            leaderboard("R²", true, &[], ""),
        ];
        for figure in figures {
            for width in [paint::WIDE, paint::NARROW] {
                let svg = paint::svg(&figure, width);
                assert!(!svg.contains("NaN"), "{svg}");
            }
        }
    }
}
