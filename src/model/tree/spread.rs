//! The targets of the table's rows that are one row to the trees, kept apart where their sum does not say enough: absolute, quantile and Huber losses.
//!
//! Equal targets of a joined row are one entry with the sum of their weights; entries ascend, with running sums, so that a gradient takes two binary searches.

/// One distinct target of a joined row.
#[derive(Clone, Copy)]
struct Entry {
    target: f64,
    weight: f64,
    /// Weight of this entry and those before it in its row.
    weight_to: f64,
    /// Weight times target of this entry and those before it in its row.
    moment_to: f64,
}

/// Distinct targets of every joined row.
pub(super) struct Spread {
    entries: Vec<Entry>,
    /// Where the entries of each joined row begin, and where the last end; shape `(n_rows + 1,)`.
    starts: Vec<usize>,
}

impl Spread {
    /// From rows of the table: joined row, target and weight of each.
    pub fn new(n_rows: usize, mut rows: Vec<(u32, f64, f64)>) -> Self {
        rows.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut spread = Self { entries: Vec::new(), starts: Vec::with_capacity(n_rows + 1) };
        for same in rows.chunk_by(|a, b| a.0 == b.0 && a.1 == b.1) {
            let (row, target, weight) = (same[0].0 as usize, same[0].1, same.iter().map(|s| s.2).sum::<f64>());
            let first = spread.starts.len() <= row;
            while spread.starts.len() <= row {
                spread.starts.push(spread.entries.len());
            }
            let (weight_before, moment_before) = spread.entries.last().filter(|_| !first).map_or((0.0, 0.0), |e| (e.weight_to, e.moment_to));
            spread.entries.push(Entry { target, weight, weight_to: weight_before + weight, moment_to: moment_before + weight * target });
        }
        spread.starts.resize(n_rows + 1, spread.entries.len());
        spread
    }

    fn of(&self, row: usize) -> &[Entry] {
        &self.entries[self.starts[row]..self.starts[row + 1]]
    }

    /// `up` for the weight of a row's targets above `score`, less `down` for the weight of those below.
    pub fn pull(&self, row: usize, score: f64, up: f64, down: f64) -> f64 {
        let entries = self.of(row);
        let (below, not_above) = (entries.partition_point(|e| e.target < score), entries.partition_point(|e| e.target <= score));
        up * (before(entries, entries.len()).0 - before(entries, not_above).0) - down * before(entries, below).0
    }

    /// The sum over a row's targets of weight times distance from `score`, at most `most` either way.
    pub fn clipped(&self, row: usize, score: f64, most: f64) -> f64 {
        let entries = self.of(row);
        let (low, high) = (entries.partition_point(|e| e.target < score - most), entries.partition_point(|e| e.target <= score + most));
        let (below, near) = (before(entries, low), before(entries, high));
        let all = before(entries, entries.len());
        (near.1 - below.1) - score * (near.0 - below.0) + most * ((all.0 - near.0) - below.0)
    }

    /// The weighted sum over a row's targets of a loss of target less score.
    pub fn loss(&self, row: usize, score: f64, loss: impl Fn(f64) -> f64) -> f64 {
        self.of(row).iter().map(|e| e.weight * loss(e.target - score)).sum()
    }

    /// The quantile of target less score over some joined rows.
    pub fn quantile(&self, rows: impl Iterator<Item = u32>, score: impl Fn(usize) -> f64, level: f64) -> f64 {
        let residuals = rows.flat_map(|row| {
            let score = score(row as usize);
            self.of(row as usize).iter().map(move |e| (e.target - score, e.weight))
        });
        weighted_quantile(residuals.collect(), level)
    }

    /// The quantile of the distance of all targets from a centre.
    pub fn distance(&self, centre: f64, level: f64) -> f64 {
        weighted_quantile(self.entries.iter().map(|e| ((e.target - centre).abs(), e.weight)).collect(), level)
    }
}

/// Weight, and weight times target, of the first entries of a row.
fn before(entries: &[Entry], n: usize) -> (f64, f64) {
    n.checked_sub(1).and_then(|last| entries.get(last)).map_or((0.0, 0.0), |e| (e.weight_to, e.moment_to))
}

/// How far a running weight may be from the wanted share and still be it: rounding over many rows.
const SAME_SHARE: f64 = 1e-12;

/// The value below which a share `level` of the weight lies, halfway to the next value where the share is met exactly (Hyndman and Fan 1996, definition 2, with weights as
/// repeats); 0 without values.
fn weighted_quantile(mut values: Vec<(f64, f64)>, level: f64) -> f64 {
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let total: f64 = values.iter().map(|v| v.1).sum();
    let wanted = level * total;
    let mut weight = 0.0;
    for (i, (value, own)) in values.iter().enumerate() {
        weight += own;
        if (weight - wanted).abs() <= SAME_SHARE * total {
            return values.get(i + 1).map_or(*value, |next| value / 2.0 + next.0 / 2.0);
        }
        if weight > wanted {
            return *value;
        }
    }
    values.last().map_or(0.0, |v| v.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread() -> Spread {
        Spread::new(3, vec![(2, 5.0, 1.0), (0, 1.0, 1.0), (0, 3.0, 2.0), (0, 1.0, 0.5), (2, -1.0, 1.0), (0, 4.0, 1.0)])
    }

    #[test]
    fn a_pull_is_the_weight_above_less_the_weight_below() {
        let spread = spread();
        assert_eq!([0.0, 1.0, 3.0, 3.5, 9.0].map(|f| spread.pull(0, f, 1.0, 1.0)), [4.5, 3.0, -0.5, -2.5, -4.5]);
        assert_eq!(spread.pull(0, 2.0, 0.9, 0.1), 0.9 * 3.0 - 0.1 * 1.5);
        assert_eq!(spread.pull(1, 2.0, 1.0, 1.0), 0.0);
    }

    #[test]
    fn clipped_distances_are_those_of_every_target() {
        let spread = spread();
        for score in [-3.0, 0.7, 1.0, 2.0, 3.4, 8.0] {
            for most in [0.1, 1.0, 2.5] {
                let one = |y: f64| (y - score).clamp(-most, most);
                let expected = 1.5 * one(1.0) + 2.0 * one(3.0) + one(4.0);
                assert!((spread.clipped(0, score, most) - expected).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_quantile_with_weights_is_that_of_repeats() {
        assert_eq!(weighted_quantile(vec![(3.0, 1.0), (1.0, 1.0), (2.0, 1.0)], 0.5), 2.0);
        assert_eq!(weighted_quantile(vec![(3.0, 1.0), (1.0, 1.0)], 0.5), 2.0);
        assert_eq!(weighted_quantile(vec![(3.0, 2.0), (1.0, 1.0)], 0.5), 3.0);
        assert_eq!(weighted_quantile(vec![(3.0, 1.0), (3.0, 1.0), (1.0, 1.0)], 0.5), 3.0);
        assert_eq!(weighted_quantile(vec![(1.0, 9.0), (7.0, 1.0)], 0.9), 4.0);
        assert_eq!(weighted_quantile(vec![], 0.5), 0.0);
        let spread = spread();
        assert_eq!(spread.quantile([0, 2].into_iter(), |row| row as f64, 0.5), 3.0);
        assert_eq!(spread.distance(3.0, 1.0), 4.0);
    }
}
