//! Two-part model for a number that is often exactly 0 (revenue of visits, cost of claims): whether it is 0, and how much when it is not (Cragg 1971; Duan et al. 1983).
//!
//! `E[y | x] = P(y != 0 | x) E[y | x, y != 0]`: a classifier on all rows times a regressor on the rows that are not 0. With `log` the amount is learned as
//! `z = log(1 + y)` and brought back as `exp(z) S - 1` with Duan's smearing factor `S = sum w exp(z_i - fit_i) / sum w` over the training rows that are not 0 (Duan 1983,
//! JASA 78, 605); without S the mean would be too low. No amount above the largest of the training rows is given back from the log scale. `amount_only` leaves the first part out.

use super::find;
use crate::error::{Error, Result};
use crate::math::elementary::{exp, ln_1p};
use crate::math::sum::{sum, sum_of};
use crate::model::{Features, FitPart, Learner, Model, Predictions, TrainingSet, one_part, only};
use crate::param::{Domain, ParamSpec, Params};
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};

/// The entry in the list of learners.
pub const TWO_PART: Learner = Learner {
    id: "two_part",
    title: "Two-part model",
    doc: "For a number that is often 0: one model says how likely it is not 0, another how much it is then; their product is predicted. Cragg 1971; Duan et al. 1983.",
    tasks: &[TaskKind::Regression],
    baseline: false,
    wants_scaling: true,
    takes_missing: false,
    takes_categories: false,
    uses_weights: true,
    params: &[
        ParamSpec {
            id: "rows",
            title: "Predicts",
            help: "The product of both parts for every row, or the amount only, as if no row were 0.",
            domain: Domain::Choice { options: &["both_parts", "amount_only"], default: "both_parts" },
        },
        ParamSpec {
            id: "classifier",
            title: "First part",
            help: "What says how likely a row is not 0.",
            domain: Domain::Choice { options: &["gradient_boosting", "random_forest", "logistic"], default: "gradient_boosting" },
        },
        ParamSpec {
            id: "regressor",
            title: "Second part",
            help: "What says how much it is when it is not 0.",
            domain: Domain::Choice { options: &["gradient_boosting", "random_forest", "ridge"], default: "gradient_boosting" },
        },
        ParamSpec {
            id: "log",
            title: "Amounts on a log scale",
            help: "Learns log(1 + amount): for amounts with a long tail. Needs amounts above -1.",
            domain: Domain::Switch { default: false },
        },
    ],
    parts: one_part,
    fit_part: fit,
    join: only,
};

/// Both parts of a fitted model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TwoPart {
    /// Says how likely a row is not 0; none: every row counts as not 0.
    pub occurs: Option<Box<Model>>,
    /// Says how much it is then; none: always 0.
    pub amount: Option<Box<Model>>,
    /// Smearing factor and largest training amount, when amounts are learned on the log scale.
    pub log: Option<(f64, f64)>,
}

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let train = part.train.weighted_rows()?;
    let present: Vec<usize> = (0..train.n_rows()).filter(|&i| train.target()[i] != 0.0).collect();
    if present.is_empty() {
        return Ok(Model::TwoPart(TwoPart { occurs: None, amount: None, log: None }));
    }
    let occurs = if present.len() == train.n_rows() || part.params.word("rows") == "amount_only" {
        None
    } else {
        let flags = train.target().iter().map(|y| f64::from(u8::from(*y != 0.0))).collect();
        let flagged = TrainingSet::new(train.features().clone(), flags, train.weights().to_vec(), TaskKind::Binary, 2, train.n_real())?;
        Some(Box::new(inner(part, "classifier", &flagged)?))
    };
    let (amounts, largest) = amounts(&train, &present, part.params.switch("log"))?;
    let amount = inner(part, "regressor", &amounts)?;
    let log = largest.map(|largest| smearing(&amount, &amounts).map(|s| (s, largest))).transpose()?;
    Ok(Model::TwoPart(TwoPart { occurs, amount: Some(Box::new(amount)), log }))
}

