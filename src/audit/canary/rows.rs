//! Leaks that are made of rows: copies on both sides of the split, rows made of other rows, statistics of all rows, row numbers.

use super::ground::{moments, printed, rounded};
use super::{Dose, Family, Ground, NAME, NO_NUMBERS, NOT_CLASSES, Nature, Outcome, Planted, drawn};
use crate::finding::Severity;
use crate::math::elementary::powi;
use crate::math::rng::Stream;
use crate::math::sort;
use crate::table::{Column, Table};
use crate::task::Task;

/// The families.
pub(super) const FAMILIES: &[Family] = &[
    Family {
        id: "duplicates",
        title: "Duplicates across the split",
        doc: "20, 8 and 3 % of the rows a second time, at the end of the file",
        nature: Nature::Measured,
        checks: &["split_duplicates"],
        plant: duplicates,
    },
    Family {
        id: "augmented",
        title: "Rows made of other rows",
        doc: "30, 15 and 8 % more rows of one class, each on the line between two near rows",
        nature: Nature::Measured,
        checks: &["augmented_before_split"],
        plant: augmented,
    },
    Family {
        id: "scaled",
        title: "Standardised with all rows",
        doc: "a feature less its mean over its standard deviation, printed with 9, 6 and 4 digits",
        nature: Nature::Measured,
        checks: &["prepared_before_split"],
        plant: scaled,
    },
    Family {
        id: "filled",
        title: "Filled with the mean of all rows",
        doc: "20, 10 and 4 % of a feature's cells; the mean printed with 9, 6 and 4 decimals",
        nature: Nature::Measured,
        checks: &["prepared_before_split"],
        plant: filled,
    },
    Family {
        id: "row_number",
        title: "A row number in a sorted file",
        doc: "the file sorted by the target, and by the target with noise of half and of all of its spread",
        nature: Nature::Measured,
        checks: &["identifiers", "single_column"],
        plant: row_number,
    },
];

/// Distinct values of a feature that is varied enough.
const VARIED: usize = 10;

fn found_in(table: Table, task: Task, what: String, columns: Vec<String>, severity: Severity) -> Outcome {
    Ok(Planted { table, task, what, columns, severity })
}

fn row_numbers(n: usize) -> Vec<u32> {
    (0..u32::try_from(n).unwrap_or(u32::MAX)).collect()
}

fn duplicates(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let n = ground.n_rows();
    if ground.numeric(VARIED).is_empty() {
        return Err("there is no numeric feature: rows may agree by coincidence");
    }
    let share = dose.pick([0.2, 0.08, 0.03]);
    let mut rows = row_numbers(n);
    draw.shuffle(&mut rows);
    rows.truncate((share * n as f64).ceil() as usize);
    let all: Vec<u32> = row_numbers(n).into_iter().chain(rows.iter().copied()).collect();
    let mut table = ground.table.take(&all);
    if dose == Dose::Twin {
        // New rows from the columns of the old: each cell from another row.
        for name in ground.task.features.iter().chain([&ground.task.target]) {
            draw.shuffle(&mut rows);
            let mixed: Vec<u32> = row_numbers(n).into_iter().chain(rows.iter().copied()).collect();
            let column = ground.table.column(name).map_err(|_| "a feature is gone")?.take(&mixed);
            table = table.with_column(column).map_err(|_| "a column could not be planted")?;
        }
    }
    let severity = if dose == Dose::Weak || dose == Dose::Medium { Severity::Warning } else { Severity::Blocker };
    found_in(table, ground.task.clone(), format!("{} rows twice", rows.len()), Vec::new(), severity)
}

/// Rows of a class and finely printed columns that made rows need to be recognised.
const ROWS_OF_CLASS: usize = 40;

fn augmented(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let classes = ground.target.classes.len();
    if classes == 0 {
        return Err(NOT_CLASSES);
    }
    let is_fine = |c: &&Column| c.printed_decimals().is_some_and(|d| d > 0);
    let fine: Vec<&Column> = ground.numeric(ground.n_rows() / 10).into_iter().filter(is_fine).collect();
    if fine.len() < 3 {
        return Err("rows made of others are told by three finely printed numbers, and there are fewer");
    }
    let of_class = |class: usize| -> Vec<u32> {
        row_numbers(ground.n_rows()).into_iter().filter(|&r| ground.target.values[r as usize] == class as f64).collect()
    };
    let rare = (0..classes).map(of_class).filter(|rows| rows.len() >= ROWS_OF_CLASS).min_by_key(Vec::len).ok_or("no class has 40 rows")?;
    let n_made = (dose.pick([0.43, 0.18, 0.09]) * rare.len() as f64).ceil() as usize;
    let spreads: Vec<f64> = fine.iter().map(|c| moments(c.numbers().unwrap_or_default()).map_or(1.0, |m| m.1)).collect();
    let at = |c: &Column, row: u32| c.numbers().and_then(|v| v.get(row as usize)).copied().unwrap_or(f64::NAN);
    let made: Vec<(u32, u32, f64)> = (0..n_made)
        .filter_map(|_| {
            let a = *drawn(&rare, draw)?;
            let distance = |b: u32| fine.iter().zip(&spreads).map(|(c, s)| ((at(c, a) - at(c, b)) / s).abs()).filter(|d| !d.is_nan()).sum::<f64>();
            let mut near: Vec<(f64, u32)> = rare.iter().filter(|b| **b != a).map(|&b| (distance(b), b)).collect();
            sort::by(&mut near, |p, q| p.0.total_cmp(&q.0).then(p.1.cmp(&q.1)));
            let b = near.get(draw.below(5) as usize)?.1;
            Some((a, b, draw.uniform()))
        })
        .collect();
    let all: Vec<u32> = row_numbers(ground.n_rows()).into_iter().chain(made.iter().map(|m| m.0)).collect();
    let mut table = ground.table.take(&all);
    for column in ground.numeric(2) {
        // Made numbers are printed in full, whole numbers stay whole.
        let decimals = if column.printed_decimals() == Some(0) { 0 } else { 9 };
        let unit = powi(10.0, i32::from(decimals));
        let old = column.numbers().unwrap_or_default();
        let cells = made.iter().map(|&(a, b, share)| {
            let (from, to) = (at(column, a), at(column, b));
            // The twin's rows lie near the same rows, each number at its own share of the way.
            let share = if dose == Dose::Twin { draw.uniform() } else { share };
            ((from + share * (to - from)) * unit).round() / unit
        });
        let values: Vec<f64> = old.iter().copied().chain(cells).collect();
        table = table.with_column(Column::numeric(column.name(), values, decimals)).map_err(|_| "a column could not be planted")?;
    }
    found_in(table, ground.task.clone(), format!("{n_made} rows of one class made of others"), Vec::new(), Severity::Warning)
}

