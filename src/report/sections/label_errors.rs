//! Labels that are likely wrong: how many, of which class; their rows on the user's own screen only.

use super::shared::{count_cell, heads, words};
use crate::evaluate::label_errors::LabelErrors;
use crate::report::block::{Block, Cell, TableBlock, text};
use crate::report::format::{count, counted, fixed, percent};
use crate::report::suppress::few;
use std::collections::BTreeMap;

/// More than one in so many rows are hard rows, not wrong labels.
const MOST: u64 = 10;
/// Most rows listed.
const ROWS: usize = 30;

/// The block: `labels` are the classes in the task's order; `shared`: rows are not listed, and counts of few rows not told.
#[must_use]
pub fn label_errors(found: &LabelErrors, labels: &[String], shared: bool) -> Block {
    let name = |class: usize| labels.get(class).map_or("", String::as_str);
    let n = found.rows.len() as u64;
    if n * MOST > found.n_rows {
        let says = format!(
            "{} of {} judged would belong to another class than their label says: too many for a list of errors. The classes overlap for this model, or it knows too little.",
            count(n),
            counted(found.n_rows, "row", "rows")
        );
        return Block::Details {
            summary: "Labels that look wrong cannot be told from rows that are hard".to_owned(),
            blocks: vec![Block::Paragraph { text: vec![text(says)] }],
        };
    }
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let share = percent(n as f64 / found.n_rows.max(1) as f64);
    let says = format!(
        "{} of {} judged ({share}) belong with confidence to another class than their label says: more probable than is usual among rows of that class, by predictions \
         of rows that were not learned from (confident learning, Northcutt et al. 2021). Look at them before you trust or correct them; a weak model names rows that are right.",
        if shared { few(n) } else { count(n) },
        counted(found.n_rows, "row", "rows")
    );
    let mut blocks = vec![Block::Paragraph { text: vec![text(says)] }];
    let mut counts: BTreeMap<(usize, usize), u64> = BTreeMap::new();
    found.rows.iter().for_each(|r| *counts.entry((r.1, r.2)).or_default() += 1);
    let row = |((given, believed), n): (&(usize, usize), &u64)| {
        vec![words(name(*given)), words(name(*believed)), if shared { words(few(*n)) } else { count_cell(*n) }]
    };
    let pairs: Vec<Vec<Cell>> = counts.iter().map(row).collect();
    if !pairs.is_empty() {
        blocks.push(table("Likely wrong labels", &["Label", "likely", "#rows"], pairs));
    }
    if !shared && n > 0 {
        let row = |(row, given, believed, margin): &(u32, usize, usize, f64)| {
            let margin = Cell::Number { text: fixed(*margin, 2), value: Some(*margin), fine: None };
            vec![count_cell(u64::from(*row) + 1), words(name(*given)), words(name(*believed)), margin]
        };
        let rows = found.rows.iter().take(ROWS).map(row).collect();
        blocks.push(table("Rows to look at, the surest first", &["Row", "label", "likely", "#more probable by"], rows));
    }
    let summary = if n == 0 { "No label looks wrong".to_owned() } else { format!("{} wrong", counted(n, "label looks", "labels look")) };
    Block::Details { summary: if shared && n > 0 && few(n) != count(n) { "Few labels look wrong".to_owned() } else { summary }, blocks }
}

fn table(caption: &str, head: &[&str], rows: Vec<Vec<Cell>>) -> Block {
    Block::Table { table: TableBlock { caption: caption.to_owned(), head: heads(head), rows, rule_after: 0 } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(n: usize, shared: bool) -> String {
        let rows = (0..n).map(|i| (u32::try_from(i).unwrap() * 17, 0, 1, 0.8)).collect();
        let found = LabelErrors { joint: vec![vec![100, n as u64], vec![0, 100]], rows, n_rows: 200 };
        serde_json::to_string(&label_errors(&found, &["no".to_owned(), "yes".to_owned()], shared)).unwrap()
    }

    #[test]
    fn rows_are_listed_on_the_screen_and_counted_in_a_shared_file() {
        assert!(told(7, false).contains("Rows to look at") && told(7, false).contains("7 labels look wrong"));
        assert!(!told(7, true).contains("Rows to look at") && told(7, true).contains("Likely wrong labels"));
        assert!(told(3, true).contains("< 5") && !told(3, true).contains("3 labels"));
    }

    #[test]
    fn too_many_are_hard_rows_and_none_is_said_so() {
        assert!(told(40, false).contains("cannot be told from rows that are hard"));
        assert!(told(0, false).contains("No label looks wrong"));
    }
}
