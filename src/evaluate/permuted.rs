//! Could a score be chance? What a permutation test found: the score on the true target among those on targets that say nothing.
//!
//! `p = (b + 1) / (m + 1)` with b of m permutations that score as well or better (one-sided; Ojala and Garriga 2010, Phipson and Smyth 2010).

use super::metrics::{Direction, metric};
use crate::error::Result;
use crate::stats::permutation::{Side, p_value};
use serde::{Deserialize, Serialize};

/// What the test says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Permuted {
    /// Metric id.
    pub metric: String,
    /// Score on the true target, of the rows and settings of the test.
    pub observed: f64,
    /// Scores on permuted targets, in the order of the permutations; those not computable are left out.
    pub null: Vec<f64>,
    /// One-sided p-value.
    pub p: f64,
    /// Rows that took part.
    pub n_rows: u64,
    /// Trees grown, where fewer than in the comparison.
    pub trees: Option<u64>,
    /// Whether rows may be taken as exchangeable.
    pub exchangeable: bool,
}

impl Permuted {
    /// The test of a score among those of permuted targets.
    ///
    /// # Errors
    /// There is no such metric.
    pub fn new(main: &str, observed: f64, null: Vec<f64>, n_rows: u64, trees: Option<u64>, exchangeable: bool) -> Result<Self> {
        let side = if metric(main)?.direction == Direction::Higher { Side::Greater } else { Side::Less };
        let p = p_value(observed, &null, side);
        Ok(Self { metric: main.to_owned(), observed, null, p, n_rows, trees, exchangeable })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_good_or_better_counts_whichever_way_is_better() {
        let of = |main: &str| Permuted::new(main, 0.7, vec![0.5, 0.7, 0.6, 0.9], 100, None, true).unwrap().p;
        assert_eq!((of("roc_auc"), of("mae")), (3.0 / 5.0, 4.0 / 5.0));
        assert!(Permuted::new("none", 0.7, Vec::new(), 0, None, true).is_err());
    }
}
