//! The rows missed most, and what is unusual about them; on the user's own screen only.

use super::shared::{heads, words};
use crate::explain::{Explained, WorstRow};
use crate::report::block::{Block, Cell, TableBlock};
use crate::report::format::{count, number, signed};
use crate::table::Table;

/// The blocks that follow the predictions taken apart; none without such rows.
#[must_use]
pub(super) fn worst(found: &Explained, table: &Table) -> Vec<Block> {
    if found.worst.is_empty() {
        return Vec::new();
    }
    let row = |w: &WorstRow| {
        let reason = |(name, added, z): &(String, f64, f64)| {
            let cell = table.column(name).ok().filter(|c| !c.is_missing(w.row as usize)).map(|c| format!(" = {}", c.text(w.row as usize)));
            format!("{name}{} adds {}, {} standard deviations from what it usually adds", cell.unwrap_or_default(), signed(*added), signed(*z))
        };
        let reasons: Vec<String> = w.reasons.iter().map(reason).collect();
        let why = if reasons.is_empty() { "nothing unusual in the columns".to_owned() } else { reasons.join("; ") };
        let plain = |value: f64| Cell::Number { text: number(value), value: Some(value), fine: None };
        vec![words(count(u64::from(w.row) + 1)), plain(w.prediction), plain(w.truth), words(why)]
    };
    let table = TableBlock {
        caption: "The rows missed most (not in what you share), and what is unusual in what columns add to their predictions".to_owned(),
        head: heads(&["Row of the table", "#predicted", "#true", "unusual"]),
        rows: found.worst.iter().map(row).collect(),
        rule_after: 0,
    };
    vec![Block::Heading { text: "Missed most".to_owned() }, Block::Table { table }]
}