/// The fit of the learner that a hyperparameter names, with its defaults.
fn inner(part: &FitPart<'_>, which: &str, train: &TrainingSet) -> Result<Model> {
    let learner = find(part.params.word(which)).ok_or_else(|| Error::internal("a part of a two-part model that is not listed"))?;
    learner.fit_with_pulse(&Params::defaults(learner.params), train, part.seed, part.pulse)
}

/// The rows that are not 0, their amounts on the log scale if so wanted; and then the largest amount.
fn amounts(train: &TrainingSet, present: &[usize], log: bool) -> Result<(TrainingSet, Option<f64>)> {
    let take = |values: &[f64]| present.iter().map(|&i| values[i]).collect::<Vec<f64>>();
    let mut target = take(train.target());
    let largest = target.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if log {
        if target.iter().any(|y| *y <= -1.0) {
            return Err(Error::not_computable("The logarithm of the amounts", "some are -1 or less", "Switch the log scale off.").named(TWO_PART.id));
        }
        target.iter_mut().for_each(|y| *y = ln_1p(*y));
    }
    let features = train.features();
    let columns = (0..features.n_features()).map(|j| take(features.slice(j))).collect();
    let features = Features::from_columns(features.about.clone(), columns, present.len())?;
    let n_real = present.iter().filter(|&&i| i < train.n_real()).count();
    let rows = TrainingSet::new(features, target, take(train.weights()), TaskKind::Regression, 0, n_real)?;
    Ok((rows, log.then_some(largest)))
}

/// Duan's smearing factor.
fn smearing(model: &Model, train: &TrainingSet) -> Result<f64> {
    let fitted = model.predict(train.features())?.values;
    let left = train.target().iter().zip(&fitted).zip(train.weights()).map(|((z, f), w)| w * exp(z - f));
    let factor = sum_of(left) / sum(train.weights());
    if factor.is_finite() && factor > 0.0 {
        Ok(factor)
    } else {
        Err(Error::not_computable("Duan's smearing factor", "the fit is too far off", "Switch the log scale off."))
    }
}

impl TwoPart {
    /// Predicts every row.
    ///
    /// # Errors
    /// Those of its parts.
    pub fn predict_with_pulse(&self, features: &Features, pulse: &dyn Fn()) -> Result<Predictions> {
        let Some(amount) = &self.amount else { return Ok(Predictions { n_classes: 0, values: vec![0.0; features.n_rows()], cuts: Vec::new() }) };
        let mut values = amount.predict_with_pulse(features, pulse)?.values;
        if let Some((factor, largest)) = self.log {
            let top = ln_1p(largest);
            values.iter_mut().for_each(|z| *z = (exp(z.min(top)) * factor - 1.0).min(largest));
        }
        if let Some(occurs) = &self.occurs {
            let shares = occurs.predict_with_pulse(features, pulse)?.class(1);
            values.iter_mut().zip(shares).for_each(|(value, p)| *value *= p);
        }
        Ok(Predictions { n_classes: 0, values, cuts: Vec::new() })
    }

