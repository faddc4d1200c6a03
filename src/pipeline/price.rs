//! What a leak is worth: the score of a quick learner with and without the flagged columns, on identical folds.
//!
//! *Without* means all features that no blocker or warning names; *with* means those and the columns of one finding. (Left out one at a time, two
//! columns that leak the same would each seem to cost nothing.) The difference is paired draw by draw, so its interval knows that both were judged
//! on the same rows: blocks where rows are ordered in time, whole entities where they are grouped.

use super::context::Context;
use super::job::{Job, JobOutput};
use super::outcome::Outcome;
use crate::error::{Error, Result};
use crate::evaluate::metrics::Direction;
use crate::evaluate::{FoldResult, Resampled, metric};
use crate::finding::{Certainty, Checked, Finding, Price, Severity};
use crate::math::sort;
use crate::model::learners;
use crate::param::{Params, Value};
use crate::prepare::{Recipe, Variant};
use crate::settings::Plan;
use crate::table::Table;
use crate::task::{Task, TaskKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most findings that are priced, the gravest first.
pub const MOST_PRICED: usize = 8;
/// Rows from which the quick learner is boosting; below, a regularised linear model, which needs fewer.
const BOOSTING_ROWS: usize = 500;
/// Trees of the quick learner.
const TREES: u64 = 40;

/// Columns that the quick learner sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureSet {
    /// The finding that is priced by it; empty for the set without any flagged column.
    pub finding: String,
    /// The columns, in the order of the task.
    pub columns: Vec<String>,
}

/// Feature sets to be compared: the first is what is left without any flagged column, each other one adds the columns of one finding. It stands
/// alone when nothing is flagged, or nothing is left.
#[must_use]
pub fn feature_sets(audit: &[Checked], task: &Task) -> Vec<FeatureSet> {
    let is_feature = |c: &String| task.features.contains(c);
    let mut flagged: Vec<&Finding> = audit
        .iter()
        .flat_map(|c| &c.findings)
        .filter(|f| f.severity <= Severity::Warning && f.certainty != Certainty::Ask && !f.columns.is_empty() && f.columns.iter().all(is_feature))
        .filter(|f| f.columns.len() < task.features.len())
        .collect();
    sort::by_key(&mut flagged, |f| (f.severity, f.certainty));
    let clean: Vec<String> = task.features.iter().filter(|c| !flagged.iter().any(|f| f.columns.contains(c))).cloned().collect();
    let first = FeatureSet { finding: String::new(), columns: clean.clone() };
    if flagged.is_empty() || clean.is_empty() {
        return vec![first];
    }
    let with = |f: &Finding| task.features.iter().filter(|c| clean.contains(c) || f.columns.contains(c)).cloned().collect();
    let sets = flagged.iter().take(MOST_PRICED).map(|f| FeatureSet { finding: f.id.clone(), columns: with(f) });
    [first].into_iter().chain(sets).collect()
}

/// One job for each set and fold.
pub(super) fn jobs(n_sets: usize, n_folds: u32) -> Vec<Job> {
    let sets = 0..u32::try_from(n_sets).unwrap_or(u32::MAX);
    (0..n_folds).flat_map(|fold| sets.clone().map(move |set| Job::Price { set, fold })).collect()
}

impl Context {
    /// The quick learner on one fold, seeing one set of features.
    pub(super) fn price(&mut self, set: u32, fold: u32) -> Result<JobOutput> {
        let features = self.feature_sets()?.get(set as usize).ok_or_else(|| Error::internal("a set that is not priced"))?.columns.clone();
        let (train, validation) = self.fold_rows(fold)?;
        let target = self.target()?.clone();
        let (plan, table) = (self.plan()?, self.table()?);
        let (entry, params) = quick(plan.task.kind, table.n_rows())?;
        let task = Task { features, ..plan.task.clone() };
        let variant = Variant::of(entry);
        let recipe = Recipe::usual_for(&table.schema(), &task, variant).fit_for(table, &train, &task, variant)?;
        let train = recipe.training_set(table, &train, &task, &target)?;
        let predicted = entry.fit(&params, &train, plan.seed).and_then(|model| model.predict(&recipe.apply(table, &validation)?));
        Ok(JobOutput::Fold(match predicted {
            Ok(predictions) => Ok(Box::new(self.judge()?.score(set as usize, fold as usize, validation.as_slice().to_vec(), predictions)?)),
            Err(error) => Err(error),
        }))
    }
}

