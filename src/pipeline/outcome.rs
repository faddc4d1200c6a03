//! What a run has found so far: the results of its stages, folded.

use super::analysis::Analysis;
use super::context::{Fitted, entity_codes, judge_of};
use super::job::{Job, JobOutput};
use super::price::FeatureSet;
use super::search::Searched;
use super::stage::Stage;
use super::unaugmented::Worth;
use crate::audit::honesty::SplitMatrix;
use crate::audit::power::Power;
use crate::audit::{CHECKS, Check, is_outstanding, settle};
use crate::augment::Fidelity;
use crate::decide::{Decision, InputFacts, input_facts};
use crate::error::{Error, Result};
use crate::evaluate::learning_curve::LearningCurve;
use crate::evaluate::permuted::Permuted;
use crate::evaluate::zeros::{Zeros, is_often_zero, zeros};
use crate::evaluate::{
    Adjustment, CloserLook, Entrant, FoldResult, HoldoutResult, Importance, Judge, Leaderboard, Resampled, closer_look, holdout, leaderboard,
};
use crate::explain::Explained;
use crate::finding::{Certainty, Checked, Finding, Severity};
use crate::math::sort;
use crate::math::sum::mean;
use crate::model::{Model, learners};
use crate::param::{ParamSpec, Params, Value};
use crate::prepare::FittedRecipe;
use crate::quality::{Score, Weights, scores};
use crate::report::sections::{SplitFacts, tuned_title};
use crate::segment;
use crate::settings::{Accepted, Chosen, Plan, ValidationChoice};
use crate::split::{Strategy, make};
use crate::table::Table;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many hyperparameters of a learner are always told; the others only where they are not at their defaults.
const FIRST_PARAMS: usize = 4;

/// Results by stage; `None` or empty where a stage has not been reached.
#[derive(Default)]
pub struct Outcome {
    /// One a quality rule.
    pub quality: Option<Vec<Checked>>,
    /// Quality scores by dimension.
    pub scores: Vec<Score>,
    /// Cells of the table they were taken of.
    n_cells: u64,
    /// One an audit check; of a check that has not run yet, that it has not.
    pub audit: Option<Vec<Checked>>,
    /// What the checks said that have run, by their place in the list, before it was settled.
    pub(super) raw_audit: BTreeMap<usize, Checked>,
    /// Feature sets by which its findings are priced, and whether they are.
    pub feature_sets: Arc<Vec<FeatureSet>>,
    /// Whether the findings that can be priced are.
    pub priced: bool,
    /// What the split alone is worth.
    pub splits: Option<SplitMatrix>,
    /// What the audit would find of planted leaks, if that was measured.
    pub power: Option<Power>,
    /// Whether it is asked for.
    pub power_wanted: bool,
    /// The usual recipe, learned from the development rows.
    pub recipe: Option<FittedRecipe>,
    /// How rows were dealt.
    pub split: Option<SplitFacts>,
    /// The development rows in ever more segments, or why not, if that was asked for.
    pub segments: Option<Vec<segment::Found>>,
    /// How faithful synthetic rows are.
    pub fidelity: Option<Fidelity>,
    /// What augmentation is worth to the proposed learner, or why that cannot be told.
    pub worth: Option<std::result::Result<Box<Worth>, Error>>,
    /// Searches for hyperparameters, one a learner that is searched.
    pub searched: Vec<Searched>,
    /// Every learner on every fold that it could learn from, fold by fold.
    pub folds: Option<Arc<Vec<FoldResult>>>,
    /// The same with calibrated probabilities and decision thresholds, and what each learner's folds taught, by learner; if that is wanted.
    pub adjusted: Option<(Arc<Vec<FoldResult>>, Vec<Adjustment>)>,
    /// Learners ranked.
    pub board: Option<Leaderboard>,
    /// Recipe and number of parts of the final fit.
    pub begun: Option<(FittedRecipe, u32)>,
    /// The final model.
    pub fitted: Option<Arc<Fitted>>,
    /// Whether validation is done.
    pub judged: bool,
    /// What the sealed rows said.
    pub holdout: Option<HoldoutResult>,
    /// Predictions of the sealed rows.
    pub holdout_rows: Option<FoldResult>,
    /// A closer look at the chosen learner's validation rows.
    pub closer: Option<CloserLook>,
    /// How the learners do on a target that is often 0, if it is.
    pub zeros: Option<Zeros>,
    /// Whether the score could be chance, if that was asked for, or why that cannot be told.
    pub permuted: Option<std::result::Result<Permuted, Error>>,
    /// Scores on ever more rows, if they were asked for, or why there are none.
    pub curve: Option<std::result::Result<LearningCurve, Error>>,
    /// Intervals, errors, periods and levels of the chosen learner, or why they cannot be told.
    pub analysis: Option<std::result::Result<Box<Analysis>, Error>>,
    /// What each raw column is worth, most important first.
    pub importance: Vec<Importance>,
    /// Why the model says what it says, or why that cannot be told.
    pub explained: Option<std::result::Result<Box<Explained>, Error>>,
    /// Go, caution or no-go; `None` before anything was validated.
    pub decision: Option<Decision>,
    /// Findings accepted with a reason that still holds.
    pub accepted: Vec<Accepted>,
    /// Findings that were accepted and are open again: id, and why in words.
    pub reopened: Vec<(String, String)>,
    /// What the columns learned from look like together.
    pub inputs: InputFacts,
    /// How often the sealed rows of this file were opened.
    pub opened: u32,
    failures: BTreeMap<usize, Error>,
}

