//! Interpolation: a row on the line between a training row and a near one (SMOTE, Chawla et al. 2002, *JAIR* 16; for a numeric target
//! Torgo et al. 2013).
//!
//! `new = row + u (near - row)`, u uniform in 0..1, one u a row. Near: one of the `neighbours` nearest by distance of standardised
//! features among [`CANDIDATES`] rows drawn at random for every [`BLOCK`] rows made (all, if there are fewer); of the same class in classification. A numeric target is
//! interpolated alike. Features of 0 and 1 and labels are the first row's.

use crate::augment::near::Pool;
use crate::augment::{AMOUNT, Act, EVERY_TASK, Made, MethodEntry, NEIGHBOURS, Source};
use crate::math::rng::Stream;
use crate::param::Params;

/// The entry.
pub const ENTRY: MethodEntry = MethodEntry {
    id: "interpolation",
    title: "Between near rows",
    doc: "Makes a row on the line between a training row and a near one, of the same class in classification (SMOTE); a numeric target is interpolated too. Features of 0 and 1 and labels are copied from the first row.",
    tasks: EVERY_TASK,
    params: &[AMOUNT, NEIGHBOURS],
    act: Act::Grow(between_near),
};

/// Rows looked at for near ones: keeps the work in proportion to the rows made, not to their square.
const CANDIDATES: usize = 256;
/// Rows made from one draw of candidates: these then stay in the processor's cache.
const BLOCK: usize = 512;

/// Rows between each parent and one of the near rows of its class.
pub(super) fn between_near(source: &Source<'_>, params: &Params, parents: &[u32], seed: u64) -> Made {
    blend(source, params, parents, seed, false)
}

/// The same; with `voted`, features that are copied are what most of the near rows have, and count half in distances.
pub(super) fn blend(source: &Source<'_>, params: &Params, parents: &[u32], seed: u64, voted: bool) -> Made {
    let set = source.set;
    let classes = source.classes();
    let neighbours = params.count(NEIGHBOURS.id);
    let mut columns: Vec<Vec<f64>> = (0..source.n_features()).map(|_| Vec::with_capacity(parents.len())).collect();
    let mut target = Vec::with_capacity(parents.len());
    for (block, chunk) in parents.chunks(BLOCK).enumerate() {
        let first = (block * classes.len()) as u64;
        let draw = |(index, rows): (u64, &Vec<u32>)| Pool::draw(source, rows, CANDIDATES, voted, &mut Stream::new(seed, "augment/candidates", index));
        let pools: Vec<Pool> = (first..).zip(&classes).map(draw).collect();
        for (place, &parent) in chunk.iter().enumerate() {
            let mut stream = Stream::new(seed, "augment/interpolation", (block * BLOCK + place) as u64);
            let ranked = pools[source.class_of(parent)].nearest(source, parent, neighbours, voted);
            // A row that is alone is its own neighbour.
            let near = if ranked.is_empty() { parent } else { ranked[stream.below(u32::try_from(ranked.len()).unwrap_or(1)) as usize] };
            let u = stream.uniform();
            let between = |values: &[f64]| {
                let (from, to) = (values[parent as usize], values[near as usize]);
                from + u * (to - from)
            };
            let like = if voted { agreed(source, parent, &ranked) } else { parent };
            for (j, column) in columns.iter_mut().enumerate() {
                let values = set.features().slice(j);
                column.push(if source.copied[j] { values[like as usize] } else { between(values) });
            }
            target.push(if set.kind().is_classification() { set.target()[parent as usize] } else { between(set.target()) });
        }
    }
    Made { columns, target }
}

/// The near row (or the parent) whose features of 0 and 1 and labels are shared by most of the near rows: so that levels that never met are not put together.
fn agreed(source: &Source<'_>, parent: u32, near: &[u32]) -> u32 {
    let features = source.set.features();
    let same = |a: u32, b: u32| {
        (0..source.n_features()).filter(|&j| source.copied[j]).all(|j| features.slice(j)[a as usize] == features.slice(j)[b as usize])
    };
    let votes = |row: u32| near.iter().filter(|&&other| same(row, other)).count();
    near.iter().fold((parent, votes(parent)), |best, &row| if votes(row) > best.1 { (row, votes(row)) } else { best }).0
}
