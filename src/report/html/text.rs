//! Running text, cells and tables as HTML.

use crate::report::block::{Block, Cell, Head, Mark, Span, TableBlock};
use crate::report::escape::visible;
use crate::report::format::exact;
use crate::report::signs::{Zone, interval_bar, mark_class, mark_id};
use crate::report::words::glossary;
use maud::{Markup, PreEscaped, html};

/// A raw column's name.
pub fn column(name: &str) -> Markup {
    html! { code.col { bdi { (visible(name)) } } }
}

/// Running text.
pub fn spans(text: &[Span]) -> Markup {
    html! {
        @for span in text {
            @match span {
                Span::Text(words) => { (visible(words).replace(" %", "\u{a0}%")) },
                Span::Column(name) => { (column(name)) },
                Span::Strong(words) => { strong { (visible(words)) } },
                Span::Code(words) => { code { bdi { (visible(words)) } } },
                Span::Term(id) => { (term(id)) },
            }
        }
    }
}

fn term(id: &str) -> Markup {
    match glossary::term(id) {
        Some(term) => html! { a.term href={ "#term-" (term.id) } title=(term.definition) { (term.word) } },
        None => html! { (visible(&glossary::word(id))) },
    }
}

/// A state: shape, word and colour.
pub fn mark(mark: Mark, word: &str) -> Markup {
    html! { span class={ "sev " (mark_class(mark)) } { (symbol(mark)) (visible(word)) } }
}

/// The shape of a mark alone.
pub fn symbol(mark: Mark) -> Markup {
    html! { svg.mark width="16" height="16" aria-hidden="true" { use href={ "#" (mark_id(mark)) } {} } }
}

/// Words on a line of their own kind: a mark's word begins with a capital in reports.
pub fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn cell(one: &Cell) -> Markup {
    match one {
        Cell::Text { text } => html! { (visible(text)) },
        Cell::Column { name } => column(name),
        Cell::Number { text, value, fine } => html! {
            @match value {
                Some(value) if exact(*value) != *text => { span title=(exact(*value)) { (visible(text)) } },
                _ => { (visible(text)) },
            }
            @if let Some(fine) = fine { " " span.fine { (visible(fine)) } }
        },
        Cell::Bar { interval } => html! { (PreEscaped(interval_bar(interval, "g-c1", Zone::None))) },
        Cell::Mark { mark: shape, text } => mark(*shape, text),
    }
}

/// A table with caption and heads, scrolling sideways in a region of its own where it does not fit.
pub fn table(one: &TableBlock) -> Markup {
    let wide = one.head.len() > 5;
    html! {
        div.tw.wide[wide] tabindex="0" role="region" aria-label=(visible(&one.caption)) {
            table.many[wide] {
                caption { span.cap { (visible(&one.caption)) } }
                thead { tr { @for (at, head) in one.head.iter().enumerate() { (table_head(one, at, head)) } } }
                tbody {
                    @for (at, row) in one.rows.iter().enumerate() {
                        tr.double[one.rule_after > 0 && at + 1 == one.rule_after && at + 1 < one.rows.len()] {
                            @for (place, value) in row.iter().enumerate() { (table_cell(one, place, value)) }
                        }
                    }
                }
            }
        }
    }
}

fn is_bar(one: &TableBlock, at: usize) -> bool {
    one.rows.iter().any(|row| matches!(row.get(at), Some(Cell::Bar { .. })))
}

fn table_head(one: &TableBlock, at: usize, head: &Head) -> Markup {
    html! { th scope="col" class=(class(head.numeric, is_bar(one, at))) { (visible(&head.text)) } }
}

fn table_cell(one: &TableBlock, at: usize, value: &Cell) -> Markup {
    let numeric = one.head.get(at).is_some_and(|h| h.numeric);
    let class = class(numeric, matches!(value, Cell::Bar { .. }));
    html! {
        @if at == 0 { th scope="row" class=(class) { (cell(value)) } }
        @else { td class=(class) { (cell(value)) } }
    }
}

fn class(numeric: bool, bar: bool) -> &'static str {
    match (numeric, bar) {
        (_, true) => "barcol",
        (true, _) => "n",
        _ => "w",
    }
}

/// A table of plain texts: the twin of a figure.
pub fn twin(caption: &str, head: &[String], rows: &[Vec<String>]) -> Markup {
    let numeric: Vec<bool> = (0..head.len()).map(|at| at > 0 && rows.iter().filter_map(|r| r.get(at)).all(|t| looks_numeric(t))).collect();
    let class = |at: usize| if numeric.get(at).copied().unwrap_or(false) { "n" } else { "w" };
    html! {
        div.tw tabindex="0" role="region" aria-label={ "Table: " (visible(caption)) } {
            table {
                caption { span.cap { (visible(caption)) } }
                thead { tr { @for (at, text) in head.iter().enumerate() { th scope="col" class=(class(at)) { (visible(text)) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (at, text) in row.iter().enumerate() {
                                @if at == 0 { th scope="row" class=(class(at)) { (visible(text)) } }
                                @else { td class=(class(at)) { (visible(text)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn looks_numeric(text: &str) -> bool {
    text == "–" || text.starts_with(|c: char| c.is_ascii_digit() || c == '\u{2212}' || c == '+')
}

/// Whether a block is nothing at all.
pub fn is_empty(block: &Block) -> bool {
    match block {
        Block::Facts { facts } => facts.is_empty(),
        Block::Findings { findings } => findings.is_empty(),
        Block::Tally { items } => items.is_empty(),
        Block::Scores { scores } => scores.is_empty(),
        Block::List { items, .. } => items.is_empty(),
        Block::Table { table } => table.head.is_empty(),
        Block::Graph { graph, .. } => graph.nodes.is_empty(),
        _ => false,
    }
}
