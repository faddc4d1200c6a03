//! Columns that carry a statistic of all rows: standardised, scaled to 0 and 1, or filled before the split.
//!
//! A column that was standardised with all rows has mean 0 and standard deviation 1 over exactly these rows, up to the rounding
//! of its decimals; over other rows it would miss by about `1 / sqrt(n)`. A filled column repeats one value that is the mean, or
//! the median, of all its other cells. Each match is counted in bits against chance (how much of the usual spread of that statistic the
//! tolerance covers). Least 0 and greatest 1 prove nothing by themselves; when besides every value is a whole number of equal
//! steps it looks like a whole number divided by its range, and is asked about. A table whose numbers are all standardised may have been
//! published so: that is asked as well.

use super::super::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Evidence, Finding, Severity, Share};
use crate::math::elementary::{log2, powi};
use crate::math::sum::{mean, variance};
use crate::table::Column;

/// The check.
pub const PREPARED_BEFORE_SPLIT: Check = Check {
    id: "prepared_before_split",
    title: "Prepared before the split",
    doc: "Proves from the numbers that columns were standardised or filled with statistics of all rows, those to be judged included. Preparation belongs \
          inside of the folds; here it was done before.",
    run,
};

/// Fewest present cells.
const ENOUGH: usize = 30;
/// Bits against chance beyond one a column and statistic: odds of one in a million.
const BITS: f64 = 20.0;
/// Bits from which a repeated middle value is asked about.
const ASKED_BITS: f64 = 8.0;
/// Rounding errors of a mean that its tolerance covers.
const ERRORS: f64 = 4.0;
/// Share of the cells one value must fill to be a filling.
const FILLED: f64 = 0.01;
/// Fewest filled cells.
const FEWEST: usize = 8;
/// Times the next most frequent value.
const SPIKE: usize = 4;
/// Cells looked at before a column is sorted.
const GLANCE: usize = 4_000;
/// Times the next most frequent value a middle value must stand: many honest columns are dense there.
const MIDDLE_SPIKE: usize = 10;
/// Distinct values from which steps can be counted.
const STEPS: usize = 20;
/// Rounding as a share of a step, up to which steps can be counted.
const FINE_STEP: f64 = 0.05;
/// Fewest standardised columns that make a table of them.
const TABLE: usize = 3;

/// What the numbers of one column say.
struct Match {
    residual: f64,
    tolerance: f64,
    bits: f64,
    /// Cells that were filled; 0 for scaling.
    cells: usize,
}

fn run(input: &AuditInput<'_>) -> Checked {
    let n = input.table.n_rows();
    let numeric: Vec<&Column> = input.features().filter(|c| c.numbers().is_some()).collect();
    if numeric.is_empty() {
        return Checked::skipped(PREPARED_BEFORE_SPLIT.id, "there are no numeric features");
    }
    if n < ENOUGH {
        return Checked::underpowered(PREPARED_BEFORE_SPLIT.id, n, "with fewer than 30 rows a mean near 0 or a repeated value may be coincidence");
    }
    let needed = BITS + log2(4.0 * numeric.len() as f64);
    // Statistics of all rows; with a test file, of the training file as well (there they are honest between the files, not between folds).
    let parts: Vec<(&str, usize)> = match input.test_from.filter(|&f| f < n) {
        Some(from) => vec![("all", n), ("train", from)],
        None => vec![("all", n)],
    };
    let mut findings = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    for (of, rows) in parts {
        let seen: Vec<(&Column, &str, Match)> = numeric
            .iter()
            .filter(|c| !told.contains(&c.name()))
            .filter_map(|c| {
                let cells = Cells::new(c, rows)?;
                LOOKS.iter().find_map(|(how, look)| Some((*c, *how, look(&cells, needed)?)))
            })
            .collect();
        told.extend(seen.iter().map(|f| f.0.name()));
        for (how, _) in LOOKS {
            let found: Vec<(&Column, &Match)> = seen.iter().filter(|s| s.1 == *how).map(|s| (s.0, &s.2)).collect();
            findings.extend(tell(how, of, &found, numeric.len(), needed, rows));
        }
    }
    Checked::ran(PREPARED_BEFORE_SPLIT.id, n, findings)
}

type Look = fn(&Cells, f64) -> Option<Match>;

