//! The ground that leaks are planted in: a sample of the user's own table, small enough to be audited many times.
//!
//! At most [`MOST_ROWS`] rows and [`MOST_FEATURES`] features are taken. Rows stay neighbours where that matters: the last rows in order of time,
//! or whole entities in the order of the file; without either, rows drawn by chance, in the order of the file.

use super::{PROOFS, audit_with};
use crate::error::Result;
use crate::finding::{Certainty, Severity};
use crate::lineage::frame::Frame;
use crate::lineage::judge::Moment;
use crate::lineage::search;
use crate::math::elementary::powi;
use crate::math::rng::Stream;
use crate::math::sum::{mean, variance};
use crate::split::SplitSettings;
use crate::table::{Column, MISSING_CODE, Table};
use crate::task::{Target, Task, TaskKind};

/// Most rows of a ground: enough for every proof, few enough for some hundred audits.
pub const MOST_ROWS: usize = 1_000;
/// Most features of a ground; the bar of a proof grows by one bit when they double.
pub const MOST_FEATURES: usize = 24;
/// Significant digits a planted number is printed with at most: decimals are limited to those of a double.
const MOST_DECIMALS: i32 = 9;

/// A table to plant in, with its task.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The rows and columns taken.
    pub table: Table,
    /// The task on them.
    pub task: Task,
    /// Its target, encoded.
    pub target: Target,
    /// How the split will be made.
    pub split: SplitSettings,
    /// The target as numbers, by row: the number itself, or 1 for the positive of two classes. `None` for more classes.
    pub numbers: Option<Vec<f64>>,
    /// Rows in the order of entity and time.
    order: Vec<u32>,
    /// First place in that order of every entity, and the number of rows at the end.
    starts: Vec<usize>,
    /// Milliseconds since 1970 in that order, if rows are dated.
    millis: Option<Vec<i64>>,
    /// Rows by which a value of the target must lie back to be known when predicting.
    pub known_after: usize,
    /// Whether neighbours in the file are neighbours in time.
    pub has_order: bool,
    /// Features that a proof accuses before anything is planted: no innocent twin is made of them.
    pub guilty: Vec<String>,
    /// Seed of the run.
    pub seed: u64,
}

impl Ground {
    /// The ground of a table. `n_train`: rows before those of a test file, which are left out.
    ///
    /// # Errors
    /// The target cannot be encoded.
    pub fn new(table: &Table, task: &Task, split: &SplitSettings, n_train: usize, seed: u64) -> Result<Self> {
        let (table, task) = sampled(table, task, n_train.min(table.n_rows()), seed);
        let target = task.encode(&table)?;
        let numbers = (task.kind != TaskKind::Multiclass).then(|| target.values.clone());
        let frame = Frame::new(&table, Some(&task));
        let (order, starts, millis) = (frame.order.clone(), frame.starts.clone(), frame.millis.clone());
        let moment = frame.target.map(|t| Moment::new(t, task.horizon, &search(&frame).chosen));
        let known_after = moment.map_or(1, |m| usize::try_from(-m.known_of_target()).unwrap_or(1).max(1));
        let has_order = task.time.is_some() || wanders(&target.values);
        let guilty = Vec::new();
        let mut ground = Self { split: split.clone(), numbers, order, starts, millis, known_after, has_order, guilty, seed, target, task, table };
        let proofs = audit_with(&ground.table, &ground.task, &ground, |id| PROOFS.contains(&id));
        let grave = proofs.iter().flat_map(|c| &c.findings).filter(|f| f.severity <= Severity::Warning && f.certainty != Certainty::Ask);
        ground.guilty = grave.flat_map(|f| f.columns.clone()).collect();
        Ok(ground)
    }

    /// Rows and features of the ground of a table, without making it.
    #[must_use]
    pub fn size(table: &Table, task: &Task, n_train: usize, seed: u64) -> (usize, usize) {
        let (table, task) = sampled(table, task, n_train.min(table.n_rows()), seed);
        (table.n_rows(), task.features.len())
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.table.n_rows()
    }

    /// A name that no column has.
    #[must_use]
    pub fn fresh(&self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        while self.table.position(&name).is_some() {
            name.push('_');
        }
        name
    }

