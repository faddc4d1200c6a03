//! Rows that are nearly copies of others.
//!
//! With a test file: test rows must not be nearer to the training rows than those are to each other (Gower distance to the nearest
//! training row; one-sided Mann-Whitney test, exact copies left to the check for them). Within one file: in columns that are measured
//! finely, the share of rows whose nearest row is at a twentieth of the usual distance, against the share that a cloud of the same
//! intrinsic dimension `k` would have, `1 - 2^(-0.05^k)`; `k` from the ratio of the distances to the second and the first neighbour
//! (two nearest neighbours, Facco et al. 2017, by the median so that copies do not count).

use super::super::gower::Points;
use super::super::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Evidence, Finding, Severity, Share};
use crate::math::elementary::{exp, ln, pow};
use crate::math::rank::median;
use crate::math::rng::Stream;
use crate::stats::mann_whitney::two_sided;
use crate::table::Column;

/// The check.
pub const NEAR_DUPLICATES: Check = Check {
    id: "near_duplicates",
    title: "Near duplicates",
    doc: "Finds rows that are copies of others but for small changes: test rows that lie nearer to the training rows than those do to each other, or pairs in \
          one file that are far nearer than its usual distances allow.",
    run,
};

/// Most rows that are looked for.
const POOL: usize = 40_000;
/// Most cells that are looked at: a wide table gets fewer rows.
const CELLS: usize = 1_500_000;
/// Most rows that look.
const QUERIES: usize = 1_500;
/// Fewest rows on each side, or in one file.
const ENOUGH: usize = 100;
/// Probability that a test row is the nearer one, from which it matters.
const NEARER: f64 = 0.55;
/// Probability from which half of the test rows are copies.
const MOSTLY: f64 = 0.75;
/// One-sided p-value.
const P_VALUE: f64 = 1e-6;
/// A distance that is very near, as a share of the usual one.
const VERY_NEAR: f64 = 0.05;
/// Share of the rows that must be very near another.
const SHARE: f64 = 0.01;
/// Share that is a warning without doubt.
const MANY: f64 = 0.05;
/// Times the expected number.
const BEYOND: f64 = 5.0;
/// Fewest such rows.
const PAIRS: f64 = 10.0;
/// Finely measured columns one file must have.
const FINE_COLUMNS: usize = 3;
/// Rows of one value up to which a column is finely measured, as a share.
const COARSE: f64 = 0.05;
/// Rows for the intrinsic dimension.
const DIMENSION_ROWS: usize = 500;

fn run(input: &AuditInput<'_>) -> Checked {
    let n = input.table.n_rows();
    match input.test_from.filter(|&f| f < n) {
        Some(from) => two_files(input, from),
        None => one_file(input),
    }
}

fn two_files(input: &AuditInput<'_>, from: usize) -> Checked {
    let n = input.table.n_rows();
    if from < ENOUGH || n - from < ENOUGH {
        return Checked::underpowered(NEAR_DUPLICATES.id, n, "with fewer than 100 rows in a file near copies cannot be told from neighbours");
    }
    let mut rows = drawn(0, from, pool_of(input), input.seed);
    let n_train = rows.len();
    rows.extend(drawn(from, n, QUERIES, input.seed));
    let points = Points::new(input.table, &input.feature_positions(), &rows, input.seed);
    if points.n_columns() == 0 {
        return Checked::skipped(NEAR_DUPLICATES.id, "the features have no distances");
    }
    let pool: Vec<u32> = (0..n_train as u32).collect();
    let test: Vec<u32> = (n_train as u32..rows.len() as u32).collect();
    let step = n_train.div_ceil(QUERIES);
    let train: Vec<u32> = pool.iter().copied().step_by(step.max(1)).collect();
    let distances = |queries: &[u32]| -> Vec<f64> {
        points.nearest(queries, &pool, 1).iter().filter_map(|f| f.first()).map(|f| f64::from(f.distance)).filter(|d| *d > 1e-9).collect()
    };
    let (of_test, of_train) = (distances(&test), distances(&train));
    let Some(found) = two_sided(&of_train, &of_test).ok().filter(|_| of_test.len() >= ENOUGH / 2) else {
        return Checked::skipped(NEAR_DUPLICATES.id, "the test rows are exact copies, or have no neighbours");
    };
    let p = if found.superiority > 0.5 { found.p / 2.0 } else { 1.0 - found.p / 2.0 };
    let usual = crate::math::rank::quantile(&crate::math::rank::sorted(&of_train), 0.01);
    let near = of_test.iter().filter(|d| **d <= usual).count() as u64;
    let finding = (p <= P_VALUE && found.superiority >= NEARER).then(|| {
        let evidence = Evidence::Nearness {
            near: Share { count: near, of: of_test.len() as u64 },
            expected: of_test.len() as f64 / 100.0,
            superiority: Some(found.superiority),
            p_value: Some(p),
        };
        let severity = if found.superiority >= MOSTLY { Severity::Blocker } else { Severity::Warning };
        Finding::new(NEAR_DUPLICATES.id, severity, Certainty::Strong, &[], evidence)
    });
    Checked::ran(NEAR_DUPLICATES.id, rows.len(), finding.into_iter().collect())
}

