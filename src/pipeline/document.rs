//! From outcome to report: which section is made from which results.

use super::outcome::Outcome;
use super::search::Searched;
use crate::bundle::hex;
use crate::error::{Error, Result};
use crate::evaluate::Leaderboard;
use crate::evaluate::label_errors::label_errors as find_label_errors;
use crate::features::HALF;
use crate::finding::{Checked, Finding};
use crate::model::learners;
use crate::prepare::Variant;
use crate::report::json::{AuditDocument, InputRecord, report_json};
use crate::report::sections::{
    AuditReport, AugmentReport, Calls, DecideReport, ExplainReport, PrepareReport, QualityReport, SearchReport, TargetSummary, TaskReport,
    TrainReport, ValidateReport, audit, augment, before_and_after, chosen_penalty, decide, delong, derived_columns, errors, explain, fairness,
    honesty, intervals, label_errors, learning, periods, permutation, power, prepare, quality, search, search_json, search_so_far, segments,
    segments_json, task, tell_reopened, too_good, train, validate, zeros,
};
use crate::report::{Report, Section, block, format, suppress, words};
use crate::segment;
use crate::settings::{Plan, Settings};
use crate::step::Step;
use crate::table::{Loaded, Table};
use crate::task::{Task, TaskKind};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// Everything a report is made of.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// Name of the training file.
    pub name: &'a str,
    /// What was read from it.
    pub loaded: &'a Loaded,
    /// The table as used.
    pub table: &'a Table,
    /// All choices.
    pub settings: &'a Settings,
    /// The plan, if a target is known.
    pub plan: Option<&'a Plan>,
    /// Results so far.
    pub outcome: &'a Outcome,
    /// Rows left out as duplicates.
    pub dropped: u64,
    /// Whether it is for a file that others see: findings then name no text that stands in few rows (`report::suppress`).
    pub shared: bool,
}