    /// Applies `f` to the values of each entity in time order; the result by row again.
    #[must_use]
    pub fn along(&self, values: &[f64], f: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
        let mut made = vec![f64::NAN; values.len()];
        for bounds in self.starts.windows(2) {
            let rows = &self.order[bounds[0]..bounds[1]];
            let own: Vec<f64> = rows.iter().map(|&r| values[r as usize]).collect();
            for (&row, value) in rows.iter().zip(f(&own)) {
                made[row as usize] = if value.is_finite() { value } else { f64::NAN };
            }
        }
        made
    }

    /// Rows in the order of entity and time, entity by entity.
    pub fn entities(&self) -> impl Iterator<Item = &[u32]> {
        self.starts.windows(2).map(|bounds| &self.order[bounds[0]..bounds[1]])
    }

    /// Milliseconds of each place in the order of entity and time, if rows are dated.
    #[must_use]
    pub fn millis(&self) -> Option<&[i64]> {
        self.millis.as_deref()
    }

    /// Rows of the longest entity.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.entities().map(<[u32]>::len).max().unwrap_or(0)
    }

    /// Numeric features with at least `distinct` different values, half of the cells present, in the order of the file.
    #[must_use]
    pub fn numeric(&self, distinct: usize) -> Vec<&Column> {
        let features = self.task.features.iter().filter_map(|f| self.table.column(f).ok());
        let varied = |v: &[f64]| {
            let mut present: Vec<f64> = v.iter().copied().filter(|v| !v.is_nan()).collect();
            let enough = present.len() * 2 >= v.len();
            present.sort_unstable_by(f64::total_cmp);
            present.dedup();
            enough && present.len() >= distinct
        };
        features.filter(|c| c.numbers().is_some_and(varied)).collect()
    }

    /// Columns of labels that can be keys: `fewest` to n / `rows_a_level` levels, without the target. Each with the level of every row.
    #[must_use]
    pub fn keys(&self, fewest: usize, rows_a_level: usize) -> Vec<(&str, Vec<u32>)> {
        let named = |name: &String| Some((self.table.column(name).ok()?.name(), self.levels(name)?));
        let all = self.task.entity.iter().chain(&self.task.features).filter_map(named);
        let fits = |levels: &[u32]| {
            let n_levels = levels.iter().filter(|&&l| l != MISSING_CODE).max().map_or(0, |&l| l as usize + 1);
            n_levels >= fewest && n_levels * rows_a_level <= levels.len()
        };
        let mut keys: Vec<(&str, Vec<u32>)> = all.filter(|(_, levels)| fits(levels)).collect();
        keys.dedup_by(|a, b| a.0 == b.0);
        keys
    }

    fn levels(&self, name: &str) -> Option<Vec<u32>> {
        let (codes, _) = self.table.column(name).ok()?.codes()?;
        let mut index = std::collections::BTreeMap::new();
        let mut level = |code: u32| {
            let next = u32::try_from(index.len()).unwrap_or(MISSING_CODE);
            if code == MISSING_CODE { MISSING_CODE } else { *index.entry(code).or_insert(next) }
        };
        Some(codes.iter().map(|&c| level(c)).collect())
    }

    /// The table with these columns behind the others, and the task with them as features.
    ///
    /// # Errors
    /// A column of another length.
    pub fn with(&self, columns: Vec<Column>) -> Result<(Table, Task)> {
        let mut task = self.task.clone();
        task.features.extend(columns.iter().map(|c| c.name().to_owned()));
        let table = Table::new(self.table.columns().iter().cloned().chain(columns).collect())?;
        Ok((table, task))
    }
}

/// Spread of the changes of a target over that of its levels, as it would be 1 for rows without an order; at most 1.
#[must_use]
pub fn roughness(ground: &Ground, values: &[f64]) -> f64 {
    let change = |pair: &[u32]| values[pair[1] as usize] - values[pair[0] as usize];
    let steps: Vec<f64> = ground.entities().flat_map(|rows| rows.windows(2)).map(change).collect();
    match (moments(&steps), moments(values)) {
        (Some((_, of_steps)), Some((_, of_levels))) if ground.has_order => (of_steps / of_levels / std::f64::consts::SQRT_2).min(1.0),
        _ => 1.0,
    }
}

