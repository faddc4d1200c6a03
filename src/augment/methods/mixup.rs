//! Mixup: a row on the line between any two training rows (Zhang et al. 2018, "mixup: Beyond Empirical Risk Minimization").
//!
//! `new = u a + (1 - u) b` with u of a Beta(alpha, alpha) distribution and b any row; a numeric target alike. A class cannot be in between, so the new row is called a's
//! class with probability u, else b's: the loss that is expected is that of the mixed label. Features of 0 and 1 and labels are those of the row whose class it is called.

use crate::augment::{AMOUNT, Act, EVERY_TASK, Made, MethodEntry, Source};
use crate::math::elementary::pow;
use crate::math::rng::Stream;
use crate::param::{Domain, ParamSpec, Params};

/// The entry.
pub const ENTRY: MethodEntry = MethodEntry {
    id: "mixup",
    title: "Mixup",
    doc: "Makes a row on the line between any two training rows and calls it the one or the other class as often as it is near to it; a numeric target is mixed too. Makes learners less sure of themselves between classes.",
    tasks: EVERY_TASK,
    params: &[
        AMOUNT,
        ParamSpec {
            id: "alpha",
            title: "How far rows are mixed",
            help: "Both parameters of the Beta distribution of the share: near 0 a row is nearly one of the two, at 1 every share is as likely.",
            domain: Domain::Real { low: 0.05, high: 1.0, default: 0.2, log: true },
        },
    ],
    act: Act::Grow(make),
};

/// Draws before an unlikely run of refusals ends in the middle.
const MOST_DRAWS: usize = 1000;

/// A number of the Beta(alpha, alpha) distribution for alpha up to 1 (Johnk 1964).
fn beta(alpha: f64, stream: &mut Stream) -> f64 {
    for _ in 0..MOST_DRAWS {
        let (x, y) = (pow(stream.uniform(), 1.0 / alpha), pow(stream.uniform(), 1.0 / alpha));
        if x + y > 0.0 && x + y <= 1.0 {
            return x / (x + y);
        }
    }
    0.5
}

fn make(source: &Source<'_>, params: &Params, parents: &[u32], seed: u64) -> Made {
    let (set, alpha) = (source.set, params.real("alpha"));
    let n = u32::try_from(source.rows.len()).unwrap_or(u32::MAX);
    let mut columns: Vec<Vec<f64>> = (0..source.n_features()).map(|_| Vec::with_capacity(parents.len())).collect();
    let mut target = Vec::with_capacity(parents.len());
    for (index, &a) in parents.iter().enumerate() {
        let mut stream = Stream::new(seed, "augment/mixup", index as u64);
        let b = source.rows[stream.below(n) as usize];
        let u = beta(alpha, &mut stream);
        let like = if stream.chance(u) { a } else { b };
        let mixed = |values: &[f64]| u * values[a as usize] + (1.0 - u) * values[b as usize];
        for (j, column) in columns.iter_mut().enumerate() {
            let values = set.features().slice(j);
            column.push(if source.copied[j] { values[like as usize] } else { mixed(values) });
        }
        target.push(if set.kind().is_classification() { set.target()[like as usize] } else { mixed(set.target()) });
    }
    Made { columns, target }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::sum::{mean, variance};

    #[test]
    fn shares_have_the_mean_and_variance_of_their_distribution() {
        for alpha in [0.1, 0.2, 1.0] {
            let mut stream = Stream::new(1, "test", 0);
            let drawn: Vec<f64> = (0..40_000).map(|_| beta(alpha, &mut stream)).collect();
            let expected = 1.0 / (4.0 * (2.0 * alpha + 1.0));
            assert!((mean(&drawn) - 0.5).abs() < 4.0 * (expected / 40_000.0_f64).sqrt());
            assert!((variance(&drawn, 0) / expected - 1.0).abs() < 0.03, "alpha {alpha}");
        }
    }
}
