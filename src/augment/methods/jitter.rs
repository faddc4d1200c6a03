//! Jitter: Gaussian noise for series (Um et al. 2017). The noise of a feature is a share of how much it moves from one row to the next, so that a slow series is moved little.

use crate::augment::{AMOUNT, Act, EVERY_TASK, Made, MethodEntry, Source};
use crate::math::rng::Stream;
use crate::math::sum::variance;
use crate::param::{Domain, ParamSpec, Params};

/// The entry.
pub const ENTRY: MethodEntry = MethodEntry {
    id: "jitter",
    title: "Jitter (series)",
    doc: "Copies a row and adds Gaussian noise to every number: a share of how much the feature moves from one row to the next. For rows in the order of time; features of 0 and 1, labels and the target stay as they are.",
    tasks: EVERY_TASK,
    params: &[
        AMOUNT,
        ParamSpec {
            id: "share",
            title: "Size of the noise",
            help: "Standard deviation of the noise as a share of that of the feature's steps from row to row.",
            domain: Domain::Real { low: 0.0001, high: 2.0, default: 0.05, log: true },
        },
    ],
    act: Act::Grow(make),
};

fn make(source: &Source<'_>, params: &Params, parents: &[u32], seed: u64) -> Made {
    let features = source.set.features();
    let moves = |j: usize| {
        let values = source.real(j);
        let steps: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
        if steps.is_empty() || source.copied[j] { 0.0 } else { params.real("share") * variance(&steps, 0).sqrt() }
    };
    let sizes: Vec<f64> = (0..source.n_features()).map(moves).collect();
    let mut columns: Vec<Vec<f64>> = (0..source.n_features()).map(|_| Vec::with_capacity(parents.len())).collect();
    for (index, &parent) in parents.iter().enumerate() {
        let mut stream = Stream::new(seed, "augment/jitter", index as u64);
        for (j, column) in columns.iter_mut().enumerate() {
            let noise = if sizes[j] > 0.0 { sizes[j] * stream.normal() } else { 0.0 };
            column.push(features.slice(j)[parent as usize] + noise);
        }
    }
    Made { columns, target: parents.iter().map(|&p| source.set.target()[p as usize]).collect() }
}
