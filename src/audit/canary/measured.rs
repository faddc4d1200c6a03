//! Leaks that are no formula: noisy proxies, cells that are there or not, parts of the rows, parts that nearly add up.
//!
//! What can be promised depends on the strength: a strong proxy is a blocker, a faint one a question. Where rows are in order of time, noise is
//! measured by the spread of the target's changes: following a slow level alone is no leak, any trend does that.

use super::ground::{moments, printed, roughness, standard};
use super::{Dose, Family, Ground, NAME, NO_NUMBERS, NOT_CLASSES, NOT_CONTINUOUS, Nature, Outcome, Planted, planted};
use crate::finding::Severity;
use crate::math::rng::Stream;
use crate::table::Column;

/// The families.
pub(super) const FAMILIES: &[Family] = &[
    measured(
        "noisy_proxy",
        "A noisy proxy",
        "the target with noise: rank correlation of 0.99, 0.95 and 0.85, or an area under the ROC curve of 0.99, 0.95 and 0.85",
        &["single_column"],
        noisy_proxy,
    ),
    measured(
        "missingness",
        "Missing cells that tell",
        "cells missing where the target is high: in all, 80 % and 60 % of those rows",
        &["missingness", "single_column"],
        missingness,
    ),
    measured(
        "partial_copy",
        "A copy in a part of the rows",
        "the target in 60, 40 and 20 % of the rows, noise in the others",
        &["part_of_rows", "single_column", "lineage", "target_copy"],
        partial_copy,
    ),
    measured(
        "outcome_code",
        "A code written after the outcome",
        "a code in 90, 60 and 40 % of the rows of the rarer classes, and in no other",
        &["part_of_rows", "single_column", "target_copy"],
        outcome_code,
    ),
    measured(
        "nearly_sum",
        "Parts that nearly add up",
        "two columns whose sum misses the target by 5, 10 and 15 % of its spread",
        &["columns_together", "single_column", "target_sum"],
        nearly_sum,
    ),
];

const fn measured(
    id: &'static str,
    title: &'static str,
    doc: &'static str,
    checks: &'static [&'static str],
    plant: fn(&Ground, Dose, &mut Stream) -> Outcome,
) -> Family {
    Family { id, title, doc, nature: Nature::Measured, checks, plant }
}

/// Standard deviation of the noise beside a target of spread 1: rank correlations of about 0.99, 0.95 and 0.85; the twin's is 0.3.
const NOISE: [f64; 3] = [0.12, 0.32, 0.6];
/// The same beside classes a step of 1 apart: areas under the ROC curve of 0.99, 0.95 and 0.85.
const NOISE_OF_CLASSES: [f64; 3] = [0.30, 0.43, 0.68];
/// Noise of the innocent twin, in either unit.
const HONEST: f64 = 3.0;

fn noise(ground: &Ground, draw: &mut Stream) -> Vec<f64> {
    (0..ground.n_rows()).map(|_| draw.normal()).collect()
}

/// What a finding of this strength is at least: certain leaks are warned of, faint ones asked about.
fn promised(outcome: Outcome, dose: Dose) -> Outcome {
    let severity = if dose == Dose::Weak { Severity::Note } else { Severity::Warning };
    outcome.map(|p| Planted { severity, ..p })
}

fn noisy_proxy(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let numbers = ground.numbers.as_ref().ok_or(NO_NUMBERS)?;
    let is_class = !ground.target.classes.is_empty();
    let signal = match is_class {
        true => numbers.clone(),
        false if ground.has_order => standard(numbers).ok_or("the target does not vary")?,
        false => ranked(numbers),
    };
    let rough = if is_class { 1.0 } else { roughness(ground, &signal) };
    let share = if dose == Dose::Twin { HONEST } else { rough * dose.pick(if is_class { NOISE_OF_CLASSES } else { NOISE }) };
    let cells: Vec<f64> = signal.iter().zip(noise(ground, draw)).map(|(y, e)| 7.0 + 2.0 * (y + share * e)).collect();
    promised(planted(ground, format!("target with noise of {share:.2} of its spread"), vec![printed(&ground.fresh(NAME), &cells, 5)], None), dose)
}

/// Ranks of the present values as if they were drawn from an even spread of variance 1.
fn ranked(values: &[f64]) -> Vec<f64> {
    let present: Vec<usize> = (0..values.len()).filter(|&i| !values[i].is_nan()).collect();
    let ranks = crate::math::rank::ranks(&present.iter().map(|&i| values[i]).collect::<Vec<f64>>());
    let mut out = vec![f64::NAN; values.len()];
    for (&row, rank) in present.iter().zip(ranks) {
        out[row] = 12.0_f64.sqrt() * (rank / (present.len() as f64 + 1.0) - 0.5);
    }
    out
}

