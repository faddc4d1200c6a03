//! Several models that answer as one: members, how their answers are joined, and the out-of-fold predictions from which joining is learned.
//!
//! A member never sees a row whose prediction joins it: joins are learned from [`OutOfFold`] only, which is made by [`out_of_fold`] only, from the folds
//! of [`TrainingSet::inner_folds`] (in time order where rows are, whole entities where there are any, without synthetic rows).

use super::learners::{LEARNERS, find};
use super::{FitPart, Learner, Model, Predictions, TrainingSet};
use crate::error::{Error, Result};
use crate::features::{Feature, Features, InnerFold};
use crate::math::sum::{mean, variance};
use crate::param::{Domain, ParamSpec, Params};
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};

/// The hyperparameter that names the members.
pub(super) const MEMBERS: ParamSpec = ParamSpec {
    id: "members",
    title: "Members",
    help: "Learners by name, with commas; none: a linear model, a random forest and gradient boosting. Each with its usual settings.",
    domain: Domain::Text,
};
/// The hyperparameter that says from how many folds joining is learned.
pub(super) const INNER_FOLDS: ParamSpec = ParamSpec {
    id: "inner_folds",
    title: "Inner folds",
    help: "Folds inside the training rows from which joining is learned: each member is fitted so many times more.",
    domain: Domain::Whole { low: 2, high: 10, default: 3 },
};
/// Learners that are ensembles themselves or no learners: they are no members.
const NO_MEMBERS: [&str; 5] = ["baseline", "voting", "stacking", "blending", "greedy_ensemble"];
/// Most members.
const MOST_MEMBERS: usize = 20;

/// Members and how their answers are joined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ensemble {
    /// Fitted members, in the order of the list.
    pub members: Vec<Model>,
    /// How they are joined.
    pub join: Join,
}

/// How answers of members become one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Join {
    /// A mean with these weights, which add up to 1; members of weight 0 are not asked.
    Mean(Vec<f64>),
    /// A model of their answers, each times a factor.
    Model(Box<Model>, f64),
}

/// The members a fit names.
///
/// # Errors
/// A name that is no learner of this kind of task, or too many.
pub(super) fn members(part: &FitPart<'_>) -> Result<Vec<&'static Learner>> {
    let kind = part.train.kind();
    let linear = if kind == TaskKind::Regression { "ridge" } else { "logistic" };
    let names: Vec<&str> = part.params.word("members").split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let names = if names.is_empty() { vec![linear, "random_forest", "gradient_boosting"] } else { names };
    if names.len() > MOST_MEMBERS {
        return Err(Error::out_of_range("members", &names.len().to_string(), &format!("at most {MOST_MEMBERS} names")));
    }
    let may = |l: &&Learner| l.tasks.contains(&kind) && !NO_MEMBERS.contains(&l.id);
    let known = || LEARNERS.iter().filter(may).map(|l| l.id).collect::<Vec<_>>();
    names.into_iter().map(|name| find(name).filter(may).ok_or_else(|| Error::unknown("member", name, &known()))).collect()
}

/// Each member fitted on these rows.
pub(super) fn fit_members(part: &FitPart<'_>, members: &[&'static Learner], train: &TrainingSet) -> Result<Vec<Model>> {
    members.iter().map(|l| l.fit_with_pulse(&Params::defaults(l.params), train, part.seed, part.pulse)).collect()
}

/// Predictions of members for rows they have not seen.
pub(super) struct OutOfFold {
    /// The rows, with target and weights.
    pub rows: TrainingSet,
    /// One a member: predictions of these rows.
    pub predictions: Vec<Predictions>,
}

