//! Parzen estimators: a density over all hyperparameters together from the points that were tried.
//!
//! A mixture of one kernel a point and one wide kernel for the space as a whole; a kernel is a product over the dimensions. Numbers: a normal
//! density cut at the ends of the range, its width the distance to the farther of the two neighbouring values (of the outermost values: to
//! their only neighbour), at least `range / min(100, n + 2)` and at most the range; of whole numbers the mass from half below to half above.
//! Options: `1 / (n + 1)` for every option and 1 more for the point's own. The newest 25 points weigh 1, older ones less, linearly.
//!
//! Source: Bergstra et al. 2011, *Algorithms for Hyper-Parameter Optimization*; Watanabe 2023 (arXiv:2304.11127); the defaults of Optuna 5
//! (multivariate, prior weight 1, magic clip, no endpoints).

use super::space::{Dimension, Space, count, place};
use crate::math::distribution::{normal_cdf, normal_quantile};
use crate::math::elementary::{exp, ln};
use crate::math::rng::Stream;
use crate::math::sort;
use crate::math::sum;

/// Newest points that weigh 1.
const FULL_WEIGHT: usize = 25;
/// Weight of the kernel for the space as a whole.
const PRIOR: f64 = 1.0;
/// Widths are at least the range over this.
const NARROWEST: f64 = 100.0;
/// Least mass of a step whose logarithm is taken.
const LEAST: f64 = 1e-300;
/// Logarithm of the square root of two pi.
const LN_ROOT_TAU: f64 = 0.918_938_533_204_672_7;

/// A density over a space.
pub(super) struct Parzen<'a> {
    /// Weights of the kernels, which add up to 1.
    weights: Vec<f64>,
    /// One a dimension.
    marginals: Vec<Marginal<'a>>,
}

/// What the kernels are in one dimension.
enum Marginal<'a> {
    /// Centre, width and mass within the ends of each.
    Number { dimension: &'a Dimension, kernels: Vec<(f64, f64, f64)> },
    /// Share of each option in each.
    Options(Vec<Vec<f64>>),
}

impl<'a> Parzen<'a> {
    /// The density from these points, oldest first.
    pub(super) fn new(space: &'a Space, points: &[&[f64]]) -> Self {
        let n = points.len();
        let mut weights: Vec<f64> = (0..n).map(|i| weight(i, n)).chain([PRIOR]).collect();
        let total = sum::sum(&weights);
        weights.iter_mut().for_each(|w| *w /= total);
        let marginal = |(d, dimension): (usize, &'a Dimension)| {
            let values: Vec<f64> = points.iter().filter_map(|p| p.get(d).copied()).collect();
            Marginal::new(dimension, &values)
        };
        Self { weights, marginals: space.dimensions.iter().enumerate().map(marginal).collect() }
    }

    /// Draws a point: a kernel, then every dimension from it.
    pub(super) fn draw(&self, stream: &mut Stream) -> Vec<f64> {
        let kernel = pick(&self.weights, stream);
        self.marginals.iter().map(|m| m.draw(kernel, stream)).collect()
    }

    /// Logarithm of the density at a point.
    pub(super) fn ln_density(&self, at: &[f64]) -> f64 {
        let of = |(kernel, w): (usize, &f64)| ln(*w) + sum::sum_of(self.marginals.iter().zip(at).map(|(m, x)| m.ln_density(kernel, *x)));
        let terms: Vec<f64> = self.weights.iter().enumerate().map(of).collect();
        let most = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        most + ln(sum::sum_of(terms.iter().map(|t| exp(t - most))))
    }
}

impl<'a> Marginal<'a> {
    fn new(dimension: &'a Dimension, values: &[f64]) -> Self {
        if let Some(options) = dimension.n_options() {
            return Self::Options(shares(values, options));
        }
        let (low, high) = dimension.ends();
        let cut = |(mu, sigma): (f64, f64)| (mu, sigma, normal_cdf((high - mu) / sigma) - normal_cdf((low - mu) / sigma));
        Self::Number { dimension, kernels: normals(values, (low, high)).into_iter().map(cut).collect() }
    }

    fn draw(&self, kernel: usize, stream: &mut Stream) -> f64 {
        match self {
            Self::Options(shares) => count(pick(&shares[kernel], stream)),
            Self::Number { dimension, kernels } => {
                let ((low, high), (mu, sigma, mass)) = (dimension.ends(), kernels[kernel]);
                let drawn = mu + sigma * normal_quantile(normal_cdf((low - mu) / sigma) + mass * stream.uniform());
                drawn.clamp(low, high)
            }
        }
    }

    fn ln_density(&self, kernel: usize, at: f64) -> f64 {
        match self {
            Self::Options(shares) => ln(shares[kernel][place(at, shares[kernel].len())]),
            Self::Number { dimension, kernels } => {
                let (mu, sigma, mass) = kernels[kernel];
                if let Some((from, to)) = dimension.step(at) {
                    return ln(((normal_cdf((to - mu) / sigma) - normal_cdf((from - mu) / sigma)) / mass).max(LEAST));
                }
                let z = (at - mu) / sigma;
                -0.5 * z * z - LN_ROOT_TAU - ln(sigma * mass)
            }
        }
    }
}