fn quick(kind: TaskKind, n_rows: usize) -> Result<(&'static crate::model::Learner, Params)> {
    let (id, given) = match kind {
        _ if n_rows >= BOOSTING_ROWS => ("gradient_boosting", BTreeMap::from([("trees".to_owned(), Value::Whole(TREES.cast_signed()))])),
        TaskKind::Regression => ("ridge", BTreeMap::new()),
        _ => ("logistic", BTreeMap::new()),
    };
    let entry = learners::find(id).ok_or_else(|| Error::internal("a learner that is not listed"))?;
    Ok((entry, Params::check(entry.params, &given)?))
}

impl Outcome {
    /// Writes the prices into the findings of the audit. A set that could not be learned has no price.
    pub(super) fn take_prices(&mut self, plan: &Plan, table: &Table, results: Vec<Result<JobOutput>>) -> Result<()> {
        self.priced = true;
        let target = plan.task.encode(table)?;
        let entities = plan.task.entity.as_deref().map_or_else(|| Ok(Vec::new()), |e| super::context::entity_codes(table, e))?;
        let judge = super::context::judge_of(plan, &target, &entities);
        let main = metric(&plan.metric)?;
        let mut folds: Vec<Vec<FoldResult>> = vec![Vec::new(); self.feature_sets.len()];
        let mut lost = vec![false; folds.len()];
        for (at, result) in results.into_iter().enumerate() {
            let set = at % folds.len().max(1);
            match result {
                Ok(JobOutput::Fold(Ok(fold))) => folds[set].push(*fold),
                _ => lost[set] = true,
            }
        }
        let resampled = |set: usize| -> Option<Resampled> {
            let own: Vec<&FoldResult> = folds.get(set)?.iter().collect();
            (!lost[set] && !own.is_empty()).then(|| judge.resample(&own, &[main]).ok()?.into_iter().next())?
        };
        let Some(without) = resampled(0) else { return Ok(()) };
        let prices: Vec<(String, Option<Price>)> = (1..folds.len())
            .map(|set| (self.feature_sets[set].finding.clone(), resampled(set).and_then(|with| price(&with, &without, main.direction))))
            .collect();
        for finding in self.audit.iter_mut().flatten().flat_map(|c| &mut c.findings) {
            finding.price = prices.iter().find(|(id, _)| *id == finding.id).and_then(|(_, price)| price.clone());
        }
        Ok(())
    }
}

/// The difference with minus without, in the metric's own direction.
fn price(with: &Resampled, without: &Resampled, direction: Direction) -> Option<Price> {
    let gain = with.gain_over(without);
    let (low, high) = gain.interval()?;
    // Nothing moved in any draw: the quick learner did not use the columns, and there is no price to tell.
    if gain.value == Some(0.0) && low == 0.0 && high == 0.0 {
        return None;
    }
    let (low, high) = if direction == Direction::Higher { (low, high) } else { (-high, -low) };
    Some(Price { metric: with.metric.clone(), with: with.value?, without: without.value?, low, high })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Evidence, Share};

    fn task(features: &[&str]) -> Task {
        Task {
            target: "y".into(),
            kind: TaskKind::Regression,
            classes: vec![],
            time: None,
            entity: None,
            weight: None,
            horizon: 0,
            features: features.iter().map(|&f| f.to_owned()).collect(),
            ignored: vec![],
        }
    }

    fn found(severity: Severity, columns: &[&str]) -> Finding {
        Finding::new("lineage", severity, Certainty::Proven, columns, Evidence::Share { share: Share { count: 1, of: 1 } })
    }

    #[test]
    fn each_leak_is_added_alone_to_what_is_clean() {
        let findings = vec![found(Severity::Blocker, &["b"]), found(Severity::Warning, &["c"]), found(Severity::Note, &["a"])];
        let sets = feature_sets(&[Checked::ran("lineage", 9, findings)], &task(&["a", "b", "c", "d"]));
        let columns: Vec<Vec<String>> = sets.into_iter().map(|s| s.columns).collect();
        assert_eq!(columns, [vec!["a", "d"], vec!["a", "b", "d"], vec!["a", "c", "d"]]);
    }

    #[test]
    fn nothing_is_priced_when_nothing_is_flagged_or_nothing_is_clean() {
        let sets = |severity, features: &[&str]| feature_sets(&[Checked::ran("x", 9, vec![found(severity, &["a"])])], &task(features));
        assert_eq!(sets(Severity::Note, &["a", "b"]).into_iter().map(|s| s.columns).collect::<Vec<_>>(), [["a", "b"]]);
        assert_eq!(sets(Severity::Blocker, &["a"]).len(), 1);
    }
}
