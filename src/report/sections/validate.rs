//! Validation: how the chosen model does on rows it has not seen, where it errs, and what it leans on.

use super::shared::{SplitFacts, dealing, estimate_cell, heads, in_words, method_in_words, metric_title, words};
use super::train::{baseline_phrase, score_phrase};
use crate::chart::{Figure, figures};
use crate::evaluate::{Adjustment, CloserLook, Curve, Direction, Estimate, HoldoutResult, Importance, Leaderboard, Standing, metric, metrics_for};
use crate::math::sort;
use crate::param::Params;
use crate::report::block::{Block, Section, Span, Spans, TableBlock, strong, text};
use crate::report::format::{counted, interval, number, signed};
use crate::report::suppress::{LEAST_ROWS, withheld};
use crate::task::{Task, TaskKind};

/// Most curves in one figure: of several classes, the most frequent.
const MOST_CURVES: usize = 5;

/// What validation gave.
pub struct ValidateReport<'a> {
    /// The task.
    pub task: &'a Task,
    /// Learners ranked; the chosen one is looked at.
    pub board: &'a Leaderboard,
    /// How rows were dealt.
    pub split: &'a SplitFacts,
    /// The sealed rows, if any were opened.
    pub holdout: Option<&'a HoldoutResult>,
    /// A closer look at the chosen model's validation rows.
    pub closer: &'a CloserLook,
    /// What each raw column is worth to it, on unseen rows.
    pub importance: &'a [Importance],
    /// How its probabilities are changed, and from which on a row is flagged.
    pub calls: Calls<'a>,
}

/// How probabilities are turned into calls.
pub struct Calls<'a> {
    /// What was chosen: [`crate::evaluate::adjust::PARAMS`].
    pub params: &'a Params,
    /// Whether it was guessed.
    pub guessed: bool,
    /// What all folds taught.
    pub last: Option<&'a Adjustment>,
    /// The thresholds used in the folds.
    pub in_folds: Vec<f64>,
}

/// The section of the step "Validate".
#[must_use]
pub fn validate(report: &ValidateReport<'_>) -> Section {
    let Some(chosen) = report.board.chosen() else {
        return section(vec![text("There is no model to validate.")], vec![text("No learner has a score; see Train and tune.")], report, Vec::new());
    };
    let mut blocks = vec![Block::Table { table: table(report, chosen) }, Block::Paragraph { text: note(report, chosen) }];
    blocks.extend(figures_of(report, chosen).into_iter().map(|figure| Block::Figure { figure }));
    blocks.extend(calibration_facts(report));
    blocks.extend(residual_facts(report));
    if !report.importance.is_empty() {
        blocks.push(Block::Figure { figure: importance(report, chosen) });
    }
    section(statement(report, chosen), lead(report, chosen), report, blocks)
}

fn section(statement: Spans, lead: Spans, report: &ValidateReport<'_>, blocks: Vec<Block>) -> Section {
    let eyebrow = format!(
        "{} judged in {}; {} sealed, opened {}",
        counted(report.split.n_validated, "row", "rows"),
        dealing(report.split),
        counted(report.split.n_holdout, "row", "rows"),
        counted(report.holdout.map_or(0, |h| h.opened).into(), "time", "times")
    );
    Section { id: "validate".into(), title: "Validate".into(), eyebrow, statement, lead, blocks }
}

fn statement(report: &ValidateReport<'_>, chosen: &Standing) -> Spans {
    let mut says = vec![strong(&chosen.title), text(format!(" reaches {} on rows it had not seen", score_phrase(chosen)))];
    match baseline_phrase(report.board) {
        Some((name, value)) => says.push(text(format!("; the baseline “{name}” reaches {value}."))),
        None => says.push(text(".")),
    }
    says
}

