//! How predictions follow one raw column: partial dependence (Friedman 2001, section 8.2) and individual conditional expectation (ICE; Goldstein et al. 2015).
//!
//! The raw cell of every row is set to each point of a grid, and the row goes through preparation and model again: all features made of the column move
//! together. The mean over rows is the partial dependence. Lines of single rows, each centred at its own mean, are told by their 10 % and 90 % quantiles and as means of
//! fifths of the rows, from those whose prediction rises least to those where it rises most: no line is one row's. Where the lines are parallel the column acts alone;
//! [`Dependence::apart`] is the share of their variation that the mean line does not have.
//!
//! No point is one row's: a grid of numbers holds the values of [`LEAST_ROWS`] rows or more where there are few of them, and otherwise the middles of groups of as many rows,
//! in ascending order and of equal size, each middle the mean of the group's quartiles. A grid of labels holds those of as many rows. Values that never stand together in
//! a row are put together here: a dependence says what the model does, not what happens.

use super::additive::told;
use crate::error::Result;
use crate::math::rank::{quantile, sorted};
use crate::math::sort;
use crate::math::sum::{mean, sum_of};
use crate::model::Model;
use crate::prepare::FittedRecipe;
use crate::prepare::steps::encode::LEAST_ROWS;
use crate::split::Rows;
use crate::table::{Column, Exceptions, MISSING_CODE, Table, Values};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most points of a grid: what a figure can show.
pub const MOST_POINTS: usize = 20;
/// Rows that a point, or the mean of some lines, stands for at least: no cell of fewer is told.
pub const FEWEST: usize = LEAST_ROWS as usize;
/// Parts that lines of single rows are joined in.
const PARTS: usize = 5;
/// Quantiles told of the lines of single rows.
const QUANTILES: (f64, f64) = (0.1, 0.9);

/// How predictions follow one raw column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dependence {
    /// Raw column.
    pub column: String,
    /// Points of a grid of numbers, ascending; empty for labels. Shape `(n_points,)`.
    pub numbers: Vec<f64>,
    /// Points of a grid of labels, most frequent first; empty for numbers. Shape `(n_points,)`.
    pub labels: Vec<String>,
    /// Mean prediction at each point, shape `(n_points,)`.
    pub mean: Vec<f64>,
    /// 10 % and 90 % quantile of the rows' predictions at each point, each row moved so that its mean over the points is that of all.
    pub band: Vec<(f64, f64)>,
    /// Mean predictions of fifths of the rows, those that rise least from first to last point first; shape `(n_parts, n_points)`, empty with too few rows.
    pub parts: Vec<Vec<f64>>,
    /// Share of the rows' variation over the grid that the mean does not have, 0 to 1; none where nothing varies.
    pub apart: Option<f64>,
    /// Rows that were moved.
    pub n_rows: u64,
}

/// What is asked, and through which preparation.
pub struct Ground<'a> {
    /// The model.
    pub model: &'a Model,
    /// What feeds it.
    pub recipe: &'a FittedRecipe,
    /// The table.
    pub table: &'a Table,
    /// The class whose probability is told; 0 for numbers.
    pub class: usize,
    /// A sign of life.
    pub pulse: &'a dyn Fn(),
}

impl Ground<'_> {
    /// Predictions of one number for rows of a table with the recipe's columns.
    ///
    /// # Errors
    /// Those of preparation and model.
    pub fn predict(&self, table: &Table, rows: &Rows) -> Result<Vec<f64>> {
        Ok(told(&self.model.predict_with_pulse(&self.recipe.apply(table, rows)?, self.pulse)?, self.class))
    }

    /// Dependence on a raw column over these rows of the table, its grid from the cells of `seen`; none for moments, other kinds, columns with fewer than two points, and a recipe that uses the past.
    ///
    /// # Errors
    /// A column that does not exist, or those of preparation and model.
    pub fn dependence(&self, column: &str, rows: &[u32], seen: &[u32]) -> Result<Option<Dependence>> {
        let column = self.table.column(column)?;
        let Some(grid) = grid(column, seen) else { return Ok(None) };
        // Rows that are asked about many times over have no past of their own.
        if rows.len() < FEWEST || self.recipe.uses_past() {
            return Ok(None);
        }
        let again: Vec<u32> = (0..grid.len()).flat_map(|_| rows.iter().copied()).collect();
        let mut columns = Vec::new();
        for name in self.recipe.columns() {
            columns.push(if name == column.name() { grid.column(column, rows.len()) } else { self.table.column(name)?.take(&again) });
        }
        let lines = self.predict(&Table::new(columns)?, &Rows::all(again.len()))?;
        Ok(Some(summary(column.name(), grid, &lines, rows.len())))
    }
}