fn one_file(input: &AuditInput<'_>) -> Checked {
    let n = input.table.n_rows();
    if n < ENOUGH {
        return Checked::underpowered(NEAR_DUPLICATES.id, n, "with fewer than 100 rows near copies cannot be told from neighbours");
    }
    let rows = drawn(0, n, pool_of(input), input.seed);
    let fine: Vec<usize> =
        input.feature_positions().into_iter().filter(|&p| input.table.columns().get(p).is_some_and(|c| is_fine(c, &rows))).collect();
    if fine.len() < FINE_COLUMNS {
        return Checked::skipped(NEAR_DUPLICATES.id, "there is no test file, and fewer than three finely measured columns");
    }
    let points = Points::new(input.table, &fine, &rows, input.seed);
    let pool: Vec<u32> = (0..rows.len() as u32).collect();
    let mut queries = pool.clone();
    if queries.len() > QUERIES {
        Stream::new(input.seed, "audit/near", 1).shuffle(&mut queries);
        queries.truncate(QUERIES);
    }
    let found: Vec<(u32, f64)> = points
        .nearest(&queries, &pool, 1)
        .iter()
        .zip(&queries)
        .filter_map(|(f, &q)| f.first().map(|near| (q, f64::from(near.distance))))
        .filter(|f| f.1 > 1e-9)
        .collect();
    if found.len() < ENOUGH {
        return Checked::skipped(NEAR_DUPLICATES.id, "nearly all rows are exact copies");
    }
    let usual = median(&found.iter().map(|f| f.1).collect::<Vec<f64>>());
    let near: Vec<u32> = found.iter().filter(|f| f.1 <= VERY_NEAR * usual).map(|f| rows[f.0 as usize] as u32).collect();
    let share = Share { count: near.len() as u64, of: found.len() as u64 };
    let expected = found.len() as f64 * (1.0 - pow(2.0, -pow(VERY_NEAR, dimension(&points, &pool))));
    let beyond = share.ratio() >= SHARE && near.len() as f64 >= BEYOND * expected + PAIRS;
    let finding = beyond.then(|| {
        let evidence = Evidence::Nearness { near: share, expected, superiority: None, p_value: None };
        let severity = if share.ratio() >= MANY { Severity::Warning } else { Severity::Note };
        Finding::new(NEAR_DUPLICATES.id, severity, Certainty::Strong, &[], evidence).rows(near)
    });
    Checked::ran(NEAR_DUPLICATES.id, rows.len(), finding.into_iter().collect())
}

/// Rows looked for, by the width of the table.
fn pool_of(input: &AuditInput<'_>) -> usize {
    (CELLS / input.task.features.len().max(1)).clamp(2 * QUERIES, POOL)
}

/// Rows `from..to`, at most so many, ascending.
fn drawn(from: usize, to: usize, most: usize, seed: u64) -> Vec<usize> {
    let mut rows: Vec<usize> = (from..to).collect();
    if rows.len() > most {
        Stream::new(seed, "audit/near", 0).shuffle(&mut rows);
        rows.truncate(most);
        rows.sort_unstable();
    }
    rows
}

