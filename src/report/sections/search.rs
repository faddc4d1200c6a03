//! The search for hyperparameters: what was tried, what it gained, what mattered, and how much too good its winner looks.

use super::shared::{difference_interval_of, difference_of, heads, metric_title, value_of, words};
use crate::chart::{Figure, Series, figures};
use crate::evaluate::Estimate;
use crate::math::sort;
use crate::param::{Given, ParamSpec};
use crate::report::block::{Block, Cell, Mark, Section, Spans, TableBlock, strong, text};
use crate::report::format::{count, counted};
use crate::tune::{Search, State, Trial, corrected, find, optimism};
use serde_json::{Value, json};

/// Most trials in a table: the best.
const MOST_ROWS: usize = 8;

/// The search of one learner, and what became of its winner.
pub struct SearchReport<'a> {
    /// The learner's name on screen.
    pub title: &'a str,
    /// Its hyperparameters.
    pub specs: &'a [ParamSpec],
    /// What was tried.
    pub search: &'a Search,
    /// Scores of nested winners by fold, if they were measured.
    pub nested: Option<&'a [Option<f64>]>,
    /// Paired gain of the winner over the learner as chosen.
    pub gain: Option<&'a Estimate>,
}

/// Name of a learner with the hyperparameters that a search has found.
#[must_use]
pub fn tuned_title(title: &str) -> String {
    format!("{title}, tuned")
}

/// What is being done while a search runs.
#[must_use]
pub fn searching(title: &str, (done, all): (u64, u64)) -> String {
    format!("{title}: {} of {}", count(done), counted(all, "trial", "trials"))
}

/// The section of the step "Train and tune" while learners are not compared yet; `None` before the first trial is judged.
#[must_use]
pub fn search_so_far(reports: &[SearchReport<'_>]) -> Option<Section> {
    let (done, all) = reports.iter().fold((0, 0), |(d, a), r| (d + r.search.n_settled() as u64, a + r.search.wanted() as u64));
    (done > 0).then(|| Section {
        id: "train".to_owned(),
        title: "Train and tune".to_owned(),
        eyebrow: searching("Search", (done, all)),
        statement: vec![text("Hyperparameters are being searched; learners are compared after that.")],
        lead: Vec::new(),
        blocks: reports.iter().flat_map(|r| [told(r), shown(r)].concat()).collect(),
    })
}

/// What a search found: a sentence or two, and folded the best trials, the way to them, and what mattered.
#[must_use]
pub fn search(report: &SearchReport<'_>) -> Vec<Block> {
    let mut blocks = told(report);
    blocks.push(Block::Details { summary: format!("Trials of {}", report.title), blocks: shown(report) });
    blocks
}

fn told(report: &SearchReport<'_>) -> Vec<Block> {
    let mut blocks = vec![
        Block::Heading { text: format!("Search: {}", report.title) },
        Block::Paragraph { text: [tried(report), won(report)].concat() },
        Block::Paragraph { text: too_good(report) },
    ];
    blocks.retain(|block| !matches!(block, Block::Paragraph { text } if text.is_empty()));
    blocks
}

fn shown(report: &SearchReport<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Table { table: table(report) }, Block::Figure { figure: history(report) }];
    blocks.extend(importance(report).map(|figure| Block::Figure { figure }));
    blocks
}

fn metric(report: &SearchReport<'_>) -> String {
    report.search.rules().metric.clone()
}

fn n_in(report: &SearchReport<'_>, state: fn(&State) -> bool) -> u64 {
    report.search.trials().iter().filter(|t| state(&t.state)).count() as u64
}

fn tried(report: &SearchReport<'_>) -> Spans {
    let rules = report.search.rules();
    let method = find(&rules.method).map_or(rules.method.as_str(), |s| s.title);
    let (done, pruned) = (n_in(report, |s| *s == State::Done), n_in(report, |s| *s == State::Pruned));
    let failed = n_in(report, |s| matches!(s, State::Failed(_)));
    let mut says = format!(
        "{method} search over {}: {} on all {}",
        counted(rules.space.dimensions.len() as u64, "hyperparameter", "hyperparameters"),
        counted(done, "trial", "trials"),
        counted(rules.folds as u64, "fold", "folds")
    );
    if pruned > 0 {
        says += &format!(", {} given up early", count(pruned));
    }
    if failed > 0 {
        says += &format!(", {} without a result", count(failed));
    }
    says += ". ";
    if let Some(adjust) = &rules.adjust {
        let what = match (adjust.word("calibration") == "none", ["usual", "half"].contains(&adjust.word("threshold"))) {
            (true, _) => "at the decision threshold",
            (false, true) => "with the calibration",
            _ => "with the calibration and at the decision threshold",
        };
        says += &format!(
            "Each is judged {what} that the other fifths of its judged rows teach, as learners are compared with what their other folds teach. "
        );
    }
    vec![text(says)]
}

