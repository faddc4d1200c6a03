//! What each column looks like: missing, distinct, most frequent values, quantiles, moments, histogram.
//!
//! Quantiles are of type 7 (Hyndman and Fan, "Sample quantiles in statistical packages", 1996; the default of R and NumPy). All
//! counts are exact; ties are broken by first appearance, so a profile depends on the table alone.

use super::{Column, MISSING_CODE, MISSING_TIME, Table, Values};
use crate::math::sum;
use serde::{Deserialize, Serialize};

/// Most frequent values listed.
const TOP: usize = 10;
/// Keys from which they are sorted digit by digit, and values of a digit.
const LONG: usize = 4_000;
const DIGITS: usize = 1 << 11;
/// Most bins of a histogram.
const BINS: usize = 20;
/// Probabilities of the quantiles between minimum and maximum.
const PROBABILITIES: [f64; 9] = [0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0];

/// What is known of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Name.
    pub name: String,
    /// Missing cells.
    pub missing: u64,
    /// Distinct values among present cells (exact).
    pub distinct: u64,
    /// Ten most frequent values, most frequent first, ties by first appearance.
    pub top: Vec<(String, u64)>,
    /// Minimum, 1 %, 5 %, 25 %, 50 %, 75 %, 95 %, 99 % quantile, maximum of numeric and timestamp columns (millis).
    pub quantiles: Option<[f64; 9]>,
    /// Mean and sample standard deviation of numeric columns.
    pub moments: Option<(f64, f64)>,
    /// Histogram: edges (one more than counts) and counts; numeric and timestamp columns.
    pub histogram: Option<(Vec<f64>, Vec<u64>)>,
}

/// The profiles of all columns, in their order.
///
/// `quantiles` and `histogram` are `None` where no cell is present, `moments` where fewer than two are.
#[must_use]
pub fn profile(table: &Table) -> Vec<ColumnProfile> {
    table.columns().iter().map(profile_column).collect()
}

/// The profile of one column.
#[must_use]
pub fn profile_column(column: &Column) -> ColumnProfile {
    match column.values() {
        Values::Codes { codes, levels } => profile_codes(column, codes, levels.len()),
        Values::Numbers { values, .. } => {
            let keys: Vec<Option<i64>> = values.iter().map(|v| (!v.is_nan()).then(|| key_of(*v))).collect();
            let mut out = profile_keys(column, &keys, value_of);
            let present = sum::present(values);
            out.moments = (present.len() > 1).then(|| (sum::mean(&present), sum::variance(&present, 1).sqrt()));
            out
        }
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of calendar years fit into 53 bits")]
        Values::Times { millis, .. } => {
            let keys: Vec<Option<i64>> = millis.iter().map(|&m| (m != MISSING_TIME).then_some(m)).collect();
            profile_keys(column, &keys, |m| m as f64)
        }
    }
}

