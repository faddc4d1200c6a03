//! Finished jobs of a run, kept so that a run whose tab was closed goes on where it was.
//!
//! What a job gives depends on the job and the context only, so a result is known by what it was made from: the build, the fingerprints
//! of the parts of the context that it needs, and the job itself. A result that does not fit is never found, hence never wrong.
//!
//! A trial of a search is known by its hyperparameters, its fold and what of the plan it needs, not by its place in a wave: so it is found again when the
//! search was stopped in between, is made longer, or has other learners beside it.

use super::context::ContextPart;
use super::job::Job;
use crate::settings::{Chosen, Guessed, Plan, ValidationChoice};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most bytes of results kept, in all: a run at the largest size has a few dozen results of up to a megabyte.
const MOST_BYTES: usize = 64 << 20;
/// First byte of a packed table.
const TABLE: u8 = 1;
/// First byte of packed profiles.
const PROFILES: u8 = 2;
/// First byte of a packed plan; the parts with a larger one are made by a run and end with the plan they were made for.
const PLAN: u8 = 3;
/// First byte of packed folds.
const FOLDS: u8 = 4;
/// First byte of a packed fitted model.
const FITTED: u8 = 5;

/// Bytes of a key, which a record begins with.
pub const KEY_BYTES: usize = 32;
/// Fingerprint of what a result was made from: SHA-256.
type Key = [u8; KEY_BYTES];

/// The context's fingerprints, the jobs that are out, and the results that were found.
#[derive(Debug, Default)]
pub struct Checkpoint {
    build: String,
    parts: BTreeMap<u8, Key>,
    /// Fingerprint of what a trial needs of the plan.
    trial_plan: Option<Key>,
    /// The trials of the wave.
    trials: Arc<Vec<Chosen>>,
    out: BTreeMap<u64, Key>,
    found: BTreeMap<Key, Vec<u8>>,
    bytes: usize,
    /// Whether the records kept are of this table.
    current: bool,
}

impl Checkpoint {
    /// Without results, for that build of the page.
    #[must_use]
    pub fn new(build: String) -> Self {
        Self { build, ..Self::default() }
    }

    /// Takes a part of the context, and the same packed: its first byte says which.
    pub fn hold(&mut self, part: &ContextPart, packed: &[u8]) {
        let Some(&tag) = packed.first() else { return };
        match part {
            ContextPart::Plan(plan) => self.trial_plan = plan.as_deref().and_then(trial_plan),
            ContextPart::Trials(trials) => self.trials = Arc::clone(trials),
            _ => {}
        }
        if tag <= PLAN {
            self.parts.retain(|&other, _| other <= PLAN);
        }
        let before = self.parts.insert(tag, fingerprint(part, packed));
        self.current &= tag != TABLE || before.is_none();
    }

    /// Takes records of an earlier visit: a key and a packed result each.
    pub fn restore(&mut self, records: Vec<Vec<u8>>) {
        self.current = true;
        for record in records {
            if let Some((key, result)) = record.split_first_chunk::<KEY_BYTES>() {
                self.bytes += result.len();
                self.found.insert(*key, result.to_vec());
            }
        }
    }

    /// Forgets all results.
    pub fn forget(&mut self) {
        (self.found, self.bytes, self.current) = (BTreeMap::new(), 0, false);
    }

    /// The result of a job, if it is known; otherwise the job is noted as being out.
    pub fn start(&mut self, id: u64, job: Job, packed: &[u8]) -> Option<Vec<u8>> {
        // Rules, checks and recipes are quick; the sealed rows are opened by the run that asks for them and by no other.
        let worth = matches!(
            job,
            Job::Trial { .. }
                | Job::Nested { .. }
                | Job::Segment(_)
                | Job::Fold { .. }
                | Job::Unaugmented(_)
                | Job::Compare(_)
                | Job::FitPart { .. }
                | Job::Permuted { .. }
                | Job::Curve { .. }
                | Job::Importance { .. }
                | Job::Explain { fold: Some(_), .. }
        );
        if !worth {
            return None;
        }
        let key = self.key(job, packed)?;
        let known = self.found.get(&key).cloned();
        if known.is_none() {
            self.out.insert(id, key);
        }
        known
    }

