//! Candidates of one source at one anchor: every shift, change and window whose value there is the value of some column.
//!
//! Windows that end at the same row are grown one row at a time, so all functions of all widths come in one pass.

use super::super::formula::Point;
use super::TimeFormula;
use super::anchors::Anchor;
use super::axis::Axis;
use super::change::{Change, Comparison};
use super::function::{Contents, Function, distinct, median};
use super::screen::Screen;
use super::source::Source;
use super::window::{Closed, Extent, Window, extremes};

/// Largest shift tried for every number of rows.
const FARTHEST: i32 = 60;
/// Lags between the two values of a change, beyond 1 to 31; shifts beyond the farthest.
const LAGS: [i32; 13] = [36, 48, 52, 60, 84, 90, 91, 168, 180, 182, 336, 364, 365];
const SHORT_LAGS: i32 = 31;
/// Changes against later rows.
const BACKWARD: [i32; 6] = [-1, -2, -3, -6, -7, -12];
/// Shifts of a change as a whole.
const CHANGE_SHIFTS: std::ops::RangeInclusive<i32> = -3..=13;
/// Widths of windows beyond 2 to 31.
const WIDTHS: [usize; 15] = [36, 42, 45, 48, 52, 56, 60, 84, 90, 91, 120, 168, 180, 182, 365];
const MORE_WIDTHS: [usize; 2] = [336, 364];
const SHORT_WIDTHS: usize = 31;
/// Widths up to here are tried at every offset.
const EVERY_OFFSET: usize = 60;
/// Offsets of windows, and those of the widest ones.
const OFFSETS: std::ops::RangeInclusive<i32> = -31..=31;
const WIDE_OFFSETS: [i32; 6] = [-1, 0, 1, 7, 28, 30];
/// Offsets of windows that a value of the row is set against, and of those shifted together with their value.
const RELATIVE_OFFSETS: std::ops::RangeInclusive<i32> = -1..=13;
const RELATIVE_SHIFTS: std::ops::RangeInclusive<i32> = -3..=13;
/// Offsets of running means and totals.
const START_OFFSETS: std::ops::RangeInclusive<i32> = -2..=12;
/// Days and hours of calendar windows beyond 1 to 31.
const SPANS: [i64; 4] = [60, 90, 180, 365];
const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;
/// A source with more distinct values has no counts of them.
const FEW: usize = 500;

/// A column (by its index among those searched) and a formula that gives its value at the anchor.
pub(super) type Hit = (u32, TimeFormula);

/// A candidate's value at a place.
type At<'a> = &'a dyn Fn(usize) -> Option<Point>;

/// Collects hits of one source at one anchor.
pub(super) struct Growth<'a, 'f> {
    pub axis: &'a Axis<'f>,
    pub source: &'a Source<'f>,
    pub anchor: &'a Anchor,
    /// The columns that are searched.
    pub screens: &'a [Screen<'f>],
    /// Every row of a window must be present.
    pub strict: bool,
    pub hits: Vec<Hit>,
}

impl Growth<'_, '_> {
    /// Keeps the columns that stand where a candidate does, here and at the rows they are first tested on.
    fn hit(&mut self, smooth: bool, point: Option<Point>, (rough, at): (At<'_>, At<'_>), formula: impl Fn() -> TimeFormula) {
        if let Some(point) = point {
            let (hits, screens, source) = (&mut self.hits, self.screens, self.source.column);
            self.anchor.look(smooth, &point, |y| {
                if screens.get(y as usize).is_some_and(|s| s.column != source && s.glances(rough, at)) {
                    hits.push((y, formula()));
                }
            });
        }
    }

    fn value(&self, by: i32) -> Option<f64> {
        self.source.get(self.axis.back(self.anchor.place, by)?)
    }

    /// Shifts and changes.
    pub(super) fn changes(&mut self) {
        let (axis, from) = (self.axis, self.source);
        let source = from.column;
        for by in (-FARTHEST..=FARTHEST).filter(|&b| b != 0).chain(LAGS.into_iter().filter(|&l| l > FARTHEST)) {
            let shift = TimeFormula::Shift { source, by };
            let at = |place: usize| shift.at(axis, from, place);
            self.hit(false, at(self.anchor.place), (&at, &at), || shift.clone());
        }
        for by in CHANGE_SHIFTS {
            let Some(now) = self.value(by) else { continue };
            let backward = BACKWARD.into_iter().filter(|_| by == 0);
            for lag in (1..=SHORT_LAGS).chain(LAGS).chain(backward) {
                let Some(before) = self.value(by + lag) else { continue };
                for comparison in Comparison::ALL {
                    let change = Change { source, comparison, lag, by };
                    let point = comparison.point(now, before, from.blur);
                    let (rough, at) = (|place: usize| change.roughly(axis, from, place), |place: usize| change.at(axis, from, place));
                    self.hit(false, point, (&rough, &at), || TimeFormula::Change(change));
                }
            }
        }
    }

    /// Windows of rows.
    pub(super) fn windows(&mut self) {
        for by in OFFSETS {
            let widest = if WIDE_OFFSETS.contains(&by) { WIDTHS[WIDTHS.len() - 1] } else { EVERY_OFFSET };
            self.grow(by, widest);
        }
        for width in WIDTHS.into_iter().chain(MORE_WIDTHS).filter(|&w| w > EVERY_OFFSET) {
            #[expect(clippy::cast_possible_wrap, clippy::cast_possible_truncation, reason = "widths are below 1,000")]
            let (width, by) = (width as u32, -((width as i32 - 1) / 2));
            self.whole(Extent::Rows { width, by });
        }
    }