/// Share of the cells that one value of a feature may fill, if filled cells are to stand out.
const REPEATED: f64 = 0.02;

fn hardly_repeats(column: &Column) -> bool {
    let mut ascending = column.numbers().unwrap_or_default().to_vec();
    ascending.sort_unstable_by(f64::total_cmp);
    ascending.chunk_by(|a, b| a == b).all(|run| run.len() as f64 <= REPEATED * ascending.len() as f64)
}

/// A numeric feature with its values, its statistic made of these rows: all, or for the twin the first four fifths.
fn of_feature<'a>(
    ground: &'a Ground,
    dose: Dose,
    fits: fn(&Column) -> bool,
    draw: &mut Stream,
) -> Result<(&'a Column, Vec<f64>, usize), &'static str> {
    let features: Vec<&Column> = ground.numeric(VARIED).into_iter().filter(|c| fits(c)).collect();
    let feature = drawn(&features, draw).ok_or("no numeric feature has values that differ enough")?;
    let n = ground.n_rows();
    Ok((feature, feature.numbers().unwrap_or_default().to_vec(), if dose == Dose::Twin { n * 4 / 5 } else { n }))
}

fn scaled(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let (feature, values, n) = of_feature(ground, dose, |_| true, draw)?;
    let (middle, spread) = moments(&values[..n]).ok_or("the feature does not vary")?;
    let cells: Vec<f64> = values.iter().map(|v| (v - middle) / spread).collect();
    let column = printed(feature.name(), &cells, dose.pick([9, 6, 4]));
    let table = ground.table.clone().with_column(column).map_err(|_| "a column could not be planted")?;
    found_in(table, ground.task.clone(), format!("{} standardised", feature.name()), vec![feature.name().to_owned()], Severity::Note)
}

fn filled(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let (feature, mut values, n) = of_feature(ground, dose, hardly_repeats, draw)?;
    let share = dose.pick([0.2, 0.1, 0.04]);
    let gaps: Vec<bool> = values.iter().map(|v| v.is_nan() || draw.chance(share)).collect();
    values.iter_mut().zip(&gaps).for_each(|(v, gap)| *v = if *gap { f64::NAN } else { *v });
    let (middle, _) = moments(&values[..n]).ok_or("the feature does not vary")?;
    values.iter_mut().zip(&gaps).for_each(|(v, gap)| *v = if *gap { middle } else { *v });
    let decimals = dose.pick([9, 6, 4]).max(i32::from(feature.printed_decimals().unwrap_or(0).min(9)));
    let table = ground.table.clone().with_column(rounded(feature.name(), &values, decimals)).map_err(|_| "a column could not be planted")?;
    found_in(table, ground.task.clone(), format!("{} filled", feature.name()), vec![feature.name().to_owned()], Severity::Warning)
}

fn row_number(ground: &Ground, dose: Dose, draw: &mut Stream) -> Outcome {
    let numbers = ground.numbers.as_ref().ok_or(NO_NUMBERS)?;
    let (_, spread) = moments(numbers).ok_or("the target does not vary")?;
    let noise = dose.pick([0.0, 0.5, 1.0]);
    let mut rows: Vec<(f64, u32)> = numbers.iter().zip(0_u32..).map(|(y, r)| (y + noise * spread * draw.normal(), r)).collect();
    sort::by(&mut rows, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut number = vec![0.0; rows.len()];
    rows.iter().zip(1_u32..).for_each(|(&(_, r), i)| number[r as usize] = f64::from(i));
    if dose == Dose::Twin {
        // Whole numbers that differ in every row and count nothing.
        number.iter_mut().for_each(|v| *v = (draw.normal() * 1e6).round());
    }
    let column = Column::numeric(&ground.fresh(NAME), number, 0);
    let name = column.name().to_owned();
    let (table, task) = ground.with(vec![column]).map_err(|_| "a column could not be planted")?;
    let order: Vec<u32> = rows.iter().map(|r| r.1).collect();
    let table = if dose == Dose::Twin { table } else { table.take(&order) };
    found_in(table, task, format!("row number of a file sorted by the target, noise {noise}"), vec![name], Severity::Warning)
}
