//! Lasso and elastic net for a whole row of penalties, and the choice of one of them by cross-validation.
//!
//! The objective is that of [`super::descent`]. Penalties fall in equal ratios from the least one at which all coefficients are 0,
//! `max_j |c_j| / l` with c the centred cross products with the target over the summed weight, to a thousandth of it (a hundredth where columns are more than rows); each problem starts from the answer to the one before
//! (Friedman, Hastie and Tibshirani 2010). The matrix of cross products is made of the columns in use only, where columns are many: those whose condition of optimality is broken
//! join until none is (Tibshirani et al. 2012, J. R. Statist. Soc. B 74, 245). Checked against scikit-learn's `lasso_path`, `enet_path` and `LassoCV` to 1e-6.

use super::descent::elastic_net;
use super::quadratic::{Quadratic, STILL};
use super::{LinearModel, weighted_sum};
use crate::error::{Error, Result};
use crate::math::elementary::pow;
use crate::math::linear::{dot, moments};
use crate::math::rng::Stream;
use crate::math::sort;
use crate::math::sum::{Accumulator, CHUNK, sum, sum_of};
use crate::model::{Features, TrainingSet};
use ndarray::Array2;

/// Penalties of a path.
pub const PENALTIES: usize = 100;
/// Least penalty of a path, as a share of the largest; and where rows are fewer than columns, which then fit them without an error.
const LEAST_SHARE: (f64, f64) = (1e-3, 1e-2);
/// Least absolute share for which there is a largest penalty worth naming; below it the path starts as if it were this.
const LEAST_RATIO: f64 = 1e-2;
/// Columns up to which all cross products are made at once.
pub(super) const ALL_AT_ONCE: usize = 1_000;
/// Most columns in use at a time: their cross products take 128 MB.
const MOST_IN_USE: usize = 4_000;
/// Columns that join at a time, at least; otherwise as many as there are.
const JOIN: usize = 20;
/// Slack of a condition of optimality, as a share of the penalty and of the largest cross product.
const SLACK: f64 = 1e-10;
/// Violation of an optimality condition that does not matter where penalties are compared.
const STILL_ENOUGH: f64 = 1e-6;
/// Folds in which penalties are compared.
const FOLDS: usize = 5;

/// The penalties of the path for a training set, falling, shape `(PENALTIES,)`.
///
/// # Errors
/// A feature is not finite, or there is no weight.
pub fn penalties(train: &TrainingSet, l1_ratio: f64) -> Result<Vec<f64>> {
    let largest = Table::new(train)?.cross.iter().map(|c| c.abs()).fold(0.0, f64::max) / l1_ratio.max(LEAST_RATIO);
    let least = if train.n_rows() < train.features().n_features() { LEAST_SHARE.1 } else { LEAST_SHARE.0 };
    let at = |i: usize| largest * pow(least, i as f64 / (PENALTIES - 1) as f64);
    Ok((0..PENALTIES).map(at).collect())
}

/// The model of every penalty (falling, >= 0), with share `l1_ratio` in 0..=1 on absolute coefficients.
///
/// # Errors
/// A feature is not finite, there is no weight, or more than 4,000 columns are in use at once.
pub fn path(train: &TrainingSet, penalties: &[f64], l1_ratio: f64) -> Result<Vec<LinearModel>> {
    path_within(train, penalties, l1_ratio, STILL)
}

/// As [`path`], with conditions of optimality that may be broken by `still`.
fn path_within(train: &TrainingSet, penalties: &[f64], l1_ratio: f64, still: f64) -> Result<Vec<LinearModel>> {
    let mut table = Table::new(train)?;
    table.still = still;
    let mut in_use = table.start()?;
    let mut slopes = vec![0.0; table.columns.len()];
    let mut models = Vec::with_capacity(penalties.len());
    for alpha in penalties {
        slopes = table.least(&mut in_use, &slopes, alpha * l1_ratio, alpha * (1.0 - l1_ratio))?;
        let intercept = table.mean - dot(&slopes, &table.centres);
        models.push(LinearModel::regression(slopes.clone(), intercept));
    }
    Ok(models)
}

