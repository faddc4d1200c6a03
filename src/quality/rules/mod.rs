//! The rules, one file each, in the order they are shown.

mod class_imbalance;
mod constant_column;
mod contradictory_rows;
mod drift_in_file;
mod duplicate_rows;
mod empty_rows;
mod far_values;
mod high_cardinality;
mod impossible_dates;
mod isolated_rows;
mod inconsistent_labels;
mod missing_pattern;
mod missing_values;
mod mixed_scales;
mod mixed_types;
mod near_copies;
mod null_spellings;
mod outliers;
mod over_time;
mod own_rules;
mod repeated_stamps;
pub(super) mod rhythm;
mod sampled;
mod skewed_values;
mod time_gaps;

pub use inconsistent_labels::canonical;

use super::Rule;
use crate::math::rank::quantile;
use crate::table::{Column, MISSING_CODE, MISSING_TIME, Values};

/// All rules.
pub const RULES: &[Rule] = &[
    missing_values::MISSING_VALUES,
    missing_pattern::MISSING_PATTERN,
    empty_rows::EMPTY_ROWS,
    null_spellings::NULL_SPELLINGS,
    duplicate_rows::DUPLICATE_ROWS,
    near_copies::NEAR_COPIES,
    repeated_stamps::REPEATED_STAMPS,
    mixed_types::MIXED_TYPES,
    inconsistent_labels::INCONSISTENT_LABELS,
    mixed_scales::MIXED_SCALES,
    contradictory_rows::CONTRADICTORY_ROWS,
    impossible_dates::IMPOSSIBLE_DATES,
    time_gaps::TIME_GAPS,
    drift_in_file::DRIFT_IN_FILE,
    over_time::OVER_TIME,
    constant_column::CONSTANT_COLUMN,
    high_cardinality::HIGH_CARDINALITY,
    outliers::OUTLIERS,
    far_values::FAR_VALUES,
    isolated_rows::ISOLATED_ROWS,
    skewed_values::SKEWED_VALUES,
    class_imbalance::CLASS_IMBALANCE,
    own_rules::OWN_BROKEN,
];

/// Cells of each level of a column of labels, in the order of its levels; empty for other kinds.
fn code_counts(column: &Column) -> Vec<u64> {
    let Some((codes, levels)) = column.codes() else { return Vec::new() };
    let mut counts = vec![0_u64; levels.len()];
    for &code in codes.iter().filter(|&&c| c != MISSING_CODE) {
        if let Some(count) = counts.get_mut(code as usize) {
            *count += 1;
        }
    }
    counts
}

/// Cells that hold the most frequent value, if that is more than half of those present (else some number up to half), and cells
/// present. One pass finds the only value that can be a majority, a second counts it (Boyer and Moore 1991).
fn majority(column: &Column) -> (u64, u64) {
    fn of(words: impl Iterator<Item = u64> + Clone) -> (u64, u64) {
        let (mut leader, mut lead, mut present) = (0, 0_u64, 0_u64);
        for word in words.clone() {
            present += 1;
            if lead == 0 {
                leader = word;
            }
            if word == leader { lead += 1 } else { lead -= 1 }
        }
        (words.filter(|&w| w == leader).count() as u64, present)
    }
    match column.values() {
        Values::Numbers { values, .. } => of(values.iter().filter(|v| !v.is_nan()).map(|v| (v + 0.0).to_bits())),
        Values::Codes { codes, .. } => of(codes.iter().filter(|&&c| c != MISSING_CODE).map(|&c| u64::from(c))),
        Values::Times { millis, .. } => of(millis.iter().filter(|&&m| m != MISSING_TIME).map(|m| m.cast_unsigned())),
    }
}

/// First quartile, median and third quartile of the values that are not NaN, and how many there are; `None` for no values.
fn quartiles(values: &[f64]) -> Option<(f64, f64, f64, usize)> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let at = |q| quantile(&sorted, q);
    (!sorted.is_empty()).then(|| (at(0.25), at(0.5), at(0.75), sorted.len()))
}

