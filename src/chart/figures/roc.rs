//! ROC: how many positives are caught for how many false alarms, over all thresholds.
//!
//! Source: Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27 (2006), 861-874.

use super::{heads, share_axis, thinned};
use crate::chart::{Figure, Series, Shape};
use crate::format::{counted, interval, number};

/// A curve with the area under it.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Whose curve.
    pub name: String,
    /// Points in curve order, both coordinates in 0..=1.
    pub points: Vec<(f64, f64)>,
    /// Area under it (ROC), or average precision (precision-recall).
    pub area: f64,
    /// 95 % interval of the area.
    pub interval: Option<(f64, f64)>,
}

/// Most points drawn a curve: more cannot be told apart on paper.
pub(super) const MOST_POINTS: usize = 90;

/// False positive rates at which the table twin reads the curve.
const READ_AT: [f64; 7] = [0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8];

/// ROC curves: points are (false positive rate, true positive rate), from (0, 0) to (1, 1).
#[must_use]
pub fn roc(curves: &[Curve], n_rows: u64) -> Figure {
    let mut series: Vec<Series> = curves
        .iter()
        .map(|c| Series {
            name: format!("{} {}", c.name, number(c.area)),
            points: thinned(&finite(&c.points), MOST_POINTS),
            band: Vec::new(),
            quiet: false,
        })
        .collect();
    series.push(Series { name: "chance 0.50".to_owned(), points: vec![(0.0, 0.0), (1.0, 1.0)], band: Vec::new(), quiet: true });
    let rows =
        curves.iter().flat_map(|c| READ_AT.into_iter().map(|x| vec![c.name.clone(), number(x), number(height_at(&finite(&c.points), x))])).collect();
    Figure {
        id: "roc".to_owned(),
        title: best(curves, "the area under the ROC curve"),
        caption: format!(
            "Share of positives found against share of negatives falsely alarmed, over all thresholds; {}.",
            counted(n_rows, "row", "rows")
        ),
        description: describe(curves, "area under the ROC curve"),
        shape: Shape::Lines { x: share_axis("false positive rate"), y: share_axis("true positive rate"), series },
        table: (heads(&["Model", "False positive rate", "True positive rate"]), rows),
    }
}

pub(super) fn finite(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    points.iter().copied().filter(|p| p.0.is_finite() && p.1.is_finite()).collect()
}

/// Who leads, in words.
pub(super) fn best(curves: &[Curve], measure: &str) -> String {
    match curves.iter().filter(|c| c.area.is_finite()).max_by(|a, b| a.area.total_cmp(&b.area)) {
        Some(c) if curves.len() == 1 => format!("{}: {measure} is {}", c.name, number(c.area)),
        Some(c) => format!("{} leads: {measure} is {}", c.name, number(c.area)),
        None => format!("No curve: {measure} is not computable"),
    }
}

/// The areas, in words.
pub(super) fn describe(curves: &[Curve], measure: &str) -> String {
    if curves.is_empty() {
        return "Nothing to draw: 0 curves.".to_owned();
    }
    let each: Vec<String> = curves
        .iter()
        .map(|c| {
            let range = c.interval.map_or_else(String::new, |(low, high)| format!(" ({})", interval(low, high)));
            format!("{} {}{range}", c.name, number(c.area))
        })
        .collect();
    format!("{measure}: {}.", each.join(", "))
}

/// Height of a rising curve at `x`, linear between its points; NaN without points.
fn height_at(points: &[(f64, f64)], x: f64) -> f64 {
    let after = points.iter().position(|p| p.0 >= x);
    match after.map(|at| (at.checked_sub(1).and_then(|b| points.get(b)), points.get(at))) {
        Some((Some(a), Some(b))) if b.0 > a.0 => a.1 + (b.1 - a.1) * (x - a.0) / (b.0 - a.0),
        Some((_, Some(b))) => b.1,
        _ => points.last().map_or(f64::NAN, |p| p.1),
    }
}

/// An example.
pub(super) fn example() -> Figure {
    // The curve y = x^(1/k) has the area k / (k + 1); with k = 4, x = t^4 and y = t.
    let curve = |k: usize| (0..=200).map(|i| f64::from(i) / 200.0).map(|t| (std::iter::repeat_n(t, k).product(), t)).collect::<Vec<(f64, f64)>>();
    let curves = [
        Curve { name: "Gradient boosting".to_owned(), points: curve(8), area: 8.0 / 9.0, interval: Some((0.871, 0.906)) },
        Curve { name: "Logistic".to_owned(), points: curve(4), area: 0.8, interval: Some((0.779, 0.821)) },
    ];
    roc(&curves, 12_330)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_twin_reads_the_curve_between_its_points() {
        assert_eq!(height_at(&[(0.0, 0.0), (0.5, 0.8), (1.0, 1.0)], 0.25), 0.4);
        assert_eq!(height_at(&[(0.0, 0.0), (0.0, 0.5), (1.0, 1.0)], 0.0), 0.0);
        assert!(height_at(&[], 0.5).is_nan());
    }
}
