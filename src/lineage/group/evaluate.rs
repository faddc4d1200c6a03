//! What a group formula gives at every row: sums of a level in the order of time, once a level.

use super::levels::{Aggregate, Levels, Stats, clock};
use super::{GroupFormula, Relative, Shrinkage, folds};
use crate::lineage::formula::{MOST_PARTS, Part, Point};
use crate::lineage::frame::Frame;
use crate::math::elementary::logistic;
use crate::math::sum::Accumulator;

type Points = Vec<Option<Point>>;

/// Middle and slope of the logistic shrinkage of category_encoders from version 2.6.
const LEAF: f64 = 20.0;
const SMOOTHING: f64 = 10.0;

/// The formula at every position; `None` if its columns are of the wrong kind.
pub(super) fn all(formula: &GroupFormula, frame: &Frame<'_>) -> Option<Points> {
    let (source, key) = formula.columns();
    let clock = clock(frame);
    let levels = Levels::new(frame, &clock, key)?;
    let mut points = vec![None; frame.n_rows()];
    let counted;
    let counts_rows = matches!(formula, GroupFormula::Aggregate { aggregate, .. } | GroupFormula::Earlier { aggregate, .. }
        if matches!(aggregate, Aggregate::Count | Aggregate::Frequency));
    let values = if counts_rows {
        counted = vec![1.0; frame.n_rows()];
        counted.as_slice()
    } else {
        frame.values(source)?
    };
    let blur = if counts_rows { 0.0 } else { frame.blur(source) };
    let file = FileStats::of(values);
    let mut scratch = Vec::new();
    let has_median = matches!(formula, GroupFormula::Aggregate { aggregate: Aggregate::Median, .. });
    for level in 0..levels.n_levels() {
        let group = Group { values, rows: levels.rows(level), blur };
        match formula {
            GroupFormula::Earlier { aggregate, own, .. } => earlier(&group, *aggregate, *own, &mut points),
            GroupFormula::EarlierSmoothed { weight, prior, .. } => earlier_smoothed(&group, *weight, *prior, &mut points),
            GroupFormula::Folds { gives, .. } => folds::fill(&group, frame.values(*gives)?, &mut points),
            _ => {
                let stats = if has_median { Stats::of(values, group.rows, &mut scratch) } else { Stats::plain(values, group.rows, &mut scratch) };
                let Some(stats) = stats else { continue };
                for &p in group.rows {
                    if let Some(slot) = points.get_mut(p as usize) {
                        *slot = at_row(formula, &group, &stats, &file, values[p as usize]);
                    }
                }
            }
        }
    }
    Some(points)
}

/// The rows of one level and a source's values.
pub(super) struct Group<'a> {
    /// Values of the source by position.
    pub values: &'a [f64],
    /// Positions of the level in the order of time.
    pub rows: &'a [u32],
    /// What rounding may have done to a value.
    pub blur: f64,
}

/// What the whole file says of a source.
#[derive(Clone, Copy, Debug)]
pub(super) struct FileStats {
    /// Rows.
    pub n_rows: f64,
    /// Mean of the present values.
    pub mean: f64,
    /// Variance with n of the present values.
    pub variance: f64,
}

impl FileStats {
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    pub fn of(values: &[f64]) -> Self {
        let present = || values.iter().copied().filter(|v| !v.is_nan());
        let n = present().count().max(1) as f64;
        let mean = crate::math::sum::sum_of(present()) / n;
        let variance = crate::math::sum::sum_of(present().map(|v| (v - mean) * (v - mean))) / n;
        Self { n_rows: values.len() as f64, mean, variance }
    }
}

/// A formula that needs the level's statistics and the row's own value only.
pub(super) fn at_row(formula: &GroupFormula, group: &Group<'_>, stats: &Stats, file: &FileStats, x: f64) -> Option<Point> {
    let blur = group.blur;
    let point = |value: f64, magnitude: f64, blur: f64| value.is_finite().then_some(Point { value, magnitude, blur });
    let drawn = |own: f64| point(own * stats.mean() + (1.0 - own) * file.mean, stats.magnitude(), own * blur / stats.n.sqrt());
    match formula {
        GroupFormula::Aggregate { aggregate, .. } => {
            let (value, blur) = stats.aggregate(*aggregate, file.n_rows, blur)?;
            let magnitude = if *aggregate == Aggregate::Var { stats.magnitude() * stats.magnitude() } else { stats.magnitude() };
            point(value, if *aggregate == Aggregate::Frequency { value } else { magnitude.max(value.abs()) }, blur)
        }
        GroupFormula::LeaveOneOut { .. } => {
            let others = stats.n - 1.0;
            (!x.is_nan() && others > 0.0).then(|| point((stats.sum - x) / others, stats.magnitude(), blur / others.sqrt()))?
        }
        GroupFormula::Smoothed { weight, .. } => drawn(stats.n / (stats.n + weight)),
        GroupFormula::Shrunk { rule, .. } => drawn(own_share(*rule, stats, file)?),
        GroupFormula::Relative { relative, .. } => relative_at(*relative, stats, x, blur),
        GroupFormula::Folds { .. } | GroupFormula::Earlier { .. } | GroupFormula::EarlierSmoothed { .. } => None,
    }
}

