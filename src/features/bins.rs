//! Features cut into at most 255 bins each, and equal rows joined: what every tree of every learner is grown on.
//!
//! Cuts lie strictly between two values of the feature and are f32 numbers, so that any export of a tree branches the same way; a value goes right when it is
//! above the cut. A feature of at most 255 distinct values loses nothing; of more, each bin holds about the same number of rows
//! (greedily, as in Ke et al. 2017, "LightGBM"). A feature with missing values has one more bin, the last, which a cut may send to either side.
//! Levels without an order ([`super::Feature::levels`]) are their own codes.
//! Rows with equal codes are one row to a tree: joining them, with counts, weights and target sums, gives the same tree.

use super::Features;
use super::bundles::{Bundles, Of};
use super::distinct::distinct_rows;

/// Most bins of a feature's values; with the one for missing values, a code is one byte.
pub const MAX_BINS: usize = 255;
/// Rows are joined when at most this share of them is distinct; above it the second index costs more than it saves.
const WORTH_JOINING: f64 = 0.5;

/// Binned features of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Binned {
    /// Cuts of every feature, ascending; a feature has one bin of values more than cuts.
    pub cuts: Vec<Vec<f32>>,
    /// Which features have a bin for missing values.
    missing: Vec<bool>,
    /// Which features are levels without an order.
    levels: Vec<bool>,
    /// Codes column by column, shape `(n_features, n_rows)` with [`Binned::n_rows`] joined rows.
    codes: Vec<u8>,
    n_rows: usize,
    /// The joined row of every row of the table, when rows were joined.
    joined: Option<Vec<u32>>,
    bundles: Bundles,
}

impl Binned {
    /// Cuts every feature and joins equal rows when that is worth it.
    #[must_use]
    pub fn new(features: &Features) -> Self {
        let most: Vec<Option<usize>> =
            (0..features.n_features()).map(|j| features.about[j].levels.then(|| most_level(features.slice(j))).flatten()).collect();
        let one =
            |(j, most): (usize, &Option<usize>)| most.map_or_else(|| cut(features.slice(j)), |most| (0..most).map(|l| l as f32 + 0.5).collect());
        let cuts: Vec<Vec<f32>> = most.iter().enumerate().map(one).collect();
        let levels: Vec<bool> = most.iter().map(Option::is_some).collect();
        let n = features.n_rows();
        let missing: Vec<bool> = (0..cuts.len()).map(|j| needs_missing_bin(features.slice(j))).collect();
        let codes: Vec<u8> = (0..cuts.len()).flat_map(|j| encode(features.slice(j), &cuts[j], missing[j])).collect();
        let widths: Vec<usize> = cuts.iter().zip(&missing).map(|(c, &missing)| c.len() + 1 + usize::from(missing)).collect();
        let (codes, n_rows, joined) = match distinct_rows(&codes, &widths, n, (n as f64 * WORTH_JOINING) as usize) {
            None => (codes, n, None),
            Some(found) => {
                let kept = (0..cuts.len()).flat_map(|j| found.first.iter().map(move |&i| j * n + i as usize)).map(|at| codes[at]).collect();
                (kept, found.first.len(), Some(found.of_row))
            }
        };
        let may: Vec<bool> = (0..cuts.len()).map(|j| cuts[j].len() == 1 && !missing[j] && !levels[j]).collect();
        let bundles = Bundles::new(&codes, n_rows, &widths, &may);
        Self { cuts, missing, levels, codes, n_rows, joined, bundles }
    }

    /// Number of rows after joining.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Number of features.
    #[must_use]
    pub fn n_features(&self) -> usize {
        self.cuts.len()
    }

    /// Number of bins of feature `j`, that for missing values included.
    #[must_use]
    pub fn n_bins(&self, j: usize) -> usize {
        self.cuts[j].len() + 1 + usize::from(self.missing[j])
    }

    /// The bin for missing values of feature `j`: its last, if it has one. A feature without one has missing values, if any are to come, below all others.
    #[must_use]
    pub fn missing_bin(&self, j: usize) -> Option<usize> {
        self.missing[j].then(|| self.cuts[j].len() + 1)
    }

    /// Whether the bins of feature `j` are levels without an order, each its own code.
    #[must_use]
    pub fn is_levels(&self, j: usize) -> bool {
        self.levels[j]
    }

