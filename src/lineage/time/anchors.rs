//! Anchor rows: a few rows at which the values of candidates are looked up among the values of the columns.
//!
//! An anchor has history before it and future after it, and tells something of many columns: it is chosen so that every column has two or
//! more anchors where it is present and not at its common values.

use super::super::formula::Point;
use super::axis::{Axis, real};
use super::screen::{Sample, Screen};
use crate::math::sort;

/// Anchors at which each column shall tell something.
const TELLING: usize = 2;
/// Fewest and most anchors, and most in a small table, where they cost nothing.
const FEWEST: usize = 4;
const MOST: usize = 6;
const FEWEST_SMALL: usize = 8;
const MOST_SMALL: usize = 10;
/// Rows up to which a table is small.
const SMALL: usize = 3_000;
/// History and future that windows may ask for.
const HISTORY: usize = 60;
const LONG_HISTORY: usize = 365;
const FUTURE: usize = 31;
/// Random places that may become anchors.
const POOL: usize = 96;
/// Double rounding relative to the size of the inputs.
const RELATIVE: f64 = 1e-9;
/// Standard deviations of the sources' rounding that are allowed.
const BLUR: f64 = 2.5;

/// What a filter allows for: a source's rounding so many times over, and this share of the largest value.
const ROOM: f64 = 6.0;
const ROOM_RELATIVE: f64 = 1e-8;

/// A row with the columns' values in order.
pub(super) struct Anchor {
    pub place: usize,
    every: Vec<Class>,
    smooth: Vec<Class>,
}

/// Columns of one rounding, by their value at the anchor.
struct Class {
    half_unit: f64,
    widest: f64,
    values: Vec<f64>,
    caps: Vec<f64>,
    columns: Vec<u32>,
    filter: Filter,
}

/// Says at once, and nearly always, that no value of a class is near a number: a bit for every cell of a value's neighbourhood, by hash.
#[derive(Default)]
struct Filter {
    /// Widest tolerance it answers for; cells have this width.
    slack: f64,
    inverse: f64,
    bits: Vec<u64>,
}

/// Bits of a filter, as a power of two.
const FILTER: u32 = 15;

impl Filter {
    fn fill(&mut self, slack: f64, values: &[f64]) {
        (self.slack, self.inverse) = (slack, 1.0 / slack);
        self.bits.clear();
        self.bits.resize(1 << (FILTER - 6), 0);
        for value in values {
            let cell = self.cell(*value);
            for near in cell.saturating_sub(1)..=cell.saturating_add(1) {
                let bit = Self::bit(near);
                self.bits[bit >> 6] |= 1 << (bit & 63);
            }
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "cut towards 0 and saturating: the middle cell is two wide, far values share one")]
    fn cell(&self, value: f64) -> i64 {
        (value * self.inverse) as i64
    }

    fn bit(cell: i64) -> usize {
        (cell.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - FILTER)) as usize
    }

    /// Whether no value is within `slack` of `value`. False says nothing.
    fn excludes(&self, value: f64, slack: f64) -> bool {
        let bit = Self::bit(self.cell(value));
        slack <= self.slack && self.bits[bit >> 6] & (1 << (bit & 63)) == 0
    }
}

