//! Grid search: every combination of a few evenly spaced values of each hyperparameter.
//!
//! The combinations come in an order that jumps across the grid (steps of about 0.618 of its size, coprime to it), so that a search that ends
//! before the last one has still been everywhere, and a longer search begins with the shorter one.

use super::{Asked, NESTED, PRUNING, Sampler, TRIALS};
use crate::math::rng::Stream;
use crate::param::{Domain, ParamSpec};

/// The entry.
pub(super) const GRID: Sampler = Sampler {
    id: "grid",
    title: "Grid",
    doc: "Tries every combination of a few evenly spaced values of each hyperparameter, as far as the number of trials goes. Complete, and the first choice for one or two hyperparameters.",
    params: &[TRIALS, PRUNING, NESTED, LEVELS],
    propose,
};

const LEVELS: ParamSpec = ParamSpec {
    id: "levels",
    title: "Values of each number",
    help: "How many evenly spaced values of each number are combined.",
    domain: Domain::Whole { low: 2, high: 20, default: 3 },
};

/// Most combinations: far more than trials.
const MOST: u64 = 1 << 40;
/// Share of the grid that is jumped each time: the golden section spreads any number of steps most evenly.
const JUMP: (u64, u64) = (618_034, 1_000_000);

fn propose(asked: &Asked<'_>) -> Option<Vec<f64>> {
    let levels: Vec<Vec<f64>> = asked.space.dimensions.iter().map(|d| d.levels(asked.params.count("levels"))).collect();
    let size = levels.iter().try_fold(1_u64, |size, l| size.checked_mul(l.len() as u64).filter(|s| *s <= MOST)).unwrap_or(MOST);
    let number = u64::from(asked.index.checked_sub(1)?);
    if levels.is_empty() || number >= size {
        return None;
    }
    let first = u64::from(Stream::new(asked.seed, &format!("tune/grid/{}", asked.key), 0).word()) % size;
    let cell = (u128::from(first) + u128::from(number) * u128::from(jump(size))) % u128::from(size);
    let mut rest = u64::try_from(cell).ok()?;
    let mut take = |list: &Vec<f64>| {
        let n = list.len() as u64;
        let at = list.get(usize::try_from(rest % n).ok()?).copied();
        rest /= n;
        at
    };
    levels.iter().map(&mut take).collect()
}

/// The least step of at least the golden section of `size` that is coprime to it: repeated, it comes to every cell once.
fn jump(size: u64) -> u64 {
    let from = (size / JUMP.1 * JUMP.0 + size % JUMP.1 * JUMP.0 / JUMP.1).max(1);
    (from..from + size).find(|&step| coprime(step, size)).unwrap_or(1)
}

fn coprime(mut a: u64, mut b: u64) -> bool {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::{Given, Params, Value};
    use crate::tune::space::{Ranges, Space, tests::SPECS};
    use std::collections::BTreeSet;

    #[test]
    fn the_grid_covers_every_combination_once_and_then_ends() {
        let kept = Given::from([("trees".into(), Value::Whole(9)), ("mix".into(), Value::Real(0.5))]);
        let space = Space::new(SPECS, &kept, &Ranges::new());
        let params = Params::check(GRID.params, &Given::from([("levels".into(), Value::Whole(4))])).unwrap();
        let ask = |index| propose(&Asked { space: &space, seen: &[], out: &[], params: &params, seed: 1, key: "x", index });
        let cells: Vec<String> = (1..).map_while(ask).map(|at| format!("{:?}", space.given(&at))).collect();
        assert_eq!(cells.len(), 4 * 4 * 3 * 2);
        assert_eq!(cells.iter().collect::<BTreeSet<_>>().len(), cells.len());
    }

    #[test]
    fn a_part_of_the_grid_has_been_everywhere() {
        let space = Space::new(SPECS, &Given::new(), &Ranges::new());
        let params = Params::check(GRID.params, &Given::from([("levels".into(), Value::Whole(3))])).unwrap();
        let points: Vec<Vec<f64>> =
            (1..=30).filter_map(|index| propose(&Asked { space: &space, seen: &[], out: &[], params: &params, seed: 1, key: "x", index })).collect();
        for d in 0..space.dimensions.len() {
            let tried: BTreeSet<u64> = points.iter().map(|p| p[d].to_bits()).collect();
            assert_eq!(tried.len(), space.dimensions[d].levels(3).len(), "{}", space.dimensions[d].id);
        }
    }
}
