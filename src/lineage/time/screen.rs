//! The early exit: is a candidate formula worth evaluating on all rows?
//!
//! A candidate must hold on 5 of 9 rows with rare values, stay ahead of chance, in bits after 48 and 96 random rows, and earn a good part of the bits
//! of a proof on a sample. Tolerance is the wide one (the sources' rounding added); [`super::super::confirm`] has the last word.

use super::super::formula::Point;
use super::super::frame::Series;
use super::super::proof::{Explained, bits_needed};
use super::axis::{Axis, real};
use crate::math::elementary::log2;
use crate::math::rng::Stream;
use std::borrow::Cow;

/// Rows sampled: so many blocks of so many neighbouring places; all places up to their product.
const BLOCKS: usize = 30;
const BLOCK: usize = 100;
/// Most rows a candidate is tested on here.
const MOST_TESTED: usize = 1_000;
/// Rows of rare values looked at first.
const FIRST: usize = 9;
/// Matches needed of the first rows.
const FIRST_MATCHES: usize = 5;
/// With more rows than this, bits are counted after more of the first rows.
const MANY: usize = 300;
const LATER: usize = 24;
/// Evidence against a candidate, in bits, at which it is given up.
const HOPELESS: f64 = -3.9;
/// Share of rows a candidate is supposed to hold on: of a column whose values chance hits often, a partial formula is no proof.
const SUPPOSED: (f64, f64) = (0.6, 0.9);
/// Chance of a hit from which the larger share is supposed.
const OFTEN: f64 = 0.1;
/// Rows from which the rare ones are taken.
const POOL: usize = 96;
/// Tolerance B as in the confirmation: standard deviations, half units, share of the spread.
const BLUR: f64 = 2.5;
const BLUR_UNITS: f64 = 4.0;
const BLUR_SPREAD: f64 = 0.01;
const RELATIVE: f64 = 1e-9;
/// Share of a proof's bits a candidate must earn on the sample, at the wide tolerance.
const WORTH: f64 = 0.4;
/// Rank correlation with the value one or two rows before, from which a column counts as smooth.
const SMOOTH: f64 = 0.12;
/// A value on more than this share of the rows says little.
const COMMON: f64 = 0.05;

/// Places looked at when a candidate is tested: blocks of neighbours, and all of them in random order.
pub(super) struct Sample {
    pub ordered: Vec<u32>,
    pub shuffled: Vec<u32>,
}

impl Sample {
    pub(super) fn new(axis: &Axis<'_>) -> Self {
        let n = axis.len();
        let all = |n: usize| 0..u32::try_from(n).unwrap_or(u32::MAX);
        let ordered: Vec<u32> = if n <= BLOCKS * BLOCK {
            all(n).collect()
        } else {
            (0..BLOCKS).flat_map(|b| all(n).skip(b * (n - BLOCK) / (BLOCKS - 1)).take(BLOCK)).collect()
        };
        let mut shuffled = ordered.clone();
        Stream::new(0, "lineage/time/sample", 0).shuffle(&mut shuffled);
        Self { ordered, shuffled }
    }
}

/// A column to be explained, as candidates meet it first.
pub(super) struct Screen<'f> {
    pub column: usize,
    /// By place; NaN where missing.
    pub values: Cow<'f, [f64]>,
    pub half_unit: f64,
    /// Most that the sources' rounding may add to the tolerance.
    pub cap: f64,
    /// Its order in time shows: smooth windows are worth trying.
    pub is_smooth: bool,
    /// An exact copy would earn a proof.
    pub is_powered: bool,
    common: f64,
    /// For the first rows: evidence of a match and of a miss, in bits.
    odds: Vec<(f64, f64)>,
    rows: Vec<u32>,
    sorted: Vec<f64>,
    steps: Vec<f64>,
    needed: f64,
}

impl<'f> Screen<'f> {
    pub(super) fn new(axis: &Axis<'f>, column: usize, series: &Series, sample: &Sample) -> Option<Self> {
        let values = axis.values(column)?;
        let mut sorted: Vec<f64> = sample.ordered.iter().map(|&r| values[r as usize]).filter(|v| !v.is_nan()).collect();
        let step = |r: usize| r.checked_sub(1).map(|b| values[r] - values[b]).filter(|s| !s.is_nan());
        let mut steps: Vec<f64> = sample.ordered.iter().filter_map(|&r| step(r as usize)).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        steps.sort_unstable_by(f64::total_cmp);
        let rows: Vec<u32> = sample.shuffled.iter().copied().filter(|&r| !values[r as usize].is_nan()).collect();
        let tenth = |k: usize| sorted.get((sorted.len() * k / 10).min(sorted.len().saturating_sub(1))).copied().unwrap_or(0.0);
        let half_unit = series.half_unit;
        let cap = (BLUR_UNITS * half_unit).max(BLUR_SPREAD * (tenth(9) - tenth(1)));
        let needed = bits_needed(axis.frame.n_columns());
        let mut screen = Self {
            column,
            values,
            half_unit,
            cap,
            is_smooth: false,
            is_powered: false,
            common: common(&sorted),
            odds: Vec::new(),
            rows,
            sorted,
            steps,
            needed,
        };
        screen.rare_first();
        screen.odds = screen.odds();
        screen.is_powered = screen.power() >= needed || Explained::series(series).power() >= needed;
        screen.is_smooth = screen.is_powered && screen.smoothness(axis, sample) >= SMOOTH;
        Some(screen)
    }