/// Whether a text has the shape of a date: three groups of digits with one sign between them, one of the outer groups of four
/// digits, perhaps a time behind. Says nothing of the calendar.
fn looks_like_date(text: &str) -> bool {
    let date = text.trim().split([' ', 'T']).next().unwrap_or("");
    let Some(sign) = date.chars().find(|c| matches!(c, '-' | '/' | '.')) else { return false };
    let parts: Vec<&str> = date.split(sign).collect();
    let digits = |p: &str, most: usize| !p.is_empty() && p.len() <= most && p.bytes().all(|b| b.is_ascii_digit());
    match parts[..] {
        [a, b, c] => (a.len() == 4 && digits(a, 4) && digits(b, 2) && digits(c, 2)) || (c.len() == 4 && digits(a, 2) && digits(b, 2) && digits(c, 4)),
        _ => false,
    }
}

#[cfg(test)]
pub(crate) mod fixtures {
    //! Small tables and the short way to run a rule on them.
    use super::super::{QualityInput, Rule};
    use crate::finding::Checked;
    use crate::table::time::TimeFormat;
    use crate::table::{Column, Exceptions, Kind, Table, Values};
    use crate::task::{Task, guess_kind};

    pub fn table(columns: Vec<Column>) -> Table {
        Table::new(columns).unwrap()
    }

    pub fn run(rule: &Rule, table: &Table) -> Checked {
        (rule.check)(&QualityInput { table, profiles: &[], task: None, own: &[] })
    }

    pub fn run_with_target(rule: &Rule, table: &Table, target: &str) -> Checked {
        let task = task(table, target);
        (rule.check)(&QualityInput { table, profiles: &[], task: Some(&task), own: &[] })
    }

    pub fn task(table: &Table, target: &str) -> Task {
        let (kind, classes) = guess_kind(table.column(target).unwrap()).unwrap();
        let features = table.names().iter().filter(|n| **n != target).map(|n| (*n).to_owned()).collect();
        Task { target: target.into(), kind, classes, time: None, entity: None, weight: None, horizon: 0, features, ignored: Vec::new() }
    }

    /// A column of whole days since 1970.
    pub fn days(name: &str, days: &[i64]) -> Column {
        let millis = days.iter().map(|d| d * 86_400_000).collect();
        Column::new(name, Kind::Timestamp, Values::Times { millis, format: TimeFormat::new("%Y-%m-%d") }, Exceptions::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Status;
    use crate::table::Kind;

    #[test]
    fn every_rule_survives_degenerate_tables_and_names_itself() {
        let all_missing = || vec![Column::numeric("x", vec![f64::NAN; 5], 0), Column::labels("c", Kind::Categorical, &[None; 5])];
        let tables = [
            vec![],
            vec![Column::numeric("x", vec![], 0), Column::labels("c", Kind::Text, &[]), fixtures::days("d", &[])],
            vec![Column::numeric("x", vec![1.0], 0), Column::labels("c", Kind::Text, &[Some("a")]), fixtures::days("d", &[1])],
            vec![Column::numeric("x", vec![1.0; 30], 0)],
            all_missing(),
        ];
        for rule in RULES {
            for columns in &tables {
                let checked = fixtures::run(rule, &fixtures::table(columns.clone()));
                assert_eq!(checked.id, rule.id);
                assert!(checked.findings.iter().all(|f| f.check == rule.id));
                assert!(checked.status == Status::Ran || checked.findings.is_empty());
            }
        }
    }

    #[test]
    fn ids_are_unique_and_documented() {
        for (i, rule) in RULES.iter().enumerate() {
            assert!(!rule.title.is_empty() && rule.doc.len() > 40);
            assert!(RULES.iter().skip(i + 1).all(|other| other.id != rule.id));
            assert!(crate::audit::CHECKS.iter().all(|check| check.id != rule.id), "{} is a check of the audit", rule.id);
        }
    }

    #[test]
    fn quartiles_are_those_of_type_seven() {
        assert_eq!(quartiles(&[4.0, 1.0, f64::NAN, 3.0, 2.0]), Some((1.75, 2.5, 3.25, 4)));
        assert_eq!(quartiles(&[]), None);
    }

    #[test]
    fn shapes_of_dates() {
        assert!(["2021-02-30", "3/4/2021", "31.12.1999 12:00", "2021-01-01T00:00:00Z"].iter().all(|t| looks_like_date(t)));
        assert!(["1.2.3", "12-34", "a-b-c", "192.168.1.1", ""].iter().all(|t| !looks_like_date(t)));
    }
}
