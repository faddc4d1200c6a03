//! The lineage graph: drawn by the engine's own function, moved through by arrow keys, each column leading to its finding.

use super::table::table;
use crate::chart::graph::{Graph, svg};
use crate::protocol::TableBlock;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

/// The graph with its table twin.
pub(crate) fn graph(graph: &Graph, twin: &TableBlock) -> impl IntoView + use<> {
    let says = graph.description.clone();
    view! {
        <figure class="lineage">
            <p class="small prose">{says}</p>
            <p class="fine">"Arrow keys move from one to the next; Enter opens a column's finding."</p>
            <div
                class="drawing"
                inner_html=svg(graph, None)
                on:focusin=|event| emphasise(&event)
                on:mouseover=|event| emphasise(&event)
                on:focusout=|_| forget()
                on:mouseleave=|_| forget()
                on:click=|event| reveal(&event)
                on:keydown=|event| key(&event)
            ></div>
            <details class="twin">
                <summary>"Show as table"</summary>
                {table(twin, "")}
            </details>
        </figure>
    }
}

fn node_of(event: &Event) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest("[data-node]").ok()?
}

fn all(selector: &str) -> impl Iterator<Item = Element> {
    let list = document().query_selector_all(selector).ok();
    (0..list.as_ref().map_or(0, web_sys::NodeList::length)).filter_map(move |at| list.as_ref()?.item(at)?.dyn_into().ok())
}

fn forget() {
    for element in all(".lit") {
        let _ = element.class_list().remove_1("lit");
    }
}

/// The fold of a node's finding, if it is on the page.
fn finding_of(node: &Element) -> Option<Element> {
    let id = node.get_attribute("data-finding").filter(|id| !id.is_empty());
    all("details.finding").find(|fold| fold.get_attribute("data-finding") == id && id.is_some())
}

/// Lights a node, its edges and its finding; the rest steps back.
fn emphasise(event: &Event) {
    let Some(node) = node_of(event) else { return };
    forget();
    let at = node.get_attribute("data-node").unwrap_or_default();
    let ends = |edge: &Element| edge.get_attribute("data-ends").is_some_and(|ends| ends.split(' ').any(|end| end == at));
    let sheet = node.closest(".graph").ok().flatten();
    for element in all(".ge").filter(ends).chain(sheet).chain(finding_of(&node)).chain([node]) {
        let _ = element.class_list().add_1("lit");
    }
}

/// Opens a node's finding and goes there.
fn reveal(event: &Event) {
    let Some(fold) = node_of(event).and_then(|node| finding_of(&node)) else { return };
    if let Ok(Some(around)) = fold.closest("details.fold") {
        let _ = around.set_attribute("open", "");
    }
    let _ = fold.set_attribute("open", "");
    if let Ok(Some(summary)) = fold.query_selector("summary") {
        focus(&summary);
        fold.scroll_into_view();
    }
}

fn key(event: &KeyboardEvent) {
    let step = match event.key().as_str() {
        "ArrowRight" | "ArrowDown" => 1,
        "ArrowLeft" | "ArrowUp" => -1,
        "Enter" | " " => 0,
        _ => return,
    };
    let Some(node) = node_of(event) else { return };
    event.prevent_default();
    if step == 0 {
        return reveal(event);
    }
    let nodes: Vec<Element> = all("[data-node]").collect();
    let next = nodes.iter().position(|n| *n == node).and_then(|at| nodes.get(at.checked_add_signed(step)?));
    if let Some(next) = next {
        let _ = node.set_attribute("tabindex", "-1");
        let _ = next.set_attribute("tabindex", "0");
        focus(next);
    }
}

/// Drawn elements take the focus as those of a page do.
fn focus(element: &Element) {
    let _ = element.unchecked_ref::<HtmlElement>().focus();
}
