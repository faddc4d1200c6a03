//! Validate: how the model does on rows it has not learned from.

use super::super::state::App;
use super::page::{FormAt, page};
use crate::protocol::Step;
use leptos::prelude::*;

/// The screen.
pub(crate) fn validate(app: App) -> AnyView {
    let promise =
        ("How well does it do on rows it has not seen?", "The chosen model is judged fold by fold, then once on the sealed rows, with intervals.");
    page(app, Step::Validate, promise, FormAt::Below, || ().into_any())
}
