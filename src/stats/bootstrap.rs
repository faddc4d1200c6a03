//! Bootstrap intervals: how much would an estimate change if the rows had been drawn again?
//!
//! What is drawn again must be what is independent: rows; blocks of consecutive rows for time series (circular blocks, Politis and
//! Romano 1992); whole entities when rows of one entity depend on each other. Draw b of a purpose is keyed by (seed, purpose, b), so
//! draws can be cut into jobs at will. Intervals: percentile, and BCa (bias-corrected and accelerated; Efron and Tibshirani 1993,
//! ch. 14). Checked against R's `boot` as published with SciPy.

use crate::math::distribution::{normal_cdf, normal_quantile};
use crate::math::rank::{quantile, sorted};
use crate::math::rng::Stream;
use crate::math::sum::{mean, sum_of};
use std::ops::Range;

/// What is drawn again.
#[derive(Clone, Copy, Debug)]
pub enum Units<'a> {
    /// This many independent rows.
    Rows(u32),
    /// Rows in time order, drawn as runs of `length` consecutive ones (the last row is followed by the first).
    Blocks {
        /// Rows in all.
        n_rows: u32,
        /// Rows of one block, at least 1.
        length: u32,
    },
    /// Whole entities: the positions of each one's rows.
    Clusters(&'a [Vec<u32>]),
}

impl Units<'_> {
    /// Positions drawn with replacement. Rows and blocks give as many as there are; clusters give as many entities as there are.
    #[must_use]
    pub fn draw(&self, stream: &mut Stream) -> Vec<u32> {
        match *self {
            Self::Rows(n) => (0..n).map(|_| stream.below(n)).collect(),
            Self::Blocks { n_rows, length } => {
                let mut drawn = Vec::with_capacity(n_rows as usize);
                while drawn.len() < n_rows as usize {
                    let start = stream.below(n_rows);
                    let left = (n_rows as usize - drawn.len()).min(length.max(1) as usize);
                    drawn.extend((0..n_rows).cycle().skip(start as usize).take(left));
                }
                drawn
            }
            Self::Clusters(clusters) => {
                let n = u32::try_from(clusters.len()).unwrap_or(u32::MAX);
                (0..n).flat_map(|_| clusters[stream.below(n) as usize].iter().copied()).collect()
            }
        }
    }

    /// Number of units: rows, whole blocks or entities.
    #[must_use]
    pub fn len(&self) -> usize {
        match *self {
            Self::Rows(n) => n as usize,
            Self::Blocks { n_rows, length } => n_rows.div_ceil(length.max(1)) as usize,
            Self::Clusters(clusters) => clusters.len(),
        }
    }

    /// Whether there is nothing to draw.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All positions but those of one unit.
    fn without(&self, unit: usize) -> Vec<u32> {
        let keep_range = |n: u32, length: u32| (0..n).filter(|&row| (row / length) as usize != unit).collect();
        match *self {
            Self::Rows(n) => keep_range(n, 1),
            Self::Blocks { n_rows, length } => keep_range(n_rows, length.max(1)),
            Self::Clusters(clusters) => clusters.iter().enumerate().filter(|(i, _)| *i != unit).flat_map(|(_, c)| c.iter().copied()).collect(),
        }
    }
}

/// A block length for `n_rows` in time order whose targets overlap over `horizon` rows: the cube root of the rows (Hall, Horowitz and
/// Jing 1995), at least the horizon plus one, at most half of the rows.
#[must_use]
pub fn block_length(n_rows: u32, horizon: u32) -> u32 {
    let root = (1..=n_rows).find(|&r| u64::from(r) * u64::from(r) * u64::from(r) >= u64::from(n_rows)).unwrap_or(1);
    root.max(horizon.saturating_add(1)).min(n_rows / 2).max(1)
}

/// The statistic on draws `range`, in order; draws where it is `None` (one class only, say) are left out.
pub fn draws(units: &Units<'_>, range: Range<u64>, seed: u64, purpose: &str, statistic: impl Fn(&[u32]) -> Option<f64>) -> Vec<f64> {
    if units.is_empty() {
        return Vec::new();
    }
    range.filter_map(|b| statistic(&units.draw(&mut Stream::new(seed, purpose, b)))).filter(|v| v.is_finite()).collect()
}

/// The statistic with each unit left out in turn, for [`bca`]; `None` where it cannot be computed without one.
pub fn jackknife(units: &Units<'_>, statistic: impl Fn(&[u32]) -> Option<f64>) -> Option<Vec<f64>> {
    (0..units.len()).map(|unit| statistic(&units.without(unit)).filter(|v| v.is_finite())).collect()
}

/// An interval and how it was made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Whether bias and acceleration were corrected; false for the percentile interval, also when BCa fell back to it.
    pub corrected: bool,
}

/// Percentile interval: the middle `level` of the draws; `None` for fewer than two draws.
#[must_use]
pub fn percentile(draws: &[f64], level: f64) -> Option<Interval> {
    if draws.len() < 2 {
        return None;
    }
    let ascending = sorted(draws);
    let tail = (1.0 - level) / 2.0;
    Some(Interval { low: quantile(&ascending, tail), high: quantile(&ascending, 1.0 - tail), corrected: false })
}

