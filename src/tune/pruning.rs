//! When a trial is given up: worse than the middle one after as many folds.
//!
//! Median stopping (Golovin et al. 2017, *Google Vizier*, 3.2.2; Optuna's `MedianPruner`): once [`WARM_UP`] trials have all their folds, a
//! trial whose mean over its first k folds is worse than the median of the means of the others over the same k folds ends. Every trial is judged on
//! the same folds in the same order, so fold k is equally hard for all.

use super::halving;
use crate::math::sum;

/// Trials with all their folds before any is given up.
pub const WARM_UP: usize = 5;

/// Which trials are given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pruning {
    /// None.
    None,
    /// Those worse than the median.
    Median,
    /// All but the better half at every rung.
    Halving,
}

impl Pruning {
    /// From its name in settings.
    #[must_use]
    pub fn from_id(id: &str) -> Self {
        match id {
            "median" => Self::Median,
            "halving" => Self::Halving,
            _ => Self::None,
        }
    }

    /// Whether trials are judged after `done` of `all` folds.
    pub(super) fn judges_after(self, done: usize, all: usize) -> bool {
        done > 0
            && done < all
            && match self {
                Self::None => false,
                Self::Median => true,
                Self::Halving => halving::is_rung(done),
            }
    }

    /// Whether a trial with these losses on its first folds ends. `peers`: losses by fold of the trials before its batch, given up or not.
    pub(super) fn gives_up(self, own: &[f64], peers: &[&[f64]], all: usize) -> bool {
        match self {
            Self::None => false,
            Self::Median => is_worse_than_median(own, peers, all),
            Self::Halving => !halving::is_promoted(own, peers),
        }
    }
}

fn is_worse_than_median(own: &[f64], peers: &[&[f64]], all: usize) -> bool {
    let complete = peers.iter().filter(|p| p.len() >= all).count();
    let mut means = means_at(own.len(), peers);
    means.sort_by(f64::total_cmp);
    let middle = crate::math::rank::quantile(&means, 0.5);
    complete >= WARM_UP && sum::mean(own) > middle
}

/// Mean loss over the first `k` folds of those that have them.
pub(super) fn means_at(k: usize, peers: &[&[f64]]) -> Vec<f64> {
    peers.iter().filter_map(|p| p.get(..k)).map(sum::mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Losses of five trials over four folds, and of one that was given up after two.
    const PEERS: [&[f64]; 6] =
        [&[1.0, 3.0, 1.0, 1.0], &[2.0, 4.0, 2.0, 2.0], &[3.0, 5.0, 3.0, 3.0], &[4.0, 6.0, 4.0, 4.0], &[5.0, 7.0, 5.0, 5.0], &[6.0, 8.0]];

    #[test]
    fn a_trial_worse_than_the_median_after_as_many_folds_ends() {
        // After two folds the means are 2, 3, 4, 5, 6, 7, their median 4.5; after three the sixth has none, and the median is 11/3.
        let ends = |own: &[f64]| Pruning::Median.gives_up(own, &PEERS, 4);
        assert!(!ends(&[4.0, 5.0]), "4.5 is not worse than 4.5");
        assert!(ends(&[4.0, 5.1]));
        assert!(ends(&[4.0, 4.0, 4.0]));
        assert!(!ends(&[4.0, 4.0, 3.0]));
    }

    #[test]
    fn nothing_ends_before_the_warm_up() {
        assert!(!Pruning::Median.gives_up(&[9.0], &PEERS[1..], 4), "four trials are complete");
        assert!(Pruning::Median.gives_up(&[9.0], &PEERS, 4));
    }

    #[test]
    fn a_complete_trial_is_never_judged() {
        for pruning in [Pruning::None, Pruning::Median, Pruning::Halving] {
            assert!(!pruning.judges_after(0, 5) && !pruning.judges_after(5, 5));
        }
        assert_eq!((1..5).filter(|&k| Pruning::Halving.judges_after(k, 5)).collect::<Vec<_>>(), [1, 2, 4]);
    }
}
