//! The samples: one click opens one and runs it to the verdict.

use super::super::state::App;
use crate::protocol::Entry;
use leptos::prelude::*;

/// The samples of the catalogue.
pub(crate) fn samples(app: App) -> impl IntoView + use<> {
    let list = Memo::new(move |_| app.catalogue.with(|c| c.samples.clone()));
    view! {
        <Show when=move || list.with(|l| !l.is_empty())>
            <section class="section" aria-labelledby="samples-h">
                <header>
                    <h2 id="samples-h">"Or start with a sample"</h2>
                    <p>"made by this page, the same every time; one click runs it to the verdict"</p>
                </header>
                <ul class="samples">
                    {move || list.get().into_iter().map(|entry| sample(app, entry)).collect_view()}
                </ul>
            </section>
        </Show>
    }
}

fn sample(app: App, entry: Entry) -> impl IntoView + use<> {
    let Entry { id, title, doc, facts, .. } = entry;
    let facts = facts
        .into_iter()
        .map(|(term, value)| {
            let value = if term == "target" { view! { <code>{value}</code> }.into_any() } else { value.into_any() };
            view! {
                <dt>{term}</dt>
                <dd>{value}</dd>
            }
        })
        .collect_view();
    let label = format!("Open {}", title.to_lowercase());
    view! {
        <li class="sample">
            <h3>{title}</h3>
            <p>{doc}</p>
            <dl>{facts}</dl>
            <button class="btn" type="button" on:click=move |_| app.open_sample(&id)>
                {label}
            </button>
        </li>
    }
}
