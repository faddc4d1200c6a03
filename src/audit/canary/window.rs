//! Leaks over rows in time order: what a feature builder makes of the target when it forgets to end a window before the row it predicts.
//!
//! The innocent twin of each is the same feature, ending where the target is already known.

use super::ground::printed;
use super::{DIGITS, Dose, Family, Ground, NAME, NO_NUMBERS, NOT_CONTINUOUS, Nature, Outcome, PROOFS, after_deletion, drawn, planted};
use crate::math::rng::Stream;
use crate::math::sum::{mean, sum, variance};

/// The families.
pub(super) const FAMILIES: &[Family] = &[
    over_rows("lead", "A later row of the target", lead),
    over_rows("window_mean", "A mean that contains the present", window_mean),
    over_rows("window_sum", "A sum that contains the present", window_sum),
    over_rows("window_extreme", "A maximum or minimum that contains the present", window_extreme),
    over_rows("window_median", "A median that contains the present", window_median),
    over_rows("window_spread", "A standard deviation or range that contains the present", window_spread),
    over_rows("window_z_score", "A z-score against a window", window_z_score),
    over_rows("window_centred", "A mean of rows before and after", window_centred),
    over_rows("change", "A change up to the present", change),
    over_rows("ewm", "An exponentially weighted mean", ewm),
    over_rows("expanding", "A mean of all rows so far", expanding),
    over_rows("cumulative", "A running total", cumulative),
    over_rows("calendar_window", "A mean of the last days", calendar_window),
];

const fn over_rows(id: &'static str, title: &'static str, plant: fn(&Ground, Dose, &mut Stream) -> Outcome) -> Family {
    let doc = "of the target, printed with 6, 4 and 3 digits; weak: one row in 50 was deleted afterwards as well";
    Family { id, title, doc, nature: Nature::Proven, checks: PROOFS, plant }
}

/// Rows of an entity below which windows make no sense.
const ENOUGH: usize = 20;
/// One row in so many is deleted at the weakest strength.
const DELETED: u32 = 50;
/// Widths of windows that are common in practice.
const WIDTHS: [usize; 6] = [3, 4, 5, 6, 7, 12];

/// The target of a table whose rows have an order.
fn ordered(ground: &Ground) -> Result<&[f64], &'static str> {
    let numbers = ground.numbers.as_deref().ok_or(NO_NUMBERS)?;
    if !ground.has_order {
        return Err("the rows have no order in time");
    }
    if ground.longest() < ENOUGH {
        return Err("no entity has 20 rows");
    }
    Ok(numbers)
}

fn shifted(values: &[f64], by: usize) -> Vec<f64> {
    (0..values.len()).map(|t| t.checked_sub(by).map_or(f64::NAN, |i| values[i])).collect()
}

/// Plants a feature of the target over its rows; the twin is moved back to where the target is known.
fn feature(ground: &Ground, dose: Dose, draw: &mut Stream, what: &str, f: impl Fn(&[f64]) -> Vec<f64>) -> Outcome {
    let numbers = ordered(ground)?;
    let by = if dose == Dose::Twin { ground.known_after } else { 0 };
    let cells = ground.along(numbers, |own| shifted(&f(own), by));
    let rows = after_deletion(ground.n_rows(), dose.pick([0, 0, DELETED]), draw);
    let what = if by > 0 { format!("{what}, {by} rows back") } else { what.to_owned() };
    planted(ground, what, vec![printed(&ground.fresh(NAME), &cells, dose.pick(DIGITS))], rows)
}

/// A function of the last `width` rows, itself included; missing until there are so many.
fn rolling(values: &[f64], width: usize, f: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    (0..values.len()).map(|t| (t + 1).checked_sub(width).map_or(f64::NAN, |from| f(&values[from..=t]))).collect()
}

fn width(draw: &mut Stream) -> usize {
    drawn(&WIDTHS, draw).copied().unwrap_or(3)
}

fn lead(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let by = 1 + draw.below(3) as usize;
    if dose == Dose::Twin {
        return feature(ground, dose, draw, "the target", <[f64]>::to_vec);
    }
    feature(ground, dose, draw, &format!("the target {by} rows later"), |y| {
        (0..y.len()).map(|t| y.get(t + by).copied().unwrap_or(f64::NAN)).collect()
    })
}

fn window_mean(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let width = width(draw);
    feature(ground, dose, draw, &format!("mean of {width} rows"), |y| rolling(y, width, mean))
}

fn window_sum(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let width = width(draw);
    feature(ground, dose, draw, &format!("sum of {width} rows"), |y| rolling(y, width, sum))
}

fn continuous(ground: &Ground) -> Result<(), &'static str> {
    if ground.target.classes.is_empty() { Ok(()) } else { Err(NOT_CONTINUOUS) }
}

fn window_extreme(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    continuous(ground)?;
    let (width, highest) = (width(draw), draw.chance(0.5));
    let of = |w: &[f64]| {
        let last = w.iter().copied().reduce(if highest { f64::max } else { f64::min }).unwrap_or(f64::NAN);
        if w.iter().any(|v| v.is_nan()) { f64::NAN } else { last }
    };
    feature(ground, dose, draw, &format!("{} of {width} rows", if highest { "maximum" } else { "minimum" }), |y| rolling(y, width, of))
}