fn missingness(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let numbers = ground.numbers.as_ref().ok_or(NO_NUMBERS)?;
    let mut ascending: Vec<f64> = numbers.iter().copied().filter(|v| !v.is_nan()).collect();
    ascending.sort_unstable_by(f64::total_cmp);
    let middle = if ground.target.classes.is_empty() { ascending.get(ascending.len() / 2).copied().unwrap_or(0.0) } else { 0.5 };
    let share = dose.pick([1.0, 0.8, 0.6]);
    let high = ascending.iter().filter(|v| **v > middle).count() as f64 / ascending.len().max(1) as f64;
    let gap = |y: &f64, draw: &mut Stream| if dose == Dose::Twin { draw.chance(high) } else { *y > middle && draw.chance(share) };
    let cells: Vec<f64> = numbers.iter().zip(noise(ground, draw)).map(|(y, e)| if gap(y, draw) { f64::NAN } else { 20.0 + 5.0 * e }).collect();
    let what = if dose == Dose::Twin { "missing by chance".to_owned() } else { format!("missing in {share} of the high rows") };
    let severity = if ground.target.classes.is_empty() && dose != Dose::Full { Severity::Note } else { Severity::Warning };
    planted(ground, what, vec![printed(&ground.fresh(NAME), &cells, 3)], None).map(|p| Planted { severity, ..p })
}

fn partial_copy(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let numbers = ground.numbers.as_ref().filter(|_| ground.target.classes.is_empty()).ok_or(NOT_CONTINUOUS)?;
    let (middle, spread) = moments(numbers).ok_or("the target does not vary")?;
    let column = ground.table.column(&ground.task.target).map_err(|_| "the target is gone")?;
    let decimals = column.printed_decimals().unwrap_or(0);
    let unit = crate::math::elementary::powi(10.0, i32::from(decimals.min(9)));
    let share = dose.pick([0.6, 0.4, 0.2]);
    // The twin is as near to the target as a good forecast is.
    let off = if dose == Dose::Twin { 0.8 * spread } else { 0.0 };
    let cell = |(y, e): (&f64, f64)| {
        let near = y + off * draw.normal();
        let value = if draw.chance(share) { near } else { middle + spread * e };
        (value * unit).round() / unit
    };
    let cells: Vec<f64> = numbers.iter().zip(noise(ground, &mut Stream::new(ground.seed, "canary/part", 0))).map(cell).collect();
    promised(planted(ground, format!("copy in {share} of the rows"), vec![Column::numeric(&ground.fresh(NAME), cells, decimals)], None), dose)
}

fn outcome_code(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let values = &ground.target.values;
    let classes = ground.target.classes.len();
    if classes == 0 {
        return Err(NOT_CLASSES);
    }
    let rows_of = |class: usize| values.iter().filter(|v| **v == class as f64).count();
    let class = (0..classes).filter(|&c| rows_of(c) > 0).min_by_key(|&c| (rows_of(c), c)).unwrap_or(0);
    let share = dose.pick([0.9, 0.6, 0.4]);
    let everywhere = share * rows_of(class) as f64 / values.len().max(1) as f64;
    let cell = |y: &f64| {
        let usual = f64::from(draw.below(8));
        let coded = if dose == Dose::Twin { draw.chance(everywhere) } else { *y == class as f64 && draw.chance(share) };
        if coded { 99.0 } else { usual }
    };
    let cells = values.iter().map(cell).collect();
    promised(planted(ground, format!("code in {share} of the rows of a class"), vec![Column::numeric(&ground.fresh(NAME), cells, 0)], None), dose)
}

fn nearly_sum(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let numbers = ground.numbers.as_ref().filter(|_| ground.target.classes.is_empty()).ok_or(NOT_CONTINUOUS)?;
    let signal = standard(numbers).ok_or("the target does not vary")?;
    let rest = if dose == Dose::Twin { 0.9 } else { roughness(ground, numbers) * dose.pick([0.05, 0.1, 0.15]) };
    let part: Vec<f64> = noise(ground, draw).iter().map(|e| 1.2 * e).collect();
    let other: Vec<f64> = signal.iter().zip(&part).map(|(y, p)| y - p + rest * draw.normal()).collect();
    let columns = vec![printed(&ground.fresh("canary_1"), &part, 5), printed(&ground.fresh("canary_2"), &other, 5)];
    promised(planted(ground, format!("two parts that miss the target by {rest:.3} of its spread"), columns, None), dose)
}
