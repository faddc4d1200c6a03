//! A session: a fold over commands, file chunks and job results. It runs the same natively and in a worker.
//!
//! The shell calls [`Session::command`], [`Session::chunk`], [`Session::end_of_file`] and [`Session::job_done`] and does what the
//! returned [`Wish`]es say. Files, clocks, threads and storage are the shell's.

mod catalogue;
mod exports;
mod availability;
mod files;
mod project;
mod registry;
mod repair;
#[cfg(test)]
mod tests;
mod view;

pub use catalogue::catalogue;
pub use exports::predictions_file;
pub use registry::{comparison_report, run_archive};

use crate::audit::{CANCELLED, CHECKS, LAST, NOT_YET};
use crate::error::{Error, Result};
use crate::pipeline::{ContextPart, Job, JobOutput, Run, Stage, hand_out};
use crate::protocol::{Command, Event, FileRole, Step, Wish};
use crate::quality::OwnRule;
use crate::report::sections::searching;
use crate::report::words::awaited;
use crate::settings::Settings;
use files::Files;
use project::Project;
use registry::Shelf;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Most changes of settings that can be taken back.
const UNDO_DEPTH: usize = 200;

/// Everything one person is working on.
#[derive(Default)]
pub struct Session {
    settings: Settings,
    undo: Vec<Settings>,
    redo: Vec<Settings>,
    files: Files,
    run: Run,
    /// Compute up to this step.
    wanted: Option<Step>,
    wave: Option<Running>,
    next_id: u64,
    start: Option<(Settings, Step)>,
    roles: Vec<FileRole>,
    /// A project that was read while something else is open.
    proposed: Option<Project>,
    /// Quality rules of the user's own that no plan holds.
    rules_alone: Vec<OwnRule>,
    /// Steps that had a result which newer settings have made invalid.
    stale: BTreeSet<Step>,
    shelf: Shelf,
}

/// The wave of jobs that is out.
struct Running {
    stage: Stage,
    title: &'static str,
    first_id: u64,
    results: Vec<Option<Result<JobOutput>>>,
    jobs: Vec<Job>,
    done: u64,
}

/// The audit check that a job is.
fn check_id(job: Job) -> Option<&'static str> {
    if let Job::Check(index) = job { CHECKS.get(index as usize).map(|c| c.id) } else { None }
}

impl Session {
    /// A session with nothing open.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Settings to use for the files opened next, and the step to compute up to once they are read.
    pub fn start_with(&mut self, settings: Settings, up_to: Step) {
        self.start = Some((settings, up_to));
    }

    /// Roles of the files opened next, instead of guessing them from their names.
    pub fn set_roles(&mut self, roles: Vec<FileRole>) {
        self.roles = roles;
    }

    /// Takes a command; gives what the shell must do, in order.
    pub fn command(&mut self, command: Command) -> Vec<Wish> {
        let mut wishes = Vec::new();
        if let Err(error) = self.obey(command, &mut wishes) {
            wishes.push(Wish::Tell(Event::Refused { error }));
            wishes.push(self.tell_state());
        }
        wishes
    }

