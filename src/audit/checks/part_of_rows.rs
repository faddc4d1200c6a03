//! A part of the rows is given away.
//!
//! Classes: a value that repeats and whose rows are all of one class, as a code that is written only after the outcome does.
//! Chance would make it with probability `share^rows`; the bits of that must pass a bar that grows with the values tried. An honest
//! number is pure at its ends too, so a value between neighbours that are nearly pure says nothing; and a pure value of the most
//! frequent class is asked about, because rules of the trade make those ("no account, no default").
//! Numbers: cells that hold the target itself, more often than the cells next to it do (`x - y` = 0 against one to three units of
//! the last decimal), than chance (the same values in any order), and than the target equals its former value.

use super::super::coded::Coded;
use super::super::measure::{Sample, measured_rows, z_needed};
use super::super::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity, Share};
use crate::math::elementary::{log2, powi};
use crate::math::sort;
use crate::table::{Column, Kind, MISSING_CODE};

/// The check.
pub const PART_OF_ROWS: Check = Check {
    id: "part_of_rows",
    title: "A part of the rows is given away",
    doc: "Finds values whose rows are all of one class, and cells that hold the target itself in a part of the rows. A column filled in by the outcome \
          gives those rows away, however little it says about the others.",
    run,
};

/// Fewest rows of a value.
const ENOUGH: u32 = 20;
/// Share of the rows one value must cover.
const COVERAGE: f64 = 0.05;
/// Share of the rows all such values of a column must cover together.
const TOGETHER: f64 = 0.25;
/// Bits against chance beyond one a value tried: odds of one in a million.
const PURE_BITS: f64 = 20.0;
/// Share of the class among the neighbours from which a pure value is the end of a slope.
const SLOPE: f64 = 0.97;
/// Share of the class up to which it is not the usual one.
const RARE: f64 = 0.5;
/// Share of the rows that must hold the target beyond what is expected.
const EXCESS: f64 = 0.10;
/// Share from which a copy is no part but the whole.
const WHOLE: f64 = 0.99;
/// Share of a value of the target from which it repeats too often to tell anything (zeros).
const COMMON: f64 = 0.05;

fn run(input: &AuditInput<'_>) -> Checked {
    let sample = Sample::new(input, measured_rows(input));
    let n = sample.rows.len();
    if input.task.features.is_empty() {
        return Checked::skipped(PART_OF_ROWS.id, "there are no features");
    }
    if n < 2 * ENOUGH as usize {
        return Checked::underpowered(PART_OF_ROWS.id, n, "a value needs 20 rows before it can be called pure");
    }
    if sample.n_classes == 0 { numbers(input, &sample) } else { classes(input, &sample) }
}

/// A value whose rows are all of one class.
struct PureValue {
    code: usize,
    rows: u32,
    bits: f64,
}

fn classes(input: &AuditInput<'_>, sample: &Sample) -> Checked {
    let n = sample.rows.len() as f64;
    let totals: Vec<f64> = (0..sample.n_classes).map(|c| sample.y.iter().filter(|y| **y == c as f64).count() as f64).collect();
    let columns: Vec<(&Column, Coded)> = input
        .features()
        .filter(|c| c.kind() != Kind::Timestamp)
        .map(|c| (c, Coded::new(c, &sample.rows)))
        .filter(|(_, c)| c.distinct() > 1)
        .collect();
    let tried: usize = columns.iter().map(|(_, c)| c.counts.iter().filter(|n| **n >= ENOUGH).count()).sum();
    let needed = PURE_BITS + log2((tried * sample.n_classes).max(1) as f64);
    let rarest = totals.iter().filter(|t| **t > 0.0).fold(n, |a, b| a.min(*b));
    let smallest = needed / -log2((rarest / n).min(1.0 - 1e-9));
    if smallest > TOGETHER * n {
        let why = format!("a value would need {smallest:.0} rows of one class to be past chance");
        return Checked::underpowered(PART_OF_ROWS.id, sample.rows.len(), &why);
    }
    let findings = columns.iter().filter_map(|(column, coded)| {
        let cells = counted(coded, sample);
        (0..sample.n_classes)
            .filter_map(|class| given(column, coded, &cells, class, totals[class] / n, needed, input, sample))
            .min_by_key(|f| f.severity)
    });
    Checked::ran(PART_OF_ROWS.id, sample.rows.len(), findings.collect())
}

/// Rows of every code and class, code by code.
fn counted(coded: &Coded, sample: &Sample) -> Vec<u32> {
    let mut cells = vec![0; coded.counts.len() * sample.n_classes];
    for (&code, y) in coded.codes.iter().zip(&sample.y).filter(|(c, _)| **c != MISSING_CODE) {
        cells[code as usize * sample.n_classes + *y as usize] += 1;
    }
    cells
}

