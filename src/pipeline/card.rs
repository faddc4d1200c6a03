//! The model card, filled from the outcome. Its sentences stand in `report::words::card`, its tables in the sections.

use super::document::Input;
use super::documents::with_facts;
use crate::bundle::{Bundle, hex};
use crate::error::{Error, Result};
use crate::evaluate::{Estimate, metric};
use crate::finding::{Certainty, Finding};
use crate::report::block::{Block, Outcome as Verdict, Section, Spans, TableBlock};
use crate::report::format::number;
use crate::report::json::InputRecord;
use crate::report::model_card::{CardMetric, ModelCard, RemovedColumn, model_card as write};
use crate::report::sections::monitoring_needs;
use crate::report::suppress;
use crate::report::words::{card as words, finding_block};
use crate::settings::Plan;
use crate::step::Step;
use sha2::{Digest, Sha256};

/// The model card as Markdown.
///
/// # Errors
/// Nothing was validated yet.
pub fn model_card(input: &Input<'_>, bundle: &Bundle) -> Result<String> {
    let input = &Input { shared: true, ..*input };
    let missing = || Error::not_yet("model", "Run everything up to the decision");
    let (plan, outcome) = (input.plan.ok_or_else(missing)?, input.outcome);
    let fitted = outcome.fitted.as_ref().ok_or_else(missing)?;
    let split = outcome.split.as_ref().ok_or_else(missing)?;
    let standing = outcome.board.as_ref().and_then(|b| b.standing(outcome.chosen()? as usize)).ok_or_else(missing)?;
    let section = |step| input.section(step);
    let facts = &input.loaded.facts;
    let lowest = outcome.scores.iter().filter_map(|s| s.score).min_by(f64::total_cmp);
    let left_out: Vec<String> = fitted.recipe.left_out().iter().map(|l| l.column.clone()).collect();
    let (n_rows, n_columns) = (input.loaded.table.n_rows() as u64, input.loaded.table.columns().len() as u64);
    let penalty = outcome.penalty().map(|penalty| ("alpha".to_owned(), format!("{} chosen in training", number(penalty))));
    let params: Vec<(String, String)> = standing.params.iter().cloned().chain(penalty).collect();
    let card = ModelCard {
        name: format!("{}-{}", input.name.split('.').next().unwrap_or("model"), standing.learner.replace('_', "-")),
        version: "0.1.0".to_owned(),
        verdict: section(Step::Decide).and_then(verdict),
        input: InputRecord { name: input.name.to_owned(), sha256: facts.sha256.clone(), n_rows, n_columns },
        target: plan.task.target.clone(),
        kind: plan.task.kind,
        task_name: words::task_name(plan),
        prediction_moment: words::moment(plan),
        model: words::model(&standing.title, &params),
        split: words::split(split),
        metrics: metrics(&standing.estimates),
        holdout: outcome.holdout.as_ref().map_or_else(Vec::new, |h| metrics(&h.estimates)),
        about_data: words::about_data(n_rows, n_columns, input.dropped, facts.n_rejected, lowest),
        columns: fitted.recipe.columns().into_iter().map(str::to_owned).collect(),
        removed: removed(plan),
        training: words::training(plan.augment.as_ref(), plan.learners.len(), &fitted.adjustment),
        comparison: section(Step::Train).and_then(first_table),
        evaluation: section(Step::Validate).map_or_else(Vec::new, |s| [s.statement, s.lead].into_iter().filter(|t| !t.is_empty()).collect()),
        gates: section(Step::Decide).map_or_else(Vec::new, |s| s.blocks.into_iter().find_map(gates).unwrap_or_default()),
        limits: words::limits(split.n_validated, outcome.opened, &left_out),
        questions: questions(input, plan),
        factors: words::factors(&outcome.importance, outcome.closer.as_ref(), outcome.analysed().and_then(|a| a.weakest.as_ref())),
        monitoring: with_facts(input, bundle, monitoring_needs)?,
        settings_sha256: hex(&Sha256::digest(input.settings.to_json().as_bytes())),
        seed: plan.seed,
        holds_training_rows: fitted.model.contains_training_rows() || fitted.recipe.contains_training_rows(),
    };
    Ok(write(&card))
}

fn metrics(estimates: &[Estimate]) -> Vec<CardMetric> {
    let name = |id: &str| metric(id).map_or_else(|_| id.to_owned(), |m| m.title.to_owned());
    estimates.iter().map(|e| CardMetric { id: e.metric.clone(), name: name(&e.metric), value: e.value, interval: e.interval() }).collect()
}

fn verdict(section: Section) -> Option<(Verdict, Vec<Spans>)> {
    let outcome = section.blocks.iter().find_map(|b| if let Block::Verdict { outcome, .. } = b { Some(*outcome) } else { None })?;
    Some((outcome, [section.statement, section.lead].into_iter().filter(|s| !s.is_empty()).collect()))
}

fn first_table(section: Section) -> Option<TableBlock> {
    section.blocks.into_iter().find_map(|b| if let Block::Table { table } = b { Some(table) } else { None })
}

fn gates(block: Block) -> Option<Vec<(String, Vec<crate::report::block::GateBlock>)>> {
    if let Block::Gates { groups } = block { Some(groups) } else { None }
}

fn removed(plan: &Plan) -> Vec<RemovedColumn> {
    let one = |name: &String| RemovedColumn { name: name.clone(), why: words::removed_by_choice(), price: String::new() };
    plan.task.ignored.iter().map(one).collect()
}

/// Findings that only a person can answer, and that nobody has.
fn questions(input: &Input<'_>, plan: &Plan) -> Vec<Spans> {
    let accepted = |f: &Finding| input.outcome.accepted.iter().any(|a| a.finding == f.id);
    let open = |f: &&Finding| f.certainty == Certainty::Ask && !accepted(f);
    let checked = input.outcome.audit.as_deref().map_or_else(Vec::new, |all| suppress::checked(all, input.table));
    let all = checked.iter().flat_map(|c| &c.findings);
    all.filter(open).map(|f| finding_block(f, Some(&plan.task.target), None).title).collect()
}