    /// What the result of a job is known by; `None` for a trial that is not listed.
    fn key(&self, job: Job, packed: &[u8]) -> Option<Key> {
        let mut hash = Sha256::new();
        hash.update(self.build.as_bytes());
        let needed: &[u8] = match job {
            Job::Trial { .. } => &[TABLE, PROFILES],
            Job::Compare(_) | Job::Unaugmented(_) => &[TABLE, PROFILES, PLAN, FOLDS],
            Job::Importance { .. } | Job::Explain { .. } => &[TABLE, PROFILES, PLAN, FITTED],
            _ => &[TABLE, PROFILES, PLAN],
        };
        self.parts.iter().filter(|(tag, _)| needed.contains(tag)).for_each(|(tag, part)| hash.update([&[*tag], part.as_slice()].concat()));
        if let Job::Trial { trial, fold } = job {
            hash.update(self.trial_plan?);
            hash.update(postcard::to_allocvec(&(self.trials.get(trial as usize)?, fold)).ok()?);
        } else {
            hash.update(packed);
        }
        Some(hash.finalize().into())
    }

    /// A job gave that packed result. The record to be kept, if it is to be, and whether it takes the place of all others.
    pub fn done(&mut self, id: u64, result: &[u8]) -> Option<(bool, Vec<u8>)> {
        let key = self.out.remove(&id)?;
        self.bytes += result.len();
        let anew = !self.current || self.bytes > MOST_BYTES;
        if anew {
            (self.current, self.bytes) = (true, result.len());
        }
        (result.len() <= MOST_BYTES).then(|| (anew, [key.as_slice(), result].concat()))
    }
}

/// Fingerprint of a part. What validation measures beside scores changes no job that is kept, so it is no part of the plan's.
fn fingerprint(part: &ContextPart, packed: &[u8]) -> Key {
    let needed = match part {
        ContextPart::Plan(Some(plan)) => postcard::to_allocvec(&Plan { validation: ValidationChoice::default(), ..plan.as_ref().clone() }).ok(),
        _ => None,
    };
    Sha256::digest(needed.as_deref().unwrap_or(packed)).into()
}

