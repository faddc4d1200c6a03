//! Levels that follow from levels: `education_num` from `education`.
//!
//! A functional dependency between text or few whole numbers. What a level stands for is learnt at its first row; evidence are
//! the rows where the level comes *back* after another one stood before, so that an attribute of stores in a file sorted by store
//! proves nothing. Of rows that come back, at least 99 % must agree.

use super::RowFormula;
use super::evaluate::Prepared;
use crate::finding::Share;
use crate::lineage::confirm::{Derivation, Hold};
use crate::lineage::formula::{Formula, Point};
use crate::lineage::frame::{Frame, Key};
use crate::lineage::proof::PROVEN_SHARE;
use crate::lineage::screen::Subject;
use crate::table::MISSING_CODE;
use std::collections::BTreeMap;

/// Most levels of a source.
const MOST_LEVELS: usize = 1_000;
/// Fewest rows a level on average.
const ROWS_A_LEVEL: usize = 5;

/// Rows that come back to a level: not the level's first run of rows, and not inside a run.
pub(super) fn returns(key: &Key) -> Vec<bool> {
    let mut seen = vec![false; key.n_levels];
    let mut before = MISSING_CODE;
    let mut back = Vec::with_capacity(key.codes.len());
    for &code in &key.codes {
        let known = seen.get_mut(code as usize).is_some_and(|s| std::mem::replace(s, true));
        back.push(known && code != before);
        before = code;
    }
    back
}

/// The values a column is mapped to: its numbers, or the numbers of its levels.
pub(super) fn targets(frame: &Frame<'_>, column: usize) -> Option<Vec<f64>> {
    if let Some(values) = frame.values(column) {
        return Some(values.to_vec());
    }
    let key = frame.keys.get(column)?.as_ref()?;
    Some(key.codes.iter().map(|&c| if c == MISSING_CODE { f64::NAN } else { f64::from(c) }).collect())
}

/// The value every level goes with most often, the first met of equals.
fn majority(key: &Key, targets: &[f64]) -> Vec<Option<f64>> {
    let mut counts: Vec<BTreeMap<u64, (usize, usize)>> = vec![BTreeMap::new(); key.n_levels];
    for (position, (&code, value)) in key.codes.iter().zip(targets).enumerate().filter(|(_, (_, v))| !v.is_nan()) {
        if let Some(level) = counts.get_mut(code as usize) {
            level.entry((value + 0.0).to_bits()).or_insert((0, position)).0 += 1;
        }
    }
    let top = |level: BTreeMap<u64, (usize, usize)>| level.into_iter().max_by_key(|&(_, (n, first))| (n, std::cmp::Reverse(first)));
    counts.into_iter().map(|level| top(level).map(|t| f64::from_bits(t.0))).collect()
}

pub(super) fn prepare<'a>(frame: &'a Frame<'_>, source: usize, gives: usize) -> Prepared<'a> {
    let (Some(key), Some(targets)) = (frame.keys.get(source).and_then(Option::as_ref), targets(frame, gives)) else {
        return Box::new(|_| None);
    };
    let values = majority(key, &targets);
    Box::new(move |p| values.get(*key.codes.get(p)? as usize).copied().flatten().map(Point::of))
}

/// First position of every level at which a column is present.
fn firsts(key: &Key) -> Vec<usize> {
    let mut firsts = vec![usize::MAX; key.n_levels];
    for (position, &code) in key.codes.iter().enumerate() {
        if let Some(first @ &mut usize::MAX) = firsts.get_mut(code as usize) {
            *first = position;
        }
    }
    firsts
}

/// Columns of levels that follow from one other column of levels.
pub(super) fn search(frame: &Frame<'_>, open: &[usize]) -> Vec<Derivation> {
    let whole = |y: &usize| frame.series.get(*y).and_then(Option::as_ref).is_none_or(|s| s.is_whole);
    let labelled: Vec<(usize, Vec<f64>)> =
        open.iter().filter(|y| whole(y) && frame.keys.get(**y).is_some_and(Option::is_some)).filter_map(|&y| Some((y, targets(frame, y)?))).collect();
    let subjects: Vec<Subject<'_>> = labelled.iter().filter_map(|(y, values)| Subject::labels(frame, *y, values)).collect();
    let mut found = Vec::new();
    for source in (0..frame.n_columns()).filter(|&x| Some(x) != frame.entity) {
        let few = |k: &&Key| k.n_levels <= MOST_LEVELS && k.n_levels * ROWS_A_LEVEL <= frame.n_rows();
        let Some(key) = frame.keys.get(source).and_then(Option::as_ref).filter(few) else { continue };
        let (firsts, back) = (firsts(key), std::cell::OnceCell::new());
        for subject in subjects.iter().filter(|s| s.column != source) {
            let point = |p: usize| {
                let first = *firsts.get(*key.codes.get(p)? as usize)?;
                subject.values.get(first).filter(|v| first != p && !v.is_nan()).copied().map(Point::of)
            };
            if !subject.survives(&point) {
                continue;
            }
            let back: &Vec<bool> = back.get_or_init(|| returns(key));
            if subject.earns_where(&point, &|p| back.get(p).copied().unwrap_or(false)) > 0.0 {
                found.extend(proven(frame, subject, source, back));
            }
        }
    }
    found
}

fn proven(frame: &Frame<'_>, subject: &Subject<'_>, source: usize, back: &[bool]) -> Option<Derivation> {
    let found = subject.confirm(frame, &Formula::Row(RowFormula::Mapping { source, gives: subject.column }))?;
    let missed = found.matched.of - found.matched.count;
    let came_back = back.iter().zip(subject.values).filter(|(b, y)| **b && !y.is_nan()).count() as u64;
    let agrees = Share { count: came_back.saturating_sub(missed), of: came_back };
    (found.hold == Hold::Exact && agrees.ratio() >= PROVEN_SHARE).then_some(found)
}
