//! A score with what every row adds to it, so that two scores of the same rows can be compared.
//!
//! The influence of a row is how much the score moves when the row's weight does; the variance of a mean of influences is the
//! variance of the score. Area under the ROC curve: placement values (DeLong, DeLong and Clarke-Pearson 1988; summed within
//! clusters: Obuchowski 1997). Rank correlation: the projection of its U-statistic (Hoeffding 1948). Differences of scores have
//! the differences of influences, so pairing costs nothing. Compared with a bootstrap over rows in the tests.

use super::measure::Sample;
use crate::math::rank::{order, ranks};
use crate::math::sum::{mean, sum_of};

/// A score and its influences.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    /// The score.
    pub value: f64,
    /// Influence of every row, shape `(n_rows,)`, of mean 0.
    pub influence: Vec<f64>,
}

/// Standard errors on either side of a 95 % interval.
const Z95: f64 = 1.959_964;

impl Judged {
    /// Scores predictions of the sample's rows; shapes as [`Sample::predicted`]. `None` when a class is absent or everything is equal.
    pub fn new(sample: &Sample, predictions: &[Vec<f64>]) -> Option<Self> {
        let column = |class: usize| predictions.get(class).filter(|p| p.len() == sample.y.len()).map(Vec::as_slice);
        match sample.n_classes {
            0 => correlation(column(0)?, &sample.y),
            2 => area(column(1)?, &sample.y, 1),
            n => {
                let each: Vec<Self> = (0..n).filter_map(|c| area(column(c)?, &sample.y, c)).collect();
                let k = each.len() as f64;
                let influence = (0..sample.y.len()).map(|i| each.iter().map(|j| j.influence[i]).sum::<f64>() / k).collect();
                (!each.is_empty()).then(|| Self { value: each.iter().map(|j| j.value).sum::<f64>() / k, influence })
            }
        }
    }

    /// Standard error when rows of one cluster depend on each other; `clusters` as `influence`.
    pub fn error(&self, clusters: &[u32]) -> f64 {
        let n_clusters = clusters.iter().max().map_or(0, |&c| c as usize + 1);
        let mut sums = vec![0.0; n_clusters];
        for (&cluster, i) in clusters.iter().zip(&self.influence) {
            sums[cluster as usize] += i;
        }
        let used = sums.iter().filter(|s| **s != 0.0).count().max(2) as f64;
        (sum_of(sums.iter().map(|s| s * s)) * used / (used - 1.0)).sqrt() / self.influence.len().max(1) as f64
    }

    /// 95 % interval for independent rows.
    pub fn interval(&self) -> (f64, f64) {
        let rows: Vec<u32> = (0_u32..).take(self.influence.len()).collect();
        let half = Z95 * self.error(&rows);
        (self.value - half, self.value + half)
    }

    /// This score less another of the same rows.
    pub fn minus(&self, other: &Self) -> Self {
        Self { value: self.value - other.value, influence: self.influence.iter().zip(&other.influence).map(|(a, b)| a - b).collect() }
    }
}

fn centred(value: f64, mut influence: Vec<f64>) -> Judged {
    let middle = mean(&influence);
    influence.iter_mut().for_each(|i| *i -= middle);
    Judged { value, influence }
}

fn area(x: &[f64], y: &[f64], class: usize) -> Option<Judged> {
    let inside: Vec<bool> = y.iter().map(|v| v.total_cmp(&(class as f64)).is_eq()).collect();
    let of = |wanted: bool| -> Vec<usize> { (0..x.len()).filter(|&i| inside[i] == wanted).collect() };
    let (inner, outer) = (of(true), of(false));
    let (n1, n0, n) = (inner.len() as f64, outer.len() as f64, x.len() as f64);
    if inner.is_empty() || outer.is_empty() {
        return None;
    }
    let all = ranks(x);
    let within = |rows: &[usize]| ranks(&rows.iter().map(|&i| x[i]).collect::<Vec<f64>>());
    let mut influence = vec![0.0; x.len()];
    let mut total = 0.0;
    for (&i, r) in inner.iter().zip(within(&inner)) {
        let placement = (all[i] - r) / n0;
        total += placement;
        influence[i] = n / n1 * placement;
    }
    let value = total / n1;
    for (&j, r) in outer.iter().zip(within(&outer)) {
        influence[j] = n / n0 * (1.0 - (all[j] - r) / n1 - value);
    }
    inner.iter().for_each(|&i| influence[i] -= n / n1 * value);
    Some(centred(value, influence))
}

