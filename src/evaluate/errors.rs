//! Where a model errs: in one direction, more in one place than in another, or in a few rows.
//!
//! The miss of a row is truth minus prediction: of a number in its unit, of two classes 1 or 0 minus the probability of the second. Its mean is the
//! bias: overall, by month, by tenth of the prediction and by level of a column, with Student's t intervals (of classes that of the share that happened; rows in time order
//! or of entities by sections).
//! Levels are tested all at once (Benjamini and Hochberg 1995). Of several classes only the loss is looked at: one minus the probability of the true class.
//!
//! Whether errors spread more where predictions are large is asked in two ways: rank correlation of the size of the miss and the prediction, and the test of
//! Breusch and Pagan. An outlier is a miss more than [`OUTLIER`] robust standard deviations (1.4826 times the median distance from the median) from the median.

use super::interval::quantile;
use super::shares::Mean;
use super::{FoldResult, Judge};
use crate::error::Result;
use crate::math::distribution::normal_quantile;
use crate::math::rank::{median, sorted};
use crate::math::sort;
use crate::math::sum::{mean, sum_of, variance};
use crate::stats::breusch_pagan::breusch_pagan;
use crate::stats::fdr::benjamini_hochberg;
use crate::stats::spearman::correlation;
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};

/// Groups of rows by prediction.
const TENTHS: usize = 10;
/// Fewest rows of a group whose bias is told.
const LEAST_ROWS: usize = 20;
/// Share of false alarms among levels that are told.
const FALSE_ALARMS: f64 = 0.05;
/// Most levels told.
const MOST_LEVELS: usize = 8;
/// Robust standard deviations from which a miss is an outlier: one normal row in 2,000 is as far off.
const OUTLIER: f64 = 3.5;
/// Makes the median distance from the median the standard deviation of a normal distribution.
const ROBUST: f64 = 1.4826;
/// Points of the comparison with normal quantiles.
const POINTS: usize = 19;

/// The bias in a group of rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bias {
    /// Which rows.
    pub group: Group,
    /// Mean miss: positive where predictions are too low.
    pub miss: Mean,
}

/// A group of rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Tenth of the rows by prediction, from 0.
    Tenth(u32),
    /// Year and month.
    Month(i64, u32),
    /// Column and level.
    Level(String, String),
}

/// Whether errors spread more where predictions are large.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Rank correlation of the size of the miss and the prediction, -1 to 1.
    pub rho: f64,
    /// Its p-value.
    pub rho_p: f64,
    /// Statistic of Breusch and Pagan in Koenker's form.
    pub lm: f64,
    /// Its p-value.
    pub lm_p: f64,
}

/// Misses far from the others.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outliers {
    /// Rows.
    pub count: u64,
    /// Share of the squared error that they make, 0 to 1.
    pub of_squares: f64,
    /// Share of the squared error that the worst hundredth of the rows makes, 0 to 1.
    pub worst_hundredth: f64,
}

/// Where a model errs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Errors {
    /// Rows.
    pub n_rows: u64,
    /// Bias of all rows; `None` for several classes.
    pub bias: Option<Mean>,
    /// Mean size of the misses; `None` for several classes.
    pub mean_size: Option<f64>,
    /// By tenth of the prediction.
    pub tenths: Vec<Bias>,
    /// By month, where the rows have dates.
    pub months: Vec<Bias>,
    /// Levels whose bias is not chance, largest first.
    pub levels: Vec<Bias>,
    /// Levels tested.
    pub n_levels: u64,
    /// Of numbers: whether errors spread more where predictions are large.
    pub spread: Option<Spread>,
    /// Rank correlation of the miss and time with its p-value: whether predictions go off as time goes on.
    pub over_time: Option<(f64, f64)>,
    /// Of numbers: quantiles of a normal distribution and of the standardised misses.
    pub normal: Vec<(f64, f64)>,
    /// Of numbers: misses far from the others.
    pub outliers: Option<Outliers>,
}

/// The label of a row; `None` where it is missing.
pub type LevelOf<'a> = Box<dyn Fn(u32) -> Option<String> + 'a>;

