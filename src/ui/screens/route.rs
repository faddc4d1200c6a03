//! The step in the URL hash: state lives there, the data never.

use super::super::state::App;
use crate::protocol::Step;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

fn hash_step() -> Option<Step> {
    let hash = window().location().hash().ok()?;
    Step::from_id(hash.trim_start_matches('#'))
}

fn title(step: Step) {
    document().set_title(&format!("{} – Watertight", step.title()));
}

/// Moves focus to the content.
fn to_content() {
    if let Some(main) = document().get_element_by_id("main").and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = main.focus();
    }
}

/// Follows the hash from now on.
pub(crate) fn follow(app: App) {
    let start = hash_step().unwrap_or(Step::Open);
    app.step.set(start);
    title(start);
    let listener = window_event_listener(leptos::ev::hashchange, move |_| {
        if let Some(step) = hash_step()
            && step != app.step.get_untracked()
        {
            app.step.set(step);
            title(step);
            window().scroll_to_with_x_and_y(0.0, 0.0);
            to_content();
        }
    });
    on_cleanup(move || listener.remove());
}

/// Shows a step.
pub(crate) fn go(step: Step) {
    let _ = window().location().set_hash(step.id());
}

/// "Skip to the content", without touching the hash.
pub(crate) fn skip_link() -> impl IntoView + use<> {
    view! {
        <a
            class="skip"
            href="#main"
            on:click=move |event| {
                event.prevent_default();
                to_content();
            }
        >
            "Skip to the content"
        </a>
    }
}