/// The penalty of the path with the least squared error on rows held out, in five folds. Rows in the order of time are held out in five equal blocks, each
/// judged by models of the rows before it; rows of entities by whole entities; others at random. Made-up rows are left aside. Of equal errors, the larger penalty.
///
/// # Errors
/// Those of [`path`], fewer than 12 rows, or fewer than five entities.
pub fn chosen_penalty(train: &TrainingSet, l1_ratio: f64, seed: u64) -> Result<f64> {
    let n = train.n_real();
    if n < 2 * (FOLDS + 1) {
        return Err(Error::not_computable("A penalty chosen by cross-validation", "there are fewer than 12 rows", "Give the penalty yourself."));
    }
    let real = rows_of(train, &(0..n).collect::<Vec<_>>())?;
    let grid = penalties(&real, l1_ratio)?;
    let mut errors = vec![Accumulator::default(); grid.len()];
    for (learned, judged) in folds(train, seed)? {
        let (learned, judged) = (rows_of(&real, &learned)?, rows_of(&real, &judged)?);
        for (error, model) in errors.iter_mut().zip(path_within(&learned, &grid, l1_ratio, STILL_ENOUGH)?) {
            let fitted = weighted_sum(judged.features(), &model.coefficients[0], model.intercepts[0]);
            let each = |((y, f), w): ((&f64, &f64), &f64)| w * (y - f) * (y - f);
            error.add(sum_of(judged.target().iter().zip(&fitted).zip(judged.weights()).map(each)));
        }
    }
    let best = errors.iter().zip(&grid).fold((f64::INFINITY, grid[0]), |best, (e, a)| if e.value() < best.0 { (e.value(), *a) } else { best });
    Ok(best.1)
}

/// The elastic net with the penalty that [`chosen_penalty`] finds.
///
/// # Errors
/// Those of [`chosen_penalty`] and [`elastic_net`].
pub fn chosen_elastic_net(train: &TrainingSet, l1_ratio: f64, seed: u64) -> Result<LinearModel> {
    let penalty = chosen_penalty(train, l1_ratio, seed)?;
    elastic_net(train, penalty, l1_ratio).map(|model| LinearModel { penalty: Some(penalty), ..model })
}

/// The elastic net of one penalty where columns are too many for all of their cross products.
pub(super) fn wide_elastic_net(train: &TrainingSet, absolute: f64, squared: f64) -> Result<LinearModel> {
    let table = Table::new(train)?;
    let slopes = table.least(&mut table.start()?, &vec![0.0; table.columns.len()], absolute, squared)?;
    let intercept = table.mean - dot(&slopes, &table.centres);
    Ok(LinearModel::regression(slopes, intercept))
}

/// Real rows to learn from and to judge, fold by fold: later ones judged by earlier ones in the order of time, whole entities where rows belong to some.
///
/// # Errors
/// Fewer entities than folds.
pub(in crate::model) fn folds(train: &TrainingSet, seed: u64) -> Result<Vec<(Vec<usize>, Vec<usize>)>> {
    let n = train.n_real();
    if train.in_time_order() {
        let size = n / (FOLDS + 1);
        return Ok((0..FOLDS).map(|f| n - (FOLDS - f) * size).map(|from| ((0..from).collect(), (from..from + size).collect())).collect());
    }
    if !train.groups().is_empty() {
        let why = "there are fewer than five entities";
        let few = |_| Error::not_computable("Cross-validation inside training", why, "Give the penalty yourself, or choose another learner.");
        return Ok(train.inner_folds(FOLDS, seed).map_err(few)?.into_iter().map(|fold| (fold.learn, fold.judge)).collect());
    }
    let mut stream = Stream::new(seed, "path/folds", 0);
    let mut keyed: Vec<(u64, usize)> = (0..n).map(|i| (stream.bits(), i)).collect();
    keyed.sort_unstable();
    let mut fold_of = vec![0; n];
    keyed.iter().enumerate().for_each(|(at, k)| fold_of[k.1] = at % FOLDS);
    Ok((0..FOLDS).map(|f| (0..n).partition(|&i| fold_of[i] != f)).collect())
}

