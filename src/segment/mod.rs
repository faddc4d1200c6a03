//! Segmentation: the rows in groups of like ones, found without the target, and how many groups there are worth telling apart.
//!
//! k-means ([`kmeans`]) for each k of [`NUMBERS`] on the prepared features of training rows. Every feature but flags (values 0 and 1 only) is brought to mean 0 and
//! standard deviation 1; features with one value, and those made from the target, are left out. How well the segments stand apart is told by the silhouette
//! ([`silhouette`]); the k with the highest is recommended (Rousseeuw 1987). Beside it stands the sum of squares within the segments and where it bends ([`elbow`]).
//! Row weights are not used, but for rows of weight 0, which are absent.

mod kmeans;
#[cfg(test)]
mod reference;
mod silhouette;

pub use kmeans::{Clusters, kmeans};
pub use silhouette::{Silhouette, silhouette};

use crate::error::{Error, Result};
use crate::features::{Feature, TrainingSet};
use crate::math::rng::Stream;
use crate::math::sort;
use crate::math::sum::{mean, variance};
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};

/// Numbers of segments that are tried.
pub const NUMBERS: std::ops::RangeInclusive<u32> = 2..=10;
/// Most cells (rows times features): their copy takes 160 MB.
pub const MOST_CELLS: usize = 20_000_000;
/// Most rows whose silhouette is measured; it costs rows times rows times features.
pub const MOST_JUDGED: usize = 2_000;
/// Most rows times rows times features of the silhouette: a second or two.
const MOST_PAIRS: usize = 400_000_000;
/// Fewest rows of a segment that is described by means: a mean of fewer tells of single rows.
pub const LEAST_ROWS: usize = 5;
/// Features told of a segment.
const MOST_TOLD: usize = 4;
/// Least distance of a segment's mean from the whole's, in standard deviations, that is told.
const LEAST_APART: f64 = 0.2;
/// What a feature's name has after the column when it was made from the target (`prepare::steps::target_encode`).
const OF_TARGET: &str = ": target mean";

/// A feature by which a segment differs from the whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trait {
    /// The prepared feature.
    pub feature: String,
    /// Whether it has values 0 and 1 only, so that its mean is a share.
    pub is_flag: bool,
    /// Mean in the segment.
    pub mean: f64,
    /// Mean of all rows.
    pub whole: f64,
    /// Distance of the two in standard deviations of all rows.
    pub apart: f64,
}

/// One segment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Its rows.
    pub n_rows: u64,
    /// Mean silhouette of those of its rows that were judged.
    pub silhouette: Option<f64>,
    /// What sets it apart, most first; none of a segment of fewer than [`LEAST_ROWS`] rows.
    pub traits: Vec<Trait>,
    /// Mean of the target, or share of each class; empty for a segment of fewer than [`LEAST_ROWS`] rows.
    pub target: Vec<f64>,
}

/// The rows in k segments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segmented {
    /// Number of segments.
    pub k: u32,
    /// Sum of squared distances of rows to the mean of their segment, in the scaled features.
    pub inertia: f64,
    /// Mean silhouette of the rows judged; `None` where they lie in one segment.
    pub silhouette: Option<f64>,
    /// Rows judged.
    pub n_judged: u64,
    /// Whether no row changed its segment any more in the end.
    pub settled: bool,
    /// All rows.
    pub n_rows: u64,
    /// Features used.
    pub n_features: u64,
    /// Mean of the target, or share of each class, over all rows.
    pub target: Vec<f64>,
    /// The segments, largest first.
    pub segments: Vec<Segment>,
}

/// Segments, or why the rows cannot be segmented so.
pub type Found = std::result::Result<Box<Segmented>, Error>;

