//! Which terms of the field a report uses: they are explained in its margin and at its end, and no others.

use super::block::{Block, FindingBlock, Report, Section, Span, Spans};
use super::words::glossary::{Term, term};
use crate::math::sort;
use std::collections::BTreeSet;

/// Terms used anywhere in a report, in alphabetical order of their words.
#[must_use]
pub fn terms_of(report: &Report) -> Vec<&'static Term> {
    let mut ids = BTreeSet::new();
    report.sections.iter().for_each(|s| section(s, &mut ids));
    sorted(&ids)
}

/// Terms used in one section.
#[must_use]
pub fn terms_of_section(one: &Section) -> Vec<&'static Term> {
    let mut ids = BTreeSet::new();
    section(one, &mut ids);
    sorted(&ids)
}

fn sorted(ids: &BTreeSet<String>) -> Vec<&'static Term> {
    let mut terms: Vec<&Term> = ids.iter().filter_map(|id| term(id)).collect();
    sort::by_key(&mut terms, |t| (t.word.to_lowercase(), t.id));
    terms
}

fn section(section: &Section, ids: &mut BTreeSet<String>) {
    spans(&section.statement, ids);
    spans(&section.lead, ids);
    section.blocks.iter().for_each(|b| block(b, ids));
}

fn spans(text: &Spans, ids: &mut BTreeSet<String>) {
    for span in text {
        if let Span::Term(id) = span {
            ids.insert(id.clone());
        }
    }
}

fn block(block: &Block, ids: &mut BTreeSet<String>) {
    match block {
        Block::Paragraph { text } | Block::Banner { text, .. } => spans(text, ids),
        Block::Facts { facts } => facts.iter().for_each(|f| spans(&f.1, ids)),
        Block::Findings { findings } => findings.iter().for_each(|f| finding(f, ids)),
        Block::Verdict { says, .. } => says.iter().for_each(|s| spans(s, ids)),
        Block::Gates { groups } => groups.iter().flat_map(|g| &g.1).for_each(|g| spans(&g.why, ids)),
        Block::List { items, .. } => items.iter().for_each(|i| spans(i, ids)),
        Block::Details { blocks, .. } => blocks.iter().for_each(|b| self::block(b, ids)),
        Block::Heading { .. } | Block::Table { .. } | Block::Tally { .. } | Block::Scores { .. } | Block::Figure { .. } | Block::Graph { .. } => {}
    }
}

fn finding(finding: &FindingBlock, ids: &mut BTreeSet<String>) {
    spans(&finding.title, ids);
    spans(&finding.meaning, ids);
    finding.formula.iter().for_each(|f| spans(f, ids));
    finding.evidence.iter().for_each(|e| spans(&e.1, ids));
}
