//! What is asked of a candidate before it is confirmed on all rows: a few telling rows first, then bits on about a thousand.
//!
//! Every column has its own *tests*: rows where it is not at its most common value, and rows drawn at random. A candidate that
//! is right on a 0 of a column of zeros has said nothing. Columns that could not earn the bits of a proof even from
//! themselves are not searched. *Anchors* are a few rows at which values of candidates are looked up among the columns: chosen so
//! that every column stands at two of them or more with a telling value.

use super::confirm::{Derivation, confirm, confirm_points};
use super::formula::{Formula, Point};
use super::frame::{DISTINCT_CAP, Frame};
use super::proof::{Explained, bits_needed};
use crate::math::rng::Stream;
use std::cell::OnceCell;

/// Rows with a telling value, and rows drawn, that a candidate is tried on.
const TELLING: usize = 16;
const DRAWN: usize = 8;
/// Tests after which the first share is asked.
const EARLY: usize = 6;
/// Share of the tests that must match: less is no formula, not even of a part of the rows.
const SHARE: f64 = 0.5;
/// The same for columns of few values, which are hit by chance: only formulas of (almost) all rows are looked for.
const SHARE_OF_FEW: f64 = 0.9;
/// Share of the bits of y itself that a candidate must earn on the screening rows.
const BITS_SHARE: f64 = 0.25;
/// Rows that common values and anchors are looked for among.
const LOOKED_AT: usize = 600;
/// Most anchors.
const ANCHORS: usize = 8;
/// Anchors with a telling value that every column should have.
const COVER: u8 = 2;
/// A column with fewer distinct values is hit by chance.
const FEW_DISTINCT: usize = 100;
/// A whole-number y with fewer distinct values has no rounding: a formula of one row must give it exactly.
const EXACT_DISTINCT: usize = 30;
/// Standard deviations of the sources' rounding allowed, as in the confirmation.
pub(super) const BLUR: f64 = 2.5;
/// Double rounding relative to the magnitude of the inputs.
pub(super) const RELATIVE: f64 = 1e-9;

/// A column to be explained.
pub(super) struct Subject<'a> {
    /// Position of the column.
    pub column: usize,
    /// Values by position.
    pub values: &'a [f64],
    /// Half a unit; 0 where a few whole numbers must be given exactly.
    pub half_unit: f64,
    /// Most that rounding of the sources may add.
    pub cap: f64,
    share: f64,
    common: f64,
    tests: Vec<usize>,
    screening: Explained<'a>,
    own_bits: f64,
    full: OnceCell<Explained<'a>>,
}

impl<'a> Subject<'a> {
    /// The column, if it could earn the bits of a proof. `exact`: a whole-number column of few values has no half unit.
    pub fn new(frame: &'a Frame<'_>, column: usize, exact: bool) -> Option<Self> {
        let series = frame.series.get(column)?.as_ref()?;
        let few = series.n_distinct < FEW_DISTINCT;
        let half_unit = if exact && series.is_whole && series.n_distinct < EXACT_DISTINCT { 0.0 } else { series.half_unit };
        let subject = Self::over(column, &series.values, half_unit, if few { SHARE_OF_FEW } else { SHARE })?;
        subject.has_power(frame).then_some(subject)
    }

    /// The column, whatever it could earn: for formulas that are weighed by groups.
    pub fn any(frame: &'a Frame<'_>, column: usize) -> Option<Self> {
        let series = frame.series.get(column)?.as_ref()?;
        let share = if series.n_distinct < FEW_DISTINCT { SHARE_OF_FEW } else { SHARE };
        (series.n_distinct > 1).then(|| Self::over(column, &series.values, series.half_unit, share))?
    }

    /// Levels of a column as numbers, if they could earn the bits of a proof.
    pub fn labels(frame: &Frame<'_>, column: usize, codes: &'a [f64]) -> Option<Self> {
        let subject = Self::over(column, codes, 0.0, SHARE_OF_FEW)?;
        subject.has_power(frame).then_some(subject)
    }

    fn over(column: usize, values: &'a [f64], half_unit: f64, share: f64) -> Option<Self> {
        let common = most_common(values)?;
        let screening = Explained::screening(values, half_unit);
        let own_bits = screening.power();
        let cap = (4.0 * half_unit).max(0.01 * screening.spread());
        let tests = tests(column, values, common);
        Some(Self { column, values, half_unit, cap, share, common, tests, screening, own_bits, full: OnceCell::new() })
    }

    /// Whether the column could earn the bits of a proof row by row, by what a thousand rows say.
    pub fn has_power(&self, frame: &Frame<'_>) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
        let scale = frame.n_rows() as f64 / self.screening.n_judged().max(1) as f64;
        self.own_bits * scale >= bits_needed(frame.n_columns())
    }

    /// Tolerance of a point at this column.
    pub fn slack(&self, point: &Point) -> f64 {
        self.half_unit + RELATIVE * point.magnitude + (BLUR * point.blur).min(self.cap)
    }

    /// Whether the value at a position is present and not the most common one.
    pub fn is_telling(&self, position: usize) -> bool {
        self.values.get(position).is_some_and(|&v| !v.is_nan() && v.total_cmp(&self.common).is_ne())
    }

    /// Whether a candidate does well on the telling rows.
    pub fn survives(&self, point: &dyn Fn(usize) -> Option<Point>) -> bool {
        let (mut tested, mut hits) = (0, 0);
        for &position in &self.tests {
            let Some(p) = point(position) else { continue };
            tested += 1;
            hits += usize::from(self.values.get(position).is_some_and(|y| (y - p.value).abs() <= self.slack(&p)));
            if tested >= EARLY && !self.is_enough(hits, tested) {
                return false;
            }
        }
        tested >= EARLY.min(self.tests.len()) && tested > 2 && self.is_enough(hits, tested)
    }