impl Anchor {
    fn new(place: usize, screens: &[Screen<'_>]) -> Self {
        Self { place, every: classes(place, screens, false), smooth: classes(place, screens, true) }
    }

    /// Makes ready for candidates of a source with this rounding.
    pub(super) fn prepare(&mut self, blur: f64) {
        for class in self.every.iter_mut().chain(&mut self.smooth) {
            let largest = class.values.iter().fold(0.0, |m, v| f64::max(m, v.abs()));
            let slack = class.half_unit + (ROOM * BLUR * blur).min(class.widest) + ROOM_RELATIVE * largest + f64::MIN_POSITIVE;
            class.filter.fill(slack, &class.values);
        }
    }

    /// Calls `hit` with the index of every column that has the value of the point here; `smooth`: only smooth columns.
    pub(super) fn look(&self, smooth: bool, point: &Point, mut hit: impl FnMut(u32)) {
        let blur = BLUR * point.blur;
        for class in if smooth { &self.smooth } else { &self.every } {
            let exact = class.half_unit + RELATIVE * point.magnitude;
            let slack = exact + blur.min(class.widest);
            if class.filter.excludes(point.value, slack) {
                continue;
            }
            let from = class.values.partition_point(|&v| v < point.value - slack);
            for i in from..class.values.len() {
                let residual = (class.values[i] - point.value).abs();
                if class.values[i] > point.value + slack {
                    break;
                }
                if residual <= exact + blur.min(class.caps[i]) {
                    hit(class.columns[i]);
                }
            }
        }
    }

    /// Whether any column could be hit.
    pub(super) fn is_empty(&self, smooth: bool) -> bool {
        if smooth { self.smooth.is_empty() } else { self.every.is_empty() }
    }
}

fn classes(place: usize, screens: &[Screen<'_>], smooth: bool) -> Vec<Class> {
    let mut found: Vec<(f64, f64, f64, u32)> = screens
        .iter()
        .zip(0_u32..)
        .filter(|(s, _)| (s.is_smooth || !smooth) && s.tells(place))
        .map(|(s, y)| (s.half_unit, s.values[place], s.cap, y))
        .collect();
    sort::by(&mut found, |a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    found
        .chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq())
        .map(|class| Class {
            half_unit: class[0].0,
            widest: class.iter().fold(0.0, |w, c| f64::max(w, c.2)),
            values: class.iter().map(|c| c.1).collect(),
            caps: class.iter().map(|c| c.2).collect(),
            columns: class.iter().map(|c| c.3).collect(),
            filter: Filter::default(),
        })
        .collect()
}

/// Anchors for these columns, best first.
pub(super) fn choose(axis: &Axis<'_>, screens: &[Screen<'_>], sample: &Sample) -> Vec<Anchor> {
    let mut pool: Vec<usize> = sample.shuffled.iter().take(POOL).map(|&r| r as usize).collect();
    pool.extend(screens.iter().flat_map(|s| s.telling(2)));
    pool.sort_unstable();
    pool.dedup();
    let tells: Vec<Vec<u32>> = pool.iter().map(|&p| (0_u32..).zip(screens).filter(|(_, s)| s.tells(p)).map(|(y, _)| y).collect()).collect();
    let mut wanted = vec![TELLING; screens.len()];
    let (fewest, most) = if axis.len() <= SMALL { (FEWEST_SMALL, MOST_SMALL) } else { (FEWEST, MOST) };
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < most.min(pool.len()) {
        let open = wanted.iter().any(|&w| w > 0);
        if !open && chosen.len() >= fewest {
            break;
        }
        let gain = |i: usize| {
            let telling = tells[i].iter().filter(|&&y| wanted[y as usize] > 0 || !open).count();
            // apart from those chosen, so that a gap in the rows does not spoil all of them
            let apart = chosen.iter().map(|&c| pool[c].abs_diff(pool[i])).min().map_or(1.0, |d| f64::min(1.0, 0.3 + real(d) / 40.0));
            if chosen.contains(&i) { -1.0 } else { real(telling) * room(axis, pool[i], chosen.len()) * apart }
        };
        let gains: Vec<f64> = (0..pool.len()).map(gain).collect();
        let Some(best) = (0..pool.len()).max_by(|&a, &b| gains[a].total_cmp(&gains[b]).then(b.cmp(&a))) else { break };
        if gains[best] <= 0.0 {
            break;
        }
        tells[best].iter().for_each(|&y| wanted[y as usize] = wanted[y as usize].saturating_sub(1));
        chosen.push(best);
    }
    chosen.into_iter().map(|i| Anchor::new(pool[i], screens)).filter(|a| !a.is_empty(false)).collect()
}

/// How much history and future a place has. Every third anchor looks at history alone: the last rows have the most.
fn room(axis: &Axis<'_>, place: usize, turn: usize) -> f64 {
    let (history, future) = (place - axis.begin(place), axis.end(place) - 1 - place);
    let part = |have: usize, want: usize| real(have.min(want)) / real(want);
    let before = 0.6 * part(history, HISTORY) + 0.4 * part(history, LONG_HISTORY);
    if turn % 3 == 2 { 0.1 + 0.9 * before } else { 0.1 + 0.5 * before + 0.4 * part(future, FUTURE) }
}
