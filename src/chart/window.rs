//! The window strip and the window picture: which rows a column reads, on the time axis of the row to be predicted.
//!
//! Both draw the same thing. Row 0 is the row the target stands in; the accent line is the moment of prediction, between the last row known
//! and the first that is not. Cells read left of the line are honest, cells read right of it leak. The strip is 15 cells wide and goes beside
//! a finding's title; the picture has a lane for every column that is read, with the rows named. SVG whose colours are classes.

use super::paint::{attribute, fitted};
use crate::escape::visible;
use serde::{Deserialize, Serialize};

/// What a column reads, in rows relative to the row of the target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// One a column that is read: name, first row (none: from the first row of the file), last row (none: all rows).
    pub lanes: Vec<(String, Option<i32>, Option<i32>)>,
    /// Last row known when predicting.
    pub known: i32,
    /// Class that colours what is read: a severity's.
    pub class: String,
    /// The column that is made, and the target.
    pub names: (String, String),
    /// The picture in words.
    pub says: String,
}

/// First and last row of the strip.
const STRIP: (i32, i32) = (-12, 2);
/// Most cells of a picture; what lies before them is told by an arrow.
const MOST_CELLS: i32 = 16;
/// Most lanes of a picture.
const MOST_LANES: usize = 4;
/// Height of the axis above the lanes, and of a lane, in pixels.
const TOP: f64 = 34.0;
const LANE: f64 = 44.0;
const BOX: f64 = 20.0;

impl Window {
    fn reads(&self, lane: usize, row: i32) -> bool {
        self.lanes.get(lane).is_some_and(|(_, first, last)| first.is_none_or(|f| f <= row) && last.is_none_or(|l| row <= l))
    }

    fn any(&self, row: i32) -> bool {
        (0..self.lanes.len()).any(|lane| self.reads(lane, row))
    }

    /// Rows that a picture shows: what is read, the row predicted, and one on either side.
    fn range(&self) -> (i32, i32) {
        let last = self.lanes.iter().map(|l| l.2.unwrap_or(2)).fold(1, i32::max).min(MOST_CELLS / 2);
        let first = self.lanes.iter().map(|l| l.1.unwrap_or(i32::MIN)).fold(self.known.min(-3), i32::min).saturating_sub(1);
        (first.max(last - MOST_CELLS + 1), last)
    }
}

/// `t`, `t−2`, `t+1`.
#[must_use]
pub fn row_name(row: i32) -> String {
    match row {
        0 => "t".to_owned(),
        1.. => format!("t+{row}"),
        _ => format!("t\u{2212}{}", row.unsigned_abs()),
    }
}

/// The strip: 15 cells, t−12 to t+2, and the moment of prediction.
#[must_use]
pub fn strip(window: &Window) -> String {
    // Cells that are not read, as dashes.
    let mut inside = "<path class=\"g-dash\" d=\"M1 9h118.5\"/>".to_owned();
    let x = |row: i32| 1 + 8 * (row - STRIP.0);
    for row in STRIP.0..=STRIP.1 {
        // What is read further away is held at the ends.
        let beyond = match row {
            _ if row == STRIP.0 => window.lanes.iter().any(|l| l.1.is_none_or(|f| f < row)),
            _ if row == STRIP.1 => window.lanes.iter().any(|l| l.2.is_none_or(|f| f > row)),
            _ => false,
        };
        let class = match (window.any(row) || beyond, row > window.known) {
            (false, _) => continue,
            (_, false) if window.class == "safe" => "safe",
            (_, false) => "quiet",
            _ => &window.class,
        };
        inside += &format!("<rect class=\"{class} g-fill\" x=\"{}\" y=\"4\" width=\"6.5\" height=\"10\"/>", x(row));
    }
    let now = f64::from(x(window.known.clamp(STRIP.0 - 1, STRIP.1))) + 7.25;
    inside += &format!("<line class=\"g-now\" x1=\"{now}\" x2=\"{now}\" y1=\"0\" y2=\"18\"/>");
    let says = visible(&attribute(&window.says));
    format!("<svg class=\"strip\" viewBox=\"0 0 124 18\" role=\"img\" aria-label=\"{says}\">{inside}</svg>")
}

