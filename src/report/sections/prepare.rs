//! Preparation: what each step made of the columns, and what it learned, from training rows only.

use super::audit::columns;
use super::shared::{count_cell, heads, words};
use crate::escape::{markdown, markdown_code};
use crate::prepare::changes::{MEASURES, MOST_COLUMNS};
use crate::prepare::plain::{NOTHING, Part};
use crate::prepare::{FittedRecipe, Learned, LeftOut, Reason, STEPS, StepChoice, StepEffect};
use crate::report::block::{Block, Cell, Section, Spans, TableBlock, strong, text};
use crate::report::format::{count, counted, number};
use crate::table::Table;

/// Most learned values listed for one step; the model's bundle holds all.
const MOST_LEARNED: usize = 60;

/// What preparation gave.
pub struct PrepareReport<'a> {
    /// The recipe as fitted on all development rows.
    pub recipe: &'a FittedRecipe,
    /// Rows it learned from.
    pub n_rows: u64,
    /// Titles of learners for which the usual recipe leaves missing cells missing, and of those whose labels stay codes; none where a recipe was chosen.
    pub as_they_are: [Vec<&'a str>; 2],
    /// The table, where its rows may be shown.
    pub table: Option<&'a Table>,
}

/// The section of the step "Prepare".
#[must_use]
pub fn prepare(report: &PrepareReport<'_>) -> Section {
    let effects = report.recipe.describe();
    let mut blocks = vec![Block::Table { table: steps(&effects) }];
    let changes = report.recipe.changes();
    blocks.extend(effects.iter().enumerate().filter_map(|(at, effect)| about(effect, changes.get(at).map_or(&[], Vec::as_slice))));
    if !report.recipe.left_out().is_empty() {
        blocks.push(Block::Table { table: left_out(report.recipe.left_out()) });
    }
    blocks.extend(as_they_are(&report.as_they_are));
    blocks.extend(report.recipe.proof().map(super::generated::generated));
    blocks.extend(report.table.and_then(|table| super::generated::head_rows(report.recipe, table)));
    Section {
        id: "prepare".into(),
        title: "Prepare".into(),
        eyebrow: format!("learned from {}", counted(report.n_rows, "training row", "training rows")),
        statement: statement(report),
        lead: lead(report),
        blocks,
    }
}

fn statement(report: &PrepareReport<'_>) -> Spans {
    let features = report.recipe.features();
    let mut sources: Vec<&String> = features.iter().flat_map(|f| &f.sources).collect();
    sources.sort_unstable();
    sources.dedup();
    vec![
        text(format!("{} become ", counted(sources.len() as u64, "column", "columns"))),
        strong(counted(features.len() as u64, "feature", "features")),
        text(", and every number a step needs is learned inside the training side."),
    ]
}

fn lead(report: &PrepareReport<'_>) -> Spans {
    let left: Vec<String> = report.recipe.left_out().iter().map(|l| l.column.clone()).collect();
    if left.is_empty() {
        return vec![text("Every column that may be learned from gives at least one feature.")];
    }
    let mut says = vec![text(format!("{} no feature: ", counted(left.len() as u64, "column gives", "columns give")))];
    says.extend(columns(&left));
    says.push(text("."));
    says
}

/// Which learners are given cells as they are.
fn as_they_are([missing, codes]: &[Vec<&str>; 2]) -> Option<Block> {
    let listed = |names: &[&str]| match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    };
    let mut says = Vec::new();
    if !missing.is_empty() {
        says.push(format!("{} take numbers as they are: missing cells stay missing, nothing is filled or scaled for them.", listed(missing)));
    }
    if !codes.is_empty() && codes == missing {
        says.push("Labels stay codes, one a level, in the place of a feature a level.".to_owned());
    } else if !codes.is_empty() {
        says.push(format!("For {} labels stay codes, one a level, in the place of a feature a level.", listed(codes)));
    }
    (!says.is_empty())
        .then(|| Block::Paragraph { text: vec![text(format!("The steps above are those of learners that need them. {}", says.join(" ")))] })
}

pub(super) fn title(step: &str) -> &str {
    STEPS.iter().find(|s| s.id == step).map_or(step, |s| s.title)
}

fn steps(effects: &[StepEffect]) -> TableBlock {
    let names = |list: &[String]| {
        let shown: Vec<&str> = list.iter().take(4).map(String::as_str).collect();
        let more = if list.len() > shown.len() { format!(" and {} more", count((list.len() - shown.len()) as u64)) } else { String::new() };
        words(if list.is_empty() { "–".to_owned() } else { format!("{}{more}", shown.join(", ")) })
    };
    let row = |e: &StepEffect| {
        vec![words(title(&e.step)), count_cell(e.columns.len() as u64), count_cell(e.made.len() as u64), names(&e.made), names(&e.dropped)]
    };
    TableBlock {
        caption: "Steps in order".into(),
        head: heads(&["Step", "#columns", "#made or changed", "features", "taken away"]),
        rows: effects.iter().map(row).collect(),
        rule_after: 0,
    }
}

