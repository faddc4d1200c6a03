//! Permutation tests: how often does chance alone do as well?
//!
//! `p = (b + 1) / (m + 1)` with b of m random orders at least as extreme as the observed one (Phipson and Smyth 2010): never 0, and
//! valid for any m. Draw b of a purpose is keyed by (seed, purpose, b), so draws can be cut into jobs at will.

use crate::math::rng::Stream;
use std::ops::Range;

/// Which results count as extreme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Large ones.
    Greater,
    /// Small ones.
    Less,
    /// Twice the smaller of both one-sided p-values, at most 1 (as `scipy.stats.permutation_test`).
    Both,
}

/// The p-value of `observed` among the finite values of `null`, shape `(m,)`; 1 for none.
#[must_use]
pub fn p_value(observed: f64, null: &[f64], side: Side) -> f64 {
    let all = null.iter().filter(|v| v.is_finite());
    #[expect(clippy::cast_precision_loss, reason = "draws are few")]
    let share = |extreme: usize| (extreme as f64 + 1.0) / (all.clone().count() as f64 + 1.0);
    let greater = || share(all.clone().filter(|v| **v >= observed).count());
    let less = || share(all.clone().filter(|v| **v <= observed).count());
    match side {
        Side::Greater => greater(),
        Side::Less => less(),
        Side::Both => (2.0 * greater().min(less())).min(1.0),
    }
}

/// The statistic on random orders of `n` positions, draws `range` in order; `None` results are left out.
pub fn draws(n: u32, range: Range<u64>, seed: u64, purpose: &str, statistic: impl Fn(&[u32]) -> Option<f64>) -> Vec<f64> {
    let shuffled = |b| {
        let mut order: Vec<u32> = (0..n).collect();
        Stream::new(seed, purpose, b).shuffle(&mut order);
        statistic(&order)
    };
    range.filter_map(shuffled).filter(|v| v.is_finite()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::golden;
    use crate::math::sum::mean;

    #[test]
    fn random_orders_agree_with_all_orders() {
        let case = &golden::cases("permutation_mean_difference")[0];
        let (x, y) = (case.numbers("x"), case.numbers("y"));
        let pooled = [x.clone(), y].concat();
        let difference = |order: &[u32]| {
            let values: Vec<f64> = order.iter().map(|&i| pooled[i as usize]).collect();
            Some(mean(&values[..x.len()]) - mean(&values[x.len()..]))
        };
        let observed = difference(&(0..pooled.len() as u32).collect::<Vec<_>>()).unwrap();
        golden::close(observed, case.expected("stat"), 1e-12);
        let m = 20_000;
        let null: Vec<f64> = draws(pooled.len() as u32, 0..m, 3, "test", difference).into_iter().map(|d| (d * 1e12).round() / 1e12).collect();
        let (p, exact) = (p_value((observed * 1e12).round() / 1e12, &null, Side::Both), case.expected("p"));
        // Twice a one-sided share: four Monte-Carlo standard errors.
        let error = 2.0 * (exact / 2.0 * (1.0 - exact / 2.0) / m as f64).sqrt();
        assert!((p - exact).abs() < 4.0 * error, "{p} {exact}");
    }

    #[test]
    fn the_p_value_is_never_zero() {
        assert_eq!(p_value(9.0, &[1.0, 2.0, 3.0], Side::Greater), 0.25);
        assert_eq!(p_value(9.0, &[1.0, 2.0, f64::NAN], Side::Less), 1.0);
        assert_eq!(p_value(9.0, &[], Side::Both), 1.0);
    }
}
