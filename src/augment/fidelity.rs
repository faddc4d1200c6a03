//! How far synthetic rows differ from the real ones they were made of.
//!
//! For each feature (and a numeric target): difference of the means in standard deviations of the real rows, relative difference of the
//! standard deviations, and the Kolmogorov-Smirnov distance. A difference counts when it is past its bar and past [`STANDARD_ERRORS`]
//! standard errors of that many rows drawn at random: few rows differ by chance alone. Standard error of a mean: `1 / sqrt(n)`; of a
//! relative standard deviation: `sqrt((kurtosis - 1) / (4 n))` (Kendall and Stuart, *Advanced Theory of Statistics* 1, 10.9).
//!
//! For all features together ([`Together`]): how correlations changed, how many outliers came in, how near the synthetic rows are to real ones, and whether a model tells them apart.

use super::Source;
use super::near::Pool;
use crate::features::{Features, TrainingSet};
use crate::math::rank::{median, pearson, ranks};
use crate::math::rng::Stream;
use crate::math::sum::{mean, sum_of, variance};
use crate::model::learners;
use crate::param::{Given, Params, Value};
use crate::stats::ks::{Method, two_sample};
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};

/// Largest difference of means that does not count, in standard deviations of the real rows.
pub const MEAN_BAR: f64 = 0.05;
/// Largest relative difference of standard deviations that does not count.
pub const SD_BAR: f64 = 0.10;
/// Largest difference of means that is still acceptable.
pub const MEAN_LIMIT: f64 = 0.10;
/// Largest relative difference of standard deviations that is still acceptable.
pub const SD_LIMIT: f64 = 0.15;
/// AUC from which a model that tells synthetic rows from real ones tells them apart well.
pub const DOMAIN_BAR: f64 = 0.75;
/// A value this many robust deviations from the median is an outlier (Iglewicz and Hoaglin 1993).
const OUTLYING: f64 = 3.5;
/// Median absolute deviation of a normal distribution with standard deviation 1.
const MAD: f64 = 0.674_489_750_196_081_7;
/// Features whose correlations are compared, at most: pairs grow with their square.
const MOST_CORRELATED: usize = 30;
/// Rows of each side that distances and the model look at, at most.
const MOST_ROWS: usize = 1000;
/// A difference within this many standard errors may be chance: one in 370.
pub const STANDARD_ERRORS: f64 = 3.0;
/// Synthetic rows below which nothing can be said: standard errors above half a standard deviation.
pub const FEWEST_ROWS: usize = 30;

/// Whether synthetic rows may stand in for real ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No feature is off.
    Faithful,
    /// Some feature is off, none by far, and a model hardly tells the rows apart.
    Acceptable,
    /// Some feature is far off, or a model tells the rows apart, or there are too few rows to say.
    Doubtful,
    /// No row was made, and none left out.
    Unchanged,
}

/// One feature (or the target), real against synthetic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeatureFidelity {
    /// Its name; "target" for the target.
    pub name: String,
    /// Mean of the real rows.
    pub real_mean: f64,
    /// Mean of the synthetic rows.
    pub synthetic_mean: f64,
    /// Standard deviation (divisor n) of the real rows.
    pub real_sd: f64,
    /// Standard deviation (divisor n) of the synthetic rows.
    pub synthetic_sd: f64,
    /// Synthetic minus real mean, in real standard deviations; `None` for a constant feature.
    pub mean_difference: Option<f64>,
    /// What its size may be: [`MEAN_BAR`], or more where rows are few.
    pub mean_allowed: f64,
    /// Synthetic over real standard deviation, minus 1; `None` for a constant feature.
    pub sd_difference: Option<f64>,
    /// What its size may be: [`SD_BAR`], or more where rows are few.
    pub sd_allowed: f64,
    /// Kolmogorov-Smirnov distance, 0..=1.
    pub ks_d: f64,
    /// Its two-sided p-value. Synthetic rows depend on the real ones, so it is a description, not a test.
    pub ks_p: f64,
    /// Whether either difference is larger than allowed.
    pub off: bool,
    /// Whether either is larger than [`MEAN_LIMIT`] or [`SD_LIMIT`], too.
    #[serde(default)]
    pub far: bool,
}

