//! The browser's shell: screens that show blocks and send commands, and [`effects`], the only place that touches the world.
//! Screens compute nothing.

pub mod effects;

use crate::protocol::{Command, Event};
use effects::Link;
use leptos::prelude::*;

/// Runs this wasm: as the page when there is a window, else as one of its workers.
pub fn start() {
    console_error_panic_hook::set_once();
    if web_sys::window().is_some() { page() } else { effects::worker() }
}

fn page() {
    let (event, set_event) = signal_local(None::<Event>);
    let link = effects::connect(move |event| set_event.set(Some(event)));
    mount(link, event);
    link.send(Command::Hello);
}

/// Shows the page.
fn mount(link: Link, event: ReadSignal<Option<Event>, LocalStorage>) {
    let said = move || event.with(|event| event.as_ref().map(|event| format!("{event:?}")).unwrap_or_default());
    mount_to_body(move || view! { <main id="main"><h1>"Watertight"</h1><p id="workers">{link.workers()}</p><pre>{said}</pre></main> });
}
