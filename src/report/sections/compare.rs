//! Versions compared: the verdict in a sentence, differences with intervals, by segment and period, and what differs between them.

use super::shared::{difference_cell, difference_interval_of, difference_of, estimate_cell, heads, metric_title, value_of, words};
use crate::evaluate::Estimate;
use crate::registry::compare::{Comparison, Pair, Part, Unseen, Versus};
use crate::report::block::{Block, Cell, Head, Mark, Section, Spans, TableBlock, column, strong, text};
use crate::report::format::{count, counted, number};
use crate::report::words::gates::better;

/// The section of a comparison.
#[must_use]
pub fn compare(found: &Comparison) -> Section {
    let mut blocks = Vec::new();
    if let Unseen::Learned(names) = &found.unseen {
        blocks.push(Block::Banner {
            mark: Mark::Warning,
            text: vec![
                strong("Not to be believed. "),
                text(format!(
                    "These rows were learned from by {}, and none of them was sealed from every version. Compare on a file that none has seen.",
                    names.join(", ")
                )),
            ],
        });
    }
    blocks.push(Block::Table { table: pairs(found) });
    blocks.push(Block::Heading { text: "Every metric".into() });
    blocks.push(Block::Table { table: metrics(found) });
    if !found.parts.is_empty() {
        blocks.push(Block::Heading { text: "By segment and period".into() });
        blocks.push(Block::Paragraph { text: vec![text("Levels and periods with at least 30 rows; gains over the first version, paired.")] });
        blocks.push(Block::Table { table: parts(found) });
    }
    if !found.residuals.is_empty() {
        blocks.push(Block::Heading { text: "Residuals side by side".into() });
        blocks.push(Block::Table { table: residuals(found) });
    }
    blocks.push(Block::Heading { text: "Differences only".into() });
    blocks.push(Block::Paragraph {
        text: vec![text(format!(
            "{}; {} the same.",
            counted(found.differing.len() as u64, "setting differs", "settings differ"),
            counted(found.n_same, "is", "are")
        ))],
    });
    blocks.push(Block::Table { table: differing(found) });
    Section {
        id: "compare".into(),
        title: "Compare".into(),
        eyebrow: format!("{} on {}", found.names.join(", "), found.file),
        statement: statement(found),
        lead: lead(found),
        blocks,
    }
}

fn name(found: &Comparison, at: usize) -> &str {
    found.names.get(at).map_or("", String::as_str)
}

/// The verdict of every pair, a sentence each.
fn statement(found: &Comparison) -> Spans {
    let sentences: Vec<String> = found.pairs.iter().map(|pair| sentence(found, pair)).collect();
    vec![text(sentences.join(" "))]
}

fn sentence(found: &Comparison, pair: &Pair) -> String {
    let (own, reference, metric) = (name(found, pair.version), name(found, 0), metric_title(&found.metric));
    let gain = pair.gains.first();
    let by = gain.and_then(|g| g.value.zip(g.interval()));
    let told = by.map_or_else(String::new, |(value, ends)| {
        format!(" in {metric}, by {} ({})", difference_of(&found.metric, value), difference_interval_of(&found.metric, ends))
    });
    let margin = pair.margin.map_or_else(String::new, |m| value_of(&found.metric, m));
    match (pair.versus, &found.unseen) {
        (_, Unseen::Learned(_)) => format!("{own} and {reference} cannot be told apart by rows that were learned from."),
        (Versus::Better, _) => format!("{own} is better than {reference}{told}."),
        (Versus::NotWorse, _) => format!("{own} is not worse than {reference}{told}: the margin is {margin}."),
        (Versus::Worse, _) => format!("{own} is worse than {reference}{told}."),
        (Versus::Unsettled, _) => format!("These rows do not settle whether {own} is better than {reference}{told}."),
    }
}

fn lead(found: &Comparison) -> Spans {
    let rows = counted(found.n_rows, "row", "rows");
    let which = match found.unseen {
        Unseen::OtherFile => format!("{rows} of {}, a file that none of them learned from.", found.file),
        Unseen::Sealed => format!("{rows} of {} that were sealed from every version that learned from it.", found.file),
        Unseen::Learned(_) => format!("{rows} of {}.", found.file),
    };
    vec![text("Predicting "), column(&found.target), text(format!(", {which} A gain is positive when it is better."))]
}

