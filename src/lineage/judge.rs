//! What a derivation means for a prediction: the latest row of the target that a column has seen, against the moment of prediction.
//!
//! Offsets add up along the path from a column to what it is made of: `leak = r[t+1]` with `r = mean(revenue[t-2..t])` has seen `revenue[t+1]`.
//! A target that is itself a shifted column (`target = revenue[t+1]`) stands at offset +1 on it, so that `mean(revenue[t-2..t])` is safe for it
//! and a leak for `revenue[t]`. Whole-file aggregates have seen everything.
//!
//! | latest row on the target's root | verdict |
//! |---|---|
//! | at or after the target's own row | contains the answer |
//! | after the prediction moment, before the target | later than the prediction moment |
//! | at or before the prediction moment | safe |
//!
//! On another root: a later row is a leak, an earlier one is safe, the same row depends on when it is known.

use super::choose::Chosen;
use super::confirm::Hold;
use super::formula::{Formula, Latest};
use super::row::RowFormula;
use crate::derived::FARTHEST;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a column's formula means for the prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// It has seen the target's own row, or a later one: the latest, relative to the target's row.
    ContainsAnswer(i32),
    /// It has seen the target's root after the prediction moment: the latest, relative to the target's row.
    AfterPrediction(i32),
    /// It was computed from the target over all rows.
    WholeFileOfTarget,
    /// It has seen later rows of another column: the latest, relative to its own row.
    FutureOfOther(i32),
    /// It was computed from another column over all rows.
    WholeFileOfOther,
    /// It holds another column's value of a row after the prediction moment and not after the target: known then or not, only the user can say.
    Availability(i32),
    /// Everything it has seen lies at or before the prediction moment.
    Safe(i32),
    /// Formulas that hold equally well disagree about the latest row.
    Ambiguous,
    /// It holds another column's value of a row that is not known in time, as the user said: the latest, relative to its own row.
    NotKnown(i32),
    /// The formula holds on part of the rows or after rounding only, and what it proves is sound.
    Unproven,
}

/// Latest rows seen of each column, itself included.
pub type Seen = BTreeMap<usize, Latest>;

/// The moment of prediction and where the target stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// The target's column.
    pub target: usize,
    /// Columns that hold the target at another row (or the same): offset of the target's value in them. The target itself stands at 0.
    pub standing: BTreeMap<usize, i32>,
    /// Rows between the prediction moment and the target; 0: none were asked for.
    pub horizon: i32,
    /// Latest row of other columns that is known when predicting, relative to the target's row, where the user said so.
    pub answers: BTreeMap<usize, i32>,
    /// How many rows later than usual the target is known (0 or less).
    pub delay: i32,
    /// Whether the target is predicted from a row before its own: its standing on its root is a lead.
    lead: i32,
}

impl Moment {
    /// From the chosen derivations: the target may be a shifted copy of a column.
    #[must_use]
    pub fn new(target: usize, horizon: u32, chosen: &[Chosen]) -> Self {
        let mut standing = BTreeMap::from([(target, 0)]);
        let (mut column, mut offset) = (target, 0);
        while let Some((source, by)) = chosen.iter().find(|c| c.derivation.y == column).and_then(|c| held(&c.derivation.formula)) {
            offset += by;
            if standing.insert(source, offset).is_some() {
                break;
            }
            column = source;
        }
        let sums = chosen.iter().find(|c| c.derivation.y == column).into_iter().flat_map(|c| c.also.iter().chain([&c.derivation.formula]));
        for part in sums.flat_map(|formula| parts(formula, chosen)) {
            standing.entry(part).or_insert(offset);
        }
        Self { target, standing, horizon: i32::try_from(horizon).unwrap_or(i32::MAX), answers: BTreeMap::new(), delay: 0, lead: offset }
    }

    /// The same moment with what the user said of columns: the latest row of each that is known then, and for the target the delay.
    #[must_use]
    pub fn with_answers(mut self, mut answers: BTreeMap<usize, i32>) -> Self {
        self.delay = answers.remove(&self.target).unwrap_or(0).min(0);
        self.answers = answers;
        self
    }

    /// Latest row of the target known when predicting, relative to the target's own row.
    #[must_use]
    pub fn known_of_target(&self) -> i32 {
        self.known().saturating_sub(self.lead).saturating_add(self.delay)
    }

    /// The latest known row of a column that does not hold the target, relative to the target's row: as the user said, else up to the moment of
    /// prediction.
    #[must_use]
    pub fn known_of_other(&self, column: usize) -> i32 {
        let usual = if self.horizon > 0 { self.known() } else { self.known().max(0) };
        self.answers.get(&column).copied().unwrap_or(usual)
    }

    /// Rows from the row that features stand in to the row the target stands in: 0, or the lead of a target that is a later row of a column.
    #[must_use]
    pub fn lead(&self) -> i32 {
        self.lead
    }

