//! Columns whose values crowd at one end and thin out towards the other.
//!
//! A linear model hangs on the few values of the long side, and distances are made by them. Formula: skewness `m3 / m2^1.5`, at least
//! [`FLOOR`] either way; columns that are mostly one value (their quartiles are equal) have no shape to speak of, and long tails on more than one
//! cell in twenty are the concern of "outliers".

use super::super::{Dimension, QualityInput, Rule};
use super::outliers;
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity};
use crate::math::sort;
use crate::math::sum::{mean, present, sum_of};
use crate::param::Given;
use crate::table::Column;

/// The rule.
pub const SKEWED_VALUES: Rule = Rule {
    id: "skewed_values",
    title: "Skewed values",
    doc: "Names columns whose values crowd at one end, by a skewness of 2 or more. Linear models and distances hang on the few values of the \
          long side; trees do not mind. Take logarithms.",
    dimension: Dimension::Validity,
    check,
};

/// Least skewness told, either way: that of an exponential distribution.
const FLOOR: f64 = 2.0;
/// Fewest present values: the third moment of fewer is made by one of them.
const ENOUGH: usize = 100;
/// Most columns listed with their value.
const LISTED: usize = 10;
/// Preparation step that answers it.
const STEP: &str = "log";

fn check(input: &QualityInput<'_>) -> Checked {
    let numeric: Vec<&Column> = input.columns().filter(|c| c.numbers().is_some() && !input.is_target(c.name())).collect();
    let n_rows = input.table.n_rows();
    if numeric.is_empty() {
        return Checked::skipped(SKEWED_VALUES.id, "there are no numeric columns besides the target");
    }
    if n_rows < ENOUGH {
        return Checked::underpowered(SKEWED_VALUES.id, n_rows, "fewer than 100 rows: their skewness is made by one or two of them");
    }
    let mut found: Vec<(&Column, f64)> = numeric.into_iter().filter_map(|c| skewness(c, input).map(|s| (c, s))).collect();
    if found.is_empty() {
        return Checked::ran(SKEWED_VALUES.id, n_rows, Vec::new());
    }
    let names: Vec<&str> = found.iter().map(|f| f.0.name()).collect();
    let towards = |up: bool, step: &str| {
        let columns: Vec<String> = found.iter().filter(|f| (f.1 > 0.0) == up).map(|f| f.0.name().to_owned()).collect();
        (!columns.is_empty()).then(|| Remedy::Prepare { step: step.to_owned(), columns, params: Given::default() })
    };
    let remedies = [towards(true, STEP), towards(false, "yeo_johnson")].into_iter().flatten().collect();
    sort::by(&mut found, |a, b| b.1.abs().total_cmp(&a.1.abs()));
    let values = found.iter().take(LISTED).map(|(c, s)| (c.name().to_owned(), *s)).collect();
    let evidence = Evidence::Effects { what: "skewness".to_owned(), values, floor: FLOOR, n_rows: n_rows as u64 };
    let mut finding = Finding::new(SKEWED_VALUES.id, Severity::Note, Certainty::Proven, &names, evidence).remedies(remedies);
    SKEWED_VALUES.id.clone_into(&mut finding.id);
    Checked::ran(SKEWED_VALUES.id, n_rows, vec![finding])
}

/// Skewness of a column, if it is worth telling.
fn skewness(column: &Column, input: &QualityInput<'_>) -> Option<f64> {
    let values = present(column.numbers()?);
    if values.len() < ENOUGH {
        return None;
    }
    let middle = mean(&values);
    let powers = |k: i32| sum_of(values.iter().map(|v| crate::math::elementary::powi(v - middle, k)));
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let n = values.len() as f64;
    let second = powers(2) / n;
    let skew = powers(3) / n / (second * second.sqrt());
    (skew.is_finite() && skew.abs() >= FLOOR && outliers::has_spread(column, input) && outliers::of_column(column, input).is_none()).then_some(skew)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::elementary::exp;
    use crate::math::rng::Stream;
    use crate::quality::rules::fixtures::{run, table};

    #[test]
    fn amounts_are_skewed_and_even_values_are_not() {
        let mut draw = Stream::new(3, "skew", 0);
        let even: Vec<f64> = (0..2000).map(|_| draw.uniform()).collect();
        let amounts: Vec<f64> = (0..2000).map(|_| exp(0.9 * draw.normal())).collect();
        let found = run(&SKEWED_VALUES, &table(vec![Column::numeric("even", even, 3), Column::numeric("amount", amounts, 3)])).findings;
        assert_eq!((found.len(), found[0].columns.clone(), found[0].remedies.len()), (1, vec!["amount".to_owned()], 1));
        let Evidence::Effects { values, .. } = &found[0].evidence else { panic!("evidence") };
        assert!(values[0].1 > FLOOR);
    }

    #[test]
    fn counts_that_are_mostly_zero_have_no_shape() {
        let values = (0..1000).map(|i| if i % 20 == 0 { f64::from(i) } else { 0.0 }).collect();
        assert!(run(&SKEWED_VALUES, &table(vec![Column::numeric("x", values, 0)])).findings.is_empty());
    }
}
