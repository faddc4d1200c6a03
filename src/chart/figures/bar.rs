//! Values by label: importances, shares, counts.

use super::heads;
use crate::chart::paint::scale::axis_around;
use crate::chart::{Axis, Bar, Figure, Shape};
use crate::format::{interval, number};

/// Most bars that are drawn; the table twin keeps all.
const MOST_BARS: usize = 25;

/// Horizontal bars: `x` names the axis with its unit, `bars` are label, value and interval, in the order shown.
#[must_use]
pub fn bar(id: &str, title: &str, caption: &str, x: &str, bars: &[Bar]) -> Figure {
    let bars: Vec<Bar> = bars.iter().filter(|b| b.1.is_finite()).cloned().collect();
    let values = bars.iter().flat_map(|b| [b.1, b.2.map_or(b.1, |i| i.0), b.2.map_or(b.1, |i| i.1), 0.0]);
    let around = axis_around(x, values);
    let axis = if bars.iter().all(|b| b.1 >= 0.0 && b.2.is_none_or(|i| i.0 >= 0.0)) { Axis { from: 0.0, ..around } } else { around };
    let described: Vec<String> = bars.iter().take(5).map(|b| format!("{} {}", b.0, worded(b))).collect();
    let more = if bars.len() > 5 { format!(", and {} more", bars.len() - 5) } else { String::new() };
    let rows = bars.iter().map(|b| vec![b.0.clone(), number(b.1), b.2.map_or_else(|| "–".to_owned(), |(l, h)| interval(l, h))]).collect();
    Figure {
        id: id.to_owned(),
        title: title.to_owned(),
        caption: caption.to_owned(),
        description: if bars.is_empty() { "Nothing to draw: 0 bars.".to_owned() } else { format!("{x}: {}{more}.", described.join(", ")) },
        shape: Shape::Bars { x: axis, bars: bars.iter().take(MOST_BARS).cloned().collect() },
        table: (heads(&["Label", x, "95 % interval"]), rows),
    }
}

fn worded(bar: &Bar) -> String {
    bar.2.map_or_else(|| number(bar.1), |(low, high)| format!("{} ({})", number(bar.1), interval(low, high)))
}

/// An example.
pub(super) fn example() -> Figure {
    let bars = [
        ("page_values".to_owned(), 0.182, Some((0.161, 0.204))),
        ("exit_rate".to_owned(), 0.031, Some((0.019, 0.042))),
        ("month".to_owned(), 0.024, Some((0.012, 0.035))),
        ("visitor_type".to_owned(), 0.006, Some((-0.002, 0.013))),
        ("region".to_owned(), -0.001, Some((-0.004, 0.003))),
    ];
    bar(
        "importance",
        "page_values carries most of the score",
        "Loss of average precision when one column is shuffled, 5 folds, 95 % intervals.",
        "loss of average precision",
        &bars,
    )
}
