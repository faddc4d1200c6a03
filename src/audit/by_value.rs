//! The target by the values of a column: what a measured suspicion looks like.
//!
//! Numbers are cut at their deciles (at each value where there are ten or fewer), levels stand for themselves, empty cells are a group of
//! their own. A group tells the mean of the target, or the share of one class: the second of two, or of several the one whose share changes most.
//! A group of fewer than five rows is left out, and no bound is the smallest or largest value: what is drawn can be shared.

use super::AuditInput;
use crate::finding::{ByValue, Checked, Severity, ValueGroup};
use crate::math::sort;
use crate::math::sum::sum_of;
use crate::prepare::steps::encode::LEAST_ROWS;
use crate::table::Column;
use std::collections::BTreeMap;

/// Checks whose findings are about the values of one column.
const SHOWN_FOR: [&str; 5] = ["single_column", "missingness", "part_of_rows", "suspicious_name", "lineage"];
/// What formulas mean that a picture of values adds to: encodings of the target. Windows have their own picture.
const SHOWN_JUDGEMENTS: [&str; 2] = ["whole_file_of_target", "ambiguous"];
/// Most findings of a check that are drawn: beyond them a reader compares names.
const MOST: usize = 12;
/// Groups that numbers are cut into.
const GROUPS: usize = 10;
/// Most levels shown, the most frequent first.
const LEVELS: usize = 12;

/// Adds the picture to the findings of a check that it helps.
pub(super) fn attach(checked: &mut Checked, input: &AuditInput<'_>) {
    if !SHOWN_FOR.contains(&checked.id.as_str()) {
        return;
    }
    for finding in checked.findings.iter_mut().filter(|f| f.severity < Severity::Safe).take(MOST) {
        let helps = match &finding.evidence {
            crate::finding::Evidence::Derivation(derived) => SHOWN_JUDGEMENTS.contains(&derived.judgement.as_str()),
            crate::finding::Evidence::Setting { name, .. } => name != "horizon",
            _ => true,
        };
        let column = finding.columns.first().filter(|_| helps && finding.columns.len() == 1).and_then(|name| input.table.column(name).ok());
        finding.by_value = column.and_then(|c| by_value(c, input, checked.id == "missingness")).map(Box::new);
    }
}

/// Rows of a group of values.
struct Rows {
    level: Option<String>,
    from: Option<f64>,
    to: Option<f64>,
    rows: Vec<usize>,
}

/// The target by the values of `column`; `None` when fewer than two groups have five rows. `presence`: only whether a cell is empty counts.
fn by_value(column: &Column, input: &AuditInput<'_>, presence: bool) -> Option<ByValue> {
    let y = &input.target.values;
    let with_target = |r: &usize| y.get(*r).is_some_and(|v| !v.is_nan());
    let (empty, present): (Vec<usize>, Vec<usize>) = (0..column.len()).filter(with_target).partition(|&r| column.is_missing(r));
    let mut groups = match (presence, column.numbers(), column.codes()) {
        (true, ..) => vec![Rows { level: Some(String::new()), from: None, to: None, rows: present }],
        (_, Some(x), _) => numbers(x, present),
        (_, _, Some((codes, levels))) => by_level(codes, levels, &present),
        _ => return None,
    };
    groups.push(Rows { level: None, from: None, to: None, rows: empty });
    groups.retain(|g| g.rows.len() as u64 >= LEAST_ROWS);
    if groups.len() < 2 {
        return None;
    }
    let class = told_class(&groups, y, input.target.classes.len());
    let told = |g: Rows| ValueGroup { level: g.level, from: g.from, to: g.to, rows: g.rows.len() as u64, target: mean_of(&g.rows, y, class) };
    let name = class.and_then(|c| input.target.classes.get(c)).cloned().unwrap_or_default();
    Some(ByValue { column: column.name().to_owned(), class: name, groups: groups.into_iter().map(told).collect() })
}

/// Rows by deciles of their numbers; equal numbers stay together.
fn numbers(x: &[f64], mut rows: Vec<usize>) -> Vec<Rows> {
    sort::along(&mut rows, &|i| x[i]);
    let starts: Vec<usize> = (0..rows.len()).filter(|&i| i == 0 || x[rows[i]].total_cmp(&x[rows[i - 1]]).is_ne()).collect();
    let cuts: Vec<usize> = if starts.len() <= GROUPS {
        starts
    } else {
        let mut cuts: Vec<usize> = (0..GROUPS).map(|g| starts[starts.partition_point(|&s| s <= g * rows.len() / GROUPS) - 1]).collect();
        cuts.dedup();
        cuts
    };
    let end = |g: usize| cuts.get(g + 1).copied().unwrap_or(rows.len());
    let bound = |at: usize| rows.get(at).map(|&r| x[r]);
    let group = |(g, &start): (usize, &usize)| Rows {
        level: None,
        from: if g == 0 { None } else { bound(start) },
        to: bound(end(g)),
        rows: rows[start..end(g)].to_vec(),
    };
    cuts.iter().enumerate().map(group).collect()
}

