//! The share of rows of which something holds, and the mean of something over rows, with intervals that know how rows hang together.
//!
//! Single rows: Wilson's interval of a share (1927), Student's t of a mean. Rows in time order or of entities are dealt to up to [`SECTIONS`] sections (of
//! neighbours, or of whole entities), and the spread of the sections' values gives Student's t interval (batching, Schmeiser 1982).

use super::{Dependence, Judge};
use crate::math::distribution::{normal_sf, t_quantile};
use crate::math::sum::{mean, sum_of, variance};
use crate::stats::proportions::wilson;
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most sections.
const SECTIONS: usize = 20;
/// Fewest sections an interval is drawn from.
const LEAST_SECTIONS: usize = 5;
/// Share of intervals that hold the true value.
const LEVEL: f64 = 0.95;

/// A share of rows with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// Rows of which it holds.
    pub count: u64,
    /// Rows.
    pub n: u64,
    /// `count / n`.
    pub value: f64,
    /// Lower end; `None` where too few entities or rows are there.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// A mean over rows with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mean {
    /// Rows.
    pub n: u64,
    /// The mean.
    pub value: f64,
    /// Lower end; `None` for too few rows or entities.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Two-sided p-value of a mean of 0; `None` without an interval or spread.
    pub p: Option<f64>,
}

/// A share of single rows, with Wilson's interval; `None` of no rows.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
pub fn of_rows(count: u64, n: u64) -> Option<Share> {
    let (low, high) = wilson(count, n, LEVEL)?;
    Some(Share { count, n, value: count as f64 / n as f64, low: Some(low), high: Some(high) })
}

impl Judge<'_> {
    /// The share of `rows` (in the order of the split) with a `hit`, both of shape `(n_rows,)`; `None` of no rows.
    #[must_use]
    pub fn share(&self, rows: &[u32], hits: &[bool]) -> Option<Share> {
        let plain = of_rows(hits.iter().filter(|hit| **hit).count() as u64, hits.len() as u64)?;
        if matches!(self.dependence, Dependence::Independent) {
            return Some(plain);
        }
        let values: Vec<f64> = hits.iter().map(|hit| f64::from(u8::from(*hit))).collect();
        let ends = self.by_sections(rows, &values).map(|(half, _)| ((plain.value - half).max(0.0), (plain.value + half).min(1.0)));
        // Without spread between sections the rows' own interval is all that is known.
        let ends = ends.filter(|(low, high)| high > low).or(plain.low.zip(plain.high).filter(|_| ends.is_some()));
        Some(Share { low: ends.map(|e| e.0), high: ends.map(|e| e.1), ..plain })
    }

    /// The mean of `values` over `rows` (in the order of the split), both of shape `(n_rows,)`; `None` of no rows.
    #[must_use]
    pub fn mean_of(&self, rows: &[u32], values: &[f64]) -> Option<Mean> {
        if values.is_empty() {
            return None;
        }
        let value = mean(values);
        let found = if matches!(self.dependence, Dependence::Independent) { half_of(values) } else { self.by_sections(rows, values) };
        let p = found.and_then(|(half, df)| {
            let t = value.abs() * t_quantile(0.5 + LEVEL / 2.0, df) / half;
            (half > 0.0).then(|| (2.0 * crate::math::distribution::t_sf(t, df)).min(1.0))
        });
        Some(Mean { n: values.len() as u64, value, low: found.map(|f| value - f.0), high: found.map(|f| value + f.0), p })
    }

    /// The mean of truth minus prediction over `rows`; `predicted`: numbers, or probabilities of the second of two classes. Shape `(n_rows,)` each.
    ///
    /// Of classes the interval is that of the share that happened, less the mean probability: where nothing happened, the spread of the probabilities says nothing
    /// of what might have. Its p-value is the larger of that of the sections and that of the probabilities' own variance `sum p (1 - p)`.
    #[must_use]
    pub fn miss_of(&self, rows: &[u32], truth: &[f64], predicted: &[f64]) -> Option<Mean> {
        let misses: Vec<f64> = truth.iter().zip(predicted).map(|(t, p)| t - p).collect();
        let plain = self.mean_of(rows, &misses)?;
        if self.kind != TaskKind::Binary {
            return Some(plain);
        }
        let share = self.share(rows, &truth.iter().map(|t| *t > 0.0).collect::<Vec<_>>())?;
        let given = mean(predicted);
        let own = sum_of(predicted.iter().map(|p| p * (1.0 - p)));
        let by_chance = (own > 0.0).then(|| (2.0 * normal_sf(sum_of(misses.iter().copied()).abs() / own.sqrt())).min(1.0));
        let p = if matches!(self.dependence, Dependence::Independent) { by_chance } else { plain.p.zip(by_chance).map(|(a, b)| a.max(b)) };
        Some(Mean { low: share.low.map(|low| low - given), high: share.high.map(|high| high - given), p, ..plain })
    }

    /// Half the width of the interval from the spread of sections, and its degrees of freedom.
    fn by_sections(&self, rows: &[u32], values: &[f64]) -> Option<(f64, f64)> {
        let n = values.len();
        let mut place: BTreeMap<u32, usize> = BTreeMap::new();
        let unit = |(at, row): (usize, &u32)| match self.dependence {
            Dependence::Clustered(codes) => {
                let next = place.len();
                *place.entry(codes.get(*row as usize).copied().unwrap_or(u32::MAX)).or_insert(next)
            }
            _ => at * SECTIONS.min(n / 2).max(1) / n,
        };
        let units: Vec<usize> = rows.iter().enumerate().map(unit).collect();
        let sections = units.iter().max().map_or(0, |last| last + 1).min(SECTIONS);
        if sections < LEAST_SECTIONS {
            return None;
        }
        let mut own: Vec<Vec<f64>> = vec![Vec::new(); sections];
        for (unit, value) in units.iter().zip(values) {
            own[unit % sections].push(*value);
        }
        half_of(&own.iter().map(|values| mean(values)).collect::<Vec<f64>>())
    }
}

