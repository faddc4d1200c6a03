//! The tree-structured Parzen estimator (Bergstra et al. 2011), with the defaults of Optuna 5.
//!
//! After 10 random trials: the best `min(ceil(0.1 n), 25)` of n trials make the density `l` of what is good, the others the density `g` of what is
//! not, each over all hyperparameters together. Of 24 points drawn from `l` the one with the greatest `l / g` is tried. Trials that were
//! given up rank behind all that were not, those that came farther first; trials that are still out count as not good, so that those of one
//! batch keep apart (Optuna's `constant_liar`).

use super::{Asked, NESTED, PRUNING, Sampler, Seen, TRIALS, random};
use crate::math::rng::Stream;
use crate::math::sort;
use crate::param::{Domain, ParamSpec};
use crate::tune::parzen::Parzen;

/// The entry.
pub(super) const TPE: Sampler = Sampler {
    id: "tpe",
    title: "TPE",
    doc: "Tree-structured Parzen estimator (Bergstra et al. 2011): tries what looks more like the good trials than like the others. The usual choice.",
    params: &[TRIALS, PRUNING, NESTED, STARTUP, CANDIDATES],
    propose,
};

const STARTUP: ParamSpec = ParamSpec {
    id: "startup",
    title: "Random trials first",
    help: "How many trials are drawn by chance before the method learns from them.",
    domain: Domain::Whole { low: 2, high: 200, default: 10 },
};
const CANDIDATES: ParamSpec = ParamSpec {
    id: "candidates",
    title: "Candidates",
    help: "Out of how many draws the most promising one is tried.",
    domain: Domain::Whole { low: 1, high: 1000, default: 24 },
};

/// Good trials are one in so many.
const ONE_IN: usize = 10;
/// Most good trials.
const MOST_GOOD: usize = 25;

/// How many of `n` trials are good: gamma(n) = min(ceil(0.1 n), 25).
fn gamma(n: usize) -> usize {
    n.div_ceil(ONE_IN).min(MOST_GOOD)
}

fn propose(asked: &Asked<'_>) -> Option<Vec<f64>> {
    if asked.seen.len() < asked.params.count("startup") {
        return random::propose(asked);
    }
    let (good, rest) = divide(asked.seen);
    let others: Vec<&[f64]> = points(&rest).into_iter().chain(asked.out.iter().copied()).collect();
    let (l, g) = (Parzen::new(asked.space, &points(&good)), Parzen::new(asked.space, &others));
    let mut stream = Stream::new(asked.seed, &format!("tune/tpe/{}", asked.key), asked.index.into());
    let candidates = (0..asked.params.count("candidates")).map(|_| asked.space.settled(&l.draw(&mut stream)));
    let judged = candidates.map(|at| (l.ln_density(&at) - g.ln_density(&at), at));
    judged.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, at)| at)
}

fn points<'a>(seen: &[&'a Seen]) -> Vec<&'a [f64]> {
    seen.iter().map(|s| s.at.as_slice()).collect()
}

/// The good trials and the others, each in the order in which they were tried.
fn divide(seen: &[Seen]) -> (Vec<&Seen>, Vec<&Seen>) {
    let mut order: Vec<usize> = (0..seen.len()).collect();
    sort::by(&mut order, |&a, &b| seen[b].folds.cmp(&seen[a].folds).then(seen[a].loss.total_cmp(&seen[b].loss)).then(a.cmp(&b)));
    let mut is_good = vec![false; seen.len()];
    order.iter().take(gamma(seen.len())).for_each(|&i| is_good[i] = true);
    let of = |good: bool| seen.iter().zip(&is_good).filter(|(_, is)| **is == good).map(|(s, _)| s).collect();
    (of(true), of(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_the_trials_is_good_and_never_more_than_25() {
        assert_eq!([1, 10, 11, 95, 250, 1000].map(gamma), [1, 1, 2, 10, 25, 25]);
    }

    #[test]
    fn a_trial_that_was_given_up_is_good_only_when_too_few_were_not() {
        let seen = |loss: f64, folds: usize| Seen { at: vec![loss], loss, folds };
        let all: Vec<Seen> = (0..11_u8).map(|i| seen(f64::from(i), if i == 0 { 2 } else { 5 })).collect();
        let (good, rest) = divide(&all);
        assert_eq!((good.iter().map(|s| s.loss).collect::<Vec<_>>(), rest.len()), (vec![1.0, 2.0], 9));
    }
}