/// BCa interval from draws, the estimate itself and its [`jackknife`] values.
///
/// `z0` is the normal quantile of the share of draws below the estimate (ties half), `a = sum(d^3) / (6 sum(d^2)^1.5)` with d the
/// jackknife's mean minus its values. Falls back to [`percentile`] (`corrected` is false) when all draws lie on one side or the jackknife
/// has no spread. `None` for fewer than two draws.
#[must_use]
pub fn bca(draws: &[f64], estimate: f64, jackknife: &[f64], level: f64) -> Option<Interval> {
    let plain = percentile(draws, level)?;
    #[expect(clippy::cast_precision_loss, reason = "draws are few")]
    let below = draws.iter().map(|&d| if d < estimate { 1.0 } else { f64::from(u8::from(d == estimate)) / 2.0 }).sum::<f64>() / draws.len() as f64;
    let bias = normal_quantile(below);
    let Some(acceleration) = acceleration(jackknife).filter(|_| bias.is_finite()) else { return Some(plain) };
    let ascending = sorted(draws);
    let end = |p: f64| {
        let z = bias + normal_quantile(p);
        quantile(&ascending, normal_cdf(bias + z / (1.0 - acceleration * z)))
    };
    let tail = (1.0 - level) / 2.0;
    Some(Interval { low: end(tail), high: end(1.0 - tail), corrected: true })
}

fn acceleration(jackknife: &[f64]) -> Option<f64> {
    let centre = mean(jackknife);
    let squares = sum_of(jackknife.iter().map(|v| (centre - v) * (centre - v)));
    let cubes = sum_of(jackknife.iter().map(|v| (centre - v) * (centre - v) * (centre - v)));
    (squares > 0.0).then(|| cubes / (6.0 * squares * squares.sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::golden;

    const DRAWS: u64 = 40_000;

    fn mean_of(values: &[f64]) -> impl Fn(&[u32]) -> Option<f64> {
        |rows: &[u32]| Some(mean(&rows.iter().map(|&r| values[r as usize]).collect::<Vec<_>>()))
    }

    #[test]
    fn intervals_of_a_mean_agree_with_the_published_ones() {
        let case = &golden::cases("bootstrap_mean")[0];
        let x = case.numbers("x");
        let units = Units::Rows(x.len() as u32);
        let all = draws(&units, 0..DRAWS, 5, "test", mean_of(&x));
        let close = |found: Interval, name: &str| {
            let expected = case.expected_list(name);
            // Four Monte-Carlo standard errors of a 2.5 % quantile of 40,000 draws are about 1 %.
            assert!((found.low / expected[0] - 1.0).abs() < 0.012 && (found.high / expected[1] - 1.0).abs() < 0.012, "{found:?} {expected:?}");
        };
        close(percentile(&all, 0.95).unwrap(), "percentile");
        let corrected = bca(&all, mean(&x), &jackknife(&units, mean_of(&x)).unwrap(), 0.95).unwrap();
        assert!(corrected.corrected);
        close(corrected, "bca");
    }

    #[test]
    fn draws_can_be_cut_into_jobs() {
        let x = [1.0, 5.0, 2.0, 8.0];
        let part = |range| draws(&Units::Rows(4), range, 1, "test", mean_of(&x));
        assert_eq!(part(0..100), [part(0..37), part(37..100)].concat());
    }

    #[test]
    fn blocks_are_runs_and_clusters_stay_whole() {
        let drawn = Units::Blocks { n_rows: 10, length: 5 }.draw(&mut Stream::new(1, "test", 0));
        assert_eq!(drawn.len(), 10);
        for run in drawn.chunks(5) {
            assert!(run.windows(2).all(|w| w[1] == (w[0] + 1) % 10));
        }
        let clusters = vec![vec![0, 1], vec![2], vec![3, 4, 5]];
        let drawn = Units::Clusters(&clusters).draw(&mut Stream::new(1, "test", 3));
        let count = |row| drawn.iter().filter(|&&r| r == row).count();
        assert!(count(0) == count(1) && count(3) == count(4) && count(4) == count(5));
        assert_eq!(Units::Clusters(&clusters).without(2), [0, 1, 2]);
        assert_eq!(Units::Blocks { n_rows: 5, length: 2 }.without(2), [0, 1, 2, 3]);
    }

    #[test]
    fn block_intervals_are_wider_where_neighbours_agree() {
        let x: Vec<f64> = (0..400).map(|i| f64::from(i / 40 % 2)).collect();
        let width = |units| percentile(&draws(&units, 0..2000, 1, "test", mean_of(&x)), 0.95).map(|i| i.high - i.low).unwrap();
        assert!(width(Units::Blocks { n_rows: 400, length: 40 }) > 3.0 * width(Units::Rows(400)));
        assert_eq!((block_length(1000, 0), block_length(1000, 20), block_length(3, 9), block_length(0, 0)), (10, 21, 1, 1));
    }

    #[test]
    fn without_spread_the_corrected_interval_falls_back_and_says_so() {
        let x = [3.0; 5];
        let units = Units::Rows(5);
        let all = draws(&units, 0..50, 1, "test", mean_of(&x));
        let found = bca(&all, 3.0, &jackknife(&units, mean_of(&x)).unwrap(), 0.95).unwrap();
        assert_eq!(found, Interval { low: 3.0, high: 3.0, corrected: false });
        assert_eq!(percentile(&draws(&Units::Rows(0), 0..50, 1, "test", mean_of(&x)), 0.95), None);
    }
}
