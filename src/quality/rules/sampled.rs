//! Rows that stand for all: one drawn from each of as many equal stretches as are wanted, so that no period of the file is met in step.

use crate::math::rng::Stream;

/// Rows in ascending order, all of them up to `most`, else one of each of `most` stretches of equal length.
pub(super) fn sampled_rows(n_rows: usize, most: usize) -> Vec<u32> {
    let n = u32::try_from(n_rows).unwrap_or(u32::MAX);
    if n_rows <= most || most == 0 {
        return (0..n).collect();
    }
    let mut draw = Stream::new(0, "quality/sample", 0);
    let edge = |i: usize| (i as u64 * u64::from(n) / most as u64) as u32;
    (0..most).map(|i| edge(i) + draw.below((edge(i + 1) - edge(i)).max(1))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_rows_are_all_taken_and_many_are_spread_over_the_file() {
        assert_eq!(sampled_rows(4, 10), [0, 1, 2, 3]);
        let rows = sampled_rows(100_003, 1000);
        assert_eq!(rows.len(), 1000);
        assert!(rows.windows(2).all(|w| w[0] < w[1]) && rows[0] < 101 && rows[999] >= 99_900 && rows[999] < 100_003);
    }
}
