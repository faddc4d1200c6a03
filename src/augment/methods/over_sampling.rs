//! Random over-sampling: copies of rows of rarer classes.

use super::smote::alike;
use crate::augment::{Act, BALANCE, CLASSES, Made, MethodEntry, Source};
use crate::param::Params;

/// The entry.
pub const ENTRY: MethodEntry = MethodEntry {
    id: "over_sampling",
    title: "Random over-sampling",
    doc: "Copies rows of rarer classes until they are as many as asked: the same as weights, for learners that take none.",
    tasks: CLASSES,
    params: &[BALANCE],
    act: Act::Balance(alike, copies),
};

/// Each parent once more.
pub(super) fn copies(source: &Source<'_>, _: &Params, parents: &[u32], _: u64) -> Made {
    let of = |values: &[f64]| parents.iter().map(|&p| values[p as usize]).collect::<Vec<f64>>();
    let features = source.set.features();
    Made { columns: (0..source.n_features()).map(|j| of(features.slice(j))).collect(), target: of(source.set.target()) }
}
