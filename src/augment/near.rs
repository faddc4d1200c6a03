//! Near rows: by distance of standardised features, among all rows of a list or a bounded number of them drawn at random.

use super::Source;
use crate::features::Features;
use crate::math::rng::Stream;

/// Rows among which near ones are looked for, in distances that every method shares.
pub(super) struct Pool {
    pub(super) rows: Vec<u32>,
    standard: Vec<f64>,
}

/// The features of a row divided by their standard deviation: what distances are measured in. Constant features are 0. A feature that is copied counts half, so that two
/// levels of a label that differ in two features of 0 and 1 are half a standard deviation's square apart: what SMOTE-NC (Chawla et al. 2002, section 6.1) gives labels.
fn standardised<'a>(source: &'a Source<'a>, row: u32, halved: bool) -> impl Iterator<Item = f64> + 'a {
    let features = source.set.features();
    let cell = move |(j, sd): (usize, &f64)| {
        let value = features.slice(j)[row as usize];
        if halved && source.copied[j] {
            value / 2.0
        } else if *sd > 0.0 {
            value / sd
        } else {
            0.0
        }
    };
    source.deviations.iter().enumerate().map(cell)
}

impl Pool {
    /// All of the rows, or `most` of them drawn with replacement by the stream (seed, purpose, index).
    pub(super) fn draw(source: &Source<'_>, rows: &[u32], most: usize, halved: bool, stream: &mut Stream) -> Self {
        let rows: Vec<u32> = if rows.len() <= most {
            rows.to_vec()
        } else {
            let n = u32::try_from(rows.len()).unwrap_or(u32::MAX);
            (0..most).map(|_| rows[stream.below(n) as usize]).collect()
        };
        let standard = rows.iter().flat_map(|&r| standardised(source, r, halved)).collect();
        Self { rows, standard }
    }

    /// The `count` rows nearest to a row and other than it, the nearest first, the first row of equals; fewer if there are not as many.
    pub(super) fn nearest(&self, source: &Source<'_>, row: u32, count: usize, halved: bool) -> Vec<u32> {
        self.ranked(source, row, count, halved).into_iter().map(|(_, row)| row).collect()
    }

    /// The row nearest to one that is not of the source, and its squared distance.
    pub(super) fn to(&self, source: &Source<'_>, made: &Features, row: usize) -> Vec<(f64, u32)> {
        let cell = |(j, sd): (usize, &f64)| if *sd > 0.0 { made.slice(j)[row] / sd } else { 0.0 };
        let here: Vec<f64> = source.deviations.iter().enumerate().map(cell).collect();
        self.by_distance(&here, None, 1)
    }

    /// The same with squared distances.
    pub(super) fn ranked(&self, source: &Source<'_>, row: u32, count: usize, halved: bool) -> Vec<(f64, u32)> {
        let here: Vec<f64> = standardised(source, row, halved).collect();
        self.by_distance(&here, Some(row), count)
    }

    fn by_distance(&self, here: &[f64], but: Option<u32>, count: usize) -> Vec<(f64, u32)> {
        let width = here.len();
        let distance = |at: usize| {
            let there = &self.standard[at * width..(at + 1) * width];
            there.iter().zip(here).map(|(a, b)| (a - b) * (a - b)).sum::<f64>()
        };
        let others = self.rows.iter().enumerate().filter(|(_, other)| Some(**other) != but);
        let mut ranked: Vec<(f64, u32)> = others.map(|(at, &other)| (distance(at), other)).collect();
        let count = count.min(ranked.len());
        if count == 0 {
            return Vec::new();
        }
        ranked.select_nth_unstable_by(count - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        ranked.truncate(count);
        ranked.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        ranked
    }
}

/// Rows of other classes among those nearest to each row, as a share; rows of all classes are looked at, [`CANDIDATES`] of them at most.
pub(super) fn strangers(source: &Source<'_>, rows: &[u32], neighbours: usize, seed: u64) -> Vec<f64> {
    let pool = Pool::draw(source, &source.rows, CANDIDATES, false, &mut Stream::new(seed, "augment/strangers", 0));
    rows.iter()
        .map(|&row| {
            let near = pool.nearest(source, row, neighbours, false);
            #[expect(clippy::cast_precision_loss, reason = "a few rows")]
            let share = |n: usize| n as f64 / near.len().max(1) as f64;
            share(near.iter().filter(|&&other| source.class_of(other) != source.class_of(row)).count())
        })
        .collect()
}

/// Rows looked at for near ones of any class: enough for the rarer ones to be among them.
pub(super) const CANDIDATES: usize = 2048;
