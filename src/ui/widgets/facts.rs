//! Terms and values.

use super::super::state::App;
use super::spans::spans;
use crate::protocol::Spans;
use leptos::prelude::*;

/// Facts in a row, divided by hairlines.
pub(crate) fn facts(app: App, facts: &[(String, Spans)]) -> impl IntoView + use<> {
    let items = facts
        .iter()
        .map(|(term, value)| {
            view! {
                <div>
                    <dt>{term.clone()}</dt>
                    <dd>{spans(app, value)}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="facts-row">{items}</dl> }
}

/// Evidence: terms left, values right.
pub(crate) fn evidence(app: App, facts: &[(String, Spans)]) -> impl IntoView + use<> {
    let items = facts
        .iter()
        .map(|(term, value)| {
            view! {
                <dt>{term.clone()}</dt>
                <dd>{spans(app, value)}</dd>
            }
        })
        .collect_view();
    view! { <dl class="evidence">{items}</dl> }
}
