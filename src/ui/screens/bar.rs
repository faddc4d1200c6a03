//! The bar: brand, file, project menu, running work, undo and redo, theme.

use super::super::state::{App, Progress};
use super::super::widgets::mark::sign;
use super::super::widgets::menu::{item, menu};
use super::super::widgets::progress::amount;
use super::{drop_zone, report, theme};
use crate::protocol::format::{count, counted};
use crate::protocol::{Command, Export};
use leptos::prelude::*;

/// The bar at the top.
pub(crate) fn bar(app: App) -> impl IntoView + use<> {
    view! {
        <header class="bar">
            <a class="brand" href="#open">
                {sign("#m-brand")}
                "Watertight"
            </a>
            <div class="bar-file">{file(app)} {project(app)}</div>
            <div class="bar-tools">
                {jobs(app)} <div class="pair">{undo(app)} {redo(app)}</div> {theme::switch(app)}
            </div>
        </header>
    }
}

fn file(app: App) -> impl IntoView + use<> {
    let name = Memo::new(move |_| app.state.with(|s| s.files.first().map(|f| f.name.clone())));
    let facts = Memo::new(move |_| {
        app.state.with(|s| {
            s.files
                .first()
                .map(|_| format!("{} × {}", counted(u64::from(s.n_rows), "row", "rows"), counted(s.columns.len() as u64, "column", "columns")))
        })
    });
    view! {
        <span class="file">{move || name.get()}</span>
        <span class="facts">{move || facts.get()}</span>
    }
}

fn project(app: App) -> impl IntoView + use<> {
    let open = Signal::derive(move || app.state.with(|s| !s.files.is_empty()));
    let always = Signal::derive(|| true);
    let exports = report::EXPORTS
        .into_iter()
        .filter(|(what, _, _)| *what != Export::Project)
        .map(|(what, words, _)| item(words, "", open, move || app.send(Command::Export { what })))
        .collect_view();
    let list = view! {
        {item("Save project to a file", "Ctrl S", open, move || app.send(Command::Export { what: Export::Project }))}
        {item("Open project…", "", always, move || drop_zone::choose_project(app))}
        {item("Open another file…", "", always, move || drop_zone::choose_files(app, false))}
        <p class="menu-head">"Save"</p>
        {exports}
        <p class="menu-head">"This page"</p>
        {item("Close the file", "", open, move || app.send(Command::Close))}
    };
    menu("project", view! { "Project" }.into_any(), list.into_any())
}

fn jobs(app: App) -> impl IntoView + use<> {
    let running = Memo::new(move |_| app.asked_for.get() || app.progress.with(Option::is_some) || app.state.with(|s| s.busy));
    let percent = move || app.progress.with(|p| p.as_ref().map(Progress::percent));
    let stage = move || app.progress.with(|p| p.as_ref().map_or_else(|| "Working".to_owned(), |p| p.stage.clone()));
    let summary = view! {
        <span class="vh">"Running work: "</span>
        <span class="words">{move || if running.get() { stage() } else { "Idle".to_owned() }}</span>
        {move || {
            percent()
                .map(|n| {
                    view! {
                        <span class="percent">{format!("{n} %")}</span>
                        <svg class="thin" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                            <rect width=n height="4" />
                        </svg>
                    }
                })
        }}
    };
    let list = view! {
        <p class="menu-note">
            {move || match app.progress.get() {
                Some(p) => format!("{}: {}", p.stage, amount(&p)),
                None => format!("Nothing runs. {}.", workers_words(app)),
            }}
        </p>
        {item("Cancel", "", running.into(), move || app.send(Command::Cancel))}
    };
    view! { <div class="jobs" class:idle=move || !running.get()>{menu("jobs-menu", summary.into_any(), list.into_any())}</div> }
}

fn workers_words(app: App) -> String {
    let n = app.with_link(super::super::effects::Link::workers).unwrap_or(1);
    if n == 1 { "1 worker is ready".to_owned() } else { format!("{} workers are ready", count(u64::from(n))) }
}

fn undo(app: App) -> impl IntoView + use<> {
    let can = Memo::new(move |_| app.state.with(|s| s.can_undo));
    view! {
        <button class="tool" type="button" aria-label="Undo" title="Undo (Ctrl Z)" disabled=move || !can.get() on:click=move |_| app.undo()>
            {sign("#m-undo")}
        </button>
    }
}

fn redo(app: App) -> impl IntoView + use<> {
    let can = Memo::new(move |_| app.state.with(|s| s.can_redo));
    view! {
        <button
            class="tool"
            type="button"
            aria-label="Redo"
            title="Redo (Ctrl Shift Z)"
            disabled=move || !can.get()
            on:click=move |_| app.redo()
        >
            {sign("#m-redo")}
        </button>
    }
}
