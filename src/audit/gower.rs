//! How near rows are to one another: Gower's distance, and nearest rows without comparing all pairs.
//!
//! Distance: the mean over columns of `|a - b| / range` for numbers (range: 5 % to 95 %, distances cut at 1), and 0 or 1 for labels
//! (Gower 1971). Missing: 1 from a present cell, 0 from a missing one. Nearest rows are looked for among rows that fall beside each other
//! along a few random directions: rows that are near are beside each other in all of them (locality-sensitive hashing by random
//! projections, Datar et al. 2004, with sorted lists for buckets). The nearest row found is never nearer than the nearest row
//! there is, and copies are always found.

use crate::math::rank::{quantile, sorted};
use crate::math::rng::Stream;
use crate::table::{Column, MISSING_CODE, Table};

/// Random directions.
const DIRECTIONS: u64 = 5;
/// Rows on either side of a row's place that are compared.
const BESIDE: usize = 5;

/// Rows as points.
pub(super) struct Points {
    /// Row by row, shape `(n_rows, n_columns)`: numbers over their range, labels as codes, NaN where missing.
    cells: Vec<f32>,
    labels: Vec<bool>,
    n_columns: usize,
    /// Place of every row along each direction, shape `(n_directions, n_rows)`.
    along: Vec<Vec<f32>>,
}

/// A row of the pool and its distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Near {
    /// Position among the points.
    pub at: u32,
    /// Distance, 0 to 1.
    pub distance: f32,
}

impl Points {
    /// The columns at `columns` of these rows; columns that are constant there are left out.
    pub fn new(table: &Table, columns: &[usize], rows: &[usize], seed: u64) -> Self {
        let axes: Vec<(Vec<f32>, bool)> = columns.iter().filter_map(|&c| axis(table.columns().get(c)?, rows)).collect();
        let n_columns = axes.len();
        let mut cells = vec![0.0; rows.len() * n_columns];
        for (j, (values, _)) in axes.iter().enumerate() {
            for (i, v) in values.iter().enumerate() {
                cells[i * n_columns + j] = *v;
            }
        }
        let labels: Vec<bool> = axes.iter().map(|a| a.1).collect();
        let mut points = Self { cells, labels, n_columns, along: Vec::new() };
        points.along = (0..DIRECTIONS).map(|d| points.project(seed, d)).collect();
        points
    }

    /// Columns that differ.
    pub fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// The cells of one point.
    pub fn cells(&self, at: u32) -> &[f32] {
        &self.cells[at as usize * self.n_columns..(at as usize + 1) * self.n_columns]
    }

    /// Distance of two points; stops and gives 1 when it passes `least`.
    pub fn distance(&self, a: u32, b: u32, least: f32) -> f32 {
        let bar = least * self.n_columns as f32;
        let mut total = 0.0;
        for ((x, y), label) in self.cells(a).iter().zip(self.cells(b)).zip(&self.labels) {
            total += match (x.is_nan(), y.is_nan()) {
                (true, true) => 0.0,
                (false, false) if !*label => (x - y).abs().min(1.0),
                (false, false) => f32::from(u8::from(x.total_cmp(y).is_ne())),
                _ => 1.0,
            };
            if total > bar {
                return 1.0;
            }
        }
        total / self.n_columns.max(1) as f32
    }

    fn project(&self, seed: u64, direction: u64) -> Vec<f32> {
        let mut draw = Stream::new(seed, "audit/directions", direction);
        let weights: Vec<f32> = (0..self.n_columns).map(|_| draw.normal() as f32).collect();
        let place = |at: usize| {
            let cells = &self.cells[at * self.n_columns..(at + 1) * self.n_columns];
            cells.iter().zip(&weights).zip(&self.labels).fold(0.0_f32, |sum, ((x, w), label)| {
                sum + match (x.is_nan(), label) {
                    (true, _) => 1.7 * w,
                    (false, false) => w * x.clamp(-2.0, 3.0),
                    // A label's place is any number that is the same for the same label.
                    (false, true) => w * (x * 0.618_034).fract(),
                }
            })
        };
        (0..self.cells.len() / self.n_columns.max(1)).map(place).collect()
    }

