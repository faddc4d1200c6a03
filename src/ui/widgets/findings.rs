//! The list of findings, with search, and filters by severity and check when there are several.

use super::super::state::App;
use super::finding::{finding, sign_of};
use crate::protocol::{FindingBlock, Mark, Severity, Span};
use leptos::prelude::*;
use std::sync::Arc;

/// From so many findings on, search and filters are offered.
const FILTER_FROM: usize = 4;
/// At most so many are drawn at once; the rest on demand.
const DRAWN: usize = 100;

const KINDS: [(Mark, &str); 5] =
    [(Mark::Blocker, "blockers"), (Mark::Warning, "warnings"), (Mark::Ask, "questions"), (Mark::Quiet, "notes"), (Mark::Safe, "certificates")];

/// A finding, its kind, and the words it is searched by.
struct Entry {
    block: FindingBlock,
    mark: Mark,
    hay: String,
}

type List = Arc<Vec<Entry>>;

/// What is looked for.
#[derive(Clone, Copy)]
struct Wanted {
    words: RwSignal<String>,
    kind: RwSignal<Option<Mark>>,
    check: RwSignal<String>,
}

/// The findings, in the order given.
pub(crate) fn findings(app: App, all: &[FindingBlock], level: &'static str) -> AnyView {
    let priced = all.iter().any(|f| f.price.is_some());
    let strips = all.iter().any(|f| f.window.is_some());
    let all: List = Arc::new(all.iter().map(|f| Entry { hay: haystack(f), mark: sign_of(f).0, block: f.clone() }).collect());
    let label = label(&all);
    let wanted = kept(app, label, &all);
    let limit = RwSignal::new(DRAWN);
    let matching = {
        let all = Arc::clone(&all);
        Memo::new(move |_| matching(&all, wanted))
    };
    let shown = move || matching.with(|m| m.iter().copied().take(limit.get()).collect::<Vec<_>>());
    let filter = (all.len() >= FILTER_FROM).then(|| filter_row(app, label, &all, wanted, matching));
    view! {
        {filter}
        <div class=if strips { "strips" } else { "" }>
            <div class="finding-cols" aria-hidden="true">
                <span>"severity"</span>
                <span>"what was found"</span>
                {strips.then(|| view! { <span class="strip">"rows it sees, t−12 … t+2"</span> })}
                <span class="p">{priced.then_some("price")}</span>
                <span></span>
            </div>
            <For each=shown key=|at| *at let:at>
                {all.get(at).map(|one| finding(app, &one.block, level, at == 0 && one.block.severity == Severity::Blocker))}
            </For>
        </div>
        {move || {
            (matching.with(Vec::len) > limit.get())
                .then(|| {
                    view! {
                        <p class="pad">
                            <button type="button" class="btn" on:click=move |_| limit.update(|n| *n += DRAWN)>
                                {format!("Show {DRAWN} more")}
                            </button>
                        </p>
                    }
                })
        }}
    }
    .into_any()
}

/// Name of a list: two lists on a page have two names.
fn label(all: &[Entry]) -> &'static str {
    if all.iter().all(|one| one.mark == Mark::Safe) { "Certificates" } else { "Findings" }
}

/// What was looked for in the list before it was drawn anew, and is kept from now on: findings stream in while a person types. A list too short for
/// filters shows everything; a kind or check that nothing is of any more is forgotten.
fn kept(app: App, label: &str, all: &[Entry]) -> Wanted {
    let list = format!("{} {label}", app.step.get_untracked().id());
    let before = app.looked_for.with_value(|kept| kept.get(&list).cloned()).filter(|_| all.len() >= FILTER_FROM);
    let (words, kind, check) = before.unwrap_or_default();
    let kind = kind.filter(|k| all.iter().any(|one| one.mark == *k));
    let check = if all.iter().any(|one| one.block.check == check) { check } else { String::new() };
    let wanted = Wanted { words: RwSignal::new(words), kind: RwSignal::new(kind), check: RwSignal::new(check) };
    if all.len() < FILTER_FROM {
        return wanted;
    }
    Effect::new(move |_| {
        let now = (wanted.words.get(), wanted.kind.get(), wanted.check.get());
        app.looked_for.update_value(|all| {
            all.insert(list.clone(), now);
        });
    });
    wanted
}

