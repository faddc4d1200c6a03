//! A job worker: holds the [`Context`], runs one job at a time, answers with the packed result.

use super::wire::{Message, Received, Tag};
use crate::pipeline::{Context, ContextPart, Job, JobOutput};
use crate::protocol::{Result, pack, unpack};
use gloo::events::EventListener;
use std::cell::RefCell;
use web_sys::{DedicatedWorkerGlobalScope, Event};

/// Least milliseconds between two signs of life: enough for the page, and nothing beside the work.
const PULSE_MS: f64 = 200.0;

/// Listens for context and jobs.
pub fn start(scope: DedicatedWorkerGlobalScope) {
    let context = RefCell::new(Context::default());
    let target = scope.clone();
    EventListener::new(&target, "message", move |event: &Event| {
        let Some((tag, message)) = Received::read(event) else { return };
        match tag {
            Tag::Context => match ContextPart::from_bytes(&message.bytes(1)) {
                Ok(part) => context.borrow_mut().set(part),
                // The jobs that need the part will say so; a person sees their refusal.
                Err(error) => web_sys::console::error_1(&error.to_string().into()),
            },
            Tag::Job => {
                let result = run(&scope, &mut context.borrow_mut(), &message.bytes(2));
                let packed = pack(&result).or_else(|error| pack(&Result::<JobOutput>::Err(error))).unwrap_or_default();
                Message::new(Tag::Done).number(message.number(1)).bytes(&packed).answer(&scope);
            }
            Tag::Ping => Message::new(Tag::Ping).number(message.number(1)).answer(&scope),
            _ => {}
        }
    })
    .forget();
}

fn run(scope: &DedicatedWorkerGlobalScope, context: &mut Context, packed: &[u8]) -> Result<JobOutput> {
    let job: Job = unpack(packed)?;
    let clock = scope.performance();
    let mut last = f64::NEG_INFINITY;
    context.run(job, &mut |_, _| {
        let now = clock.as_ref().map_or(0.0, web_sys::Performance::now);
        if now - last >= PULSE_MS {
            last = now;
            Message::new(Tag::Pulse).answer(scope);
        }
    })
}