/// The hyperparameters that are told of a learner: its first few, which are the ones people change, and all that are not at their defaults.
fn told(specs: &[ParamSpec], params: &Params) -> Vec<(String, String)> {
    let usual = |(at, spec): (usize, &ParamSpec)| {
        let value = params.get(spec.id)?;
        // A penalty that training chooses itself is not the one that was given.
        if spec.id == "alpha" && params.switch("choose_alpha") {
            return None;
        }
        ((at < FIRST_PARAMS && !spec.is_a_wish()) || *value != spec.default()).then(|| (spec.id.to_owned(), value.to_string()))
    };
    specs.iter().enumerate().filter_map(usual).collect()
}

/// Whether a learner of the plan says the amount only, as if no row were 0.
fn is_amount_only(plan: &Plan, at: usize) -> bool {
    plan.learners.get(at).is_some_and(|c| c.params.get("rows") == Some(&Value::Word("amount_only".to_owned())))
}

fn is_baseline(chosen: &Chosen) -> bool {
    learners::find(&chosen.id).is_some_and(|l| l.baseline)
}

impl Outcome {
    /// Drops the results of a stage and of all after it. The count of openings stays: rows once seen are not unseen again.
    pub(super) fn drop_from(&mut self, stage: Stage) {
        if stage <= Stage::Quality {
            (self.quality, self.scores) = (None, Vec::new());
        }
        if stage <= Stage::Audit {
            self.audit = None;
            self.raw_audit.clear();
            self.feature_sets = Arc::default();
            self.priced = false;
            self.splits = None;
            (self.power, self.power_wanted) = (None, false);
        }
        if stage <= Stage::Prepare {
            (self.recipe, self.split) = (None, None);
        }
        if stage <= Stage::Segment {
            self.segments = None;
        }
        if stage <= Stage::Augment {
            self.fidelity = None;
        }
        if stage < Stage::Search {
            self.searched.clear();
        }
        if stage <= Stage::Folds {
            self.folds = None;
            self.failures.clear();
        }
        if stage <= Stage::Adjust {
            self.adjusted = None;
        }
        if stage <= Stage::Judge {
            (self.board, self.worth, self.begun, self.fitted) = (None, None, None, None);
            (self.judged, self.holdout, self.holdout_rows, self.decision) = (false, None, None, None);
            (self.closer, self.zeros) = (None, None);
            (self.permuted, self.curve, self.analysis) = (None, None, None);
            self.importance.clear();
            self.explained = None;
        }
    }

    /// Drops what other choices of validation would measure otherwise.
    pub(super) fn drop_changed(&mut self, old: &ValidationChoice, new: &ValidationChoice) {
        if old.permutations != new.permutations {
            self.permuted = None;
        }
        if old.learning_curve != new.learning_curve {
            self.curve = None;
        }
        if old.coverage != new.coverage || old.fairness != new.fairness {
            self.analysis = None;
        }
    }