/// Points.
enum Grid {
    Numbers(Vec<f64>),
    Labels(Vec<u32>, Arc<Vec<String>>),
}

impl Grid {
    fn len(&self) -> usize {
        match self {
            Self::Numbers(points) => points.len(),
            Self::Labels(codes, _) => codes.len(),
        }
    }

    /// Each point `n_rows` times.
    fn column(&self, like: &Column, n_rows: usize) -> Column {
        let values = match self {
            Self::Numbers(points) => {
                let values: Vec<f64> = points.iter().flat_map(|p| std::iter::repeat_n(*p, n_rows)).collect();
                Values::Numbers { decimals: vec![0; values.len()], values }
            }
            Self::Labels(codes, levels) => {
                Values::Codes { codes: codes.iter().flat_map(|c| std::iter::repeat_n(*c, n_rows)).collect(), levels: Arc::clone(levels) }
            }
        };
        Column::new(like.name(), like.kind(), values, Exceptions::default())
    }
}

fn grid(column: &Column, seen: &[u32]) -> Option<Grid> {
    let grid = match column.values() {
        Values::Numbers { values, .. } => {
            let there: Vec<f64> = seen.iter().filter_map(|&r| values.get(r as usize).copied()).filter(|v| !v.is_nan()).collect();
            Grid::Numbers(points(&sorted(&there)))
        }
        Values::Codes { codes, levels } => {
            let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
            let there = seen.iter().filter_map(|&r| codes.get(r as usize).copied()).filter(|c| *c != MISSING_CODE);
            there.for_each(|c| *counts.entry(c).or_default() += 1);
            let mut often: Vec<(u32, usize)> = counts.into_iter().filter(|(_, n)| *n >= FEWEST).collect();
            sort::by_key(&mut often, |(code, n)| (std::cmp::Reverse(*n), *code));
            Grid::Labels(often.into_iter().take(MOST_POINTS).map(|(code, _)| code).collect(), Arc::clone(levels))
        }
        Values::Times { .. } => return None,
    };
    (grid.len() > 1).then_some(grid)
}

/// Points of a grid of numbers, ascending.
fn points(ascending: &[f64]) -> Vec<f64> {
    let runs: Vec<&[f64]> = ascending.chunk_by(|a, b| a == b).collect();
    if runs.len() <= MOST_POINTS {
        return runs.iter().filter(|run| run.len() >= FEWEST).filter_map(|run| run.first().copied()).collect();
    }
    let (n, whole) = (ascending.len(), ascending.iter().all(|v| v.fract() == 0.0));
    let groups = MOST_POINTS.min(n / FEWEST);
    let middle = |g: usize| {
        let own = &ascending[g * n / groups..(g + 1) * n / groups];
        let middle = 0.5 * (quantile(own, 0.25) + quantile(own, 0.75));
        if whole { middle.round() } else { middle }
    };
    let mut points: Vec<f64> = (0..groups).map(middle).collect();
    points.dedup();
    points
}

