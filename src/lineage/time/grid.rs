//! The regular grid under stamps with rows missing: daily stamps without some days, monthly stamps without some months.
//!
//! A window of seven days that was made before rows were deleted is no window of seven rows any more, but it is one of seven
//! steps. Months, quarters and years count as equal steps although their days differ.

use super::super::frame::Frame;
use crate::table::{MISSING_TIME, time::civil, time::days_in};

/// Share of the gaps that must equal one step.
const REGULAR: f64 = 0.5;
/// Most steps for a row: beyond, the stamps are events and not a grid.
const MOST_STEPS_A_ROW: usize = 4;
/// Shortest gap that may be a month, in milliseconds.
const SHORTEST_MONTH: i64 = 27 * 86_400_000;

/// Places of the rows on a grid.
pub(super) struct Grid {
    /// Place of every position, ascending.
    pub slots: Vec<u32>,
    /// First place of every entity, and the number of places at the end.
    pub starts: Vec<usize>,
    pub n_slots: usize,
}

/// The grid of a frame, if it has one and some of its steps have no row.
pub(super) fn grid(frame: &Frame<'_>) -> Option<Grid> {
    let ticks = ticks(frame)?;
    let gaps = gaps(frame, &ticks);
    let step = step(gaps)?;
    let mut grid = Grid { slots: Vec::with_capacity(ticks.len()), starts: vec![0], n_slots: 0 };
    for (&from, &to) in frame.starts.iter().zip(frame.starts.iter().skip(1)) {
        let (first, last) = (ticks.get(from)?, ticks.get(to.checked_sub(1)?)?);
        for tick in &ticks[from..to] {
            grid.slots.push(u32::try_from(grid.n_slots + usize::try_from((tick - first) / step).ok()?).ok()?);
        }
        grid.n_slots += usize::try_from((last - first) / step).ok()? + 1;
        grid.starts.push(grid.n_slots);
        if grid.n_slots > MOST_STEPS_A_ROW * ticks.len() {
            return None;
        }
    }
    (grid.n_slots > ticks.len()).then_some(grid)
}

/// Whether the rows of every entity stand one step apart: then rows are steps.
#[must_use]
pub fn is_even(frame: &Frame<'_>) -> bool {
    let Some(mut gaps) = ticks(frame).map(|ticks| gaps(frame, &ticks)) else { return false };
    gaps.sort_unstable();
    gaps.first().is_none_or(|first| *first > 0) && gaps.first() == gaps.last()
}

/// The share of gaps between neighbouring stamps that equal the most common one, and whether two rows of an entity share a stamp.
pub(super) fn evenness(frame: &Frame<'_>, millis: &[i64]) -> Option<(f64, bool)> {
    let mut gaps = gaps(frame, millis);
    gaps.sort_unstable();
    let tied = gaps.first()? <= &0;
    Some((super::axis::real(commonest(&gaps)?.1) / super::axis::real(gaps.len()), tied))
}

/// Whole numbers in step with time: months where every stamp stands at the same point of its month, else milliseconds.
fn ticks(frame: &Frame<'_>) -> Option<Vec<i64>> {
    if let Some(millis) = &frame.millis {
        if millis.contains(&MISSING_TIME) {
            return None;
        }
        return Some(months(frame, millis).unwrap_or_else(|| millis.clone()));
    }
    let values = frame.values(frame.time?)?;
    #[expect(clippy::cast_possible_truncation, reason = "checked: whole and below 2^52")]
    let tick = |v: &f64| (v.fract() == 0.0 && v.abs() < 4e15).then_some(*v as i64);
    values.iter().map(tick).collect()
}

fn months(frame: &Frame<'_>, millis: &[i64]) -> Option<Vec<i64>> {
    if gaps(frame, millis).into_iter().any(|g| g < SHORTEST_MONTH) {
        return None;
    }
    let parts: Vec<_> = millis.iter().map(|&m| civil(m)).collect();
    let first = parts.first()?;
    let same_time = parts.iter().all(|p| (p.hour, p.minute, p.second, p.milli) == (first.hour, first.minute, first.second, first.milli));
    let same_day = parts.iter().all(|p| p.day == first.day) || parts.iter().all(|p| p.day == days_in(p.year, p.month));
    (same_time && same_day).then(|| parts.iter().map(|p| p.year * 12 + i64::from(p.month)).collect())
}

fn gaps(frame: &Frame<'_>, ticks: &[i64]) -> Vec<i64> {
    let inside = |(&from, &to): (&usize, &usize)| ticks.get(from..to).unwrap_or_default().windows(2).map(|w| w[1].saturating_sub(w[0]));
    frame.starts.iter().zip(frame.starts.iter().skip(1)).flat_map(inside).collect()
}

fn step(mut gaps: Vec<i64>) -> Option<i64> {
    gaps.sort_unstable();
    let (step, count) = commonest(&gaps)?;
    let regular = step > 0 && super::axis::real(count) >= REGULAR * super::axis::real(gaps.len());
    (regular && gaps.iter().all(|g| g % step == 0 && *g > 0)).then_some(step)
}

/// The most common of ascending values, and how often it stands there.
fn commonest(ascending: &[i64]) -> Option<(i64, usize)> {
    ascending.chunk_by(|a, b| a == b).map(|run| (run[0], run.len())).max_by_key(|r| (r.1, std::cmp::Reverse(r.0)))
}
