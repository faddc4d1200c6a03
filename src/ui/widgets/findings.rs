//! The list of findings, with search and a filter by severity when there are many.

use super::super::state::App;
use super::finding::finding;
use crate::protocol::{FindingBlock, Severity, Span};
use leptos::prelude::*;
use std::sync::Arc;

/// From so many findings on, search and filter are offered.
const FILTER_FROM: usize = 6;
/// At most so many are drawn at once; the rest on demand.
const DRAWN: usize = 100;

const SEVERITIES: [(Severity, &str); 4] =
    [(Severity::Blocker, "blockers"), (Severity::Warning, "warnings"), (Severity::Note, "notes"), (Severity::Safe, "certificates")];

/// The findings, in the order given.
pub(crate) fn findings(app: App, all: &[FindingBlock], level: &'static str) -> AnyView {
    let priced = all.iter().any(|f| f.price.is_some());
    let all: Arc<Vec<(String, FindingBlock)>> = Arc::new(all.iter().map(|f| (haystack(f), f.clone())).collect());
    let words = RwSignal::new(String::new());
    let severity = RwSignal::new(None::<Severity>);
    let limit = RwSignal::new(DRAWN);
    let total = all.len();
    let matching = {
        let all = Arc::clone(&all);
        Memo::new(move |_| {
            let needle = words.with(|w| w.trim().to_lowercase());
            (0..all.len())
                .filter(|&at| {
                    all.get(at).is_some_and(|(hay, f)| severity.get().is_none_or(|s| s == f.severity) && (needle.is_empty() || hay.contains(&needle)))
                })
                .collect::<Vec<usize>>()
        })
    };
    let shown = move || matching.with(|m| m.iter().copied().take(limit.get()).collect::<Vec<_>>());
    let filter = if total >= FILTER_FROM { Some(filter_row(&all, words, severity, matching)) } else { None };
    view! {
        {filter}
        <div class="finding-cols" aria-hidden="true">
            <span>"severity"</span>
            <span>"what was found"</span>
            <span class="p">{priced.then_some("price")}</span>
            <span></span>
        </div>
        <For each=shown key=|at| *at let:at>
            {all.get(at).map(|(_, block)| finding(app, block, level, at == 0 && block.severity == Severity::Blocker))}
        </For>
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

fn filter_row(
    all: &Arc<Vec<(String, FindingBlock)>>,
    words: RwSignal<String>,
    severity: RwSignal<Option<Severity>>,
    matching: Memo<Vec<usize>>,
) -> impl IntoView + use<> {
    let total = all.len();
    let chips = SEVERITIES
        .into_iter()
        .filter_map(|(which, word)| {
            let count = all.iter().filter(|(_, f)| f.severity == which).count();
            (count > 0).then(|| {
                view! {
                    <button
                        type="button"
                        class="pick flat"
                        aria-pressed=move || (severity.get() == Some(which)).to_string()
                        on:click=move |_| severity.update(|s| *s = if *s == Some(which) { None } else { Some(which) })
                    >
                        {format!("{word} {count}")}
                    </button>
                }
            })
        })
        .collect_view();
    view! {
        <div class="filter" role="search" aria-label="Findings">
            <label>
                <span class="vh">"Search the findings"</span>
                <input
                    type="search"
                    class="field wide"
                    placeholder="Column or word"
                    on:input=move |event| words.set(event_target_value(&event))
                />
            </label>
            {chips}
            <span class="fine" role="status">
                {move || {
                    let n = matching.with(Vec::len);
                    if n == total { String::new() } else { format!("{n} of {total} shown") }
                }}
            </span>
        </div>
    }
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
    format!("{} {} {}", words(&finding.title), words(&finding.meaning), finding.check).to_lowercase()
}
