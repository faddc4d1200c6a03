//! The lineage graph of the audit: which column is made of which, with a table twin and the columns that stand alone.

use super::shared::{heads, words};
use crate::chart::graph::{Graph, Node};
use crate::finding::{Certainty, Evidence, Finding, Severity};
use crate::report::block::{Block, Cell, Mark, TableBlock, column, text};
use crate::report::format::counted;
use crate::report::words::rows_in_words;
use crate::task::Task;

/// What one column is made of: source and rows read, relative to the row of the value.
struct Made<'a> {
    column: &'a str,
    of: Vec<(&'a str, String)>,
    formula: String,
    finding: Option<&'a Finding>,
}

/// The blocks of the graph; none when nothing is made of anything.
pub(super) fn lineage(findings: &[&Finding], task: &Task) -> Vec<Block> {
    let made: Vec<Made<'_>> = findings.iter().filter_map(|f| made_of(f, task)).collect();
    if made.is_empty() {
        return Vec::new();
    }
    let mut names: Vec<&str> = Vec::new();
    let in_order = task.features.iter().map(String::as_str).chain([task.target.as_str()]);
    let is_part = |name: &str| made.iter().any(|m| m.column == name || m.of.iter().any(|(source, _)| *source == name));
    // The target first, then sources and made columns in the order of the file, then what is no feature (a time column).
    let others = made.iter().flat_map(|m| m.of.iter().map(|o| o.0).chain([m.column]));
    for name in [task.target.as_str()].into_iter().chain(in_order).chain(others) {
        if is_part(name) && !names.contains(&name) {
            names.push(name);
        }
    }
    let place = |name: &str| names.iter().position(|n| *n == name).and_then(|at| u32::try_from(at).ok());
    let edges = made.iter().flat_map(|m| m.of.iter().filter_map(|(source, rows)| Some((place(source)?, place(m.column)?, rows.clone()))));
    let nodes = names.iter().map(|name| node(name, &made, task)).collect();
    let graph = Graph { nodes, edges: edges.collect(), description: description(&made, names.len()) };
    let apart: Vec<String> = task.features.iter().filter(|f| !names.contains(&f.as_str())).cloned().collect();
    let mut blocks = vec![
        Block::Heading { text: "Lineage".to_owned() },
        Block::Paragraph { text: vec![text("Which column is made of which, and of which rows.")] },
    ];
    blocks.push(Block::Graph { graph, table: twin(&made) });
    if !apart.is_empty() {
        let mut says = vec![text(format!("{} made of no other: ", counted(apart.len() as u64, "column is", "columns are")))];
        for (at, name) in apart.iter().enumerate() {
            says.extend([text(if at == 0 { "" } else { ", " }), column(name)]);
        }
        says.push(text("."));
        blocks.push(Block::Paragraph { text: says });
    }
    blocks
}

fn made_of<'a>(finding: &'a Finding, task: &'a Task) -> Option<Made<'a>> {
    let first = finding.columns.first().map(String::as_str);
    let same = |name: &'a String| (name.as_str(), String::new());
    match &finding.evidence {
        Evidence::Derivation(derived) => {
            let rows = |first: Option<i32>, latest: Option<i32>| {
                if (first, latest) == (Some(0), Some(0)) { String::new() } else { rows_in_words(first, latest) }
            };
            let of = derived.reads.iter().map(|r| (r.column.as_str(), rows(r.first, r.latest))).collect();
            Some(Made { column: &derived.column, of, formula: derived.formula.clone(), finding: Some(finding) })
        }
        Evidence::LinearIdentity { terms, .. } if terms.len() > 1 => {
            let of: Vec<(&str, String)> = terms.iter().map(|(name, _)| same(name)).collect();
            let formula = terms.iter().map(|t| t.0.as_str()).collect::<Vec<_>>().join(" and ");
            Some(Made { column: &task.target, of, formula: format!("sum of {formula}"), finding: Some(finding) })
        }
        Evidence::LinearIdentity { .. } | Evidence::Mapping { .. } => Some(Made {
            column: first?,
            of: vec![(task.target.as_str(), String::new())],
            formula: format!("copy of {}", task.target),
            finding: Some(finding),
        }),
        _ => None,
    }
}

fn node(name: &str, made: &[Made<'_>], task: &Task) -> Node {
    let own = made.iter().find(|m| m.column == name || m.finding.is_some_and(|f| f.columns.iter().any(|c| c == name) && m.column == task.target));
    let finding = own.and_then(|m| m.finding);
    let (class, word) = match finding {
        _ if name == task.target => ("accent", "target"),
        Some(f) => (mark_of(f).1, mark_of(f).2),
        None => ("quiet", "source"),
    };
    Node { name: name.to_owned(), class: class.to_owned(), word: word.to_owned(), finding: finding.map(|f| f.id.clone()) }
}

/// Mark, class and word of a finding: a question has its own, whatever its severity.
fn mark_of(finding: &Finding) -> (Mark, &'static str, &'static str) {
    match (finding.certainty, finding.severity) {
        (_, Severity::Safe) => (Mark::Safe, "safe", "proved to be safe"),
        (Certainty::Ask, _) => (Mark::Ask, "ask", "question"),
        (_, Severity::Blocker) => (Mark::Blocker, "blocker", "blocker"),
        (_, Severity::Warning) => (Mark::Warning, "warning", "warning"),
        (_, Severity::Note) => (Mark::Quiet, "quiet", "note"),
    }
}

fn description(made: &[Made<'_>], n_nodes: usize) -> String {
    // A finding names the columns it is about: the parts of a sum, not the target they give.
    let found = || made.iter().filter_map(|m| m.finding);
    let of = |severity: Severity| found().filter(|f| f.severity == severity).flat_map(|f| f.columns.iter().map(String::as_str)).collect::<Vec<_>>();
    let mut says = format!("{} from others, {n_nodes} are drawn.", counted(made.len() as u64, "column derives", "columns derive"));
    for (severity, words) in [(Severity::Blocker, "Leaks"), (Severity::Warning, "Warned of"), (Severity::Safe, "Proved to be safe")] {
        let names = of(severity);
        if !names.is_empty() {
            let more = if names.len() > 8 { format!(" and {} more", names.len() - 8) } else { String::new() };
            says += &format!(" {words}: {}{more}.", names.iter().take(8).copied().collect::<Vec<_>>().join(", "));
        }
    }
    says
}

fn twin(made: &[Made<'_>]) -> TableBlock {
    let row = |m: &Made<'_>| {
        let rows: Vec<String> =
            m.of.iter().map(|(name, rows)| if rows.is_empty() { (*name).to_owned() } else { format!("{name} ({rows})") }).collect();
        let (mark, _, word) = m.finding.map_or((Mark::Quiet, "quiet", "note"), mark_of);
        vec![Cell::Column { name: m.column.to_owned() }, words(m.formula.clone()), words(rows.join(", ")), Cell::Mark { mark, text: word.to_owned() }]
    };
    TableBlock {
        caption: "Columns made of others; t is the row of the value".to_owned(),
        head: heads(&["Column", "formula", "reads", "judged"]),
        rows: made.iter().map(row).collect(),
        rule_after: 0,
    }
}