/// The real rows of a training set in `k` segments. `pulse` is called now and then.
///
/// # Errors
/// More than [`MOST_CELLS`] cells, a feature that is missing somewhere, no feature with two values, or fewer distinct rows than segments.
pub fn segment(train: &TrainingSet, k: u32, seed: u64, pulse: &dyn Fn()) -> Result<Segmented> {
    let rows: Vec<usize> = (0..train.n_real()).filter(|&i| train.weights()[i] > 0.0).collect();
    let columns = scaled(train, &rows)?;
    let matrix: Vec<&[f64]> = columns.iter().map(|c| c.values.as_slice()).collect();
    let clusters = kmeans(&matrix, rows.len(), k as usize, seed, pulse)?;
    let judged = judged_rows(rows.len(), columns.len(), seed);
    let found = silhouette(&matrix, &clusters.labels, &judged, k as usize);
    let mut order: Vec<usize> = (0..k as usize).collect();
    let sizes: Vec<usize> = order.iter().map(|&c| clusters.labels.iter().filter(|l| **l as usize == c).count()).collect();
    sort::by(&mut order, |a, b| sizes[*b].cmp(&sizes[*a]).then(a.cmp(b)));
    let target: Vec<f64> = rows.iter().map(|&i| train.target()[i]).collect();
    let one = |&cluster: &usize| {
        let members: Vec<usize> = (0..rows.len()).filter(|&i| clusters.labels[i] as usize == cluster).collect();
        let told = members.len() >= LEAST_ROWS;
        let own: Vec<f64> = members.iter().map(|&i| target[i]).collect();
        Segment {
            n_rows: members.len() as u64,
            silhouette: found.as_ref().and_then(|s| s.by_cluster.get(cluster).copied().flatten()),
            traits: if told { traits(&columns, train, &rows, &members) } else { Vec::new() },
            target: if told { of_target(&own, train) } else { Vec::new() },
        }
    };
    Ok(Segmented {
        k,
        inertia: clusters.inertia,
        silhouette: found.as_ref().map(|s| s.mean),
        n_judged: judged.len() as u64,
        settled: clusters.settled,
        n_rows: rows.len() as u64,
        n_features: columns.len() as u64,
        target: of_target(&target, train),
        segments: order.iter().map(one).collect(),
    })
}

/// Position of the one that is recommended: with the highest silhouette, the fewest segments of equals; `None` where none has a silhouette.
#[must_use]
pub fn recommended(all: &[&Segmented]) -> Option<usize> {
    let known = all.iter().enumerate().filter_map(|(at, s)| Some((at, s.silhouette?)));
    known.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(at, _)| at)
}

/// Position of the bend of a falling line: furthest below the straight line from its first to its last point, both axes from 0 to 1 (Satopää et al. 2011);
/// `None` with fewer than three points, or where it does not fall.
#[must_use]
pub fn elbow(points: &[(f64, f64)]) -> Option<usize> {
    let (first, last) = (points.first()?, points.last()?);
    let (width, fall) = (last.0 - first.0, first.1 - last.1);
    if points.len() < 3 || width.is_nan() || width <= 0.0 || fall.is_nan() || fall <= 0.0 {
        return None;
    }
    let below = |p: &(f64, f64)| 1.0 - (p.0 - first.0) / width - (p.1 - last.1) / fall;
    let inner = points.iter().enumerate().skip(1).take(points.len() - 2).map(|(at, p)| (at, below(p)));
    inner.reduce(|best, next| if next.1 > best.1 { next } else { best }).filter(|(_, below)| *below > 0.0).map(|(at, _)| at)
}

/// A feature as it is clustered, and what brings it back.
struct Scaled {
    at: usize,
    values: Vec<f64>,
    mean: f64,
    deviation: f64,
    is_flag: bool,
}

