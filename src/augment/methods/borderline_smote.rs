//! Borderline SMOTE (Han, Wang and Mao 2005, variant 1): parents are the rows in danger, of whose near rows at least half but not all are of other classes; all of whose near rows are strangers
//! counts as noise. Where no row is in danger, all are parents alike.

use super::interpolation::between_near;
use crate::augment::near::strangers;
use crate::augment::{Act, BALANCE, CLASSES, MethodEntry, NEIGHBOURS, Source};
use crate::param::Params;

/// The entry.
pub const ENTRY: MethodEntry = MethodEntry {
    id: "borderline_smote",
    title: "Borderline SMOTE",
    doc: "SMOTE that starts from rows in danger: those half or more of whose near rows are of other classes, but not all. Where the border is is what a learner must find out.",
    tasks: CLASSES,
    params: &[BALANCE, NEIGHBOURS],
    act: Act::Balance(in_danger, between_near),
};

fn in_danger(source: &Source<'_>, params: &Params, rows: &[u32], seed: u64) -> Vec<f64> {
    let shares = strangers(source, rows, 2 * params.count(NEIGHBOURS.id), seed);
    shares.iter().map(|share| f64::from(u8::from((0.5..1.0).contains(share)))).collect()
}
