//! What the page knows: the last state, sections and rows the engine sent, and what is only the page's own (which step is
//! shown, what is folded open, which refusals still stand).

use super::effects::Link;
use crate::protocol::{Accepted, Catalogue, Change, Command, Error, Event, Mark, Remedy, Section, Settings, State, Step};
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Cells in one page of grid rows: a page is fetched and drawn well within a frame.
const CELLS_A_PAGE: u32 = 5_000;
/// Most rows in one page.
const ROWS_A_PAGE: u32 = 100;
/// Pages kept; the farthest from the one asked for last is forgotten.
const PAGES_KEPT: usize = 24;
/// Milliseconds a toast stays; its Undo is in the bar as well.
const TOAST_MS: u64 = 12_000;

/// How far the running work is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Progress {
    /// What is being done.
    pub stage: String,
    /// Done units.
    pub done: u64,
    /// All units.
    pub total: u64,
    /// Milliseconds since the page opened at which this stage began.
    since: f64,
    /// Milliseconds since the page opened now.
    now: f64,
}

impl Progress {
    /// Per cent done, rounded down.
    pub(crate) fn percent(&self) -> u64 {
        (self.done.min(self.total) * 100).checked_div(self.total).unwrap_or(0)
    }

    /// Seconds left, once 5 % are done.
    #[expect(clippy::cast_precision_loss, reason = "units stay below 2^53")]
    pub(crate) fn seconds_left(&self) -> Option<u64> {
        if self.done == 0 || self.percent() < 5 || self.now <= self.since {
            return None;
        }
        let each = (self.now - self.since) / self.done as f64;
        let left = each * self.total.saturating_sub(self.done) as f64 / 1000.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of a running job")]
        Some(left.ceil() as u64)
    }
}

/// What is looked for in a list of findings: words, kind, check.
pub(crate) type LookedFor = (String, Option<Mark>, String);

/// A row of the grid: text of each cell, `None` when missing.
pub(crate) type GridRow = Arc<Vec<Option<String>>>;

/// Everything the page knows; cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct App {
    /// The step shown.
    pub step: RwSignal<Step>,
    /// The engine's state.
    pub state: RwSignal<State>,
    /// What there is to choose from.
    pub catalogue: RwSignal<Catalogue>,
    /// One section a step, in the order of [`Step::ALL`].
    sections: [RwSignal<Option<Arc<Section>>>; 11],
    /// The running work.
    pub progress: RwSignal<Option<Progress>>,
    /// Whether the engine has yet to obey what was asked of it last.
    pub asked_for: RwSignal<bool>,
    /// Refusals that were not dismissed.
    pub refusals: RwSignal<Vec<(u32, Error)>>,
    /// Counts refusals: forms go back to what the engine holds.
    pub refused: RwSignal<u32>,
    /// The last change, offered to be undone.
    pub toast: RwSignal<Option<(u32, String)>>,
    /// What a screen reader is told next.
    pub said: RwSignal<String>,
    /// Ids of what is folded open, so that a new section keeps it.
    pub unfolded: RwSignal<BTreeSet<String>>,
    /// What is looked for in lists of findings, by list, so that a new section keeps it.
    pub looked_for: StoredValue<BTreeMap<String, LookedFor>>,
    /// Name and time of a project this browser kept from an earlier visit, and how many finished jobs with it.
    pub kept: RwSignal<Option<(String, String, u32)>>,
    /// Whether another tab keeps its project, so that this one's is not kept.
    pub elsewhere: RwSignal<bool>,
    /// What opening the project that was read would change, until it is answered.
    pub proposed: RwSignal<Option<Vec<Change>>>,
    /// Why the project cannot be kept between visits.
    pub not_kept: RwSignal<Option<Error>>,
    /// Grid rows by page.
    pages: RwSignal<BTreeMap<u32, Vec<GridRow>>>,
    /// Pages asked for and not yet here.
    asked: StoredValue<BTreeSet<u32>>,
    /// Counts changes of theme: pictures are drawn again.
    pub theme: RwSignal<u32>,
    /// Files given by the person, for adding another.
    held: StoredValue<Vec<web_sys::File>, LocalStorage>,
    /// Last number given by [`Self::fresh`].
    last: StoredValue<u32>,
    link: StoredValue<Option<Link>>,
}