fn scaled(train: &TrainingSet, rows: &[usize]) -> Result<Vec<Scaled>> {
    let features = train.features();
    let used = |feature: &Feature| !feature.sources.iter().any(|source| feature.name.starts_with(&format!("{source}{OF_TARGET}")));
    let refused = |why: &str, hint: &str| Err(Error::not_computable("A segmentation", why, hint));
    if rows.len().saturating_mul(features.n_features()) > MOST_CELLS {
        let why = format!("{} rows by {} features are more than 20,000,000 cells", rows.len(), features.n_features());
        return refused(&why, "Leave columns out, or open fewer rows.");
    }
    let mut all = Vec::new();
    for (at, feature) in features.about.iter().enumerate().filter(|(_, f)| used(f)) {
        let column = features.slice(at);
        let raw: Vec<f64> = rows.iter().map(|&i| column[i]).collect();
        if raw.iter().any(|v| !v.is_finite()) {
            return refused(&format!("{} is missing somewhere", feature.name), "Impute missing cells in the recipe first.");
        }
        let (mean, deviation) = (mean(&raw), variance(&raw, 0).sqrt());
        let is_flag = raw.iter().all(|v| *v == 0.0 || *v == 1.0);
        if raw.windows(2).any(|w| w[0] != w[1]) && deviation.is_finite() && deviation > 0.0 {
            let values = if is_flag { raw } else { raw.into_iter().map(|v| (v - mean) / deviation).collect() };
            all.push(Scaled { at, values, mean, deviation, is_flag });
        }
    }
    if all.is_empty() { refused("no feature has two values", "Use a table with features that differ.") } else { Ok(all) }
}

/// The rows whose silhouette is measured: all, or a draw of as many as can be afforded.
fn judged_rows(n: usize, n_features: usize, seed: u64) -> Vec<usize> {
    let mut most = MOST_JUDGED;
    while most > 2 && most * most * n_features > MOST_PAIRS {
        most -= most / 8 + 1;
    }
    drawn(n, most, seed, "segment/judged")
}

/// Positions below `n`, ascending: all of them, or `most` drawn without repeats.
fn drawn(n: usize, most: usize, seed: u64, purpose: &str) -> Vec<usize> {
    let mut all: Vec<usize> = (0..n).collect();
    if n > most {
        Stream::new(seed, purpose, 0).shuffle(&mut all);
        all.truncate(most);
        all.sort_unstable();
    }
    all
}

fn traits(columns: &[Scaled], train: &TrainingSet, rows: &[usize], members: &[usize]) -> Vec<Trait> {
    let features = train.features();
    let one = |column: &Scaled| {
        let raw = features.slice(column.at);
        let own = mean(&members.iter().map(|&i| raw[rows[i]]).collect::<Vec<_>>());
        let apart = (own - column.mean) / column.deviation;
        Trait { feature: features.about[column.at].name.clone(), is_flag: column.is_flag, mean: own, whole: column.mean, apart }
    };
    let mut all: Vec<Trait> = columns.iter().map(one).filter(|t| t.apart.abs() >= LEAST_APART).collect();
    sort::by(&mut all, |a, b| b.apart.abs().total_cmp(&a.apart.abs()));
    all.truncate(MOST_TOLD);
    all
}