#[expect(clippy::too_many_arguments, reason = "one column and class, with what was counted for all")]
fn given(
    column: &Column,
    coded: &Coded,
    cells: &[u32],
    class: usize,
    share: f64,
    needed: f64,
    input: &AuditInput<'_>,
    sample: &Sample,
) -> Option<Finding> {
    if share <= 0.0 || share >= 1.0 {
        return None;
    }
    let n = sample.rows.len() as f64;
    let of_class = |code: usize| cells[code * sample.n_classes + class];
    let mut pure: Vec<PureValue> = (0..coded.counts.len())
        .filter(|&code| coded.counts[code] >= ENOUGH && of_class(code) == coded.counts[code])
        .map(|code| PureValue { code, rows: coded.counts[code], bits: -f64::from(coded.counts[code]) * log2(share) })
        .filter(|v| v.bits >= needed && !(coded.ordered && on_a_slope(v.code, coded, &of_class)))
        .collect();
    sort::by_key(&mut pure, |v| (std::cmp::Reverse(v.rows), v.code));
    let covered: u32 = pure.iter().map(|v| v.rows).sum();
    let first = pure.first()?;
    if f64::from(first.rows) < COVERAGE * n && f64::from(covered) < TOGETHER * n {
        return None;
    }
    let row = coded.codes.iter().position(|&c| c as usize == first.code)?;
    let (severity, certainty) = if share < RARE { (Severity::Warning, Certainty::Strong) } else { (Severity::Note, Certainty::Ask) };
    let evidence = Evidence::Pure {
        value: column.text(sample.rows[row]).into_owned(),
        n_values: pure.len() as u64,
        class: input.target.classes.get(class).cloned().unwrap_or_default(),
        covered: Share { count: u64::from(covered), of: sample.rows.len() as u64 },
        expected: f64::from(covered) * share,
        bits: first.bits,
        bits_needed: needed,
    };
    let rows = coded.codes.iter().zip(&sample.rows).filter(|(c, _)| **c as usize == first.code).map(|(_, r)| *r as u32);
    Some(Finding::new(PART_OF_ROWS.id, severity, certainty, &[column.name()], evidence).rows(rows).remedies(drop(column)))
}

/// Whether the values next to this one (20 rows on either side, where there are any) are nearly all of the class as well.
fn on_a_slope(code: usize, coded: &Coded, of_class: &impl Fn(usize) -> u32) -> bool {
    let near = |codes: &mut dyn Iterator<Item = usize>| {
        let (mut rows, mut inside) = (0, 0);
        for other in codes {
            (rows, inside) = (rows + coded.counts[other], inside + of_class(other));
            if rows >= ENOUGH {
                break;
            }
        }
        (rows > 0).then(|| f64::from(inside) / f64::from(rows))
    };
    let sides = [near(&mut (0..code).rev()), near(&mut (code + 1..coded.counts.len()))];
    sides.into_iter().flatten().any(|share| share >= SLOPE)
}

fn numbers(input: &AuditInput<'_>, sample: &Sample) -> Checked {
    let needed = z_needed(input.task.features.len());
    let decimals = input.table.column(&input.task.target).ok().and_then(Column::printed_decimals).unwrap_or(0).min(12);
    let findings = input.features().filter_map(|column| {
        let values = column.numbers()?;
        let pairs: Vec<(f64, f64)> = sample.rows.iter().zip(&sample.y).map(|(&r, &y)| (values[r], y)).filter(|(x, _)| !x.is_nan()).collect();
        let unit = powi(10.0, -i32::from(decimals.max(column.printed_decimals()?.min(12))));
        let (hits, expected) = repeated(&pairs, unit)?;
        let n = pairs.len() as f64;
        let z = (hits - expected) / (expected + 1.0).sqrt();
        if (hits - expected) < EXCESS * n || hits >= WHOLE * n || hits < f64::from(ENOUGH) || z < needed {
            return None;
        }
        let evidence = Evidence::Pure {
            value: String::new(),
            n_values: 0,
            class: String::new(),
            covered: Share { count: hits as u64, of: pairs.len() as u64 },
            expected,
            bits: z * z / 2.0 * std::f64::consts::LOG2_E,
            bits_needed: needed * needed / 2.0 * std::f64::consts::LOG2_E,
        };
        let rows = sample.rows.iter().zip(&sample.y).filter(|(r, y)| (values[**r] - **y).abs() < unit / 2.0).map(|(r, _)| *r as u32);
        Some(Finding::new(PART_OF_ROWS.id, Severity::Warning, Certainty::Strong, &[column.name()], evidence).rows(rows).remedies(drop(column)))
    });
    Checked::ran(PART_OF_ROWS.id, sample.rows.len(), findings.collect())
}