impl<'a> Input<'a> {
    fn plan(&self) -> Result<&'a Plan> {
        self.plan.ok_or_else(|| Error::not_yet("task", "Name a target"))
    }

    /// Findings as they may be shown.
    fn shown<'b>(&self, checked: &'b [Checked]) -> Cow<'b, [Checked]> {
        if self.shared { Cow::Owned(suppress::checked(checked, self.table)) } else { Cow::Borrowed(checked) }
    }

    /// The section of a step, once there is something to show.
    #[must_use]
    pub fn section(&self, step: Step) -> Option<Section> {
        let o = self.outcome;
        let task_of = self.plan.map(|p| &p.task);
        match step {
            Step::Open | Step::Registry => None,
            Step::Task => self.task_section(),
            Step::Quality => o.quality.as_ref().map(|checked| {
                let (n_rows, n_columns) = (self.table.n_rows() as u64, self.table.columns().len() as u64);
                let target = task_of.map(|t| t.target.as_str());
                let checked = &self.shown(checked);
                let looked_at = |name: &&str| task_of.is_none_or(|t| t.ignored.iter().all(|i| i != name));
                let names: Vec<&str> = self.table.names().into_iter().filter(looked_at).collect();
                let mut section = quality(&QualityReport {
                    checked,
                    scores: &o.scores,
                    n_rows,
                    n_columns,
                    names: &names,
                    target,
                    accepted: &o.accepted,
                    weights: &self.settings.weights,
                });
                tell_reopened(&mut section.blocks, &o.reopened);
                section
            }),
            Step::Audit => {
                let (task, checked) = task_of.zip(o.audit.as_deref())?;
                let checked = self.shown(checked);
                let mut section = audit(&AuditReport { task, checked: &checked, accepted: &o.accepted });
                if let Some(block) = before_and_after(&self.settings.repairs, &checked, task) {
                    let at = 1.min(section.blocks.len());
                    section.blocks.splice(at..at, [block::Block::Heading { text: "Before and after".to_owned() }, block]);
                }
                tell_reopened(&mut section.blocks, &o.reopened);
                section.blocks.extend(o.splits.iter().flat_map(|matrix| honesty(matrix, &checked)));
                section.blocks.extend(o.power.iter().flat_map(power));
                Some(section)
            }
            Step::Prepare => self.prepare_section(),
            Step::Augment => {
                let worth = o.worth.as_ref().and_then(|w| w.as_ref().ok()).map(|w| [&w.with, &w.without, &w.gain]);
                self.plan.filter(|_| o.recipe.is_some()).map(|_| augment(&AugmentReport { fidelity: o.fidelity.as_ref(), worth }))
            }
            Step::Train => {
                let searches = self.searches();
                let Some((task, board)) = task_of.zip(o.board.as_ref()) else { return search_so_far(&searches) };
                let mut section = train(&TrainReport { task, board, split: o.split.as_ref()? });
                section.blocks.extend(searches.iter().flat_map(search));
                Some(section)
            }
            Step::Validate => self.validate_section(),
            Step::Decide => {
                let (plan, decision) = self.plan.zip(o.decision.as_ref())?;
                let learner = o.board.as_ref().and_then(|b| b.chosen()).map(|s| s.title.as_str());
                let checked: Vec<Cow<'_, [Checked]>> = [&o.audit, &o.quality].into_iter().flatten().map(|c| self.shown(c)).collect();
                let found: Vec<&Finding> = checked.iter().flat_map(|c| c.iter()).flat_map(|c| &c.findings).collect();
                Some(decide(&DecideReport { task: &plan.task, decision, metric: &plan.metric, found: &found, learner }))
            }
            Step::Report => o.decision.as_ref().map(|_| self.report_section()),
        }
    }

    /// Why the model says what it says, as it may be shown.
    fn explanation(&self, task: &Task) -> Vec<block::Block> {
        let Some((learner, explained)) = self.outcome.board.as_ref().and_then(|b| b.chosen()).zip(self.outcome.explained.as_ref()) else {
            return Vec::new();
        };
        let found = explained.as_ref().map(|found| if self.shared { suppress::explained(found) } else { Some(found.as_ref().clone()) });
        let explained = match &found {
            Ok(None) => return Vec::new(),
            Ok(Some(found)) => Ok(found),
            Err(error) => Err(*error),
        };
        explain(&ExplainReport { task, learner: &learner.title, explained, table: (!self.shared).then_some(self.table) })
    }

    fn validate_section(&self) -> Option<Section> {
        let o = self.outcome;
        let (task, board) = self.plan.map(|p| &p.task).zip(o.board.as_ref())?;
        let closer = o.closer.as_ref()?;
        let mut section = validate(&ValidateReport {
            task,
            board,
            split: o.split.as_ref()?,
            holdout: o.holdout.as_ref(),
            closer,
            importance: &o.importance,
            calls: self.calls()?,
        });
        section.blocks.extend(o.penalty().map(chosen_penalty));
        section.blocks.extend(o.zeros.iter().flat_map(|found| zeros(found, board)));
        self.validation(task, board, &mut section.blocks);
        section.blocks.extend(self.label_errors(task));
        section.blocks.extend(self.explanation(task));
        Some(section)
    }

    /// What was measured beside scores.
    fn validation(&self, task: &Task, board: &Leaderboard, blocks: &mut Vec<block::Block>) {
        let o = self.outcome;
        if let Some(best) = board.chosen().and_then(|s| s.estimates.first()).filter(|_| o.is_too_good()) {
            blocks.insert(0, too_good(best));
        }
        blocks.extend(o.permuted.iter().flat_map(|p| permutation(p.as_ref())));
        let title = board.chosen().map_or("", |s| s.title.as_str());
        blocks.extend(o.curve.iter().flat_map(|c| learning(c.as_ref(), title)));
        let Some(found) = o.analysed() else {
            let why = o.analysis.as_ref().and_then(|a| a.as_ref().err()).map(|e| vec![block::text(e.to_string())]);
            blocks.extend(why.map(|text| block::Block::Paragraph { text }));
            return;
        };
        let rival = found.ranked.as_ref().and_then(|r| board.standing(r.rival?.0));
        blocks.extend(found.ranked.as_ref().map(|r| delong(r, rival.map(|s| s.title.as_str()))));
        let dated = task.time.as_ref().and_then(|name| self.table.column(name).ok()).is_some_and(|c| c.millis().is_some());
        blocks.extend(periods(&found.periods, dated, &board.metric));
        blocks.extend(found.conformal.iter().flat_map(|c| intervals(c, task)));
        blocks.extend(errors(&found.errors, found.weakest.as_ref(), task));
        blocks.extend(fairness(&found.fairness, task, &board.metric));
    }

    /// Labels that are likely wrong, by the chosen learner's validation rows.
    fn label_errors(&self, task: &Task) -> Option<block::Block> {
        let truth = task.encode(self.table).ok().filter(|_| task.kind.is_classification())?;
        let found = find_label_errors(&self.outcome.first_folds(self.plan?), &truth.values)?;
        Some(label_errors(&found, &task.classes, self.shared))
    }

    /// What preparation gave, step by step.
    fn prepare_section(&self) -> Option<Section> {
        let (recipe, split) = self.outcome.recipe.as_ref().zip(self.outcome.split.as_ref())?;
        let as_they_are = self.plan.map(given_as_they_are).unwrap_or_default();
        let table = (!self.shared).then_some(self.table);
        let mut section = prepare(&PrepareReport { recipe, n_rows: split.n_development, as_they_are, table });
        section.blocks.extend(self.segments().map_or_else(Vec::new, |(task, all)| segments(task, all)));
        Some(section)
    }

    /// The segments, where they are wanted and known.
    fn segments(&self) -> Option<(&'a Task, &'a [segment::Found])> {
        let plan = self.plan.filter(|plan| plan.segments)?;
        Some((&plan.task, self.outcome.segments.as_deref()?))
    }

    /// How the chosen learner's probabilities are turned into calls.
    fn calls(&self) -> Option<Calls<'a>> {
        let plan = self.plan?;
        let in_folds = self.outcome.chosen_folds().iter().map(|f| f.predictions.cuts.first().map_or(HALF, |run| run.1)).collect();
        Some(Calls { params: &plan.adjust, guessed: plan.guessed.adjust, last: self.outcome.adjustment(), in_folds })
    }

    /// The searches, with what became of their winners.
    fn searches(&self) -> Vec<SearchReport<'a>> {
        let chosen = self.plan.map(Plan::as_chosen).unwrap_or_default();
        let one = |s: &'a Searched| {
            let entry = learners::find(&chosen.get(s.learner)?.id)?;
            Some(SearchReport { title: entry.title, specs: entry.params, search: &s.search, nested: s.nested.as_deref(), gain: s.gain.as_ref() })
        };
        self.outcome.searched.iter().filter_map(one).collect()
    }

    fn task_section(&self) -> Option<Section> {
        let plan = self.plan?;
        let target = plan.task.encode(self.table).ok()?;
        let present: Vec<f64> = target.values.iter().copied().filter(|v| !v.is_nan()).collect();
        let n_missing = (target.values.len() - present.len()) as u64;
        let summary = if plan.task.kind == TaskKind::Regression {
            let ascending = crate::math::rank::sorted(&present);
            let quantile = |p| crate::math::rank::quantile(&ascending, p);
            let three = [quantile(0.05), quantile(0.5), quantile(0.95)];
            TargetSummary::Numbers((!present.is_empty()).then(|| (crate::math::sum::mean(&present), three)))
        } else {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "class indices are small whole numbers")]
            let of_class = |k: usize| present.iter().filter(|v| **v as usize == k).count() as u64;
            TargetSummary::Classes((0..plan.task.n_classes()).map(of_class).collect())
        };
        let guesses =
            [("target", plan.guessed.target), ("time", plan.guessed.time), ("split", plan.strategy_guessed), ("metric", plan.guessed.metric)];
        let guessed: Vec<&str> = guesses.iter().filter(|(_, is)| *is).map(|(name, _)| *name).collect();
        let n_rows = self.table.n_rows() as u64;
        let mut section =
            task(&TaskReport { task: &plan.task, n_rows, n_missing, target: &summary, split: self.outcome.split.as_ref(), guessed: &guessed });
        section.blocks.extend(derived_columns(&self.settings.derivations(Some(&plan.task.target))));
        Some(section)
    }

    /// The section that says what the report holds and how to make it again.
    fn report_section(&self) -> Section {
        let facts = provenance(self).into_iter().map(|(term, value)| (term, vec![block::Span::Code(value)])).collect();
        let how = "The same file, settings, seed and version give the same report, byte for byte, in the browser and on the command line.";
        Section {
            id: Step::Report.id().to_owned(),
            title: Step::Report.title().to_owned(),
            eyebrow: "one file without script, to send, print or keep".to_owned(),
            statement: vec![block::text("The report is ready: every number with its method, every check with its state.")],
            lead: vec![block::text(how)],
            blocks: vec![block::Block::Facts { facts }],
        }
    }
}

