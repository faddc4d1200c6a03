//! Could the score be chance? The whole cross-validation again and again on targets that say nothing (Ojala and Garriga 2010, test 1).
//!
//! On at most [`MOST_ROWS`] development rows, dealt anew in the same way, the proposed learner is scored as it is, and then with the target shuffled within
//! the training rows of every fold before anything is learned from them: recipe, augmentation, model, threshold. Forests and boosting grow at most
//! [`MOST_TREES`] trees. Shuffling row by row says that rows are
//! exchangeable; where they are not (time order, entities), chance does a little better than this tells, and the report says so.

use super::context::Context;
use super::job::{Job, JobOutput};
use super::outcome::Outcome;
use crate::augment::augment;
use crate::error::{Error, Result};
use crate::evaluate::permuted::Permuted;
use crate::evaluate::{Dependence, FoldResult, Judge, adjust, metric};
use crate::math::rng::Stream;
use crate::model::{Learner, learners};
use crate::param::{Params, Value};
use crate::prepare::Variant;
use crate::settings::Plan;
use crate::split::{Rows, SplitSettings, Strategy, make};
use crate::table::Table;

/// Most development rows that take part.
pub const MOST_ROWS: usize = 2_000;
/// Most trees of a forest or of boosting.
pub const MOST_TREES: i64 = 50;

/// One job for the true target and one a permutation.
pub(super) fn jobs(plan: &Plan, learner: u32) -> Vec<Job> {
    (0..=plan.validation.permutations).map(|index| Job::Permuted { learner, index }).collect()
}

/// The learner as it takes part: with no more trees than are affordable.
fn quick(plan: &Plan, learner: u32) -> Result<(&'static Learner, Params, Option<u64>)> {
    let chosen = plan.learners.get(learner as usize).ok_or_else(|| Error::internal("a learner that is not planned"))?;
    let entry = learners::find(&chosen.id).ok_or_else(|| Error::internal("a learner that is not listed"))?;
    let params = Params::check(entry.params, &chosen.params)?;
    if entry.params.iter().all(|spec| spec.id != "trees") || params.whole("trees") <= MOST_TREES {
        return Ok((entry, params, None));
    }
    let mut given = chosen.params.clone();
    given.insert("trees".to_owned(), Value::Whole(MOST_TREES));
    Ok((entry, Params::check(entry.params, &given)?, Some(MOST_TREES.unsigned_abs())))
}

/// Rows that take part, ascending (in time order: the latest): of entities whole ones.
fn sample(plan: &Plan, development: &Rows, entities: &[u32]) -> Vec<u32> {
    let all = development.as_slice();
    if all.len() <= MOST_ROWS {
        return all.to_vec();
    }
    if plan.split.strategy == Strategy::TimeOrdered {
        return all[all.len() - MOST_ROWS..].to_vec();
    }
    let unit = |row: u32| entities.get(row as usize).copied().unwrap_or(row);
    let mut units: Vec<u32> = all.iter().map(|&row| unit(row)).collect();
    units.sort_unstable();
    units.dedup();
    let mut stream = Stream::new(plan.seed, "permuted/rows", 0);
    stream.shuffle(&mut units);
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a row count")]
    let wanted = (units.len() as f64 * MOST_ROWS as f64 / all.len() as f64) as usize;
    units.truncate(wanted.max(1));
    units.sort_unstable();
    all.iter().copied().filter(|&row| units.binary_search(&unit(row)).is_ok()).collect()
}

impl Context {
    /// The score of a learner on the true target (index 0) or a permuted one.
    pub(super) fn permuted(&mut self, learner: u32, index: u32, pulse: &dyn Fn()) -> Result<JobOutput> {
        self.judge()?;
        let development = self.unsealed_rows()?;
        let rows = sample(self.plan()?, &development, self.entity_codes());
        let table = self.table()?.take(&rows);
        let score = self.score_permuted(&table, learner, u64::from(index), pulse);
        Ok(JobOutput::Permuted(score, rows.len() as u64))
    }

