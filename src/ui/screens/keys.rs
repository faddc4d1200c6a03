//! Keys of the whole page: undo, redo, save. Fields keep their own.

use super::super::state::App;
use crate::protocol::{Command, Export};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

fn in_a_field(event: &web_sys::KeyboardEvent) -> bool {
    event
        .target()
        .and_then(|t| t.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|e| matches!(e.closest("input:not([type=checkbox]):not([type=radio]), textarea"), Ok(Some(_))))
}

/// Listens from now on.
pub(crate) fn follow(app: App) {
    let listener = window_event_listener(leptos::ev::keydown, move |event| {
        if !(event.ctrl_key() || event.meta_key()) || event.alt_key() || !app.has_file() {
            return;
        }
        match (event.key().to_lowercase().as_str(), event.shift_key()) {
            ("z", false) if !in_a_field(&event) => app.undo(),
            ("z", true) | ("y", false) if !in_a_field(&event) => app.redo(),
            ("s", false) => app.send(Command::Export { what: Export::Project }),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || listener.remove());
}