/// What a step learned and changed, folded; nothing if it did neither.
fn about(effect: &StepEffect, changes: &[Part]) -> Option<Block> {
    let mut blocks = Vec::new();
    let mut summary = title(&effect.step).to_owned();
    if !effect.learned.is_empty() {
        summary = format!("{summary}: {} learned", counted(effect.learned.len() as u64, "value", "values"));
        blocks.push(Block::Table { table: learned(effect) });
    }
    if !changes.is_empty() {
        blocks.push(Block::Table { table: before_and_after(effect, changes) });
    }
    (!blocks.is_empty()).then_some(Block::Details { summary, blocks })
}

/// Missing cells, mean and spread of every column a step touched.
fn before_and_after(effect: &StepEffect, changes: &[Part]) -> TableBlock {
    let cell = |x: f64| match x < NOTHING {
        true => Cell::Number { text: number(x), value: Some(x), fine: None },
        false => words("–"),
    };
    let row = |p: &Part| {
        let measures = (0..2 * MEASURES).map(|k| [0, 3, 1, 4, 2, 5][k]).map(|k| cell(p.number(k)));
        std::iter::once(Cell::Column { name: p.name.clone() }).chain(measures).collect()
    };
    let more = if changes.len() == MOST_COLUMNS { format!(", the first {MOST_COLUMNS} columns") } else { String::new() };
    TableBlock {
        caption: format!("What {} changed in the training rows{more}", title(&effect.step).to_lowercase()),
        head: heads(&["Column", "#missing before", "#after", "#mean before", "#after", "#deviation before", "#after"]),
        rows: changes.iter().map(row).collect(),
        rule_after: 0,
    }
}

/// A recipe as readable Markdown: its steps in order, each with what differs from its defaults, what it is for, and what it does.
#[must_use]
pub fn recipe_markdown(steps: &[StepChoice]) -> String {
    let mut out = "# Recipe\n\nSteps in order, each learned from training rows only.\n".to_owned();
    for (at, step) in steps.iter().enumerate() {
        let entry = STEPS.iter().find(|s| s.id == step.id);
        out.push_str(&format!("\n{}. **{}** ({})\n", at + 1, markdown(title(&step.id)), markdown_code(&step.id)));
        if !step.columns.is_empty() {
            let names: Vec<String> = step.columns.iter().map(|c| markdown_code(c)).collect();
            out.push_str(&format!("   - for {}\n", names.join(", ")));
        }
        for (id, value) in &step.params {
            let name = entry.and_then(|e| e.params.iter().find(|p| p.id == id)).map_or(id.as_str(), |p| p.title);
            out.push_str(&format!("   - {}: {}\n", markdown(name), markdown_code(&value.to_string())));
        }
        out.push_str(&format!("   - {}\n", markdown(entry.map_or("", |e| e.doc))));
    }
    out
}

fn learned(effect: &StepEffect) -> TableBlock {
    let value = |l: &Learned| match (l.number, l.levels.len()) {
        (Some(x), _) => Cell::Number { text: number(x), value: Some(x), fine: None },
        // Levels are cells of the file: their number is shown, not their text.
        (None, n) => words(counted(n as u64, "level", "levels")),
    };
    let row = |l: &Learned| vec![Cell::Column { name: l.column.clone() }, words(&l.name), value(l)];
    let shown = effect.learned.len().min(MOST_LEARNED);
    let more = if shown < effect.learned.len() { format!(", the first {shown} shown") } else { String::new() };
    TableBlock {
        caption: format!("What {} learned{more}", title(&effect.step).to_lowercase()),
        head: heads(&["Column", "what", "#value"]),
        rows: effect.learned.iter().take(shown).map(row).collect(),
        rule_after: 0,
    }
}

fn left_out(list: &[LeftOut]) -> TableBlock {
    let why = |reason| match reason {
        Reason::Text => "free text",
        Reason::Identifier => "a key: learned by heart, never seen again",
        Reason::NotEncoded => "labels that no step turns into numbers",
        Reason::NotCut => "moments that no step turns into numbers",
        Reason::Dropped => "taken away by a step: one value only, none, or not among those kept",
    };
    let row = |l: &LeftOut| vec![Cell::Column { name: l.column.clone() }, words(why(l.reason))];
    TableBlock { caption: "Columns without a feature".into(), head: heads(&["Column", "why"]), rows: list.iter().map(row).collect(), rule_after: 0 }
}
