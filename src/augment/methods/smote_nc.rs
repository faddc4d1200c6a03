//! SMOTE-NC: SMOTE for numbers and labels (Chawla et al. 2002, *JAIR* 16, section 6.1). Labels count in distances, half a standard deviation each, and the new row's are those that most of
//! the near rows have, all together, so that levels that never met are not put together.

use super::interpolation::blend;
use super::smote::alike;
use crate::augment::{Act, BALANCE, CLASSES, Made, MethodEntry, NEIGHBOURS, Source};
use crate::param::Params;

/// The entry.
pub const ENTRY: MethodEntry = MethodEntry {
    id: "smote_nc",
    title: "SMOTE-NC",
    doc: "SMOTE for tables with labels: labels count in distances, and a new row has those that most of the near rows have.",
    tasks: CLASSES,
    params: &[BALANCE, NEIGHBOURS],
    act: Act::Balance(alike, voted),
};

fn voted(source: &Source<'_>, params: &Params, parents: &[u32], seed: u64) -> Made {
    blend(source, params, parents, seed, true)
}
