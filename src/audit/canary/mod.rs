//! Canaries: leaks planted on purpose into a copy of the user's own table, to see which of them the audit would find there.
//!
//! A [`Family`] is one way to leak. It plants at three strengths, and for each leak it knows an innocent twin that looks like it and is none
//! (the same window ending a row earlier, the same copy of a feature). The audit of the planted table says whether the leak was found: a
//! finding of a check of the family, at least as grave as promised, that names the planted columns. A family that makes no sense for a table says
//! why. All draws are keyed by seed, family and repetition.

mod group;
mod ground;
mod measured;
mod row;
mod rows;
mod window;

pub use ground::{Ground, MOST_FEATURES, MOST_ROWS};

use super::{AuditInput, CHECKS, settle};
use crate::finding::{Certainty, Checked, Finding, Severity};
use crate::math::rng::Stream;
use crate::table::{Column, Table};
use crate::task::Task;

/// How strong a planted leak is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dose {
    /// The whole leak.
    Full,
    /// Blurred, or in a part of the rows.
    Medium,
    /// Hardly there: near the floor, or below it.
    Weak,
    /// No leak: it only looks like one.
    Twin,
}

impl Dose {
    /// All, the strongest first; the last is the innocent twin.
    pub const ALL: [Self; 4] = [Self::Full, Self::Medium, Self::Weak, Self::Twin];

    /// One of three by strength; the twin is made like the full leak.
    fn pick<T: Copy>(self, of: [T; 3]) -> T {
        match self {
            Self::Full | Self::Twin => of[0],
            Self::Medium => of[1],
            Self::Weak => of[2],
        }
    }
}

/// How sure the audit can be of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// An exact formula: found by proof.
    Proven,
    /// An effect: found from a size on.
    Measured,
}

/// One way to leak.
pub struct Family {
    /// Name in JSON ("window_mean").
    pub id: &'static str,
    /// Name on screen.
    pub title: &'static str,
    /// What is planted at full, medium and weak strength.
    pub doc: &'static str,
    /// How it is found.
    pub nature: Nature,
    /// Checks that could see it.
    pub checks: &'static [&'static str],
    plant: fn(&Ground, Dose, &mut Stream) -> Outcome,
}

/// A planted table, or why the family makes no sense here.
pub type Outcome = Result<Planted, &'static str>;

/// A table with a leak in it, or with its innocent twin.
#[derive(Clone, Debug)]
pub struct Planted {
    /// The table.
    pub table: Table,
    /// The task, with the planted columns as features.
    pub task: Task,
    /// What was planted ("mean of y over t-3..t").
    pub what: String,
    /// Columns that one finding must name, all of them; none: the finding is about rows.
    pub columns: Vec<String>,
    /// How grave the finding must be at least.
    pub severity: Severity,
}

/// All families: within a row, measured, over rows in order, over groups, of rows.
pub const FAMILIES: &[&[Family]] = &[row::FAMILIES, measured::FAMILIES, window::FAMILIES, group::FAMILIES, rows::FAMILIES];

/// All families in one line.
pub fn families() -> impl Iterator<Item = &'static Family> {
    FAMILIES.iter().copied().flatten()
}

impl Family {
    /// Plants into a copy of the ground.
    ///
    /// # Errors
    /// Why the family makes no sense for this table, in one clause.
    pub fn plant(&self, ground: &Ground, dose: Dose, repetition: u64) -> Outcome {
        (self.plant)(ground, dose, &mut Stream::new(ground.seed, self.id, repetition))
    }

    /// Findings of the checks that could see it.
    #[must_use]
    pub fn audit(&self, planted: &Planted, ground: &Ground) -> Vec<Finding> {
        audit_with(&planted.table, &planted.task, ground, |id| self.checks.contains(&id)).into_iter().flat_map(|c| c.findings).collect()
    }
}

impl Planted {
    /// Whether one of these findings is about what was planted, and as grave as promised. `before`: findings of the table without it.
    #[must_use]
    pub fn is_found(&self, findings: &[Finding], before: &[Finding]) -> bool {
        // A question answers only where no more was promised.
        let is_sure = |f: &Finding| f.certainty != Certainty::Ask || self.severity == Severity::Note;
        findings.iter().any(|f| f.severity <= self.severity && is_sure(f) && self.is_named(f, before))
    }

    /// Whether one of these findings accuses what was planted, as a blocker or a warning. A question accuses nobody.
    #[must_use]
    pub fn is_accused(&self, findings: &[Finding], before: &[Finding]) -> bool {
        let any = |f: &Finding| self.columns.is_empty() || self.columns.iter().any(|c| f.columns.contains(c));
        let grave = |f: &Finding| f.severity <= Severity::Warning && f.certainty != Certainty::Ask;
        findings.iter().any(|f| grave(f) && any(f) && (!self.columns.is_empty() || self.is_named(f, before)))
    }

    fn is_named(&self, finding: &Finding, before: &[Finding]) -> bool {
        if self.columns.is_empty() {
            return finding.columns.is_empty() && before.iter().all(|f| f.id != finding.id || f.severity > finding.severity);
        }
        self.columns.iter().all(|c| finding.columns.contains(c))
    }
}

/// Runs the wanted checks on a table that was made from the ground; one entry a check that ran.
#[must_use]
pub fn audit_with(table: &Table, task: &Task, ground: &Ground, wanted: impl Fn(&str) -> bool) -> Vec<Checked> {
    let Ok(target) = task.encode(table) else { return Vec::new() };
    let input = AuditInput {
        table,
        profiles: &[],
        task,
        target: &target,
        split: &ground.split,
        test_from: None,
        known: &super::NOTHING_SAID,
        seed: ground.seed,
    };
    settle(CHECKS.iter().filter(|c| wanted(c.id)).map(|c| (c.run)(&input)).collect())
}

/// Checks that prove formulas.
const PROOFS: &[&str] = &["target_copy", "target_sum", "lineage"];

/// What formula families promise: a blocker.
fn planted(ground: &Ground, what: String, columns: Vec<Column>, rows: Option<Vec<u32>>) -> Outcome {
    let names = columns.iter().map(|c| c.name().to_owned()).collect();
    let (table, task) = ground.with(columns).map_err(|_| "a column could not be planted")?;
    let table = rows.map_or(table.clone(), |rows| table.take(&rows));
    Ok(Planted { table, task, what, columns: names, severity: Severity::Blocker })
}

/// Rows left after one in so many was deleted by chance; `None` when none is.
fn after_deletion(n_rows: usize, one_in: u32, draw: &mut Stream) -> Option<Vec<u32>> {
    let kept = |_: &u32| draw.below(one_in.max(1)) > 0;
    (one_in > 0).then(|| (0..u32::try_from(n_rows).unwrap_or(u32::MAX)).filter(kept).collect())
}

/// One of a list, drawn.
fn drawn<'a, T>(of: &'a [T], draw: &mut Stream) -> Option<&'a T> {
    of.get(draw.below(u32::try_from(of.len()).unwrap_or(0)) as usize)
}

/// Digits of a planted number by strength.
const DIGITS: [i32; 3] = [6, 4, 3];

/// Name of planted columns: it suggests nothing.
const NAME: &str = "canary";

/// Why a family of numbers does not fit.
const NO_NUMBERS: &str = "the target has more than two classes";
/// Why a family of a continuous target does not fit.
const NOT_CONTINUOUS: &str = "the target is a class";
/// Why a family of classes does not fit.
const NOT_CLASSES: &str = "the target is a number";
