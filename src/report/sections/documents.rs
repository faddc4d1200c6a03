//! Documents made from facts: deployment guide, certification sheet, and a summary of one page.
//!
//! What a program cannot know (owner, approval, the cost of a mistake) is told as open, never filled in.

use super::shared::{estimate_cell, heads, in_words, metric_title, words};
use crate::bundle::Bundle;
use crate::decide::{Decision, GateState, Quantity, Verdict};
use crate::evaluate::{Direction, Estimate, metric};
use crate::features::HALF;
use crate::registry::CERTIFYING;
use crate::report::block::{Block, Cell, Mark, Report, Section, Span, Spans, TableBlock, column, strong, text};
use crate::report::format::{count, counted, number, percent};
use crate::report::words::gates::{conditions, title_of};

/// Population stability above which a column has drifted somewhat, and so far that the model is not to be asked (Siddiqi 2006).
const DRIFT: (f64, f64) = (0.1, 0.25);
/// How many points more missing cells than in training are an alarm.
const MORE_MISSING: f64 = 0.05;
/// Most columns named in the summary.
const MOST_NAMED: usize = 3;

/// A column that must be given, as it was in training.
pub struct InputColumn {
    /// Its name.
    pub name: String,
    /// Kind, with the format of dates.
    pub kind: String,
    /// Where the middle 90 % of its numbers lie, or how many levels it has; empty: not told.
    pub usual: String,
    /// Share of missing cells, 0 to 1.
    pub missing: f64,
}

/// What documents are made of.
pub struct DocumentFacts<'a> {
    /// The model.
    pub bundle: &'a Bundle,
    /// SHA-256 of its content.
    pub bundle_sha256: &'a str,
    /// The decision.
    pub decision: &'a Decision,
    /// The section of the step "Decide", as the report has it.
    pub decided: &'a Section,
    /// Main metric.
    pub metric: &'a str,
    /// Name of the learner.
    pub learner: &'a str,
    /// Paired gain over the best baseline.
    pub gain: Option<&'a Estimate>,
    /// Columns that must be given.
    pub inputs: &'a [InputColumn],
    /// The most important columns, the first one first.
    pub important: &'a [String],
    /// File, settings, seed and version, as in the report.
    pub provenance: &'a [(String, String)],
}

fn code(words: impl Into<String>) -> Span {
    Span::Code(words.into())
}

fn section(id: &str, title: &str, statement: impl Into<String>, blocks: Vec<Block>) -> Section {
    Section { id: id.into(), title: title.into(), eyebrow: String::new(), statement: vec![text(statement)], lead: Vec::new(), blocks }
}

fn report(facts: &DocumentFacts<'_>, title: &str, sections: Vec<Section>) -> Report {
    Report { title: format!("{title}: predicting {}", facts.bundle.task.target), provenance: facts.provenance.to_vec(), sections }
}

fn verdict_block(facts: &DocumentFacts<'_>) -> Block {
    Block::Verdict { outcome: facts.decision.verdict.into(), says: vec![facts.decided.statement.clone()] }
}

fn gates_block(facts: &DocumentFacts<'_>) -> Option<Block> {
    facts.decided.blocks.iter().find(|b| matches!(b, Block::Gates { .. })).cloned()
}

/// How to run the model, what it must be given, when to call, what to watch, and how to go back.
#[must_use]
pub fn deployment_guide(facts: &DocumentFacts<'_>) -> Report {
    report(facts, "Deployment guide", vec![environment(facts), inputs(facts), thresholds(facts), monitoring(facts), rollback(), checklist(facts)])
}

fn environment(facts: &DocumentFacts<'_>) -> Section {
    let fact = |term: &str, value: Spans| (term.to_owned(), value);
    let mut all = vec![
        fact("Model", vec![text(facts.learner)]),
        fact("File", vec![code("bundle.json"), text(format!(", format {}", crate::bundle::BUNDLE_FORMAT))]),
        fact("SHA-256 of its content", vec![code(facts.bundle_sha256)]),
        fact("Program", vec![text(format!("Watertight {} or later, in a browser or on the command line", facts.bundle.origin.watertight))]),
        fact("Network", vec![text("none is needed, and none is used")]),
        fact("To predict", vec![code("watertight predict bundle.json NEW.csv --out predictions.csv")]),
    ];
    if facts.bundle.origin.holds_training_rows {
        all.push(fact("Privacy", vec![strong("The file holds rows it learned from. "), text("Keep it where the data may be kept.")]));
    }
    section(
        "environment",
        "Environment",
        "One file holds schema, recipe and model; the same input gives the same output on every machine.",
        vec![Block::Facts { facts: all }],
    )
}

