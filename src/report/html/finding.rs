//! Findings and gates as HTML.

use super::Numbers;
use super::text::{capital, mark, spans, symbol, table};
use crate::chart::window::{picture, strip};
use crate::finding::{Certainty, Severity};
use crate::report::block::{FindingBlock, GateBlock, Mark};
use crate::report::escape::visible;
use crate::report::signs::{Zone, interval_bar, mark_class};
use maud::{Markup, PreEscaped, html};

/// The mark of a finding: a question has its own, whatever its severity.
pub fn mark_of(finding: &FindingBlock) -> Mark {
    if finding.certainty == Certainty::Ask && finding.severity != Severity::Safe { Mark::Ask } else { finding.severity.into() }
}

/// Severity and certainty in words.
pub fn words_of(finding: &FindingBlock) -> String {
    let severity = match finding.severity {
        _ if mark_of(finding) == Mark::Ask => return "question".to_owned(),
        Severity::Blocker => "blocker",
        Severity::Warning => "warning",
        Severity::Note => "note",
        Severity::Safe => "certificate",
    };
    match finding.certainty {
        Certainty::Proven => format!("{severity}, proven"),
        Certainty::Strong => format!("{severity}, strong"),
        Certainty::Ask => severity.to_owned(),
    }
}

/// Width of the picture of a window where there is room, and where there is not, in pixels.
const PICTURE: (u32, u32) = (600, 330);

/// One finding: open when it matters, folded when it is a note or a certificate.
pub fn finding(one: &FindingBlock, numbers: &mut Numbers) -> Markup {
    let shape = mark_of(one);
    let number = numbers.next_finding(&one.id);
    let figure = one.figure.as_ref().map(|figure| super::blocks::figure(figure, numbers));
    let open = matches!(one.severity, Severity::Blocker | Severity::Warning) && one.accepted.is_none();
    html! {
        details class={ "f " (mark_class(shape)) } id={ "F" (number) } open[open] {
            summary {
                span.fh { (mark(shape, &capital(&words_of(one)))) @if let Some(window) = &one.window { (PreEscaped(strip(window))) } span.id { "F" (number) } }
                h3 { (spans(&one.title)) }
            }
            div.fb {
                p { (spans(&one.meaning)) }
                @if let Some(formula) = &one.formula { div.eq tabindex="0" role="region" aria-label="Formula" { (spans(formula)) } }
                @if let Some(window) = one.window.as_ref().filter(|_| shape != Mark::Safe) {
                    div.win {
                        div.chart-wide { (PreEscaped(picture(window, PICTURE.0))) }
                        div.chart-narrow { (PreEscaped(picture(window, PICTURE.1))) }
                    }
                }
                @if let Some(figure) = figure { (figure) }
                @if let Some(worked) = &one.worked { (table(worked)) }
                (facts(one))
            }
        }
    }
}

fn facts(one: &FindingBlock) -> Markup {
    html! {
        dl.pr {
            @for (term, value) in &one.evidence { dt { (capital(&visible(term))) } dd { (spans(value)) } }
            @if let Some((words, bar)) = &one.price {
                dt { "Price" }
                dd {
                    b { (visible(words)) }
                    @if let Some(bar) = bar { (PreEscaped(interval_bar(bar, "g-c1", Zone::None))) }
                }
            }
            @if !one.remedies.is_empty() {
                dt { "What to do" }
                dd { @for (at, remedy) in one.remedies.iter().enumerate() {
                    @if at > 0 { br; "Or: " }
                    (visible(&remedy.title))
                    @if !remedy.does.is_empty() { span.fine { " " (visible(&remedy.does)) } }
                } }
            }
            @if let Some(reason) = &one.accepted { dt { "Accepted" } dd { (visible(reason)) } }
            dt { "Check" } dd { code { (visible(&one.check)) } }
        }
    }
}

/// Gates, grouped: one table whose roles stay when narrow screens show it as blocks.
pub fn gates(groups: &[(String, Vec<GateBlock>)]) -> Markup {
    html! {
        table.gates.wide role="table" {
            caption { "Gates with value, interval, limit and reason. A gate passes when its whole 95 % interval is on the right side of the limit." }
            thead role="rowgroup" { tr role="row" {
                th scope="col" role="columnheader" { "Result" }
                th scope="col" role="columnheader" { "Gate" }
                th.n scope="col" role="columnheader" { "Value, 95 %" }
                th.barcol scope="col" role="columnheader" { span.vh { "Interval against limit" } }
                th.limit scope="col" role="columnheader" { "Limit" }
                th scope="col" role="columnheader" { "Why" }
            } }
            @for (title, gates) in groups {
                tbody role="rowgroup" {
                    @if !title.is_empty() { tr.group role="row" { th colspan="6" scope="rowgroup" role="rowheader" { (visible(title)) } } }
                    @for one in gates { (gate(one)) }
                }
            }
        }
    }
}

fn gate(one: &GateBlock) -> Markup {
    let class = match one.mark {
        Mark::Safe => "g-c1",
        Mark::Blocker => "blocker g-line",
        _ => "warning g-line",
    };
    html! {
        tr.open[one.mark == Mark::Undecided].fails[one.mark == Mark::Blocker] role="row" {
            td.state role="cell" { (mark(one.mark, &one.state)) }
            th scope="row" role="rowheader" { (visible(&one.title)) @if !one.fine.is_empty() { span.fine { (visible(&one.fine)) } } }
            td.val.n role="cell" { b { (visible(&one.value)) } @if let Some(text) = &one.interval_text { span.fine { (visible(text)) } } }
            td.barcol role="cell" { @if let Some(bar) = &one.bar { (PreEscaped(interval_bar(bar, class, Zone::of_comparison(&one.comparison)))) } }
            td.limit role="cell" { (visible(&one.comparison)) " " (visible(&one.limit)) }
            td.why role="cell" { (spans(&one.why)) }
        }
    }
}

/// Counts by severity.
pub fn tally(items: &[(Mark, String, String, Option<String>)]) -> Markup {
    html! {
        dl.tally {
            @for (shape, word, count, fine) in items {
                div {
                    dt class=(mark_class(*shape)) { (symbol(*shape)) (visible(word)) }
                    dd { (visible(count)) @if let Some(fine) = fine { " " span.of { (visible(fine)) } } }
                }
            }
        }
    }
}
