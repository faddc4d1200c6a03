//! Which worker does which job, who is missed, and what is run again: the pool as plain values, without a browser.
//!
//! Every job is given to one worker at a time. A worker that ends or falls silent is replaced and its job goes back to the head of
//! the queue, at most [`MOST_RUNS`] runs in all. Jobs are values, so neither the order nor a second run changes a result.
//!
//! A worker answers a ping only between jobs and messages keep their order: an answer to a ping that was sent during a job, arriving
//! while that job is still open, means that the job was lost inside the worker.

use std::collections::{BTreeMap, VecDeque};

/// Runs of one job before it counts as failed: the first and two more, since a third crash is hardly chance.
pub const MOST_RUNS: u32 = 3;
/// Workers that may end one after another without one answer between them, before we stop starting new ones.
pub const MOST_DEATHS: u32 = 12;

/// What the shell must do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Send the job to the worker.
    Send {
        /// Worker.
        key: u32,
        /// Job.
        id: u64,
    },
    /// Ask the worker for a sign of life; it returns the job number when it is idle.
    Ping {
        /// Worker.
        key: u32,
        /// The job it is believed to run.
        id: u64,
    },
    /// End the worker; start another if `again`.
    Replace {
        /// Worker.
        key: u32,
        /// Whether a new one takes its place.
        again: bool,
    },
    /// Answer the job with an error.
    GiveUp {
        /// Job.
        id: u64,
    },
}

#[derive(Clone, Copy, Debug, Default)]
struct Seat {
    ready: bool,
    job: Option<(u64, u32)>,
    silent: u32,
}

/// Workers and jobs.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    seats: BTreeMap<u32, Seat>,
    waiting: VecDeque<(u64, u32)>,
    patience: u32,
    deaths: u32,
}

impl Queue {
    /// A queue without workers. `patience`: seconds without a sign of life after which a busy worker counts as dead.
    #[must_use]
    pub fn new(patience: u32) -> Self {
        Self { patience: patience.max(2), ..Self::default() }
    }

    /// A worker was started; it gets jobs once it is [`Self::ready`].
    pub fn seat(&mut self, key: u32) {
        self.seats.insert(key, Seat::default());
    }

    /// The worker has its context.
    pub fn ready(&mut self, key: u32) -> Vec<Act> {
        if let Some(seat) = self.seats.get_mut(&key) {
            seat.ready = true;
        }
        self.deal()
    }

    /// New jobs, in order.
    pub fn push(&mut self, ids: impl IntoIterator<Item = u64>) -> Vec<Act> {
        self.waiting.extend(ids.into_iter().map(|id| (id, 1)));
        if self.is_broken() { self.waiting.drain(..).map(|(id, _)| Act::GiveUp { id }).collect() } else { self.deal() }
    }

    /// A worker answered a job. `None`: nobody waits for that answer.
    pub fn answered(&mut self, key: u32, id: u64) -> Option<Vec<Act>> {
        let seat = self.seats.get_mut(&key).filter(|seat| seat.job.is_some_and(|(job, _)| job == id))?;
        seat.job = None;
        self.deaths = 0;
        Some(self.deal())
    }

    /// A worker gave a sign of life.
    pub fn heard(&mut self, key: u32) {
        if let Some(seat) = self.seats.get_mut(&key) {
            seat.silent = 0;
        }
    }

    /// A worker returned a ping that was sent while it was believed to run job `id`.
    pub fn idle(&mut self, key: u32, id: u64) -> Vec<Act> {
        self.heard(key);
        if self.seats.get(&key).is_some_and(|seat| seat.job.is_some_and(|(job, _)| job == id)) { self.died(key) } else { Vec::new() }
    }

    /// A worker ended or is given up.
    pub fn died(&mut self, key: u32) -> Vec<Act> {
        let Some(seat) = self.seats.remove(&key) else { return Vec::new() };
        self.deaths += 1;
        let mut acts = vec![Act::Replace { key, again: self.deaths < MOST_DEATHS }];
        match seat.job {
            Some((id, runs)) if runs < MOST_RUNS => self.waiting.push_front((id, runs + 1)),
            Some((id, _)) => acts.push(Act::GiveUp { id }),
            None => {}
        }
        if self.is_broken() {
            acts.extend(self.waiting.drain(..).map(|(id, _)| Act::GiveUp { id }));
        }
        acts.extend(self.deal());
        acts
    }

    /// A second has passed: asks busy workers for a sign of life and gives up those that were silent too long.
    pub fn tick(&mut self) -> Vec<Act> {
        let mut acts = Vec::new();
        let mut silent = Vec::new();
        for (&key, seat) in &mut self.seats {
            let Some((id, _)) = seat.job else { continue };
            seat.silent += 1;
            if seat.silent > self.patience { silent.push(key) } else { acts.push(Act::Ping { key, id }) }
        }
        acts.extend(silent.into_iter().flat_map(|key| self.died(key)));
        acts
    }

    /// All jobs are forgotten; busy workers are replaced.
    pub fn stop(&mut self) -> Vec<Act> {
        self.waiting.clear();
        let busy: Vec<u32> = self.seats.iter().filter(|(_, seat)| seat.job.is_some()).map(|(&key, _)| key).collect();
        for key in &busy {
            self.seats.remove(key);
        }
        busy.into_iter().map(|key| Act::Replace { key, again: true }).collect()
    }

