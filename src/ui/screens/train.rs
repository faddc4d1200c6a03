//! Train and tune: which learners are compared, by which metric, on how many workers.

use super::super::state::App;
use super::super::widgets::fields::{self, Label, Options};
use super::super::widgets::{chosen, params, tried};
use super::page::{FormAt, page};
use crate::protocol::{Chosen, Entry, ParamView, SearchChoice, Step};
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
    // Each learner that fits as often as it was chosen, with other settings each time, and once where it was not.
    let list = Memo::new(move |_| {
        let times = |id: &str| in_use(app).iter().filter(|c| c.id == id).count().max(1);
        app.catalogue.with(|c| c.learners.iter().filter(|l| l.fits(kind.get())).map(|l| (l.clone(), times(&l.id))).collect::<Vec<_>>())
    });
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
            <ul class="learners">
                {move || list.get().into_iter().flat_map(|(entry, times)| (0..times).map(move |nth| learner(app, &entry, nth, times))).collect_view()}
            </ul>
            <div class="form">{metric(app)} {workers(app)} {search(app)}</div>
            {search_settings(app)} {searched(app)} {adjust(app)}
            <p class="btns pad">
                <button type="button" class="btn first" disabled=move || busy.get() on:click=move |_| app.run(Step::Train)>
                    "Train"
                </button>
            </p>
        </section>
    }
}

/// The learners as chosen, else the usual ones.
fn in_use(app: App) -> Vec<Chosen> {
    app.state.with(|s| s.settings.learners.as_ref().unwrap_or(&s.resolved.learners).clone())
}

fn change(app: App, words: &str, act: impl FnOnce(&mut Vec<Chosen>)) {
    let mut all = untrack(|| in_use(app));
    act(&mut all);
    app.edit(words, |s| s.learners = Some(all));
}

/// Where the nth of the learners of that id stands.
fn place(all: &[Chosen], id: &str, nth: usize) -> Option<usize> {
    all.iter().enumerate().filter(|(_, c)| c.id == id).nth(nth).map(|(at, _)| at)
}

/// The nth of `times` entries of a learner: a tick, and its settings.
fn learner(app: App, entry: &Entry, nth: usize, times: usize) -> AnyView {
    let id = entry.id.clone();
    let current = {
        let id = id.clone();
        Memo::new(move |_| in_use(app).into_iter().filter(|c| c.id == id).nth(nth))
    };
    let on = Memo::new(move |_| current.with(Option::is_some));
    let title = entry.title.clone();
    let toggle = {
        let id = id.clone();
        move |on: bool| {
            change(app, &format!("{title}: {}.", if on { "compared" } else { "left out" }), |all| match place(all, &id, nth) {
                Some(at) if !on => drop(all.remove(at)),
                None if on => all.push(Chosen { id: id.clone(), ..Chosen::default() }),
                _ => {}
            });
        }
    };
    let settings = chosen::settings_of(entry, current.into(), move |next| {
        change(app, "The learner’s settings changed.", |all| match place(all, &next.id, nth).and_then(|at| all.get_mut(at)) {
            Some(known) => *known = next,
            None => all.push(next),
        });
    });
    let another = (!entry.params.is_empty() && nth + 1 == times).then(|| {
        let label = format!("Compare {} once more, with other settings", entry.title.to_lowercase());
        let add = move |_| change(app, "Compared once more: set what differs.", |all| all.push(Chosen { id: id.clone(), ..Chosen::default() }));
        view! {
            <button type="button" class="btn plain" aria-label=label on:click=add>
                "Once more with other settings"
            </button>
        }
    });
    let own = entry.clone();
    let differs = move || (times > 1).then(|| view! { <p class="fine">{current.with(|c| c.as_ref().map(|c| by_hand(&own, c)))}</p> });
    view! {
        <li>
            {fields::check(&entry.title, &entry.doc, on.into(), toggle)}
            <div class:off=move || !on.get() class="learner-settings">{differs} {settings} {another}</div>
        </li>
    }
    .into_any()
}

/// What was set by hand, in words.
fn by_hand(entry: &Entry, chosen: &Chosen) -> String {
    let one = |p: &ParamView| chosen.params.get(&p.id).map(|value| format!("{}: {}", p.title, params::shown(value).replace('_', " ")));
    let all: Vec<String> = entry.params.iter().filter_map(one).collect();
    if all.is_empty() { "with the usual settings".to_owned() } else { all.join(", ") }
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

/// Which learners are searched, and what is tried of each.
fn searched(app: App) -> impl Fn() -> Option<AnyView> + use<> {
    let on = Memo::new(move |_| app.state.with(|s| s.settings.search.is_some()));
    let ids = Memo::new(move |_| {
        let all = in_use(app);
        let can = |e: &&Entry| e.id != "baseline" && !e.params.is_empty() && all.iter().any(|c| c.id == e.id);
        app.catalogue.with(|c| c.learners.iter().filter(can).map(|e| e.id.clone()).collect::<Vec<_>>())
    });
    move || {
        on.get().then(|| {
            let entries = ids.get().into_iter().filter_map(|id| chosen::entry(app, |c| &c.learners, &id));
            let rows = entries.map(|entry| searched_learner(app, &entry, ids)).collect_view();
            view! {
                <h3 class="pad">"What is searched"</h3>
                <ul class="learners searched">{rows}</ul>
            }
            .into_any()
        })
    }
}

fn searched_learner(app: App, entry: &Entry, ids: Memo<Vec<String>>) -> AnyView {
    let id = entry.id.clone();
    let on = {
        let id = id.clone();
        Memo::new(move |_| app.state.with(|s| s.settings.search.as_ref().is_some_and(|c| c.learners.is_empty() || c.learners.contains(&id))))
    };
    // Only what is set in every entry of the learner stays as it is in each of them.
    let given = {
        let id = id.clone();
        Signal::derive(move || {
            let mut own = in_use(app).into_iter().filter(|c| c.id == id).map(|c| c.params);
            let first = own.next().unwrap_or_default();
            own.fold(first, |mut all, next| {
                all.retain(|name, _| next.contains_key(name));
                all
            })
        })
    };
    let title = entry.title.clone();
    let toggle = move |on: bool| {
        let compared = ids.get_untracked();
        let was = app.state.with_untracked(|s| s.settings.search.as_ref().map(|c| c.learners.clone()).unwrap_or_default());
        let searched = |other: &&String| if **other == id { on } else { was.is_empty() || was.contains(*other) };
        let next: Vec<String> = compared.iter().filter(searched).cloned().collect();
        // An empty list would stand for all.
        let (none, all) = (next.is_empty(), next.len() == compared.len());
        let words = if none {
            "No learner is left to search: the search is off.".to_owned()
        } else {
            format!("{title}: {}.", if on { "searched" } else { "not searched" })
        };
        app.edit(&words, |s| match &mut s.search {
            Some(_) if none => s.search = None,
            Some(search) => search.learners = if all { Vec::new() } else { next },
            None => {}
        });
    };
    let form = tried::tried(app, entry, given);
    view! {
        <li>
            {fields::check(&entry.title, "", on.into(), toggle)}
            <div class:off=move || !on.get() class="learner-settings">
                <details class="fold">
                    <summary>{format!("What is tried of {}", entry.title.to_lowercase())}</summary>
                    {form}
                </details>
            </div>
        </li>
    }
    .into_any()
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
