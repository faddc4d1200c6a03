//! A menu: native details that close with Escape, when focus leaves and when something was chosen.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

fn close(menu: &web_sys::HtmlDetailsElement, refocus: bool) {
    menu.set_open(false);
    if refocus && let Ok(Some(summary)) = menu.query_selector("summary") {
        let _ = summary.unchecked_into::<web_sys::HtmlElement>().focus();
    }
}

/// A menu with its summary and its list.
pub(crate) fn menu(class: &'static str, summary: AnyView, list: AnyView) -> impl IntoView + use<> {
    let node = NodeRef::<leptos::html::Details>::new();
    view! {
        <details
            class=format!("menu {class}")
            node_ref=node
            on:keydown=move |event| {
                if event.key() == "Escape" && let Some(menu) = node.get_untracked() {
                    close(&menu, true);
                }
            }
            on:focusout=move |event| {
                let inside = event.related_target().and_then(|t| t.dyn_into::<web_sys::Node>().ok());
                if let Some(menu) = node.get_untracked() && !menu.contains(inside.as_ref()) {
                    close(&menu, false);
                }
            }
        >
            <summary>{summary}</summary>
            <div
                class="menu-list"
                tabindex="-1"
                on:click=move |event| {
                    let on_button = event
                        .target()
                        .and_then(|t| t.dyn_into::<web_sys::Element>().ok())
                        .is_some_and(|e| matches!(e.closest("button, a"), Ok(Some(_))));
                    if on_button && let Some(menu) = node.get_untracked() {
                        close(&menu, true);
                    }
                }
            >
                {list}
            </div>
        </details>
    }
}

/// An entry of a menu.
pub(crate) fn item(words: &'static str, keys: &'static str, enabled: Signal<bool>, act: impl Fn() + 'static) -> AnyView {
    view! {
        <button type="button" disabled=move || !enabled.get() on:click=move |_| act()>
            <span>{words}</span>
            {(!keys.is_empty()).then(|| view! { <kbd>{keys}</kbd> })}
        </button>
    }
    .into_any()
}