/// Half the width of Student's t interval of the mean, and its degrees of freedom; `None` for one value.
#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn half_of(values: &[f64]) -> Option<(f64, f64)> {
    let n = values.len();
    if n < 2 {
        return None;
    }
    let df = n as f64 - 1.0;
    Some((t_quantile(0.5 + LEVEL / 2.0, df) * (variance(values, 1) / n as f64).sqrt(), df))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge<'a>(truth: &'a [f64], dependence: Dependence<'a>) -> Judge<'a> {
        Judge { kind: TaskKind::Regression, n_classes: 0, truth, dependence, seed: 1 }
    }

    #[test]
    fn the_mean_of_single_rows_has_students_interval_and_p() {
        let found = judge(&[], Dependence::Independent).mean_of(&[0, 1, 2, 3], &[1.0, 2.0, 3.0, 4.0]).unwrap();
        // scipy.stats.ttest_1samp([1, 2, 3, 4], 0): p = 0.030466, interval 0.445739 to 4.554261.
        assert!((found.low.unwrap() - 0.445_739).abs() < 1e-6 && (found.high.unwrap() - 4.554_261).abs() < 1e-6);
        assert!((found.p.unwrap() - 0.030_466).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn rare_events_that_did_not_happen_are_no_bias() {
        let rows: Vec<u32> = (0..100).collect();
        let classes = Judge { kind: TaskKind::Binary, n_classes: 2, ..judge(&[], Dependence::Independent) };
        let predicted: Vec<f64> = rows.iter().map(|row| 0.001 + 0.00001 * f64::from(*row)).collect();
        let found = classes.miss_of(&rows, &[0.0; 100], &predicted).unwrap();
        assert!(found.value < 0.0 && found.high.unwrap() > 0.0 && found.p.unwrap() > 0.5, "{found:?}");
        let often = classes.miss_of(&rows, &[0.0; 100], &[0.3; 100]).unwrap();
        assert!(often.high.unwrap() < -0.2 && often.p.unwrap() < 1e-6, "{often:?}");
    }

    #[test]
    fn entities_widen_the_interval_and_few_of_them_have_none() {
        let rows: Vec<u32> = (0..200).collect();
        let hits: Vec<bool> = rows.iter().map(|row| (row / 10) % 3 == 0).collect();
        let codes: Vec<u32> = rows.iter().map(|row| row / 10).collect();
        let width = |dependence| judge(&[], dependence).share(&rows, &hits).map(|s| s.high.unwrap() - s.low.unwrap()).unwrap();
        assert!(width(Dependence::Clustered(&codes)) > 2.0 * width(Dependence::Independent));
        let few: Vec<u32> = rows.iter().map(|row| row / 100).collect();
        let found = judge(&[], Dependence::Clustered(&few)).share(&rows, &hits).unwrap();
        assert_eq!((found.low, found.n), (None, 200));
    }

    #[test]
    fn no_rows_have_no_share_and_certain_ones_keep_their_own_interval() {
        assert_eq!(judge(&[], Dependence::TimeOrdered).share(&[], &[]), None);
        let rows: Vec<u32> = (0..100).collect();
        let all = judge(&[], Dependence::TimeOrdered).share(&rows, &[true; 100]).unwrap();
        assert!(all.value == 1.0 && all.low.unwrap() > 0.9 && all.low.unwrap() < 1.0);
    }
}
