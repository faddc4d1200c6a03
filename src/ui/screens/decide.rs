//! Decide: go, caution or no-go, gate by gate, with gates and limits that are the reader's to set.

use super::super::state::App;
use super::super::widgets::fields::{Label, Options, select};
use super::super::widgets::gates::change;
use super::page::{FormAt, page};
use crate::protocol::{Gate, Quantity, Step};
use leptos::prelude::*;

/// The screen.
pub(crate) fn decide(app: App) -> AnyView {
    let promise = (
        "Does the model deserve to go live?",
        "Gates compare each value and its interval with a limit you can set. An open blocker is always a no-go.",
    );
    page(app, Step::Decide, promise, FormAt::Below, move || form(app).into_any())
}

/// Which list of gates, one gate more, whose green runs count, and the way back to the usual limits.
fn form(app: App) -> impl IntoView + use<> {
    let edited = Memo::new(move |_| app.state.with(|s| s.settings.gates.is_some()));
    view! {
        <section class="section" aria-labelledby="gates-h">
            <header>
                <h2 id="gates-h">"Gates of your own"</h2>
                <p>"limits are edited in the table; with two limits a gate is undecided between them"</p>
            </header>
            <div class="form">{preset(app)} {add(app)} {move || series(app)}</div>
            {move || {
                edited
                    .get()
                    .then(|| {
                        view! {
                            <p class="pad small">
                                "Gates were edited. "
                                <button type="button" class="btn plain" on:click=move |_| choose(app, "usual", "The usual limits are back.")>
                                    "Back to the usual limits"
                                </button>
                            </p>
                        }
                    })
            }}
        </section>
    }
}

fn choose(app: App, id: &str, words: &str) {
    let id = (id != "usual").then(|| id.to_owned());
    app.edit(words, |s| (s.gates, s.preset) = (None, id));
    app.run(Step::Decide);
}

fn preset(app: App) -> AnyView {
    let value = Signal::derive(move || {
        app.state.with(|s| if s.settings.gates.is_some() { String::new() } else { s.settings.preset.clone().unwrap_or_else(|| "usual".into()) })
    });
    let options = Signal::derive(move || {
        let kind = app.state.with(|s| s.resolved.kind);
        let own = app.state.with(|s| s.settings.gates.is_some()).then(|| (String::new(), "As edited".to_owned()));
        let listed = app.catalogue.with(|c| c.presets.iter().filter(|p| p.fits(kind)).map(|p| (p.id.clone(), p.title.clone())).collect::<Options>());
        own.into_iter().chain(listed).collect::<Options>()
    });
    let label = Label::new("List of gates", "Each list can be edited afterwards.");
    select(label, value, options, move |id| {
        if !id.is_empty() {
            choose(app, &id, "Another list of gates.")
        }
    })
}

/// Gates on offer that are not in use, by their place in the list.
fn add(app: App) -> AnyView {
    let options = Signal::derive(move || {
        let none = (String::new(), "Choose…".to_owned());
        let free = app.state.with(|s| {
            let in_use = |gate: &Gate| s.resolved.gates.iter().any(|g| g.id == gate.id || g.quantity == gate.quantity);
            let named = s.resolved.offered.iter().enumerate().filter(|(_, (_, gate))| !in_use(gate));
            named.map(|(at, (title, _))| (at.to_string(), title.clone())).collect::<Options>()
        });
        [none].into_iter().chain(free).collect::<Options>()
    });
    let label = Label::new("Add a gate", "It begins with a modest limit.");
    select(label, Signal::derive(String::new), options, move |at| {
        let offered = at.parse::<usize>().ok().and_then(|at| app.state.with_untracked(|s| s.resolved.offered.get(at).cloned()));
        if let Some((title, gate)) = offered {
            change(app, &format!("Gate added: {title}."), |gates| gates.push(gate));
        }
    })
}

/// Whose green runs count, where a gate counts them.
fn series(app: App) -> Option<AnyView> {
    let counts = app.state.with(|s| s.resolved.gates.iter().any(|g| matches!(g.quantity, Quantity::GreenRuns { .. })));
    let value = Signal::derive(move || app.state.with(|s| s.settings.green_before.unwrap_or(0).to_string()));
    let kept = app.state.with(|s| s.series.iter().map(|one| format!("{} {}", one.name, one.green)).collect::<Vec<_>>().join(", "));
    let help = if kept.is_empty() { "In a row; the registry holds none.".to_owned() } else { format!("In a row; the registry counts: {kept}.") };
    let label = Label::new("Green runs before this one", &help);
    counts.then(|| {
        super::super::widgets::fields::number(label, value, Some((0.0, 1000.0)), move |n| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count in bounds")]
            app.edit("Green runs before this one.", |s| s.green_before = Some(n as u32));
            app.run(Step::Decide);
        })
    })
}
