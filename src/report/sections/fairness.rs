//! How the model does by the levels of chosen columns.

use super::intervals::share_cell;
use super::shared::{count_cell, estimate_cell, heads, metric_title, words};
use crate::evaluate::fairness::{Fairness, LEAST_ROWS, Level, LevelName};
use crate::evaluate::shares::Share;
use crate::report::block::{Block, Cell, Spans, TableBlock, column, text};
use crate::report::format::{counted, interval, number, percent, signed};
use crate::task::{Task, TaskKind};

/// Least ratio of the shares flagged that the "four fifths" rule asks for.
const FOUR_FIFTHS: f64 = 0.8;

/// The blocks about levels; none where no column was named. `main`: id of the metric.
#[must_use]
pub fn fairness(all: &[Fairness], task: &Task, main: &str) -> Vec<Block> {
    if all.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Heading { text: "By level".to_owned() }];
    for found in all {
        blocks.push(Block::Paragraph { text: statement(found, main) });
        if !found.levels.is_empty() {
            blocks.push(Block::Table { table: table(found, task, main) });
        }
    }
    let how = "A ratio is a level’s score over the best level’s; where its interval leaves out 1, the two differ clearly. The table tells that there is a difference, not whether it is just.";
    blocks.push(Block::Paragraph { text: vec![text(how)] });
    blocks
}

fn name(level: &LevelName) -> String {
    match level {
        LevelName::Label(label) => label.clone(),
        LevelName::Between(None, None) => "all values".to_owned(),
        LevelName::Between(None, Some(to)) => format!("up to {}", number(*to)),
        LevelName::Between(Some(from), None) => format!("above {}", number(*from)),
        LevelName::Between(Some(from), Some(to)) => format!("above {} up to {}", number(*from), number(*to)),
    }
}

fn clear(level: &Level) -> bool {
    level.ratio.and_then(|(_, ends)| ends).is_some_and(|(low, high)| low > 1.0 || high < 1.0)
}

fn statement(found: &Fairness, main: &str) -> Spans {
    let mut says = vec![column(&found.column)];
    if found.levels.len() < 2 {
        says.push(text(format!(": fewer than two levels have {LEAST_ROWS} judged rows, so there is nothing to compare.")));
        return says;
    }
    let off: Vec<String> = found.levels.iter().filter(|l| clear(l)).map(|l| name(&l.name)).collect();
    let title = metric_title(main);
    says.push(text(match off.as_slice() {
        [] => format!(": no level’s {title} differs clearly from the best level’s."),
        _ => format!(": {title} is clearly worse than for the best level in {}.", off.join(", ")),
    }));
    if let Some(ratio) = found.flagged_ratio {
        let rule =
            if ratio < FOUR_FIFTHS { "below the four fifths that are often asked for" } else { "at least the four fifths that are often asked for" };
        says.push(text(format!(" The least share flagged is {} of the greatest: {rule}.", percent(ratio))));
    }
    if found.left_out > 0 {
        says.push(text(format!(" {} of rarer levels or without a value.", counted(found.left_out, "row is", "rows are"))));
    }
    says
}

fn table(found: &Fairness, task: &Task, main: &str) -> TableBlock {
    let binary = task.kind == TaskKind::Binary;
    let share = |s: &Option<Share>| s.as_ref().map_or_else(|| words("–"), share_cell);
    let row = |l: &Level| {
        let ratio = l.ratio.map_or_else(
            || words("–"),
            |(value, ends)| Cell::Number { text: number(value), value: Some(value), fine: ends.map(|(low, high)| interval(low, high)) },
        );
        let mut cells = vec![words(name(&l.name)), count_cell(l.n_rows), estimate_cell(Some(&l.score)), ratio];
        if binary {
            cells.extend([share(&l.flagged), share(&l.found), share(&l.in_vain)]);
        }
        if let Some(miss) = l.miss.filter(|_| task.kind != TaskKind::Multiclass) {
            let fine = miss.low.zip(miss.high).map(|(low, high)| format!("{} to {}", signed(low), signed(high)));
            cells.push(Cell::Number { text: signed(miss.value), value: Some(miss.value), fine });
        } else if task.kind != TaskKind::Multiclass {
            cells.push(words("–"));
        }
        cells
    };
    let title = format!("#{}", metric_title(main));
    let mut names = vec!["Level", "#n", &title, "#over the best"];
    if binary {
        names.extend(["#flagged", "#positives found", "#negatives flagged"]);
    }
    if task.kind != TaskKind::Multiclass {
        names.push("#truth minus prediction");
    }
    TableBlock {
        caption: format!("By the levels of {}", found.column),
        head: heads(&names),
        rows: found.levels.iter().map(row).collect(),
        rule_after: 0,
    }
}
