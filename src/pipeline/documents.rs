//! Documents of a run: deployment guide, certification sheet, summary. Their words stand in `report::sections::documents`; here they get their facts.

use super::document::{Input, provenance};
use crate::bundle::Bundle;
use crate::error::{Error, Result};
use crate::report::Report;
use crate::report::format::{counted, interval};
use crate::report::sections::{DocumentFacts, InputColumn, certification_sheet, deployment_guide, summary};
use crate::step::Step;
use crate::table::profile::profile_column;
use crate::table::{Column, Kind};
use serde::{Deserialize, Serialize};

/// Most columns named as important.
const MOST_IMPORTANT: usize = 5;
/// Fewest values of which the middle 90 % are told: of fewer they would be single rows.
const LEAST_VALUES: usize = 40;

/// A document of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Document {
    /// How to run, watch and take back the model.
    DeploymentGuide,
    /// What is certified, by which measurements.
    CertificationSheet,
    /// One page for those who decide.
    Summary,
}

impl Document {
    /// All documents.
    pub const ALL: [Self; 3] = [Self::Summary, Self::DeploymentGuide, Self::CertificationSheet];

    /// Name of its file without the ending.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::DeploymentGuide => "deployment_guide",
            Self::CertificationSheet => "certification_sheet",
            Self::Summary => "summary",
        }
    }
}

/// Works with the facts of a run that was decided.
pub(super) fn with_facts<T>(input: &Input<'_>, bundle: &Bundle, work: impl FnOnce(&DocumentFacts<'_>) -> T) -> Result<T> {
    let input = &Input { shared: true, ..*input };
    let missing = || Error::not_yet("verdict", "Run everything up to the decision");
    let (plan, outcome) = (input.plan.ok_or_else(missing)?, input.outcome);
    let decided = input.section(Step::Decide).ok_or_else(missing)?;
    let standing = outcome.board.as_ref().and_then(|b| b.standing(outcome.chosen()? as usize)).ok_or_else(missing)?;
    let columns = bundle.needed().into_iter().filter_map(|name| input.loaded.table.column(&name).or_else(|_| input.table.column(&name)).ok());
    let inputs: Vec<InputColumn> = columns.map(described).collect();
    let important: Vec<String> = outcome.importance.iter().take(MOST_IMPORTANT).map(|i| i.column.clone()).collect();
    Ok(work(&DocumentFacts {
        bundle,
        bundle_sha256: &bundle.fingerprint()?,
        decision: outcome.decision.as_ref().ok_or_else(missing)?,
        decided: &decided,
        metric: &plan.metric,
        learner: &standing.title,
        gain: standing.gain.as_ref(),
        inputs: &inputs,
        important: &important,
        provenance: &provenance(input),
    }))
}

/// A document of a run.
///
/// # Errors
/// Nothing was decided yet.
pub fn document(input: &Input<'_>, bundle: &Bundle, which: Document) -> Result<Report> {
    with_facts(input, bundle, |facts| match which {
        Document::DeploymentGuide => deployment_guide(facts),
        Document::CertificationSheet => certification_sheet(facts),
        Document::Summary => summary(facts),
    })
}

/// A column as it was in training: no extreme, no text of a cell.
fn described(column: &Column) -> InputColumn {
    let profile = profile_column(column);
    let n_present = column.len() - column.n_missing();
    let usual = match (column.kind(), profile.quantiles) {
        (Kind::Numeric, Some(q)) if n_present >= LEAST_VALUES => format!("{}, the middle 90 %", interval(q[2], q[6])),
        (Kind::Boolean | Kind::Categorical, _) => counted(profile.distinct, "label", "labels"),
        _ => String::new(),
    };
    let format = column.schema().format.map_or_else(String::new, |f| format!(", {}", f.pattern));
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let missing = if column.is_empty() { 0.0 } else { column.n_missing() as f64 / column.len() as f64 };
    InputColumn { name: column.name().to_owned(), kind: format!("{}{format}", column.kind().id()), usual, missing }
}
