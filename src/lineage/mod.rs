//! How columns derive from one another, and which rows are copies of one another.
//!
//! Other tools suspect; this module proves. It searches, for every column, an exact formula in the others: over the same row ([`row`]), over rows in
//! time order ([`time`]), over groups of rows ([`group`]). A formula counts as proven only when two questions are answered: is the
//! residual nothing but rounding, and could the match be chance ([`proof`], [`confirm`])? Of the formulas that hold, one a column is told
//! ([`mod@choose`]); what it has seen of the target is judged against the moment of prediction ([`mod@judge`]).
//!
//! [`linear`] and [`recode`] ask the same of the target alone: copies, sums and renamed classes. [`rows`] finds equal rows.

pub mod cells;
pub mod choose;
pub mod confirm;
pub mod formula;
pub mod frame;
pub mod group;
pub mod judge;
pub mod linear;
pub mod notation;
pub mod proof;
pub mod recode;
pub mod row;
pub mod rows;
mod screen;
mod solve;
pub mod time;

pub mod unit;

use choose::{Chosen, choose};
use confirm::Derivation;
use formula::Formula;
use frame::Frame;
use proof::{Explained, bits_needed};
use row::RowFormula;

/// What a search came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Lineage {
    /// At most one derivation a column, ascending by column.
    pub chosen: Vec<Chosen>,
    /// Columns without a formula that depend on a key alone.
    pub encodings: Vec<group::UnexplainedEncoding>,
    /// Columns that were searched for a formula, ascending.
    pub searched: Vec<usize>,
    /// Numeric columns for which no proof could exist: even an exact copy would not earn the bits.
    pub underpowered: Vec<usize>,
}

/// Searches the formulas of all columns.
#[must_use]
pub fn search(frame: &Frame<'_>) -> Lineage {
    let needed = bits_needed(frame.n_columns());
    let numeric = |c: usize| frame.series.get(c).is_some_and(Option::is_some);
    let has_power = |&c: &usize| frame.series[c].as_ref().is_some_and(|s| has_power(s, needed));
    let (searched, underpowered): (Vec<usize>, Vec<usize>) = (0..frame.n_columns()).filter(|&c| numeric(c)).partition(has_power);
    let all: Vec<usize> = (0..frame.n_columns()).filter(|&c| numeric(c) || frame.keys[c].is_some()).collect();
    let mut found = row::search(frame, &all);
    let is_twin = |y: usize| found.iter().any(|d| d.y == y && d.is_full_copy() && d.formula.reads().iter().all(|r| r.column < y));
    let open: Vec<usize> = all.iter().copied().filter(|&y| numeric(y) && !is_twin(y)).collect();
    found.extend(time::search(frame, &open));
    found.extend(group::search(frame, &open));
    found.extend(towards_target(frame, &found));
    let chosen = choose(frame, found);
    let is_made = |y: usize| chosen.iter().any(|c| c.derivation.y == y);
    let open: Vec<usize> = open.into_iter().filter(|&y| !is_made(y)).collect();
    let encodings = if open.is_empty() { Vec::new() } else { group::unexplained_encodings(frame, &open) };
    Lineage { chosen, encodings, searched, underpowered }
}

/// Sums in which the target is a part ("shop = total - classes - members"), solved for the target: that is the question asked.
fn towards_target(frame: &Frame<'_>, found: &[Derivation]) -> Vec<Derivation> {
    let Some((target, series)) = frame.target.and_then(|t| Some((t, frame.series.get(t)?.as_ref()?))) else { return Vec::new() };
    let explained = Explained::series(series);
    let solved = |d: &Derivation| {
        let Formula::Row(RowFormula::Linear { terms, constant }) = &d.formula else { return None };
        let weight = terms.iter().find(|t| t.0 == target).filter(|_| terms.len() > 1)?.1;
        let others = terms.iter().filter(|t| t.0 != target).map(|&(column, w)| (column, -w / weight));
        let mut terms: Vec<(usize, f64)> = others.chain([(d.y, 1.0 / weight)]).collect();
        terms.sort_by_key(|t| t.0);
        let constant = if *constant == 0.0 { 0.0 } else { -constant / weight };
        confirm::confirm(frame, target, &explained, &Formula::Row(RowFormula::Linear { terms, constant }))
    };
    let mut once: Vec<Derivation> = Vec::new();
    for derivation in found.iter().filter(|d| d.y != target && d.hold == confirm::Hold::Exact).filter_map(solved) {
        if once.iter().all(|d| d.formula != derivation.formula) {
            once.push(derivation);
        }
    }
    once
}

/// Whether an exact copy would be a proof; judged on a part of a long column first.
fn has_power(series: &frame::Series, needed: f64) -> bool {
    Explained::screening(&series.values, series.half_unit).power() >= needed || Explained::series(series).power() >= needed
}
