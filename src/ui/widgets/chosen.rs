//! Entries chosen from an open list: which there are, and the hyperparameters of each.

use super::super::state::App;
use super::params::{self, Change};
use crate::protocol::{Catalogue, Chosen, Entry, Given};
use leptos::prelude::*;
use std::sync::Arc;

/// The entry of that id, if the list has it.
pub(crate) fn entry(app: App, list: fn(&Catalogue) -> &Vec<Entry>, id: &str) -> Option<Entry> {
    app.catalogue.with_untracked(|c| list(c).iter().find(|entry| entry.id == id).cloned())
}

/// Title of an entry, or its id when the list does not have it.
pub(crate) fn title(app: App, list: fn(&Catalogue) -> &Vec<Entry>, id: &str) -> String {
    entry(app, list, id).map_or_else(|| id.to_owned(), |entry| entry.title)
}

/// Folded form of an entry's hyperparameters; nothing when it has none.
pub(crate) fn settings_of(entry: &Entry, chosen: Signal<Option<Chosen>>, change: impl Fn(Chosen) + 'static) -> Option<AnyView> {
    if entry.params.is_empty() {
        return None;
    }
    let id = entry.id.clone();
    let given = Signal::derive(move || chosen.with(|c| c.as_ref().map_or_else(Given::new, |c| c.params.clone())));
    let send: Change = Arc::new(move |name, value| {
        let mut next = chosen.get_untracked().unwrap_or_else(|| Chosen { id: id.clone(), ..Chosen::default() });
        match value {
            Some(value) => next.params.insert(name.to_owned(), value),
            None => next.params.remove(name),
        };
        change(next);
    });
    let form = params::params(&entry.params, given, &send);
    Some(
        view! {
            <details class="fold">
                <summary>{format!("Settings of {}", entry.title.to_lowercase())}</summary>
                {form}
            </details>
        }
        .into_any(),
    )
}