/// What is looked for, by name; the first match of a column counts.
const LOOKS: &[(&str, Look)] = &[("standardised", standardised), ("mean", filled_with_mean), ("median", filled_with_median), ("min_max", min_max)];

fn tell(how: &str, of: &str, found: &[(&Column, &Match)], n_numeric: usize, needed: f64, rows: usize) -> Option<Finding> {
    let least = found.iter().map(|f| f.1.bits).reduce(f64::min)?;
    let worst = found.iter().map(|f| f.1).max_by(|a, b| a.residual.total_cmp(&b.residual))?;
    let names: Vec<&str> = found.iter().map(|f| f.0.name()).collect();
    let filled = how == "mean" || how == "median";
    let whole_table = how == "standardised" && found.len() == n_numeric && found.len() >= TABLE;
    let (severity, certainty) = match how {
        "min_max" => (Severity::Note, Certainty::Ask),
        _ if of == "train" => (Severity::Note, Certainty::Strong),
        _ if least < needed || whole_table => (Severity::Note, Certainty::Ask),
        _ if filled => (Severity::Warning, Certainty::Proven),
        _ => (Severity::Note, Certainty::Proven),
    };
    let share = if filled {
        Share { count: found.iter().map(|f| f.1.cells as u64).sum(), of: (rows * found.len()) as u64 }
    } else {
        Share { count: found.len() as u64, of: n_numeric as u64 }
    };
    let evidence = Evidence::Prepared {
        how: how.to_owned(),
        of: of.to_owned(),
        largest_residual: worst.residual,
        tolerance: worst.tolerance,
        share,
        bits: least,
        bits_needed: if certainty == Certainty::Ask { needed.min(least) } else { needed },
    };
    let mut finding = Finding::new(PREPARED_BEFORE_SPLIT.id, severity, certainty, &names, evidence);
    finding.id = format!("{}:{how}:{}", PREPARED_BEFORE_SPLIT.id, names.join("+"));
    Some(finding)
}

/// Present cells of a column with what is needed of them.
struct Cells {
    ascending: Vec<f64>,
    mean: f64,
    spread: f64,
    /// Size of the last printed decimal.
    unit: f64,
}

impl Cells {
    fn new(column: &Column, rows: usize) -> Option<Self> {
        let mut ascending: Vec<f64> = column.numbers()?.iter().take(rows).copied().filter(|v| !v.is_nan()).collect();
        if ascending.len() < ENOUGH {
            return None;
        }
        let (least, most) = ascending.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &v| (a.min(v), b.max(v)));
        // Only a column with a value that repeats, or that ends at 0 and 1, needs to be sorted.
        if (least == 0.0 && most == 1.0) || has_repeats(&ascending) {
            ascending.sort_unstable_by(f64::total_cmp);
        }
        let decimals = column.printed_decimals()?;
        let unit = if decimals >= 15 { 0.0 } else { powi(10.0, -i32::from(decimals)) };
        let spread = variance(&ascending, 1).sqrt();
        let mean = mean(&ascending);
        (spread > 0.0).then_some(Self { ascending, mean, spread, unit })
    }

    /// Cells of the column.
    fn n(&self) -> f64 {
        self.ascending.len() as f64
    }

    /// The most frequent value: where it begins, how many cells it fills and how many the next one does.
    fn spike(&self) -> Option<(usize, usize, usize)> {
        if !self.ascending.is_sorted() {
            return None;
        }
        let (mut at, mut best, mut next) = (0, (0, 0), 0);
        for run in self.ascending.chunk_by(|a, b| a == b) {
            if run.len() > best.1 {
                next = best.1;
                best = (at, run.len());
            } else {
                next = next.max(run.len());
            }
            at += run.len();
        }
        let is_filling = best.1 >= FEWEST && best.1 as f64 >= FILLED * self.n() && best.1 >= SPIKE * next && best.1 * 2 < self.ascending.len();
        is_filling.then_some((best.0, best.1, next))
    }

    fn without(&self, at: usize, cells: usize) -> Vec<f64> {
        [&self.ascending[..at], &self.ascending[at + cells..]].concat()
    }
}

/// Whether one value fills a hundredth of the cells or more, seen on at most [`GLANCE`] of them; a few repeats by chance count too.
fn has_repeats(values: &[f64]) -> bool {
    let mut some: Vec<f64> = values.iter().copied().step_by(values.len().div_ceil(GLANCE).max(1)).collect();
    some.sort_unstable_by(f64::total_cmp);
    let most = some.chunk_by(|a, b| a == b).map(<[f64]>::len).max().unwrap_or(0);
    most >= 3 && most as f64 >= FILLED / 2.0 * some.len() as f64
}

