//! Audit: what leaks, with proof and price; blockers first.

use super::super::state::App;
use super::page::{FormAt, page};
use crate::protocol::{Command, Step};
use leptos::prelude::*;

/// The screen.
pub(crate) fn audit(app: App) -> AnyView {
    let promise = (
        "Does a column know the answer?",
        "Every check looks for a way the target could have reached the features, and shows the rows that prove it.",
    );
    page(app, Step::Audit, promise, FormAt::Below, move || power(app))
}

/// The button that measures what the audit would find.
fn power(app: App) -> AnyView {
    let idle = Memo::new(move |_| app.section(Step::Audit).with(Option::is_some) && app.state.with(|s| !s.busy));
    let button = move || {
        idle.get().then(|| {
            view! {
                <button type="button" class="btn" on:click=move |_| app.send(Command::MeasurePower)>
                    "Measure what the audit would find"
                </button>
            }
        })
    };
    button.into_any()
}
