//! What the learners do with a target that is often 0: side by side, and which is recommended.

use super::shared::{heads, value_of, words};
use crate::evaluate::Leaderboard;
use crate::evaluate::zeros::{OnZeros, TOTAL_OFF, Zeros};
use crate::report::block::{Block, Cell, Mark, Spans, TableBlock, strong, text};
use crate::report::format::{number, percent};

/// A heading, the table and the recommendation.
#[must_use]
pub fn zeros(found: &Zeros, board: &Leaderboard) -> Vec<Block> {
    let title = |learner: usize| board.standing(learner).map_or_else(String::new, |s| s.title.clone());
    let how = |learner: usize| board.standing(learner).map_or_else(String::new, |s| named(&s.title, &s.params));
    let row = |l: &OnZeros| {
        let overall =
            |text: String, value: f64| if l.amount_only { words("\u{2013}") } else { Cell::Number { text, value: Some(value), fine: None } };
        let amount = |value: f64| Cell::Number { text: value_of("rmse", value), value: Some(value), fine: None };
        let state = if found.recommended == Some(l.learner) {
            Cell::Mark { mark: Mark::Safe, text: "recommended".into() }
        } else {
            Cell::Mark { mark: Mark::Quiet, text: if l.amount_only { "amount only" } else { "done" }.into() }
        };
        vec![
            words(how(l.learner)),
            overall(value_of("rmse", l.rmse), l.rmse),
            amount(l.rmse_amount),
            amount(l.mae_amount),
            overall(percent(l.total), l.total),
            overall(number(l.on_zeros), l.on_zeros),
            overall(number(l.gap), l.gap),
            state,
        ]
    };
    let names = ["Learner", "#RMSE", "#RMSE where not 0", "#MAE where not 0", "#total", "#on zeros", "#largest gap", "state"];
    let table = TableBlock {
        caption: "Learners on a number that is often 0, on the same folds".into(),
        head: heads(&names),
        rows: found.learners.iter().map(row).collect(),
        rule_after: 0,
    };
    let about = format!(
        "{} of the rows are 0. Total: predicted over true. On zeros: the mean prediction on rows that are 0; largest gap: between predicted and true mean in fifths of the rows by prediction; both in units of the overall mean. \
         A learner of the amount only is judged where the number is not 0, and stands here alone.",
        percent(found.share)
    );
    let mut blocks =
        vec![Block::Heading { text: "A number that is often 0".into() }, Block::Paragraph { text: vec![text(about)] }, Block::Table { table }];
    blocks.extend(why(found, &title).map(|text| Block::Paragraph { text }));
    blocks
}

/// The title with what tells two of the same learner apart.
fn named(title: &str, params: &[(String, String)]) -> String {
    let telling: Vec<&str> = params
        .iter()
        .filter(|(name, value)| (name == "loss" && value != "squared") || (name == "rows" && value == "amount_only"))
        .map(|(_, v)| v.as_str())
        .collect();
    if telling.is_empty() { title.to_owned() } else { format!("{title} ({})", telling.join(", ").replace('_', " ")) }
}

fn why(found: &Zeros, title: &dyn Fn(usize) -> String) -> Option<Spans> {
    let best = found.learners.iter().find(|l| Some(l.learner) == found.recommended)?;
    let right = (best.total - 1.0).abs() <= TOTAL_OFF;
    let reason = if right {
        format!(" is recommended: of the learners whose total is right to {}, it has the least error over all rows.", percent(TOTAL_OFF))
    } else {
        format!(" is recommended: no learner\u{2019}s total is right to {}, and its is nearest ({}).", percent(TOTAL_OFF), percent(best.total))
    };
    Some(vec![strong(title(best.learner)), text(reason)])
}
