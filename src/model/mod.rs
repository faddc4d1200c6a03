//! Learners and models: a [`Learner`] is unfitted, a [`Model`] is fitted, serialises itself and is checked on load.
//!
//! Adding a learner: one file in `learners/` and its line in [`LEARNERS`]; screens, command line, report and the conformance suite have it.

pub mod ensemble;
pub mod learners;
pub mod linear;
pub mod tree;
pub mod vectors;

pub use crate::features::{Feature, Features, Predictions, TrainingSet};
pub use learners::LEARNERS;

use crate::error::{Error, Result};
use crate::param::{ParamSpec, Params};
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};

/// An unfitted learning method, described as data.
pub struct Learner {
    /// Name in settings ("ridge").
    pub id: &'static str,
    /// Name on screen ("Ridge").
    pub title: &'static str,
    /// What it is, in one or two sentences; source.
    pub doc: &'static str,
    /// Kinds of task it can do.
    pub tasks: &'static [TaskKind],
    /// A rule rather than a learner: listed first, and what every learner must beat.
    pub baseline: bool,
    /// Whether its features should be standardised first (linear models, neighbours).
    pub wants_scaling: bool,
    /// Whether it learns from rows with missing values and predicts them, so that none need be filled.
    pub takes_missing: bool,
    /// Whether it takes codes of levels for what they are: nothing it says depends on how levels are numbered.
    pub takes_categories: bool,
    /// Whether row weights other than 0 and 1 change the fit. Rows of weight 0 are absent for every learner.
    pub uses_weights: bool,
    /// Its hyperparameters.
    pub params: &'static [ParamSpec],
    /// Into how many independent parts the final fit is cut for these parameters; never depends on workers. 1 when it cannot be cut.
    pub parts: fn(&Params, &TrainingSet) -> usize,
    /// Fits one part (`part < parts`).
    pub fit_part: fn(&FitPart<'_>) -> Result<Model>,
    /// Joins the parts in order; identity for one part.
    pub join: fn(Vec<Model>) -> Result<Model>,
}

/// What one part of a fit is given.
pub struct FitPart<'a> {
    /// Checked hyperparameters.
    pub params: &'a Params,
    /// What to learn from.
    pub train: &'a TrainingSet,
    /// Which part, from 0.
    pub part: usize,
    /// Seed of the whole run; streams are keyed by (seed, purpose, index).
    pub seed: u64,
    /// Called now and then by fits that may take long: each tree, say. A sign of life, nothing else.
    pub pulse: &'a dyn Fn(),
}

impl Learner {
    /// Fits all parts in order and joins them.
    ///
    /// # Errors
    /// The task's kind is not one of [`Learner::tasks`], there are no rows or features it can use, or the method cannot give a result.
    pub fn fit(&self, params: &Params, train: &TrainingSet, seed: u64) -> Result<Model> {
        self.fit_with_pulse(params, train, seed, &|| {})
    }

    /// As [`Learner::fit`], with signs of life: see [`FitPart::pulse`].
    ///
    /// # Errors
    /// Those of [`Learner::fit`].
    pub fn fit_with_pulse(&self, params: &Params, train: &TrainingSet, seed: u64, pulse: &dyn Fn()) -> Result<Model> {
        if !self.tasks.contains(&train.kind()) {
            return Err(Error::not_computable(self.title, "it does not do this kind of task", "Choose another learner.").named(self.id));
        }
        if train.n_rows() == 0 {
            return Err(Error::not_computable(self.title, "there are no rows to learn from", "Check the target column and the split.").named(self.id));
        }
        let parts = (self.parts)(params, train).max(1);
        let models = (0..parts).map(|part| (self.fit_part)(&FitPart { params, train, part, seed, pulse })).collect::<Result<Vec<_>>>()?;
        (self.join)(models)
    }
}

/// For learners that cannot be cut: one part.
pub(crate) fn one_part(_: &Params, _: &TrainingSet) -> usize {
    1
}

/// For learners that cannot be cut: the only part is the model.
pub(crate) fn only(models: Vec<Model>) -> Result<Model> {
    models.into_iter().next().ok_or_else(|| Error::internal("a fit without parts"))
}

/// A fitted model. A closed list: every form knows how to predict and how to check itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// The same answer for every row.
    Constant(learners::baseline::Constant),
    /// Weighted sums of the features.
    Linear(linear::LinearModel),
    /// One or more trees: averaged (forest) or added up (boosting).
    Trees(tree::TreeModel),
    /// Nearest training rows.
    Neighbours(learners::neighbours::Neighbours),
    /// Bell curves of every class.
    NaiveBayes(learners::naive_bayes::NaiveBayes),
    /// Whether it is 0, and how much when it is not.
    TwoPart(learners::two_part::TwoPart),
    /// Several models that answer as one.
    Ensemble(ensemble::Ensemble),
    /// A weighted sum of the features that is the logarithm of the prediction.
    LogLinear(linear::LinearModel),
    /// Weighted kernels of training rows.
    SupportVectors(vectors::SupportVectors),
}

impl Model {
    /// Predicts every row of `features`.
    ///
    /// # Errors
    /// The number of features is not that of the training set.
    pub fn predict(&self, features: &Features) -> Result<Predictions> {
        self.predict_with_pulse(features, &|| {})
    }

    /// As [`Model::predict`]; `pulse` is called now and then by models that may take long.
    ///
    /// # Errors
    /// Those of [`Model::predict`].
    pub fn predict_with_pulse(&self, features: &Features, pulse: &dyn Fn()) -> Result<Predictions> {
        match self {
            Self::Constant(m) => m.predict(features),
            Self::Linear(m) => m.predict(features),
            Self::Trees(m) => m.predict(features),
            Self::Neighbours(m) => m.predict_with_pulse(features, pulse),
            Self::NaiveBayes(m) => m.predict(features),
            Self::TwoPart(m) => m.predict_with_pulse(features, pulse),
            Self::Ensemble(m) => m.predict_with_pulse(features, pulse),
            Self::LogLinear(m) => m.predict_logarithm(features),
            Self::SupportVectors(m) => m.predict_with_pulse(features, pulse),
        }
    }

    /// Checks a model that came from outside: shapes fit, numbers are finite, trees are trees.
    ///
    /// # Errors
    /// The first promise that is broken.
    pub fn validate(&self, n_features: usize, n_classes: usize) -> Result<()> {
        match self {
            Self::Constant(m) => m.validate(n_classes),
            Self::Linear(m) => m.validate(n_features, n_classes),
            Self::Trees(m) => m.validate(n_features, n_classes),
            Self::Neighbours(m) => m.validate(n_features, n_classes),
            Self::NaiveBayes(m) => m.validate(n_features, n_classes),
            Self::TwoPart(m) => m.validate(n_features, n_classes),
            Self::Ensemble(m) => m.validate(n_features, n_classes),
            Self::LogLinear(_) if n_classes > 0 => Err(Error::internal("a model of amounts for a task of classes")),
            Self::LogLinear(m) => m.validate(n_features, n_classes),
            Self::SupportVectors(m) => m.validate(n_features, n_classes),
        }
    }

    /// Whether rows of the training set can be read out of it (said in the model card).
    #[must_use]
    pub fn contains_training_rows(&self) -> bool {
        match self {
            Self::Neighbours(_) => true,
            Self::Ensemble(ensemble) => ensemble.members.iter().any(Self::contains_training_rows),
            Self::SupportVectors(m) => m.contains_training_rows(),
            _ => false,
        }
    }
}
