//! How well one column orders the target: the ruler of the checks that measure.
//!
//! Two classes: the area under the ROC curve (tie-corrected ranks). More classes: its mean over one-against-the-rest.
//! Numbers: Spearman's rank correlation, without sign. A score and its distance from the null in standard errors:
//! `SE = sqrt((n1 + n0 + 1) / (12 n1 n0))` for the area (Mann and Whitney 1947), `1 / sqrt(n - 1)` for the correlation.

use super::AuditInput;
use super::coded::key;
use crate::math::rank::spearman;
use crate::math::rng::Stream;

/// Most rows measured; more would change a score by less than its standard error.
pub(super) const MEASURED_ROWS: usize = 50_000;

/// Fewest rows measured in a table of any width.
const WIDE_ROWS: usize = 15_000;
/// Most cells measured: a wide table gets fewer rows, and a score a standard error of at most 0.01.
const CELLS: usize = 3_500_000;

/// Rows measured, by the width of the table.
pub(super) fn measured_rows(input: &AuditInput<'_>) -> usize {
    (CELLS / input.task.features.len().max(1)).clamp(WIDE_ROWS, MEASURED_ROWS)
}

/// Rows measured on, with the target of each.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// Row numbers, ascending.
    pub rows: Vec<usize>,
    /// Target of each: a number, or a class number.
    pub y: Vec<f64>,
    /// Classes; 0 for a numeric target.
    pub n_classes: usize,
}

/// A score with its distance from the null.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measured {
    /// 0.5 to 1 (area) or 0 to 1 (correlation).
    pub value: f64,
    /// Standard errors from the null.
    pub z: f64,
    /// Rows used.
    pub n: usize,
}

impl Sample {
    /// Training rows with a target, thinned to at most `most` by chance (kept in order).
    pub fn new(input: &AuditInput<'_>, most: usize) -> Self {
        let n_rows = input.test_from.unwrap_or(usize::MAX).min(input.table.n_rows()).min(input.target.values.len());
        let mut rows: Vec<usize> = (0..n_rows).filter(|&r| !input.target.values[r].is_nan()).collect();
        if rows.len() > most {
            Stream::new(input.seed, "audit/sample", 0).shuffle(&mut rows);
            rows.truncate(most);
            rows.sort_unstable();
        }
        let y = rows.iter().map(|&r| input.target.values[r]).collect();
        Self { rows, y, n_classes: input.target.classes.len() }
    }

