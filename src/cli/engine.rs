//! The native shell of a session: files from disk, jobs on threads, events kept for printing.

use super::print;
use crate::error::{Error, Result};
use crate::pipeline::{ContextPart, drive};
use crate::protocol::{Command, Event, Export, FileRole, Section, Step, Wish};
use crate::session::Session;
use std::collections::{BTreeMap, VecDeque};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Bytes read from disk at once.
const SLICE: usize = 4 << 20;

/// A session with its files and what it has said so far.
#[derive(Default)]
pub(super) struct Engine {
    session: Session,
    paths: Vec<PathBuf>,
    context: Vec<ContextPart>,
    /// The newest content of each step.
    pub sections: BTreeMap<Step, Section>,
    /// The newest file exported.
    exported: Option<(String, Vec<u8>)>,
    refusal: Option<Error>,
}

impl Engine {
    /// Opens files with their roles; settings must have been given before, so that nothing is computed twice.
    pub fn open(&mut self, files: &[(PathBuf, FileRole)]) -> Result<()> {
        let mut named = Vec::new();
        for (path, _) in files {
            let facts = std::fs::metadata(path).map_err(|e| Error::unreadable(&path.display().to_string(), &e.to_string()))?;
            if facts.is_dir() {
                return Err(Error::unreadable(&path.display().to_string(), "it is a folder"));
            }
            let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
            named.push((name, facts.len()));
        }
        self.paths = files.iter().map(|(path, _)| path.clone()).collect();
        self.session.set_roles(files.iter().map(|(_, role)| *role).collect());
        self.command(Command::OpenFiles { files: named })
    }

    /// Gives a command and does everything it leads to.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn command(&mut self, command: Command) -> Result<()> {
        let wishes = self.session.command(command);
        self.fulfil(wishes)
    }

    /// Settings to start with, before a file is open.
    pub fn start_with(&mut self, settings: crate::settings::Settings, up_to: Step) {
        self.session.start_with(settings, up_to);
    }

    /// Whether findings at or above a severity are open.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// A file of the run.
    ///
    /// # Errors
    /// It has not been computed.
    pub fn export(&mut self, what: Export) -> Result<(String, Vec<u8>)> {
        self.command(Command::Export { what })?;
        self.exported.take().ok_or_else(|| Error::internal("an export without a file"))
    }

    fn fulfil(&mut self, wishes: Vec<Wish>) -> Result<()> {
        let mut queue: VecDeque<Wish> = wishes.into();
        while let Some(wish) = queue.pop_front() {
            match wish {
                Wish::Tell(event) => self.hear(event),
                Wish::Read { slot } => queue.extend(self.read(slot)?),
                Wish::Context(part) => {
                    self.context.retain(|held| std::mem::discriminant(held) != std::mem::discriminant(part.as_ref()));
                    self.context.push(*part);
                }
                Wish::Start(mut jobs) => {
                    self.session.hand_out(&mut jobs, rayon::current_num_threads());
                    let values: Vec<_> = jobs.iter().map(|(_, job)| *job).collect();
                    let results = drive(&self.context, &values, &print::progress);
                    for ((id, _), result) in jobs.iter().zip(results) {
                        queue.extend(self.session.job_done(*id, result));
                    }
                }
                Wish::Stop | Wish::Registry { .. } => {}
            }
        }
        print::progress_end();
        self.refusal.take().map_or(Ok(()), Err)
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Section { step, section } => {
                self.sections.insert(step, *section);
            }
            Event::Progress { stage, .. } => print::stage(&stage),
            Event::File { name, bytes, .. } => self.exported = Some((name, bytes)),
            Event::Refused { error } => self.refusal = Some(error),
            Event::Kept { .. } | Event::NotKept { .. } | Event::Proposed { .. } | Event::Elsewhere => {}
            Event::Catalogue { .. } | Event::State { .. } | Event::Rows { .. } | Event::Idle { .. } => {}
        }
    }

    fn read(&mut self, slot: u32) -> Result<Vec<Wish>> {
        let path = self.paths.get(slot as usize).cloned().ok_or_else(|| Error::internal("a file that was not opened"))?;
        let mut more = true;
        for_each_slice(&path, &mut |slice| {
            more = more && self.session.chunk(slot, slice);
            more
        })?;
        Ok(self.session.end_of_file(slot))
    }
}

/// Reads a file slice by slice until `take` says no.
pub(super) fn for_each_slice(path: &Path, take: &mut dyn FnMut(&[u8]) -> bool) -> Result<()> {
    let unreadable = |e: std::io::Error| Error::unreadable(&path.display().to_string(), &e.to_string());
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    let mut buffer = vec![0; SLICE];
    loop {
        let n = file.read(&mut buffer).map_err(unreadable)?;
        if n == 0 || !take(&buffer[..n]) {
            return Ok(());
        }
    }
}