/// All features of synthetic rows together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Together {
    /// Largest change of a Pearson correlation between two numbers, 0..=2; `None` with fewer than two that vary.
    pub correlation_change: Option<f64>,
    /// Share of synthetic rows with a value further from the real median than 3.5 robust deviations, minus that of real rows; `None` where no number has a deviation.
    pub outliers_added: Option<f64>,
    /// Median distance of a synthetic row to the nearest real row, in that of real rows from each other: 0 are copies, 1 is as far as real rows are; `None` for equal rows.
    pub nearest: Option<f64>,
    /// Area under the ROC curve of a forest that tells synthetic rows from real ones it has not seen, nor a row made of them: 0.5 cannot. `None` with too few rows.
    pub domain_auc: Option<f64>,
}

/// How faithful the synthetic rows are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fidelity {
    /// Method id.
    pub method: String,
    /// Real rows they were made of.
    pub n_real: u64,
    /// Synthetic rows.
    pub n_synthetic: u64,
    /// Real rows that were left out instead.
    #[serde(default)]
    pub n_left_out: u64,
    /// One a feature, in order; a numeric target last.
    pub features: Vec<FeatureFidelity>,
    /// How many of these are off.
    pub n_off: u64,
    /// Whether bars were widened because rows are few.
    pub widened: bool,
    /// Whether there are at least [`FEWEST_ROWS`] synthetic rows.
    pub enough_rows: bool,
    /// All features together.
    #[serde(default)]
    pub together: Together,
    /// What it comes to.
    pub verdict: Verdict,
}

/// Compares synthetic rows, shape `(n_synthetic, n_features)`, and their target with the real rows they were made of, `parents`, each as often as it was a parent.
#[must_use]
pub fn measure(method: &str, source: &Source<'_>, parents: &[u32], synthetic: &Features, target: &[f64], seed: u64) -> Fidelity {
    let real = |values: &[f64]| parents.iter().map(|&r| values[r as usize]).collect::<Vec<f64>>();
    let columns: Vec<Vec<f64>> = (0..source.n_features()).map(|j| real(source.set.features().slice(j))).collect();
    let mut features: Vec<FeatureFidelity> = if parents.is_empty() {
        Vec::new()
    } else {
        columns.iter().enumerate().map(|(j, real)| compare(&synthetic.about[j].name, real, synthetic.slice(j))).collect()
    };
    if !source.set.kind().is_classification() {
        features.push(compare("target", &real(source.set.target()), target));
    }
    let n_off = features.iter().filter(|f| f.off).count() as u64;
    let enough_rows = synthetic.n_rows() >= FEWEST_ROWS;
    let together = together(source, parents, &columns, synthetic, seed);
    let told_apart = together.domain_auc.is_some_and(|auc| auc >= DOMAIN_BAR);
    let verdict = if parents.is_empty() {
        Verdict::Unchanged
    } else if !enough_rows || told_apart || features.iter().any(|f| f.far) {
        Verdict::Doubtful
    } else if n_off > 0 {
        Verdict::Acceptable
    } else {
        Verdict::Faithful
    };
    Fidelity {
        method: method.to_owned(),
        n_real: source.rows.len() as u64,
        n_synthetic: synthetic.n_rows() as u64,
        n_left_out: 0,
        n_off,
        widened: features.iter().any(|f| f.mean_allowed > MEAN_BAR || f.sd_allowed > SD_BAR),
        enough_rows,
        together,
        verdict,
        features,
    }
}