/// Weight of point `i` of `n`, oldest first.
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
    let range = high - low;
    let mut order: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
    sort::by(&mut order, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let narrowest = range / NARROWEST.min(count(values.len() + 2));
    let mut kernels = vec![(f64::midpoint(low, high), range); values.len() + 1];
    for (place, &(mu, at)) in order.iter().enumerate() {
        let left = place.checked_sub(1).map(|p| mu - order[p].0);
        let right = order.get(place + 1).map(|next| next.0 - mu);
        let width = match (left, right) {
            (None, None) => (mu - low).max(high - mu),
            (left, right) => left.into_iter().chain(right).fold(0.0, f64::max),
        };
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
    use crate::tune::space::{Ranges, tests::SPECS};

    fn alone(id: &str) -> Space {
        let mut space = Space::new(SPECS, &Given::new(), &Ranges::new());
        space.dimensions.retain(|d| d.id == id);
        space
    }

    /// The mean of the density over these coordinates.
    fn mass(space: &Space, tried: &[f64], at: impl Iterator<Item = f64>) -> f64 {
        let points: Vec<[f64; 1]> = tried.iter().map(|x| [*x]).collect();
        let parzen = Parzen::new(space, &points.iter().map(<[f64; 1]>::as_slice).collect::<Vec<_>>());
        sum::sum_of(at.map(|x| exp(parzen.ln_density(&[x]))))
    }

    #[test]
    fn widths_are_the_distance_to_the_farther_neighbour_within_bounds() {
        // Range 10 and four values: the least width is 10 / 6.
        let least = 10.0 / 6.0;
        assert_eq!(normals(&[1.0, 7.0, 2.0, 9.0], (0.0, 10.0)), [(1.0, least), (7.0, 5.0), (2.0, 5.0), (9.0, 2.0), (5.0, 10.0)]);
        assert_eq!(normals(&[3.0], (0.0, 10.0)), [(3.0, 7.0), (5.0, 10.0)]);
        assert_eq!(normals(&[], (0.0, 10.0)), [(5.0, 10.0)]);
    }

    #[test]
    fn the_newest_points_weigh_one_and_older_ones_less() {
        assert!((0..25).all(|i| weight(i, 25) == 1.0));
        let n = 35;
        assert_eq!(weight(0, n), 1.0 / 35.0);
        assert!((weight(9, n) - 1.0).abs() < 1e-12 && (10..35).all(|i| weight(i, n) == 1.0));
        assert!((0..9).all(|i| weight(i, n) < weight(i + 1, n)));
    }

    #[test]
    fn densities_add_up_to_one_over_numbers_steps_and_options() {
        let area = mass(&alone("mix"), &[0.1, 0.15, 0.9], (0..20_000).map(|i| (f64::from(i) + 0.5) / 20_000.0)) / 20_000.0;
        assert!((area - 1.0).abs() < 1e-6, "{area}");
        let all = mass(&alone("depth"), &[3.0, 4.0, 20.0], (1..=30).map(f64::from));
        assert!((all - 1.0).abs() < 1e-9, "{all}");
        let all = mass(&alone("trees"), &[ln(30.0), ln(300.0)], (20..=500).map(|n| ln(f64::from(n))));
        assert!((all - 1.0).abs() < 1e-9, "{all}");
        let all = mass(&alone("kind"), &[0.0, 0.0, 2.0], (0..3).map(f64::from));
        assert!((all - 1.0).abs() < 1e-9, "{all}");
    }

    #[test]
    fn draws_follow_the_density_and_stay_in_the_range() {
        let space = alone("mix");
        let tried = [[0.1], [0.12], [0.14], [0.11]];
        let parzen = Parzen::new(&space, &tried.iter().map(<[f64; 1]>::as_slice).collect::<Vec<_>>());
        let mut stream = Stream::new(3, "test", 0);
        let drawn: Vec<f64> = (0..4000).map(|_| parzen.draw(&mut stream)[0]).collect();
        assert!(drawn.iter().all(|x| (0.0..=1.0).contains(x)));
        let share = drawn.iter().filter(|x| **x < 0.3).count() as f64 / 4000.0;
        let expected = mass(&space, &[0.1, 0.12, 0.14, 0.11], (0..3000).map(|i| (f64::from(i) + 0.5) / 10_000.0)) / 10_000.0;
        assert!((share - expected).abs() < 0.03, "{share} {expected}");
    }

    #[test]
    fn what_goes_together_is_drawn_together() {
        let mut space = Space::new(SPECS, &Given::new(), &Ranges::new());
        space.dimensions.retain(|d| d.id == "mix" || d.id == "kind");
        let tried: Vec<[f64; 2]> = (0..20).map(|i| if i % 2 == 0 { [0.1, 0.0] } else { [0.9, 2.0] }).collect();
        let parzen = Parzen::new(&space, &tried.iter().map(<[f64; 2]>::as_slice).collect::<Vec<_>>());
        assert!(parzen.ln_density(&[0.1, 0.0]) > parzen.ln_density(&[0.1, 2.0]) + 2.0);
    }
}
