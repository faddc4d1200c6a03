//! The session worker: holds the [`Session`], the file handles and the kept project, and does what the session wishes.

use super::pool::jobs;
use super::reading::{Reader, whole};
use super::wire::{Message, Received, Tag, buffer};
use super::{keep, lock};
use crate::pipeline::{Checkpoint, ContextPart, Job, JobOutput};
use crate::protocol::{Ask, Command, Error, Event, Export, FileRole, State, Wish, pack, unpack};
use crate::session::Session;
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use js_sys::{ArrayBuffer, Reflect};
use std::cell::RefCell;
use std::collections::{BTreeSet, VecDeque};
use std::mem::{Discriminant, discriminant};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, File};

/// Milliseconds without a change before the project is kept: a person who types is not interrupted.
const KEEP_AFTER_MS: u32 = 1_500;

/// Everything this worker holds.
struct Desk {
    scope: DedicatedWorkerGlobalScope,
    session: Session,
    files: Vec<File>,
    /// Keys of the workers that must hold the context.
    seats: BTreeSet<u32>,
    /// The context, packed, outside of the wasm memory: a worker that is replaced gets it again.
    parts: Vec<(Discriminant<ContextPart>, ArrayBuffer)>,
    /// Slots still to be read, the first of them being read.
    reads: VecDeque<u32>,
    /// Raised to end the reading that runs.
    reading: u32,
    keeping: Keeping,
    checkpoint: Checkpoint,
    /// Whether this tab is the one that keeps its project; `None` before it asked.
    writer: Option<bool>,
}

/// When and what to keep.
#[derive(Default)]
struct Keeping {
    timer: Option<Timeout>,
    name: String,
    /// Fingerprint of what the session holds now, and of what was kept last.
    now: Vec<u8>,
    kept: Vec<u8>,
}

thread_local! {
    static DESK: RefCell<Option<Desk>> = const { RefCell::new(None) };
}

/// Listens for commands.
pub fn start(scope: DedicatedWorkerGlobalScope) {
    DESK.set(Some(Desk {
        scope: scope.clone(),
        session: Session::new(),
        files: Vec::new(),
        seats: BTreeSet::new(),
        parts: Vec::new(),
        reads: VecDeque::new(),
        reading: 0,
        keeping: Keeping::default(),
        checkpoint: Checkpoint::new(Reflect::get(&scope, &"build".into()).ok().and_then(|build| build.as_string()).unwrap_or_default()),
        writer: None,
    }));
    EventListener::new(&scope, "message", |event| {
        if let Some((tag, message)) = Received::read(event) {
            received(tag, &message);
        }
    })
    .forget();
    spawn_local(async move {
        let versions = keep::versions(&scope).await.unwrap_or_default();
        with_desk(|desk| {
            let wishes = desk.session.restore_registry(&versions);
            desk.grant(wishes);
        });
        if let Ok(Some((label, _))) = keep::read(&scope).await {
            let jobs = keep::jobs(&scope).await.map_or(0, |jobs| u32::try_from(jobs.len()).unwrap_or(u32::MAX));
            with_desk(|desk| desk.tell(&Event::Kept { name: label.name, saved: label.saved, bytes: label.bytes, jobs }));
        }
    });
}

fn with_desk<T: Default>(work: impl FnOnce(&mut Desk) -> T) -> T {
    DESK.with_borrow_mut(|desk| desk.as_mut().map(work).unwrap_or_default())
}

