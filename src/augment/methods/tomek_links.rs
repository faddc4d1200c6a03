//! Tomek links (Tomek 1976): a row of the most frequent class and a row of another one that are each other's nearest are a link; its row of the most frequent class is left out.

use crate::augment::near::{CANDIDATES, Pool};
use crate::augment::{Act, CLASSES, MethodEntry, Source};
use crate::math::rng::Stream;
use crate::param::Params;

/// The entry.
pub const ENTRY: MethodEntry = MethodEntry {
    id: "tomek_links",
    title: "Tomek links",
    doc: "Leaves out rows of the most frequent class that are, with a row of another class, each other's nearest: the border between classes becomes clearer. Nearest among up to 2,048 rows of each class.",
    tasks: CLASSES,
    params: &[],
    act: Act::Thin(thin),
};

fn thin(source: &Source<'_>, _: &Params, seed: u64) -> Vec<u32> {
    let classes = source.classes();
    let most = (0..classes.len()).fold(0, |best, class| if classes[class].len() > classes[best].len() { class } else { best });
    // So many rows of each class are looked at: a link is between rows of two classes, and the rarer must be among them.
    let pools: Vec<Pool> = (0_u64..)
        .zip(&classes)
        .map(|(class, rows)| Pool::draw(source, rows, CANDIDATES, false, &mut Stream::new(seed, "augment/links", class)))
        .collect();
    let nearest = |row: u32| {
        let of_each = pools.iter().filter_map(|pool| pool.ranked(source, row, 1, false).into_iter().next());
        of_each.fold(None, |best: Option<(f64, u32)>, one| if best.is_none_or(|b| one.0 < b.0) { Some(one) } else { best }).map(|(_, row)| row)
    };
    let mut out: Vec<u32> = Vec::new();
    for (_, pool) in pools.iter().enumerate().filter(|(class, _)| *class != most) {
        for &row in &pool.rows {
            let linked = nearest(row).filter(|&other| source.class_of(other) == most && nearest(other) == Some(row));
            out.extend(linked);
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}
