//! Train and tune: which learners are compared, by which metric, on how many workers.

use super::super::state::App;
use super::super::widgets::chosen;
use super::super::widgets::fields::{self, Label, Options};
use super::page::{FormAt, page};
use crate::protocol::{Chosen, Entry, SearchChoice, Step};
use leptos::prelude::*;

/// Most workers the field offers.
const MOST_WORKERS: f64 = 32.0;

/// The screen.
pub(crate) fn train(app: App) -> AnyView {
    let promise = ("Which model is worth its trouble?", "Every learner is judged on the same folds, the baseline first: do you need a model at all?");
    page(app, Step::Train, promise, FormAt::Below, move || form(app).into_any())
}

fn form(app: App) -> impl IntoView + use<> {
    let kind = Memo::new(move |_| app.state.with(|s| s.resolved.kind));
    let list = Memo::new(move |_| app.catalogue.with(|c| c.learners.iter().filter(|l| l.fits(kind.get())).cloned().collect::<Vec<_>>()));
    let usual = Memo::new(move |_| app.state.with(|s| s.settings.learners.is_none()));
    let busy = Memo::new(move |_| app.state.with(|s| s.busy));
    let back = move || {
        (!usual.get()).then(|| {
            view! {
                <button type="button" class="btn plain" on:click=move |_| app.edit("The usual learners are back.", |s| s.learners = None)>
                    "Back to the usual learners"
                </button>
            }
        })
    };
    view! {
        <section class="section" aria-labelledby="learners-h">
            <header>
                <h2 id="learners-h">"Learners"</h2>
                <p>{move || if usual.get() { "the usual ones for this task and size" } else { "your choice" }}</p>
                <p class="end">{back}</p>
            </header>
            <ul class="learners">{move || list.get().into_iter().map(|entry| learner(app, entry)).collect_view()}</ul>
            <div class="form">{metric(app)} {workers(app)} {search(app)}</div>
            {search_settings(app)} {adjust(app)}
            <p class="btns pad">
                <button type="button" class="btn first" disabled=move || busy.get() on:click=move |_| app.run(Step::Train)>
                    "Train"
                </button>
            </p>
        </section>
    }
}

fn in_use(app: App) -> Vec<Chosen> {
    app.state.with_untracked(|s| s.settings.learners.clone().unwrap_or_else(|| s.resolved.learners.clone()))
}

fn learner(app: App, entry: Entry) -> impl IntoView + use<> {
    let id = entry.id.clone();
    let current = {
        let id = id.clone();
        Memo::new(move |_| app.state.with(|s| s.settings.learners.as_ref().unwrap_or(&s.resolved.learners).iter().find(|c| c.id == id).cloned()))
    };
    let on = Memo::new(move |_| current.with(Option::is_some));
    let title = entry.title.clone();
    let toggle = move |on: bool| {
        let mut all = in_use(app);
        if on {
            all.push(Chosen { id: id.clone(), ..Chosen::default() });
        } else {
            all.retain(|c| c.id != id);
        }
        app.edit(&format!("{title}: {}.", if on { "compared" } else { "left out" }), |s| s.learners = Some(all));
    };
    let settings = chosen::settings_of(&entry, current.into(), move |next| {
        let mut all = in_use(app);
        match all.iter_mut().find(|c| c.id == next.id) {
            Some(known) => *known = next,
            None => all.push(next),
        }
        app.edit("The learner’s settings changed.", |s| s.learners = Some(all));
    });
    view! {
        <li>
            {fields::check(&entry.title, &entry.doc, on.into(), toggle)}
            <div class:off=move || !on.get() class="learner-settings">{settings}</div>
        </li>
    }
}

fn search(app: App) -> AnyView {
    let id = Memo::new(move |_| app.state.with(|s| s.settings.search.as_ref().map(|c| c.method.id.clone()).unwrap_or_default()));
    let options = Memo::new(move |_| {
        let methods = app.catalogue.with(|c| c.searches.iter().map(|m| (m.id.clone(), m.title.clone())).collect::<Options>());
        std::iter::once((String::new(), "off: learners as set above".to_owned())).chain(methods).collect::<Options>()
    });
    let label = Label::new("Search for hyperparameters", "What you set by hand above stays; everything else is searched, on the same folds.");
    fields::select(label, id.into(), options.into(), move |id| {
        let words = if id.is_empty() { "Hyperparameters are not searched." } else { "Hyperparameters are searched." };
        app.edit(words, |s| {
            let before = s.search.take().unwrap_or_default();
            let shared = before.method.params.into_iter().filter(|(name, _)| ["trials", "pruning", "nested"].contains(&name.as_str())).collect();
            s.search = (!id.is_empty()).then(|| SearchChoice { method: Chosen { id, params: shared, ..Chosen::default() }, ..before });
        });
    })
}

fn search_settings(app: App) -> impl Fn() -> Option<AnyView> + use<> {
    let method = Memo::new(move |_| app.state.with(|s| s.settings.search.as_ref().map(|c| c.method.clone())));
    let id = Memo::new(move |_| method.with(|m| m.as_ref().map(|c| c.id.clone()).unwrap_or_default()));
    move || {
        let entry = chosen::entry(app, |c| &c.searches, &id.get())?;
        let form = chosen::settings_of(&entry, method.into(), move |next| {
            app.edit("The search changed.", |s| s.search.get_or_insert_default().method = next);
        });
        Some(view! { <p class="small prose pad">{entry.doc.clone()}</p> {form} }.into_any())
    }
}

/// Calibration and decision threshold, for classes.
fn adjust(app: App) -> impl Fn() -> Option<AnyView> + use<> {
    let classes = Memo::new(move |_| app.state.with(|s| s.resolved.kind.is_some_and(|kind| kind.is_classification())));
    let current = Memo::new(move |_| app.state.with(|s| s.settings.adjust.clone()));
    move || {
        let entry = chosen::entry(app, |c| &c.adjustments, "adjust").filter(|_| classes.get())?;
        chosen::settings_of(&entry, current.into(), move |next| app.edit("Calibration and threshold changed.", |s| s.adjust = Some(next)))
    }
}

fn metric(app: App) -> AnyView {
    let value = Memo::new(move |_| app.state.with(|s| s.settings.metric.clone().unwrap_or_default()));
    let options = Memo::new(move |_| {
        let usual = app.state.with(|s| s.resolved.metric.clone());
        let kind = app.state.with(|s| s.resolved.kind);
        let metrics = app.catalogue.with(|c| c.metrics.iter().filter(|m| m.fits(kind)).map(|m| (m.id.clone(), m.title.clone())).collect::<Options>());
        let name = usual.map(|id| metrics.iter().find(|(known, _)| *known == id).map_or(id.clone(), |(_, title)| title.clone()));
        let first = name.map_or_else(|| "the usual one".to_owned(), |name| format!("the usual one: {name}"));
        std::iter::once((String::new(), first)).chain(metrics).collect::<Options>()
    });
    fields::select(Label::new("Ranked by", ""), value.into(), options.into(), move |id| {
        app.edit("The ranking metric changed.", |s| s.metric = (!id.is_empty()).then_some(id));
    })
}

fn workers(app: App) -> AnyView {
    let n = RwSignal::new(app.with_link(super::super::effects::Link::workers).unwrap_or(1));
    let label = Label::new("Workers", "How many run at once on this machine. The result does not depend on it.");
    fields::number(label, Signal::derive(move || n.get().to_string()), Some((1.0, MOST_WORKERS)), move |x| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the field's range was checked")]
        let chosen = x.round() as u32;
        n.set(chosen);
        app.with_link(|link| link.set_workers(chosen));
    })
}
