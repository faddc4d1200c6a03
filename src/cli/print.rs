//! What is printed: results on standard output, progress and refusals on standard error.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "printing is what a command line is for")]

use crate::error::Error;
use crate::finding::{Certainty, Severity};
use crate::protocol::Entry;
use crate::report::block::{Block, Cell, FindingBlock, Section, plain};
use crate::report::sections::EXPLAIN_HEADING;
use std::io::{IsTerminal, Write};
use std::sync::Mutex;

/// Widest line of running text.
const WIDTH: usize = 100;

static STAGE: Mutex<String> = Mutex::new(String::new());

/// Notes the stage that progress is about.
pub(super) fn stage(name: &str) {
    if let Ok(mut stage) = STAGE.lock() {
        name.clone_into(&mut stage);
    }
}

/// Progress on standard error, when it is a terminal.
pub(super) fn progress(done: u64, total: u64) {
    let stderr = std::io::stderr();
    if stderr.is_terminal()
        && let Ok(stage) = STAGE.lock()
    {
        let _ = write!(stderr.lock(), "\r\x1b[K{stage}: {done} of {total}");
    }
}

/// Clears the progress line.
pub(super) fn progress_end() {
    let stderr = std::io::stderr();
    if stderr.is_terminal() {
        let _ = write!(stderr.lock(), "\r\x1b[K");
    }
}

/// A refusal: one sentence on standard error, with place and hint.
pub(super) fn refusal(error: &Error) {
    progress_end();
    eprintln!("watertight: {error}");
}

