//! Files: dropped anywhere on the page, or chosen.

use super::super::state::App;
use super::route;
use crate::protocol::Step;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{DragEvent, File, FileList, HtmlInputElement};

/// What a file dialog offers first.
const TABLES: &str = ".csv,.tsv,.txt,.tab,.psv,.dat,.gz,text/csv,text/tab-separated-values,text/plain,application/gzip";

fn listed(list: Option<FileList>) -> Vec<File> {
    list.map(|list| (0..list.length()).filter_map(|at| list.item(at)).collect()).unwrap_or_default()
}

fn has_files(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|t| t.types().iter().any(|kind| kind.as_string().is_some_and(|kind| kind == "Files")))
}

/// Listens for files from now on; the signal says whether one hovers over the page.
pub(crate) fn follow(app: App) -> RwSignal<bool> {
    let over = RwSignal::new(false);
    let hover = window_event_listener(leptos::ev::dragover, move |event| {
        if has_files(&event) {
            event.prevent_default();
            over.set(true);
        }
    });
    let leave = window_event_listener(leptos::ev::dragleave, move |event| {
        if event.related_target().is_none() {
            over.set(false);
        }
    });
    let drop = window_event_listener(leptos::ev::drop, move |event| {
        over.set(false);
        if has_files(&event) {
            event.prevent_default();
            app.open_files(listed(event.data_transfer().and_then(|t| t.files())), false);
            route::go(Step::Open);
        }
    });
    on_cleanup(move || {
        hover.remove();
        leave.remove();
        drop.remove();
    });
    over
}

/// Shows the browser's file dialog and hands over what was chosen.
fn choose(accept: &str, several: bool, act: impl FnOnce(Vec<File>) + 'static) {
    let Some(input) = document().create_element("input").ok().and_then(|e| e.dyn_into::<HtmlInputElement>().ok()) else { return };
    input.set_type("file");
    input.set_accept(accept);
    input.set_multiple(several);
    let chosen = input.clone();
    let done = Closure::once_into_js(move || act(listed(chosen.files())));
    input.set_onchange(done.dyn_ref());
    input.click();
}

/// Lets a person choose files; `add` keeps those already open.
pub(crate) fn choose_files(app: App, add: bool) {
    choose(TABLES, true, move |files| {
        if !files.is_empty() {
            app.open_files(files, add);
            route::go(Step::Open);
        }
    });
}

/// Lets a person choose a saved project.
pub(crate) fn choose_project(app: App) {
    choose("", false, move |files| {
        if let Some(file) = files.first() {
            app.with_link(|link| link.open_project(file));
        }
    });
}
