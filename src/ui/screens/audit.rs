//! Audit: what leaks, with proof and price; blockers first.

use super::super::state::App;
use super::page::{FormAt, page};
use crate::protocol::{Command, Step, StepState};
use leptos::prelude::*;

/// The screen.
pub(crate) fn audit(app: App) -> AnyView {
    let promise = (
        "Does a column know the answer?",
        "Every check looks for a way the target could have reached the features, and shows the rows that prove it.",
    );
    page(app, Step::Audit, promise, FormAt::Above, move || view! { <div class="btns">{repair_all(app)} {power(app)}</div> }.into_any())
}

/// One click for the first remedy of everything that is open.
fn repair_all(app: App) -> AnyView {
    let is_open = Memo::new(move |_| {
        app.state.with(|s| !s.busy && s.steps.iter().any(|v| v.step == Step::Audit && matches!(v.state, StepState::Attention | StepState::Undecided)))
    });
    view! {
        {move || {
            is_open
                .get()
                .then(|| {
                    view! {
                        <button type="button" class="btn" on:click=move |_| app.repair()>
                            <span>"Repair all"</span>
                            <span class="does">"the first remedy of every blocker and warning, then the audit again; can be undone"</span>
                        </button>
                    }
                })
        }}
    }
    .into_any()
}

/// The button that measures what the audit would find.
fn power(app: App) -> AnyView {
    let idle = Memo::new(move |_| app.section(Step::Audit).with(Option::is_some) && app.state.with(|s| !s.busy));
    let button = move || {
        idle.get().then(|| {
            view! {
                <button type="button" class="btn" on:click=move |_| app.send(Command::MeasurePower)>
                    <span>"Measure what the audit would find"</span>
                    <span class="does">"some hundred small audits of planted leaks, a minute or two"</span>
                </button>
            }
        })
    };
    button.into_any()
}
