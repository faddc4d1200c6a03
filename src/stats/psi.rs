//! Population stability index: how far have shares moved between a reference and a current sample?
//!
//! `PSI = sum (p - q) ln(p / q)` over bins; numeric values are binned at the reference's deciles, and one is added to every count so
//! that no share is 0 (Laplace). Under no change, PSI is about chi-square with B - 1 degrees of freedom times (1/N + 1/M) (Yurdakul
//! 2018), which gives the critical value: below it, a PSI of any size may be chance.

use crate::math::distribution::chi_square_quantile;
use crate::math::elementary::ln;
use crate::math::rank::{quantile, sorted};
use crate::math::sum::{present, sum_of};

/// Bins of a numeric column: the reference's deciles.
const BINS: u32 = 10;
/// Level of the critical value.
const LEVEL: f64 = 0.95;

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Stability {
    /// The index, >= 0.
    pub psi: f64,
    /// What chance alone stays below in 95 of 100 cases.
    pub critical: f64,
    /// Inner bin edges (a value at an edge belongs below it); empty for labels.
    pub edges: Vec<f64>,
    /// Reference values in each bin.
    pub reference: Vec<u64>,
    /// Current values in each bin.
    pub current: Vec<u64>,
}

/// The definition: `sum (p - q) ln(p / q)` for shares that are all above 0; `None` otherwise or for unequal lengths.
#[must_use]
pub fn of_shares(p: &[f64], q: &[f64]) -> Option<f64> {
    let usable = p.len() == q.len() && !p.is_empty() && p.iter().chain(q).all(|s| *s > 0.0 && s.is_finite());
    usable.then(|| sum_of(p.iter().zip(q).map(|(a, b)| (a - b) * ln(a / b))))
}

/// PSI of counts by bin; `None` for fewer than two bins, unequal lengths or an empty sample.
#[must_use]
pub fn of_counts(reference: &[u64], current: &[u64]) -> Option<Stability> {
    let (n, m) = (reference.iter().sum::<u64>(), current.iter().sum::<u64>());
    if reference.len() < 2 || reference.len() != current.len() || n == 0 || m == 0 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let (bins, n_real, m_real) = (reference.len() as f64, n as f64, m as f64);
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let shares = |counts: &[u64], all: f64| counts.iter().map(|&c| (c as f64 + 1.0) / (all + bins)).collect::<Vec<f64>>();
    Some(Stability {
        psi: of_shares(&shares(reference, n_real), &shares(current, m_real))?,
        critical: chi_square_quantile(LEVEL, bins - 1.0) * (1.0 / n_real + 1.0 / m_real),
        edges: Vec::new(),
        reference: reference.to_vec(),
        current: current.to_vec(),
    })
}

/// PSI of a numeric column binned at the reference's deciles (equal deciles are joined); missing values (NaN) are left out. `None` for an
/// empty sample or a constant reference.
#[must_use]
pub fn of_numbers(reference: &[f64], current: &[f64]) -> Option<Stability> {
    let ascending = sorted(&present(reference));
    let mut edges: Vec<f64> = (1..BINS).map(|i| quantile(&ascending, f64::from(i) / f64::from(BINS))).collect();
    edges.dedup();
    edges.retain(|e| Some(e) != ascending.last());
    let count = |values: &[f64]| {
        let mut counts = vec![0_u64; edges.len() + 1];
        for value in values {
            counts[edges.partition_point(|e| e < value)] += 1;
        }
        counts
    };
    let found = of_counts(&count(&ascending), &count(&present(current)))?;
    Some(Stability { edges, ..found })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::golden;

    #[test]
    fn the_definition_agrees_with_the_reference() {
        for case in golden::cases("psi") {
            golden::close(of_shares(&case.numbers("p"), &case.numbers("q")).unwrap(), case.expected_number(), 1e-12);
        }
    }

    #[test]
    fn equal_samples_are_stable_and_shifted_ones_are_not() {
        let x: Vec<f64> = (0..1000).map(|i| f64::from(i * 37 % 1000)).collect();
        let shifted: Vec<f64> = x.iter().map(|v| v + 300.0).collect();
        let same = of_numbers(&x, &x).unwrap();
        assert!(same.psi == 0.0 && same.edges.len() == 9 && same.reference.iter().all(|&c| c == 100));
        let moved = of_numbers(&x, &shifted).unwrap();
        assert!(moved.psi > 0.25 && moved.psi > moved.critical);
    }

    #[test]
    fn nothing_or_one_value_has_no_index() {
        assert_eq!((of_numbers(&[], &[1.0]), of_numbers(&[2.0; 9], &[1.0]), of_counts(&[1], &[1])), (None, None, None));
        assert_eq!(of_shares(&[1.0, 0.0], &[0.5, 0.5]), None);
    }
}