    /// Tolerance of a prediction, the sources' rounding included.
    pub(super) fn slack(&self, point: &Point) -> f64 {
        self.half_unit + RELATIVE * point.magnitude + (BLUR * point.blur).min(self.cap)
    }

    /// Whether the column has a telling value at a place: present and not one of its common values.
    pub(super) fn tells(&self, place: usize) -> bool {
        let value = self.values[place];
        !value.is_nan() && self.share(value) <= self.common
    }

    /// The share of rows on which a candidate, given by its value at a place, holds, if it is worth evaluating everywhere.
    pub(super) fn passes(&self, at: &dyn Fn(usize) -> Option<Point>) -> Option<f64> {
        let (mut looked, mut tested, mut matched, mut bits, mut evidence) = (0_usize, 0_usize, 0_usize, 0.0, 0.0);
        // bits are not counted on the first rows: a chance match is thrown out before they are looked up
        let uncounted = if self.rows.len() > MANY { LATER } else { FIRST };
        for &row in &self.rows {
            let place = row as usize;
            looked += 1;
            if looked >= 64 && tested * 4 < looked {
                return None;
            }
            let Some(point) = at(place) else { continue };
            let slack = self.slack(&point);
            let holds = (self.values[place] - point.value).abs() <= slack;
            tested += 1;
            matched += usize::from(holds);
            if holds && tested > uncounted {
                bits += self.bits(at, place, &point, slack);
            }
            if let Some(odds) = self.odds.get(looked - 1) {
                evidence += if holds { odds.0 } else { odds.1 };
            }
            let missed = tested - matched;
            if evidence < HOPELESS || tested <= FIRST && missed > FIRST - FIRST_MATCHES {
                return None;
            }
            if matches!(tested, 48 | 96) && (matched * 2 < tested || bits / real(tested - uncounted) <= entropy(missed, tested)) {
                return None;
            }
            if tested >= MOST_TESTED {
                break;
            }
        }
        let per_row = bits / real(tested.saturating_sub(uncounted).max(1)) - entropy(tested - matched, tested);
        let all =
            if tested < MOST_TESTED { real(tested) } else { real(tested) * real(self.values.len()) / real(self.rows.len().max(1)).min(1_000.0) };
        let worth = tested >= 6 && matched * 2 >= tested && (tested <= FIRST || per_row * all >= WORTH * self.needed);
        worth.then(|| real(matched) / real(tested))
    }

    /// Whether [`Self::passes`] would look beyond the first rows. What it throws out there, and that is nearly every match by chance, is
    /// thrown out here without a candidate having been made. `rough` gives the candidate's very value, and at least its magnitude and blur.
    pub(super) fn glances(&self, rough: &dyn Fn(usize) -> Option<Point>, at: &dyn Fn(usize) -> Option<Point>) -> bool {
        let (mut tested, mut matched, mut evidence) = (0_usize, 0_usize, 0.0);
        for (&row, odds) in self.rows.iter().zip(&self.odds).take(FIRST) {
            let Some(point) = rough(row as usize) else { continue };
            let near = |point: &Point| (self.values[row as usize] - point.value).abs() <= self.slack(point);
            let holds = near(&point) && at(row as usize).as_ref().is_some_and(near);
            tested += 1;
            matched += usize::from(holds);
            evidence += if holds { odds.0 } else { odds.1 };
            if evidence < HOPELESS || tested - matched > FIRST - FIRST_MATCHES {
                return false;
            }
        }
        true
    }

    fn bits(&self, at: &dyn Fn(usize) -> Option<Point>, place: usize, point: &Point, slack: f64) -> f64 {
        let p1 = within(&self.sorted, point.value, slack) / real(self.sorted.len().max(1));
        let before = place.checked_sub(1).filter(|&b| !self.values[b].is_nan()).and_then(at);
        let p2 = before.map_or(0.0, |b| within(&self.steps, point.value - b.value, 2.0 * slack) / real(self.steps.len().max(1)));
        (-log2(p1.max(p2))).clamp(0.0, 20.0)
    }

