//! The audit: what leaks, blockers first; what is proved to be sound; and what every check did.

use super::shared::{count_cell, heads, words};
use crate::audit::{CHECKS, is_outstanding};
use crate::finding::{Certainty, Checked, Finding, Severity, Status};
use crate::math::sort;
use crate::report::block::{Block, Cell, FindingBlock, Mark, Section, Spans, TableBlock, column, strong, text};
use crate::report::format::{count, counted};
use crate::report::words::{finding_block, status};
use crate::settings::Accepted;
use crate::task::Task;

/// What the audit gave.
pub struct AuditReport<'a> {
    /// The task.
    pub task: &'a Task,
    /// One a check, in the order of the list.
    pub checked: &'a [Checked],
    /// Findings that were accepted.
    pub accepted: &'a [Accepted],
}

/// The section of the step "Audit".
#[must_use]
pub fn audit(report: &AuditReport<'_>) -> Section {
    let findings = sorted(report.checked);
    let (safe, open): (Vec<&Finding>, Vec<&Finding>) = findings.iter().partition(|f| f.severity == Severity::Safe);
    let mut blocks = vec![tally(report.checked, &findings)];
    if !open.is_empty() {
        blocks.push(Block::Heading { text: "Findings".into() });
        blocks.push(Block::Paragraph { text: vec![text("The gravest first, then the proven, then the dearest.")] });
        blocks.push(Block::Findings { findings: worded(&open, Some(&report.task.target), report.accepted) });
    }
    if !safe.is_empty() {
        if open.is_empty() {
            blocks.push(Block::Heading { text: "Certificates".into() });
        }
        let summary = format!("{}: proved to be sound", counted(safe.len() as u64, "certificate", "certificates"));
        blocks
            .push(Block::Details { summary, blocks: vec![Block::Findings { findings: worded(&safe, Some(&report.task.target), report.accepted) }] });
    }
    blocks.extend(super::lineage::lineage(&findings, report.task));
    blocks.push(Block::Heading { text: "Checks".into() });
    blocks.push(Block::Table { table: checks(report.checked, "What every check did", |id| CHECKS.iter().find(|c| c.id == id).map(|c| c.title)) });
    Section {
        id: "audit".into(),
        title: "Audit".into(),
        eyebrow: format!("predicting {}", report.task.target),
        statement: statement(report.checked, &open),
        lead: lead(report, &open),
        blocks,
    }
}

/// All findings, the gravest first; of equal gravity the proven first, then the dearest, then in the order found.
pub(super) fn sorted(checked: &[Checked]) -> Vec<&Finding> {
    let mut all: Vec<&Finding> = checked.iter().flat_map(|c| &c.findings).collect();
    let price = |f: &Finding| f.price.as_ref().map_or(0.0, |p| (p.with - p.without).abs());
    sort::by(&mut all, |a, b| a.severity.cmp(&b.severity).then(a.certainty.cmp(&b.certainty)).then(price(b).total_cmp(&price(a))));
    all
}

/// Findings in words, with the reason they were accepted for.
pub(super) fn worded(findings: &[&Finding], target: Option<&str>, accepted: &[Accepted]) -> Vec<FindingBlock> {
    let reason = |id: &str| accepted.iter().find(|a| a.finding == id).map(|a| a.reason.as_str());
    findings.iter().map(|f| finding_block(f, target, reason(&f.id))).collect()
}

fn statement(checked: &[Checked], open: &[&Finding]) -> Spans {
    // Questions are told apart from what was found.
    let of = |severity| open.iter().filter(|f| f.severity == severity && f.certainty != Certainty::Ask).count() as u64;
    let ran = checked.iter().filter(|c| c.status == Status::Ran).count() as u64;
    let (blockers, warnings) = (of(Severity::Blocker), of(Severity::Warning));
    let outstanding = checked.iter().filter(|c| is_outstanding(c)).count() as u64;
    if outstanding > 0 {
        let found = if blockers > 0 { counted(blockers, "blocker", "blockers") } else { "no blocker".to_owned() };
        return vec![text("So far "), strong(found), text(format!(": {} not run.", counted(outstanding, "check has", "checks have")))];
    }
    if blockers > 0 {
        let more = if warnings > 0 { format!(", {} besides", counted(warnings, "warning", "warnings")) } else { String::new() };
        return vec![strong(counted(blockers, "blocker", "blockers")), text(format!(": the score would not be real in use{more}."))];
    }
    match (ran, warnings) {
        (0, _) => vec![text("No check could run, so nothing is shown to be sound.")],
        (_, 0) => vec![text(format!("Nothing leaks that {} could find.", counted(ran, "check", "checks")))],
        (_, _) => vec![text("No blocker; "), strong(counted(warnings, "warning", "warnings")), text(" may cost something in use.")],
    }
}

