//! A session: a fold over commands, file chunks and job results. It runs the same natively and in a worker.

use crate::error::Result;
use crate::pipeline::JobOutput;
use crate::protocol::{Command, Wish};

/// Everything one person is working on.
#[derive(Debug, Default)]
pub struct Session {}

impl Session {
    /// A session with nothing open.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a command; gives what the shell must do, in order.
    pub fn command(&mut self, command: Command) -> Vec<Wish> {
        let _ = command;
        Vec::new()
    }

    /// Takes the next bytes of the file asked for by [`Wish::Read`]. A refusal arrives as an event; the rest of the file need not be sent then (`false`).
    pub fn chunk(&mut self, slot: u32, bytes: &[u8]) -> bool {
        let _ = (slot, bytes);
        true
    }

    /// The file asked for has ended (or the refusal stopped it).
    pub fn end_of_file(&mut self, slot: u32) -> Vec<Wish> {
        let _ = slot;
        Vec::new()
    }

    /// Takes the result of job `id`.
    pub fn job_done(&mut self, id: u64, result: Result<JobOutput>) -> Vec<Wish> {
        let _ = (id, result);
        Vec::new()
    }
}
