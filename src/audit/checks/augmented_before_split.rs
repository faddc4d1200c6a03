//! Rows that were made of other rows before the split.
//!
//! SMOTE and its kind put a new row on the line between two rows of a class: in every column at the same share of the way. For
//! some rows of each class the nearest rows are tried as ends, and a row counts when at least two further columns stand where the
//! first one says, to the printed decimal; chance does that with the product of `tolerance / range`, and the bits of that
//! must pass a bar. The same making leaves fractions in columns of whole numbers, in one class only. Classes of exactly equal size
//! are asked about when the table is large enough that chance would not.

use super::super::gower::Points;
use super::super::measure::{MEASURED_ROWS, Sample};
use super::super::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Evidence, Finding, Severity, Share};
use crate::math::elementary::{log2, powi};
use crate::math::rank::{quantile, sorted};
use crate::math::rng::Stream;
use crate::table::Column;

/// The check.
pub const AUGMENTED_BEFORE_SPLIT: Check = Check {
    id: "augmented_before_split",
    title: "Enlarged before the split",
    doc: "Looks for rows that were made of others: exact points on the line between two rows of a class, fractions in a column of whole numbers in one class \
          only, and classes of exactly equal size. Made rows must never be judged on.",
    run,
};

/// Rows of a class that are tried.
const TRIED: usize = 240;
/// Most rows of a class among which ends are looked for.
const POOL: usize = 8_000;
/// Most cells among which they are: a wide table gets fewer rows.
const CELLS: usize = 400_000;
/// Different whole numbers the column must hold in the class and in the others: an amount that is 0 for all others is no count.
const KINDS: usize = 3;
/// Nearest rows that are tried as ends.
const ENDS: usize = 12;
/// Columns beyond the first in which a row must stand where it should.
const FURTHER: usize = 2;
/// Bits a row needs, beyond one for every pair of ends tried.
const ROW_BITS: f64 = 12.0;
/// Share of the rows tried that must be made.
const MADE: f64 = 0.05;
/// Share from which the score is not real.
const MANY: f64 = 0.20;
/// Fewest made rows.
const ENOUGH: usize = 10;
/// Share of a column's cells that must be whole for the others to be fractions.
const WHOLE: f64 = 0.5;
/// Fewest fractions.
const FRACTIONS: usize = 20;
/// Bits against chance for fractions in one class, beyond one a column and class.
const BITS: f64 = 20.0;
/// Rows from which classes of equal size are no coincidence (1 in so many).
const EQUAL_ROWS: usize = 1_000;

/// A finely printed column: values of the sample, what its rounding allows, and its usual range.
struct Axis<'a> {
    values: &'a [f64],
    tolerance: f64,
    range: f64,
}

fn run(input: &AuditInput<'_>) -> Checked {
    let sample = Sample::new(input, MEASURED_ROWS);
    let n = sample.rows.len();
    if sample.n_classes == 0 {
        return Checked::skipped(AUGMENTED_BEFORE_SPLIT.id, "the target is a number: rows are made for classes");
    }
    if n < 2 * FRACTIONS {
        return Checked::underpowered(AUGMENTED_BEFORE_SPLIT.id, n, "with fewer than 40 rows made rows could not be told from others");
    }
    let mut findings: Vec<Finding> = (0..sample.n_classes).filter_map(|c| interpolated(input, &sample, c)).collect();
    findings.extend(fractions(input, &sample));
    if findings.is_empty() {
        findings.extend(equal_classes(&sample));
    }
    Checked::ran(AUGMENTED_BEFORE_SPLIT.id, n, findings)
}

fn evidence(how: &str, class: Option<&String>, share: Share, bits: f64, bits_needed: f64, between: Vec<[u32; 3]>) -> Evidence {
    Evidence::Synthetic { how: how.to_owned(), class: class.cloned(), share, bits, bits_needed, between }
}

