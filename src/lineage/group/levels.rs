//! The rows of every level of a key, in the order of time, and what can be said of a handful of values.

use super::evaluate::FileStats;
use crate::lineage::frame::Frame;
use crate::math::sort;
use crate::table::{MISSING_CODE, MISSING_TIME};
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;

/// What is taken of the values of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// Arithmetic mean.
    Mean,
    /// Sum.
    Sum,
    /// Number of rows.
    Count,
    /// Number of rows over the number of all rows.
    Frequency,
    /// Smallest value.
    Min,
    /// Largest value.
    Max,
    /// Median, the mean of the middle two.
    Median,
    /// Standard deviation with n - 1.
    Std,
    /// Standard deviation with n.
    StdPopulation,
    /// Variance with n - 1.
    Var,
}

impl Aggregate {
    /// Those of a source's values, the simplest first.
    pub(super) const OF_VALUES: [Self; 8] = [Self::Mean, Self::Sum, Self::Min, Self::Max, Self::Median, Self::Std, Self::StdPopulation, Self::Var];
    /// Those of earlier rows.
    pub(super) const RUNNING: [Self; 5] = [Self::Mean, Self::Sum, Self::Min, Self::Max, Self::Std];

    /// Small addition to the cost: the mean is told before the median of two, which is the same.
    pub(super) fn step(self) -> f64 {
        match self {
            Self::Mean => 0.0,
            Self::Sum | Self::Count => 0.01,
            Self::Frequency => 0.02,
            Self::Min | Self::Max => 0.03,
            Self::Median => 0.04,
            Self::Std | Self::StdPopulation | Self::Var => 0.05,
        }
    }
}

/// Positions in the order of time; in the file's order where times are equal or there is no time.
pub(super) fn clock(frame: &Frame<'_>) -> Vec<u32> {
    let mut positions: Vec<u32> = (0..u32::try_from(frame.n_rows()).unwrap_or(u32::MAX)).collect();
    let row = |p: u32| frame.order.get(p as usize).copied().unwrap_or(0);
    let column = frame.time.and_then(|t| frame.table.columns().get(t));
    if let Some(millis) = column.and_then(|c| c.millis()) {
        let moment = |p: u32| millis.get(row(p) as usize).map_or(i64::MAX, |&m| if m == MISSING_TIME { i64::MAX } else { m });
        positions.sort_by_key(|&p| (moment(p), row(p)));
    } else if let Some(numbers) = column.and_then(|c| c.numbers()) {
        let at = |p: u32| numbers.get(row(p) as usize).copied().unwrap_or(f64::NAN);
        positions.sort_by(|&a, &b| at(a).total_cmp(&at(b)).then(row(a).cmp(&row(b))));
    } else {
        positions.sort_by_key(|&p| row(p));
    }
    positions
}

/// What is computed once for all keys: the order of time, and what the whole file says of every column.
pub(super) struct Ground {
    /// Positions in the order of time.
    pub clock: Vec<u32>,
    file: Vec<OnceCell<FileStats>>,
}

impl Ground {
    pub fn new(frame: &Frame<'_>) -> Self {
        Self { clock: clock(frame), file: vec![OnceCell::new(); frame.n_columns()] }
    }

    /// What the whole file says of a column.
    pub fn file(&self, column: usize, values: &[f64]) -> FileStats {
        self.file.get(column).map_or_else(|| FileStats::of(values), |cell| *cell.get_or_init(|| FileStats::of(values)))
    }
}

/// Positions of every level, in the order of time.
pub(super) struct Levels {
    starts: Vec<usize>,
    positions: Vec<u32>,
}

