//! Names that suggest a column is the target, or was written after it.
//!
//! A name proves nothing, so this is a note and never more: it says where to look first.

use super::super::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity};

/// The check.
pub const SUSPICIOUS_NAME: Check = Check {
    id: "suspicious_name",
    title: "Suspicious names",
    doc: "Lists features whose names contain the target's name or a word such as \"outcome\" or \"future\". A name proves nothing; it says where to \
          look first.",
    run,
};

/// Words of a name that suggest it was written after the outcome.
const WORDS: [&str; 16] = [
    "target",
    "label",
    "outcome",
    "future",
    "next",
    "leak",
    "prediction",
    "predicted",
    "pred",
    "actual",
    "result",
    "resolved",
    "resolution",
    "churned",
    "defaulted",
    "groundtruth",
];
/// Shortest target name that is looked for inside of other names: "y" is in everything.
const LONG_ENOUGH: usize = 4;

fn run(input: &AuditInput<'_>) -> Checked {
    if input.task.features.is_empty() {
        return Checked::skipped(SUSPICIOUS_NAME.id, "there are no features");
    }
    let target = words(&input.task.target);
    let findings = input.features().filter_map(|column| {
        let name = words(column.name());
        let word =
            name.iter().find(|w| WORDS.contains(&w.as_str())).cloned().or_else(|| contains(&name, &target).then(|| input.task.target.clone()))?;
        let evidence = Evidence::Setting { name: column.name().to_owned(), value: word };
        Some(
            Finding::new(SUSPICIOUS_NAME.id, Severity::Note, Certainty::Ask, &[column.name()], evidence)
                .remedies(vec![Remedy::DropColumns { columns: vec![column.name().to_owned()] }]),
        )
    });
    Checked::ran(SUSPICIOUS_NAME.id, input.table.n_rows(), findings.collect())
}

/// Whether the words of the target stand together in the name.
fn contains(name: &[String], target: &[String]) -> bool {
    let long: usize = target.iter().map(String::len).sum();
    long >= LONG_ENOUGH && !target.is_empty() && name.windows(target.len()).any(|w| w == target)
}

/// Words of a name, in lower case: "nextMonth_revenue" is next, month, revenue.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && before_lower) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before_lower = c.is_lowercase() || c.is_numeric();
    }
    words.retain(|w| !w.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean, noise};
    use crate::table::Column;

    #[test]
    fn words_are_cut_at_signs_and_capitals() {
        assert_eq!(words("nextMonth_revenue-3m"), ["next", "month", "revenue", "3m"]);
    }

    #[test]
    fn a_name_is_a_note_and_never_more() {
        let mut columns = clean(1, 60, 0).into_columns();
        columns.insert(0, Column::numeric("outcome_code", noise(2, 60, 1), 1));
        let found = Case::new(columns).run(&SUSPICIOUS_NAME).findings;
        assert_eq!((found.len(), found[0].severity, found[0].certainty), (1, Severity::Note, Certainty::Ask));
    }

    #[test]
    fn parts_of_words_and_ordinary_names_are_silent() {
        assert!(clean(1, 60, 0).run(&SUSPICIOUS_NAME).findings.is_empty());
        assert!(!contains(&words("presale"), &words("sale")) && contains(&words("sale_revenue_next"), &words("saleRevenue")));
    }
}