/// A whole number that sorts as the value does; both zeros are one.
fn key_of(value: f64) -> i64 {
    let bits = (value + 0.0).to_bits().cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

fn value_of(key: i64) -> f64 {
    f64::from_bits((key ^ ((key >> 63).cast_unsigned() >> 1).cast_signed()).cast_unsigned())
}

/// Sorts keys, long lists by counting their digits from the lowest up, which takes a third of the time of comparing them.
#[expect(clippy::cast_possible_truncation, reason = "a digit is cut out of the word")]
fn ascend(keys: &mut Vec<i64>) {
    if keys.len() < LONG {
        return keys.sort_unstable();
    }
    let digit = |key: i64, shift: u32| ((key ^ i64::MIN).cast_unsigned() >> shift) as usize & (DIGITS - 1);
    let mut other = vec![0; keys.len()];
    for shift in (0..u64::BITS).step_by(DIGITS.trailing_zeros() as usize) {
        let mut starts = [0_usize; DIGITS];
        keys.iter().for_each(|&key| starts[digit(key, shift)] += 1);
        if starts.contains(&keys.len()) {
            continue;
        }
        let mut before = 0;
        starts.iter_mut().for_each(|start| before += std::mem::replace(start, before));
        for &key in keys.iter() {
            let place = &mut starts[digit(key, shift)];
            other[*place] = key;
            *place += 1;
        }
        std::mem::swap(keys, &mut other);
    }
}

/// Profile of a column whose present cells have sortable keys.
fn profile_keys(column: &Column, keys: &[Option<i64>], value: impl Fn(i64) -> f64) -> ColumnProfile {
    let mut sorted: Vec<i64> = keys.iter().flatten().copied().collect();
    ascend(&mut sorted);
    let mut runs: Vec<(i64, u64)> = Vec::new();
    for &key in &sorted {
        match runs.last_mut() {
            Some((last, n)) if *last == key => *n += 1,
            _ => runs.push((key, 1)),
        }
    }
    ColumnProfile {
        name: column.name().to_owned(),
        missing: (keys.len() - sorted.len()) as u64,
        distinct: runs.len() as u64,
        top: top(column, keys, &runs),
        quantiles: (!sorted.is_empty()).then(|| PROBABILITIES.map(|p| quantile(&sorted, p, &value))),
        moments: None,
        histogram: histogram(&sorted, &runs, &value),
    }
}

/// The most frequent keys; `runs` is ascending by key.
fn top(column: &Column, keys: &[Option<i64>], runs: &[(i64, u64)]) -> Vec<(String, u64)> {
    let mut counts: Vec<u64> = runs.iter().map(|(_, n)| *n).collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let Some(&least) = counts.get(TOP.min(counts.len()).wrapping_sub(1)) else { return Vec::new() };
    let frequent: Vec<(i64, u64)> = runs.iter().copied().filter(|(_, n)| *n >= least).collect();
    // rows where a key of enough rows first appears; those of exactly `least` rows only until the list is full
    let n_above = counts.iter().take_while(|n| **n > least).count();
    let mut room = counts.len().min(TOP) - n_above;
    let mut wanted = n_above + room;
    let mut seen = std::collections::BTreeSet::new();
    let mut found: Vec<(u64, usize)> = Vec::new();
    for (row, key) in keys.iter().enumerate().filter_map(|(row, key)| Some((row, (*key)?))) {
        if wanted == 0 {
            break;
        }
        let Some(&(_, count)) = frequent.binary_search_by_key(&key, |(k, _)| *k).ok().and_then(|i| frequent.get(i)) else { continue };
        if (count == least && room == 0) || !seen.insert(key) {
            continue;
        }
        room -= usize::from(count == least);
        wanted -= 1;
        found.push((count, row));
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    found.into_iter().map(|(n, row)| (column.text(row).trim().to_owned(), n)).collect()
}

/// Quantile of type 7 of sorted keys.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "row counts stay below 2^53")]
fn quantile(sorted: &[i64], p: f64, value: &impl Fn(i64) -> f64) -> f64 {
    let at = (sorted.len() - 1) as f64 * p;
    let below = at.floor() as usize;
    let low = value(sorted[below]);
    let high = sorted.get(below + 1).map_or(low, |&k| value(k));
    low + (high - low) * (at - at.floor())
}

/// Edges and counts: one bin a whole number when there are few, else equal widths between minimum and maximum. A bin holds its lower edge; the last one both.
fn histogram(sorted: &[i64], runs: &[(i64, u64)], value: &impl Fn(i64) -> f64) -> Option<(Vec<f64>, Vec<u64>)> {
    let (low, high) = (value(*sorted.first()?), value(*sorted.last()?));
    let whole = runs.len() <= BINS && runs.iter().all(|(k, _)| value(*k).fract() == 0.0);
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few bins")]
    let mut edges: Vec<f64> = if low == high {
        let half = (low.abs() * 1e-9).max(0.5);
        vec![low - half, low + half]
    } else if whole && high - low < BINS as f64 {
        (0..=(high - low) as usize + 1).map(|i| low - 0.5 + i as f64).collect()
    } else {
        let n_bins = BINS.min((sorted.len() as f64).sqrt().ceil() as usize).max(2);
        let step = (high / n_bins as f64) - (low / n_bins as f64);
        (0..=n_bins).map(|i| if i == n_bins { high } else { low + step * i as f64 }).collect()
    };
    edges.dedup();
    let below = |edge: f64| sorted.partition_point(|&k| value(k) < edge);
    let n_bins = edges.len() - 1;
    let bounds: Vec<usize> = edges.iter().enumerate().map(|(i, &e)| if i == n_bins { sorted.len() } else { below(e) }).collect();
    let counts = bounds.windows(2).map(|w| (w[1].max(w[0]) - w[0]) as u64).collect();
    Some((edges, counts))
}

fn profile_codes(column: &Column, codes: &[u32], n_levels: usize) -> ColumnProfile {
    let mut counts = vec![(0_u64, usize::MAX); n_levels];
    let mut missing = 0;
    for (row, &code) in codes.iter().enumerate() {
        if code == MISSING_CODE {
            missing += 1;
        } else if let Some((n, first)) = counts.get_mut(code as usize) {
            *n += 1;
            *first = row.min(*first);
        }
    }
    counts.retain(|(n, _)| *n > 0);
    let distinct = counts.len() as u64;
    counts.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let top = counts.iter().take(TOP).map(|(n, row)| (column.text(*row).trim().to_owned(), *n)).collect();
    ColumnProfile { name: column.name().to_owned(), missing, distinct, top, quantiles: None, moments: None, histogram: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Kind;
    use proptest::prelude::*;

    #[test]
    fn quantiles_are_those_of_numpy() {
        // numpy.quantile([1, 2, 4, 8], [0, .01, .05, .25, .5, .75, .95, .99, 1])
        let p = profile_column(&Column::numeric("x", vec![4.0, f64::NAN, 1.0, 8.0, 2.0], 0));
        let expected = [1.0, 1.03, 1.15, 1.75, 3.0, 5.0, 7.4, 7.88, 8.0];
        for (q, e) in p.quantiles.unwrap().iter().zip(expected) {
            assert!((q - e).abs() < 1e-12, "{q} {e}");
        }
        assert_eq!((p.missing, p.distinct), (1, 4));
        assert_eq!(p.moments.unwrap().0, 3.75);
    }

    #[test]
    fn the_most_frequent_come_first_and_ties_by_first_appearance() {
        let p = profile_column(&Column::labels("c", Kind::Categorical, &[Some("b"), Some("a"), None, Some("a"), Some("c")]));
        assert_eq!(p.top, [("a".to_owned(), 2), ("b".to_owned(), 1), ("c".to_owned(), 1)]);
        let p = profile_column(&Column::numeric("x", vec![9.0, 3.0, 5.0, 3.0, 1.0], 1));
        let texts: Vec<&str> = p.top.iter().map(|(t, _)| t.as_str()).collect();
        assert_eq!(texts, ["3.0", "9.0", "5.0", "1.0"]);
        let many = Column::numeric("x", (0..40).map(f64::from).chain([39.0]).collect(), 0);
        let texts: Vec<String> = profile_column(&many).top.into_iter().map(|(t, _)| t).collect();
        assert_eq!(texts, ["39", "0", "1", "2", "3", "4", "5", "6", "7", "8"]);
    }

    #[test]
    fn a_column_without_cells_has_no_numbers() {
        let p = profile_column(&Column::numeric("x", vec![f64::NAN], 0));
        assert_eq!((p.missing, p.distinct, p.quantiles, p.moments, p.histogram), (1, 0, None, None, None));
    }

    proptest! {
        #[test]
        fn a_histogram_counts_every_cell_once(values in proptest::collection::vec(-1e300..1e300_f64, 1..60)) {
            let n = values.len() as u64;
            let p = profile_column(&Column::numeric("x", values, 3));
            let (edges, counts) = p.histogram.unwrap();
            prop_assert_eq!(counts.iter().sum::<u64>(), n);
            prop_assert_eq!(edges.len(), counts.len() + 1);
            prop_assert!(edges.windows(2).all(|w| w[0] < w[1]));
            prop_assert!(counts.len() <= BINS);
        }

        #[test]
        fn long_lists_ascend_like_short_ones(seed in 0_u64..1_000, width in 1_u32..64) {
            let mut draw = crate::math::rng::Stream::new(seed, "profile", 0);
            let mut keys: Vec<i64> = (0..LONG + 9).map(|_| draw.bits().cast_signed() >> width).collect();
            let mut sorted = keys.clone();
            sorted.sort_unstable();
            ascend(&mut keys);
            prop_assert_eq!(keys, sorted);
        }

        #[test]
        fn keys_sort_as_values_do(a in proptest::num::f64::NORMAL, b in proptest::num::f64::NORMAL) {
            prop_assert_eq!(key_of(a).cmp(&key_of(b)), a.total_cmp(&b));
            prop_assert_eq!(value_of(key_of(a)), a);
        }
    }
}
