//! Prepared features, training sets and predictions.

mod bins;
mod bundles;
mod distinct;
mod inner;
mod memo;

pub use bins::{Binned, code};
pub(crate) use bins::{MAX_BINS, encode};
pub(crate) use distinct::distinct_rows;
pub(crate) use inner::InnerFold;
pub(crate) use memo::Memo;

use crate::error::{Error, Result};
use crate::task::TaskKind;
use ndarray::{Array2, ArrayView1, ShapeBuilder};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// One prepared feature: its name, and which column and step made it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// Name ("source=direct", "age", "age is missing").
    pub name: String,
    /// The raw columns it was made of.
    pub sources: Vec<String>,
    /// The step that made it last.
    pub step: String,
    /// Whether every value is whole (augmentation keeps it so).
    pub whole: bool,
    /// Whether values are codes of levels, 0, 1, 2 ...: their order means nothing.
    #[serde(default)]
    pub levels: bool,
}

/// A matrix of prepared features, shape `(n_rows, n_features)`, stored column by column; finite everywhere unless a learner said it takes missing values.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    /// What each column is.
    pub about: Vec<Feature>,
    matrix: Array2<f64>,
}

impl Features {
    /// Features from columns of equal length `n_rows`.
    ///
    /// # Errors
    /// Lengths differ, or `about` does not name every column.
    pub fn from_columns(about: Vec<Feature>, columns: Vec<Vec<f64>>, n_rows: usize) -> Result<Self> {
        if about.len() != columns.len() || columns.iter().any(|c| c.len() != n_rows) {
            return Err(Error::internal("features of unequal length"));
        }
        let flat: Vec<f64> = columns.into_iter().flatten().collect();
        let matrix = Array2::from_shape_vec((n_rows, about.len()).f(), flat).map_err(|_| Error::internal("the shape of a feature matrix"))?;
        Ok(Self { about, matrix })
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.matrix.nrows()
    }

    /// Number of features.
    #[must_use]
    pub fn n_features(&self) -> usize {
        self.matrix.ncols()
    }

    /// One feature, shape `(n_rows,)`.
    #[must_use]
    pub fn column(&self, j: usize) -> ArrayView1<'_, f64> {
        self.matrix.column(j)
    }

    /// One feature as a slice, shape `(n_rows,)`.
    ///
    /// The matrix is stored column by column, so this never copies.
    #[must_use]
    pub fn slice(&self, j: usize) -> &[f64] {
        self.matrix.column(j).to_slice().unwrap_or(&[])
    }

    /// The whole matrix, shape `(n_rows, n_features)`.
    #[must_use]
    pub fn matrix(&self) -> &Array2<f64> {
        &self.matrix
    }

    /// The same features with one column replaced (permutation importance).
    #[must_use]
    pub fn with_column(&self, j: usize, values: &[f64]) -> Self {
        let mut copy = self.clone();
        for (cell, &value) in copy.matrix.column_mut(j).iter_mut().zip(values) {
            *cell = value;
        }
        copy
    }

    /// Joins rows below these; both must have the same features.
    ///
    /// # Errors
    /// The features differ.
    pub fn stack(&self, below: &Self) -> Result<Self> {
        if self.about != below.about {
            return Err(Error::internal("stacking different features"));
        }
        let columns = (0..self.n_features()).map(|j| [self.slice(j), below.slice(j)].concat()).collect();
        Self::from_columns(self.about.clone(), columns, self.n_rows() + below.n_rows())
    }
}

/// What a learner learns from: features, target and weights of training rows, real and synthetic. Made by `prepare` from a `Train` only.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingSet {
    features: Features,
    target: Vec<f64>,
    weights: Vec<f64>,
    kind: TaskKind,
    n_classes: usize,
    n_real: usize,
    in_time_order: bool,
    groups: Vec<u32>,
    moments: Vec<u32>,
    bins: Memo<Binned>,
}

impl TrainingSet {
    /// Joins the parts. Crate-private so that only `prepare` (from a `Train`), `augment` (from a training set) and tests can.
    ///
    /// `target`: shape `(n_rows,)`, finite; class index for classification. `weights`: shape `(n_rows,)`, >= 0. The first `n_real` rows are real.
    pub(crate) fn new(features: Features, target: Vec<f64>, weights: Vec<f64>, kind: TaskKind, n_classes: usize, n_real: usize) -> Result<Self> {
        let n = features.n_rows();
        let classes_fit = !kind.is_classification() || target.iter().all(|&t| t >= 0.0 && t.fract() == 0.0 && (t as usize) < n_classes);
        if target.len() != n
            || weights.len() != n
            || n_real > n
            || !classes_fit
            || target.iter().any(|t| !t.is_finite())
            || weights.iter().any(|w| !(w.is_finite() && *w >= 0.0))
        {
            return Err(Error::internal("a training set whose parts do not fit"));
        }
        Ok(Self {
            features,
            target,
            weights,
            kind,
            n_classes,
            n_real,
            in_time_order: false,
            groups: Vec::new(),
            moments: Vec::new(),
            bins: Memo::default(),
        })
    }

    /// Says whether the real rows stand in the order of time, so that a learner which holds some of them out holds out the last.
    pub(crate) fn ordered(mut self, in_time_order: bool) -> Self {
        self.in_time_order = in_time_order;
        self
    }

