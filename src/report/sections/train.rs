//! Training: who leads, by how much, and whether it is better than no learning at all.

use super::shared::{
    SplitFacts, bar, dealing, difference_cell, difference_interval_of, difference_of, estimate_cell, heads, in_words, method_in_words, metric_title,
    scale, value_of, words,
};
use crate::chart::figures;
use crate::evaluate::{Direction, Estimate, Leaderboard, Standing, metric, metrics_for};
use crate::report::block::{Block, Cell, Mark, Section, Span, Spans, TableBlock, column, strong, text};
use crate::report::format::counted;
use crate::task::Task;

/// What training gave.
pub struct TrainReport<'a> {
    /// The task.
    pub task: &'a Task,
    /// Learners ranked.
    pub board: &'a Leaderboard,
    /// How rows were dealt.
    pub split: &'a SplitFacts,
}

/// The section of the step "Train and tune".
#[must_use]
pub fn train(report: &TrainReport<'_>) -> Section {
    let mut blocks = vec![Block::Table { table: table(report) }, Block::Paragraph { text: note(report) }];
    if report.board.standings.iter().any(|s| s.estimates.first().is_some_and(|e| e.value.is_some())) {
        blocks.push(Block::Figure { figure: figure(report) });
    }
    blocks.extend(out_of_bag(report.board));
    let failed = report.board.standings.iter().filter_map(|s| Some((s, s.failed.as_ref()?)));
    blocks.extend(failed.map(|(s, error)| Block::Banner { mark: Mark::Warning, text: vec![strong(&s.title), text(format!(": {error}"))] }));
    Section {
        id: "train".into(),
        title: "Train and tune".into(),
        eyebrow: format!(
            "{}, {}; {} sealed",
            counted(report.split.n_development, "row", "rows"),
            dealing(report.split),
            counted(report.split.n_holdout, "row", "rows")
        ),
        statement: statement(report),
        lead: lead(report.board),
        blocks,
    }
}

fn clear(gain: Option<&Estimate>) -> bool {
    gain.and_then(|g| g.low).is_some_and(|low| low > 0.0)
}

fn statement(report: &TrainReport<'_>) -> Spans {
    let board = report.board;
    let Some((leader, chosen)) = board.leader.and_then(|l| board.standing(l)).zip(board.chosen()) else {
        return vec![text("No learner has a score for "), column(&report.task.target), text(".")];
    };
    let baseline = board.best_baseline.and_then(|b| board.standing(b)).map(|b| b.title.clone());
    let mut says = vec![strong(&leader.title)];
    if leader.entrant != chosen.entrant {
        says.extend([text(" leads, but "), strong(&chosen.title), text(" is not distinguishable from it.")]);
    } else {
        says.push(text(" leads."));
    }
    match baseline {
        None => says.push(text(" There is no baseline to compare with.")),
        Some(name) if clear(chosen.gain.as_ref()) && leader.entrant != chosen.entrant => {
            says.push(text(format!(" Both clearly beat the baseline “{name}”.")))
        }
        Some(name) if clear(chosen.gain.as_ref()) => says.push(text(format!(" It clearly beats the baseline “{name}”."))),
        Some(name) => says.push(text(format!(" It has not shown that it is better than the baseline “{name}”."))),
    }
    says
}

fn lead(board: &Leaderboard) -> Spans {
    let title = metric_title(&board.metric);
    let pair = board.leader.and_then(|l| board.standing(l)).zip(board.chosen());
    match (pair, &board.leader_over_chosen) {
        (Some((leader, chosen)), Some(difference)) => {
            let value = difference.value.map_or_else(String::new, |v| difference_of(&board.metric, v));
            let ends = difference.interval().map_or_else(String::new, |i| format!(" ({})", difference_interval_of(&board.metric, i)));
            vec![text(format!(
                "{} against {}: {value}{ends} {title} in favour of the first. Without a clear winner, Watertight proposes the simpler one.",
                leader.title, chosen.title
            ))]
        }
        (Some((_, chosen)), None) => match chosen.estimates.first() {
            Some(e) => vec![text(format!("{title} {} on {} it had not seen.", in_words(e), counted(e.n_rows, "row", "rows")))],
            None => Vec::new(),
        },
        _ => vec![text("Read why below, then change the learners or the columns.")],
    }
}

/// The metric shown beside the main one: the first of the task's list that is not the main one and that any learner has.
fn second<'a>(report: &TrainReport<'a>) -> Option<&'static str> {
    let has = |id: &str| report.board.standings.iter().any(|s| s.estimate(id).is_some_and(|e| e.value.is_some()));
    metrics_for(report.task.kind).map(|m| m.id).find(|&id| id != report.board.metric && has(id))
}

