//! Calibration: of the rows given a probability of 0.3, did three in ten happen?

use super::{heads, share_axis};
use crate::chart::{Figure, Series, Shape};
use crate::format::{count, counted, interval, number};

/// Rows of similar predicted probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CalibrationBin {
    /// Mean predicted probability, 0..=1.
    pub predicted: f64,
    /// Share that happened, 0..=1.
    pub observed: f64,
    /// 95 % interval of that share.
    pub interval: Option<(f64, f64)>,
    /// Rows.
    pub n_rows: u64,
}

/// Fewest rows a bin must hold to be shown.
const SMALLEST_BIN: u64 = 5;

/// Observed share against mean predicted probability of model `name`, bins in ascending order of prediction.
#[must_use]
pub fn calibration(name: &str, bins: &[CalibrationBin], n_rows: u64) -> Figure {
    let shown: Vec<&CalibrationBin> = bins.iter().filter(|b| b.n_rows >= SMALLEST_BIN && b.predicted.is_finite() && b.observed.is_finite()).collect();
    let series = vec![
        Series { name: "as predicted".to_owned(), points: vec![(0.0, 0.0), (1.0, 1.0)], band: Vec::new(), quiet: true },
        Series {
            name: name.to_owned(),
            points: shown.iter().map(|b| (b.predicted, b.observed)).collect(),
            band: shown.iter().map(|b| b.interval.unwrap_or((b.observed, b.observed))).collect(),
            quiet: false,
        },
    ];
    let rows = shown
        .iter()
        .map(|b| vec![number(b.predicted), number(b.observed), b.interval.map_or_else(|| "–".to_owned(), |(l, h)| interval(l, h)), count(b.n_rows)])
        .collect();
    Figure {
        id: "calibration".to_owned(),
        title: title(&shown),
        caption: format!(
            "Share that happened by mean predicted probability of {name}; {} in bins of equal size, 95 % intervals.",
            counted(n_rows, "row", "rows")
        ),
        description: match widest(&shown) {
            Some(b) => format!(
                "{} bins. Farthest from the diagonal: predicted {}, happened {}, {}.",
                shown.len(),
                number(b.predicted),
                number(b.observed),
                counted(b.n_rows, "row", "rows")
            ),
            None => "Nothing to draw: 0 bins.".to_owned(),
        },
        shape: Shape::Lines { x: share_axis("predicted probability"), y: share_axis("share that happened"), series },
        table: (heads(&["Predicted", "Happened", "95 % interval", "Rows"]), rows),
    }
}

fn widest<'a>(bins: &[&'a CalibrationBin]) -> Option<&'a CalibrationBin> {
    bins.iter().copied().max_by(|a, b| (a.predicted - a.observed).abs().total_cmp(&(b.predicted - b.observed).abs()))
}

/// What the bins say: an interval that leaves out its prediction is a miss.
fn title(bins: &[&CalibrationBin]) -> String {
    let judged = bins.iter().filter_map(|b| b.interval.map(|i| (b.predicted, i)));
    let (mut high, mut low, mut n) = (0_usize, 0_usize, 0_usize);
    for (predicted, (from, to)) in judged {
        n += 1;
        high += usize::from(predicted > to);
        low += usize::from(predicted < from);
    }
    match (n, high, low) {
        (0, _, _) => "Predicted and observed shares".to_owned(),
        (n, 0, 0) => format!("Predicted probabilities hold in all {n} bins"),
        (n, high, 0) => format!("Predicted probabilities are too high in {high} of {n} bins"),
        (n, 0, low) => format!("Predicted probabilities are too low in {low} of {n} bins"),
        (n, high, low) => format!("Predicted probabilities are too high in {high} and too low in {low} of {n} bins"),
    }
}

/// An example.
pub(super) fn example() -> Figure {
    let bins: Vec<CalibrationBin> =
        [(0.02, 0.013), (0.05, 0.044), (0.09, 0.081), (0.16, 0.170), (0.27, 0.262), (0.41, 0.390), (0.62, 0.531), (0.84, 0.742)]
            .into_iter()
            .map(|(predicted, observed)| CalibrationBin {
                predicted,
                observed,
                interval: Some(((observed - 0.02_f64 - observed * 0.06).max(0.0), (observed + 0.02 + observed * 0.06).min(1.0))),
                n_rows: 1541,
            })
            .collect();
    calibration("Gradient boosting", &bins, 12_330)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_counts_the_bins_whose_interval_misses() {
        assert_eq!(example().title, "Predicted probabilities are too high in 2 of 8 bins");
    }

    #[test]
    fn a_bin_of_four_rows_is_not_shown() {
        let bin = CalibrationBin { predicted: 0.5, observed: 0.5, interval: None, n_rows: 4 };
        assert!(calibration("m", &[bin], 4).table.1.is_empty());
    }
}