/// Gives the focus to a field that takes the place of one that has it.
fn keep_focus(field: NodeRef<leptos::html::Input>, label: &'static str) {
    let active = || web_sys::window()?.document()?.active_element();
    if active().is_some_and(|e| e.get_attribute("data-list").as_deref() == Some(label)) {
        Effect::new(move |_| {
            if let Some(field) = field.get() {
                let _ = field.focus();
            }
        });
    }
}

/// Positions of what is looked for.
fn matching(all: &[Entry], wanted: Wanted) -> Vec<usize> {
    let needle = wanted.words.with(|w| w.trim().to_lowercase());
    let (kind, check) = (wanted.kind.get(), wanted.check.get());
    let fits = |one: &Entry| {
        kind.is_none_or(|k| k == one.mark) && (check.is_empty() || check == one.block.check) && (needle.is_empty() || one.hay.contains(&needle))
    };
    all.iter().enumerate().filter(|(_, one)| fits(one)).map(|(at, _)| at).collect()
}

fn filter_row(app: App, label: &'static str, all: &List, wanted: Wanted, matching: Memo<Vec<usize>>) -> AnyView {
    let total = all.len();
    let field = NodeRef::new();
    keep_focus(field, label);
    let chips: Vec<AnyView> = KINDS.into_iter().filter_map(|(kind, word)| chip(all, kind, word, wanted.kind)).collect();
    let chips = (chips.len() > 1).then_some(chips);
    view! {
        <div class="filter" role="search" aria-label=label>
            <label>
                <span class="vh">"Search the findings"</span>
                <input
                    type="search"
                    class="field wide"
                    placeholder="Column or word"
                    node_ref=field
                    data-list=label
                    prop:value=wanted.words.get_untracked()
                    on:input=move |event| wanted.words.set(event_target_value(&event))
                />
            </label>
            {chips}
            {check_picker(app, all, wanted.check)}
            <span class="fine" role="status">
                {move || {
                    let n = matching.with(Vec::len);
                    if n == total { format!("{total} shown") } else { format!("{n} of {total} shown") }
                }}
            </span>
        </div>
    }
    .into_any()
}

fn chip(all: &List, kind: Mark, word: &'static str, chosen: RwSignal<Option<Mark>>) -> Option<AnyView> {
    let count = all.iter().filter(|one| one.mark == kind).count();
    (count > 0).then(|| {
        view! {
            <button
                type="button"
                class="pick flat"
                aria-pressed=move || (chosen.get() == Some(kind)).to_string()
                on:click=move |_| chosen.update(|k| *k = if *k == Some(kind) { None } else { Some(kind) })
            >
                {format!("{word} {count}")}
            </button>
        }
        .into_any()
    })
}

/// Which check found it; nothing when all were found by one.
fn check_picker(app: App, all: &List, chosen: RwSignal<String>) -> Option<AnyView> {
    let mut checks: Vec<&str> = Vec::new();
    for one in all.iter().filter(|one| !one.block.check.is_empty()) {
        if !checks.contains(&one.block.check.as_str()) {
            checks.push(&one.block.check);
        }
    }
    if checks.len() < 2 {
        return None;
    }
    let title = |id: &str| {
        app.catalogue.with_untracked(|c| c.checks.iter().chain(&c.rules).find(|e| e.id == id).map_or_else(|| id.to_owned(), |e| e.title.clone()))
    };
    let now = chosen.get_untracked();
    let option = |id: &str| view! { <option value=id.to_owned() selected={id == now}>{title(id)}</option> };
    let options = checks.into_iter().map(option).collect_view();
    Some(
        view! {
            <label>
                <span class="vh">"Found by"</span>
                <select class="pick" on:change=move |event| chosen.set(event_target_value(&event))>
                    <option value="">"every check"</option>
                    {options}
                </select>
            </label>
        }
        .into_any(),
    )
}

fn haystack(finding: &FindingBlock) -> String {
    let words = |spans: &[Span]| -> String {
        spans
            .iter()
            .map(|s| match s {
                Span::Text(t) | Span::Column(t) | Span::Strong(t) | Span::Code(t) | Span::Term(t) => t.as_str(),
            })
            .collect()
    };
    format!("{} {} {} {}", words(&finding.title), words(&finding.meaning), finding.check, finding.columns.join(" ")).to_lowercase()
}
