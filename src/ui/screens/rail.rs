//! The rail: eleven steps in order, each with its sign; at its foot what makes this report this report.

use super::super::state::App;
use super::super::widgets::mark::{sign, state_sign};
use super::open;
use crate::protocol::{Step, StepState, StepView};
use leptos::prelude::*;

/// Steps before which the rail takes a breath.
const GAPS: [Step; 4] = [Step::Quality, Step::Prepare, Step::Validate, Step::Registry];

fn view_of(app: App, step: Step) -> StepView {
    let fresh = StepView { step, state: StepState::NotStarted, badge: String::new(), words: "not started".into() };
    app.state.with(|s| s.steps.iter().find(|v| v.step == step).cloned()).unwrap_or(fresh)
}

fn steps(app: App) -> impl IntoView + use<> {
    let items = Step::ALL
        .into_iter()
        .enumerate()
        .map(|(at, step)| {
            let here = move || app.step.get() == step;
            let seen = Memo::new(move |_| view_of(app, step));
            view! {
                <li class=if GAPS.contains(&step) { "gap" } else { "" }>
                    <a class="step" href=format!("#{}", step.id()) aria-current=move || here().then_some("step")>
                        <span class="no">{at + 1}</span>
                        <span>{step.title()}</span>
                        {move || state(&seen.get())}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="steps">{items}</ol> }
}

fn state(seen: &StepView) -> impl IntoView + use<> {
    let (name, class) = state_sign(seen.state);
    view! {
        <span class=class>
            <span aria-hidden="true">{seen.badge.clone()}</span>
            {sign(name)}
            <span class="vh">{seen.words.clone()}</span>
        </span>
    }
}

/// The rail of wide screens.
pub(crate) fn rail(app: App) -> impl IntoView + use<> {
    view! {
        <nav class="rail" aria-label="Steps">
            {steps(app)} {colophon(app)}
        </nav>
    }
}

fn colophon(app: App) -> impl IntoView + use<> {
    let facts = Memo::new(move |_| app.state.with(|s| s.provenance.clone()));
    let items = move || {
        facts
            .get()
            .into_iter()
            .map(|(term, value)| {
                view! {
                    <dt>{term}</dt>
                    <dd>{value}</dd>
                }
            })
            .collect_view()
    };
    view! {
        <div class="colophon">
            <p>"Nothing leaves this device. " <a
                    href="#open"
                    on:click=move |event| {
                        event.prevent_default();
                        open::show_proof(app);
                    }
                >
                    "Prove it"
                </a></p>
            <Show when=move || facts.with(|f| !f.is_empty())>
                <dl>{items}</dl>
            </Show>
        </div>
    }
}

fn neighbour(app: App, by: isize) -> Option<Step> {
    let at = Step::ALL.iter().position(|s| *s == app.step.get())?;
    at.checked_add_signed(by).and_then(|at| Step::ALL.get(at)).copied()
}

fn arrow(app: App, by: isize, sign: &'static str, words: &'static str) -> impl IntoView + use<> {
    let href = move || neighbour(app, by).map(|step| format!("#{}", step.id()));
    view! {
        <a class="tool" href=href aria-label=words aria-disabled=move || neighbour(app, by).is_none().to_string()>
            {sign}
        </a>
    }
}

/// The steps of narrow screens: "Step n of 11", folded.
pub(crate) fn narrow(app: App) -> impl IntoView + use<> {
    let node = NodeRef::<leptos::html::Details>::new();
    Effect::new(move |_| {
        app.step.track();
        if let Some(details) = node.get_untracked() {
            details.set_open(false);
        }
    });
    let number = move || Step::ALL.iter().position(|s| *s == app.step.get()).map_or(1, |at| at + 1);
    view! {
        <nav class="steps-narrow" aria-label="Steps, compact">
            <div>
                {arrow(app, -1, "‹", "Previous step")} <details node_ref=node>
                    <summary>
                        {move || format!("Step {} of {} · ", number(), Step::ALL.len())} <b>{move || app.step.get().title()}</b>
                    </summary>
                    {steps(app)}
                    {colophon(app)}
                </details> {arrow(app, 1, "›", "Next step")}
            </div>
        </nav>
    }
}
