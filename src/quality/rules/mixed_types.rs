//! Columns of labels that are mostly numbers, or mostly dates.
//!
//! A few stray words ("unknown", "n.a.", "12 EUR") turn a whole column of numbers into labels, and its order is lost.
//! Formula: cells that read as a number (or date) / cells present; reported from half upwards, below all.

use super::super::{Dimension, QualityInput, Rule};
use super::{code_counts, looks_like_date};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity, Share, Spelling};
use crate::math::sort;
use crate::table::{Column, Kind};

/// The rule.
pub const MIXED_TYPES: Rule = Rule {
    id: "mixed_types",
    title: "Mixed types",
    doc: "Finds columns of labels in which at least half of the cells are numbers or dates. The cells that are not keep the column from being \
          read as what it is. Read them as missing, or read the column as numeric.",
    dimension: Dimension::Consistency,
    check,
};

/// Share of cells of the other type from which the column is taken for that type.
const MOSTLY: f64 = 0.50;
/// Most odd spellings listed.
const LISTED: usize = 10;

fn check(input: &QualityInput<'_>) -> Checked {
    let labels: Vec<&Column> = input.columns().filter(|c| matches!(c.kind(), Kind::Categorical | Kind::Text)).collect();
    if labels.is_empty() {
        return Checked::skipped(MIXED_TYPES.id, "there are no columns of labels");
    }
    let findings = labels.into_iter().filter_map(|c| {
        of_type(c, |text| text.trim().parse::<f64>().is_ok_and(f64::is_finite), "numeric").or_else(|| of_type(c, looks_like_date, "timestamp"))
    });
    Checked::ran(MIXED_TYPES.id, input.table.n_rows(), findings.collect())
}

fn of_type(column: &Column, reads: impl Fn(&str) -> bool, kind: &str) -> Option<Finding> {
    let (_, levels) = column.codes()?;
    let counts = code_counts(column);
    let present: u64 = counts.iter().sum();
    let mut odd: Vec<Spelling> =
        levels.iter().zip(&counts).filter(|(l, n)| **n > 0 && !reads(l)).map(|(l, n)| Spelling { text: l.clone(), count: *n }).collect();
    let odd_cells: u64 = odd.iter().map(|s| s.count).sum();
    let fitting = Share { count: present - odd_cells, of: present };
    if fitting.ratio() < MOSTLY || odd_cells == 0 {
        return None;
    }
    sort::by(&mut odd, |a, b| b.count.cmp(&a.count).then(a.text.cmp(&b.text)));
    odd.truncate(LISTED);
    let spellings = odd.iter().map(|s| s.text.clone()).collect();
    let evidence = Evidence::Spellings { spellings: odd, share: Share { count: odd_cells, of: present } };
    let remedies = vec![Remedy::ChangeKind { column: column.name().to_owned(), kind: kind.to_owned() }, Remedy::AddNullSpellings { spellings }];
    let certainty = if fitting.ratio() >= 0.9 { Certainty::Strong } else { Certainty::Ask };
    Some(Finding::new(MIXED_TYPES.id, Severity::Warning, certainty, &[column.name()], evidence).remedies(remedies))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::rules::fixtures::{run, table};

    fn column(cells: &[&str]) -> Column {
        let cells: Vec<Option<&str>> = cells.iter().map(|c| Some(*c)).collect();
        Column::labels("x", Kind::Categorical, &cells)
    }

    #[test]
    fn a_word_among_numbers_is_named() {
        let found = run(&MIXED_TYPES, &table(vec![column(&["1", "2.5", "about 3", "4"])])).findings;
        let Evidence::Spellings { spellings, share } = &found[0].evidence else { panic!("evidence") };
        assert_eq!((spellings[0].text.as_str(), share.count), ("about 3", 1));
    }

    #[test]
    fn labels_alone_and_codes_alone_are_silent() {
        assert!(run(&MIXED_TYPES, &table(vec![column(&["a", "b", "3"])])).findings.is_empty());
        assert!(run(&MIXED_TYPES, &table(vec![column(&["007", "008"])])).findings.is_empty());
    }

    #[test]
    fn a_word_among_dates_is_named() {
        let found = run(&MIXED_TYPES, &table(vec![column(&["2021-01-01", "2021-01-02", "soon"])])).findings;
        assert!(matches!(&found[0].remedies[0], Remedy::ChangeKind { kind, .. } if kind == "timestamp"));
    }
}
