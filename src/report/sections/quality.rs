//! Quality: scores by dimension, and what took points off.

use super::audit::{checks, columns, sorted, worded};
use super::shared::{count_cell, heads, words};
use crate::finding::{Checked, Finding, Severity, Status};
use crate::quality::{Dimension, RULES, Score, WEIGHTS, Weights, column_scores, metrics, table_score, weight_of};
use crate::report::block::{Block, Cell, ScoreBlock, Section, Spans, TableBlock, strong, text};
use crate::report::format::{NOT_COMPUTABLE, counted, fixed};
use crate::settings::Accepted;

/// What the rules gave.
pub struct QualityReport<'a> {
    /// One a rule, in the order of the list.
    pub checked: &'a [Checked],
    /// One a dimension.
    pub scores: &'a [Score],
    /// Rows of the table.
    pub n_rows: u64,
    /// Columns of the table.
    pub n_columns: u64,
    /// Their names that are looked at, in file order.
    pub names: &'a [&'a str],
    /// Target column, when one is known.
    pub target: Option<&'a str>,
    /// Findings that were accepted.
    pub accepted: &'a [Accepted],
    /// What dimensions and rules count for, where that is not the usual.
    pub weights: &'a Weights,
}

/// The section of the step "Quality".
#[must_use]
pub fn quality(report: &QualityReport<'_>) -> Section {
    let found: Vec<&Finding> = sorted(report.checked).into_iter().filter(|f| f.severity != Severity::Safe).collect();
    let mut blocks = vec![Block::Scores { scores: report.scores.iter().map(|s| score(s, report)).collect() }];
    if !found.is_empty() {
        blocks.push(Block::Findings { findings: worded(&found, report.target, report.accepted) });
    }
    let title = |id: &str| RULES.iter().find(|r| r.id == id).map(|r| r.title);
    blocks.extend(super::over_time::over_time(report.checked, report.target));
    blocks.push(detailed(report));
    blocks.push(Block::Details {
        summary: format!("{} looked at the table", counted(report.checked.len() as u64, "rule", "rules")),
        blocks: vec![Block::Table { table: checks(report.checked, "What every rule did", title) }],
    });
    Section {
        id: "quality".into(),
        title: "Quality".into(),
        eyebrow: format!("{}, {}", counted(report.n_rows, "row", "rows"), counted(report.n_columns, "column", "columns")),
        statement: statement(report.scores, &found),
        lead: lead(&found),
        blocks,
    }
}

/// Most columns in the table of scores by column: the lowest ones.
const COLUMNS: usize = 40;

/// Scores of the table, of every metric and of the columns, with what weighs how much.
fn detailed(report: &QualityReport<'_>) -> Block {
    let score = |s: Option<f64>| words(s.map_or_else(|| NOT_COMPUTABLE.to_owned(), rounded));
    let metric_rows = metrics(report.checked, report.n_rows.saturating_mul(report.n_columns), report.weights)
        .into_iter()
        .map(|m| vec![words(m.title), words(name(m.dimension)), score(m.score), number_cell(weight_of(report.weights, m.id)), count_cell(m.findings)])
        .collect::<Vec<Vec<Cell>>>();
    let mut columns = column_scores(report.checked, report.names, report.n_rows, report.weights);
    crate::math::sort::by(&mut columns, |a, b| a.1.total_cmp(&b.1));
    let untouched = columns.iter().filter(|c| c.1 >= 100.0).count() as u64;
    let column_rows: Vec<Vec<Cell>> =
        columns.iter().filter(|c| c.1 < 100.0).take(COLUMNS).map(|(name, s)| vec![words(*name), score(Some(*s))]).collect();
    let by_dimension =
        report.scores.iter().map(|s| format!("{} {}", name(s.dimension).to_lowercase(), fixed(s.weight, 2))).collect::<Vec<_>>().join(", ");
    let by_severity = WEIGHTS
        .iter()
        .filter(|w| w.1 > 0.0)
        .map(|(s, w)| format!("{} {}", format!("{s:?}").to_lowercase(), fixed(*w, 1)))
        .collect::<Vec<_>>()
        .join(", ");
    let says = format!(
        "A metric loses 100 x weight of the metric x weight of the severity x share of cells or rows concerned: {by_severity}. The table is the mean of its dimensions, by {by_dimension}. {}",
        counted(untouched, "column is untouched.", "columns are untouched.")
    );
    let table =
        |caption: &str, head: &[&str], rows| Block::Table { table: TableBlock { caption: caption.into(), head: heads(head), rows, rule_after: 0 } };
    let mut blocks = vec![
        Block::Paragraph { text: vec![text(says)] },
        table("Score of every metric", &["Metric", "dimension", "#score", "#weight", "#findings"], metric_rows),
    ];
    if !column_rows.is_empty() {
        blocks.push(table("Columns that lose points", &["Column", "#score"], column_rows));
    }
    let whole = table_score(report.scores).map_or_else(|| NOT_COMPUTABLE.to_owned(), rounded);
    Block::Details {
        summary: format!("The table scores {whole} of 100: {} and every column", counted(RULES.len() as u64, "metric", "metrics")),
        blocks,
    }
}