fn window_median(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    continuous(ground)?;
    let width = width(draw);
    let of = |w: &[f64]| if w.iter().any(|v| v.is_nan()) { f64::NAN } else { crate::math::rank::median(w) };
    feature(ground, dose, draw, &format!("median of {width} rows"), |y| rolling(y, width, of))
}

fn window_spread(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    continuous(ground)?;
    let (width, range) = (width(draw), draw.chance(0.5));
    let of = |w: &[f64]| {
        if w.iter().any(|v| v.is_nan()) {
            return f64::NAN;
        }
        let ends = |f: fn(f64, f64) -> f64| w.iter().copied().reduce(f).unwrap_or(f64::NAN);
        if range { ends(f64::max) - ends(f64::min) } else { variance(w, 1).sqrt() }
    };
    feature(ground, dose, draw, &format!("{} of {width} rows", if range { "range" } else { "standard deviation" }), |y| rolling(y, width, of))
}

fn window_z_score(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let width = [6, 8, 10, 12][draw.below(4) as usize];
    let of = |w: &[f64]| (w[w.len() - 1] - mean(w)) / variance(w, 1).sqrt();
    feature(ground, dose, draw, &format!("z-score in {width} rows"), |y| rolling(y, width, of))
}

fn window_centred(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let half = 1 + draw.below(3) as usize;
    let width = 2 * half + 1;
    let ahead = if dose == Dose::Twin { 0 } else { half };
    feature(ground, dose, draw, &format!("mean of {width} rows around"), |y| {
        let trailing = rolling(y, width, mean);
        (0..y.len()).map(|t| trailing.get(t + ahead).copied().unwrap_or(f64::NAN)).collect()
    })
}

fn change(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let by = [1, 1, 7, 12][draw.below(4) as usize];
    let relative = draw.chance(0.5) && ground.numbers.as_ref().is_some_and(|y| y.iter().all(|v| v.is_nan() || *v > 0.0));
    feature(ground, dose, draw, &format!("{} over {by} rows", if relative { "growth" } else { "difference" }), |y| {
        let before = shifted(y, by);
        y.iter().zip(&before).map(|(v, b)| if relative { v / b - 1.0 } else { v - b }).collect()
    })
}

fn ewm(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let span = f64::from(3 + draw.below(10));
    let keep = 1.0 - 2.0 / (span + 1.0);
    feature(ground, dose, draw, &format!("exponentially weighted mean of span {span}"), |y| {
        let (mut top, mut bottom) = (0.0, 0.0);
        let mut step = |v: &f64| {
            if !v.is_nan() {
                (top, bottom) = (top * keep + v, bottom * keep + 1.0);
            }
            top / bottom
        };
        y.iter().map(&mut step).collect()
    })
}

fn so_far(values: &[f64], divided: bool) -> Vec<f64> {
    let (mut total, mut n) = (0.0, 0.0);
    let mut step = |v: &f64| {
        if !v.is_nan() {
            (total, n) = (total + v, n + 1.0);
        }
        if divided { total / n } else { total }
    };
    values.iter().map(&mut step).collect()
}

fn expanding(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    feature(ground, dose, draw, "mean of all rows so far", |y| so_far(y, true))
}

fn cumulative(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    feature(ground, dose, draw, "sum of all rows so far", |y| so_far(y, false))
}

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;
/// Share of equal gaps from which stamps are even: a stretch of time is then a number of rows.
const EVEN: f64 = 0.97;

fn calendar_window(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let numbers = ordered(ground)?;
    let millis = ground.millis().ok_or("there is no time column")?;
    let mut at = 0;
    let mut gaps = Vec::new();
    for rows in ground.entities() {
        let own = &millis[at..at + rows.len()];
        gaps.extend(own.windows(2).map(|w| w[1].saturating_sub(w[0])));
        at += rows.len();
    }
    gaps.sort_unstable();
    let median = gaps.get(gaps.len() / 2).copied().unwrap_or(0);
    let even = gaps.iter().filter(|g| **g == median).count() as f64;
    if even >= EVEN * gaps.len() as f64 || gaps.first().is_none_or(|g| *g <= 0) {
        return Err("the stamps are evenly spaced or tied");
    }
    let unit = if median < DAY / 2 { DAY / 24 } else { DAY };
    let wanted = (4 * median / unit).clamp(2, 30) + i64::from(draw.below(3));
    let first = if dose == Dose::Twin { ground.known_after } else { 0 };
    let mut cells = vec![f64::NAN; numbers.len()];
    let mut at = 0;
    for rows in ground.entities() {
        let own = &millis[at..at + rows.len()];
        at += rows.len();
        let value = |i: usize| rows.get(i).map_or(f64::NAN, |&r| numbers[r as usize]);
        let means: Vec<f64> =
            (0..own.len()).map(|t| mean(&(0..=t).rev().take_while(|&s| own[s] > own[t] - wanted * unit).map(value).collect::<Vec<f64>>())).collect();
        for (&row, value) in rows.iter().zip(shifted(&means, first)) {
            cells[row as usize] = value;
        }
    }
    let rows = after_deletion(ground.n_rows(), dose.pick([0, 0, DELETED]), draw);
    let what = format!("mean of the last {wanted} {}", if unit == DAY { "days" } else { "hours" });
    planted(ground, what, vec![printed(&ground.fresh(NAME), &cells, dose.pick(DIGITS))], rows)
}