/// Fits the members on each fold's rows and predicts the rows it judges; gives the members of the last fold as well.
pub(super) fn out_of_fold(
    part: &FitPart<'_>,
    members: &[&'static Learner],
    train: &TrainingSet,
    folds: &[InnerFold],
) -> Result<(OutOfFold, Vec<Model>)> {
    let mut predictions = vec![Predictions { n_classes: train.n_classes(), values: Vec::new(), cuts: Vec::new() }; members.len()];
    let mut last = Vec::new();
    for fold in folds {
        let judged = train.of_rows(&fold.judge)?;
        last = fit_members(part, members, &train.of_rows(&fold.learn)?)?;
        for (all, model) in predictions.iter_mut().zip(&last) {
            all.values.extend(model.predict_with_pulse(judged.features(), part.pulse)?.values);
        }
    }
    let rows: Vec<usize> = folds.iter().flat_map(|f| f.judge.iter().copied()).collect();
    Ok((OutOfFold { rows: train.of_rows(&rows)?, predictions }, last))
}

impl OutOfFold {
    /// A ridge or logistic regression of the members' answers (Wolpert 1992; Breiman 1996). Numbers are measured in standard deviations of the target, so that
    /// the penalty does not depend on its unit.
    pub(super) fn regress(&self, part: &FitPart<'_>) -> Result<Join> {
        let kind = self.rows.kind();
        let learner =
            find(if kind == TaskKind::Regression { "ridge" } else { "logistic" }).ok_or_else(|| Error::internal("a learner that is not listed"))?;
        let spread = if kind == TaskKind::Regression && self.rows.n_rows() > 1 { variance(self.rows.target(), 1).sqrt() } else { 1.0 };
        let factor = if spread > 0.0 { 1.0 / spread } else { 1.0 };
        let answers = answers(&self.predictions, factor, self.rows.n_rows())?;
        let n = self.rows.n_real();
        let set = TrainingSet::new(answers, self.rows.target().to_vec(), self.rows.weights().to_vec(), kind, self.rows.n_classes(), n)?;
        let model = learner.fit_with_pulse(&Params::defaults(learner.params), &set, part.seed, part.pulse)?;
        Ok(Join::Model(Box::new(model), factor))
    }

    /// Mean loss of an answer: squared error, or log-loss.
    pub(super) fn loss(&self, values: &[f64]) -> f64 {
        let width = self.rows.n_classes().max(1);
        let one = |(i, &y): (usize, &f64)| {
            if width == 1 { (values[i] - y) * (values[i] - y) } else { -crate::math::elementary::ln(values[i * width + y as usize].max(1e-15)) }
        };
        let all: Vec<f64> = self.rows.target().iter().enumerate().map(one).zip(self.rows.weights()).map(|(loss, w)| loss * w).collect();
        mean(&all)
    }
}

/// The members' answers as features: numbers times `factor`, or the probability of every class but the first.
fn answers(predictions: &[Predictions], factor: f64, n_rows: usize) -> Result<Features> {
    let (mut about, mut columns) = (Vec::new(), Vec::new());
    for (at, member) in predictions.iter().enumerate() {
        let own: Vec<Vec<f64>> = match member.n_classes {
            0 => vec![member.values.iter().map(|v| v * factor).collect()],
            k => (1..k).map(|class| member.class(class)).collect(),
        };
        for (class, values) in own.into_iter().enumerate() {
            about.push(Feature { name: format!("member {at} {class}"), sources: Vec::new(), step: "ensemble".into(), whole: false, levels: false });
            columns.push(values);
        }
    }
    Features::from_columns(about, columns, n_rows)
}

impl Ensemble {
    /// Predicts every row.
    ///
    /// # Errors
    /// Those of its members.
    pub fn predict_with_pulse(&self, features: &Features, pulse: &dyn Fn()) -> Result<Predictions> {
        match &self.join {
            Join::Model(model, factor) => {
                let own = self.members.iter().map(|m| m.predict_with_pulse(features, pulse)).collect::<Result<Vec<_>>>()?;
                model.predict_with_pulse(&answers(&own, *factor, features.n_rows())?, pulse)
            }
            Join::Mean(weights) => {
                let mut joined: Option<Predictions> = None;
                for (member, &weight) in self.members.iter().zip(weights).filter(|(_, weight)| **weight > 0.0) {
                    let mut own = member.predict_with_pulse(features, pulse)?;
                    own.values.iter_mut().for_each(|v| *v *= weight);
                    match &mut joined {
                        Some(all) => all.values.iter_mut().zip(own.values).for_each(|(a, b)| *a += b),
                        None => joined = Some(own),
                    }
                }
                joined.ok_or_else(|| Error::internal("an ensemble without a member that counts"))
            }
        }
    }

    /// Checks a model from outside.
    ///
    /// # Errors
    /// A member that does not fit, is itself an ensemble, or weights that do not add up.
    pub fn validate(&self, n_features: usize, n_classes: usize) -> Result<()> {
        let broken = |what: &str| Err(Error::internal(&format!("an ensemble with {what}")));
        if self.members.is_empty() || self.members.len() > MOST_MEMBERS || self.members.iter().any(|m| matches!(m, Model::Ensemble(_))) {
            return broken("members that cannot be");
        }
        self.members.iter().try_for_each(|m| m.validate(n_features, n_classes))?;
        match &self.join {
            Join::Mean(weights) => {
                let sound = weights.len() == self.members.len() && weights.iter().all(|w| (0.0..=1.0).contains(w));
                if sound && (weights.iter().sum::<f64>() - 1.0).abs() < 1e-9 { Ok(()) } else { broken("weights that do not add up to 1") }
            }
            Join::Model(model, factor) => {
                if !(factor.is_finite() && *factor > 0.0 && matches!(**model, Model::Linear(_))) {
                    return broken("a join that is none");
                }
                model.validate(self.members.len() * n_classes.saturating_sub(1).max(1), n_classes)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests_support::features;
    use crate::math::rng::Stream;
    use crate::param::{Given, Value};

    /// `y = 2 a - b` and noise, with three columns of noise beside: a forest is far behind a line, and nearest to the rows it has seen.
    fn line(n: usize) -> (TrainingSet, TrainingSet) {
        let mut stream = Stream::new(3, "test/ensemble", 0);
        let columns: Vec<Vec<f64>> = (0..5).map(|_| (0..2 * n).map(|_| stream.normal()).collect()).collect();
        let target: Vec<f64> = (0..2 * n).map(|i| 1e4 * (2.0 * columns[0][i] - columns[1][i] + 0.3 * stream.normal())).collect();
        let all = TrainingSet::new(features(&columns), target, vec![1.0; 2 * n], TaskKind::Regression, 0, 2 * n).unwrap();
        (all.of_rows(&(0..n).collect::<Vec<_>>()).unwrap(), all.of_rows(&(n..2 * n).collect::<Vec<_>>()).unwrap())
    }

    fn fitted(id: &str, members: &str, train: &TrainingSet) -> Model {
        let learner = find(id).unwrap();
        let given = Given::from([("members".to_owned(), Value::Word(members.to_owned()))]);
        learner.fit(&Params::check(learner.params, &given).unwrap(), train, 1).unwrap()
    }

    fn error(model: &Model, on: &TrainingSet) -> f64 {
        let predicted = model.predict(on.features()).unwrap().values;
        (predicted.iter().zip(on.target()).map(|(p, y)| (p - y) * (p - y)).sum::<f64>() / on.n_rows() as f64).sqrt()
    }

    #[test]
    fn joins_learned_from_unseen_rows_trust_the_better_member_and_not_the_one_that_remembers() {
        let (train, new) = line(300);
        let ridge = error(&fitted("voting", "ridge", &train), &new);
        let voting = error(&fitted("voting", "ridge, decision_tree", &train), &new);
        for id in ["stacking", "greedy_ensemble", "blending"] {
            let joined = error(&fitted(id, "ridge, decision_tree", &train), &new);
            assert!(joined < 1.1 * ridge && joined < 0.8 * voting, "{id}: {joined}, ridge {ridge}, voting {voting}");
        }
        let Model::Ensemble(Ensemble { join: Join::Mean(weights), .. }) = fitted("greedy_ensemble", "ridge, decision_tree", &train) else { panic!() };
        assert!(weights[0] > 0.8 && (weights[0] + weights[1] - 1.0).abs() < 1e-12, "{weights:?}");
    }

    #[test]
    fn voting_is_the_mean_of_its_members() {
        let (train, new) = line(60);
        let of = |names: &str| fitted("voting", names, &train).predict(new.features()).unwrap().values;
        let (a, b, both) = (of("ridge"), of("decision_tree"), of("ridge,decision_tree"));
        assert!(both.iter().zip(a.iter().zip(&b)).all(|(both, (a, b))| (both - (a + b) / 2.0).abs() < 1e-9 * a.abs().max(1.0)));
    }

    #[test]
    fn a_member_that_is_no_learner_of_the_task_or_an_ensemble_is_refused_with_those_that_may_be() {
        let (train, _) = line(40);
        let learner = find("stacking").unwrap();
        for name in ["logistic", "stacking", "baseline", "nobody"] {
            let given = Given::from([("members".to_owned(), Value::Word(name.to_owned()))]);
            let refusal = learner.fit(&Params::check(learner.params, &given).unwrap(), &train, 1).unwrap_err().to_string();
            assert!(refusal.contains(name) && refusal.contains("member"), "{refusal}");
        }
    }

    #[test]
    fn an_ensemble_from_outside_that_cannot_be_is_refused() {
        let (train, _) = line(40);
        let Model::Ensemble(good) = fitted("voting", "ridge,decision_tree", &train) else { panic!() };
        assert!(good.validate(5, 0).is_ok());
        let with = |change: &dyn Fn(&mut Ensemble)| {
            let mut bad = good.clone();
            change(&mut bad);
            bad.validate(5, 0).is_err()
        };
        assert!(with(&|e| e.members.clear()) && with(&|e| e.join = Join::Mean(vec![0.5, 0.6])) && with(&|e| e.join = Join::Mean(vec![1.0])));
        assert!(with(&|e| e.members[0] = Model::Ensemble(good.clone())) && with(&|e| e.join = Join::Model(Box::new(good.members[0].clone()), 1.0)));
    }
}