    /// Bits the column would earn from itself on the sample; stops when they suffice.
    fn power(&self) -> f64 {
        let at = |place: usize| {
            let value = self.values[place];
            (!value.is_nan()).then_some(Point { value, magnitude: value.abs(), blur: 0.0 })
        };
        let mut total = 0.0;
        for &row in &self.rows {
            let Some(point) = at(row as usize) else { continue };
            total += self.bits(&at, row as usize, &point, self.half_unit + RELATIVE * point.magnitude);
            if total >= self.needed {
                break;
            }
        }
        total
    }

    /// Share of the rows with this value.
    fn share(&self, value: f64) -> f64 {
        within(&self.sorted, value, 0.0) / real(self.sorted.len().max(1))
    }

    fn rare_first(&mut self) {
        let pool = self.rows.len().min(POOL);
        if self.sorted.len() > 1 && pool > FIRST {
            let mut first: Vec<(f64, usize)> = (0..pool).map(|i| (self.share(self.values[self.rows[i] as usize]), i)).collect();
            first.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let rare: Vec<u32> = first.iter().map(|f| self.rows[f.1]).collect();
            // the rare rows first; the others keep their random order
            let mut rest: Vec<(usize, u32)> = first.iter().skip(FIRST).map(|f| (f.1, self.rows[f.1])).collect();
            rest.sort_unstable();
            self.rows.splice(0..pool, rare.into_iter().take(FIRST).chain(rest.into_iter().map(|r| r.1)));
        }
    }

    /// What a match and a miss say on each of the first rows: the logarithm of their chance if the candidate holds over that by accident.
    fn odds(&self) -> Vec<(f64, f64)> {
        let odds = |&row: &u32| {
            let chance = (within(&self.sorted, self.values[row as usize], self.half_unit) / real(self.sorted.len().max(1))).clamp(1e-4, 0.95);
            let holds = if chance < OFTEN { SUPPOSED.0 } else { SUPPOSED.1 };
            (log2(holds / chance).clamp(0.0, 3.0), log2((1.0 - holds) / (1.0 - chance)).min(0.0))
        };
        self.rows.iter().take(POOL).map(odds).collect()
    }

    /// The larger absolute rank correlation with the value one and two places before, in the same entity.
    fn smoothness(&self, axis: &Axis<'_>, sample: &Sample) -> f64 {
        let rank = |v: f64| real(self.sorted.partition_point(|&s| s < v) + self.sorted.partition_point(|&s| s <= v)) / 2.0;
        let centre = real(self.sorted.len()) / 2.0;
        let ranks: Vec<f64> =
            sample.ordered.iter().map(|&r| self.values[r as usize]).map(|v| if v.is_nan() { f64::NAN } else { rank(v) - centre }).collect();
        let correlation = |lag: usize| {
            let (mut product, mut square) = (0.0, 0.0);
            for (i, &r) in sample.ordered.iter().enumerate().skip(lag) {
                let together = sample.ordered[i - lag] as usize + lag == r as usize && axis.begin(r as usize) + lag <= r as usize;
                if together && !ranks[i].is_nan() && !ranks[i - lag].is_nan() {
                    product += ranks[i] * ranks[i - lag];
                    square += (ranks[i] * ranks[i] + ranks[i - lag] * ranks[i - lag]) / 2.0;
                }
            }
            if square > 0.0 { f64::abs(product / square) } else { 0.0 }
        };
        correlation(1).max(correlation(2))
    }

    /// Places with rare values, at most so many.
    pub(super) fn telling(&self, most: usize) -> impl Iterator<Item = usize> {
        self.rows.iter().take(most).map(|&r| r as usize)
    }
}

/// The share above which a value of a column is common: that of its most common value, where that is above 5 %.
fn common(sorted: &[f64]) -> f64 {
    let longest = sorted.chunk_by(|a, b| a == b).map(<[f64]>::len).max().unwrap_or(0);
    let share = real(longest) / real(sorted.len().max(1));
    if share <= COMMON { 1.0 } else { (0.999 * share).min(0.5) }
}

fn within(sorted: &[f64], centre: f64, slack: f64) -> f64 {
    let from = sorted.partition_point(|&v| v < centre - slack);
    let to = sorted.partition_point(|&v| v <= centre + slack);
    real(to.saturating_sub(from).max(1))
}

pub(super) fn entropy(part: usize, of: usize) -> f64 {
    let p = real(part) / real(of.max(1));
    if p <= 0.0 || p >= 1.0 { 0.0 } else { -p * log2(p) - (1.0 - p) * log2(1.0 - p) }
}
