//! Parzen estimators: a density over one hyperparameter from the values that were tried.
//!
//! Numbers: a mixture of normal kernels cut at the ends of the range, one a value and one wide one for the range as a whole. A kernel's width
//! is the distance to its farther neighbour, at least `range / min(100, n + 2)` and at most the range. Options: each value adds one
//! to its own option in its own kernel and `1 / kernels` to every option. The newest 25 values weigh 1, older ones less, linearly.
//!
//! Source: Bergstra et al. 2011, *Algorithms for Hyper-Parameter Optimization*, as completed by Watanabe 2023 (arXiv:2304.11127), with the
//! defaults of Optuna (univariate, prior weight 1, magic clip, no endpoints).

use super::space::{Dimension, count, place};
use crate::math::distribution::{normal_cdf, normal_density, normal_quantile};
use crate::math::elementary::ln;
use crate::math::rng::Stream;
use crate::math::sum;

/// Newest values that weigh 1.
const FULL_WEIGHT: usize = 25;
/// Weight of the kernel for the range as a whole.
const PRIOR: f64 = 1.0;
/// Widths are at least the range over this.
const NARROWEST: f64 = 100.0;
/// Least density whose logarithm is taken.
const LEAST: f64 = 1e-300;

/// A density over one dimension.
pub(super) struct Parzen {
    /// Weights of the kernels, which add up to 1.
    weights: Vec<f64>,
    kernels: Kernels,
}

enum Kernels {
    /// Centre, width and mass within the ends of each; ends; whether densities are masses of steps of 1.
    Normal { each: Vec<(f64, f64, f64)>, ends: (f64, f64), stepped: bool },
    /// Share of each option in each kernel.
    Options(Vec<Vec<f64>>),
}

impl Parzen {
    /// The density from these values, oldest first.
    pub(super) fn new(dimension: &Dimension, values: &[f64]) -> Self {
        let n = values.len();
        let mut weights: Vec<f64> = (0..n).map(|i| weight(i, n)).chain([PRIOR]).collect();
        let total = sum::sum(&weights);
        weights.iter_mut().for_each(|w| *w /= total);
        let kernels = match dimension.n_options() {
            Some(options) => Kernels::Options(shares(values, options)),
            None => {
                let (low, high) = dimension.ends();
                let cut = |(mu, sigma): (f64, f64)| (mu, sigma, normal_cdf((high - mu) / sigma) - normal_cdf((low - mu) / sigma));
                let each = normals(values, (low, high)).into_iter().map(cut).collect();
                Kernels::Normal { each, ends: (low, high), stepped: dimension.is_stepped() }
            }
        };
        Self { weights, kernels }
    }

    /// Draws a coordinate.
    pub(super) fn draw(&self, stream: &mut Stream) -> f64 {
        let kernel = pick(&self.weights, stream);
        match &self.kernels {
            Kernels::Options(shares) => shares.get(kernel).map_or(0.0, |s| count(pick(s, stream))),
            Kernels::Normal { each, ends: (low, high), .. } => {
                let (mu, sigma, mass) = each.get(kernel).copied().unwrap_or((f64::midpoint(*low, *high), high - low, 1.0));
                let drawn = mu + sigma * normal_quantile(normal_cdf((low - mu) / sigma) + mass * stream.uniform());
                drawn.clamp(*low, *high)
            }
        }
    }

    /// Logarithm of the density at a coordinate.
    pub(super) fn ln_density(&self, at: f64) -> f64 {
        let of = |kernel: usize| match &self.kernels {
            Kernels::Options(shares) => shares[kernel][place(at, shares[kernel].len())],
            Kernels::Normal { each, stepped, .. } => {
                let (mu, sigma, mass) = each[kernel];
                let below = |x: f64| normal_cdf((x - mu) / sigma);
                if *stepped { (below(at + 0.5) - below(at - 0.5)) / mass } else { normal_density((at - mu) / sigma) / sigma / mass }
            }
        };
        ln(sum::sum_of(self.weights.iter().enumerate().map(|(kernel, w)| w * of(kernel))).max(LEAST))
    }
}

/// Weight of value `i` of `n`, oldest first.
fn weight(i: usize, n: usize) -> f64 {
    let old = n.saturating_sub(FULL_WEIGHT);
    if i >= old || old < 2 {
        return if i < old { 1.0 / count(n) } else { 1.0 };
    }
    let least = 1.0 / count(n);
    least + (1.0 - least) * count(i) / count(old - 1)
}

