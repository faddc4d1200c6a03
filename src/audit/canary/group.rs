//! Leaks over groups of rows: target encodings and totals that were made of the rows they are to help predict.
//!
//! The innocent twin of each is made of earlier rows alone.

use super::ground::printed;
use super::{DIGITS, Dose, Family, Ground, NAME, NO_NUMBERS, Nature, Outcome, PROOFS, Planted, after_deletion, drawn, planted};
use crate::finding::Severity;
use crate::math::rng::Stream;
use crate::math::sort;
use crate::math::sum::mean;
use crate::table::{Column, MISSING_CODE};

/// The families.
pub(super) const FAMILIES: &[Family] = &[
    of_groups("target_mean", "Target encoding", target_mean),
    of_groups("target_mean_smoothed", "Smoothed target encoding", smoothed),
    of_groups("target_mean_others", "Leave-one-out target encoding", leave_one_out),
    of_groups("target_mean_folds", "Target encoding by folds", by_folds),
    of_groups("lifetime_total", "A lifetime total", lifetime_total),
    of_groups("group_relative", "The target against its group", relative),
    of_groups("other_mean", "Another column's mean over all rows", other_mean),
];

const fn of_groups(id: &'static str, title: &'static str, plant: fn(&Ground, Dose, &mut Stream) -> Outcome) -> Family {
    let doc = "printed with 6, 4 and 3 digits; weak: one row in 50 was deleted afterwards as well";
    Family { id, title, doc, nature: Nature::Proven, checks: PROOFS, plant }
}

/// Rows a level needs on average.
const ROWS_A_LEVEL: usize = 6;
/// Rows a level needs on average to be dealt to folds.
const ROWS_FOR_FOLDS: usize = 20;
/// Fewest levels of a key: an encoding counts once a level, and fewer give no proof.
const LEVELS: usize = 6;
/// The same for totals of a class: whole numbers, of few bits each.
const LEVELS_OF_COUNTS: usize = 20;
/// One row in so many is deleted at the weakest strength.
const DELETED: u32 = 50;
/// Folds of an encoding by folds.
const FOLDS: u32 = 5;
/// Distinct values of a column that is averaged.
const VARIED: usize = 10;

/// A key, and the numbers that are gathered by it.
struct Gathered<'a> {
    key: &'a str,
    levels: Vec<u32>,
    source: String,
    values: Vec<f64>,
}

fn target_by_key<'a>(ground: &'a Ground, least: (usize, usize), draw: &mut Stream) -> Result<Gathered<'a>, &'static str> {
    let values = ground.numbers.clone().ok_or(NO_NUMBERS)?;
    by_key(ground, ground.task.target.clone(), values, least, draw)
}

fn by_key<'a>(
    ground: &'a Ground,
    source: String,
    values: Vec<f64>,
    (fewest, rows): (usize, usize),
    draw: &mut Stream,
) -> Result<Gathered<'a>, &'static str> {
    let keys = ground.keys(fewest, rows);
    let (key, levels) = drawn(&keys, draw).ok_or("no column of labels has enough levels with enough rows each")?;
    Ok(Gathered { key, levels: levels.clone(), source, values })
}

impl Gathered<'_> {
    /// Sum and count of the present values of every level.
    fn totals(&self) -> Vec<(f64, f64)> {
        let n_levels = self.levels.iter().filter(|&&l| l != MISSING_CODE).max().map_or(0, |&l| l as usize + 1);
        let mut totals = vec![(0.0, 0.0); n_levels];
        for (&level, v) in self.levels.iter().zip(&self.values).filter(|(l, v)| **l != MISSING_CODE && !v.is_nan()) {
            let cell = &mut totals[level as usize];
            *cell = (cell.0 + v, cell.1 + 1.0);
        }
        totals
    }

    /// A number from the level's sum and count, and the row's own value.
    fn each(&self, f: impl Fn((f64, f64), f64) -> f64) -> Vec<f64> {
        let totals = self.totals();
        let cell = |(&level, &v): (&u32, &f64)| totals.get(level as usize).map_or(f64::NAN, |&t| f(t, v));
        self.levels.iter().zip(&self.values).map(cell).map(|v| if v.is_finite() { v } else { f64::NAN }).collect()
    }

    /// A number from sum and count of the level's rows so far in time order, this one not among them.
    fn earlier(&self, ground: &Ground, f: impl Fn((f64, f64)) -> f64) -> Vec<f64> {
        let mut rows: Vec<u32> = ground.entities().flatten().copied().collect();
        if let Ok(Some(millis)) = ground.task.time.as_ref().map(|t| ground.table.column(t)).transpose().map(|c| c.and_then(Column::millis)) {
            sort::by_key(&mut rows, |&r| (millis[r as usize], r));
        }
        let mut totals = vec![(0.0, 0.0); self.totals().len()];
        let mut cells = vec![f64::NAN; self.values.len()];
        for row in rows.into_iter().map(|r| r as usize) {
            let Some(total) = totals.get_mut(self.levels[row] as usize) else { continue };
            let value = f(*total);
            cells[row] = if value.is_finite() { value } else { f64::NAN };
            if !self.values[row].is_nan() {
                *total = (total.0 + self.values[row], total.1 + 1.0);
            }
        }
        cells
    }
}