fn received(tag: Tag, message: &Received) {
    match tag {
        Tag::Command => command(unpack(&message.bytes(1))),
        Tag::Files => {
            let files = message.list(1).iter().filter_map(|file| file.dyn_into().ok()).collect();
            with_desk(|desk| desk.files = files);
            command(unpack(&message.bytes(2)));
        }
        Tag::Project => {
            if let Ok(file) = message.value(1).dyn_into::<File>() {
                spawn_local(async move { command(whole(&file).await.map(opened)) });
            }
        }
        Tag::Reopen => spawn_local(reopen()),
        Tag::Forget => spawn_local(forget(true)),
        Tag::TakeOver => spawn_local(take_over()),
        Tag::Seat | Tag::Gone => {
            if let Ok(key) = u32::try_from(message.number(1)) {
                with_desk(|desk| if tag == Tag::Seat { desk.seat(key) } else { desk.gone(key) });
            }
        }
        Tag::Done => with_desk(|desk| desk.done(message.number(1), &message.bytes(2))),
        Tag::Ping => with_desk(|desk| Message::new(Tag::Ping).number(message.number(1)).answer(&desk.scope)),
        _ => {}
    }
}

/// What a saved file is for: versions of the registry, or a project.
fn opened(bytes: Vec<u8>) -> Command {
    if bytes.starts_with(b"{\"watertight_version\"") { Command::Registry { ask: Ask::Import { bytes } } } else { Command::OpenProject { bytes } }
}

/// Keeps a version of the registry, or deletes it; says so where that cannot be.
async fn keep_version(id: String, line: Option<String>) {
    let Some(scope) = with_desk(|desk| Some(desk.scope.clone())) else { return };
    if may_write(false).await
        && let Err(why) = keep::write_version(&scope, &id, line.as_deref()).await
    {
        with_desk(|desk| desk.tell(&Event::NotKept { error: Error::not_kept(&why) }));
    }
}

fn command(command: Result<Command, Error>) {
    match command {
        Ok(command) => {
            if command == Command::Close {
                spawn_local(forget(false));
            }
            with_desk(|desk| {
                let wishes = desk.session.command(command);
                desk.grant(wishes);
            });
        }
        Err(error) => with_desk(|desk| desk.tell(&Event::Refused { error })),
    }
}

impl Desk {
    fn grant(&mut self, wishes: Vec<Wish>) {
        let mut known = Vec::new();
        for wish in wishes {
            match wish {
                Wish::Tell(event) => {
                    if let Event::State { state } = &event {
                        self.note(state);
                    }
                    self.tell(&event);
                }
                Wish::Read { slot } => {
                    self.reads.push_back(slot);
                    if self.reads.len() == 1 {
                        spawn_local(read(self.reading));
                    }
                }
                Wish::Registry { id, line } => spawn_local(keep_version(id, line)),
                Wish::Context(part) => self.hold(&part),
                Wish::Start(mut list) => {
                    self.session.hand_out(&mut list, self.seats.len());
                    known.extend(self.start(&list));
                }
                Wish::Stop => {
                    self.reading += 1;
                    self.reads.clear();
                    Message::new(Tag::Stop).answer(&self.scope);
                }
            }
        }
        // After the other wishes: what these results lead to is newer.
        for (id, result) in known {
            self.done(id, &result);
        }
    }

    /// Sends jobs to the pool, but for those whose results are known: gives these.
    fn start(&mut self, list: &[(u64, Job)]) -> Vec<(u64, Vec<u8>)> {
        if self.writer.is_none() {
            spawn_local(async {
                may_write(false).await;
            });
        }
        let (mut known, mut out) = (Vec::new(), Vec::new());
        for &(id, job) in list {
            match pack(&job) {
                Ok(packed) => match self.checkpoint.start(id, job, &packed) {
                    Some(result) => known.push((id, result)),
                    None => out.push((id, packed)),
                },
                Err(error) => self.tell(&Event::Refused { error }),
            }
        }
        jobs(&out).answer(&self.scope);
        known
    }

    /// A job has given that packed result.
    fn done(&mut self, id: u64, packed: &[u8]) {
        let result: Result<JobOutput, Error> = unpack(packed).and_then(|result| result);
        if result.is_ok() && self.writer == Some(true) {
            self.keep_job(id, packed);
        }
        let wishes = self.session.job_done(id, result);
        self.grant(wishes);
    }