    /// Name of the metric.
    pub fn metric(&self) -> &'static str {
        match self.n_classes {
            0 => "spearman",
            2 => "roc_auc",
            _ => "roc_auc_macro",
        }
    }

    /// The score of no knowledge at all.
    pub fn chance(&self) -> f64 {
        if self.n_classes == 0 { 0.0 } else { 0.5 }
    }

    /// How well `x`, shape `(n_sample,)`, NaN left out, orders the target in either direction.
    pub fn either_way(&self, x: &[f64]) -> Option<Measured> {
        self.either_way_along(x, &ascending(x))
    }

    /// The same, given [`ascending`] of `x`.
    pub fn either_way_along(&self, x: &[f64], ascending: &[Place]) -> Option<Measured> {
        if self.n_classes == 0 { self.correlation(x, true) } else { self.over_classes(|class| self.area(ascending, class, true)) }
    }

    /// How well predictions order the target, higher for more: one column of predictions a class (only the last is used for two classes), one for numbers.
    pub fn predicted(&self, predictions: &[Vec<f64>]) -> Option<Measured> {
        let of = |class: usize| predictions.get(class).map_or(&[][..], Vec::as_slice);
        if self.n_classes == 0 { self.correlation(of(0), false) } else { self.over_classes(|class| self.area(&ascending(of(class)), class, false)) }
    }

    /// The area of the second of two classes, or the mean over more.
    fn over_classes(&self, area: impl Fn(usize) -> Option<Measured>) -> Option<Measured> {
        if self.n_classes == 2 {
            return area(1);
        }
        let each: Vec<Measured> = (0..self.n_classes).filter_map(area).collect();
        let n = each.iter().map(|m| m.n).max()?;
        #[expect(clippy::cast_precision_loss, reason = "classes are few")]
        let value = each.iter().map(|m| m.value).sum::<f64>() / each.len() as f64;
        Some(Measured { value, z: each.iter().map(|m| m.z).fold(0.0, f64::max), n })
    }

    #[expect(clippy::cast_precision_loss, reason = "samples are small")]
    fn correlation(&self, x: &[f64], flip: bool) -> Option<Measured> {
        let (x, y): (Vec<f64>, Vec<f64>) = x.iter().zip(&self.y).filter(|(x, _)| !x.is_nan()).map(|(x, y)| (*x, *y)).unzip();
        let rho = spearman(&x, &y)?;
        let value = if flip { rho.abs() } else { rho.max(0.0) };
        Some(Measured { value, z: value * ((x.len().max(1) - 1) as f64).sqrt(), n: x.len() })
    }

    #[expect(clippy::cast_precision_loss, reason = "samples are small")]
    fn area(&self, ascending: &[Place], class: usize, flip: bool) -> Option<Measured> {
        let is_class = |p: &&Place| self.y.get(p.1 as usize).is_some_and(|y| y.total_cmp(&(class as f64)).is_eq());
        let (mut n1, mut of_class, mut before) = (0.0, 0.0, 0_usize);
        // The ranks of the class: equal values share the mean of theirs. Halves of whole numbers add up exactly in any order.
        for run in ascending.chunk_by(|a, b| a.0 == b.0) {
            let inside = run.iter().filter(is_class).count() as f64;
            let shared = (2 * before + run.len() + 1) as f64 / 2.0;
            n1 += inside;
            of_class += shared * inside;
            before += run.len();
        }
        let n0 = ascending.len() as f64 - n1;
        if n1 < 1.0 || n0 < 1.0 {
            return None;
        }
        let area = (of_class - n1 * (n1 + 1.0) / 2.0) / (n1 * n0);
        let value = if flip { area.max(1.0 - area) } else { area.max(0.5) };
        Some(Measured { value, z: (value - 0.5) / null_error(n1, n0), n: ascending.len() })
    }

    /// The least score that could pass `z_needed` on all rows: what lies below cannot be seen.
    #[expect(clippy::cast_precision_loss, reason = "samples are small")]
    pub fn smallest_visible(&self, z_needed: f64) -> f64 {
        let n = self.y.len() as f64;
        if n < 2.0 {
            return f64::INFINITY;
        }
        if self.n_classes == 0 {
            return z_needed / (n - 1.0).sqrt();
        }
        let count = |c: usize| self.y.iter().filter(|y| y.total_cmp(&(c as f64)).is_eq()).count() as f64;
        let best = (0..self.n_classes).map(count).filter(|&n1| n1 > 0.0 && n1 < n).map(|n1| null_error(n1, n - n1)).fold(f64::INFINITY, f64::min);
        0.5 + z_needed * best
    }
}

fn null_error(n1: f64, n0: f64) -> f64 {
    ((n1 + n0 + 1.0) / (12.0 * n1 * n0)).sqrt()
}

/// A present value as a number that sorts as it does, and its place in the sample.
pub(super) type Place = (i64, u32);

/// Places of the present values, ascending by value.
pub(super) fn ascending(x: &[f64]) -> Vec<Place> {
    let mut places: Vec<Place> = x.iter().zip(0_u32..).filter(|(x, _)| !x.is_nan()).map(|(x, i)| (key(*x), i)).collect();
    places.sort_unstable_by_key(|p| p.0);
    places
}

/// Standard errors a score must be away from the null when so many columns are measured.
pub(super) fn z_needed(n_columns: usize) -> f64 {
    match n_columns {
        0..=10 => 3.5,
        11..=100 => 4.0,
        101..=1000 => 4.5,
        _ => 5.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(y: Vec<f64>, n_classes: usize) -> Sample {
        Sample { rows: (0..y.len()).collect(), y, n_classes }
    }

    #[test]
    fn an_area_of_known_value_and_its_mirror() {
        let sample = sample(vec![0.0, 0.0, 1.0, 1.0], 2);
        let up = sample.either_way(&[0.1, 0.4, 0.35, 0.8]).unwrap();
        assert_eq!(up.value, 0.75);
        assert_eq!(sample.either_way(&[-0.1, -0.4, -0.35, -0.8]).unwrap().value, 0.75);
        assert_eq!(sample.predicted(&[vec![], vec![-0.1, -0.4, -0.35, -0.8]]).unwrap().value, 0.5);
    }

    #[test]
    fn one_class_or_nothing_present_has_no_score() {
        assert!(sample(vec![1.0, 1.0], 2).either_way(&[1.0, 2.0]).is_none());
        assert!(sample(vec![1.0, 0.0], 2).either_way(&[f64::NAN, f64::NAN]).is_none());
        assert!(sample(vec![1.0, 2.0, 3.0], 0).either_way(&[5.0, 5.0, 5.0]).is_none());
    }

    #[test]
    fn few_rows_see_only_large_effects() {
        assert!(sample(vec![0.0, 1.0, 0.0, 1.0], 2).smallest_visible(3.5) > 1.0);
        assert!(sample((0..1000).map(|i| f64::from(i % 2)).collect(), 2).smallest_visible(3.5) < 0.57);
    }
}
