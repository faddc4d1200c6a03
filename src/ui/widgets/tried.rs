//! What a search may try of one learner: a range for each number, ticks for each word, made from the description of its hyperparameters.

use super::super::state::App;
use crate::protocol::{Entry, Given, ParamView, SearchChoice, Value};
use leptos::prelude::*;

/// Forms of all hyperparameters that can be searched. `by_hand`: those that were set, which stay as they are.
pub(crate) fn tried(app: App, entry: &Entry, by_hand: Signal<Given>) -> AnyView {
    let fields: Vec<AnyView> = entry.params.iter().filter_map(|spec| field(app, &entry.id, spec, by_hand)).collect();
    view! { <div class="form params">{fields}</div> }.into_any()
}

fn field(app: App, learner: &str, spec: &ParamView, by_hand: Signal<Given>) -> Option<AnyView> {
    let name = format!("{learner}.{}", spec.id);
    let id = spec.id.clone();
    let set = Memo::new(move |_| by_hand.with(|given| given.contains_key(&id)));
    let words = match &spec.default {
        Value::Switch(_) => vec!["false".to_owned(), "true".to_owned()],
        Value::Word(_) => spec.options.clone(),
        _ => Vec::new(),
    };
    let (control, changed) = match (spec.usual, words.is_empty()) {
        (Some((usual, _)), _) => range(app, name.clone(), spec, usual, set),
        (None, false) => ticks(app, name.clone(), spec, words, set),
        (None, true) => return None,
    };
    let scale = if spec.usual.is_some_and(|(_, log)| log) { ", on a logarithmic scale" } else { "" };
    let help = format!("Allowed: {}{scale}.", spec.allowed);
    let (title, wish) = (spec.title.clone(), spec.is_a_wish);
    let note = move || match (set.get(), wish && !changed.get()) {
        (true, _) => "Set by hand above, so not searched. ",
        (false, true) => "Not searched unless you say so here. ",
        _ => "",
    };
    let label = format!("Back to the usual range of {title}");
    let back = move || {
        let (name, label) = (name.clone(), label.clone());
        (changed.get() && !set.get()).then(|| {
            let reset = move |_| {
                change(app, |search| {
                    search.ranges.remove(&name);
                    search.choices.remove(&name);
                });
            };
            view! {
                <button type="button" class="btn plain" aria-label=label on:click=reset>
                    "Back to the usual range"
                </button>
            }
        })
    };
    Some(
        view! {
            <fieldset class="form-field tried" disabled=move || set.get()>
                <legend class="label">{title}</legend>
                {control}
                <span class="fine">{note} {help}</span>
                {back}
            </fieldset>
        }
        .into_any(),
    )
}

fn change(app: App, act: impl FnOnce(&mut SearchChoice)) {
    app.edit("What is searched has changed.", |s| {
        if let Some(search) = &mut s.search {
            act(search);
        }
    });
}

/// Shows a range that has changed elsewhere, and takes back what was said of a wrong one.
fn follow(range: impl Fn() -> Option<(f64, f64)> + 'static, ends: [RwSignal<String>; 2], wrong: RwSignal<String>) {
    Effect::new(move |_| {
        let (low, high) = range().map_or_else(Default::default, |(low, high)| (low.to_string(), high.to_string()));
        // Only what differs: the other field may be typed into.
        for (end, value) in ends.into_iter().zip([low, high]) {
            if end.with_untracked(|now| *now != value) {
                end.set(value);
            }
        }
        wrong.set(String::new());
    });
}

