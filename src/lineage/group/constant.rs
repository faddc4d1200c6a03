//! Columns that are the same in all rows of a key's level: aggregates, and encodings drawn towards the mean of the file.
//!
//! For the smoothed mean `f = (S + m mu) / (N + m)` of a level with N rows and sum S, the weight is solved, not searched: with
//! `a = f - S/N` and `b = (mu - f) / N`, `a = m b` in every level, so `m = sum(a b) / sum(b b)`. The 1/N in b keeps the rounding of
//! large levels from swamping m (Micci-Barreca 2001 for the encoding; scikit-learn and category_encoders for the rules without a
//! free constant).

use super::evaluate::{FileStats, Group, at_row};
use super::levels::{Aggregate, Ground, Levels, Stats, clock};
use super::{GroupFormula, Shrinkage, tried};
use crate::lineage::confirm::{Derivation, Hold};
use crate::lineage::formula::Formula;
use crate::lineage::frame::Frame;
use crate::lineage::row::RowFormula;
use crate::lineage::screen::{Subject, spread_rows};
use crate::math::elementary::powi;
use crate::math::sort;
use serde::{Deserialize, Serialize};

/// Levels that are summed to say which sources are worth the rest.
const ANCHORS: usize = 6;
/// Fewest rows of such a level.
const FEWEST_ROWS: usize = 2;
/// Rows compared with another row of their level before all are.
const LOOKED_AT: usize = 60;
/// Share of the rows that must agree with their level.
const SAME: f64 = 0.98;
/// Range of weights that are looked for, in rows.
const WEIGHTS: (f64, f64) = (1e-3, 1e6);
/// Times the tolerance that anchors may be off a weight solved from themselves.
const LOOSE: f64 = 3.0;

/// A column that depends on a key alone and matches no aggregate of the rows in this file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnexplainedEncoding {
    /// Position of the column.
    pub y: usize,
    /// Position of the key.
    pub key: usize,
    /// Levels of the key.
    pub n_levels: usize,
}

/// Fractional columns of `open` that are the same in all rows of a key's level, each with the key of fewest levels. Whether
/// they are explained is the caller's to know: ask for those for which no derivation was found.
#[must_use]
pub fn unexplained_encodings(frame: &Frame<'_>, open: &[usize]) -> Vec<UnexplainedEncoding> {
    let subjects: Vec<Subject<'_>> = open.iter().filter_map(|&y| Subject::any(frame, y)).collect();
    unexplained(frame, &subjects.iter().collect::<Vec<_>>())
}

/// The same, given the columns as [`Subject::any`] reads them.
pub(in crate::lineage) fn unexplained(frame: &Frame<'_>, subjects: &[&Subject<'_>]) -> Vec<UnexplainedEncoding> {
    let clock = clock(frame);
    let fractional = |s: &&&Subject<'_>| frame.series.get(s.column).and_then(Option::as_ref).is_some_and(|s| !s.is_whole);
    let subjects: Vec<&Subject<'_>> = subjects.iter().filter(fractional).copied().collect();
    let mut found: Vec<UnexplainedEncoding> = Vec::new();
    for (key, levels_of) in frame.keys.iter().enumerate().filter_map(|(k, key)| Some((k, key.as_ref()?))) {
        let Some(levels) = Levels::new(frame, &clock, Some(key)) else { continue };
        for subject in subjects.iter().filter(|s| s.column != key && is_constant(&levels, &levels_of.codes, s)) {
            let mapping = Formula::Row(RowFormula::Mapping { source: key, gives: subject.column });
            if subject.confirm(frame, &mapping).is_some_and(|d| d.hold == Hold::Exact) {
                found.push(UnexplainedEncoding { y: subject.column, key, n_levels: levels_of.n_levels });
            }
        }
    }
    sort::by_key(&mut found, |u| (u.y, u.n_levels, u.key));
    found.dedup_by_key(|u| u.y);
    found
}