    /// The nearest points of `pool` to each of `queries`, at most `k` each, nearest first; a point is not its own neighbour.
    pub fn nearest(&self, queries: &[u32], pool: &[u32], k: usize) -> Vec<Vec<Near>> {
        let mut found: Vec<Vec<Near>> = vec![Vec::new(); queries.len()];
        for along in &self.along {
            let mut line: Vec<u32> = pool.to_vec();
            line.sort_unstable_by(|&a, &b| along[a as usize].total_cmp(&along[b as usize]).then(a.cmp(&b)));
            for (query, best) in queries.iter().zip(&mut found) {
                let place = line.partition_point(|&p| along[p as usize].total_cmp(&along[*query as usize]).then(p.cmp(query)).is_lt());
                for &other in &line[place.saturating_sub(BESIDE)..(place + BESIDE + 1).min(line.len())] {
                    if other == *query || best.iter().any(|n| n.at == other) {
                        continue;
                    }
                    let least = if best.len() < k { 1.0 } else { best.last().map_or(1.0, |n| n.distance) };
                    let near = Near { at: other, distance: self.distance(*query, other, least) };
                    let at = best.partition_point(|n| n.distance.total_cmp(&near.distance).then(n.at.cmp(&near.at)).is_lt());
                    best.insert(at, near);
                    best.truncate(k);
                }
            }
        }
        found
    }
}

/// Cells of a column and whether they are labels; `None` for a column that is constant or dated.
fn axis(column: &Column, rows: &[usize]) -> Option<(Vec<f32>, bool)> {
    if let Some((codes, _)) = column.codes() {
        let cells: Vec<f32> = rows.iter().map(|&r| if codes[r] == MISSING_CODE { f32::NAN } else { codes[r] as f32 }).collect();
        return cells.windows(2).any(|w| w[0].total_cmp(&w[1]).is_ne()).then_some((cells, true));
    }
    let values = column.numbers()?;
    let cells: Vec<f64> = rows.iter().map(|&r| values[r]).collect();
    let ascending = sorted(&cells.iter().copied().filter(|v| !v.is_nan()).collect::<Vec<f64>>());
    let (low, high) = (quantile(&ascending, 0.05), quantile(&ascending, 0.95));
    let range = if high > low { high - low } else { ascending.last()? - ascending.first()? };
    (range > 0.0).then(|| (cells.iter().map(|v| ((v - low) / range) as f32).collect(), false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{clean, noise};

    #[test]
    fn distances_are_those_of_the_definition() {
        let table = Table::new(vec![
            Column::numeric("x", (0..21).map(f64::from).collect(), 0),
            Column::labels("c", crate::table::Kind::Categorical, &(0..21).map(|i| (i > 0).then_some(["a", "b"][i % 2])).collect::<Vec<_>>()),
        ])
        .unwrap();
        let points = Points::new(&table, &[0, 1], &(0..21).collect::<Vec<_>>(), 1);
        // The 5 % to 95 % range of 0 to 20 is 18.
        assert!((points.distance(1, 3, 1.0) - 2.0 / 18.0 / 2.0).abs() < 1e-6);
        assert!((points.distance(1, 2, 1.0) - (1.0 / 18.0 + 1.0) / 2.0).abs() < 1e-6);
        assert!((points.distance(0, 1, 1.0) - (1.0 / 18.0 + 1.0) / 2.0).abs() < 1e-6);
    }

    #[test]
    fn copies_are_always_found_and_nearest_rows_mostly() {
        let case = clean(3, 600, 2);
        let rows: Vec<u32> = (0..600).chain(0..30).collect();
        let table = case.table.take(&rows);
        let points = Points::new(&table, &[0, 1, 2, 3], &(0..630).collect::<Vec<_>>(), 2);
        let pool: Vec<u32> = (0..600).collect();
        let copies: Vec<u32> = (600..630).collect();
        assert!(points.nearest(&copies, &pool, 1).iter().all(|n| n[0].distance < 1e-6));
        let some: Vec<u32> = (0..100).collect();
        let found = points.nearest(&some, &pool, 1);
        let better = found.iter().zip(&some).filter(|(n, q)| {
            let best = pool.iter().filter(|p| p != q).map(|&p| points.distance(**q, p, 1.0)).fold(1.0_f32, f32::min);
            n[0].distance <= best + 0.05
        });
        assert!(better.count() > 80);
        assert_eq!(noise(1, 3, 1).len(), 3);
    }
}
