//! Prepare: the recipe, step by step, in order. Learned from training rows only.

use super::super::state::App;
use super::super::widgets::{chosen, fields};
use super::page::{FormAt, page};
use crate::protocol::{Chosen, Step};
use leptos::prelude::*;

/// The screen.
pub(crate) fn prepare(app: App) -> AnyView {
    let promise = ("How do columns become features?", "Each step of the recipe is learned from training rows only, then applied to the others.");
    page(app, Step::Prepare, promise, FormAt::Above, move || form(app).into_any())
}

/// The recipe in use: as chosen, else the usual one.
fn recipe(app: App) -> Vec<Chosen> {
    app.state.with_untracked(|s| s.settings.recipe.clone().unwrap_or_else(|| s.resolved.recipe.clone()))
}

fn change(app: App, words: &str, act: impl FnOnce(&mut Vec<Chosen>)) {
    let mut steps = recipe(app);
    act(&mut steps);
    app.edit(words, |s| s.recipe = Some(steps));
}

fn form(app: App) -> impl IntoView + use<> {
    let ids = Memo::new(move |_| {
        app.state
            .with(|s| s.settings.recipe.as_ref().unwrap_or(&s.resolved.recipe).iter().map(|c| (c.id.clone(), c.columns.clone())).collect::<Vec<_>>())
    });
    let usual = Memo::new(move |_| app.state.with(|s| s.settings.recipe.is_none()));
    let steps = move || {
        let all = ids.get();
        let last = all.len().saturating_sub(1);
        all.into_iter().enumerate().map(|(at, (id, columns))| step(app, at, last, &id, &columns)).collect_view()
    };
    let back = move || {
        (!usual.get()).then(|| {
            view! {
                <button type="button" class="btn plain" on:click=move |_| app.edit("The usual recipe is back.", |s| s.recipe = None)>
                    "Back to the usual recipe"
                </button>
            }
        })
    };
    view! {
        <section class="section" aria-labelledby="recipe-h">
            <header>
                <h2 id="recipe-h">"Recipe"</h2>
                <p>{move || if usual.get() { "the usual steps for this table; change any" } else { "your steps, in this order" }}</p>
                <p class="end">{back}</p>
            </header>
            <ol class="recipe">{steps}</ol>
            {adder(app)}
            <div class="form pad">{segments(app)}</div>
        </section>
    }
}

fn segments(app: App) -> AnyView {
    let on = Memo::new(move |_| app.state.with(|s| s.settings.segments));
    let help = "Groups of like rows among the training rows, found without the target, from 2 to 10 of them. Changes no model.";
    fields::check("Find segments", help, on.into(), move |on| {
        app.edit(if on { "Segments are looked for." } else { "Segments are left out." }, |s| s.segments = on);
    })
}

fn step(app: App, at: usize, last: usize, id: &str, columns: &[String]) -> impl IntoView + use<> {
    let title = chosen::title(app, |c| &c.steps, id);
    let entry = chosen::entry(app, |c| &c.steps, id);
    let current = Memo::new(move |_| app.state.with(|s| s.settings.recipe.as_ref().unwrap_or(&s.resolved.recipe).get(at).cloned()));
    let settings = entry.as_ref().and_then(|entry| {
        chosen::settings_of(entry, current.into(), move |next| {
            change(app, "The recipe changed.", |steps| {
                if let Some(step) = steps.get_mut(at) {
                    *step = next;
                }
            });
        })
    });
    let only = (!columns.is_empty()).then(|| view! { <span class="fine">"for " {columns.join(", ")}</span> });
    let label = fields::Label::new("Columns", "Names, separated by commas; empty: all that fit.");
    let names = Signal::derive(move || current.with(|c| c.as_ref().map_or_else(String::new, |c| c.columns.join(", "))));
    let whose = fields::text(label, names, move |words| {
        let columns = words.split(',').map(str::trim).filter(|w| !w.is_empty()).map(str::to_owned).collect();
        change(app, "The recipe changed.", |steps| {
            if let Some(step) = steps.get_mut(at) {
                step.columns = columns;
            }
        });
    });
    let doc = entry.map(|entry| view! { <p class="small">{entry.doc}</p> });
    view! {
        <li>
            <div class="recipe-head">
                <h3>{title.clone()} " " {only}</h3>
                <div class="btns">
                    {mover(app, at, at.wrapping_sub(1), at > 0, "↑", format!("Move {title} up"))}
                    {mover(app, at, at + 1, at < last, "↓", format!("Move {title} down"))}
                    <button
                        type="button"
                        class="btn plain"
                        aria-label=format!("Remove {title}")
                        on:click=move |_| change(app, "A step was removed.", |steps| {
                            if at < steps.len() {
                                steps.remove(at);
                            }
                        })
                    >
                        "Remove"
                    </button>
                </div>
            </div>
            {doc}
            <details class="fold">
                <summary>"Columns it is for"</summary>
                {whose}
            </details>
            {settings}
        </li>
    }
}

fn mover(app: App, at: usize, to: usize, can: bool, sign: &'static str, words: String) -> impl IntoView + use<> {
    view! {
        <button
            type="button"
            class="tool"
            aria-label=words
            disabled=!can
            on:click=move |_| change(app, "The order changed.", |steps| {
                if at < steps.len() && to < steps.len() {
                    steps.swap(at, to);
                }
            })
        >
            {sign}
        </button>
    }
}

fn adder(app: App) -> impl IntoView + use<> {
    let list = Memo::new(move |_| app.catalogue.with(|c| c.steps.iter().map(|e| (e.id.clone(), e.title.clone())).collect::<Vec<_>>()));
    let picked = NodeRef::<leptos::html::Select>::new();
    let add = move |_| {
        let id = picked.get_untracked().map(|select| select.value()).unwrap_or_default();
        if !id.is_empty() {
            // A new step stands at its usual place: before the first that usually comes later.
            let order = app.catalogue.with_untracked(|c| c.steps.iter().map(|e| e.id.clone()).collect::<Vec<_>>());
            let place = |id: &str| order.iter().position(|o| o == id);
            change(app, "A step was added.", |steps| {
                let at = steps.iter().position(|s| place(&s.id) > place(&id)).unwrap_or(steps.len());
                steps.insert(at, Chosen { id, ..Chosen::default() });
            });
        }
    };
    let options = move || list.get().into_iter().map(|(id, title)| view! { <option value=id>{title}</option> }).collect_view();
    view! {
        <div class="inline pad">
            <label class="form-field">
                <span class="label">"Add a step"</span>
                <select class="select" node_ref=picked>
                    {options}
                </select>
            </label>
            <button type="button" class="btn" on:click=add>
                "Add"
            </button>
        </div>
    }
}