/// Learners that the usual recipe gives missing cells, and those that it gives codes; none where a recipe was chosen or rows are made between rows.
fn given_as_they_are(plan: &Plan) -> [Vec<&'static str>; 2] {
    let usual = plan.recipe.is_none() && plan.augment.is_none();
    let mut entries: Vec<_> = plan.learners.iter().filter_map(|c| learners::find(&c.id)).filter(|l| usual && !l.baseline).collect();
    entries.dedup_by_key(|l| l.id);
    let titles = |takes: fn(Variant) -> bool| entries.iter().filter(|l| takes(Variant::of(l))).map(|l| l.title).collect();
    [titles(|v| v.gaps), titles(|v| v.codes)]
}

/// File, settings, seed and version: what makes the report.
pub(super) fn provenance(input: &Input<'_>) -> Vec<(String, String)> {
    let settings = hex(&Sha256::digest(input.settings.to_json().as_bytes()));
    let mut facts = vec![
        ("File".to_owned(), input.name.to_owned()),
        ("Size".to_owned(), format::bytes(input.loaded.facts.bytes)),
        ("SHA-256 of the file".to_owned(), input.loaded.facts.sha256.clone()),
        ("Rows and columns".to_owned(), format!("{} × {}", format::count(input.loaded.table.n_rows() as u64), input.loaded.table.columns().len())),
    ];
    if input.dropped > 0 {
        facts.push(("Duplicate rows left out".to_owned(), format::count(input.dropped)));
    }
    facts.push(("SHA-256 of the settings".to_owned(), settings));
    facts.push(("Seed".to_owned(), input.settings.seed.to_string()));
    facts.push(("Watertight".to_owned(), env!("CARGO_PKG_VERSION").to_owned()));
    facts
}

