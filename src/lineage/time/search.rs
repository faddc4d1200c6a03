//! The search: which formulas over rows give which columns.

use super::super::confirm::{Derivation, Hold, confirm};
use super::super::formula::Formula;
use super::super::frame::Frame;
use super::super::proof::Explained;
use super::anchors::{Anchor, choose};
use super::axis::Axis;
use super::calendar::labels;
use super::fit::weigh;
use super::grid::evenness;
use super::grow::Growth;
use super::recursive::{Steps, solve};
use super::screen::{Sample, Screen};
use super::source::Source;
use super::window::Extent;
use super::{TimeFormula, Window};
use std::collections::{BTreeMap, BTreeSet};

/// Candidates kept for a column, best first.
const KEPT: usize = 6;
/// What a candidate costs more that holds on a part of the rows only.
const PARTIAL: f64 = 4.0;
/// Share of rows from which a candidate holds on all of them but for accidents.
const WHOLE: f64 = 0.97;
/// Share of equal gaps from which a stretch of time is a number of rows.
const EVEN: f64 = 0.97;
/// Columns with fewer present values are no sources.
const FEWEST: usize = 8;

/// Formulas over rows in time order that give the columns of `open`, several a column if several hold: first the columns that follow from the
/// calendar, then windows and changes over rows, then, for what is left, over the steps of a regular grid with rows missing.
#[must_use]
pub fn search(frame: &Frame<'_>, open: &[usize]) -> Vec<Derivation> {
    let labels = labels(frame);
    let mut aside: BTreeSet<usize> = labels.iter().map(|l| l.y).collect();
    aside.extend(frame.time.into_iter().chain(frame.entity));
    let mut found: Vec<Derivation> = labels.into_iter().filter(|l| open.contains(&l.y)).collect();
    let open: Vec<usize> = open.iter().copied().filter(|y| !aside.contains(y)).collect();
    let sources = sources(frame, &aside);
    found.extend(Engine::new(&Axis::rows(frame), &open).run(&sources));
    let full: BTreeSet<usize> = found.iter().filter(|d| d.hold != Hold::Partial).map(|d| d.y).collect();
    let left: Vec<usize> = open.into_iter().filter(|y| !full.contains(y)).collect();
    if let Some(steps) = (!left.is_empty()).then(|| Axis::steps(frame)).flatten() {
        found.extend(Engine::new(&steps, &left).run(&sources));
    }
    found
}

/// Columns that may be sources: numbers that vary, each copy once, nothing that follows from the calendar.
fn sources(frame: &Frame<'_>, aside: &BTreeSet<usize>) -> Vec<usize> {
    let mut seen: BTreeMap<Vec<u64>, Vec<usize>> = BTreeMap::new();
    let mut kept = Vec::new();
    for (column, series) in frame.series.iter().enumerate() {
        let Some(series) = series.as_ref().filter(|s| s.n_distinct > 1 && s.n_present >= FEWEST && !aside.contains(&column)) else { continue };
        // copies share the values of a few rows; those that do are compared in full
        let step = (series.values.len() / 16).max(1);
        let mark: Vec<u64> = series.values.iter().step_by(step).map(|v| (v + 0.0).to_bits()).collect();
        let twins = seen.entry(mark).or_default();
        let equal =
            |&other: &usize| frame.values(other).is_some_and(|o| o.iter().zip(&series.values).all(|(a, b)| a == b || a.is_nan() && b.is_nan()));
        if !twins.iter().any(equal) {
            twins.push(column);
            kept.push(column);
        }
    }
    kept
}

struct Candidate {
    rank: f64,
    formula: TimeFormula,
}

/// One search along one axis.
struct Engine<'a, 'f> {
    axis: &'a Axis<'f>,
    sample: Sample,
    screens: Vec<Screen<'f>>,
    anchors: Vec<Anchor>,
    found: Vec<Vec<Candidate>>,
}

impl<'a, 'f> Engine<'a, 'f> {
    fn new(axis: &'a Axis<'f>, open: &[usize]) -> Self {
        let sample = Sample::new(axis);
        let screen = |&y: &usize| Screen::new(axis, y, axis.frame.series.get(y)?.as_ref()?, &sample).filter(|s| s.is_powered);
        let screens: Vec<Screen<'f>> = open.iter().filter_map(screen).collect();
        let anchors = choose(axis, &screens, &sample);
        let found = screens.iter().map(|_| Vec::new()).collect();
        Self { axis, sample, screens, anchors, found }
    }

    fn run(mut self, sources: &[usize]) -> Vec<Derivation> {
        if self.anchors.is_empty() {
            return Vec::new();
        }
        let steps = Steps::new(self.axis, &self.screens, &self.sample);
        let gap = self.uneven_gap();
        for &column in sources {
            let Some(source) = Source::new(self.axis, column) else { continue };
            for anchor in 0..self.anchors.len() {
                self.anchors[anchor].prepare(source.blur);
                let hits = self.grow(&source, anchor, gap);
                hits.into_iter().for_each(|(y, formula)| self.consider(&source, y, formula));
            }
            let solved = solve(self.axis, &source, &self.screens, &steps);
            solved.into_iter().for_each(|(y, formula, share)| self.keep(y, formula, share));
        }
        let mut proven = self.confirm();
        let explained: BTreeSet<usize> = proven.iter().filter(|d| d.hold != Hold::Partial).map(|d| d.y).collect();
        self.fit(sources, &explained);
        proven.extend(self.confirm());
        proven
    }

