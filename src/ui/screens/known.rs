//! The availability grid: for each column whether its value is known when you predict; pre-filled with what the audit shows.

use super::super::state::App;
use super::task::read;
use crate::protocol::{Known, KnownView};
use leptos::prelude::*;

/// Most steps late.
const MOST_LATE: u32 = 1_000;

/// The grid; nothing before there is a task. Its rows stay while answers and evidence in them change, so that the keyboard keeps its place.
pub(crate) fn grid(app: App) -> AnyView {
    let names = read(app, |s| s.known.iter().map(|k| k.column.clone()).collect::<Vec<String>>());
    let body = move || names.get().into_iter().enumerate().map(|(at, name)| one(app, at, name)).collect_view();
    let table = move || {
        view! {
            <section class="section">
                <header>
                    <h2 id="known-h">"Known when you predict?"</h2>
                    <p>"judged by the audit; what was guessed says so"</p>
                </header>
                <p class="small prose">
                    "Yes: you know the value of the predicted row, as with a calendar or a price list. Late: you know values up to so many steps before you predict (0: as soon as they happen); the column is used as it stood then. No: never in time."
                </p>
                <div class="known-grid" tabindex="0" role="region" aria-labelledby="known-h">
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">"Column"</th>
                                <th scope="col">"Known"</th>
                                <th scope="col">"Evidence"</th>
                            </tr>
                        </thead>
                        <tbody>{body}</tbody>
                    </table>
                </div>
            </section>
        }
    };
    let some = Memo::new(move |_| names.with(|n| !n.is_empty()));
    view! { {move || some.get().then(table)} }.into_any()
}

/// Which of the three answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    Late,
    No,
}

fn answer(known: Option<Known>) -> Option<Answer> {
    known.map(|k| match k {
        Known::Yes => Answer::Yes,
        Known::Late(_) => Answer::Late,
        Known::No => Answer::No,
    })
}

fn one(app: App, at: usize, name: String) -> AnyView {
    let (own, of) = (name.clone(), name.clone());
    let view: Memo<Option<KnownView>> = Memo::new(move |_| app.state.with(|s| s.known.iter().find(|k| k.column == own).cloned()));
    let said = Memo::new(move |_| app.state.with(|s| s.settings.columns.get(&of).and_then(|c| c.known)));
    let now = Signal::derive(move || said.get().or_else(|| view.with(|v| v.as_ref().and_then(|v| v.guess))));
    let late = move || if let Some(Known::Late(n)) = now.get() { n } else { 0 };
    let column = StoredValue::new(name.clone());
    let set = move |known: Known| {
        let name = column.get_value();
        app.edit(&format!("{name}: when it is known."), |s| s.columns.entry(name.clone()).or_default().known = Some(known));
    };
    let radio = move |word: &'static str, which: Answer| {
        view! {
            <label>
                <input
                    type="radio"
                    name=format!("known-{at}")
                    prop:checked=move || answer(now.get()) == Some(which)
                    on:change=move |_| set(match which {
                        Answer::Yes => Known::Yes,
                        Answer::Late => Known::Late(late()),
                        Answer::No => Known::No,
                    })
                />
                {word}
            </label>
        }
    };
    let steps = view! {
        <input
            class="field steps"
            type="number"
            min="0"
            max=MOST_LATE.to_string()
            aria-label=format!("Steps that {name} is known late")
            prop:value=move || late().to_string()
            on:change=move |event| {
                if let Some(n) = event_target_value(&event).parse::<u32>().ok().filter(|n| *n <= MOST_LATE) {
                    set(Known::Late(n));
                }
            }
        />
    };
    let mark = move || {
        let asked = view.with(|v| v.as_ref().is_some_and(|v| v.asked));
        said.with(Option::is_none).then(|| view! { <span class="guessed">{if asked { "please answer" } else { "guessed" }}</span> })
    };
    view! {
        <tr>
            <th scope="row" class="col">
                {name.clone()}
            </th>
            <td>
                <fieldset class="known" aria-label=format!("Is {name} known when you predict?")>
                    {radio("yes", Answer::Yes)} {radio("late by", Answer::Late)} {steps} {radio("no", Answer::No)} {mark}
                </fieldset>
            </td>
            <td class="fine">{move || view.with(|v| v.as_ref().map(|v| v.why.clone()))}</td>
        </tr>
    }
    .into_any()
}
