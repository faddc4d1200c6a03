//! The native driver: jobs on threads, results in job order.

use super::{Context, ContextPart, Job, JobOutput};
use crate::error::{Error, Result};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs all jobs on rayon's threads. Every thread holds a context of its own, so nothing one job leaves behind can reach another
/// in a way that depends on the number of threads. `progress` is told jobs done and jobs planned.
#[must_use]
pub fn drive(parts: &[ContextPart], jobs: &[Job], progress: &(dyn Fn(u64, u64) + Sync)) -> Vec<Result<JobOutput>> {
    let results: Vec<Mutex<Option<Result<JobOutput>>>> = jobs.iter().map(|_| Mutex::new(None)).collect();
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let mut context = Context::default();
        parts.iter().cloned().for_each(|part| context.set(part));
        while let Some((job, slot)) = take(&next, jobs, &results) {
            let result = context.run(*job, &mut |_, _| {});
            if let Ok(mut slot) = slot.lock() {
                *slot = Some(result);
            }
            progress(done.fetch_add(1, Ordering::Relaxed) as u64 + 1, jobs.len() as u64);
        }
    };
    let threads = rayon::current_num_threads().min(jobs.len());
    rayon::scope(|scope| (0..threads).for_each(|_| scope.spawn(|_| work())));
    let finished = |slot: Mutex<Option<Result<JobOutput>>>| slot.into_inner().ok().flatten();
    results.into_iter().map(|slot| finished(slot).unwrap_or_else(|| Err(Error::internal("a job that never ended")))).collect()
}

type Slot = Mutex<Option<Result<JobOutput>>>;

fn take<'a>(next: &AtomicUsize, jobs: &'a [Job], slots: &'a [Slot]) -> Option<(&'a Job, &'a Slot)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    jobs.get(index).zip(slots.get(index))
}
