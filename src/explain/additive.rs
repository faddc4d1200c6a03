//! What each raw column adds to predictions, by whichever method is exact for the model, or by sampling.
//!
//! - Trees: exact Shapley values ([`super::tree_shap`]), in the units of their sums.
//! - Linear models: `coefficient (value - mean of training rows)`, exact on the scale of the sum (log-odds for classes), columns taken as independent.
//! - Every other model: sampled orders (Castro, Gomez and Tejada 2009; Strumbelj and Kononenko 2014) against training rows. Columns of a training row are replaced one after the
//!   other by those of the row explained; what each replacement changes, averaged over [`BACKGROUND`] training rows, each with its own order (every second one the
//!   reverse of the one before), is the column's contribution. They add up to the prediction exactly; how much each would vary under other orders is its standard error.
//!
//! Features made of one raw column count as that column.

use super::tree_shap::TreeShap;
use crate::error::{Error, Result};
use crate::features::Features;
use crate::math::rng::Stream;
use crate::math::sum::{mean, sum, variance};
use crate::model::linear::LinearModel;
use crate::model::tree::{Combination, TreeModel};
use crate::model::{Model, Predictions};
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};

/// Training rows, and so orders, that a sampled contribution is the mean over.
pub const BACKGROUND: usize = 50;
/// Most predictions that sampling asks for: a few seconds of the slowest models in a browser.
const MOST_PREDICTIONS: usize = 100_000;
/// The same for models that look up rows they were trained on, and for those made of several.
const MOST_LOOKUPS: usize = 8_000;
/// Most multiplications of exact contributions of trees: a quarter of a second natively.
const MOST_STEPS: usize = 50_000_000;
/// Fewest rows worth explaining; a model for which exact values of so many cost too much is sampled.
const FEWEST_ROWS: usize = 8;

/// How contributions were computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Exactly, from the trees and how many training rows each leaf was grown on.
    Trees,
    /// Exactly, from the coefficients.
    Linear,
    /// By sampled orders.
    Sampled,
}

/// In which units contributions are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Those of the target.
    Target,
    /// The natural logarithm of the target's mean.
    LogTarget,
    /// Log-odds of the class (of several classes: the score that its probability grows with).
    LogOdds,
    /// Probability of the class.
    Probability,
}

/// Contributions of raw columns to the predictions of some rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Contributions {
    /// How they were computed.
    pub how: How,
    /// Their units.
    pub scale: Scale,
    /// What is predicted without knowing a row.
    pub base: f64,
    /// Shape `(n_rows, n_columns)`.
    pub values: Vec<f64>,
    /// Typical standard error of a value (root of the mean square), if they were sampled.
    pub error: Option<f64>,
}

/// Raw columns with the features made of them, every feature in one group: one made of two columns is a group of its own, named after both, and one
/// made of more goes by its own name.
#[must_use]
pub fn groups(features: &Features) -> Vec<(String, Vec<usize>)> {
    let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
    for (j, feature) in features.about.iter().enumerate() {
        let name = if (1..=2).contains(&feature.sources.len()) { feature.sources.join(" × ") } else { feature.name.clone() };
        match groups.iter_mut().find(|g| g.0 == name) {
            Some(group) => group.1.push(j),
            None => groups.push((name, vec![j])),
        }
    }
    groups
}

/// The number that is explained of every prediction: itself, or the probability of `class`. Shape `(n_rows,)`.
#[must_use]
pub fn told(predictions: &Predictions, class: usize) -> Vec<f64> {
    if predictions.n_classes == 0 { predictions.values.clone() } else { predictions.class(class) }
}

/// How many rows of a model may be explained, or told in one of the other ways, before it takes too long.
#[must_use]
pub fn most_predictions(model: &Model) -> usize {
    if matches!(model, Model::Neighbours(_) | Model::SupportVectors(_) | Model::Ensemble(_)) { MOST_LOOKUPS } else { MOST_PREDICTIONS }
}

/// What is explained, and what it is compared with.
pub struct Subject<'a> {
    /// The model.
    pub model: &'a Model,
    /// Features of training rows: their mean is where linear models start, [`BACKGROUND`] of them, evenly spaced, where sampling starts.
    pub train: &'a Features,
    /// Raw columns, from [`groups`].
    pub groups: &'a [(String, Vec<usize>)],
    /// Kind of task.
    pub kind: TaskKind,
    /// The class whose score is explained; 0 for numbers.
    pub class: usize,
    /// Seed of the run.
    pub seed: u64,
    /// A sign of life.
    pub pulse: &'a dyn Fn(),
}

