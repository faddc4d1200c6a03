//! Validate: how the model does on rows it has not learned from, and what is measured beside scores.

use super::super::state::App;
use super::super::widgets::fields::{self, Label, Options};
use super::page::{FormAt, page};
use super::task::{as_u32, read, whole};
use crate::protocol::Step;
use leptos::prelude::*;

/// Most permutations the field offers.
const MOST_PERMUTATIONS: f64 = 999.0;

/// The screen.
pub(crate) fn validate(app: App) -> AnyView {
    let promise =
        ("How well does it do on rows it has not seen?", "The chosen model is judged fold by fold, then once on the sealed rows, with intervals.");
    page(app, Step::Validate, promise, FormAt::Below, move || form(app).into_any())
}

fn form(app: App) -> impl IntoView + use<> {
    let busy = Memo::new(move |_| app.state.with(|s| s.busy));
    view! {
        <section class="section" aria-labelledby="measured-h">
            <header>
                <h2 id="measured-h">"What is measured"</h2>
                <p>"beside the scores"</p>
            </header>
            <div class="form">{permutations(app)} {coverage(app)} {levels(app)} {curve(app)}</div>
            <p class="btns pad">
                <button type="button" class="btn first" disabled=move || busy.get() on:click=move |_| app.run(Step::Validate)>
                    "Validate"
                </button>
            </p>
        </section>
    }
}

fn permutations(app: App) -> AnyView {
    let label = Label::new("Permutations", "Could the score be chance? The cross-validation again on so many shuffled targets, such as 99; 0: off.");
    whole(
        app,
        label,
        (0.0, MOST_PERMUTATIONS),
        |s| u64::from(s.settings.validation.permutations),
        |s, n| s.validation.permutations = as_u32(n),
        "Permutations",
    )
}

fn coverage(app: App) -> AnyView {
    let percent = read(app, |s| (s.settings.validation.coverage * 100.0 * 1000.0).round() / 1000.0);
    let label = Label::new("Prediction intervals hold, %", "Share of true values they are to hold, 50 to 99.");
    fields::number(label, Signal::derive(move || percent.get().to_string()), Some((50.0, 99.0)), move |x| {
        app.edit(&format!("Prediction intervals are to hold {x} %."), |s| s.validation.coverage = x / 100.0);
    })
}

fn curve(app: App) -> AnyView {
    let on = read(app, |s| s.settings.validation.learning_curve);
    fields::check("Learning curve", "The proposed learner on ever more rows: would more help?", on.into(), move |on| {
        app.edit(if on { "The learning curve is measured." } else { "The learning curve is left out." }, |s| s.validation.learning_curve = on);
    })
}

/// Columns by whose levels the model is judged: one picker for each, and one for the next.
fn levels(app: App) -> impl Fn() -> AnyView + use<> {
    let chosen = read(app, |s| s.settings.validation.fairness.clone());
    let columns = read(app, |s| s.columns.iter().map(|c| c.name.clone()).collect::<Vec<_>>());
    move || {
        let all = chosen.get();
        let one = |at: usize| {
            let own = all.get(at).cloned().unwrap_or_default();
            let options: Options =
                std::iter::once((String::new(), "none".to_owned())).chain(columns.get().into_iter().map(|c| (c.clone(), c))).collect();
            let options = Signal::derive(move || options.clone());
            let label = Label::new("By the levels of", "Scores with intervals for each level of a column.");
            fields::select(label, Signal::derive(move || own.clone()), options, move |name| {
                let words = if name.is_empty() { "A column was left out.".to_owned() } else { format!("Judged by the levels of {name}.") };
                app.edit(&words, |s| {
                    let list = &mut s.validation.fairness;
                    match (name.is_empty(), at < list.len()) {
                        (true, true) => drop(list.remove(at)),
                        (false, true) => list[at] = name,
                        (false, false) => list.push(name),
                        (true, false) => {}
                    }
                });
            })
        };
        (0..=all.len().min(9)).map(one).collect_view().into_any()
    }
}