/// What is known of the rows besides.
#[derive(Default)]
pub struct Known<'a> {
    /// Moment of every row of the table (milliseconds since 1970, or a number), NaN where missing; empty without a time column.
    pub times: &'a [f64],
    /// Year and month of every row, where moments are dates.
    pub months: Option<&'a dyn Fn(u32) -> Option<(i64, u32)>>,
    /// Columns of labels: name, and level of a row.
    pub levels: Vec<(&'a str, LevelOf<'a>)>,
}

/// Size of the error of every judged row, shape `(n_rows,)`: distance of a number; for classes one minus the probability of the true one.
///
/// # Errors
/// A row that does not exist.
pub fn losses(judge: &Judge<'_>, folds: &[&FoldResult]) -> Result<Vec<f64>> {
    let (truth, predictions) = judge.pooled(folds)?;
    let width = judge.n_classes.max(1);
    let one = |(t, p): (&f64, &[f64])| if judge.n_classes == 0 { (t - p[0]).abs() } else { 1.0 - p.get(*t as usize).copied().unwrap_or(0.0) };
    Ok(truth.iter().zip(predictions.values.chunks_exact(width)).map(one).collect())
}

/// Looks for the pattern of the errors of one learner, each row judged once.
///
/// # Errors
/// A row that does not exist.
pub fn errors(judge: &Judge<'_>, folds: &[&FoldResult], known: &Known<'_>) -> Result<Errors> {
    let (truth, predictions) = judge.pooled(folds)?;
    let rows: Vec<u32> = folds.iter().flat_map(|f| f.rows.iter().copied()).collect();
    let predicted = match judge.kind {
        TaskKind::Regression => predictions.values,
        TaskKind::Binary => predictions.class(1),
        TaskKind::Multiclass => return Ok(Errors { n_rows: rows.len() as u64, ..Errors::default() }),
    };
    let misses: Vec<f64> = truth.iter().zip(&predicted).map(|(t, p)| t - p).collect();
    let all = All { judge, rows: &rows, truth: &truth, predicted: &predicted };
    let (levels, n_levels) = all.levels(known);
    let is_number = judge.kind == TaskKind::Regression;
    let moments: Vec<(f64, f64)> = rows.iter().zip(&misses).filter_map(|(r, m)| Some((*known.times.get(*r as usize)?, *m))).collect();
    let (times, in_time): (Vec<f64>, Vec<f64>) = moments.into_iter().filter(|(t, _)| t.is_finite()).unzip();
    Ok(Errors {
        n_rows: rows.len() as u64,
        bias: judge.miss_of(&rows, &truth, &predicted),
        mean_size: (!misses.is_empty()).then(|| mean(&misses.iter().map(|m| m.abs()).collect::<Vec<_>>())),
        tenths: all.tenths(),
        months: known.months.map_or_else(Vec::new, |month| all.months(month)),
        levels,
        n_levels,
        spread: spread(&misses, &predicted).filter(|_| is_number),
        over_time: correlation(&times, &in_time).map(|c| (c.rho, c.p)),
        normal: if is_number { against_normal(&misses) } else { Vec::new() },
        outliers: outliers(&misses).filter(|_| is_number),
    })
}

struct All<'a> {
    judge: &'a Judge<'a>,
    rows: &'a [u32],
    truth: &'a [f64],
    predicted: &'a [f64],
}