fn lead(report: &AuditReport<'_>, open: &[&Finding]) -> Spans {
    let asked = open.iter().filter(|f| f.certainty == Certainty::Ask).count() as u64;
    let question = (asked > 0).then(|| text(format!(" {} only you can answer.", counted(asked, "question", "questions"))));
    let first = open.first().filter(|f| f.severity == Severity::Blocker);
    let mut says = match first {
        Some(finding) => {
            let mut says = finding_block(finding, Some(&report.task.target), None).title;
            says.push(text("."));
            says
        }
        None => vec![text("Every check below says whether it ran, and on how many rows.")],
    };
    says.extend(question);
    says
}

fn tally(checked: &[Checked], findings: &[&Finding]) -> Block {
    let is_question = |f: &Finding| f.certainty == Certainty::Ask && f.severity > Severity::Blocker && f.severity < Severity::Safe;
    let of = |severity| findings.iter().filter(|f| f.severity == severity && !is_question(f)).count() as u64;
    let asked = findings.iter().filter(|f| is_question(f)).count() as u64;
    let states = |wanted: fn(&Status) -> bool| checked.iter().filter(|c| wanted(&c.status)).count() as u64;
    let ran = states(|s| *s == Status::Ran);
    let (skipped, weak) = (states(|s| matches!(s, Status::Skipped(_))), states(|s| matches!(s, Status::Underpowered(_))));
    let item = |mark, one: &str, many: &str, n: u64| (mark, if n == 1 { one.to_owned() } else { many.to_owned() }, count(n), None);
    let items = vec![
        item(Mark::Blocker, "blocker", "blockers", of(Severity::Blocker)),
        item(Mark::Warning, "warning", "warnings", of(Severity::Warning)),
        item(Mark::Ask, "question", "questions", asked),
        item(Mark::Quiet, "note", "notes", of(Severity::Note)),
        item(Mark::Safe, "certificate", "certificates", of(Severity::Safe)),
        (
            if ran > 0 && weak == 0 { Mark::Safe } else { Mark::Undecided },
            "checks ran".to_owned(),
            format!("{} of {}", count(ran), count(checked.len() as u64)),
            Some(format!("{} skipped, {} underpowered", count(skipped), count(weak))),
        ),
    ];
    Block::Tally { items }
}

/// What every check or rule did: state, rows, findings, reason.
pub(super) fn checks(checked: &[Checked], caption: &str, title: impl Fn(&str) -> Option<&'static str>) -> TableBlock {
    let row = |c: &Checked| {
        let (mark, state, reason) = status(&c.status);
        let found = c.findings.iter().filter(|f| f.severity != Severity::Safe).count() as u64;
        vec![
            words(title(&c.id).unwrap_or(&c.id)),
            Cell::Mark { mark, text: state.into() },
            if c.n_rows == 0 { words("–") } else { count_cell(c.n_rows) },
            if c.status == Status::Ran { count_cell(found) } else { words("–") },
            words(reason.unwrap_or("")),
        ]
    };
    TableBlock {
        caption: caption.into(),
        head: heads(&["Check", "state", "#rows", "#findings", "reason"]),
        rows: checked.iter().map(row).collect(),
        rule_after: 0,
    }
}

/// Columns in running text, with commas; at most six.
pub(super) fn columns(names: &[String]) -> Spans {
    let mut says = Vec::new();
    for (i, name) in names.iter().take(6).enumerate() {
        if i > 0 {
            says.push(text(", "));
        }
        says.push(column(name));
    }
    if names.len() > 6 {
        says.push(text(format!(" and {} more", count(names.len() as u64 - 6))));
    }
    says
}