/// Text on standard output. A closed pipe ends it quietly.
pub(super) fn out(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// A note on standard error.
pub(super) fn note(text: &str) {
    eprintln!("{text}");
}

/// A section's statement and findings.
pub(super) fn section(section: &Section) {
    out(&format!("{}\n", wrap(&plain(&section.statement), "")));
    if !section.lead.is_empty() {
        out(&format!("{}\n", wrap(&plain(&section.lead), "")));
    }
    blocks(&section.blocks);
}

/// What remedies did: counts of blockers and warnings before and after, and each remedy. On standard error, so that JSON stays alone.
pub(super) fn repairs(audit: Option<&Section>, before: (usize, usize), after: (usize, usize)) {
    let counts = |(blockers, warnings): (usize, usize)| {
        let of = |n: usize, one: &str, many: &str| crate::format::counted(n as u64, one, many);
        format!("{}, {}", of(blockers, "blocker", "blockers"), of(warnings, "warning", "warnings"))
    };
    note(&format!("Repair: {} \u{2192} {}", counts(before), counts(after)));
    let tables = audit.into_iter().flat_map(|s| &s.blocks).filter_map(|b| if let Block::Table { table } = b { Some(table) } else { None });
    for row in tables.filter(|t| t.caption.starts_with("Before and after")).flat_map(|t| &t.rows) {
        let text = |at: usize| match row.get(at) {
            Some(Cell::Text { text } | Cell::Mark { text, .. }) => text.as_str(),
            _ => "",
        };
        note(&format!("  found: {}\n    done: {}\n    now: {}", text(0), text(1), text(2)));
        if text(3) != "\u{2013}" {
            note(&format!("    score with it: {}", text(3)));
        }
    }
    note("");
}

/// The tables of a section: each row on a line, cells apart, under its caption.
pub(super) fn tables(section: &Section) {
    for block in &section.blocks {
        match block {
            Block::Table { table } | Block::Graph { table, .. } => {
                let text = |cell: &Cell| match cell {
                    Cell::Text { text } | Cell::Mark { text, .. } => text.clone(),
                    Cell::Column { name } => name.clone(),
                    Cell::Number { text, fine, .. } => fine.as_ref().map_or_else(|| text.clone(), |fine| format!("{text} ({fine})")),
                    Cell::Bar { .. } => String::new(),
                };
                let rows: Vec<Vec<String>> = table.rows.iter().map(|row| row.iter().map(text).collect()).collect();
                let heads: Vec<String> = table.head.iter().map(|h| h.text.clone()).collect();
                out(&format!("\n{}\n", table.caption));
                aligned(&[vec![heads], rows].concat());
            }
            Block::Banner { text, .. } => out(&format!("\n{}\n", wrap(&plain(text), ""))),
            _ => {}
        }
    }
}

/// Rows with their cells under each other.
fn aligned(rows: &[Vec<String>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(|at| rows.iter().filter_map(|r| r.get(at)).map(|c| c.chars().count()).max().unwrap_or(0)).collect();
    for row in rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        out(&format!("  {}\n", cells.join("  ").trim_end()));
    }
}

/// A section's name and statement, and the verdict if it holds one.
pub(super) fn headline(section: &Section) {
    out(&format!("{}: {}\n", section.title, plain(&section.statement)));
}

/// What the explanation found, in one paragraph.
pub(super) fn explained(section: &Section) {
    let mut after = section.blocks.iter().skip_while(|b| !matches!(b, Block::Heading { text } if text == EXPLAIN_HEADING));
    if let Some(Block::Paragraph { text }) = after.nth(1) {
        out(&format!("{EXPLAIN_HEADING}: {}\n", plain(text)));
    }
}

fn blocks(all: &[Block]) {
    for block in all {
        match block {
            Block::Findings { findings } => findings.iter().for_each(finding),
            Block::Scores { scores } => {
                for score in scores {
                    out(&format!("  {:<14} {:>6}  {}\n", score.title, score.text, score.note));
                }
            }
            Block::Table { table } if table.caption.starts_with("What every ") => states(&table.rows),
            Block::Details { blocks: inner, .. } => blocks(inner),
            _ => {}
        }
    }
}

/// What every check or rule did: those that ran in one paragraph, the others with their reason.
fn states(rows: &[Vec<Cell>]) {
    let mut ran = Vec::new();
    let mut others = Vec::new();
    for row in rows {
        if let [Cell::Text { text: name }, Cell::Mark { text: state, .. }, .., Cell::Text { text: reason }] = row.as_slice() {
            if state == "ran" { ran.push(name.as_str()) } else { others.push(format!("{state}: {name} ({reason})")) }
        }
    }
    out("\n");
    out(&format!("{}\n", wrap(&format!("ran: {}", ran.join("; ")), "  ")));
    others.iter().for_each(|line| out(&format!("{}\n", wrap(line, "  "))));
}

fn finding(finding: &FindingBlock) {
    let severity = match finding.severity {
        Severity::Blocker => "BLOCKER",
        Severity::Warning => "WARNING",
        Severity::Note => "note",
        Severity::Safe => "safe",
    };
    let certainty = match finding.certainty {
        Certainty::Proven => "proven",
        Certainty::Strong => "strong",
        Certainty::Ask => "asks you",
    };
    out(&format!("\n{severity} ({certainty})  {}\n", plain(&finding.title)));
    if let Some(formula) = &finding.formula {
        out(&format!("    {}\n", plain(formula)));
    }
    out(&format!("{}\n", wrap(&plain(&finding.meaning), "    ")));
    if let Some(window) = &finding.window {
        out(&format!("{}\n", wrap(&window.says, "    ")));
    }
    for row in finding.worked.iter().flat_map(|table| &table.rows) {
        if let [Cell::Text { text: row }, Cell::Text { text: words }, Cell::Number { text: found, .. }, ..] = row.as_slice() {
            out(&format!("    {row}: {words} (in the file {found})\n"));
        }
    }
    for (term, value) in &finding.evidence {
        out(&format!("    {term}: {}\n", plain(value)));
    }
    if let Some((price, _)) = &finding.price {
        out(&format!("    price: {price}\n"));
    }
    if let Some(remedy) = finding.remedies.first() {
        out(&format!("    what to do: {}{}\n", remedy.title, if remedy.does.is_empty() { String::new() } else { format!(" ({})", remedy.does) }));
    }
}

/// One list of the catalogue.
pub(super) fn entries(list: &[Entry]) {
    for entry in list {
        out(&format!("{:<22} {}\n", entry.id, entry.title));
        out(&format!("{}\n", wrap(&entry.doc, "    ")));
        for (term, value) in &entry.facts {
            out(&format!("    {term}: {value}\n"));
        }
        for param in &entry.params {
            out(&format!("    {} = {}  ({}) {}\n", param.id, param.default, param.allowed, param.help));
        }
    }
}

/// Text broken at spaces into lines of at most [`WIDTH`] characters, each indented.
fn wrap(text: &str, indent: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && indent.len() + line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.iter().map(|l| format!("{indent}{l}")).collect::<Vec<_>>().join("\n")
}
