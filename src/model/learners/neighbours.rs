//! k-nearest neighbours: the mean of the target, or the share of each class, among the k training rows nearest in Euclidean distance.
//!
//! The search is smartcore's cover tree (Beygelzimer, Kakade and Langford 2006). It gives the distance of the k-th neighbour; among rows equally far the first of
//! the training set wins, so that equal distances never make the answer depend on the search. The model keeps the training rows and makes its tree again after loading.

use crate::error::{Error, Result};
use crate::features::Memo;
use crate::model::{Features, FitPart, Learner, Model, Predictions, one_part, only};
use crate::param::{Domain, ParamSpec};
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};
use smartcore::algorithm::neighbour::cover_tree::CoverTree;
use smartcore::metrics::distance::Distance;

/// The entry in the list of learners.
pub const NEIGHBOURS: Learner = Learner {
    id: "neighbours",
    title: "Nearest neighbours",
    doc: "Looks up the training rows most like the new one and averages them. The model contains its training rows. Fix and Hodges 1951.",
    tasks: &[TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass],
    baseline: false,
    wants_scaling: true,
    takes_missing: false,
    takes_categories: false,
    uses_weights: false,
    params: &[ParamSpec {
        id: "k",
        title: "Neighbours",
        help: "How many of the nearest training rows are averaged; all rows when there are fewer.",
        domain: Domain::Whole { low: 1, high: 500, default: 7 },
    }],
    parts: one_part,
    fit_part: fit,
    join: only,
};

/// Most training rows: a search costs up to one distance for each of them, and the model carries them all.
const MAX_ROWS: usize = 50_000;
/// Largest absolute feature value: the square of a difference stays finite.
const MAX_VALUE: f64 = 1e150;
/// Slack on the radius of the second search, so that rounding in the tree's triangle inequality never loses a row. Relative.
const SLACK: f64 = 1e-9;

/// The training rows and how many of the nearest to average.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Neighbours {
    /// Number of classes; 0 for regression.
    pub n_classes: usize,
    /// How many neighbours, at most the number of rows.
    pub k: usize,
    /// Training rows, each of shape `(n_features,)`.
    pub rows: Vec<Vec<f64>>,
    /// Target of every training row: a number, or the class index.
    pub target: Vec<f64>,
    #[serde(skip)]
    search: Memo<Option<CoverTree<Vec<f64>, Euclidean>>>,
}

/// Euclidean distance, features added in order.
#[derive(Clone, Debug)]
struct Euclidean;

impl Distance<Vec<f64>> for Euclidean {
    fn distance(&self, a: &Vec<f64>, b: &Vec<f64>) -> f64 {
        a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt()
    }
}

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let train = part.train.weighted_rows()?;
    if train.n_rows() > MAX_ROWS {
        return Err(Error::not_computable(
            "Nearest neighbours",
            "there are more than 50,000 rows to search",
            "Choose another learner for a table of this size.",
        )
        .named("neighbours"));
    }
    let rows = row_vectors(train.features())?;
    let k = part.params.count("k").clamp(1, train.n_rows());
    Ok(Model::Neighbours(Neighbours { n_classes: train.n_classes(), k, rows, target: train.target().to_vec(), search: Memo::default() }))
}

fn row_vectors(features: &Features) -> Result<Vec<Vec<f64>>> {
    let usable = |v: &f64| v.abs() <= MAX_VALUE;
    if !features.matrix().iter().all(usable) {
        return Err(Error::not_computable("A distance", "a feature is missing somewhere or too large", "Impute and scale the features first."));
    }
    Ok(features.matrix().rows().into_iter().map(|row| row.to_vec()).collect())
}

impl Neighbours {
    /// Predicts every row: the mean target, or class shares, among its k nearest training rows.
    ///
    /// # Errors
    /// The number of features is not that of the training set, or one is not finite.
    pub fn predict(&self, features: &Features) -> Result<Predictions> {
        self.predict_with_pulse(features, &|| {})
    }