impl All<'_> {
    /// The bias of the rows at these places; `None` for few.
    fn of(&self, places: &[usize]) -> Option<Mean> {
        let rows: Vec<u32> = places.iter().map(|&i| self.rows[i]).collect();
        let of = |all: &[f64]| places.iter().map(|&i| all[i]).collect::<Vec<f64>>();
        self.judge.miss_of(&rows, &of(self.truth), &of(self.predicted)).filter(|_| places.len() >= LEAST_ROWS)
    }

    /// Places by a key, keys ascending.
    fn grouped<K: Ord>(&self, key: impl Fn(u32) -> Option<K>) -> Vec<(K, Vec<usize>)> {
        let mut groups: std::collections::BTreeMap<K, Vec<usize>> = std::collections::BTreeMap::new();
        for (i, &row) in self.rows.iter().enumerate() {
            if let Some(key) = key(row) {
                groups.entry(key).or_default().push(i);
            }
        }
        groups.into_iter().collect()
    }

    fn tenths(&self) -> Vec<Bias> {
        let mut order: Vec<usize> = (0..self.predicted.len()).collect();
        sort::along(&mut order, &|i| self.predicted[i]);
        let n = order.len();
        let mut all = Vec::new();
        for at in 0..TENTHS {
            let mut places = order[at * n / TENTHS..(at + 1) * n / TENTHS].to_vec();
            // In the order of the split again, which sections follow.
            places.sort_unstable();
            all.extend(self.of(&places).map(|miss| Bias { group: Group::Tenth(at as u32), miss }));
        }
        all
    }

    fn months(&self, month: &dyn Fn(u32) -> Option<(i64, u32)>) -> Vec<Bias> {
        let one = |((year, month), places): ((i64, u32), Vec<usize>)| self.of(&places).map(|miss| Bias { group: Group::Month(year, month), miss });
        self.grouped(month).into_iter().filter_map(one).collect()
    }

    /// Levels whose bias is not chance, and how many were tested.
    fn levels(&self, known: &Known<'_>) -> (Vec<Bias>, u64) {
        let mut all: Vec<Bias> = Vec::new();
        for (column, level_of) in &known.levels {
            for (level, places) in self.grouped(level_of) {
                let group = Group::Level((*column).to_owned(), level);
                all.extend(self.of(&places).map(|miss| Bias { group, miss }));
            }
        }
        let p: Vec<f64> = all.iter().map(|b| b.miss.p.unwrap_or(1.0)).collect();
        let adjusted = benjamini_hochberg(&p);
        let n = all.len() as u64;
        let mut found: Vec<Bias> = all.into_iter().zip(adjusted).filter(|(_, p)| *p <= FALSE_ALARMS).map(|(b, _)| b).collect();
        sort::by(&mut found, |a, b| b.miss.value.abs().total_cmp(&a.miss.value.abs()));
        found.truncate(MOST_LEVELS);
        (found, n)
    }
}

fn spread(misses: &[f64], predicted: &[f64]) -> Option<Spread> {
    let sizes: Vec<f64> = misses.iter().map(|m| m.abs()).collect();
    let (ranked, test) = (correlation(&sizes, predicted)?, breusch_pagan(misses, predicted)?);
    Some(Spread { rho: ranked.rho, rho_p: ranked.p, lm: test.statistic, lm_p: test.p })
}

/// Quantiles of the standardised misses beside those of a normal distribution; none where fewer than five rows would lie beyond the last.
fn against_normal(misses: &[f64]) -> Vec<(f64, f64)> {
    let (centre, sd) = (mean(misses), variance(misses, 1).sqrt());
    if misses.len() < 5 * (POINTS + 1) || sd <= 0.0 {
        return Vec::new();
    }
    let ascending = sorted(misses);
    let share = |k: usize| k as f64 / (POINTS as f64 + 1.0);
    (1..=POINTS).map(|k| (normal_quantile(share(k)), (quantile(&ascending, share(k)) - centre) / sd)).collect()
}