/// Rank correlation of a target with its neighbour in the file from which the order of the file is an order of time.
const WANDERS: f64 = 0.3;

fn wanders(values: &[f64]) -> bool {
    let pairs: Vec<(f64, f64)> = values.windows(2).map(|w| (w[0], w[1])).filter(|p| !p.0.is_nan() && !p.1.is_nan()).collect();
    let (a, b): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
    a.len() >= 30 && crate::math::rank::spearman(&a, &b).is_some_and(|r| r >= WANDERS)
}

/// At most [`MOST_ROWS`] of the first `n` rows, and [`MOST_FEATURES`] features.
fn sampled(table: &Table, task: &Task, n: usize, seed: u64) -> (Table, Task) {
    let all: Vec<u32> = (0..u32::try_from(n).unwrap_or(u32::MAX)).collect();
    let rows = if n <= MOST_ROWS { all } else { some_rows(&table.take(&all), task, seed) };
    let mut features: Vec<usize> = (0..task.features.len()).collect();
    if features.len() > MOST_FEATURES {
        Stream::new(seed, "canary/features", 0).shuffle(&mut features);
        features.truncate(MOST_FEATURES);
        features.sort_unstable();
    }
    let features: Vec<String> = features.into_iter().map(|i| task.features[i].clone()).collect();
    let kept = |name: &str| {
        features.iter().any(|f| f == name) || [Some(&task.target), task.time.as_ref(), task.entity.as_ref()].contains(&Some(&name.to_owned()))
    };
    let left_out: Vec<bool> = table.columns().iter().map(|c| !kept(c.name())).collect();
    let columns = table.columns().iter().zip(left_out).filter(|(_, out)| !out).map(|(c, _)| c.take(&rows)).collect();
    let sample = Table::new(columns).unwrap_or_else(|_| table.take(&rows));
    (sample, Task { features, weight: None, ignored: Vec::new(), ..task.clone() })
}

fn some_rows(table: &Table, task: &Task, seed: u64) -> Vec<u32> {
    let frame = Frame::new(table, Some(task));
    let mut rows: Vec<u32> = if frame.entity.is_some() {
        let longer = |s: &&[usize]| s[0] < MOST_ROWS;
        let end = frame.starts.windows(2).take_while(longer).map(|s| s[1]).last().unwrap_or(0).min(2 * MOST_ROWS);
        frame.order.iter().copied().take(end).collect()
    } else if frame.time.is_some() {
        frame.order.iter().copied().skip(frame.n_rows().saturating_sub(MOST_ROWS)).collect()
    } else {
        let mut rows = frame.order.clone();
        Stream::new(seed, "canary/rows", 0).shuffle(&mut rows);
        rows.truncate(MOST_ROWS);
        rows
    };
    rows.sort_unstable();
    rows
}

/// A numeric column printed with so many significant digits of its spread.
#[must_use]
pub fn printed(name: &str, values: &[f64], digits: i32) -> Column {
    let present: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    let spread = if present.len() > 1 { variance(&present, 1).sqrt() } else { 1.0 };
    let mut decimals = 0;
    while decimals < MOST_DECIMALS && powi(10.0, decimals) * spread < powi(10.0, digits - 1) {
        decimals += 1;
    }
    rounded(name, values, decimals)
}

/// A numeric column printed with so many decimals.
#[must_use]
pub fn rounded(name: &str, values: &[f64], decimals: i32) -> Column {
    let unit = powi(10.0, decimals);
    let cells = values.iter().map(|v| (v * unit).round() / unit + 0.0).collect();
    Column::numeric(name, cells, u8::try_from(decimals).unwrap_or(0))
}

/// Mean and standard deviation of the present values; `None` when they do not vary.
#[must_use]
pub fn moments(values: &[f64]) -> Option<(f64, f64)> {
    let present: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    let spread = if present.len() > 1 { variance(&present, 1).sqrt() } else { 0.0 };
    (spread > 0.0).then(|| (mean(&present), spread))
}

/// Present values less their mean, over their standard deviation, in units of a unit spread; noise when they do not vary.
#[must_use]
pub fn standard(values: &[f64]) -> Option<Vec<f64>> {
    let (middle, spread) = moments(values)?;
    Some(values.iter().map(|v| (v - middle) / spread).collect())
}
