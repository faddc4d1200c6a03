//! Audit: what leaks, with proof and price; blockers first.

use super::super::state::App;
use super::page::{FormAt, page};
use crate::protocol::Step;
use leptos::prelude::*;

/// The screen.
pub(crate) fn audit(app: App) -> AnyView {
    let promise = (
        "Does a column know the answer?",
        "Every check looks for a way the target could have reached the features, and shows the rows that prove it.",
    );
    page(app, Step::Audit, promise, FormAt::Below, || ().into_any())
}