impl Subject<'_> {
    /// How many rows can be explained in time, at most `wanted`.
    #[must_use]
    pub fn affordable(&self, wanted: usize) -> usize {
        let affordable = match self.model {
            Model::Linear(_) | Model::LogLinear(_) | Model::Constant(_) => wanted,
            Model::Trees(trees) => self.exact(trees).map_or_else(|| self.sampled_rows(), |shap| MOST_STEPS / shap.cost_of_a_row().max(1)),
            _ => self.sampled_rows(),
        };
        affordable.clamp(1, wanted.max(1))
    }

    fn sampled_rows(&self) -> usize {
        (most_predictions(self.model) / (BACKGROUND * (self.groups.len() + 1))).max(FEWEST_ROWS)
    }

    /// Exact contributions of trees, unless they cannot be had or cost too much.
    fn exact<'m>(&self, trees: &'m TreeModel) -> Option<TreeShap<'m>> {
        TreeShap::new(trees).ok().filter(|shap| MOST_STEPS / shap.cost_of_a_row().max(1) >= FEWEST_ROWS)
    }

    /// Contributions to the predictions of these rows.
    ///
    /// # Errors
    /// The model gives every row the same answer, has never seen the class, or the features are not its own.
    pub fn contributions(&self, rows: &Features) -> Result<Contributions> {
        match self.model {
            Model::Constant(_) => {
                let why = "the model gives every row the same answer";
                Err(Error::not_computable("An explanation", why, "Train a learner that uses columns."))
            }
            Model::Linear(linear) => self.linear(linear, rows, if linear.n_classes == 0 { Scale::Target } else { Scale::LogOdds }),
            Model::LogLinear(linear) => self.linear(linear, rows, Scale::LogTarget),
            Model::Trees(trees) => match self.exact(trees) {
                Some(shap) => self.trees(trees, &shap, rows),
                None => self.sampled(rows, self.scale()),
            },
            _ => self.sampled(rows, self.scale()),
        }
    }

    /// The scale of predictions themselves.
    fn scale(&self) -> Scale {
        if self.kind.is_classification() { Scale::Probability } else { Scale::Target }
    }

    /// Sums over the features of each raw column.
    fn by_column(&self, by_feature: &[f64], values: &mut Vec<f64>) {
        values.extend(self.groups.iter().map(|(_, members)| members.iter().map(|&j| by_feature.get(j).copied().unwrap_or(0.0)).sum::<f64>()));
    }

    fn trees(&self, model: &TreeModel, shap: &TreeShap<'_>, rows: &Features) -> Result<Contributions> {
        let n_features = rows.n_features();
        let sum = if shap.base().len() > 1 { self.class } else { 0 };
        let base = shap.base().get(sum).copied().ok_or_else(|| Error::internal("a class that trees do not know"))?;
        let mut values = Vec::with_capacity(rows.n_rows() * self.groups.len());
        for (i, row) in rows.matrix().rows().into_iter().enumerate() {
            if i % 64 == 0 {
                (self.pulse)();
            }
            let by_feature = shap.values(&row.to_vec())?;
            self.by_column(&by_feature[sum * n_features..(sum + 1) * n_features], &mut values);
        }
        let scale = match model.combination {
            Combination::Average | Combination::Quantile => self.scale(),
            Combination::Sum => Scale::Target,
            Combination::ExpSum => Scale::LogTarget,
            Combination::LogisticSum | Combination::SoftmaxSum => Scale::LogOdds,
        };
        Ok(Contributions { how: How::Trees, scale, base, values, error: None })
    }

    fn linear(&self, model: &LinearModel, rows: &Features, scale: Scale) -> Result<Contributions> {
        let at = if model.n_classes > 2 { model.classes.iter().position(|c| *c == self.class) } else { Some(0) };
        let Some((coefficients, intercept)) = at.and_then(|at| model.coefficients.get(at).zip(model.intercepts.get(at))) else {
            return Err(Error::not_computable("An explanation", "the model has never seen this class", "Seal or deal rows in another way."));
        };
        if coefficients.len() != rows.n_features() || self.train.n_features() != rows.n_features() {
            return Err(Error::internal("a linear model given another number of features"));
        }
        let centres: Vec<f64> = (0..rows.n_features()).map(|j| mean(self.train.slice(j))).collect();
        let base = intercept + coefficients.iter().zip(&centres).map(|(c, m)| c * m).sum::<f64>();
        let mut values = Vec::with_capacity(rows.n_rows() * self.groups.len());
        for row in rows.matrix().rows() {
            let by_feature: Vec<f64> = row.iter().zip(&centres).zip(coefficients).map(|((x, m), c)| c * (x - m)).collect();
            self.by_column(&by_feature, &mut values);
        }
        Ok(Contributions { how: How::Linear, scale, base, values, error: None })
    }

    fn sampled(&self, rows: &Features, scale: Scale) -> Result<Contributions> {
        let n_background = self.train.n_rows().min(BACKGROUND);
        if n_background == 0 {
            return Err(Error::not_computable("An explanation", "there are no training rows to compare with", "Check the split."));
        }
        let (mut values, mut squares, mut base) = (Vec::new(), Vec::new(), 0.0);
        for i in 0..rows.n_rows() {
            (self.pulse)();
            let changes = self.replaced(rows, i, n_background)?;
            base = mean(&changes.starts);
            for g in 0..self.groups.len() {
                let own: Vec<f64> = changes.by_order.iter().skip(g).step_by(self.groups.len()).copied().collect();
                values.push(mean(&own));
                // An order and its reverse belong together.
                let pairs: Vec<f64> = own.chunks(2).map(mean).collect();
                if pairs.len() > 1 {
                    squares.push(variance(&pairs, 1) / pairs.len() as f64);
                }
            }
        }
        let error = (!squares.is_empty()).then(|| mean(&squares).sqrt());
        Ok(Contributions { how: How::Sampled, scale, base, values, error })
    }

    /// Row `i` put in the place of each training row, column after column.
    fn replaced(&self, rows: &Features, i: usize, n_background: usize) -> Result<Changes> {
        let n_groups = self.groups.len();
        let mut rank = vec![0_usize; n_background * n_groups];
        let mut order: Vec<usize> = (0..n_groups).collect();
        for (m, ranks) in rank.chunks_exact_mut(n_groups.max(1)).enumerate() {
            if m % 2 == 0 {
                Stream::new(self.seed, "explain/order", (i * BACKGROUND + m) as u64).shuffle(&mut order);
            } else {
                order.reverse();
            }
            order.iter().enumerate().for_each(|(at, &g)| ranks[g] = at);
        }
        let mut group_of = vec![0_usize; rows.n_features()];
        self.groups.iter().enumerate().for_each(|(g, (_, members))| members.iter().for_each(|&j| group_of[j] = g));
        let column = |j: usize| -> Vec<f64> {
            let (x, before) = (rows.slice(j)[i], self.train.slice(j));
            let steps = |m: usize| (0..=n_groups).map(move |step| (m, step));
            (0..n_background)
                .flat_map(steps)
                .map(|(m, step)| if rank[m * n_groups + group_of[j]] < step { x } else { before[m * before.len() / n_background] })
                .collect()
        };
        let n = n_background * (n_groups + 1);
        let mixed = Features::from_columns(rows.about.clone(), (0..rows.n_features()).map(column).collect(), n)?;
        let told = told(&self.model.predict_with_pulse(&mixed, self.pulse)?, self.class);
        let mut changes = Changes { starts: Vec::with_capacity(n_background), by_order: Vec::with_capacity(n_background * n_groups) };
        for (m, path) in told.chunks_exact(n_groups + 1).enumerate() {
            changes.starts.push(path[0]);
            changes.by_order.extend((0..n_groups).map(|g| rank[m * n_groups + g]).map(|at| path[at + 1] - path[at]));
        }
        Ok(changes)
    }
}