fn lead(report: &ValidateReport<'_>, chosen: &Standing) -> Spans {
    let Some(holdout) = report.holdout else {
        return vec![text("No rows were sealed, so no score here is untouched by choosing.")];
    };
    let main = report.board.metric.as_str();
    let (Some(folds), Some(sealed)) = (chosen.estimates.first(), holdout.estimate(main)) else {
        return vec![text("The sealed rows have no score.")];
    };
    let opened = if holdout.opened > 1 {
        format!(" They were opened {}; only the first opening was unseen.", counted(holdout.opened.into(), "time", "times"))
    } else {
        String::new()
    };
    let rows = counted(sealed.n_rows, "sealed row", "sealed rows");
    vec![text(format!("On {rows} it reaches {}: {}.{opened}", in_words(sealed), agreement(folds, sealed)))]
}

/// Whether the sealed rows bear out cross-validation, in words.
fn agreement(folds: &Estimate, sealed: &Estimate) -> &'static str {
    let (Some((fl, fh)), Some((sl, sh))) = (folds.interval(), sealed.interval()) else { return "too few rows for an interval, so little is shown" };
    let higher = metric(&folds.metric).map_or(Direction::Higher, |m| m.direction) == Direction::Higher;
    match (sh < fl, sl > fh) {
        (false, false) => "the two intervals overlap, so they agree",
        (true, _) if higher => "clearly lower than in cross-validation",
        (_, true) if !higher => "clearly a larger error than in cross-validation",
        _ => "clearly better than in cross-validation, which choosing cannot explain",
    }
}

fn table(report: &ValidateReport<'_>, chosen: &Standing) -> TableBlock {
    let row = |id: &str| {
        let meaning = metric(id).map_or("", |m| if m.direction == Direction::Higher { "higher is better" } else { "lower is better" });
        let sealed = report.holdout.and_then(|h| h.estimate(id));
        let cell = |e: Option<&Estimate>| if e.is_some() { estimate_cell(e) } else { words("–") };
        vec![words(metric_title(id)), cell(chosen.estimate(id)), cell(sealed), words(meaning)]
    };
    let listed = metrics_for(report.task.kind).map(|m| m.id).filter(|&id| id != report.board.metric);
    TableBlock {
        caption: format!("{}: every metric of this kind of task, the one that ranks first", chosen.title),
        head: heads(&["Metric", "#cross-validated", "#sealed rows", "direction"]),
        rows: std::iter::once(report.board.metric.as_str()).chain(listed).map(row).collect(),
        rule_after: 0,
    }
}

fn note(report: &ValidateReport<'_>, chosen: &Standing) -> Spans {
    let mut says = Vec::new();
    if let Some(e) = chosen.estimates.first() {
        says.push(text(format!("{}. They say how other rows like these could have changed the score of these models. ", method_in_words(e.method))));
    }
    if let Some((won, all)) = chosen.folds_won {
        says.push(text(format!("Better than the baseline in {won} of {}.", counted(all.into(), "fold", "folds"))));
    }
    if report.task.kind.is_classification() {
        says.extend(calls(&report.calls, report.task.kind));
    }
    says
}

/// The penalty that the final fit has chosen, in a sentence.
#[must_use]
pub fn chosen_penalty(penalty: f64) -> Block {
    let how = " in the final fit: of 100, the one with the least squared error in five folds inside the training rows. Every fold above has chosen its own.";
    Block::Paragraph { text: vec![text("The penalty "), strong(format!("alpha = {}", number(penalty))), text(format!(" was chosen{how}"))] }
}