fn interpolated(input: &AuditInput<'_>, sample: &Sample, class: usize) -> Option<Finding> {
    let mut rows: Vec<usize> = sample.rows.iter().zip(&sample.y).filter(|(_, y)| **y == class as f64).map(|(r, _)| *r).collect();
    let positions = input.feature_positions();
    let pool = POOL.min(CELLS / positions.len().max(1)).max(2 * TRIED);
    if rows.len() > pool {
        Stream::new(input.seed, "audit/interpolated", class as u64).shuffle(&mut rows);
        rows.truncate(pool);
        rows.sort_unstable();
    }
    let axes: Vec<Axis<'_>> = positions.iter().filter_map(|&p| axis(input.table.columns().get(p)?, &rows)).collect();
    if axes.len() <= FURTHER || rows.len() < 2 * FRACTIONS {
        return None;
    }
    let numeric: Vec<usize> = positions.into_iter().filter(|&p| input.table.columns().get(p).is_some_and(|c| c.numbers().is_some())).collect();
    let points = Points::new(input.table, &numeric, &rows, input.seed);
    let pool: Vec<u32> = (0..rows.len() as u32).collect();
    let step = rows.len().div_ceil(TRIED).max(1);
    let queries: Vec<u32> = pool.iter().copied().step_by(step).collect();
    let needed = ROW_BITS + log2((ENDS * ENDS / 2) as f64);
    let made: Vec<([u32; 3], f64)> = points
        .nearest(&queries, &pool, ENDS)
        .iter()
        .zip(&queries)
        .filter_map(|(near, &q)| {
            let ends: Vec<usize> = near.iter().map(|n| rows[n.at as usize]).collect();
            between(&axes, rows[q as usize], &ends, needed)
        })
        .collect();
    let share = Share { count: made.len() as u64, of: queries.len() as u64 };
    if made.len() < ENOUGH || share.ratio() < MADE {
        return None;
    }
    let severity = if share.ratio() >= MANY { Severity::Blocker } else { Severity::Warning };
    let bits = made.iter().map(|m| m.1).sum();
    let examples = made.iter().take(3).map(|m| m.0).collect();
    let found = evidence("interpolated", input.target.classes.get(class), share, bits, needed * made.len() as f64, examples);
    let mut finding = Finding::new(AUGMENTED_BEFORE_SPLIT.id, severity, Certainty::Proven, &[], found).rows(made.iter().map(|m| m.0[0]));
    finding.id.push_str(":interpolated");
    if class > 0 {
        finding.id.push_str(&format!("_{class}"));
    }
    Some(finding)
}

fn axis<'a>(column: &'a Column, rows: &[usize]) -> Option<Axis<'a>> {
    let values = column.numbers()?;
    let decimals = column.printed_decimals()?;
    let ascending = sorted(&rows.iter().map(|&r| values[r]).filter(|v| !v.is_nan()).collect::<Vec<f64>>());
    let range = quantile(&ascending, 0.9) - quantile(&ascending, 0.1);
    let largest = ascending.first()?.abs().max(ascending.last()?.abs());
    let unit = if decimals >= 15 { 0.0 } else { powi(10.0, -i32::from(decimals)) };
    let tolerance = unit + 1e-9 * largest;
    (range > 20.0 * tolerance).then_some(Axis { values, tolerance, range })
}