/// The training set of some rows, in their order.
fn rows_of(train: &TrainingSet, rows: &[usize]) -> Result<TrainingSet> {
    let take = |values: &[f64]| rows.iter().map(|&i| values[i]).collect::<Vec<f64>>();
    let columns = (0..train.features().n_features()).map(|j| take(train.features().slice(j))).collect();
    let features = Features::from_columns(train.features().about.clone(), columns, rows.len())?;
    TrainingSet::new(features, take(train.target()), take(train.weights()), train.kind(), train.n_classes(), rows.len())
}

/// Columns with their means and their cross products with the target.
struct Table<'a> {
    columns: Vec<&'a [f64]>,
    target: &'a [f64],
    weights: &'a [f64],
    total: f64,
    centres: Vec<f64>,
    mean: f64,
    /// Centred, over the summed weight; 0 for a column with one value, which is never used.
    cross: Vec<f64>,
    /// Violation of an optimality condition that is let pass.
    still: f64,
}

/// The columns in use and their cross products over the summed weight.
struct InUse {
    columns: Vec<usize>,
    gram: Array2<f64>,
}

impl<'a> Table<'a> {
    fn new(train: &'a TrainingSet) -> Result<Self> {
        let (weights, target) = (train.weights(), train.target());
        let total = sum(weights);
        let mean = sum_of(target.iter().zip(weights).map(|(y, w)| y * w)) / total;
        let columns: Vec<&[f64]> = (0..train.features().n_features()).map(|j| train.features().slice(j)).collect();
        let centres: Vec<f64> = columns.iter().map(|c| sum_of(c.iter().zip(weights).map(|(x, w)| x * w)) / total).collect();
        let mut table = Self { columns, target, weights, total, centres, mean, cross: Vec::new(), still: STILL };
        table.cross = table.pulls(&vec![0.0; table.columns.len()]);
        if total > 0.0 && table.cross.iter().all(|c| c.is_finite()) {
            return Ok(table);
        }
        let hint = "Impute and scale the features first.";
        Err(Error::not_computable("The penalised regression", "a feature is missing somewhere or too large", hint))
    }

    /// Cross products of every column with what is left of the target, over the summed weight.
    fn pulls(&self, slopes: &[f64]) -> Vec<f64> {
        let mut left: Vec<f64> = self.target.iter().map(|y| y - self.mean).collect();
        for ((column, b), centre) in self.columns.iter().zip(slopes).zip(&self.centres).filter(|((_, b), _)| **b != 0.0) {
            left.iter_mut().zip(*column).for_each(|(cell, x)| *cell -= b * (x - centre));
        }
        left.iter_mut().zip(self.weights).for_each(|(cell, w)| *cell *= w);
        let all = sum(&left);
        let blocks = |column: &[f64]| sum_of(column.chunks(CHUNK).zip(left.chunks(CHUNK)).map(|(a, b)| dot(a, b)));
        let each = |(column, centre): (&&[f64], &f64)| if column.windows(2).all(|w| w[0] == w[1]) { 0.0 } else { blocks(column) - centre * all };
        self.columns.iter().zip(&self.centres).map(each).map(|v| v / self.total).collect()
    }

    /// All columns where they are few, none where they are many.
    fn start(&self) -> Result<InUse> {
        let none = InUse { columns: Vec::new(), gram: Array2::zeros((0, 0)) };
        if self.columns.len() <= ALL_AT_ONCE { self.join(none, &(0..self.columns.len()).collect::<Vec<_>>()) } else { Ok(none) }
    }

