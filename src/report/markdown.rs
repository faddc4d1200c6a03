//! A report as Markdown (GitHub flavour): the same blocks, numbers and words as the HTML, for tickets and repositories.
//!
//! Everything that came from a file is escaped or stands in a code span; raw HTML is not used.

use super::block::{Block, Cell, FindingBlock, GateBlock, Interval, Report, Section, Span, TableBlock};
use super::escape::{markdown as escaped, markdown_code};
use super::html::words_of;
use super::signs::{bar_label, outcome_meaning, outcome_word};
use super::terms::terms_of;
use super::words::glossary;
use crate::chart::Figure;

/// The report as Markdown, with a final newline.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let mut out = Writer::default();
    out.paragraph(&format!("# {}", escaped(&report.title)));
    let facts: Vec<Vec<String>> = report.provenance.iter().map(|(t, v)| vec![escaped(t), escaped(v)]).collect();
    out.table(&[String::new(), String::new()], &[false, false], &facts);
    for section in &report.sections {
        out.section(section);
    }
    let terms = terms_of(report);
    if !terms.is_empty() {
        out.paragraph("## Glossary");
        let items: Vec<String> = terms.iter().map(|t| format!("- **{}**: {}", escaped(t.word), escaped(t.definition))).collect();
        out.paragraph(&items.join("\n"));
    }
    out.text
}

/// Running text with its marks.
#[must_use]
pub fn spans(text: &[Span]) -> String {
    let each: String = text
        .iter()
        .map(|span| match span {
            Span::Text(words) => inner(words),
            Span::Column(name) | Span::Code(name) => markdown_code(name),
            Span::Strong(words) => strong(words),
            Span::Term(id) => inner(&glossary::word(id)),
        })
        .collect();
    each.trim().to_owned()
}

/// Escaped words that keep the spaces around them.
fn inner(words: &str) -> String {
    let trimmed = words.trim_start();
    let lead = if trimmed.len() < words.len() { " " } else { "" };
    format!("{lead}{}", escaped(trimmed))
}

/// `**words**`, with spaces outside of the marks, where Markdown wants them.
fn strong(words: &str) -> String {
    let core = words.trim();
    if core.is_empty() {
        return String::new();
    }
    let lead = if words.starts_with(char::is_whitespace) { " " } else { "" };
    let trail = if words.ends_with(char::is_whitespace) { " " } else { "" };
    format!("{lead}**{}**{trail}", escaped(core))
}

/// Markdown being written, block by block.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) text: String,
    figures: usize,
    findings: usize,
}

impl Writer {
    pub(super) fn paragraph(&mut self, words: &str) {
        if words.trim().is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(words.trim_end());
        self.text.push('\n');
    }

    /// Cells are Markdown already.
    pub(super) fn table(&mut self, head: &[String], numeric: &[bool], rows: &[Vec<String>]) {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let rule: Vec<String> = numeric.iter().map(|&n| if n { "---:" } else { "---" }.to_owned()).collect();
        let mut table = line(head);
        table.push_str(&line(&rule));
        rows.iter().for_each(|row| table.push_str(&line(row)));
        self.paragraph(&table);
    }

