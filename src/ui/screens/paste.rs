//! A table pasted as text.

use super::super::state::App;
use leptos::prelude::*;
use web_sys::File;

/// Name a pasted table gets.
const NAME: &str = "pasted.csv";

/// The button and its dialog.
pub(crate) fn paste(app: App) -> impl IntoView + use<> {
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    let area = NodeRef::<leptos::html::Textarea>::new();
    let show = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    };
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let accept = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let text = area.get_untracked().map(|area| area.value()).unwrap_or_default();
        if text.trim().is_empty() {
            return;
        }
        close();
        if let Ok(file) = File::new_with_str_sequence(&js_sys::Array::of1(&text.into()), NAME) {
            app.open_files(vec![file], false);
        }
    };
    view! {
        <button class="btn" type="button" on:click=show>
            "Paste a table"
        </button>
        <dialog node_ref=dialog class="dialog" aria-labelledby="paste-h">
            <form on:submit=accept>
                <h2 id="paste-h">"Paste a table"</h2>
                <label for="paste-text" class="small">
                    "Rows with a header line, as copied from a spreadsheet or a file."
                </label>
                <textarea id="paste-text" node_ref=area rows="12" spellcheck="false" required></textarea>
                <div class="btns">
                    <button class="btn first" type="submit">
                        "Open"
                    </button>
                    <button class="btn" type="button" on:click=move |_| close()>
                        "Cancel"
                    </button>
                </div>
            </form>
        </dialog>
    }
}