    /// Position of the proposed learner in the plan.
    #[must_use]
    pub fn chosen(&self) -> Option<u32> {
        let board = self.board.as_ref()?;
        u32::try_from(board.chosen.or(board.best_baseline)?).ok()
    }

    pub(super) fn best_baseline(&self) -> Option<u32> {
        u32::try_from(self.board.as_ref()?.best_baseline?).ok()
    }

    /// Every learner on every fold as it is judged: adjusted, if that is wanted.
    #[must_use]
    pub fn judged_folds(&self) -> Option<&Arc<Vec<FoldResult>>> {
        self.adjusted.as_ref().map(|(folds, _)| folds).or(self.folds.as_ref())
    }

    /// What all folds of the proposed learner taught about its probabilities, if that was wanted.
    #[must_use]
    pub fn adjustment(&self) -> Option<&Adjustment> {
        self.adjusted.as_ref()?.1.get(self.chosen()? as usize)
    }

    /// The penalty that the final fit has chosen in training, if it did.
    #[must_use]
    pub fn penalty(&self) -> Option<f64> {
        if let Model::Linear(model) = &self.fitted.as_ref()?.model { model.penalty } else { None }
    }

    /// Results of the chosen learner, fold by fold.
    #[must_use]
    pub fn chosen_folds(&self) -> Vec<&FoldResult> {
        let chosen = self.chosen().map(|c| c as usize);
        self.judged_folds().into_iter().flat_map(|all| all.iter()).filter(|f| Some(f.learner) == chosen).collect()
    }

    pub(super) fn take_quality(&mut self, checked: Vec<Checked>, table: &Table, weights: &Weights) {
        self.n_cells = (table.n_rows() * table.columns().len()) as u64;
        self.quality = Some(checked);
        self.score(weights);
    }

    /// Scores what the rules said by these weights.
    pub(super) fn score(&mut self, weights: &Weights) {
        self.scores = self.quality.as_ref().map_or_else(Vec::new, |checked| scores(checked, self.n_cells, weights));
    }

    /// Whether every check has run.
    #[must_use]
    pub fn is_audited(&self) -> bool {
        self.audit.as_ref().is_some_and(|all| !all.iter().any(is_outstanding))
    }

    /// Settles what the checks said so far; those that have not run are skipped, and say `why`. Results in the order of the list, whenever they came.
    pub(super) fn settle_audit(&mut self, why: &str) {
        let one = |(at, check): (usize, &Check)| self.raw_audit.get(&at).cloned().unwrap_or_else(|| Checked::skipped(check.id, why));
        self.audit = Some(settle(CHECKS.iter().enumerate().map(one).collect()));
    }

