//! Columns that stand on a line with a source within every level: values relative to their level, and means that leave the own row out.
//!
//! `x - mean`, `x / mean`, shares, z-scores and scaling to 0..1 rise with x on a line within a level; a leave-one-out mean
//! `(S - x) / (N - 1)` falls. So three rows of a level say whether a source is worth the level's sum. With the whole file as
//! the level these are the scalings of a preparation that has seen all rows.

use super::evaluate::{FileStats, Group, at_row};
use super::levels::{Ground, Levels, Stats};
use super::{GroupFormula, Relative, checked};
use crate::lineage::confirm::Derivation;
use crate::lineage::frame::Frame;
use crate::lineage::screen::{Subject, spread_rows};
use std::cell::OnceCell;

/// Levels looked at, fewest rows of them, and rows looked at in each.
const ANCHORS: usize = 6;
const FEWEST_ROWS: usize = 3;
const ROWS: usize = 8;
/// Fewest telling values a formula must give there.
const TELLING: usize = 3;
/// Units of rounding that a row may stand off the line through the two furthest apart.
const OFF_LINE: f64 = 3.0;
const RELATIVE: f64 = 1e-9;

/// A level that is looked at: all its rows and a few of them.
struct Anchor<'a> {
    rows: &'a [u32],
    few: Vec<usize>,
}

/// The few rows of a column at the anchors, side by side, NaN where there are fewer.
struct Looked {
    values: Vec<[f64; ROWS]>,
}

impl Looked {
    fn new(values: &[f64], anchors: &[Anchor<'_>]) -> Self {
        let at = |anchor: &Anchor<'_>| std::array::from_fn(|i| anchor.few.get(i).and_then(|&p| values.get(p)).copied().unwrap_or(f64::NAN));
        Self { values: anchors.iter().map(at).collect() }
    }
}

/// Columns that are relative to the levels of a key, or to the whole file.
pub(super) fn search(frame: &Frame<'_>, subjects: &[Subject<'_>], ground: &Ground, levels: &Levels, key: Option<usize>) -> Vec<Derivation> {
    let anchors: Vec<Anchor<'_>> = levels
        .anchors(ANCHORS, FEWEST_ROWS)
        .into_iter()
        .map(|l| levels.rows(l))
        .map(|rows| Anchor { rows, few: spread_rows(rows.len(), ROWS).filter_map(|i| rows.get(i).map(|&p| p as usize)).collect() })
        .collect();
    let worth = |s: &&Subject<'_>| Some(s.column) != key && s.may_be_a_fraction(frame) && s.has_power(frame);
    let subjects: Vec<(&Subject<'_>, Looked)> = subjects.iter().filter(worth).map(|s| (s, Looked::new(s.values, &anchors))).collect();
    let mut found = Vec::new();
    for source in (0..frame.n_columns()).filter(|&x| Some(x) != key) {
        let Some(values) = frame.values(source) else { continue };
        let blur = frame.blur(source);
        let lines: Vec<Option<Line>> = Looked::new(values, &anchors).values.into_iter().map(Line::of).collect();
        let summed = OnceCell::new();
        for (subject, _) in subjects.iter().filter(|(s, looked)| s.column != source && is_worth(s, looked, &lines, blur)) {
            let empty = || Summed { values, blur, stats: vec![OnceCell::new(); anchors.len()], file: ground.file(source, values) };
            let summed: &Summed<'_> = summed.get_or_init(empty);
            for formula in formulas(source, key) {
                if summed.agrees(subject, &formula, &anchors) {
                    found.extend(checked(frame, subject, formula));
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

/// The few rows of a source in one level, and where its smallest and largest value stand among them.
struct Line {
    x: [f64; ROWS],
    low: usize,
    high: usize,
}

impl Line {
    /// `None` if fewer than [`FEWEST_ROWS`] values are present or they do not differ.
    fn of(x: [f64; ROWS]) -> Option<Self> {
        let present: Vec<usize> = (0..ROWS).filter(|&i| !x[i].is_nan()).collect();
        let low = present.iter().copied().min_by(|&a, &b| x[a].total_cmp(&x[b]))?;
        let high = present.iter().copied().max_by(|&a, &b| x[a].total_cmp(&x[b]))?;
        (present.len() >= FEWEST_ROWS && x[high] > x[low]).then_some(Self { x, low, high })
    }

    /// Whether y stands on a line with the source that is not flat; `None` if y does not move or is missing at the ends.
    fn holds(&self, y: &[f64; ROWS], half_unit: f64, blur: f64) -> Option<bool> {
        let (low, high) = (y[self.low], y[self.high]);
        let rise = high - low;
        if rise.is_nan() {
            return None;
        }
        if rise == 0.0 {
            return if y.iter().any(|v| (v - low).abs() > 0.0) { Some(false) } else { None };
        }
        let slope = rise / (self.x[self.high] - self.x[self.low]);
        let slack = OFF_LINE * (half_unit + (slope * blur).abs()) + RELATIVE * (low.abs() + high.abs() + (slope * self.x[self.low]).abs());
        let off = |i: usize| (low + slope * (self.x[i] - self.x[self.low]) - y[i]).abs() > slack;
        Some(!(0..ROWS).any(off))
    }
}

/// Whether y stands on a line with the source in more than half of the levels in which it moves.
fn is_worth(subject: &Subject<'_>, looked: &Looked, lines: &[Option<Line>], blur: f64) -> bool {
    let (mut on, mut off) = (0, 0);
    for (line, y) in lines.iter().zip(&looked.values) {
        match line.as_ref().and_then(|l| l.holds(y, subject.half_unit, blur)) {
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

/// A source summed over the levels that are looked at, the smallest first and only as far as needed.
struct Summed<'a> {
    values: &'a [f64],
    blur: f64,
    stats: Vec<OnceCell<Option<Stats>>>,
    file: FileStats,
}

impl Summed<'_> {
    /// Whether the formula gives y in enough of the rows looked at, with y moving.
    fn agrees(&self, subject: &Subject<'_>, formula: &GroupFormula, anchors: &[Anchor<'_>]) -> bool {
        let (mut of, mut hits, mut telling) = (0, 0, 0);
        for (anchor, stats) in anchors.iter().zip(&self.stats) {
            let Some(stats) = stats.get_or_init(|| Stats::plain(self.values, anchor.rows, &mut Vec::new())) else { continue };
            let group = Group { values: self.values, rows: anchor.rows, blur: self.blur };
            for &p in &anchor.few {
                let Some(&y) = subject.values.get(p).filter(|y| !y.is_nan()) else { continue };
                let Some(point) = at_row(formula, &group, stats, &self.file, self.values[p]) else { continue };
                let hit = (y - point.value).abs() <= subject.slack(&point);
                of += 1;
                hits += usize::from(hit);
                telling += usize::from(hit && subject.is_telling(p));
            }
            if of >= ROWS && !subject.is_enough(hits, of) {
                return false;
            }
        }
        telling >= TELLING && subject.is_enough(hits, of)
    }
}