/// Cells that hold the target's value (values of [`COMMON`] rows or more left out), and how many were to be expected.
fn repeated(pairs: &[(f64, f64)], unit: f64) -> Option<(f64, f64)> {
    let n = pairs.len() as f64;
    let sorted = |pick: &dyn Fn(&(f64, f64)) -> f64| {
        let mut all: Vec<f64> = pairs.iter().map(pick).collect();
        all.sort_unstable_by(f64::total_cmp);
        all
    };
    let (xs, ys) = (sorted(&|p| p.0), sorted(&|p| p.1));
    let count = |all: &[f64], v: f64| all.partition_point(|o| *o < v + unit / 2.0) - all.partition_point(|o| *o < v - unit / 2.0);
    let rare = |y: f64| (count(&ys, y) as f64) < COMMON * n;
    let used: Vec<(f64, f64)> = pairs.iter().copied().filter(|p| (p.0 - p.1).abs() < 3.5 * unit && rare(p.1)).collect();
    let at = |k: f64| used.iter().filter(|p| (p.0 - p.1 - k * unit).abs() < unit / 2.0).count() as f64;
    let hits = at(0.0);
    if hits < f64::from(ENOUGH) {
        return None;
    }
    let beside = [-3.0, -2.0, -1.0, 1.0, 2.0, 3.0].map(at).into_iter().fold(0.0, f64::max);
    let by_chance: f64 = ys.chunk_by(|a, b| b - a < unit / 2.0).map(|run| (run.len() * count(&xs, run[0])) as f64).sum::<f64>() / n;
    let kept = pairs.windows(2).filter(|w| w[0].1.total_cmp(&w[1].1).is_eq() && rare(w[1].1)).count() as f64;
    Some((hits, beside.max(by_chance).max(kept)))
}

fn drop(column: &Column) -> Vec<Remedy> {
    vec![Remedy::DropColumns { columns: vec![column.name().to_owned()] }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean, noise};
    use crate::finding::Status;

    fn with(n_classes: usize, extra: impl Fn(usize, f64) -> f64) -> Checked {
        let case = clean(13, 800, n_classes);
        let values = case.encoded().iter().enumerate().map(|(r, y)| extra(r, *y)).collect();
        let mut columns = case.into_columns();
        columns.insert(0, Column::numeric("code", values, 1));
        Case::new(columns).run(&PART_OF_ROWS)
    }

    #[test]
    fn the_clean_table_is_silent() {
        for n_classes in [0, 2, 3] {
            let checked = clean(14, 800, n_classes).run(&PART_OF_ROWS);
            assert_eq!((checked.status, checked.findings), (Status::Ran, Vec::new()), "{n_classes} classes");
        }
    }

    #[test]
    fn a_code_written_only_after_the_outcome_is_found_in_a_part_of_the_rows() {
        let found = with(2, |r, y| if y > 0.5 && r % 3 == 0 { 99.0 } else { (r * 7 % 10) as f64 }).findings;
        assert_eq!((found.len(), found[0].severity), (1, Severity::Warning));
        let Evidence::Pure { value, class, .. } = &found[0].evidence else { panic!("evidence") };
        assert_eq!((value.as_str(), class.as_str()), ("99.0", "yes"));
    }

    #[test]
    fn the_same_code_by_chance_is_the_innocent_twin() {
        assert!(with(2, |r, _| if r % 3 == 0 { 99.0 } else { (r * 7 % 10) as f64 }).findings.is_empty());
    }

    #[test]
    fn the_end_of_a_slope_is_pure_and_innocent() {
        // 40 values; the class becomes certain towards the upper end.
        let n = 4000;
        let x: Vec<f64> = (0..n).map(|i| f64::from(i % 40)).collect();
        let mut draw = crate::math::rng::Stream::new(3, "slope", 0);
        let y: Vec<Option<&str>> = x.iter().map(|x| Some(if draw.uniform() < (x / 30.0).min(1.0) { "yes" } else { "no" })).collect();
        let case = Case::classes(vec![Column::numeric("x", x, 0), Column::labels("y", Kind::Boolean, &y)]);
        assert!(case.run(&PART_OF_ROWS).findings.is_empty());
    }

    #[test]
    fn a_copy_of_a_fifth_of_the_target_is_found_and_a_good_forecast_is_not() {
        let other = noise(4, 800, 1);
        let found = with(0, |r, y| if r % 5 == 0 { y } else { other[r] }).findings;
        assert_eq!((found.len(), found[0].columns[0].as_str()), (1, "code"));
        assert!(with(0, |r, y| ((y + other[r] / 40.0) * 10.0).round() / 10.0).findings.is_empty());
    }

    #[test]
    fn thirty_rows_are_too_few_to_call_a_value_pure() {
        assert!(matches!(clean(1, 30, 2).run(&PART_OF_ROWS).status, Status::Underpowered(_)));
    }
}
