//! Progress of the running work: stage, done of total, time left after 5 %, cancel.

use super::super::state::{App, Progress};
use crate::protocol::Command;
use crate::protocol::format::count;
use leptos::prelude::*;

/// Done of total and time left, in words.
pub(crate) fn amount(progress: &Progress) -> String {
    let left = match progress.seconds_left() {
        None => String::new(),
        Some(s) if s < 90 => format!(" · about {s} s left"),
        Some(s) => format!(" · about {} min left", s.div_ceil(60)),
    };
    format!("{} of {}{left}", count(progress.done), count(progress.total))
}

/// The progress panel; nothing while nothing runs.
pub(crate) fn panel(app: App) -> impl IntoView + use<> {
    let running = Memo::new(move |_| app.progress.with(Option::is_some) || app.state.with(|s| s.busy));
    move || running.get().then(|| running_panel(app))
}

fn running_panel(app: App) -> impl IntoView + use<> {
    let stage = move || app.progress.with(|p| p.as_ref().map_or_else(|| "Starting".to_owned(), |p| p.stage.clone()));
    let percent = move || app.progress.with(|p| p.as_ref().map_or(0, Progress::percent));
    view! {
        <section class="progress" aria-label="Progress">
            <div>
                <h2 class="now">
                    <b>{stage}</b>
                </h2>
            </div>
            <div class="btns">
                <button class="btn" type="button" on:click=move |_| app.send(Command::Cancel)>
                    "Cancel"
                </button>
            </div>
            <svg
                class="track"
                viewBox="0 0 100 10"
                preserveAspectRatio="none"
                role="progressbar"
                aria-label=stage
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=percent
            >
                <rect class="g-cell" width="100" height="10" />
                <rect class="f-c1" width=percent height="10" />
            </svg>
            <p class="small nowrap">{move || app.progress.with(|p| p.as_ref().map(amount))}</p>
        </section>
    }
}
