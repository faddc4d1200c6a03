//! Quantile forest: the median, or another quantile, of the targets of rows that a forest finds alike (Meinshausen 2006, "Quantile regression forests", JMLR 7).
//!
//! Two of them, at 0.05 and 0.95, enclose nine in ten targets, wider where targets spread more. Their trees are those of a random forest; how leaves answer is told in
//! [`crate::model::tree::quantiles`].

use super::random_forest::{DEPTH, join, parts};
use crate::error::Result;
use crate::model::tree::bag::TreeSize;
use crate::model::tree::quantiles::quantile_forest;
use crate::model::{FitPart, Learner, Model};
use crate::param::{Domain, ParamSpec};
use crate::task::TaskKind;

/// The entry in the list of learners.
pub const QUANTILE_FOREST: Learner = Learner {
    id: "quantile_forest",
    title: "Quantile forest",
    doc: "The median or another quantile of the targets of rows that a random forest finds alike: says how far a target may be from what is expected of it. Meinshausen 2006.",
    tasks: &[TaskKind::Regression],
    baseline: false,
    wants_scaling: false,
    takes_missing: true,
    takes_categories: true,
    uses_weights: true,
    params: &[
        ParamSpec {
            id: "quantile",
            title: "Quantile",
            help: "Which share of the rows should lie below the prediction: 0.5 is the median.",
            domain: Domain::Real { low: 0.001, high: 0.999, default: 0.5, log: false },
        },
        ParamSpec {
            id: "trees",
            title: "Trees",
            help: "How many trees answer; each gives one target, so that far quantiles need many.",
            domain: Domain::Whole { low: 1, high: 2000, default: 200 },
        },
        DEPTH,
        ParamSpec {
            id: "min_leaf",
            title: "Rows in a leaf",
            help: "Least different rows in a leaf, as expected of a bootstrap sample.",
            domain: Domain::Whole { low: 1, high: 100_000, default: 5 },
        },
    ],
    parts,
    fit_part: fit,
    join,
};

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let train = part.train.weighted_rows()?;
    let (params, trees, groups) = (part.params, part.params.count("trees"), parts(part.params, part.train));
    let features = Some((train.features().n_features() / 3).max(1));
    let (depth, min_leaf) = (params.count("depth"), params.count("min_leaf"));
    let size = TreeSize { depth, min_leaf, features, bootstrap: true, random_cuts: false, balanced: false };
    let range = part.part * trees / groups..(part.part + 1) * trees / groups;
    Ok(Model::Trees(quantile_forest(&train, size, params.real("quantile"), range, part.seed, part.pulse)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests_support::features;
    use crate::math::rng::Stream;
    use crate::model::learners::find;
    use crate::model::tree::bag::forest;
    use crate::model::{Features, TrainingSet};
    use crate::param::{Params, Value};

    /// Targets that spread more where the first feature is large; the second is noise.
    fn fan(n: usize, seed: u64) -> (Features, Vec<f64>) {
        let mut stream = Stream::new(seed, "fan", 0);
        let columns: Vec<Vec<f64>> = (0..2).map(|_| (0..n).map(|_| stream.uniform()).collect()).collect();
        let target = columns[0].iter().map(|x| 3.0 * x + (0.2 + x) * stream.normal()).collect();
        (features(&columns), target)
    }

    fn set(features: Features, target: Vec<f64>) -> TrainingSet {
        let n = target.len();
        TrainingSet::new(features, target, vec![1.0; n], TaskKind::Regression, 0, n).unwrap()
    }

    fn quantiles(train: &TrainingSet, level: f64, trees: i64, of: &Features) -> Vec<f64> {
        let given = [("quantile".to_owned(), Value::Real(level)), ("trees".to_owned(), Value::Whole(trees))];
        let params = Params::check(QUANTILE_FOREST.params, &given.into()).unwrap();
        find("quantile_forest").unwrap().fit(&params, train, 3).unwrap().predict(of).unwrap().values
    }

    #[test]
    fn a_share_of_new_targets_lies_below_each_quantile_and_quantiles_never_cross() {
        let (x, y) = fan(1500, 1);
        let (new, truth) = fan(1500, 2);
        let train = set(x, y);
        let levels = [0.1, 0.5, 0.9];
        let all = levels.map(|level| quantiles(&train, level, 200, &new));
        for (level, q) in levels.iter().zip(&all) {
            let below = truth.iter().zip(q).filter(|(y, q)| y <= q).count() as f64 / truth.len() as f64;
            assert!((below - level).abs() < 0.05, "{level}: {below}");
        }
        assert!((0..1500).all(|i| all[0][i] <= all[1][i] && all[1][i] <= all[2][i]));
        // The interval knows where targets spread more.
        let width = |low: bool| {
            let own: Vec<f64> = (0..1500).filter(|&i| (new.slice(0)[i] < 0.5) == low).map(|i| all[2][i] - all[0][i]).collect();
            own.iter().sum::<f64>() / own.len() as f64
        };
        assert!(width(false) > 1.5 * width(true), "{} {}", width(false), width(true));
    }

    #[test]
    fn drawn_targets_give_the_quantiles_of_meinshausens_weights() {
        let (x, y) = fan(300, 4);
        let (new, _) = fan(60, 5);
        let train = set(x, y.clone());
        let trees = 600;
        let drawn = quantiles(&train, 0.7, trees, &new);
        // The same trees, each leaf with the mean; weights of training rows by hand.
        let size = TreeSize { depth: 15, min_leaf: 5, features: Some(1), bootstrap: true, random_cuts: false, balanced: false };
        let means = forest(&train, size, 0..trees as usize, 3, &|| {});
        let leaf = |of: &Features, i: usize, root: u32| {
            let mut node = root as usize;
            while means.left[node] > 0 {
                let x = of.slice(means.feature[node] as usize)[i];
                node = means.left[node] as usize + usize::from(x > f64::from(means.threshold[node]));
            }
            node
        };
        let mut order: Vec<usize> = (0..300).collect();
        order.sort_by(|&a, &b| y[a].total_cmp(&y[b]));
        let mut weights = vec![vec![0.0; 300]; 60];
        for (tree, &root) in means.roots.iter().enumerate() {
            let mut times = vec![0.0; 300];
            crate::model::tree::bag::draws(300, 3, tree, &mut |drawn| drawn.iter().for_each(|&i| times[i as usize] += 1.0));
            let own: Vec<usize> = (0..300).map(|i| leaf(train.features(), i, root)).collect();
            for (j, weights) in weights.iter_mut().enumerate() {
                let at = leaf(&new, j, root);
                let total: f64 = (0..300).filter(|&i| own[i] == at).map(|i| times[i]).sum();
                (0..300).filter(|&i| own[i] == at).for_each(|i| weights[i] += times[i] / total);
            }
        }
        let exact = |weights: &[f64]| {
            let (mut sum, total) = (0.0, weights.iter().sum::<f64>());
            let at = order.iter().find(|&&i| {
                sum += weights[i];
                sum >= 0.7 * total
            });
            y[*at.unwrap()]
        };
        let apart: f64 = drawn.iter().zip(&weights).map(|(q, w)| (q - exact(w)).abs()).sum::<f64>() / 60.0;
        let spread: f64 = drawn.iter().map(|q| (q - drawn.iter().sum::<f64>() / 60.0).abs()).sum::<f64>() / 60.0;
        assert!(apart < 0.1 * spread, "{apart} {spread}");
    }
}
