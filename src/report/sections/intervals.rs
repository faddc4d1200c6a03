//! Prediction intervals and sets: what they promise, how often they held, overall and in parts; and the area under the curve by DeLong.

use super::shared::{count_cell, heads, words};
use crate::evaluate::conformal::{Bands, Conformal, Part};
use crate::evaluate::ranked::Ranked;
use crate::evaluate::shares::Share;
use crate::report::block::{Block, Cell, Mark, Spans, TableBlock, strong, text};
use crate::report::format::{counted, interval, number, p_value, percent, signed};
use crate::task::Task;

/// The blocks about prediction intervals.
#[must_use]
pub fn intervals(found: &Conformal, task: &Task) -> Vec<Block> {
    let mut blocks = vec![Block::Heading { text: "Prediction intervals".to_owned() }, Block::Paragraph { text: statement(found, task) }];
    if found.coverage.is_some() {
        blocks.push(Block::Table { table: table(found, task) });
    }
    blocks.push(Block::Paragraph { text: vec![text(how(found))] });
    blocks
}

/// A share with its interval in words ("91 % (88 % to 93 %)").
pub(super) fn share_in_words(share: &Share) -> String {
    match share.low.zip(share.high) {
        Some((low, high)) => format!("{} ({} to {})", percent(share.value), percent(low), percent(high)),
        None => percent(share.value),
    }
}

/// A share in a cell with its interval.
pub(super) fn share_cell(share: &Share) -> Cell {
    let fine = share.low.zip(share.high).map(|(low, high)| format!("{} to {}", percent(low), percent(high)));
    Cell::Number { text: percent(share.value), value: Some(share.value), fine }
}

fn statement(found: &Conformal, task: &Task) -> Spans {
    let what = if task.kind.is_classification() { "sets of classes" } else { "intervals" };
    let Some(share) = &found.coverage else {
        return vec![text(format!("There are too few folds to measure how often {what} hold."))];
    };
    let verdict = match share.low.zip(share.high) {
        Some((_, high)) if high < found.wanted => "clearly less often than asked",
        Some((low, _)) if low > found.wanted => "more often than asked",
        Some(_) => "the interval holds what was asked",
        None => "too few rows to say whether that is as asked",
    };
    let mut says = vec![
        strong(format!("{} of true values", share_in_words(share))),
        text(format!(" lie inside the {what} that were to hold {} of them: {verdict}.", percent(found.wanted))),
    ];
    if let Some(size) = found.size {
        let size = if task.kind.is_classification() {
            format!(" A set holds {} classes on average.", number(size))
        } else {
            format!(" The median interval is {} wide, in the unit of {}.", number(size), task.target)
        };
        says.push(text(size));
    }
    if let Some(sealed) = &found.holdout {
        says.push(text(format!(" Of the sealed rows {} lie inside.", share_in_words(sealed))));
    }
    says
}

fn table(found: &Conformal, task: &Task) -> TableBlock {
    let row = |name: String, share: &Share| {
        let (mark, state) = match share.low.zip(share.high) {
            Some((_, high)) if high < found.wanted => (Mark::Warning, "too rarely"),
            Some((low, _)) if low > found.wanted => (Mark::Safe, "more than asked"),
            Some(_) => (Mark::Safe, "agrees"),
            None => (Mark::Quiet, "no interval"),
        };
        vec![words(name), count_cell(share.n), share_cell(share), Cell::Mark { mark, text: state.to_owned() }]
    };
    let part = |p: &Part| {
        let name = match task.classes.get(p.at as usize) {
            Some(class) => format!("rows of {class}"),
            None => ["lowest fifth of predictions", "second fifth", "third fifth", "fourth fifth", "highest fifth of predictions"]
                .get(p.at as usize)
                .map_or_else(String::new, |name| (*name).to_owned()),
        };
        row(name, &p.share)
    };
    let mut rows: Vec<Vec<Cell>> = found.coverage.iter().map(|share| row("all judged rows".to_owned(), share)).collect();
    rows.extend(found.parts.iter().map(part));
    rows.extend(found.periods.iter().map(|p| row(format!("fold {}", p.at + 1), &p.share)));
    rows.extend(found.holdout.iter().map(|share| row("sealed rows".to_owned(), share)));
    TableBlock {
        caption: format!("How often the truth lies inside, where {} were asked for", percent(found.wanted)),
        head: heads(&["Rows", "#n", "#inside", "state"]),
        rows,
        rule_after: 1,
    }
}

fn how(found: &Conformal) -> String {
    let how = match &found.bands {
        Bands::Numbers { low, .. } => {
            let groups = if low.len() > 1 { format!(", for each of {} groups of rows by prediction", low.len()) } else { String::new() };
            let open = low.iter().any(Option::is_none);
            let open = if open { " Where rows are too few for the rank, an interval has no end." } else { "" };
            format!(
                "Conformal: {} of rows no model had seen, at rank ⌈(n + 1)(1 − a/2)⌉ on each side{groups}.{open}",
                counted(found.n_scores, "residual", "residuals")
            )
        }
        Bands::Classes { least } => {
            let open = least.iter().any(Option::is_none);
            let open = if open { " A class with too few rows for the rank is in every set." } else { "" };
            format!(
                "Class-conditional conformal sets from {} of rows no model had seen, at rank ⌈(n + 1)(1 − a)⌉ for each class.{open}",
                counted(found.n_scores, "probability", "probabilities")
            )
        }
    };
    let order = if found.exchangeable {
        " Each fold is judged by what the other folds taught; predictions of other files carry the same intervals while rows stay like these."
    } else {
        " Each fold is judged by what earlier folds taught. In time order rows are not exchangeable, so that no coverage is guaranteed: what was measured counts."
    };
    format!("{how}{order}")
}

/// The area under the curve by DeLong, in a paragraph; `rival`: name of the learner it is compared with.
#[must_use]
pub fn delong(found: &Ranked, rival: Option<&str>) -> Block {
    let ends = found.interval.map_or_else(|| "no interval: the classes are fully apart".to_owned(), |i| interval(i.0, i.1));
    let mut says = vec![text(format!("Without resampling (DeLong), AUC is {} ({ends})", number(found.area)))];
    if let (Some((_, apart)), Some(name)) = (&found.rival, rival) {
        let ends = apart.interval.map_or_else(String::new, |i| format!(" ({} to {})", signed(i.0), signed(i.1)));
        let p = apart.p.map_or_else(String::new, |p| format!(", {}", p_value(p)));
        says.push(text(format!("; against {name}, on the same rows, {}{ends}{p}", signed(apart.value))));
    }
    says.push(text("."));
    Block::Paragraph { text: says }
}
