//! What the page tells outside of its screens: refusals that stay, one toast with Undo, and words for screen readers.

use super::super::effects::Link;
use super::super::state::App;
use super::super::widgets::banner::banner;
use crate::protocol::format::count;
use crate::protocol::{Change, Command, Error, ErrorKind, Export, Mark};
use leptos::prelude::*;

fn place(error: &Error) -> Option<String> {
    let place = error.place.as_ref()?;
    let line = place.line.map(|line| format!("line {}", count(line)));
    let byte = place.byte.map(|byte| format!("byte {}", count(byte)));
    let words: Vec<String> = [line, byte].into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn refusal(app: App, id: u32, error: &Error) -> impl IntoView + use<> {
    let mark = match error.kind {
        ErrorKind::Internal | ErrorKind::Input | ErrorKind::Limit => Mark::Blocker,
        ErrorKind::Settings | ErrorKind::NotComputable => Mark::Warning,
    };
    let text = view! {
        <b>{error.message.clone()}</b>
        {place(error).map(|place| format!(" ({place})"))}
        " "
        {error.hint.clone()}
    };
    let dismiss = view! {
        <button type="button" class="btn plain" on:click=move |_| app.refusals.update(|all| all.retain(|(known, _)| *known != id))>
            "Dismiss"
        </button>
    };
    banner(mark, text.into_any(), Some(dismiss.into_any()))
}

/// The project cannot be kept between visits: said until a file was saved or the person knows.
fn not_kept(app: App, error: &Error) -> impl IntoView + use<> {
    let text = view! {
        <b>{error.message.clone()}</b>
        " "
        {error.hint.clone()}
    };
    let buttons = view! {
        <button
            type="button"
            class="btn"
            on:click=move |_| {
                app.send(Command::Export { what: Export::Project });
                app.not_kept.set(None);
            }
        >
            "Save the project to a file"
        </button>
        <button type="button" class="btn plain" on:click=move |_| app.not_kept.set(None)>
            "Dismiss"
        </button>
    };
    banner(Mark::Warning, text.into_any(), Some(buttons.into_any()))
}

/// Another tab keeps its project: said until this one takes over or the person knows.
fn elsewhere(app: App) -> impl IntoView + use<> {
    let text = view! {
        <b>"Another tab keeps its project in this browser."</b>
        " What you do here is not kept when you close this tab."
    };
    let buttons = view! {
        <button
            type="button"
            class="btn"
            on:click=move |_| {
                app.elsewhere.set(false);
                app.with_link(Link::take_over);
            }
        >
            "Keep this one instead"
        </button>
        <button type="button" class="btn plain" on:click=move |_| app.elsewhere.set(false)>
            "Dismiss"
        </button>
    };
    banner(Mark::Warning, text.into_any(), Some(buttons.into_any()))
}

/// A project was read while something else is open: what would change, and the choice.
fn proposed(app: App, changes: &[Change]) -> impl IntoView + use<> {
    let shown = |text: &str| if text.is_empty() { "\u{2013}".to_owned() } else { text.to_owned() };
    let rows = changes
        .iter()
        .take(CHANGES_SHOWN)
        .map(|c| view! { <li><code>{c.what.clone()}</code>": "{shown(&c.now)}" \u{2192} "{shown(&c.then)}</li> })
        .collect_view();
    let more = changes.len().saturating_sub(CHANGES_SHOWN);
    let text = view! {
        <b>"Opening this project replaces what is open."</b>
        {if changes.is_empty() { " Files and settings are the same." } else { " It would change:" }}
        <ul class="changes">{rows}</ul>
        {(more > 0).then(|| format!("and {more} more"))}
    };
    let answer = move |open: bool| {
        app.proposed.set(None);
        app.send(Command::AnswerProposal { open });
    };
    let buttons = view! {
        <button type="button" class="btn" on:click=move |_| answer(true)>
            "Open the project"
        </button>
        <button type="button" class="btn plain" on:click=move |_| answer(false)>
            "Keep what is open"
        </button>
    };
    banner(Mark::Ask, text.into_any(), Some(buttons.into_any()))
}

/// Most differences listed.
const CHANGES_SHOWN: usize = 20;

/// Refusals, each until it is dismissed.
pub(crate) fn refusals(app: App) -> impl IntoView + use<> {
    view! {
        <div class="refusals" role="alert">
            <For each=move || app.refusals.get() key=|(id, _)| *id let:item>
                {refusal(app, item.0, &item.1)}
            </For>
            {move || app.not_kept.get().map(|error| not_kept(app, &error))}
            {move || app.proposed.get().map(|changes| proposed(app, &changes))}
            {move || app.elsewhere.get().then(|| elsewhere(app))}
        </div>
    }
}

/// The last change, with Undo.
pub(crate) fn toast(app: App) -> impl IntoView + use<> {
    move || {
        app.toast.get().map(|(_, words)| {
            view! {
                <div class="toast" role="status">
                    <span>{words}</span>
                    <button type="button" class="btn plain" on:click=move |_| app.undo()>
                        "Undo"
                    </button>
                </div>
            }
        })
    }
}

/// Words for screen readers.
pub(crate) fn live(app: App) -> impl IntoView + use<> {
    view! {
        <p class="vh" role="status" aria-live="polite" id="live">
            {move || app.said.get()}
        </p>
    }
}
