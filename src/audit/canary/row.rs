//! Leaks within one row: copies, functions, parts and codes of the target.

use super::ground::{moments, printed, rounded};
use super::{DIGITS, Dose, Family, Ground, NAME, NO_NUMBERS, NOT_CLASSES, NOT_CONTINUOUS, Nature, Outcome, PROOFS, drawn, planted};
use crate::math::elementary::ln;
use crate::math::rng::Stream;
use crate::table::{Column, Kind};

/// The families.
pub(super) const FAMILIES: &[Family] = &[
    formula("copy", "Copy of the target", "the target again; in 100, 70 and 40 % of the rows, missing in the others", copy),
    formula("affine", "The target in other units", "a + b × target, printed with 6, 4 and 3 digits", affine),
    formula("unary", "A function of the target", "logarithm, square or root of the target, printed with 6, 4 and 3 digits", unary),
    formula("bins", "The target in bins", "5, 8 or 12 intervals of the target, numbered", bins),
    formula("difference", "The target less a feature", "target - feature, printed with all decimals, and with 1 and 2 decimals fewer", difference),
    formula("quotient", "The target over a feature", "target / feature, printed with 6, 4 and 3 digits", quotient),
    formula(
        "sum_of_2",
        "Two parts of the target",
        "two columns that add up to the target; printed with all decimals, and with 1 and 2 fewer",
        sum_of_2,
    ),
    formula(
        "sum_of_3",
        "Three parts of the target",
        "three columns that add up to the target; printed with all decimals, and with 1 and 2 fewer",
        sum_of_3,
    ),
    formula(
        "sum_of_4",
        "Four parts of the target",
        "four columns that add up to the target; printed with all decimals, and with 1 and 2 fewer",
        sum_of_4,
    ),
    formula("codes", "Codes for the classes", "1, 2 or 4 code words a class", codes),
];

const fn formula(id: &'static str, title: &'static str, doc: &'static str, plant: fn(&Ground, Dose, &mut Stream) -> Outcome) -> Family {
    Family { id, title, doc, nature: Nature::Proven, checks: PROOFS, plant }
}

/// Why a family that needs a numeric feature does not fit.
const NO_FEATURE: &str = "there is no numeric feature with 10 different values";
/// Distinct values of a feature that is varied enough.
const VARIED: usize = 10;

/// The numbers a formula is made of: the target's, or for the twin those of a feature. With the name they are told by.
fn source(ground: &Ground, dose: Dose, draw: &mut Stream) -> Result<(String, Vec<f64>), &'static str> {
    let numbers = ground.numbers.as_ref().ok_or(NO_NUMBERS)?;
    if dose != Dose::Twin {
        return Ok((ground.task.target.clone(), numbers.clone()));
    }
    let features: Vec<&Column> = ground.numeric(VARIED).into_iter().filter(|c| !ground.guilty.iter().any(|g| g == c.name())).collect();
    let feature = drawn(&features, draw).ok_or(NO_FEATURE)?;
    Ok((feature.name().to_owned(), feature.numbers().unwrap_or_default().to_vec()))
}

fn continuous(ground: &Ground) -> Result<&[f64], &'static str> {
    ground.numbers.as_deref().filter(|_| ground.target.classes.is_empty()).ok_or(NOT_CONTINUOUS)
}

fn copy(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let (name, values) = source(ground, dose, draw)?;
    let share = dose.pick([1.0, 0.7, 0.4]);
    let cells: Vec<f64> = values.iter().map(|v| if draw.chance(share) { *v } else { f64::NAN }).collect();
    let decimals = ground.table.column(&name).ok().and_then(Column::printed_decimals).unwrap_or(0);
    planted(ground, format!("copy of {name}"), vec![Column::numeric(&ground.fresh(NAME), cells, decimals)], None)
}

fn affine(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let (name, values) = source(ground, dose, draw)?;
    let (a, b) = ((draw.uniform() * 40.0).round() / 4.0, drawn(&[1.2, -2.5, 0.453_592, 1.609_344, -0.01], draw).copied().unwrap_or(1.2));
    let cells: Vec<f64> = values.iter().map(|v| a + b * v).collect();
    planted(ground, format!("{a} + {b} x {name}"), vec![printed(&ground.fresh(NAME), &cells, dose.pick(DIGITS))], None)
}

