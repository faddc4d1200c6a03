//! The decision: go, caution or no-go, with every gate, and what would change it.

use super::shared::{heads, words};
use crate::decide::{Decision, GateResult, GateState, Quantity, Reason, Verdict};
use crate::finding::Finding;
use crate::report::block::{Block, Cell, Mark, Section, Spans, TableBlock, column, plain, strong, text};
use crate::report::format::counted;
use crate::report::words::gates::{GROUPS, conditions, gate_block, group_of, open_findings, tally, title_of, what_if};
use crate::task::Task;

/// What was decided, about what.
pub struct DecideReport<'a> {
    /// The task.
    pub task: &'a Task,
    /// The decision.
    pub decision: &'a Decision,
    /// Id of the main metric.
    pub metric: &'a str,
    /// Findings of the audit and of quality.
    pub found: &'a [&'a Finding],
    /// Name of the chosen learner, if there is one.
    pub learner: Option<&'a str>,
}

/// The section of the step "Decide".
#[must_use]
pub fn decide(report: &DecideReport<'_>) -> Section {
    let decision = report.decision;
    let mut blocks = vec![
        // Its sentences stand above, as the section's statement and lead.
        Block::Verdict { outcome: decision.verdict.into(), says: Vec::new() },
        Block::Paragraph {
            text: vec![text(
                "Go: every gate passes. Caution: none fails, but at least one is undecided. No-go: a gate fails, a blocker is open, or nothing was tested.",
            )],
        },
        Block::Heading { text: format!("{}: {}", counted(decision.gates.len() as u64, "gate", "gates"), tally(decision)) },
        Block::Gates { groups: groups(report) },
    ];
    if decision.verdict == Verdict::Caution {
        blocks.push(Block::Heading { text: "Conditions of use".into() });
        blocks.push(Block::List { items: conditions(decision), numbered: true });
    }
    if let Some(table) = changes(report) {
        blocks.push(Block::Table { table });
    }
    let model = report.learner.map_or_else(String::new, |name| format!("{name}, "));
    Section {
        id: "decide".into(),
        title: "Decide".into(),
        eyebrow: format!("{model}predicting {}", report.task.target),
        statement: statement(report),
        lead: advice(decision.verdict),
        blocks,
    }
}

fn groups(report: &DecideReport<'_>) -> Vec<(String, Vec<crate::report::block::GateBlock>)> {
    let of = |group: &str| {
        let own = report.decision.gates.iter().filter(|g| group_of(&g.gate.quantity) == group);
        own.map(|g| gate_block(g, report.metric)).collect::<Vec<_>>()
    };
    GROUPS.iter().map(|&g| (g.to_owned(), of(g))).filter(|(_, gates)| !gates.is_empty()).collect()
}

/// What the verdict rests on, in one or two sentences.
fn statement(report: &DecideReport<'_>) -> Spans {
    let mut says = Vec::new();
    for reason in &report.decision.reasons {
        if !says.is_empty() {
            says.push(text(" "));
        }
        says.extend(reason_in_words(report, reason));
    }
    says
}

fn reason_in_words(report: &DecideReport<'_>, reason: &Reason) -> Spans {
    let titles = |ids: &[String]| {
        let named = report.decision.gates.iter().filter(|g| ids.contains(&g.gate.id)).map(|g| title_of(&g.gate.quantity));
        named.collect::<Vec<_>>().join(", ")
    };
    match reason {
        Reason::OpenBlockers { findings } => {
            let open = counted(findings.len() as u64, "blocker is", "blockers are");
            let mut says = vec![text(format!("{open} open, and the score would not be real in use: "))];
            says.extend(open_findings(findings, report.found, &report.task.target));
            says.push(text("."));
            says
        }
        Reason::NothingTested => vec![text("Nothing was tested, and what was not tested is not sound.")],
        Reason::Fails { gates } => vec![text(format!("{}: {}.", counted(gates.len() as u64, "gate fails", "gates fail"), titles(gates)))],
        Reason::Undecided { gates } => {
            vec![text(format!("{} undecided: {}.", counted(gates.len() as u64, "gate is", "gates are"), titles(gates)))]
        }
        Reason::AllPass => {
            let has = |wanted: fn(&Quantity) -> bool| report.decision.gates.iter().any(|g| wanted(&g.gate.quantity));
            let mut says = vec![text("Nothing leaks that the audit could find.")];
            if has(|q| *q == Quantity::GainOverBaseline) {
                says.extend([text(" The model clearly beats the baseline in predicting "), column(&report.task.target)]);
                says.push(text(if has(|q| matches!(q, Quantity::Holdout { .. })) { ", and the sealed rows bear it out." } else { "." }));
            }
            says
        }
    }
}

fn advice(verdict: Verdict) -> Spans {
    match verdict {
        Verdict::Go => vec![strong("It may go live. "), text("Watch for drift: these intervals hold for rows like those in the file.")],
        Verdict::Caution => vec![strong("Use it with a person checking each decision. "), text("Decide again with more rows.")],
        Verdict::NoGo => vec![strong("Do not use it. "), text("Below is what would have to change.")],
    }
}

/// For each gate that does not pass: what would have to change, and the verdict if only that did.
fn changes(report: &DecideReport<'_>) -> Option<TableBlock> {
    let decision = report.decision;
    let open: Vec<_> = decision.gates.iter().filter(|g| g.state != GateState::Pass).collect();
    let row = |(what, then): (Spans, String), verdict: Cell| vec![words(plain(&what)), words(then), verdict];
    let leaks = |g: &GateResult| g.gate.quantity == Quantity::OpenBlockers;
    // Without the columns that leak there is another model: its scores have to be measured.
    let verdict = |g: &GateResult| if leaks(g) { words("to be measured again") } else { mark(decision.verdict_if(&[g.gate.id.as_str()])) };
    let mut rows: Vec<Vec<Cell>> = open.iter().filter_map(|g| Some(row(what_if(g, report.metric)?, verdict(g)))).collect();
    if open.len() > 1 && !open.iter().copied().any(leaks) {
        let all: Vec<&str> = open.iter().map(|g| g.gate.id.as_str()).collect();
        rows.push(row((vec![text("all of these")], "every gate passes".into()), mark(decision.verdict_if(&all))));
    }
    (!rows.is_empty()).then(|| TableBlock {
        caption: "What would change the verdict".into(),
        head: heads(&["if", "then", "verdict"]),
        rows,
        rule_after: 0,
    })
}

fn mark(verdict: Verdict) -> Cell {
    let (mark, text) = match verdict {
        Verdict::Go => (Mark::Safe, "Go"),
        Verdict::Caution => (Mark::Undecided, "Caution"),
        Verdict::NoGo => (Mark::Blocker, "No-go"),
    };
    Cell::Mark { mark, text: text.into() }
}