    fn tell(&self, event: &Event) {
        if let Ok(bytes) = pack(event) {
            Message::new(Tag::Event).bytes(&bytes).answer(&self.scope);
        }
    }

    fn hold(&mut self, part: &ContextPart) {
        match part.to_bytes() {
            Ok(bytes) => {
                let kind = discriminant(part);
                self.checkpoint.hold(part, &bytes);
                let packed = buffer(&bytes);
                self.seats.iter().for_each(|&key| self.send_part(key, &packed));
                self.parts.retain(|(other, _)| *other != kind);
                self.parts.push((kind, packed));
            }
            Err(error) => self.tell(&Event::Refused { error }),
        }
    }

    fn send_part(&self, key: u32, packed: &ArrayBuffer) {
        Message::new(Tag::Context).number(key.into()).buffer(&packed.slice(0)).answer(&self.scope);
    }

    fn seat(&mut self, key: u32) {
        self.seats.insert(key);
        self.parts.iter().for_each(|(_, packed)| self.send_part(key, packed));
        Message::new(Tag::Ready).number(key.into()).answer(&self.scope);
    }

    fn gone(&mut self, key: u32) {
        self.seats.remove(&key);
    }

    /// Keeps a finished job. Where that cannot be, it is run again on the next visit.
    fn keep_job(&mut self, id: u64, packed: &[u8]) {
        if let Some((anew, record)) = self.checkpoint.done(id, packed) {
            let scope = self.scope.clone();
            spawn_local(async move {
                if anew {
                    keep::forget_jobs(&scope).await.unwrap_or_default();
                }
                keep::write_job(&scope, &record).await.unwrap_or_default();
            });
        }
    }

    /// Another tab keeps its project.
    fn overruled(&mut self) {
        self.writer = Some(false);
        self.tell(&Event::Elsewhere);
    }

    /// Notes what there is to keep, and keeps it when nothing has changed for a while, whether jobs run or not.
    fn note(&mut self, state: &State) {
        let keeping = &mut self.keeping;
        let Some(train) = state.files.iter().find(|file| file.role == FileRole::Train) else {
            keeping.timer = None;
            return;
        };
        keeping.name.clone_from(&train.name);
        let files: Vec<_> = state.files.iter().map(|file| (file.sha256.as_str(), file.role)).collect();
        let now = pack(&(files, &state.settings)).unwrap_or_default();
        if now == keeping.kept {
            keeping.timer = None;
        } else if now != keeping.now || keeping.timer.is_none() {
            keeping.timer = Some(Timeout::new(KEEP_AFTER_MS, || spawn_local(keep_project())));
        }
        keeping.now = now;
    }
}

/// Reads the slots that wait, one after the other, until `Desk::reading` is raised.
async fn read(reading: u32) {
    let current = |desk: &Desk| desk.reading == reading;
    while let Some((slot, file)) = with_desk(|desk| {
        let slot = *desk.reads.front().filter(|_| current(desk))?;
        Some((slot, desk.files.get(slot as usize).cloned()))
    }) {
        let read = match file {
            Some(file) => read_file(slot, file, reading).await,
            None => Err(Error::internal("a file that was never chosen")),
        };
        with_desk(|desk| {
            if !current(desk) {
                return;
            }
            desk.reads.pop_front();
            let wishes = match read {
                Ok(()) => desk.session.end_of_file(slot),
                Err(error) => {
                    desk.tell(&Event::Refused { error });
                    desk.session.command(Command::Cancel)
                }
            };
            desk.grant(wishes);
        });
    }
}

