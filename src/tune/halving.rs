//! Successive halving over folds: after 1, 2, 4 … folds only the better half of the trials goes on.
//!
//! The asynchronous form (Li et al. 2020, *A System for Massively Parallel Hyperparameter Tuning*, algorithm 2, with a reduction factor of 2): a trial
//! goes on from a rung when it is among the best half of those that have come to it before, itself counted. So a search that is made longer
//! begins with the shorter one; the synchronous form (Jamieson and Talwalkar 2016) would have to know the number of trials.

use super::pruning::means_at;
use crate::math::sum;

/// One in so many goes on; the folds of a rung are so many times those of the rung before.
const FACTOR: usize = 2;

/// Whether `folds` is a power of [`FACTOR`].
pub(super) fn is_rung(folds: usize) -> bool {
    folds.is_power_of_two()
}

/// Whether a trial with these losses goes on beyond the rung where it stands. The first to come to a rung does.
pub(super) fn is_promoted(own: &[f64], peers: &[&[f64]]) -> bool {
    let (mine, others) = (sum::mean(own), means_at(own.len(), peers));
    let better = others.iter().filter(|m| **m <= mine).count();
    better < ((others.len() + 1) / FACTOR).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_better_half_of_those_that_came_to_a_rung_goes_on() {
        let peers: [&[f64]; 3] = [&[1.0, 9.0], &[2.0], &[3.0, 1.0]];
        assert!(is_promoted(&[1.5], &peers), "second of four");
        assert!(!is_promoted(&[2.5], &peers), "third of four");
        assert!(!is_promoted(&[2.0], &peers), "whoever came first keeps a place");
        assert!(is_promoted(&[1.0, 2.0], &peers), "better than the two that came so far");
        assert!(is_promoted(&[9.0, 9.0, 9.0, 9.0], &peers), "nobody has come so far");
    }
}