fn outliers(misses: &[f64]) -> Option<Outliers> {
    let centre = median(misses);
    let scale = ROBUST * median(&misses.iter().map(|m| (m - centre).abs()).collect::<Vec<_>>());
    let squares: Vec<f64> = sorted(&misses.iter().map(|m| m * m).collect::<Vec<_>>());
    let total = sum_of(squares.iter().copied());
    if misses.len() < LEAST_ROWS || total <= 0.0 || scale <= 0.0 {
        return None;
    }
    let is_far = |m: &&f64| (**m - centre).abs() > OUTLIER * scale;
    let far = sum_of(misses.iter().filter(is_far).map(|m| m * m));
    let hundredth = sum_of(squares.iter().rev().take(misses.len().div_ceil(100)).copied());
    Some(Outliers { count: misses.iter().filter(is_far).count() as u64, of_squares: far / total, worst_hundredth: hundredth / total })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Dependence;
    use crate::math::rng::Stream;
    use crate::model::Predictions;

    fn found(truth: &[f64], predicted: Vec<f64>, known: &Known<'_>) -> Errors {
        let judge = Judge { kind: TaskKind::Regression, n_classes: 0, truth, dependence: Dependence::Independent, seed: 1 };
        let rows = (0..truth.len() as u32).collect();
        let fold = judge.score(0, 0, rows, Predictions { n_classes: 0, values: predicted, cuts: Vec::new() }).unwrap();
        errors(&judge, &[&fold], known).unwrap()
    }

    #[test]
    fn a_level_that_is_always_underrated_is_found_and_the_others_are_not() {
        let mut stream = Stream::new(1, "test/errors", 0);
        let noise: Vec<f64> = (0..600).map(|_| stream.normal()).collect();
        let level = |row: u32| Some(["north", "south", "east"][row as usize % 3].to_owned());
        let truth: Vec<f64> = noise.iter().enumerate().map(|(i, e)| e + if i % 3 == 1 { 2.0 } else { -1.0 }).collect();
        let known = Known { levels: vec![("region", Box::new(level))], ..Known::default() };
        let flat = truth.iter().enumerate().map(|(i, t)| if i % 3 == 1 { 0.0 } else { *t }).collect::<Vec<_>>();
        let all = found(&truth, flat.iter().enumerate().map(|(i, p)| if i % 3 == 1 { 0.0 } else { p + noise[(i + 5) % 600] }).collect(), &known);
        assert_eq!(all.n_levels, 3);
        assert_eq!(all.levels.first().map(|b| b.group.clone()), Some(Group::Level("region".into(), "south".into())));
        assert!(all.levels[0].miss.low.unwrap() > 1.5 && all.levels.iter().skip(1).all(|b| b.miss.value.abs() < 0.5), "{:?}", all.levels);
    }

    #[test]
    fn errors_that_grow_with_the_prediction_are_seen_and_even_ones_are_not() {
        let mut stream = Stream::new(2, "test/errors", 0);
        let predicted: Vec<f64> = (0..400).map(|_| stream.uniform()).collect();
        let truth = |grows: f64, stream: &mut Stream| predicted.iter().map(|p| p + (0.2 + grows * p) * stream.normal()).collect::<Vec<_>>();
        let growing = found(&truth(1.0, &mut stream), predicted.clone(), &Known::default()).spread.unwrap();
        assert!(growing.rho > 0.2 && growing.rho_p < 1e-6 && growing.lm_p < 1e-4, "{growing:?}");
        let even = found(&truth(0.0, &mut stream), predicted.clone(), &Known::default()).spread.unwrap();
        assert!(even.rho_p > 0.001 && even.lm_p > 0.001, "{even:?}");
    }

    #[test]
    fn a_few_wild_rows_make_most_of_the_squared_error() {
        let mut stream = Stream::new(3, "test/errors", 0);
        let truth: Vec<f64> = (0..300).map(|i| stream.normal() + if i < 3 { 60.0 } else { 0.0 }).collect();
        let all = found(&truth, vec![0.0; 300], &Known::default());
        let outliers = all.outliers.unwrap();
        assert!(outliers.count >= 3 && outliers.of_squares > 0.9 && outliers.worst_hundredth > 0.9, "{outliers:?}");
        assert_eq!((all.tenths.len(), all.normal.len(), all.months.len()), (10, 19, 0));
    }

    #[test]
    fn few_rows_have_a_bias_and_no_pattern() {
        let all = found(&[1.0, 2.0, 4.0], vec![1.0, 1.0, 1.0], &Known::default());
        assert!(all.bias.is_some() && all.tenths.is_empty() && all.outliers.is_none() && all.normal.is_empty() && all.spread.is_none());
        let nothing = found(&[], Vec::new(), &Known::default());
        assert_eq!((nothing.n_rows, nothing.bias), (0, None));
    }
}