    /// The columns in use with more of them; every pair's cross product is made once.
    fn join(&self, before: InUse, more: &[usize]) -> Result<InUse> {
        let old = before.columns.len();
        let columns: Vec<usize> = before.columns.iter().chain(more).copied().collect();
        if columns.len() > MOST_IN_USE {
            let hint = "Raise the penalty or the absolute share, or choose fewer features.";
            return Err(Error::not_computable("The penalised regression", "more than 4,000 coefficients are not 0", hint));
        }
        let mut gram = Array2::zeros((columns.len(), columns.len()));
        for (place, value) in before.gram.indexed_iter() {
            gram[place] = *value;
        }
        // Block by block of the old columns, so that no block holds more than twice the new ones.
        for block in (0..old.max(1)).step_by(more.len().max(1)) {
            let others: Vec<usize> = (block..(block + more.len()).min(old)).collect();
            let places: Vec<usize> = others.iter().copied().chain(old..columns.len()).collect();
            let slices: Vec<&[f64]> = places.iter().map(|&at| self.columns[columns[at]]).collect();
            let products = moments(&slices, self.weights)?.products;
            for (a, &i) in places.iter().enumerate() {
                for (b, &j) in places.iter().enumerate().filter(|(_, j)| i.max(**j) >= old) {
                    gram[[i, j]] = products[[a, b]] / self.total;
                }
            }
        }
        Ok(InUse { columns, gram })
    }

