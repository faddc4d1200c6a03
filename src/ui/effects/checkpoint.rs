//! Finished jobs of a run, kept so that a run whose tab was closed goes on where it was.
//!
//! What a job gives depends on the job and the context only, so a result is known by what it was made from: the build, the fingerprints
//! of the parts of the context, and the job itself. A result that does not fit is never found, hence never wrong.

use crate::pipeline::Job;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Most bytes of results kept, in all: a run at the largest size has a few dozen results of up to a megabyte.
const MOST_BYTES: usize = 64 << 20;
/// First byte of a packed plan; the parts with a larger one are made by a run and end with the plan they were made for.
const PLAN: u8 = 3;
/// First byte of a packed table.
const TABLE: u8 = 1;

/// Bytes of a key, which a record begins with.
pub const KEY_BYTES: usize = 32;
/// Fingerprint of what a result was made from: SHA-256.
type Key = [u8; KEY_BYTES];

/// The context's fingerprints, the jobs that are out, and the results that were found.
#[derive(Debug, Default)]
pub struct Checkpoint {
    build: String,
    parts: BTreeMap<u8, Key>,
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

    /// Takes a part of the context, packed: its first byte says which.
    pub fn hold(&mut self, packed: &[u8]) {
        let Some(&tag) = packed.first() else { return };
        if tag <= PLAN {
            self.parts.retain(|&other, _| other <= PLAN);
        }
        let before = self.parts.insert(tag, Sha256::digest(packed).into());
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
                | Job::Fold { .. }
                | Job::Compare(_)
                | Job::FitPart { .. }
                | Job::Importance { .. }
                | Job::Explain { fold: Some(_), .. }
        );
        if !worth {
            return None;
        }
        let mut hash = Sha256::new();
        hash.update(self.build.as_bytes());
        self.parts.iter().for_each(|(tag, part)| hash.update([&[*tag], part.as_slice()].concat()));
        hash.update(packed);
        let key = hash.finalize().into();
        let known = self.found.get(&key).cloned();
        if known.is_none() {
            self.out.insert(id, key);
        }
        known
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

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    const FOLD: Job = Job::Fold { learner: 1, fold: 2 };

    fn checkpoint(build: &str, table: &[u8]) -> Checkpoint {
        let mut checkpoint = Checkpoint::new(build.to_owned());
        checkpoint.hold(&[&[1], table].concat());
        checkpoint
    }

    /// The record of a fold that gave `result`.
    fn record() -> Vec<u8> {
        let mut first = checkpoint("a", b"table");
        assert_eq!(first.start(7, FOLD, b"fold"), None);
        first.done(7, b"result").unwrap().1
    }

    #[wasm_bindgen_test]
    fn a_finished_job_is_found_again_on_the_next_visit() {
        let mut second = checkpoint("a", b"table");
        second.restore(vec![record(), b"damaged".to_vec()]);
        assert_eq!(second.start(0, FOLD, b"fold"), Some(b"result".to_vec()));
        assert_eq!(second.done(0, b"result"), None, "it is kept already");
    }

    #[wasm_bindgen_test]
    fn another_build_table_plan_or_job_finds_nothing() {
        let mut planned = checkpoint("a", b"table");
        planned.hold(&[PLAN, 1]);
        for mut other in [checkpoint("b", b"table"), checkpoint("a", b"other"), planned] {
            other.restore(vec![record()]);
            assert_eq!(other.start(0, FOLD, b"fold"), None);
        }
        let mut other = checkpoint("a", b"table");
        other.restore(vec![record()]);
        assert_eq!(other.start(0, FOLD, b"other"), None);
    }

    #[wasm_bindgen_test]
    fn the_sealed_rows_are_never_opened_from_memory() {
        let mut checkpoint = checkpoint("a", b"table");
        assert_eq!(checkpoint.start(0, Job::Holdout { baseline: None }, b"holdout"), None);
        assert_eq!(checkpoint.done(0, b"result"), None);
    }

    #[wasm_bindgen_test]
    fn a_new_plan_ends_what_a_run_made_for_the_old_one() {
        let mut used = checkpoint("a", b"table");
        used.hold(&[PLAN + 1, 9]);
        used.hold(&[PLAN, 1]);
        let mut fresh = checkpoint("a", b"table");
        fresh.hold(&[PLAN, 1]);
        used.start(0, FOLD, b"fold");
        fresh.restore(vec![used.done(0, b"result").unwrap().1]);
        assert_eq!(fresh.start(0, FOLD, b"fold"), Some(b"result".to_vec()));
    }

    #[wasm_bindgen_test]
    fn the_records_of_another_visit_or_table_make_way() {
        let mut checkpoint = checkpoint("a", b"table");
        let anew = |checkpoint: &mut Checkpoint| {
            checkpoint.start(0, FOLD, b"fold");
            checkpoint.done(0, b"result").unwrap().0
        };
        assert!(anew(&mut checkpoint), "nobody asked for those of an earlier visit");
        assert!(!anew(&mut checkpoint));
        checkpoint.hold(&[TABLE, 2]);
        assert!(anew(&mut checkpoint));
        checkpoint.restore(Vec::new());
        assert!(!anew(&mut checkpoint), "an earlier visit is gone on with");
    }
}
