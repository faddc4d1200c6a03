//! How much of the differences between trials each hyperparameter explains by itself.
//!
//! The complete trials are ranked by loss and grouped by the values of one hyperparameter (its options, or up to [`GROUPS`] groups of equally
//! many neighbouring values). The share of the ranks' variance that lies between groups, less what groups of that size take up by chance,
//! is epsilon squared = (SSB - (k - 1) MSW) / SST (Kelley 1935), here on ranks as in Kruskal and Wallis (1952), so that one trial
//! that went wrong altogether decides nothing. It is about what was tried, not about the whole range: a method that learns tries little of
//! what is bad. Hyperparameters that matter only together are not told apart.

use super::space::{Space, count};
use crate::math::{rank, sum};

/// Most groups of a number's values.
const GROUPS: usize = 4;
/// Fewest complete trials: fewer explain anything.
const LEAST_TRIALS: usize = 10;
/// Fewest trials of a group of a number's values.
const LEAST_IN_GROUP: usize = 3;

/// Share of the variance explained, one a dimension in its order; `None` where too few trials are complete or all have the same value.
/// `points`: where each trial was, shape `(n_trials, n_dimensions)`; `losses`: shape `(n_trials,)`.
#[must_use]
pub fn importance(space: &Space, points: &[&[f64]], losses: &[f64]) -> Vec<Option<f64>> {
    let ranks = rank::ranks(losses);
    let of = |d: usize| {
        let values: Vec<f64> = points.iter().filter_map(|p| p.get(d).copied()).collect();
        let enough = values.len() == ranks.len() && values.len() >= LEAST_TRIALS;
        let groups = if space.dimensions.get(d)?.n_options().is_some() { by_value(&values) } else { by_neighbours(&values) };
        if enough { explained(&groups, &ranks) } else { None }
    };
    (0..space.dimensions.len()).map(of).collect()
}

/// Group of every trial: one a distinct value.
fn by_value(values: &[f64]) -> Vec<usize> {
    let mut distinct = rank::sorted(values);
    distinct.dedup();
    values.iter().map(|v| distinct.partition_point(|d| d < v)).collect()
}

/// Group of every trial: equally many neighbouring values each; equal values share a group.
fn by_neighbours(values: &[f64]) -> Vec<usize> {
    let ascending = rank::sorted(values);
    let n = ascending.len();
    let groups = (n / LEAST_IN_GROUP).clamp(1, GROUPS);
    values.iter().map(|v| ascending.partition_point(|a| a < v) * groups / n.max(1)).collect()
}

/// Epsilon squared of values by group; never below 0.
fn explained(groups: &[usize], values: &[f64]) -> Option<f64> {
    let n_groups = groups.iter().max()? + 1;
    let members = |g: usize| values.iter().zip(groups).filter(|(_, own)| **own == g).map(|(v, _)| *v).collect::<Vec<f64>>();
    let parts: Vec<Vec<f64>> = (0..n_groups).map(members).filter(|p| !p.is_empty()).collect();
    let (n, k) = (values.len(), parts.len());
    if k < 2 || n <= k {
        return None;
    }
    let mean = sum::mean(values);
    let square = |x: f64| x * x;
    let total = sum::sum_of(values.iter().map(|v| square(v - mean)));
    let between = sum::sum_of(parts.iter().map(|p| count(p.len()) * square(sum::mean(p) - mean)));
    let chance = count(k - 1) * (total - between) / count(n - k);
    (total > 0.0).then(|| ((between - chance) / total).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;
    use crate::param::Given;
    use crate::tune::space::{Ranges, tests::SPECS};

    #[test]
    fn a_worked_example() {
        // Ranks 1 2 3 | 4 5 6: SST = 17.5, SSB = 13.5, MSW = 4 / 4; (13.5 - 1) / 17.5.
        let found = explained(&[0, 0, 0, 1, 1, 1], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        assert!((found - 12.5 / 17.5).abs() < 1e-12, "{found}");
        assert_eq!(explained(&[0, 0, 0], &[1.0, 2.0, 3.0]), None);
    }

    #[test]
    fn what_matters_is_found_among_what_does_not() {
        let space = Space::new(SPECS, &Given::new(), &Ranges::new());
        let mut stream = Stream::new(1, "test", 0);
        let points: Vec<Vec<f64>> = (0..80)
            .map(|_| space.dimensions.iter().map(|d| d.coordinate(&d.value(d.ends().0 + (d.ends().1 - d.ends().0) * stream.uniform()))).collect())
            .collect();
        let losses: Vec<f64> = points.iter().map(|p| (p[3] - 0.5).abs() + if p[4] == 1.0 { 0.5 } else { 0.0 }).collect();
        let found = importance(&space, &points.iter().map(Vec::as_slice).collect::<Vec<_>>(), &losses);
        let of = |i: usize| found[i].unwrap();
        assert!(of(4) > 0.4 && of(3) > 0.1, "{found:?}");
        assert!([0, 1, 2, 5].into_iter().all(|i| of(i) < 0.1), "{found:?}");
    }

    #[test]
    fn too_few_trials_explain_nothing() {
        let space = Space::new(SPECS, &Given::new(), &Ranges::new());
        let at = space.start().1;
        assert!(importance(&space, &[at.as_slice(); 5], &[1.0; 5]).iter().all(Option::is_none));
        assert!(importance(&space, &[at.as_slice(); 20], &[1.0; 20]).iter().all(Option::is_none));
    }
}
