//! SMOTE: rows of rarer classes on the line between one of theirs and a near one of theirs (Chawla et al. 2002, *JAIR* 16).

use super::interpolation::between_near;
use crate::augment::{Act, BALANCE, CLASSES, MethodEntry, NEIGHBOURS, Source};
use crate::param::Params;

/// The entry.
pub const ENTRY: MethodEntry = MethodEntry {
    id: "smote",
    title: "SMOTE",
    doc: "Adds rows to rarer classes on the lines between their own near rows, until they are as many as asked. Features of 0 and 1 and labels are copied from the first row.",
    tasks: CLASSES,
    params: &[BALANCE, NEIGHBOURS],
    act: Act::Balance(alike, between_near),
};

/// Every row is worth the same as a parent.
pub(super) fn alike(_: &Source<'_>, _: &Params, rows: &[u32], _: u64) -> Vec<f64> {
    vec![1.0; rows.len()]
}