    fn grow(&self, source: &Source<'f>, anchor: usize, gap: Option<i64>) -> Vec<(u32, TimeFormula)> {
        let (anchor, screens) = (&self.anchors[anchor], self.screens.as_slice());
        let mut growth = Growth { axis: self.axis, source, anchor, screens, strict: self.axis.is_grid(), hits: Vec::new() };
        growth.changes();
        growth.windows();
        growth.running();
        if let Some(gap) = gap {
            growth.spans(gap);
        }
        growth.hits
    }

    /// The shortest gap between stamps, where stretches of time are no windows of rows: gaps differ and no stamps are tied.
    fn uneven_gap(&self) -> Option<i64> {
        let millis = self.axis.millis()?;
        let (even, tied) = evenness(self.axis.frame, millis)?;
        let gaps = self.axis.entities().into_iter().filter_map(|e| millis.get(e)?.windows(2).map(|w| w[1].saturating_sub(w[0])).min());
        (even < EVEN && !tied && !millis.contains(&crate::table::MISSING_TIME)).then(|| gaps.min()).flatten()
    }

    fn rank(formula: &TimeFormula, share: f64) -> f64 {
        formula.cost() + if share < WHOLE { PARTIAL } else { 0.0 }
    }

    fn consider(&mut self, source: &Source<'f>, y: u32, formula: TimeFormula) {
        let (screen, kept) = (&self.screens[y as usize], &self.found[y as usize]);
        let full = kept.len() >= KEPT && kept.last().is_some_and(|worst| Self::rank(&formula, 1.0) >= worst.rank);
        if screen.column == source.column || full || kept.iter().any(|k| k.formula == formula) {
            return;
        }
        let strict = self.strict(&formula);
        let tested = strict.as_ref().unwrap_or(&formula);
        if let Some(share) = screen.passes(&|place| tested.at(self.axis, source, place)) {
            self.keep(y, formula, share);
        }
    }

    /// On a grid a window needs all its rows: one with a hole was made of values that are gone.
    fn strict(&self, formula: &TimeFormula) -> Option<TimeFormula> {
        let TimeFormula::Window(window) = formula else { return None };
        let Extent::Rows { width, .. } = window.extent else { return None };
        self.axis.is_grid().then_some(TimeFormula::Window(Window { at_least: width, ..*window }))
    }

    fn keep(&mut self, y: u32, formula: TimeFormula, share: f64) {
        let kept = &mut self.found[y as usize];
        let rank = Self::rank(&formula, share);
        kept.insert(kept.partition_point(|k| k.rank <= rank), Candidate { rank, formula });
        kept.truncate(KEPT);
    }

    /// Confirms what was kept, and forgets it. Partial formulas count only for columns without a full one.
    fn confirm(&mut self) -> Vec<Derivation> {
        let frame = self.axis.frame;
        let mut proven = Vec::new();
        for (screen, kept) in self.screens.iter().zip(&mut self.found) {
            let Some(series) = frame.series.get(screen.column).and_then(Option::as_ref).filter(|_| !kept.is_empty()) else { continue };
            let target = Explained::series(series);
            let mut own: Vec<Derivation> = Vec::new();
            for candidate in kept.drain(..) {
                let formula = Self::settled(self.axis, screen, candidate.formula);
                own.extend(confirm(frame, screen.column, &target, &Formula::Time(formula)));
            }
            if own.iter().any(|d| d.hold != Hold::Partial) {
                own.retain(|d| d.hold != Hold::Partial);
            }
            proven.extend(own);
        }
        proven
    }

    /// The formula as its maker wrote it: the values a window needs at least are read off the rows.
    fn settled(axis: &Axis<'f>, screen: &Screen<'f>, formula: TimeFormula) -> TimeFormula {
        let formula = match formula {
            TimeFormula::Window(mut window) => {
                if let Some(source) = Source::new(axis, window.source) {
                    window.at_least = window.read_at_least(axis, &source, &screen.values, &|p| screen.slack(p));
                }
                TimeFormula::Window(window)
            }
            other => other,
        };
        if axis.is_grid() { TimeFormula::OnGrid { formula: Box::new(formula) } } else { formula }
    }

    /// Weighted windows for the smooth columns that nothing explained.
    fn fit(&mut self, sources: &[usize], explained: &BTreeSet<usize>) {
        let open: Vec<u32> = (0..).zip(&self.screens).filter(|(_, s)| s.is_smooth && !explained.contains(&s.column)).map(|(y, _)| y).collect();
        if open.is_empty() {
            return;
        }
        for &column in sources {
            let Some(source) = Source::new(self.axis, column) else { continue };
            let weighed = weigh(self.axis, &source, &self.screens, &open, &self.sample);
            weighed.into_iter().for_each(|(y, formula, share)| self.keep(y, formula, share));
        }
    }
}
