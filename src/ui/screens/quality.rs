//! Quality: scores and findings of the named rules.

use super::super::state::App;
use super::page::{FormAt, page};
use crate::protocol::Step;
use leptos::prelude::*;

/// The screen.
pub(crate) fn quality(app: App) -> AnyView {
    let promise = (
        "How sound is this table?",
        "Named rules look at missing cells, duplicates, mixed spellings and impossible values, and give scores from 0 to 100.",
    );
    page(app, Step::Quality, promise, FormAt::Below, || ().into_any())
}