    /// Checks a model from outside.
    ///
    /// # Errors
    /// A part that does not fit its task, is itself of two parts, or a factor that is not above 0.
    pub fn validate(&self, n_features: usize, n_classes: usize) -> Result<()> {
        let broken = |what: &str| Err(Error::internal(&format!("a two-part model with {what}")));
        if n_classes != 0 || (self.amount.is_none() && self.occurs.is_some()) {
            return broken("parts that do not fit the task");
        }
        if self.log.is_some_and(|(factor, largest)| !(factor.is_finite() && factor > 0.0 && largest.is_finite() && largest > -1.0)) {
            return broken("a factor that is not above 0");
        }
        for (model, classes) in [(&self.occurs, 2), (&self.amount, 0)] {
            match model.as_deref() {
                Some(Model::TwoPart(_)) => return broken("a part of two parts"),
                Some(model) => model.validate(n_features, classes)?,
                None => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests_support::features;
    use crate::math::rng::Stream;
    use crate::param::Value;

    /// Rows that are 0 unless the first feature is high; the amount grows with the second, with a long tail.
    fn visits(n: usize) -> TrainingSet {
        let mut stream = Stream::new(5, "visits", 0);
        let (mut a, mut b, mut y) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..n {
            let (interest, size) = (stream.normal(), stream.normal());
            a.push(interest);
            b.push(size);
            y.push(if interest + stream.normal() > 1.0 { exp(2.0 + 0.5 * size + 0.5 * stream.normal()) } else { 0.0 });
        }
        TrainingSet::new(features(&[a, b]), y, vec![1.0; n], TaskKind::Regression, 0, n).unwrap()
    }

    fn fitted(given: &[(&str, Value)], train: &TrainingSet) -> Model {
        let given = given.iter().map(|(id, value)| ((*id).to_owned(), value.clone())).collect();
        TWO_PART.fit(&Params::check(TWO_PART.params, &given).unwrap(), train, 1).unwrap()
    }

    fn mean(values: &[f64]) -> f64 {
        sum(values) / values.len() as f64
    }

    #[test]
    fn the_total_is_kept_on_either_scale_and_with_either_classifier() {
        let train = visits(3000);
        let truth = mean(train.target());
        for given in [
            vec![],
            vec![("log", Value::Switch(true))],
            vec![("classifier", Value::Word("logistic".into())), ("regressor", Value::Word("ridge".into()))],
        ] {
            let predicted = mean(&fitted(&given, &train).predict(train.features()).unwrap().values);
            assert!((predicted / truth - 1.0).abs() < 0.05, "{given:?}: {predicted} {truth}");
        }
    }

    #[test]
    fn the_amount_alone_is_larger_by_the_share_of_rows_that_are_not_zero() {
        let train = visits(3000);
        let (both, amount) = (fitted(&[], &train), fitted(&[("rows", Value::Word("amount_only".into()))], &train));
        let (both, amount) = (both.predict(train.features()).unwrap().values, amount.predict(train.features()).unwrap().values);
        let converting: Vec<f64> = train.target().iter().copied().filter(|y| *y != 0.0).collect();
        assert!((mean(&amount) / mean(&converting) - 1.0).abs() < 0.1);
        assert!(both.iter().zip(&amount).all(|(b, a)| b <= a || *a < 0.0));
    }

    #[test]
    fn without_zeros_it_is_its_second_part_and_with_nothing_else_it_is_zero() {
        let train = visits(400);
        let all = TrainingSet::new(train.features().clone(), vec![0.0; 400], vec![1.0; 400], TaskKind::Regression, 0, 400).unwrap();
        assert!(fitted(&[], &all).predict(all.features()).unwrap().values.iter().all(|v| *v == 0.0));
        let none = TrainingSet::new(
            train.features().clone(),
            train.target().iter().map(|y| y + 1.0).collect(),
            vec![1.0; 400],
            TaskKind::Regression,
            0,
            400,
        )
        .unwrap();
        let boosting = find("gradient_boosting").unwrap();
        let alone = boosting.fit(&Params::defaults(boosting.params), &none, 1).unwrap();
        assert_eq!(fitted(&[], &none).predict(none.features()).unwrap(), alone.predict(none.features()).unwrap());
    }

    #[test]
    fn amounts_of_minus_one_have_no_logarithm_and_a_model_inside_a_model_is_refused() {
        let train = TrainingSet::new(features(&[vec![1.0, 2.0, 3.0]]), vec![0.0, -1.0, 4.0], vec![1.0; 3], TaskKind::Regression, 0, 3).unwrap();
        let params = Params::check(TWO_PART.params, &[("log".to_owned(), Value::Switch(true))].into()).unwrap();
        assert!(TWO_PART.fit(&params, &train, 1).unwrap_err().message.contains("-1 or less"));
        let nothing = Model::TwoPart(TwoPart { occurs: None, amount: None, log: None });
        assert!(nothing.validate(2, 0).is_ok() && nothing.validate(2, 2).is_err());
        assert!(Model::TwoPart(TwoPart { occurs: None, amount: Some(Box::new(nothing)), log: None }).validate(2, 0).is_err());
    }
}