    fn obey(&mut self, command: Command, wishes: &mut Vec<Wish>) -> Result<()> {
        match command {
            Command::Hello => {
                let catalogue = Box::new(catalogue());
                wishes.extend([Wish::Tell(Event::Catalogue { catalogue }), self.tell_registry(), self.tell_state()]);
                Ok(())
            }
            Command::OpenSample { id, rows } => {
                self.close(wishes);
                self.settings = self.files.open_sample(&id, rows)?;
                self.rebuild(wishes)
            }
            Command::OpenFiles { files } => self.open_files(&files, wishes),
            Command::SetFileRole { slot, role } => {
                self.stop(wishes);
                self.files.set_role(slot, role)?;
                self.rebuild(wishes)
            }
            Command::SetSettings { settings } => self.change(*settings, wishes),
            Command::ApplyRemedy { finding, remedy } => self.change(self.remedied(&self.settings, &finding, &remedy), wishes),
            Command::Repair => self.change(self.repaired(), wishes),
            Command::Accept { finding, reason } => self.accept(finding, reason.trim(), wishes),
            Command::Undo => self.step_back(wishes),
            Command::Redo => self.step_forward(wishes),
            Command::Run { to } => {
                self.wanted = Some(self.wanted.map_or(to, |w| w.max(to)));
                self.advance(wishes);
                Ok(())
            }
            Command::MeasurePower => {
                self.run.outcome.power_wanted = self.run.outcome.power.is_none();
                self.obey(Command::Run { to: Step::Audit }, wishes)
            }
            Command::Cancel => {
                self.stop_saying(wishes, CANCELLED);
                wishes.extend([Step::Audit, Step::Train].into_iter().flat_map(|step| self.tell_sections(step)));
                self.wanted = None;
                wishes.extend([Wish::Tell(Event::Idle { cancelled: true }), self.tell_state()]);
                Ok(())
            }
            Command::Rows { first, count } => {
                wishes.push(Wish::Tell(self.files.rows(first, count)));
                Ok(())
            }
            Command::Export { what } => {
                wishes.push(Wish::Tell(self.export(what)?));
                Ok(())
            }
            Command::Registry { ask } => self.ask(ask, wishes),
            Command::OpenProject { bytes } => self.propose(project::read(&bytes)?, wishes),
            Command::AnswerProposal { open } => match self.proposed.take().filter(|_| open) {
                Some(project) => self.open_project(project, wishes),
                None => Ok(()),
            },
            Command::Close => {
                self.close(wishes);
                wishes.push(self.tell_state());
                Ok(())
            }
        }
    }

    /// Opens a project where nothing is open; else tells what it would change and waits for the answer.
    fn propose(&mut self, project: Project, wishes: &mut Vec<Wish>) -> Result<()> {
        if self.files.is_empty() {
            return self.open_project(project, wishes);
        }
        let changes = project::changes(&self.settings, &self.files.open(), &project)?;
        self.proposed = Some(project);
        wishes.push(Wish::Tell(Event::Proposed { changes }));
        Ok(())
    }

    /// Opens a project; when one of its files cannot be read, what was open stays.
    fn open_project(&mut self, project: Project, wishes: &mut Vec<Wish>) -> Result<()> {
        let settings = project.settings.clone();
        let mut files = Files::default();
        files.restore(project, &settings)?;
        self.close(wishes);
        (self.settings, self.files) = (settings, files);
        self.rebuild(wishes)
    }

    fn open_files(&mut self, files: &[(String, u64)], wishes: &mut Vec<Wish>) -> Result<()> {
        let (start, roles) = (self.start.take(), std::mem::take(&mut self.roles));
        self.close(wishes);
        if let Some((settings, up_to)) = start {
            settings.check_ranges()?;
            (self.settings, self.wanted) = (settings, Some(up_to));
        }
        wishes.extend(self.files.announce(files, roles, &self.settings)?);
        Ok(())
    }

    /// Takes the next bytes of the file asked for by [`Wish::Read`]. `false`: the rest need not be sent, call [`Session::end_of_file`].
    pub fn chunk(&mut self, slot: u32, bytes: &[u8]) -> bool {
        self.files.chunk(slot, bytes)
    }

    /// The file asked for has ended (or a refusal stopped it).
    pub fn end_of_file(&mut self, slot: u32) -> Vec<Wish> {
        let mut wishes = Vec::new();
        match self.files.end(slot) {
            Ok(true) => {
                if let Err(error) = self.rebuild(&mut wishes) {
                    wishes.push(Wish::Tell(Event::Refused { error }));
                }
            }
            Ok(false) => {}
            Err(error) => {
                wishes.push(Wish::Tell(Event::Refused { error }));
                wishes.push(Wish::Tell(Event::Idle { cancelled: false }));
            }
        }
        wishes.push(self.tell_state());
        wishes
    }

    /// Puts jobs that were asked for in the order in which that many workers are best given them.
    pub fn hand_out(&self, jobs: &mut [(u64, Job)], workers: usize) {
        hand_out(jobs, self.run.plan().map_or(&[], |plan| &plan.learners), workers);
    }