/// The whole report.
#[must_use]
pub fn report(input: &Input<'_>) -> Report {
    let input = &Input { shared: true, ..*input };
    let order = [Step::Decide, Step::Audit, Step::Validate, Step::Train, Step::Task, Step::Quality, Step::Prepare, Step::Augment];
    let target = input.plan.map_or("", |p| p.task.target.as_str());
    Report {
        title: if target.is_empty() { input.name.to_owned() } else { format!("{}: predicting {target}", input.name) },
        provenance: provenance(input),
        sections: order.into_iter().filter_map(|step| input.section(step)).collect(),
    }
}

/// The audit as a document.
///
/// # Errors
/// No target is known, or the audit has not run.
pub fn audit_document(input: &Input<'_>) -> Result<AuditDocument> {
    let checked = input.outcome.audit.as_deref().ok_or_else(|| Error::not_yet("audit", "Run the audit"))?;
    let checked = &suppress::counted(checked, input.table);
    let record = InputRecord {
        name: input.name.to_owned(),
        sha256: input.loaded.facts.sha256.clone(),
        n_rows: input.loaded.table.n_rows() as u64,
        n_columns: input.loaded.table.columns().len() as u64,
    };
    let target = Some(input.plan()?.task.target.as_str());
    let formula = |finding: &Finding| words::finding_block(finding, target, None).formula.map(|spans| block::plain(&spans));
    let document = AuditDocument::new(record, &input.plan()?.task, checked, formula);
    Ok(AuditDocument { splits: input.outcome.splits.clone(), power: input.outcome.power.clone(), ..document })
}

/// What was measured beside scores, as numbers.
fn insert_validation(o: &Outcome, results: &mut serde_json::Value) {
    let Some(all) = results.as_object_mut() else { return };
    if let Some(analysis) = o.analysed() {
        all.insert("validation".to_owned(), serde_json::json!(analysis));
    }
    if let Some(Ok(permuted)) = &o.permuted {
        all.insert("permutation_test".to_owned(), serde_json::json!(permuted));
    }
    if let Some(Ok(curve)) = &o.curve {
        all.insert("learning_curve".to_owned(), serde_json::json!(curve));
    }
}

/// The whole report as JSON: provenance, audit, results as numbers, sections.
///
/// # Errors
/// Something has not been computed yet.
pub fn report_document(input: &Input<'_>) -> Result<String> {
    let o = input.outcome;
    let mut results = serde_json::json!({
        "quality": o.quality.as_deref().map(|checked| suppress::counted(checked, input.table)),
        "scores": o.scores,
        "split": o.split,
        "chosen": o.board.as_ref().and_then(|b| b.chosen()),
        "leaderboard": o.board,
        "holdout": o.holdout,
        "importance": o.importance,
        "explained": o.explained.as_ref().and_then(|e| e.as_ref().ok()).and_then(|e| suppress::explained(e)),
        "decision": o.decision,
        "fidelity": o.fidelity,
    });
    if let (Some(adjustment), Some(all)) = (o.adjustment(), results.as_object_mut()) {
        all.insert("adjustment".to_owned(), serde_json::json!({ "learned": adjustment, "chosen": input.plan()?.adjust }));
    }
    if let (Some(penalty), Some(all)) = (o.penalty(), results.as_object_mut()) {
        all.insert("penalty".to_owned(), serde_json::json!(penalty));
    }
    if let (Some(Ok(worth)), Some(all)) = (&o.worth, results.as_object_mut()) {
        all.insert("augmentation".to_owned(), serde_json::json!(worth));
    }
    if let (Some(found), Some(all)) = (&o.zeros, results.as_object_mut()) {
        all.insert("zeros".to_owned(), serde_json::json!(found));
    }
    if let (Some((_, found)), Some(all)) = (input.segments(), results.as_object_mut()) {
        all.insert("segments".to_owned(), segments_json(found));
    }
    insert_validation(o, &mut results);
    let searches = input.searches();
    if let (false, Some(all)) = (searches.is_empty(), results.as_object_mut()) {
        all.insert("search".to_owned(), search_json(&searches));
    }
    report_json(&report(input), &audit_document(input)?, &results)
}
