//! A report as one HTML file: no script, nothing loaded, style allowed by its hash, figures as inline SVG.
//!
//! All text passes the templates of `maud`, which escape by default; only markup made by [`crate::report::signs`] and
//! [`crate::chart::paint`] is placed as it is, and both escape what they take in.

mod blocks;
mod finding;
mod style;
mod text;

use super::block::{Block, FindingBlock, Mark, Outcome, Report, Section, Spans};
use super::escape::visible;
use super::format::counted;
use super::signs::symbols;
use super::terms::{terms_of, terms_of_section};
use super::words::glossary::Term;
use maud::{DOCTYPE, Markup, PreEscaped, html};

pub use finding::{mark_of, words_of};
pub use text::capital;

/// Most definitions in the margin of a section; the glossary has all.
const MARGIN_NOTES: usize = 4;

/// Most findings listed at the head.
const MOST_IN_THE_WAY: usize = 6;

/// Running numbers of figures and findings.
#[derive(Default)]
pub struct Numbers {
    figures: usize,
    /// Ids of the findings so far.
    findings: Vec<String>,
}

impl Numbers {
    fn next_figure(&mut self) -> usize {
        self.figures += 1;
        self.figures
    }

    fn next_finding(&mut self, id: &str) -> usize {
        self.findings.push(id.to_owned());
        self.findings.len()
    }

    /// Number of a finding that was shown.
    fn number_of(&self, id: &str) -> Option<usize> {
        self.findings.iter().position(|f| f == id).map(|at| at + 1)
    }
}

/// The report as one HTML file.
#[must_use]
pub fn html(report: &Report) -> String {
    let file = report.provenance.first().map_or("", |(_, value)| value.as_str());
    let sheet = style::sheet(&format!("Watertight report · {} · {}", report.title, file));
    let terms = terms_of(report);
    let verdict = verdict_of(report);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(style::policy(&sheet));
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (visible(&report.title)) " · Watertight report" }
                style { (PreEscaped(&sheet)) }
            }
            body {
                a.skip href="#content" { "Skip to the findings" }
                (PreEscaped(symbols()))
                div.page {
                    (header(report, verdict, &terms, file))
                    main #content { (sections(report)) (glossary(&terms, report.sections.len() + 1)) }
                    footer { (footer(report)) }
                }
            }
        }
    };
    page.into_string()
}

fn verdict_of(report: &Report) -> Option<(Outcome, &[Spans])> {
    report.sections.iter().flat_map(|s| &s.blocks).find_map(|b| match b {
        Block::Verdict { outcome, says } => Some((*outcome, says.as_slice())),
        _ => None,
    })
}

fn header(report: &Report, verdict: Option<(Outcome, &[Spans])>, terms: &[&Term], file: &str) -> Markup {
    html! {
        header {
            div.run { span { b { "Watertight" } " Leakage audit and validation report" } span { bdi { (visible(file)) } } }
            div.tb {
                h1 { (visible(&report.title)) }
                div.l {
                    @if let Some((outcome, says)) = verdict { (blocks::headline(outcome, says)) }
                    (in_the_way(report))
                }
                div.r { (provenance(report)) (contents(report, terms)) }
            }
        }
    }
}

/// The findings that matter, each a link to its place, numbered as they are below.
fn in_the_way(report: &Report) -> Markup {
    let mut all = Vec::new();
    report.sections.iter().for_each(|s| findings_in(&s.blocks, &mut all));
    let open: Vec<(usize, &FindingBlock)> = all
        .into_iter()
        .enumerate()
        .filter(|(_, f)| f.accepted.is_none() && matches!(mark_of(f), Mark::Blocker | Mark::Warning | Mark::Ask))
        .map(|(at, f)| (at + 1, f))
        .collect();
    html! {
        @if !open.is_empty() {
            ul.way aria-label="Open findings" {
                @for (number, one) in open.iter().take(MOST_IN_THE_WAY) {
                    li { (text::mark(mark_of(one), &capital(&words_of(one)))) a href={ "#F" (number) } { (visible(&super::block::plain(&one.title))) } }
                }
                @if open.len() > MOST_IN_THE_WAY { li { span {} span.fine { "and " (open.len() - MOST_IN_THE_WAY) " more below" } } }
            }
        }
    }
}

fn findings_in<'a>(blocks: &'a [Block], all: &mut Vec<&'a FindingBlock>) {
    for block in blocks {
        match block {
            Block::Findings { findings } => all.extend(findings),
            Block::Details { blocks, .. } => findings_in(blocks, all),
            _ => {}
        }
    }
}

fn provenance(report: &Report) -> Markup {
    html! {
        dl.id {
            @for (term, value) in &report.provenance {
                div { dt { (visible(term)) } dd { @if is_hash(value) { code { (value) } } @else { (visible(value)) } } }
            }
        }
    }
}

fn is_hash(value: &str) -> bool {
    value.len() >= 16 && value.bytes().all(|b| b.is_ascii_hexdigit())
}

fn contents(report: &Report, terms: &[&Term]) -> Markup {
    html! {
        nav aria-label="Contents" {
            ol.toc {
                @for (at, section) in report.sections.iter().enumerate() {
                    li { a href={ "#s" (at + 1) } { i { (at + 1) } b { (visible(&section.title)) } span { (visible(&super::block::plain(&section.statement))) } } }
                }
                @if !terms.is_empty() {
                    li { a href="#glossary" { i { (report.sections.len() + 1) } b { "Glossary" } span { (counted(terms.len() as u64, "term", "terms")) " in plain words" } } }
                }
            }
        }
    }
}

fn sections(report: &Report) -> Markup {
    let mut numbers = Numbers::default();
    let parts: Vec<Markup> = report.sections.iter().enumerate().map(|(at, one)| section(one, at + 1, &mut numbers)).collect();
    html! { @for part in parts { (part) } }
}

fn section(one: &Section, number: usize, numbers: &mut Numbers) -> Markup {
    let notes = terms_of_section(one);
    html! {
        section id={ "s" (number) } aria-labelledby={ "h" (number) } {
            div.sh {
                span.no { (number) }
                h2 id={ "h" (number) } { (visible(&one.title)) }
                p { (text::spans(&one.statement)) }
                @if !one.eyebrow.is_empty() { p.eyebrow { (visible(&one.eyebrow)) } }
            }
            @for note in notes.iter().take(MARGIN_NOTES) { aside.mn { b { (capital(note.word)) } p { (note.definition) } } }
            @if !one.lead.is_empty() { p { (text::spans(&one.lead)) } }
            (blocks::all(&one.blocks, one, numbers))
        }
    }
}

fn glossary(terms: &[&Term], number: usize) -> Markup {
    html! {
        @if !terms.is_empty() {
            section id="glossary" aria-labelledby="h-glossary" {
                div.sh { span.no { (number) } h2 id="h-glossary" { "Glossary" } p { "Terms as used in this report." } }
                dl.gl { @for term in terms { div id={ "term-" (term.id) } { dt { (capital(term.word)) } dd { (term.definition) } } } }
            }
        }
    }
}

fn footer(report: &Report) -> Markup {
    let all: Vec<String> = report.provenance.iter().map(|(term, value)| format!("{} {}", visible(term), visible(value))).collect();
    html! { (all.join(" · ")) ". Computed on the user’s device; nothing was sent." }
}

#[cfg(test)]
mod tests;