    /// Whether no worker is left and none is started any more.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.deaths >= MOST_DEATHS && self.seats.is_empty()
    }

    /// Workers by key.
    #[must_use]
    pub fn keys(&self) -> Vec<u32> {
        self.seats.keys().copied().collect()
    }

    /// Takes a worker out: its job, if any, waits for another one and the run does not count.
    pub fn dismiss(&mut self, key: u32) -> Vec<Act> {
        if let Some(job) = self.seats.remove(&key).and_then(|seat| seat.job) {
            self.waiting.push_front(job);
        }
        self.deal()
    }

    fn deal(&mut self) -> Vec<Act> {
        let mut acts = Vec::new();
        for (&key, seat) in self.seats.iter_mut().filter(|(_, seat)| seat.ready && seat.job.is_none()) {
            let Some(job) = self.waiting.pop_front() else { break };
            seat.job = Some(job);
            seat.silent = 0;
            acts.push(Act::Send { key, id: job.0 });
        }
        acts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn two_workers() -> Queue {
        let mut queue = Queue::new(5);
        for key in [1, 2] {
            queue.seat(key);
            assert!(queue.ready(key).is_empty());
        }
        queue
    }

    #[wasm_bindgen_test]
    fn jobs_go_out_in_order_one_to_each_worker() {
        let mut queue = two_workers();
        assert_eq!(queue.push([7, 8, 9]), [Act::Send { key: 1, id: 7 }, Act::Send { key: 2, id: 8 }]);
        assert_eq!(queue.answered(2, 8), Some(vec![Act::Send { key: 2, id: 9 }]));
    }

    #[wasm_bindgen_test]
    fn a_worker_without_context_gets_no_job() {
        let mut queue = Queue::new(5);
        queue.seat(1);
        assert!(queue.push([7]).is_empty());
        assert_eq!(queue.ready(1), [Act::Send { key: 1, id: 7 }]);
    }

    #[wasm_bindgen_test]
    fn the_job_of_a_dead_worker_is_run_again_twice_and_then_fails() {
        let mut queue = Queue::new(5);
        for key in [1, 2, 3] {
            queue.seat(key);
            queue.ready(key);
            let acts = if key == 1 { queue.push([7]) } else { Vec::new() };
            assert_eq!(acts.len(), usize::from(key == 1));
            let mut expected = vec![Act::Replace { key, again: true }];
            if key == 3 {
                expected.push(Act::GiveUp { id: 7 });
            }
            assert_eq!(queue.died(key), expected);
        }
    }

    #[wasm_bindgen_test]
    fn a_silent_worker_is_replaced_after_the_patience() {
        let mut queue = two_workers();
        queue.push([7]);
        for _ in 0..5 {
            assert_eq!(queue.tick(), [Act::Ping { key: 1, id: 7 }]);
        }
        assert_eq!(queue.tick(), [Act::Replace { key: 1, again: true }, Act::Send { key: 2, id: 7 }]);
    }

    #[wasm_bindgen_test]
    fn a_sign_of_life_starts_the_patience_anew() {
        let mut queue = two_workers();
        queue.push([7]);
        for _ in 0..20 {
            assert_eq!(queue.tick().len(), 1);
            queue.heard(1);
        }
    }

    #[wasm_bindgen_test]
    fn an_idle_worker_with_an_open_job_has_lost_it() {
        let mut queue = two_workers();
        queue.push([7]);
        assert_eq!(queue.idle(1, 7), [Act::Replace { key: 1, again: true }, Act::Send { key: 2, id: 7 }]);
        assert!(queue.idle(2, 6).is_empty(), "the ping belongs to an earlier job");
    }

    #[wasm_bindgen_test]
    fn stop_forgets_all_jobs_and_ends_busy_workers_only() {
        let mut queue = two_workers();
        queue.push([7]);
        assert_eq!(queue.stop(), [Act::Replace { key: 1, again: true }]);
        assert_eq!(queue.answered(1, 7), None, "a late answer is nobody's");
        assert_eq!(queue.keys(), [2]);
    }

    #[wasm_bindgen_test]
    fn when_every_worker_dies_everything_is_given_up_instead_of_starting_for_ever() {
        let mut queue = Queue::new(5);
        queue.push([7, 8]);
        let mut given_up = Vec::new();
        for key in 0..MOST_DEATHS {
            queue.seat(key);
            queue.ready(key);
            given_up.extend(queue.died(key).into_iter().filter(|act| matches!(act, Act::GiveUp { .. })));
        }
        assert_eq!(given_up, [Act::GiveUp { id: 7 }, Act::GiveUp { id: 8 }]);
        assert!(queue.is_broken());
        assert_eq!(queue.push([9]), [Act::GiveUp { id: 9 }]);
    }

    #[wasm_bindgen_test]
    fn a_dismissed_worker_leaves_its_job_to_the_others() {
        let mut queue = two_workers();
        queue.push([7, 8, 9]);
        assert!(queue.dismiss(1).is_empty());
        assert_eq!(queue.answered(2, 8), Some(vec![Act::Send { key: 2, id: 7 }]));
    }
}