fn inputs(facts: &DocumentFacts<'_>) -> Section {
    let row = |c: &InputColumn| {
        let missing = Cell::Number { text: percent(c.missing), value: Some(c.missing), fine: None };
        vec![Cell::Column { name: c.name.clone() }, words(&c.kind), words(&c.usual), missing]
    };
    let table = TableBlock {
        caption: "Columns that must be given, as they were in training".into(),
        head: heads(&["column", "kind", "usual values", "#missing in training"]),
        rows: facts.inputs.iter().map(row).collect(),
        rule_after: 0,
    };
    let task = &facts.bundle.task;
    let mut rules: Vec<Spans> = vec![
        vec![text("A file without one of these columns is refused. More columns are passed through.")],
        vec![text("Missing cells are filled as the recipe has learned; a label that was not seen in training is treated as an unknown one.")],
    ];
    if let Some(time) = task.time.as_ref().filter(|_| task.horizon > 0) {
        let ahead = counted(task.horizon.into(), "step", "steps");
        rules.push(vec![text(format!("Give only what is known {ahead} before the target, by ")), column(time), text(".")]);
    }
    if !facts.bundle.origin.settings.derived.is_empty() || facts.bundle.recipe.uses_past() {
        rules.push(vec![strong("Give the history: "), text("some columns are computed from earlier rows, which must be in the file.")]);
    }
    let statement = counted(facts.inputs.len() as u64, "column must be given.", "columns must be given.");
    section("inputs", "Inputs", statement, vec![Block::Table { table }, Block::List { items: rules, numbered: false }])
}

fn thresholds(facts: &DocumentFacts<'_>) -> Section {
    let task = &facts.bundle.task;
    let mut blocks = vec![verdict_block(facts)];
    let statement = if task.n_classes() == 2 {
        let threshold = facts.bundle.adjustment.cut.unwrap_or(HALF);
        let class = task.classes.last().map_or("", String::as_str);
        format!("A row is called \"{class}\" from a probability of {} on.", number(threshold))
    } else if task.kind.is_classification() {
        "A row is called what is most probable.".to_owned()
    } else {
        "The prediction is a number in the unit of the target; whoever acts on it sets the limit.".to_owned()
    };
    blocks.push(Block::Paragraph { text: vec![text("What the model had to reach, and reached:")] });
    blocks.extend(gates_block(facts));
    section("thresholds", "Thresholds", statement, blocks)
}

/// What the main metric may come to before it is an alarm: the worse end of its interval.
fn alarm(facts: &DocumentFacts<'_>) -> Option<String> {
    let e = facts.bundle.evaluation.cross_validated.iter().find(|e| e.metric == facts.metric)?;
    let lower = metric(facts.metric).is_ok_and(|m| m.direction == Direction::Lower);
    let (low, high) = e.interval()?;
    let (word, end) = if lower { ("above", high) } else { ("below", low) };
    Some(format!("{word} {}, the worse end of the interval it was judged by", super::shared::value_of(facts.metric, end)))
}

/// What to watch, how, and what is an alarm: one row each.
fn watched(facts: &DocumentFacts<'_>) -> Vec<[String; 4]> {
    let row = |what: &str, how: String, limit: String, when: &str| [what.to_owned(), how, limit, when.to_owned()];
    let named = if facts.important.is_empty() { "every column".to_owned() } else { facts.important.join(", ") };
    let worst = facts.inputs.iter().map(|c| c.missing).fold(0.0, f64::max);
    let mut all = vec![
        row("Schema", "names and kinds of the columns".into(), "any difference".into(), "every file"),
        row(
            "Missing cells",
            "share by column".into(),
            format!("{} points more than in training (there at most {})", number(100.0 * MORE_MISSING), percent(worst)),
            "every file",
        ),
        row(
            "Drift of the inputs",
            format!("population stability index, first of all of {named}"),
            format!("above {} look, above {} stop", number(DRIFT.0), number(DRIFT.1)),
            "every batch",
        ),
        row(
            "Predictions",
            "their distribution against the training rows’".into(),
            format!("population stability index above {}", number(DRIFT.0)),
            "every batch",
        ),
        row(
            metric_title(facts.metric),
            "on rows whose truth has become known".into(),
            alarm(facts).unwrap_or_else(|| "worse than the best baseline".into()),
            "as soon as 100 truths are known",
        ),
    ];
    let undecided = facts.decision.gates.iter().filter(|g| g.state == GateState::Undecided);
    all.extend(
        undecided
            .map(|g| row(&title_of(&g.gate.quantity), "undecided when it went live: judge it again".into(), "the gate fails".into(), "every batch")),
    );
    all
}

