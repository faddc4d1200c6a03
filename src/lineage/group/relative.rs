//! Columns that stand on a line with a source within every level: values relative to their level, and means that leave the own row out.
//!
//! `x - mean`, `x / mean`, shares, z-scores and scaling to 0..1 rise with x on a line within a level; a leave-one-out mean
//! `(S - x) / (N - 1)` falls. So three rows of a level say whether a source is worth the level's sum. With the whole file as
//! the level these are the scalings of a preparation that has seen all rows.

use super::evaluate::{FileStats, Group, at_row};
use super::levels::{Levels, Stats};
use super::{GroupFormula, Relative, tried};
use crate::lineage::confirm::Derivation;
use crate::lineage::frame::Frame;
use crate::lineage::screen::{Subject, spread_rows};
use std::cell::OnceCell;

/// Levels looked at, fewest rows of them, and rows looked at in each.
const ANCHORS: usize = 6;
const FEWEST_ROWS: usize = 3;
const ROWS: usize = 8;
/// Units of rounding that a row may stand off the line through the two furthest apart.
const OFF_LINE: f64 = 3.0;
const RELATIVE: f64 = 1e-9;

/// A level that is looked at: all its rows and a few of them.
struct Anchor<'a> {
    rows: &'a [u32],
    few: Vec<usize>,
}

/// Columns that are relative to the levels of a key, or to the whole file.
pub(super) fn search(frame: &Frame<'_>, subjects: &[Subject<'_>], clock: &[u32], key: Option<usize>) -> Vec<Derivation> {
    let Some(levels) = Levels::new(frame, clock, key) else { return Vec::new() };
    let anchors: Vec<Anchor<'_>> = levels
        .anchors(ANCHORS, FEWEST_ROWS)
        .into_iter()
        .map(|l| levels.rows(l))
        .map(|rows| Anchor { rows, few: spread_rows(rows.len(), ROWS).filter_map(|i| rows.get(i).map(|&p| p as usize)).collect() })
        .collect();
    let subjects: Vec<&Subject<'_>> = subjects.iter().filter(|s| Some(s.column) != key && s.has_power(frame)).collect();
    let mut found = Vec::new();
    for source in (0..frame.n_columns()).filter(|&x| Some(x) != key) {
        let Some(values) = frame.values(source) else { continue };
        let blur = frame.blur(source);
        let summed = OnceCell::new();
        for subject in subjects.iter().filter(|s| s.column != source && is_worth(s, values, blur, &anchors)) {
            let summed: &Summed<'_> = summed.get_or_init(|| Summed::new(values, blur, &anchors));
            for formula in formulas(source, key) {
                if summed.agrees(subject, &formula, &anchors) {
                    found.extend(tried(frame, subject, formula));
                }
            }
        }
    }
    found
}

fn formulas(source: usize, key: Option<usize>) -> Vec<GroupFormula> {
    let mut formulas: Vec<GroupFormula> = Relative::ALL.into_iter().map(|relative| GroupFormula::Relative { relative, source, key }).collect();
    formulas.extend(key.map(|key| GroupFormula::LeaveOneOut { source, key }));
    formulas
}

/// Whether y stands on a line with the source in more than half of the levels in which it moves.
fn is_worth(subject: &Subject<'_>, x: &[f64], blur: f64, anchors: &[Anchor<'_>]) -> bool {
    let (mut on, mut off) = (0, 0);
    for anchor in anchors {
        match is_on_line(subject, x, blur, &anchor.few) {
            Some(true) => on += 1,
            Some(false) => off += 1,
            None => {}
        }
        if off > 1 && off > on {
            return false;
        }
    }
    on > off
}

/// Whether the rows of a level stand on a line that is not flat; `None` if x or y does not move or too few are present.
fn is_on_line(subject: &Subject<'_>, x: &[f64], blur: f64, few: &[usize]) -> Option<bool> {
    let spot = |&p: &usize| Some((*x.get(p)?, *subject.values.get(p)?)).filter(|s| !(s.0 + s.1).is_nan());
    let mut present = few.iter().filter_map(spot);
    let first = present.next()?;
    let (mut low, mut high, mut n) = (first, first, 1);
    for s in present {
        n += 1;
        if s.0 < low.0 {
            low = s;
        }
        if s.0 > high.0 {
            high = s;
        }
    }
    let (run, rise) = (high.0 - low.0, high.1 - low.1);
    if n < FEWEST_ROWS || run <= 0.0 {
        return None;
    }
    if rise == 0.0 {
        let moves = few.iter().filter_map(spot).any(|s| s.1.total_cmp(&low.1).is_ne());
        return if moves { Some(false) } else { None };
    }
    let slope = rise / run;
    let near = |s: (f64, f64)| {
        let slack = OFF_LINE * (subject.half_unit + (slope * blur).abs()) + RELATIVE * (s.1.abs() + low.1.abs() + (slope * s.0).abs());
        (low.1 + slope * (s.0 - low.0) - s.1).abs() <= slack
    };
    Some(few.iter().filter_map(spot).all(near))
}

/// A source summed over the levels that are looked at.
struct Summed<'a> {
    values: &'a [f64],
    blur: f64,
    stats: Vec<Option<Stats>>,
    file: FileStats,
}

impl<'a> Summed<'a> {
    fn new(values: &'a [f64], blur: f64, anchors: &[Anchor<'_>]) -> Self {
        let mut scratch = Vec::new();
        let stats = anchors.iter().map(|a| Stats::of(values, a.rows, &mut scratch)).collect();
        Self { values, blur, stats, file: FileStats::of(values) }
    }

    /// Whether the formula gives y in at least half of the rows looked at, with y moving.
    fn agrees(&self, subject: &Subject<'_>, formula: &GroupFormula, anchors: &[Anchor<'_>]) -> bool {
        let (mut of, mut hits, mut telling) = (0, 0, 0);
        for (anchor, stats) in anchors.iter().zip(&self.stats) {
            let Some(stats) = stats else { continue };
            let group = Group { values: self.values, rows: anchor.rows, blur: self.blur };
            for &p in &anchor.few {
                let Some(&y) = subject.values.get(p).filter(|y| !y.is_nan()) else { continue };
                let Some(point) = at_row(formula, &group, stats, &self.file, self.values[p]) else { continue };
                let hit = (y - point.value).abs() <= subject.slack(&point);
                of += 1;
                hits += usize::from(hit);
                telling += usize::from(hit && subject.is_telling(p));
            }
        }
        telling >= 3 && 2 * hits >= of
    }
}
