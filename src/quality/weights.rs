//! What dimensions and rules count for in the scores, where the user says otherwise.
//!
//! A dimension's weight is its part in the mean over the table; a rule's multiplies what its findings take off (0: they are told and take nothing).

use super::{Dimension, RULES};
use crate::error::{Error, Result};
use std::collections::BTreeMap;

/// Weights by the id of a dimension or rule; what is not named counts as usual.
pub type Weights = BTreeMap<String, f64>;

/// What each dimension counts for in the score of the table, as usual.
pub const DIMENSION_WEIGHTS: [(Dimension, f64); 5] = [
    (Dimension::Completeness, 0.25),
    (Dimension::Consistency, 0.20),
    (Dimension::Validity, 0.25),
    (Dimension::Uniqueness, 0.15),
    (Dimension::Timeliness, 0.15),
];
/// Greatest weight.
pub const HEAVIEST: f64 = 10.0;

/// The usual weight of a dimension or rule; `None` for any other id.
fn usual(id: &str) -> Option<f64> {
    let dimension = DIMENSION_WEIGHTS.iter().find(|(d, _)| d.id() == id).map(|(_, w)| *w);
    dimension.or_else(|| RULES.iter().any(|r| r.id == id).then_some(1.0))
}

/// What a dimension or rule counts for.
#[must_use]
pub fn weight_of(weights: &Weights, id: &str) -> f64 {
    weights.get(id).copied().or_else(|| usual(id)).unwrap_or(1.0)
}

/// Whether all weights are of something there is, and in their range.
///
/// # Errors
/// An unknown id, or a weight outside of 0 to [`HEAVIEST`].
pub fn check(weights: &Weights) -> Result<()> {
    for (id, weight) in weights {
        if usual(id).is_none() {
            let known: Vec<&str> = DIMENSION_WEIGHTS.iter().map(|(d, _)| d.id()).chain(RULES.iter().map(|r| r.id)).collect();
            return Err(Error::unknown("dimension or rule", id, &known));
        }
        if !(0.0..=HEAVIEST).contains(weight) {
            return Err(Error::out_of_range(&format!("the weight of {id}"), &weight.to_string(), "a number from 0 to 10"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_counts_as_usual_and_what_there_is_not_is_refused() {
        let weights = |id: &str, w: f64| Weights::from([(id.to_owned(), w)]);
        assert_eq!((weight_of(&Weights::new(), "validity"), weight_of(&Weights::new(), "outliers")), (0.25, 1.0));
        assert_eq!(weight_of(&weights("outliers", 0.0), "outliers"), 0.0);
        assert!(check(&weights("validity", 3.0)).is_ok());
        assert!(
            check(&weights("beauty", 1.0)).is_err() && check(&weights("outliers", -1.0)).is_err() && check(&weights("outliers", f64::NAN)).is_err()
        );
    }
}
