//! Registry: keep this run as a version, find, compare, save and remove versions.

use super::super::state::App;
use super::super::widgets::fields::{Label, Options, number, select, text};
use super::super::widgets::{blocks, spans};
use super::drop_zone;
use crate::protocol::{Ask, Command, Note, Saved, Step};
use leptos::prelude::*;

/// What can be saved of one version, with its words.
const OF_ONE: [(Saved, &str); 3] = [(Saved::Bundle, "Bundle"), (Saved::Version, "Version, to import elsewhere"), (Saved::Run, "MLflow run, zip")];
/// What can be saved of all.
const OF_ALL: [(Saved, &str); 4] = [
    (Saved::All, "Whole registry"),
    (Saved::Runs, "Runs, CSV"),
    (Saved::ComparisonHtml, "Comparison, HTML"),
    (Saved::ComparisonMarkdown, "Comparison, Markdown"),
];
/// Orders of the runs, beside metrics.
const ORDERS: [(&str, &str); 4] = [("version", "Version"), ("time", "When it was kept"), ("learner", "Learner"), ("file", "File")];

/// What was typed and chosen.
#[derive(Clone, Copy)]
struct Chosen {
    name: RwSignal<String>,
    tags: RwSignal<String>,
    notes: RwSignal<String>,
    sort: RwSignal<String>,
    filter: RwSignal<String>,
    first: RwSignal<String>,
    second: RwSignal<String>,
    margin: RwSignal<f64>,
}

/// The screen.
pub(crate) fn registry(app: App) -> AnyView {
    let new = || RwSignal::new(String::new());
    let chosen = Chosen {
        name: new(),
        tags: new(),
        notes: new(),
        sort: RwSignal::new("version".into()),
        filter: new(),
        first: new(),
        second: new(),
        margin: RwSignal::new(0.02),
    };
    view! {
        {move || head(app)}
        <div class="block">{keep(app, chosen)}</div>
        {move || app.section(Step::Registry).get().map(|section| blocks::blocks(app, &section.blocks))}
        <div class="block">{versions(app, chosen)}</div>
    }
    .into_any()
}

fn head(app: App) -> AnyView {
    let Some(section) = app.section(Step::Registry).get() else { return ().into_any() };
    let at = Step::ALL.iter().position(|s| *s == Step::Registry).map_or(0, |at| at + 1);
    view! {
        <p class="eyebrow">{format!("Step {at} of {} · {}", Step::ALL.len(), section.eyebrow)}</p>
        <h1 class="statement">{spans::spans_flat(app, &section.statement)}</h1>
        <p class="lead">{spans::spans(app, &section.lead)}</p>
    }
    .into_any()
}

fn ask(app: App, ask: Ask) {
    app.send(Command::Registry { ask });
}

fn field(words: &str, help: &str, value: RwSignal<String>) -> AnyView {
    text(Label::new(words, help), value.into(), move |given| value.set(given))
}

fn button(words: &'static str, disabled: Signal<bool>, act: impl Fn() + 'static) -> AnyView {
    view! {
        <button type="button" class="btn" disabled=move || disabled.get() on:click=move |_| act()>
            {words}
        </button>
    }
    .into_any()
}

fn never() -> Signal<bool> {
    Signal::derive(|| false)
}

/// The tags of a line.
fn tags(line: &str) -> Vec<String> {
    line.split(',').map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).collect()
}

fn keep(app: App, c: Chosen) -> AnyView {
    let undecided = Signal::derive(move || app.section(Step::Decide).with(Option::is_none) || app.state.with(|s| s.busy));
    // A name as the file suggests, until one is typed.
    let name = Signal::derive(move || {
        let letters = |file: &str| file.split('.').next().unwrap_or_default().replace(|l: char| !l.is_ascii_alphanumeric(), "_");
        let typed = c.name.get();
        if typed.is_empty() { app.state.with(|s| s.files.first().map_or_else(String::new, |f| letters(&f.name))) } else { typed }
    });
    let act = move || {
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a clock stay below 2^53")]
        let kept = js_sys::Date::now() as i64;
        let note = Note { name: name.get_untracked(), tags: tags(&c.tags.get_untracked()), notes: c.notes.get_untracked(), kept };
        ask(app, Ask::Keep { note });
    };
    let form = view! {
        {text(Label::new("Name", "Versions of one name follow each other."), name, move |given| c.name.set(given))}
        {field("Tags", "Separated by commas.", c.tags)}
        {field("Notes", "", c.notes)}
    };
    section(
        "keep-h",
        "Keep this run",
        "its number follows from what changed against the latest version of the name",
        form.into_any(),
        button("Keep as a version", undecided, act),
    )
}