/// What is told of all lines, shape `(n_points, n_rows)`.
fn summary(column: &str, grid: Grid, lines: &[f64], n_rows: usize) -> Dependence {
    let n_points = grid.len();
    let line = |i: usize| -> Vec<f64> { lines.iter().skip(i).step_by(n_rows).copied().collect() };
    let means: Vec<f64> = lines.chunks_exact(n_rows).map(mean).collect();
    let level = mean(&means);
    let centred: Vec<Vec<f64>> = (0..n_rows)
        .map(|i| {
            let own = line(i);
            let centre = mean(&own);
            own.iter().map(|v| v - centre).collect()
        })
        .collect();
    let at = |p: usize| sorted(&centred.iter().map(|c| c[p] + level).collect::<Vec<_>>());
    let band = (0..n_points).map(at).map(|v| (quantile(&v, QUANTILES.0), quantile(&v, QUANTILES.1))).collect();
    let all = sum_of(centred.iter().flatten().map(|c| c * c));
    let common = n_rows as f64 * sum_of(means.iter().map(|m| (m - level) * (m - level)));
    let rise = |i: &usize| centred[*i][n_points - 1] - centred[*i][0];
    let mut order: Vec<usize> = (0..n_rows).collect();
    sort::by(&mut order, |a, b| rise(a).total_cmp(&rise(b)).then(a.cmp(b)));
    let part = |k: usize| -> Vec<f64> {
        let own = &order[k * n_rows / PARTS..(k + 1) * n_rows / PARTS];
        (0..n_points).map(|p| mean(&own.iter().map(|&i| lines[p * n_rows + i]).collect::<Vec<_>>())).collect()
    };
    let enough = n_rows >= PARTS * FEWEST;
    let (numbers, labels) = match grid {
        Grid::Numbers(points) => (points, Vec::new()),
        Grid::Labels(codes, levels) => (Vec::new(), codes.iter().map(|&c| levels.get(c as usize).cloned().unwrap_or_default()).collect()),
    };
    Dependence {
        column: column.to_owned(),
        numbers,
        labels,
        mean: means,
        band,
        parts: if enough { (0..PARTS).map(part).collect() } else { Vec::new() },
        apart: (all > 0.0).then(|| ((all - common) / all).clamp(0.0, 1.0)),
        n_rows: n_rows as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parallel_lines_are_not_apart_and_crossing_ones_are() {
        // Rows start at different heights and rise alike; then half of them fall.
        let points = [0.0, 1.0, 2.0];
        let parallel: Vec<f64> = points.iter().flat_map(|x| (0..40).map(move |i| f64::from(i) + 2.0 * x)).collect();
        let crossing: Vec<f64> =
            points.iter().flat_map(|x| (0..40).map(move |i| f64::from(i) + if i % 2 == 0 { 2.0 * x } else { -2.0 * x })).collect();
        let grid = || Grid::Numbers(points.to_vec());
        let (one, two) = (summary("a", grid(), &parallel, 40), summary("a", grid(), &crossing, 40));
        assert_eq!((one.mean.as_slice(), one.apart, one.parts.len()), ([19.5, 21.5, 23.5].as_slice(), Some(0.0), 5));
        assert!(two.mean.iter().all(|m| (m - 19.5).abs() < 1e-12) && (two.apart.unwrap() - 1.0).abs() < 1e-12);
        assert!(two.parts[0][2] < two.parts[0][0] && two.parts[4][2] > two.parts[4][0]);
        assert!(one.band.iter().zip(&one.mean).all(|(b, m)| (b.0 - m).abs() < 1e-9 && (b.1 - m).abs() < 1e-9));
    }

    #[test]
    fn a_grid_has_no_extreme_and_no_rare_label() {
        let column = Column::numeric("a", (0..1000).map(f64::from).collect(), 0);
        let rows: Vec<u32> = (0..1000).collect();
        let Some(Grid::Numbers(points)) = grid(&column, &rows) else { panic!("no grid") };
        assert!(points.len() == MOST_POINTS && points[0] == 25.0 && points[points.len() - 1] == 975.0, "{points:?}");
        assert!(!self::points(&(0..49).map(|i| if i == 48 { 1e6 } else { f64::from(i) + 0.5 }).collect::<Vec<_>>()).iter().any(|p| *p > 48.0));
        assert_eq!(self::points(&[0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 7.0]), [0.0, 1.0], "a value of one row is no point");
        let cells: Vec<Option<&str>> = (0..100)
            .map(|i| {
                Some(if i < 3 {
                    "rare"
                } else if i < 60 {
                    "often"
                } else {
                    "less"
                })
            })
            .collect();
        let Some(Grid::Labels(codes, levels)) = grid(&Column::labels("b", crate::table::Kind::Categorical, &cells), &rows[..100]) else {
            panic!("no grid")
        };
        assert_eq!(codes.iter().map(|c| levels[*c as usize].as_str()).collect::<Vec<_>>(), ["often", "less"]);
        assert!(grid(&column, &rows[..8]).is_none());
    }
}
