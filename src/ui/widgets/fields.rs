//! Fields of forms: a label above a native control, and what it means below. A change is sent when the control is left.

use leptos::prelude::*;

/// Options of a select: value and words.
pub(crate) type Options = Vec<(String, String)>;

/// A labelled control. `guessed` marks a value nobody chose.
fn labelled(label: &str, help: &str, guessed: Signal<bool>, control: AnyView) -> AnyView {
    let help = (!help.is_empty()).then(|| view! { <span class="fine">{help.to_owned()}</span> });
    view! {
        <label class="form-field">
            <span class="label">
                {label.to_owned()}
                {move || guessed.get().then(|| view! { <span class="guessed">"guessed"</span> })}
            </span>
            {control}
            {help}
        </label>
    }
    .into_any()
}

/// What a field is called, what it does, and whether its value is a guess.
#[derive(Clone)]
pub(crate) struct Label {
    words: String,
    help: String,
    guessed: Signal<bool>,
}

impl Label {
    /// A label with help below.
    pub(crate) fn new(words: &str, help: &str) -> Self {
        Self { words: words.to_owned(), help: help.to_owned(), guessed: Signal::derive(|| false) }
    }

    /// The same label, marked "guessed" while `guessed`.
    pub(crate) fn guessed(mut self, guessed: Signal<bool>) -> Self {
        self.guessed = guessed;
        self
    }
}

/// A select with options that may change.
pub(crate) fn select(label: Label, value: Signal<String>, options: Signal<Options>, change: impl Fn(String) + 'static) -> AnyView {
    let items = move || {
        options
            .get()
            .into_iter()
            .map(|(id, words)| {
                let own = id.clone();
                view! {
                    <option value=id prop:selected=move || value.get() == own>
                        {words}
                    </option>
                }
            })
            .collect_view()
    };
    let control = view! {
        <select class="select" on:change=move |event| change(event_target_value(&event))>
            {items}
        </select>
    };
    labelled(&label.words, &label.help, label.guessed, control.into_any())
}

/// A number. `range` bounds it; what is no number inside is marked and not sent.
pub(crate) fn number(label: Label, value: Signal<String>, range: Option<(f64, f64)>, change: impl Fn(f64) + 'static) -> AnyView {
    let wrong = RwSignal::new(false);
    let allowed = range.map_or_else(|| "a number".to_owned(), |(low, high)| format!("a number from {low} to {high}"));
    let control = view! {
        <span class="control">
            <input
                class="field"
                inputmode="decimal"
                autocomplete="off"
                prop:value=move || value.get()
                aria-invalid=move || wrong.get().to_string()
                on:change=move |event| {
                    let text = event_target_value(&event).trim().replace(',', "");
                    match text.parse::<f64>() {
                        Ok(number) if number.is_finite() && range.is_none_or(|(low, high)| (low..=high).contains(&number)) => {
                            wrong.set(false);
                            change(number);
                        }
                        _ => wrong.set(true),
                    }
                }
            />
            {move || wrong.get().then(|| view! { <span class="wrong" role="alert">{format!("Needs {allowed}.")}</span> })}
        </span>
    };
    labelled(&label.words, &label.help, label.guessed, control.into_any())
}

/// Words.
pub(crate) fn text(label: Label, value: Signal<String>, change: impl Fn(String) + 'static) -> AnyView {
    let control = view! {
        <input
            class="field wide"
            type="text"
            autocomplete="off"
            prop:value=move || value.get()
            on:change=move |event| change(event_target_value(&event))
        />
    };
    labelled(&label.words, &label.help, label.guessed, control.into_any())
}

/// Yes or no.
pub(crate) fn check(label: &str, help: &str, value: Signal<bool>, change: impl Fn(bool) + 'static) -> AnyView {
    let help = (!help.is_empty()).then(|| view! { <span class="fine">{help.to_owned()}</span> });
    view! {
        <label class="form-field check">
            <input type="checkbox" prop:checked=move || value.get() on:change=move |event| change(event_target_checked(&event)) />
            <span>{label.to_owned()}</span>
            {help}
        </label>
    }
    .into_any()
}
