//! Places where the level of a series changes: PELT with squared errors (Killick, Fearnhead and Eckley 2012, *JASA* 107, 1590-1598).
//!
//! Minimises over all ways of cutting: `sum over stretches of (sum of squares about the stretch's mean + penalty)`, each stretch at least `least` long. Exact: a
//! place is dropped as the beginning of a last stretch only once it can never be best again, which with a least length is so `least` values later.
//! Cost: proportional to the values where changes are many, to their square where there are none.
//!
//! Checked against ruptures 1.1.10 `Pelt(model="l2", jump=1, min_size)` (`tests/reference/time.json`) and against all ways of cutting.

/// First places of the stretches after the first, ascending; none for a series shorter than two stretches. `values`: shape `(n,)`, finite.
#[must_use]
pub fn change_points(values: &[f64], penalty: f64, least: usize) -> Vec<usize> {
    let (n, least) = (values.len(), least.max(1));
    if n < 2 * least {
        return Vec::new();
    }
    let costs = Costs::of(values);
    let mut best = vec![f64::INFINITY; n + 1];
    let mut from = vec![0_usize; n + 1];
    best[0] = 0.0;
    // Where a last stretch may begin, and from which end on that can no longer be best.
    let mut open: Vec<(usize, usize)> = Vec::new();
    for end in least..=n {
        let newest = end - least;
        if best[newest].is_finite() {
            open.push((newest, usize::MAX));
        }
        open.retain(|(_, until)| *until > end);
        for &(start, _) in &open {
            let whole = best[start] + costs.between(start, end) + penalty;
            if whole < best[end] {
                (best[end], from[end]) = (whole, start);
            }
        }
        for (start, until) in open.iter_mut().filter(|o| o.1 == usize::MAX) {
            if best[*start] + costs.between(*start, end) > best[end] {
                *until = end + least;
            }
        }
    }
    let mut found = Vec::new();
    let mut at = from[n];
    while at > 0 {
        found.push(at);
        at = from[at];
    }
    found.reverse();
    found
}

/// Sum of squares about the means of the stretches that `changes` cut.
#[must_use]
pub fn left_over(values: &[f64], changes: &[usize]) -> f64 {
    let costs = Costs::of(values);
    let ends = changes.iter().copied().chain([values.len()]);
    std::iter::once(0).chain(changes.iter().copied()).zip(ends).map(|(from, to)| costs.between(from, to)).sum()
}

/// Sums and sums of squares up to every place.
struct Costs(Vec<(f64, f64)>);

impl Costs {
    fn of(values: &[f64]) -> Self {
        let centre = crate::math::sum::mean(values);
        let (mut sum, mut squares) = (0.0, 0.0);
        let mut all = vec![(0.0, 0.0)];
        for v in values {
            let apart = v - centre;
            (sum, squares) = (sum + apart, squares + apart * apart);
            all.push((sum, squares));
        }
        Self(all)
    }

    fn between(&self, from: usize, to: usize) -> f64 {
        let (Some(a), Some(b)) = (self.0.get(from), self.0.get(to)) else { return 0.0 };
        #[expect(clippy::cast_precision_loss, reason = "series are short")]
        let n = to.saturating_sub(from).max(1) as f64;
        let sum = b.0 - a.0;
        (b.1 - a.1 - sum * sum / n).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;
    use crate::stats::time_reference::cases;

    #[test]
    fn changes_are_those_of_ruptures() {
        for case in cases("pelt") {
            let found: Vec<f64> = change_points(&case.numbers("y"), case.number("penalty"), case.count("least")).iter().map(|&c| c as f64).collect();
            assert_eq!(found, case.numbers("changes"));
        }
    }

    /// The least cost over all ways of cutting, by going through them.
    fn cheapest(values: &[f64], penalty: f64, least: usize) -> f64 {
        if values.is_empty() {
            return 0.0;
        }
        let first = |len: usize| left_over(&values[..len], &[]) + penalty + cheapest(&values[len..], penalty, least);
        (least..=values.len()).filter(|l| values.len() - l == 0 || values.len() - l >= least).map(first).fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn no_way_of_cutting_is_cheaper() {
        for seed in 0..40 {
            let mut draw = Stream::new(seed, "cuts", 0);
            let values: Vec<f64> = (0..13).map(|i| draw.normal() + if i > 6 { 2.0 } else { 0.0 }).collect();
            for least in [1, 2, 4] {
                let found = change_points(&values, 1.5, least);
                let cost = left_over(&values, &found) + 1.5 * (found.len() + 1) as f64;
                assert!((cost - cheapest(&values, 1.5, least)).abs() < 1e-9, "{seed} {least} {found:?}");
            }
        }
    }

    #[test]
    fn short_and_constant_series_have_none() {
        assert!(change_points(&[], 1.0, 2).is_empty() && change_points(&[1.0], 1.0, 1).is_empty());
        assert!(change_points(&[3.0; 50], 1e-9, 2).is_empty());
    }
}
