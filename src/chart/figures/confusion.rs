//! Confusion matrix: what was true against what was predicted.

use crate::chart::{Figure, Shape};
use crate::format::{count, percent};
use crate::math::sort;

/// Most classes with a row of their own; rarer ones are put together.
const MOST_CLASSES: usize = 12;

/// Counts `(n_classes, n_classes)`: true class by row, predicted class by column, both in the order of `labels`. `withheld` tells which
/// cells, taken row by row, may not be counted out.
#[must_use]
pub fn confusion(labels: &[String], counts: &[Vec<u64>], withheld: fn(&[u64]) -> Vec<bool>) -> Figure {
    let (labels, counts) = folded(labels, counts);
    let hidden = withheld(&counts.concat());
    let hidden: Vec<&[bool]> = hidden.chunks(labels.len().max(1)).collect();
    let total: u64 = counts.iter().flatten().sum();
    let right: u64 = counts.iter().enumerate().filter_map(|(at, row)| row.get(at)).sum();
    let rows: Vec<Vec<String>> = labels
        .iter()
        .zip(counts.iter().zip(&hidden))
        .map(|(label, (row, hidden))| {
            std::iter::once(label.clone()).chain(row.iter().zip(*hidden).map(|(&n, &h)| shown(n, h))).collect::<Vec<String>>()
        })
        .collect();
    let head: Vec<String> = std::iter::once("True class".to_owned()).chain(labels.iter().map(|l| format!("predicted {l}"))).collect();
    Figure {
        id: "confusion".to_owned(),
        title: format!("{} of {} rows are given their true class", count(right), count(total)),
        caption: if hidden.concat().contains(&true) {
            "Rows: what is true. Columns: what was predicted. Shade and percentage: share of the row. Cells of 1 to 4 rows are not counted out, nor is one that would give such a cell away."
        } else {
            "Rows: what is true. Columns: what was predicted. Shade and percentage: share of the row."
        }
        .to_owned(),
        description: describe(&labels, &counts, &hidden),
        shape: Shape::Matrix {
            counts: counts.iter().zip(&hidden).map(|(row, hidden)| row.iter().zip(*hidden).map(|(&n, &h)| (!h).then(|| as_number(n))).collect()).collect(),
            labels,
        },
        table: (head, rows),
    }
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn as_number(n: u64) -> f64 {
    n as f64
}

/// The most frequent classes, in their order, and one class for all others.
fn folded(labels: &[String], counts: &[Vec<u64>]) -> (Vec<String>, Vec<Vec<u64>>) {
    let n = labels.len();
    let get = |i: usize, j: usize| counts.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0);
    if n <= MOST_CLASSES {
        return (labels.to_vec(), (0..n).map(|i| (0..n).map(|j| get(i, j)).collect()).collect());
    }
    let mut by_size: Vec<(u64, usize)> = (0..n).map(|i| ((0..n).map(|j| get(i, j)).sum(), i)).collect();
    sort::by_key(&mut by_size, |&(size, at)| (std::cmp::Reverse(size), at));
    let mut kept: Vec<usize> = by_size.iter().take(MOST_CLASSES - 1).map(|&(_, at)| at).collect();
    kept.sort_unstable();
    let place = |class: usize| kept.iter().position(|&k| k == class).unwrap_or(kept.len());
    let mut result = vec![vec![0; kept.len() + 1]; kept.len() + 1];
    for i in 0..n {
        for j in 0..n {
            if let Some(cell) = result.get_mut(place(i)).and_then(|row: &mut Vec<u64>| row.get_mut(place(j))) {
                *cell += get(i, j);
            }
        }
    }
    let names = kept.iter().filter_map(|&k| labels.get(k).cloned()).chain([format!("{} other classes", n - kept.len())]).collect();
    (names, result)
}

fn shown(n: u64, hidden: bool) -> String {
    match (hidden, n) {
        (false, _) => count(n),
        (true, 0..=4) => "< 5".to_owned(),
        (true, _) => "–".to_owned(),
    }
}

fn describe(labels: &[String], counts: &[Vec<u64>], hidden: &[&[bool]]) -> String {
    let each: Vec<String> = labels
        .iter()
        .zip(counts.iter().zip(hidden))
        .enumerate()
        .map(|(at, (label, (row, hidden)))| {
            if hidden.contains(&true) {
                return format!("{label}: has cells that are not counted out");
            }
            let (right, total) = (row.get(at).copied().unwrap_or(0), row.iter().sum::<u64>());
            let share = if total > 0 { percent(as_number(right) / as_number(total)) } else { "no rows".to_owned() };
            format!("{label}: {} of {} right ({share})", count(right), count(total))
        })
        .collect();
    if each.is_empty() { "Nothing to draw: 0 classes.".to_owned() } else { format!("{}.", each.join("; ")) }
}

/// An example.
pub(super) fn example() -> Figure {
    confusion(&["no order".to_owned(), "order".to_owned()], &[vec![9_874, 548], vec![612, 1_296]], |counts| vec![false; counts.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn withheld_cells_are_in_no_part_of_the_figure() {
        let labels = ["no".to_owned(), "yes".to_owned()];
        let figure = confusion(&labels, &[vec![180, 3], vec![17, 40]], |_| vec![false, true, true, false]);
        assert_eq!(figure.table.1, [["no", "180", "< 5"], ["yes", "–", "40"]]);
        assert_eq!(figure.description, "no: has cells that are not counted out; yes: has cells that are not counted out.");
        let Shape::Matrix { counts, .. } = figure.shape else { panic!("a matrix") };
        assert_eq!(counts, [[Some(180.0), None], [None, Some(40.0)]]);
    }

    #[test]
    fn rare_classes_are_put_together_and_no_row_is_lost() {
        let labels: Vec<String> = (0..30).map(|i| format!("c{i}")).collect();
        let counts: Vec<Vec<u64>> = (0..30).map(|i| (0..30).map(|j| if i == j { 100 - i } else { 1 }).collect()).collect();
        let total: u64 = counts.iter().flatten().sum();
        let (names, folded) = folded(&labels, &counts);
        assert_eq!(names.len(), 12);
        assert_eq!(names[11], "19 other classes");
        assert_eq!(folded.iter().flatten().sum::<u64>(), total);
    }
}
