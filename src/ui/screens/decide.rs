//! Decide: go, caution or no-go, gate by gate, with limits that are the reader's to set.

use super::super::state::App;
use super::page::{FormAt, page};
use crate::protocol::Step;
use leptos::prelude::*;

/// The screen.
pub(crate) fn decide(app: App) -> AnyView {
    let promise = (
        "Does the model deserve to go live?",
        "Gates compare each value and its interval with a limit you can set. An open blocker is always a no-go.",
    );
    page(app, Step::Decide, promise, FormAt::Below, move || limits(app).into_any())
}

/// Takes edited limits back.
fn limits(app: App) -> impl IntoView + use<> {
    let edited = Memo::new(move |_| app.state.with(|s| s.settings.gates.is_some()));
    move || {
        edited.get().then(|| {
            view! {
                <p class="pad small">
                    "Limits were edited. "
                    <button
                        type="button"
                        class="btn plain"
                        on:click=move |_| {
                            app.edit("The usual limits are back.", |s| s.gates = None);
                            app.run(Step::Decide);
                        }
                    >
                        "Back to the usual limits"
                    </button>
                </p>
            }
        })
    }
}