/// Whether y is the same in (almost) all rows of a level, in levels that have other rows.
fn is_constant(levels: &Levels, codes: &[u32], subject: &Subject<'_>) -> bool {
    let y = subject.values;
    let differs = |p: usize, first: u32| y.get(first as usize).is_some_and(|f| !f.is_nan() && !y[p].is_nan() && f.total_cmp(&y[p]).is_ne());
    let first_of = |p: usize| codes.get(p).and_then(|&c| levels.rows(c as usize).first()).copied();
    let compared = |p: &usize| first_of(*p).is_some_and(|f| f as usize != *p);
    let looked: Vec<usize> = subject.tests().iter().copied().chain(spread_rows(y.len(), LOOKED_AT)).filter(compared).collect();
    let off = looked.iter().filter(|&&p| first_of(p).is_some_and(|f| differs(p, f))).count();
    if looked.len() < 3 || off * 10 > looked.len() {
        return false;
    }
    let (mut of, mut off) = (0_usize, 0_usize);
    for level in 0..levels.n_levels() {
        let rows = levels.rows(level);
        let Some(first) = rows.iter().copied().find(|&p| !y[p as usize].is_nan()) else { continue };
        of += rows.len() - 1;
        off += rows.iter().filter(|&&p| differs(p as usize, first)).count();
    }
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let share = (of - off.min(of)) as f64 / of.max(1) as f64;
    of > 0 && share >= SAME
}

/// One level that was summed: the rows, and what stands in y.
struct Anchor<'a> {
    rows: &'a [u32],
}

/// Columns that are an aggregate or an encoding by this key.
pub(super) fn search(frame: &Frame<'_>, subjects: &[Subject<'_>], ground: &Ground, levels: &Levels, key: usize) -> Vec<Derivation> {
    let Some(Some(codes)) = frame.keys.get(key) else { return Vec::new() };
    let constant: Vec<&Subject<'_>> = subjects.iter().filter(|s| s.column != key && is_constant(levels, &codes.codes, s)).collect();
    if constant.is_empty() {
        return Vec::new();
    }
    let anchors: Vec<Anchor<'_>> = levels.anchors(ANCHORS, FEWEST_ROWS).into_iter().map(|l| Anchor { rows: levels.rows(l) }).collect();
    let mut found = Vec::new();
    for subject in &constant {
        for aggregate in [Aggregate::Count, Aggregate::Frequency] {
            found.extend(counted(frame, subject, &anchors, GroupFormula::Aggregate { aggregate, source: key, key }));
        }
    }
    let mut scratch = Vec::new();
    for source in (0..frame.n_columns()).filter(|&x| x != key) {
        let Some(values) = frame.values(source) else { continue };
        let stats: Vec<Option<Stats>> = anchors.iter().map(|a| Stats::plain(values, a.rows, &mut scratch)).collect();
        let mut summed = Summed { values, blur: frame.blur(source), stats, file: ground.file(source, values) };
        let medians: Vec<&&Subject<'_>> = constant.iter().filter(|s| s.column != source && may_be_median(s, &anchors, &summed)).collect();
        for subject in constant.iter().filter(|s| s.column != source) {
            found.extend(of_source(frame, subject, &anchors, &summed, (source, key)));
        }
        if !medians.is_empty() {
            summed.stats = anchors.iter().map(|a| Stats::of(values, a.rows, &mut scratch)).collect();
        }
        for subject in medians {
            let formula = GroupFormula::Aggregate { aggregate: Aggregate::Median, source, key };
            found.extend(agrees(subject, &anchors, &summed, &formula, 1.0).then(|| tried(frame, subject, formula)).flatten());
        }
    }
    found
}

/// A source summed over the anchors.
struct Summed<'a> {
    values: &'a [f64],
    blur: f64,
    stats: Vec<Option<Stats>>,
    file: FileStats,
}

/// Whether y may be a median: it is between the source's extremes at most anchors, and the median of the smallest two where known.
fn may_be_median(subject: &Subject<'_>, anchors: &[Anchor<'_>], summed: &Summed<'_>) -> bool {
    let between = |(anchor, stats): (&Anchor<'_>, &Option<Stats>)| {
        let (y, stats) = (held(subject, anchor)?, stats.as_ref()?);
        Some(y >= stats.min - subject.half_unit && y <= stats.max + subject.half_unit)
    };
    let known: Vec<bool> = anchors.iter().zip(&summed.stats).filter_map(between).collect();
    let inside = known.iter().filter(|b| **b).count();
    let is_median = |anchor: &Anchor<'_>| {
        let stats = Stats::of(summed.values, anchor.rows, &mut Vec::new())?;
        Some((held(subject, anchor)? - stats.median).abs() <= subject.half_unit + summed.blur + 1e-9 * stats.magnitude())
    };
    inside * 2 >= known.len() && anchors.iter().take(2).filter_map(is_median).any(|m| m)
}

