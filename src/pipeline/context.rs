//! What a worker holds: table, plan and fitted model, and what it made of them for the job before.

use super::price::FeatureSet;
use crate::audit::AuditInput;
use crate::audit::canary::Ground;
use crate::audit::honesty::Dealing;
use crate::augment::{AugmentChoice, augment};
use crate::error::{Error, Result};
use crate::evaluate::{Adjustment, Dependence, FoldResult, Judge};
use crate::features::{Features, TrainingSet};
use crate::model::Model;
use crate::prepare::{FittedRecipe, Recipe, Variant};
use crate::quality::OwnRule;
use crate::settings::{Chosen, Plan};
use crate::split::{Rows, Split, Strategy, Train, make};
use crate::table::profile::ColumnProfile;
use crate::table::{Table, wire};
use crate::task::Target;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A fitted model with the recipe that feeds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fitted {
    /// Which learner, with its hyperparameters.
    pub learner: Chosen,
    /// Learned preparation.
    pub recipe: FittedRecipe,
    /// Learned model.
    pub model: Model,
    /// What its folds taught about its probabilities.
    pub adjustment: Adjustment,
}

/// A part of what a worker must hold before it can run jobs.
#[derive(Clone, Debug, PartialEq)]
pub enum ContextPart {
    /// The table.
    Table(Arc<Table>),
    /// One profile a column.
    Profiles(Arc<Vec<ColumnProfile>>),
    /// The plan; `None` while no target is known.
    Plan(Option<Arc<Plan>>),
    /// All folds of all learners.
    Folds(Arc<Vec<FoldResult>>),
    /// The fitted model.
    Fitted(Arc<Fitted>),
    /// Feature sets by which findings are priced: finding (none for the first) and columns.
    FeatureSets(Arc<Vec<FeatureSet>>),
    /// Learners with the hyperparameters that are tried in the wave that follows.
    Trials(Arc<Vec<Chosen>>),
    /// Quality rules of the user's own, for as long as there is no plan to hold them.
    Rules(Arc<Vec<OwnRule>>),
}

const TABLE_TAG: u8 = 1;
const PROFILES_TAG: u8 = 2;
const PLAN_TAG: u8 = 3;
const FOLDS_TAG: u8 = 4;
const FITTED_TAG: u8 = 5;
const FEATURE_SETS_TAG: u8 = 6;
const TRIALS_TAG: u8 = 7;
const RULES_TAG: u8 = 8;

impl ContextPart {
    /// As bytes for another worker: a tag, then the table's own compact form or packed values.
    ///
    /// # Errors
    /// Only if a type cannot be written, which is our mistake.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let packed = |tag: u8, body: std::result::Result<Vec<u8>, postcard::Error>| {
            body.map(|b| [vec![tag], b].concat()).map_err(|_| Error::internal("a context that cannot be packed"))
        };
        match self {
            Self::Table(table) => Ok([vec![TABLE_TAG], wire::to_bytes(table)].concat()),
            Self::Profiles(profiles) => packed(PROFILES_TAG, postcard::to_allocvec(profiles.as_ref())),
            Self::Plan(plan) => packed(PLAN_TAG, postcard::to_allocvec(plan)),
            Self::Folds(folds) => packed(FOLDS_TAG, postcard::to_allocvec(folds.as_ref())),
            Self::FeatureSets(sets) => packed(FEATURE_SETS_TAG, postcard::to_allocvec(sets.as_ref())),
            Self::Trials(trials) => packed(TRIALS_TAG, postcard::to_allocvec(trials.as_ref())),
            Self::Rules(rules) => packed(RULES_TAG, postcard::to_allocvec(rules.as_ref())),
            Self::Fitted(fitted) => packed(FITTED_TAG, postcard::to_allocvec(fitted.as_ref())),
        }
    }

    /// From [`ContextPart::to_bytes`].
    ///
    /// # Errors
    /// Bytes of another form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let bad = |_| Error::internal("a context that cannot be read");
        match bytes.split_first() {
            Some((&TABLE_TAG, body)) => Ok(Self::Table(Arc::new(wire::from_bytes(body)?))),
            Some((&PROFILES_TAG, body)) => postcard::from_bytes(body).map(Self::Profiles).map_err(bad),
            Some((&PLAN_TAG, body)) => postcard::from_bytes(body).map(Self::Plan).map_err(bad),
            Some((&FOLDS_TAG, body)) => postcard::from_bytes(body).map(Self::Folds).map_err(bad),
            Some((&FEATURE_SETS_TAG, body)) => postcard::from_bytes(body).map(Self::FeatureSets).map_err(bad),
            Some((&TRIALS_TAG, body)) => postcard::from_bytes(body).map(Self::Trials).map_err(bad),
            Some((&RULES_TAG, body)) => postcard::from_bytes(body).map(Self::Rules).map_err(bad),
            Some((&FITTED_TAG, body)) => postcard::from_bytes(body).map(Self::Fitted).map_err(bad),
            _ => Err(Error::internal("a context of no known form")),
        }
    }
}

