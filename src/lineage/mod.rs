//! How columns derive from one another, and which rows are copies of one another.
//!
//! Other tools suspect; this module proves. It searches, for every column, an exact formula in the others: over the same row ([`row`]), over rows in
//! time order ([`time`]), over groups of rows ([`group`]). A formula counts as proven only when two questions are answered: is the
//! residual nothing but rounding, and could the match be chance ([`proof`], [`mod@confirm`])? Of the formulas that hold, one a column is told
//! ([`mod@choose`]); what it has seen of the target is judged against the moment of prediction ([`mod@judge`]).
//!
//! [`row::identities`] and [`recode`] are asked of the target alone: copies, sums and renamed classes. [`rows`] finds equal rows.

pub mod cells;
pub mod choose;
pub mod confirm;
pub mod derive;
pub mod formula;
pub mod frame;
pub mod group;
pub mod judge;
pub mod notation;
pub mod proof;
pub mod recode;
pub mod row;
pub mod rows;
mod screen;
mod solve;
pub mod time;

pub mod unit;

use crate::math::sort;
use choose::{Chosen, choose};
use confirm::{Derivation, Hold, confirm};
use formula::Formula;
use frame::Frame;
use proof::Explained;
use row::RowFormula;
use screen::Subject;

/// What a search came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Lineage {
    /// At most one derivation a column, ascending by column.
    pub chosen: Vec<Chosen>,
    /// Columns without a formula that depend on a key alone.
    pub encodings: Vec<group::UnexplainedEncoding>,
    /// Numeric columns for which a proof could exist, ascending: of the others even an exact copy would not earn the bits.
    pub provable: Vec<usize>,
}

/// Searches the formulas of all columns.
#[must_use]
pub fn search(frame: &Frame<'_>) -> Lineage {
    let numeric = |c: usize| frame.series.get(c).is_some_and(Option::is_some);
    let subjects: Vec<Subject<'_>> = (0..frame.n_columns()).filter_map(|c| Subject::new(frame, c, true)).collect();
    let provable: Vec<usize> = subjects.iter().map(|s| s.column).collect();
    let all: Vec<usize> = (0..frame.n_columns()).filter(|&c| numeric(c) || frame.keys[c].is_some()).collect();
    let mut found = row::explain(frame, subjects, &all);
    found.extend(frame.target.and_then(|target| row::identities(frame, target, &all)).unwrap_or_default());
    let is_twin = |y: usize| found.iter().any(|d| d.y == y && d.is_full_copy() && d.formula.reads().iter().all(|r| r.column < y));
    let open: Vec<usize> = all.iter().copied().filter(|&y| numeric(y) && !is_twin(y)).collect();
    found.extend(time::search(frame, &open));
    let subjects: Vec<Subject<'_>> = open.iter().filter_map(|&y| Subject::any(frame, y)).collect();
    found.extend(group::explain(frame, &subjects));
    let chosen = choose(frame, &solved_for_target(frame, found));
    let is_made = |y: usize| chosen.iter().any(|c| c.derivation.y == y);
    let unmade: Vec<&Subject<'_>> = subjects.iter().filter(|s| !is_made(s.column)).collect();
    let encodings = if unmade.is_empty() { Vec::new() } else { group::unexplained(frame, &unmade) };
    Lineage { chosen, encodings, provable }
}

/// Sums in which the target is a part ("shop = total - classes - members") are told solved for the target: that is the question asked.
fn solved_for_target(frame: &Frame<'_>, found: Vec<Derivation>) -> Vec<Derivation> {
    let Some((target, series)) = frame.target.and_then(|t| Some((t, frame.series.get(t)?.as_ref()?))) else { return found };
    let explained = Explained::series(series);
    let solve = |d: &Derivation| {
        let Formula::Row(RowFormula::Linear { terms, constant }) = &d.formula else { return None };
        let weight = terms.iter().find(|t| t.0 == target).filter(|_| terms.len() > 1 && d.hold == Hold::Exact)?.1;
        let others = terms.iter().filter(|t| t.0 != target).map(|&(column, w)| (column, -w / weight));
        let mut terms: Vec<(usize, f64)> = others.chain([(d.y, 1.0 / weight)]).collect();
        sort::by_key(&mut terms, |t| t.0);
        let constant = if *constant == 0.0 { 0.0 } else { -constant / weight };
        confirm(frame, target, &explained, &Formula::Row(RowFormula::Linear { terms, constant }))
    };
    let mut told: Vec<Derivation> = Vec::with_capacity(found.len());
    for derivation in found {
        let derivation = solve(&derivation).unwrap_or(derivation);
        if derivation.y != target || told.iter().all(|d| d.y != target || d.formula != derivation.formula) {
            told.push(derivation);
        }
    }
    told
}
