//! ADASYN: adaptive synthetic sampling (He et al. 2008). A row is a parent in proportion to the share of other classes among its near rows; where no row has a stranger nearby, all are parents alike.

use super::interpolation::between_near;
use crate::augment::near::strangers;
use crate::augment::{Act, BALANCE, CLASSES, MethodEntry, NEIGHBOURS, Source};
use crate::param::Params;

/// The entry.
pub const ENTRY: MethodEntry = MethodEntry {
    id: "adasyn",
    title: "ADASYN",
    doc: "SMOTE that starts more often from rows that are hard to learn: in proportion to the share of other classes among their near rows.",
    tasks: CLASSES,
    params: &[BALANCE, NEIGHBOURS],
    act: Act::Balance(hard, between_near),
};

fn hard(source: &Source<'_>, params: &Params, rows: &[u32], seed: u64) -> Vec<f64> {
    strangers(source, rows, params.count(NEIGHBOURS.id), seed)
}
