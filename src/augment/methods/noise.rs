//! Gaussian noise: a copy of a row with a little noise on every number (Bishop 1995, *Neural Computation* 7: training with noise is
//! Tikhonov regularisation). The noise of a feature is a share of its standard deviation; the target is the parent's.

use crate::augment::{AMOUNT, Act, EVERY_TASK, Made, MethodEntry, Source};
use crate::math::rng::Stream;
use crate::param::{Domain, ParamSpec, Params};

/// The entry.
pub const ENTRY: MethodEntry = MethodEntry {
    id: "noise",
    title: "Gaussian noise",
    doc: "Copies a training row and adds a little Gaussian noise to every number: a share of the feature's standard deviation. Features of 0 and 1 and labels stay as they are, and so does the target.",
    tasks: EVERY_TASK,
    params: &[
        AMOUNT,
        ParamSpec {
            id: "share",
            title: "Size of the noise",
            help: "Standard deviation of the noise as a share of the feature's (0.02: 2 %; usual levels are 0.01, 0.02, 0.03 and 0.05).",
            domain: Domain::Real { low: 0.0001, high: 2.0, default: 0.02, log: true },
        },
    ],
    act: Act::Grow(make),
};

fn make(source: &Source<'_>, params: &Params, parents: &[u32], seed: u64) -> Made {
    let share = params.real("share");
    let features = source.set.features();
    let copy = |j: usize, parent: u32| features.slice(j)[parent as usize];
    let mut columns: Vec<Vec<f64>> = (0..source.n_features()).map(|_| Vec::with_capacity(parents.len())).collect();
    for (index, &parent) in parents.iter().enumerate() {
        let mut stream = Stream::new(seed, "augment/noise", index as u64);
        for (j, column) in columns.iter_mut().enumerate() {
            let noise = if source.copied[j] { 0.0 } else { stream.normal() * share * source.deviations[j] };
            column.push(copy(j, parent) + noise);
        }
    }
    Made { columns, target: parents.iter().map(|&p| source.set.target()[p as usize]).collect() }
}
