//! Blocks: every form in which the engine shows something, in the order it gave.

use super::super::state::App;
use super::{banner, facts, figure, findings, gates, graph, scores, spans, table, tally, verdict};
use crate::protocol::{Block, Spans};
use leptos::prelude::*;

/// Blocks; a heading opens a section, and two figures in a row stand side by side.
pub(crate) fn blocks(app: App, all: &[Block]) -> AnyView {
    let mut parts: Vec<AnyView> = Vec::new();
    let starts: Vec<usize> = all.iter().enumerate().filter(|(_, b)| matches!(b, Block::Heading { .. })).map(|(at, _)| at).collect();
    let first = starts.first().copied().unwrap_or(all.len());
    parts.push(flow(app, all.get(..first).unwrap_or_default(), "2"));
    for (n, &start) in starts.iter().enumerate() {
        let end = starts.get(n + 1).copied().unwrap_or(all.len());
        if let Some((Block::Heading { text }, rest)) = all.get(start..end).and_then(<[Block]>::split_first) {
            parts.push(section(app, text, rest));
        }
    }
    parts.into_iter().collect_view().into_any()
}

fn section(app: App, title: &str, rest: &[Block]) -> AnyView {
    let id = format!("h-{}", app.fresh());
    let labelled = id.clone();
    let (line, rest) = match rest.split_first() {
        Some((Block::Paragraph { text }, others)) if !others.is_empty() => (Some(spans::spans(app, text)), others),
        _ => (None, rest),
    };
    view! {
        <section class="section" aria-labelledby=labelled>
            <header>
                <h2 id=id>{title.to_owned()}</h2>
                {line.map(|line| view! { <p>{line}</p> })}
            </header>
            {flow(app, rest, "3")}
        </section>
    }
    .into_any()
}

/// Blocks in order; titles inside are headings of that level.
fn flow(app: App, all: &[Block], level: &'static str) -> AnyView {
    let mut out: Vec<AnyView> = Vec::new();
    let mut at = 0;
    while let Some(block) = all.get(at) {
        if let (Block::Figure { figure: left }, Some(Block::Figure { figure: right })) = (block, all.get(at + 1)) {
            out.push(view! { <div class="halves block">{figure::figure(app, left, level)}{figure::figure(app, right, level)}</div> }.into_any());
            at += 2;
        } else {
            out.push(view! { <div class="block">{one(app, block, level)}</div> }.into_any());
            at += 1;
        }
    }
    out.into_iter().collect_view().into_any()
}

fn one(app: App, block: &Block, level: &'static str) -> AnyView {
    match block {
        Block::Paragraph { text } => view! { <p class="prose">{spans::spans(app, text)}</p> }.into_any(),
        Block::Heading { text } => view! { <h3>{text.clone()}</h3> }.into_any(),
        Block::Facts { facts } => facts::facts(app, facts).into_any(),
        Block::Table { table } => table::table(table, "").into_any(),
        Block::Findings { findings } => findings::findings(app, findings, level),
        Block::Tally { items } => tally::tally(items).into_any(),
        Block::Scores { scores } => scores::scores(scores).into_any(),
        Block::Figure { figure } => figure::figure(app, figure, level).into_any(),
        Block::Graph { graph: drawn, table } => graph::graph(drawn, table).into_any(),
        Block::Verdict { outcome, says } => verdict::verdict(app, *outcome, says).into_any(),
        Block::Gates { groups } => gates::gates(app, groups).into_any(),
        Block::List { items, numbered } => list(app, items, *numbered),
        Block::Banner { mark, text } => banner::banner(*mark, spans::spans(app, text), None).into_any(),
        Block::Details { summary, blocks: inside } => view! {
            <details class="fold">
                <summary>{summary.clone()}</summary>
                {blocks(app, inside)}
            </details>
        }
        .into_any(),
    }
}

fn list(app: App, items: &[Spans], numbered: bool) -> AnyView {
    let items = items.iter().map(|item| view! { <li>{spans::spans(app, item)}</li> }).collect_view();
    if numbered { view! { <ol class="list">{items}</ol> }.into_any() } else { view! { <ul class="list">{items}</ul> }.into_any() }
}