/// What replacing changed.
struct Changes {
    /// Predictions of the training rows, shape `(n_background,)`.
    starts: Vec<f64>,
    /// Shape `(n_background, n_columns)`.
    by_order: Vec<f64>,
}

impl Contributions {
    /// Of one row.
    #[must_use]
    pub fn row(&self, i: usize, n_columns: usize) -> &[f64] {
        self.values.get(i * n_columns..(i + 1) * n_columns).unwrap_or(&[])
    }

    /// The sum that a row's contributions lead to: base and all of them.
    #[must_use]
    pub fn total(&self, i: usize, n_columns: usize) -> f64 {
        self.base + sum(self.row(i, n_columns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{Feature, TrainingSet};
    use crate::math::elementary::logit;
    use crate::model::LEARNERS;
    use crate::param::Params;

    /// Two features of column a, one of b, one of a and b; the target is a plus the product of a and b.
    fn train(kind: TaskKind) -> TrainingSet {
        let n = 240;
        let mut stream = Stream::new(4, "test/additive", 0);
        let columns: Vec<Vec<f64>> = (0..4).map(|_| (0..n).map(|_| stream.normal()).collect()).collect();
        let about = [("a=1", vec!["a"]), ("a=2", vec!["a"]), ("b", vec!["b"]), ("ab", vec!["a", "b"])];
        let about = about.map(|(name, of)| Feature {
            name: name.into(),
            sources: of.into_iter().map(str::to_owned).collect(),
            step: "t".into(),
            whole: false,
            levels: false,
        });
        let score = |i: usize| columns[0][i] - columns[1][i] + columns[2][i] * columns[0][i];
        let target = (0..n).map(|i| if kind == TaskKind::Regression { score(i) } else { f64::from(u8::from(score(i) > 0.0)) }).collect();
        let features = Features::from_columns(about.to_vec(), columns, n).unwrap();
        TrainingSet::new(features, target, vec![1.0; n], kind, if kind == TaskKind::Regression { 0 } else { 2 }, n).unwrap()
    }

    fn fitted(id: &str, train: &TrainingSet) -> Model {
        let learner = LEARNERS.iter().find(|l| l.id == id).unwrap();
        learner.fit(&Params::defaults(learner.params), train, 1).unwrap()
    }

    #[test]
    fn a_feature_of_two_columns_is_a_group_of_its_own() {
        let groups = groups(train(TaskKind::Regression).features());
        assert_eq!(groups, [("a".to_owned(), vec![0, 1]), ("b".to_owned(), vec![2]), ("a × b".to_owned(), vec![3])]);
    }

    #[test]
    fn contributions_of_every_kind_of_model_add_up_to_its_prediction() {
        for (id, kind, how) in [
            ("ridge", TaskKind::Regression, How::Linear),
            ("logistic", TaskKind::Binary, How::Linear),
            ("gradient_boosting", TaskKind::Binary, How::Trees),
            ("random_forest", TaskKind::Regression, How::Trees),
            ("neighbours", TaskKind::Binary, How::Sampled),
            ("naive_bayes", TaskKind::Binary, How::Sampled),
            ("two_part", TaskKind::Regression, How::Sampled),
            ("support_vectors", TaskKind::Binary, How::Sampled),
        ] {
            let train = train(kind);
            let (model, groups) = (fitted(id, &train), groups(train.features()));
            let subject = Subject {
                model: &model,
                train: train.features(),
                groups: &groups,
                kind,
                class: usize::from(kind != TaskKind::Regression),
                seed: 7,
                pulse: &|| {},
            };
            let n = subject.affordable(10);
            let columns = (0..4).map(|j| train.features().slice(j)[..n].to_vec()).collect();
            let rows = Features::from_columns(train.features().about.clone(), columns, n).unwrap();
            let found = subject.contributions(&rows).unwrap();
            assert_eq!((found.how, found.error.is_some(), found.values.len()), (how, how == How::Sampled, n * 3), "{id}");
            let predicted = told(&model.predict(&rows).unwrap(), subject.class);
            for (i, p) in predicted.iter().enumerate() {
                let expected = if found.scale == Scale::LogOdds { logit(*p) } else { *p };
                assert!((found.total(i, 3) - expected).abs() < 1e-9, "{id}: {} {expected}", found.total(i, 3));
            }
        }
    }

    #[test]
    fn sampling_finds_what_is_exact_for_a_linear_model_within_its_error() {
        let train = train(TaskKind::Regression);
        let (model, groups) = (fitted("ridge", &train), groups(train.features()));
        let columns = (0..4).map(|j| train.features().slice(j)[..BACKGROUND].to_vec()).collect();
        let background = Features::from_columns(train.features().about.clone(), columns, BACKGROUND).unwrap();
        let subject = Subject { model: &model, train: &background, groups: &groups, kind: TaskKind::Regression, class: 0, seed: 7, pulse: &|| {} };
        let (exact, sampled) = (subject.contributions(&background).unwrap(), subject.sampled(&background, Scale::Target).unwrap());
        assert!((exact.base - sampled.base).abs() < 1e-9);
        exact.values.iter().zip(&sampled.values).for_each(|(a, b)| assert!((a - b).abs() < 1e-9, "{a} {b}"));
        assert!(sampled.error.unwrap() > 0.0);
    }

    #[test]
    fn a_constant_model_is_not_explained() {
        let train = train(TaskKind::Regression);
        let model = fitted("baseline", &train);
        let subject = Subject { model: &model, train: train.features(), groups: &[], kind: TaskKind::Regression, class: 0, seed: 7, pulse: &|| {} };
        assert!(subject.contributions(train.features()).unwrap_err().message.contains("same answer"));
    }
}