/// A weight in a cell.
fn number_cell(weight: f64) -> Cell {
    Cell::Number { text: fixed(weight, 2), value: Some(weight), fine: None }
}

fn lowest(scores: &[Score]) -> Option<(Dimension, f64)> {
    scores.iter().filter_map(|s| Some((s.dimension, s.score?))).reduce(|a, b| if b.1 < a.1 { b } else { a })
}

fn statement(scores: &[Score], found: &[&Finding]) -> Spans {
    match lowest(scores) {
        None => vec![text("No rule could look at this table.")],
        Some((_, score)) if score >= 100.0 && found.is_empty() => vec![text("Nothing stands out: every rule is kept.")],
        Some((_, score)) if score >= 100.0 => {
            vec![text("Every rule that takes points is kept; "), strong(counted(found.len() as u64, "note", "notes")), text(" below.")]
        }
        Some((dimension, score)) => vec![
            text("The lowest score is "),
            strong(format!("{} of 100", rounded(score))),
            text(format!(", for {}.", name(dimension).to_lowercase())),
        ],
    }
}

fn lead(found: &[&Finding]) -> Spans {
    let Some(first) = found.first() else { return vec![text("Scores run from 0 to 100; each names what took points off.")] };
    if first.columns.is_empty() {
        return vec![text(format!("{} below, the gravest first.", counted(found.len() as u64, "finding is", "findings are")))];
    }
    let mut says = vec![text(format!("{}, the gravest about ", counted(found.len() as u64, "finding", "findings")))];
    says.extend(columns(&first.columns));
    says.push(text("."));
    says
}

/// Name of a dimension on screen.
#[must_use]
pub fn name(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Completeness => "Completeness",
        Dimension::Consistency => "Consistency",
        Dimension::Validity => "Validity",
        Dimension::Uniqueness => "Uniqueness",
        Dimension::Timeliness => "Timeliness",
    }
}

/// A score without decimals, never rounded up to 100.
fn rounded(score: f64) -> String {
    fixed(if score < 100.0 { score.min(99.4) } else { score }, 0)
}

fn score(score: &Score, report: &QualityReport<'_>) -> ScoreBlock {
    let checked = report.checked;
    let metrics = metrics(checked, report.n_rows.saturating_mul(report.n_columns), report.weights);
    let rules: Vec<_> = RULES.iter().filter(|r| r.dimension == score.dimension).collect();
    let of = |id: &str| checked.iter().find(|c| c.id == id);
    let taken: Vec<String> = metrics.iter().filter(|m| m.dimension == score.dimension && m.findings > 0).map(|m| m.title.to_lowercase()).collect();
    let found = rules.iter().filter_map(|r| of(r.id)).any(|c| c.findings.iter().any(|f| f.severity != Severity::Safe));
    let skipped = rules.iter().find_map(|r| match &of(r.id)?.status {
        Status::Skipped(why) | Status::Underpowered(why) => Some(why.clone()),
        Status::Ran => None,
    });
    let note = match (score.score, taken.is_empty()) {
        (None, _) => skipped.unwrap_or_else(|| "no rule of it ran".to_owned()),
        (Some(_), true) => if found { "nothing; see the notes" } else { "nothing found" }.to_owned(),
        (Some(_), false) => taken.join(", "),
    };
    ScoreBlock { title: name(score.dimension).into(), score: score.score, text: score.score.map_or_else(|| NOT_COMPUTABLE.to_owned(), rounded), note }
}