/// A function and its name.
type Named = (&'static str, fn(f64) -> f64);

fn unary(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    continuous(ground)?;
    let (name, values) = source(ground, dose, draw)?;
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let functions: &[Named] = if least > 0.0 { &[("log", ln), ("square", |v| v * v), ("root", f64::sqrt)] } else { &[("square", |v| v * v)] };
    let (word, function) = drawn(functions, draw).ok_or(NOT_CONTINUOUS)?;
    let cells: Vec<f64> = values.iter().map(|v| function(*v)).collect();
    planted(ground, format!("{word} of {name}"), vec![printed(&ground.fresh(NAME), &cells, dose.pick(DIGITS))], None)
}

fn bins(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    continuous(ground)?;
    let (name, values) = source(ground, dose, draw)?;
    let n_bins = dose.pick([5, 8, 12]);
    let mut ascending: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    ascending.sort_unstable_by(f64::total_cmp);
    let cuts: Vec<f64> = (1..n_bins).filter_map(|b| ascending.get(b * ascending.len() / n_bins)).copied().collect();
    let cell = |v: &f64| if v.is_nan() { f64::NAN } else { cuts.iter().filter(|c| *c <= v).count() as f64 };
    planted(ground, format!("{n_bins} bins of {name}"), vec![rounded(&ground.fresh(NAME), &values.iter().map(cell).collect::<Vec<_>>(), 0)], None)
}

/// Decimals of the target (at most 6), less 0, 1 or 2 by strength.
fn decimals(ground: &Ground, dose: Dose) -> i32 {
    let of_target = ground.table.column(&ground.task.target).ok().and_then(Column::printed_decimals).unwrap_or(0);
    i32::from(of_target.min(6)) - dose.pick([0, 1, 2]).min(i32::from(of_target))
}

fn difference(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    continuous(ground)?;
    let (name, values) = source(ground, dose, draw)?;
    let is_guilty = |c: &Column| dose == Dose::Twin && ground.guilty.iter().any(|g| g == c.name());
    let others: Vec<&Column> = ground.numeric(VARIED).into_iter().filter(|c| c.name() != name && !is_guilty(c)).collect();
    let other = drawn(&others, draw).ok_or(NO_FEATURE)?;
    let decimals = decimals(ground, dose).max(i32::from(other.printed_decimals().unwrap_or(0).min(6)));
    let cells: Vec<f64> = values.iter().zip(other.numbers().unwrap_or_default()).map(|(v, x)| v - x).collect();
    planted(ground, format!("{name} - {}", other.name()), vec![rounded(&ground.fresh(NAME), &cells, decimals)], None)
}

fn quotient(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    continuous(ground)?;
    let (name, values) = source(ground, dose, draw)?;
    let is_guilty = |c: &Column| dose == Dose::Twin && ground.guilty.iter().any(|g| g == c.name());
    let nonzero = |c: &&Column| c.name() != name && !is_guilty(c) && c.numbers().is_some_and(|v| v.iter().all(|x| *x != 0.0));
    let others: Vec<&Column> = ground.numeric(VARIED).into_iter().filter(nonzero).collect();
    let other = drawn(&others, draw).ok_or("there is no numeric feature without zeros")?;
    let cells: Vec<f64> = values.iter().zip(other.numbers().unwrap_or_default()).map(|(v, x)| v / x).collect();
    planted(ground, format!("{name} / {}", other.name()), vec![printed(&ground.fresh(NAME), &cells, dose.pick(DIGITS))], None)
}

fn sum_of_2(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    sum(ground, 2, dose, draw)
}

fn sum_of_3(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    sum(ground, 3, dose, draw)
}

fn sum_of_4(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    sum(ground, 4, dose, draw)
}

/// Parts that add up to the target; for the twin, parts of a number that is none.
fn sum(ground: &Ground, parts: usize, dose: Dose, draw: &mut Stream) -> Outcome {
    let numbers = continuous(ground)?;
    let (middle, spread) = moments(numbers).ok_or("the target does not vary")?;
    let decimals = decimals(ground, dose);
    let mut rest: Vec<f64> = match dose {
        Dose::Twin => numbers.iter().map(|_| middle + spread * draw.normal()).collect(),
        _ => numbers.to_vec(),
    };
    let mut columns = Vec::new();
    for part in 1..parts {
        let cells: Vec<f64> = rest.iter().map(|_| 0.6 * spread * draw.normal() + middle / parts as f64).collect();
        let column = rounded(&ground.fresh(&format!("{NAME}_{part}")), &cells, decimals);
        rest = rest.iter().zip(column.numbers().unwrap_or_default()).map(|(r, v)| r - v).collect();
        columns.push(column);
    }
    columns.push(rounded(&ground.fresh(&format!("{NAME}_{parts}")), &rest, decimals));
    planted(ground, format!("{parts} parts of {}", ground.task.target), columns, None)
}

fn codes(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let classes = ground.target.classes.len();
    if classes == 0 {
        return Err(NOT_CLASSES);
    }
    let words = dose.pick([1, 2, 4]);
    let mut names: Vec<String> = (0..classes as u32 * words).map(|i| format!("{}{i}", ["K", "Q", "T"][(i % 3) as usize])).collect();
    draw.shuffle(&mut names);
    let mut cell = |class: &f64| {
        let (other, code) = (draw.below(classes as u32), draw.below(words));
        let class = if dose == Dose::Twin { other } else { *class as u32 };
        names.get((class * words + code) as usize).map(String::as_str)
    };
    let cells: Vec<Option<&str>> = ground.target.values.iter().map(|v| if v.is_nan() { None } else { cell(v) }).collect();
    planted(ground, format!("{words} codes a class"), vec![Column::labels(&ground.fresh(NAME), Kind::Categorical, &cells)], None)
}