/// Which rows are learned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The training rows of one fold.
    Fold(u32),
    /// What the final model learns from.
    Development,
}

/// Prepared training side, and validation side of a fold.
pub(super) struct Prepared {
    pub recipe: FittedRecipe,
    pub train: TrainingSet,
    pub validation: Option<(Vec<u32>, Features)>,
}

/// What a worker holds.
#[derive(Default)]
pub struct Context {
    table: Option<Arc<Table>>,
    profiles: Option<Arc<Vec<ColumnProfile>>>,
    plan: Option<Arc<Plan>>,
    fitted: Option<Arc<Fitted>>,
    folds: Option<Arc<Vec<FoldResult>>>,
    feature_sets: Option<Arc<Vec<FeatureSet>>>,
    trials: Option<Arc<Vec<Chosen>>>,
    rules: Option<Arc<Vec<OwnRule>>>,
    /// Where canaries are planted.
    pub(super) ground: Option<Ground>,
    /// Rows, keys and time line of the split-honesty matrix.
    pub(super) dealing: Option<Dealing>,
    target: Option<Target>,
    entities: Vec<u32>,
    split: Option<Split>,
    /// The last part prepared, in one form: jobs come fold by fold, so the next one often wants it again.
    last: Option<(Part, Variant, Prepared)>,
}

impl Context {
    /// Takes a part, in the place of the former one of the same variant. What was made of the former one is forgotten.
    pub fn set(&mut self, part: ContextPart) {
        match part {
            ContextPart::Fitted(fitted) => self.fitted = Some(fitted),
            ContextPart::Folds(folds) => self.folds = Some(folds),
            ContextPart::FeatureSets(sets) => (self.feature_sets, self.dealing) = (Some(sets), None),
            ContextPart::Trials(trials) => self.trials = Some(trials),
            ContextPart::Rules(rules) => self.rules = Some(rules),
            ContextPart::Profiles(profiles) => self.profiles = Some(profiles),
            ContextPart::Table(table) => {
                self.table = Some(table);
                self.forget();
            }
            ContextPart::Plan(plan) => {
                self.plan = plan;
                self.forget();
            }
        }
    }

    fn forget(&mut self) {
        (self.target, self.split, self.last, self.ground, self.dealing) = (None, None, None, None, None);
        self.entities.clear();
    }

    pub(super) fn table(&self) -> Result<&Table> {
        self.table.as_deref().ok_or_else(|| Error::internal("a job without its table"))
    }

    pub(super) fn profiles(&self) -> Result<&[ColumnProfile]> {
        self.profiles.as_deref().map(Vec::as_slice).ok_or_else(|| Error::internal("a job without its profiles"))
    }

    pub(super) fn plan(&self) -> Result<&Plan> {
        self.plan.as_deref().ok_or_else(|| Error::internal("a job without its plan"))
    }

    pub(super) fn fitted(&self) -> Result<&Fitted> {
        self.fitted.as_deref().ok_or_else(|| Error::internal("a job without its model"))
    }

    pub(super) fn folds(&self) -> Result<&[FoldResult]> {
        self.folds.as_deref().map(Vec::as_slice).ok_or_else(|| Error::internal("a job without its folds"))
    }

    pub(super) fn feature_sets(&self) -> Result<&[FeatureSet]> {
        self.feature_sets.as_deref().map(Vec::as_slice).ok_or_else(|| Error::internal("a job without its feature sets"))
    }

    pub(super) fn trials(&self) -> Result<&[Chosen]> {
        self.trials.as_deref().map(Vec::as_slice).ok_or_else(|| Error::internal("a job without its trials"))
    }

    /// Quality rules of the user's own: the plan's, or those that wait for one.
    pub(super) fn own_rules(&self) -> &[OwnRule] {
        self.plan().map_or(self.rules.as_deref().map_or(&[], Vec::as_slice), |plan| &plan.rules)
    }

