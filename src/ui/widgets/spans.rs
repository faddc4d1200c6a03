//! Running text: words, raw column names, formulas, and terms with their definitions.

use super::super::state::App;
use crate::protocol::Span;
use leptos::prelude::*;

/// Running text with explained terms.
pub(crate) fn spans(app: App, spans: &[Span]) -> AnyView {
    spans.iter().map(|span| if let Span::Term(id) = span { term(app, id) } else { simple(app, span) }).collect_view().into_any()
}

/// Running text inside something that is itself a control: terms are plain words.
pub(crate) fn spans_flat(app: App, spans: &[Span]) -> AnyView {
    spans.iter().map(|span| simple(app, span)).collect_view().into_any()
}

fn simple(app: App, span: &Span) -> AnyView {
    match span {
        Span::Text(words) => words.clone().into_any(),
        Span::Column(name) => view! { <span class="col">{visible(name)}</span> }.into_any(),
        Span::Strong(words) => view! { <b>{words.clone()}</b> }.into_any(),
        Span::Code(words) => view! { <code>{words.clone()}</code> }.into_any(),
        Span::Term(id) => definition(app, id).map_or_else(|| id.clone(), |(word, _)| word).into_any(),
    }
}

/// The title of a part, as a heading of level "2" or "3"; it looks the same.
pub(crate) fn heading(level: &'static str, content: AnyView) -> AnyView {
    if level == "2" { view! { <h2 class="title">{content}</h2> }.into_any() } else { view! { <h3 class="title">{content}</h3> }.into_any() }
}

/// A column's name; an empty one is said to be empty.
pub(crate) fn visible(name: &str) -> String {
    if name.trim().is_empty() { "(no name)".to_owned() } else { name.to_owned() }
}

fn definition(app: App, id: &str) -> Option<(String, String)> {
    app.catalogue.with_untracked(|c| c.glossary.iter().find(|(known, _, _)| known == id).map(|(_, word, means)| (word.clone(), means.clone())))
}

/// A term: its definition shows on hover and focus, and goes away with Escape.
fn term(app: App, id: &str) -> AnyView {
    let Some((word, means)) = definition(app, id) else { return id.replace('_', " ").into_any() };
    let tip = format!("tip-{}", app.fresh());
    let hidden = RwSignal::new(false);
    view! {
        <span
            class="term-wrap"
            class:off=move || hidden.get()
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    hidden.set(true);
                }
            }
            on:mouseenter=move |_| hidden.set(false)
            on:focusin=move |_| hidden.set(false)
        >
            <button type="button" class="term" aria-describedby=tip.clone()>
                {word}
            </button>
            <span role="tooltip" class="tip" id=tip>
                {means}
            </span>
        </span>
    }
    .into_any()
}