    /// Latest row known when predicting, relative to the row that features stand in.
    ///
    /// Asked for a horizon, it is that many rows before the target. Else a target that is a lead is predicted from its own row; any other
    /// target is known up to the row before.
    fn known(&self) -> i32 {
        if self.horizon > 0 {
            self.lead.saturating_sub(self.horizon)
        } else if self.lead > 0 {
            0
        } else {
            self.lead - 1
        }
    }
}

/// The column a formula holds unchanged up to scale, and the offset of the row it takes it from.
fn held(formula: &Formula) -> Option<(usize, i32)> {
    match formula {
        Formula::Row(RowFormula::Linear { terms, .. }) if terms.len() == 1 => Some((terms[0].0, 0)),
        Formula::Time(f) => f.as_shift().map(|(source, by)| (source, -by)),
        _ => None,
    }
}

/// Parts of the answer in a sum that gives it. Where some columns are taken off others (`target = total - a - b`), the total holds the answer and
/// what is taken off does not. A column that is made of other rows is judged by those.
fn parts(formula: &Formula, chosen: &[Chosen]) -> Vec<usize> {
    let Formula::Row(RowFormula::Linear { terms, .. }) = formula else { return Vec::new() };
    let any_added = terms.iter().any(|t| t.1 > 0.0);
    let of_rows = |part: usize| chosen.iter().any(|c| c.derivation.y == part && matches!(c.derivation.formula, Formula::Time(_)));
    let holds = |t: &&(usize, f64)| (t.1 > 0.0 || !any_added) && !of_rows(t.0);
    if terms.len() > 1 { terms.iter().filter(holds).map(|t| t.0).collect() } else { Vec::new() }
}

/// Latest rows seen by a column through its formula and those of its sources. What the target itself is made of is not gone into: who has seen
/// the target has seen the answer.
#[must_use]
pub fn seen(column: usize, target: usize, chosen: &[Chosen]) -> Seen {
    let formula = chosen.iter().find(|c| c.derivation.y == column).map(|c| &c.derivation.formula);
    let mut all = Seen::from([(column, Latest::Row(0))]);
    if let Some(formula) = formula {
        add(&mut all, formula, Latest::Row(0), target, chosen, chosen.len());
    }
    all
}

/// First row of `root` that a column has seen, relative to the column's own row; `None`: from the first row of the file, or not at all.
#[must_use]
pub fn first_seen(column: usize, root: usize, chosen: &[Chosen]) -> Option<i32> {
    first(column, root, chosen, chosen.len()).filter(|&row| row > i32::MIN / 2)
}

/// The least over all paths; far below zero where one begins with the file.
fn first(column: usize, root: usize, chosen: &[Chosen], depth: usize) -> Option<i32> {
    let own = chosen.iter().find(|c| c.derivation.y == column).filter(|_| depth > 0)?;
    let step = |read: &super::formula::Read| {
        let begin = read.first.unwrap_or(i32::MIN / 2);
        if read.column == root { Some(begin) } else { first(read.column, root, chosen, depth - 1).map(|before| begin.saturating_add(before)) }
    };
    own.derivation.formula.reads().iter().filter_map(step).min()
}

fn add(all: &mut Seen, formula: &Formula, from: Latest, target: usize, chosen: &[Chosen], depth: usize) {
    for read in formula.reads() {
        let latest = plus(from, read.latest);
        let entry = all.entry(read.column).or_insert(latest);
        *entry = (*entry).max(latest);
        if let Some(next) = chosen.iter().find(|c| c.derivation.y == read.column).filter(|_| depth > 0 && read.column != target) {
            add(all, &next.derivation.formula, latest, target, chosen, depth - 1);
        }
    }
}

fn plus(a: Latest, b: Latest) -> Latest {
    match (a, b) {
        (Latest::Row(a), Latest::Row(b)) => Latest::Row(a.saturating_add(b)),
        _ => Latest::WholeFile,
    }
}

/// Judges what `column` has seen. `keys` that only name the row (the key of an aggregate, read in the same row) count as any other column.
#[must_use]
pub fn judge(column: usize, moment: &Moment, chosen: &[Chosen]) -> Judgement {
    let Some(own) = chosen.iter().find(|c| c.derivation.y == column) else {
        return judge_seen(column, &Seen::from([(column, Latest::Row(0))]), moment, chosen);
    };
    let verdict = judge_seen(column, &seen(column, moment.target, chosen), moment, chosen);
    let others = own.also.iter().filter(|f| !is_mapping_within(f, &own.derivation.formula)).map(|formula| {
        let mut all = Seen::from([(column, Latest::Row(0))]);
        // A formula over columns that are made of this one says nothing new about it.
        let circular = formula.reads().iter().any(|r| seen(r.column, moment.target, chosen).contains_key(&column));
        if !circular {
            add(&mut all, formula, Latest::Row(0), moment.target, chosen, chosen.len());
        }
        (!circular).then(|| judge_seen(column, &all, moment, chosen))
    });
    let disagree = others.flatten().any(|other| is_safe(other) != is_safe(verdict));
    match (own.derivation.hold, verdict) {
        _ if disagree => Judgement::Ambiguous,
        (Hold::Rounded | Hold::Partial, Judgement::Safe(_)) => Judgement::Unproven,
        _ => verdict,
    }
}

