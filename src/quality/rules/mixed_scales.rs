//! One column in two units: grams among kilograms, inches among centimetres, cents among amounts.
//!
//! Formula: the logarithms of the absolute values (zeros aside) fall into two groups with an empty stretch between them of at least
//! [`STRETCH`] of the distance of a pair of units; the ratio of the groups' medians is that of the pair; and divided by it, the larger group is
//! distributed like the smaller (Kolmogorov-Smirnov distance at most [`ALIKE`]). Looked at are at most [`ROWS`] rows, spread over the file.

use super::super::{Dimension, QualityInput, Rule};
use super::sampled::sampled_rows;
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity, Share};
use crate::math::elementary::{exp, ln};
use crate::math::rank::{quantile, sorted};
use crate::param::{Given, Value};
use crate::stats::ks::{Method, two_sample};
use crate::table::Column;

/// The rule.
pub const MIXED_SCALES: Rule = Rule {
    id: "mixed_scales",
    title: "Mixed units",
    doc: "Finds columns of numbers that fall into two groups of one shape, a power of ten or the ratio of two units apart: grams among \
          kilograms, inches among centimetres. Bring them to one unit in the source.",
    dimension: Dimension::Consistency,
    check,
};

/// Ratios of units, and by how much of itself a ratio of medians may differ: powers of ten; centimetres of an inch, pounds of a kilogram, feet of a
/// metre, kilometres of a mile.
const RATIOS: [(f64, f64); 8] =
    [(10.0, 0.15), (100.0, 0.2), (1_000.0, 0.25), (1_000_000.0, 0.3), (2.54, 0.05), (2.2046, 0.05), (3.2808, 0.05), (1.6093, 0.04)];
/// Least empty stretch between the groups, as a share of the logarithm of the ratio.
const STRETCH: f64 = 0.2;
/// Greatest distance of the groups' distributions in one unit.
const ALIKE: f64 = 0.3;
/// Preparation step that answers it.
const STEP: &str = "one_unit";
/// Most rows looked at.
const ROWS: usize = 20_000;
/// Fewest values, and different values, of a group.
const ENOUGH: usize = 8;
/// Least share of the smaller group: fewer values are outliers.
const LEAST: f64 = 0.002;

fn check(input: &QualityInput<'_>) -> Checked {
    let rows = sampled_rows(input.table.n_rows(), ROWS);
    let numeric: Vec<&Column> = input.columns().filter(|c| c.numbers().is_some()).collect();
    if numeric.is_empty() {
        return Checked::skipped(MIXED_SCALES.id, "there are no numeric columns");
    }
    if rows.len() < 4 * ENOUGH {
        return Checked::underpowered(MIXED_SCALES.id, rows.len(), "fewer than 32 rows: two groups cannot be told from chance");
    }
    Checked::ran(MIXED_SCALES.id, rows.len(), numeric.into_iter().filter_map(|c| of_column(c, &rows, input.is_target(c.name()))).collect())
}

fn of_column(column: &Column, rows: &[u32], is_target: bool) -> Option<Finding> {
    let values = column.numbers()?;
    let size = |v: f64| if v == 0.0 { f64::NAN } else { ln(v.abs()) };
    let logs: Vec<f64> = rows.iter().filter_map(|&r| values.get(r as usize)).map(|v| size(*v)).filter(|v| v.is_finite()).collect();
    let logs = sorted(&logs);
    let (cut, stretch) = widest(&logs)?;
    let (low, high) = logs.split_at(cut);
    let apart = quantile(high, 0.5) - quantile(low, 0.5);
    let fits = |(ratio, slack): &(f64, f64)| (exp(apart) / ratio - 1.0).abs() <= *slack && stretch >= STRETCH * ln(*ratio);
    let times = RATIOS.iter().find(|r| fits(r))?.0;
    let ratio = ln(times);
    let moved: Vec<f64> = high.iter().map(|v| v - ratio).collect();
    if two_sample(low, &moved, Method::Asymptotic).ok()?.d > ALIKE {
        return None;
    }
    let edge = exp(f64::midpoint(*low.last()?, *high.first()?));
    let few_are_high = high.len() <= low.len();
    let odd = |v: f64| v != 0.0 && (v.abs() > edge) == few_are_high;
    let found: Vec<u32> = (0_u32..).zip(values).filter(|(_, v)| !v.is_nan() && odd(**v)).map(|(row, _)| row).collect();
    let share = Share { count: found.len() as u64, of: (values.len() - column.n_missing()) as u64 };
    let (low, high) = if few_are_high { (None, Some(edge)) } else { (Some(edge), None) };
    let by = if few_are_high { 1.0 / times } else { times };
    let params: Given =
        [("edge", Value::Real(edge)), ("by", Value::Real(by)), ("above", Value::Switch(few_are_high))].map(|(k, v)| (k.to_owned(), v)).into();
    let rescale = Remedy::Prepare { step: STEP.to_owned(), columns: vec![column.name().to_owned()], params };
    let evidence = Evidence::Range { low, high, share };
    let remedies = if is_target { Vec::new() } else { vec![rescale] };
    Some(Finding::new(MIXED_SCALES.id, Severity::Warning, Certainty::Ask, &[column.name()], evidence).rows(found).remedies(remedies))
}

/// Where the widest empty stretch with enough different values on both sides begins, and its width.
fn widest(ascending: &[f64]) -> Option<(usize, f64)> {
    let distinct = |part: &[f64]| part.chunk_by(|a, b| a == b).take(ENOUGH).count() >= ENOUGH;
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "row counts stay below 2^53")]
    let least = ENOUGH.max((LEAST * ascending.len() as f64) as usize);
    let inside = least..(ascending.len() + 1).saturating_sub(least);
    let width = |at: usize| Some(ascending.get(at)? - ascending.get(at.checked_sub(1)?)?);
    let (at, width) = inside.filter_map(|at| Some((at, width(at)?))).reduce(|a, b| if b.1 > a.1 { b } else { a })?;
    let (low, high) = ascending.split_at(at);
    (distinct(low) && distinct(high)).then_some((at, width))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;
    use crate::quality::rules::fixtures::{run, table};

    fn heights(factor: f64, share: u32, spread: f64) -> Vec<f64> {
        let mut draw = Stream::new(7, "scales", 0);
        let one = |i: u32, v: f64| if share > 0 && i.is_multiple_of(share) { v / factor } else { v };
        (0..1500).map(|i| one(i, 170.0 + spread * draw.normal())).collect()
    }

    fn found(values: Vec<f64>) -> Vec<Finding> {
        run(&MIXED_SCALES, &table(vec![Column::numeric("height", values, 1)])).findings
    }

    #[test]
    fn inches_among_centimetres_and_metres_among_them_are_found() {
        for factor in [2.54, 100.0] {
            let all = found(heights(factor, 50, 8.0));
            assert!(matches!(all[0].evidence, Evidence::Range { low: Some(_), high: None, share: Share { count: 30, of: 1500 } }), "{factor}");
            assert_eq!(all[0].rows[..2], [0, 50]);
        }
    }

    #[test]
    fn one_group_and_two_groups_of_another_ratio_are_silent() {
        assert!(found(heights(1.0, 0, 8.0)).is_empty());
        assert!(found(heights(5.0, 4, 8.0)).is_empty());
    }

    #[test]
    fn codes_are_no_quantities() {
        assert!(found((0..600).map(|i| [1.0, 10.0, 100.0][i % 3]).collect()).is_empty());
    }
}