fn versus(pair: &Pair) -> Cell {
    let (mark, word) = match pair.versus {
        Versus::Better => (Mark::Safe, "better"),
        Versus::NotWorse => (Mark::Safe, "not worse"),
        Versus::Worse => (Mark::Blocker, "worse"),
        Versus::Unsettled => (Mark::Undecided, "unsettled"),
    };
    Cell::Mark { mark, text: word.into() }
}

fn pairs(found: &Comparison) -> TableBlock {
    let row = |pair: &Pair| {
        let gain = pair.gains.first().map_or_else(|| words("\u{2013}"), difference_cell);
        let margin = pair.margin.map_or_else(|| "\u{2013}".to_owned(), |m| value_of(&found.metric, m));
        vec![words(name(found, pair.version)), words(name(found, 0)), gain, words(margin), versus(pair)]
    };
    TableBlock {
        caption: format!("Paired gain in {} ({})", metric_title(&found.metric), better(&found.metric)),
        head: heads(&["version", "against", "#gain, 95 %", "margin", "result"]),
        rows: found.pairs.iter().map(row).collect(),
        rule_after: 0,
    }
}

/// Heads: what, one of each version, and the gain of each but the first.
fn head(found: &Comparison, first: &[&str]) -> Vec<Head> {
    let numeric = |text: String| Head { text, numeric: true };
    let mut all = heads(first);
    all.extend(found.names.iter().map(|n| numeric(n.clone())));
    all.extend(found.names.iter().skip(1).map(|n| numeric(format!("gain of {n}"))));
    all
}

fn estimates_and_gains<'a>(estimates: impl Iterator<Item = Option<&'a Estimate>>, gains: impl Iterator<Item = Option<&'a Estimate>>) -> Vec<Cell> {
    let gain = |g: Option<&Estimate>| g.map_or_else(|| words("\u{2013}"), difference_cell);
    estimates.map(estimate_cell).chain(gains.map(gain)).collect()
}

fn metrics(found: &Comparison) -> TableBlock {
    let ids: Vec<&str> = found.estimates.first().into_iter().flatten().map(|e| e.metric.as_str()).collect();
    let of = |all: &'_ [Estimate], id: &str| all.iter().position(|e| e.metric == id);
    let row = |id: &&str| {
        let mut cells = vec![words(metric_title(id))];
        let estimates = found.estimates.iter().map(|all| of(all, id).and_then(|at| all.get(at)));
        let gains = found.pairs.iter().map(|p| of(&p.gains, id).and_then(|at| p.gains.get(at)));
        cells.extend(estimates_and_gains(estimates, gains));
        cells
    };
    TableBlock { caption: "Every metric on the same rows".into(), head: head(found, &["metric"]), rows: ids.iter().map(row).collect(), rule_after: 0 }
}

fn parts(found: &Comparison) -> TableBlock {
    let row = |part: &Part| {
        let mut cells = vec![words(&part.column), words(&part.what), words(count(part.n_rows))];
        cells.extend(estimates_and_gains(part.estimates.iter().map(Some), part.gains.iter().map(Some)));
        cells
    };
    TableBlock {
        caption: format!("{} by segment and period", metric_title(&found.metric)),
        head: head(found, &["column", "rows where it is", "#rows"]),
        rows: found.parts.iter().map(row).collect(),
        rule_after: 0,
    }
}

fn residuals(found: &Comparison) -> TableBlock {
    let row = |(at, r): (usize, &crate::evaluate::Residuals)| {
        let cell = |x: Option<f64>| Cell::Number { text: x.map_or_else(|| "\u{2013}".to_owned(), number), value: x, fine: None };
        let mut cells = vec![words(name(found, at)), cell(Some(r.mean)), cell(r.sd)];
        cells.extend(r.quantiles.iter().map(|q| cell(Some(*q))));
        cells
    };
    TableBlock {
        caption: "Truth less prediction, in the unit of the target".into(),
        head: heads(&["version", "#mean", "#sd", "#5 %", "#25 %", "#median", "#75 %", "#95 %"]),
        rows: found.residuals.iter().enumerate().map(row).collect(),
        rule_after: 0,
    }
}

fn differing(found: &Comparison) -> TableBlock {
    let mut head = heads(&["setting"]);
    head.extend(found.names.iter().map(|n| Head { text: n.clone(), numeric: false }));
    let shown = |value: &String| words(if value.is_empty() { "\u{2013}" } else { value });
    let row = |(path, values): &(String, Vec<String>)| [words(path)].into_iter().chain(values.iter().map(shown)).collect();
    TableBlock { caption: "Settings that differ".into(), head, rows: found.differing.iter().map(row).collect(), rule_after: 0 }
}