/// Whether a formula only says that the column depends on a key that the told one gathers by: that follows from it, and does not say where the
/// values come from.
fn is_mapping_within(formula: &Formula, told: &Formula) -> bool {
    let Formula::Row(RowFormula::Mapping { source, .. }) = formula else { return false };
    matches!(told, Formula::Group(_)) && told.reads().iter().any(|r| r.column == *source)
}

fn is_safe(judgement: Judgement) -> bool {
    matches!(judgement, Judgement::Safe(_) | Judgement::Availability(_))
}

fn judge_seen(column: usize, seen: &Seen, moment: &Moment, chosen: &[Chosen]) -> Judgement {
    let known = moment.known();
    let mut worst = Judgement::Safe(i32::MIN);
    for (&source, &latest) in seen.iter().filter(|s| *s.0 != column || moment.standing.contains_key(s.0)) {
        // On a column that holds the target, offsets are told relative to the target's row there.
        let here = match (moment.standing.get(&source), latest) {
            (Some(_), Latest::WholeFile) => Judgement::WholeFileOfTarget,
            (Some(&at), Latest::Row(row)) => on_target(row, at, moment.known_of_target().saturating_add(at)),
            (None, Latest::WholeFile) => Judgement::WholeFileOfOther,
            (None, Latest::Row(row)) if moment.answers.get(&source).is_some_and(|&known| row <= known) => Judgement::Safe(row),
            (None, Latest::Row(row)) if row > 0 => Judgement::FutureOfOther(row),
            (None, Latest::Row(row)) if moment.answers.contains_key(&source) => Judgement::NotKnown(row),
            (None, Latest::Row(row)) if row > known => Judgement::Availability(row),
            (None, Latest::Row(row)) => Judgement::Safe(row),
        };
        // What a source is made of is judged by its own entry.
        let is_root = !chosen.iter().any(|c| c.derivation.y == source) || moment.standing.contains_key(&source);
        if is_root && (gravity(here), row_of(here)) > (gravity(worst), row_of(worst)) {
            worst = here;
        }
    }
    worst
}

/// Rows by which a column must be moved back until all it has seen is known when predicting; `None` when no shift helps: it has seen all
/// rows, or values that are never known.
#[must_use]
pub fn too_new_by(column: usize, moment: &Moment, chosen: &[Chosen]) -> Option<i32> {
    let mut most = 0;
    for (source, latest) in seen(column, moment.target, chosen) {
        let holds_target = moment.standing.get(&source);
        let is_root = !chosen.iter().any(|c| c.derivation.y == source) || holds_target.is_some();
        if !is_root || (source == column && holds_target.is_none() && chosen.iter().any(|c| c.derivation.y == column)) {
            continue;
        }
        let Latest::Row(row) = latest else { return None };
        let known = holds_target.map_or_else(|| moment.known_of_other(source), |&at| moment.known_of_target().saturating_add(at));
        most = most.max(row.saturating_sub(known));
    }
    (0..=FARTHEST).contains(&most).then_some(most)
}

fn on_target(row: i32, at: i32, known: i32) -> Judgement {
    if row >= at {
        Judgement::ContainsAnswer(row - at)
    } else if row > known {
        Judgement::AfterPrediction(row - at)
    } else {
        Judgement::Safe(row - at)
    }
}

fn row_of(judgement: Judgement) -> i32 {
    match judgement {
        Judgement::ContainsAnswer(row)
        | Judgement::AfterPrediction(row)
        | Judgement::FutureOfOther(row)
        | Judgement::NotKnown(row)
        | Judgement::Availability(row)
        | Judgement::Safe(row) => row,
        _ => 0,
    }
}

fn gravity(judgement: Judgement) -> u8 {
    match judgement {
        Judgement::ContainsAnswer(_) => 9,
        Judgement::WholeFileOfTarget => 8,
        Judgement::AfterPrediction(_) => 7,
        Judgement::FutureOfOther(_) => 6,
        Judgement::NotKnown(_) => 5,
        Judgement::WholeFileOfOther => 4,
        Judgement::Ambiguous => 3,
        Judgement::Availability(_) => 2,
        Judgement::Unproven => 1,
        Judgement::Safe(_) => 0,
    }
}