impl Levels {
    /// Levels of a key column, or one level of all rows.
    pub fn new(frame: &Frame<'_>, clock: &[u32], key: Option<usize>) -> Option<Self> {
        let Some(key) = key else { return Some(Self { starts: vec![0, clock.len()], positions: clock.to_vec() }) };
        let key = frame.keys.get(key)?.as_ref()?;
        let mut starts = vec![0_usize; key.n_levels + 1];
        for &code in key.codes.iter().filter(|&&c| c != MISSING_CODE) {
            *starts.get_mut(code as usize + 1)? += 1;
        }
        for i in 0..key.n_levels {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut positions = vec![0_u32; *starts.last()?];
        for &position in clock {
            let code = *key.codes.get(position as usize)?;
            if code != MISSING_CODE {
                let slot = next.get_mut(code as usize)?;
                *positions.get_mut(*slot)? = position;
                *slot += 1;
            }
        }
        Some(Self { starts, positions })
    }

    pub fn n_levels(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Positions of a level; none of one that does not exist, as the code of missing cells.
    pub fn rows(&self, level: usize) -> &[u32] {
        let ends = level.checked_add(1).and_then(|after| self.starts.get(level).zip(self.starts.get(after)));
        ends.and_then(|(&from, &to)| self.positions.get(from..to)).unwrap_or(&[])
    }

    /// A few levels of different size with at least `fewest` rows, spread over the sizes, the smallest first; the
    /// largest are left out if there are others.
    pub fn anchors(&self, most: usize, fewest: usize) -> Vec<usize> {
        let mut sized: Vec<(usize, usize)> = (0..self.n_levels()).map(|l| (self.rows(l).len(), l)).filter(|s| s.0 >= fewest).collect();
        sized.sort_unstable();
        if sized.len() > 3 * most {
            sized.truncate(sized.len() * 2 / 3);
        }
        let n = sized.len();
        let mut chosen: Vec<usize> = (0..most.min(n)).filter_map(|i| sized.get((2 * i + 1) * n / (2 * most.min(n)))).map(|s| s.1).collect();
        sort::by_key(&mut chosen, |&l| (self.rows(l).len(), l));
        chosen
    }
}

/// What is known of the present values of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stats {
    /// Present values.
    pub n: f64,
    pub sum: f64,
    pub min: f64,
    pub max: f64,
    /// Sum of squared distances from the mean.
    pub squares: f64,
    /// Median, if it was asked for.
    pub median: f64,
}

impl Stats {
    /// Of the values at these positions; `None` if none is present. The median is left out.
    pub fn plain(values: &[f64], rows: &[u32], scratch: &mut Vec<f64>) -> Option<Self> {
        scratch.clear();
        scratch.extend(rows.iter().filter_map(|&p| values.get(p as usize)).filter(|v| !v.is_nan()));
        Self::of_present(scratch)
    }

    /// Of the values at these positions, with the median; `None` if none is present.
    pub fn of(values: &[f64], rows: &[u32], scratch: &mut Vec<f64>) -> Option<Self> {
        scratch.clear();
        scratch.extend(rows.iter().filter_map(|&p| values.get(p as usize)).filter(|v| !v.is_nan()));
        let mut stats = Self::of_present(scratch)?;
        let middle = scratch.len() / 2;
        let (below, upper, _) = scratch.select_nth_unstable_by(middle, f64::total_cmp);
        let upper = *upper;
        let lower = if stats.n % 2.0 == 0.0 { below.iter().copied().max_by(f64::total_cmp).unwrap_or(upper) } else { upper };
        stats.median = lower + (upper - lower) / 2.0;
        Some(stats)
    }

    /// The same without the median, of values all present.
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    pub fn of_present(values: &[f64]) -> Option<Self> {
        let first = *values.first()?;
        let n = values.len() as f64;
        let (mut sum, mut min, mut max) = (0.0, first, first);
        for &v in values {
            sum += v;
            min = f64::min(min, v);
            max = f64::max(max, v);
        }
        let mean = sum / n;
        let squares = values.iter().map(|v| (v - mean) * (v - mean)).sum();
        Some(Self { n, sum, min, max, squares, median: f64::NAN })
    }

    pub fn mean(&self) -> f64 {
        self.sum / self.n
    }

    /// Largest magnitude of the values.
    pub fn magnitude(&self) -> f64 {
        self.min.abs().max(self.max.abs())
    }

    /// Standard deviation with n - `less`.
    pub fn std(&self, less: f64) -> Option<f64> {
        (self.n > less && self.n > 1.0).then(|| (self.squares / (self.n - less)).sqrt())
    }

    /// An aggregate with what rounding of the values by `blur` may have done to it.
    pub fn aggregate(&self, aggregate: Aggregate, n_rows: f64, blur: f64) -> Option<(f64, f64)> {
        let root = self.n.sqrt();
        let pair = match aggregate {
            Aggregate::Mean => (self.mean(), blur / root),
            Aggregate::Sum => (self.sum, blur * root),
            Aggregate::Count => (self.n, 0.0),
            Aggregate::Frequency => (self.n / n_rows, 0.0),
            Aggregate::Min => (self.min, blur),
            Aggregate::Max => (self.max, blur),
            Aggregate::Median => (self.median, blur),
            Aggregate::Std => (self.std(1.0)?, blur / root),
            Aggregate::StdPopulation => (self.std(0.0)?, blur / root),
            Aggregate::Var => {
                let std = self.std(1.0)?;
                (std * std, 2.0 * std * blur / root)
            }
        };
        pair.0.is_finite().then_some(pair)
    }
}
