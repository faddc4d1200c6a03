//! Before and after: what had been found, what was done about it, and what the audit says now. And why an accepted finding is open again.

use super::shared::{heads, words};
use crate::derived::DerivedColumn;
use crate::finding::{Checked, Finding, Severity};
use crate::report::block::{Block, Cell, FindingBlock, Mark, Span, TableBlock, text};
use crate::report::format::{count, counted, number};
use crate::report::words::remedy::formula;
use crate::report::words::{finding_block, metric_name, remedy};
use crate::settings::Repair;
use crate::task::Task;

/// The block of the audit that tells remedies; `None` when none was applied. `checked`: the audit as it is now.
#[must_use]
pub fn before_and_after(repairs: &[Repair], checked: &[Checked], task: &Task) -> Option<Block> {
    if repairs.is_empty() {
        return None;
    }
    let found: Vec<&Finding> = checked.iter().flat_map(|c| &c.findings).collect();
    let row = |repair: &Repair| {
        let (mark, now) = now(repair, &found, task);
        let price = repair
            .price
            .as_ref()
            .map_or_else(|| "–".to_owned(), |p| format!("{} {} → {} without", metric_name(&p.metric), number(p.with), number(p.without)));
        vec![words(repair.found.clone()), words(done(repair)), Cell::Mark { mark, text: now }, words(price)]
    };
    let of = |severity| repairs.iter().filter(|r| r.severity == severity).count() as u64;
    let is_open = |repair: &&Repair| found.iter().any(|f| f.id == repair.finding && f.severity <= Severity::Warning);
    let open = repairs.iter().filter(is_open).count() as u64;
    let before =
        [(of(Severity::Blocker), "blocker", "blockers"), (of(Severity::Warning), "warning", "warnings"), (of(Severity::Note), "note", "notes")];
    let before: Vec<String> = before.into_iter().filter(|b| b.0 > 0).map(|(n, one, many)| counted(n, one, many)).collect();
    Some(Block::Table {
        table: TableBlock {
            caption: format!("Before and after: {} answered by a remedy, {} of them still found", before.join(" and "), count(open)),
            head: heads(&["Found before", "what was done", "now", "score with it"]),
            rows: repairs.iter().map(row).collect(),
            rule_after: 0,
        },
    })
}

/// Columns that hold a function of earlier rows in the place of the file's values; `None` when there are none.
#[must_use]
pub fn derived_columns(derived: &[DerivedColumn]) -> Option<Block> {
    let facts: Vec<_> = derived.iter().map(|d| (d.column.clone(), vec![Span::Code(formula(d))])).collect();
    (!facts.is_empty()).then(|| Block::Details {
        summary: format!(
            "{} in place of the file's values: earlier rows, as they are known when predicting",
            counted(facts.len() as u64, "column", "columns")
        ),
        blocks: vec![Block::Facts { facts }],
    })
}

fn done(repair: &Repair) -> String {
    let (title, does) = remedy(&repair.remedy);
    if title.starts_with("Recompute") { format!("{title} {does}") } else { title }
}

/// What the audit says now of the columns of a finding that was answered.
fn now(repair: &Repair, found: &[&Finding], task: &Task) -> (Mark, String) {
    if found.iter().any(|f| f.id == repair.finding && f.severity <= Severity::Warning) {
        return (Mark::Warning, "still found".to_owned());
    }
    let columns: Vec<&String> = repair.remedy.columns();
    let about = |f: &&&Finding| f.columns.iter().any(|c| columns.contains(&c));
    if let Some(worst) = found.iter().filter(about).filter(|f| f.severity <= Severity::Warning).min_by_key(|f| f.severity) {
        let title = crate::report::block::plain(&finding_block(worst, Some(&task.target), None).title);
        return (Mark::Warning, format!("not found; but {title}"));
    }
    if !columns.is_empty() && columns.iter().all(|c| task.ignored.contains(c)) {
        return (Mark::Safe, "not found; left out".to_owned());
    }
    if found.iter().any(|f| f.severity == Severity::Safe && about(&f)) {
        return (Mark::Safe, "proved to use only the past".to_owned());
    }
    (Mark::Safe, "not found any more".to_owned())
}

/// Adds to findings that were accepted, and are not the same any more, why they are open again. `reopened`: finding id, sentence.
pub fn tell_reopened(blocks: &mut [Block], reopened: &[(String, String)]) {
    let tell = |finding: &mut FindingBlock| {
        if let Some((_, why)) = reopened.iter().find(|(id, _)| *id == finding.id) {
            finding.meaning.push(text(format!(" {why}")));
        }
    };
    for block in blocks {
        match block {
            Block::Findings { findings } => findings.iter_mut().for_each(tell),
            Block::Details { blocks, .. } => tell_reopened(blocks, reopened),
            _ => {}
        }
    }
}