/// Rows of the most frequent levels.
fn by_level(codes: &[u32], levels: &[String], rows: &[usize]) -> Vec<Rows> {
    let mut of: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for &row in rows {
        of.entry(codes[row]).or_default().push(row);
    }
    let mut groups: Vec<(u32, Vec<usize>)> = of.into_iter().collect();
    sort::by_key(&mut groups, |(code, rows)| (std::cmp::Reverse(rows.len()), *code));
    let named = |(code, rows): (u32, Vec<usize>)| Some(Rows { level: Some(levels.get(code as usize)?.clone()), from: None, to: None, rows });
    groups.into_iter().take(LEVELS).filter_map(named).collect()
}

/// The class that is told: the second of two, else the one whose share changes most.
fn told_class(groups: &[Rows], y: &[f64], n_classes: usize) -> Option<usize> {
    let spread = |class: usize| {
        let shares = || groups.iter().map(|g| mean_of(&g.rows, y, Some(class)));
        shares().fold(0.0, f64::max) - shares().fold(1.0, f64::min)
    };
    match n_classes {
        0 => None,
        2 => Some(1),
        n => (0..n).max_by(|&a, &b| spread(a).total_cmp(&spread(b)).then(b.cmp(&a))),
    }
}

#[expect(clippy::cast_precision_loss, reason = "row and class counts stay below 2^53")]
fn mean_of(rows: &[usize], y: &[f64], class: Option<usize>) -> f64 {
    let value = |&r: &usize| class.map_or(y[r], |c| f64::from(u8::from(y[r].total_cmp(&(c as f64)).is_eq())));
    sum_of(rows.iter().map(value)) / rows.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::Case;
    use crate::table::Kind;

    fn told(column: Column, y: Column) -> Option<ByValue> {
        let case = Case::new(vec![column, y]);
        case.with(|input| by_value(&input.table.columns()[0], input, false))
    }

    #[test]
    fn numbers_are_cut_into_ten_groups_without_smallest_and_largest_value() {
        let x: Vec<f64> = (0..200).map(f64::from).collect();
        let found = told(Column::numeric("x", x.clone(), 0), Column::numeric("y", x, 0)).unwrap();
        assert_eq!(found.groups.len(), 10);
        assert_eq!((found.groups[0].from, found.groups[0].to, found.groups[0].target), (None, Some(20.0), 9.5));
        assert_eq!(found.groups[9].to, None);
        assert!(found.class.is_empty());
    }

    #[test]
    fn a_level_of_four_rows_is_left_out_and_the_share_is_of_the_second_class() {
        let label = |i: usize| {
            if i < 4 {
                "rare"
            } else if i.is_multiple_of(2) {
                "even"
            } else {
                "odd"
            }
        };
        let cells: Vec<Option<&str>> = (0..60).map(|i| Some(label(i))).collect();
        let classes: Vec<Option<&str>> = (0..60).map(|i| Some(if i % 2 == 0 { "a" } else { "b" })).collect();
        let found = told(Column::labels("x", Kind::Categorical, &cells), Column::labels("y", Kind::Categorical, &classes)).unwrap();
        let shares: Vec<(&str, f64)> = found.groups.iter().map(|g| (g.level.as_deref().unwrap(), g.target)).collect();
        assert_eq!((found.class.as_str(), shares), ("b", vec![("even", 0.0), ("odd", 1.0)]));
    }

    #[test]
    fn equal_numbers_stay_together_and_empty_cells_come_last() {
        let x: Vec<f64> = (0..100)
            .map(|i| {
                if i < 70 {
                    1.0
                } else if i < 90 {
                    f64::from(i)
                } else {
                    f64::NAN
                }
            })
            .collect();
        let found = told(Column::numeric("x", x, 0), Column::numeric("y", (0..100).map(f64::from).collect(), 0)).unwrap();
        assert!(found.groups[0].rows >= 70);
        let last = found.groups.last().unwrap();
        assert_eq!((last.rows, last.from, last.to, last.level.clone()), (10, None, None, None));
        assert_eq!(found.groups.iter().map(|g| g.rows).sum::<u64>(), 100);
    }

    #[test]
    fn a_constant_column_gives_no_picture() {
        assert!(told(Column::numeric("x", vec![1.0; 50], 0), Column::numeric("y", (0..50).map(f64::from).collect(), 0)).is_none());
    }
}