fn table(report: &TrainReport<'_>) -> TableBlock {
    let board = report.board;
    let main = metric_title(&board.metric);
    let second = second(report);
    let all: Vec<&Estimate> = board.standings.iter().filter_map(|s| s.estimates.first()).collect();
    let limit = board.best_baseline.and_then(|b| board.standing(b)).and_then(|b| b.estimates.first()?.value);
    let on = scale(&all, limit);
    let mut names =
        vec!["Learner".to_owned(), format!("#{main}"), "95 % interval".to_owned(), "#gain over baseline".to_owned(), "#folds won".to_owned()];
    names.extend(second.map(|id| format!("#{}", metric_title(id))));
    names.push("state".to_owned());
    let row = |s: &Standing| {
        let estimate = s.estimates.first();
        let interval = estimate.and_then(|e| bar(e, on, limit)).map_or_else(|| words("–"), |interval| Cell::Bar { interval });
        let mut cells = vec![name(s), estimate_cell(estimate), interval, gain(board, s), won(s)];
        cells.extend(second.map(|id| estimate_cell(s.estimate(id))));
        cells.push(state(board, s));
        cells
    };
    TableBlock {
        caption: format!("Learners by {main}, baselines first"),
        head: heads(&names.iter().map(String::as_str).collect::<Vec<_>>()),
        rows: board.standings.iter().map(row).collect(),
        rule_after: board.n_baselines,
    }
}

fn name(standing: &Standing) -> Cell {
    let params: Vec<String> = standing.params.iter().map(|(k, v)| format!("{k} {v}")).collect();
    let fine = if params.is_empty() { "no parameters".to_owned() } else { params.join(", ") };
    words(format!("{} – {fine}", standing.title))
}

fn gain(board: &Leaderboard, standing: &Standing) -> Cell {
    match &standing.gain {
        Some(gain) => difference_cell(gain),
        None if Some(standing.entrant) == board.best_baseline => words("reference"),
        None => words("–"),
    }
}

fn won(standing: &Standing) -> Cell {
    standing.folds_won.map_or_else(|| words("–"), |(won, all)| Cell::Number { text: format!("{won} of {all}"), value: Some(won.into()), fine: None })
}

fn state(board: &Leaderboard, standing: &Standing) -> Cell {
    let (mark, word) = if standing.failed.is_some() {
        (Mark::Warning, "no result")
    } else if Some(standing.entrant) == board.chosen {
        (Mark::Safe, "proposed")
    } else if standing.baseline {
        (Mark::Quiet, "baseline")
    } else {
        (Mark::Quiet, "done")
    };
    Cell::Mark { mark, text: word.into() }
}

fn note(report: &TrainReport<'_>) -> Spans {
    let method = report.board.standings.iter().find_map(|s| s.estimates.first()).map(|e| method_in_words(e.method));
    let mut says = vec![text("Gain is the "), Span::Term("paired".into()), text(" difference on the same rows and draws, positive when better. ")];
    says.push(text("Where its interval includes 0 the learner has not shown that it is better than the baseline. "));
    says.extend(method.map(|m| text(format!("{m}."))));
    let apart: Vec<&str> = report.board.apart.iter().map(|s| s.title.as_str()).collect();
    if !apart.is_empty() {
        let more = format!(" Not ranked here: {}, of the amount only; judged on Validate, where the number is not 0.", apart.join(", "));
        says.push(text(more));
    }
    says
}

/// What forests say of rows that their trees had not drawn, if there are any.
fn out_of_bag(board: &Leaderboard) -> Option<Block> {
    let one = |s: &Standing| Some(format!("{} {}", s.title, value_of(&board.metric, s.out_of_bag?)));
    let all: Vec<String> = board.standings.iter().filter_map(one).collect();
    let what = format!("Out-of-bag {}: {}. ", metric_title(&board.metric), all.join(", "));
    let how = "Each training row is judged by the trees that had not drawn it only, so no row votes for itself; the mean over the folds, of long tables the first fold’s. Far from the validation score, rows are \
               not alike across folds.";
    (!all.is_empty()).then(|| Block::Paragraph { text: vec![strong(what), text(how)] })
}

fn figure(report: &TrainReport<'_>) -> crate::chart::Figure {
    let standings: Vec<figures::Standing> = report
        .board
        .standings
        .iter()
        .map(|s| figures::Standing {
            name: s.title.clone(),
            estimate: s.estimates.first().and_then(|e| e.value).unwrap_or(f64::NAN),
            interval: s.estimates.first().and_then(Estimate::interval),
            is_baseline: s.baseline,
        })
        .collect();
    let higher = metric(&report.board.metric).is_ok_and(|m| m.direction == Direction::Higher);
    let how = dealing(report.split);
    figures::leaderboard(metric_title(&report.board.metric), higher, &standings, &how)
}

/// A learner's score as a phrase of other sections ("AUC 0.93 (0.92 to 0.94)").
pub(super) fn score_phrase(standing: &Standing) -> String {
    standing.estimates.first().map_or_else(String::new, |e| format!("{} {}", metric_title(&e.metric), in_words(e)))
}

/// The best baseline's score as a phrase ("0.19"), if there is one.
pub(super) fn baseline_phrase(board: &Leaderboard) -> Option<(String, String)> {
    let baseline = board.standing(board.best_baseline?)?;
    let estimate = baseline.estimates.first()?;
    Some((baseline.title.clone(), value_of(&estimate.metric, estimate.value?)))
}
