//! Sentences of the model card that no section holds: about the data, the training, the limits.

use crate::augment::{Act, METHODS};
use crate::decide::error_pattern;
use crate::evaluate::{Adjustment, CloserLook, Importance};
use crate::explain::Weakest;
use crate::report::block::{Spans, column, text};
use crate::report::format::{count, counted, number};
use crate::report::sections::{SplitFacts, segment_in_words};
use crate::settings::{Chosen, Plan};
use crate::split::Strategy;
use crate::task::TaskKind;

/// What the task is called: "predicting `cnt`, a number".
#[must_use]
pub fn task_name(plan: &Plan) -> String {
    let what = match plan.task.kind {
        TaskKind::Regression => "a number".to_owned(),
        TaskKind::Binary => format!("whether it is \"{}\"", plan.task.classes.last().map_or("", String::as_str)),
        TaskKind::Multiclass => format!("one of {} classes", plan.task.n_classes()),
    };
    format!("Predicting {}, {what}", plan.task.target)
}

/// When the prediction is made.
#[must_use]
pub fn moment(plan: &Plan) -> String {
    match (&plan.task.time, plan.task.horizon) {
        (Some(time), 0) => format!("at the time given by {time}, for the same row"),
        (Some(time), steps) => format!("at the time given by {time}, {} ahead", counted(steps.into(), "step", "steps")),
        (None, _) => "not tied to a time column".to_owned(),
    }
}

/// How rows were dealt.
#[must_use]
pub fn split(facts: &SplitFacts) -> String {
    let how = match facts.strategy {
        Strategy::TimeOrdered if facts.window > 0 => "time-ordered, learning from a window of the past only",
        Strategy::TimeOrdered => "time-ordered, learning from the past only",
        Strategy::Grouped => "grouped by entity",
        Strategy::Stratified => "stratified by target",
        Strategy::Random | Strategy::Auto => "random",
    };
    let sealed = if facts.n_holdout == 0 { "none sealed".to_owned() } else { format!("{} sealed", counted(facts.n_holdout, "row", "rows")) };
    let folds = counted(facts.folds.into(), "fold", "folds");
    let folds = if facts.repeats > 1 { format!("{folds} dealt {} times", facts.repeats) } else { folds };
    format!("{how}, {folds}, {} judged, {sealed}", counted(facts.n_validated, "row", "rows"))
}

/// Learner and hyperparameters.
#[must_use]
pub fn model(title: &str, params: &[(String, String)]) -> String {
    let listed: Vec<String> = params.iter().map(|(name, value)| format!("{name} {value}")).collect();
    if listed.is_empty() { title.to_owned() } else { format!("{title} ({})", listed.join(", ")) }
}

/// About the data.
#[must_use]
pub fn about_data(n_rows: u64, n_columns: u64, dropped: u64, n_rejected: u64, lowest_score: Option<f64>) -> Vec<Spans> {
    let mut says = format!("{} and {}.", counted(n_rows, "row", "rows"), counted(n_columns, "column", "columns"));
    if dropped > 0 {
        says += &format!(" {} left out.", counted(dropped, "duplicate row was", "duplicate rows were"));
    }
    if n_rejected > 0 {
        says += &format!(" {} could not be read.", counted(n_rejected, "record", "records"));
    }
    if let Some(score) = lowest_score {
        says += &format!(" The lowest quality score is {} of 100.", crate::report::format::fixed(score, 0));
    }
    vec![vec![text(says)]]
}

/// What predictions and errors depend on: the columns that matter most, and where errors lean to one side.
#[must_use]
pub fn factors(importance: &[Importance], closer: Option<&CloserLook>, weakest: Option<&Weakest>) -> Vec<Spans> {
    let mut says = Vec::new();
    let mut named: Spans = Vec::new();
    for (at, one) in importance.iter().filter(|i| i.loss.value.is_some_and(|v| v > 0.0)).take(MOST_FACTORS).enumerate() {
        named.extend((at > 0).then(|| text(", ")));
        named.push(column(&one.column));
    }
    if !named.is_empty() {
        let mut first = vec![text("Predictions depend most on ")];
        first.extend(named);
        first.push(text("."));
        says.push(first);
    }
    let pattern = closer.map(error_pattern).unwrap_or_default();
    if let (Some(value), Some((low, high))) = (pattern.value, pattern.interval) {
        let surest = format!("{} (95 % interval {})", number(value), crate::report::format::interval(low, high));
        let classes = closer.is_some_and(|c| c.residuals.is_none());
        let unit = if classes { "between what was predicted and what happened" } else { "standard deviations of the residuals" };
        let lean = if low > 0.0 { "Errors lean to one side" } else { "No group of rows with like predictions is surely missed to one side" };
        says.push(vec![text(format!("{lean}: the surest systematic miss is {surest} {unit}."))]);
    }
    for segment in weakest.iter().flat_map(|w| &w.segments) {
        let mut words = vec![text("It errs more where ")];
        words.extend(segment_in_words(segment));
        words.push(text("."));
        says.push(words);
    }
    says
}

/// Most columns named as factors.
const MOST_FACTORS: usize = 5;

/// About training.
#[must_use]
pub fn training(augment: Option<&Chosen>, n_learners: usize, adjustment: &Adjustment) -> Vec<Spans> {
    let learned = "Preparation (missing values, labels, scales) was learned inside each fold from its training rows. No row was used both for learning and for judging.";
    let compared = format!("{} were compared on the same folds.", counted(n_learners as u64, "learner", "learners"));
    let added = match augment.and_then(|choice| METHODS.iter().find(|m| m.id == choice.id)) {
        Some(method) if matches!(method.act, Act::Thin(_)) => format!("Rows were left out of the training side only ({}).", method.title),
        Some(method) => format!("Synthetic rows ({}) were added on the training side only.", method.title),
        None => "No synthetic rows.".to_owned(),
    };
    let cut = adjustment
        .cut
        .map(|cut| format!("A row is flagged from a probability of {} on, a threshold learned from out-of-fold predictions.", number(cut)));
    let curve = (!adjustment.calibrators.is_empty()).then(|| "Probabilities are calibrated by what out-of-fold predictions taught.".to_owned());
    [learned.to_owned(), compared, added].into_iter().chain(curve).chain(cut).map(|words| vec![text(words)]).collect()
}

/// What the model cannot do.
#[must_use]
pub fn limits(n_judged: u64, opened: u32, left_out: &[String]) -> Vec<Spans> {
    let mut limits = vec![vec![text(format!(
        "Everything said here rests on {} of this file; other populations may differ.",
        counted(n_judged, "judged row", "judged rows")
    ))]];
    if opened > 1 {
        limits.push(vec![text(format!("The sealed rows were opened {} times, so their score is no longer untouched.", count(opened.into())))]);
    }
    if !left_out.is_empty() {
        let mut says = vec![text("Not learned from: ")];
        for (i, name) in left_out.iter().enumerate() {
            if i > 0 {
                says.push(text(", "));
            }
            says.push(column(name.clone()));
        }
        says.push(text("."));
        limits.push(says);
    }
    limits
}

/// A column left out by choice.
#[must_use]
pub fn removed_by_choice() -> Spans {
    vec![text("left out by choice")]
}