fn together(source: &Source<'_>, parents: &[u32], columns: &[Vec<f64>], synthetic: &Features, seed: u64) -> Together {
    if parents.is_empty() || synthetic.n_rows() == 0 {
        return Together::default();
    }
    let numbers: Vec<usize> = (0..source.n_features()).filter(|&j| !source.copied[j]).collect();
    Together {
        correlation_change: correlation_change(&numbers, columns, synthetic),
        outliers_added: outliers_added(&numbers, columns, synthetic),
        nearest: nearest(source, synthetic, seed),
        domain_auc: domain_auc(source, parents, synthetic, seed),
    }
}

/// The largest change of a correlation between two numbers.
fn correlation_change(numbers: &[usize], columns: &[Vec<f64>], synthetic: &Features) -> Option<f64> {
    let first = numbers.get(..numbers.len().min(MOST_CORRELATED))?;
    let pairs = first.iter().enumerate().flat_map(|(at, &i)| first[at + 1..].iter().map(move |&j| (i, j)));
    let change = |(i, j): (usize, usize)| Some((pearson(synthetic.slice(i), synthetic.slice(j))? - pearson(&columns[i], &columns[j])?).abs());
    pairs.filter_map(change).max_by(f64::total_cmp)
}

/// Share of rows with an outlier, synthetic minus real.
fn outliers_added(numbers: &[usize], columns: &[Vec<f64>], synthetic: &Features) -> Option<f64> {
    let mut outlying = [vec![false; columns.first()?.len()], vec![false; synthetic.n_rows()]];
    let mut any = false;
    for &j in numbers {
        let centre = median(&columns[j]);
        let spread = median(&columns[j].iter().map(|v| (v - centre).abs()).collect::<Vec<_>>()) / MAD;
        if spread > 0.0 {
            any = true;
            for (marks, values) in outlying.iter_mut().zip([columns[j].as_slice(), synthetic.slice(j)]) {
                marks.iter_mut().zip(values).for_each(|(mark, v)| *mark |= (v - centre).abs() > OUTLYING * spread);
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let share = |marks: &[bool]| marks.iter().filter(|m| **m).count() as f64 / marks.len().max(1) as f64;
    any.then(|| share(&outlying[1]) - share(&outlying[0]))
}

/// How far synthetic rows are from real ones, in what real ones are from each other.
fn nearest(source: &Source<'_>, synthetic: &Features, seed: u64) -> Option<f64> {
    let mut stream = Stream::new(seed, "augment/nearest", 0);
    let pool = Pool::draw(source, &source.rows, MOST_ROWS, false, &mut stream);
    let of = |ranked: Vec<(f64, u32)>| ranked.first().map(|(distance, _)| distance.sqrt());
    let among: Vec<f64> = pool.rows.iter().filter_map(|&row| of(pool.ranked(source, row, 1, false))).collect();
    let step = synthetic.n_rows().div_ceil(MOST_ROWS).max(1);
    let made: Vec<f64> = (0..synthetic.n_rows()).step_by(step).filter_map(|row| of(pool.to(source, synthetic, row))).collect();
    let usual = if among.is_empty() { 0.0 } else { median(&among) };
    (usual > 0.0 && !made.is_empty()).then(|| median(&made) / usual)
}

/// How well a forest tells synthetic rows from real ones: learned on one half, judged on the other. A row and what was made of it are in the same half.
fn domain_auc(source: &Source<'_>, parents: &[u32], synthetic: &Features, seed: u64) -> Option<f64> {
    let n = synthetic.n_rows();
    if n < 2 * FEWEST_ROWS || parents.len() != n || source.n_features() == 0 {
        return None;
    }
    let mut order: Vec<usize> = (0..n).collect();
    Stream::new(seed, "augment/domain", 0).shuffle(&mut order);
    order.truncate(MOST_ROWS);
    let features = source.set.features();
    let column = |j: usize| {
        let real = order.iter().map(|&i| features.slice(j)[parents[i] as usize]);
        real.chain(order.iter().map(|&i| synthetic.slice(j)[i])).collect::<Vec<f64>>()
    };
    let half = |i: usize| parents[i] % 2 == 1;
    let rows: Vec<(bool, f64)> = order.iter().map(|&i| (half(i), 0.0)).chain(order.iter().map(|&i| (half(i), 1.0))).collect();
    let both = Features::from_columns(synthetic.about.clone(), (0..source.n_features()).map(column).collect(), rows.len()).ok()?;
    let set = TrainingSet::new(both, rows.iter().map(|r| r.1).collect(), vec![1.0; rows.len()], TaskKind::Binary, 2, rows.len()).ok()?;
    let areas: Vec<f64> = [false, true].into_iter().filter_map(|side| told_apart(&set, &rows, side, seed)).collect();
    (areas.len() == 2).then(|| mean(&areas))
}

/// Area under the ROC curve of the rows of one half, by a forest of the other.
fn told_apart(set: &TrainingSet, rows: &[(bool, f64)], side: bool, seed: u64) -> Option<f64> {
    let of = |wanted: bool| (0..rows.len()).filter(|&i| rows[i].0 == wanted).collect::<Vec<usize>>();
    let forest = learners::find("random_forest")?;
    let given: Given = [("trees", 40), ("depth", 8)].map(|(name, n)| (name.to_owned(), Value::Whole(n))).into();
    let model = forest.fit(&Params::check(forest.params, &given).ok()?, &set.of_rows(&of(!side)).ok()?, seed).ok()?;
    let judged = of(side);
    let scores = model.predict(set.of_rows(&judged).ok()?.features()).ok()?.class(1);
    let placed = ranks(&scores);
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let half = judged.len() as f64 / 2.0;
    let above = sum_of(judged.iter().zip(&placed).filter(|(i, _)| rows[**i].1 == 1.0).map(|(_, rank)| *rank));
    (half >= 1.0).then(|| (above - half * (half + 1.0) / 2.0) / (half * half))
}

fn compare(name: &str, real: &[f64], synthetic: &[f64]) -> FeatureFidelity {
    let (real_mean, synthetic_mean) = (mean(real), mean(synthetic));
    let (real_sd, synthetic_sd) = (variance(real, 0).sqrt(), variance(synthetic, 0).sqrt());
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let n = synthetic.len() as f64;
    let varies = real_sd > 0.0;
    let mean_difference = varies.then(|| (synthetic_mean - real_mean) / real_sd);
    let sd_difference = varies.then(|| synthetic_sd / real_sd - 1.0);
    let mean_allowed = MEAN_BAR.max(STANDARD_ERRORS / n.sqrt());
    let spread = if varies { ((kurtosis(real, real_mean, real_sd) - 1.0).max(0.0) / (4.0 * n)).sqrt() } else { 0.0 };
    let sd_allowed = SD_BAR.max(STANDARD_ERRORS * spread);
    let past = |difference: Option<f64>, allowed: f64| difference.is_some_and(|d| d.abs() > allowed);
    let (ks_d, ks_p) = two_sample(real, synthetic, Method::Auto).map_or((0.0, 1.0), |t| (t.d, t.p));
    let moved = !varies && synthetic_mean != real_mean;
    FeatureFidelity {
        name: name.to_owned(),
        far: past(mean_difference, mean_allowed.max(MEAN_LIMIT)) || past(sd_difference, sd_allowed.max(SD_LIMIT)) || moved,
        off: past(mean_difference, mean_allowed) || past(sd_difference, sd_allowed) || moved,
        real_mean,
        synthetic_mean,
        real_sd,
        synthetic_sd,
        mean_difference,
        mean_allowed,
        sd_difference,
        sd_allowed,
        ks_d,
        ks_p,
    }
}

/// Fourth standardised moment; 3 for a normal distribution.
fn kurtosis(values: &[f64], centre: f64, sd: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let n = values.len() as f64;
    let square = |v: &f64| (v - centre) / sd * ((v - centre) / sd);
    sum_of(values.iter().map(|v| square(v) * square(v))) / n
}