/// Share of the level's own mean.
fn own_share(rule: Shrinkage, stats: &Stats, file: &FileStats) -> Option<f64> {
    match rule {
        Shrinkage::Automatic => {
            let (between, within) = (file.variance * stats.n, stats.squares / stats.n);
            (between + within > 0.0).then(|| between / (between + within))
        }
        Shrinkage::Logistic => Some(logistic((stats.n - LEAF) / SMOOTHING)),
        Shrinkage::LogisticEarly => Some(if stats.n > 1.0 { logistic(stats.n - 1.0) } else { 0.0 }),
    }
}

fn relative_at(relative: Relative, stats: &Stats, x: f64, blur: f64) -> Option<Point> {
    if x.is_nan() {
        return None;
    }
    let mean = stats.mean();
    let over = |top: f64, scale: f64| {
        let value = top / scale;
        (scale != 0.0 && value.is_finite()).then(|| Point { value, magnitude: stats.magnitude() / scale.abs(), blur: blur / scale.abs() })
    };
    match relative {
        Relative::LessMean => Some(Point { value: x - mean, magnitude: stats.magnitude(), blur }),
        Relative::OverMean => over(x, mean),
        Relative::Share => over(x, stats.sum),
        Relative::ZScore => over(x - mean, stats.std(1.0)?),
        Relative::ZScorePopulation => over(x - mean, stats.std(0.0)?),
        Relative::MinMax => over(x - stats.min, stats.max - stats.min),
    }
}

/// Sums of the rows so far.
#[derive(Clone, Copy, Default)]
pub(super) struct Running {
    n: f64,
    sum: Accumulator,
    min: f64,
    max: f64,
    /// Mean and sum of squared distances, after Welford.
    mean: f64,
    squares: f64,
}

impl Running {
    pub fn add(&mut self, x: f64) {
        if x.is_nan() {
            return;
        }
        (self.min, self.max) = if self.n == 0.0 { (x, x) } else { (self.min.min(x), self.max.max(x)) };
        self.n += 1.0;
        self.sum.add(x);
        let off = x - self.mean;
        self.mean += off / self.n;
        self.squares += off * (x - self.mean);
    }

    /// Number and sum so far.
    pub fn total(&self) -> (f64, f64) {
        (self.n, self.sum.value())
    }

    /// The aggregate of the rows so far; sums and counts are 0 before the first.
    pub fn point(&self, aggregate: Aggregate, blur: f64) -> Option<Point> {
        if self.n == 0.0 {
            return matches!(aggregate, Aggregate::Sum | Aggregate::Count).then(|| Point::of(0.0));
        }
        let stats = Stats { n: self.n, sum: self.sum.value(), min: self.min, max: self.max, squares: self.squares, median: f64::NAN };
        let (value, blur) = stats.aggregate(aggregate, self.n, blur)?;
        value.is_finite().then(|| Point { value, magnitude: stats.magnitude().max(value.abs()), blur })
    }
}

fn earlier(group: &Group<'_>, aggregate: Aggregate, own: bool, points: &mut Points) {
    let mut running = Running::default();
    for &p in group.rows {
        let x = group.values[p as usize];
        if own {
            running.add(x);
        }
        if let Some(slot) = points.get_mut(p as usize) {
            *slot = running.point(aggregate, group.blur);
        }
        if !own {
            running.add(x);
        }
    }
}

fn earlier_smoothed(group: &Group<'_>, weight: f64, prior: f64, points: &mut Points) {
    let mut running = Running::default();
    for &p in group.rows {
        let (n, sum) = running.total();
        if let Some(slot) = points.get_mut(p as usize) {
            *slot = Some(Point {
                value: (sum + weight * prior) / (n + weight),
                magnitude: prior.abs().max(running.min.abs()).max(running.max.abs()),
                blur: group.blur,
            });
        }
        running.add(group.values[p as usize]);
    }
}

/// Cells of the source that a row's value is made of, the row's own first if it is one of them, at most [`MOST_PARTS`].
pub(super) fn parts(formula: &GroupFormula, frame: &Frame<'_>, position: usize) -> Option<Vec<Part>> {
    let (source, key) = formula.columns();
    let clock = clock(frame);
    let levels = Levels::new(frame, &clock, key)?;
    let values = frame.values(source)?;
    let code = match key {
        Some(key) => *frame.keys.get(key)?.as_ref()?.codes.get(position)? as usize,
        None => 0,
    };
    let rows = levels.rows(code);
    let here = u32::try_from(position).ok()?;
    let used: Vec<u32> = match formula {
        GroupFormula::Earlier { own, .. } => rows.iter().copied().take_while(|&p| p != here).chain(own.then_some(here)).collect(),
        GroupFormula::EarlierSmoothed { .. } => rows.iter().copied().take_while(|&p| p != here).collect(),
        GroupFormula::LeaveOneOut { .. } => rows.iter().copied().filter(|&p| p != here).collect(),
        GroupFormula::Folds { gives, .. } => {
            let encoded = frame.values(*gives)?;
            rows.iter().copied().filter(|&p| encoded[p as usize] != encoded[position]).collect()
        }
        _ => rows.to_vec(),
    };
    let first = used.contains(&here).then_some(here);
    let cell = |p: u32| Some(Part { column: source, row: *frame.order.get(p as usize)?, value: *values.get(p as usize)? });
    let listed = first.into_iter().chain(used.iter().copied().filter(|&p| Some(p) != first));
    Some(listed.filter_map(cell).filter(|part| !part.value.is_nan()).take(MOST_PARTS).collect())
}
