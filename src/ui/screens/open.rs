//! Open: drop, choose or paste a file, or start with a sample; then how it was read, and its rows.

use super::super::effects::Link;
use super::super::state::App;
use super::super::widgets::banner::banner;
use super::super::widgets::progress;
use super::{drop_zone, file, grid, paste, route, samples};
use crate::protocol::format::count;
use crate::protocol::{Mark, Step, StepState};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Name of the folded proof among what is folded open.
const PROOF: &str = "prove";

/// Shows the proof that nothing leaves the device.
pub(crate) fn show_proof(app: App) {
    app.unfolded.update(|open| {
        open.insert(PROOF.to_owned());
    });
    route::go(Step::Open);
    set_timeout(
        || {
            if let Some(proof) = document().get_element_by_id(PROOF) {
                proof.scroll_into_view();
            }
        },
        std::time::Duration::from_millis(100),
    );
}

/// The screen.
pub(crate) fn open(app: App) -> AnyView {
    let has_file = Memo::new(move |_| app.state.with(|s| !s.files.is_empty()));
    view! {
        {move || if has_file.get() { with_file(app).into_any() } else { without_file(app).into_any() }}
        {samples::samples(app)}
        {move || has_file.get().then(|| view! { <div class="section">{prove(app)}</div> })}
    }
    .into_any()
}

fn without_file(app: App) -> impl IntoView + use<> {
    view! {
        <p class="eyebrow">"Step 1 of 11"</p>
        <h1 class="statement">"Drop a CSV. See what leaks, with proof, and whether the model deserves to go live."</h1>
        {progress::panel(app)}
        {kept(app)}
        <div class="cols">
            <div>{zone(app)}</div>
            {prove(app)}
        </div>
    }
}

/// A project of an earlier visit, offered.
fn kept(app: App) -> impl IntoView + use<> {
    move || {
        app.kept.get().map(|(name, saved, jobs)| {
            let text = view! {
                <b>"Go on with " {name} "?"</b>
                " This browser kept it for you on "
                {saved.replace('T', " at ").trim_end_matches('Z').to_owned()}
                " (UTC)."
                {(jobs > 0).then(|| format!(" {jobs} finished pieces of work are kept with it: its run goes on from there."))}
            };
            let buttons = view! {
                <button
                    type="button"
                    class="btn first"
                    on:click=move |_| {
                        app.kept.set(None);
                        app.with_link(Link::reopen);
                    }
                >
                    "Open it again"
                </button>
                <button
                    type="button"
                    class="btn plain"
                    on:click=move |_| {
                        app.kept.set(None);
                        app.with_link(Link::forget);
                    }
                >
                    "Delete it from this browser"
                </button>
            };
            view! { <div class="block">{banner(Mark::Quiet, text.into_any(), Some(buttons.into_any()))}</div> }
        })
    }
}

fn zone(app: App) -> impl IntoView + use<> {
    view! {
        <section class="drop" aria-labelledby="drop-h">
            <h2 id="drop-h" class="big">
                "Drop a file anywhere on this page"
            </h2>
            <div class="btns">
                <button class="btn first" type="button" on:click=move |_| drop_zone::choose_files(app, false)>
                    "Choose file…"
                </button>
                {paste::paste(app)}
                <button class="btn plain" type="button" on:click=move |_| drop_zone::choose_project(app)>
                    "Open a saved project"
                </button>
            </div>
            <p class="fine">
                "CSV, TSV or any delimiter; quotes, any line ends, UTF-8, UTF-16 or an old encoding; " <code>".gz"</code>
                " too. Up to 2 GB and 20,000 columns. Two or three files at once become train, test and new data."
            </p>
        </section>
    }
}

/// The connection rule this very page forbids itself by.
fn own_rule() -> String {
    document()
        .query_selector("meta[http-equiv='Content-Security-Policy']")
        .ok()
        .flatten()
        .and_then(|e| e.dyn_into::<web_sys::Element>().ok())
        .and_then(|e| e.get_attribute("content"))
        .and_then(|rules| rules.split(';').map(str::trim).find(|rule| rule.starts_with("connect-src")).map(str::to_owned))
        .unwrap_or_else(|| "connect-src".to_owned())
}

fn prove(app: App) -> impl IntoView + use<> {
    let rule = own_rule();
    let means = if rule.ends_with("'none'") {
        "It forbids itself every connection."
    } else {
        "It can reach nothing but the place it was loaded from, which receives nothing."
    };
    view! {
        <aside class="margin prove" id="prove" aria-labelledby="prove-h">
            <h2 id="prove-h">"Nothing leaves this device"</h2>
            <p>"Reading, training and reports all run in this tab. There is no server to send anything to."</p>
            <details open=move || app.unfolded.with(|open| open.contains(PROOF))>
                <summary>"Prove it"</summary>
                <ol>
                    <li>
                        <span>"Switch the network off now. Everything below still works."</span>
                    </li>
                    <li>
                        <span>"Open the browser’s network panel: while you work, it stays empty."</span>
                    </li>
                    <li>
                        <span>"Read the page’s own rule, " <code>{rule}</code> ". " {means}</span>
                    </li>
                </ol>
            </details>
        </aside>
    }
}

fn with_file(app: App) -> impl IntoView + use<> {
    // The grid is drawn in a task of its own, so that none holds the page for long.
    let drawn = RwSignal::new(false);
    set_timeout(
        move || {
            drawn.try_set(true);
        },
        std::time::Duration::ZERO,
    );
    view! {
        <p class="eyebrow">"Step 1 of 11"</p>
        <h1 class="statement">{move || statement(app)}</h1>
        {progress::panel(app)}
        {next(app)}
        {file::files(app)}
        {move || drawn.get().then(|| grid::grid(app))}
    }
}

fn statement(app: App) -> String {
    app.state.with(|s| {
        let Some(file) = s.files.first() else { return String::new() };
        let missing: u64 = s.columns.iter().map(|c| u64::from(c.missing)).sum();
        let empty = if missing == 0 { "no empty cells".to_owned() } else { format!("{} empty cells", count(missing)) };
        let left_out = match file.n_rejected {
            0 => "every row was read".to_owned(),
            1 => "one row was left out".to_owned(),
            n => format!("{} rows were left out", count(n)),
        };
        format!("{} rows, {} columns, {empty}; {left_out}.", count(u64::from(s.n_rows)), count(s.columns.len() as u64))
    })
}

/// The way on: run everything, or see the verdict that is there.
fn next(app: App) -> impl IntoView + use<> {
    let decided = Memo::new(move |_| {
        app.state.with(|s| {
            s.steps.iter().any(|v| v.step == Step::Decide && !matches!(v.state, StepState::NotStarted | StepState::Stale | StepState::Running))
        })
    });
    let busy = Memo::new(move |_| app.state.with(|s| s.busy));
    move || {
        let first = if decided.get() {
            view! {
                <a class="btn first" href="#decide">
                    "See the verdict"
                </a>
            }
            .into_any()
        } else {
            view! {
                <button type="button" class="btn first" disabled=busy.get() on:click=move |_| app.run(Step::Decide)>
                    "Run everything to the verdict"
                </button>
            }
            .into_any()
        };
        view! {
            <p class="btns pad">
                {first}
                <a class="btn" href="#task">
                    "Check the task first"
                </a>
            </p>
        }
    }
}
