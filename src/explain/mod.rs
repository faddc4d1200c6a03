//! Why a model says what it says: what each raw column adds to a prediction ([`additive`], [`tree_shap`]), how predictions follow a column ([`dependence`]), a small tree
//! that says nearly the same ([`mod@surrogate`]), and a few predictions taken apart.
//!
//! All on rows the model has not seen, thinned evenly so that it never takes long. An explanation tells what the model does; what happens to a row whose cells are
//! changed in the world is another question.

pub mod additive;
pub mod dependence;
mod readable;
pub mod surrogate;
pub mod tree_shap;
pub mod weakest;
mod worst;

pub use additive::{Contributions, How, Scale};
pub use dependence::Dependence;
pub use surrogate::{Rule, Surrogate};
pub use weakest::{WeakSegment, Weakest, weakest};
pub use worst::WorstRow;

use crate::error::{Error, Result};
use crate::evaluate::Judge;
use crate::math::rank::pearson;
use crate::math::sort;
use crate::math::sum::{mean, variance};
use crate::model::Model;
use crate::prepare::FittedRecipe;
use crate::split::Rows;
use crate::table::Table;
use additive::{Subject, groups, most_predictions, told};
use dependence::{FEWEST, Ground, MOST_POINTS};
use serde::{Deserialize, Serialize};

/// Most unseen rows whose predictions are taken apart.
pub const MOST_ROWS: usize = 2_000;
/// Most training rows the small tree learns from, and whose mean linear models start from.
const MOST_TRAINING_ROWS: usize = 10_000;
/// Raw columns whose dependence is told.
const MOST_DEPENDENCES: usize = 6;
/// Most rows that are moved over a grid.
const MOST_MOVED: usize = 300;
/// 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// What a raw column contributes over all rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weight {
    /// Raw column (or several, of features made of several).
    pub column: String,
    /// Mean of the absolute contributions.
    pub mean: f64,
    /// Half the width of its 95 % interval over rows (normal); none for one row.
    pub half: Option<f64>,
    /// Correlation of value and contribution, -1 to 1, of a column of numbers: whether the prediction rises with it.
    pub direction: Option<f64>,
}

/// Which prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// The largest.
    Highest,
    /// The one in the middle.
    Middle,
    /// The smallest.
    Lowest,
    /// The one furthest from the truth.
    Missed,
}

/// A prediction taken apart, or the mean of several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Apart {
    /// The row of the table; none for a mean.
    pub row: Option<u32>,
    /// Contribution of every column, in the order of [`Explained::columns`].
    pub values: Vec<f64>,
    /// Base and contributions together, on their scale.
    pub total: f64,
    /// What is predicted: a number, or the probability of the class.
    pub prediction: f64,
    /// What was true: a number, or 1 for the class and 0 for others.
    pub truth: f64,
}

/// An instructive prediction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// Which.
    pub which: Which,
    /// The row; none in what is shared.
    pub one: Option<Apart>,
    /// The mean of the five rows nearest to it in rank; none with fewer rows.
    pub few: Option<Apart>,
}

/// Everything that is told of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explained {
    /// How contributions were computed.
    pub how: How,
    /// Their units.
    pub scale: Scale,
    /// Class whose score is explained: of two the second, of several the most frequent; 0 for numbers.
    pub class: usize,
    /// Whether the rows were sealed (then the model is the final one), or those of the last fold (then it is that fold's).
    pub sealed: bool,
    /// Rows whose predictions were taken apart, of so many unseen ones.
    pub n_rows: (u64, u64),
    /// What is predicted without knowing a row, on the scale of contributions.
    pub base: f64,
    /// Typical standard error of a single contribution, if they were sampled.
    pub error: Option<f64>,
    /// What each raw column contributes, largest first.
    pub columns: Vec<Weight>,
    /// How predictions follow the first of them.
    pub dependence: Vec<Dependence>,
    /// A small tree in the place of the model.
    pub surrogate: Surrogate,
    /// Instructive predictions.
    pub examples: Vec<Example>,
    /// The rows missed most, worst first; none in what is shared.
    pub worst: Vec<WorstRow>,
}