    /// Takes what checks said; a failure of one is its own entry and no more.
    pub(super) fn take_checks<'a>(&mut self, results: impl Iterator<Item = (&'a Job, &'a Result<JobOutput>)>) {
        for (job, result) in results {
            let Job::Check(index) = job else { continue };
            let at = *index as usize;
            let Some(check) = CHECKS.get(at) else { continue };
            let checked = match result {
                Ok(JobOutput::Checked(checked)) => checked.clone(),
                Ok(_) => Checked::skipped(check.id, &Error::internal("a check gave something else").message),
                Err(error) => Checked::skipped(check.id, &error.message),
            };
            self.raw_audit.insert(at, checked);
        }
    }

    /// Keeps the folds of learners that could learn from every fold; the others keep their first refusal.
    pub(super) fn take_folds(&mut self, jobs: &[Job], results: Vec<Result<JobOutput>>) -> Result<()> {
        self.failures.clear();
        let mut kept = Vec::new();
        for (job, result) in jobs.iter().zip(results) {
            let Job::Fold { learner, .. } = job else { return Err(Error::internal("a fold that is none")) };
            match result? {
                JobOutput::Fold(Ok(fold)) => kept.push(*fold),
                JobOutput::Fold(Err(error)) => {
                    self.failures.entry(*learner as usize).or_insert(error);
                }
                _ => return Err(Error::internal("a fold that is none")),
            }
        }
        kept.retain(|f| !self.failures.contains_key(&f.learner));
        self.folds = Some(Arc::new(kept));
        Ok(())
    }

    /// Takes the adjusted folds, in the order in which they were learned, and what they taught.
    pub(super) fn take_adjusted(&mut self, results: Vec<Result<JobOutput>>) -> Result<()> {
        let (mut folds, mut taught) = (Vec::new(), Vec::new());
        for result in results {
            let JobOutput::Adjusted(adjusted) = result? else { return Err(Error::internal("an adjustment that is none")) };
            folds.extend(adjusted.folds);
            taught.push(adjusted.last);
        }
        sort::by_key(&mut folds, |f| (f.fold, f.learner));
        self.adjusted = Some((Arc::new(folds), taught));
        Ok(())
    }

    /// Ranks the learners.
    pub(super) fn compare(&mut self, plan: &Plan, table: Option<&Arc<Table>>, results: Vec<Result<JobOutput>>) -> Result<()> {
        let mut entrants = Vec::with_capacity(plan.learners.len());
        let apart = self.apart(plan, table)?;
        for (index, (chosen, result)) in plan.learners.iter().zip(results).enumerate() {
            let JobOutput::Compared(resampled) = result? else { return Err(Error::internal("a comparison that is none")) };
            let is_tuned = u32::try_from(index).is_ok_and(|at| plan.tuned.contains(&at));
            let entrant = self.entrant(index, chosen, resampled, &plan.metric, is_tuned)?;
            entrants.push(Entrant { apart: apart.contains(&index), ..entrant });
        }
        let of = |at: usize| entrants.get(at).and_then(|e: &Entrant| e.resampled.iter().find(|r| r.metric == plan.metric));
        self.take_gains(plan, &|tuned, chosen| Some(of(tuned)?.gain_over(of(chosen)?)));
        let mut board = leaderboard(&entrants, &plan.metric)?;
        for standing in &mut board.standings {
            let own = self.folds.iter().flat_map(|f| f.iter()).filter(|f| f.learner == standing.entrant);
            let judged: Vec<f64> = own.filter_map(|f| f.out_of_bag).collect();
            standing.out_of_bag = (!judged.is_empty()).then(|| mean(&judged));
        }
        self.board = Some(board);
        Ok(())
    }

    fn entrant(&self, index: usize, chosen: &Chosen, resampled: Vec<Resampled>, main: &str, is_tuned: bool) -> Result<Entrant> {
        let learner = learners::find(&chosen.id).ok_or_else(|| Error::internal("a learner that is not listed"))?;
        let params = Params::check(learner.params, &chosen.params)?;
        let failed = self.failures.get(&index).cloned();
        let own = self.judged_folds().into_iter().flat_map(|all| all.iter()).filter(|f| f.learner == index);
        Ok(Entrant {
            learner: chosen.id.clone(),
            title: if is_tuned { tuned_title(learner.title) } else { learner.title.to_owned() },
            params: told(learner.params, &params),
            baseline: learner.baseline,
            resampled: if failed.is_some() { Vec::new() } else { resampled },
            by_fold: own.map(|f| f.scores.get(main).copied().flatten()).collect(),
            failed,
            apart: false,
        })
    }

    /// Learners of the amount only that are not ranked with those of all rows: where the target is often 0, and there are others to rank.
    fn apart(&self, plan: &Plan, table: Option<&Arc<Table>>) -> Result<Vec<usize>> {
        let amount_only: Vec<usize> = (0..plan.learners.len()).filter(|&at| is_amount_only(plan, at) && !self.failures.contains_key(&at)).collect();
        let Some(table) = table.filter(|_| !amount_only.is_empty()) else { return Ok(Vec::new()) };
        let is_ranked = |(at, chosen): (usize, &Chosen)| !is_baseline(chosen) && !amount_only.contains(&at) && !self.failures.contains_key(&at);
        let others = plan.learners.iter().enumerate().any(is_ranked);
        Ok(if others && is_often_zero(&plan.task.encode(table)?.values) { amount_only } else { Vec::new() })
    }

    /// Deals the rows once more to say how many went where.
    pub(super) fn deal(&mut self, plan: &Plan, table: &Table) -> Result<()> {
        let target = plan.task.encode(table)?;
        let split = make(table, &plan.task, &target, &plan.split, plan.test_from.map(|r| r as usize), plan.seed)?;
        self.split = Some(SplitFacts {
            strategy: plan.split.strategy,
            folds: plan.split.folds,
            n_development: split.last.rows().len() as u64,
            repeats: if plan.split.strategy == Strategy::TimeOrdered { 1 } else { plan.split.repeats },
            window: plan.split.window,
            embargo: plan.split.embargo,
            n_validated: split.folds.iter().take(plan.split.folds as usize).map(|f| f.validation.len() as u64).sum(),
            n_holdout: split.holdout.as_ref().map_or(0, |h| h.len() as u64),
            n_left_out: split.left_out.len() as u64,
        });
        Ok(())
    }

    /// Takes importance, and what the sealed rows said; looks closer at the chosen learner's validation rows.
    pub(super) fn judge(&mut self, plan: &Plan, table: &Table, results: Vec<Result<JobOutput>>) -> Result<()> {
        let target = plan.task.encode(table)?;
        let entities = plan.task.entity.as_deref().map_or_else(|| Ok(Vec::new()), |e| entity_codes(table, e))?;
        let judge = judge_of(plan, &target, &entities);
        self.closer = Some(closer_look(&judge, &self.first_folds(plan), &plan.task.classes)?);
        self.inputs = input_facts(table, &plan.task);
        self.zeros = self.on_zeros(plan, &judge)?;
        for result in results {
            match result {
                Ok(JobOutput::Importance(importance)) => self.importance = importance,
                Ok(JobOutput::Holdout(model, rule)) => {
                    self.opened += 1;
                    self.holdout = Some(holdout(&judge, &model, rule.as_deref(), &plan.metric, self.opened)?);
                    self.holdout_rows = Some(*model);
                }
                Ok(_) => return Err(Error::internal("a validation that is none")),
                // Importance may have no value (a fold with one class); the verdict does not rest on it.
                Err(error) if error.kind == crate::error::ErrorKind::NotComputable => {}
                Err(error) => return Err(error),
            }
        }
        let worth = |i: &Importance| i.loss.value.unwrap_or(f64::NEG_INFINITY);
        sort::by(&mut self.importance, |a, b| worth(b).total_cmp(&worth(a)));
        self.judged = true;
        Ok(())
    }

    /// Takes the segments, fewest first; no verdict rests on them, so a failure is told as such.
    pub(super) fn take_segments(&mut self, results: Vec<Result<JobOutput>>) {
        let one = |result| match result {
            Ok(JobOutput::Segmented(segmented)) => segmented,
            Ok(_) => Err(Error::internal("segments that are none")),
            Err(error) => Err(error),
        };
        self.segments = Some(results.into_iter().map(one).collect());
    }

    /// Takes the explanation; the verdict does not rest on it, so one that failed is told as such.
    pub(super) fn take_explained(&mut self, results: Vec<Result<JobOutput>>) {
        for result in results {
            self.explained = Some(match result {
                Ok(JobOutput::Explained(explained)) => explained,
                Ok(_) => Err(Error::internal("an explanation that is none")),
                Err(error) => Err(error),
            });
        }
    }

    /// How the learners do on a target that is often 0.
    fn on_zeros(&self, plan: &Plan, judge: &Judge<'_>) -> Result<Option<Zeros>> {
        let Some((folds, board)) = self.judged_folds().zip(self.board.as_ref()) else { return Ok(None) };
        let of_all = board.standings.iter().chain(&board.apart);
        let judged: Vec<usize> = of_all.filter(|s| !s.baseline && s.failed.is_none()).map(|s| s.entrant).collect();
        let amount_only: Vec<usize> = judged.iter().copied().filter(|&at| is_amount_only(plan, at)).collect();
        zeros(judge, folds, &judged, &amount_only)
    }

    /// Findings of the audit that nobody accepted, and proven blockers although somebody did.
    #[must_use]
    pub fn open_findings(&self, of: Option<&Vec<Checked>>, bar: Severity) -> Vec<String> {
        let accepted = |f: &Finding| self.accepted.iter().any(|a| a.finding == f.id);
        let proven = |f: &Finding| f.severity == Severity::Blocker && f.certainty == Certainty::Proven;
        let open = |f: &&Finding| f.severity <= bar && (!accepted(f) || proven(f));
        of.into_iter().flatten().flat_map(|c| &c.findings).filter(open).map(|f| f.id.clone()).collect()
    }
}
