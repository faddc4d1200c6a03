//! What a remedy does to the settings, and what settings say of columns in time.
//!
//! Known late means used shifted: of a column whose values are known `n` steps late, with the target `h` steps ahead, the value `h + n` rows
//! earlier is used. All that stands here is plain: the rows are computed by [`crate::lineage::derive`].

use super::{Chosen, Role, Settings};
use crate::derived::{DerivedColumn, Known};
use crate::finding::Remedy;
use crate::prepare::USUAL_STEPS;
use crate::split::Strategy;
use crate::table::Kind;
use crate::task::Task;
use std::collections::BTreeMap;

impl Settings {
    /// The same settings with a remedy applied. A remedy edits settings only, never the file.
    #[must_use]
    pub fn with_remedy(&self, remedy: &Remedy) -> Self {
        let mut next = self.clone();
        match remedy {
            Remedy::DropColumns { columns } => next.leave_out(columns),
            Remedy::AddNullSpellings { spellings } => {
                for spelling in spellings.iter().filter(|s| !self.csv.nulls.contains(s)) {
                    next.csv.nulls.push(spelling.clone());
                }
            }
            Remedy::ChangeKind { column, kind } => next.columns.entry(column.clone()).or_default().kind = Kind::from_id(kind),
            Remedy::OrderSplit { time } => {
                next.task.time = Some(time.clone());
                next.split.strategy = Strategy::TimeOrdered;
            }
            Remedy::GroupSplit { entity } => {
                next.task.entity = Some(entity.clone());
                next.split.strategy = Strategy::Grouped;
            }
            Remedy::DropDuplicates => next.drop_duplicates = true,
            Remedy::AddStep { step } => next.add_step(step, &[]),
            Remedy::Prepare { step, columns, params } => {
                next.add_chosen(Chosen { id: step.clone(), columns: columns.clone(), params: params.clone() });
            }
            Remedy::Stratify => next.split.strategy = Strategy::Stratified,
            Remedy::Replace { derived } => {
                next.derived.retain(|d| d.column != derived.column);
                next.derived.push(derived.clone());
            }
            Remedy::MoveInsideFolds { columns, step, by } => {
                next.leave_out(columns);
                // The usual recipe holds the usual steps, for the learners that want them.
                if self.recipe.is_some() || !USUAL_STEPS.contains(&step.as_str()) {
                    next.add_step(step, by);
                }
            }
            Remedy::MarkKnown { columns, known } => {
                for name in columns {
                    next.columns.entry(name.clone()).or_default().known = Some(*known);
                }
            }
        }
        next
    }

    fn leave_out(&mut self, columns: &[String]) {
        for name in columns {
            self.columns.entry(name.clone()).or_default().role = Some(Role::Ignored);
        }
    }

    /// Adds a step at its usual place, for these columns (none: all it fits). Where no recipe was chosen, the usual steps stand around it.
    fn add_step(&mut self, id: &str, columns: &[String]) {
        let held = self.recipe.iter().flatten().find(|s| s.id == id).map(|s| s.params.clone());
        self.add_chosen(Chosen { id: id.to_owned(), columns: columns.to_vec(), params: held.unwrap_or_default() });
    }

    /// The same for a step with settings of its own: where there is one with the same, it is for these columns too; else it stands before the first step that usually
    /// comes later, so behind others of its kind.
    fn add_chosen(&mut self, chosen: Chosen) {
        let usual = || USUAL_STEPS.iter().map(|&id| Chosen { id: id.to_owned(), ..Chosen::default() }).collect();
        let steps = self.recipe.get_or_insert_with(usual);
        match steps.iter_mut().find(|s| s.id == chosen.id && s.params == chosen.params) {
            // A step for all columns is for these as well.
            Some(step) if step.columns.is_empty() => {}
            Some(step) => step.columns.extend(chosen.columns.iter().filter(|&c| !step.columns.contains(c)).cloned().collect::<Vec<_>>()),
            None => {
                let place = crate::prepare::place_of(&chosen.id);
                let before = steps.iter().position(|s| crate::prepare::place_of(&s.id) > place);
                steps.insert(before.unwrap_or(steps.len()), chosen);
            }
        }
    }

    /// Columns that hold other values than the file's: those chosen, and those known late, shifted. `target`: its values are never replaced.
    #[must_use]
    pub fn derivations(&self, target: Option<&str>) -> Vec<DerivedColumn> {
        let mut all: Vec<DerivedColumn> = self.derived.clone();
        for (name, choice) in self.columns.iter().filter(|(name, _)| Some(name.as_str()) != target) {
            let Some(Known::Late(late)) = choice.known else { continue };
            let by = i32::try_from(self.task.horizon.saturating_add(late)).unwrap_or(i32::MAX);
            if by > 0 && choice.role != Some(Role::Ignored) && all.iter().all(|d| d.column != *name) {
                all.push(DerivedColumn::shifted(name, by));
            }
        }
        all
    }

    /// Latest row of each column in the table that is known when predicting, relative to the target's row; only of columns that something was said
    /// of. Of the target: how much later than usual its values are known (0 or less).
    pub(super) fn known_rows(&self, task: &Task) -> BTreeMap<String, i32> {
        let steps = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
        let ahead = -steps(task.horizon);
        let own = |name: &str| {
            self.columns.get(name).and_then(|c| c.known).map(|known| match known {
                Known::Yes => 0,
                Known::No => NEVER,
                Known::Late(late) => ahead.saturating_sub(steps(late)),
            })
        };
        let mut known: BTreeMap<String, i32> = self.columns.keys().filter_map(|name| Some((name.clone(), own(name)?))).collect();
        known.remove(&task.target);
        for derived in self.derivations(Some(&task.target)).iter().filter(|d| d.source != task.target) {
            let row = own(&derived.source).unwrap_or(ahead).saturating_sub(derived.last);
            known.insert(derived.column.clone(), row);
        }
        if let Some(Known::Late(late)) = self.columns.get(&task.target).and_then(|c| c.known) {
            known.insert(task.target.clone(), -steps(late));
        }
        known
    }
}

/// Row of a column that is never known in time: farther back than any file reaches.
const NEVER: i32 = i32::MIN / 4;