    /// All windows that end `by` rows before the anchor, narrowest first.
    fn grow(&mut self, by: i32, widest: usize) {
        let Some(last) = self.axis.back(self.anchor.place, by) else { return };
        let begin = self.axis.begin(last);
        let smooth = !self.anchor.is_empty(true);
        let relative = RELATIVE_OFFSETS.contains(&by) || RELATIVE_SHIFTS.contains(&by);
        if !smooth && !relative {
            return;
        }
        let count_distinct = self.counts_distinct();
        let mut sorted: Vec<f64> = Vec::with_capacity(widest);
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for width in 1..=widest {
            let Some(from) = (last + 1).checked_sub(width).filter(|&f| f >= begin) else { return };
            let value = self.source.values[from];
            if value.is_nan() {
                if self.strict {
                    return;
                }
            } else {
                (least, most) = (least.min(value), most.max(value));
                if smooth {
                    sorted.insert(sorted.partition_point(|&s| s < value), value);
                }
            }
            if !is_width(width) {
                continue;
            }
            let Some(moments) = self.source.prefix().range(from, last + 1) else { continue };
            let distinct = if count_distinct { distinct(&sorted) } else { f64::NAN };
            #[expect(clippy::cast_possible_truncation, reason = "widths are below 1,000")]
            let extent = Extent::Rows { width: width as u32, by };
            self.functions(extent, &Contents { moments, least, most, median: median(&sorted), distinct });
        }
    }

    fn counts_distinct(&self) -> bool {
        self.axis.frame.series.get(self.source.column).and_then(Option::as_ref).is_some_and(|s| s.n_distinct <= FEW)
    }

    /// Every function of a window whose contents are known.
    fn functions(&mut self, extent: Extent, contents: &Contents) {
        let (axis, source, strict) = (self.axis, self.source, self.strict);
        let window = |function: Function, from: i32| Window { source: source.column, function, extent, at_least: 1, from };
        // On a grid a window is tested with all its rows present.
        let tested = |window: Window| match extent {
            Extent::Rows { width, .. } if strict => Window { at_least: width, ..window },
            _ => window,
        };
        let blur = source.blur;
        if !self.anchor.is_empty(true) {
            for function in Function::ALL.into_iter().filter(|f| !f.is_relative()) {
                let (window, tested) = (window(function, 0), tested(window(function, 0)));
                let at = |place: usize| tested.at(axis, source, place);
                self.hit(true, function.point(contents, f64::NAN, blur), (&at, &at), || TimeFormula::Window(window));
            }
        }
        let by = match extent {
            Extent::Rows { by, .. } | Extent::FromStart { by } => by,
            Extent::Span { .. } => 0,
        };
        let shifts = [(0, RELATIVE_OFFSETS.contains(&by)), (by, by != 0 && RELATIVE_SHIFTS.contains(&by))];
        for (from, _) in shifts.into_iter().filter(|s| s.1) {
            let Some(now) = self.value(from) else { continue };
            for function in Function::RELATIVE {
                let (window, tested) = (window(function, from), tested(window(function, from)));
                let (rough, at) = (|place: usize| tested.roughly(axis, source, place), |place: usize| tested.at(axis, source, place));
                self.hit(false, function.point(contents, now, blur), (&rough, &at), || TimeFormula::Window(window));
            }
        }
    }

    /// A window whose contents are computed afresh.
    fn whole(&mut self, extent: Extent) {
        let Some((from, to)) = extent.range(self.axis, self.anchor.place).filter(|r| r.0 < r.1) else { return };
        let Some(moments) = self.source.prefix().range(from, to) else { return };
        if self.strict && moments.n < to - from {
            return;
        }
        let mut contents = Contents::of(moments);
        if !self.anchor.is_empty(true) {
            if let Extent::FromStart { .. } = extent {
                (contents.least, contents.most) = self.source.extremes(self.axis)[to - 1];
            } else {
                let mut values: Vec<f64> = self.source.values[from..to].iter().copied().filter(|v| !v.is_nan()).collect();
                (contents.least, contents.most) = extremes(&values);
                values.sort_unstable_by(f64::total_cmp);
                contents.median = median(&values);
                contents.distinct = if self.counts_distinct() { distinct(&values) } else { f64::NAN };
            }
        }
        self.functions(extent, &contents);
    }

    /// Windows from the entity's first row.
    pub(super) fn running(&mut self) {
        START_OFFSETS.for_each(|by| self.whole(Extent::FromStart { by }));
    }

    /// Windows of days and hours.
    pub(super) fn spans(&mut self, shortest_gap: i64) {
        for unit in [DAY, HOUR] {
            for span in (1..=31).chain(SPANS).map(|s| s * unit).filter(|&s| s > shortest_gap && (unit == DAY || s % DAY != 0)) {
                self.whole(Extent::Span { millis: span, closed: Closed::Right });
                self.whole(Extent::Span { millis: span, closed: Closed::Left });
            }
        }
    }
}

fn is_width(width: usize) -> bool {
    (2..=SHORT_WIDTHS).contains(&width) || WIDTHS.contains(&width) || MORE_WIDTHS.contains(&width)
}