/// Two fields; the second result says whether they differ from the usual.
fn range(app: App, name: String, spec: &ParamView, usual: (f64, f64), set: Memo<bool>) -> (AnyView, Memo<bool>) {
    let own = {
        let name = name.clone();
        Memo::new(move |_| app.state.with(|s| s.settings.search.as_ref().and_then(|c| c.ranges.get(&name).copied())))
    };
    let shown = if spec.is_a_wish { None } else { Some(usual) };
    let ends = [RwSignal::new(String::new()), RwSignal::new(String::new())];
    let wrong = RwSignal::new(String::new());
    follow(move || own.get().or(shown), ends, wrong);
    let (domain, whole) = (spec.range.unwrap_or(usual), matches!(spec.default, Value::Whole(_)));
    let allowed = spec.allowed.clone();
    let typed = move || {
        let number = |end: RwSignal<String>| end.get_untracked().trim().replace(',', "").parse::<f64>().ok();
        let fits = |x: &f64| (domain.0..=domain.1).contains(x) && (!whole || x.fract() == 0.0);
        match (number(ends[0]).filter(fits), number(ends[1]).filter(fits)) {
            (Some(low), Some(high)) if low < high => {
                wrong.set(String::new());
                let name = name.clone();
                change(app, move |search| {
                    if Some((low, high)) == shown {
                        search.ranges.remove(&name);
                    } else {
                        search.ranges.insert(name, (low, high));
                    }
                });
            }
            (Some(_), Some(_)) => wrong.set("The first number must be below the second.".to_owned()),
            _ => wrong.set(format!("Needs two numbers, each {allowed}.")),
        }
    };
    let input = |end: RwSignal<String>, label: String| {
        let typed = typed.clone();
        view! {
            <input
                class="field"
                inputmode="decimal"
                autocomplete="off"
                aria-label=label
                prop:value=move || end.get()
                aria-invalid=move || wrong.with(|w| !w.is_empty()).to_string()
                on:change=move |event| {
                    end.set(event_target_value(&event));
                    typed();
                }
            />
        }
        .into_any()
    };
    let (least, most) =
        (input(ends[0], format!("{}: least value tried", spec.title)), input(ends[1], format!("{}: greatest value tried", spec.title)));
    let view = view! {
        <span class="control">{least} "to" {most}</span>
        {move || wrong.with(|w| (!w.is_empty() && !set.get()).then(|| view! { <span class="wrong" role="alert">{w.clone()}</span> }))}
    };
    (view.into_any(), Memo::new(move |_| own.with(Option::is_some)))
}

/// A tick for each word. At least one stays: without any there would be nothing to try.
fn ticks(app: App, name: String, spec: &ParamView, words: Vec<String>, set: Memo<bool>) -> (AnyView, Memo<bool>) {
    let own = {
        let name = name.clone();
        Memo::new(move |_| app.state.with(|s| s.settings.search.as_ref().and_then(|c| c.choices.get(&name).cloned())))
    };
    let usual = if spec.is_a_wish { vec![super::params::shown(&spec.default)] } else { words.clone() };
    let now = {
        let usual = usual.clone();
        Memo::new(move |_| own.get().unwrap_or_else(|| usual.clone()))
    };
    let wrong = RwSignal::new(false);
    let all = words.clone();
    let one = |word: String| {
        let shown = match word.as_str() {
            "true" => "on".to_owned(),
            "false" => "off".to_owned(),
            _ => word.replace('_', " "),
        };
        let (own_word, name, usual, all) = (word.clone(), name.clone(), usual.clone(), all.clone());
        let flip = move |event| {
            let on = event_target_checked(&event);
            let was = now.get_untracked();
            let next: Vec<String> = all.iter().filter(|w| if **w == word { on } else { was.contains(w) }).cloned().collect();
            wrong.set(next.is_empty());
            if next.is_empty() {
                // The tick is put back.
                if let Some(input) = event.target().and_then(|t| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlInputElement>(t).ok()) {
                    input.set_checked(true);
                }
                return;
            }
            let (name, is_usual) = (name.clone(), next == usual);
            change(app, move |search| {
                if is_usual {
                    search.choices.remove(&name);
                } else {
                    search.choices.insert(name, next);
                }
            });
        };
        view! {
            <label class="form-field check">
                <input type="checkbox" prop:checked=move || now.with(|n| n.contains(&own_word)) on:change=flip />
                <span>{shown}</span>
            </label>
        }
        .into_any()
    };
    let boxes: Vec<AnyView> = words.into_iter().map(one).collect();
    let view = view! {
        <span class="control">{boxes}</span>
        {move || (wrong.get() && !set.get()).then(|| view! { <span class="wrong" role="alert">"At least one stays ticked."</span> })}
    };
    (view.into_any(), Memo::new(move |_| own.with(Option::is_some)))
}
