//! The preview grid: rows and columns are drawn only where they can be seen, and fetched in pages; a million rows scroll
//! as a hundred do. One cell holds the focus; arrow keys move it.

mod body;
mod geometry;
mod head;

use super::super::state::App;
use geometry::{Geometry, NUMBERS, Seen};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The cell with the focus: row -1 is the head.
pub(super) type Active = RwSignal<(i64, u32)>;

/// What the parts of the grid share.
#[derive(Clone, Copy)]
pub(super) struct Sheet {
    app: App,
    geometry: Memo<Geometry>,
    seen: RwSignal<Seen>,
    columns: Memo<Vec<u32>>,
    active: Active,
    wrap: NodeRef<leptos::html::Div>,
}

/// The grid of the training file.
pub(super) fn grid(app: App) -> impl IntoView + use<> {
    let has_rows = Memo::new(move |_| app.state.with(|s| !s.columns.is_empty()));
    move || has_rows.get().then(|| with_columns(app))
}

fn with_columns(app: App) -> impl IntoView + use<> {
    let geometry =
        Memo::new(move |_| app.state.with(|s| Geometry { n_rows: s.n_rows, n_columns: u32::try_from(s.columns.len()).unwrap_or(u32::MAX) }));
    let seen = RwSignal::new(Seen::default());
    let active = Active::new((0, 0));
    let columns = Memo::new(move |_| geometry.get().columns(seen.get(), active.get().1));
    let sheet = Sheet { app, geometry, seen, columns, active, wrap: NodeRef::new() };
    Effect::new(move |_| {
        let Geometry { n_rows, n_columns } = geometry.get();
        active.set((0, 0));
        if n_rows > 0 && n_columns > 0 {
            request_animation_frame(move || sheet.look());
        }
    });
    let resize = window_event_listener(leptos::ev::resize, move |_| sheet.look());
    on_cleanup(move || resize.remove());
    let name = Memo::new(move |_| app.state.with(|s| s.files.first().map(|f| f.name.clone()).unwrap_or_default()));
    view! {
        <section class="section" aria-labelledby="preview-h">
            <header>
                <h2 id="preview-h">"Preview"</h2>
                <p>"kind and role can be changed in the head of each column; arrow keys move through the cells"</p>
            </header>
            <div class="grid-wrap" node_ref=sheet.wrap on:scroll=move |_| sheet.look()>
                <div
                    class="vgrid"
                    role="grid"
                    aria-label=move || format!("Preview of {}", name.get())
                    aria-rowcount=move || u64::from(geometry.get().n_rows) + 1
                    aria-colcount=move || u64::from(geometry.get().n_columns) + 1
                    style:width=move || px(geometry.get().width())
                    on:keydown=move |event| sheet.key(&event)
                    on:focusin=move |event| sheet.focused(&event)
                >
                    {head::head(sheet)}
                    {body::body(sheet)}
                </div>
            </div>
        </section>
    }
}

/// Pixels as CSS.
pub(super) fn px(pixels: f64) -> String {
    format!("{pixels}px")
}

/// Id of a cell's element.
pub(super) fn cell_id(row: i64, column: u32) -> String {
    format!("g-{}-{column}", row + 1)
}

impl Sheet {
    /// Takes note of what can be seen.
    fn look(self) {
        if let Some(wrap) = self.wrap.get_untracked() {
            let now = Seen {
                left: f64::from(wrap.scroll_left()),
                top: f64::from(wrap.scroll_top()),
                width: f64::from(wrap.client_width()),
                height: f64::from(wrap.client_height()),
            };
            if self.seen.get_untracked() != now {
                self.seen.set(now);
            }
        }
    }

    /// `tabindex` of a cell.
    pub(super) fn tab(self, row: i64, column: u32) -> &'static str {
        if self.active.get() == (row, column) { "0" } else { "-1" }
    }

    fn focused(self, event: &web_sys::FocusEvent) {
        let cell = event.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok()).and_then(|e| e.closest("[id^='g-']").ok().flatten());
        let Some(id) = cell.map(|cell| cell.id()) else { return };
        let mut parts = id.split('-').skip(1).map(str::parse::<i64>);
        if let (Some(Ok(row)), Some(Ok(column))) = (parts.next(), parts.next()) {
            let at = (row - 1, u32::try_from(column).unwrap_or(0));
            if self.active.get_untracked() != at {
                self.active.set(at);
            }
        }
    }

    fn key(self, event: &web_sys::KeyboardEvent) {
        let on_control = event.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok()).is_some_and(|e| e.tag_name() == "SELECT");
        let (row, column) = self.active.get_untracked();
        if on_control {
            if event.key() == "Escape" {
                self.focus();
            }
            return;
        }
        let geometry = self.geometry.get_untracked();
        let (last_row, last_column) = (i64::from(geometry.n_rows) - 1, geometry.n_columns.saturating_sub(1));
        let page = geometry.page(self.seen.get_untracked());
        let next = match (event.key().as_str(), event.ctrl_key() || event.meta_key()) {
            ("ArrowDown", _) => (row + 1, column),
            ("ArrowUp", _) => (row - 1, column),
            ("ArrowRight", _) => (row, column + 1),
            ("ArrowLeft", _) => (row, column.saturating_sub(1)),
            ("PageDown", _) => (row + page, column),
            ("PageUp", _) => ((row - page).max(0), column),
            ("Home", false) => (row, 0),
            ("End", false) => (row, last_column),
            ("Home", true) => (0, 0),
            ("End", true) => (last_row, last_column),
            ("Enter" | "F2", _) if row < 0 => return self.enter(event, column),
            _ => return,
        };
        event.prevent_default();
        self.active.set((next.0.clamp(-1, last_row), next.1.min(last_column)));
        self.show();
        self.focus();
    }

    /// Moves into the pickers of a column's head.
    fn enter(self, event: &web_sys::KeyboardEvent, column: u32) {
        let select = document().get_element_by_id(&cell_id(-1, column)).and_then(|cell| cell.query_selector("select").ok().flatten());
        if let Some(select) = select.and_then(|s| s.dyn_into::<web_sys::HtmlElement>().ok()) {
            event.prevent_default();
            let _ = select.focus();
        }
    }

    /// Scrolls until the active cell can be seen.
    fn show(self) {
        let (row, column) = self.active.get_untracked();
        if let Some(wrap) = self.wrap.get_untracked() {
            let (left, top) = self.geometry.get_untracked().scroll_to(self.seen.get_untracked(), row, column);
            #[expect(clippy::cast_possible_truncation, reason = "scroll positions are a few million pixels")]
            {
                wrap.set_scroll_left(left.round() as i32);
                wrap.set_scroll_top(top.round() as i32);
            }
            self.look();
        }
    }

    /// Gives the active cell the focus once it is drawn.
    fn focus(self) {
        request_animation_frame(move || {
            let (row, column) = self.active.get_untracked();
            if let Some(cell) = document().get_element_by_id(&cell_id(row, column)).and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = cell.focus();
            }
        });
    }

    /// Where a column begins, in pixels from the left.
    pub(super) fn left(column: u32) -> String {
        px(NUMBERS + f64::from(column) * geometry::COLUMN)
    }
}