fn put(ground: &Ground, dose: Dose, draw: &mut Stream, what: String, cells: &[f64]) -> Outcome {
    let rows = after_deletion(ground.n_rows(), dose.pick([0, 0, DELETED]), draw);
    let what = if dose == Dose::Twin { format!("{what}, of earlier rows") } else { what };
    planted(ground, what, vec![printed(&ground.fresh(NAME), cells, dose.pick(DIGITS))], rows)
}

/// The twin of everything about the target's groups: the mean of the level's earlier rows.
fn earlier_mean(ground: &Ground, dose: Dose, draw: &mut Stream, of: &Gathered<'_>) -> Outcome {
    if ground.known_after > 1 {
        return Err("rows just before are not known yet");
    }
    let cells = of.earlier(ground, |(s, n)| s / n);
    put(ground, dose, draw, format!("mean of {} by {}", of.source, of.key), &cells)
}

fn target_mean(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let of = target_by_key(ground, (LEVELS, ROWS_A_LEVEL), draw)?;
    if dose == Dose::Twin {
        return earlier_mean(ground, dose, draw, &of);
    }
    put(ground, dose, draw, format!("mean of the target by {}", of.key), &of.each(|(s, n), _| s / n))
}

fn smoothed(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let of = target_by_key(ground, (LEVELS, ROWS_A_LEVEL), draw)?;
    let m = [5.0, 10.0, 20.0][draw.below(3) as usize];
    let all: Vec<f64> = of.values.iter().copied().filter(|v| !v.is_nan()).collect();
    let middle = mean(&all);
    if dose == Dose::Twin {
        return earlier_mean(ground, dose, draw, &of);
    }
    put(ground, dose, draw, format!("smoothed mean of the target by {}, m = {m}", of.key), &of.each(|(s, n), _| (s + m * middle) / (n + m)))
}

fn leave_one_out(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let of = target_by_key(ground, (LEVELS, ROWS_A_LEVEL), draw)?;
    if dose == Dose::Twin {
        return earlier_mean(ground, dose, draw, &of);
    }
    put(ground, dose, draw, format!("mean of the other rows' target by {}", of.key), &of.each(|(s, n), v| (s - v) / (n - 1.0)))
}

fn by_folds(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let of = target_by_key(ground, (LEVELS, ROWS_FOR_FOLDS), draw)?;
    if dose == Dose::Twin {
        return earlier_mean(ground, dose, draw, &of);
    }
    let totals = of.totals();
    let folds: Vec<usize> = of.values.iter().map(|_| draw.below(FOLDS) as usize).collect();
    let mut held = vec![(0.0, 0.0); totals.len() * FOLDS as usize];
    let cell = |level: u32, fold: usize| level as usize * FOLDS as usize + fold;
    for ((&level, &fold), v) in of.levels.iter().zip(&folds).zip(&of.values).filter(|((l, _), v)| **l != MISSING_CODE && !v.is_nan()) {
        let out = &mut held[cell(level, fold)];
        *out = (out.0 + v, out.1 + 1.0);
    }
    let value = |(&level, &fold): (&u32, &usize)| {
        let (Some(all), Some(out)) = (totals.get(level as usize), held.get(cell(level, fold))) else { return f64::NAN };
        if level == MISSING_CODE || all.1 <= out.1 { f64::NAN } else { (all.0 - out.0) / (all.1 - out.1) }
    };
    let cells: Vec<f64> = of.levels.iter().zip(&folds).map(value).collect();
    put(ground, dose, draw, format!("mean of the target by {} over the other {} folds", of.key, FOLDS - 1), &cells)
}

fn lifetime_total(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let fewest = if ground.target.classes.is_empty() { LEVELS } else { LEVELS_OF_COUNTS };
    let of = target_by_key(ground, (fewest, ROWS_A_LEVEL), draw)?;
    if dose == Dose::Twin {
        if ground.known_after > 1 {
            return Err("rows just before are not known yet");
        }
        return put(ground, dose, draw, format!("sum of the target by {}", of.key), &of.earlier(ground, |(s, _)| s));
    }
    put(ground, dose, draw, format!("sum of the target by {}", of.key), &of.each(|(s, _), _| s))
}

fn relative(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let of = target_by_key(ground, (LEVELS, ROWS_A_LEVEL), draw)?;
    if dose == Dose::Twin {
        return earlier_mean(ground, dose, draw, &of);
    }
    let ratio = draw.chance(0.5) && of.values.iter().all(|v| v.is_nan() || *v > 0.0);
    let cells = of.each(|(s, n), v| if ratio { v / (s / n) } else { v - s / n });
    put(ground, dose, draw, format!("target {} the mean of its {}", if ratio { "over" } else { "less" }, of.key), &cells)
}

fn other_mean(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let features = ground.numeric(VARIED);
    let feature = drawn(&features, draw).ok_or("there is no numeric feature with 10 different values")?;
    let of = by_key(ground, feature.name().to_owned(), feature.numbers().unwrap_or_default().to_vec(), (LEVELS, ROWS_A_LEVEL), draw)?;
    if dose == Dose::Twin {
        return earlier_mean(ground, dose, draw, &of);
    }
    let what = format!("mean of {} by {}", of.source, of.key);
    put(ground, dose, draw, what, &of.each(|(s, n), _| s / n)).map(|p| Planted { severity: Severity::Warning, ..p })
}