async fn read_file(slot: u32, file: File, reading: u32) -> Result<(), Error> {
    let stage = format!("Reading {}", file.name());
    let mut reader = Reader::new(file);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes are whole and below 2^53")]
    let total = reader.size() as u64;
    let mut done = 0;
    while let Some(bytes) = reader.next().await? {
        let go_on = with_desk(|desk| {
            if desk.reading != reading {
                return false;
            }
            let go_on = desk.session.chunk(slot, &bytes);
            done += bytes.len() as u64;
            desk.tell(&Event::Progress { stage: stage.clone(), done, total });
            go_on
        });
        if !go_on {
            break;
        }
    }
    Ok(())
}

async fn keep_project() {
    if !may_write(false).await {
        return;
    }
    let Some((scope, name, now, made)) = with_desk(|desk| {
        let keeping = &mut desk.keeping;
        keeping.timer = None;
        if keeping.now == keeping.kept {
            return None;
        }
        let (name, now) = (keeping.name.clone(), keeping.now.clone());
        Some((desk.scope.clone(), name, now, made_project(desk.session.command(Command::Export { what: Export::Project }))))
    }) else {
        return;
    };
    let written = match made {
        Ok(bytes) => keep::write(&scope, &name, &bytes).await.map(|_| ()),
        Err(why) => Err(why),
    };
    with_desk(|desk| {
        // Not tried again before the next change, or the banner would return every moment.
        desk.keeping.kept = now;
        match written {
            Ok(()) => Message::new(Tag::Keep).answer(&desk.scope),
            Err(why) => desk.tell(&Event::NotKept { error: Error::not_kept(&why) }),
        }
    });
}

/// The project's bytes, or why there are none.
fn made_project(wishes: Vec<Wish>) -> Result<Vec<u8>, String> {
    let mut why = "there is nothing to keep".to_owned();
    for wish in wishes {
        match wish {
            Wish::Tell(Event::File { bytes, .. }) => return Ok(bytes),
            Wish::Tell(Event::Refused { error }) => error.message.trim_end_matches('.').clone_into(&mut why),
            _ => {}
        }
    }
    Err(why)
}

/// Whether this tab is the one that keeps its project; asks to be it. Says so when another one is.
async fn may_write(take_over: bool) -> bool {
    let Some((scope, writer)) = with_desk(|desk| Some((desk.scope.clone(), desk.writer))) else { return false };
    if writer == Some(true) {
        return true;
    }
    let held = lock::acquire(&scope, take_over, || with_desk(Desk::overruled)).await;
    with_desk(|desk| {
        if held {
            desk.writer = Some(true);
        } else if desk.writer.is_none() {
            desk.overruled();
        }
        // Two questions may have been asked at once: one of them has the answer.
        desk.writer == Some(true)
    })
}

async fn take_over() {
    may_write(true).await;
    with_desk(|desk| desk.keeping.kept.clear());
    keep_project().await;
}

async fn reopen() {
    let Some(scope) = with_desk(|desk| Some(desk.scope.clone())) else { return };
    match keep::read(&scope).await {
        Ok(Some((_, bytes))) => {
            // Without them the run only begins anew.
            let jobs = keep::jobs(&scope).await.unwrap_or_default();
            with_desk(|desk| desk.checkpoint.restore(jobs));
            command(Ok(Command::OpenProject { bytes }));
        }
        Ok(None) => {}
        Err(why) => command(Err(Error::unreadable_file("kept project", &why))),
    }
}

/// Deletes the kept project, if it is this tab's. `asked`: by a person, who is told when it is not.
async fn forget(asked: bool) {
    if !may_write(false).await {
        if asked {
            with_desk(|desk| desk.tell(&Event::Elsewhere));
        }
        return;
    }
    let Some(scope) = with_desk(|desk| {
        desk.keeping.timer = None;
        desk.keeping.kept.clear();
        desk.checkpoint.forget();
        Some(desk.scope.clone())
    }) else {
        return;
    };
    if let Err(why) = keep::forget(&scope).await {
        with_desk(|desk| desk.tell(&Event::NotKept { error: Error::not_kept(&why) }));
    }
}