    /// The least point for one penalty, from the slopes of another.
    fn least(&self, in_use: &mut InUse, from: &[f64], absolute: f64, squared: f64) -> Result<Vec<f64>> {
        let mut slopes = from.to_vec();
        let largest = self.cross.iter().map(|c| c.abs()).fold(0.0, f64::max);
        loop {
            let used = &in_use.columns;
            let problem = Quadratic {
                gram: in_use.gram.clone(),
                right: used.iter().map(|&j| self.cross[j]).collect(),
                absolute: vec![absolute; used.len()],
                squared: vec![squared; used.len()],
                still: self.still,
            };
            let least = problem.minimise(&used.iter().map(|&j| slopes[j]).collect::<Vec<_>>());
            used.iter().zip(least).for_each(|(&j, b)| slopes[j] = b);
            if used.len() == self.columns.len() {
                return Ok(slopes);
            }
            let slack = SLACK.max(self.still);
            let bound = absolute * (1.0 + slack) + slack * largest;
            let pulls = self.pulls(&slopes);
            let mut broken: Vec<usize> = (0..pulls.len()).filter(|&j| pulls[j].abs() > bound && !used.contains(&j)).collect();
            if broken.is_empty() {
                return Ok(slopes);
            }
            sort::by(&mut broken, |&a, &b| pulls[b].abs().total_cmp(&pulls[a].abs()).then(a.cmp(&b)));
            broken.truncate(JOIN.max(used.len()));
            let before = std::mem::replace(in_use, InUse { columns: Vec::new(), gram: Array2::zeros((0, 0)) });
            *in_use = self.join(before, &broken)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests_support::features;
    use crate::task::TaskKind;

    fn train(n: usize, p: usize) -> TrainingSet {
        let mut stream = Stream::new(8, "path", 0);
        let columns: Vec<Vec<f64>> = (0..p).map(|_| (0..n).map(|_| stream.normal()).collect()).collect();
        let target = (0..n).map(|i| 3.0 + columns[0][i] - 0.5 * columns[1][i] + 0.5 * stream.normal()).collect();
        TrainingSet::new(features(&columns), target, (0..n).map(|i| (i % 3) as f64 + 0.5).collect(), TaskKind::Regression, 0, n).unwrap()
    }

    #[test]
    fn the_path_is_the_fit_of_each_penalty_and_starts_where_all_is_zero() {
        let train = train(120, 8);
        for l1_ratio in [1.0, 0.4] {
            let grid = penalties(&train, l1_ratio).unwrap();
            let models = path(&train, &grid, l1_ratio).unwrap();
            assert_eq!(grid.len(), PENALTIES);
            assert!(models[0].coefficients[0].iter().all(|b| b.abs() < 1e-12) && models[5].coefficients[0].iter().any(|b| *b != 0.0));
            for (alpha, model) in grid.iter().zip(&models).step_by(7) {
                let alone = elastic_net(&train, *alpha, l1_ratio).unwrap();
                let pairs = model.coefficients[0].iter().chain(&model.intercepts).zip(alone.coefficients[0].iter().chain(&alone.intercepts));
                pairs.for_each(|(a, b)| assert!((a - b).abs() < 1e-8, "{alpha}: {a} {b}"));
            }
        }
    }

    #[test]
    fn with_more_columns_than_are_held_at_once_the_conditions_of_optimality_hold_for_all() {
        let train = train(80, ALL_AT_ONCE + 200);
        for (alpha, l1_ratio) in [(0.3, 1.0), (0.1, 0.7)] {
            let model = elastic_net(&train, alpha, l1_ratio).unwrap();
            let table = Table::new(&train).unwrap();
            let slopes = &model.coefficients[0];
            let used = slopes.iter().filter(|b| **b != 0.0).count();
            assert!(used > 2 && used < 200, "{used}");
            for (pull, b) in table.pulls(slopes).iter().zip(slopes) {
                let left = pull - alpha * (1.0 - l1_ratio) * b;
                let off = if *b == 0.0 { left.abs() - alpha * l1_ratio } else { (left - alpha * l1_ratio * b.signum()).abs() };
                assert!(off < 1e-9, "{off}");
            }
        }
    }

    #[test]
    fn rows_in_the_order_of_time_are_judged_by_rows_before_them_only() {
        let ordered = train(53, 2).ordered(true);
        for (learned, judged) in folds(&ordered, 1).unwrap() {
            assert!(!learned.is_empty() && learned.iter().max() < judged.iter().min() && judged.len() == 8);
        }
        let all: Vec<usize> = folds(&train(53, 2), 1).unwrap().into_iter().flat_map(|f| f.1).collect();
        assert_eq!(all.len(), 53);
        assert!((0..53).all(|i| all.contains(&i)));
    }

    #[test]
    fn an_entity_is_never_on_both_sides_and_too_few_entities_are_refused() {
        let groups: Vec<u32> = (0..60).map(|i| i / 6).collect();
        let grouped = train(60, 2).grouped(groups.clone());
        for (learned, judged) in folds(&grouped, 1).unwrap() {
            assert!(!judged.is_empty() && judged.iter().all(|&i| !learned.iter().any(|&j| groups[j] == groups[i])));
        }
        let few = train(60, 2).grouped((0..60).map(|i| i / 15).collect());
        assert!(chosen_penalty(&few, 1.0, 1).is_err() && chosen_penalty(&grouped, 1.0, 1).is_ok());
    }

    #[test]
    fn the_chosen_penalty_is_told_with_the_model() {
        let train = train(80, 4);
        let model = chosen_elastic_net(&train, 1.0, 3).unwrap();
        assert_eq!(model.penalty, Some(chosen_penalty(&train, 1.0, 3).unwrap()));
        let given = elastic_net(&train, model.penalty.unwrap(), 1.0).unwrap();
        assert_eq!((given.penalty, given.coefficients), (None, model.coefficients));
    }

    #[test]
    fn the_chosen_penalty_keeps_what_matters() {
        let train = train(200, 12);
        let model = chosen_elastic_net(&train, 1.0, 3).unwrap();
        let slopes = &model.coefficients[0];
        assert!((slopes[0] - 1.0).abs() < 0.15 && (slopes[1] + 0.5).abs() < 0.15);
        assert!(slopes[2..].iter().all(|b| b.abs() < 0.15));
        assert!(chosen_penalty(&rows_of(&train, &[0, 1, 2]).unwrap(), 1.0, 3).is_err());
    }
}
