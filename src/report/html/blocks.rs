//! Every block as HTML.

use super::Numbers;
use super::finding::{finding, gates, tally};
use super::text::{is_empty, spans, symbol, table, twin};
use crate::chart::graph::{self, Graph, Node};
use crate::chart::{Figure, Shape, paint};
use crate::report::block::{Block, GateBlock, Mark, Outcome, ScoreBlock, Section, Spans, TableBlock};
use crate::report::escape::visible;
use crate::report::signs::{load_line, mark_class, outcome_mark, outcome_meaning, outcome_word, score_bar};
use maud::{Markup, PreEscaped, html};

/// Blocks in order; histograms that follow each other stand side by side.
pub fn all(blocks: &[Block], section: &Section, numbers: &mut Numbers) -> Markup {
    let mut parts: Vec<Markup> = Vec::new();
    for run in blocks.chunk_by(|a, b| is_histogram(a) && is_histogram(b)) {
        let small = run.len() > 1;
        let inside: Vec<Markup> = run.iter().map(|b| if small { small_figure(b, numbers) } else { block(b, section, numbers) }).collect();
        parts.push(if small {
            html! { div.multiples.wide { @for one in &inside { (one) } } }
        } else {
            html! { @for one in &inside { (one) } }
        });
    }
    html! { @for part in &parts { (part) } }
}

fn is_histogram(block: &Block) -> bool {
    matches!(block, Block::Figure { figure } if matches!(figure.shape, Shape::Histogram { .. }))
}

/// A figure small enough to stand beside others.
fn small_figure(block: &Block, numbers: &mut Numbers) -> Markup {
    let Block::Figure { figure } = block else { return html! {} };
    let svg = paint::svg(figure, paint::NARROW);
    framed(figure, numbers, &html! { (PreEscaped(svg)) })
}

/// One block. `section` is the block's own section: a verdict counts its gates.
pub fn block(one: &Block, section: &Section, numbers: &mut Numbers) -> Markup {
    if is_empty(one) {
        return html! {};
    }
    match one {
        Block::Paragraph { text } => html! { p { (spans(text)) } },
        Block::Heading { text } => html! { h3.sub { (visible(text)) } },
        Block::Facts { facts } => html! { dl.pr.facts { @for (term, value) in facts { dt { (visible(term)) } dd { (spans(value)) } } } },
        Block::Table { table: one } => table(one),
        Block::Findings { findings } => html! { div.findings { @for one in findings { (finding(one, numbers)) } } },
        Block::Tally { items } => tally(items),
        Block::Scores { scores: all } => scores(all),
        Block::Figure { figure: one } => figure(one, numbers),
        Block::Graph { graph: one, table: twin } => graph(one, twin, numbers),
        Block::Verdict { outcome, says } => verdict(*outcome, says, section),
        Block::Gates { groups } => gates(groups),
        Block::List { items, numbered } => list(items, *numbered),
        Block::Banner { mark: shape, text } => {
            html! { div class={ "banner " (mark_class(*shape)) } { (symbol(*shape)) p { (spans(text)) } } }
        }
        Block::Details { summary, blocks } => html! {
            details.more { summary { (visible(summary)) } div { (all(blocks, section, numbers)) } }
        },
    }
}

fn list(items: &[Spans], numbered: bool) -> Markup {
    html! {
        @if numbered { ol.v { @for item in items { li { (spans(item)) } } } }
        @else { ul.v { @for item in items { li { (spans(item)) } } } }
    }
}

fn scores(all: &[ScoreBlock]) -> Markup {
    html! {
        div.tw tabindex="0" role="region" aria-label="Scores from 0 to 100" {
            table.scores {
                caption { "Scores from 0 to 100" }
                thead { tr {
                    th scope="col" { "Score" } th.n scope="col" { "Points" } th.barcol scope="col" { "0 to 100" } th scope="col" { "What lowered it" }
                } }
                tbody { @for one in all { tr {
                    th scope="row" { (visible(&one.title)) }
                    td.n { (visible(&one.text)) }
                    td.barcol { @if let Some(score) = one.score { (PreEscaped(score_bar(score))) } }
                    td { (visible(&one.note)) }
                } } }
            }
        }
    }
}

/// A figure in both widths.
pub fn figure(one: &Figure, numbers: &mut Numbers) -> Markup {
    let drawn = html! {
        div.chart-wide { (PreEscaped(paint::svg(one, paint::WIDE))) }
        div.chart-narrow { (PreEscaped(paint::svg(one, paint::NARROW))) }
    };
    framed(one, numbers, &drawn)
}

/// The lineage graph, each made column a link to its finding, with its table twin.
fn graph(one: &Graph, twin: &TableBlock, numbers: &Numbers) -> Markup {
    let link = |node: &Node| node.finding.as_deref().and_then(|id| numbers.number_of(id)).map(|number| format!("#F{number}"));
    html! {
        figure.wide {
            div.tw.sheet tabindex="0" role="region" aria-label="Lineage graph" { (PreEscaped(graph::svg(one, Some(&link)))) }
            figcaption { (visible(&one.description)) }
            details.twin { summary { "Show as table" } (table(twin)) }
        }
    }
}

/// A figure's number, title, caption and table twin around its drawing.
fn framed(one: &Figure, numbers: &mut Numbers, drawn: &Markup) -> Markup {
    let number = numbers.next_figure();
    html! {
        figure id={ "fig-" (number) } {
            figcaption { b { "Figure " (number) } " " span.says { (visible(&one.title)) "." } " " (visible(&one.caption)) }
            (drawn)
            details.twin { summary { "Show as table" } (twin(&one.title, &one.table.0, &one.table.1)) }
        }
    }
}

fn verdict(outcome: Outcome, says: &[Spans], section: &Section) -> Markup {
    html! {
        div.stand {
            (PreEscaped(load_line(outcome, gate_counts(section))))
            div {
                p class={ "w " (mark_class(outcome_mark(outcome))) } { (outcome_word(outcome)) }
                @for text in says { p { (spans(text)) } }
                p.fine { (outcome_meaning(outcome)) }
            }
        }
    }
}

/// Gates of a section that pass, are undecided, and fail.
pub fn gate_counts(section: &Section) -> Option<(usize, usize, usize)> {
    let gates: Vec<&GateBlock> = section
        .blocks
        .iter()
        .filter_map(|b| if let Block::Gates { groups } = b { Some(groups) } else { None })
        .flat_map(|groups| groups.iter().flat_map(|g| &g.1))
        .collect();
    let count = |mark: Mark| gates.iter().filter(|g| g.mark == mark).count();
    (!gates.is_empty()).then(|| (count(Mark::Safe), count(Mark::Undecided), count(Mark::Blocker)))
}

/// The verdict at the head of a report.
pub fn headline(outcome: Outcome, says: &[Spans]) -> Markup {
    html! {
        div class={ "verdict " (mark_class(outcome_mark(outcome))) } {
            (symbol(outcome_mark(outcome)))
            div { p.w { (outcome_word(outcome)) } p.s { (outcome_meaning(outcome)) } }
        }
        @for text in says { p.lead { (spans(text)) } }
    }
}