/// Fingerprint of what a trial needs of the plan: neither the learners that are compared nor how the search goes on.
fn trial_plan(plan: &Plan) -> Option<Key> {
    let needed = Plan {
        learners: Vec::new(),
        search: None,
        tuned: Vec::new(),
        gates: Vec::new(),
        guessed: Guessed::default(),
        strategy_guessed: false,
        segments: false,
        validation: ValidationChoice::default(),
        ..plan.clone()
    };
    postcard::to_allocvec(&needed).ok().map(|packed| Sha256::digest(packed).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::Value;
    use crate::settings::Settings;
    use crate::table::{Column, Table};
    #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const FOLD: Job = Job::Fold { learner: 1, fold: 2 };

    fn table(last: f64) -> ContextPart {
        let column = |name: &str, values: Vec<f64>| Column::numeric(name, values, 0);
        let a: Vec<f64> = (0..40).map(f64::from).collect();
        let mut y = a.clone();
        y[39] = last;
        ContextPart::Table(Arc::new(Table::new(vec![column("a", a), column("y", y)]).unwrap()))
    }

    fn plan(act: impl FnOnce(&mut Plan)) -> ContextPart {
        let ContextPart::Table(table) = table(1.0) else { panic!("no table") };
        let mut plan = Settings::default().resolve(&table, None).unwrap();
        act(&mut plan);
        ContextPart::Plan(Some(Arc::new(plan)))
    }

    fn tree(depth: i64) -> Chosen {
        Chosen { id: "decision_tree".into(), params: [("depth".to_owned(), Value::Whole(depth))].into(), ..Chosen::default() }
    }

    fn trials(all: &[Chosen]) -> ContextPart {
        ContextPart::Trials(Arc::new(all.to_vec()))
    }

    fn hold(checkpoint: &mut Checkpoint, part: ContextPart) {
        let packed = part.to_bytes().unwrap();
        checkpoint.hold(&part, &packed);
    }

    fn with(build: &str, parts: impl IntoIterator<Item = ContextPart>) -> Checkpoint {
        let mut checkpoint = Checkpoint::new(build.to_owned());
        parts.into_iter().for_each(|part| hold(&mut checkpoint, part));
        checkpoint
    }

    /// The record of a job that gave `result`.
    fn record(mut first: Checkpoint, job: Job) -> Vec<u8> {
        assert_eq!(first.start(7, job, b"job"), None);
        first.done(7, b"result").unwrap().1
    }

    fn finds(mut other: Checkpoint, job: Job, record: &[u8]) -> bool {
        other.restore(vec![record.to_vec(), b"damaged".to_vec()]);
        other.start(0, job, b"job") == Some(b"result".to_vec())
    }

    #[test]
    fn a_finished_job_is_found_again_on_the_next_visit() {
        let mut second = with("a", [table(1.0)]);
        second.restore(vec![record(with("a", [table(1.0)]), FOLD), b"damaged".to_vec()]);
        assert_eq!(second.start(0, FOLD, b"job"), Some(b"result".to_vec()));
        assert_eq!(second.done(0, b"result"), None, "it is kept already");
    }

    #[test]
    fn another_build_table_plan_or_job_finds_nothing() {
        let made = record(with("a", [table(1.0), plan(|_| {})]), FOLD);
        assert!(finds(with("a", [table(1.0), plan(|_| {})]), FOLD, &made));
        for other in [with("b", [table(1.0), plan(|_| {})]), with("a", [table(2.0), plan(|_| {})]), with("a", [table(1.0), plan(|p| p.seed = 7)])] {
            assert!(!finds(other, FOLD, &made));
        }
        let mut other = with("a", [table(1.0), plan(|_| {})]);
        other.restore(vec![made]);
        assert_eq!(other.start(0, FOLD, b"other"), None);
    }

    #[test]
    fn settings_changed_after_the_audit_do_not_hide_what_a_next_visit_finds_without_that_change() {
        let sets = || ContextPart::FeatureSets(Arc::new(Vec::new()));
        let made = record(with("a", [table(1.0), plan(|p| p.seed = 7), sets(), plan(|_| {})]), FOLD);
        assert!(finds(with("a", [table(1.0), plan(|_| {}), sets()]), FOLD, &made));
    }

    #[test]
    fn a_trial_is_known_by_its_hyperparameters_and_fold_not_by_its_place() {
        let job = |trial, fold| Job::Trial { trial, fold };
        let at = |list: &[Chosen]| with("a", [table(1.0), plan(|_| {}), trials(list)]);
        let made = record(at(&[tree(3), tree(5)]), job(1, 2));
        assert!(finds(at(&[tree(5)]), job(0, 2), &made), "the wave was cut short by a stop");
        assert!(!finds(at(&[tree(3), tree(5)]), job(0, 2), &made) && !finds(at(&[tree(5)]), job(0, 1), &made));
        assert!(!finds(at(&[]), job(0, 2), &made), "a trial that is not listed");
    }

    #[test]
    fn a_trial_is_found_beside_other_learners_and_in_a_longer_search_but_not_on_other_folds() {
        let job = Job::Trial { trial: 0, fold: 0 };
        let beside = |act: fn(&mut Plan)| with("a", [table(1.0), plan(act), trials(&[tree(5)])]);
        let made = record(beside(|_| {}), job);
        assert!(finds(beside(|p| p.learners.clear()), job, &made));
        assert!(finds(beside(|p| p.search = Some(crate::settings::SearchChoice::default())), job, &made));
        assert!(!finds(beside(|p| p.split.folds = 3), job, &made) && !finds(beside(|p| p.metric = "mae".into()), job, &made));
    }

    #[test]
    fn the_sealed_rows_are_never_opened_from_memory() {
        let mut checkpoint = with("a", [table(1.0)]);
        assert_eq!(checkpoint.start(0, Job::Holdout { baseline: None }, b"holdout"), None);
        assert_eq!(checkpoint.done(0, b"result"), None);
    }

    #[test]
    fn a_new_plan_ends_what_a_run_made_for_the_old_one() {
        let folds = || ContextPart::Folds(Arc::new(Vec::new()));
        let job = Job::Compare(0);
        let made = record(with("a", [table(1.0), plan(|p| p.seed = 7), folds(), plan(|_| {})]), job);
        assert!(finds(with("a", [table(1.0), plan(|_| {})]), job, &made));
        assert!(!finds(with("a", [table(1.0), plan(|_| {}), folds()]), job, &made));
    }

    #[test]
    fn the_records_of_another_visit_or_table_make_way() {
        let mut checkpoint = with("a", [table(1.0)]);
        let anew = |checkpoint: &mut Checkpoint| {
            checkpoint.start(0, FOLD, b"fold");
            checkpoint.done(0, b"result").unwrap().0
        };
        assert!(anew(&mut checkpoint), "nobody asked for those of an earlier visit");
        assert!(!anew(&mut checkpoint));
        hold(&mut checkpoint, table(2.0));
        assert!(anew(&mut checkpoint));
        checkpoint.restore(Vec::new());
        assert!(!anew(&mut checkpoint), "an earlier visit is gone on with");
    }
}
