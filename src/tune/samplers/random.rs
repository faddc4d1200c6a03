//! Random search: every dimension drawn evenly on its own scale (Bergstra and Bengio 2012).
//!
//! Needs no history, so any part of it can be computed alone; where few hyperparameters matter it covers those better than a grid of as many
//! trials.

use super::{Asked, NESTED, PRUNING, Sampler, TRIALS};
use crate::math::rng::Stream;
use crate::tune::space::{Dimension, count};

/// The entry.
pub(super) const RANDOM: Sampler = Sampler {
    id: "random",
    title: "Random",
    doc: "Draws every hyperparameter evenly on its own scale (Bergstra and Bengio 2012). Learns nothing from the trials before, hence never misled by them.",
    params: &[TRIALS, PRUNING, NESTED],
    propose,
};

pub(super) fn propose(asked: &Asked<'_>) -> Option<Vec<f64>> {
    let mut stream = Stream::new(asked.seed, &format!("tune/random/{}", asked.key), asked.index.into());
    (!asked.space.dimensions.is_empty()).then(|| asked.space.dimensions.iter().map(|d| draw(d, &mut stream)).collect())
}

fn draw(dimension: &Dimension, stream: &mut Stream) -> f64 {
    let u = stream.uniform();
    let (low, high) = dimension.ends();
    dimension.n_options().map_or(low + (high - low) * u, |n| (u * count(n)).floor())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::{Given, Params};
    use crate::tune::space::{Space, tests::SPECS};

    #[test]
    fn every_option_and_every_part_of_a_range_is_drawn_alike() {
        let space = Space::new(SPECS, &Given::new(), &super::super::super::Ranges::new());
        let params = Params::defaults(RANDOM.params);
        let points: Vec<Vec<f64>> = (1..=3000)
            .filter_map(|index| propose(&Asked { space: &space, seen: &[], out: &[], params: &params, seed: 7, key: "x", index }))
            .collect();
        for (d, dimension) in space.dimensions.iter().enumerate() {
            let (low, high) = dimension.ends();
            let parts = dimension.n_options().unwrap_or(4);
            let mut counts = vec![0_usize; parts];
            for point in &points {
                let share = if dimension.n_options().is_some() { point[d] } else { (point[d] - low) / (high - low) * parts as f64 };
                counts[(share as usize).min(parts - 1)] += 1;
            }
            let expected = 3000.0 / parts as f64;
            assert!(counts.iter().all(|&c| (c as f64 - expected).abs() < 5.0 * expected.sqrt()), "{}: {counts:?}", dimension.id);
        }
    }
}