fn won(report: &SearchReport<'_>) -> Spans {
    let id = metric(report);
    let Some((best, winner)) = report.search.best().and_then(|b| Some((b, report.search.trials().get(b)?))) else {
        return Vec::new();
    };
    let score = |t: &Trial| t.score().map_or_else(String::new, |s| value_of(&id, s));
    if best == 0 {
        return vec![text("No trial is better than the learner as chosen.")];
    }
    let mut says = vec![text("The best has "), strong(params(report.specs, &winner.params))];
    says.push(text(format!(": mean {} over folds {}", metric_title(&id), score(winner))));
    says.extend(report.search.trials().first().filter(|t| t.state == State::Done).map(|t| text(format!(", as chosen {}", score(t)))));
    says.push(text(". "));
    let Some((gain, value)) = report.gain.and_then(|g| Some((g, g.value?))) else { return says };
    let ends = gain.interval().map_or_else(String::new, |i| format!(" ({})", difference_interval_of(&id, i)));
    let bias = report.nested.and_then(|n| optimism(report.search, n)).map(|o| o.value).or_else(|| corrected(report.search)).unwrap_or(0.0);
    let verdict = match gain.interval() {
        Some((low, _)) if low > 0.0 && value > bias => "tuning has improved this learner",
        Some((low, _)) if low > 0.0 => "clear on these folds, yet no more than the luck of the choice told of below",
        Some((_, high)) if high < 0.0 => "over all rows together tuning has made this learner worse",
        _ => "tuning has not shown that it improves this learner",
    };
    says.push(text(format!(
        "On the same rows it gains {}{ends} {} over the learner as chosen: {verdict}.",
        difference_of(&id, value),
        metric_title(&id)
    )));
    says
}

fn too_good(report: &SearchReport<'_>) -> Spans {
    let id = metric(report);
    if !report.search.is_done() || (report.nested.is_none() && report.search.best().is_none_or(|b| b == 0)) {
        return Vec::new();
    }
    let first = "The best of many trials looks better than it is, because the folds it is judged on have chosen it. ";
    if let Some(found) = report.nested.and_then(|nested| optimism(report.search, nested)) {
        let ends = found.interval.map_or_else(String::new, |i| format!(" (95 % interval {})", difference_interval_of(&id, i)));
        return vec![text(format!(
            "{first}Nested cross-validation repeated the whole search inside every fold: {} against {} on the same {}, an optimism of {}{ends}.",
            value_of(&id, found.found),
            value_of(&id, found.nested),
            counted(found.folds as u64, "fold", "folds"),
            difference_of(&id, found.value)
        ))];
    }
    let estimate = corrected(report.search).filter(|c| *c > 0.0).map(|c| format!("By about {}, going by the trials alone. ", value_of(&id, c)));
    vec![text(format!("{first}{}Nested cross-validation measures by how much.", estimate.unwrap_or_default()))]
}

/// Hyperparameters as a phrase ("Rate 0.03, Leaves 50").
fn params(specs: &[ParamSpec], given: &Given) -> String {
    let named = specs.iter().filter_map(|s| Some(format!("{} {}", s.title, given.get(s.id)?)));
    let all: Vec<String> = named.collect();
    if all.is_empty() { "as chosen".to_owned() } else { all.join(", ") }
}

