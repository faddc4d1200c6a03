//! Random under-sampling: rows of more frequent classes are left out, by chance.

use crate::augment::{Act, CLASSES, MethodEntry, Source, share_of};
use crate::math::rng::Stream;
use crate::param::{Domain, ParamSpec, Params};

/// The entry.
pub const ENTRY: MethodEntry = MethodEntry {
    id: "under_sampling",
    title: "Random under-sampling",
    doc: "Leaves out rows of more frequent classes by chance, until no class has more than so many times the rows of the rarest. Faster, but what is left out is not learned.",
    tasks: CLASSES,
    params: &[ParamSpec {
        id: "times",
        title: "Rows of a class",
        help: "Most rows of a class, in times of the rarest class's.",
        domain: Domain::Real { low: 1.0, high: 1000.0, default: 1.0, log: true },
    }],
    act: Act::Thin(thin),
};

fn thin(source: &Source<'_>, params: &Params, seed: u64) -> Vec<u32> {
    let classes = source.classes();
    let rarest = classes.iter().map(Vec::len).filter(|n| *n > 0).min().unwrap_or(0);
    let most = share_of(params.real("times"), rarest).max(1);
    let mut out = Vec::new();
    for (class, rows) in classes.into_iter().enumerate() {
        let mut order = rows;
        Stream::new(seed, "augment/left out", class as u64).shuffle(&mut order);
        out.extend(order.into_iter().skip(most));
    }
    out.sort_unstable();
    out
}