/// The ends a row lies exactly between, with the bits against chance.
fn between(axes: &[Axis<'_>], row: usize, ends: &[usize], needed: f64) -> Option<([u32; 3], f64)> {
    let mut best: Option<([u32; 3], f64)> = None;
    for (i, &a) in ends.iter().enumerate() {
        for &b in &ends[i + 1..] {
            let Some(bits) = on_the_line(axes, row, a, b) else { continue };
            if bits >= needed && best.as_ref().is_none_or(|o| bits > o.1) {
                best = Some(([row as u32, a as u32, b as u32], bits));
            }
        }
    }
    best
}

/// Bits against chance for a row that is on the line from `a` to `b`, strictly between them; `None` when it is not.
fn on_the_line(axes: &[Axis<'_>], row: usize, a: usize, b: usize) -> Option<f64> {
    // The share of the way is read from the column in which the ends are furthest apart.
    let width = |x: &Axis<'_>| (x.values[b] - x.values[a]).abs() / x.tolerance;
    let (first, _) =
        axes.iter().enumerate().filter(|(_, x)| !width(x).is_nan()).max_by(|p, q| width(p.1).total_cmp(&width(q.1)).then(q.0.cmp(&p.0)))?;
    let lead = &axes[first];
    let share = (lead.values[row] - lead.values[a]) / (lead.values[b] - lead.values[a]);
    if !(0.001..=0.999).contains(&share) {
        return None;
    }
    let (mut bits, mut further) = (0.0, 0);
    for (_, x) in axes.iter().enumerate().filter(|(j, _)| *j != first) {
        let (from, to, here) = (x.values[a], x.values[b], x.values[row]);
        if (from + share * (to - from) - here).abs() > x.tolerance * (1.0 + (to - from).abs() / x.tolerance / width(lead).max(1.0)) {
            return None;
        }
        if (to - from).abs() > 4.0 * x.tolerance && (here - from).abs() > x.tolerance && (here - to).abs() > x.tolerance {
            // By chance the cell would be anywhere between its ends.
            bits += log2((to - from).abs() / (2.0 * x.tolerance)).clamp(0.0, 20.0).min(log2(x.range / x.tolerance));
            further += 1;
        }
    }
    (further >= FURTHER).then_some(bits)
}

/// Columns of whole numbers with fractions in one class only.
fn fractions(input: &AuditInput<'_>, sample: &Sample) -> Vec<Finding> {
    let n = sample.rows.len() as f64;
    let needed = BITS + log2((input.task.features.len() * sample.n_classes).max(1) as f64);
    let found = input.features().filter_map(|column| {
        let values = column.numbers()?;
        if has_fractions_in_several_classes(values, sample) {
            return None;
        }
        let cells: Vec<(usize, f64, f64)> = sample.rows.iter().zip(&sample.y).map(|(&r, &y)| (r, values[r], y)).filter(|c| !c.1.is_nan()).collect();
        let broken: Vec<&(usize, f64, f64)> = cells.iter().filter(|c| c.1.fract() != 0.0).collect();
        let class = broken.first()?.2;
        if broken.len() < FRACTIONS
            || (broken.len() as f64) > (1.0 - WHOLE) * cells.len() as f64
            || broken.iter().any(|c| c.2.total_cmp(&class).is_ne())
        {
            return None;
        }
        let whole = |inside: bool| {
            let mut kinds: Vec<f64> = cells.iter().filter(|c| c.1.fract() == 0.0 && c.2.total_cmp(&class).is_eq() == inside).map(|c| c.1).collect();
            kinds.sort_unstable_by(f64::total_cmp);
            kinds.dedup();
            kinds.len()
        };
        if whole(true) < KINDS || whole(false) < KINDS {
            return None;
        }
        let share = sample.y.iter().filter(|y| y.total_cmp(&class).is_eq()).count() as f64 / n;
        let bits = -(broken.len() as f64) * log2(share);
        (bits >= needed).then(|| {
            let part = Share { count: broken.len() as u64, of: cells.len() as u64 };
            let evidence = evidence("fractions", input.target.classes.get(class as usize), part, bits, needed, Vec::new());
            Finding::new(AUGMENTED_BEFORE_SPLIT.id, Severity::Warning, Certainty::Strong, &[column.name()], evidence)
                .rows(broken.iter().map(|c| c.0 as u32))
        })
    });
    found.take(3).collect()
}

/// Whether two rows of different classes hold fractions: most columns of fractions are told by their first rows.
fn has_fractions_in_several_classes(values: &[f64], sample: &Sample) -> bool {
    let is_fraction = |r: usize| !values[r].is_nan() && values[r].fract() != 0.0;
    let mut classes = sample.rows.iter().zip(&sample.y).filter(|(r, _)| is_fraction(**r)).map(|(_, y)| *y);
    classes.next().is_some_and(|first| classes.any(|y| y.total_cmp(&first).is_ne()))
}

fn equal_classes(sample: &Sample) -> Option<Finding> {
    let counts: Vec<usize> = (0..sample.n_classes).map(|c| sample.y.iter().filter(|y| **y == c as f64).count()).collect();
    let first = *counts.first()?;
    if sample.rows.len() < EQUAL_ROWS || sample.rows.len() >= MEASURED_ROWS || counts.iter().any(|c| *c != first) {
        return None;
    }
    // With any share of the classes as likely as any other, equal ones have a probability of 1 / (n + 1).
    let bits = log2(sample.rows.len() as f64 + 1.0) * (counts.len() - 1) as f64;
    let share = Share { count: sample.rows.len() as u64, of: sample.rows.len() as u64 };
    let mut finding =
        Finding::new(AUGMENTED_BEFORE_SPLIT.id, Severity::Note, Certainty::Ask, &[], evidence("equal_classes", None, share, bits, 10.0, Vec::new()));
    finding.id.push_str(":equal_classes");
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean, noise};
    use crate::finding::Status;
    use crate::table::Kind;

    /// Two classes, 4 measurements and a whole number; `made` rows of the rare class are put between two former ones.
    fn enlarged(made: usize, decimals: u8) -> Case {
        let n = 500;
        let unit = powi(10.0, i32::from(decimals));
        let base: Vec<Vec<f64>> = (90..94).map(|i| noise(i, n, 3)).collect();
        let mut draw = Stream::new(4, "enlarged", 0);
        let mut columns = base.clone();
        let mut visits: Vec<f64> = (0..n).map(|i| f64::from((i * 7 % 13) as u32)).collect();
        let mut y: Vec<Option<&str>> = (0..n).map(|i| Some(if i % 5 == 0 { "yes" } else { "no" })).collect();
        for _ in 0..made {
            let (a, share) = (5 * draw.below(100) as usize, draw.uniform());
            let b = (0..100).map(|k| 5 * k).filter(|b| *b != a).min_by(|p, q| {
                let far = |r: usize| base.iter().map(|c| (c[r] - c[a]).abs()).sum::<f64>();
                far(*p).total_cmp(&far(*q))
            });
            let b = b.unwrap();
            for (column, base) in columns.iter_mut().zip(&base) {
                column.push(((base[a] + share * (base[b] - base[a])) * unit).round() / unit);
            }
            visits.push(visits[a] + share * (visits[b] - visits[a]));
            y.push(Some("yes"));
        }
        let mut all: Vec<Column> = columns.into_iter().enumerate().map(|(j, c)| Column::numeric(&format!("x{j}"), c, decimals.max(3))).collect();
        all.push(Column::numeric("visits", visits, 6));
        all.push(Column::labels("y", Kind::Boolean, &y));
        Case::new(all)
    }

    #[test]
    fn rows_between_two_others_are_proven() {
        let found = enlarged(200, 6).run(&AUGMENTED_BEFORE_SPLIT).findings;
        assert_eq!((found[0].severity, found[0].certainty), (Severity::Blocker, Certainty::Proven));
        let Evidence::Synthetic { how, class, between, .. } = &found[0].evidence else { panic!("evidence") };
        assert_eq!((how.as_str(), class.as_deref(), between.len()), ("interpolated", Some("yes"), 3));
        assert!(found.iter().any(|f| f.columns == ["visits"]));
    }

    #[test]
    fn honest_rows_are_silent() {
        let none = enlarged(0, 6).run(&AUGMENTED_BEFORE_SPLIT);
        assert_eq!((none.status, none.findings), (Status::Ran, Vec::new()));
        for n_classes in [2, 3] {
            assert!(clean(2, 600, n_classes).run(&AUGMENTED_BEFORE_SPLIT).findings.is_empty());
        }
    }

    #[test]
    fn an_amount_that_only_one_class_has_was_not_made() {
        let case = clean(6, 600, 2);
        let y = case.encoded();
        let paid = y.iter().enumerate().map(|(r, y)| if *y > 0.5 { 10.0 + (r % 97) as f64 / 4.0 } else { 0.0 }).collect();
        let mut columns = case.into_columns();
        columns.insert(0, Column::numeric("paid", paid, 2));
        assert!(Case::new(columns).run(&AUGMENTED_BEFORE_SPLIT).findings.is_empty());
    }

    #[test]
    fn classes_of_equal_size_are_asked_about_in_a_large_table() {
        let halves = |n: usize| {
            let y: Vec<Option<&str>> = (0..n).map(|i| Some(if i % 2 == 0 { "yes" } else { "no" })).collect();
            Case::new(vec![Column::numeric("x", noise(3, n, 2), 2), Column::labels("y", Kind::Boolean, &y)]).run(&AUGMENTED_BEFORE_SPLIT).findings
        };
        assert_eq!(halves(2_000)[0].certainty, Certainty::Ask);
        assert!(halves(300).is_empty());
    }

    #[test]
    fn few_rows_are_too_few_and_numbers_are_skipped() {
        assert!(matches!(clean(2, 30, 2).run(&AUGMENTED_BEFORE_SPLIT).status, Status::Underpowered(_)));
        assert!(matches!(clean(2, 300, 0).run(&AUGMENTED_BEFORE_SPLIT).status, Status::Skipped(_)));
    }
}
