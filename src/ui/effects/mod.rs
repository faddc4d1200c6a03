//! The only place of the page that touches the world: workers, files, downloads, storage.
//!
//! ```text
//! page (screens, Link)  <-- events / commands -->  session worker (Session, file handles, kept project)
//!        |                                                  |
//!        +--- pool: job workers 1..n  <-- context, jobs; results (opaque, moved) --+
//! ```
//!
//! The page's thread reads commands and events only; tables, jobs and results pass through it as buffers that are moved.
//! All workers are this same wasm, started by `src/ui/boot/boot.js`; a worker's name says what it is.
//!
//! The address may say how many workers (`?workers=3`) and for how many seconds a silent one is waited for (`?patience=30`).

mod job_worker;
mod keep;
mod lock;
mod pool;
mod queue;
mod reading;
mod session_worker;
mod wire;

use crate::protocol::{Command, Error, Event, pack, unpack};
use gloo::timers::callback::{Interval, Timeout};
use js_sys::{Array, Uint8Array};
use pool::{Hand, Pool};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Blob, BlobPropertyBag, File, HtmlAnchorElement, Url, UrlSearchParams};
use wire::{Message, Received, Tag};

/// Name of the worker that holds the session; all others run jobs.
const SESSION: &str = "session";
/// Name of a worker that runs jobs.
const JOB: &str = "job";
/// Seconds without a sign of life after which a busy worker counts as dead. Learners pulse with each tree and importance with each
/// column. Measured in Chromium on a busy machine of two cores: the longest silence on the sessions sample of 472,871 rows was 1.4 s, and
/// the longest whole job of boosting on as many rows of 13 different numbers, without any pulse, 14 s. Eight times the latter, since to
/// run the job of a slower machine or a larger table again in vain costs more than to wait.
const PATIENCE_S: u32 = 120;
/// Most workers a person may choose: each holds its own copy of the table.
const MOST_WORKERS: u32 = 32;
/// Where the chosen number of workers is remembered.
const WORKERS_KEY: &str = "watertight.workers";
/// Milliseconds until the address of a saved file is given back; browsers have taken the bytes by then.
const SAVED_MS: u32 = 60_000;

struct Page {
    session: Option<Hand>,
    /// Seconds since the session's worker was last heard of, and after how many it counts as dead.
    silence: u32,
    patience: u32,
    /// Number of the last command sent: the session returns it once it has obeyed.
    asked: u64,
    pool: Pool,
    on_event: Rc<dyn Fn(Event)>,
    on_asked: Rc<dyn Fn(bool)>,
    _heartbeat: Interval,
}

thread_local! {
    static PAGE: RefCell<Option<Page>> = const { RefCell::new(None) };
}

/// The way from screens to the engine. Copy it anywhere; there is one engine behind all copies.
#[derive(Clone, Copy, Debug)]
pub struct Link(());

/// Starts the session worker and the pool. `on_event` is called for every [`Event`], in order, on the page's thread; `on_asked` says when
/// the engine owes an answer to what was asked of it, and when it has obeyed.
pub fn connect(on_event: impl Fn(Event) + 'static, on_asked: impl Fn(bool) + 'static) -> Link {
    let patience = from_address("patience").unwrap_or(PATIENCE_S);
    let pool = Pool::new(
        patience,
        Box::new(|key| {
            Hand::start(JOB, move |tag, message| heard(|pool| pool.worker_says(key, tag, &message)), move || heard(|pool| pool.ended(key)))
        }),
    );
    let heartbeat = Interval::new(1_000, || {
        watch_session();
        heard(Pool::tick);
    });
    PAGE.set(Some(Page {
        session: None,
        silence: 0,
        patience,
        asked: 0,
        pool,
        on_event: Rc::new(on_event),
        on_asked: Rc::new(on_asked),
        _heartbeat: heartbeat,
    }));
    start_session();
    let link = Link(());
    link.resize(chosen_workers());
    link
}