/// How classes are called, and by what probabilities.
fn calls(calls: &Calls<'_>, kind: TaskKind) -> Spans {
    let mut says = Vec::new();
    let curve = match calls.params.word("calibration") {
        "platt" => Some("Platt\u{2019}s curve"),
        "isotonic" => Some("isotonic regression"),
        _ => None,
    };
    let is_calibrated = calls.last.is_some_and(|last| !last.calibrators.is_empty());
    match curve {
        Some(name) if is_calibrated => {
            says.push(text(format!(" Probabilities are calibrated by {name}, learned from the predictions of the other folds.")))
        }
        Some(_) => says.push(text(" Probabilities are not calibrated: there are too few rows of a class to learn it from.")),
        None => {}
    }
    let Some(cut) = calls.last.and_then(|last| last.cut) else {
        let how = if kind == TaskKind::Binary { "at a probability of 0.5" } else { "by the highest probability" };
        says.push(text(format!(" Precision, recall, F1 and accuracy call a class {how}.")));
        return says;
    };
    let aim = match calls.params.word("threshold") {
        "f1" => "the best F1".to_owned(),
        "f_beta" => format!("the best F-beta (beta {})", number(calls.params.real("beta"))),
        "cost" => format!("the least cost, where a missed row costs as much as {} false alarms", number(calls.params.real("missed_cost"))),
        _ => format!("the most recall at a precision of {} or more", number(calls.params.real("precision"))),
    };
    let ends = calls.in_folds.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &c| (low.min(c), high.max(c)));
    says.push(text(format!(" Precision, recall, F1 and accuracy flag a row from a probability of {} on", number(cut))));
    says.push(text(format!(" (in the folds {}): the ", interval(ends.0, ends.1))));
    says.push(Span::Term("threshold".into()));
    says.push(text(format!(" with {aim} on the predictions of the other folds")));
    says.push(text(if calls.guessed { " (the usual rule where fewer than a fifth of the rows are positive)." } else { "." }));
    says
}

fn figures_of(report: &ValidateReport<'_>, chosen: &Standing) -> Vec<Figure> {
    let closer = report.closer;
    let mut all = Vec::new();
    let enough = |c: &&Curve| c.n.0 >= LEAST_ROWS && c.n.1 >= LEAST_ROWS;
    let roc: Vec<Curve> = closer.roc.iter().filter(enough).cloned().collect();
    if !roc.is_empty() {
        all.push(figures::roc(&curves(report, chosen, &roc, "roc_auc"), closer.n_rows));
    }
    let precision_recall: Vec<Curve> = closer.precision_recall.iter().filter(enough).cloned().collect();
    if !precision_recall.is_empty() {
        // Several classes have several prevalences, and no one height of chance.
        let share = |c: &Curve| ratio(c.n.0, c.n.0 + c.n.1);
        let prevalence = if let [only] = precision_recall.as_slice() { share(only) } else { f64::NAN };
        all.push(figures::precision_recall(&curves(report, chosen, &precision_recall, "average_precision"), prevalence, closer.n_rows));
    }
    if let [only] = closer.calibration.as_slice() {
        let bin = |b: &crate::evaluate::CalibrationBin| figures::CalibrationBin {
            predicted: b.predicted,
            observed: b.observed,
            interval: Some((b.low, b.high)),
            n_rows: b.n,
        };
        all.push(figures::calibration(&chosen.title, &only.bins.iter().map(bin).collect::<Vec<_>>(), only.n_rows));
    }
    if let Some(confusion) = &closer.confusion {
        all.push(figures::confusion(&confusion.labels, &confusion.counts, withheld));
    }
    if let Some(residuals) = closer.residuals.as_ref().filter(|r| r.n_rows >= LEAST_ROWS) {
        let group = |g: &crate::evaluate::ResidualGroup| figures::ResidualGroup {
            predicted: g.predicted,
            median: g.median,
            range: (g.low, g.high),
            n_rows: usize::try_from(g.n).unwrap_or(usize::MAX),
        };
        let groups: Vec<_> = residuals.groups.iter().filter(|g| g.n >= LEAST_ROWS).map(group).collect();
        all.push(figures::residual_groups(&chosen.title, "", &groups, usize::try_from(residuals.n_rows).unwrap_or(usize::MAX)));
    }
    all
}

