//! The browser's shell: screens that show blocks and send commands, and [`effects`], the only place that touches the world.
//! Screens compute nothing.
//!
//! May name only [`crate::protocol`] and [`crate::chart`]; [`effects`] speaks to the engine in its workers.

pub mod effects;
mod screens;
mod state;
mod widgets;

use crate::protocol::Command;
use leptos::prelude::*;
use state::App;

/// Runs this wasm: as the page when there is a window, else as one of its workers.
pub fn start() {
    console_error_panic_hook::set_once();
    if web_sys::window().is_some() { page() } else { effects::worker() }
}

fn page() {
    mount_to_body(|| {
        let app = App::new();
        app.attach(effects::connect(move |event| app.take(event), move |waits| app.asked_for.set(waits)));
        app.send(Command::Hello);
        screens::shell::shell(app)
    });
}