/// Centre and width of every kernel, in the order of the values, the wide one last.
fn normals(values: &[f64], (low, high): (f64, f64)) -> Vec<(f64, f64)> {
    let (range, middle) = (high - low, f64::midpoint(low, high));
    let mut order: Vec<(f64, usize)> = values.iter().copied().chain([middle]).zip(0..).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let narrowest = range / NARROWEST.min(count(values.len() + 2));
    let mut kernels = vec![(middle, range); values.len() + 1];
    for (place, &(mu, at)) in order.iter().enumerate().filter(|(_, (_, at))| *at < values.len()) {
        let left = place.checked_sub(1).map(|p| mu - order[p].0);
        let right = order.get(place + 1).map(|next| next.0 - mu);
        let width = left.into_iter().chain(right).fold(0.0, f64::max);
        kernels[at] = (mu, width.clamp(narrowest, range));
    }
    kernels
}

/// Share of every option in every kernel, the even one last.
fn shares(values: &[f64], options: usize) -> Vec<Vec<f64>> {
    let even = PRIOR / count(values.len() + 1);
    let row = |own: Option<usize>| {
        let raw: Vec<f64> = (0..options).map(|o| even + if own == Some(o) { 1.0 } else { 0.0 }).collect();
        let total = sum::sum(&raw);
        raw.into_iter().map(|r| r / total).collect()
    };
    values.iter().map(|&v| row(Some(place(v, options)))).chain([row(None)]).collect()
}

/// A place drawn with these probabilities.
fn pick(probabilities: &[f64], stream: &mut Stream) -> usize {
    let mut left = stream.uniform();
    for (at, p) in probabilities.iter().enumerate() {
        left -= p;
        if left < 0.0 {
            return at;
        }
    }
    probabilities.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::Given;
    use crate::tune::space::{Ranges, Space, tests::SPECS};

    fn dimension(id: &str) -> Dimension {
        let space = Space::new(SPECS, &Given::new(), &Ranges::new());
        space.dimensions.into_iter().find(|d| d.id == id).unwrap()
    }

    #[test]
    fn widths_are_the_distance_to_the_farther_neighbour_within_bounds() {
        // Range 10: values 1, 2, 7 and the middle, 5; the least width is 10 / 5 = 2.
        assert_eq!(normals(&[1.0, 7.0, 2.0], (0.0, 10.0)), [(1.0, 2.0), (7.0, 2.0), (2.0, 3.0), (5.0, 10.0)]);
        assert_eq!(normals(&[], (0.0, 10.0)), [(5.0, 10.0)]);
    }

    #[test]
    fn the_newest_values_weigh_one_and_older_ones_less() {
        assert!((0..25).all(|i| weight(i, 25) == 1.0));
        let n = 35;
        assert_eq!(weight(0, n), 1.0 / 35.0);
        assert!((weight(9, n) - 1.0).abs() < 1e-12 && (10..35).all(|i| weight(i, n) == 1.0));
        assert!((0..9).all(|i| weight(i, n) < weight(i + 1, n)));
    }

    #[test]
    fn densities_integrate_to_one_over_numbers_steps_and_options() {
        let mix = Parzen::new(&dimension("mix"), &[0.1, 0.15, 0.9]);
        let grid = 20_000;
        let area = sum::sum_of((0..grid).map(|i| crate::math::elementary::exp(mix.ln_density((f64::from(i) + 0.5) / f64::from(grid)))));
        assert!((area / f64::from(grid) - 1.0).abs() < 1e-6, "{area}");
        let depth = Parzen::new(&dimension("depth"), &[3.0, 4.0, 20.0]);
        let mass = sum::sum_of((1..=30).map(|d| crate::math::elementary::exp(depth.ln_density(f64::from(d)))));
        assert!((mass - 1.0).abs() < 1e-9, "{mass}");
        let kind = Parzen::new(&dimension("kind"), &[0.0, 0.0, 2.0]);
        let mass = sum::sum_of((0..3).map(|k| crate::math::elementary::exp(kind.ln_density(f64::from(k)))));
        assert!((mass - 1.0).abs() < 1e-9 && kind.ln_density(0.0) > kind.ln_density(2.0), "{mass}");
    }

    #[test]
    fn draws_follow_the_density_and_stay_in_the_range() {
        let mix = Parzen::new(&dimension("mix"), &[0.1, 0.12, 0.14, 0.11]);
        let mut stream = Stream::new(3, "test", 0);
        let drawn: Vec<f64> = (0..4000).map(|_| mix.draw(&mut stream)).collect();
        assert!(drawn.iter().all(|x| (0.0..=1.0).contains(x)));
        let share = drawn.iter().filter(|x| **x < 0.3).count() as f64 / 4000.0;
        let expected = sum::sum_of((0..3000).map(|i| crate::math::elementary::exp(mix.ln_density((f64::from(i) + 0.5) / 10_000.0)))) / 10_000.0;
        assert!((share - expected).abs() < 0.03, "{share} {expected}");
    }
}
