//! Light, dark, or as the system: kept in the browser's storage, applied to the root element.

use super::super::state::App;
use super::super::widgets::mark::sign;
use leptos::prelude::*;

const KEY: &str = "theme";

fn stored() -> String {
    window().local_storage().ok().flatten().and_then(|s| s.get_item(KEY).ok().flatten()).unwrap_or_default()
}

fn apply(theme: &str) {
    let Some(root) = document().document_element() else { return };
    let _ = match theme {
        "light" | "dark" => root.set_attribute("data-theme", theme),
        _ => root.remove_attribute("data-theme"),
    };
}

/// Applies the stored theme, and tells pictures when the system's changes.
pub(crate) fn follow(app: App) {
    apply(&stored());
    if let Ok(Some(query)) = window().match_media("(prefers-color-scheme: dark)") {
        gloo::events::EventListener::new(&query, "change", move |_| app.theme.update(|n| *n += 1)).forget();
    }
}

fn choose(app: App, theme: &'static str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(KEY, theme);
    }
    apply(theme);
    app.theme.update(|n| *n += 1);
}

/// The switch in the bar.
pub(crate) fn switch(app: App) -> impl IntoView + use<> {
    let now = stored();
    let options = [
        ("light", "theme-light", "#m-light", "Light"),
        ("auto", "theme-auto", "#m-auto", "As the system"),
        ("dark", "theme-dark", "#m-dark", "Dark"),
    ]
    .into_iter()
    .map(|(theme, id, icon, words)| {
        let checked = theme == now || (theme == "auto" && now != "light" && now != "dark");
        view! {
            <label title=words>
                {sign(icon)} <span class="vh">{words}</span>
                <input type="radio" name="theme" id=id checked=checked on:change=move |_| choose(app, theme) />
            </label>
        }
    })
    .collect_view();
    view! {
        <fieldset class="theme">
            <legend class="vh">"Theme"</legend>
            {options}
        </fieldset>
    }
}