/// A model, what feeds it, and the rows it is explained on.
pub struct Ask<'a> {
    /// The model.
    pub model: &'a Model,
    /// What feeds it.
    pub recipe: &'a FittedRecipe,
    /// The table.
    pub table: &'a Table,
    /// Rows it has learned from.
    pub train: &'a [u32],
    /// Rows it has not.
    pub unseen: &'a [u32],
    /// Whether these were sealed.
    pub sealed: bool,
    /// Who knows the truth.
    pub judge: &'a Judge<'a>,
    /// A sign of life.
    pub pulse: &'a dyn Fn(),
}

/// Explains a model.
///
/// # Errors
/// There are no unseen rows, the model gives every row the same answer or has never seen the class, or preparation and model do not fit the table.
pub fn explain(ask: &Ask<'_>) -> Result<Explained> {
    let lookups = most_predictions(ask.model);
    let train = thinned(ask.train, MOST_TRAINING_ROWS.min(lookups));
    let known: Vec<u32> = ask.unseen.iter().copied().filter(|&r| ask.judge.truth.get(r as usize).is_some_and(|t| !t.is_nan())).collect();
    let unseen = thinned(&known, MOST_ROWS);
    if unseen.is_empty() || train.is_empty() {
        return Err(Error::not_computable("An explanation", "there are no unseen rows", "Seal or validate more rows."));
    }
    let class = class_of(ask.judge, &train);
    let ground = Ground { model: ask.model, recipe: ask.recipe, table: ask.table, class, pulse: ask.pulse };
    let background = ask.recipe.apply(ask.table, &Rows::new(train))?;
    let groups = groups(&background);
    let subject =
        Subject { model: ask.model, train: &background, groups: &groups, kind: ask.judge.kind, class, seed: ask.judge.seed, pulse: ask.pulse };
    let rows = thinned(&unseen, subject.affordable(unseen.len()));
    let features = ask.recipe.apply(ask.table, &Rows::new(rows.clone()))?;
    let contributions = subject.contributions(&features)?;
    let (columns, order) = weights(ask.table, &contributions, &groups, &rows);
    let predictions = told(&ask.model.predict_with_pulse(&features, ask.pulse)?, class);
    let truth = truths(ask.judge, &rows, class);
    let examples = examples(&contributions, &order, &predictions, &truth, &rows);
    let worst = worst::worst(&contributions, (&columns, &order), (&rows, &predictions, &truth));
    let moved = thinned(&unseen, (lookups / (MOST_DEPENDENCES * MOST_POINTS)).min(MOST_MOVED));
    let mut dependence = Vec::new();
    for weight in columns.iter().filter(|w| w.mean > 0.0 && ask.table.position(&w.column).is_some()) {
        if dependence.len() == MOST_DEPENDENCES {
            break;
        }
        dependence.extend(ground.dependence(&weight.column, &moved, &unseen)?);
    }
    let answers = told(&ask.model.predict_with_pulse(&background, ask.pulse)?, class);
    let surrogate = surrogate::surrogate(ask.recipe, (background.clone(), answers), (&features, &predictions))?;
    let Contributions { how, scale, base, error, .. } = contributions;
    let n_rows = (rows.len() as u64, known.len() as u64);
    Ok(Explained { how, scale, class, sealed: ask.sealed, n_rows, base, error, columns, dependence, surrogate, examples, worst })
}

/// At most `most` of the rows, evenly spaced.
fn thinned(rows: &[u32], most: usize) -> Vec<u32> {
    rows.iter().copied().step_by(rows.len().div_ceil(most.max(1)).max(1)).collect()
}

