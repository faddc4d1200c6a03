//! A matrix of counts: shade is the share of the row, the count stands in the cell.

use super::Drawn;
use super::sheet::{At, LABEL, SMALL, Sheet, fitted};
use super::theme::Ink;
use crate::format::{number, percent};
use plotters::prelude::DrawingBackend;

/// Largest and smallest height of a cell, in pixels.
const TALLEST: f64 = 54.0;
const SHORTEST: f64 = 20.0;
/// Widest cell.
const WIDEST: f64 = 130.0;
/// Room above for the predicted classes.
const TOP: f64 = 42.0;
/// Below this height only the count is written, without its share.
const WITH_SHARE: f64 = 36.0;

fn cell_height(n: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a few classes")]
    let n = n.max(1) as f64;
    (360.0 / n).clamp(SHORTEST, TALLEST)
}

/// Height of a matrix of `n` classes.
pub fn height(n: usize, _width: u32) -> u32 {
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few classes")]
    let cells = (cell_height(n) * n as f64) as u32;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a constant")]
    let top = TOP as u32;
    top + cells + 8
}

/// Draws the matrix: rows are what is true, columns what was predicted.
pub fn matrix<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, labels: &[String], counts: &[Vec<Option<f64>>]) -> Drawn<DB> {
    let (width, _) = sheet.size();
    #[expect(clippy::cast_precision_loss, reason = "a few classes")]
    let n = labels.len().max(1) as f64;
    let left = (width * 0.26).min(150.0);
    let (wide, tall) = (((width - left) / n).min(WIDEST), cell_height(labels.len()));
    sheet.text("true", (0.0, 26.0), At::Start, SMALL, Ink::Soft)?;
    sheet.text("predicted", (left, 8.0), At::Start, SMALL, Ink::Soft)?;
    let mut x = left;
    for label in labels {
        sheet.text(&fitted(label, LABEL, wide - 6.0), (x + wide / 2.0, 28.0), At::Middle, LABEL, Ink::Ink)?;
        x += wide;
    }
    let mut y = TOP;
    for (label, row) in labels.iter().zip(counts) {
        sheet.text(&fitted(label, LABEL, left - 10.0), (0.0, y + tall / 2.0), At::Start, LABEL, Ink::Ink)?;
        // A row with a withheld cell has no total that could be shown.
        let total: Option<f64> = row.iter().copied().sum::<Option<f64>>().filter(|t| *t > 0.0);
        let mut x = left;
        for &count in row {
            cell(sheet, (x, y), (wide, tall), count, count.zip(total).map(|(count, total)| count / total))?;
            x += wide;
        }
        y += tall;
    }
    Ok(())
}

fn cell<DB: DrawingBackend>(
    sheet: &Sheet<'_, DB>,
    (x, y): (f64, f64),
    (wide, tall): (f64, f64),
    count: Option<f64>,
    share: Option<f64>,
) -> Drawn<DB> {
    // The deepest shade still lets ink on it pass 4.5:1 in both themes.
    sheet.rect((x + 1.0, y + 1.0), (x + wide - 1.0, y + tall - 1.0), Ink::Quiet, 0.10)?;
    sheet.rect((x + 1.0, y + 1.0), (x + wide - 1.0, y + tall - 1.0), Ink::One, 0.40 * share.unwrap_or(0.0).clamp(0.0, 1.0))?;
    let middle = x + wide / 2.0;
    let count = count.map_or_else(|| "–".to_owned(), number);
    if let Some(share) = share.filter(|_| tall >= WITH_SHARE) {
        sheet.text(&count, (middle, y + tall / 2.0 - 8.0), At::Middle, LABEL + 1.0, Ink::Ink)?;
        sheet.text(&percent(share), (middle, y + tall / 2.0 + 10.0), At::Middle, SMALL, Ink::Ink)
    } else {
        sheet.text(&count, (middle, y + tall / 2.0), At::Middle, SMALL, Ink::Ink)
    }
}