fn curves(report: &ValidateReport<'_>, chosen: &Standing, found: &[Curve], id: &str) -> Vec<figures::Curve> {
    let several = found.len() > 1;
    let label = |class: usize| report.task.classes.get(class).cloned().unwrap_or_default();
    let mut shown: Vec<&Curve> = found.iter().collect();
    sort::by_key(&mut shown, |c| (std::cmp::Reverse(c.n.0), c.class));
    shown.truncate(MOST_CURVES);
    // The mean over folds, as in the table; the curve itself pools the folds.
    let whole = chosen.estimate(id).filter(|_| !several);
    shown
        .into_iter()
        .map(|c| figures::Curve {
            name: if several { label(c.class) } else { chosen.title.clone() },
            points: c.points.clone(),
            area: whole.and_then(|e| e.value).unwrap_or(c.area),
            interval: whole.and_then(Estimate::interval),
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { f64::NAN } else { part as f64 / whole as f64 }
}

fn calibration_facts(report: &ValidateReport<'_>) -> Option<Block> {
    let [only] = report.closer.calibration.as_slice() else { return None };
    let slope = match (only.slope, only.intercept) {
        (Some(slope), Some(intercept)) => {
            let says = if slope < 0.9 {
                "the probabilities are too extreme"
            } else if slope > 1.1 {
                "the probabilities are too cautious"
            } else {
                "the probabilities spread as they should"
            };
            format!("slope {}, intercept {}: {says}", number(slope), signed(intercept))
        }
        _ => "not computable: the recalibration does not converge".to_owned(),
    };
    let facts = vec![
        ("calibration error (ECE)".to_owned(), vec![text(format!("{} over {}", number(only.ece), counted(only.bins.len() as u64, "bin", "bins")))]),
        ("recalibration".to_owned(), vec![text(slope)]),
    ];
    Some(Block::Facts { facts })
}

fn residual_facts(report: &ValidateReport<'_>) -> Option<Block> {
    let residuals = report.closer.residuals.as_ref().filter(|r| r.n_rows >= LEAST_ROWS)?;
    let [q05, _, median, _, q95] = residuals.quantiles;
    let facts = vec![
        (
            "mean residual".to_owned(),
            vec![text(format!("{} (truth minus prediction, in the unit of {})", signed(residuals.mean), report.task.target))],
        ),
        ("median residual".to_owned(), vec![text(signed(median))]),
        ("nine of ten residuals lie in".to_owned(), vec![text(interval(q05, q95))]),
        ("standard deviation".to_owned(), vec![text(residuals.sd.map_or_else(|| "not computable: one row".to_owned(), number))]),
    ];
    Some(Block::Facts { facts })
}

fn importance(report: &ValidateReport<'_>, chosen: &Standing) -> Figure {
    let mut sorted: Vec<&Importance> = report.importance.iter().collect();
    sort::by(&mut sorted, |a, b| b.loss.value.unwrap_or(0.0).total_cmp(&a.loss.value.unwrap_or(0.0)));
    let bars: Vec<_> = sorted.iter().filter_map(|i| Some((i.column.clone(), i.loss.value?, i.loss.interval()))).collect();
    let sure = sorted.iter().filter(|i| i.loss.low.is_some_and(|low| low > 0.0)).count() as u64;
    let title = match (sorted.first(), sure) {
        (Some(first), 1..) => format!("{} leans most on {}; {} of {} columns clearly help", chosen.title, first.column, sure, sorted.len()),
        _ => "No single column clearly helps".to_owned(),
    };
    let (n, method) = sorted.first().map_or((0, String::new()), |i| (i.loss.n_rows, method_in_words(i.loss.method)));
    let caption = format!(
        "What {} loses when a column’s values are dealt to other rows, all features made of it together; {}; {method}. Columns that say the same share their importance.",
        metric_title(&report.board.metric),
        counted(n, "unseen row", "unseen rows")
    );
    figures::bar("importance", &title, &caption, &format!("loss of {}", metric_title(&report.board.metric)), &bars)
}