impl Link {
    /// Sends a command to the session.
    pub fn send(self, command: Command) {
        let is_work = !matches!(command, Command::Rows { .. });
        match pack(&command) {
            Ok(bytes) => {
                to_session(&[Message::new(Tag::Command).bytes(&bytes)]);
                if is_work {
                    ask();
                }
            }
            Err(error) => tell(Event::Refused { error }),
        }
    }

    /// Opens files that were chosen, dropped or pasted: hands them to the session, in the place of those it held.
    pub fn open_files(self, files: Vec<File>) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes are whole and below 2^53")]
        let named = files.iter().map(|file| (file.name(), file.size() as u64)).collect();
        let handles: Array = files.iter().collect();
        match pack(&Command::OpenFiles { files: named }) {
            Ok(bytes) => {
                to_session(&[Message::new(Tag::Files).value(&handles).bytes(&bytes)]);
                ask();
            }
            Err(error) => tell(Event::Refused { error }),
        }
    }

    /// Opens a project that was saved to a file.
    pub fn open_project(self, file: &File) {
        to_session(&[Message::new(Tag::Project).value(file)]);
    }

    /// Opens the project that [`Event::Kept`] named.
    pub fn reopen(self) {
        to_session(&[Message::new(Tag::Reopen)]);
    }

    /// Makes this tab the one that keeps its project, after [`Event::Elsewhere`].
    pub fn take_over(self) {
        to_session(&[Message::new(Tag::TakeOver)]);
    }

    /// Deletes the kept project from this browser.
    pub fn forget(self) {
        to_session(&[Message::new(Tag::Forget)]);
    }

    /// Saves bytes as a file of that name and media type, as a download.
    pub fn save(self, name: &str, mime: &str, bytes: &[u8]) {
        if download(name, mime, bytes).is_err() {
            tell(Event::Refused { error: Error::internal("a file that the browser does not save") });
        }
    }

    /// Number of workers that run jobs.
    #[must_use]
    pub fn workers(self) -> u32 {
        PAGE.with_borrow(|page| page.as_ref().map_or(0, |page| u32::try_from(page.pool.len()).unwrap_or(u32::MAX)))
    }

    /// Chooses the number of workers, 1 to 32, and remembers it. Results do not depend on it.
    pub fn set_workers(self, n: u32) {
        let n = n.clamp(1, MOST_WORKERS);
        if let Ok(Some(storage)) = gloo::utils::window().local_storage() {
            // Where storage is refused the choice holds for this visit.
            storage.set_item(WORKERS_KEY, &n.to_string()).unwrap_or_default();
        }
        self.resize(n);
    }

    fn resize(self, n: u32) {
        heard(|pool| pool.resize(n as usize));
    }
}

/// Lets the pool work and sends what comes of it to the session.
fn heard(work: impl FnOnce(&mut Pool) -> Vec<Message>) {
    let told = PAGE.with_borrow_mut(|page| page.as_mut().map(|page| work(&mut page.pool)).unwrap_or_default());
    to_session(&told);
}

fn to_session(messages: &[Message]) {
    PAGE.with_borrow(|page| {
        if let Some(session) = page.as_ref().and_then(|page| page.session.as_ref()) {
            messages.iter().for_each(|message| session.post(message));
        }
    });
}

fn tell(event: Event) {
    // Called outside of the borrow: a screen may send a command from within.
    let on_event = PAGE.with_borrow(|page| page.as_ref().map(|page| Rc::clone(&page.on_event)));
    if let Some(on_event) = on_event {
        on_event(event);
    }
}

fn start_session() {
    // Not from within the handler: it belongs to the worker that is dropped then.
    match Hand::start(SESSION, from_session, || drop(Timeout::new(0, replace_session).forget())) {
        Ok(hand) => PAGE.with_borrow_mut(|page| {
            if let Some(page) = page {
                page.session = Some(hand);
                page.silence = 0;
            }
        }),
        Err(why) => {
            web_sys::console::error_1(&why);
            tell(Event::Refused { error: Error::no_workers() });
        }
    }
}