fn standardised(cells: &Cells, needed: f64) -> Option<Match> {
    let n = cells.n();
    // The rounding of many different values averages out; that of a few which repeat does not.
    let rounding = if cells.ascending.is_sorted() { 0.5 } else { ERRORS / (12.0 * n).sqrt() };
    let tolerance = cells.unit * rounding + 1e-9;
    // Divided by the standard deviation with n or with n - 1.
    let off = [1.0, (n / (n - 1.0)).sqrt()].map(|d| (cells.spread - d).abs()).into_iter().fold(f64::INFINITY, f64::min);
    let residual = cells.mean.abs().max(off);
    // A mean is off by 1 / sqrt(n) when it is of other rows, a standard deviation by 1 / sqrt(2 n); one bit for the two divisors.
    let bits = -log2((tolerance * n.sqrt()).min(1.0)) - log2((tolerance * (2.0 * n).sqrt()).min(1.0)) - 1.0;
    (residual <= tolerance && bits >= needed).then_some(Match { residual, tolerance, bits, cells: 0 })
}

fn filled_with_mean(cells: &Cells, needed: f64) -> Option<Match> {
    let (at, filled, _) = cells.spike()?;
    let value = cells.ascending[at];
    let others = cells.without(at, filled);
    let tolerance = cells.unit * (0.5 + ERRORS / (12.0 * others.len() as f64).sqrt()) + 1e-9 * value.abs().max(cells.spread);
    let residual = (mean(&others) - value).abs();
    // By chance the value stands anywhere within a standard deviation.
    let bits = -log2((2.0 * tolerance / (2.5 * cells.spread)).min(1.0));
    (residual <= tolerance && bits >= needed).then_some(Match { residual, tolerance, bits, cells: filled })
}

fn filled_with_median(cells: &Cells, _: f64) -> Option<Match> {
    let (at, filled, next) = cells.spike()?;
    // Zero is where honest columns rest.
    if filled < MIDDLE_SPIKE * next || cells.ascending[at] == 0.0 {
        return None;
    }
    let others = cells.ascending.len() - filled;
    // Cells that had the value before stand on either side of the middle.
    let off = at.abs_diff(others - at);
    let bits = log2(others as f64 / (2 * off + 1) as f64);
    (off <= next.max(2) && bits >= ASKED_BITS).then_some(Match { residual: off as f64, tolerance: next.max(2) as f64, bits, cells: filled })
}

