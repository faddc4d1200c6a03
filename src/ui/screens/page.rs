//! A step's page: its section's statement and blocks, or one sentence and the button that computes it.

use super::super::state::App;
use super::super::widgets::{banner, blocks, progress, spans, verdict};
use crate::protocol::{Block, Mark, Section, Step, StepState};
use leptos::prelude::*;
use std::sync::Arc;

/// Where a step's own form stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormAt {
    /// Above what was computed.
    Above,
    /// Below what was computed.
    Below,
}

/// A step's page. `promise` is the sentence shown before anything was computed; `form` is the step's own form.
pub(crate) fn page(
    app: App,
    step: Step,
    promise: (&'static str, &'static str),
    at: FormAt,
    form: impl Fn() -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let has_file = Memo::new(move |_| app.state.with(|s| !s.files.is_empty()));
    let form = Arc::new(form);
    view! {
        {move || {
            if !has_file.get() {
                return no_file(step, promise).into_any();
            }
            let form = Arc::clone(&form);
            let form = move || {
                app.refused.track();
                form()
            };
            let (above, below) = if at == FormAt::Above { (Some(form), None) } else { (None, Some(form)) };
            view! {
                {move || head(app, step, promise)}
                {stale(app, step)}
                {progress::panel(app)}
                {above.map(|form| view! { <div class="block">{form}</div> })}
                {move || body(app, step)}
                {below.map(|form| view! { <div class="block">{form}</div> })}
            }
                .into_any()
        }}
    }
    .into_any()
}

/// "Step n of 11", and the step's small line or its name.
fn number(step: Step, line: &str) -> String {
    let at = Step::ALL.iter().position(|s| *s == step).map_or(1, |at| at + 1);
    format!("Step {at} of {} · {}", Step::ALL.len(), if line.is_empty() { step.title() } else { line })
}

fn no_file(step: Step, promise: (&'static str, &'static str)) -> impl IntoView + use<> {
    view! {
        <p class="eyebrow">{number(step, "")}</p>
        <h1 class="statement">{promise.0}</h1>
        <p class="lead">"Open a file or a sample first."</p>
        <p class="pad">
            <a class="btn first" href="#open">
                "Open a file"
            </a>
        </p>
    }
}

fn head(app: App, step: Step, promise: (&'static str, &'static str)) -> AnyView {
    let Some(section) = app.section(step).get() else { return unrun(app, step, promise).into_any() };
    let eyebrow = number(step, &section.eyebrow);
    if let Some(Block::Verdict { outcome, says }) = section.blocks.first() {
        let sentences: Vec<_> = [&section.statement, &section.lead].into_iter().chain(says).filter(|s| !s.is_empty()).cloned().collect();
        return view! {
            <p class="eyebrow">{eyebrow}</p>
            {verdict::verdict(app, *outcome, &sentences)}
        }
        .into_any();
    }
    let lead = (!section.lead.is_empty()).then(|| view! { <p class="lead">{spans::spans(app, &section.lead)}</p> });
    view! {
        <p class="eyebrow">{eyebrow}</p>
        <h1 class="statement">{spans::spans_flat(app, &section.statement)}</h1>
        {lead}
    }
    .into_any()
}

fn unrun(app: App, step: Step, promise: (&'static str, &'static str)) -> impl IntoView + use<> {
    let busy = Memo::new(move |_| app.state.with(|s| s.busy));
    view! {
        <p class="eyebrow">{number(step, "")}</p>
        <h1 class="statement">{promise.0}</h1>
        <p class="lead">{promise.1}</p>
        <p class="pad">
            <button type="button" class="btn first" disabled=move || busy.get() on:click=move |_| app.run(step)>
                "Run to here"
            </button>
        </p>
    }
}

fn body(app: App, step: Step) -> Option<AnyView> {
    let section: Arc<Section> = app.section(step).get()?;
    let all = match section.blocks.split_first() {
        Some((Block::Verdict { .. }, rest)) => rest,
        _ => section.blocks.as_slice(),
    };
    Some(blocks::blocks(app, all))
}

/// Says that what is shown was computed from older settings.
fn stale(app: App, step: Step) -> impl IntoView + use<> {
    let is_stale = Memo::new(move |_| {
        app.state.with(|s| !s.busy && s.steps.iter().any(|v| v.step == step && matches!(v.state, StepState::Stale | StepState::NotStarted)))
            && app.section(step).with(Option::is_some)
    });
    move || {
        is_stale.get().then(|| {
            let button = view! {
                <button type="button" class="btn first" on:click=move |_| app.run(step)>
                    "Run to here"
                </button>
            };
            let text = view! { <b>"The settings have changed. "</b> "What you see was computed before." };
            view! { <div class="block">{banner::banner(Mark::Undecided, text.into_any(), Some(button.into_any()))}</div> }
        })
    }
}