/// Mean of the target, or share of each class.
fn of_target(values: &[f64], train: &TrainingSet) -> Vec<f64> {
    if train.kind() == TaskKind::Regression {
        return vec![mean(values)];
    }
    let share = |class: usize| mean(&values.iter().map(|v| f64::from(u8::from(*v as usize == class))).collect::<Vec<_>>());
    (0..train.n_classes()).map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Features;
    use crate::features::tests_support::features;

    /// Three groups of 40 rows in two columns of very different units, a flag, a column with one value.
    fn three(extra: &[f64]) -> TrainingSet {
        let mut stream = Stream::new(3, "test/segments", 0);
        let (mut a, mut b, mut flag, mut y) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for i in 0..120 {
            let group = f64::from(i % 3);
            a.push(1000.0 * group + 20.0 * stream.normal());
            b.push(if i % 3 == 1 { 0.01 } else { 0.0 } + 0.0003 * stream.normal());
            flag.push(f64::from(u8::from(i % 3 == 2)));
            y.push(group);
        }
        let n = a.len() + extra.len();
        let synthetic = |column: &mut Vec<f64>| column.extend(extra);
        [&mut a, &mut b, &mut flag, &mut y].into_iter().for_each(synthetic);
        TrainingSet::new(features(&[a, b, flag, vec![7.0; n]]), y, vec![1.0; n], TaskKind::Regression, 0, 120).unwrap()
    }

    #[test]
    fn well_separated_groups_are_found_described_and_recommended() {
        let all: Vec<Segmented> = NUMBERS.map(|k| segment(&three(&[]), k, 1, &|| {}).unwrap()).collect();
        let refs: Vec<&Segmented> = all.iter().collect();
        let best = all[recommended(&refs).unwrap()].clone();
        assert_eq!((best.k, best.n_features, best.settled), (3, 3, true));
        assert!(best.silhouette.unwrap() > 0.8, "{best:?}");
        assert_eq!(best.segments.iter().map(|s| s.n_rows).collect::<Vec<_>>(), [40, 40, 40]);
        let mut means: Vec<f64> = best.segments.iter().map(|s| s.target[0]).collect();
        means.sort_by(f64::total_cmp);
        assert_eq!((means, best.target[0]), (vec![0.0, 1.0, 2.0], 1.0));
        let last = best.segments.iter().find(|s| s.target == [2.0]).unwrap();
        let flag = last.traits.iter().find(|t| t.is_flag).unwrap();
        assert!((flag.feature.as_str(), flag.mean) == ("x2", 1.0) && (flag.whole - 1.0 / 3.0).abs() < 1e-12);
        let points: Vec<(f64, f64)> = all.iter().map(|s| (f64::from(s.k), s.inertia)).collect();
        assert_eq!(elbow(&points), Some(1), "it bends at three");
    }

    #[test]
    fn synthetic_rows_and_features_made_of_the_target_have_no_say() {
        let made_up = segment(&three(&[5.0, 9.0, 1e6]), 3, 1, &|| {}).unwrap();
        assert_eq!(made_up, segment(&three(&[]), 3, 1, &|| {}).unwrap());
        let train = three(&[]);
        let mut about = train.features().about.clone();
        about[1].name = "x1: target mean".into();
        let columns = (0..4).map(|j| train.features().slice(j).to_vec()).collect();
        let told = Features::from_columns(about, columns, 120).unwrap();
        let told = TrainingSet::new(told, train.target().to_vec(), vec![1.0; 120], TaskKind::Regression, 0, 120).unwrap();
        assert_eq!(segment(&told, 3, 1, &|| {}).unwrap().n_features, 2);
    }

    #[test]
    fn what_cannot_be_segmented_is_refused_with_the_reason() {
        let set = |columns: &[Vec<f64>]| {
            let n = columns[0].len();
            TrainingSet::new(features(columns), vec![0.0; n], vec![1.0; n], TaskKind::Regression, 0, n).unwrap()
        };
        let why = |columns: &[Vec<f64>]| segment(&set(columns), 3, 1, &|| {}).unwrap_err().to_string();
        assert!(why(&[vec![2.0; 9]]).contains("two values"));
        assert!(why(&[vec![0.0, 1.0, 0.0, 1.0, 1.0]]).contains("distinct rows"));
        assert!(why(&[vec![1.0, 2.0, f64::NAN]]).contains("missing"));
        let wide = set(&vec![(0..2_001).map(f64::from).collect::<Vec<_>>(); 10_000]);
        assert!(segment(&wide, 3, 1, &|| {}).unwrap_err().to_string().contains("20,000,000 cells"));
    }

    #[test]
    fn a_segment_of_under_five_rows_is_counted_and_not_described() {
        let a: Vec<f64> = (0..60).map(|i| if i < 3 { 1e4 } else { f64::from(i % 7) }).collect();
        let train = TrainingSet::new(features(&[a]), vec![0.0; 60], vec![1.0; 60], TaskKind::Regression, 0, 60).unwrap();
        let found = segment(&train, 2, 1, &|| {}).unwrap();
        let small = found.segments.last().unwrap();
        assert_eq!((small.n_rows, small.traits.len(), small.target.len()), (3, 0, 0));
    }
}