fn monitoring(facts: &DocumentFacts<'_>) -> Section {
    let table = TableBlock {
        caption: "What to watch".into(),
        head: heads(&["what", "how", "alarm", "when"]),
        rows: watched(facts).into_iter().map(|row| row.map(words).to_vec()).collect(),
        rule_after: 0,
    };
    let mut blocks = vec![Block::Table { table }];
    if facts.decision.verdict == Verdict::Caution {
        blocks.push(Block::Heading { text: "Conditions of use".into() });
        blocks.push(Block::List { items: conditions(facts.decision), numbered: true });
    }
    section("monitoring", "Monitoring", "A score holds for rows like those it was judged on; these say when they no longer are.", blocks)
}

fn rollback() -> Section {
    let items: Vec<Spans> = vec![
        vec![text("Keep the version before this one; in the registry it stands as the parent.")],
        vec![text("Go back when an alarm above stands after a second look, or when a file cannot be read.")],
        vec![text("Take the parent out again: "), code("watertight registry export DIR \"NAME VERSION\" --as bundle --out bundle.json"), text(".")],
        vec![text("Predict the last batch again with it, and tell those who acted on it which rows changed.")],
        vec![text("Without a parent: use the best baseline, which every report names, or no prediction at all.")],
    ];
    section("rollback", "Rollback", "Going back is exchanging one file.", vec![Block::List { items, numbered: true }])
}

fn checklist(facts: &DocumentFacts<'_>) -> Section {
    let evaluation = &facts.bundle.evaluation;
    let done = |is: bool, words: String| (if is { Mark::Safe } else { Mark::Blocker }, if is { "done" } else { "not done" }, words);
    let open = |words: &str| (Mark::Ask, "open", words.to_owned());
    let opened = evaluation.holdout_opened;
    let items = [
        done(evaluation.open_blockers.is_empty(), "no blocker of the audit is open".into()),
        done(facts.decision.verdict != Verdict::NoGo, "the verdict is not no-go".into()),
        done(facts.decision.verdict == Verdict::Go, "every gate passes".into()),
        done(opened > 0, format!("judged on sealed rows, which were opened {}", counted(opened.into(), "time", "times"))),
        done(opened <= 1, "the sealed rows were opened once at most".into()),
        open("the owner is named, and who is told when it fails"),
        open("the cost of a wrong prediction is known and accepted"),
        open("the parent version is at hand to go back to"),
        open("those about whom it decides can ask why, and object"),
    ];
    let row = |(mark, word, what): &(Mark, &str, String)| vec![words(what), Cell::Mark { mark: *mark, text: (*word).to_owned() }];
    let n_open = items.iter().filter(|i| i.0 != Mark::Safe).count();
    let table =
        TableBlock { caption: "Before it goes live".into(), head: heads(&["what", "state"]), rows: items.iter().map(row).collect(), rule_after: 0 };
    section("checklist", "Checklist", format!("{} to do.", counted(n_open as u64, "thing is left", "things are left")), vec![Block::Table { table }])
}

