//! Precision against recall: of those flagged, how many are right, for every share of positives found.
//!
//! Beside a rare class this says more than ROC. Source: Davis and Goadrich, ICML 2006.

use super::roc::{Curve, MOST_POINTS, best, describe, finite};
use super::{heads, share_axis, thinned};
use crate::chart::{Figure, Series, Shape};
use crate::format::{counted, number, percent};

/// Recalls at which the table twin reads the curve.
const READ_AT: [f64; 6] = [0.1, 0.25, 0.5, 0.75, 0.9, 1.0];

/// Precision-recall curves: points are (recall, precision); `prevalence` is the share of positives, the height of chance.
#[must_use]
pub fn precision_recall(curves: &[Curve], prevalence: f64, n_rows: u64) -> Figure {
    let mut series: Vec<Series> = curves
        .iter()
        .map(|c| Series {
            name: format!("{} {}", c.name, number(c.area)),
            points: thinned(&by_recall(&c.points), MOST_POINTS),
            band: Vec::new(),
            quiet: false,
        })
        .collect();
    if prevalence.is_finite() {
        let points = vec![(0.0, prevalence), (1.0, prevalence)];
        series.push(Series { name: format!("chance {}", number(prevalence)), points, band: Vec::new(), quiet: true });
    }
    let rows = curves
        .iter()
        .flat_map(|c| {
            let points = by_recall(&c.points);
            READ_AT.into_iter().map(move |recall| vec![c.name.clone(), number(recall), number(precision_at(&points, recall))])
        })
        .collect();
    Figure {
        id: "precision_recall".to_owned(),
        title: best(curves, "average precision"),
        caption: format!(
            "Share of the flagged that are right against share of positives found; {}, {} positive.",
            counted(n_rows, "row", "rows"),
            percent(prevalence)
        ),
        description: describe(curves, "average precision"),
        shape: Shape::Lines { x: share_axis("recall"), y: share_axis("precision"), series },
        table: (heads(&["Model", "Recall", "Precision"]), rows),
    }
}

/// The points in order of recall, whichever way the curve was walked.
fn by_recall(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut points = finite(points);
    if points.first().map(|p| p.0) > points.last().map(|p| p.0) {
        points.reverse();
    }
    points
}

/// Best precision at this recall or above; NaN without points.
fn precision_at(points: &[(f64, f64)], recall: f64) -> f64 {
    points.iter().filter(|p| p.0 >= recall).map(|p| p.1).fold(f64::NAN, f64::max)
}

/// An example.
pub(super) fn example() -> Figure {
    let curve = |start: f64| (0..=150).map(|i| f64::from(i) / 150.0).map(|r| (r, 0.155 + (start - 0.155) * (1.0 - r * r))).collect();
    let curves = [
        Curve { name: "Gradient boosting".to_owned(), points: curve(0.93), area: 0.672, interval: Some((0.641, 0.703)) },
        Curve { name: "Logistic".to_owned(), points: curve(0.78), area: 0.572, interval: Some((0.538, 0.606)) },
    ];
    precision_recall(&curves, 0.155, 12_330)
}