fn table(report: &SearchReport<'_>) -> TableBlock {
    let id = metric(report);
    let mut order: Vec<(usize, &Trial)> = report.search.trials().iter().enumerate().filter(|(_, t)| t.state != State::Open).collect();
    let sign = if report.search.rules().higher { -1.0 } else { 1.0 };
    let key = |t: &Trial| (t.state != State::Done, t.score().map_or(f64::INFINITY, |s| sign * s));
    sort::by(&mut order, |a, b| key(a.1).0.cmp(&key(b.1).0).then(key(a.1).1.total_cmp(&key(b.1).1)).then(a.0.cmp(&b.0)));
    let row = |(at, t): &(usize, &Trial)| {
        let (mark, state) = match t.state {
            State::Open | State::Done => (Mark::Quiet, "complete"),
            State::Pruned => (Mark::Quiet, "given up"),
            State::Failed(_) => (Mark::Warning, "no result"),
        };
        let judged = t.scores.iter().flatten().count();
        vec![
            number(*at as u64 + 1),
            Cell::Number { text: t.score().map_or_else(|| "–".to_owned(), |s| value_of(&id, s)), value: t.score(), fine: None },
            number(judged as u64),
            words(params(report.specs, &t.params)),
            Cell::Mark { mark, text: state.to_owned() },
        ]
    };
    TableBlock {
        caption: format!("The best trials of {}", report.title),
        head: heads(&["#trial", &format!("#mean {}", metric_title(&id)), "#folds", "hyperparameters", "state"]),
        rows: order.iter().take(MOST_ROWS).map(row).collect(),
        rule_after: 0,
    }
}

#[expect(clippy::cast_precision_loss, reason = "trials are few")]
fn number(n: u64) -> Cell {
    Cell::Number { text: count(n), value: Some(n as f64), fine: None }
}

/// The best score so far by trial, and the score of every complete trial.
#[expect(clippy::cast_precision_loss, reason = "trials are few")]
fn history(report: &SearchReport<'_>) -> Figure {
    let higher = report.search.rules().higher;
    let complete = report.search.trials().iter().enumerate().filter(|(_, t)| t.state == State::Done);
    let each: Vec<(f64, f64)> = complete.filter_map(|(i, t)| Some((i as f64 + 1.0, t.score()?))).collect();
    let mut best: Vec<(f64, f64)> = Vec::with_capacity(each.len());
    for &(at, score) in &each {
        let so_far = best.last().map_or(score, |b| if higher { b.1.max(score) } else { b.1.min(score) });
        best.push((at, so_far));
    }
    let line = |name: &str, points, quiet| Series { name: name.to_owned(), points, band: Vec::new(), quiet };
    let title = metric_title(&report.search.rules().metric).to_owned();
    figures::line_interval(
        &format!("search-{}", report.search.rules().key.replace(['#', '/'], "-")),
        &format!("Best trial so far: {}", report.title),
        &format!("Mean {title} over folds by trial; trials that were given up are left out."),
        ("trial", &title),
        vec![line("best so far", best, false), line("each trial", each, true)],
    )
}

/// What mattered, most first; `None` with too few trials.
fn importance(report: &SearchReport<'_>) -> Option<Figure> {
    let mut shares: Vec<(&str, f64)> = report.search.importance().into_iter().filter_map(|(name, share)| Some((name, share?))).collect();
    sort::by(&mut shares, |a, b| b.1.total_cmp(&a.1));
    let bars: Vec<_> = shares.into_iter().map(|(name, share)| (name.to_owned(), share, None)).collect();
    let caption = "Share of the variance of the complete trials’ ranks that lies between groups of a hyperparameter’s values (epsilon squared), each by itself, within what was tried.";
    let id = format!("search-importance-{}", report.search.rules().key.replace(['#', '/'], "-"));
    (!bars.is_empty()).then(|| figures::bar(&id, &format!("What mattered in the search: {}", report.title), caption, "share explained", &bars))
}

/// The searches as numbers.
#[must_use]
pub fn search_json(reports: &[SearchReport<'_>]) -> Value {
    let trial = |t: &Trial| {
        let (state, why) = match &t.state {
            State::Open => ("open", None),
            State::Done => ("done", None),
            State::Pruned => ("pruned", None),
            State::Failed(error) => ("failed", Some(error.message.clone())),
        };
        json!({ "params": t.params, "scores": t.scores, "score": t.score(), "state": state, "why": why })
    };
    let one = |r: &SearchReport<'_>| {
        let measured = r.nested.and_then(|nested| optimism(r.search, nested));
        json!({
            "learner": r.search.rules().key,
            "method": r.search.rules().method,
            "metric": r.search.rules().metric,
            "trials": r.search.trials().iter().map(trial).collect::<Vec<_>>(),
            "best": r.search.best(),
            "gain": r.gain,
            "importance": r.search.importance(),
            "nested": r.nested,
            "optimism": measured.map(|o| json!({ "value": o.value, "interval": o.interval, "found": o.found, "nested": o.nested, "folds": o.folds })),
            "optimism_by_trials": corrected(r.search),
        })
    };
    reports.iter().map(one).collect()
}
