//! Labels of any number of levels in a fixed number of features, without a list of levels (Weinberger et al. 2009, the hashing trick).
//!
//! A level's hash (FNV-1a, 64 bit, of column and level) chooses one of n features and a sign; its rows have 1 or -1 there. Two levels may meet
//! in one feature. Nothing is learned and no level is named, so that a model that is shared gives none away; levels never seen have their place too.

use crate::error::Result;
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::plain::{Part, Plain, Rule};
use crate::prepare::slots::{Cells, Slots};
use crate::prepare::{FittedStep, StepEntry};

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "hashing",
    title: "Hash labels",
    doc: "Labels become a fixed number of features by a hash of the level: for columns with thousands of levels. No level is named in the model; what a feature means cannot be read.",
    params: &[ParamSpec {
        id: "features",
        title: "Features",
        help: "How many features a column becomes.",
        domain: Domain::Whole { low: 2, high: 1024, default: 16 },
    }],
    fit,
};

/// How it goes on; the step's number is the number of features.
pub const RULE: Rule = Rule { id: ENTRY.id, apply, told: &[], fits: |p| p.own.number(0) <= 1024.0 };

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let chosen = slots.list().iter().filter(|s| s.is_among(columns) && matches!(s.cells, Cells::Labels { .. }));
    let parts = chosen.map(|s| Part::of(s.name(), Vec::new())).collect();
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, vec![params.real("features")], parts)))
}

/// Feature and sign of a level.
fn place(column: &str, level: &str, n: usize) -> (usize, f64) {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in column.bytes().chain([0]).chain(level.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    // The lowest bits of this hash are its weakest: the upper half is mixed in.
    hash ^= hash >> 32;
    ((hash >> 1) as usize % n.max(1), if hash & 1 == 0 { 1.0 } else { -1.0 })
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    let n = learned.own.count(0).clamp(1, 1024);
    slots.replace(|slot, next| match (learned.of(slot.name()), &slot.cells) {
        (Some(_), Cells::Labels { codes, levels }) => {
            let places: Vec<(usize, f64)> = levels.iter().map(|l| place(slot.name(), l, n)).collect();
            let own: Vec<Option<(usize, f64)>> = codes.iter().map(|&c| places.get(c as usize).copied()).collect();
            for feature in 0..n {
                let values = own.iter().map(|p| p.filter(|p| p.0 == feature).map_or(0.0, |p| p.1)).collect();
                next.push(slot.made(ENTRY.id, format!("{}: hash {}", slot.name(), feature + 1), values, true));
            }
        }
        _ => next.push(slot),
    })
}
