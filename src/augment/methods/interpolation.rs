//! Interpolation: a row on the line between a training row and a near one (SMOTE, Chawla et al. 2002, *JAIR* 16; for a numeric target
//! Torgo et al. 2013).
//!
//! `new = row + u (near - row)`, u uniform in 0..1, one u a row. Near: one of the `neighbours` nearest by distance of standardised
//! features among [`CANDIDATES`] rows drawn at random for every [`BLOCK`] rows made (all, if there are fewer); of the same class in classification. A numeric target is
//! interpolated alike. Features of 0 and 1 and labels are the first row's.

use crate::augment::{AMOUNT, Made, MethodEntry, Source};
use crate::math::rng::Stream;
use crate::param::{Domain, ParamSpec, Params};

/// The entry.
pub const ENTRY: MethodEntry = MethodEntry {
    id: "interpolation",
    title: "Between near rows",
    doc: "Makes a row on the line between a training row and a near one, of the same class in classification (SMOTE); a numeric target is interpolated too. Features of 0 and 1 and labels are copied from the first row.",
    params: &[
        AMOUNT,
        ParamSpec {
            id: "neighbours",
            title: "Neighbours",
            help: "From how many near rows the second one is drawn.",
            domain: Domain::Whole { low: 1, high: 50, default: 5 },
        },
    ],
    make,
};

/// Rows looked at for near ones: keeps the work in proportion to the rows made, not to their square.
const CANDIDATES: usize = 256;
/// Rows made from one draw of candidates: these then stay in the processor's cache.
const BLOCK: usize = 512;

fn make(source: &Source<'_>, params: &Params, parents: &[u32], seed: u64) -> Made {
    let set = source.set;
    let classes = rows_of_classes(source);
    let neighbours = params.count("neighbours");
    let mut columns: Vec<Vec<f64>> = (0..source.n_features()).map(|_| Vec::with_capacity(parents.len())).collect();
    let mut target = Vec::with_capacity(parents.len());
    for (block, chunk) in parents.chunks(BLOCK).enumerate() {
        let first = (block * classes.len()) as u64;
        let pools: Vec<Pool> = (first..).zip(&classes).map(|(index, rows)| Pool::draw(source, rows, index, seed)).collect();
        for (place, &parent) in chunk.iter().enumerate() {
            let mut stream = Stream::new(seed, "augment/interpolation", (block * BLOCK + place) as u64);
            let near = pools[class_of(source, parent)].near(source, parent, neighbours, &mut stream);
            let u = stream.uniform();
            let between = |values: &[f64]| {
                let (from, to) = (values[parent as usize], values[near as usize]);
                from + u * (to - from)
            };
            for (j, column) in columns.iter_mut().enumerate() {
                let values = set.features().slice(j);
                column.push(if source.copied[j] { values[parent as usize] } else { between(values) });
            }
            target.push(if set.kind().is_classification() { set.target()[parent as usize] } else { between(set.target()) });
        }
    }
    Made { columns, target }
}

/// Rows of each class; all rows in one list for a numeric target.
fn rows_of_classes(source: &Source<'_>) -> Vec<Vec<u32>> {
    let mut classes = vec![Vec::new(); source.set.n_classes().max(1)];
    for &row in &source.rows {
        classes[class_of(source, row)].push(row);
    }
    classes
}

fn class_of(source: &Source<'_>, row: u32) -> usize {
    if !source.set.kind().is_classification() {
        return 0;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a class index, checked by the training set")]
    let class = source.set.target()[row as usize] as usize;
    class
}

/// Candidates of one class and their standardised features, row by row.
struct Pool {
    rows: Vec<u32>,
    standard: Vec<f64>,
}

/// The features of a row divided by their standard deviation: what distances are measured in. Constant features are 0.
fn standardised<'a>(source: &'a Source<'a>, row: u32) -> impl Iterator<Item = f64> + 'a {
    let features = source.set.features();
    let cell = move |(j, sd): (usize, &f64)| if *sd > 0.0 { features.slice(j)[row as usize] / sd } else { 0.0 };
    source.deviations.iter().enumerate().map(cell)
}

impl Pool {
    /// All rows of the class, or [`CANDIDATES`] of them drawn with replacement.
    fn draw(source: &Source<'_>, class: &[u32], index: u64, seed: u64) -> Self {
        let rows: Vec<u32> = if class.len() <= CANDIDATES {
            class.to_vec()
        } else {
            let mut stream = Stream::new(seed, "augment/candidates", index);
            let n = u32::try_from(class.len()).unwrap_or(u32::MAX);
            (0..CANDIDATES).map(|_| class[stream.below(n) as usize]).collect()
        };
        let standard = rows.iter().flat_map(|&r| standardised(source, r)).collect();
        Self { rows, standard }
    }

    /// One of the candidates nearest to `parent`; the parent itself if it is alone.
    fn near(&self, source: &Source<'_>, parent: u32, neighbours: usize, stream: &mut Stream) -> u32 {
        let here: Vec<f64> = standardised(source, parent).collect();
        let width = here.len();
        let distance = |at: usize| {
            let there = &self.standard[at * width..(at + 1) * width];
            there.iter().zip(&here).map(|(a, b)| (a - b) * (a - b)).sum::<f64>()
        };
        let others = self.rows.iter().enumerate().filter(|(_, row)| **row != parent);
        let mut ranked: Vec<(f64, u32)> = others.map(|(at, &row)| (distance(at), row)).collect();
        let count = neighbours.min(ranked.len());
        if count == 0 {
            return parent;
        }
        ranked.select_nth_unstable_by(count - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let nearest = &mut ranked[..count];
        nearest.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        nearest[stream.below(u32::try_from(count).unwrap_or(1)) as usize].1
    }
}