    /// Codes of feature `j`, shape `(n_rows,)`.
    #[must_use]
    pub fn column(&self, j: usize) -> &[u8] {
        &self.codes[j * self.n_rows..(j + 1) * self.n_rows]
    }

    /// Columns to make histograms of: features, and bundles of two-valued features that exclude one another.
    #[must_use]
    pub(crate) fn n_stored(&self) -> usize {
        self.bundles.columns.len()
    }

    /// Number of bins of a stored column.
    #[must_use]
    pub(crate) fn stored_bins(&self, column: usize) -> usize {
        self.bundles.columns[column].n_bins
    }

    /// Codes of a stored column, shape `(n_rows,)`.
    #[must_use]
    pub(crate) fn stored(&self, column: usize) -> &[u8] {
        match self.bundles.columns[column].of {
            Of::Feature(j) => self.column(j),
            Of::Bundle(number) => &self.bundles.codes[number * self.n_rows..(number + 1) * self.n_rows],
        }
    }

    /// The stored column of feature `j`; in a bundle also the bin of the rows where the feature is above its cut.
    #[must_use]
    pub(crate) fn place(&self, j: usize) -> (usize, Option<usize>) {
        let (column, code) = self.bundles.place[j];
        (column as usize, code.map(usize::from))
    }

    /// The same bins with every feature on its own.
    #[cfg(test)]
    pub(crate) fn unbundled(mut self) -> Self {
        let n_bins: Vec<usize> = (0..self.cuts.len()).map(|j| self.n_bins(j)).collect();
        self.bundles = Bundles::new(&self.codes, self.n_rows, &n_bins, &vec![false; n_bins.len()]);
        self
    }

    /// The joined row of row `i` of the table.
    #[must_use]
    pub fn row(&self, i: usize) -> usize {
        self.joined.as_ref().map_or(i, |of_row| of_row[i] as usize)
    }
}

/// The bin of a value: how many cuts it is above. Missing: 0.
#[must_use]
pub fn code(x: f64, cuts: &[f32]) -> u8 {
    cuts.partition_point(|&c| x > f64::from(c)) as u8
}

/// Codes of a feature, shape `(n_rows,)`; missing values have the bin after the last, if they have one.
pub(crate) fn encode(values: &[f64], cuts: &[f32], missing: bool) -> Vec<u8> {
    if missing {
        return values.iter().map(|&x| if x.is_nan() { (cuts.len() + 1) as u8 } else { code(x, cuts) }).collect();
    }
    values.iter().map(|&x| code(x, cuts)).collect()
}

/// Whether missing values get a bin: some are, and no value lies above all f32 numbers, so that a cut can have all values on its left.
fn needs_missing_bin(values: &[f64]) -> bool {
    values.iter().any(|x| x.is_nan()) && values.iter().all(|x| x.is_nan() || *x <= f64::from(f32::MAX))
}

/// The largest of some levels, of which each is a bin; none when there are no values or some are no levels.
fn most_level(values: &[f64]) -> Option<usize> {
    let there = || values.iter().filter(|x| !x.is_nan());
    let fit = there().all(|x| *x >= 0.0 && *x < MAX_BINS as f64 && x.fract() == 0.0);
    there().copied().reduce(f64::max).filter(|_| fit).map(|most| most as usize)
}

/// Cuts of one feature, shape `(n_rows,)`.
fn cut(values: &[f64]) -> Vec<f32> {
    let distinct = few_distinct(values).unwrap_or_else(|| many_distinct(values));
    let mut cuts = Vec::new();
    let (mut filled, mut rows_left) = (0, distinct.iter().map(|d| d.1).sum::<usize>());
    for pair in distinct.windows(2) {
        filled += pair[0].1;
        let bins_left = MAX_BINS - cuts.len();
        if bins_left == 1 {
            break;
        }
        if (distinct.len() <= MAX_BINS || filled * bins_left >= rows_left)
            && let Some(between) = between(pair[0].0, pair[1].0)
        {
            cuts.push(between);
            rows_left -= filled;
            filled = 0;
        }
    }
    cuts
}

