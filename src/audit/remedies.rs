//! What answers a column that was made of others, best first: the same column of what is known in time, or none.
//!
//! A window of rows, of steps or of time and an exponentially weighted mean are computed anew from their source, so many rows earlier that the
//! newest value is known at the moment of prediction; any other function of finite rows is taken that many rows earlier itself. What was
//! computed from all rows is computed inside each fold instead, where there is a step for it, or from earlier rows only, where rows stand
//! in time. Leaving the column out always helps.

use crate::derived::{DerivedColumn, Known};
use crate::finding::Remedy;
use crate::lineage::choose::Chosen;
use crate::lineage::derive::{STEPS, earlier_words, ewm_words, span_words};
use crate::lineage::formula::Formula;
use crate::lineage::frame::Frame;
use crate::lineage::group::GroupFormula;
use crate::lineage::judge::{Judgement, Moment, too_new_by};
use crate::lineage::time::{Closed, Extent, TimeFormula};
use crate::table::{ALL_DIGITS, Column, Kind};

/// Remedies for a derived column that was judged so.
pub(super) fn for_derived(frame: &Frame<'_>, own: &Chosen, verdict: Judgement, moment: &Moment, chosen: &[Chosen]) -> Vec<Remedy> {
    let y = own.derivation.y;
    let name = frame.name(y);
    let drop = Remedy::DropColumns { columns: vec![name.to_owned()] };
    match verdict {
        Judgement::Safe(_) | Judgement::Availability(_) | Judgement::Unproven => Vec::new(),
        Judgement::Ambiguous => vec![drop],
        Judgement::WholeFileOfTarget | Judgement::WholeFileOfOther => {
            let earlier = earlier(frame, own, moment).map(|derived| Remedy::Replace { derived });
            inside_folds(frame, own, verdict).into_iter().chain(earlier).chain([drop]).collect()
        }
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
    let (formula, steps) = if let TimeFormula::OnGrid { formula } = formula { (formula.as_ref(), STEPS) } else { (formula, "") };
    let source = frame.table.columns().get(formula.source()?).filter(|c| c.kind() == Kind::Numeric)?;
    let column = frame.table.columns().get(y)?;
    let of = |function: &str, first: Option<i32>, last: i32, at_least: u32| DerivedColumn {
        column: column.name().to_owned(),
        source: source.name().to_owned(),
        function: format!("{function}{steps}"),
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
                // The same stretch of time without the row's own moment; farther back it would have to move in rows and in time at once.
                Extent::Span { millis, closed: Closed::Right } if by == 1 => of(&span_words(function, millis), None, 0, window.at_least),
                Extent::Span { .. } => return None,
            }
        }
        TimeFormula::Ewm(ewm) if ewm.decay.is_listed() => of(&ewm_words(ewm.decay, ewm.adjusted), None, -ewm.by, ewm.at_least),
        _ => return None,
    };
    derived.is_valid().then_some(derived)
}

/// The same aggregate of earlier rows only, where rows stand in time: those of the entity, or of the key's level up to the row before.
fn earlier(frame: &Frame<'_>, own: &Chosen, moment: &Moment) -> Option<DerivedColumn> {
    let Formula::Group(GroupFormula::Aggregate { aggregate, source, key }) = &own.derivation.formula else { return None };
    let (column, numbers) = (frame.table.columns().get(own.derivation.y)?, frame.table.columns().get(*source)?);
    let known = moment.standing.get(source).map_or_else(|| moment.known_of_other(*source), |&at| moment.known_of_target().saturating_add(at));
    let words = earlier_words(*aggregate, frame.name(*key))?;
    if numbers.kind() != Kind::Numeric || frame.time.is_none() || known < -1 && frame.entity != Some(*key) {
        return None;
    }
    let (function, last) = match words.split_once(' ') {
        Some((function, _)) if frame.entity == Some(*key) => (function.to_owned(), known.min(-1)),
        _ if has_ties(frame, *key) => return None,
        _ => (words, -1),
    };
    let decimals = column.printed_decimals().filter(|&d| d < ALL_DIGITS);
    let derived =
        DerivedColumn { function, source: numbers.name().to_owned(), first: None, last, decimals, ..DerivedColumn::shifted(column.name(), 1) };
    derived.is_valid().then_some(derived)
}

/// Whether two rows of one level share a moment: which of them is the earlier is not known.
fn has_ties(frame: &Frame<'_>, key: usize) -> bool {
    let Some((Some(key), millis)) = frame.keys.get(key).zip(frame.millis.as_ref()) else { return true };
    let mut both: Vec<(u32, i64)> = key.codes.iter().copied().zip(millis.iter().copied()).collect();
    both.sort_unstable();
    both.windows(2).any(|w| w[0] == w[1])
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
