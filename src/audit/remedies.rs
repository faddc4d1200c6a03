//! What answers a column that was made of others, best first: the same column of what is known in time, or none.
//!
//! A window is computed anew from its source, so many rows earlier that its newest value is known at the moment of prediction; any other
//! function of finite rows is taken that many rows earlier itself. What was computed from all rows is computed inside each fold instead,
//! where there is a step for it. Leaving the column out always helps.

use crate::derived::{DerivedColumn, Known};
use crate::finding::Remedy;
use crate::lineage::choose::Chosen;
use crate::lineage::formula::Formula;
use crate::lineage::frame::Frame;
use crate::lineage::group::GroupFormula;
use crate::lineage::judge::{Judgement, Moment, too_new_by};
use crate::lineage::time::{Extent, TimeFormula};
use crate::table::{ALL_DIGITS, Column, Kind};

/// Remedies for a derived column that was judged so.
pub(super) fn for_derived(frame: &Frame<'_>, own: &Chosen, verdict: Judgement, moment: &Moment, chosen: &[Chosen]) -> Vec<Remedy> {
    let y = own.derivation.y;
    let name = frame.name(y);
    let drop = Remedy::DropColumns { columns: vec![name.to_owned()] };
    match verdict {
        Judgement::Safe(_) | Judgement::Availability(_) | Judgement::Unproven => Vec::new(),
        Judgement::Ambiguous => vec![drop],
        Judgement::WholeFileOfTarget | Judgement::WholeFileOfOther => inside_folds(frame, own, verdict).into_iter().chain([drop]).collect(),
        Judgement::ContainsAnswer(_) | Judgement::AfterPrediction(_) | Judgement::FutureOfOther(_) | Judgement::NotKnown(_) => {
            let by = too_new_by(y, moment, chosen).filter(|&by| by > 0);
            let formula = &own.derivation.formula;
            let in_time = matches!(formula, Formula::Time(_)) || frame.time.is_some();
            let shift = by.filter(|_| in_time).map(|by| Remedy::Replace { derived: DerivedColumn::shifted(name, by) });
            match (by.and_then(|by| recomputed(frame, y, formula, by)), formula) {
                (Some(derived), _) => [Some(Remedy::Replace { derived }), shift, Some(drop)].into_iter().flatten().collect(),
                (None, Formula::Time(_)) => shift.into_iter().chain([drop]).collect(),
                (None, _) => [drop].into_iter().chain(shift).collect(),
            }
        }
    }
}

/// The window `by` rows earlier, or an earlier value of the same source.
fn recomputed(frame: &Frame<'_>, y: usize, formula: &Formula, by: i32) -> Option<DerivedColumn> {
    let Formula::Time(formula) = formula else { return None };
    let source = frame.table.columns().get(formula.source()?).filter(|c| c.kind() == Kind::Numeric)?;
    let column = frame.table.columns().get(y)?;
    let of = |function: &str, first: Option<i32>, last: i32, at_least: u32| DerivedColumn {
        column: column.name().to_owned(),
        source: source.name().to_owned(),
        function: function.to_owned(),
        first: first.map(|f| f.saturating_sub(by)),
        last: last.saturating_sub(by),
        at_least,
        decimals: column.printed_decimals().filter(|&d| d < ALL_DIGITS),
    };
    let derived = match formula {
        TimeFormula::Shift { by: back, .. } => of(crate::derived::VALUE, Some(-back), -back, 0),
        TimeFormula::Window(window) => {
            let function = window.function.id()?;
            match window.extent {
                Extent::Rows { width, by: back } => {
                    let width = i32::try_from(width).ok()?;
                    of(function, Some(1 - back - width), -back, window.at_least)
                }
                Extent::FromStart { by: back } => of(function, None, -back, window.at_least),
                Extent::Span { .. } => return None,
            }
        }
        _ => return None,
    };
    derived.is_valid().then_some(derived)
}

/// A step that computes the like from training rows only.
fn inside_folds(frame: &Frame<'_>, own: &Chosen, verdict: Judgement) -> Option<Remedy> {
    let Formula::Group(formula) = &own.derivation.formula else { return None };
    let columns = vec![frame.name(own.derivation.y).to_owned()];
    match (formula.columns(), verdict) {
        ((_, Some(key)), Judgement::WholeFileOfTarget) => encoding(frame, columns, key),
        ((source, None), Judgement::WholeFileOfOther) if matches!(formula, GroupFormula::Relative { .. }) => {
            Some(Remedy::MoveInsideFolds { columns, step: "scale".to_owned(), by: vec![frame.name(source).to_owned()] })
        }
        _ => None,
    }
}

/// The mean of the target by a key, inside the folds; `None` for a key that is no feature.
fn encoding(frame: &Frame<'_>, columns: Vec<String>, key: usize) -> Option<Remedy> {
    let levels = |c: &&Column| matches!(c.kind(), Kind::Categorical | Kind::Boolean | Kind::Numeric);
    let key = frame.table.columns().get(key).filter(levels)?.name().to_owned();
    Some(Remedy::MoveInsideFolds { columns, step: "target_encode".to_owned(), by: vec![key] })
}

/// Remedies for a column that depends on a key alone and is no aggregate of this file.
pub(super) fn for_encoding(frame: &Frame<'_>, y: usize, key: usize) -> Vec<Remedy> {
    let columns = vec![frame.name(y).to_owned()];
    encoding(frame, columns.clone(), key).into_iter().chain([Remedy::DropColumns { columns }]).collect()
}

/// Answers to the question whether columns are known for the predicted row.
pub(super) fn for_availability(columns: &[&str]) -> Vec<Remedy> {
    let names = || columns.iter().map(|&c| c.to_owned()).collect::<Vec<_>>();
    let mark = |known| Remedy::MarkKnown { columns: names(), known };
    vec![mark(Known::Late(0)), mark(Known::Yes), Remedy::DropColumns { columns: names() }]
}
