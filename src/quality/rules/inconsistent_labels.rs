//! One label in several spellings: "Berlin" and "berlin ", or "June" among "Jan", "Feb", "Mar".
//!
//! Each spelling becomes a level of its own, and a group falls apart. Spellings are compared without case, surrounding or
//! doubled spaces, hyphens and underscores. Months in both short and long form are named apart: each month may stand in one form
//! only, but a join with another file will miss.

use super::super::{Dimension, QualityInput, Rule};
use super::code_counts;
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity, Share, Spelling};
use crate::math::sort;
use crate::param::Given;
use crate::table::{Column, Kind};
use std::collections::BTreeMap;

/// The rule.
pub const INCONSISTENT_LABELS: Rule = Rule {
    id: "inconsistent_labels",
    title: "Inconsistent labels",
    doc: "Finds labels that differ only in case, spaces, hyphens or underscores, and months written in both short and long form. Each spelling \
          becomes a level of its own. Use one spelling in the source.",
    dimension: Dimension::Consistency,
    check,
};

/// Short names of the months; long names begin with them.
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// Long names of the months.
const LONG_MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
/// Preparation step that answers it.
const STEP: &str = "one_spelling";
/// Most spellings listed.
const LISTED: usize = 20;

fn check(input: &QualityInput<'_>) -> Checked {
    let labels: Vec<&Column> = input.columns().filter(|c| matches!(c.kind(), Kind::Boolean | Kind::Categorical)).collect();
    if labels.is_empty() {
        return Checked::skipped(INCONSISTENT_LABELS.id, "there are no columns of labels");
    }
    let findings = labels.into_iter().filter_map(|c| variants(c, input.is_target(c.name())).or_else(|| months(c)));
    Checked::ran(INCONSISTENT_LABELS.id, input.table.n_rows(), findings.collect())
}

fn spellings(column: &Column) -> Vec<Spelling> {
    let Some((_, levels)) = column.codes() else { return Vec::new() };
    levels.iter().zip(code_counts(column)).filter(|(_, n)| *n > 0).map(|(l, count)| Spelling { text: l.clone(), count }).collect()
}

fn variants(column: &Column, is_target: bool) -> Option<Finding> {
    let all = spellings(column);
    let present = all.iter().map(|s| s.count).sum();
    let mut groups: BTreeMap<String, Vec<Spelling>> = BTreeMap::new();
    for spelling in all {
        groups.entry(canonical(&spelling.text)).or_default().push(spelling);
    }
    let mut odd = Vec::new();
    let mut cells = 0;
    for mut group in groups.into_values().filter(|g| g.len() > 1) {
        sort::by(&mut group, |a, b| b.count.cmp(&a.count).then(a.text.cmp(&b.text)));
        cells += group.iter().skip(1).map(|s| s.count).sum::<u64>();
        odd.extend(group);
    }
    finding(column, odd, cells, present, (Severity::Warning, is_target))
}

fn months(column: &Column) -> Option<Finding> {
    let all = spellings(column);
    let present = all.iter().map(|s| s.count).sum();
    let lower = |s: &Spelling| s.text.trim().to_lowercase();
    let short = |s: &Spelling| MONTHS.contains(&lower(s).as_str());
    let long = |s: &Spelling| LONG_MONTHS.contains(&lower(s).as_str()) && !short(s);
    if !all.iter().all(|s| short(s) || long(s)) || !all.iter().any(|s| short(s) && lower(s) != "may") {
        return None;
    }
    let n_long = all.iter().filter(|s| long(s)).count();
    let odd: Vec<Spelling> = all.iter().filter(|s| if 2 * n_long <= all.len() { long(s) } else { short(s) && lower(s) != "may" }).cloned().collect();
    let cells = odd.iter().map(|s| s.count).sum();
    finding(column, if n_long == 0 { Vec::new() } else { odd }, cells, present, (Severity::Note, true))
}

fn finding(column: &Column, mut odd: Vec<Spelling>, cells: u64, present: u64, (severity, is_target): (Severity, bool)) -> Option<Finding> {
    if odd.is_empty() {
        return None;
    }
    odd.truncate(LISTED);
    let evidence = Evidence::Spellings { spellings: odd, share: Share { count: cells, of: present } };
    let join = Remedy::Prepare { step: STEP.to_owned(), columns: vec![column.name().to_owned()], params: Given::default() };
    let remedies = if severity == Severity::Warning && !is_target { vec![join] } else { Vec::new() };
    Some(Finding::new(INCONSISTENT_LABELS.id, severity, Certainty::Strong, &[column.name()], evidence).remedies(remedies))
}

/// What spellings of one label have in common: lower case, with runs of spaces, hyphens and underscores as one space.
#[must_use]
pub fn canonical(text: &str) -> String {
    let lower = text.to_lowercase();
    // "a-1" and "a--1" join, but a label made of such signs alone stays what it is.
    let words: Vec<&str> = lower.split(|c: char| c.is_whitespace() || c == '-' || c == '_').filter(|w| !w.is_empty()).collect();
    if words.is_empty() { lower } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::rules::fixtures::{run, table};

    fn found(cells: &[&str]) -> Vec<Finding> {
        let cells: Vec<Option<&str>> = cells.iter().map(|c| Some(*c)).collect();
        run(&INCONSISTENT_LABELS, &table(vec![Column::labels("c", Kind::Categorical, &cells)])).findings
    }

    #[test]
    fn case_and_space_variants_are_one_label() {
        let found = found(&["Berlin", "Berlin", "berlin ", "Rome", "New York", "new-york"]);
        let Evidence::Spellings { spellings, share } = &found[0].evidence else { panic!("evidence") };
        assert_eq!(spellings.iter().map(|s| s.text.as_str()).collect::<Vec<_>>(), ["Berlin", "berlin ", "New York", "new-york"]);
        assert_eq!(share.count, 2);
    }

    #[test]
    fn a_long_month_among_short_ones_is_noted() {
        let found = found(&["Jan", "Feb", "May", "June", "Jul", "June"]);
        let Evidence::Spellings { spellings, .. } = &found[0].evidence else { panic!("evidence") };
        assert_eq!(spellings, &[Spelling { text: "June".into(), count: 2 }]);
    }

    #[test]
    fn different_labels_are_silent() {
        assert!(found(&["a", "b", "a1", "-", "--"]).is_empty());
        assert!(found(&["June", "May", "July"]).is_empty());
    }
}
