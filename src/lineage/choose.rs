//! One formula a column, and no circles: which of the formulas that hold is told.
//!
//! On average two formulas pass for a derived column (`x + y = z` three ways, the median of two is their mean). The cheapest is told; those
//! that give the same values on this file are kept behind it. Each column gets at most one, and no column is made of itself: what is
//! left is a forest from roots to derived columns.

use super::confirm::{Derivation, Hold};
use super::formula::{Formula, Latest};
use super::frame::Frame;
use crate::math::sort;
use serde::{Deserialize, Serialize};

/// Cost of a formula that holds on part of the rows.
const PARTIAL: f64 = 4.0;
/// Cost of a formula that needs the sources' rounding.
const ROUNDED: f64 = 2.5;
/// Cost when y is present where the formula is undefined: a window's first rows tell the direction.
const ORPHANS: f64 = 1.5;
/// Cost when a source stands later in the file than y.
const LATER_COLUMN: f64 = 1.0;
/// Cost of a lead although y misses no more values than its source.
const LEAD: f64 = 1.0;
/// Cost of each source that is itself derived; the target is not held against a formula.
const DERIVED_SOURCE: f64 = 0.6;
/// Advantage of a formula that gives the target from other columns: the question asked.
const TARGET: f64 = 3.0;
/// Times the choice is made, each knowing what the one before called derived.
const PASSES: usize = 3;

/// A column's formula, and those that hold as well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chosen {
    /// The formula that is told, with its evidence.
    pub derivation: Derivation,
    /// Formulas that hold on this file as well, cheapest first.
    pub also: Vec<Formula>,
}

/// Chooses at most one derivation a column; ascending by column.
#[must_use]
pub fn choose(frame: &Frame<'_>, candidates: &[Derivation]) -> Vec<Chosen> {
    let mut is_derived = vec![false; frame.n_columns()];
    let is_earlier = earlier(frame, candidates);
    let mut chosen: Vec<usize> = Vec::new();
    for _ in 0..PASSES {
        chosen = pass(frame, candidates, &is_derived, &is_earlier);
        is_derived = vec![false; frame.n_columns()];
        for &i in &chosen {
            is_derived[candidates[i].y] = true;
        }
    }
    sort::by_key(&mut chosen, |&i| candidates[i].y);
    let behind = |i: usize| {
        let mut rest: Vec<usize> =
            (0..candidates.len()).filter(|&j| j != i && candidates[j].y == candidates[i].y && candidates[j].hold == Hold::Exact).collect();
        sort::by(&mut rest, |&a, &b| {
            cost(frame, &candidates[a], &is_derived, &is_earlier).total_cmp(&cost(frame, &candidates[b], &is_derived, &is_earlier)).then(a.cmp(&b))
        });
        rest.into_iter().map(|j| candidates[j].formula.clone()).collect()
    };
    chosen.iter().map(|&i| Chosen { derivation: candidates[i].clone(), also: behind(i) }).collect()
}

/// Columns that an exact formula makes of earlier rows alone: they are no part of what is counted when the target is.
fn earlier(frame: &Frame<'_>, candidates: &[Derivation]) -> Vec<bool> {
    let mut is_earlier = vec![false; frame.n_columns()];
    for d in candidates.iter().filter(|d| d.is_earlier()) {
        is_earlier[d.y] = true;
    }
    is_earlier
}

fn pass(frame: &Frame<'_>, candidates: &[Derivation], is_derived: &[bool], is_earlier: &[bool]) -> Vec<usize> {
    let mut order: Vec<(f64, usize)> = candidates.iter().enumerate().map(|(i, d)| (cost(frame, d, is_derived, is_earlier), i)).collect();
    sort::by(&mut order, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut parents: Vec<Vec<usize>> = vec![Vec::new(); frame.n_columns()];
    let mut chosen = Vec::new();
    for (_, i) in order {
        let candidate = &candidates[i];
        let sources: Vec<usize> = candidate.formula.reads().iter().map(|r| r.column).collect();
        if parents[candidate.y].is_empty() && !sources.iter().any(|&s| reaches(&parents, s, candidate.y)) {
            parents[candidate.y] = sources;
            chosen.push(i);
        }
    }
    chosen
}

/// Whether `from` is `to` or is made of it.
fn reaches(parents: &[Vec<usize>], from: usize, to: usize) -> bool {
    let (mut open, mut seen) = (vec![from], vec![false; parents.len()]);
    while let Some(column) = open.pop() {
        if column == to {
            return true;
        }
        if !std::mem::replace(&mut seen[column], true) {
            open.extend(&parents[column]);
        }
    }
    false
}

fn cost(frame: &Frame<'_>, d: &Derivation, is_derived: &[bool], is_earlier: &[bool]) -> f64 {
    let reads = d.formula.reads();
    let missing = |column: usize| frame.series.get(column).and_then(Option::as_ref).map_or(0, |s| frame.n_rows() - s.n_present);
    let leads = reads.iter().any(|r| r.latest > Latest::Row(0) && r.latest != Latest::WholeFile && missing(d.y) <= missing(r.column));
    let hold = match d.hold {
        Hold::Exact => 0.0,
        Hold::Rounded => ROUNDED,
        Hold::Partial => PARTIAL,
    };
    #[expect(clippy::cast_precision_loss, reason = "sources are few")]
    let derived = DERIVED_SOURCE * reads.iter().filter(|r| is_derived.get(r.column) == Some(&true) && frame.target != Some(r.column)).count() as f64;
    let penalty = |applies: bool, cost: f64| if applies { cost } else { 0.0 };
    let gives_target = frame.target == Some(d.y) && reads.iter().all(|r| r.latest == Latest::Row(0) && !is_earlier.get(r.column).is_some_and(|&e| e));
    d.formula.cost()
        + hold
        + derived
        + penalty(d.orphans > 0, ORPHANS)
        + penalty(reads.iter().any(|r| r.column > d.y), LATER_COLUMN)
        + penalty(leads, LEAD)
        - penalty(gives_target, TARGET)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lineage::row::search;
    use crate::math::rng::Stream;
    use crate::table::{Column, Table};

    fn noise(seed: u64) -> Vec<f64> {
        let mut draw = Stream::new(seed, "choose", 0);
        (0..200).map(|_| (draw.normal() * 1000.0).round() / 10.0).collect()
    }

    #[test]
    fn of_two_equal_columns_the_later_is_the_copy() {
        let table =
            Table::new(vec![Column::numeric("a", noise(1), 1), Column::numeric("b", noise(2), 1), Column::numeric("c", noise(1), 1)]).unwrap();
        let frame = Frame::new(&table, None);
        let chosen = choose(&frame, &search(&frame, &[0, 1, 2]));
        assert_eq!(chosen.iter().map(|c| c.derivation.y).collect::<Vec<_>>(), [2]);
        assert_eq!(chosen[0].derivation.formula.reads()[0].column, 0);
    }

    #[test]
    fn three_equal_columns_are_two_copies_and_no_circle() {
        let table = Table::new((0..3).map(|i| Column::numeric(["a", "b", "c"][i], noise(1), 1)).collect()).unwrap();
        let frame = Frame::new(&table, None);
        let chosen = choose(&frame, &search(&frame, &[0, 1, 2]));
        assert_eq!(chosen.iter().map(|c| c.derivation.y).collect::<Vec<_>>(), [1, 2]);
    }
}
