//! Target encodings made in folds, without knowing the folds.
//!
//! In an encoding by folds a row of level k holds the mean of the source over the rows of k outside the row's fold. Rows of k that
//! share a value are the rows held out together, so with S and N of the level and S' and N' of the rows that share the value the
//! encoding must be `(S - S') / (N - N')`. Two folds of a level that happen to have the same mean share a value: with j such folds
//! it is `(j S - S') / (j N - N')`, and j is the whole number nearest to `(S' - f N') / (S - f N)`.

use super::evaluate::Group;
use super::levels::Levels;
use super::{GroupFormula, tried};
use crate::lineage::cells::Cells;
use crate::lineage::confirm::Derivation;
use crate::lineage::formula::Point;
use crate::lineage::frame::Frame;
use crate::lineage::screen::Subject;
use crate::table::MISSING_CODE;

/// Distinct values a level may have: the number of folds.
const FOLDS: (usize, usize) = (2, 12);
/// Levels looked at, and fewest rows of them.
const ANCHORS: usize = 5;
const FEWEST_ROWS: usize = 12;
/// Fewest distinct values of the encoded column: whole numbers of few values are no encoding.
const FEWEST_DISTINCT: usize = 8;
/// Most folds of a level that may share a value.
const SHARED: f64 = 6.0;

/// Rows of a level that share a value.
struct Cell {
    value: f64,
    rows: Vec<u32>,
    n: f64,
    sum: f64,
    largest: f64,
}

/// Rows of a level by the value of the encoded column, ascending.
fn cells_of(rows: &[u32], encoded: &[f64]) -> Vec<Cell> {
    let mut sorted: Vec<(f64, u32)> = rows.iter().filter_map(|&p| Some((*encoded.get(p as usize)?, p))).filter(|c| !c.0.is_nan()).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let runs = sorted.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq());
    runs.filter_map(|run| Some(Cell { value: run.first()?.0, rows: run.iter().map(|r| r.1).collect(), n: 0.0, sum: 0.0, largest: 0.0 })).collect()
}

fn sum_cells(cells: &mut [Cell], values: &[f64]) {
    for cell in cells {
        let present = || cell.rows.iter().filter_map(|&p| values.get(p as usize)).filter(|v| !v.is_nan());
        #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
        let n = present().count() as f64;
        let (sum, largest) = (present().sum(), present().fold(0.0_f64, |m, v| m.max(v.abs())));
        (cell.n, cell.sum, cell.largest) = (n, sum, largest);
    }
}

/// What a cell should hold; `None` if nothing of the level is outside it.
fn held_out(cell: &Cell, n: f64, sum: f64, blur: f64) -> Option<Point> {
    let alone = sum - cell.value * n;
    let shared = if alone == 0.0 { 1.0 } else { ((cell.sum - cell.value * cell.n) / alone).round().clamp(1.0, SHARED) };
    let others = shared * n - cell.n;
    let value = (shared * sum - cell.sum) / others;
    (others > 0.0 && value.is_finite()).then(|| Point { value, magnitude: cell.largest.max(value.abs()), blur: blur / others.sqrt() })
}

/// Writes what every row of a level should hold.
pub(super) fn fill(group: &Group<'_>, encoded: &[f64], points: &mut [Option<Point>]) {
    let mut cells = cells_of(group.rows, encoded);
    sum_cells(&mut cells, group.values);
    let (n, sum) = cells.iter().fold((0.0, 0.0), |t, c| (t.0 + c.n, t.1 + c.sum));
    for cell in &cells {
        let point = held_out(cell, n, sum, group.blur);
        for &p in &cell.rows {
            if let Some(slot) = points.get_mut(p as usize) {
                *slot = point;
            }
        }
    }
}

/// Every set of rows of a level that share a value is one piece of evidence, weighed by how values differ within the level.
pub(super) fn cells(frame: &Frame<'_>, key: usize, gives: usize) -> Option<Cells> {
    let clock = super::levels::clock(frame);
    let levels = Levels::new(frame, &clock, Some(key))?;
    let encoded = frame.values(gives)?;
    let mut codes = vec![MISSING_CODE; frame.n_rows()];
    let mut group = Vec::new();
    for level in 0..levels.n_levels() {
        for cell in cells_of(levels.rows(level), encoded) {
            let code = u32::try_from(group.len()).ok()?;
            for p in cell.rows {
                *codes.get_mut(p as usize)? = code;
            }
            group.push(u32::try_from(level).ok()?);
        }
    }
    Some(Cells { codes, n_cells: group.len(), group: Some(group) })
}

/// Columns that encode this key in folds.
pub(super) fn search(frame: &Frame<'_>, subjects: &[Subject<'_>], levels: &Levels, key: usize) -> Vec<Derivation> {
    let anchors: Vec<&[u32]> = levels.anchors(ANCHORS, FEWEST_ROWS).into_iter().map(|l| levels.rows(l)).collect();
    let fractional =
        |s: &&Subject<'_>| frame.series.get(s.column).and_then(Option::as_ref).is_some_and(|y| !y.is_whole && y.n_distinct >= FEWEST_DISTINCT);
    let mut found = Vec::new();
    for subject in subjects.iter().filter(|s| s.column != key).filter(fractional) {
        let Some(mut cells) = folded(&anchors, subject.values) else { continue };
        for source in (0..frame.n_columns()).filter(|&x| x != key && x != subject.column) {
            let Some(values) = frame.values(source) else { continue };
            if agrees(subject, &mut cells, values, frame.blur(source)) {
                found.extend(tried(frame, subject, GroupFormula::Folds { source, key, gives: subject.column }));
            }
        }
    }
    found
}

/// Cells of the levels looked at, if most levels have as many values as folds could make, each shared by rows.
fn folded(anchors: &[&[u32]], encoded: &[f64]) -> Option<Vec<Vec<Cell>>> {
    let mut levels = Vec::new();
    let mut off = 0;
    for rows in anchors {
        // A level of more values than folds is told by its first rows, without sorting all.
        let mut seen: Vec<u64> = Vec::new();
        for v in rows.iter().take(200).filter_map(|&p| encoded.get(p as usize)).filter(|v| !v.is_nan()) {
            if !seen.contains(&v.to_bits()) {
                seen.push(v.to_bits());
            }
            if seen.len() > FOLDS.1 {
                break;
            }
        }
        let fits = (FOLDS.0..=FOLDS.1).contains(&seen.len());
        let cells = if fits { cells_of(rows, encoded) } else { Vec::new() };
        if fits && cells.len() <= FOLDS.1 && rows.len() >= 2 * cells.len() {
            levels.push(cells);
        } else {
            off += 1;
        }
        if off * 2 > anchors.len() {
            return None;
        }
    }
    (!levels.is_empty()).then_some(levels)
}

fn agrees(subject: &Subject<'_>, levels: &mut [Vec<Cell>], values: &[f64], blur: f64) -> bool {
    let (mut of, mut hits) = (0, 0);
    for cells in levels {
        sum_cells(cells, values);
        let (n, sum) = cells.iter().fold((0.0, 0.0), |t, c| (t.0 + c.n, t.1 + c.sum));
        for cell in cells.iter() {
            let Some(point) = held_out(cell, n, sum, blur) else { continue };
            of += 1;
            hits += usize::from((cell.value - point.value).abs() <= subject.slack(&point));
        }
        if of >= 2 && 2 * hits < of {
            return false;
        }
    }
    of > 1 && 3 * hits >= 2 * of
}