/// Of two classes the second, of several the most frequent (the first of equals).
fn class_of(judge: &Judge<'_>, rows: &[u32]) -> usize {
    if judge.n_classes < 3 {
        return usize::from(judge.n_classes == 2);
    }
    let count = |k: &usize| rows.iter().filter(|&&r| judge.truth.get(r as usize).is_some_and(|t| *t == *k as f64)).count();
    (0..judge.n_classes).max_by_key(|k| (count(k), std::cmp::Reverse(*k))).unwrap_or(0)
}

/// True numbers, or 1 where the class is the true one.
fn truths(judge: &Judge<'_>, rows: &[u32], class: usize) -> Vec<f64> {
    let one = |t: f64| if judge.n_classes == 0 { t } else { f64::from(u8::from(t == class as f64)) };
    rows.iter().map(|&r| one(judge.truth.get(r as usize).copied().unwrap_or(f64::NAN))).collect()
}

/// Columns by the mean of their absolute contributions, and where each stood before.
fn weights(table: &Table, contributions: &Contributions, groups: &[(String, Vec<usize>)], rows: &[u32]) -> (Vec<Weight>, Vec<usize>) {
    let one = |(g, (column, _)): (usize, &(String, Vec<usize>))| {
        let own: Vec<f64> = contributions.values.iter().skip(g).step_by(groups.len().max(1)).copied().collect();
        let sizes: Vec<f64> = own.iter().map(|v| v.abs()).collect();
        let half = (sizes.len() > 1).then(|| Z * (variance(&sizes, 1) / sizes.len() as f64).sqrt());
        let numbers = table.column(column).ok().and_then(|c| c.numbers());
        let cells = |all: &[f64]| rows.iter().map(|&r| all.get(r as usize).copied().unwrap_or(f64::NAN)).collect::<Vec<_>>();
        Weight { column: column.clone(), mean: mean(&sizes), half, direction: numbers.and_then(|all| pearson(&cells(all), &own)) }
    };
    let weights: Vec<Weight> = groups.iter().enumerate().map(one).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    sort::by(&mut order, |&a, &b| weights[b].mean.total_cmp(&weights[a].mean).then(a.cmp(&b)));
    (order.iter().map(|&g| weights[g].clone()).collect(), order)
}

/// The instructive ones among these rows, and the means of those around them.
fn examples(contributions: &Contributions, order: &[usize], predictions: &[f64], truth: &[f64], rows: &[u32]) -> Vec<Example> {
    let n = rows.len();
    let ranked = |key: &dyn Fn(usize) -> f64| {
        let mut all: Vec<usize> = (0..n).collect();
        sort::by(&mut all, |&a, &b| key(a).total_cmp(&key(b)).then(a.cmp(&b)));
        all
    };
    let (by_size, by_miss) = (ranked(&|i| predictions[i]), ranked(&|i| (predictions[i] - truth[i]).abs()));
    let apart = |own: &[usize]| -> Apart {
        let of = |value: &dyn Fn(usize) -> f64| mean(&own.iter().map(|&i| value(i)).collect::<Vec<_>>());
        let values = order.iter().map(|&g| of(&|i| contributions.row(i, order.len())[g])).collect();
        let row = if let [only] = own { rows.get(*only).copied() } else { None };
        let prediction = of(&|i| predictions[i]);
        // On the scale of predictions the sum is the prediction, but for rounding.
        let same = matches!(contributions.scale, Scale::Target | Scale::Probability);
        let total = if same { prediction } else { of(&|i| contributions.total(i, order.len())) };
        Apart { row, values, total, prediction, truth: of(&|i| truth[i]) }
    };
    let few = FEWEST.min(n);
    let places =
        [(Which::Highest, &by_size, n - 1), (Which::Middle, &by_size, n / 2), (Which::Lowest, &by_size, 0), (Which::Missed, &by_miss, n - 1)];
    let one = |(which, ranked, at): (Which, &Vec<usize>, usize)| {
        let from = at.saturating_sub(few / 2).min(n - few);
        let around = &ranked[from..from + few];
        Example { which, one: Some(apart(&ranked[at..=at])), few: (n >= FEWEST).then(|| apart(around)) }
    };
    places.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests;
