//! Messages between page and workers: a JavaScript array whose first entry is a [`Tag`], buffers moved rather than copied.
//!
//! Everything larger than a number travels packed ([`crate::protocol::pack`]) in an `ArrayBuffer`, which is transferred:
//! the page hands it on without ever looking inside.

use js_sys::{Array, ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, Worker};

/// What a message is. The comment says who sends it to whom, and what follows the tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Tag {
    /// Page to session: a packed command.
    Command,
    /// Page to session: an array of file handles, a packed command that names them.
    Files,
    /// Page to session: one file handle, a saved project.
    Project,
    /// Page to session: open the kept project.
    Reopen,
    /// Page to session: delete the kept project.
    Forget,
    /// Page to session: key of a new worker that needs the context.
    Seat,
    /// Page to session: key of a worker that is gone.
    Gone,
    /// Worker to page, page to session: job number, packed result.
    Done,
    /// Session to page: a packed event.
    Event,
    /// Session to page: worker key, packed context part. Page to worker: packed context part.
    Context,
    /// Session to page: worker key; everything it needs has been sent.
    Ready,
    /// Session to page: array of job numbers, array of packed jobs. Page to worker: job number, packed job.
    Job,
    /// Session to page: forget all jobs.
    Stop,
    /// Session to page: a project was kept, so ask the browser not to evict it.
    Keep,
    /// Worker to page: the job goes on.
    Pulse,
    /// Page to worker and back: a number to be returned when the worker is idle. Page to session and back: the number of a
    /// command, once it is obeyed; without a number: a sign of life.
    Ping,
    /// Page to session: be the tab that keeps its project, in the place of another.
    TakeOver,
}

const TAGS: [Tag; 17] = [
    Tag::Command,
    Tag::Files,
    Tag::Project,
    Tag::Reopen,
    Tag::Forget,
    Tag::Seat,
    Tag::Gone,
    Tag::Done,
    Tag::Event,
    Tag::Context,
    Tag::Ready,
    Tag::Job,
    Tag::Stop,
    Tag::Keep,
    Tag::Pulse,
    Tag::Ping,
    Tag::TakeOver,
];

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Message {
    parts: Array,
    moved: Array,
}

impl Message {
    /// A message of that kind with nothing in it.
    #[must_use]
    pub fn new(tag: Tag) -> Self {
        Self { parts: Array::of1(&JsValue::from(tag as u8)), moved: Array::new() }
    }

    /// With a number. Job numbers stay far below 2^53.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "keys and job numbers are counted from 0")]
    pub fn number(self, number: u64) -> Self {
        self.parts.push(&JsValue::from_f64(number as f64));
        self
    }

    /// With a value that the browser clones (file handles).
    #[must_use]
    pub fn value(self, value: &JsValue) -> Self {
        self.parts.push(value);
        self
    }

    /// With bytes: copied out of the wasm memory once, then moved.
    #[must_use]
    pub fn bytes(self, bytes: &[u8]) -> Self {
        self.buffer(&buffer(bytes))
    }

    /// With a buffer, which is moved.
    #[must_use]
    pub fn buffer(self, buffer: &ArrayBuffer) -> Self {
        self.parts.push(buffer);
        self.moved.push(buffer);
        self
    }

    /// With a list of buffers, which are moved.
    #[must_use]
    pub fn buffers(self, list: &Array) -> Self {
        self.parts.push(list);
        for buffer in list.iter() {
            self.moved.push(&buffer);
        }
        self
    }

    /// Sends it to a worker. A worker that is gone is found out by its silence.
    pub fn post(&self, to: &Worker) {
        if let Err(why) = to.post_message_with_transfer(&self.parts, &self.moved) {
            web_sys::console::error_1(&why);
        }
    }

    /// Sends it from a worker to the page.
    pub fn answer(&self, from: &DedicatedWorkerGlobalScope) {
        if let Err(why) = from.post_message_with_transfer(&self.parts, &self.moved) {
            web_sys::console::error_1(&why);
        }
    }
}

/// A message that arrived.
#[derive(Clone, Debug)]
pub struct Received {
    parts: Array,
}

impl Received {
    /// The message in an event, with its kind; `None` if it is none of ours.
    #[must_use]
    pub fn read(event: &web_sys::Event) -> Option<(Tag, Self)> {
        let parts: Array = event.dyn_ref::<web_sys::MessageEvent>()?.data().dyn_into().ok()?;
        let number = parts.get(0).as_f64()?;
        let tag = TAGS.into_iter().find(|&tag| f64::from(tag as u8).total_cmp(&number).is_eq())?;
        Some((tag, Self { parts }))
    }

    /// Part `at` (from 1) as it is.
    #[must_use]
    pub fn value(&self, at: u32) -> JsValue {
        self.parts.get(at)
    }

    /// Part `at` (from 1) as a number; 0 if it is none.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "written by `Message::number`")]
    pub fn number(&self, at: u32) -> u64 {
        self.parts.get(at).as_f64().unwrap_or(0.0) as u64
    }

    /// Part `at` (from 1) as a buffer; empty if it is none.
    #[must_use]
    pub fn buffer(&self, at: u32) -> ArrayBuffer {
        self.parts.get(at).dyn_into().unwrap_or_else(|_| ArrayBuffer::new(0))
    }

    /// Part `at` (from 1) as bytes in the wasm memory.
    #[must_use]
    pub fn bytes(&self, at: u32) -> Vec<u8> {
        Uint8Array::new(&self.buffer(at)).to_vec()
    }

    /// Part `at` (from 1) as a list; empty if it is none.
    #[must_use]
    pub fn list(&self, at: u32) -> Array {
        self.parts.get(at).dyn_into().unwrap_or_else(|_| Array::new())
    }
}

/// A copy of `bytes` outside of the wasm memory.
#[must_use]
pub fn buffer(bytes: &[u8]) -> ArrayBuffer {
    Uint8Array::from(bytes).buffer()
}
