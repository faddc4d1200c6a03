//! Permutation importance: what the score loses when a raw column's values are dealt to other rows (Breiman 2001; Fisher et al. 2019).
//!
//! All features made of one raw column are permuted together, with one order, so that a one-hot encoded column counts as the one column
//! the reader knows. The loss is the mean over [`REPEATS`] orders on unseen rows; its interval (Student's t) says how much the
//! orders differ. Columns that say the same share their importance: each looks small while the other stands in for it.

use super::interval::{Estimate, Method};
use super::{Judge, Metric, Scored};
use crate::error::{Error, Result};
use crate::math::rng::Stream;
use crate::math::sum;
use crate::model::{Features, Predictions};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Orders tried for each column.
pub const REPEATS: u32 = 5;
/// 97.5 % quantile of Student's t with 4 degrees of freedom.
const T_4: f64 = 2.776_445_105_197_793;
/// Most rows used; more are thinned evenly.
pub const MOST_ROWS: usize = 10_000;

/// What one raw column is worth to a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Importance {
    /// Raw column.
    pub column: String,
    /// Loss of the metric, turned so that positive means that the column helps.
    pub loss: Estimate,
}

/// Raw columns with the features made of them, in the order in which columns first appear. A feature of two columns stands with both.
#[must_use]
pub fn column_groups(features: &Features) -> Vec<(String, Vec<usize>)> {
    let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
    for (j, feature) in features.about.iter().enumerate() {
        for source in &feature.sources {
            match groups.iter_mut().find(|g| &g.0 == source) {
                Some(group) => group.1.push(j),
                None => groups.push((source.clone(), vec![j])),
            }
        }
    }
    groups
}

/// Importance of one group of [`column_groups`] (`index` keys its random stream). `predict`: the model, as it is judged. `rows`: table rows of `features`,
/// shape `(n_rows,)`; unseen by the model.
///
/// # Errors
/// Shapes do not fit, or the metric is not computable on these rows.
pub fn permutation_importance(
    judge: &Judge<'_>,
    predict: &dyn Fn(&Features) -> Result<Predictions>,
    features: &Features,
    rows: &[u32],
    metric: &Metric,
    group: (usize, &str, &[usize]),
) -> Result<Importance> {
    if rows.len() != features.n_rows() {
        return Err(Error::internal("importance of rows that do not fit the features"));
    }
    let (index, column, members) = group;
    let step = rows.len().div_ceil(MOST_ROWS).max(1);
    let kept: Vec<usize> = (0..rows.len()).step_by(step).collect();
    let truth = judge.truth_of(&kept.iter().map(|&i| rows[i]).collect::<Vec<_>>())?;
    let members: BTreeSet<usize> = members.iter().copied().collect();
    let value = |order: &[usize]| -> Result<f64> {
        let column = |j: usize| {
            let values = features.slice(j);
            let from = if members.contains(&j) { order } else { &kept };
            from.iter().map(|&i| values[i]).collect()
        };
        let dealt = Features::from_columns(features.about.clone(), (0..features.n_features()).map(column).collect(), kept.len())?;
        let predictions = predict(&dealt)?;
        let scored = Scored { truth: &truth, predictions: &predictions, kind: judge.kind, n_classes: judge.n_classes };
        (metric.value)(&scored)
            .ok_or_else(|| Error::not_computable("Importance", "the metric has no value on these rows", "Seal or validate more rows."))
    };
    let whole = value(&kept)?;
    let mut losses = Vec::with_capacity(REPEATS as usize);
    for repeat in 0..REPEATS {
        let mut order = kept.clone();
        Stream::new(judge.seed, "importance", index as u64 * u64::from(REPEATS) + u64::from(repeat)).shuffle(&mut order);
        losses.push(metric.direction.gain(whole, value(&order)?));
    }
    let (mean, half) = (sum::mean(&losses), T_4 * (sum::variance(&losses, 1) / f64::from(REPEATS)).sqrt());
    let loss = Estimate {
        metric: metric.id.to_owned(),
        value: Some(mean),
        low: Some(mean - half),
        high: Some(mean + half),
        n_rows: kept.len() as u64,
        method: Method::Repeats { repeats: REPEATS },
    };
    Ok(Importance { column: column.to_owned(), loss })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{Dependence, metric};
    use crate::features::{Feature, TrainingSet};
    use crate::model::{LEARNERS, Model};
    use crate::param::Params;
    use crate::task::TaskKind;

    fn feature(name: &str, source: &str) -> Feature {
        Feature { name: name.into(), sources: vec![source.into()], step: "encode".into(), whole: false, levels: false }
    }

    /// y = 2 a + (two features of one column b that add up), c is noise; learned and judged on the same generator.
    fn fitted() -> (Model, Features, Vec<f64>) {
        let n = 400;
        let mut stream = Stream::new(2, "test/importance", 0);
        let columns: Vec<Vec<f64>> = (0..4).map(|_| (0..n).map(|_| stream.normal()).collect()).collect();
        let target: Vec<f64> = (0..n).map(|i| 2.0 * columns[0][i] + 0.5 * columns[1][i] + 0.5 * columns[2][i]).collect();
        let about = vec![feature("a", "a"), feature("b=1", "b"), feature("b=2", "b"), feature("c", "c")];
        let features = Features::from_columns(about, columns, n).unwrap();
        let train = TrainingSet::new(features.clone(), target.clone(), vec![1.0; n], TaskKind::Regression, 0, n).unwrap();
        let ridge = LEARNERS.iter().find(|l| l.id == "ridge").unwrap();
        let model = ridge.fit(&Params::defaults(ridge.params), &train, 1).unwrap();
        (model, features, target)
    }

    #[test]
    fn a_column_that_carries_more_costs_more_and_noise_costs_nothing() {
        let (model, features, target) = fitted();
        let judge = Judge { kind: TaskKind::Regression, n_classes: 0, truth: &target, dependence: Dependence::Independent, seed: 4 };
        let groups = column_groups(&features);
        assert_eq!(groups, [("a".to_owned(), vec![0]), ("b".to_owned(), vec![1, 2]), ("c".to_owned(), vec![3])]);
        let rows: Vec<u32> = (0..400).collect();
        let loss = |i: usize| {
            let (name, members) = &groups[i];
            permutation_importance(&judge, &|f| model.predict(f), &features, &rows, metric("r2").unwrap(), (i, name, members)).unwrap().loss
        };
        let (a, b, c) = (loss(0), loss(1), loss(2));
        assert!(a.low.unwrap() > b.high.unwrap() && b.low.unwrap() > 0.05, "{a:?} {b:?}");
        assert!(c.value.unwrap().abs() < 0.01, "{c:?}");
        // Shuffling a column of an exact linear model doubles its part of the variance: 2 x 4 / 4.5 of R2.
        assert!((a.value.unwrap() - 2.0 * 4.0 / 4.5).abs() < 0.25, "{a:?}");
    }
}