    /// Takes the result of job `id`. Results of jobs that were stopped are ignored.
    pub fn job_done(&mut self, id: u64, result: Result<JobOutput>) -> Vec<Wish> {
        let mut wishes = Vec::new();
        let Some(wave) = &mut self.wave else { return wishes };
        let Some(slot) = id.checked_sub(wave.first_id).and_then(|i| wave.results.get_mut(usize::try_from(i).ok()?)) else { return wishes };
        if slot.is_none() {
            wave.done += 1;
        }
        let found = matches!(&result, Ok(JobOutput::Checked(checked)) if !checked.findings.is_empty());
        *slot = Some(result);
        let stage = self.wave_title().unwrap_or_default();
        wishes.push(self.tell_progress(stage));
        let Some(wave) = &self.wave else { return wishes };
        if wave.results.iter().all(Option::is_some) {
            if let Some(wave) = self.wave.take() {
                self.finish_wave(wave, &mut wishes);
            }
        } else if wave.stage == Stage::Audit && found {
            self.run.take_part(wave.stage, &wave.jobs, &wave.results, self.files.table(), NOT_YET);
            wishes.extend(self.tell_sections(Step::Audit));
        }
        wishes
    }

    /// How far the wave is; a search, which is many waves, as a whole.
    fn tell_progress(&self, stage: String) -> Wish {
        let (done, total, of) = self.wave.as_ref().map_or((0, 0, Stage::Quality), |w| (w.done, w.results.len() as u64, w.stage));
        let (before, all) = if of == Stage::Search { self.run.outcome.fits_done() } else { (0, total) };
        Wish::Tell(Event::Progress { stage, done: before + done, total: all })
    }

    /// What is being done; of an audit also what is still to come once only searches and fits are, with their size.
    fn wave_title(&self) -> Option<String> {
        let wave = self.wave.as_ref()?;
        if wave.stage == Stage::Search {
            return Some(searching(wave.title, self.run.outcome.trials_done()));
        }
        let open: Vec<&str> = wave.jobs.iter().zip(&wave.results).filter(|(_, r)| r.is_none()).filter_map(|(job, _)| check_id(*job)).collect();
        let table = self.files.table().filter(|_| !open.is_empty() && open.iter().all(|id| LAST.contains(id)));
        Some(table.map_or_else(|| wave.title.to_owned(), |t| format!("{}: {}", wave.title, awaited(&open, t.n_rows(), t.columns().len()))))
    }

    fn finish_wave(&mut self, wave: Running, wishes: &mut Vec<Wish>) {
        let results = wave.results.into_iter().map(|r| r.unwrap_or_else(|| Err(Error::internal("a job without a result")))).collect();
        match self.run.absorb(wave.stage, &wave.jobs, results, self.files.table()) {
            Ok(part) => {
                self.complete_accepted();
                wishes.extend(part.map(|p| Wish::Context(Box::new(p))));
                wishes.extend(self.tell_sections(wave.stage.step()));
                wishes.extend(self.tell_verdict());
                self.advance(wishes);
            }
            Err(error) => {
                self.wanted = None;
                wishes.push(Wish::Tell(Event::Refused { error }));
                wishes.push(Wish::Tell(Event::Idle { cancelled: false }));
                wishes.push(self.tell_state());
            }
        }
    }

    /// Starts the next wave on the way to the step wanted, unless one is out.
    fn advance(&mut self, wishes: &mut Vec<Wish>) {
        if self.wave.is_some() || self.files.table().is_none() {
            return;
        }
        let Some(wave) = self.wanted.and_then(|to| self.run.next(to)) else {
            self.wanted = None;
            wishes.extend(self.tell_sections(Step::Decide));
            wishes.push(Wish::Tell(Event::Idle { cancelled: false }));
            wishes.push(self.tell_state());
            return;
        };
        let first_id = self.next_id;
        self.next_id += wave.jobs.len() as u64;
        let (title, needs) = (wave.title.to_owned(), wave.needs);
        let jobs = (first_id..).zip(wave.jobs.iter().copied()).collect();
        let results = wave.jobs.iter().map(|_| None).collect();
        self.wave = Some(Running { stage: wave.stage, title: wave.title, first_id, results, jobs: wave.jobs, done: 0 });
        wishes.push(self.tell_progress(title));
        wishes.extend(needs.map(|part| Wish::Context(Box::new(part))));
        wishes.push(Wish::Start(jobs));
        wishes.push(self.tell_state());
    }

