//! The last word on a formula: evaluated on all rows, weighed, and kept with its evidence.
//!
//! Tolerance A of a row is half a unit of y's last printed decimal plus double rounding. Tolerance B adds the rounding of the
//! sources, `2.5 x sqrt(sum (w h)^2)`, never more than four half units of y or 1 % of its 10-90 % range, whichever is larger. A formula
//! that needs B is at most strong: a neighbour of the true formula can hide in B. What counts as one piece of evidence (a row, a
//! row that comes back to a level, a group) is the formula's to say, see [`super::cells`].

use super::cells::Evidence;
use super::formula::{Formula, Latest, Point};
use super::frame::Frame;
use super::proof::{Explained, MIN_ROWS, PROVEN_SHARE, REACH, bits_needed};
use crate::finding::{LISTED_ROWS, Share};
use serde::{Deserialize, Serialize};

/// Share of rows below which a formula is no explanation, not even of a part of the rows.
pub const PARTIAL_SHARE: f64 = 0.50;
/// Standard deviations of the sources' rounding that tolerance B allows.
const BLUR: f64 = 2.5;
/// Half units of y that tolerance B may add at least.
const BLUR_UNITS: f64 = 4.0;
/// Share of y's 10-90 % range that tolerance B may add.
const BLUR_SPREAD: f64 = 0.01;
/// Double rounding relative to the magnitude of the inputs.
const RELATIVE: f64 = 1e-9;
/// Rows worked out by hand.
const EXAMPLES: usize = 3;

/// How a formula holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// On at least 99 % of the rows at printed precision.
    Exact,
    /// On at least 99 % of the rows if the sources were rounded before.
    Rounded,
    /// On 50 to 99 % of the rows at printed precision.
    Partial,
}

/// A formula that was confirmed on all rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Derivation {
    /// Position of the column it gives.
    pub y: usize,
    /// The formula.
    pub formula: Formula,
    /// How it holds.
    pub hold: Hold,
    /// Rows within the tolerance, of rows where y and the formula are defined.
    pub matched: Share,
    /// Rows where y and its sources are present but the formula is not defined (a window's first rows).
    pub orphans: u64,
    /// Bits against chance, and the bar.
    pub bits: f64,
    /// The bar.
    pub bits_needed: f64,
    /// Largest absolute residual of a matched row, in units of y.
    pub largest_residual: f64,
    /// Largest tolerance of a tested row, in units of y.
    pub tolerance: f64,
    /// First rows of the file where it does not hold, ascending.
    pub misses: Vec<u32>,
    /// Positions (in the frame) of rows that show it best.
    pub examples: Vec<u32>,
}

impl Derivation {
    /// Whether it says that the column is another one, in every row.
    #[must_use]
    pub fn is_full_copy(&self) -> bool {
        self.hold == Hold::Exact && self.formula.cost() == 0.0 && self.matched.count == self.matched.of && self.misses.is_empty()
    }

    /// Whether it says that the column is made of earlier rows alone.
    #[must_use]
    pub fn is_earlier(&self) -> bool {
        let reads = self.formula.reads();
        self.hold == Hold::Exact && !reads.is_empty() && reads.iter().all(|r| r.latest < Latest::Row(0))
    }
}

/// Confirms a formula on all rows; `None` when it is no proof, not even of a part of the rows. `target` is the column `y` explained.
#[must_use]
pub fn confirm(frame: &Frame<'_>, y: usize, target: &Explained<'_>, formula: &Formula) -> Option<Derivation> {
    confirm_points(frame, y, target, formula, &formula.all(frame))
}

/// The same, given what the formula gives at every position.
pub(super) fn confirm_points(frame: &Frame<'_>, y: usize, target: &Explained<'_>, formula: &Formula, points: &[Option<Point>]) -> Option<Derivation> {
    let exact = |p: &Point| target.half_unit() + RELATIVE * p.magnitude;
    let cap = (BLUR_UNITS * target.half_unit()).max(BLUR_SPREAD * target.spread());
    let blurred = |p: &Point| exact(p) + (BLUR * p.blur).min(cap);
    let at_exact = Tally::of(target.values(), points, &exact);
    let sources = formula.reads();
    let orphans = orphans(frame, target.values(), points, &sources.iter().map(|r| r.column).collect::<Vec<_>>());
    let of = at_exact.matched.of;
    if of < MIN_ROWS as u64 || (Share { count: of, of: of + orphans }).ratio() < REACH {
        return None;
    }
    let needed = bits_needed(frame.n_columns());
    let price = formula.price(target.n_present());
    let evidence = formula.evidence(frame);
    let weigh = |slack: &dyn Fn(&Point) -> f64| match &evidence {
        Evidence::Rows => target.bits_of(points, slack),
        Evidence::Returns(counts) => {
            let point = |r: usize| points.get(r).copied().flatten();
            target.bits_where(&point, slack, &|r| counts.get(r).copied().unwrap_or(false))
        }
        Evidence::Cells(cells) => cells.bits(target.values(), points, slack),
    };
    let passes = |slack: &dyn Fn(&Point) -> f64| Some(weigh(slack) - price).filter(|bits| *bits >= needed);
    let (hold, tally, bits) = if at_exact.matched.ratio() >= PROVEN_SHARE {
        (Hold::Exact, at_exact, passes(&exact)?)
    } else {
        let at_blurred = Tally::of(target.values(), points, &blurred);
        if let Some(bits) = (at_blurred.matched.ratio() >= PROVEN_SHARE).then(|| passes(&blurred)).flatten() {
            (Hold::Rounded, at_blurred, bits)
        } else if at_exact.matched.ratio() >= PARTIAL_SHARE {
            (Hold::Partial, at_exact, passes(&exact)?)
        } else {
            return None;
        }
    };
    Some(Derivation {
        y,
        formula: formula.clone(),
        hold,
        matched: tally.matched,
        orphans,
        bits,
        bits_needed: needed,
        largest_residual: tally.largest_residual,
        tolerance: tally.tolerance,
        misses: listed(frame, &tally.misses),
        examples: tally.examples,
    })
}

