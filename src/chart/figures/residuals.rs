//! Residuals against predictions: where a model is wrong, and which way.
//!
//! Rows are put into groups of equal size by prediction; drawn are the median residual of each group and the range of its
//! middle 80 %. Single rows are not drawn: a report holds aggregates only, and a million points say no more than twenty groups.

use super::heads;
use crate::chart::paint::scale::axis_around;
use crate::chart::{Figure, Series, Shape};
use crate::format::{count, counted, interval, number};
use crate::math::sort;

/// Most groups.
const MOST_GROUPS: usize = 20;
/// Fewest rows a group, so that neither its median nor its range is one row's value.
const SMALLEST_GROUP: usize = 5;

/// Rows of similar prediction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResidualGroup {
    /// A typical prediction of the group.
    pub predicted: f64,
    /// Median of actual minus predicted.
    pub median: f64,
    /// Middle 80 % of actual minus predicted.
    pub range: (f64, f64),
    /// Rows.
    pub n_rows: usize,
}

/// Median and middle 80 % of `actual - predicted` by prediction; both `(n_rows,)`, in the target's `unit`; rows where either is
/// not finite are left out.
#[must_use]
pub fn residuals(name: &str, unit: &str, predicted: &[f64], actual: &[f64]) -> Figure {
    let mut pairs: Vec<(f64, f64)> =
        predicted.iter().zip(actual).filter(|(p, a)| p.is_finite() && a.is_finite()).map(|(&p, &a)| (p, a - p)).collect();
    sort::by(&mut pairs, |a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    residual_groups(name, unit, &groups(&pairs), pairs.len())
}

/// The same from groups made before, in ascending order of prediction, over `n_rows` rows.
#[must_use]
pub fn residual_groups(name: &str, unit: &str, groups: &[ResidualGroup], n_rows: usize) -> Figure {
    let of_unit = if unit.is_empty() { String::new() } else { format!(" ({unit})") };
    let xs = groups.iter().map(|g| g.predicted);
    let ys = groups.iter().flat_map(|g| [g.range.0, g.range.1, 0.0]);
    let (x, y) = (axis_around(&format!("predicted{of_unit}"), xs), axis_around(&format!("actual minus predicted{of_unit}"), ys));
    let zero = Series { name: "no error".to_owned(), points: vec![(x.from, 0.0), (x.to, 0.0)], band: Vec::new(), quiet: true };
    let median = Series {
        name: "median error".to_owned(),
        points: groups.iter().map(|g| (g.predicted, g.median)).collect(),
        band: groups.iter().map(|g| g.range).collect(),
        quiet: false,
    };
    let rows = groups.iter().map(|g| vec![number(g.predicted), number(g.median), interval(g.range.0, g.range.1), count(g.n_rows as u64)]).collect();
    Figure {
        id: "residuals".to_owned(),
        title: title(groups),
        caption: format!(
            "Actual minus predicted of {name}, {} in {}; line: median, band: middle 80 %.",
            counted(n_rows as u64, "row", "rows"),
            counted(groups.len() as u64, "group", "groups")
        ),
        description: match groups.iter().max_by(|a, b| a.median.abs().total_cmp(&b.median.abs())) {
            Some(g) => format!(
                "Largest median error {} where about {} was predicted, {}.",
                number(g.median),
                number(g.predicted),
                counted(g.n_rows as u64, "row", "rows")
            ),
            None => "Nothing to draw: 0 groups.".to_owned(),
        },
        shape: Shape::Lines { x, y, series: if groups.is_empty() { Vec::new() } else { vec![zero, median] } },
        table: (heads(&["Predicted (median)", "Median error", "Middle 80 %", "Rows"]), rows),
    }
}

fn groups(pairs: &[(f64, f64)]) -> Vec<ResidualGroup> {
    let n = (pairs.len() / SMALLEST_GROUP).min(MOST_GROUPS);
    (0..n)
        .filter_map(|at| {
            let rows = pairs.get(at * pairs.len() / n..(at + 1) * pairs.len() / n)?;
            let mut errors: Vec<f64> = rows.iter().map(|p| p.1).collect();
            errors.sort_by(f64::total_cmp);
            let predicted = rows.get(rows.len() / 2)?.0;
            let range = (quantile(&errors, 0.1), quantile(&errors, 0.9));
            Some(ResidualGroup { predicted, median: quantile(&errors, 0.5), range, n_rows: rows.len() })
        })
        .collect()
}

/// Quantile `q` of ascending values, linear between neighbours (type 7 of Hyndman and Fan 1996); 0 for none.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "row counts stay below 2^53")]
    {
        let place = q * sorted.len().saturating_sub(1) as f64;
        let low = sorted.get(place.floor() as usize).copied().unwrap_or(0.0);
        let high = sorted.get(place.ceil() as usize).copied().unwrap_or(low);
        low + (high - low) * place.fract()
    }
}

fn title(groups: &[ResidualGroup]) -> String {
    let low = groups.iter().filter(|g| g.range.0 > 0.0).count();
    let high = groups.iter().filter(|g| g.range.1 < 0.0).count();
    match (groups.len(), low, high) {
        (0, _, _) => "Too few rows to group".to_owned(),
        (_, 0, 0) => "Errors lie on both sides of zero for every size of prediction".to_owned(),
        (n, low, 0) => format!("Predictions are too low in {low} of {n} groups"),
        (n, 0, high) => format!("Predictions are too high in {high} of {n} groups"),
        (n, low, high) => format!("Predictions are too low in {low} and too high in {high} of {n} groups"),
    }
}

/// An example.
pub(super) fn example() -> Figure {
    let predicted: Vec<f64> = (0..240).map(|i| 14_000.0 + 40.0 * f64::from(i)).collect();
    let actual: Vec<f64> =
        predicted.iter().enumerate().map(|(i, p)| p + f64::from(i as u32 * 7919 % 401) * 9.0 - 1500.0 + (p - 18_000.0) * 0.08).collect();
    residuals("Ridge", "EUR", &predicted, &actual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_group_is_smaller_than_five_rows() {
        let predicted: Vec<f64> = (0..23).map(f64::from).collect();
        let figure = residuals("m", "", &predicted, &predicted);
        assert_eq!(figure.table.1.len(), 4);
        assert!(figure.table.1.iter().all(|r| r[3] == "5" || r[3] == "6"), "{:?}", figure.table);
    }

    #[test]
    fn a_model_that_is_always_too_low_is_said_to_be() {
        let predicted: Vec<f64> = (0..50).map(f64::from).collect();
        let actual: Vec<f64> = predicted.iter().map(|p| p + 10.0).collect();
        assert_eq!(residuals("m", "", &predicted, &actual).title, "Predictions are too low in 10 of 10 groups");
    }
}