fn counted(frame: &Frame<'_>, subject: &Subject<'_>, anchors: &[Anchor<'_>], formula: GroupFormula) -> Option<Derivation> {
    let ones = vec![1.0; frame.n_rows()];
    let mut scratch = Vec::new();
    let stats = anchors.iter().map(|a| Stats::of(&ones, a.rows, &mut scratch)).collect();
    let summed = Summed { values: &ones, blur: 0.0, stats, file: FileStats::of(&ones) };
    agrees(subject, anchors, &summed, &formula, 1.0).then(|| tried(frame, subject, formula))?
}

fn of_source(
    frame: &Frame<'_>,
    subject: &Subject<'_>,
    anchors: &[Anchor<'_>],
    summed: &Summed<'_>,
    (source, key): (usize, usize),
) -> Vec<Derivation> {
    let mut found = Vec::new();
    for aggregate in Aggregate::OF_VALUES.into_iter().filter(|a| *a != Aggregate::Median) {
        let formula = GroupFormula::Aggregate { aggregate, source, key };
        if agrees(subject, anchors, summed, &formula, 1.0) {
            found.extend(tried(frame, subject, formula));
        }
    }
    if found.iter().any(|d| d.hold == Hold::Exact) {
        return found;
    }
    for rule in Shrinkage::ALL {
        let formula = GroupFormula::Shrunk { source, key, rule };
        if agrees(subject, anchors, summed, &formula, 1.0) {
            found.extend(tried(frame, subject, formula));
        }
    }
    found.extend(smoothed(frame, subject, anchors, summed, (source, key)));
    found
}

/// The value of y at an anchor: at its first row where y is present.
fn held(subject: &Subject<'_>, anchor: &Anchor<'_>) -> Option<f64> {
    anchor.rows.iter().filter_map(|&p| subject.values.get(p as usize).copied()).find(|v| !v.is_nan())
}

/// Whether the formula gives y at most of the anchors, three if there are so many, of more than one value.
fn agrees(subject: &Subject<'_>, anchors: &[Anchor<'_>], summed: &Summed<'_>, formula: &GroupFormula, loose: f64) -> bool {
    let (mut of, mut hits, mut values) = (0, 0, Vec::new());
    for (anchor, stats) in anchors.iter().zip(&summed.stats) {
        let (Some(y), Some(stats)) = (held(subject, anchor), stats) else { continue };
        let group = Group { values: summed.values, rows: anchor.rows, blur: summed.blur };
        let Some(point) = at_row(formula, &group, stats, &summed.file, f64::NAN) else { continue };
        of += 1;
        if (y - point.value).abs() <= loose * subject.slack(&point) {
            hits += 1;
            values.push(y);
        }
    }
    values.sort_by(f64::total_cmp);
    values.dedup();
    hits >= 3.min(of) && 2 * hits >= of && values.len() >= 2
}

/// The smoothed mean, its weight solved at the anchors, then from all levels, then taken short.
fn smoothed(
    frame: &Frame<'_>,
    subject: &Subject<'_>,
    anchors: &[Anchor<'_>],
    summed: &Summed<'_>,
    (source, key): (usize, usize),
) -> Option<Derivation> {
    let at_anchors = anchors.iter().zip(&summed.stats).filter_map(|(a, s)| Some((held(subject, a)?, (*s)?)));
    let rough = solve(at_anchors, summed.file.mean)?;
    let formula = |weight: f64| GroupFormula::Smoothed { source, key, weight };
    if !agrees(subject, anchors, summed, &formula(rough), LOOSE) {
        return None;
    }
    let levels = Levels::new(frame, &clock(frame), Some(key))?;
    let mut scratch = Vec::new();
    let all = (0..levels.n_levels()).filter_map(|l| {
        let rows = levels.rows(l);
        Some((held(subject, &Anchor { rows })?, Stats::plain(summed.values, rows, &mut scratch)?))
    });
    let weight = solve(all, summed.file.mean)?;
    let short = (0..=2).map(|d| (weight * powi(10.0, d)).round() / powi(10.0, d)).filter(|w| *w > 0.0);
    let tries: Vec<f64> = short.chain([weight, rough]).filter(|w| agrees(subject, anchors, summed, &formula(*w), 1.0)).collect();
    let found: Vec<Derivation> = tries.into_iter().filter_map(|w| tried(frame, subject, formula(w))).take(1).collect();
    found.into_iter().next()
}

fn solve(levels: impl Iterator<Item = (f64, Stats)>, middle: f64) -> Option<f64> {
    let (mut top, mut bottom) = (0.0, 0.0);
    for (f, stats) in levels {
        let (a, b) = (f - stats.mean(), (middle - f) / stats.n);
        top += a * b;
        bottom += b * b;
    }
    let weight = top / bottom;
    (weight.is_finite() && weight > WEIGHTS.0 && weight < WEIGHTS.1).then_some(weight)
}