    /// Changes the settings as one step of undo.
    fn change(&mut self, next: Settings, wishes: &mut Vec<Wish>) -> Result<()> {
        if next == self.settings {
            return Ok(());
        }
        let before = std::mem::replace(&mut self.settings, next);
        if let Err(error) = self.apply_settings(&before, wishes) {
            self.settings = before;
            return Err(error);
        }
        self.undo.push(before);
        if self.undo.len() > UNDO_DEPTH {
            self.undo.remove(0);
        }
        self.redo.clear();
        Ok(())
    }

    fn step_back(&mut self, wishes: &mut Vec<Wish>) -> Result<()> {
        let Some(before) = self.undo.pop() else { return Ok(()) };
        let now = std::mem::replace(&mut self.settings, before);
        let applied = self.apply_settings(&now, wishes);
        self.redo.push(now);
        applied
    }

    fn step_forward(&mut self, wishes: &mut Vec<Wish>) -> Result<()> {
        let Some(after) = self.redo.pop() else { return Ok(()) };
        let now = std::mem::replace(&mut self.settings, after);
        let applied = self.apply_settings(&now, wishes);
        self.undo.push(now);
        applied
    }

    /// Makes the new settings count: reads the file again if its reading changed, else plans anew.
    fn apply_settings(&mut self, before: &Settings, wishes: &mut Vec<Wish>) -> Result<()> {
        self.settings.check_ranges()?;
        self.stop(wishes);
        if before.csv != self.settings.csv && !self.files.is_empty() {
            let reads = self.files.read_again(&self.settings)?;
            if !reads.is_empty() {
                wishes.extend(reads);
                return Ok(());
            }
        }
        self.rebuild(wishes)
    }

    /// Makes table, profiles and plan from the files and settings, gives them to the workers, and goes on with the run.
    fn rebuild(&mut self, wishes: &mut Vec<Wish>) -> Result<()> {
        let changed = self.files.rebuild(&self.settings)?;
        let Some(table) = self.files.table().cloned() else {
            wishes.push(self.tell_state());
            return Ok(());
        };
        let planned = self.settings.resolve(&table, self.files.test_from());
        let plan = planned.as_ref().ok().cloned().map(Arc::new);
        if changed {
            wishes.push(Wish::Context(Box::new(ContextPart::Table(table))));
            wishes.push(Wish::Context(Box::new(ContextPart::Profiles(self.files.profiles()))));
        }
        let before = self.computed();
        // Without a plan that holds them, the rules stand alone.
        let alone = if plan.is_none() { self.settings.rules.clone() } else { Vec::new() };
        let ruled_otherwise = plan.is_none() && alone != self.rules_alone;
        if let Some(table) = self.files.table() {
            self.run.weigh(&self.settings.weights);
            self.run.replan(plan, table, changed || ruled_otherwise, &self.settings.accepted);
        }
        wishes.push(Wish::Context(Box::new(ContextPart::Plan(self.run.shared_plan()))));
        if !alone.is_empty() || ruled_otherwise {
            wishes.push(Wish::Context(Box::new(ContextPart::Rules(Arc::new(alone.clone())))));
        }
        self.rules_alone = alone;
        self.complete_accepted();
        let after = self.computed();
        self.stale.extend(before.difference(&after));
        wishes.extend(self.tell_sections(Step::Decide));
        // Who asked for quality alone needs no target.
        let quality_alone = self.wanted == Some(Step::Quality);
        self.wanted.get_or_insert(Step::Audit);
        if let Err(error) = planned {
            self.wanted = Some(Step::Quality);
            if !quality_alone {
                wishes.push(Wish::Tell(Event::Refused { error }));
            }
        }
        self.advance(wishes);
        Ok(())
    }

    /// Stops what runs; what is finished stays.
    fn stop(&mut self, wishes: &mut Vec<Wish>) {
        self.stop_saying(wishes, NOT_YET);
    }

    /// The same; `why` is said of audit checks that have not run.
    fn stop_saying(&mut self, wishes: &mut Vec<Wish>, why: &str) {
        self.run.outcome.power_wanted &= why != CANCELLED;
        if let Some(wave) = self.wave.take() {
            self.run.take_part(wave.stage, &wave.jobs, &wave.results, self.files.table(), why);
            wishes.push(Wish::Stop);
        }
    }

    fn close(&mut self, wishes: &mut Vec<Wish>) {
        self.stop(wishes);
        *self = Self { next_id: self.next_id, shelf: std::mem::take(&mut self.shelf), ..Self::default() };
    }
}