/// Whether a column is a number that rarely repeats.
fn is_fine(column: &Column, rows: &[usize]) -> bool {
    let Some(values) = column.numbers() else { return false };
    let mut present: Vec<f64> = rows.iter().map(|&r| values[r]).filter(|v| !v.is_nan()).collect();
    present.sort_unstable_by(f64::total_cmp);
    let most = present.chunk_by(|a, b| a == b).map(<[f64]>::len).max().unwrap_or(0);
    let distinct = present.chunk_by(|a, b| a == b).count();
    present.len() * 10 >= rows.len() * 9 && most as f64 <= COARSE * present.len() as f64 && distinct >= ENOUGH.max(present.len() / 20)
}

/// Intrinsic dimension of the cloud, at least 1.
fn dimension(points: &Points, pool: &[u32]) -> f64 {
    let step = pool.len().div_ceil(DIMENSION_ROWS).max(1);
    let some: Vec<u32> = pool.iter().copied().step_by(step).collect();
    let ratios: Vec<f64> = some
        .iter()
        .filter_map(|&q| {
            let (mut first, mut second) = (f32::INFINITY, f32::INFINITY);
            for &other in some.iter().filter(|o| **o != q) {
                let d = points.distance(q, other, second.min(1.0));
                if d < first {
                    (first, second) = (d, first);
                } else if d < second {
                    second = d;
                }
            }
            (first > 0.0 && second.is_finite()).then(|| f64::from(second / first))
        })
        .collect();
    // The ratio r has P(r > t) = t^-k, so its median is 2^(1/k).
    let middle = median(&ratios);
    if middle > 1.0 { (ln(2.0) / ln(middle)).clamp(1.0, exp(5.0)) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, noise};
    use crate::finding::Status;
    use crate::table::Table;

    /// 600 rows of four measurements, the last `copies` of them former rows with a little noise.
    fn measured(copies: usize, correlated: bool) -> Table {
        let base: Vec<Vec<f64>> = (60..64).map(|i| noise(i, 600, 3)).collect();
        let shake: Vec<Vec<f64>> = (70..74).map(|i| noise(i, 600, 3)).collect();
        let value = |j: usize, r: usize| {
            let of = |r: usize| if correlated { base[0][r] + 0.02 * base[j][r] } else { base[j][r] };
            if r >= 600 - copies { of(r - 300) + shake[j][r] / 2000.0 } else { of(r) }
        };
        let mut columns: Vec<Column> =
            (0..4).map(|j| Column::numeric(&format!("x{j}"), (0..600).map(|r| (value(j, r) * 1e3).round() / 1e3).collect(), 3)).collect();
        columns.push(Column::numeric("y", noise(80, 600, 2), 2));
        Table::new(columns).unwrap()
    }

    fn checked(copies: usize, correlated: bool, test_from: Option<usize>) -> Checked {
        let mut case = Case::new(measured(copies, correlated).columns().to_vec());
        case.test_from = test_from;
        case.run(&NEAR_DUPLICATES)
    }

    #[test]
    fn shaken_copies_in_a_test_file_are_found_and_fresh_rows_are_not() {
        let severity = |copies| checked(copies, false, Some(450)).findings.first().map(|f| f.severity);
        assert_eq!((severity(0), severity(60), severity(150)), (None, Some(Severity::Warning), Some(Severity::Blocker)));
    }

    #[test]
    fn shaken_copies_in_one_file_are_found_and_a_thin_cloud_is_innocent() {
        assert_eq!(checked(60, false, None).findings[0].severity, Severity::Warning);
        for correlated in [false, true] {
            let none = checked(0, correlated, None);
            assert_eq!((none.status, none.findings), (Status::Ran, Vec::new()));
        }
    }

    #[test]
    fn few_rows_are_too_few() {
        let case = Case::new(measured(0, false).take(&(0..60).collect::<Vec<_>>()).columns().to_vec());
        assert!(matches!(case.run(&NEAR_DUPLICATES).status, Status::Underpowered(_)));
    }
}
