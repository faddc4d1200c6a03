//! Edited nearest neighbours (Wilson 1972): rows of all classes but the rarest that most of their near rows contradict are left out.

use crate::augment::near::strangers;
use crate::augment::{Act, CLASSES, MethodEntry, NEIGHBOURS, Source};
use crate::param::{Domain, ParamSpec, Params};

/// The entry.
pub const ENTRY: MethodEntry = MethodEntry {
    id: "edited_neighbours",
    title: "Edited neighbours",
    doc: "Leaves out rows whose near rows are mostly of other classes, but never of the rarest class: what contradicts its surroundings is taken for noise. Near among up to 2,048 rows.",
    tasks: CLASSES,
    params: &[ParamSpec { domain: Domain::Whole { low: 1, high: 50, default: 3 }, ..NEIGHBOURS }],
    act: Act::Thin(thin),
};

fn thin(source: &Source<'_>, params: &Params, seed: u64) -> Vec<u32> {
    let classes = source.classes();
    let rarest = classes.iter().map(Vec::len).filter(|n| *n > 0).min().unwrap_or(0);
    let looked_at: Vec<u32> = source.rows.iter().copied().filter(|&row| classes[source.class_of(row)].len() > rarest).collect();
    let shares = strangers(source, &looked_at, params.count(NEIGHBOURS.id), seed);
    looked_at.into_iter().zip(shares).filter(|(_, share)| *share > 0.5).map(|(row, _)| row).collect()
}
