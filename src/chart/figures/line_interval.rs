//! Lines with intervals: learning curves, actual against predicted over time, scores by fold.

use super::heads;
use crate::chart::paint::scale::axis_around;
use crate::chart::{Figure, Series, Shape};
use crate::format::{interval, number};

/// Most rows of the table twin a series.
const MOST_ROWS: usize = 24;

/// Lines over a common axis; points that are not finite are left out with their interval.
#[must_use]
pub fn line_interval(id: &str, title: &str, caption: &str, (x, y): (&str, &str), series: Vec<Series>) -> Figure {
    let series: Vec<Series> = series.into_iter().map(finite).collect();
    let xs = series.iter().flat_map(|s| s.points.iter().map(|p| p.0));
    let ys = series.iter().flat_map(|s| s.points.iter().map(|p| p.1).chain(s.band.iter().flat_map(|b| [b.0, b.1])));
    let mut x_axis = axis_around(x, xs.clone());
    if let (Some(low), Some(high)) = (xs.clone().min_by(f64::total_cmp), xs.max_by(f64::total_cmp))
        && high > low
    {
        (x_axis.from, x_axis.to) = (low, high);
    }
    let described: Vec<String> = series
        .iter()
        .filter_map(|s| {
            let (first, last) = (s.points.first()?, s.points.last()?);
            Some(format!(
                "{} goes from {} at {} to {} at {} over {} points",
                s.name,
                number(first.1),
                number(first.0),
                number(last.1),
                number(last.0),
                s.points.len()
            ))
        })
        .collect();
    Figure {
        id: id.to_owned(),
        title: title.to_owned(),
        caption: caption.to_owned(),
        description: if described.is_empty() { "Nothing to draw: 0 points.".to_owned() } else { format!("{}.", described.join("; ")) },
        table: (heads(&["Line", x, y, "95 % interval"]), series.iter().flat_map(rows).collect()),
        shape: Shape::Lines { x: x_axis, y: axis_around(y, ys), series },
    }
}

fn finite(series: Series) -> Series {
    let banded = series.band.len() == series.points.len();
    let keep: Vec<bool> = series.points.iter().map(|p| p.0.is_finite() && p.1.is_finite()).collect();
    let kept = |at: usize| keep.get(at).copied().unwrap_or(false);
    let band = if banded { series.band.iter().enumerate().filter(|(at, _)| kept(*at)).map(|(_, b)| *b).collect() } else { Vec::new() };
    let points = series.points.iter().enumerate().filter(|(at, _)| kept(*at)).map(|(_, p)| *p).collect();
    Series { points, band, ..series }
}

fn rows(series: &Series) -> Vec<Vec<String>> {
    let n = series.points.len();
    let step = n.div_ceil(MOST_ROWS).max(1);
    (0..n)
        .step_by(step)
        .filter_map(|at| {
            let point = series.points.get(at)?;
            let band = series.band.get(at).map_or_else(|| "–".to_owned(), |b| interval(b.0, b.1));
            Some(vec![series.name.clone(), number(point.0), number(point.1), band])
        })
        .collect()
}

/// An example.
pub(super) fn example() -> Figure {
    let sizes = [100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0];
    let scores = [0.71, 0.78, 0.82, 0.851, 0.862, 0.866];
    let boosting = Series {
        name: "Gradient boosting".to_owned(),
        points: sizes.into_iter().zip(scores).collect(),
        band: scores.into_iter().map(|s| (s - 0.04, s + 0.03)).collect(),
        quiet: false,
    };
    let baseline = Series { name: "Baseline".to_owned(), points: sizes.into_iter().map(|s| (s, 0.5)).collect(), band: Vec::new(), quiet: true };
    line_interval(
        "learning",
        "More rows would help little: the curve is flat from 1,600 on",
        "Area under the ROC curve on validation folds by training rows; 95 % intervals over 5 folds.",
        ("training rows", "area under the ROC curve"),
        vec![boosting, baseline],
    )
}