fn section(id: &'static str, title: &'static str, line: &'static str, form: AnyView, buttons: AnyView) -> AnyView {
    view! {
        <section class="section" aria-labelledby=id>
            <header>
                <h2 id=id>{title}</h2>
                <p>{line}</p>
            </header>
            <div class="form">{form}</div>
            <p class="pad btns">{buttons}</p>
        </section>
    }
    .into_any()
}

fn ids(app: App, none: &'static str) -> Signal<Options> {
    Signal::derive(move || {
        let listed = app.state.with(|s| s.series.iter().flat_map(|one| one.versions.iter().map(|id| (id.clone(), id.clone()))).collect::<Options>());
        [(String::new(), none.to_owned())].into_iter().chain(listed).collect()
    })
}

fn pick(app: App, words: &str, none: &'static str, value: RwSignal<String>) -> AnyView {
    select(Label::new(words, ""), value.into(), ids(app, none), move |id| value.set(id))
}

fn versions(app: App, c: Chosen) -> AnyView {
    let show = move || ask(app, Ask::Show { sort: c.sort.get_untracked(), filter: c.filter.get_untracked() });
    let orders = Signal::derive(move || {
        let fixed = ORDERS.into_iter().map(|(id, words)| (id.to_owned(), words.to_owned()));
        fixed.chain(app.catalogue.with(|all| all.metrics.iter().map(|m| (m.id.clone(), m.title.clone())).collect::<Options>())).collect::<Options>()
    });
    let find = view! {
        {select(Label::new("Order of the runs", ""), c.sort.into(), orders, move |id| { c.sort.set(id); show(); })}
        {text(Label::new("Runs that hold", "Name, learner, parameter, file, tag or note."), c.filter.into(), move |words| { c.filter.set(words); show(); })}
    };
    let unpaired = Signal::derive(move || c.first.with(String::is_empty) || c.second.with(String::is_empty) || c.first.get() == c.second.get());
    let compare = move || {
        let ids = vec![c.first.get_untracked(), c.second.get_untracked()];
        ask(app, Ask::Compare { ids, margin: c.margin.get_untracked() });
    };
    let margin = Signal::derive(move || c.margin.get().to_string());
    let pair = view! {
        {pick(app, "Reference", "Choose…", c.first)}
        {pick(app, "Against it", "Choose…", c.second)}
        {number(Label::new("Margin", "Share of the reference’s score that may be lost."), margin, Some((0.0, 1.0)), move |n| c.margin.set(n))}
    };
    let all = OF_ALL.map(|(what, words)| button(words, never(), move || ask(app, Ask::Save { id: String::new(), what }))).into_iter().collect_view();
    let more = view! {
        {all}
        {button("Import…", never(), move || drop_zone::choose_project(app))}
        {button("Clean up", never(), move || ask(app, Ask::CleanUp))}
    };
    view! {
        {section("find-h", "Find", "the table of runs above", find.into_any(), more.into_any())}
        {section("pair-h", "Compare", "on the rows of the open file that neither learned from", pair.into_any(), button("Compare", unpaired, compare))}
        {one(app, c)}
    }
    .into_any()
}

fn one(app: App, c: Chosen) -> AnyView {
    let id = RwSignal::new(String::new());
    let none = Signal::derive(move || id.with(String::is_empty));
    let save =
        OF_ONE.map(|(what, words)| button(words, none, move || ask(app, Ask::Save { id: id.get_untracked(), what }))).into_iter().collect_view();
    let annotate = move || ask(app, Ask::Annotate { id: id.get_untracked(), tags: tags(&c.tags.get_untracked()), notes: c.notes.get_untracked() });
    let remove = move || {
        ask(app, Ask::Remove { id: id.get_untracked() });
        id.set(String::new());
    };
    let buttons = view! {
        {save}
        {button("Set the tags and notes above", none, annotate)}
        {button("Remove", none, remove)}
    };
    section(
        "one-h",
        "One version",
        "save it, say more of it, or remove it from this browser",
        pick(app, "Version", "Choose…", id),
        buttons.into_any(),
    )
}