fn min_max(cells: &Cells, needed: f64) -> Option<Match> {
    let (first, last) = (cells.ascending.first()?, cells.ascending.last()?);
    if !cells.ascending.is_sorted() {
        return None;
    }
    if first.abs() > 1e-12 || (last - 1.0).abs() > 1e-9 {
        return None;
    }
    let mut distinct = cells.ascending.clone();
    distinct.dedup_by(|a, b| (*a - *b).abs() <= cells.unit.max(1e-9));
    let step = distinct.windows(2).map(|w| w[1] - w[0]).fold(f64::INFINITY, f64::min);
    let tolerance = cells.unit / 2.0 + 1e-9;
    // The number of steps from 0 to 1, near what the smallest difference says.
    let (low, high) = ((1.0 / (step + 2.0 * tolerance)).floor().max(2.0), (1.0 / (step - 2.0 * tolerance).max(1e-6)).ceil());
    if distinct.len() < STEPS || tolerance * high > FINE_STEP || high - low > 50.0 {
        return None;
    }
    // A share of a hundred or a thousand is a percentage.
    let round = |steps: f64| [10.0, 20.0, 25.0, 50.0, 100.0, 200.0, 250.0, 500.0, 1000.0, 10_000.0].iter().any(|r| steps.total_cmp(r).is_eq());
    let residual = |steps: f64| distinct.iter().map(|v| ((v * steps).round() / steps - v).abs()).fold(0.0, f64::max);
    let steps = (low as u32..=high as u32).map(f64::from).find(|&s| residual(s) <= tolerance)?;
    let bits = -log2((2.0 * tolerance * steps).min(1.0)) * distinct.len() as f64 - log2(high - low + 1.0);
    (!round(steps) && bits >= needed).then_some(Match { residual: residual(steps), tolerance, bits, cells: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean, noise};
    use crate::finding::Status;

    fn with(name: &str, values: Vec<f64>, decimals: u8, test_from: Option<usize>) -> Vec<Finding> {
        let mut columns = clean(17, values.len(), 0).into_columns();
        columns.insert(0, Column::numeric(name, values, decimals));
        let mut case = Case::new(columns);
        case.test_from = test_from;
        case.run(&PREPARED_BEFORE_SPLIT).findings
    }

    fn scaled(values: &[f64], of: usize, decimals: u8) -> Vec<f64> {
        let (m, s) = (mean(&values[..of]), variance(&values[..of], 0).sqrt());
        let unit = powi(10.0, i32::from(decimals));
        values.iter().map(|v| ((v - m) / s * unit).round() / unit).collect()
    }

    #[test]
    fn the_clean_table_is_silent_and_so_are_normal_numbers() {
        for seed in 0..10 {
            let checked = clean(seed, 500, 2).run(&PREPARED_BEFORE_SPLIT);
            assert_eq!((checked.status, checked.findings), (Status::Ran, Vec::new()));
        }
    }

    #[test]
    fn a_column_standardised_with_all_rows_is_proven_and_one_with_half_of_them_is_not() {
        let values = noise(100, 600, 2);
        let found = with("z", scaled(&values, 600, 6), 6, None);
        assert_eq!((found[0].certainty, found[0].columns[0].as_str()), (Certainty::Proven, "z"));
        assert!(with("z", scaled(&values, 300, 6), 6, None).is_empty());
    }

    #[test]
    fn statistics_of_the_training_file_alone_are_told_apart() {
        let values = noise(101, 600, 2);
        let of = |found: &[Finding]| match &found[0].evidence {
            Evidence::Prepared { of, .. } => of.clone(),
            _ => panic!("evidence"),
        };
        assert_eq!(of(&with("z", scaled(&values, 400, 6), 6, Some(400))), "train");
        assert_eq!(of(&with("z", scaled(&values, 600, 6), 6, Some(400))), "all");
    }

    #[test]
    fn a_table_that_is_standardised_throughout_is_asked_about() {
        let mut columns: Vec<Column> = (0..4).map(|j| Column::numeric(&format!("v{j}"), scaled(&noise(110 + j, 500, 2), 500, 6), 6)).collect();
        columns.push(Column::numeric("y", noise(120, 500, 1), 1));
        let found = Case::new(columns).run(&PREPARED_BEFORE_SPLIT).findings;
        assert_eq!((found.len(), found[0].certainty, found[0].severity), (1, Certainty::Ask, Severity::Note));
    }

    #[test]
    fn gaps_filled_with_the_mean_or_the_median_are_found_and_a_frequent_value_is_not() {
        let values = noise(130, 900, 2);
        let fill = |with: f64| values.iter().enumerate().map(|(r, v)| if r % 9 == 0 { with } else { *v }).collect::<Vec<f64>>();
        let kept: Vec<f64> = values.iter().enumerate().filter(|(r, _)| r % 9 != 0).map(|(_, v)| *v).collect();
        let found = with("filled", fill(mean(&kept)), 17, None);
        assert_eq!((found[0].severity, found[0].certainty), (Severity::Warning, Certainty::Proven));
        let found = with("filled", fill((crate::math::rank::median(&kept) * 100.0).round() / 100.0), 2, None);
        assert_eq!((found.len(), found[0].certainty), (1, Certainty::Ask));
        assert!(with("filled", fill(7.5), 2, None).is_empty());
    }

    #[test]
    fn whole_numbers_over_their_range_are_asked_about_and_percentages_are_not() {
        let of = |steps: u32| (0..600_u32).map(|i| f64::from(i * 37 % (steps + 1)) / f64::from(steps)).collect::<Vec<f64>>();
        assert_eq!(with("hours", of(67), 17, None)[0].certainty, Certainty::Ask);
        assert!(with("percent", of(100), 17, None).is_empty());
    }

    #[test]
    fn few_rows_are_too_few() {
        assert!(matches!(clean(1, 20, 0).run(&PREPARED_BEFORE_SPLIT).status, Status::Underpowered(_)));
    }
}