    /// Whether so many hits are enough to go on; one row of any test may be a corrected one.
    pub fn is_enough(&self, hits: usize, tested: usize) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "tests are few")]
        let short = ((hits + 1) as f64) < self.share * tested as f64;
        !short && 2 * hits >= tested
    }

    /// Whether the column has so few values that they are hit by chance.
    pub fn has_few_values(&self) -> bool {
        self.share > SHARE
    }

    /// Whether the column can hold fractions, if only rounded ones: not a handful of whole numbers.
    pub fn may_be_a_fraction(&self, frame: &Frame<'_>) -> bool {
        frame.series.get(self.column).and_then(Option::as_ref).is_some_and(|s| !s.is_whole || s.n_distinct >= EXACT_DISTINCT)
    }

    /// Positions of the rows that candidates are tried on first.
    pub fn tests(&self) -> &[usize] {
        &self.tests
    }

    /// Whether a candidate earns bits on about a thousand rows.
    pub fn earns(&self, point: &dyn Fn(usize) -> Option<Point>) -> bool {
        self.earns_where(point, &|_| true) >= BITS_SHARE * self.own_bits
    }

    /// Bits that a candidate earns on about a thousand rows, counted only where `counts` says so.
    pub fn earns_where(&self, point: &dyn Fn(usize) -> Option<Point>, counts: &dyn Fn(usize) -> bool) -> f64 {
        self.screening.bits_where(point, &|p| self.slack(p), counts)
    }

    /// The formula confirmed on all rows.
    pub fn confirm(&self, frame: &Frame<'_>, formula: &Formula) -> Option<Derivation> {
        confirm(frame, self.column, self.explained(), formula)
    }

    /// The same for a formula that was evaluated on all rows before.
    pub fn confirm_points(&self, frame: &Frame<'_>, formula: &Formula, points: &[Option<Point>]) -> Option<Derivation> {
        confirm_points(frame, self.column, self.explained(), formula, points)
    }

    /// The column with what chance would give on all rows.
    pub fn explained(&self) -> &Explained<'a> {
        self.full.get_or_init(|| Explained::rounded(self.values, self.half_unit))
    }
}

/// The value that stands in most of some evenly spread rows, the smallest of equals; `None` if all are missing.
fn most_common(values: &[f64]) -> Option<f64> {
    let mut seen: Vec<f64> = spread_rows(values.len(), LOOKED_AT).map(|r| values[r]).filter(|v| !v.is_nan()).collect();
    if seen.is_empty() {
        seen = values.iter().copied().filter(|v| !v.is_nan()).take(DISTINCT_CAP).collect();
    }
    seen.sort_by(f64::total_cmp);
    let runs = seen.chunk_by(|a, b| a.total_cmp(b).is_eq());
    runs.fold(None, |best: Option<&[f64]>, run| best.filter(|b| b.len() >= run.len()).or(Some(run))).and_then(|run| run.first().copied())
}

/// So many rows spread evenly over all, each a little off so that no period of the file is hit.
pub(super) fn spread_rows(n: usize, most: usize) -> impl Iterator<Item = usize> {
    let taken = n.min(most);
    let mut draw = Stream::new(0, "lineage rows", 0);
    (0..taken).map(move |i| {
        let (from, to) = (i * n / taken, (i + 1) * n / taken);
        from + draw.below(u32::try_from(to - from).unwrap_or(1).max(1)) as usize
    })
}

fn tests(column: usize, values: &[f64], common: f64) -> Vec<usize> {
    let n = u32::try_from(values.len()).unwrap_or(u32::MAX);
    let mut draw = Stream::new(0, "lineage tests", column as u64);
    let telling = |&p: &usize| !values[p].is_nan() && values[p].total_cmp(&common).is_ne();
    let mut tests: Vec<usize> = spread_rows(values.len(), LOOKED_AT).filter(telling).collect();
    if tests.len() < TELLING {
        tests = (0..values.len()).filter(telling).collect();
    }
    draw.shuffle(&mut tests);
    tests.truncate(TELLING);
    if n > 0 {
        tests.extend((0..4 * DRAWN).map(|_| draw.below(n) as usize).filter(|&p| !values[p].is_nan()).take(DRAWN));
    }
    tests
}

/// A few rows at which every subject stands with a telling value, as far as possible.
pub(super) fn anchors(n_rows: usize, subjects: &[Subject<'_>]) -> Vec<usize> {
    let rows: Vec<usize> = spread_rows(n_rows, LOOKED_AT).collect();
    let mut covered = vec![0_u8; subjects.len()];
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < ANCHORS {
        let gain = |row: usize| {
            subjects.iter().zip(&covered).map(|(s, &c)| usize::from(COVER.saturating_sub(c)) * usize::from(s.is_telling(row))).sum::<usize>()
        };
        let spare = |row: usize| subjects.iter().filter(|s| s.is_telling(row)).count();
        let open = rows.iter().copied().filter(|r| !chosen.contains(r));
        let Some(best) = open.max_by_key(|&r| (gain(r), spare(r), std::cmp::Reverse(r))) else { break };
        chosen.push(best);
        for (subject, c) in subjects.iter().zip(&mut covered) {
            *c += u8::from(subject.is_telling(best));
        }
    }
    chosen
}