/// The session's worker ended or is silent: another takes its place, and the person is told.
fn replace_session() {
    start_session();
    heard(Pool::introduce);
    tell(Event::Refused { error: Error::session_lost() });
    Link(()).send(Command::Hello);
}

/// A second has passed: asks the session's worker for a sign of life, and replaces it when it has given none for too long.
fn watch_session() {
    let dead = PAGE.with_borrow_mut(|page| {
        let Some(page) = page else { return false };
        if page.silence == 0
            && let Some(session) = &page.session
        {
            session.post(&Message::new(Tag::Ping));
        }
        page.silence += 1;
        page.silence > page.patience
    });
    if dead {
        replace_session();
    }
}

fn from_session(tag: Tag, message: Received) {
    PAGE.with_borrow_mut(|page| {
        if let Some(page) = page {
            page.silence = 0;
        }
    });
    match tag {
        Tag::Ping => obeyed(message.number(1)),
        Tag::Event => match unpack(&message.bytes(1)) {
            Ok(event) => tell(event),
            Err(error) => tell(Event::Refused { error }),
        },
        Tag::Keep => keep::ask_to_persist(),
        _ => heard(|pool| pool.session_says(tag, &message)),
    }
}

/// Asks the session to say when it has obeyed what was sent last: messages keep their order.
fn ask() {
    let told = PAGE.with_borrow_mut(|page| {
        let page = page.as_mut()?;
        page.asked += 1;
        page.session.as_ref()?.post(&Message::new(Tag::Ping).number(page.asked));
        Some(page.on_asked.clone())
    });
    if let Some(on_asked) = told {
        on_asked(true);
    }
}

/// The session has obeyed command `number`; 0 is a sign of life and no more.
fn obeyed(number: u64) {
    let told = PAGE.with_borrow(|page| page.as_ref().filter(|page| page.asked == number).map(|page| page.on_asked.clone()));
    if let Some(on_asked) = told.filter(|_| number > 0) {
        on_asked(false);
    }
}

fn download(name: &str, mime: &str, bytes: &[u8]) -> Result<(), wasm_bindgen::JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    let blob = Blob::new_with_u8_array_sequence_and_options(&Array::of1(&Uint8Array::from(bytes)), &options)?;
    let address = Url::create_object_url_with_blob(&blob)?;
    let anchor: HtmlAnchorElement = gloo::utils::document().create_element("a")?.dyn_into()?;
    anchor.set_href(&address);
    anchor.set_download(name);
    anchor.click();
    Timeout::new(SAVED_MS, move || Url::revoke_object_url(&address).unwrap_or_default()).forget();
    Ok(())
}

/// As the address says, else as chosen before, else one less than the machine has, so that the page stays quick.
fn chosen_workers() -> u32 {
    let window = gloo::utils::window();
    let remembered =
        || window.local_storage().ok().flatten().and_then(|storage| storage.get_item(WORKERS_KEY).ok().flatten()).and_then(|text| text.parse().ok());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count")]
    let machine = || (window.navigator().hardware_concurrency() as u32).saturating_sub(1);
    from_address("workers").or_else(remembered).unwrap_or_else(machine).clamp(1, MOST_WORKERS)
}

fn from_address(name: &str) -> Option<u32> {
    let search = gloo::utils::window().location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()?.get(name)?.parse().ok()
}

/// Runs this wasm as a worker: the session or a job worker, as its name says.
pub fn worker() {
    let Ok(scope) = js_sys::global().dyn_into::<web_sys::DedicatedWorkerGlobalScope>() else { return };
    if scope.name() == SESSION { session_worker::start(scope) } else { job_worker::start(scope) }
}