/// What is certified, by which measurements, and what is not.
#[must_use]
pub fn certification_sheet(facts: &DocumentFacts<'_>) -> Report {
    let green = facts.decision.is_green();
    let runs = facts.decision.gates.iter().find_map(|g| if let Quantity::GreenRuns { .. } = g.gate.quantity { g.value } else { None });
    let certified = runs.is_some_and(|n| n >= f64::from(CERTIFYING));
    let statement = match (certified, green, runs) {
        (true, _, Some(n)) => format!("Certified: {} green runs in a row.", number(n)),
        (_, true, Some(n)) => format!("This run is green, {} of {} in a row; not certified yet.", number(n), count(CERTIFYING.into())),
        (_, true, None) => "This run is green. Green runs in a row are counted by the registry.".to_owned(),
        _ => "Not certified: this run is not green.".to_owned(),
    };
    let evaluation = &facts.bundle.evaluation;
    let row = |e: &Estimate| {
        let sealed = evaluation.holdout.iter().find(|s| s.metric == e.metric);
        vec![words(metric_title(&e.metric)), estimate_cell(Some(e)), estimate_cell(sealed), words(count(e.n_rows))]
    };
    let table = TableBlock {
        caption: "Measured, with 95 % intervals".into(),
        head: heads(&["metric", "#cross-validated", "#sealed rows", "#rows"]),
        rows: evaluation.cross_validated.iter().map(row).collect(),
        rule_after: 0,
    };
    let mut blocks = vec![verdict_block(facts), Block::Table { table }];
    blocks.extend(gates_block(facts));
    let limits = vec![
        vec![text("The measurements hold for rows like those of the file named below, and for no others.")],
        vec![text("A fingerprint shows damage or exchange, not who made it.")],
        vec![strong("Approved by: "), text("open, to be signed by the owner.")],
    ];
    blocks.push(Block::List { items: limits, numbered: false });
    let facts_of = vec![
        ("Model".to_owned(), vec![text(facts.learner)]),
        ("SHA-256 of the bundle’s content".to_owned(), vec![code(facts.bundle_sha256)]),
        ("SHA-256 of the data".to_owned(), vec![code(facts.bundle.origin.sha256.clone())]),
    ];
    blocks.push(Block::Facts { facts: facts_of });
    report(facts, "Certification sheet", vec![section("certification", "Certification", statement, blocks)])
}

/// One page for those who decide: may it be used, how good is it, what may go wrong, what comes next.
#[must_use]
pub fn summary(facts: &DocumentFacts<'_>) -> Report {
    let evaluation = &facts.bundle.evaluation;
    let find = |all: &[Estimate]| all.iter().find(|e| e.metric == facts.metric).map(in_words);
    let mut answers = vec![(
        "What it does".to_owned(),
        vec![
            text("predicts "),
            column(&facts.bundle.task.target),
            text(format!(" from {}", counted(facts.inputs.len() as u64, "column", "columns"))),
        ],
    )];
    if let Some(told) = find(&evaluation.cross_validated) {
        answers.push(("How good it is".to_owned(), vec![text(format!("{} {told}", metric_title(facts.metric)))]));
    }
    if let Some(told) = find(&evaluation.holdout) {
        answers.push(("On rows it never saw".to_owned(), vec![text(format!("{} {told}", metric_title(facts.metric)))]));
    }
    if let Some(gain) = facts.gain {
        let clear = gain.low.is_some_and(|low| low > 0.0);
        let words = if clear { "better than the best simple rule" } else { "not clearly better than the best simple rule" };
        answers.push(("Against no model at all".to_owned(), vec![text(words)]));
    }
    if !facts.important.is_empty() {
        let named = facts.important.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
        answers.push(("What it rests on most".to_owned(), vec![text(named)]));
    }
    answers.push((
        "What it learned from".to_owned(),
        vec![text(format!("{}, {}", facts.bundle.origin.file, counted(facts.bundle.origin.n_rows, "row", "rows")))],
    ));
    let next = match facts.decision.verdict {
        Verdict::Go => vec![vec![text("Put it in use by the deployment guide, and watch what it names.")]],
        Verdict::Caution => conditions(facts.decision),
        Verdict::NoGo => {
            let failing = facts.decision.gates.iter().filter(|g| g.state == GateState::Fail).map(|g| title_of(&g.gate.quantity)).collect::<Vec<_>>();
            let what = if failing.is_empty() { "the blockers of the audit".to_owned() } else { failing.join(", ") };
            vec![vec![text(format!("Do not use it. Work on: {what}."))]]
        }
    };
    let blocks = vec![
        verdict_block(facts),
        Block::Facts { facts: answers },
        Block::Heading { text: "What comes next".into() },
        Block::List { items: next, numbered: true },
    ];
    let statement = match facts.decision.verdict {
        Verdict::Go => "It may go live.",
        Verdict::Caution => "It may be used with care.",
        Verdict::NoGo => "It may not be used.",
    };
    report(facts, "Summary", vec![section("summary", "Summary", statement, blocks)])
}

/// What to watch once the model is in use, a sentence each, for the model card.
#[must_use]
pub fn monitoring_needs(facts: &DocumentFacts<'_>) -> Vec<Spans> {
    watched(facts)
        .into_iter()
        .map(|[what, how, limit, when]| vec![strong(format!("{what}: ")), text(format!("{how}; alarm: {limit}; {when}."))])
        .collect()
}
