//! What was generated from the past, looked at; and a few rows step by step, for the screen only.

use super::prepare::title;
use super::shared::{heads, words};
use crate::prepare::plain::Part;
use crate::prepare::preview::preview;
use crate::prepare::proof::SAME;
use crate::prepare::{Cells, FittedRecipe, Slot, Slots};
use crate::report::block::{Block, Cell, Mark, TableBlock, strong, text};
use crate::report::format::{count, counted, fixed, number};
use crate::table::Table;

/// Most columns a step in the preview.
const COLUMNS: usize = 24;
/// Longest text of a cell in the preview, in characters.
const LONGEST: usize = 40;
/// Milliseconds of a second.
const SECOND: i64 = 1_000;

/// The audit of generated features: that none moves when later rows or the unknown target do.
#[must_use]
pub fn generated(found: &Part) -> Block {
    let n = |at: usize| count(found.count(at) as u64);
    let looked = format!(
        "{} looked at: prepared again without the later rows at {} points in time ({} in all), and with another target within the horizon.",
        counted(found.count(1) as u64, "feature of the past was", "features of the past were"),
        n(2),
        counted(found.count(0) as u64, "row", "rows")
    );
    let likeness = found.number(4);
    let is_target = likeness >= SAME;
    let same = match found.word(0) {
        "" => String::new(),
        name => format!(" The one most like the target is {name}, with a correlation of {}.", fixed(likeness, 2)),
    };
    let (mark, verdict) = match found.count(3) {
        0 if !is_target => (Mark::Safe, "No generated feature sees what is not known yet. ".to_owned()),
        0 => (Mark::Warning, "A generated feature is the target itself. ".to_owned()),
        moved => {
            let names: Vec<&str> = found.words.iter().skip(1).map(String::as_str).collect();
            (
                Mark::Blocker,
                format!(
                    "{} when later rows do: {}. ",
                    counted(moved as u64, "generated feature changes", "generated features change"),
                    names.join(", ")
                ),
            )
        }
    };
    Block::Banner { mark, text: vec![strong(verdict), text(looked + &same)] }
}

/// A few rows before and after every step.
#[must_use]
pub fn head_rows(recipe: &FittedRecipe, table: &Table) -> Option<Block> {
    let (stages, first) = preview(recipe, table).ok()?;
    let n = stages.first()?.list().first()?;
    let shown = texts(n).len();
    let pairs = stages.windows(2).zip(recipe.steps());
    let blocks: Vec<Block> = pairs.filter_map(|(pair, step)| changed(&pair[0], &pair[1], title(step.id()), (first, shown))).collect();
    let rows = format!("rows {} to {}", count(first as u64 + 1), count((first + shown) as u64));
    (!blocks.is_empty()).then(|| Block::Details { summary: format!("Before and after each step: {rows}"), blocks })
}

/// What a step made of these rows; `None` where it changed no column.
fn changed(before: &Slots, after: &Slots, title: &str, (first, shown): (usize, usize)) -> Option<Block> {
    let of = |slot: &Slot| before.list().iter().find(|b| b.name() == slot.name()).map(texts);
    let row = |slot: &Slot| {
        let (now, then) = (texts(slot), of(slot));
        if then.as_ref() == Some(&now) {
            return None;
        }
        let cell = |(i, now): (usize, &String)| match then.as_ref().and_then(|t| t.get(i)) {
            Some(then) if then != now => words(format!("{then} → {now}")),
            _ => words(now.clone()),
        };
        Some(std::iter::once(Cell::Column { name: slot.name().to_owned() }).chain(now.iter().enumerate().map(cell)).collect::<Vec<Cell>>())
    };
    let all: Vec<Vec<Cell>> = after.list().iter().filter_map(row).collect();
    let more = if all.len() > COLUMNS { format!(", the first {COLUMNS} of {} columns", count(all.len() as u64)) } else { String::new() };
    let numbers: Vec<String> = (first..first + shown).map(|i| format!("row {}", count(i as u64 + 1))).collect();
    let names: Vec<&str> = std::iter::once("Column").chain(numbers.iter().map(String::as_str)).collect();
    (!all.is_empty()).then(|| Block::Table {
        table: TableBlock { caption: format!("{title}{more}"), head: heads(&names), rows: all.into_iter().take(COLUMNS).collect(), rule_after: 0 },
    })
}

/// The cells of a column in words; a missing one is a dash.
fn texts(slot: &Slot) -> Vec<String> {
    let label = |code: &u32, levels: &[String]| levels.get(*code as usize).map_or_else(|| "–".to_owned(), |l| l.chars().take(LONGEST).collect());
    match &slot.cells {
        Cells::Numbers(values) => values.iter().map(|v| if v.is_nan() { "–".to_owned() } else { number(*v) }).collect(),
        Cells::Labels { codes, levels } => codes.iter().map(|c| label(c, levels)).collect(),
        Cells::Texts { codes, texts } => codes.iter().map(|c| label(c, texts)).collect(),
        Cells::Times(millis) => millis.iter().map(|m| if *m == crate::table::MISSING_TIME { "–".to_owned() } else { stamp(*m) }).collect(),
    }
}

/// A moment as it is usually written.
fn stamp(millis: i64) -> String {
    let pattern = if millis.rem_euclid(crate::table::time::DAY) < SECOND { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" };
    crate::table::time::TimeFormat::new(pattern).print(millis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::block::plain;

    fn told(moved: f64, likeness: f64, words: &[&str]) -> (Mark, String) {
        let words = words.iter().map(|w| (*w).to_owned()).collect();
        match generated(&Part { name: String::new(), numbers: vec![960.0, 3.0, 3.0, moved, likeness], words }) {
            Block::Banner { mark, text } => (mark, plain(&text)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_stays_is_certified_and_what_moves_or_is_the_target_is_named() {
        let (mark, words) = told(0.0, 0.9, &["y: 7 before"]);
        assert!(mark == Mark::Safe && words.contains("No generated feature") && words.contains("960 rows"), "{words}");
        let (mark, words) = told(1.0, 0.9, &["y: 7 before", "y: 1 before"]);
        assert!(mark == Mark::Blocker && words.starts_with("1 generated feature changes when later rows do: y: 1 before."), "{words}");
        assert_eq!(told(0.0, 1.0, &["copy"]).0, Mark::Warning);
    }
}