impl App {
    /// A page that has heard nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            step: RwSignal::new(Step::Open),
            state: RwSignal::new(State::default()),
            catalogue: RwSignal::new(Catalogue::default()),
            sections: std::array::from_fn(|_| RwSignal::new(None)),
            progress: RwSignal::new(None),
            asked_for: RwSignal::new(false),
            refusals: RwSignal::new(Vec::new()),
            refused: RwSignal::new(0),
            toast: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            unfolded: RwSignal::new(BTreeSet::new()),
            looked_for: StoredValue::new(BTreeMap::new()),
            kept: RwSignal::new(None),
            elsewhere: RwSignal::new(false),
            proposed: RwSignal::new(None),
            not_kept: RwSignal::new(None),
            pages: RwSignal::new(BTreeMap::new()),
            asked: StoredValue::new(BTreeSet::new()),
            theme: RwSignal::new(0),
            held: StoredValue::new_local(Vec::new()),
            last: StoredValue::new(0),
            link: StoredValue::new(None),
        }
    }

    /// Takes the link to the engine.
    pub(crate) fn attach(self, link: Link) {
        self.link.set_value(Some(link));
    }

    /// Does something with the link.
    pub(crate) fn with_link<T>(self, act: impl FnOnce(Link) -> T) -> Option<T> {
        self.link.get_value().map(act)
    }

    /// Sends a command.
    pub(crate) fn send(self, command: Command) {
        self.with_link(|link| link.send(command));
    }

    /// A number no other element of this page has in its id.
    pub(crate) fn fresh(self) -> u32 {
        self.last.update_value(|n| *n += 1);
        self.last.get_value()
    }

    /// The section of a step.
    pub(crate) fn section(self, step: Step) -> RwSignal<Option<Arc<Section>>> {
        self.sections[step as usize]
    }

    /// Whether a training file is open.
    pub(crate) fn has_file(self) -> bool {
        self.state.with(|s| !s.files.is_empty())
    }

    /// Takes an event from the engine.
    pub(crate) fn take(self, event: Event) {
        match event {
            Event::Catalogue { catalogue } => self.catalogue.set(*catalogue),
            Event::State { state } => self.take_state(*state),
            Event::Section { step, section } => self.section(step).set(Some(Arc::new(*section))),
            Event::Rows { first, rows } => self.take_rows(first, rows),
            Event::Progress { stage, done, total } => self.take_progress(stage, done, total),
            Event::Idle { cancelled } => {
                self.progress.set(None);
                self.said.set(if cancelled { "Stopped. What was finished stays.".into() } else { "Finished.".into() });
            }
            Event::File { name, mime, bytes } => {
                self.said.set(format!("{name} is saved."));
                self.with_link(|link| link.save(&name, &mime, &bytes));
            }
            Event::Kept { name, saved, jobs, .. } => self.kept.set(Some((name, saved, jobs))),
            Event::Elsewhere => self.elsewhere.set(true),
            Event::Proposed { changes } => self.proposed.set(Some(changes)),
            Event::NotKept { error } => self.not_kept.set(Some(error)),
            Event::Refused { error } => {
                let id = self.fresh();
                self.refusals.update(|all| all.push((id, error)));
                self.refused.update(|n| *n += 1);
            }
        }
    }

    fn take_state(self, state: State) {
        let same_table = self.state.with_untracked(|old| {
            let fingerprints = |s: &State| s.files.iter().map(|f| (f.sha256.clone(), f.n_rows)).collect::<Vec<_>>();
            fingerprints(old) == fingerprints(&state) && old.settings.csv == state.settings.csv && old.settings.columns == state.settings.columns
        });
        if !same_table {
            self.pages.set(BTreeMap::new());
            self.asked.set_value(BTreeSet::new());
        }
        if state.files.is_empty() {
            self.forget();
        }
        if !state.busy {
            self.progress.set(None);
        }
        self.state.set(state);
    }

    fn forget(self) {
        for step in Step::ALL.into_iter().filter(|step| *step != Step::Registry) {
            self.section(step).set(None);
        }
        self.unfolded.set(BTreeSet::new());
        self.looked_for.set_value(BTreeMap::new());
    }

    fn take_progress(self, stage: String, done: u64, total: u64) {
        let now = web_sys::window().and_then(|w| w.performance()).map_or(0.0, |p| p.now());
        let before = self.progress.get_untracked();
        let since = before.as_ref().filter(|b| b.stage == stage && b.done <= done).map_or(now, |b| b.since);
        let next = Progress { stage, done, total, since, now };
        let crossed = before.as_ref().is_none_or(|b| b.stage != next.stage || b.percent() / 25 != next.percent() / 25);
        if crossed {
            self.said.set(format!("{}: {} %", next.stage, next.percent()));
        }
        self.progress.set(Some(next));
    }

    // ---- rows of the grid

    fn rows_a_page(self) -> u32 {
        let columns = self.state.with_untracked(|s| u32::try_from(s.columns.len()).unwrap_or(u32::MAX)).max(1);
        (CELLS_A_PAGE / columns).clamp(1, ROWS_A_PAGE)
    }

    fn take_rows(self, first: u32, rows: Vec<Vec<Option<String>>>) {
        let size = self.rows_a_page();
        let page = first / size;
        self.asked.update_value(|asked| {
            asked.remove(&page);
        });
        self.pages.update(|pages| {
            pages.insert(page, rows.into_iter().map(Arc::new).collect());
            while pages.len() > PAGES_KEPT {
                let (low, high) = (pages.keys().next().copied().unwrap_or(page), pages.keys().next_back().copied().unwrap_or(page));
                pages.remove(if page.abs_diff(low) > page.abs_diff(high) { &low } else { &high });
            }
        });
    }

    /// The row, if it is here; asks for it otherwise.
    pub(crate) fn row(self, row: u32) -> Option<GridRow> {
        let size = self.rows_a_page();
        let page = row / size;
        let here = self.pages.with(|pages| pages.get(&page).and_then(|rows| rows.get((row % size) as usize)).cloned());
        let known = self.pages.with_untracked(|pages| pages.contains_key(&page));
        if here.is_none() && !known && !self.asked.with_value(|asked| asked.contains(&page)) {
            self.asked.update_value(|asked| {
                asked.insert(page);
            });
            self.send(Command::Rows { first: page * size, count: size });
        }
        here
    }

    // ---- what a person does

    /// Opens files; `add` keeps those already given.
    pub(crate) fn open_files(self, files: Vec<web_sys::File>, add: bool) {
        if files.is_empty() {
            return;
        }
        if let [file] = files.as_slice()
            && file.name().ends_with(".watertight")
        {
            self.with_link(|link| link.open_project(file));
            return;
        }
        self.held.update_value(|held| {
            if !add {
                held.clear();
            }
            held.extend(files);
        });
        self.forget();
        self.with_link(|link| link.open_files(self.held.get_value()));
    }

    /// Whether another file can be added to those already given.
    pub(crate) fn can_add(self) -> bool {
        self.held.with_value(|held| !held.is_empty()) && self.has_file()
    }

    /// Opens a sample and runs it to the verdict.
    pub(crate) fn open_sample(self, id: &str) {
        self.held.set_value(Vec::new());
        self.forget();
        self.send(Command::OpenSample { id: id.to_owned(), rows: 0 });
        self.send(Command::Run { to: Step::Decide });
    }

    /// Computes everything up to a step.
    pub(crate) fn run(self, to: Step) {
        self.send(Command::Run { to });
    }

    /// Changes the settings; `words` says what changed, beside Undo.
    pub(crate) fn edit(self, words: &str, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.state.with_untracked(|s| s.settings.clone());
        let before = settings.clone();
        change(&mut settings);
        if settings != before {
            // At once, so that a second click before the engine's answer starts from this one.
            self.state.update(|s| s.settings = settings.clone());
            self.send(Command::SetSettings { settings: Box::new(settings) });
            self.offer_undo(words);
            self.refresh();
        }
    }

    /// Applies a remedy and computes the shown step again.
    pub(crate) fn remedy(self, finding: &str, remedy: Remedy, words: &str) {
        self.send(Command::ApplyRemedy { finding: finding.to_owned(), remedy });
        self.offer_undo(&format!("Done: {words}."));
        self.run(self.step.get_untracked());
    }

    /// Applies the first remedy of every open blocker and warning, and computes the shown step again.
    pub(crate) fn repair(self) {
        self.send(Command::Repair);
        self.offer_undo("Repaired: the first remedy of every blocker and warning.");
        self.run(self.step.get_untracked());
    }

    /// Accepts a finding with a reason and computes the shown step again.
    pub(crate) fn accept(self, accepted: Accepted) {
        self.send(Command::Accept { finding: accepted.finding, reason: accepted.reason });
        self.offer_undo("Accepted, with your reason.");
        self.run(self.step.get_untracked());
    }

    /// Computes the shown step again if that is quick and it was computed before.
    fn refresh(self) {
        let step = self.step.get_untracked();
        if step <= Step::Audit && self.section(step).with_untracked(Option::is_some) {
            self.run(step);
        }
    }

    fn offer_undo(self, words: &str) {
        let id = self.fresh();
        self.toast.set(Some((id, words.to_owned())));
        set_timeout(
            move || {
                if self.toast.get_untracked().is_some_and(|(shown, _)| shown == id) {
                    self.toast.set(None);
                }
            },
            std::time::Duration::from_millis(TOAST_MS),
        );
    }

    /// Takes back the last change.
    pub(crate) fn undo(self) {
        self.toast.set(None);
        self.send(Command::Undo);
        self.refresh();
    }

    /// Does again what was taken back last.
    pub(crate) fn redo(self) {
        self.send(Command::Redo);
        self.refresh();
    }
}
