//! The page's pool of job workers: carries out what the [`Queue`] decides and hands buffers on without reading them.

use super::queue::{Act, MOST_RUNS, Queue};
use super::wire::{Message, Received, Tag, buffer};
use crate::pipeline::JobOutput;
use crate::protocol::{Error, Result, pack};
use gloo::events::EventListener;
use js_sys::{Array, ArrayBuffer, Function, Reflect};
use std::collections::BTreeMap;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, Event, Worker};

/// A running worker with its listeners; dropping it ends the worker at once.
#[derive(Debug)]
pub struct Hand {
    worker: Worker,
    _listeners: [EventListener; 2],
}

impl Hand {
    /// Starts a worker. The boot script made `watertight.worker`, which gives it the page's own compiled module.
    ///
    /// # Errors
    /// The browser starts no worker.
    pub fn start(name: &str, on_message: impl Fn(Tag, Received) + 'static, on_end: impl Fn() + 'static) -> std::result::Result<Self, JsValue> {
        let boot = Reflect::get(&js_sys::global(), &"watertight".into())?;
        let make: Function = Reflect::get(&boot, &"worker".into())?.dyn_into()?;
        let worker: Worker = make.call1(&boot, &name.into())?.dyn_into()?;
        let listeners = [
            EventListener::new(&worker, "message", move |event: &Event| {
                if let Some((tag, message)) = Received::read(event) {
                    on_message(tag, message);
                }
            }),
            EventListener::new(&worker, "error", move |event: &Event| {
                let why = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message).unwrap_or_default();
                web_sys::console::warn_2(&"A worker ended and is replaced:".into(), &why.into());
                on_end();
            }),
        ];
        Ok(Self { worker, _listeners: listeners })
    }

    /// Sends it a message.
    pub fn post(&self, message: &Message) {
        message.post(&self.worker);
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// Starts a worker of that key; its messages and its end go to the page with the key.
pub type Starter = Box<dyn Fn(u32) -> std::result::Result<Hand, JsValue>>;

/// Workers, and the jobs they have not answered.
pub struct Pool {
    queue: Queue,
    hands: BTreeMap<u32, Hand>,
    jobs: BTreeMap<u64, ArrayBuffer>,
    next_key: u32,
    start: Starter,
}

impl Pool {
    /// A pool without workers. `patience` in seconds: see [`Queue::new`].
    #[must_use]
    pub fn new(patience: u32, start: Starter) -> Self {
        Self { queue: Queue::new(patience), hands: BTreeMap::new(), jobs: BTreeMap::new(), next_key: 0, start }
    }

    /// Number of workers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hands.len()
    }

    /// Makes the number of workers `n`. Gives messages for the session.
    pub fn resize(&mut self, n: usize) -> Vec<Message> {
        let mut told = Vec::new();
        while self.hands.len() < n {
            match self.seat() {
                Some(message) => told.push(message),
                None => break,
            }
        }
        for key in self.queue.keys().into_iter().skip(n) {
            self.hands.remove(&key);
            told.push(Message::new(Tag::Gone).number(key.into()));
            let acts = self.queue.dismiss(key);
            told.extend(self.carry_out(acts));
        }
        told
    }

    /// Everybody to be told to a new session: the keys of all workers. Their jobs are forgotten.
    pub fn introduce(&mut self) -> Vec<Message> {
        self.stop(); // what it says is for the session that ended
        self.hands.keys().map(|&key| Message::new(Tag::Seat).number(key.into())).collect()
    }

    /// A message of the session that is meant for the pool. Gives messages for the session.
    pub fn session_says(&mut self, tag: Tag, message: &Received) -> Vec<Message> {
        match tag {
            Tag::Context => {
                if let Some(hand) = key_of(message).and_then(|key| self.hands.get(&key)) {
                    hand.post(&Message::new(Tag::Context).buffer(&message.buffer(2)));
                }
                Vec::new()
            }
            Tag::Ready => {
                let acts = key_of(message).map(|key| self.queue.ready(key)).unwrap_or_default();
                self.carry_out(acts)
            }
            Tag::Job => {
                let ids: Vec<u64> = message.list(1).iter().filter_map(|id| id.as_f64()).map(whole).collect();
                for (&id, job) in ids.iter().zip(message.list(2).iter()) {
                    self.jobs.insert(id, job.unchecked_into());
                }
                let acts = self.queue.push(ids);
                self.carry_out(acts)
            }
            Tag::Stop => self.stop(),
            _ => Vec::new(),
        }
    }

    /// A message of worker `key`. Gives messages for the session.
    pub fn worker_says(&mut self, key: u32, tag: Tag, message: &Received) -> Vec<Message> {
        match tag {
            Tag::Done => {
                let id = message.number(1);
                let Some(acts) = self.queue.answered(key, id) else { return Vec::new() };
                self.jobs.remove(&id);
                let mut told = self.carry_out(acts);
                told.push(Message::new(Tag::Done).number(id).buffer(&message.buffer(2)));
                told
            }
            Tag::Pulse => {
                self.queue.heard(key);
                Vec::new()
            }
            Tag::Ping => {
                let acts = self.queue.idle(key, message.number(1));
                self.carry_out(acts)
            }
            _ => Vec::new(),
        }
    }

    /// Worker `key` ended. Gives messages for the session.
    pub fn ended(&mut self, key: u32) -> Vec<Message> {
        let acts = self.queue.died(key);
        self.carry_out(acts)
    }

    /// A second has passed. Gives messages for the session.
    pub fn tick(&mut self) -> Vec<Message> {
        let acts = self.queue.tick();
        self.carry_out(acts)
    }

    fn stop(&mut self) -> Vec<Message> {
        self.jobs.clear();
        let acts = self.queue.stop();
        self.carry_out(acts)
    }

    fn seat(&mut self) -> Option<Message> {
        let key = self.next_key;
        self.next_key += 1;
        match (self.start)(key) {
            Ok(hand) => {
                self.hands.insert(key, hand);
                self.queue.seat(key);
                Some(Message::new(Tag::Seat).number(key.into()))
            }
            Err(why) => {
                web_sys::console::error_1(&why);
                None
            }
        }
    }

    fn carry_out(&mut self, acts: Vec<Act>) -> Vec<Message> {
        let mut told = Vec::new();
        for act in acts {
            match act {
                Act::Send { key, id } => {
                    if let (Some(hand), Some(job)) = (self.hands.get(&key), self.jobs.get(&id)) {
                        // A copy goes out: the job is kept until it is answered, in case it must be run again.
                        hand.post(&Message::new(Tag::Job).number(id).buffer(&job.slice(0)));
                    }
                }
                Act::Ping { key, id } => {
                    if let Some(hand) = self.hands.get(&key) {
                        hand.post(&Message::new(Tag::Ping).number(id));
                    }
                }
                Act::Replace { key, again } => {
                    self.hands.remove(&key);
                    told.push(Message::new(Tag::Gone).number(key.into()));
                    if again {
                        told.extend(self.seat());
                    }
                }
                Act::GiveUp { id } => {
                    self.jobs.remove(&id);
                    let error = if self.queue.is_broken() { Error::no_workers() } else { Error::worker_lost(MOST_RUNS) };
                    let result: Result<JobOutput> = Err(error);
                    let packed = pack(&result).unwrap_or_default();
                    told.push(Message::new(Tag::Done).number(id).buffer(&buffer(&packed)));
                }
            }
        }
        told
    }
}

fn key_of(message: &Received) -> Option<u32> {
    u32::try_from(message.number(1)).ok()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "written by `jobs` from whole numbers far below 2^53")]
fn whole(number: f64) -> u64 {
    number as u64
}

/// A message that starts jobs.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "job numbers are counted from 0")]
pub fn jobs(list: &[(u64, Vec<u8>)]) -> Message {
    let ids: Array = list.iter().map(|(id, _)| JsValue::from_f64(*id as f64)).collect();
    let packed: Array = list.iter().map(|(_, bytes)| JsValue::from(buffer(bytes))).collect();
    Message::new(Tag::Job).value(&ids).buffers(&packed)
}
