//! A shell for tests: files in memory, jobs run in turn by a few contexts in any order wished. Works on every target.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "each test file uses a part of it, and a test may fail")]

use serde::{Serialize, de::DeserializeOwned};
use std::collections::{BTreeMap, VecDeque};
use watertight::pipeline::{Context, ContextPart, Job};
use watertight::protocol::{Command, Error, Event, Export, Section, State, Step, Wish, pack, unpack};
use watertight::session::Session;

/// How jobs are dealt to workers, and in which order they are done.
#[derive(Clone, Copy, Debug)]
pub struct Staff {
    pub workers: usize,
    pub backwards: bool,
}

pub const ALONE: Staff = Staff { workers: 1, backwards: false };

pub struct Desk {
    pub session: Session,
    staff: Staff,
    contexts: Vec<Context>,
    files: Vec<Vec<u8>>,
    pub sections: BTreeMap<Step, Section>,
    pub state: State,
    pub refusals: Vec<Error>,
    pub exported: Option<(String, Vec<u8>)>,
    pub rows: Vec<Vec<Option<String>>>,
    pub proposed: Vec<watertight::protocol::Change>,
    /// Versions of the registry as a page would keep them.
    pub kept: BTreeMap<String, String>,
}

impl Desk {
    pub fn new(staff: Staff) -> Self {
        Self {
            session: Session::new(),
            staff,
            contexts: (0..staff.workers).map(|_| Context::default()).collect(),
            files: Vec::new(),
            sections: BTreeMap::new(),
            state: State::default(),
            refusals: Vec::new(),
            exported: None,
            rows: Vec::new(),
            proposed: Vec::new(),
            kept: BTreeMap::new(),
        }
    }

    /// A desk with one CSV open, audited.
    pub fn with_csv(text: &str) -> Self {
        let mut desk = Self::new(ALONE);
        desk.open(&[("table.csv", text.as_bytes())]);
        desk
    }

    /// A desk with a sample computed up to a step.
    pub fn with_sample(staff: Staff, id: &str, rows: u32, to: Step) -> Self {
        let mut desk = Self::new(staff);
        desk.command(Command::OpenSample { id: id.into(), rows });
        desk.command(Command::Run { to });
        desk
    }

    pub fn open(&mut self, files: &[(&str, &[u8])]) {
        self.files = files.iter().map(|(_, bytes)| bytes.to_vec()).collect();
        self.command(Command::OpenFiles { files: files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.len() as u64)).collect() });
    }

    pub fn command(&mut self, command: Command) {
        let wishes = self.session.command(carried(&command));
        self.fulfil(wishes);
    }

    pub fn run(&mut self, to: Step) {
        self.command(Command::Run { to });
    }

    pub fn export(&mut self, what: Export) -> String {
        self.exported = None;
        self.command(Command::Export { what });
        let (_, bytes) = self.exported.take().unwrap_or_else(|| panic!("no file: {:?}", self.refusals));
        String::from_utf8(bytes).unwrap()
    }

    /// The file as text, or `None` when the export was refused.
    pub fn try_export(&mut self, what: Export) -> Option<String> {
        self.exported = None;
        self.command(Command::Export { what });
        self.exported.take().map(|(_, bytes)| String::from_utf8(bytes).unwrap())
    }

    /// The file's bytes.
    pub fn export_bytes(&mut self, what: Export) -> Vec<u8> {
        self.exported = None;
        self.command(Command::Export { what });
        self.exported.take().unwrap_or_else(|| panic!("no file: {:?}", self.refusals)).1
    }

    fn fulfil(&mut self, wishes: Vec<Wish>) {
        let mut queue: VecDeque<Wish> = wishes.into();
        while let Some(wish) = queue.pop_front() {
            match wish {
                Wish::Tell(event) => self.hear(carried(&event)),
                Wish::Read { slot } => {
                    let bytes = self.files[slot as usize].clone();
                    let _ = bytes.chunks(1000).all(|slice| self.session.chunk(slot, slice));
                    queue.extend(self.session.end_of_file(slot));
                }
                Wish::Context(part) => self.give(&part),
                Wish::Start(jobs) => queue.extend(self.work(jobs)),
                Wish::Registry { id, line: Some(line) } => drop(self.kept.insert(id, line)),
                Wish::Registry { id, line: None } => drop(self.kept.remove(&id)),
                Wish::Stop => {}
            }
        }
    }

    /// Every worker gets its context through bytes, as in the page.
    fn give(&mut self, part: &ContextPart) {
        let bytes = part.to_bytes().unwrap();
        for context in &mut self.contexts {
            context.set(ContextPart::from_bytes(&bytes).unwrap());
        }
    }

    fn work(&mut self, mut jobs: Vec<(u64, Job)>) -> Vec<Wish> {
        if self.staff.backwards {
            jobs.reverse();
        }
        let mut wishes = Vec::new();
        for (i, (id, job)) in jobs.into_iter().enumerate() {
            let worker = i % self.contexts.len();
            let result = self.contexts[worker].run(carried(&job), &mut |_, _| {});
            wishes.extend(self.session.job_done(id, result.map(|output| carried(&output))));
        }
        wishes
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Section { step, section } => {
                self.sections.insert(step, *section);
            }
            Event::State { state } => self.state = *state,
            Event::Refused { error } => self.refusals.push(error),
            Event::File { name, bytes, .. } => self.exported = Some((name, bytes)),
            Event::Rows { rows, .. } => self.rows = rows,
            Event::Proposed { changes } => self.proposed = changes,
            Event::Catalogue { .. } | Event::Progress { .. } | Event::Idle { .. } | Event::Kept { .. } | Event::NotKept { .. } | Event::Elsewhere => {
            }
        }
    }
}

/// A numbered column of noise for tables made in tests.
pub fn noise(seed: u64, index: u64, n: usize) -> Vec<f64> {
    let mut stream = watertight::math::rng::Stream::new(seed, "tests/noise", index);
    (0..n).map(|_| (stream.normal() * 1000.0).round() / 1000.0).collect()
}

/// CSV of columns of numbers.
pub fn csv(columns: &[(&str, &[f64])]) -> String {
    let mut text = columns.iter().map(|c| c.0).collect::<Vec<_>>().join(",") + "\n";
    for row in 0..columns[0].1.len() {
        text += &(columns.iter().map(|c| c.1[row].to_string()).collect::<Vec<_>>().join(",") + "\n");
    }
    text
}

/// A message as it arrives: through bytes, as in the page.
fn carried<T: Serialize + DeserializeOwned>(message: &T) -> T {
    let bytes = pack(message).unwrap();
    unpack(&bytes).unwrap_or_else(|e| panic!("{e}: {}", serde_json::to_string(message).unwrap_or_default()))
}
