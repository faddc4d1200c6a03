//! How the values of one numeric column are spread.
//!
//! Bins with 1 to 4 rows are drawn at one height and called "1 to 4": a report holds no cell from which a row could be known.

use super::heads;
use crate::chart::{Axis, Figure, Shape};
use crate::format::{count, counted, interval, number, percent};

/// Fewest rows a bin must hold to be counted exactly (SAFETY: cells under 5 rows are not shared).
const SMALLEST_CELL: u64 = 5;

/// The histogram of `column`: `edges` `(n_bins + 1,)` ascending, `counts` `(n_bins,)` rows a bin.
#[must_use]
pub fn histogram(id: &str, column: &str, edges: &[f64], counts: &[u64]) -> Figure {
    let total: u64 = counts.iter().sum();
    let (from, to) = (edges.first().copied().unwrap_or(0.0), edges.last().copied().unwrap_or(1.0));
    let fullest = counts.iter().enumerate().max_by_key(|(at, n)| (**n, std::cmp::Reverse(*at))).filter(|(_, n)| **n > 0);
    let description = match fullest.and_then(|(at, n)| Some((edges.get(at)?, edges.get(at + 1)?, n))) {
        Some((low, high, &n)) => format!(
            "{} from about {} in {}; the fullest bin, {}, holds {} of them.",
            counted(total, "value", "values"),
            interval(from, to),
            counted(counts.len() as u64, "bin", "bins"),
            interval(*low, *high),
            shown(n)
        ),
        None => "No values: 0 rows.".to_owned(),
    };
    let rows = edges
        .windows(2)
        .zip(counts)
        .filter_map(|(pair, &n)| {
            let &[low, high] = pair else { return None };
            #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
            let share = if n >= SMALLEST_CELL && total > 0 { percent(n as f64 / total as f64) } else { "–".to_owned() };
            Some(vec![number(low), number(high), shown(n), if n == 0 { "0 %".to_owned() } else { share }])
        })
        .collect();
    Figure {
        id: id.to_owned(),
        title: format!("How {column} is spread"),
        caption: format!("Rows a bin, n = {}. Bins of 1 to 4 rows are drawn at one height.", count(total)),
        description,
        shape: Shape::Histogram {
            x: Axis { title: column.to_owned(), from, to },
            edges: edges.to_vec(),
            counts: counts.iter().map(|&n| drawn(n)).collect(),
        },
        table: (heads(&["From", "To", "Rows", "Share"]), rows),
    }
}

fn shown(n: u64) -> String {
    if (1..SMALLEST_CELL).contains(&n) { "1 to 4".to_owned() } else { count(n) }
}

fn drawn(n: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    if (1..SMALLEST_CELL).contains(&n) { 2.5 } else { n as f64 }
}

/// An example.
pub(super) fn example() -> Figure {
    let edges: Vec<f64> = (0..=12).map(|i| 14_000.0 + 900.0 * f64::from(i)).collect();
    histogram("spread", "total_revenue", &edges, &[2, 5, 8, 11, 14, 12, 9, 7, 6, 3, 0, 3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_of_three_rows_is_not_counted_out() {
        let figure = histogram("h", "age", &[0.0, 1.0, 2.0], &[3, 40]);
        assert_eq!(figure.table.1[0][2], "1 to 4");
        assert_eq!(figure.table.1[1][2], "40");
        assert!(figure.description.contains("43 values"), "{}", figure.description);
    }
}