    /// Training and validation rows of a fold.
    pub(super) fn development(&mut self) -> Result<Train> {
        self.train_of(Part::Development).map(|(train, _)| train)
    }

    pub(super) fn fold_rows(&mut self, fold: u32) -> Result<(Train, Rows)> {
        match self.train_of(Part::Fold(fold))? {
            (train, Some(validation)) => Ok((train, validation)),
            _ => Err(Error::internal("a fold without validation rows")),
        }
    }

    /// Who knows the truth; made when it is first asked for.
    pub(super) fn judge(&mut self) -> Result<Judge<'_>> {
        self.target()?;
        if self.entities.is_empty()
            && let Some(entity) = self.plan()?.task.entity.clone()
        {
            self.entities = entity_codes(self.table()?, &entity)?;
        }
        self.made_judge()
    }

    /// Entity of every row, once [`Context::judge`] was asked for; empty without entities.
    pub(super) fn entity_codes(&self) -> &[u32] {
        &self.entities
    }

    /// The judge that [`Context::judge`] has made.
    pub(super) fn made_judge(&self) -> Result<Judge<'_>> {
        let target = self.target.as_ref().ok_or_else(|| Error::internal("a judge without a target"))?;
        Ok(judge_of(self.plan()?, target, &self.entities))
    }

    /// The part that [`Context::prepared`] has made last.
    pub(super) fn made_part(&self) -> Result<&Prepared> {
        self.last.as_ref().map(|(_, _, prepared)| prepared).ok_or_else(|| Error::internal("a part that was not prepared"))
    }

    pub(super) fn audit_input(&mut self) -> Result<AuditInput<'_>> {
        self.target()?;
        let plan = self.plan()?;
        let target = self.target.as_ref().ok_or_else(|| Error::internal("a target that was just made"))?;
        let test_from = plan.test_from.map(|r| r as usize);
        Ok(AuditInput {
            table: self.table()?,
            profiles: self.profiles()?,
            task: &plan.task,
            target,
            split: &plan.split,
            test_from,
            known: &plan.known,
            seed: plan.seed,
        })
    }

    pub(super) fn target(&mut self) -> Result<&Target> {
        if self.target.is_none() {
            self.target = Some(self.plan()?.task.encode(self.table()?)?);
        }
        self.target.as_ref().ok_or_else(|| Error::internal("a target that was just made"))
    }

    fn split(&mut self) -> Result<&Split> {
        if self.split.is_none() {
            self.target()?;
            let (plan, target) = (self.plan()?, self.target.as_ref().ok_or_else(|| Error::internal("a target that was just made"))?);
            let split = make(self.table()?, &plan.task, target, &plan.split, plan.test_from.map(|r| r as usize), plan.seed)?;
            self.split = Some(split);
        }
        self.split.as_ref().ok_or_else(|| Error::internal("a split that was just made"))
    }

    /// Breaks the seal of a split dealt anew, so that a run that was stopped and begun again finds it whole. The run that asks counts the opening.
    pub(super) fn open_holdout(&mut self) -> Result<Rows> {
        self.split = None;
        self.split()?;
        let holdout = self.split.as_mut().and_then(|s| s.holdout.take());
        holdout.map(crate::split::Holdout::open).ok_or_else(|| Error::internal("a holdout that was not dealt"))
    }

    /// All rows that are not sealed, also those before a sliding window.
    pub(super) fn unsealed_rows(&mut self) -> Result<Rows> {
        Ok(self.split()?.development.rows().clone())
    }

    /// What the final model learns from.
    pub(super) fn development_rows(&mut self) -> Result<Rows> {
        self.train_of(Part::Development).map(|(train, _)| train.rows().clone())
    }

    fn train_of(&mut self, part: Part) -> Result<(Train, Option<Rows>)> {
        let split = self.split()?;
        match part {
            Part::Development => Ok((split.last.clone(), None)),
            Part::Fold(fold) => {
                let fold = split.folds.get(fold as usize).ok_or_else(|| Error::internal("a fold that was not planned"))?;
                Ok((fold.train.clone(), Some(fold.validation.clone())))
            }
        }
    }

    /// The recipe that was chosen, or the usual one in this form; fitted to a part's training rows.
    fn recipe_for(&self, train: &Train, variant: Variant) -> Result<FittedRecipe> {
        self.recipe_on(self.table()?, train, variant)
    }

    /// The same on a table of the same columns.
    fn recipe_on(&self, table: &Table, train: &Train, variant: Variant) -> Result<FittedRecipe> {
        let plan = self.plan()?;
        let variant = if plan.augment.is_some() { variant.to_augment() } else { variant };
        let recipe = match &plan.recipe {
            Some(steps) => Recipe { steps: steps.clone() },
            None => Recipe::usual_for(&table.schema(), &plan.task, variant),
        };
        recipe.fit_for(table, train, &plan.task, variant)
    }

    /// The recipe learned from a part's training rows, with what each step changed in them.
    pub(super) fn told_recipe(&mut self, part: Part, variant: Variant) -> Result<FittedRecipe> {
        let (train, _) = self.train_of(part)?;
        self.recipe_for(&train, variant)?.with_changes(self.table()?, &train)
    }

    /// The prepared (and augmented) training side of a part, and its validation side; kept until another part is asked for.
    pub(super) fn prepared(&mut self, part: Part, variant: Variant, seed: u64) -> Result<&Prepared> {
        let held = matches!(&self.last, Some((p, s, _)) if *p == part && *s == variant);
        if !held {
            self.last = None;
            let made = self.prepare(part, variant, seed)?;
            self.last = Some((part, variant, made));
        }
        self.last.as_ref().map(|(_, _, prepared)| prepared).ok_or_else(|| Error::internal("a part that was just prepared"))
    }

    fn prepare(&mut self, part: Part, variant: Variant, seed: u64) -> Result<Prepared> {
        let (train, validation) = self.train_of(part)?;
        self.prepare_rows(&train, validation.as_ref(), variant, seed)
    }

    /// The same for any rows.
    pub(super) fn prepare_rows(&mut self, train: &Train, validation: Option<&Rows>, variant: Variant, seed: u64) -> Result<Prepared> {
        let mut prepared = self.prepare_plain(train, validation, variant)?;
        if let Some(choice) = self.augmentation()? {
            prepared.train = augment(&prepared.train, &choice, seed)?;
        }
        Ok(prepared)
    }

    /// The same without augmentation.
    pub(super) fn prepare_plain(&mut self, train: &Train, validation: Option<&Rows>, variant: Variant) -> Result<Prepared> {
        let target = self.target()?.clone();
        self.prepare_on(self.table()?, &target, train, validation, variant)
    }

    /// The same on a table of the same columns with its target; without augmentation.
    pub(super) fn prepare_on(&self, table: &Table, target: &Target, train: &Train, validation: Option<&Rows>, variant: Variant) -> Result<Prepared> {
        let plan = self.plan()?;
        let recipe = self.recipe_on(table, train, variant)?;
        let set = recipe.training_set(table, train, &plan.task, target)?;
        let validation = match validation {
            Some(rows) => Some((rows.as_slice().to_vec(), recipe.apply(table, rows)?)),
            None => None,
        };
        Ok(Prepared { recipe, train: set, validation })
    }

    /// The method of augmentation, if it is on.
    pub(super) fn augmentation(&self) -> Result<Option<AugmentChoice>> {
        Ok(self.plan()?.augment.as_ref().map(|choice| AugmentChoice { id: choice.id.clone(), params: choice.params.clone() }))
    }
}

/// Entity code of every row, shape `(n_rows,)`; each missing entity is one of its own.
pub(super) fn entity_codes(table: &Table, entity: &str) -> Result<Vec<u32>> {
    let column = table.column(entity)?;
    let mut codes = std::collections::BTreeMap::new();
    let mut next = 0;
    let mut fresh = || {
        next += 1;
        next - 1
    };
    let code = |row: usize| match column.is_missing(row) {
        true => fresh(),
        false => *codes.entry(column.text(row).into_owned()).or_insert_with(&mut fresh),
    };
    Ok((0..column.len()).map(code).collect())
}

/// The judge of a plan.
pub(super) fn judge_of<'a>(plan: &Plan, target: &'a Target, entities: &'a [u32]) -> Judge<'a> {
    let dependence = match plan.split.strategy {
        Strategy::TimeOrdered => Dependence::TimeOrdered,
        _ if !entities.is_empty() => Dependence::Clustered(entities),
        _ => Dependence::Independent,
    };
    Judge { kind: plan.task.kind, n_classes: plan.task.n_classes(), truth: &target.values, dependence, seed: plan.seed }
}