    /// Says which real rows belong to one entity, shape `(n_real,)`, so that a learner which holds some out holds out whole entities; empty: rows stand alone.
    pub(crate) fn grouped(mut self, groups: Vec<u32>) -> Self {
        self.groups = groups;
        self
    }

    /// Says which real rows in the order of time are of one moment, shape `(n_real,)`: numbers that rise with time; empty: each row has its own.
    pub(crate) fn at_moments(mut self, moments: Vec<u32>) -> Self {
        self.moments = moments;
        self
    }

    /// Moment of each real row, shape `(n_real,)`; empty where each row has its own.
    pub(crate) fn moments(&self) -> &[u32] {
        &self.moments
    }

    /// Entity of each real row, shape `(n_real,)`; empty where rows stand alone.
    pub(crate) fn groups(&self) -> &[u32] {
        &self.groups
    }

    /// Whether the real rows stand in the order of time.
    #[must_use]
    pub fn in_time_order(&self) -> bool {
        self.in_time_order
    }

    /// Prepared features.
    #[must_use]
    pub fn features(&self) -> &Features {
        &self.features
    }

    /// Target, shape `(n_rows,)`: number or class index.
    #[must_use]
    pub fn target(&self) -> &[f64] {
        &self.target
    }

    /// Row weights, shape `(n_rows,)`, >= 0.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Kind of task.
    #[must_use]
    pub fn kind(&self) -> TaskKind {
        self.kind
    }

    /// Number of classes; 0 for regression.
    #[must_use]
    pub fn n_classes(&self) -> usize {
        self.n_classes
    }

    /// The rows that count: these without those of weight 0.
    ///
    /// # Errors
    /// No row has a weight above 0.
    pub(crate) fn weighted_rows(&self) -> Result<Cow<'_, Self>> {
        if self.weights.iter().all(|w| *w > 0.0) && !self.weights.is_empty() {
            return Ok(Cow::Borrowed(self));
        }
        let kept: Vec<usize> = (0..self.n_rows()).filter(|&i| self.weights[i] > 0.0).collect();
        if kept.is_empty() {
            return Err(Error::not_computable("A model", "there are no rows with a weight above 0", "Check the split and the weight column."));
        }
        self.of_rows(&kept).map(Cow::Owned)
    }

    /// The features cut into bins for the tree engine: made once and shared by all fits on this set.
    pub(crate) fn bins(&self) -> Arc<Binned> {
        self.bins.get_or(|| Binned::new(&self.features))
    }

    /// Number of rows, synthetic ones included.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.target.len()
    }

    /// How many rows came from the file; the rest are synthetic and stand after them.
    #[must_use]
    pub fn n_real(&self) -> usize {
        self.n_real
    }
}

/// Predictions: numbers, or a probability for each class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Predictions {
    /// Classes; 0 for regression.
    pub n_classes: usize,
    /// Regression: shape `(n_rows,)`. Classification: row by row, shape `(n_rows, n_classes)`, each row sums to 1.
    pub values: Vec<f64>,
    /// Binary: decision thresholds as runs of rows, in order: how many rows, and the probability from which on the second class is called in them. Rows
    /// after the last run have [`HALF`].
    pub cuts: Vec<(u64, f64)>,
}

/// Decision threshold of a binary classification unless another is chosen.
pub const HALF: f64 = 0.5;

impl Predictions {
    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.values.len() / self.n_classes.max(1)
    }

    /// Probability of class `k` for every row, shape `(n_rows,)`.
    #[must_use]
    pub fn class(&self, k: usize) -> Vec<f64> {
        self.values.iter().skip(k).step_by(self.n_classes.max(1)).copied().collect()
    }

    /// The class every row is called, shape `(n_rows,)`. Binary: the second class from the row's decision threshold on; several classes: the most
    /// probable one, the first of equals. Regression: empty.
    #[must_use]
    pub fn labels(&self) -> Vec<usize> {
        if self.n_classes == 0 {
            return Vec::new();
        }
        if self.n_classes == 2 {
            let runs = self.cuts.iter().flat_map(|&(rows, cut)| std::iter::repeat_n(cut, usize::try_from(rows).unwrap_or(usize::MAX)));
            let cuts = runs.chain(std::iter::repeat(HALF));
            return self.values.chunks(2).zip(cuts).map(|(p, cut)| usize::from(p.get(1).is_some_and(|&p| p >= cut))).collect();
        }
        let best = |p: &[f64]| p.iter().enumerate().fold((0, f64::NEG_INFINITY), |b, (k, &v)| if v > b.1 { (k, v) } else { b }).0;
        self.values.chunks(self.n_classes).map(best).collect()
    }
}

/// Small feature matrices for tests.
#[cfg(test)]
pub(crate) mod tests_support {
    use super::{Feature, Features};

    /// Features from columns, each of shape `(n_rows,)`.
    pub(crate) fn features(columns: &[Vec<f64>]) -> Features {
        let about = (0..columns.len())
            .map(|j| Feature { name: format!("x{j}"), sources: vec![format!("x{j}")], step: "test".into(), whole: false, levels: false })
            .collect();
        Features::from_columns(about, columns.to_vec(), columns.first().map_or(0, Vec::len)).unwrap()
    }

    /// The same, some of them codes of levels.
    pub(crate) fn with_levels(columns: &[Vec<f64>], levels: &[usize]) -> Features {
        let mut features = features(columns);
        levels.iter().for_each(|&j| features.about[j].levels = true);
        features
    }
}