    /// As [`Neighbours::predict`]; `pulse` is called before each row, since a row costs up to one distance for each training row.
    ///
    /// # Errors
    /// Those of [`Neighbours::predict`].
    pub fn predict_with_pulse(&self, features: &Features, pulse: &dyn Fn()) -> Result<Predictions> {
        if self.rows.iter().any(|r| r.len() != features.n_features()) {
            return Err(Error::internal("nearest neighbours given another number of features"));
        }
        let search = self.search.get_or(|| CoverTree::new(self.rows.clone(), Euclidean).ok());
        let mut values = Vec::with_capacity(features.n_rows() * self.n_classes.max(1));
        for row in row_vectors(features)? {
            pulse();
            let nearest = self.nearest(search.as_ref().as_ref(), &row);
            let share = 1.0 / nearest.len() as f64;
            if self.n_classes == 0 {
                values.push(nearest.iter().map(|&i| self.target[i]).sum::<f64>() * share);
            } else {
                let mut votes = vec![0.0; self.n_classes];
                nearest.iter().for_each(|&i| votes[self.target[i] as usize] += 1.0);
                values.extend(votes.iter().map(|v| v * share));
            }
        }
        Ok(Predictions { n_classes: self.n_classes, values, cuts: Vec::new() })
    }

    /// The k nearest rows by (distance, position).
    fn nearest(&self, search: Option<&CoverTree<Vec<f64>, Euclidean>>, row: &Vec<f64>) -> Vec<usize> {
        let within = |tree: &CoverTree<Vec<f64>, Euclidean>| {
            let found = tree.find(row, self.k).ok().filter(|f| f.len() == self.k)?;
            let radius = found.iter().map(|f| f.1).fold(0.0, f64::max) * (1.0 + SLACK) + f64::MIN_POSITIVE;
            let all = tree.find_radius(row, radius).ok().filter(|f| f.len() >= self.k)?;
            Some(all.iter().map(|f| (f.1, f.0)).collect::<Vec<_>>())
        };
        let everything = || self.rows.iter().enumerate().map(|(i, r)| (Euclidean.distance(r, row), i)).collect();
        let mut found: Vec<(f64, usize)> = search.and_then(within).unwrap_or_else(everything);
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        found.truncate(self.k);
        found.into_iter().map(|f| f.1).collect()
    }

    /// Checks a model from outside.
    ///
    /// # Errors
    /// Shapes do not fit, a number is too large or not finite, a class does not exist, k is 0 or above the number of rows.
    pub fn validate(&self, n_features: usize, n_classes: usize) -> Result<()> {
        let shapes = self.n_classes == n_classes
            && self.rows.len() == self.target.len()
            && (1..=self.rows.len()).contains(&self.k)
            && self.rows.len() <= MAX_ROWS;
        let rows = self.rows.iter().all(|r| r.len() == n_features && r.iter().all(|v| v.abs() <= MAX_VALUE));
        let class = |t: f64| t >= 0.0 && t.fract() == 0.0 && t < n_classes as f64;
        let targets = self.target.iter().all(|&t| t.is_finite() && (n_classes == 0 || class(t)));
        if shapes && rows && targets { Ok(()) } else { Err(Error::internal("nearest neighbours whose parts do not fit")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests_support::features;

    fn model(k: usize, rows: &[[f64; 2]]) -> Neighbours {
        Neighbours {
            n_classes: 0,
            k,
            rows: rows.iter().map(|r| r.to_vec()).collect(),
            target: (0..rows.len()).map(|i| i as f64).collect(),
            search: Memo::default(),
        }
    }

    #[test]
    fn of_rows_equally_far_the_first_wins() {
        let model = model(2, &[[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0], [5.0, 5.0]]);
        assert_eq!(model.predict(&features(&[vec![0.0], vec![0.0]])).unwrap().values, [0.5]);
    }

    #[test]
    fn the_tree_finds_what_looking_at_every_row_finds() {
        let rows: Vec<[f64; 2]> = (0..400).map(|i| [f64::from(i * 37 % 19), f64::from(i * 53 % 23)]).collect();
        let model = model(5, &rows);
        let tree = CoverTree::new(model.rows.clone(), Euclidean).unwrap();
        for i in 0..60 {
            let row = vec![f64::from(i % 21) + 0.25, f64::from(i % 17)];
            assert_eq!(model.nearest(Some(&tree), &row), model.nearest(None, &row));
        }
    }

    #[test]
    fn one_training_row_is_its_own_neighbour() {
        assert_eq!(model(1, &[[3.0, 4.0]]).predict(&features(&[vec![9.0], vec![9.0]])).unwrap().values, [0.0]);
    }
}
