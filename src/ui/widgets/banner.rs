//! Banners: stay in the text flow until answered; what happened, where, what to do.

use super::mark::{mark_class, mark_sign, sign};
use crate::protocol::Mark;
use leptos::prelude::*;

/// A banner with its text and, if any, its buttons.
pub(crate) fn banner(mark: Mark, text: AnyView, buttons: Option<AnyView>) -> impl IntoView + use<> {
    view! {
        <div class=format!("banner {}", mark_class(mark)) role="group" aria-label="Notice">
            {sign(mark_sign(mark))}
            <p>{text}</p>
            {buttons.map(|buttons| view! { <div class="btns">{buttons}</div> })}
        </div>
    }
}