fn correlation(x: &[f64], y: &[f64]) -> Option<Judged> {
    let n = x.len() as f64;
    let share = |v: &[f64]| -> Vec<f64> { ranks(v).iter().map(|r| (r - 0.5) / n - 0.5).collect() };
    let (f, g) = (share(x), share(y));
    let product = |a: &[f64], b: &[f64]| sum_of(a.iter().zip(b).map(|(a, b)| a * b)) / n;
    let spread = (product(&f, &f) * product(&g, &g)).sqrt();
    if spread.is_nan() || spread <= 0.0 {
        return None;
    }
    let (above_x, above_y) = (mean_above(x, &g), mean_above(y, &f));
    let influence = (0..x.len()).map(|i| (f[i] * g[i] + above_x[i] + above_y[i]) / spread).collect();
    Some(centred(product(&f, &g) / spread, influence))
}

/// For every row the sum over rows not below it in `x` of `values`, divided by the rows.
fn mean_above(x: &[f64], values: &[f64]) -> Vec<f64> {
    let order = order(x);
    let mut above = vec![0.0; x.len()];
    let mut total = 0.0;
    for &i in order.iter().rev() {
        total += values[i];
        above[i] = total / x.len() as f64;
    }
    above
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;
    use crate::math::sum::variance;

    fn drawn(n_classes: usize) -> (Sample, Vec<f64>, Vec<f64>) {
        let mut draw = Stream::new(5, "judged", n_classes as u64);
        let rows: Vec<(f64, f64, f64)> = (0..400)
            .map(|_| {
                let (a, b, e) = (draw.normal(), draw.normal(), draw.normal());
                let y = a + e;
                (if n_classes == 0 { y } else { f64::from(u8::from(y > 0.5)) }, a, a + 0.7 * b)
            })
            .collect();
        let sample = Sample { rows: (0..400).collect(), y: rows.iter().map(|r| r.0).collect(), n_classes };
        (sample, rows.iter().map(|r| r.1).collect(), rows.iter().map(|r| r.2).collect())
    }

    fn shaped(n_classes: usize, x: Vec<f64>) -> Vec<Vec<f64>> {
        if n_classes == 0 { vec![x] } else { vec![vec![], x] }
    }

    #[test]
    fn the_error_of_a_paired_difference_is_that_of_a_bootstrap() {
        for n_classes in [0, 2] {
            let (sample, first, second) = drawn(n_classes);
            let judge = |s: &Sample, x: &[f64]| Judged::new(s, &shaped(n_classes, x.to_vec())).unwrap();
            let gap = judge(&sample, &first).minus(&judge(&sample, &second));
            let mut draw = Stream::new(6, "judged/bootstrap", 0);
            let again: Vec<f64> = (0..400)
                .map(|_| {
                    let at: Vec<usize> = (0..400).map(|_| draw.below(400) as usize).collect();
                    let take = |v: &[f64]| at.iter().map(|&i| v[i]).collect::<Vec<f64>>();
                    let part = Sample { rows: at.clone(), y: take(&sample.y), n_classes };
                    judge(&part, &take(&first)).value - judge(&part, &take(&second)).value
                })
                .collect();
            let rows: Vec<u32> = (0..400).collect();
            let (closed, drawn) = (gap.error(&rows), variance(&again, 1).sqrt());
            assert!((closed / drawn - 1.0).abs() < 0.15, "{n_classes} classes: {closed} and {drawn}");
        }
    }

    #[test]
    fn the_value_is_that_of_the_measure() {
        for n_classes in [0, 2] {
            let (sample, first, _) = drawn(n_classes);
            let predictions = shaped(n_classes, first);
            let (a, b) = (Judged::new(&sample, &predictions).unwrap().value, sample.predicted(&predictions).unwrap().value);
            assert!((a - b).abs() < 1e-9, "{a} and {b}");
        }
    }
}