/// Keeps a formula whose bits were counted by another rule, the calendar's; `half_unit` is y's. `None` when it does not hold on 99 % of the rows.
#[must_use]
pub fn confirm_label(frame: &Frame<'_>, y: usize, target: &Explained<'_>, formula: &Formula, half_unit: f64, bits: f64) -> Option<Derivation> {
    let points = formula.all(frame);
    let tally = Tally::of(target.values(), &points, &|p: &Point| half_unit + RELATIVE * p.magnitude);
    if tally.matched.of < MIN_ROWS as u64 || tally.matched.ratio() < PROVEN_SHARE {
        return None;
    }
    let sources: Vec<usize> = formula.reads().iter().map(|r| r.column).collect();
    Some(Derivation {
        y,
        formula: formula.clone(),
        hold: Hold::Exact,
        matched: tally.matched,
        orphans: orphans(frame, target.values(), &points, &sources),
        bits,
        bits_needed: bits_needed(frame.n_columns()),
        largest_residual: tally.largest_residual,
        tolerance: tally.tolerance,
        misses: listed(frame, &tally.misses),
        examples: tally.examples,
    })
}

struct Tally {
    matched: Share,
    largest_residual: f64,
    tolerance: f64,
    misses: Vec<usize>,
    examples: Vec<u32>,
}

impl Tally {
    fn of(y: &[f64], points: &[Option<Point>], slack: &dyn Fn(&Point) -> f64) -> Self {
        let mut tally = Self { matched: Share { count: 0, of: 0 }, largest_residual: 0.0, tolerance: 0.0, misses: Vec::new(), examples: Vec::new() };
        let mut hits: Vec<usize> = Vec::new();
        for (position, (&found, point)) in y.iter().zip(points).enumerate() {
            let Some(point) = point.as_ref().filter(|_| !found.is_nan()) else { continue };
            let (residual, allowed) = ((found - point.value).abs(), slack(point));
            tally.matched.of += 1;
            tally.tolerance = tally.tolerance.max(allowed);
            if residual <= allowed {
                tally.matched.count += 1;
                tally.largest_residual = tally.largest_residual.max(residual);
                hits.push(position);
            } else {
                tally.misses.push(position);
            }
        }
        tally.examples = telling(y, &hits);
        tally
    }
}

/// Positions a third, a half and two thirds through the rows that match, preferring values that are not 0 and not told yet.
fn telling(y: &[f64], hits: &[usize]) -> Vec<u32> {
    let mut chosen: Vec<usize> = Vec::new();
    for third in 1..=EXAMPLES {
        let from = hits.len() * third / (EXAMPLES + 1);
        let fresh = |&&p: &&usize| y[p] != 0.0 && chosen.iter().all(|&c| y[c].total_cmp(&y[p]).is_ne());
        if let Some(&position) = hits.iter().skip(from).find(fresh).or_else(|| hits.get(from)) {
            chosen.push(position);
        }
    }
    chosen.dedup();
    chosen.into_iter().filter_map(|p| u32::try_from(p).ok()).collect()
}

fn listed(frame: &Frame<'_>, positions: &[usize]) -> Vec<u32> {
    let mut rows: Vec<u32> = positions.iter().filter_map(|&p| frame.order.get(p).copied()).collect();
    rows.sort_unstable();
    rows.truncate(LISTED_ROWS);
    rows
}

/// Rows where y and all sources are present but the formula is undefined.
fn orphans(frame: &Frame<'_>, y: &[f64], points: &[Option<Point>], sources: &[usize]) -> u64 {
    let present = |column: usize, position: usize| {
        frame.order.get(position).is_some_and(|&row| frame.table.columns().get(column).is_some_and(|c| !c.is_missing(row as usize)))
    };
    let orphan = |p: &usize| points[*p].is_none() && !y[*p].is_nan() && sources.iter().all(|&c| present(c, *p));
    (0..y.len()).filter(orphan).count() as u64
}