/// The picture, `width` pixels wide.
#[must_use]
pub fn picture(window: &Window, width: u32) -> String {
    let width = f64::from(width);
    let (first, last) = window.range();
    let cell = (width / f64::from(last - first + 1)).min(56.0);
    let x = |row: i32| f64::from(row - first) * cell;
    let lanes = window.lanes.len().min(MOST_LANES);
    #[expect(clippy::cast_precision_loss, reason = "a few lanes")]
    let bottom = TOP + LANE * (lanes + 1) as f64 + 18.0;
    let mut inside = format!("<rect class=\"g-accent-wash\" x=\"{:.1}\" y=\"{TOP}\" width=\"{cell:.1}\" height=\"{:.1}\"/>", x(0), bottom - TOP);
    let whole = |row: i32| row > window.known;
    let lane_at = |lane: usize| {
        #[expect(clippy::cast_precision_loss, reason = "a few lanes")]
        let top = TOP + LANE * lane as f64;
        top
    };
    let mut said = words(TOP + 13.0, &format!("{}: known up to {}", shown(&window.names.1, width), row_name(window.known)));
    for row in first..=last {
        let class = if whole(row) { "g-ghost" } else { "g-bar" };
        inside +=
            &format!("<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{BOX}\"/>", x(row) + 2.0, TOP + 18.0, cell - 4.0);
    }
    for (lane, (name, from, to)) in window.lanes.iter().take(lanes).enumerate() {
        let y = lane_at(lane + 1);
        said += &words(y + 13.0, &format!("read: {}, {}", shown(name, width), span(*from, *to)));
        for row in (first..=last).filter(|&row| window.reads(lane, row)) {
            let leaks = whole(row);
            let class = if leaks || window.class == "safe" { window.class.as_str() } else { "quiet" };
            let stroke = if leaks { 2 } else { 1 };
            let (at, wide) = (x(row) + 2.0, cell - 4.0);
            for shape in ["g-wash", "g-line"] {
                inside += &format!(
                    "<rect class=\"{class} {shape}\" x=\"{at:.1}\" y=\"{:.1}\" width=\"{wide:.1}\" height=\"{BOX}\" stroke-width=\"{stroke}\"/>",
                    y + 18.0
                );
            }
            if leaks && matches!(class, "blocker" | "warning") {
                let (left, right, top) = (at + 5.0, at + wide - 5.0, y + 22.0);
                inside += &format!("<path class=\"{class} g-line\" d=\"M{left:.1} {:.1}L{right:.1} {top:.1}\" stroke-width=\"2\"/>", top + 12.0);
            }
        }
    }
    inside += &axis(first, last, bottom, cell, &x);
    let now = x(window.known + 1).clamp(1.0, width - 1.0);
    inside += &format!("<line class=\"g-now\" x1=\"{now:.1}\" x2=\"{now:.1}\" y1=\"18\" y2=\"{:.1}\"/>", bottom - 14.0);
    let anchor = if now > width / 2.0 { "end accent b" } else { "accent b" };
    inside += &format!("<text x=\"{now:.1}\" y=\"12\" class=\"{anchor}\">you predict here</text>");
    inside += &said;
    let says = visible(&attribute(&window.says));
    format!("<svg class=\"fig window\" viewBox=\"0 0 {width} {bottom}\" role=\"img\" aria-label=\"{says}\">{inside}</svg>")
}

fn axis(first: i32, last: i32, bottom: f64, cell: f64, x: &dyn Fn(i32) -> f64) -> String {
    let every = if cell < 34.0 { 2 } else { 1 };
    (first..=last)
        .filter(|row| row.rem_euclid(every) == 0)
        .map(|row| {
            let class = if row == 0 { "mid t b" } else { "mid" };
            format!("<text x=\"{:.1}\" y=\"{:.1}\" class=\"{class}\">{}</text>", x(row) + cell / 2.0, bottom - 2.0, row_name(row))
        })
        .collect()
}

/// Rows in words.
fn span(first: Option<i32>, last: Option<i32>) -> String {
    match (first, last) {
        (_, None) => "all rows".to_owned(),
        (None, Some(last)) => format!("all rows to {}", row_name(last)),
        (Some(first), Some(last)) if first == last => row_name(last),
        (Some(first), Some(last)) => format!("{} to {}", row_name(first), row_name(last)),
    }
}

/// A name with room for the words after it.
fn shown(name: &str, width: f64) -> String {
    fitted(name, 12.0, width - 150.0)
}

fn words(y: f64, text: &str) -> String {
    format!("<text x=\"0\" y=\"{y:.1}\" class=\"t halo\">{}</text>", visible(&attribute(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(first: Option<i32>, last: Option<i32>, known: i32) -> Window {
        Window {
            lanes: vec![("revenue".into(), first, last)],
            known,
            class: if last.is_some_and(|l| l <= known) { "safe" } else { "blocker" }.into(),
            names: ("revenue_3m".into(), "revenue".into()),
            says: "reads t−2 to t".into(),
        }
    }

    #[test]
    fn a_strip_colours_what_lies_after_the_prediction() {
        let drawn = strip(&window(Some(-2), Some(0), -1));
        assert_eq!(drawn.matches("<rect").count(), 3);
        assert_eq!((drawn.matches("quiet g-fill").count(), drawn.matches("blocker g-fill").count()), (2, 1));
        assert!(drawn.contains("x1=\"96.25\""), "the line stands between t−1 and t: {drawn}");
        assert_eq!(strip(&window(Some(-3), Some(-1), -1)).matches("safe g-fill").count(), 3);
    }

    #[test]
    fn what_lies_beyond_the_strip_is_held_at_its_ends() {
        assert_eq!(strip(&window(Some(-24), Some(-24), -1)).matches("g-fill").count(), 1);
        assert_eq!(strip(&window(None, None, -1)).matches("g-fill").count(), 15);
    }

    #[test]
    fn a_picture_names_every_row_and_stays_in_its_frame() {
        for (first, last) in [(Some(-2), Some(0)), (None, None), (Some(-400), Some(-365)), (Some(5), Some(90))] {
            for width in [560, 320] {
                let drawn = picture(&window(first, last, -1), width);
                assert!(drawn.contains(">t<") && drawn.contains("you predict here"), "{drawn}");
                assert!(!drawn.contains("x=\"-") && !drawn.contains("NaN"), "{drawn}");
            }
        }
    }

    #[test]
    fn hostile_names_stay_text() {
        let mut hostile = window(Some(0), Some(0), -1);
        hostile.lanes[0].0 = "<script>".into();
        hostile.says = "\"><script>".into();
        assert!(!picture(&hostile, 560).contains("<script") && !strip(&hostile).contains("<script"));
    }
}