    fn section(&mut self, section: &Section) {
        self.paragraph(&format!("## {}", escaped(&section.title)));
        self.paragraph(&escaped(&section.eyebrow));
        let statement = spans(&section.statement);
        self.paragraph(&if statement.contains("**") || statement.is_empty() { statement } else { format!("**{statement}**") });
        self.paragraph(&spans(&section.lead));
        section.blocks.iter().for_each(|b| self.block(b));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph { text } => self.paragraph(&spans(text)),
            Block::Heading { text } => self.paragraph(&format!("### {}", escaped(text))),
            Block::Facts { facts } => {
                let items: Vec<String> = facts.iter().map(|(t, v)| format!("- {}: {}", escaped(t), spans(v))).collect();
                self.paragraph(&items.join("\n"));
            }
            Block::Table { table } => self.table_block(table),
            Block::Findings { findings } => findings.iter().for_each(|f| self.finding(f)),
            Block::Tally { items } => {
                let each: Vec<String> = items
                    .iter()
                    .map(|(_, word, count, fine)| {
                        let fine = fine.as_ref().map_or_else(String::new, |f| format!(" ({})", escaped(f)));
                        format!("- {}: **{}**{fine}", escaped(word), escaped(count))
                    })
                    .collect();
                self.paragraph(&each.join("\n"));
            }
            Block::Scores { scores } => {
                let rows: Vec<Vec<String>> = scores.iter().map(|s| vec![escaped(&s.title), escaped(&s.text), escaped(&s.note)]).collect();
                self.table(&heads(&["Score", "Points of 100", "What lowered it"]), &[false, true, false], &rows);
            }
            Block::Figure { figure } => self.figure(figure),
            Block::Graph { graph, table } => {
                self.paragraph(&escaped(&graph.description));
                self.table_block(table);
            }
            Block::Verdict { outcome, says } => {
                self.paragraph(&format!("**{}.** {}", outcome_word(*outcome), outcome_meaning(*outcome)));
                says.iter().for_each(|s| self.paragraph(&spans(s)));
            }
            Block::Gates { groups } => groups.iter().for_each(|(title, gates)| self.gates(title, gates)),
            Block::List { items, numbered } => {
                let each: Vec<String> = items
                    .iter()
                    .enumerate()
                    .map(|(at, item)| if *numbered { format!("{}. {}", at + 1, spans(item)) } else { format!("- {}", spans(item)) })
                    .collect();
                self.paragraph(&each.join("\n"));
            }
            Block::Banner { text, .. } => self.paragraph(&format!("> {}", spans(text))),
            Block::Details { summary, blocks } => {
                self.paragraph(&format!("**{}**", escaped(summary)));
                blocks.iter().for_each(|b| self.block(b));
            }
        }
    }

    pub(super) fn table_block(&mut self, table: &TableBlock) {
        if table.head.is_empty() {
            return;
        }
        self.paragraph(&escaped(&table.caption));
        let head: Vec<String> = table.head.iter().map(|h| escaped(&h.text)).collect();
        let numeric: Vec<bool> = table.head.iter().map(|h| h.numeric).collect();
        let rows: Vec<Vec<String>> = table.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
        self.table(&head, &numeric, &rows);
    }

    fn figure(&mut self, figure: &Figure) {
        self.figures += 1;
        self.paragraph(&format!("**Figure {}. {}** {}", self.figures, escaped(figure.title.trim_end_matches('.')), escaped(&figure.caption)));
        self.paragraph(&escaped(&figure.description));
        let (head, rows) = &figure.table;
        if !rows.is_empty() {
            let head: Vec<String> = head.iter().map(|h| escaped(h)).collect();
            let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|c| escaped(c)).collect()).collect();
            self.table(&head, &vec![false; head.len()], &rows);
        }
    }

    fn finding(&mut self, one: &FindingBlock) {
        self.findings += 1;
        self.paragraph(&format!("### F{}. {}", self.findings, spans(&one.title)));
        self.paragraph(&format!("**{}.** {}", super::html::capital(&words_of(one)), spans(&one.meaning)));
        if let Some(formula) = &one.formula {
            self.paragraph(&format!("Formula: {}", spans(formula)));
        }
        if let Some(window) = &one.window {
            self.paragraph(&format!("Rows read: {}", escaped(&window.says)));
        }
        if let Some(figure) = &one.figure {
            self.figure(figure);
        }
        if let Some(worked) = &one.worked {
            self.table_block(worked);
        }
        let mut facts: Vec<String> = one.evidence.iter().map(|(t, v)| format!("- {}: {}", escaped(&super::html::capital(t)), spans(v))).collect();
        if let Some((words, bar)) = &one.price {
            facts.push(format!("- Price: {}{}", escaped(words), bar.as_ref().map_or_else(String::new, |b| format!(" ({})", bar_words(b)))));
        }
        for remedy in &one.remedies {
            let does = if remedy.does.is_empty() { String::new() } else { format!(" ({})", escaped(&remedy.does)) };
            facts.push(format!("- What to do: {}{does}", escaped(&remedy.title)));
        }
        if let Some(reason) = &one.accepted {
            facts.push(format!("- Accepted: {}", escaped(reason)));
        }
        facts.push(format!("- Check: {}", markdown_code(&one.check)));
        self.paragraph(&facts.join("\n"));
    }

    pub(super) fn gates(&mut self, title: &str, gates: &[GateBlock]) {
        self.paragraph(&if title.is_empty() { String::new() } else { format!("**{}**", escaped(title)) });
        let rows: Vec<Vec<String>> = gates
            .iter()
            .map(|g| {
                let fine = if g.fine.is_empty() { String::new() } else { format!(" ({})", escaped(&g.fine)) };
                let range = g.interval_text.as_ref().map_or_else(String::new, |t| format!(" ({})", escaped(t)));
                vec![
                    escaped(&g.state),
                    format!("{}{fine}", escaped(&g.title)),
                    format!("{}{range}", escaped(&g.value)),
                    format!("{} {}", escaped(&g.comparison), escaped(&g.limit)),
                    spans(&g.why),
                ]
            })
            .collect();
        self.table(&heads(&["Result", "Gate", "Value, 95 %", "Limit", "Why"]), &[false, false, true, true, false], &rows);
    }
}

pub(super) fn heads(words: &[&str]) -> Vec<String> {
    words.iter().map(|&w| w.to_owned()).collect()
}

fn cell(one: &Cell) -> String {
    match one {
        Cell::Text { text } | Cell::Mark { text, .. } => escaped(text),
        Cell::Column { name } => markdown_code(name),
        Cell::Number { text, fine, .. } => match fine {
            Some(fine) => format!("{} ({})", escaped(text), escaped(fine)),
            None => escaped(text),
        },
        Cell::Bar { interval } => bar_words(interval),
    }
}

fn bar_words(bar: &Interval) -> String {
    if bar.estimate.is_finite() { escaped(&bar_label(bar)) } else { super::format::NOT_COMPUTABLE.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::example;

    #[test]
    fn the_twin_has_every_section_figure_and_gate() {
        let text = markdown(&example::report(2));
        for part in
            ["# Can next month", "## What was found", "### F1. `revenue_3m` contains", "## Decision gates", "**No-go.**", "Figure 11", "## Glossary"]
        {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
        assert!(text.ends_with('\n') && !text.contains("\n\n\n"));
    }

    #[test]
    fn every_table_row_has_as_many_cells_as_its_head() {
        let text = markdown(&example::report(1));
        let mut width = None;
        for line in text.lines() {
            let cells = line.starts_with('|').then(|| line.replace("\\|", "").matches('|').count());
            if let (Some(before), Some(now)) = (width, cells) {
                assert_eq!(before, now, "{line}");
            }
            width = cells;
        }
    }

    #[test]
    fn words_keep_their_spaces_around_marks() {
        let text = [Span::Text("a ".to_owned()), Span::Strong("b: ".to_owned()), Span::Column("c".to_owned()), Span::Text(" d".to_owned())];
        assert_eq!(spans(&text), "a **b:** `c` d");
    }
}
