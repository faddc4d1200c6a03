//! The task: what is predicted, from what, and how rows are dealt to learning and judging.

use super::shared::{SplitFacts, dealt, heads, words};
use crate::report::block::{Block, Cell, Section, Spans, TableBlock, column, text};
use crate::report::format::{count, counted, interval, number, percent};
use crate::report::suppress::{cells, withheld};
use crate::split::Strategy;
use crate::task::{Task, TaskKind};

/// The target's values in aggregate.
pub enum TargetSummary {
    /// Rows of each class, in the task's order.
    Classes(Vec<u64>),
    /// Mean and the 5, 50 and 95 % quantiles; `None` when no row has a target.
    Numbers(Option<(f64, [f64; 3])>),
}

/// What the task came to.
pub struct TaskReport<'a> {
    /// The task.
    pub task: &'a Task,
    /// Rows of the table.
    pub n_rows: u64,
    /// Rows whose target is missing.
    pub n_missing: u64,
    /// The target's values.
    pub target: &'a TargetSummary,
    /// How rows are dealt; `None` before that was worked out.
    pub split: Option<&'a SplitFacts>,
    /// What was guessed rather than chosen ("target", "kind", "time" ...).
    pub guessed: &'a [&'a str],
}

/// The section of the step "Task".
#[must_use]
pub fn task(report: &TaskReport<'_>) -> Section {
    let mut blocks = vec![Block::Facts { facts: facts(report) }];
    if let TargetSummary::Classes(counts) = report.target {
        blocks.push(Block::Table { table: classes(report.task, counts) });
    }
    if report.task.features.len() + report.task.ignored.len() > 0 {
        let inside = vec![list("Used as features", &report.task.features), list("Left out", &report.task.ignored)];
        blocks.push(Block::Details {
            summary: format!(
                "{} used, {} left out",
                counted(report.task.features.len() as u64, "column", "columns"),
                count(report.task.ignored.len() as u64)
            ),
            blocks: inside.into_iter().flatten().collect(),
        });
    }
    Section {
        id: "task".into(),
        title: "Task".into(),
        eyebrow: if report.guessed.is_empty() { "as you chose".into() } else { format!("guessed: {}", report.guessed.join(", ")) },
        statement: statement(report.task),
        lead: lead(report),
        blocks,
    }
}

fn statement(task: &Task) -> Spans {
    let mut says = match (task.kind, task.classes.as_slice()) {
        (TaskKind::Binary, [_, positive]) => {
            vec![text("Predict whether "), column(&task.target), text(" is "), crate::report::block::strong(positive)]
        }
        (TaskKind::Regression, _) => vec![text("Predict the number in "), column(&task.target)],
        (_, classes) => vec![text(format!("Predict which of {} classes ", classes.len())), column(&task.target), text(" is")],
    };
    if task.horizon > 0 {
        says.push(text(format!(", {} ahead", counted(task.horizon.into(), "step", "steps"))));
    }
    says.push(text(format!(", from {}.", counted(task.features.len() as u64, "column", "columns"))));
    says
}

fn lead(report: &TaskReport<'_>) -> Spans {
    match report.split {
        None => vec![text("Which rows are learned from and which are judged on is settled in the step Prepare.")],
        Some(split) => {
            let sealed =
                if split.n_holdout == 0 { "none are sealed".to_owned() } else { format!("{} stay sealed until the end", count(split.n_holdout)) };
            vec![text(format!(
                "{} are dealt {} to {}; {sealed}.",
                counted(split.n_development, "row", "rows"),
                dealt(split.strategy),
                counted(split.folds.into(), "fold", "folds")
            ))]
        }
    }
}

fn facts(report: &TaskReport<'_>) -> Vec<(String, Spans)> {
    let task = report.task;
    let named = |name: &Option<String>| name.as_ref().map_or_else(|| vec![text("none")], |n| vec![column(n)]);
    let kind = match task.kind {
        TaskKind::Regression => "regression: a number",
        TaskKind::Binary => "binary: one of two classes",
        TaskKind::Multiclass => "multiclass: one of several classes",
    };
    let mut facts = vec![("target".to_owned(), vec![column(&task.target)]), ("kind".to_owned(), vec![text(kind)])];
    if let TargetSummary::Numbers(summary) = report.target {
        let says = summary.map_or_else(
            || "not computable: no row has a target".to_owned(),
            |(mean, [low, middle, high])| format!("mean {}, median {}, nine of ten rows in {}", number(mean), number(middle), interval(low, high)),
        );
        facts.push(("values".to_owned(), vec![text(says)]));
    }
    facts.push(("time".to_owned(), named(&task.time)));
    facts.push(("entity".to_owned(), named(&task.entity)));
    if task.weight.is_some() {
        facts.push(("weight".to_owned(), named(&task.weight)));
    }
    let horizon = if task.horizon == 0 { "same row".to_owned() } else { format!("{} ahead", counted(task.horizon.into(), "step", "steps")) };
    facts.push(("horizon".to_owned(), vec![text(horizon)]));
    let missing = if report.n_missing == 0 {
        "in every row".to_owned()
    } else {
        format!("missing in {} of {}, which are left out", count(report.n_missing), counted(report.n_rows, "row", "rows"))
    };
    facts.push(("target present".to_owned(), vec![text(missing)]));
    if let Some(split) = report.split {
        let why = match split.strategy {
            Strategy::TimeOrdered => "in time order: learn from the past, judge on what follows",
            Strategy::Grouped => "by entity: all rows of an entity on one side",
            Strategy::Stratified => "by chance, evenly over the target: every fold has its share of each class or range",
            Strategy::Random | Strategy::Auto => "by chance",
        };
        facts.push(("rows dealt".to_owned(), vec![text(why)]));
        if split.n_left_out > 0 {
            facts.push(("rows in no part".to_owned(), vec![text(format!("{} (no target, or in the gap)", count(split.n_left_out)))]));
        }
    }
    facts
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn classes(task: &Task, counts: &[u64]) -> TableBlock {
    let all: u64 = counts.iter().sum();
    let shown = cells(counts);
    let hidden = withheld(counts);
    let row = |((label, &n), (shown, hidden)): ((&String, &u64), (Option<String>, bool))| {
        if hidden {
            let text = shown.unwrap_or_else(|| "–".to_owned());
            return vec![words(label), Cell::Number { text, value: None, fine: None }, words("–")];
        }
        let share = n as f64 / all.max(1) as f64;
        vec![words(label), super::shared::count_cell(n), Cell::Number { text: percent(share), value: Some(share), fine: None }]
    };
    let rows = task.classes.iter().zip(counts).zip(shown.into_iter().zip(hidden)).map(row).collect();
    TableBlock { caption: "Rows of each class".into(), head: heads(&["Class", "#rows", "#share"]), rows, rule_after: 0 }
}

fn list(title: &str, names: &[String]) -> Vec<Block> {
    if names.is_empty() {
        return Vec::new();
    }
    vec![Block::Heading { text: title.into() }, Block::List { items: names.iter().map(|n| vec![column(n)]).collect(), numbered: false }]
}
