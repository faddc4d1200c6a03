//! Stable sorting of short lists, in little code.
//!
//! The standard library's sort is compiled anew for every type and comparison, at nearly 6 KB each; 116 of them were an eighth of the page's code. This one
//! sorts positions with one routine for all and then moves the values, at the cost of a call for each comparison; lists as long as a table use the standard library's.

use std::cmp::Ordering;

/// Sorts by a comparison; equal values keep their order.
pub fn by<T>(values: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let mut order = merged(values.len(), &mut |a, b| compare(&values[a], &values[b]));
    for start in 0..order.len() {
        let mut at = start;
        while order[at] != start {
            let from = order[at];
            order[at] = at;
            values.swap(at, from);
            at = from;
        }
        order[at] = at;
    }
}

/// Sorts by a key, which is made anew for every comparison; equal values keep their order.
pub fn by_key<T, K: Ord>(values: &mut [T], mut key: impl FnMut(&T) -> K) {
    by(values, |a, b| key(a).cmp(&key(b)));
}

/// Sorts positions by a number of each, for lists as long as a table; equal ones keep their order.
pub fn along(positions: &mut [usize], number: &dyn Fn(usize) -> f64) {
    let mut keyed: Vec<(f64, usize)> = positions.iter().map(|&p| (number(p), p)).collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    positions.iter_mut().zip(keyed).for_each(|(place, (_, position))| *place = position);
}

/// Sorts pairs of numbers by the first, then by the second, for lists as long as a table.
pub fn pairs(values: &mut [(f64, f64)]) {
    values.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
}

/// Positions 0..n in ascending order, equal ones as they stand: runs of twice the length are merged until one is left.
fn merged(n: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    let mut next = order.clone();
    let mut length = 1;
    while length < n {
        for from in (0..n).step_by(2 * length) {
            let (middle, to) = ((from + length).min(n), (from + 2 * length).min(n));
            let (mut left, mut right) = (from, middle);
            for place in &mut next[from..to] {
                let take_right = left == middle || (right < to && compare(order[right], order[left]) == Ordering::Less);
                let taken = if take_right { &mut right } else { &mut left };
                *place = order[*taken];
                *taken += 1;
            }
        }
        std::mem::swap(&mut order, &mut next);
        length *= 2;
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;

    #[test]
    fn positions_stand_along_their_numbers_and_equal_ones_as_they_stood() {
        let mut positions = vec![3, 0, 2, 1];
        along(&mut positions, &|p| [1.0, -1.0, 1.0, 0.0][p]);
        assert_eq!(positions, [1, 3, 0, 2]);
        let mut all = [(1.0, 2.0), (0.0, 3.0), (1.0, -1.0)];
        pairs(&mut all);
        assert_eq!(all, [(0.0, 3.0), (1.0, -1.0), (1.0, 2.0)]);
    }

    #[test]
    fn lists_of_every_length_are_sorted_as_the_standard_library_does() {
        let mut stream = Stream::new(1, "test/sort", 0);
        for n in 0..70 {
            let values: Vec<(u64, usize)> = (0..n).map(|i| (u64::from(stream.below(10)), i)).collect();
            let (mut own, mut theirs) = (values.clone(), values);
            by(&mut own, |a, b| b.0.cmp(&a.0));
            theirs.sort_by_key(|v| std::cmp::Reverse(v.0));
            assert_eq!(own, theirs, "{n}");
            by_key(&mut own, |v| v.1);
            assert!(own.iter().enumerate().all(|(i, v)| v.1 == i));
        }
    }
}
