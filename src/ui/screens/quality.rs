//! Quality: scores and findings of the named rules; below them rules of one's own, and what counts for how much.

use super::super::state::App;
use super::super::widgets::fields::{self, Label};
use super::page::{FormAt, page};
use crate::protocol::{OwnRule, Step};
use leptos::prelude::*;

/// Greatest weight.
const HEAVIEST: f64 = 10.0;

/// The screen.
pub(crate) fn quality(app: App) -> AnyView {
    let promise = (
        "How sound is this table?",
        "Named rules look at missing cells, duplicates, mixed spellings and impossible values, and give scores from 0 to 100.",
    );
    page(app, Step::Quality, promise, FormAt::Below, move || view! { {own_rules(app)} {weights(app)} }.into_any())
}

/// The words of a rule, and what its value is (empty: none).
fn kind(app: App, id: &str) -> (String, String) {
    app.catalogue
        .with(|c| c.own_rules.iter().find(|k| k.id == id).map_or_else(|| (id.to_owned(), String::new()), |k| (k.title.clone(), k.doc.clone())))
}

/// Rules of one's own: a table of those there are, and a line to add one.
fn own_rules(app: App) -> AnyView {
    let rules = Memo::new(move |_| app.state.with(|s| s.settings.rules.clone()));
    let body = move || rules.get().into_iter().enumerate().map(|(at, rule)| one(app, at, rule)).collect_view();
    let table = move || {
        rules.with(|r| !r.is_empty()).then(|| {
            view! {
                <div class="known-grid" tabindex="0" role="region" aria-labelledby="own-h">
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">"Column"</th>
                                <th scope="col">"Rule"</th>
                                <th scope="col">"Value"</th>
                                <th scope="col">"Remove"</th>
                            </tr>
                        </thead>
                        <tbody>{body}</tbody>
                    </table>
                </div>
            }
        })
    };
    view! {
        <section class="section" aria-labelledby="own-h">
            <header>
                <h2 id="own-h">"Rules of your own"</h2>
                <p>"kept with the settings; cells that break one are findings"</p>
            </header>
            {table}
            {adder(app)}
        </section>
    }
    .into_any()
}

fn one(app: App, at: usize, rule: OwnRule) -> AnyView {
    let (says, needs) = kind(app, &rule.rule);
    let value = rule.value.clone();
    let change = move |words: String| {
        app.edit("A rule changed.", |s| {
            if let Some(own) = s.rules.get_mut(at) {
                own.value = words;
            }
        });
    };
    let field = (!needs.is_empty()).then(|| {
        view! {
            <input
                class="field"
                type="text"
                autocomplete="off"
                aria-label=format!("Value: {needs}")
                prop:value=value
                on:change=move |event| change(event_target_value(&event))
            />
        }
    });
    let removed = move |_| {
        app.edit("A rule was removed.", |s| {
            if at < s.rules.len() {
                s.rules.remove(at);
            }
        });
    };
    view! {
        <tr>
            <th scope="row" class="col">
                {rule.column.clone()}
            </th>
            <td>{says.clone()}</td>
            <td>{field}</td>
            <td>
                <button type="button" class="btn plain" aria-label=format!("Remove: {} {says}", rule.column) on:click=removed>
                    "Remove"
                </button>
            </td>
        </tr>
    }
    .into_any()
}

fn adder(app: App) -> AnyView {
    let columns = Memo::new(move |_| app.state.with(|s| s.columns.iter().map(|c| c.name.clone()).collect::<Vec<_>>()));
    let kinds = Memo::new(move |_| app.catalogue.with(|c| c.own_rules.iter().map(|k| (k.id.clone(), k.title.clone())).collect::<Vec<_>>()));
    let (column, rule) = (NodeRef::<leptos::html::Select>::new(), RwSignal::new(String::new()));
    let value = NodeRef::<leptos::html::Input>::new();
    let picked = move || rule.with(|r| if r.is_empty() { kinds.with(|k| k.first().map(|k| k.0.clone()).unwrap_or_default()) } else { r.clone() });
    let needs = move || kind(app, &picked()).1;
    let add = move |_| {
        let column = column.get_untracked().map(|select| select.value()).unwrap_or_default();
        let value = value.get_untracked().map(|input| input.value()).unwrap_or_default();
        let own = OwnRule { column, rule: untrack(picked), value };
        app.edit("A rule was added.", |s| s.rules.push(own));
    };
    let columns = move || columns.get().into_iter().map(|name| view! { <option value=name.clone()>{name.clone()}</option> }).collect_view();
    let options = move || kinds.get().into_iter().map(|(id, says)| view! { <option value=id>{says}</option> }).collect_view();
    view! {
        <div class="inline pad">
            <label class="form-field">
                <span class="label">"Column"</span>
                <select class="select" node_ref=column>
                    {columns}
                </select>
            </label>
            <label class="form-field">
                <span class="label">"Rule"</span>
                <select class="select" on:change=move |event| rule.set(event_target_value(&event))>
                    {options}
                </select>
            </label>
            {move || {
                let needs = needs();
                (!needs.is_empty())
                    .then(|| {
                        view! {
                            <label class="form-field">
                                <span class="label">"Value: " {needs}</span>
                                <input class="field wide" type="text" autocomplete="off" node_ref=value />
                            </label>
                        }
                    })
            }}
            <button type="button" class="btn" on:click=add>
                "Add a rule"
            </button>
        </div>
    }
    .into_any()
}

/// What dimensions and rules count for.
fn weights(app: App) -> AnyView {
    let all = Memo::new(move |_| app.catalogue.with(|c| c.weights.clone()));
    let one = move |(id, title, usual): (String, String, f64)| {
        let own = id.clone();
        let value = Signal::derive(move || app.state.with(|s| s.settings.weights.get(&own).copied().unwrap_or(usual).to_string()));
        let label = Label::new(&title, &format!("as usual {usual}"));
        fields::number(label, value, Some((0.0, HEAVIEST)), move |weight| {
            app.edit("A weight changed.", |s| {
                if (weight - usual).abs() < 1e-12 {
                    s.weights.remove(&id)
                } else {
                    s.weights.insert(id.clone(), weight)
                };
            });
        })
    };
    let changed = Memo::new(move |_| app.state.with(|s| !s.settings.weights.is_empty()));
    let back = move || {
        changed.get().then(|| {
            view! {
                <button type="button" class="btn plain" on:click=move |_| app.edit("The usual weights are back.", |s| s.weights.clear())>
                    "Back to the usual weights"
                </button>
            }
        })
    };
    view! {
        <details class="fold">
            <summary>"What counts for how much"</summary>
            <p class="small prose">
                "A dimension's weight is its part in the score of the table. A rule's weight multiplies what its findings take off: at 0 they are told and take nothing."
            </p>
            <div class="form">{move || all.get().into_iter().map(one).collect_view()}</div>
            {back}
        </details>
    }
    .into_any()
}