/// Distinct values in ascending order with their counts, if there are at most [`MAX_BINS`]; missing ones left out.
fn few_distinct(values: &[f64]) -> Option<Vec<(f64, usize)>> {
    let mut seen: Vec<(f64, usize)> = Vec::new();
    for &value in values.iter().filter(|v| !v.is_nan()) {
        match seen.binary_search_by(|s| s.0.partial_cmp(&value).unwrap_or(std::cmp::Ordering::Equal)) {
            Ok(at) => seen[at].1 += 1,
            Err(_) if seen.len() == MAX_BINS => return None,
            Err(at) => seen.insert(at, (value, 1)),
        }
    }
    Some(seen)
}

fn many_distinct(values: &[f64]) -> Vec<(f64, usize)> {
    let mut sorted = crate::math::sum::present(values);
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.chunk_by(|a, b| a == b).map(|run| (run[0], run.len())).collect()
}

/// An f32 number strictly between `a < b`, near their middle; none when no f32 number lies there.
fn between(a: f64, b: f64) -> Option<f32> {
    let middle = (a / 2.0 + b / 2.0) as f32;
    [middle, middle.next_down(), middle.next_up()].into_iter().find(|c| c.is_finite() && a < f64::from(*c) && f64::from(*c) < b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests_support::features;

    #[test]
    fn cuts_lie_strictly_between_values_and_are_at_most_254() {
        let values: Vec<f64> = (0..5000).map(|i| f64::from(i * 7919 % 5003) / 7.0).collect();
        let cuts = cut(&values);
        assert!((200..MAX_BINS).contains(&cuts.len()), "{}", cuts.len());
        assert!(cuts.windows(2).all(|w| w[0] < w[1]));
        assert!(cuts.iter().all(|c| values.iter().all(|v| *v != f64::from(*c))));
        let mut counts = [0; MAX_BINS];
        values.iter().for_each(|&v| counts[code(v, &cuts) as usize] += 1);
        assert!(counts.iter().max() <= Some(&60));
    }

    #[test]
    fn a_heavy_value_has_a_bin_of_its_own() {
        let values: Vec<f64> = (0..4000).map(|i| if i % 2 == 0 { 0.0 } else { f64::from(i) }).collect();
        assert!(cut(&values)[0] < 1.0);
    }

    #[test]
    fn few_values_lose_nothing_and_missing_ones_have_a_bin_of_their_own() {
        let cuts = cut(&[3.0, 1.0, f64::NAN, 2.0, 1.0]);
        assert_eq!(cuts, [1.5, 2.5]);
        assert_eq!(encode(&[1.0, 2.0, 3.0, f64::NAN], &cuts, true), [0, 1, 2, 3]);
        assert_eq!(encode(&[1.0, f64::NAN], &cuts, false), [0, 0]);
        let binned = Binned::new(&features(&[vec![1.0, f64::NAN, 2.0], vec![1.0, 2.0, 3.0], vec![f64::NAN, 1e39, 1.0]]));
        assert_eq!((0..3).map(|j| binned.missing_bin(j)).collect::<Vec<_>>(), [Some(2), None, None]);
        assert_eq!((0..3).map(|j| binned.n_bins(j)).collect::<Vec<_>>(), [3, 3, 2]);
    }

    #[test]
    fn all_bins_and_the_one_for_missing_values_fit_a_byte() {
        let mut values: Vec<f64> = (0..4000).map(f64::from).collect();
        values.push(f64::NAN);
        let binned = Binned::new(&features(&[values]));
        assert!(binned.n_bins(0) <= 256, "{}", binned.n_bins(0));
        assert_eq!(usize::from(binned.column(0)[binned.row(4000)]), binned.missing_bin(0).unwrap());
    }

    #[test]
    fn values_no_f32_can_separate_share_a_bin() {
        assert!(cut(&[1.0, 1.0 + 1e-12]).is_empty());
        assert!(cut(&[1e300, 1e301]).is_empty());
        assert!(cut(&[f64::NAN]).is_empty() && cut(&[]).is_empty());
    }

    #[test]
    fn equal_rows_are_joined_and_found_again() {
        let a: Vec<f64> = (0..100).map(|i| f64::from(i % 3)).collect();
        let b: Vec<f64> = (0..100).map(|i| f64::from(i % 2)).collect();
        let binned = Binned::new(&features(&[a.clone(), b.clone()]));
        assert_eq!(binned.n_rows(), 6);
        for i in 0..100 {
            assert_eq!((f64::from(binned.column(0)[binned.row(i)]), f64::from(binned.column(1)[binned.row(i)])), (a[i], b[i]));
        }
    }
}