    fn score_permuted(&self, table: &Table, learner: u32, index: u64, pulse: &dyn Fn()) -> Result<f64> {
        let plan = self.plan()?;
        let (entry, params, _) = quick(plan, learner)?;
        let main = metric(&plan.metric)?;
        let truth = plan.task.encode(table)?;
        let settings = SplitSettings { holdout: 0.0, repeats: 1, ..plan.split.clone() };
        let split = make(table, &plan.task, &truth, &settings, None, plan.seed)?;
        let dependence = if plan.split.strategy == Strategy::TimeOrdered { Dependence::TimeOrdered } else { Dependence::Independent };
        let judge = Judge { kind: plan.task.kind, n_classes: plan.task.n_classes(), truth: &truth.values, dependence, seed: plan.seed };
        let mut folds: Vec<FoldResult> = Vec::with_capacity(split.folds.len());
        for (k, fold) in split.folds.iter().enumerate() {
            let shuffled = if index == 0 { table.clone() } else { shuffled(table, plan, fold.train.rows(), (index << 8) | k as u64)? };
            let target = plan.task.encode(&shuffled)?;
            let mut prepared = self.prepare_on(&shuffled, &target, &fold.train, Some(&fold.validation), Variant::of(entry))?;
            if let Some(choice) = self.augmentation()? {
                prepared.train = augment(&prepared.train, &choice, plan.seed)?;
            }
            let (rows, features) = prepared.validation.ok_or_else(|| Error::internal("a fold without validation rows"))?;
            pulse();
            let predictions = entry.fit_with_pulse(&params, &prepared.train, plan.seed, pulse)?.predict_with_pulse(&features, pulse)?;
            folds.push(judge.score(0, k, rows, predictions)?);
        }
        if adjust::is_wanted(&plan.adjust) {
            folds = adjust(&judge, &folds.iter().collect::<Vec<_>>(), &plan.adjust)?.folds;
        }
        let value = judge.value(&folds.iter().collect::<Vec<_>>(), main)?;
        value.ok_or_else(|| Error::not_computable(main.title, "the rows of the test do not determine it", "Choose another metric."))
    }
}

/// The table with its target shuffled among the training rows.
fn shuffled(table: &Table, plan: &Plan, train: &Rows, index: u64) -> Result<Table> {
    let mut mixed = train.as_slice().to_vec();
    Stream::new(plan.seed, "permuted/target", index).shuffle(&mut mixed);
    let mut order: Vec<u32> = Rows::all(table.n_rows()).as_slice().to_vec();
    for (row, from) in train.as_slice().iter().zip(mixed) {
        if let Some(slot) = order.get_mut(*row as usize) {
            *slot = from;
        }
    }
    table.clone().with_column(table.column(&plan.task.target)?.take(&order))
}

impl Outcome {
    /// Takes the scores, the first of the true target.
    pub(super) fn take_permuted(&mut self, plan: &Plan, results: Vec<Result<JobOutput>>) -> Result<()> {
        let mut scores = Vec::with_capacity(results.len());
        for result in results {
            let JobOutput::Permuted(score, n_rows) = result? else { return Err(Error::internal("a permutation that is none")) };
            scores.push((score, n_rows));
        }
        let mut scores = scores.into_iter();
        let Some((observed, n_rows)) = scores.next() else { return Err(Error::internal("a test without its score")) };
        let null: Vec<f64> = scores.filter_map(|(score, _)| score.ok()).collect();
        let trees = self.chosen().and_then(|chosen| quick(plan, chosen).ok()).and_then(|q| q.2);
        let exchangeable = plan.split.strategy != Strategy::TimeOrdered && plan.task.entity.is_none();
        self.permuted = Some(match observed {
            Ok(observed) => Permuted::new(&plan.metric, observed, null, n_rows, trees, exchangeable),
            Err(error) => Err(error),
        });
        Ok(())
    }
}
