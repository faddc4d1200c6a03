//! A handful of values that stand apart from all others of their column, though not so far that only another unit explains them.
//!
//! Formula: the modified z-score `0.6745 (x - median) / MAD` (Iglewicz and Hoaglin 1993), the MAD being the median distance from the median. Told are values at [`FAR`] or more, if they are
//! at most [`FEW`] of the column and the next ones come less than half as far: a long tail thins out, typing errors stand alone. Columns that "outliers" tells of, whose MAD is 0, or
//! that hold few different values are passed over.

use super::super::{Dimension, QualityInput, Rule};
use super::outliers::{has_spread, of_column};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity, Share};
use crate::math::sum::present;
use crate::param::Given;
use crate::table::Column;

/// The rule.
pub const FAR_VALUES: Rule = Rule {
    id: "far_values",
    title: "Values that stand apart",
    doc: "Finds a few values far from all others by the robust z-score, with nothing between. They are often typing errors: look at them in the source, or cap them \
          inside the folds.",
    dimension: Dimension::Validity,
    check,
};

/// Least robust z-score of a value told.
const FAR: f64 = 8.0;
/// What part of that the others may reach at most.
const NEXT: f64 = 0.5;
/// Largest share of values that stand apart.
const FEW: f64 = 0.005;
/// Fewest present values.
const ENOUGH: usize = 30;
/// Standard deviations of a normal distribution in its MAD.
const NORMAL: f64 = 0.674_489_750_196_081_7;
/// Preparation step that answers it.
const STEP: &str = "cap_outliers";

fn check(input: &QualityInput<'_>) -> Checked {
    let n_rows = input.table.n_rows();
    let numeric: Vec<&Column> = input.columns().filter(|c| c.numbers().is_some()).collect();
    if numeric.is_empty() {
        return Checked::skipped(FAR_VALUES.id, "there are no numeric columns");
    }
    if n_rows < ENOUGH {
        return Checked::underpowered(FAR_VALUES.id, n_rows, "fewer than 30 rows: one in thirty is not few");
    }
    let told = |c: &&Column| has_spread(c, input) && of_column(c, input).is_none();
    let findings = numeric.into_iter().filter(told).filter_map(|c| apart(c, input.is_target(c.name())));
    Checked::ran(FAR_VALUES.id, n_rows, findings.collect())
}

fn apart(column: &Column, is_target: bool) -> Option<Finding> {
    let values = column.numbers()?;
    let there = present(values);
    let middle = middle_of(there.clone());
    let spread = middle_of(there.iter().map(|v| (v - middle).abs()).collect());
    if there.len() < ENOUGH || spread.is_nan() || spread <= 0.0 {
        return None;
    }
    let z = |v: f64| NORMAL * (v - middle).abs() / spread;
    let far: Vec<u32> = (0_u32..).zip(values).filter(|(_, v)| z(**v) >= FAR).map(|(row, _)| row).collect();
    let nearest = there.iter().map(|v| z(*v)).filter(|z| *z >= FAR).fold(f64::INFINITY, f64::min);
    let next = there.iter().map(|v| z(*v)).filter(|z| *z < FAR).fold(0.0, f64::max);
    let share = Share { count: far.len() as u64, of: there.len() as u64 };
    if far.is_empty() || share.ratio() > FEW || next > NEXT * nearest {
        return None;
    }
    let reach = FAR * spread / NORMAL;
    let cap = Remedy::Prepare { step: STEP.to_owned(), columns: vec![column.name().to_owned()], params: Given::default() };
    let evidence = Evidence::Range { low: Some(middle - reach), high: Some(middle + reach), share };
    let remedies = if is_target { Vec::new() } else { vec![cap] };
    Some(Finding::new(FAR_VALUES.id, Severity::Note, Certainty::Ask, &[column.name()], evidence).rows(far).remedies(remedies))
}

/// The middle value (of two, the greater), without sorting the others; NaN for none.
fn middle_of(mut values: Vec<f64>) -> f64 {
    let at = values.len() / 2;
    if values.is_empty() { f64::NAN } else { *values.select_nth_unstable_by(at, f64::total_cmp).1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;
    use crate::quality::rules::fixtures::{run, table};

    fn normal(seed: u64) -> Vec<f64> {
        let mut draw = Stream::new(seed, "apart", 0);
        (0..2_000).map(|_| draw.normal()).collect()
    }

    fn found(values: Vec<f64>) -> Vec<Finding> {
        run(&FAR_VALUES, &table(vec![Column::numeric("x", values, 3)])).findings
    }

    #[test]
    fn two_values_with_nothing_between_are_found_with_their_rows_and_can_be_capped() {
        let mut values = normal(1);
        (values[40], values[90]) = (11.0, -12.0);
        let all = found(values);
        assert_eq!((all.len(), all[0].rows.clone(), all[0].certainty), (1, vec![40, 90], Certainty::Ask));
        assert!(matches!(&all[0].remedies[0], Remedy::Prepare { step, .. } if step == "cap_outliers"));
    }

    #[test]
    fn normal_values_and_tails_that_thin_out_are_silent() {
        assert!(found(normal(2)).is_empty());
        assert!(found(normal(3).into_iter().map(crate::math::elementary::exp).collect()).is_empty());
    }
}
